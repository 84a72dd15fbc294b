"""Listening to four minutes of song, beside decoding them alone."""

from pathlib import Path
from tempfile import TemporaryDirectory

from studio.media import decode_sound, ffmpeg
from studio.song import write_song
from studio.song.listening import ANALYSIS_RATE, listen
from tests.benchmarks.figures import Figure, cpu_seconds


def run() -> list[Figure]:
    """CPU time of `film.song.attach`'s listening, decoding included."""
    with TemporaryDirectory() as folder:
        wav = write_song(Path(folder) / "song.wav", 240, 92)
        song = Path(folder) / "song.ogg"
        ffmpeg(["-i", wav, "-y", song])
        listen(song)  # whatever loads on first use
        ours = cpu_seconds(lambda: listen(song))
        alone = cpu_seconds(lambda: decode_sound(song, ANALYSIS_RATE))
    return [
        Figure("beats, bars, sections of 4 min", f"{ours:.2f} s", f"decoding them {alone:.2f} s", ours / alone, "< 2 s")
    ]
