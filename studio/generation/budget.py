"""What takes would cost, and whether the film may spend it.

Money inside is integer micro-dollars; what a person reads is dollars. A reservation is made in the transaction that
plans the takes and stands until their end is known, so spent + reserved + at risk can never pass a cap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from studio.errors import OverBudget
from studio.nouns import Price, Request
from studio.providers import Provider, provider

if TYPE_CHECKING:
    from studio.log import Spending


def dollars(amount: Decimal | int) -> str:
    """ "$2.40": a Decimal of dollars, or an int of micro-dollars. Whole cents, unless there is a part of a cent."""
    usd = Decimal(amount) / 1_000_000 if isinstance(amount, int) else amount
    cents = usd.quantize(Decimal("0.01"))
    return f"${cents if cents == usd else usd.normalize():f}"


@dataclass(frozen=True, repr=False)
class Estimate:
    """What a set of requests would cost at most, each with its price, the price's source and date."""

    prices: tuple[tuple[Request, Price], ...]

    @property
    def total(self) -> Decimal:
        """US dollars."""
        return sum((price.usd for _, price in self.prices), Decimal(0))

    @property
    def dropped(self) -> tuple[str, ...]:
        """What the providers would leave out, each sentence once."""
        return tuple(dict.fromkeys(sentence for request, _ in self.prices for sentence in request.dropped))

    def __str__(self) -> str:
        what = dict.fromkeys(
            f"{request.model}, {float(request.duration_s):g} s, read {price.read_on}" for request, price in self.prices
        )
        lines = [f"{dollars(self.total)} ({'; '.join(what)})" if what else dollars(self.total)]
        return "\n".join(lines + [f"dropped: {sentence}" for sentence in self.dropped])

    __repr__ = __str__


def estimate(requests: Sequence[Request], providers: Callable[[str], Provider] = provider) -> Estimate:
    """Price the requests, each by its own provider. Sends nothing."""
    return Estimate(tuple((request, providers(request.provider).price(request)) for request in requests))


def check_budget(
    new_micro_usd: int,
    takes: int,
    spending: Spending,
    *,
    film_cap_usd: Decimal | None = None,
    call_cap_usd: Decimal | None = None,
) -> None:
    """Raise OverBudget where `takes` that cost `new_micro_usd` together would pass the film's cap or the call's."""
    would = f"{takes} {'take' if takes == 1 else 'takes'} would cost {dollars(new_micro_usd)}"
    if call_cap_usd is not None and new_micro_usd > call_cap_usd * 1_000_000:
        raise OverBudget(f"{would} and this call may cost {dollars(call_cap_usd)}: ask for fewer, or raise cap_usd")
    used = spending.spent_micro_usd + spending.reserved_micro_usd + spending.at_risk_micro_usd
    if film_cap_usd is not None and new_micro_usd and used + new_micro_usd > film_cap_usd * 1_000_000:
        left = max(int(film_cap_usd * 1_000_000) - used, 0)
        raise OverBudget(
            f"{would} and {dollars(left)} of the film's {dollars(film_cap_usd)} is left "
            f"({dollars(spending.spent_micro_usd)} spent, {dollars(spending.reserved_micro_usd)} reserved, "
            f"{dollars(spending.at_risk_micro_usd)} at risk): ask for fewer, or raise film_usd in film.toml"
        )
