"""A provider in memory, whose ledger outlives every kernel and whose faults are written down beforehand.

What a call meets is taken from the front of `Service.faults[call]`; a call that finds nothing there goes well:

submit     "no connection" "busy" "busy a while" "paused" "refused" "says no" "lost before" "lost after"
           "slow" (accepted, and the answer takes longer than a lease) "cheaper" (its own estimate is lower)
poll       "no answer" "busy a while" "breaks" "running" "not seen yet" "fails" "fails and charges" "refused"
           "is gone" "cheaper"
find       "no answer" "cannot tell"
cancel     "no answer" "too late" "not possible" "asked in vain" "free of charge"
download   "no answer" "not fetched" "breaks" "broken" (once) "broken for good" "has nothing" "says no"
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from studio.errors import Busy, NotFetched, NotSent, Paused, ProviderError, Refused, Unanswered
from studio.nouns import Price, Prompt, Request, Take
from studio.providers import NOT_MADE, Capabilities, Job, NotMade, Status
from studio.providers.base import Cancelling
from tests.generation.scripted import HEIGHT, RATE, WIDTH

PRICE = 100_000  # micro-dollars a take
CHEAPER = 70_000
CHARGED = 20_000  # for a job that failed
CLIP = b"\0\0\0\x18ftypisom"  # how a clip begins
SLOW_S = 45.0  # longer than a lease
FAULTS = {
    "submit": (
        "no connection", "busy", "busy a while", "paused", "refused", "says no", "lost before", "lost after", "slow",
        "cheaper",
    ),
    "poll": (
        "no answer", "busy a while", "breaks", "running", "not seen yet", "fails", "fails and charges", "refused",
        "is gone", "cheaper",
    ),
    "find": ("no answer", "cannot tell"),
    "cancel": ("no answer", "too late", "not possible", "asked in vain", "free of charge"),
    "download": ("no answer", "not fetched", "breaks", "broken", "broken for good", "has nothing", "says no"),
}  # fmt: skip


@dataclass
class Made:
    """A job as the provider knows it."""

    id: str
    take_id: str
    words: str
    state: str = "running"  # ready, failed, refused, cancelled or gone
    bill: int = PRICE  # micro-dollars, what stands on the provider's page
    told: int | None = None  # what a poll tells of it
    clip: bytes = b""
    cut: int = 0  # how often it was sent broken

    def end(self, state: str) -> None:
        """Without a clip and free of charge."""
        self.state, self.bill, self.told = state, 0, None if self.told is None else 0

    @property
    def status(self) -> Status:
        return Status(self.state, cost_micro_usd=None if self.state == "gone" else self.told)  # type: ignore[arg-type]


class Service:
    """What the provider's own machines hold. `clip` is what every job gives, where it must be a real one."""

    def __init__(self, clip: bytes = b"") -> None:
        self.clip = clip
        self.jobs: dict[str, Made] = {}
        self.faults: dict[str, deque[str]] = defaultdict(deque)

    @property
    def bill(self) -> int:
        return sum(job.bill for job in self.jobs.values())

    def of(self, take: Take) -> list[Made]:
        return [job for job in self.jobs.values() if job.take_id == take.id]

    def accept(self, request: Request, take: Take) -> Made:
        job = Made(f"job-{len(self.jobs) + 1}", take.id, request.text)
        job.clip = self.clip or CLIP + job.id.encode()
        self.jobs[job.id] = job
        return job

    def fault(self, call: str) -> str:
        return self.faults[call].popleft() if self.faults[call] else ""


