"""A film on the move: its own folder as one zip, without the clips, and what is needed to find those again.

    film.toml  film.db  journal/  song/  notebooks/  media/cards/  packed.json   (and with media=True: media/takes, …)

It is the film itself for the people who make it: prompts, verdicts and money travel along. It holds no key, no path of
this machine, and none of its file names leads out of a folder; a zip from anywhere is held to the same.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from studio.delivery.key_search import KeySearch, keys_here
from studio.delivery.shared_notebooks import read_notebook, search_notebook
from studio.delivery.sharing import DATED, folder_in_place
from studio.errors import BadInput, NotFound
from studio.given import visible
from studio.media.files import disk_errors, in_place
from studio.media.library import TAKE_NAME, Library
from studio.media.relinking import Wanted, absent

if TYPE_CHECKING:
    from studio.log import Settings

LISTING = "packed.json"
FOLDERS = ("journal", "song", "notebooks", "media")
FILES = ("film.toml", "film.db", ".gitignore", ".gitattributes", LISTING)
LYRICS = (".lrc", ".txt", ".vtt", ".srt")  # beside a song
STORED = (".mp4", ".mov", ".webm", ".jpg", ".mp3", ".m4a", ".flac", ".png", ".ogg")  # are packed already
MOST_FILES = 1_000_000
BLOCK = 2**20


@dataclass(frozen=True)
class Seen:
    """Where a file was last seen."""

    size: int | None  # bytes
    where: str  # "on atlas, in my-film, 2026-11-29"; "" where nobody has said


@dataclass(frozen=True)
class Packed:
    """What was packed."""

    path: Path
    files: int
    size: int  # bytes, unpacked
    media: int  # files of media that the log names
    inside: bool  # they are packed too
    missing: int  # of them, those that are not here
    left_out: tuple[str, ...]  # one sentence each

    def __repr__(self) -> str:
        travel = "with" if self.inside else "without"
        said = f"{self.path.name}: the film {travel} its {self.media:,} files of media"
        lines = [f"{said}, {self.files:,} files, {self.size / 1e6:.1f} MB; its prompts and verdicts travel along"]
        if self.missing:
            lines.append(f"{self.missing:,} of them {'is' if self.missing == 1 else 'are'} not here: film.missing()")
        return "\n".join([*lines, *self.left_out])


@dataclass(frozen=True)
class Unpacked:
    """What was unpacked."""

    folder: Path
    title: str
    missing: int  # files of media that did not come along
    notes: tuple[str, ...] = ()  # what to look at before anything is generated

    def __repr__(self) -> str:
        lines = [f"{self.title}: unpacked into {self.folder.name}"]
        if self.missing:
            lines.append(
                f"{self.missing:,} files of media did not come along: film.relink(…) finds them by their hashes"
            )
        return "\n".join([*lines, *self.notes])


def pack(
    settings: Settings,
    film: Path,
    path: Path,
    wanted: Iterable[Wanted],
    database: Path,
    media: bool = False,
    environ: Mapping[str, str] | None = None,
) -> Packed:
    """Pack a film as a new folder, or as a zip where the path ends so. `database` is a whole copy of its log.

    Raises BadInput where anything that looks like a key is found, and for a path where something is already.
    """
    if os.path.lexists(path):
        raise BadInput(f"{path.name} is already there: give what is packed another name")
    wanted = tuple(wanted)
    search = KeySearch(keys_here(settings, environ))
    toml, left_out = _settings(settings, film)
    files, odd = _files(film)
    gone = {each.file for each in absent(Library(film), wanted)}
    listing = _listing(settings.title, film, wanted, gone)
    made = {"film.toml": toml, LISTING: listing}
    for name, content in made.items():
        search.text(content.decode(), name)
    for name, at in files.items():
        if name.endswith(".ipynb"):
            search_notebook(read_notebook(at, name), name, search)
        elif name.startswith("journal/"):
            with at.open(encoding="utf-8", errors="replace") as lines:
                for number, line in enumerate(lines, start=1):
                    search.values(line, name, f"line {number}")
        elif name.startswith("notebooks/") or name.lower().endswith(LYRICS):
            search.content(at.read_bytes(), name)
    there = [each for each in wanted if each.file not in gone]
    if media:
        files |= {each.file: film / each.file for each in there}
    files["film.db"] = database
    if path.suffix.lower() == ".zip":
        with in_place(path) as partial:
            _write_zip(partial, files, made)
    else:
        with folder_in_place(path) as partial:
            _write_folder(partial, files, made)
    size = sum(at.stat().st_size for at in files.values()) + sum(map(len, made.values()))
    notes = (*left_out, *odd)
    return Packed(path, len(files) + len(made), size, len(wanted), media, len(gone), notes)


def unpack(path: Path, to: Path) -> Unpacked:
    """Unpack a packed film into a new folder; a zip that is none, or a name of which leads elsewhere, is refused."""
    from studio.log import read_settings

    if os.path.lexists(to):
        raise BadInput(f"{to.name} is already there: give the film another folder")
    with _opened(path) as box:
        members = _checked(box, path.name)
        with disk_errors(to):
            to.parent.mkdir(parents=True, exist_ok=True)
        room, needed = shutil.disk_usage(to.parent).free, sum(info.file_size for info in members.values())
        if needed > room:
            raise BadInput(
                f"{path.name} needs {needed / 1e9:.1f} GB and there are {room / 1e9:.1f} GB: make room first"
            )
        with folder_in_place(to) as partial:
            for name, info in members.items():
                target = partial.joinpath(*PurePosixPath(name).parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                try:
                    with box.open(info) as source, target.open("xb") as file:
                        shutil.copyfileobj(source, file, BLOCK)
                except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as problem:
                    raise BadInput(f"{path.name} is damaged at {name} ({problem}): have it sent again") from None
            settings = read_settings(partial)
            if settings.database_url or settings.credentials:
                raise BadInput(
                    f"the film.toml in {path.name} names places outside the film: it was not packed by studio"
                )
    notes = tuple(
        f"its film.toml sends what is for {name} to {options['base_url']}: see that you know that address"
        for name, options in settings.providers.items()
        if options.get("base_url")
    )
    missing = sum(not (to / file).is_file() for file in _media_listed(to))
    return Unpacked(to, settings.title, missing, notes)


def last_seen(film: Path) -> dict[str, Seen]:
    """What the film's `packed.json` says of each file of media, by its SHA-256; nothing where there is none."""
    found = {}
    for each in _listed(film).get("media", ()):
        match each:
            case {"sha256": str(sha256), "size": int() | None as size, "last_seen": str(where)}:
                with contextlib.suppress(BadInput):
                    found[sha256] = Seen(size, visible(where, "where a file was last seen", 300))
    return found


