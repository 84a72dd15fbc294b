"""The journal: every row and event as a line of JSON, one file an author, from which a lost log is made again.

Lines get there through the `outbox`: they are committed with the rows they tell of, then appended here and synced,
then taken out of the outbox. So the journal never tells of what was not committed, and nothing that was
acknowledged is missing from it; a line may stand twice after a crash, and readers go by id.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

FOLDER = "journal"


@dataclass(frozen=True)
class Line:
    """A line of the journal and where it stands."""

    file: str
    number: int  # from 1
    text: str


def file_name(author: str) -> str:
    """A file name for an author: letters, digits, - and _ as they are, anything else as %XX, never too long."""
    name = quote(author, safe="").replace(".", "%2E").replace("~", "%7E")
    if len(name) > 100:
        name = f"{name[:80]}-{hashlib.sha256(author.encode()).hexdigest()[:12]}"
    return f"{name}.jsonl"


@contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """Hold the journal of the film in `folder` alone, among processes and threads; gives its folder.

    Whoever also needs the database's write lock takes that one first.
    """
    journal = folder / FOLDER
    journal.mkdir(exist_ok=True)
    handle = os.open(journal, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield journal
    finally:
        os.close(handle)  # which also lets go of the lock


def append(journal: Path, author: str, lines: str) -> None:
    """Add whole lines (joined by line feeds, without the last) and sync them; all or, where the disk is full, none."""
    path = journal / file_name(author)
    new = not path.exists()
    # no link is followed: a film from somebody else must not make us write outside it
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o666)
    try:
        before = os.fstat(handle).st_size
        torn = before and os.pread(handle, 1, before - 1) != b"\n"  # a process died within a line: that one ends here
        data = memoryview((b"\n" if torn else b"") + lines.encode() + b"\n")
        try:
            while data:
                data = data[os.write(handle, data) :]
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, before)
            raise
    finally:
        os.close(handle)
    if new:
        sync_folder(journal)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder as durable as the files."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def deliver(journal: Path, waiting: Iterable[tuple[str, str]], *, new: bool = False) -> None:
    """Append what waits, an author and lines at a time, without the lines that are there already; `new`: none is."""
    there: dict[str, set[int]] = {}
    for author, lines in waiting:
        if not new:
            if author not in there:
                there[author] = _lines_of(journal / file_name(author))
            lines = "\n".join(line for line in lines.split("\n") if hash(line.encode()) not in there[author])
        if lines:
            append(journal, author, lines)


def _lines_of(path: Path) -> set[int]:
    """Every line of a file, each as a number: a file may have millions."""
    if not path.exists():
        return set()
    with path.open("rb") as file:
        return {hash(line.rstrip(b"\n")) for line in file}


def read(folder: Path) -> Iterator[Line]:
    """Every line of every author, file by file."""
    return lines_of(sorted((folder / FOLDER).glob("*.jsonl")))


def lines_of(files: Iterable[Path]) -> Iterator[Line]:
    """The lines of these files. They end at a line feed and nowhere else: words may hold U+2028."""
    for path in files:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield Line(path.name, number, line.decode("utf-8", "replace").rstrip("\n"))


def is_empty(folder: Path) -> bool:
    """Whether the journal tells of nothing."""
    return next(read(folder), None) is None
