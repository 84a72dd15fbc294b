"""A film's pictures by three workers of a real Dask cluster, one of which is killed in the middle."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

import studio
from studio.cli import main
from studio.delivery import plan, rendering
from studio.errors import BadInput, StudioError
from studio.generation import measurer
from studio.media import worker, workers
from tests.clips import make_song
from tests.cluster import NO_CIRCLETAKE, Cluster
from tests.held import Hold

SHOTS = ("01A", "02A", "03A")
TAKES = [f"{shot}-{n:03d}" for shot in SHOTS for n in (1, 2)]
SEEN = ("measured", "flags", "features")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    made.begin(3)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory, cluster):
    """Three shots of two takes each, all circled, on a song."""
    folder = tmp_path_factory.mktemp("made")
    with studio.new(folder / "film", title="Joins", rate=12, size=(160, 90), authors=["ada"]) as film:
        film.song.attach(make_song(folder / "song.wav", seconds=6))
        handles = []
        for shot in SHOTS:
            film.write(shot, f"A street with {shot} houses.", camera="fast push in")
            handles.append(film.generate(shot, takes=2, seconds=2))
        for handle in handles:
            handle.wait(120)
        for take in TAKES:
            film.circle(take)
    return folder / "film"


@pytest.fixture
def film(made, tmp_path):
    shutil.copytree(made, tmp_path / "film")
    with studio.open(tmp_path / "film") as film:
        yield film


def looks(film):
    """What was seen last in each take, as it is stored."""
    latest = {kind: film.log.latest_of(kind) for kind in SEEN}
    return {
        (take.label, kind): json.dumps(latest[kind][take.id].data, sort_keys=True)
        for take in film.log.takes()
        for kind in SEEN
        if take.id in latest[kind]
    }


def pictures(film):
    return {
        f"{path.parent.name}/{path.name}": path.read_bytes()
        for take in TAKES
        for path in film.library.pictures(take)
        if path.exists()
    }


def test_one_of_three_workers_is_killed_and_the_measures_are_the_same_to_the_byte(film, cluster, tmp_path, monkeypatch):
    cluster.wait_for(3)
    here, before = looks(film), len(film.log.events(film.log.take(TAKES[0]).id))  # as it came in
    monkeypatch.setattr(measurer, "LOOK", "tests.held:seen_in")
    hold = Hold(tmp_path)
    with ThreadPoolExecutor(1) as beside:
        doing = beside.submit(film.measure, again=True, dask=cluster.address, progress=False)
        cluster.kill(hold.caught())
        done = doing.result()
    assert (done.measured, done.errors) == (tuple(TAKES), ())
    assert looks(film) == here
    assert len(here) == len(TAKES) * len(SEEN)
    assert len(film.log.events(film.log.take(TAKES[0]).id)) == before + len(SEEN)  # they were written anew
    film.measure(TAKES[0], again=True, progress=False)  # by a process of this machine
    assert looks(film) == here


def test_missing_pictures_and_measures_are_made_by_the_cluster_as_they_are_here(film, cluster):
    were, seen = pictures(film), looks(film)
    assert len(were) == 3 * len(TAKES)
    for path in (film.library.poster(TAKES[0]), film.library.strip(TAKES[1]), film.library.proxy(TAKES[2])):
        path.unlink()
    (film.library.take(TAKES[4])).rename(film.folder / "elsewhere.mp4")
    film.library.poster(TAKES[4]).unlink()
    done = film.prepare(dask=cluster.address, progress=False)
    assert (done.pictures, done.measured, done.away, done.errors) == (tuple(TAKES[:3]), (), (TAKES[4],), ())
    assert pictures(film) == {name: each for name, each in were.items() if name != f"posters/{TAKES[4]}.jpg"}
    assert looks(film) == seen
    (film.folder / "elsewhere.mp4").rename(film.library.take(TAKES[4]))
    assert film.prepare(progress=False).pictures == (TAKES[4],)
    assert pictures(film) == were
    assert repr(film.prepare(dask=cluster.address)) == "nothing is left to prepare"


def test_a_cut_that_a_cluster_arranges_is_the_one_that_is_arranged_here(film, cluster):
    here = film.arrange(name="cut")
    there = film.arrange(name="cut", dask=cluster.address)
    assert there.value.slots == here.value.slots
    assert there.joins()["score"].tolist() == here.joins()["score"].tolist()
    assert len(here.value.slots) == len(SHOTS)


def test_one_worker_is_killed_over_a_chunk_and_the_film_is_the_same_to_the_byte(film, cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "SLOTS_PER_CHUNK", 1)
    cut = film.arrange()
    here = cut.render(tmp_path / "here.mp4", burn_in=True).read_bytes()
    shutil.rmtree(film.folder / "cache")
    monkeypatch.setattr(rendering, "RENDER", "tests.held:rendered")
    hold, told = Hold(tmp_path), []
    with ThreadPoolExecutor(1) as beside:
        doing = beside.submit(
            cut.render, tmp_path / "there.mp4", burn_in=True, dask=cluster.address,
            progress=lambda done, total: told.append((done, total)),
        )  # fmt: skip
        cluster.kill(hold.caught())
        assert doing.result().read_bytes() == here
    frames = cut.value.frames
    assert told == sorted(told)
    assert (told[0], told[-1], len(told)) == ((0, frames), (frames, frames), 4)


def test_a_delivery_whose_film_a_cluster_renders_is_the_one_that_is_made_here(film, cluster, monkeypatch):
    monkeypatch.setattr(plan, "SLOTS_PER_CHUNK", 1)
    cut = film.arrange()
    here = cut.export("here", burn_in=True)
    shutil.rmtree(film.folder / "cache")
    asked = cluster.scheduler.transition_counter
    assert main(["export", str(film.folder), "--name", "there", "--burn-in", "--cluster", cluster.address]) == 0
    assert cluster.scheduler.transition_counter > asked
    there = film.folder / "deliveries" / "there"
    assert (there / "film.mp4").read_bytes() == (here / "film.mp4").read_bytes()
    assert {path.name for path in there.iterdir()} == {path.name for path in here.iterdir()}


def test_what_a_worker_cannot_render_is_the_error_that_it_is_here(film, cluster):
    from studio.errors import NotFound

    cut = film.arrange()
    with workers.hired(film.folder, dask=cluster.address) as hands:
        shaped = cut.value
        task = rendering._task(
            plan.Chunk(shaped.slots[:1], 3, "[0:V:0]null[v]", ("-map", "[v]", "-f", "mp4")),
            film.folder / "x.mp4", film.folder, shaped,
        )  # fmt: skip
        film.library.take(shaped.slots[0].source.name).unlink()
        [answer] = hands.run(rendering.RENDER, [task])
    assert isinstance(answer.error, NotFound)
    assert "is not there: put it back" in str(answer.error)


def test_a_task_that_kills_workers_is_one_sentence_and_those_beside_it_are_done(tmp_path, cluster, monkeypatch):
    cluster.wait_for(3)
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)  # three, but this test has not all day
    with workers.hired(tmp_path, dask=cluster.address) as hands:
        found = {
            answer.place: answer
            for answer in hands.run("tests.held:killing", ({"value": n, "kill": n == 1} for n in range(6)))
        }
    assert [found[n].found for n in (0, 2, 3, 4, 5)] == [0, 2, 3, 4, 5]
    assert str(found[1].error) == "2 workers of the cluster ended over it, one after the other"


def test_a_worker_that_is_not_fit_is_named(tmp_path, cluster, monkeypatch):
    [known] = cluster.wait_for(1)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "tools", lambda: {"numpy": "1.0"})
        with pytest.raises(BadInput, match=rf"the worker {known} has numpy \S+ where 1.0 is asked for"):
            hire(tmp_path, cluster)
    strange = cluster.begin(1, "-c", NO_CIRCLETAKE)
    [name] = set(cluster.wait_for(2)) - {known}
    with pytest.raises(BadInput, match=rf"the worker {name} has no circletake \(.*\): install it there too"):
        hire(tmp_path, cluster)
    cluster.kill(strange, replace=False)


def hire(folder, cluster):
    with workers.hired(folder, dask=cluster.address):
        pass


def test_a_cluster_that_ends_in_the_middle_is_one_sentence(tmp_path, cluster, monkeypatch):
    """Its last worker, then, with another one, its scheduler."""
    monkeypatch.setattr(workers, "CLUSTER_S", 1)
    monkeypatch.setattr(workers, "LOOK_S", 0)
    monkeypatch.setattr(workers, "GONE_S", 0)
    goes_on = "what was done is kept, and the same call goes on from it"
    told = ended_by(lambda pid: cluster.kill(pid, replace=False), tmp_path / "worker", cluster)
    assert (
        told
        == f"the last worker of the Dask scheduler at {cluster.address} has ended, and no other has come: {goes_on}"
    )
    with pytest.raises(BadInput, match=f"has no workers: start some, dask worker {cluster.address}"):
        hire(tmp_path, cluster)
    cluster.begin()
    cluster.wait_for(1)
    told = ended_by(lambda pid: cluster.end(), tmp_path / "scheduler", cluster)
    assert told.startswith(f"the Dask scheduler at {cluster.address} ")
    assert told.endswith(goes_on)


def ended_by(end, folder, cluster):
    """What is said when that is done to a cluster in the middle of a task."""
    folder.mkdir()
    hold = Hold(folder)
    with ThreadPoolExecutor(1) as beside, workers.hired(folder, dask=cluster.address) as hands:
        doing = beside.submit(list, hands.run("tests.held:doubled", [{"value": 1, "hold": str(hold.pipe)}]))
        end(hold.caught())
        with pytest.raises(StudioError) as told:
            doing.result()
    return str(told.value)
