"""Words become a camera, and a camera words."""

import json
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.camera import SIZES, SPEEDS, AskedMove, Camera, Step, vocabulary
from studio.camera import tokens as t
from studio.errors import BadInput, NotFound


@pytest.mark.parametrize(
    ("words", "short"),
    [
        ("slow push in, then whip pan right", "slow dolly_in > whip_pan_right"),
        ("fast push in, then pass through the bubble", "fast dolly_in > pass_through"),
        ("dolly in while panning left", "dolly_in + pan_left"),
        ("crane up and tilt down", "crane_up + tilt_down"),
        ("handheld, slow zoom out", "handheld + slow zoom_out"),
        ("very slow dolly in over 4 seconds", "very slow dolly_in"),
        ("Slowly push in", "slow dolly_in"),
        ("slowly, push in", "slow dolly_in"),
        ("push slowly in", "slow dolly_in"),
        ("push in, very slowly", "very slow dolly_in"),
        ("The camera slowly pans to the left", "slow pan_left"),
        ("pan left quickly", "fast pan_left"),
        ("a really fast truck to the right", "very fast truck_right"),
        ("slightly tilting up", "small tilt_up"),
        ("a very slight tilt up", "tiny tilt_up"),
        ("a big, fast pull back", "fast big dolly_out"),
        ("dolly-in; pan_left", "dolly_in > pan_left"),
        ("dolly in → pan left >> tilt up", "dolly_in > pan_left > tilt_up"),
        ("dolly in -> pan left > tilt up", "dolly_in > pan_left > tilt_up"),
        ("dolly in followed by a pan left", "dolly_in > pan_left"),
        ("dolly in, and then pan left", "dolly_in > pan_left"),
        ("dolly in before panning left", "dolly_in > pan_left"),
        ("dolly in + pan left & tilt up", "dolly_in + pan_left + tilt_up"),
        ("dolly in with a pan left", "dolly_in + pan_left"),
        ("[Push in, Pan left] a girl runs [Tilt up]", "dolly_in + pan_left > tilt_up"),
        ("[Push in],[Pan left]", "dolly_in > pan_left"),
        ("Slow push in. Then whip pan right.", "slow dolly_in > whip_pan_right"),
        ("Slow push in. Whip pan right.", "slow dolly_in > whip_pan_right"),
        ("Wide shot. Handheld. Slow push in.", "wide_shot + handheld + slow dolly_in"),
        ("0-3 s pan left, 3–8 s push in", "pan_left > dolly_in"),
        ("360° orbit around the couple", "arc_left 360°"),
        ("orbit around the couple to the right", "arc_right"),
        ("half circle around her", "arc_left 180°"),
        ("a quarter turn clockwise roll", "roll_cw 90°"),
        ("pan right 90 degrees", "pan_right 90°"),
        ("pan from left to right", "pan_right"),
        ("pan across the room from right to left", "pan_left"),
        ("dolly zoom in", "dolly_zoom_in"),
        ("endless zoom", "pass_through"),
        ("endless lens zoom", "lens_zoom_sustained"),
        ("push in through the keyhole", "pass_through"),
        ("through the window", "pass_through"),
        ("dolly in next to the window, next pan left", "dolly_in > pan_left"),
        ("push in into the next room", "dolly_in"),
        ("pass through the lens", "pass_through"),
        ("slow motion, dolly in", "slow_motion + dolly_in"),
        ("hold, then whip pan left", "static > whip_pan_left"),
        ("a slow crane", "slow crane_up"),
        ("bird's eye view, slow push in", "overhead + slow dolly_in"),
        ("size 0.7 dolly in", "size 0.7 dolly_in"),
        ("ROLL COUNTER-CLOCKWISE", "roll_ccw"),
        ("move around the couple to the right", "arc_right"),
        ("the camera rolls slowly to the left", "slow roll_ccw"),
        ("", ""),
    ],
)
def test_what_directors_write_is_understood(words, short):
    assert repr(Camera.parse(words)).startswith(f"Camera({short!r}")


def test_the_words_of_the_film_that_started_this_are_kept():
    camera = Camera.parse("the scene is moving rapidly, front perspective, the students getting bigger and faster")
    assert camera.asked_move == ""
    assert camera.steps == (Step((AskedMove("front_view", "fast"),)),)
    assert camera.unknown == ("scene is moving", "students getting bigger")


def test_unknown_words_are_kept_as_words_and_said_so():
    camera = Camera.parse("Slow push in, dreamy haze of Light, then pan left over Macon; lens whack")
    assert camera.unknown == ("dreamy haze of Light", "lens whack")
    assert camera.asked_move == "dolly_in > pan_left"
    assert camera.steps[1].moves[0].object == "over Macon"


