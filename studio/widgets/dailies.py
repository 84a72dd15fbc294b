"""Dailies as a form: choose a take, look at it, circle it."""

from __future__ import annotations

from collections import Counter
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import ipywidgets as widgets

from studio.widgets.form import Form, button, indented, labelled, row, show
from studio.widgets.pictures import jpeg, picture, read, relative_url
from studio.widgets.views import TakeView

if TYPE_CHECKING:
    from studio.film import Film

MARKS = {"circle": "◯ circled", "hold": "◐ hold", "ng": "✗ NG", None: "not judged"}
STILLS = 24  # in the static twin
STILL_WIDTH = 160  # pixels


class DailiesForm(Form):
    """`film.dailies()`. The same by hand: `film.play(take)`, then `film.circle(take)`, `film.hold`, `film.ng`."""

    def __init__(self, film: Film, shot: str = "") -> None:
        self.film = film
        self.shot = shot
        self.choice = labelled(widgets.Dropdown, "Take", "340px", options=self._options())
        self.back_button = button("◀ Previous", "The take before")
        self.next_button = button("Next ▶", "The take after")
        self.reason = labelled(
            widgets.Combobox, "Reason", "340px", options=film.settings.reasons, ensure_option=False,
            placeholder="one of the film's, or your own",
        )  # fmt: skip
        self.note = labelled(widgets.Text, "Note", placeholder="what will nobody remember in six weeks?")
        self.buttons = {
            "circle": button("Circle", "Keep it: film.circle(take)", main=True),
            "hold": button("Hold", "Neither kept nor killed, for now: film.hold(take)"),
            "ng": button("NG", "No good: film.ng(take)"),
        }
        self.undo_button = button("Undo", "Take back your last decision: film.undo()")
        self.clip = widgets.Output()
        super().__init__(
            self._counted(),
            (
                row(self.choice, self.back_button, self.next_button),
                row(self.reason),
                self.note,
                indented(*self.buttons.values(), self.undo_button),
            ),
            below=(self.clip,),
        )
        for verdict, pressed in self.buttons.items():
            pressed.on_click(self.guarded(partial(self.judge, verdict)))
        self.undo_button.on_click(self.guarded(self.undo))
        self.back_button.on_click(self.guarded(partial(self.step, -1)))
        self.next_button.on_click(self.guarded(partial(self.step, +1)))
        self._redrawing = False
        self.choice.observe(self.guarded(self.show_take), "value")
        self.guarded(self.show_take)()

    def __repr__(self) -> str:
        return f"DailiesForm({len(self._takes())} takes)"

    def _takes(self) -> list[tuple[str, str, str | None]]:
        """Label, file and verdict of every take that has a clip."""
        frame = self.film.takes()
        frame = frame[frame["state"] == "done"]
        if self.shot:
            frame = frame[frame["shot"] == self.shot]
        verdicts = frame["verdict"].astype(object).where(frame["verdict"].notna(), None)
        return list(zip(frame["take"], frame["file"], verdicts, strict=True))

    def _options(self) -> list[tuple[str, str]]:
        return [(f"{label}   {MARKS[verdict]}", label) for label, _, verdict in self._takes()]

    def _counted(self) -> str:
        takes = self._takes()
        counts = Counter(verdict for *_, verdict in takes)
        of = f" of {self.shot}" if self.shot else ""
        return f"{len(takes)} take{'' if len(takes) == 1 else 's'}{of}: " + ", ".join(
            f"{counts[verdict]} {mark}" for verdict, mark in MARKS.items()
        )

    def show_take(self) -> None:
        """Show the chosen take's clip below."""
        if self._redrawing:
            return
        if self.choice.value is None:
            self.say(f'no takes yet: film.generate("{self.shot or "01A"}") makes one')
            show(self.clip)
            return
        self.say("")
        show(self.clip, TakeView(self.film, self.choice.value)._repr_mimebundle_())

    def step(self, by: int) -> None:
        """The take before or after, round and round."""
        if self.choice.options:
            self.choice.index = (self.choice.index + by) % len(self.choice.options)

    def judge(self, verdict: str) -> None:
        """Log a verdict on the chosen take; it is drawn when it is on disk."""
        label = self.choice.value
        if label is None:
            self.show_take()
            return
        getattr(self.film, verdict)(label, reason=self.reason.value, note=self.note.value)
        self.reason.value = self.note.value = ""
        self._redraw(label)
        self.say(f"{label}: {MARKS[verdict]}")

    def undo(self) -> None:
        """Take back the last decision."""
        said = self.film.undo()
        self._redraw(self.choice.value)
        self.say(said)

    def _redraw(self, label: str) -> None:
        """The verdicts anew; the clip goes on playing."""
        self._redrawing = True
        try:
            self.choice.options = self._options()
            self.choice.value = label
        finally:
            self._redrawing = False
        self.head.value = f"<b>{escape(self._counted())}</b>"

    def static_html(self) -> str:
        """The first two dozen takes as stills with their verdicts."""
        takes = self._takes()
        stills = "".join(
            picture(
                jpeg(read(self.film.library.poster(label)), STILL_WIDTH),
                label,
                (MARKS[verdict],),
                STILL_WIDTH,
                relative_url(self.film.folder / file),
            )
            for label, file, verdict in takes[:STILLS]
        )
        more = f"<p>and {len(takes) - STILLS} more</p>" if len(takes) > STILLS else ""
        return f"<p><b>{escape(self._counted())}</b></p><div>{stills}</div>{more}"
