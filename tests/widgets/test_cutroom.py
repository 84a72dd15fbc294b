"""The cutting room as the page drives it: messages in, answers and bytes out, and what is on disk afterwards."""

import json
from importlib import resources

import pytest

import studio
from studio.errors import BadInput
from studio.widgets import CutRoom
from studio.widgets._panel import script, style
from tests.clips import make_clip


def slot(room, number):
    return room._state["slots"][number - 1]


def other_kernel(film):
    """A room on the same film, opened by another kernel."""
    return studio.open(film.folder).as_("Dana Roth")


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_the_page_has_every_part_that_is_there():
    there = {each.name for each in resources.files("studio.widgets").iterdir() if each.name.startswith("_cutroom_")}
    parts = {name.partition(".")[0] for name in there if not name.endswith(".py")}
    assert parts == set(CutRoom.files) - {"_media", "cutroom"}
    assert CutRoom.files[-1] == "cutroom"
    for name in there | {"cutroom.js", "cutroom.css"}:
        text = resources.files("studio.widgets").joinpath(name).read_text("utf-8")
        assert name.endswith(".py") or text in (script if name.endswith(".js") else style)(CutRoom.files)


def test_the_room_says_what_it_has_open(room, cut_film):
    assert repr(room) == "CutRoom('first cut', version 1, 5 slots)"
    state = room._state
    assert (state["author"], state["authors"]) == ("Dana Roth", ["Dana Roth", "Maya Kern"])
    assert state["cut"] == {
        "version": 1, "name": "first cut", "unsaved": False, "undo": "", "redo": "", "opened": "", "rate": [24, 1],
        "fps": 24.0, "start": "01:00:00:00", "drop": False, "frames": 144, "aim": "flow", "banned": [],
    }  # fmt: skip
    assert [each["kind"] for each in state["slots"]] == ["take"] * 4 + ["empty"]
    assert [each["circled"] for each in state["slots"]] == [2, 2, 2, 1, 0]
    assert (slot(room, 5)["shot"], slot(room, 1)["verdict"]) == ("03A", "circle")
    assert state["coverage"] == {
        "said": "5 slots: 3 with two or more circled takes · 1 with one · 1 with none: 03A", "marks": [2, 2, 2, 1, 0],
    }  # fmt: skip
    assert state["song"]["bars"] == [[1, 0], [2, 48], [3, 96]]
    assert state["song"]["beats"] == list(range(0, 144, 12))
    assert [row[:3] for row in state["versions"]] == [[1, "first cut", "DR"]]
    with pytest.raises(BadInput, match="is no stored cut"):
        CutRoom(cut_film, "first cut")


def test_joins_are_between_slots_with_their_parts_and_beside_a_card_there_are_none(room):
    joins = room._state["joins"]
    assert len(joins) == 4
    assert joins[3] is None
    assert joins[0]["word"] in ("good", "weak", "break")
    assert dict(joins[0]["parts"]).keys() >= {"picture", "colour"}
    assert joins[0]["aim"] == "flow"


# --- edits -----------------------------------------------------------------------------------------------------------


