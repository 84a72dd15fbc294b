"""Moves that are killed: `python -m tests.log.leaving` reads orders {folder, url, step}, one a line.

For each it moves a film's log in a process of its own, which kills itself at that step, and answers how that ended.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.log import backups, moving, pointing

STEPS: dict[str, tuple[Any, str, str, int]] = {  # where to die: before or after which call, the how manieth
    "before the copy": (moving, "_fill", "before", 1),
    "within the copy": (moving.backups, "copy_rows", "after", 3),
    "before the comparison": (moving, "_check_same", "before", 1),
    "after the comparison": (moving, "_check_same", "after", 1),
    "when the new place is complete": (moving, "_leave", "before", 1),
    "before the old place is left": (moving, "_leave", "after", 1),
    "when the old place is left": (pointing, "write", "before", 1),
    "within film.toml": (pointing.os, "fsync", "before", 1),
    "when film.toml says so": (pointing, "write", "after", 1),
    "at the end": (backups, "put_aside", "after", 1),
}


def dies(call: Callable[..., Any], when: str, left: int) -> Callable[..., Any]:
    def wrapped(*given: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if when == "before" and not left:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = call(*given, **named)
        if when == "after" and not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return wrapped


def main() -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            where, name, when, nth = STEPS[order["step"]]
            setattr(where, name, dies(getattr(where, name), when, nth))
            moving.move_log(Path(order["folder"]), order["url"])
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
