"""The search over takes: what it finds, and what it says where it means nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import BadInput
from studio.review.queries import FIELDS, Query, Term, WrongQuery, parse, plain


def take(**facts: Any) -> dict[str, Any]:
    found = {
        "take": "07A-003", "shot": "07A", "provider": "runway", "model": "gen4.5", "verdict": "circle",
        "accident": False, "reason": "Joins well, face", "reasons": ("joins well", "face"), "note": "look at her hands",
        "moves": ("dolly_in", "roll_cw"), "obeyed": "yes", "flags": ("frozen",), "seed": "2871",
        "words": "a wet schoolyard\nslow push in\nfilm grain, café", "disagree": False, "seen": True, "folded": False,
        "author": "ada", "grid": "",
    }  # fmt: skip
    found |= facts
    text = [found["take"].lower(), found["provider"], found["model"], found["seed"], *found["flags"]]
    return found | {"text": "\n".join([*text, *found["reasons"], found["note"], found["words"]])}


@pytest.mark.parametrize(
    "query",
    [
        "", "wet", "WET yard", '"slow push"', '"slow   PUSH in"', "café", "cafe\u0301", "hands", "2871", "gen4",
        "frozen", "07A", "07a", "07", "07A-003", "06A-09A", "06-08", "shot:07A", "shot:01A,07A", "shot:06A-08B",
        "scene:7", "scene:6-9",
        "take:07a-003", "take:07A-*", "provider:runway", "model:gen4.5", "model:runway/gen4.5", "model:GEN*",
        "verdict:circle", "verdict:circled", "verdict:NG,circle", "kept:yes", "verdict:circle, hold", "move:dolly_in",
        'move:"dolly in"', "move:Dolly-in", "obeyed:yes", "reason:face", 'reason:"joins well"', "reason:joins*",
        "note:hands", "note:hand,foot", "flag:frozen", "accident:no", "seen:yes", "disagree:no", "folded:no",
        "author:ada", "grid:none", "words:grain", "-dog", '-"push slow"', "-07B", "-verdict:ng", "-shot:08A-09A",
        "wet verdict:circle -flag:black", "-", "SEEN:Yes",
    ],
)  # fmt: skip
def test_a_take_is_found_by_what_it_has(query):
    assert parse(query).matches(take())


@pytest.mark.parametrize(
    "query",
    [
        "dog", "wet dog", '"push slow"', '"yard slow"', "07B", "08", "shot:08A-09A", "take:07A-00", "provider:run",
        "model:gen4", "verdict:hold", "verdict:none", "kept:no", "move:pan_left", "move:none", "obeyed:no,static",
        "reason:joins", "reason:none", "note:none", "note:wet", "flag:none", "accident:yes", "grid:07A-g1",
        "words:2871", "-wet", "-07A", "-verdict:circle,hold", "wet -grain",
    ],
)  # fmt: skip
def test_and_not_by_what_it_has_not(query):
    assert not parse(query).matches(take())


def test_none_is_what_a_take_lacks():
    bare = take(verdict="", moves=(), obeyed="", reasons=(), reason="", note="", flags=(), seen=False, words="")
    for query in ("verdict:none", "move:none", "obeyed:none", "reason:none", "note:none", "flag:none", "words:none"):
        assert parse(query).matches(bare), query
    assert parse("flag:black,none").matches(bare)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("verdit:circle", "the nearest is verdict"),
        ("http://example.com", 'go into "quotes"'),
        ("verdict:circl", "nearest is circle"),
        ("verdict:", "right behind it circle, hold, ng, none"),
        ("seen:maybe", "write yes or no"),
        ("move:dolly_inn", "nearest is dolly_in"),
        ("flag:frosen", "nearest is frozen"),
        ("shot:7", "write shot:07A"),
        ("scene:school", "write scene:07"),
        ('verdict == "circle"', 'film.dailies(film.takes().query("…"))'),
        ("cost_usd >= 1", "film.takes().query"),
        ("cost_usd<1 and seed>4", "film.takes().query"),
        ("file.isna()", "film.takes().query"),
        ("a\x00b", "invisible character"),
        ("x" * 1001, "at most 1,000"),
        (7, "not text"),
    ],
)
def test_what_means_nothing_is_one_sentence_at_the_search_field(query, says):
    with pytest.raises(WrongQuery, match=re.escape(says)) as caught:
        parse(query)
    assert "\n" not in str(caught.value)
    assert caught.value.part == "search"


def test_each_term_is_a_chip_that_can_be_taken_away_by_itself():
    query = parse('07a wet -"church  aisle" verdict:circled,held -flag:black')
    assert query.chips == [
        ("shot", "07A"), ("", "wet"), ("-", '"church aisle"'), ("verdict", "circle,hold"), ("-flag", "black"),
    ]  # fmt: skip
    assert str(query) == 'shot:07A wet -"church aisle" verdict:circle,hold -flag:black'
    assert query.asks("flag")
    assert not query.asks("seen")


PIECES = st.sampled_from(
    [
        *(f"{field}:" for field in FIELDS), "circle", "yes", "none", "07A", "07", "06A-09A", "dolly_in", "black", "wet",
        '"', " ", "  ", ",", "-", "*", ":", "<", "=", ">", "a.str", "5\"", "É", "\n", "x y",
    ]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=3), max_size=9).map("".join))
def test_a_search_written_down_again_means_the_same(text):
    try:
        query = parse(text)
    except BadInput:
        return
    assert parse(str(query)) == query
    assert str(parse(str(query))) == str(query)
    assert parse(query) is query


@given(st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters='"'), min_size=1, max_size=12))
def test_any_words_in_quotes_are_searched_to_the_letter(text):
    query = parse(f'"{text}"')
    assert query == Query((Term("", query.terms[0].values),))
    assert query.matches(take(note=plain(f"behind {text} before")))
    assert not query.matches(
        take(take="", shot="", provider="", model="", seed="", flags=(), reasons=(), note="", words="")
    )
