"""How takes stand: all of them in numbers, and the lines that matter now."""

from __future__ import annotations

from studio.log import Log
from tests.log.making import asked, done

WAY = ("submitting", "submitted", "running", "ready", "downloading")


def test_unknown_ones_come_first_then_the_furthest_on_their_way_then_what_ended_last(log: Log) -> None:
    with log.write("studio") as writer:
        takes = asked(writer, takes=9)
        for take, last in zip(takes, (0, 1, 2, 3, 4, 5), strict=False):
            for state in WAY[:last]:
                writer.event("state", take.id, {"state": state})
        writer.event("state", takes[6].id, {"state": "submitting"})
        writer.event("state", takes[6].id, {"state": "unknown", "error": "the answer was lost"})
        done(writer, takes[8])
    with log.write("studio") as writer:
        writer.event("state", takes[7].id, {"state": "refused", "error": "the filter"})
    now = log.standing()
    states = ["unknown", "downloading", "ready", "running", "submitted", "submitting", "planned", "refused", "done"]
    assert [line.state for line in now.lines] == states
    assert now.counts == dict.fromkeys(states, 1)
    assert (now.shots, now.sounds) == (("07A",), 0)
    first = now.lines[0]
    assert (first.take, first.why) == ("07A-007", "the answer was lost")
    assert first.sent_at_us is not None
    assert first.ended_at_us is None


def test_the_lines_are_few_however_many_takes_there_are(log: Log) -> None:
    with log.write("studio") as writer:
        takes = asked(writer, takes=120)
        for take in takes[100:]:
            done(writer, take)
    now = log.standing(most=60, ended=6)
    assert [line.state for line in now.lines] == ["planned"] * 54 + ["done"] * 6
    assert now.counts == {"planned": 100, "done": 20}
    some = log.standing([take.label for take in takes[90:110]], most=60)
    assert some.counts == {"planned": 10, "done": 10}
    assert len(some.lines) == 20  # of those that were asked for by name, all
    assert log.standing([]).lines == ()


def test_a_line_and_the_table_agree_on_the_money(log: Log) -> None:
    with log.write("studio") as writer:
        first, second = asked(writer, takes=2)
        for take in (first, second):
            writer.event("money.reserved", take.id, {"micro_usd": 250_000, "source": "a page", "read_on": "2026-11-21"})
        writer.event("money.settled", second.id, {"micro_usd": 240_000})
        done(writer, second)
    held, paid = log.standing().lines
    assert (held.reserved_micro_usd, held.spent_micro_usd, held.price_read_on) == (250_000, None, "2026-11-21")
    assert (paid.reserved_micro_usd, paid.spent_micro_usd) == (0, 240_000)
    table = log.ledger_frame().set_index("take")
    for line in (held, paid):
        row = table.loc[line.take]
        assert row["reserved_usd"] * 1_000_000 == line.reserved_micro_usd
        assert row["spent_usd"] is None or row["spent_usd"] * 1_000_000 == line.spent_micro_usd
