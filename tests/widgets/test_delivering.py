"""The delivery form, the cut and the song as a notebook shows them."""

import re

import pytest

from studio.errors import NotFound
from tests.clips import make_clip


@pytest.fixture
def cut(film, clip, song):
    film.song.attach(song)
    for shot in ("01A", "02A"):
        film.circle(film.adopt(clip, shot=shot).label)
    return film.arrange(bars=(1, 2), name="two bars")


def test_the_button_exports_and_the_film_is_shown_below(film, cut):
    form = cut.delivery("für den Schnitt")
    form.export_button.click()
    form.thread.join(120)
    assert "film.mp4" in form.message.value
    assert 'role="alert"' not in form.message.value
    assert not form.export_button.disabled
    assert form.progress.value == form.progress.max == cut.value.frames
    shown = form.clip.outputs[0]["data"]["text/html"]
    assert 'src="../deliveries/f%C3%BCr%20den%20Schnitt/film.mp4"' in shown
    assert "muted" not in shown  # it has its song
    assert (film.folder / "deliveries" / "für den Schnitt" / "film.mp4").is_file()
    assert "film.mp4" in cut.play()._html()


def test_a_wrong_name_is_told_in_the_form_and_the_button_works_again(cut):
    form = cut.delivery("../outside")
    form.export_button.click()
    form.thread.join(60)
    assert 'role="alert"' in form.message.value
    assert not form.export_button.disabled
    assert form.name.value == "../outside"


def test_a_film_that_is_not_delivered_yet_is_said_to_be_so(cut):
    with pytest.raises(NotFound, match="not been delivered yet"):
        cut.play()


def test_what_would_be_exported_can_be_read_without_a_kernel(cut):
    bundle = cut.delivery("first-cut")._repr_mimebundle_()
    assert bundle["text/plain"] == "DeliveryForm('two bars', version 1)"
    assert f"{cut.value.frames} frames at 24 fps" in bundle["text/html"]
    assert "deliveries/first-cut/" in bundle["text/html"]


def test_a_cut_shows_one_still_a_slot(film, cut):
    page = cut._repr_html_()
    assert re.findall(r"<b>(\S+?)</b>", page) == ["01A-001", "02A-001"]
    assert page.count("data:image/jpeg") == 2
    assert "01:00:00:00" in page
    assert "bar 2" in page
    assert str(film.folder) not in page


def test_a_song_shows_its_bars_as_a_picture(film, song):
    assert film.song._repr_html_() is None
    film.song.attach(song)
    page = film.song._repr_html_()
    assert "data:image/png" in page
    assert "120.00 bpm found" in page
    assert len(page) < 60_000


def test_a_package_for_an_editor_is_chosen_and_changes_of_rate_are_told_before(film, song, tmp_path):
    film.song.attach(song)
    film.circle(film.adopt(make_clip(tmp_path / "fast.mp4", frames=80, rate="30"), shot="01A").label)
    form = film.arrange(bars=(1, 1)).delivery("for-ada")
    assert "01A-001: 30 → 24, frames dropped" in form.rates.value
    assert "1 changed: frames are held" in form.static_html()
    form.preset.value, form.media.value = "final-cut", "conform"
    form.export_button.click()
    form.thread.join(120)
    folder = film.folder / "deliveries" / "for-ada"
    assert {p.name for p in folder.glob("film.*")} >= {"film.fcpxml", "film.mp4"}
    assert not (folder / "film.xml").exists()
    assert [p.name for p in (folder / "media").iterdir()] == ["01A-001.mov"]
    assert form.progress.value == form.progress.max
