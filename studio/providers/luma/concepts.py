"""The camera words that Dream Machine lists, kept for a day in memory and, where there is a film, in its cache."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

FILE = "cache/luma-concepts.json"  # in the film's folder
FRESH_S = 86_400.0
MOST = 1_000  # words, of 100 letters: what is longer is no such list
LONGEST = 100


class Concepts:
    """The list as it was last heard. Without a file it lives as long as the process."""

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / FILE if folder else None
        self._names: tuple[str, ...] = ()
        self._heard_at = 0.0  # unix seconds

    def names(self) -> tuple[str, ...]:
        """The words; none where they were never heard, or what was kept of them cannot be read."""
        if not self._names and self._file is not None:
            with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
                kept = json.loads(self._file.read_text("utf-8"))
                self._names, self._heard_at = understood(kept["concepts"]), float(kept["heard_at"])
        return self._names

    def are_fresh(self) -> bool:
        """Whether they were heard within a day, by a clock that may jump."""
        return bool(self.names()) and 0 <= time.time() - self._heard_at < FRESH_S

    def keep(self, names: tuple[str, ...]) -> None:
        """Remember them. A cache that cannot be written is asked for again, and no more than that."""
        self._names, self._heard_at = names, time.time()
        if self._file is None:
            return
        part = self._file.with_suffix(".part")
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(exist_ok=True)
            part.write_text(json.dumps({"heard_at": self._heard_at, "concepts": names}), "utf-8")
            part.replace(self._file)


def understood(listed: object) -> tuple[str, ...]:
    """A list of words as it came; none where it is something else."""
    if not isinstance(listed, list) or len(listed) > MOST:
        return ()
    words = tuple(word for word in listed if isinstance(word, str) and 0 < len(word) <= LONGEST)
    return words if len(words) == len(listed) else ()
