"""What a page of the desk sends, so that a test reads like the work of a person."""

from __future__ import annotations

import threading
from typing import Any

from studio.widgets import Desk

WORDS = ("scene_text", "camera", "style", "avoid", "portal_in", "portal_out")
QUICK = {"model": "previz", "takes": 1, "seconds": 1.0}
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def on(desk: Desk, **typed: Any) -> dict[str, Any]:
    """The fields of the desk as its page has them, with what is typed."""
    parts = desk._state["parts"]
    shown = {part: parts[part]["text"] for part in WORDS}
    return shown | {"continuity": parts["continuity"]["words"], "cards": desk._state["used"]} | typed


def looked(desk: Desk, models: Any = ("previz",), model: str = "previz", **typed: Any) -> Any:
    """What the page hears after a pause in typing."""
    was = on(desk)
    return desk.ask("look", draft=was | typed, was=was, base=desk._state["version"], models=models, model=model)


def save(desk: Desk, base: int | None = None, **typed: Any) -> Any:
    version = desk._state["version"] if base is None else base
    return desk.ask("save", draft=on(desk, **typed), changed=list(typed), base=version)


def press(desk: Desk, seen_usd: str = "0", typed: dict[str, Any] | None = None, **wish: Any) -> Any:
    """Press the button that spends."""
    typed, base = typed or {}, desk._state["version"]
    draft = on(desk, **typed)
    return desk.ask("generate", draft=draft, changed=list(typed), base=base, seen_usd=seen_usd, **{**QUICK, **wish})


def hears(desk: Desk, **message: Any) -> dict[str, Any]:
    """What the page hears when it asks, whatever becomes of it."""
    heard: list[dict[str, Any]] = []
    desk.send = lambda answer, **_: heard.append(answer)
    desk._handle_custom_msg({"id": "1", **message}, [])
    return heard[-1]


def listen(desk: Desk) -> threading.Event:
    """Set when the desk shows a later version."""
    later, version = threading.Event(), desk._state["version"]
    desk.observe(lambda change: change["new"]["version"] > version and later.set(), "_state")
    return later
