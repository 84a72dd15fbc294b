"""The protocol that every provider keeps, and the values it speaks in.

A provider is a service or server that turns a request into a clip. It keeps no log and no money: it answers what it
is asked, and the engine (studio.generation) writes everything down. Three phases are told apart by what `submit`
raises, because a take that was paid for must never be sent again by itself:

- it returns a `Job`: the provider has it;
- it raises `Refused` (moderation), another `ProviderError`, or `BadInput`: the provider answered no, or nothing was
  sent, and nothing is being made;
- it raises anything else: the request may have left. The engine asks `find`; where that cannot tell, the take rests
  in `unknown` until a person decides.

Every call that waits is `async`. Work on the processor is done in a thread, and a cancelled call stops what it began
(between two frames, between two blocks) before it raises `asyncio.CancelledError`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal, Protocol, runtime_checkable

from studio.nouns import Price, Prompt, Request, Take


class NotMade(Enum):
    """The one value `NOT_MADE`: the provider knows surely that this take was never accepted."""

    NOT_MADE = "not made"


NOT_MADE: Final = NotMade.NOT_MADE


@dataclass(frozen=True)
class Capabilities:
    """What a provider can do, as data. An empty tuple means that anything goes."""

    models: tuple[str, ...]  # the first is taken when none is named
    min_seconds: Fraction
    max_seconds: Fraction
    sizes: tuple[tuple[int, int], ...] = ()  # pixels: width, height
    rates: tuple[Fraction, ...] = ()  # frames per second
    takes_first_frame: bool = False
    takes_avoid: bool = False
    takes_seed: bool = False
    exact_frames: bool = False  # makes precisely the frames asked for: another number is a broken clip
    poll_every_s: float = 5.0  # how long to wait between two polls of one job; 0 where a poll costs nothing


@dataclass(frozen=True)
class Job:
    """A take that a provider has accepted. Built again from the log after a restart."""

    id: str  # the provider's own
    take: Take
    request: Request


@dataclass(frozen=True)
class Status:
    """What a poll learned."""

    state: Literal["running", "ready", "refused", "failed", "cancelled"]
    note: str = ""  # in the provider's words, for a person
    progress: float | None = None  # 0…1, where the provider tells
    cost_micro_usd: int | None = None  # the exact bill; None: the estimate for a clip, nothing where none was made
    expires_at_us: int | None = None  # until when the clip can be fetched


class Provider(Protocol):
    """What the engine and the rest of the house may ask.

    `request.first_frame` is relative to the film's folder in the log; the engine hands it to these calls as an
    absolute path (the payload never holds one).
    """

    @property
    def name(self) -> str:
        """As it is written in `provider=`."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    def resolve(
        self,
        prompt: Prompt,
        *,
        id: str,
        model: str,
        frames: int,
        rate: Fraction,
        width: int,
        height: int,
        seed: int,
        first_frame: str = "",
    ) -> Request:
        """Exactly what would be sent, with one sentence for each thing that had to be dropped, clamped or snapped.

        Pure: the same arguments give the same request. `model` "" means the first of the capabilities. Raises
        BadInput where nothing fitting can be sent.
        """
        ...

    def price(self, request: Request) -> Price:
        """What one take of it would cost at most, with source and date."""
        ...

    async def submit(self, request: Request, take: Take) -> Job:
        """Send it once. What is raised says whether it may have left (see the module)."""
        ...

    async def poll(self, job: Job) -> Status:
        """How the job stands. Asking twice changes nothing."""
        ...

    async def download(self, job: Job, to: Path) -> None:
        """Write the finished clip to `to`, a name that no other run has; whole, or an exception."""
        ...


@runtime_checkable
class Finds(Protocol):
    """A provider that can say what became of a take whose answer was lost."""

    async def find(self, request: Request, take: Take) -> Job | NotMade | None:
        """The job that was accepted for this take; NOT_MADE when surely none was; None when it cannot be told."""
        ...
