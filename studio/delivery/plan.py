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


@dataclass(frozen=True)
class RenderSettings:
    """How hard x264 works, and how much it may lose."""

    preset: str = "veryfast"
    crf: int = 18  # visually lossless for generated clips


@dataclass(frozen=True)
class Chunk:
    """A few slots that one ffmpeg call renders."""

    slots: tuple[Slot, ...]
    graph: str  # the filter graph; input n is the source of slot n
    output: tuple[str, ...]  # everything else that ffmpeg is told about the file it makes

    @property
    def frames(self) -> int:
        """Film frames in the chunk."""
        return sum(slot.frames for slot in self.slots)

    def key(self, ffmpeg_version: str) -> str:
        """The name of its bytes: a hash of the words for ffmpeg, the contents they work on, and the ffmpeg."""
        return _name([ffmpeg_version, self.graph, self.output, [slot.source.sha256 for slot in self.slots]])

    def arguments(self, find: Callable[[Source], Path], to: Path) -> list[str]:
        """ffmpeg's arguments; `find` gives the path of a source."""
        inputs: list[str] = []
        for slot in self.slots:
            inputs += ["-threads", "1", "-i", source(find(slot.source))]
        return [*inputs, "-filter_complex_threads", "1", "-filter_complex", self.graph, *self.output, source(to)]


def chunks(cut: Cut, matrices: Mapping[str, str], settings: RenderSettings | None = None) -> tuple[Chunk, ...]:
    """The cut as chunks, in order. `matrices` names the YCbCr matrix of each source by its file (see `matrix_of`)."""
    settings = settings or RenderSettings()
    if cut.width % 2 or cut.height % 2:
        raise BadInput(f"the film is {cut.width}×{cut.height} pixels: H.264 wants an even width and height")
    groups = [cut.slots[at : at + SLOTS_PER_CHUNK] for at in range(0, len(cut.slots), SLOTS_PER_CHUNK)]
    return tuple(_chunk(cut, group, matrices, settings) for group in groups)


def _chunk(cut: Cut, slots: tuple[Slot, ...], matrices: Mapping[str, str], settings: RenderSettings) -> Chunk:
    # V, not v: a cover picture is no video
    lines = [f"[{n}:V:0]{slot_filters(cut, slot, matrices[slot.source.file])}[s{n}]" for n, slot in enumerate(slots)]
    joined = "".join(f"[s{n}]" for n in range(len(slots)))
    # concat counts in microseconds, which no NTSC rate fits: give the frames their exact numbers back.
    exact = f"settb={cut.rate.denominator}/{cut.rate.numerator},setpts=N"
    graph = ";".join([*lines, f"{joined}concat=n={len(slots)}:v=1:a=0,{exact},{BT709}[v]"])
    first, heads = 0, []
    for slot in slots:
        heads.append(f"eq(n,{first})")
        first += slot.frames
    output = (
        "-map", "[v]", "-an", "-sn", "-dn",
        "-fps_mode", "cfr", "-r", f"{cut.rate.numerator}/{cut.rate.denominator}",
        "-c:v", "libx264", "-preset", settings.preset, "-crf", str(settings.crf), "-profile:v", "high",
        "-pix_fmt", "yuv420p",
        "-threads", X264_THREADS,
        # the same stream headers in every chunk; and with a lookahead thread of its own, x264 told 5 of 150 encodings
        # on a busy machine in other bytes
        "-x264-params", "stitchable=1:sync-lookahead=0",
        "-force_key_frames", "expr:" + "+".join(heads),  # each slot can be reached without decoding the one before
        "-video_track_timescale", str(timescale(cut.rate)),
        *SAME_BYTES, "-f", "mp4",
    )  # fmt: skip
    return Chunk(slots, graph, output)


def slot_filters(cut: Cut, slot: Slot, matrix: str) -> str:
    """The filters that turn a slot's source into its `frames` film frames of the film's size, square and 4:2:0."""
    rate = f"{cut.rate.numerator}/{cut.rate.denominator}"
    chain = [
        f"settb={cut.rate.denominator}/{cut.rate.numerator}",
        f"setpts='{first_shown(slot, cut.rate)}'",
        f"fps={rate}:start_time=0",
        "tpad=stop_mode=clone:stop=-1",  # a last frame on screen at the middle of the last film frame stays
        f"trim=end_frame={slot.frames}",
        *fitted(slot.source, cut.width, cut.height, cut.fit, matrix),
        "setsar=1",
        "format=yuv420p",
    ]
    return ",".join(chain)


def first_shown(slot: Slot, rate: Fraction) -> str:
    """⌊(N · rate ÷ source_rate − in_frames) ÷ speed + ½⌋ as an expression of whole numbers for `setpts`."""
    step = rate / (slot.source.rate * slot.speed)
    start = Fraction(1, 2) - slot.in_frames / slot.speed
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


def join_arguments(listing: str, sound: Path | None, to: Path) -> list[str]:
    """ffmpeg's arguments for putting the chunks and the encoded song into one file, nothing encoded again.

    ffmpeg has to run in the folder of the list and the chunks: the demuxer looks for them by the list's own address,
    as a URL, and would lose what stands after a ``#`` or a ``?`` in the folder's path.
    """
    inputs = ["-f", "concat", "-safe", "1", "-i", f"file:{listing}"]
    maps = ["-map", "0:v:0"]
    if sound:
        inputs += ["-i", source(sound)]
        maps += ["-map", "1:a:0"]
    return [*inputs, *maps, "-c", "copy", "-movflags", "+faststart", *SAME_BYTES, "-f", "mp4", source(to)]


def sound_samples(cut: Cut) -> int:
    """Length of the film's sound in samples: that of the picture, to the nearest sample."""
    return frame_at(cut.frames / cut.rate, Fraction(SOUND_RATE))


def sound_arguments(wav: Path, to: Path) -> list[str]:
    """ffmpeg's arguments for encoding the used part of the song, a WAV exactly as long as the picture."""
    return ["-i", source(wav), "-c:a", "aac", "-b:a", AAC_BITS, *SAME_BYTES, "-f", "mp4", source(to)]


def mixed_arguments(song: Path, effects: Path, to: Path) -> list[str]:
    """The same for the song and the track of effects, each as loud as it is."""
    mix = ["-filter_complex", "amix=inputs=2:duration=first:normalize=0"]
    return ["-i", source(song), "-i", source(effects), *mix, *sound_arguments(song, to)[2:]]


def song_key(cut: Cut, ffmpeg_version: str) -> str:
    """The name of the encoded sound's bytes in the cache."""
    words = sound_arguments(Path("/wav"), Path("/to"))
    song = [ffmpeg_version, words, cut.song.sha256, str(cut.song.start_s), sound_samples(cut)]
    effects = [
        # an effect's file never changes, and a take is known by its content
        [cut.slots[each.slot - 1].source.sha256 if each.own else each.file, *map(str, astuple(each)[3:])]
        for each in heard(cut)
    ]
    return _name([*song, effects, mixed_arguments(Path("/a"), Path("/b"), Path("/to"))] if effects else song)


def has_sound(cut: Cut) -> bool:
    """Whether the film has a sound track."""
    return bool(cut.song.file) or bool(heard(cut))


def _name(facts: object) -> str:
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]
