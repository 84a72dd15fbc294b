"""Servers with the manners of Luma's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.luma import FakeLuma
from tests.providers.asking import clip


@pytest.fixture
def fake() -> Iterator[FakeLuma]:
    with FakeLuma(clip()) as server:
        yield server
