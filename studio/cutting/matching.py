"""Which take of the film a clip of an editor's list is: by name, by reel, by the bytes of its file, by its picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from studio.cutting.reading import Event
from studio.nouns import Source

By = Literal["name", "reel", "hash", "metadata", "picture", ""]

ALIKE_BITS = 6  # of 64 that may differ: one picture encoded anew has at most 4, one of another seed from 8

_LABEL = re.compile(r"(?<![0-9A-Za-z])([0-9]{2}[A-Z]{1,2}-[0-9]{3,4})(?![0-9])")
_REEL_LABEL = re.compile(r"([0-9]{2}[A-Z]{1,2})-?([0-9]{3,4})")


@dataclass(frozen=True)
class Match:
    """The take or card that a clip is, how it was found, and why it was not."""

    source: Source | None
    by: By = ""
    why: str = ""


class Matcher:
    """Finds takes. `hash_of` gives the SHA-256 of a clip's file and `picture_of` the hash of its first picture, where
    the file can be found; `heads` are the hashes of the first pictures of the film's takes, by label."""

    def __init__(
        self,
        sources: Sequence[Source],
        hash_of: Callable[[Event], str] | None = None,
        picture_of: Callable[[Event], int | None] | None = None,
        heads: Mapping[str, int] | None = None,
    ) -> None:
        self._by_name: dict[str, Source] = {}
        self._by_reel: dict[str, Source] = {}
        self._by_hash: dict[str, Source] = {}
        for source in sources:
            for key in (source.file_name, PurePosixPath(source.file_name).stem, source.name):
                self._by_name.setdefault(key.casefold(), source)
            self._by_reel.setdefault(source.reel.casefold(), source)
            self._by_hash.setdefault(source.sha256, source)
        self._hash_of, self._picture_of = hash_of, picture_of
        self._heads = {name: bits for name, bits in (heads or {}).items() if name.casefold() in self._by_name}
        self._known: dict[tuple[str, ...], Match] = {}

    def __call__(self, event: Event) -> Match:
        """The match of a clip; the same clip is looked for once."""
        key = (event.kind, event.file, event.name, event.reel, event.take, event.sha256)
        if key not in self._known:
            self._known[key] = self._find(event)
        return self._known[key]

    def _find(self, event: Event) -> Match:
        if event.kind != "clip":
            return Match(None, why="; ".join(event.notes) or "a nested sequence")
        named = self._named(event)
        if named and event.sha256 and event.sha256 != named.sha256 and event.sha256 not in self._by_hash:
            return Match(None, why=f"it was exported as {named.name} of another film")
        if named:
            return Match(named, "name")
        if event.reel and (reeled := self._reel(event.reel)):
            return Match(reeled, "reel")
        if event.sha256 in self._by_hash and not event.file_name:
            return Match(self._by_hash[event.sha256], "hash")
        if self._hash_of and (same := self._by_hash.get(self._hash_of(event) or "-")):
            return Match(same, "hash")
        found = self._by_name.get(event.take.casefold()) if event.take else None
        if found and event.sha256 in ("", found.sha256):
            return Match(found, "metadata")
        return self._pictured(event)

    def _named(self, event: Event) -> Source | None:
        texts = [text for text in (event.file_name, event.name) if text]
        for text in texts:
            for key in (text, PurePosixPath(text).stem):
                if found := self._by_name.get(key.casefold()):
                    return found
        for text in texts:  # 07A-003_prores.mov
            labels = {label for label in _LABEL.findall(text) if label.casefold() in self._by_name}
            if len(labels) == 1:
                return self._by_name[labels.pop().casefold()]
        return None

    def _reel(self, reel: str) -> Source | None:
        if found := self._by_reel.get(reel.casefold()) or self._by_name.get(reel.casefold()):
            return found
        label = _REEL_LABEL.fullmatch(PurePosixPath(reel).stem.upper())
        return self._by_name.get(f"{label[1]}-{label[2]}".casefold()) if label else None

    def _pictured(self, event: Event) -> Match:
        bits = self._picture_of(event) if self._picture_of and self._heads else None
        if bits is None:
            return Match(None, why="no take of the film has its name, and its file is not to be found")
        near = sorted((other_bits(bits, head), name) for name, head in self._heads.items())
        alike = [name for apart, name in near if apart <= ALIKE_BITS]
        if not alike:
            return Match(None, why="no take of the film has its name, its bytes or its picture")
        if len(alike) > 1:
            return Match(None, why=f"it looks like {' and like '.join(alike[:3])}")
        return Match(self._by_name[alike[0].casefold()], "picture")


def other_bits(one: int, other: int) -> int:
    """In how many bits two hashes differ."""
    return (one ^ other).bit_count()
