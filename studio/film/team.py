"""The calls of a film that several people make: merging, packing, media found again."""

from __future__ import annotations

import contextlib
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from studio import delivery, given
from studio.errors import BadInput
from studio.given import shown
from studio.log.merging import Merged
from studio.media.relinking import Put, Wanted, absent, found, straighten
from studio.nouns import STUDIO, check_shot_id

if TYPE_CHECKING:
    import pandas as pd

    from studio.log import Log, Settings
    from studio.media import Library
    from studio.nouns import Take

MOST_NAMED = 12  # labels in a report


@dataclass(frozen=True)
class FilmMerged(Merged):
    """What a merge did: to the log, and to the files."""

    moved: tuple[str, ...] = ()  # what has its clip under another name now
    copied: tuple[str, ...] = ()  # whose files were taken over from the other film's folder
    missing: int = 0  # files of media that are not here

    def __str__(self) -> str:
        lines = [super().__str__()]
        lines += [f"files that have another name now: {_named(self.moved)}"] if self.moved else []
        lines += [f"files taken over: {_named(self.copied)}"] if self.copied else []
        if self.missing:
            files = "file of media is" if self.missing == 1 else "files of media are"
            lines.append(f"{self.missing:,} {files} not here: film.missing() lists them, film.relink(…) finds them")
        return "\n".join(line for line in lines if line)


@dataclass(frozen=True)
class Relinked:
    """What was found again."""

    found: tuple[str, ...]  # labels of takes and sounds, or "song"
    moved: tuple[str, ...]  # of them, those that lay here under another name
    missing: int  # files that are not here still
    beside: tuple[str, ...] = ()  # one sentence for each that got another name than the log had
    notes: tuple[str, ...] = ()  # what could not be read

    def __repr__(self) -> str:
        count = len(self.found)
        lines = [
            f"{count:,} {'file' if count == 1 else 'files'} found again" + (f": {_named(self.found)}" if count else "")
        ]
        lines.append(
            f"{self.missing:,} still missing: film.missing() lists them" if self.missing else "nothing is missing"
        )
        if count:
            lines.append("film.prepare() makes their posters, strips and proxies, where those are missing")
        return "\n".join([*lines, *self.beside, *self.notes])


