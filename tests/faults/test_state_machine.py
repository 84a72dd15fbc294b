"""Whatever happens to a film, and in whatever order: nothing is bought twice, and nothing that was bought is lost.

The machine is in `machine`; `python -m tests.soak machine` runs it for minutes, each time with another seed.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from studio.generation import Engine, states
from studio.generation.advance import Advance
from studio.generation.ledger import Work
from studio.log import Log
from studio.media import Library
from tests.faults.kernels import Unseen
from tests.faults.machine import Machine
from tests.generation.scripted import Listing, Scripted, make_film, requests

FIXED = settings(
    derandomize=True, database=None, deadline=None, stateful_step_count=25, max_examples=50,
    suppress_health_check=list(HealthCheck), report_multiple_bugs=False, print_blob=False,
)  # fmt: skip
# no shrinking: a shorter example would be looked for a while
UNTIL_ONE_IS_FOUND = settings(FIXED, max_examples=600, stateful_step_count=16, phases=[Phase.generate])


def test_whatever_happens_nothing_is_bought_twice_and_nothing_is_lost() -> None:
    run_state_machine_as_test(Machine, settings=FIXED)


def test_so_it_is_with_clips_that_are_really_decoded(tmp_path: Path) -> None:
    made = (Scripted(tmp_path / "clips").folder / "clip.mp4").read_bytes()

    class Decoding(Machine):
        advance = Advance
        clip = made

    run_state_machine_as_test(Decoding, settings=settings(FIXED, max_examples=8))


class SendsAgainAfterSilence(Unseen):
    """No answer, so try again: what most clients do."""

    async def _after_silence(self, work: Work, problem: Exception) -> None:
        await self._submit(work)


class SendsAgainAfterAKill(Unseen):
    """It does not know whether it was sent, so it sends."""

    async def _look_up(self, work: Work) -> None:
        await self._submit(work)


class GivesTheMoneyBackTooSoon(Unseen):
    """No answer, so it cost nothing."""

    async def _after_silence(self, work: Work, problem: Exception) -> None:
        await self._move(work, "failed", error=str(problem))


@pytest.mark.parametrize("wrong", [SendsAgainAfterSilence, SendsAgainAfterAKill, GivesTheMoneyBackTooSoon])
def test_an_engine_that_is_wrong_is_found_out(wrong: type[Unseen]) -> None:
    class Wrong(Machine):
        advance = wrong

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Wrong, settings=UNTIL_ONE_IS_FOUND)


DOES = (
    "", "refuses", "says no", "breaks before it sends", "loses the answer", "runs a while", "is refused later",
    "fails later", "costs less", "sends a short clip once", "has nothing", "breaks the download", "is told no",
)  # fmt: skip


@settings(FIXED, max_examples=12)
@given(
    kind=st.sampled_from([Scripted, Listing]),
    does=st.lists(st.sampled_from(DOES), min_size=1, max_size=3),
    closes=st.booleans(),
)
def test_so_it_is_with_the_engine_in_its_own_thread(
    tmp_path_factory: pytest.TempPathFactory, kind: type[Scripted], does: list[str], closes: bool
) -> None:
    folder = tmp_path_factory.mktemp("threaded")
    film, maker = make_film(folder / "film"), kind(folder / "provider")
    maker.script = {f"07A-{number:03d}": what for number, what in enumerate(does, 1)}
    with Log.open(film) as log:
        engine = Engine(log, Library(film), lambda name: maker)
        takes = engine.plan(requests(log, maker, len(does)), "ada")
        handle = engine.start(takes)
        if not closes:
            handle.wait(60)
        engine.close()
        maker.script = {}
        engine = Engine(log, Library(film), lambda name: maker)
        engine.resume().wait(60)
        engine.close()
        bought = maker.bought()
        assert len(set(bought)) == len(bought)
        for take in takes:
            state = log.state(take.id)
            assert state in states.RESTING
            assert take.id in bought or state != "done"
            if state == "done":
                Library(film).verify(log.media(take.id).file, log.media(take.id).sha256)
        assert log.spent().reserved_micro_usd == 0
        assert log.spent().at_risk_micro_usd == 100_000 * len(log.takes_in({"unknown"}))
