"""A package as an editor gets it: for one program, moved to another disk, with nothing offline."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote, urlsplit

import opentimelineio as otio
import pycmx
import pytest
from lxml import etree

from studio.cutting import read
from studio.cutting.formats import FORMATS, Lists
from studio.delivery import export, hashes
from studio.delivery.conformed import stamped_bytes
from studio.delivery.export import _Making, is_delivered
from studio.delivery.packages import PRESETS, Package, asked, lists_of, media_files
from studio.delivery.readme import write_readme
from studio.errors import BadInput, DiskFull
from studio.film.conform import locate
from studio.media import sha256_of
from studio.nouns import Cut, Source
from tests.cutting.readers import read_fcp7, read_fcpxml, read_otio
from tests.delivery.conftest import HEIGHT, WIDTH, Material, grey_frames, numbered_clip, numbers_in, run_ffmpeg

HARD = ("Täke", "#", "&", "it's", "100%")


def hard_takes(film: Material, count: int) -> list[Source]:
    """Takes at 24 and 30 fps in turn, with names that no address, shell or spreadsheet leaves alone."""
    found = []
    for n in range(count):
        rate, label = Fraction((24, 30)[n % 2]), f"{n + 1:02d}A-001"
        file = f"media/takes/{HARD[0]} {HARD[1]}{n} {' '.join(HARD[2:])}.mp4"
        (film.folder / file).write_bytes(numbered_clip(rate, 40, WIDTH, HEIGHT, 0, ()))
        facts = (rate, 40, WIDTH, HEIGHT, label.replace("-", ""))
        found.append(Source("take", label, file, sha256_of(film.folder / file), *facts, shot=label[:3]))
    return found


def hard_cut(film: Material, count: int) -> Cut:
    """A cut of them, each entered at frame 7."""
    return film.cut([(take, 8, 7, Fraction(1)) for take in hard_takes(film, count)], song=film.song())


def offline(folder: Path, rate: Fraction) -> list[str]:
    """The clips of a delivery's lists whose files our own reader of returned cuts cannot find."""
    lost = []
    for name in ("film.otio", "film.xml", "film.fcpxml", "film.edl"):
        if not (folder / name).exists():
            continue
        events = [event for event in read(folder / name, rate).events if event.kind == "clip"]
        assert events
        for event in events:
            song = "song.wav" in (event.file_name, event.name) and (folder / "song.wav").is_file()
            if not song and locate(event, folder / name, folder / "stamped") is None:
                lost.append(f"{name}: {event.called}")
    return lost


def otio_files(path: Path) -> list[Path]:
    """The files that a list of OpenTimelineIO names, from where it lies."""
    timeline = otio.adapters.read_from_file(str(path))
    urls = [clip.media_reference.target_url for clip in timeline.find_clips()]
    assert not any(urlsplit(url).scheme or url.startswith("/") for url in urls)
    return [path.parent / unquote(url) for url in urls]


def xml_files(path: Path) -> list[Path]:
    """The files that FCP 7 XML and FCPXML name, by their full addresses."""
    tree = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True))
    urls = [node.text for node in tree.iter("pathurl")] + [node.get("src") for node in tree.iter("media-rep")]
    return [Path(unquote(urlsplit(url).path)) for url in urls]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory) -> tuple[Material, Cut, Path]:
    """55 takes at 24 and 30 fps with hard names, delivered for any editor."""
    film = Material(tmp_path_factory.mktemp("p") / "Der Film & 'mehr' #1 100%")
    cut = hard_cut(film, 55)
    return film, cut, export(cut, film.folder, "für alle")


def test_every_list_of_fifty_five_hard_names_finds_its_media(delivered):
    _, cut, folder = delivered
    names = {f"media/{source.file_name}" for source in cut.sources}
    found = otio_files(folder / "film.otio")
    assert all(path.is_file() for path in found)
    assert {path.relative_to(folder).as_posix() for path in found} == names | {"song.wav"}
    for name in ("film.xml", "film.fcpxml"):
        named = xml_files(folder / name)
        assert {path.relative_to(folder).as_posix() for path in named} == names | {"song.wav"}
        assert all(path.is_file() for path in named)
    assert offline(folder, cut.rate) == []


