"""`film.toml`: what a film is called, its grid, its people and its limits.

The file is meant to be edited by hand, so every mistake in it is one sentence, and `write_settings` puts a short
comment beside each key.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import parse_qsl, urlsplit

from studio.errors import BadInput, NotFound, StoreError
from studio.given import shown, visible, whole
from studio.log.failures import told_of_files
from studio.log.ids import new_id
from studio.nouns import STUDIO
from studio.timecode import parse_rate

FILE = "film.toml"
MOST_USD = 1_000_000_000
MOST_USD_PER_HOUR = 100_000
LONGEST_OPTION = 200  # characters
ADOPTED = "adopted"  # what stands for a provider where a clip was there before
CAPS = {"cap_usd": "film_usd", "day_usd": "day_usd", "call_usd": "call_usd"}  # setting -> key under [budget]
ROLES = ("words", "camera", "edit")
SIDES = (16, 8192)  # pixels
SLOWEST = Fraction(1, 10)  # below it a take is a row of stills
LONGEST_TITLE = 200  # characters
LONGEST_CARD = 500  # characters
LONGEST_REASON = 40  # characters: a reason is counted and sorted by
REASONS = (  # the first nine have a key in dailies
    "joins well", "right speed", "face", "hand", "wrong move", "no move", "morphs", "words ignored", "style breaks",
    "body", "too slow", "too fast", "flicker", "text in picture", "light", "emotion",
)  # fmt: skip


@dataclass(frozen=True)
class Author:
    """Somebody who writes or decides."""

    name: str
    roles: tuple[str, ...] = ()  # of words, camera, edit


@dataclass(frozen=True)
class Settings:
    """The values of `film.toml`."""

    title: str
    rate: Fraction  # frames per second of the film's grid
    width: int  # pixels, even
    height: int
    fit: Literal["letterbox", "crop"] = "letterbox"
    authors: tuple[Author, ...] = ()
    director: str = ""  # whose verdict takes() shows; "" = the latest
    reasons: tuple[str, ...] = REASONS
    slowest_speed: Fraction = Fraction(1, 2)  # how far arranging may slow a take that is too short; 1 = not at all
    cap_usd: Decimal | None = None  # budget of the film
    day_usd: Decimal | None = None  # of one day (UTC)
    call_usd: Decimal | None = None  # of one call of film.generate
    providers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # of each: PROVIDER_OPTIONS
    database_url: str = ""  # "" = film.db in the folder
    title_card: str = ""  # text of the cards; "" = none
    end_card: str = ""
    credentials: Mapping[str, str] = field(default_factory=dict)  # paths of what films are signed with


def check_author(name: str) -> str:
    """The name itself, or one sentence saying what an author's name looks like."""
    if not isinstance(name, str) or not 1 <= len(name) <= 40 or name != name.strip() or not name.isprintable():
        raise BadInput(f"{name!r} is not an author's name: write 1 to 40 characters, such as ada")
    return name


def check_person(name: str) -> str:
    """The same for a person: `studio` is the author of machine events."""
    if name == STUDIO:
        raise BadInput(f"{STUDIO!r} signs what the machine does: choose another author's name, such as ada")
    return check_author(name)


