"""The only opener of video and sound: probing, the library, one-decode ingest, looking, encoding, reading, lettering.

PyAV looks, ffmpeg transforms (the one that imageio-ffmpeg carries). Nothing here loads either before it is needed.
"""

from studio.media.encoding import BT709, SAME_BYTES, encode, shortened
from studio.media.features import End, Features
from studio.media.ffmpeg import ffmpeg, ffmpeg_exe, running, source
from studio.media.files import disk_errors, sha256_of
from studio.media.flags import KINDS, Flags, blurred, differing, near_duplicates, noticed
from studio.media.ingesting import Ingested, ingest
from studio.media.lettering import draw_text, text_frame, text_width, wrap
from studio.media.library import Library, name_of
from studio.media.looking import Look, Looker, look, measure
from studio.media.probing import Probe, made_suffix, probe
from studio.media.reading import read_frames, read_still, small_jpeg, write_still
from studio.media.sound import SoundFacts, decode_sound, sound_blocks, sound_facts, sound_seconds, write_wav

__all__ = [
    "BT709", "KINDS", "SAME_BYTES", "End", "Features", "Flags", "Ingested", "Library", "Look", "Looker", "Probe",
    "SoundFacts", "blurred", "decode_sound", "differing", "disk_errors", "draw_text", "encode", "ffmpeg", "ffmpeg_exe",
    "ingest", "look", "made_suffix", "measure", "name_of", "near_duplicates", "noticed", "probe", "read_frames",
    "read_still", "running", "sha256_of", "shortened", "small_jpeg", "sound_blocks", "sound_facts", "sound_seconds",
    "source", "text_frame", "text_width", "wrap", "write_still", "write_wav",
]  # fmt: skip
