"""A real HTTP server on 127.0.0.1 that keeps each request it gets, and the comparison of two kept requests.

The official SDKs and our adapters send to it alike, so what is compared is what was on the wire, whatever transport
sent it (some SDKs bring one of their own, which no mock of httpx would see).
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class File:
    """A file part of a multipart body."""

    field: str
    name: str
    kind: str  # its content type; "" where the part has none
    content: bytes

    @property
    def sha256(self) -> str:
        """Of the content."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Recorded:
    """One request as it arrived. `path` is as it was sent, still quoted; header names are in lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    raw: bytes = field(repr=False)

    @property
    def kind(self) -> str:
        """The content type without its parameters; "" without a body, for which some SDKs send one all the same."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower() if self.raw else ""

    @cached_property
    def json(self) -> Any:
        """The body of a request that says it is JSON; None for any other."""
        return json.loads(self.raw) if self.kind == "application/json" else None

    @cached_property
    def _parts(self) -> tuple[dict[str, list[str]], list[File]]:
        fields: dict[str, list[str]] = {}
        files: list[File] = []
        if self.kind != "multipart/form-data":
            return fields, files
        head = f"content-type: {self.headers['content-type']}\r\n\r\n".encode()
        for part in BytesParser(policy=policy.HTTP).parsebytes(head + self.raw).iter_parts():
            name = str(part.get_param("name", header="content-disposition"))
            content = part.get_payload(decode=True)
            file_name = part.get_filename()
            if file_name is None:
                fields.setdefault(name, []).append(content.decode())
            else:
                files.append(File(name, file_name, part.get_content_type() if "content-type" in part else "", content))
        return fields, files

    @property
    def fields(self) -> dict[str, list[str]]:
        """The fields of a multipart body that are not files, each with its values in order."""
        return self._parts[0]

    @property
    def files(self) -> list[File]:
        """The files of a multipart body, in order."""
        return self._parts[1]


