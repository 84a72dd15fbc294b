"""A process killed between any two steps of a take: nothing is lost, nothing is bought twice, and the film goes on."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.generation import Engine
from studio.log import Log
from studio.media import Library
from studio.nouns import Take
from studio.providers import Provider
from tests.faults.child import maker_of
from tests.generation.scripted import Scripted, make_film, requests

ROOT = Path(__file__).parents[2]
BEFORE_SENDING = ("before submitting",)
MAYBE_SENT = ("submitting", "before submitted")
AFTER_THE_ANSWER = (
    "submitted", "before ready", "ready", "before downloading", "downloading", "downloaded", "checked", "before done",
    "named", "done",
)  # fmt: skip
Order = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Scripted(tmp_path_factory.mktemp("clips")).folder


@pytest.fixture
def film(tmp_path: Path, clips: Path) -> Path:
    (tmp_path / "provider").mkdir()
    for clip in clips.glob("*.mp4"):
        (tmp_path / "provider" / clip.name).hardlink_to(clip)
    return make_film(tmp_path / "film")


@pytest.fixture
def child(film: Path) -> Iterator[Order]:
    """Starts a process on the film (see `tests.faults.child`)."""
    started = []

    def start(kind: str, **order: object) -> subprocess.Popen[str]:
        order |= {"film": str(film), "provider": str(film.parent / "provider"), "kind": kind}
        command = [sys.executable, "-m", "tests.faults.child", json.dumps(order)]
        started.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def provider_of(film: Path, kind: str) -> Provider:
    return maker_of(kind, film.parent / "provider", {})


def plan(film: Path, kind: str, takes: int) -> tuple[Take, ...]:
    maker = provider_of(film, kind)
    with Log.open(film) as log:
        engine = Engine(log, Library(film), lambda name: maker)
        planned = engine.plan(requests(log, maker, takes), "ada")
        engine.close()
    return planned


def go_on(film: Path, kind: str) -> None:
    """Open the film again, as a person would, and bring everything to rest."""
    maker = provider_of(film, kind)
    with Log.open(film) as log:
        engine = Engine(log, Library(film), lambda name: maker)
        handle = engine.resume()
        handle.wait(120)
        engine.close()


def check_done_once(film: Path, takes: tuple[Take, ...], bought: list[str], usd_each: float) -> None:
    """Every take is done, once, and everything agrees: log, files, pictures, money, the provider's ledger."""
    library = Library(film)
    with Log.open(film) as log:
        for take in takes:
            assert log.state(take.id) == "done"
            kinds = Counter(event.kind for event in log.events(take.id))
            assert (kinds["job"], kinds["media"], kinds["money.settled"]) == (1, 1, 1)
            media = log.media(take.id)
            library.verify(media.file, media.sha256)
            assert library.poster(take.label).exists()
            assert library.strip(take.label).exists()
            assert library.proxy(take.label).exists()
        spending = log.spent()
    assert (spending.reserved_micro_usd, spending.at_risk_micro_usd) == (0, 0)
    assert spending.spent_micro_usd == round(len(takes) * usd_each * 1_000_000)
    assert sorted(bought) == sorted(take.id for take in takes)
    assert sorted(path.name for path in (film / "media/takes").iterdir()) == [f"{take.label}.mp4" for take in takes]
    assert list(library.tmp.iterdir()) == []


@pytest.mark.parametrize("step", [*BEFORE_SENDING, *MAYBE_SENT, *AFTER_THE_ANSWER])
def test_killed_at_any_step_every_take_is_made_once_where_the_provider_can_be_asked(
    film: Path, child: Order, step: str
) -> None:
    takes = plan(film, "listing", 2)
    killed = child("listing", kill_at=step)
    assert killed.wait(60) == -signal.SIGKILL
    go_on(film, "listing")
    check_done_once(film, takes, provider_of(film, "listing").bought(), 0.10)


@pytest.mark.parametrize("step", MAYBE_SENT)
def test_killed_while_it_may_have_been_sent_a_take_rests_in_unknown_where_nobody_can_be_asked(
    film: Path, child: Order, step: str
) -> None:
    first, second = plan(film, "scripted", 2)
    assert child("scripted", kill_at=step).wait(60) == -signal.SIGKILL
    go_on(film, "scripted")
    go_on(film, "scripted")  # nor the next time
    bought = provider_of(film, "scripted").bought()
    assert bought.count(first.id) == (0 if step == "submitting" else 1)
    assert bought.count(second.id) == 1
    with Log.open(film) as log:
        assert (log.state(first.id), log.state(second.id)) == ("unknown", "done")
        assert log.spent().at_risk_micro_usd == 100_000
        last = log.events(first.id, kinds=("state",))[-1]
    assert "the run that sent it was killed before it heard an answer" in str(last.data["error"])


