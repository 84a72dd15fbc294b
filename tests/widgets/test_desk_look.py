"""What would become of the words on a desk."""

from __future__ import annotations

import json
from typing import Any

import pytest

from studio.errors import StudioError
from studio.film import Film
from studio.nouns import Continuity
from tests.widgets.desks import hears, looked, on, press, save

# --- looking ---


def test_each_model_has_its_request_with_what_was_changed_on_the_way(written: Film) -> None:
    desk = written.desk("07A")
    found = desk.ask("look", draft=on(desk), models=["previz", "runway/gen4.5"], model="previz", seconds=4.4)
    stand_in, runway = found["requests"]
    assert (stand_in["title"], runway["title"], runway["short"]) == ("the stand-in", "runway gen4.5", "gen4.5")
    assert not runway["takes_avoid"]
    struck = [piece for piece in runway["pieces"] if piece["struck"]]
    assert [(piece["part"], piece["text"]) for piece in struck] == [("avoid", "text")]
    numbers = {change["number"]: change["kind"] for change in runway["changes"]}
    assert numbers[struck[0]["marks"][0]] == "dropped"
    facts = {name: (was, value, marks) for name, was, value, marks in runway["facts"]}
    assert facts["length"][:2] == ("4.42 s", "5 s")
    assert facts["length"][2]
    assert facts["picture"][0] == "320 × 180"
    assert facts["seeds"] == ("", "1 new, logged", [])
    assert not {"price", "characters", "avoid"} & set(facts)  # the page has other places for them
    assert runway["characters"].endswith(" of 1,000")
    json.dumps(found)


def test_a_model_that_cannot_take_the_shot_shows_its_sentence_in_its_place(written: Film) -> None:
    names = ["runway/gen4_turbo", "runway/gen9", "gen4.5", ""]
    found = looked(written.desk("07A"), names)["requests"]
    assert [each["name"] for each in found] == names
    for each, said in zip(
        found, ("without a first frame", "has no model 'gen9'", 'write "runway/gen4.5"', "names no"), strict=True
    ):
        assert said in each["error"]
        assert each["price"] is None
    assert "\n" not in "".join(each["error"] for each in found)


def test_advice_stands_beside_the_request_each_with_its_reason(written: Film) -> None:
    found = looked(written.desk("07A"), camera="push in and pull back")["findings"]
    assert any(each["about"] == "camera" for each in found)
    assert all(each["sentence"] and each["reason"] for each in found if each["about"] == "camera")
    assert looked(written.desk("07A"))["findings"] != found


def test_the_camera_is_drawn_as_it_is_typed_and_an_unknown_move_is_only_words(written: Film) -> None:
    camera = looked(written.desk("07A"), camera="fast push in, then wobblycam")["camera"]
    assert [(chip["move"], chip["said"]) for chip in camera["chips"]] == [("dolly_in", "dolly in · fast")]
    assert camera["unknown"] == ["wobblycam"]
    assert len(camera["flight"]["keys"]) > 2
    assert looked(written.desk("07A"), camera="")["camera"]["said"] == "no move"


def test_the_camera_is_edited_as_by_hand(written: Film) -> None:
    desk = written.desk("07A")

    def edited(camera: str, **how: Any) -> str:
        return str(desk.ask("edit_camera", camera=camera, **how)["words"])

    assert edited("slow dolly in", how="then", move="pan_left") == "slow dolly in, then pan left"
    assert edited("slow dolly in", how="together", move="pan_left") == "slow dolly in, pan left"
    assert edited("slow dolly in, then pan left", how="remove", step=0, index=0) == "pan left"
    assert edited("slow dolly in", how="change", step=0, index=0, speed="fast") == "fast dolly in"
    for wrong in (
        {"how": "then", "move": "wobble"}, {"how": "then", "move": 5}, {"how": "fly"}, {"how": []},
        {"how": "remove"}, {"how": "remove", "step": 3, "index": 0}, {"how": "change", "step": 0, "index": 0, "x": 1},
        {"how": "change", "step": 0, "index": 0, "speed": "warp"}, {"how": "then", "move": "pan_left", "at": "x"},
        {"how": "change", "step": 0, "index": 0, "speed": []}, {"how": "change", "step": 0, "index": 0, "object": 5},
    ):  # fmt: skip
        answer = hears(desk, do="edit_camera", camera="slow dolly in", **wrong)
        assert answer["about"] == "camera", wrong
        assert "\n" not in answer["error"]
        assert "unforeseen" not in answer["error"], wrong


