"""Where the camera goes: signs on the screen, subjects held, soft joins, exact lengths."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.camera import (
    AXES,
    HORIZONTAL_FOV_DEG,
    SUBJECT_DISTANCE,
    AskedMove,
    Camera,
    CameraPath,
    Step,
    project,
    vocabulary,
)
from studio.camera.motion import ARC_DEG, BURST_S, DOLLY_UNITS, PAN_DEG, spans
from studio.errors import BadInput

RATE = Fraction(24)
MOVES = list(vocabulary())
SUBJECT = (0.0, 0.0, SUBJECT_DISTANCE)
BESIDE = (0.5, 0.25, SUBJECT_DISTANCE)  # right of the middle and above it


def path(words, seconds=5, rate=RATE):
    camera = Camera.parse(words)
    assert camera.unknown == ()
    return camera.path(seconds, rate)


@pytest.mark.parametrize(
    ("words", "sideways", "downwards"),
    [("pan right", -1, 0), ("pan left", 1, 0), ("truck right", -1, 0), ("truck left", 1, 0),
     ("tilt up", 0, 1), ("tilt down", 0, -1), ("pedestal up", 0, 1), ("pedestal down", 0, -1),
     ("whip pan right", -1, 0), ("crane up", 0, 1)],
)  # fmt: skip
def test_the_picture_shifts_against_the_camera(words, sideways, downwards):
    """DESIGN §2: panning right moves the picture's content left. x right, y down, in frame widths."""
    seen = project(path(words), SUBJECT)
    dx, dy = seen[-1] - seen[0]
    assert (np.sign(dx) if abs(dx) > 0.05 else 0, np.sign(dy) if abs(dy) > 0.05 else 0) == (sideways, downwards)


@pytest.mark.parametrize(
    ("words", "grows"), [("dolly in", 1), ("zoom in", 1), ("dolly out", -1), ("zoom out", -1), ("crash zoom in", 1)]
)
def test_the_picture_grows_when_the_camera_comes_or_the_lens_lengthens(words, grows):
    seen = np.linalg.norm(project(path(words), BESIDE), axis=1)
    assert np.sign(seen[-1] - seen[0]) == grows


@pytest.mark.parametrize(("words", "turns"), [("roll clockwise", -1), ("roll counter-clockwise", 1)])
def test_the_picture_turns_against_the_cameras_roll(words, turns):
    seen = project(path(words), BESIDE)
    x0, y0 = seen[0]
    x1, y1 = seen[-1]
    assert np.sign(x0 * y1 - y0 * x1) == turns  # y points down: positive is clockwise on the screen


def test_a_zoom_has_no_parallax_and_a_dolly_has():
    near, far = (0.3, 0.1, 2.5), (1.2, 0.4, 10.0)  # one behind the other, seen at one place
    zoom, dolly = path("zoom in"), path("dolly in")
    assert np.allclose(project(zoom, near), project(zoom, far))
    assert np.linalg.norm(project(dolly, near)[-1] - project(dolly, far)[-1]) > 0.05


def test_zoom_and_dolly_enlarge_the_subject_alike_and_pan_and_truck_shift_it_alike():
    zoom, dolly = project(path("zoom in"), BESIDE)[-1], project(path("dolly in"), BESIDE)[-1]
    assert np.allclose(zoom, dolly, rtol=1e-3)
    pan, truck = project(path("pan right"), SUBJECT)[-1], project(path("truck right"), SUBJECT)[-1]
    assert pan[0] == pytest.approx(truck[0], rel=0.1)


HELD = [name for name in MOVES if vocabulary()[name].subject_relative]


@pytest.mark.parametrize("speed", ["slow", "normal", "very fast"])
@pytest.mark.parametrize("name", HELD)
def test_a_move_around_or_with_a_subject_keeps_it_in_the_middle(name, speed):
    flown = Camera.move(name, speed=speed).path(5, RATE)
    seen = project(flown, flown.subject)
    assert np.abs(seen).max() < 0.1
    assert np.ptp(flown.keys, axis=0).max() > 0.1  # and it moves


@pytest.mark.parametrize(
    "words",
    ["truck left while panning right", "push in, then arc left", "arc left 360 degrees", "arc right while dollying in",
     "orbit left, handheld", "arc left, then arc right", "slow arc left with a pedestal up, tilt down"],
)  # fmt: skip
def test_an_arc_holds_its_subject_in_company_too(words):
    flown = path(words)
    sideways = project(flown, SUBJECT)[:, 0]
    assert np.abs(sideways).max() < 0.1


