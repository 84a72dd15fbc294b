from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from studio.cutting import editing
from studio.cutting.alternates import alternates, alternates_frame, best_in, joins_frame
from studio.cutting.choosing import choose, with_cards
from studio.cutting.stock import Stock
from studio.errors import BadInput, NotFound
from studio.log import Log
from studio.nouns import Source
from tests.cutting.looking import IN, OUT, STILL, an_end
from tests.cutting.stocking import add, cut_of


@pytest.fixture
def log(tmp_path):
    with Log.open(tmp_path) as log:
        yield log


def test_only_the_takes_that_may_fill_a_slot_are_looked_at(log, monkeypatch):
    endless_zoom(log)
    add(log, "02A-003", an_end(IN, hue=20), an_end(IN, hue=30), verdict="hold")
    read, latest_as = set(), log.latest_as

    def told(kind, make, ids):
        read.update(ids)
        return latest_as(kind, make, ids)

    monkeypatch.setattr(log, "latest_as", told)
    choose(cut_of(log, "01A-001", "02A-001", "03A-001"), Stock(log))
    assert read == {log.take(label).id for label in ("01A-001", "02A-001", "02A-002", "03A-001")}


def names(cut) -> list[str]:
    return [slot.source.name for slot in cut.slots]


def card(name: str, text: str, frames: int) -> Source:
    return Source("card", name, f"media/cards/{name}.mp4", "c" * 64, Fraction(24), frames, 320, 180, name[:8].upper())


def endless_zoom(log) -> None:
    """Three shots that zoom in, each picture going on in the next; 02A-001 zooms out, 02A-002 goes on."""
    add(log, "01A-001", an_end(IN, hue=10), an_end(IN, hue=20))
    add(log, "02A-001", an_end(OUT, hue=20), an_end(OUT, hue=30))
    add(log, "02A-002", an_end(IN, hue=20), an_end(IN, hue=30))
    add(log, "03A-001", an_end(IN, hue=30), an_end(IN, hue=40))


def test_an_endless_zoom_with_a_broken_take_avoids_it(log):
    endless_zoom(log)
    found = choose(cut_of(log, "01A-001", "02A-001", "03A-001"), Stock(log))
    assert names(found.cut) == ["01A-001", "02A-002", "03A-001"]
    assert found.solution.exact
    assert found.solution.runner_up(1).price > 1  # two joins break with the other


def test_what_is_pinned_stays_and_what_is_banned_is_not_used(log):
    endless_zoom(log)
    cut = cut_of(log, "01A-001", "02A-001", "03A-001")
    assert names(choose(editing.pin(cut, 2), Stock(log)).cut)[1] == "02A-001"
    assert names(choose(editing.ban(cut, "02A-002"), Stock(log)).cut)[1] == "02A-001"
    shorter = cut_of(log, "01A-001", "02A-001", "03A-001", frames=100)
    dissolved = editing.dissolve(editing.trim(shorter, 2, 9), 2, 6)
    assert choose(dissolved, Stock(log)).cut.slots[:2] == dissolved.slots[:2]  # it was made for just these frames
    slowed = editing.retime(cut, 2, "1/2")
    assert choose(slowed, Stock(log)).cut == slowed


def test_the_in_point_is_chosen_for_the_joins(log):
    """The take turns from moving out to moving in half way: entered late, it goes on."""
    add(log, "01A-001", an_end(IN), an_end(IN))
    add(log, "02A-001", an_end(OUT), an_end(IN))
    cut = cut_of(log, "01A-001", "02A-001", frames=40)
    assert choose(cut, Stock(log)).cut.slots[1].in_frames >= 60
    add(log, "02A-002", an_end(OUT), an_end(IN), best=(0, 50))
    banned = choose(editing.ban(cut, "02A-001"), Stock(log)).cut.slots[1]
    assert (banned.source.name, banned.in_frames <= 10) == ("02A-002", True)


def test_of_equal_joins_the_take_that_obeyed_is_taken(log):
    add(log, "01A-001", an_end(), an_end())
    for label, obeyed in (("02A-001", "no"), ("02A-002", "unreadable"), ("02A-003", "yes"), ("02A-004", "partly")):
        add(log, label, an_end(), an_end(), obeyed=obeyed)
    found = choose(cut_of(log, "01A-001", "02A-001"), Stock(log))
    assert names(found.cut)[1] == "02A-003"
    prices = {each.take: each.price for each in found.solution.alternatives(1)}
    assert prices["02A-002"] == prices["02A-004"] == 0.15  # what cannot be told is neutral
    assert prices["02A-001"] == 0.3


