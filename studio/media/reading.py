"""Frames of a clip by their number, and stills."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.errors import BadInput, BadMedia, NotFound
from studio.media.ffmpeg import running
from studio.media.files import disk_errors, scratch
from studio.media.probing import Probe, probe, video_kind

Picture = NDArray[np.uint8]  # height × width × 3, BGR


def read_frames(path: Path | str, indices: Sequence[int]) -> list[Picture]:
    """The frames with these numbers (from 0, in the order they are shown), as BGR uint8 pictures of the size shown.

    They come in the order asked for; a number may be negative, counted from the end, and may come twice. All is
    decoded up to the last one wanted: takes have one key frame, so there is nothing to seek to. Raises BadInput for a
    number that the clip has not, BadMedia for a clip that cannot be read.
    """
    clip = Path(path)
    facts = probe(clip)
    wanted = [index + facts.frames if index < 0 else index for index in indices]
    for index, number in zip(indices, wanted, strict=True):
        if not 0 <= number < facts.frames:
            raise BadInput(f"{clip.name} has no frame {index}: its {facts.frames} frames are 0 to {facts.frames - 1}")
    ordered = sorted(set(wanted))
    if not ordered:
        return []
    found = dict(zip(ordered, _decode(clip, facts, ordered), strict=True))
    return [found[number] for number in wanted]


def choose(ordered: Sequence[int]) -> str:
    """An ffmpeg filter that lets only these frame numbers pass."""
    runs: list[list[int]] = []
    for number in ordered:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "select='" + "+".join(f"between(n,{first},{last})" for first, last in runs) + "'"


def _decode(clip: Path, facts: Probe, ordered: Sequence[int]) -> list[Picture]:
    args: list[str | Path] = [
        *("-f", video_kind(clip), "-i", clip, "-map", "0:V:0", "-fps_mode", "passthrough"),
        *("-vf", f"{choose(ordered)},scale={facts.width}:{facts.height}:flags=accurate_rnd+full_chroma_int,setsar=1"),
        *("-frames:v", str(len(ordered)), "-pix_fmt", "bgr24", "-f", "rawvideo", "pipe:1"),
    ]
    shape = (facts.height, facts.width, 3)
    size = facts.height * facts.width * 3
    frames: list[Picture] = []
    with running(args, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        while len(data := child.stdout.read(size)) == size:
            frames.append(np.frombuffer(bytearray(data), np.uint8).reshape(shape))
    if len(frames) != len(ordered):
        raise BadMedia(
            f"{clip.name} decodes to fewer frames than the {facts.frames} it holds: it is damaged; "
            "download or export it again"
        )
    return frames


def write_still(image: Picture, path: Path) -> None:
    """Write a picture as PNG (lossless) or JPEG, as the suffix says; whole or not at all."""
    import cv2

    if path.suffix not in (".png", ".jpg"):
        raise BadInput(f"{path.name} is not the name of a still: end it in .png or .jpg")
    made, data = cv2.imencode(path.suffix, image, [cv2.IMWRITE_JPEG_QUALITY, 92] if path.suffix == ".jpg" else [])
    if not made:
        raise BadInput(f"the picture for {path.name} cannot be written: it is uint8, height × width × 3")
    with scratch(path) as part:
        part.write_bytes(data.tobytes())
        part.replace(path)


def read_still(path: Path | str) -> Picture:
    """A PNG or JPEG as a BGR uint8 picture. Raises NotFound or BadMedia."""
    import cv2

    still = Path(path)
    if not still.is_file():
        raise NotFound(f"{still} is not there: give the path of a picture, PNG or JPEG")
    with disk_errors(still):
        data = still.read_bytes()
    image = None
    if data.startswith((b"\x89PNG", b"\xff\xd8\xff")):  # the two kinds that are meant, whatever else OpenCV reads
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise BadMedia(f"{still.name} is not a picture that can be read: give a PNG or a JPEG")
    return np.asarray(image, np.uint8)


def small_jpeg(path: Path | str, lines: int) -> bytes:
    """A still as JPEG, its shorter side at most `lines` pixels: for services that read no large ones."""
    import cv2

    image = read_still(path)
    scale = min(1.0, lines / min(image.shape[:2]))
    if scale < 1:
        image = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes())