def test_the_picker_has_every_move_with_a_flight(film: Film) -> None:
    moves = film.desk("01A").ask("moves")["moves"]
    assert {"dolly_in", "pass_through"} < {move["id"] for move in moves}
    assert sum(move["common"] for move in moves) == 18
    assert all(move["keys"] and move["find"] for move in moves)
    json.dumps(moves)


def test_the_counts_of_the_picker_follow_what_is_decided(film: Film, clip: Any, until: Any) -> None:
    desk = film.desk("01A")
    first = looked(desk, scene_text="A schoolyard.", camera="truck right")
    assert first["counts"] == {}
    assert first["counts_said"] == "Moves; previz has made none of them in this film yet"
    press(desk, typed={"scene_text": "A schoolyard.", "camera": "truck right"})
    until(desk, "_progress", lambda progress: not progress["running"])
    film.circle("01A-001")
    found = looked(desk)
    assert found["counts"]["truck_right"] in ("kept 1/1", "obeyed 1/1")
    assert "with how often previz" in found["counts_said"]


def test_nothing_is_asked_for_words_that_are_not_there_yet(film: Film) -> None:
    found = looked(film.desk("01A"), style="16 mm film")
    assert (found["requests"], found["findings"]) == ([], [])
    assert film.shots().empty


# --- cards, styles, portals ---


@pytest.fixture
def cast(written: Film) -> Film:
    written.cards.person("her", "red hair in a loose braid", born=1969, said="she")
    written.cards.time("1986", "afternoon light", year=1986)
    written.cards.style("super 16", "16 mm film, soft grain", avoid="slow motion")
    return written


def test_cards_word_the_continuity_to_the_letter(cast: Film) -> None:
    desk = cast.desk("07A")
    worded = desk.ask("worded", names=["1986", "her"])
    assert worded["cards"] == ["her", "1986"]  # as they will be kept
    assert worded["continuity"]["who"] == "She is 17, red hair in a loose braid."
    assert (worded["style"], worded["avoid"]) == (None, None)
    typed = {"cards": worded["cards"], "continuity": worded["continuity"]}
    found = looked(desk, **typed)
    assert found["titles"]["her"] == "her 17"
    said = [piece["text"] for piece in found["requests"][0]["pieces"] if piece["part"] == "continuity"]
    assert "She is 17, red hair in a loose braid." in " ".join(said)
    save(desk, **typed)
    assert desk._state["used"] == ["her", "1986"]
    assert desk._state["parts"]["continuity"]["words"] == worded["continuity"]
    assert "Cards (ada)" in desk.static_html()


def test_cards_are_taken_away_with_their_words_and_ones_own_stand_in_their_place(cast: Film) -> None:
    desk = cast.desk("07A")
    worded = desk.ask("worded", names=["her"])
    save(desk, cards=["her"], continuity=worded["continuity"])
    nothing = desk.ask("worded", names=[])
    save(desk, cards=[], continuity=nothing["continuity"])
    assert cast.log.latest_prompt("07A").continuity == Continuity()
    assert cast.log.latest_prompt("07A").cards == ()
    save(desk, cards=["her"], continuity=worded["continuity"])
    save(desk, cards=[], continuity={"who": "a girl", "age": "", "time": "", "place": ""})
    assert cast.log.latest_prompt("07A").continuity == Continuity(who="a girl")


def test_a_card_more_does_not_bring_back_the_style_of_another(cast: Film) -> None:
    cast.write("07A", cards=["super 16"])
    desk = cast.desk("07A")
    save(desk, style="neon")
    worded = desk.ask("worded", names=["super 16", "her"])
    save(desk, cards=worded["cards"], continuity=worded["continuity"])
    latest = cast.log.latest_prompt("07A")
    assert (latest.cards, latest.style, latest.avoid) == (("her", "super 16"), "neon", "slow motion")


def test_a_set_of_style_words_comes_with_its_counter_words(cast: Film) -> None:
    worded = cast.desk("07A").ask("worded", names=["super 16"])
    assert (worded["style"], worded["avoid"]) == ("16 mm film, soft grain", "slow motion")


