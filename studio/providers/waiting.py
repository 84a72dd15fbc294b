"""How long a provider asks to be left alone, out of whatever it answered.

There is a header in milliseconds (retry-after-ms, OpenAI-style servers), one in seconds or as a date (Retry-After, RFC
9110 §10.2.3), Google's RetryInfo in the JSON body, and plain English ("Your rate limit resets in ~30s.", Replicate).
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

LONGEST_S = 300.0
_READ = 65_536  # of a body, in characters: what asks to wait is short
_ENGLISH = re.compile(
    r"(?:~|(?:retry|again|resets?) in )(\d+(?:\.\d+)?)\s*s(?:ec|econds?)?\b", re.ASCII | re.IGNORECASE
)


def retry_after(
    headers: Mapping[str, str], body: str | bytes = b"", *, now: Callable[[], float] = time.time
) -> float | None:
    """Seconds to wait, from 0 to LONGEST_S, or None where the answer says nothing that can be followed.

    What is too long is clamped. What is negative, no number or a date gone by (the clocks may differ) says nothing, and
    the next source is asked. `now` is in seconds since 1970. Never raises, whatever came in.
    """
    by_name = {name.lower(): value for name, value in headers.items()}
    text = (body.decode("utf-8", "replace") if isinstance(body, bytes) else body)[:_READ]
    found = (
        _seconds(by_name.get("retry-after-ms", ""), 1000),
        _seconds(by_name.get("retry-after", "")),
        _until(by_name.get("retry-after", ""), now),
        *(_seconds(delay.removesuffix("s")) for delay in _retry_delays(text)),
        *(_seconds(number) for number in _ENGLISH.findall(text)[:1]),
    )
    return next((wait_s for wait_s in found if wait_s is not None), None)


def _seconds(text: str, parts: int = 1) -> float | None:
    try:
        return _clamped(float(text) / parts)
    except ValueError:
        return None


def _until(text: str, now: Callable[[], float]) -> float | None:
    try:
        date = parsedate_to_datetime(text)
        # a date of HTTP is in GMT, and one without a zone is read as such
        return _clamped((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now())
    except (TypeError, ValueError, OverflowError, IndexError):  # what email.utils raises for what is no date
        return None


def _retry_delays(text: str) -> list[str]:
    """`error.details[].retryDelay` (google.rpc.RetryInfo), a duration in protobuf's JSON such as "12s" or "0.5s"."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return []
    body = body[0] if isinstance(body, list) and body else body  # Google's front end wraps some in an array
    error = body.get("error") if isinstance(body, dict) else None
    details = error.get("details") if isinstance(error, dict) else None
    found = (
        [detail.get("retryDelay") for detail in details if isinstance(detail, dict)]
        if isinstance(details, list)
        else []
    )
    return [delay for delay in found if isinstance(delay, str)]


def _clamped(wait_s: float) -> float | None:
    return None if math.isnan(wait_s) or wait_s < 0 else min(wait_s, LONGEST_S)