def settings_for(
    title: str, rate: str | float | Fraction, size: Any, authors: Any, more: Mapping[str, Any]
) -> Settings:
    """The settings of a new film out of what a person passed in; `more` are other settings by name.

    `authors` are one name, several, or names with their roles. What stands in no file yet is checked here, the rest by
    `write_settings`.
    """
    known = [each.name for each in fields(Settings) if each.name not in ("title", "rate", "width", "height", "authors")]
    for name, value in more.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            raise BadInput(f"{name} is no setting of a film: {hint}")
        if value is None and name not in CAPS:
            raise BadInput(f"the setting {name} is None: leave it out, or give it a value")
    if not isinstance(more.get("reasons", ()), list | tuple):
        raise BadInput(f'reasons is {shown(more["reasons"])}: write a list of words, reasons=["face", "hand"]')
    if not isinstance(size, list | tuple) or len(size) != 2:
        raise BadInput(f"size is {shown(size)}: write width and height in pixels, size=(1280, 720)")
    width, height = (whole(side, "a side of the picture", *SIDES) for side in size)
    given = (authors,) if isinstance(authors, str) else authors
    if not isinstance(given, Iterable):
        raise BadInput(f'authors is {shown(authors)}: write names, such as authors=["ada"]')
    roles = given if isinstance(given, Mapping) else dict.fromkeys(map(check_person, given), ROLES)
    for name, has in roles.items():
        _author(name, list(has) if isinstance(has, tuple) else has)
    people = tuple(Author(name, tuple(has)) for name, has in roles.items())
    return Settings(title, parse_rate(rate), width, height, authors=people, **more)


def default_author(settings: Settings, chosen: str, environ: Mapping[str, str]) -> str:
    """Who writes now: the one chosen by `film.as_(…)`, else `STUDIO_AUTHOR`, else the only author of `film.toml`."""
    if chosen:
        return check_person(chosen)
    if environ.get("STUDIO_AUTHOR"):
        return check_person(environ["STUDIO_AUTHOR"])
    if len(settings.authors) == 1:
        return settings.authors[0].name
    names = ", ".join(author.name for author in settings.authors)
    example = settings.authors[0].name if settings.authors else "ada"
    who = f"{FILE} has several authors ({names})" if names else f"{FILE} names no author"
    raise BadInput(f"{who} and none is chosen: say film.as_({example!r}) or set STUDIO_AUTHOR")


