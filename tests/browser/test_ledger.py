"""The ledger in a real browser: the inbox decided by keyboard, takes seen on their way, both themes, nothing for axe.

The providers are servers with bills of their own; the takes that nobody answered for were bought before the lab began.
"""

import json
from contextlib import contextmanager
from decimal import Decimal

import pytest
from playwright.sync_api import expect

import studio
from tests.browser.lab import axe, labs_of, notebook_page, run_all, screenshot, studio_lab
from tests.clips import make_clip
from tests.fakes.openai_videos import FakeVideos
from tests.fakes.runway import FakeRunway

pytestmark = pytest.mark.browser

KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
BEYOND = """panel => [...panel.querySelectorAll('*')]
    .filter(e => e.getBoundingClientRect().right > panel.getBoundingClientRect().right + 1).map(e => e.outerHTML)"""
OPEN = "import studio\n\nfilm = studio.here()"


def notebook(folder, name, *cells):
    """A notebook of code cells, the first of which opens the film."""
    book = {
        "cells": [
            {
                "cell_type": "code",
                "id": f"c{k}",
                "metadata": {},
                "outputs": [],
                "execution_count": None,
                "source": source,
            }
            for k, source in enumerate((OPEN, *cells))
        ],
        "metadata": KERNEL,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / "notebooks" / name).write_text(json.dumps(book), "utf-8")
    return f"notebooks/{name}"


@pytest.fixture(scope="module")
def worlds(require, tmp_path_factory):
    """A film with five takes that nobody answered for, its two providers, and a lab on it."""
    require("browser")

    @contextmanager
    def make():
        clip = make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", frames=120, size="320x180").read_bytes()
        with pytest.MonkeyPatch.context() as patch, FakeRunway(clip) as runway, FakeVideos(clip) as videos:
            patch.setenv("RUNWAYML_API_SECRET", runway.key)
            patch.setenv("OPENAI_API_KEY", videos.key)
            patch.delenv("STUDIO_AUTHOR", raising=False)
            providers = {"runway": {"base_url": runway.url}, "openai_videos": {"base_url": f"{videos.url}/v1"}}
            folder = tmp_path_factory.mktemp("lab") / "film"
            with studio.new(folder, authors=["ada"], cap_usd="60.00", day_usd="20.00", providers=providers) as film:
                film.write("07A", "two teenagers in a corridor", camera="slow push in")
                film.write("07B", "the bubble pops", camera="slow push in")
                runway.script("create", "", "", *["lost"] * 4)
                for seed in range(6):
                    film.generate("07A", provider="runway", model="gen4.5", seed=seed).wait(60)
                videos.script("create", "lost")
                videos.script("list", "bad key")
                film.generate("07B", provider="openai_videos", model="wan2.2", price_usd="0.10").wait(60)
                assert len(film.money.inbox()) == 5
            runway.hold_s = 1.0
            with studio_lab(folder) as url:
                yield folder, url, runway, videos

    with labs_of(make) as made:
        yield made


def ledger(page):
    panel = page.get_by_role("region", name="Ledger").first
    expect(panel.get_by_role("heading", name="Ledger")).to_be_visible(timeout=90_000)
    return panel


def press(page, button, key="Enter"):
    button.focus()
    page.keyboard.press(key)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_looks_right_in_both_themes_and_axe_finds_nothing(world, dark):
    folder, url, *_ = world
    with notebook_page(url, notebook(folder, "looks.ipynb", "film.money.panel()"), dark=dark) as (page, errors):
        run_all(page)
        panel = ledger(page)
        expect(panel.get_by_role("group", name="What to do about 07A-003")).to_be_visible()
        panel.get_by_role("button", name="Look up again: 07A-003").focus()
        screenshot(page, f"ledger-{'dark' if dark else 'light'}")
        assert axe(page) == []
        press(page, panel.get_by_role("button", name="Mark lost: 07A-003"))
        press(page, panel.get_by_role("button", name="Pay again, $0.60…: 07A-004"))
        expect(panel.get_by_text("A new take costs $0.60 more: both may be charged.")).to_be_visible()
        press(page, panel.get_by_role("button", name="Adopt job id…: 07A-005"))
        screenshot(page, f"ledger-asking-{'dark' if dark else 'light'}")
        assert axe(page) == []
        page.set_viewport_size({"width": 700, "height": 1000})
        screenshot(page, f"ledger-narrow-{'dark' if dark else 'light'}")
        assert axe(page) == []
        assert panel.evaluate(BEYOND) == []
        assert errors == []


