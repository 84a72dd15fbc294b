"""Runway's rows, and tasks that a Runway on this machine has."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from studio.providers import Job, Status
from studio.providers.catalogue import catalogue
from studio.providers.runway import Runway
from tests.fakes.runway import FakeRunway
from tests.providers.asking import resolved, take

NO_KEY = Runway(environ={})
ROWS = {row.name: row for row in catalogue().models["runway"]}
PRICED = [name for name, row in ROWS.items() if row.prices]
GUIDED = [name for name, row in ROWS.items() if row.guide]
ENDED_ON = [name for name, row in ROWS.items() if row.last_frame or (row.from_a_still and row.from_a_still.last_frame)]


def provider(fake: FakeRunway, **environ: str) -> Runway:
    return Runway({"base_url": fake.url}, {"RUNWAYML_API_SECRET": fake.key, **environ})


def run(work: Any, *providers: Runway) -> Any:
    async def whole() -> Any:
        try:
            return await work
        finally:
            for each in providers:
                await each.aclose()

    return asyncio.run(whole())


def sent(fake: FakeRunway, model: str = "", **asked: Any) -> tuple[Runway, Job]:
    """A task that Runway has."""
    maker = provider(fake)
    request = resolved(maker, model, **asked)
    return maker, run(maker.submit(request, take(request)), maker)


def polled(fake: FakeRunway, **asked: Any) -> Status:
    maker, job = sent(fake, **asked)
    return run(maker.poll(job), maker)


def payload(model: str = "", words: Any = None, **asked: Any) -> Any:
    return json.loads(resolved(NO_KEY, model, words, **asked).payload_json)
