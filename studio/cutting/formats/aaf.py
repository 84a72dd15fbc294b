"""AAF (`.aaf`), experimental: cuts only, for Avid Media Composer, by OpenTimelineIO's own adapter.

The adapter wants one frame rate for all, and knows neither dissolves, speeds nor pictures' sizes. An AAF holds the
time of its making and ids drawn by chance, so two of one cut differ; it is written only where it is asked for.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.cutting.formats import _shared as shared
from studio.cutting.formats import otio as ours
from studio.errors import BadInput, Damaged, NotFound
from studio.nouns import Cut

ADAPTER = "otio_aaf_adapter"
MISSING = "An AAF needs a part that is not installed: pip install otio-aaf-adapter. The EDL does without it."


def available() -> bool:
    """Whether the adapter is installed."""
    return importlib.util.find_spec(ADAPTER) is not None


def write_aaf(
    to: Path, cut: Cut, *, folder: Path, prompts: Mapping[str, str] | None = None, lists: shared.Lists = shared.ALONE
) -> None:
    """Write the cut as an AAF for `folder`: under a temporary name first, then read back, then named.

    Raises NotFound where the adapter is not installed, BadInput for media of several rates, and Damaged where what
    was written does not hold the clips of the cut; then there is no file.
    """
    import opentimelineio as otio

    if not available():
        raise NotFound(MISSING)
    there = shared.checked(cut, lists)
    if rates := shared.other_rates(there):
        raise BadInput(f"an AAF holds one frame rate, and the media of {rates} have another: conform them first")
    timeline = _plain(ours.write(cut, folder=folder, prompts=prompts, lists=lists), there, folder)
    making = to.with_name(f"{to.stem}.making.aaf")
    try:
        try:
            otio.adapters.write_to_file(timeline, str(making), "AAF", use_empty_mob_ids=True)
        except Exception as problem:  # the adapter raises whatever it meets; its errors have no common kind
            raise Damaged(f"the AAF of {cut.name!r} could not be written: {str(problem)[:200]}") from problem
        found = _clips(otio.adapters.read_from_file(str(making), "AAF"))
        wanted = [(slot.source.file_name, slot.frames) for slot in there.slots]
        if found != wanted:
            raise Damaged(f"the AAF of {cut.name!r} holds {len(found)} clips, not the {len(wanted)} of the cut")
        making.replace(to)
    finally:
        making.unlink(missing_ok=True)


def limits(cut: Cut, lists: shared.Lists = shared.ALONE) -> tuple[str, ...]:
    """What an AAF cannot carry of this cut."""
    cut = shared.placed(cut, lists)
    said = ["The AAF is experimental: Avid opens it by Load Media Database, Premiere shows its clips offline."]
    if dissolves := shared.where(cut, [slot.transition is not None for slot in cut.slots]):
        said.append(f"The dissolve into {dissolves} is written as a plain cut.")
    if speeds := shared.speeds(cut):
        said.append(f"The speed of {speeds} is left out: set it by hand.")
    if shapes := shared.other_shapes(cut):
        said.append(f"How the pictures of {shapes} are fitted into the film's size is not in it: set it there.")
    said.append("Markers and alternates are not in it.")
    return tuple(said)


def _plain(data: bytes, cut: Cut, folder: Path) -> Any:
    """The time line with what an AAF can hold: clips and sound, by full path."""
    import opentimelineio as otio

    timeline = otio.adapters.read_from_string(data.decode(), "otio_json")
    timeline.metadata.clear()
    timeline.tracks.markers.clear()
    for track in list(timeline.tracks):
        if not track.enabled:
            timeline.tracks.remove(track)
            continue
        track[:] = [item.deepcopy() for item in track if isinstance(item, otio.schema.Clip)]
        for clip in track:
            clip.effects.clear()
            clip.metadata.clear()
            path = otio.url_utils.filepath_from_url(clip.media_reference.target_url)
            clip.media_reference.target_url = shared.absolute_url(folder, path)
            clip.name = shared.one_line(clip.name)
    return timeline


def _clips(timeline: Any) -> list[tuple[str, int]]:
    """Name and length in frames of what lies on the picture's first track."""
    tracks = timeline.video_tracks()
    return [(clip.name, int(clip.source_range.duration.value)) for clip in tracks[0].find_clips()] if tracks else []
