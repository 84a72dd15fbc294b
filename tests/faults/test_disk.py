"""A full disk stops the queue with a sentence; what was bought is kept, and the film goes on when there is room."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from studio.errors import DiskFull
from studio.generation import Engine
from studio.log import Log
from studio.media import Library, disk_errors
from studio.nouns import Take
from tests.generation.scripted import Scripted, make_film, requests


class Full(Library):
    """A library on a disk that is full when it comes to one step, and has room afterwards."""

    def __init__(self, folder: Path, step: str) -> None:
        super().__init__(folder)
        self.step = step

    def _fill(self, step: str, path: Path) -> None:
        if step == self.step:
            self.step = ""
            with disk_errors(path):
                raise OSError(errno.ENOSPC, "No space left on device")

    def keep(self, made: Path, label: str, suffix: str = ".mp4") -> str:
        self._fill("before the name", made)
        kept = super().keep(made, label, suffix)
        self._fill("after the name", made)
        return kept

    def poster(self, label: str) -> Path:
        self._fill("pictures", self.folder / f"{label}.jpg")
        return super().poster(label)


@pytest.mark.parametrize("step", ["before the name", "after the name", "pictures"])
def test_a_disk_that_fills_up_loses_nothing(tmp_path: Path, step: str) -> None:
    film, maker = make_film(tmp_path / "film"), Scripted(tmp_path / "provider")
    library = Full(film, step)
    with Log.open(film) as log:
        engine = Engine(log, library, lambda name: maker, concurrency=1)
        takes = engine.plan(requests(log, maker, 3), "ada")
        with pytest.raises(DiskFull, match=r"there is no room for .*: free some room where the film lies"):
            engine.start(takes).wait(60)
        assert "downloading" in [log.state(take.id) for take in takes]  # whichever came to that step first
        assert log.spent().spent_micro_usd + log.spent().reserved_micro_usd == 300_000
        engine.resume().wait(60)
        assert [log.state(take.id) for take in takes] == ["done"] * 3
        assert log.spent().spent_micro_usd == 300_000
        engine.close()
        for take in takes:
            library.verify(log.media(take.id).file, log.media(take.id).sha256)
    assert maker.bought() == [take.id for take in takes]
    assert list(library.tmp.iterdir()) == []


def test_a_file_that_has_the_name_of_a_take_stays_and_the_clip_is_kept_beside_it_and_told(tmp_path: Path) -> None:
    film, maker = make_film(tmp_path / "film"), Scripted(tmp_path / "provider")
    library = Library(film)
    library.prepare()
    library.take("07A-002").write_text("another film's, on a shared disk")
    library.poster("07A-002").write_text("its poster")
    with Log.open(film) as log:
        engine = Engine(log, library, lambda name: maker)
        takes = engine.plan(requests(log, maker, 3), "ada")
        assert engine.start(takes).wait(60) == takes
        engine.close()
        assert library.take("07A-002").read_text() == "another film's, on a shared disk"
        assert library.poster("07A-002").read_text() == "its poster"
        media = log.media(takes[1].id)
        name = f"07A-002-{media.sha256[:4]}"
        assert media.file == f"media/takes/{name}.mp4"
        (remark,) = log.events(takes[1].id, kinds=("remark",))
        assert remark.data["text"] == f"another clip has its name in media/takes, so it is kept as {name}.mp4"
        library.verify(media.file, media.sha256)
        assert all(path.is_file() for path in library.pictures(name))
    assert list(library.tmp.iterdir()) == []


def test_an_answer_that_could_not_be_written_down_is_remembered(tmp_path: Path) -> None:
    film, maker = make_film(tmp_path / "film"), Scripted(tmp_path / "provider")
    full = ["before submitted"]

    def no_room(step: str, take: Take) -> None:
        if step in full:
            full.remove(step)
            raise DiskFull("there is no room left on the disk of film.db: free some space and try again")

    with Log.open(film) as log:
        engine = Engine(log, Library(film), lambda name: maker, on_step=no_room)
        takes = engine.plan(requests(log, maker, 1), "ada")
        handle = engine.start(takes)
        with pytest.raises(DiskFull):
            handle.wait(60)
        assert f"07A-001: it was accepted as job-{takes[0].id}, which could not be written down" in handle.errors[0]
        assert log.state(takes[0].id) == "submitting"
        assert engine.resume().wait(60) == takes
        engine.close()
    assert len(maker.bought()) == 1
