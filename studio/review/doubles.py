"""Which takes need not be looked at: copies, near copies and dead clips, each with the number that says so.

They are folded, not deleted. The earliest take of a group stays, and whatever somebody decided to keep stays too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from studio.errors import BadInput, NotFound
from studio.media.features import hashes_from_json
from studio.media.flags import Flags, near_duplicates

if TYPE_CHECKING:
    from studio.log import Log, Opinion
    from studio.nouns import Event

DEAD = 0.9  # share of the clip that is black or frozen
BITS = 64
Pairs = Mapping[str, Sequence[tuple[str, int]]]  # by a take's id: the earlier takes it is alike, and by how many bits


@dataclass(frozen=True, slots=True)
class Fold:
    """Why a take is folded."""

    kind: Literal["exact", "near", "black", "frozen"]
    why: str  # "differs from 07A-003 in 2 of 64 bits"
    of: str  # label of the take that stands for it; "" where it is dead
    number: float  # bits that differ, or the share of the clip


@dataclass(frozen=True, slots=True)
class Look:
    """What a take is folded by."""

    id: str  # ids sort in the order in which the takes were asked for
    take: str
    shot: str
    sha256: str = ""
    seconds: float = 0.0
    asked_move: str = ""
    noticed: Flags | None = None
    hashes: tuple[int, int, int] | None = None


def look_of(row: Mapping[str, Any], noticed: Flags | None, hashes: tuple[int, int, int] | None) -> Look:
    """Of a take's row in the log."""
    return Look(
        row["id"], row["take"], row["shot"], row["sha256"] or "", row["duration_s"] or 0.0, row["asked_move"] or "",
        noticed, hashes,
    )  # fmt: skip


def noticed_in(event: Event | None) -> Flags | None:
    """The numbers of a "flags" event. None where there is none, or a later version wrote it in its own way."""
    if event is None:
        return None
    try:
        return Flags.from_json(str(event.data["flags"]))
    except BadInput:
        return None


def hashes_in(event: Event | None) -> tuple[int, int, int] | None:
    """The picture hashes of a "features" event. None likewise."""
    if event is None:
        return None
    try:
        return hashes_from_json(str(event.data["features"]))
    except BadInput:
        return None


def alike(looks: Iterable[Look]) -> dict[str, list[tuple[str, int]]]:
    """For each take of one shot: the earlier ones that its pictures are alike, the earliest first."""
    known = sorted((look for look in looks if look.hashes), key=lambda look: look.id)
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for one, other, bits in sorted(near_duplicates([look.hashes for look in known if look.hashes])):
        found[known[other].id].append((known[one].id, bits))
    return dict(found)


def folds_of(looks: Iterable[Look], pairs: Pairs, protected: Collection[str]) -> dict[str, Fold]:
    """By its id, why a take is folded. The ids that are `protected` never are, and may stand for others."""
    standing: dict[str, Look] = {}
    by_hash: dict[str, Look] = {}
    found: dict[str, Fold] = {}
    for look in sorted(looks, key=lambda look: look.id):
        fold = None if look.id in protected else _fold(look, by_hash, standing, pairs)
        if fold:
            found[look.id] = fold
            continue
        standing[look.id] = look
        if look.sha256:
            by_hash.setdefault(look.sha256, look)
    return found


def dead(look: Look) -> Fold | None:
    """Whether nothing is to be seen in a clip, or nothing moves that was asked to."""
    seen = look.noticed
    if seen is None:
        return None
    if seen.black >= DEAD:
        return Fold("black", f"black in {100 * seen.black:.0f} % of its frames", "", seen.black)
    if look.seconds > 0 and look.asked_move != "static" and seen.frozen_s >= DEAD * look.seconds:
        share = seen.frozen_s / look.seconds
        return Fold("frozen", f"frozen for {seen.frozen_s:.1f} of its {look.seconds:.1f} s", "", share)
    return None


def in_question(looks: Iterable[Look], pairs: Pairs) -> frozenset[str]:
    """The ids of all takes that are folded or stand for a folded one, or would be if nobody had decided anything."""
    copies: dict[str, list[str]] = defaultdict(list)
    found = {id for other, earlier in pairs.items() for id in (other, *(one for one, _ in earlier))}
    for look in looks:
        copies[look.sha256].append(look.id)
        if dead(look):
            found.add(look.id)
    return frozenset(found.union(*(ids for sha, ids in copies.items() if sha and len(ids) > 1)))


def kept_by_somebody(opinions: Iterable[Opinion]) -> set[str]:
    """The ids of the takes that anybody circled, held or flagged as an accident."""
    return {said.take_id for said in opinions if said.verdict in ("circle", "hold") or said.accident}


def used(log: Log) -> frozenset[str]:
    """The ids of the takes in the latest cut."""
    try:
        return frozenset(source.take_id for source in log.latest_cut().sources if source.take_id)
    except NotFound:  # there is no cut yet
        return frozenset()


def folds(log: Log, rows: Sequence[Mapping[str, Any]], opinions: Iterable[Opinion]) -> dict[str, Fold]:
    """The same for rows of the log (`takes_now`) and what was said about them."""
    noticed, features = log.latest_of("flags"), log.latest_of("features")
    looks = [look_of(row, noticed_in(noticed.get(row["id"])), hashes_in(features.get(row["id"]))) for row in rows]
    shots: dict[str, list[Look]] = defaultdict(list)
    for look in looks:
        shots[look.shot].append(look)
    pairs = {id: earlier for some in shots.values() for id, earlier in alike(some).items()}
    return folds_of(looks, pairs, kept_by_somebody(opinions) | used(log))


def _fold(look: Look, by_hash: Mapping[str, Look], standing: Mapping[str, Look], pairs: Pairs) -> Fold | None:
    first = by_hash.get(look.sha256) if look.sha256 else None
    if first:
        return Fold("exact", f"exact copy of {first.take}", first.take, 0)
    if over := dead(look):
        return over
    for one, bits in pairs.get(look.id, ()):
        if one in standing:
            of = standing[one].take
            return Fold("near", f"differs from {of} in {bits} of {BITS} bits", of, bits)
    return None
