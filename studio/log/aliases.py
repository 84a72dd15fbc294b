"""What a film that several people edit apart has more than one of: labels of a take, and versions of a shot's words."""

from __future__ import annotations

from dataclasses import dataclass

from studio.nouns import Prompt

ELSEWHERE = "elsewhere"  # who holds the takes that another machine works on: they are never made here too


@dataclass(frozen=True)
class Alias:
    """A label that a take had before it met another one of the same."""

    label: str
    take_id: str
    now: str  # its label at present
    author: str  # who asked for the take: in their lists the old label means this one


@dataclass(frozen=True)
class InQuestion:
    """A shot whose words were written twice, apart: which are current is for a person to say."""

    shot: str
    current: Prompt  # counts until then
    others: tuple[Prompt, ...]
