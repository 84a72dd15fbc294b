"""`film.review`: searches and counts over the takes of a film, by call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import studio
from studio.errors import BadInput, NotFound
from studio.film import Film
from studio.film.review import ReviewHandle
from studio.nouns import Shot
from tests.log.making import MEDIA, asked


@pytest.fixture
def film(tmp_path: Path) -> Iterator[Film]:
    """07A with three clips, the third a copy of the first, and a take without one; 07B with one; 08A with nothing."""
    with studio.new(tmp_path / "film", title="Test", authors=["ada", "ben"]) as made:
        made.as_("ada")
        with made.log.write("ada") as writer:
            takes = [*asked(writer, "07A", 4), *asked(writer, "07B", 1)]
            writer.shot(Shot("08A", "08"))
        with made.log.write("studio") as writer:
            for take in takes[:3] + takes[4:]:
                same = takes[0].id if take is takes[2] else take.id
                facts = MEDIA | {"sha256": same, "file": f"media/takes/{take.label}.mp4"}
                writer.event("media", take.id, facts)
                writer.event("state", take.id, {"state": "done"})
        yield made


@pytest.fixture
def review(film: Film) -> ReviewHandle:
    return film.review


def test_takes_are_found_by_words_and_fields_as_rows_of_takes(film, review):
    film.circle("07A-002", "joins well, face")
    found = review.find("verdict:circled joins")
    takes = film.takes()
    assert found.equals(takes[takes["take"] == "07A-002"].reset_index(drop=True))
    assert found.attrs == takes.attrs
    assert review.find()["take"].tolist() == ["07A-001", "07A-002", "07B-001"]
    assert review.find(sort="best")["take"].tolist() == ["07A-002", "07B-001", "07A-001"]
    assert review.find("07A", unfold=True)["take"].tolist() == ["07A-001", "07A-002", "07A-003"]
    assert review.find("nowhere").dtypes.equals(film.takes().dtypes)
    with pytest.raises(BadInput, match="nearest is verdict"):
        review.find("verdit:circle")


def test_a_search_knows_what_was_decided_since_the_last_one_and_by_whom(film, review):
    assert review.find("verdict:none")["take"].tolist() == ["07A-001", "07A-002", "07B-001"]
    film.circle("07A-002")
    assert review.find("kept:yes")["take"].tolist() == ["07A-002"]
    film.as_("ben")
    assert review.find("kept:yes").empty
    film.ng("07A-002")
    assert (review.find("verdict:ng")["take"].tolist(), review.folded()["take"].tolist()) == (["07A-002"], ["07A-003"])


def test_alternates_of_a_shot_or_a_take_come_with_their_reasons(film, review):
    film.circle("07A-002")
    assert review.alternates("07A").values.tolist() == [
        ["07A-002", 1, "circled · not measured · no flags"],
        ["07A-001", 2, "not judged · not measured · no flags"],
    ]
    assert review.alternates("07A-002")["take"].tolist() == ["07A-001"]
    assert review.alternates("08A").empty
    for wrong in ("09A", "07A-009", 7):
        with pytest.raises(NotFound, match="the nearest is 0"):
            review.alternates(wrong)


def test_coverage_says_what_each_shot_lacks(film, review):
    film.circle("07A-002")
    film.ng("07A-001")
    assert review.coverage().values.tolist() == [
        ["07A", 4, 3, 1, 0, 1, 1, ""],
        ["07B", 1, 1, 0, 0, 0, 1, "a circle"],
        ["08A", 0, 0, 0, 0, 0, 0, "takes"],
    ]


def test_reasons_and_kept_takes_are_counted(film, review):
    assert (review.reasons().empty, review.kept("word").empty) == (True, True)
    film.circle("07A-002", "face")
    film.ng("07A-001", "hand, face")
    assert review.reasons().values.tolist() == [["face", 1, 0, 1], ["hand", 1, 0, 0]]
    kept = review.kept("word").iloc[0]
    assert (kept["word"], kept["kept"], kept["n"], kept["said"]) == ("film grain", 1, 2, "1 of 2, too few to say")
    assert kept["low"] < 0.5 < kept["high"]
    assert list(review.kept().columns) == ["shot", "kept", "n", "low", "high", "said"]
    with pytest.raises(BadInput, match="'seed': write shot, move, model or word"):
        review.kept("seed")


def test_folded_takes_are_listed_with_their_number_and_nothing_is_gone(film, review):
    assert review.folded().values.tolist() == [["07A-003", "07A-001", "exact copy of 07A-001", 0.0]]
    assert len(film.takes()) == 5
    film.hold("07A-003")
    assert review.folded().empty


def test_disagreements_and_accidents_name_the_people(film, review):
    film.circle("07A-001", "face")
    film.accident("07B-001")
    film.as_("ben").ng("07A-001", "hand", "look at 2 s")
    film.accident("07B-001")
    assert review.disagreements().values.tolist() == [
        ["07A-001", "07A", "ada", "circle", "face", ""],
        ["07A-001", "07A", "ben", "ng", "hand", "look at 2 s"],
    ]
    accidents = review.accidents()
    assert accidents[["take", "flagged_by"]].values.tolist() == [["07B-001", "ada, ben"]]
    film.undo()
    film.as_("ada").undo()
    assert list(review.accidents().columns) == list(accidents.columns)
    assert review.accidents().empty


def test_where_the_culling_stands_is_said_in_a_line(film, review):
    film.circle("07A-002")
    film.hold("07B-001")
    said = "seen 2 of 4 · circled 1 · held 1 · NG 0 · accidents 0 · folded 1; 2 shots lack a circle"
    assert repr(review) == f"Review({said})"
    assert "2 shots lack a circle" in review._repr_html_()
    assert (review.pace().left, review.pace("ben").left, review.pace().said) == (1, 3, "")
    with pytest.raises(BadInput, match="'carl' is nobody who decides here: there is ada, ben"):
        review.pace("carl")


def test_who_has_not_said_who_they_are_reads_the_films_verdicts(film):
    film.circle("07A-002")
    with studio.open(film.folder) as other:
        assert other.review.find("kept:yes")["take"].tolist() == ["07A-002"]
        assert "circled 1" in repr(other.review)
