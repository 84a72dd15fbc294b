"""The cutting room's timeline in a bare page with scripted answers: what is drawn, chosen, moved and asked for."""

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from studio import widgets
from tests.browser.cutroom_time_page import BAR, FRAMES, QUIET, STILLS, a_page, a_state, room
from tests.browser.lab import CHROMIUM, CHROMIUM_ARGUMENTS, axe, screenshot

pytestmark = pytest.mark.browser
REEL = Path(widgets.__file__).with_name("_cutroom_reel.js")


@pytest.fixture(scope="module")
def chromium(require):
    require("browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def bare(chromium):
    with a_page(chromium) as page:
        yield page


@pytest.fixture
def page(bare):
    return room(bare, a_state())


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_in_either_theme(bare, dark):
    page, theme = room(bare, a_state(), dark), "dark" if dark else "light"
    screenshot(page, f"cutroom-time-{theme}")
    assert axe(page) == []
    for which in ("song", "4 bars") if STILLS else ():
        page.evaluate("(which) => time.zoom(which)", which)
        page.evaluate(QUIET)
        screenshot(page, f"cutroom-time-{which}-{theme}")


def left(page):
    return page.locator(".ct-time-frame").evaluate("(frame) => frame.scrollLeft")


def ink(page, x, y, wide=3, tall=3):
    """How many of these pixels of the canvas are drawn on, and the red of the darkest."""
    return page.evaluate(
        """([x, y, wide, tall]) => {
            const canvas = document.querySelector(".ct-time-wave canvas");
            const { data } = canvas.getContext("2d").getImageData(x, y, wide, tall);
            const drawn = [...data.keys()].filter((at) => at % 4 === 3 && data[at] > 60);
            return [drawn.length, Math.min(255, ...drawn.map((at) => data[at - 3]))] }""",
        [round(x), y, wide, tall],
    )


def test_sixteen_bars_stand_in_the_frame_with_their_slots_joins_and_words_to_scale(page):
    frame = page.locator(".ct-time-frame").bounding_box()
    scale = frame["width"] / (16 * BAR)
    assert left(page) == pytest.approx(16 * BAR * scale, abs=2)  # bar 17, for the playhead is in bar 22
    slot = page.get_by_role("option", name="slot 13,").bounding_box()
    assert slot["x"] - frame["x"] == pytest.approx((round(20 * BAR) - 16 * BAR) * scale, abs=2)
    assert slot["width"] == pytest.approx((round(22 * BAR) - round(20 * BAR)) * scale, abs=1)
    said = page.get_by_role("option", name="slot 13,").get_attribute("aria-label")
    assert said == ("slot 13, 04A-014, 106 frames, from 00:00:44:00, join break .21 in, good .86 out, trimmed: 2 f")
    head = page.locator(".ct-time-head").bounding_box()
    assert head["x"] + 1 - frame["x"] == pytest.approx((round(21.2 * BAR) - 16 * BAR) * scale, abs=2)
    assert [each for each in page.locator(".ct-time-top").inner_text().split("\n") if each][:3] == [
        "51 of 55 survived · 4 new · 6 trimmed", "00:00:46:15", "bar 22, beat 1"]  # fmt: skip
    slider = page.get_by_role("slider", name="Playhead")
    assert slider.get_attribute("aria-valuetext") == "00:00:46:15, bar 22, beat 1"
    assert [s for s in page.locator(".ct-time-slot .lab").all_inner_texts() if s == "04C"] == ["04C"]
    hatched = page.get_by_role("option", name="slot 15, 04C, empty, no circled take")
    assert "ct-hatch" in hatched.get_attribute("class")
    assert hatched.inner_text().split() == ["04C", "no", "circle"]
    pinned = page.get_by_role("option", name="slot 16,")
    assert "speed 3/4, pinned" in pinned.get_attribute("aria-label")
    assert pinned.locator(".ct-time-pin").count() == 1
    assert "×3/4" in pinned.inner_text()
    assert page.get_by_role("option", name="slot 1, card title").count() == 1
    forms = page.locator(".ct-time-join").evaluate_all(
        "(all) => [...new Set(all.map((each) => each.className))].sort()"
    )
    assert forms == ["ct-time-join break ct-bad", "ct-time-join good ct-good", "ct-time-join weak ct-weak"]
    assert "╱╱ .21\nbreak" in page.locator(".ct-time-joins").inner_text()
    assert page.locator(".ct-time-cover > i.one").count() == 4
    assert page.locator(".ct-time-cover > i.ct-hatch").count() == 1
    assert page.locator(".ct-time-coverlab b").inner_text() == "1 with none: 04C"
    page.wait_for_function("() => document.querySelectorAll('.ct-time-slot img:not([hidden])').length > 8")


def test_beats_bars_and_the_waveform_are_drawn_in_the_themes_ink_and_again_when_it_changes(page):
    bar = page.locator(".ct-time-frame").bounding_box()["width"] / 16
    assert ink(page, 4 * bar - 1, 30)[0]  # the line of bar 21
    assert ink(page, 4.25 * bar - 1, 84)[0]  # a beat
    assert not ink(page, 4.4 * bar, 84)[0]
    loud, dark = ink(page, 9 * bar + 4, 28, 50, 6)
    assert loud  # in the chorus
    assert not ink(page, 4 * bar + 4, 28, 50, 6)[0]  # the verse is softer
    page.evaluate("() => { document.body.dataset.jpThemeLight = 'false' }")
    page.wait_for_function(
        """([x]) => { const pen = document.querySelector(".ct-time-wave canvas").getContext("2d");
            const { data } = pen.getImageData(x, 50, 20, 1); return Math.max(...data) > 150 }""",
        arg=[round(9 * bar + 1)],
    )
    assert ink(page, 9 * bar + 4, 28, 50, 6)[1] > dark


def test_the_wave_is_asked_for_in_pieces_and_none_of_them_twice(page):
    def waves():
        return [tuple(about.values()) for what, about in page.evaluate("() => asked") if what == "wave"]

    first = waves()
    assert first == [(start, start + 256, 256) for start in range(768, 1537, 256)]
    page.evaluate("() => { time.zoom('song') }")
    page.evaluate(QUIET)
    whole = waves()[len(first) :]
    assert whole[0] == (0, 2048, 256)
    assert whole[-1] == (4096, FRAMES, 213)
    page.evaluate("() => { time.zoom('16 bars'); time.zoom('song'); show({ moment: '2' }); time.zoom('16 bars') }")
    page.locator(".ct-time-frame").evaluate("(frame) => { frame.scrollLeft = 3000 }")
    page.evaluate(QUIET)
    page.locator(".ct-time-frame").evaluate("(frame) => { frame.scrollLeft = 0 }")
    page.evaluate(QUIET)
    assert len(waves()) == len(set(waves())) > len(first) + len(whole)
    posters = [about["slot"] for what, about in page.evaluate("() => asked") if what == "picture"]
    assert len(posters) == len(set(posters))
    assert 1 not in posters  # a card and an empty slot have none
    assert 15 not in posters


def test_a_waveform_that_cannot_be_had_is_told_once_and_not_asked_for_again(page):
    page.evaluate("() => { refuse.wave = 'there is no song.wav'; asked.length = 0; time.zoom('4 bars') }")
    page.evaluate(QUIET)
    count = page.evaluate("() => asked.length")
    page.evaluate("() => { show({ moment: '2' }) }")
    page.evaluate(QUIET)
    assert page.evaluate("() => [said, asked.length]") == [
        ["the waveform cannot be drawn: there is no song.wav"], count]  # fmt: skip


def test_the_zooms_keep_the_playhead_or_the_chosen_slot_in_the_frame(page):
    page.get_by_role("radio", name="4 bars").click()
    width = page.locator(".ct-time-frame").bounding_box()["width"]
    assert left(page) == pytest.approx(20 * width / 4, abs=3)  # bars 21 to 24
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert page.get_by_role("radio", name="song").get_attribute("aria-checked") == "true"
    assert page.locator(".ct-time-space").bounding_box()["width"] == width
    assert page.evaluate("() => zooms") == ["4 bars", "song"]
    page.evaluate("() => { time.zoom('16 bars'); time.select(50); time.zoom('4 bars') }")
    slot = page.get_by_role("option", name="slot 50,").bounding_box()
    frame = page.locator(".ct-time-frame").bounding_box()
    assert frame["x"] - 1 <= slot["x"] < frame["x"] + frame["width"]
    before = left(page)
    page.evaluate("() => { show({ moment: '3' }) }")  # news do not scroll
    assert left(page) == before


def test_slots_are_chosen_by_click_by_keys_and_in_the_coverage(page):
    page.get_by_role("option", name="slot 14,").click()
    assert page.evaluate("() => chose") == [14]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    slots = page.get_by_role("listbox", name="Slots")
    ring = "(each) => [getComputedStyle(each).outlineStyle, getComputedStyle(each).outlineColor]"
    assert slots.evaluate(ring)[0] == "none"  # the slot has the ring, in the colour of the focus
    assert page.locator("[aria-selected=true]").evaluate(ring) == ["solid", "rgb(21, 101, 192)"]
    page.evaluate("() => { chose.length = 1 }")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("End")
    assert page.evaluate("() => chose") == [14, 15, 14, 13, 55]
    assert page.evaluate("() => pressed") == []
    for key in ("ArrowRight", "ArrowUp", " "):  # there is no further one: these are the panel's
        page.keyboard.press(key)
    assert page.evaluate("() => pressed") == ["ArrowRight", "ArrowUp", " "]
    last = page.get_by_role("option", name="slot 55,")
    assert slots.get_attribute("aria-activedescendant") == last.get_attribute("id")
    assert page.locator("[aria-selected=true]").count() == 1
    box, frame = last.bounding_box(), page.locator(".ct-time-frame").bounding_box()
    assert frame["x"] < box["x"] < frame["x"] + frame["width"]
    page.keyboard.press("Enter")
    assert page.evaluate("() => [chose.at(-1), sought]") == [55, [page.evaluate("() => state.slots[54].record")]]
    page.locator(".ct-time-cover > i").nth(2).click()
    assert page.evaluate("() => chose.at(-1)") == 3
    assert page.locator(".ct-time-cover > i.on").get_attribute("title") == "slot 3, 01C: one circled take"
    page.evaluate("() => time.select(7)")  # from outside: shown, not told
    assert page.evaluate("() => chose.at(-1)") == 3
    assert page.locator("[aria-selected=true]").get_attribute("aria-label").startswith("slot 7,")


def test_the_ruler_is_clicked_dragged_and_stepped(page):
    box = page.locator(".ct-time-frame").bounding_box()
    bar = box["width"] / 16
    page.mouse.move(box["x"] + 2 * bar, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 3 * bar, box["y"] + 60)
    page.mouse.move(1, box["y"] + 60)  # no further than what is shown
    page.mouse.up()
    page.mouse.move(box["x"] + 5 * bar, box["y"] + 60)
    assert page.evaluate("() => sought") == pytest.approx([18 * BAR, 19 * BAR, 16 * BAR], abs=1.5)
    at = page.evaluate("() => sought.at(-1)")
    for key in ("ArrowRight", "Shift+ArrowRight", "PageDown", "PageUp", "ArrowLeft", "Home", "End"):
        page.keyboard.press(key)
    beat = next(frame for k in range(500) if (frame := round(k * BAR / 4)) > at + 1)
    bars = [round(k * BAR) for k in range(120)]
    down = next(frame for frame in bars if frame > beat)
    up = next(frame for frame in reversed(bars) if frame < down)
    assert page.evaluate("() => sought.slice(3)") == [at + 1, beat, down, up, up - 1, 0, FRAMES - 1]
    slider = page.get_by_role("slider", name="Playhead")
    assert slider.get_attribute("aria-valuenow") == slider.get_attribute("aria-valuemax") == str(FRAMES - 1)


def test_a_sections_beginning_is_dragged_from_bar_to_bar_and_stays_between_its_neighbours(page):
    edge = page.get_by_role("separator", name="where chorus 1 begins")
    box = edge.bounding_box()
    bar = page.locator(".ct-time-frame").bounding_box()["width"] / 16
    x, y = box["x"] + box["width"] / 2, box["y"] + 8
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 1.7 * bar, y, steps=3)
    assert edge.get_attribute("aria-valuetext") == "bar 23"
    assert page.evaluate("() => acts") == []
    page.mouse.up()
    assert page.evaluate("() => acts") == [["song", {"op": "section_move", "index": 2, "bar": 23}]]
    assert edge.get_attribute("aria-valuenow") == "23"
    page.mouse.move(x - 2 * bar, y)
    page.mouse.down()
    page.mouse.move(1, y, steps=3)
    page.mouse.up()
    least = int(edge.get_attribute("aria-valuemin"))
    assert least == 10
    assert page.evaluate("() => acts.at(-1)[1].bar") >= least


