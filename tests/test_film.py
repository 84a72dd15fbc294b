"""A film through its public calls."""

import gc
import os

import pandas as pd
import pytest

import studio
from studio.errors import BadInput, BadMedia, NotFound, StudioError, TooShort
from tests.clips import make_clip, make_song, make_variable


@pytest.fixture(autouse=True)
def nobody_chosen(monkeypatch):
    monkeypatch.delenv("STUDIO_AUTHOR", raising=False)


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clips") / "täke #1 & 'co' 100%.mp4", frames=72)


@pytest.fixture(scope="session")
def song(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    (folder / "söng.lrc").write_text("[00:01.00]First line\n[00:05.50]Second line\n", "utf-8")
    return make_song(folder / "söng.wav")


@pytest.fixture
def film(tmp_path):
    with studio.new(tmp_path / "film", title="Näme & 'co' #1 100%", size=(320, 180), authors=["ada"]) as film:
        yield film


def test_a_film_is_made_once_and_opened_again(tmp_path):
    with studio.new(tmp_path / "f", authors=["ada"]) as film:
        film.write("01A", "A schoolyard.", camera="slow push in")
    with pytest.raises(BadInput, match="already holds a film"):
        studio.new(tmp_path / "f")
    with studio.open(tmp_path / "f") as film:
        assert film.prompts("01A")["scene_text"].tolist() == ["A schoolyard."]
    with pytest.raises(NotFound, match="no film in"):
        studio.open(tmp_path / "nothing")


def test_what_is_not_written_stays_with_its_author(film):
    film.as_("mara").write("07A", "Two teenagers meet.")
    film.as_("jon").write("07A", camera="fast push in, then whip pan right")
    film.as_("mara").write("07A", "Two teenagers meet in a corridor.")
    rows = film.prompts("07A")
    assert rows["version"].tolist() == [1, 2, 3]
    last = rows.iloc[-1]
    assert (last["camera"], last["camera_author"]) == ("fast push in, then whip pan right", "jon")
    assert (last["scene_text"], last["scene_author"]) == ("Two teenagers meet in a corridor.", "mara")
    assert "[-meet.-] {+meet in a corridor.+}" in repr(film.diff("07A", 1, 3))


def test_with_several_authors_and_none_chosen_writing_stops(tmp_path, monkeypatch):
    with studio.new(tmp_path / "f", authors={"ada": ["words"], "ben": ["camera"]}) as film:
        with pytest.raises(BadInput, match="ada, ben"):
            film.write("01A", "A schoolyard.")
        monkeypatch.setenv("STUDIO_AUTHOR", "ben")
        film.write("01A", "A schoolyard.")
        assert film.prompts("01A")["author"].tolist() == ["ben"]


def test_an_adopted_clip_is_a_take_like_any_other(film, clip):
    take = film.adopt(clip, shot="01A")
    row = film.takes().iloc[0]
    assert (take.label, row["take"], row["state"], row["provider"]) == ("01A-001", "01A-001", "done", "adopted")
    assert (row["frames"], row["fps"], row["width"], row["height"]) == (72, 24.0, 160, 90)
    assert (film.folder / row["file"]).read_bytes() == clip.read_bytes()
    assert row["measured_move"]  # seen in the clip; nothing was asked of it
    assert pd.isna(row["obeyed"])
    for place, ending in (("posters", "jpg"), ("strips", "jpg"), ("proxies", "mp4")):
        assert (film.folder / "media" / place / f"01A-001.{ending}").stat().st_size > 0
    assert "72 frames" in repr(film.play("01A-001"))


def test_a_clip_that_cannot_be_a_take_gets_one_sentence_and_leaves_nothing(film, clip, tmp_path):
    empty, cut_off, words = tmp_path / "empty.mp4", tmp_path / "cut-off.mp4", tmp_path / "words.mp4"
    empty.touch()
    cut_off.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    words.write_text("#EXTM3U\nhttp://127.0.0.1/secret\n")
    for wrong in (empty, cut_off, words, make_variable(tmp_path / "variable.mp4"), tmp_path / "missing.mp4"):
        with pytest.raises(StudioError) as told:
            film.adopt(wrong, shot="01A")
        sentence = str(told.value)
        assert wrong.name in sentence
        assert "\n" not in sentence
    assert film.takes().empty
    assert [p for p in (film.folder / "media").rglob("*") if p.is_file()] == []
    assert film.adopt(clip, shot="01A").label == "01A-001"  # and no label was used up


def test_verdicts_are_each_persons_own_and_can_be_taken_back(film, clip):
    film.adopt(clip, shot="01A")
    film.as_("ada").circle("01A-001", reason="joins well")
    film.as_("ben").ng("01A-001", reason="wrong move", note="drifts")
    assert film.takes()["verdict"].tolist() == ["ng"]
    assert sorted(film.verdicts()["author"]) == ["ada", "ben"]
    assert "01A-001" in film.undo()
    assert film.takes()["verdict"].tolist() == ["circle"]
    film.accident("01A-001")
    film.note("01A-001", "<script>alert(1)</script>")
    assert film.takes()["accident"].tolist() == [True]
    with pytest.raises(NotFound, match="01A-001"):
        film.circle("01A-002")


def test_a_cut_is_laid_on_the_bars_and_delivered(film, clip, song):
    film.song.attach(song)
    assert film.song.lines[0].text == "First line"
    assert len(film.song.bars) == 6
    for shot in ("01A", "02A", "03A"):
        film.adopt(clip, shot=shot)
        film.circle(f"{shot}-001")
    cut = film.arrange(bars=(2, 4), name="three bars")
    assert [slot.frames for slot in cut.value.slots] == [48, 48, 48]
    assert cut.to_frame()["take"].tolist() == ["01A-001", "02A-001", "03A-001"]
    folder = cut.export("für & den 'Schnitt'")
    assert {"film.otio", "film.xml", "film.fcpxml", "film.edl", "film.csv", "report.html", "film.mp4", "song.wav"} <= {
        p.name for p in folder.iterdir()
    }
    assert film.cuts()["version"].tolist() == [1]
    assert film.cut().value == cut.value
    assert len(film.cut().limits()) > 0


def test_corrected_beats_stand_beside_the_found_ones(film, song):
    film.song.attach(song)
    found = film.song.beats
    film.song.double()
    assert len(film.song.beats) in (2 * len(found), 2 * len(found) - 1)
    film.song.halve()
    assert film.song.beats == pytest.approx(found)
    film.song.nudge(10)
    assert film.song.beats[3] == pytest.approx(found[3] + 0.01, abs=1e-6)
    assert film.song.master.found.beats(film.song.master.start_s, film.song.master.end_s)[0] == pytest.approx(found[0])
    film.song.use(2, 10)
    assert min(film.song.beats) >= 2
    assert max(film.song.beats) < 10
    with pytest.raises(BadInput, match=r"12\.00 s long"):
        film.song.use(5, 500)


def test_mistakes_about_song_and_cut_get_one_sentence(film, clip, song):
    with pytest.raises(NotFound, match="there is no song"):
        film.song.attach("missing.wav")
    with pytest.raises(NotFound, match=r"film\.song\.attach"):
        film.arrange()
    film.song.attach(song)
    with pytest.raises(NotFound, match=r"film\.circle"):
        film.arrange()
    film.adopt(clip, shot="01A")
    film.circle("01A-001")
    with pytest.raises(BadInput, match="bars 1 to 6"):
        film.arrange(bars=(1, 60))
    for no_range in ((3.5, 5), (5, 3), "3-5", 7):
        with pytest.raises(BadInput, match="not a range"):
            film.arrange(bars=no_range)
    with pytest.raises(TooShort, match=r"01A-001 has 72 frames"):
        film.arrange()  # twelve seconds of song and three of clip
    with pytest.raises(NotFound):
        film.cut()
    with pytest.raises(NotFound):
        film.cut(3)


def test_words_where_a_number_belongs_and_numbers_where_words_do_get_one_sentence(film, clip):
    film.write("01A", "A schoolyard.")
    for given in ({"takes": "x"}, {"takes": 2.5}, {"seed": "x"}, {"seconds": "x"}, {"seconds": float("nan")}):
        with pytest.raises(BadInput, match=f"the .*{next(iter(given))}.* cannot be"):
            film.generate("01A", **given)
    film.adopt(clip, shot="01A")
    for mistake in (
        lambda: film.circle("01A-001", reason=5),
        lambda: film.ng("01A-001", note=5),
        lambda: film.note("01A-001", 5),
    ):
        with pytest.raises(BadInput, match="is int, not text: write it in quotes"):
            mistake()
    assert film.verdicts().empty


def test_a_variable_take_never_reaches_a_cut(film, tmp_path):
    with pytest.raises(BadMedia, match="constant rate"):
        film.adopt(make_variable(tmp_path / "v.mp4"), shot="01A")


def test_a_mistake_in_a_cell_shows_a_sentence_and_no_traceback(film):
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    shell.user_ns["film"] = film
    with capture_output() as shown:
        shell.run_cell("film.circle('07A-009')")
    InteractiveShell.clear_instance()
    assert "✗" in shown.stdout
    assert "Traceback" not in shown.stdout + shown.stderr


def test_a_film_closes_itself_when_nobody_holds_it(tmp_path):
    film = studio.new(tmp_path / "f")
    log = film.log
    del film
    gc.collect()
    with pytest.raises(StudioError):
        log.takes_frame()


def test_no_absolute_path_and_no_key_is_written_anywhere(film, clip, song, monkeypatch):
    monkeypatch.setenv("FAL_KEY", "canary-1234567890")
    film.song.attach(song)
    film.write("01A", "A schoolyard.", camera="slow push in")
    film.adopt(clip, shot="01A")
    film.circle("01A-001")
    film.arrange(bars=(2, 2)).export("out")
    mine = str(film.folder).encode()
    absolute = {"film.xml", "film.fcpxml"}  # media addresses have to be absolute there
    for path in film.folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"canary-1234567890" not in data, path
            assert path.name in absolute or mine not in data, path
            assert b"A schoolyard" not in data or "deliveries" not in path.parts, path
    assert os.environ["FAL_KEY"]
