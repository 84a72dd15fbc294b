"""From a cut to ffmpeg argument lists. Pure: nothing is opened, nothing is run.

A cut is rendered in chunks of about four slots, each one ffmpeg call with a filter graph, so that memory stays small
and one swapped take costs one chunk. A chunk knows everything that its bytes depend on, which gives it its name in
the cache (`Chunk.key`); where it lies in the film is not among it.

The frame rule (DESIGN §2) is met exactly, not through time stamps: source frame i is first shown by output frame
⌊(i · rate ÷ source_rate − in_frames) ÷ speed + ½⌋, and `setpts` computes just that in whole numbers from the number
of the decoded frame (``N``). A division of whole numbers below 2⁵³ rounds to the right floor in a double, so no tie
and no near-tie can fall on the wrong side, whatever time base the file has or however late its first stamp is. (Time
stamps on a 1/720000 grid, nudged by 60 ticks, get 44 of 25,200 frames wrong: 25 in 24000/1001, 23.08 in 25, …) The
`fps` filter then only repeats and drops.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from studio.cutting.sounds import heard
from studio.errors import BadInput
from studio.media import BT709, SAME_BYTES, source
from studio.nouns import Cut, Slot, Source
from studio.timecode import frame_at

SLOTS_PER_CHUNK = 4
SOUND_RATE = 48_000  # samples per second, in song.wav and in the film
AAC_BITS = "192k"
X264_THREADS = "4"  # its bytes depend on the number, so it is the same on every machine
LETTERS = 1  # counts up when the same words are drawn otherwise over a picture


@dataclass(frozen=True)
class RenderSettings:
    """How hard x264 works, and how much it may lose; ProRes takes neither."""

    preset: str = "veryfast"
    crf: int = 18  # visually lossless for generated clips
    codec: Literal["h264", "prores"] = "h264"

    @property
    def pixels(self) -> str:
        """How the picture is kept, in ffmpeg's word."""
        return "yuv420p" if self.codec == "h264" else "yuv422p10le"

    @property
    def form(self) -> str:
        """ffmpeg's word for the file that is made."""
        return "mp4" if self.codec == "h264" else "mov"

    @property
    def suffix(self) -> str:
        """The end of that file's name."""
        return f".{self.form}"


@dataclass(frozen=True)
class Overlay:
    """Letters over the picture, from one film frame to another, in a band as wide as the film."""

    kind: Literal["title", "lyric", "burn-in"]
    words: tuple[str, ...]
    record_frame: int
    frames: int
    top: int  # of the band, in pixels from the top of the film; even, as its height is
    high: int


@dataclass(frozen=True)
class Layer:
    """The part of an overlay that one chunk shows: a clip with transparency, drawn before the chunk is rendered."""

    overlay: Overlay
    first: int  # the overlay's frame that it begins with
    frames: int
    rate: Fraction
    width: int

    @property
    def key(self) -> str:
        """The name of its file in the cache."""
        over = self.overlay
        where = over.record_frame if over.kind == "burn-in" else 0  # only a time code depends on it
        facts = [LETTERS, over.kind, over.words, where, over.frames, over.top, over.high]
        return _name([*facts, self.first, self.frames, str(self.rate), self.width])


@dataclass(frozen=True)
class Chunk:
    """A few slots that one ffmpeg call renders."""

    slots: tuple[Slot, ...]  # whose sources are its inputs; of a last one it may show no more than a dissolve into it
    frames: int
    graph: str  # the filter graph; input n is the source of slot n, the layers come after them
    output: tuple[str, ...]  # everything else that ffmpeg is told about the file it makes
    layers: tuple[Layer, ...] = ()

    def key(self, ffmpeg_version: str) -> str:
        """The name of its bytes: a hash of the words for ffmpeg, the contents they work on, and the ffmpeg."""
        facts = [ffmpeg_version, self.graph, self.output, [slot.source.sha256 for slot in self.slots]]
        return _name([*facts, [layer.key for layer in self.layers]] if self.layers else facts)

    def arguments(
        self, find: Callable[[Source], Path], to: Path, layer: Callable[[Layer], Path] | None = None
    ) -> list[str]:
        """ffmpeg's arguments; `find` gives the path of a source, `layer` that of a layer."""
        inputs: list[str] = []
        for slot in self.slots:
            inputs += ["-threads", "1", "-i", source(find(slot.source))]
        for each in self.layers:
            assert layer is not None
            inputs += ["-threads", "1", "-i", source(layer(each))]
        return [*inputs, "-filter_complex_threads", "1", "-filter_complex", self.graph, *self.output, source(to)]