def test_the_inbox_is_decided_by_keyboard_alone(world):
    folder, url, runway, videos = world
    with notebook_page(url, notebook(folder, "inbox.ipynb", "film.money.panel()")) as (page, errors):
        run_all(page)
        panel = ledger(page)
        expect(panel.get_by_text("2 done · 5 ask you")).to_be_visible()

        # looked up: one provider cannot be asked, the other one has it
        press(page, panel.get_by_role("button", name="Look up again: 07A-003"))
        expect(panel.get_by_text("runway cannot be asked about a take")).to_be_visible(timeout=30_000)
        press(page, panel.get_by_role("button", name="Look up again: 07B-001"))
        expect(panel.locator("tr[data-take='07B-001'] .state")).to_contain_text("done", timeout=60_000)
        assert len(videos.jobs) == 1

        # adopted: a mistake is told under it and what was typed stays
        press(page, panel.get_by_role("button", name="Adopt job id…: 07A-003"))
        page.keyboard.type("   ")
        page.keyboard.press("Enter")
        expect(panel.get_by_role("alert").filter(has_text="is no job's id")).to_be_visible()
        third = next(job for job in runway.jobs.values() if job.body["seed"] == 2)
        page.keyboard.type(third.id)
        page.keyboard.press("Enter")
        expect(panel.locator("tr[data-take='07A-003'] .state")).to_contain_text("done", timeout=60_000)

        # marked lost, at another amount
        press(page, panel.get_by_role("button", name="Mark lost: 07A-004"))
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.type("0.35")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        row = panel.locator("tr[data-take='07A-004']")
        expect(row.locator(".state")).to_have_text("failed", timeout=30_000)
        expect(row.locator(".num")).to_have_text("0.35")
        expect(panel.get_by_role("button", name="Look up again: 07A-005")).to_be_focused()  # the next question

        # paid for again: asked once more, left, asked again, bought
        jobs = len(runway.jobs)
        press(page, panel.get_by_role("button", name="Pay again, $0.60…: 07A-005"))
        expect(panel.get_by_text("A new take costs $0.60 more: both may be charged.")).to_be_visible()
        page.keyboard.press("Escape")
        expect(panel.get_by_text("A new take costs $0.60 more: both may be charged.")).to_be_hidden()
        assert len(runway.jobs) == jobs
        page.keyboard.press("Enter")  # the focus is on the button again
        press(page, panel.get_by_role("button", name="Pay $0.60 again: 07A-005"))
        expect(panel.get_by_text("Paid for again as 07A-007; this one may still be charged.")).to_be_visible(
            timeout=30_000
        )
        expect(panel.locator("tr[data-take='07A-007'] .state")).to_contain_text("done", timeout=60_000)
        assert len(runway.jobs) == jobs + 1
        assert axe(page) == []
        assert errors == []
    with studio.open(folder) as film:
        assert film.money.at_risk == Decimal("1.20")
        assert film.money.spent == 4 * Decimal("0.60") + Decimal("0.35") + Decimal("0.10")
        states = film.takes().set_index("take")["state"]
        assert dict(states[["07A-003", "07A-004", "07A-005", "07A-007", "07B-001"]]) == {
            "07A-003": "done", "07A-004": "failed", "07A-005": "unknown", "07A-007": "done", "07B-001": "done",
        }  # fmt: skip


def test_a_cell_that_generates_shows_its_takes_on_their_way_and_they_can_be_stopped(world):
    folder, url, runway, _ = world
    runway.hold_s = 3600  # they are made when this test says so
    with studio.open(folder) as film:
        places = film.provider("runway").capabilities.concurrency
    takes = places + 2
    cell = f'film.generate("07B", provider="runway", model="gen4.5", takes={takes}, seed=70)'
    with notebook_page(url, notebook(folder, "generate.ipynb", cell)) as (page, errors):
        run_all(page)
        panel = ledger(page)
        expect(panel.get_by_text(f"{takes} takes of 07B")).to_be_visible()
        expect(panel.get_by_text(f"{takes} on the way")).to_be_visible(timeout=30_000)
        expect(panel.locator(".state", has_text="running")).to_have_count(places, timeout=30_000)
        expect(panel.locator(".state", has_text="planned")).to_have_count(2)
        since = panel.locator("tbody tr").first.locator("td.mono").nth(1)
        seen = since.text_content()
        expect(since).not_to_have_text(seen)  # it counts on by itself
        screenshot(page, "ledger-on-the-way")
        press(page, panel.get_by_role("button", name="Stop after these"))
        expect(panel.get_by_role("status").filter(has_text="cancelled; what was sent is finished")).to_be_visible()
        expect(panel.get_by_text(f"· {places} on the way · 2 cancelled")).to_be_visible()
        runway.hold_s = 0
        expect(panel.get_by_text(f"· {places} done · 2 cancelled")).to_be_visible(timeout=60_000)
        assert axe(page) == []
        assert errors == []
