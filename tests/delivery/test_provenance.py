"""What a finished file says of where it came from, as an independent reader finds it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction

import av
import pytest

import studio
from studio.delivery import xmp
from studio.delivery.provenance import COMPOSITE, DRAWN, TRAINED, VOCABULARY, mark, source_type_of, systems_of
from studio.errors import BadInput, BadMedia, NotFound
from studio.nouns import SongRange
from tests.clips import ffmpeg
from tests.delivery.marking import SECRET, exiftool, finished, make_film, source_of

KIND = "XMP:XMP-iptcExt:DigitalSourceType"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_film(tmp_path_factory.mktemp("provenance") / "film")


@pytest.fixture
def film(made, tmp_path):
    shutil.copytree(made, tmp_path / "film")
    with studio.open(tmp_path / "film") as film:
        film.as_("ada")
        yield film


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return finished(tmp_path_factory.mktemp("plain") / "plain.mp4")


def marked(film, plain, name="film.mp4", **how):
    path = shutil.copyfile(plain, film.folder / name)
    return path, mark(path, film.cut().value, film.log, film.settings, environ={}, **how)


def test_a_film_says_in_xmp_and_in_plain_tags_what_made_it(film, plain, require):
    require("exiftool")
    path, said = marked(film, plain)
    found = exiftool(path)
    assert found[KIND] == f"{VOCABULARY}{COMPOSITE}" == VOCABULARY + said.source_type
    assert found["XMP:XMP-dc:Title"] == found["QuickTime:ItemList:Title"] == "Endlose Fährt <&> Co"
    assert found["XMP:XMP-iptcExt:AISystemUsed"] == "Runway gen4.5; Gemini omni-1.1"
    assert found["XMP:XMP-dc:Creator"] == "ben"
    assert "generated with AI" in found["QuickTime:ItemList:Comment"]
    assert COMPOSITE in found["QuickTime:ItemList:Comment"]
    assert "Runway gen4.5, Gemini omni-1.1" in repr(film.cut().provenance(path)).replace("; ", ", ")
    assert film.cut().provenance(path).source_type == COMPOSITE


def test_neither_words_nor_paths_stand_in_a_file_unless_they_are_asked_for(film, plain):
    quiet, _ = marked(film, plain)
    told, _ = marked(film, plain, "told.mp4", prompts={"01A-001": SECRET})
    assert SECRET.encode() not in quiet.read_bytes()
    assert str(film.folder).encode() not in quiet.read_bytes()
    assert f"01A-001: {SECRET}" in xmp.carried(told).xmp["Iptc4xmpExt:AIPromptInformation"]


def test_marking_touches_neither_pictures_nor_sound_and_is_the_same_twice(film, plain, plain_ffmpeg):
    first, _ = marked(film, plain)
    second, _ = marked(film, plain, "again.mp4")
    assert first.read_bytes() == second.read_bytes()
    packets, samples = (
        [plain_ffmpeg("-i", str(path), "-map", "0", *how, "-f", "framemd5", "-") for path in (plain, first)]
        for how in (("-c", "copy"), ())
    )
    assert packets[0] == packets[1]
    assert samples[0] == samples[1]


@pytest.mark.parametrize(("label", "kind"), [("01A-001", TRAINED), ("02A-001", DRAWN), ("02B-001", TRAINED)])
def test_a_copy_of_a_take_says_whether_a_model_made_it(label, kind, film, plain, require):
    require("exiftool")
    path, _ = marked(film, plain, "copy.mp4", take=source_of(film, label))
    found = exiftool(path)
    assert found[KIND] == VOCABULARY + kind
    assert ("XMP:XMP-iptcExt:AISystemUsed" in found) == (label == "01A-001")


def test_a_stamped_mov_keeps_its_time_code(film, plain, tmp_path, require):
    require("exiftool")
    stamped = tmp_path / "stamped.mov"
    ffmpeg("-i", plain, "-map", "0:v", "-c", "copy", "-timecode", "02:02:00:00", stamped)
    path, _ = marked(film, stamped, "01A-001.mov", take=source_of(film, "01A-001"))
    found = exiftool(path)
    assert found[KIND] == VOCABULARY + TRAINED
    with av.open(str(path)) as box:
        assert [stream.metadata["timecode"] for stream in box.streams] == ["02:02:00:00"] * 2  # picture and time code
    assert [value for name, value in found.items() if name.endswith(":MajorBrand")] == ["Apple QuickTime (.MOV/QT)"]


def test_the_word_for_a_film_follows_from_what_is_in_it(film):
    cut = film.cut().value
    silent = SongRange("", "", Fraction(0), Fraction(0))
    systems = systems_of(cut, film.log)
    models = {name: system for name, system in systems.items() if system.provider == "runway"}
    drawn = {name: system for name, system in systems.items() if system.provider == "previz"}
    assert source_type_of(cut, models) == COMPOSITE
    assert source_type_of(replace(cut, song=silent), models) == TRAINED
    assert source_type_of(replace(cut, song=silent), models | drawn) == COMPOSITE
    assert source_type_of(replace(cut, song=silent), drawn) == DRAWN
    assert source_type_of(cut, drawn) == "compositeSynthetic"


def test_what_a_take_came_with_and_rendering_loses_is_said(film, plain):
    take = film.folder / "media/takes/01A-001.mp4"
    xmp.append(take, {"dc:title": "by the maker", "Iptc4xmpExt:DigitalSourceType": VOCABULARY + TRAINED})
    said = repr(film.cut().provenance())
    assert "01A-001 came with XMP" in said
    path, result = marked(film, plain)
    assert any("01A-001 came with XMP of the maker" in note for note in result.notes)
    _, copy = marked(film, take, "copy.mp4", take=source_of(film, "01A-001"))
    assert any("has XMP of its maker, which stands" in note for note in copy.notes)
    assert xmp.carried(film.folder / "copy.mp4").xmp["dc:title"] == "by the maker"
    assert "01A-001 came with XMP" in film.cut().provenance(path)._repr_html_()


def test_a_title_that_is_no_xml_is_still_a_title(plain, tmp_path, require):
    require("exiftool")
    path = shutil.copyfile(plain, tmp_path / "hard.mp4")
    xmp.append(path, {"dc:title": "a ]]> <rdf:li> & \x01 'b' \U0001f4a5"})
    assert exiftool(path)["XMP:XMP-dc:Title"] == "a ]]> <rdf:li> & � 'b' \U0001f4a5"
    assert xmp.carried(path).xmp["dc:title"] == "a ]]> <rdf:li> & � 'b' \U0001f4a5"


@pytest.mark.parametrize(
    "words",
    [
        b"<x:xmpmeta",
        b'<!DOCTYPE a [<!ENTITY b "&c;&c;">]><rdf:RDF/>',
        b"\xff\xfe\x00",
        b" " * (2**20 + 1),
    ],
)
def test_a_foreign_packet_that_is_no_packet_says_nothing(words, plain, tmp_path):
    path = tmp_path / "foreign.mp4"
    box = (24 + len(words)).to_bytes(4, "big") + b"uuid" + xmp.XMP_BOX + words
    path.write_bytes(plain.read_bytes() + box)
    assert not xmp.carried(path)


def test_a_file_that_is_cut_short_or_no_film_is_not_added_to(plain, tmp_path):
    for name, content in (("short.mp4", plain.read_bytes()[:-7]), ("no.mp4", b"\0" * 40), ("empty.mp4", b"")):
        path = tmp_path / name
        path.write_bytes(content)
        assert not xmp.carried(path)
        with pytest.raises(BadMedia, match="is no whole MP4"):
            xmp.append(path, {"dc:title": "x"})
        assert path.read_bytes() == content


def test_asking_about_a_file_that_is_not_there_is_one_sentence(film):
    with pytest.raises(NotFound, match=r"gone\.mp4 is not there"):
        film.cut().provenance(film.folder / "gone.mp4")
    with pytest.raises(BadInput, match="is no path"):
        film.cut().provenance(3)


def test_marking_needs_no_certificate_and_no_extra(film, plain):
    path, said = marked(film, plain)
    assert said.credential is None
    assert "it has no Content Credentials" in repr(film.cut().provenance(path))
    assert not list(film.folder.glob("*.partial"))


def test_a_delivery_is_marked_through_and_through_and_the_takes_themselves_are_not_touched(film, require):
    require("exiftool")
    take = film.folder / "media/takes/01A-001.mp4"
    before = take.read_bytes()
    folder = film.cut().export("marked", preset="avid")
    assert exiftool(folder / "film.mp4")[KIND] == VOCABULARY + COMPOSITE
    stamped = sorted((folder / "media").rglob("01A*.mov"))
    assert [exiftool(path)[KIND] for path in stamped] == [VOCABULARY + TRAINED]
    assert take.read_bytes() == before
    assert "not legal advice" in (folder / "disclosure.txt").read_text("utf-8")
    assert b'"01A-001"' in (folder / "film.json").read_bytes()
    assert all(SECRET.encode() not in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_film_with_subtitles_is_marked_and_keeps_them(film, plain, tmp_path):
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:00,500\nahead\n", "utf-8")
    titled = tmp_path / "titled.mp4"
    ffmpeg("-i", plain, "-i", words, "-map", "0", "-map", "1", "-c", "copy", "-c:s", "mov_text", titled)
    path, _ = marked(film, titled)
    with av.open(str(path)) as box:
        assert [stream.type for stream in box.streams] == ["video", "audio", "subtitle"]
