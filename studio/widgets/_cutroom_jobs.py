"""Work that takes minutes, in a thread of its own: what is done of it is told as it goes, and it can be stopped."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from studio.errors import StudioError

EVERY_S = 0.2  # no oftener is anything told
STEADY_S = 1.0  # before that no pace is told

Progress = Callable[[int, int], None]


class Stopped(Exception):
    """Somebody asked for the end of it."""


class Job:
    """One export or render. `work` gets a call for its progress and gives what is to be said at the end."""

    def __init__(self, what: str, work: Callable[[Progress], str], tell: Callable[[dict[str, Any]], None]) -> None:
        self._work, self._tell = work, tell
        self._told: dict[str, Any] = {
            "what": what, "running": True, "stopping": False, "done": 0, "total": 0, "unit": "f", "per_s": 0.0,
            "left_s": None, "pace": "", "said": "", "error": "",
        }  # fmt: skip
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._began = self._last = time.monotonic()
        self._first: int | None = None  # frames that were there already
        tell(dict(self._told))
        self._thread = threading.Thread(target=self._run, name=f"studio-{what}", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it is under way."""
        return bool(self._told["running"])

    def stop(self) -> None:
        """End it at the next chance; what is finished of it is kept."""
        self._stop.set()
        with self._lock:
            if self.running:
                self._say(stopping=True, said="stopping")

    def wait(self) -> None:
        """Until it has ended."""
        self._thread.join()

    def _run(self) -> None:
        try:
            said, error = self._work(self._progress), ""
        except Stopped:
            said, error = "stopped: what was rendered is kept, and it goes on from there next time", ""
        except StudioError as wrong:
            said = error = str(wrong)
        except Exception as wrong:
            said = error = f"something unforeseen: {traceback.format_exception_only(wrong)[-1].strip()}"
            raise  # so that the kernel's log has it whole
        finally:
            with self._lock:
                self._say(running=False, stopping=False, said=said, error=error)

    def _progress(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Stopped
        now = time.monotonic()
        if self._first is None:
            self._first, self._began = done, now
        if now - self._last < EVERY_S and done < total:
            return
        self._last = now
        took, made = now - self._began, done - self._first
        per_s = made / took if took >= STEADY_S else 0.0
        left_s = (total - done) / per_s if per_s > 0 else None
        with self._lock:
            self._say(done=done, total=total, per_s=round(per_s, 1), left_s=None if left_s is None else round(left_s),
                      pace=pace_said(per_s, left_s))  # fmt: skip

    def _say(self, **told: Any) -> None:
        self._told |= told
        self._tell(dict(self._told))


def pace_said(per_s: float, left_s: float | None) -> str:
    """ "48 frames a second, 1:20 left"."""
    if left_s is None:
        return ""
    minutes, seconds = divmod(max(0, round(left_s)), 60)
    return f"{per_s:.0f} frames a second, {minutes}:{seconds:02d} left"
