"""Hearing of every write to a log, whoever wrote: by `LISTEN` and `NOTIFY` on a server, else by a look each second.

Every write sets the log's moment and tells it in its own transaction, so that nobody hears of what is not there. A
server tells at once and nobody has to ask; a file tells nobody, so another process's writes are looked for.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, Self

from sqlalchemy import Connection, Engine, bindparam, func, text
from sqlalchemy.dialects import postgresql, sqlite

from studio.errors import StudioError
from studio.log import database
from studio.log.ids import new_id
from studio.log.schema import meta

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn

LOOK_S = 1.0  # how often a file is looked at: what another process writes to it tells nobody
AGAIN_S = 1.0  # how soon a server that is gone is looked for again
MOMENT = "moment"  # in `meta`: another text after each write
_CHANNEL = "concat('circletake_', md5(current_schema()))"  # a film has a schema, or a database, to itself


def _telling(server: bool) -> Any:
    add = (postgresql.insert if server else sqlite.insert)(meta).values(name=MOMENT, value=bindparam("moment"))
    set_ = add.on_conflict_do_update(index_elements=[meta.c.name], set_={"value": add.excluded.value})
    return set_.returning(func.pg_notify(text(_CHANNEL), "")) if server else set_


_TELL = {"sqlite": _telling(False), "postgresql": _telling(True)}


def tell(connection: Connection) -> None:
    """Let everybody who listens hear of this transaction once it is committed. Whatever writes to a log calls it."""
    connection.execute(_TELL[connection.dialect.name], {"moment": new_id()})


class Listening(Protocol):
    """What `log.listening()` gives; a context manager."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def wait(self, timeout_s: float) -> bool:
        """Wait until something is written, by anybody, or `wake` is called; False after so many seconds of nothing.

        It may be True for nothing, as where a server was gone for a while. True at once when the log is closed.
        """

    def wake(self) -> None:
        """End a wait, from any thread; or the next one."""


class FileListening:
    """Listens to a database file: own writes at once, those of others by a look each second."""

    def __init__(self, moment: Callable[[], str | None]) -> None:
        self._moment = moment  # None: the log is closed
        self._woken = threading.Event()
        self._known: str | None = None

    def __enter__(self) -> Self:
        self._known = self._look()
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to give back."""

    def wake(self) -> None:
        """End a wait, or the next one."""
        self._woken.set()

    def wait(self, timeout_s: float) -> bool:
        """Whether something was written before so many seconds were over."""
        end = time.monotonic() + timeout_s
        while True:
            woken = self._woken.wait(max(0.0, min(LOOK_S, end - time.monotonic())))
            self._woken.clear()
            now = self._look()
            if woken or now is None or now != self._known:
                self._known = now
                return True
            if time.monotonic() >= end:
                return False

    def _look(self) -> str | None:
        try:
            return self._moment()
        except StudioError:  # busy with somebody's write: looked at again
            return self._known or ""


class ServerListening:
    """Listens to a server on a connection of its own, which is made anew when it was lost."""

    def __init__(self, engine: Engine, is_open: Callable[[], bool]) -> None:
        self._engine = engine
        self._is_open = is_open
        self._here, self._there = socket.socketpair()
        self._connection: Any = None  # of psycopg, taken out of the engine's pool

    def __enter__(self) -> Self:
        self._connect()
        return self

    def __exit__(self, *_: object) -> None:
        self._lose()
        self._here.close()
        self._there.close()

    def wake(self) -> None:
        """End a wait, or the next one."""
        with suppress(OSError):  # full: it is awake already; closed: nobody waits any more
            self._there.send(b".", socket.MSG_DONTWAIT)

    def wait(self, timeout_s: float) -> bool:
        """Whether something was written before so many seconds were over."""
        end = time.monotonic() + timeout_s
        while True:
            if not self._is_open():
                return True
            if self._connection is None and self._connect():
                return True  # what was told meanwhile was not heard
            left = max(0.0, end - time.monotonic())
            if self._heard(left if self._connection else min(left, AGAIN_S)):
                return True
            if time.monotonic() >= end:
                return False

    def _heard(self, seconds: float) -> bool:
        """Whether something was told or somebody woke us within so many seconds; a lost connection is noticed."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._here, selectors.EVENT_READ)
            if self._connection:
                selector.register(self._connection.pgconn.socket, selectors.EVENT_READ)
            ready = [key.fileobj for key, _ in selector.select(seconds)]
        if self._here in ready:
            self._here.recv(4096)
            return True
        return bool(ready) and self._told()

    def _told(self) -> bool:
        from psycopg import Error

        server: PGconn = self._connection.pgconn
        try:
            server.consume_input()
        except Error:
            self._lose()
            return False
        heard = False
        while server.notifies() is not None:
            heard = True
        return heard

    def _connect(self) -> bool:
        """Whether the server could be asked to tell us."""
        from psycopg import Error
        from psycopg.sql import SQL, Identifier

        made = None
        try:
            made = database.driver_connection(self._engine)
            channel = made.execute(f"SELECT {_CHANNEL}").fetchone()[0]
            made.execute(SQL("LISTEN {}").format(Identifier(channel)))
        except Error:  # the server is gone, or is just starting
            if made is not None:
                made.close()
            return False
        self._connection = made
        return True

    def _lose(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
