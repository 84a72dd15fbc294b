"""Which camera words get a move from which model."""

from __future__ import annotations

import pytest

from studio.errors import BadInput
from studio.review import phrasing
from studio.review.evidence import Judged


def takes(words: str, *obeyed: str, on: str = "runway/gen4.5") -> list[Judged]:
    provider, model = on.split("/")
    return [
        Judged(f"07A-{k:03d}", "07A", provider, model, "", ("dolly_in",), how, "ada", {"camera": words})
        for k, how in enumerate(obeyed)
    ]


ROWS = [
    *takes("Slow push in", *["yes"] * 9, "no", "partly", "unreadable"),
    *takes("slow  push in", "yes"),
    *takes("dolly in", *["yes"] * 4),
    *takes("move closer", *["no"] * 8, *["static"] * 2),
    *takes("dolly in", "yes", "no", on="luma/ray-2"),
    *takes("dolly in", "", on="luma/ray-2"),  # not measured
]


def test_the_best_words_stand_first_and_few_takes_do_not_beat_many():
    found = phrasing("words for dolly_in", ROWS, "model")
    table = found.to_frame()
    assert table[["model", "words", "obeyed", "measured"]].values.tolist() == [
        ["runway/gen4.5", "Slow push in", 10, 12],
        ["runway/gen4.5", "dolly in", 4, 4],
        ["runway/gen4.5", "move closer", 0, 10],
        ["luma/ray-2", "dolly in", 1, 2],
    ]
    assert table["enough"].tolist() == [True, False, True, False]
    assert table.loc[0, ["partly", "unreadable"]].tolist() == [1, 1]
    assert (table["low"] <= table["obeyed"] / table["measured"]).all()
    assert repr(found).splitlines() == [
        "words for dolly_in",
        "  runway/gen4.5: best “Slow push in”, 10 of 12 (95 %: 55–95 %) obeyed",
        "    “Slow push in” 10 of 12 (95 %: 55–95 %) obeyed; 1 partly; 1 unreadable",
        "    “dolly in” 4 of 4, too few to say obeyed",
        "    “move closer” 0 of 10 (95 %: 0–28 %) obeyed",
        "  luma/ray-2: too few takes to say which words are best",
        "    “dolly in” 1 of 2, too few to say obeyed",
    ]


def test_words_stay_words_on_a_page_and_no_takes_are_told_as_none():
    page = phrasing("words for <b>", takes("<script>", "yes"), "shot")._repr_html_()
    assert "<script" not in page
    assert "&lt;b&gt;" in page
    none = phrasing("words for dolly_in", [], "model")
    assert "no finished take" in repr(none)
    assert "no finished take" in none._repr_html_()
    assert none.to_frame().empty
    with pytest.raises(BadInput, match="by 'colour'"):
        phrasing("x", ROWS, "colour")
