"""What each take and sound costs and how far it is: the lines of the ledger, and the few of them that matter now."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, select

from studio.log.rows import event_of
from studio.log.schema import events, take_now
from studio.nouns import FINAL_STATES, Event, Sound, State

T = TypeVar("T")
# what a person is asked about comes first, then what is on its way, the furthest first
ORDER: tuple[State, ...] = ("unknown", "downloading", "ready", "running", "submitted", "submitting", "planned")
CHUNK = 500  # ids or labels in one question: SQLite takes only so many
STATE_OF_SOUND: Mapping[str, State] = {
    "asked": "planned", "sent": "unknown", "made": "done", "ended": "failed", "unknown": "unknown",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One take that was asked of a provider, or one sound effect (its states are named as those of a take)."""

    id: str
    take: str  # label
    shot: str
    provider: str
    model: str | None
    state: State
    price_micro_usd: int | None  # before it was sent
    spent_micro_usd: int | None  # charged; None: not known yet
    reserved_micro_usd: int = 0
    at_risk_micro_usd: int = 0
    price_source: str | None = None
    price_read_on: str | None = None
    took_s: float | None = None  # how long its server worked on it, where that is what it costs
    sent_at_us: int | None = None
    ended_at_us: int | None = None  # of a take: when it came into its last state
    job: str | None = None
    what: str | None = None  # the last that is known about it, in words
    why: str | None = None  # what was said since it came into its state
    paid_again_as: str | None = None  # label of the take that was bought in its place
    seconds: float | None = None  # of the clip; before it is there, what was asked for
    file: str | None = None  # the clip, relative to the film's folder
    asked_move: str | None = None
    obeyed: str | None = None
    is_sound: bool = False


@dataclass(frozen=True)
class Standing:
    """How takes and sounds stand: all of them in numbers, some of them as lines."""

    counts: Mapping[State, int]
    sounds: int  # of them, sounds
    shots: tuple[str, ...]  # those that they are of, in story order
    lines: tuple[Line, ...] = field(repr=False)  # in the order of ORDER, then what has ended, the last first


def all_lines(connection: Connection, sounds: Iterable[Sound]) -> list[Line]:
    """Every take that was asked of a provider, in the order of asking; then every sound effect."""
    asked = select(take_now).where(take_now.c.provider != "adopted").order_by(take_now.c.id)
    return [*_lines(connection, asked), *map(_line_of_sound, sounds)]


def standing(
    connection: Connection, sounds: Iterable[Sound], labels: Collection[str] | None, most: int, ended: int
) -> Standing:
    """How those of these labels stand, or all; at most `most` lines, and of all no more than `ended` that have ended.

    Reads the events of those lines only: the log may hold 100,000 takes.
    """
    found = _of_all(connection, ended) if labels is None else _of_these(connection, labels)
    heard = [_line_of_sound(sound) for sound in sounds if labels is None or sound.label in labels]
    open_ = [*found.open, *((line.id, line.state) for line in heard if line.state in ORDER)]
    over = [*found.ended, *(line.id for line in reversed(heard) if line.state in FINAL_STATES)]
    over = over[: most if labels is not None else ended]
    chosen = [id for id, _ in sorted(open_, key=lambda at: (ORDER.index(at[1]), at[0]))]
    chosen = chosen[: most - min(ended, len(over))]
    chosen += over[: most - len(chosen)]
    lines = [line for line in heard if line.id in chosen]
    for ids in _chunks(chosen):
        lines += _lines(connection, select(take_now).where(take_now.c.id.in_(ids)), ids)
    counts = found.counts + Counter(line.state for line in heard)
    shots = {*found.shots, *(line.shot for line in heard)}
    return Standing(counts, len(heard), tuple(sorted(shots)), tuple(sorted(lines, key=_place)))


def _place(line: Line) -> tuple[int, int, str]:
    if line.state in ORDER:
        return ORDER.index(line.state), 0, line.id
    return len(ORDER), -(line.ended_at_us or 0), line.id


@dataclass(frozen=True)
class _Found:
    """Takes, before anything but their states is read."""

    counts: Counter[State]
    shots: set[str]
    open: list[tuple[str, State]]  # ids of all that have not ended
    ended: list[str]  # ids, the last first


_ASKED = select(take_now.c.id, take_now.c.state, take_now.c.shot).where(take_now.c.provider != "adopted")


