"""A film as a command opens it: by its folder, and for whoever the command is given by."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.film import Film

COMMANDS = {  # a sentence of the film names the call that helps: here it is a command
    r"film\.as_\(([\"'])(.+?)\1\)": r"--as \2",
    r"studio\.new\(([\"'])(.+?)\1\)": r"studio new \2",
    r"film\.relink\([^()]*\)": "studio relink",
    r"film\.prepare\(\)": "studio work",
    r"film\.pack\([^()]*\)": "studio pack",
    r"film\.resume\(\)": "studio resume",
    r"film\.missing\(\)": "studio missing",
}


def as_commands(said: object) -> str:
    """What the film says, for somebody at a command line."""
    text = str(said)
    for call, command in COMMANDS.items():
        text = re.sub(call, command, text)
    return text


def add_author(command: argparse.ArgumentParser) -> None:
    """Let a command that decides or writes be given by a name, as `film.as_` does in Python."""
    command.add_argument(
        "--as",
        dest="author",
        default="",
        metavar="NAME",
        help="who does this (default: STUDIO_AUTHOR, else the only author)",
    )


@contextmanager
def film_of(arguments: argparse.Namespace) -> Iterator[Film]:
    """The film of a command, closed when the command ends."""
    from studio.film import open

    with open(arguments.dir) as film:
        if author := getattr(arguments, "author", ""):
            film.as_(author)
        yield film
