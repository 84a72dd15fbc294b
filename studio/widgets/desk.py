"""The prompt desk: the words and the camera of a shot, what each model will get, what it costs, and its takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

from traitlets import Dict

from studio.errors import AskFirst, BadInput, StudioError
from studio.generation import dollars, model_of
from studio.log import drafts
from studio.nouns import Prompt, check_shot_id
from studio.widgets._desk_state import (
    AUTHOR_OF,
    WORDS,
    camera_of,
    drafted,
    moves_of,
    state_of,
)
from studio.widgets._following import ear
from studio.widgets._panel import Answer, Panel
from studio.widgets.form import table
from studio.widgets.views import TakeView

if TYPE_CHECKING:
    from studio.film import Film
    from studio.generation import Handle, Progress
    from studio.nouns import Take

MOST_MODELS = 4  # beside one another


class Desk(Panel):
    """`film.desk("07A")`. Everything it does is a call: `film.write`, `film.will_get`, `film.lint`, `film.estimate`,
    `film.generate`, `film.cards`, `film.chain`, `film.evidence`, and the functions of `studio.camera` on a Camera."""

    files = ("_room_world", "_room", "_room_picker", "_desk_words", "_desk_camera", "_desk_request", "desk")
    about: ClassVar[Mapping[str, str]] = {
        "generate": "pay", "stop": "pay", "resume": "pay", "edit_camera": "camera", "card": "continuity",
        "worded": "continuity", "use_in_scene": "continuity", "look": "request",
    }  # fmt: skip

    _state = Dict().tag(sync=True)
    _progress = Dict().tag(sync=True)

    def __init__(self, film: Film, shot: str) -> None:
        self.film = film
        self.shot = shot
        self.handle: Handle | None = None
        self._deaf: Callable[[], None] | None = None
        super().__init__(_state=state_of(film, shot, self._author()), _progress={})

    def __repr__(self) -> str:
        return f"Desk({self.shot!r})"

    def acts(self) -> Mapping[str, Callable[..., Any]]:
        """What the page can ask for."""
        return {
            "look": self.look, "moves": self.moves, "edit_camera": self.edit_camera, "save": self.save,
            "generate": self.generate, "stop": self.stop, "resume": self.resume, "compare": self.compare,
            "words_of": self.words_of, "worded": self.worded, "card": self.card, "use_in_scene": self.use_in_scene,
            "go": self.go, "write_as": self.write_as, "poster": self.poster, "clip": self.clip,
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
        base: int = 0,
        was: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """What would become of these words: the camera, each model's request, what to think about. Keeps the draft."""
        from studio.widgets import _desk_look

        self._keep(draft, was, base, models, takes, seconds)
        prompt = drafted(self.film.log.latest_prompt(self.shot), self.shot, self._author(), draft)
        first = self._chained() if begin else ""
        asked = _desk_look.Wish(tuple(models)[:MOST_MODELS], model, takes, seconds, first)
        return {"camera": camera_of(str(draft.get("camera", "")), seconds)} | _desk_look.look(self.film, prompt, asked)

    def moves(self) -> dict[str, Any]:
        """The vocabulary for the picker."""
        return {"moves": moves_of()}

    def edit_camera(self, camera: str, how: str, **details: Any) -> dict[str, str]:
        """The camera's words with a move added (then, together), removed or changed."""
        from studio.camera import Camera, add, change, remove

        before = Camera.parse(camera)
        if how in ("then", "together"):
            after = add(before, str(details.pop("move", "")), how, **details)  # type: ignore[arg-type]
        elif how == "remove":
            after = remove(before, **details)
        elif how == "change":
            after = change(before, **details)
        else:
            raise BadInput(f"a camera is not edited by {how!r}: say then, together, remove or change")
        return {"words": after.text}

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
            raise BadInput(f"shot {self.shot} has no version {version!r}")
        return {part: getattr(found, part) for part in WORDS} | {
            "continuity": asdict(found.continuity), "cards": list(found.cards),
        }  # fmt: skip

    def poster(self, take: str) -> Answer:
        """A take's poster as JPEG; nothing where it has none."""
        path = self.film.library.poster(self.film.log.take(take).label)
        return Answer(None, (path.read_bytes(),) if path.is_file() else ())

    def clip(self, take: str) -> Answer:
        """A take's proxy, or the clip itself where there is none: bytes that play in every host of a notebook."""
        view = TakeView(self.film, take)
        proxy = self.film.library.proxy(view.take.label)
        return Answer(None, ((proxy if proxy.is_file() else view.clip).read_bytes(),))

    # --- writing -----------------------------------------------------------------------------------------------------

    def save(self, draft: Mapping[str, Any], changed: Sequence[str], base: int) -> dict[str, Any]:
        """Write what changed as a new version; Overtaken where somebody changed the same in between."""
        prompt = self._write(draft, changed, base)
        return {"version": prompt.version, "said": f"written down as version {prompt.version} by {prompt.author}"}

    def _write(self, draft: Mapping[str, Any], changed: Sequence[str], base: int) -> Prompt:
        drafted(self.film.log.latest_prompt(self.shot), self.shot, self._author(), draft)  # tells which part is wrong
        words = {part: draft[part] for part in WORDS if part in changed}
        if "cards" in changed or ("continuity" in changed and draft.get("cards")):
            words["cards"] = tuple(draft["cards"])
        if "continuity" in changed and not draft.get("cards"):
            words["continuity"] = draft["continuity"]
        prompt = self.film.write(self.shot, seen=base, **words)
        drafts.drop(self.film.folder, self._author(), self.shot)
        self.refresh()
        return prompt

    def worded(self, names: Sequence[str]) -> dict[str, Any]:
        """The words of some cards, to the letter."""
        from dataclasses import asdict

        from studio.writing import worded

        said = worded(self.film.log.cards(), names)
        return {"continuity": asdict(said.continuity), "style": said.style, "avoid": said.avoid}

    def card(self, kind: str, name: str, words: str, year: str = "") -> dict[str, str]:
        """A new card, or another wording of one."""
        cards, when = self.film.cards, _year(year)
        if kind == "person":
            made = cards.person(name, words, born=when)
        elif kind == "time":
            made = cards.time(name, words, year=when)
        elif kind in ("place", "style") and when is None:
            made = (cards.place if kind == "place" else cards.style)(name, words)
        else:
            raise BadInput(f"a card of the kind {kind!r} has no year: a person has one (born), and a time")
        self.refresh()
        return {"name": made.name}

    def use_in_scene(self, names: Sequence[str]) -> dict[str, Any]:
        """The same cards in every shot of the scene."""
        written = self.film.cards.use(self.shot[:2], *names)
        self.refresh()
        return {"shots": [prompt.shot for prompt in written]}

    def write_as(self, author: str) -> None:
        """Write and decide as this author from here on."""
        self.film.as_(author)
        self.refresh()

    def go(self, shot: str) -> None:
        """Put another shot on this desk."""
        self.shot = check_shot_id(shot)
        self.refresh()

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
    ) -> dict[str, Any]:
        """Write what changed, and make takes of it. A sum that nobody has seen is not spent: AskFirst tells it."""
        latest = self.film.log.latest_prompt(self.shot)
        prompt = self._write(draft, changed, base) if changed else latest
        if prompt is None:
            raise BadInput(f"shot {self.shot} has no words yet: write what happens, or name a move")
        provider, named = model_of(model)
        first = self._chained() if begin else ""
        found = self.film.estimate(self.shot, provider, named, takes, seconds, first_frame_of=first)
        if found.total != Decimal(seen_usd):
            raise AskFirst(f"this costs {found.dollars} now: look at it, and press again to spend it")
        cap = found.total if found.total else None
        self.handle = self.film.generate(self.shot, provider, named, takes, seconds, first_frame_of=first, cap_usd=cap)
        self._follow(self.handle)
        labels = ", ".join(take.label for take in self.handle.takes)
        return {"version": prompt.version, "said": f"making {labels}"}

    def stop(self) -> None:
        """Finish what was sent, cancel the rest."""
        if self.handle is not None:
            self.handle.stop()
            self._progress = {
                **self._progress,
                "stopping": True,
                "said": "stopping: what was sent is finished and kept",
            }

    def resume(self) -> None:
        """Go on with what was under way when the kernel was restarted."""
        self.handle = self.film.resume()
        self._follow(self.handle)

    def _follow(self, handle: Handle) -> None:
        if handle.takes:
            handle.on_change(lambda progress: self._changed(handle, progress))

    def _changed(self, handle: Handle, progress: Progress) -> None:
        """Called by the engine's thread, at most five times a second."""
        if handle is not self.handle:
            return
        stopping = bool(self._progress.get("stopping")) and bool(progress.left)
        self._progress = {
            "running": bool(progress.left), "stopping": stopping, "total": progress.total, "left": progress.left,
            "said": _progress_said(handle, progress, stopping),
        }  # fmt: skip
        if not progress.left:
            self.refresh()

    # --- within ------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the film again."""
        self._state = state_of(self.film, self.shot, self._author())

    def seen(self, anywhere: bool) -> None:
        """While it is shown it follows what others write."""
        if anywhere and self._deaf is None:
            self._deaf = ear(self.film.log).listen(self._heard)
            self.refresh()
        elif not anywhere and self._deaf is not None:
            self._deaf()
            self._deaf = None

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

    def _chained(self) -> str:
        return self.film.chain.before(self.shot)

    def _keep(self, draft: Mapping[str, Any], was: Mapping[str, Any] | None, base: int, models: Sequence[str],
              takes: int, seconds: float) -> None:  # fmt: skip
        """Keep what is typed and not written, so that a killed kernel loses none of it."""
        if was is None:
            return
        changed = {part: words for part, words in draft.items() if words != was.get(part)}
        if changed:
            kept = {"base": base, "was": dict(was), "fields": dict(draft), "models": list(models)}
            drafts.keep(self.film.folder, self._author(), self.shot, kept | {"takes": takes, "seconds": seconds})
        elif self._state.get("draft"):
            drafts.drop(self.film.folder, self._author(), self.shot)

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
        return f"<p><b>{escape(head)}</b></p>{table(rows)}{self._newest()}"

    def _newest(self) -> str:
        """The newest clip of the shot, if there is one and its file is at hand."""
        made: list[Take] = [take for take in self.film.log.takes(self.shot) if self.film.log.media(take.id)]
        if not made:
            return ""
        try:
            return TakeView(self.film, made[-1].label)._html()
        except StudioError as missing:
            return f"<p>{escape(str(missing))}</p>"


def _year(text: str) -> int | None:
    if not str(text).strip():
        return None
    try:
        return int(str(text).strip())
    except ValueError:
        raise BadInput(f"{text!r} is no year: write it in figures, such as 1986, or leave it empty") from None


def _progress_said(handle: Handle, progress: Progress, stopping: bool) -> str:
    if progress.left:
        said = f"{progress.done} of {progress.total} made"
        said += f", {progress.rate:.2f} a second" if progress.rate else ""
        said += f", {dollars(progress.spent)} spent" if progress.spent else ""
        return f"{said}; stopping: what was sent is finished and kept" if stopping else said
    ends = {"made": progress.done, "failed": progress.failed, "cancelled": progress.cancelled}
    said = ", ".join(f"{count} {word}" for word, count in ends.items() if count)
    said += f"; {progress.unknown} unknown: film.money.panel() asks you about them" if progress.unknown else ""
    return "; ".join([said, *handle.errors[:1]]) if handle.errors else said
