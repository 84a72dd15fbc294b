"""Runway: what a take becomes as its request, and what it costs."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from studio.errors import BadInput, NotFound
from studio.providers import Cancels, Finds, Recalls, Shows
from studio.providers.catalogue import catalogue
from studio.providers.runway import Runway
from tests.fakes.runway import FakeRunway
from tests.providers.asking import body, prompt, resolved
from tests.providers.runway.tasks import ENDED_ON, GUIDED, NO_KEY, PRICED, ROWS, payload, sent


def test_it_keeps_the_protocols_that_it_can_keep_and_no_other() -> None:
    maker = NO_KEY
    assert isinstance(maker, Cancels)
    assert isinstance(maker, Recalls)
    assert isinstance(maker, Shows)
    assert not isinstance(maker, Finds), "Runway lists no tasks: what became of a lost answer cannot be asked"
    assert maker.capabilities.models[0] == "gen4.5"
    assert maker.capabilities.poll_every_s >= 5


def test_words_alone_go_to_text_to_video_with_the_size_in_pixels() -> None:
    request = resolved(NO_KEY, words=prompt("pan left", avoid="text, logos"), frames=106)
    assert json.loads(request.payload_json) == {
        "model": "gen4.5",
        "path": "/v1/text_to_video",
        "body": {
            "model": "gen4.5", "promptText": "Pan left. Two teenagers in a corridor.", "ratio": "1280:720",
            "duration": 5, "seed": 7,
        },
    }  # fmt: skip
    assert request.dropped == (
        "gen4.5 at runway makes 5 s where 4.42 s were asked for",
        "gen4.5 at runway takes no avoid words: dropped “text, logos”",
    )


def test_a_still_goes_to_image_to_video_with_its_position() -> None:
    asked = payload(first_frame="media/posters/07A-001-last.png")
    assert asked["path"] == "/v1/image_to_video"
    assert asked["body"]["promptImage"] == [{"uri": {"$file": "first_frame", "as": "data uri"}, "position": "first"}]


def test_more_proportions_are_there_from_a_still_than_from_words() -> None:
    assert payload(size=(960, 960))["body"]["ratio"] == "1280:720"
    assert payload(size=(960, 960), first_frame="still.png")["body"]["ratio"] == "960:960"


@pytest.mark.parametrize("model", ENDED_ON)
def test_a_clip_that_ends_on_a_still_begins_with_one_too(model: str) -> None:
    body = payload(model, first_frame="a.png", last_frame="b.png")["body"]
    assert [still["position"] for still in body["promptImage"]] == ["first", "last"]
    assert [still["uri"]["$file"] for still in body["promptImage"]] == ["first_frame", "last_frame"]
    with pytest.raises(BadInput, match="takes a last frame with a first frame only"):
        resolved(NO_KEY, model, last_frame="b.png")


def test_gen4_turbo_makes_nothing_without_a_still() -> None:
    with pytest.raises(BadInput, match="gen4_turbo at runway makes nothing without a first frame"):
        resolved(NO_KEY, "gen4_turbo")
    assert payload("gen4_turbo", first_frame="still.png")["path"] == "/v1/image_to_video"


def test_a_still_that_a_model_does_not_take_is_told_before_anything_is_sent() -> None:
    with pytest.raises(BadInput, match=r"gen4\.5 at runway takes no last frame"):
        resolved(NO_KEY, first_frame="a.png", last_frame="b.png")
    with pytest.raises(BadInput, match=r"gen4\.5 at runway takes no guide"):
        resolved(NO_KEY, guide="a.mp4")


@pytest.mark.parametrize("model", GUIDED)
def test_a_guide_goes_along_as_a_reference_video_no_longer_than_the_take(model: str) -> None:
    request = resolved(NO_KEY, model, guide="media/takes/07A-002.mp4")
    asked = json.loads(request.payload_json)
    (video,) = asked["body"]["referenceVideos"]
    assert asked["path"] == "/v1/text_to_video"
    longest = min(ROWS[model].guide.most, request.duration_s)
    assert video["uri"] == {"$file": "guide", "as": "data uri", "most_seconds": str(longest)}
    assert set(video) == ({"uri"} if ROWS[model].guide.form == "plain" else {"type", "uri"})
    assert asked["body"]["promptText"].startswith("Follow the camera movement of the reference video")
    assert any("of the guide at most" in sentence for sentence in request.dropped)


def test_what_a_guide_costs_is_told_where_it_was_not_read() -> None:
    said = "what a guide costs at Runway was not read: it is reckoned as the same length of clip again"
    assert said in resolved(NO_KEY, "seedance2", guide="a.mp4").dropped
    assert said not in resolved(NO_KEY, "seedance2").dropped


@pytest.mark.parametrize("model", ["seedance2", "hailuo3", "gemini_omni_flash_1.1"])
def test_a_still_and_a_guide_do_not_go_together_where_only_words_take_a_guide(model: str) -> None:
    with pytest.raises(BadInput, match="takes no guide together with a first frame"):
        resolved(NO_KEY, model, first_frame="a.png", guide="a.mp4")


def test_wan_takes_a_guide_beside_a_still_and_its_tier_in_place_of_a_size() -> None:
    asked = payload("wan3", first_frame="a.png", guide="a.mp4")
    assert asked["path"] == "/v1/image_to_video"
    assert asked["body"]["ratio"] == "auto_720p"
    assert asked["body"]["referenceVideos"]
    assert payload("wan3", first_frame="a.png", size=(1920, 1080))["body"]["ratio"] == "auto_1080p"


def test_kling_4_takes_a_still_as_it_is() -> None:
    body = payload("kling_4", first_frame="a.png")["body"]
    assert body["promptImage"] == {"$file": "first_frame", "as": "data uri"}
    assert body["ratio"] == "auto_720p"


def test_a_model_whose_picture_follows_the_still_is_asked_for_no_proportions() -> None:
    assert "ratio" not in payload("kling2.5_turbo_pro", first_frame="a.png")["body"]
    assert payload("grok_imagine_1_5", first_frame="a.png")["body"] | {"promptImage": 0} == {
        "model": "grok_imagine_1_5", "promptText": "Push in. Two teenagers in a corridor.", "resolution": "720p",
        "duration": 5, "promptImage": 0,
    }  # fmt: skip


def test_sound_is_switched_off_where_there_is_a_switch() -> None:
    assert payload("veo3.1")["body"]["audio"] is False
    assert payload("seedance2")["body"]["audio"] is False
    assert "audio" not in payload("gen4.5")["body"]


def test_veo_takes_avoid_words_and_lengths_of_its_own() -> None:
    request = resolved(NO_KEY, "veo 3.1", prompt(avoid="text"), frames=100, rate=Fraction(25))
    assert body(request)["negativePrompt"] == "text"
    assert body(request)["duration"] == 4
    assert body(resolved(NO_KEY, "veo 3.1", frames=101, rate=Fraction(25)))["duration"] == 6
    longest = resolved(NO_KEY, "veo 3.1", frames=300)
    assert body(longest)["duration"] == 8
    assert "veo3.1 at runway makes 8 s where 12.5 s were asked for" in longest.dropped


def test_h3_max_is_told_to_keep_the_words() -> None:
    assert payload("h3_max")["body"]["promptExpansionMode"] == "disabled"


def test_a_prompt_is_measured_in_utf_16() -> None:
    faces = "😀 " * 400  # one character, two units
    request = resolved(NO_KEY, words=prompt("", scene=faces))
    assert len(body(request)["promptText"].encode("utf-16-le")) // 2 <= 1000
    assert any("reads 1,000 characters of a prompt" in sentence for sentence in request.dropped)
    assert not any("reads" in sentence for sentence in resolved(NO_KEY, "wan3", prompt("", scene=faces)).dropped)


def test_prores_is_asked_for_by_a_row_of_its_own_and_sends_the_models_name() -> None:
    asked = payload("gen4.5 prores")
    assert asked["model"] == asked["body"]["model"] == "gen4.5"
    assert asked["body"]["outputFormat"] == "prores"
    assert asked["body"]["proresProfile"] == "422 HQ"
    assert NO_KEY.price(resolved(NO_KEY, "gen4.5 prores")).usd == Decimal("0.85")


def test_a_seed_beyond_32_bits_is_brought_into_them() -> None:
    assert payload(seed=2**32 + 5)["body"]["seed"] == 5
    assert "takes no seed" in " ".join(resolved(NO_KEY, "kling3.0_pro").dropped)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("gen3a_turbo", "ended gen3a_turbo on 2026-07-30: use gen4_turbo or gen4.5"),
        ("veo3", "use veo3.1 or veo3.1_fast"),
        ("gen4.6", "the nearest is 'gen4.5'"),
    ],
)
def test_a_model_that_is_not_there_is_answered_with_what_is(name: str, what: str) -> None:
    with pytest.raises(NotFound, match=what.replace(".", r"\.")):
        resolved(NO_KEY, name)


@pytest.mark.parametrize("model", [name for name in ROWS if name != "gen4_turbo"])
def test_every_row_can_be_asked_for_with_words_alone(model: str) -> None:
    asked = payload(model)
    assert asked["path"] == "/v1/text_to_video"
    assert asked["body"]["model"] == asked["model"]
    assert isinstance(asked["body"]["duration"], int)


@pytest.mark.parametrize("model", list(ROWS))
def test_every_row_can_be_asked_for_with_a_still(model: str) -> None:
    asked = payload(model, first_frame="a.png")
    assert asked["path"] == "/v1/image_to_video"
    assert asked["body"]["promptImage"]


def test_a_model_is_added_by_a_row_alone(fake: FakeRunway, tmp_path: Path) -> None:
    rows = tmp_path / "providers.toml"
    rows.write_text(
        """
        [[service]]
        name = "runway"
        title = "Runway"
        keys = ["RUNWAYML_API_SECRET"]
        source = "a test"
        checked_on = "2026-11-21"
        [[model]]
        provider = "runway"
        name = "gen5 in colour"
        sends = "gen5"
        prompt = { field = "promptText", most = 20 }
        seconds = { field = "duration", form = "whole", allowed = [3] }
        size = { field = "ratio", allowed = ["640:360"] }
        first_frame = { field = "", required = true }
        last_frame = { field = "" }
        guide = { field = "referenceVideos", form = "plain" }
        always = { colour = true }
        prices = [{ usd = "0.01", per = "second", plus_usd = "0.05", least_usd = "0.07" }]
        source = "a test"
        checked_on = "2026-11-21"
        """
    )
    maker = Runway({"base_url": fake.url}, {"RUNWAYML_API_SECRET": fake.key}, catalogue(rows))
    request = resolved(maker, first_frame="a.png", last_frame="b.png", guide="g.mp4")
    assert json.loads(request.payload_json) == {
        "model": "gen5",
        "path": "/v1/image_to_video",
        "body": {
            "model": "gen5", "promptText": "Push in. Two", "duration": 3, "ratio": "640:360", "colour": True,
            "promptImage": [
                {"uri": {"$file": "first_frame", "as": "data uri"}, "position": "first"},
                {"uri": {"$file": "last_frame", "as": "data uri"}, "position": "last"},
            ],
            "referenceVideos": [{"uri": {"$file": "guide", "as": "data uri"}}],
        },
    }  # fmt: skip
    assert request.model == "gen5 in colour"
    assert maker.price(request).usd == Decimal("0.08")


# what it costs


@pytest.mark.parametrize(
    ("model", "asked", "usd"),
    [
        ("gen4.5", {}, "0.60"),
        ("veo3.1", {"frames": 96}, "0.80"),
        ("veo3.1_fast", {"frames": 96}, "0.40"),
        ("seedance2", {}, "1.80"),
        ("seedance2", {"size": (1920, 1080)}, "2.00"),
        ("seedance2", {"size": (3840, 2160)}, "7.50"),
        ("seedance2", {"guide": "a.mp4"}, "3.60"),
        ("seedance2_5", {"size": (854, 480), "frames": 72}, "0.80"),
        ("seedance2_5", {"guide": "a.mp4"}, "2.25"),
        ("seedance2_mini", {"frames": 72}, "0.64"),
        ("hailuo3", {"size": (2560, 1440)}, "0.75"),
        ("wan3", {"first_frame": "a.png", "size": (1920, 1080)}, "1.00"),
        ("wan3_prime", {"size": (832, 480)}, "0.34"),
        ("gemini_omni_flash_1.1", {"size": (3840, 2160)}, "1.50"),
        ("grok_imagine_1_5", {"first_frame": "a.png"}, "0.81"),
        ("happyhorse_1_0", {"first_frame": "a.png", "size": (1920, 1080)}, "1.50"),
    ],
)
def test_a_take_costs_what_its_size_and_its_files_make_of_it(model: str, asked: dict[str, Any], usd: str) -> None:
    price = NO_KEY.price(resolved(NO_KEY, model, **asked))
    assert price.usd == Decimal(usd)
    assert price.source
    assert price.read_on == "2026-11-21"


def test_a_model_without_a_price_asks_the_person_for_one() -> None:
    unpriced = [name for name in ROWS if name not in PRICED]
    assert unpriced
    for name in unpriced:
        with pytest.raises(BadInput, match="no price is known"):
            NO_KEY.price(resolved(NO_KEY, name))


def test_a_doubtful_price_is_told_with_the_request() -> None:
    assert any("believe Runway's own estimate" in said for said in resolved(NO_KEY, "kling3.0_pro").dropped)


def test_runways_own_estimate_comes_with_the_job(fake: FakeRunway) -> None:
    assert sent(fake)[1].price_micro_usd == 600_000
