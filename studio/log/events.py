"""The kinds of events: what each one means and what its data holds.

An event is appended and never changed. What a take is now follows from its events in their order (`folding`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from studio.errors import BadInput
from studio.given import inside, shown
from studio.nouns import STATES, VERDICTS, Event


@dataclass(frozen=True)
class Kind:
    """One kind of event."""

    meaning: str
    needs: Mapping[str, type | tuple[type, ...]]  # keys that the data must have, and of what type; more may be added
    may: Mapping[str, type | tuple[type, ...]] = field(default_factory=dict)  # of what type these are, where they are


TEXT, MAYBE = str, (str, type(None))
KINDS: dict[str, Kind] = {
    "state": Kind("a take moved on: state, and perhaps note, error, attempt", {"state": TEXT}),
    "job": Kind("the provider's name for the job, and perhaps what else it told, known from now on", {"job_id": TEXT}),
    "cancel": Kind("the provider was asked to stop the job, and what it answered", {"answer": TEXT}),
    "remark": Kind("what the machine noticed on the way; perhaps paid_again_as", {"text": TEXT}),
    "money.reserved": Kind(
        "held for a take until its bill is known; the last one stands; perhaps source and read_on of the price",
        {"micro_usd": int},
    ),
    "money.settled": Kind(
        "what a take did cost, and perhaps how long its server worked on it; the last one stands",
        {"micro_usd": int},
        {"took_ms": int},
    ),
    "media": Kind(
        "the clip lies in the library, checked; rate is frames per second as n/d",
        {"file": TEXT, "sha256": TEXT, "width": int, "height": int, "rate": TEXT, "frames": int, "variable_rate": bool},
    ),
    "adopted": Kind("the take is a clip that was there before", {"original_name": TEXT}),
    "verdict": Kind(
        "circle, hold or ng, with reason and note; null takes it back",
        {"verdict": MAYBE, "reason": TEXT, "note": TEXT},
    ),
    "accident": Kind("the flag for a happy accident, on or off", {"on": bool}),
    "note": Kind("the take's note from now on", {"text": TEXT}),
    "measured": Kind(
        "the camera as it was measured in the clip, and whether it is the one asked for; figures: all of it as JSON",
        {"measured_move": MAYBE, "obeyed": MAYBE},
        {"figures": TEXT, "sentence": TEXT, "parallax": TEXT, "confidence": (int, float), "method": int},
    ),
    "features": Kind(
        "what its first and last frames look like and how they move, as JSON", {"features": TEXT, "method": int}
    ),
    "flags": Kind(
        "what was noticed in the clip: words for what stands out, with commas, and all the numbers as JSON",
        {"words": TEXT, "flags": TEXT, "method": int},
    ),
    "obeyed": Kind(
        "a person's word on the camera, and the move that was got; null takes it back",
        {"obeyed": MAYBE, "move": TEXT, "note": TEXT},
    ),
    "marked": Kind(
        "the best part of a take in frames of its clip, the out frame not in it; null: from the first, to the last",
        {"in_frame": (int, type(None)), "out_frame": (int, type(None))},
    ),
    "undo": Kind("an earlier decision of the same author is as if it had not been made", {"event": TEXT}),
    "sound.asked": Kind(
        "a sound effect is to be bought for a shot, its price reserved",
        dict.fromkeys(("label", "shot", "text", "provider", "model", "payload", "source", "read_on"), TEXT)
        | {"micro_usd": int},
    ),
    "sound.sent": Kind("its request leaves", {}),
    "sound.made": Kind("it lies in the library", {"file": TEXT, "sha256": TEXT, "micro_usd": int}),
    "sound.ended": Kind("it was not made, or is given up", {"why": TEXT, "micro_usd": int}),
    "sound.unknown": Kind("it was sent and never answered", {"why": TEXT}),
    "run": Kind("one call of film.generate, by the key of its notebook cell, and its takes", {"takes": list}),
    "card": Kind(
        "the wording of a person, place, time or style from now on; the last one of a name stands",
        {"name": TEXT, "kind": TEXT, "words": TEXT, "said": TEXT, "year": (int, type(None)), "avoid": TEXT},
    ),
    "grid": Kind(
        "a grid of variations was made of a shot's words: its axes, and what each cell asks for",
        {"grid": TEXT, "shot": TEXT, "axes": dict, "cells": list},
    ),
    "slot.planned": Kind(
        "how long the slot of a shot is to be, and which shot it follows; the last one of a shot stands",
        {
            "bars": (int, type(None)),
            "beats": (int, type(None)),
            "least_s": MAYBE,
            "greatest_s": MAYBE,
            "after": TEXT,
        },
    ),
    "consent": Kind(
        "somebody's consent to a likeness, a voice or a sample, and when it was given; the last one of a name and kind "
        "stands, null takes it back",
        {"name": TEXT, "of": TEXT, "text": MAYBE, "by": TEXT, "given_on": TEXT},
    ),
    "delivered": Kind(
        "a version of the cut was sent: the folder's name, for which editor, and how its media travel",
        {"name": TEXT, "version": int, "preset": TEXT, "media": TEXT},
    ),
    "renumbered": Kind(
        "a take, a version of words or of the cut, or a sound met another one of the same number, and has this one now",
        {"of": TEXT, "number": int, "was": int, "shot": TEXT},
    ),
    "current": Kind(
        "which version of a shot's words is current, where they were written twice apart; knew: all that there were",
        {"prompt": TEXT},
        {"knew": list},
    ),
    "scene.from": Kind("a shot was begun from a take, with its words", {"take": TEXT, "shot": TEXT}),
    "song.attached": Kind(
        "the master and the beats found in it; perhaps lyrics_file",
        {"file": TEXT, "sha256": TEXT, "seconds": object, "found": object},
        {"sections": TEXT, "lyrics_form": TEXT},
    ),
    "song.used": Kind("the part of the song that the film plays, in seconds", {"start_s": object, "end_s": object}),
    "song.corrected": Kind("a person's beats in place of the found ones, and how", {"grid": object, "how": TEXT}),
    "song.found": Kind(
        "beats and sections found once more, and by what", {"found": TEXT, "sections": TEXT, "by": TEXT}
    ),
    "song.section": Kind(
        "a section that begins here is named, or made (null: joined to the one before), or moved to another time",
        {"at_s": TEXT, "name": MAYBE, "how": TEXT},
        {"to_s": TEXT},
    ),
    "song.marker": Kind("a person's marker at a time of the song; null takes it away", {"at_s": TEXT, "name": MAYBE}),
    "song.undone": Kind("an earlier correction of the song by the same author is as if not made", {"event": TEXT}),
}
DECISIONS = ("verdict", "accident", "note", "obeyed", "marked")  # what a person can undo
OF_FILM = (
    "song.", "sound.", "slot.", "scene.", "run", "card", "grid", "consent", "delivered", "renumbered", "current",
)  # fmt: skip
OF_TAKES = frozenset(kind for kind in KINDS if not kind.startswith(OF_FILM))  # their subject is a take's id
NAMING = ("media", "sound.made", "song.attached")  # what names a file of the film
OBEYED = ("yes", "partly", "no", "static", "unreadable")
NUMBERED = {"take": 9999, "prompt": 2**53, "cut": 2**53, "sound": 999}  # and the highest number of each
CONSENTS = ("likeness", "voice", "sample")


def check(kind: str, data: Mapping[str, object]) -> None:
    """One sentence if there is no such kind of event, or its data is not what that kind holds."""
    if kind not in KINDS:
        raise BadInput(f"{kind!r} is not a kind of event: there are {', '.join(KINDS)}")
    missing = [name for name in KINDS[kind].needs if name not in data]
    if missing:
        raise BadInput(f"an event {kind!r} needs {', '.join(missing)}: it has {', '.join(data) or 'nothing'}")
    for name, type_ in {**KINDS[kind].needs, **KINDS[kind].may}.items():
        if name in data and (not isinstance(data[name], type_) or (type_ is int and isinstance(data[name], bool))):
            raise BadInput(f"{name} of an event {kind!r} is {data[name]!r}: {KINDS[kind].meaning}")
    if kind == "state" and data["state"] not in STATES:
        raise BadInput(f"{data['state']!r} is not a state of a take: there are {', '.join(STATES)}")
    if kind == "verdict" and data["verdict"] is not None and data["verdict"] not in VERDICTS:
        raise BadInput(f"{data['verdict']!r} is not a verdict: there are {', '.join(VERDICTS)}")
    if kind in ("measured", "obeyed") and data["obeyed"] is not None and data["obeyed"] not in OBEYED:
        raise BadInput(f"{data['obeyed']!r} is not how a camera is obeyed: there are {', '.join(OBEYED)}")
    if kind == "consent" and data["of"] not in CONSENTS:
        raise BadInput(f"{data['of']!r} is nothing to consent to: there are {', '.join(CONSENTS)}")
    if kind == "renumbered":
        was, number = int(str(data["was"])), int(str(data["number"]))
        if not 0 < was < number <= NUMBERED.get(str(data["of"]), 0):
            raise BadInput(f"{shown(data['of'])} {shown(was)} cannot become {shown(number)}: {KINDS[kind].meaning}")
    if kind == "marked":
        _check_marks(data["in_frame"], data["out_frame"])
    if kind.startswith("money.") and int(str(data["micro_usd"])) < 0:
        raise BadInput(f"{data['micro_usd']!r} is not an amount: write whole micro-dollars, 0 or more")
    if kind in NAMING:
        inside(str(data["file"]))
    if kind == "media" and not _is_rate(str(data["rate"])):
        raise BadInput(f"{data['rate']!r} is not a rate of a clip: write frames per second as n/d, such as 277/12")


def _check_marks(first: object, end: object) -> None:
    least = 0 if first is None else int(str(first))
    if isinstance(first, bool) or isinstance(end, bool) or least < 0 or (end is not None and int(str(end)) <= least):
        raise BadInput(f"frames {first!r} to {end!r} are no part of a clip: the second lies after the first, from 0 on")


def _is_rate(text: str) -> bool:
    try:
        return Fraction(text) > 0
    except (ValueError, ZeroDivisionError):
        return False


def standing(events: Iterable[Event]) -> list[Event]:
    """The events that count, in their order: without undos, and without the decisions that their authors undid."""
    events = list(events)
    undone = {(event.author, event.data["event"]) for event in events if event.kind == "undo"}
    if not undone:
        return events
    return [
        event
        for event in events
        if event.kind != "undo" and not (event.kind in DECISIONS and (event.author, event.id) in undone)
    ]


def in_words(event: Event) -> str:
    """What happened, as a line of a take's history."""
    data = event.data

    def with_note(text: str, *names: str) -> str:
        return ": ".join([text, *(str(data[name]) for name in names if data.get(name))])

    match event.kind:
        case "state":
            return with_note(str(data["state"]), "note", "error")
        case "job":
            return f"job {data['job_id']}"
        case "cancel":
            return f"asked to stop: {data['answer']}"
        case "remark":
            return str(data["text"])
        case "money.reserved":
            return f"${_usd(data)} reserved"
        case "money.settled":
            return f"${_usd(data)} paid"
        case "media":
            shape = f"{data['width']}×{data['height']}, {data['frames']} frames at {data['rate']}"
            return f"{data['file']} ({shape})"
        case "adopted":
            return f"adopted from {data['original_name']}"
        case "verdict":
            return with_note(str(data["verdict"] or "verdict taken back"), "reason", "note")
        case "accident":
            return "happy accident" if data["on"] else "no accident after all"
        case "note":
            return str(data["text"])
        case "measured":
            found = f"measured {data['measured_move'] or 'no move'}"
            return str(data.get("sentence") or (f"{found}, obeyed: {data['obeyed']}" if data["obeyed"] else found))
        case "features":
            return "its first and last frames looked at"
        case "flags":
            return f"noticed: {data['words']}" if data["words"] else "nothing noticed"
        case "obeyed":
            got = f", got {data['move']}" if data["move"] else ""
            said = f"camera obeyed: {data['obeyed']}{got}" if data["obeyed"] else "word on the camera taken back"
            return with_note(said, "note")
        case "marked":
            if data["in_frame"] is None and data["out_frame"] is None:
                return "no best part any more"
            first = "the first" if data["in_frame"] is None else data["in_frame"]
            last = "the last" if data["out_frame"] is None else int(str(data["out_frame"])) - 1
            return f"best from frame {first} to {last}"
        case "renumbered":
            return f"its number was {data['was']} and is {data['number']}: another one had it before"
        case "scene.from":
            return f"shot {data['shot']} was begun from a take"
        case "undo":
            return "undid a decision"
    return event.kind


def _usd(data: Mapping[str, object]) -> str:
    return f"{int(str(data['micro_usd'])) / 1_000_000:.2f}"
