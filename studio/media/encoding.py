"""Frames to a clip: H.264 in MP4, tagged bt709, the same bytes for the same frames."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.errors import BadInput
from studio.media.ffmpeg import ffmpeg, running
from studio.media.files import scratch

BT709 = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709"
"""The end of every filter chain that makes a picture: ffmpeg 9 ignores the output's colour flags alone."""

SAME_BYTES = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact")
"""No clock, no version and no name of the machine in the file."""


def encode(
    frames: Iterable[NDArray[np.uint8]], path: Path, *, rate: Fraction, threads: int = 1, quality: int = 18
) -> int:
    """Write frames (BGR uint8, height × width × 3, all of one even size) as H.264 4:2:0 MP4; how many were written.

    The file has `rate` exactly, bt709 at TV range, no B-frames (so no edit list and time stamps from 0), its index in
    front, and no clock in it: with one thread the same frames give the same bytes. `quality` is x264's CRF.

    It is written beside `path` and named when whole. If `frames` raises, or is interrupted, no file is left; a
    process killed outright leaves at most a `….partial`. Two that make the same clip at once do not disturb each
    other. Raises BadInput for no frames, an odd size, or a frame unlike the first; DiskFull and StoreError.
    """
    supply = iter(frames)
    frame = next(supply, None)
    if frame is None:
        raise BadInput(f"there is no frame to write into {path.name}: a clip has at least one")
    height, width = _size(frame, path)
    count = 0
    with scratch(path) as part:
        with running(_arguments(part, width, height, rate, threads, quality), stdin=subprocess.PIPE) as child:
            assert child.stdin is not None
            while frame is not None:
                if frame.shape != (height, width, 3) or frame.dtype != np.uint8:
                    raise BadInput(
                        f"frame {count} of {path.name} is {frame.dtype} {frame.shape}: "
                        f"every frame is uint8 {(height, width, 3)} like the first"
                    )
                child.stdin.write(np.ascontiguousarray(frame).data)
                count += 1
                frame = next(supply, None)
        part.replace(path)
    return count


def shortened(clip: Path, seconds: Fraction, to: Path, lines: int = 0) -> Path:
    """The first `seconds` of a clip, without sound, written to `to`; the clip itself where it is not longer.

    With `lines` it is written in any case, its shorter side at most that many, and pressed harder. Raises NotFound,
    BadMedia, DiskFull, StoreError.
    """
    from studio.media.probing import probe, video_kind

    facts = probe(clip)
    if facts.duration_s <= seconds and not lines:
        return clip
    frames = max(1, int(seconds * facts.rate))
    even = f"2*trunc(min({{0}},{lines})/2)"
    shorter = f"scale='if(gt(iw,ih),-2,{even.format('iw')})':'if(gt(iw,ih),{even.format('ih')},-2)'," if lines else ""
    with scratch(to) as part:
        ffmpeg(
            [
                *("-f", video_kind(clip), "-i", clip, "-map", "0:V:0", "-frames:v", str(frames)),
                *("-vf", f"{shorter}format=yuv420p,{BT709}", "-c:v", "libx264", "-preset", "veryfast"),
                *("-crf", "28" if lines else "16", "-bf", "0"),
                *SAME_BYTES,
                *("-movflags", "+faststart", "-f", "mp4", part),
            ]
        )
        part.replace(to)
    return to


def _arguments(part: Path, width: int, height: int, rate: Fraction, threads: int, quality: int) -> list[str | Path]:
    return [
        *("-f", "rawvideo", "-pixel_format", "bgr24", "-video_size", f"{width}x{height}"),
        *("-framerate", f"{rate.numerator}/{rate.denominator}", "-i", "pipe:0"),
        *("-vf", f"scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar=1,{BT709}"),
        # said again: between the two ffmpeg takes 119.88 for 120, as it does with whatever is near a usual rate
        *("-fps_mode", "cfr", "-r", f"{rate.numerator}/{rate.denominator}"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", str(quality), "-bf", "0", "-threads", str(threads)),
        *SAME_BYTES,
        *("-movflags", "+faststart", "-f", "mp4", part),
    ]


def _size(frame: NDArray[np.uint8], path: Path) -> tuple[int, int]:
    height, width = frame.shape[:2]
    if frame.ndim != 3 or frame.shape[2] != 3 or height % 2 or width % 2:
        raise BadInput(
            f"a frame of {path.name} is {' × '.join(map(str, frame.shape))}: "
            "H.264 takes height × width × 3 with an even height and width"
        )
    return height, width
