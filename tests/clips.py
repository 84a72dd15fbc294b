"""Clips and songs for tests, made by ffmpeg itself."""

import subprocess
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe


def ffmpeg(*words: object) -> None:
    subprocess.run([get_ffmpeg_exe(), "-y", "-loglevel", "error", *map(str, words)], check=True)


def make_clip(path: Path, frames: int = 48, rate: str = "24", size: str = "160x90") -> Path:
    """A moving test picture of that many frames."""
    picture = f"testsrc2=size={size}:rate={rate}"
    ffmpeg("-f", "lavfi", "-i", picture, "-frames:v", frames, "-c:v", "libx264", "-pix_fmt", "yuv420p", path)
    return path


def make_song(path: Path, seconds: int = 12, bpm: int = 120) -> Path:
    """A low click on every beat, the first of four louder: a song with a known grid."""
    beat = 60 / bpm
    sound = (
        f"sin(2*PI*60*t)*exp(-mod(t\\,{beat})*30)*(0.5+0.4*lt(mod(t\\,{4 * beat})\\,{beat}))"
        f"+0.1*random(0)*exp(-mod(t+{beat / 2}\\,{beat})*60)"
    )
    ffmpeg("-f", "lavfi", "-i", f"aevalsrc={sound}:s=44100:d={seconds}", path)
    return path


def make_variable(path: Path) -> Path:
    """A clip whose frames last one or two steps."""
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=30", "-vf", "select='not(eq(mod(n,5),2))'", "-frames:v", 40,
        "-fps_mode", "vfr", "-c:v", "libx264", "-pix_fmt", "yuv420p", path,
    )  # fmt: skip
    return path