class Team:
    """What others did, taken in; and the film on another machine."""

    folder: Path
    log: Log
    library: Library
    settings: Settings

    @property
    def author(self) -> str:
        """Who writes and decides."""
        raise NotImplementedError

    # --- merging -----------------------------------------------------------------------------------------------------

    def merge(self, other: str | Path = "") -> FilmMerged:
        """Take in what another log of this film has: a film's folder, what `film.pack` made, a database, or a journal;
        without a name, what Git brought into this film's own journal.

        Nothing here is overwritten, and the other one is only read. Takes that met in one label are told apart, their
        files follow, and clips that lie in the other folder are copied where they are missing here.
        """
        from studio.log import merge

        before = {each.sha256 for each in self._wanted()}
        with _place(other) as place:
            return self._followed(merge(self.folder, place), place, before)

    def _followed(self, merged: Merged, place: str | Path = "", before: Collection[str] = ()) -> FilmMerged:
        """The files follow what was merged. `before` are the hashes of those that the log knew until then: a name that
        only now came in may be another film's on the same disk, so that file is looked into."""
        wanted = self._wanted()
        new = [each.name for each in wanted if each.sha256 not in before] if before else []
        moved, lost = straighten(self.library, wanted, new)
        gone = (*absent(self.library, wanted), *lost)
        there = [each for name in ("media", "song") if (each := Path(place) / name).is_dir()] if place else []
        copied = found(self.library, gone, there) if there else ()
        self._remember((*moved, *copied))
        return FilmMerged(
            **{each.name: getattr(merged, each.name) for each in fields(merged)},
            moved=tuple(each.wanted.name for each in moved),
            copied=tuple(each.wanted.name for each in copied),
            missing=len(gone) - len(copied),
        )

    def in_question(self) -> pd.DataFrame:
        """The versions of each shot's words that were written apart: which are current is for you to say.

        One row a version; `current` is the one that counts until then. `film.current(shot, version)` decides.
        """
        import pandas as pd

        rows = [
            (each.shot, words.version, words is each.current, words.author, words.created_at_us, words.scene_text,
             words.camera)
            for each in self.log.in_question()
            for words in sorted((each.current, *each.others), key=lambda words: words.version)
        ]  # fmt: skip
        table = pd.DataFrame(rows, columns=["shot", "version", "current", "author", "at", "scene_text", "camera"])
        table["at"] = pd.to_datetime(table["at"], unit="us", utc=True)
        text = dict.fromkeys(("shot", "author", "scene_text", "camera"), "str")
        return table.astype({**text, "version": "int64", "current": "bool", "at": "datetime64[us, UTC]"})

    def current(self, shot: str, version: int) -> str:
        """Say which version of a shot's words is current, where they were written apart; says what counts now."""
        number = given.whole(version, "the version", 1, 10**9)
        asked = {each.shot: each for each in self.log.in_question()}.get(check_shot_id(shot))
        if asked is None:
            self.log.prompts(shot)  # names the nearest shot, where there is no such one
            raise BadInput(f"the words of {shot} are not in question: film.write({shot!r}, …) writes a new version")
        choices = {words.version: words for words in (*asked.others, asked.current)}
        if number not in choices:
            raise BadInput(f"version {number} of {shot} is not in question: say one of {_among(sorted(choices))}")
        with self.log.write(self.author) as writer:
            writer.event("current", shot, {"prompt": choices[number].id})
        return f"version {number} of {shot} is current, by {choices[number].author}"

    def elsewhere(self) -> tuple[Take, ...]:
        """The takes that another machine works on, as far as the last merge told; they are not made here."""
        return self.log.elsewhere()

    def take_over(self, take: str) -> None:
        """Make a take here that another machine was said to work on, because it never will: `film.resume()` goes on
        with it. Only you can know: a take that is made on both is paid for twice."""
        found = self.log.take(take)
        if found.id not in {each.id for each in self.log.elsewhere()}:
            raise BadInput(f"{found.label} is not worked on elsewhere: it is {self.log.state(found.id)} here")
        self.log.take_over(found.id)

    # --- on another machine ------------------------------------------------------------------------------------------

    def missing(self) -> pd.DataFrame:
        """The clips, sounds and the song that the log names and that are not here, with where they were last seen.

        `bytes` and `last_seen` come from the film's packed.json; without one, who made a take, and when.
        """
        import pandas as pd

        gone = absent(self.library, self._wanted())
        seen = delivery.last_seen(self.folder)
        made = self._made(each.name for each in gone if each.sha256 not in seen or not seen[each.sha256].where)
        rows = [
            (
                each.name,
                each.file,
                each.sha256,
                seen[each.sha256].size if each.sha256 in seen else None,
                (seen[each.sha256].where if each.sha256 in seen else "") or made.get(each.name, ""),
            )
            for each in gone
        ]
        table = pd.DataFrame(rows, columns=["take", "file", "sha256", "bytes", "last_seen"])
        return table.astype(dict.fromkeys(("take", "file", "sha256", "last_seen"), "str") | {"bytes": "Int64"})

    def relink(self, *places: str | Path, copy: bool = True) -> Relinked:
        """Find missing media by their hashes, whatever they are called, in folders, zips and files, and in the film's
        own; copied, or with `copy=False` linked where they lie on the same disk (and made read-only there)."""
        where = [given.path(place, "a folder of clips") for place in places]
        ours = [each for name in ("media", "deliveries") if (each := self.folder / name).is_dir()]
        wanted = self._wanted()
        moved, lost = straighten(self.library, wanted)
        gone = (*absent(self.library, wanted), *lost)
        notes: list[str] = []
        there = found(self.library, gone, where, copy, notes.append)
        had = {each.wanted.name for each in there}
        lacking = {each.sha256 for each in gone}
        known = {each.file for each in wanted if each.sha256 not in lacking} - {each.file for each in gone}
        here = found(self.library, [each for each in gone if each.name not in had], ours, copy, notes.append, known)
        beside = self._remember((*moved, *here, *there))
        return Relinked(
            tuple(sorted(each.wanted.name for each in (*moved, *here, *there))),
            tuple(sorted(each.wanted.name for each in (*moved, *here))),
            len(gone) - len(here) - len(there),
            beside,
            tuple(notes),
        )

    def pack(self, to: str | Path, media: bool = False) -> delivery.Packed:
        """Pack the film as it is, for another machine: a new .zip or folder with its words, verdicts, song and
        notebooks, prompts included; without its clips unless `media`, and with a list of them in packed.json."""
        from studio.log import leave_to_others

        copy = self.log.back_up("packing")
        # no backup any more, once its takes are another machine's: a rebuild would believe it of a run killed here
        copy = copy.rename(self.folder / f"{copy.name}.tmp")
        try:
            under_way = leave_to_others(copy, self.folder if self.settings.database_url else None)
            packed = delivery.pack(
                self.settings, self.folder, given.path(to, "my-film.zip"), self._wanted(), copy, bool(media)
            )
        finally:
            copy.unlink(missing_ok=True)
        if not under_way:
            return packed
        said = f"under way here, and not made there unless film.take_over(…) says so: {_named(under_way)}"
        return replace(packed, left_out=(*packed.left_out, said))

    def backup(self) -> Path:
        """A whole copy of the log in backups/, wherever the log lives; its path."""
        return self.log.back_up("asked")

    # --- within ------------------------------------------------------------------------------------------------------

    def _wanted(self) -> tuple[Wanted, ...]:
        """Every file of media that the log names: of takes, of sounds, the song, the cards of the cuts."""
        from studio import song

        seen = delivery.last_seen(self.folder)
        former: dict[str, list[str]] = defaultdict(list)
        for alias in self.log.aliases():
            former[alias.now].append(alias.label)
        files: list[tuple[str, str, str, list[str]]] = [
            (row["take"], row["file"], row["sha256"], former.get(row["take"], []))
            for row in self.log.takes_now()
            if row["file"] and row["state"] == "done"
        ]
        for sound in self.log.sounds():
            if sound.file:
                as_made = str(self.log.events(f"sound:{sound.id}", kinds=("sound.made",))[-1].data["file"])
                files.append((sound.label, sound.file, sound.sha256, [PurePosixPath(as_made).stem]))
        master = song.find(self.log)
        if master:
            files.append(("song", master.file, master.sha256, []))
        cards = {source.file: source for cut in self.log.cuts() for source in cut.sources if source.kind == "card"}
        files += [(f"card {each.name}", each.file, each.sha256, []) for each in cards.values()]
        return tuple(
            Wanted(name, file, sha256, _before(file, name, labels), seen[sha256].size if sha256 in seen else None)
            for name, file, sha256, labels in files
        )

    def _remember(self, put: Iterable[Put]) -> tuple[str, ...]:
        """Write down where a file is that could not have the name the log knew; says so."""
        elsewhere = [each for each in put if each.file != each.wanted.file]
        if not elsewhere:
            return ()
        sounds = {sound.label: sound for sound in self.log.sounds()}
        takes = {take.label: take for take in self.log.takes()}
        said = []
        with self.log.write(STUDIO) as writer:
            for each in elsewhere:
                name = each.wanted.name
                if name in sounds:
                    subject, kind = f"sound:{sounds[name].id}", "sound.made"
                elif name in takes:
                    subject, kind = takes[name].id, "media"
                elif name == "song":
                    subject, kind = "song", "song.attached"
                else:
                    continue  # a card's name has its hash in it
                data = writer.events(subject, kinds=(kind,))[-1].data
                writer.event(kind, subject, data | {"file": each.file})
                said.append(f"another file has the name {each.wanted.file}, so {name} is {each.file} now")
        return tuple(said)

    def _made(self, labels: Iterable[str]) -> dict[str, str]:
        """Who made these takes, and when: where a file was last seen that nobody has packed."""
        wanted = set(labels)
        return {
            row["take"]: f"with {row['author']}, when it was made"
            for row in (self.log.takes_now() if wanted else ())
            if row["take"] in wanted
        }


