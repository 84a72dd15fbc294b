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
    cut = shared.checked(cut, lists)
    root = etree.Element("xmeml", version="4")
    sequence = _add(root, "sequence", id="sequence-1")
    _add(sequence, "uuid", shared.cut_uuid(cut))
    _add(sequence, "name", shared.one_line(cut.film_title))
    _add(sequence, "duration", cut.frames)
    _rate(sequence, cut.rate)
    _timecode(sequence, cut.rate, shared.start_frame(cut, lists), shared.drop_of(cut, lists))
    _add(sequence, "in", -1)  # no range is marked
    _add(sequence, "out", -1)
    media = _add(sequence, "media")
    video = _add(media, "video")
    _picture(_add(_add(video, "format"), "samplecharacteristics"), cut.width, cut.height, cut.rate)
    track = _add(video, "track")
    numbers = {source: number for number, source in enumerate(cut.sources, start=1)}
    for number, (slot, halves) in enumerate(zip(cut.slots, shared.halves(cut), strict=True), start=1):
        if slot.transition:
            _dissolve(track, cut, slot, slot.transition.frames)
        item = _add(track, "clipitem", id=f"clipitem-{number}")
        _clip(item, cut, slot, halves, numbers[slot.source], (prompts or {}).get(slot.source.name, ""))
        first = all(before.source != slot.source for before in cut.slots[: number - 1])
        _file(item, slot.source, folder, numbers[slot.source], lists, whole=first)
        if slot.speed != 1:
            _speed(item, slot.speed)
        _fit(item, cut, slot.source)
    _flags(track)
    if shared.sound_tracks(cut):
        _sounds(_add(media, "audio"), cut, folder)
    for marker in shared.travelling(cut, prompts, lists):
        _marker(sequence, marker)
    if kept := shared.alternates(cut, lists):
        _bins(root, cut, kept, folder, numbers, lists)
    xml: bytes = etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, doctype="<!DOCTYPE xmeml>", pretty_print=True
    )
    return xml


def limits(cut: Cut, lists: shared.Lists = shared.ALONE) -> tuple[str, ...]:
    """What FCP 7 XML cannot carry of this cut."""
    cut = shared.placed(cut, lists)
    said = [*shared.no_list_can(cut), *shared.sounds(cut, left_out=False)]
    if not _exact(cut.rate):
        said.append(
            f"Rates are whole numbers or NTSC's: the film's {cut.rate} frames/s are written as {round(cut.rate)}."
        )
    if odd := shared.where(cut, [not _exact(slot.source.rate) for slot in cut.slots]):
        said.append(f"The rate of the files of {odd} is written as the nearest whole number; their cuts are exact.")
    if between := shared.where(cut, [(slot.in_frames / slot.speed).denominator != 1 for slot in cut.slots]):
        said.append(f"The in-point of {between} is counted in slowed frames and lies up to one of these early.")
    if lists.alternates:
        said.append("Alternates lie in a bin beside the sequence, one bin a slot.")
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


def _timecode(parent: etree._Element, rate: Fraction, frame: int, drop: bool, reel: str = "") -> None:
    element = _add(parent, "timecode")
    _rate(element, rate)
    _add(element, "string", timecode(frame, rate, drop=drop))
    _add(element, "frame", frame)
    _add(element, "displayformat", "DF" if drop else "NDF")
    if reel:
        _add(_add(element, "reel"), "name", reel)


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


