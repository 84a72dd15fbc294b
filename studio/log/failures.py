"""What a database or a disk says, as one sentence for a person."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import BadInput, Damaged, DiskFull, StoreBusy, StoreError, StudioError

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

# Result codes of SQLite (https://sqlite.org/rescode.html)
_BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 10, 11, 13, 14, 26
_IOERR_SHMSIZE = 4874  # no room for the -shm file

UNREADABLE = (sqlite3.Error, UnicodeDecodeError)  # of a damaged file; the second where not even that can be said
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
REBUILD = "rebuild it from the journal with `studio doctor --rebuild`"


@contextmanager
def told_of_files(folder: Path) -> Iterator[None]:
    """Turn an `OSError` about a file of the film into one sentence."""
    try:
        yield
    except OSError as error:
        raise file_failure(error, folder) from error


def file_failure(error: OSError, folder: Path) -> StudioError:
    """The sentence for an `OSError`, naming the file by its name in the film's folder."""
    name = Path(error.filename).name if isinstance(error.filename, str) else folder.name
    if error.errno in NO_ROOM:
        what = "" if name == folder.name else f" for {name}"
        return DiskFull(f"there is no room left{what} on the disk of {folder.name}: free some space and try again")
    where = name if name == folder.name else f"{name} in {folder.name}"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(f"{where} cannot be written (read-only): give yourself the right to write it")
    return StoreError(f"{where} cannot be used: {error.strerror or error}")


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn an error of the database into one sentence; `name` is what a person calls it: film.db, or a server."""
    from sqlalchemy.exc import DBAPIError, TimeoutError

    try:
        yield
    except sqlite3.Error as error:
        raise _sqlite_failure(getattr(error, "sqlite_errorcode", 0), str(error), name) from error
    except DBAPIError as error:
        raise _database_failure(error, name) from error
    except TimeoutError as error:
        raise StoreBusy(f"{name} is busy in this process: wait for the running work to finish") from error
    except UnicodeDecodeError as error:
        if not _is_of_database(error):  # it is of whoever writes
            raise
        raise Damaged(f"{name} is damaged: {REBUILD}") from error


def _is_of_database(error: UnicodeDecodeError) -> bool:
    """Whether SQLite said what is wrong with a file in letters of it that are none."""
    at = error.__traceback__
    while at and at.tb_next:
        at = at.tb_next
    return at is not None and str(at.tb_frame.f_globals.get("__name__")).startswith(("sqlalchemy.", "studio.log."))


def _database_failure(error: DBAPIError, name: str) -> StudioError:
    from sqlalchemy.exc import IntegrityError

    cause = error.orig
    said = " ".join(str(cause).split())
    if isinstance(error, IntegrityError):
        return BadInput(f"what was to be written is in {name} already ({said}): nothing was changed")
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return _sqlite_failure(code, said, name)
    state = getattr(cause, "sqlstate", None) or ""
    if state in ("55P03", "40P01"):  # lock_not_available, deadlock_detected
        return StoreBusy(f"{name} is held by another process: close the film there, or try again in a moment")
    if state.startswith("53"):  # insufficient resources: 53100 is disk_full
        return DiskFull(f"{name} has no room left: {said}")
    if state in ("25006", "42501"):  # read_only_sql_transaction, insufficient_privilege
        return StoreError(f"{name} cannot be written: ask its owner for the right to write ({said})")
    if not state:  # no server has answered
        return StoreError(f"{name} does not answer ({said}): see that it runs and that you may use it")
    return StoreError(f"{name} cannot be used: {said}")


def _sqlite_failure(code: int, said: str, name: str) -> StudioError:
    kind = code & 0xFF
    if kind in (_BUSY, _LOCKED):
        return StoreBusy(f"{name} is held by another process: close the film there, or try again in a moment")
    if kind == _FULL or code == _IOERR_SHMSIZE:
        return DiskFull(f"there is no room left on the disk of {name}: free some space and try again")
    if kind in (_READONLY, _CANTOPEN):
        return StoreError(f"{name} cannot be written (read-only): give yourself the right to write it and its folder")
    if kind in (_CORRUPT, _NOTADB):
        return Damaged(f"{name} is damaged: {REBUILD}")
    if kind == _IOERR:
        return StoreError(f"{name} could not be read or written ({said}): see that its disk is well and has room")
    return StoreError(f"{name} cannot be used: {said}")
