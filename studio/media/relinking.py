"""Media found again by their hashes, whatever they are called: on another machine, after a move, after a merge."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from studio.errors import BadInput, NotFound
from studio.given import inside
from studio.media.files import disk_errors, sha256_of
from studio.media.library import SUFFIXES, TAKE_NAME, Library

PLACES = ("media", "song")  # where files of media lie
OTHERS = (".m4v", ".mp3", ".wav", ".flac", ".m4a", ".aac", ".ogg")  # what a clip, a sound or a song may be called too
SETTINGS = "film.toml"  # what makes a folder a film's
MOVING = "moving"  # how files in media/tmp are called that are between two names
BLOCK = 2**20
# what a file or a zip says that is damaged, or of a kind that is not known here
UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Wanted:
    """A file that the film's log names."""

    name: str  # what people call it: "07A-003", "07A-fx01", "song"
    file: str  # relative to the film's folder
    sha256: str
    before: tuple[str, ...] = ()  # the files that it had under former labels
    size: int | None = None  # bytes, where that is known

    def __post_init__(self) -> None:
        for file in (self.file, *self.before):
            inside(file, PLACES)


@dataclass(frozen=True)
class Put:
    """A file that is in the film again."""

    wanted: Wanted
    file: str  # another one than the log's where somebody else's file has that name


