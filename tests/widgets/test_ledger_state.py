"""What the ledger says, of takes that stand as they are written here."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from studio.log import Line, Standing
from studio.widgets._ledger_state import Purse, ledger_html, ledger_state, order_html

S = 1_000_000  # a second in microseconds
RUNNING = Line(
    id="1", take="07A-001", shot="07A", provider="runway", model="gen4.5", state="running", price_micro_usd=600_000,
    spent_micro_usd=None, reserved_micro_usd=600_000, sent_at_us=1000 * S, seconds=5.0,
)  # fmt: skip
PLANNED = replace(RUNNING, id="2", take="07A-002", state="planned", sent_at_us=None)
DONE = replace(RUNNING, id="3", take="07A-003", state="done", spent_micro_usd=600_000, reserved_micro_usd=0,
               sent_at_us=900 * S, ended_at_us=960 * S, file="media/takes/07A-003.mp4")  # fmt: skip
EMPTY = Purse(Decimal(0), Decimal(0), Decimal(0))


def standing(*lines: Line, more: int = 0) -> Standing:
    return Standing(Counter(line.state for line in lines) + Counter(planned=more), 0, ("07A",), lines)


@pytest.mark.parametrize(
    ("lines", "until_s"),
    [
        ((RUNNING, DONE), 1060),  # as long as the one that is done took
        ((RUNNING, PLANNED, DONE), 1120),  # and once more for the one behind it
        ((RUNNING,), None),  # nothing is done: nothing is known
        ((PLANNED, DONE), None),  # nothing is on its way
        ((RUNNING, replace(PLANNED, model="gen5"), DONE), None),  # another model takes its own time
        ((RUNNING, replace(DONE, model="gen5")), None),
        ((replace(RUNNING, sent_at_us=900 * S), DONE), None),  # it takes longer than the one before
    ],
)
def test_the_time_to_go_is_told_only_where_it_can_be(lines: tuple[Line, ...], until_s: int | None) -> None:
    found = ledger_state(standing(*lines), EMPTY, at_us=1010 * S)["until_us"]
    assert found == (None if until_s is None else until_s * S)


def test_the_time_to_go_is_not_told_of_takes_that_are_out_of_sight() -> None:
    assert ledger_state(standing(RUNNING, DONE, more=40), EMPTY, at_us=1010 * S)["until_us"] is None


def test_a_cap_that_was_lowered_below_what_is_spent_is_told() -> None:
    purse = Purse(Decimal("41.20"), Decimal("2.40"), Decimal("0.60"), cap=Decimal("40"))
    money = ledger_state(standing(), purse, at_us=0)["money"]
    assert money["over"] == "$4.20 more than the cap: nothing that costs is begun until it is raised"
    assert [part["usd"] for part in money["parts"]] == ["41.20", "2.40", "0.60", "0.00"]
    assert [part["percent"] for part in money["parts"]] == ["93.21", "5.43", "1.36", "0"]  # of what there is


def test_parts_of_a_cent_are_exact() -> None:
    line = replace(DONE, spent_micro_usd=123_456)
    assert ledger_state(standing(line), EMPTY, at_us=0)["rows"][0]["usd"] == "0.123456"


def test_a_clip_says_what_was_measured_and_how_large_it_is() -> None:
    line = replace(DONE, asked_move="dolly_in", obeyed="yes")
    (row,) = ledger_state(standing(line), EMPTY, at_us=0, bytes_of={line.file: 6_400_000}.get)["rows"]
    assert row["what"] == "dolly in ✓ · 5.0 s · 6.4 MB"
    (row,) = ledger_state(standing(DONE), EMPTY, at_us=0)["rows"]
    assert row["what"] == "5.0 s"  # nothing measured, no file at hand: nothing said


def test_what_a_provider_says_is_one_line_and_not_endless() -> None:
    (row,) = ledger_state(standing(replace(RUNNING, why="a\nb " * 400)), EMPTY, at_us=0)["rows"]
    assert "\n" not in row["what"]
    assert len(row["what"]) == 300


def test_an_empty_film_is_one_sentence_of_nothing() -> None:
    empty = Standing({}, 0, (), ())
    assert ledger_state(empty, EMPTY, at_us=0)["title"] == "0 takes"
    assert "<table" not in ledger_html(empty, EMPTY)


def test_the_order_is_written_alike_however_far_it_is() -> None:
    early = order_html(standing(RUNNING, PLANNED, replace(DONE, state="planned")))
    assert early == order_html(standing(DONE, replace(RUNNING, state="unknown"), replace(PLANNED, state="failed")))
    free = replace(DONE, provider="previz", model="previz", price_micro_usd=0)
    assert order_html(standing(free)) == "<p><b>1 take of 07A</b></p><p>07A-003: previz, costs nothing</p>"
