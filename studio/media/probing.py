"""What a clip is, from its packets: of the pictures only the first is decoded.

The rate comes from the time stamps, never from the container's average: 103 frames with steps of 1/30 and 2/30 s
claim an average of 103/4, and no frame of them is where that says.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import BadMedia, NotFound
from studio.given import shown

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

STANDARD_RATES = (
    *(Fraction(whole) for whole in (24, 25, 30)),
    *(Fraction(1000 * whole, 1001) for whole in (24, 30)),
    *(Fraction(whole) for whole in (60, 50)),
    *(Fraction(1000 * whole, 1001) for whole in (60, 48, 120)),
    *(Fraction(whole) for whole in (48, 8, 12, 16, 15, 10, 20, 18, 6, 100, 120, 240, 5, 4, 2, 1)),
)
"""In the order in which they are believed where few time stamps leave room for several."""

VIDEO_KINDS = {"mov": ".mp4", "webm": ".webm", "matroska": ".mkv"}
PLAY_LISTS = (b"#EXTM3U", b"ffconcat", b"[playlist]", b"<?xml", b"<smil", b"<asx")


@dataclass(frozen=True)
class Probe:
    """The facts of a clip's first video stream."""

    width: int  # pixels as shown: turned by the file's rotation, stretched by its sample aspect ratio
    height: int
    rate: Fraction  # frames per second, exact; for a variable rate the mean of the steps
    frames: int  # that are shown: packets that an edit list or the container discards do not count
    variable_rate: bool
    codec: str  # "h264", "vp9", …
    has_sound: bool
    start_s: Fraction  # time stamp of the first frame
    shortest_step_s: Fraction  # between neighbouring frames; of a single frame 1 / rate
    longest_step_s: Fraction

    @property
    def duration_s(self) -> Fraction:
        """Exact length, the last frame included."""
        return self.frames / self.rate


def sniff(path: Path) -> str:
    """What a file is, by its first bytes: mov (MP4 too), webm, matroska, wav, ogg, flac, mp3, aac, aiff, or gif.

    ffmpeg and PyAV are then told to read it as that, so that a play list named `.mp4` never opens what it lists.
    Raises NotFound or BadMedia.
    """
    if not path.exists():
        named = path if str(path).isprintable() else shown(str(path))
        raise NotFound(f"{named} is not there: give the path of a clip or a song")
    if path.is_dir():
        raise BadMedia(f"{path.name or path} is a folder: give the path of one file in it")
    if not path.is_file():
        raise BadMedia(f"{path.name} is not a file but a pipe or a device: give the path of a clip or a song")
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as problem:
        raise BadMedia(f"{path.name} cannot be opened ({problem.strerror}): allow reading it, or copy it") from None
    if not head:
        raise BadMedia(f"{path.name} is empty (0 bytes): download or export it again")
    kind = _kind(head)
    if kind:
        return kind
    opening = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:16].lower()
    if opening.startswith(tuple(mark.lower() for mark in PLAY_LISTS)):
        raise BadMedia(f"{path.name} is a play list, not a clip: give the file that it lists")
    if opening.startswith((b"<!doctype", b"<html", b"{", b"[")) or _is_text(head):
        raise BadMedia(
            f"{path.name} holds text, not video or sound: it may be an error page saved as a clip; fetch it again"
        )
    raise BadMedia(
        f"{path.name} is not a kind of file that the studio reads: "
        "give an MP4, MOV or WebM clip, or a WAV, FLAC, MP3, M4A or Ogg song"
    )


def _kind(head: bytes) -> str:
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp"):
        return "mov"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm" if b"webm" in head[:64] else "matroska"
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"FORM") and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    for mark, kind in ((b"OggS", "ogg"), (b"fLaC", "flac"), (b"GIF8", "gif"), (b"ID3", "mp3")):
        if head.startswith(mark):
            return kind
    if head[0] == 0xFF and len(head) > 1:
        if head[1] & 0xF6 == 0xF0:  # ADTS: sync word, layer 0
            return "aac"
        if head[1] & 0xE0 == 0xE0 and head[1] & 0x06:  # MPEG audio: sync word, a layer
            return "mp3"
    return ""


