"""A take's way at Gemini Omni, against a server that has Google's manners."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.errors import Busy, NotFetched, ProviderError, Refused, Unanswered
from studio.providers import Cancels, Finds, Recalls, Status
from tests.fakes.gemini_omni import FakeGemini
from tests.providers.asking import clip, resolved, take
from tests.providers.gemini_omni.making import NO_KEY, polled, run, sent

# a take's way


def test_a_take_is_sent_once_polled_and_fetched_with_the_key_in_its_header_alone(
    fake: FakeGemini, tmp_path: Path
) -> None:
    maker, job = sent(fake)
    assert run(maker.poll(job), maker) == Status("ready", progress=1.0)
    run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert (tmp_path / "clip.mp4").read_bytes() == clip()
    assert len(fake.calls_to("create")) == 1
    assert all(call.headers["x-goog-api-key"] == fake.key for call in fake.calls)
    assert not any(fake.key in str(call.query) for call in fake.calls)


def test_what_is_queued_or_in_progress_runs(fake: FakeGemini) -> None:
    fake.hold_s = 60
    maker, job = sent(fake)
    assert run(maker.poll(job), maker) == Status("running")
    assert run(maker.poll(job), maker) == Status("running")


@pytest.mark.parametrize("word", ["requires_action", "requires_continuation", "a new word"])
def test_a_word_that_is_not_known_runs(fake: FakeGemini, word: str) -> None:
    fake.hold_s = 60
    maker, job = sent(fake)
    fake.words[job.id] = word
    assert run(maker.poll(job), maker) == Status("running", f"Gemini says {word}")


def test_a_finished_clip_whose_file_is_processed_runs_on(fake: FakeGemini) -> None:
    fake.processing = 2
    maker, job = sent(fake)
    processed = Status("running", "its file is being processed", progress=1.0)
    assert [run(maker.poll(job), maker) for _ in range(3)] == [processed, processed, Status("ready", progress=1.0)]


def test_a_file_that_could_not_be_made_fails_the_take_and_is_counted(fake: FakeGemini) -> None:
    fake.state = "FAILED"
    assert polled(fake) == Status("failed", "the file of the clip could not be made", cost_micro_usd=506_800)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_file_that_cannot_be_asked_about_now_is_no_verdict(fake: FakeGemini, status: int) -> None:
    maker, job = sent(fake)
    fake.script("file", {429: "busy", 500: "bad gateway", 503: "unavailable"}[status])
    with pytest.raises(Busy):
        run(maker.poll(job), maker)
    assert run(maker.poll(job), maker).state == "ready"


def test_a_file_that_google_has_no_more_is_gone_and_stays_the_films(fake: FakeGemini, tmp_path: Path) -> None:
    maker, job = sent(fake)
    fake._file = lambda *_: fake._said(403, "permission_denied", "", "It may not exist.")  # type: ignore[method-assign]
    assert run(maker.poll(job), maker).state == "gone"
    with pytest.raises(NotFetched):
        run(maker.download(job, tmp_path / "clip.mp4"), maker)


def test_an_address_without_alt_media_is_asked_for_the_bytes(fake: FakeGemini, tmp_path: Path) -> None:
    fake.alt = ""
    maker, job = sent(fake)
    run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert fake.calls_to("content")[0].query == {"alt": "media"}


def test_a_clip_at_another_host_is_not_given_the_key(fake: FakeGemini) -> None:
    fake.host = "https://storage.example"
    maker, job = sent(fake)
    assert run(maker.poll(job), maker).state == "ready"
    address = run(maker.address(job), maker)
    assert address.url.startswith("https://storage.example/")
    assert address.headers == {}


def test_a_redirect_of_the_clip_is_followed_without_the_key(fake: FakeGemini, tmp_path: Path) -> None:
    with FakeGemini(b"elsewhere") as other:
        other.is_let_in = lambda call: True  # type: ignore[method-assign]
        other.accept({}, "v1_0-x")
        fake.script("content", f"to {other.url}/v1beta/files/v1_0-x:download?alt=media")
        maker, job = sent(fake)
        with pytest.raises(NotFetched):  # a host inside, which only the person's own settings may name
            run(maker.download(job, tmp_path / "clip.mp4"), maker)
        assert not any(fake.key in str(call.headers) for call in other.calls)


def test_a_clip_that_comes_inside_the_answer_all_the_same_is_kept(fake: FakeGemini, tmp_path: Path) -> None:
    fake.inline = True
    maker, job = sent(fake)
    assert run(maker.poll(job), maker).state == "ready"
    run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert (tmp_path / "clip.mp4").read_bytes() == clip()
    fake._video = lambda job: {"type": "video", "data": "no base64!"}  # type: ignore[method-assign]
    with pytest.raises(NotFetched, match="cannot be read"):
        run(maker.download(job, tmp_path / "other.mp4"), maker)


def test_a_download_that_was_cut_or_refused_goes_on(fake: FakeGemini, tmp_path: Path) -> None:
    fake.script("content", "expired", "cut 3000", "")
    maker, job = sent(fake)
    run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert (tmp_path / "clip.mp4").read_bytes() == clip()


def test_an_incomplete_interaction_with_a_clip_is_a_clip(fake: FakeGemini) -> None:
    maker, job = sent(fake)
    fake.words[job.id] = "incomplete"
    assert run(maker.poll(job), maker).state == "ready"


def test_a_clip_of_an_earlier_turn_is_not_taken_for_this_one(fake: FakeGemini) -> None:
    maker, job = sent(fake)
    made = fake.interaction(fake.jobs[job.id])
    made["steps"] = [*made["steps"], {"type": "user_input", "content": []}]
    fake.interaction = lambda job: made  # type: ignore[method-assign]
    assert run(maker.poll(job), maker).state == "failed"


def test_a_take_is_cancelled_and_what_has_ended_is_too_late(fake: FakeGemini) -> None:
    fake.hold_s = 60
    maker, job = sent(fake)
    assert isinstance(maker, Cancels)
    assert run(maker.cancel(job), maker) == "asked"
    assert run(maker.poll(job), maker) == Status("cancelled", "cancelled at Gemini")
    fake.hold_s = 0
    maker, job = sent(fake)
    assert run(maker.cancel(job), maker) == "too late"
    fake.script("cancel", "bad gateway")
    with pytest.raises(Busy):
        run(maker.cancel(job), maker)


def test_google_lists_no_interactions_so_a_lost_one_cannot_be_looked_up_and_an_id_can_be_given() -> None:
    assert not isinstance(NO_KEY, Finds)
    assert isinstance(NO_KEY, Recalls)
    request = resolved(NO_KEY)
    assert NO_KEY.recall(" v1_abc\n", request, take(request)).id == "v1_abc"


# ends without a clip


def test_a_refusal_that_looks_like_success_is_a_refusal(fake: FakeGemini, tmp_path: Path) -> None:
    fake.script("fate", "is refused")
    maker, job = sent(fake)
    assert run(maker.poll(job), maker) == Status("refused", "I cannot make that.")
    with pytest.raises(Refused, match="I cannot make that"):
        run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert not (tmp_path / "clip.mp4").exists()


def test_completed_without_a_clip_and_with_video_tokens_was_paid_for_and_is_no_refusal(
    fake: FakeGemini, tmp_path: Path
) -> None:
    fake.script("fate", "has nothing")
    maker, job = sent(fake)
    status = run(maker.poll(job), maker)
    assert (status.state, status.cost_micro_usd) == ("failed", 506_800)
    assert "look at it in AI Studio" in status.note
    with pytest.raises(ProviderError) as caught:
        run(maker.download(job, tmp_path / "clip.mp4"), maker)
    assert not isinstance(caught.value, Refused)


def test_completed_with_nothing_at_all_is_a_refusal(fake: FakeGemini) -> None:
    fake.tokens = False
    fake.script("fate", "has nothing")
    assert polled(fake) == Status("refused", "completed without a clip, and without a word why")


def test_a_failure_says_its_words_and_code(fake: FakeGemini) -> None:
    fake.script("fate", "fails")
    assert polled(fake) == Status("failed", "It could not be made. (internal)")


@pytest.mark.parametrize(
    ("error", "state"),
    [
        ({"code": 3, "message": "It violates the Prohibited Use policy."}, "refused"),
        ({"code": 13, "message": "Internal error."}, "failed"),
        ({"message": "Blocked by safety filters."}, "refused"),
    ],
)
def test_a_failure_inside_an_output_is_read_too(fake: FakeGemini, error: dict[str, Any], state: str) -> None:
    maker, job = sent(fake)
    made = {"id": job.id, "status": "failed", "steps": [{"type": "model_output", "error": error}]}
    fake.interaction = lambda job: made  # type: ignore[method-assign]
    status = run(maker.poll(job), maker)
    assert (status.state, status.cost_micro_usd) == (state, None)
    assert status.note.startswith(error["message"])


@pytest.mark.parametrize("word", ["budget_exceeded", "incomplete", "failed"])
def test_an_end_without_a_reason_names_itself(fake: FakeGemini, word: str) -> None:
    maker, job = sent(fake)
    fake.interaction = lambda job: {"id": job.id, "status": word, "steps": None}  # type: ignore[method-assign]
    assert run(maker.poll(job), maker) == Status("failed", f"no reason given ({word})")


# questions without an answer


def test_an_unknown_interaction_is_a_400_and_is_gone(fake: FakeGemini, tmp_path: Path) -> None:
    for fake.envelope in ("new", "old", "array"):
        maker, job = sent(fake)
        fake.jobs.clear()
        assert run(maker.poll(job), maker) == Status("gone", "Gemini does not know the interaction")
    with pytest.raises(NotFetched, match="look at it in AI Studio"):
        run(maker.download(job, tmp_path / "clip.mp4"), maker)


def test_another_400_of_a_running_interaction_is_asked_again(fake: FakeGemini) -> None:
    maker, job = sent(fake)
    real, fake.interaction = fake.interaction, None  # type: ignore[method-assign]
    fake.script("poll", "moderated")  # any 400 that is not about the name
    with pytest.raises(Busy):
        run(maker.poll(job), maker)
    fake.interaction = real  # type: ignore[method-assign]
    assert run(maker.poll(job), maker).state == "ready"


@pytest.mark.parametrize("fault", ["half json", "no json", "lost", "reset"])
def test_a_question_without_an_answer_is_no_verdict(fake: FakeGemini, fault: str) -> None:
    maker, job = sent(fake)
    fake.script("poll", fault)
    with pytest.raises(Unanswered):
        run(maker.poll(job), maker)
    assert run(maker.poll(job), maker).state == "ready"


def test_an_answer_of_another_shape_is_no_verdict(fake: FakeGemini) -> None:
    maker, job = sent(fake)
    for odd in ([], "done", 7):
        fake.interaction = lambda job, odd=odd: odd  # type: ignore[method-assign]
        with pytest.raises(Unanswered):
            run(maker.poll(job), maker)
    for odd in ({"status": "completed", "steps": [None, {"type": "model_output", "content": [7]}], "usage": 7}, {}):
        fake.interaction = lambda job, odd=odd: odd  # type: ignore[method-assign]
        assert run(maker.poll(job), maker).state in ("refused", "running")