def _dissolve(track: etree._Element, cut: Cut, slot: Slot, frames: int) -> None:
    """A transition between two clips, centred on their cut, as Final Cut Pro 7 and Premiere write it."""
    item = _add(track, "transitionitem")
    _rate(item, cut.rate)
    _add(item, "start", slot.record_frame - frames // 2)
    _add(item, "end", slot.record_frame + frames // 2)
    _add(item, "alignment", "center")
    effect = _add(item, "effect")
    facts = {
        "name": "Cross Dissolve",
        "effectid": "Cross Dissolve",
        "effectcategory": "Dissolve",
        "effecttype": "transition",
        "mediatype": "video",
        "wipecode": 0,
        "wipeaccuracy": 100,
        "startratio": 0,
        "endratio": 1,
        "reverse": "FALSE",
    }
    for name, fact in facts.items():
        _add(effect, name, fact)


def _clip(item: etree._Element, cut: Cut, slot: Slot, halves: tuple[int, int], source_number: int, prompt: str) -> None:
    """A clip with its place. Beside a transition its start or end is -1, and its in or out lies at the transition's."""
    source, (into, out_of) = slot.source, halves
    start = shared.retimed_in(slot)
    _add(item, "masterclipid", f"masterclip-{source_number}")
    _add(item, "name", source.file_name)
    _add(item, "enabled", "TRUE")
    _add(item, "duration", int(source.duration_s * cut.rate / slot.speed))
    _rate(item, cut.rate)
    _add(item, "start", -1 if into else slot.record_frame)
    _add(item, "end", -1 if out_of else slot.end_frame)
    _add(item, "in", start - into)
    _add(item, "out", start + slot.frames + out_of)
    _add(item, "pixelaspectratio", "square")
    _add(item, "anamorphic", "FALSE")
    _add(item, "alphatype", "none")
    logged = _add(item, "logginginfo")
    facts = {"description": prompt, "scene": source.shot, "shottake": source.name, "lognote": slot.how}
    for name, fact in facts.items():
        if fact:
            _add(logged, name, fact)


def _file(item: etree._Element, source: Source, folder: Path, number: int, lists: shared.Lists, *, whole: bool) -> None:
    """The file behind a clip, in full where it is named first. The takes are silent, so none has an audio element."""
    file = _add(item, "file", id=f"file-{number}")
    if not whole:
        return
    _add(file, "name", source.file_name)
    _add(file, "pathurl", shared.absolute_url(folder, shared.address(source, lists), host=_HOST))
    _rate(file, source.rate)
    _add(file, "duration", source.frames)
    start, drop = shared.start_of(source, lists), shared.drops_of(source, lists)
    _timecode(file, source.rate, start, drop, shared.reel_of(source, lists))
    video = _add(_add(file, "media"), "video")
    _add(video, "duration", source.frames)
    _picture(_add(video, "samplecharacteristics"), source.width, source.height, source.rate)


def _bins(
    root: etree._Element,
    cut: Cut,
    kept: list[tuple[int, Slot, tuple[Source, ...]]],
    folder: Path,
    numbers: dict[Source, int],
    lists: shared.Lists,
) -> None:
    """A bin "alternates" beside the sequence, in it one a slot, with the takes that could stand there instead."""
    outer = _add(root, "bin")
    _add(outer, "name", "alternates")
    bins, known = _add(outer, "children"), dict(numbers)
    for number, slot, sources in kept:
        inner = _add(bins, "bin")
        _add(inner, "name", shared.bin_name(number, slot))
        children = _add(inner, "children")
        for place, source in enumerate(sources, start=1):
            whole = source not in known
            _master(children, cut, source, known.setdefault(source, len(known) + 1), f"{number}-{place}", folder, lists,
                    whole=whole)  # fmt: skip


def _master(
    children: etree._Element,
    cut: Cut,
    source: Source,
    number: int,
    name: str,
    folder: Path,
    lists: shared.Lists,
    *,
    whole: bool,
) -> None:
    """A clip in a bin: the whole of its file."""
    clip = _add(children, "clip", id=f"alternate-{name}")
    frames = shared.whole_frames(source, cut.rate)
    _add(clip, "name", source.file_name)
    _add(clip, "duration", frames)
    _rate(clip, cut.rate)
    _add(clip, "in", -1)
    _add(clip, "out", -1)
    item = _add(_add(_add(_add(clip, "media"), "video"), "track"), "clipitem", id=f"alternate-item-{name}")
    _add(item, "name", source.file_name)
    _add(item, "duration", frames)
    _rate(item, cut.rate)
    _file(item, source, folder, number, lists, whole=whole)
    logged = _add(clip, "logginginfo")
    _add(logged, "scene", source.shot)
    _add(logged, "shottake", source.name)


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
