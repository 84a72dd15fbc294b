from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.cutting import Candidates, Grid, arrange
from studio.cutting.slots import Wish, in_order, plan, wish_of
from studio.errors import BadInput
from tests.cutting.making import FILM, every, take

BEAT = Fraction(1, 2)  # 12 frames at 24 frames/s; a bar has 48


def song(bars: int, lead_s: Fraction = Fraction(0), tail_s: Fraction = Fraction(0), per_bar: int = 4) -> Grid:
    beats = every(BEAT, per_bar * bars, lead_s)
    end_s = lead_s + BEAT * per_bar * bars + tail_s
    return Grid(bars=beats[::per_bar], beats=beats, start_s=Fraction(0), end_s=end_s, rate=FILM)


def frames(names: str, grid: Grid, **wishes: Wish) -> list[int]:
    """The lengths of the slots of shots called A, B, C …, in frames."""
    ends = plan(list(names), wishes, grid, FILM)
    return [end - start for start, end in zip((0, *ends), ends, strict=False)]


def test_a_shot_with_a_length_in_bars_keeps_it_and_the_others_share_the_rest_on_bars():
    assert frames("ABCD", song(8), B=Wish(bars=4)) == [48, 192, 48, 96]
    assert frames("AB", song(8), A=Wish(bars=1)) == [48, 336]


def test_a_length_in_beats_leaves_the_rest_on_beats_where_bars_do_not_fit():
    assert frames("ABC", song(2), B=Wish(beats=3)) == [24, 36, 36]


def test_bars_are_counted_from_the_beat_that_a_slot_begins_on_in_any_metre():
    assert frames("ABC", song(3, per_bar=3), A=Wish(beats=1), B=Wish(bars=2)) == [12, 72, 24]


def test_what_lies_before_the_first_bar_and_after_the_last_one_comes_on_top():
    grid = song(4, lead_s=Fraction(1, 4), tail_s=Fraction(1))
    assert frames("AB", grid, A=Wish(bars=1)) == [6 + 48, 144 + 24]
    assert frames("AB", grid, B=Wish(bars=1)) == [6 + 144, 48 + 24]


