"""What a person may get wrong about measured cameras: anything at all is answered with one sentence, or taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import studio
from studio.film import Film
from studio.media import look, measure
from tests.faults.test_bad_words import ANYTHING, told


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Film]:
    folder = tmp_path_factory.mktemp("film")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("STUDIO_AUTHOR", raising=False)
        patch.chdir(folder)
        with studio.new(folder / "film", size=(160, 90), rate=8, authors=["ada"]) as film:
            film.write("07A", "Two teenagers meet.", camera="pan right")
            film.generate("07A", seconds=1).wait(60)
            yield film


CALLS: dict[str, Callable[[Film, Any], object]] = {
    "measured": lambda film, wrong: film.measured(wrong),
    "obeyed": lambda film, wrong: film.obeyed("07A-001", wrong),
    "obeyed, whose": lambda film, wrong: film.obeyed(wrong, "yes"),
    "obeyed, what was got": lambda film, wrong: film.obeyed("07A-001", "no", move=wrong),
    "obeyed, note": lambda film, wrong: film.obeyed("07A-001", "no", note=wrong),
    "measure": lambda film, wrong: film.measure(wrong, progress=False),
    "measure, workers": lambda film, wrong: film.measure([], workers=wrong, progress=False),
    "phrasing": lambda film, wrong: film.evidence.phrasing(wrong),
    "phrasing, by": lambda film, wrong: film.evidence.phrasing("pan_right", by=wrong),
    "obedience": lambda film, wrong: film.evidence.obedience(by=wrong),
    "calibration, takes": lambda film, wrong: film.evidence.calibration(f"{id(wrong)}.html", wrong),
    "compare": lambda film, wrong: film.compare("07A-001", wrong, words=False),
    "media.measure": lambda film, wrong: measure(wrong),
    "media.look": lambda film, wrong: look(wrong),
}


@pytest.mark.parametrize("name", CALLS)
def test_anything_at_all_is_answered_with_one_sentence_or_taken(film: Film, name: str) -> None:
    before = len(film.takes())
    for wrong in ANYTHING:
        told(lambda given: CALLS[name](film, given), wrong)
    assert len(film.takes()) == before


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda film: film.obeyed("07A-001", "maybe"), "yes, partly, no, static"),
        (lambda film: film.measured("07A-009"), "the nearest is 07A-001"),
        (lambda film: film.measure(3), "names no takes"),
        (lambda film: film.measure(["07A-009"]), "the nearest is 07A-001"),
        (lambda film: film.evidence.calibration("c.html", []), "name 1 to 200"),
        (lambda film: measure("gone.mp4"), "gone.mp4"),
        (lambda film: measure(Path()), "is a folder"),
    ],
)
def test_the_sentence_names_what_is_wrong_and_what_would_be_right(
    film: Film, call: Callable[[Film], object], sentence: str
) -> None:
    assert sentence in told(lambda _: call(film), None)
