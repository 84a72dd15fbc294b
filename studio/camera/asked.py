"""A move as it is asked for, with speed and size; and a step: the moves that happen at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from studio.camera.vocabulary import Move, move
from studio.errors import BadInput
from studio.given import shown

# The rate of motion against the usual one. Beyond ×2.8 a pan over five seconds tears the picture, and under ×0.3 a
# push in is no longer seen in a four-second take.
SPEEDS = {"very slow": 0.3, "slow": 0.5, "normal": 1.0, "fast": 1.8, "very fast": 2.8}
LEAST, MOST_SIZE, MOST_DEGREES, MOST_SECONDS = Fraction(1, 100), 10, 3600, 3600
SIZES = {"tiny": 0.25, "small": 0.5, "big": 1.5, "huge": 2.0}  # how far, against the usual way


@dataclass(frozen=True)
class AskedMove:
    """One move with how it is to be done."""

    move: str  # id in the vocabulary
    speed: str = "normal"  # a key of SPEEDS
    size: float = 1.0  # how far, against the usual way
    degrees: float = 0.0  # how far in degrees, for moves that turn; 0 where it was not said
    object: str = ""  # words about what it is made on: "the bubble", "on her face"

    def __post_init__(self) -> None:
        turning = move(self.move).turning_axis  # NotFound where there is no such move
        for name in ("size", "degrees"):  # as words carry them
            object.__setattr__(self, name, round(float(getattr(self, name)), 3))
        if not isinstance(self.object, str):
            raise BadInput(f"{self.move} is made on {shown(self.object)}: say in words what it is made on")
        if not isinstance(self.speed, str) or self.speed not in SPEEDS:
            raise BadInput(f"{shown(self.speed)} is no speed of a camera move: say {', '.join(SPEEDS)}")
        if not LEAST <= self.size <= MOST_SIZE:
            raise BadInput(
                f"the size of {self.move} is {self.size:g}: say {float(LEAST)} to {MOST_SIZE}, 1 for the usual way"
            )
        if not 0 <= self.degrees <= MOST_DEGREES:
            raise BadInput(f"{self.move} cannot turn by {self.degrees:g} degrees: say 0 to {MOST_DEGREES}")
        if self.degrees and not turning:
            raise BadInput(f"{self.move} does not turn, so it takes no degrees: give it a size")

    @property
    def known(self) -> Move:
        """Its row in the vocabulary."""
        return move(self.move)

    @property
    def strength(self) -> float:
        """How much of the usual motion: speed × size."""
        return SPEEDS[self.speed] * self.size


@dataclass(frozen=True)
class Step:
    """The moves that happen at the same time, and how long they take where that was said."""

    moves: tuple[AskedMove, ...]
    seconds: Fraction | None = None  # None: a share of what is left of the take

    def __post_init__(self) -> None:
        if not self.moves:
            raise BadInput("a step of a camera has at least one move")
        ids = [asked.move for asked in self.moves]
        if twice := next((name for name in ids if ids.count(name) > 1), ""):
            raise BadInput(f"{twice} is asked for twice at the same time: ask for it once, with a size")
        if self.seconds is not None and not LEAST <= self.seconds <= MOST_SECONDS:
            raise BadInput(
                f"a step of a camera cannot take {self.seconds} seconds: say {float(LEAST)} to {MOST_SECONDS}"
            )

    def with_moves(self, other: Step) -> Step:
        """Both at once. A move that both ask for is one move, as this step asks for it."""
        mine = {asked.move for asked in self.moves}
        return Step(
            self.moves + tuple(asked for asked in other.moves if asked.move not in mine), self.seconds or other.seconds
        )

    @property
    def moving(self) -> tuple[AskedMove, ...]:
        """Those whose axes count. A rig, an angle or a clock beside a real move only colours it: a steadicam glides
        forward by itself, but "steadicam, pan left" asks for no dolly."""
        told = tuple(asked for asked in self.moves if asked.known.kind == "move")
        return told or self.moves

    @property
    def is_burst(self) -> bool:
        """Whether all that moves in it is over in half a second, as a whip pan is."""
        return all(asked.known.path == "burst" for asked in self.moving)

    @property
    def is_framing(self) -> bool:
        """Whether it only says how to frame, which takes no time of its own."""
        return all(asked.known.kind == "angle" for asked in self.moves)
