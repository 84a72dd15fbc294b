"""Work that is done elsewhere: a function named by its import path, JSON in and JSON out; and a process that does it.

It is run as a module and imports nothing of whoever starts it: a notebook has no `__main__` that could be imported,
and a script that makes takes must not be run a second time. It ends when its input does.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from studio.errors import BadInput, StudioError

SAME = ("circletake", "numpy", "opencv-python-headless", "av")  # of other versions the same clip has other measures


def asked(do: str, task: Any) -> str:
    """A piece of work as JSON: the function "package.module:name", and what it is called with."""
    return json.dumps({"do": do, "with": task})


def answer(question: str) -> str:
    """Do what was asked; as JSON what came of it, or the sentence why nothing did and the kind of that error."""
    told = json.loads(question)
    module, _, name = told["do"].partition(":")
    try:
        return json.dumps({"found": getattr(import_module(module), name)(told["with"])})
    except StudioError as problem:
        return json.dumps({"error": str(problem), "kind": type(problem).__name__})
    except Exception as problem:  # whatever one task does, the others are done
        return json.dumps({"error": f"{type(problem).__name__}: {problem}", "kind": ""})


# --- a process of this machine -----------------------------------------------------------------------------------


def main() -> None:
    """Answer, a line each, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started it, who then ends this
    _one_thread()
    out, sys.stdout = sys.stdout, sys.stderr  # the answers are alone where they go
    try:
        for line in sys.stdin:
            print(answer(line), file=out, flush=True)
    except BrokenPipeError:  # nobody is there any more
        os._exit(0)


@cache
def _one_thread() -> None:
    """There is a worker for each core: OpenCV needs no more of them."""
    import cv2

    cv2.setNumThreads(1)


# --- a worker of a cluster ---------------------------------------------------------------------------------------


@cache
def tools() -> dict[str, str]:
    """What the bytes of a result depend on, with its version."""
    from importlib.metadata import version

    from imageio_ffmpeg import get_ffmpeg_version

    from studio.camera.measured import METHOD as CAMERA
    from studio.media.features import METHOD as FEATURES
    from studio.media.flags import METHOD as FLAGS

    found = {name: version(name) for name in SAME}
    return found | {"ffmpeg": str(get_ffmpeg_version()), "the measures' methods": f"{CAMERA}.{FLAGS}.{FEATURES}"}


def unfit(mark: str, secret: str, wanted: dict[str, str]) -> str:
    """Why this worker is of no use to a film: its folder is not here, or other tools are; "" where it is of use.

    `mark` is a file in the film's folder that holds the `secret`, written by whoever asks.
    """
    file = Path(mark)
    try:
        here = file.read_text("utf-8") == secret
    except OSError:
        here = False
    folder = file.parent.parent
    if not here:
        return (
            f"does not see the film's folder as {folder.as_posix()}: mount the disk that it lies on at that very place"
        )
    media = folder / "media"
    if media.is_symlink() and not media.is_dir():
        return f"does not see {media.readlink().as_posix()}, where the film's media lie: mount that disk there"
    for name, version in wanted.items():
        if (found := tools().get(name, "nothing")) != version:
            return f"has {name} {found} where {version} is asked for: install the same, or the results would differ"
    return ""


_FIT: set[str] = set()  # the marks that this process was found fit by


def answer_on_cluster(question: str, mark: str, secret: str, wanted: dict[str, str]) -> str:
    """The same as `answer`, once this worker has shown that it is fit. Raises BadInput, naming it, where it is not."""
    if mark not in _FIT:
        if why := unfit(mark, secret, wanted):
            from distributed import get_worker

            raise BadInput(f"the worker {get_worker().address} {why}")
        _one_thread()
        _FIT.add(mark)
    return answer(question)


if __name__ == "__main__":
    main()
