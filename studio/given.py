"""What a person passed in: numbers, text and paths, taken as they are meant or answered with one sentence."""

from __future__ import annotations

import operator
import unicodedata
from decimal import Decimal
from fractions import Fraction
from numbers import Rational, Real
from pathlib import Path, PurePosixPath
from typing import Any

from studio.errors import BadInput

# Characters that turn the reading order round (Unicode TR 9), so that words can look other than they are sent.
# The plain marks U+200E, U+200F and U+061C stay allowed: Hebrew and Arabic text needs them.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INVISIBLE = frozenset("\u2028\u2029\ufeff")


def shown(value: object) -> str:
    """A value as a sentence names it: never long, never on two lines."""
    try:
        text = repr(value)
    except ValueError:  # a whole number of thousands of digits
        return "a number too long to write"
    if "\n" in text:  # a table's; a text's own are escaped
        text = " ".join(text.split())
    return ascii(value) if len(text) <= 60 and not text.isprintable() else text if len(text) <= 60 else f"{text[:57]}…"


def whole(value: Any, what: str, least: int, most: int) -> int:
    """A whole number in a range, of whatever type holds one; True is none."""
    try:
        found = operator.index(value)
    except TypeError:
        found = least - 1
    if isinstance(value, bool) or not least <= found <= most:
        raise BadInput(f"{what} cannot be {shown(value)}: write a whole number from {least} to {most}")
    return found


def number(value: Any, what: str, least: int, most: int) -> Fraction:
    """An exact number in a range: an int, a float, a Fraction or a Decimal that is finite."""
    try:
        # isinstance first: Fraction would read text too, and numpy's floats are Real and no Rational
        if isinstance(value, Decimal) and not -99 < value.adjusted() < 99:
            raise OverflowError  # Decimal("1e999999999") is quick to write
        exact = Fraction(value if isinstance(value, Rational | Decimal) else float(value))
    except (TypeError, ValueError, OverflowError):
        exact = Fraction(least - 1)
    if isinstance(value, bool) or not isinstance(value, Real | Decimal) or not least <= exact <= most:
        raise BadInput(f"{what} cannot be {shown(value)}: write a number from {least} to {most}")
    return exact


def visible(text: Any, what: str, longest: int, allowed: str = "") -> str:
    """The text itself, if it is text of at most `longest` characters, none of them invisible but those `allowed`.

    Control characters, halves of characters, what Unicode sets aside as no character (XML holds none of them), and
    those that turn the reading order round raise `BadInput`: nothing a person wrote is dropped in silence.
    """
    if not isinstance(text, str):
        raise BadInput(f"{what} is {type(text).__name__}, not text: write it in quotes")
    if len(text) > longest:
        raise BadInput(f"{what} has {len(text):,} characters: at most {longest:,} are kept")
    for place, character in enumerate(text, start=1):
        code = ord(character)
        none = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
        if character not in allowed and (
            none or unicodedata.category(character) in ("Cc", "Cs") or character in TURNING or character in INVISIBLE
        ):
            name = unicodedata.name(character, "no character" if none else "a control character").lower()
            raise BadInput(f"{what} holds the invisible character U+{code:04X} ({name}) at place {place}: delete it")
    return text


def text(value: Any, what: str) -> str:
    """The same, if it is text."""
    if not isinstance(value, str):
        raise BadInput(f"{what} is {shown(value)}, not text: write it in quotes")
    return value


def path(value: Any, example: str) -> Path:
    """A path that the system can look at, whether or not something is there; `example` is one that would be right."""
    try:
        found = Path(value)
        found.stat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (TypeError, ValueError):  # no text, or a character that no path holds
        found = Path()
    except OSError as problem:
        raise BadInput(f"{shown(str(value))} cannot be used: {(problem.strerror or '').lower()}") from None
    if found == Path() and not isinstance(value, Path) and not (isinstance(value, str) and value == "."):
        raise BadInput(f"{shown(value)} is no path: write one in quotes, such as {example!r}")
    return found


def inside(relative: str, within: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The parts of a path inside a film's folder, in one of the folders `within` where some are named.

    A log may come from a stranger: whatever it calls a file has to pass here before a file of that name is touched.
    BadInput for a path that leads out.
    """
    path = PurePosixPath(relative)
    out = path.is_absolute() or ".." in path.parts or "\\" in relative or ":" in relative or not path.parts
    if out or (within and path.parts[0] not in within):
        where = f" in {' or '.join(f'{name}/' for name in within)}" if within else ""
        raise BadInput(f"{shown(relative)} is not a file of the film: write a path inside its folder{where}")
    return path.parts
