"""Which camera words get a move from which model: every wording as it was written, obeyed n of N with its interval."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from studio.review.evidence import FEW, MEASURED, Judged, Rate, grouped

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Wording:
    """Camera words, and what became of the takes that were asked for with them."""

    words: str  # as they were written first
    obeyed: Rate  # yes, of those whose camera could be read in the clip
    partly: int  # of those
    unreadable: int  # beside them


@dataclass(frozen=True, repr=False)
class Phrasing:
    """The wordings of a move by something, the best first: by the lower end of the interval, so that few takes that
    all obeyed stand behind many that mostly did."""

    about: str
    by: str
    groups: tuple[tuple[str, tuple[Wording, ...]], ...]

    def __repr__(self) -> str:
        if not self.groups:
            return f"{self.about}: no finished take that asked for it has its camera measured"
        lines = [self.about]
        for value, wordings in self.groups:
            lines.append(f"  {value}: {self._best(wordings)}")
            lines += [f"    “{each.words}” {_told(each)}" for each in wordings]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if not self.groups:
            return f"<p>{escape(repr(self))}</p>"
        head = "".join(
            f'<th scope="col" style="text-align:left">{escape(name)}</th>'
            for name in (self.by, "camera words", "obeyed")
        )
        lines = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(value)}</th>'
            f'<td style="text-align:left">{escape(each.words)}</td>'
            f'<td style="text-align:left">{escape(_told(each))}</td></tr>'
            for value, wordings in self.groups
            for each in wordings
        )
        return f"<p><b>{escape(self.about)}</b></p><table><tr>{head}</tr>{lines}</table>"

    def to_frame(self) -> pd.DataFrame:
        """One row a wording, in this order; `low` and `high` are the interval, 0…1, `enough`: ten takes or more."""
        import pandas as pd

        rows = [
            (value, each.words, each.obeyed.kept, each.obeyed.n, each.obeyed.low, each.obeyed.high, each.partly,
             each.unreadable, each.obeyed.n >= FEW)
            for value, wordings in self.groups
            for each in wordings
        ]  # fmt: skip
        names = [self.by, "words", "obeyed", "measured", "low", "high", "partly", "unreadable", "enough"]
        return pd.DataFrame(rows, columns=names)

    def _best(self, wordings: Sequence[Wording]) -> str:
        best = wordings[0]
        if best.obeyed.n < FEW:
            return "too few takes to say which words are best"
        return f"best “{best.words}”, {best.obeyed} obeyed"


def phrasing(about: str, rows: Sequence[Judged], by: str) -> Phrasing:
    """Count them by a thing of `evidence.BY`; words are one where they differ only in case and blanks."""
    groups = []
    for value, of in grouped([row for row in rows if row.obeyed], by).items():
        counted: dict[str, Counter[str]] = defaultdict(Counter)
        written: dict[str, str] = {}
        for row in of:
            said = " ".join(row.words.get("camera", "").split())
            plain = unicodedata.normalize("NFC", said).casefold()
            written.setdefault(plain, said)
            counted[plain][row.obeyed] += 1
        wordings = [
            Wording(
                written[plain],
                Rate(how["yes"], sum(how[name] for name in MEASURED)),
                how["partly"],
                how["unreadable"],
            )
            for plain, how in counted.items()
        ]
        wordings.sort(key=lambda each: (-each.obeyed.low, -each.obeyed.n, each.words))
        groups.append((value, tuple(wordings)))
    return Phrasing(about, by, tuple(groups))


def _told(each: Wording) -> str:
    said = [f"{each.obeyed} obeyed" if each.obeyed.n else "", f"{each.partly} partly" if each.partly else ""]
    said += [f"{each.unreadable} unreadable"] if each.unreadable else []
    return "; ".join(part for part in said if part)
