"""How a film is made and how one is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from studio import given
from studio.errors import BadInput, NotFound
from studio.film.film import Film
from studio.log import settings_for, told_of_files, write_settings

FOLDERS = ("song", "media", "journal", "backups", "cache", "deliveries", "notebooks")
DEFAULT_AUTHOR = "director"


def new(
    dir: str | Path,
    title: str | None = None,
    rate: str | int | float | Fraction = 24,
    size: tuple[int, int] = (1280, 720),
    authors: str | Sequence[str] | Mapping[str, Sequence[str]] = DEFAULT_AUTHOR,
    **settings: Any,
) -> Film:
    """Make a film in a new or empty folder, and open it.

    `authors` are names, or names with their roles: ``{"ada": ["words"], "ben": ["camera", "edit"]}``. Whatever else
    stands in film.toml can be given by name (`fit`, `title_card`, `end_card`, `slowest_speed`, `cap_usd`, `reasons`).
    """
    folder = given.path(dir, "my-film")
    if (folder / "film.toml").exists():
        raise BadInput(f"{folder} already holds a film: studio.open({str(folder)!r}) opens it")
    named = title or folder.resolve().name.replace("-", " ").replace("_", " ").strip() or "Untitled"
    chosen = settings_for(named, rate, size, authors, settings)
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is no folder: give the film a folder of its own")
    with told_of_files(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_settings(folder, chosen)
        for name in FOLDERS:
            (folder / name).mkdir(exist_ok=True)
    return Film(folder)


def open(dir: str | Path) -> Film:
    """Open the film in a folder; what was under way when it was last closed can go on with `film.resume()`."""
    folder = given.path(dir, "my-film")
    if not (folder / "film.toml").is_file():
        raise NotFound(f"there is no film in {folder}: it has no film.toml; studio.new({str(folder)!r}) makes one")
    return Film(folder)
