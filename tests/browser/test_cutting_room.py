"""A cut is worked on by keyboard in a real JupyterLab, played against its song, saved, and found again."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

import studio
from tests.browser.lab import axe, kill_kernel, labs_of, notebook_page, run_all, screenshot, studio_lab
from tests.clips import make_song
from tests.films import many_takes, notebook

pytestmark = pytest.mark.browser
OPEN = 'import os, studio\nfilm = studio.open("..")\nfilm.as_("Dana Roth")\nos.getpid()'


@pytest.fixture(scope="module")
def labs(require, tmp_path_factory):
    require("browser")

    @contextmanager
    def make():
        folder = tmp_path_factory.mktemp("lab") / "film"
        song = make_song(folder.parent / "song.wav", seconds=16)
        with many_takes(folder, takes=60, shots=6, judged=60, frames=96) as film:
            film.song.attach(song)
            film.arrange(name="first cut")
        with studio_lab(folder) as url:
            yield folder, url

    with labs_of(make) as made:
        yield made


def room_of(page):
    room = page.get_by_role("region", name=re.compile("^Cutting room"))
    expect(room.get_by_role("listbox", name="Slots")).to_be_visible(timeout=90_000)
    expect(room.locator(".ct-cr-alt").first).to_be_visible(timeout=60_000)
    return room


def in_the_cut(room):
    """The label of the take in the chosen slot."""
    return room.locator(".ct-cr-alt", has_text="in the cut").locator(".ct-take").first.inner_text()


def test_a_take_is_swapped_trimmed_pinned_and_the_cut_saved_by_keyboard(lab):
    folder, url = lab
    name = notebook(folder, "cut.ipynb", OPEN, "film.cut(1).room()")
    with notebook_page(url, name) as (page, errors):
        page.set_viewport_size({"width": 1400, "height": 1500})
        run_all(page)
        room = room_of(page)
        room.get_by_role("listbox", name="Slots").focus()
        page.keyboard.press("ArrowRight")
        expect(room.get_by_role("region", name="Slot 2")).to_be_visible()
        before = in_the_cut(room)
        page.keyboard.press("ArrowDown")
        expect(room.locator(".ct-cr-alt", has_text="in the cut").locator(".ct-take").first).not_to_have_text(before)
        swapped = in_the_cut(room)
        at = int(re.search(r"in (\d+) f", room.inner_text())[1])
        trimmed = at - 1 if at else 1
        page.keyboard.press("[" if at else "]")
        expect(room.get_by_text(f"in {trimmed} f")).to_be_visible()
        page.keyboard.press("p")
        expect(room.get_by_role("button", name="✓ Pinned")).to_be_visible()
        page.keyboard.press("j")  # both joins, round and round
        page.wait_for_function(
            "() => [...document.querySelectorAll('.ct-cr-stage video')].some(v => !v.paused && v.currentTime > 0)"
        )
        page.keyboard.press("j")
        page.keyboard.press("s")
        expect(room.locator(".ct-said")).to_contain_text("version 2")
        assert axe(page) == []
        screenshot(page, "cutting-light")
        assert errors == []
    with studio.open(folder) as film:
        assert film.cuts()["version"].tolist() == [1, 2]
        slot = film.cut(2).value.slots[1]
        assert (slot.source.name, slot.in_frames, slot.pinned) == (swapped, trimmed, True)
        assert "1 slot" in repr(film.cut(2).difference(1)) or "slots changed" in repr(film.cut(2).difference(1))


def test_the_cut_plays_with_its_song_as_the_clock(lab):
    folder, url = lab
    name = notebook(folder, "play.ipynb", OPEN, "film.cut(1).room()")
    with notebook_page(url, name, dark=True) as (page, errors):
        page.set_viewport_size({"width": 1400, "height": 1500})
        run_all(page)
        room = room_of(page)
        room.get_by_role("listbox", name="Slots").focus()
        page.keyboard.press(" ")
        page.wait_for_function(
            "() => document.querySelector('.ct').cutroomTrace().filter(row => row[2] >= 0).length > 60"
        )
        assert axe(page) == []
        screenshot(page, "cutting-dark")
        page.keyboard.press(" ")
        trace = page.evaluate("() => document.querySelector('.ct').cutroomTrace()")
        seconds = [row[0] for row in trace]
        assert seconds == sorted(seconds)
        assert errors == []


def test_what_was_edited_outlives_a_killed_kernel(lab):
    folder, url = lab
    name = notebook(folder, "killed.ipynb", OPEN, "film.cut(1).room()")
    with notebook_page(url, name) as (page, errors):
        run_all(page)
        room = room_of(page)
        room.get_by_role("listbox", name="Slots").focus()
        page.keyboard.press("ArrowRight")
        before = in_the_cut(room)
        page.keyboard.press("ArrowDown")
        expect(room.locator(".ct-cr-alt", has_text="in the cut").locator(".ct-take").first).not_to_have_text(before)
        edited = in_the_cut(room)
        expect(room.get_by_text("not saved", exact=True)).to_be_visible()
        kill_kernel(page, int(page.locator(".jp-OutputArea-output pre").first.inner_text()))
        run_all(page)
        room = room_of(page)
        expect(room.get_by_text("not saved", exact=True)).to_be_visible(timeout=60_000)
        room.get_by_role("listbox", name="Slots").focus()
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        expect(room.locator(".ct-cr-alt", has_text="in the cut").locator(".ct-take").first).to_have_text(edited)
        assert errors == []
    with studio.open(folder) as film:
        assert film.cut(1).value.slots[1].source.name == before
