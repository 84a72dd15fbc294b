"""The film: chunks rendered one by one and kept by content, the song encoded once, joined, verified, then named.

    cache/chunks/HASH.mp4   a few slots, picture only     cache/song/HASH.mp4   the used part of the song as AAC
    cache/layers/HASH.nut   letters that lie over one of these: titles, lyrics, the burn-in of a reference film

Of ProRes they are .mov files, the sound as it is.

Nothing but the finished, counted film ever stands under the name that was asked for. A run that is killed leaves its
finished chunks, and the next one goes on from them. The cache may be deleted at any time.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.cutting.sounds import heard
from studio.delivery import plan
from studio.delivery.burning import burn_in_on
from studio.delivery.checks import check
from studio.delivery.effects import write_effects
from studio.delivery.layers import layer_in
from studio.delivery.presets import preset_of
from studio.delivery.subtitles import srt, webvtt
from studio.delivery.titles import lyrics_on, sung, titles_on
from studio.errors import BadInput, BadMedia, Damaged, NotFound, StoreError, StudioError
from studio.given import shown
from studio.media import Library, ffmpeg, ffmpeg_exe, sound_seconds, write_wav
from studio.media.files import folder_for, in_place, scratch, sweep
from studio.nouns import Cut
from studio.timecode import record_timecode

if TYPE_CHECKING:
    from studio.media.workers import Workers

Progress = Callable[[int, int], None]  # film frames done, film frames in all


RENDER = "studio.delivery.rendering:rendered"  # what a worker does
LYRICS = ("none", "subtitles", "burned")


@dataclass(frozen=True)
class RenderReport:
    """What was made."""

    path: Path
    frames: int
    rate: Fraction
    chunks: int  # the film has
    rendered: int  # of them were encoded now; the others were in the cache
    sound_samples: int  # at 48 kHz; 0 where the film is silent
    notes: tuple[str, ...]  # one sentence each: what the cut has and the film has not, what became of its shape
    subtitles: Path | None = None  # the file beside it

    @property
    def duration_s(self) -> Fraction:
        """Exact length."""
        return self.frames / self.rate


def render(
    cut: Cut,
    film_folder: Path,
    to: Path,
    *,
    preset: str = "h264",
    settings: plan.RenderSettings | None = None,
    titles: Mapping[int, str] | None = None,
    lyrics: str = "none",
    burn_in: bool = False,
    finish: Callable[[Path], object] | None = None,
    progress: Progress | None = None,
    hands: Workers | None = None,
) -> RenderReport:
    """Render a cut into the file `to`, replacing what was there: MP4, or MOV for the preset "prores".

    `preset` is one of `studio.delivery.presets`, and `settings` stand for its own. `titles` are words by slot (from
    1). `lyrics` are "none", "subtitles" (a track, and a .srt file beside the film) or "burned" into the picture.
    `burn_in` writes the take, the slot and the record time code over it, for a reference film. `finish` is given the
    whole film while it has no name yet, to write its marks into it; it is counted again afterwards. `hands` are others
    that render its chunks side by side, into the cache of the film's folder, which they share.

    `progress` is called in this thread; an exception raised in it stops the work. Raises what `check` raises before
    anything is encoded, DiskFull and StoreError, and Damaged for a film that is not what was planned, which then
    does not get its name.
    """
    to = Path(to)
    chosen = preset_of(preset)
    settings = settings or chosen.settings
    if to.suffix.lower() != settings.suffix:
        form = {".mp4": "a film is an MP4 file", ".mov": "ProRes is a MOV file"}[settings.suffix]
        raise BadInput(f"{to.name!r} cannot be rendered: {form}, give a name that ends in {settings.suffix}")
    if lyrics not in LYRICS:
        raise BadInput(f"lyrics={shown(lyrics)} is not a way to show them: write one of {', '.join(map(repr, LYRICS))}")
    if not to.parent.is_dir():
        raise NotFound(f"{to.parent.name} is not there: make the folder first, or render into another")
    film_folder = Path(film_folder)
    _check_place(to, film_folder)
    checked = check(cut, film_folder)
    shaped = chosen.shaped(cut)
    overlays = [*titles_on(shaped, titles), *(lyrics_on(shaped) if lyrics == "burned" else [])]
    wanted = plan.chunks(shaped, checked.matrices, settings, [*overlays, *(burn_in_on(shaped) if burn_in else [])])
    store = folder_for(film_folder / "cache" / "chunks")
    sweep(store)
    files, rendered = _render_chunks(wanted, film_folder, store, shaped, settings, progress or _silently, hands)
    song = encoded_song(cut, film_folder, settings.form)
    lines = len(sung(cut)) if lyrics == "subtitles" else 0
    with scratch(store / "subtitles.vtt") as words, in_place(to) as partial:
        if lines:
            words.write_text(webvtt(cut), "utf-8")
        _join(shaped, wanted, files, song, words if lines else None, settings, partial)
        verify(partial, shaped, to.name, lines)
        if finish is not None:
            finish(partial)
            verify(partial, shaped, to.name, lines)
    beside = to.with_suffix(".srt") if lines else None
    if beside:
        with in_place(beside) as partial:
            partial.write_text(srt(cut), "utf-8")
    notes = [*checked.notes, chosen.note(cut)]
    if lyrics != "none" and not sung(cut):
        notes.append("the film shows no lyrics: its cut has no lyric lines")
    return RenderReport(
        to,
        cut.frames,
        cut.rate,
        len(wanted),
        rendered,
        plan.sound_samples(cut) if song else 0,
        tuple(filter(None, notes)),
        beside,
    )


def _silently(done: int, total: int) -> None:
    """The progress of a rendering that nobody looks at."""


def _check_place(to: Path, film_folder: Path) -> None:
    """A film never takes the place of a take, of the song or of a delivery's part, nor of a folder."""
    within = [film_folder.resolve() / name for name in ("media", "song", "journal", "backups", "deliveries")]
    real = to.parent.resolve() / to.name
    for folder in within:
        if real.is_relative_to(folder):
            raise BadInput(
                f"{folder.name}/{to.name} cannot be rendered: {folder.name}/ holds what the film is made of or has "
                "delivered, so choose another folder"
            )
    if to.is_dir():
        raise BadInput(f"{to.name} is a folder: give the film another name")
    if not os.access(to.parent, os.W_OK | os.X_OK):
        raise StoreError(
            f"nothing can be written into {real.parent.name}: give yourself the right, or render elsewhere"
        )


