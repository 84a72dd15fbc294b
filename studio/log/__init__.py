"""The log: what was written, what happened, and what each take is now. The only room that knows SQL.

Ids, settings, events and columns are light; whatever needs SQLAlchemy loads when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studio.log.aliases import ELSEWHERE, Alias, InQuestion
    from studio.log.columns import TAKES, Column
    from studio.log.cuts import cut_from_json, cut_to_json
    from studio.log.decided import Opinion, opinions_of
    from studio.log.failures import told_of_files
    from studio.log.filesystem import fit_for_database
    from studio.log.folding import Facts, fold
    from studio.log.ids import new_id, now_us
    from studio.log.leases import Claim
    from studio.log.listening import Listening
    from studio.log.looked import ToMeasure
    from studio.log.merging import Merged, leave_to_others, merge
    from studio.log.money import Line, Standing
    from studio.log.moving import Moved, move_log
    from studio.log.numbering import Renumbered
    from studio.log.reads import KeptTake, Spending
    from studio.log.rebuilding import Report, rebuild
    from studio.log.settings import (
        Author,
        Settings,
        check_author,
        check_person,
        default_author,
        read_settings,
        settings_for,
        write_settings,
    )
    from studio.log.store import Log
    from studio.log.writer import Writer

_HOME = {
    "Alias": "aliases",
    "Author": "settings",
    "Claim": "leases",
    "Column": "columns",
    "ELSEWHERE": "aliases",
    "Facts": "folding",
    "InQuestion": "aliases",
    "KeptTake": "reads",
    "Line": "money",
    "Listening": "listening",
    "Log": "store",
    "Merged": "merging",
    "Moved": "moving",
    "Opinion": "decided",
    "Renumbered": "numbering",
    "Report": "rebuilding",
    "Settings": "settings",
    "Spending": "reads",
    "Standing": "money",
    "TAKES": "columns",
    "ToMeasure": "looked",
    "Writer": "writer",
    "check_author": "settings",
    "check_person": "settings",
    "cut_from_json": "cuts",
    "cut_to_json": "cuts",
    "default_author": "settings",
    "fit_for_database": "filesystem",
    "fold": "folding",
    "leave_to_others": "merging",
    "merge": "merging",
    "move_log": "moving",
    "new_id": "ids",
    "now_us": "ids",
    "opinions_of": "decided",
    "read_settings": "settings",
    "rebuild": "rebuilding",
    "settings_for": "settings",
    "told_of_files": "failures",
    "write_settings": "settings",
}
__all__ = [
    "ELSEWHERE",
    "TAKES",
    "Alias",
    "Author",
    "Claim",
    "Column",
    "Facts",
    "InQuestion",
    "KeptTake",
    "Line",
    "Listening",
    "Log",
    "Merged",
    "Moved",
    "Opinion",
    "Renumbered",
    "Report",
    "Settings",
    "Spending",
    "Standing",
    "ToMeasure",
    "Writer",
    "check_author",
    "check_person",
    "cut_from_json",
    "cut_to_json",
    "default_author",
    "fit_for_database",
    "fold",
    "leave_to_others",
    "merge",
    "move_log",
    "new_id",
    "now_us",
    "opinions_of",
    "read_settings",
    "rebuild",
    "settings_for",
    "told_of_files",
    "write_settings",
]


def __getattr__(name: str) -> Any:
    """A public name, from the module it lives in."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
