"""`film.grids`: a shot asked for in many ways, as a table to thin out, to price, to make, and to see again."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from studio import generation
from studio.generation import grid as grid_values
from studio.generation.variations import Variations, Wanted, grid_of_frame

if TYPE_CHECKING:
    import pandas as pd

    from studio.film.film import Film
    from studio.generation import Handle
    from studio.generation.grid import Grid, GridEstimate
    from studio.widgets import GridView


class GridsHandle:
    """Plan a grid, look at it and thin it out, price it, make its takes, see them as a table of posters."""

    def __init__(self, film: Film) -> None:
        self._film = film
        self._variations = Variations(film.log, film.settings, film.library, film.provider)

    def __repr__(self) -> str:
        return f"Grids({', '.join(self.names()) or 'none yet'})"

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(index=False))  # pandas escapes what stands in it

    def plan(
        self,
        shot: str,
        camera: Any = None,
        style: Any = None,
        model: Any = None,
        seed: Any = None,
        scene_text: Any = None,
        avoid: Any = None,
        takes: int = 1,
        seconds: float = 5.0,
        balanced_for: str | None = None,
        limit: int | None = None,
    ) -> pd.DataFrame:
        """One row a cell: each combination of the values given, over the shot's latest words. Sends and writes nothing.

        Each axis is a list, and None in it is what the shot has. A model is "provider/model" ("runway/gen4.5"),
        "provider" or such a pair. All cells have one seed where none is given. `usd` is the price of one take, missing
        where none is known; delete rows, rewrite words, change `takes` as in any DataFrame. With `limit` at most so
        many cells are kept, even over all axes; with `balanced_for="style"` so that each style stands equally often,
        and among the same other values, so that it can be judged fairly.
        """
        axes = {
            "camera": camera, "style": style, "model": model, "seed": seed, "scene_text": scene_text, "avoid": avoid,
        }  # fmt: skip
        return self._variations.plan(shot, axes, Wanted(takes, seconds, balanced_for, limit))

    def estimate(
        self, frame: pd.DataFrame, takes: int | None = None, price_usd: Decimal | float | str | None = None
    ) -> GridEstimate:  # fmt: skip
        """What the rows that are left cost together and by model, with the prices' days. `takes` counts for each."""
        return self._variations.estimate(frame, takes, generation.usd(price_usd))

    def generate(
        self,
        frame: pd.DataFrame,
        takes: int | None = None,
        cap_usd: Decimal | float | str | None = None,
        price_usd: Decimal | float | str | None = None,
        again: bool = False,
    ) -> Handle:
        """Make the takes of the rows that are left. Returns at once; caps hold for all of them together.

        `cap_usd`, `price_usd` and `again` are those of `film.generate`: a notebook cell that is run again gives the
        takes of its first run.
        """
        _, _, cells = grid_values.read_frame(frame, takes)
        shot = str(frame["shot"].iloc[0])
        handle = self._variations.generate(
            self._film.engine,
            frame,
            self._film.author,
            takes,
            cap_usd=generation.usd(cap_usd),
            price_usd=generation.usd(price_usd),
            run=generation.run_key("grid", shot, cells),
            again=again,
        )
        return self._film.money.shown(handle)

    def names(self) -> tuple[str, ...]:
        """The grids that takes were asked for in, the oldest first."""
        return tuple(grid_values.grids(self._film.log))

    def to_frame(self) -> pd.DataFrame:
        """One row a grid: what it varies, its cells, its takes, how many are there and kept, and what they cost."""
        import pandas as pd

        takes = self._film.takes()
        rows = []
        for grid in grid_values.grids(self._film.log).values():
            mine = takes[takes["grid"] == grid.name]
            rows.append(
                {
                    "grid": grid.name,
                    "shot": grid.shot,
                    "varied": ", ".join(f"{len(grid.axis(axis))} {axis}" for axis in grid.varied),
                    "cells": len(grid.cells),
                    "takes": len(mine),
                    "done": int((mine["state"] == "done").sum()),
                    "kept": int((mine["verdict"] == "circle").sum()),
                    "cost_usd": float(mine["cost_usd"].sum()),
                    "author": grid.author,
                    "created_at": pd.Timestamp(grid.at_us, unit="us", tz="UTC"),
                }
            )
        names = ("grid", "shot", "varied", "cells", "takes", "done", "kept", "cost_usd", "author", "created_at")
        return pd.DataFrame(rows, columns=list(names))

    def cells(self, grid: Any) -> pd.DataFrame:
        """One row a cell of a grid that was made: what it asked for, the labels of its takes, and those kept."""
        import pandas as pd

        found = self._find(grid)
        takes = self._film.takes()
        mine = takes[takes["grid"] == found.name]
        rows = []
        for cell in found.cells.values():
            of = mine[mine["cell"] == cell.number]
            kept = of[of["verdict"] == "circle"]
            rows.append(
                {
                    "cell": cell.number,
                    **{part: getattr(cell, part) for part in grid_values.WORDS},
                    "provider": cell.provider,
                    "model": cell.model,
                    "seed": cell.seed,
                    "seconds": cell.seconds,
                    "takes": ", ".join(of["take"]),
                    "kept": ", ".join(kept["take"]),
                }
            )
        return pd.DataFrame(rows)

    def show(self, grid: Any, rows: str = "", columns: str = "") -> GridView:
        """A grid as a table of posters: one axis down, one across, the others below each picture.

        `grid` is a name, the table that was planned, or what `generate` gave back.
        """
        from studio.widgets import GridView

        return GridView(self._film, self._find(grid), rows, columns)

    def _find(self, grid: Any) -> Grid:
        if hasattr(grid, "columns"):
            return grid_of_frame(self._film.log, grid)
        takes = getattr(grid, "takes", ())
        if takes and takes[0].request_id:
            grid = self._film.log.request(takes[0].request_id).grid
        return grid_values.grid_named(self._film.log, grid)
