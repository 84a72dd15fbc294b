"""A grid of variations as a value: its cells, as a table and as the log keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from studio.errors import BadInput, NotFound
from studio.generation.budget import Estimate, dollars
from studio.generation.naming import name_of
from studio.generation.requests import LARGEST_SEED, LONGEST_S, MOST_TAKES
from studio.given import number, shown, whole
from studio.nouns import check_shot_id

if TYPE_CHECKING:
    import pandas as pd

    from studio.log import Log

WORDS = ("scene_text", "camera", "style", "avoid")
AXES = ("camera", "style", "scene_text", "avoid", "model", "seed")  # in the order in which the cells are counted
MOST_CELLS = 1000  # more is a slip of the finger
NAME = re.compile(r"([0-9]{2}[A-Z]{1,2})-g([0-9]{1,4})")


@dataclass(frozen=True)
class Cell:
    """What one cell of a grid asks for."""

    number: int  # counted from 1
    version: int  # of the shot's own words, which it varies
    scene_text: str
    camera: str
    style: str
    avoid: str
    provider: str
    model: str
    seed: int
    seconds: float

    def on(self, axis: str) -> str:
        """Its value on an axis, as a person reads it."""
        return name_of(self.provider, self.model) if axis == "model" else str(getattr(self, axis))


@dataclass(frozen=True)
class Grid:
    """A grid that takes were asked for in."""

    name: str  # "07A-g1"
    shot: str
    author: str  # who asked first
    at_us: int
    cells: Mapping[int, Cell] = field(default_factory=dict)  # by number, in order

    def axis(self, axis: str) -> tuple[str, ...]:
        """The values on an axis, in the order of the cells."""
        return tuple(dict.fromkeys(cell.on(axis) for cell in self.cells.values()))

    @property
    def varied(self) -> tuple[str, ...]:
        """The axes on which its cells differ."""
        return tuple(axis for axis in AXES if len(self.axis(axis)) > 1)

    def agrees(self, cells: Sequence[Cell]) -> int:
        """How many of these cells it has; 0 where one of them is another there."""
        there = [(self.cells[cell.number], cell) for cell in cells if cell.number in self.cells]
        return len(there) if all(mine == other for mine, other in there) else 0


def grids(log: Log) -> dict[str, Grid]:
    """Every grid that takes were asked for in, by name, the oldest first."""
    found: dict[str, Grid] = {}
    for event in log.grid_events():
        data: dict[str, Any] = event.data
        name = data["grid"]
        new = {cell.number: cell for each in data["cells"] if (cell := cell_of(each))}
        old = found.get(name, Grid(name, data["shot"], event.author, event.at_us))
        cells = dict(sorted({**old.cells, **new}.items()))
        found[name] = Grid(name, old.shot, old.author, old.at_us, cells)
    return found


def grid_named(log: Log, name: str) -> Grid:
    """The grid of this name. Raises NotFound with those that there are."""
    there = grids(log)
    if not isinstance(name, str) or name not in there:
        hint = f"there is {', '.join(there)}" if there else "film.variations(…) plans one"
        raise NotFound(f"there is no grid {shown(name)}: {hint}")
    return there[name]


def cell_of(data: Mapping[str, Any]) -> Cell:
    """A cell as an event holds it."""
    return Cell(**{each.name: data[each.name] for each in fields(Cell)})


def event_of(name: str, shot: str, cells: Sequence[Cell]) -> dict[str, object]:
    """What the log keeps of cells that takes are asked for in."""
    axes = {axis: list(dict.fromkeys(cell.on(axis) for cell in cells)) for axis in AXES}
    return {"grid": name, "shot": shot, "axes": axes, "cells": [asdict(cell) for cell in cells]}


def next_name(shot: str, there: Mapping[str, Grid]) -> str:
    """A name that no grid of the shot has: 07A-g2."""
    numbers = [int(found[2]) for name in there if (found := NAME.fullmatch(name)) and found[1] == shot]
    return f"{shot}-g{max(numbers, default=0) + 1}"


@dataclass(frozen=True, repr=False)
class GridEstimate(Estimate):
    """What the cells of a grid would cost together, and by model."""

    def by_model(self) -> pd.DataFrame:
        """One row a model and price: its takes, their sum in exact US dollars, and where and when that was read."""
        import pandas as pd

        sums: dict[tuple[str, ...], list[Any]] = {}
        for request, price in self.prices:
            key = (request.provider, request.model, price.said, price.read_on)
            line = sums.setdefault(key, [0, Decimal(0)])
            line[0] += 1
            line[1] += price.usd
        rows = [(provider, model, *line, source, day) for (provider, model, source, day), line in sums.items()]
        return pd.DataFrame(rows, columns=["provider", "model", "takes", "usd", "price_source", "price_read_on"])

    def __str__(self) -> str:
        count = len(self.prices)
        lines = [f"{self.dollars} for {count} {'take' if count == 1 else 'takes'}"]
        for row in self.by_model().to_dict("records"):
            takes = f"{row['takes']} {'take' if row['takes'] == 1 else 'takes'}"
            name = name_of(row["provider"], row["model"])
            lines.append(f"  {name}: {takes}, {dollars(row['usd'])} (read {row['price_read_on']})")
        return "\n".join(lines + [f"note: {sentence}" for sentence in self.dropped])

    __repr__ = __str__


# --- the table ---------------------------------------------------------------------------------------------------

NEEDED = ("shot", "grid", "version", "cell", *WORDS, "provider", "model", "seed", "seconds", "takes")


def read_frame(frame: pd.DataFrame, takes: int | None = None) -> tuple[str, str, tuple[tuple[Cell, int], ...]]:
    """Shot, grid and the cells with their numbers of takes, out of a table that a person may have thinned and edited.

    `takes` is for every cell another number than the table's. Raises BadInput naming the cell.
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise BadInput(f"{shown(frame)} is no table of variations: film.variations(…) plans one")
    missing = [name for name in NEEDED if name not in frame.columns]
    if missing:
        raise BadInput(f"the table of variations lacks {', '.join(missing)}: keep the columns of film.variations(…)")
    if frame.empty:
        raise BadInput("the table of variations has no row left: keep one cell or more")
    both = [_each_once(frame[name]) for name in ("shot", "grid")]
    for name, values in zip(("shot", "grid"), both, strict=True):
        if len(values) > 1:
            named = " and ".join(value if isinstance(value, str) else shown(value) for value in values[:2])
            raise BadInput(f"the table of variations holds {named}: give one {name} at a time")
    shot, grid = check_shot_id(both[0][0]), both[1][0]
    if not isinstance(grid, str) or not (found := NAME.fullmatch(grid)) or found[1] != shot:
        raise BadInput(f"{shown(grid)} is no grid of {shot}: leave the name that film.variations(…) gave it")
    cells = [_row(row, takes) for row in frame[list(NEEDED)].to_dict("records")]
    numbers = [cell.number for cell, _ in cells]
    if twice := [n for n in numbers if numbers.count(n) > 1]:
        raise BadInput(f"cell {twice[0]} stands twice in the table of variations: takes=2 makes two takes of each")
    return shot, grid, tuple(sorted(cells, key=lambda each: each[0].number))


