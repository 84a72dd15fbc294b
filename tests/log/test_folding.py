"""What a take is now: the rules for decisions, and that `take_now` is the fold of the events, whatever happened."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from studio.errors import BadInput
from studio.log import Facts, Log, fold
from studio.log.events import DECISIONS
from studio.log.folding import asked_move, sounds_of
from studio.log.schema import take_now
from studio.nouns import STATES, Event, Shot, Take
from tests.log.making import a_prompt, a_request, make_film

SHOT = Shot("07A", "07")
TAKE = Take("t", "07A-001", "07A", 1, "", "ada", 0)


def now(*happened: tuple[str, str, object], director: str = "") -> dict[str, object]:
    """The row of a take after decisions: (author, kind, value); a verdict's value is (verdict, reason, note)."""
    events = []
    for at, (author, kind, value) in enumerate(happened):
        data: dict[str, object]
        if kind == "verdict":
            data = dict(zip(("verdict", "reason", "note"), value, strict=True))
        elif kind == "obeyed":
            data = {"obeyed": value, "move": "", "note": ""}
        elif kind == "marked":
            data = dict(zip(("in_frame", "out_frame"), value, strict=True))
        else:
            data = {{"accident": "on", "note": "text", "undo": "event"}[kind]: value}
        events.append(Event(f"e{at}", at, author, kind, "t", data))
    return fold([Facts(TAKE)], {"t": events}, director)[0]


def test_without_a_director_the_latest_verdict_counts_whoever_gave_it():
    row = now(("ada", "verdict", ("circle", "face", "a")), ("ben", "verdict", ("ng", "hand", "")))
    assert (row["verdict"], row["reason"], row["note"]) == ("ng", "hand", None)


def test_a_directors_verdict_counts_before_anybodys():
    happened = (("ada", "verdict", ("circle", "face", "")), ("ben", "verdict", ("ng", "hand", "")))
    assert now(*happened, director="ada")["verdict"] == "circle"
    assert now(*happened, director="ben")["verdict"] == "ng"


def test_a_director_who_has_not_judged_or_took_it_back_leaves_it_to_the_others():
    happened = (
        ("ada", "verdict", ("circle", "", "")),
        ("cy", "verdict", (None, "", "")),
        ("ben", "verdict", ("ng", "", "")),
    )
    assert now(*happened, director="dee")["verdict"] == "ng"
    assert now(*happened, director="cy")["verdict"] == "ng"


def test_taking_the_shown_verdict_back_leaves_none():
    row = now(("ada", "verdict", ("circle", "face", "x")), ("ada", "verdict", (None, "", "")))
    assert (row["verdict"], row["reason"], row["note"]) == (None, None, None)


def test_taking_ones_own_verdict_back_leaves_what_others_said():
    both = (("ben", "verdict", ("circle", "face", "")), ("ada", "verdict", ("ng", "hand", "")))
    row = now(*both, ("ada", "verdict", (None, "", "")))
    assert (row["verdict"], row["reason"]) == ("circle", "face")
    assert now(*both, ("ada", "verdict", (None, "", "")), director="ada")["verdict"] == "circle"


def test_an_undone_verdict_gives_way_to_the_one_before():
    row = now(("ada", "verdict", ("circle", "face", "")), ("ada", "verdict", ("ng", "", "")), ("ada", "undo", "e1"))
    assert (row["verdict"], row["reason"]) == ("circle", "face")


def test_nobody_undoes_somebody_elses_decision():
    assert now(("ada", "verdict", ("circle", "", "")), ("ben", "undo", "e0"))["verdict"] == "circle"


def test_what_the_machine_did_is_never_undone():
    events = [
        Event("e0", 5, "ada", "state", "t", {"state": "done"}),
        Event("e1", 6, "ada", "undo", "t", {"event": "e0"}),
    ]
    row = fold([Facts(TAKE)], {"t": events}, "")[0]
    assert (row["state"], row["done_at_us"]) == ("done", 5)


