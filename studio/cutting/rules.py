"""`data/cut_checks.toml` as frozen values: what a cut is looked over for, and from which number on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from studio import _resources
from studio.errors import NotFound
from studio.given import shown

FILE = "data/cut_checks.toml"
_FIELDS = ("id", "number", "unit", "sentence", "reason", "source", "checked_on")


@dataclass(frozen=True)
class Rule:
    """One thing to look for."""

    id: str
    number: float  # from where on, or below which, something is said
    unit: str
    sentence: str  # a template
    reason: str
    source: str
    checked_on: str  # ISO date
    data: Mapping[str, Any] = field(default_factory=dict)  # what only this check needs


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its id, in the order of the file. Read once."""
    rows = tomllib.loads(_resources.path(FILE).read_text(encoding="utf-8"))["rule"]
    return MappingProxyType(
        {
            row["id"]: Rule(
                **{name: row[name] for name in _FIELDS},
                data=MappingProxyType({key: value for key, value in row.items() if key not in _FIELDS}),
            )
            for row in rows
        }
    )


def rule(id: str) -> Rule:
    """One of them."""
    if id not in rules():
        raise NotFound(f"there is no check {shown(id)} of a cut: there is {', '.join(rules())}")
    return rules()[id]
