"""How a film is made and how one is opened."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from studio import given
from studio.errors import BadInput, NotFound
from studio.film.film import Film
from studio.log import settings_for, told_of_files, write_settings
from studio.media import disk_errors, sha256_of
from studio.media.files import in_place

FOLDERS = ("song", "media", "journal", "backups", "cache", "deliveries", "notebooks")
DEFAULT_AUTHOR = "director"
GIT = {  # what people write is Git's, and two people's lines both count; what is made, and the log itself, is not
    ".gitattributes": "journal/*.jsonl merge=union -text\n",
    ".gitignore": "".join(
        f"/{name}\n"
        for name in ("film.db*", "media", "cache/", "backups/", "deliveries/", "incoming/", "drafts/", "*.partial")
    )
    + "*.tmp\n.ipynb_checkpoints/\n",
}


def new(
    dir: str | Path,
    title: str | None = None,
    rate: str | int | float | Fraction = 24,
    size: tuple[int, int] = (1280, 720),
    authors: str | Sequence[str] | Mapping[str, Sequence[str]] = DEFAULT_AUTHOR,
    media: str | Path = "",
    **settings: Any,
) -> Film:
    """Make a film in a new or empty folder, and open it.

    `authors` are names, or names with their roles: ``{"ada": ["words"], "ben": ["camera", "edit"]}``. `media` is a
    folder for the clips on another or a shared disk: the film's media folder is a link to it. Whatever else
    stands in film.toml can be given by name (`fit`, `title_card`, `end_card`, `slowest_speed`, `cap_usd`, `reasons`).
    """
    folder = given.path(dir, "my-film")
    if (folder / "film.toml").exists():
        raise BadInput(f"{folder} already holds a film: studio.open({str(folder)!r}) opens it")
    named = title or folder.resolve().name.replace("-", " ").replace("_", " ").strip() or "Untitled"
    chosen = settings_for(named, rate, size, authors, settings)
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is no folder: give the film a folder of its own")
    if media and os.path.lexists(folder / "media"):
        raise BadInput(f"{folder} has a media folder already: move it away, or leave the other one out")
    clips = _for_clips(folder, given.path(media, "/mnt/clips/my-film")) if media else None
    with told_of_files(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if clips:
            (folder / "media").symlink_to(clips, target_is_directory=True)
        write_settings(folder, chosen)
        for name in FOLDERS:
            (folder / name).mkdir(exist_ok=True)
        for name, text in GIT.items():
            if not (folder / name).exists():
                (folder / name).write_text(text, "utf-8")
    return Film(folder)


def media_at(dir: str | Path, where: str | Path) -> Path:
    """Let the media folder of a film be a link to a folder on another or a shared disk, of one that was cloned or
    unpacked here, say. What it has goes there first. That folder, which is made where it is not there.

    BadInput, and nothing is moved, where the other folder has another file of the same name, and where something new
    came into the film meanwhile. Nothing is taken away that is not there first.
    """
    folder = given.path(dir, "my-film")
    if not (folder / "film.toml").is_file():
        raise NotFound(f"there is no film in {folder}: it has no film.toml")
    media, wanted = folder / "media", given.path(where, "/mnt/clips/my-film")
    if media.is_symlink():
        if media.resolve() == wanted.expanduser().resolve():
            return media.resolve()
        raise BadInput(f"the clips of {folder} lie elsewhere already: remove the link {media.name} to say where anew")
    clips = _for_clips(folder, wanted)
    there = {clips / path.relative_to(media): path for path in sorted(media.rglob("*")) if path.is_file()}
    new = {to: path for to, path in there.items() if not to.exists()}
    for to, path in there.items():
        if to not in new and sha256_of(to) != sha256_of(path):
            name = path.relative_to(folder).as_posix()
            raise BadInput(f"{clips} has another file as {name}: give this film's clips a folder of their own")
    for to, path in new.items():
        with disk_errors(to):
            to.parent.mkdir(parents=True, exist_ok=True)
            with in_place(to) as partial:
                shutil.copyfile(path, partial)
    ours = frozenset(there.values())
    if strange := [path for path in media.rglob("*") if path not in ours and not path.is_dir()]:
        name = strange[0].relative_to(folder).as_posix()
        raise BadInput(f"{name} came in meanwhile, or is no file: close the film everywhere, and say it again")
    with told_of_files(folder):
        for path in ours:
            path.unlink()
        for path in sorted(media.rglob("*"), reverse=True):
            path.rmdir()  # whatever came in even now stays, and is told
        if media.is_dir():
            media.rmdir()
        media.symlink_to(clips, target_is_directory=True)
    return clips


def _for_clips(folder: Path, clips: Path) -> Path:
    """The folder that the film's media folder is to lead to, made where it is not there."""
    clips = clips.expanduser().resolve()
    if clips.is_relative_to(folder.resolve()) or folder.resolve().is_relative_to(clips):
        raise BadInput(f"{clips} cannot hold the clips: give a folder that is not in the film's, and does not hold it")
    if clips.exists() and not clips.is_dir():
        raise BadInput(f"{clips} is no folder: give one for the clips")
    with disk_errors(clips):
        clips.mkdir(parents=True, exist_ok=True)
    return clips


def open(dir: str | Path) -> Film:
    """Open the film in a folder; what was under way when it was last closed can go on with `film.resume()`."""
    folder = given.path(dir, "my-film")
    if not (folder / "film.toml").is_file():
        raise NotFound(f"there is no film in {folder}: it has no film.toml; studio.new({str(folder)!r}) makes one")
    return Film(folder)
