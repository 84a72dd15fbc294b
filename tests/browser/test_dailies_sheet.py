"""The dailies' sheet in a real browser: few cells, every poster, one key a verdict, and nothing drawn too early."""

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.dailies_page import ALL_THERE, dailies_page, show
from tests.browser.lab import CHROMIUM, CHROMIUM_ARGUMENTS, axe

pytestmark = pytest.mark.browser
FOCUSED = "() => document.getElementById(document.querySelector('.ct-sheet').getAttribute('aria-activedescendant'))"
LABEL = f"() => ({FOCUSED})()?.querySelector('.ct-take').textContent ?? ''"
CELLS = "() => document.querySelectorAll('.ct-cell').length"


@pytest.fixture(scope="module")
def chromium(require):
    require("browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(chromium):
    with dailies_page(chromium) as page:
        yield page


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def focused(page):
    return page.evaluate(LABEL)


def until(page, condition, arg=None):
    page.wait_for_function(condition, arg=arg, timeout=5000)


def cell(page, take):
    """What is drawn of a take: its classes and its words."""
    return page.evaluate(
        """(take) => { const cell = [...document.querySelectorAll(".ct-cell")].find((each) =>
            !each.hidden && each.querySelector(".ct-take")?.textContent === take);
            return cell && [cell.querySelector(".ct-take").className, cell.querySelector(".ct-tagged").textContent,
                            cell.getAttribute("aria-label"), cell.innerText] }""",
        take,
    )


def sent(page, act):
    return page.evaluate("(act) => kernel.acts(act).map(({ id, do: _, ...details }) => details)", act)


def drawn(page, take, word):
    until(
        page,
        """([take, word]) => [...document.querySelectorAll(".ct-cell:not([hidden])")].some((cell) =>
            cell.querySelector(".ct-take").textContent === take &&
            cell.querySelector(".ct-tagged").textContent === word)""",
        [take, word],
    )


def search(page, query):
    press(page, "/")
    page.locator(".ct-search input").fill(query)
    press(page, "Enter")


def said(page, words):
    until(page, "(words) => document.querySelector('.ct-said').textContent.includes(words)", words)


def test_at_most_a_hundred_cells_stand_in_the_page_and_every_poster_in_sight_arrives(page):
    show(page, 700)
    for width in (330, 1000, 2900):
        page.set_viewport_size({"width": width + 48, "height": 1000})
        page.evaluate("(width) => { document.querySelector('.ct').style.width = `${width}px` }", width)
        for part in (0, 0.37, 1):
            page.evaluate(
                "(part) => { const s = document.querySelector('.ct-sheet'); s.scrollTop = part * s.scrollHeight }", part
            )
            until(page, ALL_THERE)
            assert 0 < page.evaluate(CELLS) <= 100, width
    page.set_viewport_size({"width": 1048, "height": 1000})
    assert max(len(ask["takes"]) for ask in sent(page, "pictures")) <= 60
    assert max(len(ask["takes"]) for ask in sent(page, "rows")) <= 120


def test_ten_thousand_takes_are_at_hand_from_the_first_to_the_last(page):
    show(page, 10_000)
    press(page, "End")
    assert focused(page) == "49B-008"
    until(page, ALL_THERE)
    press(page, "Home")
    assert focused(page) == "01A-001"
    until(page, ALL_THERE)
    assert page.evaluate(CELLS) <= 100
    assert page.locator(".ct-sheet").get_attribute("aria-rowcount") == "2500"
    asked = {take for ask in sent(page, "rows") for take in ask["takes"]}
    assert len(asked) < 200  # what lies between was never asked for


def test_scrolling_asks_for_no_layout_and_makes_no_new_cells(page):
    show(page, 700)
    until(page, ALL_THERE)
    longest = page.evaluate(
        """async () => {
            const sheet = document.querySelector(".ct-sheet"), first = document.querySelector(".ct-cell");
            let reads = 0, most = 0;
            const own = Element.prototype.getBoundingClientRect;
            Element.prototype.getBoundingClientRect = function () { reads++; return own.call(this) };
            for (let top = 0; top < 20000; top += 900) {
                sheet.scrollTop = top;
                await new Promise(requestAnimationFrame);
                most = Math.max(most, document.querySelectorAll(".ct-cell").length);
            }
            Element.prototype.getBoundingClientRect = own;
            return [reads, most, first.isConnected];
        }"""
    )
    assert longest[0] == 0
    assert longest[1] <= 100
    assert longest[2]


def test_a_picture_that_comes_late_is_not_put_on_another_take(page):
    show(page, 700)
    until(page, ALL_THERE)
    wrong = page.evaluate(
        """async () => {
            const sheet = document.querySelector(".ct-sheet"), frame = () => new Promise(requestAnimationFrame);
            kernel.delay = 60;
            sheet.scrollTop = 6000;
            const before = kernel.acts("pictures").length;
            while (kernel.acts("pictures").length === before) await frame();
            sheet.scrollTop = 0;
            for (const from = performance.now(); performance.now() < from + 200; ) await frame();
            const wrong = [];
            for (const cell of document.querySelectorAll(".ct-cell:not([hidden])")) {
                const take = cell.querySelector(".ct-take").textContent, image = cell.querySelector("img");
                if (image.hidden) continue;
                const told = new Uint8Array(await (await fetch(image.src)).arrayBuffer());
                const own = new Uint8Array(kernel.pictureOf(take));
                if (told.length !== own.length || told.some((byte, at) => byte !== own[at])) wrong.push(take);
            }
            return wrong;
        }"""
    )
    assert wrong == []


def test_keys_move_the_focus_and_keep_it_in_sight(page):
    show(page, 700)
    walked = []
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "End", "Home", "ArrowLeft", "PageDown"):
        press(page, key)
        walked.append(focused(page))
    assert walked[:7] == ["01A-002", "01A-006", "01A-005", "01A-001", "04J-004", "01A-001", "01A-001"]
    assert walked[7] in ("01B-009", "01C-001", "01C-005", "01B-005", "01D-001")
    box, sheet = page.locator(".ct-cell.is-on").bounding_box(), page.locator(".ct-sheet").bounding_box()
    assert sheet["y"] <= box["y"]
    assert box["y"] + box["height"] <= sheet["y"] + sheet["height"]


