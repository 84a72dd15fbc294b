"""Which of several takes is to be looked at first: by verdict, obedience, flags, and age, each said in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

VERDICTS = {"circle": (0, "circled"), "hold": (1, "held"), "": (2, "not judged"), "ng": (3, "NG")}
OBEYED = {
    "yes": (0, "obeyed"),
    "partly": (1, "partly obeyed"),
    "unreadable": (2, "camera can’t be told"),
    "": (2, "not measured"),
    "static": (3, "static"),
    "no": (3, "not obeyed"),
}


@dataclass(frozen=True)
class Candidate:
    """What a take is ranked by."""

    take: str
    verdict: str = ""
    obeyed: str = ""
    flags: tuple[str, ...] = ()
    made_at_us: int = 0
    accident: bool = False

    @property
    def key(self) -> tuple[int, int, int, int]:
        """The lower, the better."""
        return VERDICTS[self.verdict][0], OBEYED[self.obeyed][0], len(self.flags), -self.made_at_us

    @property
    def why(self) -> str:
        """Where it stands, in words: "circled · obeyed · no flags"."""
        flags = ", ".join(self.flags) or "no flags"
        said = [VERDICTS[self.verdict][1], *["accident"] * self.accident, OBEYED[self.obeyed][1], flags]
        return " · ".join(said)


def rank(candidates: Iterable[Candidate]) -> list[tuple[str, str]]:
    """(label, why) of each take, the best first; what is equal in everything stays in its order."""
    return [(each.take, each.why) for each in sorted(candidates, key=lambda each: each.key)]
