"""Where a clip may be fetched from: public servers by https, and the one server that the person's own settings name.

A provider's answer names the address of a clip, and an answer can be wrong or hostile: an address that leads inside
(this machine, its network, a cloud's metadata service) would have this machine ask itself. So each connection's host is
resolved here, every answer of the resolver is checked, and the connection is made to the very address that was
checked: a name that answers otherwise a moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from functools import cache

import httpx

from studio.errors import NotFetched
from studio.given import shown

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
Origin = tuple[str, str, int]

_HOST = re.compile(r"[a-z0-9._:-]+")  # as IDNA and IPv6 are written in ASCII; no scope, which only means links inside
_PORTS = {"http": 80, "https": 443}
_UNICAST = ipaddress.ip_network("2000::/3")  # all of IPv6 that is given out for hosts on the internet
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address that is meant
_NOT_MEANT = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # RFC 6890; older Pythons call most of it global, and a cloud keeps its metadata there
        "168.63.129.16/32",  # Azure's own host agent, an address like any other and yet inside
        "192.88.99.0/24",  # RFC 7526: the old way to 6to4
        "2002::/16",  # RFC 3056: 6to4, an IPv4 address in disguise
    )
)


def origin(url: httpx.URL) -> Origin:
    """Scheme, host and port: what two addresses have in common that are of one server."""
    port = _PORTS.get(url.scheme, 0) if url.port is None else url.port
    return url.scheme, url.raw_host.decode("ascii").lower(), port


def is_public(address: str) -> bool:
    """Whether an IP address is a host's on the internet, and nothing inside: this machine, its network, a tunnel."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id is not None:
            return False
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip in _NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        elif ip not in _UNICAST:
            return False
    return ip.is_global and not (ip.is_multicast or any(ip in network for network in _NOT_MEANT))


async def resolved(host: str, port: int) -> list[str]:
    """A host's IP addresses by the system's resolver, the preferred one first."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


class CheckedTransport(httpx.AsyncBaseTransport):
    """Carries a request to a public https server or to `own`, and raises NotFetched for any other.

    `own` is a URL that the person's settings name: exactly its scheme, host and port may be http and may be inside.
    `inner` does the carrying. Neither follows a redirect: each hop comes by here as a request of its own.
    """

    def __init__(
        self, own: str = "", *, resolve: Resolve = resolved, inner: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._own = origin(httpx.URL(own)) if own else None
        self._resolve = resolve
        # No connection is kept: two hosts may share an IP address, and one's connection is not the other's.
        self._inner = inner or httpx.AsyncHTTPTransport(verify=_tls(), limits=httpx.Limits(max_keepalive_connections=0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of the first address of the host that a connection can be made to."""
        broken: httpx.TransportError = httpx.ConnectError("the host has no address")
        for address in await self._checked(request):
            try:
                return await self._inner.handle_async_request(
                    httpx.Request(
                        request.method,
                        request.url.copy_with(host=address),
                        headers=request.headers,  # Host among them: the name
                        stream=request.stream,
                        extensions={**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")},
                    )
                )
            except (httpx.ConnectError, httpx.ConnectTimeout) as problem:
                broken = problem
        raise broken

    async def aclose(self) -> None:
        """Close every connection."""
        await self._inner.aclose()

    async def _checked(self, request: httpx.Request) -> Sequence[str]:
        url = request.url
        scheme, host, port = origin(url)
        at = f"the clip's address at {shown(host)}" if host else "the clip's address"
        if scheme not in _PORTS or not host:
            raise NotFetched(f"{at} begins with {shown(url.scheme)}: a clip is fetched from a server by https only")
        if not _HOST.fullmatch(host) or not 0 < port < 65536:
            raise NotFetched(f"{at} is one that no server has: a clip's address is https, a host and a path")
        if url.userinfo:
            raise NotFetched(f"{at} holds a user's name or password: a clip's address is https, a host and a path")
        own = (scheme, host, port) == self._own
        if not own and scheme != "https":
            raise NotFetched(f"{at} is plain http: only https, or the server that your own settings name, is asked")
        addresses = await self._addresses(host, port, request.extensions.get("timeout", {}).get("connect"))
        inside = [] if own else [address for address in addresses if not is_public(address)]
        if inside:
            raise NotFetched(f"{at} leads inside, to {shown(inside[0])}: a clip is fetched from a public server only")
        return addresses

    async def _addresses(self, host: str, port: int, within_s: float | None) -> Sequence[str]:
        try:
            return [str(ipaddress.ip_address(host))]
        except ValueError:
            pass
        try:
            async with asyncio.timeout(within_s):
                return await self._resolve(host, port)
        except UnicodeError:  # the resolver cannot even ask for it: a part of it is empty or too long
            raise httpx.ConnectError("the host's name is none") from None
        except TimeoutError:
            raise httpx.ConnectTimeout("the host's name was not resolved in time") from None
        except OSError:
            raise httpx.ConnectError("the host's name could not be resolved") from None


@cache
def _tls() -> ssl.SSLContext:
    """The trusted certificates, read once. (SSL_CERT_FILE is heeded.)"""
    return httpx.create_ssl_context()


def _without_headers(record: logging.LogRecord) -> bool:
    return "_headers" not in record.getMessage()


# At DEBUG httpcore logs each answer's headers, where a redirect holds a signed URL, and quotes a header it cannot send.
logging.getLogger("httpcore.http11").addFilter(_without_headers)
