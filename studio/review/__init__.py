"""Looking at takes: verdicts with their reasons, accidents, notes, which shots are covered, and what is learned."""

from __future__ import annotations

from studio.review.coverage import Coverage, coverage
from studio.review.decisions import (
    decide,
    give_reason,
    mark_accident,
    mark_best,
    mark_best_s,
    reasons_of,
    say_obeyed,
    take_back,
    undo,
    write_note,
)
from studio.review.evidence import Rate, says, wilson
from studio.review.findings import Evidence, Obedience, move_table, obedience, style_table, weigh
from studio.review.flags import flags_of_film
from studio.review.phrasings import Phrasing, phrasing

__all__ = [
    "Coverage",
    "Evidence",
    "Obedience",
    "Phrasing",
    "Rate",
    "coverage",
    "decide",
    "flags_of_film",
    "give_reason",
    "mark_accident",
    "mark_best",
    "mark_best_s",
    "move_table",
    "obedience",
    "phrasing",
    "reasons_of",
    "say_obeyed",
    "says",
    "style_table",
    "take_back",
    "undo",
    "weigh",
    "wilson",
    "write_note",
]
