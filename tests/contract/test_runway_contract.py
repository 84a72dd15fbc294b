"""What our adapter and Runway's own SDK put on the wire, side by side."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.media import write_still
from studio.providers import Job
from studio.providers.catalogue import catalogue
from studio.providers.files import filled
from studio.providers.runway import Runway
from tests.clips import make_clip
from tests.contract import oracles, shapes
from tests.contract.recorder import Answer, Recorded, Recorder, difference
from tests.providers.asking import body, prompt, resolved, take

pytestmark = pytest.mark.contract

KEY = "key-of-the-contract"
ID = "17f20503-6c24-4c16-946b-35dbbce2af2f"
ROWS = {row.name: row for row in catalogue().models["runway"]}


@pytest.fixture(autouse=True)
def _sdks(require: Callable[[str], str]) -> None:
    require("contract")


def answers(request: Recorded) -> Answer:
    if request.path == "/v1/organization":
        return Answer(shapes.runway_organization(60, {"gen4.5": (1, 50, 3)}))
    if request.method == "DELETE":
        return Answer(None, 204)
    if request.method == "POST":
        return Answer(shapes.runway_created(ID))
    return Answer(shapes.runway_task(ID, "RUNNING", progress=0.5))


def ours(url: str, ask: Callable[[Runway], Awaitable[Any]]) -> Any:
    maker = Runway({"base_url": url}, {"RUNWAYML_API_SECRET": KEY})

    async def whole() -> Any:
        try:
            return await ask(maker)
        finally:
            await maker.aclose()

    return asyncio.run(whole())


def as_arguments(body: dict[str, Any]) -> dict[str, Any]:
    """The names on the wire as the SDK's arguments have them: promptText -> prompt_text."""
    return {re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", name): value for name, value in body.items()}


def compared(model: str, **files: str) -> list[str]:
    """Our submit beside the SDK's of the same body, and what is not the same."""
    request = resolved(Runway(environ={}), model, prompt("pan left", avoid="text"), **files)
    sends = as_arguments(filled(body(request), request))
    create = oracles.runway_image_to_video if "prompt_image" in sends else oracles.runway_text_to_video
    with Recorder(answers) as recorder:
        ours(recorder.url, lambda maker: maker.submit(request, take(request)))
        create(recorder.url, KEY, **sends)
        mine, theirs = recorder.requests
    return difference(mine, theirs)


@pytest.mark.parametrize("model", [name for name in ROWS if name != "gen4_turbo"])
def test_words_are_sent_as_the_sdk_sends_them(model: str) -> None:
    assert compared(model) == []


@pytest.fixture
def stills(tmp_path: Path) -> dict[str, str]:
    paths = {role: tmp_path / f"{role}.png" for role in ("first_frame", "last_frame")}
    for shade, path in enumerate(paths.values()):
        write_still(np.full((72, 128, 3), 99 + shade, np.uint8), path)
    return {role: str(path) for role, path in paths.items()}


@pytest.mark.parametrize("model", list(ROWS))
def test_stills_are_sent_as_the_sdk_sends_them(model: str, stills: dict[str, str]) -> None:
    row = ROWS[model].from_a_still or ROWS[model]
    files = stills if row.last_frame else {"first_frame": stills["first_frame"]}
    assert compared(model, **files) == []


@pytest.mark.parametrize("model", [name for name, row in ROWS.items() if row.guide])
def test_a_guide_is_sent_as_the_sdk_sends_it(model: str, tmp_path: Path) -> None:
    assert compared(model, guide=str(make_clip(tmp_path / "guide.mp4", frames=24))) == []


def test_every_question_is_the_sdks_own() -> None:
    request = resolved(Runway(environ={}))
    job = Job(ID, take(request), request)
    with Recorder(answers) as recorder:
        assert ours(recorder.url, lambda maker: maker.poll(job)).progress == 0.5
        oracles.runway_task(recorder.url, KEY, ID)
        assert ours(recorder.url, lambda maker: maker.account()).credit_micro_usd == 600_000
        oracles.runway_organization(recorder.url, KEY)
        mine_poll, their_poll, mine_account, their_account = recorder.requests
    assert difference(mine_poll, their_poll) == []
    assert difference(mine_account, their_account) == []


def test_a_cancel_looks_first_and_is_then_the_sdks_own() -> None:
    """The SDK deletes at once, which would delete a finished clip: ours asks how the task stands before it does."""
    request = resolved(Runway(environ={}))
    job = Job(ID, take(request), request)
    with Recorder(answers) as recorder:
        assert ours(recorder.url, lambda maker: maker.cancel(job)) == "asked"
        oracles.runway_delete(recorder.url, KEY, ID)
        look, mine, theirs = recorder.requests
    assert look.method == "GET"
    assert difference(mine, theirs) == []


def literals(name: str, field: str, module: str) -> set[Any]:
    """The values that the SDK's type of a model allows for a field; empty where it takes any."""
    import importlib
    import typing

    params = importlib.import_module(f"runwayml.types.{module}_create_params")
    for kind in typing.get_args(
        next(each for each in vars(params).values() if typing.get_origin(each) is typing.Union)
    ):
        hints = typing.get_type_hints(kind)
        if typing.get_args(hints["model"]) == (name,):
            return set(typing.get_args(hints[field])) if field in hints else set()
    raise AssertionError(f"the SDK has no {name} in {module}")


@pytest.mark.parametrize("model", list(ROWS))
def test_every_size_that_a_row_offers_is_one_that_the_sdk_knows(model: str) -> None:
    row = ROWS[model]
    for each, module in ((row, "text_to_video"), (row.from_a_still or row, "image_to_video")):
        if module == "text_to_video" and row.first_frame and row.first_frame.required:
            continue
        for offered in (each.size, each.shape, each.lines):
            if offered:
                assert set(offered.allowed) <= literals(row.sends or row.name, offered.field, module), (model, module)
