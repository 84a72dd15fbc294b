"""What Luma's two services are sent, what it costs, and a take's way at either."""

from __future__ import annotations

import base64
import json
import logging
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.errors import BadInput, Busy, NotFetched, NotFound, NotSent, Paused, ProviderError, Refused, Unanswered
from studio.media import write_still
from studio.providers import Cancels, Closes, Finds, Prepares, Recalls, Shows, Status, provider
from studio.providers.luma import Luma
from tests.fakes.luma import FakeLuma
from tests.fakes.server import Reply
from tests.providers.asking import body, clip, prompt, resolved, take
from tests.providers.luma.making import BOTH, NO_KEY, maker_for, polled, refused_submit, run, sent

# what is sent


def test_one_provider_has_the_models_of_both_services_and_the_row_says_which_is_asked() -> None:
    assert NO_KEY.capabilities.models == ("ray-3.2", "ray-2", "ray-flash-2")
    assert isinstance(provider("luma"), Luma)
    services = {model: json.loads(resolved(NO_KEY, model).payload_json)["service"] for model in ("", *BOTH)}
    assert services == {"": "luma", "ray-3.2": "luma", "ray-2": "luma_dream_machine"}
    assert {resolved(NO_KEY, model).provider for model in BOTH} == {"luma"}
    assert NO_KEY.shown(resolved(NO_KEY, "ray 3.2")).startswith("POST https://agents.lumalabs.ai/v1/generations\n")
    assert NO_KEY.shown(resolved(NO_KEY, "ray 2 flash")).startswith(
        "POST https://api.lumalabs.ai/dream-machine/v1/generations/video\n"
    )


def test_ray_3_2_is_sent_its_video_options_apart() -> None:
    request = resolved(NO_KEY, frames=96, size=(1920, 800))
    assert body(request) == {
        "model": "ray-3.2", "type": "video", "prompt": "Push in. Two teenagers in a corridor.", "aspect_ratio": "21:9",
        "video": {"resolution": "1080p", "duration": "5s"},
    }  # fmt: skip
    assert (request.frames, request.rate, request.width, request.height) == (120, 24, 2520, 1080)
    assert request.dropped == (
        "ray-3.2 at luma makes 5 s where 4 s were asked for",
        "ray-3.2 at luma makes 2520×1080 where 1920×800 were asked for",
        "ray-3.2 at luma takes no seed: the same words give another clip each time",
        "the price of ray-3.2 was read where others quote Luma's page of prices, not on that page",
    )


def test_what_ray_3_2_cannot_take_has_its_sentence() -> None:
    request = resolved(NO_KEY, words=prompt(avoid="text"), rate=Fraction(25), frames=400)
    assert set(request.dropped) >= {
        "ray-3.2 at luma makes 24 frames per second: the film's 25 come from them in the cut",
        "ray-3.2 at luma makes 10 s where 16 s were asked for",
        "ray-3.2 at luma takes no avoid words: dropped “text”",
    }
    with pytest.raises(
        BadInput, match=r"ray-3\.2 at luma takes no guide: choose another model, or leave the guide out"
    ):
        resolved(NO_KEY, guide="07A-002.mp4")


STILL = {"as": "data and media type"}
FIRST, LAST = {"$file": "first_frame", **STILL}, {"$file": "last_frame", **STILL}


@pytest.mark.parametrize(
    ("frames", "files", "video"),
    [
        (120, {"first_frame": "a.png"}, {"start_frame": FIRST}),
        (120, {"last_frame": "b.png"}, {"end_frame": LAST}),
        (120, {"first_frame": "a.png", "last_frame": "b.png"}, {"start_frame": FIRST, "end_frame": LAST}),
        (240, {"first_frame": "a.png"}, {"keyframes": [FIRST], "keyframe_indexes": [0]}),
        (240, {"last_frame": "b.png"}, {"keyframes": [LAST], "keyframe_indexes": [240]}),
        (
            240,
            {"first_frame": "a.png", "last_frame": "b.png"},
            {"keyframes": [FIRST, LAST], "keyframe_indexes": [0, 240]},
        ),
        (240, {}, {}),
    ],
)
def test_stills_are_ends_of_a_clip_of_five_seconds_and_keyframes_of_one_of_ten(
    frames: int, files: dict[str, str], video: dict[str, Any]
) -> None:
    made = body(resolved(NO_KEY, frames=frames, **files))["video"]
    assert made == {"resolution": "720p", "duration": f"{frames // 24}s", **video}


