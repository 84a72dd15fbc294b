"""A clip comes in: hash, facts, poster, scrub strip, proxy, camera and flags, every frame decoded once and found sound.

One ffmpeg run decodes the clip and feeds four things: the three pictures, and small frames on a pipe, one for each
frame decoded. Counting those is how a clip that was cut short is found; what is seen in them is its look.
"""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from pathlib import Path

from studio.errors import BadMedia
from studio.media.encoding import SAME_BYTES
from studio.media.files import disk_errors, sha256_of
from studio.media.library import Library
from studio.media.looking import Look, looked
from studio.media.probing import Probe, probe
from studio.media.reading import choose

POSTER_BOX = 480  # pixels: the longer side of a poster
STRIP_PICTURES = 8  # side by side, each as wide as the strip ÷ 8
STRIP_HEIGHT = 90
WIDEST_CELL = 360  # pixels: eight of a clip 240 times as wide as high are more than a JPEG holds
PROXY_LINES = 480  # the shorter side of a proxy
PROXY_LONGEST = 4096  # pixels
PROXY_GOP = 12  # frames between key frames: scrubbing never decodes more


@dataclass(frozen=True)
class Ingested:
    """What is known of a clip that came in, and where its pictures are."""

    probe: Probe
    sha256: str
    poster: Path
    strip: Path
    proxy: Path
    decoded_frames: int
    look: Look  # camera, flags and features


def ingest(
    path: Path | str, label: str, library: Library, expected_frames: int | None = None, run: str = ""
) -> Ingested:
    """Decode a clip once: its facts, its hash, its look, and the take's poster, strip and proxy in the library.

    The poster is the frame at a third of the clip. The strip is a row of eight pictures, spread evenly; a clip of fewer
    than eight frames holds its last. The proxy has no sound and its frames stand at the clip's own times. Pictures
    are never enlarged and never padded; they replace older ones of the same label, and are named when whole. Where a
    `run` is given they stay in `media/tmp` under its name, until `Library.place` names them after the kept clip: on a
    shared disk another film's clip may have that label.

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
    at_work = run or (clip.stem if arriving else f"{label}.{secrets.token_hex(4)}")
    parts = tuple(library.tmp / f"{at_work}.{to.parent.name}{to.suffix}" for to in made)
    with disk_errors(made[0]):
        sha256 = sha256_of(clip)
        try:
            look = looked(clip, facts, name, *pictures(facts, *parts))
            for part, to in () if run else zip(parts, made, strict=True):
                part.replace(to)
        except BaseException:
            for part in parts:
                part.unlink(missing_ok=True)
            raise
    poster, strip, proxy = parts if run else made
    return Ingested(facts, sha256, poster, strip, proxy, facts.frames, look)


def pictures(facts: Probe, poster: Path, strip: Path, proxy: Path) -> tuple[str, tuple[str | Path, ...]]:
    """The filter graph that makes the three from the frames in [more], and the arguments that write them."""
    count = facts.frames
    places = sorted({(2 * place + 1) * count // (2 * STRIP_PICTURES) for place in range(STRIP_PICTURES)})
    scale = min(STRIP_HEIGHT / facts.height, WIDEST_CELL / facts.width)
    cell = _even(facts.width * scale, facts.height * scale)
    jpeg = "out_color_matrix=bt601:out_range=pc,setsar=1,format=yuvj420p"
    # The strip is made from the proxy's frames: one large frame is scaled once, not twice. The proxy
    # keeps the clip's own colour tags: turning 601 into 709 costs as much as scaling, and nobody grades a proxy.
    chain = (
        f"[more]split[whole][once];"
        f"[once]{choose([count // 3])},scale={_size(_within(facts, longer=POSTER_BOX))}:{jpeg}[poster];"
        f"[whole]scale={_size(_within(facts, longer=PROXY_LONGEST, shorter=PROXY_LINES))}:flags=bilinear,"
        "setsar=1,format=yuv420p,split[proxy][some];"
        f"[some]{choose(places)},scale={_size(cell)}:{jpeg},"
        f"tpad=stop_mode=clone:stop={STRIP_PICTURES - len(places)},tile={STRIP_PICTURES}x1[strip]"
    )
    every = ("-fps_mode", "passthrough")
    jpeg_file = ("-frames:v", "1", "-c:v", "mjpeg", "-q:v", "4", "-huffman", "optimal", *SAME_BYTES)
    still = (*jpeg_file, "-f", "image2", "-update", "1")
    return chain, (
        *("-map", "[poster]", *every, *still, poster),
        *("-map", "[strip]", *every, *still, strip),
        *("-map", "[proxy]", *every, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "28", "-g", str(PROXY_GOP)),
        *("-bf", "0", "-threads", "1", *SAME_BYTES, "-movflags", "+faststart", "-f", "mp4", proxy),
    )


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
