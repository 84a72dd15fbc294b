"""The main job on clips and songs that nobody here made: a new film, adopted, circled, cut to a song, delivered."""

import csv
import itertools
from fractions import Fraction

import av
import cv2
import numpy as np
import opentimelineio as otio
import pytest

import studio
from studio.timecode import source_index

pytestmark = pytest.mark.real

SHOTS = [f"{n:02d}A" for n in range(1, 10)]
WIDTH, HEIGHT, RATE = 1280, 720, Fraction(24)


@pytest.fixture(scope="module")
def film(material, tmp_path_factory):
    folder = tmp_path_factory.mktemp("real") / "film"
    with studio.new(folder, title="Real material", rate=24, size=(WIDTH, HEIGHT), authors=["ada"]) as film:
        film.song.attach(sorted((material / "songs").glob("*.ogg"))[0])
        clips = sorted((material / "clips").glob("*.mp4"))
        for clip, shot in zip(clips, itertools.cycle(SHOTS), strict=False):
            film.adopt(clip, shot=shot)
        yield film


@pytest.fixture(scope="module")
def delivery(film):
    for shot, n in zip(SHOTS, itertools.cycle((3, 4, 1)), strict=False):  # of every source: 8, 8⅓, 12 and 23.08 fps
        film.circle(f"{shot}-{n:03d}", reason="joins well")
    cut = film.arrange(bars=(5, 13), name="nine bars")
    return cut.value, cut.export("real")


def test_every_clip_becomes_a_take_with_the_facts_of_its_file(film, material):
    takes = film.takes()
    clips = sorted((material / "clips").glob("*.mp4"))
    assert len(takes) == len(clips)
    assert set(takes["state"]) == {"done"}
    assert set(takes["provider"]) == {"adopted"}
    for label, clip in zip(sorted(takes["take"], key=lambda t: (t[4:], t)), clips, strict=True):
        row = takes.set_index("take").loc[label]
        with av.open(str(clip)) as box:
            stream = box.streams.video[0]
            pts = sorted(packet.pts for packet in box.demux(stream) if packet.pts is not None)
            exact = Fraction(len(pts) - 1) / ((pts[-1] - pts[0]) * stream.time_base)
        assert row["frames"] == len(pts)
        assert row["fps"] == pytest.approx(float(exact), abs=1e-9)
        assert (film.folder / row["file"]).read_bytes() == clip.read_bytes()
        assert row["measured_move"]  # its camera is measured as it comes in, and nothing was asked of it
        assert row[["obeyed", "measured_obeyed"]].isna().all()


def test_the_film_has_exactly_the_planned_frames_and_the_length_of_its_bars(film, delivery):
    cut, folder = delivery
    assert [slot.source.shot for slot in cut.slots] == SHOTS
    with av.open(str(folder / "film.mp4")) as box:
        pts = sorted(
            packet.pts * packet.time_base for packet in box.demux(box.streams.video[0]) if packet.pts is not None
        )
        sound = box.streams.audio[0]
        length = sound.duration * sound.time_base
    assert pts == [Fraction(k) / RATE for k in range(cut.frames)]
    assert abs(length - cut.frames / RATE) <= Fraction(1024, sound.rate)
    bars = film.song.bars
    assert cut.frames / RATE == pytest.approx(bars[13] - bars[4], abs=1 / 48)


def frames_of(path, wanted):
    """Decoded frames by number, BGR, through PyAV alone."""
    with av.open(str(path)) as box:
        return {k: f.to_ndarray(format="bgr24") for k, f in enumerate(box.decode(video=0)) if k in wanted}


def letterboxed(picture):
    """Fitted into the film's frame with bars, as the settings say."""
    height, width = picture.shape[:2]
    scale = min(WIDTH / width, HEIGHT / height)
    size = round(width * scale), round(height * scale)
    left, top = (WIDTH - size[0]) // 2, (HEIGHT - size[1]) // 2
    frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    frame[top : top + size[1], left : left + size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)
    return frame


def test_each_slot_shows_the_source_frames_that_the_rule_says(film, delivery):
    """First, middle and last frame of every slot: no neighbouring source frame is nearer to what the film shows."""
    cut, folder = delivery
    probes = {(slot, k) for slot in cut.slots for k in (0, slot.frames // 2, slot.frames - 1)}
    shown = frames_of(folder / "film.mp4", {slot.record_frame + k for slot, k in probes})
    checked = 0
    for slot in cut.slots:
        source = frames_of(film.folder / slot.source.file, range(slot.source.frames))
        for k in (0, slot.frames // 2, slot.frames - 1):
            index = source_index(slot.in_frames, k, slot.speed, slot.source.rate, RATE, slot.source.frames)
            seen = cv2.resize(shown[slot.record_frame + k], (320, 180), interpolation=cv2.INTER_AREA).astype(int)
            apart = {
                j: np.abs(
                    cv2.resize(letterboxed(source[j]), (320, 180), interpolation=cv2.INTER_AREA).astype(int) - seen
                ).mean()
                for j in range(max(0, index - 2), min(slot.source.frames, index + 3))
            }
            assert apart[index] < 6, (slot.source.name, k, apart)
            # generated neighbours are often one picture but for noise: there no frame may be clearly nearer
            assert apart[index] < min(apart.values()) + 0.1, (slot.source.name, k, apart)
            moved = min(np.abs(source[j].astype(int) - source[index]).mean() for j in apart if j != index)
            if moved > 2:  # and where the picture moves, it is this frame and no other
                assert min(apart, key=apart.get) == index, (slot.source.name, k, apart)
                checked += 1
    assert checked >= len(cut.slots) // 2


def test_every_edit_list_tells_the_same_story(delivery):
    cut, folder = delivery
    planned = [(slot.record_frame, slot.frames, slot.source.file_name) for slot in cut.slots]
    timeline = otio.adapters.read_from_file(str(folder / "film.otio"))
    clips = list(timeline.video_tracks()[0])
    at = itertools.accumulate((int(clip.source_range.duration.value) for clip in clips), initial=0)
    told = [
        (start, int(clip.source_range.duration.value), clip.media_reference.target_url.rsplit("/", 1)[-1])
        for start, clip in zip(at, clips, strict=False)
    ]
    assert told == planned
    with (folder / "film.csv").open(newline="", encoding="utf-8") as rows:
        assert len(list(csv.DictReader(rows))) == len(planned)
    for _, _, name in planned:
        assert (folder / "media" / name).is_file()


def test_adopting_a_clip_twice_gives_the_take_that_is_there(film, material):
    first = sorted((material / "clips").glob("*.mp4"))[0]
    before = len(film.takes())
    assert film.adopt(first, shot="01A").label == "01A-001"
    assert len(film.takes()) == before
