from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.cutting import Candidates, arrange, fill_cards
from studio.cutting.arranging import simplest
from studio.errors import BadInput, TooShort
from studio.nouns import Slot, Source
from studio.timecode import source_index
from tests.cutting.making import FILM, card, every, take

HALF = Fraction(1, 2)
BEAT = HALF  # 120 beats a minute: 12 frames at 24 frames/s
BAR = 4 * BEAT  # 48 frames


def shot(label: str, *frames: int, rate: Fraction | int = FILM) -> Candidates:
    return Candidates(label, tuple(take(f"{label}-{n:03d}", count, rate) for n, count in enumerate(frames, start=1)))


def song(bars: int, shots: list[Candidates], slowest: Fraction = Fraction(1), **more: object) -> tuple[Slot, ...]:
    """Arrange on so many bars of a song at 120 beats a minute."""
    return arrange(
        shots,
        bars=every(BAR, bars),
        beats=every(BEAT, 4 * bars),
        start_s=Fraction(0),
        end_s=BAR * bars,
        rate=FILM,
        slowest_speed=slowest,
        **more,  # type: ignore[arg-type]
    )


def shape(slots: tuple[Slot, ...]) -> list[tuple[str, int, int, str]]:
    return [(slot.source.name, slot.record_frame, slot.frames, slot.how) for slot in slots]


def test_slots_cover_the_bars_that_the_rule_gives_them():
    shots = [shot(f"0{n}A", 500) for n in range(1, 4)]
    # 7 bars and 3 takes: ⌊7/3⌋ = 2 and ⌊14/3⌋ = 4, so bars 0–2, 2–4 and 4–7
    assert shape(song(7, shots)) == [
        ("01A-001", 0, 96, "as it is"),
        ("02A-001", 96, 96, "as it is"),
        ("03A-001", 192, 144, "as it is"),
    ]


def test_with_fewer_bars_than_takes_the_slots_lie_on_beats():
    shots = [shot(f"0{n}A", 500) for n in range(1, 4)]
    # 1 bar of 4 beats and 3 takes: ⌊4/3⌋ = 1 and ⌊8/3⌋ = 2
    assert [(slot.record_frame, slot.frames) for slot in song(1, shots)] == [(0, 12), (12, 12), (24, 24)]


def test_what_lies_before_the_first_bar_belongs_to_the_first_slot_and_the_rest_to_the_last():
    slots = arrange(
        [shot("01A", 500), shot("02A", 500)],
        bars=every(BAR, 2, Fraction(13)),
        beats=every(BEAT, 10, Fraction(12)),
        start_s=Fraction(23, 2),
        end_s=Fraction(18),
        rate=FILM,
        slowest_speed=Fraction(1),
    )
    assert [(slot.record_frame, slot.frames) for slot in slots] == [(0, 84), (84, 72)]


def test_a_boundary_is_the_frame_nearest_to_its_absolute_time():
    rate = Fraction(24000, 1001)
    step = Fraction(60, 97)
    bars = every(4 * step, 40, Fraction(1, 7))
    slots = arrange(
        [shot(f"{n:02d}A", 5000) for n in range(1, 41)],
        bars=bars,
        beats=every(step, 160, Fraction(1, 7)),
        start_s=Fraction(0),
        end_s=Fraction(99),
        rate=rate,
        slowest_speed=Fraction(1),
    )
    assert [slot.record_frame for slot in slots[1:]] == [math.floor(bar * rate + HALF) for bar in bars[1:]]
    assert slots[-1].end_frame == math.floor(99 * rate + HALF) == 2374


def test_another_circled_take_that_is_long_enough_comes_first():
    slots = song(2, [shot("01A", 47, 40, 48, 300), shot("02A", 48)], slowest=HALF)
    assert shape(slots)[0] == ("01A-003", 0, 48, "another circled take (01A-003 for 01A-001)")


def test_a_bar_is_split_at_the_latest_beat_that_the_take_fills():
    slots = song(2, [shot("01A", 47), shot("02A", 60)], slowest=HALF)
    assert shape(slots) == [
        ("01A-001", 0, 36, "split at beat 4 of bar 1"),
        ("02A-001", 36, 60, "as it is"),
    ]


def test_the_words_count_bars_as_the_song_does():
    slots = song(2, [shot("01A", 30), shot("02A", 72)], first_bar=17)
    assert slots[0].how == "split at beat 3 of bar 17"


def test_a_take_is_slowed_when_neither_another_nor_a_split_helps():
    # split on its fourth beat it would leave 60 frames to the last take, which has 48
    slots = song(2, [shot("01A", 39), shot("02A", 48)], slowest=HALF)
    assert [(slot.frames, slot.speed, slot.how) for slot in slots] == [
        (48, Fraction(13, 16), "slowed to 13/16"),
        (48, Fraction(1), "as it is"),
    ]


