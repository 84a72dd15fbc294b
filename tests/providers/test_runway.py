"""Runway, against a server on this machine that has its manners."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from studio.errors import BadInput, Busy, NotFetched, NotFound, NotSent, Paused, ProviderError, Refused, Unanswered
from studio.media import write_still
from studio.providers import Cancels, Finds, Job, Recalls, Shows, Status
from studio.providers.catalogue import catalogue
from studio.providers.runway import Account, Runway
from tests.clips import ffmpeg, make_clip
from tests.fakes.runway import FakeRunway
from tests.fakes.server import Reply
from tests.providers.asking import body, clip, prompt, resolved, take

NO_KEY = Runway(environ={})
ROWS = {row.name: row for row in catalogue().models["runway"]}
PRICED = [name for name, row in ROWS.items() if row.prices]
GUIDED = [name for name, row in ROWS.items() if row.guide]
ENDED_ON = [name for name, row in ROWS.items() if row.last_frame or (row.from_a_still and row.from_a_still.last_frame)]


@pytest.fixture
def fake() -> Iterator[FakeRunway]:
    with FakeRunway(clip()) as server:
        yield server


@pytest.fixture
def still(tmp_path: Path) -> str:
    import numpy as np

    path = tmp_path / "still.png"
    write_still(np.full((72, 128, 3), 99, np.uint8), path)
    return str(path)


def provider(fake: FakeRunway, **environ: str) -> Runway:
    return Runway({"base_url": fake.url}, {"RUNWAYML_API_SECRET": fake.key, **environ})


def run(work: Any, *providers: Runway) -> Any:
    async def whole() -> Any:
        try:
            return await work
        finally:
            for each in providers:
                await each.aclose()

    return asyncio.run(whole())


def sent(fake: FakeRunway, model: str = "", **asked: Any) -> tuple[Runway, Job]:
    """A task that Runway has."""
    maker = provider(fake)
    request = resolved(maker, model, **asked)
    return maker, run(maker.submit(request, take(request)), maker)


def polled(fake: FakeRunway, **asked: Any) -> Status:
    maker, job = sent(fake, **asked)
    return run(maker.poll(job), maker)


def payload(model: str = "", words: Any = None, **asked: Any) -> Any:
    return json.loads(resolved(NO_KEY, model, words, **asked).payload_json)


# what is sent


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


# sending


def test_a_task_is_made_polled_and_fetched(fake: FakeRunway, tmp_path: Path) -> None:
    maker, job = sent(fake)
    status = run(maker.poll(job), maker)
    assert status == Status("ready", progress=1.0, cost_micro_usd=600_000)
    run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert (tmp_path / "clip.mp4").read_bytes() == clip()
    assert status.cost_micro_usd == fake.bill_micro_usd
    (create,) = fake.calls_to("create")
    assert create.headers["Authorization"] == f"Bearer {fake.key}"
    assert create.headers["X-Runway-Version"] == "2024-11-06"


def test_the_clip_is_fetched_without_the_key(fake: FakeRunway, tmp_path: Path) -> None:
    maker, job = sent(fake)
    run(maker.download(job, tmp_path / "clip.mp4"), maker)
    (fetched,) = fake.calls_to("content")
    assert "Authorization" not in fetched.headers


def test_a_still_travels_as_a_data_uri_and_the_log_holds_no_path(fake: FakeRunway, still: str) -> None:
    _, job = sent(fake, first_frame=still)
    uri = fake.calls_to("create")[0].json()["promptImage"][0]["uri"]
    assert uri == "data:image/png;base64," + base64.b64encode(Path(still).read_bytes()).decode()
    assert still not in job.request.payload_json


def test_a_guide_travels_shortened_to_the_take(fake: FakeRunway, tmp_path: Path) -> None:
    guide = make_clip(tmp_path / "guide.mp4", frames=144)
    sent(fake, "seedance2", guide=str(guide), frames=96)
    uri = fake.calls_to("create")[0].json()["referenceVideos"][0]["uri"]
    assert uri.startswith("data:video/mp4;base64,")
    short = tmp_path / "sent.mp4"
    short.write_bytes(base64.b64decode(uri.partition(",")[2]))
    from studio.media import probe

    assert probe(short).frames == 96


def test_a_guide_that_is_too_large_to_be_read_is_made_smaller(fake: FakeRunway, tmp_path: Path) -> None:
    guide = tmp_path / "guide.mp4"
    noise = "nullsrc=size=960x540:rate=24,geq=random(1)*255:128:128"
    ffmpeg("-f", "lavfi", "-i", noise, "-frames:v", 6, "-c:v", "libx264", "-qp", 1, "-pix_fmt", "yuv420p", guide)
    assert guide.stat().st_size > 3_300_000
    sent(fake, "seedance2", guide=str(guide))
    uri = fake.calls_to("create")[0].json()["referenceVideos"][0]["uri"]
    assert len(uri) < 5_000_000


def test_a_still_that_is_gone_is_told_and_nothing_is_sent(fake: FakeRunway) -> None:
    with pytest.raises(NotFound, match=r"the first frame lost\.png is not there"):
        sent(fake, first_frame="/nowhere/lost.png")
    assert not fake.calls


def test_the_dry_run_is_the_exact_request_with_the_key_hidden() -> None:
    maker = Runway(environ={"RUNWAYML_API_SECRET": "key_canary"})
    request = resolved(maker, first_frame="still.png")
    assert maker.shown(request) == (
        "POST https://api.dev.runwayml.com/v1/image_to_video\n"
        "X-Runway-Version: 2024-11-06\n"
        "Authorization: Bearer ••••\n"
        "\n" + json.dumps(body(request), ensure_ascii=False, indent=2)
    )


def test_without_a_key_nothing_is_sent(fake: FakeRunway) -> None:
    maker = Runway({"base_url": fake.url}, {})
    request = resolved(maker)
    with pytest.raises(Paused, match="set the environment variable RUNWAYML_API_SECRET"):
        run(maker.submit(request, take(request)), maker)
    assert not fake.calls


def test_the_sdks_own_variable_names_another_address(fake: FakeRunway) -> None:
    maker = Runway(environ={"RUNWAYML_API_SECRET": fake.key, "RUNWAYML_BASE_URL": fake.url})
    request = resolved(maker)
    run(maker.submit(request, take(request)), maker)
    assert len(fake.jobs) == 1


@pytest.mark.parametrize(
    ("fault", "error", "words", "made"),
    [
        ("reset while sending", Unanswered, "cannot be heard", 0),
        ("unavailable", Busy, "is busy", 0),
        ("busy 7", Busy, "is busy", 0),
        ("busy", Paused, "makes no more today", 0),
        ("no credit", Paused, "wants money first: You do not have enough credits", 0),
        ("bad key", Paused, "does not accept the key in RUNWAYML_API_SECRET", 0),
        ("bad gateway before", Unanswered, "answered with status 502", 0),
        ("lost", Unanswered, "cannot be heard", 1),
        ("reset", Unanswered, "cannot be heard", 1),
        ("half json", Unanswered, "no JSON", 1),
        ("no json", Unanswered, "no JSON", 1),
        ("bad gateway", Unanswered, "answered with status 502", 1),
    ],
)
def test_what_an_answer_to_a_submit_means(
    fake: FakeRunway, fault: str, error: type[Exception], words: str, made: int
) -> None:
    fake.script("create", fault)
    with pytest.raises(error, match=words) as caught:
        sent(fake)
    assert type(caught.value) is error
    assert len(fake.jobs) == made
    assert fake.key not in str(caught.value)


def test_a_busy_server_says_how_long_to_wait(fake: FakeRunway) -> None:
    fake.script("create", "busy 7")
    with pytest.raises(Busy) as caught:
        sent(fake)
    assert caught.value.wait_s == 7


def test_a_daily_limit_stops_the_batch_and_is_no_wait(fake: FakeRunway) -> None:
    fake.a_day = 1
    sent(fake)
    with pytest.raises(Paused, match=r"makes no more today: Your daily task limit has been reached\."):
        sent(fake)


def test_credit_that_runs_out_stops_the_batch(fake: FakeRunway) -> None:
    fake.credits = 100
    sent(fake)
    with pytest.raises(Paused, match="wants money first"):
        sent(fake)
    assert fake.credits == 40


def test_a_wrong_field_is_told_by_its_name(fake: FakeRunway) -> None:
    maker = provider(fake)
    request = resolved(maker)
    wrong = replace(request, payload_json=request.payload_json.replace("Two teenagers", "").replace("promptText", "p"))
    with pytest.raises(ProviderError, match="Validation of body failed · promptText · Required") as caught:
        run(maker.submit(wrong, take(request)), maker)
    assert type(caught.value) is ProviderError


def test_no_connection_is_surely_not_sent() -> None:
    maker = Runway({"base_url": "http://127.0.0.1:9"}, {"RUNWAYML_API_SECRET": "key_canary"})
    request = resolved(maker)
    with pytest.raises(NotSent) as caught:
        run(maker.submit(request, take(request)), maker)
    assert "key_canary" not in str(caught.value)


@pytest.mark.parametrize("answer", [{}, {"id": ""}, {"id": 7}, [], "done"])
def test_an_answer_without_a_task_leaves_it_open(
    fake: FakeRunway, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake, "_create", lambda call: Reply(200, answer))
    with pytest.raises(Unanswered, match="named no task"):
        sent(fake)


# waiting


def test_throttled_waits_and_is_no_failure(fake: FakeRunway) -> None:
    fake.hold_s, fake.at_once = 60, 1
    maker, first = sent(fake)
    second = sent(fake)[1]
    assert run(maker.poll(first), maker).state == "running"
    assert run(maker.poll(second), maker) == Status("running", "waits for a free place at Runway")


def test_progress_is_a_share(fake: FakeRunway) -> None:
    fake.hold_s = 60
    status = polled(fake)
    assert status.progress is not None
    assert 0 <= status.progress < 1


@pytest.mark.parametrize("progress", [None, "half", True, float("nan"), float("inf")])
def test_progress_that_is_none_is_not_told(fake: FakeRunway, progress: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "task", lambda job: {"id": job.id, "status": "RUNNING", "progress": progress})
    assert polled(fake).progress is None


def test_an_unknown_word_runs_on_and_is_told(fake: FakeRunway) -> None:
    fake.words = {"SUCCEEDED": "POLISHING"}
    assert polled(fake) == Status("running", "Runway calls it POLISHING")


@pytest.mark.parametrize(
    ("code", "state", "words"),
    [
        ("SAFETY.INPUT.TEXT", "refused", "(SAFETY.INPUT.TEXT)"),
        ("SAFETY.OUTPUT.VIDEO", "refused", "(SAFETY.OUTPUT.VIDEO)"),
        ("INPUT_PREPROCESSING.SAFETY.TEXT", "refused", "(INPUT_PREPROCESSING.SAFETY.TEXT)"),
        ("INPUT_PREPROCESSING.INTERNAL", "failed", "it may work later"),
        ("INTERNAL.BAD_OUTPUT.CODE01", "failed", "words or graphics in a still are the usual cause"),
        ("INTERNAL", "failed", "it may work later"),
        ("THIRD_PARTY.UNAVAILABLE", "failed", "it may work later"),
        ("ASSET.INVALID", "failed", "(ASSET.INVALID)"),
        ("SOMETHING.NEW", "failed", "(SOMETHING.NEW)"),
        (None, "failed", "(no code); it may work later"),
    ],
)
def test_a_failure_is_told_by_the_beginning_of_its_code(
    fake: FakeRunway, code: str | None, state: str, words: str
) -> None:
    fake.failures["fails"] = (code, "An unexpected error occurred.", 0)
    fake.script("fate", "fails")
    status = polled(fake)
    assert status.state == state
    assert words in status.note
    assert status.cost_micro_usd == 0


def test_a_moderated_task_costs_what_runway_says(fake: FakeRunway) -> None:
    fake.failures["is refused"] = ("SAFETY.INPUT.TEXT", "The input was rejected by moderation.", 60)
    fake.script("fate", "is refused")
    status = polled(fake)
    assert (status.state, status.cost_micro_usd) == ("refused", 600_000)


@pytest.mark.parametrize("cost", [None, {}, {"credits": None}, {"credits": -5}, {"credits": True}, {"credits": "60"}])
def test_a_bill_that_cannot_be_believed_is_none(fake: FakeRunway, cost: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "task", lambda job: {"id": job.id, "status": "SUCCEEDED", "cost": cost, "output": ["x"]})
    assert polled(fake).cost_micro_usd is None


def test_part_of_a_credit_is_counted(fake: FakeRunway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "task", lambda job: {"status": "SUCCEEDED", "cost": {"credits": 20.4}, "output": ["x"]})
    assert polled(fake).cost_micro_usd == 204_000


def test_a_task_that_runway_does_not_know_is_gone(fake: FakeRunway) -> None:
    maker, job = sent(fake)
    assert run(maker.poll(replace(job, id="no-such-task")), maker).state == "gone"


def test_an_id_never_becomes_another_address(fake: FakeRunway) -> None:
    maker, job = sent(fake)
    odd = maker.recall(" ../organization ", job.request, job.take)
    assert run(maker.poll(odd), maker).state == "gone"
    assert not fake.calls_to("account")
    with pytest.raises(BadInput, match="is no job of Runway"):
        maker.recall("two words", job.request, job.take)


@pytest.mark.parametrize(
    ("fault", "error"),
    [("busy 3", Busy), ("bad gateway", Busy), ("lost", Unanswered), ("half json", Unanswered), ("bad key", Paused)],
)
def test_a_poll_that_cannot_be_heard_is_no_verdict(fake: FakeRunway, fault: str, error: type[Exception]) -> None:
    maker, job = sent(fake)
    fake.script("poll", fault)
    with pytest.raises(error):
        run(maker.poll(job), maker)
    assert run(maker.poll(job), maker).state == "ready"


def test_an_answer_that_is_no_task_is_asked_for_again(fake: FakeRunway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "task", lambda job: ["task"])
    with pytest.raises(Unanswered, match="nothing that can be read"):
        polled(fake)


# fetching


def test_an_address_that_expired_is_asked_for_anew(fake: FakeRunway, tmp_path: Path) -> None:
    maker, job = sent(fake)

    async def late() -> str:
        address = await maker.address(job)
        fake.expire()
        return address.url

    old = run(late(), maker)
    run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert (tmp_path / "clip.mp4").read_bytes() == clip()
    assert old.rpartition("=")[2] not in fake.good


def test_a_signed_address_is_in_no_repr(fake: FakeRunway) -> None:
    maker, job = sent(fake)
    assert "_jwt" not in repr(run(maker.address(job), maker))


@pytest.mark.parametrize("fault", ["expired", "cut 1000", "bad gateway"])
def test_a_fetch_that_fails_once_goes_on(fake: FakeRunway, tmp_path: Path, fault: str) -> None:
    maker, job = sent(fake)
    fake.script("content", fault)
    run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert (tmp_path / "clip.mp4").read_bytes() == clip()


def test_done_without_a_clip_is_a_refusal(fake: FakeRunway, tmp_path: Path) -> None:
    fake.script("fate", "has nothing")
    maker, job = sent(fake)
    with pytest.raises(Refused, match="has no clip"):
        run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert not (tmp_path / "clip.mp4").exists()


def test_a_task_that_is_not_done_after_all_is_fetched_later(fake: FakeRunway, tmp_path: Path) -> None:
    fake.hold_s = 60
    maker, job = sent(fake)
    with pytest.raises(NotFetched, match="its task is RUNNING"):
        run(maker.download(job, tmp_path / "clip.mp4"), maker)


# cancelling


def test_a_task_that_runs_is_cancelled_and_its_end_is_polled(fake: FakeRunway) -> None:
    fake.hold_s = 60
    maker, job = sent(fake)
    assert run(maker.cancel(job), maker) == "asked"
    assert run(maker.poll(job), maker) == Status("cancelled", "cancelled at Runway", cost_micro_usd=0)


def test_a_clip_that_is_made_is_never_deleted_by_a_cancel(fake: FakeRunway) -> None:
    maker, job = sent(fake)
    assert run(maker.cancel(job), maker) == "too late"
    assert not fake.calls_to("cancel")
    assert run(maker.poll(job), maker).state == "ready"


# the account


def test_the_account_tells_credit_and_limits_and_costs_nothing(fake: FakeRunway) -> None:
    fake.a_day, fake.at_once = 50, 3
    maker, _ = sent(fake)
    found = run(maker.account(), maker)
    assert found == Account(99_940 * 10_000, {"gen4.5": 3}, {"gen4.5": 50}, {"gen4.5": 1})


def test_a_model_without_a_limit_has_none(fake: FakeRunway) -> None:
    maker = provider(fake)
    assert run(maker.account(), maker).a_day == {"gen4.5": None}


def test_a_wrong_key_is_found_out_by_asking_for_the_account(fake: FakeRunway) -> None:
    maker = Runway({"base_url": fake.url}, {"RUNWAYML_API_SECRET": "key_wrong"})
    with pytest.raises(Paused, match="does not accept the key"):
        run(maker.account(), maker)


# secrets


def test_the_key_is_in_no_log_no_message_and_no_repr(fake: FakeRunway, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    maker, job = sent(fake)
    fake.script("create", "bad key")  # its answer repeats the key
    with pytest.raises(Paused) as caught:
        sent(fake)
    for text in (repr(maker), repr(job), str(caught.value), caplog.text, maker.shown(job.request)):
        assert fake.key not in text
