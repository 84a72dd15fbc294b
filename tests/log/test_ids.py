from __future__ import annotations

import threading
import time
import uuid

from studio.log import ids, new_id, now_us


def test_an_id_is_a_version_7_uuid_of_this_moment():
    before = time.time_ns() // 1_000_000
    made = uuid.UUID(new_id())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 >= before


def test_ids_sort_in_the_order_they_were_made_even_when_the_clock_is_set_back(monkeypatch):
    made = [new_id() for _ in range(5000)]
    day_ago = time.time_ns() - 86_400_000_000_000
    monkeypatch.setattr(ids.time, "time_ns", lambda: day_ago)
    made += [new_id() for _ in range(5000)]
    assert made == sorted(set(made))


def test_ids_of_many_threads_differ():
    made: list[list[str]] = [[] for _ in range(4)]
    threads = [threading.Thread(target=lambda own=own: own.extend(new_id() for _ in range(2000))) for own in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id for own in made for id in own}) == 8000
    assert all(own == sorted(own) for own in made)


def test_an_id_is_later_than_one_seen_from_a_process_whose_clock_is_ahead(monkeypatch):
    monkeypatch.setattr(ids, "_last", 0)
    seen = "019fffff-ffff-7fff-bfff-ffffffffffff"  # in the year 2027
    ids.be_later_than(seen)
    assert new_id() > seen
    assert uuid.UUID(new_id()).version == 7


def test_a_moment_is_in_microseconds():
    assert abs(now_us() - time.time() * 1e6) < 1e6
