"""What the ledger shows, as data for its page and as plain HTML: pure functions of how the takes and the money stand.

Amounts are exact and arrive in the page as text. Nothing here grows with the film: 700 takes are 60 rows and a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from statistics import median
from typing import TYPE_CHECKING, Any

from studio.generation import dollars
from studio.nouns import FINAL_STATES, State

if TYPE_CHECKING:
    from studio.log import Line, Standing

WAY: tuple[State, ...] = ("planned", "submitting", "submitted", "running", "ready", "downloading", "done")
MARKS: Mapping[State, str] = {"unknown": "?", "refused": "×", "failed": "×", "cancelled": "–"}
MEANWHILE: Mapping[State, str] = {
    "planned": "waits for a free place", "submitting": "being sent", "submitted": "accepted, waits in line",
    "running": "being made", "ready": "made, to be fetched", "downloading": "being fetched",
    "unknown": "sent, no answer came",
}  # fmt: skip
OBEYED = {"yes": "✓", "partly": "partly", "no": "✗", "static": "static", "unreadable": "can’t tell"}
LONGEST = 300  # characters of what a provider says
ZERO = Decimal(0)


@dataclass(frozen=True)
class Purse:
    """The film's money and its caps, in US dollars; a cap of None is none."""

    spent: Decimal
    reserved: Decimal
    at_risk: Decimal
    cap: Decimal | None = None
    day_cap: Decimal | None = None
    today: Decimal = ZERO  # spent, reserved and at risk for what was asked for since midnight UTC
    call_cap: Decimal | None = None

    @property
    def used(self) -> Decimal:
        """What the providers may ask for."""
        return self.spent + self.reserved + self.at_risk


def ledger_state(
    now: Standing,
    purse: Purse,
    *,
    at_us: int,
    news: Mapping[str, str] | None = None,
    bytes_of: Callable[[str], int | None] = lambda file: None,
    idle: bool = False,
) -> dict[str, Any]:
    """What the page draws. `news` are sentences about unknown takes, by label; `bytes_of` tells how long a file is;
    `idle` says that nobody here works on what is under way."""
    at_work = sum(number for state, number in now.counts.items() if state not in (*FINAL_STATES, "unknown"))
    return {
        "title": title_of(now),
        "counts": counts_of(now),
        "until_us": _until_us(now, at_us),
        "planned": now.counts.get("planned", 0),
        "idle": idle and at_work > 0,
        "money": _money(now, purse),
        "rows": [_row(line, (news or {}).get(line.take, ""), bytes_of) for line in now.lines],
        "more": more_of(now),
    }


def title_of(now: Standing) -> str:
    """ "6 takes of 07A"."""
    takes = sum(now.counts.values()) - now.sounds
    said = [_number(takes, "take")] if takes or not now.sounds else []
    said += [_number(now.sounds, "sound")] if now.sounds else []
    shots = ", ".join(now.shots) if len(now.shots) <= 3 else f"{len(now.shots)} shots"
    return f"{' and '.join(said)}{f' of {shots}' if shots else ''}"


def counts_of(now: Standing) -> str:
    """ "1 done · 4 on the way · 1 asks you"."""
    number = now.counts.get
    way = sum(number(state, 0) for state in WAY[:-1])
    not_made, unknown = number("refused", 0) + number("failed", 0), number("unknown", 0)
    said = [(number("done", 0), "done"), (way, "on the way"), (not_made, "not made")]
    said += [(number("cancelled", 0), "cancelled"), (unknown, "asks you" if unknown == 1 else "ask you")]
    return " · ".join(f"{count:,} {word}" for count, word in said if count)


def more_of(now: Standing) -> str:
    """Those that are not among the lines and have not ended: "and 412 more planned"."""
    shown = [line.state for line in now.lines]
    left = {state: now.counts.get(state, 0) - shown.count(state) for state in ("unknown", *reversed(WAY[:-1]))}
    said = [f"{count:,} more {state}" for state, count in left.items() if count > 0]
    return f"and {', '.join(said)}" if said else ""


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def amount(usd: Decimal | int) -> str:
    """As `dollars`, without the sign: "0.60"."""
    return dollars(usd).removeprefix("$")


