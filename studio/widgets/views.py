"""Clips inline: a `<video>` by relative path, its poster beside it, and a small still for readers without a kernel.

The clip itself is never put into a notebook. A code host drops the `<video>` element and keeps what stands inside
it, so the still is written there: the same output plays in JupyterLab and can be seen in a mail.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from studio.errors import BadInput, NotFound

if TYPE_CHECKING:
    from studio.film import Film
    from studio.nouns import Cut

STILL_WIDTH = 320  # pixels: 10 kB or so in the notebook, enough to recognise a take


def relative_url(path: Path) -> str:
    """The address of a film's file as seen from the notebook (the kernel's folder), percent-encoded."""
    return quote(Path(os.path.relpath(path, Path.cwd())).as_posix())


def still(path: Path, width: int = STILL_WIDTH) -> str:
    """A poster as a small data address, or "" when there is no poster."""
    import cv2

    image = cv2.imread(str(path)) if path.is_file() else None
    if image is None:
        return ""
    height = round(image.shape[0] * width / image.shape[1])
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 72])
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode()


def video(clip: Path, poster: Path, caption: str, width: int = 480, *, loop: bool = True) -> str:
    """One `<figure>` with a clip that plays where it can and a still where it cannot."""
    alt = escape(caption)
    image = still(poster)
    inside = f'<img src="{image}" alt="{alt}" width="{STILL_WIDTH}">' if image else alt
    return (
        f'<figure style="margin:0 12px 12px 0;display:inline-block">'
        f'<video src="{relative_url(clip)}" poster="{relative_url(poster)}" width="{width}" controls muted playsinline '
        f'preload="none"{" loop" if loop else ""} aria-label="{alt}">{inside}</video>'
        f"<figcaption>{alt}</figcaption></figure>"
    )


class Shown:
    """Something that shows itself as HTML and says in one line what it is."""

    def _html(self) -> str:
        raise NotImplementedError(type(self).__name__)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._html()}


class TakeView(Shown):
    """`film.play("07A-003")`."""

    def __init__(self, film: Film, take: str) -> None:
        self.film = film
        self.take = film.log.take(take)
        self._media = film.log.media(self.take.id)
        if self._media is None:
            raise NotFound(f"{self.take.label} has no clip: it is {film.log.state(self.take.id)}")

    def __repr__(self) -> str:
        media = self._media
        assert media is not None  # checked when it was made
        return f"Take {self.take.label}: {media.width}×{media.height}, {media.frames} frames at {media.rate} fps"

    def _html(self) -> str:
        assert self._media is not None
        folder = self.film.folder
        return video(folder / self._media.file, folder / f"media/posters/{self.take.label}.jpg", repr(self))


class CompareView(Shown):
    """`film.compare("07A-001", "07A-003")`: the clips side by side, and what differs in their words."""

    def __init__(self, film: Film, takes: Sequence[str]) -> None:
        if len(takes) < 2:
            raise BadInput("comparing needs two takes or more: film.compare('07A-001', '07A-003')")
        self.film = film
        self.views = tuple(TakeView(film, take) for take in takes)

    def __repr__(self) -> str:
        return f"Compare({', '.join(view.take.label for view in self.views)})"

    def _html(self) -> str:
        from studio.writing import words_differ

        clips = "".join(view._html() for view in self.views)
        first, *others = self.views
        words = "".join(
            words_differ(self.film.log, first.take.label, other.take.label)._repr_html_() for other in others
        )
        return f"<div>{clips}</div>{words}"


class FilmView(Shown):
    """The film as it was last delivered or rendered."""

    def __init__(self, film: Film, cut: Cut, clip: Path | None = None) -> None:
        self.film = film
        self.cut = cut
        delivered = sorted(film.folder.glob("deliveries/*/film.mp4"), key=lambda p: p.stat().st_mtime_ns)
        if clip is None and not delivered:
            raise NotFound('the film has not been delivered yet: cut.export("first-cut") makes it')
        self.clip = clip or delivered[-1]

    def __repr__(self) -> str:
        seconds = float(self.cut.frames / self.cut.rate)
        return f"Film {self.cut.film_title!r}: {self.cut.frames} frames at {self.cut.rate} fps, {seconds:.2f} s"

    def _html(self) -> str:
        first = next((slot.source for slot in self.cut.slots if slot.source.kind == "take"), None)
        poster = self.film.folder / f"media/posters/{first.name if first else 'none'}.jpg"
        return video(self.clip, poster, repr(self), width=640, loop=False)
