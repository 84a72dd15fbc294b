"""Two people at one film on one PostgreSQL server, one of them killed: nothing is lost and nothing is made twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.generation import Engine
from studio.log import Log, move_log
from studio.media import Library
from tests.faults.child import maker_of
from tests.generation.scripted import Scripted, make_film, requests

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).parents[2]
Person = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def film(tmp_path: Path, postgres_url: str) -> Path:
    """A film on the server, with four takes that Ada asked for and four of Ben's."""
    folder, maker = make_film(tmp_path / "film", ("07A", "07B")), Scripted(tmp_path / "provider")
    move_log(folder, postgres_url)
    with Log.open(folder, url=postgres_url) as log:
        engine = Engine(log, Library(folder), lambda name: maker)
        for shot, author in (("07A", "ada"), ("07B", "ben")):
            engine.plan(requests(log, maker_of("listing", maker.folder, {}), 4, shot), author)
        engine.close()
    return folder


@pytest.fixture
def person(film: Path, postgres_url: str) -> Iterator[Person]:
    """Somebody at a machine of their own, who goes on with the film's takes and circles each one that is done."""
    started = []

    def start(author: str, **order: object) -> subprocess.Popen[str]:
        order = (
            {"concurrency": 2}
            | order
            | {"film": str(film), "provider": str(film.parent / "provider"), "kind": "listing", "url": postgres_url}
        )
        order |= {"author": author, "owner": f"{author}s-machine/1:7:0:1", "lease_s": 2}
        command = [sys.executable, "-m", "tests.faults.child", json.dumps(order)]
        started.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout.readline() == "begun\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("step", ["before submitted", "downloaded"])
def test_one_is_killed_and_the_other_goes_on_and_takes_over_when_the_lease_is_over(
    film: Path, postgres_url: str, person: Person, step: str
) -> None:
    # one take at a time, or she might be stopped within the write of another one, and hold everybody up
    ada = person("ada", halt_at=step, concurrency=1)
    os.waitid(os.P_PID, ada.pid, os.WSTOPPED)  # in the middle of a take; a job may be bought that nobody knows of
    ben = person("ben")
    acknowledged = {ben.stdout.readline().strip()}
    ada.send_signal(signal.SIGKILL)
    acknowledged |= {*ben.stdout.read().split(), *ada.stdout.read().split()}
    assert ben.wait() == 0
    library = Library(film)
    with Log.open(film, url=postgres_url) as log:
        takes = log.takes()
        assert len(takes) == 8
        claimed = []
        for take in takes:
            events = log.events(take.id)
            assert log.state(take.id) == "done", [event.data for event in events]
            kinds = Counter(event.kind for event in events)
            assert (kinds["job"], kinds["media"], kinds["money.settled"]) == (1, 1, 1)
            media = log.media(take.id)
            library.verify(media.file, media.sha256)
            claimed += [event.id for event in events if event.kind == "verdict"]
        spending = log.spent()
        assert (spending.spent_micro_usd, spending.reserved_micro_usd, spending.at_risk_micro_usd) == (800_000, 0, 0)
        assert acknowledged <= set(claimed)  # whoever said it
        with log.leases() as leases:
            assert leases.held() == {}
    bought = maker_of("listing", film.parent / "provider", {}).bought()
    assert sorted(bought) == sorted(take.id for take in takes)
    assert list(library.tmp.iterdir()) == []


def test_both_write_at_the_same_time_and_both_have_what_the_other_wrote(film: Path, postgres_url: str) -> None:
    code = """
import sys
from pathlib import Path
from studio.log import Log
folder, url, author = sys.argv[1:]
with Log.open(Path(folder), url=url) as log, log.listening() as news:
    print("ready", flush=True)
    sys.stdin.readline()
    for take in log.takes():
        with log.write(author) as writer:
            writer.event("note", take.id, {"text": author})
    other = "ada" if author == "ben" else "ben"
    while not all(any(e.author == other for e in log.events(take.id, ["note"])) for take in log.takes()):
        news.wait(60)
"""
    both = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code, film, postgres_url, author],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for author in ("ada", "ben")
    ]  # fmt: skip
    for process in both:
        assert process.stdout.readline() == "ready\n"
    for process in both:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in both:
        process.communicate(timeout=120)
    assert [process.returncode for process in both] == [0, 0]
    with Log.open(film, url=postgres_url) as log:
        for take in log.takes():
            assert {event.author for event in log.events(take.id, ["note"])} == {"ada", "ben"}
            ids = [event.id for event in log.events(take.id)]
            assert ids == sorted(set(ids))
