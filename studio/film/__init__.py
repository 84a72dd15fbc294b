"""A film: one folder, one song, one log. Wiring only: every method is one call into a room."""

from __future__ import annotations

from studio.film.book import BookHandle
from studio.film.cards import CardsHandle
from studio.film.chain import ChainHandle
from studio.film.cut import CutHandle
from studio.film.evidence import EvidenceHandle
from studio.film.film import DEFAULT_SECONDS, Film
from studio.film.grids import GridsHandle
from studio.film.money import MoneyHandle
from studio.film.opening import DEFAULT_AUTHOR, FOLDERS, new, open
from studio.film.song import SongHandle

__all__ = [
    "DEFAULT_AUTHOR",
    "DEFAULT_SECONDS",
    "FOLDERS",
    "BookHandle",
    "CardsHandle",
    "ChainHandle",
    "CutHandle",
    "EvidenceHandle",
    "Film",
    "GridsHandle",
    "MoneyHandle",
    "SongHandle",
    "new",
    "open",
]
