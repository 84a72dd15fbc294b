"""The one way to run ffmpeg: an argument list, local files only, and no child left behind.

Only the program that imageio-ffmpeg carries is used, never one of the system, so that the same words mean the same
everywhere. Files are given as Paths; ffmpeg may open files and pipes and nothing else, so a play list that is named
`.mp4` cannot reach the network.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from studio.errors import DiskFull, StoreError, StudioError

NICE = 10  # of 19, the lowest priority
NO_ROOM = "No space left on device"
READ_ONLY = ("Read-only file system", "Permission denied")
WHO = re.compile(r"^(\[[^\]]*\] *)+")  # "[h264 @ 0x55b6883e4840] " in front of a complaint


@cache
def ffmpeg_exe() -> str:
    """The path of the ffmpeg that was installed with the studio."""
    from imageio_ffmpeg import get_ffmpeg_exe

    return str(get_ffmpeg_exe())


def source(path: Path | str) -> str:
    """A local file as ffmpeg takes it, for input and output: absolute, so that no name reads as an option or URL."""
    return f"file:{Path(path).absolute()}"


def command(args: Sequence[str | Path]) -> list[str]:
    """The whole argument list: quiet, never asking, and with each input held to files and pipes.

    A Path among `args` is named by `source`. Any other input must be a pipe or stand behind `-f lavfi`, else it is a
    mistake of ours and raises ValueError.
    """
    whole = [*_dies_with_us(), ffmpeg_exe(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y"]
    words = [source(word) if isinstance(word, Path) else word for word in args]
    generated = False
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "-f":
            generated = following == "lavfi"
        if word == "-i":
            if not (generated or following.startswith(("file:", "pipe:"))):
                raise ValueError(f"ffmpeg input {following!r}: give it as a Path")
            whole += ["-protocol_whitelist", "file,pipe"]
            generated = False
        whole.append(word)
    return whole


@cache
def _dies_with_us() -> tuple[str, ...]:
    """What makes Linux kill a child whose parent was killed: util-linux's setpriv, where it is there and can.

    (Python could only ask for that between fork and exec, which is not safe with threads.) It goes by the thread that
    started the child; `running` waits in that thread.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    if setpriv is None:
        return ()
    words = (setpriv, "--pdeathsig", "KILL", "--")
    return words if subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0 else ()


def ffmpeg(
    args: Sequence[str | Path],
    *,
    progress: Callable[[int], None] | None = None,
    timeout: float | None = None,
    folder: Path | None = None,
) -> None:
    """Run ffmpeg to its end.

    `args` is what follows the global options; a Path in it is a local file, in or out. `progress` is called with the
    number of frames written so far, about twice a second. `timeout` is in seconds. `folder` is where ffmpeg runs, for
    lists that name files beside them.

    Raises StudioError with ffmpeg's own words, DiskFull, or StoreError. The child is killed when this call is left
    in any other way (Ctrl-C, an exception in `progress`, the time is up), on Linux also when this process is killed.
    Elsewhere such an orphan may still finish a file: whoever names the file counts its frames first.
    """
    words = list(args)
    if progress is not None:
        words = ["-progress", "pipe:1", "-stats_period", "0.5", *words]
    stdout = subprocess.PIPE if progress else subprocess.DEVNULL
    with running(words, stdout=stdout, timeout=timeout, folder=folder) as child:
        if progress is not None and child.stdout is not None:
            for line in child.stdout:
                if line.startswith(b"frame="):
                    progress(int(line[6:]))


@contextlib.contextmanager
def running(
    args: Sequence[str | Path],
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
    timeout: float | None = None,
    clean: bool = False,
    behind: bool = False,
    folder: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """ffmpeg while it runs, for those who feed its stdin or read its stdout to the end; both are closed at the end.

    Leaving the block waits for the end and raises what `ffmpeg` raises; leaving it by an exception kills the child. A
    BrokenPipeError in the block is answered with ffmpeg's own words. With `clean`, whatever ffmpeg complains about is
    a failure, also where it would go on and call the result good. With `behind`, it lets whatever else the machine
    has to do go first.
    """
    try:
        # Its own process group: Ctrl-C in a terminal must not reach it, or it would end politely with a short file.
        # (Not its own session: between those Linux shares the processor evenly, whatever their priorities.)
        child = subprocess.Popen(
            command(args), stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, process_group=0, cwd=folder
        )
    except OSError as problem:
        raise StudioError(
            f"ffmpeg cannot be started ({problem.strerror}): reinstall imageio-ffmpeg, which carries it"
        ) from None
    if behind and os.name == "posix":
        with contextlib.suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PROCESS, child.pid, NICE)
    complaints: list[str] = []
    expired = threading.Event()

    def listen() -> None:  # all the time, so that a flood of complaints never blocks it
        assert child.stderr is not None
        for line in child.stderr:
            if len(complaints) < 100 or NO_ROOM in line.decode("utf-8", "replace"):
                complaints.append(line.decode("utf-8", "replace"))

    def stop() -> None:
        expired.set()
        child.kill()

    listener = threading.Thread(target=listen, name="ffmpeg's complaints", daemon=True)
    watch = threading.Timer(timeout, stop) if timeout else None
    for thread in filter(None, (listener, watch)):
        thread.daemon = True
        thread.start()
    try:
        with contextlib.suppress(BrokenPipeError):
            yield child
            if child.stdin:
                child.stdin.close()
        child.wait()
    finally:
        if watch:
            watch.cancel()
        if child.poll() is None:
            child.kill()
            child.wait()
        listener.join()
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
    if expired.is_set():
        raise StudioError(f"ffmpeg was stopped: it took longer than the {timeout:g} s it was given")
    said = _said(complaints, args)
    if child.returncode or (clean and said):
        raise failure(said, child.returncode)


def failure(said: str, code: int) -> StudioError:
    """What ffmpeg said last, as the error it is."""
    if NO_ROOM in said:
        return DiskFull("the disk is full: free some room where the film lies and run it again")
    if any(words in said for words in READ_ONLY):
        return StoreError(f"ffmpeg may not write there ({said}): make the folder writable")
    return StudioError(f"ffmpeg stopped: {said}" if said else f"ffmpeg stopped without a word (exit {code})")


def _said(complaints: Sequence[str], args: Sequence[str | Path]) -> str:
    """The first complaint of ffmpeg (those after it are what came of it), without addresses and folders."""
    lines = [WHO.sub("", line).strip() for line in complaints]
    said = next((line for line in lines if NO_ROOM in line), "") or next(filter(None, lines), "")
    for word in args:
        path = Path(word.removeprefix("file:")) if isinstance(word, str) else word.absolute()
        if path.is_absolute():
            said = said.replace(source(path), path.name).replace(str(path), path.name)
    return said
