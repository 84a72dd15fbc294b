"""Which words and moves are kept, in counts with their uncertainty: never a percentage that a handful of takes made.

What is counted are finished takes that were judged: a circle is kept, a hold and an NG are not. Takes that nobody
judged yet are told apart. Everything here is a function of rows; nothing reads a log.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

from studio.errors import BadInput
from studio.given import shown

Z95 = 1.959963984540054  # the normal deviate that leaves 2.5 % on either side
FEW = 10  # below, no percentage is said: one take more could turn it round
OTHER = 0.25  # two sets of takes differ in something where this share of one would have to change to match the other
PARTS = ("scene_text", "camera", "style", "continuity", "portals", "avoid")
SAID = {"scene_text": "scene text"}
MEASURED = ("yes", "partly", "no", "static")  # what could be read in the clip
BY: dict[str, Callable[[Judged], tuple[str, ...]]] = {
    "model": lambda row: (row.on,),
    "provider": lambda row: (row.provider,),
    "shot": lambda row: (row.shot,),
    "move": lambda row: row.moves or ("none",),
    "author": lambda row: (row.author,),
}


def wilson(kept: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The score interval for a share of `kept` of `n`, from 0 to 1; (0, 1) where n is 0.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209–212:
    the shares p for which (kept / n − p)² ≤ z² p (1 − p) / n. Unlike the plain one it is right for few takes too.
    """
    if not 0 <= kept <= n:
        raise BadInput(f"{kept} of {n} is no count: keep from 0 to {n}")
    if n == 0:
        return 0.0, 1.0
    share, wide = kept / n, z * z / n
    middle = (share + wide / 2) / (1 + wide)
    half = z / (1 + wide) * sqrt(share * (1 - share) / n + wide / (4 * n))
    # the ends are exact where all or none was kept, whatever the rounding
    return (0.0 if kept == 0 else max(middle - half, 0.0), 1.0 if kept == n else min(middle + half, 1.0))


@dataclass(frozen=True)
class Rate:
    """So many of so many, with the interval in which the true share lies with 95 % confidence (Wilson)."""

    kept: int
    n: int

    @property
    def low(self) -> float:
        """The lower end, 0…1."""
        return wilson(self.kept, self.n)[0]

    @property
    def high(self) -> float:
        """The upper end, 0…1."""
        return wilson(self.kept, self.n)[1]

    def __str__(self) -> str:
        if self.n == 0:
            return "none"
        if self.n < FEW:
            return f"{self.kept} of {self.n}, too few to say"
        return f"{self.kept} of {self.n} (95 %: {100 * self.low:.0f}–{100 * self.high:.0f} %)"


@dataclass(frozen=True)
class Judged:
    """A finished take, as evidence sees it."""

    take: str
    shot: str
    provider: str
    model: str
    verdict: str = ""  # "" = not judged
    moves: tuple[str, ...] = ()  # asked for, each once
    obeyed: str = ""  # "" = not measured
    author: str = ""
    words: Mapping[str, str] = field(default_factory=dict)  # by part

    @property
    def on(self) -> str:
        """Provider and model as one text."""
        return f"{self.provider}/{self.model}"


@dataclass(frozen=True)
class Tally:
    """What became of some finished takes."""

    kept: Rate  # circled, of those that were judged
    on_hold: int  # of those judged
    not_judged: int  # beside them
    obeyed: Rate  # yes, of those whose camera could be read in the clip
    unreadable: int  # beside them


def tally(rows: Iterable[Judged]) -> Tally:
    """Count them."""
    verdicts: Counter[str] = Counter()
    measured: Counter[str] = Counter()
    for row in rows:
        verdicts[row.verdict] += 1
        measured[row.obeyed] += 1
    judged = sum(verdicts.values()) - verdicts[""]
    return Tally(
        Rate(verdicts["circle"], judged),
        verdicts["hold"],
        verdicts[""],
        Rate(measured["yes"], sum(measured[how] for how in MEASURED)),
        measured["unreadable"],
    )


