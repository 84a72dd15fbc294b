"""Servers of the protocol, on real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from studio.providers.openai_videos import OpenAIVideos
from tests.fakes.openai_videos import FakeVideos
from tests.providers.openai_videos.making import KEY, Fakes, clip_bytes, provider

KIND = {"plain": "openai", "openai": "openai", "litellm": "openai", "vllm-omni": "vllm-omni", "sglang": "sglang"}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return clip_bytes(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def still(tmp_path: Path) -> Path:
    path = tmp_path / "first frame.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n still")
    return path


@pytest.fixture
def fakes(clip: bytes) -> Iterator[Fakes]:
    """`fakes("vllm-omni", hold_s=60)`: a server of that dialect, and the provider that asks it."""
    with ExitStack() as opened:

        def fake(dialect: str = "plain", **more: Any) -> tuple[FakeVideos, OpenAIVideos]:
            server = FakeVideos(clip, KIND[dialect], **more)
            server.key = KEY
            opened.enter_context(server)
            return server, provider(server.url, dialect)

        yield fake
