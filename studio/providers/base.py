"""The protocol that every provider keeps, and the values it speaks in.

A provider is a service or server that turns a request into a clip. It keeps no log and no money: it answers what it
is asked, and the engine (studio.generation) writes everything down. Three phases are told apart by what `submit`
raises, because a take that was paid for must never be sent again by itself:

- it returns a `Job`: the provider has it;
- it raises a `ProviderError` or `BadInput`: the provider answered no, or nothing was sent, and nothing is being made.
  `Refused` and a plain one end the take; `Busy` and `NotSent` may be sent again; `Paused` stops what waits for it;
- it raises anything else: the request may have left. The engine asks `find`; where that cannot tell, the take rests
  in `unknown` until a person decides.

A question (`poll`, `find`, `cancel`) that raises `Busy`, `NotSent` or `Unanswered` is asked again.

Every call that waits is `async`. Work on the processor is done in a thread, and a cancelled call stops what it began
(between two frames, between two blocks) before it raises `asyncio.CancelledError`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol, runtime_checkable

from studio.nouns import Price, Prompt, Request, Take, Took

if TYPE_CHECKING:
    from studio.providers.changes import Asked, Explained


class NotMade(Enum):
    """The one value `NOT_MADE`: the provider knows surely that this take was never accepted."""

    NOT_MADE = "not made"


NOT_MADE: Final = NotMade.NOT_MADE


@dataclass(frozen=True)
class Capabilities:
    """What the engine has to know of a provider, as data."""

    models: tuple[str, ...]  # the first is taken when none is named
    exact_frames: bool = False  # makes precisely the frames asked for: another number is a broken clip
    poll_every_s: float = 5.0  # the shortest wait between two polls of one job; 0 where a poll costs nothing
    concurrency: int = 2  # takes under way at a time


@dataclass(frozen=True)
class Job:
    """A take that a provider has accepted. Built again from the log after a restart."""

    id: str  # the provider's own
    take: Take
    request: Request
    told: Mapping[str, str] = field(default_factory=dict)  # what else it said that later calls need; never a secret
    price_micro_usd: int | None = None  # its own estimate when it accepted, where it gives one
    guessed: bool = False  # found by its words in a list, not by an id of ours: a twin's job would look the same


@dataclass(frozen=True)
class Status:
    """What a poll learned."""

    # gone: it does not know the job, which may be too new to be seen everywhere, or was deleted
    state: Literal["running", "ready", "refused", "failed", "cancelled", "gone"]
    note: str = ""  # in the provider's words, for a person
    progress: float | None = None  # 0…1, where the provider tells
    cost_micro_usd: int | None = None  # the exact bill; None: the estimate for a clip, nothing where none was made
    expires_at_us: int | None = None  # until when the clip can be fetched
    took_ms: int | None = None  # how long the server worked on it, where that is what it costs


@dataclass(frozen=True)
class SoundRequest:
    """Words resolved into what is sent for one sound: a purchase whose answer is the sound itself, and no take."""

    provider: str
    model: str
    text: str
    seconds: Fraction | None  # None: as long as the model finds right
    payload_json: str  # the body as sent, never a key
    estimated_micro_usd: int
    dropped: tuple[str, ...] = ()  # one sentence each: what was clamped or is not known


class SoundMaker(Protocol):
    """A provider of sound effects."""

    @property
    def name(self) -> str:
        """As it is written in `provider=`."""
        ...

    def resolve_sound(
        self, text: str, *, seconds: float | None, loop: bool = False, influence: float = 0.3, model: str = ""
    ) -> SoundRequest:
        """What would be sent. Raises BadInput."""
        ...

    def price(self, request: SoundRequest) -> Price:
        """What it would cost at most."""
        ...

    def shown(self, request: SoundRequest) -> str:
        """The exact request as text, the key hidden."""
        ...

    async def make(self, request: SoundRequest) -> bytes:
        """Buy it, once. Raises as `Provider.submit` does."""
        ...

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        ...


Cancelling = Literal["asked", "too late", "not possible"]


class Provider(Protocol):
    """What the engine and the rest of the house may ask.

    `first_frame`, `last_frame` and `guide` of a request are relative to the film's folder in the log; the engine hands
    them to these calls as absolute paths (the payload never holds one).
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
        last_frame: str = "",
        guide: str = "",
    ) -> Request:
        """Exactly what would be sent, with one sentence for each thing that had to be dropped, clamped or snapped.

        Pure: the same arguments give the same request. `model` "" means the first of the capabilities. Raises
        BadInput where nothing fitting can be sent.
        """
        ...

    def price(self, request: Request) -> Price:
        """What one take of it would cost at most, with source and date. Raises BadInput where no price is known."""
        ...

    async def submit(self, request: Request, take: Take) -> Job:
        """Send it once. What is raised says whether it may have left (see the module)."""
        ...

    async def poll(self, job: Job) -> Status:
        """How the job stands. Asking twice changes nothing."""
        ...

    async def download(self, job: Job, to: Path) -> None:
        """Write the finished clip to `to`, a name that no other run has; whole, or an exception.

        `Refused` where there is nothing after all; whatever else is raised leaves a take that was paid for to be
        fetched later.
        """
        ...


