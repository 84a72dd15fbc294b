"""Dailies as the page drives them: messages in, answers and bytes out, and what is on disk afterwards."""

import json
import re
import threading
from importlib import resources

import pandas as pd
import pytest

import studio
from studio.errors import BadInput, NotFound
from studio.widgets import Dailies


@pytest.fixture
def panel(culled):
    return culled.dailies()


def said(film, take, author="Dana Roth"):
    """What somebody's verdict on a take is, read by another kernel from the disk."""
    with studio.open(film.folder) as other:
        found = other.verdicts()
    mine = found[(found["take"] == take) & (found["author"] == author)]
    return None if mine.empty else mine.iloc[0]


# --- looking ---------------------------------------------------------------------------------------------------------


def test_the_list_has_every_take_with_its_marks(done, panel):
    found = done("list")
    assert len(found["labels"]) == 24
    assert found["labels"][:2] == ["01A-001", "01A-002"]
    assert found["marks"] == "nncnh" + "-" * 19
    assert found["seen"] == "1" * 5 + "0" * 19
    assert found["accidents"] == "0" * 24
    assert (found["said"], found["folded"], found["chips"], found["query"]) == ("24 takes", [], [], "")
    assert panel._state["counts"] == {
        "all": 24, "seen": 5, "circle": 1, "hold": 1, "ng": 3, "accident": 0, "folded": 0,
    }  # fmt: skip
    assert repr(panel) == "Dailies(5 of 24 seen)"


def test_a_search_finds_some_and_a_wrong_one_is_told_at_the_search(done, ask):
    assert done("list", query="verdict:ng  01A")["labels"] == ["01A-001", "01A-002", "01A-004"]
    assert done("list", query="verdict:ng  01A")["chips"] == [["verdict", "ng"], ["shot", "01A"]]
    assert done("list", query="verdict:ng", sort="newest")["labels"][0] == "01A-004"
    for wrong in ({"query": "colour:red"}, {"query": 3}, {"sort": "colour"}, {"query": None}, {"sort": []}):
        answer, _ = ask("list", **wrong)
        assert answer["about"] == "search", answer


def test_an_exact_copy_is_folded_and_told_until_it_is_unfolded(culled):
    first, copy = "01B-001", "01B-002"
    media = culled.log.events(culled.log.take(copy).id, kinds=("media",))[-1].data
    with culled.log.write("studio") as writer:
        for label in (first, copy):
            writer.event("media", culled.log.take(label).id, media | {"sha256": "a" * 64})
    panel = culled.dailies("shot:01B")
    assert panel._state["counts"]["folded"] == 1
    found = panel.ask("list", query="01B")
    assert (len(found["labels"]), found["folded"]) == (7, [[copy, f"exact copy of {first}"]])
    assert panel.ask("list", query="01B", unfold=True)["labels"][:2] == [first, copy]
    assert panel.ask("rows", takes=[copy])[copy]["folded"] == f"exact copy of {first}"
    assert "7 takes found by shot 01B, 1 folded" in panel.static_html()
    panel.ask("judge", take=copy, verdict="circle")  # what somebody keeps is not folded
    assert panel.ask("list", query="01B")["labels"][:2] == [first, copy]


def test_a_row_says_what_a_cell_shows(done):
    row = done("rows", takes=["01A-003"])["01A-003"]
    assert (row["take"], row["shot"], row["verdict"], row["reason"]) == ("01A-003", "01A", "circle", "")
    assert (row["seconds"], row["fps"], row["frames"]) == (2.0, 24.0, 48)
    assert row["model"] == "previz · layers"
    assert row["camera"]["asked"] == "dolly in · slow"
    assert (row["poster"], row["strip"], row["missing"]) == (True, True, "")
    assert row["clip"] == "media/proxies/01A-003.mp4"
    assert (row["best_in"], row["best_out"], row["accident"], row["others"]) == (None, None, False, [])


def test_pictures_come_as_bytes_beside_the_answer(ask, culled):
    for what, path in (("poster", culled.library.poster), ("strip", culled.library.strip)):
        answer, buffers = ask("pictures", takes=["01A-002", "01A-001"], what=what)
        assert answer["ok"] == [["01A-002", 0, ""], ["01A-001", 1, ""]]
        assert buffers == [path("01A-002").read_bytes(), path("01A-001").read_bytes()]


