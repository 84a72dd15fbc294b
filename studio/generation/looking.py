"""Many clips are looked at at once: by processes on this machine, or by a Dask cluster."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from studio.errors import BadInput
from studio.generation.measurer import seen_in

Seen = dict[str, str]  # as `measurer.seen_in` gives it
EVERY_S = 0.2  # Ctrl-C is heard between two waits of so long, also on Windows
END_S = 5.0  # a process that was told to end has so long
CLUSTER_S = 10.0  # a cluster has so long to answer


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def by_processes(paths: Sequence[Path], workers: int) -> Iterator[tuple[int, Seen]]:
    """What is seen in each clip, with its place in `paths`, as it is done. Whoever stops early ends the processes."""
    workers = max(1, min(workers, len(paths)))
    with _Processes(workers) as processes, ThreadPoolExecutor(workers, "measuring") as threads:
        try:
            yield from _as_done(
                {threads.submit(processes.look, path): place for place, path in enumerate(paths)}, paths
            )
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            processes.close()
            raise


def by_cluster(paths: Sequence[Path], address: str) -> Iterator[tuple[int, Seen]]:
    """The same by the cluster whose scheduler has this address; its workers need circletake and the film's folder."""
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise BadInput("a cluster is reached through distributed: pip install 'circletake[dask]'") from None
    try:
        client = distributed.Client(address, timeout=CLUSTER_S, set_as_default=False)
    except (OSError, ValueError) as problem:  # TimeoutError is an OSError
        said = str(problem).splitlines()
        raise BadInput(
            f"no Dask scheduler answers at {address!r} ({said[0] if said else 'no answer'}): give its address, "
            "such as tcp://10.0.0.5:8786"
        ) from None
    with client:
        executor = client.get_executor()  # its futures are those of concurrent.futures
        try:
            yield from _as_done(
                {executor.submit(seen_in, os.fspath(path)): place for place, path in enumerate(paths)}, paths
            )
        finally:
            executor.shutdown(wait=False)  # what is not done by now is cancelled


def _as_done(places: dict[Future[Seen], int], paths: Sequence[Path]) -> Iterator[tuple[int, Seen]]:
    left = set(places)
    while left:
        done, left = wait(left, EVERY_S, FIRST_COMPLETED)
        for each in done:
            place, died = places[each], each.exception()
            error = {"error": f"{paths[place].name} cannot be measured ({type(died).__name__}: {died})"}
            yield place, error if died else each.result()


class _Processes:
    """So many processes that look at clips. Each is begun when it is first needed."""

    def __init__(self, count: int) -> None:
        self._idle: queue.SimpleQueue[_Process] = queue.SimpleQueue()
        self._all = [_Process() for _ in range(count)]
        for each in self._all:
            self._idle.put(each)

    def __enter__(self) -> _Processes:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def look(self, path: Path) -> Seen:
        process = self._idle.get()
        try:
            return process.look(path)
        finally:
            self._idle.put(process)

    def close(self) -> None:
        for each in self._all:
            each.close()


class _Process:
    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None
        self._closed = False

    def look(self, path: Path) -> Seen:
        """Ask and wait; a process that dies over a clip has a sentence for it, and another takes its place."""
        child = self._begun()
        assert child.stdin is not None
        assert child.stdout is not None
        answer = ""
        with contextlib.suppress(OSError, ValueError):  # it ended, or was closed from another thread
            child.stdin.write(json.dumps(os.fspath(path)) + "\n")
            child.stdin.flush()
            answer = child.stdout.readline()
        if not answer.endswith("\n"):
            _end(child)
            self._child = None
            return {"error": f"{path.name} cannot be measured: the process that looked at it ended"}
        found: Seen = json.loads(answer)
        return found

    def close(self) -> None:
        self._closed = True
        if self._child is not None:
            _end(self._child)

    def _begun(self) -> subprocess.Popen[str]:
        if self._child is None:
            if self._closed:
                raise RuntimeError("it is closed")
            self._child = subprocess.Popen(
                [sys.executable, "-m", "studio.generation.measurer"],
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
    """Its input ends, and so does it; one that is in the middle of a clip is not waited for."""
    child.kill()
    child.wait(END_S)
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