def test_no_slot_is_shorter_than_its_least_or_longer_than_its_greatest_length():
    assert frames("ABC", song(6), A=Wish(greatest_s=Fraction(3))) == [48, 96, 144]
    assert frames("ABC", song(6), C=Wish(least_s=Fraction(7))) == [48, 48, 192]
    assert frames("AB", song(1), A=Wish(least_s=Fraction(3, 2), greatest_s=Fraction(3, 2))) == [36, 12]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.just(Wish()),
            st.builds(lambda n: Wish(beats=n), st.integers(1, 4)),
            st.builds(lambda n: Wish(bars=n), st.integers(1, 2)),
            st.builds(lambda n: Wish(least_s=BEAT * n), st.integers(1, 4)),
            st.builds(lambda n: Wish(greatest_s=BEAT * n), st.integers(1, 4)),
        ),
        min_size=2,
        max_size=4,
    )
)
def test_a_plan_is_as_even_as_any_there_is_and_there_is_none_where_none_is_given(wishes):
    """Held against every way to lay the slots on the beats of two bars of four, on bars first."""
    names, wished = "ABCD"[: len(wishes)], dict(zip("ABCD", wishes, strict=False))
    taken = sum(wish.beats or 4 * (wish.bars or 0) for wish in wishes)
    sharing = [wish for wish in wishes if not wish.fixed]
    share = (8 - taken) / len(sharing) if sharing else 0

    def off(lengths: tuple[int, ...], ends: list[int], only_bars: bool) -> float | None:
        for wish, length, end in zip(wishes, lengths, ends, strict=True):
            if wish.fixed and length != (wish.beats or 4 * (wish.bars or 0)):
                return None
            if not wish.fixed and only_bars and (end % 4 or (length < 4 and (wish.greatest_s or 9) >= 2)):
                return None
            if not (wish.least_s or 0) <= BEAT * length <= (wish.greatest_s or 99):
                return None
        return sum((length - share) ** 2 for wish, length in zip(wishes, lengths, strict=True) if not wish.fixed)

    def best(only_bars: bool) -> float | None:
        ways = [way for way in product(range(1, 9), repeat=len(wishes)) if sum(way) == 8]
        found = [off(way, [sum(way[: k + 1]) for k in range(len(way))], only_bars) for way in ways]
        return min((each for each in found if each is not None), default=None)

    expected = best(True) if best(True) is not None else best(False)
    if expected is None:
        with pytest.raises(BadInput):
            frames(names, song(2), **wished)
    else:
        lengths = tuple(each // 12 for each in frames(names, song(2), **wished))
        ends = [sum(lengths[: k + 1]) for k in range(len(lengths))]
        assert off(lengths, ends, best(True) is not None) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("bars", "wishes", "said"),
    [
        (2, {"A": Wish(bars=2)}, "the planned slots take 8 beats of the song's 8, and 1 other slots need one at least"),
        (2, {"A": Wish(bars=1), "B": Wish(beats=3)}, "take 7 beats of the song's 8: give more bars or beats"),
        (2, {"A": Wish(least_s=Fraction(3)), "B": Wish(least_s=Fraction(2))}, "at least 5.00 s together and the song"),
        (2, {"A": Wish(greatest_s=Fraction(1)), "B": Wish(greatest_s=Fraction(2))}, "at most 3.00 s together and the"),
        (
            2,
            {"A": Wish(least_s=Fraction(11, 10), greatest_s=Fraction(6, 5))},
            "slot 1 (A, at least 1.1 s, at most 1.2 s) finds no place on the song's 8 beats of 0.50 s",
        ),
    ],
)
def test_what_does_not_fit_is_one_sentence_with_its_numbers(bars, wishes, said):
    with pytest.raises(BadInput) as error:
        frames("AB", song(bars), **wishes)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"bars": 2, "beats": 3}, "a slot of 2 bars and 3 beats"),
        ({"bars": 0}, "the bars of a slot cannot be 0"),
        ({"bars": "2"}, "the bars of a slot cannot be '2'"),
        ({"beats": None, "bars": None, "least_s": float("nan")}, "the least length of a slot in seconds cannot be nan"),
        ({"bars": None, "beats": None, "least_s": 3, "greatest_s": 2}, "at least 3 s and at most 2 s cannot be"),
        ({"bars": 2, "beats": None, "least_s": 1}, "has no least or greatest one"),
        ({"bars": None, "beats": None, "after": "the kiss"}, "'the kiss' is not a shot"),
    ],
)
def test_a_wish_that_nobody_can_mean_is_one_sentence(wish, said):
    with pytest.raises(BadInput) as error:
        wish_of(**{"bars": None, "beats": None} | wish)
    assert said in str(error.value)


def test_story_order_is_shot_order_unless_a_shot_is_to_follow_another():
    shots = ["01A", "01B", "02A", "02B"]
    assert in_order(shots, {}) == tuple(shots)
    assert in_order(shots, {"01A": Wish(after="02A")}) == ("01B", "02A", "01A", "02B")
    assert in_order(shots, {"01A": Wish(after="09A")}) == tuple(shots)  # that one is not in this cut
    with pytest.raises(BadInput, match="01A, 01B are to follow each other in a ring"):
        in_order(shots, {"01A": Wish(after="01B"), "01B": Wish(after="01A")})


def test_arranging_lays_the_takes_on_the_planned_slots():
    shots = [Candidates(name, (take(f"{name}-001", 400),)) for name in ("01A", "02A", "03A")]
    slots = arrange(
        shots,
        bars=every(4 * BEAT, 6),
        beats=every(BEAT, 24),
        start_s=Fraction(0),
        end_s=BEAT * 24,
        rate=FILM,
        slowest_speed=Fraction(1),
        lengths={"02A": Wish(beats=2), "09A": Wish(bars=99)},
    )
    assert [slot.frames for slot in slots] == [144, 24, 120]
    assert [slot.record_frame for slot in slots] == [0, 144, 168]