def test_takes_a_hair_short_of_a_bar_are_each_slowed_a_little_not_handed_on_to_the_last():
    slots = song(9, [shot(f"0{n}A", 47) for n in range(1, 10)], slowest=HALF)
    assert {(slot.frames, slot.how) for slot in slots} == {(48, "slowed to 32/33")}


def test_a_split_that_later_takes_make_good_is_made_although_another_take_has_to_be_slowed():
    slots = song(3, [shot("01A", 40), shot("02A", 60), shot("03A", 40)], slowest=HALF)
    assert [slot.how for slot in slots] == ["split at beat 4 of bar 1", "as it is", "slowed to 5/6"]


def test_a_shortage_is_handed_on_until_a_take_has_room_for_it():
    slots = song(4, [shot("01A", 40), shot("02A", 55), shot("03A", 65), shot("04A", 90)])
    assert shape(slots) == [
        ("01A-001", 0, 36, "split at beat 4 of bar 1"),
        ("02A-001", 36, 48, "split at beat 4 of bar 2"),
        ("03A-001", 84, 60, "as it is"),
        ("04A-001", 144, 48, "as it is"),
    ]


def test_a_split_that_would_strand_the_last_take_is_not_made():
    # split on the fourth beat, the last take would have to fill 60 frames: 48 reach for 57 at 5/6
    slots = song(2, [shot("01A", 40), shot("02A", 48)], slowest=Fraction(5, 6))
    assert [slot.how for slot in slots] == ["slowed to 5/6", "as it is"]


def test_a_later_take_is_slowed_after_a_split_when_slowing_in_place_does_not_reach():
    # 20 frames reach for 25 at 4/5, so the first fills one beat and leaves 84 frames to a take of 80
    slots = song(2, [shot("01A", 20), shot("02A", 80)], slowest=Fraction(4, 5))
    assert [slot.how for slot in slots] == ["split at beat 2 of bar 1", "slowed to 17/18"]


def test_slowing_and_splitting_go_together_when_nothing_simpler_does():
    # split at its own speed the first fills one beat, and 84 frames are left for the last, which reaches for 72 at 5/9
    slots = song(2, [shot("01A", 20), shot("02A", 40)], slowest=Fraction(5, 9))
    assert [(slot.frames, slot.how) for slot in slots] == [
        (36, "split at beat 4 of bar 1, slowed to 5/9"),
        (60, "slowed to 2/3"),
    ]


def test_only_when_nothing_fits_it_stops_with_the_take_and_its_frames():
    with pytest.raises(TooShort) as error:
        song(3, [shot("01A", 48), shot("02A", 20, 23), shot("03A", 24)], slowest=HALF)
    said = str(error.value)
    assert "02A-002 has 23 frames and slot 2 needs 48 (24 slowed to 1/2)" in said
    assert "longer take" in said
    assert "fewer bars" in said
    assert "slowest_speed in film.toml" in said


def test_the_frames_in_that_sentence_are_frames_of_the_take():
    with pytest.raises(TooShort, match=r"01A-001 has 16 frames and slot 1 needs 17 for 2.00 s"):
        song(1, [shot("01A", 16, rate=Fraction(25, 3))])


def test_more_takes_than_beats_are_refused_in_one_sentence():
    with pytest.raises(
        BadInput, match="the range has 4 beats for 6 takes and cards: choose a longer range, or leave 2 out"
    ):
        song(1, [shot(f"0{n}A", 500) for n in range(1, 6)], title_card=True)


@pytest.mark.parametrize(
    ("shots", "said"),
    [([], "circle one a shot"), ([Candidates("01A", ())], "01A has no circled take")],
)
def test_a_shot_without_a_circled_take_is_named(shots: list[Candidates], said: str):
    with pytest.raises(BadInput, match=said):
        song(1, shots)


def test_a_take_is_used_once():
    with pytest.raises(BadInput, match="01A-001 is given 2 times"):
        song(2, [shot("01A", 100), shot("01A", 100)])


@pytest.mark.parametrize("slowest", [Fraction(0), Fraction(5, 4), Fraction(-1)])
def test_a_slowest_speed_that_means_nothing_is_refused(slowest: Fraction):
    with pytest.raises(BadInput, match="slowest speed"):
        song(1, [shot("01A", 100)], slowest=slowest)


def test_an_empty_range_is_refused():
    with pytest.raises(BadInput, match="range 4 to 4 s is empty"):
        arrange(
            [shot("01A", 9)], bars=(), beats=(), start_s=Fraction(4), end_s=Fraction(4), rate=FILM, slowest_speed=HALF
        )


