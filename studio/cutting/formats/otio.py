"""OpenTimelineIO (`.otio`): Resolve 18.5 and later, Premiere 25.6 and later, Kdenlive.

All ranges of clips are whole numbers at the film's rate; what the media has is given at its own rate. Media addresses
are relative to the list, without "./", and a clip is called as its file is: Resolve finds media by just that.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from studio.cutting.formats import _shared as shared
from studio.errors import BadInput, NotFound
from studio.nouns import Cut, Marker, Slot

NAMESPACE = "circletake"  # of all metadata
_BUNDLE_VERSION = b"1.0.0"  # of the form of .otioz
_COLOURS = {
    "bar": "RED",
    "beat": "CYAN",
    "section": "PURPLE",
    "lyric": "YELLOW",
    "prompt": "GREEN",
    "camera": "ORANGE",
}


def write(
    cut: Cut, *, folder: Path, prompts: Mapping[str, str] | None = None, lists: shared.Lists = shared.ALONE
) -> bytes:
    """The cut as OTIO JSON: V1 with the clips, A1 with the song, A2 with the sounds under slots, and markers.

    Alternates lie above their slots on V2, V3 and so on, switched off.
    """
    return _timeline(cut, prompts, lists, sounds="")


def write_rejects(
    cut: Cut, *, folder: Path, prompts: Mapping[str, str] | None = None, lists: shared.Lists = shared.ALONE
) -> bytes:
    """The takes that were left out as a time line of their own, whole and one after the other."""
    import opentimelineio as otio

    timeline = otio.schema.Timeline(name=f"{shared.one_line(cut.film_title)}: rejects")
    timeline.global_start_time = otio.opentime.RationalTime(shared.start_frame(cut, lists), float(cut.rate))
    track = otio.schema.Track("V1", kind="Video")
    for source in (shared.placed_source(each, lists) for each in lists.rejects):
        frames = shared.whole_frames(source, cut.rate)
        clip = _clip(Slot(source, 0, frames, how=lists.notes.get(source.name, "")), cut, prompts, lists)
        track.append(clip)
    timeline.tracks.append(track)
    return _text(timeline)


def write_bundle(
    to: Path,
    cut: Cut,
    files: Mapping[str, Path],
    *,
    prompts: Mapping[str, str] | None = None,
    lists: shared.Lists = shared.ALONE,
) -> None:
    """The list with its media in one file, `.otioz`: `files` by their place in the delivery, "media/…", "song.wav".

    In the bundle all lie in media/. The same cut and files give the same bytes. Raises NotFound for a medium that the
    list names and `files` has not.
    """
    listed = _timeline(cut, prompts, lists, sounds=f"{shared.MEDIA}/")
    needed = dict.fromkeys(shared.address(source, lists) for source in cut.sources)
    needed |= dict.fromkeys(shared.address(s, lists) for n in lists.alternates.values() for s in n)
    needed |= dict.fromkeys(file for _, file in shared.sound_tracks(cut))
    if missing := [file for file in needed if file not in files]:
        raise NotFound(f"the bundle {to.name} lacks {missing[0]}: give a file for each medium of its list")
    named = {f"{shared.MEDIA}/{file.rsplit('/', 1)[-1]}": files[file] for file in needed}
    if len(named) < len(needed):
        raise BadInput(f"two media of the bundle {to.name} have the same file name: give each its own")
    with zipfile.ZipFile(to, "w") as bundle:
        for name, data in (("content.otio", listed), ("version.txt", _BUNDLE_VERSION)):
            bundle.writestr(_entry(name), data, zipfile.ZIP_DEFLATED)
        for name, path in named.items():
            entry = _entry(name)
            entry.file_size = path.stat().st_size
            with path.open("rb") as source, bundle.open(entry, "w") as inner:
                shutil.copyfileobj(source, inner, 2**20)


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry without a clock in it; media are stored as they are, since video does not get smaller."""
    entry = zipfile.ZipInfo(name)  # of 1980, the first year of the format
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    return entry


