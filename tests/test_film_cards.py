"""Cards and the chain of an endless zoom through a film's public calls."""

from __future__ import annotations

import pandas as pd
import pytest

import studio
from studio.errors import BadInput, NotFound
from tests.clips import make_clip


@pytest.fixture(autouse=True)
def nobody_chosen(monkeypatch):
    monkeypatch.delenv("STUDIO_AUTHOR", raising=False)


@pytest.fixture(scope="session")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    return [make_clip(folder / f"{frames}.mp4", frames=frames) for frames in range(24, 28)]


@pytest.fixture
def film(tmp_path):
    with studio.new(tmp_path / "film", rate=8, size=(320, 180), authors=["ada"]) as film:
        for shot in ("07A", "07B", "09A"):
            film.write(shot, "Two people meet.", camera="push in")
        yield film


@pytest.fixture
def carded(film):
    film.cards.person("her", "red hair in a loose braid, denim jacket", born=1969)
    film.cards.person("him", "dark curls, grey school jumper", born=1970)
    film.cards.time("1986", "afternoon light, no phones, no screens")
    film.cards.time("later", "neon", year=1999)
    film.cards.place("school corridor", "green lockers, brown lino")
    film.cards.style("super 16", "16 mm film, soft grain", avoid="video game look")
    return film


def test_a_scene_is_worded_by_cards_and_each_shot_says_the_same(carded):
    made = carded.cards.use("07", "her", "him", "1986", "school corridor")
    assert [prompt.shot for prompt in made] == ["07A", "07B"]
    carded.cards.use("09", "her", "later", "super 16")
    for shot in ("07A", "07B"):
        last = carded.prompts(shot).iloc[-1]
        assert last["who"] == (
            "She is 17, red hair in a loose braid, denim jacket. He is 16, dark curls, grey school jumper."
        )
        assert (last["cards"], last["author"]) == ("her, him, 1986, school corridor", "ada")
    assert "He is 16, dark curls, grey school jumper. 1986, afternoon light" in carded.dry_run("07A").request.text
    assert carded.dry_run("09A").request.avoid == "video game look"
    timeline = carded.cards.timeline()
    assert {name: str(dtype) for name, dtype in timeline.dtypes.items()} == {
        "shot": "str", "scene": "str", "time": "str", "year": "Int64", "her": "Int64", "him": "Int64",
    }  # fmt: skip
    assert timeline["year"].tolist() == [1986, 1986, 1999]
    assert timeline["her"].tolist() == [17, 17, 30]
    assert timeline["him"].tolist() == [16, 16, pd.NA]
    assert timeline["time"].tolist() == ["1986", "1986", "later"]


def test_a_reworded_card_drifts_until_it_is_used_anew_and_keeps_its_history(carded):
    carded.cards.use("07", "her", "1986")
    assert len(carded.cards.check()) == 0
    card = carded.cards.person("Her", "short red hair")
    assert (card.name, card.year) == ("her", 1969)  # what is not given stays
    assert [(f.shot, f.kind) for f in carded.cards.check()] == [("07A", "drift"), ("07B", "drift")]
    assert [f.shot for f in carded.cards.check("07B")] == ["07B"]
    assert "“short” is new" in repr(carded.cards.check("07A"))
    carded.cards.use("07")
    assert repr(carded.cards.check()) == "nothing to think about"
    assert carded.prompts("07A")["who"].tolist()[1:] == [
        "She is 17, red hair in a loose braid, denim jacket.", "She is 17, short red hair.",
    ]  # fmt: skip
    history = carded.cards.history("HER")
    assert history["words"].tolist() == ["red hair in a loose braid, denim jacket", "short red hair"]
    assert history["version"].tolist() == [1, 2]
    frame = carded.cards.to_frame().set_index("card")
    assert frame.loc["her", ["wordings", "shots", "author"]].tolist() == [2, "07A, 07B", "ada"]
    assert frame.loc["super 16", "avoid"] == "video game look"
    assert str(frame["at"].dtype) == "datetime64[us, UTC]"
    carded.cards.person("her", said="")
    assert carded.cards.history("her")["words"].tolist()[-1] == "short red hair"


def test_contradictions_and_a_life_that_runs_backwards_are_found_for_all_shots(carded):
    carded.cards.use("07", "her", "later")
    carded.cards.use("09", "her", "1986")
    carded.write("07B", "Her brown hair flies.")
    found = carded.cards.check()
    assert [(each.shot, each.kind) for each in found] == [("07B", "colour"), ("09A", "age_backwards")]
    assert [each.kind for each in carded.cards.check("09A")] == ["age_backwards"]
    with pytest.raises(NotFound, match="there is no shot '09B': the nearest is 09A"):
        carded.cards.check("09B")