def test_a_verdict_is_drawn_when_it_is_on_the_disk_and_the_focus_has_gone_on(page):
    show(page, 40)
    page.evaluate("() => { kernel.mute = true }")
    press(page, "c")
    assert focused(page) == "01A-002"
    assert cell(page, "01A-001")[:2] == ["ct-take", "not seen"]
    page.evaluate(
        "() => { kernel.mute = false; kernel.model.send(kernel.sent.findLast((each) => each.do === 'judge')) }"
    )
    drawn(page, "01A-001", "circled")
    assert cell(page, "01A-001")[0] == "ct-take circled"
    assert "circled" in cell(page, "01A-001")[2]
    until(page, "() => document.querySelector('.ct-head').textContent.includes('seen 1 of 40 · circled 1')")
    said(page, "01A-001 circled")


def test_two_quick_keys_are_about_two_takes_and_shift_stays(page):
    show(page, 40, delay=30)
    press(page, "c", "n", "h", "Shift+C")
    assert focused(page) == "01A-004"
    for take, word in (("01A-001", "circled"), ("01A-002", "NG"), ("01A-003", "hold"), ("01A-004", "circled")):
        drawn(page, take, word)
    assert cell(page, "01A-002")[0] == "ct-take ng"
    assert [(each["take"], each["verdict"]) for each in sent(page, "judge")] == [
        ("01A-001", "circle"), ("01A-002", "ng"), ("01A-003", "hold"), ("01A-004", "circle"),
    ]  # fmt: skip
    press(page, "Shift+A")
    drawn(page, "01A-004", "accident · circled")
    assert focused(page) == "01A-004"
    press(page, "Shift+C")  # it is circled already
    said(page, "01A-004 is circled already")
    assert len(sent(page, "judge")) == 4