def test_an_arc_is_an_exact_circle_around_the_subject():
    keys = path("arc left 360 degrees").keys
    distance = np.hypot(keys[:, 0], keys[:, 2] - SUBJECT_DISTANCE)
    assert np.abs(distance - SUBJECT_DISTANCE).max() < 1e-9
    assert np.allclose(keys[:, 0], -SUBJECT_DISTANCE * np.sin(np.radians(keys[:, 3])), atol=1e-9)
    assert (keys[1:, 3] > keys[:-1, 3]).all()  # travels left, pans right
    assert keys[30, 0] < 0
    assert keys[-1, 3] == pytest.approx(360, abs=0.1)


def test_after_a_push_in_the_arc_is_as_near_as_the_push_brought_it():
    keys = path("push in, then arc left").keys
    late = keys[keys[:, 3] > 5]
    distance = np.hypot(late[:, 0], late[:, 2] - SUBJECT_DISTANCE)
    assert np.ptp(distance) < 1e-2
    assert distance.mean() == pytest.approx(SUBJECT_DISTANCE - DOLLY_UNITS / 2, abs=0.05)


@pytest.mark.parametrize(
    "words", ["dolly zoom in", "dolly zoom out", "very fast dolly zoom in", "handheld dolly zoom in"]
)
def test_a_dolly_zoom_keeps_its_subject_as_large_as_it_was(words):
    flown = path(words)
    size = project(flown, (0.3, 0, SUBJECT_DISTANCE))[:, 0] - project(flown, (-0.3, 0, SUBJECT_DISTANCE))[:, 0]
    assert np.abs(size / size[0] - 1).max() < 0.05
    far = project(flown, (3, 0, 40))[:, 0] - project(flown, (-3, 0, 40))[:, 0]
    assert abs(far[-1] / far[0] - 1) > 0.2


def test_a_tracking_shot_takes_its_subject_along_at_the_same_size():
    flown = path("follow the girl")
    assert flown.subject[-1, 2] > SUBJECT_DISTANCE + 1
    assert np.allclose(flown.subject - flown.keys[:, :3], SUBJECT)


def test_a_pass_through_goes_through_and_a_dolly_stops_before():
    for words in ("pass through the bubble", "slow pass through", "push in, then pass through the eye", "endless zoom"):
        assert path(words).keys[-1, 2] > SUBJECT_DISTANCE * 1.1
    for words in ("very fast huge dolly in", "very fast huge push in, then fast huge push in", "super dolly in"):
        assert path(words).keys[-1, 2] < SUBJECT_DISTANCE * 0.85


def test_a_truck_after_a_pan_goes_along_the_panned_camera():
    keys = path("pan right 90 degrees, then truck right").keys
    assert keys[-1, 3] == pytest.approx(90)
    late = keys[-1, :3] - keys[80, :3]
    assert late[2] < -0.2
    assert abs(late[0]) < 0.02


def test_static_and_no_words_stand_exactly_still():
    for words in ("static", "", "low angle", "static, rack focus", "freeze"):
        assert not path(words).keys.any()


@pytest.mark.parametrize("name", MOVES)
def test_every_path_starts_at_the_origin_and_its_poses_are_rotations(name):
    flown = Camera.move(name, size=1.5).path(5, RATE)
    assert len(flown) == 120
    assert not flown.keys[0].any()
    assert np.isfinite(flown.keys).all()
    poses = flown.poses()
    assert poses.shape == (120, 3, 4)
    rotation = poses[:, :, :3]
    assert np.allclose(rotation @ rotation.transpose(0, 2, 1), np.eye(3), atol=1e-12)
    assert np.allclose(np.linalg.det(rotation), 1)
    assert np.allclose(poses[0], np.eye(3, 4))
    centre = -np.einsum("nji,nj->ni", rotation, poses[:, :, 3]) * [1, -1, 1]
    assert np.allclose(centre, flown.keys[:, :3])
    assert np.allclose(flown.focal, np.exp(flown.keys[:, 6]))


@pytest.mark.parametrize(
    "name", [name for name in MOVES if vocabulary()[name].path in ("line", "rush", "burst", "sustained")]
)
def test_a_path_moves_along_its_axes_and_no_others(name):
    row = vocabulary()[name]
    keys = Camera.move(name).path(5, RATE).keys
    turned = [False] * 3 + [bool(value) for value in row.axes[3:]]
    for axis, value in enumerate(row.axes):
        if axis >= 3:
            assert np.sign(round(keys[-1, axis], 6)) == np.sign(value), AXES[axis]
        elif value and not any(turned):
            assert np.sign(keys[-1, axis]) == np.sign(value), AXES[axis]
        elif not any(row.axes[:3]):
            assert not keys[:, axis].any(), AXES[axis]


