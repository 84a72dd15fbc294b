"""What every slot of a film has and what it lacks: circled takes, long enough, with handles, and others to choose from.

The slots are those of the whole film as it is planned, each shot's own among them, whether or not it has a take yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from studio.cutting.arranging import END, TITLE
from studio.cutting.assembling import place_in, range_of
from studio.cutting.checking import source_of
from studio.cutting.grid import Grid
from studio.cutting.rules import rule
from studio.cutting.slots import NONE, Wish, in_order, plan, wishes
from studio.errors import NotFound
from studio.nouns import FINAL_STATES, STATES
from studio.timecode import record_timecode

if TYPE_CHECKING:
    import pandas as pd

    from studio.log import KeptTake, Log, Settings
    from studio.nouns import Cut
    from studio.song import Master

UNDER_WAY = frozenset(STATES) - FINAL_STATES - {"unknown"}
# what a slot can lack, the worst first
TAKES, CLIP, CIRCLE, CONSTANT, LENGTH, HANDLES = LACKS = (
    "takes", "a clip", "a circle", "a take with a constant frame rate", "a take long enough", "handles",
)  # fmt: skip
# column: dtype, and meaning with its unit. The order is that of the table.
COLUMNS: dict[str, tuple[str, str]] = {
    "slot": ("Int64", "number in the plan, from 1"),
    "shot": ("str", "missing for a card"),
    "scene": ("str", "number of the scene, missing for a card"),
    "place": ("str", "where in the song: bars and beats"),
    "timecode": ("str", "where it starts, as the edit lists count: from 01:00:00:00"),
    "frames": ("Int64", "how long it is to be, frames of the film"),
    "seconds": ("Float64", "how long it is to be, seconds"),
    "planned": ("str", "what was said of its length and place, in words"),
    "least_s": ("Float64", "the least length that was said, seconds"),
    "greatest_s": ("Float64", "the greatest length that was said, seconds"),
    "take": ("str", "its take in the latest cut, or the name of the card"),
    "circled": ("Int64", "takes of the shot that are circled"),
    "held": ("Int64", "takes of the shot on hold"),
    "takes": ("Int64", "takes of the shot that were asked for"),
    "longest": ("Int64", "the longest circled take at its own speed, frames of the film"),
    "lacks": ("str", "what it needs next, in words; empty where it has all"),
    "alternates": ("Int64", "circled takes that are long enough, beside the one in the cut"),
}


@dataclass(frozen=True)
class Planned:
    """One slot of the plan, and what there is for it."""

    slot: int
    shot: str  # "" for a card
    name: str  # of the shot or card
    place: str
    record_frame: int
    frames: int
    wish: Wish
    take: str  # in the latest cut; "" for none
    takes: int  # asked for
    under_way: int  # of these
    done: int  # of these, with a clip
    judged: int  # of these
    circled: int
    held: int
    longest: int  # of the circled ones, in frames of the film; 0 for none
    lack: str  # one of LACKS, or ""
    lacks: str  # the same with its numbers
    alternates: int

    @property
    def needs(self) -> int:
        """Frames of the film that a take for it has to have, with handles."""
        return self.frames + 2 * int(rule("handles").number)


def coverage_of_slots(
    log: Log, settings: Settings, song: Master, bars: tuple[int, int] | None = None
) -> tuple[Planned, ...]:
    """Every slot as it is planned on these bars of the song (None: on all that is used), and what it lacks."""
    shots = [shot.id for shot in log.shots()]
    if not shots:
        raise NotFound('the film has no shot yet: film.write("01A", "…", camera="…") makes one')
    wished = wishes(log)
    names = [
        *([TITLE] if settings.title_card.strip() else []),
        *in_order(shots, wished),
        *([END] if settings.end_card.strip() else []),
    ]
    chosen, start_s, end_s, first = range_of(song, bars)
    beats = song.grid.beats(start_s, end_s)
    grid = Grid(bars=chosen, beats=beats, start_s=start_s, end_s=end_s, rate=settings.rate, first_bar=first)
    ends = plan(names, wished, grid, settings.rate)
    asked = Counter(take.shot for take in log.takes())
    going = Counter(take.shot for take in log.takes_in(UNDER_WAY))
    finished: dict[str, list[KeptTake]] = {}
    for take in log.finished():
        finished.setdefault(take.take.shot, []).append(take)
    used = _used(log)
    return tuple(
        _planned(
            number,
            name,
            name in (TITLE, END),
            place_in(grid, start, end),
            (start, end),
            wished.get(name, NONE),
            (asked[name], going[name]),
            finished.get(name, []),
            used.get(name, []),
            settings,
        )
        for number, (name, start, end) in enumerate(zip(names, (0, *ends), ends, strict=False), start=1)
    )


def _planned(
    number: int,
    name: str,
    card: bool,
    place: str,
    span: tuple[int, int],
    wish: Wish,
    counts: tuple[int, int],
    done: Sequence[KeptTake],
    used: Sequence[str],
    settings: Settings,
) -> Planned:
    frames = span[1] - span[0]
    circled = [take for take in done if take.verdict == "circle"]
    fits = {take.take.label: _length(take, settings.rate) for take in circled if not take.variable_rate}
    longest = max(fits.values(), default=0)
    lack = "" if card else _lack(counts[0], len(done), len(circled), fits.values(), frames)
    enough = [label for label, length in fits.items() if length >= frames]
    return Planned(
        slot=number,
        shot="" if card else name,
        name=name,
        place=place,
        record_frame=span[0],
        frames=frames,
        wish=wish,
        take=name if card else used[0] if used else "",
        takes=counts[0],
        under_way=counts[1],
        done=len(done),
        judged=sum(bool(take.verdict) for take in done),
        circled=len(circled),
        held=sum(take.verdict == "hold" for take in done),
        longest=longest,
        lack=lack,
        lacks=_in_words(lack, frames, longest, settings.slowest_speed),
        alternates=len(set(enough) - set(used[:1])) if used else max(0, len(enough) - 1),
    )


def _lack(takes: int, done: int, circled: int, lengths: Iterable[int], frames: int) -> str:
    """What a slot lacks, the worst of it."""
    if not circled:
        return CIRCLE if done else CLIP if takes else TAKES
    longest = max(lengths, default=0)
    if not longest:
        return CONSTANT
    if longest < frames:
        return LENGTH
    return HANDLES if longest < frames + 2 * rule("handles").number else ""


def _in_words(lack: str, frames: int, longest: int, slowest: Fraction) -> str:
    if lack == LENGTH:
        slowed = f" (slowed to {slowest} it fills the slot)" if slowest < 1 and longest / slowest >= frames else ""
        return f"{lack}: {frames} frames, the longest has {longest}{slowed}"
    if lack == HANDLES:
        return f"{lack}: {frames} frames and {rule('handles').number:g} on either side, the longest has {longest}"
    return lack


def _length(take: KeptTake, rate: Fraction) -> int:
    """How long a slot it fills at its own speed, in frames of the film."""
    source = source_of(take)
    return int(source.frames * rate / source.rate)


def _used(log: Log) -> dict[str, list[str]]:
    """The takes of every shot in the latest cut, in order; none before there is a cut."""
    found: dict[str, list[str]] = {}
    try:
        cut: Cut = log.latest_cut()
    except NotFound:
        return found
    for slot in cut.slots:
        if slot.source.kind == "take":
            found.setdefault(slot.source.shot, []).append(slot.source.name)
    return found


def coverage_said(slots: Iterable[tuple[str, int]]) -> str:
    """How many slots have circled takes, given each one's shot and how many: "55 slots: 42 with two or more …"."""
    listed = list(slots)
    none = [shot for shot, circled in listed if not circled]
    counts = (
        (sum(circled > 1 for _, circled in listed), "with two or more circled takes"),
        (sum(circled == 1 for _, circled in listed), "with one"),
        (len(none), f"with none: {', '.join(dict.fromkeys(none))}"),
    )
    told = " · ".join(f"{count} {words}" for count, words in counts if count)
    return f"{len(listed)} slot{'s' * (len(listed) != 1)}: {told}" if listed else "no slots"


def slots_frame(slots: Iterable[Planned], rate: Fraction) -> pd.DataFrame:
    """One row a slot, in order; columns, dtypes, units and meanings are those of `COLUMNS`."""
    import pandas as pd

    rows = [
        (
            each.slot,
            each.shot or None,
            each.shot[:2] or None,
            each.place,
            record_timecode(each.record_frame, rate),
            each.frames,
            float(each.frames / rate),
            each.wish.said,
            None if each.wish.least_s is None else float(each.wish.least_s),
            None if each.wish.greatest_s is None else float(each.wish.greatest_s),
            each.take or None,
            each.circled,
            each.held,
            each.takes,
            each.longest or None,
            each.lacks,
            each.alternates,
        )
        for each in slots
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({column: dtype for column, (dtype, _) in COLUMNS.items()})
