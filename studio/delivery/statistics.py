"""How much of a film was selected, arranged and written by people, in counts out of the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from studio import cutting, review
from studio.delivery.origins import PARTS, dollars, versions_of
from studio.nouns import Cut, Prompt

if TYPE_CHECKING:
    from studio.log import Log

Counts = tuple[tuple[str, int], ...]  # a name and how often, the most frequent first
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True)
class Statistics:
    """The counts of one cut and of the film it was cut from."""

    slots: int
    used: int  # different takes in the cut
    takes: int  # asked for or adopted
    made: int  # of them, with a clip
    judged: int  # of them, with a verdict that counts
    circled: int
    held: int
    ng: int
    accidents: int
    circled_by: Counts  # each person's own verdicts
    used_circled_by: Counts  # of the takes in the cut
    reasons: tuple[review.ReasonCount, ...]
    versions: int  # of the shots' own words, up to now
    cells: int  # of grids of variations, beside them
    versions_by: Counts
    parts_by: tuple[tuple[str, Counts], ...]  # who wrote each part, in how many versions it was changed by them
    cuts: int  # stored versions of the cut up to this one
    cuts_by: Counts
    edits_by: tuple[tuple[str, Counts], ...]  # what each author did to slots, from version to version
    obeyed: Counts  # the cameras of the takes in the cut
    spent_micro_usd: int  # on all takes whose bill is known
    used_micro_usd: int  # on those in the cut


def statistics_of(log: Log, cut: Cut) -> Statistics:
    """Counted from the whole log; the cut's history up to this cut."""
    rows, opinions = log.takes_now(), log.opinions()
    used = {slot.source.take_id for slot in cut.slots if slot.source.kind == "take"}
    clips = [row for row in rows if row["state"] == "done"]
    verdicts = Counter(row["verdict"] for row in clips if row["verdict"])
    circles = [said for said in opinions if said.verdict == "circle"]
    prompts = [prompt for shot in log.shots() for prompt in log.prompts(shot.id)]
    own = [prompt for prompt in prompts if not prompt.grid]
    versions = versions_of(log, cut)
    edits: dict[str, Counter[str]] = {}
    for old, new in pairwise(versions):
        edits.setdefault(new.author, Counter()).update(cutting.difference(old, new).counts)
    return Statistics(
        slots=len(cut.slots), used=len(used), takes=len(rows), made=len(clips), judged=sum(verdicts.values()),
        circled=verdicts["circle"], held=verdicts["hold"], ng=verdicts["ng"],
        accidents=sum(bool(row["accident"]) for row in rows),
        circled_by=_most(said.author for said in circles),
        used_circled_by=_most(said.author for said in circles if said.take_id in used),
        reasons=review.count_reasons((row["verdict"] or "", row["reason"] or "") for row in rows),
        versions=len(own), cells=len(prompts) - len(own), versions_by=_most(prompt.author for prompt in own),
        parts_by=tuple((part, _most(_wrote(own, field))) for part, field in PARTS.items()),
        cuts=len(versions), cuts_by=_most(each.author for each in versions if each.author),
        edits_by=tuple((author, tuple(done.most_common())) for author, done in sorted(edits.items()) if done),
        obeyed=_most(row["obeyed"] for row in rows if row["id"] in used and row["obeyed"]),
        spent_micro_usd=sum(row["cost_micro_usd"] or 0 for row in rows),
        used_micro_usd=sum(row["cost_micro_usd"] or 0 for row in rows if row["id"] in used),
    )  # fmt: skip


def _most(names: Iterable[str]) -> Counts:
    return tuple(sorted(Counter(names).items(), key=lambda each: (-each[1], each[0])))


def _wrote(prompts: Iterable[Prompt], field: str) -> Iterable[str]:
    """The author of a part, once for each version in which the part is another one than in the version before."""
    words = {
        "scene_author": "scene_text", "camera_author": "camera", "style_author": "style", "avoid_author": "avoid",
        "continuity_author": "continuity",
    }  # fmt: skip
    before: dict[str, object] = {}
    for prompt in prompts:
        now: object = (
            (prompt.portal_in, prompt.portal_out) if field == "portal_author" else getattr(prompt, words[field])
        )
        if getattr(prompt, field) and before.get(prompt.shot) != now:
            yield getattr(prompt, field)
        before[prompt.shot] = now


# --- in words ----------------------------------------------------------------------------------------------------


def sentences(found: Statistics) -> tuple[tuple[str, str], ...]:
    """Selection, words and arrangement, each in a sentence or two."""
    writers = len(found.versions_by)
    who = f"by {_number(writers)} {'author' if writers == 1 else 'authors'}: " if writers else ""
    lines = [
        ("selection", f"{found.used:,} of {found.takes:,} takes are in the cut, in {found.slots:,} slots"),
        ("takes", f"{found.made:,} of {found.takes:,} have a clip; {found.judged:,} of these were judged by people"),
        (
            "verdicts",
            f"kept {found.circled:,} of {found.judged:,} judged, held {found.held:,}, NG {found.ng:,}; "
            f"happy accidents {found.accidents:,}",
        ),
        ("circled by", _listed(found.circled_by) or "nobody"),
        ("of the cut", f"circled by {_listed(found.used_circled_by) or 'nobody'}"),
        ("words", f"{found.versions:,} prompt versions {who}{_listed(found.versions_by)}".rstrip()),
    ]
    lines += [(f"wrote {part}", _listed(by)) for part, by in found.parts_by if by]
    lines += [("variations", f"{found.cells:,} wordings more in grids of variations")] if found.cells else []
    killed = [f"{each.reason} {each.ng + each.held + each.circled}" for each in found.reasons[:12]]
    lines += [("reasons", ", ".join(killed))] if killed else []
    stored = f"{found.cuts:,} {'version' if found.cuts == 1 else 'versions'} of the cut"
    lines += [("arrangement", f"{stored}{': ' + _listed(found.cuts_by) if found.cuts_by else ''}")]
    lines += [(f"edits by {author or 'nobody named'}", _listed(done)) for author, done in found.edits_by]
    lines += [("cameras", f"of the takes in the cut, obeyed: {_listed(found.obeyed) or 'none was measured'}")]
    paid = f"{dollars(found.used_micro_usd)} for the takes in the cut, {dollars(found.spent_micro_usd)} for all"
    return (*lines, ("paid", paid))


def _listed(counts: Counts) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts)


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"
