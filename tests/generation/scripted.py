"""A provider whose faults are written down beforehand, with a ledger of its own; and a small film to use it in.

The ledger is a file to which each submit appends one line, synced, before it answers: what stands there was bought,
whatever became of the process that bought it. The clips are real ones, encoded by studio.media.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import threading
from collections.abc import Collection, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np

from studio.errors import BadInput, ProviderError, Refused
from studio.log import Author, Log, Settings, new_id, write_settings
from studio.media import encode
from studio.nouns import Continuity, Price, Prompt, Request, Shot, Take
from studio.providers import NOT_MADE, Capabilities, Job, NotMade, Provider, Status

WIDTH, HEIGHT, FRAMES, RATE = 64, 64, 6, Fraction(24)
FILM = Settings(title="Test", rate=RATE, width=WIDTH, height=HEIGHT, authors=(Author("ada"), Author("ben")))


class Scripted:
    """Makes 6-frame clips. `script` says what happens to a take of that label (see `_does`); the others succeed.

    It lists no jobs: what became of a lost answer cannot be asked. `gate`, where given, holds every download.
    """

    name = "scripted"

    def __init__(
        self,
        folder: Path,
        script: Mapping[str, str] | None = None,
        usd: str = "0.10",
        gate: asyncio.Event | None = None,
    ) -> None:
        self.folder = folder
        self.script = dict(script or {})
        self.usd = Decimal(usd)
        self.gate = gate
        self.begun = threading.Semaphore(0)  # released by each download as it begins
        self.downloading = 0  # at this moment
        self.most_downloading = 0
        self.cancelled_downloads = 0
        self.tries: dict[str, int] = {}
        folder.mkdir(exist_ok=True)
        self.capabilities = Capabilities(models=("little",), exact_frames=True, poll_every_s=0)
        for name, frames in (("clip", FRAMES), ("short", FRAMES - 1)):
            if not (folder / f"{name}.mp4").exists():
                encode(_pictures(frames), folder / f"{name}.mp4", rate=RATE)

    def resolve(
        self, prompt: Prompt, *, id: str, model: str, frames: int, rate: Fraction, width: int, height: int, seed: int,
        first_frame: str = "", last_frame: str = "", guide: str = "",
    ) -> Request:  # fmt: skip
        return Request(
            id=id, prompt_id=prompt.id, shot=prompt.shot, provider=self.name, model=model or "little",
            text=prompt.scene_text, camera=prompt.camera, camera_json=prompt.camera_json, avoid=prompt.avoid,
            width=width, height=height, rate=rate, frames=frames, seed=seed, first_frame=first_frame,
            payload_json=json.dumps({"body": {"seed": seed}, "unlike any other": id}),
        )  # fmt: skip

    def price(self, request: Request) -> Price:
        return Price(self.usd, "tests/generation/scripted.py", "2026-11-21")

    def _does(self, take: Take) -> str:
        return self.script.get(take.label, "")

    async def submit(self, request: Request, take: Take) -> Job:
        does = self._does(take)
        if does == "refuses":
            raise Refused("the scene shows a person who is known")
        if does == "says no":
            raise ProviderError("the model little is gone since 2026-11-01")
        if does == "bad input":
            raise BadInput("a take of 99 s is too long: little makes 10 s at most")
        if does == "breaks before it sends":
            raise OSError("the cable was cut")
        _append(self.folder / "ledger.jsonl", {"take": take.id, "job": f"job-{take.id}"})
        if does == "loses the answer":
            raise ConnectionResetError("reset by peer")
        return Job(f"job-{take.id}", take, request)

    async def poll(self, job: Job) -> Status:
        does = self._does(job.take)
        tries = self.tries[job.id] = self.tries.get(job.id, 0) + 1
        if does == "runs a while" and tries < 4:
            return Status("running", note="warming up", progress=tries / 4)
        if does == "is refused later":
            return Status("refused", note="the clip shows a person who is known", cost_micro_usd=20_000)
        if does == "fails later":
            return Status("failed", note="out of memory")
        if does == "cannot be polled":
            raise TimeoutError("no answer for 30 s")
        if does == "costs less":
            return Status("ready", cost_micro_usd=70_000)
        return Status("ready")

    async def download(self, job: Job, to: Path) -> None:
        self.downloading += 1
        self.most_downloading = max(self.most_downloading, self.downloading)
        self.begun.release()
        try:
            if self.gate is not None:
                await self.gate.wait()
            await self._download(job, to)
        except asyncio.CancelledError:
            self.cancelled_downloads += 1
            raise
        finally:
            self.downloading -= 1

    async def _download(self, job: Job, to: Path) -> None:
        does = self._does(job.take)
        first = not (self.folder / f"tried-{job.take.id}").exists()
        (self.folder / f"tried-{job.take.id}").touch()
        if does == "sends a page":
            to.write_text("<html>sorry</html>")
        elif does == "sends a short clip" or (does == "sends a short clip once" and first):
            shutil.copyfile(self.folder / "short.mp4", to)
        elif does == "sends half":
            whole = (self.folder / "clip.mp4").read_bytes()
            to.write_bytes(whole[: len(whole) // 2])
        elif does == "has nothing":
            raise Refused("it was completed and has no video")
        elif does == "breaks the download":
            raise ZeroDivisionError("a bug of the adapter")
        elif does == "is told no" and first:
            raise ProviderError("the key is not taken (status 401)")
        elif does == "fills the disk" and first:
            raise OSError(28, "No space left on device")
        else:
            shutil.copyfile(self.folder / "clip.mp4", to)

    def bought(self) -> list[str]:
        """The take of each job that was accepted, in order."""
        return [line["take"] for line in _lines(self.folder / "ledger.jsonl")]


class Listing(Scripted):
    """The same, and it can be asked what became of a take."""

    name = "listing"

    async def find(self, request: Request, take: Take, known: Collection[str] = ()) -> Job | NotMade | None:
        if self._does(take) == "cannot be asked":
            raise TimeoutError("no answer for 30 s")
        if take.id in self.bought():
            return Job(f"job-{take.id}", take, request)
        return NOT_MADE


def _pictures(count: int) -> list[np.ndarray]:
    return [np.full((HEIGHT, WIDTH, 3), 40 * k, np.uint8) for k in range(count)]


def _append(path: Path, line: dict[str, object]) -> None:
    with path.open("a") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def make_film(folder: Path, shots: tuple[str, ...] = ("07A",), url: str = "") -> Path:
    """A film with words for each shot, closed again."""
    folder.mkdir(parents=True)
    write_settings(folder, FILM)
    with Log.open(folder, url=url) as log, log.write("ada") as writer:
        for shot in shots:
            writer.shot(Shot(shot, shot[:2]))
            writer.prompt(prompt(shot))
    return folder


def prompt(shot: str) -> Prompt:
    return Prompt(
        id=new_id(), shot=shot, version=1, scene_text="two teenagers in a corridor", camera="push in", camera_json="",
        style="", avoid="", continuity=Continuity(), scene_author="ada", camera_author="ada", style_author="",
        avoid_author="", continuity_author="", author="ada", created_at_us=0,
    )  # fmt: skip


def requests(log: Log, maker: Provider, takes: int, shot: str = "07A", frames: int = FRAMES) -> list[Request]:
    words = log.latest_prompt(shot)
    return [
        maker.resolve(words, id=new_id(), model="", frames=frames, rate=RATE, width=WIDTH, height=HEIGHT, seed=seed)
        for seed in range(takes)
    ]