def test_at_once_the_axes_add_up_and_no_move_counts_twice():
    both = path("dolly in, zoom in").keys
    assert np.allclose(both, path("dolly in").keys + path("zoom in").keys)
    assert np.allclose(path("pan right, turn right").keys, path("pan right").keys)
    crane, pedestal = path("crane up").keys, path("crane up, pedestal up").keys
    assert pedestal[-1, 1] == pytest.approx(crane[-1, 1], rel=0.05)  # limited to the strongest, not doubled


def test_a_rig_only_colours_a_move():
    glide, pan = path("steadicam").keys, path("steadicam, pan left").keys
    assert glide[-1, 2] > 0.5
    assert np.abs(pan[:, :3]).max() == 0
    assert pan[-1, 3] == pytest.approx(-PAN_DEG, abs=2)


def test_speed_and_size_scale_how_far_it_goes():
    usual = path("pan right").keys[-1, 3]
    assert path("slow pan right").keys[-1, 3] == pytest.approx(usual * 0.5)
    assert path("fast pan right").keys[-1, 3] == pytest.approx(usual * 1.8)
    assert path("small pan right").keys[-1, 3] == pytest.approx(usual * 0.5)
    assert path("slow arc left").keys[-1, 3] == pytest.approx(ARC_DEG / 2, rel=1e-3)
    assert path("slow pan right 90 degrees").keys[-1, 3] == pytest.approx(90, rel=1e-3)


def test_steps_share_the_take_and_a_whip_is_short():
    def times(words, seconds=5.0):
        return [(round(a, 3), round(b, 3)) for a, b in spans(Camera.parse(words).steps, seconds)]

    assert times("dolly in, then pan left") == [(0, 2.5), (2.5, 5)]
    assert times("dolly in, then whip pan left") == [(0, 4.5), (4.5, 5)]
    assert times("dolly in, then whip pan left, then tilt up") == [(0, 2.25), (2.25, 2.75), (2.75, 5)]
    assert times("dolly in over 4 seconds, then pan left") == [(0, 4), (4, 5)]
    assert times("dolly in over 2 seconds") == [(0, 2)]
    assert times("dolly in over 8 seconds, then pan left") == [(0, 4.5), (4.5, 5)]
    assert times("dolly in for 6 s, then pan left for 4 s") == [(0, 3), (3, 5)]
    assert times("whip pan left, then whip pan right") == [(0, 2.5), (2.5, 5)]
    assert times("wide shot, then dolly in") == [(0, 0), (0, 5)]
    assert times("whip pan left, then whip pan right", 0.5) == [(0, 0.25), (0.25, 0.5)]


def test_a_whip_pan_is_over_in_half_a_second_and_rests_before_and_after():
    pan = path("whip pan right").keys[:, 3]
    turning = np.flatnonzero(np.diff(pan) > 1e-9)
    assert (turning[-1] - turning[0] + 1) / 24 <= BURST_S + 1 / 24
    assert 40 < turning[0] < turning[-1] < 80
    assert np.diff(pan).max() < HORIZONTAL_FOV_DEG / 4  # under a quarter of the width a frame: it can be measured


SMOOTH = ["slow push in, then whip pan right", "dolly in, then pan left, then tilt up", "fast push in, then dolly out",
          "push in, then pass through the bubble", "arc left, then arc right", "whip pan left, then whip pan right",
          "slow dolly in over 2 seconds", "zoom in, then static", "crane up and tilt down, then truck right",
          "dolly zoom in, then dolly zoom out", "roll clockwise, then dolly in, then crash zoom in"]  # fmt: skip


@pytest.mark.parametrize("words", SMOOTH)
def test_steps_run_into_each_other_without_a_jolt(words):
    """Velocity is continuous: no frame's change of it is more than a soft edge of a quarter second allows.

    A raised cosine of width w changes a velocity v by at most v · π/2 · Δt/w a frame.
    """
    keys = path(words, rate=Fraction(96)).keys
    velocity = np.diff(keys, axis=0)
    change = np.abs(np.diff(velocity, axis=0))
    for axis in range(7):
        peak = np.abs(velocity[:, axis]).max()
        # a crash zoom's start is the steepest edge there is: a fifth of half a second
        steepest = 0.1 if "crash" in words and axis == 6 else 0.24
        assert change[:, axis].max() <= peak * math.pi / 2 / (steepest * 96) * 1.1 + 1e-5, AXES[axis]


def test_one_motion_in_two_steps_does_not_stop_between_them():
    speed = np.diff(path("dolly in, tilt up, then dolly in, tilt down").keys[:, 2])
    middle = speed[30:90]
    assert middle.min() > 0.9 * middle.max()


