"""The bars and beats of a range of the song, as frames of the film."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction

from studio.errors import BadInput
from studio.timecode import frame_at


class Grid:
    """Bars and beats as distinct frames from the start of a range, each from its absolute time.

    Times are exact seconds from the start of the song; `first_bar` is the number that the first of `bars` has in the
    song. `bars` and `beats` are ascending frames in 0 … `frames` − 1; every bar is a beat as well.
    """

    def __init__(
        self,
        *,
        bars: Sequence[Fraction],
        beats: Sequence[Fraction],
        start_s: Fraction,
        end_s: Fraction,
        rate: Fraction,
        first_bar: int = 1,
    ) -> None:
        if not 0 <= start_s < end_s:
            raise BadInput(
                f"the range {float(start_s):g} to {float(end_s):g} s is empty: its end has to come after its start"
            )
        self.frames = frame_at(end_s - start_s, rate)
        self.first_bar = first_bar

        def within(times: Sequence[Fraction]) -> set[int]:
            # A bar that rounds onto the end of the range has no frame in it.
            found = {frame_at(time - start_s, rate) for time in times if start_s <= time < end_s}
            return {frame for frame in found if frame < self.frames}

        self.bars = tuple(sorted(within(bars)))
        self.beats = tuple(sorted(within(beats) | set(self.bars)))

    def between(self, start: int, end: int) -> tuple[int, ...]:
        """The beats after `start` and before `end`."""
        return self.beats[bisect_right(self.beats, start) : bisect_left(self.beats, end)]

    def bar_and_beat(self, frame: int) -> tuple[int | None, int]:
        """The number of the bar that sounds at a beat, and of the beat in it, both from 1; no bar before the first."""
        bar = bisect_right(self.bars, frame)
        first = self.bars[bar - 1] if bar else 0
        beat = bisect_right(self.beats, frame) - bisect_left(self.beats, first)
        return (self.first_bar + bar - 1 if bar else None), beat
