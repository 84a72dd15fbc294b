"""Variations: one shot asked for in many ways, as a table to thin out and to price before anything is made.

The table is the whole plan: a row says all that will be sent, and what a person deletes or rewrites in it counts.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

from studio import writing
from studio.camera import Camera
from studio.errors import AskFirst, BadInput, NotFound
from studio.generation.balance import balanced, spread
from studio.generation.budget import caps_of, check_budget, dollars
from studio.generation.engine import Engine, generate
from studio.generation.grid import (
    AXES,
    MOST_CELLS,
    WORDS,
    Cell,
    Grid,
    GridEstimate,
    event_of,
    grids,
    next_name,
    read_frame,
)
from studio.generation.naming import model_of
from studio.generation.planning import midnight_us, priced, took_of
from studio.generation.requests import LARGEST_SEED, LONGEST_S, MOST_TAKES, Order, requests_for
from studio.given import number, shown, whole
from studio.log import new_id, now_us
from studio.nouns import Price, Prompt, Request, Took, check_shot_id
from studio.writing.text import clean

if TYPE_CHECKING:
    import pandas as pd

    from studio.generation.handle import Handle
    from studio.log import Log, Settings
    from studio.media import Library
    from studio.providers import Provider

DEFAULT_MODEL = "previz"
COLUMNS = (
    "shot", "grid", "version", "cell", *WORDS, "provider", "model", "seed", "seconds", "takes", "usd", "price_read_on",
    "price_source", "dropped", "text",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What a person asks for beside the axes: see `film.variations`."""

    takes: int = 1
    seconds: float = 5.0
    balanced_for: str | None = None
    limit: int | None = None


