"""Circle, hold, NG, accidents, notes and taking them back; which shots are covered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.errors import BadInput, NotFound
from studio.log import Author, Log, Settings, write_settings
from studio.nouns import STUDIO, Shot
from studio.review import coverage, decide, mark_accident, say_obeyed, undo, write_note


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    settings = Settings(title="Test", rate=24, width=64, height=36, authors=(Author("ada"), Author("ben")))
    write_settings(tmp_path, settings)
    with Log.open(tmp_path) as log:
        with log.write("ada") as writer:
            for shot in ("07A", "07B", "08A", "09A"):
                writer.shot(Shot(shot, shot[:2]))
            done = [writer.take("07A"), writer.take("07A"), writer.take("07B")]
            writer.take("08A")
        with log.write(STUDIO) as writer:
            for take in done:
                media = {
                    "file": f"media/takes/{take.label}.mp4", "sha256": "0" * 64, "width": 64, "height": 36,
                    "rate": "24", "frames": 6, "variable_rate": False,
                }  # fmt: skip
                writer.event("media", take.id, media)
                writer.event("state", take.id, {"state": "done"})
        yield log


def test_a_take_is_circled_with_its_reason(log: Log) -> None:
    decide(log, "07A-001", "circle", "ada", "joins well", "the bubble fills the frame")
    (kept,) = log.kept()
    assert kept.take.label == "07A-001"
    (row,) = log.verdicts_frame().to_dict("records")
    assert (row["author"], row["verdict"], row["reason"]) == ("ada", "circle", "joins well")


def test_the_last_word_counts_and_each_person_keeps_their_own(log: Log) -> None:
    decide(log, "07A-001", "circle", "ada")
    decide(log, "07A-001", "ng", "ben", "face")
    assert log.kept() == ()
    rows = {row["author"]: row["verdict"] for row in log.verdicts_frame().to_dict("records")}
    assert rows == {"ada": "circle", "ben": "ng"}


def test_any_short_word_is_a_reason_and_a_story_is_not(log: Log) -> None:
    decide(log, "07A-001", "ng", "ada", "  three   legs ")
    assert log.events(log.take("07A-001").id, kinds=("verdict",))[-1].data["reason"] == "three legs"
    with pytest.raises(BadInput, match="has 60 characters: write a word or two"):
        decide(log, "07A-001", "ng", "ada", "x" * 60)


def test_only_a_take_with_a_clip_can_be_judged(log: Log) -> None:
    for act in (lambda: decide(log, "08A-001", "circle", "ada"), lambda: mark_accident(log, "08A-001", True, "ada")):
        with pytest.raises(BadInput, match=r"take 08A-001 is planned and cannot be .*: only a take with a clip can"):
            act()
    write_note(log, "08A-001", "wait for this one", "ada")  # words are free
    assert log.takes_frame().set_index("take").loc["08A-001", "note"] == "wait for this one"


def test_what_is_not_there_or_no_verdict_is_told(log: Log) -> None:
    with pytest.raises(NotFound, match="07A-001"):
        decide(log, "07A-01", "circle", "ada")
    with pytest.raises(BadInput, match="'best' is not a verdict: write circle, hold or ng"):
        decide(log, "07A-001", "best", "ada")


def test_an_accident_is_a_flag_beside_the_verdict(log: Log) -> None:
    decide(log, "07A-001", "ng", "ada", "wrong move")
    mark_accident(log, "07A-001", True, "ada")
    row = log.takes_frame().set_index("take").loc["07A-001"]
    assert (row["verdict"], bool(row["accident"])) == ("ng", True)
    mark_accident(log, "07A-001", False, "ada")
    assert not log.takes_frame().set_index("take").loc["07A-001", "accident"]


def test_the_last_decision_of_an_author_is_taken_back_and_named(log: Log) -> None:
    decide(log, "07A-001", "circle", "ada")
    decide(log, "07A-002", "hold", "ben")
    write_note(log, "07B-001", "look again", "ada")
    mark_accident(log, "07B-001", True, "ada")
    assert [undo(log, "ada") for _ in range(3)] == [
        "07B-001: the accident, undone",
        "07B-001: a note, undone",
        "07A-001: circled, undone",
    ]
    assert log.kept() == ()
    assert undo(log, "ben") == "07A-002: held, undone"
    with pytest.raises(BadInput):
        undo(log, "ada")


def test_coverage_says_what_each_shot_lacks(log: Log) -> None:
    decide(log, "07A-002", "circle", "ada")
    found = coverage(log)
    assert [(row.shot, row.takes, row.done, row.circled, row.lacks) for row in found] == [
        ("07A", 2, 2, 1, ""),
        ("07B", 1, 1, 0, "a circle"),
        ("08A", 1, 0, 0, "a clip"),
        ("09A", 0, 0, 0, "takes"),
    ]


def test_a_persons_word_on_a_camera_names_the_move_that_was_got_and_can_be_taken_back(log: Log) -> None:
    say_obeyed(log, "07A-001", "no", "ada", "pan_left", "it pans")
    say_obeyed(log, "07A-001", "partly", "ben", "slow push in, then pan left")
    first, second = log.events(log.take("07A-001").id, kinds=("obeyed",))
    assert first.data == {"obeyed": "no", "move": "pan_left", "note": "it pans"}
    assert second.data["move"] == "dolly_in > pan_left"
    assert undo(log, "ben") == "07A-001: camera obeyed: partly, undone"
    assert log.takes_frame().loc[0, ["obeyed", "obeyed_by"]].tolist() == ["no", "ada"]
    say_obeyed(log, "07A-001", None, "ada")
    assert log.takes_frame().loc[:, ["obeyed", "obeyed_by"]].isna().all(axis=None)
    assert undo(log, "ada") == "07A-001: a word on the camera, undone"


@pytest.mark.parametrize(
    ("obeyed", "move", "said"),
    [
        ("maybe", "", "'maybe' is not how a camera is obeyed: write yes, partly"),
        (True, "", "True is not how a camera is obeyed"),
        ("no", "pan lift", "the nearest is pan_left"),
        ("no", 3, "the move that was got is int, not text"),
    ],
)
def test_a_word_on_a_camera_that_nobody_understands_is_one_sentence(
    log: Log, obeyed: str, move: str, said: str
) -> None:
    with pytest.raises((BadInput, NotFound)) as problem:
        say_obeyed(log, "07A-001", obeyed, "ada", move)
    assert said in str(problem.value)
    with pytest.raises(BadInput, match="is planned and cannot be said to obey"):
        say_obeyed(log, "08A-001", "yes", "ada")
