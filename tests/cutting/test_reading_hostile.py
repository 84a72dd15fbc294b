"""Lists that somebody wrote to harm, and files that are no lists: one sentence each, and nothing written."""

from __future__ import annotations

import json
import random
import re
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest

from studio.cutting import reading
from studio.cutting.reading import covered, read
from studio.errors import BadInput
from tests.cutting.test_conforming import came_back

RETURNED = Path(__file__).with_name("returned")

LAUGHS = (
    '<!DOCTYPE xmeml [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)


def sentence(path) -> str:
    with pytest.raises(BadInput) as caught:
        read(path)
    said = str(caught.value)
    assert path.name in said
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE xmeml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE xmeml [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
        LAUGHS,
    ],
)
@pytest.mark.parametrize("tag", ["xmeml", "fcpxml"])
def test_entities_are_refused_before_anything_comes_of_them(doctype, tag, tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(f'<?xml version="1.0"?>{doctype}<{tag}><sequence><name>&x;&j;</name></sequence></{tag}>')
    assert "declares XML entities" in sentence(path)


def test_a_document_type_elsewhere_is_not_fetched(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text('<!DOCTYPE xmeml SYSTEM "http://127.0.0.1:9/xmeml.dtd"><xmeml/>')
    assert "holds no sequence" in sentence(path)


def test_a_list_of_a_gigabyte_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "a.xml"
    with path.open("wb") as file:
        file.write(b"<xmeml>")
        file.truncate(2**30)
    assert "larger than 64 MB" in sentence(path)
    monkeypatch.setattr(reading, "MOST_BYTES", 100_000)
    with zipfile.ZipFile(tmp_path / "a.otioz", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("content.otio", b"{" + b" " * 50_000_000)
    assert (tmp_path / "a.otioz").stat().st_size < 100_000
    assert "larger than" in sentence(tmp_path / "a.otioz")


def test_a_bundle_that_leads_outside_is_refused_and_nothing_is_unpacked(tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    for name in ("../evil.mp4", "/etc/evil.mp4", "media\\..\\..\\evil.mp4", "C:/evil.mp4"):
        with zipfile.ZipFile(inside / "a.otioz", "w") as bundle:
            bundle.writestr("content.otio", "{}")
            bundle.writestr(name, "evil")
        assert "outside of it" in sentence(inside / "a.otioz")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.otioz", "in"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.xml", b"<xmeml><sequence>", "no XML that can be read"),
        ("a.xml", b"<html/>", "XML, but no edit list"),
        ("a.xml", b"<xmeml/>", "holds no sequence"),
        ("a.fcpxml", b"<fcpxml version='1.10'/>", "holds no project"),
        ("a.xml", b"<x>" * 5000 + b"</x>" * 5000, "no XML that can be read"),
        ("a.otio", b"{", "breaks off"),
        ("a.otio", b'{"a": ' * 900 + b"1" + b"}" * 900, "nested"),
        ("a.otio", b'{"OTIO_SCHEMA": "Nonsense.1"}', "no time line"),
        ("a.otio", b'{"OTIO_SCHEMA": "Timeline.1", "name": "x", "tracks": 5}', "holds no clips"),
        ("a.edl", b"TITLE: X\nFCM: NON-DROP FRAME\n", "without events"),
        ("a.edl", b"TITLE: X\n001  A V C 00:00:00:00 00:00:01:00 00:00:00\n" * 3, "cannot be read"),
        ("a.edl", b"TITLE: X\n" + b"001 " * 5_000_000, "without events"),
        ("a.edl", b"TITLE: X\n001  A V Q 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n", "cannot be read"),
        ("a.edl", b"TITLE: X\n001  A V C 00:00:00:00 00:99:01:00 00:00:00:00 00:00:01:00\n", "no time code"),
        ("a.prproj", b"\x1f\x8b\x08junk", "a Premiere project"),
        ("a.aaf", b"\xd0\xcf\x11\xe0junk", "an AAF"),
        ("a.mp4", b"\0\0\0\x18ftypmp42", "no edit list"),
        ("a.xml", b"", "is empty"),
        ("a.otioz", b"PK\x03\x04junk", "cannot be unpacked"),
    ],
)
def test_what_is_no_list_is_said_in_one_sentence(name, data, said, tmp_path):
    path = tmp_path / name
    path.write_bytes(data)
    assert said in sentence(path)


def fcp7(*items: str) -> str:
    rate = "<rate><timebase>24</timebase><ntsc>FALSE</ntsc></rate>"
    clips = "".join(f"<clipitem>{item}</clipitem>" for item in items)
    return (
        f"<xmeml version='4'><sequence><name>x</name>{rate}<media><video><track>{clips}</track></video></media>"
        "</sequence></xmeml>"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (fcp7("<start>0</start><end>9e9</end>"), "a whole number would be right"),
        (fcp7("<start>0</start><end>" + "9" * 5000 + "</end>"), "a whole number would be right"),
        (fcp7("<name>a</name><start>-1</start><end>-1</end><in>0</in><out>5</out>"), "where a starts or ends"),
        ("<fcpxml><resources><format id='r' frameDuration='1/0s'/></resources><project><sequence format='r'><spine/>"
         "</sequence></project></fcpxml>", "which is none"),
        ("<fcpxml><resources><format id='r' frameDuration='1e9s'/></resources><project><sequence format='r'><spine/>"
         "</sequence></project></fcpxml>", "which is none"),
        ("<fcpxml><project><sequence><spine/></sequence></project></fcpxml>", "the frame rate"),
    ],
)  # fmt: skip
def test_numbers_that_are_none_are_named(text, said, tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(text)
    assert said in sentence(path)


def test_a_speed_that_breaks_off_is_named(tmp_path):
    effect = (
        "<filter><effect><effectid>timeremap</effectid><parameter><parameterid>speed</parameterid>"
        "<value>fast</value></parameter></effect></filter>"
    )
    path = tmp_path / "a.xml"
    path.write_text(fcp7(f"<name>a</name><start>0</start><end>5</end><in>0</in><out>5</out>{effect}"))
    assert "a speed that is no number" in sentence(path)


def test_a_list_of_too_many_clips_is_not_laid_out(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_EVENTS", 2)
    path = tmp_path / "a.xml"
    path.write_text(fcp7(*["<start>0</start><end>5</end><in>0</in><out>5</out>"] * 3))
    assert "holds 3 clips" in sentence(path)


def test_brackets_in_braces_of_a_text_are_no_depth(tmp_path):
    text = json.dumps({"OTIO_SCHEMA": "Timeline.1", "name": "[" * 500 + '\\"' + "{" * 500, "tracks": {}})
    path = tmp_path / "a.otio"
    path.write_text(text)
    assert "holds no clips" in sentence(path)


def test_the_rate_of_an_edl_is_the_films(tmp_path):
    path = tmp_path / "a.edl"
    path.write_text("TITLE: X\n001  01A001 V C 00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00\n")
    assert read(path, Fraction(25)).rate == 25


NUMBERS = (b"0", b"-1", b"7", b"999999999999", b"1e9", b"", b"0.5", b"NaN", b"1e308")


def broken(data: bytes, chance: random.Random) -> bytes:
    """One to four bytes, numbers or lines of a list that are not what they were."""
    for _ in range(chance.randint(1, 4)):
        way = chance.choice(("number", "line", "byte"))
        if way == "number" and (found := list(re.finditer(rb"-?\d+", data))):
            place = chance.choice(found)
            data = data[: place.start()] + chance.choice(NUMBERS) + data[place.end() :]
        elif way == "line":
            lines = data.split(b"\n")
            line = lines.pop(chance.randrange(len(lines)))
            at = chance.randrange(len(lines))
            lines[at:at] = [line] * chance.randint(0, 2)
            data = b"\n".join(lines)
        else:
            at = chance.randrange(len(data))
            data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    return data


@pytest.mark.parametrize("name", sorted(path.name for path in RETURNED.iterdir()))
def test_a_list_that_is_broken_anywhere_is_read_or_refused(name, tmp_path):
    chance = random.Random(name)
    whole = (RETURNED / name).read_bytes()
    path = tmp_path / name
    said: list[str] = []
    for _ in range(80):
        path.write_bytes(broken(whole, chance))
        try:
            returned = read(path)
            covered(returned.events, returned.rate)
            came_back(returned)
        except BadInput as refused:
            said.append(str(refused))
    assert 0 < len(said) < 80
    assert not any("\n" in sentence for sentence in said)
