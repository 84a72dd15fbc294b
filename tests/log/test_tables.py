from __future__ import annotations

import pandas as pd
import pytest

from studio.log import TAKES
from studio.log import columns as listed
from studio.log.frames import typed
from studio.nouns import Shot
from tests.log.making import a_cut, a_request, a_whole_film, asked, done, judge

# The columns of film.takes() in their order, as the issue lists them, and their types.
WANTED = {
    "take": "str", "id": "str", "scene": "str", "shot": "str", "n": "Int64", "state": "category",
    "verdict": "category", "accident": "boolean", "reason": "str", "note": "str", "author": "str",
    "scene_text": "str", "camera": "str", "style": "str", "avoid": "str", "prompt_version": "Int64",
    "provider": "str", "model": "str", "seed": "Int64", "duration_s": "Float64", "width": "Int64",
    "height": "Int64", "fps": "Float64", "frames": "Int64", "estimated_usd": "Float64", "cost_usd": "Float64",
    "created_at": "datetime64[us, UTC]", "done_at": "datetime64[us, UTC]", "file": "str", "sha256": "str",
    "parent": "str",
    "guide": "str", "dropped": "str", "asked_move": "str", "measured_move": "str", "obeyed": "category",
    "obeyed_by": "str", "measured_obeyed": "category", "confidence": "Float64", "parallax": "str", "flags": "str",
    "best_in": "Int64", "best_out": "Int64", "grid": "str", "cell": "Int64",
}  # fmt: skip


def types_of(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(dtype) for name, dtype in frame.dtypes.items()}


def test_an_empty_film_has_every_column_with_its_type(log):
    found = log.takes_frame()
    assert list(found.columns) == list(WANTED)
    assert types_of(found) == WANTED
    assert len(found) == 0


def test_the_types_are_the_same_with_takes_where_a_column_is_all_missing(log):
    with log.write("ada") as writer:
        asked(writer, takes=2)
    found = log.takes_frame()
    assert types_of(found) == WANTED
    for name in ("verdict", "reason", "note", "cost_usd", "done_at", "file", "parent", "measured_move", "obeyed"):
        assert found[name].isna().all(), name


def test_every_column_says_what_it_means_and_in_which_unit():
    assert all(column.meaning for column in TAKES)
    units = {column.name: column.unit for column in TAKES if column.unit}
    assert units == {
        "duration_s": "seconds", "width": "pixels", "height": "pixels", "fps": "frames per second", "frames": "frames",
        "estimated_usd": "US dollars", "cost_usd": "US dollars", "created_at": "UTC", "done_at": "UTC",
        "best_in": "frames of the clip", "best_out": "frames of the clip",
    }  # fmt: skip


def test_before_the_clip_is_there_the_table_says_what_was_asked_and_then_what_came(log):
    with log.write("ada") as writer:
        take = asked(writer)[0]
    row = log.takes_frame().loc[0]
    assert (row["width"], row["height"], row["fps"], row["frames"], row["duration_s"]) == (480, 270, 24.0, 120, 5.0)
    with log.write("studio") as writer:
        done(writer, take)
    row = log.takes_frame().loc[0]
    assert (row["width"], row["height"], row["frames"], row["duration_s"]) == (640, 360, 50, 6.0)
    assert row["fps"] == 25 / 3
    assert row["file"] == "media/takes/07A-001.mp4"
    assert row["done_at"] >= row["created_at"]


def test_money_in_the_table_is_in_dollars(log):
    with log.write("studio") as writer:
        take = asked(writer)[0]
        writer.event("money.settled", take.id, {"micro_usd": 1_234_567})
    row = log.takes_frame().loc[0]
    assert (row["estimated_usd"], row["cost_usd"]) == (0.25, 1.234567)


def test_what_was_measured_comes_from_a_measurement_and_never_from_what_was_asked(log):
    with log.write("ada") as writer:
        take = asked(writer)[0]
        done(writer, take)
        judge(writer, take, "circle")
    row = log.takes_frame().loc[0]
    assert row["asked_move"] == "dolly_in"
    assert pd.isna(row["measured_move"])
    assert pd.isna(row["obeyed"])
    with log.write("studio") as writer:
        writer.event("measured", take.id, {"measured_move": "pan_left", "obeyed": "no"})
    row = log.takes_frame().loc[0]
    assert (row["asked_move"], row["measured_move"], row["obeyed"]) == ("dolly_in", "pan_left", "no")
    assert row[["confidence", "parallax", "flags"]].isna().all()  # an event of an older log says nothing of these


