"""The demo killed at five random moments and run again: nothing lost, nothing twice."""

import os
import random
import signal
import subprocess
import tempfile
from pathlib import Path

from tests.soak.demos import check, start

KILLS = 5


def run() -> None:
    """Seed by STUDIO_SEED; printed."""
    seed = int(os.environ.get("STUDIO_SEED", random.SystemRandom().randrange(10**6)))
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "film")
        killed = 0
        while killed < KILLS:
            process = start(folder)
            try:
                process.wait(timeout=(after := chance.uniform(1, 25)))  # a deadline for the kill, not for the demo
                break
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                killed += 1
                print(f"killed {killed} of {KILLS} after {after:.1f} s", flush=True)
        assert start(folder).wait() == 0
        print(f"killed: seed {seed}, {killed} kills: {check(folder, 36)}", flush=True)
