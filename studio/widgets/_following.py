"""Panels that follow the film: told when anything is written to its log, by this process or another one."""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

from studio.errors import StudioError

if TYPE_CHECKING:
    from studio.log import Log

ELSEWHERE_S = 1.0  # how often it is asked whether another process wrote: a database tells nobody by itself
LEAST_S = 0.2  # nobody is told more often than this

Told = Callable[[], object]


class Ear:
    """One thread a log, for as long as somebody listens. Listeners are called in it, and must be short."""

    def __init__(self, log: Log) -> None:
        self._log = weakref.ref(log)  # whoever listens holds the film; the ear does not
        self._known = ""
        self._lock = threading.Lock()
        self._listeners: dict[int, Told] = {}
        self._wake, self._quiet = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def listen(self, told: Told) -> Callable[[], None]:
        """Call `told` after each change from now on; what comes back ends that."""
        with self._lock:
            key = max(self._listeners, default=0) + 1
            self._listeners[key] = told
            if self._thread is None:
                self._quiet.clear()
                self._known = self._moment() or ""
                self._thread = threading.Thread(target=self._run, name="studio-ear", daemon=True)
                self._thread.start()

        def end() -> None:
            with self._lock:
                self._listeners.pop(key, None)
                if not self._listeners:
                    self._quiet.set()
                    self._wake.set()

        return end

    def _run(self) -> None:
        while True:
            self._wake.wait(ELSEWHERE_S)
            self._wake.clear()
            now = self._moment()
            with self._lock:
                if not self._listeners or now is None:
                    self._thread = None
                    return
                listeners = list(self._listeners.values())
            if now != self._known:
                self._known = now
                for told in listeners:
                    self._tell(told)
                self._quiet.wait(LEAST_S)

    def _tell(self, told: Told) -> None:
        """What goes wrong in one panel keeps the others from nothing, and is seen where threads' mistakes are."""
        try:
            told()
        except StudioError:  # busy with another one's write: it is told again
            self._known = ""
        except Exception:
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))

    def _moment(self) -> str | None:
        """The log's moment; the last one known while it is busy; None when it is closed or gone."""
        log = self._log()
        if log is None or not log.is_open:
            return None
        try:
            return log.moment()
        except StudioError:
            return self._known if log.is_open else None


class Follower:
    """What a panel has: it hears of every write while it is shown, and not any more when it is not."""

    def __init__(self, log: Log, told: Told) -> None:
        self._log, self._told = log, told
        self._end: Callable[[], object] | None = None

    def follow(self, anywhere: bool) -> bool:
        """Listen while the panel is shown anywhere; whether that has just begun."""
        if anywhere and self._end is None:
            self._end = ear(self._log).listen(self._told)
            return True
        if not anywhere and self._end is not None:
            self._end()
            self._end = None
        return False


_EARS: weakref.WeakKeyDictionary[Log, Ear] = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def ear(log: Log) -> Ear:
    """The ear of this log."""
    with _LOCK:
        if log not in _EARS:
            _EARS[log] = Ear(log)
            log.on_write(_EARS[log]._wake.set)
        return _EARS[log]
