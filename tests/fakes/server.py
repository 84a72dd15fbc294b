"""A service that takes money, on a real socket of this machine: its own ledger, and faults by script or by chance.

A fake provider is a subclass that speaks one protocol (`tests/fakes/NAME.py`). What it accepted stands in `jobs`,
whatever became of the answer: that is the bill which everything of ours has to agree with.

Faults are named by the place they happen at (`create`, `poll`, `result`, `content`, `list`, `cancel`, …) and are
scripted with `script("create", "reset", "")`: the next call there meets the first, the one after it the second (an
empty one is none). With `share`, each call meets a fault of `by_chance` with that probability.

- before anything is accepted: "reset while sending", "busy", "busy SECONDS", "busy date", "busy NONSENSE",
  "unavailable", "bad gateway before", "no credit", "bad key", "moderated"
- after it was accepted: "lost" (closed without an answer), "hang" (never answered), "reset", "half json", "no json",
  "bad gateway"
- what becomes of a job, by the place "fate": "fails", "is refused", "has nothing", "never ends"
- a clip on its way: "cut BYTES", "page", "empty", "endless", "expired", "gone", "to URL", "gzip", "no range",
  "wrong range", "other tag", "play list"
"""

from __future__ import annotations

import json
import random
import socket
import struct
import threading
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

BEFORE = ("reset while sending", "busy", "unavailable", "bad gateway before", "no credit", "bad key", "moderated")
AFTER = ("lost", "hang", "reset", "half json", "no json", "bad gateway")
BY_CHANCE: Mapping[str, Sequence[str]] = {
    "create": ("reset while sending", "busy 0", "unavailable", "lost", "reset", "half json", "no json", "bad gateway"),
    "poll": ("busy 0", "bad gateway", "reset", "lost", "half json"),
    "result": ("busy 0", "bad gateway", "reset"),
    "content": ("cut 5000", "bad gateway", "reset", "expired", "no range"),
    "list": ("bad gateway", "reset"),
    "fate": ("fails", "is refused", "has nothing"),
}


@dataclass(frozen=True)
class Call:
    """One request as it came."""

    method: str
    path: str  # without the query, unquoted
    query: Mapping[str, str]
    headers: Message
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def form(self) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
        """Fields, and files as name -> (file name, bytes), of a multipart body."""
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        fields, files = {}, {}
        for part in BytesParser().parsebytes(head + self.body).get_payload():
            name = part.get_param("name", header="content-disposition")
            data = part.get_payload(decode=True)
            if part.get_filename() is None:
                fields[name] = data.decode()
            else:
                files[name] = (part.get_filename(), data)
        return fields, files


@dataclass(frozen=True)
class Reply:
    """What is answered: JSON, or bytes."""

    status: int = 200
    json: Any = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def bytes_(self) -> tuple[bytes, str]:
        if self.content is not None:
            return self.content, "application/octet-stream"
        return (json.dumps(self.json).encode(), "application/json") if self.json is not None else (b"", "text/plain")


@dataclass
class Job:
    """One line of the service's ledger."""

    id: str
    at: float  # unix seconds
    body: Any
    fate: str = ""  # "" = it ends well
    price_micro_usd: int = 0
    cancelled: bool = False
    polls: int = 0
    fetched: int = 0
    waits_s: float = 0.0  # in the service's own queue

    @property
    def begins(self) -> float:
        return self.at + self.waits_s

    def ended(self, hold_s: float) -> bool:
        return self.cancelled or (self.fate != "never ends" and time.time() >= self.begins + hold_s)

    def billed_micro_usd(self, hold_s: float) -> int:
        """What it costs: a clip that was made, and nothing else."""
        return self.price_micro_usd if not self.fate and not self.cancelled and self.ended(hold_s) else 0


