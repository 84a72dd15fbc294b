"""`film.conform()`: an editor's cut read back, matched with the takes, and stored as a new version."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from studio import cutting, delivery, given, writing
from studio.cutting.formats import in_words
from studio.errors import BadInput, StudioError
from studio.film.cut import CutHandle
from studio.media import Features, read_frames, sha256_of
from studio.media.features import end

if TYPE_CHECKING:
    import pandas as pd

    from studio.film.film import Film
    from studio.nouns import Cut, Marker, Source

CLIPS = (".mp4", ".mov", ".webm", ".m4v", ".mkv", ".mxf", ".avi")  # files that are looked into
LARGEST = 8 * 2**30  # bytes of a clip in a bundle
CHUNK = 2**20


class Conform:
    """What an editor gave back: the new version of the cut, what became of every slot, and what fits no take."""

    def __init__(
        self,
        film: Film,
        path: Path,
        against: Cut,
        media: Path | None,
        report: cutting.Conformed,
        chosen: Mapping[str, str],
    ) -> None:
        self._film, self._path, self._against, self._media = film, path, against, media
        self._chosen = chosen
        self.report = report
        self.cut = CutHandle(film, report.cut)

    def __repr__(self) -> str:
        return f"{self.report!r}\nversion {self.cut.value.version} of the cut, against version {self._against.version}"

    def _repr_html_(self) -> str:
        return self.report._repr_html_()

    @property
    def unmatched(self) -> tuple[cutting.Unmatched, ...]:
        """The clips of the list that fit no take; their slots are left empty."""
        return self.report.unmatched

    def to_frame(self) -> pd.DataFrame:
        """One row a slot of either cut."""
        return self.report.to_frame()

    def adopt(self, slot: int, shot: str) -> Conform:
        """The unmatched clip in a slot (counted from 1) becomes a take of a shot, and the list is read once more.

        Its file has to lie where the list says, or beside the list.
        """
        lost = self._lost(slot)
        found = locate(lost.event, self._path, self._media)
        if found is None:
            raise BadInput(
                f"the file of {lost.event.called} is not there: put it beside {self._path.name} and try again"
            )
        take = self._film.adopt(found, shot)  # and not another one of the same bytes, where there is one
        chosen = {**self._chosen, lost.event.called: take.label}
        return conform(self._film, self._path, self._against.version, self._media, chosen)

    def choose(self, slot: int, take: str) -> Conform:
        """The unmatched clip in a slot (counted from 1) is this take, wherever it stands; the list is read again."""
        lost, found = self._lost(slot), self._film.log.take(take)
        media = self._film.log.media(found.id)
        if media is None:
            raise BadInput(f"{found.label} has no clip: it is {self._film.log.state(found.id)}")
        if media.variable_rate:
            raise BadInput(f"{found.label} has a variable rate and cannot be in a cut: choose another take")
        chosen = {**self._chosen, lost.event.called: found.label}
        return conform(self._film, self._path, self._against.version, self._media, chosen)

    def _lost(self, slot: int) -> cutting.Unmatched:
        lost = next((each for each in self.unmatched if each.slot == slot), None)
        if lost is None:
            where = ", ".join(str(each.slot) for each in self.unmatched) or "none"
            raise BadInput(f"slot {given.shown(slot)} has no unmatched clip: those with one are {where}")
        return lost


def conform(
    film: Film,
    path: Path,
    against: int | CutHandle | None,
    media: Path | None,
    chosen: Mapping[str, str] | None = None,
) -> Conform:
    """Read, match, check, and only then store. `chosen` is what a person has said of clips, by their names."""
    cut = against.value if isinstance(against, CutHandle) else film.cut(against).value
    returned = cutting.read(path, cut.rate)
    finished = [kept for kept in film.log.finished() if not kept.variable_rate]
    takes = [cutting.source_of(kept) for kept in finished]
    labels = {take.take_id: take.name for take in takes}
    heads = {
        labels[take_id]: Features.from_json(str(event.data["features"])).head.hash
        for take_id, event in film.log.latest_of("features").items()
        if take_id in labels
    }
    report = cutting.conform(
        returned,
        cut,
        takes,
        card=partial(delivery.make_card, film.folder, film.settings),
        hash_of=lambda event: hash_of(event, path, media),
        picture_of=lambda event: picture_of(event, path, media),
        heads=heads,
        earlier=[each for each in film.log.cuts() if each.version < cut.version],
        known=_known(film, cut, takes, {kept.take.label: kept.take.author for kept in finished}, chosen or {}),
        own_words=[marker.name for marker in _words_beside(film, cut)],
        name="from " + "".join(c if c.isprintable() else " " for c in path.name)[:100],
    )
    with film.log.write(film.author) as writer:
        stored = writer.cut(report.cut)
    report = replace(report, cut=stored, notes=(*report.notes, *_ways_out(report.unmatched)))
    return Conform(film, path, cut, media, report, chosen or {})


def _words_beside(film: Film, cut: Cut) -> tuple[Marker, ...]:
    """What a delivery that was asked for with prompts has beside the cut's own markers."""
    prompts = writing.words_of_takes(film.log, [each.name for each in cut.sources if each.kind == "take"])
    return cutting.words_of_slots(cut.slots, prompts=prompts, cameras=delivery.cameras_of(film.log, cut))


