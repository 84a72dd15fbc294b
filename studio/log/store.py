"""The log of a film: opening, one writer at a time, short reads, and nothing acknowledged that could be lost."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.engine import URL

from studio.errors import Damaged, NotFound, StoreError, StudioError
from studio.log import backups, database, journal, migrations, now
from studio.log.aliases import ELSEWHERE
from studio.log.decided import read_to
from studio.log.failures import REBUILD, UNREADABLE, file_failure, told, told_of_files
from studio.log.filesystem import fit_for_database
from studio.log.leases import SERVER, Claim, Leases
from studio.log.listening import FileListening, Listening, ServerListening, tell
from studio.log.money import all_lines
from studio.log.places import mark_in
from studio.log.reads import ReadsByName
from studio.log.schema import meta, outbox
from studio.log.settings import check_author
from studio.log.writer import Writer
from studio.nouns import Event, State

if TYPE_CHECKING:
    from pandas import DataFrame

BACKUPS = backups.FOLDER
MIGRATE_WAIT_S = 2.0  # how long a migration waits for another process that writes


class Log(ReadsByName):
    """Everything that was written and decided about a film. Threads and processes may share it.

    A write is on disk, in the database and in the journal, when its `with` block ends. Use as a context manager, or
    `close()` it; one that is forgotten closes itself.
    """

    def __init__(self, folder: Path, engine: Engine, name: str) -> None:
        self.folder = folder
        self._engine = engine
        self._name = name
        self._alone = threading.Lock()  # threads queue here rather than at the database
        self._writing: int | None = None  # the thread that holds it
        self._delivered = ""  # the row of the outbox whose lines are in the journal
        self._behind = False  # the journal lacks lines that the outbox holds
        self._listening: list[weakref.ref[Listening]] = []
        self._closed = weakref.finalize(self, _end, engine, self._listening)

    @classmethod
    def open(cls, folder: Path, *, url: str = "", director: str = "") -> Log:
        """Open the log of the film in `folder`, or make a new one.

        An older database is copied to `backups/` and brought up to date. `director` is whose verdict `takes_frame`
        shows; another one than last time folds all takes anew. What a crash left in the outbox goes to the journal.
        A log that was moved is opened where it lies now (`studio.log.moving`).
        """
        folder = Path(folder)
        where = database.database_url(folder, url)
        _check_place(folder, where)
        engine = database.connect(where)
        log = cls(folder, engine, database.name_of(where))
        try:
            with told(log._name):
                migrate(where, folder)
                with log._engine.connect() as connection:
                    waiting = connection.execute(select(outbox.c.id).limit(1)).first() is not None
                    other = now.director(connection) != director
                    left = mark_in(connection)
                if left:
                    from studio.log.moving import follow

                    return follow(log, url, director, left)
                if waiting or other:
                    with log._alone_on(writes=True) as connection:
                        log._deliver(connection)
                        if other:
                            with connection.begin():
                                now.set_director(connection, director)
                                now.refold(connection)
                                tell(connection)
        except BaseException:
            log.close()
            raise
        return log

    def close(self) -> None:
        """Close every connection. Closing twice does nothing."""
        if self._closed.alive:
            try:
                # Tidying only: on a disk that has become full or read-only the row stays, and the next opening sees
                # that its lines are in the journal.
                if self._delivered:
                    with (
                        suppress(StudioError),
                        told(self._name),
                        self._alone_on(writes=True) as connection,
                        connection.begin(),
                    ):
                        connection.execute(delete(outbox).where(outbox.c.id == self._delivered))
            finally:
                self._closed()

    def __enter__(self) -> Log:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Log({self.folder.name!r})"

    @property
    def is_open(self) -> bool:
        """Whether it can still be read and written."""
        return self._closed.alive

    @property
    def _on_server(self) -> bool:
        return self._engine.dialect.name == SERVER

    def listening(self) -> Listening:
        """Whoever wants to hear of every write, by anybody: `with log.listening() as news: news.wait(60)`.

        On a server others are heard at once. It does not keep the log open.
        """
        log = weakref.ref(self)
        closed = self._closed
        news: Listening
        if self._on_server:
            news = ServerListening(self._engine, lambda: closed.alive)
        else:
            news = FileListening(lambda: _moment_of(log()))
        self._listening[:] = [*(each for each in self._listening if each()), weakref.ref(news)]
        return news

    # --- writing ---

    @contextmanager
    def write(self, author: str) -> Iterator[Writer]:
        """One transaction by `author`. If the block raises, nothing of it is there; when it ends, all of it is.

        `StoreBusy` when another process writes for too long, `DiskFull`, `StoreError`, `Damaged` as the case may be.
        """
        check_author(author)
        with told(self._name), self._alone_on(writes=True) as connection:
            if self._behind:
                self._deliver(connection)
            transaction = connection.begin()
            writer = Writer(connection, author)
            yield writer
            row, lines = writer.finish()
            if not row:
                transaction.commit()
                return
            if self._delivered:
                connection.execute(delete(outbox).where(outbox.c.id == self._delivered))
            with told_of_files(self.folder), journal.locked(self.folder) as place:
                self._behind = True  # until the lines are in the journal, whatever happens in between
                transaction.commit()
                self._delivered = ""
                self._append(place, author, lines)
                self._delivered, self._behind = row, False
        _wake(self._listening)

    def undo(self, author: str) -> Event:
        """Undo the author's last decision (`events.DECISIONS`) that still counts; `BadInput` if none is left."""
        with self.write(author) as writer:
            return writer.undo()

    @contextmanager
    def leases(self) -> Iterator[Leases]:
        """One short transaction about who works on what. On a server it waits for nobody else's write."""
        with told(self._name), self._alone_on(writes=not self._on_server) as connection, connection.begin():
            yield Leases(connection)

    def renew(self, owner: str, seconds: float) -> int:
        """Keep all takes that `owner` holds for some seconds from now; gives their number."""
        with self.leases() as leases:
            return leases.renew(owner, seconds)

    def claim_next(
        self, owner: str, seconds: float, limit: int, states: Collection[State], among: Collection[str] | None = None
    ) -> tuple[Claim, ...]:
        """Get the oldest takes that stand in one of these states and that nobody holds (`Leases.claim_next`)."""
        with self.leases() as leases:
            return leases.claim_next(owner, seconds, limit, states, among)

    def back_up(self, why: str) -> Path:
        """A whole copy of the database at this moment, as an SQLite file in `backups/`; `why` is in its name."""
        if not self.is_open:
            raise self._is_closed()
        with told(self._name):
            return backups.back_up(self._engine, self.folder, why)

    def take_over(self, take_id: str) -> None:
        """Let go of a take that another machine was said to work on (`elsewhere`): it is made here from now on."""
        with self.leases() as leases:
            leases.release(take_id, ELSEWHERE)

    def refold(self) -> int:
        """Fold every take anew from its events; gives the number of takes."""
        with told(self._name), self._alone_on(writes=True) as connection, connection.begin():
            tell(connection)
            return now.refold(connection)

    # --- tables ---

    def takes_frame(self) -> DataFrame:
        """One row a take in story order; its columns are `studio.log.columns.TAKES`.

        `attrs["moment"]` is the id of the event up to which it was read: what came later may stand in it or not.
        """
        from studio.log import frames

        with self._reading() as connection:
            moment = read_to(connection)  # first: a database that has no snapshots may show more than that
            found = frames.take_values(connection)
        return frames.takes(found, moment)

    def shots_frame(self) -> DataFrame:
        """One row a shot in story order, with its newest words; columns `SHOTS`."""
        from studio.log import frames

        with self._reading() as connection:
            return frames.shots(connection)

    def prompts_frame(self, shot: str) -> DataFrame:
        """One row a version of a shot's words; columns `PROMPTS`."""
        from studio.log import frames

        return frames.prompts(self.prompts(shot))

    def history_frame(self, take: str) -> DataFrame:
        """One row for each thing that happened to a take (label or id), in order; columns `HISTORY`."""
        from studio.log import frames

        return frames.history(self.events(self.take(take).id))

    def ledger_frame(self) -> DataFrame:
        """One row for each take that was asked of a provider, with its money; columns `LEDGER`."""
        from studio.log import frames

        sounds = self.sounds()
        with self._reading() as connection:
            return frames.ledger(all_lines(connection, sounds))

    def inbox_frame(self) -> DataFrame:
        """One row for each take or sound that was sent and never answered; columns `INBOX`."""
        from studio.log import frames

        sounds = self.sounds()
        with self._reading() as connection:
            return frames.inbox(all_lines(connection, sounds))

    def sounds_frame(self) -> DataFrame:
        """One row for each sound effect; columns `SOUNDS`."""
        from studio.log import frames

        return frames.sounds(self.sounds())

    def verdicts_frame(self) -> DataFrame:
        """One row for each take and author who decided something about it; columns `VERDICTS`."""
        from studio.log import frames

        with self._reading() as connection:
            return frames.verdicts(connection)

    def cuts_frame(self) -> DataFrame:
        """One row a stored cut; columns `CUTS`."""
        from studio.log import frames

        return frames.cuts(self.cuts())

    # --- within ---

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with told(self._name), self._alone_on(writes=False) as connection:
            yield connection

    @contextmanager
    def _alone_on(self, *, writes: bool) -> Iterator[Connection]:
        """A connection, given back at the end with whatever was not committed undone; writers come one at a time."""
        if not self._closed.alive:
            raise self._is_closed()
        if not writes:
            with self._engine.connect() as connection:
                yield connection
            return
        me = threading.get_ident()
        if self._writing == me:
            raise RuntimeError("a write is open in this thread already: write through its writer")
        with self._alone:
            self._writing = me
            try:
                with self._engine.connect() as connection:
                    yield connection.execution_options(writes=True)
            finally:
                self._writing = None

    def _is_closed(self) -> StoreError:
        return StoreError(f"the log of {self.folder.name} is closed: open the film again")

    def _append(self, place: Path, author: str, lines: str) -> None:
        """Add committed lines to the journal. If that fails they wait in the outbox, and no further write begins."""
        try:
            journal.append(place, author, lines)
        except OSError as error:
            problem = file_failure(error, self.folder)
            said = f"{problem}; what was just written is safe in {self._name} and goes to the journal with the next"
            raise type(problem)(said) from error

    def _deliver(self, connection: Connection, *, new: bool = False) -> None:
        """Bring to the journal what a crash or a full disk left in the outbox; `new`: nothing of it can be there."""
        with connection.begin():
            self._deliver_within(connection, new=new)
        self._behind, self._delivered = False, ""

    def _deliver_within(self, connection: Connection, *, new: bool = False) -> None:
        query = select(outbox.c.author, outbox.c.lines).order_by(outbox.c.id).execution_options(yield_per=1)
        with connection.execute(query) as left, told_of_files(self.folder), journal.locked(self.folder) as place:
            journal.deliver(place, ((row.author, row.lines) for row in left), new=new)
        connection.execute(delete(outbox))