def test_the_last_take_not_seen_is_not_judged_twice(page):
    show(page, 2)
    page.evaluate("() => { kernel.mute = true }")
    press(page, "c", "c", "n", "h")
    assert [each["take"] for each in sent(page, "judge")] == ["01A-001", "01A-002"]
    page.evaluate("() => { kernel.mute = false; for (const each of kernel.acts('judge')) kernel.model.send(each) }")
    said(page, "01A-002 circled; every take of this list is seen")


def test_a_refused_verdict_stays_off_is_named_and_can_be_tried_again(page):
    show(page, 40)
    page.evaluate("() => { kernel.refuse = (each) => each.do === 'judge' ? 'the disk is full: film.db' : '' }")
    press(page, "c")
    alert = page.locator(".ct-notices .ct-wrong")
    alert.wait_for()
    assert "✗ 01A-001 circle was not written: the disk is full: film.db" in alert.inner_text()
    assert cell(page, "01A-001")[:2] == ["ct-take", "not seen"]
    assert focused(page) == "01A-002"
    assert page.locator(".ct-question[role=group]").count() == 0
    press(page, "h")
    until(page, "() => document.querySelectorAll('.ct-notices .ct-wrong').length === 2")  # the first one is not lost
    page.evaluate("() => { kernel.refuse = () => '' }")
    page.get_by_role("button", name="Try again").first.click()
    drawn(page, "01A-001", "circled")
    page.get_by_role("button", name="Forget it").click()
    assert alert.count() == 0
    assert page.evaluate("() => document.activeElement.className") == "ct-sheet"
    page.evaluate("() => { kernel.refuse = (each) => each.do === 'judge' ? 'the disk is full: film.db' : '' }")
    press(page, "c")
    alert.wait_for()
    page.evaluate("() => { kernel.close(); kernel.open() }")
    until(page, "() => document.querySelector('.ct-cell.is-on')")
    assert page.locator(".ct-lost").count() == 0  # it was answered, and the answer was no


def test_why_is_asked_once_and_digits_and_a_note_are_about_that_take(page):
    show(page, 40)
    press(page, "c", "1", "2", "1", "Enter")
    page.keyboard.type("until 4.1 s")
    press(page, "Enter")
    until(page, "() => kernel.rows.get('01A-001').note === 'until 4.1 s'")
    assert page.evaluate("() => kernel.rows.get('01A-001').reason") == "right speed"
    assert page.locator(".ct-question[role=group]").count() == 0
    assert focused(page) == "01A-002"
    press(page, "1")  # without a question a digit is about the focused take, which nobody has judged
    page.get_by_text("01A-002 is not judged yet").wait_for()
    press(page, "Shift+N", "3")
    until(page, "() => kernel.rows.get('01A-002').reason === 'face'")
    assert "01A-002 NG. Why?" in page.locator(".ct-question").inner_text()
    until(page, "() => document.querySelector('.ct-question [aria-pressed=true]')?.textContent === '3face'")
    press(page, "Escape")
    assert page.locator(".ct-question[role=group]").count() == 0
    press(page, "n", "ArrowLeft")
    assert page.locator(".ct-question[role=group]").count() == 0
    press(page, "Enter")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "Note"
    press(page, "c")  # a letter in a text
    assert len(sent(page, "judge")) == 2  # and an NG was an NG already


