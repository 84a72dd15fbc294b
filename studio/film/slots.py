"""The slots of a film before and beside its cut: how long each is to be, what it lacks, and what to generate next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from studio import cutting, generation
from studio.cutting.coverage_of_slots import CIRCLE, LACKS, Planned
from studio.cutting.slots import plan_slot, wish_of
from studio.errors import BadInput, NotFound
from studio.generation.requests import MOST_TAKES
from studio.given import text, whole
from studio.review import Rate
from studio.review.evidence import FEW

if TYPE_CHECKING:
    import pandas as pd

    from studio.film.song import SongHandle
    from studio.generation import WillGet
    from studio.log import Log, Settings
    from studio.media import Library
    from studio.providers import Provider

MOST_AT_ONCE = 50  # takes that a plan asks for a shot: more say that the words want changing
# column: dtype, and meaning with its unit. "exact" are Decimals of US dollars.
PLAN: dict[str, tuple[str, str]] = {
    "shot": ("str", "the shot to go on with, the worst lack first"),
    "slot": ("Int64", "its slot in the plan"),
    "lacks": ("str", "what the slot lacks, in words"),
    "do": ("str", "generate, judge, wait or write: what comes next"),
    "takes": ("Int64", "takes to generate so that one may be expected to be kept"),
    "why": ("str", "where that number is from, in counts"),
    "seconds": ("Float64", "to ask for: the slot and its handles"),
    "model": ("str", "provider/model"),
    "price_usd": ("exact", "of one take at most"),
    "total_usd": ("exact", "of these takes"),
    "so_far_usd": ("exact", "of this row and those before it"),
    "price_source": ("str", "where the price was read"),
    "price_read_on": ("str", "and when"),
    "note": ("str", "what the model cannot do of it"),
}


class Slots:
    """The calls of a film about its slots."""

    log: Log
    settings: Settings
    library: Library

    @property
    def author(self) -> str:
        """Who plans."""
        raise NotImplementedError

    @property
    def song(self) -> SongHandle:
        """The song that slots are counted on."""
        raise NotImplementedError

    def provider(self, name: str) -> Provider:
        """Who would make the takes."""
        raise NotImplementedError

    def slot(
        self,
        shot: str,
        bars: int | None = None,
        beats: int | None = None,
        least_s: float | None = None,
        greatest_s: float | None = None,
        after: str = "",
    ) -> cutting.Wish:
        """Say how long the slot of a shot is to be: in bars, or in beats, or between two lengths in seconds.

        `after` names the shot that it follows, where that is not story order. What is said takes the place of what was
        said before; nothing at all takes that back. `film.slots()` shows the plan, and `film.arrange()` follows it.
        """
        return plan_slot(
            self.log, shot, wish_of(bars, beats, least_s, greatest_s, text(after, "the shot before it")), self.author
        )

    def slots(self, bars: tuple[int, int] | None = None) -> pd.DataFrame:
        """One row a slot of the whole film as it is planned, with its shot's takes and what it lacks.

        `bars` are the first and the last bar of a range, as in `arrange`. Meanings: `studio.cutting.SLOT_COLUMNS`.
        """
        found = cutting.coverage_of_slots(self.log, self.settings, self.song.master, bars)
        return cutting.slots_frame(found, self.settings.rate)

    def plan_next(
        self, provider: str = "previz", model: str = "", takes: int = 3, bars: tuple[int, int] | None = None
    ) -> pd.DataFrame:
        """What to generate next, the worst lack first: how many takes of which shot, and what they would cost.

        So many takes that one may be expected to be kept, as many as it took this model so far (or all models, where
        fewer than ten of its takes are judged); `takes` where that is too few as well, or none was kept. Nothing is
        sent, and no network is asked. Its columns are told in `studio.film.slots.PLAN`.
        """
        default = whole(takes, "the number of takes of a shot", 1, MOST_TAKES)
        self.provider(provider)  # or one sentence about it, before anything else
        lacking = [
            each for each in cutting.coverage_of_slots(self.log, self.settings, self.song.master, bars) if each.lack
        ]
        lacking.sort(key=lambda each: (LACKS.index(each.lack), each.slot))
        count, why = _how_many(*self._kept_so_far(provider, model), default)
        return _plan_frame([self._next(each, provider, model, count, why) for each in lacking])

    def _kept_so_far(self, provider: str, model: str) -> tuple[Rate, str]:
        """Of this model's judged takes, where there are enough to go by, else of all; and whose they are."""
        takes = self.log.takes_frame()
        judged = takes[(takes["state"] == "done") & takes["verdict"].notna()]
        own = judged[(judged["provider"] == provider) & (judged["model"] == model if model else True)]
        name = f" by {provider}/{model}".rstrip("/") if len(own) >= FEW else ""
        counted = own if name else judged
        return Rate(int((counted["verdict"] == "circle").sum()), len(counted)), name

    def _next(self, each: Planned, provider: str, model: str, count: int, why: str) -> tuple[object, ...]:
        """One row, but for the sum so far."""
        seconds = math.ceil(each.needs / self.settings.rate * 2) / 2
        head = (each.shot, each.slot, each.lacks)
        waits = _instead(each)
        if waits is not None:
            return (*head, *waits, None, None, None, None, None, None, "")
        try:
            words = generation.words_of(self.log, each.shot)
        except NotFound as none:
            return (*head, "write", 0, str(none), None, None, None, None, None, None, "")
        order = generation.Order(provider, model, 1, seconds)
        try:
            got = generation.will_get(words, self.settings, order, self.log, self.library, self.provider)
        except BadInput as cannot:
            name = f"{provider}/{model}".rstrip("/")
            return (*head, "generate", count, why, seconds, name, None, None, None, None, str(cannot))
        price = got.price
        return (
            *head, "generate", count, why, float(got.made_s), got.name,
            price and price.usd, price and price.usd * count, price and price.source, price and price.read_on,
            _note(each, got),
        )  # fmt: skip


