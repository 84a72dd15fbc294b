"""Small things about files: the disk's refusals in words, and files that are whole and there for good, or not there.

What is being written stands beside its place under a name that no other run has, and is renamed when it is whole.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from studio.errors import DiskFull, StoreError

PARTIAL = ".partial"
FORGOTTEN_S = 24 * 3600  # what nobody wrote to for a day belongs to a run that was killed


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
        raise StoreError(
            f"{path.parent.name}/{path.name} cannot be written ({problem.strerror}): see that its folder is there"
        ) from problem


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
            if path.lstat().st_mtime >= before:  # of the name itself: a link may lead to something old
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