def test_undo_jumps_to_its_take_even_where_a_search_had_left_it_out(page):
    show(page, 40)
    press(page, "c", "End", "u")
    until(page, f"() => ({LABEL})() === '01A-001'")
    drawn(page, "01A-001", "not seen")
    page.get_by_role("button", name="Not seen", exact=True).click()
    page.locator(".ct-sheet").focus()
    press(page, "h")
    until(page, "() => kernel.rows.get('01A-001').verdict === 'hold'")
    page.evaluate("() => kernel.news()")
    until(page, "() => document.querySelector('.ct-find').textContent.includes('39 takes')")
    assert focused(page) == "01A-002"
    press(page, "u")
    until(page, f"() => ({LABEL})() === '01A-001'")


def test_a_search_is_chips_and_selects_and_a_wrong_one_leaves_what_was_typed(page):
    show(page, 700)
    search(page, "shot:01B")
    until(page, "() => document.querySelector('.ct-find').textContent.includes('8 takes')")
    assert focused(page) == "01B-001"
    page.locator("select[aria-label=provider]").select_option("luma")
    until(page, "() => document.querySelector('.ct-find').textContent.includes('4 takes')")
    assert page.locator(".ct-chip.on").all_inner_texts() == ["shot 01B\n×", "provider luma\n×"]
    page.get_by_role("button", name="Drop shot 01B").click()
    until(page, "() => document.querySelector('.ct-find').textContent.includes('350 takes')")
    assert page.locator(".ct-search input").input_value() == "provider:luma"
    search(page, "colour:red")
    page.locator("[data-wrong=search] .ct-wrong").wait_for()
    assert "'colour' is no field of the search" in page.locator("[data-wrong=search]").inner_text()
    assert page.locator(".ct-search input").input_value() == "colour:red"
    assert page.locator(".ct-sheet").is_visible()
    search(page, "nowhere provider:luma")
    page.get_by_text("No take is found by nowhere provider:luma").wait_for()
    page.get_by_role("button", name="Drop nowhere").last.click()
    until(page, "() => document.querySelector('.ct-find').textContent.includes('350 takes')")
    assert page.evaluate("() => document.activeElement.className") == "ct-sheet"  # the button is gone
    page.locator("select[aria-label=Order]").select_option("newest")
    until(page, "() => kernel.acts('list').at(-1).sort === 'newest'")
    page.locator(".ct-sheet").focus()
    press(page, "/")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "Search takes"
    press(page, "Escape")
    assert page.evaluate("() => document.activeElement.className") == "ct-sheet"


def test_folded_takes_are_counted_and_unfold(page):
    show(page, 16)
    page.evaluate("() => { kernel.rows.get('01A-002').folded = 'exact copy of 01A-001'; kernel.news() }")
    page.get_by_role("button", name="1 folded").click()
    until(page, "() => document.body.textContent.includes('folded: exact copy of 01A-001')")
    assert "folded: exact copy of 01A-001" in cell(page, "01A-002")[2]


def test_a_film_without_a_take_says_which_call_makes_one(page):
    show(page, 0)
    page.get_by_text("No take has a clip yet").wait_for()
    assert 'film.generate("07A")' in page.locator(".ct-emptylist").inner_text()
    assert page.get_by_role("button", name="First not seen").is_disabled()


def test_the_focus_and_the_place_stay_when_the_list_changes_and_in_a_cell_run_again(page):
    show(page, 700)
    press(page, "PageDown", "PageDown", "PageDown", "ArrowRight")
    at, top = focused(page), page.evaluate("() => document.querySelector('.ct-sheet').scrollTop")
    for take in ("01A-001", "01A-002", "01A-003", "01A-004"):  # a whole row above goes
        page.evaluate("(take) => { kernel.rows.delete(take) }", take)
    page.evaluate("() => kernel.news()")
    until(page, "() => document.querySelector('.ct-find').textContent.includes('696 takes')")
    assert focused(page) == at
    later = page.evaluate("() => document.querySelector('.ct-sheet').scrollTop")
    assert later < top  # the row of the focus stands where it stood
    page.evaluate("() => { kernel.close(); kernel.open() }")
    until(page, f"() => ({LABEL})() === '{at}'")
    assert page.evaluate("() => document.querySelector('.ct-sheet').scrollTop") == later
    page.evaluate(f"() => {{ kernel.rows.delete('{at}'); kernel.news() }}")
    until(page, f"() => ({LABEL})() > '{at}'")


