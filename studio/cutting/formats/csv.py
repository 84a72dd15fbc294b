"""CSV: the cut for people and spreadsheets, one row a slot; UTF-8, comma, every cell quoted.

A cell that a spreadsheet would run as a formula (CWE-1236) begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from studio.cutting.formats import _shared as shared
from studio.nouns import Cut, Marker, Slot
from studio.timecode import record_timecode, timecode


def write(
    cut: Cut, *, folder: Path, prompts: Mapping[str, str] | None = None, lists: shared.Lists = shared.ALONE
) -> bytes:
    """One row a slot. Frames are the film's; `source_in_s` and `speed` are exact fractions."""
    cut = shared.checked(cut, lists)
    markers = shared.travelling(cut, None, lists)
    rows = [_row(cut, number, slot, markers, lists) for number, slot in enumerate(cut.slots, start=1)]
    if any(slot.transition for slot in cut.slots):
        for row, slot in zip(rows, cut.slots, strict=True):
            row["dissolve_frames"] = slot.transition.frames if slot.transition else 0
    if lists.media:
        for row, slot in zip(rows, cut.slots, strict=True):
            start, source = shared.start_of(slot.source, lists), slot.source
            row["source_start"] = timecode(start, source.rate, drop=shared.drops_of(source, lists))
            row["reel"] = source.reel
    if lists.alternates:
        for row, number in zip(rows, range(1, len(rows) + 1), strict=True):
            row["alternates"] = ", ".join(source.name for source in lists.alternates.get(number, ()))
    if lists.cameras:
        for row, slot in zip(rows, cut.slots, strict=True):
            row["camera"] = lists.cameras.get(slot.source.name, "")
    if prompts is not None:
        for row, slot in zip(rows, cut.slots, strict=True):
            row["prompt"] = prompts.get(slot.source.name, "")
    return _table(list(rows[0]), rows)


def write_rejects(
    cut: Cut, *, folder: Path, prompts: Mapping[str, str] | None = None, lists: shared.Lists = shared.ALONE
) -> bytes:
    """One row for each take that was left out, with why."""
    columns = ["take", "shot", "file", "source_fps", "source_frames", "seconds", "width", "height", "why"]
    columns += [] if prompts is None else ["prompt"]
    rows: list[dict[str, object]] = []
    for source in (shared.placed_source(each, lists) for each in lists.rejects):
        facts = (source.name, source.shot, source.file_name, source.rate, source.frames)
        why, prompt = lists.notes.get(source.name, ""), (prompts or {}).get(source.name, "")
        shape = (f"{float(source.duration_s):.3f}", source.width, source.height)
        rows.append(dict(zip(columns, (*facts, *shape, why, prompt), strict=False)))
    return _table(columns, rows)


def _table(columns: list[str], rows: Sequence[Mapping[str, object]]) -> bytes:
    from studio.writing import safe_cell

    out = io.StringIO()
    writer = csv.DictWriter(out, columns, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: safe_cell(shared.clean(str(cell))) for name, cell in row.items()} for row in rows)
    return out.getvalue().encode()


def limits(cut: Cut, lists: shared.Lists = shared.ALONE) -> tuple[str, ...]:
    """What the CSV cannot carry of this cut."""
    cut = shared.placed(cut, lists)
    return (
        *shared.no_list_can(cut),
        *shared.sounds(cut, left_out=True),
        "No editor opens it: it is for people and spreadsheets. Beats are not in it, and lyric lines stand in the slot "
        "where they begin.",
    )


def _row(cut: Cut, number: int, slot: Slot, markers: tuple[Marker, ...], lists: shared.Lists) -> dict[str, object]:
    source, drop = slot.source, shared.drop_of(cut, lists)
    inside = [marker for marker in markers if slot.record_frame <= marker.frame < slot.end_frame]
    return {
        "slot": number,
        "record_in": record_timecode(slot.record_frame, cut.rate, drop=drop),
        "record_out": record_timecode(slot.end_frame, cut.rate, drop=drop),
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
