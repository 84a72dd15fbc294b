"""What is planned is reserved; nothing is bought twice unasked; caps hold for the film, the day and the call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from studio.errors import AskFirst, OverBudget
from studio.generation import Engine
from studio.generation.budget import Caps
from studio.log import Log
from studio.nouns import STUDIO
from tests.generation.scripted import Scripted, requests

Maker = Callable[..., Scripted]
Engines = Callable[..., Engine]


def alike(log: Log, maker: Scripted, takes: int) -> list:
    """Requests of one payload, as of a model that takes no seed."""
    return [replace(each, payload_json='{"body":{}}') for each in requests(log, maker, takes)]


def test_just_the_same_request_is_not_bought_again_without_being_asked_for(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    maker = scripted()
    engine = engines(maker)
    engine.plan(alike(log, maker, 2), "ada")  # two at once are meant
    with pytest.raises(AskFirst, match=r"bought before, as 07A-001, 07A-002: again=True buys it once more for \$0.10"):
        engine.plan(alike(log, maker, 1), "ada")
    assert len(log.takes()) == 2
    assert [take.label for take in engine.plan(alike(log, maker, 1), "ada", again=True)] == ["07A-003"]


def test_what_was_never_made_or_costs_nothing_may_be_asked_for_again(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    maker = scripted(script={"07A-001": "says no"})
    engine = engines(maker)
    engine.start(engine.plan(alike(log, maker, 1), "ada")).wait(30)
    engine.plan(alike(log, maker, 1), "ada")
    free = engines(scripted(usd="0"))
    for _ in range(2):
        free.plan(alike(log, maker, 1), "ada")
    assert len(log.takes()) == 4


def test_the_same_cell_run_again_gives_the_takes_of_its_first_run(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted()
    engine = engines(maker)
    first = engine.plan(requests(log, maker, 3), "ada", run="run:a")
    assert engine.plan(requests(log, maker, 3), "ben", run="run:a") == first
    assert len(engine.plan(requests(log, maker, 3), "ada", run="run:b")) == 3
    assert len(engine.plan(requests(log, maker, 2), "ada", run="run:a", again=True)) == 2
    assert len(log.takes()) == 8
    assert log.spent().reserved_micro_usd == 800_000


def test_a_run_that_bought_again_is_what_the_next_run_gives_back(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted()
    engine = engines(maker)
    engine.plan(requests(log, maker, 1), "ada", run="run:a")
    again = engine.plan(requests(log, maker, 1), "ada", run="run:a", again=True)
    assert engine.plan(requests(log, maker, 1), "ada", run="run:a") == again


def test_the_cap_of_a_day_counts_what_was_asked_for_since_midnight(
    log: Log, scripted: Maker, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.generation import planning

    maker = scripted()
    engine = engines(maker, caps=Caps(film_usd=Decimal(10), day_usd=Decimal("0.25")))
    engine.plan(requests(log, maker, 2), "ada")
    with pytest.raises(OverBudget, match=r"\$0.05 of today's \$0.25 is left .* raise day_usd in film.toml"):
        engine.plan(requests(log, maker, 1), "ada")
    tomorrow = planning.midnight_us() + 24 * 3600 * 1_000_000
    monkeypatch.setattr(planning, "midnight_us", lambda: tomorrow)
    assert len(engine.plan(requests(log, maker, 2), "ada")) == 2


def test_the_cap_of_a_call_stands_in_film_toml_and_a_call_may_bring_its_own(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    maker = scripted()
    engine = engines(maker, caps=Caps(call_usd=Decimal("0.15")))
    with pytest.raises(OverBudget, match=r"2 takes would cost \$0.20 and this call may cost \$0.15"):
        engine.plan(requests(log, maker, 2), "ada")
    assert len(engine.plan(requests(log, maker, 2), "ada", cap_usd=Decimal("0.20"))) == 2


def test_a_price_that_nobody_knows_is_the_one_that_the_person_says(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted()
    engine = engines(maker)
    (take,) = engine.plan(requests(log, maker, 1), "ada", price_usd=Decimal("0.33"))
    (held,) = log.events(take.id, kinds=("money.reserved",))
    assert held.data["micro_usd"] == 330_000
    assert held.data["source"] == "said by the person who asked"
    assert engine.start([take]).wait(30) == (take,)
    assert log.spent().spent_micro_usd == 330_000


def test_the_price_keeps_its_source_and_its_day_with_the_take(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted()
    (take,) = engines(maker).plan(requests(log, maker, 1), "ada")
    row = log.ledger_frame().iloc[0]
    assert (row["take"], row["price_usd"], row["reserved_usd"]) == (take.label, Decimal("0.1"), Decimal("0.1"))
    assert (row["price_source"], row["price_read_on"]) == ("tests/generation/scripted.py", "2026-11-21")


def test_the_ledger_adds_up_to_the_films_money(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted(script={"07A-001": "loses the answer", "07A-002": "refuses", "07A-003": "costs less"})
    engine = engines(maker)
    takes = engine.plan(requests(log, maker, 5), "ada")
    engine.start(takes[:4]).wait(30)
    frame, money = log.ledger_frame(), log.spent()
    for column, micro_usd in (
        ("spent_usd", money.spent_micro_usd),
        ("reserved_usd", money.reserved_micro_usd),
        ("at_risk_usd", money.at_risk_micro_usd),
    ):
        assert sum(value for value in frame[column] if value is not None) == Decimal(micro_usd) / 1_000_000
    assert (money.spent_micro_usd, money.reserved_micro_usd, money.at_risk_micro_usd) == (170_000, 100_000, 100_000)
    assert list(frame["job"].isna()) == [True, True, False, False, True]
    assert STUDIO not in set(log.takes_frame()["author"])
