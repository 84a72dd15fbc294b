"""Handing a cut over: the delivery is made, set against the one before, and the log remembers that it was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from studio.cutting import Stock, source_of
from studio.cutting.formats import Lists
from studio.delivery.disclosure import disclosure_of, sidecar
from studio.delivery.export import export
from studio.delivery.packages import Package
from studio.delivery.provenance import marker, take_marker
from studio.delivery.rendering import Progress
from studio.delivery.report import Sent
from studio.nouns import Cut, Source

if TYPE_CHECKING:
    from studio.log import Log, Settings
    from studio.media.workers import Workers

ALTERNATES = 2  # for each slot at most
SENT = "delivered"


def hand_over(
    log: Log,
    cut: Cut,
    name: str,
    author: str,
    settings: Settings,
    *,
    package: Package | None = None,
    prompts: Mapping[str, str] | None = None,
    alternates: bool = True,
    rejects: bool = False,
    progress: Progress | None = None,
    hands: Workers | None = None,
) -> Path:
    """Export a stored cut as the delivery `name`, with a change list against the cut that was sent before; its folder.

    The film says inside where it came from (`provenance`), signed where `settings` name a certificate. Raises what
    `export` raises; then nothing is remembered.
    """
    package = package or Package()
    refused = rejects_of(log, cut) if rejects else {}
    folder = export(
        cut,
        log.folder,
        name,
        package=package,
        prompts=prompts,
        lists=Lists(
            alternates=alternates_of(log, cut) if alternates else {},
            rejects=tuple(refused),
            notes={source.name: why for source, why in refused.items()},
            cameras=cameras_of(log, cut) if prompts is not None else {},
        ),
        since=sent_before(log, cut),
        mark=marker(cut, log, settings, prompts=prompts),
        mark_take=take_marker(cut, log, prompts),
        beside={
            "film.json": sidecar(cut, log, prompts),
            "disclosure.txt": disclosure_of(cut, log, settings).text.encode(),
        },
        progress=progress,
        hands=hands,
    )
    with log.write(author) as writer:
        data: dict[str, object] = {"name": name, "version": cut.version, "preset": package.preset}
        writer.event(SENT, "film", data | {"media": package.media})
    return folder


def sent_before(log: Log, cut: Cut) -> Sent | None:
    """The last delivery of another version of the cut. (Of this one: sent again it says the same once more.)"""
    versions = {each.version: each for each in log.cuts()}
    for event in reversed(log.events("film", (SENT,))):
        was = versions.get(int(str(event.data["version"])))
        if was is not None and was.version != cut.version:
            return Sent(was, str(event.data["name"]))
    return None


def alternates_of(log: Log, cut: Cut) -> dict[int, tuple[Source, ...]]:
    """What else could stand in each slot: of its shot, the circled takes before those on hold, two at most.

    Only takes that are as long as the slot needs, and none that the cut uses itself.
    """
    stock, used = Stock(log), {source.name for source in cut.sources}
    found: dict[int, tuple[Source, ...]] = {}
    of_shot: dict[str, list[Source]] = defaultdict(list)
    for shot in dict.fromkeys(slot.shot for slot in cut.slots if slot.shot):
        for verdict in ("circle", "hold"):
            of_shot[shot] += [each.source for each in stock.of(shot, (verdict,), cut.banned)]
    for number, slot in enumerate(cut.slots, start=1):
        long_enough = [
            source
            for source in of_shot[slot.shot]
            if source.name not in used and source.frames / source.rate * cut.rate >= slot.frames * slot.speed
        ]
        if long_enough:
            found[number] = tuple(long_enough[:ALTERNATES])
    return found


def rejects_of(log: Log, cut: Cut) -> dict[Source, str]:
    """The takes that are NG and not in the cut, with why."""
    used = {source.name for source in cut.sources}
    refused = log.kept(verdicts=("ng",))
    opinions = {each.take_id: each for each in log.opinions([kept.take.id for kept in refused]) if each.verdict == "ng"}
    found = {}
    for kept in refused:
        if kept.take.label not in used and not kept.variable_rate:
            said = opinions.get(kept.take.id)
            found[source_of(kept)] = ": ".join(filter(None, (said.reason, said.note))) if said else ""
    return found


def cameras_of(log: Log, cut: Cut) -> dict[str, str]:
    """The words of the camera that was asked for, by take."""
    takes = {source.name: log.take(source.take_id) for source in cut.sources if source.kind == "take"}
    words = {name: log.request(take.request_id).camera for name, take in takes.items() if take.request_id}
    return {name: said for name, said in words.items() if said}
