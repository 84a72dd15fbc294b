"""Panels hear of every write, whoever wrote, and are quiet when nobody listens."""

import subprocess
import sys
import threading

import pytest

import studio
from studio.errors import StoreBusy
from studio.log import listening
from studio.widgets._following import ear


def hearing(film):
    """Somebody who listens: an event that is set when something is heard."""
    heard = threading.Event()
    return heard, ear(film.log).listen(heard.set)


def test_a_write_of_this_process_is_heard(film):
    heard, end = hearing(film)
    film.write("01A", "A schoolyard.")
    assert heard.wait(20)
    end()


def test_a_write_of_another_process_is_heard(film):
    heard, end = hearing(film)
    code = "import sys, studio; f = studio.open(sys.argv[1]); f.write('01A', 'A schoolyard.'); f.close()"
    subprocess.run([sys.executable, "-c", code, str(film.folder)], check=True)
    assert heard.wait(20)
    end()


@pytest.mark.postgres
def test_a_panel_of_one_person_hears_the_other_one_on_a_server_without_asking(tmp_path, postgres_url, monkeypatch):
    monkeypatch.setattr(listening, "LOOK_S", 3600)
    with studio.new(tmp_path / "film", authors=["ada", "ben"], database_url=postgres_url) as film:
        heard, end = hearing(film)
        moments = []
        look = film.log.moment
        film.log.moment = lambda: moments.append(1) or look()
        code = "import sys, studio; f = studio.open(sys.argv[1]).as_('ben'); f.write('01A', 'A schoolyard.'); f.close()"
        subprocess.run([sys.executable, "-c", code, str(film.folder)], check=True)
        assert heard.wait(20)
        end()
        assert len(moments) <= 3  # one look for each of Ben's writes, however long he took


def test_an_ear_that_meets_something_unforeseen_tells_it_and_goes_on_hearing(film, monkeypatch):
    told, seen = [], threading.Event()

    def hook(given):
        told.append(given.exc_value)
        seen.set()

    monkeypatch.setattr(threading, "excepthook", hook)
    heard, end = hearing(film)
    look, film.log.moment = film.log.moment, lambda: 1 // 0
    film.write("01A", "A schoolyard.")
    assert seen.wait(20)
    assert isinstance(told[0], ZeroDivisionError)
    assert not heard.is_set()
    film.log.moment = look
    assert heard.wait(20)
    heard.clear()
    film.write("01A", "A schoolyard at noon.")
    assert heard.wait(20)
    end()


def test_who_fails_once_is_told_again_and_keeps_the_others_from_nothing(film):
    calls = []
    again = threading.Event()

    def fails_once():
        calls.append(1)
        if len(calls) == 1:
            raise StoreBusy("the film is being written to")
        again.set()

    end_first = ear(film.log).listen(fails_once)
    heard, end = hearing(film)
    film.write("01A", "A schoolyard.")
    assert heard.wait(20)
    assert again.wait(20)
    end_first()
    end()


def test_who_no_longer_listens_is_not_told_and_the_others_are(film):
    first, end_first = hearing(film)
    second, end_second = hearing(film)
    end_first()
    film.write("01A", "A schoolyard.")
    assert second.wait(20)
    assert not first.is_set()
    end_second()


def ears():
    return [thread for thread in threading.enumerate() if thread.name == "studio-ear"]


def test_its_thread_ends_with_the_last_listener_and_comes_back_with_the_next(film):
    _, end = hearing(film)
    (thread,) = ears()
    end()
    thread.join(20)
    assert not thread.is_alive()
    heard, end = hearing(film)
    film.write("01A", "A schoolyard.")
    assert heard.wait(20)
    end()


def test_its_thread_ends_when_the_film_is_closed(tmp_path):
    film = studio.new(tmp_path / "another", authors="ada")
    _, end = hearing(film)
    (thread,) = ears()
    film.close()
    thread.join(20)
    assert not thread.is_alive()
    end()
