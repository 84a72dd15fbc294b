"""What is noticed in clips that nobody here made: next to nothing, for nothing is wrong with them."""

import pytest

from studio.media import blurred, look, near_duplicates

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def seen(material):
    return {clip.stem: look(clip) for clip in sorted((material / "clips").glob("*.mp4"))}


def test_none_of_them_is_black_frozen_flickering_or_barred(seen):
    raised = {name: found.flags.raised for name, found in seen.items() if found.flags.raised}
    assert len(raised) <= 2, raised


def test_no_two_of_them_are_taken_for_one(seen):
    assert near_duplicates([found.features.hashes for found in seen.values()]) == []


def test_few_are_told_for_blurred_beside_the_others(seen):
    assert blurred([found.flags.sharpness for found in seen.values()]).sum() <= 2


def test_looked_at_again_they_look_the_same(seen, material):
    name = next(iter(seen))
    again = look(material / "clips" / f"{name}.mp4")
    assert again.features == seen[name].features
    assert again.flags == seen[name].flags
    assert again.camera.to_json() == seen[name].camera.to_json()
