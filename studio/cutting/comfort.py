"""What a viewer's eyes and an editor's hands may mind in a cut: advice with its number, its limit and its source.

Nothing here stops anybody, and nothing is decoded: it goes by the cut itself and by what was measured and noticed when
its takes came in. Of flashes that is the pictures on both sides of each cut, by WCAG's general flash rule, and a take's
flicker as one number. Flashes inside a take, red flashes, and the angle under which the picture is seen are not looked
at. The limits are data (`data/cut_checks.toml`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from studio.camera import Measured
from studio.cutting.choosing import aim_into
from studio.cutting.formats._shared import in_words as in_slots
from studio.cutting.rules import Rule, rule, rules
from studio.errors import BadInput
from studio.media.flags import Flags
from studio.nouns import Cut, Slot

if TYPE_CHECKING:
    import pandas as pd

    from studio.cutting.stock import Stock
    from studio.log import Log
    from studio.media import End

_Read = TypeVar("_Read")
# column: dtype and meaning, in the order of the table
CHECK_COLUMNS: dict[str, tuple[str, str]] = {
    "slot": ("Int64", "number in the cut, from 1: where it begins"),
    "kind": ("str", "what was looked for: flashes, expansion, …"),
    "sentence": ("str", "what was noticed and what could be done"),
    "number": ("Float64", "what was found, in `unit`"),
    "limit": ("Float64", "from where on, or below which, something is said"),
    "unit": ("str", "of both"),
    "reason": ("str", "why"),
    "source": ("str", "where the limit was read"),
    "checked_on": ("str", "and when"),
}


@dataclass(frozen=True)
class Advice:
    """One thing to think about."""

    slot: int  # from 1
    kind: str  # id of the rule
    sentence: str
    number: float
    limit: float
    unit: str
    reason: str
    source: str
    checked_on: str  # ISO date

    def __str__(self) -> str:
        return f"slot {self.slot}: {self.sentence}"


@dataclass(frozen=True, repr=False)
class Checks:
    """All advice on a cut, in the order of its slots; reads as text, as HTML and as a table."""

    found: tuple[Advice, ...]
    unseen: tuple[str, ...] = ()  # takes of which neither light nor motion is known

    def __iter__(self) -> Iterator[Advice]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    @property
    def said(self) -> tuple[str, ...]:
        """Every line of it, what could not be looked at last."""
        lines = [str(each) for each in self.found] or ["nothing to think about"]
        if self.unseen:
            some = ", ".join(self.unseen[:5]) + (f" and {len(self.unseen) - 5} more" if len(self.unseen) > 5 else "")
            lines.append(f"not looked at: light and motion of {some} (film.measure() does it)")
        return tuple(lines)

    def __repr__(self) -> str:
        return "\n".join(self.said)

    def _repr_html_(self) -> str:
        reasons = [each.reason for each in self.found]
        lines = (
            f"<li>{escape(line)}{f' <small>({escape(reasons[k])})</small>' if k < len(reasons) else ''}</li>"
            for k, line in enumerate(self.said)
        )
        return f"<ul>{''.join(lines)}</ul>"

    def to_frame(self) -> pd.DataFrame:
        """One row an advice; columns, dtypes and meanings are those of `CHECK_COLUMNS`."""
        import pandas as pd

        table = pd.DataFrame([vars(each) for each in self.found], columns=list(CHECK_COLUMNS))
        return table.astype({name: dtype for name, (dtype, _) in CHECK_COLUMNS.items()})


@dataclass(frozen=True)
class Seen:
    """What is known of the takes of a cut; a take that was never looked at is in none of these."""

    ends: tuple[tuple[End | None, End | None], ...]  # of every slot: how it begins, how it ends
    measured: Mapping[str, Measured]  # by the take's label
    flags: Mapping[str, Flags]


def checks(cut: Cut, seen: Seen) -> Checks:
    """All that is noticed in a cut."""
    order = list(rules())
    found = [
        *_places(cut), *_short(cut), *_again(cut), *_handles(cut), *_rates(cut), *_speeds(cut),
        *_flicker(cut, seen.flags), *_directions(cut, seen), *_flashes(cut, seen), *_expansions(cut, seen),
    ]  # fmt: skip
    unseen = dict.fromkeys(
        slot.source.name
        for slot, (head, _) in zip(cut.slots, seen.ends, strict=True)
        if slot.source.kind == "take" and head is None
    )
    return Checks(tuple(sorted(found, key=lambda each: (each.slot, order.index(each.kind)))), tuple(unseen))


def checks_of(log: Log, cut: Cut, stock: Stock) -> Checks:
    """The same with what the log holds of its takes."""
    labels = {slot.source.take_id: slot.source.name for slot in cut.slots if slot.source.take_id}
    ends = tuple(_ends(cut, slot, stock) for slot in cut.slots)
    figures, noticed = log.latest_of("measured"), log.latest_of("flags")
    measured, flags = {}, {}
    for take_id, label in labels.items():
        if take_id in noticed and (found := _read(Flags.from_json, noticed[take_id].data["flags"])):
            flags[label] = found
        if take_id in figures and (seen := _read(Measured.from_json, figures[take_id].data.get("figures", ""))):
            measured[label] = seen
    return checks(cut, Seen(ends, measured, flags))


def _read(read: Callable[[str], _Read], text: object) -> _Read | None:
    """What an event holds as JSON; None for nothing, and for what an older method wrote."""
    try:
        return read(str(text)) if text else None
    except BadInput:
        return None


def _ends(cut: Cut, slot: Slot, stock: Stock) -> tuple[End | None, End | None]:
    looks = stock.looks(slot.source)
    if looks is None or slot.frames < 1:
        return None, None
    return (
        looks.head(slot.in_frames, slot.speed, cut.rate),
        looks.tail(slot.in_frames, slot.frames, slot.speed, cut.rate),
    )


def _advice(kind: str, slot: int, number: float, **fill: object) -> Advice:
    by: Rule = rule(kind)
    words = by.sentence.format(number=_plain(number), limit=_plain(by.number), name=f"slot {slot}", **fill)
    return Advice(slot, kind, words, float(number), float(by.number), by.unit, by.reason, by.source, by.checked_on)


def _plain(number: float) -> str:
    return f"{round(float(number), 1):g}"


def _frames(count: float) -> str:
    return "frame" if count == 1 else "frames"


# --- craft -------------------------------------------------------------------------------------------------------


def _places(cut: Cut) -> Iterator[Advice]:
    at = 0
    for number, slot in enumerate(cut.slots, start=1):
        off = slot.record_frame - at
        if off:
            yield _advice("gap" if off > 0 else "overlap", number, abs(off), frames=_frames(abs(off)), end=at)
        at = slot.end_frame


def _short(cut: Cut) -> Iterator[Advice]:
    for number, slot in enumerate(cut.slots, start=1):
        if slot.frames < rule("flash_frames").number:
            yield _advice("flash_frames", number, slot.frames, frames=_frames(slot.frames))


def _again(cut: Cut) -> Iterator[Advice]:
    """Takes used more than once: apart from each other, and one after the other."""
    takes = [(number, slot) for number, slot in enumerate(cut.slots, start=1) if slot.source.kind == "take"]
    for (number, before), (after_number, after) in pairwise(takes):
        if before.source.name == after.source.name and after_number == number + 1:
            out = float(after.in_frames - before.in_frames - before.frames * before.speed)
            jump = f": {_plain(out)} {_frames(out)} between them are left out" if out > 0 else (
                f": {_plain(-out)} {_frames(-out)} are seen again" if out else " and goes on: one slot would do"
            )  # fmt: skip
            slots = in_slots([number, after_number])
            yield _advice("back_to_back", after_number, out, take=after.source.name, slots=slots, jump=jump)
    places: dict[str, list[int]] = {}
    for number, slot in takes:
        places.setdefault(slot.source.name, []).append(number)
    for take, numbers in places.items():
        apart = [after for before, after in pairwise(numbers) if after > before + 1]
        if apart:
            yield _advice("used_again", apart[0], len(numbers), take=take, slots=in_slots(numbers))


def _handles(cut: Cut) -> Iterator[Advice]:
    for number, slot in enumerate(cut.slots, start=1):
        source = slot.source
        tail = int(source.frames * cut.rate / source.rate - slot.in_frames - slot.frames * slot.speed)
        spare = slot.in_frames + tail
        if source.kind == "take" and spare < 2 * rule("handles").number:
            least = min(slot.in_frames, tail)
            yield _advice("handles", number, least, take=source.name, head=slot.in_frames, tail=tail)


def _rates(cut: Cut) -> Iterator[Advice]:
    others: dict[Fraction, list[int]] = {}
    for number, slot in enumerate(cut.slots, start=1):
        if slot.source.rate != cut.rate:
            others.setdefault(slot.source.rate, []).append(number)
    if others:
        told = "; ".join(f"{_rate(rate)} ({in_slots(numbers)})" for rate, numbers in sorted(others.items()))
        first = min(min(numbers) for numbers in others.values())
        count = len({slot.source.rate for slot in cut.slots} | {cut.rate})
        yield _advice("rates", first, count, film=_rate(cut.rate), rates=told)


def _rate(rate: Fraction) -> str:
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")


def _speeds(cut: Cut) -> Iterator[Advice]:
    by = rule("speed").data
    for number, slot in enumerate(cut.slots, start=1):
        if slot.speed != 1 and slot.source.kind == "take":
            slower = slot.speed < 1
            times = _plain(float(1 / slot.speed if slower else slot.speed))
            what = str(by["slower" if slower else "faster"]).format(times=times)
            yield _advice("speed", number, float(slot.speed), speed=slot.speed, what=what)


# --- comfort -----------------------------------------------------------------------------------------------------


def _flicker(cut: Cut, flags: Mapping[str, Flags]) -> Iterator[Advice]:
    told = set()
    for number, slot in enumerate(cut.slots, start=1):
        take = slot.source.name
        if take in flags and take not in told and flags[take].flicker >= rule("flicker").number:
            told.add(take)
            yield _advice("flicker", number, flags[take].flicker, take=take)


def _directions(cut: Cut, seen: Seen) -> Iterator[Advice]:
    least = rule("direction").number
    axes = ((0, "the pan turns round", "right", "left", "%/s"), (2, "the zoom turns round", "in", "out", "log-%/s"))
    for number, ((_, tail), (head, _)) in enumerate(pairwise(seen.ends), start=2):
        if tail is None or head is None or tail.motion is None or head.motion is None:
            continue
        if aim_into(cut, cut.slots[number - 1]) == "contrast":  # it is meant
            continue
        for axis, turn, more, less, unit in axes:
            before, after = tail.motion[axis], head.motion[axis]
            if before * after < 0 and min(abs(before), abs(after)) >= least:
                told = {
                    name: f"{more if rate > 0 else less} by {_plain(abs(rate))} {unit}"
                    for name, rate in (("before", before), ("after", after))
                }
                yield _advice("direction", number, min(abs(before), abs(after)), turn=turn, **told)


def luminance(end: End) -> NDArray[np.float64]:
    """WCAG's relative luminance of the cells of a picture, (9, 16), 0 to 1: CIE's Y, from L*."""
    light = end.lab[:, :, 0].astype(np.float64)
    return np.where(light > 8, ((light + 16) / 116) ** 3, light * 27 / 24389)


def change_of_light(before: End, after: End) -> int:
    """1 where a large enough part of the picture grows lighter by as much as a flash has, −1 where darker, else 0."""
    by = rule("flashes").data
    one, other = luminance(before), luminance(after)
    dark = np.minimum(one, other) < by["darker"]
    for sign in (1, -1):
        if np.mean(dark & ((other - one) * sign >= by["change"])) >= by["area"]:
            return sign
    return 0


def _flashes(cut: Cut, seen: Seen) -> Iterator[Advice]:
    """Runs of cuts between bright and dark pictures that make more than three flashes within a second."""
    jumps = [
        (number, cut.slots[number - 1].record_frame, change_of_light(tail, head))
        for number, ((_, tail), (head, _)) in enumerate(pairwise(seen.ends), start=2)
        if tail is not None and head is not None
    ]
    turns = [next(group) for _, group in groupby([jump for jump in jumps if jump[2]], key=lambda jump: jump[2])]
    most = 2 * rule("flashes").number  # a flash is a change and its opposite
    k = 0
    while k < len(turns):
        within = [turn for turn in turns[k:] if turn[1] < turns[k][1] + cut.rate]
        if len(within) > most:
            seconds = float((within[-1][1] - within[0][1]) / cut.rate)
            flashes = len(within) / 2
            yield _advice("flashes", within[0][0], flashes, count=len(within), seconds=f"{seconds:.2f}",
                          flashes=_plain(flashes))  # fmt: skip
            k += len(within)
        else:
            k += 1


def _expansions(cut: Cut, seen: Seen) -> Iterator[Advice]:
    """Stretches in which the picture grows, or shrinks, without a break, across cuts too."""
    by = rule("expansion")
    for start, first, end, last, sign in _runs(_zoom(cut, seen.measured), by.data["rate"], by.data["pause_s"]):
        if end - start > by.number:
            slots = f"slots {first} to {last}" if last > first else f"slot {first}"
            yield _advice("expansion", first, end - start, grows="grows" if sign > 0 else "shrinks", slots=slots)


def _zoom(cut: Cut, measured: Mapping[str, Measured]) -> Iterator[tuple[float, float, int]]:
    """The picture's growth over the time of the film: (seconds, log-% a second, slot); 0 where it is not known."""
    for number, slot in enumerate(cut.slots, start=1):
        start, end = float(slot.record_frame / cut.rate), float(slot.end_frame / cut.rate)
        known = measured.get(slot.source.name)
        if known is None or not known.readable or not known.times:
            yield start, 0.0, number
            yield end, 0.0, number
            continue
        times, zooms = np.array(known.times), np.nan_to_num(np.array(known.rates)[:, 2])
        speed = float(slot.speed)
        at = (times - float(slot.in_frames / cut.rate)) / speed + start
        for when, zoom in zip(at, zooms * speed, strict=True):
            if start <= when < end:
                yield float(when), float(zoom), number


def _runs(
    points: Iterable[tuple[float, float, int]], least: float, pause_s: float
) -> Iterator[tuple[float, int, float, int, int]]:
    """(from, its slot, to, its slot, sign) of each stretch of one sign; a halt of up to `pause_s` does not end one."""
    run: tuple[float, int, float, int, int] | None = None
    for when, zoom, slot in points:
        sign = (zoom > 0) - (zoom < 0) if abs(zoom) >= least else 0
        if run is not None and (sign == -run[4] != 0 or when - run[2] > pause_s):
            yield run
            run = None
        if sign:
            run = (when, slot, when, slot, sign) if run is None else (*run[:2], when, slot, sign)
    if run is not None:
        yield run