class Silent:
    """It lists no jobs and stops none."""

    name = "silent"
    capabilities = Capabilities(models=("little",), exact_frames=True, poll_every_s=5.0, concurrency=2)

    def __init__(self, service: Service) -> None:
        self.service = service

    def resolve(
        self, prompt: Prompt, *, id: str, model: str, frames: int, rate: Fraction, width: int, height: int, seed: int,
        first_frame: str = "", last_frame: str = "", guide: str = "",
    ) -> Request:  # fmt: skip
        return Request(
            id=id, prompt_id=prompt.id, shot=prompt.shot, provider=self.name, model="little", text=prompt.scene_text,
            camera=prompt.camera, camera_json=prompt.camera_json, avoid="", width=WIDTH, height=HEIGHT, rate=RATE,
            frames=frames, seed=seed, payload_json=json.dumps({"unlike any other": id}),
        )  # fmt: skip

    def price(self, request: Request) -> Price:
        return Price(Decimal(PRICE) / 1_000_000, "tests/faults/simulated.py", "2026-11-21")

    async def submit(self, request: Request, take: Take) -> Job:
        fault = self.service.fault("submit")
        nothing_sent = {
            "no connection": NotSent("no connection was made"),
            "busy": Busy("too many at a time"),
            "busy a while": Busy("too many at a time", 7.0),
            "paused": Paused("it wants money first"),
            "refused": Refused("the scene shows a person who is known"),
            "says no": ProviderError("the model is gone"),
            "lost before": Unanswered("the request left, and nothing came back"),
        }
        if fault in nothing_sent:
            raise nothing_sent[fault]
        job = self.service.accept(request, take)
        if fault == "lost after":
            raise ConnectionResetError("reset by peer")
        if fault == "slow":
            await asyncio.sleep(SLOW_S)
        if fault == "cheaper":
            job.bill = job.told = CHEAPER
        return Job(job.id, take, request, price_micro_usd=CHEAPER if fault == "cheaper" else None)

    async def poll(self, job: Job) -> Status:
        made, fault = self.service.jobs[job.id], self.service.fault("poll")
        match fault:
            case "no answer":
                raise Unanswered("no answer for 30 s")
            case "busy a while":
                raise Busy("asked too often", 7.0)
            case "breaks":
                raise ValueError("a bug of the adapter")
        if made.state != "running":
            return made.status
        match fault:
            case "running":
                pass
            case "not seen yet":
                return Status("gone")
            case "fails":
                made.end("failed")
            case "fails and charges":
                made.state, made.bill, made.told = "failed", CHARGED, CHARGED
            case "refused":
                made.end("refused")
            case "is gone":
                made.state = "gone"
            case "cheaper":
                made.state, made.bill, made.told = "ready", min(made.bill, CHEAPER), min(made.bill, CHEAPER)
            case _:
                made.state = "ready"
        return made.status

    async def download(self, job: Job, to: Path) -> None:
        made = self.service.jobs[job.id]
        match self.service.fault("download"):
            case "no answer":
                raise Unanswered("no answer for 30 s")
            case "not fetched":
                raise NotFetched("the clip's server is down")
            case "breaks":
                raise ZeroDivisionError("a bug of the adapter")
            case "has nothing":
                made.state, made.bill = "refused", made.told or 0
                raise Refused("it was completed and has no video")
            case "says no":
                raise ProviderError("it does not know the job any more")
            case "broken":
                made.cut += 1
                to.write_bytes(f"cut {made.cut}".encode())
                return
            case "broken for good":
                made.clip = b"no clip"
        await asyncio.sleep(0)
        to.write_bytes(made.clip)


class Listing(Silent):
    """It tells surely what became of a take, and stops jobs."""

    name = "listing"

    async def find(self, request: Request, take: Take, known: Collection[str]) -> Job | NotMade | None:
        match self.service.fault("find"):
            case "no answer":
                raise Unanswered("no answer for 30 s")
            case "cannot tell":
                return None
        await asyncio.sleep(0)
        for made in self.service.of(take):
            return Job(made.id, take, request)
        return NOT_MADE

    async def cancel(self, job: Job) -> Cancelling:
        made, fault = self.service.jobs[job.id], self.service.fault("cancel")
        match fault:
            case "no answer":
                raise Unanswered("no answer for 30 s")
            case "too late" | "not possible":
                return fault  # type: ignore[return-value]
        if made.state != "running":
            return "too late"
        if fault != "asked in vain":
            made.state = "cancelled"
        if fault == "free of charge":
            made.bill = made.told = 0
        return "asked"


class Guessing(Silent):
    """It lists jobs by their words only: what is not in the list may still come, and twins look the same."""

    name = "guessing"

    async def find(self, request: Request, take: Take, known: Collection[str]) -> Job | NotMade | None:
        match self.service.fault("find"):
            case "no answer":
                raise Unanswered("no answer for 30 s")
            case "cannot tell":
                return None
        fitting = [
            made
            for made in self.service.jobs.values()
            if made.words == request.text and made.id not in known and made.state != "gone"
        ]
        await asyncio.sleep(0)
        return Job(fitting[0].id, take, request, guessed=True) if len(fitting) == 1 else None
