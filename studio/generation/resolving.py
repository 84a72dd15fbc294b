"""What a model will get of some words, before anything is sent: the text piece by piece, and all that is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any, cast

from studio.errors import BadInput, NotFound, StudioError
from studio.generation.naming import ModelName, model_of, name_of
from studio.generation.planning import priced
from studio.generation.requests import Order, requests_for
from studio.generation.resolving_shown import Fact, as_html, as_text, facts
from studio.given import shown
from studio.nouns import Price, Prompt, Request, check_shot_id
from studio.providers import Explains, Provider, provider
from studio.providers.changes import CAMERA_DATA, Asked, Change, Explained, Piece, pieces_of

if TYPE_CHECKING:
    from studio.log import Log, Settings
    from studio.media import Library

BESIDE = ("avoid", "length", "picture", "rate", "seed", "first_frame", "last_frame", "guide", "model")
ABOUT_DATA = ("joined", "snapped", "clamped", "doubt")  # of a camera: what happens to its data, where there is some
MOST_MODELS = 50  # side by side


@dataclass(frozen=True, repr=False)
class WillGet:
    """What one model will get. It prints itself, and shows itself in a notebook."""

    request: Request  # as `generate` would make it now
    asked: Asked  # in the film's own terms
    pieces: tuple[Piece, ...]  # those that are sent spell the text; the rest stands after them
    changes: tuple[Change, ...]  # the first is number 1: as they are read, the doubts last
    characters: int  # as the model counts them
    most_characters: int | None  # None: no limit is known
    seed: int | None  # None: the model takes none
    price: Price | None  # of one take, at most
    no_price: str = ""  # why there is none

    @property
    def provider(self) -> str:
        """As it is written in `provider=`."""
        return self.request.provider

    @property
    def model(self) -> str:
        """The model's name, also where none was asked for."""
        return self.request.model

    @property
    def name(self) -> str:
        """Both in one: "runway/gen4.5"."""
        return name_of(self.provider, self.model)

    @property
    def text(self) -> str:
        """The words as they are sent."""
        return self.request.text

    @property
    def avoid(self) -> str:
        """The avoid words as they are sent; "" where the model takes none."""
        return "" if any(piece.part == "avoid" and piece.struck for piece in self.pieces) else self.request.avoid

    @property
    def asked_s(self) -> Fraction:
        """Seconds asked for, on the film's grid."""
        return self.asked.frames / self.asked.rate

    @property
    def made_s(self) -> Fraction:
        """Seconds of the clip."""
        return self.request.duration_s

    def marks(self, part: str) -> tuple[int, ...]:
        """The numbers of the changes of one part: "length", "picture", "seed" …"""
        return tuple(number for number, change in self.numbered() if change.part == part)

    def numbered(self) -> Iterator[tuple[int, Change]]:
        """The changes with their numbers, from 1."""
        return enumerate(self.changes, 1)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All that is sent beside the words, and the price, as they are read."""
        return facts(self)

    def __str__(self) -> str:
        return as_text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html(self)


@dataclass(frozen=True, repr=False)
class CannotTake:
    """A model that cannot take the shot, with the sentence that says why."""

    name: str  # as it was asked for: "runway/gen4_turbo"
    sentence: str

    def __str__(self) -> str:
        return f"{self.name} will get nothing\n\n✗ {self.sentence}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<div><p><b>{escape(self.name)}</b> will get nothing</p><p>✗ {escape(self.sentence)}</p></div>"


@dataclass(frozen=True, repr=False)
class WillGetAll(Sequence[WillGet | CannotTake]):
    """What several models will get, each in its place."""

    models: tuple[WillGet | CannotTake, ...]

    def __getitem__(self, index: Any) -> Any:
        return self.models[index]

    def __len__(self) -> int:
        return len(self.models)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.models))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        cells = (f"<td style='vertical-align:top;text-align:left'>{each._repr_html_()}</td>" for each in self.models)
        return f"<table><tr>{''.join(cells)}</tr></table>"


def words_of(log: Log, shot: str) -> Prompt:
    """The latest words of a shot. Raises NotFound where it has none."""
    prompt = log.latest_prompt(check_shot_id(shot))
    if prompt is None:
        raise NotFound(f'shot {shot} has no words yet: film.write("{shot}", "…", camera="…") gives it some')
    return prompt


def will_get(
    prompt: Prompt,
    settings: Settings,
    order: Order,
    log: Log,
    library: Library,
    providers: Callable[[str], Provider] = provider,
) -> WillGet:
    """What the order's model will get of these words, which need not be in the log: a draft has no version yet.

    It asks no network: what a provider would have to ask its service first is taken as it was last heard, and told
    where it was not. Raises BadInput and NotFound as `requests_for` does.
    """
    overheard: list[tuple[Asked, Explained]] = []
    maker = providers(order.provider)
    (request,) = requests_for(
        log, settings, prompt.shot, replace(order, takes=1), library,
        lambda name: cast(Provider, _Overheard(maker, overheard)), prompt,
    )  # fmt: skip
    (asked, found), price, no_price = overheard[0], None, ""
    try:
        price = priced(request, lambda _: maker, took=log.took)
    except BadInput as unknown:
        no_price = str(unknown)
    pieces, changes = _numbered(found)
    return WillGet(
        request, asked, pieces, changes, found.characters, found.most_characters, found.seed, price, no_price
    )


def will_get_all(
    prompt: Prompt,
    settings: Settings,
    models: Sequence[ModelName],
    order: Order,
    log: Log,
    library: Library,
    providers: Callable[[str], Provider] = provider,
) -> WillGetAll:
    """What each of several models will get; one that cannot take the words has the sentence in its place.

    A model is a text, "runway/gen4.5", or a pair; the order's own is not looked at. Raises BadInput for no list of
    models.
    """
    listed = (models,) if isinstance(models, str) else models
    if not isinstance(listed, Sequence) or not 0 < len(listed) <= MOST_MODELS:
        raise BadInput(
            f'the models are {shown(models)}: write a list of 1 to {MOST_MODELS}, ["runway/gen4.5", "gemini_omni"]'
        )

    def one(named: ModelName) -> WillGet | CannotTake:
        try:
            provider_name, model = model_of(named)
            wanted = replace(order, provider=provider_name, model=model)
            return will_get(prompt, settings, wanted, log, library, providers)
        except StudioError as problem:
            return CannotTake(_as_asked(named), str(problem))

    return WillGetAll(tuple(map(one, listed)))


def _as_asked(named: Any) -> str:
    try:
        return name_of(*model_of(named))
    except BadInput:
        return named if isinstance(named, str) and named.strip() else shown(named)


class _Overheard:
    """A provider that resolves as another does, and keeps how. It is asked to prepare nothing."""

    def __init__(self, maker: Provider, overheard: list[tuple[Asked, Explained]]) -> None:
        self._maker = maker
        self._overheard = overheard

    def resolve(self, prompt: Prompt, *, id: str, model: str, **wanted: Any) -> Request:
        asked = Asked(prompt, **wanted)
        if isinstance(self._maker, Explains):
            found = self._maker.explain(asked, id, model)
        else:
            found = _by_its_sentences(self._maker.resolve(prompt, id=id, model=model, **wanted), prompt)
        self._overheard.append((asked, found))
        return found.request


def _by_its_sentences(request: Request, prompt: Prompt) -> Explained:
    """Of a provider that explains nothing: its text in the usual pieces, where it is made of them."""
    pieces = pieces_of(prompt)
    if " ".join(piece.text for piece in pieces) != request.text:
        pieces = (Piece("text", request.text),) if request.text else ()
    changes = tuple(Change("said", "model", sentence) for sentence in request.dropped)
    return Explained(request, pieces, changes, len(request.text), seed=request.seed)


def _numbered(found: Explained) -> tuple[tuple[Piece, ...], tuple[Change, ...]]:
    """The pieces with their marks, and the changes in the order in which a reader comes to them, the doubts last."""
    places = [_place(change, found.pieces) for change in found.changes]

    def reached(k: int) -> tuple[bool, int, int]:
        change, place = found.changes[k], places[k]
        if place is None:
            beside = BESIDE.index(change.part) if change.part in BESIDE else len(BESIDE)
            return change.kind == "doubt", 1, beside
        return change.kind == "doubt", 0, place

    order = sorted(range(len(places)), key=reached)
    pieces = tuple(
        replace(piece, marks=tuple(number for number, k in enumerate(order, 1) if places[k] == index))
        for index, piece in enumerate(found.pieces)
    )
    return pieces, tuple(found.changes[k] for k in order)


def _place(change: Change, pieces: Sequence[Piece]) -> int | None:
    """The piece that a change is about; None where it is about none."""
    if (change.kind, change.part) == ("dropped", "text"):  # what is left out begins there
        return next((k for k, piece in enumerate(pieces) if piece.struck), None)
    last: dict[str, int] = {}
    for index, piece in enumerate(pieces):
        if piece.sent or piece.part == CAMERA_DATA or piece.part not in last:
            last[piece.part] = index
    if change.part != "camera":
        return last.get(change.part)
    looked = (CAMERA_DATA, "camera") if change.kind in ABOUT_DATA else ("camera", CAMERA_DATA)
    return next((last[part] for part in looked if part in last), None)