def _ways_out(unmatched: Sequence[cutting.Unmatched]) -> tuple[str, ...]:
    """What a person can do about clips that fit no take."""
    if not unmatched:
        return ()
    first = unmatched[0]
    where = in_words([each.slot for each in unmatched])
    return (
        f"only you can say what belongs in {where}: with came = film.conform(…), came.choose({first.slot}, "
        f'"07A-004") says which take it is, and came.adopt({first.slot}, "07A") makes a new take of its file',
    )


def _known(
    film: Film, cut: Cut, takes: Sequence[Source], authors: Mapping[str, str], chosen: Mapping[str, str]
) -> cutting.Known:
    """What the log knows of labels that two takes have had."""
    aliases = film.log.aliases()
    if not aliases:
        return cutting.Known(chosen=chosen)
    by_id = {take.take_id: take for take in takes}
    former = [cutting.Former(each.label, by_id[each.take_id]) for each in aliases if each.take_id in by_id]
    shown = {source.name for source in cut.sources if source.kind == "take"}
    return cutting.Known(former, authors, shown, _sender(film, cut), chosen)


def _sender(film: Film, cut: Cut) -> str:
    """Who sent a version to the editor, by the numbers that it has had; else who made it."""
    numbers = {cut.version, *(each.was for each in film.log.renumbered("cut") if each.id == cut.id)}
    events = film.log.events("film", ("delivered",))
    senders = {event.author for event in events if event.data["version"] in numbers}
    return senders.pop() if len(senders) == 1 else cut.author


def locate(event: cutting.Event, path: Path, media: Path | None = None) -> Path | None:
    """The file of a clip: where the list says, beside the list, in `media/` there, or in the folder given."""
    name = event.file_name or event.name
    if PurePosixPath(name).suffix.lower() not in CLIPS:
        return None
    beside = path if path.is_dir() else path.parent
    folders = (beside, beside / "media", *([media] if media else []))
    said = event.file.replace("\\", "/")
    for candidate in (beside / said if said else beside / name, *(folder / name for folder in folders)):
        try:
            if candidate.is_file():
                return candidate
        except (OSError, ValueError):  # a name that no system takes, a folder that may not be looked into
            continue
    return None


def hash_of(event: cutting.Event, path: Path, media: Path | None = None) -> str:
    """The SHA-256 of a clip's file, or "" where it is not to be found."""
    if path.is_file() and zipfile.is_zipfile(path) and (inside := _hash_inside(path, event.file)):
        return inside
    found = locate(event, path, media)
    try:
        return sha256_of(found) if found else ""
    except OSError:
        return ""


def _hash_inside(bundle: Path, member: str) -> str:
    """The SHA-256 of a file in an `.otioz`, read as a stream: nothing is unpacked."""
    digest, left = hashlib.sha256(), LARGEST
    try:
        with zipfile.ZipFile(bundle) as opened, opened.open(member) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                left -= len(chunk)
                if left < 0:
                    return ""
    except (KeyError, OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError):
        return ""
    return digest.hexdigest()


def picture_of(event: cutting.Event, path: Path, media: Path | None = None) -> int | None:
    """The hash of the first picture of a clip's file, or None where there is none."""
    found = locate(event, path, media)
    if found is None:
        return None
    try:
        return end(read_frames(found, [0])[0], None).hash
    except (StudioError, OSError):  # a file that is no clip fits no take
        return None
