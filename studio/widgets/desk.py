"""The prompt desk: the words and the camera of a shot, what each model will get, what it costs, and its takes."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

from traitlets import Dict

from studio.errors import AskFirst, BadInput, StudioError
from studio.generation import model_of, usd
from studio.given import shown, text, whole
from studio.media import name_of
from studio.nouns import Prompt, check_shot_id
from studio.widgets import _desk_draft
from studio.widgets._desk_draft import WORDS, about, drafted, fields_of, names_of, year_of
from studio.widgets._desk_state import AUTHOR_OF, camera_of, moves_of, progress_of, question_of, state_of
from studio.widgets._following import Follower
from studio.widgets._panel import Answer, Panel
from studio.widgets.form import table
from studio.widgets.views import TakeView

if TYPE_CHECKING:
    from studio.film import Film
    from studio.generation import Handle, Progress
    from studio.nouns import Card


class Desk(Panel):
    """`film.desk("07A")`. Everything it does is a call: `film.write`, `film.will_get`, `film.lint`, `film.estimate`,
    `film.generate`, `film.cards`, `film.chain`, `film.evidence`, and the functions of `studio.camera` on a Camera."""

    files = (
        "_room_world",
        "_room",
        "_room_picker",
        "_desk_head",
        "_desk_words",
        "_desk_camera",
        "_desk_begin",
        "_desk_request",
        "desk",
    )
    about: ClassVar[Mapping[str, str]] = {
        "save": "scene_text", "generate": "pay", "stop": "pay", "resume": "pay", "edit_camera": "camera",
        "card": "continuity", "worded": "continuity", "use_in_scene": "continuity", "look": "request",
    }  # fmt: skip

    _state = Dict().tag(sync=True)
    _progress = Dict().tag(sync=True)

    def __init__(self, film: Film, shot: str) -> None:
        self.film = film
        self.shot = shot
        self.handle: Handle | None = None
        self._follower = Follower(film.log, self._heard)
        self._telling = threading.RLock()  # the kernel, the engine and the ear tell in turn: the newest comes last
        self._counted: tuple[object, dict[str, Any]] = (None, {})
        state = state_of(film, shot, self._author())
        self._drafting = state["draft"] is not None  # whether the draft that is kept is what this desk shows
        super().__init__(_state=state, _progress={})

    def __repr__(self) -> str:
        return f"Desk({self.shot!r})"

    def acts(self) -> Mapping[str, Callable[..., Any]]:
        """What the page can ask for."""
        return {
            "look": self.look, "moves": self.moves, "edit_camera": self.edit_camera, "save": self.save,
            "generate": self.generate, "stop": self.stop, "resume": self.resume, "compare": self.compare,
            "words_of": self.words_of, "worded": self.worded, "card": self.card, "use_in_scene": self.use_in_scene,
            "go": self.go, "write_as": self.write_as, "keep_version": self.keep_version, "poster": self.poster,
            "clip": self.clip,
        }  # fmt: skip

    # --- looking -----------------------------------------------------------------------------------------------------

    def look(
        self,
        draft: Mapping[str, Any],
        models: Sequence[str],
        model: str = "",
        takes: int = 1,
        seconds: float = 4.0,
        begin: bool = False,
        begins_as: str = "",
        base: int = 0,
        was: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """What would become of these words: the camera, each model's request, what to think about. Keeps the draft.

        `begin`: with the last frame of the shot before, in a chain; `begins_as`: with the first frame of a take.
        `base` and `was` are the version and the words that the draft began with; without `was` nothing is kept.
        """
        from studio.widgets import _desk_look

        fields = fields_of(draft)
        with about("pay"):
            wish = _desk_look.wish(models, model, takes, seconds, *self._beginning(begin, begins_as))
        if was is not None:
            kept = {"models": list(wish.models), "takes": wish.takes, "seconds": wish.seconds}
            self._keep(fields, fields_of(was), kept | {"base": whole(base, "the version", 0, 10**9)})
        prompt = drafted(self.film.log.latest_prompt(self.shot), self.shot, self._author(), fields)
        with about("camera"):
            camera = camera_of(fields.get("camera", ""), wish.seconds)
        return {"camera": camera} | _desk_look.look(self.film, prompt, wish) | self._counts(wish.model)

    def _counts(self, model: str) -> dict[str, Any]:
        """How the moves fared at a model; counted again when something was written."""
        from studio.widgets import _desk_look

        now = (self.film.log.moment(), model)
        if self._counted[0] != now:
            self._counted = (now, _desk_look.counts(self.film, model))
        return self._counted[1]

    def moves(self) -> dict[str, Any]:
        """The vocabulary for the picker."""
        return {"moves": moves_of()}

    def edit_camera(self, camera: str, how: str, **details: Any) -> dict[str, str]:
        """The camera's words with a move added (then, together), removed or changed: see `studio.camera`."""
        from studio.camera import Camera, add, change, remove
        from studio.writing.text import clean

        edits: dict[str, Callable[..., Camera]] = {"then": add, "together": add, "remove": remove, "change": change}
        if not isinstance(how, str) or how not in edits:
            raise BadInput(f"a camera is not edited by {shown(how)}: say {', '.join(edits)}")
        if how in ("then", "together"):
            details |= {"move_id": details.pop("move", ""), "how": how}
        before = Camera.parse(clean(camera, f"the camera of {self.shot}"))
        try:
            inspect.signature(edits[how]).bind(before, **details)
        except TypeError as error:
            raise BadInput(f"a camera is not edited by {how} like that: {error}") from None
        return {"words": edits[how](before, **details).text}

    def compare(self, old: int, new: int) -> dict[str, Any]:
        """What changed between two versions, word by word."""
        diff = self.film.diff(self.shot, old, new)
        out = sum(len(run.text.split()) for runs in diff.parts.values() for run in runs if run.kind == "removed")
        into = sum(len(run.text.split()) for runs in diff.parts.values() for run in runs if run.kind == "added")
        return {
            "said": f"v{old} → v{new}, {out} {'word' if out == 1 else 'words'} out, {into} in",
            "parts": [
                [part.replace("_text", "").replace("_", " "), [[run.kind, run.text] for run in runs]]
                for part, runs in diff.parts.items()
            ],
        }

    def words_of(self, version: int) -> dict[str, Any]:
        """The words of an older version, to be put on the desk again."""
        from dataclasses import asdict

        found = next((prompt for prompt in self.film.log.prompts(self.shot) if prompt.version == version), None)
        if found is None:
            raise BadInput(f"shot {self.shot} has no version {shown(version)}")
        return {part: getattr(found, part) for part in WORDS} | {
            "continuity": asdict(found.continuity), "cards": list(found.cards),
        }  # fmt: skip

    def poster(self, take: str) -> Answer:
        """A take's poster as JPEG; nothing where it has none."""
        found = self.film.log.take(take)
        media = self.film.log.media(found.id)
        path = self.film.library.poster(name_of(media.file if media else "", found.label))
        return Answer(None, (path.read_bytes(),) if path.is_file() else ())

    def clip(self, take: str) -> Answer:
        """A take's proxy, or the clip itself where there is none: bytes that play in every host of a notebook."""
        view = TakeView(self.film, take)
        proxy = self.film.library.proxy(name_of(view.media.file, view.take.label))
        return Answer(None, ((proxy if proxy.is_file() else view.clip).read_bytes(),))

    # --- writing -----------------------------------------------------------------------------------------------------

    def save(self, draft: Mapping[str, Any], changed: Sequence[str], base: int) -> dict[str, Any]:
        """Write what changed as a new version; Overtaken where somebody changed the same in between."""
        prompt = self._write(draft, changed, base)
        return {"version": prompt.version, "said": f"written down as version {prompt.version} by {prompt.author}"}

    def _write(self, draft: Mapping[str, Any], changed: Sequence[str], base: int) -> Prompt:
        fields, author = fields_of(draft), self.film.author
        if not isinstance(changed, list | tuple) or not all(part in fields for part in changed):
            raise BadInput(
                f"{shown(changed)} are no parts of the words that are given: say some of {', '.join(fields)}"
            )
        latest = self.film.log.latest_prompt(self.shot)
        drafted(latest, self.shot, author, fields)  # tells which part is wrong
        words: dict[str, Any] = {part: fields[part] for part in WORDS if part in changed}
        if fields.get("cards") and ("cards" in changed or "continuity" in changed):
            words["cards"] = fields["cards"]
            for part in ("style", "avoid"):  # as they stand on the desk: a card of the shot does not bring back its own
                words.setdefault(part, getattr(latest, part, ""))
        elif "cards" in changed:
            words |= {"cards": (), "continuity": fields.get("continuity")}
        elif "continuity" in changed:
            words["continuity"] = fields["continuity"]
        with about("scene_text"):
            prompt = self.film.write(self.shot, seen=whole(base, "the version", 0, 10**9), **words)
        self._drafting = False
        _desk_draft.drop(self.film, author, self.shot)
        self.refresh()
        return prompt

    def worded(self, names: Sequence[str]) -> dict[str, Any]:
        """The words of some cards, to the letter."""
        from dataclasses import asdict

        from studio.writing import worded

        said = worded(self.film.log.cards(), names_of(names))
        return {
            "cards": list(said.names), "continuity": asdict(said.continuity), "style": said.style, "avoid": said.avoid,
        }  # fmt: skip

    def card(self, kind: str, name: str, words: str, year: str = "") -> dict[str, str]:
        """A new card, or another wording of one."""
        cards, when = self.film.cards, year_of(year)
        writes: dict[str, Callable[[], Card]] = {
            "person": lambda: cards.person(name, words, born=when),
            "time": lambda: cards.time(name, words, year=when),
            "place": lambda: cards.place(name, words),
            "style": lambda: cards.style(name, words),
        }
        if not isinstance(kind, str) or kind not in writes:
            raise BadInput(f"{shown(kind)} is no kind of card: say {', '.join(writes)}")
        if when is not None and kind in ("place", "style"):
            raise BadInput(f"a {kind} has no year: a person has one (of birth), and a time")
        made = writes[kind]()
        self.refresh()
        return {"name": made.name}

    def use_in_scene(self, names: Sequence[str]) -> dict[str, Any]:
        """The same cards in every shot of the scene."""
        written = self.film.cards.use(self.shot[:2], *names_of(names))
        self.refresh()
        return {"shots": [prompt.shot for prompt in written]}

    def write_as(self, author: str) -> None:
        """Write and decide as this author from here on; what is typed goes with the desk."""
        before = self._author()
        self.film.as_(author)
        if self._drafting and before != author and (draft := _desk_draft.kept(self.film, before, self.shot)):
            _desk_draft.keep(self.film, author, self.shot, draft)
            _desk_draft.drop(self.film, before, self.shot)
        self.refresh()

    def keep_version(self, version: int) -> dict[str, Any]:
        """Of words that were written apart these are current from now on: `film.current`."""
        said = self.film.current(self.shot, version)
        self.refresh()
        return {"said": said}

    def go(self, shot: str) -> None:
        """Put another shot on this desk. What was typed at the one before is kept there."""
        self.shot = check_shot_id(shot)
        self.refresh()
        self._drafting = self._state["draft"] is not None
        with self._telling:
            if not self._progress.get("running"):
                self._progress = {}

    # --- takes -------------------------------------------------------------------------------------------------------

    def generate(
        self,
        draft: Mapping[str, Any],
        changed: Sequence[str],
        base: int,
        model: str,
        takes: int,
        seconds: float,
        seen_usd: str = "0",
        begin: bool = False,
        begins_as: str = "",
    ) -> dict[str, Any]:
        """Write what changed, and make takes of it. A sum that nobody has seen is not spent: AskFirst tells it."""
        if self.handle is not None and not self.handle.finished:
            raise BadInput("takes are being made at this desk: wait for them, or stop them")
        provider, named = model_of(model)
        seen, (first, begun) = usd(seen_usd), self._beginning(begin, begins_as)
        prompt = self._write(draft, changed, base) if changed else self.film.log.latest_prompt(self.shot)
        if prompt is None:
            raise BadInput(f"shot {self.shot} has no words yet: write what happens, or name a move")
        found = self.film.estimate(self.shot, provider, named, takes, seconds, first_frame_of=first, begins_as=begun)
        if found.total != seen:
            raise AskFirst(f"this costs {found.dollars} now: look at it, and press again to spend it")
        cap = found.total if found.total else None
        handle = self.film.generate(
            self.shot, provider, named, takes, seconds, first_frame_of=first, begins_as=begun, cap_usd=cap
        )
        self._follow(handle)
        self.refresh()
        return {"version": prompt.version, "said": f"making {', '.join(take.label for take in handle.takes)}"}

    def stop(self) -> None:
        """Finish what was sent, cancel the rest."""
        if self.handle is None:
            return
        self.handle.stop()
        with self._telling:
            if self._progress.get("running"):
                said = "stopping: what was sent is finished and kept"
                self._progress = {**self._progress, "stopping": True, "said": said}

    def resume(self) -> None:
        """Go on with what was under way when the kernel was restarted."""
        self._follow(self.film.resume())

    def _follow(self, handle: Handle) -> None:
        self.handle = handle
        if handle.takes:
            with self._telling:  # at once, so that nobody presses twice
                self._progress = progress_of(handle, handle.progress, stopping=False)
            handle.on_change(lambda progress: self._changed(handle, progress))

    def _changed(self, handle: Handle, progress: Progress) -> None:
        """Called by the engine's thread, at most five times a second."""
        with self._telling:
            if handle is not self.handle:
                return
            self._progress = progress_of(handle, progress, bool(self._progress.get("stopping")))
        if not progress.left:
            self._heard()

    # --- within ------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the film again."""
        with self._telling:
            self._state = state_of(self.film, self.shot, self._author())

    def seen(self, anywhere: bool) -> None:
        """While it is shown it follows what others write."""
        if self._follower.follow(anywhere):
            self.refresh()

    def _heard(self) -> None:
        try:
            self.refresh()
        except StudioError:
            if self.film.log.is_open:  # else the film was closed meanwhile: what is shown stays as it was
                raise

    def _author(self) -> str:
        """Who writes; "" while nobody is chosen."""
        try:
            return self.film.author
        except StudioError:
            return ""

    def _beginning(self, begin: Any, begins_as: Any) -> tuple[str, str]:
        """The take whose last frame a take begins with, and the one whose first frame; "" for neither."""
        label = text(begins_as, "the take to begin as").strip()
        if begin and label:
            raise BadInput(
                f"a take begins with one picture: the last frame of the shot before, or the first of {shown(label)}"
            )
        return self.film.chain.before(self.shot) if begin else "", self.film.log.take(label).label if label else ""

    def _keep(self, fields: Mapping[str, Any], was: Mapping[str, Any], wish: Mapping[str, Any]) -> None:
        """Keep what is typed and not written, so that a killed kernel loses none of it.

        A desk on which nothing is typed drops no draft but its own: another desk may be at the same shot.
        """
        if any(words != was.get(part) for part, words in fields.items()):
            _desk_draft.keep(self.film, self._author(), self.shot, {**wish, "was": was, "fields": fields})
            self._drafting = True
        elif self._drafting:
            _desk_draft.drop(self.film, self._author(), self.shot)
            self._drafting = False

    def static_html(self) -> str:
        """The latest words, each with its author, and the newest clip."""
        prompt = self.film.log.latest_prompt(self.shot)
        if prompt is None:
            return f"<p>{escape(self.shot)} has no words yet: <code>film.write({escape(repr(self.shot))}, …)</code></p>"
        names = {"scene_text": "Scene", "portal_in": "Comes out of", "portal_out": "Goes into"}
        rows = [
            (f"{names.get(part, part.capitalize())} ({getattr(prompt, AUTHOR_OF[part])})", getattr(prompt, part))
            for part in WORDS
            if getattr(prompt, part)
        ]
        if prompt.cards:
            rows.append((f"Cards ({prompt.continuity_author})", ", ".join(prompt.cards)))
        count = len(self.film.log.takes(self.shot))
        head = f"{self.shot}, version {prompt.version} by {prompt.author}, {count} {'take' if count == 1 else 'takes'}"
        asked = question_of(self.film, self.shot)
        question = f"<p>{escape(asked['said'])}</p>" if asked else ""
        return f"<p><b>{escape(head)}</b></p>{question}{table(rows)}{self._newest()}"

    def _newest(self) -> str:
        """The newest clip of the shot, if there is one and its file is at hand."""
        takes = reversed(self.film.log.takes(self.shot))
        made = next((take for take in takes if self.film.log.media(take.id)), None)
        if made is None:
            return ""
        try:
            return TakeView(self.film, made.label)._html()
        except StudioError as missing:
            return f"<p>{escape(str(missing))}</p>"
