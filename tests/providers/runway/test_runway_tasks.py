"""Runway, against a server on this machine that has its manners: what is sent, polled, fetched and stopped."""

from __future__ import annotations

import base64
import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.errors import BadInput, Busy, NotFetched, NotFound, NotSent, Paused, ProviderError, Refused, Unanswered
from studio.providers import Status
from studio.providers.runway import Account, Runway
from tests.clips import ffmpeg, make_clip
from tests.fakes.runway import FakeRunway
from tests.fakes.server import Reply
from tests.providers.asking import body, clip, resolved, take
from tests.providers.runway.tasks import polled, provider, run, sent


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
