"""Panels that follow the film: told when anything is written to its log, by this process or another one."""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

from studio.errors import StoreBusy, StudioError

if TYPE_CHECKING:
    from studio.log import Log
    from studio.log.listening import Listening

QUIET_S = 3600.0  # how long the ear waits for news at a time: the log wakes it
AGAIN_S = 1.0  # how soon it listens again after something unforeseen
LEAST_S = 0.2  # nobody is told more often than this

Told = Callable[[], object]


class Ear:
    """One thread a log, for as long as somebody listens. Listeners are called in it, and must be short."""

    def __init__(self, log: Log) -> None:
        self._log = weakref.ref(log)  # whoever listens holds the film; the ear does not
        self._known = ""
        self._lock = threading.Lock()
        self._listeners: dict[int, Told] = {}
        self._quiet = threading.Event()
        self._news: Listening | None = None
        self._thread: threading.Thread | None = None

    def listen(self, told: Told) -> Callable[[], None]:
        """Call `told` after each change from now on; what comes back ends that."""
        with self._lock:
            key = max(self._listeners, default=0) + 1
            self._listeners[key] = told
            self._quiet.clear()  # also where the thread has not noticed yet that nobody listened
            if self._thread is None:
                self._known = self._first_moment()
                self._thread = threading.Thread(target=self._run, name="studio-ear", daemon=True)
                self._thread.start()

        def end() -> None:
            with self._lock:
                self._listeners.pop(key, None)
                if not self._listeners:
                    self._quiet.set()
                    if self._news:
                        self._news.wake()

        return end

    def _run(self) -> None:
        while not self._is_over(None):
            try:
                self._hear()
            except Exception:  # unforeseen: seen where threads' mistakes are, and the panels go on hearing
                _complain()
                self._quiet.wait(AGAIN_S)

    def _hear(self) -> None:
        """Tell the listeners of every change until there are none, or the log is closed."""
        log = self._log()
        if log is None:
            return
        with log.listening() as news:
            del log
            self._news = news
            while not self._is_over(news):
                news.wait(QUIET_S if self._look() else AGAIN_S)

    def _is_over(self, news: Listening | None) -> bool:
        """Whether nobody listens any more, or there is nothing to listen to: then the thread ends."""
        log = self._log()
        with self._lock:
            over = not self._listeners or log is None or not log.is_open
            if over or news is None:
                self._news = None
            if over:
                self._thread = None
            return over

    def _look(self) -> bool:
        """Tell of a change, if there is one; False when it has to be looked at again."""
        with self._lock:
            listeners = list(self._listeners.values())
        try:
            now = self._moment()
        except StudioError:  # busy, or gone for a while
            return False
        if now == self._known:
            return True
        told = [self._tell(each) for each in listeners]
        self._known = now if all(told) else ""
        self._quiet.wait(LEAST_S)
        return all(told)

    def _tell(self, told: Told) -> bool:
        """What goes wrong in one panel keeps the others from nothing, and is seen where threads' mistakes are."""
        try:
            told()
        except StoreBusy:  # with another one's write: it is told again
            return False
        except Exception:
            _complain()
        return True

    def _first_moment(self) -> str:
        """What is there when somebody begins to listen; "" where it cannot be read just now: then they are told."""
        try:
            return self._moment()
        except StudioError:
            return ""

    def _moment(self) -> str:
        log = self._log()
        return log.moment() if log is not None and log.is_open else self._known


def _complain() -> None:
    threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))


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
        return _EARS[log]