def test_what_waited_for_the_pointer_to_let_go_does_not_take_the_field_away_in_which_a_section_is_named(page):
    name = page.locator(".ct-time-section b", has_text="chorus 1")
    name.hover()
    page.mouse.down()
    page.mouse.up()
    page.mouse.down(click_count=2)
    page.evaluate("() => show({ song: { ...state.song } })")
    page.mouse.up(click_count=2)
    page.evaluate("() => new Promise((done) => setTimeout(done))")  # after what waits, which was there first
    page.keyboard.type("the drop")
    page.keyboard.press("Enter")
    assert page.evaluate("() => acts") == [["song", {"op": "section_name", "index": 2, "name": "the drop"}]]


def test_a_sections_beginning_is_moved_by_keys_and_told_once_they_rest(page):
    edge = page.get_by_role("separator", name="where verse 1 begins")
    edge.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    assert edge.get_attribute("aria-valuenow") == "11"
    page.wait_for_function("() => acts.length")
    page.keyboard.press("ArrowUp")  # swaps nothing
    assert page.evaluate("() => [acts, pressed]") == [
        [["song", {"op": "section_move", "index": 1, "bar": 11}]], []]  # fmt: skip
    assert edge.evaluate("(edge) => edge === document.activeElement")
    page.evaluate("() => { refuse.section_move = 'section intro begins on bar 10: choose another bar' }")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")  # told at once
    page.get_by_text("choose another bar").wait_for()
    assert edge.get_attribute("aria-valuenow") == "11"


