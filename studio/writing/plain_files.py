"""Words on disk, whatever they hold: a text file of one of two kinds, read whole, and never written over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from studio.errors import BadInput, NotFound, StoreError
from studio.given import shown
from studio.media.files import in_place

T = TypeVar("T")


@dataclass(frozen=True)
class PlainFile:
    """A kind of file that a person names by its ending."""

    what: str  # "screenplay", "prompt book"
    endings: tuple[str, str]  # the lower-case suffixes
    largest: int  # bytes

    def ending(self, path: Path) -> str:
        """Which of the two it is; BadInput for any other."""
        if path.suffix.lower() not in self.endings:
            name = path.name if path.name.isprintable() else shown(path.name)
            one, other = self.endings
            raise BadInput(f"{name} is neither {one} nor {other}: a {self.what} is one of the two")
        return path.suffix.lower()

    def read(self, path: Path, of: Callable[[str], T]) -> T:
        """What `of` makes of the text. Raises NotFound, or BadInput that begins with the file's name."""
        one, other = self.endings
        if not path.is_file():
            raise NotFound(f"there is no {self.what} at {path}: give the path of a {one} or {other} file")
        if path.stat().st_size > self.largest:
            size = path.stat().st_size
            raise BadInput(f"{path.name} has {size:,} bytes: a {self.what} has at most {self.largest:,}")
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as wrong:
            raise BadInput(f"{path.name} is not UTF-8 text (byte {wrong.start}): save it as UTF-8") from None
        except OSError as wrong:
            raise StoreError(f"{path.name} cannot be read: {wrong.strerror}") from None
        try:
            return of(text)
        except BadInput as wrong:
            raise BadInput(f"{path.name}: {wrong}") from None

    def write(self, path: Path, text: str) -> Path:
        """A new file, whole or not at all; one that is there is never overwritten."""
        if path.exists():
            raise BadInput(f"{path.name} is already there: give the {self.what} another name")
        if not path.parent.is_dir():
            raise NotFound(f"{path.parent.name} is not there: make the folder first, or save the {self.what} elsewhere")
        with in_place(path) as partial:
            partial.write_bytes(text.encode())
        return path
