"""700 takes at concurrency 8, a fifth of the calls faulty, 50 kills: 0 lost, 0 paid twice, ledgers equal."""

import tempfile
import time
from pathlib import Path

from tests.faults.storm import seed_from, storm


def run() -> None:
    """Seed by STUDIO_SEED; printed."""
    seed = seed_from()
    print(f"storm: STUDIO_SEED={seed}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        said = storm(Path(scratch, "film"), takes=700, kills=50, seed=seed)
    print(f"storm: {said}; {(time.monotonic() - began) / 60:.1f} minutes", flush=True)
