"""The full film: 55 shots, 700 takes, 4:02."""

import tempfile
import threading
import time
from pathlib import Path

import psutil

from tests.soak.demos import check, start


def run() -> None:
    """Prints minutes, disk and the peak of memory of the whole process tree."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "film")
        began = time.monotonic()
        process = start(folder, "--full")
        peak = [0]
        watched = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
        watched.start()
        assert process.wait() == 0
        watched.join()
        minutes = (time.monotonic() - began) / 60
        disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
        print(
            f"full: {minutes:.1f} minutes, {disk:.0f} MB of disk, {peak[0] / 1e6:.0f} MB of memory at most: "
            f"{check(folder, 700)}",
            flush=True,
        )


def _watch(pid: int, peak: list[int]) -> None:
    """Resident memory of a process and its children, looked at four times a second until it ends."""
    try:
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            tree = [root, *root.children(recursive=True)]
            peak[0] = max(peak[0], sum(_resident(process) for process in tree))
            psutil.wait_procs([root], timeout=0.25)
    except psutil.NoSuchProcess:
        return


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
