"""fal, against a queue on this machine that has its manners."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from studio.errors import BadInput, Busy, NotFetched, NotSent, Paused, ProviderError, Refused, Unanswered
from studio.nouns import Request
from studio.providers import Cancels, Finds, Job, Recalls, Shows, Status
from studio.providers.catalogue import catalogue
from studio.providers.fal import Fal
from tests.fakes.fal import MODERATED, FakeFal
from tests.fakes.server import Reply
from tests.providers.asking import clip, prompt, resolved, run, take

NO_KEY = Fal(environ={})


@pytest.fixture
def fake() -> Iterator[FakeFal]:
    with FakeFal(clip()) as server:
        yield server


def provider(fake: FakeFal) -> Fal:
    return Fal({"base_url": fake.url}, {"FAL_KEY": fake.key})


def sent(fake: FakeFal, words: Any = None, **asked: Any) -> tuple[Fal, Job]:
    """A request that fal has."""
    maker = provider(fake)
    request = replace(resolved(maker, "pika", words, **asked), estimated_micro_usd=200_000)
    return maker, run(maker.submit(request, take(request)), maker)


def polled(fake: FakeFal, **asked: Any) -> Status:
    maker, job = sent(fake, **asked)
    return run(maker.poll(job), maker)


# before anything is sent


def test_a_model_is_added_by_a_row_alone(fake: FakeFal, tmp_path: Path) -> None:
    rows = tmp_path / "providers.toml"
    rows.write_text(
        """
        [[service]]
        name = "fal"
        title = "fal"
        keys = ["FAL_KEY"]
        source = "a test"
        checked_on = "2026-11-21"

        [[model]]
        provider = "fal"
        name = "ada/zoom/v1/text-to-video"
        seconds = { field = "length", form = "text s", allowed = [4, 8] }
        prices = [{ usd = "0.5", per = "clip", where = { length = "8s" } }]
        source = "a test"
        checked_on = "2026-11-21"
        """
    )
    maker = Fal({"base_url": fake.url}, {"FAL_KEY": fake.key}, catalogue(rows))
    request = resolved(maker, frames=120)
    job = run(maker.submit(request, take(request)), maker)
    assert maker.price(request).usd == Decimal("0.5")
    assert fake.jobs[job.id].body == {
        "model": "/ada/zoom/v1/text-to-video",
        "input": {"prompt": "Push in. Two teenagers in a corridor.", "length": "8s"},
    }


def test_a_dry_run_shows_the_request_and_hides_the_key(fake: FakeFal) -> None:
    maker = provider(fake)
    assert isinstance(maker, Shows)
    assert maker.shown(resolved(maker, "kling 2.5")) == (
        f"POST {fake.url}/fal-ai/kling-video/v2.5-turbo/pro/text-to-video\n"
        "Authorization: Key ••••\n\n"
        '{\n  "aspect_ratio": "16:9",\n  "duration": "5",\n  "prompt": "Push in. Two teenagers in a corridor."\n}'
    )
    assert fake.calls == []


# the way of a take


def test_a_take_is_queued_made_and_fetched_and_its_key_goes_to_the_queue_alone(fake: FakeFal, tmp_path: Path) -> None:
    fake.hold_s = 0.2
    maker = provider(fake)
    request = resolved(maker, "pika")

    async def whole() -> list[Status]:
        job = await maker.submit(request, take(request))
        assert list(fake.jobs) == [job.id]
        statuses = [await maker.poll(job)]
        while statuses[-1].state == "running":
            await asyncio.sleep(0.05)
            statuses.append(await maker.poll(job))
        await maker.download(job, tmp_path / "clip.mp4")
        return statuses

    statuses = run(whole(), maker)
    assert statuses[0] == Status("running", "3 before it in fal's queue")
    assert statuses[-1] == Status("ready", progress=1.0)
    assert (tmp_path / "clip.mp4").read_bytes() == clip()
    assert {call.query.get("logs") for call in fake.calls_to("poll")} == {"false"}
    assert all(
        call.headers["Authorization"] == f"Key {fake.key}" for call in fake.calls if fake.place(call) != "content"
    )
    assert all(fake.key not in str(call.headers) for call in fake.calls_to("content"))


def test_a_still_goes_inside_the_request(fake: FakeFal, tmp_path: Path) -> None:
    still = tmp_path / "still.png"
    still.write_bytes(b"a picture")
    sent(fake, first_frame=str(still))
    [job] = fake.jobs.values()
    assert job.body["model"] == "/fal-ai/pika/v2.2/image-to-video"
    assert job.body["input"]["image_url"] == f"data:image/png;base64,{base64.b64encode(b'a picture').decode()}"


def test_the_addresses_that_fal_names_are_kept_and_used(fake: FakeFal) -> None:
    maker, job = sent(fake)
    at = f"{fake.url}/fal-ai/pika/requests/{job.id}"  # owner and app, and not the whole model
    assert job.told == {"status_url": f"{at}/status", "response_url": at, "cancel_url": f"{at}/cancel"}
    assert run(maker.poll(job), maker).state == "ready"


@pytest.mark.parametrize(
    "elsewhere", ["https://queue.fal.run.evil.example", "http://queue.fal.run", "https://x:y", "//a"]
)
def test_the_key_goes_to_no_address_that_is_not_fals(fake: FakeFal, elsewhere: str) -> None:
    fake.elsewhere = elsewhere
    maker, job = sent(fake)
    assert job.told == {}
    assert run(maker.poll(job), maker).state == "ready"  # asked where fal's own SDK would ask


def test_addresses_of_another_day_are_made_anew_where_the_base_url_has_changed(fake: FakeFal) -> None:
    maker, job = sent(fake)
    old = replace(job, told={name: url.replace(fake.url, "http://127.0.0.1:9") for name, url in job.told.items()})
    assert run(maker.poll(old), maker).state == "ready"


def test_a_request_that_a_person_found_on_fals_page_is_fetched(fake: FakeFal, tmp_path: Path) -> None:
    maker, job = sent(fake)
    assert isinstance(maker, Recalls)
    recalled = maker.recall(f" {job.id}\n", job.request, job.take)
    assert (recalled.id, recalled.told) == (job.id, {})
    assert run(maker.poll(recalled), maker).state == "ready"
    run(maker.download(recalled, tmp_path / "clip.mp4"), maker)
    assert (tmp_path / "clip.mp4").read_bytes() == clip()
    for no_id in ("", "two words", f"{fake.url}/fal-ai/pika/requests/{job.id}"):
        with pytest.raises(BadInput):
            maker.recall(no_id, job.request, job.take)


def test_a_namespace_stands_before_the_owner_in_the_addresses(fake: FakeFal) -> None:
    maker, job = sent(fake)
    request = replace(job.request, payload_json='{"model": "workflows/ada/zoom/fast", "body": {}}')
    assert maker._address(Job("abc/..", job.take, request), "status_url") == (
        f"{fake.url}/workflows/ada/zoom/requests/abc%2F../status"
    )


def test_an_address_that_expired_is_asked_for_anew_and_a_cut_clip_goes_on(fake: FakeFal, tmp_path: Path) -> None:
    fake.script("content", "expired", "cut 3000", "no range", "")
    maker, job = sent(fake)
    run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert (tmp_path / "clip.mp4").read_bytes() == clip()
    assert len({call.path for call in fake.calls_to("content")}) == 2  # a fresh address after the one that expired


def test_a_take_is_cancelled_and_ends_as_an_error_of_its_result(fake: FakeFal) -> None:
    fake.hold_s = 60
    maker, job = sent(fake)
    assert isinstance(maker, Cancels)
    assert run(maker.cancel(job), maker) == "asked"
    assert run(maker.poll(job), maker) == Status("cancelled", "it was cancelled: it broke")
    assert fake.bill_micro_usd == 0


def test_it_is_too_late_to_cancel_what_is_completed(fake: FakeFal) -> None:
    maker, job = sent(fake)
    assert run(maker.cancel(job), maker) == "too late"
    assert run(maker.cancel(replace(job, id="nobody", told={})), maker) == "not possible"


def test_fal_lists_no_requests_so_a_lost_one_cannot_be_looked_up() -> None:
    assert not isinstance(NO_KEY, Finds)


# completed is no success


def test_completed_may_carry_an_error_and_no_money_is_counted_for_a_broken_machine(fake: FakeFal) -> None:
    fake.script("fate", "fails")
    assert polled(fake) == Status("failed", "the model broke: it broke")
    assert fake.bill_micro_usd == 0


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("request_timeout", "longer than a request may"),
        ("startup_timeout", "did not start in time"),
        ("runner_scheduling_failure", "no machine could be found"),
        ("runner_connection_timeout", "could not be reached in time"),
        ("runner_disconnected", "was lost"),
        ("runner_connection_refused", "did not answer"),
        ("runner_connection_error", "could not be reached"),
        ("runner_incomplete_response", "broke off in the answer"),
        ("internal_error", "fal itself broke"),
        ("something new", "it broke"),
    ],
)
def test_every_error_of_the_platform_fails_the_take_unbilled(fake: FakeFal, kind: str, words: str) -> None:
    fake.failure = kind
    fake.script("fate", "fails")
    status = polled(fake)
    assert (status.state, status.cost_micro_usd) == ("failed", None)
    assert words in status.note


def test_the_verdict_of_a_completed_request_is_its_result_and_moderation_is_counted_as_spent(fake: FakeFal) -> None:
    fake.script("fate", "is refused")
    status = polled(fake, words=prompt(scene="A secret scene"))
    assert status.state == "refused"
    assert status.note == (
        f"prompt: {MODERATED} (whether fal bills this is not established, so the estimate is counted)"
    )
    assert status.cost_micro_usd == 200_000
    assert "secret" not in status.note  # fal sends the input back beside its words


@pytest.mark.parametrize(
    "result",
    [
        Reply(422, {"detail": [{"loc": ["body"], "msg": "No media", "type": "no_media_generated"}]}),
        Reply(422, {"detail": "content_policy_violation: no"}),
        Reply(422, {"detail": "no", "error_type": "content_policy_violation"}),
        Reply(422, {"detail": "no"}, headers={"X-Fal-Error-Type": "content_policy_violation"}),
        Reply(200, {"seed": 7}),
        Reply(200, {"video": {}}),
        Reply(200, []),
    ],
)
def test_a_refusal_that_looks_otherwise_is_a_refusal(fake: FakeFal, result: Reply, tmp_path: Path) -> None:
    fake.result = result
    maker, job = sent(fake)
    status = run(maker.poll(job), maker)
    assert (status.state, status.cost_micro_usd) == ("refused", 200_000)
    with pytest.raises(Refused):
        run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert not (tmp_path / "clip.mp4").exists()


@pytest.mark.parametrize("kind", ["file_download_error", "image_too_small", "value_error", "missing", "one_of"])
def test_an_input_that_the_model_cannot_read_fails_the_take(fake: FakeFal, kind: str, tmp_path: Path) -> None:
    fake.result = Reply(422, {"detail": [{"loc": ["body", "image_url"], "msg": "cannot be read", "type": kind}]})
    maker, job = sent(fake)
    status = run(maker.poll(job), maker)
    assert (status.state, status.cost_micro_usd) == ("failed", 200_000)
    assert status.note.startswith("image_url: cannot be read")
    with pytest.raises(ProviderError, match="cannot be read"):
        run(maker.download(job, tmp_path / "clip.mp4"), maker)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_result_that_cannot_be_had_now_is_no_verdict(fake: FakeFal, status: int, tmp_path: Path) -> None:
    fake.result = Reply(status, {"detail": "come again"})
    maker, job = sent(fake)
    with pytest.raises(Busy):
        run(maker.poll(job), maker)
    with pytest.raises(Busy):
        run(maker.download(job, tmp_path / "clip.mp4"), maker)
    fake.result = None
    assert run(maker.poll(job), maker).state == "ready"


def test_a_result_that_fal_has_deleted_is_gone_and_stays_the_films(fake: FakeFal, tmp_path: Path) -> None:
    fake.result = Reply(404, {"detail": "Not Found"})
    maker, job = sent(fake)
    assert run(maker.poll(job), maker).state == "gone"
    with pytest.raises(NotFetched, match="look at the request on fal's own page"):
        run(maker.download(job, tmp_path / "clip.mp4"), maker)


def test_a_request_that_fal_does_not_know_is_gone(fake: FakeFal) -> None:
    maker, job = sent(fake)
    fake.jobs.clear()
    assert run(maker.poll(job), maker).state == "gone"


def test_a_word_that_is_not_known_runs(fake: FakeFal) -> None:
    fake.hold_s = 60
    maker, job = sent(fake)
    fake._status = lambda job, call: Reply(json={"status": "WAITING_FOR_GODOT"})  # type: ignore[method-assign]
    assert run(maker.poll(job), maker) == Status("running", "fal says WAITING_FOR_GODOT")


@pytest.mark.parametrize("fault", ["half json", "no json", "lost", "reset", "hang"])
def test_a_question_without_an_answer_is_no_verdict(fake: FakeFal, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx

    monkeypatch.setattr("studio.providers.wire.PATIENCE", httpx.Timeout(0.3))
    fake.script("poll", fault)
    maker, job = sent(fake)
    with pytest.raises(Unanswered):
        run(maker.poll(job), maker)
    assert run(maker.poll(job), maker).state == "ready"


# what a submit is answered


def refused_submit(fake: FakeFal, *faults: str) -> BaseException:
    fake.script("create", *faults)
    maker = provider(fake)
    request = resolved(maker, "pika", prompt(scene="A secret scene"))
    with pytest.raises(Exception) as raised:  # noqa: PT011 - every kind is looked at below
        run(maker.submit(request, take(request)), maker)
    assert "secret" not in str(raised.value)
    return raised.value


def test_a_locked_account_pauses_everything_and_says_fals_own_words(fake: FakeFal) -> None:
    problem = refused_submit(fake, "no credit")
    assert isinstance(problem, Paused)
    assert str(problem) == (
        "fal has locked the account, whichever key it is asked with: "
        "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing."
    )


def test_a_wrong_key_pauses_everything_and_is_not_shown(fake: FakeFal) -> None:
    problem = refused_submit(fake, "bad key")
    assert isinstance(problem, Paused)
    assert "fal does not accept the key in FAL_KEY (status 401)" in str(problem)
    assert "••••" in str(problem)


def test_a_key_that_is_not_set_pauses_before_anything_is_sent(fake: FakeFal) -> None:
    maker = Fal({"base_url": fake.url}, {})
    request = resolved(maker, "pika")
    with pytest.raises(Paused, match="fal needs a key: set the environment variable FAL_KEY"):
        run(maker.submit(request, take(request)), maker)
    assert fake.calls == []


def test_moderation_at_the_door_is_a_refusal(fake: FakeFal) -> None:
    problem = refused_submit(fake, "moderated")
    assert isinstance(problem, Refused)
    assert MODERATED in str(problem)


def test_a_full_queue_asks_to_come_again(fake: FakeFal) -> None:
    problem = refused_submit(fake, "busy 12")
    assert isinstance(problem, Busy)
    assert problem.wait_s == 12


@pytest.mark.parametrize(
    ("fault", "made"),
    [("unavailable", 0), ("bad gateway before", 0), ("reset while sending", 0)]
    + [(fault, 1) for fault in ("lost", "reset", "half json", "no json", "bad gateway")],
)
def test_what_leaves_open_whether_it_was_heard_is_never_taken_for_a_no(fake: FakeFal, fault: str, made: int) -> None:
    assert isinstance(refused_submit(fake, fault), Unanswered)
    assert len(fake.jobs) == made


def test_an_answer_without_an_id_leaves_it_open(fake: FakeFal) -> None:
    maker = provider(fake)
    request = resolved(maker, "pika")
    fake._create = lambda call: Reply(json={"status": "IN_QUEUE"})  # type: ignore[method-assign]
    with pytest.raises(Unanswered, match="gave it no id"):
        run(maker.submit(request, take(request)), maker)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(400, {"detail": "no such thing", "error_type": "bad_request"}),
        Reply(404, {"detail": 'Application "pika" not found'}),
        Reply(409, {"detail": "conflict"}),
        Reply(422, {"detail": [{"loc": ["body", "duration"], "msg": "Input should be 5 or 10", "input": 7}]}),
    ],
)
def test_any_other_no_ends_the_take_with_fals_words(fake: FakeFal, reply: Reply) -> None:
    maker = provider(fake)
    request = resolved(maker, "pika")
    fake._create = lambda call: reply  # type: ignore[method-assign]
    with pytest.raises(ProviderError, match=f"fal does not take it \\(status {reply.status}\\): .") as raised:
        run(maker.submit(request, take(request)), maker)
    assert type(raised.value) is ProviderError


def test_nobody_at_the_address_means_that_nothing_was_sent() -> None:
    with FakeFal(clip()) as gone:
        url = gone.url
    maker = Fal({"base_url": url}, {"FAL_KEY": "k"})
    request = resolved(maker, "pika")
    with pytest.raises(NotSent):
        run(maker.submit(request, take(request)), maker)


# the address and the key


@pytest.mark.parametrize(
    ("options", "environ", "url"),
    [
        ({}, {}, "https://queue.fal.run"),
        ({}, {"FAL_QUEUE_RUN_HOST": "queue.example.org"}, "https://queue.example.org"),
        ({}, {"FAL_QUEUE_RUN_HOST": "http://127.0.0.1:8080/"}, "http://127.0.0.1:8080"),
        ({"base_url": "http://127.0.0.1:9"}, {"FAL_QUEUE_RUN_HOST": "queue.example.org"}, "http://127.0.0.1:9"),
    ],
)
def test_the_queue_is_where_the_settings_or_the_sdks_variable_say(
    options: dict[str, str], environ: dict[str, str], url: str
) -> None:
    assert Fal(options, environ).wire.base_url == url


def test_the_key_is_in_no_message_repr_or_log(fake: FakeFal, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    maker, job = sent(fake)
    run(maker.poll(job), maker)
    run(maker.download(job, tmp_path / "clip.mp4"), maker)
    said = [repr(maker), repr(maker.wire), repr(maker.key()), repr(job), maker.shown(job.request), caplog.text]
    for fault in ("bad key", "no credit", "busy", "unavailable", "moderated", "lost", "half json", "no json"):
        problem: BaseException | None = refused_submit(fake, fault)
        while problem is not None:
            said += [str(problem), repr(problem)]
            problem = problem.__cause__ or problem.__context__
    assert all(fake.key not in text for text in said)


def test_requests_hold_nothing_of_this_machine(tmp_path: Path) -> None:
    request: Request = resolved(NO_KEY, "pika", first_frame=str(tmp_path / "still.png"))
    assert str(tmp_path) not in request.payload_json
