"""What takes would cost, said as a person reads it; and the caps."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pytest

from studio.errors import OverBudget
from studio.generation import Estimate, dollars
from studio.generation.budget import Caps, check_budget
from studio.nouns import Price, Request


@dataclass(frozen=True)
class Spending:
    spent_micro_usd: int = 0
    reserved_micro_usd: int = 0
    at_risk_micro_usd: int = 0


def request(model: str = "gen4.5", dropped: tuple[str, ...] = ()) -> Request:
    return Request(
        id="r", prompt_id="p", shot="07A", provider="runway", model=model, text="", camera="", camera_json="", avoid="",
        width=1280, height=720, rate=Fraction(24), frames=120, seed=1, dropped=dropped,
    )  # fmt: skip


def price(usd: str) -> Price:
    return Price(usd=Decimal(usd), source="https://docs.example", read_on="2026-11-21")


def test_an_estimate_prints_as_the_design_says() -> None:
    assert str(Estimate(((request(), price("0.60")),) * 4)) == "$2.40 (gen4.5, 5 s, read 2026-11-21)"


def test_an_estimate_shows_itself_the_same_in_a_notebook() -> None:
    estimate = Estimate(((request(), price("0.60")),))
    assert repr(estimate) == str(estimate)


def test_an_estimate_of_several_models_names_each() -> None:
    two = Estimate(((request(), price("0.60")), (request("veo3.1"), price("1"))))
    assert str(two) == "$1.60 (gen4.5, 5 s, read 2026-11-21; veo3.1, 5 s, read 2026-11-21)"


def test_what_would_be_dropped_is_told_once_with_the_price() -> None:
    estimate = Estimate(((request(dropped=("kept pan, dropped roll",)), price("0.60")),) * 2)
    assert str(estimate).splitlines()[1:] == ["note: kept pan, dropped roll"]


def test_the_sum_is_exact() -> None:
    assert Estimate(((request(), price("0.1")),) * 3).total == Decimal("0.3")


@pytest.mark.parametrize(
    ("amount", "words"),
    [(0, "$0.00"), (2_400_000, "$2.40"), (1_500, "$0.0015"), (Decimal("600"), "$600.00"), (123_456_789, "$123.456789")],
)
def test_money_is_said_in_cents_unless_there_is_a_part_of_one(amount: int | Decimal, words: str) -> None:
    assert dollars(amount) == words


def test_the_films_cap_holds_for_spent_reserved_and_at_risk_together() -> None:
    spending = Spending(spent_micro_usd=5_000_000, reserved_micro_usd=2_000_000, at_risk_micro_usd=1_000_000)
    check_budget(2_000_000, 4, spending, Caps(film_usd=Decimal(10)))
    with pytest.raises(OverBudget) as told:
        check_budget(2_000_001, 4, spending, Caps(film_usd=Decimal(10)))
    assert str(told.value) == (
        "4 takes would cost $2.000001 and $2.00 of the film's $10.00 is left "
        "($5.00 spent, $2.00 reserved, $1.00 at risk): ask for fewer, or raise film_usd in film.toml"
    )


def test_a_call_may_have_a_cap_of_its_own() -> None:
    check_budget(500_000, 1, Spending(), Caps(call_usd=Decimal("0.5")))
    with pytest.raises(OverBudget, match=r"1 take would cost \$0.60 and this call may cost \$0.50"):
        check_budget(600_000, 1, Spending(), Caps(call_usd=Decimal("0.5")))


def test_what_costs_nothing_is_never_over_budget() -> None:
    check_budget(0, 700, Spending(spent_micro_usd=11_000_000), Caps(film_usd=Decimal(10)))
