"""A log that is lost altogether: the provider's own list says what was made, and it can be claimed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import studio
from studio.errors import BadInput, ProviderError
from studio.film import Film
from tests.fakes.openai_videos import FakeVideos
from tests.faults.world import PRICE_MICRO_USD, little_clip

ASK = {"provider": "openai_videos", "model": "wan2.2", "seconds": 4, "price_usd": "0.10"}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeVideos]:
    with FakeVideos(little_clip(), price_micro_usd=PRICE_MICRO_USD) as fake:
        monkeypatch.setenv("OPENAI_API_KEY", fake.key)
        yield fake


def film_at(folder: Path, service: FakeVideos) -> Film:
    options = {"openai_videos": {"base_url": f"{service.url}/v1"}}
    film = studio.new(folder, size=(64, 64), authors=["ada"], providers=options)
    film.write("07A", "two teenagers in a corridor", camera="slow push in")
    return film


def test_jobs_of_a_lost_film_are_listed_claimed_and_fetched(tmp_path: Path, service: FakeVideos) -> None:
    with film_at(tmp_path / "lost", service) as film:
        film.generate("07A", takes=2, **ASK).wait(60)
    with film_at(tmp_path / "film", service) as film:
        (own,) = film.generate("07A", **ASK).wait(60)
        strangers = film.money.strangers("openai_videos")
        assert set(strangers["job"]) == set(service.jobs) - set(film.log.jobs("openai_videos"))
        assert len(strangers) == 2
        assert "two teenagers in a corridor" in strangers["words"].iloc[0].lower()
        assert strangers["at"].notna().all()
        claimed = strangers["job"].iloc[0]
        (take,) = film.money.claim("openai_videos", claimed, "07A", model="wan2.2", price_usd="0.10").wait(60)
        assert (take.label, film.log.state(take.id)) == ("07A-002", "done")
        assert len(film.money.strangers("openai_videos")) == 1
        assert film.money.spent == Decimal("0.20")
        with pytest.raises(BadInput, match=f"job {claimed} belongs to a take of this film already"):
            film.money.claim("openai_videos", claimed, "07A", model="wan2.2", price_usd="0.10")
        assert own.label == "07A-001"
        assert len(film.takes()) == 2
    assert len(service.jobs) == 3


def test_a_provider_that_lists_nothing_says_so(tmp_path: Path, service: FakeVideos) -> None:
    said = "runway does not list its jobs: look at its own page"
    with film_at(tmp_path / "film", service) as film, pytest.raises(ProviderError, match=said):
        film.money.strangers("runway")
