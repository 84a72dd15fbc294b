"""What our adapter and Luma's two SDKs put on the wire, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.media import write_still
from studio.providers import Job
from studio.providers.luma import Luma
from tests.contract import oracles, shapes
from tests.contract.recorder import Answer, Recorded, Recorder, difference
from tests.providers.asking import prompt, resolved, take

pytestmark = pytest.mark.contract

KEY = "key-of-the-contract"
ID = "7a9c2d5e-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def _sdks(require: Callable[[str], str]) -> None:
    require("contract")


def answers(request: Recorded) -> Answer:
    dream = request.path.startswith("/dream-machine/")
    if request.path.endswith("/concepts/list"):
        return Answer(["push_in", "orbit_left"])
    if request.path.endswith("/generations") and request.method == "GET":
        return Answer(shapes.dream_list())
    made = (shapes.dream_generation if dream else shapes.luma_generation)(ID)
    return Answer(made, 201 if request.method == "POST" else 200)


def ours(url: str, ask: Callable[[Luma], Awaitable[Any]]) -> None:
    urls = {"LUMA_BASE_URL": f"{url}/v1", "LUMAAI_BASE_URL": f"{url}/dream-machine/v1"}
    maker = Luma(environ={"LUMA_AGENTS_API_KEY": KEY, "LUMAAI_API_KEY": KEY, **urls})

    async def whole() -> None:
        await ask(maker)
        await maker.aclose()

    asyncio.run(whole())


async def _submit(maker: Luma, model: str, **asked: Any) -> Job:
    await maker.prepare()
    request = resolved(maker, model, prompt("push in"), **asked)
    return await maker.submit(request, take(request))


def _job(maker: Luma, model: str) -> Job:
    request = resolved(maker, model)
    return maker.recall(ID, request, take(request))


@pytest.mark.parametrize("frames", [120, 240])
@pytest.mark.parametrize("roles", [(), ("first_frame",), ("first_frame", "last_frame")])
def test_a_submit_to_the_agents_api_is_the_sdks_own(frames: int, roles: tuple[str, ...], tmp_path: Path) -> None:
    still = tmp_path / "still.png"
    write_still(np.full((72, 128, 3), 90, np.uint8), still)
    with Recorder(answers) as recorder:
        ours(recorder.url, lambda luma: _submit(luma, "ray-3.2", frames=frames, **dict.fromkeys(roles, str(still))))
        mine = recorder.requests[-1]
        oracles.luma_agents_create(recorder.url, KEY, **mine.json)
        theirs = recorder.requests[-1]
    assert difference(mine, theirs) == []
    assert ("keyframes" in theirs.json["video"]) == (frames == 240 and bool(roles))


@pytest.mark.parametrize("model", ["ray-2", "ray-flash-2"])
def test_a_submit_to_dream_machine_is_the_sdks_own(model: str) -> None:
    with Recorder(answers) as recorder:
        ours(recorder.url, lambda luma: _submit(luma, model))
        mine = recorder.requests[-1]
        oracles.luma_dream_create(recorder.url, KEY, **mine.json)
        theirs = recorder.requests[-1]
    assert difference(mine, theirs) == []
    assert theirs.json["concepts"] == [{"key": "push_in"}]


def test_the_list_of_concepts_is_asked_for_as_the_sdk_does() -> None:
    with Recorder(answers) as recorder:
        ours(recorder.url, lambda luma: luma.prepare())
        oracles.luma_dream_concepts(recorder.url, KEY)
        mine, theirs = recorder.requests
    assert difference(mine, theirs) == []


@pytest.mark.parametrize(("model", "oracle"), [("ray-3.2", "luma_agents_get"), ("ray-2", "luma_dream_get")])
def test_a_poll_is_the_sdks_own(model: str, oracle: str) -> None:
    with Recorder(answers) as recorder:
        ours(recorder.url, lambda luma: luma.poll(_job(luma, model)))
        getattr(oracles, oracle)(recorder.url, KEY, ID)
        mine, theirs = recorder.requests
    assert difference(mine, theirs) == []


def test_a_list_is_the_sdks_own() -> None:
    with Recorder(answers) as recorder:
        ours(recorder.url, lambda luma: luma.find(*_lost(luma), ()))
        oracles.luma_dream_list(recorder.url, KEY, limit=50, offset=0)
        mine, theirs = recorder.requests
    assert difference(mine, theirs) == []


def _lost(luma: Luma) -> Any:
    request = resolved(luma, "ray-2")
    return request, take(request)


def test_the_sdks_read_our_fake_as_their_own() -> None:
    """What the fake answers is what the SDKs' types say: a clip is found where they find it."""
    from luma_agents import Luma as AgentsSdk
    from lumaai import LumaAI

    from tests.fakes.luma import CONCEPTS, FakeLuma

    with FakeLuma(b"clip") as fake:
        with AgentsSdk(auth_token=fake.key, base_url=fake.agents_url, max_retries=0) as agents:
            video = {"resolution": "720p", "duration": "5s"}
            made = agents.generations.create(prompt="a", model="ray-3.2", type="video", video=video)  # type: ignore[arg-type]
            found = agents.generations.get(made.id)
        assert (found.state, found.output[1].type) == ("completed", "video")
        with LumaAI(auth_token=fake.key, base_url=fake.dream_url, max_retries=0) as dreams:
            assert dreams.generations.concepts.list() == CONCEPTS
            dreamt = dreams.generations.video.create(prompt="a", model="ray-2", duration="5s")
            assert dreams.generations.get(dreamt.id).assets.video.startswith(f"{fake.url}/clips/")
            [listed] = dreams.generations.list(limit=50, offset=0).generations
        assert (listed.id, listed.request.prompt) == (dreamt.id, "a")
