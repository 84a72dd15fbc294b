"""The chain of an endless zoom: what one shot goes into, the next one has to come out of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from studio.nouns import Prompt
from studio.writing.finding import Finding, Findings

ARTICLES = ("a", "an", "the")


@dataclass(frozen=True)
class Link:
    """Where two neighbouring shots meet and at least one of them names a portal."""

    shot: str  # "07A"
    next_shot: str  # "07B"
    way_out: str  # what the first goes into; "" where it does not say
    way_in: str  # what the next comes out of; "" likewise
    fits: bool
    sentence: str


def chain(prompts: Iterable[Prompt]) -> tuple[Link, ...]:
    """The links between each shot's words and the next one's, in story order; where neither names a portal, none."""
    ordered = sorted(prompts, key=lambda prompt: prompt.shot)
    return tuple(_link(a, b) for a, b in pairwise(ordered) if a.portal_out or b.portal_in)


def check_chain(prompts: Iterable[Prompt]) -> Findings:
    """One finding for each link that does not fit: on the shot that would have to say it, or to say it otherwise."""
    return Findings(
        tuple(
            Finding(
                kind="portal_missing" if not (link.way_out and link.way_in) else "portals_differ",
                shot=link.shot if not link.way_out else link.next_shot,
                about="portals",
                sentence=link.sentence,
                words=link.way_in or link.way_out,
                reason="in an endless zoom one shot's way out is the next one's way in",
            )
            for link in chain(prompts)
            if not link.fits
        )
    )


def same_portal(one: str, other: str) -> bool:
    """Whether two portals are the same thing: "the Bubble" is "a bubble", "bubbles" and "bubble."."""
    return _key(one) == _key(other)


def _link(a: Prompt, b: Prompt) -> Link:
    out, into = a.portal_out, b.portal_in
    fits = bool(out and into) and same_portal(out, into)
    if fits:
        sentence = f"{a.shot} goes into {out}, and {b.shot} comes out of it"
    elif not into:
        sentence = (
            f"{a.shot} goes into {out}, and {b.shot} does not say what it comes out of: "
            f"write {out} as the portal in of {b.shot}"
        )
    elif not out:
        sentence = (
            f"{b.shot} comes out of {into}, and {a.shot} does not say what it goes into: "
            f"write {into} as the portal out of {a.shot}"
        )
    else:
        sentence = f"{a.shot} goes into {out}, but {b.shot} comes out of {into}: let both name the same thing"
    return Link(a.shot, b.shot, out, into, fits, sentence)


def _key(portal: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKC", portal).casefold().replace("’s ", " ").replace("'s ", " ")
    words = re.findall(r"[^\W_]+", plain)
    told = tuple(_singular(word) for word in words if word not in ARTICLES)
    return told or tuple(words) or (portal.strip(),)


def _singular(word: str) -> str:
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 1 and not word.endswith(("ss", "us", "is")):
            return word[: -len(ending)] + instead
    return word