@dataclass(frozen=True)
class Paired:
    """The fair comparison: within the same shot and model, where there are judged takes with and without."""

    pairs: int  # shots at a model
    with_it: Rate
    without_it: Rate
    more: int  # pairs in which a larger share was kept with it
    fewer: int

    def __str__(self) -> str:
        if not self.pairs:
            return "no shot has judged takes of one model with and without it"
        even = self.pairs - self.more - self.fewer
        where = "shot and model" if self.pairs == 1 else f"{self.pairs} shots and models"
        return (
            f"with it {self.with_it}; without it {self.without_it}, in the same {where} "
            f"(more kept with it in {self.more}, fewer in {self.fewer}, as many in {even})"
        )


def paired(rows: Iterable[Judged], has: Callable[[Judged], bool]) -> Paired:
    """Compare within each shot at each model; a stratum without both sides says nothing and is left out."""
    strata: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        if row.verdict:
            counts, side = strata[row.shot, row.on], 0 if has(row) else 2
            counts[side] += row.verdict == "circle"
            counts[side + 1] += 1
    both = [counts for counts in strata.values() if counts[1] and counts[3]]
    sums = [sum(column) for column in zip(*both, strict=True)] or [0, 0, 0, 0]
    # shares are compared crosswise in whole numbers: k/n > l/m where k·m > l·n
    more = sum(k * m > j * n for k, n, j, m in both)
    fewer = sum(k * m < j * n for k, n, j, m in both)
    return Paired(len(both), Rate(*sums[:2]), Rate(*sums[2:]), more, fewer)


def what_else_differs(
    with_it: Sequence[Judged], without_it: Sequence[Judged], names: Sequence[str] = ("model", "shot", "move")
) -> tuple[str, ...]:
    """A sentence for each of these things (keys of `BY`) in which the judged takes on the two sides are not alike."""
    sides = [[row for row in rows if row.verdict] for rows in (with_it, without_it)]
    if not all(sides):
        return ()
    told = []
    for name in names:
        counts = [Counter(value for row in rows for value in BY[name](row)) for rows in sides]
        shares = [{value: count / counted.total() for value, count in counted.items()} for counted in counts]
        apart = sum(abs(shares[0].get(v, 0) - shares[1].get(v, 0)) for v in shares[0] | shares[1]) / 2
        if apart < OTHER:
            continue
        (first, n), (second, m) = (counted.most_common(1)[0] for counted in counts)
        how = (
            f"with it most often {first} ({n} of {len(sides[0])}), without it {second} ({m} of {len(sides[1])})"
            if first != second
            else f"{first} is {n} of {len(sides[0])} with it and {m} of {len(sides[1])} without it"
        )
        told.append(f"the {name}s differ too: {how}")
    return tuple(told)


# --- words -------------------------------------------------------------------------------------------------------


def says(word: str, part: str | None = None) -> Callable[[Judged], bool]:
    """Whether a take's words hold this word or phrase: whole, without case, in that part, or in any but `avoid`.

    What is to be avoided is not in the picture that was asked for, so it counts only where it is named.
    """
    if part is not None and not (isinstance(part, str) and part in PARTS):
        raise BadInput(f"{shown(part)} is no part of the words: the parts are {', '.join(PARTS)}")
    pieces = _plain(word).split()
    if not pieces:
        raise BadInput('no word is given: write one, such as film.evidence.word("anamorphic")')
    pattern = re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, pieces)) + r"(?!\w)")
    parts = (part,) if part else PARTS[:-1]
    return lambda row: any(pattern.search(_plain(row.words.get(name, ""))) for name in parts)


def style_phrases(style: str) -> tuple[str, ...]:
    """What stands between the commas of a style, without case, each once."""
    pieces = (" ".join(piece.split()).strip(" .") for piece in re.split(r"[,;\n]", _plain(style)))
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


# --- grouping ----------------------------------------------------------------------------------------------------


def grouped(rows: Iterable[Judged], by: str | None) -> dict[str, list[Judged]]:
    """The rows by model, provider, shot, move or author; all under "" without `by`. A take of two moves stands twice.

    Groups come in the order of their size, the largest first, then by name.
    """
    if by is None:
        return {"": list(rows)}
    if not isinstance(by, str) or by not in BY:
        raise BadInput(f"evidence cannot be told by {shown(by)}: there is {', '.join(BY)}")
    found: dict[str, list[Judged]] = defaultdict(list)
    for row in rows:
        for value in BY[by](row):
            found[value].append(row)
    return dict(sorted(found.items(), key=lambda each: (-len(each[1]), each[0])))
