"""A new shot that is begun from a take."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from studio.errors import BadInput, NotFound
from studio.log import Author, Log, Settings, rebuild, write_settings
from studio.nouns import Shot
from studio.writing import begins_in_words, record, scene_from
from tests.log.making import a_prompt, a_request, asked, done, judge


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """07A-001 is finished and NG, 07A-002 planned, 07A-003 a clip that was adopted."""
    write_settings(tmp_path, Settings("Test", Fraction(24), 640, 360, authors=(Author("ada"), Author("ben"))))
    with Log.open(tmp_path) as log:
        with log.write("ada") as writer:
            one, _ = asked(writer, "07A", 2)
            judge(writer, done(writer, one), "ng")
            done(writer, writer.take("07A"))
        yield log


def test_it_has_the_words_of_the_take_each_part_by_who_wrote_it_and_knows_where_it_is_from(log: Log) -> None:
    of = log.latest_prompt("07A")
    record(log, "07A", "ada", scene_text="Other words since.", portal_in="the keyhole")
    prompt = scene_from(log, "07A-001", "ben")
    assert (prompt.shot, prompt.version, prompt.author) == ("08A", 1, "ben")
    parts = ("scene_text", "camera", "camera_json", "style", "continuity", "scene_author", "camera_author")
    assert [getattr(prompt, name) for name in parts] == [getattr(of, name) for name in parts]
    assert log.latest_prompt("08A") == prompt
    assert log.origin_of("08A") == log.take("07A-001")
    assert log.origin_of("07A") is None
    assert 'film.generate("08A", begins_as="07A-001")' in begins_in_words("08A", "07A-001")
    log.close()
    rebuild(log.folder)
    with Log.open(log.folder) as again:
        assert again.origin_of("08A") == again.take("07A-001")
        assert again.takes("08A") == ()


def test_words_of_a_cell_in_a_grid_become_the_shots_own_without_the_way_in_and_out(log: Log) -> None:
    with log.write("ada") as writer:
        cell = writer.prompt(a_prompt(version=2, portal_in="the keyhole", portal_author="ada", grid="07A-g1"))
        done(writer, writer.take("07A", writer.request(a_request(cell, grid="07A-g1", cell=1)).id))
    prompt = scene_from(log, "07A-004", "ada")
    assert (prompt.portal_in, prompt.portal_author, prompt.grid) == ("", "", "")
    assert log.latest_prompt("08A") == prompt


def test_a_scene_text_of_ones_own_stands_in_place_of_the_takes(log: Log) -> None:
    prompt = scene_from(log, "07A-001", "ben", "07C", "A door that was not there.")
    assert (prompt.shot, prompt.scene_text, prompt.scene_author) == ("07C", "A door that was not there.", "ben")
    assert (prompt.version, prompt.style_author) == (1, "ada")
    adopted = scene_from(log, "07A-003", "ben", scene_text="A dog runs in.")
    assert (adopted.shot, adopted.scene_text, adopted.camera) == ("08A", "A dog runs in.", "")


def test_the_next_free_scene_is_after_the_last_and_then_the_first_that_is_free(log: Log) -> None:
    with log.write("ada") as writer:
        writer.shot(Shot("99A", "99"))
    assert scene_from(log, "07A-001", "ada").shot == "01A"
    with log.write("ada") as writer:
        for number in range(1, 100):
            writer.shot(Shot(f"{number:02d}B", f"{number:02d}"))
    with pytest.raises(BadInput, match="all 99 scenes are taken: name a new shot of one of them"):
        scene_from(log, "07A-001", "ada")
    assert scene_from(log, "07A-001", "ada", "07C").shot == "07C"


@pytest.mark.parametrize(
    ("take", "named", "told"),
    [
        ("07A-002", {}, "take 07A-002 is planned: only a take with a clip can begin a scene"),
        ("07A-9", {}, "there is no take '07A-9'"),
        ("07A-003", {}, '07A-003 was adopted and has no words: give the new scene some, film.scene_from("07A-003", sc'),
        ("07A-001", {"shot": "07A"}, "07A is there already: name a shot that is not"),
        ("07A-001", {"shot": "x"}, "'x' is not a shot"),
        ("07A-001", {"shot": None}, "None is not a shot"),
        ("07A-001", {"scene_text": 5}, "the scene text of 08A is int, not text"),
    ],
)
def test_what_cannot_begin_a_scene_is_one_sentence_and_nothing_is_written(log, take, named, told) -> None:
    before = log.moment()
    with pytest.raises((BadInput, NotFound)) as problem:
        scene_from(log, take, "ada", **named)
    assert told in str(problem.value)
    assert log.moment() == before
