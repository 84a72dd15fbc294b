"""A clip is fetched from a public server by https, or from the one that the person's own settings name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import NotFetched
from studio.providers.addresses import CheckedTransport, is_public, origin
from tests.providers.chaos import Answer, Detour, Server, certified

INSIDE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0.0.0.0",
    "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "168.63.129.16", "192.88.99.1",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "100::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:10.0.0.1",
    "64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::1", "2001:0:808:808::1",
    "2606:4700::1111%eth0", "4000::1", "5f00::1",
    "", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "8.8.8.8 ", "1.1.1.1/32",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "2606:4700::1111",
    "2a00:1450::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_inside_stays_inside_in_whatever_it_is_wrapped(address: object) -> None:
    for wrapped in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert is_public(wrapped) == is_public(str(address))
    assert not is_public(f"::{address}")


class Recorder(httpx.AsyncBaseTransport):
    """What would be carried, and answers 200; `unreachable` addresses take no connection."""

    def __init__(self, unreachable: Sequence[str] = ()) -> None:
        self.carried: list[httpx.Request] = []
        self._unreachable = unreachable

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.carried.append(request)
        if request.url.host in self._unreachable:
            raise httpx.ConnectError("no")
        return httpx.Response(200, content=b"")


class Names:
    """A resolver with the answers of a table, each list of them in turn."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self._answers = {name.replace("_", "."): iter(lists) for name, lists in answers.items()}

    async def __call__(self, host: str, port: int) -> list[str]:
        return next(self._answers[host])


def ask(url: str, own: str = "", inner: httpx.AsyncBaseTransport | None = None, **answers: list[list[str]]) -> int:
    async def once() -> int:
        async with CheckedTransport(own, resolve=Names(**answers), inner=inner) as transport:
            response = await transport.handle_async_request(httpx.Request("GET", url))
            await response.aread()
            return response.status_code

    return asyncio.run(once())


def refused(url: str, own: str = "", **answers: list[list[str]]) -> str:
    recorder = Recorder()
    with pytest.raises(NotFetched) as told:
        ask(url, own, recorder, **answers)
    assert not recorder.carried
    assert "secret" not in str(told.value)
    return str(told.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/clip?sig=secret",
        "https://[::1]/clip?sig=secret",
        "https://[::ffff:10.0.0.1]/clip?sig=secret",
        "https://169.254.169.254/latest/meta-data?sig=secret",
        "https://[fe80::1]/clip?sig=secret",
    ],
)
def test_a_literal_address_that_leads_inside_is_refused(url: str) -> None:
    assert "leads inside" in refused(url)


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f.0.0.1", "localhost", "127.0.0.1."])
def test_other_ways_to_write_this_machine_are_refused_by_what_they_resolve_to(host: str) -> None:
    async def once() -> None:
        async with CheckedTransport() as transport:
            await transport.handle_async_request(httpx.Request("GET", f"https://{host}/clip"))

    # a system whose resolver does not know the spelling makes no connection either
    with pytest.raises((NotFetched, httpx.ConnectError)):
        asyncio.run(once())


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd?secret", "ftp://cdn.example/x?secret", "gopher://x/secret", "/secret"]
)
def test_only_http_is_spoken(url: str) -> None:
    assert "by https only" in refused(url)


def test_plain_http_is_refused_even_where_the_server_is_public() -> None:
    assert "plain http" in refused("http://cdn.example/clip?sig=secret", cdn_example=[["8.8.8.8"]])


def test_a_name_or_a_password_in_an_address_is_refused() -> None:
    assert "password" in refused("https://ada:secret@cdn.example/", cdn_example=[["8.8.8.8"]])
    assert "password" in refused(r"https://cdn.example\@evil.example/secret", evil_example=[["8.8.8.8"]])


def test_one_answer_of_the_resolver_that_leads_inside_refuses_them_all() -> None:
    told = refused("https://cdn.example/clip?sig=secret", cdn_example=[["8.8.8.8", "10.0.0.1"]])
    assert "'cdn.example'" in told
    assert "'10.0.0.1'" in told
    assert "leads inside" in refused("https://cdn.example/clip", cdn_example=[["no address"]])


@pytest.mark.parametrize(
    "url",
    [
        "https://[fe80::1%25eth0]/",
        "https://[half/",
        "https://a%00b/",
        "https://cdn.example:0/",
        "https://cdn.example:70000/",
    ],
)
def test_a_host_or_a_port_that_no_server_can_have_is_refused(url: str) -> None:
    assert "no server has" in refused(url)


def test_a_name_that_nobody_has_is_no_connection() -> None:
    async def unknown(host: str, port: int) -> list[str]:
        raise OSError("unknown")

    async def too_long(host: str, port: int) -> list[str]:
        return [str(found) for found in await asyncio.get_running_loop().getaddrinfo("a" * 70, port)]

    async def nothing(host: str, port: int) -> list[str]:
        return []

    async def once(resolve: Callable[[str, int], object]) -> None:
        async with CheckedTransport(resolve=resolve) as transport:  # type: ignore[arg-type]
            await transport.handle_async_request(httpx.Request("GET", "https://cdn.example/clip"))

    for resolve in (unknown, too_long, nothing):
        with pytest.raises(httpx.ConnectError):
            asyncio.run(once(resolve))


