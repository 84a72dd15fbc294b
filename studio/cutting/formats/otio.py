"""OpenTimelineIO (`.otio`): Resolve 18.5 and later, Premiere 25.6 and later, Kdenlive.

All ranges of clips are whole numbers at the film's rate; what the media has is given at its own rate. Media addresses
are relative to the list, without "./", and a clip is called as its file is: Resolve finds media by just that.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from studio.cutting.checking import check
from studio.cutting.formats import _shared as shared
from studio.nouns import Cut, Marker, Slot

NAMESPACE = "circletake"  # of all metadata
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
    """The cut as OTIO JSON: V1 with the clips, A1 with the song, A2 with the sounds under slots, and markers."""
    import opentimelineio as otio

    check(cut)
    rate = float(cut.rate)
    timeline = otio.schema.Timeline(
        name=shared.one_line(cut.film_title),
        global_start_time=otio.opentime.RationalTime(shared.start_frame(cut.rate), rate),
        metadata={NAMESPACE: _facts_of_cut(cut)},
    )
    picture = otio.schema.Track("V1", kind="Video")
    picture.extend(_clip(slot, cut, prompts) for slot in cut.slots)
    timeline.tracks.append(picture)
    for name, file in shared.sound_tracks(cut):
        whole = _range(0, cut.frames, cut.rate)
        reference = otio.schema.ExternalReference(target_url=file, available_range=whole)
        reference.name = file
        sound = otio.schema.Track(name, kind="Audio")
        sound.append(otio.schema.Clip(file, reference, whole))
        timeline.tracks.append(sound)
    timeline.tracks.markers.extend(_marker(marker, cut.rate) for marker in shared.travelling(cut, prompts))
    text: str = timeline.to_json_string(indent=2)
    return text.encode() + b"\n"


def limits(cut: Cut, lists: shared.Lists = shared.ALONE) -> tuple[str, ...]:
    """What OTIO cannot carry of this cut."""
    said = [*shared.no_list_can(cut), *shared.sounds(cut, left_out=False)]
    if shapes := shared.other_shapes(cut):
        said.append(f"How the pictures of {shapes} are fitted into the film's size is not in the list: set it there.")
    speeds = shared.speeds(cut)
    lost = "the facts about takes" + (f" and the speed of {speeds}" if speeds else "")
    said.append(f"Kdenlive reads the clips and drops {lost}.")
    return tuple(said)


def _range(start: int, frames: int, rate: Fraction) -> Any:
    import opentimelineio as otio

    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, float(rate)), otio.opentime.RationalTime(frames, float(rate))
    )


def _clip(slot: Slot, cut: Cut, prompts: Mapping[str, str] | None) -> Any:
    import opentimelineio as otio

    source = slot.source
    reference = otio.schema.ExternalReference(
        target_url=shared.relative_url(f"{shared.MEDIA}/{source.file_name}"),
        available_range=_range(0, source.frames, source.rate),
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
    clip = otio.schema.Clip(source.file_name, reference, _range(slot.in_frames, slot.frames, cut.rate))
    if slot.speed != 1:
        clip.effects.append(otio.schema.LinearTimeWarp(name="speed", time_scalar=float(slot.speed)))
    if prompt := (prompts or {}).get(source.name):
        facts["prompt"] = shared.clean(prompt)
    clip.metadata[NAMESPACE] = {key: value for key, value in facts.items() if value}
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
