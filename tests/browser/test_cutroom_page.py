"""The cutting room's page with a scripted kernel: what a hand does there is told to Python, and its answer is drawn."""

from base64 import b64decode
from statistics import median, quantiles

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.cutroom_page import STATE, cutroom_page, material, show
from tests.browser.lab import CHROMIUM, CHROMIUM_ARGUMENTS, axe, screenshot

pytestmark = pytest.mark.browser
VIDEOS = "[...document.querySelectorAll('.ct-cr-stage video')]"


@pytest.fixture(scope="module")
def chromium(require):
    require("browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    return material(tmp_path_factory.mktemp("cut"))


@pytest.fixture(scope="module")
def bare(chromium, given):
    with cutroom_page(chromium, given) as page:
        yield page


@pytest.fixture
def page(bare):
    show(bare)
    return bare


def acts(page, name):
    return page.evaluate("(name) => kernel.acts(name)", name)


def edits(page):
    return [{name: value for name, value in each.items() if name != "op"} | {"op": each["op"]}
            for each in acts(page, "edit")]  # fmt: skip


def heading(page):
    return page.locator(".ct-cr-slot h2").inner_text()


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def told(page, sentence):
    page.locator(".ct-said", has_text=sentence).wait_for()


def test_keys_go_from_slot_to_slot_and_the_place_outlives_the_panel(page):
    assert heading(page) == "01A slot 1, 24 frames"
    press(page, "ArrowRight", "ArrowRight", "1")
    page.get_by_role("radio", name="4 bars").click()
    page.get_by_role("listbox").focus()
    assert heading(page) == "02A slot 3, 24 frames"
    assert page.locator(".ct-cr-slot .ct-lab .mono").nth(1).inner_text() == "00:00:02:00 to 00:00:03:00"
    press(page, "ArrowLeft")
    assert heading(page) == "01B slot 2, 24 frames"
    told(page, "slot 2 of 6, 01B-002")
    page.get_by_role("button", name="Best in point").focus()  # the keys are the panel's, wherever in it one is
    press(page, "ArrowLeft", "ArrowLeft")
    told(page, "this is the first slot")
    press(page, "ArrowRight")
    page.evaluate("() => { kernel.close(); kernel.open() }")
    assert heading(page) == "01B slot 2, 24 frames"
    assert page.get_by_role("radio", name="4 bars").get_attribute("aria-checked") == "true"
    assert page.locator(".ct-time-code").inner_text() == "00:00:01:00"


def test_a_key_swaps_in_the_next_alternate_that_fits_and_a_click_any(page):
    cells = page.locator(".ct-cr-alt")
    said = ["in the cut", "01A-001", ".84", "circled,", "in .86 · out .82"]
    assert " ".join(cells.nth(0).inner_text().split()) == " ".join(said)
    assert "hold · in .68 · out .64" in cells.nth(2).inner_text()
    assert "costs the cut 1.20" in cells.nth(1).inner_text()
    assert "✗ 12 frames, and the slot needs 24" in cells.nth(3).inner_text()
    press(page, "ArrowDown", "ArrowDown", "ArrowDown")  # the last one does not fit
    told(page, "that was the last of its alternates")
    page.locator(".ct-cr-alt.on", has_text="01A-003").filter(has_text="in the cut").wait_for()
    assert edits(page)[0] == {"op": "swap", "slot": 1, "take": "01A-002"}
    assert edits(page)[-1] == {"op": "swap", "slot": 1, "take": "01A-003"}
    page.get_by_role("radio", name="01A-001").click()
    page.locator(".ct-cr-alt.on", has_text="01A-001").filter(has_text="in the cut").wait_for()
    assert page.evaluate("() => document.activeElement.textContent").startswith("in the cut01A-001")
    page.get_by_role("radio", name="01A-004").click(force=True)  # it is there to be read, and says why
    told(page, "01A-004 does not fit slot 1: 12 frames, and the slot needs 24")
    assert len([each for each in edits(page) if each["take"] == "01A-004"]) == 0


def test_a_slot_says_where_alternates_come_from_when_it_has_none(page):
    press(page, "ArrowRight", "ArrowRight")
    page.get_by_text("no other take of 02A is circled or held").wait_for()
    press(page, "ArrowRight")
    page.get_by_text('no take of 02B is circled or held: film.dailies("shot:02B") shows what there is').wait_for()
    press(page, "ArrowLeft", "ArrowLeft")
    page.get_by_text("alternates, ranked by joins and move").wait_for()


def test_the_in_point_moves_by_a_frame_a_beat_and_by_hand(page):
    press(page, "]")
    page.get_by_text("in 7 f · out 31 f").wait_for()
    press(page, "Shift+]")
    page.get_by_text("in 19 f · out 43 f").wait_for()
    press(page, "[")
    page.wait_for_function("() => kernel.state.slots[0].in === 18")
    assert [(each["op"], each["in"]) for each in edits(page)] == [("trim", 7), ("trim", 19), ("trim", 18)]
    press(page, *"]]]]]]]]]")  # a held key: what Python has not heard is one wish, and no clip is longer than it is
    told(page, "in 24 f is as far as 01A-001 goes")
    page.wait_for_function("() => kernel.state.slots[0].in === 24")
    bar = page.get_by_role("slider", name="In point")
    assert bar.get_attribute("max") == "24"
    bar.press("ArrowLeft")
    page.wait_for_function("() => kernel.state.slots[0].in === 23")
    assert bar.get_attribute("aria-valuetext") == "in at frame 23, out at 47 of 48"
    assert bar.evaluate("(bar) => bar === document.activeElement")
    bar.press("p")  # a hand at the bar still has the panel's keys
    page.wait_for_function("() => kernel.state.slots[0].pinned")
    page.get_by_role("button", name="Best in point for both joins").click()
    page.get_by_text("in 4 f · out 28 f").wait_for()
    page.get_by_role("button", name="Best in point for both joins").click()
    told(page, "in 4 f is the best for both joins already")


def test_slip_roll_speed_pin_ban_and_aim_each_send_their_edit(page):
    press(page, "ArrowRight")
    page.get_by_role("button", name="Slip: one beat later").click()
    page.get_by_role("button", name="Boundary to the next slot: one frame earlier").click()
    speed = page.get_by_role("textbox", name="Speed")
    press(page, "r")
    assert speed.evaluate("(field) => field === document.activeElement")
    speed.fill("3/4")
    press(page, "p", "Backspace")  # a letter here is a letter
    speed.press("Enter")
    page.wait_for_function("() => kernel.state.slots[1].speed === '3/4'")
    page.get_by_role("listbox").focus()
    press(page, "p", "b")
    page.get_by_role("button", name="✓ Pinned").wait_for()
    page.get_by_role("button", name="✓ 01B-002 banned").wait_for()
    page.get_by_role("radio", name="match").click()
    page.wait_for_function("() => kernel.state.slots[1].aim === 'match'")
    assert page.get_by_role("radio", name="match").get_attribute("aria-checked") == "true"
    assert edits(page) == [
        {"op": "slip", "slot": 2, "frames": 12}, {"op": "roll", "slot": 2, "frames": -1},
        {"op": "retime", "slot": 2, "speed": "3/4"}, {"op": "pin", "slot": 2, "on": True},
        {"op": "ban", "slot": 2, "take": "01B-002", "on": True}, {"op": "aim", "slot": 2, "aim": "match"},
    ]  # fmt: skip


def test_a_dissolve_is_typed_in_frames_and_a_ban_is_lifted_from_the_list(page):
    press(page, "ArrowRight", "b")
    page.get_by_role("button", name="lift the ban of 01B-002").click()
    page.get_by_role("list", name="Banned takes").wait_for(state="hidden")
    field = page.get_by_role("spinbutton", name="Dissolve into this slot, in frames")
    assert page.get_by_text("f, at most 12").is_visible()
    field.fill("7")
    field.press("Enter")
    page.locator("[data-wrong=slot]", has_text="a dissolve of 7 frames cannot lie evenly on its cut").wait_for()
    assert field.input_value() == "7"
    field.fill("12")
    field.press("Enter")
    page.locator(".ct-cr-joins", has_text="light meets, both move in · dissolve of 12 f").wait_for()
    assert page.locator(".ct-time-over").get_attribute("title") == "a dissolve of 12 frames"
    page.get_by_role("listbox").focus()
    assert "dissolve of 12 frames in" in page.get_by_role("option", name="slot 2").get_attribute("aria-label")
    press(page, "ArrowLeft")
    assert not field.is_visible()  # nothing leads into the first one
    assert edits(page) == [
        {"op": "ban", "slot": 2, "take": "01B-002", "on": True}, {"op": "ban", "take": "01B-002", "on": False},
        {"op": "dissolve", "slot": 2, "frames": 7}, {"op": "dissolve", "slot": 2, "frames": 12},
    ]  # fmt: skip


def test_what_is_refused_stays_off_and_is_told_under_the_slot(page):
    page.evaluate("() => { kernel.refuse.edit = 'slot 1 is pinned: unpin it first' }")
    press(page, "ArrowDown", "]")
    wrong = page.locator("[data-wrong=slot]", has_text="✗ slot 1 is pinned: unpin it first")
    wrong.wait_for()
    page.locator(".ct-cr-alt.on", has_text="01A-001").wait_for()
    page.get_by_text("in 6 f · out 30 f").wait_for()
    page.evaluate("() => { kernel.refuse = {} }")
    press(page, "r")
    speed = page.get_by_role("textbox", name="Speed")
    speed.fill("fast")
    speed.press("Enter")
    page.locator("[data-wrong=slot]", has_text="fast is no speed").wait_for()
    assert speed.input_value() == "fast"
    speed.press("Escape")
    assert speed.input_value() == "1"
    press(page, "ArrowRight")
    assert page.locator("[data-wrong=slot]").inner_text() == ""


def test_a_cut_is_solved_undone_done_again_and_saved(page):
    assert page.get_by_role("button", name="Undo").is_disabled()
    press(page, "p")
    page.get_by_text("not saved: pin slot 1").wait_for()
    press(page, "u")
    told(page, "undone: pin slot 1")
    assert page.get_by_text("not saved").is_hidden()
    press(page, "Shift+U")
    page.get_by_text("not saved: pin slot 1").wait_for()
    page.get_by_role("button", name="Solve joins again").click()
    told(page, "2 slots changed, 3.12 → 3.39")
    page.get_by_role("textbox", name="Name of this version").fill("<b>second</b>")
    page.get_by_role("listbox").focus()
    press(page, "s")
    told(page, "saved as cut 10")
    assert page.locator(".ct-cr-title").inner_text() == "Cut 10"
    assert page.locator(".ct-cr-versions li").first.inner_text().startswith("10\n<b>second</b>")
    assert [len(acts(page, what)) for what in ("undo", "redo", "solve", "save")] == [1, 1, 1, 1]
    assert acts(page, "save") == [{"name": "<b>second</b>"}]


def test_versions_are_compared_in_words_that_lead_to_their_slots(page):
    versions = page.locator(".ct-cr-versions")
    assert "<b>rough</b>" in versions.inner_text()
    page.get_by_role("button", name="compare with version 8").click()
    page.get_by_role("combobox", name="Compare with a version").select_option("9")
    page.get_by_role("button", name="open version 8").click()
    page.wait_for_function("() => kernel.acts('open').length")
    assert acts(page, "against") == [{"version": None}, {"version": 9}]
    assert acts(page, "open") == [{"version": 8}]
    row = page.locator(".ct-cr-out li", has_text="joins")
    assert row.inner_text().split("\n")[-1] == "joins 1 good, 1 weak instead of 2 weak: 1.02 → 1.40 in all"
    page.locator(".ct-cr-out").get_by_role("button", name="go to slot 5").click()
    assert heading(page) == "03A slot 5, 24 frames"
    page.get_by_role("button", name="go to slot 2").click()
    assert heading(page) == "01B slot 2, 24 frames"
    assert "<i>the</i> light jumps" in page.locator(".ct-cr-joins").inner_text()
    assert "┅ .54 weak" in page.locator(".ct-cr-joins").inner_text()


def test_a_cut_goes_out_to_the_editors_and_comes_back(page):
    editors = page.get_by_role("radiogroup", name="Written for")
    assert editors.locator("label").all_inner_texts() == [
        "any editor\nall", "Premiere\nfilm.xml", "Avid Media Composer\nfilm.edl",
    ]  # fmt: skip
    editors.get_by_text("2 things do not come across").click()
    assert editors.locator("li").all_inner_texts() == [
        "The speed of <i>slot 2</i> is a note.", "The sound of slot 1 is left out.",
    ]  # fmt: skip
    editors.get_by_role("radio").first.focus()
    press(page, "ArrowDown", "ArrowDown")
    name = page.get_by_role("textbox", name="Name of what is handed over")
    name.fill("for Mia")
    name.press("Enter")
    page.locator(".ct-cr-out", has_text="written to deliverables/for Mia: nothing offline").wait_for()
    page.get_by_role("button", name="Read a cut back…").click()
    path = page.get_by_role("textbox", name="File of the editor’s cut")
    path.fill("incoming/mia.xml")
    path.press("Enter")
    page.locator(".ct-cr-out", has_text="51 of 55 survived, 4 new").wait_for()
    line = page.locator(".ct-cr-out li", has_text="incoming/mia.xml")
    assert line.inner_text().split() == ["new", "incoming/mia.xml"]
    page.get_by_role("button", name="Render film").click()
    page.evaluate("""() => kernel.go({ running: true, what: "render", done: 3596, total: 5800, pace: "184 fps" })""")
    page.get_by_text("3,596 / 5,800 f").wait_for()
    assert page.get_by_role("button", name="Render film").is_disabled()
    page.get_by_role("button", name="Stop").click()
    page.evaluate("() => kernel.go({ running: false, what: 'render', said: 'stopped: 3,600 frames are kept' })")
    page.locator(".ct-cr-out", has_text="stopped: 3,600 frames are kept").wait_for()
    page.get_by_role("button", name="Render film").click()
    page.evaluate("""() => {
        kernel.go({ running: true, what: "render", done: 1, total: 2 });
        kernel.go({ running: false, what: "render", said: "no room", error: "the disk has no room: 2 GB are needed" });
    }""")
    page.locator("[data-wrong=render]", has_text="✗ the disk has no room: 2 GB are needed").wait_for()
    assert [acts(page, what) for what in ("export", "conform", "render", "stop")] == [
        [{"name": "for Mia", "preset": "avid"}], [{"path": "incoming/mia.xml"}], [{}, {}], [{}],
    ]  # fmt: skip


def test_what_an_editor_cannot_open_stays_unfolded_and_focused_when_the_list_is_drawn_anew(page):
    lost = page.locator(".ct-cr-editor", has_text="Avid").locator("summary")
    lost.click()
    page.get_by_text("The sound of slot 1 is left out.").wait_for()
    page.evaluate("""() => {
        const editors = structuredClone(kernel.state.editors);
        editors[2].cannot.push("The dissolve is two frames shorter.");
        kernel.put({ ...kernel.state, editors });
    }""")
    page.get_by_text("The dissolve is two frames shorter.").wait_for()
    assert lost.evaluate("(summary) => summary === document.activeElement && summary.parentElement.open")
    lost.press("Enter")  # folded by hand, it stays so
    page.evaluate("() => kernel.put({ ...kernel.state, editors: structuredClone(given.state.editors) })")
    page.get_by_text("2 things do not come across").wait_for()
    assert not page.get_by_text("The sound of slot 1 is left out.").is_visible()


def test_the_cut_plays_by_the_songs_clock_with_the_next_clip_ready_and_within_two_frames(page):
    assert page.evaluate(f"() => {VIDEOS}.every((video) => video.paused)")  # nothing plays by itself
    press(page, " ")
    page.wait_for_function("() => document.querySelector('.ct-cr-stage audio').currentTime > 0.4")
    page.wait_for_function(f"""() => {VIDEOS}.some((video) => !video.classList.contains("front") && video.paused
        && video.readyState >= 2 && Math.abs(video.currentTime - 6.1 / 24) < 1e-3)""")
    page.wait_for_function("() => document.querySelector('.ct-cr-stage audio').currentTime > 3.1")
    assert page.locator(".ct-cr-black").inner_text() == "slot 4, 02B: no take yet"
    press(page, " ")
    rests = f"[document.querySelector('.ct-cr-stage audio').paused, ...{VIDEOS}.map((video) => video.paused)]"
    assert page.evaluate(f"() => {rests}") == [True, True, True]
    rows = page.evaluate("() => kernel.trace()")
    seen = sorted({int(song) for song, _, _ in rows})
    assert seen == [0, 1, 2]
    assert len(rows) > 55
    off = [abs(expected - shown) for _, expected, shown in rows]
    assert median(off) <= 1
    assert quantiles(off, n=20)[-1] <= 2
    slow = [(expected, shown) for song, expected, shown in rows if 1.2 < song < 1.95]
    assert {shown for _, shown in slow} <= set(range(6, 19))  # half as fast: half of the frames
    for hide, back in (
        ("Object.defineProperty(document, 'hidden', { value: true, configurable: true })", "delete document.hidden"),
        ("document.querySelector('.ct').style.display = 'none'", "document.querySelector('.ct').style.display = ''"),
    ):  # the page behind another, or the notebook's tab
        press(page, " ")
        page.wait_for_function(f"() => !{rests}[0]")
        page.evaluate(f"() => {{ {hide}; document.dispatchEvent(new Event('visibilitychange')) }}")
        page.wait_for_function(f"() => {rests}.every(Boolean)")
        page.evaluate(f"() => {{ {back} }}")
        page.get_by_role("listbox").focus()


def test_a_page_that_is_held_up_past_the_end_has_ended_and_a_loop_begins_again(page):
    held = "(s) => { const end = performance.now() + 1000 * s; while (performance.now() < end); }"
    press(page, *["ArrowRight"] * 4, " ")
    page.wait_for_function("() => document.querySelector('.ct-time-code').textContent > '00:00:04:02'")
    page.evaluate(held, 2.4)
    told(page, "the cut has ended")
    assert page.locator(".ct-time-code").inner_text() <= "00:00:05:23"
    press(page, *["ArrowLeft"] * 3, "j")
    page.wait_for_function("() => document.querySelector('.ct-time-code').textContent > '00:00:00:02'")
    page.evaluate(held, 3.5)
    page.wait_for_function("() => document.querySelector('.ct-time-code').textContent < '00:00:01:00'")
    assert page.locator(".ct-cr-player .sub").inner_text().endswith("looping both joins")


def test_a_dissolve_a_card_and_an_effect_play_with_the_cut(page):
    slots = page.evaluate("() => kernel.state.slots")
    slots[1] |= {"dissolve": 12, "heard": "media/sounds/door.wav"}
    page.evaluate("""() => {
        globalThis.effects = [];
        const Plain = Audio;
        globalThis.Audio = function (url) { const made = new Plain(url); effects.push(made); return made; };
    }""")
    show(page, slots=[*slots[:2], slots[5] | {"n": 3, "record": 48}], joins=[None, None])
    press(page, " ")
    mixed = f"{VIDEOS}.every((video) => !video.paused) && {VIDEOS}.some((video) => Number(video.style.opacity) > 0.2)"
    page.wait_for_function(f"() => {mixed}")
    off = "Math.abs(document.querySelector('.ct-cr-stage audio').currentTime - 1 - effects[0].currentTime)"
    heard = f"effects.length && !effects[0].paused && effects[0].currentTime > 0.1 && {off} < 0.12"
    page.wait_for_function(f"() => {heard}")
    page.wait_for_function(f"() => {VIDEOS}.every((video) => video.style.opacity === '')")
    page.wait_for_function("() => document.querySelector('.ct-time-code').textContent > '00:00:02:02'")
    page.wait_for_function("() => document.querySelector('.ct-cr-stage img').checkVisibility()")
    assert page.evaluate("() => effects[0].paused")
    assert acts(page, "picture")[-1]["what"] == "first"
    assert acts(page, "sound") == [{"slot": 2}]
    told(page, "the cut has ended")


def test_both_joins_are_the_last_second_before_and_the_first_after_each(page):
    pieces = page.evaluate("""(long) => {
        const media = { clip: () => new Promise(() => {}), audio: () => new Promise(() => {}), show() {}, end() {} };
        const player = cutroomPlayer({ media });
        const slots = kernel.state.slots.slice(0, 3).map((slot, at) => ({ ...slot, record: at * long, frames: long }));
        player.draw({ ...kernel.state, slots, cut: { ...kernel.state.cut, frames: 3 * long } });
        player.loop([0, 1]);
        const told = player.program.map(({ slot, from, to }) => [slot.n, from, to]);
        player.close();
        return told;
    }""", 100)  # fmt: skip
    assert pieces == [[1, 76, 100], [2, 100, 124], [2, 176, 200], [3, 200, 224]]


def test_a_join_is_looped_without_the_rest_and_an_edit_is_heard_in_it(page):
    press(page, "j")
    page.wait_for_function("() => kernel.trace().some(([song]) => song > 1.9)")
    press(page, "]")
    page.wait_for_function("() => { const rows = kernel.trace(), [song] = rows.at(-1); return song > 0.4 && song < 1 }")
    rows = page.evaluate("() => kernel.trace()")
    assert all(song < 2.05 for song, _, _ in rows)
    again = max(at for at, (row, last) in enumerate(zip(rows[1:], rows, strict=False)) if row[0] < last[0] - 1)
    assert rows[again + 1][0] < 0.2
    assert rows[-1][1] == 7 + int(rows[-1][0] * 24 + 1e-6)  # from the new in-point on
    assert abs(rows[-1][1] - rows[-1][2]) <= 2
    page.evaluate("""async () => {
        const other = document.body.appendChild(document.createElement("audio"));
        other.src = document.querySelector(".ct-cr-stage audio").src;
        await other.play();
        other.remove();
    }""")  # whatever else begins to play silences the cut
    page.wait_for_function("() => document.querySelector('.ct-cr-stage audio').paused")
    assert page.locator(".ct-cr-player button").inner_text().startswith("▶ Play")


def test_what_the_server_has_is_taken_from_there_and_what_it_refuses_comes_as_bytes(page, given):
    clip = b64decode(given["clips"]["01A-001"])

    def serve(route):
        asked, request = route.request.url, route.request
        if request.method == "HEAD" or asked.endswith("/one.mp4"):
            first = int(request.headers.get("range", "bytes=0-").split("=")[1].split("-")[0])
            headers = {"access-control-allow-origin": "*", "content-type": "video/mp4", "accept-ranges": "bytes",
                       "content-range": f"bytes {first}-{len(clip) - 1}/{len(clip)}"}  # fmt: skip
            route.fulfill(status=206 if request.method == "GET" else 200, body=clip[first:], headers=headers)
        else:
            route.fulfill(status=404)

    page.route("http://film.test/**", serve)
    slots = [slot | {"clip": name} for slot, name in zip(STATE["slots"], ["one.mp4", "gone.mp4", *"abcd"], strict=True)]
    show(page, slots=slots, files="http://film.test/")
    press(page, "ArrowRight")
    page.wait_for_function("() => kernel.acts('clip').length")
    press(page, "ArrowLeft")
    page.wait_for_function(f"() => {VIDEOS}.some((video) => video.src.endsWith('/one.mp4') && video.readyState > 1)")
    assert acts(page, "clip") == [{"take": "01B-002"}]
    page.unroute("http://film.test/**")


def test_without_a_song_or_a_clip_the_cut_still_plays_and_says_so(page):
    song = page.evaluate("() => kernel.state.song") | {"there": False, "beats": [], "bars": [], "sections": []}
    show(page, song=song)
    page.evaluate("() => { kernel.refuse.clip = 'media/takes/03A-004.mp4 is not there' }")
    press(page, *["ArrowRight"] * 4, " ")
    page.wait_for_function("() => document.querySelector('.ct-time-code').textContent > '00:00:04:06'")
    assert page.locator(".ct-cr-black").inner_text() == "media/takes/03A-004.mp4 is not there"
    page.wait_for_function("() => document.querySelector('.ct-time-code').textContent > '00:00:05:02'")
    assert page.locator(".ct-cr-black").inner_text() == "slot 6, titles"
    told(page, "the cut has ended")
    assert page.evaluate("() => document.querySelector('.ct-cr-stage audio').currentSrc") == ""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_is_wrong_for_those_who_do_not_see_it(chromium, given, dark):
    with cutroom_page(chromium, given, dark=dark, motion="reduce") as page:
        show(page)
        press(page, "ArrowRight", "p")
        page.get_by_text("not saved").wait_for()
        page.locator(".ct-cr-alt", has_text="01B-005").wait_for()
        page.wait_for_function(f"() => {VIDEOS}[0].readyState > 1")
        page.evaluate("() => kernel.go({ running: true, what: 'render', done: 62, total: 100, pace: '184 fps' })")
        screenshot(page, f"cutroom-{'dark' if dark else 'light'}")
        assert axe(page) == []
        if dark:  # colours apart, what follows is the same
            return
        page.set_viewport_size({"width": 700, "height": 1300})
        wide = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1]
        left = page.evaluate("""() => [".ct-cr-slot", ".ct-cr-player"]
            .map((name) => document.querySelector(name).getBoundingClientRect().left)""")  # fmt: skip
        assert left[0] == left[1]
        screenshot(page, "cutroom-narrow")
