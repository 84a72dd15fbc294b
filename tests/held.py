"""Work that says who does it and stops in the middle, once, so that a test can kill them; and work that kills.

A test and the work meet at a named pipe, so nobody waits for a time to pass.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path


class Hold:
    """A place where the first piece of work that comes by is held. Whoever comes later passes."""

    def __init__(self, folder: Path) -> None:
        self.pipe = folder / "hold"
        os.mkfifo(self.pipe)

    def caught(self) -> int:
        """Wait for the first who comes by; the id of its process."""
        return int(self.pipe.read_text())


def pass_by(pipe: Path) -> None:
    """Be held there if there is such a pipe, and nobody was before."""
    if not pipe.exists():
        return
    try:
        pipe.with_suffix(".taken").mkdir()
    except FileExistsError:
        return
    pipe.write_text(str(os.getpid()))
    pipe.read_text()  # nobody writes: until it is killed


# --- work: functions of one JSON value ---------------------------------------------------------------------------


def seen_in(path: str) -> dict[str, str]:
    """Look at a clip, held in the folder above the film's."""
    from studio.generation.measurer import seen_in

    pass_by(Path(path).parents[3] / "hold")
    return seen_in(path)


def rendered(task: dict[str, object]) -> int:
    """Render a chunk, held in the folder above the film's."""
    from studio.delivery.rendering import rendered

    pass_by(Path(str(task["folder"])).parent / "hold")
    return rendered(task)


def doubled(task: dict[str, object]) -> list[object]:
    """[value, value], after being held at "hold"."""
    pass_by(Path(str(task.get("hold", "/nowhere"))))
    return [task["value"], task["value"]]


def killing(task: dict[str, object]) -> object:
    """Its value; `kill` ends the process."""
    if task.get("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    return task["value"]


def failing(kind: str) -> None:
    """Raise an error of the studio, or of another kind."""
    from studio import errors

    raise getattr(errors, kind, ZeroDivisionError)(f"no {kind}")
