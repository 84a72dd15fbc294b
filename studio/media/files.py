"""Small things about files: the disk's refusals in words, and what it takes for a file to be there for good."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from studio.errors import DiskFull, StoreError


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn the disk's refusals (full, read-only, not allowed) into DiskFull and StoreError, naming the file."""
    try:
        yield
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"there is no room for {path.name}: free some room where the film lies and run it again"
            ) from None
        if problem.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise StoreError(
                f"{path.parent.name}/{path.name} cannot be written ({problem.strerror}): make the folder writable"
            ) from None
        raise


def sync_file(path: Path) -> None:
    """Have the file's bytes on the disk, not only in memory."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the folder's names on the disk. (Windows cannot open a folder, and needs no such call.)"""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes in hex, read as a stream."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
