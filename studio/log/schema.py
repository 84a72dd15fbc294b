"""The tables of a film's log, the same on SQLite and PostgreSQL.

`scenes` to `events` and `cuts` are written once and never changed, and the journal holds them. `take_now` follows
from them (`folding`). `outbox` holds journal lines from the commit until they are in their file. `lease` says which
process works on a take. JSON is TEXT, a yes or no is 0 or 1, a moment is microseconds UTC, money micro-dollars.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, MetaData, Table, Text, UniqueConstraint
from sqlalchemy.dialects import postgresql

metadata = MetaData()

# Ids, labels and shots sort by their bytes, not by the language a PostgreSQL server was set up in.
Key = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def _key(name: str) -> Column[str]:
    return Column(name, Key, primary_key=True)


def _text(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _int(*names: str) -> list[Column[int]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


meta = Table("meta", metadata, _key("name"), *_text("value"))  # schema: version; director: whom take_now follows

scenes = Table(
    "scenes",  # every version of a scene: the latest id of a number counts
    metadata,
    _key("id"),
    *_text("number", "title", "who", "age", "time", "place", "author"),
    *_int("at_us"),
)
shots = Table("shots", metadata, _key("id"), *_text("scene", "author"), *_int("at_us"))
prompts = Table(
    "prompts",
    metadata,
    _key("id"),
    Column("shot", Key, nullable=False),
    *_int("version"),
    *_text("scene_text", "camera", "camera_json", "style", "avoid", "who", "age", "time", "place"),
    *_text("scene_author", "camera_author", "style_author", "avoid_author", "continuity_author", "author"),
    *_int("created_at_us"),
    *_text("cards", "portal_in", "portal_out", "portal_author", "grid"),  # cards: JSON list of names
    UniqueConstraint("shot", "version"),
)
requests = Table(
    "requests",
    metadata,
    _key("id"),
    *_text("prompt_id", "shot", "provider", "model", "text", "camera", "camera_json", "avoid"),
    *_int("width", "height"),
    *_text("rate"),  # frames per second as n/d
    *_int("frames", "seed"),
    *_text("first_frame", "payload_json", "dropped"),  # dropped: JSON list of sentences
    *_int("estimated_micro_usd"),
    *_text("last_frame", "guide", "grid"),
    *_int("cell"),
)
takes = Table(
    "takes",
    metadata,
    _key("id"),
    Column("label", Key, nullable=False, unique=True),
    Column("shot", Key, nullable=False),
    *_int("n"),
    *_text("request_id", "author"),
    *_int("created_at_us"),
    *_text("parent"),
    UniqueConstraint("shot", "n"),
)
events = Table(
    "events",
    metadata,
    _key("id"),
    *_int("at_us"),
    *_text("author", "kind"),
    Column("subject", Key, nullable=False),
    *_text("data"),
    Index("events_subject", "subject", "id"),
    Index("events_kind", "kind", "author"),
)
cuts = Table(
    "cuts",
    metadata,
    _key("id"),
    Column("version", BigInteger, nullable=False, unique=True),
    *_text("name", "author"),
    *_int("created_at_us"),
    *_text("cut"),  # canonical JSON (studio.log.cuts)
)
outbox = Table("outbox", metadata, _key("id"), *_text("author", "lines"))  # one row a write
lease = Table("lease", metadata, Column("take_id", Key, primary_key=True), *_text("owner"), *_int("until_us", "fence"))

take_now = Table(
    "take_now",
    metadata,
    Column("id", Key, primary_key=True),
    Column("take", Key, nullable=False),
    *_text("scene"),
    Column("shot", Key, nullable=False),
    *_int("n"),
    Column("state", Text, nullable=False, index=True),
    Column("verdict", Text),
    Column("accident", Integer, nullable=False),
    *(Column(name, Text) for name in ("reason", "note")),
    *_text("author"),
    *(Column(name, Text) for name in ("scene_text", "camera", "style", "avoid")),
    Column("prompt_version", BigInteger),
    *_text("provider"),
    Column("model", Text),
    Column("seed", BigInteger),
    Column("duration_s", Double),
    *(Column(name, BigInteger) for name in ("width", "height")),
    Column("fps", Double),
    Column("rate", Text),  # the same, exact
    Column("frames", BigInteger),
    Column("variable_rate", Integer),
    *(Column(name, BigInteger) for name in ("estimated_micro_usd", "reserved_micro_usd", "cost_micro_usd")),
    *_int("created_at_us"),
    Column("done_at_us", BigInteger),
    *(Column(name, Text) for name in ("file", "sha256", "parent", "guide", "dropped")),
    *(Column(name, Text) for name in ("asked_move", "measured_move", "obeyed")),
    Column("grid", Text),
    Column("cell", BigInteger),
    *(Column(name, Text) for name in ("obeyed_by", "measured_obeyed", "flags")),
    Column("confidence", Double),
    Column("parallax", Text),
    *(Column(f"{name}_method", BigInteger) for name in ("measured", "flags", "features")),
    *(Column(name, BigInteger) for name in ("best_in", "best_out")),
    UniqueConstraint("shot", "n"),  # the order in which it is read
)

# What the journal holds: the name of a line's row, and where that row lives.
JOURNALLED: dict[str, Table] = {
    "scene": scenes,
    "shot": shots,
    "prompt": prompts,
    "request": requests,
    "take": takes,
    "event": events,
    "cut": cuts,
}
ADDED: dict[str, dict[str, object]] = {  # by kind: what older lines lack, and what it was then
    "prompt": {"cards": [], "portal_in": "", "portal_out": "", "portal_author": "", "grid": ""},
    "request": {"last_frame": "", "guide": "", "grid": "", "cell": 0},
}
# by kind: what in a journal line is JSON, not text
JSON_COLUMNS = {"event": "data", "cut": "cut", "request": "dropped", "prompt": "cards"}