def _end(engine: Engine, listening: list[weakref.ref[Listening]]) -> None:
    engine.dispose()
    _wake(listening)  # for the last time


def _wake(listening: list[weakref.ref[Listening]]) -> None:
    for each in tuple(listening):
        if news := each():
            news.wake()


def _moment_of(log: Log | None) -> str | None:
    """The moment of a log; None of one that is closed or gone."""
    try:
        return log.moment() if log is not None and log.is_open else None
    except StudioError:
        if log is not None and log.is_open:
            raise
        return None


def _check_place(folder: Path, where: URL) -> None:
    """One sentence if the database of the film in `folder` cannot live there, or is gone."""
    if not folder.is_dir():
        raise NotFound(f"there is no folder {folder}: make the film with `studio new {folder}`")
    file = database.file_of(where)
    if file is None:
        return
    check_file(file, folder)
    if not (file.exists() and file.stat().st_size) and not journal.is_empty(folder):
        raise Damaged(f"{file.name} of {folder.name} is gone or empty, but its journal is there: {REBUILD}")


def check_file(file: Path, folder: Path) -> None:
    """One sentence if a database file of the film in `folder` cannot be where it is to be."""
    unfit = fit_for_database(file.parent)
    if unfit:
        raise StoreError(unfit)
    if file.is_dir():
        raise StoreError(f"{file.name} of {folder.name} is a folder: move it away; {REBUILD}")
    if file.parent != folder.resolve():
        _check_ours(file)


def _check_ours(file: Path) -> None:
    """A film.toml may name any file: one of another program is left as it is, down to its mode of writing."""
    if not file.is_file() or not file.stat().st_size:
        return
    ours = f"SELECT count(*), count(CASE name WHEN '{meta.name}' THEN 1 END) FROM sqlite_master WHERE type = 'table'"
    with suppress(*UNREADABLE):  # no database, or a damaged or a busy one: told when it is opened
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=0.1)) as connection:
            tables, marks = connection.execute(ours).fetchone()
        if tables and not marks:
            raise StoreError(f"{file.name} is no film's log: correct database_url in film.toml")


def migrate(where: URL, folder: Path) -> None:
    """Make the tables, or bring them up to date; `StoreBusy` after a moment if another process is writing."""
    with database.disposed(database.connect(where, busy_s=MIGRATE_WAIT_S)) as engine:
        with engine.connect() as connection:
            found = migrations.version(connection)
            migrations.check_known(found, database.name_of(where))
        if found == len(migrations.MIGRATIONS):
            return
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            migrations.migrate(connection, database.file_of(where), folder / BACKUPS)
            now.refold(connection)
