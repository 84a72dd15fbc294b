"""Where a finished file came from, said inside it: plain tags, XMP with IPTC's digital source type, and last of all
Content Credentials where the person has a certificate. And what its takes came in with that rendering does not keep.

No words of a prompt stand in a file unless they are asked for. Without a certificate the same cut gives the same
bytes; a signature is never twice the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from studio.delivery import credentials, xmp
from studio.delivery.credentials import Credential, Ingredient, Signing
from studio.errors import BadInput, NotFound
from studio.media import Library, ffmpeg, source
from studio.media.files import scratch
from studio.nouns import Cut, Source

if TYPE_CHECKING:
    from studio.log import Log, Settings

VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TRAINED = "trainedAlgorithmicMedia"  # made by a model
COMPOSITE = "compositeWithTrainedAlgorithmicMedia"  # of several things, of which some were made by a model
DRAWN = "algorithmicMedia"  # made by a program that was trained on nothing: the stand-ins, and cards
STAND_IN, ADOPTED = "previz", "adopted"  # of the providers, those that are no service
TOOL = "Circletake"


@dataclass(frozen=True)
class System:
    """What made a take."""

    provider: str
    model: str  # "" where it is not known

    @property
    def name(self) -> str:
        """As people write it: "Runway gen4.5"."""
        from studio.providers.catalogue import catalogue

        service = catalogue().services.get(self.provider)
        return f"{service.title if service else self.provider} {self.model}".strip()

    @property
    def is_model(self) -> bool:
        """Whether it counts as generated. A clip that was adopted does: a take is one generation, until told else."""
        return self.provider != STAND_IN


@dataclass(frozen=True)
class Incoming:
    """The marks that a source of the cut came with."""

    name: str  # "07A-003"
    credentials: bool
    xmp: bool
    source_type: str = ""

    @property
    def said(self) -> str:
        """In words: "Content Credentials and XMP"."""
        return " and ".join(["Content Credentials"] * self.credentials + ["XMP"] * self.xmp) or "no marks"


@dataclass(frozen=True)
class Marked:
    """What was written into a finished file, and what was not."""

    source_type: str
    fields: dict[str, str | tuple[str, ...]]  # of the XMP; empty where the file was left as it came
    credential: Credential | None
    notes: tuple[str, ...]  # one sentence each


def system_of(take: Source, log: Log) -> System:
    """What made a take of the cut."""
    found = log.take(take.take_id or take.name)
    if not found.request_id:
        return System(ADOPTED, "")
    request = log.request(found.request_id)
    return System(request.provider, request.model)


def systems_of(cut: Cut, log: Log) -> dict[str, System]:
    """What made each take of a cut, by its label, in the order of first use."""
    return {each.name: system_of(each, log) for each in cut.sources if each.kind == "take"}


def source_type_of(cut: Cut, systems: Mapping[str, System]) -> str:
    """IPTC's word for a film: composite where takes of a model and a recorded song, or stand-ins, come together."""
    generated = [each.is_model for each in systems.values()]
    if not any(generated):
        return DRAWN if not cut.song.file else "compositeSynthetic"
    return COMPOSITE if cut.song.file or not all(generated) else TRAINED


def incoming(sources: Sequence[Source], folder: Path) -> tuple[Incoming, ...]:
    """The marks of each take among these, as its file came in. No extra is needed: a mark is seen, not checked."""
    library = Library(folder)
    found = []
    for each in sources:
        if each.kind == "take":
            marks = xmp.carried(library.locate(each.file))
            found.append(Incoming(each.name, marks.credentials, bool(marks.xmp), marks.source_type))
    return tuple(found)


def lost(came: Sequence[Incoming], signed: bool) -> tuple[str, ...]:
    """One sentence a kind of mark that rendering does not carry over."""
    notes = []
    with_credentials = [each.name for each in came if each.credentials]
    if with_credentials and signed:
        notes.append(f"the Content Credentials of {_listed(with_credentials)} stand in the film's own, as its parts'")
    elif with_credentials:
        notes.append(
            f"{_listed(with_credentials)} came with Content Credentials, which are lost here: rendering makes new "
            "pictures; sign the film to carry them as its parts', and keep the takes' own files"
        )
    with_xmp = [each.name for each in came if each.xmp and not each.credentials]
    if with_xmp:
        notes.append(f"{_listed(with_xmp)} came with XMP of the maker, whose words the film's own XMP does not repeat")
    return tuple(notes)


