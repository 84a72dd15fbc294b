"""XML of unknown origin: no entity, no network, no document type to load, nothing too large."""

from __future__ import annotations

import re
from fractions import Fraction

from lxml import etree

from studio.errors import BadInput
from studio.timecode import NTSC

_SECONDS = re.compile(r"(-?\d{1,18})(?:/(\d{1,18})|\.(\d{1,18}))?s?")
_WHOLE = re.compile(r"-?\d{1,18}")


def parse(data: bytes, name: str) -> etree._Element:
    """The root of a document. BadInput in one sentence for entities, and for what is no XML."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        if b"<!ENTITY" in data[:1_000_000]:
            raise _entities(name) from None
        said = " ".join(str(problem).split())[:120]
        raise BadInput(f"{name} is no XML that can be read ({said}): export the list again") from None
    subset = root.getroottree().docinfo.internalDTD
    if subset is not None and next(subset.iterentities(), None) is not None:  # type: ignore[union-attr]
        raise _entities(name)
    return root


def _entities(name: str) -> BadInput:
    return BadInput(f"{name} declares XML entities, which no editing program writes: it is not read; export it again")


def seconds(text: str | None, name: str, missing: Fraction = Fraction(0)) -> Fraction:
    """ "1001/24000s", "5s" or "1.5s" as exact seconds."""
    if text is None:
        return missing
    found = _SECONDS.fullmatch(text.strip())
    if not found or (found[2] is not None and not int(found[2])):
        raise BadInput(f"{name} holds the time {text[:40]!r}, which is none: 5s or 1001/24000s would be one")
    if found[3] is not None:
        return Fraction(f"{found[1]}.{found[3]}")
    return Fraction(int(found[1]), int(found[2] or 1))


def number(element: etree._Element, path: str, name: str, missing: int | None = None) -> int:
    """A whole number in a child element."""
    text = (element.findtext(path) or "").strip()
    if not text and missing is not None:
        return missing
    if not _WHOLE.fullmatch(text):
        tag = str(element.tag)
        raise BadInput(f"{name} holds {text[:40]!r} as the {path} of a {tag}: a whole number would be right")
    return int(text)


def decimal(text: str | None) -> Fraction | None:
    """A decimal number, or None for what is none."""
    cleaned = (text or "").strip()
    return Fraction(cleaned) if re.fullmatch(r"[-+]?\d{1,18}(\.\d{1,18})?", cleaned) else None


def rate_of(element: etree._Element | None, name: str) -> Fraction | None:
    """The rate in a <rate> element: a whole number, or 1000/1001 of it."""
    if element is None:
        return None
    base = number(element, "timebase", name, 0)
    if not 1 <= base <= 240:
        return None
    ntsc = (element.findtext("ntsc") or "").strip().upper() == "TRUE"
    return NTSC.get(Fraction(base), Fraction(base * 1000, 1001)) if ntsc else Fraction(base)