def chunks(
    cut: Cut,
    matrices: Mapping[str, str],
    settings: RenderSettings | None = None,
    overlays: Sequence[Overlay] = (),
) -> tuple[Chunk, ...]:
    """The cut as chunks, in order. `matrices` names the YCbCr matrix of each source by its file (see `matrix_of`)."""
    settings = settings or RenderSettings()
    if cut.width % 2 or cut.height % 2:
        raise BadInput(f"the film is {cut.width}×{cut.height} pixels: H.264 wants an even width and height")
    return tuple(_chunk(cut, at, matrices, settings, overlays) for at in range(0, len(cut.slots), SLOTS_PER_CHUNK))


def _half(slot: Slot | None) -> int:
    """The frames of the dissolve into a slot on either side of its cut; 0 for a plain cut, and for no slot."""
    return slot.transition.frames // 2 if slot and slot.transition else 0


def _chunk(
    cut: Cut, at: int, matrices: Mapping[str, str], settings: RenderSettings, overlays: Sequence[Overlay]
) -> Chunk:
    """The chunk that begins with slot number `at` (from 0).

    A dissolve belongs whole to the chunk of the slot that it leaves: that chunk ends with the dissolve's last frame,
    and the next one begins after it.
    """
    after = at + SLOTS_PER_CHUNK
    following = cut.slots[after] if after < len(cut.slots) else None
    slots = cut.slots[at : after + 1 if _half(following) else after]
    start = slots[0].record_frame + _half(slots[0])
    end = (following.record_frame if following else cut.frames) + _half(following)
    lines, joined = [], []
    for n, slot in enumerate(slots):
        into = 2 * _half(slot) if n else 0
        last = n == SLOTS_PER_CHUNK  # only the dissolve into it is shown here
        out = 2 * _half(slots[n + 1]) if n + 1 < len(slots) else 0
        first = -into // 2 if n else _half(slot)
        frames = (into // 2 if last else slot.frames + out // 2) - first
        # V, not v: a cover picture is no video
        shown = f"[{n}:V:0]{slot_filters(cut, slot, matrices[slot.source.file], settings.pixels, first, frames)}"
        parts = [(f"i{n}", into), (f"s{n}", frames - into - out), (f"o{n}", out)]
        lines += _parted(shown, n, [(name, length) for name, length in parts if length])
        if into:
            lines.append(_mixed(f"o{n - 1}", f"i{n}", into, f"x{n}"))
        joined += [name for name, length in ((f"x{n}", into), parts[1]) if length]
    # concat counts in microseconds, which no NTSC rate fits: give the frames their exact numbers back.
    exact = f"settb={cut.rate.denominator}/{cut.rate.numerator},setpts=N"
    heads = "".join(f"[{name}]" for name in joined)
    picture = f"{heads}concat=n={len(joined)}:v=1:a=0,{exact}"
    layers: list[Layer] = []
    for over in overlays:
        begin, stop = max(start, over.record_frame), min(end, over.record_frame + over.frames)
        if begin < stop:
            number = len(layers)
            layers.append(Layer(over, begin - over.record_frame, stop - begin, cut.rate, cut.width))
            lines += [f"{picture}[p{number}]", _letters(len(slots) + number, begin - start, cut, settings, number)]
            picture = f"[p{number}][l{number}]overlay=0:{over.top}:format={_over(settings)}:eof_action=pass"
    graph = ";".join([*lines, f"{picture},{BT709}[v]"])
    starts = [0, *(slot.record_frame - start for slot in slots[1:])]
    # each slot can be reached without decoding the one before
    return Chunk(slots, end - start, graph, _output(cut, settings, starts), tuple(layers))


def _parted(shown: str, n: int, parts: Sequence[tuple[str, int]]) -> list[str]:
    """A slot's frames under one name, or parted: those that dissolve, and those that stand alone."""
    if len(parts) == 1:
        return [f"{shown}[{parts[0][0]}]"]
    names = "".join(f"[{name}a]" for name, _ in parts)
    lines, at = [f"{shown},split={len(parts)}{names}"], 0
    for name, length in parts:
        lines.append(f"[{name}a]trim=start_frame={at}:end_frame={at + length},setpts=N[{name}]")
        at += length
    return lines


def _mixed(one: str, other: str, frames: int, to: str) -> str:
    """A dissolve: frame j is (n − j) parts of the one picture and j of the other, so that at the cut it is half.

    `mix` rounds to the nearest, where `xfade` cuts off, but its parts are fixed: one of them for each frame, and only
    that one at work.
    """
    names = [f"{to}m{j}" for j in range(1, frames)]
    lines = [f"[{other}]split={frames - 1}{''.join(f'[{name}b]' for name in names)}"]
    for j, name in enumerate(names, start=1):
        under = one if j == 1 else names[j - 2]
        into = to if j == frames - 1 else name
        lines.append(f"[{under}][{name}b]mix=inputs=2:weights='{frames - j} {j}':enable='eq(n,{j})'[{into}]")
    return ";".join(lines)


def _letters(number: int, at: int, cut: Cut, settings: RenderSettings, name: int) -> str:
    """The filters that bring a layer into the film's time and colour."""
    alpha = "yuva420p" if settings.codec == "h264" else "yuva422p10le"
    time = f"settb={cut.rate.denominator}/{cut.rate.numerator},setpts=N+{at}"
    return f"[{number}:V:0]{time},scale=out_color_matrix=bt709:out_range=tv,format={alpha}[l{name}]"


def _over(settings: RenderSettings) -> str:
    return "yuv420" if settings.codec == "h264" else "yuv422p10"


def _output(cut: Cut, settings: RenderSettings, starts: Sequence[int]) -> tuple[str, ...]:
    head = (
        "-map",
        "[v]",
        "-an",
        "-sn",
        "-dn",
        "-fps_mode",
        "cfr",
        "-r",
        f"{cut.rate.numerator}/{cut.rate.denominator}",
    )
    tail = ("-video_track_timescale", str(timescale(cut.rate)), *SAME_BYTES, "-f", settings.form)
    if settings.codec == "prores":
        coding = ("-c:v", "prores_ks", "-profile:v", "hq", "-vendor", "apl0", "-pix_fmt", settings.pixels)
        return (*head, *coding, "-threads", X264_THREADS, *tail)
    return (
        *head,
        "-c:v", "libx264", "-preset", settings.preset, "-crf", str(settings.crf), "-profile:v", "high",
        "-pix_fmt", settings.pixels,
        "-threads", X264_THREADS,
        # the same stream headers in every chunk; and with a lookahead thread of its own, x264 told 5 of 150 encodings
        # on a busy machine in other bytes
        "-x264-params", "stitchable=1:sync-lookahead=0",
        "-force_key_frames", "expr:" + "+".join(f"eq(n,{each})" for each in starts),
        *tail,
    )  # fmt: skip


def slot_filters(
    cut: Cut, slot: Slot, matrix: str, pixels: str = "yuv420p", first: int = 0, frames: int | None = None
) -> str:
    """The filters that turn a slot's source into film frames of the film's size, square and 4:2:0.

    These are the slot's own, or so many from its frame `first` on: one below 0, or after its last, is of its handles.
    """
    rate = f"{cut.rate.numerator}/{cut.rate.denominator}"
    chain = [
        f"settb={cut.rate.denominator}/{cut.rate.numerator}",
        f"setpts='{first_shown(slot, cut.rate, first)}'",
        f"fps={rate}:start_time=0",
        "tpad=stop_mode=clone:stop=-1",  # a last frame on screen at the middle of the last film frame stays
        f"trim=end_frame={slot.frames if frames is None else frames}",
        *fitted(slot.source, cut.width, cut.height, "letterbox" if slot.source.kind == "card" else cut.fit, matrix),
        "setsar=1",
        f"format={pixels}",
    ]
    return ",".join(chain)


def first_shown(slot: Slot, rate: Fraction, first: int = 0) -> str:
    """⌊(N · rate ÷ source_rate − in_frames) ÷ speed + ½⌋ − first as an expression of whole numbers for `setpts`."""
    step = rate / (slot.source.rate * slot.speed)
    start = Fraction(1, 2) - slot.in_frames / slot.speed - first
    below = math.lcm(step.denominator, start.denominator)
    return f"floor((N*{int(step * below)}+({int(start * below)}))/{below})"


def fitted(picture: Source, width: int, height: int, fit: Literal["letterbox", "crop"], matrix: str) -> tuple[str, ...]:
    """Scaling into the film's size: bars around the whole picture, or the whole frame filled and the rest cut off.

    Its `width` and `height` are as shown, so an anamorphic or turned file comes out with square pixels, upright.
    """
    sides = Fraction(width, picture.width), Fraction(height, picture.height)
    scale = min(sides) if fit == "letterbox" else max(sides)
    wide, high = (max(2, 2 * round(side * scale / 2)) for side in (picture.width, picture.height))
    colour = f"in_color_matrix={matrix}:out_color_matrix=bt709:out_range=tv"
    if fit == "letterbox":
        wide, high = min(wide, width), min(high, height)
        bars = (f"pad={width}:{height}:{(width - wide) // 4 * 2}:{(height - high) // 4 * 2}:black",)
    else:
        wide, high = max(wide, width), max(high, height)
        bars = (f"crop={width}:{height}:{(wide - width) // 4 * 2}:{(high - height) // 4 * 2}",)
    return (f"scale={wide}:{high}:{colour}", *(bars if (wide, high) != (width, height) else ()))


def matrix_of(tag: int, width: int, height: int) -> str:
    """The YCbCr matrix of a picture, in the words of ffmpeg's `scale`, from its tag (ITU-T H.273, table 4).

    Generators leave it untagged (2). Then 720 lines and more are taken as bt709 and less as bt601, which is what
    players do; ffmpeg alone would take bt601 for all. Previz clips and cards are tagged.
    """
    if tag == 2:
        return "bt709" if min(width, height) >= 720 else "bt601"
    return {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020", 10: "bt2020"}.get(tag, "auto")


def timescale(rate: Fraction) -> int:
    """Ticks per second of the film's track: a frame is a whole number of them, and a tick at most 0.1 ms."""
    ticks = rate.numerator
    while ticks < 10_000:
        ticks *= 10
    return ticks


# --- joining and sound -------------------------------------------------------------------------------------------


def concat_list(files: Sequence[str], frames: Sequence[int], rate: Fraction) -> str:
    """The list that the concat demuxer reads. Names are our own, so nothing in them needs quoting.

    The demuxer adds lengths in whole microseconds; taking each from the exact end of the chunk keeps the error under
    one microsecond over any number of chunks.
    """
    lines, done, at_us = ["ffconcat version 1.0"], 0, 0
    for file, count in zip(files, frames, strict=True):
        done += count
        end_us = round(done / rate * 1_000_000)
        seconds, rest = divmod(end_us - at_us, 1_000_000)
        lines += [f"file {file}", f"duration {seconds}.{rest:06d}"]
        at_us = end_us
    return "\n".join(lines) + "\n"


def join_arguments(
    listing: str, sound: Path | None, to: Path, words: Path | None = None, form: str = "mp4", start: str = ""
) -> list[str]:
    """ffmpeg's arguments for putting the chunks and the encoded song into one file, nothing encoded again.

    `words` is a WebVTT file of subtitles, which become a track of timed text; `start` is the time code of the first
    frame, where the file has one.

    ffmpeg has to run in the folder of the list and the chunks: the demuxer looks for them by the list's own address,
    as a URL, and would lose what stands after a ``#`` or a ``?`` in the folder's path.
    """
    inputs = ["-f", "concat", "-safe", "1", "-i", f"file:{listing}"]
    maps = ["-map", "0:v:0"]
    if sound:
        inputs += ["-i", source(sound)]
        maps += ["-map", "1:a:0"]
    if words:
        inputs += ["-f", "webvtt", "-i", source(words)]
        maps += ["-map", f"{2 if sound else 1}:s:0"]
    coding = ["-c", "copy", *(["-c:s", "mov_text"] if words else [])]
    coding += ["-timecode", start] if start else []
    return [*inputs, *maps, *coding, "-movflags", "+faststart", *SAME_BYTES, "-f", form, source(to)]


def sound_samples(cut: Cut) -> int:
    """Length of the film's sound in samples: that of the picture, to the nearest sample."""
    return frame_at(cut.frames / cut.rate, Fraction(SOUND_RATE))


def sound_arguments(wav: Path, to: Path, form: str = "mp4") -> list[str]:
    """ffmpeg's arguments for encoding the used part of the song, a WAV exactly as long as the picture.

    In an MP4 file it is AAC; in a MOV file it stays as it is.
    """
    coding = ["-c:a", "aac", "-b:a", AAC_BITS] if form == "mp4" else ["-c:a", "pcm_s16le"]
    return ["-i", source(wav), *coding, *SAME_BYTES, "-f", form, source(to)]


def mixed_arguments(song: Path, effects: Path, to: Path, form: str = "mp4") -> list[str]:
    """The same for the song and the track of effects, each as loud as it is."""
    mix = ["-filter_complex", "amix=inputs=2:duration=first:normalize=0"]
    return ["-i", source(song), "-i", source(effects), *mix, *sound_arguments(song, to, form)[2:]]


def song_key(cut: Cut, ffmpeg_version: str, form: str = "mp4") -> str:
    """The name of the encoded sound's bytes in the cache."""
    words = sound_arguments(Path("/wav"), Path("/to"), form)
    song = [ffmpeg_version, words, cut.song.sha256, str(cut.song.start_s), sound_samples(cut)]
    effects = [
        # an effect's file never changes, and a take is known by its content
        [cut.slots[each.slot - 1].source.sha256 if each.own else each.file, *map(str, astuple(each)[3:])]
        for each in heard(cut)
    ]
    return _name([*song, effects, mixed_arguments(Path("/a"), Path("/b"), Path("/to"), form)] if effects else song)


def has_sound(cut: Cut) -> bool:
    """Whether the film has a sound track."""
    return bool(cut.song.file) or bool(heard(cut))


def _name(facts: object) -> str:
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]
