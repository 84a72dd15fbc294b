"""A take comes in and is looked at, beside ffmpeg making the same three pictures alone, and decoding alone.

Two clips of five seconds at 720p: one that previz drew, 2 Mbit/s, and one of grain, 39 Mbit/s. The second is decoded in
two seconds, so that no bar for measuring can hold there; the first is where a ratio has little to hide behind.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from statistics import median

from studio.camera import Camera
from studio.media import Library, encode, ffmpeg, ingest, look, measure, probe, sha256_of
from studio.media.ingesting import pictures
from studio.media.looking import small_frames
from studio.providers.previz.drawing import draw
from tests.benchmarks.figures import Figure, cpu_seconds

TIMES = 5
TAKES, CORES = 700, 2
WORDS = "Two teenagers meet in a school corridor; her bubble gum fills the frame."


def run() -> list[Figure]:
    """CPU seconds, children included: those that one core needs. Medians of several, taken by turns."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        return [
            *_of("drawn", _drawn(folder / "drawn.mp4"), folder, "bar: ≤ 0.5 s on one core", "bar: ≤ 4 min"),
            *_of("grain", _grain(folder / "grain.mp4"), folder),
            _first(),
        ]


def _grain(clip: Path) -> Path:
    picture = "testsrc2=size=1280x720:rate=24:duration=5,noise=alls=12:allf=t"
    coded = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")
    ffmpeg(["-f", "lavfi", "-i", picture, *coded, clip])
    return clip


def _drawn(clip: Path) -> Path:
    path = Camera.parse("slow push in, then pan left").path(5.0, Fraction(24))
    encode(draw(WORDS, path, 1280, 720, 7, "07A-003", None), clip, rate=Fraction(24))
    return clip


def _of(name: str, clip: Path, folder: Path, measure_bar: str = "", takes_bar: str = "") -> list[Figure]:
    library = Library(folder)
    library.prepare()
    facts = probe(clip)

    def unseen() -> None:  # what `ingest` does, but for looking at what it decodes
        probe(clip)
        sha256_of(clip)
        made = (folder / f"unseen{suffix}" for suffix in ("-poster.jpg", "-strip.jpg", ".mp4"))
        assert sum(1 for _ in small_frames(clip, facts, clip.name, *pictures(facts, *made))) == facts.frames

    costs = _medians(
        ours=lambda: ingest(clip, "01A-001", library),
        unseen=unseen,
        alone=lambda: ffmpeg(_three_pictures(clip, folder)),
        measure=lambda: measure(clip),
        look=lambda: look(clip),
        decode=lambda: ffmpeg(["-threads", "1", "-i", clip, "-f", "null", "-"]),
    )
    alone = f"ffmpeg's three pictures {costs['alone']:.3f} CPU s"
    decode = f"ffmpeg decoding alone {costs['decode']:.3f} CPU s"
    minutes = TAKES * costs["look"] / CORES / 60
    shown = f"5 s of 720p ({name})"
    return [
        _figure(f"ingest's pictures, {shown}", costs["unseen"], alone, costs["alone"], "bar: ≤ 1.2×"),
        _figure(f"ingest, {shown}", costs["ours"], alone, costs["alone"], "bar: ≤ 1.8×"),
        _figure(f"measure, {shown}", costs["measure"], decode, costs["decode"], measure_bar),
        _figure(f"camera, flags, features, {shown}", costs["look"], decode, costs["decode"], ""),
        Figure(
            f"{TAKES} takes on {CORES} cores ({name})",
            f"{minutes:.1f} min",
            f"decoding alone {TAKES * costs['decode'] / CORES / 60:.1f} min",
            costs["look"] / costs["decode"],
            takes_bar,
        ),
    ]


def _medians(**acts: Callable[[], object]) -> dict[str, float]:
    for act in acts.values():
        act()
    rounds = [{name: cpu_seconds(act) for name, act in acts.items()} for _ in range(TIMES)]
    return {name: median(each[name] for each in rounds) for name in acts}


def _figure(what: str, ours: float, peer: str, floor: float, bar: str) -> Figure:
    return Figure(what, f"{ours:.3f} CPU s", peer, ours / floor, bar)


def _three_pictures(clip: Path, folder: Path) -> list[str | Path]:
    chain = (
        "[0:v]split=3[a][b][c];[a]select='eq(n,40)',scale=480:-2[poster];"
        "[b]select='not(mod(n,15))',scale=160:90,tile=8x1[strip];[c]scale=-2:480[proxy]"
    )
    return [
        "-i", clip, "-filter_complex", chain,
        "-map", "[poster]", "-frames:v", "1", "-q:v", "3", folder / "poster.jpg",
        "-map", "[strip]", "-frames:v", "1", "-q:v", "3", folder / "strip.jpg",
        "-map", "[proxy]", "-c:v", "libx264", "-preset", "ultrafast", "-g", "12", "-pix_fmt", "yuv420p",
        folder / "proxy.mp4",
    ]  # fmt: skip


def _first() -> Figure:
    """What a process pays once before it can measure."""

    def importing(words: str) -> float:
        command = [sys.executable, "-c", words]
        return median(cpu_seconds(lambda: subprocess.run(command, check=True)) for _ in range(TIMES))

    ours, bare = importing("import studio.media, cv2, av"), importing("import cv2, av")
    return Figure(
        "import before measuring, once", f"{ours:.3f} CPU s", f"OpenCV and PyAV alone {bare:.3f} CPU s", ours / bare
    )
