"""Dailies as a form: choose a take, look at it, circle it."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

import ipywidgets as widgets

from studio.widgets.form import Form, show
from studio.widgets.views import TakeView, relative_url, still

if TYPE_CHECKING:
    from studio.film import Film

MARKS = {"circle": "◯ circled", "hold": "◐ hold", "ng": "✗ NG", None: "not judged"}


class DailiesForm(Form):
    """`film.dailies()`. The same by hand: `film.play(take)`, then `film.circle(take)`, `film.hold`, `film.ng`."""

    def __init__(self, film: Film, shot: str = "") -> None:
        self.film = film
        self.shot = shot
        self.choice = widgets.Dropdown(description="Take", options=self._options())
        self.reason = widgets.Combobox(description="Reason", options=film.settings.reasons, ensure_option=False)
        self.buttons = {
            verdict: widgets.Button(description=label, tooltip=f"{label} (film.{verdict})")
            for verdict, label in (("circle", "Circle"), ("hold", "Hold"), ("ng", "NG"))
        }
        self.undo_button = widgets.Button(description="Undo", tooltip="Take back the last decision")
        self.clip = widgets.Output()
        super().__init__(
            (
                widgets.HBox((self.choice, self.reason)),
                widgets.HBox((*self.buttons.values(), self.undo_button)),
                self.clip,
            )
        )
        for verdict, button in self.buttons.items():
            button.on_click(self.guarded(partial(self.judge, verdict)))
        self.undo_button.on_click(self.guarded(self.undo))
        self.choice.observe(self.guarded(self.show_take), "value")
        self.guarded(self.show_take)()

    def __repr__(self) -> str:
        return f"DailiesForm({len(self._takes())} takes)"

    def _takes(self) -> list[tuple[str, str | None]]:
        """Label and verdict of every take that has a clip."""
        frame = self.film.takes()
        frame = frame[frame["state"] == "done"]
        if self.shot:
            frame = frame[frame["shot"] == self.shot]
        verdicts = frame["verdict"].astype(object).where(frame["verdict"].notna(), None)
        return list(zip(frame["take"], verdicts, strict=True))

    def _options(self) -> list[tuple[str, str]]:
        return [(f"{label}   {MARKS[verdict]}", label) for label, verdict in self._takes()]

    def show_take(self) -> None:
        """Show the chosen take's clip below."""
        if self.choice.value is None:
            self.say('no takes yet: film.generate("01A") makes one')
            return
        show(self.clip, TakeView(self.film, self.choice.value)._repr_mimebundle_())

    def judge(self, verdict: str) -> None:
        """Log a verdict on the chosen take; it is drawn when it is on disk."""
        label = self.choice.value
        getattr(self.film, verdict)(label, reason=self.reason.value)
        self._redraw(label)
        self.say(f"{label}: {MARKS[verdict]}")

    def undo(self) -> None:
        """Take back the last decision."""
        said = self.film.undo()
        self._redraw(self.choice.value)
        self.say(said)

    def _redraw(self, label: str) -> None:
        self.choice.options = self._options()
        self.choice.value = label

    def static_html(self) -> str:
        """The first two dozen takes as stills with their verdicts."""
        folder = self.film.folder
        cells = []
        for label, verdict in self._takes()[:24]:
            poster = folder / f"media/posters/{label}.jpg"
            image = still(poster, 120)
            cells.append(
                '<figure style="margin:0 8px 8px 0;display:inline-block">'
                f'<a href="{relative_url(folder / "media/takes" / f"{label}.mp4")}">'
                f'<img src="{image}" alt="{escape(label)}" width="120"></a>'
                f"<figcaption>{escape(label)}<br>{MARKS[verdict]}</figcaption></figure>"
            )
        return f"<div>{''.join(cells) or '<p>no takes yet</p>'}</div>"