def test_a_package_moved_elsewhere_opens_with_nothing_offline(delivered, tmp_path):
    _, cut, folder = delivered
    moved = tmp_path / "another disk" / "Ordner #2"
    shutil.copytree(folder, moved)
    assert all(path.is_file() for path in otio_files(moved / "film.otio"))
    assert offline(moved, cut.rate) == []
    for name in ("film.xml", "film.fcpxml"):  # relinked by name, as the README says
        names = [path.name for path in xml_files(moved / name)]
        assert all(len(list(moved.rglob(each))) == 1 for each in set(names))
    assert "relink by file" in " ".join((moved / "README.txt").read_text("utf-8").split())
    checked = subprocess.run(["sha256sum", "-c", "--quiet", "--strict", "hashes.txt"], cwd=moved, capture_output=True)
    assert checked.returncode == 0, checked.stdout
    listed = set(hashes.read(moved))
    assert listed == {p.relative_to(moved).as_posix() for p in moved.rglob("*") if p.is_file()} - {"hashes.txt"}
    with (moved / "song.wav").open("r+b") as song:
        song.seek(1000)
        song.write(b"\xff")
    checked = subprocess.run(["sha256sum", "-c", "--quiet", "hashes.txt"], cwd=moved, capture_output=True)
    assert b"song.wav" in checked.stdout


def test_the_edl_finds_its_stamped_copies_by_reel_and_time_code(delivered):
    """As Avid and Resolve conform: nothing but the reel and the source time code."""
    _, cut, folder = delivered
    with (folder / "film.edl").open(encoding="utf-8") as text:
        events = [e for event in pycmx.parse_cmx3600(text).events for e in event.edits if e.source != "SONG"]
    assert len(events) == 55
    stamped = stamps(folder / "stamped")
    for event, slot in zip(events, cut.slots, strict=True):
        start = stamped[event.source]["timecode"]
        assert event.source == slot.source.reel
        assert frames(event.source_in, 24) - frames(start, 24) == slot.in_frames  # whole minutes: the same at any rate
        assert frames(event.source_out, 24) - frames(event.source_in, 24) == slot.frames
    assert len({found["timecode"] for found in stamped.values()}) == 55


def test_a_stamped_copy_has_the_very_packets_of_its_take(delivered, plain_ffmpeg):
    film, cut, folder = delivered
    for source in cut.sources[:4]:
        copy = folder / "stamped" / f"{source.file_name.removesuffix('.mp4')}.mov"
        sums = [
            plain_ffmpeg("-i", str(path), "-map", "0:v", "-c", "copy", "-f", "md5", "-")
            for path in (copy, film.folder / source.file)
        ]
        assert sums[0] == sums[1]


def stamps(folder: Path) -> dict[str, dict[str, str]]:
    """Tags of the time code track of each file, by its reel."""
    import av

    found = {}
    for path in folder.iterdir():
        with av.open(str(path)) as box:
            tags = next(dict(stream.metadata) for stream in box.streams if stream.type == "data")
            found[tags["reel_name"]] = tags
    return found


def frames(timecode: object, rate: int) -> int:
    h, m, s, f = (int(part) for part in str(timecode).replace(";", ":").split(":"))
    return ((h * 60 + m) * 60 + s) * rate + f


