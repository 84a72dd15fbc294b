"""The song as a picture: its loudness, its bars, beats and sections, and where each lyric line begins."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.widgets.pictures import png
from studio.widgets.views import Shown

if TYPE_CHECKING:
    from studio.film import Film
    from studio.song import Master

WIDTH, HEIGHT = 900, 176  # pixels
WAVE = (34, 120)  # rows between which the loudness is drawn
SECTIONS = (138, 154)  # and those where the sections are
SAMPLE_RATE = 8000  # samples per second: enough for a picture
PAPER, INK, PALE, RULE = 250, 60, 190, 120  # grey levels; the picture has its own paper in either theme


class SongView(Shown):
    """`film.song`: what is heard, and where the bars are."""

    def __init__(self, film: Film, master: Master, said: str) -> None:
        self.film = film
        self.master = master
        self.said = said

    def __repr__(self) -> str:
        return self.said

    def _html(self) -> str:
        alt = escape(f"{self.said}: loudness, with a line for each bar, a short one for each beat, and the sections")
        return (
            '<figure style="margin:0"><img src="'
            f'{png(self._drawn())}" alt="{alt}" width="{WIDTH}" style="max-width:100%">'
            f"<figcaption>{escape(self.said)}{self._told()}</figcaption></figure>"
        )

    def _told(self) -> str:
        """The sections with how sure each beginning is, and the markers, in words."""
        sections = [
            f"bar {one.bar} {one.name} ({'set by hand' if one.source == 'corrected' else f'{one.confidence:.2f}'})"
            for one in self.master.sections
        ]
        marks = [f"{float(mark.at_s):.2f} s {mark.name}" for mark in self.master.marks]
        lines = [("Sections: ", sections), ("Markers: ", marks)]
        return "".join(f"<br>{word}{escape(' · '.join(said))}" for word, said in lines if said)

    def _drawn(self) -> NDArray[Any]:
        from studio.media import draw_text

        master = self.master
        seconds = float(master.seconds)
        peaks = self._peaks()
        image = np.full((HEIGHT, WIDTH, 3), PAPER, np.uint8)
        top, bottom = WAVE
        middle, half = (top + bottom) // 2, (bottom - top) // 2
        for x, peak in enumerate(peaks):
            at = x * seconds / WIDTH
            used = float(master.start_s) <= at < float(master.end_s)
            tall = round(half * float(peak))
            image[middle - tall : middle + tall + 1, x] = INK if used else PALE

        def column(at: float) -> int:
            return min(WIDTH - 1, round(at * WIDTH / seconds))

        for beat in master.beats:
            image[bottom : bottom + 5, column(float(beat))] = RULE
        if master.how:  # what was found, beside what counts
            for beat in master.found.beats(master.start_s, master.end_s):
                image[bottom + 7 : bottom + 11, column(float(beat))] = PALE
        for number, bar in enumerate(master.bars, start=1):
            x = column(float(bar))
            image[top - 10 : bottom + 12, x] = RULE
            draw_text(image, str(number), (x + 3, top - 2), size=11, colour=(INK, INK, INK))
        upper, lower = SECTIONS
        for k, section in enumerate(master.sections):
            start, end = column(float(section.start_s)), column(float(section.end_s or master.end_s))
            image[upper:lower, start:end] = (PALE, RULE + 95)[k % 2]
            image[upper - 4 : lower, start] = INK
            if end - start > 16:
                draw_text(image[:, :end], section.name, (start + 4, lower - 4), size=11, colour=(INK, INK, INK))
        for mark in master.marks:
            image[top - 14 : bottom + 12, column(float(mark.at_s))] = INK
        for line in master.lines:
            x = column(float(line.start_s))
            cv2.circle(image, (x, 12), 3, (INK, INK, INK), -1, cv2.LINE_AA)
        draw_text(image, f"{seconds:.0f} s", (WIDTH - 4, HEIGHT - 6), size=11, colour=(INK, INK, INK), align="right")
        return image

    def _peaks(self) -> NDArray[Any]:
        """The loudest sample over each column, 0 … 1. The song is never held whole: it may be an hour long."""
        from studio.media import sound_blocks

        peaks, first = np.zeros(WIDTH), 0
        a_column = max(1.0, float(self.master.seconds) * SAMPLE_RATE / WIDTH)
        for block in sound_blocks(self.film.folder / self.master.file, SAMPLE_RATE):
            column = np.minimum(((first + np.arange(len(block))) / a_column).astype(int), WIDTH - 1)
            np.maximum.at(peaks, column, np.abs(block))
            first += len(block)
        return np.asarray(peaks / max(float(peaks.max()), 1e-9))
