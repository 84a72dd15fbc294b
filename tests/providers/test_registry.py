"""Which providers there are."""

from __future__ import annotations

import pytest

from studio.errors import NotFound, Paused
from studio.providers import NOT_MADE, NotMade, names, provider, sound_maker
from studio.providers.openai_videos import OpenAIVideos


def test_the_providers_are_named_and_previz_is_one_of_them() -> None:
    assert "previz" in names()
    assert list(names()) == sorted(names())


def test_a_provider_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(NotFound, match=r"there is no provider 'sora': there is fal, .*, previz, replicate, runway"):
        provider("sora")


def test_every_provider_answers_to_its_name_and_is_one_and_the_same() -> None:
    for name in names():
        assert provider(name).name == name
        assert provider(name) is provider(name)
        assert provider(name).capabilities.models or name == "openai_videos"  # it serves what its owner has put there


def test_a_provider_of_sounds_is_told_from_one_of_clips() -> None:
    assert sound_maker("elevenlabs").name == "elevenlabs"
    with pytest.raises(NotFound, match=r'elevenlabs makes sounds and no clips: film.sound\("07A", "…"\) makes one'):
        provider("elevenlabs")
    with pytest.raises(NotFound, match="there is no provider of sounds 'previz': there is elevenlabs"):
        sound_maker("previz")


@pytest.mark.parametrize("name", ["videopoet", "VideoPoet", "Emu Video", "movie-gen"])
def test_a_name_that_never_had_an_interface_is_answered_with_what_to_use_instead(name: str) -> None:
    with pytest.raises(NotFound, match=r"use .*(gemini_omni|runway|fal|previz)"):
        provider(name)


def test_a_film_from_a_stranger_has_no_key_sent_to_its_own_server(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"OPENAI_API_KEY": "canary-1234567890"}
    options = {"base_url": "https://gateway.example/v1"}
    stranger = OpenAIVideos(options, environ)
    assert stranger.key() is None
    with pytest.raises(
        Paused, match=r"film.toml names the server gateway.example .* STUDIO_TRUSTED_HOSTS=gateway.exam"
    ):
        stranger.check_ready()
    trusted = OpenAIVideos(options, environ | {"STUDIO_TRUSTED_HOSTS": "other.example, gateway.example"})
    trusted.check_ready()
    assert trusted.key() is not None
    OpenAIVideos({"base_url": "http://127.0.0.1:8091/v1"}, environ).check_ready()
    OpenAIVideos(options, {}).check_ready()  # without a key there is nothing to lose


def test_not_made_is_one_value() -> None:
    assert isinstance(NOT_MADE, NotMade)
    assert list(NotMade) == [NOT_MADE]