@pytest.mark.parametrize(
    "elsewhere",
    [
        [("money.settled", {"micro_usd": 0}), ("state", {"state": "cancelled"})],
        [("money.settled", {"micro_usd": 0}), ("state", {"state": "failed"})],
        [("state", {"state": "unknown"})],
        [("state", {"state": "submitting"}), ("state", {"state": "running"})],
    ],
)
def test_a_take_whose_clip_is_there_stays_so_whatever_another_machine_did_with_it_later(elsewhere):
    made = [("money.settled", {"micro_usd": 70_000}), ("state", {"state": "done"})]
    for happened in (made + elsewhere, elsewhere + made):
        events = [Event(f"e{at}", at, "studio", kind, "t", data) for at, (kind, data) in enumerate(happened)]
        row = fold([Facts(TAKE)], {"t": events}, "")[0]
        assert (row["state"], row["cost_micro_usd"]) == ("done", 70_000)


def test_a_sound_that_was_made_stays_so_whatever_another_machine_said_of_it_later():
    asked = {"label": "07A-fx01", "shot": "07A", "micro_usd": 10_000, "payload": "{}", "text": "rain"}
    made = {"file": "media/takes/07A-fx01.mp3", "sha256": "ab", "micro_usd": 10_000}
    happened = [
        ("sound.asked", asked | {"provider": "elevenlabs", "model": "sfx"}),
        ("sound.sent", {}),
        ("sound.made", made),
        ("sound.unknown", {"why": "no answer"}),
        ("sound.ended", {"why": "marked lost", "micro_usd": 0}),
    ]
    events = [Event(f"e{at}", at, "ada", kind, "sound:s", data) for at, (kind, data) in enumerate(happened)]
    (sound,) = sounds_of(events)
    assert (sound.state, sound.file, sound.cost_micro_usd) == ("made", made["file"], 10_000)


def test_the_note_is_the_later_of_the_verdicts_own_and_one_set_by_itself():
    assert now(("ada", "verdict", ("circle", "", "mine")), ("ben", "note", "later"))["note"] == "later"
    assert now(("ben", "note", "before"), ("ada", "verdict", ("circle", "", "mine")))["note"] == "mine"
    assert now(("ben", "note", "before"), ("ada", "verdict", ("circle", "", "")))["note"] == "before"
    assert now(("ada", "verdict", ("circle", "", "mine")), ("ben", "note", ""))["note"] is None
    assert now(("ben", "note", "alone"))["note"] == "alone"


def test_the_flag_for_an_accident_can_be_set_and_taken_off():
    assert now()["accident"] == 0
    assert now(("ada", "accident", True))["accident"] == 1
    assert now(("ada", "accident", True), ("ben", "accident", False))["accident"] == 0
    assert now(("ada", "accident", True), ("ada", "accident", False), ("ada", "undo", "e1"))["accident"] == 1


def test_a_word_on_the_camera_counts_as_a_verdict_does_and_before_what_was_measured():
    said = (("ada", "obeyed", "yes"), ("ben", "obeyed", "partly"))
    assert (now()["obeyed"], now()["obeyed_by"]) == (None, None)
    assert (now(*said)["obeyed"], now(*said)["obeyed_by"]) == ("partly", "ben")
    assert now(*said, director="ada")["obeyed"] == "yes"
    assert now(*said, ("ben", "undo", "e1"))["obeyed"] == "yes"
    assert now(*said, ("ben", "obeyed", None))["obeyed"] == "yes"
    assert now(*said, ("ben", "obeyed", None), ("ada", "obeyed", None))["obeyed"] is None


def test_the_best_part_is_the_directors_else_the_latest_and_can_be_undone():
    marks = (("ada", "marked", (12, None)), ("ben", "marked", (None, 90)))
    assert (now()["best_in"], now()["best_out"]) == (None, None)
    assert (now(*marks)["best_in"], now(*marks)["best_out"]) == (None, 90)
    assert now(*marks, director="ada")["best_in"] == 12
    assert now(*marks, ("ben", "undo", "e1"))["best_in"] == 12


@pytest.mark.parametrize(
    ("camera", "move"),
    [("", ""), ("{}", ""), ('{"asked_move":"dolly_in + pan_left"}', "dolly_in + pan_left"), ('{"asked_move":""}', "")],
)
def test_the_asked_move_stands_in_the_cameras_json(camera, move):
    assert asked_move(camera) == move


def test_a_camera_that_is_not_json_is_one_sentence():
    with pytest.raises(BadInput, match="'dolly in' is not JSON as Camera writes it"):
        asked_move("dolly in")


# --- whatever happens ---

