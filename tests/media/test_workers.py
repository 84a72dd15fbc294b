"""Many pieces of work by processes of this machine; those of a cluster are in tests/generation/test_cluster.py."""

from __future__ import annotations

import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from studio.errors import BadInput, Damaged, DiskFull, StudioError
from studio.media import worker, workers
from tests.held import Hold

DOUBLED, KILLING, FAILING = (f"tests.held:{name}" for name in ("doubled", "killing", "failing"))


def all_of(hands, do, tasks):
    return {answer.place: answer for answer in hands.run(do, tasks)}


def test_what_comes_of_work_has_the_place_of_its_task(tmp_path):
    with workers.hired(tmp_path, 2) as hands:
        found = all_of(hands, DOUBLED, ({"value": n / 3} for n in range(7)))
        assert {place: answer.found for place, answer in found.items()} == {n: [n / 3, n / 3] for n in range(7)}
        assert list(hands.run(DOUBLED, [])) == []


def test_an_error_of_the_work_is_the_same_error_here_and_a_fault_of_ours_is_told_as_one(tmp_path):
    with workers.hired(tmp_path, 1) as hands:
        found = all_of(hands, FAILING, ["DiskFull", "Damaged", "Nothing"])
    assert [(type(found[n].error), str(found[n].error)) for n in range(3)] == [
        (DiskFull, "no DiskFull"), (Damaged, "no Damaged"), (workers.Lost, "ZeroDivisionError: no Nothing"),
    ]  # fmt: skip


def test_a_process_that_is_killed_costs_its_task_alone_which_another_does(tmp_path):
    hold = Hold(tmp_path)
    with workers.hired(tmp_path, 2) as hands, ThreadPoolExecutor(1) as beside:
        tasks = [{"value": n, "hold": str(hold.pipe)} for n in range(6)]
        doing = beside.submit(all_of, hands, DOUBLED, tasks)
        os.kill(hold.caught(), signal.SIGKILL)
        found = doing.result()
    assert [found[n].found for n in range(6)] == [[n, n] for n in range(6)]


def test_a_task_that_ends_one_process_after_the_other_is_one_sentence(tmp_path):
    with workers.hired(tmp_path, 2) as hands:
        found = all_of(hands, KILLING, [{"value": n, "kill": n == 1} for n in range(4)])
    assert [found[n].found for n in (0, 2, 3)] == [0, 2, 3]
    assert isinstance(found[1].error, workers.Lost)
    assert str(found[1].error) == "2 processes ended over it, one after the other"


def test_whoever_stops_early_leaves_no_process_behind(tmp_path, monkeypatch):
    begun = []

    class Noted(subprocess.Popen):
        def __init__(self, *words, **more):
            super().__init__(*words, **more)
            begun.append(self)

    monkeypatch.setattr(workers.subprocess, "Popen", Noted)
    with workers.hired(tmp_path, 2) as hands:
        answers = hands.run(DOUBLED, [{"value": n} for n in range(9)])
        next(answers)
        answers.close()
        assert begun
        assert all(child.poll() is not None for child in begun)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"count": 0}, "the workers of looking cannot be 0: write a whole number from 1 to 256"),
        ({"count": True}, "the workers of looking cannot be True"),
        ({"dask": None}, "None is no address of a Dask scheduler: write it in quotes"),
        ({"dask": "udp://1.2.3.4:5"}, "no Dask scheduler answers at 'udp://1.2.3.4:5'"),
    ],
)
def test_who_cannot_be_hired_is_told_in_one_sentence(given, said, tmp_path):
    with pytest.raises(BadInput, match=r"^[^\n]+$") as problem, workers.hired(tmp_path, what="looking", **given):
        pass
    assert said in str(problem.value)


def test_a_worker_says_why_it_is_of_no_use(tmp_path):
    mark = tmp_path / "film" / "cache" / "workers.1.partial"
    mark.parent.mkdir(parents=True)
    assert worker.unfit(str(mark), "secret", worker.tools()) == (
        f"does not see the film's folder as {tmp_path}/film: mount the disk that it lies on at that very place"
    )
    mark.write_text("another film's")
    assert "does not see the film's folder" in worker.unfit(str(mark), "secret", worker.tools())
    mark.write_text("secret")
    assert worker.unfit(str(mark), "secret", worker.tools()) == ""
    (tmp_path / "film" / "media").symlink_to(tmp_path / "disk")
    assert worker.unfit(str(mark), "secret", worker.tools()) == (
        f"does not see {tmp_path}/disk, where the film's media lie: mount that disk there"
    )
    (tmp_path / "disk").mkdir()
    assert worker.unfit(str(mark), "secret", worker.tools()) == ""
    other = worker.unfit(str(mark), "secret", worker.tools() | {"numpy": "1.0"})
    assert other.startswith("has numpy ")
    assert other.endswith(" where 1.0 is asked for: install the same, or the results would differ")


def test_an_unforeseen_kind_of_error_is_an_error_of_the_studio(tmp_path):
    told = workers._answer(3, '{"error": "no", "kind": "Elsewhere"}')
    assert (type(told.error), told.place) == (StudioError, 3)
