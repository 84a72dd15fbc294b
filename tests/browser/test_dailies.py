"""Takes judged by keyboard alone, in a real JupyterLab: each verdict is on disk when it is drawn."""

import json
import re
import subprocess
import sys
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect, sync_playwright

from studio.log import Log
from tests.browser.lab import (
    CHROMIUM,
    CHROMIUM_ARGUMENTS,
    axe,
    kill_kernel,
    labs_of,
    notebook_page,
    run_all,
    screenshot,
    studio_lab,
)
from tests.films import many_takes, notebook

pytestmark = pytest.mark.browser

TAKES = 200
OPEN = 'import studio\nfilm = studio.open("..")\nfilm.as_("Dana Roth")\n'
MARK = {"c": "circle", "h": "hold", "n": "ng"}
SAID = {"c": "circled", "h": "hold", "n": "NG"}


@pytest.fixture(scope="module")
def labs(require, tmp_path_factory):
    require("browser")

    @contextmanager
    def make():
        folder = tmp_path_factory.mktemp("lab") / "film"
        many_takes(folder, TAKES, shots=16, judged=0).close()
        with studio_lab(folder) as url:
            yield folder, url

    with labs_of(make) as made:
        yield made


def dailies_of(page):
    sheet = page.get_by_role("grid", name="Takes")
    expect(sheet.locator(".ct-cell img").first).to_be_visible(timeout=90_000)
    return page.get_by_role("region", name="Dailies"), sheet


def focused(sheet):
    """The label of the take with the focus."""
    cell = "s => document.getElementById(s.getAttribute('aria-activedescendant')).getAttribute('aria-label')"
    return sheet.evaluate(cell)[:7]


def verdict_on_disk(log, label):
    take = log.take(label)
    said = [each for each in log.opinions([take.id]) if each.author == "Dana Roth"]
    return said[0].verdict if said else ""


def drawn(sheet, label, word):
    expect(sheet.get_by_role("gridcell", name=re.compile(rf"^{label}\b.*\b{word}\b"))).to_have_count(1, timeout=20_000)


def test_forty_takes_are_judged_by_keyboard_and_each_is_on_disk_when_it_is_drawn(lab):
    folder, url = lab
    name = notebook(folder, "forty.ipynb", OPEN, "film.dailies()", "1 + 1")
    with notebook_page(url, name) as (page, errors), Log.open(folder, director="Dana Roth") as log:
        page.set_viewport_size({"width": 1400, "height": 1400})
        run_all(page)
        dailies, sheet = dailies_of(page)
        cells = page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")
        sheet.focus()
        judged = []
        for at in range(40):
            label, key = focused(sheet), "cnhnc"[at % 5]
            page.keyboard.press(key)
            drawn(sheet, label, SAID[key])
            assert verdict_on_disk(log, label) == MARK[key]
            judged.append(label)
            if at == 3:  # a reason and a note, about the take that was just judged
                page.keyboard.press("4")  # a new film's fourth reason is the hand
                expect(dailies.locator(".ct-said")).to_contain_text("because of")
                page.keyboard.press("Enter")
                page.keyboard.type("the hand again")
                page.keyboard.press("Enter")
                expect(dailies.locator(".ct-said")).to_contain_text("has your note")
                [said] = log.opinions([log.take(label).id])
                assert (said.verdict, said.reason, said.note) == (MARK[key], "hand", "the hand again")
        assert len(set(judged)) == 40
        expect(dailies.get_by_text("seen 40 of 200")).to_be_visible()
        page.keyboard.press("u")  # the last one is taken back, and has the focus again
        expect(dailies.get_by_text("seen 39 of 200")).to_be_visible()
        assert (focused(sheet), verdict_on_disk(log, judged[-1])) == (judged[-1], "")

        for key in "bddxx":  # none of these is the notebook's while the sheet has the focus
            page.keyboard.press(key)
        assert page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length") == cells

        page.keyboard.press("Home")
        page.keyboard.press(" ")  # plays by the server's own address
        video = dailies.locator("aside video")
        page.wait_for_function("v => v.readyState >= 2 && v.currentTime > 0.1", arg=video.element_handle())
        assert "/files/media/proxies/" in video.get_attribute("src")
        page.keyboard.press(" ")
        assert axe(page) == []
        screenshot(page, "dailies-light")
        assert errors == []


