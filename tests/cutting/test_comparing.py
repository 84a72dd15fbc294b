from __future__ import annotations

from dataclasses import replace

from studio.cutting import editing
from studio.cutting.comparing import difference, joins_compared
from studio.cutting.joins import Join
from studio.nouns import Slot
from tests.cutting.making import card, hard_cut, take

CUT = hard_cut(
    slots=(
        Slot(take("01A-001", 120), 0, 48, in_frames=10),
        Slot(take("07A-014", 120), 48, 106, in_frames=7),
        Slot(take("03A-001", 120), 154, 60, in_frames=20),
        Slot(replace(card("empty-04A", 30), reel="EMPTY04A"), 214, 30),
    ),
    version=8,
)


def later(cut):
    return replace(cut, version=9)


def test_two_versions_alike_differ_in_nothing():
    found = difference(CUT, later(CUT))
    assert (found.words, repr(found)) == ("no slot changed", "version 9 against 8: no slot changed")


def test_another_take_of_the_shot_is_swapped_and_not_new():
    found = difference(CUT, later(editing.swap(CUT, 2, take("07A-002", 120), 5)))
    assert found.words == "1 slot changed: 1 swapped"
    assert [(each.slot, each.was_slot, each.said) for each in found.changed] == [(2, 2, "07A-002 instead of 07A-014")]


def test_a_take_in_an_empty_slot_fills_it_and_a_slot_can_be_emptied():
    filled = later(editing.swap(CUT, 4, take("04A-002", 120)))
    assert [each.said for each in difference(CUT, filled).changed] == ["04A-002 in the empty slot"]
    emptied = difference(filled, CUT)
    assert emptied.words == "1 slot changed: 1 gap"
    assert emptied.changed[0].said == "nothing instead of 04A-002"


def test_all_edits_are_counted_and_told():
    new = editing.retime(editing.roll(editing.slip(CUT, 1, 3), 2, -4), 3, "1/2")
    found = difference(CUT, later(new))
    assert found.words == "3 slots changed: 2 trimmed, 1 slipped, 1 retimed"
    assert repr(found).splitlines()[1] == "  slot 1 01A-001: slipped: begins 3 frames later in the take"
    assert set(found.to_frame()["change"]) == {"slipped", "trimmed", "trimmed, retimed", ""}


def test_pins_bans_and_aims_are_told_beside_the_slots():
    new = replace(editing.aim(editing.ban(editing.pin(CUT, 2), "03A-001"), 3, "contrast"), aim="match")
    found = difference(CUT, later(new))
    assert found.words == "no slot changed"
    assert found.notes == (
        "pinned: 07A-014",
        "banned: 03A-001",
        "the join into slot 3 aims at contrast instead of flow",
        "the joins aim at match instead of flow",
    )
    assert difference(later(new), CUT).notes[:2] == ("no longer pinned: 07A-014", "no longer banned: 03A-001")


def test_joins_of_two_versions_are_counted_by_their_words_and_worth():
    good, weak, poor = (Join(score, word, {}, "") for word, score in (("good", 0.9), ("weak", 0.5), ("break", 0.1)))
    assert joins_compared([None, good, poor], [None, good, weak]) == (
        "1 good, 1 weak instead of 1 good, 1 break: 1.00 → 1.40 in all"
    )
    assert joins_compared([good, None], [good, None]) == "1 good, as they were"
    assert joins_compared([None], [None, good]) == "1 good instead of none: 0.00 → 0.90 in all"
    found = replace(difference(CUT, later(editing.pin(CUT, 2))), joins="1 good, as they were")
    assert repr(found).splitlines()[-2:] == ["  joins: 1 good, as they were", "  pinned: 07A-014"]
    assert "1 good, as they were" in found._repr_html_()


def test_a_page_shows_names_as_text():
    wild = later(editing.swap(CUT, 2, replace(take("07A-002", 120), name="<b>07A"), 5))
    assert "<b>07A" not in difference(CUT, wild)._repr_html_()
