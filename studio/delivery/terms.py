"""`data/terms.toml`: what each provider's terms say of the clips, with a link and the date they were read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from studio import _resources

FILE = "data/terms.toml"


@dataclass(frozen=True)
class Terms:
    """The terms card of one provider."""

    provider: str
    title: str
    link: str  # to the terms themselves; "" where there are none, or nobody knows them
    says: str  # in one line; "" where nobody has read them
    source: str
    read_on: str  # ISO date


@cache
def _rows() -> dict[str, Terms]:
    found = tomllib.loads(_resources.path(FILE).read_text("utf-8"))["terms"]
    return {row["provider"]: Terms(**row) for row in found}


def terms_of(providers: Iterable[str]) -> tuple[Terms, ...]:
    """The card of each of these providers, once, in the order given; of an unknown one a card that says so."""
    rows = _rows()
    return tuple(
        rows.get(name, Terms(name, name, "", "", "no row of data/terms.toml", "")) for name in dict.fromkeys(providers)
    )
