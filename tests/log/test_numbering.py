from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import BadInput
from studio.log import Renumbered, new_id
from studio.log.events import check
from studio.log.numbering import event_row, file_now, settle

CLAIMS = st.lists(st.integers(1, 6), max_size=12).map(lambda numbers: [(f"{k:03d}", n) for k, n in enumerate(numbers)])


@given(CLAIMS, st.randoms(use_true_random=False))
def test_the_earlier_take_keeps_its_number_and_each_other_one_gets_the_next_that_was_never_given(claims, random):
    moved = settle(claims, "take")
    shuffled = list(claims)
    random.shuffle(shuffled)
    assert settle(shuffled, "take") == moved
    after = {id: moved.get(id, number) for id, number in claims}
    assert len(set(after.values())) == len(after)
    most = max((number for _, number in claims), default=0)
    assert list(moved.values()) == list(range(most + 1, most + 1 + len(moved)))
    assert list(moved) == sorted(moved)
    for id, number in claims:
        first = min(other for other, same in claims if same == number)
        assert (id in moved) == (id != first)
    assert settle(after.items(), "take") == {}


@given(CLAIMS)
def test_of_words_and_cuts_the_later_one_always_has_the_higher_number(claims):
    moved = settle(claims, "prompt")
    after = [moved.get(id, number) for id, number in claims]
    assert after == sorted(set(after))
    assert settle([(id, moved.get(id, number)) for id, number in claims], "cut") == {}


def test_the_event_of_a_new_number_is_the_same_whoever_writes_it():
    id = new_id()
    row = event_row("take", id, "07A", 3, 5, 1_790_000_000_000_000)
    assert row == event_row("take", id, "07A", 3, 5, 1_790_000_000_000_000)
    assert row["id"] != event_row("take", id, "07A", 3, 6, 1_790_000_000_000_000)["id"]
    made = uuid.UUID(row["id"])
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert row["id"][:13] == id[:13]  # it sorts by the row's own milliseconds
    assert (row["author"], row["subject"], row["data"]) == (
        "studio", id, '{"number":5,"of":"take","shot":"07A","was":3}',
    )  # fmt: skip


@pytest.mark.parametrize("data", [
    {"of": "take", "was": 3, "number": 3}, {"of": "take", "was": 0, "number": 3},
    {"of": "take", "was": 3, "number": 10_000}, {"of": "slot", "was": 3, "number": 4},
    {"of": "take", "was": True, "number": 4},
])  # fmt: skip
def test_a_number_only_grows_and_a_label_has_four_digits(data):
    with pytest.raises(BadInput):
        check("renumbered", data | {"shot": "07A"})


@pytest.mark.parametrize(("file", "now"), [
    ("media/takes/07A-003.mp4", "media/takes/07A-004.mp4"),
    ("media/takes/07A-003-1f2e.mp4", "media/takes/07A-004-1f2e.mp4"),
    ("media/posters/07A-003-last.png", "media/posters/07A-004-last.png"),
    ("media/takes/07A-0031.mp4", "media/takes/07A-0031.mp4"),
    ("media/takes/07A-004.mp4", "media/takes/07A-004.mp4"),
    ("07A-003", "07A-003"),
])  # fmt: skip
def test_a_file_named_after_a_former_label_is_named_after_the_present_one(file, now):
    assert file_now(file, ["07A-003", "07A-004"], "07A-004") == now


def test_what_moved_is_told_in_a_sentence():
    assert str(Renumbered("take", "x", "07A", 3, 4, "ben")) == "07A-003 by ben is 07A-004 now"
    assert str(Renumbered("sound", "x", "07A", 3, 4)) == "07A-fx03 is 07A-fx04 now"
    assert str(Renumbered("prompt", "x", "07A", 3, 4, "ben")) == "version 3 of the words of 07A by ben is version 4 now"
    assert str(Renumbered("cut", "x", "", 3, 4, "ben")) == "version 3 of the cut by ben is version 4 now"
