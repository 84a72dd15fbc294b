"""The full film: 55 shots, 700 takes, 4:02, killed ten times on the way and gone on with each time."""

import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from tests.soak.demos import check, start

TAKES = 700
CHUNKS = 12  # of the 14 that it has: 55 shots, four a chunk
KILLS_GENERATING, KILLS_RENDERING = 7, 3

Due = Callable[[Path], bool]


def run() -> None:
    """Prints each kill, then minutes, disk, the peak of memory of the whole process tree, and how exact the film is.

    Where it is killed follows from STUDIO_SEED, which is printed.
    """
    seed = int(os.environ.get("STUDIO_SEED", random.SystemRandom().randrange(10**6)))
    lives: list[float] = []
    peak = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "film")
        for count, (said, due) in enumerate(_kills(random.Random(seed)), 1):
            seconds, most, killed = _live(folder, due)
            lives.append(seconds)
            peak = max(peak, most)
            assert killed, f"it ended before {said}"
            print(f"killed {count} of 10, {said}, after {seconds / 60:.1f} minutes", flush=True)
        seconds, most, _ = _live(folder, lambda _: False)
        lives.append(seconds)
        exact = check(folder, TAKES)
        print(
            f"full: seed {seed}, {sum(lives) / 60:.1f} minutes in {len(lives)} lives (the last {seconds / 60:.1f}), "
            f"{max(peak, most) / 1e6:.0f} MB of memory at most, disk {_disk(folder)}\n  {exact}",
            flush=True,
        )


def _kills(chance: random.Random) -> Iterator[tuple[str, Due]]:
    """When it is killed: somewhere in each seventh of the takes, and in each third of the film's chunks."""
    part = TAKES // KILLS_GENERATING
    for k in range(KILLS_GENERATING):
        takes = chance.randrange(k * part, (k + 1) * part)
        yield f"with {takes} takes made", lambda folder, takes=takes: _count(folder, "media/takes/*") >= takes
    part = CHUNKS // KILLS_RENDERING
    for k in range(KILLS_RENDERING):
        chunks = chance.randrange(k * part, (k + 1) * part)
        yield (
            f"with {chunks} chunks rendered",
            lambda folder, chunks=chunks: _count(folder, "cache/chunks/*.mp4") > chunks,
        )


def _count(folder: Path, pattern: str) -> int:
    return sum(1 for _ in folder.glob(pattern))


def _live(folder: Path, due: Due) -> tuple[float, int, bool]:
    """Run it until it ends or `due`, when its whole process group is killed: seconds, peak memory, whether killed."""
    began, peak = time.monotonic(), 0
    process = start(folder, "--full")
    while True:
        try:
            assert process.wait(timeout=0.25) == 0
            return time.monotonic() - began, peak, False
        except subprocess.TimeoutExpired:
            peak = max(peak, _memory(process.pid))
        if due(folder):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return time.monotonic() - began, peak, True


def _memory(pid: int) -> int:
    """Resident bytes of a process and all below it."""
    try:
        root = psutil.Process(pid)
        tree = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    return sum(_resident(process) for process in tree)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _disk(folder: Path) -> str:
    """Megabytes of each of the film's folders; a file with two names counts once."""
    seen: set[tuple[int, int]] = set()
    parts: dict[str, int] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (which := (path.stat().st_dev, path.stat().st_ino)) not in seen:
            seen.add(which)
            top = path.relative_to(folder).parts[0]
            parts[top] = parts.get(top, 0) + path.stat().st_size
    listed = ", ".join(
        f"{name} {size / 1e6:.0f}" for name, size in sorted(parts.items(), key=lambda each: -each[1])[:6]
    )
    return f"{sum(parts.values()) / 1e6:.0f} MB ({listed})"
