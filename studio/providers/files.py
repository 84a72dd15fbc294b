"""Stills and guide clips of a request, put into its body when it is sent.

In the log a body holds placeholders, `{"$file": "first_frame", "as": "data uri"}`: a path would be of this machine,
and a picture as text would make the log as large as the library.
"""

from __future__ import annotations

import base64
import mimetypes
import tempfile
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from studio.errors import BadInput, NotFound
from studio.nouns import Request

MOST_STILL_BYTES = (
    3_300_000  # about 5 MB as base64, the least that any service reads (Runway's data URIs); a guide's too
)
STILL_LINES = 1080
GUIDE_LINES = 480  # of a guide that is too large: a movement is seen in it as well


def filled(body: Any, request: Request) -> Any:
    """A body with every placeholder replaced by what its form says. Reads files: call it in a thread."""
    if isinstance(body, Mapping):
        if "$file" in body:
            return _value(body, request)
        return {name: filled(value, request) for name, value in body.items()}
    return [filled(value, request) for value in body] if isinstance(body, list) else body


def _value(placeholder: Mapping[str, str], request: Request) -> Any:
    path = path_of(request, placeholder["$file"])
    form = placeholder["as"].removesuffix(" list")
    if form == "part":
        return dict(placeholder)  # it goes as a file beside the body, as it is
    data, media_type = content(path, placeholder)
    text = base64.b64encode(data).decode("ascii")
    match form:
        case "base64":
            return text
        case "data and media type":
            return {"data": text, "media_type": media_type}
        case "content":
            return {"type": media_type.partition("/")[0], "mime_type": media_type, "data": text}
        case _:
            return f"data:{media_type};base64,{text}"


def path_of(request: Request, role: str) -> Path:
    """Where the file of a role is. Raises NotFound where it is gone."""
    path = Path(getattr(request, role))
    if not path.is_file():
        raise NotFound(f"the {role.replace('_', ' ')} {path.name} is not there: put it back, or leave it out")
    return path


def content(path: Path, placeholder: Mapping[str, str]) -> tuple[bytes, str]:
    """The bytes to send and their media type: a guide no longer than is looked at, a still no larger than is read."""
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if "most_seconds" in placeholder:
        return _guide(path, Fraction(placeholder["most_seconds"]), media_type)
    if media_type.startswith("image/") and path.stat().st_size > int(placeholder.get("most_bytes", MOST_STILL_BYTES)):
        from studio.media import small_jpeg

        return small_jpeg(path, STILL_LINES), "image/jpeg"
    return path.read_bytes(), media_type


def _guide(path: Path, seconds: Fraction, media_type: str) -> tuple[bytes, str]:
    """The beginning of a guide, pressed harder where it is still larger than is read."""
    from studio.media import shortened

    with tempfile.TemporaryDirectory(prefix="circletake-") as scratch:
        sent = shortened(path, seconds, Path(scratch, "guide.mp4"))
        if sent.stat().st_size > MOST_STILL_BYTES:
            sent = shortened(path, seconds, Path(scratch, "small.mp4"), GUIDE_LINES)
        data = sent.read_bytes()
    if len(data) > MOST_STILL_BYTES:
        raise BadInput(f"the guide {path.name} has {len(data):,} bytes: at most {MOST_STILL_BYTES:,} are read")
    return data, media_type if sent == path else "video/mp4"
