from __future__ import annotations

from pathlib import Path

import pytest

from studio.cutting.formats import aaf
from studio.errors import BadInput, NotFound
from tests.cutting.making import hard_cut
from tests.cutting.test_formats_delivered import ALTERNATES, dissolving


def test_where_the_adapter_is_missing_one_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(aaf, "ADAPTER", "an_adapter_that_nobody_has")
    with pytest.raises(NotFound, match="pip install otio-aaf-adapter"):
        aaf.write_aaf(tmp_path / "film.aaf", dissolving(), folder=tmp_path)


def test_an_aaf_holds_the_cuts_and_the_song(tmp_path: Path):
    import opentimelineio as otio

    aaf.write_aaf(tmp_path / "film.aaf", dissolving(), folder=tmp_path, lists=ALTERNATES)
    assert [path.name for path in tmp_path.iterdir()] == ["film.aaf"]
    found = otio.adapters.read_from_file(str(tmp_path / "film.aaf"), "AAF")
    (picture,) = found.video_tracks()
    assert [(clip.name, clip.source_range.duration.value) for clip in picture.find_clips()] == [
        (slot.source.file_name, slot.frames) for slot in dissolving().slots
    ]
    assert found.global_start_time == otio.opentime.RationalTime(86400, 24)
    assert len(found.audio_tracks()) == 1


def test_an_aaf_of_several_rates_is_refused_and_leaves_nothing_behind(tmp_path: Path):
    with pytest.raises(BadInput, match="slots 3, 4, 5 and 6 have another: conform them first"):
        aaf.write_aaf(tmp_path / "film.aaf", hard_cut(), folder=tmp_path)
    assert not list(tmp_path.iterdir())


def test_it_owns_up_to_dissolves_and_speeds():
    said = " ".join(aaf.limits(dissolving()))
    assert "The dissolve into slots 2 and 3 is written as a plain cut." in said
    assert "The speed of slot 3 is left out" in said
    assert "experimental" in said
