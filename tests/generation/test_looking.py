"""Many clips looked at by processes of their own."""

from __future__ import annotations

import pytest

from studio.camera import Measured
from studio.generation import looking, measurer
from studio.media import look
from tests.clips import make_clip


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    return [make_clip(folder / f"{name}.mp4", frames=12) for name in ("a", "b", "c")]


def test_a_process_sees_what_looking_sees(clips):
    found = dict(looking.by_processes(clips, 2))
    assert sorted(found) == [0, 1, 2]
    here = look(clips[0])
    assert found[0] == {name: getattr(here, name).to_json() for name in ("camera", "flags", "features")}
    assert Measured.from_json(found[0]["camera"]).seconds == here.camera.seconds


def test_what_is_no_clip_is_a_sentence_and_the_others_are_looked_at(clips, tmp_path):
    (tmp_path / "no.mp4").write_text("no clip")
    paths = [tmp_path / "gone.mp4", clips[0], tmp_path / "no.mp4"]
    found = dict(looking.by_processes(paths, 1))
    assert "gone.mp4" in found[0]["error"]
    assert "error" not in found[1]
    assert "no.mp4" in found[2]["error"]


def test_a_fault_of_ours_in_one_clip_is_a_sentence_too(clips, monkeypatch):
    def fails(path):
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("studio.media.look", fails)
    assert measurer.seen_in(str(clips[0])) == {"error": "a.mp4 cannot be measured (ZeroDivisionError: by nothing)"}


def test_a_process_that_dies_over_a_clip_is_one_sentence_and_another_takes_its_place(tmp_path):
    process = looking._Process()
    try:
        assert "error" in process.look(tmp_path / "nothing.mp4")
        process._child.kill()
        process._child.wait()
        assert "the process that looked at it ended" in process.look(tmp_path / "a.mp4")["error"]
        assert "a.mp4" in process.look(tmp_path / "a.mp4")["error"]
    finally:
        process.close()


def test_whoever_stops_early_leaves_no_process_behind(clips, monkeypatch):
    begun = []
    begin = looking._Process._begun

    def noted(process):
        child = begin(process)
        begun.append(child)
        return child

    monkeypatch.setattr(looking._Process, "_begun", noted)
    seen = looking.by_processes(clips * 3, 2)
    next(seen)
    seen.close()
    assert begun
    assert all(child.poll() is not None for child in begun)
