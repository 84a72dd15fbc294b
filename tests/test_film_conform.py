"""An editor's cut comes back into a real film."""

from __future__ import annotations

import shutil
import zipfile

import pytest

import studio
from studio.cli import main
from studio.cutting.formats import FORMATS
from studio.errors import BadInput, NotFound
from tests.clips import ffmpeg, make_song

SHOTS = ("01A", "02A", "03A", "04A")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A film of four takes, arranged; and a clip from elsewhere."""
    folder = tmp_path_factory.mktemp("conform")
    with studio.new(folder / "film", title="Zoom", size=(160, 90), authors=["ada"]) as film:
        film.song.attach(make_song(folder / "song.wav"))
        for k, shot in enumerate(SHOTS):
            source = ("testsrc2", "smptebars", "mandelbrot", "rgbtestsrc")[k]
            clip = folder / f"{shot}.mp4"
            ffmpeg("-f", "lavfi", "-i", f"{source}=size=160x90:rate=24", "-frames:v", 96, "-pix_fmt", "yuv420p", clip)
            film.adopt(clip, shot)
            film.circle(f"{shot}-001")
        film.arrange()
    ffmpeg("-f", "lavfi", "-i", "gradients=size=160x90:rate=24:seed=7", "-frames:v", 60, "-pix_fmt", "yuv420p",
           folder / "extra.mp4")  # fmt: skip
    return folder


@pytest.fixture
def film(made, tmp_path):
    shutil.copytree(made / "film", tmp_path / "film")
    with studio.open(tmp_path / "film") as film:
        yield film


@pytest.fixture
def edit(film, tmp_path):
    """A folder as an editor sends it back: the list, and the media beside it."""
    (tmp_path / "back" / "media").mkdir(parents=True)
    for slot in film.cut().value.slots:
        shutil.copy(film.folder / slot.source.file, tmp_path / "back" / "media")
    return tmp_path / "back"


def exported(film, edit, name="film.xml", **renamed):
    """The list of the film's cut with files renamed in it, as text."""
    text = FORMATS[name].write(film.cut().value, folder=edit).decode()
    for old, new in renamed.items():
        text = text.replace(f"{old[1:]}-001.mp4", new).replace(f"<shottake>{old[1:]}-001</shottake>", "")
        text = text.replace(f"<name>{old[1:]}001</name>", "")
    path = edit / name
    path.write_text(text, "utf-8")
    return path


def test_a_cut_that_nobody_touched_comes_back_as_the_next_version(film, edit, capsys):
    before = film.cut().value
    for version, name in enumerate(("film.xml", "film.fcpxml", "film.otio", "film.edl"), start=2):
        came = film.conform(exported(film, edit, name))
        assert came.cut.value.version == version
        assert came.cut.value.slots == before.slots
        assert came.cut.value.song == before.song
        assert came.report.counts == {}
        assert came.report.words == "4 of 4 slots survived, 0 new; 4 of 4 takes are used"
    assert list(film.cuts()["version"]) == [1, 2, 3, 4, 5]
    assert film.cut().value.name == "from film.edl"


def test_renamed_files_are_found_by_their_bytes_and_by_their_picture(film, edit):
    path = exported(film, edit, _01A="hero shot.mp4", _02A="again.mp4")
    media = edit / "media"
    (media / "01A-001.mp4").rename(media / "hero shot.mp4")
    ffmpeg("-i", media / "02A-001.mp4", "-crf", 30, "-pix_fmt", "yuv420p", media / "again.mp4")
    (media / "02A-001.mp4").unlink()
    came = film.conform(path)
    said = {change.name: change.said for change in came.report.changes}
    assert came.unmatched == ()
    assert "found by the bytes of its file" in said["01A-001"]
    assert "found by its first picture" in said["02A-001"]


def test_a_folder_given_is_looked_into_and_a_bundle_is_read_as_it_is(film, edit, tmp_path):
    path = exported(film, edit, "film.otio", _03A="hero.mp4")
    text = path.read_text("utf-8")
    assert "hero.mp4" in text
    take = (edit / "media" / "03A-001.mp4").rename(tmp_path / "hero.mp4")
    path.write_text(text.replace('"take": "03A-001"', '"x": ""').replace('"sha256"', '"y"'), "utf-8")
    assert len(film.conform(path).unmatched) == 1
    assert film.conform(path, against=1, media=tmp_path).unmatched == ()
    with zipfile.ZipFile(edit / "film.otioz", "w") as bundle:
        bundle.writestr("content.otio", path.read_text("utf-8"))
        bundle.write(take, "media/hero.mp4")
    take.unlink()
    before = sorted(edit.rglob("*"))
    assert film.conform(edit / "film.otioz", against=1).unmatched == ()
    assert sorted(edit.rglob("*")) == before