def test_a_cell_run_again_keeps_the_search_and_another_call_brings_its_own(page):
    show(page, 40)
    search(page, "shot:01B")
    until(page, "() => document.querySelector('.ct-find').textContent.includes('8 takes')")
    page.evaluate("() => { kernel.close(); kernel.open() }")
    until(page, f"() => ({LABEL})() === '01B-001'")
    assert page.locator(".ct-search input").input_value() == "shot:01B"
    page.evaluate("() => { kernel.close(); kernel.calledWith('shot:01C'); kernel.open() }")
    until(page, f"() => ({LABEL})() === '01C-001'")
    assert page.locator(".ct-search input").input_value() == "shot:01C"


def test_verdicts_that_were_never_answered_are_offered_by_the_next_panel(page):
    show(page, 40)
    page.evaluate("() => { kernel.mute = true }")
    press(page, "c", "n", "h")
    page.evaluate("""() => { kernel.rows.get('01A-003').verdict = 'hold'; kernel.mute = false; kernel.close();
                             kernel.sent.length = 0; kernel.open() }""")  # the third was written, its answer was lost
    notice = page.locator(".ct-lost")
    notice.wait_for()
    assert "2 verdicts never reached the disk: 01A-001 circle, 01A-002 NG" in notice.inner_text()
    assert sent(page, "judge") == []
    page.get_by_role("button", name="Write them now").click()
    drawn(page, "01A-001", "circled")
    drawn(page, "01A-002", "NG")
    assert notice.count() == 0
    page.evaluate("() => { kernel.close(); kernel.open() }")
    until(page, "() => document.querySelector('.ct-cell.is-on')")
    assert notice.count() == 0


def test_a_key_after_the_kernel_is_gone_is_named_at_once_and_kept(page):
    show(page, 16)
    page.evaluate("""() => { kernel.send = kernel.model.send;
                             kernel.model.send = () => { throw new Error("the kernel is gone") } }""")
    press(page, "c")
    page.locator(".ct-notices .ct-wrong").get_by_text("01A-001 circle was not written: the kernel is gone").wait_for()
    assert cell(page, "01A-001")[1] == "not seen"
    page.evaluate("() => { kernel.close(); kernel.model.send = kernel.send; kernel.open() }")
    page.get_by_text("1 verdict never reached the disk: 01A-001 circle").wait_for()
    page.get_by_role("button", name="Forget it").click()
    assert page.locator(".ct-lost").count() == 0
    assert sent(page, "judge") == []


def test_what_people_wrote_is_text(page):
    show(page, 16)
    page.evaluate(
        """() => { const row = kernel.rows.get("01A-001"), wild = "<img src=x onerror='globalThis.wild = 1'>";
            Object.assign(row, { note: wild, reason: wild, missing: "", flags: [[wild, wild]], folded: "",
                others: [{ by: wild, initials: "BE", verdict: "circle", accident: true }] });
            row.camera = { asked: wild, got: wild, obeyed: "no", line: wild };
            kernel.news() }"""
    )
    until(page, "() => document.querySelector('.ct-cell').getAttribute('aria-label').includes('<img')")
    assert "BE circled accident" in cell(page, "01A-001")[3]
    assert page.evaluate("() => globalThis.wild") is None
    assert page.locator("img[src=x]").count() == 0


def test_a_picture_or_clip_that_is_not_there_is_a_named_empty_cell(page):
    show(page, 16, gone=["01A-002"])
    page.evaluate(
        """() => { kernel.rows.get('01A-003').missing = 'media/takes/01A-003.mp4 is not there'; kernel.news() }"""
    )
    until(page, "() => document.querySelectorAll('.ct-cell.is-empty').length === 2")
    empty = page.locator(".ct-cell.is-empty .ct-none").all_inner_texts()
    assert [text.split("\n") for text in empty] == [
        ["01A-002", "media/posters/01A-002.jpg is not there"], ["01A-003", "media/takes/01A-003.mp4 is not there"],
    ]  # fmt: skip