def test_every_edit_is_one_message_and_its_state_follows(room, done):
    assert done("edit", op="trim", slot=1, **{"in": 3}) is None
    assert (slot(room, 1)["in"], slot(room, 1)["out"]) == (3, 3 + slot(room, 1)["frames"])
    assert (room._state["cut"]["unsaved"], room._state["cut"]["undo"]) == (True, "trim slot 1 to 3 f")
    done("edit", op="slip", slot=1, frames=2)
    assert slot(room, 1)["in"] == 5
    done("edit", op="retime", slot=2, speed="3/4")
    assert slot(room, 2)["speed"] == "3/4"
    frames = slot(room, 1)["frames"]
    done("edit", op="roll", slot=1, frames=-2)
    assert (slot(room, 1)["frames"], slot(room, 2)["record"]) == (frames - 2, frames - 2)
    done("edit", op="pin", slot=3, on=True)
    assert slot(room, 3)["pinned"]
    done("edit", op="aim", slot=2, aim="match")
    assert (slot(room, 2)["aim"], room._state["joins"][0]["aim"]) == ("match", "match")
    done("edit", op="ban", slot=4, take=slot(room, 4)["take"], on=True)
    assert room._state["cut"]["banned"] == ["02B-001"]
    other = next(each for each in done("alternates", slot=1) if each["fits"] and each["take"] != slot(room, 1)["take"])
    done("edit", op="swap", slot=1, take=other["take"])
    assert (slot(room, 1)["take"], slot(room, 1)["in"]) == (other["take"], other["in"])
    done("edit", op="swap", slot=1, take="01A-003", **{"in": 4})
    assert (slot(room, 1)["take"], slot(room, 1)["in"], slot(room, 1)["verdict"]) == ("01A-003", 4, "hold")
    done("edit", op="best_in", slot=1)
    best = next(each for each in done("alternates", slot=1) if each["take"] == "01A-003")
    assert slot(room, 1)["in"] == best["in"]
    assert room._state["cut"]["frames"] == 144


def test_what_cannot_be_is_refused_with_its_numbers_at_the_slot(refused, ask, room):
    last = slot(room, 1)["length"] - slot(room, 1)["frames"]
    assert refused("edit", op="trim", slot=1, **{"in": last + 1}).endswith(f"trim to {last} or less")
    for details in ({"op": "trim", "slot": 1, "in": last + 1}, {"op": "slip", "slot": 99, "frames": 1}):
        assert ask("edit", **details)[0]["about"] == "slot"
    assert "waits for a take of 03A" in refused("edit", op="trim", slot=5, **{"in": 1})
    assert "there is no take" in refused("edit", op="swap", slot=1, take="01A-9")
    for wrong in (
        {"op": "cut"}, {"op": ["trim"]}, {"op": "trim"}, {"op": "trim", "slot": "1", "in": 2},
        {"op": "trim", "slot": 1}, {"op": "trim", "slot": 1, "in": 1.5}, {"op": "trim", "slot": 1, "in": True},
        {"op": "slip", "slot": 0, "frames": 1}, {"op": "slip", "slot": 1, "frames": None},
        {"op": "retime", "slot": 1, "speed": "fast"}, {"op": "retime", "slot": 1, "speed": [3, 4]},
        {"op": "pin", "slot": 1, "on": "yes"}, {"op": "ban", "take": 7, "on": True},
        {"op": "aim", "slot": 2, "aim": ["match"]}, {"op": "aim", "slot": 1, "aim": "match"},
        {"op": "swap", "slot": 1, "take": "../../etc/passwd"}, {"op": "swap", "slot": 1, "take": "01A-002", "to": 3},
        {"op": "best_in", "slot": 5}, {"op": "roll", "slot": 5, "frames": 1},
    ):  # fmt: skip
        assert refused("edit", **wrong)
    assert "nothing that CutRoom(" in refused("delete", slot=1)
    assert "cannot be asked for like that" in refused("undo", times=3)


def test_undo_and_redo_go_through_every_edit(room, done, refused):
    assert refused("undo") == "there is nothing to undo"
    seen = [room.cut]
    for number in (1, 2, 3):
        done("edit", op="trim", slot=number, **{"in": 1})
        seen.append(room.cut)
    for cut in seen[-2::-1]:
        done("undo")
        assert room.cut == cut
    assert room._state["cut"]["unsaved"] is False
    assert (room._state["cut"]["undo"], room._state["cut"]["redo"]) == ("", "trim slot 1 to 1 f")
    done("redo")
    assert room.cut == seen[1]
    done("edit", op="pin", slot=2, on=True)
    assert refused("redo") == "there is nothing to do again"


