"""What a cell and the inspector say of a take, as values."""

import json
import math
from datetime import datetime

import cv2
import numpy as np
import pytest

from studio.camera import Got, Measured, Segment
from studio.log import Opinion
from studio.widgets._dailies_state import asked_words, is_jpeg, move_words, rate_line
from studio.widgets._dailies_take import MOST_POINTS, _around, _range, cost, judged, when


def us(*moment):
    return int(datetime(*moment).timestamp() * 1_000_000)


def measured(moves=(), readable=True, why=""):
    return Measured(
        2.0, (0.5, 1.5), ((1.0, 0, 0, 0), (math.nan,) * 4), (1.0, 0, 0, 0), (Segment(0, 2, tuple(moves)),),
        tuple(moves), 0.1, "slow", "none", 0.0, 0.8, readable, why,
    ).to_json()  # fmt: skip


def test_the_asked_camera_is_short():
    assert asked_words("fast push in, then pass through the bubble") == "dolly in · fast, then pass through"
    assert asked_words("pan right while tilting up") == "pan right + tilt up"
    assert asked_words("") == asked_words("something nobody films") == ""


def test_the_measured_move_is_in_words():
    assert move_words("zoom_in or dolly_in > pan_left + tilt_up") == "zoom in or dolly in, then pan left + tilt up"
    assert move_words("unreadable") == "can’t tell"
    assert move_words(None) == ""


def test_the_strongest_move_is_told_with_its_rate():
    assert rate_line(measured([Got("zoom", 1, 18.27, 36.0, ("dolly_in",))])) == "in 18 %/s"
    assert rate_line(measured([Got("pan", -1, 4.5, 9.0, ("pan_left",)), Got("tilt", 1, 1, 2, ("tilt_up",))])) == (
        "left 4.5 %/s"
    )
    assert rate_line(measured([Got("roll", -1, 12.0, 24.0, ("roll_ccw",))])) == "anticlockwise 12 °/s"
    assert rate_line(measured()) == "still"
    assert rate_line(measured(readable=False, why="the light flashes")) == "can’t tell: the light flashes"
    for old in ("", "{", "[]", '{"readable": true, "moves": [{"axis": "yaw", "sense": 1, "rate": 1}]}', "null"):
        assert rate_line(old) == ""


