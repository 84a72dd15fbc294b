"""hashes.txt: the SHA-256 of every file of a delivery, as `sha256sum -c hashes.txt` reads it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from studio.media import sha256_of

HASHES = "hashes.txt"
_LINE = re.compile(r"(\\?)([0-9a-f]{64}) [ *](.+)")
_ESCAPED = {"\\\\": "\\", "\\n": "\n", "\\r": "\r"}


def listing(folder: Path, known: Mapping[str, str]) -> str:
    """The list of what is in a folder, in the order of the names. `known` are hashes that need no reading, by name."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = []
    for name in names:
        if name == HASHES:
            continue
        escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        mark = "\\" if escaped != name else ""  # as sha256sum says that a name is escaped
        lines.append(f"{mark}{known.get(name) or sha256_of(folder / name)}  {escaped}\n")
    return "".join(lines)


def read(folder: Path) -> dict[str, str]:
    """The hash of each file by its name, as a delivery's list says; nothing where there is none.

    A name that leads out of the folder is not read: a list comes from anywhere.
    """
    try:
        text = (folder / HASHES).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    found = {}
    for line in text.split("\n"):
        if match := _LINE.fullmatch(line):
            name = match[3]
            if match[1]:
                name = re.sub(r"\\[\\nr]", lambda each: _ESCAPED[each[0]], name)
            path = PurePosixPath(name)
            if not path.is_absolute() and ".." not in path.parts:
                found[name] = match[2]
    return found


def remove_old(folder: Path, old: Mapping[str, str], kept: Mapping[str, str]) -> None:
    """Take away what an earlier delivery put here and this one has not. What somebody has changed since stays."""
    for name, sha256 in old.items():
        path = folder / name
        if name in kept or path.is_symlink() or not path.is_file() or sha256_of(path) != sha256:
            continue
        path.unlink()
        with contextlib.suppress(OSError):  # other files are in it
            if path.parent != folder:
                path.parent.rmdir()
