"""What a take costs by the prices of a model's row."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from studio.errors import BadInput
from studio.nouns import Price, Request
from studio.providers.catalogue import Field, Model, Rate


def price_of(model: Model, body: Mapping[str, Any], request: Request) -> Price:
    """What a take costs at most by the row's prices: the one that says most of this body; of several the dearest, and
    the dearest of all where none is for it.

    Raises BadInput where the row has none.
    """
    if not model.prices:
        raise BadInput(
            f"no price is known for {model.name} at {model.provider}: say what one take may cost at most, price_usd=…"
        )
    fitting = [rate for rate in model.prices if all(_same(get(body, k), v) for k, v in rate.where.items())]
    most = max((len(rate.where) for rate in fitting), default=0)
    counting = [rate for rate in fitting if len(rate.where) == most] or model.prices
    return max((_priced(rate, model, request) for rate in counting), key=lambda price: price.usd)


def _priced(rate: Rate, model: Model, request: Request) -> Price:
    units = {
        "clip": Fraction(1),
        "second": request.duration_s,
        "frame": Fraction(request.frames),
        "megapixel frame": Fraction(-(-request.frames * request.width * request.height // 1_000_000)),  # begun ones too
        "second with guide": request.duration_s + shown_of_guide(model.guide, request.duration_s),
    }
    if rate.per not in units:
        raise BadInput(f"a price of {model.name} is per {rate.per!r}: there is {', '.join(units)}")
    usd = max(Fraction(rate.usd) * units[rate.per] + Fraction(rate.plus_usd), Fraction(rate.least_usd))
    exact = Decimal(usd.numerator) / Decimal(usd.denominator)
    return Price(exact.quantize(Decimal("0.000001")), rate.source or model.source, rate.read_on or model.checked_on)


def shown_of_guide(guide: Field | None, seconds: Fraction) -> Fraction:
    """How much of a guide is sent at most: no longer than the take, for what is more is only paid for."""
    return Fraction(0) if guide is None else min(guide.most or seconds, seconds)


def _same(found: object, wanted: object) -> bool:
    if isinstance(wanted, list):
        return any(_same(found, each) for each in wanted)
    return found is not None if wanted == "*" else str(found).casefold() == str(wanted).casefold()


def get(body: Mapping[str, Any], name: str) -> Any:
    """What stands at `a.b.c` in a body, or None; of a list on the way the first."""
    found: Any = body
    for step in name.split("."):
        found = found[0] if isinstance(found, list) and found else found
        found = found.get(step) if isinstance(found, Mapping) else None
    return found
