"""The prompt book: every version of every shot's words, who wrote which part, and what became of it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any

from studio.errors import BadInput
from studio.log import check_person
from studio.nouns import Continuity, check_shot_id
from studio.writing.cards import check_name
from studio.writing.text import clean
from studio.writing.versions import PARTS

if TYPE_CHECKING:
    import pandas as pd

# part of a version, in reading order -> the field that holds its author
BOOK_PARTS: dict[str, str] = {
    "scene_text": "scene_author",
    "camera": "camera_author",
    "style": "style_author",
    "avoid": "avoid_author",
    "who": "continuity_author",
    "age": "continuity_author",
    "time": "continuity_author",
    "place": "continuity_author",
    "cards": "continuity_author",
    "portal_in": "portal_author",
    "portal_out": "portal_author",
}
BOOK_AUTHORS = tuple(dict.fromkeys(BOOK_PARTS.values()))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?)(?: UTC)?")
REASON = re.compile(r" × ([0-9]{1,6})(?:, |$)")
SHOWN = 40  # rows of a book in a notebook: seven hundred versions would swell it


@dataclass(frozen=True)
class Outcome:
    """What became of the takes that were made from one version of the words."""

    made: int = 0  # takes with a clip
    held: int = 0
    ng: int = 0
    accidents: int = 0
    cost_micro_usd: int = 0  # of all that were asked for, made or not
    circled_takes: tuple[str, ...] = ()  # their labels
    reasons: tuple[tuple[str, int], ...] = ()  # word and how often, the most frequent first

    @property
    def circled(self) -> int:
        """How many takes were circled."""
        return len(self.circled_takes)


@dataclass(frozen=True)
class BookEntry:
    """One version of a shot's words. Each part has its author ("" where the book does not say), an empty one none."""

    shot: str  # "07A"
    version: int  # counts from 1 within the shot
    scene_text: str = ""
    camera: str = ""
    style: str = ""
    avoid: str = ""
    continuity: Continuity = field(default_factory=Continuity)
    cards: tuple[str, ...] = ()
    portal_in: str = ""
    portal_out: str = ""
    scene_author: str = ""
    camera_author: str = ""
    style_author: str = ""
    avoid_author: str = ""
    continuity_author: str = ""
    portal_author: str = ""
    grid: str = ""  # the grid of variations that the words are a cell of; "": the shot's own
    author: str = ""  # who made this version
    created_at_us: int = 0
    outcome: Outcome = field(default_factory=Outcome)

    def part(self, name: str) -> str:
        """The words of a part of `BOOK_PARTS`; the names of the cards with commas."""
        if name == "cards":
            return ", ".join(self.cards)
        return str(getattr(self.continuity if hasattr(self.continuity, name) else self, name))

    @property
    def words(self) -> tuple[str, ...]:
        """All parts in their order: two versions with the same are the same words, whoever wrote them and by whatever
        cards."""
        return tuple(self.part(name) for name in BOOK_PARTS if name != "cards")

    @property
    def field_authors(self) -> dict[str, str]:
        """The authors by part, as `next_version` takes them; whoever made the version for parts without one."""
        by = {part: str(getattr(self, field)) for part, (field, _) in PARTS.items()}
        return {part: author or self.author for part, author in by.items() if author or self.author}


