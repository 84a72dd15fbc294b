from __future__ import annotations

import csv
import io
from pathlib import Path

from studio.cutting.formats import csv as ours
from tests.cutting.making import hard_cut


def rows(prompts: dict[str, str] | None = None, **changed: object) -> list[dict[str, str]]:
    data = ours.write(hard_cut(**changed), folder=Path("/films/x"), prompts=prompts)
    assert b"\r" not in data
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_a_row_says_all_about_its_slot():
    row = rows()[3]
    assert row == {
        "slot": "4",
        "record_in": "01:00:05:09",
        "record_out": "01:00:07:17",
        "record_frame": "129",
        "frames": "56",
        "seconds": "2.333",
        "take": "03A-002",
        "kind": "take",
        "shot": "03A",
        "file": "03A-002.mp4",
        "in_frames": "0",
        "source_in_s": "0",
        "speed": "13/16",
        "source_fps": "25/3",
        "source_frames": "16",
        "width": "256",
        "height": "256",
        "how": "slowed to 13/16",
        "bars": "",
        "lyrics": "",
    }


def test_no_cell_is_run_by_a_spreadsheet():
    evil = {"01A-003": "=HYPERLINK(0)", "02A-001": "+1", "03A-002": "@x", "05A-001": "-2", "title": "\t=1"}
    cells = [cell for row in rows(evil) for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-", "\t"))]
    assert "'=cmd()" in cells


def test_prompts_have_a_column_only_when_they_are_asked_for():
    assert "prompt" not in rows()[0]
    assert [row["prompt"] for row in rows({"01A-003": "push in"})] == ["", "push in", "", "", "", ""]
