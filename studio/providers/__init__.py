"""Services and servers that turn a request into a clip: the protocol, and the list of those that are built in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import cast

from studio.errors import NotFound
from studio.given import shown
from studio.providers.base import (
    NOT_MADE,
    Cancelling,
    Cancels,
    Capabilities,
    Closes,
    Explains,
    Finds,
    Job,
    Listed,
    Lists,
    NotMade,
    Prepares,
    Provider,
    Recalls,
    Shows,
    SoundMaker,
    SoundRequest,
    Status,
)

__all__ = [
    "NOT_MADE",
    "Cancelling",
    "Cancels",
    "Capabilities",
    "Closes",
    "Explains",
    "Finds",
    "Job",
    "Listed",
    "Lists",
    "NotMade",
    "Prepares",
    "Provider",
    "Recalls",
    "Shows",
    "SoundMaker",
    "SoundRequest",
    "Status",
    "names",
    "provider",
    "sound_maker",
]

# name -> module and class; a provider's file is imported when it is first asked for
_BUILT_IN = {
    "fal": ("studio.providers.fal", "Fal"),
    "folder": ("studio.providers.folder", "Folder"),
    "gemini_omni": ("studio.providers.gemini_omni", "GeminiOmni"),
    "luma": ("studio.providers.luma", "Luma"),
    "openai_videos": ("studio.providers.openai_videos", "OpenAIVideos"),
    "previz": ("studio.providers.previz", "Previz"),
    "replicate": ("studio.providers.replicate", "Replicate"),
    "runway": ("studio.providers.runway", "Runway"),
}

_SOUNDS = {"elevenlabs": ("studio.providers.elevenlabs", "ElevenLabs")}


def names() -> tuple[str, ...]:
    """The providers that can be asked for, in alphabetical order."""
    return tuple(sorted(_BUILT_IN))


def provider(name: str, options: Mapping[str, str] | None = None) -> Provider:
    """The provider of that name, one and the same in a process for the same options.

    `options` are what film.toml says of it. Raises NotFound with what there is, or with what became of a name that
    cannot be had.
    """
    if not isinstance(name, str):
        raise NotFound(f"there is no provider {shown(name)}: there is {', '.join(names())}")
    if name in _SOUNDS:
        raise NotFound(f'{name} makes sounds and no clips: film.sound("07A", "…") makes one')
    if name not in names():
        from studio.providers.catalogue import catalogue

        catalogue().check_not_gone(name)
        raise NotFound(f"there is no provider {shown(name)}: there is {', '.join(names())}")
    return _made(name, tuple(sorted((options or {}).items())))


@cache
def _made(name: str, options: tuple[tuple[str, str], ...]) -> Provider:
    module, member = _BUILT_IN[name]
    kind = getattr(import_module(module), member)
    return cast(Provider, kind(dict(options)) if options else kind())


def sound_maker(name: str, options: Mapping[str, str] | None = None) -> SoundMaker:
    """The provider of sound effects of that name. Raises NotFound with what there is."""
    if not isinstance(name, str) or name not in _SOUNDS:
        raise NotFound(f"there is no provider of sounds {shown(name)}: there is {', '.join(_SOUNDS)}")
    module, member = _SOUNDS[name]
    return cast(SoundMaker, getattr(import_module(module), member)(dict(options or {})))
