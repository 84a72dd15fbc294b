"""Panels hear of every write, whoever wrote, and are quiet when nobody listens."""

import subprocess
import sys
import threading

import studio
from studio.errors import StoreBusy
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