@dataclass(frozen=True, repr=False)
class Book:
    """The versions of all shots, in story order and the oldest first. `str` is the whole book in Markdown."""

    title: str
    entries: tuple[BookEntry, ...]

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[BookEntry]:
        return iter(self.entries)

    @property
    def shots(self) -> tuple[str, ...]:
        """The shots that have words."""
        return tuple(dict.fromkeys(entry.shot for entry in self.entries))

    def __repr__(self) -> str:
        return f"Book({self.title!r}, {counted(len(self.shots), 'shot')}, {counted(len(self), 'version')})"

    def __str__(self) -> str:
        from studio.writing.book_markdown import write_book_markdown

        return write_book_markdown(self)

    def _repr_html_(self) -> str:
        head = ("shot", "version", "by", "words", "made", "circled", "held", "NG", "cost (USD)")
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{entry.shot}</th><td>{entry.version}</td>'
            f'<td style="text-align:left">{escape(entry.author)}</td>'
            f'<td style="text-align:left">{escape(_begins(entry))}</td>'
            f"<td>{entry.outcome.made}</td><td>{entry.outcome.circled}</td><td>{entry.outcome.held}</td>"
            f"<td>{entry.outcome.ng}</td><td>{dollars_text(entry.outcome.cost_micro_usd)}</td></tr>"
            for entry in self.entries[:SHOWN]
        )
        left = len(self) - SHOWN
        more = f"<p>and {counted(left, 'version')} more: .to_frame() has them all</p>" if left > 0 else ""
        names = "".join(f'<th scope="col">{name}</th>' for name in head)
        return f"<p><b>{escape(repr(self))}</b></p><table><tr>{names}</tr>{rows}</table>{more}"

    def to_frame(self) -> pd.DataFrame:
        """One row a version, with every part, every author and the outcome (`cost_usd` in US dollars)."""
        import pandas as pd

        frame = pd.DataFrame([_row(entry) for entry in self.entries], columns=[*FRAME])
        return frame.astype(FRAME)


def in_book_order(title: str, entries: Iterable[tuple[str, BookEntry]]) -> Book:
    """The book of entries that were read, each with where it stood ("line 4"), checked and sorted."""
    found: dict[tuple[str, int], BookEntry] = {}
    for where, entry in entries:
        if (entry.shot, entry.version) in found:
            raise BadInput(f"{where}: version {entry.version} of {entry.shot} stands twice: give each its own number")
        found[entry.shot, entry.version] = entry
    if not found:
        raise BadInput("the prompt book has no versions: it needs at least one, such as version 1 of 01A")
    return Book(clean(title, "the title of the prompt book"), tuple(found[key] for key in sorted(found)))


def book_entry(
    where: str, shot: str, version: int, parts: dict[str, str], authors: dict[str, str], **more: Any
) -> BookEntry:
    """An entry out of its words by part and its authors by field, all clean; `where` is named in the sentences."""
    try:
        check_shot_id(shot)
        for name in filter(None, (*authors.values(), more.get("author", ""))):
            check_person(name)
        cards = tuple(check_name(name) for name in parts.pop("cards", "").split(",") if name.strip())
    except BadInput as wrong:
        raise BadInput(f"{where}: {wrong}") from None
    said = {name: clean(text, f"{where}: the {name.replace('_', ' ')} of {shot}") for name, text in parts.items()}
    if not said.get("scene_text") and not said.get("camera"):
        raise BadInput(f"{where}: version {version} of {shot} has no words: give it a scene text or a camera")
    wrote = {BOOK_PARTS[name] for name, text in {**said, "cards": cards}.items() if text}
    fields: dict[str, Any] = {**said, **{name: author for name, author in authors.items() if name in wrote}, **more}
    return BookEntry(
        shot=shot,
        version=version,
        continuity=Continuity(*(fields.pop(name, "") for name in ("who", "age", "time", "place"))),
        cards=cards,
        **fields,
    )


def outcome_of(cells: Mapping[str, str], where: str) -> Outcome:
    """The outcome in the cells of a table by the names of `FRAME`; what is not there is nothing."""
    return Outcome(
        made=whole_of(cells.get("made") or "0", "number of takes made", where),
        held=whole_of(cells.get("held") or "0", "number of takes held", where),
        ng=whole_of(cells.get("ng") or "0", "number of takes that are NG", where),
        accidents=whole_of(cells.get("accidents") or "0", "number of accidents", where),
        cost_micro_usd=micro_usd_of(cells.get("cost_usd") or "0", where),
        circled_takes=tuple(filter(None, cells.get("circled_takes", "").split(", "))),
        reasons=reasons_of(cells.get("reasons", ""), where),
    )


def check_lines(text: str) -> str:
    """The text with plain line ends; `BadInput` naming the first line that holds what nobody can see."""
    from studio.given import visible

    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), start=1):
        visible(line, f"line {number}", 1_000_000, allowed="\t")
    return text