def test_a_resolver_that_hangs_is_given_up_like_a_connection() -> None:
    async def hangs(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    async def once() -> None:
        timeout = httpx.Timeout(0.01).as_dict()
        async with CheckedTransport(resolve=hangs) as transport:
            request = httpx.Request("GET", "https://cdn.example/clip", extensions={"timeout": timeout})
            await transport.handle_async_request(request)

    with pytest.raises(httpx.ConnectTimeout):
        asyncio.run(once())


def test_the_connection_goes_to_the_very_address_that_was_checked() -> None:
    # the second answer is what a rebinding name would give to whoever asks again
    recorder = Recorder()
    url = "https://cdn.example:8443/clip?sig=secret"
    assert ask(url, "", recorder, cdn_example=[["8.8.8.8"], ["127.0.0.1"]]) == 200
    (carried,) = recorder.carried
    assert carried.url == "https://8.8.8.8:8443/clip?sig=secret"
    assert carried.headers["host"] == "cdn.example:8443"
    assert carried.extensions["sni_hostname"] == "cdn.example"


def test_an_ipv6_address_is_connected_to_as_it_was_checked() -> None:
    recorder = Recorder()
    assert ask("https://bücher.example/clip", "", recorder, **{"xn--bcher-kva_example": [["2606:4700::1111"]]}) == 200
    assert recorder.carried[0].url == "https://[2606:4700::1111]/clip"
    assert recorder.carried[0].extensions["sni_hostname"] == "xn--bcher-kva.example"
    assert ask("https://[2606:4700::1111]:8443/clip", "", recorder) == 200
    assert recorder.carried[1].headers["host"] == "[2606:4700::1111]:8443"


def test_the_next_address_of_a_host_is_tried_where_the_first_takes_no_connection() -> None:
    recorder = Recorder(unreachable=["2606:4700::1111"])
    assert ask("https://cdn.example/clip", "", recorder, cdn_example=[["2606:4700::1111", "8.8.8.8"]]) == 200
    assert [request.url.host for request in recorder.carried] == ["2606:4700::1111", "8.8.8.8"]


def test_the_server_that_the_settings_name_may_be_plain_and_inside() -> None:
    with Server([Answer(body=b"clip")]) as server:
        assert ask(f"{server.url}/v1/videos/7/content", f"{server.url}/v1") == 200
        assert server.asked[0].headers["host"] == f"127.0.0.1:{server.port}"


def test_no_connection_is_kept_for_another_host_at_the_same_address() -> None:
    async def once(server: Server) -> bool:
        async with CheckedTransport(server.url) as transport:
            response = await transport.handle_async_request(httpx.Request("GET", server.url))
            await response.aread()
            return await asyncio.to_thread(server.left.wait, 20)

    with Server([Answer(body=b"clip", silent=True)]) as server:
        assert asyncio.run(once(server))


@pytest.mark.parametrize(
    "own",
    ["http://127.0.0.1:8092/v1", "https://127.0.0.1:8091/v1", "http://localhost:8091/v1", "http://127.0.0.1/v1", ""],
)
def test_no_other_server_than_exactly_the_one_of_the_settings_may_be_inside(own: str) -> None:
    assert "plain http" in refused("http://127.0.0.1:8091/clip?sig=secret", own)
    assert "leads inside" in refused("https://127.0.0.1:8443/clip?sig=secret", own)


def test_an_origin_knows_the_usual_ports() -> None:
    assert origin(httpx.URL("HTTPS://CDN.example/x")) == origin(httpx.URL("https://cdn.example:443/y"))
    assert origin(httpx.URL("http://cdn.example")) != origin(httpx.URL("https://cdn.example"))
    assert origin(httpx.URL("https://cdn.example:0")) != origin(httpx.URL("https://cdn.example"))


def test_a_certificate_is_checked_against_the_name_and_not_the_address(
    require: Callable[[str], str], tmp_path: Path
) -> None:
    tls, trusting = certified(tmp_path, require("openssl"), "cdn.example")
    named: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: named.append(name)
    with Server([Answer(body=b"clip")], tls) as server:
        ports = {"8.8.8.8": server.port}
        assert ask("https://cdn.example/clip", "", Detour(ports, trusting), cdn_example=[["8.8.8.8"]]) == 200
        with pytest.raises(httpx.ConnectError):
            ask("https://other.example/clip", "", Detour(ports, trusting), other_example=[["8.8.8.8"]])
    assert named == ["cdn.example", "other.example"]
    assert [asked.headers["host"] for asked in server.asked] == ["cdn.example"]
