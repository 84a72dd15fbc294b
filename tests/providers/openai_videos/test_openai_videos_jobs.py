"""The provider `openai_videos`: what became of its jobs, each of its servers with the manners that it has."""

from __future__ import annotations

import json
import logging
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from studio.errors import BadInput, Busy, NotFetched, Paused, ProviderError, Refused, Unanswered
from studio.media import probe
from studio.nouns import Request
from studio.providers import Job
from studio.providers.openai_videos import OpenAIVideos
from tests.fakes.openai_videos import FakeVideos
from tests.fakes.server import Reply
from tests.providers.openai_videos.making import KEY, WORDS, Fakes, body_of, resolved, run, submitted, take_of

DIALECTS = ("plain", "openai", "vllm-omni", "sglang", "litellm")


# --- how a job stands ------------------------------------------------------------------------------------------------


def test_a_job_runs_and_says_how_far_it_is(fakes: Fakes) -> None:
    server, of = fakes(hold_s=60)
    job = submitted(of)
    status = run(of, lambda: of.poll(job))
    assert (status.state, status.note, status.progress) == ("running", "", 0.37)
    server.hold_s = 0
    assert run(of, lambda: of.poll(job)).state == "ready"


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", "running"), ("pending", "running"), ("processing", "running"), ("IN_PROGRESS", "running"),
        ("completed", "ready"), ("failed", "failed"), ("expired", "failed"), ("cancelled", "cancelled"),
        ("deleted", "cancelled"),
    ],
)  # fmt: skip
def test_the_words_for_how_a_job_stands_are_read_in_any_spelling_that_was_seen(
    fakes: Fakes, word: str, state: str
) -> None:
    server, of = fakes()
    job = submitted(of)
    server.words["completed"] = word
    status = run(of, lambda: of.poll(job))
    assert status.state == state
    assert "the server says" not in status.note


def test_a_word_that_nobody_knows_is_a_job_that_runs_with_that_word_told(fakes: Fakes) -> None:
    server, of = fakes()
    job = submitted(of)
    server.words["completed"] = "moonlighting"
    status = run(of, lambda: of.poll(job))
    assert (status.state, status.note) == ("running", "the server says 'moonlighting'")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500, 503])
def test_a_failed_job_of_vllm_omni_is_read_from_the_body_whatever_status_it_comes_with(
    fakes: Fakes, status: int
) -> None:
    server, of = fakes("vllm-omni", failure=(status, "the engine died"))
    server.script("fate", "fails")
    job = submitted(of)
    found = run(of, lambda: of.poll(job))
    assert (found.state, found.note) == ("failed", f"the engine died ({status})")


def test_a_failed_job_that_a_gateway_put_into_an_errors_text_is_a_failed_job(fakes: Fakes) -> None:
    video = {"id": "video_gen_1", "status": "failed", "error": {"code": 500, "message": "out of memory"}, "prompt": "{"}
    words = f"litellm.InternalServerError: Hosted_vllmException - {json.dumps(video)}\n\nLiteLLM: model group"
    for status in (500, 401, 404):
        found = polled(fakes, status, {"error": {"message": words, "code": str(status)}})
        assert (found.state, found.note) == ("failed", "out of memory (500)")


def polled(fakes: Fakes, status: int, body: Any) -> Any:
    """What a poll that is answered so makes of it."""
    server, of = fakes("litellm")
    job = submitted(of)
    server._poll = lambda *_: Reply(status, content=body) if isinstance(body, bytes) else Reply(status, body)
    return run(of, lambda: of.poll(job))


def test_a_failed_job_of_sglang_has_no_code(fakes: Fakes) -> None:
    server, of = fakes("sglang")
    server.script("fate", "fails")
    job = submitted(of)
    found = run(of, lambda: of.poll(job))
    assert (found.state, found.note) == ("failed", "out of memory")


def test_a_job_that_moderation_ended_is_refused(fakes: Fakes) -> None:
    server, of = fakes()
    server.script("fate", "is refused")
    job = submitted(of)
    found = run(of, lambda: of.poll(job))
    assert found.state == "refused"
    assert found.note == "Your request was blocked by our moderation system. (moderation_blocked)"


def test_a_refusal_dressed_as_success_is_a_refusal(fakes: Fakes) -> None:
    server, of = fakes()
    job = submitted(of)
    server.more = {"error": {"code": "content_policy_violation", "message": "no"}}
    assert run(of, lambda: of.poll(job)).state == "refused"
    server.more = {"error": {"code": "internal_error", "message": "no"}}
    assert run(of, lambda: of.poll(job)).state == "failed"


