"""Circle, hold, NG, accidents, notes and taking them back; which shots are covered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.errors import BadInput, NotFound
from studio.log import Author, Log, Settings, write_settings
from studio.nouns import STUDIO, Shot
from studio.review import coverage, decide, mark_accident, say_obeyed, undo, write_note
from studio.review.decisions import give_reason, mark_best, mark_best_s, reasons_of, take_back


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


def test_a_verdict_has_several_reasons_with_commas_each_once(log: Log) -> None:
    decide(log, "07A-001", "circle", "ada", " joins  well, right speed,, Joins well ")
    assert log.opinions()[0].reason == "joins well, right speed"
    decide(log, "07A-001", "circle", "ada", f"{'a' * 40}, {'b' * 40}")
    assert reasons_of(log.opinions()[0].reason) == ("a" * 40, "b" * 40)
    with pytest.raises(BadInput, match="has 41 characters: write a word or two"):
        decide(log, "07A-001", "circle", "ada", f"face, {'x' * 41}")


def test_a_reason_is_added_to_ones_own_verdict_or_taken_off_and_the_note_stays(log: Log) -> None:
    with pytest.raises(BadInput, match="07A-001 is not judged yet: circle, hold or NG it first"):
        give_reason(log, "07A-001", "face", True, "ada")
    decide(log, "07A-001", "ng", "ben", "hand")
    decide(log, "07A-001", "circle", "ada", "joins well", "look at 2 s")
    give_reason(log, "07A-001", "face", True, "ada")
    give_reason(log, "07A-001", "Face", True, "ada")
    give_reason(log, "07A-001", "joins well", False, "ada")
    ada, ben = sorted(log.opinions(), key=lambda each: each.author)
    assert (ada.verdict, ada.reason, ada.note) == ("circle", "face", "look at 2 s")
    assert (ben.verdict, ben.reason) == ("ng", "hand")
    with pytest.raises(BadInput, match="'hand' is no reason of 07A-001: it has face"):
        give_reason(log, "07A-001", "hand", False, "ada")
    assert [undo(log, "ada") for _ in range(4)] == [
        "07A-001: the reason joins well taken off, undone",
        "07A-001: circled, undone",
        "07A-001: the reason face, undone",
        "07A-001: circled, undone",
    ]


def test_a_verdict_is_taken_back_by_whoever_gave_it(log: Log) -> None:
    decide(log, "07A-001", "circle", "ada", "face")
    with pytest.raises(BadInput, match="ben has given 07A-001 no verdict: there is none to take back"):
        take_back(log, "07A-001", "ben")
    take_back(log, "07A-001", "ada")
    assert (log.opinions()[0].verdict, log.kept()) == ("", ())
    assert undo(log, "ada") == "07A-001: a verdict taken back, undone"
    assert [kept.take.label for kept in log.kept()] == ["07A-001"]


def test_the_best_part_lies_in_the_clip_and_is_undone(log: Log) -> None:
    best = ["best_in", "best_out"]
    mark_best(log, "07A-001", "ada", 1, 5)
    mark_best_s(log, "07A-001", "ada", 0.05, None)  # a frame is 1/24 s
    assert log.takes_frame().loc[0, best].fillna(-1).tolist() == [1, -1]
    assert undo(log, "ada") == "07A-001: its best part, undone"
    assert log.takes_frame().loc[0, best].tolist() == [1, 5]
    mark_best_s(log, "07A-001", "ada", None, None)
    assert log.takes_frame().loc[0, best].isna().all()
    assert undo(log, "ada") == "07A-001: no best part, undone"
    mark_best(log, "07A-001", "ada", 5, 6)
    for first, end in ((6, None), (-1, 3), (3, 3), (0, 7), (True, 4), ("1", 4), (4, 2)):
        with pytest.raises(BadInput, match=r"07A-001 has 6 frames \(0.25 s\), and .* is no part of them"):
            mark_best(log, "07A-001", "ada", first, end)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="the second at which the best begins cannot be nan"):
        mark_best_s(log, "07A-001", "ada", float("nan"), None)
    with pytest.raises(BadInput, match="is planned and cannot be marked"):
        mark_best(log, "08A-001", "ada", None, None)
    assert log.takes_frame().loc[0, best].tolist() == [5, 6]


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
