"""Takes are planned: labels given and prices reserved, in one transaction, and nothing bought twice unasked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from studio.errors import AskFirst
from studio.generation.budget import Caps, check_budget, dollars
from studio.nouns import Price, Request, Take
from studio.providers import Provider

if TYPE_CHECKING:
    from studio.log import Log, Writer


@dataclass(frozen=True)
class Wish:
    """What one call asks for."""

    requests: Sequence[Request]
    author: str
    parents: Sequence[str] = ()  # ids of the takes that the requests begin with, one a request, or none
    call_cap_usd: Decimal | None = None
    run: str = ""  # the key of the notebook cell that asks; "" outside a notebook
    again: bool = False  # buy what was bought before, and take no earlier run's takes
    price_usd: Decimal | None = None  # what one take may cost at most, where no price is known


def priced(request: Request, providers: Callable[[str], Provider], price_usd: Decimal | None = None) -> Price:
    """What a take of it costs at most: as the person says, else by the provider's prices."""
    if price_usd is not None:
        return Price(price_usd, "said by the person who asked", datetime.now(UTC).date().isoformat())
    return providers(request.provider).price(request)


def plan(log: Log, wish: Wish, providers: Callable[[str], Provider], caps: Caps) -> tuple[Take, ...]:
    """One take for each request, planned; the takes of an earlier run of the same cell, where there was one.

    Raises OverBudget where a cap would be passed, and AskFirst where just this was paid for before; nothing is written
    then.
    """
    prices = [priced(request, providers, wish.price_usd) for request in wish.requests]
    requests = [
        replace(request, estimated_micro_usd=price.micro_usd)
        for request, price in zip(wish.requests, prices, strict=True)
    ]
    with log.write(wish.author) as writer:
        if wish.run and not wish.again and (earlier := writer.takes_of_run(wish.run)):
            return earlier
        if not wish.again:
            _check_new(writer, requests)
        total = sum(request.estimated_micro_usd for request in requests)
        check_budget(
            total, len(requests), writer.spent(), caps.with_call(wish.call_cap_usd), writer.spent(midnight_us())
        )
        takes = []
        for request, price, parent in zip(requests, prices, wish.parents or [""] * len(requests), strict=True):
            writer.request(request)
            take = writer.take(request.shot, request.id, parent)
            held: dict[str, object] = {"micro_usd": request.estimated_micro_usd}
            writer.event("money.reserved", take.id, held | {"source": price.source, "read_on": price.read_on})
            takes.append(take)
        if wish.run:
            writer.event("run", wish.run, {"takes": [take.id for take in takes]})
    return tuple(takes)


def _check_new(writer: Writer, requests: Sequence[Request]) -> None:
    """Raise AskFirst for what would be paid for a second time; what costs nothing may be made as often as one likes."""
    for request in requests:
        bought = writer.bought_like(request) if request.estimated_micro_usd else ()
        if bought:
            raise AskFirst(
                f"just this request was bought before, as {', '.join(take.label for take in bought[:3])}: again=True "
                f"buys it once more for {dollars(request.estimated_micro_usd)} a take"
            )


def midnight_us() -> int:
    """The last midnight UTC, in microseconds."""
    now = datetime.now(UTC)
    return int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()) * 1_000_000
