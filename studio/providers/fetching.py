"""Fetching a finished clip from a provider: whole, or an exception and no file.

The clip is paid for, so a transfer that was cut goes on where it stopped (RFC 9110 §14: Range, with If-Range so that
two different files are never joined), an address that has expired is asked for anew, and only a run of tries that
brought nothing ends it. Whether the bytes are a film is not looked at here: studio.media opens them.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from typing import Final

import httpx

from studio.errors import NotFetched
from studio.given import shown
from studio.providers.addresses import CheckedTransport, Resolve, origin, resolved
from studio.providers.waiting import retry_after

TIMEOUT: Final = httpx.Timeout(connect=10, read=60, write=10, pool=10)
MOST_BYTES: Final = 2 << 30
TRIES = 6  # in a row that brought nothing new
MINTS = 3  # fresh addresses for one that has expired
HOPS = 3  # redirects
LONGEST_WAIT_S = 60.0

_REDIRECTS = (301, 302, 303, 307, 308)
_EXPIRED = (401, 403, 404, 410)
_LATER = (408, 425, 429)
_NO_CLIP = re.compile(r"text/|application/(.*\+)?(json|xml)$|.*mpegurl", re.IGNORECASE)
_PART = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, repr=False)
class Address:
    """Where a clip can be fetched now. Its repr shows scheme and host only: a signed URL and a key are secrets."""

    url: str
    headers: Mapping[str, str] = field(
        default_factory=dict
    )  # for the URL's own origin: a redirect elsewhere drops them

    def __repr__(self) -> str:
        return f"Address({_host(self.url)!r})"


async def fetch(
    mint: Callable[[], Awaitable[Address]],
    to: Path,
    *,
    own: str = "",
    most_bytes: int = MOST_BYTES,
    least_bytes: int = 1,
    timeout: httpx.Timeout = TIMEOUT,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    resolve: Resolve = resolved,
    inner: httpx.AsyncBaseTransport | None = None,
) -> None:
    """Write the clip that `mint` gives the address of to `to`, which is opened fresh, and removed if it is not whole.

    `mint` asks the provider for an address that is valid now; what it raises is let through. `own` is the base URL
    that the person's settings name, the one server that may be plain http or inside (see CheckedTransport, which
    `resolve` and `inner` are for). Raises NotFetched, and OSError where the disk refuses.
    """
    file = to.open("wb", buffering=0)  # no buffer: what is counted is in the file, and closing cannot fail for room
    try:
        with file:
            # The transport is called by itself, without httpx.AsyncClient, and so without the environment's proxies
            # (a proxy resolves names anew, which undoes the check of the address), .netrc, cookies, and the log line
            # with the whole URL.
            async with CheckedTransport(own, resolve=resolve, inner=inner) as transport:
                await _Transfer(file, transport, timeout, least_bytes, most_bytes).whole(mint, pause)
    except BaseException:
        with contextlib.suppress(OSError):
            to.unlink(missing_ok=True)
        raise


@dataclass(frozen=True)
class _Again:
    """Why a try did not bring the whole clip, for one that may be repeated."""

    why: str
    wait_s: float = 0.0  # as the server asked
    expired: bool = False


class _Transfer:
    """One file on its way: what of it is there, and what is known of the whole."""

    def __init__(
        self, file: FileIO, transport: CheckedTransport, timeout: httpx.Timeout, least_bytes: int, most_bytes: int
    ) -> None:
        self._file = file
        self._transport = transport
        self._timeout = timeout
        self._least = least_bytes
        self._most = most_bytes
        self._host = ""
        self._size = 0
        self._total: int | None = None
        self._etag = ""
        self._validator = ""  # what If-Range can carry: a strong ETag or a Last-Modified

    async def whole(self, mint: Callable[[], Awaitable[Address]], pause: Callable[[float], Awaitable[None]]) -> None:
        address = await mint()
        idle = expired = mark = 0
        while again := await self._try(address):
            if again.expired:
                expired += 1
                if expired > MINTS:
                    raise self._refusal(f"{again.why}, at {MINTS} fresh addresses too: look at the take there")
                await pause(_wait_s(expired))
                address = await mint()
                continue
            # a server that always begins anew brings nothing until it passes the furthest point that was reached
            idle = 0 if self._size > mark else idle + 1
            mark = max(mark, self._size)
            if idle >= TRIES:
                raise self._refusal(f"{again.why}, {TRIES} times in a row after {mark:,} bytes: try again later")
            await pause(max(_wait_s(idle), min(again.wait_s, LONGEST_WAIT_S)))

    async def _try(self, address: Address) -> _Again | None:
        """Bring what is missing; None when the clip is whole."""
        self._host = _host(address.url)
        try:
            async with self._answer(address) as response:
                return self._later(response) or await self._body(response)
        except httpx.LocalProtocolError:
            raise self._refusal("it cannot be asked with such headers: look at the key in your settings") from None
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return _Again("no connection could be made")
        except httpx.TimeoutException:
            return _Again("it fell silent")
        except (httpx.TransportError, ssl.SSLError):
            return _Again("the connection broke")

    @contextlib.asynccontextmanager
    async def _answer(self, address: Address) -> AsyncIterator[httpx.Response]:
        """The answer at the end of the redirects, each of which is checked like an address of its own."""
        try:
            url, headers = httpx.URL(address.url), httpx.Headers(dict(address.headers))
        except httpx.InvalidURL:
            raise NotFetched("the clip's address is no URL: ask the provider for the take again") from None
        except UnicodeError:  # its text would hold the key
            raise self._refusal("its key holds a letter that no header can: look at your settings") from None
        for _ in range(HOPS + 1):
            headers.update(self._asked())
            request = httpx.Request("GET", url, headers=headers, extensions={"timeout": self._timeout.as_dict()})
            response = await self._transport.handle_async_request(request)
            try:
                if response.status_code not in _REDIRECTS:
                    yield response
                    return
            finally:
                await response.aclose()
            url, before = self._target(url, response), url
            if origin(url) != origin(before):
                headers = httpx.Headers()
            self._host = url.host
        raise self._refusal(f"it redirects more than {HOPS} times: ask the provider for the take again")

    def _asked(self) -> dict[str, str]:
        going_on = {"Range": f"bytes={self._size}-", "If-Range": self._validator}
        return {
            "Accept": "*/*",
            "Accept-Encoding": "identity",  # a clip is packed already; what unpacks to more is not wanted
            "User-Agent": "circletake",
            **(going_on if self._size and self._validator else {}),
        }

    def _target(self, url: httpx.URL, response: httpx.Response) -> httpx.URL:
        where = response.headers.get("location", "")
        with contextlib.suppress(httpx.InvalidURL, UnicodeError):
            if where:
                return url.join(where)
        raise self._refusal("it redirects to no address: ask the provider for the take again")

    def _later(self, response: httpx.Response) -> _Again | None:
        """What another try may better. Raises for what none will."""
        status = response.status_code
        if status in _EXPIRED:
            return _Again(f"it answers {status}", expired=True)
        if status == 416:
            self._start_over()
            return _Again("it has no such part of the clip")
        if status in _LATER or status >= 500:
            return _Again(f"it answers {status}", wait_s=retry_after(response.headers) or 0.0)
        if status not in (200, 206):
            raise self._refusal(f"it answers {status}: look at the take there")
        kind = response.headers.get("content-type", "").partition(";")[0].strip()
        if _NO_CLIP.match(kind):
            raise self._refusal(f"it sent a page or a play list ({shown(kind)}) in place of a clip: look there")
        packed = response.headers.get("content-encoding", "").strip()
        if packed.lower() not in ("", "identity"):
            raise self._refusal(f"it sent the clip packed as {shown(packed)}, and only plain bytes are taken")
        return None

    async def _body(self, response: httpx.Response) -> _Again | None:
        """Write the bytes of an answer that may be the clip, or the part of it that was asked for."""
        end = self._part(response) if response.status_code == 206 else self._beginning(response)
        if isinstance(end, _Again):
            return end
        self._check_total()
        async for chunk in response.aiter_raw():
            after = self._size + len(chunk)
            if after > self._most:
                raise self._refusal(f"it sends more than {self._most:,} bytes, the most that a clip may have")
            if end is not None and after > end:
                self._start_over()
                return _Again("it sent more than it said")
            self._write(chunk)
        if self._size < (self._total or 0):
            return _Again("the clip ended early")
        if self._size < self._least:
            raise self._too_small(self._size)
        return None

    def _beginning(self, response: httpx.Response) -> int | None:
        """Start from the first byte; the size that is promised, where one is."""
        self._start_over()
        self._etag = response.headers.get("etag", "")
        strong = self._etag if self._etag.startswith('"') else ""
        self._validator = strong or response.headers.get("last-modified", "")
        length = response.headers.get("content-length", "")
        if "transfer-encoding" not in response.headers and re.fullmatch(r"[0-9]{1,18}", length):
            self._total = int(length)
        return self._total

    def _part(self, response: httpx.Response) -> int | _Again:
        """Where the part ends that is sent, if it is the one that was asked for, of the same file; else begin anew."""
        found = _PART.fullmatch(response.headers.get("content-range", ""))
        start, last = (int(found[1]), int(found[2])) if found else (-1, -1)
        total = int(found[3]) if found and found[3] != "*" else self._total
        etag = response.headers.get("etag", self._etag)
        # without a total nobody could tell whether the end of the part is the end of the clip
        fits = total is not None and start == self._size <= last < total
        if not fits or etag != self._etag or (self._total is not None and total != self._total):
            self._start_over()
            return _Again("it sent another part than the one asked for")
        self._total = total
        return last + 1

    def _check_total(self) -> None:
        if self._total is not None and self._total > self._most:
            raise self._refusal(f"it has {self._total:,} bytes, and the most that a clip may have is {self._most:,}")
        if self._total is not None and self._total < self._least:
            raise self._too_small(self._total)

    def _start_over(self) -> None:
        if self._size:
            self._file.seek(0)
            self._file.truncate()
        self._size, self._total, self._etag, self._validator = 0, None, "", ""

    def _write(self, chunk: bytes) -> None:
        # In the loop's own thread: it goes to the system's memory, and a thread for each piece would cost more.
        left = memoryview(chunk)
        while left:
            written = self._file.write(left)
            self._size += written
            left = left[written:]

    def _too_small(self, size: int) -> NotFetched:
        return self._refusal(f"it has {size:,} bytes, and a clip has {self._least:,} or more: look at the take there")

    def _refusal(self, why: str) -> NotFetched:
        return NotFetched(f"the clip could not be fetched from {shown(self._host)}: {why}")


def _host(url: str) -> str:
    try:
        return httpx.URL(url).host or "an address without a host"
    except httpx.InvalidURL:
        return "no URL"


def _wait_s(tries: int) -> float:
    """Growing, and never the same for two: takes that were cut together do not come back together."""
    return random.uniform(0.5, 1.0) * min(0.25 * 2.0**tries, 15.0)