def marker(
    cut: Cut,
    log: Log,
    settings: Settings,
    *,
    take: Source | None = None,
    prompts: Mapping[str, str] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Callable[[Path], Marked]:
    """`mark`, with everything that can be wrong looked at now, before anything is rendered: BadInput, NotFound."""
    signing = credentials.signing_for(settings, log.folder, environ)
    if take is None:
        fields, kind = _film_fields(cut, log, prompts)
    else:
        fields, kind = _take_fields(take, cut, log, prompts)
    return lambda path: _mark(path, cut, log, fields, kind, take, signing)


def mark(
    path: Path,
    cut: Cut,
    log: Log,
    settings: Settings,
    *,
    take: Source | None = None,
    prompts: Mapping[str, str] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Marked:
    """Mark a finished MP4 or MOV in its place, before it is named: a film's tags, then XMP, then the signature.

    It is the film of the cut or, where `take` is given, a copy of that take. `prompts` are words by take, written only
    where they are given. A copy that still has its maker's Content Credentials is left as it is: another byte would
    break them. Pictures, sound and time code are not touched.
    """
    return marker(cut, log, settings, take=take, prompts=prompts, environ=environ)(path)


def take_marker(cut: Cut, log: Log, prompts: Mapping[str, str] | None = None) -> Callable[[Path, Source], None]:
    """What writes XMP into a copy of a take or a card that was made for a delivery, and has lost its maker's marks.

    It is not signed, and the same copy gets the same bytes.
    """

    def write(path: Path, source: Source) -> None:
        if not xmp.carried(path):
            xmp.append(path, _take_fields(source, cut, log, prompts)[0])

    return write


def _mark(
    path: Path,
    cut: Cut,
    log: Log,
    fields: dict[str, str | tuple[str, ...]],
    kind: str,
    take: Source | None,
    signing: Signing | None,
) -> Marked:
    there = xmp.carried(path)
    if there.credentials:
        what = take.name if take else path.name
        return Marked(
            there.source_type, {}, None, (f"{what} has its maker's Content Credentials and is left as it came",)
        )
    sources = cut.sources if take is None else (take,)
    came = incoming(sources, log.folder)
    notes = list(lost(came, signing is not None))
    if there.xmp:
        notes.append(f"{take.name if take else path.name} has XMP of its maker, which stands")
    else:
        if take is None:
            _write_tags(path, fields)
        xmp.append(path, fields)
    credential = None
    if signing is not None:
        credential = credentials.sign(
            path, signing, title=_title(cut, take), source_type=VOCABULARY + kind,
            made_of=_ingredients(sources, log),
        )  # fmt: skip
    return Marked(kind, {} if there.xmp else fields, credential, tuple(notes))


def _film_fields(cut: Cut, log: Log, prompts: Mapping[str, str] | None) -> tuple[dict[str, str | tuple[str, ...]], str]:
    systems = systems_of(cut, log)
    kind = source_type_of(cut, systems)
    names = tuple(dict.fromkeys(each.name for each in systems.values() if each.is_model and each.provider != ADOPTED))
    words = [f"{name}: {prompts[name]}" for name in systems if name in prompts] if prompts else []
    return _fields(_title(cut, None), kind, (cut.author,) if cut.author else (), names, "\n".join(words)), kind


def _take_fields(
    take: Source, cut: Cut, log: Log, prompts: Mapping[str, str] | None
) -> tuple[dict[str, str | tuple[str, ...]], str]:
    if take.kind == "card":
        return _fields(_title(cut, take), DRAWN, (), (), ""), DRAWN
    system = system_of(take, log)
    kind = TRAINED if system.is_model else DRAWN
    names = (system.name,) if system.is_model and system.provider != ADOPTED else ()
    return _fields(_title(cut, take), kind, (), names, (prompts or {}).get(take.name, "")), kind


def _title(cut: Cut, take: Source | None) -> str:
    return f"{cut.film_title}, {take.name}" if take else cut.film_title


def _fields(
    title: str, kind: str, people: tuple[str, ...], systems: tuple[str, ...], words: str
) -> dict[str, str | tuple[str, ...]]:
    return {
        "dc:title": title,
        "dc:creator": people,
        "xmp:CreatorTool": TOOL,
        "Iptc4xmpExt:DigitalSourceType": VOCABULARY + kind,
        "Iptc4xmpExt:AISystemUsed": systems,
        "Iptc4xmpExt:AIPromptInformation": words,
    }


SAID = {
    TRAINED: "Pictures generated with AI",
    COMPOSITE: "Pictures generated with AI, cut together with other material",
    DRAWN: "Pictures drawn by a program, not generated with AI",
    "compositeSynthetic": "Pictures drawn by a program, not generated with AI, cut together with other material",
}


def _write_tags(path: Path, fields: Mapping[str, str | tuple[str, ...]]) -> None:
    """Title, people and one plain sentence as the tags that any player shows. Packets are copied, not encoded."""
    kind = str(fields["Iptc4xmpExt:DigitalSourceType"])
    systems = ", ".join(fields["Iptc4xmpExt:AISystemUsed"])
    sentence = SAID[kind.rsplit("/", 1)[-1]] + (f" ({systems})" if systems else "")
    tags = {
        "title": str(fields["dc:title"]),
        "artist": ", ".join(fields["dc:creator"]),
        "comment": f"{sentence}. Digital source type: {kind}",
    }
    form = "mov" if credentials.mime_of(path) == "video/quicktime" else "mp4"
    words = [each for name, value in tags.items() if value for each in ("-metadata", f"{name}={value}")]
    with scratch(path) as tagged:
        ffmpeg([
            "-i", source(path), "-map", "0", "-map", "-0:d?", "-c", "copy", "-fflags", "+bitexact", *words,
            "-movflags", "+faststart", "-f", form, source(tagged),
        ])  # fmt: skip
        tagged.replace(path)


def _ingredients(sources: Sequence[Source], log: Log) -> list[Ingredient]:
    library = Library(log.folder)
    return [
        Ingredient(each.name, library.locate(each.file), each.sha256, system_of(each, log).name)
        for each in sources
        if each.kind == "take"
    ]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"


# --- read again --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Provenance:
    """What a file says of itself, and what the cut's takes came in with."""

    file: str  # its name; "" where none was asked about
    marks: xmp.Carried
    credential: Credential | None
    came: tuple[Incoming, ...]
    notes: tuple[str, ...]

    @property
    def source_type(self) -> str:
        """The last word of IPTC's digital source type; "" where it is not said."""
        return self.marks.source_type or (self.credential.source_type if self.credential else "")

    @property
    def _lines(self) -> list[str]:
        lines = []
        if self.file:
            kind = self.source_type
            lines.append(
                f"{self.file}: {SAID.get(kind, kind)} ({kind})" if kind else f"{self.file} says nothing of itself"
            )
            lines += [f"{name.split(':')[1]}: {_short(value)}" for name, value in self.marks.xmp.items()]
            lines += [f"Content Credentials: {self.credential.said}"] if self.credential else []
        with_marks = [each for each in self.came if each.credentials or each.xmp]
        lines += [f"{each.name} came with {each.said}" for each in with_marks]
        if not with_marks:
            lines.append(f"none of the {len(self.came)} takes came with marks in its file")
        return [*lines, *self.notes]

    def __repr__(self) -> str:
        return "\n".join(self._lines)

    def _repr_html_(self) -> str:
        return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in self._lines)}</ul>"


