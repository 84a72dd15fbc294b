"""Slots before there are takes: how long each shot is to be, in bars or beats of the song, planned for the whole film.

A shot that was given a length keeps it; the others share what is left as evenly as they can: on bars where each of
them gets one at least, else on beats. No slot is shorter than its least or longer than its greatest length. The sum of
the squares of what the slots that share are off their even share is as small as can be, exactly; of two plans that
are as good the one whose slots begin earlier is taken. What lies before the first bar belongs to the first slot, what
lies after the last one to the last, as in `arranging`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.cutting.grid import Grid
from studio.errors import BadInput, NotFound
from studio.given import number, shown, whole
from studio.nouns import check_shot_id

if TYPE_CHECKING:
    from studio.log import Log

KIND = "slot.planned"
MOST_BARS, MOST_BEATS, LONGEST_S = 1_000, 10_000, 3_600


@dataclass(frozen=True)
class Wish:
    """How long the slot of a shot is to be, and where it stands; None and "" is no wish."""

    bars: int | None = None
    beats: int | None = None
    least_s: Fraction | None = None
    greatest_s: Fraction | None = None
    after: str = ""  # the shot that it follows, where that is not story order

    def __bool__(self) -> bool:
        return self != NONE

    @property
    def fixed(self) -> bool:
        """Whether it says how long the slot is, in bars or beats."""
        return self.bars is not None or self.beats is not None

    @property
    def of_length(self) -> bool:
        """Whether it says anything of how long the slot is."""
        return self.fixed or self.least_s is not None or self.greatest_s is not None

    @property
    def said(self) -> str:
        """ "2 bars", "at least 1.5 s", "3 beats, after 04B"."""
        told = [
            f"{count} {name if count != 1 else name[:-1]}"
            for count, name in ((self.bars, "bars"), (self.beats, "beats"))
            if count is not None
        ]
        told += [
            f"at {name} {float(seconds):g} s"
            for seconds, name in ((self.least_s, "least"), (self.greatest_s, "most"))
            if seconds is not None
        ]
        return ", ".join(told + ([f"after {self.after}"] if self.after else []))


NONE = Wish()


def wish_of(
    bars: int | None, beats: int | None, least_s: object = None, greatest_s: object = None, after: str = ""
) -> Wish:
    """A wish as a person says it, or one sentence about what is wrong with it."""
    if bars is not None and beats is not None:
        raise BadInput(f"a slot of {shown(bars)} bars and {shown(beats)} beats: say its length in one of the two")
    least, greatest = (
        None if seconds is None else number(seconds, f"the {name} length of a slot in seconds", 0, LONGEST_S)
        for seconds, name in ((least_s, "least"), (greatest_s, "greatest"))
    )
    if (bars is not None or beats is not None) and (least is not None or greatest is not None):
        raise BadInput(
            "a slot with a length in bars or beats has no least or greatest one: say the length, or its bounds"
        )
    if greatest == 0 or (least is not None and greatest is not None and least > greatest):
        raise BadInput(
            f"a slot of at least {float(least or 0):g} s and at most {float(greatest or 0):g} s cannot be: the "
            f"greatest length is above 0 and no less than the least"
        )
    return Wish(
        None if bars is None else whole(bars, "the bars of a slot", 1, MOST_BARS),
        None if beats is None else whole(beats, "the beats of a slot", 1, MOST_BEATS),
        least,
        greatest,
        check_shot_id(after) if after else "",
    )


def plan_slot(log: Log, shot: str, wish: Wish, author: str) -> Wish:
    """Write down the wish for a shot; an empty one takes back what was wished before."""
    _known(log, check_shot_id(shot))
    if wish.after:
        _known(log, wish.after)
        in_order([each.id for each in log.shots()], wishes(log) | {shot: wish})  # says where two follow each other
    data: dict[str, object] = {
        "bars": wish.bars,
        "beats": wish.beats,
        "least_s": None if wish.least_s is None else str(wish.least_s),
        "greatest_s": None if wish.greatest_s is None else str(wish.greatest_s),
        "after": wish.after,
    }
    with log.write(author) as writer:
        writer.event(KIND, f"shot:{shot}", data)
    return wish


def wishes(log: Log) -> dict[str, Wish]:
    """What is wished for every shot, the last that was said of each; shots without a wish are not there."""
    found: dict[str, Wish] = {}
    for subject, event in log.latest_of(KIND).items():
        data = event.data
        least, greatest = (
            None if data[name] is None else Fraction(str(data[name])) for name in ("least_s", "greatest_s")
        )
        bars, beats = (None if data[name] is None else int(str(data[name])) for name in ("bars", "beats"))
        if wish := Wish(bars, beats, least, greatest, str(data["after"])):
            found[subject.removeprefix("shot:")] = wish
    return found


def in_order(shots: Sequence[str], wished: Mapping[str, Wish]) -> tuple[str, ...]:
    """The shots as they follow each other: story order, but for those that are to follow another one.

    A shot whose other one is not among these keeps its place.
    """
    there, followers = set(shots), dict[str, list[str]]()
    for shot in sorted(shots):
        after = wished.get(shot, NONE).after
        followers.setdefault(after if after in there else "", []).append(shot)
    found: list[str] = []
    waiting = list(reversed(followers.get("", [])))
    while waiting:
        shot = waiting.pop()
        found.append(shot)
        waiting += reversed(followers.get(shot, []))
    if len(found) < len(there):
        ring = sorted(there - set(found))
        raise BadInput(f"{', '.join(ring)} are to follow each other in a ring: let one of them follow another shot")
    return tuple(found)


def plan(names: Sequence[str], wished: Mapping[str, Wish], grid: Grid, rate: Fraction) -> tuple[int, ...]:
    """Where the slot of each of these shots (or cards) ends, in frames of the range; the last is the range's own end.

    Raises BadInput with the numbers where the wishes and the song do not fit.
    """
    if not any(wished.get(name, NONE).of_length for name in names):
        return _even(grid, len(names))
    return _Planning(names, wished, grid, rate).ends()


def _even(grid: Grid, count: int) -> tuple[int, ...]:
    lines = grid.bars if len(grid.bars) >= count else grid.beats
    if len(lines) < count:
        raise BadInput(
            f"the range has {len(lines)} beats for {count} takes and cards: choose a longer range, or leave "
            f"{count - len(lines)} out"
        )
    return (*(lines[k * len(lines) // count] for k in range(1, count)), grid.frames)


class _Planning:
    """One question: which of the song's beats each slot ends on."""

    def __init__(self, names: Sequence[str], wished: Mapping[str, Wish], grid: Grid, rate: Fraction) -> None:
        self.names, self.rate, self.frames = names, rate, grid.frames
        self.wished = [wished.get(name, NONE) for name in names]
        first = grid.bars[0] if grid.bars else 0
        lines = [frame for frame in grid.beats if frame >= first] or [0]
        self.at = np.array([0, *lines[1:], grid.frames])  # the frame of each line, the range's end among them
        self.lengths = np.subtract.outer(self.at, self.at).T.astype(np.float64)  # from line to line
        self.counted = len(lines)
        self.bar = min((b - a for a, b in pairwise((*grid.bars, grid.frames))), default=0)  # frames of the shortest
        self.bars = [*(lines.index(bar) for bar in grid.bars), self.counted] if grid.bars else []

    def ends(self) -> tuple[int, ...]:
        self._check_sums()
        reached = -1
        for only_bars in (True, False):
            ends = self._search(only_bars)
            if isinstance(ends, tuple):
                return ends
            reached = ends
        raise self._stuck(reached)

    def _search(self, only_bars: bool) -> tuple[int, ...] | int:
        """The best ends; or, where there are none, the number of the first slot that cannot be placed."""
        count, share = len(self.at), self._share()
        cost: NDArray[np.float64] = np.full(count, np.inf)
        cost[0] = 0
        came = []
        for k, wish in enumerate(self.wished):
            steps = self._steps(wish, only_bars, last=k == len(self.wished) - 1)
            off = 0 if wish.fixed else (self.lengths - share) ** 2
            total = np.where(steps, cost[:, None] + off, np.inf)
            came.append(total.argmin(axis=0))
            cost = total.min(axis=0)
            if not np.isfinite(cost).any():
                return k
        ends, line = [self.frames], count - 1
        for back in reversed(came[1:]):
            line = int(back[line])
            ends.append(int(self.at[line]))
        return tuple(reversed(ends))

    def _steps(self, wish: Wish, only_bars: bool, *, last: bool) -> NDArray[np.bool_]:
        """From which line to which a slot may go: (lines, lines)."""
        count, lengths = len(self.at), self.lengths
        found = np.asarray(lengths > 0, np.bool_)
        if wish.fixed:
            found &= False
            for line in range(count - 1):
                end = line + wish.beats if wish.beats is not None else self._bars_on(line, wish.bars or 0)
                if end is not None and end < count:
                    found[line, end] = lengths[line, end] > 0
        elif only_bars:
            whole_bars = np.zeros(count, np.bool_)
            whole_bars[[*self.bars, count - 1]] = True
            found &= whole_bars[None, :]
            if wish.greatest_s is None or wish.greatest_s * self.rate >= self.bar:
                found &= lengths >= self.bar  # less than a bar on bars: rather all of them on beats
        if wish.least_s is not None:
            found &= lengths >= float(wish.least_s * self.rate) - 1e-6
        if wish.greatest_s is not None:
            found &= lengths <= float(wish.greatest_s * self.rate) + 1e-6
        if last:
            found[:, :-1] = False
        else:
            found[:, -1] = False
        return found

    def _bars_on(self, line: int, bars: int) -> int | None:
        """The line that lies so many bars after another one, on the same beat of its bar."""
        at = bisect_right(self.bars, line) - 1
        if at < 0 or at + bars >= len(self.bars):
            return None
        end = self.bars[at + bars] + line - self.bars[at]
        return end if end <= self.counted else None

    def _beats_of(self, wish: Wish) -> float:
        """About how many beats a fixed wish takes."""
        if wish.beats is not None:
            return wish.beats
        return (wish.bars or 0) * self.counted / max(1, len(self.bars) - 1)

    def _share(self) -> float:
        """Frames for each slot without a length of its own."""
        taken = sum(self._beats_of(wish) for wish in self.wished if wish.fixed)
        sharing = sum(not wish.fixed for wish in self.wished)
        return (1 - taken / self.counted) * self.frames / sharing if sharing else 0.0

    def _check_sums(self) -> None:
        if len(self.names) > self.counted:
            raise BadInput(
                f"the range has {self.counted} beats for {len(self.names)} slots: choose a longer range, or leave "
                f"{len(self.names) - self.counted} shots out"
            )
        if any(wish.bars for wish in self.wished) and not self.bars:
            raise BadInput("the range has no bar that a slot in bars could be counted by: say its length in beats")
        sharing = sum(not wish.fixed for wish in self.wished)
        taken = sum(self._beats_of(wish) for wish in self.wished if wish.fixed)
        if taken + sharing > self.counted + 1e-6 or (not sharing and taken < self.counted - 1e-6):
            others = f", and {sharing} other slots need one at least each" if sharing else ""
            raise BadInput(
                f"the planned slots take {taken:g} beats of the song's {self.counted}{others}: "
                f"{'give more' if not sharing and taken < self.counted else 'give fewer'} bars or beats"
            )
        song_s = float(self.frames / self.rate)
        for name, word, bound in (("least_s", "at least", 1), ("greatest_s", "at most", -1)):
            bounds = [getattr(wish, name) for wish in self.wished]
            if bound < 0 and None in bounds:
                continue
            total = float(sum(seconds for seconds in bounds if seconds is not None))
            if (total - song_s) * bound > 1e-6:
                raise BadInput(
                    f"the slots are to take {word} {total:.2f} s together and the song lasts {song_s:.2f} s: change "
                    f"the {'least' if bound > 0 else 'greatest'} lengths, or the part of the song that is used"
                )

    def _stuck(self, k: int) -> BadInput:
        wish, beat_s = self.wished[k], float(self.frames / self.rate) / self.counted
        what = wish.said or "any length"
        return BadInput(
            f"slot {k + 1} ({self.names[k]}, {what}) finds no place on the song's {self.counted} beats of "
            f"{beat_s:.2f} s beside the other planned slots: change its length, or theirs"
        )


def _known(log: Log, shot: str) -> None:
    there = [each.id for each in log.shots()]
    if shot not in there:
        raise NotFound(f"there is no shot {shot} in this film: there is {', '.join(there) or 'none yet'}")