def _of_these(connection: Connection, labels: Collection[str]) -> _Found:
    query = _ASKED.where(take_now.c.take.in_(bindparam("labels", expanding=True))).order_by(take_now.c.id.desc())
    rows = [row for part in _chunks(sorted(labels)) for row in connection.execute(query, {"labels": part})]
    return _Found(
        Counter(cast(State, row.state) for row in rows),
        {row.shot for row in rows},
        [(row.id, row.state) for row in rows if row.state in ORDER],
        [row.id for row in rows if row.state in FINAL_STATES],
    )


def _of_all(connection: Connection, ended: int) -> _Found:
    numbers = select(take_now.c.state, take_now.c.shot, func.count().label("takes"))
    numbers = numbers.where(take_now.c.provider != "adopted").group_by(take_now.c.state, take_now.c.shot)
    counts: Counter[State] = Counter()
    shots = set()
    for row in connection.execute(numbers):
        counts[cast(State, row.state)] += row.takes
        shots.add(row.shot)
    moved = select(events.c.subject).where(events.c.kind == "state").order_by(events.c.id.desc()).limit(20 * ended)
    last = list(dict.fromkeys(connection.execute(moved).scalars()))
    final = set(
        connection.execute(
            select(take_now.c.id).where(
                take_now.c.id.in_(last), take_now.c.state.in_(sorted(FINAL_STATES)), take_now.c.provider != "adopted"
            )
        ).scalars()
    )
    rows = connection.execute(_ASKED.where(take_now.c.state.in_(ORDER)))
    return _Found(counts, shots, [(row.id, row.state) for row in rows], [id for id in last if id in final])


def _lines(connection: Connection, asked: Select[Any], ids: Sequence[str] | None = None) -> list[Line]:
    """A line for each row of `take_now` that is asked for; `ids` are theirs, where they are few."""
    kinds = ("state", "job", "money.reserved", "money.settled", "remark")
    query = select(events).where(events.c.kind.in_(kinds)).order_by(events.c.id)
    happened: dict[str, list[Event]] = defaultdict(list)
    for row in connection.execute(query if ids is None else query.where(events.c.subject.in_(ids))).mappings():
        event = event_of(row)
        happened[event.subject].append(event)
    return [_line(row, happened[row["id"]]) for row in connection.execute(asked).mappings()]


def _line(now: RowMapping, happened: Sequence[Event]) -> Line:
    names = ("id", "take", "shot", "provider", "model", "state", "file", "asked_move", "obeyed")
    row: dict[str, Any] = {name: now[name] for name in names}
    held, cost = now["reserved_micro_usd"], now["cost_micro_usd"]
    row |= {"price_micro_usd": now["estimated_micro_usd"], "spent_micro_usd": cost, "seconds": now["duration_s"]}
    if cost is None and held:
        row["at_risk_micro_usd" if now["state"] == "unknown" else "reserved_micro_usd"] = held
    for event in happened:
        data = event.data
        match event.kind:
            case "money.reserved":
                # of the price before it was sent: the later ones are the provider's own word of the bill
                row |= {f"price_{name}": row.get(f"price_{name}") or data.get(name) for name in ("source", "read_on")}
            case "money.settled":
                row["took_s"] = int(str(data["took_ms"])) / 1000 if data.get("took_ms") else row.get("took_s")
            case "job":
                row["job"] = data["job_id"]
            case "remark":
                row["what"] = data["text"]
                if data.get("paid_again_as"):
                    row["paid_again_as"] = data["paid_again_as"]
                else:
                    row["why"] = data["text"]
            case _:
                row["what"] = data.get("error") or data.get("note") or row.get("what")
                row["why"] = data.get("error") or data.get("note")
                row["sent_at_us"] = event.at_us if data["state"] == "submitting" else row.get("sent_at_us")
                row["ended_at_us"] = event.at_us if data["state"] in FINAL_STATES else None
    return Line(**row)


def _line_of_sound(sound: Sound) -> Line:
    state = STATE_OF_SOUND[sound.state]
    return Line(
        id=sound.id, take=sound.label, shot=sound.shot, provider=sound.provider, model=sound.model, state=state,
        price_micro_usd=sound.price_micro_usd, spent_micro_usd=sound.cost_micro_usd, sent_at_us=sound.asked_at_us,
        what=sound.why or sound.text, why=sound.why or None, file=sound.file or None, is_sound=True,
        reserved_micro_usd=sound.price_micro_usd if state == "planned" else 0,
        at_risk_micro_usd=sound.price_micro_usd if state == "unknown" else 0,
    )  # fmt: skip


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
