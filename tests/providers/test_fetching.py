"""A finished clip is fetched whole, through whatever a network and a host can do, or there is no file."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.errors import NotFetched, Paused
from studio.providers.fetching import LONGEST_WAIT_S, MINTS, TIMEOUT, TRIES, Address
from tests.providers.chaos import Answer, Say, Server, clip_of
from tests.providers.fetched import CLIP, KEY, OTHER, Fetched, cut, ranges, whole


def test_a_clip_is_fetched_byte_for_byte(tmp_path: Path) -> None:
    with Server([whole]) as server:
        fetched = Fetched(tmp_path, server)
        assert fetched.run() == CLIP
    (asked,) = server.asked
    assert asked.path == "/clip.mp4?sig=canary-signature"
    assert asked.headers["accept-encoding"] == "identity"
    assert asked.headers["authorization"] == KEY["Authorization"]
    assert fetched.minted == 1
    assert not fetched.waits


def test_what_stood_in_the_files_place_is_gone(tmp_path: Path) -> None:
    with Server([lambda asked: clip_of(b"short", asked)]) as server:
        fetched = Fetched(tmp_path, server)
        fetched.to.write_bytes(CLIP)
        assert fetched.run() == b"short"


@pytest.mark.parametrize("how", ["chunked", "unpromised"])
def test_a_clip_of_no_promised_size_is_fetched(tmp_path: Path, how: str) -> None:
    with Server([Answer(200, {"Connection": "close"}, CLIP, **{how: True})]) as server:
        assert Fetched(tmp_path, server).run() == CLIP


def test_a_promise_that_chunks_make_void_is_none(tmp_path: Path) -> None:
    with Server([Answer(200, {"Content-Length": "5"}, CLIP, chunked=True)]) as server:
        assert Fetched(tmp_path, server).run() == CLIP


# --- a transfer that breaks -------------------------------------------------------------------------------------------


def test_a_download_that_was_cut_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with Server([cut(100_000), cut(100_000), whole]) as server:
        fetched = Fetched(tmp_path, server)
        assert fetched.run() == CLIP
    assert ranges(server) == ["", "bytes=100000-", "bytes=200000-"]
    assert [asked.headers.get("if-range") for asked in server.asked] == [None, '"one"', '"one"']
    assert fetched.minted == 1
    assert len(fetched.waits) == 2


def test_a_download_that_is_reset_again_and_again_comes_whole(tmp_path: Path) -> None:
    with Server(cut(70_000, reset=True)) as server:
        assert Fetched(tmp_path, server).run() == CLIP
    assert len(server.asked) >= 5


def test_a_cut_clip_of_no_promised_size_goes_on(tmp_path: Path) -> None:
    with Server([cut(100_000, chunked=True), whole]) as server:
        assert Fetched(tmp_path, server).run() == CLIP
    assert ranges(server) == ["", "bytes=100000-"]


def test_a_server_that_falls_silent_is_left_and_asked_again(tmp_path: Path) -> None:
    with Server([cut(100_000, silent=True), whole]) as server:
        assert Fetched(tmp_path, server).run(timeout=httpx.Timeout(20, read=0.3)) == CLIP
    assert ranges(server)[:2] == ["", "bytes=100000-"]


def test_last_modified_goes_before_a_weak_etag(tmp_path: Path) -> None:
    date = "Sat, 21 Nov 2026 12:00:00 GMT"
    head = {"ETag": 'W/"weak"', "Last-Modified": date}
    part = {**head, "Content-Range": "bytes 100000-299999/300000"}
    with Server([Answer(200, head, CLIP, cut=100_000), Answer(206, part, CLIP[100_000:])]) as server:
        assert Fetched(tmp_path, server).run() == CLIP
    assert server.asked[1].headers["if-range"] == date


def test_a_file_that_cannot_be_told_from_another_is_fetched_from_its_beginning(tmp_path: Path) -> None:
    with Server([cut(100_000, etag=""), lambda asked: clip_of(OTHER, asked, etag="")]) as server:
        assert Fetched(tmp_path, server).run() == OTHER
    assert ranges(server) == ["", ""]


def test_a_server_that_ignores_range_is_taken_from_the_beginning(tmp_path: Path) -> None:
    with Server([cut(100_000), Answer(200, {"ETag": '"one"'}, CLIP)]) as server:
        assert Fetched(tmp_path, server).run() == CLIP
    assert ranges(server) == ["", "bytes=100000-"]


def test_a_clip_that_changed_on_the_way_is_fetched_anew(tmp_path: Path) -> None:
    for other in (OTHER, OTHER[:50]):
        with Server([cut(100_000), lambda asked, other=other: clip_of(other, asked, etag='"two"')]) as server:
            assert Fetched(tmp_path, server).run() == other


@pytest.mark.parametrize(
    "part",
    [
        {"Content-Range": "bytes 0-299999/300000", "ETag": '"one"'},
        {"Content-Range": "bytes 99999-299998/300000", "ETag": '"one"'},
        {"Content-Range": "bytes 100000-299999/300001", "ETag": '"one"'},
        {"Content-Range": "bytes 100000-399999/300000", "ETag": '"one"'},
        {"Content-Range": "bytes 100000-5/300000", "ETag": '"one"'},
        {"Content-Range": "bytes 100000-299999/300000", "ETag": '"two"'},
        {"Content-Range": "items 1-2/3", "ETag": '"one"'},
        {"ETag": '"one"'},
        {"Content-Range": "bytes 100000-200000/300000", "ETag": '"one"'},  # and sends more than that
    ],
)
def test_another_part_than_the_one_asked_for_is_never_joined(tmp_path: Path, part: Mapping[str, str]) -> None:
    with Server([cut(100_000), Answer(206, part, OTHER[100_000:]), whole]) as server:
        assert Fetched(tmp_path, server).run() == CLIP
    assert ranges(server)[2] == ""


def test_a_part_that_is_less_than_what_is_missing_is_followed_by_the_rest(tmp_path: Path) -> None:
    part = {"Content-Range": "bytes 100000-199999/*", "ETag": '"one"'}
    with Server([cut(100_000), Answer(206, part, CLIP[100_000:200_000]), whole]) as server:
        assert Fetched(tmp_path, server).run() == CLIP
    assert ranges(server) == ["", "bytes=100000-", "bytes=200000-"]


def test_a_part_that_ends_before_it_said_is_followed_by_the_rest(tmp_path: Path) -> None:
    part = {"Content-Range": "bytes 100000-299999/300000", "ETag": '"one"'}
    says = [cut(100_000, chunked=True), Answer(206, part, CLIP[100_000:200_000], chunked=True), whole]
    with Server(says) as server:
        assert Fetched(tmp_path, server).run() == CLIP
    assert ranges(server) == ["", "bytes=100000-", "bytes=200000-"]


def test_a_part_of_nobody_knows_how_much_is_never_taken_for_the_end(tmp_path: Path) -> None:
    part = {"Content-Range": "bytes 100000-199999/*", "ETag": '"one"'}
    with Server([cut(100_000, chunked=True), Answer(206, part, CLIP[100_000:200_000]), whole]) as server:
        assert Fetched(tmp_path, server).run() == CLIP
    assert ranges(server) == ["", "bytes=100000-", ""]


def test_a_part_that_is_not_there_begins_anew(tmp_path: Path) -> None:
    with Server([cut(100_000), Answer(416, {"Content-Range": "bytes */5"}), whole]) as server:
        assert Fetched(tmp_path, server).run() == CLIP
    assert ranges(server) == ["", "bytes=100000-", ""]


def test_a_download_that_brings_nothing_is_given_up_and_leaves_no_file(tmp_path: Path) -> None:
    with Server([cut(100_000), cut(0)]) as server:
        fetched = Fetched(tmp_path, server)
        told = fetched.refused()
    assert "100,000 bytes" in told
    assert f"{TRIES} times" in told
    assert len(server.asked) == 1 + TRIES
    assert fetched.waits[1:] == sorted(fetched.waits[1:])
    assert all(wait > 0 for wait in fetched.waits)


def test_a_server_that_always_begins_anew_brings_nothing_beyond_its_furthest_point(tmp_path: Path) -> None:
    with Server(cut(100_000, etag="")) as server:
        Fetched(tmp_path, server).refused()
    assert len(server.asked) == 1 + TRIES
    with Server([cut(100_000, etag=""), *[cut(50_000, etag=""), cut(90_000, etag="")] * TRIES]) as server:
        Fetched(tmp_path, server).refused()
    assert len(server.asked) == 1 + TRIES


def test_a_server_that_is_not_there_is_given_up(tmp_path: Path) -> None:
    with Server([whole]) as server:
        pass
    assert "no connection" in Fetched(tmp_path, server).refused()


def test_a_server_that_hangs_up_without_a_word_is_asked_again(tmp_path: Path) -> None:
    with Server([Answer(unsaid=True), Answer(unsaid=True, reset=True), whole]) as server:
        assert Fetched(tmp_path, server).run() == CLIP


plans = st.lists(
    st.sampled_from(["cut", "reset", "no range", "other part", "500", "403", "416", "empty", "chunked"]), max_size=8
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans, st.integers(1, 120_000))
def test_whatever_a_server_does_the_clip_is_whole_or_not_there(tmp_path: Path, plan: list[str], at: int) -> None:
    says: dict[str, Answer | Say] = {
        "cut": cut(at),
        "reset": cut(at, reset=True),
        "no range": Answer(200, {"ETag": '"one"'}, CLIP, cut=at),
        "other part": Answer(206, {"Content-Range": "bytes 7-299999/300000", "ETag": '"one"'}, CLIP[7:]),
        "500": Answer(500),
        "403": Answer(403),
        "416": Answer(416),
        "empty": Answer(unsaid=True),
        "chunked": cut(at, chunked=True),
    }
    with Server([*(says[step] for step in plan), whole]) as server:
        fetched = Fetched(tmp_path, server)
        try:
            assert fetched.run() == CLIP
        except NotFetched:
            assert not fetched.to.exists()


# --- what a server answers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_address_that_has_expired_is_asked_for_anew(tmp_path: Path, status: int) -> None:
    with Server([cut(100_000), Answer(status), whole]) as server:
        fetched = Fetched(tmp_path, server)
        assert fetched.run() == CLIP
    assert fetched.minted == 2
    assert ranges(server) == ["", "bytes=100000-", "bytes=100000-"]


def test_an_address_that_never_holds_is_given_up(tmp_path: Path) -> None:
    with Server([Answer(403)]) as server:
        fetched = Fetched(tmp_path, server)
        assert "it answers 403" in fetched.refused()
    assert fetched.minted == 1 + MINTS


def test_what_the_provider_says_instead_of_an_address_is_let_through(tmp_path: Path) -> None:
    async def mint() -> Address:
        raise Paused("the key is wrong")

    with Server([whole]) as server:
        fetched = Fetched(tmp_path, server)
        with pytest.raises(Paused, match="the key is wrong"):
            fetched.run(mint=mint)
    assert not fetched.to.exists()
    assert not server.asked


@pytest.mark.parametrize(("told", "wait_s"), [("7", 7.0), ("0", 0.0), ("1e9", LONGEST_WAIT_S), ("-1", 0.0), ("x", 0.0)])
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_left_alone_as_long_as_it_asks(tmp_path: Path, status: int, told: str, wait_s: float) -> None:
    with Server([Answer(status, {"Retry-After": told}), whole]) as server:
        fetched = Fetched(tmp_path, server)
        assert fetched.run() == CLIP
    (wait,) = fetched.waits
    assert wait == wait_s or (wait_s == 0 < wait < 1)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_server_that_stays_in_trouble_is_given_up(tmp_path: Path, status: int) -> None:
    with Server([Answer(status)]) as server:
        assert f"it answers {status}" in Fetched(tmp_path, server).refused()
    assert len(server.asked) == TRIES


@pytest.mark.parametrize("status", [202, 204, 304, 400, 402, 405, 418, 422, 451])
def test_an_answer_that_no_other_try_betters_ends_it_at_once(tmp_path: Path, status: int) -> None:
    with Server([Answer(status)]) as server:
        assert f"it answers {status}" in Fetched(tmp_path, server).refused()
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "kind",
    [
        "text/html; charset=utf-8",
        "TEXT/HTML",
        "application/json",
        "application/problem+json",
        "text/plain",
        "application/xml",
        "application/vnd.apple.mpegurl",
        "audio/x-mpegurl",
        "application/dash+xml",
    ],
)
def test_a_page_or_a_play_list_is_no_clip(tmp_path: Path, kind: str) -> None:
    with Server([Answer(200, {"Content-Type": kind}, CLIP)]) as server:
        assert "a page or a play list" in Fetched(tmp_path, server).refused()


@pytest.mark.parametrize(
    "kind", ["video/mp4", "video/quicktime", "application/octet-stream", "binary/octet-stream", ""]
)
def test_a_clip_may_be_called_what_servers_call_it(tmp_path: Path, kind: str) -> None:
    with Server([Answer(200, {"Content-Type": kind}, CLIP)]) as server:
        assert Fetched(tmp_path, server).run() == CLIP


@pytest.mark.parametrize("packed", ["gzip", "br", "deflate", "identity, gzip"])
def test_packed_bytes_are_refused(tmp_path: Path, packed: str) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    with Server([Answer(200, {"Content-Encoding": packed, "Content-Type": "video/mp4"}, bomb)]) as server:
        assert "packed" in Fetched(tmp_path, server).refused()


# --- sizes ------------------------------------------------------------------------------------------------------------


def test_a_clip_that_is_too_large_is_refused_before_a_byte_is_written(tmp_path: Path) -> None:
    with Server([Answer(200, {"Content-Length": str(10 << 30)}, b"", silent=True)]) as server:
        assert "10,737,418,240 bytes" in Fetched(tmp_path, server).refused()


def test_a_part_of_a_clip_that_is_too_large_is_refused(tmp_path: Path) -> None:
    part = {"Content-Range": "bytes 100000-100099/99999999999", "ETag": '"one"'}
    with Server([cut(100_000, chunked=True), Answer(206, part, bytes(100))]) as server:
        assert "99,999,999,999 bytes" in Fetched(tmp_path, server).refused()


def test_a_body_without_end_is_stopped(tmp_path: Path) -> None:
    with Server([Answer(200, {}, bytes(100_000), endless=True)]) as server:
        assert "more than 5,000,000 bytes" in Fetched(tmp_path, server).refused(most_bytes=5_000_000)


@pytest.mark.parametrize("chunked", [True, False])
def test_a_clip_of_nothing_is_none(tmp_path: Path, chunked: bool) -> None:
    with Server([Answer(200, {"Content-Type": "video/mp4"}, b"", chunked=chunked)]) as server:
        assert "0 bytes" in Fetched(tmp_path, server).refused()
    with Server([Answer(200, {"Content-Type": "video/mp4"}, bytes(99), chunked=chunked)]) as server:
        assert "99 bytes" in Fetched(tmp_path, server).refused(least_bytes=100)


def test_no_wait_is_without_end() -> None:
    assert None not in TIMEOUT.as_dict().values()