def test_an_edge_that_is_moved_frame_by_frame_is_undone_in_one_step(room, done, refused):
    start = room.cut
    for in_frames in (1, 2, 3):
        done("edit", op="trim", slot=1, **{"in": in_frames})
    assert room._state["cut"]["undo"] == "trim slot 1 to 3 f"
    done("edit", op="trim", slot=2, **{"in": 1})
    done("edit", op="slip", slot=2, frames=1)
    done("edit", op="slip", slot=2, frames=1)
    assert room._state["cut"]["undo"] == "slip slot 2 to 3 f"
    assert slot(room, 2)["how"].endswith("slipped to 3 f")
    for _ in range(2):
        done("edit", op="roll", slot=1, frames=-1)
    assert room._state["cut"]["undo"] == "roll the boundary of slots 1 and 2 to frame 22"
    for left in ("slip slot 2 to 3 f", "trim slot 2 to 1 f", "trim slot 1 to 3 f", ""):
        done("undo")
        assert room._state["cut"]["undo"] == left
    assert room.cut == start
    done("redo")
    done("edit", op="trim", slot=1, **{"in": 2})  # after a step that was undone and done again it is another one
    assert done("undo") is None
    assert slot(room, 1)["in"] == 3
    for in_frames in (4, 3):
        done("edit", op="trim", slot=1, **{"in": in_frames})
    assert room._state["cut"]["undo"] == "trim slot 1 to 3 f"  # there and back again is no step
    done("undo")
    assert refused("undo") == "there is nothing to undo"


def test_a_dissolve_is_laid_over_a_join_and_taken_away(room, done, refused, cut_film):
    done("edit", op="trim", slot=2, **{"in": 6})
    done("edit", op="dissolve", slot=2, frames=6)
    assert (slot(room, 2)["dissolve"], room._state["cut"]["undo"]) == (6, "dissolve of 6 f into slot 2")
    assert "give an even number, 6 or 8" in refused("edit", op="dissolve", slot=2, frames=7)
    assert "no slot before it" in refused("edit", op="dissolve", slot=1, frames=6)
    assert refused("edit", op="dissolve", slot=2, frames=4000)
    assert slot(room, 2)["dissolve_room"] == 12  # six frames before its in-point
    assert "a dissolve of 6 frames into slot 2 needs 3" in refused("edit", op="trim", slot=2, **{"in": 2})
    assert "dissolve of 6 f" in room.static_html()
    done("save")
    assert cut_film.cut().value.slots[1].transition.frames == 6
    done("edit", op="dissolve", slot=2, frames=0)
    assert (slot(room, 2)["dissolve"], room._state["cut"]["undo"]) == (0, "plain cut into slot 2")


def test_an_edit_that_changes_nothing_is_no_step(room, done):
    done("edit", op="trim", slot=1, **{"in": slot(room, 1)["in"]})
    assert (room._state["cut"]["unsaved"], room._state["cut"]["undo"]) == (False, "")


def test_joins_that_did_not_change_are_not_worked_out_again(room, done, monkeypatch):
    from studio.widgets import _cutroom_state

    asked = []
    real = _cutroom_state.join
    monkeypatch.setattr(_cutroom_state, "join", lambda *ends: asked.append(ends) or real(*ends))
    done("edit", op="trim", slot=2, **{"in": 5})
    assert len(asked) == 2
    done("undo")
    done("edit", op="pin", slot=2, on=True)
    assert len(asked) == 2


def test_solving_keeps_what_is_pinned_and_says_what_it_was_worth(room, done):
    other = "01A-002" if slot(room, 1)["take"] == "01A-001" else "01A-001"
    solved = slot(room, 1)["take"]
    done("edit", op="swap", slot=1, take=other, **{"in": 0})
    done("edit", op="pin", slot=1, on=True)
    done("solve")
    assert slot(room, 1)["take"] == other
    done("edit", op="pin", slot=1, on=False)
    said = done("solve")["said"]
    assert "changed, " in said
    assert " → " in said
    assert slot(room, 1)["take"] == solved
    assert "at their best" in done("solve")["said"]


def test_alternates_are_the_best_first_with_those_that_do_not_fit_last(room, done):
    found = done("alternates", slot=1)
    assert {each["take"] for each in found} == {"01A-001", "01A-002", "01A-003"}
    assert [each["price"] for each in found] == sorted(each["price"] for each in found)
    assert found[0]["before"] is None
    assert found[0]["after"] > 0
    assert done("alternates", slot=5) == []