@pytest.mark.parametrize("step", ["before submitting", "submitted"])
def test_killed_at_other_steps_every_take_is_made_once_also_where_nobody_can_be_asked(
    film: Path, child: Order, step: str
) -> None:
    takes = plan(film, "scripted", 2)
    assert child("scripted", kill_at=step).wait(60) == -signal.SIGKILL
    go_on(film, "scripted")
    check_done_once(film, takes, provider_of(film, "scripted").bought(), 0.10)


def test_a_clip_that_was_named_and_not_logged_is_adopted_and_not_fetched_again(film: Path, child: Order) -> None:
    (take,) = plan(film, "scripted", 1)
    assert child("scripted", kill_at="named").wait(60) == -signal.SIGKILL
    clip = Library(film).take(take.label)
    made = clip.stat().st_ino
    go_on(film, "scripted")
    assert clip.stat().st_ino == made
    with Log.open(film) as log:
        states = [event.data["state"] for event in log.events(take.id, kinds=("state",))]
    assert states.count("downloading") == 1
    assert states[-1] == "done"


def test_a_clip_that_was_named_and_not_logged_costs_what_its_provider_said(film: Path, child: Order) -> None:
    plan(film, "scripted", 1)
    assert child("scripted", kill_at="named", script={"07A-001": "costs less"}).wait(60) == -signal.SIGKILL
    go_on(film, "scripted")
    with Log.open(film) as log:
        assert log.spent().spent_micro_usd == 70_000


def test_a_strangers_file_under_the_name_of_a_take_is_neither_replaced_nor_believed(film: Path, child: Order) -> None:
    (take,) = plan(film, "scripted", 1)
    assert child("scripted", kill_at="downloading").wait(60) == -signal.SIGKILL
    clip = Library(film).take(take.label)
    clip.parent.mkdir(parents=True, exist_ok=True)
    clip.write_text("my own")
    maker = provider_of(film, "scripted")
    go_on(film, "scripted")
    assert clip.read_text() == "my own"
    with Log.open(film) as log:
        media = log.media(take.id)
    assert media.file == f"media/takes/07A-001-{media.sha256[:4]}.mp4"
    Library(film).verify(media.file, media.sha256)
    assert maker.bought() == [take.id]


def test_a_killed_previz_goes_on_by_itself(film: Path, child: Order) -> None:
    """What it was drawing is drawn anew: nothing left the machine."""
    takes = plan(film, "previz", 2)
    assert child("previz", kill_at="submitting").wait(60) == -signal.SIGKILL
    assert child("previz", kill_at="downloaded").wait(60) == -signal.SIGKILL
    go_on(film, "previz")
    check_done_once(film, takes, [take.id for take in takes], 0)


@pytest.mark.parametrize("kind", ["listing", "previz"])
def test_killed_at_random_again_and_again_every_take_is_made_once(film: Path, child: Order, kind: str) -> None:
    seed = int(os.environ.get("STUDIO_SEED", "20261121"))
    print(f"STUDIO_SEED={seed}")
    chance = random.Random(seed)
    takes = plan(film, kind, 6 if kind == "listing" else 3)
    for _ in range(4):
        process = child(kind, concurrency=2)
        assert process.stdout.readline() == "begun\n"
        time.sleep(chance.uniform(0, 0.4))  # wherever it is by then: every place has to be safe
        process.kill()
        process.wait()
    go_on(film, kind)
    if kind == "listing":
        check_done_once(film, takes, provider_of(film, kind).bought(), 0.10)
    else:
        check_done_once(film, takes, [take.id for take in takes], 0)


def test_two_processes_on_one_film_make_each_take_once(film: Path, child: Order) -> None:
    takes = plan(film, "scripted", 8)
    processes = [child("scripted", concurrency=2) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    check_done_once(film, takes, provider_of(film, "scripted").bought(), 0.10)


def test_a_process_that_slept_through_its_lease_finds_its_take_made_and_writes_nothing(
    film: Path, child: Order
) -> None:
    (take,) = plan(film, "listing", 1)
    sleeper = child("listing", halt_at="downloaded", lease_s=1)
    os.waitid(os.P_PID, sleeper.pid, os.WSTOPPED)
    go_on(film, "listing")  # waits for the lease to expire: the process is there, so nobody may think it dead
    with Log.open(film) as log:
        events = log.events(take.id)
    sleeper.send_signal(signal.SIGCONT)
    assert sleeper.wait(60) == 0
    with Log.open(film) as log:
        assert log.events(take.id) == events
    check_done_once(film, (take,), provider_of(film, "listing").bought(), 0.10)
