from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from studio.cutting.formats import otio as ours
from studio.nouns import Slot
from tests.cutting.making import hard_cut, take

PROMPTS = {"01A-003": "push in"}


@pytest.fixture
def timeline() -> Any:
    return read(ours.write(hard_cut(), folder=Path("/films/x")))


def read(data: bytes) -> Any:
    return otio.adapters.read_from_string(data.decode(), "otio_json")


def test_it_begins_at_one_hour_and_has_the_song_on_its_own_track(timeline: Any):
    assert timeline.global_start_time == otio.opentime.RationalTime(86400, 24)
    assert [(track.name, track.kind, len(track)) for track in timeline.tracks] == [
        ("V1", "Video", 6),
        ("A1", "Audio", 1),
    ]
    song = timeline.audio_tracks()[0][0]
    assert song.media_reference.target_url == "song.wav"
    assert song.source_range.duration == otio.opentime.RationalTime(240, 24)
    assert timeline.duration() == otio.opentime.RationalTime(240, 24)


def test_clip_ranges_are_whole_frames_of_the_film_and_media_have_their_own_rate(timeline: Any):
    for clip, slot in zip(timeline.video_tracks()[0], hard_cut().slots, strict=True):
        span, has = clip.source_range, clip.media_reference.available_range
        assert (span.start_time.value, span.duration.value) == (slot.in_frames, slot.frames)
        assert span.start_time.rate == span.duration.rate == 24
        assert has.duration.value == slot.source.frames
        assert Fraction(has.duration.rate).limit_denominator(1001) == slot.source.rate


def test_media_are_found_beside_the_list_wherever_it_is_moved(timeline: Any, tmp_path: Path):
    (tmp_path / "media").mkdir()
    for slot in hard_cut().slots:
        (tmp_path / "media" / slot.source.file_name).touch()
    for clip in timeline.video_tracks()[0]:
        url = clip.media_reference.target_url
        assert not url.startswith(("/", ".", "file:"))
        assert "#" not in url
        assert " " not in url
        assert (tmp_path / otio.url_utils.filepath_from_url(url)).is_file()
        assert clip.name == Path(otio.url_utils.filepath_from_url(url)).name


def test_beats_bars_and_lyrics_are_markers_on_their_frames(timeline: Any):
    found = [
        (int(m.marked_range.start_time.value), m.metadata["circletake"]["kind"], m.name)
        for m in timeline.tracks.markers
    ]
    assert found == [(m.frame, m.kind, m.name) for m in hard_cut().markers if m.kind != "prompt"]
    assert all(m.marked_range.duration.value >= 1 for m in timeline.tracks.markers)


def test_a_speed_is_a_linear_time_warp(timeline: Any):
    clips = timeline.video_tracks()[0]
    assert [[effect.time_scalar for effect in clip.effects] for clip in clips] == [[], [], [], [0.8125], [0.5], [2.0]]


def test_the_facts_about_takes_are_in_our_own_namespace_and_prompts_only_when_asked_for(timeline: Any):
    clip = timeline.video_tracks()[0][1]
    assert set(clip.metadata) == {"circletake"}
    assert clip.metadata["circletake"]["take"] == "01A-003"
    assert clip.metadata["circletake"]["take_id"] == "0193-01A-003"
    assert "prompt" not in clip.metadata["circletake"]
    asked = read(ours.write(hard_cut(), folder=Path("/films/x"), prompts=PROMPTS))
    assert asked.video_tracks()[0][1].metadata["circletake"]["prompt"] == "push in"
    assert [m.name for m in asked.tracks.markers if m.metadata["circletake"]["kind"] == "prompt"] == [
        "push in",
        "a secret prompt",
    ]


def test_ntsc_rates_are_the_exact_ones():
    slots = (Slot(take("01A-001", 60), 0, 24),)
    data = ours.write(hard_cut(rate=Fraction(24000, 1001), slots=slots), folder=Path("/films/x"))
    assert {value for key, value in walk(json.loads(data)) if key == "rate" and isinstance(value, float)} == {
        24000 / 1001,
        24.0,
    }


def walk(value: object) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += [(key, inner), *walk(inner)]
    if isinstance(value, list):
        for inner in value:
            found += walk(inner)
    return found
