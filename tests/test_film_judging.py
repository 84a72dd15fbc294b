"""Judging through the film: the best part in the cut, edits from pandas, and an accident that becomes a scene."""

from __future__ import annotations

import hashlib
from collections import Counter

import cv2
import pytest

import studio
from studio.errors import BadInput, NotFound
from studio.generation import Order, run_key
from studio.media import read_frames
from tests.clips import make_clip, make_song


@pytest.fixture(scope="module")
def things(tmp_path_factory):
    folder = tmp_path_factory.mktemp("things")
    make_clip(folder / "clip.mp4", frames=72)
    make_song(folder / "song.wav", seconds=4)
    return folder


@pytest.fixture
def film(tmp_path, things, monkeypatch):
    monkeypatch.delenv("STUDIO_AUTHOR", raising=False)
    with studio.new(tmp_path / "film", size=(160, 90), authors=["ada"]) as film:
        film.adopt(things / "clip.mp4", "01A")
        yield film


def test_a_take_is_judged_by_several_reasons_marked_cut_from_there_and_undone(film, things):
    film.circle("01A-001", "joins well")
    film.reason("01A-001", "face")
    film.mark("01A-001", 0.5, 2.75)
    film.song.attach(things / "song.wav")
    (slot,) = film.arrange(bars=(1, 1)).value.slots
    assert (slot.in_frames, slot.frames, slot.how) == (12, 48, "bar 1; its best part")
    assert film.undo() == "01A-001: its best part, undone"
    assert film.arrange(bars=(1, 1)).value.slots[0].in_frames == 0
    table = film.takes()
    assert table.loc[0, "reason"] == "joins well, face"
    table.loc[0, "verdict"] = "ng"
    assert repr(film.apply(table, write=False)).startswith("1 change of 1 take, not written")
    assert [edit.now for edit in film.apply(table)] == ["ng"]
    film.take_back("01A-001")
    assert film.takes()["verdict"].isna().all()


def test_an_accident_becomes_a_scene_whose_takes_begin_with_its_first_frame(film):
    film.write("01A", "A schoolyard.", camera="pan left")
    film.generate("01A", takes=1, seconds=0.25).wait()
    film.accident("01A-002")
    prompt = film.scene_from("01A-002")
    assert (prompt.shot, prompt.scene_text, prompt.camera) == ("02A", "A schoolyard.", "pan left")
    (request,) = film._requests("02A", Order(begins_as="01A-002"))
    assert request.first_frame == "media/posters/01A-002-first.png"
    (first,) = read_frames(film.folder / film.log.media(film.log.take("01A-002").id).file, [0])
    assert (cv2.imread(str(film.folder / request.first_frame)) == first).all()
    (made,) = film.generate("02A", seconds=0.25, begins_as="01A-002").wait()
    assert film.takes().set_index("take").loc["02A-001", "parent"] == "01A-002"
    assert film.log.request(made.request_id).first_frame == request.first_frame
    assert "first frame" in repr(film.will_get("02A", begins_as="01A-002")).lower()


def test_a_take_begins_with_one_picture(film):
    film.write("02A", "A schoolyard.")
    for call in (film.estimate, film.dry_run, film.generate, film.will_get):
        with pytest.raises(BadInput, match="a take begins with one picture: give first_frame_of='01A-001'"):
            call("02A", first_frame_of="01A-001", begins_as="01A-001")
        with pytest.raises(NotFound, match="there is no take '01A-9': the nearest is 01A-001"):
            call("02A", begins_as="01A-9")
        with pytest.raises(BadInput, match="the take to begin as is 5, not text"):
            call("02A", begins_as=5)
    assert len(film.takes()) == 1


def test_cells_of_notebooks_made_before_know_their_takes_again(monkeypatch):
    """The key of a call without `begins_as` is the one that version 0.1 wrote into the log."""
    parent = {"header": {"msg_type": "execute_request", "msg_id": "m"}, "metadata": {"cellId": "c"}, "content": {}}
    monkeypatch.setattr("studio.generation.cells._running_cell", lambda: parent)
    monkeypatch.setattr("studio.generation.cells._asked", Counter())
    old = (
        "Order(provider='previz', model='', takes=4, seconds=5.0, seed=None, first_frame_of='', leads_to='', guide='')"
    )
    said = f'["07A", "p", "{old}"]'
    key = hashlib.sha256("\0".join(("c", said, "1")).encode()).hexdigest()[:24]
    assert run_key("07A", "p", Order("previz", takes=4)) == f"run:{key}"
    assert run_key("07A", "p", Order("previz", takes=4, begins_as="01A-002")) not in (
        f"run:{key}",
        run_key("07A", "p", Order("previz", takes=4, begins_as="01A-003")),
    )
