from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

import studio
from studio.cutting.comfort import Seen, change_of_light, checks, luminance
from studio.cutting.rules import rule, rules
from studio.errors import NotFound
from studio.media.flags import Flags
from studio.nouns import Cut, Slot
from tests.cutting.looking import IN, OUT, an_end, measured
from tests.cutting.making import card, hard_cut, take
from tests.cutting.stocking import add, cut_of

BRIGHT, DARK = an_end(light=230), an_end(light=40)
CALM = Flags(0.0, 0.0, 1.0, (), 100.0, 0.0, 0.0)


def cut_from(*slots: tuple[str, int, int], source_frames: int = 240, **changed) -> Cut:
    """A cut of (take, in-point, frames), one after the other."""
    at, made = 0, []
    for label, in_frames, frames in slots:
        made.append(Slot(take(label, source_frames), at, frames, in_frames))
        at += frames
    return hard_cut(slots=tuple(made), markers=(), **changed)


def found(cut: Cut, ends=None, zooms=None, flags=None):
    """What is noticed: (kind, slot, number) of each."""
    seen = Seen(
        tuple(ends or [(None, None)] * len(cut.slots)),
        {label: measured([(0.0, 0.0, zoom, 0.0)] * 50, 10.0) for label, zoom in (zooms or {}).items()},
        flags or {},
    )
    return checks(cut, seen)


def kinds(*args, **kwargs):
    return [(each.kind, each.slot, each.number) for each in found(*args, **kwargs)]


def test_a_plain_cut_has_nothing_to_think_about():
    cut = cut_from(("01A-001", 20, 96), ("02A-001", 20, 96))
    said = found(cut, [(BRIGHT, BRIGHT), (BRIGHT, BRIGHT)])
    assert len(said) == 0
    assert repr(said) == "nothing to think about"
    assert said._repr_html_() == "<ul><li>nothing to think about</li></ul>"
    assert list(said.to_frame().columns)[:3] == ["slot", "kind", "sentence"]
    assert str(said.to_frame()["number"].dtype) == "Float64"


def test_a_slot_of_a_few_frames_a_gap_and_an_overlap_are_told():
    cut = cut_from(("01A-001", 20, 96), ("02A-001", 20, 4), ("03A-001", 20, 5))
    assert kinds(cut) == [("flash_frames", 2, 4.0)]
    first, second, third = cut.slots
    moved = replace(
        cut, slots=(first, replace(second, record_frame=99, frames=48), replace(third, record_frame=140, frames=48))
    )
    assert kinds(moved) == [("gap", 2, 3.0), ("overlap", 3, 7.0)]
    assert "slot 2: 3 frames before slot 2 show nothing: begin it on frame 96" in repr(found(moved))


def test_a_take_used_again_and_one_that_follows_itself_are_told_apart():
    cut = cut_from(("01A-001", 8, 24), ("02A-001", 8, 24), ("01A-001", 60, 24), ("01A-001", 100, 24))
    assert kinds(cut) == [("used_again", 3, 3.0), ("back_to_back", 4, 16.0)]
    again, back = found(cut)
    assert "01A-001 is used in slots 1, 3 and 4" in again.sentence
    assert back.sentence == "01A-001 stands in slots 3 and 4 one after the other: 16 frames between them are left out"
    through = cut_from(("01A-001", 8, 24), ("01A-001", 32, 24))
    assert [each.sentence for each in found(through)] == [
        "01A-001 stands in slots 1 and 2 one after the other and goes on: one slot would do"
    ]
    backwards = found(cut_from(("01A-001", 20, 24), ("01A-001", 40, 24)))
    assert "4 frames are seen again" in repr(backwards)


def test_a_take_without_room_for_handles_is_told_with_what_it_has():
    cut = cut_from(("01A-001", 3, 96), ("02A-001", 0, 84), source_frames=100)
    (advice,) = found(cut)
    assert (advice.kind, advice.slot, advice.number, advice.limit, advice.unit) == (
        "handles", 1, 1.0, 8.0, "frames on either side",
    )  # fmt: skip
    assert advice.sentence.startswith("01A-001 has 3 more of its frames before slot 1 and 1 after it")
    whole = hard_cut(slots=(Slot(card("title", 48), 0, 48),), markers=())  # a card needs none
    assert kinds(whole) == []


def test_other_rates_and_speeds_are_told_once_each():
    slow = Slot(take("01A-001", 240), 0, 96, 20, speed=Fraction(3, 4))
    fast = Slot(take("02A-001", 300, 30), 96, 48, 20, speed=Fraction(2))
    third = Slot(take("03A-001", 300, 30), 144, 48, 20)
    cut = hard_cut(slots=(slow, fast, third), markers=())
    assert kinds(cut) == [("speed", 1, 0.75), ("rates", 2, 2.0), ("speed", 2, 2.0)]
    assert [each.sentence for each in found(cut)] == [
        "slot 1 runs at 3/4: each frame is shown 1.3 times on average",
        "the sources run at other rates than the film's 24: 30 (slots 2 and 3)",
        "slot 2 runs at 2: only one of 2 frames is shown",
    ]


