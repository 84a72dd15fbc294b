"""What a desk knows of a film: as values that JSON can hold, small and quickly found."""

from __future__ import annotations

import json
from typing import Any

import pytest

import studio
from studio.camera import Camera
from studio.film import Film
from studio.nouns import Scene, Shot
from studio.widgets._desk_state import initials, model_names
from tests.log.making import a_prompt, a_request, done, judge
from tests.widgets.desks import looked, save

CAMERAS = ("slow push in", "fast push in, then pass through the bubble", "truck right", "crane up", "pan left")


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A whole film: 55 shots, 700 takes and 20 cards, straight into its log."""
    with studio.new(tmp_path_factory.mktemp("big") / "film", authors=["ada"]) as film:
        for k in range(5):
            film.cards.person(f"person {k}", f"red hair {k}, denim jacket", born=1960 + k)
            film.cards.place(f"place {k}", f"green lockers {k}, lamps in a row")
            film.cards.time(f"{1980 + k}", "afternoon light, no phones")
            film.cards.style(f"style {k}", f"16 mm film {k}, warm light", avoid="text")
        with film.log.write("ada") as writer:
            for k in range(55):
                shot = f"{k // 2 + 1:02d}{'AB'[k % 2]}"
                writer.scene(Scene(shot[:2], f"Scene {shot[:2]}"))
                writer.shot(Shot(shot, shot[:2]))
                for version in range(1, 6):
                    camera = Camera.parse(CAMERAS[(k + version) % 5])
                    words = a_prompt(
                        shot, version, scene_text="We zoom through the bubble, it pops. " * 4, camera=camera.text,
                        camera_json=camera.to_json(), portal_in="the bubble", portal_out="the bubble",
                    )  # fmt: skip
                    request = writer.request(a_request(writer.prompt(words)))
                    for _ in range(3 if version < 5 else 1 if k < 40 else 0):
                        take = done(writer, writer.take(shot, request.id))
                        judge(writer, take, ("circle", "hold", "ng")[take.n % 3])
                        obeyed = ("yes", "no", "static")[take.n % 3]
                        writer.event("measured", take.id, {"measured_move": "dolly_in", "obeyed": obeyed})
        yield film


def test_its_state_stays_small_in_a_whole_film(big: Film) -> None:
    desk = big.desk("07A")
    assert (len(big.shots()), len(big.takes()), len(desk._state["cards"])) == (55, 700, 20)
    told = json.dumps(desk._state, allow_nan=False)
    assert len(told) < 20_000
    assert (desk._state["before"], desk._state["after"], desk._state["title"]) == ("06B", "07B", "Scene 07")
    assert len(desk._state["takes"]) == 6
    assert desk._state["takes_said"] == "13 takes, 4 circled"
    assert desk._state["chain"]["take"].startswith("06B-")
    assert "/" not in desk._state["key"].split("/", 1)[0]
    assert str(big.folder) not in told


def test_a_look_reads_the_log_a_few_times_however_many_shots_there_are(
    big: Film, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads are counted, for they are what would grow with the film."""
    film.write("07A", "We zoom through the bubble.", camera="slow push in", portal_in="the bubble")
    counted = {}
    for each in (film, big):
        desk = each.desk("07A")
        looked(desk, ["previz", "runway/gen4.5"], style="neon")  # the moves are counted, and what is cold is warm
        reads = 0
        reading = each.log._reading

        def count(reading: Any = reading) -> Any:
            nonlocal reads
            reads += 1
            return reading()

        with monkeypatch.context() as patched:
            patched.setattr(each.log, "_reading", count)
            looked(desk, ["previz", "runway/gen4.5"], style="neon, grain")
            desk.refresh()
        counted[each.folder] = reads
    few, many = counted.values()
    assert many <= few + 20  # a chain's verdicts: the takes of one shot more
    assert many < 60


def test_the_counts_are_found_anew_only_when_something_was_written(big: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = big.desk("07A")
    first = looked(desk, style="neon")
    assert first["counts"]["dolly_in"].startswith("obeyed ")
    with monkeypatch.context() as patched:
        patched.setattr(type(big), "takes", lambda _: pytest.fail("the whole table was read again"))
        assert looked(desk, style="neon, grain")["counts"] == first["counts"]
    save(desk, avoid="hands")
    assert looked(desk, style="neon")["counts"] == first["counts"]


def test_authors_whose_names_begin_alike_have_longer_initials() -> None:
    assert [initials(name, ("maria", "mark", "Ada Löwe")) for name in ("maria", "mark", "Ada Löwe", "")] == [
        "MAR", "MAR", "AL", "",
    ]  # fmt: skip
    assert initials("Dana Roth", ("Dana Roth", "Maya Kern")) == "DR"


def test_every_model_that_makes_takes_is_offered_and_none_that_makes_sound() -> None:
    names = model_names()
    assert names[:2] == ["previz", "folder"]
    assert {"runway/gen4.5", "luma/ray-2"} < set(names)
    assert not any(name.startswith("elevenlabs") for name in names)
    assert len(names) == len(set(names))
