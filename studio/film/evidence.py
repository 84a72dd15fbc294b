"""`film.evidence`: which words and moves are kept and obeyed, in counts with their uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio import camera, generation, given, review
from studio.errors import BadInput
from studio.given import shown
from studio.nouns import Prompt
from studio.review.evidence import BY, MEASURED, Judged
from studio.writing.text import clean

if TYPE_CHECKING:
    import pandas as pd

    from studio.film.film import Film
    from studio.review import Evidence, Obedience, Phrasing


MOST_ON_A_PAGE = 200  # of about 30 kB each


class EvidenceHandle:
    """Counted are the finished takes that have words; kept are those that the film's verdict circles."""

    def __init__(self, film: Film) -> None:
        self._film = film

    def __repr__(self) -> str:
        rows = self._rows()
        judged = sum(bool(row.verdict) for row in rows)
        measured = sum(row.obeyed in MEASURED for row in rows)
        return f"Evidence({len(rows)} finished takes with words, {judged} judged, {measured} measured)"

    def word(self, word: str, part: str | None = None, by: str | None = None) -> Evidence:
        """Takes whose words hold a word or phrase, and those without: kept n of N each, with Wilson's interval.

        Whole words, without case; in one part ("style", "scene_text", "camera", "continuity", "portals", "avoid"), or
        in any but avoid. `by` tells it for each "model", "provider", "shot", "move" or "author". Beside the plain
        counts stands the fair comparison, within the same shot and model, and what else differs between the two sides.
        """
        said = " ".join(clean(word, "the word").split())
        has = review.says(said, part)
        where = f"in the {part.replace('_', ' ')}" if part else "in the words"
        return review.weigh(
            f"“{said}” {where}", self._rows(continuity=part in (None, "continuity", "portals")), has, by
        )

    def move(self, move: str, by: str | None = None) -> Evidence:
        """The same for a camera move: its id ("dolly_in") or words for it ("push in")."""
        id = _move_id(move)
        return review.weigh(f"{id} in the camera", self._rows(), lambda row: id in row.moves, by, ("model", "shot"))

    def moves(self, provider: str = "", model: str = "") -> pd.DataFrame:
        """One row a move that was asked for (the index), of one provider and model or of all.

        `kept` of `n` judged takes with the interval `low`…`high`; `obeyed` of `measured` likewise. A take of several
        moves counts for each of them.
        """
        rows = [row for row in self._rows() if provider in ("", row.provider) and model in ("", row.model)]
        return review.move_table(rows)

    def calibration(self, path: str | Path, takes: Sequence[str] | None = None) -> Path:
        """Write a page that shows the asked path, the measured path and the frames of takes (all that are measured, or
        these), to look at or to send; it holds no clip and refers to nothing outside.

        Raises BadInput for more takes than a page holds, and for a file that is there already.
        """
        from studio.media.files import in_place
        from studio.widgets import MeasuredView
        from studio.widgets.measured import page

        film, file = self._film, given.path(path, "calibration.html")
        if file.exists():
            raise BadInput(f"{file.name} is already there: give the calibration page another name")
        measured = film.takes().query("confidence.notna()")["take"].tolist()
        if takes is not None and (isinstance(takes, str) or not isinstance(takes, Sequence)):
            raise BadInput(f'{shown(takes)} is no list of takes: write their labels, such as ["07A-001", "07A-002"]')
        labels = measured if takes is None else [film.log.take(label).label for label in takes]
        if not labels or len(labels) > MOST_ON_A_PAGE:
            raise BadInput(
                f"{len(labels)} takes are no calibration page: name 1 to {MOST_ON_A_PAGE} of those that are measured"
            )
        views = [MeasuredView(film, generation.camera_of(film.log, label)) for label in labels]
        with in_place(file) as partial:
            partial.write_text(page(film.settings.title, views), "utf-8")
        return file

    def style_words(self) -> pd.DataFrame:
        """One row a word or phrase that stands between the commas of a style: kept n of N with it and without it."""
        return review.style_table(self._rows())

    def obedience(self, by: str | Sequence[str] = ("model", "move")) -> Obedience:
        """How often the measured camera is the one asked for: yes, partly, no, static, unreadable, by these things."""
        names = [by] if isinstance(by, str) or not isinstance(by, Sequence) else list(by)
        for name in names:
            if not isinstance(name, str) or name not in BY:
                raise BadInput(f"evidence cannot be told by {shown(name)}: there is {', '.join(BY)}")
        return review.obedience(self._rows(), names)

    def phrasing(self, move: str, by: str = "model") -> Phrasing:
        """Which camera words, as they were written, got a move (its id or words for it), the best first, by "model"…

        Obeyed n of N measured takes with Wilson's interval; under ten takes are too few to say. A camera of several
        moves is obeyed as a whole.
        """
        id = _move_id(move)
        if not isinstance(by, str) or by not in BY:
            raise BadInput(f"{shown(by)} is nothing to tell words apart by: say {', '.join(BY)}")
        return review.phrasing(f"words for {id}", [row for row in self._rows() if id in row.moves], by)

    def _rows(self, continuity: bool = False) -> list[Judged]:
        takes = self._film.takes()
        takes = takes[(takes["state"] == "done") & takes["prompt_version"].notna()]
        more = {shot: self._film.log.prompts(shot) for shot in takes["shot"].unique()} if continuity else {}
        versions = {(shot, prompt.version): prompt for shot, prompts in more.items() for prompt in prompts}
        names = [
            "take", "shot", "provider", "model", "verdict", "asked_move", "obeyed", "author", "scene_text", "camera",
            "style", "avoid", "prompt_version",
        ]  # fmt: skip
        plain = takes[names].astype(object).where(takes[names].notna(), "").to_dict("records")
        return [_judged(row, versions.get((row["shot"], row["prompt_version"]))) for row in plain]


def _judged(row: dict[Any, Any], prompt: Prompt | None) -> Judged:
    same = ("take", "shot", "provider", "model", "verdict", "obeyed", "author")
    words = {name: row[name] for name in ("scene_text", "camera", "style", "avoid")} | _more(prompt)
    return Judged(**{name: row[name] for name in same}, moves=_ids(row["asked_move"]), words=words)


def _ids(asked_move: str) -> tuple[str, ...]:
    """The moves of a camera as `Camera.asked_move` writes them, each once."""
    ids = (id for step in asked_move.split(" > ") for id in step.split(" + "))
    return tuple(dict.fromkeys(id for id in ids if id))


def _more(prompt: Prompt | None) -> dict[str, str]:
    if prompt is None:
        return {}
    said = prompt.continuity
    return {
        "continuity": ", ".join(part for part in (said.who, said.age, said.time, said.place) if part),
        "portals": ", ".join(part for part in (prompt.portal_in, prompt.portal_out) if part),
    }


def _move_id(move: object) -> str:
    """The id of one move, or of the one that the words mean. NotFound with the nearest."""
    if not isinstance(move, str):
        raise BadInput(f"{shown(move)} is no camera move: write its name in quotes, such as 'dolly_in'")
    if move in camera.vocabulary():
        return move
    meant = camera.Camera.parse(clean(move, "the move"))
    ids = _ids(meant.asked_move)
    if len(ids) == 1 and not meant.guessed and not meant.unknown:
        return ids[0]
    if meant.guessed or len(ids) > 1:
        why = meant.guessed[0] if meant.guessed else f"it means {', '.join(ids)}"
        raise BadInput(f"{shown(move)} is not one camera move ({why}): write its name, such as 'dolly_in'")
    from studio.camera.vocabulary import move as find

    return find(move).id
