"""The inspector, the takes in step and the coverage of the dailies page, in a bare page with a scripted kernel."""

import base64
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

from studio.widgets._panel import script, style
from tests.browser.lab import CHROMIUM, CHROMIUM_ARGUMENTS, axe, screenshot
from tests.browser.side_page import COVERAGE, DETAIL, FILES, KERNEL, LAYOUT, LONG, ROWS, SETTLED, SHORT, SLOW, motion
from tests.clips import ffmpeg, make_clip

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    text = {}
    for frames, fps in (LONG, SHORT, SLOW):
        made = make_clip(folder / f"{frames}.mp4", frames, str(fps))
        text[f"{frames}@{fps}"] = base64.b64encode(made.read_bytes()).decode()
    ffmpeg("-i", folder / "48.mp4", "-frames:v", 1, folder / "poster.jpg")
    details = {row["take"]: DETAIL | {"take": row["take"]} for row in ROWS}
    details["07A-012"] = DETAIL | {
        "take": "07A-012", "measured": motion(2.5, 40, -9, range(10, 20)), "siblings": [],
        "facts": [["seed", "1190277514"]], "prompt": DETAIL["prompt"] | {"version": 4},
    }  # fmt: skip
    return {
        "clips": text, "poster": base64.b64encode((folder / "poster.jpg").read_bytes()).decode(), "details": details,
        "rows": {row["take"]: row for row in ROWS}, "coverage": COVERAGE,
        "reasons": ["joins well", "right speed", "face", "light", "hand", "wrong move", "morphs"],
    }  # fmt: skip


