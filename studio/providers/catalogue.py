"""`data/providers.toml` as frozen values: the services, the models that they offer, and what is no longer to be had.

A row says how a model is called, what it takes under which name and in which form, what it costs, and where and when
that was read. Adding a model is a row there; nothing here or in an adapter names one.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast

from studio import _resources
from studio.errors import BadInput, NotFound
from studio.given import shown

T = TypeVar("T")
FILE = "data/providers.toml"
ANY = "*"  # the name of the row that stands for every model a service has and no row names
ORDER = ("camera", "scene", "continuity", "style")  # of the parts of a prompt, where a guide asks for none


@dataclass(frozen=True)
class Field:
    """One thing that a model takes: under which name, in which form, within which limits.

    What a form means is said where the value is made (`fitting`): seconds as "whole", "text", "text s", "frames"; a
    picture or a clip as "data uri", "base64", "part" …
    """

    field: str = ""  # the name in the request's body; with dots, the way into it
    form: str = ""
    allowed: tuple[Any, ...] = ()  # in the file's own order; empty: anything between least and most
    least: Fraction | None = None
    most: Fraction | None = None
    step: Fraction | None = None
    not_with_first_frame: bool = False  # the picture then says it
    rate: Fraction | None = None  # frames per second that frames are counted at, where that is not the clip's rate
    required: bool = False  # of a still or a guide: nothing is made without it
    words: str = ""  # the prompt then begins with them (of `prompt`: always): a model is told there what a clip is for
    longest: Fraction | None = None  # of a still: seconds of the longest clip that is made with it
    doubt: str = ""  # of a still or a guide: a sentence that the person is told where there is one


@dataclass(frozen=True)
class Rate:
    """One price of a model."""

    usd: Decimal
    per: str  # "second", "clip", … (pricing._priced)
    where: Mapping[str, Any] = field(default_factory=dict)  # of the body: a value, a list, "*" any, "none"
    plus_usd: Decimal = Decimal(0)  # beside that, once for each clip
    least_usd: Decimal = Decimal(0)  # a clip costs that much, however short
    source: str = ""  # where it is not the row's
    read_on: str = ""


@dataclass(frozen=True)
class Model:
    """One model at one service."""

    provider: str
    name: str  # as the service calls it
    source: str
    checked_on: str  # ISO date
    also: tuple[str, ...] = ()  # what people call it
    service: str = ""  # the row of the service that has it, where a provider stands for several; "": the provider's own
    dialects: tuple[str, ...] = ()  # the kinds of server that take it so, where a service has several; empty: all
    sends: str = ""  # the name to send, where the row is one way to ask for a model of another name
    with_first_frame: str = ""  # the name to send where there is a first frame, if another
    with_guide: str = ""  # likewise where there is a guide clip
    prompt: Field = Field("prompt")  # most: characters
    order: tuple[str, ...] = ORDER
    seconds: Field = Field()
    shape: Field | None = None  # proportions, "16:9"
    lines: Field | None = None  # the shorter side: "720p"
    size: Field | None = None  # exact pixels: "1280:720", "1280x720"
    rate: Field | None = None  # frames per second that can be chosen
    makes_rate: Fraction | None = None  # frames per second of its clips, where that is known and cannot be chosen
    seed: Field | None = None
    avoid: Field | None = None
    first_frame: Field | None = None  # most: bytes; a larger one is made smaller
    last_frame: Field | None = None
    guide: Field | None = None  # most: seconds
    camera: str = "words"  # a tongue of data/camera_tongues.toml
    always: Mapping[str, Any] = field(default_factory=dict)  # sent with every request
    from_a_still: Model | None = None  # what is other where there is a first frame; in the file `false`: not then
    prices: tuple[Rate, ...] = ()
    retires_on: str = ""  # ISO date: from that day on the service does not offer it
    instead: tuple[str, ...] = ()  # what to use then
    doubts: tuple[str, ...] = ()  # sentences that the person is told

    def retired(self, today: date) -> str:
        """A sentence where its day has come or is near (within 30 days); "" otherwise."""
        if not self.retires_on:
            return ""
        left = (date.fromisoformat(self.retires_on) - today).days
        instead = f": use {' or '.join(self.instead)}" if self.instead else ""
        if left <= 0:
            return f"{self.name} at {self.provider} was retired on {self.retires_on}{instead}"
        return f"{self.name} at {self.provider} is retired on {self.retires_on}{instead}" if left <= 30 else ""


@dataclass(frozen=True)
class Guess:
    """How long a server of one's own may take for one take, before there are takes that say it."""

    model: str  # a pattern in small letters; * is any
    seconds: Fraction
    frames: int  # of the clip that was made in this time
    width: int
    height: int
    source: str
    read_on: str


