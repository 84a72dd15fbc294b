"""What the desk shows of a film, as values that JSON can hold. It reads, and writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from studio.camera import Camera, chips, flight
from studio.errors import NotFound, StudioError
from studio.generation import dollars
from studio.nouns import FINAL_STATES, Continuity, Prompt
from studio.widgets._desk_draft import WORDS, kept

if TYPE_CHECKING:
    from studio.film import Film
    from studio.generation import Handle, Progress
    from studio.log import Settings
    from studio.nouns import Take

AUTHOR_OF = {
    "scene_text": "scene_author", "camera": "camera_author", "style": "style_author", "avoid": "avoid_author",
    "portal_in": "portal_author", "portal_out": "portal_author", "continuity": "continuity_author",
}  # fmt: skip
MOST_VERSIONS = 10  # on the desk; film.prompts(shot) has them all
MOST_TAKES = 6  # as posters; film.dailies() has them all
MARKS = {"circle": "○ circled", "hold": "◐ hold", "ng": "✗ NG"}


def state_of(film: Film, shot: str, author: str) -> dict[str, Any]:
    """Everything about a shot that does not depend on what is being typed."""
    versions = _versions(film, shot)
    latest = film.log.latest_prompt(shot)
    scene = next((scene for scene in film.log.scenes() if scene.number == shot[:2]), None)
    shots = [each.id for each in film.log.shots()]
    around = sorted({*shots, shot})
    at = around.index(shot)
    takes = film.log.takes(shot) if shot in shots else ()
    names = film.authors
    return {
        "key": f"{film.folder.name}/{film.settings.title}/{shot}/{author}",
        "shot": shot,
        "scene": shot[:2],
        "title": scene.title if scene else "",
        "where": _where(film, shot),
        "before": around[at - 1] if at else "",
        "after": around[at + 1] if at + 1 < len(around) else "",
        "author": author,
        "authors": [{"name": name, "initials": initials(name, names)} for name in names],
        "version": latest.version if latest else 0,
        "at_us": latest.created_at_us if latest else 0,
        "parts": _parts(versions, latest, names),
        "question": question_of(film, shot),
        "used": list(latest.cards) if latest else [],
        "draft": kept(film, author, shot),
        "cards": [asdict(card) for card in film.log.cards()],
        "portals": _portals(film.log.latest_prompts()),
        "versions": _version_rows(film, versions, takes),
        "models": model_names(film.settings),
        "chain": _chain(film, latest),
        "money_said": money_said(film),
        **_takes(film, takes),
        **_wanted(film, takes),
    }


def initials(name: str, among: Sequence[str] = ()) -> str:
    """One or two letters for an author; a third where two authors would have the same."""
    if not name:
        return ""

    def short(of: str, letters: int) -> str:
        parts = of.replace("-", " ").replace("_", " ").split()
        return ("".join(part[0] for part in parts[:letters]) if len(parts) > 1 else of[:letters]).upper()

    alike = any(other != name and short(other, 2) == short(name, 2) for other in among)
    return short(name, 3 if alike else 2)


def camera_of(words: str, seconds: float) -> dict[str, Any]:
    """The camera's words as the desk draws them: chips, what was guessed, and the flight."""
    camera = Camera.parse(words)
    shown = chips(camera, seconds)
    moves = [chip for chip in shown if chip.kind == "move"]
    count = f"{len(moves)} {'move' if len(moves) == 1 else 'moves'}"
    path = flight(camera, seconds)
    reached = {(portal["step"], portal["index"]): portal["at_s"] for portal in path["portals"]}
    return {
        "words": camera.words(),
        "said": f"{count} in order" if len(moves) > 1 else count if moves else "no move",
        "unknown": list(camera.unknown),
        "guessed": list(camera.guessed),
        "chips": [
            asdict(chip) | {"said": _said(chip), "at_s": reached.get((chip.step, chip.index)) or chip.start_s or 0.0}
            for chip in shown
        ],
        "flight": path,
    }