def test_takes_that_cannot_stand_in_a_slot_come_last_each_with_why(room, done, cut_film, tmp_path):
    short = cut_film.adopt(make_clip(tmp_path / "short.mp4", frames=12, size="320x180"), shot="01A").label
    cut_film.circle(short)
    other = "01A-002" if slot(room, 1)["take"] == "01A-001" else "01A-001"
    done("edit", op="ban", take=other, on=True)
    found = done("alternates", slot=1)
    assert [each["fits"] for each in found] == [True, True, False, False]
    assert {each["take"]: each["why"] for each in found[2:]} == {
        other: "banned in this cut", short: f"12 frames, and the slot needs {slot(room, 1)['frames']}",
    }  # fmt: skip
    assert other not in {each["take"] for each in found[:2]}


# --- kept and saved --------------------------------------------------------------------------------------------------


def test_edits_outlive_a_dead_kernel_and_the_room_says_so(room, done, cut_film):
    done("edit", op="trim", slot=1, **{"in": 3})
    done("edit", op="pin", slot=2, on=True)
    done("undo")
    with other_kernel(cut_film) as film:
        again = film.cut(1).room()
        assert again.cut == room.cut
        assert again._state["cut"]["unsaved"]
        assert again._state["cut"]["opened"].startswith("1 edit of ")
        assert again._state["cut"]["opened"].endswith(" that is not saved, opened again")
        assert (again._state["cut"]["undo"], again._state["cut"]["redo"]) == ("trim slot 1 to 3 f", "pin slot 2")
        assert repr(again).endswith("5 slots, not saved)")
        again.ask("redo")
        assert again._state["cut"]["opened"] == ""
        assert again.cut.slots[1].pinned


def test_a_draft_that_nobody_wrote_like_that_is_passed_over(room, done, cut_film):
    done("edit", op="trim", slot=1, **{"in": 3})
    (file,) = (cut_film.folder / "drafts").iterdir()
    whole = json.loads(file.read_text("utf-8"))
    for wrong in (
        "{", "[]", json.dumps(whole | {"id": "another"}), json.dumps(whole | {"done": 9}),
        json.dumps(whole | {"steps": [["x", [0, 1], "flow", []]]}), json.dumps(whole | {"slots": {}}),
        json.dumps(whole | {"steps": [["x", *whole["start"][:1], "fast", []]]}), json.dumps(whole | {"start": None}),
    ):  # fmt: skip
        file.write_text(wrong, "utf-8")
        again = cut_film.cut().room()
        assert not again._state["cut"]["unsaved"]
        assert again.cut == again._history.base


def test_two_rooms_of_one_version_work_on_one_cut(room, done, cut_film):
    done("edit", op="trim", slot=1, **{"in": 3})
    with other_kernel(cut_film) as film:
        second = film.cut().room()
        second.ask("edit", op="pin", slot=2, on=True)
        done("edit", op="slip", slot=1, frames=1)
        assert (slot(room, 2)["pinned"], slot(room, 1)["in"]) == (True, 4)
        second.refresh()
        assert second.cut == room.cut
        second.ask("undo")
        room.refresh()
        assert slot(room, 1)["in"] == 3


def test_a_second_room_that_is_shown_in_the_same_kernel_follows_at_once(room, done, cut_film):
    second, hidden = cut_film.cut().room(), cut_film.cut().room()
    second._asked(None, {"id": "1", "do": "here"}, [])
    done("edit", op="trim", slot=1, **{"in": 3})
    assert (slot(second, 1)["in"], slot(hidden, 1)["in"] == 3) == (3, False)
    second._asked(None, {"id": "2", "do": "left"}, [])