def test_the_pointer_scrubs_through_the_strip_and_so_do_comma_and_stop(page):
    show(page, 16)
    until(page, ALL_THERE)
    picture = page.locator(".ct-pic").nth(5)
    box = picture.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.63, box["y"] + 20)
    until(
        page,
        "() => !document.querySelectorAll('.ct-scrub')[5].hidden && !document.querySelectorAll('.ct-strip8')[5].hidden",
    )
    assert picture.inner_text().endswith("3.2 / 5.0") or picture.inner_text().endswith("3.1 / 5.0")
    page.mouse.move(5, 5)
    until(
        page,
        "() => document.querySelectorAll('.ct-scrub')[5].hidden && document.querySelectorAll('.ct-strip8')[5].hidden",
    )
    press(page, ".", ".", ",")
    until(page, "() => document.querySelectorAll('.ct-pic')[0].textContent.includes('0.3 / 5.0')")
    press(page, "ArrowRight")
    assert page.locator(".ct-pic").nth(0).inner_text().endswith("5.0")
    assert page.locator(".ct-scrub:visible").count() == 0


def test_compare_takes_the_best_alternate_beside_a_lone_take(page):
    show(page, 16)
    press(page, "v")
    until(page, "() => kernel.acts('alternates').length === 1")
    page.locator(".ct-pair").get_by_text("01A-002").first.wait_for()


def test_plain_keys_stay_in_the_panel_and_tab_leaves_it(page):
    show(page, 16)
    page.evaluate(
        "() => { window.leaked = []; document.addEventListener('keydown', (event) => leaked.push(event.key)) }"
    )
    press(page, "d", "d", "c", "Tab")
    assert page.evaluate("() => leaked") == ["Tab"]
    assert page.evaluate("() => document.activeElement.className") != "ct-sheet"


def test_pictures_come_by_the_servers_address_where_it_answers_and_by_bytes_where_one_fails(chromium):
    with dailies_page(chromium, served=True) as page:
        show(page, 24, files="http://film.test/files/film/")
        until(page, ALL_THERE)
        urls = page.evaluate(
            "() => [...document.querySelectorAll('.ct-cell img:not([hidden])')].map((each) => each.src)"
        )
        assert "http://film.test/files/film/media/posters/01A-001.jpg" in urls
        assert sent(page, "pictures") == []
        page.route("**/posters/01B-00*", lambda route: route.fulfill(status=404))
        show(page, 24, files="http://film.test/files/again/")
        until(page, ALL_THERE)
        assert {take for ask in sent(page, "pictures") for take in ask["takes"]} == {f"01B-00{k}" for k in range(1, 9)}


def test_axe_finds_nothing_and_nothing_moves_where_motion_is_not_wanted(chromium):
    with dailies_page(chromium, motion="reduce") as page:
        show(page, 40, authors=["ada", "ben"])
        page.evaluate(
            """() => { Object.assign(kernel.rows.get("01A-006"), { flags: [["frozen", "frozen for 4.8 s"]],
                others: [{ by: "ben", initials: "BE", verdict: "circle", accident: false }] }); kernel.news() }"""
        )
        press(page, "c", "h", "n", "a")
        drawn(page, "01A-003", "NG")
        until(page, ALL_THERE)
        assert page.evaluate("() => document.getAnimations().length") == 0
        assert page.evaluate("() => getComputedStyle(document.querySelector('.ct-sheet')).scrollBehavior") == "auto"
        assert axe(page) == []
        page.evaluate("() => { document.documentElement.className = 'jp-dark' }")
        assert axe(page) == []