def test_a_section_is_named_by_enter_and_what_was_refused_stays_to_be_mended(page):
    page.get_by_role("separator", name="where chorus 1 begins").press("Enter")
    field = page.get_by_role("textbox", name="Name of chorus 1")
    field.fill("<i>drop</i>")
    page.evaluate("() => { refuse.section_name = 'too long a name'; show({ moment: '2' }) }")
    assert field.evaluate("(field) => field === document.activeElement")
    field.press("Enter")
    page.get_by_text("too long a name").wait_for()
    assert field.input_value() == "<i>drop</i>"
    page.evaluate("() => { delete refuse.section_name }")
    field.press("Enter")
    edge = page.get_by_role("separator", name="where <i>drop</i> begins")
    edge.wait_for()
    assert page.evaluate("() => acts.at(-1)") == ["song", {"op": "section_name", "index": 2, "name": "<i>drop</i>"}]
    assert edge.evaluate("(edge) => edge === document.activeElement")
    edge.press("Enter")
    page.locator(".ct-time-field").fill("other")
    page.keyboard.press("Escape")
    assert page.locator(".ct-time-field").count() == 0
    assert page.evaluate("() => acts.length") == 2
    assert page.locator(".ct-time-sections i").count() == page.locator(".ct-time-lyrics b").count() == 0
    assert "you blew the <b>summer</b> into a bubble" in page.locator(".ct-time-lyrics").inner_text()


