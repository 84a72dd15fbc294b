"""A delivery as the person who opens its folder finds it."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import wave
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from studio.cutting.formats import FORMATS
from studio.delivery import export, hashes, is_delivered, make_card, plan, safe_name
from studio.delivery.checks import check
from studio.delivery.rendering import _version
from studio.errors import BadInput, Damaged, DiskFull
from studio.log import Settings
from studio.log.cuts import cut_to_json
from studio.media import sha256_of
from studio.nouns import Marker

FILES = {
    *FORMATS, "report.html", "README.txt", "hashes.txt", "film.mp4", "song.wav", "media", "stamped",
}  # fmt: skip


def small_cut(film, **facts):
    """A title card, four takes at four rates, one of them slowed; beats and a lyric line."""
    card = make_card(film.folder, Settings("Endlose Fahrt", Fraction(24), 160, 96), "title", "Endlose Fahrt", 24)
    slots = [(card, 24, 0, Fraction(1))]
    slots += [(film.take(rate, 60), 20, n, Fraction(1)) for n, rate in enumerate((24, 30, Fraction(25, 3)))]
    slots += [(film.take(12, 60), 20, 4, Fraction(13, 16))]
    markers = (Marker(0, "bar", "bar 1"), Marker(12, "beat", "1.2"), Marker(30, "lyric", "für & <immer>", 20))
    return film.cut(slots, song=film.song(), markers=markers, **facts)


def contents(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): sha256_of(p) for p in folder.rglob("*") if p.is_file()}


def test_a_delivery_has_every_list_the_film_the_song_and_the_media_under_their_own_names(film):
    cut = small_cut(film)
    seen = []
    folder = export(cut, film.folder, "für Anna", progress=lambda done, total: seen.append((done, total)))
    assert folder == film.folder / "deliveries" / "für Anna"
    assert {p.name for p in folder.iterdir()} == FILES
    assert {p.name for p in (folder / "media").iterdir()} == {s.file_name for s in cut.sources}
    assert seen[-1] == (104, 104)
    for source in cut.sources:
        assert (folder / "media" / source.file_name).samefile(film.folder / source.file)
    with wave.open(str(folder / "song.wav")) as song:
        assert (song.getframerate(), song.getnchannels(), song.getnframes()) == (48000, 2, 104 * 2000)
    timeline = otio.adapters.read_from_file(str(folder / "film.otio"))
    assert [int(c.source_range.duration.value) for c in timeline.video_tracks()[0]] == [24, 20, 20, 20, 20]


def test_two_exports_of_one_cut_are_the_same_to_the_byte(film):
    cut = small_cut(film)
    first = contents(export(cut, film.folder, "one"))
    assert contents(export(cut, film.folder, "one")) == first
    shutil.rmtree(film.folder / "cache")
    shutil.rmtree(film.folder / "deliveries")
    assert contents(export(cut, film.folder, "one")) == first


def test_exporting_again_replaces_its_own_files_and_keeps_everybody_elses(film):
    cut = small_cut(film)
    folder = export(cut, film.folder, "one")
    (folder / "notes.txt").write_text("mine")
    (folder / "media" / "grading.cube").write_text("mine too")
    other = replace(cut, slots=(*cut.slots[:2], replace(cut.slots[2], source=cut.slots[1].source), *cut.slots[3:]))
    assert export(other, film.folder, "one") == folder
    assert {p.name for p in folder.iterdir()} == FILES | {"notes.txt"}
    assert (folder / "notes.txt").read_text() == "mine"
    assert {p.name for p in (folder / "media").iterdir()} == {s.file_name for s in other.sources} | {"grading.cube"}
    assert not list((film.folder / "cache").glob("export-*"))


def test_it_is_known_whether_a_cut_has_been_delivered(film):
    cut = small_cut(film)
    assert not is_delivered(cut, film.folder, "one")
    folder = export(cut, film.folder, "one")
    assert is_delivered(cut, film.folder, "one")
    shorter = replace(cut, slots=(*cut.slots[:-1], replace(cut.slots[-1], frames=19)))
    assert not is_delivered(shorter, film.folder, "one")
    swapped = replace(cut, slots=(*cut.slots[:-1], replace(cut.slots[-1], source=film.take(12, 60, first=5))))
    assert not is_delivered(swapped, film.folder, "one")
    (folder / "film.mp4").write_bytes((folder / "film.mp4").read_bytes()[:4000])
    assert not is_delivered(cut, film.folder, "one")
    export(cut, film.folder, "one")
    (folder / "report.html").unlink()
    assert not is_delivered(cut, film.folder, "one")


def test_prompts_leave_the_film_only_when_they_are_asked_for(film):
    cut = small_cut(film)
    words = {source.name: f"SECRET words for {source.name}" for source in cut.sources if source.kind == "take"}
    quiet = export(cut, film.folder, "quiet")
    told = export(cut, film.folder, "told", prompts=words)
    assert all(b"SECRET" not in p.read_bytes() for p in quiet.rglob("*") if p.is_file())
    telling = {p.name for p in told.rglob("*") if p.is_file() and b"SECRET" in p.read_bytes()}
    assert {"film.otio", "film.csv", "report.html"} <= telling


def test_absolute_paths_stand_only_where_the_format_needs_them(film):
    folder = export(small_cut(film), film.folder, "one")
    here = str(film.folder).encode()
    naming = {p.name for p in folder.rglob("*") if p.is_file() and here in p.read_bytes()}
    assert naming <= {"film.xml", "film.fcpxml"}


@pytest.mark.parametrize(
    "name",
    ["", "..", "../elsewhere", "a/b", "a\\b", ".hidden", "con", "NUL.txt", "x" * 61, "tab\there", "end ", "a:b", "*"],
)
def test_a_name_that_is_no_file_name_is_refused_with_one_that_is(name, film):
    with pytest.raises(BadInput, match="is no folder name on every system") as said:
        export(small_cut(film), film.folder, name)
    better = str(said.value).split("name the delivery ")[1].removesuffix(", for example").strip("'")
    assert safe_name(better) == better
    assert not list((film.folder / "deliveries").iterdir())


def test_a_delivery_may_have_the_name_that_a_person_gives_it(film):
    name = "für & wider 'Schnitt' #1 100%"
    assert export(small_cut(film), film.folder, name).name == name


def test_a_delivery_that_fails_leaves_the_old_one_as_it_was(film):
    cut = small_cut(film)
    before = contents(export(cut, film.folder, "one"))
    path = film.folder / cut.slots[3].source.file
    path.unlink()
    path.write_bytes(b"something else")
    with pytest.raises(Damaged, match="is not the file that was logged"):
        export(replace(cut, name="second"), film.folder, "one")
    assert contents(film.folder / "deliveries" / "one") == before
    assert not list((film.folder / "cache").glob("export-*"))


def test_a_first_delivery_that_is_stopped_leaves_no_folder(film):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(small_cut(film), film.folder, "one", progress=stop)
    assert list((film.folder / "deliveries").iterdir()) == []


def test_without_hard_links_the_media_are_copied(film, monkeypatch):
    """As on exFAT and some network shares."""

    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    cut = small_cut(film)
    folder = export(cut, film.folder, "one")
    for source in cut.sources:
        copy = folder / "media" / source.file_name
        assert not copy.samefile(film.folder / source.file)
        assert sha256_of(copy) == source.sha256


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full stands for a full disk, and is not here")
def test_a_full_disk_is_one_sentence_and_leaves_nothing(film, monkeypatch):
    cut = small_cut(film)
    monkeypatch.setattr(secrets, "token_hex", lambda size: "0" * size)
    chunk = plan.chunks(cut, check(cut, film.folder).matrices)[0]
    store = film.folder / "cache" / "chunks"
    store.mkdir(parents=True)
    (store / f"{chunk.key(_version())}.mp4.0000.partial").symlink_to("/dev/full")
    with pytest.raises(DiskFull, match="free some room"):
        export(cut, film.folder, "one")
    assert list(store.iterdir()) == []
    assert list((film.folder / "deliveries").iterdir()) == []
    assert not list((film.folder / "cache").glob("export-*"))
    assert export(cut, film.folder, "one").is_dir()


KILLED = """
import os, signal, sys
from pathlib import Path
from studio.delivery import export
from studio.log.cuts import cut_from_json
calls = 0
def die(*_):
    global calls
    calls += 1
    if calls == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
Path.replace = lambda self, to, really=Path.replace: (die(), really(self, to))[1]
folder = Path(sys.argv[1])
export(cut_from_json((folder / "cut.json").read_text()), folder, "one")
"""


@pytest.mark.parametrize("step", [3, 18])
def test_an_export_that_is_killed_is_made_whole_by_the_next_one(step, film):
    """While it renders, or while it puts its files in place of an older delivery's."""
    cut = small_cut(film)
    older = replace(cut, name="older", slots=cut.slots[:3])
    folder = export(older, film.folder, "one")
    before = contents(folder)
    (film.folder / "cut.json").write_text(cut_to_json(cut))
    killed = subprocess.run([sys.executable, "-c", KILLED, str(film.folder), str(step)], capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (contents(folder) == before) == (step == 3)
    export(cut, film.folder, "one")
    assert hashes.read(folder) == {name: found for name, found in contents(folder).items() if name != "hashes.txt"}
    assert is_delivered(cut, film.folder, "one")
