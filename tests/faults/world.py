"""A small film, a server with a ledger of its own, and the one question that every fault has to answer well.

The server is `/v1/videos` on a real socket; each take has a seed of its own, so that a job of the server tells for
which intent it was bought.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from studio.generation import Engine
from studio.generation.gate import Clock
from studio.log import Log, new_id
from studio.media import Library, encode
from studio.nouns import Take
from studio.providers.openai_videos import OpenAIVideos
from tests.fakes.openai_videos import FakeVideos
from tests.generation.clocks import Hurried
from tests.generation.scripted import make_film

PRICE_MICRO_USD = 100_000
PRICE_USD = Decimal("0.10")


@cache
def little_clip() -> bytes:
    """Six frames of noise as MP4: about 25 kB, so that it can be cut in the middle."""
    chance = np.random.default_rng(7)
    with TemporaryDirectory() as folder:
        frames = [chance.integers(0, 255, (64, 64, 3), np.uint8) for _ in range(6)]
        encode(frames, Path(folder, "clip.mp4"), rate=Fraction(24))
        return Path(folder, "clip.mp4").read_bytes()


class World:
    """One film and one server. Engines are opened and left as a test likes; the server's ledger stays."""

    def __init__(self, folder: Path, fake: FakeVideos, dialect: str = "plain") -> None:
        self.fake = fake
        self.folder = folder if (folder / "film.toml").exists() else make_film(folder)
        self.options = {"base_url": f"{fake.url}/v1", "dialect": dialect}
        self.environ = {"OPENAI_API_KEY": fake.key}
        self.hurried = Hurried()
        self.log = Log.open(self.folder)
        self.library = Library(self.folder)
        self._engines: list[Engine] = []
        self._seed = 0

    def close(self) -> None:
        for engine in self._engines:
            engine.close()
        self.log.close()

    def maker(self) -> OpenAIVideos:
        return OpenAIVideos(self.options, self.environ)

    def engine(self, **given: Any) -> Engine:
        """An engine of its own on the film, with a provider of its own, in no hurry that anybody has to wait for."""
        maker = self.maker()
        given = {"clock": Clock(lambda: self.hurried.moment, self.hurried.sleep), "concurrency": 4} | given
        self._engines.append(Engine(self.log, self.library, lambda name: maker, **given))
        return self._engines[-1]

    def plan(self, engine: Engine, takes: int = 1, **more: Any) -> tuple[Take, ...]:
        maker, prompt = self.maker(), self.log.latest_prompt("07A")
        requests = [
            maker.resolve(
                prompt, id=new_id(), model="wan2.2", frames=96, rate=Fraction(24), width=64, height=64,
                seed=self._next_seed(),
            )
            for _ in range(takes)
        ]  # fmt: skip
        return engine.plan(requests, "ada", price_usd=PRICE_USD, **more)

    def _next_seed(self) -> int:
        self._seed += 1
        return self._seed

    def make(self, takes: int = 1, **given: Any) -> tuple[Take, ...]:
        """Plan takes and bring them to rest."""
        engine = self.engine(**given)
        planned = self.plan(engine, takes)
        engine.start(planned).wait(60)
        return planned

    def go_on(self, **given: Any) -> None:
        """As a person does after whatever happened: open a new engine and resume."""
        engine = self.engine(**given)
        engine.resume().wait(60)
        engine.close()

    # --- what holds ------------------------------------------------------------------------------------------------

    def states(self, takes: Sequence[Take]) -> list[str]:
        return [self.log.state(take.id) for take in takes]

    def seed_of(self, take: Take) -> str:
        return str(self.log.request(take.request_id).seed)

    def bought(self) -> Counter[str]:
        """How often each intent was bought, by the server's own ledger."""
        return Counter(job.body["seed"] for job in self.fake.jobs.values())

    def differences(self) -> list[str]:
        """For each take whose money the two ledgers see differently: what both say."""
        jobs = {job.body["seed"]: job for job in self.fake.jobs.values()}
        ledger = self.log.ledger_frame().set_index("take")
        said = []
        for take in self.log.takes():
            row, job = ledger.loc[take.label], jobs.get(self.seed_of(take))
            billed = job.billed_micro_usd(self.fake.hold_s) if job else 0
            if (row["spent_usd"] or 0) * 1_000_000 != billed or row["reserved_usd"]:
                said.append(
                    f"{take.label} {row['state']}: {row['spent_usd']} here, {billed} there ({job}); {row['what']}"
                )
        return said

    def check(self, at_rest: bool = True) -> None:
        """The one oracle: no intent has two jobs, no job is a stranger, and the two ledgers agree."""
        assert all(count == 1 for count in self.bought().values()), self.bought()
        takes = self.log.takes()
        known = self.log.jobs("openai_videos")
        unknown = {self.seed_of(take) for take in takes if self.log.state(take.id) == "unknown"}
        by_id = {take.id: self.seed_of(take) for take in takes}
        for job in self.fake.jobs.values():
            seed = job.body["seed"]
            if job.id in known:
                assert by_id[known[job.id]] == seed, f"{job.id} is of seed {seed}"
            else:
                assert seed in unknown, f"nobody knows job {job.id} of seed {seed}"
        money, bill = self.log.spent(), self.fake.bill_micro_usd
        held = money.spent_micro_usd + money.reserved_micro_usd + money.at_risk_micro_usd
        assert bill <= held, self.differences()
        if at_rest:
            assert money.reserved_micro_usd == 0, self.differences()
            assert money.spent_micro_usd <= bill <= money.spent_micro_usd + money.at_risk_micro_usd, self.differences()
        for take in takes:
            if self.log.state(take.id) == "done":
                media = self.log.media(take.id)
                self.library.verify(media.file, media.sha256)
        assert list(self.library.tmp.glob("*")) == []
