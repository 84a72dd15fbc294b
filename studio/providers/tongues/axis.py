"""One number on one axis: the strongest move of the first step, and nothing else."""

from __future__ import annotations

import math
from typing import Any

from studio.camera import Camera
from studio.providers.changes import told
from studio.providers.tongues.named import whole_take
from studio.providers.tongues.said import Said, Tongue, as_words, changed, in_part, placed, stays, unsaid, words_left


def on_one_axis(tongue: Tongue, camera: Camera) -> Said:
    """The strongest move of the first step that has an axis or a preset; framings are no step of their own."""
    moves = list(placed(camera))
    first = next((move.index for move in moves if not move.step.is_framing), -1)
    fitting = [move for move in moves if move.index == first and move.asked.move in tongue.moves]
    if not fitting:
        return Said(None, as_words(camera), told(*(stays(tongue, move, "axis") for move in moves)))
    kept = max(fitting, key=lambda move: move.asked.strength)  # the first of those that are equal
    saying = tongue.moves[kept.asked.move]
    name = saying.says[0]
    others = [
        changed("worded", f"{tongue.label} takes one axis: kept {kept.words}, and {move.words} stays words")
        if move.asked.move in tongue.moves
        else stays(tongue, move, "axis")
        for move in moves
        if move is not kept
    ]
    fitted, clamped = None, False
    if saying.sign:
        most = tongue.options["most"]
        exact = tongue.options["usual"] * kept.asked.strength
        number = min(max(1, math.floor(exact + 0.5)), most)  # never 0: that would be no move
        clamped = exact > most
        value, fields = _numbered(tongue, name, saying.sign * number)
        if exact != number:
            takes = f"at most {most}" if clamped else "whole numbers from 1"
            became = f"{tongue.label} takes {takes} on {name}: {exact:g} for {kept.words} became {number}"
            fitted = changed("clamped" if clamped else "snapped", became)
    else:
        value, fields = _preset(tongue, name), []
    part = in_part(
        tongue,
        kept,
        [saying.partly, "not all of its strength" if clamped else ""],
        unsaid(kept, strength=bool(saying.sign)),
    )
    words = words_left(camera, () if part else {kept.key})
    changes = told(*others, *whole_take(tongue, kept, moves), fitted, part)
    return Said(value, words, (*changes, *tongue.notes([*fields, name])))


def _numbered(tongue: Tongue, axis: str, number: int) -> tuple[dict[str, Any], list[str]]:
    """The fields of the request, and the names of those inside."""
    options = tongue.options
    if "axes" in options:  # all are sent, exactly one of them not 0
        config = {name: number if name == axis else 0 for name in options["axes"]}
        return {options["field"]: {"type": "simple", "config": config}}, ["config"]
    inside = [options["type_key"], options["value_key"]]
    return {options["field"]: dict(zip(inside, (axis, number), strict=True))}, inside


def _preset(tongue: Tongue, name: str) -> dict[str, Any]:
    own = tongue.options.get("preset_field")
    return {own: name} if own else {tongue.options["field"]: {"type": name}}
