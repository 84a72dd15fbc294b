"""Work on takes and pictures, here or handed to a cluster."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from studio.cli.opening import film_of

if TYPE_CHECKING:
    from studio.cli.commands import Command


def add(command: Command) -> None:
    """Make its commands known to the parser."""
    work = command("work", _work, "do all that waits: takes under way, pictures and measures that are missing")
    work.add_argument("--follow", action="store_true", help="go on whenever somebody writes, until stopped")
    work.add_argument("--workers", type=int, help="processes (default: one a core)")
    work.add_argument(
        "--cluster", default="", metavar="ADDRESS", help="of a Dask scheduler whose workers look at the clips instead"
    )


def _work(arguments: argparse.Namespace) -> int:
    with film_of(arguments) as film:
        if arguments.follow:
            for done in film.follow(arguments.workers, arguments.cluster):
                print(done, flush=True)
            return 0
        worked = film.work(arguments.workers, arguments.cluster)
        for line in worked.said if worked else ("nothing waits",):
            print(line)
        for sentence in worked.problems:
            print(f"studio: {sentence}", file=sys.stderr)
        return 1 if worked.problems else 0