def _instead(each: Planned) -> tuple[str, int, str] | None:
    """What comes before generating more: waiting for takes, or judging those that are there."""
    unjudged = each.done - each.judged
    if each.under_way:
        return "wait", 0, f"{each.under_way} of its takes {'are' if each.under_way != 1 else 'is'} under way"
    if each.lack == CIRCLE and unjudged:
        return "judge", 0, f"{unjudged} of its {each.done} takes {'are' if unjudged != 1 else 'is'} not judged yet"
    return None


def _how_many(kept: Rate, whose: str, default: int) -> tuple[int, str]:
    """Takes for one that is kept, and where the number is from."""
    if kept.n < FEW or not kept.kept:
        few = "too few to go by" if kept.n else "no take is judged yet"
        said = f"kept {kept.kept} of {kept.n}{whose}" + (f", {few}" if kept.n < FEW else "") if kept.n else few
        return default, said
    count = min(math.ceil(kept.n / kept.kept), MOST_AT_ONCE)
    return count, f"kept {kept.kept} of {kept.n}{whose}: one in {count}"


def _note(each: Planned, got: WillGet) -> str:
    """What the model cannot do of it."""
    short = each.frames - math.floor(got.made_s * got.asked.rate)
    said = [f"its takes are {short} frames too short for the slot"] if short > 0 else []
    return " ".join([*said, got.no_price])


def _plan_frame(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    """The rows with the sum so far."""
    import pandas as pd

    so_far, full = Decimal(0), []
    at = list(PLAN).index("so_far_usd")
    for row in rows:
        total = row[at - 1]
        so_far += total if isinstance(total, Decimal) else 0
        full.append((*row[:at], so_far, *row[at:]))
    table = pd.DataFrame(full, columns=list(PLAN))
    return table.astype({name: "object" if dtype == "exact" else dtype for name, (dtype, _) in PLAN.items()})
