"""A storm: takes by the dozen, a fifth of all calls faulty, the process killed again and again; then the two ledgers.

Everything random comes from one seed. The kills are counted in steps of the engine, not in seconds.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from studio.generation import adopt_job, mark_lost
from studio.generation.states import UNFINISHED
from tests.fakes.openai_videos import FakeVideos
from tests.faults.world import PRICE_MICRO_USD, World, little_clip

ROOT = Path(__file__).parents[2]
HURRY = 0.02  # by how much the engine's waits are shortened
ROUNDS = 60  # runs without a kill, at most, until everything is at rest


def seed_from(environ: str = "STUDIO_SEED") -> int:
    """The seed of this storm: as the environment says, or a new one."""
    return int(os.environ.get(environ) or random.SystemRandom().randrange(10**6))


def storm(folder: Path, *, takes: int, kills: int, seed: int, share: float = 0.2, concurrency: int = 8) -> str:
    """Run it, bring everything to rest as a person would, and hold the two ledgers side by side; one line about it."""
    chance = random.Random(seed)
    steps = takes * 8 // (kills + 1)  # a take has more than twelve, so all the kills come while there is work
    with FakeVideos(little_clip(), price_micro_usd=PRICE_MICRO_USD, share=share, seed=seed, hold_s=0.02) as fake:
        world = World(folder, fake)
        try:
            engine = world.engine()
            planned = world.plan(engine, takes)
            engine.close()
            killed = sum(_run(world, concurrency, chance.randint(2, 2 * steps)) for _ in range(kills))
            for _ in range(ROUNDS):
                if not world.log.takes_in(UNFINISHED):
                    break
                _run(world, concurrency, 0)
            unknown = _decide(world)
            for _ in range(ROUNDS):
                if not world.log.takes_in((*UNFINISHED, "unknown")):
                    break
                _run(world, concurrency, 0)
            world.check()
            states = Counter(world.states(planned))
            assert set(states) <= {"done", "failed", "refused"}, states
            money = world.log.spent()
            assert (money.spent_micro_usd, money.at_risk_micro_usd) == (fake.bill_micro_usd, 0)
            faults = sum(fake.met.values())
            return (
                f"seed {seed}: {takes} takes, {killed} kills, {faults} faults of {len(fake.calls)} calls; "
                f"{dict(sorted(states.items()))}; {unknown} answered by a person; 0 lost, 0 paid twice; "
                f"our ledger ${money.spent_micro_usd / 1e6:.2f}, the server's ${fake.bill_micro_usd / 1e6:.2f}"
            )
        finally:
            world.close()


def _run(world: World, concurrency: int, kill_after: int) -> bool:
    """One process on the film; whether it was killed (after so many steps; 0: not at all)."""
    order = {
        "film": str(world.folder), "provider": world.fake.url, "kind": "openai_videos", "concurrency": concurrency,
        "kill_after": kill_after, "hurry": HURRY,
    }  # fmt: skip
    process = subprocess.run(
        [sys.executable, "-m", "tests.faults.child", json.dumps(order)],
        cwd=ROOT, env=os.environ | {"OPENAI_API_KEY": world.fake.key}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert process.returncode in (0, -signal.SIGKILL), process.stderr
    return process.returncode != 0


def _decide(world: World) -> int:
    """Be the person: look at the server's own page for each take whose answer was lost; how many there were."""
    share, world.fake.share = world.fake.share, 0.0  # a web page, not the API
    by_seed = {job.body["seed"]: job for job in world.fake.jobs.values()}
    unknown = world.log.takes_in({"unknown"})
    engine = world.engine()
    for take in unknown:
        job = by_seed.get(world.seed_of(take))
        if job is None:
            mark_lost(world.log, take.label, False, "ada")
        elif job.id in world.log.jobs("openai_videos"):
            raise AssertionError(f"job {job.id} of {take.label} was given to another take")
        else:
            adopt_job(engine, world.log, take.label, job.id, "ada").wait(120)
    engine.close()
    world.fake.share = share
    return len(unknown)
