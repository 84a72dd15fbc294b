"""What is measured of clips whose camera is known."""

from __future__ import annotations

import itertools
import math
import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.camera import Measured, Measuring, measure
from studio.camera.flow import between, one_thread, prepare
from studio.errors import BadInput
from studio.media import encode, read_frames
from tests.camera.synthetic import Scene, Shot, frames

SEEN_AS = {"truck": "pan", "pedestal": "tilt", "dolly": "zoom"}
FLAT_MOVES = ("pan", "tilt", "zoom", "roll")
SIZES = ((256, 256), (320, 180), (512, 288), (180, 320))


def seen(shot: Shot) -> Measured:
    return measure(*frames(shot))


def dominant(measured: Measured) -> tuple[str, int]:
    assert measured.readable, measured.why
    return (measured.moves[0].axis, measured.moves[0].sense) if measured.moves else ("static", 0)


def rate_of(measured: Measured, axis: str) -> float:
    """Over the whole clip."""
    return measured.totals[FLAT_MOVES.index(axis)] / measured.seconds


def amount(move: str, size: float) -> float:
    return size / 2 if move == "roll" else size


@pytest.mark.parametrize(("move", "sense"), list(itertools.product(FLAT_MOVES, (1, -1))))
@pytest.mark.parametrize(("size", "rate"), list(zip(SIZES, (8, 12, 24, 30), strict=True)))
def test_a_textured_clip_shows_its_move_slow_and_fast(move, sense, size, rate) -> None:
    for total in (4.0, 12.0, 50.0):
        asked = sense * amount(move, total)
        measured = seen(Shot(Scene(size, seed=rate), ((2.0, {move: asked}),), rate))
        assert dominant(measured) == (move, sense)
        filmed = asked * (2 - 1 / rate) / 2  # from the first frame to the last
        assert measured.totals[FLAT_MOVES.index(move)] == pytest.approx(filmed, rel=0.15, abs=0.5)


@pytest.mark.parametrize("foreground", [0.16, 0.35])
@pytest.mark.parametrize("move", FLAT_MOVES)
def test_what_moves_by_itself_in_front_does_not_win(move, foreground) -> None:
    for sense, total in itertools.product((1, -1), (6.0, 30.0)):
        shot = Shot(Scene(seed=3, foreground=foreground), ((2.0, {move: sense * amount(move, total)}),), 12)
        assert dominant(seen(shot)) == (move, sense)


@pytest.mark.parametrize("kind", [{"noise": 7.0}, {"foreground": 0.25}, {"size": (180, 320)}, {"deep": True}])
def test_a_camera_that_stands_still_reads_under_one_percent(kind) -> None:
    for seed in (20, 21):
        measured = seen(Shot(Scene(seed=seed, **kind), ((3.0, {}),)))
        assert measured.move == "static"
        assert max(map(abs, measured.totals)) < 1
        assert measured.speed == "still"


@pytest.mark.parametrize("move", ["truck", "pedestal", "dolly", "pan", "zoom"])
def test_a_deep_scene_shows_the_family_of_its_move(move) -> None:
    for seed, total in itertools.product((5, 6), (12.0, -30.0)):
        measured = seen(Shot(Scene(seed=seed, deep=True), ((2.0, {move: total}),), 12))
        assert dominant(measured) == (SEEN_AS.get(move, move), math.copysign(1, total))


@pytest.mark.parametrize("texture", ["low", "fog"])
@pytest.mark.parametrize(
    ("foreground", "size"),
    [(0.16, (256, 144)), (0.25, (256, 256)), (0.35, (320, 180)), (0.45, (256, 144)), (0.25, (180, 320))],
)  # fmt: skip
def test_a_dancer_before_nothing_cannot_be_told_from_a_camera(texture, foreground, size) -> None:
    for move, total in (("pan", 0.0), ("pan", 12.0), ("zoom", -30.0), ("roll", 10.0)):
        scene = Scene(size, texture, foreground=foreground, seed=int(100 * foreground))
        measured = seen(Shot(scene, ((2.0, {move: total}),), 12))
        assert not measured.readable
        assert measured.move == "unreadable"
        assert measured.moves == ()
        assert measured.confidence == 0


