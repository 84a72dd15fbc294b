from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from studio.cutting import markers, words_of_slots
from studio.nouns import Marker, Slot
from tests.cutting.making import FILM, every, take

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Line:
    start_s: Fraction
    end_s: Fraction | None
    text: str


def line(start: float, text: str, end: float | None = None) -> Line:
    return Line(Fraction(start), None if end is None else Fraction(end), text)


def of_the_song(*lines: Line, start: int = 10, end: int = 14) -> tuple[Marker, ...]:
    return markers(
        bars=every(Fraction(2), 8, Fraction(1)),
        beats=every(HALF, 32, Fraction(1)),
        lines=lines,
        start_s=Fraction(start),
        end_s=Fraction(end),
        rate=FILM,
        first_bar=6,
    )


def test_bars_are_numbered_and_the_other_beats_are_named_by_them():
    found = [(m.frame, m.kind, m.name) for m in of_the_song()]
    # bars at 11 and 13 s; the two beats before the first bar of the range have no bar to be named by
    assert found == [
        (0, "beat", "beat 1"),
        (12, "beat", "beat 2"),
        (24, "bar", "bar 6"),
        (36, "beat", "6.2"),
        (48, "beat", "6.3"),
        (60, "beat", "6.4"),
        (72, "bar", "bar 7"),
        (84, "beat", "7.2"),
    ]


def test_a_lyric_line_lasts_until_the_next_one():
    lyrics = [m for m in of_the_song(line(11, "first"), line(12.5, " second ")) if m.kind == "lyric"]
    assert lyrics == [Marker(24, "lyric", "first", 36), Marker(60, "lyric", "second", 36)]


def test_a_lyric_line_ends_with_its_own_end_or_with_an_empty_line():
    lyrics = [m for m in of_the_song(line(11, "a", 11.5), line(12, "b"), line(13, "")) if m.kind == "lyric"]
    assert lyrics == [Marker(24, "lyric", "a", 12), Marker(48, "lyric", "b", 24)]


def test_a_line_that_still_sounds_stands_at_the_start_of_the_range_and_others_stay_outside():
    found = of_the_song(line(8, "gone", 9), line(9, "sounding"), line(11, "in"), line(14, "after"))
    assert [m for m in found if m.kind == "lyric"] == [
        Marker(0, "lyric", "sounding", 24),
        Marker(24, "lyric", "in", 72),
    ]


def test_no_marker_is_shorter_than_a_frame():
    found = of_the_song(line(11, "a"), line(11.001, "b"), line(13.999, "c"))
    assert min(m.frames for m in found) == 1


def test_prompts_and_camera_words_lie_over_their_slots():
    slots = (Slot(take("01A-001", 48), 0, 48), Slot(take("02A-001", 48), 48, 24))
    found = words_of_slots(slots, prompts={"02A-001": "a door"}, cameras={"01A-001": "slow push in"})
    assert found == (Marker(0, "camera", "slow push in", 48), Marker(48, "prompt", "a door", 24))


@dataclass(frozen=True)
class Part:
    start_s: Fraction
    end_s: Fraction | None
    name: str


@dataclass(frozen=True)
class Set:
    at_s: Fraction
    name: str


def test_sections_and_markers_set_by_hand_are_markers_of_the_cut() -> None:
    found = markers(
        bars=every(Fraction(2), 8, Fraction(1)),
        beats=every(HALF, 32, Fraction(1)),
        start_s=Fraction(10),
        end_s=Fraction(14),
        rate=FILM,
        sections=[
            Part(Fraction(0), Fraction(11), "A"),
            Part(Fraction(11), Fraction(13), "B"),
            Part(Fraction(13), None, "C"),
            Part(Fraction(14), None, "D"),
        ],
        marks=[Set(Fraction(12), "door"), Set(Fraction(9), "before"), Set(Fraction(14), "after")],
    )
    assert [marker for marker in found if marker.kind == "section"] == [
        Marker(0, "section", "A", 24),
        Marker(24, "section", "B", 48),
        Marker(48, "section", "door", 1),
        Marker(72, "section", "C", 24),
    ]
