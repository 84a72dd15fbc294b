"""Who a cut can be handed to: what each editor opens of it, and what that list cannot carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.cutting.formats import FORMATS
from studio.delivery.packages import PRESETS
from studio.nouns import Cut

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Editor:
    """One preset of `cut.export`, for one cut."""

    preset: str
    editor: str
    opens: str  # the list to open first; "" for the package that has them all
    otherwise: tuple[str, ...]  # what to open where that fails
    cannot: tuple[str, ...]  # what the first one cannot carry of the cut, a sentence each


def editors_of(cut: Cut) -> tuple[Editor, ...]:
    """Every preset, in the order in which `PRESETS` names them."""
    return tuple(_editor(name, cut) for name in PRESETS)


def _editor(name: str, cut: Cut) -> Editor:
    preset = PRESETS[name]
    if not preset.steps:  # the package for any editor: each opens its own list of it
        return Editor(name, preset.editor, "", preset.lists, ())
    first, *others = preset.lists
    return Editor(name, preset.editor, first, tuple(others), tuple(FORMATS[first].limits(cut)))


def editors_frame(cut: Cut) -> pd.DataFrame:
    """One row an editor: `preset`, `editor`, `opens`, `otherwise`, and `cannot`, what does not come across."""
    import pandas as pd

    rows = [
        (each.preset, each.editor, each.opens, ", ".join(each.otherwise), " ".join(each.cannot))
        for each in editors_of(cut)
    ]
    return pd.DataFrame(rows, columns=["preset", "editor", "opens", "otherwise", "cannot"]).astype("str")
