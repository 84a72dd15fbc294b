"""What there is to choose from: the catalogue as a table."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from studio.providers.catalogue import ANY, Field, Model, catalogue

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "provider", "model", "also", "seconds", "usd", "camera", "first_frame", "last_frame", "guide", "avoid", "seed",
    "retires_on", "checked_on", "doubts",
)  # fmt: skip


def models(provider: str = "") -> pd.DataFrame:
    """Every model that can be asked for, or those of one provider: what it takes, and what it costs.

    `usd` is the least and the most that its prices say, and `film.estimate` has the one; "?" where none is known.
    `camera` says in which form it takes a move: words, or as data in a tongue of its own. Raises NotFound for no such
    provider.
    """
    import pandas as pd

    rows = catalogue()
    if provider:
        rows.service(provider)
    listed = [
        _row(model)
        for service, models in rows.models.items()
        for model in models
        if model.name != ANY and provider in ("", service, model.provider)
    ]
    return pd.DataFrame(listed, columns=list(COLUMNS))


def _row(model: Model) -> dict[str, object]:
    return {
        "provider": model.provider,
        "model": model.name,
        "also": ", ".join(model.also),
        "seconds": _seconds(model.seconds),
        "usd": _prices(model),
        "camera": model.camera,
        "first_frame": _takes(model.first_frame),
        "last_frame": _takes(model.last_frame),
        "guide": _takes(model.guide),
        "avoid": _takes(model.avoid),
        "seed": _takes(model.seed),
        "retires_on": model.retired(date.today()) or model.retires_on,
        "checked_on": model.checked_on,
        "doubts": " ".join(model.doubts),
    }


def _takes(field: Field | None) -> str:
    return "" if field is None else "needed" if field.required else "yes"


def _seconds(field: Field) -> str:
    if field.form == "frames":
        return f"{field.least or 1}–{field.most or '…'} frames"
    if field.allowed:
        return ", ".join(str(value) for value in field.allowed)
    return f"{field.least or ''}–{field.most or ''}".strip("–") or "any"


def _prices(model: Model) -> str:
    """The least and the most for each unit: "0.05–0.16 a second"."""
    said = []
    for per in dict.fromkeys(rate.per for rate in model.prices):
        found = sorted(rate.usd + rate.plus_usd for rate in model.prices if rate.per == per)
        span = f"{found[0]:f}" if found[0] == found[-1] else f"{found[0]:f}–{found[-1]:f}"
        said.append(f"{span} a {per}")
    return "; ".join(said) or "?"
