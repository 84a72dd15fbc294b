"""A Runway on this machine, and a still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.media import write_still
from tests.fakes.runway import FakeRunway
from tests.providers.asking import clip


@pytest.fixture
def fake() -> Iterator[FakeRunway]:
    with FakeRunway(clip()) as server:
        yield server


@pytest.fixture
def still(tmp_path: Path) -> str:
    import numpy as np

    path = tmp_path / "still.png"
    write_still(np.full((72, 128, 3), 99, np.uint8), path)
    return str(path)
