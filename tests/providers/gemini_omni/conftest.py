"""A server with the manners of Google's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.gemini_omni import FakeGemini
from tests.providers.asking import clip


@pytest.fixture
def fake() -> Iterator[FakeGemini]:
    with FakeGemini(clip()) as server:
        yield server
