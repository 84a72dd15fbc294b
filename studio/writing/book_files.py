"""Prompt books on disk: `.md` or `.csv`, by the ending of the name."""

from __future__ import annotations

from pathlib import Path

from studio.errors import BadInput, NotFound, StoreError
from studio.given import shown
from studio.media.files import in_place
from studio.writing.book import Book
from studio.writing.book_csv import read_book_csv, write_book_csv
from studio.writing.book_markdown import read_book_markdown, write_book_markdown

LARGEST = 50_000_000  # bytes: some thousand versions at their longest


def load_book(path: Path) -> Book:
    """The prompt book in a file. A CSV has no place for the title: the file's name stands for it.

    Raises `NotFound`, or `BadInput` naming the file and what is wrong in it.
    """
    ending = _ending(path)
    if not path.is_file():
        raise NotFound(f"there is no prompt book at {path}: give the path of a .md or .csv file")
    if path.stat().st_size > LARGEST:
        raise BadInput(f"{path.name} has {path.stat().st_size:,} bytes: a prompt book has at most {LARGEST:,}")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise BadInput(f"{path.name} is not UTF-8 text (byte {wrong.start}): save it as UTF-8") from None
    except OSError as wrong:
        raise StoreError(f"{path.name} cannot be read: {wrong.strerror}") from None
    try:
        return read_book_markdown(text) if ending == ".md" else read_book_csv(text, path.stem)
    except BadInput as wrong:
        raise BadInput(f"{path.name}: {wrong}") from None


def save_book(book: Book, path: Path) -> Path:
    """Write the book to a new file, whole or not at all; a file that is there is never overwritten."""
    ending = _ending(path)
    if not book.entries:
        raise BadInput(f'there are no words to save as {path.name}: film.write("01A", "…") writes the first')
    text = write_book_markdown(book) if ending == ".md" else write_book_csv(book)
    if path.exists():
        raise BadInput(f"{path.name} is already there: give the prompt book another name")
    if not path.parent.is_dir():
        raise NotFound(f"{path.parent.name} is not there: make the folder first, or save the prompt book elsewhere")
    with in_place(path) as partial:
        partial.write_bytes(text.encode())
    return path


def _ending(path: Path) -> str:
    if path.suffix.lower() not in (".md", ".csv"):
        name = path.name if path.name.isprintable() else shown(path.name)
        raise BadInput(f"{name} is neither .md nor .csv: a prompt book is one of the two")
    return path.suffix.lower()
