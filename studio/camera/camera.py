"""The camera of a shot: its moves in order, a set at the same time, then the next set."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from studio.camera.asked import SIZES, AskedMove, Step
from studio.camera.motion import fly
from studio.camera.path import CameraPath
from studio.camera.words import quoted, read
from studio.errors import BadInput


@dataclass(frozen=True, repr=False)
class Camera:
    """What the camera is asked to do. Two cameras are equal where they do the same, whatever words said it."""

    steps: tuple[Step, ...] = ()
    unknown: tuple[str, ...] = ()  # words that name no move; they stay words
    text: str = field(default="", compare=False)  # as it was written
    guessed: tuple[str, ...] = field(default=(), compare=False)  # a sentence for each direction that was not said

    def __post_init__(self) -> None:
        if not isinstance(self.steps, tuple) or not all(isinstance(step, Step) for step in self.steps):
            raise BadInput(f"{self.steps!r} are no steps of a camera: Camera.parse reads words")

    @classmethod
    def parse(cls, words: str) -> Camera:
        """Free words: "slow push in, then whip pan right". Nothing is lost: see `unknown` and `guessed`."""
        if not isinstance(words, str):
            raise BadInput(f"a camera is said in words, as in 'slow push in', and {words!r} is not")
        steps, unknown, guessed = read(words)
        return cls(steps, unknown, words, guessed)

    @classmethod
    def move(
        cls,
        name: str,
        *,
        speed: str = "normal",
        size: float = 1.0,
        degrees: float = 0.0,
        object: str = "",
        seconds: Fraction | float | None = None,
    ) -> Camera:
        """One move by its id. NotFound names the nearest id; BadInput where the object would read as something else."""
        asked = AskedMove(name, speed, float(size), float(degrees), object)
        step = Step((asked,), None if seconds is None else Fraction(seconds).limit_denominator(1000))
        made = cls((step,))
        if object and (read_as := cls.parse(made.words())) != made:
            raise BadInput(
                f"{made.words()!r} reads as {read_as!r}: say what {name} is made on as in 'on her "
                "face', without camera words"
            )
        return replace(made, text=made.words())

    def then(self, other: Camera) -> Camera:
        """In time: this, then the other. Also `a >> b`."""
        return self._joined(other, self.steps + _camera(other).steps)

    def together(self, other: Camera) -> Camera:
        """At once. Also `a & b`. A camera of one step goes along with every step of the other."""
        mine, theirs = self.steps, _camera(other).steps
        if len(mine) > 1 and len(theirs) > 1 and len(mine) != len(theirs):
            raise BadInput(
                f"{len(mine)} steps and {len(theirs)} steps cannot happen at once: give both as many, or one just one"
            )
        count = max(len(mine), len(theirs))
        mine, theirs = (s * count if len(s) == 1 else s for s in (mine, theirs))
        if not mine or not theirs:
            return self._joined(other, mine or theirs)
        return self._joined(other, tuple(a.with_moves(b) for a, b in zip(mine, theirs, strict=True)))

    def _joined(self, other: Camera, steps: tuple[Step, ...]) -> Camera:
        made = Camera(steps, self.unknown + other.unknown, "", self.guessed + other.guessed)
        return replace(made, text=made.words())

    __rshift__ = then
    __and__ = together

    @property
    def asked_move(self) -> str:
        """The ids of its moves, " + " at the same time and " > " in time; no rigs, angles, effects; "" for none."""
        sets = (" + ".join(a.move for a in step.moves if a.known.kind == "move") for step in self.steps)
        return " > ".join(ids for ids in sets if ids)

    def path(self, seconds: Fraction | float, rate: Fraction) -> CameraPath:
        """Where it is at every frame of a take of this length."""
        return fly(self.steps, seconds, rate)

    def words(self) -> str:
        """The canonical words. `Camera.parse` makes the same camera of them."""
        sets = (
            ", ".join(_phrase(asked) for asked in step.moves)
            + (f" over {_number(step.seconds)} seconds" if step.seconds is not None else "")
            for step in self.steps
        )
        said = ", then ".join(sets)
        return ", ".join(([said] if said else []) + [quoted(phrase) for phrase in self.unknown])

    def to_json(self) -> str:
        """Canonical JSON: keys sorted, compact, what is usual left out; the same camera, the same text."""
        steps = [
            {"moves": [_as_json(asked) for asked in step.moves]}
            | ({"seconds": str(step.seconds)} if step.seconds is not None else {})
            for step in self.steps
        ]
        value = {"asked_move": self.asked_move, "steps": steps, "unknown": list(self.unknown)}
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Camera:
        """The camera that `to_json` wrote; of no text, the empty one. BadInput where it is not such a text."""
        if not text:
            return cls()
        try:
            value = json.loads(text)
            steps = tuple(
                Step(
                    tuple(AskedMove(**{str(k): v for k, v in asked.items()}) for asked in step["moves"]),
                    Fraction(step["seconds"]) if "seconds" in step else None,
                )
                for step in value["steps"]
            )
            unknown = tuple(str(word) for word in value["unknown"])
        except BadInput:
            raise
        except (ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError) as error:
            raise BadInput(
                f"{text[:60]!r} is no camera as JSON: it has steps of moves, as Camera.to_json writes"
            ) from error
        made = cls(steps, unknown)
        return replace(made, text=made.words())

    def __repr__(self) -> str:
        said = " > ".join(" + ".join(_short(asked) for asked in step.moves) for step in self.steps)
        return f"Camera({said!r}" + (f", unknown={list(self.unknown)}" if self.unknown else "") + ")"


def _camera(other: object) -> Camera:
    if not isinstance(other, Camera):
        raise BadInput(f"a camera combines with a camera, and {other!r} is none: Camera.parse reads words")
    return other


def _as_json(asked: AskedMove) -> dict[str, object]:
    usual = AskedMove(asked.move)
    fields = {"move": asked.move}
    return fields | {k: v for k, v in vars(asked).items() if k != "move" and v != getattr(usual, k)}


def _manner(asked: AskedMove) -> Iterable[str]:
    if asked.speed != "normal":
        yield asked.speed
    if asked.size != 1:
        yield next((word for word, size in SIZES.items() if size == asked.size), f"size {_number(asked.size)}")


def _phrase(asked: AskedMove) -> str:
    words = [*_manner(asked), asked.known.words]
    if asked.degrees:
        words.append(f"{_number(asked.degrees)} degrees")
    return " ".join([*words, asked.object]) if asked.object else " ".join(words)


def _short(asked: AskedMove) -> str:
    return " ".join([*_manner(asked), asked.move] + ([f"{_number(asked.degrees)}°"] if asked.degrees else []))


def _number(value: Fraction | float) -> str:
    if isinstance(value, Fraction):
        return str(value)
    return format(value, "f").rstrip("0").rstrip(".") if value == round(value, 6) else repr(value)
