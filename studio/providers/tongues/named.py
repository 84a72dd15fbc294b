"""Moves by the model's own names for them: one adapter, commands in brackets, concepts, a switch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from studio.camera import Camera
from studio.providers.changes import Change, told
from studio.providers.tongues.said import (
    Placed,
    Said,
    Tongue,
    as_words,
    changed,
    in_part,
    is_still,
    placed,
    stays,
    unsaid,
    words_left,
)


def as_adapter(tongue: Tongue, camera: Camera) -> Said:
    """The first move that has an adapter, with its strength as the scale where there is a field for it.

    The adapter for standing still is only for a camera that does nothing else: it would hold all the others back.
    """
    moves = list(placed(camera))
    fitting = [move for move in moves if move.asked.move in tongue.moves and _may_hold(camera, move)]
    if not fitting:
        return Said(None, as_words(camera), told(*(stays(tongue, move, "adapter") for move in moves)))
    kept = fitting[0]
    saying = tongue.moves[kept.asked.move]
    value: dict[str, object] = {tongue.options["field"]: saying.says[0]}
    has_scale = "scale_field" in tongue.options
    clamped = None
    if has_scale:
        least, most = tongue.options["scale"]
        scale = float(min(max(kept.asked.strength, least), most))
        value[tongue.options["scale_field"]] = round(scale, 3)
        if scale != kept.asked.strength:
            clamped = changed(
                "clamped",
                f"{tongue.label} takes a scale from {least} to {most}: {kept.asked.strength:g} for {kept.words} "
                f"became {scale:g}",
            )
    others = [
        changed("worded", f"{tongue.label} takes one adapter: kept {kept.words}, and {move.words} stays words")
        if move in fitting
        else stays(tongue, move, "adapter")
        for move in moves
        if move is not kept
    ]
    reasons = [saying.partly, "not all of its strength" if clamped else ""]
    part = in_part(tongue, kept, reasons, unsaid(kept, strength=has_scale))
    words = words_left(camera, () if part else {kept.key})
    changes = told(*others, *whole_take(tongue, kept, moves), clamped, part)
    return Said(value, words, (*changes, *tongue.notes(saying.says)))


def in_brackets(tongue: Tongue, camera: Camera) -> Said:
    """One bracket a step, in order: text for the start of the prompt."""
    most = tongue.options["most_at_once"]
    said: set[tuple[int, str]] = set()
    used: list[str] = []
    changes: list[Change | None] = []
    brackets: list[str] = []
    for index in range(len(camera.steps)):
        commands: dict[str, None] = {}
        for move in (move for move in placed(camera) if move.index == index):
            saying = tongue.moves.get(move.asked.move)
            if saying is None:
                changes.append(stays(tongue, move, "command"))
            elif saying.says[0] not in commands and len(commands) == most:
                more = f"{tongue.label} takes {most} commands at the same time: {move.words} stays words"
                changes.append(changed("worded", more))
            else:
                commands[saying.says[0]] = None
                changes.append(part := in_part(tongue, move, [saying.partly], unsaid(move)))
                said |= set() if part else {move.key}
        if commands:
            brackets.append(f"[{','.join(commands)}]")
            used += commands
    if not brackets:
        return Said(None, as_words(camera), told(*changes))
    if len(brackets) > 1:
        used.append("] [")
    return Said(" ".join(brackets), words_left(camera, said), (*told(*changes), *tongue.notes(used)))


def as_concepts(tongue: Tongue, camera: Camera, allowed: Collection[str]) -> Said:
    """The concepts of the first step that has any, and of framings anywhere; only those that the service lists."""
    moves = list(placed(camera))
    if not moves:
        return Said(None, as_words(camera), ())
    if not allowed:
        unknown = f"the list of {tongue.label}'s concepts is not known yet, so the camera stays words"
        return Said(None, as_words(camera), (changed("worded", unknown),))
    keys = {
        move.key: key
        for move in moves
        if move.asked.move in tongue.moves
        and _may_hold(camera, move)
        and (key := next((key for key in tongue.moves[move.asked.move].says if key in allowed), ""))
    }
    timed = [move for move in moves if move.key in keys and move.asked.known.kind != "angle"]
    kept = [
        move
        for move in moves
        if move.key in keys and (move.asked.known.kind == "angle" or move.index == timed[0].index)
    ]
    if not kept:
        return Said(None, as_words(camera), told(*(stays(tongue, move, "concept") for move in moves)))
    told_parts = {
        move.key: in_part(tongue, move, [tongue.moves[move.asked.move].partly], unsaid(move)) for move in kept
    }
    others = [
        changed("worded", f"{tongue.label}'s concepts have no order in time: {move.words} stays words")
        if move.key in keys
        else stays(tongue, move, "concept")
        for move in moves
        if move not in kept
    ]
    said = {key for key, part in told_parts.items() if not part}
    names = list(dict.fromkeys(keys[move.key] for move in kept))
    lasting = whole_take(tongue, timed[0], moves) if timed else ()
    return Said(
        {tongue.options["field"]: [{tongue.options["key"]: name} for name in names]},
        words_left(camera, said),
        (*told(*others, *lasting, *told_parts.values()), *tongue.notes(names)),
    )


def locked(tongue: Tongue, camera: Camera) -> Said:
    """A switch, set only where the camera is surely still; the field stays away otherwise."""
    still = [move for move in placed(camera) if move.asked.move in tongue.moves]
    if not still or not is_still(camera):
        if not still or not is_still(Camera(camera.steps)):
            return Said(None, as_words(camera), ())
        free = f"{tongue.label} can lock the camera, and “{camera.unknown[0]}” may be a movement: it is not locked"
        return Said(None, as_words(camera), (changed("worded", free),))
    parts = {move.key: in_part(tongue, move, [tongue.moves[move.asked.move].partly], unsaid(move)) for move in still}
    said = {key for key, part in parts.items() if not part}
    return Said({tongue.options["field"]: True}, words_left(camera, said), (*told(*parts.values()), *tongue.notes([])))


def whole_take(tongue: Tongue, kept: Placed, moves: Sequence[Placed]) -> Iterable[Change]:
    """What is told of a camera of several steps where what is said holds from the first frame to the last."""
    if any(move.index != kept.index and not move.step.is_framing for move in moves):
        whole = f"{tongue.label} has no order in time: {kept.words} is said for the whole take, not for its step"
        yield changed("joined", whole)


def _may_hold(camera: Camera, move: Placed) -> bool:
    return move.asked.move != "static" or is_still(camera)
