"""Circletake: write the scene, name the move, keep every take and the reason, cut to the song, hand it on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studio.camera import Camera, CameraPath, Move
    from studio.demo import here
    from studio.errors import StudioError
    from studio.film import Film, new, open

__all__ = ["Camera", "CameraPath", "Film", "Move", "StudioError", "here", "new", "open"]

_ROOMS = {
    "Camera": "studio.camera", "CameraPath": "studio.camera", "Move": "studio.camera",
    "Film": "studio.film", "new": "studio.film", "open": "studio.film", "StudioError": "studio.errors",
    "here": "studio.demo",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Hand a public name on from its room when it is first asked for: `import studio` itself stays light."""
    if name not in _ROOMS:
        raise AttributeError(f"module 'studio' has no attribute {name!r}; it has {', '.join(__all__)}")
    from importlib import import_module

    value = getattr(import_module(_ROOMS[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