class Fake:
    """The part that all fakes share. Use as a context manager; `url` is where it listens."""

    key = "test-key-canary-0123456789"

    def __init__(
        self,
        clip: bytes,
        *,
        hold_s: float = 0.0,
        price_micro_usd: int = 100_000,
        share: float = 0.0,
        seed: int = 0,
        by_chance: Mapping[str, Sequence[str]] = BY_CHANCE,
        port: int = 0,
    ) -> None:
        self.clip = clip
        self.hold_s = hold_s
        self.price_micro_usd = price_micro_usd
        self.share = share
        self.by_chance = by_chance
        self.jobs: dict[str, Job] = {}
        self.calls: list[Call] = []
        self.met: dict[str, int] = defaultdict(int)  # faults that happened, by "place: fault"
        self.closing = threading.Event()
        self._chance = random.Random(seed)
        self._scripts: dict[str, deque[str]] = defaultdict(deque)
        self._lock = threading.RLock()
        self._server = _Server(("127.0.0.1", port), _handler_of(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Any:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # --- what a test says and asks -----------------------------------------------------------------------------------

    def script(self, place: str, *faults: str) -> None:
        with self._lock:
            self._scripts[place].extend(faults)

    @property
    def bill_micro_usd(self) -> int:
        with self._lock:
            return sum(job.billed_micro_usd(self.hold_s) for job in self.jobs.values())

    def calls_to(self, place: str) -> list[Call]:
        return [call for call in self.calls if self.place(call) == place]

    # --- what a subclass says ----------------------------------------------------------------------------------------

    def place(self, call: Call) -> str:
        """Where a call belongs: "create", "poll", "content", …"""
        raise NotImplementedError

    def answer(self, place: str, call: Call) -> Reply:
        """The protocol, where nothing goes wrong. A create calls `accept`."""
        raise NotImplementedError

    def no(self, fault: str) -> Reply:
        """How this service says "no credit", "bad key", "moderated", "busy", "unavailable"."""
        status = {"no credit": 402, "bad key": 401, "moderated": 400, "busy": 429, "unavailable": 503}[fault]
        return Reply(status, {"error": {"message": fault}})

    def is_let_in(self, call: Call) -> bool:
        """Whether the key came along."""
        return any(self.key in value for value in call.headers.values())

    # --- tools of subclasses -----------------------------------------------------------------------------------------

    def accept(self, body: Any, job_id: str = "") -> Job:
        """Write a job into the ledger."""
        with self._lock:
            job = Job(job_id or f"job-{uuid.uuid4().hex}", time.time(), body, self._fault("fate"))
            job.price_micro_usd = self.price_micro_usd
            self.jobs[job.id] = job
        return job

    def job(self, job_id: str) -> Job | None:
        with self._lock:
            return self.jobs.get(job_id)

    def clip_reply(self, call: Call) -> Reply:
        """The clip, or the range of it that was asked for."""
        asked, tag = call.headers.get("Range"), '"whole"'
        start = int(asked.removeprefix("bytes=").split("-")[0]) if asked else 0
        headers = {"ETag": tag, "Content-Type": "video/mp4", "Accept-Ranges": "bytes"}
        if start and call.headers.get("If-Range", tag) == tag:
            headers["Content-Range"] = f"bytes {start}-{len(self.clip) - 1}/{len(self.clip)}"
            return Reply(206, content=self.clip[start:], headers=headers)
        return Reply(200, content=self.clip, headers=headers)

    # --- faults ------------------------------------------------------------------------------------------------------

    def _fault(self, place: str) -> str:
        with self._lock:
            scripted = self._scripts[place]
            fault = ""
            if scripted:
                fault = scripted.popleft()
            elif self.share and self._chance.random() < self.share:
                fault = self._chance.choice(tuple(self.by_chance.get(place) or ("",)))
            if fault:
                self.met[f"{place}: {fault}"] += 1
            return fault

    def respond(self, handler: BaseHTTPRequestHandler, call: Call) -> None:
        place = self.place(call)
        with self._lock:
            self.calls.append(call)
        fault = self._fault(place)
        if fault.startswith(BEFORE):
            self._before(handler, fault)
        elif place == "content" and fault:
            _send_clip(self, handler, call, fault)
        else:
            reply = self.answer(place, call)
            if fault in AFTER:
                self._after(handler, reply, fault)
            else:
                assert not fault, f"there is no fault {fault!r} at {place}"
                _send(handler, reply)

    def _before(self, handler: BaseHTTPRequestHandler, fault: str) -> None:
        if fault == "reset while sending":
            _reset(handler)
            return
        name, _, more = fault.partition(" ") if fault.startswith("busy") else (fault, "", "")
        reply = Reply(502, content=b"<html>bad gateway</html>") if name == "bad gateway before" else self.no(name)
        headers = dict(reply.headers)
        if more:
            headers["Retry-After"] = formatdate(time.time() + 1, usegmt=True) if more == "date" else more
        _send(handler, Reply(reply.status, reply.json, reply.content, headers))

    def _after(self, handler: BaseHTTPRequestHandler, reply: Reply, fault: str) -> None:
        data, _ = reply.bytes_()
        match fault:
            case "lost":
                handler.close_connection = True
            case "hang":
                self.closing.wait(30)
                handler.close_connection = True
            case "reset":
                _reset(handler)
            case "half json":
                _send(handler, Reply(reply.status, content=data[: len(data) // 2], headers=reply.headers))
            case "no json":
                _send(handler, Reply(reply.status, content=b"<html>welcome</html>"))
            case _:
                _send(handler, Reply(502, content=b"<html>bad gateway</html>"))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away in the middle are what these servers are for."""


def _handler_of(fake: Fake) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def _any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            body = self.rfile.read(length)
            if len(body) < length:  # the client died in the middle: no server takes half a request
                self.close_connection = True
                return
            call = Call(self.command, unquote(parts.path), query, self.headers, body)
            with suppress(ConnectionError):
                fake.respond(self, call)

        do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    return Handler


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    data, media_type = reply.bytes_()
    handler.send_response(reply.status)
    headers = {"Content-Type": media_type, **reply.headers}
    for name, value in headers.items():
        handler.send_header(name, value)
    if "Content-Length" not in headers:
        handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)
    handler.wfile.flush()


def _reset(handler: BaseHTTPRequestHandler) -> None:
    """Close so that the other side sees a reset."""
    handler.close_connection = True
    with suppress(OSError):
        handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with suppress(OSError):
        handler.connection.close()


def _send_clip(fake: Fake, handler: BaseHTTPRequestHandler, call: Call, fault: str) -> None:
    """A clip, with something wrong on its way."""
    whole = fake.answer("content", call)
    name, _, more = fault.partition(" ")
    data, _ = whole.bytes_()
    if whole.status >= 300 and fault not in AFTER:  # there is no clip, and so nothing that could go wrong on its way
        _send(handler, whole)
        return
    pages = {
        "page": (b"<html>sorry</html>", "text/html"),
        "empty": (b"", "video/mp4"),
        "play": (b"#EXTM3U\nhttp://127.0.0.1/secret\n", "video/mp4"),
    }
    if name == "cut":
        headers = {**whole.headers, "Content-Length": str(len(data))}
        with suppress(ConnectionError):
            _send(handler, Reply(whole.status, content=data[: int(more)], headers=headers))
        _reset(handler)
    elif name in pages:
        content, media_type = pages[name]
        _send(handler, Reply(200, content=content, headers={"Content-Type": media_type}))
    elif name in ("expired", "gone"):
        _send(handler, Reply({"expired": 403, "gone": 410}[name], content=b"expired"))
    elif name == "to":
        _send(handler, Reply(302, content=b"", headers={"Location": more}))
    elif name == "gzip":
        _send(handler, Reply(200, content=data, headers={**whole.headers, "Content-Encoding": "gzip"}))
    elif name == "endless":
        _endless(fake, handler)
    elif fault == "no range":
        _send(handler, Reply(200, content=fake.clip, headers={"Content-Type": "video/mp4", "ETag": '"whole"'}))
    elif fault == "wrong range":
        headers = {**whole.headers, "Content-Range": f"bytes 1-{len(fake.clip) - 1}/{len(fake.clip)}"}
        _send(handler, Reply(206, content=fake.clip[1:], headers=headers))
    elif fault == "other tag":
        _send(handler, Reply(whole.status, content=data, headers={**whole.headers, "ETag": '"other"'}))
    elif fault in AFTER:
        fake._after(handler, whole, fault)
    else:
        raise AssertionError(f"there is no fault {fault!r} of a clip")


def _endless(fake: Fake, handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "video/mp4")
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True
    with suppress(ConnectionError):
        while not fake.closing.is_set():
            handler.wfile.write(b"\0" * 65536)
