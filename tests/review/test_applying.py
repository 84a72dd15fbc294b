"""A table of takes edited in pandas and written back: what differs is appended, what others decided stays."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from studio.errors import BadInput, NotFound, Overtaken
from studio.log import Author, Log, Settings, merge, write_settings
from studio.nouns import STUDIO
from studio.review import apply, decide, mark_accident, mark_best, say_obeyed, undo, write_note
from tests.log.apart import copied
from tests.log.making import asked, done

SHOWN = ["take", "verdict", "reason", "note", "accident", "obeyed", "best_in", "best_out"]


def a_log(folder: Path, director: str = "") -> Log:
    folder.mkdir(exist_ok=True)
    authors = (Author("ada"), Author("ben"))
    write_settings(folder, Settings("Test", Fraction(24), 640, 360, authors=authors, director=director))
    log = Log.open(folder, director=director)
    with log.write("ada") as writer:
        takes = asked(writer, "07A", 3)
    with log.write(STUDIO) as writer:
        for take in takes[:2]:
            done(writer, take)
            writer.event("measured", take.id, {"measured_move": "pan_left", "obeyed": "partly"})
            writer.event("money.settled", take.id, {"micro_usd": 333_333})
    return log


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """07A-001 and -002 have clips of 50 frames, -003 is planned."""
    with a_log(tmp_path / "film") as log:
        yield log


def rows(log: Log) -> list[list[object]]:
    return log.takes_frame()[SHOWN].astype(object).where(lambda frame: frame.notna(), None).to_numpy().tolist()


def said(changes: object) -> list[tuple[object, ...]]:
    return [(each.take, each.column, each.was, each.now) for each in changes]  # type: ignore[attr-defined]


def test_what_was_edited_is_appended_and_then_stands_in_the_table(log: Log) -> None:
    frame = log.takes_frame()
    frame.loc[0, ["verdict", "reason", "note"]] = ["circle", "joins well,right  speed", "from 2 s"]
    frame.loc[0, ["best_in", "best_out"]] = [4, 40]
    frame.loc[1, "accident"] = True
    frame.loc[1, "obeyed"] = "yes"
    frame.loc[2, "note"] = "wait for this one"
    before = log.latest_event()
    shown = apply(log, frame, "ada", write=False)
    assert (log.latest_event(), shown.written) == (before, False)
    changes = apply(log, frame, "ada")
    assert changes.edits == shown.edits
    assert said(changes) == [
        ("07A-001", "verdict", None, "circle"),
        ("07A-001", "reason", None, "joins well, right speed"),
        ("07A-001", "note", None, "from 2 s"),
        ("07A-001", "best_in", None, 4),
        ("07A-001", "best_out", None, 40),
        ("07A-002", "accident", False, True),
        ("07A-002", "obeyed", "partly", "yes"),
        ("07A-003", "note", None, "wait for this one"),
    ]
    assert rows(log) == [
        ["07A-001", "circle", "joins well, right speed", "from 2 s", False, "partly", 4, 40],
        ["07A-002", None, None, None, True, "yes", None, None],
        ["07A-003", None, None, "wait for this one", False, None, None, None],
    ]
    assert len(apply(log, log.takes_frame(), "ada")) == 0
    assert len(apply(log, frame, "ada")) == 0  # the same cell of a notebook, run again


def test_it_reads_as_text_html_and_a_table(log: Log) -> None:
    frame = log.takes_frame()
    frame.loc[0, "note"] = "<b>"
    frame.loc[1, "accident"] = True
    shown = apply(log, frame, "ada", write=False)
    assert repr(shown) == (
        "2 changes of 2 takes, not written: film.apply(table) does that\n"
        "  07A-001  note: nothing → <b>\n  07A-002  accident: False → True"
    )
    page = apply(log, frame, "ada")._repr_html_()
    assert "2 changes of 2 takes, written by ada" in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert shown.to_frame().to_dict("records")[1] == {
        "take": "07A-002", "column": "accident", "was": False, "now": True,
    }  # fmt: skip
    assert repr(apply(log, frame, "ada")) == "nothing differs: nothing was written"


def test_fewer_rows_and_columns_and_a_table_by_take_are_enough(log: Log) -> None:
    frame = log.takes_frame().query("n == 2").assign(verdict="hold")[["take", "verdict"]].set_index("take")
    assert said(apply(log, frame, "ada")) == [("07A-002", "verdict", None, "hold")]
    assert len(apply(log, log.takes_frame().head(0), "ada")) == 0


def test_a_table_that_went_through_a_file_says_what_it_said(log: Log) -> None:
    decide(log, "07A-001", "circle", "ada", "face", "1")
    mark_best(log, "07A-001", "ada", 3, None)
    text = log.takes_frame().to_csv(index=False)
    frame = pd.read_csv(StringIO(text))
    assert frame.attrs == {}
    assert len(apply(log, frame, "ada")) == 0
    assert frame["best_in"].dtype == float
    frame["verdict"] = frame["verdict"].astype(object)
    frame.loc[1, "verdict"] = "ng"
    frame.loc[1, "best_in"] = 7.0
    assert said(apply(log, frame, "ada")) == [("07A-002", "verdict", None, "ng"), ("07A-002", "best_in", None, 7)]


def test_a_verdict_given_since_the_table_was_read_is_never_taken_back_by_it(log: Log) -> None:
    frame = log.takes_frame().copy()
    decide(log, "07A-001", "circle", "ben", "face")
    with log.write(STUDIO) as writer:  # and the machine goes on as well
        done(writer, log.take("07A-003"))
    frame.loc[1, "verdict"] = "ng"
    assert said(apply(log, frame, "ada")) == [("07A-002", "verdict", None, "ng")]
    assert [row[1] for row in rows(log)] == ["circle", "ng", None]


def test_a_table_that_was_read_before_another_log_was_merged_takes_nothing_of_it_back(log: Log, tmp_path: Path) -> None:
    other = copied(tmp_path / "film", tmp_path / "other")
    with Log.open(other) as theirs:
        decide(theirs, "07A-001", "ng", "ben")
    frame = log.takes_frame()
    merge(tmp_path / "film", other)
    frame.loc[1, "verdict"] = "circle"
    with pytest.raises(
        BadInput, match=r"another log was merged since the table was read, .* read film\.takes\(\) again"
    ):
        apply(log, frame, "ada")
    fresh = log.takes_frame()
    assert fresh["verdict"].tolist()[0] == "ng"
    fresh.loc[1, "verdict"] = "circle"
    assert said(apply(log, fresh, "ada")) == [("07A-002", "verdict", None, "circle")]


def test_who_changed_the_same_thing_in_between_is_named_and_nothing_is_written(log: Log) -> None:
    decide(log, "07A-001", "hold", "ada")
    frame = log.takes_frame()
    frame.loc[0, "verdict"] = "ng"
    frame.loc[1, "note"] = "mine"
    decide(log, "07A-001", "circle", "ben", "face")
    before = rows(log)
    with pytest.raises(Overtaken, match="ben changed verdict of 07A-001 in between, from hold to circle: nothing was"):
        apply(log, frame, "ada")
    assert rows(log) == before
    undo(log, "ben")
    assert len(apply(log, frame, "ada")) == 2
    decide(log, "07A-001", "circle", "ada")  # one's own change is no surprise
    assert said(apply(log, frame, "ada")) == [("07A-001", "verdict", "circle", "ng")]
    again = log.takes_frame()
    decide(log, "07A-001", "circle", "ben", "face")
    again.loc[0, "reason"] = "hand"  # said of an NG: with a verdict that ada never saw it would mean another thing
    with pytest.raises(Overtaken, match="ben changed verdict of 07A-001"):
        apply(log, again, "ada")
    again.loc[0, ["verdict", "reason"]] = ["circle", "face"]
    assert len(apply(log, again, "ada")) == 0  # both mean the same


def test_what_is_written_is_ones_own_and_the_directors_still_shows(tmp_path: Path) -> None:
    with a_log(tmp_path / "film", director="ben") as log:
        decide(log, "07A-001", "circle", "ben", "face", "the eyes")
        frame = log.takes_frame()
        frame.loc[0, "verdict"] = "ng"
        for _ in range(2):
            apply(log, frame, "ada")
        assert rows(log)[0][:4] == ["07A-001", "circle", "face", "the eyes"]
        assert len(log.events(log.take("07A-001").id, kinds=("verdict",))) == 2
        assert {each.author: (each.verdict, each.reason) for each in log.opinions()} == {
            "ben": ("circle", "face"), "ada": ("ng", "face"),
        }  # fmt: skip
        frame.loc[0, "verdict"] = None
        with pytest.raises(BadInput, match="the verdict on 07A-001 is not by ada, who cannot take it back"):
            apply(log, frame, "ada")
        assert said(apply(log, frame, "ben")) == [
            ("07A-001", "verdict", "circle", None),
            ("07A-001", "reason", "face", None),
            ("07A-001", "note", "the eyes", None),
        ]


def test_a_note_stays_with_its_take_and_its_writer_when_the_verdict_changes(log: Log) -> None:
    decide(log, "07A-001", "hold", "ada", "face", "the verdict's")
    write_note(log, "07A-002", "ben's own", "ben")
    frame = log.takes_frame()
    frame["verdict"] = pd.array(["circle", "ng", None], dtype=frame["verdict"].dtype)
    apply(log, frame, "ada")
    assert [row[1:4] for row in rows(log)[:2]] == [["circle", "face", "the verdict's"], ["ng", None, "ben's own"]]
    assert {(each.author, each.note) for each in log.opinions([log.take("07A-002").id])} == {
        ("ada", ""), ("ben", "ben's own"),
    }  # fmt: skip
    frame = log.takes_frame()
    frame.loc[0, ["verdict", "note"]] = ["hold", ""]
    apply(log, frame, "ada")
    assert rows(log)[0][1:4] == ["hold", "face", None]


def test_a_word_on_the_camera_is_taken_back_by_whoever_gave_it(log: Log) -> None:
    say_obeyed(log, "07A-001", "no", "ada")
    frame = log.takes_frame()
    frame["obeyed"] = None
    with pytest.raises(BadInput, match="obeyed of 07A-002 is as studio has it, and ada cannot take it back: say yes, "):
        apply(log, frame, "ada")
    apply(log, frame.head(1), "ada")
    assert rows(log)[0][5] == "partly"


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("verdict", "best", "verdict of 07A-002: 'best' is not a verdict: write circle, hold or ng"),
        ("verdict", True, "verdict of 07A-002: True is not a verdict"),
        ("reason", 5, "reason of 07A-002: the reason is int, not text"),
        ("reason", "x" * 41, "reason of 07A-002: the reason 'xxxx"),
        ("reason", "face", "07A-002 has a reason and no verdict: write circle, hold or ng beside it"),
        ("note", "a\x00", "note of 07A-002: the note holds the invisible character U+0000"),
        ("accident", None, "accident of 07A-002: write True or False, not None"),
        ("accident", "yes", "accident of 07A-002: write True or False, not 'yes'"),
        ("obeyed", "maybe", "obeyed of 07A-002: 'maybe' is not how a camera is obeyed"),
        ("best_in", 3.5, "best_in of 07A-002: write a whole frame of its clip, not 3.5"),
        ("best_in", [1], "best_in of 07A-002: write a whole frame of its clip, not [1]"),
        ("best_out", 51, "07A-002 has 50 frames (6 s), and 0 to 51 is no part of them"),
        ("cost_usd", 3.0, "cost_usd of 07A-002 is 3.0 in the table and 0.333333 in the film: only verdict, reason,"),
        ("scene_text", "else", "scene_text of 07A-002 is 'else' in the table and 'Two teenagers meet.' in the film"),
        ("created_at", None, "created_at of 07A-002 is None in the table"),
        ("seed", pd.NA, "seed of 07A-002 is None in the table and 7 in the film"),
        ("id", "0193", "07A-002 in the table is a take of another film"),
        ("take", "07A-2", "there is no take '07A-2': the nearest is 07A-002"),
        ("take", None, "there is no take None"),
        ("take", "07A-001", "07A-001 stands in the table more than once"),
        ("verdct", "ng", "a table of takes has no column 'verdct': did you mean verdict?"),
        (("a", 1), "ng", "a table of takes has no column ('a', 1): drop it first"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence_and_nothing_is_written(
    log: Log, column: str, value: object, told: str
) -> None:
    frame = log.takes_frame().astype(object)
    frame.loc[0, "accident"] = True
    changed = [*frame.get(column, [None] * 3)]
    changed[1] = value
    frame[column] = pd.Series(changed, dtype=object)
    before = log.latest_event()
    for write in (True, False):
        with pytest.raises(BadInput) as problem:
            apply(log, frame, "ada", write)
        assert told in str(problem.value)
        assert "\n" not in str(problem.value)
    assert log.latest_event() == before


def test_what_is_no_table_of_this_films_takes_is_told(log: Log, tmp_path: Path) -> None:
    frame = log.takes_frame()
    for wrong, told in (
        (None, "None is no table of takes"),
        (SimpleNamespace(columns=[]), "is no table of takes"),
        (frame.drop(columns="take"), "the table has no column take"),
        (pd.concat([frame, frame["note"]], axis=1), "the table has the column note more than once"),
    ):
        with pytest.raises(BadInput) as problem:
            apply(log, wrong, "ada")  # type: ignore[arg-type]
        assert told in str(problem.value)
    with pytest.raises(NotFound, match="is no label of a take: write it as 07A-003"):
        apply(log, frame.assign(take=frame["id"]), "ada")
    with a_log(tmp_path / "other") as other:
        for theirs in (other.takes_frame(), other.takes_frame()[["take", "verdict"]]):
            with pytest.raises(BadInput, match="the table was read from another film"):
                apply(log, theirs, "ada")
    mark_accident(log, "07A-001", True, "ada")
    with pytest.raises(BadInput, match="take 07A-003 is planned: accident is only said of a take with a clip"):
        apply(log, frame.assign(accident=True), "ada")
