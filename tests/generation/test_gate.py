"""A provider that says "later" is left alone by all takes; one that takes nothing turns everybody back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.errors import Busy, NotSent, Paused, Unanswered
from studio.generation import Engine
from studio.generation.gate import LOST_IN_A_ROW
from studio.log import Log
from studio.nouns import Request, Take
from studio.providers import Job, Status
from tests.generation.clocks import Hurried
from tests.generation.scripted import Scripted, requests

Maker = Callable[..., Scripted]
Engines = Callable[..., Engine]


def answering(maker: Scripted, *answers: Exception | None) -> Scripted:
    """The first submits meet these, one each; the others go through."""
    left = list(answers)
    submit = maker.submit

    async def meets(request: Request, take: Take) -> Job:
        if left and (answer := left.pop(0)) is not None:
            raise answer
        return await submit(request, take)

    maker.submit = meets
    return maker


def states(log: Log, take: Take) -> list[str]:
    return [str(event.data["state"]) for event in log.events(take.id, kinds=("state",))]


def test_a_busy_provider_is_asked_again_after_as_long_as_it_said(log: Log, scripted: Maker, engines: Engines) -> None:
    hurried = Hurried()
    maker = answering(scripted(), Busy("429: slow down", 17.0))
    engine = engines(maker, clock=hurried.clock)
    (take,) = engine.plan(requests(log, maker, 1), "ada")
    assert engine.start([take]).wait(30) == (take,)
    assert 17.0 in [round(wait, 3) for wait in hurried.waits]
    assert states(log, take)[:4] == ["planned", "submitting", "planned", "submitting"]
    assert maker.bought() == [take.id]


def test_a_take_that_is_planned_again_counts_on(log: Log, scripted: Maker, engines: Engines) -> None:
    """Whoever takes it up next: no attempt has the number of another."""
    maker = answering(scripted(), Paused("no credit"))
    (take,) = engines(maker).plan(requests(log, maker, 1), "ada")
    engines(maker).start([take]).wait(30)
    assert engines(maker).start([take]).wait(30) == (take,)
    told = [event.data.get("attempt") for event in log.events(take.id, kinds=("state",))]
    assert [attempt for attempt in told if attempt] == [1, 2, 3]


def test_what_surely_never_left_is_sent_again_after_a_growing_wait(log: Log, scripted: Maker, engines: Engines) -> None:
    hurried = Hurried()
    maker = answering(scripted(), *(NotSent("no connection") for _ in range(4)))
    engine = engines(maker, clock=hurried.clock)
    (take,) = engine.plan(requests(log, maker, 1), "ada")
    assert engine.start([take]).wait(30) == (take,)
    for tries, wait in enumerate(hurried.waits[:4]):
        assert 2**tries / 2 <= wait <= 2**tries
    assert log.spent().spent_micro_usd == 100_000


def test_one_wait_holds_every_take_of_the_provider(log: Log, scripted: Maker, engines: Engines) -> None:
    """Eight takes at once, one 429: the other seven do not knock in the meantime."""
    hurried = Hurried()
    maker = answering(scripted(), Busy("429", 40.0))
    at = []
    submit = maker.submit

    async def noted(request: Request, take: Take) -> Job:
        at.append(hurried.moment)
        return await submit(request, take)

    maker.submit = noted
    engine = engines(maker, concurrency=1, clock=hurried.clock)
    takes = engine.plan(requests(log, maker, 8), "ada")
    assert engine.start(takes).wait(60) == takes
    assert at[0] == 1000.0
    assert all(moment >= 1040.0 for moment in at[1:])
    assert len(at) == 9


def test_a_provider_that_cannot_be_reached_leaves_the_take_planned(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = answering(scripted(), *(NotSent("nobody listens there") for _ in range(8)))
    engine = engines(maker, clock=Hurried().clock)
    (take,) = engine.plan(requests(log, maker, 1), "ada")
    handle = engine.start([take])
    assert handle.wait(30) == ()
    assert handle.errors == ("07A-001: nobody listens there (tried 8 times)",)
    assert log.state(take.id) == "planned"
    assert log.spent().reserved_micro_usd == 100_000
    assert engine.resume().wait(30) == (take,)


def test_no_credit_stops_the_batch_and_keeps_the_queue(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = answering(scripted(), None, Paused("scripted wants money first: top up"))
    engine = engines(maker, concurrency=1, clock=Hurried().clock)
    takes = engine.plan(requests(log, maker, 6), "ada")
    handle = engine.start(takes)
    assert handle.wait(30) == takes[:1]
    assert len(handle.errors) == 5
    assert all("scripted wants money first: top up" in error for error in handle.errors)
    assert [log.state(take.id) for take in takes[1:]] == ["planned"] * 5
    assert log.spent().reserved_micro_usd == 500_000
    assert maker.bought() == [takes[0].id]
    assert engine.resume().wait(30) == takes[1:]  # somebody topped up


def test_after_several_lost_answers_in_a_row_nothing_more_is_put_at_risk(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    maker = answering(scripted(), *(Unanswered("no answer") for _ in range(20)))
    engine = engines(maker, concurrency=1, clock=Hurried().clock)
    takes = engine.plan(requests(log, maker, 12), "ada")
    handle = engine.start(takes)
    assert handle.wait(30) == ()
    assert [log.state(take.id) for take in takes].count("unknown") == LOST_IN_A_ROW
    assert [log.state(take.id) for take in takes].count("planned") == 12 - LOST_IN_A_ROW
    assert "lost 5 answers in a row: nothing more is sent there" in handle.errors[-1]


def test_a_question_without_an_answer_is_asked_for_as_long_as_it_takes(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    """A deadline of a poll is no verdict: after twenty minutes it is remarked, and asked on."""
    hurried = Hurried()
    maker = scripted()
    poll, left = maker.poll, [Unanswered("no answer")] * 40 + [Busy("429", 30.0)] + [NotSent("cable")] * 5

    async def silent(job: Job) -> Status:
        if left:
            raise left.pop(0)
        return await poll(job)

    maker.poll = silent
    engine = engines(maker, clock=hurried.clock)
    (take,) = engine.plan(requests(log, maker, 1), "ada")
    assert engine.start([take]).wait(60) == (take,)
    assert max(hurried.waits) <= 60.0
    (remark,) = log.events(take.id, kinds=("remark",))
    assert remark.data["text"] == "no end after 20 minutes (no answer): it is asked on"
    assert maker.bought() == [take.id]


def test_a_job_that_its_provider_does_not_know_yet_is_waited_for_and_one_it_has_forgotten_is_told(
    log: Log, scripted: Maker, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.generation import advance

    maker = scripted()
    poll, unknown = maker.poll, [2]

    async def forgets(job: Job) -> Status:
        if unknown[0]:
            unknown[0] -= 1
            return Status("gone", "404")
        return await poll(job)

    maker.poll = forgets
    engine = engines(maker, clock=Hurried().clock)
    (first,) = engine.plan(requests(log, maker, 1), "ada")
    assert engine.start([first]).wait(30) == (first,)
    monkeypatch.setattr(advance, "GRACE_S", 0)
    unknown[0] = 1
    (second,) = engine.plan(requests(log, maker, 1), "ada")
    handle = engine.start([second])
    assert handle.wait(30) == ()
    assert "scripted does not know job" in handle.errors[0]
    assert 'film.money.lost("07A-002", billed=…) ends it' in handle.errors[0]
    assert log.state(second.id) == "submitted"
    assert log.spent().reserved_micro_usd == 100_000