def moves_of() -> list[dict[str, Any]]:
    """The whole vocabulary for the picker, each with two seconds of its flight."""
    from studio.camera import thumbnails, vocabulary

    drawn = thumbnails()
    return [
        {
            "id": move.id, "label": move.label, "signature": move.signature, "common": move.id in COMMON,
            "find": " ".join((move.id, move.label, move.words, *(alias.words for alias in move.aliases))).casefold(),
            **drawn[move.id],
        }
        for move in vocabulary().values()
    ]  # fmt: skip


# shown before "show all": the eighteen that most requests use
COMMON = frozenset(
    [
        "static",
        "pan_left",
        "pan_right",
        "tilt_up",
        "tilt_down",
        "roll_cw",
        "dolly_in",
        "dolly_out",
        "truck_left",
        "truck_right",
        "pedestal_up",
        "crane_up",
        "zoom_in",
        "arc_left",
        "pass_through",
        "dolly_zoom_in",
        "handheld",
        "whip_pan_right",
    ]
)


def model_names(settings: Settings | None = None) -> list[str]:
    """Every model that can be asked for, as `model_of` reads it; those of the film's own servers among them."""
    from studio.generation import name_of, own_models
    from studio.providers import names
    from studio.providers.catalogue import ANY, catalogue

    known = names()  # without those that make sound
    rows = [
        row for models in catalogue().models.values() for row in models if row.name != ANY and row.provider in known
    ]
    own = own_models(settings) if settings else ()
    return list(dict.fromkeys(["previz", "folder", *own, *(name_of(row.provider, row.name) for row in rows)]))


def money_said(film: Film) -> str:
    """ "spent $41.20 of $600.00 · $2.40 reserved"."""
    money, cap = film.money, film.settings.cap_usd
    said = f"spent {dollars(money.spent)}" + (f" of {dollars(cap)}" if cap is not None else ", no cap in film.toml")
    said += f" · {dollars(reserved)} reserved" if (reserved := money.reserved) else ""
    return said + (f" · {dollars(risk)} at risk" if (risk := money.at_risk) else "")


def _versions(film: Film, shot: str) -> list[Prompt]:
    """The shot's own versions, the oldest first."""
    try:
        return [prompt for prompt in film.log.prompts(shot) if not prompt.grid]
    except NotFound:
        return []


def question_of(film: Film, shot: str) -> dict[str, Any] | None:
    """The versions of a shot's words that were written apart, of which a person is to keep one; None: no question."""
    asked = next((each for each in film.log.in_question() if each.shot == shot), None)
    if asked is None:
        return None
    choices = sorted((*asked.others, asked.current), key=lambda each: each.version)
    named = [f"version {each.version} by {each.author}" for each in choices]
    both = f"{', '.join(named[:-1])} and {named[-1]}"
    counts = f"Version {asked.current.version} counts until you choose."
    said = f"{shot} was written by several people at once: {both}. {counts}"
    return {
        "said": said,
        "choices": [
            {"version": each.version, "author": each.author, "initials": initials(each.author, film.authors),
             "text": each.scene_text, "camera": each.camera, "at_us": each.created_at_us}
            for each in choices
        ],
    }  # fmt: skip


