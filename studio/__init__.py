"""Circletake: write the scene, name the move, keep every take and the reason, cut to the song, hand it on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studio.camera import Camera, CameraPath, Move
    from studio.camera import table as moves
    from studio.demo import here
    from studio.errors import StudioError
    from studio.film import Film, new, open
    from studio.providers.offer import models

__all__ = ["Camera", "CameraPath", "Film", "Move", "StudioError", "here", "models", "moves", "new", "open"]

# public name -> the room it lives in, and what it is called there
_ROOMS = {
    "Camera": ("studio.camera", "Camera"),
    "CameraPath": ("studio.camera", "CameraPath"),
    "Film": ("studio.film", "Film"),
    "Move": ("studio.camera", "Move"),
    "StudioError": ("studio.errors", "StudioError"),
    "here": ("studio.demo", "here"),
    "load_ipython_extension": ("studio.magics", "load_ipython_extension"),  # %load_ext studio
    "models": ("studio.providers.offer", "models"),
    "moves": ("studio.camera", "table"),
    "new": ("studio.film", "new"),
    "open": ("studio.film", "open"),
    "unload_ipython_extension": ("studio.magics", "unload_ipython_extension"),
}


def __getattr__(name: str) -> Any:
    """Hand a public name on from its room when it is first asked for: `import studio` itself stays light."""
    if name not in _ROOMS:
        raise AttributeError(f"module 'studio' has no attribute {name!r}; it has {', '.join(__all__)}")
    from importlib import import_module

    room, called = _ROOMS[name]
    globals()[name] = value = getattr(import_module(room), called)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
