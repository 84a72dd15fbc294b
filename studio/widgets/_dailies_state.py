"""What the contact sheet shows of takes, as values that JSON can hold: pure functions of what the log says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from studio.errors import BadMedia, StudioError
from studio.media import name_of
from studio.media.files import disk_errors
from studio.widgets._desk_state import initials

if TYPE_CHECKING:
    from studio.media import Library
    from studio.review import Watched

DONE = {"circle": "circled", "hold": "held", "ng": "NG"}
WAYS = {  # of the camera, by axis and sense
    ("zoom", 1): "in", ("zoom", -1): "out", ("pan", 1): "right", ("pan", -1): "left", ("tilt", 1): "up",
    ("tilt", -1): "down", ("roll", 1): "clockwise", ("roll", -1): "anticlockwise",
}  # fmt: skip
LONGEST_CLIP = 100_000_000  # bytes that are sent through a notebook's socket
LONGEST_PICTURE = 4_000_000  # bytes of a poster or a strip: what is larger is not one of ours


@dataclass(frozen=True)
class Files:
    """Which files of a take are there."""

    poster: bool
    strip: bool
    clip: str  # relative path of what a browser plays, percent-encoded; "" where nothing is there
    missing: str  # a sentence where the clip itself is gone


def row_of(watched: Watched, line: str, files: Files, authors: Sequence[str] = ()) -> dict[str, Any]:
    """A cell. What is drawn on it is one's own, the others' words stand beside; `line` is `rate_line`'s."""
    now, mine = watched.row, watched.mine
    return {
        "take": watched.take,
        "shot": watched.shot,
        "seconds": round(now["duration_s"] or 0.0, 3),
        "fps": round(now["fps"] or 0.0, 6),
        "frames": now["frames"] or 0,
        "verdict": mine.verdict,
        "accident": mine.accident,
        "reason": mine.reason,
        "note": mine.note,
        "best_in": mine.best_in,
        "best_out": mine.best_out,
        "others": [
            {
                "by": other.author, "initials": initials(other.author, authors), "verdict": other.verdict,
                "accident": other.accident,
            }
            for other in sorted(watched.others, key=lambda each: each.author)
            if other.verdict or other.accident
        ],
        "camera": {
            "asked": asked_words(now["camera"] or ""), "got": move_words(now["measured_move"]),
            "obeyed": watched.obeyed, "line": line,
        },
        "flags": [[name, _flag(name, watched)] for name in watched.flags],
        "folded": watched.fold.why if watched.fold else "",
        "poster": files.poster,
        "strip": files.strip,
        "clip": files.clip,
        "missing": files.missing,
        "model": model_words(now),
    }  # fmt: skip


def model_words(now: Mapping[str, Any]) -> str:
    """ "runway · gen4.5"; "adopted" for a clip that was there before."""
    provider, model = now["provider"], now["model"]
    return f"{provider} · {model}" if model and model != provider else str(provider)


def move_words(moves: str | None) -> str:
    """ "dolly in, then pan left or truck left" of what the log keeps; "can’t tell" where it is not readable."""
    if moves == "unreadable":
        return "can’t tell"
    return (moves or "").replace("_", " ").replace(" > ", ", then ")


@lru_cache(4096)
def asked_words(camera: str) -> str:
    """ "dolly in · fast, then pass through": a shot's camera as short as a cell can hold; "" where none was asked."""
    from studio.camera import Camera

    def said(asked: Any) -> str:
        name = str(asked.known.label).lower()
        return name if asked.speed == "normal" else f"{name} · {asked.speed}"

    try:
        steps = Camera.parse(camera).steps
    except StudioError:  # words from before a move was renamed
        return ""
    return ", then ".join(" + ".join(map(said, step.moves)) for step in steps)


# --- what was noticed ------------------------------------------------------------------------------------------------


def rate_line(figures: str) -> str:
    """ "in 18 %/s": the strongest move with its rate; "still", or why nothing can be told."""
    try:
        found = json.loads(figures)
        if not found["readable"]:
            return f"can’t tell: {found['why']}" if found["why"] else "can’t tell"
        if not found["moves"]:
            return "still"
        move = found["moves"][0]
        unit = "°/s" if move["axis"] == "roll" else "%/s"
        return f"{WAYS[move['axis'], move['sense']]} {move['rate']:.2g} {unit}"
    except (ValueError, TypeError, KeyError):  # not measured, or by a version that this one cannot read
        return ""