def _parts(versions: Sequence[Prompt], latest: Prompt | None, names: Sequence[str]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for part in (*WORDS, "continuity"):
        author = getattr(latest, AUTHOR_OF[part]) if latest else ""
        empty: Any = Continuity() if part == "continuity" else ""
        value = getattr(latest, part) if latest else empty
        since = next((one for one in versions if getattr(one, part) == value), None) if author else None
        told = {"words": asdict(value)} if part == "continuity" else {"text": value}
        said = f"wrote this · v{since.version}" if since else ""
        parts[part] = told | {"author": author, "initials": initials(author, names), "said": said}
    return parts


def _version_rows(film: Film, versions: Sequence[Prompt], takes: Sequence[Take]) -> list[dict[str, Any]]:
    prompts = film.log.prompts_of_takes([take.id for take in takes])
    made = Counter(prompts.values())
    rows = []
    for prompt in versions[-MOST_VERSIONS:]:
        count = made[prompt.id]
        said = f"{count} {'take' if count == 1 else 'takes'}" if count else "none yet"
        rows.append(
            {
                "version": prompt.version, "author": prompt.author, "initials": initials(prompt.author, film.authors),
                "at_us": prompt.created_at_us, "said": said,
            }
        )  # fmt: skip
    return rows


def _takes(film: Film, takes: Sequence[Take]) -> dict[str, Any]:
    now = film.log.standing_of([take.id for take in takes])
    verdicts = Counter(verdict for _, verdict in now.values())
    count = len(takes)
    circled = f"{verdicts['circle']} circled" if verdicts["circle"] else "none circled"
    under_way = [state for state, _ in now.values() if state not in FINAL_STATES and state != "unknown"]
    shown = [
        {
            "label": take.label,
            "said": MARKS.get(now[take.id][1]) or now[take.id][0],
            "clip": now[take.id][0] == "done",
        }
        for take in reversed(takes[-MOST_TAKES:])
    ]
    said = f"{count} {'take' if count == 1 else 'takes'}, {circled}" if count else "no takes yet"
    way = f"{len(under_way)} of {takes[0].shot} under way" if under_way else ""
    return {"takes": shown, "takes_said": said, "under_way_said": way}


def _wanted(film: Film, takes: Sequence[Take]) -> dict[str, Any]:
    """What was asked for last: the desk opens with it."""
    from studio.generation import name_of

    asked = next((film.log.request(take.request_id) for take in reversed(takes) if take.request_id), None)
    known = model_names(film.settings)
    last = name_of(asked.provider, asked.model) if asked else ""
    named = next((name for name in (last, asked.provider if asked else "") if name in known), "previz")
    return {"chosen_models": [named], "takes_wanted": 4, "seconds": round(float(asked.duration_s), 2) if asked else 4.0}


def _where(film: Film, shot: str) -> str:
    """Where the shot stands in the newest cut."""
    try:
        cut = film.log.latest_cut()
    except NotFound:
        return "in no cut yet"
    at = next((number for number, slot in enumerate(cut.slots) if slot.source.shot == shot), None)
    if at is None:
        return f"in no slot of cut {cut.version}"
    slot = cut.slots[at]
    lyric = next(
        (
            mark.name
            for mark in cut.markers
            if mark.kind == "lyric" and slot.record_frame <= mark.frame < slot.end_frame
        ),
        "",
    )
    said = f"slot {at + 1} of {len(cut.slots)} · {float(slot.frames / cut.rate):.1f} s"
    return f"{said} · “{lyric}”" if lyric else said


def _portals(prompts: Sequence[Prompt]) -> list[str]:
    return sorted({portal for each in prompts for portal in (each.portal_in, each.portal_out) if portal})


def _chain(film: Film, prompt: Prompt | None) -> dict[str, str] | None:
    """The take whose last frame the next take can begin with, or why there is none; None outside a chain."""
    if prompt is None or not prompt.portal_in:
        return None
    try:
        take = film.chain.before(prompt.shot)
    except StudioError as why:
        return {"take": "", "said": str(why)}
    return {"take": take, "said": f"begin with the last frame of {take}"}


def _said(chip: Any) -> str:
    speed = "" if chip.speed == "normal" else f" · {chip.speed}"
    return f"{chip.label.lower()}{speed}" + (f" · {chip.object}" if chip.object else "")


def progress_of(handle: Handle, progress: Progress, stopping: bool) -> dict[str, Any]:
    """The progress as the page draws it."""
    stopping = stopping and bool(progress.left)
    return {
        "running": bool(progress.left), "stopping": stopping, "total": progress.total, "left": progress.left,
        "said": _progress_said(handle, progress, stopping),
    }  # fmt: skip


def _progress_said(handle: Handle, progress: Progress, stopping: bool) -> str:
    if progress.left:
        said = f"{progress.done} of {progress.total} made"
        said += f", {progress.rate:.2f} a second" if progress.rate else ""
        said += f", {dollars(progress.spent)} spent" if progress.spent else ""
        return f"{said}; stopping: what was sent is finished and kept" if stopping else said
    counts = {
        "made": progress.done, "failed": progress.failed, "cancelled": progress.cancelled,
        "left where they are": progress.stuck, "unknown: film.money.panel() asks you about them": progress.unknown,
    }  # fmt: skip
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    said += f", {dollars(progress.spent)} spent" if progress.spent else ""
    return "; ".join([said, *handle.errors[:1]])
