"""Text on pictures, in OpenCV 5's own font: a bare machine has no fonts, and none is shipped.

The font (Rubik, with WenQuanYi Micro Hei behind it) has Latin with every accent, Cyrillic, Greek and Chinese
characters; a sign it lacks is drawn as a question mark.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import cv2

Picture = NDArray[np.uint8]  # height × width × 3, BGR
Colour = tuple[int, int, int]  # BGR

WHITE: Colour = (235, 240, 242)
BLACK: Colour = (14, 12, 12)

_of_this_thread = threading.local()


def _face(italic: bool) -> cv2.FontFace:
    """The font, one a thread: setting a weight changes the font itself."""
    import cv2

    faces: dict[bool, cv2.FontFace] = _of_this_thread.__dict__.setdefault("faces", {})
    if italic not in faces:
        faces[italic] = cv2.FontFace("italic" if italic else "sans")
    return faces[italic]


def text_width(text: str, size: int, *, weight: int = 400, italic: bool = False) -> int:
    """How many pixels wide a line of text is."""
    import cv2

    return int(cv2.getTextSize((0, 0), _line(text), (0, 0), _face(italic), size, weight)[2])


def draw_text(
    image: Picture,
    text: str,
    at: tuple[int, int],
    *,
    size: int = 16,
    colour: Colour = WHITE,
    weight: int = 400,
    italic: bool = False,
    align: Literal["left", "centre", "right"] = "left",
) -> int:
    """Draw one line on `image` itself (BGR uint8, contiguous); the x where it ends.

    `at` is (x, y) in pixels: the left end, the middle or the right end of the base line, as `align` says. `size` is
    in pixels, `weight` 100 to 1000 (400 regular, 700 bold). What does not fit on the picture is cut off.
    """
    import cv2

    x, y = at
    line = _line(text)
    if align != "left":
        width = text_width(line, size, weight=weight, italic=italic)
        x -= width // 2 if align == "centre" else width
    end, _ = cv2.putText(image, line, (x, y), colour, _face(italic), size, weight)
    return int(end[0])


def text_frame(text: str, width: int, height: int, *, colour: Colour = WHITE, ground: Colour = BLACK) -> Picture:
    """A picture of that size with the text in its middle: the first line large, the others below it, small.

    Long lines are broken between words, and all of it is made smaller until it fits.
    """
    image = np.full((height, width, 3), ground, np.uint8)
    title, *rest = [line.strip() for line in text.strip().splitlines()] or [""]
    room = width * 0.84
    large = max(8, round(min(height / 9, width / 14)))
    while large > 8 and not _fits(_laid_out(title, rest, large, room), room, height * 0.84):
        large -= 1
    lines = _laid_out(title, rest, large, room)
    y = (height - sum(line.height for line in lines)) // 2
    for line in lines:
        y += line.height
        base = y - round(line.size * 0.4)
        draw_text(
            image, line.text, (width // 2, base), size=line.size, colour=colour, weight=line.weight, align="centre"
        )
    return image


class _Line(NamedTuple):
    text: str
    size: int
    weight: int

    @property
    def height(self) -> int:
        return round(self.size * 1.4)


def _laid_out(title: str, rest: list[str], large: int, room: float) -> list[_Line]:
    small = max(7, round(large * 0.45))
    lines = [_Line(part, large, 600) for part in wrap(title, large, room, weight=600)]
    if rest:
        lines.append(_Line("", small // 2, 400))
    return lines + [_Line(part, small, 400) for line in rest for part in wrap(line, small, room)]


def _fits(lines: list[_Line], room: float, height: float) -> bool:
    widest = max(text_width(line.text, line.size, weight=line.weight) for line in lines)
    return sum(line.height for line in lines) <= height and widest <= room


def wrap(text: str, size: int, width: float, *, weight: int = 400) -> list[str]:
    """The text in lines of at most `width` pixels, broken between words; a longer word stands alone."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size, weight=weight) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _line(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)
