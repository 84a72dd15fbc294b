"""What a take is now, from what was written once about it and its events in their order. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

from studio.errors import BadInput
from studio.log.events import standing
from studio.log.numbering import file_now, label_of, sound_label
from studio.log.rows import fraction_text
from studio.nouns import TAKE_LABEL, Event, Prompt, Request, Sound, Take


@dataclass(frozen=True)
class Facts:
    """What was written once about a take."""

    take: Take
    request: Request | None = None  # None for an adopted clip
    prompt: Prompt | None = None
    parent_label: str = ""


NOT_YET = (
    "model", "seed", "width", "height", "duration_s", "fps", "rate", "frames", "variable_rate", "estimated_micro_usd",
    "reserved_micro_usd", "cost_micro_usd", "done_at_us", "file", "sha256", "dropped", "asked_move", "measured_move",
    "obeyed", "grid", "cell", "obeyed_by", "measured_obeyed", "flags", "confidence", "parallax", "measured_method",
    "flags_method", "features_method", "best_in", "best_out",
)  # fmt: skip


def asked_move(camera_json: str) -> str:
    """The move that a camera asks for, which its canonical JSON carries under "asked_move"."""
    if not camera_json:
        return ""
    try:
        return str(json.loads(camera_json).get("asked_move", ""))
    except (ValueError, AttributeError):
        raise BadInput(f"the camera {camera_json[:60]!r} is not JSON as Camera writes it") from None


def fold(facts: Iterable[Facts], events: Mapping[str, Sequence[Event]], director: str) -> list[dict[str, Any]]:
    """The rows of `take_now`; `events` are those of each take's id, in their order."""
    return [fold_take(each, events.get(each.take.id, ()), director) for each in facts]


def fold_take(facts: Facts, events: Sequence[Event], director: str) -> dict[str, Any]:
    """The row of one take in `take_now`. What is not known is `None`; nothing measured comes from what was asked."""
    return _as_written(facts) | what_happened(events, director)


def what_happened(events: Sequence[Event], director: str) -> dict[str, Any]:
    """Those fields of the row that a take's events speak of.

    An event takes no field back to what was written (decisions are always among the fields), so the row of a take
    that is there already is brought up to date by these fields alone.
    """
    row: dict[str, Any] = {"accident": 0}
    events = standing(events)
    shot = ""
    numbers: set[int] = set()  # every number that it has had
    for event in events:
        data = event.data
        match event.kind:
            case "state":
                if data["state"] == "done":
                    row["done_at_us"] = event.at_us
                if row.get("state") != "done":  # its clip is there, whatever somebody elsewhere did about it later
                    row["state"] = data["state"]
            case "money.reserved":
                row["reserved_micro_usd"] = data["micro_usd"]
            case "money.settled":
                before = row.get("cost_micro_usd", 0) if row.get("state") == "done" else 0  # which is not given back
                row["cost_micro_usd"] = max(int(str(data["micro_usd"])), before)
            case "media":
                row |= {name: data[name] for name in ("file", "sha256", "width", "height")}
                row["variable_rate"] = int(bool(data["variable_rate"]))
                row |= _length(Fraction(str(data["rate"])), int(str(data["frames"])))
            case "adopted":
                row["provider"] = "adopted"
            case "accident":
                row["accident"] = int(bool(data["on"]))
            case "measured":
                row |= {"measured_move": data["measured_move"], "measured_obeyed": data["obeyed"]}
                row |= {name: data.get(name) for name in ("confidence", "parallax")}  # older events lack them
                row["measured_method"] = data.get("method")
            case "flags":
                row |= {"flags": data["words"] or None, "flags_method": data["method"]}
            case "features":
                row["features_method"] = data["method"]
            case "renumbered":
                shot = str(data["shot"])
                numbers |= {int(str(data["was"])), int(str(data["number"]))}
    if numbers:
        row["n"] = max(numbers)  # they only grow
        row["take"] = label_of(shot, row["n"])
        if "file" in row:
            row["file"] = file_now(row["file"], (label_of(shot, n) for n in sorted(numbers)), row["take"])
    said = _decided(events, director) | _obeyed(events, director, row.get("measured_obeyed"))
    return row | said | _marked(events, director)


