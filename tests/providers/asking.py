"""What the tests of the services ask for: a prompt, a take of it, and the clip that comes back."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Coroutine
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from studio.camera import Camera
from studio.log import new_id
from studio.media import encode
from studio.nouns import Continuity, Prompt, Request, Take
from studio.providers import Closes, Provider

RATE = Fraction(24)


def prompt(camera: str = "push in", scene: str = "Two teenagers in a corridor", avoid: str = "") -> Prompt:
    return Prompt(
        id=new_id(), shot="07A", version=1, scene_text=scene, camera=camera,
        camera_json=Camera.parse(camera).to_json() if camera else "", style="", avoid=avoid, continuity=Continuity(),
        scene_author="ada", camera_author="ada", style_author="", avoid_author="", continuity_author="", author="ada",
        created_at_us=0,
    )  # fmt: skip


def resolved(
    provider: Provider,
    model: str = "",
    words: Prompt | None = None,
    *,
    frames: int = 120,
    rate: Fraction = RATE,
    size: tuple[int, int] = (1280, 720),
    seed: int = 7,
    **files: str,
) -> Request:
    """`files`: first_frame, last_frame, guide."""
    return provider.resolve(
        words or prompt(), id=new_id(), model=model, frames=frames, rate=rate, width=size[0], height=size[1],
        seed=seed, **files,
    )  # fmt: skip


def body(request: Request) -> Any:
    return json.loads(request.payload_json)["body"]


def take(request: Request, n: int = 1) -> Take:
    return Take(new_id(), f"07A-{n:03}", "07A", n, request.id, "ada", time.time_ns() // 1000)


def run(work: Coroutine[Any, Any, Any], *providers: Closes) -> Any:
    """What it gives, in an event loop of its own; the connections that the providers opened there are closed."""

    async def whole() -> Any:
        try:
            return await work
        finally:
            for each in providers:
                await each.aclose()

    return asyncio.run(whole())


@cache
def clip() -> bytes:
    """A clip of six frames, large enough to be cut."""
    noise = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        to = Path(folder, "clip.mp4")
        encode([noise.integers(0, 255, (64, 64, 3), np.uint8) for _ in range(6)], to, rate=RATE)
        return to.read_bytes()