@pytest.mark.parametrize(
    ("preset", "media"),
    [("premiere", "link"), ("premiere", "conform"), ("resolve", "copy"), ("final-cut", "conform"), ("avid", "link")],
)
def test_each_package_has_its_editors_lists_its_media_and_how_to_open_it(preset, media, film):
    cut = hard_cut(film, 3)
    folder = export(cut, film.folder, "one", package=asked(cut, preset, media))
    lists = {p.name for p in folder.iterdir() if p.name in FORMATS}
    assert lists == (set(PRESETS[preset].lists) & set(FORMATS)) | {"film.csv"}
    others = {p.name for p in folder.iterdir()} - lists
    assert others == {"media", "song.wav", "film.mp4", "report.html", "README.txt", "hashes.txt"}
    kind = ".mov" if media == "conform" or preset == "avid" else ".mp4"
    assert {p.suffix for p in (folder / "media").iterdir()} == {kind}
    assert len(list((folder / "media").iterdir())) == 3
    assert offline(folder, cut.rate) == []
    words = " ".join((folder / "README.txt").read_text("utf-8").split())
    assert PRESETS[preset].editor in words
    assert PRESETS[preset].lists[0] in words
    assert "24 frames long at 24" in words
    assert str(film.folder) not in words
    if kind == ".mp4":
        linked = [(folder / "media" / s.file_name).samefile(film.folder / s.file) for s in cut.sources]
        assert linked == [media == "link"] * 3


def test_a_package_for_another_editor_under_the_same_name_takes_the_old_one_away(film):
    cut = hard_cut(film, 3)
    folder = export(cut, film.folder, "one")
    (folder / "stamped" / "mine.txt").write_text("mine")
    (folder / "film.edl").write_text("changed by somebody")
    export(cut, film.folder, "one", package=asked(cut, "final-cut", "conform"))
    left = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - set(hashes.read(folder))
    assert left == {"hashes.txt", "stamped/mine.txt", "film.edl"}  # what is not ours, or is no longer as it was
    assert {p.suffix for p in (folder / "media").iterdir()} == {".mov"}


def test_a_list_of_hashes_that_leads_elsewhere_takes_nothing_away_there(film):
    cut = hard_cut(film, 2)
    folder = export(cut, film.folder, "one")
    victim = film.folder / "mine.txt"
    victim.write_text("mine")
    (folder / "hashes.txt").write_text(f"{sha256_of(victim)}  ../../mine.txt\n{sha256_of(victim)}  {victim}\n")
    export(cut, film.folder, "one")
    assert victim.read_text() == "mine"


def test_alternates_travel_with_their_media(film):
    cut = hard_cut(film, 4)
    shorter = replace(cut, slots=cut.slots[:2])
    spare = {1: (cut.slots[2].source,), 2: (cut.slots[3].source,)}
    folder = export(shorter, film.folder, "one", lists=Lists(alternates=spare))
    for source in cut.sources:
        assert (folder / "media" / source.file_name).samefile(film.folder / source.file)
    assert all(path.is_file() for path in otio_files(folder / "film.otio"))


def webm_take(film: Material, rate: int = 24, frames: int = 40, n: int = 9) -> Source:
    """A take in VP9, as some local models and servers give it."""
    plain, file, label = film.take(rate, frames), f"media/takes/{n:02d}A-001.webm", f"{n:02d}A-001"
    words = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-b:v", "1M")
    run_ffmpeg("-i", str(film.folder / plain.file), *words, str(film.folder / file))
    hashed = sha256_of(film.folder / file)
    return replace(plain, name=label, file=file, sha256=hashed, reel=label.replace("-", ""), shot=label[:3])


@pytest.mark.parametrize("preset", ["everything", "premiere", "resolve", "final-cut", "avid"])
def test_a_webm_take_reaches_every_editor_as_a_clip_that_it_opens(preset, film):
    webm, plain = webm_take(film), film.take(24, 40)
    cut = film.cut([(plain, 8, 7, 1), (webm, 8, 7, 1)], song=film.song())
    folder = export(cut, film.folder, "one", package=asked(cut, preset))
    assert not list(folder.rglob("*.webm"))
    assert offline(folder, cut.rate) == []
    for copy in folder.rglob("09A-001*.mov"):
        assert numbers_in(grey_frames(copy)) == list(range(40))
    for name, reader in {"film.otio": read_otio, "film.xml": read_fcp7, "film.fcpxml": read_fcpxml}.items():
        if (folder / name).exists():
            told = [(event.media, event.in_s) for event in reader((folder / name).read_bytes())]
            assert told == [(plain.file_name, Fraction(7, 24)), ("09A-001.mov", Fraction(7, 24))]
    if preset == "everything":
        assert (folder / "media" / plain.file_name).samefile(film.folder / plain.file)
        words = " ".join((folder / "README.txt").read_text("utf-8").split())
        assert "Of WebM, which editors do not open, ProRes 422: 09A-001." in words
        page = (folder / "report.html").read_text("utf-8")
        assert page.count("as ProRes 422, since editors do not open WebM: 09A-001") == 2
    assert is_delivered(cut, film.folder, "one") == (preset == "everything")