def test_a_clip_from_elsewhere_is_left_empty_and_can_be_adopted(film, edit, made):
    path = exported(film, edit, _04A="extra.mp4")
    was = film.cut().value
    place = next(at for at, slot in enumerate(was.slots, start=1) if slot.source.shot == "04A")
    came = film.conform(path)
    (lost,) = came.unmatched
    assert (lost.slot, lost.event.called) == (place, "extra.mp4")
    slot = came.cut.value.slots[place - 1]
    assert slot.empty
    assert slot.how.startswith("unmatched: extra.mp4")
    assert (film.folder / slot.source.file).is_file()
    assert came.report.words == "3 of 4 slots survived, 0 new; 3 of 4 takes are used"
    assert f'in slot {place}: with came = film.conform(…), came.choose({place}, "07A-004") says' in repr(came)
    assert f"came.adopt({place}, " in came._repr_html_()
    with pytest.raises(BadInput, match="put it beside"):
        came.adopt(place, "05A")
    with pytest.raises(BadInput, match=f"those with one are {place}"):
        came.adopt(place + 1, "05A")
    shutil.copy(made / "extra.mp4", edit / "media")
    better = came.adopt(place, "05A")
    assert better.unmatched == ()
    assert better.cut.value.slots[place - 1].source.name == "05A-001"
    assert better.report.words == "3 of 4 slots survived, 1 new; 4 of 5 takes are used"
    assert better.cut.value.version == 3
    other = came.adopt(place, "06A")  # of the same bytes
    assert other.cut.value.slots[place - 1].source.name == "06A-001"


def test_nothing_is_written_where_a_list_cannot_be_read(film, edit):
    cards = sorted((film.folder / "media").rglob("*"))
    other = exported(film, edit, **{f"_{shot}": f"B{shot}.mov" for shot in SHOTS})
    for path, said in (
        (edit / "missing.xml", "give the list that the editor exported"),
        (other, "give the list that was made from this film"),
        (film.folder / "film.toml", "no edit list"),
    ):
        with pytest.raises(BadInput, match=said):
            film.conform(path)
    with pytest.raises(NotFound):
        film.conform(exported(film, edit), against=7)
    with pytest.raises(BadInput, match="is no path"):
        film.conform(7)
    assert len(film.cuts()) == 1
    assert sorted((film.folder / "media").rglob("*")) == cards


def test_a_take_that_was_left_out_and_comes_back_is_reinstated(film, edit):
    first = film.cut()
    short = exported(film, edit, "film.edl")
    lines = short.read_text().splitlines()
    keep = [line for line in lines if not line.startswith("004") and "04A-001" not in line]
    short.write_text("\n".join(keep))
    came = film.conform(short)
    assert came.report.counts["omitted"] == 1
    again = film.conform(exported(film, edit), against=came.cut)
    assert again.report.counts.get("omitted") is None
    (path,) = [exported(film, edit)]
    path.write_bytes(FORMATS["film.xml"].write(first.value, folder=edit))
    back = film.conform(path, against=came.cut)
    assert {c.name for c in back.report.changes if "reinstated" in c.kinds} == {"04A-001"}


def test_the_command_line_prints_the_report_and_one_sentence_for_a_mistake(film, edit, capsys):
    path = exported(film, edit)
    assert main(["conform", str(film.folder), str(path)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("4 of 4 slots survived, 0 new; 4 of 4 takes are used.\n")
    assert said.rstrip().endswith("version 2 of the cut, against version 1")
    assert main(["conform", str(film.folder), str(path), "--against", "1", "--csv"]) == 0
    assert capsys.readouterr().out.startswith("slot,was_slot,take,change,said")
    assert main(["conform", str(film.folder), str(edit / "media")]) == 2
    assert capsys.readouterr().err.startswith("studio: media is a folder: give the list itself")


def test_the_handle_shows_itself_as_a_page_and_a_table(film, edit):
    came = film.conform(exported(film, edit, _04A="&lt;b&gt;.mp4"))
    assert "&lt;b&gt;.mp4" in came._repr_html_()
    assert "<b>.mp4" not in came._repr_html_()
    assert len(came.to_frame()) == len(came.report.changes)
    assert "version 2 of the cut, against version 1" in repr(came)
