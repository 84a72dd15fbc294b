"""A process of its own that looks at clips: paths come in and what was seen goes out, a line of JSON each.

It is run as a module and imports nothing of whoever starts it: a notebook has no `__main__` that could be imported,
and a script that makes takes must not be run a second time. It ends when its input does.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from studio.errors import StudioError


def seen_in(path: str) -> dict[str, str]:
    """What is seen in a clip: camera, flags and features as JSON; or, under "error", the sentence why it is not."""
    from studio.media import look

    try:
        found = look(Path(path))
    except StudioError as problem:
        return {"error": str(problem)}
    except Exception as problem:  # whatever one clip does, the others are looked at
        return {"error": f"{Path(path).name} cannot be measured ({type(problem).__name__}: {problem})"}
    return {name: getattr(found, name).to_json() for name in ("camera", "flags", "features")}


def main() -> None:
    """Look until there is no more to look at."""
    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started it, who then ends this
    cv2.setNumThreads(1)  # there is a process for each core
    out, sys.stdout = sys.stdout, sys.stderr  # the answers are alone where they go
    try:
        for line in sys.stdin:
            print(json.dumps(seen_in(json.loads(line))), file=out, flush=True)
    except BrokenPipeError:  # nobody is there any more
        os._exit(0)


if __name__ == "__main__":
    main()
