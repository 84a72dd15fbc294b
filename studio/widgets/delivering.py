"""Delivering as a form: one button that exports, and the film playing below."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import ipywidgets as widgets

from studio.widgets.form import Form, show, table
from studio.widgets.views import FilmView

if TYPE_CHECKING:
    from studio.film import CutHandle


class DeliveryForm(Form):
    """`cut.delivery()`. The same by hand: `cut.export("first-cut")`, then `cut.play()`."""

    def __init__(self, cut: CutHandle, name: str) -> None:
        self.cut = cut
        self.name = widgets.Text(value=name, description="Name")
        self.prompts = widgets.Checkbox(value=False, description="with prompts")
        self.export_button = widgets.Button(description="Export", tooltip="Every edit list, the media and the film")
        self.progress = widgets.IntProgress(value=0, max=max(1, cut.value.frames), description="Frames")
        self.clip = widgets.Output()
        self.thread: threading.Thread | None = None
        super().__init__((widgets.HBox((self.name, self.prompts)), self.export_button, self.progress, self.clip))
        self.export_button.on_click(self.guarded(self.export))

    def __repr__(self) -> str:
        return f"DeliveryForm({self.cut.value.name!r}, version {self.cut.value.version})"

    def export(self) -> None:
        """Export in a thread of its own, so that the notebook stays free."""
        self.export_button.disabled = True
        self.say("exporting")
        self.thread = threading.Thread(target=self.guarded(self._run), name="studio-export", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            folder = self.cut.export(self.name.value, prompts=self.prompts.value, progress=self._advanced)
        finally:
            self.export_button.disabled = False
        self.say(f"deliveries/{folder.name}: " + ", ".join(sorted(path.name for path in folder.iterdir())))
        show(self.clip, FilmView(self.cut._film, self.cut.value, folder / "film.mp4")._repr_mimebundle_())

    def _advanced(self, done: int, total: int) -> None:
        self.progress.max, self.progress.value = total, done

    def static_html(self) -> str:
        """What would be exported."""
        cut = self.cut.value
        seconds = float(cut.frames / cut.rate)
        return table(
            [
                ("Cut", f"{cut.name}, version {cut.version}"),
                ("Slots", str(len(cut.slots))),
                ("Length", f"{cut.frames} frames at {cut.rate} fps, {seconds:.2f} s"),
            ]
        )
