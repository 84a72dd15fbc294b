"""A look over a shot's words before they are sent. Advice from data (`data/lint.toml`), each piece with its reason and
its source; it never stops anybody, and it never raises."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from studio.camera import Camera
from studio.nouns import Prompt
from studio.writing.composition import compose_parts
from studio.writing.finding import Finding, Findings
from studio.writing.lint_camera import camera_findings, zoom_findings
from studio.writing.lint_rules import rules
from studio.writing.lint_words import action_findings, avoid_findings, negation_findings

PARTS = ("camera", "portals", "scene_text", "continuity", "style", "avoid", "length")  # in the order of the findings
ORDER = ("camera", "scene", "continuity", "style")
MOST_OF_A_KIND = 12  # findings of one rule: who reads more has stopped reading


@dataclass(frozen=True)
class Limits:
    """What one model can take, as far as words are concerned. What is not known is no limit."""

    provider: str
    model: str = ""
    longest_s: Fraction | None = None  # seconds of its longest take
    most_characters: int | None = None
    unit: Literal["characters", "utf-16"] = "characters"  # how it counts them
    takes_avoid: bool = True
    order: tuple[str, ...] = ORDER  # of the parts of a prompt
    begins: str = ""  # what it is told before everything else
    misses: Mapping[str, str] = field(default_factory=dict)  # a move, or moves as `asked_move` has them: the counts
    source: str = ""  # of the limits
    checked_on: str = ""  # ISO date

    @property
    def title(self) -> str:
        """As a sentence calls it: "gen4.5 at runway"."""
        return f"{self.model} at {self.provider}" if self.model else self.provider


def lint(
    prompt: Prompt,
    limits: Limits | None = None,
    *,
    seconds: float | Fraction | None = None,
    endless: bool = False,
    first: bool = False,
    last: bool = False,
) -> Findings:
    """What is to be said about a shot's words, in the order of PARTS.

    `seconds` is how long a take is asked for. `endless`: the film is an endless zoom, where each shot has a way in
    (but for the `first`) and a way out (but for the `last`). Without `limits` only what holds for every model is told.
    The `words` of a finding stand in the part that it is about, letter by letter; for "length" they stand in the text
    as it is composed, and a portal that is missing has none.
    """
    found = [
        *camera_findings(prompt.shot, prompt.camera, limits, seconds, endless=endless),
        *_denied(prompt, limits),
        *zoom_findings(prompt.shot, prompt.scene_text, "scene_text", endless=endless),
        *action_findings(prompt.shot, prompt.scene_text),
        *avoid_findings(prompt.shot, prompt.avoid),
        *(_beyond(prompt, limits, seconds) if limits else ()),
        *(_portals(prompt, first=first, last=last) if endless else ()),
    ]
    counted: Counter[str] = Counter()
    few: list[Finding] = []
    for each in found:
        counted[each.kind] += 1
        if counted[each.kind] <= MOST_OF_A_KIND:
            few.append(each)
    return Findings(tuple(sorted(few, key=lambda each: PARTS.index(each.about))))


def _denied(prompt: Prompt, limits: Limits | None) -> Iterator[Finding]:
    """What is denied in the parts that are sent as a description. "No camera movement" is a move, and is none."""
    takes_avoid = limits is None or limits.takes_avoid
    parts = [(name, getattr(prompt, name)) for name in ("camera", "scene_text", "style")]
    parts += [("continuity", text) for text in dataclasses.astuple(prompt.continuity)]
    for about, text in parts:
        for each in negation_findings(prompt.shot, text, about, takes_avoid):
            if about != "camera" or not Camera.parse(each.words).steps:
                yield each


def _beyond(prompt: Prompt, limits: Limits, seconds: float | Fraction | None) -> Iterator[Finding]:
    """What this model does not take."""
    dated = {"source": limits.source, "checked_on": limits.checked_on, "title": limits.title}
    if prompt.avoid and not limits.takes_avoid:
        yield rules()["avoid_ignored"].finding(prompt.shot, prompt.avoid, **dated)
    longest = limits.longest_s
    if seconds is not None and longest is not None and seconds > longest:
        most, asked = f"{float(longest):.4g}", f"{float(seconds):.4g}"
        yield rules()["too_long"].finding(prompt.shot, most=most, seconds=asked, **dated)
    if limits.most_characters is not None:
        yield from _characters(prompt, limits, limits.most_characters, dated)


def _characters(prompt: Prompt, limits: Limits, most: int, dated: Mapping[str, str]) -> Iterator[Finding]:
    """The words that are left out at the end, counted as this model counts. (A camera that goes into a field of its own
    is counted as words here: what is really sent is told by the request.)"""
    sentences = [limits.begins] if limits.begins else []
    sentences += [sentence for _, sentence in compose_parts(prompt, limits.order)]
    text = " ".join(sentences)
    if _length(text, limits.unit) <= most:
        return
    kept = text[:most]
    while _length(kept, limits.unit) > most:
        kept = kept[: len(kept) - max(1, (_length(kept, limits.unit) - most) // 2)]
    kept = kept if text[len(kept)].isspace() else kept.rpartition(" ")[0]
    rest = text[len(kept) :].strip()
    count = f"{_length(text, limits.unit):,}"
    yield rules()["too_many_characters"].finding(prompt.shot, rest, most=f"{most:,}", count=count, **dated)


def _length(text: str, unit: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 if unit == "utf-16" else len(text)


def _portals(prompt: Prompt, *, first: bool, last: bool) -> Iterator[Finding]:
    if not prompt.portal_in and not first:
        yield rules()["way_in_missing"].finding(prompt.shot)
    if not prompt.portal_out and not last:
        rule = rules()["way_out_missing"]
        steps = Camera.parse(prompt.camera).steps
        through = next((asked.object for asked in steps[-1].moves if asked.move == "pass_through"), "") if steps else ""
        instead = rule.data["named"].format(through=through) if through else rule.data["not_named"]
        yield rule.finding(prompt.shot, instead=instead)
