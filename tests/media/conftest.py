"""Clips and songs that several tests look at, made once."""

from pathlib import Path

import pytest

from studio.media import Library
from tests.media.making import make_clip


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for clips that are made once and never changed."""
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def plain(clips: Path) -> Path:
    """24 numbered frames, 160 × 90, 24 frames per second."""
    return make_clip(clips / "plain.mp4")


@pytest.fixture(scope="session")
def grainy(clips: Path) -> Path:
    """48 numbered frames with so much grain that most of the file is picture; its index in front."""
    options = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-movflags", "+faststart")
    return make_clip(clips / "grainy.mp4", 48, size=(320, 180), options=options, noise=50)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty film's media."""
    return Library(tmp_path / "film")
