"""A day's work at the prompt desk in a real JupyterLab and a real Chromium, by keyboard."""

import json
import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

import studio
from tests.browser.lab import axe, labs_of, notebook_page, run_all, screenshot, studio_lab
from tests.clips import make_clip, make_song

pytestmark = pytest.mark.browser

KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
WORDS = "Two teenagers meet in a school corridor; her bubble gum fills the frame."


def notebook(folder, name, *cells):
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    listed = [code | {"id": f"c{k}", "source": source} for k, source in enumerate(cells)]
    book = {"cells": listed, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
    (folder / "notebooks" / name).write_text(json.dumps(book), "utf-8")
    return f"notebooks/{name}"


OPEN = 'import studio\nfilm = studio.open("..")\nfilm.as_("Dana Roth")\n'


@pytest.fixture(scope="module")
def labs(require, tmp_path_factory):
    require("browser")

    @contextmanager
    def make():
        folder = tmp_path_factory.mktemp("lab") / "film"
        authors = {"Maya Kern": ["words"], "Dana Roth": ["camera", "edit"]}
        with studio.new(folder, title="Endless zoom", size=(320, 180), authors=authors, cap_usd="600.00") as film:
            film.as_("Maya Kern")
            film.write("06B", "The school bell rings.", camera="slow push in", portal_out="the keyhole")
            film.write("07A", "Two teenagers meet in a school corridor.")
            film.write("07B", "Out of the bubble, onto a football field.", camera="pull out", portal_in="the bubble")
            film.as_("Dana Roth")
            film.cards.person("her", "red hair in a loose braid, denim jacket", born=1969, said="she")
            film.cards.time("1986", "afternoon light, paper notices", year=1986)
            film.write("07A", camera="slow push in", style="16 mm film, neon light", avoid="slow motion, extra fingers")
        with studio_lab(folder) as url:
            yield folder, url

    with labs_of(make) as made:
        yield made


def desk_of(page, which=0):
    desk = page.get_by_role("region", name=re.compile("Prompt desk")).nth(which)
    expect(desk.locator(".ct-sent").first).to_be_visible(timeout=90_000)
    return desk


def view(desk):
    """What is drawn of the room now."""
    return desk.locator("svg.ct-view").evaluate("svg => svg.innerHTML")


def test_a_days_work_write_choose_a_move_see_what_is_dropped_generate_and_compare(lab):
    folder, url = lab
    name = notebook(folder, "day.ipynb", OPEN + 'film.desk("07A")')
    with notebook_page(url, name) as (page, errors):
        page.set_viewport_size({"width": 1400, "height": 1500})
        run_all(page)
        desk = desk_of(page)

        # write
        scene = desk.get_by_label("Scene", exact=True)
        scene.fill(WORDS)
        expect(desk.get_by_text("changed since v2")).to_be_visible()
        expect(desk.locator(".ct-sent").first).to_contain_text("bubble gum fills the frame")

        # choose a move by keyboard alone: to the picker, along it, Enter
        desk.get_by_role("button", name="+ then").focus()
        page.keyboard.press("Enter")
        moves = desk.get_by_role("listbox", name=re.compile("^Moves"))
        expect(moves.locator(":focus")).to_have_count(1)
        page.keyboard.press("Home")
        for _ in range(60):
            if moves.locator(":focus").get_attribute("data-key") == "move/pass_through":
                break
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        camera = desk.get_by_label("Camera", exact=True)
        expect(camera).to_have_value("slow dolly in, then pass through")
        expect(moves.get_by_role("option", selected=True)).to_have_count(2)
        expect(desk.locator(".ct-chip.on")).to_have_count(2)

        # the preview moves, and stops
        drawn = view(desk)
        desk.locator("svg.ct-view").evaluate("svg => { window.before = svg.innerHTML }")
        page.wait_for_function(
            "svg => svg.innerHTML !== window.before", arg=desk.locator("svg.ct-view").element_handle()
        )
        assert view(desk) != drawn
        desk.get_by_role("button", name="Pause the move").click()
        expect(desk.get_by_role("button", name="Play the move")).to_be_visible()

        # what two models drop
        desk.get_by_label("Show another model beside it").select_option("runway/gen4.5")
        runway = desk.get_by_role("group", name="What runway gen4.5 will get")
        expect(runway).to_contain_text("takes no avoid words")
        expect(runway.locator(".ct-sent del")).to_have_text("slow motion, extra fingers")
        stand_in = desk.get_by_role("group", name="What the stand-in will get")
        expect(stand_in).to_contain_text("draws no avoid words")

        # a card, by keyboard
        desk.get_by_role("button", name=re.compile("^her")).focus()
        page.keyboard.press("Enter")
        expect(stand_in.locator(".con").first).to_contain_text("red hair in a loose braid")

        # three takes of one second
        desk.get_by_role("button", name="One take fewer").click()
        desk.get_by_label("Seconds of a take").fill("1")
        generate = desk.get_by_role("button", name="Generate 3 takes")
        expect(desk.get_by_text("3 takes · 1 s · $0.00")).to_be_visible()
        generate.focus()
        page.keyboard.press("Enter")
        expect(desk.get_by_text("3 made", exact=True).first).to_be_visible(timeout=90_000)
        expect(desk.get_by_role("button", name="Play 07A-003")).to_be_visible()
        expect(desk.locator(".ct-desktake img[src]")).to_have_count(3)
        desk.get_by_role("button", name="Play 07A-003").click()
        video = desk.locator("video")
        page.wait_for_function("v => v.readyState >= 2 && v.videoWidth > 0", arg=video.element_handle())

        # versions, word by word
        versions = desk.get_by_role("listbox", name=re.compile("^Versions"))
        expect(versions.get_by_role("option")).to_have_count(3)
        expect(desk.locator(".ct-diff ins").first).to_be_visible()
        versions.get_by_role("option").first.click()
        expect(desk.get_by_text("v1 → v3")).to_be_visible()
        scene.scroll_into_view_if_needed()
        screenshot(page, "desk-light")
        assert axe(page) == []
        assert errors == []
    with studio.open(folder) as film:
        words = film.prompts("07A").iloc[-1]
        assert (words["scene_text"], words["scene_author"], words["version"]) == (WORDS, "Dana Roth", 3)
        assert (words["camera"], words["cards"]) == ("slow dolly in, then pass through", "her")
        assert list(film.takes()["state"]) == ["done"] * 3


def test_in_the_dark_theme_it_is_the_same_desk_and_axe_finds_nothing(lab):
    folder, url = lab
    name = notebook(folder, "dark.ipynb", OPEN + 'film.desk("07A")')
    with notebook_page(url, name, dark=True) as (page, errors):
        page.set_viewport_size({"width": 1400, "height": 1500})
        run_all(page)
        desk = desk_of(page)
        desk.get_by_role("button", name="show all").click()
        expect(desk.get_by_role("option", name=re.compile("Barrel roll clockwise"))).to_be_visible()
        desk.get_by_role("searchbox", name="Find a move").fill("vertigo")
        expect(desk.get_by_role("option", name=re.compile("Dolly zoom in"))).to_be_visible()
        screenshot(page, "desk-dark")
        assert axe(page) == []
        assert errors == []


def test_no_plain_key_of_the_desk_reaches_the_notebook(lab):
    folder, url = lab
    name = notebook(folder, "keys.ipynb", OPEN + 'film.desk("07A")', "1 + 1", "2 + 2")
    with notebook_page(url, name) as (page, _):
        run_all(page)
        desk = desk_of(page)
        cells = "() => window.jupyterapp.shell.currentWidget.content.model.cells.length"
        for place in (
            desk.get_by_role("button", name="+ then"),
            desk.locator(".ct-move:not([hidden])").first,
            desk.get_by_label("Scene", exact=True),
        ):
            place.focus()
            for key in ("a", "b", "d", "d", "x", "z", "m", "y", "d", "d"):
                page.keyboard.press(key)
            assert page.evaluate(cells) == 3
        # Tab goes through the desk and out of it again
        seen = set()
        desk.get_by_label("Scene", exact=True).focus()
        for _ in range(200):
            page.keyboard.press("Tab")
            inside = desk.evaluate(
                "root => root.contains(document.activeElement) ? document.activeElement.outerHTML.slice(0, 120) : ''"
            )
            if not inside:
                break
            seen.add(inside)
        assert not inside
        assert len(seen) > 20
        # Escape gives the notebook its keys back
        desk.get_by_role("button", name="+ then").focus()
        page.keyboard.press("Escape")
        assert not desk.evaluate("root => root.contains(document.activeElement)")


def test_typing_does_not_wait_for_a_kernel_that_is_busy(lab):
    folder, url = lab
    busy = 'import pathlib, time\nwhile not pathlib.Path("go").exists():\n    time.sleep(0.05)'
    name = notebook(folder, "busy.ipynb", OPEN + 'film.desk("07A")', busy)
    with notebook_page(url, name) as (page, errors):
        run_all(page)
        desk = page.get_by_role("region", name=re.compile("Prompt desk"))
        scene = desk.get_by_label("Scene", exact=True)
        expect(scene).to_be_visible(timeout=90_000)
        scene.fill("She blows a bubble")
        scene.press_sequentially(" as big as the moon.")
        expect(scene).to_have_value("She blows a bubble as big as the moon.")
        expect(desk.get_by_text("The kernel has not answered yet")).to_be_visible(timeout=30_000)
        (folder / "notebooks" / "go").touch()
        expect(desk.locator(".ct-sent").first).to_contain_text("as big as the moon", timeout=30_000)
        expect(desk.get_by_text("The kernel has not answered yet")).to_be_hidden()
        expect(scene).to_have_value("She blows a bubble as big as the moon.")
        assert errors == []


def test_a_restarted_kernel_loses_nothing_and_the_desk_says_so(lab):
    folder, url = lab
    name = notebook(folder, "restart.ipynb", OPEN + 'film.desk("07B")')
    with notebook_page(url, name) as (page, _):
        run_all(page)
        desk = desk_of(page)
        desk.get_by_label("Scene", exact=True).fill("Out of the bubble, into the rain.")
        expect(desk.locator(".ct-sent").first).to_contain_text("into the rain")
        page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
        desk.get_by_label("Camera", exact=True).fill("slow pull out")
        expect(desk.get_by_text("The kernel was restarted or is gone")).to_be_visible(timeout=60_000)
        expect(desk.get_by_label("Scene", exact=True)).to_have_value("Out of the bubble, into the rain.")
        run_all(page)
        again = desk_of(page)
        expect(again.get_by_text("changed since v1")).to_be_visible(timeout=60_000)
        expect(again.get_by_label("Scene", exact=True)).to_have_value("Out of the bubble, into the rain.")
        expect(again.get_by_label("Camera", exact=True)).to_have_value("slow pull out")  # typed while it was gone
    with notebook_page(url, name) as (
        page,
        _,
    ):  # another page: what was typed before the restart is in the film's folder
        run_all(page)
        expect(desk_of(page).get_by_label("Scene", exact=True)).to_have_value("Out of the bubble, into the rain.")


def test_two_desks_on_one_shot_show_each_others_saves_and_never_overwrite(lab):
    folder, url = lab
    with studio.open(folder) as film:
        film.as_("Maya Kern").write("08A", "A wedding.", camera="static")
    name = notebook(folder, "two.ipynb", OPEN + 'film.desk("08A")', 'film.desk("08A")')
    with notebook_page(url, name) as (page, errors):
        page.set_viewport_size({"width": 1400, "height": 3000})
        run_all(page)
        one, two = desk_of(page, 0), desk_of(page, 1)
        one.get_by_label("Scene", exact=True).fill("A wedding in the rain.")
        one.get_by_role("button", name="Write it down").press("Enter")  # a page that still scrolls moves no key's aim
        expect(one.get_by_text("written down as version 2")).to_be_visible(timeout=30_000)
        expect(two.get_by_label("Scene", exact=True)).to_have_value("A wedding in the rain.", timeout=30_000)
        # one part here, another there: both stay
        two.get_by_label("Camera", exact=True).fill("slow arc left")
        expect(two.get_by_role("button", name="Write it down")).to_be_visible()
        with studio.open(folder) as film:  # another process
            film.as_("Maya Kern").write("08A", "A wedding in the snow.")
        expect(two.get_by_label("Scene", exact=True)).to_have_value("A wedding in the snow.", timeout=30_000)
        expect(two.get_by_label("Camera", exact=True)).to_have_value("slow arc left")
        # the same part: both are shown, nothing is overwritten
        with studio.open(folder) as film:
            film.as_("Maya Kern").write("08A", camera="whip pan right")
        expect(two.get_by_text("whip pan right").first).to_be_visible(timeout=30_000)
        expect(two.get_by_label("Camera", exact=True)).to_have_value("slow arc left")
        two.get_by_role("button", name="Write it down").click()
        expect(two.get_by_text("nothing was written")).to_be_visible()
        two.get_by_role("button", name="Write mine above it").click()
        two.get_by_role("button", name="Write it down").click()
        expect(two.get_by_text("written down as version 5")).to_be_visible(timeout=30_000)
        expect(one.get_by_label("Camera", exact=True)).to_have_value("slow arc left", timeout=30_000)
        assert errors == []
    with studio.open(folder) as film:
        cameras = list(film.prompts("08A")["camera"])
        assert cameras[-2:] == ["whip pan right", "slow arc left"]


def test_hostile_words_are_harmless_or_one_sentence(lab):
    folder, url = lab
    name = notebook(folder, "hostile.ipynb", OPEN + 'film.desk("06B")')
    with notebook_page(url, name) as (page, errors):
        run_all(page)
        desk = desk_of(page)
        scene = desk.get_by_label("Scene", exact=True)
        scene.fill("<script>window.broken = 1</script><img src=x onerror='window.broken = 2'>")
        expect(desk.locator(".ct-sent").first).to_contain_text("<script>window.broken = 1</script>")
        assert page.evaluate("() => window.broken") is None
        scene.fill("words " * 9000)
        expect(desk.locator(".ct-wrong").first).to_contain_text("the scene text of 06B")
        expect(scene).to_have_value("words " * 9000)
        scene.fill("back\u202ewards")
        expect(desk.locator(".ct-wrong").first).to_contain_text("06B")
        scene.fill("A bell.")
        expect(desk.locator(".ct-wrong")).to_have_count(0)
        desk.get_by_label("Camera", exact=True).fill("wobblycam")
        expect(desk.get_by_text("only words: wobblycam")).to_be_visible()
        assert errors == []


def test_all_panels_live_in_one_page(lab):
    folder, url = lab
    with studio.open(folder) as film:
        film.as_("Dana Roth").adopt(make_clip(folder.parent / "clip.mp4", frames=72), "06B")
        film.circle(film.takes().query("shot == '06B'").iloc[-1]["take"])
        film.song.attach(make_song(folder.parent / "song.wav", seconds=4))
        film.arrange(bars=(1, 1))
    cells = ('film.desk("07A")', "film.money.panel()", "film.dailies()", 'film.desk("06B")', "film.cut().room()")
    name = notebook(folder, "all.ipynb", OPEN, *cells)
    with notebook_page(url, name) as (page, errors):
        page.set_viewport_size({"width": 1400, "height": 5000})
        run_all(page)
        desk_of(page, 0)
        desk_of(page, 1)
        expect(page.get_by_role("region", name="Ledger")).to_be_visible(timeout=60_000)
        expect(page.get_by_role("button", name="Circle C")).to_be_visible(timeout=60_000)
        expect(page.get_by_role("listbox", name="Slots")).to_be_visible(timeout=60_000)
        twice = """() => {
            const ids = [...document.querySelectorAll(".jp-OutputArea [id]")].map((each) => each.id);
            return ids.filter((id, k) => ids.indexOf(id) !== k);
        }"""
        assert page.evaluate(twice) == []
        assert axe(page) == []
        assert errors == []
