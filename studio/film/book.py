"""`film.book`: every version of the words, who wrote which part, and what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studio import given, writing

if TYPE_CHECKING:
    import pandas as pd

    from studio.film.film import Film
    from studio.writing import Book, BookRead


class BookHandle:
    """The prompt book as it stands now; `str` is the whole of it in Markdown."""

    def __init__(self, film: Film) -> None:
        self._film = film

    def __repr__(self) -> str:
        return repr(self.value)

    def __str__(self) -> str:
        return str(self.value)

    def _repr_html_(self) -> str:
        return self.value._repr_html_()

    @property
    def value(self) -> Book:
        """The book as a value."""
        return writing.book_of(self._film.log, self._film.settings.title)

    def to_frame(self) -> pd.DataFrame:
        """One row a version, with every part, every author and the outcome."""
        return self.value.to_frame()

    def save(self, path: str | Path) -> Path:
        """The book as a new .md or .csv file; one that is there is never overwritten."""
        return writing.save_book(self.value, given.path(path, "book.md"))

    def read(self, path: str | Path) -> BookRead:
        """Write the versions of a saved book that this film does not have yet; says which."""
        book = writing.load_book(given.path(path, "book.md"))
        return writing.record_book(self._film.log, book, self._film.author)
