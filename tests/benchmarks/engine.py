"""The engine beside a bare asyncio loop: the same server, the same jobs, eight at a time.

The loop keeps no log, checks no clip and makes no pictures: it posts, polls, fetches and writes a file. The server is a
process of its own, so its processor time is not counted, though it runs on the same cores.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import httpx
import numpy as np
from numpy.typing import NDArray

import studio
from studio.generation import Engine
from studio.log import new_id
from studio.media import encode
from studio.nouns import Request, Take
from studio.providers.catalogue import catalogue
from studio.providers.openai_videos import OpenAIVideos
from tests.benchmarks.figures import Figure, cpu_parts
from tests.fakes.apart import Apart, apart

JOBS, JOBS_AT_ONCE, PLACES = 700, 200, 8
HOLD_S = 1.0
POLL_EVERY_S = 0.15  # seven waits are little more than a job, so that what is lost between two polls is seen
WIDTH, HEIGHT, FRAMES, RATE = 640, 360, 120, Fraction(24)
GRAIN = 2.9
MODEL = "wan2.2"
WORDS = "Two teenagers meet in a school corridor; her bubble gum fills the frame."
SHOTS = tuple(f"{scene:02d}A" for scene in range(1, 15))


@dataclass(frozen=True)
class _Cost:
    """Of some jobs: seconds from the first submit to the last clip, and processor time of us and of our children."""

    jobs: int
    wall_s: float
    own_s: float
    children_s: float

    def __str__(self) -> str:
        return f"{self.wall_s:.1f} s"

    @property
    def own_ms(self) -> float:
        return self.own_s / self.jobs * 1000

    @property
    def children_ms(self) -> float:
        return self.children_s / self.jobs * 1000

    @property
    def rate(self) -> str:
        return f"{self.jobs / self.wall_s:.1f} jobs/s"


def run(jobs: int = JOBS, jobs_at_once: int = JOBS_AT_ONCE) -> Iterator[Figure]:
    """With a server that holds each job, then with one that does not."""
    with tempfile.TemporaryDirectory() as scratch:
        clip = Path(scratch, "clip.mp4")
        encode(_pictures(), clip, rate=RATE)
        kilobytes = clip.stat().st_size / 1000
        ours, bare = _both(Path(scratch, "held"), clip, HOLD_S, jobs)
        what = f"engine, {jobs} jobs of {HOLD_S:g} s, {kilobytes:.0f} kB each"
        yield Figure(what, str(ours), f"a bare loop {bare}", ours.wall_s / bare.wall_s, "bar: ≤ 1.05×")
        yield Figure("… CPU a job, the engine's own", f"{ours.own_ms:.0f} ms", f"a bare loop {bare.own_ms:.0f} ms")
        yield Figure("… CPU a job, of checks and pictures", f"{ours.children_ms:.0f} ms", "nothing")
        ours, bare = _both(Path(scratch, "at-once"), clip, 0.0, jobs_at_once)
        yield Figure(f"… {jobs_at_once} jobs of 0 s", ours.rate, f"a bare loop {bare.rate}")


def _both(folder: Path, clip: Path, hold_s: float, jobs: int) -> tuple[_Cost, _Cost]:
    with apart("openai_videos", clip, hold=hold_s, kind="vllm-omni", model=MODEL, needs_key=False) as server:
        (folder / "bare").mkdir(parents=True)
        bare = _bare(folder / "bare", server.url, jobs)
        with studio.new(folder / "film", size=(WIDTH, HEIGHT), rate=RATE) as film:
            ours = _engine(film, server.url, jobs)
        _check(server, jobs)
    return ours, bare


def _check(server: Apart, jobs: int) -> None:
    accepted = server.ledger()["jobs"]
    assert len(accepted) == 2 * jobs
    assert all(job["fetched"] == 1 for job in accepted)


def _pictures() -> Iterator[NDArray[np.uint8]]:
    """A slow move over a soft picture, with the grain that makes it 300 kB."""
    import cv2

    drawn = np.random.default_rng(7)
    wide = cv2.resize(drawn.integers(0, 255, (30, 60, 3), np.uint8), (1000, 500), interpolation=cv2.INTER_CUBIC)
    for k in range(FRAMES):
        picture = wide[k // 2 : k // 2 + HEIGHT, 2 * k : 2 * k + WIDTH]
        yield np.clip(picture + drawn.normal(0, GRAIN, picture.shape), 0, 255).astype(np.uint8)


# --- ours ------------------------------------------------------------------------------------------------------------


def _engine(film: studio.Film, url: str, jobs: int) -> _Cost:
    provider = _provider(url)
    first: list[float] = []
    last: list[float] = []

    def stepped(step: str, take: Take) -> None:
        if step == "before submitting":
            first.append(time.perf_counter())
        elif step == "done":
            last.append(time.perf_counter())

    engine = Engine(film.log, film.library, lambda name: provider, PLACES, on_step=stepped)
    try:
        takes = engine.plan(_requests(film, provider, jobs), film.author)
        own_s, children_s = cpu_parts(lambda: engine.start(takes).wait())
    finally:
        engine.close()
    assert len(last) == jobs
    assert film.takes()["state"].eq("done").all()
    return _Cost(jobs, last[-1] - first[0], own_s, children_s)


def _provider(url: str) -> OpenAIVideos:
    rows = catalogue()
    service = replace(rows.service(OpenAIVideos.name), poll_every_s=POLL_EVERY_S)
    rows = replace(rows, services={**rows.services, OpenAIVideos.name: service})
    return OpenAIVideos({"base_url": url, "dialect": "vllm-omni"}, {}, rows)


def _requests(film: studio.Film, provider: OpenAIVideos, jobs: int) -> list[Request]:
    for shot in SHOTS:
        film.write(shot, WORDS, camera="slow push in")
    words = [film.log.latest_prompt(shot) for shot in SHOTS]
    size = {"frames": FRAMES, "rate": RATE, "width": WIDTH, "height": HEIGHT}
    return [provider.resolve(words[k % len(SHOTS)], id=new_id(), model=MODEL, seed=k, **size) for k in range(jobs)]


# --- the bare loop ---------------------------------------------------------------------------------------------------


def _bare(folder: Path, url: str, jobs: int) -> _Cost:
    wall_s = 0.0

    def act() -> None:
        nonlocal wall_s
        wall_s = asyncio.run(_all(folder, f"{url}/v1/videos", jobs))

    own_s, children_s = cpu_parts(act)
    return _Cost(jobs, wall_s, own_s, children_s)


async def _all(folder: Path, url: str, jobs: int) -> float:
    left = iter(range(jobs))
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        begun = time.perf_counter()

        async def place() -> None:
            for k in left:
                await _one(client, url, k, folder / f"{k}.mp4")

        await asyncio.gather(*(place() for _ in range(PLACES)))
        return time.perf_counter() - begun


async def _one(client: httpx.AsyncClient, url: str, seed: int, to: Path) -> None:
    fields = {"model": MODEL, "prompt": WORDS, "size": f"{WIDTH}x{HEIGHT}", "num_frames": FRAMES, "seed": seed}
    made = await client.post(url, files={name: (None, str(value)) for name, value in fields.items()})
    job = f"{url}/{made.raise_for_status().json()['id']}"
    while (await client.get(job)).raise_for_status().json()["status"] != "completed":
        await asyncio.sleep(POLL_EVERY_S * random.uniform(0.9, 1.1))
    async with client.stream("GET", f"{job}/content") as answer:
        with to.open("wb") as file:
            async for block in answer.raise_for_status().aiter_bytes():
                file.write(block)
