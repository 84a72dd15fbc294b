"""Words: prompt versions with their authors, what is sent, differences, and the screenplay as TOML and CSV."""

from studio.writing.book import Book, BookEntry, Outcome
from studio.writing.book_csv import read_book_csv, write_book_csv
from studio.writing.book_files import load_book, save_book
from studio.writing.book_log import BookRead, book_of, record_book
from studio.writing.book_markdown import read_book_markdown, write_book_markdown
from studio.writing.cards import (
    Worded,
    check_card,
    drop_cards,
    find_card,
    record_card,
    use_cards,
    worded,
)
from studio.writing.cards_check import ages_in, check_cards, check_story, year_of
from studio.writing.chains import Link, chain, check_chain
from studio.writing.composition import compose, compose_parts, describe, portal_words
from studio.writing.differences import Change, diff_html, diff_prompts, diff_text, word_diff
from studio.writing.finding import Finding, Findings
from studio.writing.lint import Limits, lint
from studio.writing.logged import WordDiff, diff_versions, latest_prompts, screenplay_of, words_differ, words_of_takes
from studio.writing.recording import record, record_by_cards, record_screenplay
from studio.writing.scenes_from import begins_in_words, scene_from
from studio.writing.screenplay import Screenplay, ShotText
from studio.writing.screenplay_csv import read_screenplay_csv, safe_cell, write_screenplay_csv
from studio.writing.screenplay_files import load_screenplay, save_screenplay
from studio.writing.screenplay_toml import read_screenplay, write_screenplay
from studio.writing.versions import PARTS, next_version

__all__ = [
    "PARTS",
    "Book",
    "BookEntry",
    "BookRead",
    "Change",
    "Finding",
    "Findings",
    "Limits",
    "Link",
    "Outcome",
    "Screenplay",
    "ShotText",
    "WordDiff",
    "Worded",
    "ages_in",
    "begins_in_words",
    "book_of",
    "chain",
    "check_card",
    "check_cards",
    "check_chain",
    "check_story",
    "compose",
    "compose_parts",
    "describe",
    "diff_html",
    "diff_prompts",
    "diff_text",
    "diff_versions",
    "drop_cards",
    "find_card",
    "latest_prompts",
    "lint",
    "load_book",
    "load_screenplay",
    "next_version",
    "portal_words",
    "read_book_csv",
    "read_book_markdown",
    "read_screenplay",
    "read_screenplay_csv",
    "record",
    "record_book",
    "record_by_cards",
    "record_card",
    "record_screenplay",
    "safe_cell",
    "save_book",
    "save_screenplay",
    "scene_from",
    "screenplay_of",
    "use_cards",
    "word_diff",
    "worded",
    "words_differ",
    "words_of_takes",
    "write_book_csv",
    "write_book_markdown",
    "write_screenplay",
    "write_screenplay_csv",
    "year_of",
]
