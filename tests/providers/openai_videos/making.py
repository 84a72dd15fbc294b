"""For the tests of `/v1/videos`: a request and a take in one line, and calls of the provider from outside a loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from studio.log import new_id
from studio.log.ids import now_us
from studio.media import encode
from studio.nouns import Continuity, Prompt, Request, Take
from studio.providers import Job
from studio.providers.openai_videos import OpenAIVideos
from tests.fakes.openai_videos import FakeVideos

T = TypeVar("T")
Fakes = Callable[..., tuple[FakeVideos, OpenAIVideos]]  # the fixture `fakes`
KEY = "sk-canary-of-these-tests-0123456789"
WORDS = "Two teenagers meet in a corridor"


def clip_bytes(folder: Path) -> bytes:
    """A film of six frames."""
    pictures = [np.full((64, 64, 3), 40 * n, np.uint8) for n in range(6)]
    encode(pictures, folder / "clip.mp4", rate=Fraction(24))
    return (folder / "clip.mp4").read_bytes()


def provider(base_url: str = "", dialect: str = "", key: str = KEY, **more: Any) -> OpenAIVideos:
    """As film.toml and the environment would make it."""
    said = {"base_url": base_url, "dialect": dialect}
    return OpenAIVideos(
        {name: value for name, value in said.items() if value}, {"OPENAI_API_KEY": key} if key else {}, **more
    )


def resolved(of: OpenAIVideos, **asked: Any) -> Request:
    """A request for WORDS, 5 s of 1280×720 at 24 frames per second, but for what is said."""
    words = {name: asked.pop(name, "") for name in ("camera", "style", "avoid")}
    text = asked.pop("text", WORDS)
    prompt = Prompt(
        id=new_id(), shot="07A", version=1, scene_text=text, camera=words["camera"], camera_json="",
        style=words["style"], avoid=words["avoid"], continuity=Continuity(), scene_author="ada", camera_author="",
        style_author="", avoid_author="", continuity_author="", author="ada", created_at_us=now_us(),
    )  # fmt: skip
    usual: Mapping[str, Any] = {
        "id": new_id(), "model": "wan2.2", "frames": 120, "rate": Fraction(24), "width": 1280, "height": 720, "seed": 7
    }  # fmt: skip
    return of.resolve(prompt, **{**usual, **asked})


def take_of(request: Request, n: int = 1, seconds_ago: float = 0) -> Take:
    return Take(new_id(), f"07A-{n:03}", "07A", n, request.id, "ada", now_us() - int(seconds_ago * 1_000_000))


def run(of: OpenAIVideos, call: Callable[[], Awaitable[T]]) -> T:
    """The call in a loop of its own, with the connections closed afterwards."""

    async def whole() -> T:
        try:
            return await call()
        finally:
            await of.aclose()

    return asyncio.run(whole())


def body_of(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.payload_json)["body"]
    return found


def submitted(of: OpenAIVideos, **asked: Any) -> Job:
    request = resolved(of, **asked)
    return run(of, lambda: of.submit(request, take_of(request)))