def test_a_webm_take_at_another_rate_stays_on_whole_frames_of_every_list(film):
    """A time code of its own, 01:01:00:00 at 24, is no whole frame of 23.976."""
    webm = webm_take(film)
    cut = film.cut([(film.take(24, 40), 8, 7, 1), (webm, 8, 7, 1)], rate=Fraction(24000, 1001))
    folder = export(cut, film.folder, "one")
    for name, reader in {"film.otio": read_otio, "film.xml": read_fcp7, "film.fcpxml": read_fcpxml}.items():
        event = reader((folder / name).read_bytes())[1]
        assert (event.media, event.in_s * cut.rate) == ("09A-001.mov", 7)
    (only,) = media_files(film.cut([(webm, 8, 7, 1)]), Package("premiere"))
    words = " ".join(write_readme(cut, Package("premiere"), [only]).split())
    assert "media/: the takes as they were made" in words
    assert "each with a reel name" not in words
    refused = media_files(cut, Package("avid"), Lists(rejects=(film.take(24, 41),)))
    words = " ".join(write_readme(cut, Package("avid"), refused).split())
    assert "media/: the same pictures as .mov, each with a reel name" in words
    assert "media/: the takes as they were made" not in words


def test_the_room_for_a_webm_take_is_that_of_its_prores(film):
    webm, plain = webm_take(film), film.take(24, 40)
    path = film.folder / plain.file
    assert stamped_bytes(plain, path) == path.stat().st_size
    folder = export(film.cut([(webm, 8, 7, 1)]), film.folder, "one", package=asked(film.cut([(webm, 8, 7, 1)]), "avid"))
    assert stamped_bytes(webm, film.folder / webm.file) >= (folder / "media" / "09A-001.mov").stat().st_size


def test_no_two_media_of_a_delivery_have_one_name(film):
    """Editors relink by name alone: a take that is a .mov, and its copy with a time code, are two files."""
    take = film.take(24, 40)
    file = take.file.replace(".mp4", ".mov")
    run_ffmpeg("-i", str(film.folder / take.file), "-c", "copy", str(film.folder / file))
    moved = replace(take, file=file, sha256=sha256_of(film.folder / file))
    cut = film.cut([(moved, 8, 7, 1), (webm_take(film), 8, 7, 1)])
    folder = export(cut, film.folder, "one")
    names = [path.name.casefold() for path in folder.rglob("*") if path.suffix in (".mov", ".mp4", ".webm")]
    assert len(names) == len(set(names))
    assert offline(folder, cut.rate) == []


def test_a_readme_lays_the_sounds_that_the_film_has(film):
    take = film.take(24, 40)
    heard = replace(film.cut([(take, 8, 7, 1)]).slots[0], sound=take.file)

    def words(song: bool, sound: bool) -> str:
        cut = film.cut([(take, 8, 7, 1)], song=film.song() if song else None)
        cut = replace(cut, slots=(heard,)) if sound else cut
        return " ".join(write_readme(cut, Package(), media_files(cut, Package())).split())

    song = "Lay song.wav on A1 from the first frame on, if the list did not bring it."
    effects = "Lay effects.wav on A2 from the first frame on: no EDL names it."
    assert song in words(True, False)
    assert "effects.wav" not in words(True, False)
    assert f"{song} {effects}" in words(True, True)
    assert "Then song.wav and effects.wav, beside the lists." in words(True, True)
    assert "song.wav" not in words(False, True)
    assert effects in words(False, True)
    assert "song.wav" not in words(False, False)
    assert "effects.wav" not in words(False, False)