# --- what stands in a cell -----------------------------------------------------------------------------------------


def dollars_text(micro_usd: int) -> str:
    """Exact US dollars with at least two digits: 0.60, 0.0125."""
    whole, digits = f"{Decimal(micro_usd) / 1_000_000:.6f}".split(".")
    return f"{whole}.{digits.rstrip('0').ljust(2, '0')}"


def micro_usd_of(text: str, where: str) -> int:
    """What `dollars_text` wrote."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
        raise BadInput(f"{where}: the cost {text[:40]!r} is no amount: write US dollars, such as 0.60")
    return int(Decimal(text) * 1_000_000)


def moment_text(at_us: int) -> str:
    """A moment in UTC as a person reads it: 2026-11-29 12:23:33 UTC; "" for 0, which nobody knows."""
    moment = (EPOCH + timedelta(microseconds=at_us)).replace(tzinfo=None)
    return f"{moment.isoformat(' ')} UTC" if at_us else ""


def moment_of(text: str, where: str) -> int:
    """What `moment_text` wrote, in microseconds UTC."""
    if not text:
        return 0
    if found := MOMENT.fullmatch(text):
        try:
            return (datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00") - EPOCH) // timedelta(microseconds=1)
        except ValueError:  # the 31st of February
            pass
    raise BadInput(f"{where}: {text[:40]!r} is no moment: write it as 2026-11-29 12:23:33 UTC")


def reasons_text(reasons: Iterable[tuple[str, int]]) -> str:
    """Reasons with their counts, as "face × 3, hand × 1"."""
    return ", ".join(f"{word} × {count}" for word, count in reasons)


def reasons_of(text: str, where: str) -> tuple[tuple[str, int], ...]:
    """What `reasons_text` wrote."""
    *found, rest = REASON.split(text)
    words, times = found[::2], found[1::2]
    if rest or not all(words):
        raise BadInput(f"{where}: the reasons are {text[:60]!r}: write each with its count, such as face × 3, hand × 1")
    return tuple(zip(words, map(int, times), strict=True))


def whole_of(text: str, what: str, where: str) -> int:
    """A count or a number of a version."""
    if not re.fullmatch("[0-9]{1,6}", text):
        raise BadInput(f"{where}: the {what} is {text[:40]!r}: write a whole number")
    return int(text)


def counted(count: int, what: str) -> str:
    """Such as "1 shot", "12 shots"."""
    return f"{count:,} {what}" + ("" if count == 1 else "s")


FRAME: dict[str, str] = {
    "shot": "str",
    "version": "Int64",
    "grid": "str",
    **dict.fromkeys((*BOOK_PARTS, *BOOK_AUTHORS, "author"), "str"),
    "created_at": "datetime64[us, UTC]",
    **dict.fromkeys(("made", "circled", "held", "ng", "accidents"), "Int64"),
    "cost_usd": "Float64",
    "circled_takes": "str",
    "reasons": "str",
}


def _row(entry: BookEntry) -> dict[str, object]:
    outcome = entry.outcome
    row: dict[str, object] = {name: entry.part(name) for name in BOOK_PARTS}
    row |= {name: getattr(entry, name) for name in ("shot", "version", "grid", *BOOK_AUTHORS, "author")}
    row |= dataclasses.asdict(outcome) | {"circled": outcome.circled, "cost_usd": outcome.cost_micro_usd / 1_000_000}
    row |= {"circled_takes": ", ".join(outcome.circled_takes), "reasons": reasons_text(outcome.reasons)}
    return row | {"created_at": _moment(entry.created_at_us)}


def _moment(at_us: int) -> datetime | None:
    return EPOCH + timedelta(microseconds=at_us) if at_us else None


def _begins(entry: BookEntry) -> str:
    text = " · ".join(filter(None, (entry.scene_text, entry.camera)))
    text = " ".join(text.split())
    return text if len(text) <= 160 else f"{text[:159]}…"
