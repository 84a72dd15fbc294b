"""Many pieces of work done side by side: by processes of this machine, or by a Dask cluster that has an address.

A piece of work is a function named by its import path and a JSON value that it is called with; what comes of it is
JSON too, so that it is the same wherever it was done. Whoever is killed over a piece costs that piece alone: another
one does it again, and a piece that kills them one after the other is given up with a sentence of its own.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from studio import errors
from studio.errors import BadInput, StudioError
from studio.given import shown, whole
from studio.media import worker
from studio.media.files import folder_for, scratch

MOST_WORKERS = 256
MOST_WAITING = 500  # pieces that are handed out and not yet done
DEATHS = 2  # processes that one piece may end
EVERY_S = 0.2  # Ctrl-C is heard between two waits of so long, also on Windows
END_S = 5.0  # a process that was told to end has so long
CLUSTER_S = 10.0  # a cluster has so long to answer, and to have a worker
GONE_S = 60.0  # a cluster may be without workers for so long: what ended may be started again
LOOK_S = 2.0  # how often it is asked for them while nothing comes


class Lost(StudioError):
    """A piece of work that came to nothing, by a mistake of ours or because those who worked on it were killed."""


@dataclass(frozen=True)
class Answer:
    """What came of one piece of work."""

    place: int  # among those that were asked for, from 0
    found: Any = None
    error: StudioError | None = None


class Workers(Protocol):
    """Those who do the work."""

    def run(self, do: str, tasks: Iterable[Any]) -> Generator[Answer, None, None]:
        """An answer for each task, as they are done; whoever stops asking has the rest dropped."""


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def hired(folder: Path, count: int | None = None, dask: str = "", what: str = "the work") -> Iterator[Workers]:
    """Processes of this machine, one a core or `count`, or the cluster whose scheduler has the address `dask`.

    The cluster's workers need circletake, and the film's `folder` at the same place. BadInput where they have not.
    """
    check(count, dask, what)
    if dask:
        with _Cluster.at(dask, folder) as cluster:
            yield cluster
    else:
        with _Processes(count or cores()) as processes:
            yield processes


@contextlib.contextmanager
def cluster(folder: Path, dask: str) -> Iterator[Workers | None]:
    """The cluster with this address; None for "", which is for work that is quickest where it is."""
    check(None, dask, "the work")
    if not dask:
        yield None
        return
    with _Cluster.at(dask, folder) as found:
        yield found


def check(count: int | None, dask: str, what: str) -> None:
    """One sentence for a number of workers or an address that is none."""
    if count is not None:
        whole(count, f"the workers of {what}", 1, MOST_WORKERS)
    if not isinstance(dask, str):
        raise BadInput(f"{shown(dask)} is no address of a Dask scheduler: write it in quotes, as tcp://10.0.0.5:8786")


def _as_done(
    submit: Callable[[Any], Future[str]], tasks: Iterable[tuple[int, Any]], most: int, quiet: Callable[[], object]
) -> Generator[tuple[int, Any, Future[str]], None, None]:
    """Place, task and future of each as it is done, never more than `most` handed out; `quiet` is called between."""
    left = iter(tasks)
    waiting: dict[Future[str], tuple[int, Any]] = {}
    while True:
        for place, task in islice(left, most - len(waiting)):
            waiting[submit(task)] = (place, task)
        if not waiting:
            return
        done, _ = wait(waiting, EVERY_S, FIRST_COMPLETED)
        for each in done:
            place, task = waiting.pop(each)
            yield place, task, each
        if not done:
            quiet()


def _answer(place: int, text: str) -> Answer:
    told = json.loads(text)
    if "error" not in told:
        return Answer(place, told["found"])
    kind = getattr(errors, told["kind"], None) if told["kind"] else Lost
    return Answer(place, error=(kind or StudioError)(told["error"]))


# --- processes of this machine -----------------------------------------------------------------------------------


class _Processes:
    """So many processes. Each is begun when it is first needed."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._idle: queue.LifoQueue[_Process] = queue.LifoQueue()  # the last first: fewer are begun for a few pieces
        self._all = [_Process() for _ in range(count)]
        for each in self._all:
            self._idle.put(each)

    def __enter__(self) -> _Processes:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._all:
            each.close()

    def run(self, do: str, tasks: Iterable[Any]) -> Generator[Answer, None, None]:
        """See `Workers`; stopping early ends the processes."""
        with ThreadPoolExecutor(self._count, "studio-work") as threads:
            try:
                done = _as_done(
                    lambda task: threads.submit(self._ask, worker.asked(do, task)),
                    enumerate(tasks), MOST_WAITING, lambda: None,
                )  # fmt: skip
                for place, _, each in done:
                    died = each.exception()
                    yield Answer(place, error=died) if isinstance(died, Lost) else _answer(place, each.result())
            except BaseException:
                threads.shutdown(wait=False, cancel_futures=True)
                self.__exit__()
                raise

    def _ask(self, question: str) -> str:
        for _ in range(DEATHS):
            process = self._idle.get()
            try:
                text = process.ask(question)
            except OSError as problem:
                raise Lost(f"no process can be started for it ({problem.strerror})") from None
            finally:
                self._idle.put(process)
            if text:
                return text
        raise Lost(f"{DEATHS} processes ended over it, one after the other")