@dataclass(frozen=True)
class Service:
    """One service or kind of server."""

    name: str
    title: str  # as people write it
    keys: tuple[str, ...]  # environment variables, the preferred one first; none: it needs no key
    source: str
    checked_on: str
    base_url: str = ""  # "" where the person has to say it
    base_url_env: str = ""  # the variable of its own SDK for another address
    key_hosts: tuple[str, ...] = ()  # hosts beside the base URL's that may be sent the key
    key_optional: bool = False
    poll_every_s: float = 5.0
    concurrency: int = 4  # takes under way at a time
    dialects: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by name: how servers of a kind differ
    guesses: tuple[Guess, ...] = ()  # of a server that is paid by the hour


@dataclass(frozen=True)
class Gone:
    """A name that people ask for and that cannot be had."""

    name: str  # * stands for anything
    sentence: str
    source: str
    checked_on: str
    at: tuple[str, ...] = ()  # the providers whose model it was; empty: it is told whoever is asked for it
    host: str = ""  # of the base URL, where others may serve a model of that name


@dataclass(frozen=True)
class Catalogue:
    """Everything in the file."""

    services: Mapping[str, Service]
    models: Mapping[str, tuple[Model, ...]]  # by service, in the file's order
    gone: tuple[Gone, ...]

    def service(self, name: str) -> Service:
        """The service of this name."""
        if name not in self.services:
            raise NotFound(f"there is no service {shown(name)} in {FILE}: there is {', '.join(self.services)}")
        return self.services[name]

    def find(self, service: str, name: str, dialect: str = "", host: str = "") -> Model:
        """The row of a model, by its name or one of its other names; "" is the first.

        Where the service has a row for any model, an unknown name is one of those. `dialect` is the kind of server and
        `host` that of the base URL, for a service that many hosts offer. Raises NotFound with the nearest name, or with
        what became of it.
        """
        rows = [row for row in self.models.get(service, ()) if not row.dialects or dialect in row.dialects]
        named = [row for row in rows if row.name != ANY]
        self.check_not_gone(name, service, host)
        if not name:
            if not named:
                raise BadInput(f'{service} serves what its owner has put there: name the model, model="…"')
            return named[0]
        plain = _plain(name)
        for row in named:
            if plain in map(_plain, (row.name, *row.also)):
                return row
        for row in rows:
            if row.name == ANY:
                return _renamed(row, name)
        near = difflib.get_close_matches(plain, [_plain(word) for row in named for word in (row.name, *row.also)], 1)
        by_word = {_plain(word): word for row in named for word in (row.name, *row.also)}
        hint = f"the nearest is {by_word[near[0]]!r}" if near else f"there is {', '.join(row.name for row in named)}"
        raise NotFound(f"{service} has no model {shown(name)}: {hint}")

    def check_not_gone(self, name: str, service: str = "", host: str = "") -> None:
        """Raise NotFound with what became of a name that can no longer be had, or never could.

        Without a service it is a name that was asked for as if it were one.
        """
        for gone in self.gone:
            here = (not gone.at or service in gone.at) if service else gone.name != ANY
            if here and gone.host in ("", host) and fnmatchcase(_plain(name), _plain(gone.name)):
                raise NotFound(gone.sentence)


