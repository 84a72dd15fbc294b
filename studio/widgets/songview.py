"""The song as a picture: its loudness, its bars and beats, and where each lyric line begins."""

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

WIDTH, HEIGHT = 900, 150  # pixels
WAVE = (34, 120)  # rows between which the loudness is drawn
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
        alt = escape(f"{self.said}: loudness, with a line for each bar and a short one for each beat")
        return (
            '<figure style="margin:0"><img src="'
            f'{png(self._drawn())}" alt="{alt}" width="{WIDTH}" style="max-width:100%">'
            f"<figcaption>{escape(self.said)}</figcaption></figure>"
        )

    def _drawn(self) -> NDArray[Any]:
        from studio.media import decode_sound, draw_text

        master = self.master
        seconds = float(master.seconds)
        samples = np.abs(decode_sound(self.film.folder / master.file, sample_rate=SAMPLE_RATE))
        peaks = np.array([part.max(initial=0.0) for part in np.array_split(samples, WIDTH)])
        peaks /= max(float(peaks.max()), 1e-9)
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
        for number, bar in enumerate(master.bars, start=1):
            x = column(float(bar))
            image[top - 10 : bottom + 12, x] = RULE
            draw_text(image, str(number), (x + 3, top - 2), size=11, colour=(INK, INK, INK))
        for line in master.lines:
            x = column(float(line.start_s))
            cv2.circle(image, (x, 12), 3, (INK, INK, INK), -1, cv2.LINE_AA)
        draw_text(image, f"{seconds:.0f} s", (WIDTH - 4, HEIGHT - 6), size=11, colour=(INK, INK, INK), align="right")
        return image