def test_cards_take_the_first_and_the_last_slot_and_fit_any_length():
    places = song(4, [shot("01A", 48), shot("02A", 40)], title_card=True, end_card=True)
    assert shape(places) == [
        ("title", 0, 48, "made to fit"),
        ("01A-001", 48, 48, "as it is"),
        ("02A-001", 96, 36, "split at beat 4 of bar 3"),
        ("end", 132, 60, "made to fit"),
    ]
    slots = fill_cards(places, {"title": card("title", 48), "end": card("end", 60)})
    assert [slot.source.file for slot in slots if slot.source.kind == "card"] == [
        "media/cards/title-0a1b2c3d.mp4",
        "media/cards/end-0a1b2c3d.mp4",
    ]
    assert [(slot.record_frame, slot.frames) for slot in slots] == [(s.record_frame, s.frames) for s in places]


def test_a_slot_begins_where_the_best_part_of_its_take_does_and_shows_nothing_beyond_it():
    # 30 frames/s: frame 10 is on screen from film frame 8 on, and what is left up to 41 is 24.8 film frames long
    marked = Candidates("01A", (take("01A-001", 500, 30),), {"01A-001": (10, 41)})
    (slot,) = song(1, [marked], HALF)
    assert (slot.in_frames, slot.frames, slot.how) == (8, 48, "its best part, slowed to 16/31")
    shown = [
        source_index(slot.in_frames, k, slot.speed, slot.source.rate, FILM, slot.source.frames)
        for k in range(slot.frames)
    ]
    assert (shown[0], shown[-1]) == (10, 40)
    (slot,) = song(1, [replace(marked, best={"01A-001": (11, 500)})])
    assert (slot.in_frames, slot.how) == (9, "its best part")  # 11 · 24/30 = 8.8: never a frame before the mark


def test_a_longer_best_part_stands_in_for_one_that_is_too_short_and_else_the_sentence_names_it():
    both = (take("01A-001", 500), take("01A-002", 48))
    (slot,) = song(1, [Candidates("01A", both, {"01A-001": (100, 130)})])
    assert (slot.source.name, slot.in_frames, slot.how) == (
        "01A-002", 0, "another circled take (01A-002 for 01A-001)",
    )  # fmt: skip
    with pytest.raises(TooShort, match=r"^the best part of 01A-001 has 30 frames and slot 1 needs 48 for 2.00 s of"):
        song(1, [Candidates("01A", both[:1], {"01A-001": (100, 130)})])


def test_a_card_that_is_missing_or_too_short_is_named():
    places = song(2, [shot("01A", 48)], end_card=True)
    with pytest.raises(BadInput, match="the end card has not been made"):
        fill_cards(places, {})
    with pytest.raises(TooShort, match="the end card has 47 frames"):
        fill_cards(places, {"end": card("end", 47)})


def test_a_speed_is_written_as_simply_as_one_per_cent_allows():
    assert simplest(Fraction(80, 100), Fraction(815, 1000)) == Fraction(4, 5)
    assert simplest(Fraction(8044, 10000), Fraction(8125, 10000)) == Fraction(13, 16)
    assert simplest(Fraction(1, 2), Fraction(1, 2)) == Fraction(1, 2)


fractions = st.fractions(min_value=Fraction(1, 50), max_value=20, max_denominator=200)


@settings(deadline=None)
@given(fractions, fractions)
def test_no_fraction_in_the_range_has_a_smaller_denominator(a: Fraction, b: Fraction):
    low, high = sorted((a, b))
    found = simplest(low, high)
    assert low <= found <= high
    for denominator in range(1, found.denominator):
        assert math.ceil(low * denominator) > high * denominator


rates = st.sampled_from([Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(12)])
source_rates = st.sampled_from([Fraction(8), Fraction(25, 3), Fraction(277, 12), Fraction(24), Fraction(30)])


@st.composite
def films(draw: st.DrawFn, longest: int = 6) -> dict[str, object]:
    """Any song and any takes: uneven beats, several takes a shot, any rates, with or without cards."""
    rate = draw(rates)
    start = draw(st.fractions(min_value=0, max_value=30, max_denominator=48000))
    steps = draw(st.lists(st.fractions(Fraction(1, 5), Fraction(3, 2), max_denominator=1000), min_size=4, max_size=24))
    beats, at = [], start + draw(st.fractions(0, 1, max_denominator=100))
    for step in steps:
        beats.append(at)
        at += step
    bars = beats[draw(st.integers(0, 3)) :: draw(st.integers(2, 4))]
    shots = [
        Candidates(
            f"{k:02d}A",
            tuple(
                take(f"{k:02d}A-{n:03d}", draw(st.integers(1, 90)), draw(source_rates))
                for n in range(1, draw(st.integers(1, 3)) + 1)
            ),
        )
        for k in range(1, draw(st.integers(1, longest)) + 1)
    ]
    return {
        "shots": shots,
        "bars": tuple(bars),
        "beats": tuple(beats),
        "start_s": start,
        "end_s": at,
        "rate": rate,
        "slowest_speed": draw(st.sampled_from([Fraction(1), Fraction(3, 4), HALF])),
        "title_card": draw(st.booleans()),
        "end_card": draw(st.booleans()),
    }


