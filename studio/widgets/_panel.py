"""The ground of every panel: one module of script, messages answered by id, a static twin, an ear on the film.

anywidget loads one module and there is no bundler, so a panel's own files are joined behind `_shared.js` and
`_shared.css` when the panel is first made. What a person does arrives as a message `{id, do, …}` (a message keeps its
order, a changed trait does not) and is answered by its id: `{id, ok}`, or `{id, error, about}` with one sentence and
the part of the panel that it is about. State belongs to Python and is told by traits.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, ClassVar

import anywidget

from studio.errors import BadInput, StudioError
from studio.given import shown

Act = Callable[..., Any]


@dataclass(frozen=True)
class Answer:
    """An answer that carries bytes beside what JSON can hold."""

    value: Any
    buffers: tuple[bytes, ...] = ()


class Panel(anywidget.AnyWidget):
    """A panel. Its class names its files, what can be asked of it, and how it reads without a kernel."""

    files: ClassVar[tuple[str, ...]] = ()  # names of its .js files in order, and of its .css files, without endings
    about: ClassVar[Mapping[str, str]] = {}  # which part of the panel an act's mistake is shown at

    def __init__(self, **traits: Any) -> None:
        self._esm, self._css = script(self.files), style(self.files)
        super().__init__(**traits)
        self._views = 0
        self.on_msg(self._asked)

    def acts(self) -> Mapping[str, Act]:
        """What the page can ask for: by name, a call with keywords that gives back what JSON can hold."""
        raise NotImplementedError(type(self).__name__)

    def static_html(self) -> str:
        """The panel as plain HTML, for readers without a kernel."""
        raise NotImplementedError(type(self).__name__)

    def seen(self, anywhere: bool) -> None:
        """The panel is now shown somewhere, or no longer."""

    def ask(self, act: str, **details: Any) -> Any:
        """Do what the page would ask for, and give back its answer. Raises what the call raises."""
        known = self.acts()
        if act not in known:
            raise BadInput(f"{shown(act)} is nothing that {self!r} can do: it can {', '.join(known)}")
        try:
            inspect.signature(known[act]).bind(**details)
        except TypeError as error:
            raise BadInput(f"{act} cannot be asked for like that: {error}") from None
        return known[act](**details)

    def _asked(self, _: object, message: Any, __: object) -> None:
        """A message from the page. Every one with an id is answered; a failure is told and not lost."""
        details = dict(message) if isinstance(message, Mapping) else {}
        id, act = details.pop("id", None), details.pop("do", None)
        if act in ("here", "left"):
            self._views += 1 if act == "here" else -1
            self.seen(self._views > 0)
            self.send({"id": id, "ok": None})
            return
        try:
            answer = self.ask(act, **details)
            told = answer if isinstance(answer, Answer) else Answer(answer)
            self.send({"id": id, "ok": told.value}, buffers=list(told.buffers) or None)
        except StudioError as error:
            self.send(
                {"id": id, "error": str(error), "about": getattr(error, "part", "") or self.about.get(str(act), "")}
            )
        except Exception as error:
            said = traceback.format_exception_only(error)[-1].strip()
            self.send({"id": id, "error": f"something unforeseen: {said}", "about": ""})
            raise  # so that the kernel's log has it whole

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "text/plain": repr(self), "text/html": self.static_html()}, metadata


@cache
def script(files: tuple[str, ...]) -> str:
    """The module: what all panels share, then the panel's own files, of which the last exports `render`."""
    return "\n".join(_text(f"{name}.js") for name in ("_shared", *files) if _there(f"{name}.js"))


@cache
def style(files: tuple[str, ...]) -> str:
    """The same for the looks."""
    return "\n".join(_text(f"{name}.css") for name in ("_shared", *files) if _there(f"{name}.css"))


def _there(name: str) -> bool:
    return resources.files(__package__).joinpath(name).is_file()


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
