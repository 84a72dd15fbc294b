"""A take whose answer never came waits for a person, who has four choices."""

from __future__ import annotations

from collections.abc import Callable, Collection
from decimal import Decimal

import pytest

from studio.errors import AskFirst, BadInput
from studio.generation import Engine, adopt_job, look_again, mark_lost, pay_again
from studio.log import Log
from studio.nouns import Request, Take
from studio.providers import Job
from tests.generation.scripted import Listing, Scripted, requests

Maker = Callable[..., Scripted]
Engines = Callable[..., Engine]


def unknown(log: Log, maker: Scripted, engine: Engine) -> Take:
    """A take that was bought and whose answer was lost."""
    maker.script["07A-001"] = "loses the answer"
    (take,) = engine.plan(requests(log, maker, 1), "ada")
    engine.start([take]).wait(30)
    assert log.state(take.id) == "unknown"
    maker.script.clear()
    return take


def test_the_inbox_says_what_happened_what_is_at_risk_and_what_can_be_done(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    maker = scripted()
    engine = engines(maker)
    take = unknown(log, maker, engine)
    engine.start(engine.plan(requests(log, maker, 2), "ada")).wait(30)
    (row,) = log.inbox_frame().to_dict("records")
    assert (row["take"], row["provider"], row["at_risk_usd"]) == (take.label, "scripted", Decimal("0.1"))
    assert "the answer was lost (ConnectionResetError: reset by peer)" in row["what"]
    assert row["choices"] == (
        'look_again("07A-001") · adopt("07A-001", "job id") · lost("07A-001", billed=…) · pay_again("07A-001")'
    )
    assert row["sent_at"] is not None


def test_its_job_can_be_adopted_by_its_id_and_is_then_fetched(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted()
    engine = engines(maker)
    take = unknown(log, maker, engine)
    assert adopt_job(engine, log, take.label, f" job-{take.id} ", "ada").wait(30) == (take,)
    assert log.inbox_frame().empty
    assert (log.spent().spent_micro_usd, log.spent().at_risk_micro_usd) == (100_000, 0)
    assert maker.bought() == [take.id]
    assert log.events(take.id, kinds=("job",))[0].author == "ada"


def test_a_take_whose_found_job_is_another_takes_by_now_waits_for_a_person(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    """Two takes of the same words look the same in a list, and the other one was a moment quicker."""

    class Mistaken(Listing):
        async def find(self, request: Request, take: Take, known: Collection[str] = ()) -> Job:
            return Job(f"job-{self.bought()[0]}", take, request)

    maker = scripted(Mistaken, script={"07A-002": "loses the answer"})
    engine = engines(maker, concurrency=1)
    first, second = engine.plan(requests(log, maker, 2), "ada")
    handle = engine.start([first, second])
    assert handle.wait(30) == (first,)
    assert log.state(second.id) == "unknown"
    assert f"job job-{first.id} belongs to another take of this film: it is not 07A-002's" in handle.errors[0]


def test_a_job_of_another_take_is_not_adopted(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted()
    engine = engines(maker)
    take = unknown(log, maker, engine)
    (other,) = engine.start(engine.plan(requests(log, maker, 1), "ada")).wait(30)
    with pytest.raises(BadInput, match=f"job job-{other.id} belongs to another take of this film: it is not 07A-001's"):
        adopt_job(engine, log, take.label, f"job-{other.id}", "ada")
    with pytest.raises(BadInput, match=r"'  ' is no job's id"):
        adopt_job(engine, log, take.label, "  ", "ada")
    assert log.state(take.id) == "unknown"


@pytest.mark.parametrize(("billed", "spent"), [(False, 0), (True, 100_000), (Decimal("0.07"), 70_000)])
def test_it_can_be_marked_lost_and_costs_what_the_person_saw(
    log: Log, scripted: Maker, engines: Engines, billed: bool | Decimal, spent: int
) -> None:
    maker = scripted()
    engine = engines(maker)
    take = unknown(log, maker, engine)
    with pytest.raises(BadInput, match="say whether 07A-001 was charged for: billed=False where"):
        mark_lost(log, take.label, None, "ada")
    mark_lost(log, take.label, billed, "ada")
    assert log.state(take.id) == "failed"
    assert (log.spent().spent_micro_usd, log.spent().at_risk_micro_usd) == (spent, 0)
    with pytest.raises(BadInput, match="07A-001 is failed and cannot be marked lost"):
        mark_lost(log, take.label, False, "ada")


def test_paying_again_tells_the_price_first_and_buys_a_new_take_while_the_old_one_stays_at_risk(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    maker = scripted()
    engine = engines(maker)
    take = unknown(log, maker, engine)
    for yes in ("", "yes", "$0.20"):
        with pytest.raises(
            AskFirst, match=r'a new take costs \$0.10 more: pay_again\("07A-001", yes="\$0.10"\) buys it'
        ):
            pay_again(engine, log, take.label, yes, "ada")
    (made,) = pay_again(engine, log, take.label, "$0.10", "ada").wait(30)
    assert made.label == "07A-002"
    assert (log.spent().spent_micro_usd, log.spent().at_risk_micro_usd) == (100_000, 100_000)
    (row,) = log.inbox_frame().to_dict("records")
    assert row["paid_again_as"] == "07A-002"
    assert sorted(maker.bought()) == sorted([take.id, made.id])


def test_looking_again_finds_a_job_that_was_not_listed_yet(
    log: Log, listing: Callable[..., Listing], engines: Engines
) -> None:
    maker = listing(script={"07A-001": "loses the answer"})
    bought, hidden = maker.bought, [True]
    maker.bought = lambda: [] if hidden[0] else bought()
    find = maker.find

    async def cannot_tell(request: object, take: Take, known: object = ()) -> object:
        return None if hidden[0] else await find(request, take)

    maker.find = cannot_tell
    engine = engines(maker)
    (take,) = engine.plan(requests(log, maker, 1), "ada")
    engine.start([take]).wait(30)
    assert log.state(take.id) == "unknown"
    assert look_again(engine, log, take.label).wait(30) == ()
    assert log.state(take.id) == "unknown"
    hidden[0] = False
    assert look_again(engine, log, take.label).wait(30) == (take,)
    assert bought() == [take.id]


def test_a_job_that_was_only_guessed_is_not_believed_while_a_twin_is_out(
    log: Log, listing: Callable[..., Listing], engines: Engines
) -> None:
    """Two takes of the same words, one job in the list: whose it is, nobody can tell."""
    from dataclasses import replace

    maker = listing(script={"07A-001": "loses the answer", "07A-002": "breaks before it sends"})
    find = maker.find

    async def by_words(request: object, take: Take, known: object = ()) -> object:
        jobs = [f"job-{id}" for id in maker.bought() if f"job-{id}" not in known]
        found = await find(request, take)
        return replace(found, id=jobs[0], guessed=True) if len(jobs) == 1 and hasattr(found, "id") else None

    maker.find = by_words
    engine = engines(maker)
    takes = engine.plan(requests(log, maker, 2), "ada")
    engine.start(takes).wait(30)
    assert [log.state(take.id) for take in takes] == ["unknown", "unknown"]
    engine.resume().wait(30)
    assert [log.state(take.id) for take in takes] == ["unknown", "unknown"]
    mark_lost(log, takes[1].label, False, "ada")
    assert engine.resume().wait(30) == takes[:1]


def test_only_an_unknown_take_has_these_choices(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted()
    engine = engines(maker)
    (take,) = engine.start(engine.plan(requests(log, maker, 1), "ada")).wait(30)
    for act in (
        lambda: look_again(engine, log, take.label),
        lambda: adopt_job(engine, log, take.label, "job-1", "ada"),
        lambda: mark_lost(log, take.label, False, "ada"),
        lambda: pay_again(engine, log, take.label, "$0.10", "ada"),
    ):
        with pytest.raises(BadInput, match="07A-001 is done and cannot be"):
            act()


def test_a_person_may_give_up_a_take_that_is_on_its_way(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted(script={"07A-001": "cannot be polled"})
    engine = engines(maker)
    (take,) = engine.plan(requests(log, maker, 1), "ada")
    engine.start([take]).wait(30)
    assert log.state(take.id) == "submitted"
    mark_lost(log, take.label, True, "ada")
    assert log.spent().spent_micro_usd == 100_000
    assert log.events(take.id, kinds=("state",))[-1].data["error"] == "marked lost, $0.10 charged"
