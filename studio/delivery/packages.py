"""What a delivery holds for which editor: its lists, how the media travel, and what their time codes are. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Literal

from studio.cutting.formats import FORMATS, Lists, Media, stamps
from studio.delivery.conversions import Way, ways_of, whole_frames
from studio.errors import BadInput
from studio.given import shown, whole
from studio.nouns import Cut, Source
from studio.timecode import drops

How = Literal["link", "copy", "stamp", "conform"]
MEDIA, STAMPED, REJECTED = "media", "stamped", "rejects"  # folders
CSV = "film.csv"  # for people: in every package
OPENED = (".mp4", ".mov")  # what every editor opens; of WebM they are handed ProRes
BY_TIME_CODE = ("film.edl", "film.aaf")  # lists whose readers go by reel and time code, which a take has not
MOST_HANDLES = 10_000  # film frames
THEN_SONG = " Then song.wav, beside the lists."  # what a README changes where the sounds are others
LAY_SONG = "Lay song.wav on A1 from the first frame on, if the list did not bring it."


@dataclass(frozen=True)
class Preset:
    """An editor's package."""

    editor: str
    lists: tuple[str, ...]  # the main one first, then what to open where it fails
    steps: tuple[str, ...]  # how to open it, a step a line


PRESETS: dict[str, Preset] = {
    "everything": Preset("any editor", tuple(FORMATS), ()),
    "premiere": Preset(
        "Premiere",
        ("film.xml", "film.otio"),
        (
            "File > Import, and choose film.xml. Every version of Premiere reads it.",
            "If Premiere asks for media (the folder was moved): choose Locate, tick File Name only, point at the first "
            f"file in media/, and let it relink the others.{THEN_SONG}",
            "If film.xml will not open: Premiere 25.6 and later also import film.otio.",
        ),
    ),
    "resolve": Preset(
        "DaVinci Resolve",
        ("film.otio", "film.fcpxml", "film.xml"),
        (
            "Make a project and set its timeline frame rate first: Resolve cannot change it once media are in.",
            "File > Import > Timeline, and choose film.otio (Resolve 18.5 and later).",
            "If clips are offline: in the media pool choose all, right-click, Relink Selected Clips, and point at the "
            "folder media/. Clips are called as their files are.",
            "If film.otio will not open: import film.fcpxml the same way, or film.xml.",
        ),
    ),
    "final-cut": Preset(
        "Final Cut Pro",
        ("film.fcpxml",),
        (
            "File > Import > XML, and choose film.fcpxml. It makes an event with the project in it.",
            "If media are missing (the folder was moved): choose the event, File > Relink Files > Original Media, "
            "Locate All, and point at this folder. Files are found by name.",
        ),
    ),
    "avid": Preset(
        "Avid Media Composer",
        ("film.edl",),
        (
            "Make a project of the frame rate above. Link the files in media/ into a bin (Source Browser > Link): each "
            "has a reel name and a time code that no other has.",
            "Open film.edl with Tools > List Tool (or Import), and let it make a sequence in that bin: events find "
            "their clips by reel and time code.",
            "film.aaf is experimental: cuts only. Use it where the EDL will not do.",
            LAY_SONG,
        ),
    ),
}


@dataclass(frozen=True)
class Package:
    """What is asked for."""

    preset: str = "everything"
    media: Literal["link", "copy", "conform"] = "link"
    blended: Mapping[str, Way] = field(default_factory=dict)  # takes whose conformed file mixes neighbouring frames
    handles: int | None = None  # film frames that a conformed file keeps after its last use; None: all there are
    burn_in: bool = False
    bundle: bool = False  # film.otioz too: the list with its media in one file
    aaf: bool = False  # film.aaf too: experimental, and no two are the same to the byte

    @property
    def lists(self) -> tuple[str, ...]:
        """The edit lists of the package, the main one first, the table for people last."""
        wanted = PRESETS[self.preset].lists
        return tuple(name for name in dict.fromkeys((*wanted, CSV)) if name in FORMATS)


@dataclass(frozen=True)
class MediaFile:
    """One file of media in a delivery."""

    source: Source
    file: str  # relative to the delivery
    how: How
    media: Media | None = None  # what the lists are told of it; None: it is the take as it is
    way: Way = "hold"


def asked(
    cut: Cut,
    preset: object = "everything",
    media: object = "link",
    *,
    convert: str | Mapping[str, str] = "hold",
    handles: object = None,
    burn_in: bool = False,
    bundle: bool = False,
    aaf: bool = False,
) -> Package:
    """A package out of what a person wrote. Raises BadInput with what would be right."""
    if not isinstance(preset, str) or preset not in PRESETS:
        raise BadInput(f"{shown(preset)} is no preset: there are {', '.join(PRESETS)}")
    if not isinstance(media, str) or media not in ("link", "copy", "conform"):
        raise BadInput(f"{shown(media)} is no way for media to travel: there are link, copy and conform")
    if handles is not None:
        if media != "conform":
            raise BadInput('handles are cut in conformed media only: add media="conform", or leave handles out')
        handles = whole(handles, "the handles", 0, MOST_HANDLES)
    if media == "conform" and cut.width % 2 + cut.height % 2:
        raise BadInput(f"the film is {cut.width}×{cut.height} pixels: media are conformed to an even width and height")
    ways = ways_of(cut, convert, media == "conform")
    if bundle and "film.otio" not in Package(preset).lists:
        raise BadInput(f"a bundle is OpenTimelineIO, which {PRESETS[preset].editor} does not read: leave bundle out")
    if aaf and "film.edl" not in Package(preset).lists:
        raise BadInput(f"an AAF is for Avid Media Composer, not for {PRESETS[preset].editor}: leave aaf out")
    return Package(preset, media, ways, handles, bool(burn_in), bool(bundle), bool(aaf))  # type: ignore[arg-type]


