"""The prompt book out of the log, and its words into one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from studio.nouns import Prompt, Shot
from studio.writing.book import Book, BookEntry, Outcome, counted
from studio.writing.versions import next_version

if TYPE_CHECKING:
    import pandas as pd

    from studio.log import Log

SECOND_US = 1_000_000


@dataclass(frozen=True, repr=False)
class BookRead:
    """What reading a book into a film has done."""

    written: tuple[Prompt, ...]  # the new versions, in order
    there: int  # versions whose words the film has already
    cells: int  # words of cells of grids, which are left out
    cards: tuple[str, ...]  # cards that the film does not have: their words are there, their names left out

    def __repr__(self) -> str:
        shots = ", ".join(dict.fromkeys(prompt.shot for prompt in self.written))
        said = [f"{counted(len(self.written), 'version')} written" + (f" ({shots})" if shots else "")]
        said += [f"{self.there:,} there already"] if self.there else []
        said += [f"{counted(self.cells, 'cell')} of grids left out: a grid belongs to its film"] if self.cells else []
        said += [f"not among the cards, so only their words are kept: {', '.join(self.cards)}"] if self.cards else []
        return "; ".join(said)


def book_of(log: Log, title: str) -> Book:
    """Every version of every shot's words, with what became of it. Moments are to the second.

    Takes that were adopted were made from no words: they are in no outcome.
    """
    found = _outcomes(log.takes_frame())
    prompts = [prompt for shot in log.shots() for prompt in log.prompts(shot.id)]
    return Book(title, tuple(_entry(each, found.get((each.shot, each.version), Outcome())) for each in prompts))


def record_book(log: Log, book: Book, author: str) -> BookRead:
    """Write the versions of a book that a film does not have yet, in their order, all of them or none.

    Each part keeps the author that the book names, and the version itself is by `author`, now. A version is there when
    the film ever had its words, so that reading the same book twice writes nothing. Where the book ends with words
    that are there, the film's latest words stay its latest: they are written once more behind the older ones. Outcomes
    are facts of the log that they come from and stay there; so do grids, whose cells cannot be told from another
    film's by name. Cards that the film does not have are left out; their words stand in the continuity.
    """
    from studio.log import new_id, now_us

    own = [entry for entry in book.entries if not entry.grid]
    written: list[Prompt] = []
    there, strange = 0, dict[str, None]()
    with log.write(author) as w:
        shots, cards = {shot.id for shot in w.shots()}, {card.name for card in w.cards()}
        for shot, group in groupby(own, key=lambda entry: entry.shot):
            versions = w.prompts(shot) if shot in shots else ()
            before = next((each for each in reversed(versions) if not each.grid), None)
            number = max((each.version for each in versions), default=0)
            new, known = _missing(list(group), [_entry(each) for each in versions if not each.grid])
            there += known
            for entry in new:
                prompt = next_version(
                    before,
                    shot=shot,
                    author=author,
                    now_us=now_us(),
                    new_id=new_id(),
                    scene_text=entry.scene_text,
                    camera=entry.camera,
                    style=entry.style,
                    avoid=entry.avoid,
                    continuity=entry.continuity,
                    cards=[name for name in entry.cards if name in cards],
                    portal_in=entry.portal_in,
                    portal_out=entry.portal_out,
                    version=number + 1,
                    field_authors=entry.field_authors,
                )
                if prompt is not before:
                    w.shot(Shot(shot, shot[:2]))
                    written.append(w.prompt(prompt))
                    before, number = prompt, number + 1
                    strange |= dict.fromkeys(name for name in entry.cards if name not in cards)
    return BookRead(tuple(written), there, len(book.entries) - len(own), tuple(strange))


def _missing(book: Sequence[BookEntry], film: Sequence[BookEntry]) -> tuple[list[BookEntry], int]:
    """The entries to write, in order, and how many the film has already."""
    had = {entry.words for entry in film}
    new = [entry for entry in book if entry.words not in had]
    there = len(book) - len(new)
    if new and book[-1].words in had:
        new.append(film[-1])
    return new, there


def _entry(prompt: Prompt, outcome: Outcome = Outcome()) -> BookEntry:  # noqa: B008 (a frozen value)
    same = set(BookEntry.__dataclass_fields__) & set(Prompt.__dataclass_fields__) - {"created_at_us"}
    at_us = prompt.created_at_us // SECOND_US * SECOND_US
    return BookEntry(**{name: getattr(prompt, name) for name in same}, created_at_us=at_us, outcome=outcome)


def _outcomes(takes: pd.DataFrame) -> dict[tuple[str, int], Outcome]:
    """What became of the takes of each version, by its shot and number."""
    names = ["shot", "prompt_version", "take", "state", "verdict", "accident", "reason", "cost_usd"]
    known = takes.loc[takes["prompt_version"].notna(), names].astype(object)
    by_version: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for take in known.where(known.notna(), None).itertuples(index=False):
        by_version[str(take.shot), int(str(take.prompt_version))].append(take)
    return {version: _outcome(of) for version, of in by_version.items()}


def _outcome(takes: Sequence[Any]) -> Outcome:
    verdicts = Counter(take.verdict for take in takes)
    reasons = Counter(take.reason for take in takes if take.reason)
    return Outcome(
        made=sum(take.state == "done" for take in takes),
        held=verdicts["hold"],
        ng=verdicts["ng"],
        accidents=sum(bool(take.accident) for take in takes),
        cost_micro_usd=sum(round((take.cost_usd or 0) * 1_000_000) for take in takes),
        circled_takes=tuple(take.take for take in takes if take.verdict == "circle"),
        reasons=tuple(sorted(reasons.items(), key=lambda each: (-each[1], each[0]))),
    )
