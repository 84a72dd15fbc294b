"""What changed between two versions."""

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.nouns import Continuity, Prompt
from studio.writing import Change, diff_html, diff_prompts, diff_text, word_diff

texts = st.lists(st.sampled_from(["slow", "fast", "push", "in", "<b>", "\n", " "]), max_size=12).map(" ".join)


@settings(deadline=None, max_examples=100)
@given(texts, texts)
def test_the_runs_give_back_both_texts_word_for_word(old: str, new: str) -> None:
    changes = word_diff(old, new)
    assert " ".join(c.text for c in changes if c.kind != "added").split() == old.split()
    assert " ".join(c.text for c in changes if c.kind != "removed").split() == new.split()
    assert all(c.text for c in changes)


def test_a_changed_word_shows_what_went_and_what_came() -> None:
    changes = word_diff("a slow push in", "a fast push in")
    assert changes == (
        Change("same", "a"),
        Change("removed", "slow"),
        Change("added", "fast"),
        Change("same", "push in"),
    )
    assert diff_text(changes) == "a [-slow-] {+fast+} push in"


def test_html_in_the_words_is_shown_and_never_run() -> None:
    shown = diff_html(word_diff("x", "<img src=x onerror=alert(1)> & x"))
    assert shown == "<ins>&lt;img src=x onerror=alert(1)&gt; &amp;</ins> x"


def test_braces_in_the_words_do_no_harm() -> None:
    assert diff_text(word_diff("{0}", "{x}")) == "[-{0}-] {+{x}+}"


def test_two_prompts_are_compared_part_by_part_and_equal_parts_are_left_out() -> None:
    old = Prompt(
        "p", "07A", 1, "a field", "push in", "[]", "", "", Continuity(age="nine"), "m", "j", "", "", "m", "m", 0
    )  # fmt: skip
    new = dataclasses.replace(old, version=2, camera="fast push in", continuity=Continuity(age="ten"))
    assert {part: diff_text(changes) for part, changes in diff_prompts(old, new).items()} == {
        "camera": "{+fast+} push in",
        "age": "[-nine-] {+ten+}",
    }


def test_portals_and_cards_are_parts_that_can_differ_too() -> None:
    old = Prompt("p", "07A", 1, "a", "", "[]", "", "", Continuity(), "m", "", "", "", "m", "m", 0, portal_in="the eye")
    new = dataclasses.replace(old, portal_in="", portal_out="the bubble", cards=("her", "1986"))
    assert {part: diff_text(changes) for part, changes in diff_prompts(old, new).items()} == {
        "portal_in": "[-the eye-]",
        "portal_out": "{+the bubble+}",
        "cards": "{+her, 1986+}",
    }


def test_long_texts_of_few_words_are_compared_whole() -> None:
    old, new = "la " * 1000 + "x", "la " * 1000 + "y"
    assert diff_text(word_diff(old, new)).endswith("[-x-] {+y+}")