def absent(library: Library, wanted: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """The files that are not there. Folders are read, not each file asked for: a film has a hundred thousand takes."""
    there: dict[str, frozenset[str]] = {}
    gone = []
    for each in wanted:
        folder, _, name = each.file.rpartition("/")
        if folder not in there:
            place = library.folder / folder
            there[folder] = frozenset(path.name for path in place.iterdir()) if place.is_dir() else frozenset()
        if name not in there[folder]:
            gone.append(each)
    return tuple(gone)


def straighten(
    library: Library, wanted: Sequence[Wanted], doubted: Collection[str] = ()
) -> tuple[tuple[Put, ...], tuple[Wanted, ...]]:
    """Give the files of renumbered takes their new names, and whatever lies under a wrong one its own.

    Gives what was put right, and what is not there although some other file has its name. Only files whose names have
    changed hands are looked into, and those of the names `doubted`. No byte is changed and none lost: a clip has its
    new name, or one in `media/tmp`, before its old one is taken away; what a killed run has left there is gone on with.
    """
    names = {name for each in wanted for name in each.before}
    concerned = [each for each in wanted if each.before or each.file in names or each.name in doubted]
    if not concerned:
        return (), ()
    library.prepare()
    at = _hashes(library, {name for each in concerned for name in (each.file, *each.before)})
    claimed = {each.file: each.sha256 for each in wanted}
    wrong = {name: sha256 for name, sha256 in at.items() if claimed.get(name) != sha256}
    shared = (library.folder / "media").is_symlink()
    moving: list[tuple[Wanted, Path]] = []
    lost: list[Wanted] = []
    for each in concerned:
        held = _moving(library, each)
        if at.get(each.file) == each.sha256:
            held.unlink(missing_ok=True)
            continue
        ranked = [*each.before, *wrong, *at]
        source = next((name for name in ranked if at.get(name) == each.sha256), None)
        if source in wrong:
            _pictures_away(library, source, held, shared)
        with disk_errors(library.folder / each.file):
            if held.is_file() and sha256_of(held) == each.sha256:
                moving.append((each, held))
            elif source and (library.folder / source).is_file():
                held.unlink(missing_ok=True)
                _second_name(library.folder / source, held, source in wrong)
                moving.append((each, held))
            elif each.file in at:
                lost.append(each)
    saved = {each.sha256 for each in concerned} - {each.sha256 for each in lost}
    for name, sha256 in wrong.items():
        if sha256 in saved and (name in claimed or not shared):  # on a shared disk another log may still go by it
            (library.folder / name).unlink(missing_ok=True)
    put = tuple(_named(library, each, held) for each, held in moving)
    return put, tuple(each for each in lost if (library.folder / each.file).exists())


def found(
    library: Library,
    wanted: Iterable[Wanted],
    places: Iterable[Path],
    copy: bool = True,
    told: Callable[[str], object] = lambda said: None,
    known: Collection[str] = (),
) -> tuple[Put, ...]:
    """Look for files by their hashes in folders, zips and files, and put them into the film.

    They are copied, or with `copy=False` linked, as one file under two names. Files that are called alike are looked
    into first, and nothing more is read when all is found; nor are the film's proxies, or its files `known` to be
    what the log says. `told` hears of each file that cannot be read.
    """
    missing: dict[str, list[Wanted]] = defaultdict(list)
    for each in wanted:
        missing[each.sha256].append(each)
    if not missing:
        return ()
    library.prepare()
    put: list[Put] = []
    for candidate in _ordered(library, missing, places, frozenset(known), told):
        if not missing:
            break
        if not _may_be(candidate.size, missing):
            continue
        try:
            with candidate.open() as file:
                sha256 = _sha256(file)
        except UNREADABLE as problem:
            told(_cannot(candidate.name, problem))
            continue
        for each in missing.pop(sha256, ()):
            held = _moving(library, each)
            held.unlink(missing_ok=True)
            with disk_errors(library.folder / each.file):
                candidate.into(held, copy)
            if sha256_of(held) != sha256:  # it is being written to
                held.unlink()
                missing[sha256].append(each)
                continue
            put.append(_named(library, each, held))
    return tuple(put)


# --- within ----------------------------------------------------------------------------------------------------------


def _cannot(name: str, problem: Exception) -> str:
    return f"{name} cannot be read: {str(problem) or type(problem).__name__}"


def _sha256(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _moving(library: Library, each: Wanted) -> Path:
    """Where a file waits between two names."""
    whose = hashlib.sha256(f"{each.sha256} {each.name}".encode()).hexdigest()[:24]
    return library.tmp / f"{MOVING}-{whose}{PurePosixPath(each.file).suffix}"


def _hashes(library: Library, names: Iterable[str]) -> dict[str, str]:
    """The hash of each of these files that is there."""
    return {name: sha256_of(path) for name in sorted(names) if (path := library.folder / name).is_file()}


def _second_name(source: Path, to: Path, may_move: bool) -> None:
    """A second name for a file of the film; where the disk has no hard links it is moved, or copied."""
    try:
        os.link(source, to)
    except FileExistsError:
        raise  # another machine is at it, on a shared disk
    except OSError:
        if may_move:
            source.rename(to)
        else:
            shutil.copyfile(source, to)


def _pictures_away(library: Library, source: str, held: Path, shared: bool) -> None:
    """The pictures go where their clip goes, before another clip can have the name."""
    name = PurePosixPath(source).stem
    if TAKE_NAME.fullmatch(name):
        for picture in (*library.pictures(name), *library.stills(name)):
            with contextlib.suppress(FileNotFoundError, FileExistsError):
                if shared:
                    os.link(picture, _picture_held(held, picture, name))
                else:
                    picture.rename(_picture_held(held, picture, name))


def _picture_held(held: Path, picture: Path, name: str) -> Path:
    return held.with_name(f"{held.stem}.{picture.parent.name}{picture.name.removeprefix(name)}")


def _named(library: Library, each: Wanted, held: Path) -> Put:
    """Give a file that waits its name, and its pictures theirs."""
    file = library.keep_as(held, each.file)
    name = PurePosixPath(file).stem
    if TAKE_NAME.fullmatch(name):
        for picture in (*library.pictures(name), *library.stills(name)):
            with disk_errors(picture), contextlib.suppress(FileNotFoundError):
                _picture_held(held, picture, name).replace(picture)
    return Put(each, file)


@dataclass(frozen=True)
class _File:
    """A file on a disk."""

    path: Path
    size: int
    ours: bool  # it is in this film already

    @property
    def name(self) -> str:
        return self.path.name

    def open(self) -> IO[bytes]:
        return self.path.open("rb")

    def into(self, to: Path, copy: bool) -> None:
        if copy and not self.ours:
            shutil.copyfile(self.path, to)
            return
        try:
            os.link(self.path.resolve(), to)
        except OSError as problem:
            if self.ours:
                shutil.copyfile(self.path, to)
            elif problem.errno == errno.EXDEV:
                raise BadInput(
                    f"{self.name} lies on another disk, where a link does not reach: let it be copied, or let the "
                    "film's media folder be a link to that disk"
                ) from None
            else:
                raise


@dataclass(frozen=True)
class _Member:
    """A file in a zip. It is read as a stream; its name never becomes a path."""

    box: zipfile.ZipFile
    info: zipfile.ZipInfo

    @property
    def name(self) -> str:
        return PurePosixPath(self.info.filename).name

    @property
    def size(self) -> int:
        return self.info.file_size

    def open(self) -> IO[bytes]:
        return self.box.open(self.info)

    def into(self, to: Path, copy: bool) -> None:
        with self.open() as source, to.open("xb") as file:
            shutil.copyfileobj(source, file, BLOCK)


def _ordered(
    library: Library,
    missing: Mapping[str, Sequence[Wanted]],
    places: Iterable[Path],
    known: Collection[str],
    told: Callable[[str], object],
) -> Iterator[_File | _Member]:
    """Every file that may be one of them, those first that are called alike."""
    names = {name for listed in missing.values() for each in listed for name in _called(each)}
    suffixes = {PurePosixPath(name).suffix.lower() for name in names} | {*SUFFIXES, *OTHERS}
    with contextlib.ExitStack() as boxes:
        every: list[_File | _Member] = []
        for place in places:
            every += _in(place, library, boxes, {library.folder / file for file in known}, told)
        likely = [each for each in every if PurePosixPath(each.name).suffix.lower() in suffixes]
        yield from sorted(likely, key=lambda each: each.name not in names)


def _called(each: Wanted) -> Iterator[str]:
    for file in (each.file, *each.before):
        yield PurePosixPath(file).name


def _in(
    place: Path,
    library: Library,
    boxes: contextlib.ExitStack,
    known: Collection[Path],
    told: Callable[[str], object],
) -> Iterator[_File | _Member]:
    if place.is_dir():
        yield from _in_folder(place, library, known)
    elif place.is_file() and zipfile.is_zipfile(place):
        try:
            box = boxes.enter_context(zipfile.ZipFile(place))
        except UNREADABLE as problem:
            told(_cannot(place.name, problem))
            return
        yield from (_Member(box, info) for info in box.infolist() if not info.is_dir())
    elif place.is_file():
        yield _File(place, place.stat().st_size, False)
    else:
        raise NotFound(f"{place} is not there: give a folder, a zip or a file in which the clips may lie")


def _in_folder(place: Path, library: Library, known: Collection[Path], linked: bool = True) -> Iterator[_File]:
    """No link is followed but that of a film whose clips lie on a shared disk, and of those `linked` no further one."""
    for folder, inner, files in os.walk(place):
        inner[:] = sorted(name for name in inner if Path(folder, name) != library.folder / "media" / "proxies")
        for name in sorted(files):
            path = Path(folder) / name
            if path not in known and path.is_file():
                yield _File(path, path.stat().st_size, path.is_relative_to(library.folder / "media"))
        media = Path(folder, "media")
        if linked and SETTINGS in files and media.is_symlink():
            yield from _in_folder(media, library, known, linked=False)


def _may_be(size: int, missing: Mapping[str, Sequence[Wanted]]) -> bool:
    """Whether a file of that many bytes can be one of them."""
    sizes = {each.size for listed in missing.values() for each in listed}
    return None in sizes or size in sizes
