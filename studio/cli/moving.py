"""A film's log moved to a server and back, and copies of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from studio.cli.opening import film_of

if TYPE_CHECKING:
    from studio.cli.commands import Command

BACK = "back"


def add(command: Command) -> None:
    """Make its commands known to the parser."""
    command("backup", _backup, "copy the film's log, wherever it is, as a file into backups/")
    move = command("move-log", _move, "move the film's log to a PostgreSQL server, or back into film.db")
    move.add_argument("to", metavar="WHERE", help=f"postgresql://host/name, or {BACK}")


def _move(arguments: argparse.Namespace) -> None:
    from studio.errors import BadInput
    from studio.log import move_log

    if not arguments.to:  # `studio move-log DIR "$LOG"` with no LOG would otherwise be film.db
        raise BadInput(f"where the log is to go is empty: write postgresql://host/name, or {BACK} for film.db")
    print(move_log(arguments.dir, "" if arguments.to == BACK else arguments.to))


def _backup(arguments: argparse.Namespace) -> None:
    with film_of(arguments) as film:
        print(film.backup().relative_to(film.folder).as_posix())
