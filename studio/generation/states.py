"""Which state of a take may follow which (DESIGN §3, "The engine").

    planned → submitting → submitted → running → ready → downloading → done

A take ends in `done`, `refused`, `failed` or `cancelled`. It rests in `unknown` when its request may have left and no
answer came: nothing leads from there back to sending. A job is found for it, or a person ends it.
"""

from __future__ import annotations

from collections.abc import Mapping

from studio.errors import StudioError
from studio.nouns import FINAL_STATES, State

_NO: tuple[State, ...] = ("refused", "failed", "cancelled")

NEXT: Mapping[State, tuple[State, ...]] = {
    "planned": ("submitting", "failed", "cancelled"),
    # to itself: a new attempt, when the provider surely never got the one before; to planned: it surely took nothing
    "submitting": ("submitting", "planned", "submitted", "unknown", *_NO),
    "submitted": ("running", "ready", *_NO),
    "running": ("ready", *_NO),
    # back to running: the provider said done and has nothing
    "ready": ("downloading", "running", *_NO),
    # to itself: a new attempt under a new temporary name; to ready: a fresh address was asked for
    "downloading": ("downloading", "ready", "done", *_NO),
    # a job was found, or a person decided
    "unknown": ("submitted", "failed", "cancelled"),
    "done": (),
    "refused": (),
    "failed": (),
    "cancelled": (),
}

RESTING: frozenset[State] = FINAL_STATES | {"unknown"}  # the engine does nothing here by itself
UNFINISHED: tuple[State, ...] = tuple(state for state in NEXT if state not in RESTING)
HAS_JOB: frozenset[State] = frozenset({"submitted", "running", "ready", "downloading"})


class WrongState(StudioError):
    """A take was to take a step that DESIGN does not know."""


def check(label: str, now: State, then: State) -> State:
    """`then`, if a take in `now` may go there; WrongState otherwise."""
    if then not in NEXT[now]:
        allowed = ", ".join(NEXT[now]) or "nothing more"
        raise WrongState(f"take {label} is {now} and cannot become {then}: after {now} comes {allowed}")
    return then
