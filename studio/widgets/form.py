"""What the forms share: a static twin, a place where errors are told, and fields that look alike."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

from studio.errors import StudioError

LABEL_WIDTH = "72px"
WIDTH = "720px"  # of a form; it shrinks with its notebook
INK, PAPER = "var(--jp-ui-font-color1)", "var(--jp-layout-color1)"  # JupyterLab's theme, light or dark


class Form(widgets.VBox):
    """A column of controls that can be read without a kernel and says inside itself what went wrong.

    What is printed or raised in a callback appears nowhere in a notebook, so every handler is wrapped by `guarded`.
    """

    def __init__(self, title: str, children: Sequence[widgets.Widget], below: Sequence[widgets.Widget] = ()) -> None:
        self.head = widgets.HTML(f"<b>{escape(title)}</b>")
        self.message = widgets.HTML(layout=widgets.Layout(min_height="28px", width="auto"))
        self.message.add_class("circletake-message")
        super().__init__(
            (self.head, *children, self.message, *below),
            layout=widgets.Layout(width="100%", max_width=WIDTH, padding="4px 0"),
        )

    def say(self, text: str) -> None:
        """A line below the controls, announced politely."""
        self.message.value = f'<div role="status" style="line-height:1.5">{escape(text)}</div>'

    def say_error(self, text: str) -> None:
        """The same for something that went wrong, announced at once."""
        self.message.value = (
            '<div role="alert" style="border-left:3px solid var(--jp-error-color1);padding-left:8px;line-height:1.5">'
            f"✗ {escape(text)}</div>"
        )

    def guarded(self, act: Callable[[], object]) -> Callable[..., None]:
        """A handler that tells a person's mistake in one sentence, and our own with its last line."""

        def handler(*_: object) -> None:
            try:
                act()
            except StudioError as error:
                self.say_error(str(error))
            except Exception as error:
                self.say_error(f"something unforeseen: {traceback.format_exception_only(error)[-1].strip()}")
                raise

        return handler

    def static_html(self) -> str:
        """The form as plain HTML, for readers without a kernel."""
        raise NotImplementedError(type(self).__name__)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        bundle["text/plain"] = repr(self)
        bundle["text/html"] = self.static_html()
        return bundle


def labelled(kind: type[widgets.Widget], label: str, width: str = "auto", **traits: Any) -> widgets.Widget:
    """A field with its name before it.

    Text is sent when the field is left, not at each key: the browser keeps back a field's later changes while the
    first is unanswered, but a button's click goes at once and would meet words that are half typed.
    """
    if "continuous_update" in kind.class_trait_names():
        traits.setdefault("continuous_update", False)
    return kind(
        description=label, style={"description_width": LABEL_WIDTH}, layout=widgets.Layout(width=width), **traits
    )


def words(widget: widgets.HTML, lines: Sequence[str]) -> None:
    """Lines of plain words in an HTML widget, whose own lines stand too far apart."""
    widget.value = f'<div style="line-height:1.5">{"<br>".join(map(escape, lines))}</div>' if lines else ""


def button(label: str, does: str, *, main: bool = False, **traits: Any) -> widgets.Button:
    """A button; the one that spends or makes is `main`, and there is one of those in a form."""
    made = widgets.Button(description=label, tooltip=does, layout=widgets.Layout(width="112px"), **traits)
    if main:
        made.style.button_color, made.style.text_color, made.style.font_weight = INK, PAPER, "600"
    return made


def row(*children: widgets.Widget) -> widgets.HBox:
    """Controls side by side; they wrap where it is narrow."""
    return widgets.HBox(children, layout=widgets.Layout(flex_flow="row wrap", grid_gap="4px"))


def indented(*children: widgets.Widget) -> widgets.HBox:
    """The same, beginning where the fields begin."""
    made = row(*children)
    made.layout.margin = f"4px 0 4px calc({LABEL_WIDTH} + 4px)"
    return made


def show(output: widgets.Output, *bundles: dict[str, str]) -> None:
    """Put these in an output area, in place of what is there. May be called from any thread.

    Only an output area lets JupyterLab turn a relative address into one that it serves: an HTML widget does not.
    """
    output.outputs = tuple({"output_type": "display_data", "data": bundle, "metadata": {}} for bundle in bundles)


def table(rows: Sequence[tuple[str, str]]) -> str:
    """Two columns of plain HTML: what, and its value."""
    cells = "".join(
        f'<tr><th scope="row" style="text-align:left;white-space:nowrap">{escape(what)}</th>'
        f'<td style="text-align:left">{escape(value)}</td></tr>'
        for what, value in rows
    )
    return f"<table>{cells}</table>"