def test_a_still_travels_inside_the_request(fake: FakeLuma, tmp_path: Path) -> None:
    still = tmp_path / "first.png"
    write_still(np.full((72, 128, 3), 90, np.uint8), still)
    for frames in (120, 240):
        sent(fake, frames=frames, first_frame=str(still), last_frame=str(still))
    ref = {"data": base64.b64encode(still.read_bytes()).decode(), "media_type": "image/png"}
    ends, keyframes = (call.json()["video"] for call in fake.calls_to("create"))
    assert (ends["start_frame"], ends["end_frame"]) == (ref, ref)
    assert keyframes["keyframes"] == [ref, ref]


@pytest.mark.parametrize(
    ("lines", "frames", "usd"),
    [
        (360, 120, "0.15"), (360, 240, "0.45"), (540, 120, "0.15"), (540, 240, "0.45"), (720, 120, "0.30"),
        (720, 240, "0.90"), (1080, 120, "1.20"), (1080, 240, "3.60"),
    ],
)  # fmt: skip
def test_ray_3_2_is_paid_by_the_clip(lines: int, frames: int, usd: str) -> None:
    price = NO_KEY.price(resolved(NO_KEY, frames=frames, size=(lines * 16 // 9, lines)))
    assert (price.usd, price.read_on) == (Decimal(usd), "2026-11-21")
    assert (lines == 360) == ("that of 540p" in price.source)


def test_of_dream_machine_no_price_is_known() -> None:
    with pytest.raises(BadInput, match=r"no price is known for ray-2 at luma: .*price_usd="):
        NO_KEY.price(resolved(NO_KEY, "ray-2"))


@pytest.mark.parametrize("role", ["first_frame", "last_frame"])
def test_dream_machine_takes_no_file_and_the_model_that_does_is_named(role: str) -> None:
    words = role.replace("_", " ")
    with pytest.raises(BadInput) as caught:
        resolved(NO_KEY, "ray-2", **{role: "a.png"})
    assert str(caught.value) == (
        f"ray-2 at luma takes a {words} by its address on the web alone, and this one is a file: use ray-3.2, "
        "or leave it out"
    )
    with pytest.raises(BadInput, match="ray-flash-2 at luma takes no guide"):
        resolved(NO_KEY, "ray-flash-2", guide="07A-002.mp4")


def test_a_name_that_is_no_model_of_lumas_is_told_with_the_nearest() -> None:
    with pytest.raises(NotFound, match=r"luma has no model 'ray-3\.1': the nearest is 'ray-3\.2'"):
        resolved(NO_KEY, "ray-3.1")


@pytest.mark.parametrize("model", BOTH)
def test_a_dry_run_is_the_request_with_the_key_hidden(fake: FakeLuma, model: str) -> None:
    maker = maker_for(fake)
    assert isinstance(maker, Shows)
    request = resolved(maker, model)
    head, _, text = maker.shown(request).partition("\n\n")
    url = f"{fake.agents_url}/generations" if model == "ray-3.2" else f"{fake.dream_url}/generations/video"
    assert head == f"POST {url}\nAuthorization: Bearer ••••"
    assert json.loads(text) == body(request)
    assert not fake.calls


# a take's way


@pytest.mark.parametrize("model", BOTH)
def test_a_take_is_sent_once_polled_and_fetched_without_the_key(fake: FakeLuma, model: str, tmp_path: Path) -> None:
    maker, job = sent(fake, model)
    assert run(maker.poll(job), maker) == Status("ready", progress=1.0)
    run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert (tmp_path / "clip.mp4").read_bytes() == clip()
    assert len(fake.calls_to("create")) == 1
    assert not any(fake.key in str(call.headers) for call in fake.calls_to("content"))


@pytest.mark.parametrize("model", BOTH)
def test_an_address_that_expired_is_signed_anew_and_a_cut_clip_goes_on(
    fake: FakeLuma, model: str, tmp_path: Path
) -> None:
    fake.script("content", "expired", "cut 3000", "")
    maker, job = sent(fake, model)
    run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert (tmp_path / "clip.mp4").read_bytes() == clip()
    assert len({call.query["signature"] for call in fake.calls_to("content")}) == 2


@pytest.mark.parametrize("model", BOTH)
def test_what_waits_and_what_is_made_runs_and_so_does_a_word_that_is_not_known(fake: FakeLuma, model: str) -> None:
    fake.hold_s = 60
    maker, job = sent(fake, model)
    assert run(maker.poll(job), maker) == Status("running", {"ray-3.2": "", "ray-2": "dreaming"}[model])
    fake.words = "queued"
    assert run(maker.poll(job), maker) == Status("running", "queued")
    fake.words = "pondering"
    title = {"ray-3.2": "Luma", "ray-2": "Luma Dream Machine"}[model]
    assert run(maker.poll(job), maker) == Status("running", f"{title} says pondering")


@pytest.mark.parametrize(
    "code",
    [
        "generation_failed", "budget_exhausted", "output_not_found", "image_too_large", "unsupported_format",
        "corrupt_input", "invalid_request", "rate_limited",
    ],
)  # fmt: skip
def test_a_failure_at_the_agents_api_says_its_reason_and_code(fake: FakeLuma, code: str) -> None:
    fake.failure = (code, "It broke.")
    fake.script("fate", "fails")
    assert polled(fake, "ray-3.2") == Status("failed", f"It broke. ({code})")


def test_a_failure_at_dream_machine_has_words_alone(fake: FakeLuma) -> None:
    fake.script("fate", "fails")
    assert polled(fake, "ray-2") == Status("failed", "The model broke.")
    fake.failure = ("", "")
    fake.script("fate", "fails")
    assert polled(fake, "ray-2") == Status("failed", "no reason given")


@pytest.mark.parametrize("model", BOTH)
def test_moderation_is_a_refusal(fake: FakeLuma, model: str) -> None:
    fake.script("fate", "is refused")
    status = polled(fake, model)
    assert status.state == "refused"
    assert status.note.startswith("Rejected by content moderation.")


@pytest.mark.parametrize("model", BOTH)
def test_completed_with_nothing_is_a_refusal(fake: FakeLuma, model: str, tmp_path: Path) -> None:
    fake.script("fate", "has nothing")
    maker, job = sent(fake, model)
    assert run(maker.poll(job), maker) == Status("refused", "completed without a clip")
    with pytest.raises(Refused, match="is done and has no clip"):
        run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert not (tmp_path / "clip.mp4").exists()


@pytest.mark.parametrize("model", BOTH)
def test_a_generation_that_is_not_known_is_gone_and_stays_the_films(fake: FakeLuma, model: str, tmp_path: Path) -> None:
    maker, job = sent(fake, model)
    fake.jobs.clear()
    assert run(maker.poll(job), maker).state == "gone"
    with pytest.raises(NotFetched, match="look for it there"):
        run(maker.download(job, tmp_path / "clip.mp4"), maker)


@pytest.mark.parametrize("model", BOTH)
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("half json", Unanswered), ("no json", Unanswered), ("lost", Unanswered), ("reset", Unanswered),
        ("busy 7", Busy), ("bad gateway", Busy), ("unavailable", Busy), ("bad key", Paused),
        ("no credit", ProviderError),
    ],
)  # fmt: skip
def test_a_question_without_an_answer_is_no_verdict(
    fake: FakeLuma, model: str, fault: str, kind: type[BaseException]
) -> None:
    maker, job = sent(fake, model)
    fake.script("poll", fault)
    with pytest.raises(kind) as caught:
        run(maker.poll(job), maker)
    assert type(caught.value) is kind
    assert fault != "busy 7" or caught.value.wait_s == 7
    assert run(maker.poll(job), maker).state == "ready"


def test_an_answer_of_another_shape_is_no_verdict(fake: FakeLuma) -> None:
    maker, job = sent(fake)
    for odd in ([], "done", 7):
        fake.generation = lambda job, odd=odd: odd  # type: ignore[method-assign]
        with pytest.raises(Unanswered):
            run(maker.poll(job), maker)
    for outputs in (None, {}, [None], [{"type": "image", "url": "https://x"}], [{"type": "video"}]):
        made = {"id": job.id, "state": "completed", "output": outputs}
        fake.generation = lambda job, made=made: made  # type: ignore[method-assign]
        assert run(maker.poll(job), maker).state == "refused"


def test_luma_stops_nothing_so_it_is_not_asked_to() -> None:
    assert not isinstance(NO_KEY, Cancels)
    assert all(isinstance(NO_KEY, kind) for kind in (Finds, Recalls, Prepares, Closes, Shows))


@pytest.mark.parametrize("model", BOTH)
def test_a_generation_that_a_person_found_is_fetched(fake: FakeLuma, model: str, tmp_path: Path) -> None:
    maker, job = sent(fake, model)
    recalled = maker.recall(f" {job.id}\n", job.request, job.take)
    run(maker.download(recalled, tmp_path / "clip.mp4"), maker)
    assert (tmp_path / "clip.mp4").read_bytes() == clip()
    with pytest.raises(BadInput, match="is no job of Luma"):
        maker.recall("two words", job.request, job.take)


# what a submit is answered


@pytest.mark.parametrize(
    ("model", "fault", "kind", "words"),
    [
        ("ray-3.2", "no credit", Paused, "Luma wants money first: Insufficient balance"),
        ("ray-3.2", "bad key", Paused, "Luma does not accept the key in LUMA_AGENTS_API_KEY"),
        ("ray-3.2", "moderated", Refused, "Luma refused it: Prompt was rejected by content moderation"),
        ("ray-3.2", "busy", Busy, "Luma is busy (status 429)"),
        ("ray-3.2", "unavailable", Busy, "Luma is busy (status 503)"),
        ("ray-3.2", "bad gateway before", Unanswered, "Luma answered with status 502"),
        ("ray-2", "no credit", Paused, "Luma Dream Machine wants money first"),
        ("ray-2", "bad key", Paused, "Luma Dream Machine does not accept the key in LUMAAI_API_KEY"),
        ("ray-2", "moderated", Refused, "Luma Dream Machine refused it"),
        ("ray-2", "busy", Busy, "Luma Dream Machine is busy (status 429)"),
        ("ray-2", "unavailable", Unanswered, "Luma Dream Machine answered with status 503"),
        ("ray-2", "bad gateway before", Unanswered, "Luma Dream Machine answered with status 502"),
    ],
)
def test_every_answer_ends_as_it_is_meant(
    fake: FakeLuma, model: str, fault: str, kind: type[BaseException], words: str
) -> None:
    problem = refused_submit(fake, model, fault)
    assert type(problem) is kind
    assert words in str(problem)
    assert not fake.jobs


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (400, {"detail": "bad"}, ProviderError),
        (400, {"detail": "400: concepts are not supported for this model"}, ProviderError),
        (400, {"detail": "Insufficient credits"}, Paused),
        (403, {"detail": "Client suspended"}, Paused),
        (413, {"detail": "Media too large"}, ProviderError),
        (422, {"detail": [{"loc": ["body", "video"], "msg": "no such combination"}]}, ProviderError),
        (422, [], ProviderError),
        (404, {"detail": "Not Found"}, ProviderError),
    ],
)
@pytest.mark.parametrize("model", BOTH)
def test_every_body_of_an_error_ends_as_it_is_meant(
    fake: FakeLuma, model: str, status: int, answer: Any, kind: type[BaseException]
) -> None:
    fake._agents = fake._dream = lambda _: Reply(status, answer)  # type: ignore[method-assign]
    assert type(refused_submit(fake, model)) is kind


