"""What is typed at a desk and not written yet: kept, and refused where nobody could write it."""

from __future__ import annotations

import json
from typing import Any

import pytest

import studio
from studio.film import Film
from tests.widgets.desks import HOSTILE, QUICK, hears, looked, on

# --- drafts ---


def test_what_is_typed_survives_a_kernel_that_is_killed_and_saving_drops_it(written: Film) -> None:
    desk = written.desk("07A")
    assert desk._state["draft"] is None
    desk.ask("look", draft=on(desk, scene_text="Two teenagers"), was=on(desk), base=1, models=["previz"], takes=3,
             seconds=2)  # fmt: skip
    with studio.open(written.folder) as again:
        later = again.desk("07A")
        draft = later._state["draft"]
        assert (draft["base"], draft["models"], draft["takes"], draft["seconds"]) == (1, ["previz"], 3, 2.0)
        assert draft["fields"] == on(desk, scene_text="Two teenagers")
        assert draft["was"] == on(desk)
        assert later._state["parts"]["scene_text"]["text"].endswith("corridor.")  # no version was written
        assert len(again.prompts("07A")) == 1
        later.ask("save", draft=draft["fields"], changed=["scene_text"], base=1)
        assert later._state["draft"] is None
        assert again.desk("07A")._state["draft"] is None


def test_a_draft_that_says_what_it_said_before_is_no_draft(written: Film) -> None:
    desk = written.desk("07A")
    looked(desk, style="neon")
    assert written.desk("07A")._state["draft"]["fields"]["style"] == "neon"
    looked(desk)
    assert written.desk("07A")._state["draft"] is None


def test_a_desk_on_which_nothing_is_typed_leaves_the_draft_of_another(written: Film) -> None:
    idle, busy = written.desk("07A"), written.desk("07A")
    looked(busy, style="neon")
    idle.refresh()
    looked(idle)
    assert written.desk("07A")._state["draft"]["fields"]["style"] == "neon"


def test_a_draft_belongs_to_its_author_and_its_shot(pair: Film) -> None:
    desk = pair.desk("07A")
    looked(desk, style="neon")
    assert pair.as_("dana").desk("07A")._state["draft"] is None
    assert pair.as_("maya").desk("07B")._state["draft"] is None
    desk.ask("go", shot="07B")
    assert (desk._state["shot"], desk._state["draft"], desk._state["before"]) == ("07B", None, "07A")
    looked(desk)
    desk.ask("go", shot="07A")
    assert desk._state["draft"]["fields"]["style"] == "neon"


@pytest.mark.parametrize(
    "kept",
    ["{", "[]", "{}", '{"base": 1}', '{"base": "x", "was": 5, "fields": 5, "models": 5, "takes": 0, "seconds": NaN}'],
)
def test_a_draft_that_no_desk_wrote_is_none(written: Film, kept: str) -> None:
    looked(written.desk("07A"), style="neon")
    (file,) = (written.folder / "drafts").iterdir()
    whole = json.loads(file.read_text("utf-8"))
    file.write_text(kept, "utf-8")
    assert written.desk("07A")._state["draft"] is None
    for part in whole["fields"]:
        file.write_text(json.dumps({**whole, "fields": {**whole["fields"], part: 5}}), "utf-8")
        assert written.desk("07A")._state["draft"] is None


def test_half_a_character_in_a_draft_does_not_keep_the_desk_from_opening(written: Film) -> None:
    desk = written.desk("07A")
    answer = hears(desk, do="look", draft=on(desk, scene_text="a \ud83d b"), was=on(desk), base=1, models=["previz"])
    assert answer["about"] == "scene_text"
    assert "U+D83D" in answer["error"]
    state = written.desk("07A")._state
    assert state["draft"]["fields"]["scene_text"] == "a ? b"
    json.dumps(state, ensure_ascii=False).encode()


# --- what a person may get wrong ---


