"""Dream Machine: its list of camera concepts, and looking up what became of a take."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from studio.errors import Busy
from studio.nouns import Request, Take
from studio.providers import Job
from studio.providers.luma.concepts import FRESH_S, Concepts
from tests.fakes.luma import CONCEPTS, FakeLuma
from tests.providers.asking import body, prompt, resolved, take
from tests.providers.luma.making import maker_for, run, sent

UNKNOWN = "the list of Luma Dream Machine's concepts is not known yet, so the camera stays words"
KEPT = "cache/luma-concepts.json"

# camera concepts


def test_the_camera_is_said_in_the_concepts_that_dream_machine_lists(fake: FakeLuma) -> None:
    maker = maker_for(fake)
    before = resolved(maker, "ray-2", prompt("push in"))
    assert body(before)["prompt"].startswith("Push in. ")
    assert UNKNOWN in before.dropped
    run(maker.prepare(), maker)
    after = resolved(maker, "ray-2", prompt("push in"))
    assert body(after) == {
        "model": "ray-2", "prompt": "Two teenagers in a corridor.", "aspect_ratio": "16:9", "resolution": "720p",
        "duration": "5s", "concepts": [{"key": "push_in"}],
    }  # fmt: skip
    assert UNKNOWN not in after.dropped


def test_a_move_that_is_not_listed_stays_words(fake: FakeLuma) -> None:
    fake.concepts = ["static"]
    maker = maker_for(fake)
    run(maker.prepare(), maker)
    request = resolved(maker, "ray-2", prompt("push in"))
    assert "concepts" not in body(request)
    assert any("has no concept for" in sentence for sentence in request.dropped)


def test_the_agents_api_has_no_concepts_whatever_dream_machine_lists(fake: FakeLuma) -> None:
    maker = maker_for(fake)
    run(maker.prepare(), maker)
    assert "concepts" not in body(resolved(maker, "ray-3.2"))
    assert body(resolved(maker, "ray-3.2"))["prompt"].startswith("Push in.")


def test_the_list_is_asked_for_once_a_day_and_kept_in_the_film(fake: FakeLuma, tmp_path: Path) -> None:
    maker = maker_for(fake, tmp_path)
    for _ in range(3):
        run(maker.prepare(), maker)
    assert len(fake.calls_to("concepts")) == 1
    assert json.loads((tmp_path / KEPT).read_text())["concepts"] == CONCEPTS
    another = maker_for(fake, tmp_path)
    assert body(resolved(another, "ray-2"))["concepts"] == [{"key": "push_in"}]  # without being asked for
    run(another.prepare(), another)
    assert len(fake.calls_to("concepts")) == 1
    assert fake.key not in (tmp_path / KEPT).read_text()


@pytest.mark.parametrize("heard_at", [0.0, 9e12])
def test_a_list_that_is_old_or_from_the_future_is_asked_for_anew_and_used_till_then(
    fake: FakeLuma, tmp_path: Path, heard_at: float
) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / KEPT).write_text(json.dumps({"heard_at": heard_at, "concepts": ["push_in", "old"]}))
    maker = maker_for(fake, tmp_path)
    assert body(resolved(maker, "ray-2"))["concepts"] == [{"key": "push_in"}]
    fake.script("concepts", "bad gateway")
    run(maker.prepare(), maker)
    assert body(resolved(maker, "ray-2"))["concepts"] == [{"key": "push_in"}]
    another = maker_for(fake, tmp_path)
    run(another.prepare(), another)
    assert json.loads((tmp_path / KEPT).read_text())["concepts"] == CONCEPTS


@pytest.mark.parametrize("fault", ["bad gateway", "lost", "reset", "half json", "no json", "busy", "bad key"])
def test_a_list_that_cannot_be_had_stops_nothing_and_is_not_asked_for_again_at_once(fake: FakeLuma, fault: str) -> None:
    fake.script("concepts", fault)
    maker = maker_for(fake)
    for _ in range(2):
        run(maker.prepare(), maker)
    assert UNKNOWN in resolved(maker, "ray-2").dropped
    assert len(fake.calls_to("concepts")) == 1


@pytest.mark.parametrize("odd", [{}, {"concepts": []}, "push_in", [1], [""], ["x" * 101], [], ["x"] * 1001, None])
def test_a_list_of_another_shape_is_none(fake: FakeLuma, odd: Any, tmp_path: Path) -> None:
    fake.concepts = odd
    maker = maker_for(fake, tmp_path)
    run(maker.prepare(), maker)
    assert UNKNOWN in resolved(maker, "ray-2").dropped
    assert not (tmp_path / KEPT).exists()


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"concepts": ["push_in"]}', '{"concepts": 7, "heard_at": 1}', "null"])
def test_a_cache_that_cannot_be_read_is_asked_for_again(fake: FakeLuma, tmp_path: Path, kept: str) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / KEPT).write_text(kept)
    maker = maker_for(fake, tmp_path)
    run(maker.prepare(), maker)
    assert body(resolved(maker, "ray-2"))["concepts"] == [{"key": "push_in"}]


def test_a_cache_that_cannot_be_written_is_no_trouble(fake: FakeLuma, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    maker = maker_for(fake, tmp_path)
    run(maker.prepare(), maker)
    assert body(resolved(maker, "ray-2"))["concepts"] == [{"key": "push_in"}]


def test_without_a_key_nothing_is_asked(fake: FakeLuma) -> None:
    maker = maker_for(fake, LUMAAI_API_KEY="")
    run(maker.prepare(), maker)
    assert not fake.calls


def test_a_list_is_fresh_for_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    concepts = Concepts(tmp_path)
    concepts.keep(("push_in",))
    for later, fresh in ((FRESH_S - 60, True), (FRESH_S + 60, False), (-3600, False)):
        monkeypatch.setattr("studio.providers.luma.concepts.time.time", lambda later=later: now + later)
        assert concepts.are_fresh() is fresh


# what became of a take


def lost(fake: FakeLuma, **asked: Any) -> tuple[Any, Request, Take]:
    """A take whose answer was lost, and the provider."""
    maker = maker_for(fake)
    request = resolved(maker, asked.pop("model", "ray-2"), **asked)
    return maker, request, take(request)


def found(fake: FakeLuma, request: Request, made: Take, known: tuple[str, ...] = ()) -> Any:
    maker = maker_for(fake)
    return run(maker.find(request, made, known), maker)


def test_the_one_generation_that_fits_is_found_and_called_a_guess(fake: FakeLuma) -> None:
    _, job = sent(fake, "ray-2")
    assert found(fake, job.request, job.take) == Job(job.id, job.take, job.request, guessed=True)


def test_what_belongs_to_another_take_is_not_taken(fake: FakeLuma) -> None:
    _, job = sent(fake, "ray-2")
    assert found(fake, job.request, job.take, (job.id,)) is None


def test_two_that_fit_are_none(fake: FakeLuma) -> None:
    _, job = sent(fake, "ray-2")
    sent(fake, "ray-2")
    assert found(fake, job.request, job.take) is None


@pytest.mark.parametrize(
    "other",
    [
        {"prompt": "Other words."}, {"model": "ray-flash-2"}, {"duration": "9s"}, {"resolution": "540p"},
        {"aspect_ratio": "1:1"}, {"concepts": [{"key": "static"}]}, {"loop": True}, {"keyframes": {"frame0": {}}},
    ],
)  # fmt: skip
def test_a_generation_that_was_asked_for_otherwise_is_another(fake: FakeLuma, other: dict[str, Any]) -> None:
    _, request, made = lost(fake)
    fake.made_earlier({**body(request), **other}, 0)
    assert found(fake, request, made) is None


def test_an_older_one_is_another_and_clocks_may_differ_by_two_minutes(fake: FakeLuma) -> None:
    _, request, made = lost(fake)
    fake.made_earlier(body(request), 130)
    assert found(fake, request, made) is None
    mine = fake.made_earlier(body(request), 110)
    assert found(fake, request, made).id == mine.id


def test_all_pages_are_read_and_older_ones_are_not(fake: FakeLuma) -> None:
    _, request, made = lost(fake)
    mine = fake.made_earlier(body(request), 60)
    for k in range(60):
        fake.made_earlier({**body(request), "prompt": f"other {k}"}, 1)
        fake.made_earlier(body(request), 1000 + k)
    assert found(fake, request, made).id == mine.id
    assert len(fake.calls_to("list")) == 2  # of three: the rest is older than the take
    fake.oldest_first = True
    assert found(fake, request, made).id == mine.id


def test_a_generation_that_shows_no_request_leaves_it_open(fake: FakeLuma) -> None:
    _, job = sent(fake, "ray-2")
    fake.echoes = False
    assert found(fake, job.request, job.take) is None


def test_nothing_in_the_list_may_still_come(fake: FakeLuma) -> None:
    _, request, made = lost(fake)
    assert found(fake, request, made) is None


@pytest.mark.parametrize("fault", ["bad gateway", "unavailable", "busy"])
def test_a_list_that_cannot_be_had_is_asked_for_again(fake: FakeLuma, fault: str) -> None:
    _, job = sent(fake, "ray-2")
    fake.script("list", fault)
    with pytest.raises(Busy):
        found(fake, job.request, job.take)


@pytest.mark.parametrize(
    "odd", [[], {"generations": None}, {"generations": [None]}, {"generations": [{"id": "x", "created_at": "now"}]}]
)
def test_a_list_of_another_shape_leaves_it_open(fake: FakeLuma, odd: Any) -> None:
    from tests.fakes.server import Reply

    _, request, made = lost(fake)
    fake._list = lambda call: Reply(200, odd)  # type: ignore[method-assign]
    assert found(fake, request, made) is None


def test_the_agents_api_lists_nothing_and_is_not_asked(fake: FakeLuma) -> None:
    _, job = sent(fake, "ray-3.2")
    calls = len(fake.calls)
    assert found(fake, job.request, job.take) is None
    assert len(fake.calls) == calls
