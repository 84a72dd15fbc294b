"""`%load_ext studio` gives notebooks `%%shot`: the cell's text is the scene text of a shot.

    %%shot 07A --camera "fast push in, then whip pan right" --model runway/gen4.5
    We zoom through the bubble, it pops, and the corridor rushes at us.

It is `film.write` in other clothes: the same version comes back, and nothing is sent.
"""

# mypy: disable-error-code="no-untyped-call,untyped-decorator"
# (IPython's decorators and its display have no types.)

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from studio import generation, writing
from studio.errors import StudioError
from studio.film import DEFAULT_SECONDS, Film
from studio.nouns import Prompt, check_shot_id

if TYPE_CHECKING:
    from argparse import Namespace

    from IPython.core.interactiveshell import InteractiveShell

WORDS = ("camera", "style", "avoid", "portal_in", "portal_out")  # options that are parts of the words


@dataclass(frozen=True, repr=False)
class Written:
    """What `%%shot` shows: the version, what it changed, what a model would cost, and what to think about.

    The same words show the same, however often their cell is run.
    """

    prompt: Prompt
    diff: writing.WordDiff
    price: str  # what takes of it cost, or why that cannot be told
    advice: writing.Findings

    def __repr__(self) -> str:
        advice = [f"advice: {each}" for each in self.advice]
        return "\n".join([repr(self.diff), *self.price.splitlines(), *advice])

    def _repr_html_(self) -> str:
        price = "".join(f"<p>{escape(line)}</p>" for line in self.price.splitlines())
        return self.diff._repr_html_() + price + (self.advice._repr_html_() if self.advice.found else "")


@magics_class
class ShotMagics(Magics):
    """The magics of the studio."""

    @magic_arguments()
    @argument("shot", help="the shot: two digits for the scene and a letter or two, such as 07A")
    @argument("--camera", help='the camera: "fast push in, then whip pan right"')
    @argument("--style", help='the style: "16 mm film, soft light"')
    @argument("--avoid", help='what not to show: "text, watermark"')
    @argument("--portal-in", help='what an endless zoom comes out of: "the bubble"')
    @argument("--portal-out", help='what it goes into: "the keyhole"')
    @argument("--model", default="previz", help="whose price is shown: runway/gen4.5 (default: previz, which is free)")
    @argument("--seconds", type=float, default=DEFAULT_SECONDS, help="how long a take would be (default: 5)")
    @argument("--takes", type=int, default=1, help="of how many takes the price is shown (default: 1)")
    @argument("--film", help='the variable that holds the film (default: "film", or the only one)')
    @line_cell_magic
    def shot(self, line: str, cell: str | None = None) -> Prompt:
        """Write a new version of a shot's words: the text of the cell is the scene text.

        What is not given stays as it was, with its author; an empty option ("") empties its part. Shows what changed,
        word by word, and what takes would cost; gives the version back, as film.write does. The same words again write
        nothing. `%shot 07A --camera "…"` changes the other parts alone.
        """
        asked = self._asked(line)
        film = _film_of(self.shell.user_ns if self.shell else {}, asked.film)
        text = (cell or "").strip() or None
        latest = film.log.latest_prompt(check_shot_id(asked.shot))
        if text is None and (latest is None or not latest.scene_text):
            raise UsageError(
                f"{asked.shot} has no scene text yet, and the cell has none: write it below the line with %%shot"
            )
        provider, model = generation.model_of(asked.model)  # a slip in it is told before anything is written
        prompt = film.write(asked.shot, text, **{name: getattr(asked, name) for name in WORDS})
        advice = writing.Findings(())
        try:
            estimate = film.estimate(prompt.shot, provider, model, takes=asked.takes, seconds=asked.seconds)
            price = f"{asked.takes} take{'s' * (asked.takes != 1)} would cost {estimate}"
        except StudioError as why:  # the words are written all the same
            price = f"no price: {why}"
        with suppress(StudioError):  # a model that is not there is told in place of its price
            advice = film.lint(prompt.shot, provider, model, asked.seconds)
        display(Written(prompt, _change(film, prompt), price, advice))
        return prompt

    def _asked(self, line: str) -> Namespace:
        """The options of the line, each without its quotes (which IPython's own splitting would leave on)."""
        try:
            words = shlex.split(line)
        except ValueError as wrong:
            raise UsageError(
                f'a quote is left open in the line of %%shot: write --camera "push in" ({wrong})'
            ) from None
        asked: Namespace = self.shot.parser.parse_args(words)
        return asked


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """What `%load_ext studio` calls."""
    ipython.register_magics(ShotMagics)


def unload_ipython_extension(ipython: InteractiveShell) -> None:
    """What `%unload_ext studio` calls: `%%shot` is gone, and every film stays as it is."""
    for kind in ("line", "cell"):
        ipython.magics_manager.magics[kind].pop("shot", None)
    ipython.magics_manager.registry.pop(ShotMagics.__name__, None)


def _film_of(variables: Mapping[str, Any], named: str | None) -> Film:
    """The film in the variable of this name; without one that in `film`, else the only one there is."""
    films = {name: value for name, value in variables.items() if isinstance(value, Film) and name[:1] != "_"}
    if named is None:
        different = {id(film): name for name, film in reversed(films.items())}
        if "film" in films:
            named = "film"
        elif len(different) == 1:
            (named,) = different.values()
        elif different:
            raise UsageError(
                f"there are several films, in {', '.join(films)}: say which, as in --film {next(iter(films))}"
            )
        else:
            raise UsageError('no variable holds a film yet: open one first, film = studio.open("my-film")')
    if named not in films:
        known = f"say --film {' or '.join(films)}" if films else 'film = studio.open("my-film") puts one into "film"'
        raise UsageError(f"there is no film in the variable {named!r}: {known}")
    return films[named]


def _change(film: Film, prompt: Prompt) -> writing.WordDiff:
    """What the version changed in the shot's own words before it; in a first one everything is new."""
    own = [each for each in film.log.prompts(prompt.shot) if not each.grid and each.version < prompt.version]
    empty = {part: type(getattr(prompt, part))() for part in writing.PARTS}
    before = own[-1] if own else dataclasses.replace(prompt, **empty)
    since = f"what changed since version {before.version}" if own else "the first words"
    return writing.WordDiff(
        f"{prompt.shot}, version {prompt.version} by {prompt.author}: {since}", writing.diff_prompts(before, prompt)
    )
