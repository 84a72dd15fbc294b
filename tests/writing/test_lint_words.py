"""What is denied, and more actions than a shot has room for: told, and let pass."""

from __future__ import annotations

import pytest

from studio.nouns import Continuity
from studio.writing import Limits, lint
from tests.writing.test_lint import GEN45, a_prompt, kinds, of_kind

# --- what is denied ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A corridor, no phones, no screens.", ["no phones, no screens"]),
        ("A street without cars at noon", ["without cars"]),
        ("Don’t show any faces", ["Don’t show any faces"]),
        ("Not a single cloud in the sky", ["Not a single cloud"]),
        ("An empty hall with no people and no music", ["no people and no music"]),
        ("No one is there.", []),
        ("“No,” she says, and laughs.", []),
        ("He leaves without a word and without looking back.", []),
        ("Somebody we cannot see.", []),
        ("Nobody moves, and there is no end to it.", []),
        ("There is no longer a road", []),
        ("Know nothing of the north", []),
    ],
)
def test_a_thing_that_is_denied_is_told_and_a_turn_of_phrase_is_not(text: str, told: list[str]) -> None:
    assert [each.words for each in of_kind(lint(a_prompt(scene_text=text)), "negation")] == told


def test_what_is_denied_is_told_in_every_part_that_is_sent_as_a_description() -> None:
    prompt = a_prompt(
        scene_text="No phones.", style="no lens flare", camera="slow push in, no zoom",
        continuity=Continuity(who="Ida, no hat"),
    )  # fmt: skip
    told = of_kind(lint(prompt, GEN45), "negation")
    assert [(each.about, each.words) for each in told] == [
        ("camera", "no zoom"), ("scene_text", "No phones"), ("continuity", "no hat"), ("style", "no lens flare"),
    ]  # fmt: skip
    assert "say what is there in its place" in told[0].sentence
    assert "the words to avoid" in of_kind(lint(prompt), "negation")[0].sentence


def test_no_camera_movement_is_a_move_and_no_denial() -> None:
    assert kinds(lint(a_prompt(camera="no camera movement"))) == []


def test_a_denial_among_the_words_to_avoid_is_told_how_to_be_written() -> None:
    (told,) = lint(a_prompt(avoid="captions, no text, no watermark, plastic skin"))
    assert (told.kind, told.words) == ("negation_in_avoid", "no text, no watermark")
    assert told.sentence.endswith("“text, watermark”")
    assert kinds(lint(a_prompt(avoid="video game look, extra fingers"))) == []


def test_words_to_avoid_are_told_for_a_model_without_a_field_for_them() -> None:
    prompt = a_prompt(scene_text="A field", avoid="captions")
    (told,) = lint(prompt, GEN45)
    assert (told.kind, told.words, told.source, told.checked_on) == ("avoid_ignored", "captions", "SDK", "2026-11-21")
    assert kinds(lint(prompt, Limits("runway", "veo3.1"))) == []


# --- more than one action ------------------------------------------------------------------------------------------

ONE_ACTION = (
    "A girl blows one huge soap bubble while children run past on every side.",
    "The boy sits up in the grass and laughs at somebody we cannot see.",
    "Two teenagers run towards each other, and every locker they pass bursts open behind them.",
    "The bride runs the last steps of the aisle, and the guests throw rice.",
    "Waves break on the beach and the wind lifts the sand.",
    "She looks out of the window.",
    "An old woman folds a paper boat and sets it on the blanket, where it begins to drift.",
    "The green line runs through the hospital like a road through hills, and then like a road through a plain.",
    "Rain. Leaves. A kiss in the doorway.",
    "Her looks and his smiles hang in the air.",
    "A child who waves, runs and jumps is seen from above.",
    "He drives while she sleeps, laughs and cries.",
    "The two dance.",
    "Dances, songs and shouts fill the hall.",
    "Steps of stone lead down to the sea.",
    "A hand reaches in to pick the only yellow flower.",
    "Before the altar an old man weeps.",
    "The train dives into a tunnel, and the lamps count backwards into the dark.",
    "A photographer lifts his hand, and everybody holds still except a child who waves.",
    "Now and then a moth strikes the glass.",
    "",
)
SEVERAL_ACTIONS = (
    ("She walks in, sits down and opens a letter.", "walks in, sits down and opens"),
    ("She sits down, then opens a letter.", "sits down, then opens"),
    ("He picks up the phone and then smashes it.", "picks up the phone and then smashes"),
    ("He turns round. After that he runs away.", "turns round. After that he runs"),
    ("She smiles before she turns away.", "smiles before she turns"),
    ("The boy climbs the wall, jumps down and runs.", "climbs the wall, jumps down and runs"),
    ("They run, jump and fall.", "run, jump and fall"),
    ("A man enters. He sits. He weeps.", "enters. He sits. He weeps"),
    ("The children laugh, and then they run to the lake.", "laugh, and then they run"),
    ("A woman opens the door, looks at us, and closes it.", "opens the door, looks at us, and closes"),
    ("He kneels, finally kisses the ring.", "kneels, finally kisses"),
    ("The dog jumps up, catches the ball, runs back.", "jumps up, catches the ball, runs"),
    ("She wakes, stretches, washes her face and drinks.", "wakes, stretches, washes her face and drinks"),
    ("The bubble rises, floats over the roofs, and bursts.", "rises, floats over the roofs, and bursts"),
    ("Ida hugs him and eventually pushes him away.", "hugs him and eventually pushes"),
    ("The two dance, kiss, and vanish.", ""),
    ("The car stops, a door opens, and a dog jumps out.", "stops, a door opens, and a dog jumps"),
    ("He reads the letter, folds it, and throws it into the fire.", "reads the letter, folds it, and throws"),
    ("We walk into the room, she turns, and he drops the glass.", "walk into the room, she turns, and he drops"),
    ("A girl runs in, then a boy follows.", "runs in, then a boy follows"),
    ("Nell ties nothing: she pulls, pushes, kicks.", "pulls, pushes, kicks"),
)


@pytest.mark.parametrize("text", ONE_ACTION)
def test_a_scene_with_no_more_than_two_things_going_on_is_let_pass(text: str) -> None:
    assert of_kind(lint(a_prompt(scene_text=text)), "several_actions") == []


@pytest.mark.parametrize(("text", "words"), SEVERAL_ACTIONS)
def test_several_actions_in_a_row_are_told_but_where_a_text_cannot_be_read(text: str, words: str) -> None:
    found = of_kind(lint(a_prompt(scene_text=text)), "several_actions")
    assert [each.words for each in found] == ([words] if words else [])
