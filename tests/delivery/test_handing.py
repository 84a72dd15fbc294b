"""Handing a cut over: what is different since the last time, what else could stand there, and what was refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import studio
from studio import cli
from studio.delivery.handing import alternates_of, cameras_of, rejects_of, sent_before
from studio.errors import BadInput
from studio.media import sha256_of
from tests.clips import make_clip, make_song


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """Three takes of one shot and one of another, judged."""
    folder = tmp_path_factory.mktemp("handing")
    with studio.new(folder / "film", title="Fahrt", rate="24", size=(160, 90)) as film:
        for n, shot in enumerate(("01A", "01A", "01A", "02A")):
            rate = "30" if shot == "02A" else "24"
            film.adopt(make_clip(folder / f"{n}.mp4", frames=70 + n, rate=rate), shot=shot)
        film.song.attach(make_song(folder / "song.wav", seconds=8))
        film.circle("01A-001")
        film.circle("02A-001")
        film.hold("01A-002")
        film.ng("01A-003", reason="wrong move", note="drifts")
    return folder / "film"


@pytest.fixture
def film(made, tmp_path):
    shutil.copytree(made, tmp_path / "film")
    with studio.open(tmp_path / "film") as film:
        yield film


def contents(folder):
    return {p.relative_to(folder).as_posix(): sha256_of(p) for p in folder.rglob("*") if p.is_file()}


def test_each_delivery_carries_the_changes_since_the_last_one_sent(film):
    cut = film.arrange(bars=(1, 2), name="first")
    first = contents(cut.export("for-ben", preset="premiere"))
    assert sent_before(film.log, cut.value) is None
    assert contents(cut.export("for-ben", preset="premiere")) == first  # sent again, it is the same
    later = cut.swap(1, "01A-002")
    page = (later.export("for-ben-2", preset="premiere") / "report.html").read_text("utf-8")
    assert "since version 1, delivered as for-ben: 1 slot changed: 1 swapped" in page
    assert "01A-002 instead of 01A-001" in page
    words = (film.folder / "deliveries/for-ben-2/README.txt").read_text("utf-8")
    assert "Since the last delivery: 1 slot changed" in words
    sent = [event.data for event in film.log.events("film", ("delivered",))]
    assert [(each["name"], each["version"], each["preset"]) for each in sent] == [
        ("for-ben", 1, "premiere"), ("for-ben", 1, "premiere"), ("for-ben-2", 2, "premiere"),
    ]  # fmt: skip


def test_a_delivery_that_was_not_made_was_not_sent(film):
    cut = film.arrange(bars=(1, 2))
    with pytest.raises(BadInput):
        cut.export("a/b")
    with pytest.raises(BadInput, match="is no preset"):
        cut.export("one", preset="vegas")
    assert film.log.events("film", ("delivered",)) == ()


def test_other_takes_of_a_shot_travel_as_alternates_and_refused_ones_only_when_asked_for(film):
    cut = film.arrange(bars=(1, 2))
    assert {n: [s.name for s in some] for n, some in alternates_of(film.log, cut.value).items()} == {1: ["01A-002"]}
    assert [(s.name, why) for s, why in rejects_of(film.log, cut.value).items()] == [("01A-003", "wrong move: drifts")]
    folder = cut.export("one", preset="resolve")
    assert {p.name for p in (folder / "media").iterdir()} == {"01A-001.mp4", "01A-002.mp4", "02A-001.mp4"}
    assert not (folder / "rejects").exists()
    folder = cut.export("two", preset="resolve", alternates=False, rejects=True, bundle=True)
    assert {p.name for p in (folder / "media").iterdir()} == {"01A-001.mp4", "02A-001.mp4"}
    assert [p.name for p in (folder / "rejects").iterdir()] == ["01A-003.mp4"]
    assert "wrong move: drifts" in (folder / "film-rejects.csv").read_text("utf-8")
    listed = json.loads((folder / "film-rejects.otio").read_text("utf-8"))
    assert "rejects/01A-003.mp4" in json.dumps(listed)
    assert (folder / "film.otioz").stat().st_size > sum(p.stat().st_size for p in (folder / "media").iterdir())


def test_words_for_the_camera_are_in_no_list_unless_prompts_are_asked_for(film):
    film.write("03A", "A corridor.", camera="slow push in")
    film.generate("03A", provider="previz", takes=1, seconds=1).wait()
    film.circle("03A-001")
    cut = film.arrange(bars=(1, 3))
    assert cameras_of(film.log, cut.value) == {"03A-001": film.log.request(film.log.take("03A-001").request_id).camera}
    quiet = cut.export("quiet", media="conform")
    assert all(b"push in" not in p.read_bytes() for p in quiet.rglob("*") if p.is_file() and p.suffix != ".wav")
    assert b"push in" in (cut.export("told", prompts=True) / "film.otio").read_bytes()


def test_the_reference_film_can_carry_take_slot_and_time_code(film):
    cut = film.arrange(bars=(1, 2))
    plain = (cut.export("plain", preset="final-cut") / "film.mp4").read_bytes()
    folder = cut.export("burnt", preset="final-cut", burn_in=True)
    assert (folder / "film.mp4").read_bytes() != plain
    assert "time code in the picture" in " ".join((folder / "README.txt").read_text("utf-8").split())


@pytest.mark.parametrize("media", ["link", "conform"])
def test_what_an_editor_gives_back_untouched_is_the_cut_that_was_sent(media, film):
    cut = film.arrange(bars=(1, 2))
    folder = cut.export("one", media=media)
    for name in ("film.otio", "film.xml", "film.fcpxml", "film.edl"):
        came = film.conform(folder / name, against=cut)
        assert [each for each in came.report.changes if each.kinds] == [], name
        assert [slot.in_frames for slot in came.report.cut.slots] == [slot.in_frames for slot in cut.value.slots]


def test_the_command_line_names_the_change_of_rates_and_packs_for_an_editor(film, capsys):
    film.arrange(bars=(1, 2))
    here = str(film.folder)
    assert cli.main(["export", here, "--name", "for-ada", "--preset", "avid", "--media", "conform"]) == 0
    said = capsys.readouterr()
    assert "02A-001: 30 → 24, frames dropped" in said.err
    assert said.out.strip().endswith("deliveries/for-ada")
    assert {p.suffix for p in (film.folder / "deliveries/for-ada/media").iterdir()} == {".mov"}
    assert cli.main(["export", here, "--preset", "vegas"]) == 2
    assert "'vegas' is no preset" in capsys.readouterr().err