@pytest.fixture(scope="module")
def chromium(require):
    require("browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def dailies_page(chromium, given, dark=False):
    context = chromium.new_context(viewport={"width": 1048, "height": 1300}, reduced_motion="reduce")
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    theme, paper = ("dark", "#111") if dark else ("light", "#fff")
    page.set_content(
        f"<!doctype html><html lang=en theme={theme}><meta charset=utf-8><title>Dailies</title>"
        f"<style>body {{ margin: 16px 24px; background: {paper} }} {style(FILES)} {LAYOUT}</style>"
        "<body><div class=jp-OutputArea id=here></div>"
    )
    page.add_script_tag(content=script(FILES))
    page.evaluate(KERNEL, given)
    yield page
    context.close()
    assert errors == []


@pytest.fixture(scope="module")
def bare(chromium, given):
    with dailies_page(chromium, given) as page:
        yield page


@pytest.fixture
def page(bare):
    bare.evaluate(KERNEL, None)
    bare.evaluate("() => focusOn('07A-014')")
    return bare


def asked(page, what):
    return page.evaluate("(what) => asked.filter(([did]) => did === what).map(([, about]) => about)", what)


def press(page, name, within="#here"):
    page.locator(within).get_by_role("button", name=name, exact=True).click()


def test_what_the_sheet_knows_is_shown_at_once_and_the_rest_when_it_is_looked_up(page):
    page.evaluate("() => { window.kept = document.querySelector('.ct-note'); side.show(row('07A-012'), null) }")
    side = page.locator(".ct-side")
    assert side.get_attribute("aria-label") == "Take 07A-012"
    assert "flags: frozen for 1.8 s · folded: near duplicate of 07A-011" in side.inner_text()
    assert page.locator(".ct-looked").get_attribute("aria-busy") == "true"
    assert not page.locator(".ct-lineage").is_visible()  # it is the other take's, and its place stays
    assert page.evaluate("() => kept === side.noteField")
    page.evaluate("() => focusOn('07A-012')")
    assert page.locator(".ct-facts").first.inner_text().split()[-2:] == ["seed", "1190277514"]
    press(page, "07A-011", ".ct-flags")
    assert page.evaluate("() => went") == ["07A-011"]
    page.evaluate("() => { side.show(row('07A-018'), null) }")
    assert page.evaluate("() => [...document.querySelectorAll('.ct-side video')].length") == 0


def test_it_plays_steps_and_is_scrubbed_and_the_line_in_the_plot_follows(page):
    at = "() => [side.seconds, document.querySelector('.ct-playhead').getAttribute('d')]"
    bar = page.get_by_role("slider", name="Time in 07A-014")
    assert page.locator(".ct-side video").count() == 0
    before = page.evaluate(at)
    bar.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => document.querySelector('.ct-side video') && ({SETTLED})()")
    assert bar.get_attribute("aria-valuetext") == "0.1 of 2.0 seconds, frame 4 of 48"
    assert page.evaluate("() => document.querySelector('.ct-side video').currentTime") == pytest.approx(
        3.5 / 24, abs=1e-5
    )
    press(page, "One frame on")
    press(page, "One frame back")
    press(page, "One frame back")
    page.wait_for_function(SETTLED)
    assert page.evaluate("() => document.querySelector('.ct-side video').currentTime") == pytest.approx(
        2.5 / 24, abs=1e-5
    )
    assert page.locator(".ct-side .ct-code").text_content() == "00:00:00:02"
    after = page.evaluate(at)
    assert after[0] == pytest.approx(2 / 24)
    assert float(after[1][1:].split(" ")[0]) > float(before[1][1:].split(" ")[0]) + 5
    bar.press("c")
    bar.press("1")
    assert page.evaluate("() => pressed") == ["c", "1"]  # a hand at the bar still judges
    bar.press(" ")
    page.wait_for_function("() => side.playing && side.seconds > 0.4")
    assert page.evaluate("() => { const v = document.querySelector('.ct-side video'); return [v.muted, v.loop] }") == [
        True, True,
    ]  # fmt: skip
    page.evaluate("() => side.play()")
    page.wait_for_function("() => !side.playing && document.querySelector('.ct-side video').paused")


def test_a_clip_that_cannot_be_played_says_which_and_is_tried_again(page):
    page.evaluate("() => { refuse.clip = 'media/takes/07A-014.mp4 is damaged: ask for it again'; side.play() }")
    page.get_by_text("07A-014.mp4 is damaged").wait_for()
    assert page.evaluate("() => side.playing") is False
    page.evaluate("() => { refuse = {}; side.play() }")
    page.wait_for_function("() => side.seconds > 0")
    page.evaluate("() => side.show({ ...row('07A-018'), missing: 'media/takes/07A-018.mp4 is not there' }, null)")
    assert page.locator(".ct-side .ct-nothing").inner_text() == "media/takes/07A-018.mp4 is not there"


def test_best_in_and_out_are_the_frames_shown_and_a_quick_second_mark_keeps_the_first(page):
    page.evaluate("() => { hold = true; side.seekFrame(10); side.mark('in'); side.seekFrame(40); side.mark('out') }")
    assert page.locator(".ct-bestspan").is_hidden()  # drawn when it is on disk, not before
    assert [(each["in_frame"], each["out_frame"]) for each in asked(page, "mark")] == [(10, None), (10, 41)]
    page.evaluate("() => { hold = false; answerAll() }")
    page.get_by_text("best from 0.4 s to 1.7 s, 31 f").wait_for()
    page.evaluate("() => { side.seekFrame(44); side.mark('in') }")  # after the out: that cannot stay
    assert asked(page, "mark")[-1] == {"take": "07A-014", "in_frame": 44, "out_frame": None}
    bar = page.get_by_role("slider", name="Time in 07A-014")
    page.get_by_text("best from 1.8 s to the end").wait_for()
    bar.press("Shift+I")
    assert asked(page, "mark")[-1] == {"take": "07A-014", "in_frame": None, "out_frame": None}


def test_verdicts_are_given_by_pointer_and_one_pressed_again_is_taken_back(page):
    page.evaluate("() => focusOn('07A-019')")
    verdicts = page.get_by_role("group", name="Verdict")
    for name, verdict in (("Circle C", "circle"), ("Hold H", "hold"), ("No good N", "ng")):
        verdicts.get_by_role("button", name=name).click()
        assert page.evaluate("() => judged.at(-1)") == verdict
    assert verdicts.get_by_role("button", pressed=True).count() == 0  # not before the kernel has answered
    verdicts.get_by_role("button", name="Accident A").click()
    verdicts.get_by_role("button", name="Accident A", pressed=True).wait_for()
    page.evaluate("() => focusOn('07A-014')")
    verdicts.get_by_role("button", name="Circle C", pressed=True).click()
    verdicts.get_by_role("button", name="Circle C", pressed=False).wait_for()
    assert page.evaluate("() => asked.at(-1)") == ["judge", {"take": "07A-014", "verdict": None}]


def test_reasons_are_pressed_and_taken_back_and_a_refusal_stands_beneath_them(page):
    chip = page.locator(".ct-reasons button", has_text="face")
    assert page.locator(".ct-reasons [aria-pressed=true]").all_text_contents() == ["1joins well", "2right speed"]
    chip.click()
    page.locator(".ct-reasons [aria-pressed=true]", has_text="face").wait_for()
    chip.click()
    page.locator(".ct-reasons [aria-pressed=false]", has_text="face").wait_for()
    assert [(each["reason"], each["on"]) for each in asked(page, "reason")] == [("face", True), ("face", False)]
    assert chip.evaluate("(chip) => chip === document.activeElement")
    page.evaluate("() => { refuse.reason = '07A-014 is not judged yet: circle, hold or NG it first' }")
    chip.click()
    page.locator("[data-wrong=why]", has_text="not judged yet").wait_for()
    assert chip.get_attribute("aria-pressed") == "false"


def test_a_note_is_kept_while_it_is_typed_and_saved_by_enter(page):
    note = page.get_by_role("textbox", name="Note")
    note.fill("first line")
    note.press("Shift+Enter")
    note.type("and <i>more</i>")
    page.evaluate("() => { side.update({ ...row('07A-014'), note: 'from elsewhere' }) }")
    assert note.input_value() == "first line\nand <i>more</i>"
    page.get_by_text("Saved is “from elsewhere”").wait_for()
    note.press("Escape")
    assert page.evaluate("() => [went, asked.some(([what]) => what === 'note')]") == [["07A-014"], False]
    page.evaluate("() => focusOn('07A-018')")
    assert note.input_value() == ""
    page.evaluate("() => focusOn('07A-014')")
    assert note.input_value() == "first line\nand <i>more</i>"
    note.press("Enter")
    page.wait_for_function("() => !ctDrafts().size")
    assert asked(page, "note") == [{"take": "07A-014", "text": "first line\nand <i>more</i>"}]
    assert page.get_by_text("Not saved yet").is_hidden()
    note.press("Enter")  # nothing new to say
    assert len(asked(page, "note")) == 1


def test_the_plot_has_four_axes_apart_by_their_dashes_the_asked_path_and_hatches_what_cannot_be_read(page):
    plot = page.locator(".ct-plot")
    axes = plot.locator(".ct-axis").evaluate_all(
        "(all) => all.map((p) => [p.dataset.axis, p.getAttribute('d').length])"
    )
    assert [name for name, drawn in axes if drawn > 100] == ["pan", "tilt", "zoom", "roll"]
    dashes = plot.locator(".ct-axis").evaluate_all("(all) => all.map((p) => p.getAttribute('stroke-dasharray'))")
    assert len(set(dashes)) == 4
    assert plot.locator(".ct-askedpath").evaluate_all("(all) => all.map((p) => p.dataset.axis)") == ["zoom"]
    assert plot.locator(".ct-gap").count() == 0
    said = plot.get_attribute("aria-label")
    assert said == "Measured motion over 2.0 seconds: zoom reaches 24 percent a second; pan, tilt, roll stay under 2"
    page.evaluate("() => focusOn('07A-012')")
    assert plot.locator(".ct-gap").count() == 1
    assert plot.locator(".ct-axis").nth(2).get_attribute("d").count("M") == 2
    assert "zoom reaches minus 9.0 percent" in plot.get_attribute("aria-label")
    assert "cannot be read from 0.6 to 1.3 s" in plot.get_attribute("aria-label")
    assert "NaN" not in plot.inner_html()


def test_a_persons_word_on_the_camera_is_given_and_taken_back(page):
    page.get_by_role("radio", name="partly").click()
    page.locator(".ct-side .ct-weak", has_text="✓ partly").wait_for()
    assert "says ada" in page.locator(".ct-side").inner_text()
    press(page, "take back")
    page.locator(".ct-word [aria-checked=true]").wait_for(state="detached")
    assert [each["obeyed"] for each in asked(page, "obeyed")] == ["partly", None]


def test_the_words_of_siblings_lineage_and_history_are_text_and_lead_on(page):
    side = page.locator(".ct-side")
    assert page.locator(".ct-diff del").all_inner_texts() == ["medium"]
    assert page.locator(".ct-diff ins").all_inner_texts() == ["fast", "then pass"]
    page.get_by_role("combobox").select_option("07A-013")
    assert page.locator(".ct-diff").inner_text().split() == ["style", "35", "mm"]
    press(page, "go to 07A-013")
    press(page, "07A-015", ".ct-lineage")
    assert page.evaluate("() => went") == ["07A-013", "07A-015"]
    assert page.locator(".ct-lineage b").all_inner_texts() == ["07A-014"]
    press(page, "all of the prompt")
    assert "<b>The</b> camera dollies in fast" in side.inner_text()
    assert page.locator(".ct-part").all_inner_texts()[1].strip() == "DR camera: fast push in, then pass through"
    page.locator(".ct-history").evaluate("(list) => { list.parentElement.open = true }")
    assert page.locator(".ct-history li").all_inner_texts() == ["14:20 DR circled: joins well", "14:19 DR held undone"]


def test_an_accident_is_made_a_scene_by_a_button_and_any_take_from_the_menu(page):
    assert not page.get_by_text("Make it a scene").is_visible()
    page.locator(".ct-more summary").click()
    assert page.get_by_text("Make it a scene").is_visible()
    page.evaluate("() => focusOn('07A-018')")
    page.get_by_text("Make it a scene").click()
    page.locator(".ct-side").get_by_text("15A begins with the words and the first frame of 07A-018").wait_for()
    press(page, "Compare V")
    assert page.evaluate("() => compared") == ["07A-018"]


TIMES = "() => [...document.querySelectorAll('.ct-pair video')].map((video) => video.currentTime)"


def compare(page, *takes):
    said = page.evaluate("(takes) => takes.map((take) => pair.toggle(row(take)))", list(takes))
    page.wait_for_function(
        f"(count) => document.querySelectorAll('.ct-pair video').length === count && ({SETTLED})()", arg=len(takes)
    )
    return said


def test_takes_of_other_lengths_and_rates_stay_in_step_by_frames(page):
    compare(page, "07A-014", "07A-011", "07A-012")
    bar = page.get_by_role("slider", name="Time of the takes in step")
    assert bar.get_attribute("max") == "35"  # the shortest sets the end
    for by in (12, 1, 1, -1, 40, -3):
        page.evaluate("(by) => pair.step(by)", by)
        page.wait_for_function(SETTLED)
        times = page.evaluate(TIMES)
        assert max(times) - min(times) <= 0.5 / 24
    assert times[0] == pytest.approx(32.5 / 24, abs=1e-5)
    page.evaluate("() => pair.seek(0.5)")
    page.wait_for_function(SETTLED)
    assert page.evaluate(TIMES) == pytest.approx([12.5 / 24] * 3, abs=1e-5)
    page.evaluate("() => pair.play()")
    page.wait_for_function("() => pair.playing && pair.seconds > 0.8")
    page.evaluate("() => pair.pause()")
    page.wait_for_function(SETTLED)
    times = page.evaluate(TIMES)
    assert max(times) - min(times) <= 0.5 / 24
    page.evaluate("() => pair.play()")
    page.wait_for_function("() => pair.seconds < 0.4")  # past the end of the shortest, all begin again
    page.evaluate("() => pair.pause()")


def test_an_offset_is_told_in_frames_and_survives_a_swap(page):
    compare(page, "07A-014", "07A-011")
    for _ in range(3):
        press(page, "07A-011 one frame later")
    page.evaluate("() => pair.seekFrame(10)")
    page.wait_for_function(SETTLED)
    assert page.evaluate(TIMES) == pytest.approx([10.5 / 24, 13.5 / 24], abs=1e-5)
    assert page.locator(".ct-offset output:visible").all_inner_texts() == ["+3 f"]
    press(page, "swap")
    page.wait_for_function(SETTLED)
    assert page.evaluate("() => pair.takes") == ["07A-011", "07A-014"]
    assert page.evaluate(TIMES) == pytest.approx([13.5 / 24, 10.5 / 24], abs=1e-5)
    assert page.locator(".ct-offset output:visible").all_inner_texts() == ["-3 f"]
    press(page, "Take 07A-011 out of the comparison")
    assert page.evaluate("() => document.activeElement.textContent") == "Play"
    assert page.evaluate("() => pair.takes") == ["07A-014"]
    assert page.locator(".ct-offset output:visible").count() == 0


def test_two_takes_stand_in_one_place_to_flip_or_wipe(page):
    compare(page, "07A-014", "07A-011")
    seen = """() => [...document.querySelectorAll('.ct-seat')].map((seat) =>
        getComputedStyle(seat).visibility === 'visible')"""
    places = """() => [...document.querySelectorAll('.ct-pair .ct-screen')].map((screen) =>
        Math.round(screen.getBoundingClientRect().x))"""
    apart = page.evaluate(places)
    assert apart[0] != apart[1]
    for shown in ([False, True], [True, False], [False, True]):
        page.evaluate("() => pair.flip()")
        assert page.evaluate(seen) == shown
    here = page.evaluate(places)
    assert here[0] == here[1]
    page.get_by_role("radio", name="wipe").click()
    assert page.evaluate(seen) == [True, True]
    page.get_by_role("slider", name="Wipe: how much of the first is seen").fill("30")
    clip = "() => getComputedStyle(document.querySelectorAll('.ct-pair .ct-screen')[1]).clipPath"
    assert page.evaluate(clip) == "inset(0px 0px 0px 30%)"


def test_four_takes_at_most_and_only_what_differs_is_told(page):
    compare(page, "07A-014", "07A-019")
    assert page.locator(".ct-pair tbody th").all_inner_texts() == ["verdict"]
    page.evaluate("() => pair.close()")
    assert page.locator(".ct-pair").is_hidden()
    assert compare(page, "07A-014", "07A-011", "07A-012", "07A-018") == [""] * 4
    said = page.evaluate("() => pair.toggle(row('07A-019'))")
    assert said == "four takes are in step already: take one out (×) before 07A-019 joins"
    page.locator(".ct-pair tbody th", has_text="seed").wait_for()
    assert page.locator(".ct-pair thead th").all_inner_texts() == ["07A-014", "07A-011", "07A-012", "07A-018"]
    assert page.evaluate("() => [pair.toggle(row('07A-011')), pair.takes.length]") == ["", 3]
    page.evaluate("() => pair.update({ ...row('07A-012'), verdict: 'circle' })")
    assert page.locator(".ct-seat").nth(1).locator(".circled").count() == 1


def test_coverage_is_asked_for_when_opened_and_leads_to_shots_and_takes(page):
    assert asked(page, "coverage") == []
    page.locator(".ct-coverage > summary").click()
    press(page, "show the takes of 07B")
    press(page, "go to 07A-014", ".ct-coverage")
    assert page.evaluate("() => [found, went]") == [["shot:07B"], ["07A-014"]]
    table = page.locator(".ct-coverage tbody tr").first
    assert table.inner_text().split() == ["<i>face</i>", "12", "1", "3"]
    page.get_by_role("radio", name="word").click()
    page.get_by_text("4 of 6 (6 judged)").wait_for()
    assert len(asked(page, "coverage")) == 1


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_is_wrong_for_those_who_do_not_see_it(chromium, given, dark):
    with dailies_page(chromium, given, dark) as page:
        page.evaluate("() => { coverage.root.open = true; return focusOn('07A-014') }")
        compare(page, "07A-014", "07A-011")
        page.evaluate("() => { side.seekFrame(20); side.mark('in'); pair.seekFrame(12) }")
        page.locator(".ct-coverage tbody tr").first.wait_for()
        page.wait_for_function(SETTLED)
        screenshot(page, f"dailies-side-{'dark' if dark else 'light'}")
        assert axe(page) == []
        if dark:  # colours apart, what follows is the same
            return
        page.evaluate("() => { pair.add(row('07A-012')); pair.setView('wipe'); return focusOn('07A-018') }")
        page.wait_for_function(SETTLED)
        assert axe(page) == []
        page.set_viewport_size({"width": 700, "height": 1300})
        wide = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1]
        assert page.evaluate("() => [...document.querySelectorAll('video')].every((video) => video.paused)")


