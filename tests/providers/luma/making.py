"""Luma's two services on this machine, and a provider that asks them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.providers import Job, Status
from studio.providers.luma import Luma
from tests.fakes.luma import FakeLuma
from tests.providers.asking import resolved, take

NO_KEY = Luma(environ={})
BOTH = ("ray-3.2", "ray-2")


def maker_for(fake: FakeLuma, film: Path | None = None, **environ: str) -> Luma:
    keys = {"LUMA_AGENTS_API_KEY": fake.key, "LUMAAI_API_KEY": fake.key}
    urls = {"LUMA_BASE_URL": fake.agents_url, "LUMAAI_BASE_URL": fake.dream_url}
    return Luma({"film": str(film)} if film else {}, {**keys, **urls, **environ})


def run(work: Any, maker: Luma) -> Any:
    async def whole() -> Any:
        try:
            return await work
        finally:
            await maker.aclose()

    return asyncio.run(whole())


def sent(fake: FakeLuma, model: str = "", **asked: Any) -> tuple[Luma, Job]:
    """A request that Luma has."""
    maker = maker_for(fake)
    request = replace(resolved(maker, model, **asked), estimated_micro_usd=300_000)
    return maker, run(maker.submit(request, take(request)), maker)


def polled(fake: FakeLuma, model: str) -> Status:
    maker, job = sent(fake, model)
    return run(maker.poll(job), maker)


def refused_submit(fake: FakeLuma, model: str, *faults: str) -> BaseException:
    fake.script("create", *faults)
    maker = maker_for(fake)
    request = resolved(maker, model)
    with pytest.raises(Exception, match=r".") as caught:
        run(maker.submit(request, take(request)), maker)
    assert fake.key not in f"{caught.value!r} {caught.value} {caught.value.__cause__} {caught.value.__context__}"
    return caught.value
