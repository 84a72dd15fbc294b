"""Making takes: the engine, its handle, the budget, and clips that were made elsewhere."""

from __future__ import annotations

from studio.generation.adopting import adopt
from studio.generation.budget import Estimate, dollars, estimate
from studio.generation.engine import Engine, generate
from studio.generation.handle import Handle, Progress
from studio.generation.requests import requests_for
from studio.generation.states import WrongState

__all__ = [
    "Engine",
    "Estimate",
    "Handle",
    "Progress",
    "WrongState",
    "adopt",
    "dollars",
    "estimate",
    "generate",
    "requests_for",
]
