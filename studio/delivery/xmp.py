"""XMP in MP4 and QuickTime files: written as one `uuid` box at the end, and whatever marks a file came with, read.

The box is XMP's own (XMP specification part 3, ISO 16684: its uuid is BE7ACFCB…); the words in it are Dublin Core and
IPTC's (Photo Metadata 2025.1 and Video Metadata Hub 1.7, which name the AI system). Nothing here is moved or encoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from studio.errors import BadInput, BadMedia

XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")  # C2PA specification, "Embedding manifests into BMFF"
LARGEST = 2**20  # bytes of a packet that is read
SPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}
_LISTED = {
    "dc:title": ("Alt", ' xml:lang="x-default"'),
    "dc:creator": ("Seq", ""),
    "dc:description": ("Alt", ' xml:lang="x-default"'),
}
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Box:
    """One box of a file, its uuid if it has one, and where it and what is in it start and end."""

    kind: bytes
    uuid: bytes
    start: int
    body: int
    end: int
    open: bool  # says of itself that it reaches to the end of the file: nothing can be put behind it


@dataclass(frozen=True)
class Carried:
    """The marks in a file."""

    credentials: bool = False  # Content Credentials (C2PA)
    xmp: dict[str, str] = field(default_factory=dict)  # by name, such as "dc:title"; lists with "; "

    @property
    def source_type(self) -> str:
        """The last word of IPTC's digital source type; "" where it is not said."""
        return self.xmp.get("Iptc4xmpExt:DigitalSourceType", "").rsplit("/", 1)[-1]

    def __bool__(self) -> bool:
        return self.credentials or bool(self.xmp)


def carried(path: Path) -> Carried:
    """The marks in an MP4 or QuickTime file; none in a file of another kind."""
    credentials, packet = False, b""
    with path.open("rb") as file:
        for box in boxes(file):
            if box.kind == b"uuid" and box.uuid == C2PA_BOX:
                credentials = True
            elif box.kind == b"uuid" and box.uuid == XMP_BOX:
                packet = packet or _body(file, box)
            elif box.kind == b"moov":
                # QuickTime's own place for it
                for data in [b for b in boxes(file, box.body, box.end) if b.kind == b"udta"]:
                    packet = packet or b"".join(
                        _body(file, inner) for inner in boxes(file, data.body, data.end) if inner.kind == b"XMP_"
                    )
    return Carried(credentials, read(packet))


def boxes(file: BinaryIO, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes of a file or of a part of it, in order (ISO 14496-12, 4.2), as far as they make sense."""
    end = file.seek(0, 2) if end is None else end
    while start + 8 <= end:
        file.seek(start)
        head = file.read(32)
        size, kind, body = int.from_bytes(head[:4], "big"), head[4:8], start + 8
        if size == 1:
            size, body = int.from_bytes(head[8:16], "big"), start + 16
        stop = end if size == 0 else start + size
        if stop < body or stop > end:
            return
        uuid = b""
        if kind == b"uuid":
            uuid, body = head[body - start : body - start + 16], body + 16
        yield Box(kind, uuid, start, body, stop, size == 0)
        start = stop


def _body(file: BinaryIO, box: Box) -> bytes:
    file.seek(box.body)
    return file.read(max(0, min(box.end - box.body, LARGEST)))


def append(path: Path, fields: dict[str, str | tuple[str, ...]]) -> None:
    """Put an XMP packet at the end of a file that has none. Raises BadInput for a file that is signed or has one.

    A signature covers the whole file, so after signing nothing is added any more.
    """
    there = carried(path)
    if there.credentials:
        raise BadInput(f"{path.name} is signed: XMP is written before Content Credentials, which it would break")
    if there.xmp:
        raise BadInput(f"{path.name} has XMP already: mark the file as it was rendered")
    with path.open("r+b") as file:
        found = list(boxes(file))
        if not found or found[0].kind != b"ftyp" or found[-1].open or found[-1].end != file.seek(0, 2):
            raise BadMedia(f"{path.name} is no whole MP4 or QuickTime file: render it again")
        words = packet(fields)
        file.write((24 + len(words)).to_bytes(4, "big") + b"uuid" + XMP_BOX + words)


def packet(fields: dict[str, str | tuple[str, ...]]) -> bytes:
    """An XMP packet of these fields by name ("dc:title"); empty ones are left out. It holds no clock."""
    lines = []
    for name, value in fields.items():
        values = [_NOT_IN_XML.sub("�", each) for each in ((value,) if isinstance(value, str) else value) if each]
        if not values:
            continue
        kind, language = _LISTED.get(name, ("", ""))
        items = "".join(f"<rdf:li{language}>{escape(each)}</rdf:li>" for each in values)
        inner = f"<rdf:{kind}>{items}</rdf:{kind}>" if kind else escape("; ".join(values))
        lines.append(f"  <{name}>{inner}</{name}>\n")
    spaces = "".join(f' xmlns:{short}="{long}"' for short, long in SPACES.items() if short != "rdf")
    text = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        f'<rdf:RDF xmlns:rdf="{SPACES["rdf"]}">\n <rdf:Description rdf:about=""{spaces}>\n'
        + "".join(lines)
        + ' </rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="r"?>'
    )
    return text.encode()


def read(words: bytes) -> dict[str, str]:
    """The fields of a packet that are named here; nothing of one that is no XML, or that brings entities of its own."""
    if not words or b"<!DOCTYPE" in words or b"<!ENTITY" in words or len(words) >= LARGEST:
        return {}
    try:
        root = ElementTree.fromstring(words.strip(b"\x00 \r\n\t"))
    except (ElementTree.ParseError, ValueError):  # somebody else's, and broken: it says nothing
        return {}
    short = {long: name for name, long in SPACES.items()}
    found: dict[str, str] = {}
    for description in root.iter(f"{{{SPACES['rdf']}}}Description"):
        pairs = list(description.attrib.items())
        pairs += [
            (each.tag, "; ".join(" ".join(text.split()) for text in each.itertext() if text.strip()))
            for each in description
        ]
        for tag, value in pairs:
            space, _, name = tag.lstrip("{").rpartition("}")
            if space in short and space != SPACES["rdf"]:
                found.setdefault(f"{short[space]}:{name}", value)
    return found
