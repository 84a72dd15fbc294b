"""Dailies: every take of the film on one sheet, looked at, judged and compared by keyboard."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from traitlets import Dict

from studio import review
from studio.errors import BadInput, NotFound, StudioError
from studio.given import shown
from studio.log import now_us
from studio.media import name_of
from studio.review import Watched, Watching
from studio.review.coverage import KEPT_BY
from studio.review.watching import sort_of
from studio.widgets._dailies_state import DONE, Files, files_of, picture, playable, rate_line, row_of
from studio.widgets._dailies_take import detail
from studio.widgets._desk_state import initials
from studio.widgets._following import Follower
from studio.widgets._panel import Act, Answer, Panel
from studio.widgets._serving import files_url
from studio.widgets.sheet import counted, line_of, link_from_here, query_words, sheet_html, stills

if TYPE_CHECKING:
    from studio.film import Film

MOST_ROWS, MOST_PICTURES = 120, 60  # in one question
MOST_FACETS = 100  # values of one field: the page offers them in a list
GIVEN = ("given", "as they were given")  # the order of a table or list of takes
LETTERS = {"circle": "c", "hold": "h", "ng": "n", "": "-"}
DIGITS = 9  # reasons that have a key


class Dailies(Panel):
    """`film.dailies()`. Everything it does is a call: `film.circle`, `.hold`, `.ng`, `.take_back`, `.reason`,
    `.accident`, `.note`, `.mark`, `.obeyed`, `.undo`, `.scene_from`; `film.review` finds, sorts and counts.

    `query` is a search, or a table with a column `take` or a list of labels: those takes, in that order. Drawn on a
    take is what the author says who decides now; what others say stands beside it.
    """

    files = (
        "_media", "_dailies_media", "_dailies_cell", "_dailies_sheet", "_dailies_find", "_dailies_question",
        "_dailies_unwritten", "_dailies_screen", "_dailies_motion", "_dailies_detail", "_dailies_side", "_dailies_pair",
        "_dailies_coverage", "dailies",
    )  # fmt: skip
    about: ClassVar[Mapping[str, str]] = {"list": "search", "write_as": "author", "coverage": "coverage"}

    _state = Dict().tag(sync=True)

    def __init__(self, film: Film, query: Any = "", sort: str = "shot") -> None:
        self.film = film
        text, labels = asked(film, query)
        self._order = {label: place for place, label in enumerate(labels or ())}
        self._given = labels is not None
        self._sorts = {**dict([GIVEN] if self._given else []), **review.SORTS}
        self._watching = Watching(film.log, self._author(), labels)
        self._sort = self._sort_of(GIVEN[0] if self._given and sort == "shot" else sort)
        self._query = str(review.parse(text))
        self._files = files_url(film.folder)
        self._lock = threading.RLock()  # messages come in the kernel's thread, what others wrote in the ear's
        self._moment = 0
        self._behind = False  # what was judged here is not in the state yet
        self._lines: dict[str, str] = {}  # what was measured, by label
        self._follower = Follower(film.log, self._heard)
        super().__init__(_state=self._now())

    def __repr__(self) -> str:
        counts = self._watching.counts
        return f"Dailies({f'{self._query!r}, ' if self._query else ''}{counts['seen']} of {counts['all']} seen)"

    def acts(self) -> Mapping[str, Act]:
        """What the page can ask for."""
        return {
            "list": self.find, "rows": self.rows, "pictures": self.pictures, "clip": self.clip, "look": self.look,
            "judge": self.judge, "reason": self.reason, "accident": self.accident, "note": self.note,
            "mark": self.mark, "obeyed": self.obeyed, "undo": self.undo, "alternates": self.alternates,
            "scene_from": self.scene_from, "coverage": self.coverage, "write_as": self.write_as,
        }  # fmt: skip

    # --- looking -----------------------------------------------------------------------------------------------------

    def find(self, query: str = "", sort: str = "shot", unfold: bool = False) -> dict[str, Any]:
        """The labels that a search finds, in order, with my marks on them: a character each."""
        with self._lock:
            found = self._found(query, self._sort_of(sort), bool(unfold))
        takes = found.takes
        return {
            "labels": [each.take for each in takes],
            "marks": "".join(LETTERS[each.mine.verdict] for each in takes),
            "seen": "".join("1" if each.seen else "0" for each in takes),
            "accidents": "".join("1" if each.mine.accident else "0" for each in takes),
            "said": found.said,
            "folded": [[each.take, each.fold.why if each.fold else ""] for each in found.folded],
            "chips": [list(chip) for chip in found.query.chips],
            "query": str(found.query),
        }

    def rows(self, takes: Sequence[str]) -> dict[str, Any]:
        """A cell for each of these takes."""
        with self._lock:
            return {watched.take: self._row(watched) for watched in self._named(takes, MOST_ROWS)}

    def pictures(self, takes: Sequence[str], what: str = "poster") -> Answer:
        """The posters or strips of these takes: [label, place of its bytes or -1, why there are none] for each."""
        if what not in ("poster", "strip"):
            raise BadInput(f"a take has no {shown(what)}: ask for its poster or its strip")
        told: list[list[Any]] = []
        buffers: list[bytes] = []
        for watched in self._named(takes, MOST_PICTURES):
            found, why = picture(self.film.library, name_of(watched.row["file"], watched.take), what)
            told.append([watched.take, len(buffers) if found else -1, why])
            buffers += [found] if found else []
        return Answer(told, tuple(buffers))

    def clip(self, take: str) -> Answer:
        """A take's proxy, else the clip itself: bytes that play in every host of a notebook."""
        return Answer(None, (playable(self.film.library, self._named_one(take).row),))

    def look(self, take: str) -> dict[str, Any]:
        """Everything about one take."""
        with self._lock:
            watched = self._named_one(take)
            row, place = self._row(watched), self._watching.place(watched.take)
            went_on = [each.take for each in self._watching.takes if each.row["parent"] == watched.take]
        return detail(self.film, watched, row, place, went_on, now_us())

    def alternates(self, take: str) -> list[list[str]]:
        """The other takes of its shot, the best first, each with why."""
        return [list(each) for each in self._watching.alternates(self._named_one(take).take)]

    def coverage(self) -> dict[str, Any]:
        """What is lacking, which reasons kill, what is kept, and where people differ."""
        log, names = self.film.log, self.film.authors
        rows = log.takes_now()
        said = ((row["verdict"] or "", row["reason"] or "") for row in rows)
        counted_ = review.judged(rows)
        return {
            "lacking": [[each.shot, each.lacks, each.takes, each.done] for each in review.coverage(log) if each.lacks],
            "reasons": [[each.reason, each.ng, each.circled, each.held] for each in review.count_reasons(said)],
            "kept": {by: [[name, str(rate)] for name, rate in review.kept_by(counted_, by)] for by in KEPT_BY},
            "disagreements": [
                [each.take, [[initials(said.author, names), said.verdict] for said in each.said]]
                for each in review.disagreements(rows, log.opinions())
            ],
        }

    # --- judging -----------------------------------------------------------------------------------------------------

    def judge(self, take: str, verdict: str | None, reason: str = "", note: str = "") -> dict[str, Any]:
        """Circle, hold or NG a take; None takes my verdict back."""
        calls = {"circle": self.film.circle, "hold": self.film.hold, "ng": self.film.ng}
        if verdict is None:
            return self._done(take, "verdict taken back", self.film.take_back)
        if not isinstance(verdict, str) or verdict not in calls:
            raise BadInput(f"{shown(verdict)} is not a verdict: say {', '.join(calls)}, or null to take yours back")
        return self._done(take, DONE[verdict], lambda label: calls[verdict](label, reason=reason, note=note))

    def reason(self, take: str, reason: str, on: bool = True) -> dict[str, Any]:
        """One more reason for my verdict, or one less."""
        _text(reason, "the reason")
        said = f"because of {reason}" if _switch(on) else f"not because of {reason}"
        return self._done(take, said, lambda label: self.film.reason(label, reason, on))

    def accident(self, take: str, on: bool = True) -> dict[str, Any]:
        """A happy accident, or not any more."""
        said = "an accident" if _switch(on) else "no accident any more"
        return self._done(take, said, lambda label: self.film.accident(label, on))

    def note(self, take: str, text: str) -> dict[str, Any]:
        """My note; empty words take it away."""
        _text(text, "the note")
        said = "has your note" if text.strip() else "has no note any more"
        return self._done(take, said, lambda label: self.film.note(label, text))

    def mark(self, take: str, in_frame: int | None, out_frame: int | None) -> dict[str, Any]:
        """The best part, in frames of the clip; the out frame is not in it."""
        said = "has no best part any more" if in_frame is None and out_frame is None else "has its best part marked"
        author = self.film.author
        return self._done(take, said, lambda label: review.mark_best(self.film.log, label, author, in_frame, out_frame))

    def obeyed(self, take: str, obeyed: str | None) -> dict[str, Any]:
        """My word on its camera; None takes it back."""
        said = "has no word of yours on its camera any more" if obeyed is None else f"camera: {obeyed}"
        return self._done(take, said, lambda label: self.film.obeyed(label, obeyed))

    def undo(self) -> dict[str, Any]:
        """Take back my last decision."""
        with self._lock:
            said = self.film.undo()
            label = said.partition(":")[0]
            return self._written(label, said)

    def scene_from(self, take: str) -> dict[str, str]:
        """A new shot that begins with a take's words and first frame."""
        label = self._named_one(take).take
        shot = self.film.scene_from(label).shot
        calls = f'film.desk("{shot}"), or film.generate("{shot}", begins_as="{label}") to begin with its first frame'
        return {"shot": shot, "said": f"{shot} begins with the words of {label}: {calls}"}

    def write_as(self, author: str) -> None:
        """Decide as this author from here on; the marks are this author's."""
        with self._lock:
            self.film.as_(_text(author, "an author's name"))
            self.refresh()

    def _done(self, take: str, said: str, write: Callable[[str], object]) -> dict[str, Any]:
        """Write about one take, and tell how it stands now. It is on disk when this returns."""
        with self._lock:
            label = self._named_one(take).take
            write(label)
            return self._written(label, f"{label} {said}")

    def _written(self, label: str, said: str) -> dict[str, Any]:
        self._follow(label)
        self._behind = True
        watching = self._watching
        return {
            "take": label,
            "row": self._row(watching[label]) if label in watching else None,
            "counts": watching.counts,
            "pace": watching.pace().said,
            "said": said,
        }

    # --- keeping up --------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show how everything stands now. May be called in any thread."""
        with self._lock:
            self._follow()
            self._tell()

    def seen(self, anywhere: bool) -> None:
        """While it is shown it follows what others write."""
        self._follower.follow(anywhere)
        if not anywhere:
            return
        self.refresh()  # also for a second view: what was judged in the first is not in the state

    def _heard(self) -> None:
        """In the ear's thread, after a write of this kernel or another one."""
        with self._lock:
            try:
                before = self._moment
                self._follow()
                if self._moment != before or self._behind:
                    self._tell()
            except StudioError:
                if self.film.log.is_open:  # else the film was closed meanwhile: what is shown stays as it was
                    raise

    def _follow(self, mine: str = "") -> None:
        """Read what was written. The page asks again where more changed than the take that it just wrote about."""
        author = self._author()
        changed = set(self._watching.refresh())
        if author != self._watching.author:
            self._watching.write_as(author)
            self._moment += 1
        for label in changed:
            self._lines.pop(label, None)
        if changed - {mine} or (changed and self._views > 1):
            self._moment += 1

    def _tell(self) -> None:
        self._behind = False
        self._state = self._now()

    def _now(self) -> dict[str, Any]:
        watching, settings, author = self._watching, self.film.settings, self._watching.author
        return {
            "title": settings.title,
            "film": hashlib.sha1(str(self.film.folder).encode(), usedforsecurity=False).hexdigest()[:12],
            "author": author,
            "initials": initials(author, self.film.authors),
            "authors": list(self.film.authors),
            "reasons": list(settings.reasons[:DIGITS]),
            "counts": watching.counts,
            "pace": watching.pace().said,
            "files": self._files,
            "facets": {
                field: [list(each) for each in values[:MOST_FACETS]] for field, values in watching.facets.items()
            },
            "query": self._query,
            "sort": self._sort,
            "sorts": [list(each) for each in self._sorts.items()],
            "moment": str(self._moment),
        }

    # --- within ------------------------------------------------------------------------------------------------------

    def _author(self) -> str:
        """Who decides; "" while nobody is chosen: the film's own verdicts are shown then."""
        try:
            return self.film.author
        except StudioError:
            return ""

    def _sort_of(self, sort: Any) -> str:
        if self._given and sort in GIVEN:
            return GIVEN[0]
        return sort_of(sort)

    def _found(self, query: Any, sort: str, unfold: bool) -> review.Found:
        if sort != GIVEN[0]:
            return self._watching.find(query, sort, unfold)
        found = self._watching.find(query, "shot", unfold)
        in_order = (sorted(each, key=lambda take: self._order[take.take]) for each in (found.takes, found.folded))
        return review.Found(found.query, *map(tuple, in_order))

    def _named_one(self, take: Any) -> Watched:
        """The take of a label that the page sent: looked up among those that are watched, whatever it may be."""
        if not isinstance(take, str):
            raise BadInput(f"{shown(take)} is no take: give its label, such as 07A-003")
        return self._watching[take]

    def _named(self, takes: Any, most: int) -> list[Watched]:
        if not isinstance(takes, list | tuple) or len(takes) > most:
            said = f"{len(takes)} takes" if isinstance(takes, list | tuple) else shown(takes)
            raise BadInput(f"{said} cannot be asked for at once: give a list of at most {most} labels")
        return [self._named_one(take) for take in takes]

    def _row(self, watched: Watched) -> dict[str, Any]:
        label = watched.take
        if label not in self._lines:
            event = self.film.log.measured_of(watched.id) if watched.row["measured_method"] is not None else None
            self._lines[label] = rate_line(str(event.data.get("figures", "")) if event else "")
        files: Files = files_of(self.film.library, watched.row)
        return row_of(watched, self._lines[label], files, self.film.authors)

    def static_html(self) -> str:
        """The first takes as posters, the rest as a table, with what counts for the film."""
        with self._lock:
            self._follow()
            found = self._found(self._query, self._sort, False)
        everything = {watched.take: line_of(watched) for watched in self._watching.takes}
        lines = [everything[label] for label in found.labels]
        said = f"{found.said}{f' found by {query_words(found.query.chips)}' if found.query.chips else ''}"
        said += f", {len(found.folded):,} folded" if found.folded else ""
        head = f"{self.film.settings.title}: {counted(list(everything.values()))}"
        said += f", by {self._sorts[self._sort]}" if lines else ""
        if not everything:
            said = 'no take has a clip yet: film.generate("01A") makes one'
        return sheet_html(lines, head, said, stills(self.film), link_from_here(self.film))


