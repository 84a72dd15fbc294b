"""Files that are whole or not there: written beside their place under another name, then renamed."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from studio.media.files import disk_errors, sync_file, sync_folder

PARTIAL = ".partial"
FORGOTTEN_S = 24 * 3600  # what nobody wrote to for a day belongs to a run that was killed


@contextlib.contextmanager
def in_place(final: Path) -> Iterator[Path]:
    """A path to write to, which takes the name `final` when the block ends well, and is gone when it does not.

    Its bytes are on the disk before it has the name. Raises DiskFull and StoreError where the disk refuses.
    """
    with scratch(final) as partial:
        yield partial
        sync_file(partial)
        partial.replace(final)
        sync_folder(final.parent)


@contextlib.contextmanager
def scratch(beside: Path) -> Iterator[Path]:
    """A path beside another that no other run has, to write to; what was written is gone when the block ends."""
    partial = beside.with_name(f"{beside.name}.{secrets.token_hex(4)}{PARTIAL}")
    with disk_errors(beside):
        try:
            yield partial
        finally:
            partial.unlink(missing_ok=True)


def sweep(folder: Path, pattern: str = f"*{PARTIAL}") -> None:
    """Remove what killed runs left in a folder of the cache."""
    before = time.time() - FORGOTTEN_S
    for path in folder.glob(pattern):
        with contextlib.suppress(FileNotFoundError):  # another run may sweep too
            if path.stat().st_mtime >= before:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def folder_for(path: Path) -> Path:
    """The folder itself, made where it is not there."""
    with disk_errors(path):
        path.mkdir(parents=True, exist_ok=True)
    return path