@pytest.mark.parametrize(
    ("typed", "place", "said"),
    [
        ({"scene_text": "x" * 50_000}, "scene_text", "has 50,000 characters"),
        ({"camera": "pan left, " * 5_000}, "camera", "characters"),
        ({"style": "a\x07b"}, "style", "the invisible character U+0007"),
        ({"avoid": "a\u202eb"}, "avoid", "U+202E"),
        ({"portal_in": "a\ufdd0b"}, "portals", "U+FDD0"),
        ({"portal_out": "\udfff"}, "portals", "U+DFFF"),
        ({"continuity": {"who": "a\x00b"}}, "continuity", "U+0000"),
        ({"continuity": {"hat": "red"}}, "continuity", "'hat' is no part"),
        ({"continuity": 5}, "continuity", "the continuity is 5"),
        ({"continuity": {"who": 5}}, "continuity", "the continuity is"),
        ({"cards": "her"}, "continuity", "the cards are 'her'"),
        ({"cards": [5]}, "continuity", "the cards are [5]"),
        ({"scene_text": None}, "scene_text", "the scene text is None, not text"),
        ({"camera": ["pan left"]}, "camera", "not text"),
        ({"scene_text": "", "camera": ""}, "scene_text", "would have no words"),
        ({"scene_text": " \n ", "camera": " "}, "scene_text", "would have no words"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_words_that_cannot_be_written_are_told_where_they_stand_and_nothing_is_written(
    written: Film, typed: dict[str, Any], place: str, said: str
) -> None:
    desk, before = written.desk("07A"), written.log.moment()
    draft, changed = on(desk, **typed), list(typed)
    for asked in ({"do": "save"}, {"do": "generate", **QUICK}):
        answer = hears(desk, draft=draft, changed=changed, base=1, **asked)
        assert said in answer["error"]
        assert answer["about"] == place
        assert "\n" not in answer["error"]
        assert len(answer["error"]) < 300
        answer["error"].encode()
    answer = hears(desk, do="look", draft=draft, was=on(desk), base=1, models=["previz"])
    assert answer.get("about", place) == place  # an empty desk is no mistake as long as nothing is written
    assert ("ok" in answer) == ("would have no words" in said)
    assert written.log.moment() == before
    assert written.takes().empty


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"draft": 5}, "request"),
        ({"draft": {"words": "x"}}, "request"),
        ({"was": 5}, "request"),
        ({"base": "x"}, "request"),
        ({"models": 5}, "pay"),
        ({"models": [5]}, "pay"),
        ({"model": None}, "pay"),
        ({"takes": 0}, "pay"),
        ({"takes": "3"}, "pay"),
        ({"takes": 10**30}, "pay"),
        ({"seconds": 0}, "pay"),
        ({"seconds": float("nan")}, "pay"),
        ({"seconds": 1e9}, "pay"),
        ({"seconds": "x"}, "pay"),
        ({"begin": True}, "pay"),
        ({"model": "/"}, "request"),
    ],
    ids=str,
)
def test_a_wish_that_no_take_can_be_is_one_sentence(written: Film, wrong: dict[str, Any], place: str) -> None:
    desk = written.desk("07A")
    wish = {"draft": on(desk), "was": on(desk), "base": 1, "models": ["previz"], "model": "previz", **wrong}
    answer = hears(desk, do="look", **wish)
    assert answer["about"] == place
    assert "unforeseen" not in answer["error"]
    assert "\n" not in answer["error"]


def test_whatever_is_asked_with_anything_at_all_is_a_sentence_or_taken_as_meant(written: Film) -> None:
    desk = written.desk("07A")
    anything = (None, 5, [], {}, 1.5, True, "", "x", "\ud800", float("nan"), HOSTILE)
    acts = {
        "look": ("draft", "models"), "moves": (), "edit_camera": ("camera", "how"),
        "save": ("draft", "changed", "base"),
        "generate": ("draft", "changed", "base", "model", "takes", "seconds"), "compare": ("old", "new"),
        "words_of": ("version",), "worded": ("names",), "card": ("kind", "name", "words"), "use_in_scene": ("names",),
        "write_as": ("author",), "go": ("shot",), "poster": ("take",), "clip": ("take",),
        "keep_version": ("version",),
    }  # fmt: skip
    assert set(acts) | {"stop", "resume"} == set(desk.acts())
    for act, names in acts.items():
        for wrong in anything:
            answer = hears(desk, do=act, **dict.fromkeys(names, wrong))
            assert "ok" in answer or "\n" not in answer["error"]
            assert "unforeseen" not in answer.get("error", ""), (act, wrong)
        hears(desk, do=act, also=1)
    draft = on(desk)
    for part in draft:
        for wrong in anything:
            for act in ({"do": "look", "models": ["previz"], "was": draft}, {"do": "save", "changed": [part]}):
                answer = hears(desk, draft={**draft, part: wrong}, base=desk._state["version"], **act)
                assert "unforeseen" not in answer.get("error", ""), (act, part, wrong)
    assert written.takes().empty
    assert desk._state["shot"] == "07A"


def test_a_film_that_is_closed_says_so_inside_the_panel(written: Film) -> None:
    desk = written.desk("07A")
    desk.seen(True)
    draft = on(desk)
    written.close()
    answer = hears(desk, do="save", draft=draft, changed=["style"], base=1)
    assert "is closed: open the film again" in answer["error"]
    desk._heard()  # what is shown stays as it was
    assert desk._state["version"] == 1
    desk.seen(False)