def _render_chunks(
    wanted: Sequence[plan.Chunk],
    film_folder: Path,
    store: Path,
    cut: Cut,
    settings: plan.RenderSettings,
    progress: Progress,
    hands: Workers | None,
) -> tuple[list[Path], int]:
    """Every chunk's file, and how many had to be encoded.

    On this machine one at a time: ffmpeg itself decodes, filters and encodes side by side, which keeps the cores as
    busy as two processes would, in half the memory.
    """
    files = [store / f"{chunk.key(_version())}{settings.suffix}" for chunk in wanted]
    missing = {file: chunk for chunk, file in zip(wanted, files, strict=True) if not _is_whole(file, chunk.frames, cut)}
    frames = {file: chunk.frames for chunk, file in zip(wanted, files, strict=True)}
    # The same chunk may stand in a cut twice: it is rendered once and counts twice.
    done = sum(frames[file] for file in files if file not in missing)
    progress(done, cut.frames)
    if hands is not None and missing:
        for file in _by_others(hands, missing, film_folder, cut):
            done += files.count(file) * frames[file]
            progress(done, cut.frames)
        return files, len(missing)
    for file, chunk in missing.items():
        _render_chunk(chunk, file, Library(film_folder), cut, done, progress)
        done += files.count(file) * chunk.frames
        progress(done, cut.frames)
    return files, len(missing)


def _by_others(
    hands: Workers, missing: Mapping[Path, plan.Chunk], film_folder: Path, cut: Cut
) -> Generator[Path, None, None]:
    """Each file as it is there. Raises what went wrong with one."""
    from studio.media.workers import Lost

    ordered = list(missing)
    with closing(hands.run(RENDER, (_task(missing[file], file, film_folder, cut) for file in ordered))) as answers:
        for answer in answers:
            file = ordered[answer.place]
            chunk = missing[file]
            if isinstance(answer.error, Lost):
                raise StudioError(f"{_named(chunk)} cannot be rendered ({answer.error}): render again")
            if answer.error:
                raise answer.error
            if not _is_whole(file, chunk.frames, cut):
                raise Damaged(
                    f"{_named(chunk)} was rendered by a worker and is not here: share the film's cache/ with it"
                )
            yield file