@pytest.mark.parametrize("texture", ["black", "noise", "fog"])
def test_black_noise_and_fog_are_unreadable_and_say_why(texture) -> None:
    measured = seen(Shot(Scene(texture=texture), ((2.0, {"pan": 20.0}),)))
    assert not measured.readable
    assert "texture" in measured.why


def test_water_that_moves_in_every_way_is_no_camera() -> None:
    dice = np.random.default_rng(4)
    still = [cv2.GaussianBlur(dice.normal(0, 1, (144, 256)).astype(np.float32), (0, 0), 4) for _ in range(6)]
    waves = [
        sum(picture * math.sin(2 * math.pi * (0.7 + 0.2 * k) * t + k) for k, picture in enumerate(still))
        for t in np.arange(48) / 24
    ]
    grey = np.array([np.clip(125 + 300 * wave, 0, 255).astype(np.uint8) for wave in waves])
    measured = measure(grey, np.arange(48) / 24)
    assert not measured.readable or measured.move == "static"


@pytest.mark.parametrize("every", [2, 3, 5, 12])
def test_flashes_are_left_out_and_never_a_cut(every) -> None:
    measured = seen(Shot(Scene(seed=8), ((2.0, {"pan": 24.0}),), flash_every=every))
    assert measured.cuts_s == ()
    assert not measured.readable or dominant(measured) == ("pan", 1)


def test_a_cut_is_found_and_no_move() -> None:
    for seed in range(30, 34):
        measured = seen(Shot(Scene(seed=seed), ((2.0, {"pan": 16.0}),), cut_to=Scene(seed=seed + 50)))
        assert measured.cuts_s == pytest.approx([1.0])
        assert {part.move for part in measured.segments} == {"pan_right or truck_right"}
        assert measured.totals[0] == pytest.approx(15.5, abs=1)


def test_moves_come_in_their_order_with_their_times() -> None:
    shot = Shot(Scene(seed=9), ((1.5, {"pan": -20.0}), (1.5, {"zoom": 25.0}), (1.5, {"tilt": 20.0})), soft=True)
    measured = seen(shot)
    assert measured.move == "pan_left or truck_left > zoom_in or dolly_in > tilt_up or pedestal_up"
    starts = [part.start_s for part in measured.segments if part.moves]
    assert starts == pytest.approx([0.0, 1.5, 3.0], abs=0.35)


def test_two_moves_at_once_are_told_together() -> None:
    measured = seen(Shot(Scene(seed=10), ((2.0, {"pan": 24.0, "zoom": 16.0}),)))
    assert [(got.axis, got.sense) for got in measured.moves] == [("pan", 1), ("zoom", 1)]
    assert measured.move == "pan_right or truck_right + zoom_in or dolly_in"


@pytest.mark.parametrize(
    ("move", "total", "name"),
    [("pan", 130.0, "whip_pan_right"), ("tilt", -90.0, "whip_tilt_down"), ("zoom", 80.0, "crash_zoom_in")],
)  # fmt: skip
def test_what_lasts_half_a_second_is_seen_between_two_rests(move, total, name) -> None:
    measured = seen(Shot(Scene(seed=11), ((1.5, {}), (0.5, {move: total}), (1.5, {}))))
    assert measured.speed == "whip"
    assert [part.moves[0].ids[0] if part.moves else "static" for part in measured.segments] == [
        "static",
        name,
        "static",
    ]
    assert measured.segments[1].start_s == pytest.approx(1.5, abs=0.1)
    assert measured.segments[1].end_s == pytest.approx(2.0, abs=0.1)


def test_a_held_camera_stands_still_and_shakes() -> None:
    shakes = []
    for shake in (0.0, 0.3, 1.0):
        measured = seen(Shot(Scene(seed=12), ((3.0, {}),), shake=shake))
        assert measured.move == "static"
        shakes.append(measured.shake)
    assert shakes[0] < 0.5 < shakes[1] < shakes[2] / 2


def test_a_held_camera_that_goes_somewhere_does_both() -> None:
    measured = seen(Shot(Scene(seed=12), ((3.0, {"zoom": 25.0}),), shake=0.6))
    assert measured.move == "zoom_in or dolly_in"
    assert measured.shake > 5


