"""Services and servers that turn a request into a clip: the protocol, and the list of those that are built in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import cast

from studio.errors import BadInput, NotFound
from studio.given import shown
from studio.providers.base import (
    NOT_MADE,
    ByTheHour,
    Cancelling,
    Cancels,
    Capabilities,
    Closes,
    Explains,
    Finds,
    Health,
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
    Watched,
)

__all__ = [
    "NOT_MADE",
    "ByTheHour",
    "Cancelling",
    "Cancels",
    "Capabilities",
    "Closes",
    "Explains",
    "Finds",
    "Health",
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
    "Watched",
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

OWN = "openai_videos"  # what a server of one's own is
OF_A_SERVER = ("dialect", "model", "concurrency", "usd_per_hour", "seconds_a_take", "price_source", "price_read_on")

_SOUNDS = {"elevenlabs": ("studio.providers.elevenlabs", "ElevenLabs")}


def names() -> tuple[str, ...]:
    """The providers that can be asked for, in alphabetical order."""
    return tuple(sorted(_BUILT_IN))


def provider(name: str, options: Mapping[str, str] | None = None, own: Sequence[str] = ()) -> Provider:
    """The provider of that name, one and the same in a process for the same options.

    `options` are what film.toml says of it; a name that is not built in and has an address is a `/v1/videos` server of
    one's own. `own` are the names of those that the film has. Raises NotFound with what there is, or with what became
    of a name that cannot be had, BadInput for options that it does not take.
    """
    there = ", ".join((*names(), *own))
    if not isinstance(name, str):
        raise NotFound(f"there is no provider {shown(name)}: there is {there}")
    if name in _SOUNDS:
        raise NotFound(f'{name} makes sounds and no clips: film.sound("07A", "…") makes one')
    if name in names():
        if options and name != OWN:
            _check_no_server(name, options)
    elif options:
        if not options.get("base_url"):
            raise BadInput(
                f"[providers.{name}] in film.toml has no base_url: a server of your own needs its address, such as "
                'base_url = "http://gpu.office:8091/v1"'
            )
        return _made(OWN, tuple(sorted({**options, "name": name}.items())))
    else:
        from studio.providers.catalogue import catalogue

        catalogue().check_not_gone(name)
        raise NotFound(f"there is no provider {shown(name)}: there is {there}")
    return _made(name, tuple(sorted((options or {}).items())))


def _check_no_server(name: str, options: Mapping[str, str]) -> None:
    for key in options:
        if key in OF_A_SERVER and options[key]:
            raise BadInput(
                f"{key} under [providers.{name}] in film.toml says something of a server of your own, and {name} is "
                f"none: write it under [providers.{OWN}], or under a name of your own"
            )


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
