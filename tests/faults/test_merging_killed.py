"""A merge that is killed with SIGKILL has not begun, or is whole; and merging again is all it needs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from studio.log import journal, merge, merging, rebuild
from studio.log.store import Log
from tests.log.apart import begun, copied, opened, rows_of
from tests.log.making import a_prompt, done, judge

STEPS = ("before the backup", "before the commit", "before the journal", "within a line", "between two files")
WRITE, APPEND = os.write, journal.append


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def half_a_line(handle: int, data: memoryview) -> int:
    WRITE(handle, data[: len(data) // 2])
    die()
    return 0


def child(folder: str, other: str, step: str) -> None:
    """Merge, and die at a step of it."""
    if step == "before the backup":
        Log.back_up = die
    elif step == "before the commit":
        merging.leave_elsewhere = die
    elif step == "before the journal":
        Log._deliver = die
    elif step == "within a line":
        os.write = half_a_line
    elif step == "between two files":
        journal.append = lambda *given: (APPEND(*given), die())
    merge(folder, other)


def apart(place: Path) -> tuple[Path, Path]:
    """Two people's films: both made 07A-002 and wrote the words anew, and the second has one more take under way."""
    a = begun(place / "a")
    b = copied(a, place / "b")
    for folder, author in ((a, "ada"), (b, "ben")):
        with opened(folder) as log, log.write(author) as writer:
            writer.prompt(a_prompt(version=2, author=author, scene_text="“Ä\u2028” " * 200))
            judge(writer, done(writer, writer.take("07A")), "circle", note=author)
    with opened(b) as log, log.write("cy") as writer:
        writer.take("07A")
    return a, b


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Both, and what comes of them where nothing is killed."""
    place = tmp_path_factory.mktemp("films")
    a, b = apart(place)
    whole = copied(a, place / "whole")
    merge(whole, b)
    return a, b, whole


@pytest.mark.parametrize("step", STEPS)
def test_a_merge_that_is_killed_has_not_begun_or_is_whole_and_merging_again_ends_the_same(films, tmp_path, step):
    a, b, whole = films
    film = copied(a, tmp_path / "film")
    run = [sys.executable, "-m", "tests.faults.test_merging_killed", str(film), str(b), step]
    killed = subprocess.run(run, cwd=Path(__file__).parents[2], check=False, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    begun_ = step in ("before the backup", "before the commit")
    left = rows_of(film)
    assert left == (rows_of(a) if begun_ else rows_of(whole))
    again = merge(film, b)
    assert any(again.rows.values()) == begun_
    assert again.elsewhere == ("07A-003",)
    assert rows_of(film) == rows_of(whole)
    shutil.rmtree(film / "backups")
    (film / "film.db").unlink()
    assert rebuild(film).renumbered == ()  # the journal has the numbers too
    assert rows_of(film) == rows_of(whole)
    assert sorted(path.name for path in film.iterdir()) == ["film.db", "film.toml", "journal"]


if __name__ == "__main__":
    child(*sys.argv[1:])
