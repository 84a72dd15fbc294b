"""What the forms share: a static twin, a place where errors are told, and progress."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

from studio.errors import StudioError


class Form(widgets.VBox):
    """A column of controls that can be read without a kernel and says inside itself what went wrong.

    What is printed or raised in a callback appears nowhere in a notebook, so every handler is wrapped by `guarded`.
    """

    def __init__(self, children: Sequence[widgets.Widget], **kwargs: Any) -> None:
        self.message = widgets.HTML(layout=widgets.Layout(min_height="24px"))
        self.message.add_class("circletake-message")
        super().__init__((*children, self.message), **kwargs)

    def say(self, text: str) -> None:
        """A line below the controls, announced politely."""
        self.message.value = f'<span role="status">{escape(text)}</span>'

    def say_error(self, text: str) -> None:
        """The same for something that went wrong, announced at once."""
        self.message.value = (
            f'<span role="alert" style="border-left:3px solid currentColor;padding-left:8px">✗ {escape(text)}</span>'
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


def show(output: widgets.Output, *bundles: dict[str, str]) -> None:
    """Put these in an output area, in place of what is there. May be called from any thread.

    Only an output area lets JupyterLab turn a relative address into one that it serves: an HTML widget does not.
    """
    output.outputs = tuple({"output_type": "display_data", "data": bundle, "metadata": {}} for bundle in bundles)


def table(rows: Sequence[tuple[str, str]]) -> str:
    """Two columns of plain HTML: what, and its value."""
    cells = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(k)}</th><td style="text-align:left">{escape(v)}</td></tr>'
        for k, v in rows
    )
    return f"<table>{cells}</table>"
