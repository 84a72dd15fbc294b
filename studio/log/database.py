"""Connections: SQLite as it has to be set for a log that loses nothing, and PostgreSQL to behave the same.

A connection with the execution option `writes=True` begins its transaction IMMEDIATE: it alone writes until it ends.
Every other one begins plainly: it reads, or (on PostgreSQL) locks single rows. There an advisory lock lets one writer
at a time into a film.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from studio.errors import BadInput, StoreError

if TYPE_CHECKING:
    from sqlalchemy.pool import ConnectionPoolEntry

FILE = "film.db"
BUSY_S = 20.0  # how long a write waits for another process
_ADVISORY = 0x63697263  # any number, as long as every process takes the same
_GONE = {  # libpq: a server that does not answer is noticed within a minute, not after hours
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 50_000,
}


def database_url(folder: Path, url: str) -> URL:
    """Where the log of the film in `folder` lives: `url` if one is given, else its own `film.db`."""
    if not url:
        return URL.create("sqlite", database=str(folder.resolve() / FILE))
    try:
        made = make_url(url)
    except ArgumentError:
        raise BadInput("the database URL is not understood: write postgresql://host/name") from None
    kind = made.drivername.split("+")[0]
    if kind == "sqlite" and made.database and Path(made.database).is_absolute():
        return made
    if kind != "postgresql":
        raise BadInput(f"a log cannot live in {made.drivername!r}: write postgresql://host/name, or sqlite:////path")
    return made.set(drivername="postgresql+psycopg")


def file_of(url: URL) -> Path | None:
    """The database file, or `None` for a server."""
    return Path(url.database) if url.drivername.startswith("sqlite") and url.database else None


def name_of(url: URL) -> str:
    """What a person calls the database, without a user's name or a password."""
    file = file_of(url)
    return file.name if file else f"the database {url.database} at {url.host or url.query.get('host', 'localhost')}"


def connect(url: URL, *, busy_s: float | None = None) -> Engine:
    """An engine whose pool is safe to share between threads. Nothing is opened yet."""
    wait = BUSY_S if busy_s is None else busy_s
    if file_of(url):
        engine = create_engine(url, connect_args={"timeout": wait, "check_same_thread": False})
        event.listen(engine, "connect", _set_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        # asked whether it is still there before each use: a server may have been restarted since
        engine = create_engine(url, connect_args=_server_options(url, wait), pool_pre_ping=True)
    except ImportError:
        raise StoreError('PostgreSQL needs psycopg: run pip install "circletake[postgres]"') from None
    event.listen(engine, "begin", _begin_postgres)
    return engine


def driver_connection(engine: Engine) -> Any:
    """A connection to the server outside the engine's pool, as psycopg makes it, that commits each statement."""
    _, named = engine.dialect.create_connect_args(engine.url)
    return engine.dialect.connect(**{**named, **_server_options(engine.url, BUSY_S)}, autocommit=True)


def _server_options(url: URL, wait_s: float) -> dict[str, Any]:
    options = f"{url.query.get('options', '')} -c lock_timeout={int(wait_s * 1000)}"
    return {name: value for name, value in _GONE.items() if name not in url.query} | {"options": options}


@contextmanager
def disposed(engine: Engine) -> Iterator[Engine]:
    """The engine, with every connection closed at the end."""
    try:
        yield engine
    finally:
        engine.dispose()


def _set_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver thinks
    cursor = connection.cursor()
    try:
        mode = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        cursor.execute("PRAGMA synchronous=FULL")
    finally:
        cursor.close()
    if mode != "wal":
        raise StoreError(f"{FILE} lies where SQLite cannot share it between processes: move the film to a local disk")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _begin_postgres(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        film = "hashtext(coalesce(current_schema(), ''))"  # a film has a schema, or a database, to itself
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY}, {film})")