# --- within ----------------------------------------------------------------------------------------------------------


def _settings(settings: Settings, film: Path) -> tuple[bytes, tuple[str, ...]]:
    """film.toml as it travels: without the address of a server, and the paths of certificates."""
    from studio.log import write_settings

    if not settings.database_url and not settings.credentials:
        return (film / "film.toml").read_bytes(), ()
    with tempfile.TemporaryDirectory() as folder:
        write_settings(Path(folder), replace(settings, database_url="", credentials={}))
        content = (Path(folder) / "film.toml").read_bytes()
    said = []
    if settings.database_url:
        said.append("its log is on a server: a copy of it is packed as film.db, for studio merge to bring back")
    if settings.credentials:
        said.append("where the certificate for signing lies on this machine is left out of film.toml")
    return content, tuple(said)


def _files(film: Path) -> tuple[dict[str, Path], list[str]]:
    """What of the film's folder travels, but for its log and its clips; links are not followed."""
    found = {name: film / name for name in (".gitignore", ".gitattributes") if (film / name).is_file()}
    odd: list[str] = []
    kinds = {"journal": ("*.jsonl",), "song": ("*",), "notebooks": ("*",), "media/cards": ("*.mp4",)}
    for folder, patterns in kinds.items():
        at = film / folder
        for path in sorted({each for pattern in patterns for each in at.rglob(pattern)}) if at.is_dir() else ():
            name = path.relative_to(film).as_posix()
            if any(part.startswith(".") for part in path.relative_to(film).parts) or path.is_dir():
                continue
            if path.is_symlink() or any(each.is_symlink() for each in path.parents if each.is_relative_to(at)):
                odd.append(f"{name} is a link and is left out: what it leads to may not be the film's")
            elif why := _refused(name):
                odd.append(f"{name} is left out: {why}")
            elif path.is_file() and not path.name.endswith((".partial", ".tmp")):
                found[name] = path
    return found, odd


