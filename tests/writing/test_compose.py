"""The words that are sent."""

from studio.nouns import Continuity, Prompt
from studio.writing import compose, describe


def a_prompt(**parts: object) -> Prompt:
    words: dict[str, object] = {
        "id": "p", "shot": "07A", "version": 1, "scene_text": "", "camera": "", "camera_json": "[]", "style": "",
        "avoid": "", "continuity": Continuity(), "scene_author": "", "camera_author": "", "style_author": "",
        "avoid_author": "", "continuity_author": "", "author": "mara", "created_at_us": 0,
    }  # fmt: skip
    return Prompt(**{**words, **parts})  # type: ignore[arg-type]


def test_the_camera_comes_first_then_scene_continuity_and_style() -> None:
    prompt = a_prompt(
        scene_text="Her bubble gum fills the frame.",
        camera="fast push in, then pass through the bubble",
        style="16 mm film, soft grain",
        avoid="video game look",
        continuity=Continuity(who="Nell and Tom", age="fifteen", time="late May", place="a school corridor"),
    )
    assert compose(prompt) == (
        "Fast push in, then pass through the bubble. Her bubble gum fills the frame. "
        "Nell and Tom, fifteen; late May; a school corridor. 16 mm film, soft grain."
    )


def test_what_to_avoid_is_never_among_the_words_sent() -> None:
    assert "game" not in compose(a_prompt(scene_text="A field", avoid="video game look"))


def test_empty_parts_leave_no_trace() -> None:
    assert compose(a_prompt(scene_text="A field")) == "A field."
    assert compose(a_prompt(style="16 mm")) == "16 mm."
    assert compose(a_prompt()) == ""


def test_a_sentence_keeps_its_own_ending_and_line_breaks_become_blanks() -> None:
    assert compose(a_prompt(scene_text='he says "stay!"', camera="push in…")) == 'Push in… He says "stay!"'
    assert compose(a_prompt(scene_text="A field.\nA gate")) == "A field. A gate."


def test_capitals_inside_the_words_are_left_alone() -> None:
    assert compose(a_prompt(scene_text="NASA patches on Tom's jacket")) == "NASA patches on Tom's jacket."


def test_continuity_is_worded_the_same_wherever_it_is_used() -> None:
    assert describe(Continuity(place="a kitchen")) == "a kitchen"
    assert describe(Continuity(age="nine", time="dusk")) == "nine; dusk"


def test_what_cards_word_is_said_in_sentences_and_what_was_said_without_them_stays_to_the_letter() -> None:
    told = Continuity(
        who="She is 17, red hair. He is 17, dark curls.", time="1986, afternoon light", place="green lockers"
    )
    by_cards = a_prompt(scene_text="A corridor", continuity=told, cards=("her", "him", "1986", "school corridor"))
    assert compose(by_cards) == (
        "A corridor. She is 17, red hair. He is 17, dark curls. 1986, afternoon light. Green lockers."
    )
    assert describe(told) == "She is 17, red hair. He is 17, dark curls.; 1986, afternoon light; green lockers"
    mixed = Continuity(who="She: red hair.", age="both nine", place="a kitchen")
    assert describe(mixed, sentences=True) == "She: red hair. Both nine. A kitchen."
    assert describe(Continuity("Nell", "nine", "dusk", ""), sentences=True) == "Nell, nine. Dusk."
