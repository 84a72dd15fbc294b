"""A writer that is killed: `python crashing.py FOLDER STEP` writes takes, and says the label of each one it has.

With a STEP it kills itself there, in the middle of its third write; without one it goes on until somebody kills it.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from studio.log import Log, journal

STEPS = ("before the commit", "after the commit", "within a line", "before the sync", "after the journal")


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def half_a_line(handle: int, data: memoryview) -> int:
    WRITE(handle, data[: len(data) // 2])
    die()
    return 0


WRITE, APPEND = os.write, journal.append


def die_at(step: str) -> None:
    """Let the next write die at a step of its way to the disk."""
    if step == "before the commit":
        journal.locked = die
    elif step == "after the commit":
        journal.append = die
    elif step == "within a line":
        os.write = half_a_line
    elif step == "before the sync":
        os.fsync = die
    elif step == "after the journal":
        journal.append = lambda *given: (APPEND(*given), die())


def main(folder: str, step: str) -> None:
    with Log.open(Path(folder)) as log:
        count = 0
        while True:
            count += 1
            if count == 3:
                die_at(step)
            with log.write("ada") as writer:
                take = writer.take("07A")
                writer.event("note", take.id, {"text": "a note that is long enough to be torn " * 20})
            WRITE(1, f"{take.label}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
