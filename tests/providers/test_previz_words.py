"""What a prompt's words let previz see."""

from __future__ import annotations

import pytest

from studio.providers.previz.words import look


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("Two teenagers meet in a school corridor", "corridor", "schoolyard"),
        ("a schoolyard at dawn, children running", "", "schoolyard"),
        ("an empty house in snow at dusk", "", "house"),
        ("church aisle, wedding", "church", ""),
        ("a village church on a hill in a field", "", "mountains"),
        ("hospital window at night", "hospital", ""),
        ("a car on a road through fields", "", "road"),
        ("beach, waves, a couple walking", "", "beach"),
        ("a kitchen, morning sun, a baby's chair", "kitchen", ""),
        ("graveyard in rain", "", "graveyard"),
        ("a city at night from a train window", "train", "city"),
        ("forest path in autumn", "", "forest"),
        ("a railway station, the train leaves", "", "station"),
    ],
)
def test_a_place_is_found_in_the_words(text: str, inside: str, outside: str) -> None:
    seen = look(text)
    assert (seen.inside, seen.outside) == (inside, outside)


@pytest.mark.parametrize(
    "camera",
    ["truck left", "crane up, then pan right", "roll clockwise", "aerial drone", "boom down", "track in", "bird's eye"],
)
def test_camera_words_name_no_things(camera: str) -> None:
    seen = look(f"{camera}.")
    assert not seen.inside
    assert not seen.outside
    assert not seen.things


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("a couple walks on a beach", ("woman", "man")),
        ("Ida, a girl in yellow, and Milo, a boy in a green coat", ("child", "child")),
        ("two teenagers; he looks at her", ("teen", "teen")),
        ("a wedding, the bride runs down the aisle", ("bride", "groom")),
        ("an empty house", ()),
        ("a kitchen, a baby's chair", ()),
        ("an old man sits on a bench", ("old",)),
        ("three children run", ("child", "child", "child")),
    ],
)
def test_people_are_counted(text: str, people: tuple[str, ...]) -> None:
    assert look(text).people == people


def test_a_coat_has_the_colour_that_is_named() -> None:
    seen = look("a field. Ida, a woman with a yellow scarf, and Milo, a man in a green coat")
    assert dict(zip(seen.people, seen.colours, strict=True)) == {"woman": "#e9b62c", "man": "#4c8c57"}


@pytest.mark.parametrize(
    ("text", "portal"),
    [
        ("pass through the bubble", "bubble"),
        ("her bubble gum fills the frame", "bubble"),
        ("pass through his left eye", "eye"),
        ("they look into each other's eyes", "eye"),
        ("her eyes are green", ""),
        ("look through the keyhole", "keyhole"),
        ("a hospital window at night", "window"),
        ("pass through the front door", "door"),
    ],
)
def test_what_is_passed_through_is_found(text: str, portal: str) -> None:
    assert look(text).portal == portal


def test_words_that_say_nothing_give_somebody_on_a_plain() -> None:
    seen = look("the sound of forgetting")
    assert not seen.anything
    assert seen.people == ("man",)
