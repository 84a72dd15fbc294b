"""Evidence as a person reads it: with and without, side by side, in text, HTML and as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from studio.log.events import OBEYED
from studio.review.evidence import (
    MEASURED,
    Judged,
    Paired,
    Rate,
    Tally,
    grouped,
    paired,
    style_phrases,
    tally,
    what_else_differs,
)

if TYPE_CHECKING:
    import pandas as pd

COUNTS = ("kept", "n", "low", "high", "on_hold", "not_judged", "obeyed", "measured", "obeyed_low", "obeyed_high")


@dataclass(frozen=True, repr=False)
class Evidence:
    """What is known about a word or a move. `groups` holds for each value of `by` its takes with and without it."""

    about: str
    by: str  # "" = all together
    groups: tuple[tuple[str, Tally, Tally], ...]
    fair: Paired
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        lines = [self.about]
        for value, *sides in self.groups:
            lines += [f"  {value}"] if value else []
            lines += [
                f"  {'  ' if value else ''}{name:<11}{_told(side)}"
                for name, side in zip(("with it", "without it"), sides, strict=True)
            ]
        return "\n".join([*lines, f"  fairly: {self.fair}", *(f"  note: {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col" style="text-align:left">{escape(name)}</th>'
            for name in ((self.by or "takes"), "", "kept", "not judged", "camera obeyed")
        )
        lines = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(value or "all")}</th>'
            + "".join(f'<td style="text-align:left">{escape(str(cell))}</td>' for cell in cells)
            + "</tr>"
            for value, *sides in self.groups
            for name, side in zip(("with it", "without it"), sides, strict=True)
            for cells in [(name, _kept(side), side.not_judged, _obeyed(side) or "not measured")]
        )
        below = "".join(f"<li>{escape(text)}</li>" for text in (f"fairly: {self.fair}", *self.notes))
        return f"<p><b>{escape(self.about)}</b></p><table><tr>{head}</tr>{lines}</table><ul>{below}</ul>"

    def to_frame(self) -> pd.DataFrame:
        """Two rows a group, with and without; `low` and `high` are the interval, 0…1."""
        import pandas as pd

        rows = [
            (*([value] if self.by else []), name, *counts_of(side))
            for value, *sides in self.groups
            for name, side in zip(("with", "without"), sides, strict=True)
        ]
        return pd.DataFrame(rows, columns=[*([self.by] if self.by else []), "side", *COUNTS])


def weigh(
    about: str,
    rows: Sequence[Judged],
    has: Callable[[Judged], bool],
    by: str | None = None,
    beside: Sequence[str] = ("model", "shot", "move"),
) -> Evidence:
    """Finished takes with something and without it, by a thing of `BY`, and which of `beside` differ as well."""
    found = {id(row): has(row) for row in rows}  # looked for once: there may be ten thousand rows
    groups = []
    for value, of in grouped(rows, by).items():
        sides = [[row for row in of if found[id(row)] is wanted] for wanted in (True, False)]
        groups.append((value, tally(sides[0]), tally(sides[1])))
    with_it, without_it = ([row for row in rows if found[id(row)] is wanted] for wanted in (True, False))
    notes = list(what_else_differs(with_it, without_it, beside))
    if not any(row.verdict for row in rows):
        notes.append("no take is judged yet: circle, hold or NG some first")
    elif not with_it:
        notes.append("no finished take has it")
    elif not without_it:
        notes.append("every finished take has it: nothing can be compared")
    return Evidence(about, by or "", tuple(groups), paired(rows, lambda row: found[id(row)]), tuple(notes))


def counts_of(side: Tally) -> tuple[float, ...]:
    """The numbers of a tally, in the order of `COUNTS`."""
    kept, obeyed = side.kept, side.obeyed
    return (
        kept.kept, kept.n, kept.low, kept.high, side.on_hold, side.not_judged, obeyed.kept, obeyed.n, obeyed.low,
        obeyed.high,
    )  # fmt: skip


def _kept(side: Tally) -> str:
    held = f", {side.on_hold} of them on hold" if side.on_hold else ""
    return f"{side.kept}{held}" if side.kept.n else "none judged"


def _obeyed(side: Tally) -> str:
    cannot = f"{side.unreadable} unreadable" if side.unreadable else ""
    return ", ".join(part for part in (str(side.obeyed) if side.obeyed.n else "", cannot) if part)


def _told(side: Tally) -> str:
    said = [f"kept {_kept(side)}" if side.kept.n else "none judged"]
    said += [f"{side.not_judged} not judged"] if side.not_judged else []
    said += [f"camera obeyed in {told}"] if (told := _obeyed(side)) else []
    return "; ".join(said)


def style_table(rows: Sequence[Judged]) -> pd.DataFrame:
    """One row a phrase that stands between commas in a style: kept of judged with it and without it, with intervals."""
    import pandas as pd

    kept: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    all_kept = all_judged = 0
    for row in rows:
        if row.verdict:
            phrases, circled = style_phrases(row.words.get("style", "")), row.verdict == "circle"
            all_judged += 1
            all_kept += circled
            judged.update(phrases)
            kept.update(phrases if circled else ())
    lines = []
    for phrase, n in sorted(judged.items(), key=lambda each: (-each[1], each[0])):
        sides = (Rate(kept[phrase], n), Rate(all_kept - kept[phrase], all_judged - n))
        numbers = [number for side in sides for number in (side.kept, side.n, side.low, side.high)]
        lines.append((phrase, *(str(side) for side in sides), *numbers))
    numbered = [f"{name}_{side}" for side in ("with", "without") for name in ("kept", "n", "low", "high")]
    return pd.DataFrame(lines, columns=["words", "with_it", "without_it", *numbered])


def move_table(rows: Sequence[Judged]) -> pd.DataFrame:
    """Index: each move that was asked for, alone or among others; columns as in `COUNTS`."""
    import pandas as pd

    counted = {move: counts_of(tally(of)) for move, of in grouped((r for r in rows if r.moves), "move").items()}
    frame = pd.DataFrame(list(counted.values()), columns=list(COUNTS), index=pd.Index(counted, name="move", dtype=str))
    return frame.astype({name: "float64" if "low" in name or "high" in name else "int64" for name in COUNTS})


@dataclass(frozen=True, repr=False)
class Obedience:
    """How often the measured camera is the one asked for, by something."""

    by: tuple[str, ...]
    lines: tuple[tuple[tuple[str, ...], dict[str, int]], ...]  # values of `by`, and the counts by how it was obeyed

    def __repr__(self) -> str:
        if not self.lines:
            return NOT_MEASURED
        return "\n".join(
            f"{' · '.join(values)}: {f'{rate} obeyed' if (rate := _rate(counts)).n else 'none readable'}{_rest(counts)}"
            for values, counts in self.lines
        )

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(index=False)) if self.lines else f"<p>{NOT_MEASURED}</p>"

    def to_frame(self) -> pd.DataFrame:
        """One row a group; `measured` leaves out what was unreadable, `low` and `high` are the interval of yes."""
        import pandas as pd

        rows = []
        for values, counts in self.lines:
            rate = _rate(counts)
            rows.append((*values, *(counts[how] for how in OBEYED), rate.n, rate.low, rate.high))
        return pd.DataFrame(rows, columns=[*self.by, *OBEYED, "measured", "low", "high"])


NOT_MEASURED = "nothing is measured yet: no finished take has its camera measured in the clip"


def obedience(rows: Sequence[Judged], by: Sequence[str]) -> Obedience:
    """Counts of measured takes, whether judged or not. A take of two moves counts for both."""
    lines: list[tuple[tuple[str, ...], list[Judged]]] = [((), [row for row in rows if row.obeyed])]
    for name in by:
        lines = [((*values, value), part) for values, of in lines for value, part in grouped(of, name).items()]
    counted = [(values, Counter(row.obeyed for row in of)) for values, of in lines if of]
    return Obedience(tuple(by), tuple((values, {how: counts[how] for how in OBEYED}) for values, counts in counted))


def _rate(counts: dict[str, int]) -> Rate:
    return Rate(counts["yes"], sum(counts[how] for how in MEASURED))


def _rest(counts: dict[str, int]) -> str:
    others = [f"{counts[how]} {how}" for how in OBEYED if how != "yes" and counts[how]]
    return f"; {', '.join(others)}" if others else ""
