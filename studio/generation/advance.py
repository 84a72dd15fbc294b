"""One take's way through its states. Each step is on disk before it is taken, so a killed run can be gone on with.

    planned → submitting | submit → submitted → poll … → ready → downloading | download, check, name → done

Whoever finds a take in the middle does what is left: a `submitting` that nobody ended is looked up, never sent again
unless the provider surely has not got it; a job is polled; a clip is fetched under a new temporary name; a clip that
already has its name (the run was killed between the naming and the commit) is checked and logged.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from studio.errors import BadInput, BadMedia, ProviderError, Refused, StoreError, StudioError
from studio.generation import states
from studio.generation.ledger import Ledger, TakenOver, Work
from studio.log import new_id
from studio.media import disk_errors, ingest
from studio.nouns import State, Take
from studio.providers import Finds, Job, NotMade, Status

if TYPE_CHECKING:
    from studio.media import Ingested, Library

T = TypeVar("T")
DOWNLOADS = 3  # tries in one run at a clip that arrives broken


class Stuck(StudioError):
    """The take stays where it is, resumable, and a person should hear why."""


class InWriter(Protocol):
    """Runs a function in the engine's one writing thread and waits for it."""

    def __call__(self, function: Callable[[], T], /) -> Coroutine[Any, Any, T]: ...  # noqa: D102


