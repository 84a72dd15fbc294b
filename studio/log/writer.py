"""The writing half of the log: what one transaction adds.

Rows are gathered and go to the database together, when the block ends or something is read within it. Whoever
writes is alone (`BEGIN IMMEDIATE`), so what is read here still holds when it is committed: that is where guards and
budgets belong.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Column, Connection, func, insert, literal, select

from studio.errors import BadInput, NotFound, StoreError
from studio.log import events as kinds
from studio.log import now, rows
from studio.log.aliases import all_in_question
from studio.log.cuts import cut_to_json
from studio.log.decided import MERGED
from studio.log.folding import asked_move, sounds_of
from studio.log.ids import be_later_than, new_id, now_us
from studio.log.leases import Leasing
from studio.log.listening import tell
from studio.log.migrations import MIGRATIONS
from studio.log.numbering import label_of, sound_label
from studio.log.places import MOVED, check_here
from studio.log.reads import Reads, check_shot
from studio.log.schema import JOURNALLED, cuts, events, meta, outbox, prompts, requests, scenes, shots, takes
from studio.nouns import Cut, Event, Prompt, Request, Scene, Shot, Sound, Take, check_shot_id

# What every write has to know: the schema's version, the director, whether the log was moved, and the latest ids. Ids
# are made later than all that is there, whatever the clock says, so that their order is the order of the writes.
_DATED = [table for kind, table in JOURNALLED.items() if kind != "shot"]  # a shot's id is its name
_KNOWN = select(meta.c.name, meta.c.value).union_all(
    *(select(literal("latest"), func.max(table.c.id)) for table in _DATED)
)


class Writer(Leasing, Reads):
    """What `with log.write(author) as writer:` gives: everything added through it is there as one, or not at all."""

    def __init__(self, connection: Connection, author: str) -> None:
        self.author = author
        self._connection = connection
        self._pending: dict[str, list[rows.Row]] = {kind: [] for kind in JOURNALLED}
        self._lines: list[str] = []
        self._new: dict[str, None] = {}  # ids of takes that take_now lacks, in order
        self._touched: dict[str, None] = {}  # ids of other takes that have new events
        self._scenes: dict[str, Scene] | None = None
        self._shots: set[str] | None = None
        self._versions: dict[str, int] = {}  # the highest version of a shot's words
        self._seen: set[str] = set()  # ids known to be there
        self._newest: dict[str, int] = {}  # the highest number ever given in a shot
        found = connection.execute(_KNOWN).all()
        known = {row.name: row.value for row in found if row.name != "latest"}
        if known["schema"] != str(len(MIGRATIONS)):
            raise StoreError("the film was updated by a newer circletake while it was open here: open it again")
        check_here(known.get(MOVED))
        self._director = known.get("director", "")
        latest = [row.value for row in found if row.name in ("latest", MERGED) and row.value]
        if latest:
            be_later_than(max(latest))

    # --- what is written once ---

    def scene(self, scene: Scene) -> Scene:
        """Write a scene, or a new wording of it; the same again changes nothing."""
        if not scene.number.isdigit() or len(scene.number) != 2:
            raise BadInput(f"{scene.number!r} is not a scene: write two digits, such as 07")
        there = self._known_scenes()
        if there.get(scene.number) != scene:
            row = {"id": new_id()} | rows.scene_row(scene) | {"author": self.author, "at_us": now_us()}
            self._add("scene", row)
            there[scene.number] = scene
        return scene

    def shot(self, shot: Shot) -> Shot:
        """Write a shot, and its scene if there is none yet; nothing changes if the shot is there."""
        check_shot_id(shot.id)
        if shot.scene != shot.id[:2]:
            raise BadInput(f"shot {shot.id} is said to be of scene {shot.scene!r}: it is of scene {shot.id[:2]!r}")
        if shot.id not in self._known_shots():
            if shot.scene not in self._known_scenes():
                self.scene(Scene(shot.scene))
            self._add("shot", {"id": shot.id, "scene": shot.scene, "author": self.author, "at_us": now_us()})
            self._known_shots().add(shot.id)
        return shot

    def prompt(self, prompt: Prompt) -> Prompt:
        """Write the next version of a shot's words."""
        self._check_shot(prompt.shot)
        if prompt.shot not in self._versions:
            query = select(func.max(prompts.c.version)).where(prompts.c.shot == prompt.shot)
            self._versions[prompt.shot] = self._connection.execute(query).scalar() or 0
        expected = self._versions[prompt.shot] + 1
        if prompt.version != expected:
            raise BadInput(
                f"version {prompt.version} of the words of {prompt.shot} cannot be written: the next is {expected} "
                "(somebody wrote in between: look at it and write again)"
            )
        asked_move(prompt.camera_json)  # refuses what is not a camera
        self._versions[prompt.shot] = expected
        with self._reading() as connection:
            open_ = not prompt.grid and bool(all_in_question(connection, prompt.shot))
        self._add("prompt", rows.prompt_row(prompt))
        if open_:  # who writes newer words knowing both versions has decided
            self.event("current", prompt.shot, {"prompt": prompt.id})
        return prompt

    def request(self, request: Request) -> Request:
        """Write what is going to be sent."""
        self._check_shot(request.shot)
        if not self._there(prompts.c.id, request.prompt_id):
            raise NotFound(f"request {request.id} is made from a prompt that is not in this film: write that one first")
        asked_move(request.camera_json)
        self._add("request", rows.request_row(request))
        return request

    def take(self, shot: str, request_id: str = "", parent: str = "") -> Take:
        """A new take with the next label of its shot, never given before; it stands in the state `planned`."""
        self._check_shot(shot)
        for what, column, id in (("request", requests.c.id, request_id), ("parent", takes.c.id, parent)):
            if id and not self._there(column, id):
                raise NotFound(f"there is no {what} with the id {id!r} in this film: write it before its take")
        if shot not in self._newest:
            query = select(func.max(takes.c.n)).where(takes.c.shot == shot)
            self._newest[shot] = self._connection.execute(query).scalar() or 0
        n = self._newest[shot] + 1
        if n > 9999:
            raise BadInput(f"shot {shot} has 9999 takes, and a label has no more digits: write a new shot for more")
        self._newest[shot] = n
        take = Take(new_id(), label_of(shot, n), shot, n, request_id, self.author, now_us(), parent)
        self._add("take", {name: getattr(take, name) for name in Take.__dataclass_fields__})
        self._new[take.id] = None
        self.event("state", take.id, {"state": "planned"})
        return take

    def sound(self, shot: str, data: dict[str, object]) -> Sound:
        """A new sound effect of a shot with the next label, never given before."""
        self._check_shot(shot)
        n = max((int(sound.label.rpartition("-fx")[2]) for sound in self.sounds() if sound.shot == shot), default=0) + 1
        if n > 999:
            raise BadInput(f"shot {shot} has 999 sounds, and a label has no more digits: write a new shot for more")
        event = self.event("sound.asked", f"sound:{new_id()}", {"label": sound_label(shot, n), "shot": shot} | data)
        return sounds_of([event])[0]

    def cut(self, cut: Cut) -> Cut:
        """Store a cut (its version is 0) as the film's next version."""
        if cut.version:
            raise BadInput(f"version {cut.version} of the cut is stored and never changes: give it version 0 to store")
        with self._reading() as connection:
            newest = connection.execute(select(func.max(cuts.c.version))).scalar() or 0
        stored = replace(cut, id=new_id(), version=newest + 1, author=self.author, created_at_us=now_us())
        row = {name: getattr(stored, name) for name in ("id", "version", "name", "author", "created_at_us")}
        self._add("cut", row | {"cut": cut_to_json(stored)})
        return stored

    # --- what happens ---

    def event(self, kind: str, subject: str, data: dict[str, object]) -> Event:
        """Append an event (`studio.log.events.KINDS`); the subject of a take's event is the take's id."""
        if kind == "current" and "knew" not in data:  # for a later merge, which may bring more
            known = select(prompts.c.id).where(prompts.c.shot == subject, prompts.c.grid == "")
            with self._reading() as connection:
                data = data | {"knew": sorted(connection.execute(known).scalars())}
        kinds.check(kind, data)
        event = Event(new_id(), now_us(), self.author, kind, subject, data)
        self._add("event", rows.event_row(event))
        if kind in kinds.OF_TAKES and subject not in self._new:
            self._touched[subject] = None
        return event

    def undo(self) -> Event:
        """Undo this author's last decision that still counts."""
        mine = select(events).where(events.c.author == self.author)
        with self._reading() as connection:
            undone = {
                rows.event_of(row).data["event"]
                for row in connection.execute(mine.where(events.c.kind == "undo")).mappings()
            }
            decisions = mine.where(events.c.kind.in_(kinds.DECISIONS)).order_by(events.c.id.desc())
            for row in connection.execute(decisions).mappings():
                if row["id"] not in undone:
                    break
            else:
                raise BadInput(f"{self.author} has no decision left to undo: circle, hold or NG a take first")
        return self.event("undo", row["subject"], {"event": row["id"]})

    # --- within ---

    def finish(self) -> tuple[str, str]:
        """Bring everything into the database, ready to be committed. For `Log`.

        Gives the id of its row in the outbox and that row's journal lines, both "" where nothing was added.
        """
        self._flush()
        if not self._lines:
            return "", ""
        row = {"id": new_id(), "author": self.author, "lines": "\n".join(self._lines)}
        self._connection.execute(insert(outbox), row)
        tell(self._connection)
        return row["id"], row["lines"]

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        self._flush()
        yield self._connection

    def _add(self, kind: str, row: rows.Row) -> None:
        self._lines.append(rows.journal_line(kind, row))
        self._pending[kind].append(row)
        self._seen.add(row["id"])

    def _flush(self) -> None:
        for kind, table in JOURNALLED.items():
            if self._pending[kind]:
                self._connection.execute(insert(table), self._pending[kind])
                self._pending[kind] = []
        now.add(self._connection, self._new, self._director)
        now.change(self._connection, self._touched, self._director)
        self._new, self._touched = {}, {}

    def _known_scenes(self) -> dict[str, Scene]:
        """The scenes by number, as last written."""
        if self._scenes is None:
            found = self._connection.execute(select(scenes).order_by(scenes.c.id)).mappings().all()
            self._scenes = {row["number"]: rows.scene_of(row) for row in found}
        return self._scenes

    def _known_shots(self) -> set[str]:
        if self._shots is None:
            self._shots = set(self._connection.execute(select(shots.c.id)).scalars())
        return self._shots

    def _check_shot(self, shot: str) -> None:
        if shot not in self._known_shots():
            check_shot(shot, self._known_shots())

    def _there(self, column: Column[str], id: str) -> bool:
        """Whether a row of this id is in the log or about to be; asked once for each."""
        if id not in self._seen and self._connection.execute(select(column).where(column == id)).first():
            self._seen.add(id)
        return id in self._seen
