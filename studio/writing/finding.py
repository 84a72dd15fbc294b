"""What a look at the words finds: one sentence each, with its reason and where that was read. Advice, never a stop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Finding:
    """One thing to think about."""

    kind: str  # id of the rule: "moves_fight"
    shot: str  # "07A"
    about: str  # the part: scene_text, camera, style, avoid, continuity, portals, length
    sentence: str  # what is wrong and what would be right
    words: str = ""  # the words it is about, as written
    reason: str = ""  # why
    source: str = ""  # where the reason was read, or "measured in this film"
    checked_on: str = ""  # ISO date

    def __str__(self) -> str:
        return f"{self.shot}, {self.about.replace('_', ' ')}: {self.sentence}"


@dataclass(frozen=True, repr=False)
class Findings:
    """Several, in the order of the words; reads as text, as HTML and as a table."""

    found: tuple[Finding, ...]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def __repr__(self) -> str:
        return "\n".join(map(str, self.found)) or "nothing to think about"

    def _repr_html_(self) -> str:
        if not self.found:
            return "<p>nothing to think about</p>"
        lines = "".join(
            f"<li><b>{escape(each.shot)}, {escape(each.about.replace('_', ' '))}</b>: {escape(each.sentence)}"
            + (f" <small>({escape(each.reason)})</small>" if each.reason else "")
            + "</li>"
            for each in self.found
        )
        return f"<ul>{lines}</ul>"

    def to_frame(self) -> pd.DataFrame:
        """One row a finding."""
        import pandas as pd

        return pd.DataFrame([vars(each) for each in self.found], columns=list(Finding.__dataclass_fields__))