def media_files(cut: Cut, package: Package, lists: Lists | None = None) -> tuple[MediaFile, ...]:
    """Every file of media in a delivery: of the cut and the alternates, the stamped copies, the rejects as they are.

    Time codes of conformed and stamped files begin on whole minutes that no other file has, from 01:00:00:00 on.
    """
    more = [source for some in lists.alternates.values() for source in some] if lists else []
    sources = tuple(dict.fromkeys((*cut.sources, *more)))
    made = _conformed(cut, package, sources) if package.media == "conform" else _as_they_are(cut, package, sources)
    return (*made, *(_reject(source, package) for source in (lists.rejects if lists else ())))


def _reject(source: Source, package: Package) -> MediaFile:
    """A rejected take, as it is: nobody conforms what is not used."""
    file = f"{REJECTED}/{source.file_name}"
    how: How = "copy" if package.media == "copy" else "link"
    return MediaFile(source, file, how, Media(file, source.rate, source.frames))


def _as_they_are(cut: Cut, package: Package, sources: Sequence[Source]) -> tuple[MediaFile, ...]:
    stamped = any(name in BY_TIME_CODE for name in package.lists)
    plain = any(name not in (*BY_TIME_CODE, CSV) for name in package.lists)
    of = (cut.sources if plain else sources) if stamped else ()
    names = _names(sources)
    files = [_plain(source, names[source], package) for source in sources] if plain else []
    taken = {file.file.removeprefix(f"{MEDIA}/").casefold() for file in files}  # editors relink by name alone
    starts, names, folder = stamps(of, cut.rate), _names(of, taken), STAMPED if plain else MEDIA
    for source in of:
        file, drop = f"{folder}/{names[source]}", drops(cut.rate) and drops(source.rate)
        media = Media(file, source.rate, source.frames, starts[source.name], source.reel, drop=drop)
        files.append(MediaFile(source, file, "stamp", media))
    return tuple(files)


def is_opened(source: Source) -> bool:
    """Whether editors open the file of a source as it is."""
    return source.file_name.lower().endswith(OPENED)


def _plain(source: Source, name: str, package: Package) -> MediaFile:
    """A take as it is; where editors do not open that, a copy of another coding, which has no time code either."""
    if is_opened(source):
        return MediaFile(source, f"{MEDIA}/{source.file_name}", package.media)
    file = f"{MEDIA}/{name}"
    return MediaFile(source, file, "stamp", Media(file, source.rate, source.frames))


def lists_of(name: str, files: Iterable[MediaFile], lists: Lists | None = None) -> Lists:
    """What one list of a delivery is told: of its media, and whatever else travels."""
    files = tuple(files)
    plain = {file.source.name for file in files if file.media is None}
    copies = {
        file.source.name: file.media
        for file in files
        if file.media
        and (name in BY_TIME_CODE or not (file.source.name in plain or file.file.startswith(f"{STAMPED}/")))
    }
    return replace(lists or Lists(), media=copies)


def _conformed(cut: Cut, package: Package, sources: Sequence[Source]) -> tuple[MediaFile, ...]:
    made = [_at_one_rate(cut, each, package.handles) for each in sources]
    starts, names = stamps(made, cut.rate), _names(sources)
    found = []
    for source, each in zip(sources, made, strict=True):
        file, start, drop = f"{MEDIA}/{names[source]}", starts[source.name], drops(cut.rate) and drops(each.rate)
        media = Media(file, each.rate, each.frames, start, source.reel, cut.width, cut.height, drop=drop)
        found.append(MediaFile(source, file, "conform", media, package.blended.get(source.name, "hold")))
    return tuple(found)


def _at_one_rate(cut: Cut, source: Source, handles: int | None) -> Source:
    """A source at the film's rate. One that plays at the film's rate by its speed keeps its own, and so all its frames:
    each is shown once, and holding would drop some of them first."""
    speeds = {slot.speed for slot in cut.slots if slot.source == source}
    if source.rate != cut.rate and speeds == {cut.rate / source.rate}:
        return source
    return replace(source, rate=cut.rate, frames=_kept(cut, source, handles))


def _kept(cut: Cut, source: Source, handles: int | None) -> int:
    """Film frames in a conformed file: from the source's first one, so that in-points stay what they are when an
    editor's cut comes back, to the end or to the handles after its last use. Never more than there are."""
    ends = []
    for slot, after in zip_longest(cut.slots, cut.slots[1:]):
        if slot.source == source:
            over = after.transition.frames // 2 if after and after.transition else 0  # a dissolve shows it for longer
            ends.append(slot.in_frames + (slot.frames + over) * slot.speed)
    used = math.ceil(max(ends)) if ends else 0  # into a last frame that the source fills in part
    there = max(whole_frames(source, cut.rate), used)
    return there if handles is None or not ends else min(there, used + handles)


def _names(sources: Sequence[Source], taken: Collection[str] = ()) -> dict[Source, str]:
    """A name for the `.mov` of each source: the take's own, with its reel where another file would have the same."""
    stems = {source: source.file_name.rsplit(".", 1)[0] for source in sources}
    often = Counter(stem.casefold() for stem in stems.values())
    return {
        source: f"{stem}-{source.reel}.mov"
        if often[stem.casefold()] > 1 or f"{stem}.mov".casefold() in taken
        else f"{stem}.mov"
        for source, stem in stems.items()
    }
