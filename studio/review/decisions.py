"""What people say about takes: circle, hold, NG, a happy accident, a note, its camera, its best part; and undoing it.

Every decision is an event with its author; nothing is overwritten, and each person's own verdict stays readable
beside the director's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.camera import Camera, vocabulary
from studio.camera.vocabulary import move as find_move
from studio.errors import BadInput
from studio.given import number, shown
from studio.log.events import OBEYED, standing
from studio.nouns import VERDICTS, Event, Take, Verdict
from studio.review.reasons import split_reasons
from studio.timecode import frame_at
from studio.writing.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from studio.log import Log, Opinion
    from studio.log.reads import Reads

LONGEST_REASON = 40  # characters: a reason is counted and sorted by; a story belongs into the note
LONGEST_S = 100_000  # of a clip, in seconds: only so that a number stays one
_DONE = {"circle": "circled", "hold": "held", "ng": "NG"}


def decide(log: Log, take: str, verdict: Verdict, author: str, reason: str = "", note: str = "") -> Event:
    """Circle, hold or NG a take (by label or id), with the reason and a note.

    A reason may be any short word or two: the film's own list is a suggestion. There may be several, with commas. The
    same verdict again is a new decision, with its own reason. Raises BadInput for a take that has no clip to judge.
    """
    data = verdict_data(verdict, reason, note)
    found = _with_clip(log, take, f"be {_DONE[verdict]}")
    with log.write(author) as writer:
        return writer.event("verdict", found.id, data)


def take_back(log: Log, take: str, author: str) -> Event:
    """The author has no verdict on a take any more. Raises BadInput where there is none."""
    found = log.take(take)
    with log.write(author) as writer:
        if not _opinion(writer, found.id, author).verdict:
            raise BadInput(f"{author} has given {found.label} no verdict: there is none to take back")
        return writer.event("verdict", found.id, {"verdict": None, "reason": "", "note": ""})


def give_reason(log: Log, take: str, reason: str, on: bool, author: str) -> Event:
    """Add a reason to the author's own verdict on a take, or take one off; the verdict and its note stay.

    Raises BadInput for a take that the author has not judged, and for taking off a reason that is not among its own.
    """
    found = log.take(take)
    named = reasons_of(reason)
    with log.write(author) as writer:
        mine = _opinion(writer, found.id, author)
        if not mine.verdict:
            raise BadInput(f"{found.label} is not judged yet: circle, hold or NG it first")
        there = {each.casefold(): each for each in reasons_of(mine.reason)}
        for each in named:
            if on:
                there.setdefault(each.casefold(), each)
            elif there.pop(each.casefold(), None) is None:
                raise BadInput(f"{shown(each)} is no reason of {found.label}: it has {mine.reason or 'none'}")
        data: dict[str, object] = {"verdict": mine.verdict, "reason": ", ".join(there.values()), "note": mine.note}
        return writer.event("verdict", found.id, data)


def verdict_data(verdict: str, reason: str, note: str) -> dict[str, object]:
    """What the event of a verdict holds; BadInput for what is none."""
    if not (isinstance(verdict, str) and verdict in VERDICTS):
        raise BadInput(f"{shown(verdict)} is not a verdict: write {', '.join(VERDICTS[:-1])} or {VERDICTS[-1]}")
    return {"verdict": verdict, "reason": ", ".join(reasons_of(reason)), "note": clean(note, "the note")}


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
    data = obeyed_data(obeyed, move, note)
    found = _with_clip(log, take, "be said to obey")
    with log.write(author) as writer:
        return writer.event("obeyed", found.id, data)


def obeyed_data(obeyed: str | None, move: str = "", note: str = "") -> dict[str, object]:
    """What the event of a word on the camera holds; BadInput for what is none."""
    if obeyed is not None and not (isinstance(obeyed, str) and obeyed in OBEYED):
        raise BadInput(f"{shown(obeyed)} is not how a camera is obeyed: write {', '.join(OBEYED[:-1])} or {OBEYED[-1]}")
    return {"obeyed": obeyed, "move": _got(move), "note": clean(note, "the note")}


def mark_best(log: Log, take: str, author: str, in_frame: int | None, out_frame: int | None) -> Event:
    """The best part of a take: frames of its clip, the out frame not in it; None: from the first, to the last.

    Arranging takes no other part of it. Both None take the author's marks away. Raises BadInput for what lies outside
    of the clip.
    """
    found = _with_clip(log, take, "be marked")
    media = log.media(found.id)
    assert media is not None  # it is done
    data = marked_data(found.label, media.frames, media.rate, in_frame, out_frame)
    with log.write(author) as writer:
        return writer.event("marked", found.id, data)


def mark_best_s(log: Log, take: str, author: str, in_s: float | None, out_s: float | None) -> Event:
    """The same in seconds of the clip, each at the frame boundary nearest to it."""
    found = _with_clip(log, take, "be marked")
    media = log.media(found.id)
    assert media is not None  # it is done
    at = [
        None if s is None else frame_at(number(s, f"the second at which the best {how}", 0, LONGEST_S), media.rate)
        for s, how in ((in_s, "begins"), (out_s, "ends"))
    ]
    return mark_best(log, found.id, author, *at)


def marked_data(
    label: str, frames: int, rate: Fraction, in_frame: int | None, out_frame: int | None
) -> dict[str, object]:
    """What the event of marks in a clip of so many frames holds; BadInput for what lies outside of it."""
    ends = (0 if in_frame is None else in_frame, frames if out_frame is None else out_frame)
    whole = [end for end in ends if isinstance(end, int) and not isinstance(end, bool)]
    if len(whole) < 2 or not 0 <= whole[0] < whole[1] <= frames:
        said = " to ".join(map(shown, ends))
        raise BadInput(
            f"{label} has {frames} frames ({float(frames / rate):.4g} s), and {said} is no part of them: write an in "
            f"from 0 to {frames - 1} and an out after it, up to {frames}"
        )
    return {"in_frame": in_frame, "out_frame": out_frame}


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
    happened = log.decisions([event.subject])
    undone = next(each for each in happened if each.id == event.data["event"])
    match undone.kind:
        case "verdict":
            what = _verdict_in_words(undone, [each for each in standing(happened) if each.author == author])
        case "accident":
            what = "the accident" if undone.data["on"] else "no accident"
        case "obeyed":
            what = f"camera obeyed: {undone.data['obeyed']}" if undone.data["obeyed"] else "a word on the camera"
        case "marked":
            what = "its best part" if any(end is not None for end in undone.data.values()) else "no best part"
        case _:
            what = "a note"
    return f"{label}: {what}, undone"


def _verdict_in_words(undone: Event, left: Sequence[Event]) -> str:
    """A verdict that is undone; where it only gave the one before it a reason more or less, that reason."""
    before = [each.data for each in left if each.kind == "verdict" and each.id < undone.id]
    if before and before[-1]["verdict"] == undone.data["verdict"]:
        was, now = (set(reasons_of(str(data["reason"]))) for data in (before[-1], undone.data))
        if len(was ^ now) == 1:
            return f"the reason {(was ^ now).pop()}" + ("" if now > was else " taken off")
    return _DONE.get(str(undone.data["verdict"]), "a verdict taken back")


def _opinion(log: Reads, take_id: str, author: str) -> Opinion:
    """What the author says of a take now."""
    from studio.log import Opinion

    mine = (each for each in log.opinions([take_id]) if each.author == author)
    return next(mine, Opinion(take_id, author))


def _with_clip(log: Log, take: str, what: str) -> Take:
    found = log.take(take)
    state = log.state(found.id)
    if state != "done":
        raise BadInput(f"take {found.label} is {state} and cannot {what}: only a take with a clip can")
    return found


def reasons_of(reason: str) -> tuple[str, ...]:
    """The reasons that stand between commas, each once; BadInput for one that is a story."""
    found: dict[str, str] = {}
    for each in split_reasons(clean(reason, "the reason")):
        if len(each) > LONGEST_REASON:
            raise BadInput(
                f"the reason {each[:LONGEST_REASON]!r}… has {len(each)} characters: "
                f"write a word or two (at most {LONGEST_REASON}), and the rest as the note"
            )
        found.setdefault(each.casefold(), each)
    return tuple(found.values())