@pytest.mark.parametrize(("total", "speed"), [(6.0, "slow"), (22.0, "medium"), (50.0, "fast")])
def test_speed_is_told_against_the_usual_rate_of_the_vocabulary(total, speed) -> None:
    assert seen(Shot(Scene(seed=13), ((2.0, {"pan": total}),))).speed == speed


@pytest.mark.parametrize(("move", "seed"), [("dolly", 7), ("dolly", 8), ("truck", 5), ("truck", 9), ("pedestal", 10)])
def test_near_and_far_that_move_apart_are_a_camera_that_travels(move, seed) -> None:
    measured = seen(Shot(Scene(seed=seed, deep=True), ((2.0, {move: 40.0}),)))
    assert measured.parallax == "yes"
    assert measured.moves[0].ids in (("dolly_in",), ("truck_right",), ("pedestal_up",))


@pytest.mark.parametrize("seed", range(5, 9))
def test_travel_is_never_called_a_lens_alone(seed) -> None:
    for move, name in (("dolly", "dolly_in"), ("truck", "truck_right"), ("pedestal", "pedestal_up")):
        for deep in (True, False):
            measured = seen(Shot(Scene(seed=seed, deep=deep), ((2.0, {move: 25.0}),), 12))
            assert name in measured.moves[0].ids


@pytest.mark.parametrize("scene", [Scene(seed=5, deep=True), Scene(seed=6), Scene(seed=6, foreground=0.2)])
def test_a_lens_and_a_turn_are_never_called_travel(scene) -> None:
    for move, total in (("zoom", 30.0), ("zoom", -30.0), ("pan", 30.0), ("tilt", 25.0)):
        measured = seen(Shot(scene, ((2.0, {move: total}),)))
        assert measured.parallax != "yes"
        assert len(measured.moves[0].ids) == 2  # a flat scene proves nothing: both are told


def test_a_clip_that_x264_has_squeezed_reads_the_same(tmp_path: Path) -> None:
    for move in FLAT_MOVES:
        grey, times = frames(Shot(Scene((320, 180), seed=15, foreground=0.15), ((2.0, {move: 12.0}),)))
        encode((cv2.cvtColor(g, cv2.COLOR_GRAY2BGR) for g in grey), tmp_path / "a.mp4", rate=Fraction(24))
        back = read_frames(tmp_path / "a.mp4", range(len(grey)))
        measured = measure([cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) for picture in back], times)
        assert dominant(measured) == (move, 1)
        assert measured.totals == pytest.approx(measure(grey, times).totals, abs=0.8)


moves = st.sampled_from(FLAT_MOVES)
senses = st.sampled_from((1, -1))
totals = st.floats(6, 60)
seeds = st.integers(0, 1000)
few = settings(max_examples=8, deadline=None, derandomize=True)


def shot_of(
    move: str, sense: int, total: float, seed: int, size: tuple[int, int] = (256, 144), rate: float = 12
) -> Shot:
    return Shot(Scene(seed=seed, foreground=0.1), ((2.0, {move: sense * amount(move, total)}),), 12)


@few
@given(moves, senses, totals, seeds)
def test_a_mirror_turns_pan_and_roll_round_and_nothing_else(move, sense, total, seed) -> None:
    grey, times = frames(shot_of(move, sense, total, seed))
    plain, mirrored = measure(grey, times), measure(np.ascontiguousarray(grey[:, :, ::-1]), times)
    turned = -1 if move in ("pan", "roll") else 1
    assert dominant(mirrored) == (move, sense * turned) == (dominant(plain)[0], dominant(plain)[1] * turned)
    expected = [-plain.totals[0], plain.totals[1], plain.totals[2], -plain.totals[3]]
    assert mirrored.totals == pytest.approx(expected, rel=0.05, abs=0.6)


@few
@given(moves, senses, totals, seeds)
def test_time_run_backwards_turns_everything_round(move, sense, total, seed) -> None:
    grey, times = frames(shot_of(move, sense, total, seed))
    backwards = measure(grey[::-1], times)
    assert dominant(backwards) == (move, -sense)
    assert rate_of(backwards, move) == pytest.approx(-rate_of(measure(grey, times), move), rel=0.15, abs=0.5)


