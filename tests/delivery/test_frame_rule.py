"""Which source frame each film frame shows: not one may be wrong."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from studio.delivery.plan import slot_filters
from studio.delivery.rendering import render
from studio.nouns import Slot

SOURCE_RATES = [
    Fraction(8),
    Fraction(25, 3),
    Fraction(12),
    Fraction(277, 12),
    Fraction(24),
    Fraction(25),
    Fraction(30),
    Fraction(24000, 1001),
]
FILM_RATES = [Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30)]
SPEEDS = [Fraction(1, 2), Fraction(3, 4), Fraction(1), Fraction(2), Fraction(13, 16)]


def fitting(source, in_frames, speed, rate, wish):
    """As many film frames as a slot may have, up to a wish."""
    return min(wish, int((source.frames / source.rate * rate - in_frames) / speed))


@pytest.mark.parametrize("rate", FILM_RATES, ids=str)
def test_every_frame_is_the_one_on_screen_at_the_middle_of_its_film_frame(rate, film, rule, plain_ffmpeg):
    """The filters alone, uncompressed, so that the whole matrix is quick: 8 rates, 5 speeds, in-points 0 to 9."""
    wrong = []
    for source in [film.take(source_rate, 60, width=32, height=8) for source_rate in SOURCE_RATES]:
        cut = film.cut([(source, 1, 0, 1)], rate=rate, width=32, height=8)
        slots = [
            Slot(source, 0, fitting(source, in_frames, speed, rate, 8), in_frames, speed)
            for speed in SPEEDS
            for in_frames in range(10)
        ]
        heads = "".join(f"[i{n}]" for n in range(len(slots)))
        lines = [f"[i{n}]{slot_filters(cut, slot, 'bt709')},format=gray[o{n}]" for n, slot in enumerate(slots)]
        graph = f"[0:v]split={len(slots)}{heads};{';'.join(lines)};{heads.replace('i', 'o')}concat=n={len(slots)}"
        raw = plain_ffmpeg(
            "-i", str(film.folder / source.file), "-filter_complex", graph,
            "-fps_mode", "passthrough", "-f", "rawvideo", "-",
        )  # fmt: skip
        bits = np.frombuffer(raw, np.uint8).reshape(-1, 2, 4, 4, 8).mean((2, 4)).reshape(-1, 8) > 130
        seen = iter((bits @ (1 << np.arange(8))).tolist())
        for slot in slots:
            for k in range(slot.frames):
                want = rule(k, slot.in_frames, slot.speed, source.rate, rate, source.frames)
                got = next(seen)
                if got != want:
                    wrong.append((str(source.rate), str(slot.speed), slot.in_frames, k, want, got))
        assert next(seen, None) is None
    assert wrong == []


@pytest.mark.parametrize("rate", FILM_RATES, ids=str)
def test_the_rendered_film_keeps_the_rule_through_chunks_and_joins(rate, film, rule, numbers):
    plan = []
    for n, source_rate in enumerate(SOURCE_RATES):
        source = film.take(source_rate, 100)
        for m in range(3):
            speed, in_frames = SPEEDS[(n + 2 * m) % 5], (n * 3 + m * 7) % 10
            plan.append((source, fitting(source, in_frames, speed, rate, 9 + m), in_frames, speed))
    cut = film.cut(plan, rate=rate)
    report = render(cut, film.folder, film.folder / "film.mp4")
    want = [
        rule(k, slot.in_frames, slot.speed, slot.source.rate, rate, slot.source.frames)
        for slot in cut.slots
        for k in range(slot.frames)
    ]
    assert numbers(report.path) == want
    assert report.frames == cut.frames == len(want)


def test_a_slot_may_use_its_source_to_the_last_frame(film, rule, numbers):
    """The last film frame may reach beyond the middle of the last source frame; it is held, never missing."""
    plan = []
    for source_rate in SOURCE_RATES:
        source = film.take(source_rate, 20)
        for speed in (Fraction(1), Fraction(13, 16), Fraction(2)):
            plan.append((source, fitting(source, 0, speed, Fraction(24), 10**6), 0, speed))
    cut = film.cut(plan)
    report = render(cut, film.folder, film.folder / "film.mp4")
    want = [rule(k, 0, s.speed, s.source.rate, cut.rate, 20) for s in cut.slots for k in range(s.frames)]
    assert numbers(report.path) == want


def test_a_source_that_starts_late_loses_nothing(film, numbers):
    source = film.take(12, 30, coding=("-output_ts_offset", "0.7"))
    report = render(film.cut([(source, 48, 2, 1)]), film.folder, film.folder / "film.mp4")
    assert numbers(report.path) == [(k + 2) // 2 for k in range(48)]
