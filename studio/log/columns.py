"""The columns of the tables that a person sees, each listed once: name, type, unit, meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.log.events import OBEYED
from studio.nouns import STATES, VERDICTS

Type = Literal["exact", "str", "Int64", "Float64", "boolean", "category", "datetime64[us, UTC]"]


@dataclass(frozen=True)
class Column:
    """One column. A missing value is `NA`: not known, or not there yet. "exact" holds Decimals of dollars."""

    name: str
    dtype: Type
    meaning: str
    unit: str = ""
    categories: tuple[str, ...] = ()
    stored: str = ""  # the column of `take_now`, where its name is another
    per: int = 1  # the stored integer is divided by this: micro-dollars to dollars


def _text(name: str, meaning: str) -> Column:
    return Column(name, "str", meaning)


def _time(name: str, meaning: str) -> Column:
    return Column(name, "datetime64[us, UTC]", meaning, "UTC", stored=f"{name}_us")


def _usd(name: str, meaning: str) -> Column:
    return Column(name, "Float64", meaning, "US dollars", stored=name.replace("_usd", "_micro_usd"), per=1_000_000)


TAKES = (
    _text("take", "label, never given twice in a film: 07A-003"),
    _text("id", "identity: UUIDv7"),
    _text("scene", "number of the scene: 07"),
    _text("shot", "the shot it is a take of: 07A"),
    Column("n", "Int64", "number of the take in its shot"),
    Column("state", "category", "where it stands on its way from planned to done", categories=STATES),
    Column("verdict", "category", "the director's, else the latest", categories=VERDICTS),
    Column("accident", "boolean", "flagged as a happy accident"),
    _text("reason", "why that verdict: a word of the film's list"),
    _text("note", "in somebody's own words"),
    _text("author", "who asked for it"),
    _text("scene_text", "the words for the scene, as written"),
    _text("camera", "the words for the camera, as written"),
    _text("style", "the words for the style, as written"),
    _text("avoid", "the words for what not to show, as written"),
    Column("prompt_version", "Int64", "which version of the shot's words"),
    _text("provider", 'who made it; "adopted" for a clip that was there before'),
    _text("model", "the provider's model"),
    Column("seed", "Int64", "the number that was sent for repeating it"),
    Column("duration_s", "Float64", "of the clip; before it is there, what was asked for", "seconds"),
    Column("width", "Int64", "of the clip as shown; before it is there, what was asked for", "pixels"),
    Column("height", "Int64", "likewise", "pixels"),
    Column("fps", "Float64", "likewise", "frames per second"),
    Column("frames", "Int64", "likewise", "frames"),
    _usd("estimated_usd", "the price before it was sent"),
    _usd("cost_usd", "what it did cost"),
    _time("created_at", "when it was asked for"),
    _time("done_at", "when its clip was there, checked"),
    _text("file", "the clip, relative to the film's folder"),
    _text("sha256", "of that file"),
    _text(
        "parent", "label of the take that it began with: with its last frame, or in a scene made of it with its first"
    ),
    _text("guide", "label of the take whose camera it was to follow"),
    _text("dropped", "what the provider could not take, in sentences"),
    _text("asked_move", "the camera move that was asked for"),
    _text("measured_move", "the camera move that was measured in the clip"),
    Column(
        "obeyed",
        "category",
        "whether the camera is the one asked for: a person's word, else as measured",
        categories=OBEYED,
    ),
    _text("obeyed_by", 'whose word that is; "studio": as measured'),
    Column("measured_obeyed", "category", "whether the measured camera is the one asked for", categories=OBEYED),
    Column("confidence", "Float64", "how sure the measured camera is, 0 to 1"),
    _text("parallax", "whether near and far move apart in the clip: yes, none, unclear"),
    _text("flags", "what was noticed in the clip, with commas: black, frozen, …"),
    Column("best_in", "Int64", "where the best of it begins, marked by somebody", "frames of the clip"),
    Column("best_out", "Int64", "where that ends: the first frame that is not in it", "frames of the clip"),
    _text("grid", "the grid of variations it was made in: 07A-g1"),
    Column("cell", "Int64", "its cell in that grid, counted from 1"),
)

SHOTS = (
    _text("shot", "07A"),
    _text("scene", "number of the scene: 07"),
    _text("title", "of the scene"),
    Column("version", "Int64", "newest version of the words"),
    _text("scene_text", "the words for the scene"),
    _text("camera", "the words for the camera"),
    _text("style", "the words for the style"),
    _text("avoid", "the words for what not to show"),
    _text("scene_author", "who wrote the words for the scene"),
    _text("camera_author", "who wrote the words for the camera"),
    Column("takes", "Int64", "takes asked for", "takes"),
    Column("done", "Int64", "of them, with a clip", "takes"),
    Column("kept", "Int64", "of them, circled", "takes"),
    Column("in_question", "boolean", "two people wrote its words apart; which are current is for somebody to say"),
)

PROMPTS = (
    Column("version", "Int64", "counts from 1 within the shot"),
    *(_text(name, f"the words for the {name.split('_')[0]}") for name in ("scene_text", "camera", "style", "avoid")),
    *(_text(name, f"continuity: {name}") for name in ("who", "age", "time", "place")),
    *(_text(f"{part}_author", f"who wrote the {part}") for part in ("scene", "camera", "style", "avoid", "continuity")),
    _text("cards", "the names of its cards, with commas"),
    _text("portal_in", "what the camera comes out of"),
    _text("portal_out", "what the camera goes into"),
    _text("portal_author", "who wrote the portals"),
    _text("grid", "the grid of variations that these words are a cell of; empty: the shot's own"),
    _text("author", "who made this version"),
    _time("created_at", "when it was written"),
    _text("id", "identity: UUIDv7"),
)

LEDGER = (
    _text("take", "label: 07A-003"),
    _text("shot", "07A"),
    _text("provider", "who was asked"),
    _text("model", "the provider's model"),
    Column("state", "category", "where it stands", categories=STATES),
    Column("price_usd", "exact", "what it was to cost at most, before it was sent", "US dollars", per=1_000_000),
    Column("spent_usd", "exact", "what was charged", "US dollars", per=1_000_000),
    Column("reserved_usd", "exact", "held while it is on its way", "US dollars", per=1_000_000),
    Column("at_risk_usd", "exact", "held while nobody knows whether it was made", "US dollars", per=1_000_000),
    _text("price_source", "where the price was read"),
    _text("price_read_on", "and when"),
    Column("took_s", "Float64", "how long its server worked on it, where that is what it costs", "seconds"),
    _time("sent_at", "when it left"),
    _text("job", "the provider's name for it"),
    _text("what", "the last that is known about it, in words"),
)

INBOX = (
    _text("take", "label: 07A-003"),
    _text("provider", "who was asked"),
    _text("model", "the provider's model"),
    _time("sent_at", "when it left"),
    Column("at_risk_usd", "exact", "what may have been charged", "US dollars", per=1_000_000),
    _text("what", "what happened"),
    _text("paid_again_as", "label of the take that was bought in its place"),
    _text("choices", "the calls that decide it"),
)

SOUNDS = (
    _text("sound", "label, never given twice in a film: 07A-fx01"),
    _text("shot", "the shot it was made for"),
    _text("text", "what is to be heard"),
    Column("state", "category", "where it stands", categories=("asked", "sent", "made", "ended", "unknown")),
    _text("provider", "who made it"),
    _text("model", "the provider's model"),
    _text("file", "the sound, relative to the film's folder"),
    _usd("cost_usd", "what it did cost"),
    _text("author", "who asked for it"),
    _time("asked_at", "when"),
    _text("why", "it was not made"),
)

HISTORY = (
    _time("at", "when it happened"),
    _text("author", "who did it; studio: the machine"),
    _text("kind", "kind of event"),
    _text("what", "what happened, in words"),
    Column("undone", "boolean", "whether its author undid it"),
    _text("id", "identity: UUIDv7"),
)

VERDICTS_BY_AUTHOR = (
    _text("take", "label: 07A-003"),
    _text("shot", "07A"),
    _text("author", "who decided"),
    Column("verdict", "category", "this author's latest", categories=VERDICTS),
    Column("accident", "boolean", "flagged by this author as a happy accident"),
    _text("reason", "why that verdict"),
    _text("note", "in this author's own words"),
    Column("obeyed", "category", "this author's word on the camera", categories=OBEYED),
    Column("best_in", "Int64", "where the best of it begins, for this author", "frames of the clip"),
    Column("best_out", "Int64", "and where that ends", "frames of the clip"),
    _time("at", "when this author last decided something about the take"),
)

CUTS = (
    Column("version", "Int64", "counts from 1 within the film"),
    _text("name", "what it is called"),
    _text("author", "who made it"),
    _time("created_at", "when it was stored"),
    Column("slots", "Int64", "places in the cut", "slots"),
    Column("frames", "Int64", "length", "frames"),
    Column("duration_s", "Float64", "length", "seconds"),
    _text("rate", "the film's grid: frames per second as n/d"),
)
