"""How well the end of one take meets the beginning of the next: a number from 0 to 1, its parts, and words for them.

A score is the weighted geometric mean of its parts, each 1 where the two ends agree and falling like a bell with
their distance: exp(−(distance ÷ scale)²). Geometric, so that nothing else makes up for a zoom that turns round.

    picture    root mean square over 16 × 9 cells of the difference in CIE L*a*b*; scale 25
    colour     Hellinger distance of the L*, a* and b* histograms; scale 0.5
    zoom       difference of the zoom rates, each as arsinh(rate ÷ 8 log-%/s); scale 2. A zoom that turns round: 0.02
    centre     distance of the points that the two pictures grow from, in picture widths; scale ¼ + 3 ÷ the slower zoom.
               It is where the camera goes to, (pan, tilt) ÷ zoom from the middle of the picture, and can be told only
               where both ends zoom the same way by 5 log-%/s or more; elsewhere `sideways` takes its place
    sideways   difference of pan, tilt and roll as speed in the picture, its size as arsinh(speed ÷ 6 % of the width/s);
               scale 2

The arsinh is a difference for slow rates and a ratio for fast ones: a zoom ten times as fast as another is as far
from it whether they crawl or race. The weights of each aim are in `WEIGHTS`: a zoom that turns round is a break in
`flow`, whatever the pictures do (0.02 to the power of ¼ is 0.38).

Where the numbers come from: 40 real clips of the test material and 36 stand-ins of the demo, each cut in two with two
frames left out and its halves measured for themselves (tests/real/test_joins_of_real_clips.py prints the figures of
today). True continuations are 3 apart in L*a*b* and strangers 29 (medians); their rates differ by 1.0 log-%/s in zoom
and 2.7 %/s in pan, and six times over where a stand-in dives into its portal. With these scales and weights the true
head is the first among 52 for all, and among 76, three takes of each demo shot among them, for 73. Nineteen of twenty
true joins are 0.74 or more, nineteen of twenty strangers 0.59 or less, half of them 0.34: hence `GOOD` and `WEAK`.

What cannot be read counts as `NEUTRAL`, which lies between weak and good: neither reason for a join nor against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from studio.errors import BadInput
from studio.given import shown
from studio.nouns import AIMS, Aim

if TYPE_CHECKING:
    from studio.media import End

Word = Literal["good", "weak", "break"]
Scores = NDArray[np.float32]  # tails × heads

GOOD, WEAK = 0.7, 0.45  # the least of a good join, and of a weak one
NEUTRAL = 0.6  # of a part that cannot be told
LEAST = 0.02  # of a part: one that fails altogether leaves little and not nothing
SAME = 6  # bits of 64 by which two hashes of one picture differ at most
SAME_PICTURE = 8.0  # and the difference in L*a*b*
TURNS = 3.0  # log-% or % of the width a second: slower moves have no direction worth keeping
ZOOMS = 5.0  # log-%/s from which on the centre of a zoom can be told
FAR = 1.5  # picture widths: a centre farther out is no point that anybody sees
HEIGHT = 9 / 16  # of a picture, in widths
# speed in the picture, in % of the width a second, at a third of the width from its middle
IN_PICTURE = np.array([1, HEIGHT, 1 / 3, np.pi / 180 * 100 / 3], np.float32)

WEIGHTS: dict[Aim, dict[str, float]] = {
    "flow": {"picture": 0.3, "colour": 0.25, "zoom": 0.25, "course": 0.2},
    "match": {"picture": 0.15, "colour": 0.25, "zoom": 0.3, "course": 0.3},
    "contrast": {"picture": 0.5, "colour": 0.5},
}

_NO_THUMBNAIL, _NO_HISTOGRAM, _UNREAD = bytes(9 * 16 * 3), bytes(2 * 3 * 16), (0.0,) * 4


@dataclass(frozen=True)
class Join:
    """Where two takes meet."""

    score: float  # 0 to 1
    word: Word
    parts: Mapping[str, float]  # 0 to 1 each; what cannot be told is not there
    said: str  # "light meets, both move in"

    def __repr__(self) -> str:
        return f"Join({self.score:.2f} {self.word}: {self.said})"


class Ends:
    """Many ends as arrays, to be compared all at once. `None` among them is an end of which nothing is known."""

    def __init__(self, ends: Sequence[End | None]) -> None:
        count = len(ends)
        self.known = np.array([end is not None for end in ends], bool)
        self.read = np.array([end is not None and end.motion is not None for end in ends], bool)  # its motion
        self.hashes = np.array([0 if end is None else end.hash for end in ends], np.uint64)
        thumbnails = b"".join(_NO_THUMBNAIL if end is None else end.thumbnail for end in ends)
        histograms = b"".join(_NO_HISTOGRAM if end is None else end.histogram for end in ends)
        rates = [_UNREAD if end is None or end.motion is None else end.motion for end in ends]
        # as End.lab and End.shares have them, but for where 0 is: only differences count
        self.lab = np.frombuffer(thumbnails, np.uint8).reshape(count, -1).astype(np.float32)
        self.lab[:, ::3] *= np.float32(1 / 2.55)
        self.squares = np.einsum("ij,ij->i", self.lab, self.lab)
        self.roots = np.sqrt(np.frombuffer(histograms, "<u2").reshape(count, -1) * np.float32(1 / (3 * 65535)))
        self.rates = np.array(rates, np.float32).reshape(count, 4)
        self.zoom = self.rates[:, 2]
        self.soft_zoom = np.arcsinh(self.zoom / 8)
        speeds = self.rates[:, [0, 1, 3]] * IN_PICTURE[[0, 1, 3]]
        size = np.sqrt((speeds**2).sum(axis=1, keepdims=True))
        self.sideways = speeds * np.arcsinh(size / 6) / np.maximum(size, np.float32(1e-6))
        # the point of the picture that stays where it is: right and up from the middle, in picture widths
        plain = np.abs(self.zoom) >= ZOOMS
        self.centre = speeds[:, :2] / np.where(plain, self.zoom, 1)[:, None]
        self.centred = plain & ((self.centre**2).sum(axis=1) < FAR**2)

    @property
    def light(self) -> NDArray[np.float32]:
        """Mean L* of each, 0 to 100."""
        return np.asarray(self.lab[:, ::3].mean(axis=1), np.float32)


def word_of(score: float) -> Word:
    """ "good", "weak" or "break"."""
    return "good" if score >= GOOD else "weak" if score >= WEAK else "break"


def join(tail: End, head: End, aim: Aim = "flow") -> Join:
    """Where a take that ends in `tail` meets one that begins with `head`.

    `flow` is the endless zoom: the picture, its colours, the speed of the zoom and its centre go on. `match` asks for
    the same motion first and for the colours then. `contrast` is the opposite of likeness.
    """
    tails, heads = Ends([tail]), Ends([head])
    logs = _logs(tails, heads, check_aim(aim))
    told = ("picture", "colour", "zoom", "course") if tails.read[0] and heads.read[0] else ("picture", "colour")
    found = {name: round(float(np.exp(log[0, 0])), 4) for name, log in logs.items() if name in told}
    if "course" in found:
        found["centre" if bool(_centred(tails, heads)[0, 0]) else "sideways"] = found.pop("course")
    score = round(float(scores(tails, heads, aim)[0, 0]), 4)
    return Join(score, word_of(score), found, _said(tails, heads, aim, found))


def scores(tails: Ends | Sequence[End | None], heads: Ends | Sequence[End | None], aim: Aim = "flow") -> Scores:
    """The scores of every tail with every head, (tails, heads), 0 to 1; NEUTRAL where nothing is known of an end."""
    check_aim(aim)
    tails = tails if isinstance(tails, Ends) else Ends(tails)
    heads = heads if isinstance(heads, Ends) else Ends(heads)
    weights = WEIGHTS[aim]
    logs = _logs(tails, heads, aim)
    found = np.exp(sum(np.float32(weight) * logs[name] for name, weight in weights.items()))
    if aim == "contrast":
        found[same_picture(tails, heads)] = LEAST
    found[~(tails.known[:, None] & heads.known[None, :])] = NEUTRAL
    return found


def same_picture(tails: Ends, heads: Ends) -> NDArray[np.bool_]:
    """Whether the one picture is the other: (tails, heads)."""
    found = np.bitwise_count(tails.hashes[:, None] ^ heads.hashes[None, :]) <= SAME
    if found.any():
        found &= _apart(tails, heads) < SAME_PICTURE**2
        found &= tails.known[:, None] & heads.known[None, :]
    return np.asarray(found, np.bool_)


def turns(tails: Ends, heads: Ends) -> NDArray[np.bool_]:
    """Whether a direction flips: a zoom or a pan that is plainly one way before the cut and the other way after it."""
    zoom, pan = (_flips(tails.rates[:, axis], heads.rates[:, axis]) for axis in (2, 0))
    return np.asarray(zoom | pan, np.bool_)


def _flips(before: NDArray[Any], after: NDArray[Any]) -> NDArray[np.bool_]:
    one, other = ((np.sign(rates) * (np.abs(rates) >= TURNS)).astype(np.int8) for rates in (before, after))
    return np.asarray(one[:, None] * other[None, :] < 0, np.bool_)


def check_aim(aim: object) -> Aim:
    """The aim itself, or one sentence saying which there are."""
    if aim not in AIMS:
        raise BadInput(f"{shown(aim)} is no aim of a join: write {', '.join(repr(known) for known in AIMS)}")
    return aim


def _apart(tails: Ends, heads: Ends) -> NDArray[np.float32]:
    """Mean square over the cells of their difference in L*a*b*."""
    squares = tails.squares[:, None] + heads.squares[None, :] - 2 * (tails.lab @ heads.lab.T)
    return np.asarray(np.maximum(squares, 0) * np.float32(3 / tails.lab.shape[1]), np.float32)


def _logs(tails: Ends, heads: Ends, aim: Aim) -> dict[str, NDArray[Any]]:
    """The natural logarithm of each part, (tails, heads); that of NEUTRAL where it cannot be told."""
    least, neutral = np.float32(np.log(LEAST)), np.float32(np.log(NEUTRAL))
    picture = _apart(tails, heads) * np.float32(-1 / 25**2)
    colour = np.minimum(tails.roots @ heads.roots.T - 1, 0) * np.float32(1 / 0.5**2)
    if aim == "contrast":
        return {"picture": _unlike(picture), "colour": _unlike(colour)}
    zoom = (tails.soft_zoom[:, None] - heads.soft_zoom[None, :]) ** 2 * np.float32(-1 / 4)
    zoom[_flips(tails.zoom, heads.zoom)] = least
    course = _distance(tails.sideways, heads.sideways) * np.float32(-1 / 4)
    centred = _centred(tails, heads)
    if centred.any():
        slower = np.minimum(np.abs(tails.zoom)[:, None], np.abs(heads.zoom)[None, :])
        scale = np.float32(0.25) + 3 / np.maximum(slower, np.float32(ZOOMS))
        course = np.where(centred, -_distance(tails.centre, heads.centre) / scale**2, course)
    found = {name: np.maximum(log, least) for name, log in
             (("picture", picture), ("colour", colour), ("zoom", zoom), ("course", course))}  # fmt: skip
    if not (tails.read.all() and heads.read.all()):
        unread = ~(tails.read[:, None] & heads.read[None, :])
        found["zoom"][unread] = found["course"][unread] = neutral
    return found


def _unlike(log: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(np.log(np.maximum(1 - np.exp(log), np.float32(LEAST))), np.float32)


def _distance(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.float32]:
    """The squares of the distances of every point of the one to every point of the other."""
    return np.asarray(sum((a[:, k, None] - b[None, :, k]) ** 2 for k in range(a.shape[1])), np.float32)


def _centred(tails: Ends, heads: Ends) -> NDArray[np.bool_]:
    """Whether both ends zoom the same way, so plainly that the points they grow from can be compared."""
    one, other = ((np.sign(ends.zoom) * ends.centred).astype(np.int8) for ends in (tails, heads))
    return np.asarray(one[:, None] * other[None, :] > 0, np.bool_)


# --- words -------------------------------------------------------------------------------------------------------


def _said(tails: Ends, heads: Ends, aim: Aim, parts: Mapping[str, float]) -> str:
    """What a person would say of a join: the picture, then the motion."""
    said = [_of_light(tails, heads), _of_colour(tails, heads)]
    if bool(same_picture(tails, heads)[0, 0]):
        said = ["the same picture again" if aim == "contrast" else "the same picture"]
    if aim != "contrast":
        said.append(_of_motion(tails.rates[0], heads.rates[0], parts) if "zoom" in parts else "motion cannot be told")
    return ", ".join(words for words in said if words)


def _of_light(tails: Ends, heads: Ends) -> str:
    change = float(heads.light[0] - tails.light[0])
    return (
        "light meets"
        if abs(change) < 8
        else f"{'much ' if abs(change) > 25 else ''}{_side(change, 'lighter', 'darker')}"
    )


def _of_colour(tails: Ends, heads: Ends) -> str:
    apart = 1 - float((tails.roots @ heads.roots.T)[0, 0])
    return "colours meet" if apart < 0.05 else "other colours" if apart > 0.3 else ""


def _of_motion(before: NDArray[np.float32], after: NDArray[np.float32], parts: Mapping[str, float]) -> str:
    said = _of_axis(float(before[2]), float(after[2]), "zoom", "move in", "move out")
    if "centre" in parts:
        said.append("same vanishing point" if parts["centre"] >= GOOD else _where_to(before, after))
    for axis, name, more, less in ((0, "pan", "pan right", "pan left"), (1, "tilt", "tilt up", "tilt down"),
                                   (3, "roll", "roll clockwise", "roll counter-clockwise")):  # fmt: skip
        if "centre" not in parts:  # with one, they are where the zoom goes to
            said += _of_axis(float(before[axis]), float(after[axis]), name, more, less)
    return ", ".join(said) or "both still"


def _of_axis(before: float, after: float, name: str, more: str, less: str) -> list[str]:
    """ "both move in", "moves in faster", "stops moving in", "zoom turns round"; nothing where neither moves."""
    enough = TURNS / 2 if before * after > 0 and max(abs(before), abs(after)) >= TURNS else TURNS
    moving = abs(before) >= enough, abs(after) >= enough  # 2.9 and then 3.1 is no start
    if moving == (True, True) and before * after < 0:
        return [f"{name} turns round"]
    verb, *rest = _side(after if moving[1] else before, more, less).split(" ")
    to = " ".join(rest)
    if moving == (True, True):
        ratio = abs(after / before)
        return [
            f"{verb}s {to} {_side(ratio - 1, 'faster', 'slower')}" if not 0.5 <= ratio <= 2 else f"both {verb} {to}"
        ]
    gerund = f"{verb.removesuffix('e')}{'n' if verb == 'pan' else ''}ing"
    return [f"stops {gerund} {to}"] if moving[0] else [f"starts {gerund} {to}"] if moving[1] else []


def _where_to(before: NDArray[np.float32], after: NDArray[np.float32]) -> str:
    right, up = (after[:2] / after[2] - before[:2] / before[2]) * IN_PICTURE[:2]
    way = _side(right, "to the right", "to the left") if abs(right) >= abs(up) else _side(up, "up", "down")
    return f"vanishing point jumps {way}"


def _side(value: float, above: str, below: str) -> str:
    return above if value > 0 else below
