"""The one way to run ffmpeg: an argument list, local files only, and no child left behind.

Only the program that imageio-ffmpeg carries is used, never one of the system, so that the same words mean the same
everywhere. Inputs are named by `source(path)`; ffmpeg may open files and pipes and nothing else, so a play list that
is named `.mp4` cannot reach the network.
"""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from studio.errors import DiskFull, StoreError, StudioError

NO_ROOM = "No space left on device"
READ_ONLY = ("Read-only file system", "Permission denied")


@cache
def ffmpeg_exe() -> str:
    """The path of the ffmpeg that was installed with the studio."""
    from imageio_ffmpeg import get_ffmpeg_exe

    return str(get_ffmpeg_exe())


def source(path: Path | str) -> str:
    """A local file as ffmpeg takes it, for input and output: absolute, so that no name reads as an option or URL."""
    return f"file:{Path(path).absolute()}"


def command(args: Sequence[str]) -> list[str]:
    """The whole argument list: quiet, never asking, and with each input held to files and pipes.

    Every `-i` must be followed by `source(path)` or a pipe, or stand behind `-f lavfi`; anything else is a mistake of
    ours and raises ValueError.
    """
    whole = [ffmpeg_exe(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y"]
    generated = False
    for place, word in enumerate(args):
        if word == "-i":
            value = args[place + 1]
            if not (generated or value.startswith(("file:/", "pipe:"))):
                raise ValueError(f"ffmpeg input {value!r}: name it by studio.media.source(path)")
            whole += ["-protocol_whitelist", "file,pipe"]
            generated = False
        elif word == "lavfi" and place and args[place - 1] == "-f":
            generated = True
        whole.append(word)
    return whole


def ffmpeg(args: Sequence[str], *, progress: Callable[[int], None] | None = None, timeout: float | None = None) -> None:
    """Run ffmpeg to its end.

    `args` is what follows the global options; files in it are named by `source(path)`. `progress` is called with the
    number of frames written so far, about twice a second. `timeout` is in seconds.

    Raises StudioError with ffmpeg's last line, DiskFull, or StoreError. The child is killed when this call is left
    in any other way (Ctrl-C, an exception in `progress`, the time is up). A child whose parent was killed outright
    may still finish a file: whoever names the file counts its frames first.
    """
    words = list(args)
    if progress is not None:
        words = ["-progress", "pipe:1", "-stats_period", "0.5", *words]
    with running(words, stdout=subprocess.PIPE if progress else subprocess.DEVNULL, timeout=timeout) as child:
        if progress is not None and child.stdout is not None:
            for line in child.stdout:
                if line.startswith(b"frame="):
                    progress(int(line[6:]))
        child.wait()


@contextlib.contextmanager
def running(
    args: Sequence[str],
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
    timeout: float | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """ffmpeg while it runs, for those who feed its stdin or read its stdout; both pipes are closed at the end.

    Leaving the block waits for the end and raises what `ffmpeg` raises; leaving it by an exception kills the child. A
    BrokenPipeError in the block is answered with ffmpeg's own words. Its errors go to a file, so a flood of them
    cannot block it.
    """
    # Its own session: Ctrl-C in a terminal must not reach it, or it would end politely with a short file.
    with tempfile.TemporaryFile() as errors:
        try:
            child = subprocess.Popen(command(args), stdin=stdin, stdout=stdout, stderr=errors, start_new_session=True)
        except OSError as problem:
            raise StudioError(
                f"ffmpeg cannot be started ({problem.strerror}): reinstall imageio-ffmpeg, which carries it"
            ) from None
        expired = threading.Event()

        def stop() -> None:
            expired.set()
            child.kill()

        watch = threading.Timer(timeout, stop) if timeout else None
        if watch:
            watch.daemon = True
            watch.start()
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
            for pipe in (child.stdin, child.stdout):
                if pipe:
                    with contextlib.suppress(BrokenPipeError):
                        pipe.close()
        if expired.is_set():
            raise StudioError(f"ffmpeg was stopped: it took longer than the {timeout:g} s it was given")
        said = _said(errors, args)
        if child.returncode:
            raise failure(said, child.returncode)


def failure(said: str, code: int) -> StudioError:
    """What ffmpeg said last, as the error it is."""
    if NO_ROOM in said:
        return DiskFull(
            "the disk is full: free some room where the film lies and run it again; nothing is half-written"
        )
    if any(words in said for words in READ_ONLY):
        return StoreError(f"ffmpeg may not write there ({said}): make the folder writable")
    return StudioError(f"ffmpeg stopped: {said}" if said else f"ffmpeg stopped without a word (exit {code})")


def _said(errors: IO[bytes], args: Sequence[str]) -> str:
    """The last line of ffmpeg's errors that says something, without the folders of the files in it."""
    size = errors.seek(0, 2)
    errors.seek(max(0, size - 4000))
    lines = [line.strip() for line in errors.read().decode("utf-8", "replace").splitlines() if line.strip()]
    if not lines:
        return ""
    telling = [line for line in lines if NO_ROOM in line] or lines
    said = telling[-1]
    for word in args:
        if word.startswith("file:"):
            said = said.replace(word, Path(word[5:]).name).replace(word[5:], Path(word[5:]).name)
    return said
