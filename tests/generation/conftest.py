"""A little film, a scripted provider, and engines that are closed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.generation import Engine
from studio.log import Log
from studio.media import Library
from tests.generation.scripted import Listing, Scripted, make_film


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_film(tmp_path / "film", ("07A", "07B"))


@pytest.fixture
def log(folder: Path) -> Iterator[Log]:
    with Log.open(folder) as opened:
        yield opened


@pytest.fixture
def library(folder: Path) -> Library:
    return Library(folder)


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripted providers' clips, encoded once."""
    return Scripted(tmp_path_factory.mktemp("clips")).folder


@pytest.fixture
def scripted(tmp_path: Path, clips: Path) -> Callable[..., Scripted]:
    def make(kind: type[Scripted] = Scripted, **given: object) -> Scripted:
        folder = tmp_path / "provider"
        folder.mkdir(exist_ok=True)
        for clip in clips.glob("*.mp4"):
            if not (folder / clip.name).exists():
                (folder / clip.name).hardlink_to(clip)
        return kind(folder, **given)

    return make


@pytest.fixture
def listing(scripted: Callable[..., Scripted]) -> Callable[..., Listing]:
    return lambda **given: scripted(Listing, **given)


@pytest.fixture
def engines(log: Log, library: Library) -> Iterator[Callable[..., Engine]]:
    made: list[Engine] = []

    def make(provider: Scripted, **given: object) -> Engine:
        made.append(Engine(given.pop("log", log), library, lambda name: provider, **given))
        return made[-1]

    yield make
    for engine in made:
        engine.close()
