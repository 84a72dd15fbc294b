"""Delivering as a form: one button that exports, and the film playing below."""

from __future__ import annotations

import threading
from html import escape
from time import monotonic
from typing import TYPE_CHECKING

import ipywidgets as widgets

from studio.delivery.conversions import conversions
from studio.delivery.packages import PRESETS
from studio.timecode import seconds_of
from studio.widgets.form import Form, button, indented, labelled, show, table
from studio.widgets.views import FilmView

if TYPE_CHECKING:
    from studio.film import CutHandle

MEDIA = [
    ("linked, as they are", "link"),
    ("copied, as they are", "copy"),
    ("conformed to one rate, size and colour", "conform"),
]
EVERY_S = 0.2  # the progress is drawn no more often


class DeliveryForm(Form):
    """`cut.delivery()`. The same by hand: `cut.export("first-cut")`, then `cut.play()`."""

    def __init__(self, cut: CutHandle, name: str) -> None:
        self.cut = cut
        value = cut.value
        self.name = labelled(widgets.Text, "Folder", "340px", value=name)
        self.prompts = widgets.Checkbox(value=False, description="let the prompts travel along", indent=False)
        self.preset = labelled(
            widgets.Dropdown, "For", "340px", options=[(each.editor, name) for name, each in PRESETS.items()]
        )
        self.media = labelled(widgets.Dropdown, "Media", "340px", options=MEDIA)
        self.rates = widgets.HTML(self._rates())
        self.export_button = button("Export", "Every edit list, the media, the song and the film", main=True)
        self.progress = labelled(widgets.IntProgress, "Frames", value=0, max=max(1, value.frames))
        self.progress.layout.visibility = "hidden"
        self.clip = widgets.Output()
        self.thread: threading.Thread | None = None
        self._drawn = 0.0
        super().__init__(
            f"{value.name}, version {value.version}: {value.frames} frames, "
            f"{float(seconds_of(value.frames, value.rate)):.2f} s",
            (
                self.name,
                self.preset,
                self.media,
                indented(self.prompts),
                *([indented(self.rates)] if self.rates.value else []),
                indented(self.export_button),
                self.progress,
            ),
            below=(self.clip,),
        )
        self.export_button.on_click(self.guarded(self.export))

    def __repr__(self) -> str:
        return f"DeliveryForm({self.cut.value.name!r}, version {self.cut.value.version})"

    def export(self) -> None:
        """Export in a thread of its own, so that the notebook stays free."""
        self.export_button.disabled = True
        self.progress.value = 0
        self.progress.layout.visibility = "visible"
        self.say("exporting")
        self.thread = threading.Thread(target=self.guarded(self._run), name="studio-export", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            folder = self.cut.export(
                self.name.value, preset=self.preset.value, media=self.media.value, prompts=self.prompts.value,
                progress=self._advanced,
            )  # fmt: skip
        finally:
            self.export_button.disabled = False
        self.say(f"deliveries/{folder.name}: " + ", ".join(sorted(path.name for path in folder.iterdir())))
        show(self.clip, FilmView(self.cut._film, self.cut.value, folder / "film.mp4")._repr_mimebundle_())

    def _rates(self) -> str:
        """The clips whose frame rate will be changed, told before it happens."""
        found = dict.fromkeys((each.take, each.hold) for each in conversions(self.cut.value))
        lines = "".join(f"<li>{escape(take)}: {escape(how)}</li>" for take, how in found)
        if not found:
            return ""
        count = "1 clip changes its" if len(found) == 1 else f"{len(found)} clips change their"
        return f"<details><summary>{count} frame rate</summary><ul>{lines}</ul></details>"

    def _advanced(self, done: int, total: int) -> None:
        if done == total or monotonic() - self._drawn > EVERY_S:
            self._drawn = monotonic()
            self.progress.max, self.progress.value = total, done

    def static_html(self) -> str:
        """What would be exported."""
        cut = self.cut.value
        facts = table(
            [
                ("Slots", str(len(cut.slots))),
                ("Length", f"{cut.frames} frames at {cut.rate} fps, {float(seconds_of(cut.frames, cut.rate)):.2f} s"),
                ("Picture", f"{cut.width}×{cut.height}, {cut.fit}"),
                ("Goes to", f"deliveries/{self.name.value}/"),
                *([("Rates", f"{len(found)} changed: frames are held")] if (found := conversions(cut)) else []),
            ]
        )
        return f"<p><b>{escape(cut.name)}, version {cut.version}</b></p>{facts}"
