"""The cutting of a cut in hand: its joins, alternates, and edits. Each edit is checked and stored as a new version."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from studio import cutting, delivery, given
from studio.errors import BadInput
from studio.nouns import Cut

if TYPE_CHECKING:
    import pandas as pd

    from studio.film.film import Film

Handle = TypeVar("Handle", bound="Editing")


class Editing:
    """What a handle of a cut can do to it. Slots are counted from 1."""

    _film: Film
    value: Cut

    def __init__(self, film: Film, cut: Cut) -> None:
        self._film = film
        self.value = cut

    def joins(self) -> pd.DataFrame:
        """One row a join: its score from 0 to 1, whether that is good, weak or a break, and why."""
        return cutting.joins_frame(self.value, cutting.Stock(self._film.log))

    def alternates(self, slot: int) -> pd.DataFrame:
        """The circled and held takes that could fill a slot, with their joins and what the whole cut loses with it."""
        return cutting.alternates_frame(self.value, slot, cutting.Stock(self._film.log))

    def solve(self: Handle) -> Handle:
        """Choose takes and in-points anew, for the best joins; what is pinned stays and what is banned is not used."""
        stock = cutting.Stock(self._film.log)
        return self._stored(cutting.choose(self.value, stock).cut, stock)

    def swap(self: Handle, slot: int, take: str, in_frames: int | None = None) -> Handle:
        """Another take in a slot, from the in-point that is best for its joins, or the one given."""
        stock = cutting.Stock(self._film.log)
        found = stock.take(take)
        if in_frames is None:
            start = cutting.best_in(self.value, slot, found, stock)
        else:
            start = given.whole(in_frames, "an in-point", 0, cutting.MOST_FRAMES)
        return self._stored(cutting.swap(self.value, slot, found.source, start), stock)

    def trim(self: Handle, slot: int, in_frames: int) -> Handle:
        """A slot enters its take at this in-point, in frames of the film; its length stays."""
        return self._stored(cutting.trim(self.value, slot, in_frames))

    def slip(self: Handle, slot: int, frames: int) -> Handle:
        """A slot shows its take so many frames later, or earlier below 0."""
        return self._stored(cutting.slip(self.value, slot, frames))

    def retime(self: Handle, slot: int, speed: Fraction | str | float) -> Handle:
        """A slot runs at this speed, an exact fraction: "1/2" is half as fast."""
        return self._stored(cutting.retime(self.value, slot, speed))

    def roll(self: Handle, slot: int, frames: int) -> Handle:
        """The boundary of a slot and the next moves so many frames later, or earlier below 0."""
        return self._stored(cutting.roll(self.value, slot, frames))

    def dissolve(self: Handle, slot: int, frames: int = 12) -> Handle:
        """A dissolve into a slot, centred on the cut before it: an even number of frames, 0 for a plain cut again."""
        return self._stored(cutting.dissolve(self.value, slot, frames))

    def pin(self: Handle, slot: int, on: bool = True) -> Handle:
        """Whether solving leaves a slot as it is."""
        return self._stored(cutting.pin(self.value, slot, on))

    def ban(self: Handle, take: str, on: bool = True) -> Handle:
        """Whether solving must not use a take; a slot that has it keeps it until the cut is solved again."""
        return self._stored(cutting.ban(self.value, self._film.log.take(take).label, on))

    def aim(self: Handle, slot: int, aim: str) -> Handle:
        """What the join into a slot aims at: "flow", "match", "contrast"; "" for the aim of the whole cut."""
        return self._stored(cutting.aim(self.value, slot, aim))

    def difference(self, other: Editing | int) -> cutting.Difference:
        """What is different in this cut from another, a handle or the number of a version, its joins too: "6 slots
        changed"."""
        if isinstance(other, int) and not isinstance(other, bool):
            other = self._film.cut(other)
        if isinstance(other, Editing):
            stock = cutting.Stock(self._film.log)
            joins = cutting.joins_compared(*(cutting.joins_of(cut, stock) for cut in (other.value, self.value)))
            return replace(cutting.difference(other.value, self.value), joins=joins)
        raise BadInput(f"{given.shown(other)} is no cut: give a handle, as of film.cut(3), or the number of a version")

    def _stored(self: Handle, cut: Cut, stock: cutting.Stock | None = None) -> Handle:
        """A new version, with the cards it needs and the words for its joins."""
        film = self._film
        card = partial(delivery.make_card, film.folder, film.settings)
        stock = stock or cutting.Stock(film.log)
        return type(self)(film, cutting.revise(film.log, film.settings, cut, film.author, card, stock))
