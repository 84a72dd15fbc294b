"""A grid of variations as a table of posters."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from studio.errors import BadInput
from studio.generation import dollars
from studio.given import shown
from studio.media import name_of
from studio.widgets.pictures import MARKS, jpeg, read, relative_url
from studio.widgets.views import Shown

if TYPE_CHECKING:
    from studio.film import Film
    from studio.generation.grid import Cell, Grid

WIDTHS = (160, 128, 96, 64)  # pixels: the widest that keeps a saved notebook light is taken
MOST_STILLS = 200_000  # characters of all stills together
SAID = {"camera": "camera", "style": "style", "scene_text": "scene", "avoid": "avoid", "model": "model", "seed": "seed"}


class GridView(Shown):
    """`film.grids.show("07A-g1")`: one axis down, one across, and what else differs below each picture.

    `rows` and `columns` name the axes; without them the first two that vary. A cell shows its circled take, else its
    first that is there, and names them all with their verdict, or says how they stand.
    """

    def __init__(self, film: Film, grid: Grid, rows: str = "", columns: str = "") -> None:
        self.film = film
        self.grid = grid
        varied = list(grid.varied)
        for axis in (rows, columns):
            if axis and axis not in varied:
                there = f"it varies {', '.join(varied)}" if varied else "it has one cell"
                raise BadInput(f"grid {grid.name} does not vary {shown(axis)}: {there}")
        if rows and rows == columns:
            raise BadInput(f"grid {grid.name} cannot have {rows} down and across: name two axes")
        left = [axis for axis in varied if axis not in (rows, columns)]
        self.rows = rows or (left.pop(0) if len(left) > 1 - bool(columns) else "")
        self.columns = columns or (left.pop(0) if left else "")
        self.others = tuple(left)
        frame = film.takes()
        mine = frame[frame["grid"] == grid.name]
        self._takes: dict[int, list[dict[Any, Any]]] = {number: [] for number in grid.cells}
        for take in mine.astype(object).where(mine.notna(), None).to_dict("records"):
            self._takes[int(take["cell"])].append(take)

    def __repr__(self) -> str:
        takes = [take for each in self._takes.values() for take in each]
        done = sum(take["state"] == "done" for take in takes)
        kept = sum(take["verdict"] == "circle" for take in takes)
        cost = sum(round((take["cost_usd"] or 0) * 1_000_000) for take in takes)
        return (
            f"Grid {self.grid.name}: {len(self.grid.cells)} cells, {len(takes)} takes, {done} done, {kept} circled, "
            f"{dollars(cost)} spent"
        )

    def _html(self) -> str:
        stills, width = self._stills()
        down = self.grid.axis(self.rows) if self.rows else ("",)
        across = self.grid.axis(self.columns) if self.columns else ("",)
        cells = self.grid.cells.values()
        corner = f"{SAID.get(self.rows, '')} \\ {SAID[self.columns]}" if self.columns else SAID.get(self.rows, "")
        head = "".join(f'<th scope="col" style="{_TH}">{escape(value) or "(none)"}</th>' for value in across)
        lines = [f'<tr><th scope="col" style="{_TH}">{corner}</th>{head}</tr>'] if self.columns else []
        for value in down:
            title = f'<th scope="row" style="{_TH}">{escape(value) or "(none)"}</th>'
            fields = "".join(
                f'<td style="{_TD}">{inside or "not asked for"}</td>'
                for other in across
                for inside in [
                    "".join(
                        self._cell(cell, stills.get(cell.number, ""), width)
                        for cell in cells
                        if (not self.rows or cell.on(self.rows) == value)
                        and (not self.columns or cell.on(self.columns) == other)
                    )
                ]
            )
            lines.append(f"<tr>{title}{fields}</tr>")
        return f"<p><b>{escape(repr(self))}</b></p><table>{''.join(lines)}</table>"

    def _stills(self) -> tuple[dict[int, str], int]:
        """A still for each cell that has a clip, and their width; those that would weigh too much are left out."""
        library = self.film.library
        best = {n: take for n in self._takes if (take := self._best(n))}
        pictures = {n: read(library.poster(name_of(take["file"], take["take"]))) for n, take in best.items()}
        found: dict[int, str] = {}
        for width in WIDTHS:
            found = {n: jpeg(image, width) for n, image in pictures.items()}
            if sum(map(len, found.values())) <= MOST_STILLS:
                return found, width
        weight = 0
        for n, still in found.items():
            weight += len(still)
            found[n] = still if weight <= MOST_STILLS else ""
        return found, WIDTHS[-1]

    def _best(self, number: int) -> dict[Any, Any] | None:
        there = [take for take in self._takes[number] if take["state"] == "done"]
        return next((take for take in there if take["verdict"] == "circle"), there[0] if there else None)

    def _cell(self, cell: Cell, still: str, width: int) -> str:
        best, takes = self._best(cell.number), self._takes[cell.number]
        said = "; ".join(f"{SAID[axis]}: {cell.on(axis) or '(none)'}" for axis in self.others)
        image = ""
        if best and still:
            link = relative_url(self.film.folder / best["file"])
            image = f'<a href="{link}"><img src="{still}" alt="{escape(best["take"])}" width="{width}"></a><br>'
        words = [f"cell {cell.number}", *([said] if said else []), *map(_take, takes)]
        if not takes:
            words.append("no take")
        below = "<br>".join(map(escape, words))
        return f'<div style="max-width:{max(width, 160)}px;margin:0 0 8px">{image}{below}</div>'


_TH = "text-align:left;vertical-align:top;max-width:16em;white-space:normal;overflow-wrap:anywhere"
_TD = "text-align:left;vertical-align:top;white-space:normal;overflow-wrap:anywhere"


def _take(take: dict[Any, Any]) -> str:
    """A take in a line: label, verdict or state, and what it cost."""
    stands = MARKS[take["verdict"]] if take["state"] == "done" else str(take["state"])
    paid, held = take["cost_usd"], take["estimated_usd"]
    if paid is not None:
        cost = dollars(round(paid * 1_000_000))
    else:
        cost = "" if held is None else f"at most {dollars(round(held * 1_000_000))}"
    return " · ".join(part for part in (take["take"], stands, cost) if part)
