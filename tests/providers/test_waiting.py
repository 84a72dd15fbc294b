"""How long a provider asks to be left alone, whatever its answer looks like."""

from __future__ import annotations

import json
import math
import time
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.providers.waiting import LONGEST_S, retry_after

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC).timestamp()


def wait_of(headers: dict[str, str] | None = None, body: str | bytes = "") -> float | None:
    return retry_after(headers or {}, body, now=lambda: NOW)


def google(delay: object) -> str:
    kind = "type.googleapis.com/google.rpc.RetryInfo"
    return json.dumps({"error": {"code": 429, "details": [{"@type": "other"}, {"@type": kind, "retryDelay": delay}]}})


@pytest.mark.parametrize(
    ("headers", "body", "wait_s"),
    [
        ({"Retry-After-Ms": "1500"}, "", 1.5),
        ({"retry-after": "12"}, "", 12.0),
        ({"RETRY-AFTER": "0"}, "", 0.0),
        ({"retry-after": "0.25"}, "", 0.25),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:30 GMT"}, "", 30.0),
        ({"retry-after": "Saturday, 21-Nov-26 12:00:30 GMT"}, "", 30.0),
        ({"retry-after": "Sat Nov 21 12:00:30 2026"}, "", 30.0),
        ({}, google("12s"), 12.0),
        ({}, google("0.5s"), 0.5),
        ({}, '{"detail":"Request was throttled. Your rate limit resets in ~30s."}', 30.0),
        ({}, b'{"message":"Please try again in 1.2s."}', 1.2),
        ({}, "Please retry in 7 seconds", 7.0),
    ],
)
def test_each_way_of_asking_to_wait_is_understood(headers: dict[str, str], body: str | bytes, wait_s: float) -> None:
    assert wait_of(headers, body) == pytest.approx(wait_s)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be set here")
def test_a_date_without_a_zone_is_in_gmt_wherever_the_machine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as far:
        far.setenv("TZ", "JST-9")
        time.tzset()
        found = wait_of({"retry-after": "Sat Nov 21 12:00:30 2026"})
    time.tzset()
    assert found == 30.0


@pytest.mark.parametrize("header", ["1e9", "inf", "999999999999", "Fri, 21 Nov 2036 12:00:00 GMT"])
def test_an_absurdly_long_wait_is_clamped(header: str) -> None:
    assert wait_of({"retry-after": header}) == LONGEST_S
    assert wait_of({"retry-after-ms": "1e12"}) == LONGEST_S
    assert wait_of(body=google("86400s")) == LONGEST_S
    assert wait_of(body=f"resets in ~{'9' * 5000}s") == LONGEST_S


@pytest.mark.parametrize(
    "header", ["", "-1", "nan", "soon", "-inf", "Sat, 21 Nov 2026 11:59:00 GMT", "Sat, 99 Nov 2026 99:99:99 GMT"]
)
def test_a_wait_that_means_nothing_is_none_at_all(header: str) -> None:
    assert wait_of({"retry-after": header}) is None
    assert wait_of({"retry-after-ms": "-5"}) is None
    assert wait_of(body=google("-3s")) is None
    assert wait_of(body=google(12)) is None


def test_a_header_that_means_nothing_gives_way_to_the_body() -> None:
    assert wait_of({"retry-after-ms": "x", "retry-after": "-1"}, google("4s")) == 4.0


def test_seconds_in_a_text_that_speaks_of_something_else_are_no_wait() -> None:
    assert wait_of(body='{"detail":"duration must be 5s or 10s"}') is None
    assert wait_of(body="try again in 6m0s") is None


@pytest.mark.parametrize(
    "body",
    [
        "[" * 60_000,
        '{"error":',
        '{"error":[]}',
        '{"error":{"details":{"retryDelay":"1s"}}}',
        "[]",
        b"\xff\xfe\x00",
        "1" * 9000,
    ],
)
def test_a_body_of_another_shape_is_no_wait_and_no_mistake(body: str | bytes) -> None:
    assert wait_of(body=body) is None


numbers = st.one_of(st.floats().map(str), st.integers().map(str))
bodies = st.one_of(
    st.text(),
    st.binary(),
    numbers.map(lambda number: google(f"{number}s")),
    numbers.map(lambda number: f"Your rate limit resets in ~{number}s."),
    st.recursive(
        st.none() | st.text(),
        lambda of: st.lists(of) | st.dictionaries(st.sampled_from(["error", "details", "retryDelay"]), of),
    ).map(json.dumps),
)
dates = st.datetimes(timezones=st.just(UTC)).map(lambda date: date.strftime("%a, %d %b %Y %H:%M:%S GMT"))


@given(st.one_of(st.text(), numbers, dates), st.one_of(st.text(), numbers), bodies)
def test_whatever_comes_in_the_wait_is_none_or_within_the_bounds(header: str, ms: str, body: str | bytes) -> None:
    found = wait_of({"retry-after": header, "retry-after-ms": ms}, body)
    assert found is None or (math.isfinite(found) and 0 <= found <= LONGEST_S)


def test_the_headers_of_an_answer_are_taken_as_they_are() -> None:
    assert retry_after(httpx.Headers({"Retry-After": "3"})) == 3.0