def test_fillers_are_not_unknown():
    assert Camera.parse("and the camera is then slowly to pan left, please").unknown == ()


def test_what_a_move_is_made_on_stays_with_it():
    (first, second) = Camera.parse("fast push in on her face, then pass through the big bubble slowly").steps
    assert first.moves == (AskedMove("dolly_in", "fast", object="on her face"),)
    assert second.moves == (AskedMove("pass_through", "slow", object="the big bubble"),)


def test_things_named_like_a_move_are_no_moves():
    for words in ("push in past the spinning records", "dolly in over the truck", "push in along the train tracks",
                  "push in on the lead singer", "push in on the crane"):  # fmt: skip
        camera = Camera.parse(words)
        assert camera.asked_move == "dolly_in", words


def test_words_in_quotes_are_only_words():
    camera = Camera.parse('push in on the sign "ROLL UP, then pan left", “spin”')
    assert camera.steps == (Step((AskedMove("dolly_in", object='on the sign "ROLL UP, then pan left"'),)),)
    assert camera.unknown == ("spin",)
    assert camera.words() == 'dolly in on the sign "ROLL UP, then pan left", "spin"'


def test_a_move_that_is_denied_is_not_asked_for():
    camera = Camera.parse("no zoom, never panning left, without a slow tilt up, push in")
    assert camera.asked_move == "dolly_in"
    assert camera.unknown == ("no zoom", "never panning left", "without", "tilt up")


def test_a_direction_that_was_not_said_is_a_guess_and_is_told():
    assert Camera.parse("slow whip pan").guessed == ("“whip pan” names no direction: whip_pan_right is taken",)
    assert Camera.parse("whip pan to the left").guessed == ()


def test_seconds_belong_to_their_step():
    first, second = Camera.parse("dolly in over 2.5 seconds, then for 1/3 s pan left").steps
    assert (first.seconds, second.seconds) == (Fraction(5, 2), Fraction(1, 3))


def test_degrees_of_a_move_that_does_not_turn_are_words():
    assert Camera.parse("dolly in 90 degrees").unknown == ("90 degrees",)


def test_asked_move_names_moves_only():
    assert (
        Camera.parse("handheld, low angle, dolly in, then rack focus, then arc left").asked_move
        == "dolly_in > arc_left"
    )
    assert Camera.parse("handheld").asked_move == ""
    assert Camera.parse("").asked_move == ""


def test_cameras_combine_in_time_and_at_once():
    push, pan = Camera.move("dolly_in", speed="slow"), Camera.move("pan_left")
    assert (push >> pan) == push.then(pan) == Camera.parse("slow dolly in, then pan left")
    assert (push & pan) == push.together(pan) == Camera.parse("slow dolly in, pan left")
    assert ((push >> pan) & Camera.move("handheld")).asked_move == "dolly_in > pan_left"
    assert push & push == push
    assert Camera() >> push == push == push & Camera() == Camera() & push
    with pytest.raises(BadInput, match="combines with a camera, and 'pan left' is none"):
        push >> "pan left"
    with pytest.raises(BadInput, match=r"Camera\.parse reads words"):
        Camera("pan left")
    with pytest.raises(BadInput, match="said in words"):
        Camera.parse(None)
    with pytest.raises(BadInput, match="2 steps and 3 steps"):
        (push >> pan) & (push >> pan >> push)


def test_a_bad_move_is_refused_in_one_sentence():
    with pytest.raises(NotFound, match="nearest is dolly_in"):
        Camera.move("dolyin")
    with pytest.raises(BadInput, match="'quick' is no speed of a camera move: say very slow"):
        Camera.move("dolly_in", speed="quick")
    for size in (0.0, -1.0, float("nan"), float("inf"), 11.0):
        with pytest.raises(BadInput, match="size of dolly_in"):
            Camera.move("dolly_in", size=size)
    with pytest.raises(BadInput, match="dolly_in does not turn"):
        Camera.move("dolly_in", degrees=90)
    with pytest.raises(BadInput, match="cannot turn by -5"):
        Camera.move("pan_left", degrees=-5)
    with pytest.raises(BadInput, match="cannot take 0 seconds"):
        Camera.move("pan_left", seconds=0)
    with pytest.raises(BadInput, match="reads as Camera"):
        Camera.move("dolly_in", object="the sea, then pan left")
    with pytest.raises(BadInput, match=r"reads as Camera\('pass_through'\)"):
        Camera.move("dolly_in", object="through the door")
    with pytest.raises(BadInput, match="asked for twice"):
        Step((AskedMove("pan_left"), AskedMove("pan_left")))