def _task(chunk: plan.Chunk, file: Path, film_folder: Path, cut: Cut) -> dict[str, Any]:
    """All that a worker needs to know to render a chunk: a cut of its slots, and what `plan` made of them."""
    from studio.log import cut_to_json

    return {
        "folder": str(film_folder.absolute()),
        "file": file.name,
        "cut": cut_to_json(replace(cut, slots=chunk.slots, markers=())),
        "frames": chunk.frames,
        "graph": chunk.graph,
        "output": chunk.output,
        "layers": [asdict(layer) | {"rate": str(layer.rate)} for layer in chunk.layers],
    }


def rendered(task: dict[str, Any]) -> int:
    """What a worker does: the chunk into the film's cache, unless another one has done so already. Its frames."""
    from studio.log import cut_from_json

    cut, folder = cut_from_json(task["cut"]), Path(task["folder"])
    layers = (
        layer | {"overlay": plan.Overlay(**layer["overlay"] | {"words": tuple(layer["overlay"]["words"])})}
        for layer in task["layers"]
    )
    chunk = plan.Chunk(
        cut.slots, task["frames"], task["graph"], tuple(task["output"]),
        tuple(plan.Layer(**layer | {"rate": Fraction(layer["rate"])}) for layer in layers),
    )  # fmt: skip
    file = folder_for(folder / "cache" / "chunks") / str(task["file"])
    if not _is_whole(file, chunk.frames, cut):
        _render_chunk(chunk, file, Library(folder), cut, 0, _silently)
    return chunk.frames


def _named(chunk: plan.Chunk) -> str:
    return f"the chunk of {', '.join(slot.source.name for slot in chunk.slots)}"


def _render_chunk(chunk: plan.Chunk, file: Path, library: Library, cut: Cut, before: int, progress: Progress) -> None:
    """Render and count one chunk; `before` film frames are done already."""
    letters = file.parent.with_name("layers")
    if chunk.layers:
        sweep(folder_for(letters))
    with in_place(file) as partial:
        ffmpeg(
            chunk.arguments(
                lambda source: library.locate(source.file), partial, lambda layer: layer_in(letters, layer)
            ),
            progress=lambda written: progress(before + min(written, chunk.frames), cut.frames),
        )
        if not _is_whole(partial, chunk.frames, cut):
            raise Damaged(f"{_named(chunk)} did not come out with its {chunk.frames} frames: render again")


def encoded_song(cut: Cut, film_folder: Path, form: str = "mp4") -> Path | None:
    """The used part of the song and the sounds of slots as AAC (in a "mov" as they are), out of the cache where they
    are there; None for a silent film."""
    if not plan.has_sound(cut):
        return None
    store = folder_for(film_folder / "cache" / "song")
    sweep(store)
    file = store / f"{plan.song_key(cut, _version(), form)}.{form}"
    if not _song_is_whole(file, cut):
        library = Library(film_folder)
        with scratch(store / "song.wav") as song, scratch(store / "effects.wav") as effects, in_place(file) as partial:
            if heard(cut):
                write_effects(cut, library, effects)
            if cut.song.file:
                master = library.locate(cut.song.file)
                write_wav(master, song, cut.song.start_s, cut.frames / cut.rate, plan.SOUND_RATE)
            if cut.song.file and heard(cut):
                ffmpeg(plan.mixed_arguments(song, effects, partial, form))
            else:
                ffmpeg(plan.sound_arguments(song if cut.song.file else effects, partial, form))
    return file


def _song_is_whole(file: Path, cut: Cut) -> bool:
    try:
        found = sound_seconds(file)
    except (BadMedia, NotFound):  # not there, or damaged: it is made again
        return False
    return abs(found - cut.frames / cut.rate) <= Fraction(1024, plan.SOUND_RATE)  # one AAC frame


