"""What others did at the same film, taken in; a film packed, and media found again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from studio.cli.opening import add_author, as_commands, film_of

if TYPE_CHECKING:
    from studio.cli.commands import Command


def add(command: Command) -> None:
    """Make its commands known to the parser."""
    merge = command(
        "merge", _merge, "take in what others did at the same film; both sides' verdicts and words are kept"
    )
    merge.add_argument(
        "other",
        metavar="OTHER",
        nargs="?",
        default="",
        help="their film's folder, what studio pack made, a database or a journal (default: what git pull brought)",
    )
    current = command("current", _current, "say which version of a shot's words is current, where two wrote apart")
    current.add_argument("shot", metavar="SHOT", nargs="?", help="07A (default: list the shots that are in question)")
    current.add_argument("version", metavar="VERSION", type=int, nargs="?", help="the version to keep")
    add_author(current)
    pack = command("pack", _pack, "pack the film for another machine: words, verdicts and song, without the clips")
    pack.add_argument("to", metavar="TO", type=Path, help="a new .zip or folder")
    pack.add_argument("--media", action="store_true", help="with the clips")
    unpack = command("unpack", _unpack, "unpack what studio pack made", "the packed film", "PACKED")
    unpack.add_argument("to", metavar="DIR", type=Path, help="a new folder for the film")
    media = command(
        "media", _media, "let the clips lie in a folder on another or a shared disk: those that are here go there"
    )
    media.add_argument("where", metavar="WHERE", type=Path, help="the folder, made where it is not there")
    missing = command("missing", _missing, "list the clips that are not here, and where they were last seen")
    missing.add_argument("--csv", action="store_true", help="every column, as CSV")
    relink = command("relink", _relink, "find missing clips by their hashes, whatever they are called")
    relink.add_argument(
        "places", metavar="PLACE", type=Path, nargs="*", help="folders, zips or files to look in, beside the film's own"
    )
    relink.add_argument("--link", action="store_true", help="link files instead of copying them (on the same disk)")


def _merge(arguments: argparse.Namespace) -> None:
    from studio.film.team import merge_at

    print(as_commands(merge_at(arguments.dir, arguments.other)))


def _current(arguments: argparse.Namespace) -> None:
    from studio.errors import BadInput

    with film_of(arguments) as film:
        if arguments.shot and arguments.version is None:
            raise BadInput(f"say which version of {arguments.shot} to keep: studio current DIR {arguments.shot} 3")
        if arguments.shot:
            print(film.current(arguments.shot, arguments.version))
        asked = film.log.in_question()
        for each in asked:
            print(each)
        if not asked and not arguments.shot:
            print("no shot's words are in question")


def _pack(arguments: argparse.Namespace) -> None:
    with film_of(arguments) as film:
        print(as_commands(film.pack(arguments.to, media=arguments.media)))


def _unpack(arguments: argparse.Namespace) -> None:
    from studio.delivery import unpack

    print(as_commands(unpack(arguments.dir, arguments.to)))


def _media(arguments: argparse.Namespace) -> None:
    from studio.film.opening import media_at

    print(f"media leads to {media_at(arguments.dir, arguments.where)}")


def _relink(arguments: argparse.Namespace) -> None:
    with film_of(arguments) as film:
        print(as_commands(film.relink(*arguments.places, copy=not arguments.link)))


def _missing(arguments: argparse.Namespace) -> None:
    from studio.cli.commands import print_csv

    with film_of(arguments) as film:
        frame = film.missing()
        if arguments.csv:
            print_csv(frame)
        elif frame.empty:
            print("nothing is missing")
        else:
            print(frame[["take", "file", "last_seen"]].to_string(index=False, na_rep=""))
