"""What would become of the words on the desk: each model's request with its marks, what to think about, evidence."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from studio.errors import BadInput, StudioError
from studio.generation import CannotTake, Order, dollars, lint_shot, model_of, will_get_all
from studio.generation.requests import LONGEST_S, MOST_TAKES
from studio.given import number, shown, whole
from studio.nouns import Prompt
from studio.writing import Finding, check_cards, check_chain, lint
from studio.writing.cards import age_in

if TYPE_CHECKING:
    from studio.film import Film
    from studio.generation import WillGet
    from studio.nouns import Card

SHOWN_MODELS = {"previz": "the stand-in", "folder": "a folder for by hand"}
MOST_MODELS = 4  # beside one another
ELSEWHERE = ("characters", "avoid", "seed", "price")  # facts that the desk shows in other places, or otherwise


@dataclass(frozen=True)
class Wish:
    """What the desk is set to."""

    models: tuple[str, ...]
    model: str  # the one that makes the takes
    takes: int
    seconds: float
    first_frame_of: str = ""
    begins_as: str = ""


def wish(models: Any, model: Any, takes: Any, seconds: Any, first_frame_of: str = "", begins_as: str = "") -> Wish:
    """The same of what a page sends. Raises BadInput for what no take can be."""
    named = (models,) if isinstance(models, str) else models
    if not isinstance(named, list | tuple) or not all(isinstance(name, str) for name in (*named, model)):
        raise BadInput(f'the models are {shown(models)} and {shown(model)}: give names, such as ["runway/gen4.5"]')
    length_s = number(seconds, "the seconds of a take", 0, LONGEST_S)
    if not length_s:
        raise BadInput("a take of 0 s has no frame: give it some seconds")
    return Wish(
        tuple(named)[:MOST_MODELS],
        model or "previz",
        whole(takes, "the number of takes in one call", 1, MOST_TAKES),
        float(length_s),
        first_frame_of,
        begins_as,
    )


def look(film: Film, prompt: Prompt | None, wish: Wish) -> dict[str, Any]:
    """The right side of the desk, for words that need not be written down yet."""
    found: dict[str, Any] = {"requests": [], "findings": [], "titles": {}}
    if prompt is None:
        return found
    cards = film.log.cards()
    if wish.models:
        order = Order(takes=1, seconds=wish.seconds, first_frame_of=wish.first_frame_of, begins_as=wish.begins_as)
        asked = will_get_all(prompt, film.settings, wish.models, order, film.log, film.library, film.provider)
        found["requests"] = [_request(name, each, wish) for name, each in zip(wish.models, asked, strict=True)]
    return found | {
        "findings": [_finding(each) for each in _findings(film, prompt, wish, cards)],
        "titles": _titles(prompt, cards),
    }


def counts(film: Film, name: str) -> dict[str, Any]:
    """How often each move was obeyed, else kept, at this model in this film; and what is counted."""
    provider, model = model_of(name)
    table = film.evidence.moves(provider, model)
    where = model or provider
    if not len(table):
        return {"counts": {}, "counts_said": f"Moves; {where} has made none of them in this film yet"}
    measured = bool(table["measured"].sum())
    column, of = ("obeyed", "measured") if measured else ("kept", "n")
    said = {str(move): f"{column} {int(row[column])}/{int(row[of])}" for move, row in table.iterrows() if row[of]}
    how = "obeyed them" if measured else "was kept"
    return {"counts": said, "counts_said": f"Moves, with how often {where} {how} in this film"}


def _request(name: str, got: WillGet | CannotTake, wish: Wish) -> dict[str, Any]:
    if isinstance(got, CannotTake):
        title = SHOWN_MODELS.get(got.name) or got.name.replace("/", " ", 1)
        return {
            "name": name, "title": title, "short": title, "error": got.sentence, "price": None, "pieces": [],
            "changes": [], "takes_avoid": True, "total_usd": "0",
        }  # fmt: skip
    provider, model = model_of(name)
    price = got.price
    total = price.usd * wish.takes if price else Decimal(0)
    most = f"{got.characters:,} of {got.most_characters:,}" if got.most_characters else f"{got.characters:,}"
    return {
        "name": name,
        "title": SHOWN_MODELS.get(provider) or f"{provider} {model}".strip(),
        "short": model or provider,
        "error": None,
        "pieces": [
            {"part": piece.part, "text": piece.text, "marks": list(piece.marks), "struck": piece.struck}
            for piece in got.pieces
        ],
        "changes": [
            {"number": number, "kind": change.kind, "part": change.part, "sentence": change.sentence}
            for number, change in got.numbered()
        ],
        "characters": most,
        "facts": _facts(got, wish),
        "made": f"{float(got.made_s):.3g} s",
        "takes_avoid": not any(piece.part == "avoid" and piece.struck for piece in got.pieces),
        "price": {"usd": str(price.usd), **{of: getattr(price, of) for of in ("read_on", "source", "how")}}
        if price
        else None,
        "no_price": got.no_price,
        "total": dollars(total),
        "total_usd": str(total),
    }


def _facts(got: WillGet, wish: Wish) -> list[list[Any]]:
    """Rows of name, what was asked for where it is another, what is made, and the numbers of its changes."""
    rows = [[fact.what, fact.was, fact.value, list(fact.marks)] for fact in got.facts if fact.what not in ELSEWHERE]
    begun = f"the last of {wish.first_frame_of}" if wish.first_frame_of else f"the first of {wish.begins_as}"
    if wish.first_frame_of or wish.begins_as:
        for row in rows:
            if row[0] == "first frame":
                row[2] = begun
    seeds = f"{wish.takes} new, logged" if got.seed is not None else "none: this model takes no seed"
    return [*rows, ["seeds", "", seeds, list(got.marks("seed"))]]


def _findings(film: Film, prompt: Prompt, wish: Wish, cards: tuple[Card, ...]) -> tuple[Finding, ...]:
    """Lint for the model that makes the takes, cards, and the chain around the shot."""
    provider, model = model_of(wish.model)
    log = film.log
    found: list[Finding] = []
    try:
        maker = film.provider(provider)
        found += lint_shot(log, prompt.shot, maker, model, wish.seconds, rate=film.settings.rate, prompt=prompt)
    except StudioError:  # a model that cannot be had is told where its request would stand
        found += lint(prompt, seconds=wish.seconds)
    found += check_cards(prompt, cards, log.card_versions())
    others = [each for each in log.latest_prompts() if each.shot != prompt.shot]
    chained = [each for each in check_chain([*others, prompt]) if each.shot == prompt.shot]
    if chained:  # they name the neighbour too: the rule of the one shot by itself says nothing more
        found = [each for each in found if each.kind not in ("way_in_missing", "way_out_missing")]
    return tuple(dict.fromkeys(found + chained))


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
