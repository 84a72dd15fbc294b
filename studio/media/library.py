"""The media folder of a film: where files are, and how a clip comes to stand there for good.

    media/takes/07A-003.mp4   media/posters/07A-003.jpg   media/strips/07A-003.jpg   media/proxies/07A-003.mp4
    media/cards/              media/sounds/07A-fx01.mp3      media/tmp/TAKE-ID.ATTEMPT.mp4

A clip is made under a name in `media/tmp` that no other run can have, checked, and only then named in `media/takes`.
A file there is never changed and never replaced: it is made read-only, because editors write into media they import,
and a delivery's hard link is the same file.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from studio.errors import BadInput, Damaged, NotFound, StoreError
from studio.media.files import disk_errors, in_place, sha256_of, sync_file, sync_folder
from studio.media.probing import adopted_suffix
from studio.nouns import SOUND_LABEL, TAKE_LABEL

PLACES = ("takes", "posters", "strips", "proxies", "cards", "sounds", "tmp")
SUFFIXES = (".mp4", ".mov", ".webm")  # of takes
RUN_NAME = re.compile(r"[0-9A-Za-z-]+")


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
        for place in PLACES:
            folder = self.folder / "media" / place
            with disk_errors(folder):
                folder.mkdir(parents=True, exist_ok=True)

    # where things are

    def take(self, label: str, suffix: str = ".mp4") -> Path:
        """Where a take's clip stands, or will."""
        return self._at("takes", label, suffix)

    def made(self, label: str) -> Path | None:
        """A take's clip, whatever its kind, where one stands under its label."""
        return next((path for suffix in SUFFIXES if (path := self.take(label, suffix)).exists()), None)

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

    def _at(self, place: str, label: str, suffix: str) -> Path:
        if not TAKE_LABEL.fullmatch(label):  # a name never becomes a path unread
            raise BadInput(f"{label!r} is not a take: write its label, such as 07A-003")
        return self.folder / "media" / place / (label + suffix)

    def relative(self, path: Path) -> str:
        """A path of this film as the log holds it: from the film's folder, with forward slashes."""
        return path.absolute().relative_to(self.folder.absolute()).as_posix()

    def locate(self, relative: str) -> Path:
        """The file that the log names. Raises NotFound where it is gone, BadInput where it would lie outside."""
        path = PurePosixPath(relative)
        if path.is_absolute() or ".." in path.parts or "\\" in relative or ":" in relative or not path.parts:
            raise BadInput(f"{relative!r} is not a file of the film: write a path inside its folder")
        found = self.folder.joinpath(*path.parts)
        if not found.is_file():
            raise NotFound(f"{relative} is not there: put it back from a copy of the film's folder")
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
        """Name a finished, checked clip of `media/tmp` as the take `label`; its path relative to the film's folder.

        Its bytes are on the disk before it has the name, and the name is on the disk before this returns. A take that
        is there already is never replaced: the same bytes are what a run killed at this very step left behind, others
        raise StoreError.
        """
        self.prepare()
        kept = self.take(label, suffix)
        with disk_errors(kept):
            sync_file(made)
            made.chmod(0o444)
            try:
                self._name(made, kept)
            except FileExistsError:
                if not kept.samefile(made) and sha256_of(kept) != sha256_of(made):
                    raise StoreError(
                        f"{self.relative(kept)} is there already and is another clip: "
                        "move it away, or let the studio give the next label"
                    ) from None
            made.unlink(missing_ok=True)
            sync_folder(kept.parent)
        return self.relative(kept)

    def keep_sound(self, content: bytes, label: str) -> str:
        """Name the bytes of a sound effect in `media/sounds`; its path relative to the film's folder.

        A file that is there is never replaced: the same bytes are what a run killed at this step left, others raise
        StoreError.
        """
        if not SOUND_LABEL.fullmatch(label):
            raise BadInput(f"{label!r} is not a sound: its label is such as 07A-fx01")
        self.prepare()
        kept = self.folder / "media" / "sounds" / f"{label}.mp3"
        if kept.exists():
            if kept.read_bytes() != content:
                raise StoreError(f"{self.relative(kept)} is there already and is another sound: move it away")
            return self.relative(kept)
        with in_place(kept) as partial:
            partial.write_bytes(content)
            partial.chmod(0o444)
        return self.relative(kept)

    @staticmethod
    def _name(made: Path, kept: Path) -> None:
        """Give a file its name unless something has that name: FileExistsError."""
        try:
            os.link(made, kept)  # the one call that never replaces
        except FileExistsError:
            raise
        except OSError:
            # A file system without hard links (exFAT, some shares). Labels are given once, so nobody else is about to
            # take this name; anything else that was wrong is wrong with the renaming too, and says so there.
            if kept.exists():
                raise FileExistsError(kept.name) from None
            made.rename(kept)

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