def test_the_beats_are_halved_doubled_shifted_nudged_and_tapped(page):
    for name in ("÷2", "×2", "½ beat", "nudge −", "nudge +"):
        page.get_by_role("button", name=name).click()
    page.get_by_role("button", name="nudge +").click(modifiers=["Shift"])
    asked = [about for what, about in page.evaluate("() => acts") if what == "song"]
    assert asked == [{"op": "halve"}, {"op": "double"}, {"op": "half_beat"}, {"op": "nudge", "ms": -10},
                     {"op": "nudge", "ms": 10}, {"op": "nudge", "ms": 1}]  # fmt: skip
    tap = page.get_by_role("button", name="tap")
    tap.click()
    assert page.evaluate("() => said.at(-1)") == "play the song and tap on each beat"
    page.evaluate(
        """() => {
            acts.length = 0;
            const own = window.setTimeout;
            window.setTimeout = (act, ms) => own(act, ms / 8);  // the rest after the last tap
            for (let k = 0; k < 5; k++) {
                time.playhead(1200 + 13 * k);
                time.playhead(1201 + 13 * k);
                document.querySelector(".ct-time-tools button:nth-child(3)").click();
            }
            window.setTimeout = own; }"""
    )
    page.wait_for_function("() => acts.length")
    assert tap.inner_text() == "tap"
    ((_, told),) = page.evaluate("() => acts")
    assert told["op"] == "tap"
    assert told["times_s"] == pytest.approx([(1201 + 13 * k) / 24 for k in range(5)], abs=0.1)


