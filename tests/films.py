"""A film of many takes, made at once: real rows, real pictures, one real clip that all of them share."""

import json
import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

import studio
from studio.camera import Camera
from studio.generation.measuring import look_events
from studio.log import new_id, now_us
from studio.media import ingest, sha256_of
from studio.media.files import sync_folder
from studio.nouns import Continuity, Prompt, Request, Scene, Shot
from tests.clips import make_clip

CAMERAS = ("slow push in", "fast push in, then pass through the bubble", "pan right", "static", "crane up")
MODELS = (("runway", "gen4.5"), ("gemini_omni", "veo-3.1"), ("previz", "layers"))
WORDS = ("Two teenagers meet in a school corridor.", "A car crosses a field at dusk.", "A church, its doors open.")
STRIP, CELL = 8, (160, 90)


def many_takes(
    folder: Path,
    takes: int = 700,
    shots: int = 55,
    judged: int = 214,
    authors=("Dana Roth", "Maya Kern"),
    frames: int = 48,
) -> studio.Film:
    """A film whose director has judged the first `judged` of its takes, open. Its clips are one file, linked."""
    film = studio.new(folder, title="Endless zoom", size=(320, 180), authors=list(authors), director=authors[0])
    film.as_(authors[0])
    film.library.prepare()
    clip = make_clip(folder / "media" / "tmp" / "one.mp4", frames=frames, size="320x180")
    seen = ingest(clip, "99Z-001", film.library)
    digest = sha256_of(clip)
    labels = []
    with film.log.write(authors[0]) as writer:
        for k in range(shots):
            shot = f"{k // 2 + 1:02d}{'AB'[k % 2]}"
            camera = Camera.parse(CAMERAS[k % len(CAMERAS)])
            writer.scene(Scene(shot[:2], f"Scene {shot[:2]}"))
            writer.shot(Shot(shot, shot[:2]))
            prompt = Prompt(
                new_id(), shot, 1, WORDS[k % len(WORDS)], camera.text, camera.to_json(), "16 mm film", "text",
                Continuity(), *(authors[0],) * 6, now_us(),
            )  # fmt: skip
            writer.prompt(prompt)
            for n in range(takes * (k + 1) // shots - takes * k // shots):
                labels.append(_take(writer, prompt, n, seen.look, digest, k, frames).label)
    pictures(film.library, labels)
    for place in ("takes", "proxies"):
        for label in labels:
            path = film.library.take(label) if place == "takes" else film.library.proxy(label)
            os.link(clip if place == "takes" else film.library.proxy("99Z-001"), path)
        sync_folder(film.folder / "media" / place)
    clip.unlink()
    for path in (*film.library.pictures("99Z-001"),):
        path.unlink()
    ids = {take.label: take.id for take in film.log.takes()}
    with film.log.write(authors[0]) as writer:
        for k, label in enumerate(labels[:judged]):
            data = {"verdict": ("ng", "ng", "circle", "ng", "hold")[k % 5], "reason": ("face", "hand", "")[k % 3]}
            writer.event("verdict", ids[label], data | {"note": ""})
    return film


def _take(writer, prompt, n, look, digest, k, frames):
    provider, model = MODELS[(n + k) % len(MODELS)]
    request = writer.request(
        Request(
            new_id(), prompt.id, prompt.shot, provider, model, prompt.scene_text, prompt.camera, prompt.camera_json,
            prompt.avoid, 320, 180, Fraction(24), frames, 1000 * k + n, estimated_micro_usd=250_000,
        )
    )  # fmt: skip
    take = writer.take(prompt.shot, request.id)
    facts = {"width": 320, "height": 180, "rate": "24", "frames": frames, "variable_rate": False}
    # each its own pictures: no two are near duplicates, and no two the same file, whatever the one clip is
    rng = np.random.default_rng(1000 * k + n)
    low, middle, high = (int(each) for each in rng.integers(0, 2**63, 3))
    features = replace(
        look.features, head=replace(look.features.head, hash=low), tail=replace(look.features.tail, hash=high),
        middle_hash=middle,
    )  # fmt: skip
    writer.event("state", take.id, {"state": "submitted"})
    sha256 = f"{1000 * k + n:08x}{digest[8:]}"
    writer.event("media", take.id, {"file": f"media/takes/{take.label}.mp4", "sha256": sha256, **facts})
    for kind, data in look_events(replace(look, features=features), prompt.camera_json):
        writer.event(kind, take.id, data)
    writer.event("state", take.id, {"state": "done"})
    writer.event("money.settled", take.id, {"micro_usd": 250_000})
    return take


def pictures(library, labels) -> None:
    """A poster and a strip of each take, of a colour of its own, with its label on it."""
    down = np.linspace(0.3, 1, 180)[:, None, None]
    for k, label in enumerate(labels):
        hue = np.uint8([[[k * 37 % 180, 120, 200]]])
        poster = (np.ones((180, 320, 1)) * down * cv2.cvtColor(hue, cv2.COLOR_HSV2BGR)).astype(np.uint8)
        cv2.putText(poster, label, (60, 100), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (255, 255, 255), 2, cv2.LINE_AA)
        cells = [cv2.resize(poster, CELL) for _ in range(STRIP)]
        for place, cell in enumerate(cells):
            cell[:, : (place + 1) * CELL[0] // STRIP] //= 2
        for path, picture in ((library.poster(label), poster), (library.strip(label), np.hstack(cells))):
            path.write_bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 70])[1].tobytes())


def notebook(folder: Path, name: str, *cells: str) -> str:
    """A notebook of these cells in a film's folder, and its path there."""
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    listed = [code | {"id": f"c{k}", "source": source} for k, source in enumerate(cells)]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    book = {"cells": listed, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (folder / "notebooks" / name).write_text(json.dumps(book), "utf-8")
    return f"notebooks/{name}"