def test_the_sheet_is_scrolled_and_the_saved_notebook_is_read_without_a_kernel(lab, tmp_path):
    folder, url = lab
    name = notebook(folder, "scrolled.ipynb", OPEN, "film.dailies()")
    with notebook_page(url, name, dark=True) as (page, errors):
        page.set_viewport_size({"width": 1400, "height": 1400})
        run_all(page)
        dailies, sheet = dailies_of(page)
        for part in (1, 0.5, 0.01):
            sheet.evaluate("(s, part) => { s.scrollTop = part * (s.scrollHeight - s.clientHeight) }", part)
            page.wait_for_function(
                """s => { const box = s.getBoundingClientRect();
                const seen = [...s.querySelectorAll('.ct-cell')].filter(c => { const at = c.getBoundingClientRect();
                    return at.height && at.bottom > box.top && at.top < box.bottom });
                return seen.length && seen.every(c => c.querySelector('img')?.naturalWidth) }""",
                arg=sheet.element_handle(),
            )
            assert sheet.locator(".ct-cell").count() <= 100
        dailies.get_by_text("Coverage", exact=True).click()
        expect(dailies.get_by_text("a circle").first).to_be_visible()
        sheet.focus()
        page.keyboard.press("v")  # with the best other take of its shot
        expect(dailies.get_by_text("In step")).to_be_visible()
        assert axe(page) == []
        screenshot(page, "dailies-dark")
        page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        assert errors == []
    saved = folder / name
    book = json.loads(saved.read_text("utf-8"))
    assert saved.stat().st_size <= 200_000
    assert "widgets" not in book["metadata"]
    assert str(folder) not in saved.read_text("utf-8")

    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", "--output", tmp_path / "page.html", saved],
        check=True, capture_output=True,
    )  # fmt: skip
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        page = browser.new_page()
        page.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
        page.goto(f"file://{tmp_path}/page.html")
        posters = page.locator("img[alt^='01A-0']")
        assert posters.count() > 3
        assert posters.evaluate_all("all => all.every(image => image.naturalWidth > 0)")
        assert page.get_by_text("01A-001").count() > 0
        browser.close()


def test_a_kernel_killed_between_two_keys_loses_nothing(lab):
    folder, url = lab
    name = notebook(folder, "killed.ipynb", OPEN + "import os\nos.getpid()", "film.dailies()")
    with notebook_page(url, name) as (page, errors), Log.open(folder, director="Dana Roth") as log:
        run_all(page)
        dailies, sheet = dailies_of(page)
        sheet.focus()
        page.keyboard.press("x")
        first = focused(sheet)
        page.keyboard.press("c")
        drawn(sheet, first, "circled")
        second = focused(sheet)
        pid = int(page.locator(".jp-OutputArea-output pre").first.inner_text())

        def pressed_while_it_hangs():
            page.keyboard.press("n")
            expect(dailies.get_by_text("The kernel has not answered yet")).to_be_visible(timeout=20_000)
            expect(sheet.get_by_role("gridcell", name=re.compile(rf"^{second}\b.*\bNG\b"))).to_have_count(0)

        kill_kernel(page, pid, pressed_while_it_hangs)
        assert verdict_on_disk(log, first) == "circle"
        assert verdict_on_disk(log, second) == ""

        run_all(page)
        offer = page.get_by_text(f"{second} NG")
        expect(offer).to_be_visible(timeout=90_000)
        page.get_by_role("button", name="Write them now").or_(page.get_by_role("button", name="Write it now")).click()
        sheet = page.get_by_role("grid", name="Takes")
        drawn(sheet, second, "NG")
        assert verdict_on_disk(log, second) == "ng"
        assert errors == []
