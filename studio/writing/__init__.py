"""Words: prompt versions with their authors, what is sent, differences, and the screenplay as TOML and CSV."""

from studio.writing.composition import compose, describe
from studio.writing.differences import Change, diff_html, diff_prompts, diff_text, word_diff
from studio.writing.screenplay import Screenplay, ShotText
from studio.writing.screenplay_csv import read_screenplay_csv, write_screenplay_csv
from studio.writing.screenplay_toml import read_screenplay, write_screenplay
from studio.writing.versions import PARTS, next_version

__all__ = [
    "PARTS",
    "Change",
    "Screenplay",
    "ShotText",
    "compose",
    "describe",
    "diff_html",
    "diff_prompts",
    "diff_text",
    "next_version",
    "read_screenplay",
    "read_screenplay_csv",
    "word_diff",
    "write_screenplay",
    "write_screenplay_csv",
]
