"""A cut as a table: one row a slot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.nouns import Cut
from studio.timecode import record_timecode, seconds_of

if TYPE_CHECKING:
    import pandas as pd

# column: dtype, unit and meaning. The order is that of the table.
COLUMNS: dict[str, tuple[str, str]] = {
    "slot": ("Int64", "number in the cut, from 1"),
    "take": ("str", "label of the take, or name of the card"),
    "kind": ("category", "take or card"),
    "shot": ("str", "missing for a card"),
    "record_frame": ("Int64", "where it starts, frames of the film from 0"),
    "frames": ("Int64", "how long it lasts, frames of the film"),
    "start_s": ("Float64", "where it starts, seconds of the film"),
    "duration_s": ("Float64", "how long it lasts, seconds"),
    "timecode": ("str", "where it starts, as the edit lists count: from 01:00:00:00"),
    "in_frames": ("Int64", "where in the source it starts, frames of the film"),
    "speed": ("str", "source time for film time, an exact fraction"),
    "fps": ("Float64", "frames per second of the source"),
    "source_frames": ("Int64", "frames in the source"),
    "width": ("Int64", "pixels of the source, as shown"),
    "height": ("Int64", "pixels of the source, as shown"),
    "how": ("str", "what arranging did to make it fit"),
    "file": ("str", "path in the film's folder"),
}


def to_frame(cut: Cut) -> pd.DataFrame:
    """One row a slot, in order; columns, dtypes, units and meanings are those of `COLUMNS`."""
    import pandas as pd

    rows = [
        (
            number,
            slot.source.name,
            slot.source.kind,
            slot.source.shot or None,
            slot.record_frame,
            slot.frames,
            float(seconds_of(slot.record_frame, cut.rate)),
            float(seconds_of(slot.frames, cut.rate)),
            record_timecode(slot.record_frame, cut.rate),
            slot.in_frames,
            str(slot.speed),
            float(slot.source.rate),
            slot.source.frames,
            slot.source.width,
            slot.source.height,
            slot.how,
            slot.source.file,
        )
        for number, slot in enumerate(cut.slots, start=1)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({column: dtype for column, (dtype, _) in COLUMNS.items()})


def limits_frame(cut: Cut) -> pd.DataFrame:
    """What each edit list cannot carry of this cut: one row a sentence, columns `list` and `limit`."""
    import pandas as pd

    from studio.cutting.formats import FORMATS

    rows = [(name, sentence) for name, format in FORMATS.items() for sentence in format.limits(cut)]
    return pd.DataFrame(rows, columns=["list", "limit"]).astype("str")
