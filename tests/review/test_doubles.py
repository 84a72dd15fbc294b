"""Copies, near copies and dead clips, each with its number; and what is never folded."""

from __future__ import annotations

from dataclasses import replace

from studio.log import Opinion
from studio.media.flags import Flags
from studio.review.doubles import Look, alike, dead, folds_of, in_question, kept_by_somebody

CLEAN = Flags(0.0, 0.0, 0.0, (), 100.0, 0.0, 0.0)


def look(n: int, **values: object) -> Look:
    given = {"sha256": f"{n:064x}", "seconds": 5.0, "asked_move": "dolly_in", "noticed": CLEAN}
    return Look(f"id{n}", f"07A-00{n}", "07A", **given | values)


def folds(*looks: Look, protected: frozenset[str] = frozenset()):
    pairs = alike(looks)
    found = folds_of(looks, pairs, protected)
    assert found.keys() <= in_question(looks, pairs)
    return {id: (fold.why, fold.of, fold.number) for id, fold in found.items()}


def test_an_exact_copy_is_folded_into_the_earliest_wherever_it_is():
    first, again, third = look(1), look(2, sha256=f"{1:064x}"), look(3, sha256=f"{1:064x}", noticed=None)
    again = replace(again, shot="09A")
    wanted = ("exact copy of 07A-001", "07A-001", 0)
    assert folds(third, again, first) == {"id2": wanted, "id3": wanted}
    assert folds(look(1, sha256=""), look(2, sha256="")) == {}


def test_a_near_copy_says_in_how_many_bits_it_differs():
    same = {"hashes": (0, 0, 0)}
    near, far = {"hashes": (0b11, 0, 0b1)}, {"hashes": (0, 0b111_1111, 0)}
    found = folds(look(1, **same), look(2, **near), look(3, **far))
    assert found == {"id2": ("differs from 07A-001 in 2 of 64 bits", "07A-001", 2)}


def test_a_take_is_only_folded_into_one_that_is_shown():
    # each is near the one before it, and the third far from the first
    chain = [look(n, hashes=((1 << 5 * n) - 1, 0, 0)) for n in range(4)]
    assert {id: of for id, (_, of, _) in folds(*chain).items()} == {"id1": "07A-000", "id3": "07A-002"}


def test_a_black_or_frozen_clip_is_dead_with_its_share():
    black, frozen = replace(CLEAN, black=0.98), replace(CLEAN, frozen_s=4.79)
    assert folds(look(1, noticed=black), look(2, noticed=frozen)) == {
        "id1": ("black in 98 % of its frames", "", 0.98),
        "id2": ("frozen for 4.8 of its 5.0 s", "", 4.79 / 5),
    }
    assert folds(look(1, noticed=replace(CLEAN, black=0.89)), look(2, noticed=replace(CLEAN, frozen_s=4.4))) == {}


def test_a_static_shot_may_stand_still_but_not_be_black():
    still = look(1, asked_move="static", noticed=replace(CLEAN, frozen_s=4.96))
    assert dead(still) is None
    assert dead(replace(still, noticed=replace(CLEAN, black=1.0))).kind == "black"
    assert dead(look(1, noticed=None)) is None


def test_what_somebody_keeps_is_never_folded_and_may_stand_for_others():
    looks = [look(1, noticed=replace(CLEAN, black=1.0)), look(2, sha256="a" * 64), look(3, sha256="a" * 64)]
    assert set(folds(*looks)) == {"id1", "id3"}
    assert set(folds(*looks, protected=frozenset({"id1", "id3"}))) == set()
    kept = [Opinion("id1", "ben", "hold"), Opinion("id2", "ada", "ng"), Opinion("id3", "ada", accident=True)]
    assert kept_by_somebody([*kept, Opinion("id4", "ada", "circle")]) == {"id1", "id3", "id4"}
