"""What the other words are looked over for: what is denied and so drawn, and more actions than a shot has room for.

Modest on purpose: a text is read word by word, without grammar, and what is doubtful is let pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from studio.writing.finding import Finding
from studio.writing.lint_rules import Rule, Word, listed, phrase_at, phrases_of, rules, words_of

LONGEST = 4  # words of a thing that is denied


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# a thing that is denied ends before these
ENDS = _set(
    "in on at of to from with by for into onto over under behind before beside between through and or nor but as while "
    "that who which whose where when is are was were be being has have had can could will would may must only just "
    "until if so than then except anywhere here there inside outside around about"
)
ARTICLES = _set("a an the any")
GAP = re.compile(r"[\s,;/]*(?:and|or|nor)?\s*")
# a verb's form is none behind these: "her looks", "two steps", "in the waves", "lets go"
NO_VERB_AFTER = _set(
    "a an the his her its their my our your this that these those some many few all both every each no two three four "
    "five six seven eight nine ten last first next own other of in on at with by for from into onto over under across "
    "past along through to between against towards around behind beside let lets make makes help helps see sees"
)
PRONOUNS = _set("they we you i he she it")
SEVERAL = _set("they we you i people children couple men women")
JOINTS = _set("and then but or so yet before after that")


# --- what is denied ------------------------------------------------------------------------------------------------


def denied(text: str) -> list[tuple[int, int, str]]:
    """Where a thing is denied: from, to, and the thing alone. Neighbours are one: "no phones, no screens"."""
    rule = rules()["negation"]
    negators, nothing = phrases_of(rule, "negators"), phrases_of(rule, "nothing_drawn")
    words = words_of(text)
    found: list[tuple[int, int, str]] = []
    i = 0
    while i < len(words):
        width = phrase_at(words, i, negators)
        thing = _thing(words, i + width, words[i].clause) if width else []
        if not thing or phrase_at(words, i + width, nothing) or words[i + width].norm.endswith("ing"):
            i += max(width, 1)
            continue
        start, end = words[i].start, thing[-1].end
        named = text[thing[0].start : end]
        if found and GAP.fullmatch(text[found[-1][1] : start]):
            start, named = found[-1][0], f"{found.pop()[2]}, {named}"
        found.append((start, end, named))
        i += width + len(thing)
    return found


def _thing(words: list[Word], i: int, clause: int) -> list[Word]:
    """The words of what is denied, without an article that begins it."""
    while i < len(words) and words[i].clause == clause and words[i].norm in ARTICLES:
        i += 1
    end = i
    while end < min(i + LONGEST, len(words)) and words[end].clause == clause and words[end].norm not in ENDS:
        end += 1
    return words[i:end]


def negation_findings(shot: str, text: str, about: str, takes_avoid: bool) -> Iterator[Finding]:
    """Each run of denied things in a part that is read as a description."""
    rule = rules()["negation"]
    instead = rule.data["with_avoid" if takes_avoid else "without_avoid"]
    for start, end, _ in denied(text):
        yield rule.finding(shot, text[start:end], about, instead=instead)


def avoid_findings(shot: str, text: str) -> Iterator[Finding]:
    """Each run of denials among the words to avoid."""
    for start, end, thing in denied(text):
        yield rules()["negation_in_avoid"].finding(shot, text[start:end], better=thing)


# --- actions -------------------------------------------------------------------------------------------------------


@cache
def _forms() -> dict[str, bool]:
    """Each form of an action's verb as it stands in a scene, and whether it needs a plural before it."""
    found: dict[str, bool] = {}
    for verb in rules()["several_actions"].data["verbs"]:
        plural = verb[:-1] + "ies" if verb[-1] == "y" and verb[-2] not in "aeiou" else verb
        ending = "es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else "s"
        found[plural if plural != verb else verb + ending] = False
        found.setdefault(verb, True)
    return found


def action_findings(shot: str, text: str) -> Iterator[Finding]:
    """At most one finding: actions that follow one another in so many words, or more of them than pass."""
    rule = rules()["several_actions"]
    words = words_of(text)
    actions = _actions(words, rule)
    after = _after(words, actions, rule)
    if after is None and len(actions) <= int(rule.data["most"]):
        return
    chosen = actions if after is None else after
    named = list(dict.fromkeys(words[i].norm for i in chosen))
    what = f"{listed(named)} are {len(chosen)} actions" if len(named) > 1 else f"{listed(named)} is said twice"
    yield rule.finding(shot, text[words[chosen[0]].start : words[chosen[-1]].end], what=what)


def _actions(words: list[Word], rule: Rule) -> list[int]:
    """Places of the verbs that say what a subject does, one after another."""
    forms, aside = _forms(), frozenset(rule.data["aside"])
    found: list[int] = []
    closed = -1  # a clause whose verbs are somebody else's
    for i, word in enumerate(words):
        before = [each.norm for each in words[max(0, i - 2) : i] if each.clause == word.clause]
        if word.norm in aside and not (word.norm == "that" and before[-1:] in ([], ["after"])):
            closed = word.clause
        if not before and word.norm in forms and i and words[i - 1].clause == closed:
            closed = word.clause  # "while she sleeps, laughs and cries"
        if not i or word.clause == closed or word.norm not in forms or NO_VERB_AFTER.intersection(before[-1:]):
            continue  # the first word of a text is a noun: "Dances", "Smiles"
        if len(before) == 2 and before[1] in PRONOUNS and before[0] not in JOINTS:
            continue  # "every locker they pass"
        if not forms[word.norm] or _plural_before(words, i, before, found):
            found.append(i)
    return found


def _plural_before(words: list[Word], i: int, before: list[str], found: list[int]) -> bool:
    """Whether "run" is what several do: "they run", "two teenagers run", "they laugh, run and jump"."""
    if not before:  # goes on with "they run, …"
        return bool(found) and found[-1] == i - 1 and _forms()[words[i - 1].norm]
    if before[-1] in ("and", "then"):
        return any(each.norm in SEVERAL or _several(each.norm) for each in words[: i - 1])
    return before[-1] in SEVERAL or (_several(before[-1]) and before[-1] not in _forms())


def _several(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "'s", "us"))


def _after(words: list[Word], actions: list[int], rule: Rule) -> list[int] | None:
    """Two actions of which the text says that one comes after the other; None where it does not."""
    phrases = phrases_of(rule, "after")
    for i in range(len(words)):
        width = phrase_at(words, i, phrases)
        first = [k for k in actions if k < i]
        second = [k for k in actions if k >= i + width and words[k].clause == words[i + width - 1].clause]
        if width and first and second and second[0] - (i + width) <= 3:
            return [first[-1], second[0]]
    return None
