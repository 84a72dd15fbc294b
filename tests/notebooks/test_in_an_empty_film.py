"""`studio new` lays the notebooks into a film that has no words yet: there, too, those that write run to the end."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import studio
from tests.notebooks.execute import BOOKS


@pytest.mark.parametrize("name", ["01_write", "08_words"])
def test_a_notebook_that_writes_runs_in_a_film_without_words(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "film"
    studio.new(folder, size=(64, 64), authors=["ada"]).close()
    notebook = nbformat.read(BOOKS / f"{name}.ipynb", as_version=4)
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    ).execute()  # fmt: skip
    with studio.open(folder) as film:
        assert {*film.takes()["state"]} == {"done"}
        assert {*film.takes()["author"]} == {"ada"}