def test_how_long_to_wait_is_in_the_header(fake: FakeLuma) -> None:
    problem = refused_submit(fake, "ray-3.2", "busy 7")
    assert isinstance(problem, Busy)
    assert problem.wait_s == 7


@pytest.mark.parametrize("model", BOTH)
@pytest.mark.parametrize("fault", ["lost", "reset", "half json", "no json", "bad gateway"])
def test_an_answer_that_was_lost_leaves_a_job_in_the_ledger_and_the_take_in_doubt(
    fake: FakeLuma, model: str, fault: str
) -> None:
    assert isinstance(refused_submit(fake, model, fault), Unanswered)
    assert len(fake.jobs) == 1


@pytest.mark.parametrize("model", BOTH)
def test_an_answer_without_an_id_is_no_answer(fake: FakeLuma, model: str) -> None:
    fake.generation = lambda job: {"state": "queued"}  # type: ignore[method-assign]
    assert isinstance(refused_submit(fake, model), Unanswered)


def test_each_service_has_a_key_of_its_own_and_says_which(fake: FakeLuma) -> None:
    for model, name in (("ray-3.2", "LUMA_AGENTS_API_KEY"), ("ray-2", "LUMAAI_API_KEY")):
        maker = Luma(environ={"LUMA_BASE_URL": fake.agents_url, "LUMAAI_BASE_URL": fake.dream_url})
        request = resolved(maker, model)
        with pytest.raises(Paused, match=f"needs a key: set the environment variable {name}"):
            run(maker.submit(request, take(request)), maker)
    maker = Luma({"base_url": "http://127.0.0.1:9", "key_env": "MY_LUMA"}, {"MY_LUMA": "k"})
    request = resolved(maker)
    with pytest.raises(NotSent):
        run(maker.submit(request, take(request)), maker)
    assert not fake.calls


def test_the_key_is_in_no_message_repr_or_log(fake: FakeLuma, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for model in BOTH:
        problem = refused_submit(fake, model, "bad key")
        assert "••••" in str(problem)
        maker, job = sent(fake, model)
        address = run(maker._of(job.request).address(job), maker)
        for text in (str(problem), repr(maker), repr(maker._of(job.request)), repr(job), repr(address)):
            assert fake.key not in text
        assert "signature" not in repr(address)
    assert fake.key not in caplog.text