def _row(row: Mapping[Any, Any], takes: int | None) -> tuple[Cell, int]:
    cell = _whole(row["cell"], "the number of a cell", 1, 1_000_000)
    of = f"of cell {cell}"
    said = {name: _text(row[name], f"the {name.replace('_', ' ')} {of}") for name in (*WORDS, "provider", "model")}
    return Cell(
        number=cell,
        version=_whole(row["version"], f"the version {of}", 1, 1_000_000),
        seed=_whole(row["seed"], f"the seed {of}", 0, LARGEST_SEED),
        seconds=float(number(row["seconds"], f"the seconds {of}", 0, LONGEST_S)),
        **said,
    ), _whole(row["takes"] if takes is None else takes, f"the number of takes {of}", 1, MOST_TAKES)


def _each_once(values: Iterable[Any]) -> tuple[Any, ...]:
    """The values of a column, also those that no dict takes."""
    found: list[Any] = []
    for value in values:
        if not any(value is other or (isinstance(value, str) and value == other) for other in found):
            found.append(value)
    return tuple(found)


def _whole(value: Any, what: str, least: int, most: int) -> int:
    """pandas makes floats of whole numbers where a column has missing ones."""
    return whole(int(value) if isinstance(value, float) and value.is_integer() else value, what, least, most)


def _text(value: Any, what: str) -> str:
    """A missing value is an empty text."""
    import pandas as pd

    if isinstance(value, str):
        return value
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    raise BadInput(f"{what} is {type(value).__name__}, not text: write it in quotes")