def _listing(title: str, film: Path, wanted: Iterable[Wanted], gone: Iterable[str]) -> bytes:
    """packed.json: each file of media by its hash, and the machine and the film's folder where it was last seen."""
    now = datetime.now(UTC)
    before, missing = last_seen(film), set(gone)
    here = f"on {platform.node() or 'a machine without a name'}, in {film.name}, {now:%Y-%m-%d}"
    media = []
    for each in wanted:
        known = before.get(each.sha256, Seen(each.size, ""))
        there = each.file not in missing
        size = (film / each.file).stat().st_size if there else known.size
        said = {"name": each.name, "file": each.file, "sha256": each.sha256, "size": size}
        media.append(said | {"last_seen": here if there else known.where})
    what: dict[str, Any] = {"film": title, "packed_at": f"{now:%Y-%m-%dT%H:%M:%SZ}", "media": media}
    return (json.dumps(what, ensure_ascii=False, indent=1) + "\n").encode()


def _listed(film: Path) -> dict[str, Any]:
    """What packed.json holds. It may come from anywhere: what is not as it should be is passed over."""
    try:
        found = json.loads((film / LISTING).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict) or not isinstance(found.get("media"), list):
        return {}
    return found


def _media_listed(film: Path) -> Iterator[str]:
    for each in _listed(film).get("media", ()):
        if isinstance(each, dict) and isinstance(each.get("file"), str) and not _refused(each["file"]):
            yield each["file"]


def _refused(name: str) -> str:
    """Why a name may not be in a packed film; "" where it may."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name or not path.parts:
        return "its name leads out of the film's folder"
    if name != path.as_posix() or len(name) > 400 or not all(part.isprintable() for part in path.parts):
        return "no system is sure to take its name"
    if len(path.parts) == 1 and name not in FILES:
        return "a packed film has no such file"
    if len(path.parts) > 1 and path.parts[0] not in FOLDERS:
        return "a packed film has no such folder"
    if any(part.startswith(".") for part in path.parts[1:]):
        return "hidden files do not travel"
    return ""


def _checked(box: zipfile.ZipFile, called: str) -> dict[str, zipfile.ZipInfo]:
    """The files of a zip by their names, every one looked at before the first is written."""
    found: dict[str, zipfile.ZipInfo] = {}
    taken: set[str] = set()
    for info in box.infolist():
        name = info.filename
        if info.is_dir():
            name = name.rstrip("/")
            if name in FOLDERS or (name and not _refused(f"{name}/x")):
                continue
        kind = stat.S_IFMT(info.external_attr >> 16)
        why = _refused(name) or ("" if kind in (0, stat.S_IFREG) else "it is no plain file")
        why = why or ("it is encrypted" if info.flag_bits & 1 else "")
        if why or name.casefold() in taken:
            raise BadInput(f"{called} holds {name[:100]!r}: {why or 'that name is there twice'}; nothing is unpacked")
        taken.add(name.casefold())
        found[name] = info
    if len(found) > MOST_FILES:
        raise BadInput(f"{called} holds {len(found):,} files, and a film has {MOST_FILES:,} at most")
    if "film.toml" not in found or LISTING not in found:
        raise BadInput(f"{called} is no packed film: give what film.pack(…) has made")
    return found


def _opened(path: Path) -> zipfile.ZipFile:
    if path.is_dir():
        raise BadInput(f"{path.name} is a folder and no zip: what film.pack(…) makes as a folder is a film already")
    if not path.is_file():
        raise NotFound(f"{path} is not there: give what film.pack(…) has made")
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as problem:
        raise BadInput(f"{path.name} is no zip ({problem}): give what film.pack(…) has made") from None


def _write_zip(path: Path, files: Mapping[str, Path], made: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as box:
        for name in sorted([*files, *made]):
            info = zipfile.ZipInfo(name, DATED)
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.create_system = 3
            info.compress_type = zipfile.ZIP_STORED if name.lower().endswith(STORED) else zipfile.ZIP_DEFLATED
            if name in made:
                box.writestr(info, made[name])
                continue
            info.file_size = files[name].stat().st_size  # so that what is long is written as such
            with files[name].open("rb") as source, box.open(info, "w") as file:
                shutil.copyfileobj(source, file, BLOCK)


def _write_folder(folder: Path, files: Mapping[str, Path], made: Mapping[str, bytes]) -> None:
    for name in sorted([*files, *made]):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name in made:
            target.write_bytes(made[name])
        else:
            shutil.copyfile(files[name], target)
            if TAKE_NAME.fullmatch(target.stem):
                target.chmod(0o444)
