"""The ledger: takes under way with their states, the film's money, and the takes that ask for a person."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from studio.errors import StudioError
from studio.widgets._following import Follower
from studio.widgets._ledger_state import Purse, ledger_html, ledger_state, order_html
from studio.widgets._panel import Act, Panel

if TYPE_CHECKING:
    from studio.film import Film
    from studio.generation import Handle
    from studio.log import Standing


class Ledger(Panel):
    """`film.money.panel()`. The same by hand: `film.money.ledger()`, `.inbox()` and the calls that the inbox names.

    `takes` are labels: the ledger is then of these, and of what is bought in their place. Where it is `steady`, readers
    without a kernel are told what was asked for and not how it stands: the same whenever the notebook is run.
    """

    files: ClassVar[tuple[str, ...]] = ("ledger",)

    _state = traitlets.Dict().tag(sync=True)

    def __init__(self, film: Film, takes: Collection[str] | None = None, steady: bool = False) -> None:
        self.film = film
        self.labels = None if takes is None else frozenset(takes)
        self.steady = steady
        self._news: dict[str, str] = {}  # by label: what looking again said
        self._lock = threading.Lock()
        self._follower = Follower(film.log, self.refresh)
        self._gone_on = False
        super().__init__()
        self.refresh()

    def __repr__(self) -> str:
        return f"Ledger({self._state.get('title', '')!r})"

    def acts(self) -> Mapping[str, Act]:
        """Each is the call of `film.money` with that name, or of the film."""
        return {
            "look_again": self.look_again,
            "adopt": self.adopt,
            "lost": self.lost,
            "price_again": self.film.money.price_again,
            "pay_again": self.pay_again,
            "stop": self.stop,
            "go_on": self.go_on,
        }

    def static_html(self) -> str:
        """A heading, the money in one line, a table; or what was asked for."""
        if self.steady and self.labels is not None:
            return order_html(self.film.log.standing(self.labels, most=len(self.labels)))
        return ledger_html(self._standing(), self._purse())

    def seen(self, anywhere: bool) -> None:
        """While it is shown, every write of this kernel or another one is."""
        if self._follower.follow(anywhere):
            self.refresh()

    def refresh(self) -> None:
        """Show how everything stands now. May be called in any thread; what cannot be read stays as it was."""
        with self._lock:
            try:
                self._state = self._read()
            except StudioError:  # the log is closed, or busy with another one's write: the next change tells again
                return

    # --- what the page asks for --------------------------------------------------------------------------------------

    def look_again(self, take: str) -> None:
        """Ask the provider what became of a take; what it says is shown when it has answered."""
        handle = self.film.money.look_again(take)
        self._tell(take, "looking it up …")
        handle.on_change(lambda progress: None if progress.left else self._looked_up(handle))

    def _looked_up(self, handle: Handle) -> None:
        """In the engine's thread, when the take rests."""
        from studio.providers import Finds

        take = handle.takes[0]
        provider = self.film.log.providers_of([take.id])[take.id]
        said = handle.errors[0].partition(": ")[2] if handle.errors else ""
        if not isinstance(self.film.provider(provider), Finds):
            self._tell(take.label, f"{provider} cannot be asked about a take: look at its own page")
        elif said == self._why(take.label):  # as it was before
            self._tell(take.label, "looked up: nothing new is known")
        else:
            self._tell(take.label, f"looked up: {said}")

    def _why(self, label: str) -> str:
        return next((line.why or "" for line in self.film.log.standing([label]).lines), "")

    def _tell(self, take: str, news: str) -> None:
        self._news[take] = news
        self.refresh()

    def adopt(self, take: str, job_id: str) -> None:
        """This job at the provider is the take's."""
        self.film.money.adopt(take, job_id)
        self.refresh()

    def lost(self, take: str, billed: bool | str) -> None:
        """It will never come. `billed`: false, true for its price, or an amount in dollars as text."""
        self.film.money.lost(take, billed=billed)
        self.refresh()

    def pay_again(self, take: str, yes: str) -> str:
        """Buy it once more, at the sum that the person saw; the new take's label."""
        (made,) = self.film.money.pay_again(take, yes=yes).takes
        self.refresh()
        return made.label

    def stop(self) -> int:
        """Cancel what is still planned; how many takes that were."""
        stopped = len(self.film.money.stop(None if self.labels is None else sorted(self._with_replacements())))
        self.refresh()
        return stopped

    def go_on(self) -> int:
        """Go on with what was under way when its kernel ended; how many takes that are."""
        handle = self.film.resume()
        self._gone_on = True
        self.refresh()
        return len(handle.takes)

    # --- what there is to see ----------------------------------------------------------------------------------------

    def _read(self) -> dict[str, Any]:
        from studio.log import now_us

        now = self._standing()
        open_ = {line.take for line in now.lines if line.state == "unknown"}
        return ledger_state(
            now,
            self._purse(),
            at_us=now_us(),
            news={take: said for take, said in self._news.items() if take in open_},
            bytes_of=self._bytes_of,
            idle=not self._gone_on and not any(self.film.engine.works_on(line.id) for line in now.lines),
        )

    def _standing(self) -> Standing:
        return self.film.log.standing(None if self.labels is None else self._with_replacements())

    def _with_replacements(self) -> frozenset[str]:
        """The labels, and those of the takes that were bought in their place."""
        labels = self.labels or frozenset()
        while True:
            again = {line.paid_again_as for line in self.film.log.standing(labels).lines if line.paid_again_as}
            if again <= labels:
                return labels
            labels |= again

    def _purse(self) -> Purse:
        from studio.generation.planning import midnight_us

        settings, log = self.film.settings, self.film.log
        money = log.spent()
        today = log.spent(midnight_us()) if settings.day_usd is not None else None
        return Purse(
            spent=_usd(money.spent_micro_usd),
            reserved=_usd(money.reserved_micro_usd),
            at_risk=_usd(money.at_risk_micro_usd),
            cap=settings.cap_usd,
            day_cap=settings.day_usd,
            today=_usd(today.spent_micro_usd + today.reserved_micro_usd + today.at_risk_micro_usd if today else 0),
            call_cap=settings.call_usd,
        )

    def _bytes_of(self, file: str) -> int | None:
        try:
            return self.film.library.locate(file).stat().st_size
        except (StudioError, OSError):  # it was moved away: the row says the rest
            return None


def _usd(micro_usd: int) -> Decimal:
    return Decimal(micro_usd) / 1_000_000
