"""Running a demo from outside, and looking at what it left."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av

import studio
from studio import demo


def start(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    """`studio demo FOLDER`, in a process group of its own."""
    return subprocess.Popen([sys.executable, "-m", "studio.cli", "demo", str(folder), *more], start_new_session=True)


def check(folder: Path, takes: int) -> str:
    """Every take done and named once, the film exact; one line about it."""
    with studio.open(folder) as film:
        frame = film.takes()
        cut = film.cut().value
    assert len(frame) == takes
    assert set(frame["state"]) == {"done"}
    files = sorted(path.name for path in (folder / "media" / "takes").iterdir())
    assert files == sorted(f"{label}.mp4" for label in frame["take"])
    with av.open(str(folder / "deliveries" / demo.DELIVERY / "film.mp4")) as box:
        pts = sorted(p.pts * p.time_base for p in box.demux(box.streams.video[0]) if p.pts is not None)
        sound = box.streams.audio[0]
        length = sound.duration * sound.time_base
    assert pts == [Fraction(k) / cut.rate for k in range(cut.frames)]
    assert abs(length - cut.frames / cut.rate) <= Fraction(1024, sound.rate)
    return (
        f"{len(frame)} takes, each once; {len(cut.slots)} slots; film {len(pts)} of {cut.frames} frames, "
        f"sound {float(length):.4f} s beside {float(cut.frames / cut.rate):.4f} s of picture"
    )
