"""Looking at takes: verdicts with their reasons, accidents, notes, which shots are covered, and what is learned."""

from __future__ import annotations

from studio.review.applying import Changes, apply
from studio.review.coverage import Coverage, coverage, judged, kept_by
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
from studio.review.disagreements import Disagreement, disagreements
from studio.review.doubles import Fold, folds
from studio.review.evidence import Rate, says, wilson
from studio.review.findings import Evidence, Obedience, move_table, obedience, style_table, weigh
from studio.review.flags import flags_of_film
from studio.review.pace import Pace, pace
from studio.review.phrasings import Phrasing, phrasing
from studio.review.queries import Query, WrongQuery, parse
from studio.review.ranking import Candidate, rank
from studio.review.reasons import ReasonCount, count_reasons, split_reasons
from studio.review.watching import SORTS, Found, Watched, Watching

__all__ = [
    "SORTS",
    "Candidate",
    "Changes",
    "Coverage",
    "Disagreement",
    "Evidence",
    "Fold",
    "Found",
    "Obedience",
    "Pace",
    "Phrasing",
    "Query",
    "Rate",
    "ReasonCount",
    "Watched",
    "Watching",
    "WrongQuery",
    "apply",
    "count_reasons",
    "coverage",
    "decide",
    "disagreements",
    "flags_of_film",
    "folds",
    "give_reason",
    "judged",
    "kept_by",
    "mark_accident",
    "mark_best",
    "mark_best_s",
    "move_table",
    "obedience",
    "pace",
    "parse",
    "phrasing",
    "rank",
    "reasons_of",
    "say_obeyed",
    "says",
    "split_reasons",
    "style_table",
    "take_back",
    "undo",
    "weigh",
    "wilson",
    "write_note",
]