def test_a_new_card_is_kept_and_used_in_the_whole_scene(written: Film) -> None:
    written.write("07B", "A football field.")
    desk = written.desk("07A")
    assert desk.ask("card", kind="person", name="him", words="dark curls", year=" 1969 ") == {"name": "him"}
    assert desk.ask("card", kind="place", name="corridor", words="green lockers") == {"name": "corridor"}
    assert desk.ask("card", kind="time", name="summer", words="no phones", year=1986) == {"name": "summer"}
    assert [card["year"] for card in desk._state["cards"]] == [1969, None, 1986]
    save(desk, cards=["him"], continuity=desk.ask("worded", names=["him"])["continuity"])
    assert desk.ask("use_in_scene", names=["him"]) == {"shots": ["07A", "07B"]}
    assert written.log.latest_prompt("07B").cards == ("him",)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ({"do": "card", "kind": "dragon", "name": "x", "words": "y"}, "'dragon' is no kind of card"),
        ({"do": "card", "kind": [], "name": "x", "words": "y"}, "is no kind of card"),
        ({"do": "card", "kind": "place", "name": "x", "words": "y", "year": "1986"}, "a place has no year"),
        ({"do": "card", "kind": "person", "name": "x", "words": "y", "year": "soon"}, "'soon' is no year"),
        ({"do": "card", "kind": "person", "name": "x", "words": "y", "year": "9" * 5000}, "is no year"),
        ({"do": "card", "kind": "person", "name": "x", "words": "y", "year": 10**5000}, "is no year"),
        ({"do": "card", "kind": "person", "name": "x", "words": "y", "year": "99999"}, "the year of the card x"),
        ({"do": "card", "kind": "person", "name": "", "words": "y"}, "the name of a card is empty"),
        ({"do": "card", "kind": "person", "name": "x", "words": ""}, "has no words"),
        ({"do": "card", "kind": "person", "name": "x", "words": 5}, "not text"),
        ({"do": "worded", "names": ["ghost"]}, "there is no card 'ghost'"),
        ({"do": "worded", "names": "her"}, "give a list of their names"),
        ({"do": "worded", "names": 5}, "give a list of their names"),
        ({"do": "use_in_scene", "names": "her"}, "give a list of their names"),
        ({"do": "use_in_scene", "names": [None]}, "give a list of their names"),
    ],
)
def test_a_slip_at_a_card_is_told_at_the_continuity(cast: Film, act: dict[str, Any], said: str) -> None:
    before = cast.log.moment()
    answer = hears(cast.desk("07A"), **act)
    assert said in answer["error"]
    assert answer["about"] == "continuity"
    assert len(answer["error"]) < 300
    assert cast.log.moment() == before


def test_a_take_begins_with_the_first_frame_of_another_one(written: Film, clip: Any) -> None:
    written.adopt(clip, "07A")
    desk = written.desk("07A")
    found = desk.ask("look", draft=on(desk), models=["previz"], begins_as=" 07A-001 ")
    facts = {name: value for name, _, value, _ in found["requests"][0]["facts"]}
    assert facts["first frame"] == "the first of 07A-001"
    for wrong, said in (
        ({"begins_as": "07A-009"}, "there is no take"),
        ({"begins_as": 7}, "the take to begin as"),
        ({"begins_as": "07A-001", "begin": True}, "a take begins with one picture"),
    ):
        answer = hears(desk, do="look", draft=on(desk), models=["previz"], **wrong)
        assert said in answer["error"]
        assert answer["about"] == "pay"
    desk.ask("generate", draft=on(desk), changed=[], base=1, model="previz", takes=1, seconds=1.0, begins_as="07A-001")
    (take,) = desk.handle.wait()
    request = written.log.request(written.log.take(take.label).request_id)
    assert request.first_frame == "media/posters/07A-001-first.png"


def test_portals_join_the_shots_of_an_endless_zoom(written: Film, clip: Any) -> None:
    written.write("07B", "A football field.", portal_in="the bubble")
    desk = written.desk("07B")
    assert desk._state["portals"] == ["the bubble"]
    assert "07A" in desk._state["chain"]["said"]
    assert desk._state["chain"]["take"] == ""
    with pytest.raises(StudioError):
        desk.ask("look", draft=on(desk), models=["previz"], begin=True)
    save(written.desk("07A"), portal_out="the bubble")
    written.adopt(clip, "07A")
    written.circle("07A-001")
    desk.refresh()
    assert desk._state["chain"] == {"take": "07A-001", "said": "begin with the last frame of 07A-001"}
    found = desk.ask("look", draft=on(desk), models=["previz"], begin=True)
    facts = {name: value for name, _, value, _ in found["requests"][0]["facts"]}
    assert facts.get("first frame", "the last of 07A-001") == "the last of 07A-001"
    assert [each for each in found["findings"] if each["kind"] == "portals differ"] == []
    assert any(each["about"] == "portals" for each in looked(desk, portal_in="the keyhole")["findings"])
