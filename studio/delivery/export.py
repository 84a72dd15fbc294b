"""A delivery: deliveries/NAME/ with the edit lists, the media beside them, the song, the film and a report.

Everything is made in the cache first and then put in place, so nothing half-written stands under a final name. A
delivery that is made again replaces its own files and leaves alone whatever else lies in its folder.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from studio.cutting.formats import FORMATS, REJECTS, Lists, write_bundle
from studio.cutting.formats.aaf import write_aaf
from studio.cutting.sounds import heard
from studio.delivery import conformed, hashes
from studio.delivery.checks import check
from studio.delivery.effects import write_effects
from studio.delivery.packages import MEDIA, REJECTED, MediaFile, Package, lists_of, media_files
from studio.delivery.plan import sound_samples
from studio.delivery.readme import README, write_readme
from studio.delivery.rendering import Progress, render, verify
from studio.delivery.report import Sent, write_report
from studio.delivery.stills import pictures
from studio.errors import BadInput, Damaged, DiskFull
from studio.given import shown, visible
from studio.media import Library, disk_errors, write_wav
from studio.media.files import folder_for, in_place, sweep, sync_file, sync_folder
from studio.nouns import Cut, Slot, SongRange, Source

if TYPE_CHECKING:
    from studio.delivery.provenance import Marked
    from studio.media.workers import Workers

FILM, SONG, EFFECTS, REPORT = "film.mp4", "song.wav", "effects.wav", "report.html"
BUNDLE, AAF = "film.otioz", "film.aaf"
NO_SONG = SongRange("", "", Fraction(0), Fraction(0))
FILM_BYTES_PER_PIXEL = 1 / 16  # of H.264 as it is rendered, at most; for the room on the disk
LONGEST_NAME = 60  # characters
_RESERVED = re.compile(
    r"(con|prn|aux|nul|(com|lpt)[\d¹²³])(\..*)?", re.IGNORECASE
)  # names that Windows keeps for itself
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')


def safe_name(text: str) -> str:
    """A title as a file name that every system takes: letters, digits, blanks, - _ and dots inside, 60 at most."""
    kept = "".join(c if c.isalnum() or c in " -_." else "-" for c in unicodedata.normalize("NFC", text))
    name = " ".join(kept.split())[:60].strip(" .-")
    return f"film-{name}"[:60] if _RESERVED.fullmatch(name) else name or "film"


def export(
    cut: Cut,
    film_folder: Path,
    name: str,
    *,
    package: Package | None = None,
    prompts: Mapping[str, str] | None = None,
    lists: Lists | None = None,
    since: Sent | None = None,
    mark: Callable[[Path], Marked] | None = None,
    mark_take: Callable[[Path, Source], None] | None = None,
    beside: Mapping[str, bytes] | None = None,
    progress: Progress | None = None,
    hands: Workers | None = None,
) -> Path:
    """Make the delivery `name` of a cut; its folder.

    `package` says for which editor and how the media travel (everything, linked). `prompts` are words by take
    ("07A-003"), and in no file where they are None. `lists` is what else travels: alternates, rejects (its media are
    made here). `since` is the cut that was delivered before. `mark` is called on the finished film before it has its
    place, `mark_take` on each copy of a take that is made anew, and `beside` are more files by name. `progress` is that
    of the rendering, then of conforming; `hands` are others that render the film, chunk by chunk.

    Raises BadInput for a name that is no file name, DiskFull before anything is written where there is no room, and
    what `render` raises; then nothing of the delivery changes.
    """
    film_folder, package = Path(film_folder), package or Package()
    target = _target(film_folder, name)
    cache = folder_for(film_folder / "cache")
    sweep(cache, "export-*")
    making = _Making(
        cut, film_folder, target, package, prompts, lists, since, mark, mark_take, beside or {}, progress, hands
    )
    making.check_room()
    stage = folder_for(cache / f"export-{secrets.token_hex(4)}")
    try:
        with disk_errors(target):
            making.fill(stage)
            _put_in_place(stage, target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return target


def is_delivered(cut: Cut, film_folder: Path, name: str) -> bool:
    """Whether the delivery `name` is there, whole, of this cut, for any editor. Its film is counted, not decoded."""
    target = _target(Path(film_folder), name)
    files = media_files(cut, Package())
    wanted = [target / file for file in (REPORT, README, FILM, *FORMATS)]
    wanted += [target / SONG] if cut.song.file else []
    wanted += [target / EFFECTS] if heard(cut) else []
    wanted += [target / file.file for file in files]
    if not all(path.is_file() for path in wanted):
        return False
    try:
        verify(target / FILM, cut, FILM)
    except Damaged:
        return False
    # the one list that carries no prompt and no path: the same wherever the film's folder is
    edl = FORMATS["film.edl"].write(cut, folder=target, lists=lists_of("film.edl", files))
    return (target / "film.edl").read_bytes() == edl


def _target(film_folder: Path, name: str) -> Path:
    """The delivery's folder. Its name is a person's: all that every system takes as one folder name is let through."""
    try:
        wrong = (
            visible(name, "", LONGEST_NAME) != name.strip(" .") or _FORBIDDEN.search(name) or _RESERVED.fullmatch(name)
        )
    except BadInput:
        wrong = True
    if not name or wrong:
        better = safe_name(name) if isinstance(name, str) else "first-cut"
        raise BadInput(f"{shown(name)} is no folder name on every system: name the delivery {better!r}, for example")
    return film_folder / "deliveries" / name


class _Making:
    """One delivery while it is made."""

    def __init__(
        self,
        cut: Cut,
        film_folder: Path,
        target: Path,
        package: Package,
        prompts: Mapping[str, str] | None,
        lists: Lists | None,
        since: Sent | None,
        mark: Callable[[Path], Marked] | None,
        mark_take: Callable[[Path, Source], None] | None,
        beside: Mapping[str, bytes],
        progress: Progress | None,
        hands: Workers | None,
    ) -> None:
        self.cut, self.film_folder, self.target, self.package = cut, film_folder, target, package
        self.prompts, self.lists, self.since, self.mark = prompts, lists or Lists(), since, mark
        self.mark_take, self.beside, self.hands = mark_take, beside, hands
        self.library = Library(film_folder)
        self.files = media_files(cut, package, lists)
        frames = sum(file.media.frames for file in self.files if file.media and file.how == "conform")
        self.total = cut.frames + frames
        self.tell = progress or (lambda done, total: None)

    def check_room(self) -> None:
        """Raises DiskFull where the delivery would not fit, before anything is written."""
        cut, needed = self.cut, 0
        needed += int(cut.frames * cut.width * cut.height * FILM_BYTES_PER_PIXEL)
        needed += 4 * sound_samples(cut) * (bool(cut.song.file) + bool(heard(cut)))
        device = self.film_folder.stat().st_dev
        for file in self.files:
            path = self.library.locate(file.source.file)
            clip = path.stat()
            if file.how == "conform" and file.media:
                size = conformed.conformed_bytes(cut, file.media)
            else:
                size = conformed.stamped_bytes(file.source, path) if file.how == "stamp" else clip.st_size
            needed += size if file.how != "link" or clip.st_dev != device else 0
            if self.package.bundle and file.file.startswith(f"{MEDIA}/"):
                needed += size
        free = shutil.disk_usage(self.film_folder).free
        if needed > free:
            raise DiskFull(
                f"the delivery {self.target.name!r} needs about {_size(needed)} and {_size(free)} are free where the "
                "film lies: free some room, or let the media be linked"
            )

    def fill(self, stage: Path) -> None:
        """Make every file of the delivery in a folder."""
        cut = self.cut
        # The lists first: they are quick, and a cut that one of them refuses needs no rendering.
        for name in self.package.lists:
            lists = lists_of(name, self.files, self.lists)
            data = FORMATS[name].write(cut, folder=self.target, prompts=self.prompts, lists=lists)
            (stage / name).write_bytes(data)
        if self.package.aaf:
            lists = lists_of(AAF, self.files, self.lists)
            write_aaf(stage / AAF, cut, folder=self.target, prompts=self.prompts, lists=lists)
        for name, write in REJECTS.items() if self.lists.rejects else ():
            lists = lists_of(name, [file for file in self.files if file.file.startswith(REJECTED)], self.lists)
            (stage / name).write_bytes(write(cut, folder=self.target, prompts=self.prompts, lists=lists))
        marked: list[Marked] = []
        made = render(
            cut,
            self.film_folder,
            stage / FILM,
            burn_in=self.package.burn_in,
            finish=(lambda film: marked.append(self.mark(film)) if self.mark else None),
            progress=lambda done, total: self.tell(done, self.total),
            hands=self.hands,
        )
        notes = (*made.notes, *(note for each in marked for note in each.notes))
        self._media(stage)  # after it, since rendering looks at every file first
        if cut.song.file:
            write_wav(self.library.locate(cut.song.file), stage / SONG, cut.song.start_s, cut.frames / cut.rate)
        if heard(cut):
            write_effects(cut, self.library, stage / EFFECTS)
        if self.package.bundle:
            self._bundle(stage)
        strip = pictures(stage / FILM, cut)
        page = write_report(
            cut, strip, prompts=self.prompts, notes=notes, package=self.package, files=self.files,
            lists=self.lists, since=self.since,
        )  # fmt: skip
        (stage / REPORT).write_text(page, "utf-8")
        changes = self.since.difference(cut).words if self.since else ""
        (stage / README).write_text(write_readme(cut, self.package, self.files, changes), "utf-8", newline="\r\n")
        for file_name, data in self.beside.items():
            (stage / file_name).write_bytes(data)
        known = {file.file: file.source.sha256 for file in self.files if file.how == "link"}
        (stage / hashes.HASHES).write_text(hashes.listing(stage, known), "utf-8", newline="\n")
        linked = set(known)
        for path in stage.rglob("*"):
            if path.is_file() and path.relative_to(stage).as_posix() not in linked:
                sync_file(path)

    def _media(self, stage: Path) -> None:
        more = self.package.media == "conform" or self.lists.alternates or self.lists.rejects
        matrices = self._checked() if more else {}
        done = self.cut.frames
        for file in self.files:
            clip, to = self.library.locate(file.source.file), stage / file.file
            folder_for(to.parent)
            if file.how == "link":
                _link(clip, to)
            elif file.how == "copy":
                shutil.copyfile(clip, to)
            elif file.how == "stamp" and file.media:
                conformed.stamp(file.source, clip, file.media, to)
                if self.mark_take:
                    self.mark_take(to, file.source)
            elif file.media:
                _link(self._conformed(file, clip, matrices[file.source.file]), to)
                done += file.media.frames
                self.tell(done, self.total)

    def _bundle(self, stage: Path) -> None:
        files = {file.file: stage / file.file for file in self.files}
        files |= {name: stage / name for name in (SONG, EFFECTS) if (stage / name).exists()}
        lists = lists_of("film.otio", self.files, self.lists)
        write_bundle(stage / BUNDLE, self.cut, files, prompts=self.prompts, lists=lists)

    def _checked(self) -> Mapping[str, str]:
        """Every file of media, looked at as those of the cut are; the YCbCr matrix of each."""
        frames = [Slot(file.source, n, 1) for n, file in enumerate(self.files)]
        return check(replace(self.cut, slots=tuple(frames), song=NO_SONG), self.film_folder).matrices

    def _conformed(self, file: MediaFile, clip: Path, matrix: str) -> Path:
        """A conformed clip, out of the cache where it is there: a run that was killed goes on from it."""
        assert file.media
        store = folder_for(self.film_folder / "cache" / "conformed")
        sweep(store)
        # a prompt that was asked for once is in no file of an export that does not ask for it
        words = (self.cut.film_title, file.source.name, (self.prompts or {}).get(file.source.name))
        marks = repr(words) if self.mark_take else ""
        kept = store / f"{conformed.name_of(self.cut, file.source, file.media, file.way, matrix, marks)}.mov"
        if not conformed.is_whole(kept, file.media):
            with in_place(kept) as partial:
                conformed.conform(self.cut, file.source, clip, file.media, file.way, matrix, partial)
                if self.mark_take:
                    self.mark_take(partial, file.source)
                partial.chmod(0o444)  # editors write into media, and a delivery's link is the same file
        return kept


def _link(file: Path, to: Path) -> None:
    """The same file under a second name, or a copy where the file system has no hard links."""
    try:
        os.link(file, to)
    except OSError:
        shutil.copyfile(file, to)


def _put_in_place(stage: Path, target: Path) -> None:
    folder_for(target.parent)
    try:
        stage.rename(target)
    except OSError:
        if not target.is_dir():
            raise
    else:
        sync_folder(target.parent)
        return
    old, new = hashes.read(target), hashes.read(stage)
    # Media and film before the lists that name them, and last the list of what is there.
    names = sorted(new, key=lambda name: ("/" not in name, name != FILM, name))
    for name in (*names, hashes.HASHES):
        folder_for((target / name).parent)
        (stage / name).replace(target / name)
    hashes.remove_old(target, old, new)
    for folder in {(target / name).parent for name in new}:
        sync_folder(folder)


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(1, round(count / 1e6))} MB"