class Variations:
    """Plans grids, prices them, and asks for their takes."""

    def __init__(
        self, log: Log, settings: Settings, library: Library, providers: Callable[[str], Provider]
    ) -> None:  # fmt: skip
        self._log = log
        self._settings = settings
        self._library = library
        self._providers = providers

    # --- the plan ------------------------------------------------------------------------------------------------

    def plan(self, shot: str, axes: Mapping[str, object], wanted: Wanted) -> pd.DataFrame:
        """A row for each combination of the axes' values over the shot's latest words. Sends and writes nothing.

        An axis that is None has the one value that the shot has (a model: previz; a seed: one that follows from the
        shot, the same in each cell, so that the cells differ in nothing else). A value None does too. Raises NotFound
        for a shot without words, BadInput naming the axis or the cell for what cannot be asked for.
        """
        import pandas as pd

        base = self._base(shot)
        takes = whole(wanted.takes, "the number of takes of a cell", 1, MOST_TAKES)
        seconds = float(number(wanted.seconds, "the seconds of a take", 0, LONGEST_S))
        values = {axis: self._values(axis, axes.get(axis), base) for axis in AXES}
        cells = [
            Cell(n, base.version, seconds=seconds, **dict(zip(values, chosen, strict=True)) | {
                "provider": chosen[AXES.index("model")][0], "model": chosen[AXES.index("model")][1],
            })
            for n, chosen in _chosen(values, wanted)
        ]  # fmt: skip
        drafts = _Drafts(base)
        asked = [self._asked(cell, 1, drafts.words(cell)) for cell in cells]
        cells = [replace(cell, model=request.model) for cell, (request,) in zip(cells, asked, strict=True)]
        name, took = self._name_for(shot, cells), took_of(self._log)
        rows = [
            (shot, name, base.version, cell.number, *(getattr(cell, part) for part in WORDS), cell.provider,
             cell.model, cell.seed, cell.seconds, takes, *self._price_cells(request, took), "; ".join(request.dropped),
             request.text)
            for cell, (request,) in zip(cells, asked, strict=True)
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"usd": "float64", "seconds": "float64"})

    def _base(self, shot: str, version: int = 0) -> Prompt:
        """The shot's own words: the latest, or those of a version."""
        check_shot_id(shot)
        latest = self._log.latest_prompt(shot)
        if latest is None:
            raise NotFound(f'shot {shot} has no words yet: film.write("{shot}", "…", camera="…") gives it some')
        if version in (0, latest.version):
            return latest
        for prompt in self._log.prompts(shot):
            if prompt.version == version and not prompt.grid:
                return prompt
        raise NotFound(f"shot {shot} has no version {version} of its own words: plan the variations again")

    def _values(self, axis: str, given: Any, base: Prompt) -> list[Any]:
        """The values on an axis, each once, in the order in which they are given."""
        if given is None:
            given = [None]
        alone = isinstance(given, str | Camera) or not isinstance(given, Iterable)
        listed: list[Any] = [given] if alone else list(given)
        if not listed:
            raise BadInput(f"the axis {axis} has no values: give one or more, or leave it out")
        read = {"model": self._model, "seed": lambda value: _seed(value, base.shot)}.get(axis)
        if read is None:
            return list(dict.fromkeys(_words(axis, value, base) for value in listed))
        return list(dict.fromkeys(map(read, listed)))

    def _model(self, given: Any) -> tuple[str, str]:
        """Provider and model; there is such a provider."""
        provider, model = model_of(DEFAULT_MODEL if given is None else given)
        self._providers(provider)
        return provider, model

    def _price_cells(
        self, request: Request, took: Callable[[Request], Sequence[Took]]
    ) -> tuple[float, str, str]:  # fmt: skip
        """Price, day and source for the table; missing where no price is known."""
        try:
            price = priced(request, self._providers, took=took)
        except BadInput:
            return float("nan"), "", ""
        return float(price.usd), price.read_on, price.said

    def _name_for(self, shot: str, cells: Sequence[Cell]) -> str:
        """The name of the newest grid whose every cell stands here just so, else a new one: planning the same again,
        as when a notebook is run again, goes on in the same grid."""
        there = grids(self._log)
        for grid in reversed(there.values()):
            if grid.shot == shot and grid.agrees(cells) == len(grid.cells):
                return grid.name
        return next_name(shot, there)

    # --- what it would cost --------------------------------------------------------------------------------------

    def estimate(
        self, frame: pd.DataFrame, takes: int | None = None, price_usd: Decimal | None = None
    ) -> GridEstimate:  # fmt: skip
        """What the rows that are left would cost. Raises BadInput naming the cell where no price is known."""
        shot, _, cells = read_frame(frame, takes)
        return self._estimate(self._all_asked(shot, cells), price_usd)

    def _estimate(self, asked: Mapping[Cell, Sequence[Request]], price_usd: Decimal | None) -> GridEstimate:
        prices: list[tuple[Request, Price]] = []
        took = took_of(self._log)
        for cell, requests in asked.items():
            for request in requests:
                try:
                    prices.append((request, priced(request, self._providers, price_usd, took)))
                except BadInput as wrong:
                    raise BadInput(f"{_cell(cell)}: {wrong}") from None
        return GridEstimate(tuple(prices))

    def _all_asked(self, shot: str, cells: Sequence[tuple[Cell, int]]) -> dict[Cell, tuple[Request, ...]]:
        drafts = {version: _Drafts(self._base(shot, version)) for version in {cell.version for cell, _ in cells}}
        return {cell: self._asked(cell, takes, drafts[cell.version].words(cell)) for cell, takes in cells}

    def _asked(self, cell: Cell, takes: int, prompt: Prompt) -> tuple[Request, ...]:
        order = Order(cell.provider, cell.model, takes, cell.seconds, cell.seed)
        try:
            return requests_for(
                self._log, self._settings, prompt.shot, order, self._library, self._providers, prompt
            )  # fmt: skip
        except BadInput as wrong:
            raise type(wrong)(f"{_cell(cell)}: {wrong}") from None

    # --- asking --------------------------------------------------------------------------------------------------

    def generate(
        self,
        engine: Engine,
        frame: pd.DataFrame,
        author: str,
        takes: int | None = None,
        *,
        cap_usd: Decimal | None = None,
        price_usd: Decimal | None = None,
        run: str = "",
        again: bool = False,
    ) -> Handle:
        """Ask for the takes of the rows that are left, all or none of them; caps hold for the whole call.

        Each wording becomes one version of the shot's words that is a cell's and nobody's latest. Cells that were
        rewritten since takes were made in their grid begin a new grid. Where the same notebook cell asked before, its
        takes are watched and nothing is written.
        """
        shot, name, cells = read_frame(frame, takes)
        if run and not again and (earlier := self._log.takes_of_run(run)):
            return engine.start(earlier)
        if (count := sum(each for _, each in cells)) > MOST_CELLS:
            raise BadInput(f"{count:,} takes in one call are more than {MOST_CELLS:,}: thin the table out")
        asked = self._all_asked(shot, cells)
        self._check(asked, author, cap_usd, price_usd, again)
        there = grids(self._log)
        of_cells = [cell for cell, _ in cells]
        if name in there and not there[name].agrees(of_cells) and any(c.number in there[name].cells for c in of_cells):
            name = next_name(shot, there)
        words = self._written(shot, name, of_cells, author)
        with self._log.write(author) as writer:
            writer.event("grid", f"grid:{name}", event_of(name, shot, of_cells))
        requests = [
            replace(request, prompt_id=words[cell].id, grid=name, cell=cell.number)
            for cell, of_cell in asked.items()
            for request in of_cell
        ]
        return generate(engine, requests, author, cap_usd=cap_usd, price_usd=price_usd, run=run, again=again)

    def _check(
        self,
        asked: Mapping[Cell, Sequence[Request]],
        author: str,
        cap_usd: Decimal | None,
        price_usd: Decimal | None,
        again: bool,
    ) -> None:
        """Raise what planning would raise, before any words are written."""
        cost = {request.id: price.micro_usd for request, price in self._estimate(asked, price_usd).prices}
        for cell, requests in asked.items():
            for request in requests if not again else ():
                if cost[request.id] and (bought := self._log.bought_like(request)):
                    raise AskFirst(
                        f"{_cell(cell)}: just this was bought before, as {', '.join(t.label for t in bought[:3])}: "
                        f"leave the row out, or again=True buys it once more for {dollars(cost[request.id])} a take"
                    )
        with self._log.write(author) as writer:  # nothing is written: only there the sums of a moment can be read
            caps = caps_of(self._settings).with_call(cap_usd)
            check_budget(sum(cost.values()), len(cost), writer.spent(), caps, writer.spent(midnight_us()))

    def _written(self, shot: str, grid: str, cells: Sequence[Cell], author: str) -> dict[Cell, Prompt]:
        """The words of each cell, in the log."""
        bases = {version: self._base(shot, version) for version in {cell.version for cell in cells}}
        drafts = {version: _Drafts(base) for version, base in bases.items()}
        there = {_said(prompt): prompt for prompt in self._log.prompts(shot) if prompt.grid in ("", grid)}
        found = {}
        for cell in cells:
            base, draft = bases[cell.version], drafts[cell.version].words(cell)
            if _said(draft) not in there:
                kept = {
                    part: by for part, (holder, _) in writing.PARTS.items()
                    if (by := getattr(base, holder)) and getattr(draft, part) == getattr(base, part)
                }  # fmt: skip
                there[_said(draft)] = writing.record(
                    self._log, shot, author, continuity=base.continuity, cards=base.cards, portal_in=base.portal_in,
                    portal_out=base.portal_out, field_authors=kept, grid=grid,
                    **{part: getattr(draft, part) for part in WORDS},
                )  # fmt: skip
            found[cell] = there[_said(draft)]
        return found


