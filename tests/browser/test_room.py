"""The wireframe room in a real browser: it sees as the camera's path says, moves when asked, and rests otherwise."""

from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

import studio.widgets
from studio.camera import Camera, CameraPath, flight, project, thumbnails, vocabulary
from tests.browser.lab import CHROMIUM, CHROMIUM_ARGUMENTS

pytestmark = pytest.mark.browser
WIDGETS = Path(studio.widgets.__file__).parent
SCRIPTS = ("_room_world.js", "_room.js", "_room_picker.js")
PAGE = """<!doctype html><meta charset="utf-8"><style>:root { --ct-ink: #212121; --ct-ink-2: #555; --ct-ink-3: #666;
--ct-paper: #fff; --ct-wire: #bbb; --ct-edge: #777 } svg { width: 336px; display: block }</style>
<svg id="room"></svg><svg id="plan"></svg><svg id="thumbnail"></svg>"""
THREE_FRAMES = """() => new Promise((done) => requestAnimationFrame(() =>
    requestAnimationFrame(() => requestAnimationFrame(done))))"""


@pytest.fixture(scope="module")
def chromium(require):
    require("browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def room_page(browser, motion):
    context = browser.new_context(reduced_motion=motion)
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(PAGE)
    page.add_script_tag(content="\n".join((WIDGETS / name).read_text("utf-8") for name in SCRIPTS))
    yield page
    context.close()
    assert errors == []


@pytest.fixture(scope="module")
def page(chromium):
    with room_page(chromium, "no-preference") as page:
        yield page


@pytest.fixture
def still(chromium):
    with room_page(chromium, "reduce") as page:
        yield page


def fly(page, words, seconds=5):
    """A view of that flight, as `view` in the page."""
    page.evaluate(
        "(flight) => { window.view?.destroy(); window.view = roomView(document.getElementById('room'), flight) }",
        flight(Camera.parse(words), seconds),
    )


def people(page, at_s):
    """Where the two are drawn at that time: left, right, top and bottom of each, the left one first."""
    boxes = page.evaluate(
        """(seconds) => { view.seek(seconds); const marks = document.querySelectorAll("#room .room-person");
            return [...marks].map((mark) => {
            const box = mark.getBBox(); return [box.x, box.x + box.width, box.y, box.y + box.height] }) }""",
        at_s,
    )
    return sorted(boxes)


POINTS = [[0, 0, 4], [1.5, -0.8, 6], [-2, 1.2, 13], [0.4, 0.1, 0.3], [3, 2, -5]]


@pytest.mark.parametrize(
    "words",
    ["fast push in, then pass through the bubble", "arc left 200 degrees", "barrel roll cw, tilt up",
     "handheld, zoom in", "whip pan right, then crane down", "dolly zoom out, roll ccw 77 degrees",
     "track follow, pan left 300 degrees"],
)  # fmt: skip
def test_the_room_sees_points_where_the_cameras_path_sees_them(page, words):
    keys = np.array(flight(Camera.parse(words), 3)["keys"], dtype=float)
    seen = page.evaluate(
        "([keys, points]) => points.map((point) => keys.map((key) => roomProject(key, point)))", [keys.tolist(), POINTS]
    )
    for point, got in zip(POINTS, seen, strict=True):
        wanted = project(CameraPath(Fraction(12), keys), point)
        shown = np.array([[np.nan, np.nan] if pair is None else pair for pair in got])
        assert np.allclose(shown, wanted, rtol=1e-6, atol=1e-6, equal_nan=True)


def test_panning_right_moves_the_picture_left(page):
    fly(page, "pan right")
    before, after = people(page, 0), people(page, 2.5)
    assert all(now[0] < then[0] - 20 and now[1] < then[1] - 20 for then, now in zip(before, after, strict=True))


@pytest.mark.parametrize("words", ["dolly in", "zoom in"])
def test_going_nearer_and_a_longer_lens_make_people_larger(page, words):
    fly(page, words)
    (left, right), (later_left, later_right) = people(page, 0), people(page, 4.9)
    assert later_left[0] < left[0] - 10
    assert later_right[1] > right[1] + 10
    assert later_left[1] - later_left[0] > 1.4 * (left[1] - left[0])


def test_a_camera_that_rolls_clockwise_tips_the_picture_the_other_way(page):
    fly(page, "roll cw")
    (left, right), (later_left, later_right) = people(page, 0), people(page, 4.9)
    assert later_left[3] > left[3] + 10
    assert later_right[2] < right[2] - 5


def test_the_caption_tells_the_time_that_is_shown(page):
    fly(page, "dolly in")
    page.evaluate("() => view.seek(2.14)")
    assert page.locator("#room .room-caption").text_content() == "STAND-IN · +2.1 s"
    assert page.locator("#room").get_attribute("aria-label") == "Stand-in for the camera's view at 2.1 of 5.0 seconds"
    for wrong, shown in (("-3", 0), ("99", 5), ("NaN", 0)):
        assert page.evaluate(f"() => {{ view.seek({wrong}); return view.seconds }}") == shown


def test_what_is_passed_through_grows_until_the_camera_is_through(page):
    fly(page, "fast push in, then pass through the bubble")
    widths = [
        page.evaluate(
            "(s) => { view.seek(s); return document.querySelector('#room .room-portal').getBBox().width }", second
        )
        for second in (0, 2, 3, 3.5)
    ]
    assert 0 < widths[0] < widths[1] < widths[2]
    assert widths[3] == 0


def test_it_plays_when_asked_tells_the_time_and_starts_again(page):
    fly(page, "pan right", 0.5)
    page.evaluate("() => { window.told = []; window.forget = view.onTick((s, playing) => told.push([s, playing])) }")
    before = page.locator("#room .room-wire").first.get_attribute("d")
    page.evaluate("() => view.play()")
    page.wait_for_function("() => told.some(([s], i) => i && s < told[i - 1][0])")  # it was at the end and began again
    assert page.evaluate("() => view.playing")
    page.evaluate("() => { view.pause(); view.seek(0.4) }")
    assert page.locator("#room .room-wire").first.get_attribute("d") != before
    assert page.evaluate("() => [view.playing, told.at(-1)]") == [False, [0.4, False]]
    count = page.evaluate("() => { forget(); view.seek(0); return told.length }")
    page.evaluate(THREE_FRAMES)
    assert page.evaluate("() => [told.length, view.seconds]") == [count, 0]


def test_a_changed_camera_is_shown_at_the_same_time_and_goes_on_playing(page):
    fly(page, "pan right")
    # One visit to the page: how long the next flight takes to work out decides nothing.
    changed = "(flight) => { view.seek(2); view.play(); view.set(flight); return [view.playing, view.seconds] }"
    assert page.evaluate(changed, flight(Camera.parse("tilt up, pass through the eye"), 5)) == [True, 2]
    assert page.locator("#room .room-portal").count() == 1
    page.evaluate("(flight) => { view.pause(); view.seek(4); view.set(flight) }", flight(Camera(), 1))
    assert page.evaluate("() => view.seconds") == 1
    page.evaluate("() => view.destroy()")
    assert page.locator("#room > *").count() == 0


def test_it_may_play_by_itself_but_not_where_motion_is_not_wanted(page, still):
    start = """async (flight) => { window.view = roomView(document.getElementById("room"), flight, {plays: true}) }"""
    for where in (page, still):
        where.evaluate(start, flight(Camera.parse("pan right"), 5))
    page.wait_for_function("() => view.playing && view.seconds > 0")
    page.evaluate("() => view.destroy()")
    still.evaluate(THREE_FRAMES)
    assert still.evaluate("() => [view.playing, view.seconds]") == [False, 0]
    still.evaluate("() => view.play()")
    still.wait_for_function("() => view.seconds > 0")


def thumbnail(page, name):
    page.evaluate(
        "(made) => { window.small = roomThumbnail(document.getElementById('thumbnail'), made.keys, made) }",
        thumbnails()[name],
    )
    return page.locator("#thumbnail .room-wire").last


def test_a_thumbnail_flies_only_while_it_is_started(page):
    room = thumbnail(page, "pan_right")
    rest = room.get_attribute("d")
    page.evaluate("() => small.start()")
    page.wait_for_function(
        "(rest) => [...document.querySelectorAll('#thumbnail .room-wire')].at(-1).getAttribute('d') !== rest", arg=rest
    )
    assert page.locator("#thumbnail .room-glyph").get_attribute("visibility") == "hidden"
    page.evaluate("() => small.stop()")
    page.evaluate(THREE_FRAMES)
    assert room.get_attribute("d") == rest
    assert page.locator("#thumbnail .room-glyph").get_attribute("visibility") is None


def test_a_thumbnail_rests_where_motion_is_not_wanted(still):
    room = thumbnail(still, "pan_right")
    rest = room.get_attribute("d")
    still.evaluate("() => small.start()")
    still.evaluate(THREE_FRAMES)
    assert room.get_attribute("d") == rest
    assert still.locator("#thumbnail .room-glyph").get_attribute("visibility") is None


def test_every_move_has_a_picture_and_opposite_moves_have_other_pictures(page):
    pictures = page.evaluate(
        """(made) => Object.fromEntries(Object.entries(made).map(([name, { keys, fps }]) => {
            const svg = document.getElementById("thumbnail");
            const picture = roomThumbnail(svg, keys, { fps });
            picture.start(); picture.stop();
            const marks = (within) => [...svg.querySelectorAll(within)].map((mark) => mark.outerHTML).join("");
            return [name, [marks("*"), marks(".room-glyph *")]] }))""",
        thumbnails(),
    )
    assert list(pictures) == list(vocabulary())
    for name, (drawn, glyph) in pictures.items():
        assert glyph, name
        assert not any(wrong in drawn for wrong in ("NaN", "undefined", "Infinity")), name
    for one, other in (("pan_left", "pan_right"), ("tilt_up", "tilt_down"), ("roll_cw", "roll_ccw"),
                       ("zoom_in", "zoom_out"), ("dolly_in", "dolly_out"), ("truck_left", "truck_right"),
                       ("pedestal_up", "pedestal_down"),
                       ("arc_left", "arc_right"), ("crane_up", "crane_down"), ("whip_pan_left", "whip_pan_right"),
                       ("pass_through", "pass_through_out"), ("dolly_zoom_in", "dolly_zoom_out"),
                       ("dolly_in", "zoom_in"), ("static", "handheld")):  # fmt: skip
        assert pictures[one][1] != pictures[other][1], (one, other)


@pytest.mark.parametrize(
    ("axis", "less", "more"),
    [
        (0, ["pan_left", "truck_left", "turn_left_forward", "track_side_left", "whip_pan_left"],
         ["pan_right", "truck_right", "turn_right_forward", "track_side_right", "whip_pan_right"]),
        (1, ["pedestal_up", "tilt_up", "crane_up", "forward_up", "levitate", "whip_tilt_up", "crane_over"],
         ["pedestal_down", "tilt_down", "crane_down", "down_back", "swoop_down", "whip_tilt_down"]),
    ],
)  # fmt: skip
def test_an_arrow_in_the_picker_points_where_its_move_goes(page, axis, less, more):
    arrow = """({ keys }) => { const svg = document.getElementById("thumbnail"); roomThumbnail(svg, keys);
        const [tip, from] = ["head", "arrow"].map((name) => svg.querySelector(`.room-glyph .room-${name}`));
        return [from, tip].map((mark) => mark.getAttribute("d").match(/[-\\d.]+/g).slice(0, 2).map(Number)) }"""
    for name in less + more:
        start, tip = page.evaluate(arrow, thumbnails()[name])
        assert (tip[axis] < start[axis]) == (name in less), name


def test_every_move_can_be_flown_and_seen_from_above(page):
    flights = [flight(Camera.move(name, speed="very fast", size=2), 5) for name in vocabulary()]
    flights += [flight(Camera.parse("pan left"), Fraction(1, 12)), flight(Camera.parse("truck right, dolly in"), 90)]
    drawn = page.evaluate(
        """(flights) => flights.map((flight) => {
            const [view, plan] = ["room", "plan"].map((id) => document.getElementById(id));
            const [seen, above] = [roomView(view, flight), roomPlan(plan, flight)];
            let marks = "";
            for (let second = 0; second <= flight.seconds; second += flight.seconds / 8) {
                seen.seek(second); above.seek(second);
                marks += view.innerHTML + plan.innerHTML;
            }
            const walls = view.querySelector(".room-wire").getAttribute("d").length;
            return [/NaN|undefined|Infinity/.test(marks), walls] })""",
        flights,
    )
    assert not any(broken for broken, _ in drawn)
    assert all(walls for _, walls in drawn)


def test_the_plan_marks_each_second_and_its_dot_follows(page):
    page.evaluate(
        "(flight) => { window.plan = roomPlan(document.getElementById('plan'), flight) }",
        flight(Camera.parse("fast push in, then pass through the bubble"), 5),
    )
    assert page.locator("#plan .room-second").count() == 6
    assert page.locator("#plan .room-portal").count() == 1
    numbers = page.locator("#plan .room-number").all_text_contents()
    assert numbers[:2] == ["0–1", "5s"]
    assert "4" in numbers
    dots = [
        page.evaluate(
            "(s) => { plan.seek(s); return +document.querySelector('#plan .room-dot').getAttribute('cx') }", s
        )
        for s in (0, 2, 5, 50)
    ]
    assert dots[0] < dots[1] < dots[2] == dots[3]
    assert "panned by 0 degrees" in page.locator("#plan").get_attribute("aria-label")


def test_a_camera_to_the_right_goes_down_on_the_plan(page):
    down = page.evaluate(
        """(flight) => { const plan = roomPlan(document.getElementById("plan"), flight);
            const dot = document.querySelector("#plan .room-dot");
            return [0, 5].map((s) => { plan.seek(s); return +dot.getAttribute("cy") }) }""",
        flight(Camera.parse("truck right"), 5),
    )
    assert down[1] > down[0] + 10
