"""What people say about takes: circle, hold, NG, a happy accident, a note, its camera; and taking it back.

Every decision is an event with its author; nothing is overwritten, and each person's own verdict stays readable
beside the director's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.camera import Camera, vocabulary
from studio.camera.vocabulary import move as find_move
from studio.errors import BadInput
from studio.given import shown
from studio.log.events import OBEYED
from studio.nouns import VERDICTS, Event, Take, Verdict
from studio.writing.text import clean

if TYPE_CHECKING:
    from studio.log import Log

LONGEST_REASON = 40  # characters: a reason is counted and sorted by; a story belongs into the note
_DONE = {"circle": "circled", "hold": "held", "ng": "NG"}


def decide(log: Log, take: str, verdict: Verdict, author: str, reason: str = "", note: str = "") -> Event:
    """Circle, hold or NG a take (by label or id), with the reason and a note.

    A reason may be any short word or two: the film's own list is a suggestion. The same verdict again is a new
    decision, with its own reason. Raises BadInput for a take that has no clip to judge.
    """
    if verdict not in VERDICTS:
        raise BadInput(f"{verdict!r} is not a verdict: write {', '.join(VERDICTS[:-1])} or {VERDICTS[-1]}")
    found = _with_clip(log, take, f"be {_DONE[verdict]}")
    data: dict[str, object] = {"verdict": verdict, "reason": _short(reason), "note": clean(note, "the note")}
    with log.write(author) as writer:
        return writer.event("verdict", found.id, data)


def mark_accident(log: Log, take: str, on: bool, author: str) -> Event:
    """Flag a take as a happy accident, or not any more. The verdict is left as it is."""
    found = _with_clip(log, take, "be an accident")
    with log.write(author) as writer:
        return writer.event("accident", found.id, {"on": bool(on)})


def write_note(log: Log, take: str, text: str, author: str) -> Event:
    """Words about a take, whatever became of it. Empty words take the note away."""
    found = log.take(take)
    with log.write(author) as writer:
        return writer.event("note", found.id, {"text": clean(text, "the note")})


def say_obeyed(log: Log, take: str, obeyed: str | None, author: str, move: str = "", note: str = "") -> Event:
    """A person's word on a take's camera, before what was measured; `move` is the one that was got, by id or in words.

    What was measured stays beside it. None takes the author's word back. NotFound for a move that there is none of.
    """
    if obeyed is not None and not (isinstance(obeyed, str) and obeyed in OBEYED):
        raise BadInput(f"{shown(obeyed)} is not how a camera is obeyed: write {', '.join(OBEYED[:-1])} or {OBEYED[-1]}")
    found = _with_clip(log, take, "be said to obey")
    data: dict[str, object] = {"obeyed": obeyed, "move": _got(move), "note": clean(note, "the note")}
    with log.write(author) as writer:
        return writer.event("obeyed", found.id, data)


def _got(move: str) -> str:
    """The moves that were got, as `Camera.asked_move` writes them; "" where nobody says."""
    words = " ".join(clean(move, "the move that was got").split())
    if not words or words in vocabulary():
        return words
    meant = Camera.parse(words)
    return meant.asked_move if meant.asked_move and not meant.unknown else find_move(words).id


def undo(log: Log, author: str) -> str:
    """Take back this author's last decision; in words, which it was. Raises BadInput when there is none left."""
    event = log.undo(author)
    label = log.take(event.subject).label
    undone = next(each for each in log.events(event.subject) if each.id == event.data["event"])
    match undone.kind:
        case "verdict":
            what = _DONE.get(str(undone.data["verdict"]), "a verdict taken back")
        case "accident":
            what = "the accident" if undone.data["on"] else "no accident"
        case "obeyed":
            what = f"camera obeyed: {undone.data['obeyed']}" if undone.data["obeyed"] else "a word on the camera"
        case _:
            what = "a note"
    return f"{label}: {what}, undone"


def _with_clip(log: Log, take: str, what: str) -> Take:
    found = log.take(take)
    state = log.state(found.id)
    if state != "done":
        raise BadInput(f"take {found.label} is {state} and cannot {what}: only a take with a clip can")
    return found


def _short(reason: str) -> str:
    words = " ".join(clean(reason, "the reason").split())
    if len(words) > LONGEST_REASON:
        raise BadInput(
            f"the reason {words[:LONGEST_REASON]!r}… has {len(words)} characters: "
            f"write a word or two (at most {LONGEST_REASON}), and the rest as the note"
        )
    return words
