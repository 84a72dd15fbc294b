"""Clips that were made elsewhere become takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.errors import BadMedia
from studio.generation import adopt
from studio.log import Log
from studio.media import Library
from studio.nouns import Continuity, Scene


def test_an_adopted_clip_is_a_take_of_its_own_and_the_clip_is_left_as_it_is(
    log: Log, library: Library, clips: Path
) -> None:
    take = adopt(log, library, clips / "clip.mp4", "07B", "ben")
    assert (take.label, take.author, take.request_id) == ("07B-001", "ben", "")
    media = log.media(take.id)
    assert library.verify(media.file, media.sha256).read_bytes() == (clips / "clip.mp4").read_bytes()
    assert log.state(take.id) == "done"
    assert list(library.tmp.iterdir()) == []


def test_the_same_clip_adopted_again_is_the_same_take(log: Log, library: Library, clips: Path) -> None:
    first = adopt(log, library, clips / "clip.mp4", "07A", "ada")
    assert adopt(log, library, clips / "clip.mp4", "07A", "ben") == first
    assert adopt(log, library, clips / "short.mp4", "07A", "ada").label == "07A-002"


def test_adopting_a_clip_again_puts_back_the_take_that_was_lost(log: Log, library: Library, clips: Path) -> None:
    take = adopt(log, library, clips / "clip.mp4", "07A", "ada")
    media = log.media(take.id)
    library.locate(media.file).unlink()
    events = log.events(take.id)
    assert adopt(log, library, clips / "clip.mp4", "07A", "ada") == take
    library.verify(media.file, media.sha256)
    assert log.events(take.id) == events
    assert list(library.tmp.iterdir()) == []


def test_adopting_leaves_a_scene_as_it_was_written_and_makes_one_that_is_not_there(
    log: Log, library: Library, clips: Path
) -> None:
    written = Scene("07", "The corridor", Continuity(who="two teenagers"))
    with log.write("ada") as writer:
        writer.scene(written)
    adopt(log, library, clips / "clip.mp4", "07A", "ben")
    adopt(log, library, clips / "clip.mp4", "12A", "ben")
    assert log.scenes() == (written, Scene("12"))


def test_a_broken_clip_takes_no_label_and_leaves_nothing(
    log: Log, library: Library, clips: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes((clips / "clip.mp4").read_bytes()[:900])
    with pytest.raises(BadMedia, match=r"broken\.mp4"):
        adopt(log, library, broken, "07A", "ada")
    assert log.takes() == ()
    assert [path.name for path in (library.folder / "media").rglob("*") if path.is_file()] == []
    assert adopt(log, library, clips / "clip.mp4", "07A", "ada").label == "07A-001"