def test_there_is_one_sentence_where_a_delivery_would_not_fit_on_the_disk(film, monkeypatch):
    cut = hard_cut(film, 2)
    usage = shutil.disk_usage(film.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=20_000))
    with pytest.raises(DiskFull, match=r"the delivery 'one' needs about \d+ MB and .* are free"):
        export(cut, film.folder, "one", package=asked(cut, "everything", "conform"))
    assert not list((film.folder / "deliveries").iterdir())
    assert not list((film.folder / "cache").glob("export-*"))


@pytest.mark.parametrize(
    ("asked_for", "said"),
    [
        ({"preset": "vegas"}, "'vegas' is no preset: there are everything, premiere"),
        ({"preset": 7}, "7 is no preset"),
        ({"media": "move"}, "'move' is no way for media to travel"),
        ({"handles": 12}, "conformed media only"),
        ({"media": "conform", "handles": -1}, "handles"),
        ({"preset": "final-cut", "bundle": True}, "Final Cut Pro does not read"),
        ({"preset": "resolve", "aaf": True}, "for Avid Media Composer, not for DaVinci Resolve"),
        ({"convert": "smooth"}, "'smooth' is no way to convert"),
        ({"convert": "blend"}, 'add media="conform"'),
        ({"convert": {"99A-001": "blend"}, "media": "conform"}, "'99A-001' is not in this cut"),
        ({"convert": {"02A-001": "film-rate"}, "media": "conform"}, r'cut.retime\(2, "4/5"\) does it'),
    ],
)
def test_what_cannot_be_packed_is_one_sentence_with_what_would_be_right(asked_for, said, film):
    with pytest.raises(BadInput, match=said) as told:
        asked(hard_cut(film, 2), **asked_for)
    assert "\n" not in str(told.value)


def test_media_that_fill_more_than_a_day_of_time_code_are_refused(film):
    take = replace(film.take(24, 30), frames=24 * 3600 * 23)
    with pytest.raises(BadInput, match="more than a day of time code"):
        media_files(film.cut([(take, 8, 0, 1)]), Package("avid"))


def test_time_codes_of_media_are_those_their_rate_has(film):
    """Drop frame at 29.97, where no minute but each tenth has a frame 00."""
    rate = Fraction(30000, 1001)
    cut = film.cut([(film.take(rate, 60, first=n), 8, 0, 1) for n in range(2)], rate=rate)
    folder = export(cut, film.folder, "one", package=asked(cut, "avid"))
    assert sorted(found["timecode"] for found in stamps(folder / "media").values()) == ["01:00:00;00", "01:01:00;02"]
    assert set(lists_of("film.edl", media_files(cut, Package("avid"))).media) == {s.name for s in cut.sources}


def test_a_delivery_counts_the_frames_of_what_it_conforms(film):
    cut = hard_cut(film, 2)
    seen = []
    package = asked(cut, "premiere", "conform")
    export(cut, film.folder, "one", package=package, progress=lambda done, total: seen.append((done, total)))
    total = cut.frames + 40 + 32  # of 40 frames at 30 fps there are 32 at 24
    assert seen[-1] == (total, total)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert _Making(cut, film.folder, film.folder, package, None, {}, None, None, None, {}, None, None).total == total


def test_an_aaf_is_made_where_it_is_asked_for(film):
    pytest.importorskip("otio_aaf_adapter")
    cut = hard_cut(film, 2)
    folder = export(cut, film.folder, "one", package=asked(cut, "avid", "conform", aaf=True))
    assert (folder / "film.aaf").stat().st_size > 0
    assert "film.aaf" in hashes.read(folder)
    assert "film.aaf is experimental" in (folder / "README.txt").read_text("utf-8")
    assert "Load Media Database" in (folder / "report.html").read_text("utf-8")
