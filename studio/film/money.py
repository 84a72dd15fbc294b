"""`film.money`: what is spent, reserved and at risk, and the takes that wait for a person."""

from __future__ import annotations

import weakref
from collections.abc import Collection, Iterable
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from studio import generation
from studio.errors import BadInput
from studio.given import shown
from studio.nouns import SOUND_LABEL

if TYPE_CHECKING:
    import pandas as pd

    from studio.film.film import Film
    from studio.generation import Handle
    from studio.nouns import Take
    from studio.widgets import Ledger


class MoneyHandle:
    """Every amount is exact, in US dollars. spent + reserved + at_risk is what the providers may ask for."""

    def __init__(self, film: Film) -> None:
        self._film = film

    def __repr__(self) -> str:
        said = [
            f"{generation.dollars(self.spent)} spent",
            f"{generation.dollars(self.reserved)} reserved",
            f"{generation.dollars(self.at_risk)} at risk",
        ]
        cap = self._film.settings.cap_usd
        if cap is not None:
            left = max(cap - self.spent - self.reserved - self.at_risk, Decimal(0))
            said.append(f"{generation.dollars(left)} of {generation.dollars(cap)} left")
        return f"Money({', '.join(said)})"

    @property
    def spent(self) -> Decimal:
        """What was charged."""
        return Decimal(self._film.log.spent().spent_micro_usd) / 1_000_000

    @property
    def reserved(self) -> Decimal:
        """What is held for takes on their way."""
        return Decimal(self._film.log.spent().reserved_micro_usd) / 1_000_000

    @property
    def at_risk(self) -> Decimal:
        """What is held for takes that were sent and never answered."""
        return Decimal(self._film.log.spent().at_risk_micro_usd) / 1_000_000

    def panel(self, takes: Collection[str] | None = None) -> Ledger:
        """The ledger: takes under way, the money, and the inbox with its choices; of all takes or these labels."""
        from studio.widgets import Ledger

        if takes is not None and not isinstance(takes, Iterable):
            raise BadInput(f'{shown(takes)} are no takes: write their labels, such as ["07A-001", "07A-002"]')
        labels = None if takes is None else tuple([takes] if isinstance(takes, str) else takes)
        for label in labels or ():
            if not isinstance(label, str) or not SOUND_LABEL.fullmatch(label):
                self._film.log.take(label)  # or one sentence about it
        return Ledger(self._film, labels)

    def ledger(self) -> pd.DataFrame:
        """One row a take that was asked of a provider: its state, its job, its money (Decimal), its price's source."""
        return self._film.log.ledger_frame()

    def inbox(self) -> pd.DataFrame:
        """The takes whose answer never came, with what is at risk and what can be done about each."""
        return self._film.log.inbox_frame()

    def look_again(self, take: str) -> Handle:
        """Ask the provider once more what became of a take, where it can be asked."""
        return self.shown(generation.look_again(self._film.engine, self._film.log, take))

    def adopt(self, take: str, job_id: str) -> Handle:
        """Say which job is the take's, as the provider's own page shows it; it is then polled and fetched."""
        return self.shown(generation.adopt_job(self._film.engine, self._film.log, take, job_id, self._film.author))

    def lost(self, take: str, billed: bool | Decimal | float | str | None = None) -> None:
        """End a take or sound that will never come. `billed`: False, True for its price, or an amount in dollars."""
        amount = billed if isinstance(billed, bool) else generation.usd(billed)
        lost = generation.mark_sound_lost if SOUND_LABEL.fullmatch(str(take)) else generation.mark_lost
        lost(self._film.log, take, amount, self._film.author)

    def strangers(self, provider: str) -> pd.DataFrame:
        """The jobs in a provider's own list that no take of this film has, as after a log was lost."""
        return generation.strangers(self._film.engine, self._film.log, provider)

    def claim(
        self,
        provider: str,
        job_id: str,
        shot: str,
        model: str = "",
        price_usd: Decimal | float | str | None = None,
    ) -> Handle:
        """Make such a job a take of a shot: it is fetched, and its price counts."""
        film = self._film
        (request,) = film._requests(shot, generation.Order(provider, model))
        ((_, price),) = generation.estimate([request], film.provider, generation.usd(price_usd), film.log).prices
        return self.shown(generation.claim(film.engine, film.log, request, price, job_id, film.author))

    def price_again(self, take: str) -> str:
        """What `pay_again` would cost now: "$0.60"."""
        return generation.price_again(self._film.engine, self._film.log, take)

    def pay_again(self, take: str, yes: str = "") -> Handle:
        """Buy a new take of the same request; both may be charged. Without the price in `yes` it only tells that."""
        return self.shown(generation.pay_again(self._film.engine, self._film.log, take, yes, self._film.author))

    def stop(self, takes: Collection[str] | None = None) -> tuple[Take, ...]:
        """Cancel the takes that are still planned, all or those of these labels; which they were.

        What was sent is finished and kept.
        """
        log = self._film.log
        planned = [take for take in log.takes_in({"planned"}) if takes is None or take.label in takes]
        if planned:
            self._film.engine.stop(planned)
        return tuple(take for take in planned if log.state(take.id) == "cancelled")

    def shown(self, handle: Handle) -> Handle:
        """The same handle, which a notebook shows as the ledger of its takes."""
        handle.shows = partial(_ledger_of, weakref.ref(self._film), tuple(take.label for take in handle.takes))
        return handle


def _ledger_of(film: weakref.ref[Film], labels: tuple[str, ...]) -> Ledger | None:
    """Made anew each time it is shown, and holding nothing meanwhile: a handle keeps neither panel nor film alive."""
    from studio.widgets import Ledger

    alive = film()
    return Ledger(alive, labels, steady=True) if alive is not None and alive.log.is_open else None
