"""Which providers there are."""

from __future__ import annotations

import pytest

from studio.errors import NotFound
from studio.providers import NOT_MADE, NotMade, names, provider


def test_the_providers_are_named_and_previz_is_one_of_them() -> None:
    assert "previz" in names()
    assert list(names()) == sorted(names())


def test_a_provider_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(NotFound, match=r"there is no provider 'sora': there is previz"):
        provider("sora")


def test_every_provider_answers_to_its_name_and_is_one_and_the_same() -> None:
    for name in names():
        assert provider(name).name == name
        assert provider(name) is provider(name)
        assert provider(name).capabilities.models


def test_not_made_is_one_value() -> None:
    assert isinstance(NOT_MADE, NotMade)
    assert list(NotMade) == [NOT_MADE]
