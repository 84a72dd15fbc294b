"""What a take's camera did, as a notebook and a page show it."""

import pytest

from studio.errors import BadInput


@pytest.fixture
def pushed(film):
    film.write("01A", "A corridor of lockers.", camera="push in, then pan right")
    film.generate("01A", takes=1, seconds=2, seed=3).wait(60)
    return film


def test_a_measured_take_is_shown_with_its_frames_and_both_paths(pushed):
    view = pushed.measured("01A-001")
    html = view._html()
    assert html.count("<img") == 2  # the strip, and the plot
    assert "01A-001, from its first frame to its last" in html
    assert view.obeyed in repr(view)
    assert html == pushed.measured("01A-001")._html()  # a notebook that is saved twice is the same twice
    assert len(html) < 120_000


def test_a_person_s_word_stands_beside_the_machine_s(pushed):
    machine = pushed.measured("01A-001").compared.obeyed
    pushed.obeyed("01A-001", "no", move="pan_left", note="<b>it drifts</b>")
    view = pushed.measured("01A-001")
    assert (view.obeyed, view.by, view.compared.obeyed) == ("no", "ada", machine)
    assert "&lt;b&gt;it drifts&lt;/b&gt;" in view._html()


def test_the_calibration_page_holds_all_and_needs_nothing_from_outside(pushed, tmp_path):
    page = pushed.evidence.calibration(tmp_path / "calibration.html")
    text = page.read_text("utf-8")
    assert "01A-001" in text
    assert "1 takes" not in text
    for outside in ("http", 'src="..', str(tmp_path)):
        assert outside not in text
    with pytest.raises(BadInput, match="is already there"):
        pushed.evidence.calibration(page)


def test_a_film_without_measured_takes_has_no_page(film, tmp_path):
    with pytest.raises(BadInput, match="0 takes are no calibration page"):
        film.evidence.calibration(tmp_path / "calibration.html")
    assert not (tmp_path / "calibration.html").exists()
