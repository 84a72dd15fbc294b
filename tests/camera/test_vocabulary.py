"""The vocabulary: every row is whole, and every phrase leads to its own row."""

import datetime

import pytest

from studio.camera import AXES, Camera, table, vocabulary
from studio.camera import tokens as t
from studio.camera.vocabulary import EASINGS, KINDS, PATHS, Alias, move
from studio.errors import NotFound

ROWS = list(vocabulary().values())
# the table of camera.md §1 and of users.md §5, with one id for each sense
WANTED = set(
    """static pan_left pan_right tilt_up tilt_down roll_cw roll_ccw zoom_in zoom_out dolly_in dolly_out truck_left
truck_right pedestal_up pedestal_down crane_up crane_down crane_over arc_left arc_right dolly_zoom_in dolly_zoom_out
crash_zoom_in crash_zoom_out whip_pan_left whip_pan_right lens_zoom_sustained track_follow track_lead track_side_left
track_side_right handheld shake steadicam gimbal fpv_drone aerial_drone pov bolt_cam snorricam pass_through
pass_through_out rack_focus focus_pull low_angle high_angle ground_level overhead close_up dutch_angle
over_the_shoulder time_ramp bullet_time hyperlapse freeze tiny_planet elevator_doors levitate turntable selfie aerial
super_dolly_in super_dolly_out eye_level""".split()  # noqa: SIM905 (a list of 64 strings is no easier to read)
)


def test_the_vocabulary_has_every_move_of_the_tables_it_was_made_from():
    assert len(ROWS) >= 50
    assert set(vocabulary()) >= WANTED


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_is_whole(row):
    assert row.label
    assert row.signature
    assert row.source
    assert row.kind in KINDS
    assert row.path in PATHS
    assert row.easing in EASINGS
    assert row.measurable in ("Y", "P", "N")
    assert len(row.axes) == len(AXES)
    assert all(-1 <= value <= 1 for value in row.axes)
    assert (row.easing == "none") == (not any(row.axes))
    assert row.kind != "angle" or not any(row.axes)
    assert datetime.date.fromisoformat(row.checked_on)
    assert all(alias.sense in ("camera", "content") for alias in row.aliases)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_phrase_is_read_as_its_own_move(row):
    for alias in (Alias(row.words), *row.aliases):
        camera = Camera.parse(alias.words)
        assert [asked.move for step in camera.steps for asked in step.moves] == [row.id], alias.words
        assert camera.unknown == (), alias.words
        assert bool(camera.guessed) == alias.open, alias.words


def test_no_two_rows_share_a_phrase_and_no_row_says_one_twice():
    phrases = [t.phrase(words) for row in ROWS for words in (row.words, *(alias.words for alias in row.aliases))]
    assert sorted(phrases) == sorted(set(phrases))


@pytest.mark.parametrize(
    ("one", "other"),
    [("pan_left", "pan_right"), ("tilt_up", "tilt_down"), ("roll_cw", "roll_ccw"), ("zoom_in", "zoom_out"),
     ("dolly_in", "dolly_out"), ("truck_left", "truck_right"), ("pedestal_up", "pedestal_down"),
     ("arc_left", "arc_right"), ("whip_pan_left", "whip_pan_right"), ("crash_zoom_in", "crash_zoom_out"),
     ("dolly_zoom_in", "dolly_zoom_out"), ("track_side_left", "track_side_right"),
     ("track_follow", "track_lead"), ("pass_through", "pass_through_out")],
)  # fmt: skip
def test_a_move_and_its_counterpart_have_opposite_axes_and_are_done_alike(one, other):
    a, b = move(one), move(other)
    assert a.axes == tuple(-value for value in b.axes)
    assert (a.path, a.easing, a.measurable, a.kind) == (b.path, b.easing, b.measurable, b.kind)


def test_a_content_sense_alias_means_the_camera_turning_the_other_way():
    """AnimateDiff's RollingAnticlockwise turns the picture anticlockwise: the camera turns clockwise (camera.md §1)."""
    assert Camera.parse("RollingAnticlockwise").asked_move == "roll_cw"
    assert Camera.parse("the camera rolls anti-clockwise").asked_move == "roll_ccw"


def test_dolly_left_is_a_truck_since_adapters_call_sideways_travel_so():
    assert Camera.parse("dolly left").asked_move == "truck_left"


@pytest.mark.parametrize(
    ("key", "id_"),
    [("truck_left", "truck_left"), ("pan_right", "pan_right"), ("pedestal_up", "pedestal_up"),
     ("orbit_left", "arc_left"), ("orbit_right", "arc_right"), ("roll_left", "roll_ccw"), ("roll_right", "roll_cw"),
     ("zoom_in", "zoom_in"), ("push_in", "dolly_in"), ("pull_out", "dolly_out"), ("crane_up", "crane_up"),
     ("tilt_down", "tilt_down"), ("dolly_zoom", "dolly_zoom_in"), ("bolt_cam", "bolt_cam"), ("static", "static"),
     ("handheld", "handheld"), ("pov", "pov"), ("selfie", "selfie"), ("tiny_planet", "tiny_planet"),
     ("aerial", "aerial"), ("aerial_drone", "aerial_drone"), ("elevator_doors", "elevator_doors"),
     ("overhead", "overhead"), ("low_angle", "low_angle"), ("high_angle", "high_angle"),
     ("eye_level", "eye_level"), ("ground_level", "ground_level"), ("over_the_shoulder", "over_the_shoulder")],
)  # fmt: skip
def test_every_luma_concept_is_known(key, id_):
    (step,) = Camera.parse(key).steps
    assert [asked.move for asked in step.moves] == [id_]


@pytest.mark.parametrize(
    ("command", "id_"),
    [("[Truck left]", "truck_left"), ("[Pan right]", "pan_right"), ("[Push in]", "dolly_in"),
     ("[Pull out]", "dolly_out"), ("[Pedestal down]", "pedestal_down"), ("[Tilt up]", "tilt_up"),
     ("[Zoom out]", "zoom_out"), ("[Shake]", "shake"), ("[Tracking shot]", "track_follow"),
     ("[Static shot]", "static")],
)  # fmt: skip
def test_every_bracket_command_of_minimax_is_known(command, id_):
    (step,) = Camera.parse(command).steps
    assert [asked.move for asked in step.moves] == [id_]


def test_an_unknown_id_is_answered_with_the_nearest():
    with pytest.raises(NotFound, match=r"'dolyin'.*nearest is dolly_in"):
        move("dolyin")
    with pytest.raises(NotFound, match="nearest is dolly_in"):
        move("push in")
    with pytest.raises(NotFound, match=r"table\(\) lists them all"):
        move("xyzzyq")


def test_words_of_manner_are_listed_in_the_form_in_which_they_are_compared():
    every = [
        *t.SPEED_OF,
        *t.SIZE_OF,
        *t.FILLERS,
        *t.PREPOSITIONS,
        *t.DETERMINERS,
        *t.NOTS,
        *t.LASTING,
        *t.FULL,
        *t.ROUND,
    ]
    assert [word for word in every if t.base(word) != word] == []


def test_the_table_for_notebooks_has_a_row_for_each_move():
    frame = table()
    assert list(frame.index) == list(vocabulary())
    assert frame.loc["arc_left", "axes"] == "tx -0.7 pan +0.7"
