"""One take from near, as the inspector shows it: its words, what was measured, where it comes from, what happened."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from studio.errors import BadInput, NotFound
from studio.generation import dollars
from studio.log.events import in_words, standing
from studio.nouns import STUDIO
from studio.widgets._dailies_state import DONE
from studio.widgets._desk_state import initials

if TYPE_CHECKING:
    from studio.film import Film
    from studio.log import Opinion
    from studio.nouns import Event, Prompt, Request, Take
    from studio.review import Watched
    from studio.writing import WordDiff

MOST_POINTS = 120  # of a plot
MOST_SIBLINGS = 6
MOST_HISTORY = 30  # lines; film.history(take) has them all
MOST_CHILDREN = 4  # takes that begin with a frame of this one, by name
PARTS = (
    ("scene text", "scene_text", "scene_author"), ("camera", "camera", "camera_author"),
    ("style", "style", "style_author"), ("avoid", "avoid", "avoid_author"),
    ("comes out of", "portal_in", "portal_author"), ("goes into", "portal_out", "portal_author"),
)  # fmt: skip


def detail(
    film: Film, watched: Watched, row: dict[str, Any], place: str, went_on: Sequence[str], now_us: int
) -> dict[str, Any]:
    """All of it. `row` is its cell, `place` its place in its shot, `went_on` the labels of the takes that begin with
    a frame of it, `now_us` the present moment."""
    log, authors = film.log, film.authors
    take = log.take(watched.id)
    request = log.request(take.request_id) if take.request_id else None
    prompt = log.prompt(request.prompt_id) if request else None
    versions, takes = log.prompts(take.shot), log.takes(take.shot)
    made = log.prompts_of_takes([each.id for each in takes])
    root = Root(take, request, prompt, versions, [each for each in takes if made.get(each.id) == made.get(take.id)])
    return {
        "take": take.label,
        "row": row,
        "place": place,
        "judged": judged(watched.mine, authors, now_us),
        "prompt": words(prompt, authors),
        "siblings": siblings(film, prompt, versions, takes, made),
        "measured": measured(film, take.label, request),
        "facts": facts(watched.row, row, now_us),
        "lineage": lineage(film, root, went_on),
        "history": history(log.events(take.id), authors, now_us),
    }


# --- words -----------------------------------------------------------------------------------------------------------


def words(prompt: Prompt | None, authors: Sequence[str]) -> dict[str, Any] | None:
    """The words that the take was made from, each part with its author's initials; None for an adopted clip."""
    if prompt is None:
        return None
    parts = [
        [said, initials(getattr(prompt, author), authors), text]
        for said, name, author in PARTS
        if (text := getattr(prompt, name))
    ]
    same = prompt.continuity
    if kept := ", ".join(text for text in (same.who, same.age, same.time, same.place) if text):
        parts.append(["continuity", initials(prompt.continuity_author, authors), kept])
    return {"version": prompt.version, "parts": parts}


def siblings(
    film: Film, prompt: Prompt | None, versions: Sequence[Prompt], takes: Sequence[Take], made: Mapping[str, str]
) -> list[dict[str, Any]]:
    """A take of each other version of the shot's words, the nearest version first, with what differs word by word.

    `made` is the id of the words of each of the shot's takes, by the take's id.
    """
    if prompt is None:
        return []
    by_id = {each.id: each.version for each in versions}
    states = film.log.standing_of([take.id for take in takes])
    best: dict[int, tuple[bool, str]] = {}  # by version: whether it is circled, and the label
    for take in takes:
        version = by_id.get(made.get(take.id, ""), prompt.version)
        state, verdict = states[take.id]
        if version != prompt.version and state == "done":
            best[version] = max(best.get(version, (False, "")), (verdict == "circle", take.label))
    found = []
    for version in sorted(best, key=lambda version: (abs(version - prompt.version), -version))[:MOST_SIBLINGS]:
        old, new = sorted((version, prompt.version))
        diff = film.diff(prompt.shot, old, new)
        parts = [[part.replace("_", " "), [[run.kind, run.text] for run in runs]] for part, runs in diff.parts.items()]
        said = f"v{old} → v{new}, {changed(diff)}"
        found.append({"take": best[version][1], "version": version, "said": said, "parts": parts})
    return found


