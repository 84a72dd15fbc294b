"""One fetch of a clip from a server of these tests, and the clips that it serves."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from studio.errors import NotFetched
from studio.providers.fetching import Address, fetch
from tests.providers.chaos import Answer, Asked, Say, Server, clip_of

CLIP = random.Random(7).randbytes(300_000)
OTHER = random.Random(8).randbytes(300_000)
KEY = {"Authorization": "Bearer canary-key"}


class Fetched:
    """One fetch from a server: what was written, what was waited, how often an address was asked for."""

    def __init__(self, folder: Path, server: Server, path: str = "/clip.mp4?sig=canary-signature") -> None:
        self.to = folder / "07A-003.mp4"
        self.waits: list[float] = []
        self.minted = 0
        self._server = server
        self._path = path

    async def mint(self) -> Address:
        self.minted += 1
        return Address(f"{self._server.url}{self._path}", KEY)

    async def pause(self, seconds: float) -> None:
        self.waits.append(seconds)

    def run(self, **options: Any) -> bytes:
        said = {"mint": self.mint, "to": self.to, "own": f"{self._server.url}/v1", "pause": self.pause, **options}
        asyncio.run(fetch(**said))
        return self.to.read_bytes()

    def refused(self, **options: Any) -> str:
        with pytest.raises(NotFetched) as told:
            self.run(**options)
        assert not self.to.exists()
        assert "canary" not in str(told.value)
        return str(told.value)


def whole(asked: Asked) -> Answer:
    return clip_of(CLIP, asked)


def cut(at: int, **more: Any) -> Say:
    return lambda asked: clip_of(CLIP, asked, cut=at, **more)


def ranges(server: Server) -> list[str]:
    return [asked.headers.get("range", "") for asked in server.asked]
