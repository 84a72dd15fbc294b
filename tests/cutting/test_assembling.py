from __future__ import annotations

from fractions import Fraction

import pytest

from studio.cutting import Candidates, Grid, arrange, fill_cards
from studio.cutting.assembling import no_circle, place_in
from studio.errors import BadInput
from tests.cutting.making import FILM, card, every, take

BEAT = Fraction(1, 2)  # 12 frames
GRID = Grid(
    bars=every(4 * BEAT, 4, BEAT), beats=every(BEAT, 17), start_s=Fraction(0), end_s=17 * BEAT, rate=FILM, first_bar=9
)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (12, 60, "bar 9"),
        (12, 108, "bars 9–10"),
        (0, 60, "bar 9"),  # what lies before the first bar belongs to it
        (0, 12, "before bar 9"),
        (0, 24, "beat 1 before bar 9 to bar 9 beat 1"),
        (24, 48, "bar 9 beat 2 to bar 9 beat 3"),
        (24, 36, "bar 9 beat 2"),
        (108, 204, "bars 11–12"),  # to the end of the range
    ],
)
def test_where_a_slot_lies_is_said_in_bars_and_beats(start, end, said):
    assert place_in(GRID, start, end) == said


def test_a_shot_without_a_circled_take_gets_an_empty_slot_when_asked_for():
    shots = [Candidates("01A", (take("01A-001", 500),)), Candidates("02A", ()), Candidates("03A", ())]
    song = {"bars": every(4 * BEAT, 3), "beats": every(BEAT, 12), "start_s": Fraction(0), "end_s": 12 * BEAT}
    slots = arrange(shots, **song, rate=FILM, slowest_speed=Fraction(1), holes=True)
    assert [(slot.source.name, slot.frames, slot.empty, slot.shot) for slot in slots] == [
        ("01A-001", 48, False, "01A"),
        ("empty-02A", 48, True, "02A"),
        ("empty-03A", 48, True, "03A"),
    ]
    cards = {name: card(name, 48) for name in ("empty-02A", "empty-03A")}
    assert [slot.source.file != "" for slot in fill_cards(slots, cards)] == [True] * 3
    with pytest.raises(BadInput, match="02A has no circled take"):
        arrange(shots, **song, rate=FILM, slowest_speed=Fraction(1))
    assert arrange(shots[1:], **song, rate=FILM, slowest_speed=Fraction(1), holes=True)[0].shot == "02A"


def test_an_empty_card_says_what_is_missing():
    assert no_circle("empty-02A") == "02A\nno circled take"
