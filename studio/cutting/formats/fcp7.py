"""Final Cut Pro 7 XML (`.xml`, xmeml version 4): Premiere in all versions, Resolve.

Element names and order follow Apple's "Final Cut Pro XML Interchange Format" (2009). Three habits of today's readers
are kept to: `<in>` and `<out>` of a clip are on the grid of the sequence whatever the rate of its file (Premiere and
Resolve both read them so); with a speed they count slowed frames, as Final Cut Pro 7 did; and without a full
`<format>` Resolve shows an empty time line.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from lxml import etree

from studio.cutting.checking import check
from studio.cutting.formats import _shared as shared
from studio.nouns import Cut, Marker, Slot, Source
from studio.timecode import timecode

_HOST = "localhost"  # with it a path with a drive letter is found too


def write(
    cut: Cut, *, folder: Path, prompts: Mapping[str, str] | None = None, lists: shared.Lists = shared.ALONE
) -> bytes:
    """The cut as xmeml: V1 with the clips, A1 and A2 with the two sides of the song, markers on the sequence.

    Where slots have sound it is on A3 and A4: a track has one side.
    """
    check(cut)
    root = etree.Element("xmeml", version="4")
    sequence = _add(root, "sequence", id="sequence-1")
    _add(sequence, "uuid", shared.cut_uuid(cut))
    _add(sequence, "name", shared.one_line(cut.film_title))
    _add(sequence, "duration", cut.frames)
    _rate(sequence, cut.rate)
    _timecode(sequence, cut.rate, shared.start_frame(cut.rate))
    _add(sequence, "in", -1)  # no range is marked
    _add(sequence, "out", -1)
    media = _add(sequence, "media")
    video = _add(media, "video")
    _picture(_add(_add(video, "format"), "samplecharacteristics"), cut.width, cut.height, cut.rate)
    track = _add(video, "track")
    numbers = {source: number for number, source in enumerate(cut.sources, start=1)}
    for number, slot in enumerate(cut.slots, start=1):
        item = _add(track, "clipitem", id=f"clipitem-{number}")
        _clip(item, cut, slot, numbers[slot.source], (prompts or {}).get(slot.source.name, ""))
        first = all(before.source != slot.source for before in cut.slots[: number - 1])
        _file(item, slot.source, folder, numbers[slot.source], whole=first)
        if slot.speed != 1:
            _speed(item, slot.speed)
        _fit(item, cut, slot.source)
    _flags(track)
    if shared.sound_tracks(cut):
        _sounds(_add(media, "audio"), cut, folder)
    for marker in shared.travelling(cut, prompts):
        _marker(sequence, marker)
    xml: bytes = etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, doctype="<!DOCTYPE xmeml>", pretty_print=True
    )
    return xml


def limits(cut: Cut, lists: shared.Lists = shared.ALONE) -> tuple[str, ...]:
    """What FCP 7 XML cannot carry of this cut."""
    said = [*shared.no_list_can(cut), *shared.sounds(cut, left_out=False)]
    if not _exact(cut.rate):
        said.append(
            f"Rates are whole numbers or NTSC's: the film's {cut.rate} frames/s are written as {round(cut.rate)}."
        )
    if odd := shared.where(cut, [not _exact(slot.source.rate) for slot in cut.slots]):
        said.append(f"The rate of the files of {odd} is written as the nearest whole number; their cuts are exact.")
    if between := shared.where(cut, [(slot.in_frames / slot.speed).denominator != 1 for slot in cut.slots]):
        said.append(f"The in-point of {between} is counted in slowed frames and lies up to one of these early.")
    said.append("Media are named by their full path: after moving the folder, point the editor at it once.")
    return tuple(said)


def _add(parent: etree._Element, tag: str, text: object = None, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, tag, attributes)
    if text is not None:
        child.text = shared.clean(str(text))
    return child


def _exact(rate: Fraction) -> bool:
    return rate.denominator == 1 or shared.is_ntsc(rate)


def _rate(parent: etree._Element, rate: Fraction) -> None:
    element = _add(parent, "rate")
    _add(element, "timebase", round(rate))
    _add(element, "ntsc", "TRUE" if shared.is_ntsc(rate) else "FALSE")


def _timecode(parent: etree._Element, rate: Fraction, frame: int) -> None:
    element = _add(parent, "timecode")
    _rate(element, rate)
    _add(element, "string", timecode(frame, rate))
    _add(element, "frame", frame)
    _add(element, "displayformat", "NDF")


def _picture(characteristics: etree._Element, width: int, height: int, rate: Fraction) -> None:
    _rate(characteristics, rate)
    _add(characteristics, "width", width)
    _add(characteristics, "height", height)
    _add(characteristics, "anamorphic", "FALSE")
    _add(characteristics, "pixelaspectratio", "square")
    _add(characteristics, "fielddominance", "none")


def _flags(track: etree._Element) -> None:
    _add(track, "enabled", "TRUE")
    _add(track, "locked", "FALSE")


def _clip(item: etree._Element, cut: Cut, slot: Slot, source_number: int, prompt: str) -> None:
    source = slot.source
    start = shared.retimed_in(slot)
    _add(item, "masterclipid", f"masterclip-{source_number}")
    _add(item, "name", source.file_name)
    _add(item, "enabled", "TRUE")
    _add(item, "duration", int(source.duration_s * cut.rate / slot.speed))
    _rate(item, cut.rate)
    _add(item, "start", slot.record_frame)
    _add(item, "end", slot.end_frame)
    _add(item, "in", start)
    _add(item, "out", start + slot.frames)
    _add(item, "pixelaspectratio", "square")
    _add(item, "anamorphic", "FALSE")
    _add(item, "alphatype", "none")
    logged = _add(item, "logginginfo")
    facts = {"description": prompt, "scene": source.shot, "shottake": source.name, "lognote": slot.how}
    for name, fact in facts.items():
        if fact:
            _add(logged, name, fact)


def _file(item: etree._Element, source: Source, folder: Path, number: int, *, whole: bool) -> None:
    """The file behind a clip, in full where it is named first. The takes are silent, so none has an audio element."""
    file = _add(item, "file", id=f"file-{number}")
    if not whole:
        return
    _add(file, "name", source.file_name)
    _add(file, "pathurl", shared.absolute_url(folder, shared.MEDIA, source.file_name, host=_HOST))
    _rate(file, source.rate)
    _add(file, "duration", source.frames)
    _timecode(file, source.rate, 0)
    video = _add(_add(file, "media"), "video")
    _add(video, "duration", source.frames)
    _picture(_add(video, "samplecharacteristics"), source.width, source.height, source.rate)


def _effect(item: etree._Element, name: str, effect_id: str) -> etree._Element:
    effect = _add(_add(item, "filter"), "effect")
    _add(effect, "name", name)
    _add(effect, "effectid", effect_id)
    _add(effect, "effectcategory", "motion")
    _add(effect, "effecttype", "motion")
    _add(effect, "mediatype", "video")
    return effect


def _parameter(effect: etree._Element, name: str, value: str, low: int | None = None, high: int | None = None) -> None:
    parameter = _add(effect, "parameter")
    _add(parameter, "parameterid", name)
    _add(parameter, "name", name)
    if low is not None:
        _add(parameter, "valuemin", low)
        _add(parameter, "valuemax", high)
    _add(parameter, "value", value)


def _speed(item: etree._Element, speed: Fraction) -> None:
    effect = _effect(item, "Time Remap", "timeremap")
    _parameter(effect, "variablespeed", "0", 0, 1)
    _parameter(effect, "speed", _decimal(speed * 100), -100000, 100000)
    _parameter(effect, "reverse", "FALSE")
    _parameter(effect, "frameblending", "FALSE")


def _fit(item: etree._Element, cut: Cut, source: Source) -> None:
    """Readers show a picture pixel for pixel: a scale in per cent fits it into the film, as the film's settings say."""
    sides = Fraction(cut.width, source.width), Fraction(cut.height, source.height)
    scale = min(sides) if cut.fit == "letterbox" else max(sides)
    if scale != 1:
        _parameter(_effect(item, "Basic Motion", "basic"), "scale", _decimal(scale * 100), 0, 1000)


