"""A `Cut` as canonical JSON and back: every field by its name, a `Fraction` as "n/d".

Fields that came later are left out while they have their default, so that a cut stored before them keeps its text.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from studio.errors import Damaged
from studio.log.rows import fraction_text, to_json
from studio.nouns import Cut, Marker, Slot, SongRange, Source, Transition

_LATER_OF_CUT: dict[str, object] = {"aim": "flow", "banned": ()}
_LATER_OF_SLOT: dict[str, object] = {"pinned": False, "aim": ""}


def cut_to_json(cut: Cut) -> str:
    """The whole cut as canonical JSON text: equal cuts give equal text."""
    value = _without(asdict(cut), _LATER_OF_CUT)
    return to_json(_plain(value | {"slots": [_without(slot, _LATER_OF_SLOT) for slot in value["slots"]]}))


def _without(value: dict[str, Any], defaults: dict[str, object]) -> dict[str, Any]:
    return {name: item for name, item in value.items() if name not in defaults or item != defaults[name]}


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return fraction_text(value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def cut_from_json(text: str) -> Cut:
    """The cut that `cut_to_json` wrote; `Damaged` where the text is something else."""
    try:
        found = json.loads(text)
        song = found["song"]
        return Cut(
            **found
            | {
                "rate": Fraction(found["rate"]),
                "song": SongRange(**song | {"start_s": Fraction(song["start_s"]), "end_s": Fraction(song["end_s"])}),
                "slots": tuple(_slot(slot) for slot in found["slots"]),
                "markers": tuple(Marker(**marker) for marker in found["markers"]),
                "banned": tuple(found.get("banned", ())),
            }
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(f"this is not a cut as the log keeps it ({type(error).__name__}: {error})") from None


def _slot(found: dict[str, Any]) -> Slot:
    source = found["source"]
    transition = found["transition"]
    return Slot(
        **found
        | {
            "source": Source(**source | {"rate": Fraction(source["rate"])}),
            "speed": Fraction(found["speed"]),
            "transition": Transition(**transition) if transition else None,
        }
    )
