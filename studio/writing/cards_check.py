"""Where a shot's words and its cards do not go together: words that drifted, and scenes that say otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from studio.nouns import Card, Prompt
from studio.writing.cards import KINDS, YEAR, age_in, by_name, join_places, worded, wording
from studio.writing.cards_reading import DECADES, Person, age_claims, persons, sentences, word_set
from studio.writing.cards_things import alike, belongs_to, worn
from studio.writing.differences import word_diff
from studio.writing.finding import Finding, Findings

OLDEST = 115  # years: nobody's birth and year are meant to be further apart
REASON = "the same words in every shot keep a person, a time and a place the same"
MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
SEASONS = f"spring|summer|autumn|fall|winter|{MONTHS}"
PLURAL = r"| [a-z]{3,}s\b"  # "in 2000 lamps" names no year
IN_A_YEAR = rf"\b(?:in|it is|the year(?: is)?|(?:{SEASONS})(?: of)?),? (?P<year>{YEAR.pattern})\b(?![-']{PLURAL})"
DECADE = rf"\bin the (?:early |mid-? ?|late )?(?P<century>[12][0-9])?'?(?P<decade>[0-9]0s|{'|'.join(DECADES)})\b(?!-)"
PAST = word_set(
    "built born made painted founded taken shot filmed bought printed dated remembers remembering since like"
)
NO_THING = word_set("one longer more matter doubt end idea way wonder need sign trace sound")
MORE_OF = {"phone": ("smartphone", "cellphone"), "screen": ("touchscreen",), "car": ("motorcar",)}
OTHER_THINGS = word_set("box booth book door call number him her them home")  # a phone box is no phone


def check_cards(prompt: Prompt, cards: Iterable[Card], versions: Iterable[Card] = ()) -> Findings:
    """What does not go together in one shot: its words, its scene and its cards as they are worded now.

    `versions` are all wordings there ever were, to tell a card that was reworded from words changed by hand.
    """
    there = tuple(cards)
    named = by_name(there, prompt.cards)
    own = tuple(card for card in named.values() if card is not None)
    found = [
        _finding(
            "unknown_card", prompt, "continuity", f"there is no card {name!r} in this film, whose words stand here"
        )
        for name, card in named.items()
        if card is None
    ]
    times = [card for card in own if card.kind == "time"]
    year = times[0].year if len(times) == 1 else None
    people = [card for card in own if card.kind == "person"]
    if len(times) < 2:
        found += _drift(prompt, own, tuple(versions))
    found += _births(prompt, people, year)
    cast = persons(people, [age_in(card, year) for card in people])
    found += _ages(prompt, cast, year)
    found += _colours(prompt, cast)
    if year is not None:
        found += _years(prompt, times[0].name, year)
    found += _forbidden(prompt, [card for card in own if card.kind in ("time", "place")])
    return Findings(tuple(dict.fromkeys(found)))


def check_story(prompts: Iterable[Prompt], cards: Iterable[Card]) -> Findings:
    """Where a person is younger than in the shot before: one finding each time that the years run backwards."""
    there = tuple(cards)
    last: dict[str, tuple[int, Prompt]] = {}
    found = []
    for prompt in sorted(prompts, key=lambda prompt: prompt.shot):
        for name, age in ages_in(prompt, there).items():
            before = last.get(name)
            if before is not None and age < before[0]:
                found.append(
                    _finding(
                        "age_backwards", prompt, "continuity",
                        f"{name} is {age} here and was {before[0]} in {before[1].shot}: "
                        "mend the year of one of their times, if it is not meant",
                        reason="a life runs forwards, shot by shot",
                    )
                )  # fmt: skip
            last[name] = (age, prompt)
    return Findings(tuple(found))


def year_of(prompt: Prompt, cards: Iterable[Card]) -> int | None:
    """The year of the time among a shot's cards."""
    times = [card for card in by_name(cards, prompt.cards).values() if card is not None and card.kind == "time"]
    return times[0].year if len(times) == 1 else None


def ages_in(prompt: Prompt, cards: Iterable[Card]) -> dict[str, int]:
    """How old each person of a shot is, by the name of its card, where that is known."""
    there = tuple(cards)
    year = year_of(prompt, there)
    named = [card for card in by_name(there, prompt.cards).values() if card is not None]
    return {card.name: age for card in named if (age := age_in(card, year)) is not None}


# --- drift -------------------------------------------------------------------------------------------------------


