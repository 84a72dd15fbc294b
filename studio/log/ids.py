"""Identities and moments.

An id is a UUIDv7 (RFC 9562 §5.7) as text: 48 bits of milliseconds, then 74 random bits, so that ids sort in the order
they were made. The standard library has none before Python 3.14.
"""

from __future__ import annotations

import os
import threading
import time

_lock = threading.Lock()
_last = 0  # the newest id of this process: its time and random bits as one number


def now_us() -> int:
    """Now, in microseconds UTC since 1970."""
    return time.time_ns() // 1000


def new_id() -> str:
    """A new id, later than every id this process has made or been shown, even when the clock is set back."""
    global _last
    random = int.from_bytes(os.urandom(10)) >> 6
    with _lock:
        made = (time.time_ns() // 1_000_000) << 74 | random
        if made <= _last:
            made = _last + 1 + (random & 0xFFFF_FFFF)
        _last = made
    high, low = made >> 62, made & ((1 << 62) - 1)
    text = f"{(high >> 12) << 80 | 7 << 76 | (high & 0xFFF) << 64 | 2 << 62 | low:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def be_later_than(seen: str) -> None:
    """Make every further id of this process later than `seen`, an id that another process may have made.

    The log calls this at the start of each write, so that the order of events by id is the order of their commits
    on one film, whatever the clocks of two processes say.
    """
    global _last
    number = int(seen.replace("-", ""), 16)
    made = (number >> 80) << 74 | (number >> 64 & 0xFFF) << 62 | number & ((1 << 62) - 1)
    with _lock:
        _last = max(_last, made)
