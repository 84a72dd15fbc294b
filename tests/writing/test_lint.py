"""A look over the words: each rule on examples that it tells and on some that it lets pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio import _resources
from studio.camera import vocabulary
from studio.nouns import Continuity, Prompt
from studio.writing import Finding, Findings, load_screenplay
from studio.writing.lint import PARTS, Limits, lint
from studio.writing.lint_rules import rules

GEN45 = Limits(
    "runway", "gen4.5", Fraction(10), 1000, "utf-16", takes_avoid=False, source="SDK", checked_on="2026-11-21"
)


def a_prompt(shot: str = "07A", **parts: object) -> Prompt:
    words: dict[str, object] = dict.fromkeys(
        ("scene_text", "camera", "camera_json", "style", "avoid", "scene_author", "camera_author", "style_author",
         "avoid_author", "continuity_author"), "",
    )  # fmt: skip
    words |= {"id": "p", "version": 1, "continuity": Continuity(), "author": "mara", "created_at_us": 0}
    return Prompt(shot=shot, **{**words, **parts})  # type: ignore[arg-type]


def kinds(found: Findings) -> list[str]:
    return [each.kind for each in found]


def of_kind(found: Findings, kind: str) -> list[Finding]:
    return [each for each in found if each.kind == kind]


def camera(words: str, kind: str) -> list[str]:
    return [each.words for each in of_kind(lint(a_prompt(camera=words)), kind)]


# --- the data ------------------------------------------------------------------------------------------------------

EXAMPLES: dict[str, Callable[[], Findings]] = {
    "moves_fight": lambda: lint(a_prompt(camera="slow dolly in, dolly out")),
    "dolly_zoom": lambda: lint(a_prompt(camera="slow dolly in, zoom out")),
    "zoom_for_dolly": lambda: lint(a_prompt(camera="fast zoom past the students")),
    "many_moves": lambda: lint(a_prompt(camera="slow pan left, then crane up, then push in")),
    "speed_not_said": lambda: lint(a_prompt(camera="push in")),
    "direction_not_said": lambda: lint(a_prompt(camera="slow pan")),
    "camera_too_long": lambda: lint(a_prompt(camera="push in over 9 seconds"), seconds=5),
    "known_miss": lambda: lint(a_prompt(camera="slow orbit left"), Limits("luma", "ray-2")),
    "negation": lambda: lint(a_prompt(scene_text="A corridor, no phones.")),
    "negation_in_avoid": lambda: lint(a_prompt(avoid="no text")),
    "avoid_ignored": lambda: lint(a_prompt(avoid="captions"), GEN45),
    "several_actions": lambda: lint(a_prompt(scene_text="She sits down, then opens a letter.")),
    "too_long": lambda: lint(a_prompt(scene_text="A field"), GEN45, seconds=12),
    "too_many_characters": lambda: lint(a_prompt(scene_text="grass and wind " * 80), GEN45),
    "way_out_missing": lambda: lint(a_prompt(portal_in="the eye"), endless=True),
    "way_in_missing": lambda: lint(a_prompt(portal_out="the eye"), endless=True),
}


@pytest.mark.parametrize("id", rules())
def test_every_rule_can_tell_something_and_has_a_reason_a_source_and_a_date(id: str) -> None:
    rule = rules()[id]
    assert kinds(EXAMPLES[id]()).count(id) == 1
    told = of_kind(EXAMPLES[id](), id)[0]
    assert told.about in PARTS
    assert len(told.reason) > 20
    assert told.source
    assert rule.source
    assert "{" not in told.sentence
    assert date(2026, 1, 1) <= date.fromisoformat(told.checked_on) <= date(2027, 12, 31)
    date.fromisoformat(rule.checked_on)


def test_every_move_that_a_rule_names_is_in_the_vocabulary() -> None:
    named: list[str] = [*rules()["speed_not_said"].data["own_pace"]]
    named += [move for group in rules()["many_moves"].data["alike"] for move in group]
    for pairing in (*rules()["moves_fight"].data["against"], *rules()["dolly_zoom"].data["together"]):
        named += [*pairing["one"], *pairing["other"], *([pairing["better"]] if "better" in pairing else [])]
    for miss in rules()["known_miss"].data["miss"]:
        named += miss["moves"]
        assert miss["source"]
        date.fromisoformat(miss["checked_on"])
    assert [move for move in named if move not in vocabulary() and move != "*"] == []


def test_the_model_of_every_known_miss_is_one_that_can_be_asked_for() -> None:
    from studio.providers.catalogue import catalogue

    there = {f"{row.provider}/{row.name}" for rows in catalogue().models.values() for row in rows}
    named = {model for miss in rules()["known_miss"].data["miss"] for model in miss["models"]}
    assert {model for model in named if "*" not in model} - there == set()


# --- the camera ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("slow dolly in, pull out", ["dolly in, pull out"]),
        ("pan left and pan right", ["pan left and pan right"]),
        ("slow pan left, then pan right", []),
        ("static, slow push in", ["static, slow push in"]),
        ("static, then slow push in", []),
        ("tripod, handheld", ["tripod, handheld"]),
        ("static shot, rack focus", []),
        ("crane up while tilting down", []),
        ("crane up with pedestal down", ["crane up with pedestal down"]),
        ("Steadicam, shaky cam", ["Steadicam, shaky cam"]),
        ("orbit left, then slow dolly in, dolly out", ["dolly in, dolly out"]),
        ("dolly in, zoom in", []),
    ],
)
def test_moves_that_fight_are_told_where_they_are_at_the_same_time(words: str, told: list[str]) -> None:
    assert camera(words, "moves_fight") == told


def test_a_dolly_against_the_lens_is_to_be_asked_for_as_a_dolly_zoom() -> None:
    (told,) = of_kind(lint(a_prompt(camera="slow push in, zoom out on her face")), "dolly_zoom")
    assert told.words == "push in, zoom out"
    assert told.sentence.endswith("ask for it by its name, “dolly zoom in”")
    assert camera("pull back, zoom in", "dolly_zoom") == ["pull back, zoom in"]
    assert camera("dolly zoom in", "dolly_zoom") == []
    assert camera("push in, then zoom out", "dolly_zoom") == []


@pytest.mark.parametrize(
    ("words", "told", "better"),
    [
        ("zoom through the bubble", "zoom through", "pass through"),
        ("fast zoom past the students", "zoom past", "dolly in"),
        ("the camera zooms forward through the hall", "zooms forward", "dolly in"),
        ("zoom out through the keyhole", "zoom out through", "pass through backwards"),
        ("flying zoom", "flying zoom", "dolly in"),
        ("zoom in on her face", "", ""),
        ("crash zoom in", "", ""),
        ("dolly zoom in along the aisle", "", ""),
        ("slow zoom in, then fly through the door", "", ""),
        ("lens zoom past the crowd", "", ""),
        ("zoom into his eye", "", ""),
        ("no zoom through the wall", "", ""),
    ],
)
def test_a_zoom_that_travels_is_told_what_to_say_in_its_place(words: str, told: str, better: str) -> None:
    found = of_kind(lint(a_prompt(camera=words)), "zoom_for_dolly")
    assert [each.words for each in found] == ([told] if told else [])
    assert all(f"say “{better}”" in each.sentence for each in found)


def test_in_an_endless_zoom_one_cannot_zoom_into_anything() -> None:
    prompt = a_prompt(camera="slow zoom into his eye", portal_in="a", portal_out="b")
    assert of_kind(lint(prompt, endless=True), "zoom_for_dolly")[0].words == "zoom into"


def test_in_the_scene_a_car_may_zoom_past_and_the_camera_is_told() -> None:
    assert kinds(lint(a_prompt(scene_text="A red car zooms past the diner."))) == []
    (told,) = lint(a_prompt(scene_text="We zoom through the bubble, it pops."))
    assert (told.kind, told.about, told.words) == ("zoom_for_dolly", "scene_text", "zoom through")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("slow push in, then pass through the bubble", []),
        ("arc left around the boy, then fast push in, then pass through his eye", []),
        ("slow pan left, crane up, tilt down", ["tilt down"]),
        ("low angle, close up, slow push in, handheld, slow motion", []),
        ("track lead, then pull out, then fast push in", ["push in"]),
        ("slow pan left, tilt up, roll clockwise, push in", ["roll clockwise, push in"]),
    ],
)
def test_more_than_two_moves_in_one_take_are_told(words: str, told: list[str]) -> None:
    assert camera(words, "many_moves") == told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("push in", ["push in"]),
        ("low angle, Push In", ["Push In"]),
        ("slow push in, then pan left", []),
        ("push slowly in", []),
        ("push in over 4 seconds", []),
        ("whip pan left", []),
        ("static shot", []),
        ("close up, handheld", []),
        ("", []),
    ],
)
def test_a_camera_without_a_pace_is_told_once(words: str, told: list[str]) -> None:
    assert camera(words, "speed_not_said") == told


def test_a_direction_that_is_not_said_is_told_where_it_had_to_be_guessed() -> None:
    assert camera("slow pan across the hall", "direction_not_said") == ["pan"]
    assert camera("slow pan across the hall to the left", "direction_not_said") == []


def test_seconds_that_do_not_fit_into_the_take_are_told() -> None:
    prompt = a_prompt(camera="push in over 4 seconds, then pan left over 3 seconds")
    (told,) = of_kind(lint(prompt, seconds=5), "camera_too_long")
    assert told.words == "4 seconds, then pan left over 3 seconds"
    assert "take 7 s together, and the take lasts 5 s" in told.sentence
    assert of_kind(lint(prompt, seconds=7), "camera_too_long") == []
    assert of_kind(lint(prompt), "camera_too_long") == []


def test_a_miss_that_this_film_measured_is_told_with_its_counts() -> None:
    limits = Limits("runway", "gen4.5", misses={"dolly_in": "2 of 9 obeyed here"})
    (told,) = of_kind(lint(a_prompt(camera="slow push in, tilt up"), limits), "known_miss")
    assert told.sentence == "gen4.5 at runway is known to miss “push in”: 2 of 9 obeyed here"
    assert (told.words, told.source, told.checked_on) == ("push in", "measured in this film", "")
    assert of_kind(lint(a_prompt(camera="slow pull out"), limits), "known_miss") == []


def test_a_miss_of_several_moves_is_told_of_just_these() -> None:
    limits = Limits("runway", "gen4.5", misses={"dolly_in > pass_through": "1 of 4 obeyed here"})
    both = a_prompt(camera="slow push in, then pass through the eye")
    assert [each.words for each in of_kind(lint(both, limits), "known_miss")] == [both.camera]
    assert of_kind(lint(a_prompt(camera="slow push in"), limits), "known_miss") == []


def test_a_miss_that_is_written_elsewhere_is_told_of_that_model_alone() -> None:
    orbit = a_prompt(camera="slow orbit left")
    (told,) = of_kind(lint(orbit, Limits("fal", "minimax/h3-max/camera-controls")), "known_miss")
    assert "8 clips" in told.sentence
    assert "providers.md" in told.source
    assert of_kind(lint(orbit, Limits("fal", "minimax/h3/text-to-video")), "known_miss") == []
    assert of_kind(lint(orbit), "known_miss") == []


# --- length --------------------------------------------------------------------------------------------------------


def test_a_take_longer_than_the_model_makes_is_told() -> None:
    (told,) = lint(a_prompt(scene_text="A field"), GEN45, seconds=12.5)
    assert (told.about, told.source) == ("length", "SDK")
    assert "takes of 10 s at most, and 12.5 s are asked for" in told.sentence
    assert kinds(lint(a_prompt(scene_text="A field"), GEN45, seconds=10)) == []


def test_the_words_that_a_model_would_not_read_are_named_as_it_counts() -> None:
    limits = Limits("x", most_characters=20)
    (told,) = lint(a_prompt(scene_text="A field of barley", style="soft grain"), limits)
    assert told.words == "Soft grain."
    assert "reads 20 characters, and these words have 30" in told.sentence
    assert kinds(lint(a_prompt(scene_text="A field of barley."), limits)) == []
    hearts = a_prompt(scene_text="💛" * 8)
    assert kinds(lint(hearts, Limits("x", most_characters=16))) == []
    assert kinds(lint(hearts, Limits("x", most_characters=16, unit="utf-16"))) == ["too_many_characters"]


def test_what_a_model_is_told_before_everything_else_counts_too() -> None:
    prompt = a_prompt(scene_text="A field of barley")
    assert kinds(lint(prompt, Limits("x", most_characters=20))) == []
    assert kinds(lint(prompt, Limits("x", most_characters=20, begins="One shot."))) == ["too_many_characters"]


# --- the endless zoom ----------------------------------------------------------------------------------------------


def test_in_an_endless_zoom_a_missing_portal_is_told() -> None:
    bare = a_prompt(scene_text="A field")
    assert kinds(lint(bare)) == []
    assert kinds(lint(bare, endless=True)) == ["way_in_missing", "way_out_missing"]
    assert kinds(lint(bare, endless=True, first=True)) == ["way_out_missing"]
    assert kinds(lint(bare, endless=True, last=True)) == ["way_in_missing"]
    assert kinds(lint(a_prompt(scene_text="A field", portal_in="a", portal_out="b"), endless=True)) == []


def test_what_the_camera_goes_through_is_offered_as_the_way_out() -> None:
    prompt = a_prompt(camera="slow push in, then pass through the bubble", portal_in="the eye")
    (told,) = lint(prompt, endless=True)
    assert told.sentence.endswith('so write portal_out="the bubble"')


# --- whatever is written -------------------------------------------------------------------------------------------


def test_the_demos_screenplay_is_told_of_little_but_its_pace() -> None:
    texts = load_screenplay(_resources.path("data/demo/screenplay.toml")).shots
    told = [
        each.kind
        for text in texts
        for each in lint(
            a_prompt(text.shot, scene_text=text.scene_text, camera=text.camera, style=text.style, avoid=text.avoid,
                     continuity=text.continuity), seconds=5,
        )
    ]  # fmt: skip
    assert set(told) <= {"speed_not_said", "many_moves"}
    assert told.count("many_moves") == 2


PIECES = (
    "zoom", "through", "dolly in", "pan", "static", ",", "then", "and", "no", "without", "phones", "she", "walks",
    "runs", ".", "fast", "over 4 seconds", "orbit", "ﬁsheye", "{words}", "%s", "\n", "“", "counter-clockwise", "1/0 s",
)  # fmt: skip
TEXT = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join))


@given(TEXT, TEXT, TEXT, TEXT, st.booleans(), st.integers(0, 60))
def test_nothing_that_is_written_stops_the_look_and_words_are_as_written(
    scene_text: str, words: str, style: str, avoid: str, endless: bool, most: int
) -> None:
    prompt = a_prompt(scene_text=scene_text, camera=words, style=style, avoid=avoid)
    limits = Limits(
        "x", "{y}", Fraction(1), most, "utf-16", takes_avoid=False, misses={"dolly_in": "0 of 3 obeyed here"}
    )
    for each in lint(prompt, limits, seconds=2, endless=endless):
        assert each.about in PARTS
        assert each.sentence
        if each.about not in ("length", "portals"):
            assert each.words
            assert each.words in getattr(prompt, each.about)


def test_a_text_of_the_greatest_length_is_looked_over() -> None:
    long = "She walks through no phones and zooms past, then runs. " * 150
    found = lint(a_prompt(scene_text=long, camera=("pan left and zoom past, " * 340)[:8000], avoid=long), GEN45)
    assert {"several_actions", "zoom_for_dolly", "negation", "too_many_characters"} <= set(kinds(found))


def test_what_is_written_a_hundred_times_is_told_a_dozen_times() -> None:
    assert kinds(lint(a_prompt(camera="slow zoom past. " * 100))).count("zoom_for_dolly") == 12