def arranged(film: dict[str, object]) -> tuple[Slot, ...]:
    shots = film["shots"]
    more = {key: value for key, value in film.items() if key != "shots"}
    return arrange(shots, **more)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(films())
def test_slots_meet_fill_the_range_and_lie_inside_their_sources(film: dict[str, object]):
    try:
        slots = arranged(film)
    except BadInput:
        return
    rate, start, end = film["rate"], film["start_s"], film["end_s"]
    assert isinstance(rate, Fraction)
    assert isinstance(start, Fraction)
    assert isinstance(end, Fraction)
    at = 0
    for slot in slots:
        assert slot.record_frame == at
        assert slot.frames >= 1
        at = slot.end_frame
        if slot.source.kind == "take":
            # DESIGN §2: the last film frame's middle lies inside the source
            assert (slot.frames * slot.speed) * slot.source.rate / rate <= slot.source.frames
            assert film["slowest_speed"] <= slot.speed <= 1  # type: ignore[operator]
            assert (slot.speed < 1) == ("slowed" in slot.how)
    assert at == math.floor((end - start) * rate + HALF)
    assert arranged(film) == slots
    assert len({slot.source.name for slot in slots}) == len(slots)


def by_trying_everything(film: dict[str, object]) -> list[tuple[str, int, bool]] | None:
    """The first filling of the range, tried in the order that the issue gives, with no cleverness at all."""
    rate, start_s, end_s, slowest = (film[key] for key in ("rate", "start_s", "end_s", "slowest_speed"))
    total = math.floor((end_s - start_s) * rate + HALF)  # type: ignore[operator]

    def frames(key: str) -> list[int]:
        return sorted({f for t in film[key] if (f := math.floor((t - start_s) * rate + HALF)) < total})  # type: ignore

    bars, beats = frames("bars"), frames("beats")
    pieces: list[tuple[Source, ...]] = [shot.takes for shot in film["shots"]]  # type: ignore[attr-defined]
    pieces = [()] * bool(film["title_card"]) + pieces + [()] * bool(film["end_card"])
    count = len(pieces)
    lines = bars if len(bars) >= count else beats
    if len(lines) < count:
        return None
    ends = [lines[k * len(lines) // count] for k in range(1, count)] + [total]

    def fits(source: Source, length: int, speed: Fraction) -> bool:
        return length * speed * source.rate / rate <= source.frames  # type: ignore[operator,no-any-return]

    @cache
    def made_good(k: int, at: int) -> bool:
        """Whether the takes from slot k on get back, at their own speed, to a planned end from which all goes well."""
        if k == count:
            return False
        longest = max((s.frames / s.rate for s in pieces[k]), default=Fraction(10**6)) * rate  # type: ignore[operator]
        back = 0 < ends[k] - at <= longest and fill(k + 1, ends[k]) is not None
        return back or any(at < beat < ends[k] and beat - at <= longest and made_good(k + 1, beat) for beat in beats)

    @cache
    def fill(k: int, at: int) -> list[tuple[str, int, bool]] | None:
        if k == count:
            return [] if at == total else None
        inside = [beat for beat in reversed(beats) if at < beat < ends[k]]
        ways: list[tuple[str, int, bool]] = []
        if at < ends[k]:
            good = [to for to in inside if made_good(k + 1, to)]
            ways += [(s.name, ends[k], False) for s in pieces[k] if fits(s, ends[k] - at, Fraction(1))]
            ways += [] if pieces[k] else [("", to, False) for to in (ends[k], *inside)]
            ways += [(s.name, to, False) for s in pieces[k] for to in good if fits(s, to - at, Fraction(1))]
            ways += [(s.name, ends[k], True) for s in pieces[k] if fits(s, ends[k] - at, slowest)]  # type: ignore
            ways += [(s.name, to, False) for s in pieces[k] for to in inside if fits(s, to - at, Fraction(1))]
            ways += [(s.name, to, True) for s in pieces[k] for to in inside if fits(s, to - at, slowest)]  # type: ignore
        for way in ways:
            rest = fill(k + 1, way[1])
            if rest is not None:
                return [way, *rest]
        return None

    return fill(0, 0)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(films(longest=4))
def test_the_first_way_that_works_is_found_and_none_is_missed(film: dict[str, object]):
    expected = by_trying_everything(film)
    try:
        slots = arranged(film)
    except BadInput:
        assert expected is None
    else:
        found = [(s.source.name if s.source.kind == "take" else "", s.end_frame, s.speed < 1) for s in slots]
        assert found == expected
