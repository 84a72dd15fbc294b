"""A clip is looked at: its frames, decoded once and made small, become its camera, its flags and its features.

The small frames come through a pipe, in colour, the longer side 256 pixels. Measured on 720p: the size, the colour
and averaging over areas (rather than picking pixels) add less than 5 % to decoding, which is what it all costs.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio import given
from studio.camera import Measured, Measuring
from studio.errors import BadMedia, DiskFull, StoreError, StudioError
from studio.media.features import Features, features
from studio.media.ffmpeg import running
from studio.media.flags import Flags, Noticing
from studio.media.probing import Probe, opened, picture_stream, probe, video_kind

Picture = NDArray[np.uint8]  # height × width × 3, BGR

LONGER = 256  # pixels: the longer side of the small frames; smaller clips stay as they are
LEAST_STEP_S = 1e-4  # between two frames that claim the same time
FAILED = 0  # the method of what could not be measured by a mistake of ours: any other is newer
ONE_FRAME = "it has one frame: nothing can be seen to move"


@dataclass(frozen=True)
class Look:
    """What was seen in a clip. Each part carries its method's version, `method`."""

    camera: Measured
    flags: Flags
    features: Features


class Looker:
    """Looks while the frames of a clip come in: `frame(picture, time_s)` for each, then `done()`.

    It holds three of them and those between two steps of the camera, however long the clip is. `frames` is how many
    there will be: that of the middle is known by it.
    """

    def __init__(self, frames: int) -> None:
        self._middle_at = frames // 2
        self._count = 0
        self._camera: Measuring | None = Measuring()
        self._failed = ""
        self._noticing = Noticing()
        self._kept: dict[str, Picture] = {}

    def frame(self, picture: Picture, time_s: float) -> None:
        """The next frame, BGR; it is kept and not copied. BadInput for another size or a time that does not rise."""
        grey = _grey(picture)
        self._measured(grey, time_s)
        self._noticing.frame(grey, time_s)
        self._kept.setdefault("first", picture)
        if self._count <= self._middle_at:
            self._kept["middle"] = picture
        self._kept["last"] = picture
        self._count += 1

    def done(self) -> Look:
        """What was seen. BadInput where there was no frame."""
        camera = _unmoved() if self._count == 1 else self._measured()
        assert camera is not None
        kept = self._kept
        seen = features(kept["first"], kept["middle"], kept["last"], camera)
        return Look(camera, self._noticing.done(camera.cuts_s), seen)

    def _measured(self, *frame: Any) -> Measured | None:
        """Feed the camera a frame, or take its answer.

        A clip was paid for: a mistake of ours in measuring it is told in the answer's place, with a method that any
        other is newer than, and never keeps the clip from the film.
        """
        try:
            if self._camera is not None:
                if not frame:
                    return self._camera.done()
                self._camera.frame(*frame)
        except StudioError:
            raise
        except Exception as ours:
            self._camera, self._failed = None, f"{type(ours).__name__}: {ours}"
        return None if frame else replace(_unmoved(), why=f"measuring it failed ({self._failed})", method=FAILED)


def measure(path: Path | str) -> Measured:
    """What the camera does in a clip, told from its picture alone: rates, moves in order, how sure that is.

    Raises NotFound; BadMedia for a clip that does not decode cleanly or to another number of frames than it lists.
    """
    clip = given.path(path, "07A-001.mp4")
    facts = probe(clip)
    camera = Measuring()
    decoded = 0
    with contextlib.closing(small_frames(clip, facts, clip.name)) as frames:
        for picture, time_s in frames:
            camera.frame(_grey(picture), time_s)
            decoded += 1
    _check_count(decoded, facts, clip.name)
    return _unmoved() if decoded == 1 else camera.done()


def look(path: Path | str) -> Look:
    """The camera, flags and features of a clip: what `ingest` finds as well. Raises what `measure` raises."""
    clip = given.path(path, "07A-001.mp4")
    facts = probe(clip)
    return looked(clip, facts, clip.name)


