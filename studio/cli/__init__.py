"""`studio`: the film's work without a notebook."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence

from studio.cli.commands import OVERRIDES, generate, lay_out_notebooks, parser
from studio.cli.opening import as_commands
from studio.errors import StudioError

__all__ = ["OVERRIDES", "lay_out_notebooks", "main"]

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a person's mistake is one sentence on standard error and status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a title that the terminal cannot show is no failure
    arguments = parser().parse_args(argv)
    try:
        status = int(arguments.run(arguments) or 0)
        if sys.stdout:
            sys.stdout.flush()  # here, where what becomes of it can be told
        return status
    except BrokenPipeError:  # `studio takes DIR | head -1`: the reader has seen enough
        _write_no_more()
        return 0
    except OSError as error:
        if error.errno not in NO_ROOM or error.filename:
            raise
        _write_no_more()
        print("studio: there is no room left where the output goes: write it elsewhere", file=sys.stderr)
        return 2
    except StudioError as error:
        print(f"studio: {as_commands(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        on = "the same command" if arguments.run is not generate else f"studio resume {arguments.dir}"
        print(f"studio: stopped; {on} goes on from here", file=sys.stderr)
        return 130


def _write_no_more() -> None:
    """What is still in the buffer has nowhere to go, and Python would complain of it once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