def changed(diff: WordDiff) -> str:
    """ "2 words out, 5 in"."""
    runs = [run for part in diff.parts.values() for run in part]
    out, into = (sum(len(run.text.split()) for run in runs if run.kind == kind) for kind in ("removed", "added"))
    return f"{out} {'word' if out == 1 else 'words'} out, {into} in"


# --- the camera ------------------------------------------------------------------------------------------------------


def measured(film: Film, label: str, request: Request | None) -> dict[str, Any] | None:
    """The four axes over time, and what was asked of them; None where the clip is not measured."""
    from studio.generation.measuring import asked_camera, camera_of, thinned

    try:
        found = camera_of(film.log, label)
    except BadInput:  # not measured yet, or by a version that this one cannot read
        return None
    drawn = thinned(found.measured, MOST_POINTS)
    asked = None
    if request and drawn.times and (camera := asked_camera(request.camera_json)).steps:
        from studio.camera.expected import expected

        asked = _plain(expected(camera, drawn.seconds, drawn.times, request.height / request.width).tolist())
    told = found.compared.sentence if found.compared else f"got {drawn.move.replace('_', ' ')}"
    return {
        "seconds": round(drawn.seconds, 3),
        "times": [round(time, 3) for time in drawn.times],
        "rates": _plain(drawn.rates),
        "asked": asked,
        "segments": [
            [segment.move.replace("_", " "), round(segment.start_s, 3), round(segment.end_s, 3)]
            for segment in drawn.segments
        ],
        "sentence": drawn.why if not drawn.readable and drawn.why else told,
        "obeyed": found.obeyed,
        "by": found.by,
    }


def _plain(rates: Sequence[Sequence[float]]) -> list[list[float | None]]:
    """What JSON can hold: a rate that could not be read is null."""
    return [[round(rate, 2) if math.isfinite(rate) else None for rate in row] for row in rates]


# --- facts -----------------------------------------------------------------------------------------------------------


def judged(mine: Opinion, authors: Sequence[str], now_us: int) -> str:
    """ "circled by DR, 14:20"; "" where this author has not judged it."""
    if not (mine.verdict or mine.accident):
        return ""
    by = f" by {initials(mine.author, authors)}" if mine.author else ""  # without an author the film's own verdict
    return f"{DONE.get(mine.verdict, 'an accident')}{by}, {when(mine.judged_at_us, now_us)}"


def facts(now: Mapping[str, Any], row: Mapping[str, Any], now_us: int) -> list[list[str]]:
    """Rows of what and its value; what is not known is left out."""
    seconds = (now["done_at_us"] - now["created_at_us"]) / 1e6 if now["done_at_us"] else 0.0
    took = f", in {seconds:.0f} s" if 0.5 <= seconds < 86_400 and now["provider"] != "adopted" else ""
    size = f"{now['width']}×{now['height']}, {now['frames']} frames at {now['fps']:.6g} fps"
    listed = [
        ["model", row["model"]],
        ["seed", "" if now["seed"] is None else str(now["seed"])],
        ["cost", cost(now)],
        ["made", f"{when(now['done_at_us'] or now['created_at_us'], now_us)}{took}"],
        ["flags", ", ".join(said for _, said in row["flags"])],
        ["folded", row["folded"]],
        ["dropped", now["dropped"] or ""],
        ["picture", size if now["width"] and now["fps"] else ""],
        ["file", now["file"] or ""],
    ]
    return [[what, value] for what, value in listed if value]


def cost(now: Mapping[str, Any]) -> str:
    """ "$0.60, settled"."""
    if now["provider"] == "adopted":
        return ""
    if now["cost_micro_usd"] is not None:
        return f"{dollars(now['cost_micro_usd'])}, settled" if now["cost_micro_usd"] else "not charged"
    return f"{dollars(now['reserved_micro_usd'])}, reserved" if now["reserved_micro_usd"] else "costs nothing"


def when(at_us: int, now_us: int) -> str:
    """ "14:20" today, "21 Nov 14:20" on another day, in this machine's time."""
    at, today = (datetime.fromtimestamp(us / 1e6, UTC).astimezone() for us in (at_us, now_us))
    time = f"{at:%H:%M}"
    if at.date() == today.date():
        return time
    return f"{at.day} {at:%b}{'' if at.year == today.year else f' {at.year}'} {time}"


# --- where it comes from ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Root:
    """A take and what it grew from."""

    take: Take
    request: Request | None  # None for an adopted clip
    prompt: Prompt | None
    versions: Sequence[Prompt]  # of the shot's words, the oldest first
    alike: Sequence[Take]  # of the same words, this one among them


