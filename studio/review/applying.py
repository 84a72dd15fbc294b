"""A table of takes that was edited in pandas, written back as decisions: what differs is an event, and nothing else.

Compared are three states: what the row was when the table was read, what the table says, and what the row is now.
Only what the table says otherwise than it was read is a change, so that what somebody else decided in between is never
taken back by a table that does not know of it.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any

from studio.errors import BadInput, NotFound, Overtaken
from studio.given import shown
from studio.log.columns import TAKES, Column
from studio.log.events import OBEYED, standing
from studio.review.decisions import marked_data, obeyed_data, reasons_of, verdict_data
from studio.writing.text import clean

if TYPE_CHECKING:
    import pandas as pd

    from studio.log import Log, Opinion
    from studio.log.reads import Reads
    from studio.nouns import Event

TOGETHER = {  # the kind of event that says it, and the columns that it says
    "verdict": ("verdict", "reason"),
    "accident": ("accident",),
    "note": ("note",),
    "obeyed": ("obeyed",),
    "marked": ("best_in", "best_out"),
}
EDITABLE = tuple(name for names in TOGETHER.values() for name in names)
COLUMNS = {column.name: column for column in TAKES}
MOST_SHOWN = 100  # lines of what differs


@dataclass(frozen=True)
class Edit:
    """One cell that differs."""

    take: str
    column: str
    was: object  # None: nothing
    now: object


@dataclass(frozen=True, repr=False)
class Changes:
    """What a table changes, or has changed; reads as text, as HTML and as a table."""

    edits: tuple[Edit, ...]
    author: str
    written: bool

    def __iter__(self) -> Iterator[Edit]:
        return iter(self.edits)

    def __len__(self) -> int:
        return len(self.edits)

    @property
    def said(self) -> str:
        """How many there are, and whether they are written, in words."""
        if not self.edits:
            return "nothing differs: nothing was written"
        takes = len({edit.take for edit in self.edits})
        many = f"{len(self.edits)} change{'s' * (len(self.edits) > 1)} of {takes} take{'s' * (takes > 1)}"
        how = f"written by {self.author}" if self.written else "not written: film.apply(table) does that"
        return f"{many}, {how}"

    def __repr__(self) -> str:
        lines = [f"  {edit.take}  {edit.column}: {_said(edit.was)} → {_said(edit.now)}" for edit in self._first()]
        return "\n".join([self.said, *lines, *([f"  {self._more}"] if self._more else [])])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{escape(edit.take)}</th><td>{edit.column}</td><td>{escape(_said(edit.was))}</td>"
            f"<td>{escape(_said(edit.now))}</td></tr>"
            for edit in self._first()
        )
        head = "<tr><th>take</th><th>column</th><th>was</th><th>now</th></tr>"
        table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" if rows else ""
        return f"<p>{escape(self.said)}</p>{table}" + (f"<p>{self._more}</p>" if self._more else "")

    def to_frame(self) -> pd.DataFrame:
        """One row a change: take, column, was, now."""
        import pandas as pd

        rows = [(edit.take, edit.column, edit.was, edit.now) for edit in self.edits]
        return pd.DataFrame(rows, columns=["take", "column", "was", "now"], dtype=object)

    def _first(self) -> tuple[Edit, ...]:
        return self.edits[:MOST_SHOWN]

    @property
    def _more(self) -> str:
        left = len(self.edits) - MOST_SHOWN
        return f"… and {left} more: .to_frame() has all" if left > 0 else ""


def apply(log: Log, frame: pd.DataFrame, author: str, write: bool = True) -> Changes:
    """Append what differs in a table of takes (`log.takes_frame`) as decisions of this author, all of it or nothing.

    A row whose verdict or reason was changed is written as the author's own verdict, with the reason and the note that
    the row then shows. Raises BadInput for what cannot be meant, and Overtaken where somebody else changed the same
    thing to another value since the table was read.
    """
    table = _read(log, frame)
    if not write:
        return Changes(_edits(_decided(log, table, author)), author, False)
    with log.write(author) as writer:
        decided = _decided(writer, table, author)
        for each in decided:
            writer.event(each.kind, each.take_id, each.data)
    return Changes(_edits(decided), author, bool(decided))


@dataclass(frozen=True)
class _Table:
    """What was handed in: the takes that it is about in its order, and its columns."""

    labels: tuple[str, ...]
    ids: Mapping[str, str]  # by label
    columns: pd.DataFrame
    moment: str  # the event up to which it was read; "" where it does not say


@dataclass(frozen=True)
class _Decided:
    """One event that follows from the table, and the cells that it changes."""

    take_id: str
    kind: str
    data: dict[str, object]
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class _Row:
    """A take: what it was when the table was read and is now, what was changed in the table, and who said what."""

    label: str
    was: Mapping[str, Any]
    now: Mapping[str, Any]
    edited: Mapping[str, object]
    mine: Opinion
    mine_then: Opinion
    since: Sequence[Event] = field(default_factory=tuple)  # by others, after the table was read
    own_note: str = ""  # the last note that was set by itself

    def values(self, of: Mapping[str, Any] | Opinion, kind: str) -> tuple[object, ...]:
        """What a row or a person says of the columns of a kind; nothing is None, and no flag is False."""
        found = [of[name] if isinstance(of, Mapping) else getattr(of, name) for name in TOGETHER[kind]]
        return (bool(found[0]),) if kind == "accident" else tuple(None if each == "" else each for each in found)


# --- reading the table -------------------------------------------------------------------------------------------


def _read(log: Log, frame: object) -> _Table:
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise BadInput(f"{shown(frame)} is no table of takes: edit what film.takes() gives, and hand that in")
    if "take" not in frame.columns and frame.index.name == "take":
        frame = frame.reset_index()
    names = list(frame.columns)
    for name in names:
        if name not in COLUMNS:
            near = get_close_matches(str(name), COLUMNS, 1)
            hint = f"did you mean {near[0]}?" if near else "drop it first"
            raise BadInput(f"a table of takes has no column {shown(name)}: {hint}")
        if names.count(name) > 1:
            raise BadInput(f"the table has the column {name} more than once: keep one of them")
    if "take" not in names:
        raise BadInput("the table has no column take: without its label nobody knows which take a row is about")
    labels, ids = [], {take.label: take.id for take in log.takes()}
    for label in frame["take"]:
        if not (isinstance(label, str) and label in ids):
            log.take(label)  # which names the nearest
            raise NotFound(f"{shown(label)} is no label of a take: write it as 07A-003")
        labels.append(label)
    doubled = [label for label, times in Counter(labels).items() if times > 1]
    if doubled:
        raise BadInput(f"{doubled[0]} stands in the table more than once: keep one row a take")
    moment = frame.attrs.get("moment", "")
    if moment and isinstance(moment, str) and log.merged_since(moment):
        raise BadInput(
            "another log was merged since the table was read, and what it brought would be taken back: "
            "read film.takes() again and edit that"
        )
    if moment and not (isinstance(moment, str) and log.has_event(moment)):
        raise BadInput("the table was read from another film: edit what film.takes() of this one gives")
    columns = frame.reset_index(drop=True)
    for label, id in zip(labels, columns["id"] if "id" in names else [None] * len(labels), strict=True):
        if _plain(id) not in (None, ids[label]):
            raise BadInput(f"{label} in the table is a take of another film: edit what film.takes() of this one gives")
    return _Table(tuple(labels), {label: ids[label] for label in labels}, columns, moment)


def _edited(table: _Table, was: pd.DataFrame) -> dict[str, dict[str, object]]:
    """By label, the values of the editable columns that differ from what was read; BadInput where others do."""
    found: dict[str, dict[str, object]] = {}
    for name in table.columns.columns:
        if name in ("take", "id"):
            continue
        for row, value, before in _different(table.columns[name], was[name], COLUMNS[name]):
            label = table.labels[row]
            if name not in EDITABLE:
                raise BadInput(
                    f"{name} of {label} is {shown(value)} in the table and {shown(before)} in the film: only "
                    f"{', '.join(EDITABLE)} can be changed, so put it back or drop the column"
                )
            try:
                meant = MEANT[name](value)
            except BadInput as problem:
                raise BadInput(f"{name} of {label}: {problem}") from None
            if meant != before:
                found.setdefault(label, {})[name] = meant
    return found


def _different(given: pd.Series, was: pd.Series, column: Column) -> Iterator[tuple[int, Any, Any]]:
    """The places where two columns differ, with both values; nothing is None."""
    places: Sequence[int] = range(len(given))
    if given.dtype == was.dtype:  # as it was read: whole columns at once
        same = given.eq(was).fillna(False).astype(bool) | (given.isna() & was.isna())
        places = [int(place) for place in (~same).to_numpy().nonzero()[0]]
    for place in places:
        value, before = _plain(given.iloc[place]), _plain(was.iloc[place])
        if not _same(value, before, column):
            yield place, value, before


def _plain(value: Any) -> Any:
    import pandas as pd

    if pd.api.types.is_scalar(value) and (pd.isna(value) or value == ""):
        return None
    return value.item() if type(value).__module__ == "numpy" and not getattr(value, "ndim", 1) else value


def _same(value: Any, before: Any, column: Column) -> bool:
    """Whether a value says what was there, also where a file has kept it as another type: 1.0 for 1, 7 for "07"."""
    import pandas as pd

    if value is None or before is None or not pd.api.types.is_scalar(value):
        return value is before
    try:
        if column.dtype == "Float64":
            return math.isclose(float(value), before, rel_tol=1e-9)
        if column.dtype.startswith("datetime"):
            return bool(pd.Timestamp(value) == before)
        if column.dtype == "str" and not isinstance(value, str):
            return bool(before.isdigit() and int(before) == value)
        return bool(value == before)
    except (TypeError, ValueError):
        return False


def _flag(value: Any) -> bool:
    import pandas as pd

    if not (pd.api.types.is_bool(value) or (isinstance(value, int | float) and value in (0, 1))):
        raise BadInput(f"write True or False, not {shown(value)}")
    return bool(value)


def _frame(value: Any) -> int | None:
    if value is None:
        return None
    try:
        return operator.index(int(value) if isinstance(value, float) and value.is_integer() else value)
    except TypeError:
        raise BadInput(f"write a whole frame of its clip, not {shown(value)}") from None


MEANT: dict[str, Callable[[Any], object]] = {  # what a cell means, or BadInput
    "verdict": lambda value: None if value is None else verdict_data(value, "", "")["verdict"],
    "reason": lambda value: None if value is None else ", ".join(reasons_of(value)) or None,
    "note": lambda value: None if value is None else clean(value, "the note") or None,
    "accident": _flag,
    "obeyed": lambda value: obeyed_data(value)["obeyed"],
    "best_in": _frame,
    "best_out": _frame,
}


# --- what follows from it ----------------------------------------------------------------------------------------


def _decided(log: Reads, table: _Table, author: str) -> list[_Decided]:
    from studio.log.frames import takes_as_of

    now = {row["take"]: row for row in log.takes_now(table.ids.values())}
    then = {row["take"]: row for row in log.takes_at(table.ids.values(), table.moment)} if table.moment else now
    edited = _edited(table, takes_as_of(then[label] for label in table.labels))
    return [
        each
        for row in _rows(log, table, author, then, now, edited)
        for kind in TOGETHER
        if (each := _event(row, kind, author))
    ]


def _rows(
    log: Reads,
    table: _Table,
    author: str,
    then: Mapping[str, Mapping[str, Any]],
    now: Mapping[str, Mapping[str, Any]],
    edited: Mapping[str, Mapping[str, object]],
) -> Iterator[_Row]:
    from studio.log.decided import Opinion, opinions_of

    ids = {table.ids[label] for label in edited}
    happened: dict[str, list[Event]] = {id: [] for id in ids}
    for event in log.decisions(ids):
        happened[event.subject].append(event)
    moment = table.moment or log.latest_event()
    for label in (label for label in table.labels if label in edited):
        id = table.ids[label]
        listed = happened[id]
        mine, before = (
            next((said for said in opinions_of(some) if said.author == author), Opinion(id, author))
            for some in (listed, [event for event in listed if event.id <= moment])
        )
        notes = [str(event.data["text"]) for event in standing(listed) if event.kind == "note"]
        counting = {event.id for event in standing(listed)}
        since = [
            event
            for event in listed
            if moment < event.id
            and event.author != author
            # an undone decision and its undo cancel out, unless the table still shows it
            and (event.id in counting or (event.kind == "undo" and str(event.data["event"]) <= moment))
        ]
        yield _Row(label, then[label], now[label], edited[label], mine, before, since, notes[-1] if notes else "")


def _event(row: _Row, kind: str, author: str) -> _Decided | None:
    """What is to be appended about one thing, if anything."""
    names = TOGETHER[kind]
    if not any(name in row.edited for name in names):
        return None
    was, now = row.values(row.was, kind), row.values(row.now, kind)
    meant = tuple(row.edited.get(name, there) for name, there in zip(names, now, strict=True))
    if kind == "verdict" and meant[0] is None:
        if row.edited.get("reason"):
            raise BadInput(f"{row.label} has a reason and no verdict: write circle, hold or ng beside it")
        meant = (None, None)
    if meant == now:
        return None
    others = [event for event in row.since if event.kind in (kind, "undo")]
    if others and was != now:
        name, one, two = next(each for each in zip(names, was, now, strict=True) if each[1] != each[2])
        raise Overtaken(
            f"{others[-1].author} changed {name} of {row.label} in between, from {_said(one)} to {_said(two)}: nothing "
            "was written; read film.takes() again",
            name,
        )
    mine = row.values(row.mine, kind)
    if mine == meant != row.values(row.mine_then, kind):
        return None  # said already since the table was read: a notebook's cell that is run again
    if kind != "note" and row.now["state"] != "done":
        raise BadInput(f"take {row.label} is {row.now['state']}: {names[0]} is only said of a take with a clip")
    data = _data(row, kind, meant, mine == now, author)
    edits = [Edit(row.label, *each) for each in zip(names, now, meant, strict=True) if each[1] != each[2]]
    if kind == "verdict" and meant[0] is None and "note" not in row.edited and (row.now["note"] or "") != row.own_note:
        edits.append(Edit(row.label, "note", row.now["note"], row.own_note or None))  # it was that verdict's own
    return _Decided(row.now["id"], kind, data, tuple(edits))


def _data(row: _Row, kind: str, meant: tuple[Any, ...], is_mine: bool, author: str) -> dict[str, object]:
    """What the event holds; BadInput for taking back what is not the author's."""
    first = meant[0]
    if kind == "verdict" and first is None:
        if not is_mine:
            raise BadInput(f"the verdict on {row.label} is not by {author}, who cannot take it back: give your own")
        return {"verdict": None, "reason": "", "note": ""}
    if kind == "verdict":
        stays = "" if "note" in row.edited or row.now["note"] == row.own_note else row.now["note"]
        return verdict_data(first, meant[1] or "", stays or "")
    if kind == "accident":
        return {"on": first}
    if kind == "note":
        return {"text": first or ""}
    if kind == "obeyed":
        if first is None and row.now["obeyed_by"] != author:
            raise BadInput(
                f"obeyed of {row.label} is as {row.now['obeyed_by']} has it, and {author} cannot take it back: say "
                f"{', '.join(OBEYED[:-1])} or {OBEYED[-1]}"
            )
        return obeyed_data(first)
    return marked_data(row.label, row.now["frames"], Fraction(row.now["rate"]), *meant)


def _edits(decided: Sequence[_Decided]) -> tuple[Edit, ...]:
    return tuple(edit for each in decided for edit in each.edits)


def _said(value: object) -> str:
    return "nothing" if value is None else shown(value) if isinstance(value, bool) else str(value)
