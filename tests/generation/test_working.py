"""Whatever waits is done, once or for as long as others write; through a film's public calls and the command."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import pytest

import studio
from studio.errors import BadInput
from studio.generation import Order, requests_for, working
from studio.log import move_log
from studio.media import workers
from tests.clips import make_clip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two adopted takes."""
    folder = tmp_path_factory.mktemp("made")
    with studio.new(folder / "film", rate=12, size=(160, 90), authors=["ada"]) as film:
        film.write("01A", "A street with houses.", camera="slow push in")
        for name, frames in (("a", 12), ("b", 18)):
            film.adopt(make_clip(folder / f"{name}.mp4", frames=frames, rate="12"), shot="01A")
    return folder / "film"


@pytest.fixture
def film(made, tmp_path):
    shutil.copytree(made, tmp_path / "film")
    with studio.open(tmp_path / "film") as film:
        yield film


def planned(film):
    """A take that somebody asked for and nobody makes."""
    order = Order("previz", "", 1, 1.0, None, "", "", "", "")
    requests = requests_for(film.log, film.settings, "01A", order, film.library, film.provider, None)
    return film.engine.plan(requests, film.author)[0].label


def damage(film, take):
    clip = film.library.take(take)
    clip.chmod(0o644)
    clip.write_bytes(clip.read_bytes() + b"x")
    film.library.poster(take).unlink()


def test_a_clip_that_is_not_the_one_that_was_logged_gets_no_pictures_and_the_others_do(film):
    damage(film, "01A-001")
    film.library.pictures("01A-002")[1].unlink()
    done = film.prepare(workers=1, progress=False)
    assert (done.pictures, done.failed) == (("01A-002",), ("01A-001",))
    assert done.errors[0].startswith("01A-001: media/takes/01A-001.mp4 is not the file that was logged")
    assert not film.library.poster("01A-001").exists()
    assert film.library.pictures("01A-002")[1].exists()
    assert not list(film.library.tmp.iterdir())
    assert repr(done).startswith("made the pictures of 1 take in ")


def test_clips_that_are_elsewhere_are_counted_and_no_error(film):
    for take in ("01A-001", "01A-002"):
        film.library.take(take).unlink()
        film.library.poster(take).unlink()
    done = film.prepare()
    assert (done.away, done.errors) == (("01A-001", "01A-002"), ())
    assert repr(done) == ("2 takes wait for their clips: film.missing() says which, film.relink(…) brings them back")


def test_only_a_finished_take_can_be_prepared(film):
    with pytest.raises(BadInput, match="take 01A-003 is planned and cannot be prepared: only a take with a clip can"):
        film.prepare(planned(film))
    with pytest.raises(BadInput, match="the workers of preparing cannot be 0"):
        film.work(workers=0)


def studio_work(film, *words, **more):
    command = [sys.executable, "-m", "studio.cli", "work", str(film.folder), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def test_the_command_makes_what_is_planned_and_the_pictures_that_are_missing(film):
    planned(film)
    damage(film, "01A-001")
    film.library.proxy("01A-002").unlink()
    with studio_work(film, "--workers", "1") as child:
        said, wrong = child.communicate(timeout=120)
    assert said.splitlines()[0] == "made: 01A-003"
    assert said.splitlines()[1].startswith("made the pictures of 1 take in ")
    assert "studio: 01A-001: media/takes/01A-001.mp4 is not the file that was logged" in wrong
    assert child.returncode == 1
    assert film.log.standing_of([film.log.take("01A-003").id])[film.log.take("01A-003").id][0] == "done"
    assert repr(film.work(workers=1, progress=False)).startswith("01A-001: media/takes/01A-001.mp4 is not the file")


@pytest.fixture
def heard_by_children():
    """Ctrl-C reaches what is begun here: a shell's background job has it ignored, and hands that on."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard_by_children")
@pytest.mark.parametrize("place", ["a file", pytest.param("a server", marks=pytest.mark.postgres)])
def test_who_follows_hears_what_others_write_until_stopped(film, place, request):
    if place == "a server":
        film.close()
        move_log(film.folder, request.getfixturevalue("postgres_url"))
    with studio.open(film.folder) as film:
        film.library.proxy("01A-002").unlink()
        with studio_work(film, "--follow") as child:
            assert child.stdout.readline().startswith("made the pictures of 1 take in ")
            planned(film)
            assert child.stdout.readline() == "made: 01A-003\n"
            os.kill(child.pid, signal.SIGINT)
            said, wrong = child.communicate(timeout=60)
        assert (said, child.returncode) == ("", 130)
        assert wrong.endswith("studio: stopped; the same command goes on from here\n")
        assert repr(film.work()) == "nothing waits"


def test_what_could_not_be_done_is_told_once_and_tried_again_after_a_long_silence(film, monkeypatch):
    monkeypatch.setattr(working, "LEAST_S", 0)
    damage(film, "01A-001")
    following = film.follow(workers=1)
    assert next(following).problems[0].startswith("01A-001: media/takes/01A-001.mp4 is not the file")
    film.library.poster("01A-002").unlink()
    film.circle("01A-002")
    found = next(following)
    assert (found.prepared.pictures, found.problems) == (("01A-002",), ())
    monkeypatch.setattr(working, "AGAIN_S", 0)
    assert next(following).prepared.failed == ("01A-001",)
    film.close()
    assert list(following) == []


def test_a_wrong_address_is_told_before_there_is_work(film, monkeypatch):
    monkeypatch.setattr(workers, "CLUSTER_S", 0.5)
    with pytest.raises(BadInput, match="no Dask scheduler answers at 'nowhere'"):
        next(film.follow(dask="nowhere"))
