"""A film of very many takes, written through the log as a real one would be, with stand-ins for its media.

55 shots however many takes there are, so that a shot has 13, 182 or 1818 of them: a song has no more slots when more
is tried. A version of the words for every four takes, sixteen events a take; what was measured, noticed and remembered
of a clip is what `look_events` writes of a real one, with picture hashes of its own for each take, one take in fifty a
near copy of the one before. The media are 16 posters, 16 strips and one clip, hard-linked under every take's name.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np

import studio
from studio.camera import Camera
from studio.generation.measuring import look_events
from studio.log import Log, new_id, now_us
from studio.media import Library, ingest
from studio.media.looking import Look
from studio.nouns import Continuity, Prompt, Request, Scene, Shot, Take
from tests.clips import make_clip, make_song
from tests.films import CAMERAS, MODELS, WORDS, pictures

SHOTS, A_VERSION, CIRCLED, FRAMES = 55, 4, 5, 120
AUTHORS = ("Dana Roth", "Maya Kern")
ON_THE_WAY = ("submitting", "submitted", "running", "ready", "downloading")
PICTURES = 16  # of each kind: a file system allows some 65,000 names a file
BATCH = 1000  # takes a write
FOLDERS = ("film.toml", "film.db", "journal", "song")


@dataclass(frozen=True)
class Films:
    """The whole film, and the same by two people who each made a half of its takes apart."""

    whole: Path
    hers: Path
    his: Path


def shot_of(k: int) -> str:
    """The shot of that number: 01A, 01B, 02A …"""
    return f"{k // 2 + 1:02d}{'AB'[k % 2]}"


def make(folder: Path, takes: int) -> Films:
    """All three. The halves are logs only: nothing that is measured of them looks at media."""
    films = Films(folder / "whole", folder / "hers", folder / "his")
    film = studio.new(films.whole, title="Scale", size=(320, 180), authors=list(AUTHORS), director=AUTHORS[0])
    film.as_(AUTHORS[0])
    library = film.library
    library.prepare()
    film.song.attach(make_song(folder / "song.ogg", 240, 92))
    clip = make_clip(library.tmp / "one.mp4", frames=FRAMES, size="320x180")
    look = ingest(clip, "99Z-001", library).look
    with film.log.write(AUTHORS[0]) as writer:
        for k in range(SHOTS):
            writer.scene(Scene(shot_of(k)[:2]))
            writer.shot(Shot(shot_of(k), shot_of(k)[:2]))
    film.close()
    _copy(films.whole, films.his)
    a_shot = [takes * (k + 1) // SHOTS - takes * k // SHOTS for k in range(SHOTS)]
    hers, his = ({k: _share(k, n)[who] for k, n in enumerate(a_shot)} for who in (0, 1))
    with Log.open(films.whole, director=AUTHORS[0]) as log:
        fill(log, AUTHORS[0], look, hers)
    _copy(films.whole, films.hers)
    with Log.open(films.his, director=AUTHORS[0]) as log:
        fill(log, AUTHORS[1], look, his)
    with Log.open(films.whole, director=AUTHORS[0]) as log:
        fill(log, AUTHORS[1], look, his)
        labels = [take.label for take in log.takes()]
    _media(library, clip, labels)
    return films


def _copy(film: Path, to: Path) -> None:
    """The film without its media."""
    to.mkdir()
    for name in FOLDERS:
        found = film / name
        if found.is_dir():
            shutil.copytree(found, to / name)
        else:
            shutil.copyfile(found, to / name)


def _media(library: Library, clip: Path, labels: list[str]) -> None:
    """The files of every take: names of a few."""
    own = labels[:PICTURES]
    pictures(library, own)
    one, proxy = clip, library.proxy("99Z-001")
    for k, label in enumerate(labels):
        if k % 50_000 == 49_999:  # a file has only so many names
            one, proxy = (Path(shutil.copyfile(each, each.with_name(f"{k}.mp4"))) for each in (one, proxy))
        os.link(one, library.take(label))
        os.link(proxy, library.proxy(label))
        if k >= PICTURES:
            of = own[k % PICTURES]
            os.link(library.poster(of), library.poster(label))
            os.link(library.strip(of), library.strip(label))


def _share(k: int, takes: int) -> tuple[int, int]:
    """How many takes of a shot are hers and his: one shot in eleven is both people's, with the same labels."""
    if k % 11 == 0:
        return takes - takes // 2, takes // 2
    return (0, takes) if k % 2 else (takes, 0)