@runtime_checkable
class Finds(Protocol):
    """A provider that can say what became of a take whose answer was lost."""

    async def find(self, request: Request, take: Take, known: Collection[str]) -> Job | NotMade | None:
        """The job that was accepted for this take; NOT_MADE when surely none was; None when it cannot be told.

        `known` are the ids of the jobs that belong to other takes. A job is given back only where exactly one that is
        not among them fits.
        """
        ...


@dataclass(frozen=True)
class Listed:
    """One job in a provider's own list."""

    id: str
    at_us: int | None  # when it was accepted
    model: str
    words: str  # the prompt, as far as the list tells it
    state: str  # in the provider's words


@runtime_checkable
class Lists(Protocol):
    """A provider that can list its jobs."""

    async def jobs(self) -> tuple[Listed, ...]:
        """The newest jobs, as many as can be looked through. Raises ProviderError where this server lists none."""
        ...


@runtime_checkable
class Cancels(Protocol):
    """A provider that can be asked to stop a job."""

    async def cancel(self, job: Job) -> Cancelling:
        """Ask it to stop. How the job ends is learned from `poll`: a clip that was made all the same is kept."""
        ...


@runtime_checkable
class Recalls(Protocol):
    """A provider whose jobs need more than an id; one that keeps to `Job(id, take, request)` has no need of this."""

    def recall(self, job_id: str, request: Request, take: Take) -> Job:
        """The job of this id, as a person found it on the provider's own page. Raises BadInput for what is no id."""
        ...


@runtime_checkable
class Shows(Protocol):
    """A provider that sends requests over a network, and can show one without sending it."""

    def shown(self, request: Request) -> str:
        """The exact request as text: method, address, headers with the key hidden, body. Sends nothing."""
        ...


@runtime_checkable
class Explains(Protocol):
    """A provider that can say of each word of a request where it comes from, and of each change what it is about.

    One that cannot is read by its sentences alone.
    """

    def explain(self, asked: Asked, id: str, model: str) -> Explained:
        """The request that `resolve` gives for the same, with its pieces and changes. Raises as that does."""
        ...


@runtime_checkable
class Prepares(Protocol):
    """A provider that has to ask its service something before a request can be resolved."""

    async def prepare(self) -> None:
        """Ask, where it was not asked lately. What cannot be had now is told by `resolve`, as something dropped."""
        ...


@runtime_checkable
class ByTheHour(Protocol):
    """A provider whose price is that of the time it takes, where its owner says what an hour costs.

    How long takes took stands in the film's log, which a provider does not know: it is handed to it.
    """

    def price_by_time(self, request: Request, took: Sequence[Took]) -> Price:
        """What one take would cost at most, reckoned from these, the newest first; as `price` where it is not paid by
        the hour."""
        ...


@dataclass(frozen=True)
class Health:
    """How a server of one's own is."""

    wrong: str = ""  # one sentence; "": it is well
    models: tuple[str, ...] = ()  # those that it offers; empty where it does not tell
    running: int | None = None  # takes that it works on, whoever asked; None: it does not tell
    waiting: int | None = None  # takes that wait for that


@runtime_checkable
class Watched(Protocol):
    """A provider whose server can be asked how it is, which costs nothing."""

    async def health(self, models: Collection[str] = (), queue: bool = True) -> Health:
        """Whether it is well and offers these models; with `queue`, how much it has to do. Raises for no server."""
        ...

    def about(self) -> str:
        """Where it is, of which kind, how much it makes at a time and what that costs, in a few words."""
        ...


@runtime_checkable
class Closes(Protocol):
    """A provider that holds connections."""

    async def aclose(self) -> None:
        """Close those that were opened in this event loop."""
        ...
