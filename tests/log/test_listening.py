"""Every write is heard, whoever wrote: on a server without asking."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress

import pytest

from studio.log import listening
from studio.nouns import Scene, Shot
from tests.log.making import asked, judge


class Undone(Exception):
    """Whatever goes wrong in a write."""


@contextmanager
def waiting(news):
    """Somebody who waits while something is done, and whether they heard in the end."""
    heard = []
    thread = threading.Thread(target=lambda: heard.append(news.wait(60)))
    thread.start()
    yield heard
    thread.join()


def test_a_write_of_this_process_is_heard_at_once(log, monkeypatch):
    monkeypatch.setattr(listening, "LOOK_S", 3600)
    with log.listening() as news:
        assert not news.wait(0)
        with waiting(news) as heard, log.write("ada") as writer:
            asked(writer)
        assert heard == [True]


def test_a_write_of_another_process_is_heard(log, reopen):
    other = reopen()
    with log.listening() as news:
        assert not news.wait(0)
        with waiting(news) as heard, other.write("ada") as writer:
            asked(writer)
        assert heard == [True]


def test_what_was_undone_is_not_heard(log, reopen):
    other = reopen()
    with log.listening() as news:
        with suppress(Undone), other.write("ada") as writer:
            asked(writer)
            writer.takes()
            raise Undone
        with other.write("ada"):
            pass
        assert not news.wait(0)


def test_who_waits_can_be_woken_and_wakes_when_the_log_is_closed(log):
    with log.listening() as news:
        news.wake()
        assert news.wait(60)
        with waiting(news) as heard:
            log.close()
        assert heard == [True]
        assert news.wait(60)


def test_who_listens_does_not_keep_the_log_open(folder, url):
    from studio.log import Log

    log = Log.open(folder, url=url)
    with log.listening() as news:
        with waiting(news) as heard:
            del log
        assert heard == [True]


@pytest.mark.parametrize(
    "write",
    [
        lambda writer: writer.scene(Scene("07", "School")),
        lambda writer: writer.shot(Shot("07B", "07")),
        lambda writer: writer.take("07A"),
        lambda writer: judge(writer, writer.takes()[0], "circle"),
    ],
)
def test_the_moment_is_another_one_after_every_write_whatever_the_clock_says(log, reopen, write, monkeypatch):
    with log.write("ada") as writer:
        asked(writer)
    before = {log.moment()}
    monkeypatch.setattr("studio.log.ids.time.time_ns", lambda: 10**18)  # it is 2001 here
    monkeypatch.setattr("studio.log.ids._last", 0)
    with reopen().write("ben") as writer:
        write(writer)
    before.add(log.moment())
    with log.write("ben"):
        pass
    assert len(before) == 2
    assert log.moment() in before


def test_ids_are_later_than_all_that_is_there_whatever_the_clock_says(log, reopen, monkeypatch):
    with log.write("ada") as writer:
        (take,) = asked(writer)
    monkeypatch.setattr("studio.log.ids.time.time_ns", lambda: 10**18)
    monkeypatch.setattr("studio.log.ids._last", 0)
    with reopen().write("ben") as writer:
        assert writer.take("07A").id > take.id


@pytest.mark.postgres
class TestOnAServer:
    @pytest.fixture
    def url(self, postgres_url):
        return postgres_url

    def test_films_of_one_database_do_not_hear_each_other(self, log, tmp_path, postgres_server):
        from studio.log import Log
        from tests.log.making import make_film

        postgres_server.sql("CREATE SCHEMA another")
        url = f"postgresql://studio@/postgres?host={postgres_server.home}&options=-csearch_path%3Danother"
        try:
            with log.listening() as news, Log.open(make_film(tmp_path / "another"), url=url) as other:
                with log.write("ada"), other.write("ben") as writer:  # nor do they wait for each other
                    asked(writer)
                assert not news.wait(0.2)
        finally:
            postgres_server.sql("DROP SCHEMA another CASCADE")

    def test_it_hears_again_when_the_server_was_restarted(self, log, reopen, postgres_server):
        other = reopen()
        with log.listening() as news:
            data = str(postgres_server.home / "data")
            with waiting(news) as heard:
                postgres_server.run("pg_ctl", "-D", data, "-w", "-m", "fast", "restart")
            assert heard == [True]  # something may have been missed
            with waiting(news) as heard, other.write("ada") as writer:  # its connections are made anew as well
                asked(writer)
            assert heard == [True]
