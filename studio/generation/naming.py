"""How a person names a model: "runway/gen4.5", "gemini_omni", ("openai_videos", "wan2.2")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from studio.errors import BadInput
from studio.given import shown
from studio.providers import names

ModelName: TypeAlias = str | tuple[str, str]
LIKE = 'write it as "runway/gen4.5", or a provider alone for its first model'


def model_of(named: ModelName) -> tuple[str, str]:
    """The provider and the model, which is "" where only a provider is named: its first.

    What stands behind the first stroke is the model's, strokes and all: "replicate/owner/name". Raises BadInput for
    what names none. Whether there is such a model is told by its provider.
    """
    if isinstance(named, str):
        provider, _, model = (part.strip() for part in named.partition("/"))
    elif isinstance(named, Sequence) and len(named) == 2 and all(isinstance(part, str) for part in named):
        provider, model = (part.strip() for part in named)
    else:
        raise BadInput(f"{shown(named)} names no model: {LIKE}")
    if not provider:
        raise BadInput(f"{shown(named)} names no provider: {LIKE}")
    if not model and provider not in names():
        _check_is_no_model(provider)
    return provider, model


def name_of(provider: str, model: str) -> str:
    """The two as one text, as `model_of` reads it."""
    return f"{provider}/{model}" if model else provider


def _check_is_no_model(word: str) -> None:
    """Raise BadInput for a model that was named without its provider, with those that have it."""
    from studio.providers.catalogue import ANY, catalogue

    having = [
        f'"{name_of(row.provider, row.name)}"'
        for rows in catalogue().models.values()
        for row in rows
        if row.name != ANY and word.casefold() in (each.casefold() for each in (row.name, *row.also))
    ]
    if having:
        raise BadInput(f"{shown(word)} is a model, not a provider: write {' or '.join(having)}")
