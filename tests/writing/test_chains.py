"""The chain of an endless zoom."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.nouns import Continuity, Prompt
from studio.writing.chains import chain, check_chain, same_portal


def words(shot: str, portal_in: str = "", portal_out: str = "") -> Prompt:
    return Prompt(
        shot, shot, 1, "x", "", "[]", "", "", Continuity(), "m", "", "", "", "", "m", 0,
        portal_in=portal_in, portal_out=portal_out,
    )  # fmt: skip


def test_one_shots_way_out_is_the_next_ones_way_in():
    links = chain([words("07B", "a bubble", "the keyhole"), words("07A", "", "the bubble"), words("08A", "keyholes")])
    assert [(link.shot, link.next_shot, link.fits) for link in links] == [("07A", "07B", True), ("07B", "08A", True)]
    assert links[0].sentence == "07A goes into the bubble, and 07B comes out of it"
    assert not check_chain([words("07A", "", "the bubble"), words("07B", "Bubble!")])


def test_shots_without_portals_are_no_links_and_the_ends_of_a_film_need_none():
    assert chain([words("01A"), words("01B"), words("02A")]) == ()
    assert chain([words("01A", portal_in="the eye")]) == ()
    assert chain([words("01A", portal_out="the eye")]) == ()
    assert chain([]) == ()


def test_a_portal_that_is_missing_is_found_on_the_shot_that_should_name_it():
    first, second = check_chain([words("07A", "", "the bubble"), words("07B"), words("08A", "the eye")])
    assert (first.kind, first.shot, first.about) == ("portal_missing", "07B", "portals")
    assert first.sentence == (
        "07A goes into the bubble, and 07B does not say what it comes out of: write the bubble as the portal in of 07B"
    )
    assert (second.kind, second.shot) == ("portal_missing", "07B")
    assert "08A comes out of the eye, and 07B does not say what it goes into" in second.sentence


def test_portals_that_differ_are_found_with_both_of_them_named():
    (found,) = check_chain([words("07A", "", "the bubble"), words("07B", "the keyhole")])
    assert (found.kind, found.shot, found.words) == ("portals_differ", "07B", "the keyhole")
    assert found.sentence == "07A goes into the bubble, but 07B comes out of the keyhole: let both name the same thing"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("the bubble", "a bubble", True),
        ("the bubble", "Bubbles.", True),
        ("an eye", "THE EYE", True),
        ("his eye", "her eye", False),
        ("the girl's eye", "the girl’s eye", True),
        ("the glass", "the glasses", True),
        ("the bus", "the bus", True),
        ("the iris", "an iris", True),
        ("a box", "the boxes", True),
        ("soap-bubble", "the soap bubble", True),
        ("the bubble", "the bubble gum", False),
        ("the keyhole", "the key hole", False),
        ("the", "a", False),
        ("…", "!", False),
    ],
)
def test_a_portal_is_the_same_in_any_case_article_number_and_punctuation(one, other, same):
    assert same_portal(one, other) is same
    assert same_portal(other, one) is same


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=5))
def test_a_chain_of_any_words_has_a_sentence_for_each_link(portals):
    shots = [words(f"{number:02d}A", *pair) for number, pair in enumerate(portals, start=1)]
    links = chain(shots)
    assert len(links) <= max(0, len(shots) - 1)
    assert all(link.sentence for link in links)
    assert len(check_chain(shots)) == sum(not link.fits for link in links)


@given(st.text())
def test_every_portal_fits_itself(portal):
    assert same_portal(portal, portal)
