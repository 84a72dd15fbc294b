"""The film itself: what a person can do with it, each call handed on to the room that does it."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio import cutting, delivery, generation, given, writing
from studio.film.book import BookHandle
from studio.film.cards import CardsHandle
from studio.film.chain import ChainHandle
from studio.film.cut import CutHandle
from studio.film.evidence import EvidenceHandle
from studio.film.grids import GridsHandle
from studio.film.judging import Judging
from studio.film.money import MoneyHandle
from studio.film.sharing import Sharing
from studio.film.slots import Slots
from studio.film.song import SongHandle
from studio.film.tables import Tables
from studio.film.team import Team
from studio.film.working import Working
from studio.log import Log, Settings, default_author, read_settings
from studio.media import Library
from studio.media.workers import cluster
from studio.nouns import Continuity, Prompt, Sound, Take, check_shot_id

if TYPE_CHECKING:
    import pandas as pd

    from studio.film.conform import Conform
    from studio.film.review import ReviewHandle
    from studio.generation import Engine, Estimate, Handle
    from studio.nouns import Request
    from studio.providers import Provider
    from studio.widgets import CompareView, Dailies, Desk, MeasuredView, TakeView
    from studio.writing import Screenplay

DEFAULT_SECONDS = 5.0


class Film(Tables, Judging, Slots, Sharing, Team, Working):
    """One film. Made by `studio.new`, opened by `studio.open`; a context manager, and closed by itself at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.settings: Settings = read_settings(self.folder)
        self.log: Log = Log.open(self.folder, url=self.settings.database_url, director=self.settings.director)
        self.library: Library = Library(self.folder)
        self._author = ""
        self._engine: Engine | None = None
        self._engines: list[Engine] = []  # shared with the finalizer, which must not hold the film
        self._finalizer = weakref.finalize(self, _close, self.log, self._engines)

    def __enter__(self) -> Film:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Film({self.settings.title!r})"

    def close(self) -> None:
        """Stop at a safe point and close the log. What was under way goes on when the film is opened again."""
        self._finalizer()

    # --- who -----------------------------------------------------------------------------------------------------

    def as_(self, author: str) -> Film:
        """From here on, write and decide as this author."""
        self._author = default_author(self.settings, author, {})
        return self

    @property
    def authors(self) -> tuple[str, ...]:
        """Everybody who may write and decide, as in film.toml."""
        return tuple(author.name for author in self.settings.authors)

    @property
    def author(self) -> str:
        """Who writes and decides now: chosen by `as_`, else STUDIO_AUTHOR, else the only author in film.toml."""
        return default_author(self.settings, self._author, os.environ)

    # --- words ---------------------------------------------------------------------------------------------------

    def write(
        self,
        shot: str,
        scene_text: str | None = None,
        camera: Any = None,
        style: str | None = None,
        avoid: str | None = None,
        continuity: Continuity | Mapping[str, str] | None = None,
        portal_in: str | None = None,
        portal_out: str | None = None,
        cards: Sequence[str] | None = None,
        seen: int | None = None,
    ) -> Prompt:
        """A new version of a shot's words. What is not given stays as it was, with its author.

        `portal_in` and `portal_out` are what an endless zoom comes out of and goes into: "the keyhole", "the bubble".
        `cards` words the continuity by these cards, to the letter (`film.cards`).
        `seen` is the version that you have before you: Overtaken is raised where somebody changed the same part since.
        """
        return writing.record_by_cards(
            self.log,
            shot,
            self.author,
            scene_text=scene_text,
            camera=camera,
            style=style,
            avoid=avoid,
            continuity=continuity,
            portal_in=portal_in,
            portal_out=portal_out,
            cards=cards,
            seen=seen,
        )

    def read_screenplay(self, path: str | Path) -> tuple[Prompt, ...]:
        """Write every shot of a screenplay (.toml or .csv) as a version by its authors; nothing is overwritten."""
        return writing.record_screenplay(
            self.log, writing.load_screenplay(given.path(path, "screenplay.toml")), self.author
        )

    def screenplay(self) -> Screenplay:
        """The latest words of every shot, as one value."""
        return writing.screenplay_of(self.log, self.settings.title)

    def save_screenplay(self, path: str | Path) -> Path:
        """The same as a new .toml or .csv file; one that is there is never overwritten."""
        return writing.save_screenplay(self.screenplay(), given.path(path, "screenplay.toml"))

    @property
    def book(self) -> BookHandle:
        """The prompt book: every version of the words, who wrote which part, and what became of it."""
        return BookHandle(self)

    def diff(self, shot: str, old: int, new: int) -> Any:
        """What changed between two versions of a shot's words, word by word."""
        return writing.diff_versions(self.log.prompts(check_shot_id(shot)), shot, old, new)

    def lint(
        self, shot: str, provider: str = "previz", model: str = "", seconds: float = DEFAULT_SECONDS
    ) -> writing.Findings:
        """Advice on a shot's latest words for a model, each with its reason and source; it never stops anybody."""
        return generation.lint_shot(self.log, shot, self.provider(provider), model, seconds, self.settings.rate)

    # --- takes ---------------------------------------------------------------------------------------------------

    def provider(self, name: str) -> Provider:
        """The provider of this name, as film.toml sets it up for this film."""
        return generation.provider_for(self.settings, self.folder, name)

    def _requests(self, shot: str, order: generation.Order, prompt: Prompt | None = None) -> tuple[Request, ...]:
        return generation.requests_for(self.log, self.settings, shot, order, self.library, self.provider, prompt)

    def estimate(
        self,
        shot: str,
        provider: str = "previz",
        model: str = "",
        takes: int = 1,
        seconds: float = DEFAULT_SECONDS,
        price_usd: Decimal | float | str | None = None,
        first_frame_of: str = "",
        leads_to: str = "",
        guide: str = "",
        begins_as: str = "",
    ) -> Estimate:
        """What takes of a shot would cost, with the price's source and date, and what is dropped. Sends nothing."""
        order = generation.Order(provider, model, takes, seconds, None, first_frame_of, leads_to, guide, begins_as)
        return generation.estimate(self._requests(shot, order), self.provider, generation.usd(price_usd), self.log)

    def dry_run(
        self,
        shot: str,
        provider: str = "previz",
        model: str = "",
        seconds: float = DEFAULT_SECONDS,
        first_frame_of: str = "",
        leads_to: str = "",
        guide: str = "",
        begins_as: str = "",
    ) -> generation.DryRun:
        """The exact request that `generate` would send for one take, the key hidden. Sends nothing."""
        order = generation.Order(provider, model, 1, seconds, None, first_frame_of, leads_to, guide, begins_as)
        return generation.dry_run(self._requests(shot, order)[0], self.provider)

    def will_get(
        self,
        shot: str,
        provider: str = "previz",
        model: str = "",
        seconds: float = DEFAULT_SECONDS,
        first_frame_of: str = "",
        leads_to: str = "",
        guide: str = "",
        prompt: Prompt | None = None,
        begins_as: str = "",
    ) -> generation.WillGet:
        """What a model will get of a shot's latest words, each dropped or changed part marked. Asks no network.

        `prompt` are other words than the latest: a draft.
        """
        order = generation.Order(provider, model, 1, seconds, None, first_frame_of, leads_to, guide, begins_as)
        words = prompt or generation.words_of(self.log, shot)
        return generation.will_get(words, self.settings, order, self.log, self.library, self.provider)

    def will_get_all(
        self,
        shot: str,
        models: Sequence[str | tuple[str, str]],
        seconds: float = DEFAULT_SECONDS,
        first_frame_of: str = "",
        leads_to: str = "",
        guide: str = "",
        prompt: Prompt | None = None,
        begins_as: str = "",
    ) -> generation.WillGetAll:
        """The same for several models, side by side: ``["runway/gen4.5", "gemini_omni"]``. One that cannot take the
        shot has its sentence in its place."""
        order = generation.Order("", "", 1, seconds, None, first_frame_of, leads_to, guide, begins_as)
        words = prompt or generation.words_of(self.log, shot)
        return generation.will_get_all(words, self.settings, models, order, self.log, self.library, self.provider)

    def generate(
        self,
        shot: str,
        provider: str = "previz",
        model: str = "",
        takes: int = 1,
        seconds: float = DEFAULT_SECONDS,
        seed: int | None = None,
        first_frame_of: str = "",
        leads_to: str = "",
        guide: str = "",
        cap_usd: Decimal | float | str | None = None,
        price_usd: Decimal | float | str | None = None,
        again: bool = False,
        begins_as: str = "",
    ) -> Handle:
        """Make takes of a shot's latest words. Returns at once; `.wait()` or `await` the handle, `.stop()` it.

        `seed` fixes the first take's seed (the others count up from it). `first_frame_of` names a take whose last
        frame the new takes begin with, `begins_as` one whose first frame they begin with, `leads_to` one whose first
        frame they end on, `guide` one whose camera they follow. `cap_usd` is what this call may cost at most;
        `price_usd` what one take may, where no price is known.

        A notebook cell that is run again gives the takes of its first run; `again=True` makes new ones, and buys what
        was bought before.
        """
        order = generation.Order(provider, model, takes, seconds, seed, first_frame_of, leads_to, guide, begins_as)
        requests = self._requests(shot, order)
        parent = self.log.take(order.parent).id if order.parent else ""
        handle = generation.generate(
            self.engine,
            requests,
            self.author,
            parent,
            cap_usd=generation.usd(cap_usd),
            price_usd=generation.usd(price_usd),
            run=generation.run_key(shot, requests[0].prompt_id, order),
            again=again,
        )
        return self.money.shown(handle)

    @property
    def grids(self) -> GridsHandle:
        """Variations of a shot: a table to thin out and price, its takes, and the grid seen again as posters."""
        return GridsHandle(self)

    def variations(
        self,
        shot: str,
        camera: Any = None,
        style: Any = None,
        model: Any = None,
        seed: Any = None,
        scene_text: Any = None,
        avoid: Any = None,
        takes: int = 1,
        seconds: float = DEFAULT_SECONDS,
        balanced_for: str | None = None,
        limit: int | None = None,
    ) -> pd.DataFrame:
        """A row for each combination of these lists, to look at, thin out and price; see `film.grids`. Sends nothing.

        `film.grids.estimate(table)` prices what is left of it, `film.grids.generate(table)` makes the takes.
        """
        return self.grids.plan(shot, camera, style, model, seed, scene_text, avoid, takes, seconds, balanced_for, limit)

    @property
    def cards(self) -> CardsHandle:
        """People, places, times and styles, each worded once and reused to the letter."""
        return CardsHandle(self)

    @property
    def chain(self) -> ChainHandle:
        """The endless zoom: whether each shot's way out is the next one's way in."""
        return ChainHandle(self)

    @property
    def evidence(self) -> EvidenceHandle:
        """Which words and moves are kept and obeyed: counts, with the interval that so few takes allow."""
        return EvidenceHandle(self)

    def resume(self) -> Handle:
        """Go on with every take that was under way when the film was last closed or killed, and look again at those
        whose answer was lost, where the provider can be asked."""
        return self.money.shown(self.engine.resume())

    @property
    def engine(self) -> Engine:
        """The engine of this film: a thread of its own, started when it is first needed."""
        if self._engine is None:
            self._engine = generation.Engine(
                self.log, self.library, self.provider, caps=generation.caps_of(self.settings)
            )
            self._engines.append(self._engine)
        return self._engine

    @property
    def money(self) -> MoneyHandle:
        """What is spent, reserved and at risk, and the inbox of takes that wait for a person."""
        return MoneyHandle(self)

    def incoming(self) -> pd.DataFrame:
        """The files in incoming/ that fit no take that waits for one, and how each can be adopted."""
        return generation.incoming(self.log, self.folder)

    def sound(
        self,
        shot: str,
        text: str,
        seconds: float | None = None,
        loop: bool = False,
        provider: str = "elevenlabs",
        model: str = "",
        cap_usd: Decimal | float | str | None = None,
        again: bool = False,
    ) -> Sound:
        """Buy a sound effect for a shot and wait for it; `cut.sound(slot, label)` lays it under a slot.

        `seconds` None is as long as the model finds right. The same words for the same shot give the sound that is
        there; `again=True` buys another.
        """
        wish = generation.SoundWish(shot, text, seconds, loop, model, again, generation.usd(cap_usd))
        maker = generation.sound_maker_for(self.settings, provider)
        caps = generation.caps_of(self.settings)
        return generation.make_sound(self.log, self.library, maker, wish, self.author, caps)

    def adopt(self, path: str | Path, shot: str) -> Take:
        """An existing clip becomes a take of a shot: copied, checked, and logged."""
        return generation.adopt(self.log, self.library, given.path(path, "clip.mp4"), check_shot_id(shot), self.author)

    # --- looking -------------------------------------------------------------------------------------------------

    def measured(self, take: str) -> MeasuredView:
        """What a take's camera did, drawn beside what was asked, with the figures that say so."""
        from studio.widgets import MeasuredView

        return MeasuredView(self, generation.camera_of(self.log, take))

    def play(self, take: str) -> TakeView:
        """A take's clip inline, by relative path, with its poster for readers without a kernel."""
        from studio.widgets import TakeView

        return TakeView(self, take)

    def compare(self, *takes: str, words: bool = True) -> CompareView:
        """Two or more takes side by side, with what differs in their words; without `words` the pictures alone."""
        from studio.widgets import CompareView

        return CompareView(self, takes, words)

    def desk(self, shot: str) -> Desk:
        """The prompt desk of a shot: words, moves and their preview, what each model gets, price, takes, versions."""
        from studio.widgets import Desk

        return Desk(self, check_shot_id(shot))

    def dailies(self, query: str | pd.DataFrame | Sequence[str] = "", sort: str = "shot") -> Dailies:
        """The contact sheet: look at takes and judge them by one key each; see `film.review` for the same by call.

        `query` finds takes as its search does (``"shot:07A -is:seen"``), or is a table or list of takes.
        """
        from studio.widgets import Dailies

        return Dailies(self, query, sort)

    def sheet(self, path: str | Path, query: str = "", words: bool = False) -> Path:
        """The takes that a query finds as a self-contained page of posters and verdicts, without outside references;
        `words=True` puts the prompts in too."""
        from studio.widgets.sheet import write_sheet

        return write_sheet(self, given.path(path, "page.html"), query, words)

    @property
    def review(self) -> ReviewHandle:
        """The takes as reviewers see them: what a query finds, its order, coverage, disagreements, the pace."""
        from studio.film.review import ReviewHandle

        return ReviewHandle(self)

    # --- song and cut --------------------------------------------------------------------------------------------

    @property
    def song(self) -> SongHandle:
        """The song, its beats, bars and lyric lines."""
        return SongHandle(self)

    def arrange(
        self,
        bars: tuple[int, int] | None = None,
        name: str = "",
        aim: str = "flow",
        pin: Mapping[str, str] | None = None,
        ban: Sequence[str] = (),
        holes: bool = False,
        dask: str = "",
    ) -> CutHandle:
        """Lay the circled takes on the bars of the song, in story order: a new stored version of the cut.

        `bars` are the first and the last bar of the range, counted from 1; without it the whole used song. Takes and
        in-points are chosen for their joins, by `aim` "flow", "match" or "contrast"; `pin` says which take fills a
        shot's slot ({"07A": "07A-003"}), `ban` which are not used; `holes` gives shots without a circled take an empty
        slot. How each slot came about stands in the cut's `how` column. `dask` is the address of a cluster that looks
        at the takes and their joins; the cut is the same.
        """
        card, wishes = partial(delivery.make_card, self.folder, self.settings), (aim, pin, ban, holes)
        song = self.song.master
        with cluster(self.folder, dask) as hands:
            made = cutting.assemble(self.log, self.settings, song, bars, name, self.author, card, *wishes, hands)
        return CutHandle(self, made)

    def cut(self, version: int | None = None) -> CutHandle:
        """The latest version of the cut, or the one named."""
        return CutHandle(
            self,
            self.log.latest_cut()
            if version is None
            else self.log.cut(given.whole(version, "the version of a cut", 1, 1_000_000)),
        )

    def conform(
        self, path: str | Path, against: int | CutHandle | None = None, media: str | Path | None = None
    ) -> Conform:
        """An editor's cut (FCP 7 XML, FCPXML, OTIO, EDL) read back as a new stored version, with a report of what is
        new, omitted, trimmed, retimed, moved. `against` is the version it was made from (the latest), `media` a
        folder where renamed files may lie."""
        from studio.film.conform import conform

        folder = None if media is None else given.path(media, "media")
        return conform(self, given.path(path, "from-editor.xml"), against, folder)


def _close(log: Log, engines: list[Engine]) -> None:
    """Close without holding the film itself: this runs when the film is gone too."""
    for engine in engines:
        engine.close()
    log.close()