def test_a_bar_begins_and_a_marker_stands_where_the_playhead_is(page):
    acted = "acts.filter(([what]) => what === 'song').map(([, about]) => about)"
    page.get_by_role("button", name="Bar begins here").click()
    field = page.get_by_role("textbox", name="Name of a marker at the playhead")
    at = int(page.get_by_role("slider", name="Playhead").get_attribute("aria-valuenow"))
    setter = page.get_by_role("button", name="Set marker")
    setter.click()
    assert page.evaluate("() => said.at(-1)") == "name the marker first"
    page.evaluate("() => time.playhead(1500)")
    field.fill("<b>lights</b>")
    field.press("Enter")  # where the name was begun, though the song has played on
    page.wait_for_function("() => said.at(-1) === 'marker is done'")
    assert field.input_value() == ""
    field.blur()
    page.get_by_role("button", name="take marker door slams away").click()
    page.get_by_role("button", name="go to marker door slams").click()
    undo = page.get_by_role("button", name="Take back")
    undo.press("Enter")
    assert page.evaluate("() => said.at(-1)") == "you have corrected nothing in this song that could be taken back"
    page.evaluate("() => show({ song: { ...state.song, undo: 'doubled' } })")
    page.get_by_role("button", name="Take back: doubled").click()
    page.evaluate("() => { refuse.marker = 'a marker needs a name' }")
    field.fill("again")
    setter.click()
    page.get_by_text("a marker needs a name").wait_for()
    assert field.input_value() == "again"
    door = round(29.5 * BAR)
    assert page.evaluate("() => sought.at(-1)") == door
    assert page.evaluate(f"() => {acted}") == [
        {"op": "bar_at", "frame": at}, {"op": "marker", "frame": at, "name": "<b>lights</b>"},
        {"op": "marker", "frame": door, "name": ""}, {"op": "undo"}, {"op": "marker", "frame": door, "name": "again"},
    ]  # fmt: skip


def test_the_playhead_turns_the_page_while_it_plays_and_reads_nothing_of_the_layout(page):
    reads, turned = page.evaluate(
        """() => {
            let reads = 0, turned = 0;
            const owners = [[Element.prototype, ["scrollLeft", "clientWidth", "scrollWidth", "getBoundingClientRect"]],
                [HTMLElement.prototype, ["offsetLeft", "offsetWidth"]], [window, ["getComputedStyle"]]];
            const kept = owners.flatMap(([owner, names]) =>
                names.map((name) => [owner, name, Object.getOwnPropertyDescriptor(owner, name)]));
            for (const [owner, name, own] of kept)
                Object.defineProperty(owner, name, own.get
                    ? { ...own, get() { reads++; return own.get.call(this) },
                        set(to) { turned++; own.set.call(this, to) } }
                    : { ...own, value(...given) { reads++; return own.value.apply(this, given) } });
            for (let frame = 1120; frame < 2600; frame++) time.playhead(frame);
            for (const [owner, name, own] of kept) Object.defineProperty(owner, name, own);
            return [reads, turned] }"""
    )
    assert (reads, turned) == (0, 2)  # to bar 33, to bar 49
    width = page.locator(".ct-time-frame").bounding_box()["width"]
    assert left(page) == pytest.approx(48 * width / 16, abs=3)
    stays, follows = page.evaluate(
        """async () => {
            const frame = document.querySelector(".ct-time-frame"), now = performance.now();
            performance.now = () => now;  // however long this page takes, it plays on
            time.playhead(2600);
            frame.scrollLeft = 0;  // a person looks elsewhere
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
            for (let at = 2601; at < 2620; at++) time.playhead(at);
            const stays = frame.scrollLeft;
            time.playhead(5000);  // and has put it there
            delete performance.now;
            return [stays, frame.scrollLeft] }"""
    )
    assert stays == 0
    assert follows > 48 * width / 16


