"""What a submit to Gemini Omni is answered, in both envelopes of Google's errors."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from studio.errors import Busy, NotSent, Paused, ProviderError, Refused, Unanswered
from studio.providers.gemini_omni import GeminiOmni
from tests.fakes.gemini_omni import FakeGemini
from tests.providers.asking import resolved, take
from tests.providers.gemini_omni.making import refused_submit, run, sent


@pytest.mark.parametrize("envelope", ["new", "old", "array"])
@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("no credit", Paused, "Your prepayment credits are depleted."),
        ("bad key", Paused, "does not accept the key in GEMINI_API_KEY"),
        ("moderated", Refused, "Gemini refused it: The prompt violates the Prohibited Use policy."),
        ("busy", Busy, "Gemini is busy (status 429)"),
        ("unavailable", Unanswered, "Gemini answered with status 503"),
        ("bad gateway before", Unanswered, "502"),
    ],
)
def test_an_error_means_the_same_in_both_envelopes(
    fake: FakeGemini, envelope: str, fault: str, kind: type[BaseException], words: str
) -> None:
    fake.envelope = envelope
    problem = refused_submit(fake, fault)
    assert type(problem) is kind
    assert words in str(problem)
    assert not fake.jobs


@pytest.mark.parametrize(("envelope", "wait_s"), [("new", 46.2), ("old", 46.0), ("array", 46.0)])
def test_how_long_to_wait_is_read_in_the_details_or_in_the_words(
    fake: FakeGemini, envelope: str, wait_s: float
) -> None:
    fake.envelope = envelope
    problem = refused_submit(fake, "busy")
    assert isinstance(problem, Busy)
    assert problem.wait_s == wait_s
    problem = refused_submit(fake, "busy 7")
    assert isinstance(problem, Busy)
    assert problem.wait_s == 7


PER_DAY = [{"violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel"}]}]


@pytest.mark.parametrize(
    ("status", "error", "kind", "words"),
    [
        (429, {"code": "quota_exceeded", "message": "Daily quota."}, Paused, "makes no more on this account for now"),
        (429, {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Q", "details": PER_DAY}, Paused, "no more on"),
        (429, {"code": 429, "message": "Quota exceeded for metric x, limit: 0, model: m"}, Paused, "no more on"),
        (429, {"code": 429, "message": "Your prepayment credits are depleted."}, Paused, "no more on"),
        (429, {"code": 429, "message": "Quota exceeded for metric x, limit: 10"}, Busy, "Gemini is busy"),
        (429, {"code": "rate_limit_exceeded", "message": "Slow down."}, Busy, "Gemini is busy"),
        (400, {"code": "failed_precondition", "message": "Enable billing."}, Paused, "billing"),
        (400, {"code": 400, "status": "FAILED_PRECONDITION", "message": "Enable billing."}, Paused, "billing"),
        (402, {"code": "payment_required", "message": "Used up."}, Paused, "billing"),
        (401, {"code": "authentication", "message": "No."}, Paused, "does not accept the key"),
        (403, {"code": "permission_denied", "message": "Blocked."}, Paused, "does not accept the key"),
        (400, {"code": 400, "message": "API key expired. Please renew it."}, Paused, "does not accept the key"),
        (404, {"code": "model_not_found", "message": "It is no longer available."}, ProviderError, "no longer"),
        (404, {"code": "not_found", "message": "No such thing."}, ProviderError, "status 404"),
        (400, {"code": "invalid_request", "message": "Invalid duration"}, ProviderError, "Invalid duration"),
        (400, {"code": "parameter_unknown", "message": "Unknown name"}, ProviderError, "Unknown name"),
        (416, {"code": "out_of_range", "message": "Too far"}, ProviderError, "Too far"),
        (400, {"code": "safety", "message": "No."}, Refused, "Gemini refused it: No."),
        (400, {"code": 400, "message": "The prompt was blocked."}, Refused, "blocked"),
    ],
)
def test_every_code_of_an_error_ends_as_it_is_meant(
    fake: FakeGemini, status: int, error: dict[str, Any], kind: type[BaseException], words: str
) -> None:
    from tests.fakes.server import Reply

    fake._create = lambda _: Reply(status, {"error": error})  # type: ignore[method-assign]
    problem = refused_submit(fake)
    assert type(problem) is kind
    assert words in str(problem)


@pytest.mark.parametrize("odd", [[], {}, "no", {"error": "no"}, {"error": [1]}, [{"error": None}], 7])
def test_an_error_of_another_shape_is_a_no(fake: FakeGemini, odd: Any) -> None:
    from tests.fakes.server import Reply

    fake._create = lambda _: Reply(400, odd)  # type: ignore[method-assign]
    assert type(refused_submit(fake)) is ProviderError


@pytest.mark.parametrize("fault", ["lost", "reset", "half json", "no json", "bad gateway"])
def test_an_answer_that_was_lost_leaves_a_job_in_the_ledger_and_the_take_in_doubt(fake: FakeGemini, fault: str) -> None:
    assert isinstance(refused_submit(fake, fault), Unanswered)
    assert len(fake.jobs) == 1


def test_an_answer_without_an_id_is_no_answer(fake: FakeGemini) -> None:
    fake.interaction = lambda job: {"status": "in_progress", "id": ""}  # type: ignore[method-assign]
    assert isinstance(refused_submit(fake), Unanswered)


def test_nobody_there_is_surely_not_sent() -> None:
    maker = GeminiOmni({"base_url": "http://127.0.0.1:9"}, {"GEMINI_API_KEY": "k"})
    request = resolved(maker)
    with pytest.raises(NotSent):
        run(maker.submit(request, take(request)), maker)


def test_without_a_key_nothing_is_sent_and_the_variable_is_named(fake: FakeGemini) -> None:
    maker = GeminiOmni({"base_url": fake.url}, {})
    request = resolved(maker)
    with pytest.raises(Paused, match="Gemini needs a key: set the environment variable GEMINI_API_KEY"):
        run(maker.submit(request, take(request)), maker)
    assert not fake.calls


def test_the_sdks_other_key_and_address_are_taken_too(fake: FakeGemini) -> None:
    maker = GeminiOmni(environ={"GOOGLE_API_KEY": fake.key, "GOOGLE_GEMINI_BASE_URL": fake.url})
    request = resolved(maker)
    assert run(maker.submit(request, take(request)), maker).id in fake.jobs


def test_the_key_is_in_no_message_repr_or_log(fake: FakeGemini, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    fake.no = lambda fault: fake._said(401, "authentication", "", f"The key {fake.key} is wrong.")  # type: ignore[method-assign]
    problem = refused_submit(fake, "bad key")
    maker, job = sent(fake)
    address = run(maker.address(job), maker)
    for text in (str(problem), repr(maker), repr(job), repr(address), repr(maker.key()), caplog.text):
        assert fake.key not in text
    assert "••••" in str(problem)