class _Drafts:
    """The words of cells as values that are not in the log, each wording made once."""

    def __init__(self, base: Prompt) -> None:
        self._base = base
        self._made: dict[tuple[str, ...], Prompt] = {}

    def words(self, cell: Cell) -> Prompt:
        parts = {part: getattr(cell, part) for part in WORDS}
        key = tuple(parts.values())
        if key not in self._made:
            try:
                self._made[key] = writing.next_version(
                    self._base, shot=self._base.shot, author=self._base.author, now_us=now_us(), new_id=new_id(),
                    **parts,
                )  # fmt: skip
            except BadInput as wrong:
                raise BadInput(f"cell {cell.number}: {wrong}") from None
        return self._made[key]


def _chosen(values: Mapping[str, Sequence[Any]], wanted: Wanted) -> list[tuple[int, tuple[Any, ...]]]:
    """The cells to plan, each with its number in the whole product and its value on each axis."""
    sizes = [len(each) for each in values.values()]
    total = 1
    for size in sizes:
        total *= size
    limit = total if wanted.limit is None else whole(wanted.limit, "the limit", 1, 1_000_000)
    if min(limit, total) > MOST_CELLS:
        raise BadInput(f"the grid has {total:,} cells, and {MOST_CELLS:,} are the most: give fewer values, or a limit")
    if wanted.balanced_for is not None:
        axes = [axis for axis, size in zip(values, sizes, strict=True) if size > 1]
        if not isinstance(wanted.balanced_for, str) or wanted.balanced_for not in axes:
            there = f"the axes with several values are {', '.join(axes)}" if axes else "no axis has several values"
            raise BadInput(f"the grid cannot be balanced for {shown(wanted.balanced_for)}: {there}")
        points: Sequence[tuple[int, ...]] = balanced(sizes, list(values).index(wanted.balanced_for), min(limit, total))
    elif limit < total:
        points = sorted(spread(sizes, limit))
    else:
        points = list(product(*(range(size) for size in sizes)))
    columns = list(values.values())
    found = []
    for point in points:
        n = 0
        for place, size in zip(point, sizes, strict=True):
            n = n * size + place
        found.append((n + 1, tuple(column[place] for column, place in zip(columns, point, strict=True))))
    return found


def _seed(value: object, shot: str) -> int:
    if value is None:
        return zlib.crc32(shot.encode()) % 100_000
    return whole(value, "a seed", 0, LARGEST_SEED)


def _words(axis: str, value: Any, base: Prompt) -> str:
    """A text on an axis of words; None is what the shot has."""
    if value is None:
        return str(getattr(base, axis))
    if isinstance(value, Camera):
        value = value.text or value.words()
    return clean(value, f"the {axis.replace('_', ' ')} of a variation")


def _said(prompt: Prompt) -> tuple[object, ...]:
    """All that is said in a version, whoever said it."""
    return tuple(getattr(prompt, part) for part in writing.PARTS)


def _cell(cell: Cell) -> str:
    on = cell.on("model")
    return f"cell {cell.number}, {on if len(on) < 100 and on.isprintable() else shown(on)}"


def grid_of_frame(log: Log, frame: pd.DataFrame) -> Grid:
    """The grid in which cells of this table were made: the one that has most of them, and none otherwise."""
    shot, name, cells = read_frame(frame)
    of_cells = [cell for cell, _ in cells]
    best = max(
        (grid for grid in reversed(grids(log).values()) if grid.shot == shot), default=None,
        key=lambda grid: grid.agrees(of_cells),
    )  # fmt: skip
    if best is None or not best.agrees(of_cells):
        raise NotFound(f"no take of {name} was asked for yet: film.grids.generate(table) makes them")
    return best
