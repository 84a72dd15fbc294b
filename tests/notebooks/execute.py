"""Run the notebooks as a person would and save what they show: `python -m tests.notebooks.execute [NAME …]`.

Each is run in the folder of a fresh practice film, so that the saved addresses are those that a film's own notebooks
have. Widget state is not saved: what is seen without a kernel is the static twin.
"""

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from studio import demo

BOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def execute(book: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        film = Path(scratch) / "practice"
        demo.practice(film).close()
        notebook = nbformat.read(book, as_version=4)
        client = NotebookClient(
            notebook,
            timeout=300,
            kernel_name="python3",
            store_widget_state=False,
            resources={"metadata": {"path": str(film / "notebooks")}},
        )
        client.execute()
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}  # without the version of whoever ran it last
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)  # a model that is gone
    nbformat.write(notebook, book)
    print(f"{book.name}: {book.stat().st_size:,} bytes")


if __name__ == "__main__":
    os.environ.pop("STUDIO_AUTHOR", None)
    for path in sorted(BOOKS.glob("*.ipynb")):
        if not sys.argv[1:] or path.stem in sys.argv[1:]:
            execute(path)
