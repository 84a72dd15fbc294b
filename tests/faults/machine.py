"""Everything that can happen to the takes of a film, in any order, and what must be true whatever happened.

Hypothesis chooses what people do, what the provider answers, when a kernel dies, sleeps or is joined by a second, and
how the clock is set. The oracle is the provider's own ledger (`simulated.Service`): one job for a take at most, none
that we do not know of, and no bill that our own ledger does not cover.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Collection
from contextlib import ExitStack, suppress
from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from studio.errors import BadInput, OverBudget
from studio.generation import adopt_job, look_again, mark_lost, pay_again, states
from studio.generation.advance import Advance
from studio.generation.budget import Caps, dollars
from studio.log import Log
from studio.nouns import FINAL_STATES, Event, State, Take
from tests.faults.kernels import Kernel, Unseen, World
from tests.faults.simulated import FAULTS, PRICE, Guessing, Listing, Service, Silent
from tests.generation.scripted import make_film, requests

CAP = 12 * PRICE  # micro-dollars
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # a film there is not slowed down by its disk
PROVIDERS = (Silent, Listing, Guessing)
LONGEST = 2000  # looks at the clock in which everything must come to rest
which = st.integers(0, 3)  # one of however many there are
Faults = dict[str, list[str]]  # by call: what its next ones meet, "" that all is well
troubles = st.fixed_dictionaries(
    {call: st.lists(st.sampled_from(["", *faults]), max_size=3) for call, faults in FAULTS.items()}
)
CHOICES = ("look again", "adopt", "adopt another's", "lost", "pay again")
deaths = st.sampled_from([0] * 12 + list(range(1, 13)))  # at which step the kernel dies that just asked; 0: it lives
WORDS = ("two teenagers in a corridor", "a bubble bursts")


@cache
def _film() -> Path:
    """A film that each example has a copy of."""
    scratch = Path(tempfile.mkdtemp(dir=MEMORY))
    atexit.register(shutil.rmtree, scratch)
    return make_film(scratch / "film")


class Machine(RuleBasedStateMachine):
    """One film, one provider, up to two kernels."""

    advance: type[Advance] = Unseen
    clip = b""  # what each job gives, where that is looked at

    def __init__(self) -> None:
        super().__init__()
        self.kernels: list[Kernel] = []
        self.service = Service(self.clip)
        self.cells: dict[str, tuple[str, ...]] = {}  # by the key of a notebook cell: the ids of its takes
        self.ends = ExitStack()
        self.world = self.ends.enter_context(World().tells_the_log_the_time())
        scratch = Path(self.ends.enter_context(tempfile.TemporaryDirectory(dir=MEMORY)))
        self.folder = shutil.copytree(_film(), scratch / "film")
        self.log = self.ends.enter_context(Log.open(self.folder))  # somebody who only looks

    @initialize(kind=st.sampled_from(PROVIDERS), takes=st.integers(1, 3), faults=troubles, dies_at=deaths)
    def begin(self, kind: type[Silent], takes: int, faults: Faults, dies_at: int) -> None:
        self.maker = kind(self.service)
        self.somebody_asks_for_takes(0, takes, WORDS[0], "", faults, dies_at)

    def teardown(self) -> None:
        try:
            if hasattr(self, "maker"):
                self.everybody_decides()
        finally:
            for kernel in self.kernels:
                if kernel.alive:
                    kernel.die(free=False)
            self.ends.close()

    # --- kernels ------------------------------------------------------------------------------------------------

    @property
    def living(self) -> list[Kernel]:
        return [kernel for kernel in self.kernels if kernel.alive]

    def one(self, number: int) -> Kernel:
        return self.living[number % len(self.living)] if self.living else self.open()

    def open(self) -> Kernel:
        makers = {self.maker.name: self.maker}
        kernel = Kernel(self.world, self.folder, makers, Caps(film_usd=Decimal(CAP) / 1_000_000), self.advance)
        self.kernels.append(kernel)
        return kernel

    @precondition(lambda self: len(self.living) < 2)
    @rule(resumes=st.booleans())
    def a_kernel_opens_the_film(self, resumes: bool) -> None:
        kernel = self.open()
        if resumes:
            kernel.resume()

    @rule(number=which)
    def somebody_resumes(self, number: int) -> None:
        self.one(number).resume()

    @rule(number=which, transactions=st.integers(1, 8))
    def a_kernel_runs_a_little(self, number: int, transactions: int) -> None:
        self.one(number).run(transactions)

    @rule(number=which, steps=st.sampled_from(range(1, 17)))
    def a_kernel_dies_at_a_step(self, number: int, steps: int) -> None:
        """Where it comes to that many in the next minute."""
        kernel = self.one(number)
        kernel.fuse, end = steps, self.world.elapsed_s + 60
        kernel.run()
        while kernel.alive and kernel.busy and self.world.elapsed_s < end:
            self.pass_on(end - self.world.elapsed_s)

    @precondition(lambda self: self.living)
    @rule(number=which, how=st.sampled_from(["killed", "killed elsewhere", "closed"]))
    def a_kernel_ends(self, number: int, how: str) -> None:
        kernel = self.one(number)
        if how == "closed":
            kernel.quit()
        else:
            kernel.die(free=how == "killed")

    # --- the time -----------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([6, 40, 130]), asleep=st.one_of(st.none(), which))
    def time_passes(self, seconds: int, asleep: int | None) -> None:
        sleeper = self.one(asleep) if asleep is not None else None
        end = self.world.elapsed_s + seconds
        while self.world.elapsed_s < end:
            self.pass_on(end - self.world.elapsed_s, sleeper)

    @rule(seconds=st.sampled_from([-45, 3600, 86_400]))
    def the_clock_is_set(self, seconds: int) -> None:
        self.world.set_by_s += seconds

    def pass_on(self, at_most_s: float, asleep: Kernel | None = None) -> None:
        """Run everybody until nobody can go on without the time, then let it pass to where somebody can."""
        awake = [kernel for kernel in self.living if kernel is not asleep]
        for kernel in awake:
            kernel.run()
        waits = [kernel.wait_s for kernel in awake if kernel.alive and kernel.wait_s is not None]
        self.world.elapsed_s += min([at_most_s, *waits])

    # --- the provider -------------------------------------------------------------------------------------------

    @rule(faults=troubles)
    def the_provider_will_fail(self, faults: Faults) -> None:
        for call, met in faults.items():
            self.service.faults[call].extend(met)

    # --- people -------------------------------------------------------------------------------------------------

    @rule(
        number=which,
        takes=st.integers(1, 3),
        words=st.sampled_from(WORDS),
        cell=st.sampled_from(["", "a", "b"]),
        faults=troubles,
        dies_at=deaths,
    )
    def somebody_asks_for_takes(
        self, number: int, takes: int, words: str, cell: str, faults: Faults, dies_at: int
    ) -> None:
        self.the_provider_will_fail(faults)
        kernel, there = self.one(number), self.log.takes()
        asked = [replace(request, text=words) for request in requests(self.log, self.maker, takes)]
        try:
            planned = kernel.plan(asked, "ada", run=cell)
        except OverBudget:
            assert self.money() + takes * PRICE > CAP
            assert self.log.takes() == there
            return
        if cell in self.cells:
            assert tuple(take.id for take in planned) == self.cells[cell]
            assert self.log.takes() == there
        elif cell:
            self.cells[cell] = tuple(take.id for take in planned)
        kernel.start(planned)
        if dies_at:
            self.a_kernel_dies_at_a_step(number, dies_at)

    @rule(number=which, running=st.booleans())
    def somebody_stops_everything(self, number: int, running: bool) -> None:
        kernel = self.one(number)
        kernel.start(self.log.takes_in(states.UNFINISHED)).stop(running)

    @precondition(lambda self: self.log.takes_in({"unknown"}))
    @rule(number=which, take=which, choice=st.sampled_from(CHOICES))
    def somebody_decides(self, number: int, take: int, choice: str) -> None:
        kernel, chosen = self.one(number), self.one_in({"unknown"}, take)
        jobs, known = self.service.of(chosen), self.log.jobs(self.maker.name)
        if choice == "look again":
            look_again(kernel, kernel.log, chosen.label)
        elif choice == "lost":
            self.mark_lost(kernel, chosen)
        elif choice == "adopt" and jobs:
            adopt_job(kernel, kernel.log, chosen.label, jobs[0].id, "ada")
        elif choice == "adopt another's" and known:
            with suppress(BadInput):
                adopt_job(kernel, kernel.log, chosen.label, min(known), "ada")
                raise AssertionError("a job was given to two takes")
        elif choice == "pay again":
            try:
                pay_again(kernel, kernel.log, chosen.label, dollars(PRICE), "ada")
            except OverBudget:
                assert self.money() + PRICE > CAP

    @precondition(lambda self: self.log.takes_in(set(states.HAS_JOB)))
    @rule(number=which, take=which)
    def somebody_gives_a_take_up(self, number: int, take: int) -> None:
        self.mark_lost(self.one(number), self.one_in(set(states.HAS_JOB), take))

    def mark_lost(self, kernel: Kernel, take: Take) -> None:
        """As a person does who looks at the provider's page first, and deletes there what they find."""
        jobs = self.service.of(take)
        for job in jobs:
            job.state = "gone"
        billed = Decimal(sum(job.bill for job in jobs)) / 1_000_000
        mark_lost(kernel.log, take.label, billed if jobs else False, "ada")

    def one_in(self, where: Collection[State], number: int) -> Take:
        takes = self.log.takes_in(where)
        return takes[number % len(takes)]

    # --- the oracle ---------------------------------------------------------------------------------------------

    def money(self) -> int:
        spending = self.log.spent()
        return spending.spent_micro_usd + spending.reserved_micro_usd + spending.at_risk_micro_usd

    def jobs_of(self, take: Take) -> set[str]:
        return {str(event.data["job_id"]) for event in self.log.events(take.id, kinds=("job",))}

    @invariant()
    def nothing_is_bought_twice(self) -> None:
        jobs: dict[str, list[str]] = defaultdict(list)
        for job in self.service.jobs.values():
            jobs[job.take_id].append(job.id)
        assert [bought for bought in jobs.values() if len(bought) > 1] == []

    @invariant()
    def the_ledger_covers_the_bill_and_keeps_to_the_cap(self) -> None:
        assert self.service.bill <= self.money() <= CAP

    @invariant()
    def every_take_goes_a_way_that_there_is(self) -> None:
        takes = self.log.takes()
        assert len({take.label for take in takes}) == len(takes)
        owners: dict[str, set[str]] = defaultdict(set)
        for take in takes:
            events = self.log.events(take.id, kinds=("state", "job", "money.settled"))
            _check_way(take, [event for event in events if event.kind == "state"])
            for event in events:
                if event.kind == "job":
                    owners[str(event.data["job_id"])].add(take.id)
        for job, owned_by in owners.items():
            assert owned_by == {self.service.jobs[job].take_id}, f"{job} is not the job of that take"

    def everything_comes_to_rest(self) -> None:
        """The provider is well, and everybody waits."""
        self.service.faults.clear()
        if not self.living:
            self.open()
        for kernel in self.living:
            kernel.fuse = None
            kernel.resume()
        for _ in range(LONGEST):
            self.pass_on(60.0)
            if not any(kernel.busy for kernel in self.living):
                break
        else:
            left = [(take.label, self.log.state(take.id)) for take in self.log.takes_in(states.UNFINISHED)]
            raise AssertionError(f"it does not come to rest: {left}")
        self.check_at_rest()

    def check_at_rest(self) -> None:
        for take in self.log.takes():
            state, jobs = self.log.state(take.id), {job.id for job in self.service.of(take)}
            assert state in states.RESTING or self.waits_for_a_person(take), f"{take.label} is left in {state}"
            known = self.jobs_of(take)
            assert jobs == known or state == "unknown" or self.was_ended_by_hand(take), f"{jobs} and not {known}"
            clips = [job.clip for job in self.service.of(take) if job.state == "ready" and job.clip != b"no clip"]
            assert state in ("done", "unknown") or not clips, f"the clip of {take.label} is lost: it is {state}"
            if state == "done":
                kept = self.log.media(take.id)
                assert kept is not None
                clip = self.kernels[-1].library.verify(kept.file, kept.sha256)
                assert clip.read_bytes() == clips[0]

    def waits_for_a_person(self, take: Take) -> bool:
        """Its job is gone: nobody but a person can say what it cost."""
        return self.log.state(take.id) in states.HAS_JOB and all(job.state == "gone" for job in self.service.of(take))

    def was_ended_by_hand(self, take: Take) -> bool:
        last = self.log.events(take.id, kinds=("state",))[-1]
        return last.author == "ada" and last.data["state"] == "failed"

    def everybody_decides(self) -> None:
        """At the end: a person says of each take that waits what the provider's page shows. Then all is exact."""
        self.everything_comes_to_rest()
        for take in self.log.takes_in(set(states.NEXT) - FINAL_STATES):
            kernel, jobs = self.living[0], self.service.of(take)
            if jobs and jobs[0].state != "gone":
                adopt_job(kernel, kernel.log, take.label, jobs[0].id, "ada")
            else:
                self.mark_lost(kernel, take)
        self.everything_comes_to_rest()
        assert {self.log.state(take.id) for take in self.log.takes()} <= FINAL_STATES
        spending = self.log.spent()
        assert (spending.reserved_micro_usd, spending.at_risk_micro_usd) == (0, 0)
        for take in self.log.takes():
            (*_, settled) = self.log.events(take.id, kinds=("money.settled",))
            bill = sum(job.bill for job in self.service.of(take))
            assert settled.data["micro_usd"] == bill, f"{take.label} is {self.log.state(take.id)}"
        assert spending.spent_micro_usd == self.service.bill
        left = {path.name.partition(".")[0] for path in self.kernels[-1].library.tmp.glob("*")}
        assert left <= {take.id for take in self.log.takes() if self.was_ended_by_hand(take)}


def _check_way(take: Take, events: list[Event]) -> None:
    way = [str(event.data["state"]) for event in events]
    assert way[0] == "planned"
    for now, then in pairwise(way):
        assert then in states.NEXT[now], f"{take.label} went from {now} to {then}"  # type: ignore[index]
    attempts = [event.data["attempt"] for event in events if "attempt" in event.data]
    assert len(set(attempts)) == len(attempts), f"{take.label} has an attempt twice"
