"""Evidence: counts with their uncertainty, never a bare percentage of a handful."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import BadInput
from studio.review.evidence import FEW, Judged, Rate, grouped, paired, says, style_phrases, tally, wilson
from studio.review.findings import move_table, obedience, style_table, weigh

# R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I,
# method 3 (score), to four places
NEWCOMBE = (
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
)


@pytest.mark.parametrize(("kept", "n", "low", "high"), NEWCOMBE)
def test_the_interval_is_the_one_in_the_literature(kept: int, n: int, low: float, high: float) -> None:
    assert wilson(kept, n) == pytest.approx((low, high), abs=5e-5)


COUNTS = st.integers(0, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS)
def test_the_interval_holds_the_share_and_turns_round_with_it(counts: tuple[int, int]) -> None:
    kept, n = counts
    low, high = wilson(kept, n)
    assert 0 <= low <= (kept / n if n else 0.5) <= high <= 1
    other = wilson(n - kept, n)
    assert (1 - other[1], 1 - other[0]) == pytest.approx((low, high), abs=1e-12)
    assert (low == 0) == (kept == 0)
    assert (high == 1) == (kept == n)


@given(COUNTS.filter(lambda counts: counts[1] > 0))
def test_its_ends_are_where_the_score_is_the_deviate(counts: tuple[int, int]) -> None:
    kept, n = counts
    for end in wilson(kept, n):
        if 0 < end < 1:
            assert (kept / n - end) ** 2 == pytest.approx(1.959963984540054**2 * end * (1 - end) / n, rel=1e-6)


@given(st.integers(1, 400), st.integers(1, 50))
def test_more_takes_of_the_same_share_say_it_more_closely(n: int, times: int) -> None:
    kept = n // 2
    (low, high), (closer_low, closer_high) = wilson(kept, n), wilson(kept * (times + 1), n * (times + 1))
    assert closer_high - closer_low < high - low


def test_counts_that_cannot_be_are_one_sentence() -> None:
    for kept, n in ((5, 3), (-1, 3), (0, -1)):
        with pytest.raises(BadInput, match="is no count"):
            wilson(kept, n)


@given(COUNTS)
def test_under_ten_there_is_no_percentage_and_above_never_a_bare_one(counts: tuple[int, int]) -> None:
    said = str(Rate(*counts))
    if counts[1] < FEW:
        assert "%" not in said
    else:
        assert re.fullmatch(r"\d+ of \d+ \(95 %: \d+–\d+ %\)", said)


def test_a_rate_reads_well() -> None:
    assert str(Rate(3, 7)) == "3 of 7, too few to say"
    assert str(Rate(30, 70)) == "30 of 70 (95 %: 32–55 %)"
    assert str(Rate(0, 0)) == "none"


# --- takes -------------------------------------------------------------------------------------------------------


def take(
    verdict: str = "", style: str = "", shot: str = "07A", on: str = "previz/layers", moves: tuple[str, ...] = (),
    obeyed: str = "", **words: str,
) -> Judged:  # fmt: skip
    provider, model = on.split("/")
    return Judged("07A-001", shot, provider, model, verdict, moves, obeyed, "ada", {"style": style, **words})


def test_a_circle_is_kept_a_hold_is_not_and_what_nobody_judged_stands_apart() -> None:
    found = tally([take("circle"), take("circle"), take("hold"), take("ng"), take(), take()])
    assert found.kept == Rate(2, 4)
    assert (found.on_hold, found.not_judged) == (1, 2)


def test_what_is_unreadable_is_neither_obeyed_nor_disobeyed() -> None:
    found = tally([take(obeyed=how) for how in ("yes", "yes", "partly", "no", "static", "unreadable", "")])
    assert found.obeyed == Rate(2, 5)
    assert found.unreadable == 1


def test_a_word_is_found_whole_and_without_case_and_not_among_what_to_avoid() -> None:
    has = says("Grain")
    assert has(take(style="fine GRAIN, 35mm"))
    assert has(take(scene_text="a field of grain."))
    assert has(take(continuity="Mara, grain dealer"))
    assert not has(take(style="grainy, ungrained"))
    assert not has(take(avoid="grain"))
    assert says("grain", "avoid")(take(avoid="grain"))
    assert not says("grain", "style")(take(scene_text="grain"))
    assert says("super  16")(take(style="shot on Super 16, warm"))
    assert says("35mm (anamorphic)")(take(style="35mm (anamorphic), warm"))
    assert says("STRASSE")(take(scene_text="eine Straße"))
    assert says("cafe\u0301")(take(scene_text="a café"))
    for wrong in (lambda: says("  "), lambda: says("grain", "colour")):
        with pytest.raises(BadInput):
            wrong()


WORDS = st.sampled_from(["anamorphic", "35mm", "grain", "warm"])
TAKES = st.lists(
    st.builds(
        take,
        verdict=st.sampled_from(["", "circle", "hold", "ng"]),
        style=st.lists(WORDS, max_size=3).map(", ".join),
        shot=st.sampled_from(["07A", "08B"]),
        on=st.sampled_from(["previz/layers", "runway/gen4.5"]),
        moves=st.sampled_from([(), ("dolly_in",), ("dolly_in", "pan_left")]),
        obeyed=st.sampled_from(["", "yes", "partly", "no", "static", "unreadable"]),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(TAKES, WORDS)
def test_with_and_without_are_all_takes_and_the_groups_add_up(rows: list[Judged], word: str) -> None:
    has = says(word, "style")
    ((_, with_it, without_it),) = weigh("x", rows, has).groups
    whole = tally(rows)
    for name in ("kept", "n"):
        assert getattr(with_it.kept, name) + getattr(without_it.kept, name) == getattr(whole.kept, name)
        assert getattr(with_it.obeyed, name) + getattr(without_it.obeyed, name) == getattr(whole.obeyed, name)
    assert with_it.not_judged + without_it.not_judged == whole.not_judged
    for by in ("model", "provider", "shot", "author"):
        groups = weigh("x", rows, has, by).groups
        assert sum(each[1].kept.n for each in groups) == with_it.kept.n
        assert sum(each[2].kept.kept for each in groups) == without_it.kept.kept


@settings(deadline=None)
@given(TAKES, WORDS)
def test_the_table_of_style_words_says_what_each_word_says(rows: list[Judged], word: str) -> None:
    table = style_table(rows).set_index("words")
    ((_, with_it, without_it),) = weigh("x", rows, says(word, "style")).groups
    if word in table.index:
        line = table.loc[word]
        assert (line["kept_with"], line["n_with"]) == (with_it.kept.kept, with_it.kept.n)
        assert (line["kept_without"], line["n_without"]) == (without_it.kept.kept, without_it.kept.n)
        assert line["with_it"] == str(with_it.kept)
    else:
        assert with_it.kept.n == 0


@given(TAKES, WORDS)
def test_the_fair_comparison_takes_nothing_but_what_has_both_sides(rows: list[Judged], word: str) -> None:
    has = says(word, "style")
    found = paired(rows, has)
    counted = [0, 0]
    for shot in ("07A", "08B"):
        for on in ("previz/layers", "runway/gen4.5"):
            of = [row for row in rows if row.shot == shot and row.on == on and row.verdict]
            sides = [sum(map(has, of)), sum(not has(row) for row in of)]
            if all(sides):
                counted = [counted[0] + sides[0], counted[1] + sides[1]]
    assert [found.with_it.n, found.without_it.n] == counted
    assert 0 <= found.more + found.fewer <= found.pairs


def test_a_word_that_only_came_with_a_better_model_is_told_as_that() -> None:
    """All takes of runway have the word and are kept, all of previz lack it; within one model it does no good."""
    rows = [take("circle", "anamorphic", on="runway/gen4.5")] * 9 + [take("circle", "", on="runway/gen4.5")] * 2
    rows += [take("ng", "", on="previz/layers")] * 12
    found = weigh("“anamorphic” in the words", rows, says("anamorphic"))
    said = repr(found)
    assert "with it    kept 9 of 9, too few to say" in said
    assert "without it kept 2 of 14 (95 %: 4–40 %)" in said
    assert found.fair.pairs == 1
    assert (found.fair.more, found.fair.fewer) == (0, 0)
    assert "with it most often runway/gen4.5 (9 of 9), without it previz/layers (12 of 14)" in said
    assert "the shots differ" not in said


def test_evidence_says_where_there_is_none() -> None:
    anamorphic = says("anamorphic")
    assert "no take is judged yet" in repr(weigh("x", [], anamorphic))
    assert "no finished take has it" in repr(weigh("x", [take("circle")], anamorphic))
    assert "nothing can be compared" in repr(weigh("x", [take("circle", "anamorphic")], anamorphic))
    assert repr(obedience([take("circle")], ("model",))).startswith("nothing is measured yet")
    assert "nothing is measured yet" in obedience([], ("model",))._repr_html_()
    assert list(obedience([], ("model",)).to_frame().columns[:2]) == ["model", "yes"]
    assert move_table([]).empty
    assert style_table([]).empty
    assert weigh("x", [], anamorphic, "model").to_frame().empty
    with pytest.raises(BadInput, match="by 'colour': there is model"):
        grouped([], "colour")


def test_words_in_a_table_of_evidence_stay_words() -> None:
    page = weigh("<script>x</script>", [take("circle", shot="<b>")], says("x"), "shot")._repr_html_()
    assert "<script" not in page
    assert "<b>&lt;script&gt;" in page
    assert "&lt;b&gt;</th>" in page


def test_a_move_is_counted_wherever_it_stands_in_a_camera() -> None:
    rows = [
        take("circle", moves=("dolly_in",), obeyed="yes"),
        take("ng", moves=("dolly_in", "pan_left"), obeyed="no"),
        take("", moves=("pan_left",), obeyed="unreadable"),
        take("circle"),
    ]
    table = move_table(rows)
    assert table.index.name == "move"
    assert table.loc["dolly_in", ["kept", "n", "obeyed", "measured"]].tolist() == [1, 2, 1, 2]
    assert table.loc["pan_left", ["kept", "n", "not_judged", "obeyed", "measured"]].tolist() == [0, 1, 1, 0, 1]
    told = obedience(rows, ("move",))
    assert repr(told).splitlines()[0] == "dolly_in: 1 of 2, too few to say obeyed; 1 no"
    assert told.to_frame().set_index("move").loc["pan_left", ["no", "unreadable", "measured"]].tolist() == [1, 1, 1]


def test_a_style_is_taken_apart_at_its_commas() -> None:
    assert style_phrases("Anamorphic, super  16;\nwarm light. , anamorphic") == ("anamorphic", "super 16", "warm light")
    assert style_phrases("") == ()
