"""What was asked against what was measured: by table on made-up measurements, and for every measurable camera."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.camera import HORIZONTAL_FOV_DEG, SUBJECT_DISTANCE, AskedMove, Camera, Step, vocabulary
from studio.camera.measured import AXES, Got, Measured, Segment
from studio.camera.motion import BURST_S, spans
from studio.camera.obedience import compare
from studio.log.events import OBEYED

IDS = {
    ("pan", 1): ("pan_right", "truck_right"),
    ("pan", -1): ("pan_left", "truck_left"),
    ("tilt", 1): ("tilt_up", "pedestal_up"),
    ("tilt", -1): ("tilt_down", "pedestal_down"),
    ("zoom", 1): ("zoom_in", "dolly_in"),
    ("zoom", -1): ("zoom_out", "dolly_out"),
    ("roll", 1): ("roll_cw",),
    ("roll", -1): ("roll_ccw",),
}


def got(said, rate=8.0, seconds=5.0, ids=()):
    """ "pan -" as a move that was measured."""
    axis, sign = said.split()
    sense = 1 if sign == "+" else -1
    return Got(axis, sense, rate, rate * seconds, ids or IDS[axis, sense])


def measured(*parts, seconds=5.0, parallax="unclear", shake=0.2, readable=True, why=""):
    """Parts are moves ("pan -", a Got, or several of them) for equal shares of the time, or (start, end, moves);
    () stands still, None cannot be read."""
    made = []
    for k, part in enumerate(parts):
        start, end = seconds * k / len(parts), seconds * (k + 1) / len(parts)
        if isinstance(part, tuple) and part and isinstance(part[0], (int, float)):
            start, end, part = part
        moves = () if part is None else part if isinstance(part, tuple) else (part,)
        moves = tuple(got(each) if isinstance(each, str) else each for each in moves)
        made.append(Segment(start, end, moves, part is not None))
    moves = tuple(each for part in made for each in part.moves)
    return Measured(
        seconds, (), (), (0.0,) * 4, tuple(made), moves, shake, "medium" if moves else "still", parallax, 0.0, 0.8,
        readable, why,
    )  # fmt: skip


ONLY = {  # named alone, because near and far tell
    name: got(f"{axis} {sign}", ids=(name,))
    for name, axis, sign in (
        ("zoom_in", "zoom", "+"), ("dolly_in", "zoom", "+"), ("dolly_out", "zoom", "-"), ("truck_left", "pan", "-"),
        ("pan_left", "pan", "-"), ("pedestal_up", "tilt", "+"),
    )
}  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found", "answer"),
    [
        ("dolly in", measured("zoom +"), "yes"),
        ("zoom in", measured("zoom +"), "yes"),
        ("dolly in", measured(ONLY["dolly_in"], parallax="yes"), "yes"),
        ("dolly in", measured(ONLY["zoom_in"], parallax="none"), "no"),
        ("zoom in", measured(ONLY["dolly_in"], parallax="yes"), "no"),
        ("truck left", measured(ONLY["pan_left"], parallax="none"), "no"),
        ("pan left", measured(ONLY["truck_left"], parallax="yes"), "no"),
        ("dolly in", measured("zoom -"), "no"),
        ("dolly in", measured("pan -"), "no"),
        ("dolly in", measured(()), "static"),
        ("roll clockwise", measured("roll +"), "yes"),
        ("roll clockwise", measured("roll -"), "no"),
        # speed and size: only when far off
        ("fast pan left", measured(got("pan -", rate=10)), "yes"),
        ("fast pan left", measured(got("pan -", rate=2.5)), "partly"),
        ("slow pan left", measured(got("pan -", rate=12)), "yes"),
        ("slow pan left", measured(got("pan -", rate=40)), "partly"),
        ("pan left", measured(got("pan -", rate=2.5)), "yes"),
        ("pan left 90 degrees", measured(got("pan -", rate=4)), "partly"),
        ("pan left", measured((0, 0.8, "pan -"), (0.8, 5, ())), "partly"),
        ("pan left", measured((0, 2, "pan -"), (2, 5, ())), "yes"),
        ("pan left", measured((0, 2, "pan -"), (2, 5, "tilt +")), "partly"),
        ("whip pan left", measured((0, 2.2, ()), (2.2, 2.8, got("pan -", 200)), (2.8, 5, ())), "yes"),
        ("whip pan left", measured(got("pan -", 10)), "partly"),
        # at the same time
        ("pan left and tilt up", measured(("pan -", "tilt +")), "yes"),
        ("pan left and tilt up", measured("pan -"), "partly"),
        ("pan left and tilt up", measured(("pan -", "tilt -")), "partly"),
        ("pan left and tilt up", measured(("pan +", "tilt -")), "no"),
        ("dolly in and pan left", measured((ONLY["dolly_in"], ONLY["truck_left"]), parallax="yes"), "yes"),
        ("pan left", measured(("pan -", got("zoom +", 5))), "yes"),
        ("pan left", measured((got("zoom +", 20), got("pan -", 8))), "partly"),
        # in time
        ("dolly in, then pan left", measured("zoom +", "pan -"), "yes"),
        ("dolly in, then pan left", measured("pan -", "zoom +"), "partly"),
        ("dolly in, then pan left", measured("zoom +"), "partly"),
        ("dolly in, then pan left", measured("tilt +", "roll +"), "no"),
        ("dolly in, then pan left", measured(()), "static"),
        ("dolly in, then pan left, then tilt up", measured("zoom +", (), "pan -", "tilt +"), "yes"),
        ("dolly in, then hold, then pan left", measured("zoom +", (), "pan -"), "yes"),
        ("dolly in, then hold, then pan left", measured("zoom +", "pan -"), "partly"),
        ("slow pan left, then fast pan left", measured(got("pan -", 8)), "yes"),
        ("zoom in, then dolly in", measured("zoom +"), "yes"),
        ("zoom in, then dolly in", measured("zoom +", ONLY["dolly_in"]), "yes"),
        ("dolly in", measured("zoom +", (), "zoom +"), "yes"),
        # standing still
        ("static", measured(()), "yes"),
        ("static", measured(got("zoom +", 0.9)), "yes"),
        ("static", measured(got("zoom +", 2)), "partly"),
        ("static", measured(got("zoom +", 6)), "no"),
        ("static", measured((0, 4, ()), (4, 5, "pan -")), "partly"),
        ("static", measured((), shake=5), "partly"),
        # held by hand
        ("handheld", measured((), shake=4), "yes"),
        ("handheld", measured((), shake=1.5), "partly"),
        ("handheld", measured(()), "static"),
        ("handheld", measured("pan -"), "no"),
        ("shake", measured((), shake=4), "partly"),
        ("handheld, dolly in", measured("zoom +", shake=4), "yes"),
        ("handheld, dolly in", measured("zoom +"), "partly"),
        ("handheld, dolly in", measured("pan -", shake=4), "partly"),
        ("handheld, static", measured((), shake=4), "yes"),
        # several axes in one move
        ("crane up", measured(("tilt +", "zoom +")), "yes"),
        ("crane up", measured(ONLY["pedestal_up"], parallax="yes"), "yes"),
        ("crane up", measured("zoom -"), "no"),
        ("crane over", measured("zoom +"), "yes"),
        ("crane over", measured("zoom -"), "no"),
        ("crane over", measured(("zoom +", got("tilt -", 3))), "yes"),
        ("swoop down", measured(("zoom +", "tilt -")), "yes"),
        ("swoop down", measured("zoom +"), "partly"),
        ("swoop down", measured(("zoom -", "tilt +")), "no"),
        ("corkscrew in", measured(("zoom +", "roll +")), "yes"),
        ("dolly zoom in", measured("zoom -", parallax="yes"), "yes"),
        ("dolly zoom in", measured((), parallax="yes"), "yes"),
        ("dolly zoom in", measured("zoom -"), "partly"),
        ("dolly zoom in", measured("zoom +"), "no"),
        ("dolly zoom in", measured(()), "static"),
        ("dolly zoom in", replace(measured(()), totals=(0.0, 0.0, -1.9, 0.0)), "unreadable"),
        ("dolly zoom in", replace(measured((), parallax="none"), totals=(0.0, 0.0, -1.9, 0.0)), "static"),
        ("dolly in", replace(measured(()), totals=(0.0, 0.0, -1.9, 0.0)), "static"),
        ("truck left, pan right", measured("pan +", parallax="yes"), "yes"),
        ("pass through the bubble", measured("zoom +"), "yes"),
        # what cannot be measured beside what can
        ("arc left and zoom in", measured(("zoom +", "pan -")), "yes"),
        ("arc left, then tilt up", measured(("pan +", "zoom -"), "tilt +"), "yes"),
        ("steadicam, pan left", measured("pan -"), "yes"),
        ("low angle, slow motion, dolly in", measured("zoom +"), "yes"),
        # what cannot be read
        ("dolly in", measured("zoom +", readable=False), "unreadable"),
        ("dolly in", measured("zoom +", None), "yes"),
        ("dolly in", measured("pan -", None), "unreadable"),
        ("dolly in, then pan left", measured("zoom +", None), "unreadable"),
        ("dolly in", measured((0, 4, "pan -"), (4, 5, None)), "no"),
    ],
)
def test_an_asked_camera_against_a_measured_one(asked, found, answer):
    camera = Camera.parse(asked)
    assert camera.unknown == ()
    obeyed = compare(camera, found)
    assert obeyed is not None
    assert (obeyed.obeyed, obeyed.got) == (answer, found.move), obeyed.sentence
    assert obeyed.sentence.startswith("asked ")


@pytest.mark.parametrize(
    "asked",
    ["", "arc left", "orbit her", "low angle", "steadicam", "rack focus", "slow motion", "a dog barks", "track her"],
)
def test_where_nothing_was_asked_that_can_be_measured_there_is_nothing_to_compare(asked):
    assert compare(Camera.parse(asked), measured("zoom +")) is None
    assert compare(Camera.parse(asked), measured(readable=False)) is None


@pytest.mark.parametrize(
    ("asked", "found", "sentence"),
    [
        (
            "slow dolly in",
            measured((0, 3.1, got("pan -", 3.1, ids=("pan_left",))), (3.1, 5, ())),
            "asked for a slow dolly in; got pan left, 3.1 % of the frame a second, over 62 % of the clip",
        ),
        ("arc left and roll clockwise", measured(()), "asked for arc left, roll cw; got static"),
        (
            "dolly in, then tilt up",
            measured(ONLY["dolly_in"], ONLY["truck_left"]),
            "asked for dolly in, then tilt up; got dolly in, 8.0 % a second, over 50 % of the clip, then truck left, "
            "8.0 % of the frame a second, over 50 % of the clip: tilt up is not seen",
        ),
        (
            "zoom in",
            measured(ONLY["dolly_in"], parallax="yes"),
            "asked for a zoom in; got dolly in, 8.0 % a second, over 100 % of the clip: it is dolly in, for near and "
            "far move apart",
        ),
        (
            "fast roll clockwise",
            measured(got("roll +", 1)),
            "asked for a fast roll cw; got roll cw, 1.0° a second, over 100 % of the clip: far slower than asked "
            "(about 7° a second)",
        ),
        ("static", measured(()), "asked to stand still; got static"),
        (
            "handheld",
            measured(()),
            "asked for handheld; got static: its unrest is 0.2 % of the frame a second, under 2",
        ),
        (
            "pan left",
            measured(readable=False, why="it is black"),
            "asked for a pan left; the picture does not tell what was got (it is black)",
        ),
    ],
)
def test_the_sentence_has_the_figures_that_say_why(asked, found, sentence):
    assert compare(Camera.parse(asked), found).sentence == sentence


def test_each_step_says_what_was_got_of_it_and_when():
    found = measured("zoom +", "roll +", "pan -", seconds=6)
    obeyed = compare(Camera.parse("dolly in, then tilt up, then pan left"), found)
    assert obeyed.asked == ("dolly_in", "tilt_up", "pan_left")
    assert [(step.asked, step.obeyed, step.start_s, step.end_s) for step in obeyed.steps] == [
        ("dolly in", "yes", 0, 2), ("tilt up", "no", 0, 0), ("pan left", "yes", 4, 6),
    ]  # fmt: skip
    assert obeyed.steps[0].got == "zoom_in or dolly_in"


# --- every measurable camera: the ideal measurement of its own path, and of its mirror image -------------------------


def ideal(camera, seconds, depth):
    """What a perfect measurement of the path reads off a wall that is `depth` times as far as the subject.

    The flow of a grid of points from each frame to the next, fitted by pan, tilt, zoom and roll; one segment a step.
    """
    rate = Fraction(24)
    path = camera.path(seconds, rate)
    focal = 1 / (2 * math.tan(math.radians(HORIZONTAL_FOV_DEG) / 2))
    x, y = (each.ravel() for each in np.meshgrid(np.linspace(-0.45, 0.45, 9), np.linspace(-0.25, 0.25, 7)))
    poses, lens = path.poses(), path.focal * focal
    rates = []
    to_subject = np.maximum((path.subject - path.keys[:, :3])[:, 2], SUBJECT_DISTANCE / 4)
    for k in range(len(path) - 1):
        far = depth * to_subject[k]
        points = np.stack([x / lens[k] * far, y / lens[k] * far, np.full_like(x, far)], axis=1)
        world = (points - poses[k][:, 3]) @ poses[k][:, :3]
        there = world @ poses[k + 1][:, :3].T + poses[k + 1][:, 3]
        u, v = (there[:, :2] / there[:, 2:] * lens[k + 1]).T
        one, zero = np.ones_like(x), np.zeros_like(x)
        model = np.concatenate([np.stack([one, zero, x, -y], 1), np.stack([zero, one, y, x], 1)])
        a, b, s, r = np.linalg.lstsq(model, np.concatenate([u - x, v - y]), rcond=None)[0]
        turn = math.degrees(math.atan2(r, 1 + s))
        rates.append([-100 * a, 100 * b * 16 / 9, 100 * math.log(math.hypot(1 + s, r)), -turn])
    rates = np.array(rates) * 24
    times = (np.arange(len(rates)) + 0.5) / 24
    parts = []
    for step, (start, end) in zip(camera.steps, spans(camera.steps, seconds), strict=True):
        if step.is_burst and step.seconds is None and end - start > BURST_S:
            start, end = (start + end - BURST_S) / 2, (start + end + BURST_S) / 2
        edge = 0 if step.is_burst else (end - start) / 4  # where one step runs into the next both are seen
        inside = (times > start + edge) & (times < end - edge)
        mean = rates[inside].mean(0) if inside.any() else np.zeros(4)
        travels = any(any(asked.known.axes[:3]) for asked in step.moving)
        parts.append((start, end, mean, "yes" if travels else "none"))
    shake = float(np.sqrt((rates[:, :2] - rates[:, :2].mean(0)) ** 2).sum(1).mean())
    return seen(parts, seconds, shake)


def seen(parts, seconds, shake):
    made = []
    for start, end, mean, parallax in parts:
        strength = np.abs(mean) * [1, 1, 1, 2]
        moves = tuple(
            got(f"{AXES[k]} {'+' if mean[k] > 0 else '-'}", abs(float(mean[k])), end - start)
            for k in np.argsort(-strength)
            if strength[k] >= max(0.6, 0.15 * strength.max())
        )
        if parallax == "yes":
            moves = tuple(replace(each, ids=each.ids[-1:]) for each in moves)
        made.append((start, end, moves))
    return measured(*made, seconds=seconds, parallax=parts[0][3], shake=shake)


def mirrored(found):
    """Everything the other way round."""
    parts = tuple(
        replace(part, moves=tuple(got(f"{m.axis} {'-' if m.sense > 0 else '+'}", m.rate) for m in part.moves))
        for part in found.segments
    )
    return replace(found, segments=parts, moves=tuple(each for part in parts for each in part.moves))


MEASURABLE = [row.id for row in vocabulary().values() if row.measurable != "N" and any(row.axes)]


@pytest.mark.parametrize("depth", [1.0, 2.0])
@pytest.mark.parametrize("move", MEASURABLE)
def test_the_ideal_measurement_of_a_measurable_move_is_yes_and_its_opposite_is_not(move, depth):
    camera = Camera.move(move)
    found = ideal(camera, 4.0, depth)
    assert compare(camera, found).obeyed == "yes", compare(camera, found).sentence
    if found.moves:
        assert compare(camera, mirrored(found)).obeyed != "yes"


plain = st.sampled_from(
    ["pan_left", "pan_right", "tilt_up", "tilt_down", "zoom_in", "zoom_out", "dolly_in", "dolly_out", "truck_left",
     "truck_right", "pedestal_up", "pedestal_down", "roll_cw", "roll_ccw"]
)  # fmt: skip
asked_moves = st.builds(AskedMove, plain, st.sampled_from(["slow", "normal", "fast"]))


def axis_of(move):
    tx, ty, tz, pan, tilt, _, zoom = vocabulary()[move].axes
    return "pan" if tx or pan else "tilt" if ty or tilt else "zoom" if tz or zoom else "roll"


@st.composite
def cameras(draw):
    """Up to three steps of one or two moves on different axes."""
    steps = []
    for _ in range(draw(st.integers(1, 3))):
        moves = draw(st.lists(asked_moves, min_size=1, max_size=2, unique_by=lambda each: axis_of(each.move)))
        # of one speed: what is far weaker is no move beside the other
        steps.append(Step(tuple(replace(each, speed=moves[0].speed) for each in moves)))
    return Camera(tuple(steps))


@settings(max_examples=60, deadline=None)
@given(cameras(), st.sampled_from([3.0, 5.0]))
def test_the_ideal_measurement_of_any_measurable_camera_is_yes_and_its_opposite_is_not(camera, seconds):
    found = ideal(camera, seconds, 1.0)
    obeyed = compare(camera, found)
    assert obeyed.obeyed == "yes", obeyed.sentence
    assert compare(camera, mirrored(found)).obeyed != "yes"
    assert [step.obeyed for step in obeyed.steps] == ["yes"] * len(obeyed.steps)


moves = st.sampled_from([f"{axis} {sign}" for axis in AXES for sign in "+-"])
parts = st.lists(st.one_of(st.none(), st.lists(moves, max_size=2, unique=True).map(tuple)), min_size=1, max_size=5)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(sorted(vocabulary())), min_size=1, max_size=4), parts, st.floats(0, 20))
def test_whatever_was_asked_and_measured_there_is_one_of_the_answers_and_a_sentence(ids, parts, shake):
    camera = Camera(tuple(Step((AskedMove(id),)) for id in ids))
    obeyed = compare(camera, measured(*parts, shake=shake))
    assert obeyed is None or (obeyed.obeyed in OBEYED and obeyed.sentence and obeyed.asked == tuple(ids))
