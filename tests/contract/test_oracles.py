"""What the official SDKs put on the wire: the facts that our adapters are built on, asked of the SDKs themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contract import oracles, shapes
from tests.contract.recorder import Answer, Recorded, Recorder

KEY = "key-for-the-oracles"
PNG = b"\x89PNG\r\n\x1a\n"
BEARER = {"authorization": f"Bearer {KEY}"}
FAL_KEY = {"authorization": f"Key {KEY}"}
RUNWAY = {**BEARER, "x-runway-version": "2024-11-06"}
GOOGLE = {"x-goog-api-key": KEY}

pytestmark = pytest.mark.contract


@pytest.fixture(autouse=True)
def _sdks(require: Callable[[str], str]) -> None:
    require("contract")


def sent(answer: Any, oracle: Callable[..., None], *given: Any, **named: Any) -> Recorded:
    """The one request of an oracle that is answered so."""
    with Recorder([answer if isinstance(answer, Answer) else Answer(answer)]) as recorder:
        oracle(recorder.url, KEY, *given, **named)
        return recorder.only()


def carries(request: Recorded, headers: dict[str, str]) -> bool:
    return {name: request.headers.get(name) for name in headers} == headers


def line(request: Recorded) -> tuple[str, str]:
    return request.method, request.path


# /v1/videos


def test_openai_sends_a_form_whether_or_not_there_is_a_still(tmp_path: Path) -> None:
    still = tmp_path / "first.png"
    still.write_bytes(PNG)
    bare = sent(shapes.video("v"), oracles.openai_create, prompt="a cat", model="wan2.2")
    full = sent(
        shapes.video("v"), oracles.openai_create, prompt="a cat", model="wan2.2", seconds="4", size="1280x720",
        input_reference=still,
    )  # fmt: skip
    for request in (bare, full):
        assert line(request) == ("POST", "/v1/videos")
        assert request.kind == "multipart/form-data"
        assert carries(request, BEARER)
        assert "idempotency-key" not in request.headers
    assert bare.fields == {"prompt": ["a cat"], "model": ["wan2.2"]}
    assert bare.files == []
    assert full.fields == {"prompt": ["a cat"], "model": ["wan2.2"], "seconds": ["4"], "size": ["1280x720"]}
    assert [(file.field, file.name, file.kind, file.content) for file in full.files] == [
        ("input_reference", "first.png", "image/png", PNG)
    ]


def test_openai_sends_what_it_does_not_know_as_further_fields() -> None:
    extra = {"seed": 7, "generate_sound": True, "guidance_scale": 3.5, "extra_params": '{"a":1}', "avoid": None}
    request = sent(shapes.video("v"), oracles.openai_create, prompt="a", model="m", extra=extra)
    del request.fields["prompt"], request.fields["model"]
    assert request.fields == {
        "seed": ["7"], "generate_sound": ["true"], "guidance_scale": ["3.5"], "extra_params": ['{"a":1}']
    }  # fmt: skip


def test_openai_writes_objects_in_a_form_with_brackets_so_a_server_that_wants_json_gets_it_as_text() -> None:
    extra = {"extra_params": {"a": 1}, "tags": [1, 2]}
    request = sent(shapes.video("v"), oracles.openai_create, prompt="a", model="m", extra=extra)
    assert request.fields["extra_params[a]"] == ["1"]
    assert request.fields["tags[]"] == ["1", "2"]


def test_openai_polls_lists_deletes_and_downloads() -> None:
    page = shapes.video_list(shapes.video("v"))
    polled = sent(shapes.video("v", "completed"), oracles.openai_get, "video_a/b==")
    listed = sent(page, oracles.openai_list, limit=2, order="desc", after="u")
    deleted = sent(shapes.video_deleted("v"), oracles.openai_delete, "v")
    fetched = sent(Answer(b"mp4"), oracles.openai_content, "v")
    remixed = sent(shapes.video("w"), oracles.openai_remix, "v", "at night")
    assert line(polled) == ("GET", "/v1/videos/video_a%2Fb==")
    assert line(listed) == ("GET", "/v1/videos")
    assert dict(listed.query) == {"limit": "2", "order": "desc", "after": "u"}
    assert line(deleted) == ("DELETE", "/v1/videos/v")
    assert line(fetched) == ("GET", "/v1/videos/v/content")
    assert fetched.headers["accept"] == "application/binary"
    assert (line(remixed), remixed.json) == (("POST", "/v1/videos/v/remix"), {"prompt": "at night"})
    assert all(carries(request, BEARER) for request in (polled, listed, deleted, fetched, remixed))


# Runway


def test_runway_writes_its_fields_in_camel_case_and_names_its_version() -> None:
    request = sent(
        shapes.runway_created("t"), oracles.runway_text_to_video,
        model="gen4.5", prompt_text="a cat", ratio="1280:720", duration=5, seed=3, output_format="prores",
        prores_profile="proxy", content_moderation={"public_figure_threshold": "low"},
    )  # fmt: skip
    assert line(request) == ("POST", "/v1/text_to_video")
    assert carries(request, RUNWAY)
    assert request.json == {
        "model": "gen4.5", "promptText": "a cat", "ratio": "1280:720", "duration": 5, "seed": 3,
        "outputFormat": "prores", "proresProfile": "proxy", "contentModeration": {"publicFigureThreshold": "low"},
    }  # fmt: skip


def test_runway_takes_one_still_as_text_and_two_as_a_list_with_positions() -> None:
    common = {"prompt_text": "a", "ratio": "1280:720"}
    one = sent(
        shapes.runway_created("t"), oracles.runway_image_to_video, model="gen4_turbo", duration=5,
        prompt_image="data:image/png;base64,AA", **common,
    )  # fmt: skip
    stills = [{"uri": "https://x/a.png", "position": "first"}, {"uri": "https://x/b.png", "position": "last"}]
    two = sent(
        shapes.runway_created("t"), oracles.runway_image_to_video, model="veo3.1", duration=4, audio=False,
        negative_prompt="text", prompt_image=stills, **common,
    )  # fmt: skip
    assert line(one) == line(two) == ("POST", "/v1/image_to_video")
    assert one.json["promptImage"] == "data:image/png;base64,AA"
    assert two.json["promptImage"] == stills
    assert (two.json["audio"], two.json["negativePrompt"]) == (False, "text")


def test_runway_takes_a_clip_as_prompt_video_and_sound_by_the_same_protocol() -> None:
    clip = sent(
        shapes.runway_created("t"), oracles.runway_video_to_video, model="seedance2", prompt_text="a",
        prompt_video="https://x/v.mp4",
    )  # fmt: skip
    sound = sent(
        shapes.runway_created("t"), oracles.runway_sound_effect, model="eleven_text_to_sound_v2", prompt_text="pop",
        duration=2, loop=False,
    )  # fmt: skip
    assert (line(clip), clip.json["promptVideo"]) == (("POST", "/v1/video_to_video"), "https://x/v.mp4")
    assert line(sound) == ("POST", "/v1/sound_effect")
    assert sound.json == {"model": "eleven_text_to_sound_v2", "promptText": "pop", "duration": 2, "loop": False}


def test_runway_polls_deletes_and_tells_the_balance() -> None:
    ended = shapes.runway_task("t", "SUCCEEDED", output=["https://x/v.mp4"])
    polled = sent(ended, oracles.runway_task, "t")
    deleted = sent(Answer(status=204), oracles.runway_delete, "t")
    balance = sent(shapes.runway_organization(500, {"gen4.5": (1, 50, 2)}), oracles.runway_organization)
    assert (line(polled), polled.query) == (("GET", "/v1/tasks/t"), ())
    assert line(deleted) == ("DELETE", "/v1/tasks/t")
    assert line(balance) == ("GET", "/v1/organization")
    assert all(carries(request, RUNWAY) for request in (polled, deleted, balance))


def test_runway_has_no_camera_field() -> None:
    with pytest.raises(TypeError, match="camera"):
        oracles.runway_text_to_video("http://127.0.0.1:9", KEY, model="gen4.5", prompt_text="a", camera="dolly_in")


# Gemini


def test_gemini_starts_an_interaction_in_the_background() -> None:
    words = sent(shapes.interaction("v1_x"), oracles.gemini_create, model="gemini-omni-1.1-flash", input="a cat")
    body = {
        "model": "gemini-omni-1.1-flash",
        "input": [
            {
                "type": "user_input",
                "content": [
                    {"type": "text", "text": "a cat"},
                    {"type": "image", "mime_type": "image/png", "data": "AAAA"},
                    {"type": "video", "mime_type": "video/mp4", "data": "AAAA"},
                ],
            }
        ],
        "generation_config": {"seed": 3, "video_config": {"task": "image_to_video"}},
        "response_format": [
            {"type": "video", "aspect_ratio": "16:9", "resolution": "720p", "duration": "8s", "delivery": "uri"}
        ],
        "store": True,
    }
    full = sent(shapes.interaction("v1_x"), oracles.gemini_create, **body)
    for request in (words, full):
        assert line(request) == ("POST", "/v1/interactions")
        assert carries(request, GOOGLE)
        assert "authorization" not in request.headers
        assert request.query == ()
    assert words.json == {"model": "gemini-omni-1.1-flash", "input": "a cat", "background": True}
    assert full.json == {**body, "background": True}


def test_gemini_polls_cancels_and_deletes() -> None:
    for answer in (
        shapes.interaction_with_video("v1_x", "https://x/v1beta/files/f:download?alt=media"),
        shapes.interaction_refused("v1_x", "I cannot make that."),
    ):
        polled = sent(answer, oracles.gemini_get, "v1_x")
        assert (line(polled), polled.query) == (("GET", "/v1/interactions/v1_x"), (("stream", "false"),))
    cancelled = sent(shapes.interaction("v1_x", "cancelled"), oracles.gemini_cancel, "v1_x")
    deleted = sent({}, oracles.gemini_delete, "v1_x")
    assert (line(cancelled), cancelled.raw) == (("POST", "/v1/interactions/v1_x/cancel"), b"")
    assert line(deleted) == ("DELETE", "/v1/interactions/v1_x")
    assert all(carries(request, GOOGLE) for request in (polled, cancelled, deleted))


def test_gemini_refuses_an_unknown_field_and_lets_one_inside_a_configuration_through() -> None:
    with pytest.raises(TypeError, match="camera"):
        oracles.gemini_create("http://127.0.0.1:9", KEY, model="m", input="a", camera="dolly_in")
    config = {"video_config": {"task": "text_to_video", "camera": "dolly_in"}}
    request = sent(shapes.interaction("v1_x"), oracles.gemini_create, model="m", input="a", generation_config=config)
    assert request.json["generation_config"] == config


# fal

PIKA = "fal-ai/pika/v2.2/text-to-video"


def test_fal_sends_the_arguments_bare_to_the_whole_model_id() -> None:
    arguments = {
        "prompt": "a", "duration": 5, "camera_lora": "dolly_in", "camera_lora_scale": 1.0, "seed": None,
        "camera_trajectory": [{"time": 0, "azimuth": 0, "elevation": 0, "distance": 1}],
    }  # fmt: skip
    request = sent(shapes.fal_submitted("https://queue.fal.run", PIKA, "r"), oracles.fal_submit, PIKA, arguments)
    assert line(request) == ("POST", f"/{PIKA}")
    assert carries(request, FAL_KEY)
    assert request.json == arguments


def test_fal_asks_about_a_request_under_owner_and_app_alone() -> None:
    queued = sent(Answer(shapes.fal_status(), 202), oracles.fal_status, PIKA, "r")
    cancelled = sent(Answer({"status": "CANCELLATION_REQUESTED"}, 202), oracles.fal_cancel, PIKA, "r")
    with Recorder([Answer(shapes.fal_status("COMPLETED")), Answer(shapes.fal_video("https://x/v.mp4"))]) as recorder:
        oracles.fal_result(recorder.url, KEY, PIKA, "r")
    polled, fetched = recorder.requests
    assert line(queued) == line(polled) == ("GET", "/fal-ai/pika/requests/r/status")
    assert queued.query == (("logs", "false"),)
    assert (line(fetched), fetched.query) == (("GET", "/fal-ai/pika/requests/r"), ())
    assert line(cancelled) == ("PUT", "/fal-ai/pika/requests/r/cancel")
    assert all(carries(request, FAL_KEY) for request in (queued, cancelled, polled, fetched))


# Replicate


def test_replicate_wraps_the_input_and_does_not_wait() -> None:
    made = shapes.prediction("https://api.replicate.com", "p")
    given = {"prompt": "a", "camera_motion": "dolly_in", "duration": 6}
    request = sent(made, oracles.replicate_create, "lightricks/ltx-2.3-fast", given)
    assert line(request) == ("POST", "/v1/models/lightricks/ltx-2.3-fast/predictions")
    assert carries(request, BEARER)
    assert request.json == {"input": given}
    assert "prefer" not in request.headers


def test_replicate_polls_cancels_and_lists() -> None:
    done = shapes.prediction("https://api.replicate.com", "p", "succeeded", output="https://x/v.mp4")
    polled = sent(done, oracles.replicate_get, "p")
    cancelled = sent({**done, "status": "canceled"}, oracles.replicate_cancel, "p")
    listed = sent(shapes.predictions(done), oracles.replicate_list)
    assert line(polled) == ("GET", "/v1/predictions/p")
    assert (line(cancelled), cancelled.raw) == (("POST", "/v1/predictions/p/cancel"), b"")
    assert (line(listed), listed.query) == (("GET", "/v1/predictions"), ())
    assert all(carries(request, BEARER) for request in (polled, cancelled, listed))


def test_replicate_s_own_sdk_cannot_read_an_aborted_prediction() -> None:
    with pytest.raises(ValueError, match="aborted"):
        sent(shapes.prediction("https://api.replicate.com", "p", "aborted"), oracles.replicate_get, "p")


# Luma


def test_luma_agents_sends_a_local_still_inside_the_video_options() -> None:
    body = {
        "prompt": "a", "model": "ray-3.2", "type": "video", "aspect_ratio": "16:9",
        "video": {
            "resolution": "720p", "duration": "5s", "loop": False,
            "start_frame": {"data": "AAAA", "media_type": "image/png"}, "end_frame": {"generation_id": "g0"},
        },
    }  # fmt: skip
    request = sent(Answer(shapes.luma_generation("g"), 201), oracles.luma_agents_create, **body)
    assert line(request) == ("POST", "/v1/generations")
    assert carries(request, BEARER)
    assert request.json == body
    polled = sent(shapes.luma_generation("g", "completed", "https://x/v.mp4"), oracles.luma_agents_get, "g")
    assert line(polled) == ("GET", "/v1/generations/g")


def test_luma_agents_has_no_concepts() -> None:
    with pytest.raises(TypeError, match="concepts"):
        oracles.luma_agents_create("http://127.0.0.1:9", KEY, prompt="a", concepts=[{"key": "push_in"}])


def test_dream_machine_takes_the_camera_as_concepts() -> None:
    body = {
        "model": "ray-2", "prompt": "a", "aspect_ratio": "16:9", "duration": "5s", "resolution": "720p", "loop": False,
        "concepts": [{"key": "push_in"}],
        "keyframes": {"frame0": {"type": "generation", "id": "g0"}, "frame1": {"type": "image", "url": "https://x"}},
    }  # fmt: skip
    request = sent(Answer(shapes.dream_generation("g"), 201), oracles.luma_dream_create, **body)
    assert line(request) == ("POST", "/dream-machine/v1/generations/video")
    assert carries(request, BEARER)
    assert request.json == body


def test_dream_machine_polls_lists_deletes_and_tells_its_concepts() -> None:
    done = shapes.dream_generation("g", "completed", "https://x/v.mp4")
    at = "/dream-machine/v1/generations"
    listed = sent(shapes.dream_list(done), oracles.luma_dream_list, limit=10, offset=0)
    assert line(sent(done, oracles.luma_dream_get, "g")) == ("GET", f"{at}/g")
    assert (line(listed), dict(listed.query)) == (("GET", at), {"limit": "10", "offset": "0"})
    assert line(sent(Answer(status=204), oracles.luma_dream_delete, "g")) == ("DELETE", f"{at}/g")
    assert line(sent(["push_in"], oracles.luma_dream_concepts)) == ("GET", f"{at}/concepts/list")


# ElevenLabs


def test_elevenlabs_puts_the_format_into_the_query_and_leaves_out_what_is_not_given() -> None:
    body = {
        "text": "a bubble pops", "duration_seconds": 2.5, "prompt_influence": 0.3, "loop": True,
        "model_id": "eleven_text_to_sound_v2",
    }  # fmt: skip
    full = sent(Answer(b"mp3"), oracles.elevenlabs_sound, output_format="mp3_44100_128", **body)
    bare = sent(Answer(b"mp3"), oracles.elevenlabs_sound, text="pop")
    for request in (full, bare):
        assert line(request) == ("POST", "/v1/sound-generation")
        assert carries(request, {"xi-api-key": KEY})
        assert "authorization" not in request.headers
    assert (full.query, full.json) == ((("output_format", "mp3_44100_128"),), body)
    assert (bare.query, bare.json) == ((), {"text": "pop"})
