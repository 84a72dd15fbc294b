"""The title and the end card: light letters on a dark ground, a hairline, a slow approach, and black at both ends.

moviepy composes the layers, one card at a time and by frame number; it never writes the file, because it counts in
float seconds and would now and then lose a frame. The letters are drawn by `studio.media`, so no font file is needed.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import BadInput
from studio.media import Library, draw_text, encode, probe, sha256_of, text_width, wrap
from studio.media.files import in_place, sweep
from studio.nouns import Source

if TYPE_CHECKING:
    from studio.log import Settings

GROUND = (19, 20, 22)  # BGR: ink, a little warm
PAPER = (232, 238, 241)
QUIET = (158, 164, 168)  # the smaller lines, and the hairline
FINE = 4  # letters are set this much larger, so that their places are exact to a quarter of a pixel
KEPT = 2  # and kept this much larger, so that the slow approach does not tremble
GROWTH = 0.035  # how much nearer the words have come by the end
EMPTY = re.compile(r"empty-([0-9A-Z]{1,4})")  # a card that stands where a picture is missing: "empty-07A"
DRAWING = 1  # counts up when the same words are drawn otherwise: a card that is in a cut is never made anew

Picture = NDArray[np.uint8]


def make_card(film_folder: Path, settings: Settings, name: str, text: str, frames: int) -> Source:
    """A card of exactly `frames` frames at the film's rate and size, as `media/cards/NAME-HASH.mp4`.

    `name` is "title" (its first line large, the others small below), "end" (all lines alike), or "empty-07A" for a
    place without a picture: a plain ground with the words, if there are any, small and still. Asked for the same
    again, it hands on what is there. Raises BadInput for no words or no frames, DiskFull, StoreError.
    """
    empty = EMPTY.fullmatch(name)
    if name not in ("title", "end") and not empty:
        raise BadInput(f"{name!r} is not a card: a film has a title card and an end card, 'title' and 'end'")
    lines = [line.strip() for line in unicodedata.normalize("NFC", text).strip().splitlines() if line.strip()]
    if not lines and not empty:
        raise BadInput(f"the {name} card has no words: write {name}_card in film.toml, or leave it empty for no card")
    if frames < 1:
        raise BadInput(f"the {name} card cannot last {frames} frames: it lasts one or more")
    facts = [DRAWING, name, lines, frames, str(settings.rate), settings.width, settings.height]
    file = f"media/cards/{name}-{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:8]}.mp4"
    library = Library(film_folder)
    path = film_folder / file
    if not path.is_file():
        library.prepare()
        sweep(path.parent)
        size = settings.width, settings.height
        pictures = draw_empty(lines, frames, *size) if empty else draw_card(name, lines, frames, settings.rate, *size)
        with in_place(path) as partial:
            encode(pictures, partial, rate=settings.rate)
            partial.chmod(0o444)  # editors write into media that they import, and a delivery links to it
    found = probe(path)
    reel = f"EMPTY{empty[1]}" if empty and len(empty[1]) < 4 else f"EMPT{empty[1]}" if empty else name.upper()
    return Source("card", name, file, sha256_of(path), found.rate, found.frames, found.width, found.height, reel)


def draw_empty(lines: list[str], frames: int, width: int, height: int) -> Iterator[Picture]:
    """The frames of an empty card, all alike: the words in the middle of a plain ground, BGR uint8."""
    picture = np.full((height, width, 3), GROUND, np.uint8)
    size = max(6, round(min(height, width * 9 / 16) * 0.044))
    rows = [part for line in lines for part in wrap(line, size, width * 0.8)][: max(1, height // (2 * size) - 2)]
    top = round((height - len(rows) * size * 1.9) / 2 + size * 1.3)
    for n, row in enumerate(rows):
        at = max(0, round((width - text_width(row, size)) / 2))
        draw_text(picture, row, (at, round(top + n * size * 1.9)), size=size, colour=QUIET)
    for _ in range(frames):
        yield picture


@dataclass(frozen=True)
class Row:
    """One line of a card as it is set; lengths in pixels of the picture."""

    text: str
    size: int
    weight: int
    spacing: float  # between letters, in em
    high: float  # from this line to the next


@dataclass(frozen=True, eq=False)
class Layer:
    """A band of words as coverage 0…1, KEPT times as large as it is shown, as wide as the picture."""

    coverage: NDArray[np.float32]
    top: int  # where it is shown, in pixels of the picture
    colour: tuple[int, int, int]  # BGR


def draw_card(name: str, lines: list[str], frames: int, rate: Fraction, width: int, height: int) -> Iterator[Picture]:
    """The card's frames in order, BGR uint8, height × width × 3."""
    from moviepy import CompositeVideoClip, vfx

    seconds = float(frames / rate)
    rise, fall = min(0.9, seconds / 4), min(0.6, seconds / 5)
    words, line = lay_out(name, lines, width, height)
    parts = [_hairline(line, seconds, rise)]
    for n, layer in enumerate(words):
        parts.append(_words(layer, (width, height), seconds).with_effects([vfx.CrossFadeIn(rise * (1 + n / 2))]))
    whole = CompositeVideoClip(parts, size=(width, height), bg_color=GROUND[::-1]).with_duration(seconds)
    whole = whole.with_effects([vfx.FadeIn(rise / 3), vfx.FadeOut(fall)])
    try:
        for k in range(frames):
            # a fade gives floats
            yield np.ascontiguousarray(np.rint(whole.get_frame(float(k / rate)))[:, :, ::-1], dtype=np.uint8)
    finally:
        whole.close()


