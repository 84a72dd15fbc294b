"""What our adapter and google-genai put on the wire, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.media import write_still
from studio.providers import Job
from studio.providers.gemini_omni import GeminiOmni
from tests.contract import oracles, shapes
from tests.contract.recorder import Answer, Recorded, Recorder, difference
from tests.providers.asking import body, clip, resolved, take

pytestmark = pytest.mark.contract

KEY = "key-of-the-contract"
ID = "v1_ChdqZ2QzYVp5"


@pytest.fixture(autouse=True)
def _sdks(require: Callable[[str], str]) -> None:
    require("contract")


def answers(request: Recorded) -> Answer:
    if request.path.startswith("/v1beta/files/"):
        if request.query:
            return Answer(clip())
        return Answer(shapes.gemini_file("f1"))
    if request.method == "GET":
        host = f"http://{request.headers['host']}"
        return Answer(shapes.interaction_with_video(ID, f"{host}/v1beta/files/f1:download?alt=media"))
    return Answer(shapes.interaction(ID))


def ours(url: str, ask: Callable[[GeminiOmni], Awaitable[Any]]) -> None:
    maker = GeminiOmni({"base_url": url}, {"GEMINI_API_KEY": KEY})

    async def whole() -> None:
        await ask(maker)
        await maker.aclose()

    asyncio.run(whole())


def _job(maker: GeminiOmni) -> Job:
    request = resolved(maker)
    return maker.recall(ID, request, take(request))


@pytest.mark.parametrize("model", ["gemini-omni-1.1-flash", "gemini-omni-1.2-flash"])
@pytest.mark.parametrize(
    "files", [(), ("first_frame",), ("first_frame", "last_frame"), ("guide",), ("first_frame", "guide")]
)
def test_a_submit_is_the_sdks_own(model: str, files: tuple[str, ...], tmp_path: Path) -> None:
    """The whole body, pictures and clips in it; that the SDK says the same is that its types know every field."""
    write_still(np.full((72, 128, 3), 90, np.uint8), tmp_path / "still.png")
    (tmp_path / "clip.mp4").write_bytes(clip())
    given = {role: str(tmp_path / ("clip.mp4" if role == "guide" else "still.png")) for role in files}
    with Recorder(answers) as recorder:
        ours(recorder.url, lambda maker: _submit(maker, model, given))
        mine = recorder.only()
        said = {name: value for name, value in mine.json.items() if name != "background"}
        oracles.gemini_create(recorder.url, KEY, **said)
        theirs = recorder.requests[1]
    assert difference(mine, theirs) == []
    assert [item["type"] for item in theirs.json["input"][0]["content"]] == [
        "text", *("video" if role == "guide" else "image" for role in files)
    ]  # fmt: skip


async def _submit(maker: GeminiOmni, model: str, given: dict[str, str]) -> Job:
    request = resolved(maker, model, **given)
    assert body(request)["background"] is True
    return await maker.submit(request, take(request))


def test_a_cancel_is_the_sdks_own() -> None:
    with Recorder(answers) as recorder:
        ours(recorder.url, lambda maker: maker.cancel(_job(maker)))
        oracles.gemini_cancel(recorder.url, KEY, ID)
        mine, theirs = recorder.requests
    assert difference(mine, theirs) == []


def test_a_poll_is_the_sdks_own_and_of_a_finished_clip_the_file_is_asked_too() -> None:
    """The SDK leaves it to its user to see whether the file can be had; its own `files.get` asks at the same place."""
    from google.genai import Client
    from google.genai.types import HttpOptions

    with Recorder(answers) as recorder:
        ours(recorder.url, lambda maker: maker.poll(_job(maker)))
        oracles.gemini_get(recorder.url, KEY, ID)
        # the files of the developer API are at v1beta, which is also where the address of a clip is
        with Client(api_key=KEY, http_options=HttpOptions(base_url=recorder.url, api_version="v1beta")) as client:
            client.files.get(name="files/f1")
        mine, file, theirs, their_file = recorder.requests
    assert difference(mine, theirs) == []
    assert difference(file, their_file) == []


def test_a_download_is_the_sdks_own(tmp_path: Path) -> None:
    from google.genai import Client
    from google.genai.types import HttpOptions

    with Recorder(answers) as recorder:
        ours(recorder.url, lambda maker: maker.download(_job(maker), tmp_path / "clip.mp4"))
        with Client(api_key=KEY, http_options=HttpOptions(base_url=recorder.url, api_version="v1beta")) as client:
            assert client.files.download(file="files/f1") == clip()  # the address itself it reads with https alone
        mine, theirs = (request for request in recorder.requests if request.path.endswith(":download"))
    assert difference(mine, theirs) == []
    assert (tmp_path / "clip.mp4").read_bytes() == clip()


def test_the_sdk_reads_our_fakes_interactions_as_its_own() -> None:
    """What the fake answers is what the SDK's types say: a clip is found where the SDK finds it."""
    from google.genai import Client
    from google.genai.types import HttpOptions

    from tests.fakes.gemini_omni import FakeGemini

    with FakeGemini(clip()) as fake:
        with Client(api_key=fake.key, http_options=HttpOptions(base_url=fake.url)) as client:
            request = body(resolved(GeminiOmni(environ={})))
            made = client.interactions.create(**request)
            found = client.interactions.get(made.id)
        assert (found.status, found.output_video.mime_type) == ("completed", "video/mp4")
        assert found.output_video.uri.startswith(f"{fake.url}/v1beta/files/")
        assert found.usage.output_tokens_by_modality[1].modality == "video"