def _plain(name: str) -> str:
    return name.casefold().replace("-", " ").replace("_", " ").strip()


def _renamed(row: Model, name: str) -> Model:
    from dataclasses import replace

    return replace(row, name=name)


@cache
def catalogue(path: Path | None = None) -> Catalogue:
    """What the file says. Read once. Raises BadInput naming the row and the key where it says something else."""
    found = tomllib.loads((path or _resources.path(FILE)).read_text("utf-8"), parse_float=Decimal)
    services = {row["name"]: _service(row) for row in found.get("service", [])}
    models: dict[str, list[Model]] = {name: [] for name in services}
    for row in found.get("model", []):
        made = _model(row)
        if made.provider not in models:
            raise BadInput(f"{FILE}: model {made.name} is of {made.provider!r}, which is no service there")
        models[made.provider].append(made)
    gone = tuple(_made(Gone, row | {"at": tuple(row.get("at", ()))}, row.get("name")) for row in found.get("gone", []))
    return Catalogue(MappingProxyType(services), MappingProxyType({k: tuple(v) for k, v in models.items()}), gone)


def _service(row: dict[str, Any]) -> Service:
    values = row | {name: tuple(row.get(name, ())) for name in ("keys", "key_hosts")}
    if "poll_every_s" in row:
        values["poll_every_s"] = float(row["poll_every_s"])
    values["guesses"] = tuple(
        _made(Guess, guess | {"seconds": Fraction(str(guess.get("seconds", 0)))}, f"guesses of {row.get('name')}")
        for guess in row.get("guesses", ())
    )
    return _made(Service, values, row.get("name"))


_TUPLES = ("also", "dialects", "order", "instead", "doubts")
_FIELDS = ("prompt", "seconds", "shape", "lines", "size", "rate", "seed", "avoid", "first_frame", "last_frame", "guide")


def _model(row: dict[str, Any]) -> Model:
    name = row.get("name")
    values = dict(row)
    for key in _TUPLES:
        if key in row:
            values[key] = tuple(row[key])
    for key in _FIELDS:
        if key in row:
            values[key] = _field(row[key], f"{key} of {name}")
    if "makes_rate" in row:
        values["makes_rate"] = Fraction(str(row["makes_rate"]))
    values["prices"] = tuple(_price(price, f"prices of {name}") for price in row.get("prices", ()))
    if "from_a_still" in row:
        other = {**row, **row["from_a_still"]}
        values["from_a_still"] = _model(
            {key: value for key, value in other.items() if key != "from_a_still" and value is not False}
        )
    made = _made(Model, values, name)
    if made.retires_on:
        date.fromisoformat(made.retires_on)
    return made


def _price(row: dict[str, Any], what: str) -> Rate:
    money = {key: Decimal(str(row[key])) for key in ("usd", "plus_usd", "least_usd") if key in row}
    made: Rate = _made(Rate, row | money, what)
    return made


def _field(row: dict[str, Any], what: str) -> Field:
    values = row | {"allowed": tuple(row.get("allowed", ()))}
    for key in ("least", "most", "step", "rate", "longest"):
        if key in row:
            values[key] = Fraction(str(row[key]))
    return _made(Field, values, what)


def _made(kind: type[T], values: Mapping[str, Any], what: object) -> T:
    known = [each.name for each in fields(cast(Any, kind))]
    strangers = [name for name in values if name not in known]
    if strangers:
        raise BadInput(f"{FILE}: {what} has an unknown key {strangers[0]}: it knows {', '.join(known)}")
    try:
        return kind(**values)
    except TypeError as error:
        raise BadInput(f"{FILE}: {what} is not whole ({error})") from None


def names_of(models: Iterable[Model]) -> tuple[str, ...]:
    """Their names, without the row that stands for any."""
    return tuple(row.name for row in models if row.name != ANY)