def provenance_of(cut: Cut, folder: Path, path: Path | None = None, *, trust: Path | None = None) -> Provenance:
    """What a delivered file says of itself and what its takes came in with; without a file the latter only.

    `trust` is a PEM file of certificates whose signatures you trust. A credential is checked against every byte of the
    file, where the extra is there.
    """
    came = incoming(cut.sources, folder)
    if path is None:
        return Provenance("", xmp.Carried(), None, came, lost(came, signed=False))
    if not path.is_file():
        raise NotFound(f"{path.name} is not there: write the path of a file that was delivered")
    marks, credential, notes = xmp.carried(path), None, []
    if marks.credentials and credentials.installed():
        credential = credentials.read(path, anchors=_pem(trust) if trust else "")
    elif marks.credentials:
        notes.append("it has Content Credentials; to check them: pip install 'circletake[c2pa]'")
    else:
        notes += ["it has no Content Credentials", *lost(came, signed=False)]
    return Provenance(path.name, marks, credential, came, tuple(notes))


def _short(value: str) -> str:
    """A value of somebody's packet as a line shows it."""
    plain = "".join(each if each.isprintable() else " " for each in value)
    return plain if len(plain) <= 200 else f"{plain[:199]}…"


def _pem(path: Path) -> str:
    try:
        text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        text = ""
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise BadInput(f"{path.name} holds no certificates to trust: write the path of a PEM file")
    return text
