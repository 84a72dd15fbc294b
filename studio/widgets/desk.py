"""The prompt desk as a form: scene text and camera in two fields, a button that generates, the clip below."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import ipywidgets as widgets

from studio.errors import StudioError
from studio.widgets.form import Form, button, indented, labelled, row, show, table, words
from studio.widgets.views import TakeView

if TYPE_CHECKING:
    from studio.film import Film
    from studio.generation import Estimate, Handle, Progress
    from studio.nouns import Prompt


class DeskForm(Form):
    """`film.desk("07A")`. The same by hand: `film.write("07A", …)`, then `film.generate("07A", …)`."""

    def __init__(self, film: Film, shot: str) -> None:
        from studio.providers import names

        self.film = film
        self.shot = shot
        prompt = film.log.latest_prompt(shot)
        self.scene_text = labelled(
            widgets.Textarea, "Scene", value=prompt.scene_text if prompt else "", rows=4,
            placeholder="what happens, in one or two sentences",
        )  # fmt: skip
        self.camera = labelled(
            widgets.Text, "Camera", value=prompt.camera if prompt else "",
            placeholder="slow push in, then whip pan right",
        )  # fmt: skip
        self.understood = widgets.HTML()
        self.provider = labelled(widgets.Dropdown, "Provider", "220px", options=names(), value="previz")
        self.takes = labelled(widgets.BoundedIntText, "Takes", "150px", value=1, min=1, max=20)
        self.seconds = labelled(widgets.BoundedFloatText, "Seconds", "150px", value=4, min=1, max=20, step=0.5)
        self.price = widgets.HTML()
        self.generate_button = button("Generate", "Write the words and make the takes", main=True)
        self.stop_button = button("Stop", "Finish what was sent, cancel the rest", disabled=True)
        self.progress = labelled(widgets.IntProgress, "Made", value=0, max=1)
        self.progress.layout.visibility = "hidden"
        self.clip = widgets.Output()
        self.handle: Handle | None = None
        super().__init__(
            _title(shot, prompt),
            (
                self.scene_text,
                self.camera,
                indented(self.understood),
                row(self.provider, self.takes, self.seconds),
                indented(self.price),
                indented(self.generate_button, self.stop_button),
                self.progress,
            ),
            below=(self.clip,),
        )
        self.generate_button.on_click(self.guarded(self.generate))
        self.stop_button.on_click(self.guarded(self.stop))
        self.camera.observe(self.guarded(self.read_camera), "value")
        for field in (self.provider, self.takes, self.seconds):
            field.observe(self.guarded(self.estimate), "value")
        self.guarded(self.read_camera)()
        self.guarded(self.estimate)()
        if prompt is None:
            self.say(f"{shot} has no words yet: write them, and press Generate")

    def __repr__(self) -> str:
        return f"DeskForm({self.shot!r})"

    def read_camera(self) -> None:
        """Say what is understood of the camera's words, and what stays words."""
        from studio.camera import Camera

        camera = Camera.parse(self.camera.value)
        said = [f"moves: {camera.asked_move}"] if camera.asked_move else ["no move"]
        words(self.understood, [*said, f"only words: {', '.join(camera.unknown)}"] if camera.unknown else said)

    def estimate(self) -> None:
        """Say what this would cost, read where and when, and what the provider would leave out."""
        self.generate_button.description = "Generate"
        if self.film.log.latest_prompt(self.shot) is None:
            words(self.price, ())
            return
        words(self.price, ())
        found = self._estimate()
        words(self.price, str(found).splitlines())
        if found.total:
            self.generate_button.description = _spending(found)

    def _estimate(self) -> Estimate:
        return self.film.estimate(
            self.shot, provider=self.provider.value, takes=self.takes.value, seconds=self.seconds.value
        )

    def generate(self) -> None:
        """Write what changed as a new version, and make takes of it."""
        prompt = self.film.write(self.shot, scene_text=self.scene_text.value, camera=self.camera.value)
        found = self._estimate()
        if found.total and self.generate_button.description != _spending(found):  # nobody has seen this sum yet
            self.estimate()
            self.say(f"this costs {found.dollars}: press again to spend it")
            return
        handle = self.film.generate(
            self.shot,
            provider=self.provider.value,
            takes=self.takes.value,
            seconds=self.seconds.value,
            cap_usd=found.total if found.total else None,
        )
        self.handle = handle
        self.head.value = f"<b>{escape(_title(self.shot, prompt))}</b>"
        self.progress.max, self.progress.value = len(handle.takes), 0
        self.progress.layout.visibility = "visible"
        self.generate_button.disabled, self.stop_button.disabled = True, False
        self.say(f"making {', '.join(take.label for take in handle.takes)}")
        self.estimate()
        handle.on_change(lambda progress: self.guarded(lambda: self._changed(handle, progress))())

    def stop(self) -> None:
        """Finish what was sent, cancel the rest."""
        if self.handle:
            self.handle.stop()
            self.stop_button.disabled = True
            self.say("stopping: what was sent is finished and kept")

    def _changed(self, handle: Handle, progress: Progress) -> None:
        """Called by the engine's thread: sets traits, draws nothing itself."""
        self.progress.value = progress.total - progress.left
        if progress.left:
            if progress.done:
                self.say(f"{progress.done} of {progress.total} made, {progress.rate:.2f} a second, ${progress.spent}")
            return
        self.generate_button.disabled, self.stop_button.disabled = False, True
        made = [take for take in handle.takes if self.film.log.media(take.id)]
        said = [f"made {', '.join(take.label for take in made)}"] if made else []
        said += [f"{progress.cancelled} cancelled"] if progress.cancelled else []
        if handle.errors:
            self.say_error("; ".join([*said, handle.errors[0]]))
        else:
            self.say("; ".join(said))
        show(self.clip, *(TakeView(self.film, take.label)._repr_mimebundle_() for take in made))

    def static_html(self) -> str:
        """The latest words, each with its author, and the newest clip."""
        prompt = self.film.log.latest_prompt(self.shot)
        if prompt is None:
            return f"<p>{escape(self.shot)} has no words yet</p>"
        parts = table(
            [
                (f"Scene ({prompt.scene_author})", prompt.scene_text),
                (f"Camera ({prompt.camera_author})", prompt.camera),
                (f"Style ({prompt.style_author})", prompt.style),
                (f"Avoid ({prompt.avoid_author})", prompt.avoid),
            ]
        )
        return f"<p><b>{escape(_title(self.shot, prompt))}</b></p>{parts}{self._newest()}"

    def _newest(self) -> str:
        """The newest clip of the shot, if there is one and its file is at hand."""
        for take in reversed(self.film.log.takes(self.shot)):
            if self.film.log.media(take.id):
                try:
                    return TakeView(self.film, take.label)._html()
                except StudioError as missing:
                    return f"<p>{escape(str(missing))}</p>"
        return ""


def _spending(found: Estimate) -> str:
    """What the button says where pressing it costs money."""
    return f"Generate for {found.dollars}"


def _title(shot: str, prompt: Prompt | None) -> str:
    if prompt is None:
        return f"{shot}: no words yet"
    wrote = {"scene": prompt.scene_author, "camera": prompt.camera_author}
    by = ", ".join(f"{part} by {author}" for part, author in wrote.items() if author)
    return f"{shot}, version {prompt.version}: {by}"