def _drift(prompt: Prompt, own: Sequence[Card], versions: Sequence[Card]) -> Iterator[Finding]:
    now = worded(own, [card.name for card in own])
    year = next((card.year for card in own if card.kind == "time"), None)
    years = {year, *(card.year for card in versions if card.kind == "time"), None}
    parts = {
        "person": ("continuity", prompt.continuity.who, now.continuity.who),
        "time": ("continuity", prompt.continuity.time, now.continuity.time),
        "place": ("continuity", prompt.continuity.place, now.continuity.place),
        "style": ("style", prompt.style, now.style or ""),
    }
    for kind in KINDS:
        cards = [card for card in own if card.kind == kind]
        about, there, wanted = parts[kind]
        if cards and there != wanted:
            yield from _drifted(prompt, about, there, wanted, cards, versions, year, years)
    if now.avoid is not None and prompt.avoid != now.avoid:
        styles = [card for card in own if card.kind == "style"]
        yield from _drifted(prompt, "avoid", prompt.avoid, now.avoid, styles, versions, year, years)


def _drifted(
    prompt: Prompt,
    about: str,
    there: str,
    wanted: str,
    cards: Sequence[Card],
    versions: Sequence[Card],
    year: int | None,
    years: Iterable[int | None],
) -> Iterator[Finding]:
    """One finding a card that was reworded after the shot was written; one for all else, changed by hand."""

    def said(card: Card, in_year: int | None) -> str:
        return card.avoid if about == "avoid" else wording(card, in_year)

    used = []
    for card in cards:
        forms = {said(old, each) for old in (card, *versions) if old.name == card.name for each in years}
        present = sorted((form for form in forms if form and form in there), key=len, reverse=True)
        current = said(card, year)
        used.append(current if current in there or not present else present[0])
    joint = {"continuity": " ", "style": ", ", "avoid": ", "}[about]
    whole = join_places(used) if cards[0].kind == "place" else joint.join(dict.fromkeys(used))
    again = f'film.cards.use("{prompt.shot}") words it anew'
    if whole == there:
        for card, old in zip(cards, used, strict=True):
            if old != (new := said(card, year)):
                yield _finding(
                    "drift", prompt, about,
                    f"the card {card.name} says something else now: {_differing(old, new)}; {again}", words=old,
                )  # fmt: skip
        return
    names = " and ".join(card.name for card in cards)
    cards_of = "card" if len(cards) == 1 else "cards"
    yield _finding(
        "drift", prompt, about,
        f"the words are not those of the {cards_of} {names}: {_differing(wanted, there)}; {again}", words=there,
    )  # fmt: skip


def _differing(old: str, new: str) -> str:
    """The words that differ: “loose braid” became “short bob”, “no phones” is gone."""
    before, after = (re.sub(r"[,.;:]+(?=\s|$)", "", text) for text in (old, new))
    runs = [(change.kind, change.text) for change in word_diff(before, after)]
    told = []
    for place, (kind, text) in enumerate(runs):
        next_kind, instead = runs[place + 1] if place + 1 < len(runs) else ("same", "")
        if kind == "removed":
            told.append(f"“{text}” became “{instead}”" if next_kind == "added" else f"“{text}” is gone")
        elif kind == "added" and (place == 0 or runs[place - 1][0] != "removed"):
            told.append(f"“{text}” is new")
    return ", ".join(told) or "commas, full stops or blanks differ"


# --- contradictions ----------------------------------------------------------------------------------------------


def _births(prompt: Prompt, people: Sequence[Card], year: int | None) -> Iterator[Finding]:
    for card in people:
        age = age_in(card, year)
        if age is not None and age < 0:
            sentence = f"{card.name} is not born yet in {year}: the birth is {card.year}; mend one of the two years"
            yield _finding("not_born", prompt, "continuity", sentence)
        elif age is not None and age > OLDEST:
            sentence = f"{card.name} would be {age} in {year}: mend the year of the birth ({card.year}) or of the time"
            yield _finding("too_old", prompt, "continuity", sentence)


def _ages(prompt: Prompt, cast: Sequence[Person], year: int | None) -> Iterator[Finding]:
    for claim in age_claims(prompt.scene_text, cast):
        for person in claim.persons:
            age = person.age
            if age is None or age < 0 or claim.least <= age <= claim.most:
                continue
            if " turn" in f" {claim.words}" and claim.least == age + 1:
                continue  # the birthday comes late in the year
            sentence = f"the scene says “{claim.words}”, and by its card {person.card.name} is {age} in {year}"
            yield _finding("age", prompt, "scene_text", f"{sentence}: change one of the two", words=claim.words)


