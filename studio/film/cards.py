"""`film.cards`: persons, places, times and styles, worded once and reused to the letter."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from studio import writing
from studio.errors import NotFound
from studio.nouns import Card, Prompt, check_shot_id

if TYPE_CHECKING:
    import pandas as pd

    from studio.film.film import Film
    from studio.writing import Findings


class CardsHandle:
    """Write a card, use it in a shot or a whole scene, see where words and cards do not go together.

    A card that is written again is reworded; what is not given stays as it was, and no shot changes until `use` words
    it anew. Old versions keep the words that were sent.
    """

    def __init__(self, film: Film) -> None:
        self._film = film

    def __repr__(self) -> str:
        return f"Cards({', '.join(card.name for card in self._film.log.cards()) or 'none yet'})"

    def _repr_html_(self) -> str:
        cards = self._film.log.cards()
        if not cards:
            return '<p>no cards yet: <code>film.cards.person("her", "red hair", born=1969)</code> writes the first</p>'
        used = self._uses()
        head = "".join(f'<th scope="col">{name}</th>' for name in ("card", "kind", "words", "avoid", "year", "shots"))
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(card.name)}</th>'
            + "".join(
                f'<td style="text-align:left">{escape(str(cell))}</td>'
                for cell in (card.kind, card.words, card.avoid, card.year or "", len(used.get(card.name, ())))
            )
            + "</tr>"
            for card in cards
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def person(self, name: str, words: str | None = None, born: int | None = None, said: str | None = None) -> Card:
        """A person: `said` is how a sentence calls it ("she"; "her" and "him" know theirs), `born` the year of birth.

        In a shot with a time of a year the age is said: "She is 17, red hair in a loose braid."
        """
        return self._write("person", name, words, said, born)

    def place(self, name: str, words: str | None = None, said: str | None = None) -> Card:
        """A place: "green lockers, brown lino, lamps in a row". `said` stands before the words."""
        return self._write("place", name, words, said)

    def time(self, name: str, words: str | None = None, year: int | None = None, said: str | None = None) -> Card:
        """A time: "afternoon light, no phones". Its year is the one in its name ("1986"), where none is given."""
        return self._write("time", name, words, said, year)

    def style(self, name: str, words: str | None = None, avoid: str | None = None) -> Card:
        """A set of style words, and the counter-words that go with it."""
        return self._write("style", name, words, avoid=avoid)

    def use(self, where: str, *names: str) -> tuple[Prompt, ...]:
        """Word a shot ("07A"), or every shot of a scene ("07"), by these cards: a new version of each that changes.

        They take the place of the cards of their kind; other kinds stay, and ages follow the time. Without names the
        cards that are there are worded anew.
        """
        return writing.use_cards(self._film.log, self._film.author, where, names)

    def drop(self, where: str, *names: str) -> tuple[Prompt, ...]:
        """Take cards away from a shot or from every shot of a scene, and their words with them."""
        return writing.drop_cards(self._film.log, self._film.author, where, names)

    def check(self, shot: str = "") -> Findings:
        """Where scenes contradict their cards, words drifted or a life runs backwards: in one shot, or in all."""
        log = self._film.log
        if not isinstance(shot, str) or shot:
            log.prompts(check_shot_id(shot))  # names the nearest shot, where there is no such one
        cards, versions, prompts = log.cards(), log.card_versions(), writing.latest_prompts(log)
        story = writing.check_story(prompts, cards)
        return writing.Findings(
            tuple(
                finding
                for prompt in prompts
                if shot in ("", prompt.shot)
                for finding in (
                    *writing.check_cards(prompt, cards, versions),
                    *(each for each in story if each.shot == prompt.shot),
                )
            )
        )

    def timeline(self) -> pd.DataFrame:
        """One row a shot: its time and year, and how old each of its persons is then, by the person's name."""
        from studio.log.columns import Column
        from studio.log.frames import typed

        cards = self._film.log.cards()
        fixed = (
            Column("shot", "str", "07A"),
            Column("scene", "str", "number of the scene: 07"),
            Column("time", "str", "the card of its time"),
            Column("year", "Int64", "of that time"),
        )
        taken = {column.name for column in fixed}
        persons = {
            card.name: Column(f"{card.name} (person)" if card.name in taken else card.name, "Int64", "age in years")
            for card in cards
            if card.kind == "person"
        }
        kinds = {card.name: card.kind for card in cards}
        rows = []
        for prompt in writing.latest_prompts(self._film.log):
            ages = writing.ages_in(prompt, cards)
            time = next((name for name in prompt.cards if kinds.get(name) == "time"), None)
            rows.append([prompt.shot, prompt.shot[:2], time, writing.year_of(prompt, cards), *(map(ages.get, persons))])
        return typed((*fixed, *persons.values()), rows)

    def to_frame(self) -> pd.DataFrame:
        """One row a card as it is worded now, with how often it was worded and the shots whose words it makes."""
        from studio.log.columns import Column
        from studio.log.frames import typed

        versions = [card.name for card in self._film.log.card_versions()]
        used = self._uses()
        columns = (
            *(Column(name, "str", name) for name in ("card", "kind", "words", "said")),
            Column("year", "Int64", "a person's birth, or the year that a time is"),
            Column("avoid", "str", "a style's counter-words"),
            Column("wordings", "Int64", "how often it was worded"),
            Column("shots", "str", "whose words it makes"),
            Column("author", "str", "who worded it last"),
            Column("at", "datetime64[us, UTC]", "and when"),
        )
        return typed(
            columns,
            [
                (
                    *(card.name, card.kind, card.words, card.said, card.year, card.avoid, versions.count(card.name)),
                    *(", ".join(used.get(card.name, ())), card.author, card.at_us),
                )
                for card in self._film.log.cards()
            ],
        )

    def history(self, name: str) -> pd.DataFrame:
        """One row a wording of a card, the oldest first."""
        from studio.log.columns import Column
        from studio.log.frames import typed

        card = writing.find_card(self._film.log.cards(), name)
        columns = (
            Column("version", "Int64", "counts from 1"),
            *(Column(each, "str", each) for each in ("words", "said")),
            Column("year", "Int64", "a person's birth, or the year that a time is"),
            *(Column(each, "str", each) for each in ("avoid", "author")),
            Column("at", "datetime64[us, UTC]", "when it was worded"),
        )
        versions = [old for old in self._film.log.card_versions() if old.name == card.name]
        return typed(
            columns,
            [
                (version, old.words, old.said, old.year, old.avoid, old.author, old.at_us)
                for version, old in enumerate(versions, start=1)
            ],
        )

    def _write(
        self,
        kind: str,
        name: str,
        words: str | None = None,
        said: str | None = None,
        year: int | None = None,
        avoid: str | None = None,
    ) -> Card:
        log = self._film.log
        try:
            old = writing.find_card(log.cards(), name)
        except NotFound:
            old = Card("", "person", "")
        card = writing.check_card(
            name,
            kind,
            old.words if words is None else words,
            old.said if said is None else said,
            year if year is not None or old.kind != kind else old.year,
            old.avoid if avoid is None else avoid,
        )
        return writing.record_card(log, self._film.author, card)

    def _uses(self) -> dict[str, list[str]]:
        used: dict[str, list[str]] = {}
        for prompt in writing.latest_prompts(self._film.log):
            for name in prompt.cards:
                used.setdefault(name, []).append(prompt.shot)
        return used
