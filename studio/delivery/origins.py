"""From any frame of the film back: its slot and source frame, the take, the request, the words and who wrote them,
the camera, the verdicts, the price, and what became of the slot from version to version of the cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from studio import cutting
from studio.errors import BadInput
from studio.given import shown, whole
from studio.nouns import Cut, Prompt, Request, Slot
from studio.timecode import frame_of_timecode, hour_frame, record_timecode, source_index

if TYPE_CHECKING:
    from studio.log import Log, Opinion

# part of the words -> the field that holds its author
PARTS = {
    "scene text": "scene_author", "camera": "camera_author", "style": "style_author", "avoid": "avoid_author",
    "continuity": "continuity_author", "portals": "portal_author",
}  # fmt: skip
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
VERDICT = {"circle": "circled", "hold": "held", "ng": "NG"}


@dataclass(frozen=True)
class Step:
    """What one version of the cut did to a slot."""

    version: int
    author: str
    at_us: int
    take: str  # or the card's name
    kinds: tuple[str, ...]  # of studio.cutting.changes.KINDS
    said: str


@dataclass(frozen=True)
class Made:
    """A take as the log knows it."""

    label: str
    author: str  # who asked for it
    asked_at_us: int
    provider: str
    model: str
    seed: int | None
    parent: str  # label of the take it began with
    guide: str
    prompt: Prompt | None  # None: adopted, made from no words of this film
    request: Request | None
    asked_move: str
    measured_move: str
    measured: str  # the measurement in a sentence
    obeyed: str
    obeyed_by: str  # "studio": as measured
    price_micro_usd: int | None  # before it was sent
    price_source: str
    price_read_on: str
    cost_micro_usd: int | None  # charged; None: not known
    verdict: str  # the film's: the director's, else the latest
    opinions: tuple[Opinion, ...]  # each person's own

    @property
    def part_authors(self) -> dict[str, str]:
        """Who wrote each part of the words, for the parts that have words."""
        found = {part: str(getattr(self.prompt, field)) for part, field in PARTS.items()} if self.prompt else {}
        return {part: author for part, author in found.items() if author}


@dataclass(frozen=True)
class Origin:
    """Where one slot came from."""

    number: int  # from 1
    slot: Slot
    made: Made | None  # None for a card, and for a take that this film's log does not have
    steps: tuple[Step, ...]  # what the versions of the cut did to it, the first one first


@dataclass(frozen=True, repr=False)
class Found:
    """One frame of the film, and where it came from."""

    frame: int  # of the film, from 0
    record: str  # its record time code
    source_frame: int  # of the take's clip, from 0
    origin: Origin
    mixed: Origin | None = None  # the slot that a dissolve mixes into it here
    mixed_frame: int = 0  # and which frame of its clip

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """The way back, step by step: what, and which. Without the words of the prompt."""
        slot = self.origin.slot
        begin = [
            ("frame", f"{self.frame}, at {self.record}"),
            ("slot", f"{self.origin.number}, frame {self.frame - slot.record_frame} of {slot.frames}"),
            (slot.source.kind, slot.source.name),
            ("source frame", f"{self.source_frame} of {slot.source.frames}, {slot.source.file}"),
        ]
        if self.mixed:
            other = self.mixed.slot.source
            said = f"mixed with slot {self.mixed.number}: {other.name}, source frame {self.mixed_frame}, {other.file}"
            begin.append(("dissolve", said))
        return (*begin, *lines_of(self.origin))

    def __repr__(self) -> str:
        return "\n".join(f"{name + ':':14} {value}" for name, value in self.lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>'
            f'<td style="text-align:left">{escape(value)}</td></tr>'
            for name, value in self.lines
        )
        return f"<table><tbody>{rows}</tbody></table>"


def frame_at_record(text: str, rate: Fraction) -> int:
    """The frame of the film at a record time code, drop frame or not as it is written: 01:00:00:00 is the first."""
    return frame_of_timecode(text.strip(), rate) - hour_frame(rate, drop=";" in text)


def source_frame(slot: Slot, frame: int, rate: Fraction) -> int:
    """Which frame of its source a slot shows at a frame of the film."""
    source = slot.source
    return source_index(slot.in_frames, frame - slot.record_frame, slot.speed, source.rate, rate, source.frames)


def origin_at(log: Log, cut: Cut, at: int | str) -> Found:
    """Where one frame came from; `at` is its number from 0, or its record time code."""
    if isinstance(at, str):
        frame = frame_at_record(at, cut.rate)
        if not 0 <= frame < cut.frames:
            first, last = (record_timecode(n, cut.rate) for n in (0, cut.frames - 1))
            raise BadInput(f"{shown(at)} is not in the film: its record time code goes from {first} to {last}")
    else:
        frame = whole(at, "a frame of the film", 0, cut.frames - 1)
    number = next(n for n, slot in enumerate(cut.slots, 1) if frame < slot.end_frame)
    found = {each.number: each for each in origins(log, cut, (number - 1, number, number + 1))}
    origin, place = found[number], record_timecode(frame, cut.rate)
    shows = source_frame(origin.slot, frame, cut.rate)
    for other in (number - 1, number + 1):
        into = found.get(max(number, other))
        if other in found and into and frame in dissolved(into.slot):
            return Found(frame, place, shows, origin, found[other], source_frame(found[other].slot, frame, cut.rate))
    return Found(frame, place, shows, origin)


def dissolved(slot: Slot) -> range:
    """The frames of the film in which a slot is mixed with the one before it; none where it begins with a cut."""
    half = slot.transition.frames // 2 if slot.transition else 0
    return range(slot.record_frame - half, slot.record_frame + half)


def origins(log: Log, cut: Cut, numbers: Sequence[int] | None = None) -> tuple[Origin, ...]:
    """Where every slot came from, or those of these numbers."""
    chosen = [(n, slot) for n, slot in enumerate(cut.slots, 1) if numbers is None or n in numbers]
    takes = {slot.source.take_id: slot.source.name for _, slot in chosen if slot.source.kind == "take"}
    made, steps = _made(log, takes), _steps(log, cut)
    return tuple(Origin(n, slot, made.get(slot.source.take_id), steps[n - 1]) for n, slot in chosen)


def _made(log: Log, takes: Mapping[str, str]) -> dict[str, Made]:
    """The takes of these ids and labels, by id."""
    prices = {line.take: line for line in log.standing(list(takes.values()), most=max(1, len(takes))).lines}
    opinions: dict[str, list[Opinion]] = {}
    for said in log.opinions(takes):
        opinions.setdefault(said.take_id, []).append(said)
    found = {}
    for row in log.takes_now(takes):
        take, price, event = log.take(row["id"]), prices.get(row["take"]), log.measured_of(row["id"])
        request = log.request(take.request_id) if take.request_id else None
        text = {name: row[name] or "" for name in ("asked_move", "measured_move", "obeyed", "obeyed_by", "verdict")}
        found[take.id] = Made(
            label=take.label, author=take.author, asked_at_us=take.created_at_us, provider=row["provider"],
            model=row["model"] or "", seed=row["seed"], parent=row["parent"] or "", guide=row["guide"] or "",
            prompt=log.prompt(request.prompt_id) if request else None, request=request,
            measured=str(event.data.get("sentence") or "") if event else "",
            price_micro_usd=price.price_micro_usd if price else None, cost_micro_usd=row["cost_micro_usd"],
            price_source=(price.price_source or "") if price else "",
            price_read_on=(price.price_read_on or "") if price else "",
            opinions=tuple(sorted(opinions.get(take.id, ()), key=lambda each: each.at_us)), **text,
        )  # fmt: skip
    return found


def versions_of(log: Log, cut: Cut) -> tuple[Cut, ...]:
    """The stored versions up to this cut, the first one first, and this one itself."""
    return (*(each for each in log.cuts() if each.version < cut.version or not cut.version), cut)


def _steps(log: Log, cut: Cut) -> list[tuple[Step, ...]]:
    """What the versions did to each slot of the cut, followed back from it."""
    versions = versions_of(log, cut)
    found: list[list[Step]] = [[] for _ in cut.slots]
    where: dict[int, int] = {n: n for n in range(1, len(cut.slots) + 1)}  # slot of the cut -> its slot back then
    for old, new in reversed(list(pairwise(versions))):
        became = {change.slot: change for change in cutting.difference(old, new).changes if change.slot is not None}
        for slot, then in list(where.items()):
            change = became.get(then)
            if change is None:
                continue
            said = _beside(old.slots[change.was_slot - 1], new.slots[then - 1]) if change.was_slot else []
            if change.kinds or said:
                said = [change.said, *said] if change.kinds else said
                found[slot - 1].append(_step(new, change.name, change.kinds, "; ".join(said)))
            if change.was_slot is None:
                del where[slot]
            else:
                where[slot] = change.was_slot
    first = versions[0]
    for slot, then in where.items():
        source = first.slots[then - 1]
        found[slot - 1].append(_step(first, source.source.name, ("new",), source.how or "laid"))
    return [tuple(reversed(each)) for each in found]


def _beside(was: Slot, now: Slot) -> list[str]:
    """What became of the dissolve into a slot and of its sound."""
    said = []
    if was.transition != now.transition:
        lengths = [f"a dissolve of {t.frames} f" if t else "a plain cut" for t in (now.transition, was.transition)]
        said.append(f"{lengths[0]} into it instead of {lengths[1]}")
    if was.sound != now.sound:
        own = "its own sound" if now.sound == now.source.file else now.sound.rsplit("/", 1)[-1]
        said.append(f"with {own} under it" if now.sound else "without sound under it")
    return said


def _step(cut: Cut, name: str, kinds: Sequence[str], said: str) -> Step:
    return Step(cut.version, cut.author, cut.created_at_us, name, tuple(kinds), said)


# --- in words ----------------------------------------------------------------------------------------------------


def moment(at_us: int) -> str:
    """ "2026-11-21 17:04 UTC"."""
    return f"{EPOCH + timedelta(microseconds=at_us):%Y-%m-%d %H:%M} UTC"


def dollars(micro_usd: int) -> str:
    """ "$0.25", and as many more digits as there are."""
    cents = f"{micro_usd / 1_000_000:.6f}".rstrip("0")
    whole_, _, rest = cents.partition(".")
    return f"${int(whole_):,}.{rest:0<2}"


def lines_of(origin: Origin) -> tuple[tuple[str, str], ...]:
    """A slot's way back, step by step, without the words of the prompt."""
    made = origin.made
    if made is None:
        kind = origin.slot.source.kind
        said = "drawn by Circletake, made from no prompt" if kind == "card" else "not in the log of this film"
        return ((kind, said), *_history(origin))
    lines = [("request", request_words(made)), ("price", price_words(made)), ("words", words_of(made))]
    lines += [("camera asked", made.asked_move.replace("_", " ") or "none")]
    got = made.measured or made.measured_move.replace("_", " ") or "not measured"
    by = f" (by {made.obeyed_by})" if made.obeyed_by and made.obeyed_by != "studio" else ""
    lines += [("camera got", f"{got}; obeyed: {made.obeyed}{by}" if made.obeyed else got)]
    lines += [("verdict", opinion_words(said)) for said in made.opinions]
    lines += [] if made.opinions else [("verdict", "nobody judged it")]
    return (*lines, *_history(origin))