def test_saving_stores_what_is_seen_as_one_new_version(room, done, cut_film, refused):
    assert "nothing is changed since version 1" in refused("save")
    done("edit", op="trim", slot=1, **{"in": 3})
    done("edit", op="roll", slot=4, frames=-5)  # the empty slot's card is made anew
    done("edit", op="ban", take="01A-003", on=True)
    seen = [(each["take"], each["record"], each["frames"], each["in"]) for each in room._state["slots"]]
    assert done("save", name="  tighter ") == {"version": 2, "said": "saved as version 2"}
    stored = cut_film.cut(2).value
    assert [(s.source.name, s.record_frame, s.frames, s.in_frames) for s in stored.slots] == seen
    assert (stored.name, stored.author, stored.banned) == ("tighter", "Dana Roth", ("01A-003",))
    assert (cut_film.folder / stored.slots[4].source.file).is_file()
    assert stored.slots[4].source.frames == stored.slots[4].frames
    assert [row[:3] for row in room._state["versions"]] == [[2, "tighter", "DR"], [1, "first cut", "DR"]]
    assert not room._state["cut"]["unsaved"]
    assert list((cut_film.folder / "drafts").iterdir()) == []
    assert len(cut_film.log.cuts()) == 2
    done("undo")  # also over a saved version
    assert (room._state["cut"]["unsaved"], room._state["cut"]["banned"]) == (True, [])
    for name in (7, "x" * 201, "a\nb"):
        assert refused("save", name=name)


def test_another_version_is_opened_and_what_was_not_saved_waits(room, done, refused):
    done("edit", op="trim", slot=1, **{"in": 3})
    done("save")
    done("edit", op="pin", slot=2, on=True)
    done("open", version=1)
    assert (room._state["cut"]["version"], room._state["cut"]["unsaved"]) == (1, False)
    done("open", version=2)
    assert slot(room, 2)["pinned"]
    assert room._state["cut"]["opened"]
    for wrong in (3, 0, "1", None, True):
        assert refused("open", version=wrong)


def test_against_another_version_says_what_survived(room, done, refused):
    done("edit", op="swap", slot=1, take="01A-003")
    done("edit", op="trim", slot=2, **{"in": slot(room, 2)["in"] + 1})
    done("against", version=1)
    against = room._state["against"]
    assert (against["version"], against["said"]) == (1, "3 of 4 survived · 1 swapped · 1 slipped")
    assert [row[:2] for row in against["slots"]] == [[1, "swapped"], [2, "slipped"]]
    done("save")
    assert room.film.cut().difference(1).joins == room._state["against"]["joins"]
    assert "→" in against["joins"]
    done("against", version=None)
    assert room._state["against"] is None
    assert "99" in refused("against", version=99)


def test_an_author_takes_unsaved_edits_along_and_nobody_loses_any(room, done, refused, cut_film):
    done("edit", op="trim", slot=1, **{"in": 3})
    done("write_as", author="Maya Kern")
    assert (room._state["author"], slot(room, 1)["in"], room._state["cut"]["unsaved"]) == ("Maya Kern", 3, True)
    with other_kernel(cut_film) as film:
        mine = film.cut().room()
        assert not mine._state["cut"]["unsaved"]
        mine.ask("edit", op="pin", slot=2, on=True)
    assert "Dana Roth has edits of version 1 that are not saved" in refused("write_as", author="Dana Roth")
    done("save")
    assert cut_film.cut().value.author == "Maya Kern"
    done("open", version=1)
    done("write_as", author="Dana Roth")
    assert slot(room, 2)["pinned"]
    for wrong in ("", "a\nb", 3, None):
        assert refused("write_as", author=wrong)


# --- without a kernel ------------------------------------------------------------------------------------------------


def test_without_a_kernel_it_is_a_storyboard_with_joins_in_words_and_a_table(room, done, cut_film):
    done("edit", op="trim", slot=1, **{"in": 3})
    done("save")
    page = room.static_html()
    assert page == cut_film.cut().room().static_html()
    assert page.count("<img ") == 5
    for word in (
        "cut 2, first cut: 5 slots, 144 frames", "1 with none: 03A", "Against version 1: 1 slot changed", "<table>",
        room._state["joins"][0]["said"],
    ):  # fmt: skip
        assert word in page
    assert str(cut_film.folder) not in page
    assert "<script" not in page
    data, _ = room._repr_mimebundle_()
    assert data["text/plain"] == "CutRoom('first cut', version 2, 5 slots)"