def test_takes_that_nothing_is_known_of_are_chosen_by_label_from_their_first_frame(log):
    for label in ("01A-001", "02A-001", "02A-002"):
        add(log, label, None, None)
    found = choose(cut_of(log, "01A-001", "02A-002", frames=40), Stock(log)).cut
    assert names(found) == ["01A-001", "02A-001"]
    assert [slot.in_frames for slot in found.slots] == [0, 0]
    assert joins_frame(found, Stock(log))["said"].tolist() == ["nothing is known of a take: film.measure() looks at it"]


def test_the_same_takes_give_the_same_cut(log):
    endless_zoom(log)
    cut = cut_of(log, "01A-001", "02A-001", "03A-001", frames=50)
    first = choose(cut, Stock(log)).cut
    assert choose(cut, Stock(log)).cut == first == choose(first, Stock(log)).cut


def test_two_slots_of_a_shot_use_two_takes_and_a_third_is_left_empty(log):
    add(log, "01A-001", an_end(IN), an_end(IN))
    add(log, "02A-001", an_end(IN), an_end(IN))
    add(log, "02A-002", an_end(STILL), an_end(STILL))
    cut = cut_of(log, "01A-001", "02A-001", "02A-001", "02A-001")
    found = choose(cut, Stock(log))
    assert sorted(names(found.cut)) == ["01A-001", "02A-001", "02A-002", "empty-02A"]
    made = with_cards(found.cut, card, lambda name: f"words of {name}")
    assert all(slot.source.file for slot in made.slots)
    add(log, "02A-003", an_end(IN), an_end(IN))
    assert "empty-02A" not in names(choose(made, Stock(log)).cut)


def test_what_cannot_be_filled_otherwise_stays_as_it_is(log):
    add(log, "01A-001", an_end(), an_end(), verdict="hold")
    cut = cut_of(log, "01A-001", "01A-001")  # twice, because somebody wanted it so
    assert choose(cut, Stock(log)).cut == cut


def test_alternates_are_ranked_by_what_the_whole_loses_with_them(log):
    endless_zoom(log)
    add(log, "02A-003", an_end(IN, hue=20), an_end(IN, hue=30), verdict="hold")
    add(log, "02A-004", an_end(IN, hue=20), an_end(IN, hue=30), verdict="ng")
    cut = choose(cut_of(log, "01A-001", "02A-001", "03A-001"), Stock(log)).cut
    found = alternates(cut, 2, Stock(log))
    assert [each.take for each in found] == ["02A-002", "02A-003", "02A-001"]
    assert [each.price for each in found][:2] == [0.0, 0.3]  # a held take goes behind a circled one
    assert (found[0].in_cut, found[0].join_in.word, found[2].join_out.word) == (True, "good", "break")
    table = alternates_frame(cut, 2, Stock(log))
    assert table["take"].tolist() == ["02A-002", "02A-003", "02A-001"]
    assert table["total"].is_monotonic_decreasing
    assert [each.take for each in alternates(editing.pin(cut, 2), 2, Stock(log))] == [each.take for each in found]


def test_the_table_of_joins_follows_the_aims(log):
    endless_zoom(log)
    cut = cut_of(log, "01A-001", "02A-001", "03A-001")
    table = joins_frame(editing.aim(cut, 2, "contrast"), Stock(log))
    assert table["aim"].tolist() == ["contrast", "flow"]
    assert table["word"].tolist() == ["break", "break"]
    assert table["said"].tolist()[1] == "the same picture, zoom turns round"
    assert joins_frame(replace(cut, aim="match"), Stock(log))["aim"].tolist() == ["match", "match"]


def test_a_swapped_take_enters_where_its_joins_are_best(log):
    add(log, "01A-001", an_end(IN), an_end(IN))
    add(log, "02A-001", an_end(OUT), an_end(IN))
    cut = cut_of(log, "01A-001", "01A-001", frames=40)
    stock = Stock(log)
    assert best_in(cut, 2, stock.take("02A-001"), stock) >= 60


def test_a_take_that_cannot_be_cut_is_told(log):
    endless_zoom(log)
    with log.write("ada") as writer:
        writer.take("03A")
    with pytest.raises(BadInput, match="03A-002 has no clip yet, it is planned: name a take that is done"):
        Stock(log).take("03A-002")
    with pytest.raises(NotFound, match="there is no take '09A-001'"):
        Stock(log).take("09A-001")
