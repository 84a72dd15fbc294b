"""`film.review`: where the culling stands, takes found again, what is covered, what kills, who disagrees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from studio import review
from studio.errors import BadInput
from studio.given import shown
from studio.log.reads import check_shot
from studio.nouns import SHOT_ID

if TYPE_CHECKING:
    import pandas as pd

    from studio.film.film import Film
    from studio.review import Pace, Watching


class ReviewHandle:
    """Searches and counts over all takes with a clip. "My" verdicts are those of `film.author`; where several people
    may decide and nobody is chosen, they are the film's."""

    def __init__(self, film: Film) -> None:
        self._film = film

    def __repr__(self) -> str:
        return f"Review({'; '.join(self._said())})"

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in self._said())

    def find(self, query: str = "", sort: str = "shot", unfold: bool = False) -> pd.DataFrame:
        """The takes that a search finds, with the columns of `film.takes()`, in the order asked for.

        `07A wet -"church aisle" verdict:circle,hold flag:none` is a search: words, "phrases", field:value, each left
        out behind a minus. Sorted by "shot", "newest", "best", "cost" or "unseen". Copies and dead clips are left out
        unless it is to `unfold`.
        """
        from studio.log.frames import takes_as_of

        watching = self._watching()
        found = takes_as_of(each.row for each in watching.find(query, sort, unfold).takes)
        found.attrs["moment"] = watching.moment
        return found

    def alternates(self, shot_or_take: str) -> pd.DataFrame:
        """The takes of a shot, or the others of a take's shot, the best first: label, rank, and why."""
        watching, given = self._watching(), shot_or_take
        if isinstance(given, str) and SHOT_ID.fullmatch(given):
            check_shot(given, [shot.id for shot in self._film.log.shots()])
            ranked = review.rank(take.candidate for take in watching.of_shot(given) if take.fold is None)
        else:
            ranked = watching.alternates(given)
        rows = [(take, number, why) for number, (take, why) in enumerate(ranked, start=1)]
        return _frame(rows, take="str", rank="int64", why="str")

    def coverage(self) -> pd.DataFrame:
        """One row a shot: its takes, clips and verdicts, and what it lacks ("" where a take is circled)."""
        rows = [
            (row.shot, row.takes, row.done, row.circled, row.held, row.ng, row.not_judged, row.lacks)
            for row in review.coverage(self._film.log)
        ]
        counts = dict.fromkeys(("takes", "done", "circled", "held", "ng", "not_judged"), "int64")
        return _frame(rows, **{"shot": "str", **counts, "lacks": "str"})

    def reasons(self) -> pd.DataFrame:
        """One row a reason, what kills most first: how often it was given for an NG, a hold, a circle."""
        said = ((row["verdict"] or "", row["reason"] or "") for row in self._film.log.takes_now())
        rows = [(row.reason, row.ng, row.held, row.circled) for row in review.count_reasons(said)]
        return _frame(rows, reason="str", ng="int64", held="int64", circled="int64")

    def kept(self, by: str = "shot") -> pd.DataFrame:
        """Kept of n judged takes by "shot", "move", "model" or "word" (the phrases of the style).

        `low` and `high` are the ends of Wilson's interval, 0…1; `said` is all of it in words, and says no percentage
        of less than ten takes.
        """
        rates = review.kept_by(review.judged(self._film.log.takes_now()), by)
        rows = [(name, rate.kept, rate.n, rate.low, rate.high, str(rate)) for name, rate in rates]
        return _frame(
            rows, **{by: "str", "kept": "int64", "n": "int64", "low": "float64", "high": "float64"}, said="str"
        )

    def pace(self, author: str | None = None) -> Pace:
        """How fast I judge, or that author does, and how long the rest takes at that pace."""
        return self._watching(author).pace()

    def disagreements(self) -> pd.DataFrame:
        """One row a take and person, for the takes on which two people's verdicts differ: circle against NG first."""
        log = self._film.log
        rows = [
            (each.take, each.shot, said.author, said.verdict, said.reason, said.note)
            for each in review.disagreements(log.takes_now(), log.opinions())
            for said in each.said
        ]
        return _frame(rows, take="str", shot="str", author="str", verdict="str", reason="str", note="str")

    def folded(self) -> pd.DataFrame:
        """The takes that dailies do not show unless asked: exact copies, near copies and dead clips.

        `of` is the take that stands for it, `number` the bits in which they differ or the share that is black or
        frozen. Nothing is deleted; what anybody circled, held or called an accident is never folded.
        """
        folds = [(take.take, take.fold) for take in self._watching().takes if take.fold]
        rows = [(take, fold.of or None, fold.why, fold.number) for take, fold in folds]
        return _frame(rows, take="str", of="str", why="str", number="float64")

    def accidents(self) -> pd.DataFrame:
        """The takes that anybody flagged as happy accidents, with the columns of `film.takes()`, and by whom."""
        log = self._film.log
        by: dict[str, list[str]] = {}
        for said in log.opinions():
            if said.accident:
                by.setdefault(said.take_id, []).append(said.author)
        labels = {row["take"]: ", ".join(sorted(by[row["id"]])) for row in log.takes_now() if row["id"] in by}
        found = self._table(list(labels))
        found["flagged_by"] = _frame([(names,) for names in labels.values()], flagged_by="str")["flagged_by"]
        return found

    def _watching(self, author: str | None = None) -> Watching:
        known = self._film.authors
        if author is not None and author not in known:
            raise BadInput(f"{shown(author)} is nobody who decides here: there is {', '.join(known)}")
        return self._film._watching(self._me() if author is None else author)

    def _me(self) -> str:
        try:
            return self._film.author
        except BadInput:  # several, and none chosen: reading needs no name
            return ""

    def _table(self, labels: Sequence[str]) -> pd.DataFrame:
        takes = self._film.takes()
        places = dict(zip(takes["take"], range(len(takes)), strict=True))
        return takes.iloc[[places[label] for label in labels]].reset_index(drop=True)

    def _said(self) -> list[str]:
        watching, shots = self._watching(), review.coverage(self._film.log)
        counts, pace = watching.counts, watching.pace().said
        lacking = sum(not shot.circled for shot in shots)
        lines = [
            f"seen {counts['seen']} of {counts['all']} · circled {counts['circle']} · held {counts['hold']} · "
            f"NG {counts['ng']} · accidents {counts['accident']} · folded {counts['folded']}"
        ]
        lines += [pace] if pace else []
        lines += [f"{lacking} {'shot lacks' if lacking == 1 else 'shots lack'} a circle" if lacking else ""]
        return [line for line in lines if line]


def _frame(rows: Iterable[Sequence[object]], **types: str) -> pd.DataFrame:
    """A table of exactly these types, however empty."""
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(types)).astype(types)
