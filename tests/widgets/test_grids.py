"""A grid seen again as a table of posters."""

import re
from dataclasses import replace

import cv2
import numpy as np
import pytest

from studio.errors import BadInput
from studio.generation import Order
from studio.generation.grid import event_of, read_frame


@pytest.fixture
def grid(film):
    """Two styles by two cameras by two seeds; three of the eight cells are made."""
    film.write("01A", "A schoolyard.", camera="push in")
    frame = film.variations(
        "01A", camera=["push in", "pan left"], style=["", "<script>alert(1)</script>"], seed=[1, 2], seconds=0.25
    )
    film.grids.generate(frame.iloc[:3]).wait()
    return film.grids.show("01A-g1")


def test_a_grid_is_a_table_with_a_poster_in_each_cell(film, grid):
    film.circle("01A-002")
    page = film.grids.show("01A-g1")._repr_mimebundle_()["text/html"]
    assert page.count("<img ") == 3
    assert page.count('scope="col"') == 3  # the corner and two seeds
    assert page.count('scope="row"') == 2
    assert "◯ circled" in page
    assert page.count("not judged") == 2
    assert "01A-003 · not judged · $0.00" in page
    assert "not asked for" in page  # the fourth place of the table
    assert 'href="../media/takes/01A-001.mp4"' in page
    assert str(film.folder) not in page


def test_words_in_a_grid_stay_words(grid):
    page = grid._html()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "(none)" in page


def test_the_axes_down_and_across_can_be_chosen(film, grid):
    assert (grid.rows, grid.columns, grid.others) == ("style", "seed", ())
    other = film.grids.show("01A-g1", rows="seed", columns="style")
    assert re.search(r'<th scope="row"[^>]*>1</th>', other._html())
    assert (film.grids.show("01A-g1", columns="style").rows, film.grids.show("01A-g1", rows="seed").columns) == (
        "seed",
        "style",
    )
    for wrong, sentence in (
        ({"rows": "camera"}, "grid 01A-g1 does not vary 'camera': it varies style, seed"),
        ({"columns": "colour"}, "does not vary 'colour'"),
        ({"rows": "seed", "columns": "seed"}, "cannot have seed down and across"),
    ):
        with pytest.raises(BadInput, match=sentence):
            film.grids.show("01A-g1", **wrong)


def test_a_grid_of_one_cell_and_of_one_axis_is_a_table_too(film):
    film.write("01A", "A schoolyard.")
    film.grids.generate(film.variations("01A", seconds=0.25)).wait()
    assert film.grids.show("01A-g1")._html().count("<td") == 1
    film.grids.generate(film.variations("01A", style=["a", "b"], seconds=0.25)).wait()
    view = film.grids.show("01A-g2")
    assert (view.rows, view.columns) == ("", "style")
    assert view._html().count("<td") == 2


def test_a_take_without_a_clip_says_how_it_stands(film):
    film.write("01A", "A schoolyard.")
    frame = film.variations("01A", style=["a", "b"], model="runway/gen4.5")
    _, _, cells = read_frame(frame)
    requests = film._requests("01A", Order("runway", "gen4.5", 2))
    film.engine.plan(
        [  # planned and not begun, as after a kill
            replace(request, grid="01A-g1", cell=n) for n, request in enumerate(requests, 1)
        ],
        "ada",
    )
    with film.log.write("ada") as writer:
        writer.event("grid", "grid:01A-g1", event_of("01A-g1", "01A", [cell for cell, _ in cells]))
    page = film.grids.show("01A-g1")._html()
    assert "01A-001 · planned · at most $0.60" in page
    assert "<img" not in page


def test_two_dozen_cells_are_light_in_a_saved_notebook(film):
    """Pictures of noise, which compress worst."""
    film.write("01A", "A schoolyard.")
    frame = film.variations(
        "01A", camera=["push in", "pan left", "crane up", "static"], style=["a", "b", "c"], seed=[1, 2], seconds=0.05
    )
    film.grids.generate(frame).wait()
    noise = np.random.default_rng(0).integers(0, 255, (180, 320, 3), np.uint8)
    for label in film.takes()["take"]:
        cv2.imwrite(str(film.library.poster(label)), noise)
    page = film.grids.show("01A-g1")._html()
    assert page.count("<img ") == 24
    assert len(page) < 250_000
