"""What a film hands on to people without a kernel: its notebooks, its posters and its log, as a folder or a zip.

No clip, no song, no key, no absolute path; written whole or not at all, never over something, and the same again from
the same film.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio import cutting
from studio.delivery.consents import consents_of
from studio.delivery.key_search import KeySearch, keys_here
from studio.delivery.origins import moment
from studio.delivery.shared_notebooks import (
    Paths,
    cleaned,
    film_from,
    notebook_page,
    read_notebook,
    search_notebook,
)
from studio.errors import BadInput
from studio.log.events import in_words
from studio.media.files import PARTIAL, disk_errors, in_place, sync_folder
from studio.writing import book_of, safe_cell

if TYPE_CHECKING:
    import pandas as pd

    from studio.log import Log, Settings

WORDS = (  # columns that hold what was written for a model
    "scene_text", "camera", "style", "avoid", "who", "age", "time", "place", "cards", "portal_in", "portal_out",
    "dropped", "text",
)  # fmt: skip
DATED = (1980, 1, 1, 0, 0, 0)  # every file in a zip: the earliest that the format can say
ODD = set('\\:*?"<>|')  # what some system does not take in a file's name, or takes for a folder


@dataclass(frozen=True)
class Shared:
    """What was handed on."""

    path: Path
    notebooks: tuple[str, ...]  # their names in it
    empty: tuple[str, ...]  # of them, those that show nothing: they were not run and saved
    posters: int
    left_out: tuple[str, ...]  # one sentence each
    size: int  # bytes, unpacked

    def __repr__(self) -> str:
        count = len(self.notebooks)
        said = f"{count} {'notebook' if count == 1 else 'notebooks'}, {self.posters:,} posters and the log"
        lines = [f"{self.path.name}: {said}, {self.size / 1e6:.1f} MB"]
        lines += [f"not run and saved yet, so they show nothing: {', '.join(self.empty)}"] if self.empty else []
        return "\n".join([*lines, *self.left_out])


def share(
    log: Log,
    settings: Settings,
    film: Path,
    path: Path,
    prompts: bool = False,
    environ: Mapping[str, str] | None = None,
) -> Shared:
    """Hand a film's notebooks on as a new folder, or as a zip where the path ends so.

    Raises BadInput where anything that looks like a key is found, and for a path where something is already.
    """
    if os.path.lexists(path):
        raise BadInput(f"{path.name} is already there: give what is shared another name")
    search, paths = KeySearch(keys_here(settings, environ)), Paths(film)
    found, odd = _files_under(film / "notebooks", ".ipynb")
    if not found:
        raise BadInput("there is no notebook in notebooks/ to share: studio lab lays them out, and running fills them")
    files: dict[str, bytes] = {}
    names, empty = [], []
    for name in found:
        search.text(name, "notebooks/", "a file's name")  # first, for every sentence names the file
    for name, at in found.items():
        book = read_notebook(at, name)
        search_notebook(book, name, search)
        clean = cleaned(book, paths, film_from(at, film))
        names.append(name)
        empty += [] if any(cell.get("outputs") for cell in clean["cells"]) else [name]
        files[name] = (json.dumps(clean, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode(errors="replace")
        page = notebook_page(f"{settings.title}: {Path(name).stem}", clean)
        files[f"{name.removesuffix('.ipynb')}.html"] = page.encode(errors="replace")
    posters, left_out = _posters(log, film)
    for file, text in _tables(log, settings, prompts):
        files[file] = paths.out_of(text).encode(errors="replace")
    files["README.md"] = paths.out_of(_readme(log, settings, names, empty, len(posters), prompts)).encode()
    for file, content in files.items():
        search.text(content.decode(), file)
    for file, content in posters.items():
        search.content(content, file)
    files |= posters
    if path.suffix.lower() == ".zip":
        with in_place(path) as partial:
            _write_zip(partial, files)
    else:
        with folder_in_place(path) as partial:
            _write_folder(partial, files)
    return Shared(path, tuple(names), tuple(empty), len(posters), (*odd, *left_out), sum(map(len, files.values())))


def _files_under(folder: Path, ending: str) -> tuple[dict[str, Path], list[str]]:
    """The files of a folder and its folders, by the name that they are shared under; links are not followed."""
    found: dict[str, Path] = {}
    odd: list[str] = []

    def look(at: Path, prefix: str) -> None:
        for entry in sorted(os.scandir(at), key=lambda each: each.name):
            if entry.name.startswith(".") or not (entry.name.endswith(ending) or entry.is_dir(follow_symlinks=False)):
                continue
            name = prefix + _plain_name(entry.name)
            if entry.is_symlink():
                odd.append(f"{name} is a link and is left out: what it leads to may not be the film's")
            elif entry.is_dir(follow_symlinks=False):
                look(Path(entry.path), f"{name}/")
            elif entry.is_file(follow_symlinks=False):
                stem, number = name.removesuffix(ending), 2
                while name.casefold() in {each.casefold() for each in found}:
                    name, number = f"{stem}-{number}{ending}", number + 1
                found[name] = Path(entry.path)

    if folder.is_dir() and not folder.is_symlink():
        look(folder, f"{folder.name}/")
    return found, odd


def _plain_name(name: str) -> str:
    """A file's name that no system takes for a way to another folder."""
    kept = "".join("-" if letter in ODD or not letter.isprintable() else letter for letter in name)
    stem, dot, ending = kept.rpartition(".")
    stem = stem.strip(" .") or "notebook"
    return f"{stem}{dot}{ending}" if dot else kept.strip(" .") or "folder"


