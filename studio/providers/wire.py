"""One service over HTTP: questions that may be asked again, and purchases that are sent once.

A purchase goes over a connection of its own: on one that was kept open and that the server has just closed, nobody
could tell whether it was heard. No redirect is followed, and the key is sent to the service's own hosts alone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import httpx

from studio.errors import Busy, NotSent, Paused, ProviderError, StudioError, Unanswered
from studio.providers.keys import HIDDEN, Key
from studio.providers.waiting import retry_after

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
PATIENCE = httpx.Timeout(60.0, connect=10.0)
LONGEST_ANSWER = 64 * 1024 * 1024  # bytes: a clip may come inside one, as base64
SAID = 300  # characters of what a service said that are told on


@dataclass(frozen=True)
class Part:
    """A file in a multipart body."""

    field: str
    file: Path
    media_type: str


@dataclass(frozen=True)
class Outgoing:
    """A request as it leaves, but for the key."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    fields: Mapping[str, str] | None = None  # a multipart form, where there is one
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is a 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8", "replace")

    def read(self) -> Any:
        """The body's JSON. Raises Unanswered where it holds none: then nobody knows what was meant."""
        try:
            return json.loads(self.content)
        except ValueError:
            said = f"“{_short(self.text)}”" if self.content else "nothing"
            raise Unanswered(f"an answer with status {self.status} that is no JSON: {said}") from None

    def peek(self) -> Any:
        """The body's JSON; an empty object where it holds none."""
        try:
            return json.loads(self.content)
        except ValueError:
            return {}


