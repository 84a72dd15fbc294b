"""Work on pictures handed to a cluster."""

from __future__ import annotations

import argparse
from collections.abc import Callable

Command = Callable[..., argparse.ArgumentParser]  # (name, run, what it does, what its first argument is)


def add(command: Command) -> None:
    """Make its commands known to the parser."""
