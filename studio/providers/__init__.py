"""Services and servers that turn a request into a clip: the protocol, and the list of those that are built in."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import cast

from studio.errors import NotFound
from studio.given import shown
from studio.providers.base import NOT_MADE, Capabilities, Finds, Job, NotMade, Provider, Status

__all__ = [
    "NOT_MADE",
    "Capabilities",
    "Finds",
    "Job",
    "NotMade",
    "Provider",
    "Status",
    "names",
    "provider",
]

# name -> module and class; a provider's file is imported when it is first asked for
_BUILT_IN = {"previz": ("studio.providers.previz", "Previz")}


def names() -> tuple[str, ...]:
    """The providers that can be asked for, in alphabetical order."""
    return tuple(sorted(_BUILT_IN))


def provider(name: str) -> Provider:
    """The provider of that name, one and the same in a process. Raises NotFound with what there is."""
    if name not in names():
        raise NotFound(f"there is no provider {shown(name)}: there is {', '.join(names())}")
    return _made(name)


@cache
def _made(name: str) -> Provider:
    module, member = _BUILT_IN[name]
    return cast(Provider, getattr(import_module(module), member)())
