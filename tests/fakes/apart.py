"""A fake in a process of its own, for whoever counts processor time or kills the process that asks it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

HERE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Apart:
    """Where it is, and which process it is."""

    url: str
    pid: int

    def ledger(self) -> Any:
        """As `tests.fakes.__main__.ledger` says."""
        with build_opener(ProxyHandler({})).open(f"{self.url}/_ledger", timeout=30) as answer:
            return json.load(answer)


@contextmanager
def apart(name: str, clip: Path, **options: object) -> Iterator[Apart]:
    """The fake of that name while the block lasts.

    `options` are those of `python -m tests.fakes`: hold, price, share, seed, port; any other goes to the fake itself.
    """
    own = ("hold", "price", "share", "seed", "port")
    words = [
        word
        for key, value in options.items()
        for word in ((f"--{key}", str(value)) if key in own else ("--with", f"{key}={value}"))
    ]
    command = [sys.executable, "-m", "tests.fakes", name, "--clip", str(clip.absolute()), *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Apart(process.stdout.readline().strip(), process.pid)
        finally:
            process.stdin.close()
            process.wait()
