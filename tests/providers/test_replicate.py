"""Replicate, against predictions on this machine that have its manners."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from studio.errors import BadInput, Busy, NotFetched, NotSent, Paused, ProviderError, Refused, Unanswered
from studio.nouns import Prompt, Request
from studio.providers import Cancels, Job, Recalls, Status
from studio.providers.replicate import Replicate
from tests.fakes.replicate import NO_CREDIT, SLOWED, FakeReplicate
from tests.fakes.server import Reply
from tests.providers.asking import body, clip, prompt, resolved, run, take

NO_KEY = Replicate(environ={})
HOUR_S = 3600


@pytest.fixture
def fake() -> Iterator[FakeReplicate]:
    with FakeReplicate(clip()) as server:
        yield server


def provider(fake: FakeReplicate) -> Replicate:
    return Replicate({"base_url": fake.url}, {"REPLICATE_API_TOKEN": fake.key})


def asked(maker: Replicate, words: Prompt | None = None, model: str = "wan 3", **more: Any) -> Request:
    return replace(resolved(maker, model, words, **more), estimated_micro_usd=500_000)


def sent(fake: FakeReplicate, words: Prompt | None = None, **more: Any) -> tuple[Replicate, Job]:
    """A prediction that Replicate has."""
    maker = provider(fake)
    request = asked(maker, words, **more)
    return maker, run(maker.submit(request, take(request)), maker)


def polled(fake: FakeReplicate) -> Status:
    maker, job = sent(fake)
    return run(maker.poll(job), maker)


# what is sent


def test_wan_takes_avoid_words_a_seed_and_no_proportions_beside_a_first_frame() -> None:
    request = resolved(NO_KEY, "wan 3", prompt(avoid="text"), frames=106)
    assert body(request) == {
        "prompt": "Push in. Two teenagers in a corridor.", "negative_prompt": "text", "duration": 5, "seed": 7,
        "aspect_ratio": "16:9", "resolution": "720p",
    }  # fmt: skip
    [snapped] = request.dropped
    assert snapped.startswith("alibaba/wan-3 at replicate makes 5 s where 4.4")
    assert NO_KEY.price(request).usd == Decimal("0.5")
    still = body(resolved(NO_KEY, "wan 3", first_frame="still.png"))
    assert "aspect_ratio" not in still
    assert still["image"] == {"$file": "first_frame", "as": "data uri", "most_bytes": "1000000"}


@pytest.mark.parametrize(("model", "seconds"), [("ltx-2.3 fast", 12), ("ltx-2.3 pro", 10)])
def test_ltx_takes_its_camera_by_name_and_the_person_is_told_what_is_in_doubt(model: str, seconds: int) -> None:
    request = resolved(NO_KEY, model, prompt("pedestal up"), frames=12 * 24)
    found = body(request)
    assert found == {
        "prompt": "Two teenagers in a corridor.", "camera_motion": "jib_up", "duration": seconds, "fps": 24,
        "aspect_ratio": "16:9", "resolution": "1080p", "generate_audio": False,
    }  # fmt: skip
    assert "the values of camera_motion were read in a reseller's list, not on Replicate's own page" in request.dropped
    with pytest.raises(BadInput, match=r"no price is known for lightricks/ltx-2\.3.*price_usd="):
        NO_KEY.price(request)


def test_a_model_that_nobody_here_knows_is_sent_the_words_alone_and_that_is_told() -> None:
    request = resolved(NO_KEY, "someone/zoom-1", prompt(avoid="text"))
    assert json.loads(request.payload_json) == {
        "model": "someone/zoom-1", "body": {"prompt": "Push in. Two teenagers in a corridor."},
    }  # fmt: skip
    assert request.dropped == (
        "someone/zoom-1 at replicate takes no avoid words: dropped “text”",
        "someone/zoom-1 at replicate takes no seed: the same words give another clip each time",
        "nothing is known here of this model's fields: the words are sent as `prompt`, and its length, size, rate, "
        "seed, stills and camera are the model's own choice",
    )
    with pytest.raises(BadInput, match=r"no price is known for someone/zoom-1 at replicate: .*price_usd="):
        NO_KEY.price(request)


@pytest.mark.parametrize("name", ["zoom", "a/b/c", "../x", "a/b:", "a b/c", "a/b?x=1", "a/b#"])
def test_what_is_no_name_of_a_model_is_answered_with_how_one_looks(name: str) -> None:
    with pytest.raises(BadInput, match="write it as its page does, owner/name, or owner/name:version"):
        resolved(NO_KEY, name)


def test_a_dry_run_shows_a_model_or_one_version_of_it_and_hides_the_key(fake: FakeReplicate) -> None:
    maker = provider(fake)
    assert maker.shown(resolved(maker, "someone/zoom-1")) == (
        f"POST {fake.url}/v1/models/someone/zoom-1/predictions\nAuthorization: Bearer ••••\n\n"
        '{\n  "input": {\n    "prompt": "Push in. Two teenagers in a corridor."\n  }\n}'
    )
    assert maker.shown(resolved(maker, "someone/zoom-1:5c7d5dc6")) == (
        f"POST {fake.url}/v1/predictions\nAuthorization: Bearer ••••\n\n"
        '{\n  "version": "5c7d5dc6",\n  "input": {\n    "prompt": "Push in. Two teenagers in a corridor."\n  }\n}'
    )
    assert fake.calls == []


def test_a_large_still_is_made_smaller_before_it_is_sent(fake: FakeReplicate, tmp_path: Path) -> None:
    import cv2
    import numpy as np

    still = tmp_path / "still.png"
    cv2.imwrite(str(still), np.random.default_rng(1).integers(0, 255, (800, 800, 3), np.uint8))
    assert still.stat().st_size > 1_000_000
    sent(fake, first_frame=str(still))
    [job] = fake.jobs.values()
    assert job.body["input"]["image"].startswith("data:image/jpeg;base64,")


# the way of a take


def test_a_take_is_made_and_fetched_and_its_key_goes_to_the_api_alone(fake: FakeReplicate, tmp_path: Path) -> None:
    fake.hold_s = 3600  # until it was seen to run, however long that takes here
    maker = provider(fake)
    request = asked(maker)

    async def whole() -> list[Status]:
        job = await maker.submit(request, take(request))
        assert list(fake.jobs) == [job.id]
        statuses = [await maker.poll(job)]
        fake.hold_s = 0.2
        while statuses[-1].state == "running":
            await asyncio.sleep(0.05)
            statuses.append(await maker.poll(job))
        await maker.download(job, tmp_path / "clip.mp4")
        return statuses

    statuses = run(whole(), maker)
    [job] = fake.jobs.values()
    assert statuses[0] == Status("running")
    expires_s = (statuses[-1].expires_at_us or 0) / 1_000_000
    assert replace(statuses[-1], expires_at_us=None) == Status("ready", progress=1.0)
    assert expires_s == pytest.approx(job.at + 0.2 + HOUR_S, abs=0.01)  # everything is removed after an hour
    assert (tmp_path / "clip.mp4").read_bytes() == clip()
    for call in fake.calls:
        found = call.headers.get("Authorization", "")
        assert found == ("" if fake.place(call) == "content" else f"Bearer {fake.key}")


@pytest.mark.parametrize(
    "output",
    [
        lambda url: url,
        lambda url: [url],
        lambda url: [url.replace("clip.mp4", "poster.png"), url],
        lambda url: {"video": url, "seed": 7},
        lambda url: {"files": [{"poster": url.replace("clip.mp4", "poster.png")}, {"clip": f"{url}?signed=1"}]},
    ],
)
def test_an_output_is_an_address_a_list_or_an_object(
    fake: FakeReplicate, output: Callable[[str], Any], tmp_path: Path
) -> None:
    fake.output = output
    maker, job = sent(fake)
    assert run(maker.poll(job), maker).state == "ready"
    run(maker.download(job, tmp_path / "clip.mp4"), maker)
    [call] = fake.calls_to("content")
    assert call.path.endswith("clip.mp4")


def test_an_address_that_expired_is_asked_for_anew_and_a_cut_clip_goes_on(fake: FakeReplicate, tmp_path: Path) -> None:
    fake.script("content", "expired", "cut 3000", "")
    maker, job = sent(fake)
    run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert (tmp_path / "clip.mp4").read_bytes() == clip()


def test_a_take_is_cancelled_or_it_is_too_late(fake: FakeReplicate) -> None:
    fake.hold_s = 60
    maker, job = sent(fake)
    assert isinstance(maker, Cancels)
    assert run(maker.cancel(job), maker) == "asked"
    assert run(maker.poll(job), maker) == Status("cancelled", "cancelled at Replicate")
    fake.hold_s = 0
    maker, job = sent(fake)
    assert run(maker.cancel(job), maker) == "too late"
    assert run(maker.cancel(replace(job, id="nobody")), maker) == "not possible"


def test_a_prediction_that_a_person_found_on_the_page_is_fetched(fake: FakeReplicate) -> None:
    maker, job = sent(fake)
    assert isinstance(maker, Recalls)
    assert run(maker.poll(maker.recall(f" {job.id} ", job.request, job.take)), maker).state == "ready"


# how a prediction ends


def test_one_that_was_aborted_before_it_began_is_an_end_though_no_sdk_knows_the_word(fake: FakeReplicate) -> None:
    fake.word = "aborted"
    assert polled(fake) == Status("cancelled", "Replicate ended it before it began (aborted)")


def test_a_word_that_is_not_known_runs(fake: FakeReplicate) -> None:
    fake.word = "pondering"
    assert polled(fake) == Status("running", "Replicate says pondering")


def test_one_that_broke_fails_with_its_words_and_one_that_was_flagged_is_a_refusal(fake: FakeReplicate) -> None:
    fake.script("fate", "fails", "is refused")
    assert polled(fake) == Status("failed", "E1001: out of memory")
    refused = polled(fake)
    assert refused.state == "refused"
    assert refused.note.startswith("The input or output was flagged as sensitive")


def test_a_success_without_a_clip_is_a_refusal_that_was_paid_for(fake: FakeReplicate, tmp_path: Path) -> None:
    fake.script("fate", "has nothing")
    maker, job = sent(fake)
    assert run(maker.poll(job), maker) == Status("refused", "it succeeded without a clip", cost_micro_usd=500_000)
    with pytest.raises(Refused, match="it succeeded and has no clip"):
        run(maker.download(job, tmp_path / "clip.mp4"), maker)
    fake.output = lambda url: "a poem about a corridor"
    maker, job = sent(fake)
    assert run(maker.poll(job), maker).state == "refused"


@pytest.mark.parametrize("says_removed", [True, False])
def test_a_clip_that_was_removed_after_an_hour_is_gone_and_no_refusal(
    fake: FakeReplicate, says_removed: bool, tmp_path: Path
) -> None:
    fake.says_removed = says_removed
    maker, job = sent(fake)
    fake.jobs[job.id].at -= HOUR_S
    status = run(maker.poll(job), maker)
    assert status == Status("gone", "it succeeded, and Replicate removed the clip one hour later")
    with pytest.raises(NotFetched, match="removed the prediction's clip"):
        run(maker.download(job, tmp_path / "clip.mp4"), maker)
    del fake.jobs[job.id]
    assert run(maker.poll(job), maker).state == "gone"
    with pytest.raises(NotFetched):
        run(maker.download(job, tmp_path / "clip.mp4"), maker)


@pytest.mark.parametrize("fault", ["half json", "no json", "lost", "reset"])
def test_a_question_without_an_answer_is_no_verdict(fake: FakeReplicate, fault: str) -> None:
    fake.script("poll", fault)
    maker, job = sent(fake)
    with pytest.raises(Unanswered):
        run(maker.poll(job), maker)
    assert run(maker.poll(job), maker).state == "ready"


@pytest.mark.parametrize(("fault", "wait_s"), [("bad gateway", None), ("unavailable", None), ("busy", 30)])
def test_a_question_that_came_at_a_bad_time_is_asked_again(
    fake: FakeReplicate, fault: str, wait_s: float | None
) -> None:
    fake.script("poll", fault)
    maker, job = sent(fake)
    with pytest.raises(Busy) as raised:
        run(maker.poll(job), maker)
    assert raised.value.wait_s == wait_s


# what a submit is answered


def submitted(fake: FakeReplicate, reply: Reply | None = None, fault: str = "") -> BaseException:
    if fault:
        fake.script("create", fault)
    if reply is not None:
        fake._create = lambda call: reply  # type: ignore[method-assign]
    maker = provider(fake)
    request = asked(maker)
    with pytest.raises(Exception) as raised:  # noqa: PT011 - every kind is looked at below
        run(maker.submit(request, take(request)), maker)
    return raised.value


def test_the_wait_hides_in_the_words_of_a_429(fake: FakeReplicate) -> None:
    problem = submitted(fake, fault="busy")
    assert isinstance(problem, Busy)
    assert problem.wait_s == 30


def test_a_slower_rate_for_little_credit_is_a_wait_and_no_lack_of_money(fake: FakeReplicate) -> None:
    problem = submitted(fake, Reply(429, {"detail": SLOWED.format(s=9), "status": 429}))
    assert isinstance(problem, Busy)
    assert problem.wait_s == 9


@pytest.mark.parametrize("status", [402, 429])
@pytest.mark.parametrize("title", ["Insufficient credit", "Billing required"])
def test_no_credit_pauses_everything_and_under_load_it_is_a_429(fake: FakeReplicate, status: int, title: str) -> None:
    problem = submitted(fake, Reply(status, {**NO_CREDIT, "title": title, "status": status}))
    assert isinstance(problem, Paused)
    assert str(problem).startswith(f"Replicate wants money first: {title}: You have insufficient credit")


def test_a_wrong_or_missing_key_pauses_everything_and_is_not_shown(fake: FakeReplicate) -> None:
    problem = submitted(fake, fault="bad key")
    assert isinstance(problem, Paused)
    assert "Replicate does not accept the key in REPLICATE_API_TOKEN (status 401)" in str(problem)
    maker = Replicate({"base_url": fake.url}, {})
    request = asked(maker)
    with pytest.raises(Paused, match="set the environment variable REPLICATE_API_TOKEN"):
        run(maker.submit(request, take(request)), maker)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, {"title": "Not found", "detail": "The requested resource could not be found.", "status": 404}),
        Reply(422, {"title": "Input validation failed", "detail": "- input.duration: too long", "status": 422}),
    ],
)
def test_any_other_no_ends_the_take_with_replicates_words(fake: FakeReplicate, reply: Reply) -> None:
    problem = submitted(fake, reply)
    assert type(problem) is ProviderError
    assert str(problem) == (
        f"Replicate does not take it (status {reply.status}): {reply.json['title']}: {reply.json['detail']}"
    )


@pytest.mark.parametrize(
    ("fault", "made"),
    [("unavailable", 0), ("bad gateway before", 0), ("reset while sending", 0)]
    + [(fault, 1) for fault in ("lost", "reset", "half json", "no json", "bad gateway")],
)
def test_what_leaves_open_whether_it_was_heard_is_never_taken_for_a_no(
    fake: FakeReplicate, fault: str, made: int
) -> None:
    assert isinstance(submitted(fake, fault=fault), Unanswered)
    assert len(fake.jobs) == made


def test_an_answer_without_an_id_leaves_it_open(fake: FakeReplicate) -> None:
    assert isinstance(submitted(fake, Reply(201, {"status": "starting"})), Unanswered)


def test_nobody_at_the_address_means_that_nothing_was_sent() -> None:
    with FakeReplicate(clip()) as gone:
        url = gone.url
    maker = Replicate({"base_url": url}, {"REPLICATE_API_TOKEN": "k"})
    request = asked(maker)
    with pytest.raises(NotSent):
        run(maker.submit(request, take(request)), maker)


# the address and the key


def test_the_api_is_where_the_settings_or_the_sdks_variable_say() -> None:
    assert Replicate({}, {}).wire.base_url == "https://api.replicate.com"
    assert Replicate({}, {"REPLICATE_BASE_URL": "http://127.0.0.1:9/"}).wire.base_url == "http://127.0.0.1:9"


def test_the_key_is_in_no_message_repr_or_log(
    fake: FakeReplicate, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    maker, job = sent(fake)
    run(maker.poll(job), maker)
    run(maker.download(job, tmp_path / "clip.mp4"), maker)
    said = [repr(maker), repr(maker.wire), repr(maker.key()), repr(job), maker.shown(job.request), caplog.text]
    for fault in ("bad key", "no credit", "busy", "unavailable", "moderated", "lost", "half json", "no json"):
        problem: BaseException | None = submitted(fake, fault=fault)
        while problem is not None:
            said += [str(problem), repr(problem)]
            problem = problem.__cause__ or problem.__context__
    assert all(fake.key not in text for text in said)
