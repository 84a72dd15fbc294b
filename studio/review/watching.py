"""The takes of a film with what everybody says about them, kept up to date, to be searched, sorted and counted.

What the panel of dailies and `film.review` stand on. Only what changed is read again.
"""

from __future__ import annotations

import difflib
import gc
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from studio.errors import NotFound
from studio.given import shown
from studio.log import Opinion
from studio.media.flags import Flags, blurred
from studio.review.disagreements import differ
from studio.review.doubles import (
    Fold,
    Look,
    alike,
    folds_of,
    hashes_in,
    in_question,
    kept_by_somebody,
    look_of,
    noticed_in,
    used,
)
from studio.review.pace import Pace, pace
from studio.review.queries import Query, WrongQuery, parse, plain
from studio.review.ranking import Candidate, rank
from studio.review.reasons import split_reasons
from studio.review.tallies import Tallies

if TYPE_CHECKING:
    from studio.log import Log

SORTS = {
    "shot": "shot, then take",
    "newest": "newest first",
    "best": "best first",
    "cost": "dearest first",
    "unseen": "not seen first",
}
FEW = 200  # changed takes that are looked up one by one
_LOOKED = ("sha256", "duration_s", "asked_move", "flags", "flags_method", "features_method")  # what folding rests on


@dataclass(frozen=True)
class Watched:
    """A take with a clip, as one person watches it."""

    row: Mapping[str, Any]  # as `Log.takes_now` gives it
    mine: Opinion
    others: tuple[Opinion, ...] = ()
    fold: Fold | None = None
    noticed: Flags | None = None  # the numbers of its clip
    flags: tuple[str, ...] = ()  # what stands out, also beside the film's other takes: "blur"

    @property
    def take(self) -> str:
        """Its label."""
        return str(self.row["take"])

    @property
    def id(self) -> str:
        """Its identity."""
        return str(self.row["id"])

    @property
    def shot(self) -> str:
        """07A."""
        return str(self.row["shot"])

    @property
    def verdict(self) -> str:
        """Mine; "" where I have none."""
        return self.mine.verdict

    @property
    def seen(self) -> bool:
        """Whether I have judged it, or flagged it as an accident."""
        return bool(self.mine.verdict) or self.mine.accident

    @property
    def obeyed(self) -> str:
        """My word on its camera, else the film's; "" where it is not measured."""
        return self.mine.obeyed or self.row["obeyed"] or ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each of mine."""
        return split_reasons(self.mine.reason)

    @property
    def disagree(self) -> bool:
        """Whether two people's verdicts on it differ."""
        return differ((self.mine, *self.others))

    @cached_property
    def facts(self) -> Facts:
        """What a search looks at."""
        return Facts(self)

    @property
    def moves(self) -> tuple[str, ...]:
        """That were asked for."""
        return moves_of(self.row["asked_move"] or "")

    @property
    def candidate(self) -> Candidate:
        """What it is ranked by: my verdict, else the film's."""
        verdict = self.mine.verdict or self.row["verdict"] or ""
        return Candidate(self.take, verdict, self.obeyed, self.flags, self.row["created_at_us"], self.mine.accident)


@dataclass(frozen=True)
class Found:
    """What a search found, in order."""

    query: Query
    takes: tuple[Watched, ...]
    folded: tuple[Watched, ...] = ()  # found too, and not among the takes

    @property
    def labels(self) -> list[str]:
        """Of the takes."""
        return [each.take for each in self.takes]

    @property
    def said(self) -> str:
        """ "88 takes"."""
        return f"{len(self.takes)} take{'' if len(self.takes) == 1 else 's'}"


