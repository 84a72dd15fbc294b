"""A clip comes in: hash, facts, poster, scrub strip and proxy, with every frame decoded once and found sound.

One ffmpeg run decodes the clip and feeds four things: the three pictures, and small grey frames on a pipe, one for
each frame decoded. Counting those is how a clip that was cut short is found; measuring the camera and the flags on
them is what they are there for.
"""

from __future__ import annotations

import contextlib
import math
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.errors import BadMedia, DiskFull, StoreError, StudioError
from studio.media.encoding import SAME_BYTES
from studio.media.ffmpeg import running
from studio.media.files import disk_errors, sha256_of
from studio.media.library import Library
from studio.media.probing import Probe, probe, video_kind
from studio.media.reading import choose

POSTER_BOX = 480  # pixels: the longer side of a poster
STRIP_PICTURES = 8  # side by side, each as wide as the strip ÷ 8
STRIP_HEIGHT = 90
WIDEST_CELL = 360  # pixels: eight of a clip 240 times as wide as high are more than a JPEG holds
PROXY_LINES = 480  # the shorter side of a proxy
PROXY_LONGEST = 4096  # pixels
PROXY_GOP = 12  # frames between key frames: scrubbing never decodes more
GREY_WIDTH = 64


@dataclass(frozen=True)
class Ingested:
    """What is known of a clip that came in, and where its pictures are."""

    probe: Probe
    sha256: str
    poster: Path
    strip: Path
    proxy: Path
    decoded_frames: int


def ingest(path: Path | str, label: str, library: Library, expected_frames: int | None = None) -> Ingested:
    """Decode a clip once: its facts, its hash, and the take's poster, strip and proxy in the library.

    The poster is the frame at a third of the clip. The strip is a row of eight pictures, spread evenly; a clip of fewer
    than eight frames holds its last. The proxy has no sound and its frames stand at the clip's own times. Pictures
    are never enlarged and never padded; they replace older ones of the same label, and are named when whole.

    Raises NotFound; BadMedia where a frame does not decode cleanly, where fewer frames decode than the file lists, or
    where it has not `expected_frames`; DiskFull, StoreError. Nothing is left behind then. The clip itself is not
    touched: `Library.keep` names it.
    """
    clip = Path(path)
    arriving = clip.parent.absolute() == library.tmp.absolute()
    name = label if arriving else clip.name  # a clip on its way in is called by a long id; people know its label
    try:
        facts = probe(clip)
    except BadMedia as problem:
        raise BadMedia(str(problem).replace(clip.name, name)) from None
    if expected_frames is not None and facts.frames != expected_frames:
        raise BadMedia(f"{name} has {facts.frames} frames where {expected_frames} were asked for: generate it again")
    library.prepare()
    made = (library.poster(label), library.strip(label), library.proxy(label))
    run = clip.stem if arriving else label
    parts = tuple(library.tmp / f"{run}.{to.parent.name}{to.suffix}" for to in made)
    with disk_errors(made[0]):
        sha256 = sha256_of(clip)
        try:
            decoded = sum(1 for _ in _grey_frames(clip, facts, parts, name))
            if decoded != facts.frames:
                raise BadMedia(
                    f"{name} decodes to {decoded} frames where its index lists {facts.frames}: "
                    "it is cut short or damaged; download or export it again"
                )
            for part, to in zip(parts, made, strict=True):
                part.replace(to)
        finally:
            for part in parts:
                part.unlink(missing_ok=True)
    return Ingested(facts, sha256, *made, decoded)


def _grey_frames(clip: Path, facts: Probe, parts: tuple[Path, ...], name: str) -> Iterator[NDArray[np.uint8]]:
    """Each frame of the clip, small and grey (uint8, height × width), while the pictures are written to `parts`."""
    width, height = _even(GREY_WIDTH, GREY_WIDTH * facts.height / facts.width)
    size = width * height
    with _clean(clip, name, _args(clip, facts, parts, (width, height))) as child:
        assert child.stdout is not None
        while len(data := child.stdout.read(size)) == size:
            yield np.frombuffer(data, np.uint8).reshape(height, width)


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


def _args(clip: Path, facts: Probe, parts: tuple[Path, ...], grey: tuple[int, int]) -> list[str | Path]:
    poster, strip, proxy = parts
    count = facts.frames
    places = sorted({(2 * place + 1) * count // (2 * STRIP_PICTURES) for place in range(STRIP_PICTURES)})
    scale = min(STRIP_HEIGHT / facts.height, WIDEST_CELL / facts.width)
    cell = _even(facts.width * scale, facts.height * scale)
    jpeg = "out_color_matrix=bt601:out_range=pc,setsar=1,format=yuvj420p"
    # The small pictures are made from the proxy's frames: one large frame is scaled once, not four times. The proxy
    # keeps the clip's own colour tags: turning 601 into 709 costs as much as scaling, and nobody grades a proxy.
    chain = (
        f"[0:V:0]split=2[whole][once];"
        f"[once]{choose([count // 3])},scale={_size(_within(facts, longer=POSTER_BOX))}:{jpeg}[poster];"
        f"[whole]scale={_size(_within(facts, longer=PROXY_LONGEST, shorter=PROXY_LINES))}:flags=bilinear,"
        "setsar=1,format=yuv420p,split=3[proxy][some][all];"
        f"[some]{choose(places)},scale={_size(cell)}:{jpeg},"
        f"tpad=stop_mode=clone:stop={STRIP_PICTURES - len(places)},tile={STRIP_PICTURES}x1[strip];"
        f"[all]scale={_size(grey)}:flags=fast_bilinear,format=gray[grey]"
    )
    still = (
        "-frames:v",
        "1",
        "-c:v",
        "mjpeg",
        "-q:v",
        "4",
        "-huffman",
        "optimal",
        *SAME_BYTES,
        "-f",
        "image2",
        "-update",
        "1",
    )
    every = ("-fps_mode", "passthrough")
    return [
        # explode: the decoder reports what it would otherwise paint over; xerror: the first report ends the run
        # One thread each: where many clips come in there is a run for each core, and more threads cost more time.
        *("-xerror", "-err_detect", "explode", "-threads", "1", "-f", video_kind(clip), "-i", clip),
        *("-filter_complex_threads", "1", "-filter_complex", chain),
        *("-map", "[poster]", *every, *still, poster),
        *("-map", "[strip]", *every, *still, strip),
        *("-map", "[proxy]", *every, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "28", "-g", str(PROXY_GOP)),
        *("-bf", "0", "-threads", "1", *SAME_BYTES, "-movflags", "+faststart", "-f", "mp4", proxy),
        *("-map", "[grey]", *every, "-f", "rawvideo", "pipe:1"),
    ]  # fmt: skip


def _within(facts: Probe, *, longer: int = 0, shorter: int = 0) -> tuple[int, int]:
    """The clip's size, made smaller where its longer or shorter side is above a limit."""
    sides = sorted((facts.width, facts.height))
    scale = min([1.0, *(limit / side for limit, side in zip((shorter, longer), sides, strict=True) if limit)])
    return _even(facts.width * scale, facts.height * scale)


def _even(width: float, height: float) -> tuple[int, int]:
    """The nearest even size, the smaller of two: H.264 and JPEG share colour between two pixels each way."""
    return max(2, 2 * math.ceil(width / 2 - 0.5)), max(2, 2 * math.ceil(height / 2 - 0.5))


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]}:{size[1]}"
