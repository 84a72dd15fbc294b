"""A dissolve as an edit: even, centred, with handles on both sides, or refused with the numbers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from studio.cutting import check, difference, dissolve, roll, swap, trim
from studio.cutting.checking import handles
from studio.errors import BadInput, TooShort
from studio.nouns import Slot, Transition
from tests.cutting.making import card, hard_cut, take


@pytest.fixture
def cut():
    """A title and three takes of 60 frames: 8 frames before, 12 after; 30 fps; half speed."""
    return hard_cut(
        slots=(
            Slot(card("title", 24), 0, 24),
            Slot(take("01A-001", 60), 24, 40, in_frames=8),
            Slot(take("02A-001", 75, 30), 64, 40, in_frames=10),
            Slot(take("03A-001", 60), 104, 40, in_frames=5, speed=Fraction(1, 2)),
        )
    )


def test_handles_are_counted_in_film_frames_at_the_speed_of_the_slot(cut):
    assert [handles(cut, number) for number in (1, 2, 3, 4)] == [(0, 0), (8, 12), (10, 10), (10, 70)]


def test_a_dissolve_goes_into_a_slot_and_is_taken_away_with_0(cut):
    new = dissolve(cut, 3, 12)
    check(new)
    assert new.slots[2].transition == Transition("dissolve", 12)
    assert new.frames == cut.frames
    assert difference(cut, new).notes == ("a dissolve of 12 f leads into slot 3 instead of a plain cut",)
    assert dissolve(new, 3, 0) == cut
    check(dissolve(dissolve(cut, 3, 20), 4, 20))  # every frame of the handles, and slot 3 wholly in both


@pytest.mark.parametrize(
    ("slot", "frames", "kind", "said"),
    [
        (1, 12, BadInput, "slot 1 has no slot before it to dissolve from"),
        (3, 7, BadInput, r"a dissolve of 7 frames cannot lie evenly on its cut: give an even number, 6 or 8"),
        (3, -2, BadInput, "the frames of a dissolve cannot be -2"),
        (9, 12, BadInput, "the number of a slot in this cut cannot be 9"),
        (
            3,
            22,
            TooShort,
            r"a dissolve of 22 frames into slot 3 needs 11 on either side of the cut: 01A-001 has 12 after its end and "
            r"02A-001 10 before its in-point, so make it 20 or fewer, or trim",
        ),
        (2, 2, TooShort, r"title has 0 after its end and 01A-001 8 .*, so trim them, or leave the cut plain"),
    ],
)
def test_a_dissolve_that_cannot_be_is_refused_with_the_numbers(slot, frames, kind, said, cut):
    with pytest.raises(kind, match=said):
        dissolve(cut, slot, frames)


def test_a_cut_that_came_with_an_impossible_dissolve_is_no_cut(cut):
    for number, length in ((1, 12), (3, 5), (3, 0)):
        slots = list(cut.slots)
        slots[number - 1] = replace(slots[number - 1], transition=Transition("dissolve", length))
        with pytest.raises(BadInput, match=f"slot {number} has a dissolve of {length} frames into it"):
            check(replace(cut, slots=tuple(slots)))


def test_an_edit_that_takes_a_handle_away_is_refused_when_it_is_checked(cut):
    new = dissolve(cut, 3, 16)
    for edited in (trim(new, 3, 7), roll(new, 2, 5), swap(new, 3, take("09A-001", 60), 2)):
        with pytest.raises(TooShort, match="a dissolve of 16 frames into slot 3 needs 8"):
            check(edited)


def test_two_dissolves_never_meet_within_a_slot(cut):
    slots = (*cut.slots[:2], replace(cut.slots[2], frames=8), replace(cut.slots[3], record_frame=72))
    short = dissolve(replace(cut, slots=slots), 3, 8)
    check(dissolve(short, 4, 8))
    with pytest.raises(BadInput, match="slot 3 has 8 frames and its dissolves take 9 of them: make the two shorter"):
        dissolve(short, 4, 10)
