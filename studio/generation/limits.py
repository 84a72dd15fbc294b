"""A model's limits as a value for the look over the words, and what the film's own takes say about its camera."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from studio.generation.requests import LONGEST_S
from studio.generation.resolving import words_of
from studio.given import number, text
from studio.nouns import Prompt
from studio.providers import Provider
from studio.providers.catalogue import Model, catalogue
from studio.writing.finding import Findings
from studio.writing.lint import Limits, lint

if TYPE_CHECKING:
    from studio.log import Log

LEAST_MEASURED = 3  # takes: one miss is no habit
ANSWERED = ("yes", "partly", "no", "static")  # of how a camera is obeyed; an unreadable one says nothing


def limits_of(provider: Provider, model: str = "", *, rate: Fraction = Fraction(24)) -> Limits:
    """What a model takes, by its row in `data/providers.toml`; a provider without rows has no limits to speak of.

    `rate` is the film's: some models count frames and not seconds. Raises NotFound for a model that is not there,
    BadInput where one has to be named.
    """
    row = _row(provider, text(model, "the model"))
    if row is None:
        return Limits(provider.name, model or next(iter(provider.capabilities.models), ""))
    most = row.prompt.most
    return Limits(
        provider.name,
        row.name,
        longest_s=_longest_s(row, rate),
        most_characters=None if most is None else int(most),
        unit="utf-16" if row.prompt.form == "utf-16" else "characters",
        takes_avoid=row.avoid is not None,
        order=row.order,
        begins=row.prompt.words,
        source=row.source,
        checked_on=row.checked_on,
    )


def _row(provider: Provider, model: str) -> Model | None:
    """The row that the provider itself would take: only it knows what kind of server it speaks to."""
    find = getattr(provider, "model", None)
    if find is not None:
        found: Model = find(model)
        return found
    rows = catalogue()
    return rows.find(provider.name, model) if rows.models.get(provider.name) else None


def _longest_s(row: Model, rate: Fraction) -> Fraction | None:
    field = row.seconds
    longest = max((Fraction(str(value)) for value in field.allowed), default=field.most)
    if longest is None or field.form != "frames":
        return longest
    counted = field.rate or row.makes_rate or rate
    if row.rate is not None and field.rate is None:
        counted = min(max(rate, row.rate.least or rate), row.rate.most or rate)
    return longest / counted


def measured_misses(rows: Iterable[Mapping[Any, Any]], provider: str, model: str) -> dict[str, str]:
    """The moves that this film's takes of a model mostly missed, each with its counts: "2 of 9 obeyed here".

    `rows` are takes with `provider`, `model`, `asked_move` and `obeyed`; a take that is not measured, or cannot be, is
    not counted. A camera of several moves is counted as a whole, by its `asked_move`: nobody knows which of them was
    missed. A move is told where more than half of at least three takes did another (`no`) or none (`static`).
    """
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        move, obeyed = row["asked_move"], row["obeyed"]
        same = (row["provider"], row["model"]) == (provider, model)
        if same and isinstance(move, str) and move and isinstance(obeyed, str) and obeyed in ANSWERED:
            counted[move][obeyed] += 1
    return {
        move: _counts(how)
        for move, how in counted.items()
        if how.total() >= LEAST_MEASURED and 2 * (how["no"] + how["static"]) > how.total()
    }


def _counts(how: Counter[str]) -> str:
    partly = f", {how['partly']} partly" if how["partly"] else ""
    return f"{how['yes']} of {how.total()} obeyed here{partly}"


def lint_shot(
    log: Log,
    shot: str,
    provider: Provider,
    model: str = "",
    seconds: float = 5.0,
    rate: Fraction = Fraction(24),
    prompt: Prompt | None = None,
) -> Findings:
    """A look over a shot's latest words, or over a draft (`prompt`), for a model and a length.

    The film is an endless zoom where the words of any shot have a portal. Raises NotFound for a shot without words or
    a model that is not there, BadInput for a length that no take has.
    """
    prompt = prompt or words_of(log, shot)
    length_s = number(seconds, "the seconds of a take", 0, LONGEST_S)
    limits = limits_of(provider, model, rate=rate)
    limits = replace(
        limits, misses=measured_misses(log.measured(limits.provider, limits.model), limits.provider, limits.model)
    )
    words = {each.shot: each for each in log.latest_prompts()} | {prompt.shot: prompt}
    return lint(
        prompt,
        limits,
        seconds=length_s,
        endless=any(each.portal_in or each.portal_out for each in words.values()),
        first=prompt.shot == min(words),
        last=prompt.shot == max(words),
    )