def test_until_when_a_clip_is_kept_is_told_where_the_server_tells(fakes: Fakes) -> None:
    server, of = fakes()
    job = submitted(of)
    server.more = {"expires_at": 1_795_219_200}
    assert run(of, lambda: of.poll(job)).expires_at_us == 1_795_219_200_000_000
    for nonsense in ("soon", True, -1, 1e300):
        server.more = {"expires_at": nonsense, "progress": nonsense}
        assert run(of, lambda: of.poll(job)).expires_at_us is None


def test_a_job_that_the_server_does_not_know_is_gone(fakes: Fakes) -> None:
    server, of = fakes()
    job = submitted(of)
    server.jobs.clear()
    assert run(of, lambda: of.poll(job)).state == "gone"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, {"error": {"message": "slow"}}, Busy),
        (502, b"<html>", Busy),
        (500, {"error": {"message": "hm"}}, Busy),
        (401, {"error": {"message": "who"}}, Paused),
        (400, {"error": {"message": "what"}}, ProviderError),
        (200, b"<html>", Unanswered),
        (200, {"id": "x"}, Unanswered),
        (200, {"id": "x", "status": 3}, Unanswered),
    ],
)
def test_an_answer_that_holds_no_job_is_no_verdict_on_it(fakes: Fakes, status: int, body: Any, kind: type) -> None:
    with pytest.raises(kind) as told:
        polled(fakes, status, body)
    assert type(told.value) is kind


def test_ids_are_opaque_and_quoted_on_their_way(fakes: Fakes, tmp_path: Path) -> None:
    server, of = fakes("vllm-omni")
    server.odd_ids = True
    job = submitted(of)
    assert "/" in job.id
    assert run(of, lambda: of.poll(job)).state == "ready"
    run(of, lambda: of.download(job, tmp_path / "a.mp4"))
    assert of._url("a/../b?c#d%") == f"{of.wire.base_url}/videos/a%2F..%2Fb%3Fc%23d%25"
    server.hold_s = 60
    assert run(of, lambda: of.cancel(job)) == "asked"
    assert server.jobs == {}


# --- fetching --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_clip_is_fetched_whole_with_the_key(fakes: Fakes, dialect: str, clip: bytes, tmp_path: Path) -> None:
    server, of = fakes(dialect)
    server.script("content", "cut 1500")
    job = submitted(of)
    run(of, lambda: of.download(job, tmp_path / "07A-001.mp4"))
    assert (tmp_path / "07A-001.mp4").read_bytes() == clip
    assert probe(tmp_path / "07A-001.mp4").frames == 6
    assert all(call.headers["Authorization"] == f"Bearer {KEY}" for call in server.calls_to("content"))


def test_a_clip_that_sglang_has_put_into_a_cloud_is_fetched_there_without_the_key(
    fakes: Fakes, clip: bytes, tmp_path: Path
) -> None:
    server, of = fakes("sglang")
    job = submitted(of)
    server.clip_at = "https://bucket.example/clip.mp4?signature=secret"
    address = run(of, lambda: of.address(job))
    assert (address.url, dict(address.headers)) == (server.clip_at, {})
    assert "secret" not in repr(address)
    server.clip_at = f"{server.url}/elsewhere/clip.mp4"  # its own host: there the key may go
    assert run(of, lambda: of.address(job)).headers == {"Authorization": f"Bearer {KEY}"}


@pytest.mark.parametrize("url", ["file:///etc/passwd", "/content", 7, None, ""])
def test_an_address_that_is_none_is_passed_over(fakes: Fakes, url: Any) -> None:
    server, of = fakes()
    job = submitted(of)
    server.more = {"url": url}
    assert run(of, lambda: of.address(job)).url == f"{of.wire.base_url}/videos/{job.id}/content"


def test_a_job_that_is_done_and_has_no_clip_is_refused(fakes: Fakes, tmp_path: Path) -> None:
    server, of = fakes("sglang")
    server.script("fate", "has nothing")
    job = submitted(of)
    assert run(of, lambda: of.poll(job)).state == "ready"
    with pytest.raises(Refused, match="it is done and has no clip: Video variant None not found"):
        run(of, lambda: of.download(job, tmp_path / "a.mp4"))
    assert list(tmp_path.iterdir()) == []


