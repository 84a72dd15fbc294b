"""A dissolve in the film: each of its frames is the mix of the two pictures that the frame rule gives."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from studio.cutting import dissolve
from studio.delivery.plan import RenderSettings
from studio.delivery.rendering import render
from studio.errors import TooShort
from tests.delivery.conftest import grey_frames

TAGGED = ("-vf", "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709")  # no other matrix comes between
FINE = RenderSettings(crf=1)  # what is compared is the mix, and not what H.264 loses


def dissolving(film, rate=24, lengths=(0, 12, 6, 0, 10, 20, 0, 0, 2), **facts):
    """Nine slots on takes of several rates and speeds, the dissolve into slot 5 across two chunks."""
    takes = [film.take(each, 90, first=20 * n, coding=TAGGED) for n, each in enumerate((24, 30, Fraction(277, 12), 25))]
    speeds = (Fraction(1), Fraction(1, 2), Fraction(5, 4))
    cut = film.cut([(takes[n % 4], 14 + n, 13 + n, speeds[n % 3]) for n in range(9)], rate=rate, **facts)
    for number, length in enumerate(lengths, start=1):
        cut = dissolve(cut, number, length) if length else cut
    return cut


def mixed(cut, folder, rule):
    """The film as a person would mix it, picture by picture, by the words of the frame rule."""
    decoded = {source: grey_frames(folder / source.file).astype(float) for source in cut.sources}
    frames = []
    for f in range(cut.frames):
        here = next(n for n, slot in enumerate(cut.slots) if slot.record_frame <= f < slot.end_frame)
        picture = shown(decoded, cut.slots[here], f, cut, rule)
        for number in (here, here + 1):
            into = cut.slots[number].transition if number < len(cut.slots) else None
            j = f - cut.slots[number].record_frame + into.frames // 2 if into else -1
            if into and 0 <= j < into.frames:
                one, other = (shown(decoded, slot, f, cut, rule) for slot in cut.slots[number - 1 : number + 1])
                picture = (one * (into.frames - j) + other * j) / into.frames
        frames.append(picture)
    return np.array(frames)


def shown(decoded, slot, f, cut, rule):
    source = slot.source
    k = f - slot.record_frame  # below 0 and beyond the slot's end it is of its handles
    return decoded[source][rule(k, slot.in_frames, slot.speed, source.rate, cut.rate, source.frames)]


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001)], ids=str)
def test_every_frame_of_a_dissolve_is_the_mix_of_the_two_pictures_at_that_moment(rate, film, rule):
    cut = dissolving(film, rate)
    report = render(cut, film.folder, film.folder / "film.mp4", settings=FINE)
    found = grey_frames(report.path).astype(float)
    assert len(found) == cut.frames == sum(14 + n for n in range(9))
    off = np.abs(found - mixed(cut, film.folder, rule)).mean((1, 2))
    assert off.max() < 0.7  # a step of these dissolves is 7 to 70
    assert report.notes == ("the film is silent: no song is attached",)


def test_at_the_cut_the_two_pictures_are_half_and_half(film):
    dark, light = film.take(24, 60, first=0, coding=TAGGED), film.take(24, 60, first=255 - 59, coding=TAGGED)
    cut = dissolve(film.cut([(dark, 24, 0, 1), (light, 24, 12, 1)]), 2, 12)
    report = render(cut, film.folder, film.folder / "film.mp4", settings=FINE)
    found = grey_frames(report.path).astype(float)
    one, other = (grey_frames(film.folder / source.file).astype(float) for source in (dark, light))
    assert np.abs(found[24] - (one[24] + other[12]) / 2).max() <= 3
    assert np.abs(found[17] - one[17]).max() <= 3
    assert np.abs(found[30] - other[18]).max() <= 3


def test_no_chunk_begins_within_a_dissolve_and_a_swapped_take_renders_only_what_shows_it(film):
    cut = dissolving(film)
    first = render(cut, film.folder, film.folder / "film.mp4")
    assert (first.chunks, first.rendered) == (3, 3)
    before = first.path.read_bytes()
    assert render(cut, film.folder, film.folder / "film.mp4").rendered == 0
    other = film.take(24, 90, first=160, coding=TAGGED)
    for number, chunks in ((2, 1), (5, 2), (7, 1)):  # slot 5 dissolves in within the first chunk
        slots = list(cut.slots)
        slots[number - 1] = replace(slots[number - 1], source=other)
        assert render(replace(cut, slots=tuple(slots)), film.folder, film.folder / "other.mp4").rendered == chunks
    assert render(cut, film.folder, film.folder / "film.mp4").path.read_bytes() == before


def test_a_slot_may_be_all_dissolve_and_its_handles_used_to_the_last_frame(film, rule):
    takes = [film.take(24, 90, first=20 * n, coding=TAGGED) for n in range(3)]
    cut = film.cut([(takes[0], 80, 0, 1), (takes[1], 20, 10, 1), (takes[2], 20, 10, 1)])
    cut = dissolve(dissolve(cut, 2, 20), 3, 20)
    report = render(cut, film.folder, film.folder / "film.mp4", settings=FINE)
    assert np.abs(grey_frames(report.path) - mixed(cut, film.folder, rule)).mean((1, 2)).max() < 0.7


def test_a_dissolve_without_its_handles_is_told_before_anything_is_encoded(film):
    cut = dissolving(film)
    short = replace(cut, slots=(cut.slots[0], replace(cut.slots[1], in_frames=2), *cut.slots[2:]))
    with pytest.raises(TooShort, match=r"a dissolve of 12 frames into slot 2 needs 6 on either side of the cut"):
        render(short, film.folder, film.folder / "film.mp4")
    assert not (film.folder / "cache").exists()