class _Process:
    def __init__(self) -> None:
        self._lock = threading.Lock()  # it is closed from another thread
        self._child: subprocess.Popen[str] | None = None
        self._closed = False

    def ask(self, question: str) -> str:
        """Ask and wait for the answer; "" where the process ended over it, and the next one to ask begins another."""
        child = self._begun()
        assert child.stdin is not None
        assert child.stdout is not None
        text = ""
        with contextlib.suppress(OSError, ValueError):  # it ended, or was closed from another thread
            child.stdin.write(question + "\n")
            child.stdin.flush()
            text = child.stdout.readline()
        if text.endswith("\n"):
            return text
        with self._lock:
            _end(child)
            self._child = None
        return ""

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._child is not None:
                _end(self._child)

    def _begun(self) -> subprocess.Popen[str]:
        with self._lock:
            if self._closed:
                raise RuntimeError("it is closed")
            if self._child is None:
                self._child = subprocess.Popen(
                    [sys.executable, "-m", worker.__name__],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    encoding="utf-8",
                    env={
                        **os.environ,
                        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                    },  # it finds what is found here
                )
            return self._child


def _end(child: subprocess.Popen[str]) -> None:
    """One that is in the middle of something is not waited for."""
    child.kill()
    child.wait(END_S)
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


# --- a cluster ---------------------------------------------------------------------------------------------------


