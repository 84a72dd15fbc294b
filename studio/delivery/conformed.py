"""Media made for a delivery: takes as they are with a time code and a reel of their own, or brought to the film's
rate, size and colour."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

from studio.cutting.formats import Media
from studio.delivery.conversions import Way
from studio.delivery.packages import is_opened
from studio.delivery.plan import first_shown, fitted
from studio.delivery.rendering import _version as ffmpeg_version
from studio.errors import Damaged
from studio.media import BT709, SAME_BYTES, ffmpeg
from studio.media import source as local
from studio.nouns import Cut, Slot, Source
from studio.timecode import timecode

PRORES = ("-c:v", "prores_ks", "-profile:v", "2", "-vendor", "apl0")  # ProRes 422: every editor takes it
BYTES_PER_PIXEL = Fraction(1, 3)  # of ProRes 422 at most, for the room on the disk: 147 Mbit/s at 1920×1080 and 29.97


def stamp(source: Source, clip: Path, media: Media, to: Path) -> None:
    """A `.mov` of the same frames, bit for bit, with a time code and a reel. A WebM clip, whose coding no editor's
    `.mov` holds, becomes ProRes of its own rate and size."""
    if is_opened(source):
        coding: tuple[str, ...] = ("-c", "copy")
    else:
        coding = ("-vf", f"setsar=1,format=yuv422p10le,{BT709}", *_rate(media.rate), *PRORES)
    _write(clip, media, to, coding)
    _count(to, media, source)


def conform(cut: Cut, source: Source, clip: Path, media: Media, way: Way, matrix: str, to: Path) -> None:
    """A clip as ProRes 422 in the film's rate, size and colour. Frames are held by the film's own frame rule, so that
    a frame of this file is the frame that the film shows; or neighbouring ones are mixed."""
    whole = Slot(source, 0, media.frames)
    rate = f"{media.rate.numerator}/{media.rate.denominator}"
    exact = f"settb={media.rate.denominator}/{media.rate.numerator}"
    if way == "blend" and source.rate != media.rate:
        own = f"settb={source.rate.denominator}/{source.rate.numerator},setpts=N"
        timing = [own, f"framerate=fps={rate}:interp_start=0:interp_end=255:scene=100", f"{exact},setpts=N"]
    else:
        timing = [exact, f"setpts='{first_shown(whole, media.rate)}'", f"fps={rate}:start_time=0"]
    chain = [
        *timing,
        "tpad=stop_mode=clone:stop=-1",
        f"trim=end_frame={media.frames}",
        *fitted(source, cut.width, cut.height, cut.fit, matrix),
        f"setsar=1,format=yuv422p10le,{BT709}",
    ]
    _write(clip, media, to, ("-vf", ",".join(chain), *_rate(media.rate), *PRORES))
    _count(to, media, source)


def conformed_bytes(cut: Cut, media: Media) -> int:
    """About how large a conformed file becomes, rather too much than too little."""
    return int(media.frames * cut.width * cut.height * BYTES_PER_PIXEL)


def stamped_bytes(source: Source, clip: Path) -> int:
    """The same of a stamped file."""
    pixels = source.frames * source.width * source.height
    return clip.stat().st_size if is_opened(source) else int(pixels * BYTES_PER_PIXEL)


def _rate(rate: Fraction) -> tuple[str, ...]:
    return ("-fps_mode", "cfr", "-r", f"{rate.numerator}/{rate.denominator}")


def _write(clip: Path, media: Media, to: Path, coding: tuple[str, ...]) -> None:
    start = timecode(media.start_frame, media.rate, drop=media.drop)
    words: list[str | Path] = ["-i", clip]
    ffmpeg(
        [
            *words,
            *("-map", "0:V:0", "-an", "-sn", "-dn", *coding, *SAME_BYTES),
            *("-timecode", start, "-metadata:s:v:0", f"reel_name={media.reel}"),
            *("-f", "mov", local(to)),
        ]
    )


def name_of(cut: Cut, source: Source, media: Media, way: Way, matrix: str, marks: str) -> str:
    """The name of a conformed file in the cache: a hash of all that its bytes depend on, `marks` the words in it."""
    facts = [
        ffmpeg_version(), PRORES, source.sha256, source.rate, media.frames, media.rate, media.start_frame, media.drop,
        media.reel, cut.width, cut.height, cut.fit, way, matrix, marks,
    ]  # fmt: skip
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def is_whole(path: Path, media: Media) -> bool:
    """Whether a file is there with its frames and its time code."""
    from av.error import FFmpegError

    try:
        return _found(path) == (media.frames, True)
    except (FFmpegError, OSError, IndexError):  # not there, cut short, or no picture in it
        return False


def _count(to: Path, media: Media, source: Source) -> None:
    """Look whether the file came out as the lists will say. Raises Damaged."""
    from av.error import FFmpegError

    try:
        frames, coded = _found(to)
    except FFmpegError as problem:
        raise Damaged(f"the copy of {source.name} cannot be read ({problem.strerror}): export again") from None
    if frames != media.frames:
        raise Damaged(f"the copy of {source.name} came out with {frames} frames for {media.frames}: export again")
    if not coded:
        raise Damaged(f"the copy of {source.name} came out without its time code: export again")


def _found(path: Path) -> tuple[int, bool]:
    """How many frames a file has, and whether it has a time code."""
    import av

    with av.open(str(path), format="mov", options={"protocol_whitelist": "file"}) as box:
        video = box.streams.video[0]
        return sum(packet.pts is not None for packet in box.demux(video)), "timecode" in video.metadata
