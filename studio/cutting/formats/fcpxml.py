"""FCPXML 1.10 (`.fcpxml`): Final Cut Pro, Resolve.

Times are exact fractions of a second. Final Cut wants offset, duration and start of every clip on the sequence's
frame grid, and no clip past the end of its asset; both follow from whole frames and the rule that a take fills its
slot. A speed is a `timeMap` over the whole of the media, and the clip's `start` is then slowed time: a map that ends
with the clip comes out black at the end in Resolve. There is no modDate (Final Cut refuses some), no uid (it makes its
own), and no format name, since only Apple's own names are legal.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from lxml import etree

from studio.cutting.checking import check
from studio.cutting.formats import _shared as shared
from studio.nouns import Cut, Marker, Slot, Source

_SEQUENCE_FORMAT = "r1"
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
    check(cut)
    root = etree.Element("fcpxml", version="1.10")
    assets = _resources(etree.SubElement(root, "resources"), cut, folder)
    title = shared.one_line(cut.film_title)
    event = etree.SubElement(etree.SubElement(root, "library"), "event", name=title)
    sequence = etree.SubElement(
        etree.SubElement(event, "project", name=title),
        "sequence",
        format=_SEQUENCE_FORMAT,
        duration=_time(cut.frames / cut.rate),
        tcStart=_time(shared.start_frame(cut.rate) / cut.rate),
        tcFormat="NDF",
        audioLayout="stereo",
        audioRate="48k",
    )
    spine = etree.SubElement(sequence, "spine")
    markers = shared.travelling(cut, prompts)
    for slot in cut.slots:
        clip = _clip(spine, cut, slot, *assets[slot.source], (prompts or {}).get(slot.source.name, ""))
        if slot is cut.slots[0]:
            for lane, (_, file) in enumerate(shared.sound_tracks(cut), start=1):
                on_it = [marker for marker in markers if _on_song(marker, cut)] if file == shared.SONG else []
                _sound(clip, cut, slot, file, -lane, on_it)
        for marker in markers:
            if slot.record_frame <= marker.frame < slot.end_frame and not _on_song(marker, cut):
                at = shared.retimed_in(slot) + marker.frame - slot.record_frame
                _marker(clip, cut, marker, at, min(marker.frames, slot.end_frame - marker.frame))
    xml: bytes = etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, doctype="<!DOCTYPE fcpxml>", pretty_print=True
    )
    return xml


def limits(cut: Cut, lists: shared.Lists = shared.ALONE) -> tuple[str, ...]:
    """What FCPXML cannot carry of this cut."""
    said = [*shared.no_list_can(cut), *shared.sounds(cut, left_out=False)]
    if odd := shared.where(cut, [slot.source.rate not in (*_CONFORM, cut.rate) for slot in cut.slots]):
        said.append(f"Final Cut has no name for the frame rates of {odd}: it conforms them as it sees fit.")
    ends = {slot.end_frame for slot in cut.slots}
    spans = [marker for marker in shared.travelling(cut, {}) if not _on_song(marker, cut)]
    if any(marker.frame < end < marker.frame + marker.frames for marker in spans for end in ends):
        said.append("A lyric line that runs over a cut is marked up to the cut.")
    said.append("Media are named by their full path: after moving the folder, point the editor at it once.")
    return tuple(said)


def _time(seconds: Fraction) -> str:
    """Seconds as FCPXML writes them: "5s", "1001/24000s"."""
    return f"{seconds}s"


def _resources(resources: etree._Element, cut: Cut, folder: Path) -> dict[Source, tuple[str, str]]:
    """The formats and the media; gives the ids of each source's asset and format."""
    formats = {(cut.rate, cut.width, cut.height): _SEQUENCE_FORMAT}
    for source in cut.sources:
        formats.setdefault((source.rate, source.width, source.height), f"r{len(formats) + 1}")
    for (rate, width, height), name in formats.items():
        etree.SubElement(
            resources, "format", id=name, frameDuration=_time(1 / rate), width=str(width), height=str(height)
        )
    assets = {
        source: (f"a{number}", formats[source.rate, source.width, source.height])
        for number, source in enumerate(cut.sources, start=1)
    }
    for source, (name, form) in assets.items():
        asset = etree.SubElement(
            resources,
            "asset",
            id=name,
            name=shared.clean(source.file_name),
            start="0s",
            duration=_time(source.duration_s),
            hasVideo="1",
            format=form,
            videoSources="1",
        )
        _media(asset, shared.absolute_url(folder, shared.MEDIA, source.file_name))
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


def _clip(spine: etree._Element, cut: Cut, slot: Slot, asset: str, form: str, prompt: str) -> etree._Element:
    """A clip with all that the DTD wants before connected clips and markers."""
    source = slot.source
    clip = etree.SubElement(
        spine,
        "asset-clip",
        ref=asset,
        name=shared.clean(source.file_name),
        offset=_time((shared.start_frame(cut.rate) + slot.record_frame) / cut.rate),
        start=_time(shared.retimed_in(slot) / cut.rate),
        duration=_time(slot.frames / cut.rate),
        format=form,
        tcFormat="NDF",
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
                points, "timept", time=_time(time / cut.rate), value=_time(value / cut.rate), interp="linear"
            )
    if cut.fit == "crop" and source.width * cut.height != source.height * cut.width:
        etree.SubElement(clip, "adjust-conform", type="fill")
    return clip


def _asset_of(file: str) -> str:
    """The id of a sound's asset: "song", "effects"."""
    return file.removesuffix(".wav")


def _sound(clip: etree._Element, cut: Cut, slot: Slot, file: str, lane: int, markers: list[Marker]) -> None:
    """A sound below the first clip, from its first frame: the offset is in that clip's own time."""
    sound = etree.SubElement(
        clip,
        "asset-clip",
        ref=_asset_of(file),
        lane=str(lane),
        name=file,
        offset=_time(shared.retimed_in(slot) / cut.rate),
        start="0s",
        duration=_time(cut.frames / cut.rate),
        audioRole="music" if file == shared.SONG else "effects",
    )
    for marker in markers:
        _marker(sound, cut, marker, marker.frame, min(marker.frames, cut.frames - marker.frame))


def _on_song(marker: Marker, cut: Cut) -> bool:
    return bool(cut.song.file) and marker.kind in ("beat", "bar", "section")


def _marker(clip: etree._Element, cut: Cut, marker: Marker, at: int, frames: int) -> None:
    """A marker at a frame of the clip's own time, never empty and never past the clip's end."""
    etree.SubElement(
        clip,
        "marker",
        start=_time(at / cut.rate),
        duration=_time(max(1, frames) / cut.rate),
        value=shared.clean(marker.name),
        note=marker.kind,
    )
