"""Rendering a full film beside one plain ffmpeg filter graph: 55 slots, 241.67 s of 720p, with a song."""

import threading
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from studio.delivery import render
from studio.media import ffmpeg, sha256_of
from studio.nouns import Cut, Slot, SongRange, Source
from tests.benchmarks.figures import Figure, cpu_seconds

SLOTS, FRAMES, RATE = 55, 5800, Fraction(24)
LENGTHS = [FRAMES * (n + 1) // SLOTS - FRAMES * n // SLOTS for n in range(SLOTS)]


def run() -> list[Figure]:
    """CPU seconds, children included, and the most memory at a time, of this process and its children together."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        cut, other = _film(folder)
        alone, alone_bytes = _measured(lambda: _one_graph(cut, folder))
        whole, whole_bytes = _measured(lambda: render(cut, folder, folder / "film.mp4"))
        last = cut.slots[40]
        swapped = replace(cut, slots=(*cut.slots[:40], replace(last, source=other), *cut.slots[41:]))
        again, _ = _measured(lambda: render(swapped, folder, folder / "film.mp4"))
    return [
        Figure(
            "render, 55 slots of 720p",
            f"{whole:.1f} CPU s",
            f"one ffmpeg graph {alone:.1f} CPU s",
            whole / alone,
            "bar: ≤ 1.05×",
        ),
        Figure(
            "render, the most memory at a time",
            f"{whole_bytes / 1e6:.0f} MB",
            f"one ffmpeg graph {alone_bytes / 1e6:.0f} MB",
            whole_bytes / alone_bytes,
            "bar: ≤ 0.35×",
        ),
        Figure(
            "render, one take swapped",
            f"{again:.1f} CPU s",
            f"one ffmpeg graph {alone:.1f} CPU s",
            again / alone,
            "bar: ≤ 0.20×",
        ),
    ]


def _film(folder: Path) -> tuple[Cut, Source]:
    """A cut of 55 slots on eight takes, two of them at 30 frames/s, all untagged; and a take to swap in."""
    takes = folder / "media" / "takes"
    takes.mkdir(parents=True)
    made = []
    for n in range(9):
        rate = 30 if n % 4 == 3 else 24
        path = takes / f"{n + 1:02d}A-001.mp4"
        look = f"testsrc2=size=1280x720:rate={rate}:duration=5,hue=h={40 * n},noise=alls=2:allf=t:all_seed={n}"
        coding = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p"]
        ffmpeg(["-f", "lavfi", "-i", look, *coding, path])
        name, reel = path.stem, path.stem.replace("-", "")
        made.append(
            Source("take", name, f"media/takes/{name}.mp4", sha256_of(path), Fraction(rate), rate * 5, 1280, 720, reel)
        )
    (folder / "song").mkdir()
    song = folder / "song" / "song.wav"
    ffmpeg(["-f", "lavfi", "-i", "aevalsrc=sin(440*t)*0.2|sin(550*t)*0.2:s=44100:d=245", song])
    slots, at = [], 0
    for n, frames in enumerate(LENGTHS):
        slots.append(Slot(made[n % 8], at, frames, n % 10))
        at += frames
    used = SongRange("song/song.wav", sha256_of(song), Fraction(1), Fraction(1) + FRAMES / RATE)
    cut = Cut("", "Benchmark", "whole", 1, RATE, 1280, 720, "letterbox", used, tuple(slots))
    return cut, made[8]


def _one_graph(cut: Cut, folder: Path) -> None:
    """The same film as a person would write it for ffmpeg: every slot an input of one graph."""
    inputs: list[str | Path] = []
    lines = []
    for n, slot in enumerate(cut.slots):
        inputs += ["-i", folder / slot.source.file]
        span = f"trim=start_frame={slot.in_frames}:end_frame={slot.in_frames + slot.frames}"
        lines.append(f"[{n}:v]fps=24,{span},setpts=PTS-STARTPTS,scale=1280:720,setsar=1,format=yuv420p[v{n}]")
    heads = "".join(f"[v{n}]" for n in range(len(cut.slots)))
    song = f"[{len(cut.slots)}:a]atrim=start={float(cut.song.start_s)},asetpts=PTS-STARTPTS[a]"
    graph = ";".join([*lines, song, f"{heads}concat=n={len(cut.slots)}[v]"])
    ffmpeg([
        *inputs, "-i", folder / cut.song.file, "-filter_complex", graph, "-map", "[v]", "-map", "[a]",
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-c:a", "aac", "-b:a", "192k",
        "-t", f"{float(cut.frames / cut.rate):.6f}", folder / "alone.mp4",
    ])  # fmt: skip


def _measured(act: Callable[[], object]) -> tuple[float, int]:
    """CPU seconds of a call, and the most resident memory that this process and its children had at a time."""
    most = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        me = psutil.Process()
        while not done.wait(0.05):
            total = me.memory_info().rss
            for child in me.children(recursive=True):
                try:
                    total += child.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            most = max(most, total)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        return cpu_seconds(act), most
    finally:
        done.set()
        watching.join()
