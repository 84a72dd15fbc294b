"""CSV: the cut for people and spreadsheets, one row a slot; UTF-8, comma, every cell quoted.

A cell that a spreadsheet would run as a formula (CWE-1236) begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from studio.cutting.checking import check
from studio.cutting.formats import _shared as shared
from studio.nouns import Cut, Marker, Slot
from studio.timecode import timecode


def write(
    cut: Cut, *, folder: Path, prompts: Mapping[str, str] | None = None, lists: shared.Lists = shared.ALONE
) -> bytes:
    """One row a slot. Frames are the film's; `source_in_s` and `speed` are exact fractions."""
    from studio.writing import safe_cell

    check(cut)
    markers = shared.travelling(cut, prompts)
    rows = [_row(cut, number, slot, markers) for number, slot in enumerate(cut.slots, start=1)]
    if prompts is not None:
        for row, slot in zip(rows, cut.slots, strict=True):
            row["prompt"] = prompts.get(slot.source.name, "")
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: safe_cell(shared.clean(str(cell))) for name, cell in row.items()} for row in rows)
    return out.getvalue().encode()


def limits(cut: Cut, lists: shared.Lists = shared.ALONE) -> tuple[str, ...]:
    """What the CSV cannot carry of this cut."""
    return (
        *shared.no_list_can(cut),
        *shared.sounds(cut, left_out=True),
        "No editor opens it: it is for people and spreadsheets. Beats are not in it, and lyric lines stand in the slot "
        "where they begin.",
    )


def _row(cut: Cut, number: int, slot: Slot, markers: tuple[Marker, ...]) -> dict[str, object]:
    source, hour = slot.source, shared.start_frame(cut.rate)
    inside = [marker for marker in markers if slot.record_frame <= marker.frame < slot.end_frame]
    return {
        "slot": number,
        "record_in": timecode(hour + slot.record_frame, cut.rate),
        "record_out": timecode(hour + slot.end_frame, cut.rate),
        "record_frame": slot.record_frame,
        "frames": slot.frames,
        "seconds": f"{float(slot.frames / cut.rate):.3f}",
        "take": source.name,
        "kind": source.kind,
        "shot": source.shot,
        "file": source.file_name,
        "in_frames": slot.in_frames,
        "source_in_s": slot.in_frames / cut.rate,
        "speed": slot.speed,
        "source_fps": source.rate,
        "source_frames": source.frames,
        "width": source.width,
        "height": source.height,
        "how": slot.how,
        "bars": ", ".join(marker.name for marker in inside if marker.kind == "bar"),
        "lyrics": " / ".join(marker.name for marker in inside if marker.kind == "lyric"),
    }