def test_a_button_that_is_being_pressed_is_not_taken_away_by_news(page):
    page.evaluate("""() => {
        window.clicks = 0;
        document.body.append(ct("input", { "aria-label": "Where one typed" }), ct("div", { id: "news" }));
        window.news = (text) => ctFill(document.getElementById("news"),
            ct("button", { type: "button", onclick: () => window.clicks++ }, text));
        news("Write it down");
    }""")
    page.get_by_label("Where one typed").focus()
    button = page.locator("#news button")
    button.hover()
    page.mouse.down()
    page.evaluate("() => news('Write it down, changed')")
    assert button.inner_text() == "Write it down"
    page.mouse.up()
    page.locator("#news button", has_text="changed").wait_for()
    assert page.evaluate("() => window.clicks") == 1


def test_a_row_that_was_filled_after_the_pointer_let_go_is_still_reached_by_tab(page):
    page.evaluate("""() => {
        const row = ct("div", { id: "row" });
        document.body.append(row);
        const settle = ctRoving(row, "button");
        window.row = (...words) => {
            ctFill(row, words.map((word) => ct("button", { type: "button", tabindex: "-1" }, word)));
            settle();
        };
        window.row("one", "two");
    }""")
    page.locator("#row button", has_text="two").hover()
    page.mouse.down()
    page.evaluate("() => row('three', 'four')")
    page.mouse.up()
    page.locator("#row button", has_text="four").wait_for()
    assert page.locator("#row button").evaluate_all("(all) => all.map((each) => each.tabIndex)") == [0, -1]
