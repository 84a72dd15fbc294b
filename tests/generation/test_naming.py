"""A model is named by one text or by a pair, and both say the same."""

from __future__ import annotations

import pytest

from studio.errors import BadInput
from studio.generation import model_of
from studio.generation.naming import name_of
from studio.providers.catalogue import ANY, catalogue


@pytest.mark.parametrize(
    ("named", "provider", "model"),
    [
        ("runway/gen4.5", "runway", "gen4.5"),
        (" runway / gen4.5 ", "runway", "gen4.5"),
        ("gemini_omni", "gemini_omni", ""),
        ("replicate/acme/moving:12ab", "replicate", "acme/moving:12ab"),
        (("openai_videos", "Wan-AI/Wan2.2"), "openai_videos", "Wan-AI/Wan2.2"),
        (["previz", ""], "previz", ""),
        ("my own server", "my own server", ""),  # whether there is one is its provider's to say
    ],
)
def test_a_model_is_named_by_a_text_or_a_pair(named: object, provider: str, model: str) -> None:
    assert model_of(named) == (provider, model)


@pytest.mark.parametrize("named", [None, 7, (), ("runway",), ("runway", 4), ("a", "b", "c"), "", "  ", "/gen4.5"])
def test_what_names_no_model_is_answered_with_how_one_is_named(named: object) -> None:
    with pytest.raises(BadInput, match=r'names no (model|provider): write it as "runway/gen4\.5"'):
        model_of(named)


def test_a_model_named_without_its_provider_is_answered_with_who_has_it() -> None:
    with pytest.raises(BadInput, match=r"'gen4\.5' is a model, not a provider: write \"runway/gen4\.5\""):
        model_of("gen4.5")


def test_every_model_of_the_catalogue_can_be_named_by_one_text() -> None:
    rows = [row for rows in catalogue().models.values() for row in rows if row.name != ANY]
    assert len(rows) > 50
    for row in rows:
        assert model_of(name_of(row.provider, row.name)) == (row.provider, row.name)
