"""What is covered, which reasons kill, how many are kept, and who disagrees: pure counts."""

from __future__ import annotations

import pytest

from studio.errors import BadInput
from studio.log import Opinion
from studio.review.coverage import Coverage, judged, kept_by
from studio.review.disagreements import disagreements
from studio.review.evidence import Judged
from studio.review.reasons import ReasonCount, count_reasons, split_reasons


def test_several_reasons_are_counted_one_by_one_by_verdict():
    said = [
        ("ng", "hand, face"),
        ("ng", "Hand"),
        ("hold", "face"),
        ("circle", "joins well,  face ,"),
        ("", "hand"),
        ("ng", ""),
    ]
    assert count_reasons(said) == (
        ReasonCount("hand", 2, 0, 0), ReasonCount("face", 1, 1, 1), ReasonCount("joins well", 0, 0, 1),
    )  # fmt: skip
    assert split_reasons(" a,b , a,,") == ("a", "b")


def test_what_a_shot_lacks_is_said():
    lacks = [Coverage("07A", *counts).lacks for counts in ((0, 0, 0), (2, 0, 0), (2, 1, 0), (2, 1, 1))]
    assert lacks == ["takes", "a clip", "a circle", ""]
    assert Coverage("07A", 9, 8, 1, 2, 3).not_judged == 2


def test_kept_of_judged_by_shot_move_model_and_word():
    rows = [
        Judged("a", "07B", "runway", "gen4.5", "circle", ("dolly_in",), words={"style": "film grain, anamorphic"}),
        Judged("b", "07A", "runway", "gen4.5", "ng", ("dolly_in", "pan_left"), words={"style": "Film grain"}),
        Judged("c", "07A", "adopted", "", "hold", (), words={"style": ""}),
        Judged("d", "07C", "runway", "gen4.5", "", ("dolly_in",), words={"style": "film grain"}),
    ]

    def told(by):
        return [(name, rate.kept, rate.n) for name, rate in kept_by(rows, by)]

    assert told("shot") == [("07A", 0, 2), ("07B", 1, 1)]
    assert told("move") == [("dolly_in", 1, 2), ("none", 0, 1), ("pan_left", 0, 1)]
    assert told("model") == [("runway/gen4.5", 1, 2), ("adopted", 0, 1)]
    assert told("word") == [("film grain", 1, 2), ("anamorphic", 1, 1)]
    with pytest.raises(BadInput, match="write shot, move, model or word"):
        kept_by(rows, "seed")


def test_only_finished_takes_are_evidence():
    row = {
        "take": "07A-001", "shot": "07A", "provider": "previz", "model": None, "verdict": None, "author": "ada",
        "asked_move": "dolly_in + pan_left > dolly_in", "obeyed": None, "style": None, "state": "done",
    }  # fmt: skip
    found = judged([row, row | {"state": "failed"}])
    assert [(each.moves, each.verdict, each.model) for each in found] == [(("dolly_in", "pan_left"), "", "")]


def test_a_circle_against_an_ng_is_told_first():
    rows = [{"id": f"t{n}", "take": f"07A-00{n}", "shot": "07A"} for n in range(5)]
    said = [
        Opinion("t0", "ben", "hold"), Opinion("t0", "ada", "ng"),
        Opinion("t1", "ada", "circle"), Opinion("t1", "ben", "circle"), Opinion("t2", "ada", "circle"),
        Opinion("t2", "ben"),
        Opinion("t3", "ada", "circle"), Opinion("t3", "ben", "ng", "hand"),
        Opinion("t4", "ada", "circle"), Opinion("t4", "ben", "hold"),
    ]  # fmt: skip
    found = disagreements(rows, said)
    assert [each.take for each in found] == ["07A-003", "07A-004", "07A-000"]
    assert [(each.author, each.verdict, each.reason) for each in found[0].said] == [
        ("ada", "circle", ""),
        ("ben", "ng", "hand"),
    ]
