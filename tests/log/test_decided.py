"""What each person says now, and which takes were touched."""

from __future__ import annotations

from studio.log import Opinion, opinions_of
from studio.nouns import Event
from tests.log.making import asked, done, judge


def said(*happened) -> dict[str, Opinion]:
    events = [Event(f"e{at}", at + 1, author, kind, "t", data) for at, (author, kind, data) in enumerate(happened)]
    return {each.author: each for each in opinions_of(events)}


def verdict(word, reason="", note=""):
    return {"verdict": word, "reason": reason, "note": note}


def test_each_person_keeps_a_verdict_of_their_own():
    found = said(
        ("ada", "verdict", verdict("circle", "face", "look at 2 s")),
        ("ben", "verdict", verdict("ng", "hand")),
        ("ada", "accident", {"on": True}),
        ("ben", "obeyed", {"obeyed": "partly", "move": "", "note": ""}),
        ("ada", "marked", {"in_frame": 4, "out_frame": 90}),
    )
    assert found["ada"] == Opinion("t", "ada", "circle", "face", "look at 2 s", True, "", 4, 90, 5, 1)
    assert found["ben"] == Opinion("t", "ben", "ng", "hand", obeyed="partly", at_us=4, judged_at_us=2)


def test_a_note_set_by_itself_outlives_the_verdict_that_is_taken_back():
    found = said(
        ("ada", "note", {"text": "mine"}),
        ("ada", "verdict", verdict("ng", "hand", "the verdict's")),
        ("ada", "verdict", verdict(None)),
    )
    assert (found["ada"].verdict, found["ada"].note, found["ada"].judged_at_us) == ("", "mine", 0)


def test_who_undid_everything_says_nothing():
    assert said(("ada", "verdict", verdict("ng")), ("ada", "undo", {"event": "e0"})) == {}


def test_an_accident_alone_is_a_judgement_until_it_is_taken_off():
    on, off = ("ada", "accident", {"on": True}), ("ada", "accident", {"on": False})
    assert said(on)["ada"].judged_at_us == 1
    assert said(on, off)["ada"].judged_at_us == 0


def test_the_log_tells_opinions_rows_and_what_was_touched(log):
    with log.write("ada") as writer:
        takes = [done(writer, take) for take in asked(writer, takes=3)]
    before = log.latest_event()
    with log.write("ada") as writer:
        judge(writer, takes[1], "circle", "face")
    with log.write("ben") as writer:
        judge(writer, takes[1], "ng")
    assert log.touched_since(before) == {takes[1].id}
    assert log.touched_since(log.latest_event()) == frozenset()
    assert {(each.author, each.verdict) for each in log.opinions()} == {("ada", "circle"), ("ben", "ng")}
    assert log.opinions([takes[0].id]) == ()
    assert [row["take"] for row in log.takes_now([takes[2].id, takes[1].id])] == [takes[1].label, takes[2].label]
    assert [row["id"] for row in log.takes_now()] == [take.id for take in takes]


def test_the_last_look_at_each_take_is_told_or_what_is_made_of_it(log):
    with log.write("ada") as writer:
        one, two = asked(writer, takes=2)
        for take, words in ((one, "black"), (two, "frozen"), (one, "")):
            writer.event("flags", take.id, {"words": words, "flags": "{}", "method": 1})
    assert {id: event.data["words"] for id, event in log.latest_of("flags").items()} == {one.id: "", two.id: "frozen"}
    assert log.latest_as("flags", lambda event: event.data["words"], [two.id]) == {two.id: "frozen"}
    assert log.latest_of("flags", []) == log.latest_of("features") == {}


def test_the_rows_of_takes_are_told_as_they_stood_at_any_event(log):
    with log.write("ada") as writer:
        one, two = (done(writer, take) for take in asked(writer, takes=2))
    for verdict in ("hold", "circle", "ng"):
        before, moment = log.takes_now(), log.latest_event()
        with log.write("ben") as writer:
            judge(writer, one, verdict, "face")
        assert log.takes_at([two.id, one.id], moment) == before != log.takes_now()
    log.undo("ben")
    assert log.takes_at([one.id, two.id], log.latest_event()) == log.takes_now()
    with log.write("ada") as writer:
        (newer,) = asked(writer, "08A")
    assert log.takes_at([newer.id], moment) == log.takes_now([newer.id])
    assert (log.has_event(moment), log.has_event("")) == (True, False)


def test_a_table_of_takes_says_up_to_which_event_it_was_read_and_keeps_it_through_pandas(log):
    assert log.takes_frame().attrs == {"moment": ""}
    with log.write("ada") as writer:
        asked(writer, takes=2)
    frame = log.takes_frame()
    assert frame.attrs == {"moment": log.latest_event()}
    for kept in (frame.copy(), frame.query("n == 1"), frame.assign(note="x"), frame[["take"]], frame.head(1)):
        assert kept.attrs == frame.attrs