def _timeline(cut: Cut, prompts: Mapping[str, str] | None, lists: shared.Lists, *, sounds: str) -> bytes:
    """The list; `sounds` is the folder that song and effects lie in."""
    import opentimelineio as otio

    cut = shared.checked(cut, lists)
    rate = float(cut.rate)
    timeline = otio.schema.Timeline(
        name=shared.one_line(cut.film_title),
        global_start_time=otio.opentime.RationalTime(shared.start_frame(cut, lists), rate),
        metadata={NAMESPACE: _facts_of_cut(cut)},
    )
    picture = otio.schema.Track("V1", kind="Video")
    for slot in cut.slots:
        if slot.transition:
            half = otio.opentime.RationalTime(slot.transition.frames // 2, rate)
            kind = otio.schema.TransitionTypes.SMPTE_Dissolve
            picture.append(otio.schema.Transition("dissolve", kind, in_offset=half, out_offset=half))
        picture.append(_clip(slot, cut, prompts, lists))
    timeline.tracks.append(picture)
    timeline.tracks.extend(_alternates(cut, lists))
    for name, file in shared.sound_tracks(cut):
        whole = _range(0, cut.frames, cut.rate)
        reference = otio.schema.ExternalReference(target_url=f"{sounds}{file}", available_range=whole)
        reference.name = file
        sound = otio.schema.Track(name, kind="Audio")
        sound.append(otio.schema.Clip(file, reference, whole))
        timeline.tracks.append(sound)
    timeline.tracks.markers.extend(_marker(marker, cut.rate) for marker in shared.travelling(cut, prompts, lists))
    return _text(timeline)


def _text(timeline: Any) -> bytes:
    text: str = timeline.to_json_string(indent=2)
    return text.encode() + b"\n"


def _alternates(cut: Cut, lists: shared.Lists) -> list[Any]:
    """The tracks with the alternates of slots above these, track and clips switched off."""
    import opentimelineio as otio

    kept = shared.alternates(cut, lists)
    tracks = []
    for level in range(max((len(sources) for _, _, sources in kept), default=0)):
        track = otio.schema.Track(f"V{level + 2}", kind="Video")
        track.enabled, at = False, 0
        for number, slot, sources in kept:
            if level >= len(sources):
                continue
            frames = min(slot.frames, shared.whole_frames(sources[level], cut.rate))
            if frames < 1:
                continue
            if slot.record_frame > at:
                track.append(otio.schema.Gap(source_range=_range(0, slot.record_frame - at, cut.rate)))
            clip = _clip(Slot(sources[level], slot.record_frame, frames), cut, None, lists)
            clip.enabled = False
            clip.metadata[NAMESPACE]["alternate_of_slot"] = number
            track.append(clip)
            at = slot.record_frame + frames
        tracks.append(track)
    return tracks


def limits(cut: Cut, lists: shared.Lists = shared.ALONE) -> tuple[str, ...]:
    """What OTIO cannot carry of this cut."""
    cut = shared.placed(cut, lists)
    said = [*shared.no_list_can(cut), *shared.sounds(cut, left_out=False)]
    if shapes := shared.other_shapes(cut):
        said.append(f"How the pictures of {shapes} are fitted into the film's size is not in the list: set it there.")
    between = [
        (shared.start_of(slot.source, lists) * cut.rate / slot.source.rate).denominator != 1 for slot in cut.slots
    ]
    if odd := shared.where(cut, between):
        said.append(f"The time codes of the files of {odd} lie between two frames of the film: so do their in-points.")
    if lists.alternates:
        said.append("Alternates lie on V2 and above, switched off: editors that show them must have them hidden first.")
    speeds = shared.speeds(cut)
    lost = "the facts about takes" + (f" and the speed of {speeds}" if speeds else "")
    said.append(f"Kdenlive reads the clips and drops {lost}.")
    return tuple(said)


def _range(start: int | Fraction, frames: int, rate: Fraction) -> Any:
    import opentimelineio as otio

    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(float(start), float(rate)), otio.opentime.RationalTime(frames, float(rate))
    )


def _clip(slot: Slot, cut: Cut, prompts: Mapping[str, str] | None, lists: shared.Lists) -> Any:
    import opentimelineio as otio

    source, start = slot.source, shared.start_of(slot.source, lists)
    reference = otio.schema.ExternalReference(
        target_url=shared.relative_url(shared.address(source, lists)),
        available_range=_range(start, source.frames, source.rate),
    )
    reference.name = source.file_name
    facts = {
        source.kind: source.name,
        "shot": source.shot,
        "take_id": source.take_id,
        "sha256": source.sha256,
        "source_rate": str(source.rate),
        "speed": str(slot.speed),
        "how": shared.clean(slot.how),
    }
    first = start * cut.rate / source.rate + slot.in_frames  # source time begins with the time code of the file
    clip = otio.schema.Clip(source.file_name, reference, _range(first, slot.frames, cut.rate))
    if slot.speed != 1:
        clip.effects.append(otio.schema.LinearTimeWarp(name="speed", time_scalar=float(slot.speed)))
    if prompt := (prompts or {}).get(source.name):
        facts["prompt"] = shared.clean(prompt)
    clip.metadata[NAMESPACE] = {key: value for key, value in facts.items() if value}
    if reel := shared.reel_of(source, lists):
        clip.metadata["cmx_3600"] = {"reel": reel}
    return clip


def _marker(marker: Marker, rate: Fraction) -> Any:
    import opentimelineio as otio

    return otio.schema.Marker(
        name=shared.clean(marker.name),
        marked_range=_range(marker.frame, marker.frames, rate),
        color=_COLOURS[marker.kind],
        metadata={NAMESPACE: {"kind": marker.kind}},
    )


def _facts_of_cut(cut: Cut) -> dict[str, str | int]:
    return {
        "cut": shared.clean(cut.name),
        "version": cut.version,
        "rate": str(cut.rate),
        "width": cut.width,
        "height": cut.height,
        "fit": cut.fit,
        "song_start_s": str(cut.song.start_s),
        "song_end_s": str(cut.song.end_s),
    }
