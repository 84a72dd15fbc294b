"""Prompt versions and their authors."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.camera import Camera
from studio.errors import BadInput
from studio.nouns import Continuity, Prompt
from studio.writing import PARTS, next_version


def write(previous: Prompt | None = None, author: str = "mara", **words: Any) -> Prompt:
    number = 1 if previous is None else previous.version + 1
    return next_version(previous, shot="07A", author=author, now_us=1000 * number, new_id=f"id-{number}", **words)


def test_the_first_version_has_its_words_and_their_author() -> None:
    prompt = write(scene_text="  A field.\r\nA gate. ", camera="slow push in")
    assert (prompt.id, prompt.shot, prompt.version, prompt.created_at_us) == ("id-1", "07A", 1, 1000)
    assert (prompt.scene_text, prompt.camera) == ("A field.\nA gate.", "slow push in")
    assert (prompt.scene_author, prompt.camera_author, prompt.style_author, prompt.author) == (
        "mara",
        "mara",
        "",
        "mara",
    )
    assert Camera.from_json(prompt.camera_json) == Camera.parse("slow push in")


def test_the_director_adds_a_camera_and_the_musicians_words_stay_hers() -> None:
    words = write(scene_text="A field", continuity=Continuity(who="Nell"))
    both = write(words, "jon", camera="fast push in", style="16 mm")
    assert both.version == 2
    assert (both.scene_text, both.scene_author, both.continuity_author) == ("A field", "mara", "mara")
    assert (both.camera_author, both.style_author, both.author) == ("jon", "jon", "jon")
    assert words.camera == ""


def test_the_same_words_again_make_no_version_and_change_no_author() -> None:
    words = write(scene_text="A field", camera="push in")
    assert write(words, "jon", scene_text=" A field ", camera="push in") is words
    assert write(words, "jon") is words
    changed = write(words, "jon", scene_text="A field", camera="pull out")
    assert (changed.scene_author, changed.camera_author) == ("mara", "jon")


def test_a_part_can_be_emptied_and_then_has_no_author() -> None:
    bare = write(write(scene_text="A field", style="16 mm"), "jon", style="", camera="")
    assert (bare.style, bare.style_author, bare.scene_text) == ("", "", "A field")


def test_the_last_words_of_a_shot_cannot_be_taken_away() -> None:
    with pytest.raises(BadInput, match="shot 07A would have no words"):
        write(write(scene_text="A field", style="16 mm"), scene_text="")


def test_an_importer_sets_each_parts_author_apart() -> None:
    prompt = write(
        author="ada", scene_text="A field", camera="push in", field_authors={"scene_text": "mara", "camera": "jon"}
    )
    assert (prompt.scene_author, prompt.camera_author, prompt.author) == ("mara", "jon", "ada")
    with pytest.raises(BadInput, match="'scene' is no part of a prompt: the parts are scene_text, camera"):
        write(prompt, scene_text="x", field_authors={"scene": "mara"})


def test_continuity_as_a_mapping_changes_the_fields_it_names() -> None:
    nine = write(scene_text="A field", continuity=Continuity(who="Nell", age="nine"))
    ten = write(nine, continuity={"age": "ten"})
    assert ten.continuity == Continuity(who="Nell", age="ten")
    with pytest.raises(BadInput, match="the continuity of 07A is 'nine': write it by its parts"):
        write(ten, continuity="nine")
    with pytest.raises(BadInput, match="'mood' is no part of the continuity of 07A: the parts are who"):
        write(ten, continuity={"mood": "blue"})


def test_a_camera_put_together_from_moves_is_kept_as_words_and_json() -> None:
    camera = Camera.parse("push in") >> Camera.parse("whip pan right")
    prompt = write(camera=camera)
    assert prompt.camera == camera.words()
    assert Camera.from_json(prompt.camera_json) == camera
    assert write(prompt, camera=camera) is prompt


def test_a_shot_without_a_camera_still_has_one_that_can_be_read() -> None:
    assert Camera.from_json(write(scene_text="A field").camera_json) == Camera.parse("")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({}, "shot 07A would have no words: give it a scene text or a camera"),
        ({"scene_text": "  ", "style": "16 mm"}, "shot 07A would have no words"),
        ({"scene_text": 7}, "the scene text of 07A is int, not text"),
        (
            {"scene_text": "a\x00b"},
            r"the scene text of 07A holds .* U\+0000 .* at place 2: delete it",
        ),
        ({"scene_text": "a\x1b[31m"}, r"U\+001B"),
        ({"camera": "push \u202ein"}, r"the camera of 07A holds .* U\+202E \(right-to-left override\) at place 6"),
        ({"style": "\u2066x"}, r"the style of 07A holds .* U\+2066"),
        ({"avoid": "x\ud800"}, r"the list of things to avoid of 07A holds .* U\+D800"),
        ({"continuity": {"who": "a\u2028b"}}, r"the who of 07A holds .* U\+2028"),
        ({"scene_text": "x" * 8001}, "the scene text of 07A has 8,001 characters: at most 8,000 are kept"),
        ({"scene_text": "x", "author": ""}, "the words of 07A have no author: say who writes"),
    ],
)
def test_words_that_cannot_be_kept_get_one_sentence(words: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as wrong:
        write(**words)
    assert "\n" not in str(wrong.value)


def test_words_stay_with_their_shot() -> None:
    with pytest.raises(BadInput, match="the version before is of shot 07A, not of 07B"):
        next_version(write(scene_text="x"), shot="07B", author="a", now_us=1, new_id="x", scene_text="y")
    with pytest.raises(BadInput, match="'7A' is not a shot"):
        next_version(None, shot="7A", author="a", now_us=1, new_id="x", scene_text="y")


def test_one_character_has_one_spelling_and_hebrew_marks_are_kept() -> None:
    assert write(scene_text="Cafe\u0301").scene_text == "Caf\u00e9"
    assert write(scene_text="\u05d0\u200f!").scene_text == "\u05d0\u200f!"


edits = st.lists(
    st.tuples(
        st.sampled_from(["mara", "jon", "ada"]),
        st.dictionaries(
            st.sampled_from(["camera", "style", "avoid"]),
            st.sampled_from(["", "push in", "pull out", "a field"]),
        ),
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=60)
@given(edits)
def test_every_part_is_by_whoever_wrote_it_last(edits: list[tuple[str, dict[str, str]]]) -> None:
    prompt = write(scene_text="first words")
    expected = {part: getattr(prompt, field) for part, (field, _) in PARTS.items()}
    for author, words in edits:
        before = prompt
        kept = dataclasses.asdict(before)
        prompt = write(before, author, **words)
        for part, text in words.items():
            if text != getattr(before, part):
                expected[part] = author if text else ""
        assert {part: getattr(prompt, field) for part, (field, _) in PARTS.items()} == expected
        assert prompt.version == before.version + (prompt is not before)
        assert dataclasses.asdict(before) == kept
