"""An editor's list read back: FCP 7 XML, FCPXML, OTIO and EDL, each told by what it holds and not by its name.

The files are of unknown origin: entities, bundles that lead outside and files of a size that no list has are answered
with one sentence, and nothing of them is written anywhere.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from studio.cutting.reading.returned import MOST_EVENTS, Event, Returned, covered, topmost
from studio.errors import BadInput, NotFound

__all__ = ["MOST_BYTES", "Event", "Returned", "covered", "read", "topmost"]

MOST_BYTES = 64 * 2**20
_BUNDLES = {".fcpxmld": "Info.fcpxml", ".otiod": "content.otio"}
_PROJECTS = {
    ".prproj": "a Premiere project",
    ".drp": "a Resolve project",
    ".aaf": "an AAF",
    ".avb": "an Avid bin",
    ".fcpbundle": "a Final Cut library",
    ".kdenlive": "a Kdenlive project",
}
_WANTED = "FCP 7 XML, FCPXML, OTIO or EDL"


def read(path: Path, rate: Fraction = Fraction(24)) -> Returned:
    """What the list at `path` holds. `rate` is what a list without one (an EDL) is counted in: the film's.

    Raises NotFound where there is no file, BadInput in one sentence where it is no list or cannot be read.
    """
    data, name = _bytes(path), path.name
    returned = _parsed(data, name, path, rate)
    if len(returned.events) > MOST_EVENTS:
        raise BadInput(f"{name} holds {len(returned.events):,} clips: a list of at most {MOST_EVENTS:,} is read")
    return returned


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        inner = _BUNDLES.get(path.suffix.lower())
        if inner is None:
            raise BadInput(f"{path.name} is a folder: give the list itself, {_WANTED}")
        path = path / inner
    if not path.is_file():
        raise NotFound(f"{path} is not there: give the list that the editor exported, {_WANTED}")
    try:
        with path.open("rb") as file:
            if file.read(4) == b"PK\x03\x04":
                from studio.cutting.reading import otio

                file.seek(0)
                return otio.list_in(file, path.name, MOST_BYTES)
            file.seek(0)
            data = file.read(MOST_BYTES + 1)
    except OSError as problem:
        raise BadInput(f"{path.name} cannot be read: {(problem.strerror or 'the disk says no').lower()}") from None
    if len(data) > MOST_BYTES:
        raise BadInput(
            f"{path.name} is larger than {MOST_BYTES // 2**20} MB, which no edit list of a film is: "
            "export the one time line, not the project"
        )
    return data


def _parsed(data: bytes, name: str, path: Path, rate: Fraction) -> Returned:
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not data.strip():
        raise BadInput(f"{name} is empty: export the list again")
    if start[:1] == b"{":
        from studio.cutting.reading import otio

        return otio.read(data, name)
    if start[:1] == b"<" or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        from studio.cutting.reading import _xml, fcp7, fcpxml

        root = _xml.parse(data, name)
        if root.tag == "xmeml":
            return fcp7.read(root, name)
        if root.tag == "fcpxml":
            return fcpxml.read(root, name)
        raise BadInput(f"{name} is XML, but no edit list (it begins with <{str(root.tag)[:40]}>): export {_WANTED}")
    from studio.cutting.reading import edl

    text = edl.text_of(data)
    if edl.is_edl(text):
        return edl.read(text, name, rate)
    known = _PROJECTS.get(path.suffix.lower(), "no edit list")
    raise BadInput(f"{name} is {known}: export the time line as {_WANTED}")