def _posters(log: Log, film: Path) -> tuple[dict[str, bytes], list[str]]:
    """The poster of each take, as the film has it."""
    from studio.media import Library, name_of

    library = Library(film)
    found: dict[str, bytes] = {}
    missing = 0
    for take in log.takes_now():
        path = library.poster(name_of(take["file"], take["take"]))
        linked = path.is_symlink() or path.parent.is_symlink()  # the media folder itself may lie on a shared disk
        if path.is_file() and not linked:
            found[f"media/posters/{path.name}"] = path.read_bytes()
        else:
            missing += take["state"] == "done"
    return found, [f"takes without a poster: {missing:,}"] if missing else []


def _tables(log: Log, settings: Settings, prompts: bool) -> Iterator[tuple[str, str]]:
    """The log as tables and as what happened to each take; the words only where prompts are to travel."""
    frames = {
        "takes": log.takes_frame(), "verdicts": log.verdicts_frame(), "ledger": log.ledger_frame(),
        "sounds": log.sounds_frame(), "cuts": log.cuts_frame(), "words": book_of(log, settings.title).to_frame(),
    }  # fmt: skip
    frames |= {f"cut-{cut.version}": cutting.to_frame(cut) for cut in log.cuts()}
    for name, frame in frames.items():
        yield f"log/{name}.csv", _csv(frame if prompts else frame.drop(columns=[c for c in WORDS if c in frame]))
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(("name", "of", "text", "by", "given_on", "author", "at"))
    for each in consents_of(log):
        cells = (each.name, each.of, each.text, each.by, each.given_on, each.author, moment(each.at_us))
        writer.writerow([safe_cell(cell) for cell in cells])
    yield "log/consents.csv", out.getvalue()
    lines = [
        json.dumps(
            {"take": take.label, "at_us": e.at_us, "author": e.author, "kind": e.kind, "what": in_words(e)},
            ensure_ascii=False,
        )
        for take in log.takes()
        for e in log.events(take.id)
    ]
    yield "log/history.jsonl", "".join(f"{line}\n" for line in lines)


def _csv(frame: pd.DataFrame) -> str:
    """A table as CSV in which a spreadsheet runs no cell."""
    text = frame.select_dtypes(include=["str", "category", "object"]).columns
    frame = frame.assign(**{c: frame[c].astype(object).map(_cell, na_action="ignore") for c in text})
    made: str = frame.to_csv(index=False, lineterminator="\r\n")
    return made


def _cell(value: object) -> object:
    return safe_cell(value) if isinstance(value, str) else value


def _readme(log: Log, settings: Settings, names: list[str], empty: list[str], posters: int, prompts: bool) -> str:
    takes = len(log.takes())
    words = (
        "The words of the prompts are in log/words.csv and log/takes.csv."
        if prompts
        else "The words of the prompts are not in the tables; what somebody typed into a notebook is there as typed."
    )
    lines = [
        f"# {settings.title}: notebooks",
        "",
        f"A film of {takes:,} takes made with Circletake, as notebooks that can be read without a kernel.",
        "",
        "- `notebooks/`: each notebook as it was saved, and the same as a page that opens in any browser.",
        f"- `media/posters/`: a picture of each take ({posters:,}).",
        "- `log/`: takes, verdicts, money, cuts, prompt versions and who wrote them, and what happened to each take.",
        "",
        "Left out: the clips and the song, keys, widget state, tracebacks, and where things lie on the disk.",
        words,
        "",
        "## Notebooks",
        "",
        *(f"- `{name}`{' (not run and saved yet: it shows nothing)' if name in empty else ''}" for name in names),
    ]
    return "\n".join([*lines, ""])


# --- putting it there --------------------------------------------------------------------------------------------


def _write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """The same files make the same zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as box:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name, DATED)
            info.compress_type = zipfile.ZIP_STORED if name.endswith(".jpg") else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            box.writestr(info, content)


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@contextlib.contextmanager
def folder_in_place(final: Path) -> Iterator[Path]:
    """A new folder to fill, which takes its name when the block ends well, and is gone when it does not."""
    partial = final.with_name(f"{final.name}.{secrets.token_hex(4)}{PARTIAL}")
    with disk_errors(final):
        partial.mkdir()
        try:
            yield partial
            if os.path.lexists(final):
                raise BadInput(f"{final.name} is already there: give what is shared another name")
            partial.rename(final)
            sync_folder(final.parent)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