def looked(clip: Path, facts: Probe, name: str, chain: str = "", outputs: Iterable[str | Path] = ()) -> Look:
    """The same of a clip that was probed. For `chain` and `outputs` see `small_frames`."""
    looker = Looker(facts.frames)
    decoded = 0
    # closed, so that ffmpeg is gone before anybody tidies up what it wrote
    with contextlib.closing(small_frames(clip, facts, name, chain, outputs)) as frames:
        for picture, time_s in frames:
            looker.frame(picture, time_s)
            decoded += 1
    _check_count(decoded, facts, name)
    return looker.done()


def _check_count(decoded: int, facts: Probe, name: str) -> None:
    """BadMedia for a clip that decodes to another number of frames than it lists."""
    if decoded != facts.frames:
        raise BadMedia(
            f"{name} decodes to {decoded} frames where its index lists {facts.frames}: "
            "it is cut short or damaged; download or export it again"
        )


def small_frames(
    clip: Path, facts: Probe, name: str, chain: str = "", outputs: Iterable[str | Path] = ()
) -> Generator[tuple[Picture, float], None, None]:
    """Each frame of the clip, small and in colour, with its time in seconds from the first; decoded once.

    `chain` is an ffmpeg filter graph for more than that, fed by [more] and mapped by `outputs`. Raises BadMedia where
    ffmpeg has anything to complain about, calling the clip by `name`.
    """
    width, height = small_size(facts)
    small = f"scale={width}:{height}:flags=area,format=bgr24[small]"
    graph = f"[0:V:0]split[more][less];{chain};[less]{small}" if chain else f"[0:V:0]{small}"
    args: list[str | Path] = [
        # explode: the decoder reports what it would otherwise paint over; xerror: the first report ends the run
        # One thread each: where many clips come in there is a run for each core, and more threads cost more time.
        *("-xerror", "-err_detect", "explode", "-threads", "1", "-f", video_kind(clip), "-i", clip),
        *("-filter_complex_threads", "1", "-filter_complex", graph, *outputs),
        *("-map", "[small]", "-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1"),
    ]
    size = width * height * 3
    times = _times(clip, facts)
    with _clean(clip, name, args) as child:
        assert child.stdout is not None
        while len(data := child.stdout.read(size)) == size:
            yield np.frombuffer(data, np.uint8).reshape(height, width, 3), next(times)


def small_size(facts: Probe) -> tuple[int, int]:
    """Width and height of the small frames."""
    scale = min(1.0, LONGER / max(facts.width, facts.height))
    return max(1, round(facts.width * scale)), max(1, round(facts.height * scale))


@contextlib.contextmanager
def _clean(clip: Path, name: str, args: list[str | Path]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        with running(args, stdout=subprocess.PIPE, clean=True, behind=True) as child:
            yield child
    except (DiskFull, StoreError, BadMedia):
        raise
    except StudioError as problem:
        said = str(problem).removeprefix("ffmpeg stopped: ").replace(clip.name, name)
        raise BadMedia(f"{name} does not decode cleanly ({said}): download or export it again") from None


def _times(clip: Path, facts: Probe) -> Iterator[float]:
    """When each frame is shown, in seconds from the first, without end."""
    if not facts.variable_rate:
        yield from (float(k / facts.rate) for k in count())
    last = -LEAST_STEP_S
    for stamp in _stamps(clip):
        last = max(stamp, last + LEAST_STEP_S)
        yield last
    yield from (last + float(k / facts.rate) for k in count(1))


def _stamps(clip: Path) -> list[float]:
    with opened(clip, video_kind(clip)) as box:
        stream = picture_stream(box, clip.name)
        shown = (packet for packet in box.demux(stream) if packet.size and not packet.is_discard)
        ticks = sorted(packet.pts for packet in shown if packet.pts is not None)
        base = stream.time_base or 1
    return [float((tick - ticks[0]) * base) for tick in ticks]


def _unmoved() -> Measured:
    """What is known of the camera of a single frame."""
    return Measured(
        seconds=0.0, times=(), rates=(), totals=(0.0, 0.0, 0.0, 0.0), segments=(), moves=(), shake=0.0, speed="still",
        parallax="unclear", parallax_cue=0.0, confidence=0.0, readable=False, why=ONE_FRAME,
    )  # fmt: skip


def _grey(picture: Picture) -> NDArray[np.uint8]:
    import cv2

    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