def _is_text(head: bytes) -> bool:
    return b"\0" not in head and sum(byte < 9 or 13 < byte < 32 for byte in head) == 0


def video_kind(path: Path) -> str:
    """The demuxer for a clip: "mov" or "matroska". Raises BadMedia for what is no clip, saying what to give."""
    kind = sniff(path)
    if kind == "gif":
        raise BadMedia(f"{path.name} is an animated GIF: convert it to MP4 first (ffmpeg -i in.gif out.mp4)")
    if kind not in VIDEO_KINDS:
        raise BadMedia(f"{path.name} is sound ({kind}): a take is a clip with a picture, MP4, MOV or WebM")
    return "mov" if kind == "mov" else "matroska"


def made_suffix(path: Path) -> str:
    """The suffix of a clip that a provider made, by what is in it: ProRes comes as QuickTime, some servers make WebM.

    Raises BadMedia for what is no clip, or none that is kept.
    """
    video_kind(path)
    with path.open("rb") as file:
        quicktime = file.read(12)[4:] == b"ftypqt  "
    return ".mov" if quicktime else adopted_suffix(path)


def adopted_suffix(path: Path) -> str:
    """The suffix under which a clip is kept: what it is, not what it is called. Raises BadMedia for other kinds."""
    video_kind(path)
    kind = sniff(path)
    if kind == "matroska":
        raise BadMedia(
            f"{path.name} is a Matroska file, which browsers and editors do not play: "
            "re-wrap it as MP4 first (ffmpeg -i in.mkv -c copy out.mp4)"
        )
    if kind == "mov" and path.suffix.lower() == ".mov":
        return ".mov"
    return VIDEO_KINDS[kind]


@contextlib.contextmanager
def opened(path: Path, kind: str) -> Iterator[InputContainer]:
    """A file as PyAV reads it, of the kind that `sniff` found; what PyAV cannot read raises BadMedia."""
    import av
    from av.error import FFmpegError

    # A demuxer that is named is the only one that is tried, and it opens this one file and nothing else.
    local = {"protocol_whitelist": "file"}
    try:
        with av.open(str(path.absolute()), format=kind, options=local, metadata_errors="replace") as box:
            yield box
    except FFmpegError as problem:
        raise BadMedia(
            f"{path.name} cannot be read ({problem.strerror}): it is cut short or damaged; download or export it again"
        ) from None


def probe(path: Path | str) -> Probe:
    """Look at a clip: size as shown, exact rate, frames, and whether they come at a constant rate.

    Raises NotFound, or BadMedia for a file that is empty, cut short, without a picture, or no clip at all.
    """
    clip = Path(path)
    with opened(clip, video_kind(clip)) as box:
        return _probe(box, clip.name)


def picture_stream(box: InputContainer, name: str) -> VideoStream:
    """The first video stream that is no cover. BadMedia where there is none."""
    from av.stream import Disposition

    pictures = [stream for stream in box.streams.video if not stream.disposition & Disposition.attached_pic]
    if not pictures:
        raise BadMedia(f"{name} has no picture: it is cut short, or sound alone; give a clip with a video stream")
    return pictures[0]


