"""Services and servers that turn a request into a clip: the protocol, and the list of those that are built in."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import cast

from studio.errors import NotFound
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


@cache
def provider(name: str) -> Provider:
    """The provider of that name, one and the same in a process. Raises NotFound with what there is."""
    if name not in _BUILT_IN:
        raise NotFound(f"there is no provider {name!r}: there is {', '.join(names())}")
    module, member = _BUILT_IN[name]
    return cast(Provider, getattr(import_module(module), member)())