def test_a_clip_that_cannot_be_fetched_now_stays_to_be_fetched(fakes: Fakes, tmp_path: Path) -> None:
    server, of = fakes(hold_s=60)
    job = submitted(of)
    with pytest.raises(NotFetched, match="is not done with it"):
        run(of, lambda: of.download(job, tmp_path / "a.mp4"))
    server.hold_s = 0
    server.script("content", "page")
    with pytest.raises(NotFetched, match="a page"):
        run(of, lambda: of.download(job, tmp_path / "a.mp4"))
    server.jobs.clear()
    with pytest.raises(NotFetched, match="does not know it any more"):
        run(of, lambda: of.download(job, tmp_path / "a.mp4"))
    assert list(tmp_path.iterdir()) == []


def test_a_job_that_failed_after_all_has_no_address(fakes: Fakes) -> None:
    server, of = fakes()
    server.script("fate", "fails", "is refused")
    for kind in (ProviderError, Refused):
        with pytest.raises(kind) as told:
            run(of, partial(of.address, submitted(of)))
        assert type(told.value) is kind


# --- stopping --------------------------------------------------------------------------------------------------------


def test_a_job_is_stopped_where_a_delete_aborts_it(fakes: Fakes) -> None:
    server, of = fakes("vllm-omni", hold_s=60)
    job = submitted(of)
    assert run(of, lambda: of.cancel(job)) == "asked"
    assert server.deleted[job.id].cancelled
    assert run(of, lambda: of.poll(job)).state == "gone"
    assert run(of, lambda: of.cancel(job)) == "too late"


def test_a_clip_that_is_made_is_not_deleted_by_stopping(fakes: Fakes) -> None:
    server, of = fakes("vllm-omni")
    job = submitted(of)
    assert run(of, lambda: of.cancel(job)) == "too late"
    assert job.id in server.jobs


@pytest.mark.parametrize("dialect", ["plain", "openai", "sglang", "litellm"])
def test_where_a_delete_does_not_abort_nothing_is_sent(fakes: Fakes, dialect: str) -> None:
    server, of = fakes(dialect, hold_s=60)
    job = submitted(of)
    server.calls.clear()
    assert run(of, lambda: of.cancel(job)) == "not possible"
    assert server.calls == []


@pytest.mark.parametrize(("status", "found"), [(409, "asked"), (404, "too late"), (405, "not possible")])
def test_what_a_delete_is_answered_is_understood(fakes: Fakes, status: int, found: str) -> None:
    server, of = fakes("vllm-omni", hold_s=60)
    job = submitted(of)
    server._delete = lambda *_: server._error(status, "Cancellation in progress. Please try again later.")
    assert run(of, lambda: of.cancel(job)) == found
    server._delete = lambda *_: server._error(503, "hm")
    with pytest.raises(Busy):
        run(of, lambda: of.cancel(job))


# --- finding ---------------------------------------------------------------------------------------------------------


def lost(server: FakeVideos, of: OpenAIVideos, **asked: Any) -> Request:
    """A request that was sent and whose answer was lost."""
    request = resolved(of, **asked)
    server.script("create", "lost")
    with pytest.raises(Unanswered):
        run(of, lambda: of.submit(request, take_of(request)))
    return request


@pytest.mark.parametrize("dialect", ["plain", "openai", "vllm-omni"])
def test_a_lost_take_is_found_in_the_list(fakes: Fakes, dialect: str) -> None:
    server, of = fakes(dialect)
    request = lost(server, of)
    submitted(of, text="Another scene")
    found = run(of, lambda: of.find(request, take_of(request), ()))
    assert isinstance(found, Job)
    assert server.jobs[found.id].body["prompt"] == f"{WORDS}."
    assert run(of, lambda: of.poll(found)).state == "ready"


def test_a_job_of_another_take_is_not_taken(fakes: Fakes) -> None:
    server, of = fakes()
    request = lost(server, of)
    (mine,) = server.jobs
    assert run(of, lambda: of.find(request, take_of(request), (mine,))) is None
    other = submitted(of)
    assert run(of, lambda: of.find(request, take_of(request), ())) is None  # it may be either
    found = run(of, lambda: of.find(request, take_of(request), (other.id,)))
    assert isinstance(found, Job)
    assert found.id == mine


