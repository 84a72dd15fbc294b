"""A take's camera as it was measured, beside the one asked for: its frames, four axes over time, and why."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.media import name_of
from studio.widgets.pictures import jpeg, png, read
from studio.widgets.views import Shown

if TYPE_CHECKING:
    from studio.camera import Measured, Obeyed
    from studio.film import Film
    from studio.generation import TakeCamera

Image = NDArray[Any]
Rates = Sequence[Sequence[float]]  # n × (pan, tilt, zoom, roll) per second

WIDTH = 720  # pixels, of the frames and of the plot below them
LEFT, ROW, GAP, FOOT = 104, 46, 8, 24
INK, SECOND, PALE, PAPER, RULE = 40, 110, 205, 252, 228  # grey levels: the picture has its own paper in either theme
NAMES = (("pan", "% of width/s"), ("tilt", "% of height/s"), ("zoom", "log-%/s"), ("roll", "°/s"))
LEAST = (4.0, 4.0, 4.0, 2.0)  # what a row spans at least, each way: a still camera is a flat line and no noise


class MeasuredView(Shown):
    """`film.measured("07A-003")`. Solid: measured. Broad and pale: as asked for. Hatched: could not be read."""

    def __init__(self, film: Film, found: TakeCamera) -> None:
        self.film = film
        self.found = found

    @property
    def take(self) -> str:
        """The take's label."""
        return self.found.take

    @property
    def measured(self) -> Measured:
        """The camera as it was measured."""
        return self.found.measured

    @property
    def compared(self) -> Obeyed | None:
        """With the camera of the take's own request; None where that asked for nothing that can be measured."""
        return self.found.compared

    @property
    def obeyed(self) -> str:
        """The answer that counts: a person's word, else as compared; "" for neither."""
        return self.found.obeyed

    @property
    def by(self) -> str:
        """Whose answer that is: an author, or "studio"."""
        return self.found.by

    def __repr__(self) -> str:
        return repr(self.found)

    def _html(self) -> str:
        measured, label = self.measured, self.take
        media = self.film.log.media(self.film.log.take(label).id)
        strip = self.film.library.strip(name_of(media.file if media else "", label))
        still = jpeg(read(strip), WIDTH - LEFT)
        frames = f'<img src="{still}" alt="{escape(label)}, from its first frame to its last" width="{WIDTH - LEFT}" '
        frames += f'style="max-width:100%;margin-left:{LEFT}px"><br>'
        alt = f"pan, tilt, zoom and roll of {label} over {measured.seconds:.1f} seconds: {measured.move}"
        plot = png(draw(measured, self._expected()))
        said = "<br>".join(escape(line) for line in repr(self.found).splitlines())
        return (
            f'<figure style="margin:0">{frames if still else ""}'
            f'<img src="{plot}" alt="{escape(alt)}" width="{WIDTH}" style="max-width:100%">'
            f"<figcaption>{said}</figcaption></figure>"
        )

    def _expected(self) -> Image | None:
        """What the asked camera would show at the measured times; None where none was asked for."""
        from studio.camera import Camera
        from studio.camera.expected import expected

        take = self.film.log.take(self.take)
        asked = self.film.log.request(take.request_id) if take.request_id else None
        camera = Camera.from_json(asked.camera_json) if asked and asked.camera_json else Camera()
        if not asked or not camera.steps or not self.measured.times:
            return None
        return expected(camera, self.measured.seconds, self.measured.times, asked.height / asked.width)


def page(title: str, views: Sequence[MeasuredView]) -> str:
    """The calibration page: each take's frames, asked path and measured path; it needs nothing from outside."""
    counts = Counter(view.obeyed or "not compared" for view in views)
    said = ", ".join(f"{count} {word}" for word, count in counts.most_common())
    body = "".join(f"<section>{view._html()}</section>" for view in views)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}: calibration</title>'
        '<meta name="viewport" content="width=device-width"><style>'
        "body{font:14px/20px system-ui,sans-serif;max-width:760px;margin:24px auto;padding:0 16px;color:#212121}"
        "section{border-top:1px solid #ddd;padding:12px 0}</style></head><body>"
        f"<h1>{escape(title)}: asked and measured</h1>"
        "<p>Broad and pale: the camera as it was asked for. Solid: as it was measured in the clip. Hatched: "
        "the picture does not allow an answer. "
        f"{len(views)} {'take' if len(views) == 1 else 'takes'}: {escape(said)}.</p>"
        f"{body}</body></html>"
    )


def draw(measured: Measured, expected: Rates | Image | None = None) -> Image:
    """The plot: a row an axis, time to the right, the measured rate solid, the expected one broad and pale."""
    height = 4 * (ROW + GAP) + FOOT + GAP
    image = np.full((height, WIDTH, 3), PAPER, np.uint8)
    rates = np.array(measured.rates, dtype=float).reshape(-1, 4)
    wanted = None if expected is None else np.array(expected, dtype=float).reshape(-1, 4)
    for axis, (name, unit) in enumerate(NAMES):
        top = axis * (ROW + GAP) + GAP // 2
        both = [rates[:, axis], *([wanted[:, axis]] if wanted is not None else [])]
        most = max([LEAST[axis], *(float(np.nanmax(np.abs(row))) for row in both if np.isfinite(row).any())])
        _row(image, top, name, f"{most:.2g} {unit}", measured.seconds)
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