def _until_us(now: Standing, at_us: int) -> int | None:
    """When these takes may be done, where that can be said: all that are under way are in sight and of one model, and
    the last that were done tell how long it takes."""
    way = [line for line in now.lines if line.state in WAY[:-1]]
    models = {(line.provider, line.model) for line in way}
    if len(models) != 1 or len(way) < sum(now.counts.get(state, 0) for state in WAY[:-1]):
        return None
    took_us = [
        line.ended_at_us - line.sent_at_us
        for line in now.lines
        if line.state == "done" and line.sent_at_us and line.ended_at_us and (line.provider, line.model) in models
    ]
    sent_us = [line.sent_at_us for line in way if line.sent_at_us and line.state != "planned"]
    if not took_us or not sent_us:
        return None
    each_us = int(median(took_us))
    rounds = -(-(len(way) - len(sent_us)) // len(sent_us))
    until_us = max(sent_us) + each_us * (1 + rounds)
    return until_us if until_us > at_us else None  # they take longer than those before: nothing is known


# --- money -----------------------------------------------------------------------------------------------------------


def _money(now: Standing, purse: Purse) -> dict[str, Any]:
    whole = purse.used if purse.cap is None else max(purse.cap, purse.used)
    parts = {"spent": purse.spent, "reserved": purse.reserved, "unknown": purse.at_risk}
    if purse.cap is not None:
        parts["free"] = max(purse.cap - purse.used, ZERO)
    return {
        "parts": [
            {"name": name, "usd": amount(usd), "percent": f"{usd * 100 / whole:.2f}" if usd else "0"}
            for name, usd in parts.items()
        ],
        "read": prices_read(now),
        "cap": amount(purse.cap) if purse.cap is not None else "",
        "others": _other_caps(purse),
        "over": _over(purse),
    }


def _over(purse: Purse) -> str:
    """A sentence where the cap is passed, as after it was lowered."""
    if purse.cap is None or purse.used <= purse.cap:
        return ""
    return f"{dollars(purse.used - purse.cap)} more than the cap: nothing that costs is begun until it is raised"


def _other_caps(purse: Purse) -> list[list[str]]:
    said = [["today", f"{amount(purse.today)} of {amount(purse.day_cap)}"]] if purse.day_cap is not None else []
    return said + ([["a call", f"at most {amount(purse.call_cap)}"]] if purse.call_cap is not None else [])


def prices_read(now: Standing) -> str:
    """The days on which the prices of the lines were read."""
    days = sorted({line.price_read_on for line in now.lines if line.price_read_on and line.price_micro_usd})
    if not days:
        return ""
    return f"prices read {days[0]}" if len(days) == 1 else f"prices read {days[0]} to {days[-1]}"


# --- a row -----------------------------------------------------------------------------------------------------------


def _row(line: Line, news: str, bytes_of: Callable[[str], int | None]) -> dict[str, Any]:
    usd, word = _charge(line)
    return {
        "take": line.take,
        "state": line.state,
        "mark": MARKS.get(line.state, ""),
        "step": WAY.index(line.state) if line.state in WAY else -1,
        "model": model_of_line(line),
        "sent_us": line.sent_at_us if line.state != "planned" else None,
        "ended_us": line.ended_at_us,
        "what": what_of(line, bytes_of),
        "usd": usd,
        "money": word,
        "ask": _ask(line, news) if line.state == "unknown" else None,
    }


def model_of_line(line: Line) -> str:
    """ "runway · gen4.5"."""
    return f"{line.provider} · {line.model}" if line.model and line.model != line.provider else line.provider


def what_of(line: Line, bytes_of: Callable[[str], int | None] = lambda file: None) -> str:
    """The last that is known, in words."""
    if line.state == "unknown":
        return f"paid for again as {line.paid_again_as}" if line.paid_again_as else MEANWHILE["unknown"]
    if line.is_sound:
        return _short(line.what or "")
    if line.state == "done":
        move = (line.asked_move or "").replace("_", " ")
        size = bytes_of(line.file) if line.file else None
        said = [f"{move} {OBEYED[line.obeyed]}"] if move and line.obeyed in OBEYED else []
        said += [f"{line.seconds:.1f} s"] if line.seconds else []
        said += [f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.0f} kB"] if size is not None else []
        return " · ".join(said)
    return _short(line.why or MEANWHILE.get(line.state, ""))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _charge(line: Line) -> tuple[str, str]:
    """The amount of a row, and what is with it."""
    if line.state == "unknown":
        return amount(line.at_risk_micro_usd), "unknown"
    if line.spent_micro_usd is not None:
        return amount(line.spent_micro_usd), "settled" if line.spent_micro_usd else "not charged"
    if line.reserved_micro_usd:
        return amount(line.reserved_micro_usd), "reserved"
    return amount(0), "not charged" if line.state in FINAL_STATES else "costs nothing"


def _ask(line: Line, news: str) -> dict[str, Any]:
    """What a person is told and asked about a take that was sent and never answered."""
    tail = f": look at {line.provider} whether it was made; it is not sent again by itself"
    why = _short((line.why or "no answer is written down").removesuffix(tail))
    return {
        "why": why if why.endswith((".", "…")) else f"{why}.",
        "provider": _title(line.provider),
        "seconds": f"{line.seconds:g}" if line.seconds else "",
        "sum": dollars(line.at_risk_micro_usd),
        "again": line.paid_again_as or "",
        "sound": line.is_sound,
        "news": news,
    }


def _title(provider: str) -> str:
    """A provider's name as its own page writes it."""
    from studio.providers.catalogue import catalogue

    service = catalogue().services.get(provider)
    return service.title if service else provider


# --- without a kernel ------------------------------------------------------------------------------------------------


def ledger_html(now: Standing, purse: Purse) -> str:
    """The ledger as plain HTML: a heading, the money in one line, a table; no buttons."""
    said = [f"{dollars(purse.spent)} spent", f"{dollars(purse.reserved)} reserved", f"{dollars(purse.at_risk)} unknown"]
    if purse.cap is not None:
        said.append(f"{dollars(max(purse.cap - purse.used, ZERO))} of {dollars(purse.cap)} free")
    said += [days] if (days := prices_read(now)) else []
    lines = sorted(now.lines, key=lambda line: line.id)  # whoever was first: a saved notebook stays the same
    rows = "".join(map(_html_row, lines))
    head = "".join(f'<th scope="col">{word}</th>' for word in ("take", "state", "model", "what", "$", "money"))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
    more = f"<p>{escape(more_of(now))}</p>" if more_of(now) else ""
    counts = f": {counts_of(now)}" if counts_of(now) else ""
    return f"<p><b>Ledger</b>, {escape(title_of(now))}{counts}</p><p>{escape(', '.join(said))}</p>{table}{more}"


def _html_row(line: Line) -> str:
    mark = {"done": " ✓"}.get(line.state, f" {MARKS[line.state]}" if line.state in MARKS else "")
    values = (f"{line.state}{mark}", model_of_line(line), what_of(line), *_charge(line))
    cells = "".join(f'<td style="text-align:left">{escape(value)}</td>' for value in values)
    return f'<tr><th scope="row">{escape(line.take)}</th>{cells}</tr>'


def order_html(now: Standing) -> str:
    """What was asked for and at which price: the same whenever it is written."""
    asked: dict[tuple[str, int], list[str]] = {}
    for line in sorted(now.lines, key=lambda line: line.id):
        asked.setdefault((model_of_line(line), line.price_micro_usd or 0), []).append(line.take)
    said = [
        f"{', '.join(takes)}: {model}, {f'{dollars(price)} a take' if price else 'costs nothing'}"
        for (model, price), takes in asked.items()
    ]
    return f"<p><b>{escape(title_of(now))}</b></p>" + "".join(f"<p>{escape(each)}</p>" for each in said)