def test_two_hundred_slots_stay_light(bare):
    page = room(bare, a_state(200))
    assert page.get_by_role("option").count() == 200
    for which in ("song", "16 bars", "4 bars"):
        page.evaluate("(which) => time.zoom(which)", which)
        page.evaluate(QUIET)
        assert page.locator(".ct-time *").count() < 1800
    took = page.evaluate("() => { const t = performance.now(); show({ moment: '2' }); return performance.now() - t }")
    assert took < 500
    pictured = page.locator(".ct-time-slot img[src]").count()
    assert 0 < pictured < 40
    assert page.locator(".ct").evaluate("(panel) => panel.scrollWidth <= panel.clientWidth")


def test_without_a_song_there_are_seconds_and_the_slots_and_no_tools(bare):
    state = a_state()
    state["song"] = {"there": False, "audio": "", "bpm": 0, "how": "", "beats": [], "bars": [], "sections": [],
                     "lines": [], "markers": []}  # fmt: skip
    state["against"] = None
    page = room(bare, state)
    assert page.locator(".ct-time-said").inner_text() == "no song yet, so no bars and beats"
    assert page.locator(".ct-time-tools button:disabled").count() == 6
    assert page.locator(".ct-time-lyrics").is_hidden()
    assert not [what for what, _ in page.evaluate("() => asked") if what == "wave"]
    page.get_by_role("slider", name="Playhead").press("PageDown")
    page.evaluate("() => { time.zoom('song'); time.zoom('4 bars') }")
    assert axe(page) == []


def test_narrow_it_scrolls_inside_its_own_frame_and_forced_colours_keep_every_shape(chromium):
    with a_page(chromium, width=420, forced_colors="active", reduced_motion="reduce") as page:
        room(page, a_state())
        screenshot(page, "cutroom-time-narrow")
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        assert page.locator(".ct-time-frame").evaluate("(frame) => frame.scrollWidth > frame.clientWidth")
        assert page.locator(".ct-time-top button").evaluate_all("(all) => all.every((b) => b.offsetHeight >= 24)")
        assert ink(page, 0, 26, 300, 49)[0] > 100


def test_timecode_counts_as_smpte_12m_says(page):
    said = page.evaluate(
        """() => {
            const film = { rate: [24, 1], drop: false, start: "01:00:00:00" };
            const ntsc = { rate: [30000, 1001], drop: true, start: "01:00:00;00" };
            const fast = { rate: [60000, 1001], drop: true, start: "" };
            return [[0, film], [1056, film], [1056, film, true], [5800.9, film], [1799, ntsc], [1800, ntsc],
                [17981, ntsc], [17982, ntsc], [107892, ntsc], [1800, ntsc, true], [3599, fast], [3600, fast],
                [5755, { rate: [24000, 1001], drop: false }]].map((given) => cutroomTimecode(...given)) }"""
    )
    assert said == [
        "00:00:00:00", "00:00:44:00", "01:00:44:00", "00:04:01:16", "00:00:59;29", "00:01:00;02", "00:09:59;29",
        "00:10:00;00", "01:00:00;00", "01:01:00;02", "00:00:59;59", "00:01:00;04", "00:03:59:19",
    ]  # fmt: skip


def test_the_clock_does_not_go_back_where_the_songs_own_does_by_a_hair(page):
    page.add_script_tag(content=REEL.read_text("utf-8"))
    assert page.evaluate("""() => {
        const audio = { currentTime: 0, duration: 240, readyState: 4, ended: false };
        const clock = new CutroomClock(audio);
        Object.assign(clock, { running: true, sounds: true });
        const told = [3.5756, 3.5844, 3.5756, 3.6361].map((heard) => { audio.currentTime = heard; return clock.now; });
        clock.put(1);
        return [...told, clock.now];
    }""") == [3.5756, 3.5844, 3.5844, 3.6361, 1]
