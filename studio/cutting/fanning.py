"""Arranging by many workers: how takes look along their length, and what every join between two slots is worth.

It is the same as is found in one process: the workers call the same functions, and pictures, rates and scores travel
to the last bit.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from studio.cutting.joins import Ends
from studio.errors import StudioError
from studio.media import End
from studio.nouns import Aim

if TYPE_CHECKING:
    from studio.cutting.stock import Stock
    from studio.media.features import Rates
    from studio.media.workers import Workers
    from studio.nouns import Source

T = TypeVar("T")
Some = Sequence[End | None]
Meeting = tuple[Some, Some, Aim]  # the tails of a slot, the heads of the next one, the aim of the join between them
STRIP, WORTH = "studio.cutting.fanning:strip_seen", "studio.cutting.fanning:joins_worth"


def look_ahead(stock: Stock, sources: Sequence[Source], hands: Workers) -> None:
    """Let the stock know how the pictures of these takes' strips look."""
    stock.look_at(sources)
    once = {source.take_id: source for source in sources}.values()
    looks = [found for found in map(stock.looks, once) if found is not None and found.strip is not None]
    seen = _in_order(hands, STRIP, [str(each.strip) for each in looks])
    for each, pictures in zip(looks, seen, strict=True):
        each.know(tuple(cast("list[End]", _ends(pictures))))


def strip_seen(strip: str) -> dict[str, Any]:
    """What a worker does: the pictures of a take's strip; none where it is not there or cannot be read."""
    from pathlib import Path

    from studio.cutting.ends import pictures_of

    return _told(pictures_of(Path(strip)))


def worths(meetings: Sequence[Meeting], hands: Workers) -> list[NDArray[np.float32]]:
    """What every join is worth, (tails, heads), of each meeting."""
    tasks = [{"tails": _told(tails), "heads": _told(heads), "aim": aim} for tails, heads, aim in meetings]
    return [
        np.frombuffer(b64decode(found), "<f4").reshape(len(tails), len(heads)).astype(np.float32)
        for found, (tails, heads, _) in zip(_in_order(hands, WORTH, tasks), meetings, strict=True)
    ]


def joins_worth(task: dict[str, Any]) -> str:
    """What a worker does: the worth of every join between two slots."""
    from studio.cutting.choosing import worth_of

    found = worth_of(Ends(_ends(task["tails"])), Ends(_ends(task["heads"])), task["aim"])
    return b64encode(found.astype("<f4").tobytes()).decode()


def _in_order(hands: Workers, do: str, tasks: Sequence[Any]) -> list[Any]:
    """What came of every task, in their order; raises what went wrong with one."""
    from studio.media.workers import Lost

    found: list[Any] = [None] * len(tasks)
    with closing(hands.run(do, tasks)) as answers:
        for answer in answers:
            if isinstance(answer.error, Lost):
                raise StudioError(f"the joins cannot be told ({answer.error}): arrange again, or without a cluster")
            if answer.error:
                raise answer.error
            found[answer.place] = answer.found
    return found


def _told(ends: Some) -> dict[str, Any]:
    """Ends as JSON, those of which nothing is known left out."""
    known = [each for each in ends if each is not None]
    return {
        "count": len(ends),
        "known": [place for place, each in enumerate(ends) if each is not None],
        "thumbnails": b64encode(b"".join(each.thumbnail for each in known)).decode(),
        "histograms": b64encode(b"".join(each.histogram for each in known)).decode(),
        "motions": [each.motion for each in known],
        "hashes": [each.hash for each in known],
    }


def _ends(told: dict[str, Any]) -> list[End | None]:
    found: list[End | None] = [None] * told["count"]
    places = told["known"]
    thumbnails, histograms = (_parts(b64decode(told[name]), len(places)) for name in ("thumbnails", "histograms"))
    for place, thumbnail, histogram, motion, hash in zip(
        places, thumbnails, histograms, told["motions"], told["hashes"], strict=True
    ):
        rates = None if motion is None else cast("Rates", tuple(motion))
        found[place] = End(thumbnail, histogram, rates, hash)
    return found


def _parts(whole: bytes, count: int) -> list[bytes]:
    size = len(whole) // count if count else 0
    return [whole[place * size : (place + 1) * size] for place in range(count)]
