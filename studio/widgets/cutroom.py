"""The cutting room: a cut on its song, edited slot by slot, with its joins, its alternates and its versions."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakSet

from traitlets import Dict

from studio import cutting, delivery, song
from studio.cutting.editing import slot_of
from studio.cutting.stock import CIRCLED_OR_HELD
from studio.errors import BadInput, StudioError
from studio.given import shown, text, visible, whole
from studio.log import default_author
from studio.nouns import Cut
from studio.widgets import _cutroom_draft as draft
from studio.widgets._cutroom_draft import History
from studio.widgets._cutroom_material import Frames, Song, address_of, poster
from studio.widgets._cutroom_ops import edited, with_song
from studio.widgets._cutroom_out import WayOut
from studio.widgets._cutroom_state import (
    Joins,
    Judged,
    against_of,
    alternate_rows,
    coverage_of,
    cut_row,
    editor_rows,
    join_rows,
    markers_now,
    slot_rows,
    song_of,
    version_row,
    when,
    worth,
)
from studio.widgets._cutroom_twin import twin
from studio.widgets._dailies_state import playable
from studio.widgets._following import Follower
from studio.widgets._panel import Act, Answer
from studio.widgets._serving import files_url

if TYPE_CHECKING:
    from studio.film import Film
    from studio.film.cut import CutHandle
    from studio.song import Master

LONGEST_NAME = 200  # characters, of a cut
MOST_VERSIONS = 1_000_000
_ROOMS: WeakSet[CutRoom] = WeakSet()  # of this kernel


class CutRoom(WayOut):
    """`cut.room()`. Everything it does is a call: the edits of a cut in hand, `cut.solve`, `cut.alternates`,
    `cut.difference`, `cut.checks`, `cut.export`, `cut.render`, `film.song`, `film.conform`.

    It holds a working cut. Each edit is kept on disk at once, as a draft of the author and the version that it began
    from; saving stores one new version of what is seen.
    """

    files = (
        "_media", "_cutroom_marks", "_cutroom_media", "_cutroom_reel", "_cutroom_effects", "_cutroom_play",
        "_cutroom_joins", "_cutroom_slot", "_cutroom_wave", "_cutroom_sections", "_cutroom_strip", "_cutroom_markers",
        "_cutroom_time", "_cutroom_editors", "_cutroom_versions", "cutroom",
    )  # fmt: skip
    about: ClassVar[Mapping[str, str]] = {
        "edit": "slot", "alternates": "slot", "wave": "song", "audio": "song", "song": "song", "undo": "cut",
        "redo": "cut", "save": "cut", "solve": "cut", "against": "versions", "open": "versions", "export": "export",
        "render": "render", "stop": "render", "conform": "conform", "write_as": "cut",
    }  # fmt: skip

    _state = Dict().tag(sync=True)
    _progress = Dict().tag(sync=True)

    def __init__(self, film: Film, cut: CutHandle | Cut) -> None:
        value = getattr(cut, "value", cut)
        if not isinstance(value, Cut) or not value.version:
            raise BadInput(f"{shown(cut)} is no stored cut: film.cut().room() opens the latest version")
        self.film = film
        self.job = None
        self._files = files_url(film.folder)
        self._lock = threading.RLock()  # messages come in the kernel's thread, what others wrote in the ear's
        self._follower = Follower(film.log, self._heard)
        self._joins, self._frames, self._song = Joins(), Frames(film.library), Song(film.folder, value)
        self._versions: dict[int, list[Any]] = {}
        self._cut_ids: dict[int, str] = {}
        self._against: Cut | None = None
        self._moment = ""
        self._checked: tuple[object, list[list[Any]]] = (None, [])
        self._song_undo: tuple[object, str] = (None, "")
        self._history, self._mark, self._opened = History.of(value), "", ""
        self._look()
        self._open(value)
        super().__init__(_state=self._now(), _progress={})
        _ROOMS.add(self)

    def __repr__(self) -> str:
        cut = self._history.cut
        unsaved = ", not saved" if self._history.unsaved else ""
        return f"CutRoom({cut.name!r}, version {cut.version}, {len(cut.slots)} slots{unsaved})"

    def acts(self) -> Mapping[str, Act]:
        """What the page can ask for."""
        return {
            "wave": self.wave, "picture": self.picture, "clip": self.clip, "audio": self.audio, "sound": self.sound,
            "alternates": self.alternates, "edit": self.edit, "undo": self.undo, "redo": self.redo, "save": self.save,
            "solve": self.solve, "open": self.open_version, "against": self.against, "song": self.correct,
            "conform": self.conform, "export": self.export, "render": self.render, "stop": self.stop,
            "write_as": self.write_as,
        }  # fmt: skip

    @property
    def cut(self) -> Cut:
        """The working cut: its number and name are those of the version it began from."""
        return self._history.cut

    # --- looking -----------------------------------------------------------------------------------------------------

    def wave(self, start: float, end: float, points: int) -> Answer:
        """The lowest and the highest of the song in so many parts between two frames, float32 pairs."""
        return Answer(None, (self._song.peaks(start, end, points),))

    def audio(self) -> Answer:
        """The part of the song that the cut plays, as .m4a."""
        made = self._song.encoded()  # a thread may be at it: nobody else is kept waiting
        with self._lock:
            if self._song.address != self._state["song"]["audio"]:
                self._tell()
        return Answer(None, (made.read_bytes(),))

    def sound(self, slot: int) -> Answer:
        """What plays under a slot beside the song, as it is delivered: .wav, as long as the slot."""
        from studio.delivery.effects import effect_under

        cut = self.cut
        return Answer(None, (effect_under(cut, slot_of(cut, slot)[0], self.film.library),))

    def picture(self, what: str, slot: int | str, frame: int | None = None) -> Answer:
        """A small JPEG: the poster of a slot, its first or last frame (from another in-point than its own: `frame`),
        or the poster of a take, whose label stands for the slot."""
        library = self.film.library
        if what == "take":
            found = self._stock.take(self._label(slot)).source
            return Answer(None, (poster(library, found.name, found.file),))
        if what not in ("poster", "first", "last"):
            raise BadInput(f"a slot has no picture {shown(what)}: ask for its poster, first or last, or for a take")
        at = None if frame is None else whole(frame, "an in-point", 0, cutting.MOST_FRAMES)
        with self._lock:
            cut = self.cut
            _, place = slot_of(cut, slot)
            if place.source.kind == "card":
                return Answer(None, (self._frames.card(place.source),))
            if what == "poster":
                return Answer(None, (poster(library, place.source.name, place.source.file),))
            return Answer(None, (self._frames.at(cut, place, what, at),))

    def clip(self, take: str) -> Answer:
        """A take's proxy, else the clip itself: bytes that play in every host of a notebook."""
        found = self._stock.take(self._label(take))
        return Answer(None, (playable(self.film.library, {"take": found.label, "file": found.source.file}),))

    def alternates(self, slot: int) -> list[dict[str, Any]]:
        """The circled and held takes for a slot, the best first, the one in the cut among them; then those that do not
        fit, each with why."""
        with self._lock:
            self._look()
            cut = self.cut
            number, place = slot_of(cut, slot)
            others = self._stock.of(place.shot, CIRCLED_OR_HELD) if place.shot else []
            return alternate_rows(cut, place, cutting.alternates(cut, number, self._stock), others)

    # --- editing -----------------------------------------------------------------------------------------------------

    def edit(self, op: str, slot: int | None = None, **details: Any) -> None:
        """One edit of the working cut: swap, trim, slip, retime, roll, dissolve, pin, ban, aim, best_in."""
        with self._lock:
            self._catch_up()
            self._put(self._history.edited(*edited(self.cut, self._stock, op, slot, details)))

    def undo(self) -> None:
        """Take the last edit back."""
        self._step(History.undone, "there is nothing to undo")

    def redo(self) -> None:
        """Do it again."""
        self._step(History.redone, "there is nothing to do again")

    def _step(self, way: Callable[[History], History], none: str) -> None:
        with self._lock:
            self._catch_up()
            stepped = way(self._history)
            if stepped == self._history:
                raise BadInput(none)
            self._put(stepped)

    def solve(self) -> dict[str, str]:
        """Choose takes and in-points anew for the best joins, around what is pinned and without what is banned."""
        with self._lock:
            self._catch_up()
            before = self.cut
            after = cutting.choose(before, self._stock).cut
            count = len(cutting.difference(before, after).changed)
            was, now = (worth(self._joins.of(cut, self._stock)) for cut in (before, after))
            self._put(self._history.edited("solve the joins", after))
        slots = f"{count} slot{'s' * (count != 1)} changed" if count else "no slot changed"
        return {"said": f"{slots}, {was:.1f} → {now:.1f}" if count else f"{slots}: the joins are at their best"}

    def save(self, name: str = "") -> dict[str, Any]:
        """What is seen becomes a new version of the cut, by the author who works here."""
        named = visible(name, "the name of the cut", LONGEST_NAME).strip()
        with self._lock:
            self._catch_up()
            film, base, author = self.film, self._history.base, self.film.author
            cut = replace(self.cut, name=named or base.name, markers=markers_now(self.cut, self._master))
            if not self._history.unsaved and (cut.name, cut.markers) == (base.name, base.markers):
                raise BadInput(f"nothing is changed since version {base.version}: edit it, or give it another name")
            card = partial(delivery.make_card, film.folder, film.settings)
            stored = cutting.revise(film.log, film.settings, cut, author, card, self._stock)
            draft.drop(film.folder, author, base.version)
            self._mark = self._opened = ""
            self._history = self._history.saved(stored)
            self.refresh()
        return {"version": stored.version, "said": f"saved as version {stored.version}"}

    def open_version(self, version: int) -> None:
        """Work on another version. What is not saved of this one is kept, and is there when it is opened again."""
        found = self.film.log.cut(whole(version, "the version of a cut", 1, MOST_VERSIONS))
        with self._lock:
            self._open(found)
            self.refresh()

    def against(self, version: int | None) -> None:
        """Show what is different from another version; None shows none."""
        found = None if version is None else whole(version, "the version of a cut", 1, MOST_VERSIONS)
        with self._lock:
            self._against = None if found is None else self.film.log.cut(found)
            self._tell()

    def write_as(self, author: str) -> None:
        """Cut as this author from here on; what is not saved goes along."""
        with self._lock:
            self._catch_up()
            film, before, history = self.film, self._author(), self._history
            author = default_author(film.settings, text(author, "an author's name"), {})
            theirs = draft.mark_of(film.folder, author, history.base.version)
            if theirs and history.unsaved and author != before:
                raise BadInput(
                    f"{author} has edits of version {history.base.version} that are not saved: save yours first, and "
                    f"then cut as {author}"
                )
            film.as_(author)
            if author != before and not theirs:
                self._mark = draft.keep(film.folder, author, history)
                draft.drop(film.folder, before, history.base.version)
            elif author != before:
                self._open(history.base)
            self.refresh()

    # --- the song ----------------------------------------------------------------------------------------------------

    def correct(self, op: str, **details: Any) -> dict[str, str]:
        """Correct the film's song: double, halve, nudge, half_beat, tap, bar_at, section_move, section_name, marker,
        undo. Frames and seconds are counted from the start of the cut."""
        with self._lock:
            self._look()
            said = with_song(self.film, self.cut, self._master, op, details)
            self.refresh()
        return {"said": said}

    # --- keeping up --------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show how everything stands now. May be called in any thread."""
        with self._lock:
            self._catch_up()
            self._tell()

    def seen(self, anywhere: bool) -> None:
        """While it is shown it follows what others write, and has the song at hand."""
        self._follower.follow(anywhere)
        if not anywhere:
            return
        self.refresh()
        if not self._song.ready:
            threading.Thread(target=self._prepare, name="studio-room-song", daemon=True).start()

    def _prepare(self) -> None:
        self._song.prepare()
        self._heard()

    def _heard(self) -> None:
        """In another thread, after a write of this kernel or another one."""
        try:
            with self._lock:
                if self._song.address != self._state["song"]["audio"] or self.film.log.moment() != self._moment:
                    self.refresh()
        except StudioError:
            if self.film.log.is_open:  # else the film was closed meanwhile: what is shown stays as it was
                raise

    def _put(self, history: History) -> None:
        """This is the working cut from here on. It is on disk before it is shown."""
        if history == self._history:
            return
        self._mark = draft.keep(self.film.folder, self._author(), history)
        self._history, self._opened = history, ""
        self._tell()
        for other in tuple(_ROOMS):
            if other is not self and other.film.folder == self.film.folder:
                other._edited_elsewhere()

    def _edited_elsewhere(self) -> None:
        """Another room of this kernel was at work: show it, unless this one is busy and looks by itself soon."""
        if self._views > 0 and self.film.log.is_open and self._lock.acquire(blocking=False):
            try:
                self.refresh()
            finally:
                self._lock.release()

    def _open(self, cut: Cut) -> None:
        """Work on a stored version, with what was kept of its edits."""
        found = draft.kept(self.film.folder, self._author(), cut)
        self._history, self._mark, self._opened = History.of(cut), "", ""
        if found is not None:
            self._history, self._mark, at_us = found
            if self._history.unsaved:
                count = self._history.done
                edits = f"{count} edit{'s' * (count != 1)}" if count else "edits"
                self._opened = f"{edits} of {when(at_us)} that {'is' if count == 1 else 'are'} not saved, opened again"
        if self._against is not None and self._against.version == cut.version:
            self._against = None
        if not self._song.of(cut):
            self._song = Song(self.film.folder, cut)

    def _catch_up(self) -> None:
        """Read what was written, and what another room of this version did to the same working cut."""
        self._look()
        base = self._history.base
        mark = draft.mark_of(self.film.folder, self._author(), base.version)
        if mark and mark != self._mark and (found := draft.kept(self.film.folder, self._author(), base)):
            self._history, self._mark, _ = found

    def _look(self) -> None:
        """What the log says, once for everything that was written to it."""
        log = self.film.log
        moment = log.moment()
        if moment == self._moment:
            return
        self._stock = cutting.Stock(log)
        finished = log.finished()
        self._judged = Judged(
            {kept.take.label: kept.verdict for kept in finished},
            Counter(kept.take.shot for kept in finished if kept.verdict == "circle"),
        )
        self._master: Master | None = song.find(log)
        ids, known = log.cut_ids(), self._cut_ids
        new = [version for version, id in ids.items() if known.get(version) != id]
        for cut in map(log.cut, new) if known else log.cuts():
            self._versions[cut.version] = version_row(cut, self.film.authors)
        self._versions = {version: self._versions[version] for version in ids}  # a merge may have moved one
        self._cut_ids = ids
        self._moment = moment

    def _tell(self) -> None:
        self._state = self._now()

    def _now(self) -> dict[str, Any]:
        film, history, cut, stock = self.film, self._history, self._history.cut, self._stock
        against, joins = self._against, self._joins.of(cut, stock)
        return {
            "title": film.settings.title,
            "film": hashlib.sha1(str(film.folder).encode(), usedforsecurity=False).hexdigest()[:12],
            "author": self._author(),
            "authors": list(film.authors),
            "files": self._files,
            "cut": cut_row(cut, history.unsaved, history.undo, history.redo, self._opened),
            "slots": slot_rows(cut, self._judged, partial(address_of, film.library)),
            "joins": join_rows(cut, joins),
            "song": song_of(cut, self._master, self._song.address, self._undoable()),
            "coverage": coverage_of(cut, self._judged.circled),
            "checks": self._advice(cut),
            "versions": [self._versions[version] for version in sorted(self._versions, reverse=True)],
            "against": against_of(against, cut, self._joins.of(against, stock), joins) if against else None,
            "editors": editor_rows(cut),
            "moment": self._moment,
        }

    def _advice(self, cut: Cut) -> list[list[Any]]:
        """What is worth a look, worked out again only where something changed."""
        key = (self._moment, cut.slots, cut.aim)
        if self._checked[0] != key:
            found = cutting.checks_of(self.film.log, cut, self._stock)
            self._checked = key, [[each.slot, each.sentence] for each in found]
        return self._checked[1]

    def _undoable(self) -> str:
        """The correction of the song that this author can take back."""
        author = self._author()
        if self._song_undo[0] != (self._moment, author):
            found = song.undoable(self.film.log, author) if author else ""
            self._song_undo = (self._moment, author), found
        return self._song_undo[1]

    # --- within ------------------------------------------------------------------------------------------------------

    def _author(self) -> str:
        """Who cuts; "" while nobody is chosen."""
        try:
            return self.film.author
        except StudioError:
            return ""

    def _label(self, take: Any) -> str:
        """The label of a take that the page sent, looked up whatever it may be."""
        if not isinstance(take, str):
            raise BadInput(f"{shown(take)} is no take: give its label, such as 07A-003")
        found = self.film.log.take(take).label
        if found != take:
            raise BadInput(f"{shown(take)} is the id of a take: give its label, {found}")
        return found

    def static_html(self) -> str:
        """The storyboard with its joins in words, what it lacks, what changed, and its table."""
        with self._lock:
            self._catch_up()
            cut, history, joins = self.cut, self._history, self._joins.of(self.cut, self._stock)
            before = [version for version in self._versions if version < cut.version]
            old = self._against or (self.film.log.cut(max(before)) if before else None)
        unsaved = ", with edits that are not saved" if history.unsaved else ""
        words = Counter(each.word for each in joins if each)
        told = ", ".join(f"{words[word]} {word}" for word in ("good", "weak", "break") if words[word])
        head = [
            f"{cut.film_title}: cut {cut.version}, {cut.name}{unsaved}: {len(cut.slots)} slots, {cut.frames} frames"
            f"{f', joins {told}' if told else ''}",
            f"Coverage: {coverage_of(cut, self._judged.circled)['said']}",
        ]
        if old is not None:
            head.append(f"Against version {old.version}: {cutting.difference(old, cut).words}")
        return twin(self.film, cut, joins, head)
