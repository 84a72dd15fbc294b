"""Screenplays on disk: `.toml` or `.csv`, by the ending of the name."""

from __future__ import annotations

from pathlib import Path

from studio.errors import BadInput
from studio.writing.plain_files import PlainFile
from studio.writing.screenplay import Screenplay
from studio.writing.screenplay_csv import read_screenplay_csv, write_screenplay_csv
from studio.writing.screenplay_toml import read_screenplay, write_screenplay

SCREENPLAY = PlainFile("screenplay", (".toml", ".csv"), 20_000_000)  # two thousand shots at their longest


def load_screenplay(path: Path) -> Screenplay:
    """The screenplay in a file. A CSV has no place for the film's title: the file's name stands for it.

    Raises `NotFound`, or `BadInput` naming the file and what is wrong in it.
    """
    toml = SCREENPLAY.ending(path) == ".toml"
    return SCREENPLAY.read(path, read_screenplay if toml else lambda text: read_screenplay_csv(text, path.stem))


def save_screenplay(screenplay: Screenplay, path: Path) -> Path:
    """Write the screenplay to a new file, whole or not at all; a file that is there is never overwritten."""
    toml = SCREENPLAY.ending(path) == ".toml"
    if not screenplay.shots:
        raise BadInput(f'there are no words to save as {path.name}: film.write("01A", "…") writes the first')
    return SCREENPLAY.write(path, write_screenplay(screenplay) if toml else write_screenplay_csv(screenplay))