def lineage(film: Film, root: Root, went_on: Sequence[str] = ()) -> list[str]:
    """From the authors of the words down to the cut, as a drawn tree."""
    log, authors, take, request, prompt = film.log, film.authors, root.take, root.request, root.prompt
    own = f"{take.label}{_in_cut(film, take)}"
    if prompt is None or request is None:
        lines, deep = [f"{initials(take.author, authors)} adopted {own}"], "  "
    else:
        parts = (("scene_text", "scene"), ("camera", "camera"))
        wrote = [_since(root.versions, prompt, part, said, authors) for part, said in parts]
        cell = f", grid {request.grid} cell {request.cell}" if request.grid else ""
        lines, deep = [" ─ ".join(said for said in wrote if said)], "      "
        lines.append(f"  └ v{prompt.version} ─ request {request.id[-4:]}{cell}")
        lines += _around([each.label for each in root.alike], take.label, own)
    origin = log.origin_of(take.shot)
    said = [f"{take.shot} was begun from {origin.label}"] if origin else []
    said += [f"begins with a frame of {log.take(take.parent).label}"] if take.parent else []
    if request and request.guide:
        said.append(f"follows the camera of {PurePosixPath(request.guide).stem}")
    if went_on:
        more = f" and {len(went_on) - MOST_CHILDREN} more" if len(went_on) > MOST_CHILDREN else ""
        said.append(f"went on as {', '.join(went_on[:MOST_CHILDREN])}{more}")
    return lines + [f"{deep}· {each}" for each in said]


def _since(versions: Sequence[Prompt], prompt: Prompt, part: str, said: str, authors: Sequence[str]) -> str:
    """ "MK scene v2": who wrote this part, and since which version it stands as it is; "" where it is empty."""
    text, author = getattr(prompt, part), getattr(prompt, "scene_author" if part == "scene_text" else f"{part}_author")
    if not text:
        return ""
    since = prompt.version
    for each in sorted(versions, key=lambda version: -version.version):
        if each.version < since and not each.grid:
            if getattr(each, part) != text:
                break
            since = each.version
    return f"{initials(author, authors)} {said} v{since}"


def _around(labels: Sequence[str], label: str, own: str) -> list[str]:
    """The takes of one version with this one in full, its neighbours by name and the rest as ranges."""
    at = labels.index(label)
    before, after = list(labels[:at]), list(labels[at + 1 :])
    shown = [_range(before[:-1]), *before[-1:], own, *after[:1], _range(after[1:])]
    shown = [line for line in shown if line]
    return [f"    {'└' if k == len(shown) - 1 else '├'} {line}" for k, line in enumerate(shown)]


def _range(labels: Sequence[str]) -> str:
    """ "07A-015 … 018"."""
    if not labels:
        return ""
    return labels[0] if len(labels) == 1 else f"{labels[0]} … {labels[-1].rsplit('-', 1)[-1]}"


def _in_cut(film: Film, take: Take) -> str:
    """ " ─ cut 9, slot 12": where it is used in the newest cut."""
    try:
        cut = film.log.latest_cut()
    except NotFound:
        return ""
    slots = [str(k) for k, slot in enumerate(cut.slots, 1) if slot.source.take_id == take.id]
    return f" ─ cut {cut.version}, slot{'s' if len(slots) > 1 else ''} {', '.join(slots)}" if slots else ""


# --- what happened ---------------------------------------------------------------------------------------------------


def history(happened: Sequence[Event], authors: Sequence[str], now_us: int) -> list[list[Any]]:
    """When, who, what, and whether its author undid it; the newest first, without what was only looked at."""
    counting = {event.id for event in standing(happened)}
    told = [event for event in happened if event.kind not in ("undo", "features")][-MOST_HISTORY:]
    return [
        [
            when(event.at_us, now_us),
            STUDIO if event.author == STUDIO else initials(event.author, authors),
            _said(event),
            event.id not in counting,
        ]
        for event in reversed(told)
    ]


def _said(event: Event) -> str:
    """As the film's history has it, with a verdict as people say it."""
    if event.kind == "verdict" and (done := DONE.get(str(event.data["verdict"]))):
        return ": ".join(str(text) for text in (done, event.data["reason"], event.data["note"]) if text)
    return in_words(event)