@dataclass(frozen=True)
class Answer:
    """What the server says. A body that is not bytes is sent as JSON; None is no body."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


HUNG_UP = Answer(status=0)  # the connection is closed without a word, after the request was heard


class Recorder:
    """The server, as a context manager. `answers` are given in turn, or made by a function of the request.

    A request beyond the last answer gets a 599, which no SDK takes for an answer of its service.
    """

    def __init__(self, answers: Callable[[Recorded], Answer] | Iterable[Answer]) -> None:
        self.requests: list[Recorded] = []
        self._queue = None if callable(answers) else list(answers)
        self._answer = answers if callable(answers) else self._next
        self._lock = threading.Lock()
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20  # a client that says nothing does not hold the end of a test

            def answer(self) -> None:
                recorder._serve(self)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False  # closing waits for what is being answered
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Of the root, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def _next(self, _: Recorded) -> Answer:
        assert self._queue is not None
        return self._queue.pop(0) if self._queue else Answer({"error": "no answer is left"}, 599)

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        where = urlsplit(handler.path)
        request = Recorded(
            handler.command,
            where.path,
            tuple(parse_qsl(where.query, keep_blank_values=True)),
            {name.lower(): value for name, value in handler.headers.items()},
            _body(handler),
        )
        with self._lock:
            self.requests.append(request)
            answer = self._answer(request)
        if answer == HUNG_UP:
            handler.close_connection = True
            return
        content = _encoded(answer.body)
        handler.send_response(answer.status)
        headers = {"content-type": "application/json", **{name.lower(): text for name, text in answer.headers.items()}}
        if isinstance(answer.body, bytes) and "content-type" not in answer.headers:
            headers["content-type"] = "application/octet-stream"
        for name, text in {**headers, "content-length": str(len(content)), "connection": "close"}.items():
            handler.send_header(name, text)
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(content)

    def only(self) -> Recorded:
        """The one request that came."""
        assert len(self.requests) == 1, [(request.method, request.path) for request in self.requests]
        return self.requests[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _body(handler: BaseHTTPRequestHandler) -> bytes:
    if handler.headers.get("transfer-encoding", "").lower() != "chunked":
        return handler.rfile.read(int(handler.headers.get("content-length") or 0))
    pieces = []
    while size := int(handler.rfile.readline().partition(b";")[0], 16):
        pieces.append(handler.rfile.read(size))
        handler.rfile.readline()
    while handler.rfile.readline().strip():
        pass
    return b"".join(pieces)


def _encoded(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


# Who sends and how the bytes travel, and telemetry of the SDKs: none of it changes what is asked.
IGNORED_HEADERS = frozenset(
    {
        "accept", "accept-encoding", "connection", "content-length", "content-type", "host", "transfer-encoding",
        "user-agent", "x-goog-api-client",
    }
)  # fmt: skip
IGNORED_PREFIXES = ("x-stainless-", "x-fern-")
SECRET_HEADERS = frozenset({"authorization", "x-goog-api-key", "xi-api-key"})


def difference(ours: Recorded, theirs: Recorded, ignore_headers: Collection[str] = ()) -> list[str]:
    """One sentence for each thing in which two requests differ; empty where a server could not tell them apart.

    The content type is compared by its kind alone. Numbers are compared by value (5 is 5.0, and is neither "5" nor
    true), paths with their quoting undone, the query whatever its order. A key is never in a sentence.
    """
    said = []
    for what, mine, other in (
        ("method", ours.method, theirs.method),
        ("path", unquote(ours.path), unquote(theirs.path)),
        ("content type", ours.kind, theirs.kind),
    ):
        if mine != other:
            said.append(f"The {what} is {mine or 'not given'} in ours and {other or 'not given'} in theirs.")
    said += _tables("query's", _grouped(ours.query), _grouped(theirs.query))
    ignored = IGNORED_HEADERS | {name.lower() for name in ignore_headers}
    said += _headers(ours, theirs, ignored)
    if ours.kind != theirs.kind:
        return said
    if ours.kind == "application/json":
        said += _values("body", ours.json, theirs.json)
    elif ours.kind == "multipart/form-data":
        said += _tables("form's", ours.fields, theirs.fields)
        said += _tables("form's file", _described(ours.files), _described(theirs.files))
    elif ours.raw != theirs.raw:
        said.append(f"The body has {len(ours.raw)} bytes in ours and {len(theirs.raw)} in theirs, not the same.")
    return said


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return groups


def _described(files: Iterable[File]) -> dict[str, list[str]]:
    return _grouped((file.field, f"{file.name} ({file.kind}, sha256 {file.sha256[:12]}…)") for file in files)


def _tables(of: str, ours: Mapping[str, list[str]], theirs: Mapping[str, list[str]]) -> list[str]:
    said = []
    for name in sorted({*ours, *theirs}):
        if name not in theirs or name not in ours:
            said.append(f"The {of} {name!r} is only in {'ours' if name in ours else 'theirs'}.")
        elif ours[name] != theirs[name]:
            mine, other = (", ".join(map(repr, side[name])) for side in (ours, theirs))
            said.append(f"The {of} {name!r} is {mine} in ours and {other} in theirs.")
    return said


def _headers(ours: Recorded, theirs: Recorded, ignored: Collection[str]) -> list[str]:
    said = []
    for name in sorted({*ours.headers, *theirs.headers}):
        if name in ignored or name.startswith(IGNORED_PREFIXES):
            continue
        mine, other = ours.headers.get(name), theirs.headers.get(name)
        if mine is None or other is None:
            said.append(f"The header {name} is only in {'ours' if other is None else 'theirs'}.")
        elif mine != other and name in SECRET_HEADERS:
            schemes = [value.partition(" ")[0] if " " in value else "a bare key" for value in (mine, other)]
            how = f"by {schemes[0]} in ours and {schemes[1]} in theirs" if schemes[0] != schemes[1] else "another key"
            said.append(f"The header {name} carries the key differently: {how}.")
        elif mine != other:
            said.append(f"The header {name} is {mine!r} in ours and {other!r} in theirs.")
    return said


def _values(at: str, ours: Any, theirs: Any) -> list[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        said = []
        for name in sorted({*ours, *theirs}):
            if name in ours and name in theirs:
                said += _values(f"{at}.{name}", ours[name], theirs[name])
            else:
                said.append(f"{at}.{name} is only in {'ours' if name in ours else 'theirs'}.")
        return said
    if isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            return [f"{at} has {len(ours)} items in ours and {len(theirs)} in theirs."]
        pairs = enumerate(zip(ours, theirs, strict=True))
        return [sentence for index, pair in pairs for sentence in _values(f"{at}[{index}]", *pair)]
    if _sort(ours) != _sort(theirs) or ours != theirs:
        return [f"{at} is {_short(ours)} in ours and {_short(theirs)} in theirs."]
    return []


def _sort(value: Any) -> str:
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:60]}… ({len(text)} characters)"
