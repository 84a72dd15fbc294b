"""The screenplay that ships."""

import pytest

from studio import _resources
from studio.camera import Camera
from studio.writing import (
    Screenplay,
    compose,
    load_screenplay,
    next_version,
    read_screenplay,
    write_screenplay,
)


@pytest.fixture(scope="module")
def screenplay() -> Screenplay:
    return load_screenplay(_resources.path("data/demo/screenplay.toml"))


def test_it_tells_a_life_in_twenty_scenes_and_fifty_five_shots(screenplay: Screenplay) -> None:
    assert len(screenplay.scenes) == 20
    assert len(screenplay.shots) == 55
    assert [scene.number for scene in screenplay.scenes] == [f"{n:02d}" for n in range(1, 21)]
    assert all(scene.title and scene.continuity.who and scene.continuity.place for scene in screenplay.scenes)


def test_twelve_of_its_shots_tell_the_whole_story_by_themselves(screenplay: Screenplay) -> None:
    little = [text for text in screenplay.shots if "short" in text.marks]
    assert len(little) == 12
    assert little[0].continuity.place == "a schoolyard"
    assert little[-1].continuity.place == "the small house, empty"


def test_the_words_are_the_musicians_and_the_camera_the_directors(screenplay: Screenplay) -> None:
    assert screenplay.authors == ("mara", "jon")
    assert {(text.scene_author, text.camera_author) for text in screenplay.shots} == {("mara", "jon")}


def test_every_camera_is_understood_to_the_last_word_and_nothing_is_guessed(screenplay: Screenplay) -> None:
    for text in screenplay.shots:
        camera = Camera.parse(text.camera)
        assert (camera.unknown, camera.guessed) == ((), ()), text.shot
        assert camera.asked_move, text.shot


def test_the_camera_goes_forward_and_is_not_always_the_same(screenplay: Screenplay) -> None:
    cameras = [Camera.parse(text.camera) for text in screenplay.shots]
    assert len({asked.move for camera in cameras for step in camera.steps for asked in step.moves}) >= 25
    onwards = sum("dolly_in" in camera.asked_move or "pass_through" in camera.asked_move for camera in cameras)
    assert onwards >= 44  # four of five push in or go through something


def test_every_shot_makes_a_prompt_that_reads_well(screenplay: Screenplay) -> None:
    for text in screenplay.shots:
        prompt = next_version(
            None, shot=text.shot, author="mara", now_us=1, new_id="x", scene_text=text.scene_text, camera=text.camera,
            style=text.style, avoid=text.avoid, continuity=text.continuity, field_authors=text.field_authors,
        )  # fmt: skip
        words = compose(prompt)
        assert words.startswith(text.camera[:1].upper())
        assert 100 < len(words) < 600
        assert text.avoid not in words


def test_it_survives_being_written_again(screenplay: Screenplay) -> None:
    assert read_screenplay(write_screenplay(screenplay)) == screenplay
