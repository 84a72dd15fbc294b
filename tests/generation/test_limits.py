"""A model's limits as the look over the words needs them, and what the film's own takes say about its camera."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import studio
from studio.errors import BadInput, NotFound
from studio.generation import limits_of, lint_shot, measured_misses
from studio.log import Log, new_id
from studio.nouns import Request
from studio.providers import provider
from studio.providers.catalogue import ANY, catalogue
from studio.writing import record

LUMA, RUNWAY = provider("luma"), provider("runway")


def test_the_limits_of_a_model_are_those_of_its_row() -> None:
    limits = limits_of(RUNWAY, "gen4.5")
    assert (limits.title, limits.longest_s) == ("gen4.5 at runway", 10)
    assert (limits.most_characters, limits.unit, limits.takes_avoid) == (1000, "utf-16", False)
    assert "SDK runwayml" in limits.source
    assert limits.checked_on == "2026-11-21"
    assert limits_of(RUNWAY, "veo3.1").takes_avoid
    assert limits_of(RUNWAY, "veo3.1").longest_s == 8


def test_without_a_model_they_are_those_of_the_providers_first() -> None:
    assert limits_of(RUNWAY).model == "gen4.5"


def test_a_providers_models_are_found_whichever_of_its_services_has_them() -> None:
    assert (limits_of(LUMA, "ray-2").longest_s, limits_of(LUMA, "ray-3.2").longest_s) == (9, 10)


def test_a_model_that_counts_frames_is_limited_in_seconds_of_its_own_rate() -> None:
    fal = provider("fal")
    assert limits_of(fal, "fal-ai/ltx-2-19b/text-to-video", rate=Fraction(24)).longest_s == Fraction(481, 24)
    assert limits_of(fal, "fal-ai/ltx-2-19b/text-to-video", rate=Fraction(120)).longest_s == Fraction(481, 60)


def test_a_stand_in_and_a_website_have_no_limits_to_speak_of() -> None:
    limits = limits_of(provider("previz"))
    assert (limits.title, limits.longest_s, limits.most_characters, limits.takes_avoid) == (
        "layers at previz",
        None,
        None,
        True,
    )
    assert limits_of(provider("folder"), "somebody's model").title == "somebody's model at folder"


def test_a_model_that_is_not_there_is_answered_with_one_sentence() -> None:
    with pytest.raises(NotFound, match=r"runway has no model 'gen4\.6'"):
        limits_of(RUNWAY, "gen4.6")
    with pytest.raises(BadInput, match="name the model"):
        limits_of(provider("openai_videos", {"base_url": "http://127.0.0.1:1/v1", "dialect": "vllm-omni"}))


def test_every_model_that_can_be_asked_for_has_limits() -> None:
    looked = 0
    for service, rows in catalogue().models.items():
        if service == "elevenlabs":
            continue
        for row in rows:
            if row.name != ANY and row.provider not in ("luma_dream_machine",):
                limits = limits_of(provider(row.provider), row.name)
                assert limits.longest_s is None or 4 <= limits.longest_s <= 60, row.name
                looked += 1
    assert looked > 50


# --- measured ------------------------------------------------------------------------------------------------------


def taken(move: str, *obeyed: str | None, model: str = "gen4.5") -> list[Mapping[str, Any]]:
    return [{"provider": "runway", "model": model, "asked_move": move, "obeyed": each} for each in obeyed]


@pytest.mark.parametrize(
    ("obeyed", "told"),
    [
        (["yes", "yes", *["no"] * 4, *["static"] * 3], "2 of 9 obeyed here"),
        (["no", "no", "static"], "0 of 3 obeyed here"),
        (["no", "static", "partly"], "0 of 3 obeyed here, 1 partly"),
        (["no", "no", "yes", "yes"], ""),
        (["no", "no"], ""),
        (["no", "no", "unreadable", None, None], ""),
        ([None, None, None], ""),
        ([], ""),
        (["no"] * 12 + ["yes"] * 3, "3 of 15 obeyed here"),
    ],
)
def test_a_move_that_is_mostly_missed_is_told_with_its_counts(obeyed: list[str | None], told: str) -> None:
    found = measured_misses(taken("dolly_in", *obeyed), "runway", "gen4.5")
    assert found == ({"dolly_in": told} if told else {})


def test_misses_are_counted_for_each_model_and_each_camera_by_itself() -> None:
    rows = [*taken("dolly_in", *["no"] * 3), *taken("dolly_in > pan_left", *["static"] * 4), *taken("pan_left", "no")]
    rows += taken("dolly_in", *["yes"] * 9, model="veo3.1")
    rows += [{"provider": "runway", "model": "gen4.5", "asked_move": None, "obeyed": "no"}] * 3
    assert measured_misses(rows, "runway", "gen4.5") == {
        "dolly_in": "0 of 3 obeyed here", "dolly_in > pan_left": "0 of 4 obeyed here",
    }  # fmt: skip
    assert measured_misses(rows, "runway", "veo3.1") == {}


# --- a shot of a film ----------------------------------------------------------------------------------------------


def kinds(log: Log, shot: str, **given: Any) -> list[str]:
    maker = provider(given.pop("provider", "previz"))
    return [each.kind for each in lint_shot(log, shot, maker, **given)]


def test_a_shots_latest_words_are_looked_over_for_a_model_and_a_length(log: Log) -> None:
    record(log, "08A", "ada", scene_text="A street without cars.", camera="slow push in", avoid="captions")
    assert kinds(log, "08A") == ["negation"]
    asked = {"provider": "runway", "model": "gen4.5", "seconds": 12}
    assert kinds(log, "08A", **asked) == ["negation", "avoid_ignored", "too_long"]
    record(log, "08A", "ada", scene_text="An empty street.", avoid="")
    assert kinds(log, "08A", **asked) == ["too_long"]


def test_a_draft_is_looked_over_in_place_of_what_is_written(log: Log) -> None:
    written = record(log, "08A", "ada", scene_text="An empty street.")
    draft = record(log, "08B", "ada", scene_text="No cars.")
    assert kinds(log, written.shot) == []
    assert [each.shot for each in lint_shot(log, "08A", provider("previz"), prompt=draft)] == ["08B"]


def test_a_shot_without_words_or_a_length_that_is_none_is_answered_with_one_sentence(log: Log) -> None:
    with pytest.raises(NotFound, match="shot 09A has no words yet"):
        lint_shot(log, "09A", provider("previz"))
    record(log, "08A", "ada", scene_text="An empty street.")
    for seconds in (float("nan"), -1, "5", 10**9, None):
        with pytest.raises(BadInput, match="the seconds of a take cannot be"):
            lint_shot(log, "08A", provider("previz"), seconds=seconds)  # type: ignore[arg-type]


def test_where_one_shot_has_a_portal_the_others_are_asked_for_theirs(log: Log) -> None:
    for shot in ("06A", "08A", "08B"):
        record(log, shot, "ada", scene_text="An empty street.")
    assert kinds(log, "08A") == []
    record(log, "06A", "ada", portal_out="the keyhole")
    assert kinds(log, "06A") == []  # the first one comes out of nothing
    assert kinds(log, "08A") == ["way_in_missing", "way_out_missing"]
    assert kinds(log, "08B") == ["way_in_missing"]  # and the last one goes into nothing


def test_what_the_takes_of_this_film_were_measured_to_do_is_told(log: Log) -> None:
    prompt = record(log, "08A", "ada", scene_text="An empty street.", camera="slow push in")
    with log.write("ada") as writer:
        takes = []
        for _ in range(3):
            request = Request(
                id=new_id(), prompt_id=prompt.id, shot="08A", provider="runway", model="gen4.5", text="…",
                camera=prompt.camera, camera_json=prompt.camera_json, avoid="", width=64, height=64, rate=Fraction(24),
                frames=24, seed=0,
            )  # fmt: skip
            writer.request(request)
            takes.append(writer.take("08A", request.id))
    assert kinds(log, "08A", provider="runway") == []
    with log.write("studio") as writer:
        for take in takes:
            writer.event("measured", take.id, {"measured_move": "pan_left", "obeyed": "no"})
    (told,) = lint_shot(log, "08A", RUNWAY)
    assert told.sentence == "gen4.5 at runway is known to miss “push in”: 0 of 3 obeyed here"
    assert kinds(log, "08A", provider="runway", model="veo3.1") == []


def test_a_film_is_asked_by_one_call(tmp_path: Path) -> None:
    with studio.new(tmp_path / "film", rate=25) as film:
        film.write("01A", "No phones.", camera="push in")
        assert [each.kind for each in film.lint("01A")] == ["speed_not_said", "negation"]
        assert film.lint("01A", "runway", "gen4.5", seconds=11).found[-1].kind == "too_long"
        with pytest.raises(NotFound, match="there is no provider"):
            film.lint("01A", "gen4.5")
