"""Dailies driven as a person would."""

import pytest

from tests.clips import make_clip


@pytest.fixture
def takes(film, clip):
    film.write("01A", "A schoolyard.")
    return [film.adopt(clip, shot=shot).label for shot in ("01A", "02A", "03A")]


def verdict(film, label):
    found = film.takes().set_index("take").loc[label, "verdict"]
    return found if isinstance(found, str) else None


@pytest.mark.parametrize(("button", "mark"), [("circle", "◯ circled"), ("hold", "◐ hold"), ("ng", "✗ NG")])
def test_a_button_logs_a_verdict_with_its_reason(film, takes, button, mark):
    dailies = film.dailies()
    dailies.reason.value = "wrong <b>move</b>"
    dailies.note.value = "drifts"
    dailies.buttons[button].click()
    assert verdict(film, takes[0]) == button
    row = film.takes().iloc[0]
    assert (row["reason"], row["note"]) == ("wrong <b>move</b>", "drifts")
    assert 'role="status"' in dailies.message.value
    assert f">{takes[0]}: {mark}<" in dailies.message.value
    assert {value: text for text, value in dailies.choice.options}[takes[0]].endswith(mark)
    assert (dailies.choice.value, dailies.reason.value, dailies.note.value) == (takes[0], "", "")
    assert f"1 {mark}" in dailies.head.value


def test_a_verdict_can_be_taken_back(film, takes):
    dailies = film.dailies()
    dailies.buttons["circle"].click()
    dailies.undo_button.click()
    assert verdict(film, takes[0]) is None
    assert "undone" in dailies.message.value
    dailies.undo_button.click()
    assert 'role="alert"' in dailies.message.value  # there is nothing left to undo


def test_judging_lets_the_clip_play_on(film, takes):
    dailies = film.dailies()
    drawn = []
    dailies.clip.observe(drawn.append, "outputs")
    dailies.choice.value = takes[1]
    dailies.buttons["circle"].click()
    dailies.undo_button.click()
    assert len(drawn) == 1


def test_one_walks_through_the_takes_round_and_round(film, takes):
    dailies = film.dailies()
    seen = []
    for _ in range(3):
        seen.append(dailies.choice.value)
        assert dailies.choice.value in dailies.clip.outputs[0]["data"]["text/plain"]
        dailies.next_button.click()
    assert seen == takes
    dailies.back_button.click()
    assert dailies.choice.value == takes[-1]


def test_only_one_shots_takes_when_asked(film, takes):
    dailies = film.dailies("03A")
    assert [value for _, value in dailies.choice.options] == [takes[2]]
    assert "1 take of 03A" in dailies.head.value


def test_without_takes_it_says_how_to_make_one(film):
    dailies = film.dailies("07A")
    assert "film.generate(&quot;07A&quot;)" in dailies.message.value
    dailies.buttons["circle"].click()
    dailies.next_button.click()
    assert "film.generate" in dailies.message.value


def test_a_mistake_is_told_in_the_form(film, takes):
    dailies = film.dailies()
    dailies.reason.value = "a story that is much too long to be counted and sorted by, as reasons are"
    dailies.buttons["ng"].click()
    assert 'role="alert"' in dailies.message.value
    assert dailies.reason.value.startswith("a story")
    assert verdict(film, takes[0]) is None


def test_it_can_be_read_without_a_kernel(film, takes):
    film.ng(takes[1])
    page = film.dailies()._repr_mimebundle_()["text/html"]
    assert page.count("data:image/jpeg") == 3
    assert f'href="../media/takes/{takes[0]}.mp4"' in page
    assert "✗ NG" in page
    assert str(film.folder) not in page


def test_an_adopted_mov_is_linked_by_its_own_name(film, tmp_path):
    film.write("01A", "A schoolyard.")
    film.adopt(make_clip(tmp_path / "a.mov", frames=12), shot="01A")
    assert 'href="../media/takes/01A-001.mov"' in film.dailies().static_html()
    assert 'src="../media/proxies/01A-001.mp4"' in film.play("01A-001")._html()  # what every browser plays