def asked(film: Film, query: Any) -> tuple[str, list[str] | None]:
    """What a person asked for: a search, or the labels of the takes that they listed, each once.

    BadInput for anything else, NotFound for a take that is not of this film.
    """
    if isinstance(query, str):
        return query, None
    columns = getattr(query, "columns", None)
    listed: Any = query
    if columns is not None:
        if "take" not in columns:
            raise BadInput(f"the table has no column take: it has {', '.join(map(str, columns))[:100] or 'none'}")
        listed = query["take"]
    if isinstance(listed, Mapping) or not isinstance(listed, Iterable):
        raise BadInput(f'{shown(query)} is no search: write one, such as "shot:07A", or give a table or list of takes')
    labels = list(dict.fromkeys(_text(label, "a take of the list") for label in listed))
    known = {take.label: take.id for take in film.log.takes()}
    for label in labels:
        if label not in known:
            found = film.log.take(label)  # NotFound names the nearest
            raise NotFound(f"{shown(label)} is the id of a take: give its label, {found.label}")
    if columns is not None and "id" in columns:
        for label, id in zip(query["take"], query["id"], strict=True):
            if id != known[label]:
                raise NotFound(f"{label} of the table is a take of another film: its id is {shown(id)}")
    return "", labels


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise BadInput(f"{what} is {shown(value)}, not text: write it in quotes")
    return value


def _switch(on: Any) -> bool:
    if not isinstance(on, bool):
        raise BadInput(f"{shown(on)} switches nothing on or off: say true or false")
    return on
