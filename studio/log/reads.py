"""What can be read from a log: by `Log` in a short transaction of its own, by `Writer` within the one it writes."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, or_, select, true

from studio.errors import NotFound
from studio.given import shown
from studio.log.aliases import TeamReads, current_words, cuts_now, request_now
from studio.log.decided import DecidedReads
from studio.log.folding import SOUND_KINDS, sounds_of
from studio.log.listening import MOMENT
from studio.log.looked import LookedReads
from studio.log.money import Standing, standing
from studio.log.rows import card_of, event_of, prompt_of, request_of, scene_of, shot_of, take_of
from studio.log.schema import cuts, events, meta, prompts, requests, scenes, shots, take_now, takes
from studio.log.took import TookReads
from studio.nouns import STATES, Card, Cut, Event, Prompt, Request, Scene, Shot, Sound, State, Take

CHUNK = 500  # ids in one question: SQLite takes only so many
FINISHED_UNPAID = ("refused", "failed", "cancelled")  # what was reserved for these is free again


@dataclass(frozen=True)
class KeptTake:
    """A finished take with the facts of its file."""

    take: Take
    file: str  # relative to the film's folder
    sha256: str
    rate: Fraction  # of the file, frames per second
    frames: int  # in the file
    width: int  # pixels, as shown
    height: int
    variable_rate: bool
    verdict: str = ""  # "circle", "hold", "ng"; "": none yet
    obeyed: str = ""  # a person's word, else as measured; "": neither
    best_in: int | None = None  # its best part, in frames of the file; None: from the first
    best_out: int | None = None  # the first frame that is not in it; None: to the last


@dataclass(frozen=True)
class Spending:
    """The film's money in micro-dollars, exact."""

    spent_micro_usd: int  # settled
    reserved_micro_usd: int  # held for takes on their way, and for finished ones whose bill is not known
    at_risk_micro_usd: int  # held for takes that were sent and never answered


