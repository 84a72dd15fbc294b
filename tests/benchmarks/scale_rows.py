"""One row of the scale table, in a process of its own: `python -m tests.benchmarks.scale_rows ROW SMALL FOLDER`.

The act is done once on a very small film, which loads whatever loads on first use, then on the film that counts, whose
files no cache of this process knows. Then the floor: what the bare driver or the file system takes for the least of it.
"""

from __future__ import annotations

import gc
import json
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import studio
from studio.log import Log, merge
from tests.benchmarks.scale_film import AUTHORS

QUERY = "shot:07A verdict:circle -word"
PAGE = 60  # posters that a page asks for at first, and cells
JOURNALLED = ("scenes", "shots", "prompts", "requests", "takes", "events", "cuts")


@dataclass
class Stage:
    """A film, the clock that an act is timed with, and what it says of itself."""

    folder: Path  # with the folders of `scale_film.Films` in it
    scratch: Path
    seconds: float = 0.0
    cpu: float = 0.0
    said: str = ""

    @property
    def whole(self) -> Path:
        return self.folder / "whole"

    def timed(self, act: Callable[[], Any]) -> Any:
        """Do what counts."""
        began, cpu = time.perf_counter(), time.process_time()
        found = act()
        self.seconds, self.cpu = time.perf_counter() - began, time.process_time() - cpu
        return found


def opening(stage: Stage) -> None:
    stage.timed(lambda: studio.open(stage.whole)).close()


def takes(stage: Stage) -> None:
    with _film(stage) as film:
        stage.said = f"{stage.timed(film.takes).shape[0]:,} rows"


def find(stage: Stage) -> None:
    with _film(stage) as film:
        found = stage.timed(lambda: film.review.find(QUERY))
        began = time.perf_counter()
        film.review.find("seen:yes -word")
        stage.said = f"{len(found)} found; another search then {time.perf_counter() - began:.3f} s"


def pandas(stage: Stage) -> None:
    def found() -> Any:
        table = film.takes()
        words = table["scene_text"].str.contains("word", case=False) | table["note"].eq("a word")
        return table[(table["shot"] == "07A") & (table["verdict"] == "circle") & ~words]

    with _film(stage) as film:
        stage.said = f"{len(stage.timed(found))} found"


def dailies(stage: Stage) -> None:
    """What the page asks for, in its order, until it has the first page of posters."""

    def first() -> list[Any]:
        panel = film.dailies()
        listed = panel.ask("list")
        labels = listed["labels"][:PAGE]
        return [panel._state, listed, panel.ask("rows", takes=labels), panel.ask("pictures", takes=labels)]

    with _film(stage) as film:
        *told, posters = stage.timed(first)
        there = sum(map(len, posters.buffers))
        size = sum(len(json.dumps(each).encode()) for each in (*told, posters.value))
        stage.said = f"{len(posters.buffers)} posters of {there / 1000:.0f} kB beside {size / 1000:,.0f} kB of messages"


