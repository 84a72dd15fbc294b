"""A download goes where it may go, tells nobody a key, and leaves nothing behind when it ends early."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from studio.providers.fetching import HOPS, Address, fetch
from tests.providers.chaos import Answer, Detour, Server, certified
from tests.providers.fetched import CLIP, KEY, Fetched, cut, whole


def to(where: str, status: int = 302) -> Answer:
    return Answer(status, {"Location": where})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_same_server_is_followed_with_the_key(tmp_path: Path, status: int) -> None:
    with Server([to("/there?sig=canary", status), to("elsewhere"), to("?x=1"), whole]) as server:
        assert Fetched(tmp_path, server).run() == CLIP
    assert [asked.path for asked in server.asked[1:]] == ["/there?sig=canary", "/elsewhere", "/elsewhere?x=1"]
    assert all(asked.headers["authorization"] == KEY["Authorization"] for asked in server.asked)


@pytest.mark.parametrize(
    "where",
    [
        "http://169.254.169.254/latest/meta-data/?sig=canary",
        "https://169.254.169.254/latest/meta-data/?sig=canary",
        "https://10.0.0.1/clip?sig=canary",
        "http://[::1]:{port}/clip?sig=canary",
        "https://[::1]:{port}/clip?sig=canary",
        "https://[::ffff:127.0.0.1]:{port}/clip",
        "http://127.0.0.1:{port}/clip?sig=canary",
        "https://127.0.0.1:{port}/clip?sig=canary",
        "//127.0.0.1:{port}/clip?sig=canary",
        "http://localhost:{port}/clip?sig=canary",
        "https://localhost:{port}/clip",
        "http://ada:canary@127.0.0.1:{port}/",
        "file:///etc/passwd",
        "ftp://127.0.0.1:{port}/canary",
        "data:video/mp4;base64,AAAA",
    ],
)
def test_a_redirect_that_leads_inside_is_refused_and_the_key_stays(tmp_path: Path, where: str) -> None:
    with Server([whole]) as inside, Server([to("/on"), to(where.format(port=inside.port))]) as server:
        fetched = Fetched(tmp_path, server)
        fetched.refused()
    assert not inside.asked
    assert len(server.asked) == 2
    assert not fetched.waits


@pytest.mark.parametrize(
    "location", [{}, {"Location": ""}, {"Location": "https://h:x/"}, {"Location": "https://a\x80b/"}]
)
def test_a_redirect_to_nowhere_is_no_clip(tmp_path: Path, location: Mapping[str, str]) -> None:
    with Server([Answer(302, {**location, "Content-Type": "video/mp4"}, CLIP)]) as server:
        assert "redirects to no address" in Fetched(tmp_path, server).refused()


def test_a_redirect_that_goes_round_is_left(tmp_path: Path) -> None:
    with Server([to("/round")]) as server:
        assert "redirects more than" in Fetched(tmp_path, server).refused()
    assert len(server.asked) == 1 + HOPS


def test_the_key_is_dropped_at_a_redirect_to_another_server(require: Callable[[str], str], tmp_path: Path) -> None:
    tls, trusting = certified(tmp_path, require("openssl"), "api.example", "cdn.example")

    async def resolve(host: str, port: int) -> list[str]:
        return {"api.example": ["8.8.8.8"], "cdn.example": ["1.1.1.1"]}[host]

    async def mint() -> Address:
        return Address("https://api.example/v1/clip", KEY)

    on_and_back = [to("https://cdn.example/2?sig=canary"), to("https://api.example/3"), whole]
    with Server([on_and_back[0], on_and_back[2]], tls) as api, Server([on_and_back[1]], tls) as cdn:
        fetched = Fetched(tmp_path, api)
        detour = Detour({"8.8.8.8": api.port, "1.1.1.1": cdn.port}, trusting)
        assert fetched.run(mint=mint, own="", resolve=resolve, inner=detour) == CLIP
    assert [asked.path for asked in [*api.asked, *cdn.asked]] == ["/v1/clip", "/3", "/2?sig=canary"]
    assert [asked.headers["host"] for asked in [*api.asked, *cdn.asked]] == ["api.example"] * 2 + ["cdn.example"]
    assert api.asked[0].headers["authorization"] == KEY["Authorization"]
    # once it was elsewhere, whoever sent it back is not the one that the key is for
    assert "authorization" not in api.asked[1].headers
    assert "authorization" not in cdn.asked[0].headers


def test_no_key_and_no_signature_shows_in_a_repr_or_a_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    address = Address("https://ada:canary-password@cdn.example/canary-path?sig=canary-signature", KEY)
    assert "canary" not in repr(address)
    assert "cdn.example" in repr(address)
    assert "canary" not in repr(Address("https://h:canary/"))
    caplog.set_level(logging.DEBUG)
    with Server([cut(100_000), to("/on?sig=canary"), Answer(403), whole]) as server:
        assert Fetched(tmp_path, server).run() == CLIP
    assert [record for record in caplog.records if record.name.startswith("httpcore")]
    assert "canary" not in caplog.text


@pytest.mark.parametrize("key", ["canary\nkey", "canary-käy", "canary\x00"])
def test_a_key_that_no_header_can_hold_is_not_told(tmp_path: Path, caplog: pytest.LogCaptureFixture, key: str) -> None:
    async def mint() -> Address:
        return Address(server.url, {"Authorization": key})

    caplog.set_level(logging.DEBUG)
    with Server([whole]) as server:
        assert "your settings" in Fetched(tmp_path, server).refused(mint=mint)
    assert "canary" not in caplog.text


@pytest.mark.parametrize("url", ["", "no url", "https://[half", "https://h:70000", "https://\ncanary/", "http://a:b:c"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    async def mint() -> Address:
        return Address(url)

    with Server([whole]) as server:
        Fetched(tmp_path, server).refused(mint=mint)
    assert not server.asked


def test_the_proxies_of_the_environment_are_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server([whole]) as server, Server([Answer(500)]) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert Fetched(tmp_path, server).run() == CLIP
    assert not proxy.asked


# --- the disk, and being stopped --------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_told_as_the_disk_tells_it(tmp_path: Path) -> None:
    with Server([whole]) as server:
        fetched = Fetched(tmp_path, server)
        fetched.to.symlink_to("/dev/full")
        with pytest.raises(OSError, match="No space left") as told:
            fetched.run()
    assert told.value.errno == errno.ENOSPC
    assert not fetched.to.is_symlink()
    assert len(server.asked) == 1


def test_a_folder_that_is_not_there_is_told_before_anybody_is_asked(tmp_path: Path) -> None:
    with Server([whole]) as server:
        fetched = Fetched(tmp_path / "gone", server)
        with pytest.raises(FileNotFoundError):
            fetched.run()
    assert not fetched.minted
    assert not server.asked


def open_files() -> list[str]:
    handles = list(Path("/proc/self/fd").iterdir())
    return [os.readlink(handle) for handle in handles if handle.is_symlink()]  # noqa: PTH115 (a socket is no path)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are listed in /proc")
def test_a_stopped_download_leaves_nothing_open_and_no_file(tmp_path: Path) -> None:
    async def stopped(fetched: Fetched, server: Server) -> None:
        run = asyncio.create_task(fetch(fetched.mint, fetched.to, own=server.url))
        await asyncio.to_thread(server.reached.wait)
        assert str(fetched.to) in open_files()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert not [name for name in open_files() if name.startswith(str(fetched.to))]
        await asyncio.to_thread(server.left.wait)  # the connection is closed while the loop goes on

    with Server([cut(100_000, silent=True)]) as server:
        fetched = Fetched(tmp_path, server)
        asyncio.run(stopped(fetched, server))
    assert not fetched.to.exists()


def test_a_download_that_is_stopped_while_it_waits_is_stopped(tmp_path: Path) -> None:
    async def stop(seconds: float) -> None:
        raise asyncio.CancelledError

    with Server([cut(100_000)]) as server:
        fetched = Fetched(tmp_path, server)
        with pytest.raises(asyncio.CancelledError):
            fetched.run(pause=stop)
    assert not fetched.to.exists()