class Advance:
    """Brings takes to rest.

    What it knows of one is in its `Work` and in the log; only an answer that the log could not be told is kept here.
    """

    def __init__(
        self, ledger: Ledger, library: Library, write: InWriter, moved: Callable[[Take, State], object]
    ) -> None:
        self.closing = False  # set: begin no wait any more
        self._ledger = ledger
        self._library = library
        self._write = write
        self._told = moved
        self._interruptible: set[str] = set()
        self._unwritten: dict[str, Job] = {}  # by take id: accepted, and the log could not be told yet

    def may_interrupt(self, take_id: str) -> bool:
        """Whether the take only waits (for a poll, a download) and may be cancelled at this very moment."""
        return take_id in self._interruptible

    def unwritten(self, take_id: str) -> Job | None:
        """A job that is known here and nowhere else."""
        return self._unwritten.get(take_id)

    async def to_rest(self, work: Work) -> None:
        """Take every step that is left, until the take rests.

        Raises Stuck where it must stay as it is, StoreError where nothing can be written any more, TakenOver where
        another process has it now.
        """
        named, note = self._library.take(work.take.label), ""
        if named.exists() and work.state == "downloading":
            await self._log_named(work, named)
        elif named.exists():
            note = self._set_aside(named)
        job = self.unwritten(work.take.id)
        if job is not None and work.state in ("submitting", "unknown"):
            await self._accepted(work, job)
        elif work.state == "planned":
            await self._submit(work, note)
        elif work.state == "submitting":
            await self._look_up(work)
        if work.state in states.HAS_JOB:
            await self._until_ready(work)
        if work.state in states.HAS_JOB:
            await self._fetch(work)

    # --- sending -------------------------------------------------------------------------------------------------

    async def _submit(self, work: Work, note: str = "") -> None:
        await self._move(work, "submitting", attempt=True, note=note)
        try:
            job = await work.provider.submit(work.request, work.take)
        except Refused as refused:
            await self._move(work, "refused", error=str(refused))
        except (ProviderError, BadInput) as no:
            await self._move(work, "failed", error=str(no))
        except Exception as problem:  # whatever it was, the request may have left
            await self._after_silence(work, problem)
        else:
            await self._accepted(work, job)

    async def _accepted(self, work: Work, job: Job) -> None:
        """Write the job down. Until that has worked it is remembered: on a full disk it is known nowhere else."""
        self._unwritten[work.take.id] = job
        work.job_id = job.id
        await self._move(work, "submitted", events=[("job", {"job_id": job.id})])
        del self._unwritten[work.take.id]

    async def _find(self, work: Work) -> Job | NotMade | None:
        """What the provider knows of the take; None where it cannot tell."""
        if not isinstance(work.provider, Finds):
            return None
        try:
            return await work.provider.find(work.request, work.take)
        except Exception as problem:
            raise Stuck(f"{work.provider.name} cannot be asked about it: {sentence(problem)}") from problem

    async def _after_silence(self, work: Work, problem: Exception) -> None:
        """The submit ended in an error that is no answer."""
        found = await self._find(work)
        if isinstance(found, Job):
            await self._accepted(work, found)
        elif isinstance(found, NotMade):
            await self._move(work, "failed", error=sentence(problem))
        else:
            await self._unknown(work, f"it was sent and the answer was lost ({sentence(problem)})")

    async def _look_up(self, work: Work) -> None:
        """An earlier run was going to send it, and never wrote whether it did."""
        found = await self._find(work)
        if isinstance(found, Job):
            await self._accepted(work, found)
        elif isinstance(found, NotMade):
            await self._submit(work)
        else:
            await self._unknown(work, "the run that sent it was killed before it heard an answer")

    async def _unknown(self, work: Work, what: str) -> None:
        await self._move(
            work,
            "unknown",
            error=f"{what}: look at {work.provider.name} whether it was made; it is not sent again by itself",
        )

    # --- waiting -------------------------------------------------------------------------------------------------

    async def _until_ready(self, work: Work) -> None:
        """Poll until there is a clip to fetch, or an end. A poll that raises is no verdict on a job."""
        while True:
            with self._interruptibly(work):
                try:
                    status = await work.provider.poll(work.job)
                except Exception as problem:
                    raise Stuck(f"{work.provider.name} cannot be asked about it: {sentence(problem)}") from problem
            if status.cost_micro_usd is not None:
                work.cost_micro_usd = status.cost_micro_usd
            if status.state == "running":
                if work.state == "submitted":
                    await self._move(work, "running", note=status.note)
                with self._interruptibly(work):
                    await asyncio.sleep(work.provider.capabilities.poll_every_s)
                continue
            if status.state != "ready":
                await self._move(work, status.state, error=_ended(work, status))
            elif work.state in ("submitted", "running"):
                await self._move(work, "ready", note=status.note)
            return

    # --- fetching ------------------------------------------------------------------------------------------------

    async def _fetch(self, work: Work) -> None:
        for attempt in range(1, DOWNLOADS + 1):
            await self._move(work, "downloading", attempt=True)
            self._sweep(work)
            made = self._library.temporary(work.take.id, work.attempt)
            try:
                await self._download(work, made)
                ingested = await self._ingest(work, made)
                await self._done(work, partial(self._library.keep, made, work.take.label), ingested)
            except BaseException as problem:
                made.unlink(missing_ok=True)
                if isinstance(problem, BadMedia) and attempt < DOWNLOADS:
                    continue
                if isinstance(problem, (StoreError, TakenOver)) or not isinstance(problem, Exception):
                    raise  # nothing can be written, it is another's, or the engine is closing: it goes on later
                await self._not_fetched(work, problem)
            return

    def _sweep(self, work: Work) -> None:
        """Remove what killed runs left of the take in media/tmp."""
        for left in self._library.tmp.glob(f"{work.take.id}.*"):
            left.unlink(missing_ok=True)

    async def _not_fetched(self, work: Work, problem: Exception) -> None:
        if isinstance(problem, Refused):
            await self._move(work, "refused", error=str(problem))
        elif isinstance(problem, BadMedia):
            if work.cost_micro_usd is None:
                work.cost_micro_usd = work.request.estimated_micro_usd  # a clip was made, whatever it is worth
            await self._move(work, "failed", error=f"{problem} (fetched {DOWNLOADS} times from {work.provider.name})")
        elif work.request.estimated_micro_usd and not isinstance(problem, ProviderError):
            raise Stuck(sentence(problem)) from problem  # what is paid for is never given up by a program
        else:
            await self._move(work, "failed", error=sentence(problem))

    async def _download(self, work: Work, to: Path) -> None:
        with self._interruptibly(work), disk_errors(to):
            await work.provider.download(work.job, to)
        self._ledger.on_step("downloaded", work.take)

    async def _ingest(self, work: Work, clip: Path) -> Ingested:
        frames = work.request.frames if work.provider.capabilities.exact_frames else None
        ingested = await asyncio.to_thread(ingest, clip, work.take.label, self._library, frames)
        self._ledger.on_step("checked", work.take)
        return ingested

    async def _log_named(self, work: Work, named: Path) -> None:
        """The clip has its name and the log does not know: check it as if it had just come."""
        file = self._library.relative(named)
        try:
            ingested = await self._ingest(work, named)
        except BadMedia as broken:
            raise Stuck(f"{file} is there and is not its clip: move it away, then resume ({broken})") from None
        self._sweep(work)
        await self._done(work, lambda: file, ingested)

    def _set_aside(self, named: Path) -> str:
        """A file under the label of a take that has no clip yet (an import that was killed left it): keep it in tmp."""
        aside = self._library.temporary(new_id(), 0, f".left{named.suffix}")
        with disk_errors(named):
            named.rename(aside)
        return f"a file that was there under its name is now {self._library.relative(aside)}"

    async def _done(self, work: Work, name: Callable[[], str], ingested: Ingested) -> None:
        """Name the clip and log it in one transaction.

        While it is open nobody else can take the lease, so a run that was overtaken in its sleep cannot name a second
        clip for a take that is done.
        """

        def named() -> list[tuple[str, dict[str, object]]]:
            file = name()
            self._ledger.on_step("named", work.take)
            return [("media", media_facts(file, ingested))]

        await self._move(work, "done", first=named)

    # --- tools ---------------------------------------------------------------------------------------------------

    async def _move(self, work: Work, then: State, **what: Any) -> None:
        await self._write(lambda: self._ledger.move(work, then, **what))
        self._told(work.take, then)

    @contextlib.contextmanager
    def _interruptibly(self, work: Work) -> Iterator[None]:
        if self.closing:
            raise asyncio.CancelledError
        self._interruptible.add(work.take.id)
        try:
            yield
        finally:
            self._interruptible.discard(work.take.id)


def media_facts(file: str, ingested: Ingested) -> dict[str, object]:
    """The data of a `media` event: where the clip of a take is, and what it is."""
    found = ingested.probe
    return {
        "file": file,
        "sha256": ingested.sha256,
        "width": found.width,
        "height": found.height,
        "rate": str(found.rate),
        "frames": found.frames,
        "variable_rate": found.variable_rate,
    }


def sentence(problem: Exception) -> str:
    """An error as one sentence: our own as they are written, another's with its kind."""
    if isinstance(problem, StudioError):
        return str(problem)
    first = (str(problem).splitlines() or [""])[0]
    return f"{type(problem).__name__}: {first}" if first else type(problem).__name__


def _ended(work: Work, status: Status) -> str:
    words = {"refused": "refused it", "failed": "failed at it", "cancelled": "cancelled it"}[status.state]
    return f"{work.provider.name} {words}: {status.note}" if status.note else f"{work.provider.name} {words}"
