"""report.html: one page that says what is there, truly, and loads nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser

import pytest

from studio.delivery.conversions import conversion, spare, spoken
from studio.delivery.packages import Package, media_files
from studio.delivery.report import Sent, write_report
from studio.nouns import Marker, Slot, Source, Transition

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


def test_the_page_names_dissolves_and_the_slots_with_sounds(film):
    cut = film.cut([(source("01A-001"), 24, 10, 1), (source("01B-002"), 36, 10, 1)])
    second = replace(cut.slots[1], how="bar 2", transition=Transition("dissolve", 8), sound="media/takes/01B-002.mp4")
    _, page = page_of(film, replace(cut, slots=(cut.slots[0], second)))
    words = " ".join(page.words)
    assert "bar 2; dissolve of 8 frames into it" in words
    assert "under slot 2" in words


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


def test_each_missing_handle_is_a_line_and_none_is_invented(film):
    short, long = source("01A-001", frames=30), source("01B-001", frames=120)
    _, page = page_of(film, film.cut([(short, 24, 2, 1), (long, 24, 30, 1), (short, 20, 0, 1)]))
    words = " ".join(" ".join(page.words).split())
    assert "slot 1, 01A-001 : 2 before it and 4 after it" in words
    assert "slot 3, 01A-001 : 0 before it and 10 after it" in words
    assert "slot 2, 01B-001" not in words
    _, none = page_of(film, film.cut([(long, 24, 30, 1)]))
    assert "every slot has them on both sides" in " ".join(none.words)


def test_the_changes_since_the_last_delivery_are_listed_slot_by_slot(film):
    first, second, third = (source(f"0{n}A-001") for n in (1, 2, 3))
    sent = film.cut([(first, 24, 2, 1), (second, 24, 0, 1)])
    now = replace(film.cut([(first, 20, 2, 1), (third, 24, 0, 1)]), version=2)
    _, page = page_of(film, now, since=Sent(sent, "for <b>Ben</b>"))
    words = " ".join(" ".join(page.words).split())
    assert "since version 1, delivered as for <b>Ben</b>: 3 slots changed: 1 new, 1 omitted, 1 trimmed" in words
    assert "4 frames shorter" in words
    assert "no longer in the cut: it was slot 2" in words
    assert "since version" not in " ".join(page_of(film, now)[1].words)


def test_the_change_of_rate_of_each_clip_is_named_with_the_way_that_was_chosen(film):
    cut = film.cut([(source("01A-001", 30), 24, 2, 1), (source("01B-001"), 24, 0, 1)])
    _, page = page_of(film, cut, package=Package(media="conform", blended={"01A-001": "blend"}))
    words = " ".join(" ".join(page.words).split())
    for said in ("hold frames", "play at film rate", "30 → 24, frames dropped", "speed 4/5", "softer than film.mp4"):
        assert said in words
    assert "Frame rates" not in " ".join(page_of(film, film.cut([(source(), 20, 0, 1)]))[1].words)


def test_a_package_for_one_editor_lists_only_what_is_in_it(film):
    cut = film.cut([(source(), 20, 0, 1)])
    _, page = page_of(film, cut, package=Package("final-cut"), files=media_files(cut, Package("final-cut")))
    words = page.words
    assert "film.fcpxml" in words
    assert {"film.edl", "film.xml", "film.otio", "stamped/"}.isdisjoint(words)
