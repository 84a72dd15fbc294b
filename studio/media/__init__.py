"""The only opener of video and sound: probing, the library, one-decode ingest, encoding, reading, lettering.

PyAV looks, ffmpeg transforms (the one that imageio-ffmpeg carries). Nothing here loads either before it is needed.
"""

from studio.media.encoding import BT709, SAME_BYTES, encode, shortened
from studio.media.ffmpeg import ffmpeg, ffmpeg_exe, running, source
from studio.media.files import disk_errors, sha256_of
from studio.media.ingesting import Ingested, ingest
from studio.media.lettering import draw_text, text_frame, text_width, wrap
from studio.media.library import Library
from studio.media.probing import Probe, made_suffix, probe
from studio.media.reading import read_frames, read_still, small_jpeg, write_still
from studio.media.sound import SoundFacts, decode_sound, sound_facts, sound_seconds, write_wav

__all__ = [
    "BT709", "SAME_BYTES", "Ingested", "Library", "Probe", "SoundFacts", "decode_sound", "disk_errors", "draw_text",
    "encode", "ffmpeg", "ffmpeg_exe", "ingest", "made_suffix", "probe",
    "read_frames", "read_still", "running", "sha256_of",
    "shortened", "small_jpeg", "sound_facts", "sound_seconds", "source", "text_frame", "text_width", "wrap",
    "write_still", "write_wav",
]  # fmt: skip