@few
@given(moves, senses, totals, seeds, st.sampled_from((0.6, 1.5, 3.0)))
def test_size_makes_no_difference(move, sense, total, seed, scale) -> None:
    grey, times = frames(shot_of(move, sense, total, seed))
    size = round(256 * scale), round(144 * scale)
    scaled = measure([cv2.resize(g, size, interpolation=cv2.INTER_AREA) for g in grey], times)
    assert dominant(scaled) == (move, sense)
    assert rate_of(scaled, move) == pytest.approx(rate_of(measure(grey, times), move), rel=0.15, abs=0.5)


@few
@given(moves, senses, totals, seeds)
def test_twice_the_frames_of_the_same_motion_read_the_same(move, sense, total, seed) -> None:
    once = shot_of(move, sense, total, seed)
    plain, twice = seen(once), seen(replace(once, rate=24))
    assert dominant(twice) == dominant(plain) == (move, sense)
    assert twice.moves[0].rate == pytest.approx(plain.moves[0].rate, rel=0.15, abs=0.5)


@few
@given(moves, senses, totals, seeds)
def test_the_same_frames_played_twice_as_fast_double_the_rates(move, sense, total, seed) -> None:
    grey, times = frames(shot_of(move, sense, total, seed))
    plain, fast = measure(grey, times), measure(grey, times / 2)
    assert dominant(fast) == (move, sense)
    assert fast.moves[0].rate == pytest.approx(2 * plain.moves[0].rate, rel=0.15, abs=0.5)


def test_eight_pictures_a_second_played_as_twenty_four_are_eight_a_second() -> None:
    grey, times = frames(Shot(Scene(seed=22, foreground=0.2), ((2.0, {"pan": 20.0}),), 8))
    plain = measure(grey, times)
    held = measure(np.repeat(grey, 3, axis=0), np.arange(3 * len(grey)) / 24)
    assert held.move == plain.move
    assert held.moves[0].rate == pytest.approx(plain.moves[0].rate, rel=0.05)
    assert held.shake == pytest.approx(plain.shake, abs=0.5)


def test_two_frames_of_one_picture_are_a_clip() -> None:
    grey, _ = frames(Shot(Scene(seed=22), ((0.5, {}),), 8))
    assert measure(np.repeat(grey[:1], 2, axis=0), [0.0, 0.04]).move == "static"


@pytest.mark.parametrize("sense", [1, -1])
def test_a_subject_that_is_kept_in_the_middle_does_not_hide_how_fast_the_rest_goes_by(sense) -> None:
    grey, times = frames(Shot(Scene(seed=23), ((2.0, {"pan": sense * 110.0}),), 8))
    grey[:, 40:120, 80:176] = frames(Shot(Scene(seed=24), ((1.0, {}),), 8))[0][0, 40:120, 80:176]
    assert dominant(measure(grey, times)) == ("pan", sense)


def test_a_picture_that_wavers_in_place_is_a_camera_that_stands_still() -> None:
    grey, times = frames(Shot(Scene(seed=25, noise=0.5), ((4.0, {}),), 8))
    dice = np.random.default_rng(3)
    rows, columns = np.mgrid[0:144, 0:256].astype(np.float32)
    wavering = []
    for picture in grey:
        x, y = (cv2.GaussianBlur(dice.normal(0, 1, (144, 256)).astype(np.float32), (0, 0), 20) for _ in range(2))
        x, y = (1.2 * each / each.std() for each in (x, y))
        wavering.append(cv2.remap(picture, columns + x, rows + y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT))
    measured = measure(wavering, times)
    assert measured.move == "static"
    assert max(map(abs, measured.totals)) / measured.seconds < 1


def test_uneven_times_are_taken_as_they_are() -> None:
    grey, times = frames(Shot(Scene(seed=16), ((2.0, {"pan": 20.0}),), 30))
    kept = [k for k in range(len(times)) if k % 5 != 2]
    assert measure(grey[kept], times[kept]).moves[0].rate == pytest.approx(10, rel=0.05)


