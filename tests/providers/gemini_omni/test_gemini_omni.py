"""What Gemini Omni is sent, and what it costs."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from studio.errors import BadInput, NotFound
from studio.media import probe, write_still
from studio.providers import Shows, provider
from tests.fakes.gemini_omni import FakeGemini
from tests.providers.asking import body, prompt, resolved
from tests.providers.gemini_omni.making import NO_KEY, maker_for, sent

ONE_SHOT = "One continuous shot, no scene cuts."
TOLD = f"gemini-omni-1.1-flash at gemini_omni is told “{ONE_SHOT}” before everything else"
SEED = "whether the seed changes anything in a clip of Gemini Omni is not established"
PRICE = (
    "Google's own price of Gemini Omni was not read: the price here is a reseller's (for 720p that of LiteLLM's map)"
)


def test_a_request_is_an_interaction_in_the_background_whose_clip_comes_as_a_file() -> None:
    request = resolved(NO_KEY, frames=192, size=(1280, 720))
    assert json.loads(request.payload_json) == {
        "model": "gemini-omni-1.1-flash",
        "body": {
            "model": "gemini-omni-1.1-flash", "background": True,
            "input": [{"type": "user_input", "content": [
                {"type": "text", "text": f"{ONE_SHOT} Push in. Two teenagers in a corridor."},
            ]}],
            "generation_config": {"seed": 7, "video_config": {"task": "text_to_video"}},
            "response_format": [
                {"type": "video", "aspect_ratio": "16:9", "resolution": "720p", "duration": "8s", "delivery": "uri"}
            ],
        },
    }  # fmt: skip
    assert request.text == f"{ONE_SHOT} Push in. Two teenagers in a corridor."
    assert request.dropped == (TOLD, PRICE, SEED)


def test_everything_that_was_snapped_or_dropped_has_its_sentence() -> None:
    request = resolved(
        NO_KEY, words=prompt(avoid="text, logos"), frames=300, rate=Fraction(25), size=(1080, 1350), seed=2**31 + 5
    )
    assert (request.frames, request.rate, request.width, request.height) == (240, 24, 1080, 1920)
    assert body(request)["response_format"][0] == {
        "type": "video", "aspect_ratio": "9:16", "resolution": "1080p", "duration": "10s", "delivery": "uri"
    }  # fmt: skip
    assert body(request)["generation_config"]["seed"] == 5
    title = "gemini-omni-1.1-flash at gemini_omni"
    assert set(request.dropped) >= {
        f"{title} makes 24 frames per second: the film's 25 come from them in the cut",
        f"{title} makes 10 s where 12 s were asked for",
        f"{title} makes 1080×1920 where 1080×1350 were asked for",
        f"{title} takes no avoid words: dropped “text, logos”",
    }


@pytest.mark.parametrize(("frames", "seconds"), [(24, "3s"), (72, "3s"), (73, "4s"), (240, "10s"), (999, "10s")])
def test_a_length_is_text_with_an_s_and_whole_seconds_that_are_long_enough(frames: int, seconds: str) -> None:
    assert body(resolved(NO_KEY, frames=frames))["response_format"][0]["duration"] == seconds


def test_the_next_model_makes_longer_clips_and_says_no_frame_rate() -> None:
    request = resolved(NO_KEY, "gemini omni 1.2", frames=375, rate=Fraction(25), size=(3840, 2160))
    assert body(request)["model"] == "gemini-omni-1.2-flash"
    assert body(request)["response_format"][0]["duration"] == "15s"
    assert body(request)["response_format"][0]["resolution"] == "4k"
    assert (request.rate, request.frames) == (25, 375)
    assert any("$9 a million" in sentence for sentence in request.dropped)


def test_what_a_picture_is_for_is_said_in_the_prompt_and_the_pictures_come_in_that_order() -> None:
    first = resolved(NO_KEY, first_frame="a.png")
    assert first.text.startswith("[# Sources <FIRST_FRAME>@Image1] ")
    both = resolved(NO_KEY, first_frame="a.png", last_frame="b.png")
    words, *stills = body(both)["input"][0]["content"]
    assert words == {"type": "text", "text": both.text}
    assert both.text.startswith(f"[# Sources <FIRST_FRAME>@Image1 <LAST_FRAME>@Image2] {ONE_SHOT} Push in.")
    assert stills == [{"$file": "first_frame", "as": "content"}, {"$file": "last_frame", "as": "content"}]
    assert body(both)["generation_config"]["video_config"] == {"task": "image_to_video"}
    assert not {"first_frame", "last_frame", "prompt"} & set(body(both))


def test_a_last_frame_needs_a_first_one() -> None:
    with pytest.raises(BadInput, match="takes a last frame with a first frame only"):
        resolved(NO_KEY, last_frame="b.png")


def test_between_two_stills_the_next_model_makes_ten_seconds_at_most() -> None:
    longest = {"model": "gemini-omni-1.2-flash", "frames": 360, "first_frame": "a.png"}
    assert body(resolved(NO_KEY, **longest))["response_format"][0]["duration"] == "15s"
    both = resolved(NO_KEY, **longest, last_frame="b.png")
    assert body(both)["response_format"][0]["duration"] == "10s"
    assert any("read at two resellers alone" in sentence for sentence in both.dropped)


def test_a_guide_is_a_reference_of_three_seconds_and_the_doubts_about_it_are_told() -> None:
    request = resolved(NO_KEY, guide="07A-002.mp4")
    _, guide = body(request)["input"][0]["content"]
    assert guide == {"$file": "guide", "as": "content", "most_seconds": "3"}
    assert request.text.startswith(
        f"[# References <VIDEO_REF_0>@Video1] {ONE_SHOT} The camera moves just as it does in <VIDEO_REF_0>;"
    )
    assert body(request)["generation_config"]["video_config"] == {"task": "reference_to_video"}
    assert any("read in its SDK alone" in sentence for sentence in request.dropped)
    assert any("3 s of the guide at most" in sentence for sentence in request.dropped)


def test_with_a_still_and_a_guide_the_task_is_left_to_the_tags() -> None:
    request = resolved(NO_KEY, first_frame="a.png", guide="07A-002.mp4")
    assert request.text.startswith("[# Sources <FIRST_FRAME>@Image1] [# References <VIDEO_REF_0>@Video1] ")
    assert body(request)["generation_config"] == {"seed": 7}
    assert "whether Gemini follows a still and a guide together is not established: try one clip first" in (
        request.dropped
    )


@pytest.mark.parametrize(
    ("model", "lines", "usd"),
    [
        ("omni", 360, "0.15"),
        ("omni", 720, "0.5068"),
        ("omni", 1080, "0.75"),
        ("omni", 2160, "1.5"),
        ("gemini omni 1.2", 360, "0.116"),
        ("gemini omni 1.2", 720, "0.3475"),
        ("gemini omni 1.2", 1080, "0.5215"),
        ("gemini omni 1.2", 2160, "1.0425"),
    ],
)
def test_five_seconds_cost_what_the_lines_cost(model: str, lines: int, usd: str) -> None:
    price = NO_KEY.price(resolved(NO_KEY, model, size=(lines * 16 // 9, lines)))
    assert (price.usd, price.read_on) == (Decimal(usd), "2026-11-21")


@pytest.mark.parametrize("name", ["veo", "veo3.1", "veo-3.1-generate-preview", "veo-3.1-fast-generate-001"])
def test_veo_is_gone_with_its_day_and_what_to_use_instead(name: str) -> None:
    with pytest.raises(NotFound, match=r"closed Veo on the Gemini API on 2026-10-22: use gemini_omni .*runway"):
        NO_KEY.model(name)
    with pytest.raises(NotFound, match=r"gemini-omni-flash-preview on 2026-09-30: use gemini-omni-1.1-flash"):
        NO_KEY.model("gemini-omni-flash-preview")


@pytest.mark.parametrize("name", ["VideoPoet", "video poet", "Emu Video", "emu-video", "Movie Gen", "moviegen"])
def test_models_without_an_api_are_told_with_what_to_use_instead(name: str) -> None:
    for asked in (lambda: provider(name), lambda: NO_KEY.model(name)):
        with pytest.raises(NotFound, match=r"no (public )?API of it .* \(2026-11-21\): use gemini_omni"):
            asked()


def test_veo_asked_for_as_a_provider_says_where_it_went() -> None:
    with pytest.raises(NotFound, match="2026-10-22: use gemini_omni"):
        provider("veo 3.1")


def test_a_dry_run_is_the_request_with_the_key_hidden_and_stills_as_placeholders(fake: FakeGemini) -> None:
    maker = maker_for(fake)
    assert isinstance(maker, Shows)
    shown = maker.shown(resolved(maker, first_frame="a.png"))
    head, _, text = shown.partition("\n\n")
    assert head == f"POST {fake.url}/v1/interactions\nx-goog-api-key: ••••"
    assert json.loads(text)["input"][0]["content"][1] == {"$file": "first_frame", "as": "content"}
    assert fake.key not in shown
    assert not fake.calls


def test_stills_and_the_beginning_of_a_guide_travel_inside_the_request(fake: FakeGemini, tmp_path: Path) -> None:
    still, guide = tmp_path / "first.png", tmp_path / "07A-002.mp4"
    write_still(np.full((72, 128, 3), 90, np.uint8), still)
    _long_clip(guide)
    sent(fake, first_frame=str(still), guide=str(guide))
    [call] = fake.calls_to("create")
    _, first, second = call.json()["input"][0]["content"]
    assert first == {"type": "image", "mime_type": "image/png", "data": base64.b64encode(still.read_bytes()).decode()}
    assert (second["type"], second["mime_type"]) == ("video", "video/mp4")
    (tmp_path / "sent.mp4").write_bytes(base64.b64decode(second["data"]))
    assert probe(tmp_path / "sent.mp4").duration_s == 3


def _long_clip(path: Path) -> None:
    from studio.media import encode

    encode([np.full((64, 64, 3), k, np.uint8) for k in range(100)], path, rate=Fraction(24))
