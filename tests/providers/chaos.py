"""A server on 127.0.0.1 that misbehaves as it is told, on raw sockets: whatever a network and a host can do."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import httpx


@dataclass(frozen=True)
class Asked:
    """One request as it came; the names of headers in small letters."""

    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """One answer; a Content-Length is promised unless something says otherwise."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int | None = None  # close after so many bytes of the body
    reset: bool = False  # with an RST in place of a FIN
    chunked: bool = False
    unpromised: bool = False  # no Content-Length: the end of the connection is the end of the body
    endless: bool = False  # the body again and again, until the other side has had enough
    silent: bool = False  # hold the connection after what was sent, until the other side closes
    unsaid: bool = False  # close without a word


Say = Callable[[Asked], Answer]


def clip_of(body: bytes, asked: Asked, *, etag: str = '"one"', **more: object) -> Answer:
    """A well-behaved answer with a file: Range and If-Range as RFC 9110 has them."""
    wanted = re.fullmatch(r"bytes=(\d+)-", asked.headers.get("range", ""))
    headers = {"Content-Type": "video/mp4", **({"ETag": etag} if etag else {})}
    if not wanted or asked.headers.get("if-range", etag) != etag:
        return Answer(200, headers, body, **more)  # type: ignore[arg-type]
    start = int(wanted[1])
    if start >= len(body):
        return Answer(416, {"Content-Range": f"bytes */{len(body)}"})
    part = {**headers, "Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
    return Answer(206, part, body[start:], **more)  # type: ignore[arg-type]


class Server:
    """Answers each request by `say`, or by the answers of a list in turn, of which the last is repeated."""

    def __init__(self, say: Say | list[Answer | Say], tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.left = threading.Event()  # somebody was held in silence, and closed the connection
        self.reached = threading.Event()  # somebody is held in silence
        self._say = say
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._talking: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._closing = False
        self._door = threading.Thread(target=self._accept)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Server:
        self._door.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        socket.create_connection(("127.0.0.1", self.port)).close()  # wakes the door
        self._door.join()
        self._listening.close()
        for talking in self._sockets:
            with contextlib.suppress(OSError):
                talking.shutdown(socket.SHUT_RDWR)
        for thread in self._talking:
            thread.join()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            if self._closing:
                connection.close()
                return
            thread = threading.Thread(target=self._talk, args=(connection,))
            self._sockets.append(connection)
            self._talking.append(thread)
            thread.start()

    def _talk(self, plain: socket.socket) -> None:
        talking = plain
        try:
            if self._tls:
                talking = self._tls.wrap_socket(plain, server_side=True)
                self._sockets.append(talking)
            asked = _read(talking)
            if asked is None:
                return
            with self._lock:
                number = len(self.asked)
                self.asked.append(asked)
            say = self._say if callable(self._say) else self._say[min(number, len(self._say) - 1)]
            answer = say if isinstance(say, Answer) else say(asked)
            for piece in _pieces(answer):
                talking.sendall(piece)
            if answer.silent:
                self.reached.set()
                with contextlib.suppress(OSError):
                    talking.recv(1)
                self.left.set()
            if answer.reset:
                talking.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:  # the other side went first
            pass
        finally:
            talking.close()


def _read(talking: socket.socket) -> Asked | None:
    head = b""
    while b"\r\n\r\n" not in head:
        more = talking.recv(65536)
        if not more:
            return None
        head += more
    first, *lines = head.decode("latin-1").partition("\r\n\r\n")[0].split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Asked(first.split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs})


def _pieces(answer: Answer) -> Iterator[bytes]:
    if answer.unsaid:
        return
    headers = dict(answer.headers)
    if answer.chunked:
        headers["Transfer-Encoding"] = "chunked"
    elif not (answer.endless or answer.unpromised) and "Content-Length" not in headers:
        headers["Content-Length"] = str(len(answer.body))
    lines = [f"HTTP/1.1 {answer.status} Said", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    yield "\r\n".join(lines).encode("latin-1")
    if answer.endless:
        while True:
            yield answer.body
    body = answer.body if answer.cut is None else answer.body[: answer.cut]
    if not answer.chunked:
        yield body
        return
    for start in range(0, len(body), 10_000):
        piece = body[start : start + 10_000]
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    if answer.cut is None:
        yield b"0\r\n\r\n"


def certified(folder: Path, openssl: str, *names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server of these names needs, and what a client that trusts it (and nobody else) needs."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = [
        openssl,
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    said = ["-subj", "/CN=chaos", "-addext", "subjectAltName=" + ",".join(f"DNS:{name}" for name in names)]
    subprocess.run([*made, *said, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=certificate)


class Detour(httpx.AsyncBaseTransport):
    """Carries what is meant for an address of the internet to a port of this machine instead, by address."""

    def __init__(self, ports: Mapping[str, int], trusting: ssl.SSLContext) -> None:
        self._ports = ports
        self._inner = httpx.AsyncHTTPTransport(verify=trusting, limits=httpx.Limits(max_keepalive_connections=0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        port = self._ports[request.url.host]
        request.url = request.url.copy_with(host="127.0.0.1", port=port)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()
