"""Takes are planned: labels given and prices reserved, in one transaction, and nothing bought twice unasked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from studio.errors import AskFirst, Paused
from studio.generation.budget import Caps, check_budget, dollars
from studio.generation.requests import ask_in_thread
from studio.nouns import Price, Request, Take, Took
from studio.providers import ByTheHour, Provider, Watched

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


def priced(
    request: Request,
    providers: Callable[[str], Provider],
    price_usd: Decimal | None = None,
    took: Callable[[Request], Sequence[Took]] = lambda request: (),
) -> Price:
    """What a take of it costs at most: as the person says, else by the provider's prices.

    `took` says how long takes like it took, for a server that is paid by the hour (`log.took`).
    """
    if price_usd is not None:
        return Price(price_usd, "said by the person who asked", datetime.now(UTC).date().isoformat())
    maker = providers(request.provider)
    return maker.price_by_time(request, took(request)) if isinstance(maker, ByTheHour) else maker.price(request)


def took_of(log: Log) -> Callable[[Request], Sequence[Took]]:
    """`log.took`, asked once for all requests that are alike: a grid has hundreds."""
    known: dict[tuple[object, ...], Sequence[Took]] = {}

    def took(request: Request) -> Sequence[Took]:
        alike = (request.provider, request.model, request.frames, request.width, request.height)
        if alike not in known:
            known[alike] = log.took(request)
        return known[alike]

    return took


def plan(log: Log, wish: Wish, providers: Callable[[str], Provider], caps: Caps) -> tuple[Take, ...]:
    """One take for each request, planned; the takes of an earlier run of the same cell, where there was one.

    Raises OverBudget where a cap would be passed, AskFirst where just this was paid for before, and Paused where a
    server of one's own is not well; nothing is written then.
    """
    if wish.run and not wish.again and (earlier := log.takes_of_run(wish.run)):
        return earlier
    check_well(wish.requests, providers)
    took = took_of(log)
    prices = [priced(request, providers, wish.price_usd, took) for request in wish.requests]
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
            writer.event("money.reserved", take.id, held | {"source": price.said, "read_on": price.read_on})
            takes.append(take)
        if wish.run:
            writer.event("run", wish.run, {"takes": [take.id for take in takes]})
    return tuple(takes)


def check_well(requests: Sequence[Request], providers: Callable[[str], Provider]) -> None:
    """Raise Paused where a server of one's own is not well, or does not offer what these ask for. Makes nothing."""
    for name in dict.fromkeys(request.provider for request in requests):
        maker = providers(name)
        if isinstance(maker, Watched):
            models = dict.fromkeys(request.model for request in requests if request.provider == name)
            found = ask_in_thread(maker, partial(maker.health, tuple(models), queue=False))
            if found.wrong:
                raise Paused(f"nothing was planned or sent: {found.wrong}")


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