def test_a_missing_or_damaged_file_is_a_named_empty_cell(ask, done, culled):
    library = culled.library
    whole = library.poster("01A-001").read_bytes()
    library.poster("01A-001").write_bytes(whole[: len(whole) // 2])
    library.poster("01A-002").unlink()
    library.poster("01A-003").write_bytes(b"\xff\xd8\xff" + b"no picture" * 9 + b"\xff\xd9")
    library.poster("01A-004").unlink()
    library.poster("01A-004").mkdir()
    answer, buffers = ask("pictures", takes=[f"01A-00{k}" for k in range(1, 6)])
    assert answer["ok"] == [
        ["01A-001", -1, "media/posters/01A-001.jpg is damaged: it is no whole JPEG"],
        ["01A-002", -1, "media/posters/01A-002.jpg is not there"],
        ["01A-003", -1, "media/posters/01A-003.jpg is damaged: it is no whole JPEG"],
        ["01A-004", -1, "media/posters/01A-004.jpg is not there"],
        ["01A-005", 0, ""],
    ]
    assert len(buffers) == 1
    library.take("01A-002").unlink()
    row = done("rows", takes=["01A-002"])["01A-002"]
    assert (row["poster"], row["missing"]) == (False, "media/takes/01A-002.mp4 is not there")
    assert row["clip"] == "media/proxies/01A-002.mp4"
    library.proxy("01A-002").unlink()
    assert done("rows", takes=["01A-002"])["01A-002"]["clip"] == ""
    assert done("look", take="01A-002")["row"]["missing"] == "media/takes/01A-002.mp4 is not there"
    page = culled.dailies("01A").static_html()
    assert re.findall(r'alt="([^"]+)"', page) == [f"01A-00{k}" for k in range(5, 9)]
    assert all(f"<b>01A-00{k}</b>" in page for k in range(1, 9))


def test_a_clip_comes_as_its_proxy_else_as_itself(ask, refused, culled):
    library = culled.library
    assert ask("clip", take="01A-001") == ({"id": "7", "ok": None}, [library.proxy("01A-001").read_bytes()])
    library.proxy("01A-001").unlink()
    library.proxy("01A-001").write_bytes(b"")  # a run that was killed
    assert ask("clip", take="01A-001")[1] == [library.take("01A-001").read_bytes()]
    library.take("01A-001").unlink()
    assert refused("clip", take="01A-001").startswith("media/takes/01A-001.mp4 is not there: put it back")
    library.take("01A-001").write_bytes(b"half a download")
    assert refused("clip", take="01A-001").startswith("media/takes/01A-001.mp4 is damaged")


def test_alternates_are_of_the_same_shot_the_best_first(done):
    found = done("alternates", take="01A-001")
    assert [take for take, _ in found][:2] == ["01A-003", "01A-005"]
    assert found[0][1].startswith("circled · ")
    assert "01A-001" not in dict(found)
    assert {take[:3] for take, _ in found} == {"01A"}


def test_coverage_says_what_lacks_what_kills_and_who_differs(done, culled):
    culled.as_("Maya Kern").ng("01A-003", reason="face")
    found = done("coverage")
    assert found["lacking"] == [["01B", "a circle", 8, 8], ["02A", "a circle", 8, 8]]
    assert ["face", 2, 0, 0] in found["reasons"]
    assert found["kept"]["shot"] == [["01A", "1 of 5, too few to say"]]
    assert set(found["kept"]) == {"shot", "move", "model", "word"}
    assert found["disagreements"] == [["01A-003", [["DR", "circle"], ["MK", "ng"]]]]


# --- judging ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verdict", "word"), [("circle", "circled"), ("hold", "held"), ("ng", "NG")])
def test_a_verdict_is_on_disk_when_it_is_answered(done, culled, verdict, word):
    told = done("judge", take="01A-006", verdict=verdict, reason="joins well, <b>right</b> speed", note="until 4 s")
    on_disk = said(culled, "01A-006")
    assert (on_disk["verdict"], on_disk["reason"], on_disk["note"]) == (
        verdict, "joins well, <b>right</b> speed", "until 4 s",
    )  # fmt: skip
    assert (told["take"], told["said"]) == ("01A-006", f"01A-006 {word}")
    assert (told["row"]["verdict"], told["row"]["reason"], told["row"]["note"]) == tuple(
        on_disk[["verdict", "reason", "note"]]
    )
    assert told["counts"]["seen"] == 6
    assert "pace" in told


def test_a_verdict_reads_one_take_again_and_no_other(done, culled, monkeypatch):
    asked = []
    for name in ("takes_now", "opinions"):
        real = getattr(culled.log, name)
        monkeypatch.setattr(culled.log, name, lambda ids=None, real=real: asked.append(ids) or real(ids))
    done("judge", take="01B-001", verdict="ng")
    ids = {culled.log.take("01B-001").id}
    assert asked
    assert all(set(each) == ids for each in asked)


def test_a_verdict_is_taken_back_and_undone(done, refused, culled):
    done("judge", take="01A-006", verdict="circle")
    told = done("judge", take="01A-006", verdict=None)
    assert (told["row"]["verdict"], told["said"]) == ("", "01A-006 verdict taken back")
    assert "has given 01A-006 no verdict" in refused("judge", take="01A-006", verdict=None)
    assert done("undo")["row"]["verdict"] == "circle"
    told = done("undo")
    assert (told["take"], told["said"]) == ("01A-006", "01A-006: circled, undone")
    assert (told["row"]["verdict"], told["counts"]["seen"]) == ("", 5)
    for _ in range(5):
        done("undo")
    assert "no decision left to undo" in refused("undo")


def test_reasons_are_added_and_taken_off_one_by_one(done, refused):
    assert "is not judged yet: circle, hold or NG it first" in refused("reason", take="01A-006", reason="face", on=True)
    done("judge", take="01A-006", verdict="ng")
    done("reason", take="01A-006", reason="face", on=True)
    assert done("reason", take="01A-006", reason="hand", on=True)["row"]["reason"] == "face, hand"
    assert done("reason", take="01A-006", reason="face", on=False)["row"]["reason"] == "hand"
    assert "is no reason of 01A-006" in refused("reason", take="01A-006", reason="face", on=False)
    assert "switches nothing" in refused("reason", take="01A-006", reason="face", on="yes")
    assert "not text" in refused("reason", take="01A-006", reason=4, on=True)


def test_an_accident_a_note_marks_and_a_word_on_the_camera(done, refused, culled):
    told = done("accident", take="01A-006", on=True)
    assert (told["row"]["accident"], told["counts"]["accident"], told["counts"]["seen"]) == (True, 1, 6)
    assert done("list", query="accident:yes")["accidents"] == "1"
    assert done("accident", take="01A-006", on=False)["row"]["accident"] is False
    assert done("note", take="01A-006", text=" <b>drifts</b> ")["row"]["note"].strip() == "<b>drifts</b>"
    assert done("note", take="01A-006", text="")["row"]["note"] == ""
    told = done("mark", take="01A-006", in_frame=12, out_frame=36)
    assert (told["row"]["best_in"], told["row"]["best_out"]) == (12, 36)
    assert done("mark", take="01A-006", in_frame=None, out_frame=None)["row"]["best_in"] is None
    for first, end in ((36, 12), (0, 49), (-1, 5), (0.5, 7), ("0", "5"), (True, 5)):
        assert "is no part of them" in refused("mark", take="01A-006", in_frame=first, out_frame=end)
    assert done("obeyed", take="01A-006", obeyed="partly")["row"]["camera"]["obeyed"] == "partly"
    assert done("obeyed", take="01A-006", obeyed=None)["row"]["camera"]["obeyed"] == "unreadable"
    assert "is not how a camera is obeyed" in refused("obeyed", take="01A-006", obeyed="perhaps")
    assert said(culled, "01A-006")["best_in"] is pd.NA


def test_a_take_becomes_the_beginning_of_a_new_shot(done, culled):
    told = done("scene_from", take="01A-003")
    assert told["shot"] == "03A"
    assert culled.prompts("03A").iloc[-1]["scene_text"] == culled.prompts("01A").iloc[-1]["scene_text"]
    assert told["said"] == (
        '03A begins with the words of 01A-003: film.desk("03A"), or film.generate("03A", begins_as="01A-003") '
        "to begin with its first frame"
    )


def test_a_verdict_that_is_none_is_refused_and_nothing_is_written(refused, done, culled):
    for wrong in (
        {"verdict": "great"}, {"verdict": ["circle"]}, {"verdict": "circle", "reason": "x" * 41},
        {"verdict": "circle", "note": 7}, {"verdict": "circle", "reason": {"a": 1}},
    ):  # fmt: skip
        assert refused("judge", take="01A-006", **wrong)
    assert said(culled, "01A-006") is None
    assert done("rows", takes=["01A-006"])["01A-006"]["verdict"] == ""


# --- nothing that the page says is believed --------------------------------------------------------------------------


ONE = (
    ("clip", {}), ("look", {}), ("judge", {"verdict": "ng"}), ("reason", {"reason": "face", "on": True}),
    ("accident", {"on": True}), ("note", {"text": "x"}), ("mark", {"in_frame": 0, "out_frame": 3}),
    ("obeyed", {"obeyed": "yes"}), ("alternates", {}), ("scene_from", {}),
)  # fmt: skip


def test_a_take_is_a_label_of_this_film_and_nothing_else(refused, culled, film, clip):
    elsewhere, own_id = film.adopt(clip, shot="07A"), culled.log.take("01A-001").id
    hostile = ("../../film.toml", "/etc/passwd", "", own_id, "01A-999", 3, None, ["01A-001"], "\ud800")
    for act, more in ONE:
        for take in (*hostile, elsewhere.label, elsewhere.id):
            assert "is no take" in refused(act, take=take, **more)
    assert len(culled.verdicts()) == 5
    assert list(culled.folder.rglob("07A*")) == []


def test_lists_of_takes_are_looked_up_and_counted(refused):
    for act, most in (("rows", 120), ("pictures", 60)):
        assert "is no take" in refused(act, takes=["01A-001", "../01A-002"])
        assert f"at most {most} labels" in refused(act, takes=["01A-001"] * (most + 1))
        for wrong in ("01A-001", None, {"01A-001": 1}, 4):
            assert "cannot be asked for at once" in refused(act, takes=wrong)
    assert "has no 'clip'" in refused("pictures", takes=["01A-001"], what="clip")


def test_what_is_no_act_or_has_other_words_is_refused(refused, panel):
    assert "nothing that Dailies(5 of 24 seen) can do" in refused("delete", take="01A-001")
    assert "cannot be asked for like that" in refused("judge", take="01A-001")
    assert "cannot be asked for like that" in refused("rows", takes=[], path="x")
    with pytest.raises(BadInput, match="cannot be asked for"):
        panel.ask("undo", take="01A-001")


# --- which takes -----------------------------------------------------------------------------------------------------


def test_a_table_or_a_list_of_takes_is_shown_in_its_order(culled):
    frame = culled.takes().query("shot == '01B'").sort_values("take", ascending=False)
    labels = frame["take"].tolist()
    for given in (frame, labels, tuple(labels), frame["take"]):
        panel = culled.dailies(given)
        state = panel._state
        assert (state["sort"], state["sorts"][0]) == ("given", ["given", "as they were given"])
        assert state["counts"]["all"] == 8
        assert panel.ask("list", sort="given")["labels"] == labels
        assert panel.ask("list", sort="shot")["labels"] == sorted(labels)
        assert panel.ask("list", query="take:01B-002", sort="given")["labels"] == ["01B-002"]
    with pytest.raises(NotFound, match="is no take"):
        panel.ask("judge", take="01A-001", verdict="ng")
    assert "given" not in dict(culled.dailies()._state["sorts"])


def test_an_empty_table_shows_nothing_and_says_so(culled, film):
    assert culled.dailies(culled.takes().iloc[:0]).ask("list")["said"] == "0 takes"
    assert "no take has a clip yet" in film.dailies().static_html()


def test_a_take_without_a_clip_is_left_out(culled):
    with culled.log.write("Dana Roth") as writer:
        planned = writer.take("01A").label
    assert planned not in culled.dailies(culled.takes()).ask("list")["labels"]


def test_what_is_no_search_and_no_takes_is_one_sentence(culled):
    for wrong, sentence in (
        (None, "is no search"), (7, "is no search"), ({"take": ["01A-001"]}, "is no search"), ([1], "not text"),
        (["01A-999"], "there is no take '01A-999': the nearest is"), (["../x"], "there is no take"),
        ("colour:red", "is no field of the search"), (pd.DataFrame({"label": []}), "has no column take: it has label"),
        (pd.DataFrame({"take": ["01A-001"], "id": ["another"]}), "of another film"),
        ([culled.log.take("01A-001").id], "is the id of a take: give its label, 01A-001"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=sentence):
            culled.dailies(wrong)


# --- several people, several kernels ---------------------------------------------------------------------------------


def test_what_is_drawn_is_mine_and_the_others_stand_beside(culled, done, panel):
    panel.ask("write_as", author="Maya Kern")
    assert (panel._state["author"], panel._state["initials"], culled.author) == ("Maya Kern", "MK", "Maya Kern")
    row = done("rows", takes=["01A-003"])["01A-003"]
    assert (row["verdict"], row["others"]) == (
        "", [{"by": "Dana Roth", "initials": "DR", "verdict": "circle", "accident": False}],
    )  # fmt: skip
    assert panel._state["counts"]["seen"] == 0
    done("judge", take="01A-003", verdict="ng")
    assert said(culled, "01A-003")["verdict"] == "circle"
    assert said(culled, "01A-003", "Maya Kern")["verdict"] == "ng"
    assert done("list", query="disagree:yes")["labels"] == ["01A-003"]
    assert "Maya Kern: NG" in panel.static_html()


def test_where_nobody_is_chosen_the_film_s_verdicts_are_shown_and_none_is_written(culling, tmp_path, monkeypatch):
    with studio.open(culling) as film:
        panel = Dailies(film)
        assert panel._state["author"] == ""
        assert panel.ask("list")["marks"].startswith("nncnh-")
        with pytest.raises(BadInput, match="several authors"):
            panel.ask("judge", take="01A-001", verdict="circle")


def test_what_another_kernel_writes_is_shown_and_asks_the_page_to_look_again(culled, panel, until):
    panel.seen(True)
    before = panel._state["moment"]
    with studio.open(culled.folder) as other:
        other.as_("Maya Kern").circle("02A-001")
        until(panel, "_state", lambda state: state["moment"] != before, seconds=20)
    assert panel.ask("rows", takes=["02A-001"])["02A-001"]["others"][0]["by"] == "Maya Kern"
    panel.seen(False)


def test_my_own_verdict_and_what_is_no_take_s_do_not_make_the_page_look_again(culled, panel):
    before = panel._state["moment"]
    panel.ask("judge", take="01A-007", verdict="circle")
    panel._heard()
    assert panel._state["moment"] == before
    assert panel._state["counts"]["seen"] == 6  # for whoever opens the page anew
    assert ["circle", 2] in panel._state["facets"]["verdict"]
    culled.write("01A", "Other words.")
    panel._heard()
    assert panel._state["moment"] == before
    culled.circle("01A-008")  # in a cell of the same notebook
    panel._heard()
    assert panel._state["moment"] != before


def test_a_second_view_of_the_panel_is_told_of_the_first_one_s_verdicts(ask, panel):
    ask("here")
    ask("here")
    before = panel._state["moment"]
    ask("judge", take="01A-007", verdict="circle")
    panel._heard()
    assert panel._state["moment"] != before
    ask("left")
    ask("left")


def test_judging_while_others_write_never_waits_for_ever(culled, panel):
    stop = threading.Event()

    def hear():
        while not stop.is_set():
            panel._heard()

    ear = threading.Thread(target=hear)
    ear.start()
    for k in range(1, 9):
        assert panel.ask("judge", take=f"02A-00{k}", verdict="hold")["row"]["verdict"] == "hold"
    stop.set()
    ear.join(30)
    assert not ear.is_alive()
    assert panel._state["moment"] == "0"  # each verdict was mine, whoever read it first


def test_a_closed_film_leaves_the_panel_as_it_was(culled, panel):
    culled.close()
    panel._heard()
    assert panel._state["counts"]["all"] == 24


# --- the page, and without one ---------------------------------------------------------------------------------------


def test_the_state_is_small_and_opaque(panel, culled):
    state = panel._state
    text = json.dumps(state)
    assert len(text) < 5_000
    assert str(culled.folder) not in text
    assert len(state["film"]) == 12
    assert (state["title"], state["author"], state["files"]) == ("Endless zoom", "Dana Roth", "")
    assert len(state["reasons"]) == 9
    assert state["facets"]["shot"] == [["01A", 8], ["01B", 8], ["02A", 8]]


def test_every_part_of_the_page_is_joined():
    here = resources.files("studio.widgets")
    parts = {file.name.partition(".")[0] for file in here.iterdir() if "dailies" in file.name}
    parts -= {file.name[:-3] for file in here.iterdir() if file.name.endswith(".py") and file.name != "dailies.py"}
    assert parts == set(Dailies.files) - {"_media"}