def _colours(prompt: Prompt, cast: Sequence[Person]) -> Iterator[Finding]:
    cards = {person.card.name: list(worn(person.card.words)) for person in cast}
    for seen in worn(prompt.scene_text, cast):
        for person in cast:
            if not belongs_to(seen, person):
                continue
            name = person.card.name
            own = [thing for thing in cards[name] if thing.thing == seen.thing]
            colours = frozenset(colour for thing in own for colour in thing.colours)
            if seen.colours and colours and not alike(seen.colours, colours, seen.thing):
                sentence = (
                    f"the scene says “{seen.words}”, and the card {name} says “{own[0].words}”: change one of the two"
                )
                yield _finding("colour", prompt, "scene_text", sentence, words=seen.words)
            elif not own:
                others = [
                    (other, thing)
                    for other, things in cards.items()
                    for thing in things
                    if other != name and thing.thing == seen.thing and set(thing.before) & set(seen.before)
                ]
                for other, thing in others[:1]:
                    sentence = (
                        f"the scene says “{seen.words}” of {name}, and “{thing.words}” stands on the card {other}: "
                        "are the two swapped?"
                    )
                    yield _finding("swapped", prompt, "scene_text", sentence, words=seen.words)


def _years(prompt: Prompt, name: str, year: int) -> Iterator[Finding]:
    for sentence in sentences(prompt.scene_text):
        for match in re.finditer(IN_A_YEAR, sentence, re.IGNORECASE):
            if int(match["year"]) != year and not _of_the_past(sentence[: match.start()]):
                yield _other_time(prompt, name, year, match[0])
        for match in re.finditer(DECADE, sentence, re.IGNORECASE):
            told = match["decade"].casefold()
            tens = int(told[0]) if told[0].isdigit() else DECADES.index(told) + 2
            century = int(match["century"]) if match["century"] else None
            same = tens == year // 10 % 10 and century in (None, year // 100)
            if not same and not _of_the_past(sentence[: match.start()]):
                yield _other_time(prompt, name, year, match[0])


def _of_the_past(before: str) -> bool:
    return bool(PAST & set(re.findall(r"[a-z]+", before.casefold())[-3:]))


def _other_time(prompt: Prompt, name: str, year: int, words: str) -> Finding:
    sentence = f"the scene says “{words}”, and the time {name} is {year}: change one of the two"
    return _finding("year", prompt, "scene_text", sentence, words=words)


def _forbidden(prompt: Prompt, cards: Sequence[Card]) -> Iterator[Finding]:
    for card in cards:
        for no, thing in _forbids(card.words):
            for sentence in sentences(prompt.scene_text):
                words = [match[0] for match in re.finditer(r"[^\W_]+(?:['-][^\W_]+)*", sentence)]
                low = [word.casefold() for word in words]
                for place, word in enumerate(low):
                    if _one(word) not in (thing, *MORE_OF.get(thing, ())):
                        continue
                    if {"no", "without", "not", "never"} & set(low[max(0, place - 3) : place]):
                        continue
                    if low[place + 1 : place + 2] and low[place + 1] in OTHER_THINGS:
                        continue
                    if place and low[place - 1] in ("she", "he", "they", "who", "to"):
                        continue  # "she phones" is no phone
                    sentence_ = f"the scene says “{words[place]}”, and the card {card.name} says “{no}”"
                    yield _finding(
                        "forbidden", prompt, "scene_text", f"{sentence_}: change one of the two", words=words[place]
                    )


def _forbids(words: str) -> Iterator[tuple[str, str]]:
    """What a card rules out, as it says it and as one thing: ("no phones", "phone")."""
    for match in re.finditer(r"\b(no|without(?: any)?) ([^,.;:!?]+)", words, re.IGNORECASE):
        for phrase in re.split(r" (?:or|nor) (?:no )?", match[2]):
            told = re.split(r" (?:in|on|at|and|to|anywhere|yet|with|from|of)\b", phrase.strip())[0].split()
            if told and told[-1].casefold() not in NO_THING and told[0].casefold() not in NO_THING:
                yield f"{match[1].casefold()} {' '.join(told)}", _one(told[-1].casefold())


def _one(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith("ss") else word


def _finding(kind: str, prompt: Prompt, about: str, sentence: str, words: str = "", reason: str = REASON) -> Finding:
    return Finding(kind=kind, shot=prompt.shot, about=about, sentence=sentence, words=words, reason=reason)
