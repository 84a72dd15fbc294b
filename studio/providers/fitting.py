"""A prompt made to fit a model's row: what is sent, and a change for whatever was dropped, clamped or snapped.

Pure. The forms that a row may give a field:

seconds   "whole" 5 · "number" 5.0 · "text" "5" · "text s" "5s" · "frames" 81 (least, most and step then count frames)
shape     "16:9"                lines   "720p", "2K": the shorter side
size      its text holds the sign between width and height: "1280:720", or form = "x" where any size goes;
          form = "object": {"width": 1280, "height": 720}
pictures and clips   any word: a placeholder `{"$file": role, "as": form}` stands in the body until it is sent (`files`)
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from studio.errors import BadInput
from studio.nouns import Request
from studio.providers.catalogue import Field, Model
from studio.providers.changes import (
    Asked,
    Change,
    Explained,
    Piece,
    camera_of,
    cut_after,
    pieces_of,
    sentences,
    struck_avoid,
    told,
)
from studio.providers.pricing import shown_of_guide
from studio.providers.tongues import Said, say

LINES = {"2k": 1440, "4k": 2160}
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Fitted:
    """The same as one model takes it."""

    model: Model
    name: str  # the model's name to send: another one, where the row says so, with a first frame or a guide
    body: Mapping[str, Any]  # the row's fields with their values, placeholders for files
    pieces: tuple[Piece, ...]  # of the text; what was cut off stands struck at its end
    seconds: Fraction
    frames: int
    rate: Fraction  # frames per second that the clip will have, as far as it is known
    width: int
    height: int
    camera: Said
    seed: int | None  # as it is sent; None: the model takes none
    changes: tuple[Change, ...]

    @property
    def text(self) -> str:
        """The words that are sent."""
        return " ".join(piece.text for piece in self.pieces if piece.sent)

    @property
    def dropped(self) -> tuple[str, ...]:
        """The sentences of the changes."""
        return tuple(change.sentence for change in self.changes)


def fit(model: Model, asked: Asked, concepts: Collection[str] = ()) -> Fitted:
    """Make it fit. Raises BadInput for a still or a guide that the model takes not, and for one that it must have.

    `concepts` are the camera words that the service listed, for a model that has such a list.
    """
    changes: list[Change] = []
    title = f"{model.name} at {model.provider}"
    _check_files(model, asked, title)
    if asked.first_frame and model.from_a_still:
        model = model.from_a_still
    if asked.last_frame and model.last_frame and model.last_frame.longest:
        model = replace(model, seconds=replace(model.seconds, most=model.last_frame.longest))
    body: dict[str, Any] = {}
    rate = _rate(model, asked, body, title, changes)
    seconds, frames = _seconds(model, asked, rate, body, title, changes)
    width, height = _picture(model, asked, body, title, changes)
    said = _camera(model, asked, seconds, rate, concepts)
    changes += said.changes
    pieces = _pieces(model, asked, said, title, changes)
    put(body, model.prompt.field, " ".join(piece.text for piece in pieces if piece.sent))
    if isinstance(said.value, Mapping):
        for name, value in said.value.items():
            put(body, name, value)
    seed = _avoid_and_seed(model, asked, body, title, changes)
    for role, wanted in (("first_frame", model.first_frame), ("last_frame", model.last_frame), ("guide", model.guide)):
        if wanted and getattr(asked, role) and wanted.field:
            put(body, wanted.field, _file(role, wanted, seconds))
        if wanted and getattr(asked, role) and wanted.doubt:
            changes.append(Change("doubt", role, wanted.doubt))
    if asked.guide and model.guide and model.guide.most:
        longest = shown_of_guide(model.guide, seconds)
        became = f"{title} is shown {_number(longest)} s of the guide at most: what is longer is not sent"
        changes.append(Change("clamped", "guide", became))
    for name, value in model.always.items():
        put(body, name, value)
    plain = model.sends or model.name
    name = (asked.guide and model.with_guide) or (asked.first_frame and model.with_first_frame) or plain
    changes += [Change("doubt", "model", doubt) for doubt in model.doubts]
    return Fitted(model, name, body, pieces, seconds, frames, rate, width, height, said, seed, tuple(changes))


def _check_files(model: Model, asked: Asked, title: str) -> None:
    """Raise BadInput for a still or a guide that it does not take, and for one that it must have."""
    still = (asked.first_frame and model.from_a_still) or model
    for role in ("first frame", "last frame", "guide"):
        name = role.replace(" ", "_")
        has, given = getattr(still, name), getattr(asked, name)
        if given and has is None:
            if getattr(model, name):
                raise BadInput(f"{title} takes no {role} together with a first frame: leave one of the two out")
            if getattr(model.from_a_still, name, None):
                raise BadInput(f"{title} takes a {role} with a first frame only: give it both, or leave the {role} out")
            raise BadInput(f"{title} takes no {role}: choose another model, or leave the {role} out")
        if has is not None and has.required and not given:
            raise BadInput(f"{title} makes nothing without a {role}: give it one, {name}=…")
    if model.with_first_frame and asked.last_frame and not asked.first_frame:
        raise BadInput(f"{title} takes a last frame with a first frame only: give it both, or leave the last frame out")
    if asked.guide and (asked.first_frame or asked.last_frame) and model.with_guide not in ("", model.with_first_frame):
        raise BadInput(f"{title} takes a still or a guide, not both: leave one of them out")


def explained(fitted: Fitted, asked: Asked, id: str, payload_json: str, warning: str = "") -> Explained:
    """The request that the log keeps, and how it came about; `warning` is told before everything else."""
    prompt = asked.prompt
    changes = told(Change("said", "model", warning) if warning else None, *fitted.changes)
    request = Request(
        id=id, prompt_id=prompt.id, shot=prompt.shot, provider=fitted.model.provider, model=fitted.model.name,
        text=fitted.text, camera=prompt.camera, camera_json=prompt.camera_json, avoid=prompt.avoid,
        width=fitted.width, height=fitted.height, rate=fitted.rate, frames=fitted.frames, seed=asked.seed,
        first_frame=asked.first_frame, last_frame=asked.last_frame, guide=asked.guide, payload_json=payload_json,
        dropped=sentences(changes),
    )  # fmt: skip
    field = fitted.model.prompt
    pieces = (*fitted.pieces, *fitted.camera.pieces, *struck_avoid(prompt, changes))
    return Explained(
        request, pieces, (*changes, *_joined(fitted, asked)), _units(field)(request.text),
        None if field.most is None else int(field.most), fitted.seed,
    )  # fmt: skip


def _joined(fitted: Fitted, asked: Asked) -> Iterator[Change]:
    """What a person is told of a camera in words alone. Nothing is lost of it, so it is not logged as dropped."""
    if fitted.camera.value is None and any(piece.part == "camera" and piece.sent for piece in fitted.pieces):
        moving = [step for step in camera_of(asked.prompt).steps if not step.is_framing]
        if len(moving) > 1:
            title = f"{fitted.model.name} at {fitted.model.provider}"
            became = f"{len(moving)} moves in order became one sentence: {title} takes no timing"
            yield Change("joined", "camera", became)


# --- the way into a body -------------------------------------------------------------------------------------------


def put(body: dict[str, Any], name: str, value: Any) -> None:
    """Set `a.b.c` in a body, making the objects on the way."""
    *way, last = name.split(".")
    for step in way:
        body = body.setdefault(step, {})
    body[last] = value


def _file(role: str, wanted: Field, seconds: Fraction) -> Any:
    placeholder: dict[str, Any] = {"$file": role, "as": wanted.form or "data uri"}
    if wanted.most and role == "guide":
        placeholder["most_seconds"] = str(shown_of_guide(wanted, seconds))
    elif wanted.most:
        placeholder["most_bytes"] = str(wanted.most)
    return [placeholder] if wanted.form.endswith("list") else placeholder


# --- one thing at a time -------------------------------------------------------------------------------------------


def _rate(model: Model, asked: Asked, body: dict[str, Any], title: str, changes: list[Change]) -> Fraction:
    if model.rate is None:
        made = model.makes_rate or asked.rate
    else:
        allowed = [Fraction(str(value)) for value in model.rate.allowed]
        nearest = min(allowed, key=lambda rate: (abs(rate - asked.rate), rate)) if allowed else asked.rate
        made = min(max(nearest, model.rate.least or nearest), model.rate.most or nearest)
        if model.rate.step:
            made = max(1, math.floor(made / model.rate.step + Fraction(1, 2))) * model.rate.step
        value = int(made) if made.denominator == 1 else float(made)
        put(body, model.rate.field, value)
    if made != asked.rate:
        became = (
            f"{title} makes {_number(made)} frames per second: the film's {_number(asked.rate)} come from them "
            "in the cut"
        )
        changes.append(Change("snapped", "rate", became))
    return made


def _seconds(
    model: Model, asked: Asked, rate: Fraction, body: dict[str, Any], title: str, changes: list[Change]
) -> tuple[Fraction, int]:
    """How long the clip will be, in seconds and in frames of its own rate."""
    field, wanted = model.seconds, asked.frames / asked.rate
    half = Fraction(1, 2) / asked.rate  # 5 s are 5.005 s on a grid of 24000/1001: no reason to buy 6
    if field.form == "frames":
        counted = field.rate or rate
        frames = _stepped(math.ceil((wanted - half) * counted), field)
        seconds = Fraction(frames) / counted
        put(body, field.field, frames)
    else:
        seconds = _snapped(wanted, wanted - half, field)
        if field.field:
            put(body, field.field, _in_form(seconds, field.form))
    if abs(seconds - wanted) > half:
        became = f"{title} makes {_number(seconds)} s where {float(wanted):.3g} s were asked for"
        changes.append(Change("snapped" if seconds > wanted else "clamped", "length", became))
    return seconds, max(1, math.floor(seconds * rate + Fraction(1, 2)))


def _snapped(wanted: Fraction, enough: Fraction, field: Field) -> Fraction:
    """The shortest that is long enough, else the longest there is."""
    if field.allowed:
        allowed = sorted(Fraction(str(value)) for value in field.allowed)
        return next((value for value in allowed if value >= enough), allowed[-1])
    step = field.step or (Fraction(0) if field.form == "number" or not field.field else Fraction(1))
    found = Fraction(math.ceil(enough / step)) * step if step else wanted
    if field.least is not None:
        found = max(found, field.least)
    return min(found, field.most) if field.most is not None else found


def _stepped(frames: int, field: Field) -> int:
    least, step = int(field.least or 1), int(field.step or 1)
    found = least + max(0, math.ceil(Fraction(frames - least, step))) * step
    if field.most is not None and found > field.most:
        found = least + (int(field.most) - least) // step * step
    return found


def _in_form(seconds: Fraction, form: str) -> Any:
    number: Any = int(seconds) if seconds.denominator == 1 else float(seconds)
    return {"text": str(number), "text s": f"{number}s", "number": float(seconds)}.get(form, number)


def _picture(model: Model, asked: Asked, body: dict[str, Any], title: str, changes: list[Change]) -> tuple[int, int]:
    """Width and height that the clip will have, as far as it is known."""
    wanted = Fraction(asked.width, asked.height)
    width, height = asked.width, asked.height
    if model.size is not None:
        width, height = _size(model.size, asked, body)
    shape = model.shape if model.shape and not (asked.first_frame and model.shape.not_with_first_frame) else None
    ratio = Fraction(width, height)
    if shape is not None:
        shapes = [str(value) for value in shape.allowed if ":" in str(value)]
        chosen = min(shapes, key=lambda text: _distance(_ratio(text), wanted))
        if shape.field:  # else it is the only one that there is, and not asked for
            put(body, shape.field, chosen)
        ratio = _ratio(chosen)
    if model.lines is not None or shape is not None:
        lines = min(asked.width, asked.height)
        if model.lines is not None:
            tall = {str(value): _lines(str(value)) for value in model.lines.allowed}
            chosen = min(tall, key=lambda text: (tall[text] < lines, abs(tall[text] - lines)))
            put(body, model.lines.field, chosen)
            lines = tall[chosen]
        width, height = (_even(lines * ratio), lines) if ratio >= 1 else (lines, _even(lines / ratio))
    if (width, height) != (asked.width, asked.height):
        became = f"{title} makes {width}×{height} where {asked.width}×{asked.height} were asked for"
        changes.append(Change("snapped", "picture", became))
    return width, height


def _size(field: Field, asked: Asked, body: dict[str, Any]) -> tuple[int, int]:
    if not field.allowed:
        sides = {"width": asked.width, "height": asked.height}
        put(body, field.field, sides if field.form == "object" else f"{asked.width}{field.form or 'x'}{asked.height}")
        return asked.width, asked.height
    wanted, area = Fraction(asked.width, asked.height), asked.width * asked.height

    def far(text: str) -> tuple[float, bool, int]:
        width, height = _sides(text)
        return round(_distance(Fraction(width, height), wanted), 3), width * height < area, abs(width * height - area)

    chosen = min((str(value) for value in field.allowed), key=far)
    put(body, field.field, chosen)
    return _sides(chosen)


def _sides(text: str) -> tuple[int, int]:
    width, height = (int(number) for number in _NUMBER.findall(text))
    return width, height


def _ratio(text: str) -> Fraction:
    width, _, height = text.partition(":")
    return Fraction(width) / Fraction(height)


def _distance(one: Fraction, other: Fraction) -> float:
    return abs(math.log(one / other))


def _lines(text: str) -> int:
    return LINES.get(text.casefold()) or int(_NUMBER.findall(text)[0])


def _even(value: Fraction) -> int:
    return 2 * round(value / 2)


def _camera(model: Model, asked: Asked, seconds: Fraction, rate: Fraction, concepts: Collection[str]) -> Said:
    prompt = asked.prompt
    camera = camera_of(prompt)
    if model.camera == "words" or not (camera.steps or camera.unknown):
        return Said(None, prompt.camera, ())  # as they were written
    camera = replace(camera, text=prompt.camera)  # what stays words is said as it was written
    return say(model.camera, camera, seconds=seconds, rate=rate, allowed=concepts)


def _pieces(model: Model, asked: Asked, said: Said, title: str, changes: list[Change]) -> tuple[Piece, ...]:
    """The words, after what stands before them; what is more than the model reads is struck."""
    always, guided = model.prompt.words, model.guide.words if asked.guide and model.guide else ""
    brackets = said.value if isinstance(said.value, str) else ""
    before = (Piece("text", always), Piece("guide", guided), Piece("camera", brackets))
    words = pieces_of(replace(asked.prompt, camera=said.words), model.order)
    pieces = (*(piece for piece in before if piece.text), *words)
    if always:
        changes.append(Change("added", "text", f"{title} is told “{always}” before everything else"))
    most, units = model.prompt.most, _units(model.prompt)
    text = " ".join(piece.text for piece in pieces)
    if most is None or units(text) <= most:
        return pieces
    kept = _cut(text, int(most), units)
    became = (
        f"{title} reads {int(most):,} characters of a prompt and this one has {units(text):,}: "
        f"left out at the end “{_short(text[len(kept) :].strip())}”"
    )
    changes.append(Change("dropped", "text", became))
    return cut_after(pieces, len(kept))


def _units(prompt: Field) -> Callable[[str], int]:
    """How a model counts characters."""
    return _utf16 if prompt.form == "utf-16" else len


def _cut(text: str, most: int, units: Callable[[str], int]) -> str:
    """As many whole words as fit."""
    kept = text
    while units(kept) > most:
        shorter, _, _ = kept[: most if len(kept) > most else len(kept)].rpartition(" ")
        kept = shorter or kept[: max(1, len(kept) - (units(kept) - most))]
    return kept


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def _avoid_and_seed(model: Model, asked: Asked, body: dict[str, Any], title: str, changes: list[Change]) -> int | None:
    """The seed that is sent, or None."""
    if asked.prompt.avoid:
        if model.avoid is None:
            became = f"{title} takes no avoid words: dropped “{_short(asked.prompt.avoid)}”"
            changes.append(Change("dropped", "avoid", became))
        else:
            put(body, model.avoid.field, asked.prompt.avoid)
    if model.seed is None:
        became = f"{title} takes no seed: the same words give another clip each time"
        changes.append(Change("dropped", "seed", became))
        return None
    seed = asked.seed % (int(model.seed.most) + 1) if model.seed.most else asked.seed
    put(body, model.seed.field, seed)
    return seed


def _number(value: Fraction) -> str:
    return f"{float(value):.3f}".rstrip("0").rstrip(".")