def test_an_endless_zoom_begins_and_ends_at_full_speed_so_that_takes_run_on():
    speed = np.diff(path("pass through the bubble").keys[:, 2])
    assert np.allclose(speed, speed[0])


@given(
    st.sampled_from(["slow push in, then whip pan right", "arc left, handheld", "crane up"]),
    st.integers(2, 6),
    st.integers(5, 60),
)
@settings(deadline=None, max_examples=30)
def test_the_path_is_the_same_at_any_rate(words, seconds, rate):
    once, twice = path(words, seconds, Fraction(rate)), path(words, seconds, Fraction(2 * rate))
    assert (len(once), len(twice)) == (seconds * rate, 2 * seconds * rate)
    if "handheld" not in words:
        assert np.allclose(once.keys, twice.keys[::2], atol=0.01)


@pytest.mark.parametrize(
    ("seconds", "rate", "frames"),
    [(5, 24, 120), (Fraction(106, 24), 24, 106), (4.4, 24, 106), (5, Fraction(30000, 1001), 150), (0.001, 24, 1),
     (Fraction(277, 12), Fraction(12), 277)],
)  # fmt: skip
def test_a_path_has_a_row_for_each_frame(seconds, rate, frames):
    assert len(Camera.parse("handheld, slow push in, then whip pan left").path(seconds, Fraction(rate))) == frames


@pytest.mark.parametrize(
    "name", [name for name in MOVES if vocabulary()[name].path in ("float", "noise", "shake", "bank")]
)
def test_unrest_is_the_same_each_time_has_no_mean_and_stays_in_its_band(name):
    one, other = Camera.move(name).path(5, RATE).keys, Camera.move(name).path(5, RATE).keys
    assert np.array_equal(one, other)
    turning = one[:, 3:6] - Camera((Step((AskedMove(name, size=0.01),)),)).path(5, RATE).keys[:, 3:6]
    assert np.abs(turning.mean(axis=0)).max() < 1e-9
    assert 0.05 < np.sqrt((turning**2).mean(axis=0)).max() < 6
    spectrum = np.abs(np.fft.rfft(turning, axis=0)) ** 2
    hz = np.fft.rfftfreq(len(turning), 1 / 24)
    assert spectrum[hz > 8].sum() < 1e-6 * spectrum.sum()


def test_handheld_runs_on_through_steps_and_shake_is_stronger():
    one = path("handheld, dolly in").keys[:, 3]
    two = ((Camera.move("dolly_in") >> Camera.move("tilt_up")) & Camera.move("handheld")).path(5, RATE).keys[:, 3]
    assert np.allclose(one, two)
    assert path("shake").keys[:, 3].std() > 1.5 * one.std()


def test_a_path_with_bad_numbers_is_refused():
    for seconds, rate in ((0, 24), (-1, 24), (float("nan"), 24), (5, 0), ("5", 24), (True, 24)):
        with pytest.raises(BadInput, match="of a camera path is"):
            Camera().path(seconds, rate)
    with pytest.raises(BadInput, match="seven finite numbers"):
        CameraPath(RATE, np.zeros((5, 6)))
    with pytest.raises(BadInput, match="seven finite numbers"):
        CameraPath(RATE, np.full((5, 7), np.nan))
    with pytest.raises(BadInput, match="subject of a path"):
        CameraPath(RATE, np.zeros((5, 7)), np.zeros((4, 3)))
    with pytest.raises(ValueError, match="read-only"):
        CameraPath(RATE, np.zeros((5, 7))).keys[0, 0] = 1


ASKED = st.builds(
    AskedMove,
    st.sampled_from(MOVES),
    st.sampled_from(["very slow", "normal", "very fast"]),
    st.sampled_from([0.25, 1, 2, 10]),
)
STEPS = st.builds(
    Step,
    st.lists(ASKED, min_size=1, max_size=3, unique_by=lambda asked: asked.move).map(tuple),
    st.one_of(st.none(), st.fractions(Fraction(1, 10), 9, max_denominator=24)),
)


@given(
    st.lists(STEPS, min_size=1, max_size=4).map(tuple),
    st.floats(0.05, 12),
    st.sampled_from([8, Fraction(25, 3), 24, Fraction(30000, 1001)]),
)
@settings(deadline=None, max_examples=150)
def test_any_camera_flies_and_its_steps_fill_no_more_than_the_take(steps, seconds, rate):
    times = spans(steps, seconds)
    assert times[0][0] == pytest.approx(0, abs=1e-9)
    assert times[-1][1] <= seconds + 1e-9
    assert all(a <= b + 1e-12 for a, b in times)
    flown = Camera(steps).path(seconds, Fraction(rate))
    assert np.isfinite(flown.poses()).all()
    assert np.isfinite(flown.focal).all()