class Watching:
    """The takes with a clip, in story order. Without an author the film's own verdicts are "mine".

    `labels` keeps to those takes. Threads may share it: whoever refreshes waits for whoever searches.
    """

    def __init__(self, log: Log, author: str = "", labels: Collection[str] | None = None) -> None:
        self.log, self.author = log, author
        self._only = None if labels is None else frozenset(labels)
        self._lock = threading.RLock()
        self._read_to: str | None = None  # the newest event that is in here
        self._rows: dict[str, dict[str, Any]] = {}  # by id, in story order
        self._said: dict[str, tuple[Opinion, ...]] = {}
        self._looks: dict[str, Look] = {}
        self._pairs: dict[str, dict[str, list[tuple[str, int]]]] = {}  # by shot
        self._in_question: frozenset[str] = frozenset()
        self._protected: frozenset[str] | None = None  # None: fold anew
        self._used: frozenset[str] = frozenset()
        self._folds: dict[str, Fold] = {}
        self._blurred: frozenset[str] = frozenset()
        self._watched: dict[str, Watched] = {}  # by label, in story order
        self._tallies = Tallies()
        self.refresh()

    def __len__(self) -> int:
        return len(self._watched)

    def __contains__(self, label: object) -> bool:
        return label in self._watched

    def __getitem__(self, label: str) -> Watched:
        """The take of this label. NotFound where there is none with a clip."""
        with self._lock:
            found = self._watched.get(label) if isinstance(label, str) else None
            if found is None:
                near = difflib.get_close_matches(str(label)[:40], self._watched, 1, 0.0)
                hint = f"the nearest is {near[0]}" if near else "there is none yet"
                raise NotFound(f"{shown(label)} is no take with a clip here: {hint}")
            return found

    @property
    def moment(self) -> str:
        """The event up to which it was read (`Log.latest_event`): what came later may be in it or not."""
        with self._lock:
            return self._read_to or ""

    @property
    def takes(self) -> tuple[Watched, ...]:
        """All of them, in story order."""
        with self._lock:
            return tuple(self._watched.values())

    def write_as(self, author: str) -> None:
        """From here on, this person's opinions are "mine"."""
        with self._lock:
            if author != self.author:
                self.author = author
                self._draw(self._rows)

    # --- keeping up ----------------------------------------------------------------------------------------------

    def refresh(self) -> frozenset[str]:
        """Read what was written since the last time; gives the labels of the takes that are not as they were."""
        with self._lock:
            newest = self.log.latest_event()
            whole = self._read_to is None
            touched = None if whole else self.log.touched_since(self._read_to or "") if newest != self._read_to else ()
            cut = used(self.log)
            if touched is not None and not touched and cut == self._used:
                self._read_to = newest
                return frozenset()
            if touched and len(touched) > max(FEW, len(self._rows) // 4):
                touched = None  # as after a merge: all of them at once is quicker
            with _nothing_collected() if touched is None else nullcontext():
                changed = self._read(touched)
                self._used, self._read_to = cut, newest
                return self._draw(changed | self._fold(changed))

    def _read(self, touched: Collection[str] | None) -> set[str]:
        """The rows and opinions of these takes, or of all; the ids of those that were not there or are read anew."""
        rows = {row["id"]: row for row in self.log.takes_now(touched) if self._wanted(row)}
        said: dict[str, list[Opinion]] = defaultdict(list)
        for opinion in self.log.opinions(touched):
            said[opinion.take_id].append(opinion)
        new = rows.keys() - self._rows.keys()
        looked = [id for id, row in rows.items() if id in new or any(row[n] != self._rows[id][n] for n in _LOOKED)]
        for id in rows:
            self._said[id] = tuple(said.get(id, ()))
        self._rows |= rows
        if new:
            self._rows = dict(sorted(self._rows.items(), key=lambda each: (each[1]["shot"], each[1]["n"])))
        if looked:
            self._look(looked)
        return set(rows)

    def _wanted(self, row: Mapping[str, Any]) -> bool:
        return row["state"] == "done" and (self._only is None or row["take"] in self._only)

    def _look(self, ids: Collection[str]) -> None:
        some = None if len(ids) > FEW else ids
        flags = self.log.latest_as("flags", noticed_in, some)
        pictures = self.log.latest_as("features", hashes_in, some)
        for id in ids:
            self._looks[id] = look_of(self._rows[id], flags.get(id), pictures.get(id))
        shots: dict[str, list[Look]] = {self._rows[id]["shot"]: [] for id in ids}
        for look in self._looks.values():
            if look.shot in shots:
                shots[look.shot].append(look)
        self._pairs |= {shot: alike(looks) for shot, looks in shots.items()}
        self._in_question = in_question(self._looks.values(), self._all_pairs())
        self._protected = None
        known = [(id, look.noticed.sharpness) for id, look in self._looks.items() if look.noticed]
        soft = blurred([sharpness for _, sharpness in known])
        self._blurred = frozenset(id for (id, _), is_soft in zip(known, soft, strict=True) if is_soft)

    def _all_pairs(self) -> dict[str, list[tuple[str, int]]]:
        return {id: earlier for pairs in self._pairs.values() for id, earlier in pairs.items()}

    def _fold(self, changed: Collection[str]) -> set[str]:
        """Fold anew where what is kept by somebody has changed among the takes in question; the ids that it changed."""
        opinions = (said for id in self._in_question for said in self._said.get(id, ()))
        protected = frozenset((kept_by_somebody(opinions) | self._used) & self._in_question)
        if protected == self._protected:
            return set()
        self._protected = protected
        before = {id: watched.fold for id, watched in ((each.id, each) for each in self._watched.values())}
        looks = [self._looks[id] for id in self._in_question]
        self._folds = folds_of(looks, self._all_pairs(), protected)
        soft_before = {each.id for each in self._watched.values() if "blur" in each.flags}
        return {id for id in before if before[id] != self._folds.get(id)} | (
            soft_before ^ (self._blurred & set(before))
        )

    def _draw(self, ids: Iterable[str]) -> frozenset[str]:
        """Make these takes anew; the labels of those that differ from before."""
        changed = set()
        fresh = {}
        for id in ids:
            watched = self._watch(id)
            before = self._watched.get(watched.take)
            if before != watched:
                changed.add(watched.take)
            if before:
                self._tallies.take_out(before)
            self._tallies.put_in(watched)
            fresh[watched.take] = watched
        if fresh.keys() <= self._watched.keys():
            self._watched |= fresh
        else:  # new ones are put where they belong
            all_ = self._watched | fresh
            self._watched = {row["take"]: all_[row["take"]] for row in self._rows.values()}
        return frozenset(changed)

    def _watch(self, id: str) -> Watched:
        row, said, look = self._rows[id], self._said.get(id, ()), self._looks[id]
        if self.author:
            mine = next((each for each in said if each.author == self.author), None) or Opinion(id, self.author)
            others = tuple(each for each in said if each.author != self.author)
        else:
            mine, others = self._film_says(row, said), said
        fold = self._folds.get(id)
        flags = _flag_words(row["flags"] or "", id in self._blurred, fold is not None and bool(fold.of))
        return Watched(row, mine, others, fold, look.noticed, flags)

    @staticmethod
    def _film_says(row: Mapping[str, Any], said: Iterable[Opinion]) -> Opinion:
        judged = max((each.judged_at_us for each in said if each.verdict == row["verdict"]), default=0)
        return Opinion(
            row["id"], "", row["verdict"] or "", row["reason"] or "", row["note"] or "", bool(row["accident"]),
            "", row["best_in"], row["best_out"], judged, judged,
        )  # fmt: skip

    # --- asking --------------------------------------------------------------------------------------------------

    def find(self, query: str | Query = "", sort: str = "shot", unfold: bool = False) -> Found:
        """The takes that a search finds, in an order of `SORTS`; folded ones only where they are asked for."""
        wanted = parse(query)
        order = sort_of(sort)
        with self._lock, _nothing_collected():  # the first search makes the facts of every take
            found = [each for each in self._watched.values() if wanted.matches(each.facts)]
        if order != "shot":
            found.sort(key=_KEYS[order])
        if unfold or wanted.asks("folded"):
            return Found(wanted, tuple(found))
        shown_ = tuple(each for each in found if each.fold is None)
        return Found(wanted, shown_, tuple(each for each in found if each.fold))

    @property
    def counts(self) -> dict[str, int]:
        """all, seen, circle, hold, ng, accident, folded."""
        with self._lock:
            return self._tallies.counts()

    @property
    def facets(self) -> dict[str, list[tuple[str, int]]]:
        """For each field that a search is likely to be about: its values with the number of takes."""
        with self._lock:
            return self._tallies.facets()

    def pace(self) -> Pace:
        """Mine, with what is left: neither seen nor folded."""
        with self._lock:
            return pace(self._tallies.judged, self._tallies.left)

    def alternates(self, take: str) -> list[tuple[str, str]]:
        """(label, why) of the other takes of a take's shot, the best first; folded ones are left out."""
        with self._lock:
            shot = self[take].shot
            others = [each for each in self._of_shot(shot) if each.take != take and each.fold is None]
        return rank(each.candidate for each in others)

    def place(self, take: str) -> str:
        """ "14 of 18 in 07A"."""
        with self._lock:
            shot = self[take].shot
            labels = [each.take for each in self._of_shot(shot)]
        return f"{labels.index(take) + 1} of {len(labels)} in {shot}"

    def of_shot(self, shot: str) -> tuple[Watched, ...]:
        """The takes of one shot, in order."""
        with self._lock:
            return tuple(self._of_shot(shot))

    def _of_shot(self, shot: str) -> list[Watched]:
        return [each for each in self._watched.values() if each.row["shot"] == shot]


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """For a first reading: it only makes what stays, and looking for garbage in that takes half as long again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def sort_of(sort: object) -> str:
    """The key of an order, given as one or in its words. WrongQuery where it is none."""
    if isinstance(sort, str):
        if sort in SORTS:
            return sort
        for key, words in SORTS.items():
            if sort == words:
                return key
    raise WrongQuery(f"takes cannot be sorted by {shown(sort)}: write {', '.join(SORTS)}")


def _cost(each: Watched) -> int:
    return each.row["cost_micro_usd"] or each.row["estimated_micro_usd"] or 0


_KEYS: dict[str, Any] = {
    "newest": lambda each: -(each.row["done_at_us"] or each.row["created_at_us"]),
    "best": lambda each: each.candidate.key,
    "cost": lambda each: -_cost(each),
    "unseen": lambda each: each.seen,
}


@lru_cache(maxsize=20_000)
def _without_case(reason: str) -> tuple[str, ...]:
    return tuple(map(plain, split_reasons(reason)))


@lru_cache(maxsize=20_000)
def moves_of(asked_move: str) -> tuple[str, ...]:
    """The moves of a camera as `Camera.asked_move` writes them, each once."""
    ids = (id for step in asked_move.split(" > ") for id in step.split(" + "))
    return tuple(dict.fromkeys(id for id in ids if id))


@lru_cache(maxsize=20_000)
def _words(*parts: str | None) -> str:
    return "\n".join(plain(part) for part in parts if part)


@lru_cache(maxsize=20_000)
def _flag_words(written: str, is_blurred: bool, is_double: bool) -> tuple[str, ...]:
    found = (*written.split(", "), "blur" * is_blurred, "duplicate" * is_double)
    return tuple(flag for flag in found if flag)


class Facts(dict[str, Any]):
    """What `Query.matches` looks at: text without case, everything once, each when it is first asked for."""

    def __init__(self, watched: Watched) -> None:
        super().__init__()
        self._watched = watched

    def __missing__(self, name: str) -> Any:
        found = self[name] = _FACTS[name](self._watched)
        return found


def _text_of(each: Watched) -> str:
    facts = each.facts
    said = (each.take.lower(), facts["provider"], facts["model"], facts["seed"], *each.flags, *facts["reasons"])
    return "\n".join((*said, facts["note"], facts["words"]))


_FACTS: dict[str, Callable[[Watched], Any]] = {
    "take": lambda each: each.row["take"],
    "shot": lambda each: each.row["shot"],
    "provider": lambda each: each.row["provider"],
    "model": lambda each: each.row["model"] or "",
    "verdict": lambda each: each.mine.verdict,
    "accident": lambda each: each.mine.accident,
    "reason": lambda each: each.mine.reason,
    "reasons": lambda each: _without_case(each.mine.reason) if each.mine.reason else (),
    "note": lambda each: plain(each.mine.note) if each.mine.note else "",
    "moves": lambda each: each.moves,
    "obeyed": lambda each: each.obeyed,
    "flags": lambda each: each.flags,
    "seed": lambda each: "" if each.row["seed"] is None else str(each.row["seed"]),
    "words": lambda each: _words(each.row["scene_text"], each.row["camera"], each.row["style"]),
    "text": _text_of,
    "disagree": lambda each: any(other.verdict for other in each.others) and each.disagree,
    "seen": lambda each: each.seen,
    "folded": lambda each: each.fold is not None,
    "author": lambda each: each.row["author"],
    "grid": lambda each: each.row["grid"] or "",
}