def test_a_direction_that_turns_round_at_a_cut_is_told_unless_the_join_is_to_be_a_contrast():
    right, left = an_end((8.0, 0.0, 0.0, 0.0)), an_end((-5.0, 0.0, 0.0, 0.0))
    slow = an_end((-2.0, 0.0, 0.0, 0.0))
    cut = cut_from(*((f"0{n}A-001", 20, 96) for n in range(1, 5)))
    ends = [(right, right), (left, an_end(IN)), (an_end(OUT), right), (slow, slow)]
    assert kinds(cut, ends) == [("direction", 2, 5.0), ("direction", 3, 20.0)]
    assert "the pan turns round at the cut into slot 2 (right by 8 %/s before, left by 5 %/s after)" in repr(
        found(cut, ends)
    )
    assert kinds(replace(cut, aim="contrast"), ends) == []


def test_light_is_compared_as_the_rule_for_flashes_says():
    assert luminance(BRIGHT).max() <= 1
    assert (change_of_light(DARK, BRIGHT), change_of_light(BRIGHT, DARK)) == (1, -1)
    assert change_of_light(BRIGHT, BRIGHT) == 0
    assert change_of_light(an_end(light=40), an_end(light=55)) == 0  # less than a tenth of the luminance of white


@pytest.mark.parametrize(("count", "flashes"), [(6, None), (7, 3.5), (12, 6.0)])
def test_more_than_three_flashes_in_a_second_of_cuts_are_told(count, flashes):
    """So many jumps between bright and dark, one every other frame; then long slots."""
    lengths = [96, *[2] * (count - 1), 96, 96]
    cut = cut_from(*((f"{n:02d}A-001", 20, frames) for n, frames in enumerate(lengths, start=1)))
    ends = [(BRIGHT, BRIGHT) if n % 2 else (DARK, DARK) for n in range(len(lengths) - 1)]
    ends.append(ends[-1])
    told = [each for each in found(cut, ends) if each.kind == "flashes"]
    assert [(each.slot, each.number) for each in told] == ([(2, flashes)] if flashes else [])


def test_slow_changes_of_light_are_no_flashes():
    cut = cut_from(*((f"{n:02d}A-001", 20, 8) for n in range(1, 20)))  # three cuts a second
    ends = [(BRIGHT, BRIGHT) if n % 2 else (DARK, DARK) for n in range(19)]
    assert kinds(cut, ends) == []


def test_a_take_that_flickers_is_told_once():
    cut = cut_from(("01A-001", 20, 48), ("02A-001", 20, 48), ("01A-001", 100, 48))
    flags = {"01A-001": replace(CALM, flicker=7.25), "02A-001": CALM}
    assert [(k, s) for k, s, _ in kinds(cut, flags=flags)] == [("flicker", 1), ("used_again", 3)]


def test_a_picture_that_grows_on_and_on_across_cuts_is_told_with_its_slots():
    labels = [f"0{n}A-001" for n in range(1, 7)]
    cut = cut_from(*((label, 20, 144) for label in labels))  # 6 s each
    zooms = dict.fromkeys(labels, 15.0)
    ((kind, slot, seconds),) = kinds(cut, zooms=zooms)
    assert (kind, slot) == ("expansion", 1)
    assert seconds == pytest.approx(36, abs=0.5)
    assert "without a break, over slots 1 to 6" in repr(found(cut, zooms=zooms))
    assert kinds(cut, zooms=zooms | {labels[3]: 0.0}) == []  # 18 s, a rest, 12 s
    assert kinds(cut, zooms={label: 15.0 for label in labels if label != labels[2]}) == []  # nothing known of one
    assert kinds(cut, zooms=zooms | {labels[3]: -15.0}) == []
    assert kinds(cut, zooms=dict.fromkeys(labels, 7.0)) == []  # slower
    assert "the picture shrinks for" in repr(found(cut, zooms=dict.fromkeys(labels, -15.0)))


def test_every_rule_has_its_number_its_reason_and_a_dated_source():
    assert all(each.reason and each.source and each.checked_on.startswith("20") for each in rules().values())
    assert rule("flashes").number == 3
    with pytest.raises(NotFound, match="there is no check 'strobe' of a cut: there is flashes, flicker"):
        rule("strobe")


def test_a_stored_cut_is_checked_by_what_its_log_holds(tmp_path):
    with studio.new(tmp_path / "film", title="Zoom", authors=["ada"]) as film:
        for label, end in (("01A-001", an_end(IN)), ("02A-001", an_end(OUT)), ("03A-001", None)):
            add(film.log, label, end, end)
        cut = cut_of(film.log, "01A-001", "02A-001", "03A-001", frames=100)
        with film.log.write("ada") as writer:
            writer.event(
                "flags",
                film.log.take("02A-001").id,
                {"words": "flicker", "flags": replace(CALM, flicker=9.0).to_json(), "method": 1},
            )
            writer.cut(replace(cut, version=0))
        said = film.cut().checks()
    assert [(each.kind, each.slot) for each in said] == [("flicker", 2), ("direction", 2)]
    assert repr(said).splitlines()[-1] == "not looked at: light and motion of 03A-001 (film.measure() does it)"
    assert "<li>slot 2: 02A-001 flickers by 9 grey levels" in said._repr_html_()
    assert list(said.to_frame()["slot"]) == [2, 2]