def lay_out(name: str, lines: list[str], width: int, height: int) -> tuple[list[Layer], tuple[int, int, int, int]]:
    """A card's words in one or two layers, and its hairline (left, top, width, height), in the middle of the picture.

    Everything is made smaller until it fits.
    """
    size = max(6, round(min(height, width * 9 / 16) * (0.088 if name == "title" else 0.044)))
    while True:
        head, rest = _rows(name, lines, size, width)
        gap = size * (0.9 if name == "title" else 1.4)
        tall = sum(row.high for row in (*head, *rest)) + gap * (bool(head) + bool(rest))
        if size == 6 or (tall <= height * 0.84 and max(map(_width, (*head, *rest))) <= width * 0.86):
            break
        size -= 1
    thick = max(1, round(min(width, height) / 720))
    long = round(min(width, height * 16 / 9) * 0.09)
    y = (height - tall) / 2
    layers = []
    if head:
        layers.append(_layer(head, y, width, PAPER))
        y += sum(row.high for row in head)
    y += gap * bool(head)
    if rest:
        layers.append(_layer(rest, y + gap, width, QUIET if head else PAPER))
    return layers, ((width - long) // 2, round(y), long, thick)


def _rows(name: str, lines: list[str], size: int, width: int) -> tuple[list[Row], list[Row]]:
    """The large lines above the hairline and the small ones below it; an end card has only the latter."""
    if name == "end":
        return [], [
            Row(part, size, 400, 0.07, size * 1.9) for line in lines for part in _even(line, size, width * 0.74)
        ]
    small = max(6, round(size * 0.38))
    head = [Row(part, size, 300, 0.22, size * 1.5) for part in _even(lines[0], size, width * 0.58, weight=300)]
    rest = [Row(part, small, 400, 0.10, small * 1.9) for line in lines[1:] for part in _even(line, small, width * 0.7)]
    return head, rest


def _even(text: str, size: int, width: float, *, weight: int = 400) -> list[str]:
    """The text in as few lines as fit, and these as nearly of one length as can be."""
    lines = wrap(text, size, width, weight=weight)
    while len(lines) > 1:
        width *= 0.97
        narrower = wrap(text, size, width, weight=weight)
        if len(narrower) > len(lines) or text_width(narrower[0], size, weight=weight) > width:
            break
        lines = narrower
    return lines


def _width(row: Row, scale: int = 1) -> float:
    return (
        text_width(row.text, row.size * scale, weight=row.weight) + (len(row.text) - 1) * row.spacing * row.size * scale
    )


def _layer(rows: list[Row], top: float, width: int, colour: tuple[int, int, int]) -> Layer:
    import cv2

    margin = rows[0].size  # room to grow into, and for what hangs below
    first = int(top) - margin
    band = int(sum(row.high for row in rows)) + 2 * margin
    large = np.zeros((band * FINE, width * FINE, 3), np.uint8)
    y = top - first
    for row in rows:
        y += row.high
        _set(large, row, round((y - (row.high - row.size * 0.7) / 2) * FINE))
    coverage = cv2.resize(large[:, :, 0], (width * KEPT, band * KEPT), interpolation=cv2.INTER_AREA)
    return Layer(np.asarray(coverage, np.float32) / np.float32(255), first, colour)


def _set(image: Picture, row: Row, base_line: int) -> None:
    """Draw a line letter by letter in the middle, each where the font would have it, and further by the spacing."""
    size = row.size * FINE
    left = (image.shape[1] - _width(row, FINE)) / 2
    for n, letter in enumerate(row.text):
        before = text_width(row.text[: n + 1], size, weight=row.weight) - text_width(letter, size, weight=row.weight)
        at = round(left + before + n * row.spacing * size)
        draw_text(image, letter, (at, base_line), size=size, weight=row.weight, colour=(255, 255, 255))


def _words(layer: Layer, size: tuple[int, int], seconds: float) -> Any:
    """The layer as a moviepy clip that comes slowly nearer to the middle of the picture."""
    import cv2
    from moviepy import ColorClip, VideoClip

    width, height = size
    band = layer.coverage.shape[0] // KEPT

    def coverage(t: float) -> NDArray[np.float32]:
        near = (1 + GROWTH * t / seconds) / KEPT
        # pixel centres: (x + ½) counts; the middle of the picture stays where it is
        across = (width - width * KEPT * near) / 2
        down = (height - height * KEPT * near) / 2 + layer.top * (KEPT * near - 1)
        move = np.array([[near, 0, across + near / 2 - 0.5], [0, near, down + near / 2 - 0.5]])
        return np.asarray(cv2.warpAffine(layer.coverage, move, (width, band), flags=cv2.INTER_LINEAR), np.float32)

    colour = ColorClip((width, band), color=layer.colour[::-1], duration=seconds)
    return colour.with_mask(VideoClip(coverage, is_mask=True, duration=seconds)).with_position((0, layer.top))


def _hairline(line: tuple[int, int, int, int], seconds: float, rise: float) -> Any:
    """The hairline as a moviepy clip: it is drawn outwards from its middle."""
    from moviepy import ColorClip, VideoClip

    left, top, long, thick = line
    places = np.abs(np.arange(long) + 0.5 - long / 2)

    def coverage(t: float) -> NDArray[np.float64]:
        done = 1 - (1 - min(1.0, t / (rise * 1.6))) ** 3
        return np.repeat(np.clip(done * long / 2 - places + 0.5, 0, 1)[None], thick, 0)

    colour = ColorClip((long, thick), color=QUIET[::-1], duration=seconds)
    return colour.with_mask(VideoClip(coverage, is_mask=True, duration=seconds)).with_position((left, top))
