"""Dailies as a saved notebook shows them: posters and a table, small, and nothing private."""

from html.parser import HTMLParser


class Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_it_can_be_read_without_a_kernel(culled):
    culled.as_("Dana Roth").ng("01A-006", reason="<script>alert(1)</script>", note="a private word")
    panel = culled.dailies("shot:01A")
    bundle = panel._repr_mimebundle_()[0]
    page = bundle["text/html"]
    assert bundle["text/plain"] == "Dailies('shot:01A', 6 of 24 seen)"
    assert "Endless zoom: 6 of 24 judged · circled 1 · held 1 · NG 4" in page
    assert "8 takes found by shot 01A, by shot, then take" in page
    tags = Tags(page).found
    pictures = [attrs for tag, attrs in tags if tag == "img"]
    assert [picture["alt"] for picture in pictures] == [f"01A-00{k}" for k in range(1, 9)]
    assert not {tag for tag, _ in tags} & {"script", "style", "video", "source", "button"}
    assert next(attrs["href"] for tag, attrs in tags if tag == "a") == "../media/takes/01A-001.mp4"
    assert str(culled.folder) not in page
    assert "Two teenagers" not in page
    assert "a private word" not in page
    assert "&lt;script&gt;" in page
    assert page == culled.dailies("shot:01A").static_html()


def test_a_notebook_elsewhere_on_the_disk_says_nothing_of_where_the_film_lies(culled, tmp_path, monkeypatch):
    (tmp_path / "desktop").mkdir()
    monkeypatch.chdir(tmp_path / "desktop")
    page = culled.dailies().static_html()
    assert "href" not in page
    assert culled.folder.name not in page
