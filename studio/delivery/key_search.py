"""Looks for keys in what is about to be handed on: the very ones that are set here, and whatever looks like one.

What it finds it never says: a sentence names the file, the place in it, and whose key it would be.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from studio.errors import BadInput
from studio.log import Settings
from studio.providers.catalogue import catalogue
from studio.providers.keys import Environ, Key, find_key

SHORTEST = 8  # characters: a shorter value would be found in words
# Forms that services are known to give their keys (from memory, not looked up). A key of another form is found by its
# value, where it is set here; what is written beside a name such as "api_key" is found by that.
FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (what, re.compile(form))
    for what, form in (
        ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
        ("a key of OpenAI or Anthropic", r"(?<![A-Za-z0-9])sk-(?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{16,}"),
        ("a key of ElevenLabs or Stripe", r"(?<![A-Za-z0-9])sk_(?=[A-Za-z0-9_]*[0-9])[A-Za-z0-9_]{20,}"),
        ("a key of Google", r"(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,}"),
        ("a key of Runway", r"(?<![A-Za-z0-9])key_(?=[A-Za-z]*[0-9])[A-Za-z0-9]{16,}"),
        ("a key of Replicate", r"(?<![A-Za-z0-9])r8_[A-Za-z0-9]{16,}"),
        ("a key of Luma", r"(?<![A-Za-z0-9])luma(?:-api)?-[0-9a-f]{8}-?[0-9a-f-]{16,}"),
        ("a key of fal", r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{32}"),
        ("a key of Hugging Face", r"(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,}"),
        ("a key of GitHub", r"(?<![A-Za-z0-9])(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{30,}"),
        ("a key of Amazon", r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
        (
            "a key in a header",
            r"(?i)\b(?:bearer|authorization:\s*(?:key|token|basic))\s+(?=\S*[0-9])[A-Za-z0-9._~+/:=-]{12,}",
        ),
        ("a signed address", r"(?i)[?&](?:x-(?:amz|goog)-signature|signature|sig|token|api_?key|key)=[^&\s\"'<>]{12,}"),
        ("a password in an address", r"(?i)\b[a-z][a-z0-9+.-]*://[^\s/:@\"']+:[^\s/@\"'•]+@"),
        (
            "a key in quotes",
            r"(?i)(?:api_?key|api_?secret|api_?token|access_?token|_token|_secret|password)[\"'\]]{0,3}\s*[=:,]\s*"
            r"[\"'](?=[^\"']*[0-9])[^\"'\s•…<>]{12,}[\"']",
        ),
    )
)
_INLINE = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,([A-Za-z0-9+/=\s]+)")


def keys_here(settings: Settings, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The keys that are set on this machine, in the environment and in the key ring, and the database's password, by
    what they are. To be looked for and never shown."""
    around = os.environ if environ is None else environ
    names = [name for service in catalogue().services.values() for name in service.keys]
    names += [options["key_env"] for options in settings.providers.values() if options.get("key_env")]
    found = {}
    for name in dict.fromkeys(names):
        for where, variables in (("", around), (" in the key ring", {})):
            if key := _key(name, variables):
                found[f"the value of {name}{where}"] = key.reveal()
    if password := around.get("PGPASSWORD"):
        found["the value of PGPASSWORD"] = password
    if password := urlsplit(settings.database_url).password:
        found["the database's password"] = unquote(password)
    return found


def _key(name: str, environ: Mapping[str, str]) -> Key | None:
    try:
        return find_key((name,), Environ(environ))
    except Exception as problem:
        if not _no_ring(problem):
            raise
        return None


def _no_ring(problem: Exception) -> bool:
    """Whether there is simply no key ring on this machine."""
    if find_spec("keyring") is None:
        return False
    from keyring.errors import NoKeyringError

    return isinstance(problem, NoKeyringError)


class KeySearch:
    """Looks through texts and bytes for these keys and for whatever looks like one."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = {name: tuple(dict.fromkeys(_ways(value))) for name, value in known.items() if _long(value)}

    def __repr__(self) -> str:
        return f"KeySearch({', '.join(self._known) or 'no key is set'})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a search for keys holds them, and is not written anywhere")

    def text(self, text: str, file: str, place: str = "") -> None:
        """Raise BadInput where a text of a file holds a key. Pictures that are inside it are looked through as such."""
        for match in _INLINE.finditer(text):
            self.encoded(match[1], file, place)
        rest = _INLINE.sub("", text)
        self._check(rest, file, place)
        for what, form in FORMS:
            if form.search(rest):
                raise _found(f"what looks like {what}", file, place)

    def values(self, text: str, file: str, place: str = "") -> None:
        """The same for the very keys that are set here and for nothing that only looks like one: what is long is looked
        through quickly so."""
        self._check(text, file, place)

    def content(self, content: bytes, file: str, place: str = "") -> None:
        """The same for the bytes of a picture or another file."""
        for coding in ("utf-8", "utf-16-le"):
            self._check(content.decode(coding, "replace"), file, place)
        self.text(content.decode("latin-1"), file, place)

    def encoded(self, text: str, file: str, place: str = "") -> None:
        """The same for bytes that are written as base64, and for their letters, among which a form means nothing."""
        plain = "".join(text.split())
        self._check(plain, file, place)
        try:
            content = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        except (binascii.Error, ValueError):  # no base64 after all
            content = text.encode("utf-8", "replace")
        self.content(content, file, place)

    def _check(self, text: str, file: str, place: str) -> None:
        for name, ways in self._known.items():
            if any(way in text for way in ways):
                raise _found(name, file, place)


def _long(value: str) -> bool:
    return len(value.strip()) >= SHORTEST


def _ways(value: str) -> Iterator[str]:
    """How a key may stand in a file: as it is, or escaped for JSON, HTML, an address, Python, or a header."""
    plain = value.strip()
    yield from (plain, json.dumps(plain)[1:-1], escape(plain), quote(plain, safe=""), repr(plain)[1:-1])
    yield base64.b64encode(plain.encode()).decode().rstrip("=")


def strings_in(value: Any) -> Iterable[str]:
    """Every text within a JSON value, keys too; a list of lines as one text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if value and all(isinstance(each, str) for each in value):
            yield "".join(value)
        else:
            for each in value:
                yield from strings_in(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield str(key)
            yield from strings_in(each)
            if isinstance(each, str):  # {"OPENAI_API_KEY": "…"} tells only when the two are read together
                yield f'"{key}": "{each}"'


def _found(what: str, file: str, place: str) -> BadInput:
    where = f"{file}, {place}," if place else file
    if file.startswith("log/"):
        do = "the log keeps what was written, so have its owner end it, unset it here, and share again"
    else:
        do = "take it out, have its owner end it where it was seen, and share again"
    return BadInput(f"{where} holds {what}, and nothing is shared: {do}")