def verdict(stage: Stage) -> None:
    """From the panel's message to the answer, which comes when it is on the disk."""
    with _film(stage) as film:
        panel = film.dailies()
        labels = panel.ask("list")["labels"]
        label = labels[len(labels) // 2]
        panel.ask("judge", take=label, verdict="ng")
        stage.timed(lambda: panel.ask("judge", take=label, verdict="hold"))


def arranging(stage: Stage) -> None:
    with _film(stage) as film:
        stage.said = f"{len(stage.timed(film.arrange).value.slots)} slots"


def merging(stage: Stage) -> None:
    mine = _copied(stage)
    told = stage.timed(lambda: merge(mine, stage.folder / "his"))
    stage.said = f"{sum(told.rows.values()):,} rows in, {len(told.renumbered):,} renumbered"


def backup(stage: Stage) -> None:
    with Log.open(stage.whole, director=AUTHORS[0]) as log:
        made = stage.timed(lambda: log.back_up("scale"))
        stage.said = f"{made.stat().st_size / 1e6:,.0f} MB"
        made.unlink()


def _film(stage: Stage) -> studio.Film:
    return studio.open(stage.whole).as_(AUTHORS[0])


def _copied(stage: Stage) -> Path:
    """Her film, to be changed."""
    return Path(shutil.copytree(stage.folder / "hers", stage.scratch / f"hers{len(list(stage.scratch.iterdir()))}"))


# the floors


def driver(stage: Stage, *questions: str) -> None:
    def asked() -> None:
        connection = sqlite3.connect(stage.whole / "film.db")
        for question in questions:
            connection.execute(question).fetchall()
        connection.close()

    stage.timed(asked)


def posters(stage: Stage) -> None:
    """The labels by the bare driver, and the same files read."""

    def read() -> None:
        connection = sqlite3.connect(stage.whole / "film.db")
        labels = [label for (label,) in connection.execute("SELECT take FROM take_now ORDER BY shot, n")]
        connection.close()
        for label in labels[:PAGE]:
            (stage.whole / "media" / "posters" / f"{label}.jpg").read_bytes()

    stage.timed(read)


def union(stage: Stage) -> None:
    """The other half taken in by the bare driver, whatever the rows mean; those whose label is taken are left out."""
    connection = sqlite3.connect(_copied(stage) / "film.db", isolation_level=None)
    connection.execute("ATTACH ? AS his", [str(stage.folder / "his" / "film.db")])

    def taken_in() -> None:
        connection.execute("BEGIN IMMEDIATE")
        for table in JOURNALLED:
            connection.execute(f"INSERT OR IGNORE INTO {table} SELECT * FROM his.{table}")
        connection.execute("COMMIT")

    stage.timed(taken_in)
    connection.close()


def copy(stage: Stage) -> None:
    stage.timed(lambda: shutil.copyfile(stage.whole / "film.db", stage.scratch / "copy.db"))


WANTED = (
    "SELECT * FROM take_now WHERE shot = '07A' AND verdict = 'circle' AND scene_text NOT LIKE '%word%' "
    "AND note NOT LIKE '%word%'"
)
CIRCLED = "SELECT * FROM take_now WHERE verdict = 'circle' AND state = 'done' ORDER BY shot, n"
ALL, NEWEST = "SELECT * FROM take_now", "SELECT max(id) FROM events"
Act = Callable[[Stage], None]


def sql(question: str) -> Act:
    """The floor of a question: the bare driver."""
    return lambda stage: driver(stage, question)


ROWS: dict[str, tuple[str, Act, str, Act]] = {  # by name: what, how, what its floor is, how
    "opening": ("opening the film", opening, "the driver's", sql("SELECT * FROM meta")),
    "takes": ("film.takes()", takes, "the driver's", sql(ALL)),
    "find": (f'find("{QUERY}")', find, "SQL", sql(WANTED)),
    "pandas": ("the same with pandas, takes() and all", pandas, "the driver's", sql(ALL)),
    "dailies": ("dailies to the first 60 posters", dailies, "labels and files read", posters),
    "verdict": ("a verdict in dailies, to its answer", verdict, "the newest event by SQL", sql(NEWEST)),
    "arranging": ("arranging 55 slots, 5 circled each", arranging, "its takes by SQL", sql(CIRCLED)),
    "merging": ("merging two halves edited apart", merging, "INSERT OR IGNORE", union),
    "backup": ("a backup of the log", backup, "copying the file", copy),
}


def _status(name: str) -> float:
    """MB, of this process alone: what getrusage says of a child begins with its parent's."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    raise LookupError(name)


def measured(row: str, small: Path, folder: Path) -> dict[str, Any]:
    """Seconds and memory of a row, and its floor's seconds."""
    _, act, _, floor = ROWS[row]
    with TemporaryDirectory(dir=folder.parent) as scratch:
        act(Stage(small, Path(scratch)))
        gc.collect()
        before = _status("VmRSS")
        stage = Stage(folder, Path(scratch))
        try:
            act(stage)
        finally:
            peak = _status("VmHWM")
        least = Stage(folder, Path(scratch))
        floor(least)
    times = {"seconds": stage.seconds, "cpu": stage.cpu, "floor": least.seconds}
    return times | {"peak_mb": peak, "more_mb": max(0.0, peak - before), "said": stage.said}


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
