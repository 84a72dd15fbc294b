"""A take's camera as it was measured, beside the one asked for: its frames, four axes over time, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.widgets.pictures import jpeg, png, read
from studio.widgets.views import Shown

if TYPE_CHECKING:
    from studio.camera import Measured

Image = NDArray[Any]
Rates = Sequence[Sequence[float]]  # n × (pan, tilt, zoom, roll) per second

WIDTH = 720  # pixels, of the frames and of the plot below them
LEFT, ROW, GAP, FOOT = 92, 46, 8, 24
INK, SECOND, PALE, PAPER, RULE = 40, 110, 205, 252, 228  # grey levels: the picture has its own paper in either theme
NAMES = (("pan", "% of width/s"), ("tilt", "% of height/s"), ("zoom", "log-%/s"), ("roll", "°/s"))
LEAST = (4.0, 4.0, 4.0, 2.0)  # what a row spans at least, each way: a still camera is a flat line and no noise


class MeasuredView(Shown):
    """`film.measured("07A-003")`. Solid: measured. Broad and pale: as asked for. Hatched: could not be read."""

    def __init__(self, label: str, strip: Any, measured: Measured, expected: Rates | None, said: str) -> None:
        self.label = label
        self.measured = measured
        self._strip = strip  # path of the take's scrub strip
        self._expected = expected  # at the measured times; None where no camera was asked for
        self.said = said

    def __repr__(self) -> str:
        return f"{self.label}: {self.said}"

    def _html(self) -> str:
        measured = self.measured
        still = jpeg(read(self._strip), WIDTH - LEFT)
        frames = f'<img src="{still}" alt="{escape(self.label)}, from its first frame to its last" '
        frames += f'width="{WIDTH - LEFT}" style="max-width:100%;margin-left:{LEFT}px">' if still else ""
        alt = f"pan, tilt, zoom and roll of {self.label} over {measured.seconds:.1f} seconds: {measured.move}"
        plot = png(draw(measured, self._expected))
        sure = f"confidence {measured.confidence:.2f}, shake {measured.shake:.1f} %/s, parallax: {measured.parallax}"
        return (
            '<figure style="margin:0">'
            f"{frames if still else ''}<br>"
            f'<img src="{plot}" alt="{escape(alt)}" width="{WIDTH}" style="max-width:100%">'
            f"<figcaption><b>{escape(self.label)}</b>: {escape(self.said)}<br>{escape(sure)}</figcaption></figure>"
        )


def draw(measured: Measured, expected: Rates | None = None) -> Image:
    """The plot: a row an axis, time to the right, the measured rate solid, the expected one broad and pale."""
    height = 4 * (ROW + GAP) + FOOT + GAP
    image = np.full((height, WIDTH, 3), PAPER, np.uint8)
    rates = np.array(measured.rates, dtype=float).reshape(-1, 4)
    wanted = None if expected is None else np.array(expected, dtype=float).reshape(-1, 4)
    for axis, (name, unit) in enumerate(NAMES):
        top = axis * (ROW + GAP) + GAP // 2
        both = [rates[:, axis], *([wanted[:, axis]] if wanted is not None else [])]
        most = max([LEAST[axis], *(float(np.nanmax(np.abs(row))) for row in both if np.isfinite(row).any())])
        _row(image, top, name, f"{most:.3g} {unit}", measured.seconds)
        if wanted is not None:
            _line(image, top, measured, wanted[:, axis], most, PALE, 5)
        _line(image, top, measured, rates[:, axis], most, INK, 1)
    for start, end in _unreadable(measured, rates):
        _hatch(image, _column(start, measured.seconds), _column(end, measured.seconds), height - FOOT)
    _segments(image, height - FOOT, measured)
    return image


def _column(at: float, seconds: float) -> int:
    return LEFT + round(at / max(seconds, 1e-6) * (WIDTH - LEFT - 1))


def _grey(level: int) -> tuple[int, int, int]:
    return level, level, level


def _row(image: Image, top: int, name: str, scale: str, seconds: float) -> None:
    from studio.media import draw_text

    image[top : top + ROW, LEFT:] = 255
    image[top + ROW // 2, LEFT:] = RULE
    for second in range(math.floor(seconds) + 1):
        image[top : top + ROW, min(WIDTH - 1, _column(second, seconds))] = RULE
    draw_text(image, name, (LEFT - 8, top + ROW // 2 - 2), size=13, colour=_grey(INK), weight=600, align="right")
    draw_text(image, f"±{scale}", (LEFT - 8, top + ROW // 2 + 12), size=10, colour=_grey(SECOND), align="right")


def _line(image: Image, top: int, measured: Measured, values: Image, most: float, level: int, width: int) -> None:
    middle, half = top + ROW / 2, ROW / 2 - 3
    runs: list[list[tuple[int, int]]] = [[]]
    for at, value in zip(measured.times, values, strict=True):
        if not math.isfinite(value):
            runs.append([])
            continue
        y = middle - half * max(-1.0, min(1.0, value / most))
        runs[-1].append((_column(at, measured.seconds), round(y)))
    for run in runs:
        if len(run) == 1:
            run = [run[0], (run[0][0] + 1, run[0][1])]
        if run:
            cv2.polylines(image, [np.array(run, np.int32)], False, _grey(level), width, cv2.LINE_AA)


def _unreadable(measured: Measured, rates: Image) -> list[tuple[float, float]]:
    """The stretches of time for which there is no answer."""
    if not len(rates):
        return [(0.0, measured.seconds)]
    times = np.array(measured.times)
    edges = np.concatenate([[0.0], (times[1:] + times[:-1]) / 2, [measured.seconds]])
    blank = ~np.isfinite(rates).all(axis=1)
    found: list[tuple[float, float]] = []
    for k in np.flatnonzero(blank):
        start, end = float(edges[k]), float(edges[k + 1])
        if found and abs(found[-1][1] - start) < 1e-9:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _hatch(image: Image, left: int, right: int, height: int) -> None:
    for x in range(left - height, right, 7):
        start, end = (max(x, left), max(0, left - x)), (min(x + height, right), min(height, right - x))
        cv2.line(image, start, end, _grey(PALE), 1, cv2.LINE_AA)


def _segments(image: Image, top: int, measured: Measured) -> None:
    """What the camera does, in order, under the time in which it does it."""
    from studio.media import draw_text, text_width

    for segment in measured.segments:
        left, right = _column(segment.start_s, measured.seconds), _column(segment.end_s, measured.seconds)
        cv2.line(image, (left + 1, top + 4), (right - 2, top + 4), _grey(INK if segment.moves else PALE), 2)
        words = segment.move.replace("_", " ")
        while words and text_width(words, 11) > right - left - 4:
            words = words[:-2].rstrip() + "…" if len(words) > 2 else ""
        draw_text(image, words, (left + 2, top + 18), size=11, colour=_grey(INK))
