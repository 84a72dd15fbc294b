"""Looking at takes: verdicts with their reasons, accidents, notes, and which shots are covered."""

from __future__ import annotations

from studio.review.coverage import Coverage, coverage
from studio.review.decisions import decide, mark_accident, undo, write_note

__all__ = ["Coverage", "coverage", "decide", "mark_accident", "undo", "write_note"]
