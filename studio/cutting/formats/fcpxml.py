"""FCPXML 1.10 (`.fcpxml`): Final Cut Pro, Resolve.

Times are exact fractions of a second. Final Cut wants offset, duration and start of every clip on the sequence's
frame grid, and no clip past the end of its asset; both follow from whole frames and the rule that a take fills its
slot. A speed is a `timeMap` over the whole of the media, and the clip's `start` is then slowed time: a map that ends
with the clip comes out black at the end in Resolve. There is no modDate (Final Cut refuses some), no uid (it makes its
own), and no format name, since only Apple's own names are legal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from pathlib import Path

from lxml import etree

from studio.cutting.formats import _shared as shared
from studio.nouns import Cut, Marker, Slot, Source

_SEQUENCE_FORMAT = "r1"
_DISSOLVE, _DISSOLVE_NAME = "dissolve", "Cross Dissolve"
_DISSOLVE_UID = "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265"  # of Final Cut's own
_CONFORM = {  # the rates that conform-rate has words for
    **{Fraction(n): str(n) for n in (24, 25, 30, 48, 50, 60)},
    **{Fraction(n * 1000, 1001): name for n, name in ((24, "23.98"), (30, "29.97"), (48, "47.95"), (60, "59.94"))},
}


def write(
    cut: Cut, *, folder: Path, prompts: Mapping[str, str] | None = None, lists: shared.Lists = shared.ALONE
) -> bytes:
    """The cut as FCPXML: the clips in the primary storyline, song and sounds under slots connected to the first one.

    Beats and bars are markers on the song, lyric lines (and prompts) on the clips: two on one frame of one clip would
    be one marker to Final Cut.
    """
    cut = shared.checked(cut, lists)
    root = etree.Element("fcpxml", version="1.10")
    assets = _resources(etree.SubElement(root, "resources"), cut, folder, lists)
    title = shared.one_line(cut.film_title)
    library = etree.SubElement(root, "library")
    event = etree.SubElement(library, "event", name=title)
    hour = shared.start_frame(cut, lists)
    sequence = etree.SubElement(
        etree.SubElement(event, "project", name=title),
        "sequence",
        format=_SEQUENCE_FORMAT,
        duration=_time(cut.frames / cut.rate),
        tcStart=_time(hour / cut.rate),
        tcFormat="DF" if shared.drop_of(cut, lists) else "NDF",
        audioLayout="stereo",
        audioRate="48k",
    )
    spine = etree.SubElement(sequence, "spine")
    markers = shared.travelling(cut, prompts, lists)
    for slot in cut.slots:
        if slot.transition:
            _dissolve(spine, cut, hour + slot.record_frame, slot.transition.frames)
        clip = _clip(spine, cut, slot, *assets[slot.source], (prompts or {}).get(slot.source.name, ""), lists)
        if slot is cut.slots[0]:
            for lane, (_, file) in enumerate(shared.sound_tracks(cut), start=1):
                on_it = [marker for marker in markers if _on_song(marker, cut)] if file == shared.SONG else []
                _sound(clip, cut, file, -lane, on_it)
        inside = [m for m in markers if slot.record_frame <= m.frame < slot.end_frame and not _on_song(m, cut)]
        for marker in _one_a_frame(inside):
            at = shared.retimed_in(slot) + marker.frame - slot.record_frame
            _marker(clip, cut, marker, at, min(marker.frames, slot.end_frame - marker.frame), _head(slot.source, lists))
    if kept := shared.alternates(cut, lists):
        _alternates(etree.SubElement(library, "event", name=f"{title}: alternates"), cut, kept, assets, lists)
    xml: bytes = etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, doctype="<!DOCTYPE fcpxml>", pretty_print=True
    )
    return xml


def limits(cut: Cut, lists: shared.Lists = shared.ALONE) -> tuple[str, ...]:
    """What FCPXML cannot carry of this cut."""
    cut = shared.placed(cut, lists)
    said = [*shared.no_list_can(cut), *shared.sounds(cut, left_out=False)]
    if odd := shared.where(cut, [slot.source.rate not in (*_CONFORM, cut.rate) for slot in cut.slots]):
        said.append(f"Final Cut has no name for the frame rates of {odd}: it conforms them as it sees fit.")
    ends = {slot.end_frame for slot in cut.slots}
    spans = [marker for marker in shared.travelling(cut, {}, lists) if not _on_song(marker, cut)]
    if any(marker.frame < end < marker.frame + marker.frames for marker in spans for end in ends):
        said.append("A lyric line that runs over a cut is marked up to the cut.")
    if lists.alternates:
        said.append("Alternates are clips of an event of their own, with the slot as their keyword.")
    said.append("Media are named by their full path: after moving the folder, point the editor at it once.")
    return tuple(said)


def _time(seconds: Fraction) -> str:
    """Seconds as FCPXML writes them: "5s", "1001/24000s"."""
    return f"{seconds}s"


def _resources(resources: etree._Element, cut: Cut, folder: Path, lists: shared.Lists) -> dict[Source, tuple[str, str]]:
    """The formats and the media; gives the ids of each source's asset and format."""
    formats = {(cut.rate, cut.width, cut.height): _SEQUENCE_FORMAT}
    others = (source for _, _, several in shared.alternates(cut, lists) for source in several)
    sources = tuple(dict.fromkeys((*cut.sources, *others)))
    for source in sources:
        formats.setdefault((source.rate, source.width, source.height), f"r{len(formats) + 1}")
    for (rate, width, height), name in formats.items():
        etree.SubElement(
            resources, "format", id=name, frameDuration=_time(1 / rate), width=str(width), height=str(height)
        )
    assets = {
        source: (f"a{number}", formats[source.rate, source.width, source.height])
        for number, source in enumerate(sources, start=1)
    }
    if any(slot.transition for slot in cut.slots):
        etree.SubElement(resources, "effect", id=_DISSOLVE, name=_DISSOLVE_NAME, uid=_DISSOLVE_UID)
    for source, (name, form) in assets.items():
        asset = etree.SubElement(
            resources,
            "asset",
            id=name,
            name=shared.clean(source.file_name),
            start=_time(_head(source, lists)),
            duration=_time(source.duration_s),
            hasVideo="1",
            format=form,
            videoSources="1",
        )
        _media(asset, shared.absolute_url(folder, shared.address(source, lists)))
        if reel := shared.reel_of(source, lists):
            told = etree.SubElement(asset, "metadata")
            etree.SubElement(told, "md", key="com.apple.proapps.studio.reel", value=reel)
    for _, file in shared.sound_tracks(cut):
        asset = etree.SubElement(
            resources,
            "asset",
            id=_asset_of(file),
            name=file,
            start="0s",
            duration=_time(cut.frames / cut.rate),
            hasAudio="1",
            audioSources="1",
            audioChannels="2",
            audioRate=str(shared.SONG_RATE),
        )
        _media(asset, shared.absolute_url(folder, file))
    return assets


