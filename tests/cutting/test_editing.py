from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.cutting import editing
from studio.cutting.checking import check
from studio.errors import BadInput, StudioError
from studio.nouns import Cut, Slot
from tests.cutting.making import card, hard_cut, take

HALF = Fraction(1, 2)


@pytest.fixture
def cut() -> Cut:
    """A title, three takes of 120 frames in slots of 48, 106 and 60, and an empty slot for 04A."""
    slots = (
        Slot(card("title", 24), 0, 24, how="made to fit"),
        Slot(take("01A-001", 120), 24, 48, in_frames=10, how="bar 1; joins: out .80 good"),
        Slot(take("07A-014", 120), 72, 106, in_frames=7, how="bars 2–3"),
        Slot(take("03A-001", 120), 178, 60, in_frames=20, how="bar 4"),
        Slot(replace(card("empty-04A", 30), reel="EMPTY04A"), 238, 30),
    )
    return hard_cut(slots=slots)


def test_a_trim_moves_the_in_point_and_keeps_the_length(cut):
    new = editing.trim(cut, 3, 14)
    check(new)
    assert (new.slots[2].in_frames, new.slots[2].frames, new.slots[2].how) == (14, 106, "bars 2–3; trimmed to 14 f")
    assert new.slots[:2] == cut.slots[:2]


def test_a_slip_is_counted_from_where_it_was(cut):
    assert editing.slip(editing.slip(cut, 3, 7), 3, -3).slots[2].in_frames == 11


def test_a_retime_is_an_exact_fraction(cut):
    assert editing.retime(cut, 3, "1/2").slots[2].speed == HALF
    assert editing.retime(cut, 3, 0.1).slots[2].speed == Fraction(1, 10)
    new = editing.retime(cut, 2, Fraction(9, 4))
    check(new)
    assert new.slots[1].how == "bar 1; retimed to 9/4"


def test_a_swap_puts_another_take_in_and_an_empty_slot_gets_it_at_its_own_speed(cut):
    new = editing.swap(editing.retime(cut, 3, HALF), 3, take("07A-002", 60), 3)
    check(new)
    assert (new.slots[2].source.name, new.slots[2].in_frames, new.slots[2].speed) == ("07A-002", 3, HALF)
    filled = editing.swap(cut, 5, take("04A-001", 40))
    check(filled)
    assert (filled.slots[4].shot, filled.slots[4].empty, filled.slots[4].speed) == ("04A", False, 1)


def test_a_roll_moves_a_boundary_and_the_next_slot_shows_what_it_showed(cut):
    new = editing.roll(cut, 3, -6)
    check(new)
    before, after = cut.slots[3], new.slots[3]
    assert (new.slots[2].frames, after.record_frame, after.frames) == (100, 172, 66)
    assert after.in_frames - after.record_frame == before.in_frames - before.record_frame
    assert new.frames == cut.frames


def test_a_card_whose_slot_was_rolled_waits_to_be_made_again(cut):
    new = editing.roll(cut, 1, 4)
    assert (new.slots[0].frames, new.slots[0].source.file) == (28, "")
    assert new.slots[1].in_frames == 14
    with pytest.raises(BadInput, match="slot 1 waits for its title card"):
        check(new)


def test_pins_bans_and_aims_are_set_and_lifted(cut):
    pinned = editing.pin(cut, 3)
    assert [slot.pinned for slot in pinned.slots] == [False, False, True, False, False]
    assert editing.pin(pinned, 3, False) == cut
    banned = editing.ban(editing.ban(cut, "03A-001"), "01A-001")
    assert banned.banned == ("01A-001", "03A-001")
    assert editing.ban(banned, "01A-001", False).banned == ("03A-001",)
    assert editing.aim(cut, 3, "match").slots[2].aim == "match"
    assert editing.aim(editing.aim(cut, 3, "match"), 3, "") == cut


WRONG = {
    "slot 3 needs 106 frames from in-point 30 and 07A-014 has 120: trim to 14 or less": lambda c: editing.trim(
        c, 3, 30
    ),
    "an in-point cannot be -1: write a whole number from 0 to": lambda c: editing.trim(c, 3, -1),
    "slot 1 is the title card, which fits any length: edit a take": lambda c: editing.trim(c, 1, 0),
    "slot 5 is the empty-04A card, which waits for a take of 04A: swap one in": lambda c: editing.trim(c, 5, 0),
    "the number of a slot in this cut cannot be 6: write a whole number from 1 to 5": lambda c: editing.trim(c, 6, 0),
    "slot 3 enters 07A-014 at 7 and cannot slip by 8: slip by -7 to 7": lambda c: editing.slip(c, 3, 8),
    "slot 3 needs 219 frames at speed 2 from in-point 7 and 07A-014 has 120: retime to 113/106 or less": (
        lambda c: editing.retime(c, 3, 2)
    ),
    "the speed 'fast' is none: write a fraction from 1/100 to 100": lambda c: editing.retime(c, 3, "fast"),
    "the speed nan is none": lambda c: editing.retime(c, 3, float("nan")),
    "slot 3 needs 106 frames and 07A-002 has 100: swap in a longer take, or retime the slot to 50/53 or less first": (
        lambda c: editing.swap(c, 3, take("07A-002", 100))
    ),
    "from in-point 6 and 07A-002 has 110: trim to 4 or less": lambda c: editing.swap(c, 3, take("07A-002", 110), 6),
    "slot 1 is the title card: a take cannot stand in for it": lambda c: editing.swap(c, 1, take("07A-002", 100)),
    "the boundary of slots 3 and 4 cannot move by 20 frames: 07A-014 and 03A-001 let it roll by -20 to 7": (
        lambda c: editing.roll(c, 3, 20)
    ),
    "slot 5 is the last: roll a boundary to a next slot, slots 1 to 4": lambda c: editing.roll(c, 5, 1),
    "slot 1 is the title card, which arranging leaves as it is: pin a take": lambda c: editing.pin(c, 1),
    "slot 3 has 07A-014, which is banned": lambda c: editing.pin(editing.ban(c, "07A-014"), 3),
    "07A-014 is pinned in slot 3: unpin it first": lambda c: editing.ban(editing.pin(c, 3), "07A-014"),
    "slot 1 has no join into it": lambda c: editing.aim(c, 1, "flow"),
    "'shock' is no aim of a join": lambda c: editing.aim(c, 2, "shock"),
}


@pytest.mark.parametrize("sentence", WRONG)
def test_what_cannot_be_done_is_one_sentence_with_what_would_be_right(cut, sentence):
    with pytest.raises(StudioError) as raised:
        WRONG[sentence](cut)
    assert sentence in str(raised.value)


edits = st.one_of(
    st.tuples(st.just(editing.trim), st.integers(1, 5), st.integers(0, 130)),
    st.tuples(st.just(editing.slip), st.integers(1, 5), st.integers(-130, 130)),
    st.tuples(st.just(editing.retime), st.integers(1, 5), st.fractions(Fraction(1, 8), Fraction(4), max_denominator=9)),
    st.tuples(st.just(editing.roll), st.integers(1, 5), st.integers(-60, 60)),
)


@given(several=st.lists(edits, max_size=12))
def test_whatever_is_edited_the_film_keeps_its_length_and_can_be_cut(several):
    cut = hard_cut()
    for edit, slot, value in several:
        try:
            cut = edit(cut, slot, value)
        except StudioError:
            continue
        made = tuple(replace(s, source=card("title", s.frames)) if s.source.kind == "card" else s for s in cut.slots)
        check(replace(cut, slots=made))
        assert cut.frames == hard_cut().frames