def test_cards_are_shown_as_words_and_as_a_table_that_runs_nothing(film):
    assert repr(film.cards) == "Cards(none yet)"
    assert "no cards yet" in film.cards._repr_html_()
    assert film.cards.to_frame().empty
    assert film.cards.timeline()["year"].tolist() == [pd.NA] * 3
    film.cards.person("<b>", "<script>alert(1)</script>", born=1969)
    film.cards.person("shot", "x")
    assert repr(film.cards) == "Cards(<b>, shot)"
    page = film.cards._repr_html_()
    assert "<script" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page
    assert film.cards.timeline().columns.tolist() == ["shot", "scene", "time", "year", "<b>", "shot (person)"]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda cards: cards.person("her"), "the card her has no words"),
        (lambda cards: cards.person("her", "a\x00b"), "holds the invisible character"),
        (lambda cards: cards.person("her", "a" * 50_000), "has 50,000 characters: at most 8,000"),
        (lambda cards: cards.person("her", "x", born="then"), "the year of the card her cannot be 'then'"),
        (lambda cards: cards.use("07A", "hers"), "there is no card 'hers'"),
        (lambda cards: cards.use("10", "her"), "there is no card 'her'"),
        (lambda cards: cards.history("her"), "there is no card 'her'"),
    ],
)
def test_each_mistake_with_cards_gets_one_sentence_and_writes_nothing(film, call, sentence):
    moment = film.log.moment()
    with pytest.raises(BadInput, match=sentence) as wrong:
        call(film.cards)
    assert "\n" not in str(wrong.value)
    assert film.log.moment() == moment


def test_cards_and_portals_travel_in_a_screenplay(carded, tmp_path):
    carded.cards.use("07", "her", "1986")
    carded.write("07A", portal_out="the bubble")
    for name in ("words.toml", "words.csv"):
        carded.save_screenplay(tmp_path / name)
        with studio.new(tmp_path / name.replace(".", "-"), authors=["ben"]) as other:
            other.read_screenplay(tmp_path / name)
            last = other.prompts("07A").iloc[-1]
            assert (last["cards"], last["portal_out"], last["portal_author"]) == ("her, 1986", "the bubble", "ada")
            assert (last["who"], last["continuity_author"]) == (carded.prompts("07A").iloc[-1]["who"], "ada")
            assert {each.kind for each in other.cards.check()} == {"unknown_card"}


# --- the chain ---


@pytest.fixture
def chained(film):
    film.write("07A", portal_out="the bubble")
    film.write("07B", portal_in="a Bubble", portal_out="the eye")
    film.write("09A", portal_in="the keyhole")
    return film


def test_the_chain_says_where_one_shots_way_out_is_not_the_next_ones_way_in(chained):
    assert repr(chained.chain) == "Chain(2 links, 1 that does not fit)"
    (found,) = chained.chain.check()
    assert (found.shot, found.about) == ("09A", "portals")
    frame = chained.chain.to_frame()
    assert frame[["shot", "next_shot", "way_out", "way_in", "fits"]].values.tolist() == [
        ["07A", "07B", "the bubble", "a Bubble", True], ["07B", "09A", "the eye", "the keyhole", False],
    ]  # fmt: skip
    assert frame["take"].isna().all()
    with pytest.raises(BadInput, match="07B goes into the eye, but 09A comes out of the keyhole"):
        chained.chain.before("09A")
    with pytest.raises(BadInput, match="no shot leads into 07A by a portal"):
        chained.chain.before("07A")
    with pytest.raises(NotFound, match="there is no shot '09B': the nearest is 09A"):
        chained.chain.before("09B")
    page = chained.chain._repr_html_()
    assert "✗ does not fit" in page
    assert "✓ fits" in page


def test_a_film_without_portals_has_no_chain(film):
    assert repr(film.chain) == "Chain(0 links, none that do not fit)"
    assert "no portals yet" in film.chain._repr_html_()
    assert film.chain.to_frame().empty
    assert len(film.chain.check()) == 0
    film.write("07A", portal_out="<script>")
    assert "<script>" not in film.chain._repr_html_()


def test_the_next_take_begins_with_the_last_frame_of_the_take_that_was_circled_last(chained, clips):
    for clip in clips:
        chained.adopt(clip, "07A")
    with pytest.raises(NotFound, match="07B comes out of 07A, of which no finished take is circled or held"):
        chained.chain.before("07B")
    chained.hold("07A-004")
    assert chained.chain.before("07B") == "07A-004"
    chained.circle("07A-002")
    chained.circle("07A-001")
    assert chained.chain.before("07B") == "07A-001"
    chained.circle("07A-002")
    assert chained.chain.before("07B") == "07A-002"
    chained.undo()
    assert chained.chain.before("07B") == "07A-001"
    assert chained.chain.to_frame()["take"].tolist()[0] == "07A-001"
    chained.ng("07A-001")
    chained.ng("07A-002")
    assert chained.chain.before("07B") == "07A-004"
    takes = chained.generate("07B", seconds=1, first_frame_of=chained.chain.before("07B")).wait()
    assert len(takes) == 1
    made = chained.takes().set_index("take").loc["07B-001"]
    assert (made["state"], made["parent"]) == ("done", "07A-004")
