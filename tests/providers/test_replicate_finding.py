"""A take whose answer was lost, looked up in Replicate's list of predictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.errors import Unanswered
from studio.nouns import Prompt, Request
from studio.providers import Finds, Job
from studio.providers.replicate import Replicate
from tests.fakes.replicate import FakeReplicate
from tests.providers.asking import clip, prompt, resolved, run, take


@pytest.fixture
def fake() -> Iterator[FakeReplicate]:
    with FakeReplicate(clip()) as server:
        yield server


def provider(fake: FakeReplicate) -> Replicate:
    return Replicate({"base_url": fake.url}, {"REPLICATE_API_TOKEN": fake.key})


def asked(maker: Replicate, words: Prompt | None = None, model: str = "wan 3", **more: Any) -> Request:
    return replace(resolved(maker, model, words, **more), estimated_micro_usd=500_000)


def sent(fake: FakeReplicate, words: Prompt | None = None, **more: Any) -> tuple[Replicate, Job]:
    """A prediction that Replicate has."""
    maker = provider(fake)
    request = asked(maker, words, **more)
    return maker, run(maker.submit(request, take(request)), maker)


def found(fake: FakeReplicate, request: Request, known: tuple[str, ...] = ()) -> Any:
    maker = provider(fake)
    assert isinstance(maker, Finds)
    return run(maker.find(request, take(request), known), maker)


def lost(fake: FakeReplicate, words: Prompt | None = None, **more: Any) -> Request:
    fake.script("create", "lost")
    maker = provider(fake)
    request = asked(maker, words, **more)
    with pytest.raises(Unanswered):
        run(maker.submit(request, take(request)), maker)
    return request


def test_the_one_prediction_that_fits_is_found_and_said_to_be_guessed(fake: FakeReplicate) -> None:
    sent(fake, prompt(scene="A church"))
    sent(fake, model="someone/zoom-1")
    request = lost(fake)
    mine = list(fake.jobs)[-1]
    job = found(fake, request)
    assert (job.id, job.guessed) == (mine, True)


def test_of_a_version_the_version_is_compared(fake: FakeReplicate) -> None:
    request = lost(fake, model="someone/zoom-1:5c7d5dc6")
    assert found(fake, request).id == list(fake.jobs)[-1]
    assert found(fake, asked(provider(fake), model="someone/zoom-1:another")) is None


def test_a_still_comes_back_in_another_form_and_is_not_compared(fake: FakeReplicate, tmp_path: Path) -> None:
    still = tmp_path / "still.png"
    still.write_bytes(b"a picture")
    request = lost(fake, first_frame=str(still))
    [job] = fake.jobs.values()
    job.body["input"]["image"] = "https://replicate.delivery/still.png"
    assert found(fake, request).id == job.id


@pytest.mark.parametrize("change", [{"seed": 8}, {"prompt": "other words"}, {"duration": 6}, {"resolution": "480p"}])
def test_one_that_differs_in_anything_does_not_fit(fake: FakeReplicate, change: dict[str, Any]) -> None:
    request = lost(fake)
    [job] = fake.jobs.values()
    job.body["input"].update(change)
    assert found(fake, request) is None


def test_two_that_fit_are_for_a_person_and_one_that_is_known_is_anothers(fake: FakeReplicate) -> None:
    request = lost(fake)
    twin = sent(fake)[1].id
    assert found(fake, request) is None
    assert found(fake, request, (twin,)).id == next(iter(fake.jobs))


def test_one_from_before_the_take_does_not_fit(fake: FakeReplicate) -> None:
    request = lost(fake)
    [job] = fake.jobs.values()
    job.at -= 121  # the clocks of here and there may differ by two minutes
    assert found(fake, request) is None
    job.at += 10
    assert found(fake, request).id == job.id


def test_what_is_not_in_the_list_may_still_come_so_nothing_is_never_surely_unmade(fake: FakeReplicate) -> None:
    assert found(fake, asked(provider(fake))) is None


def test_the_pages_of_the_list_are_read_to_the_takes_own_time(fake: FakeReplicate) -> None:
    fake.page = 2
    request = lost(fake)
    for _ in range(4):
        sent(fake, prompt(scene="A church"))
    mine = next(iter(fake.jobs))
    assert found(fake, request).id == mine
    assert len(fake.calls_to("list")) == 3
    for job in list(fake.jobs.values())[:3]:
        job.at -= 600
    assert found(fake, request) is None
    assert len(fake.calls_to("list")) == 5  # and no further


def test_a_list_without_end_is_not_read_without_end(fake: FakeReplicate) -> None:
    fake.page = 1
    for _ in range(22):
        sent(fake, prompt(scene="A church"))
    assert found(fake, asked(provider(fake))) is None
    assert len(fake.calls_to("list")) == 20


def test_the_key_is_not_sent_after_a_page_elsewhere(fake: FakeReplicate) -> None:
    fake.page = 1
    fake.next_at = "http://127.0.0.1:9"
    sent(fake, prompt(scene="A church"))
    request = lost(fake)
    fake.jobs[next(iter(fake.jobs))].at += 1
    assert found(fake, request) is None


def test_a_list_without_inputs_tells_nothing(fake: FakeReplicate) -> None:
    fake.inputs_in_list = False
    assert found(fake, lost(fake)) is None
