"""A film whose takes were made by two models, a stand-in and somebody unknown; real rows and real clips."""

from __future__ import annotations

import json
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import studio
from studio.camera import Camera
from studio.delivery import make_card
from studio.log import new_id, now_us
from studio.media import sha256_of
from studio.nouns import Continuity, Cut, Prompt, Request, Scene, Shot, Slot, SongRange, Source
from tests.clips import ffmpeg, make_clip

SECRET = "SECRET red braid in the corridor"
MAKERS = {"01A": ("runway", "gen4.5"), "01B": ("gemini_omni", "omni-1.1"), "02A": ("previz", "layers"), "02B": None}


def make_film(folder: Path) -> Path:
    """The film's folder: four shots with a take each, ada's words and ben's camera, a song with its tags."""
    title = "Endlose Fährt <&> Co"
    with studio.new(folder, title=title, size=(160, 90), authors=["ada", "ben"], end_card="made with AI") as film:
        film.library.prepare()
        clip = make_clip(folder / "media" / "one.mp4", frames=24)
        song = folder / "song" / "clicks.wav"
        tags = ("-metadata", "title=Further In", "-metadata", "artist=The Loop")
        ffmpeg("-f", "lavfi", "-i", "sine=d=6", *tags, song)
        for shot, maker in MAKERS.items():
            _take(film, shot, maker, clip)
        clip.unlink()
        _cut(film, song)
    return folder


def _take(film: studio.Film, shot: str, maker: tuple[str, str] | None, clip: Path) -> None:
    with film.log.write("ada") as writer:
        writer.scene(Scene(shot[:2]))
        writer.shot(Shot(shot, shot[:2]))
        request = None
        if maker:
            camera = Camera.parse("slow push in")
            prompt = Prompt(
                new_id(), shot, 1, SECRET, camera.text, camera.to_json(), "16 mm film", "text", Continuity(),
                "ada", "ben", "ben", "ben", "ada", "ada", now_us(),
            )  # fmt: skip
            writer.prompt(prompt)
            request = writer.request(
                Request(new_id(), prompt.id, shot, *maker, SECRET, camera.text, camera.to_json(), "", 160, 90,
                        Fraction(24), 24, 7)
            )  # fmt: skip
        take = writer.take(shot, request.id) if request else writer.take(shot)
        file = film.library.take(take.label)
        shutil.copyfile(clip, file)
        facts = {"width": 160, "height": 90, "rate": "24", "frames": 24, "variable_rate": False}
        if not maker:
            writer.event("adopted", take.id, {"original_name": "holiday.mp4"})
        writer.event("media", take.id, {"file": f"media/takes/{file.name}", "sha256": sha256_of(file), **facts})
        writer.event("state", take.id, {"state": "done"})
        writer.event("verdict", take.id, {"verdict": "circle", "reason": "", "note": ""})


def _cut(film: studio.Film, song: Path) -> None:
    card = make_card(film.folder, film.settings, "end", film.settings.end_card, 24)
    sources = [source_of(film, f"{shot}-001") for shot in MAKERS] + [card]
    used = SongRange("song/clicks.wav", sha256_of(song), Fraction(0), Fraction(5))
    with film.log.write("ben") as writer:
        writer.cut(
            Cut(new_id(), film.settings.title, "first", 0, Fraction(24), 160, 90, "letterbox", used,
                tuple(Slot(source, 24 * k, 24) for k, source in enumerate(sources)), author="ben")
        )  # fmt: skip


def source_of(film: studio.Film, label: str) -> Source:
    kept = film.log.media(film.log.take(label).id)
    assert kept is not None
    return Source(
        "take", label, kept.file, kept.sha256, kept.rate, kept.frames, 160, 90, label.replace("-", ""), label[:3],
        kept.take.id,
    )  # fmt: skip


def finished(path: Path, sound: bool = True) -> Path:
    """A file as a renderer leaves it: H.264 with its index in front, AAC, and nobody's name in it."""
    wave = ("-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac") if sound else ()
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=24:duration=1", *wave, "-c:v", "libx264", "-pix_fmt", "yuv420p",
        "-movflags", "+faststart", "-map_metadata", -1, "-fflags", "+bitexact", path,
    )  # fmt: skip
    return path


def exiftool(path: Path) -> dict[str, str]:
    """What an independent reader finds in a file."""
    done = subprocess.run(["exiftool", "-j", "-G0:1", str(path)], capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)[0]
    return found
