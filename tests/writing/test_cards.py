"""Cards: worded once, reused to the letter, and what does not go with them."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import BadInput, NotFound
from studio.log import Log
from studio.nouns import Card, Continuity, Prompt
from studio.writing import compose, record
from studio.writing.cards import KINDS, check_card, drop_cards, record_card, use_cards, worded
from studio.writing.cards_check import ages_in, check_cards, check_story, year_of

HER = check_card("her", "person", "red hair in a loose braid, denim jacket", year=1969)
HIM = check_card("him", "person", "dark curls, grey school jumper", year=1969)
TIME = check_card("1986", "time", "afternoon light, no phones, no screens")
PLACE = check_card("school corridor", "place", "green lockers, brown lino, lamps in a row")
STYLE = check_card("super 16", "style", "16 mm film, soft grain", avoid="video game look")
CARDS = (HER, HIM, TIME, PLACE, STYLE)


def a_shot(scene: str = "", names=("her", "him", "1986", "school corridor"), cards=CARDS, shot="07A", **parts):
    said = worded(cards, names)
    words = {
        "id": shot, "shot": shot, "version": 1, "scene_text": scene, "camera": "", "camera_json": "[]",
        "style": said.style or "", "avoid": said.avoid or "", "continuity": said.continuity, "scene_author": "m",
        "camera_author": "", "style_author": "", "avoid_author": "", "continuity_author": "m", "author": "m",
        "created_at_us": 0, "cards": said.names,
    }  # fmt: skip
    return Prompt(**(words | parts))


# --- words ---


def test_cards_are_said_in_sentences_with_the_ages_of_their_year():
    shot = a_shot("Two teenagers meet in a school corridor; her bubble gum fills the frame")
    assert shot.continuity == Continuity(
        who="She is 17, red hair in a loose braid, denim jacket. He is 17, dark curls, grey school jumper.",
        time="1986, afternoon light, no phones, no screens",
        place="green lockers, brown lino, lamps in a row",
    )
    assert compose(shot) == (
        "Two teenagers meet in a school corridor; her bubble gum fills the frame. "
        "She is 17, red hair in a loose braid, denim jacket. He is 17, dark curls, grey school jumper. "
        "1986, afternoon light, no phones, no screens. Green lockers, brown lino, lamps in a row."
    )


@pytest.mark.parametrize(
    ("card", "year", "said"),
    [
        (HER, 1970, "She is 1, red hair in a loose braid, denim jacket."),
        (HER, 1969, "She is less than a year old, red hair in a loose braid, denim jacket."),
        (HER, None, "She: red hair in a loose braid, denim jacket."),
        (HER, 1900, "She: red hair in a loose braid, denim jacket."),
        (check_card("Nell", "person", "has red hair."), None, "Nell has red hair."),
        (check_card("twins", "person", "in yellow", "the twins are", 2000), 2009, "The twins are 9, in yellow."),
        (check_card("them", "person", "in yellow", year=2000), 2009, "They are 9, in yellow."),
        (check_card("me", "person", "in yellow", year=2000), 2009, "I am 9, in yellow."),
    ],
)
def test_a_person_is_said_as_a_sentence(card, year, said):
    names = [card.name] if year is None else [card.name, "then"]
    then = [] if year is None else [check_card("then", "time", "dusk", year=year)]
    assert worded([card, *then], names).continuity.who == said


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (check_card("summer 1986", "time", "dust"), "1986, dust"),
        (check_card("then", "time", "a July evening in 1986", year=1986), "a July evening in 1986"),
        (check_card("then", "time", "dust", "the summer of 1986", 1986), "the summer of 1986, dust"),
        (check_card("1986 or 1987", "time", "dust"), "dust"),
        (check_card("dusk", "time", "blue light"), "blue light"),
        (check_card("1986", "time", ""), "1986"),
    ],
)
def test_a_time_is_said_with_its_year_once(card, said):
    assert worded([card], [card.name]).continuity.time == said


def test_names_stand_by_kind_once_as_the_cards_spell_them():
    said = worded(CARDS, ["Super  16", "school corridor", "1986", "HIM", "her", "him"])
    assert said.names == ("him", "her", "1986", "school corridor", "super 16")
    assert (said.style, said.avoid) == ("16 mm film, soft grain", "video game look")
    assert worded(CARDS, ["her"]).style is None
    assert worded(CARDS, []).continuity == Continuity()


def test_a_name_that_no_card_has_is_answered_with_the_nearest():
    with pytest.raises(NotFound, match="there is no card 'hers': the nearest is her"):
        worded(CARDS, ["hers"])
    with pytest.raises(NotFound, match=r"there is no card 'her': film\.cards\.person"):
        worded([], ["her"])
    later = check_card("1987", "time", "snow")
    with pytest.raises(BadInput, match="the cards 1986 and 1987 are both times: a shot has one"):
        worded([*CARDS, later], ["1986", "1987"])


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (("", "person", "x"), "the name of a card is empty"),
        (("a, b", "person", "x"), "holds a comma"),
        (("a" * 41, "person", "x"), "has 41 characters: a card's name has at most 40"),
        (("her", "dog", "x"), "'dog' is no kind of card: write person, time, place or style"),
        (("her", "person", " "), "the card her has no words"),
        (("her", "person", "a\u202eb"), r"the words of the card her holds the invisible character U\+202E"),
        (("her", "person", "x", "", "1969"), "the year of the card her cannot be '1969'"),
        (("yard", "place", "x", "", 1969), "the card yard is a place, which has no year"),
        (("her", "person", "x", "", None, "blur"), "the card her is a person, which has no words to avoid"),
        ((3, "person", "x"), "the name of a card is int, not text"),
    ],
)
def test_each_mistake_in_a_card_gets_one_sentence(parts, sentence):
    with pytest.raises(BadInput, match=sentence) as wrong:
        check_card(*parts)
    assert "\n" not in str(wrong.value)


# --- in the log ---


@pytest.fixture
def log(tmp_path):
    with Log.open(tmp_path) as log:
        for card in CARDS:
            record_card(log, "mara", card)
        yield log


def test_a_card_is_written_once_and_a_new_wording_stands_beside_the_old(log):
    first = log.cards()[0]
    assert (first.name, first.author) == ("her", "mara")
    assert first.at_us > 0
    moment = log.moment()
    assert record_card(log, "jon", dataclasses.replace(HER, name="Her")) == first
    assert log.moment() == moment
    record_card(log, "jon", dataclasses.replace(HER, name="HER", words="short red hair"))
    assert [(card.words, card.author) for card in log.card_versions() if card.name == "her"] == [
        (HER.words, "mara"), ("short red hair", "jon"),
    ]  # fmt: skip
    assert [card.name for card in log.cards()] == [card.name for card in CARDS]
    with pytest.raises(BadInput, match="the card her is a person already: give the place another name"):
        record_card(log, "jon", check_card("Her", "place", "x"))


def test_the_same_words_stand_in_every_shot_of_a_scene(log):
    for shot in ("07A", "07B", "08A"):
        record(log, shot, "jon", scene_text=f"Scene of {shot}.", continuity={"place": "by hand", "age": "young"})
    made = use_cards(log, "mara", "07", ["her", "him", "1986"])
    assert [(prompt.shot, prompt.version) for prompt in made] == [("07A", 2), ("07B", 2)]
    assert {prompt.continuity for prompt in made} == {
        Continuity(a_shot().continuity.who, "", "1986, afternoon light, no phones, no screens", "by hand")
    }
    assert {prompt.cards for prompt in made} == {("her", "him", "1986")}
    assert {(prompt.scene_author, prompt.continuity_author) for prompt in made} == {("jon", "mara")}
    assert log.latest_prompt("08A").cards == ()
    assert [prompt.version for prompt in use_cards(log, "ada", "07", ["her", "him", "1986"])] == [2, 2]


def test_named_cards_take_the_place_of_their_kind_and_other_kinds_stay(log):
    record(log, "07A", "jon", scene_text="x")
    record_card(log, "mara", check_card("1999", "time", "neon"))
    use_cards(log, "mara", "07A", ["her", "him", "1986", "school corridor", "super 16"])
    (prompt,) = use_cards(log, "ada", "07A", ["1999"])
    assert prompt.cards == ("her", "him", "1999", "school corridor", "super 16")
    assert prompt.continuity.who.startswith("She is 30, red hair")
    assert (prompt.style, prompt.avoid) == ("16 mm film, soft grain", "video game look")
    (prompt,) = use_cards(log, "ada", "07A", ["him"])
    assert prompt.cards == ("him", "1999", "school corridor", "super 16")


def test_a_style_card_leaves_the_continuity_to_its_author(log):
    record(log, "07A", "mara", scene_text="x", continuity={"who": "Nell", "age": "nine"}, avoid="text")
    (prompt,) = use_cards(log, "jon", "07A", ["super 16"])
    assert (prompt.style_author, prompt.continuity_author, prompt.continuity.who) == ("jon", "mara", "Nell")
    assert prompt.avoid == "video game look"
    record_card(log, "jon", check_card("plain", "style", "clean digital"))
    (prompt,) = use_cards(log, "jon", "07A", ["plain"])
    assert (prompt.style, prompt.avoid) == ("clean digital", "")


def test_a_reworded_card_changes_no_shot_until_it_is_worded_anew(log):
    record(log, "07A", "jon", scene_text="x")
    (before,) = use_cards(log, "mara", "07A", ["her", "1986"])
    record_card(log, "mara", dataclasses.replace(HER, words="short red hair"))
    assert log.latest_prompt("07A") == before
    (after,) = use_cards(log, "mara", "07A")
    assert after.continuity.who == "She is 17, short red hair."
    assert log.prompts("07A")[1].continuity.who == "She is 17, red hair in a loose braid, denim jacket."


def test_cards_taken_away_take_their_words_with_them(log):
    record(log, "07A", "jon", scene_text="x")
    use_cards(log, "mara", "07A", ["her", "him", "1986", "super 16"])
    (prompt,) = drop_cards(log, "mara", "07A", ["him", "1986", "super 16"])
    assert prompt.cards == ("her",)
    assert prompt.continuity == Continuity(who="She: red hair in a loose braid, denim jacket.")
    assert (prompt.style, prompt.avoid) == ("", "")
    with pytest.raises(NotFound, match="07A does not use the card him: it has her"):
        drop_cards(log, "mara", "07A", ["him"])
    with pytest.raises(BadInput, match="no card is named"):
        drop_cards(log, "mara", "07A", [])


def test_cards_are_used_only_where_there_are_words(log):
    record(log, "07A", "jon", scene_text="x")
    with pytest.raises(NotFound, match=r'scene 09 has no words yet: film\.write\("09A", "…"\)'):
        use_cards(log, "mara", "09", ["her"])
    with pytest.raises(NotFound, match="there is no shot '07B': the nearest is 07A"):
        use_cards(log, "mara", "07B", ["her"])
    for wrong in ("7", "", None):
        with pytest.raises(BadInput, match="is not a shot"):
            use_cards(log, "mara", wrong, ["her"])
    with pytest.raises(NotFound, match="there is no card 'hers'"):
        use_cards(log, "mara", "07", ["hers"])
    assert log.latest_prompt("07A").version == 1


# --- drift ---


def drifts(shot, cards=CARDS, versions=()):
    return [(found.kind, found.about, found.sentence) for found in check_cards(shot, cards, versions)]


def test_words_that_are_still_the_cards_own_are_no_drift():
    assert drifts(a_shot("Two teenagers meet.", names=[card.name for card in CARDS])) == []
    assert drifts(a_shot("Two teenagers meet.", names=[])) == []


def test_a_card_that_was_reworded_after_the_shot_is_named_with_the_words_that_differ():
    new = dataclasses.replace(HER, words="red hair in a short bob, denim jacket")
    cards = (new, *CARDS[1:])
    ((kind, about, sentence),) = drifts(a_shot(), cards, (*CARDS, new))
    assert (kind, about) == ("drift", "continuity")
    assert sentence == (
        'the card her says something else now: “loose braid” became “short bob”; film.cards.use("07A") words it anew'
    )
    later = dataclasses.replace(TIME, year=1987)
    cards = (HER, HIM, later, PLACE, STYLE)
    told = [sentence for _, _, sentence in drifts(a_shot(), cards, (*CARDS, later))]
    assert ["her" in told[0], "him" in told[1], "1986" in told[2]] == [True] * 3
    assert "“17” became “18”" in told[0]


def test_words_that_were_changed_by_hand_are_named_too():
    shot = a_shot(
        continuity=dataclasses.replace(a_shot().continuity, place="green lockers, white lino, lamps in a row")
    )
    ((_, _, sentence),) = drifts(shot, versions=CARDS)
    assert sentence.startswith("the words are not those of the card school corridor: “brown” became “white”; ")
    shot = a_shot(names=["super 16"], style="16 mm film", avoid="")
    assert [about for _, about, _ in drifts(shot)] == ["style", "avoid"]
    assert "“soft grain” is gone" in drifts(shot)[0][2]
    assert "“video game look” is gone" in drifts(shot)[1][2]


def test_a_card_of_another_film_is_named():
    ((kind, _, sentence),) = drifts(a_shot(cards=CARDS), CARDS[1:], CARDS[1:])[:1]
    assert kind == "unknown_card"
    assert "no card 'her'" in sentence


# --- contradictions ---

SAYS_OTHERWISE = [
    ("She is nine years old and blows a bubble.", "age"),
    ("He is 40 years old.", "age"),
    ("She is nine.", "age"),
    ("The girl, aged 40, looks up.", "age"),
    ("A woman aged forty-two waits at the lockers.", "age"),
    ("A woman in her thirties leans on a locker.", "age"),
    ("He is already in his late forties.", "age"),
    ("A nine-year-old girl blows a bubble.", "age"),
    ("The boy of nine runs.", "age"),
    ("They are nine years old.", "age"),
    ("Both are in their sixties now.", "age"),
    ("He turns 30.", "age"),
    ("Nine years old, she runs.", "age"),
    ("Aged nine, she runs.", "age"),
    ("He is a small boy of nine.", "age"),
    ("Her brown hair flies.", "colour"),
    ("Wind in her short black hair", "colour"),
    ("A blonde-haired girl turns.", "colour"),
    ("Her hair is brown.", "colour"),
    ("Her long, brown hair flies.", "colour"),
    ("A red-haired boy runs.", "colour"),
    ("His red curls shake.", "colour"),
    ("He tugs at his green jumper.", "colour"),
    ("The girl with brown hair laughs.", "colour"),
    ("A boy in a blue school jumper laughs.", "colour"),
    ("Her grey school jumper is too large.", "swapped"),
    ("His denim jacket hangs open.", "swapped"),
    ("It is the summer of 1994.", "year"),
    ("We are in 2010, in a corridor.", "year"),
    ("A corridor in the sixties.", "year"),
    ("A corridor in the late 1990s.", "year"),
    ("She looks at her phone.", "forbidden"),
    ("A smartphone rings.", "forbidden"),
    ("Screens glow along the wall.", "forbidden"),
]
GOES_WITH = [
    "Two teenagers meet in a school corridor; her bubble gum fills the frame.",
    "She is seventeen years old.",
    "She is 17, and he is too.",
    "They are 17 years old.",
    "She turns eighteen.",
    "A girl in her teens waits.",
    "The house is nine years old.",
    "She passes a nine-year-old girl.",
    "Her nine-year-old sister waits.",
    "Her mother, a woman in her forties, waits.",
    "Nine boys of the first year run past, one of them two steps behind.",
    "He is two steps behind her.",
    "He is twelve and a half steps behind her.",
    "An old woman in her eighties sweeps the corridor.",
    "She is one of the crowd.",
    "A teacher in his fifties passes.",
    "Her copper hair flies.",
    "Her loose red braid flies.",
    "His black curls shake.",
    "Her hair glows brown in the evening light.",
    "She passes a girl with brown hair.",
    "Another boy in a blue jumper laughs.",
    "Her once brown hair",
    "Her blue hair ribbon flies.",
    "Her lips are blue, hair and all.",
    "Teenagers run past: a girl with blonde hair, a boy in a blue jumper.",
    "She pulls on his grey jumper.",
    "Her yellow raincoat drips.",
    "A blue denim jacket hangs on a hook.",
    "Brown leaves and grey coats fill the frame.",
    "It is 1986.",
    "In the eighties everybody had a locker.",
    "In the mid-1980s",
    "A photograph taken in 1968 hangs there.",
    "A 1968 poster and a 1960s clock hang there.",
    "1500 lockers and 2000 lamps",
    "In 2000 lamps the light flickers.",
    "He runs in 2160 lines.",
    "In the corridor there is no phone.",
    "She runs past a phone box.",
    "She phones him.",
    "A microphone and a saxophone lie there.",
    "<script>alert(1)</script>",
    "",
]


@pytest.mark.parametrize(("scene", "kind"), SAYS_OTHERWISE)
def test_a_scene_that_says_otherwise_than_its_cards_is_found(scene, kind):
    found = check_cards(a_shot(scene), CARDS)
    assert [each.kind for each in found] == [kind] * len(found)
    assert found
    for each in found:
        assert (each.shot, each.about) == ("07A", "scene_text")
        assert each.words in scene
        assert each.words in each.sentence


@pytest.mark.parametrize("scene", GOES_WITH)
def test_a_scene_that_goes_with_its_cards_is_left_alone(scene):
    assert list(check_cards(a_shot(scene), CARDS)) == []


def test_a_person_is_known_by_name_too_and_two_of_a_kind_by_nothing_else():
    nell = check_card("Nell", "person", "a girl with red hair", year=1969)
    ida = check_card("Ida", "person", "a girl with black hair", year=1979)
    cards = (nell, ida, TIME)
    names = [card.name for card in cards]
    assert [f.kind for f in check_cards(a_shot("Nell is nine. Ida is seven.", names, cards), cards)] == ["age"]
    assert [f.words for f in check_cards(a_shot("Nell’s black hair", names, cards), cards)] == ["Nell's black hair"]
    assert not check_cards(a_shot("She is nine, with her brown hair.", names, cards), cards)


def test_a_sentence_names_both_sides_of_a_contradiction():
    (age,) = check_cards(a_shot("She is nine years old."), CARDS)
    assert age.sentence == (
        "the scene says “She is nine years old”, and by its card her is 17 in 1986: change one of the two"
    )
    (colour,) = check_cards(a_shot("Her brown hair flies"), CARDS)
    assert colour.sentence == (
        "the scene says “Her brown hair”, and the card her says “red hair”: change one of the two"
    )
    (phone,) = check_cards(a_shot("A phone rings"), CARDS)
    assert phone.sentence == "the scene says “phone”, and the card 1986 says “no phones”: change one of the two"


def test_nobody_is_there_before_the_birth_or_older_than_anybody():
    then = check_card("then", "time", "dust", year=1950)
    ((kind, _, sentence),) = drifts(a_shot("x", ["her", "then"], (HER, then)), (HER, then))
    assert (kind, sentence) == (
        "not_born", "her is not born yet in 1950: the birth is 1969; mend one of the two years",
    )  # fmt: skip
    later = check_card("later", "time", "dust", year=2100)
    assert [kind for kind, *_ in drifts(a_shot("x", ["her", "later"], (HER, later)), (HER, later))] == ["too_old"]


def test_a_life_runs_forwards_through_the_story():
    late, early = check_card("1999", "time", "neon"), check_card("1977", "time", "dust")
    cards = (HER, HIM, TIME, late, early)
    shots = [
        a_shot("x", ["her", "1986"], cards, "07A"),
        a_shot("x", ["her", "1999"], cards, "08A"),
        a_shot("x", ["him", "1977"], cards, "08B"),
        a_shot("x", ["her"], cards, "08C"),
        a_shot("x", ["her", "1986"], cards, "09A"),
        a_shot("x", ["her", "1986"], cards, "09B"),
    ]
    (found,) = check_story(reversed(shots), cards)
    assert (found.kind, found.shot) == ("age_backwards", "09A")
    assert found.sentence.startswith("her is 17 here and was 30 in 08A")
    assert not check_story(shots[:4], cards)
    assert [year_of(shot, cards) for shot in shots[2:5]] == [1977, None, 1986]
    assert ages_in(shots[1], cards) == {"her": 30}


# --- anything ---

scraps = st.sampled_from(
    ["she", "her", "is", "nine", "years old", "in her thirties", "'s", "’", "no", "phones", "red", "hair", "in", "1986",
     "the", "60s", ",", ".", "(", ")", "|", "\\", "[", "girl", "of", "-haired", "\n", "aged", "40", "İ", "ß", "٣",
     "they are"]
)  # fmt: skip
texts = st.lists(scraps, max_size=25).map(" ".join) | st.text(max_size=30)
cards_ = st.builds(
    Card, name=texts, kind=st.sampled_from(KINDS), words=texts, said=texts,
    year=st.none() | st.integers(1, 9999), avoid=texts,
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(st.lists(cards_, max_size=4), st.lists(cards_, max_size=3), texts, texts, st.lists(texts, max_size=2))
def test_any_words_beside_any_cards_can_be_checked(cards, old, scene, who, more):
    names = tuple(card.name for card in cards) + tuple(more)
    shot = a_shot(scene, [], cards=names, continuity=Continuity(who=who, time=who, place=scene), style=scene)
    found = check_cards(shot, cards, [*old, *cards])
    assert all(each.sentence and each.shot == "07A" for each in found)
    check_story([shot, dataclasses.replace(shot, shot="08A")], cards)