class Reads(LookedReads, DecidedReads, TookReads, TeamReads):
    """The reading half of the log. Every call sees one moment."""

    def _reading(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def scenes(self) -> tuple[Scene, ...]:
        """The scenes in story order, each as it was last written."""
        latest = select(func.max(scenes.c.id)).group_by(scenes.c.number)
        with self._reading() as connection:
            found = connection.execute(select(scenes).where(scenes.c.id.in_(latest))).mappings().all()
        return tuple(sorted((scene_of(row) for row in found), key=lambda scene: scene.number))

    def shots(self) -> tuple[Shot, ...]:
        """The shots in story order."""
        with self._reading() as connection:
            found = connection.execute(select(shots).order_by(shots.c.id)).mappings().all()
        return tuple(shot_of(row) for row in found)

    def prompts(self, shot: str) -> tuple[Prompt, ...]:
        """Every version of a shot's words, the oldest first; `NotFound` if there is no such shot."""
        with self._reading() as connection:
            query = select(prompts).where(prompts.c.shot == shot).order_by(prompts.c.version)
            found = connection.execute(query).mappings().all()
            if not found:
                check_shot(shot, connection.execute(select(shots.c.id)).scalars().all())
        return tuple(prompt_of(row) for row in found)

    def latest_prompt(self, shot: str) -> Prompt | None:
        """The newest version of a shot's own words, no cell of a grid, or the one that was decided on where it was
        written twice (`in_question`); `None` before there is one, or such a shot."""
        own = (prompts.c.shot == shot, prompts.c.grid == "")
        query = select(prompts).where(*own).order_by(prompts.c.version.desc()).limit(1)
        with self._reading() as connection:
            found = connection.execute(query).mappings().first()
            decided = current_words(connection, shot) if found else {}
        return decided.get(shot) or (prompt_of(found) if found else None)

    def latest_prompts(self) -> tuple[Prompt, ...]:
        """The same of every shot, in story order; a shot without words is left out."""
        newest = (
            select(prompts.c.shot, func.max(prompts.c.version).label("version"))
            .where(prompts.c.grid == "")
            .group_by(prompts.c.shot)
            .subquery()
        )
        same = and_(prompts.c.shot == newest.c.shot, prompts.c.version == newest.c.version)
        with self._reading() as connection:
            query = select(prompts).join(newest, same).order_by(prompts.c.shot)
            found = [prompt_of(row) for row in connection.execute(query).mappings()]
            decided = current_words(connection)
        return tuple(decided.get(prompt.shot, prompt) for prompt in found)

    def newest_version(self, shot: str) -> int:
        """The highest number given to a version of a shot's words, cells of grids included; 0 before there is one."""
        query = select(func.max(prompts.c.version)).where(prompts.c.shot == shot)
        with self._reading() as connection:
            return int(connection.execute(query).scalar() or 0)

    def cards(self) -> tuple[Card, ...]:
        """The cards, each as it was last worded, in the order in which their names were first used."""
        return tuple({card.name: card for card in self.card_versions()}.values())

    def card_versions(self) -> tuple[Card, ...]:
        """Every wording of every card, the oldest first."""
        with self._reading() as connection:
            query = select(events).where(events.c.kind == "card").order_by(events.c.id)
            return tuple(card_of(event_of(row)) for row in connection.execute(query).mappings())

    def grid_events(self) -> tuple[Event, ...]:
        """What was written of each grid of variations, the oldest first."""
        with self._reading() as connection:
            query = select(events).where(events.c.kind == "grid").order_by(events.c.id)
            return tuple(event_of(row) for row in connection.execute(query).mappings())

    def moment(self) -> str:
        """A short text that is another one after each write, whoever wrote: to ask cheaply whether to look again."""
        with self._reading() as connection:
            return str(connection.execute(select(meta.c.value).where(meta.c.name == MOMENT)).scalar() or "")

    def takes(self, shot: str | None = None) -> tuple[Take, ...]:
        """All takes in story order, or those of one shot."""
        query = select(takes).order_by(takes.c.shot, takes.c.n)
        with self._reading() as connection:
            found = connection.execute(query if shot is None else query.where(takes.c.shot == shot)).mappings().all()
            if shot is not None and not found:
                check_shot(shot, connection.execute(select(shots.c.id)).scalars().all())
        return tuple(take_of(row) for row in found)

    def state(self, take_id: str) -> State:
        """Where a take stands."""
        with self._reading() as connection:
            found = connection.execute(select(take_now.c.state).where(take_now.c.id == take_id)).scalar()
        if found is None:
            raise NotFound(f"there is no take with the id {take_id!r} in this film")
        return cast(State, found)

    def takes_in(self, states: Collection[State]) -> tuple[Take, ...]:
        """The takes that stand in one of these states, in the order in which they were asked for."""
        query = select(takes).join(take_now, take_now.c.id == takes.c.id).where(take_now.c.state.in_(sorted(states)))
        with self._reading() as connection:
            found = connection.execute(query.order_by(takes.c.id)).mappings().all()
        return tuple(take_of(row) for row in found)

    def providers_of(self, take_ids: Collection[str]) -> dict[str, str]:
        """The provider of each of these takes, by the take's id."""
        query = select(take_now.c.id, take_now.c.provider).where(take_now.c.id.in_(bindparam("ids", expanding=True)))
        return {row.id: row.provider for row in self._in_chunks(query, take_ids)}

    def prompts_of_takes(self, take_ids: Collection[str]) -> dict[str, str]:
        """The id of the words that each of these takes was made from, by the take's id; adopted clips have none."""
        query = (
            select(takes.c.id, requests.c.prompt_id)
            .join(requests, requests.c.id == takes.c.request_id)
            .where(takes.c.id.in_(bindparam("ids", expanding=True)))
        )
        return {row.id: row.prompt_id for row in self._in_chunks(query, take_ids)}

    def standing_of(self, take_ids: Collection[str]) -> dict[str, tuple[State, str]]:
        """Where each of these takes stands and its verdict ("" for none), by its id."""
        query = select(take_now.c.id, take_now.c.state, take_now.c.verdict).where(
            take_now.c.id.in_(bindparam("ids", expanding=True))
        )
        return {row.id: (row.state, row.verdict or "") for row in self._in_chunks(query, take_ids)}

    def measured(self, provider: str, model: str) -> tuple[dict[str, str | None], ...]:
        """`provider`, `model`, `asked_move` and `obeyed` of each take of a model whose camera was measured."""
        columns = [take_now.c[name] for name in ("provider", "model", "asked_move", "obeyed")]
        where = (take_now.c.provider == provider, take_now.c.model == model, take_now.c.obeyed.is_not(None))
        with self._reading() as connection:
            return tuple(dict(row) for row in connection.execute(select(*columns).where(*where)).mappings())

    def _in_chunks(self, query: Select[Any], ids: Collection[str]) -> list[Any]:
        """All rows of a question about many ids: a database takes only so many at once."""
        listed = list(ids)
        with self._reading() as connection:
            return [
                row
                for start in range(0, len(listed), CHUNK)
                for row in connection.execute(query, {"ids": listed[start : start + CHUNK]})
            ]

    def sounds(self) -> tuple[Sound, ...]:
        """Every sound effect that was asked for, in order, each as it stands."""
        moved = and_(events.c.kind == "renumbered", events.c.subject.like("sound:%"))
        query = select(events).where(or_(events.c.kind.in_(SOUND_KINDS), moved)).order_by(events.c.id)
        with self._reading() as connection:
            return sounds_of(event_of(row) for row in connection.execute(query).mappings())

    def standing(self, labels: Collection[str] | None = None, most: int = 60, ended: int = 6) -> Standing:
        """How the takes and sounds of these labels stand, or all: their numbers, and the lines that matter now.

        There are at most `most` lines: the unknown ones first, then those on their way, then what ended last; of all
        takes at most `ended` that have ended.
        """
        sounds = self.sounds()
        with self._reading() as connection:
            return standing(connection, sounds, labels, most, ended)

    def reserved(self, take_id: str) -> int:
        """The micro-dollars that are or were held for a take."""
        with self._reading() as connection:
            held = connection.execute(select(take_now.c.reserved_micro_usd).where(take_now.c.id == take_id)).scalar()
        return int(held or 0)

    def takes_of_run(self, run: str) -> tuple[Take, ...]:
        """The takes that an earlier run of the same notebook cell made, in order."""
        runs = self.events(run, kinds=("run",))
        ids = cast(list[str], runs[-1].data["takes"]) if runs else []
        with self._reading() as connection:
            found = {
                row["id"]: take_of(row)
                for row in connection.execute(select(takes).where(takes.c.id.in_(ids))).mappings()
            }
        return tuple(found[id] for id in ids if id in found)

    def bought_like(self, request: Request) -> tuple[Take, ...]:
        """The takes of just this request (provider, model, payload) that were or may yet be paid for."""
        query = (
            select(takes)
            .join(requests, requests.c.id == takes.c.request_id)
            .join(take_now, take_now.c.id == takes.c.id)
            .where(
                requests.c.shot == request.shot,
                requests.c.provider == request.provider,
                requests.c.model == request.model,
                requests.c.payload_json == request.payload_json,
                take_now.c.state.not_in(FINISHED_UNPAID),
            )
            .order_by(takes.c.id)
        )
        with self._reading() as connection:
            return tuple(take_of(row) for row in connection.execute(query).mappings())

    def twins(self, take: Take, request: Request) -> tuple[Take, ...]:
        """Other takes of the same words at the same model whose answer is out: a job of theirs looks like its own."""
        query = (
            select(takes)
            .join(requests, requests.c.id == takes.c.request_id)
            .join(take_now, take_now.c.id == takes.c.id)
            .where(
                takes.c.id != take.id,
                requests.c.provider == request.provider,
                requests.c.model == request.model,
                requests.c.text == request.text,
                take_now.c.state.in_(("submitting", "unknown")),
            )
        )
        with self._reading() as connection:
            return tuple(take_of(row) for row in connection.execute(query).mappings())

    def jobs(self, provider: str) -> dict[str, str]:
        """The id of each job of a provider, with the id of the take that it belongs to."""
        query = (
            select(events.c.subject, events.c.data)
            .join(take_now, take_now.c.id == events.c.subject)
            .where(events.c.kind == "job", take_now.c.provider == provider)
        )
        with self._reading() as connection:
            return {json.loads(data)["job_id"]: take_id for take_id, data in connection.execute(query)}

    def events(self, subject: str, kinds: Collection[str] | None = None) -> tuple[Event, ...]:
        """What happened to a take (by its id), to "song" or another subject, in order; all of it or some kinds."""
        query = select(events).where(events.c.subject == subject).order_by(events.c.id)
        if kinds is not None:
            query = query.where(events.c.kind.in_(sorted(kinds)))
        with self._reading() as connection:
            found = connection.execute(query).mappings().all()
        return tuple(event_of(row) for row in found)

    def kept(self, shot: str | None = None, verdicts: Collection[str] = ("circle",)) -> tuple[KeptTake, ...]:
        """The circled takes whose clip is there, in story order, or those of one shot; or of other verdicts."""
        where = take_now.c.verdict.in_(sorted(verdicts))
        return self._with_media(where if shot is None else and_(where, take_now.c.shot == shot))

    def finished(self) -> tuple[KeptTake, ...]:
        """Every take whose clip is there, in story order, whatever its verdict."""
        return self._with_media(true())

    def media(self, take_id: str) -> KeptTake | None:
        """The facts of a take's clip; `None` before it is there."""
        found = self._with_media(take_now.c.id == take_id)
        return found[0] if found else None

    def _with_media(self, where: ColumnElement[bool]) -> tuple[KeptTake, ...]:
        facts = (
            "file", "sha256", "rate", "frames", "width", "height", "variable_rate", "verdict", "obeyed", "best_in",
            "best_out",
        )  # fmt: skip
        query = (
            select(takes, *(take_now.c[name] for name in facts))
            .join(take_now, take_now.c.id == takes.c.id)
            .where(where, take_now.c.state == "done", take_now.c.file.is_not(None))
            .order_by(takes.c.shot, takes.c.n)
        )
        with self._reading() as connection:
            found = connection.execute(query).mappings().all()
        return tuple(
            KeptTake(
                take=take_of(row),
                rate=Fraction(row["rate"]),
                variable_rate=bool(row["variable_rate"]),
                verdict=row["verdict"] or "",
                obeyed=row["obeyed"] or "",
                **{name: row[name] for name in ("file", "sha256", "frames", "width", "height", "best_in", "best_out")},
            )
            for row in found
        )

    def cuts(self) -> tuple[Cut, ...]:
        """Every stored cut, the oldest first."""
        with self._reading() as connection:
            return cuts_now(connection, select(cuts).order_by(cuts.c.version))

    def cut_ids(self) -> dict[int, str]:
        """The id of each stored cut by its version, which a merge may change."""
        with self._reading() as connection:
            query = select(cuts.c.version, cuts.c.id).order_by(cuts.c.version)
            return {row.version: row.id for row in connection.execute(query)}

    def latest_cut(self) -> Cut:
        """The newest cut."""
        with self._reading() as connection:
            found = cuts_now(connection, select(cuts).order_by(cuts.c.version.desc()).limit(1))
        if not found:
            raise NotFound("this film has no cut yet: make one with film.arrange()")
        return found[0]

    def spent(self, since_us: int = 0) -> Spending:
        """The film's money, or that of the takes asked for since a moment. A take's bill takes the place of what was
        reserved for it."""
        cost, held, state = take_now.c.cost_micro_usd, take_now.c.reserved_micro_usd, take_now.c.state
        reserved = [name for name in STATES if name not in FINISHED_UNPAID and name != "unknown"]
        query = select(
            func.coalesce(func.sum(cost), 0),
            func.coalesce(func.sum(case((and_(cost.is_(None), state.in_(reserved)), held), else_=0)), 0),
            func.coalesce(func.sum(case((and_(cost.is_(None), state == "unknown"), held), else_=0)), 0),
        )
        if since_us:
            query = query.where(take_now.c.created_at_us >= since_us)
        with self._reading() as connection:
            found = connection.execute(query).one()
        paid, kept, open_ = (int(sum_) for sum_ in found)
        for sound in self.sounds():
            if sound.asked_at_us < since_us:
                continue
            paid += sound.cost_micro_usd or 0
            kept += sound.price_micro_usd if sound.state == "asked" else 0
            open_ += sound.price_micro_usd if sound.state in ("sent", "unknown") else 0
        return Spending(paid, kept, open_)


class ReadsByName(Reads):
    """The reads whose names mean writing in `Writer`."""

    def prompt(self, id: str) -> Prompt:
        """The prompt with this id."""
        with self._reading() as connection:
            found = connection.execute(select(prompts).where(prompts.c.id == id)).mappings().first()
        if found is None:
            raise NotFound(f"there is no prompt {id!r} in this film")
        return prompt_of(found)

    def request(self, id: str) -> Request:
        """The request with this id."""
        with self._reading() as connection:
            found = connection.execute(select(requests).where(requests.c.id == id)).mappings().first()
            if found is None:
                raise NotFound(f"there is no request {id!r} in this film")
            return request_now(connection, request_of(found))

    def take(self, label_or_id: str) -> Take:
        """The take of this label ("07A-003") or id; `NotFound` names the nearest label."""
        given = label_or_id if isinstance(label_or_id, str) else shown(label_or_id)
        name = given.encode(errors="replace").decode()  # half a character is in no label, and no query
        query = select(takes).where(or_(takes.c.label == name, takes.c.id == name))
        with self._reading() as connection:
            found = connection.execute(query).mappings().first()
            labels = [] if found else list(connection.execute(select(takes.c.label)).scalars())
        if found is None:
            near = difflib.get_close_matches(name[:40], labels, 1, 0.0)
            hint = f"the nearest is {near[0]}" if near else "this film has no takes yet"
            raise NotFound(f"there is no take {shown(label_or_id)}: {hint}")
        return take_of(found)

    def origin_of(self, shot: str) -> Take | None:
        """The take that a shot was begun from (`scene.from`); `None` where it was begun with words."""
        began = self.events(f"shot:{shot}", kinds=("scene.from",))
        return self.take(str(began[-1].data["take"])) if began else None

    def cut(self, version: int) -> Cut:
        """The cut of this version."""
        with self._reading() as connection:
            found = cuts_now(connection, select(cuts).where(cuts.c.version == version))
            newest = 0 if found else connection.execute(select(func.max(cuts.c.version))).scalar() or 0
        if not found:
            there = f"the newest is version {newest}" if newest else "this film has no cut yet"
            raise NotFound(f"there is no cut of version {version!r}: {there}")
        return found[0]


def check_shot(shot: str, known: Collection[str]) -> None:
    """`NotFound` naming the nearest shot, if there is no such shot."""
    if shot not in known:
        near = difflib.get_close_matches(str(shot), known, 1, 0.0)
        hint = f"the nearest is {near[0]}" if near else "this film has no shots yet"
        raise NotFound(f"there is no shot {shot!r}: {hint}")
