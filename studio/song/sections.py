"""Sections: where the music changes, snapped to bars, and which of them come again.

The novelty is J. Foote's, "Automatic Audio Segmentation Using a Measure of Audio Novelty" (ICME 2000): a tapered
checkerboard drawn along the diagonal of the self-similarity of the beats. Only the band of it that the checkerboard
covers is ever worked out, so an hour of song costs fifteen times four minutes and no more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from studio.song.hearing import Floats, Heard

KERNEL_BARS = (4, 8)  # on either side
SHORTEST_BARS = (2, 4)  # of the first section, which may be a lead-in, and of the others
# A boundary has this share of the novelty that one bar in ten reaches (or of the least that can be heard), and the
# novelty between it and the nearest boundary falls below VALLEY of its own.
SHARE, LEAST, VALLEY = 0.45, 1.1, 0.85
ALIKE = 0.55  # correlation of what sounds, bar by bar: from here on a section is one that came before
MOST = 26


@dataclass(frozen=True)
class Section:
    """A part of the song, from its start to the start of the next one."""

    start_s: Fraction  # of the master
    name: str  # "A", "B", "A 2", or what a person called it
    like: str = ""  # the letter of the first one that sounds alike; "" where a person made it
    confidence: float = 0.0  # 0 … 1: how clear its beginning is, beside the clearest of the song
    source: Literal["found", "corrected"] = "found"
    end_s: Fraction | None = None  # once it is placed on the bars of a song
    bar: int = 0  # that it begins on, counted in the used part from 1; 0 before it is placed

    def __repr__(self) -> str:
        sure = "set by hand" if self.source == "corrected" else f"confidence {self.confidence:.2f}"
        return f"Section({self.name!r} from bar {self.bar}, {float(self.start_s):.2f} s, {sure})"


def write_sections(sections: Sequence[Section]) -> str:
    """One line of JSON that `read_sections` reads back."""
    return json.dumps([[str(s.start_s), s.name, s.like, s.confidence] for s in sections])


def read_sections(text: str) -> tuple[Section, ...]:
    """The sections as they were found; none where nobody had looked for any."""
    if not text:
        return ()
    return tuple(Section(Fraction(start), name, like, float(sure)) for start, name, like, sure in json.loads(text))


def corrected(sections: Sequence[Section], at_s: Fraction, name: str | None, to_s: Fraction | None) -> list[Section]:
    """The sections after one correction: named or new at a time, moved from it to another, or (no name) joined.

    A correction of a section that is not there any more (somebody took it back) changes nothing.
    """
    there = [section for section in sections if section.start_s == at_s]
    rest = [section for section in sections if section.start_s != at_s]
    if to_s is not None:
        moved = [replace(section, start_s=to_s, source="corrected") for section in there]
        rest = [section for section in rest if not there or section.start_s != to_s] + moved
    elif name is not None:
        old = there[0] if there else Section(at_s, name)
        rest.append(replace(old, name=name, confidence=1.0, source="corrected"))
    return sorted(rest, key=lambda section: section.start_s)


def placed(
    sections: Sequence[Section], bars: Sequence[Fraction], start_s: Fraction, end_s: Fraction
) -> tuple[Section, ...]:
    """The sections of a range of the song, each on the bar nearest to its start, with its number and its end.

    One that has begun before the range begins with it. Of two that fall on one bar the later stands.
    """
    on_bar: dict[int, Section] = {}
    for section in sections:
        if section.start_s < end_s and bars:
            bar = min(range(len(bars)), key=lambda k: abs(bars[k] - section.start_s))
            on_bar[bar if section.start_s > start_s else 0] = section
    order = sorted(on_bar)
    starts = [bars[bar] if bar else min(bars[0], start_s) for bar in order]
    ends = [*starts[1:], end_s] if starts else []
    return tuple(
        replace(on_bar[bar], start_s=start, end_s=end, bar=bar + 1)
        for bar, start, end in zip(order, starts, ends, strict=True)
    )


def find_sections(heard: Heard, beats: Sequence[Fraction], bars: Sequence[Fraction]) -> tuple[Section, ...]:
    """The sections of a song with these beats and bars; none where there are too few bars to tell."""
    import numpy as np

    if heard.silent or len(bars) < 2 * SHORTEST_BARS[1] or len(beats) < 8:
        return ()
    times = np.array(beats, float)
    sound = _features(heard, times)
    place = np.searchsorted(times, np.array(bars, float) - 0.02)  # the beat of each bar
    place = place[place < len(times)]
    a_bar = max(1, round(len(times) / len(bars)))
    novelty = np.mean([_novelty(sound, kernel * a_bar) for kernel in KERNEL_BARS], axis=0)[place]
    clear = max(LEAST, float(np.percentile(novelty, 90)))
    starts = [0]
    for bar in map(int, np.argsort(-novelty, kind="stable")):
        near = min((abs(bar - other), other) for other in starts)[1]
        valley = float(novelty[min(bar, near) + 1 : max(bar, near)].min(initial=9.0)) if near else 0.0
        if (
            novelty[bar] >= SHARE * clear
            and novelty[bar] == novelty[max(0, bar - 2) : bar + 3].max()
            and abs(bar - near) >= SHORTEST_BARS[bool(near)]
            and len(place) - bar >= 2
            and valley < VALLEY * novelty[bar]
        ):
            starts.append(bar)
    starts = sorted(starts[:MOST])  # the clearest ones
    by_bar = [sound[a:b].mean(axis=0) for a, b in zip(place, [*place[1:], len(sound)], strict=True)]
    parts = [np.array(by_bar[a:b]) for a, b in zip(starts, [*starts[1:], len(by_bar)], strict=True)]
    letters = _letters(parts)
    said: dict[str, int] = {}
    out = []
    for k, (bar, letter) in enumerate(zip(starts, letters, strict=True)):
        said[letter] = said.get(letter, 0) + 1
        name = letter if said[letter] == 1 else f"{letter} {said[letter]}"
        sure = 1.0 if k == 0 else float(novelty[bar]) / clear
        out.append(Section(bars[bar] if k else min(bars[0], Fraction(0)), name, letter, round(min(1.0, sure), 3)))
    return tuple(out)


def _features(heard: Heard, beats: Floats) -> Floats:
    """What sounds in each beat: harmony, register, loudness of the bands and how much is struck; as unit-free rows."""
    import numpy as np

    from studio.song.metre import pooled

    notes = pooled(heard.notes, heard.notes_per_s, beats, heard.seconds, inside=True)
    chroma = np.stack([notes[:, k::12].sum(axis=1) for k in range(12)], axis=1)
    chroma = chroma / np.maximum(np.linalg.norm(chroma, axis=1, keepdims=True), 1e-9)
    loud = pooled(heard.levels, heard.notes_per_s, beats, heard.seconds, inside=False)
    levels = np.log1p(100 * loud / max(float(loud.max()), 1e-9))
    struck = pooled(np.stack([heard.low, heard.middle], axis=1), heard.frames_per_s, beats, heard.seconds, inside=False)
    groups = []
    # each by how much it varies in this song, or by the least that can be heard, so that nothing is made of nothing
    for group, least in ((chroma, 0.05), (levels, 0.25), (np.log1p(struck), 0.2)):
        apart = group - group.mean(axis=0)
        groups.append(apart / max(float(np.sqrt((apart**2).mean())), least) / np.sqrt(group.shape[1]))
    return np.asarray(np.concatenate(groups, axis=1))


def _novelty(sound: Floats, reach: int) -> Floats:
    """How far the beats before each beat are like one another, and those after it, and neither like the other."""
    import numpy as np

    # A checkerboard is the product of two steps, so what it sums over the similarities is the squared length of the
    # same step over the rows themselves. It is not tapered: four chords that go round then cancel on either side.
    n = len(sound)
    total = np.concatenate([np.zeros((1, sound.shape[1])), np.cumsum(sound, axis=0)])
    at = np.arange(n)
    before, after = np.maximum(at - reach, 0), np.minimum(at + reach, n)
    left = (total[at] - total[before]) / np.maximum(at - before, 1)[:, None]
    right = (total[after] - total[at]) / (after - at)[:, None]
    share = np.minimum(at - before, after - at) / reach  # near an end there is less to hear
    return np.asarray(np.sqrt(((right - left) ** 2).sum(axis=1) * share))


def _letters(parts: Sequence[Floats]) -> list[str]:
    """A letter for each section; the same one for those that sound alike bar by bar."""
    import numpy as np

    known: list[Floats] = []
    out = []
    for part in parts:
        likeness = []
        for other in known:
            m = min(len(part), len(other))
            a, b = part[:m].ravel(), other[:m].ravel()
            likeness.append(float(a @ b / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-9)))
        if likeness and max(likeness) > ALIKE:
            out.append(likeness.index(max(likeness)))
        else:
            out.append(len(known))
            known.append(part)
    return [chr(ord("A") + k) for k in out]
