"""What our adapter and replicate put on the wire, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from studio.providers import Job
from studio.providers.replicate import Replicate
from tests.contract import oracles, shapes
from tests.contract.recorder import Answer, Recorded, Recorder, difference
from tests.providers.asking import body, prompt, resolved, take

pytestmark = pytest.mark.contract

KEY = "key-of-the-contract"
ID = "gm3qorzdhgbfurvjtvhg6dckhu"


@pytest.fixture(autouse=True)
def _sdks(require: Callable[[str], str]) -> None:
    require("contract")


def answers(request: Recorded) -> Answer:
    root = f"http://{request.headers['host']}"
    if request.method == "GET" and request.path == "/v1/predictions":
        return Answer(shapes.predictions(shapes.prediction(root, ID)))
    return Answer(shapes.prediction(root, ID), 201 if request.path.endswith("/predictions") else 200)


def ours(url: str, ask: Callable[[Replicate], Awaitable[Any]]) -> None:
    maker = Replicate({"base_url": url}, {"REPLICATE_API_TOKEN": KEY})

    async def whole() -> None:
        await ask(maker)
        await maker.aclose()

    asyncio.run(whole())


@pytest.mark.parametrize("model", ["wan 3", "ltx-2.3 fast", "ltx-2.3 pro", "someone/zoom-1"])
def test_a_submit_is_the_sdks_own(model: str) -> None:
    maker = Replicate(environ={})
    request = resolved(maker, model, prompt("pedestal up", avoid="text"))
    with Recorder(answers) as recorder:
        ours(recorder.url, lambda replicate: replicate.submit(request, take(request)))
        oracles.replicate_create(recorder.url, KEY, maker.model(model).name, body(request))
        mine, theirs = recorder.requests
    assert difference(mine, theirs) == []


def test_a_still_is_inside_ours_and_the_sdk_uploads_its_file_first(tmp_path: Path) -> None:
    """On purpose: an upload is a call more that can be lost, and a still is made small enough not to need one."""
    still = tmp_path / "still.png"
    still.write_bytes(b"a picture")
    maker = Replicate(environ={})
    request = resolved(maker, "wan 3", first_frame=str(still))
    with Recorder(answers) as recorder:
        ours(recorder.url, lambda replicate: replicate.submit(request, take(request)))
        mine = recorder.only()
        given = mine.json["input"]
        oracles.replicate_create(recorder.url, KEY, "alibaba/wan-3", given)
        theirs = recorder.requests[-1]
    assert given["image"].startswith("data:image/png;base64,")
    assert difference(mine, theirs) == []


def _job(replicate: Replicate) -> Job:
    request = resolved(replicate, "wan 3")
    return replicate.recall(ID, request, take(request))


def test_a_poll_a_cancel_and_a_list_are_the_sdks_own() -> None:
    async def ask(replicate: Replicate) -> None:
        job = _job(replicate)
        await replicate.poll(job)
        await replicate.cancel(job)
        await replicate.find(job.request, job.take, ())

    with Recorder(answers) as recorder:
        ours(recorder.url, ask)
        mine = list(recorder.requests)
        oracles.replicate_get(recorder.url, KEY, ID)
        oracles.replicate_cancel(recorder.url, KEY, ID)
        oracles.replicate_list(recorder.url, KEY)
        theirs = recorder.requests[len(mine) :]
    assert [difference(*pair) for pair in zip(mine, theirs, strict=True)] == [[], [], []]
