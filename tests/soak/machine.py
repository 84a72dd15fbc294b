"""The state machine of tests/faults for five minutes: whatever happens, nothing twice and nothing lost."""

import time

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.machine import Machine
from tests.faults.storm import seed_from

MINUTES = 5
ROUND = settings(
    database=None, deadline=None, stateful_step_count=50, max_examples=60, suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)  # fmt: skip


def run() -> None:
    """Seed by STUDIO_SEED; printed. Each round of films has the next seed."""
    first = seed_from()
    print(f"machine: STUDIO_SEED={first}", flush=True)
    began, films, jobs, takes = time.monotonic(), 0, 0, 0

    class Counting(Machine):
        def teardown(self) -> None:
            nonlocal films, jobs, takes
            films, jobs, takes = films + 1, jobs + len(self.service.jobs), takes + len(self.log.takes())
            super().teardown()

    rounds = 0
    while time.monotonic() - began < MINUTES * 60:
        run_state_machine_as_test(seed(first + rounds)(Counting), settings=ROUND)
        rounds += 1
    print(
        f"machine: {films} films, {takes} takes, {jobs} bought: none twice, none lost, every bill covered; "
        f"{(time.monotonic() - began) / 60:.1f} minutes",
        flush=True,
    )
