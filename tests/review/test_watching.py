"""The takes with a clip, kept up to date while people decide and takes arrive."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.errors import BadInput, NotFound
from studio.log import Log
from studio.media.features import End, Features
from studio.media.flags import Flags
from studio.nouns import Take
from studio.review import WrongQuery, decide, folds, mark_accident, undo
from studio.review.watching import SORTS, Watching
from tests.log.making import MEDIA, a_cut, asked, make_film

CLEAN = {
    "black": 0.0, "frozen_s": 0.0, "flicker": 0.0, "cuts_s": (), "sharpness": 100.0, "letterbox": 0.0, "pillarbox": 0.0,
}  # fmt: skip


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.open(make_film(tmp_path / "film")) as opened:
        yield opened


def finish(log: Log, *takes: Take, sha256: str = "", pictures: int | None = None, **noticed: float) -> None:
    """Clips are there and looked at; without a hash given each is like no other."""
    with log.write("studio") as writer:
        for take in takes:
            facts = MEDIA | {"sha256": sha256 or take.id}
            writer.event("media", take.id, {"file": f"media/takes/{take.label}.mp4", **facts})
            writer.event("state", take.id, {"state": "done"})
            flags = Flags(**{**CLEAN, **noticed})
            writer.event("flags", take.id, {"words": flags.words, "flags": flags.to_json(), "method": 1})
            if pictures is not None:
                end = End(bytes(9 * 16 * 3), bytes(2 * 3 * 16), None, pictures)
                told = Features(end, end, pictures).to_json()
                writer.event("features", take.id, {"features": told, "method": 1})


def shoot(log: Log, shot: str, takes: int) -> list[Take]:
    before = [take for take in log.takes() if take.shot == shot]
    with log.write("ada") as writer:
        if before:
            return [writer.take(shot, before[0].request_id) for _ in range(takes)]
        return asked(writer, shot, takes)


@pytest.fixture
def takes(log: Log) -> list[Take]:
    with log.write("ada") as writer:
        asked_for = [*asked(writer, "07B", 2), *asked(writer, "07A", 3)]
    finish(log, *asked_for)
    return asked_for


def test_takes_with_a_clip_are_watched_in_story_order(log, takes):
    shoot(log, "07A", 1)
    watching = Watching(log, "ada")
    assert [take.take for take in watching.takes] == ["07A-001", "07A-002", "07A-003", "07B-001", "07B-002"]
    assert (len(watching), "07A-004" in watching, watching.place("07A-002")) == (5, False, "2 of 3 in 07A")
    with pytest.raises(NotFound, match="'07A-004' is no take with a clip here: the nearest is 07A-00"):
        watching["07A-004"]


def test_only_what_changed_is_told(log, takes):
    watching = Watching(log, "ada")
    assert watching.refresh() == frozenset()
    decide(log, "07A-002", "circle", "ada", "face")
    decide(log, "07B-001", "ng", "ben", "hand")
    assert watching.refresh() == {"07A-002", "07B-001"}
    assert watching.counts == {"all": 5, "seen": 1, "circle": 1, "hold": 0, "ng": 0, "accident": 0, "folded": 0}
    assert (watching["07A-002"].verdict, watching["07A-002"].reasons) == ("circle", ("face",))
    assert [said.author for said in watching["07B-001"].others] == ["ben"]
    undo(log, "ada")
    assert watching.refresh() == {"07A-002"}
    assert not watching["07A-002"].seen
    assert watching.refresh() == frozenset()


def test_new_takes_appear_where_they_belong_and_the_counts_are_those_of_a_fresh_look(log, takes):
    watching = Watching(log, "ada")
    new = shoot(log, "07A", 1)[0]
    assert watching.refresh() == frozenset()
    finish(log, new, sha256=takes[2].id)
    mark_accident(log, "07B-002", True, "ada")
    decide(log, "07A-003", "hold", "ada", "a, b")
    assert watching.refresh() == {"07A-004", "07B-002", "07A-003"}
    fresh = Watching(log, "ada")
    assert watching.takes == fresh.takes
    assert (watching.counts, watching.facets) == (fresh.counts, fresh.facets)
    assert watching.counts["folded"] == 1
    assert watching.facets["shot"] == [("07A", 4), ("07B", 2)]
    assert watching.facets["reason"] == [("a", 1), ("b", 1)]
    assert watching.facets["verdict"] == [("none", 5), ("hold", 1)]
    assert watching.facets["flag"] == [("none", 5), ("duplicate", 1)]


def test_who_decides_can_be_changed_and_without_anybody_the_films_verdict_counts(log, takes):
    decide(log, "07A-001", "ng", "ada")
    decide(log, "07A-001", "circle", "ben")
    watching = Watching(log, "ada")
    assert watching["07A-001"].verdict == "ng"
    assert watching.find("disagree:yes").labels == ["07A-001"]
    watching.write_as("ben")
    assert (watching["07A-001"].verdict, watching.counts["circle"], watching.counts["ng"]) == ("circle", 1, 0)
    nobody = Watching(log)
    assert (nobody["07A-001"].verdict, len(nobody["07A-001"].others)) == ("circle", 2)  # no director: the latest


def test_a_search_leaves_out_what_is_folded_and_names_it(log):
    first, again, near, black = shoot(log, "07A", 4)
    finish(log, first, pictures=0)
    finish(log, again, sha256=first.id)
    finish(log, near, pictures=3)
    finish(log, black, black=0.98)
    watching = Watching(log, "ada")
    found = watching.find()
    assert (found.labels, found.said) == (["07A-001"], "1 take")
    assert [(each.take, each.fold.why) for each in found.folded] == [
        ("07A-002", "exact copy of 07A-001"),
        ("07A-003", "differs from 07A-001 in 2 of 64 bits"),
        ("07A-004", "black in 98 % of its frames"),
    ]
    assert watching.find(unfold=True).said == "4 takes"
    assert watching.find("folded:yes flag:black").labels == ["07A-004"]
    assert watching.find("flag:duplicate", unfold=True).labels == ["07A-002", "07A-003"]
    assert watching.alternates("07A-004") == [("07A-001", "not judged · not measured · no flags")]
    by_hand = folds(log, log.takes_now(), log.opinions())
    assert {each.id: each.fold for each in found.folded} == by_hand


def test_what_anybody_keeps_or_the_latest_cut_uses_is_unfolded_at_once(log):
    first, again, third, fourth = shoot(log, "07A", 4)
    finish(log, first, again, third, fourth, sha256="ab" * 32)
    watching = Watching(log, "ada")
    assert watching.counts["folded"] == 3
    decide(log, again.label, "hold", "ben")
    mark_accident(log, third.label, True, "ben")
    assert {again.label, third.label} <= watching.refresh()
    assert watching.find().labels == [first.label, again.label, third.label]
    undo(log, "ben")
    assert watching.refresh() == {third.label}
    decide(log, fourth.label, "circle", "ben")
    with log.write("ben") as writer:
        writer.cut(a_cut(*writer.kept()))
    undo(log, "ben")
    watching.refresh()
    assert watching.find().labels == [first.label, again.label, fourth.label]


def test_a_blurred_take_stands_out_beside_the_others(log):
    for take, sharpness in zip(shoot(log, "07A", 5), (100, 90, 5, 110, 95), strict=True):
        finish(log, take, sharpness=sharpness)
    watching = Watching(log, "ada")
    assert watching.find("flag:blur").labels == ["07A-003"]
    finish(log, shoot(log, "07A", 1)[0], sharpness=4)
    assert watching.refresh() == {"07A-006"}
    assert watching.find("flag:blur").labels == ["07A-003", "07A-006"]


def test_every_order_has_words_and_is_kept_to(log, takes):
    decide(log, "07A-002", "circle", "ada")
    decide(log, "07A-001", "ng", "ada")
    watching = Watching(log, "ada")
    orders = {sort: watching.find(sort=sort).labels for sort in SORTS}
    assert orders == {
        "shot": ["07A-001", "07A-002", "07A-003", "07B-001", "07B-002"],
        "newest": ["07A-003", "07A-002", "07A-001", "07B-002", "07B-001"],
        "best": ["07A-002", "07A-003", "07B-002", "07B-001", "07A-001"],
        "cost": ["07A-001", "07A-002", "07A-003", "07B-001", "07B-002"],
        "unseen": ["07A-003", "07B-001", "07B-002", "07A-001", "07A-002"],
    }
    assert watching.find(sort="not seen first").labels == orders["unseen"]
    with pytest.raises(WrongQuery, match="write shot, newest, best, cost, unseen"):
        watching.find(sort="prettiest")
    assert watching.alternates("07A-001")[0] == ("07A-002", "circled · not measured · no flags")


def test_some_takes_alone_can_be_watched(log, takes):
    watching = Watching(log, "ada", ["07A-001", "07B-002"])
    decide(log, "07A-002", "circle", "ada")
    assert watching.refresh() == frozenset()
    assert [take.take for take in watching.takes] == ["07A-001", "07B-002"]


def test_what_is_left_at_my_pace_is_neither_seen_nor_folded(log, takes):
    finish(log, shoot(log, "07A", 1)[0], black=1.0)
    decide(log, "07A-001", "ng", "ada")
    pace = Watching(log, "ada").pace()
    assert (pace.left, pace.said) == (4, "")


def test_numbers_that_cannot_be_read_leave_a_take_as_it_is(log):
    take = shoot(log, "07A", 1)[0]
    finish(log, take)
    with log.write("studio") as writer:
        writer.event("flags", take.id, {"words": "black", "flags": '{"later":1}', "method": 9})
        writer.event("features", take.id, {"features": "{}", "method": 9})
    watched = Watching(log, "ada")[take.label]
    assert (watched.noticed, watched.flags, watched.fold) == (None, ("black",), None)


def test_after_any_decisions_it_is_as_a_fresh_look_would_be(log):
    finish(log, *shoot(log, "07A", 3), sha256="ab" * 32)
    finish(log, *shoot(log, "07B", 2), pictures=0)
    watching, chance = Watching(log, "ada"), random.Random(7)
    labels = [take.take for take in watching.takes]
    for _ in range(24):
        who, label, what = chance.choice(["ada", "ben"]), chance.choice(labels), chance.randrange(5)
        before = {take.take: take for take in watching.takes}
        if what < 3:
            decide(log, label, ("circle", "hold", "ng")[what], who, chance.choice(["", "face", "face, hand"]))
        elif what == 3:
            mark_accident(log, label, chance.random() < 0.5, who)
        else:
            with contextlib.suppress(BadInput):  # nothing left to undo
                undo(log, who)
        changed, fresh = watching.refresh(), Watching(log, "ada")
        assert watching.takes == fresh.takes
        assert (watching.counts, watching.facets, watching.pace()) == (fresh.counts, fresh.facets, fresh.pace())
        assert changed == {take.take for take in fresh.takes if before[take.take] != take}


def test_where_very_much_changed_at_once_it_is_as_a_fresh_look_would_be(log, takes, monkeypatch):
    monkeypatch.setattr("studio.review.watching.FEW", 1)
    watching = Watching(log, "ada")
    for take in takes[:3]:
        decide(log, take.label, "hold", "ada")
    finish(log, *shoot(log, "07A", 1), pictures=0)
    assert watching.refresh() == {take.label for take in takes[:3]} | {"07A-004"}
    fresh = Watching(log, "ada")
    assert (watching.takes, watching.counts, watching.facets) == (fresh.takes, fresh.counts, fresh.facets)


def test_a_search_in_one_thread_and_a_refresh_in_another_never_meet(log, takes):
    watching, wrong = Watching(log, "ada"), []

    def search() -> None:
        for _ in range(150):
            found, counts = watching.find("", "best"), watching.counts
            if len(found.takes) + len(found.folded) not in (5, 6) or counts["all"] not in (5, 6):
                wrong.append(counts)

    searching = threading.Thread(target=search)
    searching.start()
    for number, verdict in enumerate(["circle", "hold", "ng"] * 2):
        decide(log, f"07A-00{number % 3 + 1}", verdict, "ada")
        watching.refresh()
    finish(log, shoot(log, "07A", 1)[0])
    watching.refresh()
    searching.join()
    assert wrong == []
    assert watching.takes == Watching(log, "ada").takes
