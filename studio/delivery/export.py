"""A delivery: deliveries/NAME/ with every edit list, the media beside them, the song, the film and a report.

Everything is made in the cache first and then put in place, so nothing half-written stands under a final name. A
delivery that is made again replaces its own files and leaves alone whatever else lies in its folder.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from studio.cutting.formats import FORMATS
from studio.cutting.sounds import heard
from studio.delivery.effects import write_effects
from studio.delivery.rendering import Progress, render, verify
from studio.delivery.report import write_report
from studio.delivery.stills import pictures
from studio.errors import BadInput, Damaged
from studio.given import shown, visible
from studio.media import Library, disk_errors, write_wav
from studio.media.files import folder_for, sweep, sync_file, sync_folder
from studio.nouns import Cut

FILM, SONG, EFFECTS, REPORT, MEDIA = "film.mp4", "song.wav", "effects.wav", "report.html", "media"
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
    prompts: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Make the delivery `name` of a cut; its folder.

    `prompts` are words by take ("07A-003"), and in no file where they are None. `progress` is that of the rendering.
    Raises BadInput for a name that is no file name, and what `render` raises; then nothing of the delivery changes.
    """
    film_folder = Path(film_folder)
    target = _target(film_folder, name)
    cache = folder_for(film_folder / "cache")
    sweep(cache, "export-*")
    stage = folder_for(cache / f"export-{secrets.token_hex(4)}")
    try:
        with disk_errors(target):
            _make(cut, film_folder, target, stage, prompts, progress)
            _put_in_place(cut, film_folder, stage, target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return target


def is_delivered(cut: Cut, film_folder: Path, name: str) -> bool:
    """Whether the delivery `name` is there, whole, and of this cut. Its film is counted, not decoded."""
    target = _target(Path(film_folder), name)
    wanted = [target / REPORT, target / FILM, *(target / file for file in FORMATS)]
    wanted += [target / SONG] if cut.song.file else []
    wanted += [target / EFFECTS] if heard(cut) else []
    wanted += [target / MEDIA / source.file_name for source in cut.sources]
    if not all(path.is_file() for path in wanted):
        return False
    try:
        verify(target / FILM, cut, FILM)
    except Damaged:
        return False
    # the one list that carries no prompt and no path: the same wherever the film's folder is
    return (target / "film.edl").read_bytes() == FORMATS["film.edl"].write(cut, folder=target)


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


def _make(
    cut: Cut,
    film_folder: Path,
    target: Path,
    stage: Path,
    prompts: Mapping[str, str] | None,
    progress: Progress | None,
) -> None:
    # The lists first: they are quick, and a cut that one of them refuses needs no rendering.
    for file, form in FORMATS.items():
        (stage / file).write_bytes(form.write(cut, folder=target, prompts=prompts))
    library = Library(film_folder)
    media = folder_for(stage / MEDIA)
    for source in cut.sources:
        _link(library.locate(source.file), media / source.file_name)
    made = render(cut, film_folder, stage / FILM, progress=progress)
    if cut.song.file:
        write_wav(library.locate(cut.song.file), stage / SONG, cut.song.start_s, cut.frames / cut.rate)
    if heard(cut):
        write_effects(cut, library, stage / EFFECTS)
    page = write_report(cut, pictures(stage / FILM, cut), prompts=prompts, notes=made.notes)
    (stage / REPORT).write_text(page, "utf-8")
    for path in stage.iterdir():
        if path.is_file():
            sync_file(path)


def _link(file: Path, to: Path) -> None:
    """The same file under a second name, or a copy where the file system has no hard links."""
    try:
        os.link(file, to)
    except OSError:
        shutil.copyfile(file, to)


def _put_in_place(cut: Cut, film_folder: Path, stage: Path, target: Path) -> None:
    folder_for(target.parent)
    try:
        stage.rename(target)
    except OSError:
        if not target.is_dir():
            raise
    else:
        sync_folder(target.parent)
        return
    folder_for(target / MEDIA)
    # Media and film before the lists that name them.
    for file in (*(f"{MEDIA}/{source.file_name}" for source in cut.sources), SONG, EFFECTS, FILM, *FORMATS, REPORT):
        if (stage / file).exists():
            (stage / file).replace(target / file)
    if not cut.song.file:
        (target / SONG).unlink(missing_ok=True)
    if not heard(cut):
        (target / EFFECTS).unlink(missing_ok=True)
    _remove_unused(cut, film_folder, target / MEDIA)
    sync_folder(target / MEDIA)
    sync_folder(target)


def _remove_unused(cut: Cut, film_folder: Path, media: Path) -> None:
    """Take away links to takes and cards that this cut no longer uses; nothing that is not our own link."""
    used = {source.file_name for source in cut.sources}
    for file in media.iterdir():
        ours = (film_folder / "media" / place / file.name for place in ("takes", "cards"))
        if file.name not in used and any(own.is_file() and own.samefile(file) for own in ours):
            file.unlink()
