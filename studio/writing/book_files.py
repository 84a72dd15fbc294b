"""Prompt books on disk: `.md` or `.csv`, by the ending of the name."""

from __future__ import annotations

from pathlib import Path

from studio.errors import BadInput
from studio.writing.book import Book
from studio.writing.book_csv import read_book_csv, write_book_csv
from studio.writing.book_markdown import read_book_markdown, write_book_markdown
from studio.writing.plain_files import PlainFile

BOOK = PlainFile("prompt book", (".md", ".csv"), 50_000_000)  # some thousand versions at their longest


def load_book(path: Path) -> Book:
    """The prompt book in a file. A CSV has no place for the title: the file's name stands for it.

    Raises `NotFound`, or `BadInput` naming the file and what is wrong in it.
    """
    markdown = BOOK.ending(path) == ".md"
    return BOOK.read(path, read_book_markdown if markdown else lambda text: read_book_csv(text, path.stem))


def save_book(book: Book, path: Path) -> Path:
    """Write the book to a new file, whole or not at all; a file that is there is never overwritten."""
    markdown = BOOK.ending(path) == ".md"
    if not book.entries:
        raise BadInput(f'there are no words to save as {path.name}: film.write("01A", "…") writes the first')
    return BOOK.write(path, write_book_markdown(book) if markdown else write_book_csv(book))
