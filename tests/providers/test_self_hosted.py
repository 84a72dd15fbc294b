"""A server of one's own: what film.toml says of it, how it is asked how it is, and what its hours cost."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import studio
from studio._resources import path as resource
from studio.cli import main
from studio.errors import BadInput, NotFound, Paused
from studio.film import Film
from studio.generation import Engine, servers
from studio.log import Log, new_id, read_settings, write_settings
from studio.media import Library
from studio.nouns import Took
from studio.providers import ByTheHour, Job, Watched
from studio.providers import provider as made_provider
from studio.providers.catalogue import catalogue
from studio.providers.openai_videos import OpenAIVideos
from studio.providers.self_hosted import took_ms
from studio.widgets._desk_state import model_names
from tests.fakes.openai_videos import FakeVideos
from tests.generation.scripted import FRAMES, make_film, requests
from tests.providers.openai_videos.making import clip_bytes, resolved, run, take_of

HERE = "http://127.0.0.1:8091/v1"
HOURLY = {"base_url": HERE, "name": "office", "dialect": "vllm-omni", "usd_per_hour": "2.50"}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return clip_bytes(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def served(clip: bytes) -> Iterator[Callable[..., FakeVideos]]:
    """`served("vllm-omni")`: a server of that kind on a socket of this machine, which wants no key."""
    with ExitStack() as opened:
        yield lambda kind="vllm-omni", **more: opened.enter_context(FakeVideos(clip, kind, needs_key=False, **more))


@pytest.fixture
def film_with(tmp_path: Path) -> Iterator[Callable[..., Film]]:
    """`film_with(office=(server, 'usd_per_hour = "2.50"'))`: a film that has these servers, with words for 07A."""
    with ExitStack() as opened:

        def film(**said: tuple[FakeVideos, str]) -> Film:
            studio.new(tmp_path / "film", title="Test", rate="24", size=(64, 64), authors=["ada"]).close()
            with (tmp_path / "film" / "film.toml").open("a") as toml:
                for name, (server, lines) in said.items():
                    toml.write(f'\n[providers.{name}]\nbase_url = "{server.url}"\ndialect = "{server.kind}"\n{lines}\n')
            made: Film = opened.enter_context(studio.open(tmp_path / "film"))
            made.write("07A", "Two teenagers meet in a corridor", camera="push in")
            return made

        yield film


def asked_for(size: tuple[int, int] = (64, 64), frames: int = FRAMES) -> dict[str, Any]:
    return {"width": size[0], "height": size[1], "frames": frames, "model": "Wan-AI/Wan2.2-T2V-A14B-Diffusers"}


# --- what film.toml says ---------------------------------------------------------------------------------------------


def settings_of(folder: Path, lines: str) -> Any:
    (folder / "film.toml").write_text(f'title = "A"\nrate = "24"\nsize = [64, 64]\n{lines}\n')
    return read_settings(folder)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("concurrency = 0", "providers.office.concurrency in film.toml is 0: write a whole number from 1 to 256"),
        ("concurrency = 1.5", "concurrency in film.toml is Decimal('1.5'): write a whole number"),
        ('concurrency = "many"', "concurrency in film.toml is 'many': write a whole number"),
        ("concurrency = true", "concurrency in film.toml is True"),
        ("usd_per_hour = -1", "usd_per_hour in film.toml is -1: write US dollars for an hour of the machine"),
        ('usd_per_hour = "2,50"', "usd_per_hour in film.toml is '2,50': write US dollars"),
        ("usd_per_hour = nan", "usd_per_hour in film.toml is Decimal('NaN')"),
        ("usd_per_hour = 1e-9", "usd_per_hour in film.toml is"),
        ("usd_per_hour = []", "usd_per_hour in film.toml is []"),
        ("seconds_a_take = 90000", "seconds_a_take in film.toml is 90000: write seconds from 1 to 86400"),
        ('price_read_on = "today"', "price_read_on in film.toml is 'today': write the day on which the price was read"),
        ("price_source = 7", "providers.office.price_source in film.toml is 7: write text in quotes"),
        ("dollars_per_hour = 2", "unknown key providers.office.dollars_per_hour: did you mean providers.office.usd_"),
        ("base_url = 'gpu.office:8091'", "providers.office.base_url in film.toml is not understood"),
    ],
)  # fmt: skip
def test_a_slip_in_what_film_toml_says_of_a_server_is_one_sentence(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(BadInput, match=re.escape(told)) as slip:
        settings_of(tmp_path, f"[providers.office]\n{line}")
    assert "\n" not in str(slip.value)


def test_what_film_toml_says_of_a_server_is_written_as_it_was_read(tmp_path: Path) -> None:
    numbers = 'concurrency = "2"\nusd_per_hour = 2.50\nseconds_a_take = 94.2\nprice_read_on = "2026-11-29"'
    read = settings_of(tmp_path, f"[providers.office]\nbase_url = '{HERE}'\n{numbers}")
    assert read.providers["office"] == {
        "base_url": HERE, "concurrency": "2", "usd_per_hour": "2.50", "seconds_a_take": "94.2",
        "price_read_on": "2026-11-29",
    }  # fmt: skip
    write_settings(tmp_path, read, replace=True)
    assert read_settings(tmp_path) == read


@pytest.mark.parametrize("name", ["Office", '"the office"', "adopted", '"a/b"'])
def test_a_server_has_a_name_that_can_be_written_before_a_models(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match=r"names no provider: write small letters"):
        settings_of(tmp_path, f"[providers.{name}]\nbase_url = '{HERE}'")


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("office", {"dialect": "vllm-omni"}, r"\[providers.office\] in film.toml has no base_url: a server"),
        ("office", {"base_url": HERE, "dialect": "vlm"}, "the dialect of office is 'vlm': there is plain, openai, vll"),
        ("runway", {"usd_per_hour": "2"}, r"usd_per_hour under \[providers.runway\] .* and runway is none"),
        ("office", {"base_url": HERE, "seconds_a_take": "9"}, "has seconds_a_take and no usd_per_hour: add what"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_of_a_server_is_one_sentence(name: str, options: dict[str, str], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        made_provider(name, options)


def test_a_server_answers_to_the_name_that_the_film_gives_it(
    served: Callable[..., FakeVideos], film_with: Callable[..., Film]
) -> None:
    film = film_with(office=(served(), 'model = "wan2.2"'))
    request = film.dry_run("07A", "office").request
    assert (request.provider, request.model) == ("office", "wan2.2")
    assert all("office" in sentence for sentence in request.dropped)
    assert "office/wan2.2" in model_names(film.settings)
    for kind in (ByTheHour, Watched):
        assert isinstance(film.provider("office"), kind)
    with pytest.raises(NotFound, match=r"there is no provider 'offise': there is .*, runway, office$"):
        film.provider("offise")


def test_a_server_of_ones_own_is_sent_the_key_that_film_toml_names_and_no_other(
    served: Callable[..., FakeVideos],
) -> None:
    server = served()
    environ = {"OPENAI_API_KEY": "canary-1234567890", "OFFICE_KEY": "canary-of-the-office"}
    for options, sent in (({}, None), ({"key_env": "OFFICE_KEY"}, "Bearer canary-of-the-office")):
        of = OpenAIVideos(HOURLY | {"base_url": server.url} | options, environ)
        assert run(of, of.health).wrong == ""
        assert server.calls[-1].headers["Authorization"] == sent
    far = OpenAIVideos(HOURLY | {"base_url": "http://gpu.office:8091", "key_env": "OFFICE_KEY"}, environ)
    assert "STUDIO_TRUSTED_HOSTS=gpu.office" in run(far, far.health).wrong


# --- what it would cost ----------------------------------------------------------------------------------------------


def test_before_there_are_takes_an_estimate_is_a_guess_with_its_source_or_what_film_toml_says() -> None:
    of = OpenAIVideos(HOURLY, {})
    request = resolved(of, **asked_for((832, 480), 81))
    guess = of.price(request)
    assert guess.how == (
        "by the hour: $2.50 an hour × 264 s a take, a guess until takes were made: 264 s for 81 frames of 832×480 by "
        "Wan2.2-T2V-A14B in 50 steps on one H200 with SGLang (its pull request 25483, 2026-05-16), read 2026-11-29"
    )
    assert guess.usd == Decimal("0.183424")  # 2.50 × 264.13 / 3600, rounded up
    assert guess.source == "usd_per_hour under [providers.office] in film.toml"
    said = {"seconds_a_take": "120", "price_source": "RunPod, H100 80 GB", "price_read_on": "2026-11-28"}
    price = OpenAIVideos(HOURLY | said, {}).price(request)
    assert (price.how, price.usd) == (
        "by the hour: $2.50 an hour × 120 s a take, as film.toml says", Decimal("0.083334"),
    )  # fmt: skip
    assert (price.source, price.read_on) == ("RunPod, H100 80 GB", "2026-11-28")


@pytest.mark.parametrize(
    ("took", "seconds", "why"),
    [
        ([(94_200, 120, 1280, 720)], "94 s", "as the one take of 2026-11-28 took"),
        ([(90_000, 120, 1280, 720), (101_000, 120, 1280, 720)], "101 s", "slowest of the last 2 takes, to 2026-11-28,"),
        ([(10_000, 60, 1280, 720)], "40 s", "reckoned from the one take of 2026-11-28, of another size or length"),
        ([(10_000, 240, 1280, 720)], "10 s", "of another size or length"),  # smaller is no quicker
    ],
)  # fmt: skip
def test_an_estimate_goes_by_how_long_takes_took(took: list[tuple[int, int, int, int]], seconds: str, why: str) -> None:
    of = OpenAIVideos(HOURLY, {})
    at_us = 1_795_824_000_000_000 + 43_200_000_000  # noon of 2026-11-28
    price = of.price_by_time(resolved(of, frames=120), [Took(*each, at_us=at_us) for each in took])
    assert price.how.startswith(f"by the hour: $2.50 an hour × {seconds} a take, ")
    assert why in price.how
    assert price.usd * 3600 >= Decimal("2.50") * Decimal(seconds.split()[0]) * Decimal("0.99")


def test_a_take_costs_its_share_of_the_hour_to_the_micro_dollar() -> None:
    alone, shared = (OpenAIVideos(HOURLY | {"concurrency": places}, {}).hourly for places in ("1", "3"))
    assert alone is not None
    assert shared is not None
    assert alone.cost_micro_usd(94_213) == 65_426  # 65,425.69…
    assert alone.cost_micro_usd(3_600_000) == 2_500_000
    assert shared.cost_micro_usd(3_600_000) == 833_334
    assert shared.rate == "$2.50 an hour ÷ 3 at a time"


def test_without_an_hours_price_a_server_of_ones_own_is_free_as_it_was() -> None:
    of = OpenAIVideos({"base_url": HERE, "dialect": "vllm-omni"}, {})
    request = resolved(of)
    assert of.price_by_time(request, [Took(94_000, 120, 1280, 720, 0)]).usd == 0
    assert of.price(request).how == ""


# --- what it did cost ------------------------------------------------------------------------------------------------


def test_a_film_pays_for_the_seconds_that_its_takes_took_and_reckons_the_next_by_them(
    served: Callable[..., FakeVideos], film_with: Callable[..., Film]
) -> None:
    server = served(took_s=94.213)
    film = film_with(office=(server, 'model = "wan2.2"\nconcurrency = 1\nusd_per_hour = "2.50"\nseconds_a_take = 120'))
    assert "$2.50 an hour × 120 s a take, as film.toml says" in str(film.estimate("07A", "office", seconds=0.25))
    takes = film.generate("07A", "office", takes=2, seconds=0.25).wait(60)
    assert len(takes) == 2
    ledger = film.money.ledger()
    assert ledger["spent_usd"].tolist() == [Decimal("0.065426")] * 2  # 2.50 × 94.213 / 3600, rounded up
    assert ledger["took_s"].tolist() == [94.213] * 2
    assert ledger["price_usd"].tolist() == [Decimal("0.083334")] * 2
    assert set(ledger["price_source"]) == {
        "by the hour: $2.50 an hour × 120 s a take, as film.toml says; "
        "usd_per_hour under [providers.office] in film.toml"
    }
    assert set(ledger["what"]) == {"it took 94 s at $2.50 an hour"}
    assert (film.money.spent, film.money.reserved) == (Decimal("0.130852"), Decimal(0))
    day = ledger["sent_at"].iloc[-1].date().isoformat()
    assert re.fullmatch(
        rf"\$0\.130852 \(wan2\.2, 0\.25 s, by the hour: \$2\.50 an hour × 94 s a take, as the slowest of the last 2 "
        rf"takes, to {day}, took; usd_per_hour under \[providers\.office\] in film\.toml, read {day}\)",
        str(film.estimate("07A", "office", takes=2, seconds=0.25)).splitlines()[0],
    )
    assert "94 s a take" in str(film.will_get("07A", "office", seconds=0.25))
    server.took_s = 50.0
    film.generate("07A", "office", takes=1, seconds=0.5).wait(60)
    assert film.money.ledger()["spent_usd"].iloc[-1] == Decimal("0.034723")
    assert "an hour × 50 s" in str(film.estimate("07A", "office", seconds=0.5))  # takes of the same length count first


def test_a_take_that_fails_costs_the_time_that_it_took(
    served: Callable[..., FakeVideos], film_with: Callable[..., Film]
) -> None:
    server = served(took_s=36.0)
    server.script("fate", "fails")
    film = film_with(office=(server, 'model = "wan2.2"\nusd_per_hour = 10\nconcurrency = 1'))
    handle = film.generate("07A", "office", seconds=0.25)
    assert handle.wait(60) == ()
    assert "out of memory" in handle.errors[0]
    assert film.money.spent == Decimal("0.10")
    request = film.log.request(handle.takes[0].request_id)
    assert film.log.took(request) == ()  # nobody reckons by a take that was not made


def test_how_long_it_took_is_told_by_the_server_or_read_from_its_two_moments() -> None:
    assert took_ms({"inference_time_s": 94.2134, "created_at": 1, "completed_at": 900}) == 94_214
    assert took_ms({"created_at": 1_000, "completed_at": 1_094}) == 94_000
    assert took_ms({"created_at": 1_000, "completed_at": 1_000}) == 1_000  # whole seconds, cut
    for silent in ({}, {"created_at": 1_000}, {"created_at": 9, "completed_at": 1}, {"inference_time_s": "fast"}):
        assert took_ms(silent) is None


@pytest.mark.parametrize(("ago_s", "cost"), [(36, 25_000), (86_400, 83_334)])
def test_a_job_that_ends_with_no_word_of_its_time_costs_as_our_clock_says_and_a_whole_take_at_most(
    served: Callable[..., FakeVideos], monkeypatch: pytest.MonkeyPatch, ago_s: int, cost: int
) -> None:
    of = OpenAIVideos(HOURLY | {"base_url": served().url, "concurrency": "1"}, {})
    request = replace(resolved(of), estimated_micro_usd=83_334)
    moment = 1_795_824_000_000_000
    monkeypatch.setattr("studio.providers.openai_videos._now_us", lambda: moment)
    job = Job("gone", take_of(request), request, {"accepted_at_us": str(moment - ago_s * 1_000_000)})
    status = run(of, lambda: of.poll(job))
    assert (status.state, status.cost_micro_usd, status.took_ms) == ("gone", cost, None)


def test_as_many_are_made_at_a_time_as_film_toml_says_and_together_they_cost_no_more_than_the_machine(
    served: Callable[..., FakeVideos], tmp_path: Path
) -> None:
    server = served("vllm-omni", places=2, hold_s=0.3)
    rows = catalogue()
    quick = replace(rows.service("openai_videos"), poll_every_s=0.03)
    rows = replace(rows, services={**rows.services, "openai_videos": quick})
    options = HOURLY | {"base_url": server.url, "concurrency": "2", "model": "wan2.2"}
    of = OpenAIVideos(options, {}, rows)
    folder = make_film(tmp_path / "film")
    with Log.open(folder) as log:
        engine = Engine(log, Library(folder), lambda name: of)
        takes = engine.plan(requests(log, of, 3), "ada")
        assert len(engine.start(takes).wait(60)) == 3
        engine.close()
        assert server.most_open == 2
        spent = log.spent()
        began, ended = min(job.at for job in server.jobs.values()), max(job.begins for job in server.jobs.values())
        machine = Fraction("2.50") * 1_000_000 * Fraction(ended + 0.3 - began) / 3600
        assert 0 < spent.spent_micro_usd <= machine + len(takes)  # each is rounded up
        assert spent.reserved_micro_usd == 0


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_the_takes_to_reckon_by_are_found_in_either_database(
    tmp_path: Path, where: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if where == "postgresql" else ""
    of = OpenAIVideos(HOURLY, {})
    folder = make_film(tmp_path / "film", url=url)
    with Log.open(folder, url=url) as log:
        words = log.latest_prompt("07A")
        assert words is not None

        def asked(frames: int, model: str = "wan2.2") -> Any:
            return of.resolve(
                words, id=new_id(), model=model, frames=frames, rate=Fraction(24), width=64, height=64, seed=1
            )

        with log.write("ada") as writer:
            for n in range(15):
                made = asked(48 if n % 5 else 96)
                writer.request(made)
                take = writer.take("07A", made.id)
                settled: dict[str, object] = {"micro_usd": 1} if n == 14 else {"micro_usd": 1, "took_ms": 1_000 * n + 1}
                writer.event("money.settled", take.id, settled)
        like = log.took(asked(48))
        assert [each.milliseconds for each in like] == [1_000 * n + 1 for n in range(13, 0, -1) if n % 5]
        assert {each.frames for each in like} == {48}
        assert [each.milliseconds for each in log.took(asked(72))] == [1_000 * n + 1 for n in range(13, 1, -1)]
        assert log.took(asked(48, "other")) == ()


# --- whether it is well ----------------------------------------------------------------------------------------------


def unwell(film: Film, server: FakeVideos, name: str, **more: Any) -> str:
    """The one sentence of a server that is not well; nothing was reserved or sent."""
    with pytest.raises(Paused) as told:
        film.generate("07A", name, **{"model": "wan2.2", "seconds": 0.25, **more})
    assert film.log.takes() == ()
    assert film.money.reserved == 0
    assert server.jobs == {}
    assert not server.calls_to("create")
    assert "\n" not in str(told.value)
    return str(told.value)


def test_a_server_that_is_not_well_is_told_of_before_anything_is_reserved_or_sent(
    served: Callable[..., FakeVideos], film_with: Callable[..., Film]
) -> None:
    vllm, sglang, litellm = served("vllm-omni"), served("sglang"), served("litellm")
    price = 'usd_per_hour = "2.50"'
    film = film_with(vllm=(vllm, price), sglang=(sglang, price), proxy=(litellm, price))
    vllm.unwell = "starting"
    assert unwell(film, vllm, "vllm") == (
        f"nothing was planned or sent: the server vllm at {vllm.url}/v1 is not well: /health answered with status 503: "
        "No engine initialized"
    )
    vllm.unwell = "dead"
    assert unwell(film, vllm, "vllm").endswith("/health answered with status 503: unhealthy")
    sglang.unwell = "starting"
    assert unwell(film, sglang, "sglang").endswith(
        "/health answered with status 503 and no word, as while it is starting"
    )
    sglang.unwell = "dead"
    assert unwell(film, sglang, "sglang").endswith("scheduler process 0 exited with code -9")
    litellm.unwell = "dead"
    assert unwell(film, litellm, "proxy").endswith(
        "/health/readiness answered with status 503: its database: disconnected"
    )
    vllm.unwell = sglang.unwell = litellm.unwell = ""
    wrong = unwell(film, vllm, "vllm", model="wan2.1")
    assert wrong.endswith(f"the server vllm at {vllm.url}/v1 does not serve wan2.1: it serves wan2.2")
    assert not litellm.calls_to("elsewhere")  # /health of a proxy would have each of its models make something
    vllm.script("health", "lost")
    assert "cannot be heard" in unwell(film, vllm, "vllm")


def test_a_server_that_nobody_started_is_one_sentence(
    served: Callable[..., FakeVideos], film_with: Callable[..., Film]
) -> None:
    server = served()
    film = film_with(office=(server, ""))
    there = server.url
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        server.url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        toml = film.folder / "film.toml"
        toml.write_text(toml.read_text().replace(there, server.url))
        with studio.open(film.folder) as again:
            assert unwell(again, server, "office").endswith(
                f"the server office at {server.url}/v1 cannot be reached: is it running, and is its base_url right?"
            )


def test_a_server_that_says_nothing_is_not_waited_for(
    served: Callable[..., FakeVideos], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.providers.openai_videos.HEALTH_S", 0.1)
    server = served()
    server.script("health", "hang")
    of = OpenAIVideos(HOURLY | {"base_url": server.url}, {})
    assert run(of, of.health).wrong == f"the server office at {server.url}/v1 did not answer within 0.1 s"


def test_a_cell_that_is_run_again_has_its_takes_while_the_server_is_down(
    served: Callable[..., FakeVideos], tmp_path: Path
) -> None:
    server = served()
    of = OpenAIVideos(HOURLY | {"base_url": server.url, "model": "wan2.2"}, {})
    folder = make_film(tmp_path / "film")
    with Log.open(folder) as log:
        engine = Engine(log, Library(folder), lambda name: of)
        takes = engine.plan(requests(log, of, 2), "ada", run="the cell")
        server.unwell = "dead"
        assert engine.plan(requests(log, of, 2), "ada", run="the cell") == takes
        with pytest.raises(Paused, match="nothing was planned or sent"):
            engine.plan(requests(log, of, 2), "ada", run="the cell", again=True)
        engine.close()


def test_the_doctor_says_whether_the_films_servers_are_well_and_what_they_have_to_do(
    served: Callable[..., FakeVideos], film_with: Callable[..., Film], capsys: pytest.CaptureFixture[str]
) -> None:
    server, other = served("vllm-omni", places=1, hold_s=600), served("sglang")
    film = film_with(
        office=(server, 'model = "wan2.2"\nconcurrency = 2\nusd_per_hour = "2.50"'), spare=(other, 'model = "ltx-2"')
    )
    for _ in range(3):
        server.accept({"prompt": "x"}, new_id())
    for job in server.jobs.values():
        job.polls = 1
    assert main(["doctor", str(film.folder)]) == 1
    said = capsys.readouterr().out
    assert (
        f"office       well; {server.url}/v1 (vllm-omni), 2 takes at a time, $2.50 an hour; serves wan2.2; "
        "1 being made, 2 waiting\n"
    ) in said
    assert f"spare        not well: the server spare at {other.url}/v1 does not serve ltx-2: it serves wan2.2\n" in said
    other.model = "ltx-2"
    assert main(["doctor", str(film.folder)]) == 0
    assert "spare        well; " in capsys.readouterr().out
    assert not server.calls_to("create")


def test_a_mistake_in_one_server_does_not_hide_the_others(
    served: Callable[..., FakeVideos], film_with: Callable[..., Film]
) -> None:
    server = served()
    film = film_with(office=(server, 'model = "wan2.2"'))
    said = {**film.settings.providers, "other": {"base_url": HERE, "dialect": "vlm"}, "runway": {"key_env": "A_KEY"}}
    found = {each.name: each for each in servers(replace(film.settings, providers=said), film.folder)}
    assert (found["office"].well, found["office"].health.waiting) == (True, 0)
    assert str(found["other"]).startswith("not well: the dialect of other is 'vlm'")
    assert "runway" not in found  # no server of one's own


# --- the recipe ------------------------------------------------------------------------------------------------------


def test_the_lines_for_film_toml_in_the_recipe_are_understood_and_its_files_are_there(tmp_path: Path) -> None:
    recipe = resource("data/self_hosted/README.md").read_text()
    assert "not tried on a GPU" in " ".join(recipe.split())
    blocks = re.findall(r"```toml\n(.*?)```", recipe, re.DOTALL)
    assert len(blocks) >= 2
    for block in blocks:
        for name, options in settings_of(tmp_path, block).providers.items():
            of = made_provider(name, options)
            assert isinstance(of, OpenAIVideos)
            assert of.hourly is not None
    for named in set(re.findall(r"\b[\w-]+\.(?:yaml|sh)\b", recipe)):
        text = resource(f"data/self_hosted/{named}").read_text()
        assert "Not tried on a GPU" in text, named
