"""Credits and disclosure: who did it, with what, and what to say where."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from dataclasses import replace
from datetime import date

import pytest

import studio
from studio import _resources
from studio.delivery.credits import LONGEST_CARD
from studio.delivery.disclosure import disclosure_of, sidecar
from tests.delivery.marking import SECRET, make_film


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_film(tmp_path_factory.mktemp("disclosure") / "film")


@pytest.fixture
def film(made, tmp_path):
    shutil.copytree(made, tmp_path / "film")
    with studio.open(tmp_path / "film") as film:
        film.as_("ada")
        yield film


def checks(disclosure):
    return {check.what: check for check in disclosure.checklist}


def test_credits_name_whoever_did_it_and_with_what(film):
    found = film.cut().credits()
    assert dict(found.people) == {
        "words": ("ada",), "camera": ("ben",), "style": ("ben",), "takes chosen by": ("ada",), "edit": ("ben",),
    }  # fmt: skip
    assert found.song == "Further In by The Loop"
    today = date.fromtimestamp(film.log.take("01A-001").created_at_us / 1e6).isoformat()
    assert f"pictures: Runway gen4.5, 1 of 1 take, {today}" in found.text
    assert "pictures: stand-ins drawn by Circletake, 1 of 1 take" in found.text
    assert "pictures: clips from elsewhere, 1 of 1 take" in found.text
    assert "takes: 4 of 4 takes; 3 prompt versions by ada and ben" in found.text
    assert "Endlose Fährt &lt;&amp;&gt; Co" in found._repr_html_()
    assert repr(found) + "\n" == found.text


def test_the_numbers_count_what_was_not_chosen(film):
    film.write("01A", "The same at night.")
    film.as_("ben").write("01A", camera="slow pull back")
    cut = film.cut().value
    shorter = replace(cut, slots=cut.slots[:1])
    found = studio.film.cut.CutHandle(film, shorter).credits()
    assert found.counted == "1 of 4 takes; 5 prompt versions by ada and ben"
    assert (found.statistics.circled, found.statistics.slots, found.statistics.cuts) == (4, 1, 1)


def test_an_end_card_fits_into_film_toml_however_many_people_there_are(film):
    found = film.cut().credits()
    assert found.end_card.splitlines()[0] == film.settings.title
    assert "words  ada" in found.end_card
    assert "pictures generated with AI  Runway gen4.5, Gemini omni-1.1 and clips from elsewhere" in found.end_card
    many = tuple(f"Person With A Long Name {n}" for n in range(60))
    card = replace(found, people=tuple((what, many) for what, _ in found.people)).end_card
    assert len(card) <= LONGEST_CARD
    assert re.search(r"and \d+ more", card)


def test_disclosure_says_what_to_write_where_and_that_it_is_no_legal_advice(film):
    found = film.cut().disclosure()
    assert found.end_card.startswith("Pictures generated with AI: Runway gen4.5, Gemini omni-1.1.")
    assert "stand-ins" in found.end_card
    assert "Written, chosen and cut by people (words ada; camera ben" in found.description
    assert "Song: Further In by The Loop." in found.description
    assert {each.name for each in found.platforms} >= {"YouTube", "TikTok", "Instagram and Facebook"}
    assert all(found.description == each.text for each in found.platforms)
    for shown in (repr(found), found._repr_html_(), found.text):
        assert "not legal advice" in shown
        assert shown.count("(read 2026-") == len(found.platforms) + len(found.checklist)
    assert list(found.to_frame()["what"]) == list(checks(found))


def test_the_checklist_is_that_of_this_film(film):
    found = checks(film.cut().disclosure())
    assert found["The film says so itself, on its end card or in its credits"].state == "done"
    assert found["The file says by machine-readable marks that it was generated"].state == "done"
    assert found["The film is signed with Content Credentials"].state == "to do"
    assert found["No real person is recognisable, or that person agreed"].state == "for you to judge"
    assert [each.state for what, each in found.items() if "SynthID" in what] == ["to know"]
    assert any("came from elsewhere" in what for what in found)
    drawn = replace(film.cut().value, slots=film.cut().value.slots[2:3], song=replace(film.cut().value.song, file=""))
    mine = disclosure_of(drawn, film.log, film.settings, {})
    assert mine.end_card == "Pictures drawn by a program as stand-ins; none of them was generated with AI."
    assert not any("SynthID" in what or "song" in what.lower() or "copyright" in what for what in checks(mine))
    silent = checks(disclosure_of(film.cut().value, film.log, replace(film.settings, end_card="the end"), {}))
    assert silent["The film says so itself, on its end card or in its credits"].state == "to do"
    broken = checks(disclosure_of(film.cut().value, film.log, film.settings, {"STUDIO_C2PA_KEY": "gone.key"}))
    assert "no certificate is named" in broken["The film is signed with Content Credentials"].found


def test_every_row_of_the_rules_has_a_source_and_a_day():
    rows = tomllib.loads(_resources.path("data/disclosure.toml").read_text("utf-8"))
    assert "not legal advice" in rows["note"]
    for row in (*rows["platform"], *rows["check"]):
        assert row["source"]
        assert date.fromisoformat(row["read_on"]) <= date(2026, 11, 29)


def test_the_sidecar_tells_machines_the_same_without_words_or_paths(film):
    cut = film.cut().value
    plain = sidecar(cut, film.log)
    assert plain == sidecar(cut, film.log)
    found = json.loads(plain)
    assert found["digital_source_type"].endswith("/compositeWithTrainedAlgorithmicMedia")
    assert [each["take"] for each in found["takes"]] == ["01A-001", "01B-001", "02A-001", "02B-001"]
    assert [each["generated"] for each in found["takes"]] == [True, True, False, True]
    assert found["takes"][0]["made_by"] == "Runway gen4.5"
    assert SECRET.encode() not in plain
    assert str(film.folder).encode() not in plain
    assert SECRET in json.loads(sidecar(cut, film.log, {"01A-001": SECRET}))["takes"][0]["prompt"]
