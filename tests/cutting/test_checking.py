from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

from studio.cutting import check, source_of
from studio.cutting.checking import dissolve_room, fitting_dissolves
from studio.errors import BadInput, BadMedia, TooShort
from studio.nouns import Cut, Slot, Take, Transition
from tests.cutting.making import hard_cut, take


@dataclass(frozen=True)
class Kept:
    """The facts of a circled take, as the log gives them."""

    take: Take
    variable_rate: bool
    file: str = "media/takes/07A-003.mp4"
    sha256: str = "a" * 64
    rate: Fraction = Fraction(277, 12)
    frames: int = 49
    width: int = 480
    height: int = 720


TAKE = Take("0193", "07A-003", "07A", 3, "", "ada", 0)


def test_a_circled_take_becomes_a_source_with_its_reel():
    source = source_of(Kept(TAKE, variable_rate=False))  # type: ignore[arg-type]
    assert (source.kind, source.name, source.reel, source.take_id) == ("take", "07A-003", "07A003", "0193")
    assert source.duration_s == 49 / Fraction(277, 12)


def test_a_take_of_variable_rate_is_named_with_what_would_be_right():
    with pytest.raises(BadMedia, match=r"07A-003 has a variable frame rate.*circle another take of 07A"):
        source_of(Kept(TAKE, variable_rate=True))  # type: ignore[arg-type]


def one(slot: Slot) -> None:
    check(hard_cut(slots=(slot,)))


def test_a_sound_cut_passes():
    check(hard_cut())


def test_a_cut_without_slots_is_refused():
    with pytest.raises(BadInput, match="'first cut' has no slots"):
        check(hard_cut(slots=()))


@pytest.mark.parametrize("start", [1, -1])
def test_a_gap_and_an_overlap_are_refused(start: int):
    slots = (Slot(take("01A-001", 9), 0, 5), Slot(take("02A-001", 9), 5 + start, 4))
    with pytest.raises(BadInput, match=f"slot 2 starts on frame {5 + start}, and the one before it ends on 5"):
        check(hard_cut(slots=slots))


@pytest.mark.parametrize("changed", [{"frames": 0}, {"in_frames": -1}, {"speed": Fraction(0)}])
def test_a_slot_that_cannot_be_is_refused(changed: dict[str, object]):
    with pytest.raises(BadInput, match="slot 1 has"):
        one(replace(Slot(take("01A-001", 9), 0, 5), **changed))  # type: ignore[arg-type]


def test_a_slot_past_the_end_of_its_source_is_refused_with_the_frames_needed():
    one(Slot(take("01A-001", 49, Fraction(277, 12)), 0, 50))
    with pytest.raises(TooShort, match="01A-001 has 49 frames and slot 1 needs 50"):
        one(Slot(take("01A-001", 49, Fraction(277, 12)), 0, 51))


def test_a_card_that_was_not_made_is_named():
    with pytest.raises(BadInput, match="slot 1 waits for its title card"):
        one(replace(hard_cut().slots[0], source=replace(hard_cut().slots[0].source, file="")))


def test_two_files_of_one_name_or_one_reel_are_refused():
    first, second = take("01A-001", 9), take("02A-001", 9)
    for changed, said in (({"file": "other/01a-001.MP4"}, "same file name"), ({"reel": "01A001"}, "same reel")):
        with pytest.raises(BadInput, match=f"01A-001 and 02A-001 have the {said}"):
            check(hard_cut(slots=(Slot(first, 0, 5), Slot(replace(second, **changed), 5, 4))))  # type: ignore[arg-type]


@pytest.mark.parametrize("reel", ["", "07a003", "07A-003", "123456789"])
def test_a_reel_that_no_edl_could_hold_is_refused(reel: str):
    with pytest.raises(BadInput, match="has the reel"):
        one(Slot(replace(take("01A-001", 9), reel=reel), 0, 5))


def dissolving(frames: int, *, tail: int = 6, head: int = 6, speed: Fraction = Fraction(1)) -> Cut:
    """Two slots of 20 frames with a dissolve between them, and these handles beside it."""
    first, second = take("01A-001", 25 + tail), take("02A-001", int((head + 20) * speed) + 2)
    slots = (
        Slot(first, 0, 20, in_frames=5),
        Slot(second, 20, 20, int(head * speed), speed, transition=Transition("dissolve", frames)),
    )
    return hard_cut(slots=slots, markers=())


@pytest.mark.parametrize("speed", [Fraction(1), Fraction(1, 2), Fraction(3, 2)])
def test_a_dissolve_needs_half_its_frames_on_either_side_of_the_cut(speed: Fraction):
    check(dissolving(12, speed=speed))
    for lacking in ({"tail": 5}, {"head": 4}):
        with pytest.raises(TooShort, match=r"a dissolve of 12 frames into slot 2 needs 6 on either side of the cut"):
            check(dissolving(12, speed=speed, **lacking))
    with pytest.raises(TooShort, match=r"01A-001 has 5 after its end and 02A-001 6 before its in-point.* 10 or fewer"):
        check(dissolving(12, tail=5))


@pytest.mark.parametrize("frames", [0, 1, 7, -2])
def test_a_dissolve_is_an_even_number_of_frames(frames: int):
    with pytest.raises(BadInput, match="an even number of frames, 2 or more"):
        check(dissolving(frames))


def test_a_dissolve_into_the_first_slot_and_two_that_meet_are_refused():
    cut = dissolving(12)
    with pytest.raises(BadInput, match="slot before it"):
        check(replace(cut, slots=(replace(cut.slots[0], transition=Transition("dissolve", 2)),)))
    short = Slot(take("03A-001", 60), 20, 8, 20, transition=Transition("dissolve", 10))
    last = Slot(take("04A-001", 60), 28, 20, 20, transition=Transition("dissolve", 8))
    with pytest.raises(BadInput, match="slot 2 has 8 frames and its dissolves take 9"):
        check(hard_cut(slots=(cut.slots[0], short, last)))
    assert dissolve_room(hard_cut(slots=(cut.slots[0], short, last)), 2) == 6
    with pytest.raises(BadInput, match="slot 2 has 4 frames and its dissolves take 5"):
        check(hard_cut(slots=(cut.slots[0], replace(short, frames=4))))


def test_dissolves_of_an_editor_become_as_long_as_they_can_be_and_that_is_said():
    fitted, said = fitting_dissolves(dissolving(7))
    assert (fitted.slots[1].transition, said) == (
        Transition("dissolve", 6),
        ("The dissolve into slot 2 has 6 frames instead of 7: they are even here.",),
    )
    fitted, said = fitting_dissolves(dissolving(20, tail=3))
    assert fitted.slots[1].transition == Transition("dissolve", 6)
    assert said == ("The dissolve into slot 2 has 6 frames instead of 20: there are no more handles.",)
    fitted, said = fitting_dissolves(dissolving(20, head=0))
    assert fitted.slots[1].transition is None
    assert "is a plain cut" in said[0]
    assert fitting_dissolves(dissolving(12)) == (dissolving(12), ())
