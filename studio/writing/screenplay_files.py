"""Screenplays on disk: `.toml` or `.csv`, by the ending of the name."""

from __future__ import annotations

from pathlib import Path

from studio.errors import BadInput, NotFound, StoreError
from studio.media.files import in_place
from studio.writing.screenplay import Screenplay
from studio.writing.screenplay_csv import read_screenplay_csv, write_screenplay_csv
from studio.writing.screenplay_toml import read_screenplay, write_screenplay

LARGEST = 20_000_000  # bytes: two thousand shots at their longest


def load_screenplay(path: Path) -> Screenplay:
    """The screenplay in a file. A CSV has no place for the film's title: the file's name stands for it.

    Raises `NotFound`, or `BadInput` naming the file and what is wrong in it.
    """
    ending = _ending(path)
    if not path.is_file():
        raise NotFound(f"there is no screenplay at {path}: give the path of a .toml or .csv file")
    if path.stat().st_size > LARGEST:
        raise BadInput(f"{path.name} has {path.stat().st_size:,} bytes: a screenplay has at most {LARGEST:,}")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise BadInput(f"{path.name} is not UTF-8 text (byte {wrong.start}): save it as UTF-8") from None
    except OSError as wrong:
        raise StoreError(f"{path.name} cannot be read: {wrong.strerror}") from None
    try:
        return read_screenplay(text) if ending == ".toml" else read_screenplay_csv(text, path.stem)
    except BadInput as wrong:
        raise BadInput(f"{path.name}: {wrong}") from None


def save_screenplay(screenplay: Screenplay, path: Path) -> Path:
    """Write the screenplay to a new file, whole or not at all; a file that is there is never overwritten."""
    ending = _ending(path)
    if not screenplay.shots:
        raise BadInput(f'there are no words to save as {path.name}: film.write("01A", "…") writes the first')
    text = write_screenplay(screenplay) if ending == ".toml" else write_screenplay_csv(screenplay)
    if path.exists():
        raise BadInput(f"{path.name} is already there: give the screenplay another name")
    if not path.parent.is_dir():
        raise NotFound(f"{path.parent.name} is not there: make the folder first, or save the screenplay elsewhere")
    with in_place(path) as partial:
        partial.write_bytes(text.encode())
    return path


def _ending(path: Path) -> str:
    if path.suffix.lower() not in (".toml", ".csv"):
        raise BadInput(f"{path.name} is neither .toml nor .csv: a screenplay is one of the two")
    return path.suffix.lower()
