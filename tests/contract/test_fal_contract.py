"""What our adapter and fal-client put on the wire, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from studio.providers import Job
from studio.providers.fal import Fal
from tests.contract import oracles, shapes
from tests.contract.recorder import Answer, Recorded, Recorder, difference
from tests.providers.asking import body, prompt, resolved, take

pytestmark = pytest.mark.contract

KEY = "key-of-the-contract"
ID = "7a9c2d5e-0000-4000-8000-000000000000"
MODELS = ["pika", "kling 2.5", "kling v3", "kling v1", "ltx-2", "ltx-2 19b", "wan 2.2", "luma ray 3.2", "seedance 2.0"]


@pytest.fixture(autouse=True)
def _sdks(require: Callable[[str], str]) -> None:
    require("contract")


def answers(request: Recorded) -> Answer:
    if request.method == "PUT":
        return Answer({"status": "CANCELLATION_REQUESTED"}, 202)
    if request.method == "POST":
        return Answer(shapes.fal_submitted("http://127.0.0.1:9", request.path.strip("/"), ID))
    if request.path.endswith("/status"):
        return Answer(shapes.fal_status("COMPLETED"))
    return Answer(shapes.fal_video("https://media.example/clip.mp4"))


def ours(url: str, ask: Callable[[Fal], Awaitable[Any]]) -> None:
    maker = Fal({"base_url": url}, {"FAL_KEY": KEY})

    async def whole() -> None:
        await ask(maker)
        await maker.aclose()

    asyncio.run(whole())


@pytest.mark.parametrize("model", MODELS)
def test_a_submit_is_the_sdks_own(model: str) -> None:
    maker = Fal(environ={})
    request = resolved(maker, model, prompt("pan left", avoid="text"))
    name = maker.model(model).name
    with Recorder(answers) as recorder:
        ours(recorder.url, lambda fal: fal.submit(request, take(request)))
        oracles.fal_submit(recorder.url, KEY, name, body(request))
        mine, theirs = recorder.requests
    assert difference(mine, theirs) == []


def _job(fal: Fal) -> Job:
    request = resolved(fal, "pika")
    return fal.recall(ID, request, take(request))


def test_a_poll_of_what_is_completed_is_the_sdks_result_status_first() -> None:
    """Ours looks at the result in every poll that says COMPLETED, for there is the verdict; theirs when it is asked."""
    with Recorder(answers) as recorder:
        ours(recorder.url, lambda fal: fal.poll(_job(fal)))
        mine = list(recorder.requests)
        oracles.fal_result(recorder.url, KEY, "fal-ai/pika/v2.2/text-to-video", ID)
        theirs = recorder.requests[len(mine) :]
    assert [request.path for request in mine] == [f"/fal-ai/pika/requests/{ID}/status", f"/fal-ai/pika/requests/{ID}"]
    assert [difference(*pair) for pair in zip(mine, theirs, strict=True)] == [[], []]


def test_a_cancel_is_the_sdks_own() -> None:
    with Recorder(answers) as recorder:
        ours(recorder.url, lambda fal: fal.cancel(_job(fal)))
        oracles.fal_cancel(recorder.url, KEY, "fal-ai/pika/v2.2/text-to-video", ID)
        mine, theirs = recorder.requests
    assert difference(mine, theirs) == []
