"""report.html: one page that says what is there, truly, and loads nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser

import pytest

from studio.delivery.report import conversion, spare, spoken, write_report
from studio.nouns import Marker, Slot, Source

JPEG = b"\xff\xd8\xff\xe0 not a picture"


class Page(HTMLParser):
    """Every element with its attributes, and whether each that was opened is closed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def source(name="07A-003", rate=24, frames=120, **facts):
    file, reel = f"media/takes/{name}.mp4", name.replace("-", "")
    return Source("take", name, file, "0" * 64, Fraction(rate), frames, 1280, 720, reel, name[:3], **facts)


def page_of(film, cut, **facts):
    text = write_report(cut, [JPEG] * len(cut.slots), **facts)
    page = Page(text)
    assert page.open == []
    return text, page


def test_the_page_loads_nothing_and_runs_nothing(film):
    cut = film.cut([(source(), 20, 0, Fraction(1))] * 2, markers=(Marker(0, "lyric", "<script>alert(1)</script>", 9),))
    cut = replace(
        cut,
        film_title='<img src="http://evil.example/x">',
        slots=tuple(replace(s, how='<a href="//evil">') for s in cut.slots),
    )
    text, page = page_of(
        film, cut, notes=["the <b>film</b> is silent"], prompts={"07A-003": "</td><script>alert(2)</script>"}
    )
    assert {tag for tag, _ in page.elements} & {"script", "link", "iframe", "object", "a", "form", "base"} == set()
    for _, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        assert "href" not in attributes
        assert attributes.get("src", "data:image/jpeg;base64,").startswith("data:image/jpeg;base64,")
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text)
    assert not re.search(r"url\(|@import", text)
    assert "default-src 'none'" in text


def test_the_page_names_every_slot_its_time_and_what_was_done(film):
    cut = film.cut([(source("01A-001"), 24, 0, 1), (source("01B-002", Fraction(25, 3), 60), 36, 2, Fraction(13, 16))])
    cut = replace(cut, slots=(cut.slots[0], replace(cut.slots[1], how="slowed to 13/16")))
    _, page = page_of(film, cut)
    words = " ".join(page.words)
    for said in (
        "01A-001",
        "01B-002",
        "01:00:01:00",
        "01:00:02:12",
        "8⅓ → 24, frames held",
        "13/16",
        "slowed to 13/16",
        "frame for frame",
    ):
        assert said in words
    assert "Premiere" in words
    assert "Final Cut Pro" in words


def test_each_list_says_what_it_cannot_carry(film):
    from studio.cutting.formats import FORMATS

    cut = film.cut([(source(), 20, 0, Fraction(1, 2)), (source("07A-004", 30), 20, 0, 1)])
    _, page = page_of(film, cut)
    words = " ".join(page.words)
    for form in FORMATS.values():
        for sentence in form.limits(cut):
            assert sentence in words


def test_prompts_and_private_paths_are_not_in_the_page_unless_asked_for(film):
    cut = film.cut([(source(), 20, 0, 1)], markers=(Marker(0, "prompt", "SECRET", 9),), song=film.song())
    text, _ = page_of(film, cut)
    assert "SECRET" not in text
    assert str(film.folder) not in text
    told, _ = page_of(film, cut, prompts={"07A-003": "she runs & runs"})
    assert "she runs &amp; runs" in told


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (24, "24"),
        (Fraction(25, 3), "8⅓"),
        (Fraction(24000, 1001), "23.976"),
        (Fraction(277, 12), "23.083"),
        (Fraction(1, 2), "½"),
        (Fraction(12), "12"),
    ],
)
def test_rates_are_written_as_people_write_them(number, said):
    assert spoken(Fraction(number)) == said


@pytest.mark.parametrize(
    ("rate", "speed", "film_rate", "said"),
    [
        (24, 1, 24, "24, frame for frame"),
        (12, 1, 24, "12 → 24, each held 2×"),
        (24, Fraction(1, 2), 24, "24, each held 2×"),
        (Fraction(25, 3), 1, 24, "8⅓ → 24, frames held"),
        (30, 1, 24, "30 → 24, frames dropped"),
        (24, 2, 24, "24, one in 2"),
        (48, Fraction(1, 2), 24, "48 → 24, frame for frame"),
    ],
)
def test_the_change_of_rate_is_named_for_each_slot(rate, speed, film_rate, said):
    assert conversion(Slot(source(rate=rate), 0, 10, 0, Fraction(speed)), Fraction(film_rate)) == said


def test_handles_are_counted_on_the_films_grid():
    take = source(rate=30, frames=90)  # three seconds: 72 frames of the film
    assert spare(Slot(take, 0, 40, 10), Fraction(24)) == (10, 22)
    assert spare(Slot(take, 0, 40, 10, Fraction(1, 2)), Fraction(24)) == (20, 84)
    assert spare(Slot(take, 0, 72, 0), Fraction(24)) == (0, 0)
