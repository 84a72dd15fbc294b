"""What the engine writes: one transaction a step, on disk before the step is taken.

Every transaction looks first whether this process still holds the take's lease with the same fence and whether the
take is still in the state it is believed to be in; if not, somebody else has taken it over and this process lets go.
Called from the engine's writing thread only, so that the engine never waits for itself.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from studio.errors import BadInput
from studio.generation import states
from studio.generation.gate import Gate
from studio.log import ELSEWHERE, now_us
from studio.nouns import FINAL_STATES, STUDIO, Request, State, Take
from studio.providers import Job, Provider

if TYPE_CHECKING:
    from studio.log import Log, Writer

T = TypeVar("T")
_numbers = count(1)


class TakenOver(Exception):
    """No error: another process has the take now."""


def process_name(pid: int) -> str:
    """Host, process id and the moment it was started, as one word; "" when there is no such process here.

    The start time tells a process from a later one of the same number. Linux tells it in /proc; elsewhere it is left
    out, and a dead process whose number was given again keeps its leases until they expire.
    """
    stat = Path(f"/proc/{pid}/stat")
    started = ""
    if stat.exists():
        fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        if fields[0] in "ZX":  # a zombie does nothing any more
            return ""
        started = fields[19]  # field 22 of proc(5): clock ticks after boot
    elif Path("/proc/self/stat").exists():
        return ""
    elif os.name == "posix":
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return ""
        except PermissionError:  # it is there, and somebody else's
            pass
    return f"{_host()}:{pid}:{started}"


def _host() -> str:
    """The machine, and on Linux the process table: two containers may share a name and have each its own pid 7."""
    table = Path("/proc/self/ns/pid")
    inode = str(table.readlink()).strip("pid:[]") if table.is_symlink() else ""
    return f"{socket.gethostname()}/{inode}".replace(":", "_")


def new_owner() -> str:
    """The name under which one engine of this process holds leases."""
    return f"{process_name(os.getpid())}:{next(_numbers)}"


def is_dead(owner: str) -> bool:
    """Whether the process that took a lease under this name surely runs no more (only told for this machine)."""
    process, _, _ = owner.rpartition(":")
    host, _, rest = process.partition(":")
    pid = rest.partition(":")[0]
    return host == _host() and pid.isdigit() and process_name(int(pid)) != process


@dataclass
class Work:
    """A take under way, as this process knows it. The one mutable value here; the log has the truth."""

    take: Take
    request: Request
    provider: Provider
    state: State
    fence: int
    gate: Gate
    free_place: Callable[[], object] = lambda: None  # the provider has done its part: another take may be sent
    attempt: int = 0  # of submitting and downloading together; no number is given twice for one take
    job_id: str = ""
    told: dict[str, str] = field(default_factory=dict)  # what else the provider told with it
    submitted_at_us: int = 0
    held_at_us: int = 0  # when it was last seen that this process holds the lease
    cancel_asked: bool = False
    reserved_micro_usd: int = 0
    cost_micro_usd: int | None = None  # as the provider told it
    took_ms: int | None = None  # how long its server worked on it, where that is what it costs

    @property
    def job(self) -> Job:
        """What the provider accepted."""
        return Job(id=self.job_id, take=self.take, request=self.request, told=self.told)


class Ledger:
    """The engine's side of the log, for one owner of leases."""

    def __init__(self, log: Log, owner: str, lease_s: float, on_step: Callable[[str, Take], object]) -> None:
        self.log = log
        self.owner = owner
        self.lease_s = lease_s
        self.on_step = on_step

    def claim(self, take: Take, look: bool = False) -> tuple[State, int | None]:
        """The take's state, and the fence of the lease got on it: None where another process has it, or it rests.

        An unknown take does not rest where there is news of it, or its provider is to be asked (`look`).
        What a process holds that surely runs no more is free at once; of one on another machine only time can tell.
        """
        wanted: tuple[State, ...] = (*states.UNFINISHED, "unknown") if look else states.UNFINISHED
        with self.log.leases() as leases:
            state = leases.state(take.id)
            if state not in wanted:
                return state, None
            holder = leases.holder(take.id)
            if holder and is_dead(holder):
                leases.release(take.id, holder)
            for claim in leases.claim_next(self.owner, self.lease_s, 1, wanted, among=[take.id]):
                return claim.state, claim.fence
            return leases.state(take.id), None

    def is_elsewhere(self, take: Take) -> bool:
        """Whether another machine makes the take, as the last merge told."""
        with self.log.leases() as leases:
            return leases.holder(take.id) == ELSEWHERE

    def read(self, work: Work) -> None:
        """Fill in what an earlier run wrote about the take's job and attempts."""
        for event in self.log.events(work.take.id, kinds=("state", "job", "cancel", "money.reserved")):
            match event.kind:
                case "job":
                    work.job_id = str(event.data["job_id"])
                    work.told = {str(k): str(v) for k, v in dict(event.data.get("told") or {}).items()}  # type: ignore[call-overload]
                    work.submitted_at_us = event.at_us
                case "cancel":
                    work.cancel_asked = event.data["answer"] == "asked"
                case "money.reserved":
                    work.reserved_micro_usd = int(str(event.data["micro_usd"]))
                case _:
                    work.attempt = max(work.attempt, int(str(event.data.get("attempt") or 0)))

    def known_jobs(self, work: Work) -> frozenset[str]:
        """The jobs of this provider that belong to other takes."""
        return frozenset(job for job, take in self.log.jobs(work.request.provider).items() if take != work.take.id)

    def has_twin(self, work: Work) -> bool:
        """Whether another take is out whose job might be taken for this one's."""
        return bool(self.log.twins(work.take, work.request))

    def remark(self, take: Take, text: str) -> None:
        """Write down what was noticed; it changes no state."""
        with self.log.write(STUDIO) as writer:
            writer.event("remark", take.id, {"text": text})

    def asked_to_stop(self, work: Work, answer: str) -> None:
        """Write down what the provider answered when it was asked to stop a job."""
        with self.log.write(STUDIO) as writer:
            writer.event("cancel", work.take.id, {"answer": answer})
        work.cancel_asked = work.cancel_asked or answer == "asked"

    def move(
        self,
        work: Work,
        then: State,
        *,
        events: Sequence[tuple[str, dict[str, object]]] = (),
        note: str = "",
        error: str = "",
        attempt: bool = False,
        through: State | None = None,
        claimed: str = "",
        first: Callable[[], Sequence[tuple[str, dict[str, object]]]] | None = None,
        last: Callable[[], object] | None = None,
    ) -> None:
        """Write the next state with what belongs to it, in one transaction; at an end settle the money.

        `attempt` counts one up. `through` is a state that it comes through in the same moment, to which the `note` then
        belongs. `claimed` is a job that was looked up, and BadInput is raised where another take has it
        by now. `first` is done inside the transaction, before anything is written, while nobody else
        can take the lease; the events it returns are written too. `last` is done when all of it is written.
        """
        way: tuple[State, ...] = (through, then) if through else (then,)
        for now, following in pairwise((work.state, *way)):
            states.check(work.take.label, now, following)
        data: list[dict[str, object]] = [{"state": state} for state in way]
        if attempt:
            data[-1]["attempt"] = work.attempt + 1
        if note:
            data[0]["note"] = note
        if error:
            data[-1]["error"] = error
        for state in way:
            self.on_step(f"before {state}", work.take)
        with self.log.write(STUDIO) as writer:
            self._check_held(writer, work)
            if claimed and writer.jobs(work.request.provider).get(claimed, work.take.id) != work.take.id:
                raise BadInput(f"job {claimed} belongs to another take of this film: it is not {work.take.label}'s")
            events = (*(first() if first else ()), *events)
            for kind, event in events:
                writer.event(kind, work.take.id, event)
            if then in FINAL_STATES:
                took = {"took_ms": work.took_ms} if then == "done" and work.took_ms is not None else {}
                writer.event("money.settled", work.take.id, {"micro_usd": settled(work, then), **took})
            for each in data:
                writer.event("state", work.take.id, each)
            if then in states.RESTING:
                writer.release(work.take.id, self.owner)
        if last:
            last()
        work.attempt += attempt
        work.state = then
        for state in way:
            self.on_step(state, work.take)

    def _check_held(self, writer: Writer, work: Work) -> None:
        held = writer.keep(work.take.id, self.owner, work.fence, self.lease_s)
        if not held or writer.state(work.take.id) != work.state:
            raise TakenOver(work.take.label)
        work.held_at_us = now_us()

    def surely_holds(self, work: Work) -> bool:
        """Whether the lease was looked at so lately that nobody can have taken it over: told without the log."""
        return now_us() - work.held_at_us < self.lease_s * 1_000_000 / 2

    def cancel(self, takes: Sequence[Take]) -> tuple[Take, ...]:
        """Cancel those that are still planned, in one transaction, and give their money back; which they were.

        Those that another machine makes are not ours to cancel: they may be paid for by now.
        """
        with self.log.write(STUDIO) as writer:
            elsewhere = {take.id for take in writer.elsewhere()}
            planned = {take.id for take in writer.takes_in({"planned"})} - elsewhere
            cancelled = tuple(take for take in takes if take.id in planned)
            for take in cancelled:
                writer.event("money.settled", take.id, {"micro_usd": 0})
                writer.event("state", take.id, {"state": "cancelled", "note": "stopped before it was sent"})
        return cancelled

    def release(self, takes: Sequence[Take]) -> None:
        """Give the leases back, so that the next run need not wait."""
        if takes:
            with self.log.leases() as leases:
                for take in takes:
                    leases.release(take.id, self.owner)

    def renew(self) -> None:
        """Say that this engine still lives."""
        self.log.renew(self.owner, self.lease_s)

    def ending(self, take: Take) -> tuple[str, int]:
        """How a take that rests came to rest: the sentence, and the micro-dollars settled."""
        sentence, spent = "", 0
        for event in self.log.events(take.id, kinds=("state", "money.settled")):
            if event.kind == "money.settled":
                spent = int(str(event.data["micro_usd"]))
            else:
                sentence = str(event.data.get("error") or "")
        return sentence, spent


def settled(work: Work, then: State) -> int:
    """What a take cost in micro-dollars: as the provider told; else what was reserved for a clip, and nothing for none.

    A job that was cancelled counts as paid where the provider does not say what that costs: most charge for what ran.
    """
    if work.cost_micro_usd is not None:
        return work.cost_micro_usd
    return work.reserved_micro_usd if then == "done" or (then == "cancelled" and work.job_id) else 0
