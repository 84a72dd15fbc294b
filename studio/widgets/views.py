"""Takes, films, cuts and songs as a notebook shows them: HTML that needs no kernel and no script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.errors import BadInput, NotFound
from studio.media import name_of
from studio.timecode import record_timecode, seconds_of
from studio.widgets.pictures import STILL_WIDTH, from_strip, jpeg, picture, read, relative_url, video

if TYPE_CHECKING:
    from studio.film import Film
    from studio.nouns import Cut, Slot

BESIDE = 300  # pixels: three clips stand side by side in a notebook
MANY_SLOTS = 24  # above, a cut's stills are smaller, so that a saved notebook stays light


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
        found = film.log.media(self.take.id)
        if found is None:
            raise NotFound(f"{self.take.label} has no clip: it is {film.log.state(self.take.id)}")
        self.media = found
        self.clip = film.library.locate(found.file)

    @property
    def _name(self) -> str:
        """What its pictures are called."""
        return name_of(self.media.file, self.take.label)

    def __repr__(self) -> str:
        media = self.media
        return f"Take {self.take.label}: {media.width}×{media.height}, {media.frames} frames at {media.rate} fps"

    def _html(self) -> str:
        return self.figure(jpeg(read(self.film.library.poster(self._name)), STILL_WIDTH))

    def figure(self, still: str, width: int = 480, with_words: bool = True) -> str:
        """The clip with that still, and the camera's words below, unless they are to be guessed."""
        proxy = self.film.library.proxy(self._name)
        words = self.film.log.request(self.take.request_id).camera if self.take.request_id and with_words else ""
        return video(self.clip, still, repr(self), words=words, other=proxy if proxy.is_file() else None, width=width)


class CompareView(Shown):
    """`film.compare("07A-001", "07A-003")`: the clips side by side, and what differs in their words.

    The stills are four pictures each, from the first to the last, so that the moves can be told apart on paper.
    """

    def __init__(self, film: Film, takes: Sequence[str], words: bool = True) -> None:
        if len(takes) < 2:
            raise BadInput("comparing needs two takes or more: film.compare('07A-001', '07A-003')")
        self.film = film
        self.views = tuple(TakeView(film, take) for take in takes)
        self.words = words

    def __repr__(self) -> str:
        return f"Compare({', '.join(view.take.label for view in self.views)})"

    def _html(self) -> str:
        from studio.writing import words_differ

        library = self.film.library
        clips = "".join(
            view.figure(jpeg(from_strip(library.strip(view._name)), STILL_WIDTH), BESIDE, self.words)
            for view in self.views
        )
        if not self.words:
            return f"<div>{clips}</div>"
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
        seconds = float(seconds_of(self.cut.frames, self.cut.rate))
        return f"Film {self.cut.film_title!r}: {self.cut.frames} frames at {self.cut.rate} fps, {seconds:.2f} s"

    def _html(self) -> str:
        first = next((slot for slot in self.cut.slots if slot.source.kind == "take"), None)
        still = jpeg(_still(self.film, first), STILL_WIDTH) if first else ""
        return video(self.clip, still, repr(self), width=640, loop=False)


class CutView(Shown):
    """A cut as a storyboard: one still a slot, where it begins, how long it is, and how its take was made to fit."""

    def __init__(self, film: Film, cut: Cut, said: str) -> None:
        self.film = film
        self.cut = cut
        self.said = said

    def __repr__(self) -> str:
        return self.said

    def _html(self) -> str:
        width = 160 if len(self.cut.slots) <= MANY_SLOTS else 96
        return f"<p>{escape(self.said)}</p><div>{''.join(self._slot(slot, width) for slot in self.cut.slots)}</div>"

    def _slot(self, slot: Slot, width: int) -> str:
        rate = self.cut.rate
        at = record_timecode(slot.record_frame, rate)
        speed = "" if slot.speed == 1 else f", speed {slot.speed}"
        return picture(
            jpeg(_still(self.film, slot), width),
            slot.source.name,
            (at, f"{slot.frames} frames{speed}", slot.how),
            width,
            relative_url(self.film.folder / slot.source.file),
        )


def _still(film: Film, slot: Slot) -> Any:
    """A take's poster, or the middle of a card."""
    from studio.media import read_frames

    if slot.source.kind == "take":
        return read(film.library.poster(name_of(slot.source.file, slot.source.name)))
    card = film.folder / slot.source.file
    return read_frames(card, [slot.source.frames // 2])[0] if card.is_file() else None
