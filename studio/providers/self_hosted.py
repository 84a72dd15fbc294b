"""A server of one's own: what an hour of it costs, what a take of that is, and how the server is.

A take holds one of the server's places while the server works on it, so it costs that share of the hour. What takes
cost together never passes what the machine does, and nobody's take pays for the time in which it stands idle.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Any

from studio.errors import BadInput
from studio.nouns import Price, Request, Took
from studio.providers.catalogue import FILE, Guess

HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Hourly:
    """What an hour of a server costs, as film.toml says it."""

    usd_per_hour: Decimal
    places: int  # takes that it makes at a time
    seconds_a_take: Fraction | None  # as film.toml says, before there are takes to go by
    source: str
    read_on: str  # ISO date; "": today, as the file is read today

    def cost_micro_usd(self, took_ms: int) -> int:
        """What so much time of one place costs, rounded up to a whole micro-dollar."""
        return -int(-Fraction(self.usd_per_hour) * 1_000_000 * took_ms // (HOUR_MS * self.places))

    def price(self, request: Request, took: Sequence[Took], guesses: Sequence[Guess]) -> Price:
        """What one take costs at most, by how long others took: this film's, else as film.toml says, else a guess.

        A bigger clip (longer, or of more pixels) is reckoned to take longer by the square, which is the most that
        attention over all of its pixels costs, and a smaller one not to be quicker.
        """
        like = [each for each in took if each.size == request.frames * request.width * request.height]
        if like:
            took_ms = max(each.milliseconds for each in like)
            why = f"as {_the_last(like)} took"
        elif took:
            took_ms = max(_scaled(each.milliseconds, each.size, request) for each in took)
            why = f"reckoned from {_the_last(took)}, of another size or length"
        elif self.seconds_a_take is not None:
            took_ms, why = -int(-self.seconds_a_take * 1000 // 1), "as film.toml says"
        else:
            guess = _guess(guesses, request.model)
            took_ms = _scaled(guess.seconds * 1000, guess.frames * guess.width * guess.height, request)
            why = f"a guess until takes were made: {guess.source}, read {guess.read_on}"
        read_on = self.read_on or datetime.now(UTC).date().isoformat()
        how = f"by the hour: {self.rate} × {seconds(took_ms)} a take, {why}"
        return Price(Decimal(self.cost_micro_usd(took_ms)) / 1_000_000, self.source, read_on, how)

    @property
    def rate(self) -> str:
        """ "$2.50 an hour", or "$2.50 an hour ÷ 2 at a time"."""
        usd = f"{self.usd_per_hour:.2f}" if self.usd_per_hour == round(self.usd_per_hour, 2) else self.usd_per_hour
        return f"${usd} an hour" + (f" ÷ {self.places} at a time" if self.places > 1 else "")

    def settled(self, took_ms: int) -> str:
        """What a take came to, in words."""
        return f"it took {seconds(took_ms)} at {self.rate}"


def hourly(name: str, options: Mapping[str, str], places: int) -> Hourly | None:
    """What film.toml says of an hour of the server; None where it does not say what one costs."""
    if not options.get("usd_per_hour"):
        for key in ("seconds_a_take", "price_source", "price_read_on"):
            if options.get(key):
                raise BadInput(
                    f"[providers.{name}] in film.toml has {key} and no usd_per_hour: add what an hour of the machine "
                    'costs, usd_per_hour = "2.50"'
                )
        return None
    each_s = Fraction(options["seconds_a_take"]) if options.get("seconds_a_take") else None
    source = options.get("price_source") or f"usd_per_hour under [providers.{name}] in film.toml"
    return Hourly(Decimal(options["usd_per_hour"]), places, each_s, source, options.get("price_read_on", ""))


def _the_last(took: Sequence[Took]) -> str:
    day = _day(max(each.at_us for each in took))
    return f"the one take of {day}" if len(took) == 1 else f"the slowest of the last {len(took)} takes, to {day},"


def _scaled(milliseconds: Fraction | int, size: int, request: Request) -> int:
    bigger = max(Fraction(request.frames * request.width * request.height, max(size, 1)), Fraction(1))
    return int(-(-Fraction(milliseconds) * bigger**2 // 1))


def _guess(guesses: Sequence[Guess], model: str) -> Guess:
    for guess in guesses:
        if fnmatchcase(model.casefold(), guess.model):
            return guess
    raise BadInput(f"{FILE} has no guess of how long {model} takes: write seconds_a_take = … in film.toml")


def _day(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1_000_000, UTC).date().isoformat()


def seconds(milliseconds: int) -> str:
    """ "94 s", or "0.31 s" of what is short."""
    exact = Fraction(milliseconds, 1000)
    return f"{round(exact)} s" if exact >= 10 else f"{float(exact):.2g} s"


def took_ms(video: Mapping[str, Any]) -> int | None:
    """How long the server worked on a job, as its video object says; None where it does not.

    vLLM-Omni and SGLang tell it to the millisecond. Else it is the time between the two moments that the protocol has,
    in whole seconds, which holds the wait in the server's own queue.
    """
    told, began, ended = (_number(video.get(name)) for name in ("inference_time_s", "created_at", "completed_at"))
    if told:
        return -int(-told * 1000 // 1)
    if began is None or ended is None or ended < began:
        return None
    return max(round((ended - began) * 1000), 1000)  # both are cut to whole seconds


def _number(value: Any) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**11:
        return None
    return Fraction(str(value))


def offered(body: Any) -> tuple[str, ...]:
    """The models of a `/v1/models` answer; none where it says something else."""
    rows = body.get("data") if isinstance(body, Mapping) else None
    ids = [row.get("id") for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return tuple(dict.fromkeys(each for each in ids if isinstance(each, str) and each))


def lacking(who: str, wanted: Collection[str], models: Sequence[str]) -> str:
    """One sentence where a server does not offer one of the models that are wanted; "" otherwise."""
    for name in wanted:
        if models and name not in models:
            there = ", ".join(models[:5]) + (" and others" if len(models) > 5 else "")
            return f"{who} does not serve {name}: it serves {there}"
    return ""
