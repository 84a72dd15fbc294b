"""ElevenLabs, against a server on this machine that has its manners."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from studio.errors import BadInput, Busy, NotFound, NotSent, Paused, ProviderError, Refused, StudioError, Unanswered
from studio.providers import SoundRequest, sound_maker
from studio.providers.elevenlabs import ElevenLabs
from tests.clips import ffmpeg
from tests.fakes.elevenlabs import FakeElevenLabs
from tests.providers.asking import clip, resolved

NO_KEY = ElevenLabs(environ={})


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An MP3 as is asked for: half a second at 44.1 kHz and 128 kbit/s."""
    path = tmp_path_factory.mktemp("sound") / "pop.mp3"
    ffmpeg("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100:duration=0.5", "-b:a", "128k", path)
    return path.read_bytes()


@pytest.fixture
def fake(sound: bytes) -> Iterator[FakeElevenLabs]:
    with FakeElevenLabs(sound) as server:
        yield server


def maker_at(fake: FakeElevenLabs, key: str = "") -> ElevenLabs:
    return ElevenLabs({"base_url": fake.url}, {"ELEVENLABS_API_KEY": key or fake.key})


def made(fake: FakeElevenLabs, text: str = "bubble gum pops", key: str = "", **asked: Any) -> bytes:
    maker = maker_at(fake, key)
    request = maker.resolve_sound(text, **{"seconds": 2, **asked})

    async def whole() -> bytes:
        try:
            return await maker.make(request)
        finally:
            await maker.aclose()

    return asyncio.run(whole())


def refused(fake: FakeElevenLabs, fault: str) -> StudioError:
    fake.answer = lambda place, call: fake.no(fault)  # type: ignore[method-assign]
    with pytest.raises(StudioError) as caught:
        made(fake)
    assert not fake.jobs
    assert fake.key not in str(caught.value)
    return caught.value


# what is sent


def test_it_makes_sounds_and_no_clips() -> None:
    assert isinstance(sound_maker("elevenlabs"), ElevenLabs)
    with pytest.raises(BadInput, match="makes sounds and no clips"):
        resolved(NO_KEY)


def test_the_words_become_a_request_that_does_not_change() -> None:
    request = NO_KEY.resolve_sound("  bubble gum\n pops ", seconds=2.5)
    assert json.loads(request.payload_json) == {
        "body": {
            "text": "bubble gum pops", "duration_seconds": 2.5, "prompt_influence": 0.3, "loop": False,
            "model_id": "eleven_text_to_sound_v2",
        }
    }  # fmt: skip
    assert (request.provider, request.model, request.text) == (
        "elevenlabs",
        "eleven_text_to_sound_v2",
        "bubble gum pops",
    )
    assert request.seconds == Fraction(5, 2)
    with pytest.raises(FrozenInstanceError):
        request.text = "another"  # type: ignore[misc]


def test_without_a_length_the_model_chooses_one() -> None:
    request = NO_KEY.resolve_sound("rain", seconds=None, loop=True, influence=1, model="sound v3")
    assert request.seconds is None
    assert json.loads(request.payload_json)["body"] == {
        "text": "rain", "prompt_influence": 1.0, "loop": True, "model_id": "eleven_text_to_sound_v3",
    }  # fmt: skip


@pytest.mark.parametrize(("asked", "sent"), [(0.1, 0.5), (45, 30), (30, 30), (0.5, 0.5)])
def test_a_length_beyond_the_models_is_clamped_and_told(asked: float, sent: float) -> None:
    request = NO_KEY.resolve_sound("rain", seconds=asked)
    assert json.loads(request.payload_json)["body"]["duration_seconds"] == sent
    told = f"eleven_text_to_sound_v2 at elevenlabs makes {sent:g} s where {asked:g} s were asked for"
    assert (told in request.dropped) == (asked != sent)


