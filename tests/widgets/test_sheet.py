"""The contact sheet as HTML: light enough for a notebook, and a page that needs nothing from outside."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import cv2
import numpy as np
import pytest

from studio.errors import BadInput, StoreError
from studio.widgets.pictures import jpeg
from studio.widgets.sheet import Line, counted, page, query_words, sheet_html

HOSTILE = '<script>alert("x")</script>&'
VOID = {"meta", "img", "br", "link"}


class Page(HTMLParser):
    """The tags of a page, each closed where it has to be."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def still():
    """Posters as heavy as they come: noise does not compress."""
    picture = np.random.default_rng(7).integers(0, 256, (270, 480, 3), np.uint8)
    picture = cv2.GaussianBlur(picture, (0, 0), 2)
    made = {}
    return lambda label, width: made.setdefault(width, jpeg(picture, width))


def lines(count):
    verdicts = ("circle", "ng", "ng", "hold", "", "")
    return [
        Line(
            f"{k // 13 + 1:02d}A-{k % 13 + 1:03d}", f"{k // 13 + 1:02d}A", verdicts[k % 6], k % 40 == 0,
            "joins well, right speed" if k % 3 else "", "until 4.1 s", "dolly in · fast, got static ✗", 5.0,
            "runway · gen4.5", ("ben: NG",) if k % 20 == 0 else (), "media/takes/x.mp4",
            (("scene text", "A secret prompt."),),
        )
        for k in range(count)
    ]  # fmt: skip


def test_700_takes_are_a_page_of_posters_and_the_rest_a_table_in_a_light_notebook(still):
    text = sheet_html(lines(700), "Film: 1 of 700 judged", "700 takes", still, lambda line: "../media/takes/x.mp4")
    found = Page(text)
    posters, rows = len(found.all("img")), len(found.all("tr")) - 1
    assert len(text.encode()) <= 150_000
    assert posters >= 8
    assert posters + rows == 700
    assert not {"script", "style", "video", "table-of-widgets"} & {tag for tag, _ in found.tags}
    assert "A secret prompt" not in text
    assert "until 4.1 s" not in text


def test_10_000_takes_are_cut_and_say_so(still):
    many = [replace(line, take=f"01A-{k:04d}") for k, line in enumerate(lines(10_000))]
    text = sheet_html(many, "Film", "10,000 takes", still)
    found = Page(text)
    assert len(text.encode()) <= 150_000
    left = int(re.search(r"and ([\d,]+) more", text)[1].replace(",", ""))
    assert len(found.all("img")) + len(found.all("tr")) - 1 + left == 10_000


def test_few_takes_are_all_posters_and_a_missing_one_keeps_its_name(still):
    text = sheet_html(
        lines(12), "Film", "12 takes", lambda label, width: "" if label == "01A-003" else still(label, width)
    )
    found = Page(text)
    assert len(found.all("img")) == 11
    assert found.all("table") == []
    assert text.count("01A-003") == 1


def test_no_takes_are_a_sentence():
    assert sheet_html([], "Film: 0 of 0 judged", "no take has a clip yet", lambda *_: "") == (
        "<p><b>Dailies</b>, Film: 0 of 0 judged</p><p>no take has a clip yet</p>"
    )


def test_what_people_wrote_is_text_in_both(still):
    line = Line(
        "01A-001", "01A", "ng", False, HOSTILE, HOSTILE, HOSTILE, 5.0, HOSTILE, (HOSTILE,), "", ((HOSTILE, HOSTILE),)
    )
    texts = [
        sheet_html([line], HOSTILE, HOSTILE, still), sheet_html([line] * 60, HOSTILE, HOSTILE, still),
        page(HOSTILE, [line], HOSTILE, still),
    ]  # fmt: skip
    for text in texts:
        assert "<script" not in text
        assert "&lt;script&gt;" in text
        assert Page(text).all("script") == []


def test_counts_and_query_are_in_words():
    assert counted(lines(12)) == "8 of 12 judged · circled 2 · held 2 · NG 4 · accidents 1"
    assert counted([]) == "0 of 0 judged"
    chips = [("shot", "07A"), ("-verdict", "ng"), ("", "bubble"), ("-", '"church aisle"')]
    assert query_words(chips) == "shot 07A, without verdict ng, “bubble”, without “church aisle”"


def test_the_page_has_no_outside_reference_and_a_policy_that_allows_none(still):
    text = page("Endless zoom", [replace(line, words=()) for line in lines(30)], "shot 01A", still)
    found = Page(text)
    policy = next(a["content"] for a in found.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    style = re.search(r"<style>(.*?)</style>", text, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert all(picture["src"].startswith("data:image/jpeg;base64,") for picture in found.all("img"))
    assert len(found.all("img")) == 30
    for outside in ("http:", "https:", "//", "href", "url(", "@import", " style="):
        assert outside not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", text), outside
    assert "prefers-color-scheme:dark" in style
    assert "A secret prompt" not in text
    assert "until 4.1 s" in text
    assert "A secret prompt" in page("Endless zoom", lines(3), "", still)


def test_a_film_s_page_is_written_whole_and_never_over_another_file(culled, tmp_path):
    file = tmp_path / "sent" / "page.html"
    file.parent.mkdir()
    culled.ng("01A-006", reason="face")
    assert culled.sheet(file, "verdict:ng") == file
    text = file.read_text("utf-8")
    assert re.findall(r'alt="([^"]+)"', text) == ["01A-001", "01A-002", "01A-004", "01A-006"]
    assert "Two teenagers meet" not in text
    assert str(culled.folder) not in text
    assert [path.name for path in file.parent.iterdir()] == ["page.html"]
    with pytest.raises(BadInput, match=r"page\.html is already there"):
        culled.sheet(file)
    assert file.read_text("utf-8") == text
    culled.sheet(tmp_path / "sent" / "words.html", words=True)
    assert "Two teenagers meet" in (tmp_path / "sent" / "words.html").read_text("utf-8")
    (tmp_path / "sent" / "gone.html").symlink_to(tmp_path / "nowhere")
    with pytest.raises(BadInput, match="is already there"):
        culled.sheet(tmp_path / "sent" / "gone.html")


def test_a_page_of_nothing_or_nowhere_is_refused(culled, tmp_path):
    for query, sentence in (
        ("verdict:circle 02A", "verdict circle, shot 02A finds none"),
        ("colour:red", "is no field"),
    ):
        with pytest.raises(BadInput, match=sentence):
            culled.sheet(tmp_path / "page.html", query)
    with pytest.raises(StoreError, match="see that its folder is there"):
        culled.sheet(tmp_path / "no" / "page.html")
    assert list(tmp_path.glob("page*")) == []