def _media(asset: etree._Element, url: str) -> None:
    etree.SubElement(asset, "media-rep", kind="original-media", src=url)


def _head(source: Source, lists: shared.Lists) -> Fraction:
    """The time that a source's own time code begins at: its clips count from there."""
    return shared.start_of(source, lists) / source.rate


def _dissolve(spine: etree._Element, cut: Cut, frame: int, frames: int) -> None:
    """A transition centred on a cut. The clips meet there as without one, and lend it what lies beyond their ends."""
    transition = etree.SubElement(
        spine,
        "transition",
        name=_DISSOLVE_NAME,
        offset=_time((frame - frames // 2) / cut.rate),
        duration=_time(frames / cut.rate),
    )
    etree.SubElement(transition, "filter-video", ref=_DISSOLVE, name=_DISSOLVE_NAME)


def _alternates(
    event: etree._Element,
    cut: Cut,
    kept: list[tuple[int, Slot, tuple[Source, ...]]],
    assets: dict[Source, tuple[str, str]],
    lists: shared.Lists,
) -> None:
    """The alternates as clips of an event, each with its slot as a keyword, which Final Cut shows as a collection."""
    for number, slot, sources in kept:
        for source in sources:
            asset, form = assets[source]
            clip = etree.SubElement(
                event,
                "asset-clip",
                ref=asset,
                name=shared.clean(source.file_name),
                start=_time(_head(source, lists)),
                duration=_time(shared.whole_frames(source, cut.rate) / cut.rate),
                format=form,
                tcFormat="DF" if shared.drops_of(source, lists) else "NDF",
            )
            etree.SubElement(
                clip,
                "keyword",
                start=clip.get("start", "0s"),
                duration=clip.get("duration", "0s"),
                value=shared.bin_name(number, slot),
            )


def _clip(
    spine: etree._Element, cut: Cut, slot: Slot, asset: str, form: str, prompt: str, lists: shared.Lists
) -> etree._Element:
    """A clip with all that the DTD wants before connected clips and markers."""
    source, begins = slot.source, _head(slot.source, lists)
    clip = etree.SubElement(
        spine,
        "asset-clip",
        ref=asset,
        name=shared.clean(source.file_name),
        offset=_time((shared.start_frame(cut, lists) + slot.record_frame) / cut.rate),
        start=_time(begins + shared.retimed_in(slot) / cut.rate),
        duration=_time(slot.frames / cut.rate),
        format=form,
        tcFormat="DF" if shared.drops_of(source, lists) else "NDF",
    )
    if prompt:
        etree.SubElement(clip, "note").text = shared.clean(prompt)
    if source.rate != cut.rate:  # the clip keeps its own time: a second of it lasts a second
        conform = etree.SubElement(clip, "conform-rate", scaleEnabled="0")
        if source.rate in _CONFORM:
            conform.set("srcFrameRate", _CONFORM[source.rate])
    if slot.speed != 1:
        # From the head of the media to its end. Where the in-point falls between two slowed frames the map begins
        # that bit into the media, so that the start of the clip is exact all the same.
        head = slot.in_frames - shared.retimed_in(slot) * slot.speed
        length = (source.duration_s * cut.rate - head) / slot.speed
        points = etree.SubElement(clip, "timeMap")
        for time, value in ((Fraction(0), head), (length, head + length * slot.speed)):
            etree.SubElement(
                points,
                "timept",
                time=_time(begins + time / cut.rate),
                value=_time(begins + value / cut.rate),
                interp="linear",
            )
    if cut.fit == "crop" and source.width * cut.height != source.height * cut.width:
        etree.SubElement(clip, "adjust-conform", type="fill")
    return clip


def _asset_of(file: str) -> str:
    """The id of a sound's asset: "song", "effects"."""
    return file.removesuffix(".wav")


def _sound(clip: etree._Element, cut: Cut, file: str, lane: int, markers: list[Marker]) -> None:
    """A sound below the first clip, from its first frame: the offset is in that clip's own time."""
    sound = etree.SubElement(
        clip,
        "asset-clip",
        ref=_asset_of(file),
        lane=str(lane),
        name=file,
        offset=clip.get("start", "0s"),
        start="0s",
        duration=_time(cut.frames / cut.rate),
        audioRole="music" if file == shared.SONG else "effects",
    )
    for _, on_one in groupby(markers, key=lambda marker: marker.frame):
        first, *others = sorted(on_one, key=lambda marker: marker.kind != "section")
        also = [other.name for other in others]  # in the note: under its own name the first is known when it comes back
        _marker(sound, cut, first, first.frame, min(first.frames, cut.frames - first.frame), also=also)


def _on_song(marker: Marker, cut: Cut) -> bool:
    return bool(cut.song.file) and marker.kind in ("beat", "bar", "section")


def _one_a_frame(markers: list[Marker]) -> list[Marker]:
    """Markers of a clip that stand on one frame are one marker to Final Cut: their words are put together."""
    found: list[Marker] = []
    for marker in markers:
        if found and found[-1].frame == marker.frame:
            last = found[-1]
            words = f"{last.name} / {marker.name}"
            found[-1] = replace(last, name=words, frames=max(last.frames, marker.frames))
        else:
            found.append(marker)
    return found


def _marker(
    clip: etree._Element,
    cut: Cut,
    marker: Marker,
    at: int,
    frames: int,
    begins: Fraction = Fraction(0),
    also: Sequence[str] = (),
) -> None:
    """A marker at a frame of the clip's own time, never empty and never past the clip's end. `also` are the names of
    others that stand on its frame."""
    etree.SubElement(
        clip,
        "marker",
        start=_time(begins + at / cut.rate),
        duration=_time(max(1, frames) / cut.rate),
        value=shared.clean(marker.name),
        note=shared.clean(", ".join((marker.kind, *also))),
    )
