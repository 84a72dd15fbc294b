"""Which take of the film a clip of an editor's list is: by name, by reel, by the bytes of its file, by its picture."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal

from studio.cutting.reading import Event
from studio.nouns import Source

By = Literal["name", "reel", "hash", "metadata", "picture", "former", "choice", ""]

ALIKE_BITS = 6  # of 64 that may differ: one picture encoded anew has at most 4, one of another seed from 8

_LABEL = re.compile(r"(?<![0-9A-Za-z])([0-9]{2}[A-Z]{1,2}-[0-9]{3,4})(?![0-9])")
_BESIDE = re.compile(r"(?<![0-9A-Za-z])[0-9]{2}[A-Z]{1,2}-[0-9]{3,4}-([0-9a-f]{4,64})(?![0-9a-f])")
_REEL_LABEL = re.compile(r"([0-9]{2}[A-Z]{1,2})-?([0-9]{3,4})")


@dataclass(frozen=True)
class Match:
    """The take or card that a clip is, how it was found, and why it was not."""

    source: Source | None
    by: By = ""
    why: str = ""
    asks: bool = False  # it is a take of the film: which, is for a person to say


@dataclass(frozen=True)
class Former:
    """A label that a take had before two logs were merged, in both of which there was one."""

    label: str
    source: Source  # the take as it is called now


@dataclass(frozen=True)
class Known:
    """What tells apart two takes that a list calls by one label, and what a person has said of its clips."""

    former: Sequence[Former] = ()
    authors: Mapping[str, str] = field(default_factory=dict)  # who asked for each take, by its label
    cut: Collection[str] = ()  # labels of the takes in the version that the list was made from
    author: str = ""  # who made that version, or sent it
    chosen: Mapping[str, str] = field(default_factory=dict)  # the take that a person says a clip is, by its name


class Matcher:
    """Finds takes. `hash_of` gives the SHA-256 of a clip's file and `picture_of` the hash of its first picture, where
    the file can be found; `heads` are the hashes of the first pictures of the film's takes, by label; `known` tells
    apart takes that a list calls by one label, and `listed` are the labels that it names."""

    def __init__(
        self,
        sources: Sequence[Source],
        hash_of: Callable[[Event], str] | None = None,
        picture_of: Callable[[Event], int | None] | None = None,
        heads: Mapping[str, int] | None = None,
        known: Known | None = None,
        listed: Collection[str] = (),
    ) -> None:
        self._known_by, self._listed = known or Known(), frozenset(listed)
        self._former: dict[str, list[Source]] = defaultdict(list)
        for each in self._known_by.former:
            self._former[each.label.casefold()].append(each.source)
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
        if event.called in self._known_by.chosen:
            return Match(self._by_name.get(self._known_by.chosen[event.called].casefold()), "choice")
        if self._former and (label := self._former_label(event)):
            return self._told_apart(event, label)
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

    def _former_label(self, event: Event) -> str:
        """The label by which the list calls a clip, where more takes than one have had it; "" where that is clear."""
        texts = [text for text in (event.file_name, event.name) if text]
        for text in texts:
            for key in (text.casefold(), PurePosixPath(text).stem.casefold()):
                if key in self._former:
                    return key
                if key in self._by_name:
                    name = self._by_name[key].name.casefold()
                    return name if name in self._former else ""
        for text in texts:
            labels = [label.casefold() for label in dict.fromkeys(_LABEL.findall(text))]
            if len(labels) == 1 and labels[0] in self._former:
                return str(labels[0])
        reel = _REEL_LABEL.fullmatch(PurePosixPath(event.reel).stem.upper())
        for key in (f"{reel[1]}-{reel[2]}".casefold() if reel else "", event.take.casefold()):
            if key in self._former:
                return key
        return ""

    def _told_apart(self, event: Event, label: str) -> Match:
        """Which of the takes that have had a label is meant: by the bytes of the file; by the version that the list was
        made from; by who made that version; else it is asked."""
        holder = self._by_name.get(label)
        takes = list(dict.fromkeys((*([holder] if holder else []), *self._former[label])))
        sha256 = event.sha256 or (self._hash_of(event) if self._hash_of else "")
        digits = _BESIDE.search(f"{event.file_name} {event.name}")
        begins = sha256 or (digits[1] if digits else "")
        meant = [take for take in takes if begins and take.sha256.startswith(begins)]
        if event.sha256 and not meant and event.sha256 not in self._by_hash:
            return Match(None, why=f"it was exported as {label.upper()} of another film")
        for fits in (self._in_cut, self._as_now, self._of_its_author):
            if len({take.name for take in meant or takes}) > 1:
                meant = fits(meant or takes, holder) or meant
        meant = meant or takes
        if len({take.name for take in meant}) == 1:
            return Match(meant[0], "name" if meant[0] is holder else "hash" if sha256 else "former")
        said = " and ".join(
            f"{take.name}{f' of {by}' if (by := self._known_by.authors.get(take.name)) else ''}" for take in meant
        )
        return Match(None, why=f"{label.upper()} has been the label of {said}: say which of them it is", asks=True)

    def _in_cut(self, takes: list[Source], _: Source | None) -> list[Source]:
        return [take for take in takes if take.name in self._known_by.cut]

    def _as_now(self, takes: list[Source], holder: Source | None) -> list[Source]:
        """The one that has the label now, where the list calls another of them by the label that this one has now."""
        now = any(
            take.name in self._listed and take.name.casefold() not in self._former
            for take in takes
            if take is not holder
        )
        return [take for take in takes if take is holder] if now else []

    def _of_its_author(self, takes: list[Source], _: Source | None) -> list[Source]:
        author = self._known_by.author
        return [take for take in takes if author and self._known_by.authors.get(take.name) == author]

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


def labels_in(events: Sequence[Event]) -> frozenset[str]:
    """The labels of takes that a list names."""
    return frozenset(label for each in events for label in _LABEL.findall(f"{each.file_name} {each.name} {each.take}"))


def other_bits(one: int, other: int) -> int:
    """In how many bits two hashes differ."""
    return (one ^ other).bit_count()
