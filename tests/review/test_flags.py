"""The flags of a film's clips, held against one another."""

import studio
from tests.clips import make_clip


def test_near_duplicates_and_what_stands_out_are_listed_for_the_whole_film(tmp_path):
    with studio.new(tmp_path / "film", size=(320, 180), authors=["ada"]) as film:
        assert film.flags().empty
        assert list(film.flags().columns[:2]) == ["take", "flags"]
        film.write("01A", "A schoolyard.", camera="pan right")
        film.write("01B", "A church in the rain.", camera="static")
        film.generate("01A", seconds=1, seed=5).wait(60)
        film.generate("01B", seconds=1, seed=6).wait(60)
        film.adopt(film.folder / "media/takes/01A-001.mp4", "01B")
        film.adopt(make_clip(tmp_path / "other.mp4", frames=24), "01A")
        found = film.flags().set_index("take")
        assert list(found.index) == ["01A-001", "01A-002", "01B-001", "01B-002"]
        assert (found.loc["01B-002", "alike"], found.loc["01B-002", "bits"]) == ("01A-001", 0)
        assert "duplicate" in found.loc["01B-002", "flags"]
        assert found["alike"].isna().sum() == 3
        assert "frozen" in found.loc["01B-001", "flags"]
        assert found.loc["01B-001", "frozen_s"] > 0.5