@pytest.mark.parametrize(
    "other", [{"prompt": "x"}, {"prompt": None}, {"size": "640x480"}, {"seconds": "9"}, {"model": "m"}, {"id": 7}]
)
def test_a_job_that_differs_in_anything_that_is_told_is_another(fakes: Fakes, other: dict[str, Any]) -> None:
    server, of = fakes()
    request = lost(server, of)
    server.more = other
    assert run(of, lambda: of.find(request, take_of(request), ())) is None


def test_a_job_from_before_the_take_is_another(fakes: Fakes) -> None:
    server, of = fakes()
    request = resolved(of)
    server.made_earlier(body_of(request), 300)
    assert run(of, lambda: of.find(request, take_of(request), ())) is None
    old = server.made_earlier(body_of(request), 90)  # the server's clock may be behind ours
    found = run(of, lambda: of.find(request, take_of(request), ()))
    assert isinstance(found, Job)
    assert found.id == old.id


def test_a_long_list_is_read_page_by_page_as_far_as_it_may_reach(fakes: Fakes) -> None:
    server, of = fakes()
    request = resolved(of)
    wanted = server.made_earlier(body_of(request), 60)
    for n in range(250):
        server.made_earlier({**body_of(request), "prompt": f"another {n}"}, n / 10)
    found = run(of, lambda: of.find(request, take_of(request), ()))
    assert isinstance(found, Job)
    assert found.id == wanted.id
    assert [call.query.get("limit") for call in server.calls_to("list")] == ["100"] * 3
    assert [bool(call.query.get("after")) for call in server.calls_to("list")] == [False, True, True]
    server.calls.clear()
    take = take_of(request)
    server.made_earlier({**body_of(request), "prompt": "older"}, 1000)
    for n in range(800):
        server.made_earlier({**body_of(request), "prompt": f"more {n}"}, 0)
    assert run(of, lambda: of.find(request, take, ())) is None  # more than can be looked through
    assert len(server.calls_to("list")) == 10


@pytest.mark.parametrize("dialect", ["sglang", "litellm"])
def test_a_list_that_tells_too_little_is_not_asked(fakes: Fakes, dialect: str) -> None:
    server, of = fakes(dialect)
    request = lost(server, of)
    server.calls.clear()
    assert run(of, lambda: of.find(request, take_of(request), ())) is None
    assert server.calls == []


def test_a_server_that_forgot_everything_says_nothing_of_a_lost_take(fakes: Fakes) -> None:
    server, of = fakes("vllm-omni")
    request = lost(server, of)
    server.jobs.clear()
    assert run(of, lambda: of.find(request, take_of(request), ())) is None


def test_a_list_that_is_not_there_or_in_trouble_is_no_verdict(fakes: Fakes) -> None:
    server, of = fakes()
    request = resolved(of)
    server._list = lambda *_: server._error(404, "no list")
    assert run(of, lambda: of.find(request, take_of(request), ())) is None
    server.script("list", "bad gateway")
    with pytest.raises(Busy):
        run(of, lambda: of.find(request, take_of(request), ()))


def test_an_id_from_the_servers_own_page_is_a_job(fakes: Fakes) -> None:
    server, of = fakes()
    request = resolved(of)
    job = server.accept({"prompt": "x"}, "video_by_hand")
    found = of.recall(f" {job.id} ", request, take_of(request))
    assert run(of, lambda: of.poll(found)).state == "ready"
    with pytest.raises(BadInput, match="is no job"):
        of.recall("two words", request, take_of(request))


# --- the key ---------------------------------------------------------------------------------------------------------


def test_the_key_is_in_nothing_that_can_be_seen(fakes: Fakes, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    server, of = fakes("vllm-omni")
    server.failure = (400, f"wrong key {KEY}")
    server.script("fate", "", "fails")
    seen: list[Any] = [of, of.wire, of.options, of.key(), vars(of.wire)]
    request = resolved(of)
    seen += [request, of.shown(request)]
    job = run(of, lambda: of.submit(request, take_of(request)))
    run(of, lambda: of.download(job, tmp_path / "a.mp4"))
    seen += [job, run(of, lambda: of.address(job)), run(of, partial(of.poll, submitted(of)))]
    server.script("create", "bad key")
    with pytest.raises(Paused) as told:
        submitted(of)
    seen += [told.value, told.value.__dict__, told.value.__cause__, told.value.__context__]
    assert KEY not in "".join(map(repr, seen)) + "".join(map(str, seen)) + caplog.text