@pytest.mark.parametrize(
    ("text", "asked", "words"),
    [
        ("", {}, "a sound has no words"),
        (" \n", {}, "a sound has no words"),
        ("rain\x00", {}, "invisible character"),
        ("x" * 10_001, {}, "at most 10,000 are kept"),
        ("rain", {"seconds": -1}, "the seconds of a sound"),
        ("rain", {"seconds": float("nan")}, "the seconds of a sound"),
        ("rain", {"influence": 1.5}, "how closely a sound keeps to its words"),
        (7, {}, "is int, not text"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(text: Any, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        NO_KEY.resolve_sound(text, **{"seconds": None, **asked})


def test_a_model_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(NotFound, match="the nearest is"):
        NO_KEY.resolve_sound("rain", seconds=None, model="eleven_text_to_sound_v4")


def test_the_price_is_an_estimate_of_the_dearest_plan_and_says_so() -> None:
    by_length = NO_KEY.resolve_sound("rain", seconds=10)
    assert NO_KEY.price(by_length).usd == Decimal("0.075")
    assert by_length.estimated_micro_usd == 75_000
    by_itself = NO_KEY.resolve_sound("rain", seconds=None)
    assert NO_KEY.price(by_itself).usd == Decimal("0.03")
    assert NO_KEY.price(by_itself).read_on == "2026-11-21"
    assert any("price depends on the plan" in sentence for sentence in by_itself.dropped)
    third = NO_KEY.resolve_sound("rain", seconds=None, model="sound v3")
    assert any("was not read" in sentence for sentence in third.dropped)


def test_the_dry_run_is_the_exact_request_with_the_key_hidden() -> None:
    maker = ElevenLabs(environ={"ELEVENLABS_API_KEY": "canary"})
    request = maker.resolve_sound("rain", seconds=2)
    assert maker.shown(request) == (
        "POST https://api.elevenlabs.io/v1/sound-generation?output_format=mp3_44100_128\n"
        "xi-api-key: ••••\n"
        "\n" + json.dumps(json.loads(request.payload_json)["body"], indent=2)
    )


# buying


def test_the_answer_is_the_sound(fake: FakeElevenLabs, sound: bytes) -> None:
    assert made(fake) == sound
    (call,) = fake.calls
    assert call.query == {"output_format": "mp3_44100_128"}
    assert call.headers["xi-api-key"] == fake.key
    assert "Authorization" not in call.headers
    assert fake.bill_micro_usd == 12_000
    assert NO_KEY.resolve_sound("x", seconds=2).estimated_micro_usd >= fake.bill_micro_usd


def test_without_a_key_nothing_is_sent(fake: FakeElevenLabs) -> None:
    maker = ElevenLabs({"base_url": fake.url}, {})
    with pytest.raises(Paused, match="set the environment variable ELEVENLABS_API_KEY"):
        asyncio.run(maker.make(maker.resolve_sound("rain", seconds=2)))
    assert not fake.calls


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ("no credit", Paused, "ElevenLabs wants credit first"),
        ("bad key", Paused, "does not accept the key in ELEVENLABS_API_KEY"),
        ("busy", Busy, "is busy"),
        ("system", Busy, "is busy"),
    ],
)
def test_errors_of_both_generations_are_told_apart(
    fake: FakeElevenLabs, old: bool, fault: str, error: type[StudioError], words: str
) -> None:
    fake.old = old
    said = refused(fake, fault)
    assert type(said) is error
    assert words in str(said)


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ("concurrent", Busy, "Wait for your other requests"),
        ("unavailable", Busy, "is busy"),
        ("plan", Paused, "does not allow it to this key or plan: This needs the Pro plan."),
        ("too long", ProviderError, "does not take it (status 400): The text is too long."),
        ("moderated", Refused, "does not make such a sound"),
    ],
)
def test_what_an_error_means(fake: FakeElevenLabs, fault: str, error: type[StudioError], words: str) -> None:
    said = refused(fake, fault)
    assert type(said) is error
    assert words in str(said)


def test_a_text_that_is_too_long_for_it_is_told_by_it(fake: FakeElevenLabs) -> None:
    with pytest.raises(ProviderError, match="The text is too long"):
        made(fake, "rain " * 200)


def test_a_field_that_it_does_not_take_is_told_from_a_list(fake: FakeElevenLabs) -> None:
    maker = maker_at(fake)
    request = maker.resolve_sound("rain", seconds=2)
    wrong = SoundRequest(
        **{
            **vars(request),
            "payload_json": request.payload_json.replace('"duration_seconds": 2.0', '"duration_seconds": 0.1'),
        }
    )

    async def whole() -> bytes:
        try:
            return await maker.make(wrong)
        finally:
            await maker.aclose()

    with pytest.raises(ProviderError, match=r"\(status 422\): Input should be between 0\.5 and 30"):
        asyncio.run(whole())


def test_a_busy_service_says_how_long_to_wait(fake: FakeElevenLabs) -> None:
    fake.script("create", "busy 9")
    with pytest.raises(Busy) as caught:
        made(fake)
    assert caught.value.wait_s == 9


@pytest.mark.parametrize("fault", ["lost", "reset", "half json", "no json", "bad gateway"])
def test_a_sound_that_was_made_and_did_not_arrive_is_never_called_unmade(fake: FakeElevenLabs, fault: str) -> None:
    fake.script("create", fault)
    if fault == "half json":
        fake.clip = fake.clip[:40]  # half of these is less than one frame of an MP3
    with pytest.raises(Unanswered):
        made(fake)
    assert len(fake.jobs) == 1
    assert len(fake.calls) == 1, "it is bought once"


def test_no_connection_is_surely_not_sent() -> None:
    maker = ElevenLabs({"base_url": "http://127.0.0.1:9"}, {"ELEVENLABS_API_KEY": "canary"})

    async def whole() -> bytes:
        try:
            return await maker.make(maker.resolve_sound("rain", seconds=2))
        finally:
            await maker.aclose()

    with pytest.raises(NotSent) as caught:
        asyncio.run(whole())
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("kind", ["text/html", "application/json", "video/mp4", ""])
def test_an_answer_of_another_kind_is_no_sound(fake: FakeElevenLabs, kind: str) -> None:
    fake.kind = kind
    with pytest.raises(Unanswered, match="in place of a sound"):
        made(fake)


@pytest.mark.parametrize(
    "content", [b"", b"<html>welcome</html>", b"ID3" + bytes(200), b"#EXTM3U\nhttp://127.0.0.1/\n"]
)
def test_bytes_that_are_no_sound_are_found_out(fake: FakeElevenLabs, content: bytes) -> None:
    fake.clip = content
    with pytest.raises(Unanswered, match="is no whole sound"):
        made(fake)


def test_a_film_is_no_sound(fake: FakeElevenLabs) -> None:
    fake.clip = clip()  # it has no sound stream
    with pytest.raises(Unanswered, match="has no sound"):
        made(fake)


def test_a_full_disk_does_not_lose_what_was_bought(
    fake: FakeElevenLabs, sound: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert made(fake) == sound


def test_the_key_is_in_no_log_no_message_and_no_repr(
    fake: FakeElevenLabs, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    made(fake)
    wrong = "another-canary-key"
    with pytest.raises(Paused) as caught:
        made(fake, key=wrong)
    maker = maker_at(fake)
    for text in (repr(maker), str(caught.value), caplog.text, maker.shown(maker.resolve_sound("x", seconds=1))):
        assert wrong not in text
        assert fake.key not in text.replace("The key " + fake.key, "")  # the server's own words about another key
