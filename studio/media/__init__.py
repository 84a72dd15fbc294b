"""The only opener of video and sound: probing, the library, one-decode ingest, encoding, reading, lettering.

PyAV looks, ffmpeg transforms (the one that imageio-ffmpeg carries). Nothing here loads either before it is needed.
"""

from studio.media.encoding import BT709, SAME_BYTES, encode
from studio.media.ffmpeg import ffmpeg, ffmpeg_exe, running, source
from studio.media.files import disk_errors, sha256_of
from studio.media.library import Library
from studio.media.probing import Probe, probe

__all__ = [
    "BT709", "SAME_BYTES", "Library", "Probe", "disk_errors", "encode", "ffmpeg", "ffmpeg_exe", "probe", "running",
    "sha256_of", "source",
]  # fmt: skip
