"""The media folder of a film: where files are, and how a clip comes to stand there for good.

    media/takes/07A-003.mp4   media/posters/07A-003.jpg   media/strips/07A-003.jpg   media/proxies/07A-003.mp4
    media/cards/              media/sounds/07A-fx01.mp3      media/tmp/TAKE-ID.ATTEMPT.mp4

A clip is made under a name in `media/tmp` that no other run can have, checked, and only then named in `media/takes`.
A file there is never changed and never replaced: it is made read-only, because editors write into media they import,
and a delivery's hard link is the same file.

`media` may be a link to a disk that several people share. Two logs that do not know of each other both make a
07A-003 then: whose clip comes second lies beside the other as 07A-003-5f3c.mp4, after the first digits of its hash,
and so do its pictures.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from studio.errors import BadInput, Damaged, NotFound, StoreError
from studio.given import inside
from studio.media.files import disk_errors, scratch, sha256_of, sync_file, sync_folder
from studio.media.probing import adopted_suffix
from studio.nouns import SOUND_LABEL, TAKE_LABEL

PLACES = ("takes", "posters", "strips", "proxies", "cards", "sounds", "tmp")
SUFFIXES = (".mp4", ".mov", ".webm")  # of takes
RUN_NAME = re.compile(r"[0-9A-Za-z-]+")
TAKE_NAME = re.compile(rf"{TAKE_LABEL.pattern}(-[0-9a-f]{{4,64}})?")  # a label, or beside another clip of that label
DIGITS = (4, 8, 16, 64)  # of the hash, in a name beside another


class Library:
    """The media of the film in `folder`. It holds no open file; any number may stand on one folder."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def __repr__(self) -> str:
        return f"Library({self.folder.name!r})"

    @property
    def tmp(self) -> Path:
        """`media/tmp`."""
        return self.folder / "media" / "tmp"

    def prepare(self) -> None:
        """Make the folders of `media/` that are not there."""
        media = self.folder / "media"
        if media.is_symlink() and not media.is_dir():
            raise StoreError(f"media leads to {media.readlink()}, which is not there: see that its disk is there")
        for place in PLACES:
            folder = media / place
            with disk_errors(folder):
                folder.mkdir(parents=True, exist_ok=True)

    # where things are

    def take(self, label: str, suffix: str = ".mp4") -> Path:
        """Where a take's clip stands, or will."""
        return self._at("takes", label, suffix)

    def made(self, label: str) -> Path | None:
        """A clip, whatever its kind, where one stands under that label: on a shared disk it may be another film's."""
        return next((path for suffix in SUFFIXES if (path := self.take(label, suffix)).exists()), None)

    # Pictures are asked for by a take's label, or by the name that its file has (`name_of`).

    def poster(self, label: str) -> Path:
        """One picture of the take, JPEG."""
        return self._at("posters", label, ".jpg")

    def strip(self, label: str) -> Path:
        """Eight pictures of the take in one row, JPEG."""
        return self._at("strips", label, ".jpg")

    def proxy(self, label: str) -> Path:
        """The take at 480 lines, quick to seek in."""
        return self._at("proxies", label, ".mp4")

    def pictures(self, label: str) -> tuple[Path, Path, Path]:
        """Poster, strip and proxy of a take."""
        return self.poster(label), self.strip(label), self.proxy(label)

    def stills(self, label: str) -> tuple[Path, Path]:
        """The first and the last picture of a take, for takes that begin or end on it; made when asked for."""
        return self._at("posters", label, "-first.png"), self._at("posters", label, "-last.png")

    def _at(self, place: str, label: str, suffix: str) -> Path:
        if not TAKE_NAME.fullmatch(label):  # a name never becomes a path unread
            raise BadInput(f"{label!r} is not a take: write its label, such as 07A-003")
        return self.folder / "media" / place / (label + suffix)

    def relative(self, path: Path) -> str:
        """A path of this film as the log holds it: from the film's folder, with forward slashes."""
        return path.absolute().relative_to(self.folder.absolute()).as_posix()

    def locate(self, relative: str) -> Path:
        """The file that the log names. Raises NotFound where it is gone, BadInput where it would lie outside."""
        found = self.folder.joinpath(*inside(relative))
        if not found.is_file():
            raise NotFound(
                f"{relative} is not there: put it back from a copy of the film's folder, or let film.relink(…) find it"
            )
        return found

    def verify(self, relative: str, sha256: str) -> Path:
        """The file that the log names, with the bytes that were logged. Raises NotFound or Damaged."""
        path = self.locate(relative)
        found = sha256_of(path)
        if found != sha256:
            raise Damaged(
                f"{relative} is not the file that was logged (its SHA-256 begins {found[:8]}, logged is {sha256[:8]}): "
                "put it back from a copy of the film's folder"
            )
        return path

    # how a clip comes in

    def temporary(self, take_id: str, attempt: int = 1, suffix: str = ".mp4") -> Path:
        """Where one attempt at a take is written: a name in `media/tmp` that no other run can have."""
        if not RUN_NAME.fullmatch(take_id):
            raise BadInput(f"{take_id!r} is not a take's id: it has letters, digits and dashes only")
        self.prepare()
        return self.tmp / f"{take_id}.{attempt}{suffix}"

    def copy_in(self, path: Path | str, take_id: str) -> Path:
        """A copy of somebody's clip in `media/tmp`, to be ingested and kept; the clip itself is left as it is.

        Its suffix says what it is (.mp4, .mov or .webm). Raises BadMedia for any other kind of file.
        """
        clip = Path(path)
        copy = self.temporary(take_id, 0, adopted_suffix(clip))
        with disk_errors(self.tmp / clip.name):  # people know the clip by its own name
            try:
                shutil.copyfile(clip, copy)
                sync_file(copy)
            except BaseException:
                copy.unlink(missing_ok=True)
                raise
        return copy

    def keep(self, made: Path, label: str, suffix: str = ".mp4") -> str:
        """Name a finished, checked clip of `media/tmp` as the take `label`; its path relative to the film's folder."""
        return self.keep_as(made, self.relative(self.take(label, suffix)))

    def keep_as(self, made: Path, file: str) -> str:
        """Name a finished, checked file of `media/tmp` as the log calls it, or beside that; the path it has then.

        Its bytes are on the disk before it has the name, and the name is on the disk before this returns. A file that
        is there already is never replaced: the same bytes are what a run killed at this very step left behind; beside
        others, of another film on the same disk, a 07A-003.mp4 is kept as 07A-003-5f3c.mp4.
        """
        first = self.folder.joinpath(*inside(file))
        self.prepare()
        with disk_errors(first):
            first.parent.mkdir(parents=True, exist_ok=True)
            sync_file(made)
            made.chmod(0o444)
            kept = self._first_free(first, made)
            made.unlink(missing_ok=True)
            sync_folder(kept.parent)
        return self.relative(kept)

    def keep_sound(self, content: bytes, label: str) -> str:
        """Name the bytes of a sound effect in `media/sounds`; its path relative to the film's folder.

        A file that is there is never replaced: the same bytes are what a run killed at this step left, beside others
        it is kept under a name of its own, as a clip is.
        """
        if not SOUND_LABEL.fullmatch(label):
            raise BadInput(f"{label!r} is not a sound: its label is such as 07A-fx01")
        self.prepare()
        with scratch(self.folder / "media" / "sounds" / f"{label}.mp3") as made:
            made.write_bytes(content)
            made.chmod(0o444)
            sync_file(made)
            kept = self._first_free(made.with_name(f"{label}.mp3"), made)
            sync_folder(kept.parent)
        return self.relative(kept)

    def place(self, pictures: tuple[Path, Path, Path], file: str) -> None:
        """Name poster, strip and proxy of `media/tmp` after the clip that they are of; older ones are replaced."""
        name = PurePosixPath(file).stem
        for part, to in zip(pictures, self.pictures(name), strict=True):
            with disk_errors(to):
                part.replace(to)

    def pledge(self, made: Path) -> Path:
        """A second name of a clip that is about to be kept: while it is there `pledged` finds whose clip that is.

        A disk without hard links has none; there a run that is killed fetches the clip again.
        """
        second = made.with_name(f"{made.stem}.kept{made.suffix}")
        with contextlib.suppress(OSError):
            second.unlink(missing_ok=True)
            os.link(made, second)
        return second

    def pledged(self, take_id: str, label: str) -> Path | None:
        """The clip that a killed run has named for this very take, and not logged; `None` where there is none."""
        for left in sorted(self.tmp.glob(f"{take_id}.*")) if RUN_NAME.fullmatch(take_id) else ():
            if left.suffix in SUFFIXES and left.is_file():
                for name in self._names(self.take(label, left.suffix), left):
                    if name.exists() and name.samefile(left):
                        return name
        return None

    @staticmethod
    def _names(first: Path, made: Path) -> Iterator[Path]:
        """The names that a file may get, in the order in which they are tried."""
        yield first
        digest, beside = sha256_of(made), TAKE_NAME.fullmatch(first.stem)
        stem = first.stem.removesuffix(beside[3] or "") if beside else first.stem
        yield from (first.with_name(f"{stem}-{digest[:count]}{first.suffix}") for count in DIGITS)

    def _first_free(self, first: Path, made: Path) -> Path:
        """Give a file the first of its names that no other file has."""
        for kept in self._names(first, made):
            try:
                self._name(made, kept)
            except FileExistsError:
                if not kept.samefile(made) and sha256_of(kept) != sha256_of(made):
                    continue
            return kept
        raise StoreError(f"{self.relative(first)} is there already and is another file: move it away")

    @staticmethod
    def _name(made: Path, kept: Path) -> None:
        """Give a file its name unless something has that name: FileExistsError."""
        try:
            os.link(made, kept)  # the one call that never replaces
        except FileExistsError:
            raise
        except OSError:
            # A file system without hard links (exFAT, some shares): the name is taken first, as an empty file, for
            # another machine may want it too. Whatever else was wrong is wrong with this too, and says so.
            os.close(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
            made.replace(kept)

    def sweep(self, in_use: Collection[str] = ()) -> tuple[str, ...]:
        """Remove what dead runs left in `media/tmp`, except of the take ids `in_use`; the names removed.

        Only on request and only with the engine at rest: a file of a running take that is not named here is lost.
        """
        removed = []
        with disk_errors(self.tmp):
            for path in sorted(self.tmp.glob("*")) if self.tmp.is_dir() else ():
                if path.name.split(".")[0] not in in_use and path.is_file():
                    with contextlib.suppress(FileNotFoundError):
                        path.unlink()
                        removed.append(path.name)
        return tuple(removed)


def name_of(file: str | None, label: str) -> str:
    """The name under which a take's files lie: that of its clip, as the log has it, else its label."""
    name = PurePosixPath(file or "").stem
    return name if TAKE_NAME.fullmatch(name) else label
