"""A log of takes that are known by their ends alone: real rows, no clips."""

from __future__ import annotations

from fractions import Fraction

from studio.log import Log
from studio.media import End
from studio.nouns import Cut, Scene, Shot, Slot, Source
from tests.cutting.looking import a_look, measured
from tests.cutting.making import FILM, hard_cut

LONG_S = 5.0


def add(log: Log, label: str, head: End | None, tail: End | None, verdict: str = "circle", **more) -> None:
    """A finished take of 120 frames with these ends (None: never looked at); its labels come in order."""
    shot = label[:3]
    with log.write("ada") as writer:
        writer.scene(Scene(shot[:2]))
        writer.shot(Shot(shot, shot[:2]))
        take = writer.take(shot)
        assert take.label == label
        facts = {"width": 320, "height": 180, "rate": "24", "frames": 120, "variable_rate": False}
        writer.event("media", take.id, {"file": f"media/takes/{label}.mp4", "sha256": label.ljust(64, "0"), **facts})
        if head is not None and tail is not None:
            features = a_look(head, tail)
            writer.event("features", take.id, {"features": features.to_json(), "method": features.method})
            camera = measured([head.motion or (0.0,) * 4] * 10 + [tail.motion or (0.0,) * 4] * 10, LONG_S)
            seen = {"measured_move": "static", "obeyed": more.get("obeyed"), "confidence": 0.9, "parallax": "none"}
            figures = camera.to_json() if head.motion else ""
            writer.event("measured", take.id, seen | {"sentence": "", "figures": figures, "method": 1})
        writer.event("state", take.id, {"state": "done"})
        if verdict:
            writer.event("verdict", take.id, {"verdict": verdict, "reason": "", "note": ""})
        if "best" in more:
            writer.event("marked", take.id, {"in_frame": more["best"][0], "out_frame": more["best"][1]})


def cut_of(log: Log, *labels: str, frames: int = 120, **changed) -> Cut:
    """A cut of these takes, each whole unless `frames` says otherwise."""
    sources = []
    for label in labels:
        kept = log.media(log.take(label).id)
        assert kept is not None
        reel = label.replace("-", "")
        sources.append(
            Source("take", label, kept.file, kept.sha256, Fraction(FILM), 120, 320, 180, reel, label[:3], kept.take.id)
        )
    slots = tuple(Slot(source, k * frames, frames, how=f"bar {k + 1}") for k, source in enumerate(sources))
    return hard_cut(slots=slots, markers=(), **changed)