class _Cluster:
    """The workers of a Dask scheduler, for one film's folder."""

    def __init__(self, client: Any, address: str, mark: Path) -> None:
        self._client, self._address = client, address
        self._fit = (os.fspath(mark), mark.read_text("utf-8"), worker.tools())
        self._killed: Any = importlib.import_module("distributed").KilledWorker
        self._asked_at = self._seen_at = time.monotonic()  # when workers were asked for, and last seen

    @classmethod
    @contextlib.contextmanager
    def at(cls, address: str, folder: Path) -> Iterator[_Cluster]:
        try:
            distributed: Any = importlib.import_module("distributed")
        except ImportError:
            raise BadInput("a cluster is reached through distributed: pip install 'circletake[dask]'") from None
        try:
            _knock(address)  # a client that finds nobody says so a second time, with a traceback, when Python ends
            client = distributed.Client(address, timeout=CLUSTER_S, set_as_default=False)
        except (OSError, ValueError) as problem:  # TimeoutError is an OSError
            said = str(problem).splitlines()
            raise BadInput(
                f"no Dask scheduler answers at {address!r} ({said[0] if said else 'no answer'}): give its address, "
                "such as tcp://10.0.0.5:8786"
            ) from None
        with client, scratch(folder_for(folder.absolute() / "cache") / "workers") as mark:
            mark.write_text(secrets.token_hex(16), "utf-8")
            found = cls(client, address, mark)
            found._check()
            yield found

    def run(self, do: str, tasks: Iterable[Any]) -> Generator[Answer, None, None]:
        """See `Workers`."""
        suspects: dict[int, tuple[Any, int]] = {}  # by place: others at the same worker may have killed it
        count = 0
        with contextlib.closing(self._done(do, enumerate(tasks), MOST_WAITING)) as done:
            for place, task, each in done:
                count += 1
                if killed := self._killed_by(each):
                    suspects[place] = (task, killed)
                else:
                    yield self._told(place, each)
        if count == 1:
            yield from (self._lost(place, killed) for place, (_, killed) in suspects.items())
            return
        alone = ((place, task) for place, (task, _) in suspects.items())
        with contextlib.closing(self._done(do, alone, 1)) as done:
            for place, _, each in done:  # one at a time: who is killed now was killed by it
                killed = self._killed_by(each)
                yield self._lost(place, killed + suspects[place][1]) if killed else self._told(place, each)

    def _killed_by(self, each: Future[str]) -> int:
        """How many workers were killed while they had it, where the scheduler has given it up."""
        problem = each.exception()
        return int(problem.args[2]) + 1 if isinstance(problem, self._killed) else 0

    @staticmethod
    def _lost(place: int, killed: int) -> Answer:
        ended = f"{killed} workers" if killed > 1 else "the worker"
        after = ", one after the other" if killed > 1 else ""
        return Answer(place, error=Lost(f"{ended} of the cluster ended over it{after}"))

    def _done(
        self, do: str, tasks: Iterable[tuple[int, Any]], most: int
    ) -> Generator[tuple[int, Any, Future[str]], None, None]:
        executor = self._client.get_executor(pure=False)  # its futures are those of concurrent.futures

        def submit(task: Any) -> Future[str]:
            future: Future[str] = executor.submit(worker.answer_on_cluster, worker.asked(do, task), *self._fit)
            return future

        try:
            for place, task, each in _as_done(submit, tasks, most, self._look):
                if each.cancelled():
                    raise self._gone("the Dask scheduler", "dropped the work")
                self._seen_at = time.monotonic()
                yield place, task, each
        finally:
            executor.shutdown(wait=False)  # what is not done by now is cancelled

    def _told(self, place: int, each: Future[str]) -> Answer:
        problem = each.exception()
        if problem is None:
            return _answer(place, each.result())
        if isinstance(problem, StudioError):  # a worker that came later, and is not fit
            raise problem
        self._check()  # it may be one without circletake
        return Answer(place, error=Lost(f"{type(problem).__name__}: {problem}"))

    def _check(self) -> None:
        """Raises BadInput for no workers, and for one that is unfit, which it names."""
        try:
            self._client.wait_for_workers(1, timeout=CLUSTER_S)
        except OSError:
            raise BadInput(
                f"the Dask scheduler at {self._address!r} has no workers: start some, dask worker {self._address}"
            ) from None
        for name, found in self._client.run(worker.unfit, *self._fit, on_error="return").items():
            if isinstance(found, Exception) and "No module named" in str(found):
                raise BadInput(f"the worker {name} has no circletake ({found}): install it there too")
            if isinstance(found, Exception) and not isinstance(found, OSError):  # OSError: it has gone meanwhile
                raise BadInput(f"the worker {name} cannot be used ({type(found).__name__}: {found})")
            if isinstance(found, str) and found:
                raise BadInput(f"the worker {name} {found}")

    def _look(self) -> None:
        """Whether anybody is left to do the work."""
        now = time.monotonic()
        if now - self._asked_at < LOOK_S:
            return
        self._asked_at = now
        try:
            if self._client.nthreads():
                self._seen_at = time.monotonic()
        except OSError:
            raise self._gone("the Dask scheduler", "does not answer any more") from None
        if now - self._seen_at > GONE_S:
            raise self._gone("the last worker of the Dask scheduler", "has ended, and no other has come")

    def _gone(self, who: str, what: str) -> StudioError:
        return StudioError(f"{who} at {self._address} {what}: what was done is kept, and the same call goes on from it")


def _knock(address: str) -> None:
    """Whether anybody listens there; an OSError or ValueError where not."""
    place = urlsplit(address if "://" in address else f"tcp://{address}")
    if place.scheme not in ("tcp", "tls"):
        return  # which distributed judges
    if not place.hostname or not place.port:
        raise ValueError("it has no host and port")
    socket.create_connection((place.hostname, place.port), CLUSTER_S).close()