def test_json_is_canonical_and_names_the_asked_move():
    camera = Camera.parse("slow push in on Ada, then whip pan right, dreamy")
    assert camera.to_json() == (
        '{"asked_move":"dolly_in > whip_pan_right","steps":[{"moves":[{"move":"dolly_in","object":"on Ada",'
        '"speed":"slow"}]},{"moves":[{"move":"whip_pan_right"}]}],"unknown":["dreamy"]}'
    )
    assert Camera.parse("a slow dolly-in on Ada → whip pan to the right, dreamy").to_json() == camera.to_json()
    assert Camera.from_json("") == Camera.parse("") == Camera()


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "7", '{"steps":[]}', '{"steps":[{"moves":[]}],"unknown":[]}', '{"steps":[{"moves":[{}]}],"unknown":[]}',
     '{"steps":[{"moves":[{"move":["x"]}]}],"unknown":[]}', '{"steps":[{"moves":[{"move":"pan_lef"}]}],"unknown":[]}',
     '{"steps":[{"moves":[{"move":"pan_left","object":5}]}],"unknown":[]}',
     '{"steps":[{"moves":[{"move":"pan_left"}],"seconds":"1/0"}],"unknown":[]}',
     '{"steps":[{"moves":[{"move":"pan_left","size":"big"}]}],"unknown":[]}'],
)  # fmt: skip
def test_a_text_that_is_no_camera_is_refused(text):
    with pytest.raises(BadInput):
        Camera.from_json(text)


MOVES = sorted(vocabulary())
TURNING = [name for name in MOVES if vocabulary()[name].turning_axis]
OBJECTS = ["", "the bubble", "on her face", "past the old window", "to the big house", "around the couple",
           "of smoke", "at Ada's door", "over the roofs of Macon"]  # fmt: skip
ASKED = st.one_of(
    st.builds(
        AskedMove, st.sampled_from(MOVES), st.sampled_from(list(SPEEDS)),
        st.one_of(st.just(1.0), st.sampled_from(list(SIZES.values())), st.floats(0.01, 10)), st.just(0.0),
        st.sampled_from(OBJECTS),
    ),
    st.builds(AskedMove, st.sampled_from(TURNING), st.sampled_from(list(SPEEDS)), st.just(1.0), st.floats(0.01, 3600)),
)  # fmt: skip
STEPS = st.builds(
    Step,
    st.lists(ASKED, min_size=1, max_size=3, unique_by=lambda asked: asked.move).map(tuple),
    st.one_of(st.none(), st.fractions(Fraction(1, 10), 20, max_denominator=60)),
)
CAMERAS = st.builds(
    Camera,
    st.lists(STEPS, max_size=3).map(tuple),
    st.lists(
        st.sampled_from(["dreamy haze", "Whack of Glass", "no zoom", "50 mm", "students getting bigger"]), max_size=2
    ).map(tuple),
)


@given(CAMERAS)
@settings(deadline=None, max_examples=150)
def test_canonical_words_and_json_make_the_same_camera(camera):
    again = Camera.parse(camera.words())
    assert again == camera
    assert again.words() == camera.words()
    assert again.guessed == ()
    assert Camera.from_json(camera.to_json()) == camera
    assert json.loads(camera.to_json())["asked_move"] == camera.asked_move


@pytest.mark.parametrize("name", MOVES)
def test_every_move_can_be_made_on_something_and_said(name):
    for speed, size, object_ in product(SPEEDS, (1, *SIZES.values()), OBJECTS[:3]):
        camera = Camera.move(name, speed=speed, size=size, object=object_)
        assert Camera.parse(camera.words()) == camera


SOUP = st.lists(
    st.one_of(
        st.sampled_from([alias.words for row in vocabulary().values() for alias in row.aliases]),
        st.sampled_from([*t.SPEED_OF, *t.SIZE_OF, *t.FILLERS, *t.PREPOSITIONS, *t.NOTS, *t.FULL, *t.ROUND, "very"]),
        st.sampled_from(
            ["then", ",", ";", "and", "while", ".", "→", "[", "]", "with", "\n", "next to", "as", "-", "…"]
        ),
        st.sampled_from(
            ["over 4 seconds", "0-3 s", "90 degrees", "360", "12", "1/0", "size 3", "size", "9" * 5000, "³"]
        ),
        st.text(max_size=8),
    ),
    max_size=14,
).map(" ".join)


@given(SOUP)
@settings(deadline=None, max_examples=150)
def test_any_text_is_read_without_failing_and_its_canonical_words_mean_the_same(text):
    camera = Camera.parse(text)
    assert Camera.parse(camera.words()) == camera
    assert Camera.from_json(camera.to_json()) == camera


def test_a_very_long_text_is_read_in_one_pass():
    words = "slowly push in through the door and " * 2000
    assert len(Camera.parse(words).steps) == 1