def request_words(made: Made) -> str:
    """Who was asked for the take, when, by whom, with which seed."""
    who = f"{made.provider} {made.model}".strip()
    parts = [who if made.request else "adopted, not made here", f"seed {made.seed}" if made.seed is not None else ""]
    parts += [f"asked by {made.author} on {moment(made.asked_at_us)}"]
    parts += [f"begun from {made.parent}" if made.parent else "", f"guided by {made.guide}" if made.guide else ""]
    return ", ".join(part for part in parts if part)


def price_words(made: Made) -> str:
    """What it cost, and where its price is from."""
    if made.request is None:
        return "not known: the clip was there before"
    paid = "its bill is not known" if made.cost_micro_usd is None else f"{dollars(made.cost_micro_usd)} paid"
    if made.price_micro_usd is None:
        return paid
    where = ", ".join(part for part in (made.price_source, made.price_read_on and f"read {made.price_read_on}") if part)
    return f"{paid}; {dollars(made.price_micro_usd)} before it was sent" + (f" ({where})" if where else "")


def words_of(made: Made) -> str:
    """Which version of the words, and who wrote which part."""
    if made.prompt is None:
        return "none of this film's"
    parts: dict[str, list[str]] = {}
    for part, author in made.part_authors.items():
        parts.setdefault(author, []).append(part)
    by = "; ".join(f"{', '.join(some)} by {author}" for author, some in parts.items())
    version = f"version {made.prompt.version} of {made.prompt.shot}, by {made.prompt.author}"
    return f"{version}: {by}" if by else version


def opinion_words(said: Opinion) -> str:
    """ "circled by ada: joins well (2026-11-21 17:04 UTC)"."""
    verdict = [VERDICT.get(said.verdict, "no verdict"), "happy accident" if said.accident else ""]
    why = ": ".join(part for part in ("", "; ".join(each for each in (said.reason, said.note) if each)) if part)
    camera = f", camera obeyed: {said.obeyed}" if said.obeyed else ""
    head = " and ".join(part for part in verdict if part)
    return f"{head} by {said.author}{': ' + why if why else ''}{camera} ({moment(said.judged_at_us or said.at_us)})"


def _history(origin: Origin) -> tuple[tuple[str, str], ...]:
    return tuple(("cut", step_words(step)) for step in origin.steps)


def step_words(step: Step) -> str:
    """ "version 3 by ada: 07A-003 swapped, … (2026-11-21 17:04 UTC)"."""
    by = f" by {step.author}" if step.author else ""
    when = f" ({moment(step.at_us)})" if step.at_us else ""
    return f"version {step.version}{by}: {step.take}, {step.said}{when}"
