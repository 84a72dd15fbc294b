"""The log as pandas DataFrames. All of them end in `typed`, so that a column has its type in every table, however
empty: str, Int64, Float64, boolean, category, datetime64[us, UTC]."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, select

from studio.log import columns
from studio.log.aliases import all_in_question, current_words
from studio.log.columns import Column
from studio.log.decided import opinions_of
from studio.log.events import DECISIONS, in_words, standing
from studio.log.money import Line
from studio.log.rows import event_of, fraction_text
from studio.log.schema import events, scenes, take_now
from studio.log.schema import prompts as prompt_rows
from studio.log.schema import shots as shot_rows
from studio.nouns import Cut, Event, Prompt, Sound

OWN = ("take", "id", "file", "sha256")  # columns of words that no two takes have in common


def typed(listed: Sequence[Column], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Rows of plain values, in the order of the listed columns, as a DataFrame of exactly those types."""
    return _frame(listed, list(zip(*rows, strict=True)) or [()] * len(listed))


def takes(found: list[list[Any]], moment: str) -> pd.DataFrame:
    """`film.takes()` out of what `take_values` read at that moment."""
    frame = _frame(columns.TAKES, found)
    frame.attrs["moment"] = moment
    return frame


def takes_as_of(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """The same out of rows as `take_now` has them."""
    return typed(columns.TAKES, [[row[column.stored or column.name] for column in columns.TAKES] for row in rows])


def take_values(connection: Connection) -> list[list[Any]]:
    """What `film.takes()` shows, column by column: the driver's own values, with nothing in between.

    10,000 takes of 43 columns are 430,000 values, so they are turned from rows to columns while they are warm, a few
    hundred rows at a time, and from there on the work is done on whole columns.
    """
    wanted = [take_now.c[column.stored or column.name] for column in columns.TAKES]
    cursor = connection.execute(select(*wanted).order_by(take_now.c.shot, take_now.c.n)).cursor
    found: list[list[Any]] = [[] for _ in wanted]
    # the driver makes the same words anew for each take: one of them is kept, which is half of the memory
    words: list[dict[Any, Any] | None] = [
        {} if column.dtype in ("str", "category") and column.name not in OWN else None for column in columns.TAKES
    ]
    while rows := cursor.fetchmany(200):
        for column, values, known in zip(found, zip(*rows, strict=True), words, strict=True):
            column.extend(values if known is None else map(known.setdefault, values, values))
    return found


def _frame(listed: Sequence[Column], values: Sequence[Sequence[Any]]) -> pd.DataFrame:
    arrays = {column.name: _array(column, of) for column, of in zip(listed, values, strict=True)}
    return pd.DataFrame(arrays, copy=False)


def _array(column: Column, values: Sequence[Any]) -> Any:
    """One column out of plain values or `None`."""
    count = len(values)
    if column.dtype == "str":
        return pd.array(np.fromiter(values, dtype=object, count=count), dtype="str", copy=False)
    if column.dtype == "exact":
        return np.array([None if value is None else Decimal(value) / column.per for value in values], dtype=object)
    if column.dtype == "category":
        codes = defaultdict(lambda: -1, {name: code for code, name in enumerate(column.categories)})  # -1 is missing
        known = np.fromiter(map(codes.__getitem__, values), dtype="int8", count=count)
        return pd.Categorical.from_codes(known, dtype=pd.CategoricalDtype(list(column.categories)))
    if column.dtype == "Float64":
        numbers = np.array(values, dtype="float64")  # None becomes nan
        missing = np.isnan(numbers)
        return pd.arrays.FloatingArray(np.where(missing, 0, numbers) / column.per, missing)
    found = np.fromiter(values, dtype=object, count=count)
    missing = np.asarray(pd.isna(found))
    found[missing] = 0
    if column.dtype == "boolean":
        return pd.arrays.BooleanArray(found.astype(bool), missing)
    whole = found.astype("int64")
    if column.dtype == "Int64":
        return pd.arrays.IntegerArray(whole, missing)
    moments = whole.view("M8[us]")
    moments[missing] = np.datetime64("NaT", "us")
    return pd.DatetimeIndex(moments).tz_localize("UTC")


def shots(connection: Connection) -> pd.DataFrame:
    """One row a shot with its newest words and how many takes it has."""
    scene = select(scenes.c.number, scenes.c.title).where(
        scenes.c.id.in_(select(func.max(scenes.c.id)).group_by(scenes.c.number))
    )
    titles = {row.number: row.title for row in connection.execute(scene)}
    own = (
        select(prompt_rows).where(prompt_rows.c.grid == "").order_by("version")
    )  # variations are nobody's latest words
    newest: dict[str, Mapping[Any, Any]] = {row["shot"]: row for row in connection.execute(own).mappings()}
    newest |= {shot: vars(prompt) for shot, prompt in current_words(connection).items()}
    done = func.count().filter(take_now.c.state == "done")
    kept = func.count().filter(take_now.c.verdict == "circle")
    query = select(take_now.c.shot, func.count(), done, kept).group_by(take_now.c.shot)
    counted = {shot: numbers for shot, *numbers in connection.execute(query)}
    asked = {each.shot for each in all_in_question(connection)}
    words = ("version", "scene_text", "camera", "style", "avoid", "scene_author", "camera_author")
    return typed(
        columns.SHOTS,
        [
            (
                shot.id,
                shot.scene,
                titles.get(shot.scene),
                *((newest[shot.id][name] for name in words) if shot.id in newest else (None,) * len(words)),
                *counted.get(shot.id, (0, 0, 0)),
                shot.id in asked,
            )
            for shot in connection.execute(select(shot_rows).order_by(shot_rows.c.id))
        ],
    )


def prompts(versions: Iterable[Prompt]) -> pd.DataFrame:
    """One row a version."""

    def value(prompt: Prompt, column: Column) -> object:
        if column.name == "cards":
            return ", ".join(prompt.cards)
        holder = prompt.continuity if hasattr(prompt.continuity, column.name) else prompt
        return getattr(holder, column.stored or column.name)

    return typed(columns.PROMPTS, [[value(prompt, column) for column in columns.PROMPTS] for prompt in versions])


def history(happened: Sequence[Event]) -> pd.DataFrame:
    """One row an event, in order."""
    counting = {event.id for event in standing(happened)}
    return typed(
        columns.HISTORY,
        [
            (
                event.at_us,
                event.author,
                event.kind,
                in_words(event),
                event.kind in DECISIONS and event.id not in counting,
                event.id,
            )
            for event in happened
        ],
    )


def ledger(lines: Iterable[Line]) -> pd.DataFrame:
    """One row a take that was asked of a provider, in the order of asking; then one row a sound effect."""
    names = [_field(column) for column in columns.LEDGER]
    return typed(columns.LEDGER, [[getattr(line, name) for name in names] for line in lines])


def _field(column: Column) -> str:
    """The field of a `Line` that a column shows."""
    return column.stored or (column.name.replace("_usd", "_micro_usd") if column.dtype == "exact" else column.name)


def inbox(lines: Iterable[Line]) -> pd.DataFrame:
    """One row a take or sound effect whose answer never came."""
    names = ("take", "provider", "model", "sent_at_us", "at_risk_micro_usd", "what", "paid_again_as")
    rows: list[tuple[Any, ...]] = []
    for line in lines:
        if line.state == "unknown":
            label = line.take
            choices = (
                f'look_again("{label}") · adopt("{label}", "job id") · lost("{label}", billed=…) · pay_again("{label}")'
            )
            values = {name: getattr(line, name) for name in names}
            if line.is_sound:
                choices = f'lost("{label}", billed=…)'
                values["what"] = line.why or "it was sent, and no answer is written down"
            rows.append((*values.values(), choices))
    return typed(columns.INBOX, rows)


def sounds(found: Iterable[Sound]) -> pd.DataFrame:
    """One row a sound effect."""
    names = (
        "label",
        "shot",
        "text",
        "state",
        "provider",
        "model",
        "file",
        "cost_micro_usd",
        "author",
        "asked_at_us",
        "why",
    )
    return typed(columns.SOUNDS, [[getattr(sound, name) for name in names] for sound in found])


def verdicts(connection: Connection) -> pd.DataFrame:
    """One row for each take and author with a decision that still counts."""
    query = select(events).where(events.c.kind.in_((*DECISIONS, "undo"))).order_by(events.c.id)
    known = select(take_now.c.id, take_now.c.take, take_now.c.shot, take_now.c.n)
    named = {row.id: row for row in connection.execute(known)}
    every = opinions_of([event_of(row) for row in connection.execute(query).mappings()])
    said = [each for each in every if each.take_id in named]  # a journal may be of one person, without their takes
    in_order = sorted(said, key=lambda each: (named[each.take_id].shot, named[each.take_id].n, each.author))
    return typed(
        columns.VERDICTS_BY_AUTHOR,
        [
            (
                named[each.take_id].take,
                named[each.take_id].shot,
                each.author,
                each.verdict or None,
                each.accident,
                each.reason or None,
                each.note or None,
                each.obeyed or None,
                each.best_in,
                each.best_out,
                each.at_us,
            )
            for each in in_order
        ],
    )


def cuts(stored: Iterable[Cut]) -> pd.DataFrame:
    """One row a stored cut."""
    return typed(
        columns.CUTS,
        [
            (
                cut.version,
                cut.name,
                cut.author,
                cut.created_at_us,
                len(cut.slots),
                cut.frames,
                float(cut.frames / cut.rate),
                fraction_text(cut.rate),
            )
            for cut in stored
        ],
    )