def _before(file: str, label: str, former: Sequence[str]) -> tuple[str, ...]:
    """The files that a take had under its former labels."""
    path = PurePosixPath(file)
    if not path.name.startswith(label):
        return ()
    named = (path.with_name(f"{each}{path.name.removeprefix(label)}") for each in former)
    return tuple(str(each) for each in named if each != path)


@contextlib.contextmanager
def _place(other: object) -> Iterator[str | Path]:
    """What is to be merged; a packed film is unpacked for as long as that takes."""
    if other == "" or (isinstance(other, str) and "://" in other):
        yield other
        return
    path = given.path(other, "another-film")
    if not path.is_file() or not zipfile.is_zipfile(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="circletake-") as folder:
        yield delivery.unpack(path, Path(folder) / "film").folder


def _named(labels: Collection[str]) -> str:
    some = list(labels)[:MOST_NAMED]
    more = len(labels) - len(some)
    return ", ".join(some) + (f" and {more:,} more" if more else "")


def _among(numbers: Sequence[int]) -> str:
    return " and ".join(map(str, numbers)) if numbers else shown(None)


def merge_at(folder: Path, other: str | Path = "") -> FilmMerged:
    """The same for a film that is not open: `studio merge`. A fresh clone, which has no database yet, gets one."""
    from studio.film.opening import open
    from studio.log import merge, read_settings

    settings = read_settings(folder)
    cloned = None
    if not settings.database_url and not (folder / "film.db").exists() and any((folder / "journal").glob("*.jsonl")):
        cloned = merge(folder)
    with open(folder) as film:
        if cloned is None or other:
            return film.merge(other)
        return film._followed(cloned)
