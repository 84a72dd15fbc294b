"""What others did at the same film, taken in; a film packed, and media found again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.cli.commands import Command


def add(command: Command) -> None:
    """Make its commands known to the parser."""
    merge = command(
        "merge", _merge, "take in what others did at the same film; both sides' verdicts and words are kept"
    )
    merge.add_argument(
        "other",
        nargs="?",
        default="",
        help="their film's folder, what studio pack made, a database or a journal (default: what git pull brought)",
    )
    current = command("current", _current, "say which version of a shot's words is current, where two wrote apart")
    current.add_argument("shot", nargs="?", help="07A (default: list the shots that are in question)")
    current.add_argument("version", type=int, nargs="?", help="the version to keep")
    current.add_argument("--as", dest="author", default="", help="who decides")
    pack = command("pack", _pack, "pack the film for another machine: words, verdicts and song, without the clips")
    pack.add_argument("to", type=Path, help="a new .zip or folder")
    pack.add_argument("--media", action="store_true", help="with the clips")
    unpack = command("unpack", _unpack, "unpack what studio pack made", "the packed film")
    unpack.add_argument("to", type=Path, help="a new folder for the film")
    media = command("media", _media, "let the clips lie in a folder on another or a shared disk, before any is here")
    media.add_argument("where", type=Path, help="the folder; its clips are the film's then")
    relink = command("relink", _relink, "find missing clips by their hashes, whatever they are called")
    relink.add_argument("places", type=Path, nargs="*", help="folders, zips or files to look in, beside the film's own")
    relink.add_argument("--link", action="store_true", help="link files instead of copying them (on the same disk)")
    missing = command("missing", _missing, "list the clips that are not here, and where they were last seen")
    missing.add_argument("--csv", action="store_true", help="every column, as CSV")


def _merge(arguments: argparse.Namespace) -> None:
    from studio.film.team import merge_at

    print(merge_at(arguments.dir, arguments.other))


def _current(arguments: argparse.Namespace) -> None:
    from studio.errors import BadInput
    from studio.film import open

    with open(arguments.dir) as film:
        if arguments.shot and arguments.version is None:
            raise BadInput(f"say which version of {arguments.shot} to keep: studio current DIR {arguments.shot} 3")
        if arguments.shot:
            if arguments.author:
                film.as_(arguments.author)
            print(film.current(arguments.shot, arguments.version))
        asked = film.log.in_question()
        for each in asked:
            print(each)
        if not asked and not arguments.shot:
            print("no shot's words are in question")


def _pack(arguments: argparse.Namespace) -> None:
    from studio.film import open

    with open(arguments.dir) as film:
        print(film.pack(arguments.to, media=arguments.media))


def _unpack(arguments: argparse.Namespace) -> None:
    from studio.delivery import unpack

    print(unpack(arguments.dir, arguments.to))


def _media(arguments: argparse.Namespace) -> None:
    from studio.film.opening import media_at

    print(f"media leads to {media_at(arguments.dir, arguments.where)}")


def _relink(arguments: argparse.Namespace) -> None:
    from studio.film import open

    with open(arguments.dir) as film:
        print(film.relink(*arguments.places, copy=not arguments.link))


def _missing(arguments: argparse.Namespace) -> None:
    from studio.cli.commands import print_csv
    from studio.film import open

    with open(arguments.dir) as film:
        frame = film.missing()
        if arguments.csv:
            print_csv(frame)
        elif frame.empty:
            print("nothing is missing")
        else:
            print(frame[["take", "file", "last_seen"]].to_string(index=False, na_rep=""))