def _probe(box: InputContainer, name: str) -> Probe:
    stream = picture_stream(box, name)
    width, height = stream.width, stream.height
    if not width or not height:
        raise BadMedia(f"{name} does not say how large its picture is: it is damaged; download or export it again")
    ticks, hidden, turn = [], 0, None
    decoder = stream.codec_context
    decoder.thread_count = 1  # gives a frame back at once
    for packet in box.demux(stream):
        if packet.size == 0:
            continue  # the end of the stream
        shown = packet.pts is not None and not packet.is_discard
        if packet.pts is not None and shown:
            ticks.append(packet.pts)
        else:
            hidden += 1
        if turn is None:  # PyAV tells a rotation on a decoded frame only, so the first one is decoded after all
            frames = [*decoder.decode(packet), *(decoder.decode(None) if shown else ())]
            turn = next((frame.rotation for frame in frames), 0 if shown else None)
    if not ticks:
        raise BadMedia(f"{name} has no frame: it is cut short or was never finished; download or export it again")
    if stream.frames > len(ticks) + hidden:
        raise BadMedia(
            f"{name} is cut short: {len(ticks) + hidden} of its {stream.frames} frames are there; "
            "download or export it again"
        )
    ticks.sort()  # B-frames are stored in another order than they are shown
    base = Fraction(stream.time_base or 1)
    length = Fraction(stream.duration or 0) * base
    rate, constant = rate_of(ticks, base, stream.guessed_rate or (1 / length if length else None))
    steps = [(after - before) * base for before, after in pairwise(ticks)] or [1 / rate]
    if stream.sample_aspect_ratio:
        width = round(width * stream.sample_aspect_ratio)
    if turn and turn % 180:
        width, height = height, width
    return Probe(
        width=width, height=height, rate=rate, frames=len(ticks), variable_rate=not constant,
        codec=stream.codec_context.name, has_sound=bool(box.streams.audio), start_s=ticks[0] * base,
        shortest_step_s=min(steps), longest_step_s=max(steps),
    )  # fmt: skip


def rate_of(ticks: Sequence[int], base: Fraction, stated: Fraction | None) -> tuple[Fraction, bool]:
    """The exact rate of sorted time stamps, and whether it is constant.

    `base` is seconds a tick; `stated` is what the container says, which is believed only where it fits every time
    stamp to a tick. Steps that differ by at most one tick are constant, unless a tick is itself a good part of a
    frame (steps of 1 and 2 ticks) or they drift half a frame from an even pace. A container can only round the time
    of frame k to a tick, so the rates that fit are an interval. Within it: the rate that the steps say exactly if it
    is a standard one, the stated one if standard, the first standard one; else the exact one, or where steps are not
    all equal the stated or the simplest fraction. For a variable rate it is the mean of the steps.
    """
    if len(ticks) == 1:
        return (stated or Fraction(24)), True
    shortest, longest = (pick(b - a for a, b in pairwise(ticks)) for pick in (min, max))
    count, span = len(ticks) - 1, ticks[-1] - ticks[0]
    exact = count / (span * base) if span else Fraction(stated or 24)
    drift = max(abs((tick - ticks[0]) * count - k * span) for k, tick in enumerate(ticks))  # in ticks × count
    if longest - shortest > 1 or 2 * longest > 3 * shortest or 2 * drift > span:
        return exact, False
    low = max((k / ((tick - ticks[0] + 1) * base) for k, tick in enumerate(ticks) if k))
    high = min((k / ((tick - ticks[0] - 1) * base) for k, tick in enumerate(ticks) if tick - ticks[0] > 1), default=low)
    even = longest == shortest
    if low > high or (even and exact in STANDARD_RATES):
        return exact, True
    fitting = [rate for rate in (stated, *STANDARD_RATES) if rate is not None and low <= rate <= high]
    standard = next((rate for rate in fitting if rate in STANDARD_RATES), None)
    if standard is not None:
        return standard, True
    claimed = stated if stated in fitting and stated is not None and stated.denominator <= 1001 else None
    if even:
        return min(exact, claimed or exact, key=lambda rate: rate.denominator), True
    return claimed or simplest_between(low, high), True


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """The fraction with the smallest denominator in [low, high], 0 < low ≤ high: the Stern–Brocot tree's first."""
    whole = math.ceil(low)
    if whole <= high:
        return Fraction(whole)
    below = whole - 1
    return below + 1 / simplest_between(1 / (high - below), 1 / (low - below))
