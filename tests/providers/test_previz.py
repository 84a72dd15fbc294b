"""previz as a provider: what it resolves, what it says, and the clips it writes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.camera import Camera
from studio.errors import BadInput, NotFound
from studio.media import probe, read_frames
from studio.nouns import Continuity, Prompt, Request, Take
from studio.providers import NOT_MADE, Finds, Job, provider
from studio.providers.previz import Previz

CAMERA = "slow push in, then whip pan right"


def prompt(**changed: object) -> Prompt:
    base = Prompt(
        id="p1", shot="07A", version=1, scene_text="Two teenagers kiss behind the school.", camera=CAMERA,
        camera_json=Camera.parse(CAMERA).to_json(),
        style="", avoid="", continuity=Continuity("Ida and Milo", "fifteen", "dusk", "a field"),
        scene_author="mara", camera_author="jon", style_author="", avoid_author="", continuity_author="mara",
        author="mara", created_at_us=1,
    )  # fmt: skip
    return replace(base, **changed)  # type: ignore[arg-type]


def request(**changed: object) -> Request:
    how: dict[str, object] = {
        "id": "r1", "model": "", "frames": 6, "rate": Fraction(24),
        "width": 160, "height": 90, "seed": 5, "first_frame": "",
    }  # fmt: skip
    words = changed.pop("prompt", prompt())
    return Previz().resolve(words, **{**how, **changed})  # type: ignore[arg-type]


def take(label: str = "07A-003") -> Take:
    return Take("t1", label, "07A", 3, "r1", "mara", 1)


def fetch(made: Request, to: Path, previz: Previz | None = None) -> None:
    async def all_of_it() -> None:
        maker = previz or Previz()
        job = await maker.submit(made, take())
        assert job.id == "t1"
        assert (await maker.poll(job)).state == "ready"
        await maker.download(job, to)

    asyncio.run(all_of_it())


def test_it_is_there_by_its_name() -> None:
    found = provider("previz")
    assert found.name == "previz"
    assert found.capabilities.models == ("layers",)
    assert isinstance(found, Finds)


def test_resolving_twice_gives_the_same_request_and_costs_nothing() -> None:
    assert request() == request()
    price = Previz().price(request())
    assert price.micro_usd == 0
    assert price.source == "drawn on this machine"


def test_the_payload_holds_all_that_is_needed_to_draw_it_again() -> None:
    payload = json.loads(request(first_frame="media/stills/a.png").payload_json)
    assert Camera.from_json(json.dumps(payload["camera"])) == Camera.parse(CAMERA)
    assert payload["rate"] == "24/1"
    assert (payload["width"], payload["height"], payload["frames"], payload["seed"]) == (160, 90, 6, 5)
    assert payload["first_frame"] == "media/stills/a.png"
    assert "Two teenagers kiss" in payload["text"]
    assert payload["text"].startswith("a field, dusk")


def test_what_it_cannot_draw_is_said() -> None:
    assert request().dropped == ()
    words = "rack focus, then push in"
    dropped = request(
        prompt=prompt(avoid="text, logos", camera=words, camera_json=Camera.parse(words).to_json())
    ).dropped
    assert any("avoid words" in line and "text, logos" in line for line in dropped)
    assert any("rack_focus" in line for line in dropped)


def test_camera_words_that_nobody_knows_are_said() -> None:
    words = "push in, gloriously sideways"
    camera = Camera.parse(words)
    assert camera.unknown  # else this proves nothing
    assert any(
        camera.unknown[0] in line for line in request(prompt=prompt(camera=words, camera_json=camera.to_json())).dropped
    )


def test_an_odd_size_becomes_even_and_says_so() -> None:
    made = request(width=161, height=91)
    assert (made.width, made.height) == (162, 92)
    assert any("161×91" in line for line in made.dropped)


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"model": "veo"}, "no model 'veo'"), ({"frames": 0}, "0 frames"), ({"width": 8}, "width of 8 pixels"),
    ({"rate": Fraction(0)}, "0 frames per second")],
)  # fmt: skip
def test_what_cannot_be_drawn_at_all_gets_one_sentence(changed: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        request(**changed)


def test_a_lost_answer_may_be_asked_for_again() -> None:
    assert asyncio.run(Previz().find(request(), take())) is NOT_MADE


def test_the_clip_has_exactly_what_was_asked_for(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    fetch(request(frames=7, rate=Fraction(25), width=202, height=360), clip)
    facts = probe(clip)
    assert (facts.frames, facts.rate, facts.width, facts.height) == (7, Fraction(25), 202, 360)
    assert not facts.variable_rate


def test_the_same_request_makes_the_same_file(tmp_path: Path) -> None:
    fetch(request(), tmp_path / "a.mp4")
    fetch(request(), tmp_path / "b.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    fetch(request(seed=6), tmp_path / "c.mp4")
    assert (tmp_path / "a.mp4").read_bytes() != (tmp_path / "c.mp4").read_bytes()


@pytest.mark.parametrize("absolute", [True, False])
def test_a_chain_goes_on_where_the_last_take_ended(tmp_path: Path, absolute: bool) -> None:
    fetch(request(width=320, height=180), tmp_path / "a.mp4")
    last = read_frames(tmp_path / "a.mp4", [-1])[0]
    assert cv2.imwrite(str(tmp_path / "last.png"), last)
    where = str(tmp_path / "last.png") if absolute else "last.png"  # the engine gives an absolute path
    made = request(prompt=prompt(scene_text="A beach."), width=320, height=180, frames=12, first_frame=where)
    fetch(made, tmp_path / "b.mp4", Previz(tmp_path))
    begun = read_frames(tmp_path / "b.mp4", [0])[0]
    assert np.abs(begun[:150].astype(int) - last[:150]).mean() < 4


def test_a_first_frame_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"media/stills/gone\.png"):
        fetch(request(first_frame="media/stills/gone.png"), tmp_path / "a.mp4", Previz(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_download_stops_and_leaves_no_file(tmp_path: Path) -> None:
    async def stop_early() -> None:
        maker = Previz()
        job = Job("t1", take(), request(frames=20_000))  # minutes of drawing
        work = asyncio.create_task(maker.download(job, tmp_path / "a.mp4"))
        while not list(tmp_path.iterdir()):  # until the encoder has begun
            await asyncio.sleep(0.01)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    asyncio.run(stop_early())
    assert list(tmp_path.iterdir()) == []