def _join(
    cut: Cut,
    wanted: Sequence[plan.Chunk],
    files: Sequence[Path],
    song: Path | None,
    words: Path | None,
    settings: plan.RenderSettings,
    to: Path,
) -> None:
    store = files[0].parent
    names, counts = [file.name for file in files], [chunk.frames for chunk in wanted]
    with scratch(store / "join.ffconcat") as listing:
        listing.write_text(plan.concat_list(names, counts, cut.rate), "utf-8")
        start = record_timecode(0, cut.rate) if settings.codec == "prores" else ""  # an editor lays it over the cut
        ffmpeg(plan.join_arguments(listing.name, song, to, words, settings.form, start), folder=store)


# --- counting ----------------------------------------------------------------------------------------------------


EMPTY_LINE = 2  # bytes: timed text says a pause by a line of no length


@dataclass(frozen=True)
class Measured:
    """What a rendered file is, by its packets."""

    frames: int
    start_s: Fraction
    steps_s: frozenset[Fraction]  # between neighbouring frames
    width: int
    height: int
    bt709: bool
    sound_s: Fraction | None  # None: it has no sound
    lines: int  # of subtitles


def measure(path: Path) -> Measured:
    """Count a file that we have made ourselves."""
    import av

    with av.open(str(path), format="mp4", options={"protocol_whitelist": "file"}) as box:
        video = box.streams.video[0]
        base = Fraction(video.time_base or 1)
        stamps, lines = [], 0
        for packet in box.demux([video, *box.streams.subtitles]):
            if packet.stream is not video:
                lines += packet.size > EMPTY_LINE
            elif packet.pts is not None:
                stamps.append(packet.pts)
        stamps.sort()
        context = video.codec_context
        tags = (int(context.colorspace), int(context.color_primaries), int(context.color_trc))
        sound = box.streams.audio[0] if box.streams.audio else None
        return Measured(
            frames=len(stamps),
            start_s=stamps[0] * base if stamps else Fraction(0),
            steps_s=frozenset((after - before) * base for before, after in pairwise(stamps)),
            width=video.width,
            height=video.height,
            bt709=tags == (1, 1, 1),
            sound_s=Fraction(sound.duration or 0) * Fraction(sound.time_base or 1) if sound else None,
            lines=lines,
        )


def _is_whole(file: Path, frames: int, cut: Cut) -> bool:
    from av.error import FFmpegError

    try:
        found = measure(file)
    except (FFmpegError, OSError, IndexError):  # not there, cut short, or no picture in it
        return False
    return _picture_faults(found, frames, cut) == []


def _picture_faults(found: Measured, frames: int, cut: Cut) -> list[str]:
    faults = []
    if found.frames != frames:
        faults.append(f"{found.frames} frames for {frames}")
    if found.start_s != 0:
        faults.append(f"a first frame at {float(found.start_s):.4f} s")
    if not found.steps_s <= {1 / cut.rate}:
        faults.append(f"frame steps of {', '.join(f'{float(s):.5f}' for s in sorted(found.steps_s)[:3])} s")
    if (found.width, found.height) != (cut.width, cut.height):
        faults.append(f"{found.width}×{found.height} pixels for {cut.width}×{cut.height}")
    if not found.bt709:
        faults.append("no bt709 tags")
    return faults


def verify(path: Path, cut: Cut, name: str, lines: int = 0) -> None:
    """Count a joined film against its plan, and the lines of its subtitles. Raises Damaged with what is wrong."""
    from av.error import FFmpegError

    try:
        found = measure(path)
    except FFmpegError as problem:
        raise Damaged(f"{name} cannot be read ({problem.strerror}): render it again") from None
    faults = _picture_faults(found, cut.frames, cut)
    if found.lines != lines:
        faults.append(f"{found.lines} subtitles for {lines}")
    if not plan.has_sound(cut):
        if found.sound_s is not None:
            faults.append("sound where none was planned")
    elif found.sound_s is None:
        faults.append("no sound")
    elif abs(found.sound_s - cut.frames / cut.rate) > Fraction(1024, plan.SOUND_RATE):  # one AAC frame
        faults.append(f"{float(found.sound_s):.3f} s of sound for {float(cut.frames / cut.rate):.3f} s")
    if faults:
        raise Damaged(
            f"{name} was not kept, it came out with {'; '.join(faults)}: delete the film's cache/ and render again"
        )


@cache
def _version() -> str:
    """The ffmpeg that renders: another one makes other bytes."""
    words = [ffmpeg_exe(), "-version"]
    said = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    return said.stdout.splitlines()[0]
