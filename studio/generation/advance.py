"""One take's way through its states. Each step is on disk before it is taken, so a killed run can be gone on with.

    planned → submitting | submit → submitted → poll … → ready → downloading | download, check, name → done

Whoever finds a take in the middle does what is left: a `submitting` that nobody ended is looked up, never sent again
unless the provider surely has not got it; a job is polled; a clip is fetched under a new temporary name; a clip that
already has its name (the run was killed between the naming and the commit) is checked and logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from studio.errors import (
    BadInput,
    BadMedia,
    Busy,
    NotFetched,
    NotSent,
    Paused,
    ProviderError,
    Refused,
    StoreError,
    StudioError,
    Unanswered,
)
from studio.generation import states
from studio.generation.gate import Clock, growing_wait_s
from studio.generation.ledger import Ledger, TakenOver, Work
from studio.generation.measuring import Events, differing, look_events
from studio.log import now_us
from studio.media import disk_errors, ingest, made_suffix, sha256_of
from studio.nouns import State, Take
from studio.providers import Cancels, Finds, Job, NotMade, Status

if TYPE_CHECKING:
    from studio.media import Ingested, Library

T = TypeVar("T")
DOWNLOADS = 3  # tries in one run at a clip that arrives broken
TRIES = 8  # in one run, to send what the provider surely did not take
QUESTIONS = 5  # tries in one run at a question about a take that has no job yet, or at its clip
STALLED_S = 20 * 60.0  # after which it is remarked that a job has no end yet
GRACE_S = 120  # how long a new job may be unknown to the provider that took it
LATER = (Busy, NotSent, Unanswered, NotFetched, Paused)


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
        self, ledger: Ledger, library: Library, write: InWriter, moved: Callable[[Take, State], object], clock: Clock
    ) -> None:
        self.closing = False  # set: begin no wait any more
        self._clock = clock
        self._checking = asyncio.Semaphore(os.cpu_count() or 1)  # clips that are decoded at a time
        self._ledger = ledger
        self._library = library
        self._write = write
        self._told = moved
        self._interruptible: set[str] = set()
        self._under_way: dict[str, Work] = {}  # by take id
        self._unwritten: dict[str, Job] = {}  # by take id: accepted, and the log could not be told yet

    def may_interrupt(self, take_id: str) -> bool:
        """Whether the take only waits (for a poll, a download) and may be cancelled at this very moment."""
        return take_id in self._interruptible

    def unwritten(self, take_id: str) -> Job | None:
        """A job that is known here and nowhere else."""
        return self._unwritten.get(take_id)

    async def ask_to_stop(self, take: Take) -> None:
        """Have the provider stop a take's job, where it can; what it answers is written down."""
        work = self._under_way.get(take.id)
        if work is None or work.state not in ("submitted", "running") or work.cancel_asked:
            return
        answer: str = "not possible"
        if isinstance(work.provider, Cancels):
            try:
                answer = await self._asked(work, partial(work.provider.cancel, work.job))
            except Exception as problem:
                answer = f"no answer ({sentence(problem)})"
        await self._write(partial(self._ledger.asked_to_stop, work, answer))

    async def to_rest(self, work: Work) -> None:
        """Take every step that is left, until the take rests.

        Raises Stuck where it must stay as it is, StoreError where nothing can be written any more, TakenOver where
        another process has it now.
        """
        self._under_way[work.take.id] = work
        try:
            await self._to_rest(work)
        finally:
            del self._under_way[work.take.id]

    async def _to_rest(self, work: Work) -> None:
        note = ""
        if work.state == "downloading" and (named := self._library.pledged(work.take.id, work.take.label)):
            await self._log_named(work, named)
        job = self.unwritten(work.take.id)
        if job is not None and work.state in ("submitting", "unknown"):
            await self._accepted(work, job)
        elif work.state == "planned":
            await self._submit(work)
        elif work.state == "submitting":
            await self._look_up(work)
        elif work.state == "unknown":
            await self._look_again(work)
        if work.state in states.HAS_JOB:
            note = await self._until_ready(work)
        if work.state in states.HAS_JOB:
            await self._fetch(work, note)

    # --- sending -------------------------------------------------------------------------------------------------

    async def _submit(self, work: Work) -> None:
        """Send it once. Where the provider surely took nothing it is planned again, and sent again after a wait."""
        for tries in range(TRIES):
            with self._interruptibly(work):
                await work.gate.passed()
            await self._move(work, "submitting", attempt=True)
            try:
                if not self._ledger.surely_holds(work):  # another run may have looked for a job, and sent it
                    raise NotSent("the machine slept before it was sent")
                job = await work.provider.submit(work.request, work.take)
            except (Busy, NotSent, Paused) as later:
                work.gate.heard()
                await self._move(work, "planned", note=str(later))
                if isinstance(later, Paused):
                    work.gate.close(later)
                    raise
                if tries == TRIES - 1:
                    raise Stuck(f"{later} (tried {TRIES} times)") from None
                wait_s = later.wait_s if isinstance(later, Busy) and later.wait_s is not None else growing_wait_s(tries)
                work.gate.hold(wait_s)
            except Refused as refused:
                await self._answered(work, "refused", str(refused))
                return
            except (ProviderError, BadInput) as no:
                await self._answered(work, "failed", str(no))
                return
            except Exception as problem:  # whatever it was, the request may have left
                await self._after_silence(work, problem)
                return
            else:
                work.gate.heard()
                await self._accepted(work, job)
                return

    async def _answered(self, work: Work, then: State, error: str) -> None:
        work.gate.heard()
        await self._move(work, then, error=error)

    async def _accepted(self, work: Work, job: Job, found: bool = False) -> None:
        """Write the job down. Until that has worked it is remembered: on a full disk it is known nowhere else.

        What was `found` can be found again, and BadInput is raised where another take has it by now.
        """
        if not found:
            self._unwritten[work.take.id] = job
        work.job_id, work.told, work.submitted_at_us = job.id, dict(job.told), now_us()
        events: Events = [("job", {"job_id": job.id} | ({"told": dict(job.told)} if job.told else {}))]
        if job.price_micro_usd is not None and job.price_micro_usd != work.reserved_micro_usd:
            work.reserved_micro_usd = job.price_micro_usd
            events.append(("money.reserved", {"micro_usd": job.price_micro_usd, "source": work.provider.name}))
        await self._move(work, "submitted", events=events, claimed=job.id if found else "")
        self._unwritten.pop(work.take.id, None)

    async def _find(self, work: Work) -> Job | NotMade | None:
        """What the provider knows of the take; None where it cannot tell, or another's job could be taken for it."""
        if not isinstance(work.provider, Finds):
            return None
        known = await self._write(lambda: self._ledger.known_jobs(work))
        found = await self._asked(work, partial(work.provider.find, work.request, work.take, known))
        if isinstance(found, Job) and found.guessed and await self._write(lambda: self._ledger.has_twin(work)):
            return None
        return found

    async def _after_silence(self, work: Work, problem: Exception) -> None:
        """The submit ended in an error that is no answer."""
        await self._look(work, f"it was sent and the answer was lost ({sentence(problem)})", sentence(problem))
        if work.state == "unknown":
            work.gate.lost(work.provider.name)

    async def _look_up(self, work: Work) -> None:
        """An earlier run was going to send it, and never wrote whether it did."""
        await self._look(work, "the run that sent it was killed before it heard an answer", "")

    async def _look(self, work: Work, what: str, error: str) -> None:
        """Ask what became of it. `error` is why it surely was not made; "": then it may be sent."""
        try:
            found = await self._find(work)
        except (StoreError, TakenOver):
            raise
        except Exception as problem:
            what, found = f"{what}; {work.provider.name} cannot be asked about it: {sentence(problem)}", None
        if isinstance(found, Job):
            try:
                await self._accepted(work, found, found=True)
                return
            except BadInput as taken:  # its twin was quicker
                what, found = f"{what}; {taken}", None
        if isinstance(found, NotMade) and error:
            await self._move(work, "failed", error=error)
        elif isinstance(found, NotMade):
            await self._submit(work)
        else:
            await self._move(
                work,
                "unknown",
                error=f"{what}: look at {work.provider.name} whether it was made; it is not sent again by itself",
            )

    async def _look_again(self, work: Work) -> None:
        """At an unknown take; it stays one where nothing new is learned."""
        found = await self._find(work)
        if isinstance(found, Job):
            await self._accepted(work, found, found=True)
        elif isinstance(found, NotMade):
            await self._move(work, "failed", error=f"{work.provider.name} says that it was never made")

    # --- waiting -------------------------------------------------------------------------------------------------

    async def _asked(self, work: Work, question: Callable[[], Awaitable[T]]) -> T:
        """Ask, and ask again where there was no answer: a question changes nothing. Raises the last trouble."""
        for tries in range(QUESTIONS):
            await work.gate.passed()
            try:
                return await question()
            except (Busy, NotSent, Unanswered) as trouble:
                if tries == QUESTIONS - 1:
                    raise
                await self._after_trouble(work, trouble, tries)
        raise AssertionError("unreachable")

    async def _after_trouble(self, work: Work, trouble: StudioError, tries: int) -> None:
        if isinstance(trouble, Busy) and trouble.wait_s is not None:
            work.gate.hold(trouble.wait_s)
        else:
            await self._clock.sleep(growing_wait_s(tries))

    async def _until_ready(self, work: Work) -> str:
        """Poll until there is a clip to fetch, or an end; the provider's note. A poll that raises is no verdict."""
        began, tries, remarked = self._clock.now(), 0, False
        while True:
            with self._interruptibly(work):
                try:
                    await work.gate.passed()
                    status = await work.provider.poll(work.job)
                    tries = 0
                except (Busy, NotSent, Unanswered) as trouble:  # for as long as it takes: a deadline is no verdict
                    status = Status("running", sentence(trouble))
                    await self._after_trouble(work, trouble, tries)
                    tries += 1
                except Exception as problem:
                    raise Stuck(f"{work.provider.name} cannot be asked about it: {sentence(problem)}") from problem
            if status.state == "gone":
                status = self._gone(work, status)
            if status.cost_micro_usd is not None and status.state != "gone":
                work.cost_micro_usd, work.took_ms = status.cost_micro_usd, status.took_ms
            if status.state in ("running", "gone"):
                if work.state == "submitted" and not tries:
                    await self._move(work, "running", note=status.note)
                if not remarked and self._clock.now() - began > STALLED_S:
                    remarked = True
                    text = f"no end after {STALLED_S / 60:.0f} minutes ({status.note or 'running'}): it is asked on"
                    await self._write(partial(self._ledger.remark, work.take, text))
                if not tries:
                    with self._interruptibly(work):
                        await self._clock.sleep(self._pause_s(work, self._clock.now() - began))
                continue
            if status.state != "ready":
                await self._move(work, cast(State, status.state), error=_ended(work, status))
            return status.note

    def _pause_s(self, work: Work, waited_s: float) -> float:
        """Between two polls: longer the longer it takes, and not in step with the other takes."""
        least = work.provider.capabilities.poll_every_s
        return min(max(least, waited_s / 10), 6 * least) * random.uniform(0.9, 1.1)

    def _gone(self, work: Work, status: Status) -> Status:
        """The provider does not know the job: not yet, which is waited for, or not any more."""
        if work.cancel_asked:
            return replace(status, state="cancelled", note="it was asked to stop, and the job is gone")
        if now_us() - work.submitted_at_us < GRACE_S * 1_000_000:
            return status
        raise Stuck(
            f"{work.provider.name} does not know job {work.job_id} any more: look there, then "
            f'film.money.lost("{work.take.label}", billed=…) ends it'
        )

    # --- fetching ------------------------------------------------------------------------------------------------

    async def _fetch(self, work: Work, note: str) -> None:
        broken: list[str] = []  # the hashes of clips that arrived and are none
        for attempt in range(1, DOWNLOADS + 1):
            new: dict[str, Any] = {"through": "ready", "note": note} if work.state in ("submitted", "running") else {}
            swept = partial(self._sweep, work)
            await self._move(work, "downloading", attempt=True, events=self._bill(work), first=swept, **new)
            made = self._library.temporary(work.take.id, work.attempt)
            try:
                await self._download(work, made)
                work.free_place()
                async with self._checking:
                    ingested = await self._ingest(work, made)
                keep = partial(self._library.keep, made, work.take.label, made_suffix(made))
                self._library.pledge(made)
                await self._done(work, keep, ingested)
            except BaseException as problem:
                if isinstance(problem, BadMedia) and made.exists():
                    broken.append(await asyncio.to_thread(sha256_of, made))
                made.unlink(missing_ok=True)
                if isinstance(problem, TakenOver):  # nothing has its name: what lies there is of this run alone
                    self._sweep(work, f".{work.attempt}")
                if isinstance(problem, BadMedia) and attempt < DOWNLOADS:
                    continue
                if isinstance(problem, (StoreError, TakenOver)) or not isinstance(problem, Exception):
                    raise  # nothing can be written, it is another's, or the engine is closing: it goes on later
                await self._not_fetched(work, problem, len(set(broken)) == 1)
            return

    def _bill(self, work: Work) -> Events:
        """The exact cost, held from now on: a run that finds the clip under its name has no other word of it."""
        if work.cost_micro_usd is None or work.cost_micro_usd == work.reserved_micro_usd:
            return []
        work.reserved_micro_usd = work.cost_micro_usd
        return [("money.reserved", {"micro_usd": work.cost_micro_usd, "source": work.provider.name})]

    def _sweep(self, work: Work, attempt: str = "") -> Events:
        """Remove what killed runs left of the take in media/tmp, or what is of one attempt. All of it only while the
        lease is held: it may be another's."""
        for left in self._library.tmp.glob(f"{work.take.id}{attempt}.*"):
            left.unlink(missing_ok=True)
        return []

    async def _not_fetched(self, work: Work, problem: Exception, always_the_same: bool) -> None:
        paid = work.request.estimated_micro_usd > 0
        if isinstance(problem, Refused):
            await self._move(work, "refused", error=str(problem))
        elif isinstance(problem, BadMedia) and (always_the_same or not paid):
            if work.cost_micro_usd is None:
                work.cost_micro_usd = work.reserved_micro_usd  # a clip was made, whatever it is worth
            await self._move(work, "failed", error=f"{problem} (fetched {DOWNLOADS} times from {work.provider.name})")
        elif paid or isinstance(problem, LATER):
            raise Stuck(sentence(problem)) from problem  # what is paid for is never given up by a program
        else:
            await self._move(work, "failed", error=sentence(problem))

    async def _download(self, work: Work, to: Path) -> None:
        with self._interruptibly(work), disk_errors(to):
            await self._asked(work, partial(work.provider.download, work.job, to))
        self._ledger.on_step("downloaded", work.take)

    async def _ingest(self, work: Work, clip: Path) -> Ingested:
        frames = work.request.frames if work.provider.capabilities.exact_frames else None
        run = f"{work.take.id}.{work.attempt}"
        ingested = await asyncio.to_thread(ingest, clip, work.take.label, self._library, frames, run)
        self._ledger.on_step("checked", work.take)
        return ingested

    async def _log_named(self, work: Work, named: Path) -> None:
        """The clip has its name and the log does not know: check it as if it had just come."""
        file = self._library.relative(named)
        try:
            ingested = await self._ingest(work, named)
        except BadMedia as broken:  # the disk did that: it was sound when it was named
            raise Stuck(f"{file} is there and is damaged: move it away, then resume ({broken})") from None
        await self._done(work, lambda: file, ingested)

    async def _done(self, work: Work, name: Callable[[], str], ingested: Ingested) -> None:
        """Name the clip and log it in one transaction.

        While it is open nobody else can take the lease, so a run that was overtaken in its sleep cannot name a second
        clip for a take that is done.
        """

        differs = differing(ingested.probe, work.request)
        looked = look_events(ingested.look, work.request.camera_json, differs)

        def named() -> Events:
            file = name()
            self._library.place((ingested.poster, ingested.strip, ingested.proxy), file)
            self._ledger.on_step("named", work.take)
            beside: Events = []
            if PurePosixPath(file).stem != work.take.label:
                said = f"another clip has its name in media/takes, so it is kept as {PurePosixPath(file).name}"
                beside = [("remark", {"text": said})]
            return [("media", media_facts(file, ingested)), *beside, *looked]

        await self._move(work, "done", first=named, last=partial(self._sweep, work))  # what says whose clip it is, too

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
