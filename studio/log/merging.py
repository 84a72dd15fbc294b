"""Two logs of one film, edited apart, made one: `studio merge OTHER`.

What was written is a set of rows and events, and merging is its union: nothing is overwritten, both sides' verdicts are
kept, and whichever side takes in the other, the same film comes of it. All of it is one transaction here, and the
other side is only read: a merge that is killed has not begun, or is whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.engine import URL

from studio.errors import BadInput, NotFound
from studio.given import shown
from studio.log import database, journal
from studio.log.aliases import AT_REST, InQuestion
from studio.log.failures import told, told_of_files
from studio.log.numbering import Renumbered
from studio.log.places import check_here, mark_in
from studio.log.rebuilding import rebuild
from studio.log.schema import lease, outbox, take_now
from studio.log.settings import FILE as SETTINGS
from studio.log.settings import read_settings
from studio.log.sides import Side, counted, reading, related, staged
from studio.log.store import Log
from studio.log.taking_in import bring_to_journal, leave_elsewhere, settle_takes, take_in


@dataclass(frozen=True)
class Merged:
    """What a merge did."""

    rows: dict[str, int]  # that are new here, by kind: scene, shot, prompt, request, take, event, cut
    renumbered: tuple[Renumbered, ...] = ()  # what has another number than before this merge, on either side
    in_question: tuple[InQuestion, ...] = ()  # shots whose words were written twice: all that wait for a decision
    elsewhere: tuple[str, ...] = ()  # labels of the takes that another machine works on
    skipped: tuple[str, ...] = ()  # one sentence for each thing that could not be taken in
    backup: str = ""  # a copy of the log as it was before, relative to the film's folder; "" where nothing was new

    def __str__(self) -> str:
        new = ", ".join(f"{count} {kind if count == 1 else f'{kind}s'}" for kind, count in self.rows.items() if count)
        lines = [f"taken in: {new}" if new else "nothing new: this film has all of it already"]
        lines += [f"the log as it was before lies in {self.backup}"] if self.backup else []
        lines += [*map(str, self.renumbered), *map(str, self.in_question)]
        if self.elsewhere:
            lines.append(f"made on another machine, and not here too: {', '.join(self.elsewhere)}")
        return "\n".join([*lines, *self.skipped])


def merge(folder: Path, other: Path | str = "") -> Merged:
    """Take in what another log of this film has: a film's folder, a database (film.db, or postgresql://…), or a journal
    (the folder, or one author's file); "" what Git brought into this film's own journal. The other is only read.

    A backup is made first. Merging again changes nothing. `BadInput` for another film;
    `StoreBusy` while somebody here writes for too long.
    """
    folder = Path(folder)
    settings = read_settings(folder)
    where = database.database_url(folder, settings.database_url)
    file = database.file_of(where)
    if not other and file and not file.exists():
        return _cloned(folder)
    with ExitStack() as stack:
        log = stack.enter_context(Log.open(folder, url=settings.database_url, director=settings.director))
        theirs, skipped = stack.enter_context(_opened(folder, other, where))
        return _merge(log, theirs, skipped, lines=bool(other))


def _cloned(folder: Path) -> Merged:
    """The film of a journal that came from elsewhere, and has no database here yet."""
    report = rebuild(folder, elsewhere=True)
    settings = read_settings(folder)
    with Log.open(folder, url=settings.database_url, director=settings.director) as log:
        labels = tuple(take.label for take in log.elsewhere())
        return Merged(report.rows, report.renumbered, log.in_question(), labels, report.skipped)


def _merge(log: Log, theirs: Side, skipped: list[str], *, lines: bool) -> Merged:
    backup = ""
    with told(log._name), log._alone_on(writes=True) as connection, log._engine.connect() as reader:
        ours = Side(reader, log._name)
        with connection.begin() as transaction:
            check_here(mark_in(connection))
            waiting = connection.execute(select(outbox.c.id).limit(1)).first() is not None
            if not ours.is_empty() and not theirs.is_empty() and not related(ours, theirs):
                raise BadInput(f"{theirs.name} is another film: it has nothing in common with {log.folder.name}")
            taken = take_in(connection, ours, theirs, lines=lines)
            if any(taken.rows.values()):
                backup = log.back_up("before-merge").relative_to(log.folder).as_posix()
                settle_takes(connection, taken)
                leave_elsewhere(connection, taken.moved_on)
                transaction.commit()
        if any(taken.rows.values()):
            log._deliver(connection, new=not waiting)
    return Merged(
        counted(taken.rows),
        tuple(taken.renumbered),
        log.in_question(),
        tuple(take.label for take in log.elsewhere()),
        tuple(skipped),
        backup,
    )


def leave_to_others(file: Path, journal_in: Path | None = None) -> tuple[str, ...]:
    """In a copy of a log, leave every take that is not at rest to the machine that the copy was made on, or it would be
    made, and paid for, on both; their labels. `journal_in`: the film whose journal goes with the copy and may lack what
    other machines wrote, which the copy then brings to it."""
    where = URL.create("sqlite", database=str(file.resolve()))
    open_ = select(take_now.c.id, take_now.c.take).where(take_now.c.state.not_in(AT_REST))
    with (
        told(file.name),
        database.disposed(database.connect(where)) as engine,
        engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        under_way: dict[str, str] = {row.id: row.take for row in connection.execute(open_)}
        connection.execute(update(lease).values(until_us=0))  # who holds one works on the log itself
        leave_elsewhere(connection, under_way)
        if journal_in:
            bring_to_journal(connection, journal_in, file.name)
    return tuple(sorted(under_way.values()))


@contextmanager
def _opened(folder: Path, other: Path | str, ours: URL) -> Iterator[tuple[Side, list[str]]]:
    """The other side, and what could not be read of it."""
    if isinstance(other, str) and "://" in other:
        with _database(database.database_url(folder, other), ours) as side:
            yield side, []
        return
    place = Path(other) if other else folder / journal.FOLDER
    if place.name == SETTINGS:
        place = place.parent
    if (place / SETTINGS).is_file():
        if place.resolve() == folder.resolve():
            raise BadInput(f"{shown(str(other))} is this film itself: name the other one")
        where = database.database_url(place, read_settings(place).database_url)
        file = database.file_of(where)
        if file is None or file.exists():
            with _database(where, ours) as side:
                yield side, []
            return
        place = place / journal.FOLDER
    if place.is_dir() or place.suffix == ".jsonl":
        files = sorted(place.glob("*.jsonl")) if place.is_dir() else [place]
        if not files and other:
            raise NotFound(f"{shown(str(other))} holds no film and no journal: give the folder that has film.toml")
        with staged(folder) as stage:
            with told_of_files(place):
                stage.read(journal.lines_of(files), "")
            with stage.opened(place.name if other else "its own journal") as side:
                yield side, stage.skipped
        return
    if not place.is_file():
        raise NotFound(f"there is no {shown(str(other))}: give a film's folder, its film.db or its journal")
    with _database(URL.create("sqlite", database=str(place.resolve())), ours) as side:
        yield side, []


@contextmanager
def _database(where: URL, ours: URL) -> Iterator[Side]:
    file, own = database.file_of(where), database.file_of(ours)
    if where == ours or (file and own and file.exists() and file.samefile(own)):
        raise BadInput(f"{database.name_of(where)} is this film's own log: name the other one")
    with told(database.name_of(where)), reading(where) as side:
        yield side
