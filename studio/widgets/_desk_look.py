"""What would become of the words on the desk: each model's request with its marks, what to think about, evidence."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from studio.errors import StudioError
from studio.generation import CannotTake, Order, dollars, lint_shot, model_of, will_get_all
from studio.nouns import Prompt
from studio.writing import Finding, check_cards, check_chain, lint
from studio.writing.cards import age_in

if TYPE_CHECKING:
    from studio.film import Film
    from studio.generation import WillGet
    from studio.nouns import Card

SHOWN_MODELS = {"previz": "the stand-in", "folder": "a folder for by hand"}


@dataclass(frozen=True)
class Wish:
    """What the desk is set to."""

    models: tuple[str, ...]
    model: str  # the one that makes the takes
    takes: int
    seconds: float
    first_frame_of: str = ""


def look(film: Film, prompt: Prompt | None, wish: Wish) -> dict[str, Any]:
    """The right side of the desk, for words that need not be written down yet."""
    counts, said = _evidence(film, wish.model)
    found: dict[str, Any] = {"requests": [], "findings": [], "titles": {}, "counts": counts, "counts_said": said}
    if prompt is None:
        return found
    order = Order(takes=1, seconds=wish.seconds, first_frame_of=wish.first_frame_of)
    asked = will_get_all(prompt, film.settings, wish.models, order, film.log, film.library, film.provider)
    cards = film.log.cards()
    return found | {
        "requests": [_request(name, each, wish.takes) for name, each in zip(wish.models, asked, strict=True)],
        "findings": [_finding(each) for each in _findings(film, prompt, wish, cards)],
        "titles": _titles(prompt, cards),
    }


def _request(name: str, got: WillGet | CannotTake, takes: int) -> dict[str, Any]:
    provider, model = model_of(name)
    title = SHOWN_MODELS.get(provider) or f"{provider} {model}".strip()
    short = model or provider
    head: dict[str, Any] = {
        "name": name,
        "title": title,
        "short": short,
        "error": None,
        "price": None,
        "pieces": [],
        "changes": [],
    }
    if isinstance(got, CannotTake):
        return head | {"error": got.sentence, "takes_avoid": True, "total_usd": "0"}
    price = got.price
    total = price.usd * takes if price else Decimal(0)
    struck = any(piece.part == "avoid" and piece.struck for piece in got.pieces)
    most = f"{got.characters:,} of {got.most_characters:,}" if got.most_characters else f"{got.characters:,}"
    return head | {
        "pieces": [
            {"part": piece.part, "text": piece.text, "marks": list(piece.marks), "struck": piece.struck}
            for piece in got.pieces
        ],
        "changes": [
            {"number": number, "kind": change.kind, "part": change.part, "sentence": change.sentence}
            for number, change in got.numbered()
        ],
        "characters": most,
        "facts": _facts(got, takes),
        "made": f"{float(got.made_s):.3g} s",
        "takes_avoid": not struck,
        "price": {"usd": str(price.usd), "read_on": price.read_on, "source": price.source} if price else None,
        "no_price": got.no_price,
        "total": dollars(total),
        "total_usd": str(total),
    }


def _facts(got: WillGet, takes: int) -> list[list[Any]]:
    """Rows of name, what was asked for where it is another, what is made, and the numbers of its changes."""
    request, asked = got.request, got.asked
    length = f"{float(got.asked_s):.3g} s"
    made = f"{float(got.made_s):.3g} s"
    size = f"{request.width} × {request.height}, {float(request.rate):.5g} fps"
    wanted = f"{asked.width} × {asked.height}, {float(asked.rate):.5g} fps"
    seeds = f"{takes} new, logged" if got.seed is not None else "none: this model takes no seed"
    return [
        ["length", length if length != made else "", made, list(got.marks("length"))],
        ["picture", wanted if wanted != size else "", size, list(got.marks("picture") + got.marks("rate"))],
        ["seeds", "", seeds, list(got.marks("seed"))],
    ]


def _findings(film: Film, prompt: Prompt, wish: Wish, cards: tuple[Card, ...]) -> tuple[Finding, ...]:
    """Lint for the model that makes the takes, cards, and the chain around the shot."""
    provider, model = model_of(wish.model or "previz")
    log = film.log
    found: list[Finding] = []
    try:
        maker = film.provider(provider)
        found += lint_shot(log, prompt.shot, maker, model, wish.seconds, rate=film.settings.rate, prompt=prompt)
    except StudioError:  # a model that cannot be had is told where its request would stand
        found += lint(prompt, seconds=wish.seconds)
    found += check_cards(prompt, cards, log.card_versions())
    others = [each for shot in log.shots() if shot.id != prompt.shot and (each := log.latest_prompt(shot.id))]
    found += [each for each in check_chain([*others, prompt]) if each.shot == prompt.shot]
    return tuple(dict.fromkeys(found))


def _finding(found: Finding) -> dict[str, str]:
    return {
        "kind": found.kind.replace("_", " "), "about": found.about, "words": found.words, "sentence": found.sentence,
        "reason": found.reason, "source": found.source, "checked_on": found.checked_on,
    }  # fmt: skip


def _titles(prompt: Prompt, cards: tuple[Card, ...]) -> dict[str, str]:
    """How each card is headed: a person with the age that the time among the shot's cards gives."""
    used = [card for card in cards if card.name in prompt.cards]
    year = next((card.year for card in used if card.kind == "time" and card.year is not None), None)
    ages = {card.name: age_in(card, year) for card in used}
    return {
        card.name: f"{card.name} {age}" if (age := ages.get(card.name)) is not None else card.name for card in cards
    }


def _evidence(film: Film, name: str) -> tuple[dict[str, str], str]:
    """How often each move was obeyed, else kept, at this model in this film; and what is counted."""
    provider, model = model_of(name or "previz")
    table = film.evidence.moves(provider, model)
    where = model or provider
    if not len(table):
        return {}, f"Moves; {where} has made none of them in this film yet"
    measured = bool(table["measured"].sum())
    column, of = ("obeyed", "measured") if measured else ("kept", "n")
    counts = {str(move): f"{column} {int(row[column])}/{int(row[of])}" for move, row in table.iterrows() if row[of]}
    return counts, f"Moves, with how often {where} {'obeyed them' if measured else 'was kept'} in this film"
