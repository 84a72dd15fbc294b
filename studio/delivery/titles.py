"""Words over the picture: a title on a slot, which comes and goes softly, and the lines that are sung.

moviepy composes a title, one slot at a time and by frame number, as it does the cards; what it gives is laid over the
picture by the renderer. All words stay within the part that every screen shows: 80 % of either side, the narrower of
the title-safe areas in use (SMPTE RP 27.3), and in an upright film above the buttons that lie over its lower fifth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.delivery.plan import Layer, Overlay
from studio.errors import BadInput
from studio.given import shown, visible, whole
from studio.media import draw_text, text_width, wrap
from studio.nouns import Cut

SAFE = 0.8  # of the width
LONGEST_TITLE = 200  # characters
MOST_LINES = 6
FADE_S = Fraction(2, 5)
PAPER = (232, 238, 241)  # BGR

Picture = NDArray[np.uint8]  # height × width × 4, BGR and alpha


def titles_on(cut: Cut, titles: Mapping[int, str] | None) -> list[Overlay]:
    """A title for each slot (from 1) that has one, in the middle of its picture. Raises BadInput for what is none."""
    if titles is not None and not isinstance(titles, Mapping):
        raise BadInput(f'titles={shown(titles)} is no title for a slot: write titles={{3: "1986"}}')
    found = []
    for number, text in (titles or {}).items():
        slot = cut.slots[whole(number, "the slot of a title", 1, len(cut.slots)) - 1]
        what = f"the title of slot {number}"
        if not isinstance(text, str) or not text.strip():
            raise BadInput(f"{what} is {shown(text)}, no words: write them in quotes, or leave the slot out")
        rows = [row.strip() for row in visible(text, what, LONGEST_TITLE, allowed="\n").splitlines() if row.strip()]
        words, size = _set(rows, cut, 0.085)
        high = _even(len(words) * size * 1.35 + size)
        top = (cut.height - high) // 4 * 2
        found.append(Overlay("title", tuple(words), slot.record_frame, slot.frames, max(0, top), min(high, cut.height)))
    return sorted(found, key=lambda each: each.record_frame)


def lyrics_on(cut: Cut) -> list[Overlay]:
    """The lines that are sung, each while it is sung, at the foot of the picture."""
    found = []
    for marker in sung(cut):
        words, size = _set([marker.words], cut, 0.05)
        high = _even(len(words) * size * 1.35 + size)
        foot = 0.8 if cut.height > cut.width else 0.9  # apps lay their buttons over an upright picture
        top = max(0, _even(cut.height * foot) - high)
        found.append(Overlay("lyric", tuple(words), marker.record_frame, marker.frames, top, min(high, cut.height)))
    return found


@dataclass(frozen=True)
class Sung:
    """A lyric line of a cut: its words on one line, and where it stands."""

    words: str
    record_frame: int
    frames: int


def sung(cut: Cut) -> list[Sung]:
    """The lyric lines of a cut in order, none beyond its end. One ends where the next begins, at the latest, and those
    that begin on one frame are shown as one: timed text holds no two at a time."""
    lines: dict[int, Sung] = {}
    for marker in sorted(cut.markers, key=lambda each: each.frame):
        words, at = " ".join(marker.name.split()), marker.frame
        if marker.kind == "lyric" and words and at < cut.frames:
            before = lines.get(at, Sung("", at, 0))
            lasts = max(before.frames, min(marker.frames, cut.frames - at))
            lines[at] = Sung(f"{before.words} / {words}" if before.words else words, at, lasts)
    starts = [*lines, cut.frames]
    return [
        replace(line, frames=min(line.frames, following - line.record_frame))
        for line, following in zip(lines.values(), starts[1:], strict=True)
    ]


def draw_words(layer: Layer) -> Iterator[Picture]:
    """The frames of a title's or a lyric's layer, in order."""
    still = _picture(layer)
    if layer.overlay.kind == "lyric":  # it comes and goes with the voice, on its frame
        for _ in range(layer.frames):
            yield still
        return
    from moviepy import ImageClip, vfx

    seconds = layer.overlay.frames / layer.rate
    fade = float(min(FADE_S, seconds / 4))
    opaque: Any = ImageClip(still[:, :, 3] / 255, is_mask=True, duration=float(seconds))
    title = ImageClip(still[:, :, 2::-1], duration=float(seconds)).with_mask(opaque)
    title = title.with_effects([vfx.CrossFadeIn(fade), vfx.CrossFadeOut(fade)])
    try:
        for k in range(layer.first, layer.first + layer.frames):
            now = float((k + Fraction(1, 2)) / layer.rate)  # the middle of the frame
            picture = still.copy()
            picture[:, :, 3] = np.rint(np.clip(title.mask.get_frame(now), 0, 1) * 255)
            yield picture
    finally:
        title.close()


def _set(rows: list[str], cut: Cut, share: float) -> tuple[list[str], int]:
    """The rows as lines that fit the safe width, and their size in pixels; smaller until they fit."""
    size = letters(cut, share)
    room = cut.width * SAFE - size
    while True:
        lines = [line for row in rows for line in wrap(row, size, room, weight=600)]
        widest = max(text_width(line, size, weight=600) for line in lines)
        if size == 6 or (widest <= room and len(lines) <= MOST_LINES and len(lines) * size * 1.35 < cut.height * 0.5):
            return lines, size
        size -= 1


def letters(cut: Cut, share: float) -> int:
    """The size of letters that are this share of the picture's height; an upright one counts as a square."""
    return max(6, round(min(cut.height, cut.width * 0.9) * share))


def _picture(layer: Layer) -> Picture:
    """The words in the middle of their band: light, with a soft dark edge that they can be read by on any picture."""
    import cv2

    over = layer.overlay
    size = max(6, round(over.high / (len(over.words) * 1.35 + 1)))
    image = np.zeros((over.high, layer.width, 3), np.uint8)
    for n, line in enumerate(over.words):
        base = round(over.high / 2 + (n - (len(over.words) - 1) / 2) * size * 1.35 + size * 0.36)
        draw_text(image, line, (layer.width // 2, base), size=size, colour=(255, 255, 255), weight=600, align="centre")
    words = image[:, :, 0].astype(np.float32) / np.float32(255)
    reach = max(1, round(size * 0.06))
    edge = cv2.dilate(words, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    edge = np.asarray(cv2.GaussianBlur(edge, (0, 0), reach), np.float32) * np.float32(0.75)
    return over_dark(words, np.maximum(words, edge))


def over_dark(words: NDArray[np.float32], opaque: NDArray[np.float32]) -> Picture:
    """Light letters, where `words` is 1, on black that covers as much as `opaque` says."""
    light = np.divide(words, opaque, out=np.zeros_like(words), where=opaque > 0)
    picture = np.empty((*words.shape, 4), np.uint8)
    picture[:, :, :3] = np.rint(light[:, :, None] * np.array(PAPER, np.float32))
    picture[:, :, 3] = np.rint(np.clip(opaque, 0, 1) * 255)
    return picture


def _even(pixels: float) -> int:
    return 2 * round(pixels / 2)
