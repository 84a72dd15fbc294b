"""fal's models, each with fields of its own: what is sent, what is told, and what it costs."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest

from studio.errors import BadInput, NotFound
from studio.providers.fal import Fal
from tests.providers.asking import body, prompt, resolved

NO_KEY = Fal(environ={})
PIKA = "fal-ai/pika/v2.2/text-to-video"


def test_pika_takes_a_whole_number_of_seconds_and_no_proportions_beside_a_first_frame() -> None:
    plain = resolved(NO_KEY, "pika", prompt(avoid="text"), frames=106)
    assert json.loads(plain.payload_json) == {
        "model": PIKA,
        "body": {
            "prompt": "Push in. Two teenagers in a corridor.", "negative_prompt": "text", "seed": 7,
            "aspect_ratio": "16:9", "resolution": "720p", "duration": 5,
        },
    }  # fmt: skip
    [snapped] = plain.dropped
    assert snapped.startswith(f"{PIKA} at fal makes 5 s where 4.4")
    still = json.loads(resolved(NO_KEY, "pika", first_frame="still.png").payload_json)
    assert still["model"] == "fal-ai/pika/v2.2/image-to-video"
    assert "aspect_ratio" not in still["body"]
    assert still["body"]["image_url"] == {"$file": "first_frame", "as": "data uri"}


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [
        ("pika", "duration", 5),
        ("kling 2.5", "duration", "5"),
        ("kling v3", "duration", "5"),
        ("kling o3", "duration", "5"),
        ("kling v4", "duration", 5),
        ("kling v1", "duration", "5"),
        ("ltx-2", "duration", 6),
        ("ltx-2 19b", "num_frames", 121),
        ("wan 2.2", "num_frames", 121),
        ("luma ray 2", "duration", "5s"),
        ("luma ray 3.2", "duration", "5s"),
        ("minimax h3", "duration", 5),
        ("seedance 2.0", "duration", "5"),
        ("seedance 2.5", "duration", "5"),
        ("gemini omni", "duration", 5),
    ],
)
def test_five_seconds_are_said_as_each_model_counts_them(model: str, field: str, value: object) -> None:
    found = body(resolved(NO_KEY, model))[field]
    assert (found, type(found)) == (value, type(value))


def test_wan_counts_frames_and_is_paid_by_the_frame() -> None:
    request = resolved(NO_KEY, "wan 2.2", frames=106, first_frame="still.png")
    assert body(request)["num_frames"] == 109
    assert (request.frames, request.rate) == (109, 24)
    assert NO_KEY.price(request).usd == Decimal("0.545")  # 109 × 0.08 / 16
    slower = resolved(NO_KEY, "wan 2.2", rate=Fraction(24000, 1001))
    assert body(slower)["frames_per_second"] == 24
    assert any("makes 24 frames per second" in sentence for sentence in slower.dropped)


def test_ltx_takes_its_camera_as_an_adapter_with_a_strength() -> None:
    request = resolved(NO_KEY, "ltx-2 19b", prompt("slow push in"), size=(1280, 720))
    assert body(request) == {
        "prompt": "Two teenagers in a corridor.", "num_frames": 121, "fps": 24, "seed": 7,
        "video_size": {"width": 1280, "height": 720}, "generate_audio": False,
        "camera_lora": "dolly_in", "camera_lora_scale": 0.5,
    }  # fmt: skip
    assert NO_KEY.price(request).usd == Decimal("0.2016")  # as fal's page reckons 121 frames of 1280 × 720


def test_kling_takes_one_axis_of_the_camera_and_says_what_is_in_doubt() -> None:
    request = resolved(NO_KEY, "kling v1", prompt("pan right and tilt up"))
    assert body(request)["advanced_camera_control"] == {"movement_type": "pan", "movement_value": 5}
    assert "Kling v1 on fal takes one axis: kept “pan right”, and “tilt up” stays words" in request.dropped
    assert any("contradict each other on Kling's pan" in sentence for sentence in request.dropped)
    with pytest.raises(BadInput, match=r"no price is known for fal-ai/kling-video/v1.*price_usd="):
        NO_KEY.price(request)


def test_h3_max_takes_keyframes_and_nothing_without_a_first_frame() -> None:
    with pytest.raises(BadInput, match=r"camera-controls at fal makes nothing without a first frame: .*first_frame="):
        resolved(NO_KEY, "h3-max")
    found = body(resolved(NO_KEY, "h3-max", prompt("orbit right"), first_frame="still.png"))
    first, *_, last = found["camera_trajectory"]
    assert first == {"time": 0.0, "azimuth": 0.0, "elevation": 0.0, "distance": 1.0}
    assert (last["time"], last["azimuth"] > 0) == (1.0, True)
    assert (found["resolution"], found["prompt_expansion_mode"], found["seed"]) == ("768P", "disabled", 7)


def test_a_guide_goes_to_the_endpoint_for_references_and_the_prompt_says_what_it_is_for() -> None:
    request = resolved(NO_KEY, "seedance 2.0", guide="07A-002.mp4")
    payload = json.loads(request.payload_json)
    assert payload["model"] == "bytedance/seedance-2.0/reference-to-video"
    assert payload["body"]["video_urls"] == [{"$file": "guide", "as": "data uri list", "most_seconds": "5"}]
    assert payload["body"]["prompt"] == "Follow the camera movement of @Video1. Push in. Two teenagers in a corridor."
    assert any("is shown 5 s of the guide at most" in sentence for sentence in request.dropped)
    assert any("640×640 to 834×1112" in sentence for sentence in request.dropped)
    assert NO_KEY.price(request).usd == Decimal("1.8204")  # 0.6 of the price, for the clip and for the guide
    assert NO_KEY.price(resolved(NO_KEY, "seedance 2.0")).usd == Decimal("1.517")


def test_a_still_and_a_guide_cannot_both_be_had_and_a_last_frame_wants_a_first() -> None:
    with pytest.raises(BadInput, match="takes a still or a guide, not both"):
        resolved(NO_KEY, "seedance 2.0", guide="a.mp4", first_frame="b.png")
    with pytest.raises(BadInput, match="takes a last frame with a first frame only"):
        resolved(NO_KEY, "kling v3", last_frame="b.png")
    with pytest.raises(BadInput, match="takes no guide: choose another model"):
        resolved(NO_KEY, "pika", guide="a.mp4")
    both = body(resolved(NO_KEY, "kling v3", first_frame="a.png", last_frame="b.png"))
    assert (both["start_image_url"]["$file"], both["end_image_url"]["$file"]) == ("first_frame", "last_frame")


@pytest.mark.parametrize(
    ("model", "size", "frames", "usd"),
    [
        ("pika", (1280, 720), 120, "0.2"),
        ("pika", (1920, 1080), 240, "0.9"),
        ("kling 2.5", (1280, 720), 240, "0.7"),
        ("ltx-2", (1920, 1080), 120, "0.36"),
        ("ltx-2 fast", (3840, 2160), 144, "0.96"),
        ("luma ray 2", (1920, 1080), 200, "4"),
        ("luma ray 3.2", (960, 540), 120, "0.5"),
        ("minimax h3", (1280, 720), 120, "0.3"),
        ("kling v4", (1920, 1080), 72, "0.705"),
        ("gemini omni", (1280, 720), 72, "0.3"),
    ],
)
def test_a_price_is_that_of_the_length_and_size_that_are_sent(
    model: str, size: tuple[int, int], frames: int, usd: str
) -> None:
    price = NO_KEY.price(resolved(NO_KEY, model, size=size, frames=frames))
    assert price.usd == Decimal(usd)
    assert price.source
    assert price.read_on == "2026-11-21"


def test_an_unknown_model_is_answered_with_the_nearest() -> None:
    with pytest.raises(NotFound, match=r"the nearest is 'pika 2\.2'"):
        resolved(NO_KEY, "pika 2.3")


def test_every_row_of_fal_is_sourced_dated_and_can_be_resolved() -> None:
    for row in NO_KEY.rows.models["fal"]:
        assert row.source
        assert row.checked_on == "2026-11-21"
        files = {"first_frame": "a.png"} if row.first_frame and row.first_frame.required else {}
        request = resolved(NO_KEY, row.name, **files)
        assert body(request)["prompt"]
        assert not set(row.doubts) - set(request.dropped)
        for name in row.also:
            assert NO_KEY.model(name).name == row.name
