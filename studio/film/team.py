"""The calls of a film that several people make: merging, packing, media found again."""

from __future__ import annotations


class Team:
    """What others did, taken in; and the film on another machine."""
