"""What takes would cost, and whether the film may spend it.

Money inside is integer micro-dollars; what a person reads is dollars. A reservation is made in the transaction that
plans the takes and stands until their end is known, so spent + reserved + at risk can never pass a cap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from studio.errors import BadInput, OverBudget
from studio.given import shown
from studio.nouns import Price, Request
from studio.providers import Provider, provider

if TYPE_CHECKING:
    from studio.log import Log, Settings, Spending

MOST_USD = 1_000_000_000


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
    def dollars(self) -> str:
        """The total as a person reads it."""
        return dollars(self.total)

    @property
    def dropped(self) -> tuple[str, ...]:
        """What the providers would leave out, each sentence once."""
        return tuple(dict.fromkeys(sentence for request, _ in self.prices for sentence in request.dropped))

    def __str__(self) -> str:
        what = dict.fromkeys(
            f"{request.model}, {float(request.duration_s):.3g} s, {f'{price.said}, ' if price.how else ''}"
            f"read {price.read_on}"
            for request, price in self.prices
        )
        lines = [f"{dollars(self.total)} ({'; '.join(what)})" if what else dollars(self.total)]
        return "\n".join(lines + [f"note: {sentence}" for sentence in self.dropped])

    __repr__ = __str__


def estimate(
    requests: Sequence[Request],
    providers: Callable[[str], Provider] = provider,
    price_usd: Decimal | None = None,
    log: Log | None = None,
) -> Estimate:
    """Price the requests, each by its own provider, or at what the person says. Sends nothing.

    A server that is paid by the hour is priced by what takes of `log` took, where they did.
    """
    from studio.generation.planning import priced, took_of

    took = (took_of(log),) if log is not None else ()
    return Estimate(tuple((request, priced(request, providers, price_usd, *took)) for request in requests))


@dataclass(frozen=True)
class Caps:
    """What may be spent at most, in US dollars; None is no limit."""

    film_usd: Decimal | None = None
    day_usd: Decimal | None = None  # from midnight to midnight UTC
    call_usd: Decimal | None = None

    def with_call(self, call_usd: Decimal | None) -> Caps:
        """The same with the cap that a call brings along."""
        return self if call_usd is None else replace(self, call_usd=call_usd)


def caps_of(settings: Settings) -> Caps:
    """The caps of a film, from film.toml."""
    return Caps(settings.cap_usd, settings.day_usd, settings.call_usd)


def usd(value: Decimal | float | str | None) -> Decimal | None:
    """US dollars as a person passes them in; None stays None. Raises BadInput."""
    if value is None:
        return None
    try:
        exact = Decimal(str(value))
    except (ArithmeticError, ValueError):  # ValueError: a whole number of thousands of digits
        exact = Decimal(-1)
    if isinstance(value, bool) or not exact.is_finite() or not 0 <= exact <= MOST_USD:
        raise BadInput(f'{shown(value)} is no amount: write US dollars, such as "0.60"')
    return exact


def check_budget(new_micro_usd: int, takes: int, spending: Spending, caps: Caps, today: Spending | None = None) -> None:
    """Raise OverBudget where `takes` that cost `new_micro_usd` together would pass a cap of the film, the day or the
    call. `today` is the money of what was asked for since midnight."""
    would = f"{takes} {'take' if takes == 1 else 'takes'} would cost {dollars(new_micro_usd)}"
    if caps.call_usd is not None and new_micro_usd > caps.call_usd * 1_000_000:
        raise OverBudget(f"{would} and this call may cost {dollars(caps.call_usd)}: ask for fewer, or raise cap_usd")
    for cap_usd, of, whose, key in (
        (caps.film_usd, spending, "the film's", "film_usd"),
        (caps.day_usd, today or spending, "today's", "day_usd"),
    ):
        used = of.spent_micro_usd + of.reserved_micro_usd + of.at_risk_micro_usd
        if cap_usd is not None and new_micro_usd and used + new_micro_usd > cap_usd * 1_000_000:
            left = max(int(cap_usd * 1_000_000) - used, 0)
            raise OverBudget(
                f"{would} and {dollars(left)} of {whose} {dollars(cap_usd)} is left "
                f"({dollars(of.spent_micro_usd)} spent, {dollars(of.reserved_micro_usd)} reserved, "
                f"{dollars(of.at_risk_micro_usd)} at risk): ask for fewer, or raise {key} in film.toml"
            )
