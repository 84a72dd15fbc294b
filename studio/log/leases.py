"""Who works on which take: leases, and the queue of the takes that nobody has.

A lease is neither journalled nor merged, so whoever claims, keeps or gives one back on PostgreSQL need not wait for
others who write: rows are locked one by one, and what another one has in hand is passed over (`SKIP LOCKED`). On
SQLite there is one writer at a time. Leases are judged by the server's clock where there is one: those of two machines
may differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import BigInteger, Connection, bindparam, case, extract, func, or_, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement, Executable

from studio.log.ids import now_us
from studio.log.reads import Reads
from studio.log.rows import take_of
from studio.log.schema import lease, take_now, takes
from studio.nouns import State, Take

SERVER = "postgresql"


@dataclass(frozen=True)
class Claim:
    """A take that was got, as it stood in that moment."""

    take: Take
    state: State
    fence: int


@dataclass(frozen=True)
class _Sql:
    """The questions, for one kind of database. `owner`, `now`, `us` (how long) and ids are bound."""

    get: Executable
    keep: Executable
    renew: Executable
    holder: Executable
    release: Executable
    free: Executable
    free_among: Executable
    held: Executable
    standing: Executable


@cache
def _sql(dialect: str) -> _Sql:
    server = dialect == SERVER
    now: ColumnElement[int] = bindparam("now", type_=BigInteger)
    if server:
        now = sql_cast(extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)
    owner: ColumnElement[str] = bindparam("by")
    until = now + bindparam("us", type_=BigInteger)
    add = (postgresql.insert if server else sqlite.insert)(lease)
    got = add.values(take_id=bindparam("take"), owner=owner, until_us=until, fence=1)
    got = got.on_conflict_do_update(
        index_elements=[lease.c.take_id],
        set_={
            "owner": got.excluded.owner,
            "until_us": got.excluded.until_us,
            "fence": lease.c.fence + case((lease.c.until_us <= now, 1), else_=0),
        },
        where=or_(lease.c.until_us <= now, lease.c.owner == got.excluded.owner),
    )
    one = lease.c.take_id == bindparam("take")
    kept = (one, lease.c.owner == owner, lease.c.fence == bindparam("since"), lease.c.until_us > now)
    mine = select(lease.c.take_id).where(lease.c.owner == owner, lease.c.until_us > 0)
    nobodys = or_(lease.c.until_us.is_(None), lease.c.until_us <= now)
    waiting = (
        select(takes)
        .join(take_now, take_now.c.id == takes.c.id)
        .outerjoin(lease, lease.c.take_id == takes.c.id)
        .where(take_now.c.state.in_(bindparam("states", expanding=True)))
        .order_by(takes.c.id)
        .limit(bindparam("most"))
        .with_for_update(of=takes, skip_locked=True)  # SQLite knows no such thing, and has one writer at a time
    )
    among = takes.c.id.in_(bindparam("among", expanding=True))
    held = select(lease.c.take_id, lease.c.owner, lease.c.until_us - now).where(lease.c.until_us > now)
    return _Sql(
        get=got.returning(lease.c.fence),
        keep=update(lease).where(*kept).values(until_us=until),
        # what somebody has in hand is being kept by us, or was taken over
        renew=update(lease).where(lease.c.take_id.in_(mine.with_for_update(skip_locked=True))).values(until_us=until),
        holder=select(lease.c.owner).where(one, lease.c.until_us > now),
        release=update(lease).where(one, lease.c.owner == owner).values(until_us=0),
        free=waiting.where(nobodys),
        free_among=waiting.where(among, or_(nobodys, lease.c.owner == owner)),
        held=held.order_by(lease.c.take_id),
        standing=select(take_now.c.id, take_now.c.state).where(
            take_now.c.id.in_(bindparam("ids", expanding=True)),
        ),
    )


class Leasing:
    """What a transaction can do about leases; `_connection` is its own."""

    _connection: Connection

    def lease(self, take_id: str, owner: str, seconds: float) -> int | None:
        """Give a take to `owner` for some seconds; `None` while somebody else holds it.

        The number that comes back, the fence, grows whenever the take changes hands: who still has the same fence
        (`keep`) may go on writing about the take.
        """
        given = {"take": take_id, "by": owner, "us": _us(seconds)}
        fence = self._ask(self._questions.get, given, now=True).scalar()
        return None if fence is None else int(fence)

    def keep(self, take_id: str, owner: str, fence: int, seconds: float) -> bool:
        """Hold a take for some seconds from now; False if it is not in the hands of `owner` since that fence."""
        given = {"take": take_id, "by": owner, "since": fence, "us": _us(seconds)}
        return bool(self._ask(self._questions.keep, given, now=True).rowcount == 1)

    def holder(self, take_id: str) -> str:
        """The name under which a take is held at this moment; "" when nobody holds it."""
        return self._ask(self._questions.holder, {"take": take_id}, now=True).scalar() or ""

    def release(self, take_id: str, owner: str) -> None:
        """Give a take back; nothing happens if `owner` does not hold it."""
        self._ask(self._questions.release, {"take": take_id, "by": owner})

    def held(self) -> dict[str, tuple[str, float]]:
        """Every take (by id) that is held at this moment, by whom, and for how many seconds yet."""
        return {id: (owner, left / 1_000_000) for id, owner, left in self._ask(self._questions.held, {}, now=True)}

    @property
    def _questions(self) -> _Sql:
        return _sql(self._connection.dialect.name)

    def _ask(self, question: Executable, given: dict[str, Any], now: bool = False) -> Any:
        if now and self._connection.dialect.name != SERVER:
            given = given | {"now": now_us()}
        return self._connection.execute(question, given)


class Leases(Leasing, Reads):
    """A short transaction about nothing but leases (`Log.leases`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        yield self._connection

    def renew(self, owner: str, seconds: float) -> int:
        """Keep all takes that `owner` holds for some seconds from now; gives their number."""
        return int(self._ask(self._questions.renew, {"by": owner, "us": _us(seconds)}, now=True).rowcount)

    def claim_next(
        self, owner: str, seconds: float, limit: int, states: Collection[State], among: Collection[str] | None = None
    ) -> tuple[Claim, ...]:
        """Get the oldest takes that stand in one of these states and that nobody holds, at most `limit`.

        `among`: only of these ids, and such as `owner` holds already too.
        """
        given: dict[str, Any] = {"states": sorted(states), "most": limit}
        question = self._questions.free
        if among is not None:
            question, given = self._questions.free_among, given | {"among": sorted(among), "by": owner}
        got: dict[str, tuple[Take, int]] = {}
        for row in self._ask(question, given, now=True).mappings().all():
            fence = self.lease(row["id"], owner, seconds)
            if fence is not None:  # else it went to somebody between two looks
                got[row["id"]] = (take_of(row), fence)
        claims = []
        # where each stands is read once more, now that nobody else can move it: it may have been moved just before
        for id, state in self._ask(self._questions.standing, {"ids": sorted(got)}) if got else ():
            take, fence = got[id]
            if state in states:
                claims.append(Claim(take, cast(State, state), fence))
            else:
                self.release(id, owner)
        return tuple(sorted(claims, key=lambda claim: claim.take.id))


def now_at(connection: Connection) -> int:
    """Now, in microseconds, by the clock that leases are judged by."""
    if connection.dialect.name != SERVER:
        return now_us()
    return int(connection.execute(select(extract("epoch", func.clock_timestamp()) * 1_000_000)).scalar() or 0)


def _us(seconds: float) -> int:
    return int(seconds * 1_000_000)