def _flag(name: str, watched: Watched) -> str:
    """ "frozen for 4.8 s": a flag that stands out, with its number."""
    now, seen, fold = watched.row, watched.noticed, watched.fold
    if name == "size":
        return f"another size than asked: {now['width']}×{now['height']}"
    if name == "rate":
        return f"another rate than asked: {now['fps'] or 0:.6g} fps"
    if name == "duplicate" and fold:
        return fold.why
    if seen is None:
        return name
    cuts = len(seen.cuts_s)
    said = {
        "black": f"black for {seen.black:.0%} of it",
        "frozen": f"frozen for {seen.frozen_s:.1f} s",
        "flicker": f"flickers by {seen.flicker:.1f} grey levels",
        "cut": f"{cuts} cut{'' if cuts == 1 else 's'} within it",
        "letterbox": f"bars of {seen.letterbox:.0%} of its height",
        "pillarbox": f"bars of {seen.pillarbox:.0%} of its width",
        "blur": "less sharp than the film's other takes",
    }
    return said.get(name, name)


# --- files -----------------------------------------------------------------------------------------------------------


def files_of(library: Library, now: Mapping[str, Any]) -> Files:
    """Which of a take's files are there, and what a browser is to play: the proxy, else the clip."""
    missing = ""
    poster, strip, proxy = library.pictures(name_of(now["file"], now["take"]))
    clip = ""
    try:
        clip = library.relative(library.locate(now["file"]))
    except StudioError as gone:
        missing = str(gone).partition(": ")[0]
    plays = library.relative(proxy) if proxy.is_file() else clip
    return Files(poster.is_file(), strip.is_file(), quote(plays), missing)


def picture(library: Library, name: str, what: str) -> tuple[bytes, str]:
    """A take's poster or strip as JPEG, or b"" and a sentence why there is none; by its label, or its clip's name."""
    path: Path = library.poster(name) if what == "poster" else library.strip(name)
    name = library.relative(path)
    try:
        if not path.is_file():
            return b"", f"{name} is not there"
        if path.stat().st_size > LONGEST_PICTURE:
            return b"", f"{name} is no picture of ours: it has {path.stat().st_size / 1e6:.0f} MB"
        found = path.read_bytes()
    except OSError as problem:
        return b"", f"{name} cannot be read: {(problem.strerror or '').lower()}"
    return (found, "") if is_jpeg(found) else (b"", f"{name} is damaged: it is no whole JPEG")


def is_jpeg(found: bytes) -> bool:
    """Whether a browser can draw it: whole from its first marker to its last, and decodable."""
    if not found.startswith(b"\xff\xd8\xff") or b"\xff\xd9" not in found[-32:]:
        return False
    import cv2
    import numpy as np

    try:  # at an eighth of its size, which is what the format makes cheap
        return cv2.imdecode(np.frombuffer(found, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_8) is not None
    except cv2.error:
        return False


def playable(library: Library, now: Mapping[str, Any]) -> bytes:
    """What a browser is to play of a take: its proxy, else the clip itself. NotFound or BadMedia names the file."""
    label = now["take"]
    proxy = library.proxy(name_of(now["file"], label))
    clip: Path | None = proxy if proxy.is_file() and _begins_like_a_clip(proxy) else None
    if clip is None:
        clip = library.locate(now["file"])
        if not _begins_like_a_clip(clip):
            raise BadMedia(f"{now['file']} is damaged: put it back from a copy of the film's folder")
    if clip.stat().st_size > LONGEST_CLIP:
        size = f"{clip.stat().st_size / 1e6:.0f} MB"
        raise BadMedia(f"{library.relative(clip)} has {size}: too much to be sent through the notebook")
    with disk_errors(clip):
        return clip.read_bytes()


def _begins_like_a_clip(path: Path) -> bool:
    """Whether its first bytes are those of an MP4, a MOV or a WebM."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return False
    return head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip") or head[:4] == b"\x1a\x45\xdf\xa3"