def test_what_was_measured_and_noticed_stands_in_the_table_and_is_read_as_needed(log):
    with log.write("ada") as writer:
        take, other = asked(writer, takes=2)
        done(writer, take)
        done(writer, other)
    assert log.measured_of(take.id) is log.features(take.id) is log.flags_of(take.id) is None
    methods = {"measured": 2, "flags": 1, "features": 1}
    assert [each.take for each in log.to_measure(methods)] == [take, other]
    with log.write("studio") as writer:
        found = {"measured_move": "pan_left", "obeyed": "no", "confidence": 0.75, "parallax": "none", "figures": "{}"}
        writer.event("measured", take.id, found | {"method": 1})
        writer.event("measured", take.id, found | {"method": 2, "sentence": "got pan left"})
        writer.event("flags", take.id, {"words": "black, frozen", "flags": "{}", "method": 1})
        writer.event("features", take.id, {"features": "[1]", "method": 1})
        writer.event("features", other.id, {"features": "[2]", "method": 1})
    row = log.takes_frame().loc[0]
    wanted = ["obeyed", "obeyed_by", "measured_obeyed", "confidence", "parallax", "flags"]
    assert row[wanted].tolist() == ["no", "studio", "no", 0.75, "none", "black, frozen"]
    assert log.measured_of(take.id).data["sentence"] == "got pan left"
    assert (log.features(take.id).data["features"], log.features(other.id).data["features"]) == ("[1]", "[2]")
    assert log.flags_of(take.id).data["words"] == "black, frozen"
    (waits,) = log.to_measure(methods)  # the other has no camera and no flags yet
    assert (waits.take, waits.file, waits.camera_json) == (
        other,
        "media/takes/07A-002.mp4",
        '{"asked_move":"dolly_in"}',
    )
    assert len(log.to_measure(methods | {"features": 2})) == 2
    assert [each.take.label for each in log.to_measure({}, ["07A-001", "99Z-001"])] == ["07A-001"]


def test_a_persons_word_on_the_camera_is_shown_and_both_are_kept(log):
    with log.write("studio") as writer:
        take = asked(writer)[0]
        writer.event("measured", take.id, {"measured_move": "pan_left", "obeyed": "no"})
    with log.write("ada") as writer:
        writer.event("obeyed", take.id, {"obeyed": "yes", "move": "", "note": "it is a joke"})
    shown = ["obeyed", "obeyed_by", "measured_obeyed", "measured_move"]
    assert log.takes_frame().loc[0, shown].tolist() == ["yes", "ada", "no", "pan_left"]
    assert log.verdicts_frame()[["author", "obeyed"]].values.tolist() == [["ada", "yes"]]
    log.undo("ada")
    assert log.takes_frame().loc[0, shown].tolist() == ["no", "studio", "no", "pan_left"]
    assert log.verdicts_frame().empty


def test_the_asked_move_is_that_of_the_camera_that_was_sent(log):
    with log.write("ada") as writer:
        asked(writer)
        prompt = writer.latest_prompt("07A")
        request = writer.request(a_request(prompt, camera_json='{"asked_move":"pan_left"}', dropped=("a roll", "b")))
        writer.take("07A", request.id)
    row = log.takes_frame().loc[1]
    assert (row["asked_move"], row["dropped"]) == ("pan_left", "a roll; b")


def test_an_adopted_clip_has_no_prompt_and_its_provider_is_adopted(log):
    with log.write("ada") as writer:
        parent = asked(writer)[0]
        clip = writer.take("07A", parent=parent.id)
        writer.event("adopted", clip.id, {"original_name": "old.mov"})
        done(writer, clip)
    row = log.takes_frame().loc[1]
    assert (row["provider"], row["parent"], row["frames"]) == ("adopted", "07A-001", 50)
    for name in ("scene_text", "camera", "prompt_version", "model", "seed", "asked_move", "dropped", "estimated_usd"):
        assert pd.isna(row[name]), name


def test_missing_values_are_missing_in_every_type():
    rows = [[None] * len(TAKES), [None] * len(TAKES)]
    found = typed(TAKES, rows)
    assert types_of(found) == WANTED
    assert found.isna().all(axis=None)


def test_whole_numbers_keep_every_digit(log):
    with log.write("ada") as writer:
        asked(writer)
        request = writer.request(a_request(writer.latest_prompt("07A"), seed=2**63 - 1))
        writer.take("07A", request.id)
    assert log.takes_frame()["seed"].tolist() == [7, 2**63 - 1]


