"""What our adapter and ElevenLabs' own SDK put on the wire, side by side."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.providers.elevenlabs import OUTPUT, ElevenLabs
from tests.clips import ffmpeg
from tests.contract import oracles
from tests.contract.recorder import Answer, Recorder, difference

pytestmark = pytest.mark.contract

KEY = "key-of-the-contract"


@pytest.fixture(autouse=True)
def _sdks(require: Callable[[str], str]) -> None:
    require("contract")


@pytest.mark.parametrize(
    "asked",
    [
        {"seconds": 2.5},
        {"seconds": 30, "loop": True, "influence": 1, "model": "sound v3"},
        {"seconds": None, "influence": 0},
    ],
)
def test_a_sound_is_asked_for_as_the_sdk_asks(asked: dict[str, Any], tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.5", tmp_path / "sound.mp3")
    sound = (tmp_path / "sound.mp3").read_bytes()
    with Recorder(lambda request: Answer(sound, headers={"Content-Type": "audio/mpeg"})) as recorder:
        maker = ElevenLabs({"base_url": recorder.url}, {"ELEVENLABS_API_KEY": KEY})
        request = maker.resolve_sound("bubble gum pops", **asked)

        async def buy() -> bytes:
            try:
                return await maker.make(request)
            finally:
                await maker.aclose()

        assert asyncio.run(buy()) == sound
        oracles.elevenlabs_sound(recorder.url, KEY, output_format=OUTPUT, **json.loads(request.payload_json)["body"])
        mine, theirs = recorder.requests
    assert difference(mine, theirs) == []
