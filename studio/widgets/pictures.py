"""Stills and clips as HTML that can be seen anywhere: in JupyterLab, on a code host, in a mail.

A clip is never put into a notebook: a `<video>` names it by relative path. Its still is, twice: as the poster, for
where the video element is kept but its file is not at hand, and inside the element, for a code host that drops the
element and keeps what stands in it.
"""

from __future__ import annotations

import base64
import os
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import cv2
import numpy as np
from numpy.typing import NDArray

STILL_WIDTH = 320  # pixels: 10 kB or so, enough to recognise a take
QUALITY = 70
STRIP_PICTURES = 8  # in a scrub strip
MARKS = {"circle": "◯ circled", "hold": "◐ hold", "ng": "✗ NG", None: "not judged"}


def relative_url(path: Path) -> str:
    """The address of a film's file as seen from the notebook (the kernel's folder), percent-encoded."""
    return quote(Path(os.path.relpath(path, Path.cwd())).as_posix())


def jpeg(image: NDArray[Any] | None, width: int) -> str:
    """A picture (BGR) as a data address of that width in pixels, or "" when there is none."""
    if image is None:
        return ""
    height = max(1, round(image.shape[0] * width / image.shape[1]))
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return _data("jpeg", cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])


def png(image: NDArray[Any]) -> str:
    """A drawing as a data address."""
    return _data("png", cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1])


def _data(kind: str, encoded: NDArray[Any]) -> str:
    return f"data:image/{kind};base64," + base64.b64encode(encoded.tobytes()).decode()


def read(path: Path) -> NDArray[Any] | None:
    """A picture file, or None where there is none that can be read."""
    return decoded(path.read_bytes()) if path.is_file() else None


def decoded(content: bytes) -> NDArray[Any] | None:
    """The picture (BGR) of these bytes, or None where they are none."""
    if not content:
        return None
    found: NDArray[Any] | None = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    return found


def from_strip(path: Path) -> NDArray[Any] | None:
    """Four pictures of a take in two rows, from its first moment to its last: a move seen without moving."""
    strip = read(path)
    if strip is None:
        return None
    width = strip.shape[1] // STRIP_PICTURES
    a, b, c, d = (strip[:, k * width : (k + 1) * width] for k in (0, 2, 5, 7))
    return np.vstack([np.hstack([a, b]), np.hstack([c, d])])


def video(
    clip: Path, still: str, caption: str, *, words: str = "", other: Path | None = None, width: int = 480,
    loop: bool = True,
) -> str:  # fmt: skip
    """One `<figure>` with a clip that plays where it can and a still where it cannot.

    A take is silent and loops (`loop`); a film has its song. `words` stand under the caption. `other` is a file to
    play where the browser cannot play the clip itself.
    """
    name = escape(caption)
    sources = "".join(f'<source src="{relative_url(path)}">' for path in (clip, other) if path)
    inside = f'<img src="{still}" alt="{name}" width="{STILL_WIDTH}">' if still else name
    poster = f' poster="{still}"' if still else ""
    below = f"<br><em>{escape(words)}</em>" if words else ""
    return (
        '<figure style="margin:0 12px 12px 0;display:inline-block;vertical-align:top">'
        f'<video width="{width}"{poster} controls playsinline preload="none"{" muted loop" if loop else ""} '
        f'style="max-width:100%;background:#000" aria-label="{name}">{sources}{inside}</video>'
        f'<figcaption style="max-width:{width}px">{name}{below}</figcaption></figure>'
    )


def picture(still: str, name: str, lines: tuple[str, ...], width: int, link: str = "") -> str:
    """One `<figure>` with a small still, its name and some words below."""
    alt = escape(name)
    image = f'<img src="{still}" alt="{alt}" width="{width}">' if still else ""
    image = f'<a href="{link}">{image}</a>' if link and image else image
    below = "".join(f"<br>{escape(line)}" for line in lines)
    return (
        '<figure style="margin:0 8px 8px 0;display:inline-block;vertical-align:top">'
        f'{image}<figcaption style="max-width:{width}px"><b>{alt}</b>{below}</figcaption></figure>'
    )
