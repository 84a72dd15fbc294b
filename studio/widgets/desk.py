"""The prompt desk as a form: scene text and camera in two fields, a button that generates, the clip below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets

from studio.widgets.form import Form, show, table
from studio.widgets.views import TakeView

if TYPE_CHECKING:
    from studio.film import Film
    from studio.generation import Handle, Progress

WIDE = widgets.Layout(width="640px")


class DeskForm(Form):
    """`film.desk("07A")`. The same by hand: `film.write("07A", …)`, then `film.generate("07A", …)`."""

    def __init__(self, film: Film, shot: str) -> None:
        from studio.providers import names

        self.film = film
        self.shot = shot
        prompt = film.log.latest_prompt(shot)
        self.scene_text = widgets.Textarea(
            value=prompt.scene_text if prompt else "", description="Scene", rows=4, layout=WIDE,
            placeholder="what happens, in one or two sentences",
        )  # fmt: skip
        self.camera = widgets.Text(
            value=prompt.camera if prompt else "", description="Camera", layout=WIDE,
            placeholder="slow push in, then whip pan right",
        )  # fmt: skip
        self.provider = widgets.Dropdown(options=names(), value="previz", description="Provider")
        self.takes = widgets.BoundedIntText(value=1, min=1, max=20, description="Takes")
        self.seconds = widgets.BoundedFloatText(value=4, min=1, max=20, step=0.5, description="Seconds")
        self.generate_button = widgets.Button(
            description="Generate", button_style="", tooltip="Write the words and make the takes"
        )
        self.stop_button = widgets.Button(
            description="Stop", disabled=True, tooltip="Finish what is under way, cancel the rest"
        )
        self.progress = widgets.IntProgress(value=0, max=1, description="Takes made", layout=WIDE)
        self.clip = widgets.Output()
        self.handle: Handle | None = None
        super().__init__(
            (
                self.scene_text,
                self.camera,
                widgets.HBox((self.provider, self.takes, self.seconds)),
                widgets.HBox((self.generate_button, self.stop_button)),
                self.progress,
                self.clip,
            )
        )
        self.generate_button.on_click(self.guarded(self.generate))
        self.stop_button.on_click(self.guarded(self.stop))
        self.say(f"{shot} version {prompt.version}" if prompt else f"{shot} has no words yet")

    def __repr__(self) -> str:
        return f"DeskForm({self.shot!r})"

    def generate(self) -> None:
        """Write what changed as a new version, and make takes of it."""
        prompt = self.film.write(self.shot, scene_text=self.scene_text.value, camera=self.camera.value)
        handle = self.film.generate(
            self.shot, provider=self.provider.value, takes=self.takes.value, seconds=self.seconds.value
        )
        self.handle = handle
        self.progress.max, self.progress.value = len(handle.takes), 0
        self.generate_button.disabled, self.stop_button.disabled = True, False
        self.say(f"{self.shot} version {prompt.version}: making {len(handle.takes)}")
        handle.on_change(self._changed)

    def stop(self) -> None:
        """Finish what is under way, cancel the rest."""
        if self.handle:
            self.handle.stop()

    def _changed(self, progress: Progress) -> None:
        """Called by the engine's thread: sets traits, draws nothing itself."""
        self.progress.value = progress.done
        if progress.left:
            self.say(f"{progress.done} of {progress.total} made")
            return
        self.generate_button.disabled, self.stop_button.disabled = False, True
        handle = self.handle
        if handle is None:
            return
        made = [take for take in handle.takes if self.film.log.media(take.id)]
        if handle.errors:
            self.say_error(handle.errors[0])
        else:
            self.say(f"made {', '.join(take.label for take in made)}")
        show(self.clip, *(TakeView(self.film, take.label)._repr_mimebundle_() for take in made))

    def static_html(self) -> str:
        """The latest words, each with its author."""
        prompt = self.film.log.latest_prompt(self.shot)
        if prompt is None:
            return f"<p>{self.shot} has no words yet</p>"
        return f"<p><b>Desk {self.shot}</b>, version {prompt.version}</p>" + table(
            [
                (f"Scene ({prompt.scene_author})", prompt.scene_text),
                (f"Camera ({prompt.camera_author})", prompt.camera),
                (f"Style ({prompt.style_author})", prompt.style),
                (f"Avoid ({prompt.avoid_author})", prompt.avoid),
            ]
        )