class Wire:
    """The connections to one service. Safe in any event loop; each loop has clients of its own."""

    def __init__(
        self,
        title: str,
        base_url: str,
        key: Callable[[], Key | None],
        auth: Callable[[str], Mapping[str, str]],
        key_hosts: tuple[str, ...] = (),
        not_accepted: tuple[int, ...] = (503,),
    ) -> None:
        self.title = title
        self.base_url = base_url.rstrip("/")
        self._key = key
        self._auth = auth
        self._key_hosts = key_hosts
        self._not_accepted = not_accepted  # statuses by which this service says that it took nothing
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[bool, httpx.AsyncClient]]
        self._clients = WeakKeyDictionary()

    def __repr__(self) -> str:
        return f"Wire({self.title!r})"

    def url(self, path: str) -> str:
        """An address under the base URL."""
        return f"{self.base_url}/{path.lstrip('/')}"

    def is_own(self, url: str) -> bool:
        """Whether the key may be sent there: the base URL's own host and port, or a host of the service's row."""
        try:
            asked, base = urlsplit(url), urlsplit(self.base_url)
            if (asked.scheme, asked.netloc) == (base.scheme, base.netloc):
                return True
            return asked.scheme == "https" and asked.port in (None, 443) and (asked.hostname or "") in self._key_hosts
        except ValueError:  # what is no address at all
            return False

    def headers_for(self, url: str) -> Mapping[str, str]:
        """The headers with the key. Raises ProviderError for an address that is not the service's."""
        if not self.is_own(url):
            raise ProviderError(
                f"{self.title} named an address at {urlsplit(url).hostname!r}, which is not its own: "
                "nothing was sent there"
            )
        key = self._key()
        return self._auth(key.reveal()) if key else {}

    def hide(self, text: str) -> str:
        """What a service said, short and without the key."""
        key = self._key()
        return _short(key.hide(text) if key else text)

    def shown(self, outgoing: Outgoing) -> str:
        """A request as text, the key hidden."""
        headers = {**outgoing.headers, **(self._auth(HIDDEN) if self._key() else {})}
        lines = [f"{outgoing.method} {outgoing.url}", *(f"{name}: {value}" for name, value in headers.items()), ""]
        if outgoing.fields is not None:
            lines += [f"{name} = {value}" for name, value in outgoing.fields.items()]
            lines += [f"{part.field} = the file {part.file.name} ({part.media_type})" for part in outgoing.parts]
        elif outgoing.json is not None:
            lines.append(json.dumps(outgoing.json, ensure_ascii=False, indent=2))
        return "\n".join(lines)

    async def buy(self, outgoing: Outgoing) -> Answer:
        """Send what may cost money, once.

        Gives every answer that is a verdict: a 2xx, or a 4xx for the adapter to read. Raises NotSent where no
        connection was made, Busy where the service says by its status that it took nothing, and Unanswered for
        everything that leaves open whether it was heard.
        """
        answer = await self._send(outgoing, buying=True)
        if answer.status in self._not_accepted:
            raise self.busy(answer)
        if answer.status in (408, *range(500, 600)) or 300 <= answer.status < 400:
            raise Unanswered(f"{self.title} answered with status {answer.status}: {self.hide(answer.text)}")
        return answer

    async def ask(self, method: str, url: str, body: Any = None, **headers: str) -> Answer:
        """A question. Gives any answer but 429, which raises Busy, and 401 and 403, which raise Paused."""
        return self.heard(await self.look(method, url, body, **headers))

    async def look(self, method: str, url: str, body: Any = None, **headers: str) -> Answer:
        """A question, whatever is answered: for a service that says of a job by the status what became of it."""
        return await self._send(Outgoing(method, url, headers, body), buying=False)

    def heard(self, answer: Answer) -> Answer:
        """The answer, or what its status alone says."""
        if answer.status == 429:
            raise self.busy(answer)
        if answer.status in (401, 403):
            raise self.locked(answer)
        return answer

    def troubled(self, answer: Answer) -> Busy:
        """For the 5xx of a question: it is asked again later."""
        return Busy(f"{self.title} answered with status {answer.status}", self._wait(answer))

    def busy(self, answer: Answer) -> Busy:
        """It took nothing, and says when to come again."""
        return Busy(f"{self.title} is busy (status {answer.status}): {self.hide(answer.text)}", self._wait(answer))

    def locked(self, answer: Answer) -> Paused:
        """It does not let us in."""
        key = self._key()
        what = f"the key in {key.name}" if key else "a request without a key"
        return Paused(f"{self.title} does not accept {what} (status {answer.status}): {self.hide(answer.text)}")

    def _wait(self, answer: Answer) -> float | None:
        return retry_after(answer.headers, answer.text)

    async def _send(self, outgoing: Outgoing, *, buying: bool) -> Answer:
        headers = {**outgoing.headers, **self.headers_for(outgoing.url)}
        body: dict[str, Any] = {}
        handles = []
        problem: StudioError | None = None
        try:
            if outgoing.fields is not None:
                form: list[tuple[str, Any]] = [(name, (None, value)) for name, value in outgoing.fields.items()]
                for part in outgoing.parts:
                    handles.append(part.file.open("rb"))
                    form.append((part.field, (part.file.name, handles[-1], part.media_type)))
                body["files"] = form
            elif outgoing.json is not None:
                body["json"] = outgoing.json
            try:
                return await self._exchange(outgoing, headers, body, buying)
            except httpx.HTTPError as error:  # what is raised instead holds no request, and so no key
                said = self.hide(str(error)) or "no answer"
                kind = NotSent if isinstance(error, NEVER_SENT) else Unanswered
                problem = kind(f"{self.title} cannot be heard ({type(error).__name__}: {said})")
        finally:
            for handle in handles:
                handle.close()
        raise problem

    async def _exchange(
        self, outgoing: Outgoing, headers: Mapping[str, str], body: dict[str, Any], buying: bool
    ) -> Answer:
        client = self._client(buying)
        async with client.stream(outgoing.method, outgoing.url, headers=headers, **body) as response:
            content = bytearray()
            async for block in response.aiter_bytes():
                content += block
                if len(content) > LONGEST_ANSWER:
                    raise Unanswered(f"{self.title} answered with more than {LONGEST_ANSWER // 2**20} MB")
        return Answer(response.status_code, response.headers, bytes(content))

    def _client(self, buying: bool) -> httpx.AsyncClient:
        mine = self._clients.setdefault(asyncio.get_running_loop(), {})
        if buying not in mine:
            limits = httpx.Limits(max_keepalive_connections=0 if buying else 20)
            mine[buying] = httpx.AsyncClient(
                transport=httpx.AsyncHTTPTransport(retries=0, limits=limits), timeout=PATIENCE, follow_redirects=False
            )
        return mine[buying]

    async def aclose(self) -> None:
        """Close the clients of this event loop."""
        for client in self._clients.pop(asyncio.get_running_loop(), {}).values():
            await client.aclose()


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= SAID else f"{plain[: SAID - 1]}…"