def fill(log: Log, author: str, look: Look, takes: dict[int, int]) -> None:
    """What one person made: so many takes of each shot, a thousand in a write."""
    wanted = [(k, n) for k, many in takes.items() for n in range(many)]
    prompt: Prompt | None = None
    hashes: list[int] = []
    for begin in range(0, len(wanted), BATCH):
        with log.write(author) as writer:
            for k, n in wanted[begin : begin + BATCH]:
                if prompt is None or n % A_VERSION == 0:
                    fresh = prompt is None or prompt.shot != shot_of(k)
                    version = writer.newest_version(shot_of(k)) if fresh else prompt.version
                    prompt = _words(writer, k, version + 1, author)
                if n % 50 != 49:
                    hashes = np.random.default_rng((k, n, len(author))).integers(0, 2**63, 3).tolist()
                _take(writer, prompt, (k, n, takes[k]), look, hashes)


def _words(writer, k: int, version: int, author: str) -> Prompt:
    camera = Camera.parse(CAMERAS[(k + version) % len(CAMERAS)])
    words = f"{WORDS[k % len(WORDS)]} Version {version}, in which the light is a little warmer and everybody is older."
    return writer.prompt(
        Prompt(
            new_id(), shot_of(k), version, words, camera.text, camera.to_json(), "16 mm film, grain", "text",
            Continuity("a girl and a boy", "17", "1986", "school"), *(author,) * 6, now_us(),
        )
    )  # fmt: skip


@cache
def _looked(look: Look, camera_json: str) -> tuple:
    """What was measured and noticed: the same of every take of one camera, so that filling is quick."""
    return tuple((kind, data) for kind, data in look_events(look, camera_json) if kind != "features")


def _features(look: Look, hashes: list[int]) -> dict[str, object]:
    """The features with other picture hashes."""
    first, middle, last = (f"{each:016x}" for each in hashes)
    said = json.loads(_features_json(look))
    said = {**said, "head": {**said["head"], "hash": first}, "tail": {**said["tail"], "hash": last}}
    told = json.dumps(said | {"middle_hash": middle}, sort_keys=True, separators=(",", ":"))
    return {"features": told, "method": look.features.method}


@cache
def _features_json(look: Look) -> str:
    return look.features.to_json()


def _take(writer, prompt: Prompt, place: tuple[int, int, int], look: Look, hashes: list[int]) -> Take:
    """A take of sixteen events: seven states, money twice, its clip, three looks at it, and what people say."""
    k, n, many = place
    provider, model = MODELS[(n + k) % len(MODELS)]
    request = writer.request(
        Request(
            new_id(), prompt.id, prompt.shot, provider, model, prompt.scene_text, prompt.camera, prompt.camera_json,
            prompt.avoid, 320, 180, Fraction(24), FRAMES, 1000 * k + n, estimated_micro_usd=250_000,
        )
    )  # fmt: skip
    take = writer.take(prompt.shot, request.id)  # its first event: planned
    for state in ON_THE_WAY:
        writer.event("state", take.id, {"state": state})
    writer.event("money.reserved", take.id, {"micro_usd": 250_000})
    facts = {"width": 320, "height": 180, "rate": "24", "frames": FRAMES, "variable_rate": False}
    facts |= {"file": f"media/takes/{take.label}.mp4", "sha256": take.id.replace("-", "") * 2}
    writer.event("media", take.id, facts)
    for kind, data in (*_looked(look, prompt.camera_json), ("features", _features(look, hashes))):
        writer.event(kind, take.id, data)
    writer.event("state", take.id, {"state": "done"})
    writer.event("money.settled", take.id, {"micro_usd": 250_000})
    circled = n % max(1, many // CIRCLED) == 0 and n // max(1, many // CIRCLED) < CIRCLED
    said = "circle" if circled else (None, "ng", "ng", None, "hold")[n % 5]
    reason = ("face", "hand", "", "wrong move")[n % 4]
    writer.event("verdict", take.id, {"verdict": said, "reason": reason, "note": ""})
    writer.event("accident", take.id, {"on": n % 97 == 0})
    writer.event("note", take.id, {"text": "a word" if n % 10 == 0 else ""})
    return take
