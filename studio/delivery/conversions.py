"""How each clip of a cut comes from its own frame rate to the film's: the three ways there are, and the one chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from studio.errors import BadInput
from studio.given import shown
from studio.nouns import Cut, Slot, Source
from studio.timecode import source_frames_needed

if TYPE_CHECKING:
    import pandas as pd

Way = Literal["hold", "blend", "film-rate"]
WAYS: tuple[Way, ...] = ("hold", "blend", "film-rate")

_VULGAR = {
    Fraction(1, 2): "½", Fraction(1, 3): "⅓", Fraction(2, 3): "⅔", Fraction(1, 4): "¼", Fraction(3, 4): "¾",
    Fraction(1, 8): "⅛", Fraction(3, 8): "⅜", Fraction(5, 8): "⅝", Fraction(7, 8): "⅞", Fraction(1, 6): "⅙",
}  # fmt: skip

# column: dtype, unit and meaning
COLUMNS: dict[str, tuple[str, str]] = {
    "slot": ("Int64", "number in the cut, from 1"),
    "take": ("str", "label of the take"),
    "source_fps": ("str", "frames per second of its clip, an exact fraction"),
    "film_fps": ("str", "and of the film"),
    "speed": ("str", "source time for film time, an exact fraction"),
    "chosen": ("str", "hold, blend or film-rate"),
    "hold": ("str", "frames are shown again or left out: what that does here"),
    "blend": ("str", "neighbouring frames are mixed: what that does here"),
    "film_rate": ("str", "each frame is shown once: the speed that makes, and whether the take is long enough"),
}


@dataclass(frozen=True)
class Conversion:
    """What becomes of the frame rate of one slot's clip, each way in words."""

    slot: int  # from 1
    take: str
    source_rate: Fraction
    rate: Fraction
    speed: Fraction
    chosen: Way
    hold: str
    blend: str
    film_rate: str


def conversions(cut: Cut, ways: Mapping[str, Way] | None = None) -> tuple[Conversion, ...]:
    """One for each slot whose clip has not the film's rate. `ways` says by take which are blended; held otherwise."""
    return tuple(
        _conversion(cut, number, slot, (ways or {}).get(slot.source.name, "hold"))
        for number, slot in enumerate(cut.slots, start=1)
        if slot.source.rate != cut.rate
    )


def conversions_frame(cut: Cut) -> pd.DataFrame:
    """One row a slot whose clip has not the film's rate; columns are those of `COLUMNS`."""
    import pandas as pd

    rows = [
        (
            each.slot, each.take, str(each.source_rate), str(each.rate), str(each.speed), each.chosen,
            each.hold, each.blend, each.film_rate,
        )
        for each in conversions(cut)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({column: dtype for column, (dtype, _) in COLUMNS.items()})


def ways_of(cut: Cut, convert: str | Mapping[str, str], conformed: bool) -> dict[str, Way]:
    """The takes of a cut that are to be blended, out of what a person asked for.

    Raises BadInput for a way that there is not, a take that the cut has not, a blend without conformed media, and
    for film-rate, which is an edit.
    """
    asked = convert if isinstance(convert, Mapping) else {s.name: convert for s in cut.sources if s.rate != cut.rate}
    if not isinstance(convert, Mapping) and convert not in WAYS:
        raise BadInput(f"{shown(convert)} is no way to convert a frame rate: there are hold, blend and film-rate")
    names = {source.name for source in cut.sources}
    found: dict[str, Way] = {}
    for name, way in asked.items():
        if name not in names:
            raise BadInput(f"{shown(name)} is not in this cut: name a take that is, such as {cut.sources[0].name}")
        if way == "film-rate":
            number, slot = next((n, s) for n, s in enumerate(cut.slots, start=1) if s.source.name == name)
            raise BadInput(
                f"playing {name} at the film's rate changes its speed, which is an edit: "
                f'cut.retime({number}, "{cut.rate / slot.source.rate}") does it'
            )
        if way not in WAYS:
            raise BadInput(f"{shown(way)} is no way to convert the rate of {name}: there are hold, blend and film-rate")
        if way == "blend":
            if not conformed:
                raise BadInput(f'{name} can only be blended in a file of its own: add media="conform"')
            found[name] = "blend"
    return found


def _conversion(cut: Cut, number: int, slot: Slot, way: Way) -> Conversion:
    source = slot.source
    native = cut.rate / source.rate  # the speed at which each source frame is one of the film
    needed = source_frames_needed(slot.in_frames, slot.frames, native, source.rate, cut.rate)
    as_held = replace(slot, speed=Fraction(1)) if slot.speed == native else slot
    enough = (
        "the take is long enough" if needed <= source.frames else f"the take is {needed - source.frames} frames short"
    )
    return Conversion(
        number,
        source.name,
        source.rate,
        cut.rate,
        slot.speed,
        chosen="film-rate" if slot.speed == native else way,
        hold=conversion(as_held, cut.rate),
        blend=f"{spoken(source.rate)} → {spoken(cut.rate)}, neighbouring frames mixed: smooth, and softer in motion",
        film_rate=f"speed {native} ({float(native):.3f}): {enough}",
    )


# --- in words ----------------------------------------------------------------------------------------------------


def spoken(number: Fraction) -> str:
    """A rate or a speed as people write it: 24, 8⅓, 23.976, ½."""
    whole, rest = divmod(number, 1)
    if not rest:
        return str(whole)
    if rest in _VULGAR:
        return f"{whole or ''}{_VULGAR[rest]}"
    return f"{float(number):.3f}".rstrip("0")


def conversion(slot: Slot, rate: Fraction) -> str:
    """How source frames become film frames in a slot: "8⅓ → 24, frames held"."""
    pace = slot.source.rate * slot.speed / rate  # source frames for each film frame
    rates = f"{spoken(slot.source.rate)} → {spoken(rate)}" if slot.source.rate != rate else spoken(rate)
    if pace == 1:
        how = "frame for frame"
    elif pace.numerator == 1:
        how = f"each held {pace.denominator}×"
    elif pace < 1:
        how = "frames held"
    else:
        how = f"one in {pace}" if pace.denominator == 1 else "frames dropped"
    return f"{rates}, {how}"


def spare(slot: Slot, rate: Fraction) -> tuple[int, int]:
    """Whole film frames that the source has before and after what a slot shows of it, at the slot's speed."""
    have = slot.source.frames / slot.source.rate * rate
    return int(slot.in_frames / slot.speed), max(0, int((have - slot.in_frames) / slot.speed) - slot.frames)


def whole_frames(source: Source, rate: Fraction) -> int:
    """Frames of the film that a clip really has; a part of one is none."""
    return int(source.frames / source.rate * rate)