def read_settings(folder: Path) -> Settings:
    """The settings of the film in `folder`; `NotFound` where there is no film.toml, `BadInput` for a mistake in it."""
    path = folder / FILE
    try:
        text = path.read_text("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"{folder} is not a film: it has no {FILE} (make one with `studio new {folder}`)") from None
    except OSError as error:
        raise StoreError(f"{FILE} of {folder.name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{FILE} is not UTF-8 text (byte {error.start}): save it as UTF-8") from None
    try:
        found = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits, and brackets as deep
        raise BadInput(f"{FILE} cannot be read: {str(error).partition(';')[0]}") from None
    return _settings(found)


def _settings(found: dict[str, Any]) -> Settings:
    known = (
        "title",
        "rate",
        "size",
        "fit",
        "director",
        "reasons",
        "database_url",
        "authors",
        "budget",
        "cut",
        "cards",
        "providers",
        "credentials",
    )
    _no_strangers(found, known, "")
    for name in ("title", "rate", "size"):
        if name not in found:
            raise BadInput(f"{FILE} has no {name}: add one, such as {_EXAMPLES[name]}")
    if isinstance(found["rate"], (bool, list, dict)):
        raise BadInput(f"rate in {FILE} is {found['rate']!r}: write {_EXAMPLES['rate']}")
    width, height = _size(found["size"])
    fit = found.get("fit", "letterbox")
    if fit not in ("letterbox", "crop"):
        raise BadInput(f'fit in {FILE} is {fit!r}: write "letterbox" or "crop"')
    budget, cut, cards = (_table(found, name) for name in ("budget", "cut", "cards"))
    _no_strangers(budget, tuple(CAPS.values()), "budget.")
    _no_strangers(cut, ("slowest_speed",), "cut.")
    _no_strangers(cards, ("title", "end"), "cards.")
    director = _text(found, "director")
    authors = tuple(_author(name, roles) for name, roles in _table(found, "authors").items())
    return Settings(
        title=_title(_text(found, "title")),
        rate=parse_rate(str(found["rate"])),
        width=width,
        height=height,
        fit=cast(Literal["letterbox", "crop"], fit),
        authors=authors,
        director=_director(director, authors),
        reasons=_texts(found, "reasons", REASONS),
        slowest_speed=_slowest(cut.get("slowest_speed", "1/2")),
        **{name: _usd(budget[key], key) for name, key in CAPS.items() if key in budget},
        providers=_providers(_table(found, "providers")),
        database_url=check_url(_text(found, "database_url")),
        title_card=_card(cards, "title"),
        end_card=_card(cards, "end"),
        credentials=_credentials(_table(found, "credentials")),
    )


_EXAMPLES = {"title": 'title = "Endless zoom"', "rate": 'rate = "24"', "size": "size = [1280, 720]"}


def _no_strangers(found: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for name in found:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {where}{near[0]}?" if near else f"it knows {', '.join(known)}"
            raise BadInput(f"{FILE} has an unknown key {where}{name}: {hint}")


def _table(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = found.get(name, {})
    if not isinstance(value, dict):
        raise BadInput(f"{name} in {FILE} is {value!r}: write a table, [{name}], with its keys below")
    return value


def _text(found: Mapping[str, Any], name: str, where: str = "") -> str:
    value = found.get(name, "")
    if not isinstance(value, str):
        raise BadInput(f'{where}{name} in {FILE} is {value!r}: write text in quotes, {name} = "…"')
    return value


def _texts(found: Mapping[str, Any], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = found.get(name, list(default))
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise BadInput(f'{name} in {FILE} is {value!r}: write a list of words, {name} = ["face", "hand"]')
    for item in value:
        visible(item, f"{shown(item)} of {name} in {FILE}", LONGEST_REASON)
    return tuple(dict.fromkeys(value))


def _card(cards: Mapping[str, Any], name: str) -> str:
    return visible(_text(cards, name, "cards."), f"cards.{name} in {FILE}", LONGEST_CARD, allowed="\n")


def _director(name: str, authors: tuple[Author, ...]) -> str:
    """Nobody else's verdicts would count, and that would only be seen when nothing can be cut."""
    if name and check_person(name) not in [author.name for author in authors]:
        people = ", ".join(author.name for author in authors) or "nobody"
        raise BadInput(f"director in {FILE} is {name!r}, and the film's authors are {people}: write one of them")
    return name


def _title(title: str) -> str:
    if not title.strip() or "\n" in title:
        raise BadInput(f"title in {FILE} is {shown(title)}: write one line of text, such as {_EXAMPLES['title']}")
    return visible(title, f"title in {FILE}", LONGEST_TITLE)


def _size(value: object) -> tuple[int, int]:
    """H.264 in yuv420p has one colour sample for two by two pixels, so both sides are even."""
    if not isinstance(value, list) or len(value) != 2 or not all(type(side) is int for side in value):
        raise BadInput(f"size in {FILE} is {value!r}: write width and height in pixels, {_EXAMPLES['size']}")
    for side in value:
        if side % 2 or not SIDES[0] <= side <= SIDES[1]:
            raise BadInput(f"size in {FILE} is {value[0]}×{value[1]}: both sides must be even, from 16 to 8192 pixels")
    return value[0], value[1]


def _author(name: str, roles: object) -> Author:
    check_person(name)
    if not isinstance(roles, list) or not all(role in ROLES for role in roles):
        raise BadInput(f"authors.{name} in {FILE} is {roles!r}: write a list of {', '.join(ROLES)}")
    return Author(name, tuple(dict.fromkeys(roles)))


def _slowest(value: object) -> Fraction:
    try:
        speed = Fraction(0) if "e" in str(value).lower() else Fraction(str(value))  # 1e-999999999 would take for ever
    except (ValueError, ZeroDivisionError):
        speed = Fraction(0)
    if isinstance(value, bool) or not SLOWEST <= speed <= 1:
        raise BadInput(f'cut.slowest_speed in {FILE} is {value!r}: write a fraction from 1/10 to 1, such as "1/2"')
    return speed


def _usd(value: object, key: str) -> Decimal:
    try:
        usd = Decimal(str(value))
    except ArithmeticError:
        usd = Decimal(-1)
    if isinstance(value, bool) or not usd.is_finite() or not 0 <= usd <= MOST_USD:
        raise BadInput(f'budget.{key} in {FILE} is {value!r}: write US dollars, such as "600.00"')
    return usd


PROVIDER_OPTIONS = (
    "base_url", "key_env", "dialect", "model", "concurrency", "usd_per_hour", "seconds_a_take", "price_source",
    "price_read_on",
)  # fmt: skip
UNQUOTED = ("concurrency", "seconds_a_take")
MOST_AT_A_TIME = 256
LONGEST_TAKE_S = 86_400
_OPTION_EXAMPLES = {
    "concurrency": f"a whole number from 1 to {MOST_AT_A_TIME}, of takes that it makes at a time",
    "usd_per_hour": 'US dollars for an hour of the machine, such as "2.50"',
    "seconds_a_take": f"seconds from 1 to {LONGEST_TAKE_S}, such as 120",
    "price_read_on": 'the day on which the price was read, "2026-11-29"',
}


def _providers(found: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What a film says of its providers. A key has no place in it: only the name of the variable that holds one.

    A name that the studio does not know is a server of one's own.
    """
    for name, options in found.items():
        if not isinstance(options, dict):
            raise BadInput(f"providers.{name} in {FILE} is {options!r}: write a table, [providers.{name}]")
        if not re.fullmatch("[a-z][a-z0-9_-]{0,30}", name) or name == ADOPTED:
            raise BadInput(
                f"[providers.{name}] in {FILE} names no provider: write small letters, digits, - and _, such as "
                "[providers.office]"
            )
        _no_strangers(options, PROVIDER_OPTIONS, f"providers.{name}.")
        for key in options:
            if key in _OPTION_NUMBERS:
                options[key] = _option_number(name, key, options[key])
            visible(_text(options, key, f"providers.{name}."), f"providers.{name}.{key} in {FILE}", LONGEST_OPTION)
        if options.get("key_env") and not re.fullmatch("[A-Z][A-Z0-9_]{1,60}", options["key_env"]):
            raise BadInput(
                f"providers.{name}.key_env in {FILE} is not the name of an environment variable: write its name, such "
                "as RUNWAYML_API_SECRET, and keep the key itself out of this file"
            )
        base = options.get("base_url", "")
        if base and (urlsplit(base).scheme not in ("http", "https") or "@" in base):
            raise BadInput(f'providers.{name}.base_url in {FILE} is not understood: write "https://host/v1"')
        if options.get("price_read_on") and not _is_day(options["price_read_on"]):
            raise _no_option(name, "price_read_on", options["price_read_on"])
    return dict(found)


# by option: whether it is counted, and from where to where it may lie, the first not in it
_OPTION_NUMBERS = {
    "concurrency": (True, 0, MOST_AT_A_TIME),
    "usd_per_hour": (False, 0, MOST_USD_PER_HOUR),
    "seconds_a_take": (False, 0, LONGEST_TAKE_S),
}


def _option_number(provider: str, key: str, value: object) -> str:
    """A number as text, exact: 2, "2", 2.5 and "2.50" are all understood."""
    whole_number, above, most = _OPTION_NUMBERS[key]
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        number = Decimal(0)
    if (
        isinstance(value, bool) or not isinstance(value, int | str | Decimal) or not number.is_finite()
        or not above < number <= most or (whole_number and number != int(number))
        or number != number.quantize(Decimal("0.000001"))
    ):  # fmt: skip
        raise _no_option(provider, key, value)
    return str(int(number)) if whole_number else f"{number:f}"


def _no_option(provider: str, key: str, value: object) -> BadInput:
    return BadInput(f"providers.{provider}.{key} in {FILE} is {shown(value)}: write {_OPTION_EXAMPLES[key]}")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _credentials(found: Mapping[str, Any]) -> dict[str, str]:
    """Where the certificate and the key for signing lie. What is in them has no place here, and is never repeated."""
    _no_strangers(found, ("certificate", "key"), "credentials.")
    for name, value in found.items():
        if not isinstance(value, str) or "-----" in value or "\n" in value:
            raise BadInput(
                f"credentials.{name} in {FILE} is not a path: write where its PEM file lies, and keep what is in it "
                "out of this file"
            )
    return dict(found)


def check_url(url: str) -> str:
    """A film's folder is shared and kept in Git, so a password has no place in it."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        _ = parts.port  # looked at only when it is asked for
    except ValueError:
        parts = urlsplit("")
    if parts.scheme.split("+")[0] not in ("postgresql", "sqlite"):
        raise BadInput(f"database_url in {FILE} is not understood: write postgresql://host/name, or leave it empty")
    if parts.password or any("password" in key.lower() for key, _ in parse_qsl(parts.query)):
        raise BadInput(f"database_url in {FILE} holds a password: leave it out and put it into ~/.pgpass or PGPASSWORD")
    return url


def write_settings(folder: Path, settings: Settings, *, replace: bool = False) -> None:
    """Write `film.toml`, whole or not at all; an existing one is left alone unless `replace`."""
    path = folder / FILE
    if path.exists() and not replace:
        raise BadInput(f"{folder} is a film already: open it, or choose another folder")
    text = _toml(settings)
    _settings(tomllib.loads(text, parse_float=Decimal))  # what is written can be read: mistakes are said here
    temporary = folder / f"{FILE}.{new_id()}.tmp"
    with told_of_files(folder):
        try:
            with temporary.open("x", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, but TOML also wants U+007F escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else _quoted(name)


def _list(items: tuple[str, ...]) -> str:
    return "[" + ", ".join(_quoted(item) for item in items) + "]"


def _toml(settings: Settings) -> str:
    caps = {key: getattr(settings, name) for name, key in CAPS.items()}
    budget = {
        key: f'{"# " if usd is None else ""}{key} = "{"600.00" if usd is None else usd}"' for key, usd in caps.items()
    }
    providers = "".join(
        f"\n[providers.{_key(name)}]\n"
        + "".join(f"{key} = {value if key in UNQUOTED else _quoted(value)}\n" for key, value in options.items())
        for name, options in settings.providers.items()
    )
    credentials = "".join(f"{name} = {_quoted(path)}\n" for name, path in settings.credentials.items())
    credentials = f"\n[credentials]  # paths; a film is signed with them\n{credentials}" if credentials else ""
    authors = "".join(f"{_key(author.name)} = {_list(author.roles)}\n" for author in settings.authors)
    return f"""\
title = {_quoted(settings.title)}  # on the cards and in every edit list
rate = "{settings.rate}"  # frames per second, exact: "24", "25", "24000/1001"
size = [{settings.width}, {settings.height}]  # width and height in pixels, both even
fit = "{settings.fit}"  # a clip of another shape gets bars ("letterbox") or loses its edges ("crop")
director = {_quoted(settings.director)}  # whose verdict counts; "" = the latest
database_url = {_quoted(settings.database_url)}  # "" = film.db in this folder; a team writes postgresql://host/name
reasons = {_list(settings.reasons)}  # why a take is kept or not

[authors]  # who works on the film: ada = ["words", "camera", "edit"]
{authors}
[budget]  # nothing is generated beyond it
{budget["film_usd"]}  # US dollars for the whole film; left out = no limit
{budget["day_usd"]}  # for one day, from midnight to midnight UTC
{budget["call_usd"]}  # for one call of film.generate

[cut]  # for film.arrange()
slowest_speed = "{settings.slowest_speed}"  # how far a take that is too short may be slowed; "1" = not at all

[cards]  # pictures with text before and after the takes
title = {_quoted(settings.title_card)}  # "" = no title card
end = {_quoted(settings.end_card)}  # "" = no end card
{providers}{credentials}"""
