"""Did the camera do what was asked? An asked camera against a measured one, step by step in their order.

- Axis and sense have to agree, and where near and far tell a travel from a turn or a lens, that too: a dolly asked and
  "zoom in or dolly in" got is yes, a zoom got whose parallax shows a dolly is no.
- What a move looks like on the measured axes is `signature`'s, out of the vocabulary. A move is got where SHARE of
  that is seen and nothing goes the other way; a step where all its moves are; a sequence where its steps are, in order.
- Speed and length only make a yes into a partly, and only when they are far off: FAR times too slow or too fast (a fast
  move at under a third of the usual rate), less than COVER of the step's time, or most of the clip spent on a move
  that nobody asked for.
- Moves that cannot be measured (an arc, an angle, a rig's gliding, a lens's effect, a treatment of time) are not
  compared; a camera of nothing else has nothing to compare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from studio.camera.camera import Camera
from studio.camera.measured import Axis, Got, Measured, Segment
from studio.camera.motion import spans
from studio.camera.signature import Sign, Wanted, WantedMove, travels, turns, wanted
from studio.camera.vocabulary import vocabulary

Answer = Literal["yes", "partly", "no", "static", "unreadable"]

SHARE = 0.55  # of what a move shows, so that it counts as got
FAR = 6.0  # times the asked rate, either way; what lies far behind shows a travel at a quarter of its rate
COVER = 0.25  # of the time that its step should take
STILL_PER_S = 1.0  # % of the frame, log-% or degrees a second: up to here a camera stands still …
NEARLY_STILL_PER_S = 3.0  # … and up to here it nearly does
HIDDEN = 1 / 3  # of the clip cannot be read: then what was not seen may have been there
UNREST = {"noise": 2.0, "shake": 8.0}  # by path: the shake from which a camera is held by hand, or shaken; half: partly


@dataclass(frozen=True)
class StepObeyed:
    """One asked step that could be compared, and what was got of it."""

    asked: str  # in words
    obeyed: Answer
    got: str  # the moves of its time in the clip; "" where none is its own
    start_s: float  # of what was got; both 0 where nothing was
    end_s: float
    why: str  # it is not a yes; "" otherwise


@dataclass(frozen=True)
class Obeyed:
    """Whether a camera was obeyed, with what says so."""

    obeyed: Answer
    asked: tuple[str, ...]  # the ids of what was asked for, in order
    got: str  # the move that was got, as `Measured.move`
    sentence: str
    steps: tuple[StepObeyed, ...] = ()  # those that could be compared


def compare(asked: Camera, measured: Measured) -> Obeyed | None:
    """What was asked against what was measured; None where nothing was asked for that can be measured."""
    ids = tuple(move.move for step in asked.steps for move in step.moves)
    all_steps = _wanted(asked, measured.seconds)
    steps = [step for step in all_steps if step.comparable]
    unrest = max(
        (UNREST.get(vocabulary()[id].path, 0.0) for id in ids if vocabulary()[id].measurable == "Y"), default=0
    )
    if not steps and not unrest:
        return None
    said = _said(asked)
    if not measured.readable:
        why = f" ({measured.why})" if measured.why else ""
        return Obeyed("unreadable", ids, "unreadable", f"{said}; the picture does not tell what was got{why}")
    parts = [part for part in _segments(measured) if part.readable]
    open_ = len(steps) < len(all_steps) and any(not step.comparable and step.free for step in all_steps)
    answer, told = _steps(steps, parts, measured, open_, not unrest) if steps else ("yes", [])
    whys = [step.why for step in told if step.why] if answer not in ("yes", "static") else []
    if answer == "partly" and not whys and steps:
        whys = ["most of the time it does something else"]
    if answer == "static" and _hard_to_see(steps, measured):
        answer, whys = (
            "unreadable",
            ["near and far are not seen to move against each other, and it does not stand still"],
        )
    if unrest:
        answer, shaken = _with_unrest(answer, bool(steps), measured, unrest, bool(measured.moves))
        whys += [shaken] if shaken else []
    if answer != "yes" and _hidden(measured) >= HIDDEN:
        answer, whys = "unreadable", [f"{100 * _hidden(measured):.0f} % of the clip cannot be read"]
    got = _figures(parts, measured)
    why = f": {'; '.join(dict.fromkeys(whys))}" if whys else ""
    return Obeyed(answer, ids, measured.move, f"{said}; got {got}{why}", tuple(told))


def _wanted(asked: Camera, seconds: float) -> list[Wanted]:
    """The steps that take time; neighbours that look the same, as "slow pan left, then fast truck left", are one."""
    if not asked.steps or seconds <= 0:
        return []
    times = spans(asked.steps, seconds)
    found: list[Wanted] = []
    for step, (start_s, end_s) in zip(asked.steps, times, strict=True):
        if end_s <= start_s:
            continue
        each = wanted(step, start_s, end_s, seconds)
        last = found[-1] if found else None
        if last and each.comparable and _look(last) == _look(each) and not (last.burst or each.burst):
            found[-1] = _one(last, each)
        else:
            found.append(each)
    return found


def _one(first: Wanted, then: Wanted) -> Wanted:
    """Two steps that look the same as one: where one travels and the other turns, either will do."""
    signs = tuple(
        replace(sign, travels=sign.travels or other.travels, turns=sign.turns or other.turns)
        for sign, other in zip(first.signs, then.signs, strict=True)
    )
    return replace(first, signs=signs, end_s=then.end_s, burst=False)


def _look(step: Wanted) -> tuple[object, ...]:
    return step.still, tuple((sign.axis, sign.sense, sign.status) for sign in step.signs), step.free


# --- one step and one stretch -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Match:
    """How well a stretch is what a step asks for."""

    quality: float  # 1 yes, ½ partly, 0 no
    why: str = ""


def _match(step: Wanted, part: Segment, parallax: str) -> Match:
    if step.still:
        rate = max((got.rate for got in part.moves), default=0.0)
        quality = 1.0 if rate <= STILL_PER_S else 0.5 if rate <= NEARLY_STILL_PER_S else 0.0
        return Match(quality, "" if quality == 1 else "it does not stand still")
    by_axis = {got.axis: got for got in part.moves}
    travelling = any(sign.travels for sign in step.signs)
    others = any(sign.status == "firm" for sign in step.signs)
    strongest = part.moves[0] if part.moves else None
    seen = {}
    for sign in step.signs:
        on_it = by_axis.get(sign.axis)
        if sign.status == "balanced" and on_it and on_it.sense != sign.sense and on_it is not strongest:
            on_it = None  # a rest of what cancels out
        seen[sign.axis] = _seen(sign, on_it, parallax, travelling)
        if sign.status == "balanced" and not on_it and parallax == "unclear" and others:
            seen[sign.axis] = Seen(None)  # what is to cancel out is not seen, and the other axes tell
    shares = {move.move: _share(move, seen) for move in step.moves}
    got = [name for name, share in shares.items() if share >= SHARE]
    if not any(share > 0 for share in shares.values()):
        return Match(0.0, next((each.why for each in seen.values() if each.why), ""))
    if len(got) < len(shares) or any(each.against for each in seen.values()):
        missing = [name.replace("_", " ") for name in shares if name not in got]
        whys = [each.why for each in seen.values() if each.why]
        whys += (
            [f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing or not whole"] if missing else []
        )
        return Match(0.5, whys[0] if whys else "")
    if strongest and not step.sign(strongest.axis) and strongest.axis not in step.free:
        return Match(0.5, f"the {_plain(strongest.words)} is stronger")
    whys = [why for sign in step.signs if (why := _pace(sign, by_axis.get(sign.axis)))]
    return Match(0.5 if whys else 1.0, whys[0] if whys else "")


@dataclass(frozen=True)
class Seen:
    """What is seen of a sign: `part` of it, 0 to 1 (None: it says nothing here), or something against it."""

    part: float | None
    against: bool = False
    why: str = ""


def _seen(sign: Sign, got: Got | None, parallax: str, travelling: bool) -> Seen:
    """`travelling`: something in the step travels, so that near and far move apart whatever else it does."""
    if sign.status == "balanced":
        if got and got.sense != sign.sense:
            return Seen(0.0, True, f"it is {_plain(got.words)}")
        if parallax == "yes":
            return Seen(1.0)
        return Seen(0.5 if got else 0.0, False, "near and far are not seen to move against each other")
    if got is None or (sign.status == "loose" and got.sense != sign.sense):
        return Seen(None if sign.status == "loose" else 0.0)
    if got.sense != sign.sense:
        return Seen(0.0, True, f"{_plain(got.words)} is the other way")
    rows = [vocabulary()[id] for id in got.ids if id in vocabulary()]
    may_travel = sign.travels or travelling
    fits = not rows or any((may_travel and travels(row)) or (sign.turns and turns(row)) for row in rows)
    if not fits:
        apart = "near and far move apart" if parallax == "yes" else "near and far do not move apart"
        return Seen(0.0, True, f"it is {_plain(got.words)}, for {apart}")
    return Seen(1.0)


def _share(move: WantedMove, seen: Mapping[Axis, Seen]) -> float:
    """How much of a move is seen, of that which could be."""
    counted = [(weight, part) for axis, weight in move.shows if (part := seen[axis].part) is not None]
    whole = sum(weight for weight, _ in counted)
    return sum(weight * part for weight, part in counted) / whole if whole else 0.0


def _pace(sign: Sign, got: Got | None) -> str:
    """Far too slow or too fast, in words."""
    if got is None or sign.status != "firm":
        return ""
    if got.rate * FAR < sign.rate:
        return f"far slower than asked (about {sign.rate:.0f}{_unit(sign.axis)})"
    if got.rate > FAR * sign.rate:
        return f"far faster than asked (about {sign.rate:.0f}{_unit(sign.axis)})"
    return ""


def _hard_to_see(steps: Sequence[Wanted], measured: Measured) -> bool:
    """Whether what was asked holds the subject where it is, and little is enough to be just that."""
    balanced = all(sign.status == "balanced" for step in steps for sign in step.signs)
    return balanced and measured.parallax == "unclear" and max(map(abs, measured.totals)) >= STILL_PER_S


# --- sequences -----------------------------------------------------------------------------------------------------


def _steps(
    steps: Sequence[Wanted], parts: Sequence[Segment], measured: Measured, open_: bool, steady: bool
) -> tuple[Answer, list[StepObeyed]]:
    """Every step with the stretches that are its own. `open_`: others may be a move's that cannot be measured.
    `steady`: no unrest is asked for, so that none may be in what stands still."""
    matches = [[_match(step, part, measured.parallax) for part in parts] for step in steps]
    own = _aligned(matches, [part.end_s - part.start_s for part in parts])
    told: list[StepObeyed] = []
    for step, row, mine in zip(steps, matches, own, strict=True):
        told.append(_told(step, row, [(k, parts[k]) for k in mine], len(steps) > 1))
    answers = [step.obeyed for step in told]
    if all(answer == "no" for answer in answers):
        moves = any(part.moves for part in parts)
        return ("no" if moves or all(step.still for step in steps) else "static"), told
    taken = {k for mine in own for k in mine}
    moving = [(k, part.end_s - part.start_s) for k, part in enumerate(parts) if part.moves]
    elsewhere = sum(length for k, length in moving if k not in taken)
    outweighed = not open_ and elsewhere > 0.5 * sum(length for _, length in moving)
    still_only = all(step.still for step in steps)
    if all(answer == "yes" for answer in answers) and not (outweighed and not still_only):
        unsteady = still_only and (elsewhere > 0 or (steady and measured.shake >= UNREST["noise"]))
        return ("partly" if unsteady else "yes"), told
    return "partly", told


def _told(step: Wanted, row: Sequence[Match], mine: Sequence[tuple[int, Segment]], among_others: bool) -> StepObeyed:
    words = Camera((step.step,)).words()
    if not mine:
        best = max(row, key=lambda match: match.quality, default=None)
        why = (best.why if best else "") or (f"{words} is not seen" if among_others else "")
        return StepObeyed(words, "no", "", 0.0, 0.0, why)
    best = max((row[k] for k, _ in mine), key=lambda match: match.quality)
    answer: Answer = "yes" if best.quality == 1 else "partly"
    why = best.why
    length = sum(part.end_s - part.start_s for _, part in mine)
    if answer == "yes" and not step.burst and length < COVER * (step.end_s - step.start_s):
        answer, why = "partly", f"{words} takes {length:.1f} of {step.end_s - step.start_s:.1f} s"
    moves = list(dict.fromkeys(part.move for _, part in mine))
    return StepObeyed(words, answer, " > ".join(moves), mine[0][1].start_s, mine[-1][1].end_s, why)


def _aligned(matches: Sequence[Sequence[Match]], lengths_s: Sequence[float]) -> list[list[int]]:
    """For each step the stretches that are its own, in order, so that together they fit best (dynamic programming).

    A step may have several stretches; each counts by its quality, the best one most, the others by their length.
    """
    steps, parts = len(matches), len(lengths_s)
    whole = sum(lengths_s) or 1.0
    # best[i][j]: of the first i steps and j stretches; the last stretch is not the next step's yet
    best = [[0.0] * (parts + 1) for _ in range(steps + 1)]
    came: list[list[tuple[int, int]]] = [[(i, max(j - 1, 0)) for j in range(parts + 1)] for i in range(steps + 1)]
    for i in range(1, steps + 1):
        for j in range(parts + 1):
            best[i][j], came[i][j] = best[i - 1][j], (i - 1, j)
            for k in range(j):  # stretches k … j − 1 are this step's
                row = [matches[i - 1][m].quality for m in range(k, j)]
                worth = max(row) + sum(q * lengths_s[k + m] for m, q in enumerate(row)) / (10 * whole)
                if row[0] > 0 and row[-1] > 0 and best[i - 1][k] + worth > best[i][j] + 1e-12:
                    best[i][j], came[i][j] = best[i - 1][k] + worth, (i - 1, k)
            if j and best[i][j - 1] >= best[i][j] - 1e-12:  # the last stretch is nobody's
                best[i][j], came[i][j] = best[i][j - 1], (i, j - 1)
    own: list[list[int]] = [[] for _ in range(steps)]
    i, j = steps, parts
    while i > 0 and j >= 0:
        to_i, to_j = came[i][j]
        if to_i < i:
            own[i - 1] = [m for m in range(to_j, j) if matches[i - 1][m].quality > 0]
        elif j == 0:
            break
        i, j = to_i, to_j
    return own


# --- unrest, and what cannot be read ---------------------------------------------------------------------------------


def _with_unrest(
    answer: Answer, moves_asked: bool, measured: Measured, least: float, moves: bool
) -> tuple[Answer, str]:
    """The answer with the unrest that was asked for as well: a camera held by hand, or shaken."""
    shake = measured.shake
    how: Answer = "yes" if shake >= least else "partly" if shake >= least / 2 else "no"
    why = "" if how == "yes" else f"its unrest is {shake:.1f} % of the frame a second, under {least:g}"
    if not moves_asked:
        return ("static" if how == "no" and not moves else how), why
    if how == answer or (how == "yes" and answer == "partly") or (how == "partly" and answer == "yes"):
        return ("partly" if "partly" in (how, answer) else answer), why
    if answer in ("no", "static") and how == "no":
        return answer, why
    return "partly", why


def _segments(measured: Measured) -> tuple[Segment, ...]:
    return measured.segments or (Segment(0.0, measured.seconds, measured.moves),)


def _hidden(measured: Measured) -> float:
    """Share of the clip that cannot be read."""
    hidden = sum(part.end_s - part.start_s for part in _segments(measured) if not part.readable)
    return hidden / measured.seconds if measured.seconds > 0 else 1.0


# --- in words ------------------------------------------------------------------------------------------------------


def _said(asked: Camera) -> str:
    words = Camera(asked.steps).words()
    moves = [move for step in asked.steps for move in step.moves]
    if all(move.move == "static" for move in moves):
        return "asked to stand still"
    if len(moves) == 1 and moves[0].known.kind == "move":
        return f"asked for {'an' if words[0] in 'aeiou' else 'a'} {words}"
    return f"asked for {words}"


def _figures(parts: Sequence[Segment], measured: Measured) -> str:
    """What was got, each stretch with its rates and how much of the clip it takes."""
    told = [part for part in parts if part.moves] or [Segment(0.0, measured.seconds, measured.moves)]
    if not any(part.moves for part in told):
        return "static" + (f", with a shake of {measured.shake:.1f} % a second" if measured.shake >= 1 else "")
    said = []
    for part in told[:4]:
        rates = " and ".join(f"{_plain(got.words)}, {got.rate:.1f}{_unit(got.axis)}" for got in part.moves)
        share = 100 * (part.end_s - part.start_s) / measured.seconds if measured.seconds > 0 else 100.0
        said.append(f"{rates}, over {min(share, 100):.0f} % of the clip")
    more = f", then {len(told) - 4} more" if len(told) > 4 else ""
    return ", then ".join(said) + more


def _unit(axis: str) -> str:
    return {"pan": " % of the frame a second", "tilt": " % of the frame a second", "roll": "° a second"}.get(
        axis, " % a second"
    )


def _plain(words: str) -> str:
    return words.replace("_", " ")