def _as_written(facts: Facts) -> dict[str, Any]:
    take, request, prompt = facts.take, facts.request, facts.prompt
    row: dict[str, Any] = {
        "id": take.id,
        "take": take.label,
        "scene": take.shot[:2],
        "shot": take.shot,
        "n": take.n,
        "state": "planned",
        "author": take.author,
        "scene_text": prompt.scene_text if prompt else None,
        "camera": prompt.camera if prompt else None,
        "style": prompt.style if prompt else None,
        "avoid": prompt.avoid if prompt else None,
        "prompt_version": prompt.version if prompt else None,
        "provider": request.provider if request else "adopted",
        "created_at_us": take.created_at_us,
        "parent": facts.parent_label or None,
        "guide": _label_in(request.guide) or None if request else None,
    }
    row |= dict.fromkeys(NOT_YET)
    if request:
        row |= {name: getattr(request, name) for name in ("model", "seed", "width", "height", "estimated_micro_usd")}
        row |= _length(request.rate, request.frames)
        row["dropped"] = "; ".join(request.dropped)
        row["asked_move"] = asked_move(request.camera_json)
        row |= {"grid": request.grid or None, "cell": request.cell or None}
    return row


def _label_in(file: str) -> str:
    """The label of the take that a file is named after."""
    stem = PurePosixPath(file).stem
    label = TAKE_LABEL.match(stem)
    return label[0] if label else stem


def _length(rate: Fraction, frames: int) -> dict[str, Any]:
    return {"rate": fraction_text(rate), "fps": float(rate), "frames": frames, "duration_s": float(frames / rate)}


def _decided(events: Sequence[Event], director: str) -> dict[str, Any]:
    """Verdict, reason and note. The note is the later of that verdict's own and a note set by itself."""
    latest = counting(events, "verdict", director)
    notes = [event for event in events if event.kind == "note"]
    said = latest.data["note"] if latest else None
    if notes and (latest is None or not said or notes[-1].id > latest.id):
        said = notes[-1].data["text"]
    return {
        "verdict": latest.data["verdict"] if latest else None,
        "reason": (latest.data["reason"] or None) if latest else None,
        "note": said or None,
    }


def counting(events: Sequence[Event], kind: str, director: str) -> Event | None:
    """The decision of a kind that counts: the director's, where it stands, else the latest by anybody. Whoever took
    theirs back says nothing."""
    latest = {event.author: event for event in events if event.kind == kind}  # of each author
    said = {author: event for author, event in latest.items() if event.data[kind]}
    return said.get(director) or max(said.values(), key=lambda event: event.id, default=None)


def _obeyed(events: Sequence[Event], director: str, measured: str | None) -> dict[str, Any]:
    """A person's word on the camera before the machine's, and whose it is."""
    said = counting(events, "obeyed", director)
    if said:
        return {"obeyed": said.data["obeyed"], "obeyed_by": said.author}
    return {"obeyed": measured, "obeyed_by": "studio" if measured else None}


def _marked(events: Sequence[Event], director: str) -> dict[str, Any]:
    """The best part: the director's marks, where they stand, else the latest by anybody."""
    marks = [event for event in events if event.kind == "marked"]
    by_director = [event for event in marks if director and event.author == director]
    data = (by_director or marks)[-1].data if marks else {}
    return {"best_in": data.get("in_frame"), "best_out": data.get("out_frame")}


SOUND_KINDS = ("sound.asked", "sound.sent", "sound.made", "sound.ended", "sound.unknown")


def sounds_of(happened: Iterable[Event]) -> tuple[Sound, ...]:
    """What the sounds of a film are now, from their events in order."""
    now: dict[str, Sound] = {}
    numbers: dict[str, set[int]] = {}  # of those that were renumbered: all that they have had
    for event in happened:
        data: dict[str, Any] = event.data
        id = event.subject.removeprefix("sound:")
        if event.kind == "renumbered":
            numbers.setdefault(id, set()).update((data["was"], data["number"]))
        elif event.kind == "sound.asked":
            now[id] = Sound(
                id=id,
                state="asked",
                payload_json=data["payload"],
                price_micro_usd=data["micro_usd"],
                author=event.author,
                asked_at_us=event.at_us,
                **{name: data[name] for name in ("label", "shot", "text", "provider", "model")},
            )
        elif id not in now or (now[id].state == "made" and event.kind != "sound.made"):
            continue  # its asking is in a journal that is not here, or somebody elsewhere did not know
        elif event.kind == "sound.made":
            now[id] = replace(
                now[id], state="made", file=data["file"], sha256=data["sha256"], cost_micro_usd=data["micro_usd"]
            )
        elif event.kind == "sound.ended":
            now[id] = replace(now[id], state="ended", why=data["why"], cost_micro_usd=data["micro_usd"])
        elif event.kind == "sound.unknown":
            now[id] = replace(now[id], state="unknown", why=data["why"])
        else:
            now[id] = replace(now[id], state="sent")
    for id in numbers.keys() & now.keys():
        shot = now[id].shot
        label = sound_label(shot, max(numbers[id]))
        file = file_now(now[id].file, (sound_label(shot, n) for n in sorted(numbers[id])), label)
        now[id] = replace(now[id], label=label, file=file)
    return tuple(now.values())