def test_a_verdict_a_state_and_an_obedience_can_only_be_one_of_a_list(log):
    found = log.takes_frame()
    assert list(found["verdict"].cat.categories) == ["circle", "hold", "ng"]
    assert list(found["obeyed"].cat.categories) == ["yes", "partly", "no", "static", "unreadable"]
    assert list(found["state"].cat.categories)[:2] == ["planned", "submitting"]


def test_the_shots_table_counts_takes_and_shows_the_newest_words(log):
    a_whole_film(log)
    with log.write("ada") as writer:
        writer.shot(Shot("08A", "08"))
    found = log.shots_frame().set_index("shot")
    row = found.loc["07A"]
    assert (row["title"], row["version"], row["scene_author"], row["camera_author"]) == ("The school", 2, "ada", "ben")
    assert (row["takes"], row["done"], row["kept"]) == (5, 2, 1)
    empty = found.loc["08A"]
    assert (empty["takes"], empty["done"], empty["kept"]) == (0, 0, 0)
    assert pd.isna(empty["version"])
    assert pd.isna(empty["scene_text"])


def test_the_verdicts_table_has_each_authors_own(log):
    with log.write("ada") as writer:
        first, second = asked(writer, takes=2)
        judge(writer, first, "hold")
        judge(writer, first, "circle", "face", "yes")
    with log.write("ben") as writer:
        judge(writer, first, "ng", "hand")
        judge(writer, second, "ng")
        writer.event("accident", second.id, {"on": True})
        writer.event("note", second.id, {"text": "keep the fall"})
    with log.write("cy") as writer:
        judge(writer, second, "circle")
    log.undo("cy")
    found = log.verdicts_frame()
    assert list(found.columns) == [
        "take", "shot", "author", "verdict", "accident", "reason", "note", "obeyed", "best_in", "best_out", "at",
    ]  # fmt: skip
    assert [None if pd.isna(value) else value for value in found["note"]] == ["yes", None, "keep the fall"]
    assert found[["take", "author", "verdict", "accident"]].values.tolist() == [
        ["07A-001", "ada", "circle", False],
        ["07A-001", "ben", "ng", False],
        ["07A-002", "ben", "ng", True],
    ]


def test_the_history_of_a_take_reads_in_words_and_shows_what_was_undone(log):
    with log.write("ada") as writer:
        take = asked(writer)[0]
        writer.event("money.reserved", take.id, {"micro_usd": 1_500_000})
        done(writer, take)
        judge(writer, take, "circle", "face", "look at her")
        writer.event("accident", take.id, {"on": True})
        judge(writer, take, None)
    log.undo("ada")
    found = log.history_frame("07A-001")
    assert found["what"].tolist() == [
        "planned",
        "$1.50 reserved",
        "media/takes/07A-001.mp4 (640×360, 50 frames at 25/3)",
        "done",
        "circle: face: look at her",
        "happy accident",
        "verdict taken back",
        "undid a decision",
    ]
    assert found["undone"].tolist() == [False] * 6 + [True, False]
    assert log.history_frame(take.id).equals(found)


def test_the_prompts_table_has_the_author_of_each_part(log):
    a_whole_film(log)
    found = log.prompts_frame("07A")
    assert found["version"].tolist() == [1, 2]
    assert found.loc[1, ["scene_author", "camera_author", "style_author", "author"]].tolist() == [
        "ada",
        "ben",
        "ada",
        "ben",
    ]
    assert found.loc[0, ["who", "age"]].tolist() == ["Ada", "14"]


def test_the_cuts_table_has_a_row_a_version(log):
    a_whole_film(log)
    with log.write("ada") as writer:
        writer.cut(a_cut())
    found = log.cuts_frame()
    assert found[["version", "name", "author", "slots", "frames", "rate"]].values.tolist() == [
        [1, "first", "ada", 1, 24, "24000/1001"],
        [2, "first", "ada", 0, 0, "24000/1001"],
    ]
    assert found["duration_s"].tolist() == [1.001, 0.0]


@pytest.mark.parametrize(
    ("read", "columns"),
    [
        ("shots_frame", listed.SHOTS), ("verdicts_frame", listed.VERDICTS_BY_AUTHOR), ("cuts_frame", listed.CUTS),
    ],
)  # fmt: skip
def test_the_other_tables_have_their_types_when_empty_too(log, read, columns):
    found = getattr(log, read)()
    assert types_of(found) == {column.name: column.dtype for column in columns}