def test_only_a_whole_jpeg_is_one():
    whole = cv2.imencode(".jpg", np.full((90, 160, 3), 128, np.uint8))[1].tobytes()
    assert is_jpeg(whole)
    assert is_jpeg(whole + b"\n")  # some programs add a byte
    for damaged in (
        b"",
        whole[:-40],
        whole[: len(whole) // 2] + b"\xff\xd9"[:1],
        b"\x89PNG" + whole,
        b"\xff\xd8\xff\xd9",
    ):
        assert not is_jpeg(damaged)


def test_a_moment_is_short_today_and_has_its_day_else():
    now = us(2026, 11, 21, 18, 0)
    assert when(us(2026, 11, 21, 14, 5), now) == "14:05"
    assert when(us(2026, 11, 3, 14, 5), now) == "3 Nov 14:05"
    assert when(us(2025, 12, 31, 9, 0), now) == "31 Dec 2025 09:00"


def test_my_judgement_is_told_with_my_initials():
    now = us(2026, 11, 21, 18, 0)
    at = us(2026, 11, 21, 14, 20)
    said = Opinion("id", "Dana Roth", "circle", judged_at_us=at)
    assert judged(said, ["Dana Roth", "Maya Kern"], now) == "circled by DR, 14:20"
    assert judged(Opinion("id", "Dana Roth", accident=True, judged_at_us=at), [], now) == "an accident by DR, 14:20"
    assert judged(Opinion("id", "Dana Roth", note="hm"), [], now) == ""


@pytest.mark.parametrize(
    ("money", "words"),
    [
        ({"cost_micro_usd": 600_000}, "$0.60, settled"), ({"cost_micro_usd": 0}, "not charged"),
        ({"reserved_micro_usd": 600_000}, "$0.60, reserved"), ({}, "costs nothing"), ({"provider": "adopted"}, ""),
    ],
)  # fmt: skip
def test_a_cost_is_told_with_how_sure_it_is(money, words):
    assert cost({"provider": "runway", "cost_micro_usd": None, "reserved_micro_usd": None} | money) == words


def test_many_takes_of_the_same_words_are_ranges_around_this_one():
    labels = [f"07A-{n:03d}" for n in range(1, 9)]
    assert _around(labels, "07A-004", "07A-004 ─ cut 9, slot 12") == [
        "    ├ 07A-001 … 002", "    ├ 07A-003", "    ├ 07A-004 ─ cut 9, slot 12", "    ├ 07A-005",
        "    └ 07A-006 … 008",
    ]  # fmt: skip
    assert _around(["07A-001"], "07A-001", "07A-001") == ["    └ 07A-001"]
    assert _range([]) == ""


# --- of real takes ---------------------------------------------------------------------------------------------------


def test_the_inspector_knows_where_a_take_comes_from(culled):
    culled.as_("Maya Kern").write("01A", camera="fast push in", scene_text="Two teenagers meet in a long corridor.")
    handle = culled.generate("01A", seconds=1, seed=3)
    handle.wait(60)
    label = handle.takes[0].label
    culled.as_("Dana Roth").circle(label, reason="joins well", note="<b>yes</b>")
    culled.undo()
    culled.circle(label, reason="face")
    panel = culled.dailies()
    found = panel.ask("look", take=label)
    json.dumps(found, allow_nan=False)
    assert found["place"] == "9 of 9 in 01A"
    assert found["judged"].startswith("circled by DR, ")
    assert found["prompt"] == {
        "version": 2,
        "parts": [
            ["scene text", "MK", "Two teenagers meet in a long corridor."], ["camera", "MK", "fast push in"],
            ["style", "DR", "16 mm film"], ["avoid", "DR", "text"],
        ],
    }  # fmt: skip
    (sibling,) = found["siblings"]
    assert (sibling["take"], sibling["version"], sibling["said"]) == ("01A-003", 1, "v1 → v2, 2 words out, 2 in")
    assert ["camera", [["removed", "slow"], ["added", "fast"], ["same", "push in"]]] in sibling["parts"]
    shown = found["measured"]
    assert shown["by"] == "studio"
    assert 0 < len(shown["times"]) <= MOST_POINTS
    assert len(shown["rates"]) == len(shown["asked"]) == len(shown["times"])
    assert all(len(row) == 4 for row in shown["rates"])
    told = dict(map(tuple, found["facts"]))
    assert (told["model"], told["seed"]) == ("previz · layers", "3")
    assert told["file"] == f"media/takes/{label}.mp4"
    assert found["lineage"][0] == "MK scene v2 ─ MK camera v2"
    assert found["lineage"][-1] == f"    └ {label}"
    verdicts = [(who, what, undone) for _, who, what, undone in found["history"] if "circled" in what]
    assert verdicts == [("DR", "circled: face", False), ("DR", "circled: joins well: <b>yes</b>", True)]
    assert len(found["history"]) <= 30


def test_an_adopted_clip_has_no_words_and_a_place_all_the_same(film, clip):
    label = film.adopt(clip, shot="07A").label
    found = film.dailies().ask("look", take=label)
    assert (found["prompt"], found["siblings"], found["lineage"]) == (None, [], [f"AD adopted {label}"])
    assert found["measured"]["asked"] is None
    assert found["row"]["model"] == "adopted"
    assert "cost" not in dict(map(tuple, found["facts"]))


def test_a_take_that_was_never_measured_has_no_plot(culled):
    media = culled.log.events(culled.log.take("01A-001").id, kinds=("media",))[0].data
    with culled.log.write("studio") as writer:
        take = writer.take("01A")
        writer.event("media", take.id, media | {"sha256": "b" * 64, "file": f"media/takes/{take.label}.mp4"})
        writer.event("state", take.id, {"state": "done"})
    found = culled.dailies().ask("look", take=take.label)
    assert found["measured"] is None
    assert (found["row"]["poster"], found["row"]["camera"]["line"]) == (False, "")
    assert found["row"]["missing"] == f"media/takes/{take.label}.mp4 is not there"


def test_flags_are_told_with_their_numbers(culled):
    flags = {
        "black": 0.4, "frozen_s": 1.6, "flicker": 7.25, "cuts_s": [1.0, 1.5], "sharpness": 100.0, "letterbox": 0.12,
        "pillarbox": 0.0, "method": 1,
    }  # fmt: skip
    words = "black, frozen, flicker, cut, letterbox, size, rate, strange"
    with culled.log.write("studio") as writer:
        data = {"words": words, "flags": json.dumps(flags), "method": 1}
        writer.event("flags", culled.log.take("02A-001").id, data)
    row = culled.dailies().ask("rows", takes=["02A-001"])["02A-001"]
    assert dict(map(tuple, row["flags"])) == {
        "black": "black for 40% of it", "frozen": "frozen for 1.6 s", "flicker": "flickers by 7.2 grey levels",
        "cut": "2 cuts within it", "letterbox": "bars of 12% of its height",
        "size": "another size than asked: 320×180", "rate": "another rate than asked: 24 fps", "strange": "strange",
    }  # fmt: skip


def test_a_take_that_went_on_says_as_what(culled):
    parent = culled.log.take("01A-003")
    media = culled.log.events(parent.id, kinds=("media",))[0].data
    with culled.log.write("studio") as writer:
        child = writer.take("01B", parent=parent.id)
        writer.event("media", child.id, media | {"sha256": "c" * 64})
        writer.event("state", child.id, {"state": "done"})
    panel = culled.dailies()
    assert panel.ask("look", take="01A-003")["lineage"][-1] == f"      · went on as {child.label}"
    assert panel.ask("look", take=child.label)["lineage"][-1] == "  · begins with a frame of 01A-003"
