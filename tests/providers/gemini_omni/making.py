"""A Gemini Omni on this machine, and a provider that asks it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from studio.providers import Job, Status
from studio.providers.gemini_omni import GeminiOmni
from tests.fakes.gemini_omni import FakeGemini
from tests.providers.asking import resolved, take

NO_KEY = GeminiOmni(environ={})


def maker_for(fake: FakeGemini) -> GeminiOmni:
    return GeminiOmni({"base_url": fake.url}, {"GEMINI_API_KEY": fake.key})


def run(work: Any, maker: GeminiOmni) -> Any:
    async def whole() -> Any:
        try:
            return await work
        finally:
            await maker.aclose()

    return asyncio.run(whole())


def sent(fake: FakeGemini, **asked: Any) -> tuple[GeminiOmni, Job]:
    """A request that Gemini has."""
    maker = maker_for(fake)
    request = replace(resolved(maker, **asked), estimated_micro_usd=506_800)
    return maker, run(maker.submit(request, take(request)), maker)


def polled(fake: FakeGemini) -> Status:
    maker, job = sent(fake)
    return run(maker.poll(job), maker)


def refused_submit(fake: FakeGemini, *faults: str) -> BaseException:
    fake.script("create", *faults)
    maker = maker_for(fake)
    request = resolved(maker)
    with pytest.raises(Exception, match=r".") as caught:
        run(maker.submit(request, take(request)), maker)
    assert fake.key not in f"{caught.value!r} {caught.value} {caught.value.__cause__} {caught.value.__context__}"
    return caught.value
