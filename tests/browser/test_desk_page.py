"""Parts of the desk in a bare page: what a hand sets there is what the desk asks for."""

import pytest
from playwright.sync_api import sync_playwright

from studio.widgets import CutRoom, Dailies, Desk, Ledger
from studio.widgets._panel import script, style
from tests.browser.lab import CHROMIUM, CHROMIUM_ARGUMENTS

pytestmark = pytest.mark.browser
DESK = """() => {
    window.looks = 0;
    window.desk = {
        begin: false, beginsAs: "", lookNow: () => { looks += 1 },
        state: { chain: { take: "06B-002", said: "begin with the last frame of 06B-002" },
                 takes: [{ label: "07A-001", clip: "x" }, { label: "07A-002", clip: "" }] },
    };
    window.part = deskBeginning(desk);
    const root = document.body.appendChild(document.createElement("div"));
    root.className = "ct";
    root.append(...part.element);
    part.draw();
}"""


@pytest.fixture
def page(require):
    require("browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        page = browser.new_page()
        page.add_script_tag(content=script(("_desk_head", "_desk_begin", "_desk_request")))
        page.add_style_tag(content=style(("desk",)))
        yield page
        browser.close()


def test_a_take_begins_with_one_frame_the_last_of_the_shot_before_or_the_first_of_a_take(page):
    page.evaluate(DESK)
    wanted = "() => [desk.begin, desk.beginsAs, looks]"
    last = page.get_by_role("checkbox", name="begin with the last frame of 06B-002")
    first = page.get_by_role("combobox", name="Begin with the first frame of a take")
    assert page.locator("datalist option").evaluate_all("(all) => all.map(({ value }) => value)") == ["07A-001"]
    last.check()
    assert page.evaluate(wanted) == [True, "", 1]
    first.fill(" 07A-001")
    first.press("Enter")
    assert page.evaluate(wanted) == [False, "07A-001", 2]
    assert not last.is_checked()
    last.check()
    assert (page.evaluate(wanted), first.input_value()) == ([True, "", 3], "")
    page.evaluate("() => { desk.state.chain = null; part.draw() }")
    assert not last.is_visible()


QUESTION = """() => {
    const choice = (version, author, text) =>
        ({ version, author, initials: author[0].toUpperCase(), text, camera: "push in", at_us: 1 });
    window.asked = [];
    window.said = [];
    window.desk = {
        clash: [], theirs: document.body.appendChild(document.createElement("div")),
        panel: { say: (text) => said.push(text) },
        act: async (...wanted) => { asked.push(wanted); return { said: "version 2 of 07A is current, by ada" } },
        state: { question: { said: "07A was written by several people at once.",
                             choices: [choice(2, "ada", "As <b>ada</b> sees it."), choice(3, "ben", "Ben's.")] } },
    };
    deskTheirs(desk);
}"""


def test_of_words_that_were_written_apart_one_version_is_kept_by_a_button(page):
    page.evaluate(QUESTION)
    question = page.get_by_role("group", name="07A was written by several people at once.")
    assert "As <b>ada</b> sees it. · push in" in question.inner_text()
    question.get_by_role("button", name="Keep this one").first.click()
    assert page.evaluate("() => asked") == [["keep_version", {"version": 2}, "scene_text"]]
    assert page.evaluate("() => said") == ["version 2 of 07A is current, by ada"]
    page.evaluate("() => { desk.state.question = null; deskTheirs(desk) }")
    assert page.get_by_role("group").count() == 0


LOOKS = """(styles) => {
    const facts = (name) => `<dl class="ct-facts ${name}"><dt>speed</dt><dd>slow</dd></dl>`;
    document.body.innerHTML = `<section class="ct"><div class="ct-panel">
        <p class="ct-sent">words <del>lost</del></p><div class="ct-pay"><p>4 takes</p><p class="sub">spent</p></div>
        <ul class="ct-notes"><li class="ct-none">nothing to think about</li></ul>
        ${facts("ct-manner")} ${facts("ct-diff")}
        <div class="ct-preview"><button class="ct-key">Space</button></div>
        <div class="ct-cr-slot"><span class="mono ct-cr-shot">01A</span><div class="row wrap ct-cr-tools">x</div></div>
        <div class="row wrap ct-time-top"><p class="grow ct-time-said">84 bpm</p></div>
        <div class="row wrap ct-time-marking"><ul class="row wrap ct-time-marks"></ul></div>
        <div class="ct-cell"><div class="ct-pic"><span class="ct-others">DE</span><span class="ct-none">x</span></div>
        <p class="ct-obey two">dolly in</p><p class="tiny ct-more1">more</p></div>
        <div class="ct-side"><div class="ct-sect"><div class="row wrap ct-tools">x</div>
        <div class="row wrap ct-verdicts"><button class="ct-btn">Circle <span class="ct-key">C</span></button></div>
        <div class="row wrap ct-reasons">x</div><p class="sub row wrap ct-others">x</p></div></div>
        <button class="ct-btn">Save <span class="ct-key">S</span></button></div></section>`;
    const names = ["position", "padding", "margin", "gap", "color", "cursor", "font-size", "line-height", "flex-basis",
                   "grid-template-columns", "border-left-width"];
    return styles.map((all) => {
        const added = all.map((css) => {
            const style = document.head.appendChild(document.createElement("style"));
            style.textContent = css;
            return style;
        });
        const seen = [...document.querySelectorAll(".ct *")].map((each) =>
            [each.className, ...names.map((name) => `${name}: ${getComputedStyle(each).getPropertyValue(name)}`)]);
        for (const style of added) style.remove();
        return seen;
    });
}"""


def test_a_panel_looks_the_same_whichever_panels_came_to_the_page_before_and_after_it(page):
    sheets = [style(panel.files) for panel in (Desk, Ledger, Dailies, CutRoom)]
    first, *others = page.evaluate(LOOKS, [sheets[at:] + sheets[:at] for at in range(4)] + [sheets[::-1]])
    for other in others:
        assert other == first
    note = next(each for each in first if each[0] == "ct-none")
    assert "position: static" in note


def test_no_speed_is_cut_off_in_a_wide_font_and_in_a_narrow_place_nothing_gapes(page):
    page.evaluate("""() => {
        document.body.innerHTML = `<section class="ct"><div class="ct-panel ct-desk"><div>
            <div class="row top ct-flight"><div class="ct-preview">view</div><div class="grow">
            <dl class="ct-facts ct-manner"><dt>1 speed</dt><dd><span class="ct-seg">
            <button>slow</button><button>medium</button><button>fast</button></span></dd></dl></div></div>
            </div></div></section>`;
    }""")
    box = """(name) => {
        const { right, height } = document.querySelector(name).getBoundingClientRect();
        return [right, height];
    }"""
    page.evaluate("() => { document.querySelector('.ct-seg').style.fontFamily = 'monospace' }")
    assert page.evaluate(box, ".ct-seg")[0] <= page.evaluate(box, ".ct-flight")[0]
    page.set_viewport_size({"width": 420, "height": 800})
    assert page.evaluate(box, ".ct-preview")[1] < 100


def test_a_desk_without_words_says_what_is_missing_before_takes_can_be_made(page):
    page.evaluate("""() => {
        window.desk = { models: ["previz"], model: "previz", state: { models: ["previz"] } };
        window.requests = deskRequests(desk);
        document.body.append(...requests.element);
        requests.draw({ requests: [], findings: [] });
    }""")
    missing = page.get_by_text("Nothing is written yet. Write the scene or choose a move")
    assert missing.count() == 1
    page.evaluate("() => { desk.models = []; requests.draw({ requests: [], findings: [] }) }")
    assert missing.count() == 0
