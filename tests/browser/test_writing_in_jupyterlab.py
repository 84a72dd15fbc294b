"""From words to the film in a real browser: no code is touched."""

import json
import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

import studio
from studio import demo
from studio.cli import lay_out_notebooks
from tests.browser.lab import labs_of, notebook_page, run_all, screenshot, studio_lab

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def labs(require, tmp_path_factory):
    require("browser")

    @contextmanager
    def make():
        film = tmp_path_factory.mktemp("lab") / "film"
        demo.practice(film).close()
        lay_out_notebooks(film)
        with studio_lab(film) as url:
            yield film, url

    with labs_of(make) as made:
        yield made


def only(notebook, *starts):
    """Keep the cells up to the one whose source starts with the last of these."""
    book = json.loads(notebook.read_text("utf-8"))
    last = next(k for k, cell in enumerate(book["cells"]) if "".join(cell["source"]).startswith(starts[-1]))
    book["cells"] = book["cells"][: last + 1]
    notebook.write_text(json.dumps(book), "utf-8")


def plays(page, video):
    """The clip is decoded, moves on, and is brought into sight."""
    expect(video).to_be_visible()
    video.evaluate("v => v.play()")
    page.wait_for_function(
        "v => v.readyState >= 2 && v.videoWidth > 0 && v.currentTime > 0.1", arg=video.element_handle()
    )
    video.scroll_into_view_if_needed()


def test_words_and_a_move_become_a_clip_that_plays_on_the_desk(lab):
    film_folder, url = lab
    only(film_folder / "notebooks" / "01_write.ipynb", "film.desk(")
    with notebook_page(url, "notebooks/01_write.ipynb") as (page, errors):
        run_all(page)
        desk = page.get_by_role("region", name="Prompt desk, shot 01A")
        expect(desk.locator(".ct-sent")).to_be_visible(timeout=90_000)
        desk.get_by_label("Camera", exact=True).fill("slow truck right")
        desk.get_by_label("Seconds of a take").fill("1")
        expect(desk.locator(".ct-sent")).to_contain_text("Slow truck right")
        while desk.get_by_role("button", name="Generate 1 take", exact=True).count() == 0:
            desk.get_by_role("button", name="One take fewer").click()
        desk.get_by_role("button", name="Generate 1 take", exact=True).click()
        expect(desk.get_by_text("1 made", exact=True).first).to_be_visible(timeout=90_000)
        desk.get_by_role("button", name="Play 01A-").first.click()
        plays(page, desk.locator("video"))
        assert errors == []
        assert page.locator(".jp-toast-message, .Toastify__toast").count() == 0  # no news prompt
    with studio.open(film_folder) as film:
        words = film.prompts("01A").iloc[-1]
        assert (words["camera"], words["camera_author"]) == ("slow truck right", film.authors[0])
        made = film.takes().query("shot == '01A'").iloc[-1]
        assert (made["state"], made["camera"], made["asked_move"]) == ("done", "slow truck right", "truck_right")


def test_a_take_is_judged_by_pointer_and_taken_back(lab):
    film_folder, url = lab
    only(film_folder / "notebooks" / "02_takes.ipynb", "film.dailies(")
    with notebook_page(url, "notebooks/02_takes.ipynb") as (page, errors):
        run_all(page)
        dailies = page.get_by_role("region", name=re.compile("^Dailies"))
        hold = dailies.get_by_role("button", name="Hold H")
        expect(hold).to_be_visible(timeout=90_000)
        label = dailies.get_by_role("region", name=re.compile("^Take ")).get_attribute("aria-label").split()[1]
        hold.click()
        expect(hold).to_have_attribute("aria-pressed", "true")
        with studio.open(film_folder) as film:
            mine = film.verdicts().query("author == @film.authors[-1]").set_index("take")
            assert mine.loc[label, "verdict"] == "hold"
        hold.click()
        expect(hold).to_have_attribute("aria-pressed", "false")
        assert errors == []
    with studio.open(film_folder) as film:
        mine = film.verdicts().query("author == @film.authors[-1]").set_index("take")
        assert mine["verdict"].get(label) != "hold"


def test_the_film_is_exported_by_button_and_plays(lab):
    film_folder, url = lab
    only(film_folder / "notebooks" / "06_deliver.ipynb", "cut.delivery(")
    with notebook_page(url, "notebooks/06_deliver.ipynb", dark=True) as (page, errors):
        run_all(page)
        panel = page.locator(".jp-NotebookPanel:visible")
        export = panel.get_by_role("button", name="Export")
        expect(export).to_be_visible(timeout=90_000)
        export.click()
        expect(panel.locator(".circletake-message", has_text="film.mp4")).to_be_visible(timeout=120_000)
        plays(page, panel.locator(".jp-OutputArea video").last)
        screenshot(page, "delivery-dark")
        assert errors == []
    made = film_folder / "deliveries" / "from-the-button"
    assert {"film.mp4", "film.otio", "film.xml", "film.fcpxml", "film.edl", "film.csv"} <= {
        path.name for path in made.iterdir()
    }
