"""What a process or a worker of a cluster does with one clip: it looks at it, or makes its pictures too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studio.media import Look

Seen = dict[str, str]  # camera, flags and features, each as JSON
LOOK = "studio.generation.measurer:seen_in"
INGEST = "studio.generation.measurer:ingested"


def seen_in(path: str) -> Seen:
    """What is seen in a clip."""
    from studio.media import look

    return _told(look(Path(path)))


def ingested(take: dict[str, Any]) -> Seen:
    """The same, and its poster, strip and proxy are made: of the take `label` of the film in `folder`.

    Raises Damaged where its `file` is not the clip that was logged with this `sha256`.
    """
    from studio.media import Library, ingest, name_of

    library = Library(take["folder"])
    clip = library.verify(take["file"], take["sha256"])
    return _told(ingest(clip, name_of(take["file"], take["label"]), library).look)


def _told(look: Look) -> Seen:
    return {name: getattr(look, name).to_json() for name in ("camera", "flags", "features")}