def test_frames_may_come_one_by_one_and_few_are_kept() -> None:
    shot = Shot(Scene(seed=17), ((2.0, {"tilt": 12.0}),))
    grey, times = frames(shot)
    assert measure(iter(zip(grey, times, strict=True))) == measure(grey, times)
    measuring = Measuring()
    for picture, t in zip(np.concatenate([grey] * 4), np.arange(4 * len(grey)) / 24, strict=True):
        measuring.frame(picture, t)
        assert len(measuring._kept) <= 32
    measuring.done()


def test_a_frame_may_be_written_over_once_it_was_given() -> None:
    grey, times = frames(Shot(Scene((192, 108), seed=18), ((1.0, {"pan": 10.0}),)))
    buffer = np.empty_like(grey[0])

    def one_buffer():
        for picture, t in zip(grey, times, strict=True):
            buffer[:] = picture
            yield buffer, t

    assert measure(one_buffer()) == measure(grey, times)


def test_measuring_is_the_same_each_time_and_as_json() -> None:
    grey, times = frames(Shot(Scene(seed=19, foreground=0.2), ((1.0, {"roll": 8.0}),)))
    first = measure(grey, times)
    assert measure(grey, times) == first
    assert Measured.from_json(first.to_json()).move == first.move


@pytest.mark.parametrize(
    ("grey", "times", "words"),
    [
        (np.zeros((1, 40, 60), np.uint8), [0.0], "a clip of 1 frame "),
        (np.zeros((0, 40, 60), np.uint8), [], "a clip of 0 frames"),
        (np.zeros((3, 40, 60), np.uint8), [0.0, 0.5], "3 frames have 2 times"),
        (np.zeros((2, 40, 60), np.uint8), [0.5, 0.5], "times rise"),
        (np.zeros((2, 40, 60), np.uint8), [0.0, math.nan], "times rise"),
        (np.zeros((2, 40, 60, 3), np.uint8), [0.0, 0.1], "grey"),
        (np.zeros((2, 40, 60), np.float32), [0.0, 0.1], "uint8"),
        ([np.zeros((40, 60), np.uint8), np.zeros((60, 40), np.uint8)], [0.0, 0.1], "one size"),
    ],
)  # fmt: skip
def test_what_cannot_be_measured_gets_one_sentence(grey, times, words) -> None:
    with pytest.raises(BadInput, match=words):
        measure(grey, times)


@pytest.mark.parametrize("size", [(1, 1), (8, 300), (24, 24), (600, 25), (244, 33), (31, 400), (40, 41), (900, 44)])
def test_a_picture_of_any_size_is_an_answer_or_unreadable(size) -> None:
    grey = np.random.default_rng(1).integers(0, 255, (6, size[1], size[0])).astype(np.uint8)
    assert measure(grey, np.arange(6) / 8).move == "unreadable"


def test_opencv_has_its_threads_back_afterwards() -> None:
    before = cv2.getNumThreads()
    try:
        cv2.setNumThreads(2)
        with one_thread():
            worker = threading.Thread(target=lambda: seen(Shot(Scene((64, 64)), ((0.5, {}),))))
            worker.start()
            worker.join()
            assert cv2.getNumThreads() == 1
        assert cv2.getNumThreads() == 2
    finally:
        cv2.setNumThreads(before)


def test_a_pair_of_pictures_tells_shift_scale_and_turn_at_once() -> None:
    grey, _ = frames(
        Shot(Scene((256, 256), seed=21), ((0.2, {"pan": 4.0, "tilt": 2.0, "zoom": 3.0, "roll": 2.0}),), 10)
    )
    pair = between(prepare(grey[0]), prepare(grey[1]))
    assert pair.readable
    assert pair.motion == pytest.approx((2.0, 1.0, 1.5, 1.0), abs=0.25)


def test_a_small_picture_before_makes_no_difference_to_a_larger_one_after():
    rng = np.random.default_rng(11)
    large = cv2.GaussianBlur(rng.integers(0, 255, (90, 160), np.uint8), (0, 0), 2)
    moved = np.roll(large, 3, axis=1)
    before = between(prepare(large), prepare(moved))
    small = cv2.GaussianBlur(rng.integers(0, 255, (44, 44), np.uint8), (0, 0), 1)
    between(prepare(small), prepare(np.roll(small, 1, axis=1)))
    assert between(prepare(large), prepare(moved)) == before