AUTHORS = ("ada", "ben", "studio")
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
files = st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1, max_size=6).map("media/takes/{}.mp4".format)
verdicts = st.sampled_from(["circle", "hold", "ng", None])
steps = st.one_of(
    st.tuples(st.just("state"), st.fixed_dictionaries({"state": st.sampled_from(STATES)})),
    st.tuples(st.just("verdict"), st.fixed_dictionaries({"verdict": verdicts, "reason": text, "note": text})),
    st.tuples(st.just("accident"), st.fixed_dictionaries({"on": st.booleans()})),
    st.tuples(st.just("note"), st.fixed_dictionaries({"text": text})),
    st.tuples(st.just("money.reserved"), st.fixed_dictionaries({"micro_usd": st.integers(0, 10**9)})),
    st.tuples(st.just("money.settled"), st.fixed_dictionaries({"micro_usd": st.integers(0, 10**9)})),
    st.tuples(
        st.just("media"),
        st.fixed_dictionaries(
            {
                "file": files, "sha256": text, "width": st.integers(1, 4000), "height": st.integers(1, 4000),
                "rate": st.sampled_from(["24/1", "277/12", "24000/1001", "8"]), "frames": st.integers(1, 9999),
                "variable_rate": st.booleans(),
            }
        ),
    ),
    st.tuples(
        st.just("measured"),
        st.fixed_dictionaries(
            {"measured_move": st.none() | text, "obeyed": st.sampled_from(["yes", None])},
            optional={"confidence": st.floats(0, 1), "parallax": st.just("none"), "method": st.integers(1, 9)},
        ),
    ),
    st.tuples(
        st.just("flags"), st.fixed_dictionaries({"words": text, "flags": text, "method": st.integers(1, 9)})
    ),
    st.tuples(st.just("features"), st.fixed_dictionaries({"features": text, "method": st.integers(1, 9)})),
    st.tuples(
        st.just("obeyed"),
        st.fixed_dictionaries({"obeyed": st.sampled_from(["yes", "no", None]), "move": text, "note": text}),
    ),
    st.tuples(
        st.just("marked"),
        st.fixed_dictionaries({"in_frame": st.none() | st.integers(0, 3), "out_frame": st.none() | st.integers(4, 9)}),
    ),
    st.tuples(st.just("adopted"), st.fixed_dictionaries({"original_name": text})),
    st.tuples(st.just("undo"), st.just({})),
    st.tuples(st.just("take"), st.just({})),
    st.tuples(st.just("adopted take"), st.just({})),
)  # fmt: skip
plans = st.lists(st.tuples(st.sampled_from(AUTHORS), st.integers(0, 2), st.lists(steps, max_size=4)), max_size=12)


@given(plan=plans, director=st.sampled_from(["", "ada", "ben"]))
@settings(max_examples=25, deadline=None)
def test_take_now_is_the_fold_of_the_events_whatever_happened(tmp_path_factory, plan, director):
    folder = make_film(tmp_path_factory.mktemp("film") / "film", director=director)
    with Log.open(folder, director=director) as log:
        with log.write("ada") as writer:
            writer.shot(SHOT)
            prompt = writer.prompt(a_prompt(camera="“ä”"))
            request = writer.request(a_request(prompt))
            takes = [writer.take("07A", request.id)]
        for author, which, happened in plan:
            with log.write(author) as writer:
                for kind, data in happened:
                    if kind == "take":
                        takes.append(writer.take("07A", request.id, parent=takes[0].id))
                    elif kind == "adopted take":
                        takes.append(writer.take("07A"))
                    elif kind != "undo":
                        writer.event(kind, takes[which % len(takes)].id, data)
                    elif can_undo(writer.events, takes, author):
                        writer.undo()
        facts = [
            Facts(take, request if take.request_id else None, prompt if take.request_id else None,
                  takes[0].label if take.parent else "")
            for take in takes
        ]  # fmt: skip
        events = {take.id: log.events(take.id) for take in takes}
        with log._reading() as connection:
            stored = [dict(row) for row in connection.execute(select(take_now).order_by(take_now.c.n)).mappings()]
        assert stored == fold(facts, events, director)
        before = log.takes_frame()
        log.refold()
        assert log.takes_frame().equals(before)


def can_undo(events, takes, author) -> bool:
    mine = [event for take in takes for event in events(take.id) if event.author == author]
    undone = {event.data["event"] for event in mine if event.kind == "undo"}
    return any(event.kind in DECISIONS and event.id not in undone for event in mine)