def _decimal(value: Fraction) -> str:
    return f"{float(value):.6f}".rstrip("0").rstrip(".")


def _sounds(audio: etree._Element, cut: Cut, folder: Path) -> None:
    """Each sound as a stereo pair: one track a side, linked to each other, both from one file."""
    _add(audio, "numOutputChannels", 2)
    characteristics = _add(_add(audio, "format"), "samplecharacteristics")
    _add(characteristics, "samplerate", shared.SONG_RATE)
    outputs = _add(audio, "outputs")
    for side in (1, 2):
        group = _add(outputs, "group")
        _add(group, "index", side)
        _add(group, "numchannels", 1)
        _add(group, "downmix", 0)
        _add(_add(group, "channel"), "index", side)
    for pair, (_, file) in enumerate(shared.sound_tracks(cut)):
        _stereo(audio, cut, folder, file, pair)


def _stereo(audio: etree._Element, cut: Cut, folder: Path, file: str, pair: int) -> None:
    name = file.removesuffix(".wav")
    for side in (1, 2):
        track = _add(audio, "track", currentExplodedTrackIndex=str(side - 1), totalExplodedTrackCount="2")
        item = _add(track, "clipitem", id=f"{name}-{side}")
        _add(item, "masterclipid", f"masterclip-{name}")
        _add(item, "name", file)
        _add(item, "enabled", "TRUE")
        _add(item, "duration", cut.frames)
        _rate(item, cut.rate)
        _add(item, "start", 0)
        _add(item, "end", cut.frames)
        _add(item, "in", 0)
        _add(item, "out", cut.frames)
        _sound_file(item, cut, folder, file, whole=side == 1)
        source = _add(item, "sourcetrack")
        _add(source, "mediatype", "audio")
        _add(source, "trackindex", side)
        for other in (1, 2):
            link = _add(item, "link")
            _add(link, "linkclipref", f"{name}-{other}")
            _add(link, "mediatype", "audio")
            _add(link, "trackindex", 2 * pair + other)
            _add(link, "clipindex", 1)
            _add(link, "groupindex", pair + 1)
        _flags(track)
        _add(track, "outputchannelindex", side)


def _sound_file(item: etree._Element, cut: Cut, folder: Path, name: str, *, whole: bool) -> None:
    file = _add(item, "file", id=f"file-{name.removesuffix('.wav')}")
    if not whole:
        return
    _add(file, "name", name)
    _add(file, "pathurl", shared.absolute_url(folder, name, host=_HOST))
    _rate(file, cut.rate)
    _add(file, "duration", cut.frames)
    sound = _add(_add(file, "media"), "audio")
    _add(_add(sound, "samplecharacteristics"), "samplerate", shared.SONG_RATE)
    _add(sound, "channelcount", 2)


def _marker(sequence: etree._Element, marker: Marker) -> None:
    element = _add(sequence, "marker")
    _add(element, "comment", marker.kind)
    _add(element, "name", marker.name)
    _add(element, "in", marker.frame)
    _add(element, "out", marker.frame + marker.frames if marker.frames > 1 else -1)
