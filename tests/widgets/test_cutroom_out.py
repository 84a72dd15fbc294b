"""What the cutting room plays, draws, corrects and hands over, as the page asks for it."""

import io
import json
import threading
import wave
from dataclasses import replace

import cv2
import numpy as np
import pytest

import studio
from studio.cutting.formats import FORMATS
from studio.widgets._cutroom_jobs import Job, pace_said
from tests.clips import make_song


def slot(room, number):
    return room._state["slots"][number - 1]


# --- sound and pictures ----------------------------------------------------------------------------------------------


def test_the_song_comes_as_bytes_and_then_by_its_path(room, ask, cut_film):
    from studio.media import sound_seconds

    assert room._state["song"]["audio"] == ""
    _, (data,) = ask("audio")
    path = cut_film.folder / room._state["song"]["audio"]
    assert (path.suffix, path.read_bytes()) == (".m4a", data)
    assert float(sound_seconds(path)) == pytest.approx(6, abs=0.03)
    before = path.stat().st_mtime_ns
    assert ask("audio")[1] == [data]
    assert path.stat().st_mtime_ns == before
    assert cut_film.cut().room()._state["song"]["audio"] == room._state["song"]["audio"]


def test_a_room_that_is_shown_has_the_song_at_hand(room, until):
    room.seen(True)
    until(room, "_state", lambda state: state["song"]["audio"])
    assert room._song.ready
    room.seen(False)


def test_the_waveform_is_loudest_on_the_beats(ask, refused):
    _, (data,) = ask("wave", start=0, end=144, points=24)  # half beats
    peaks = np.frombuffer(data, "<f4").reshape(24, 2)
    assert (peaks[:, 0] <= peaks[:, 1]).all()
    assert peaks[::2, 1].min() > 2 * peaks[1::2, 1].max()
    _, (fine,) = ask("wave", start=10, end=11, points=2000)  # finer than there are samples
    assert len(fine) == 2000 * 8
    for wrong in ((0, 0, 9), (5, 4, 9), (0, 145, 9), (-1, 5, 9), (0, 5, 0), (0, 5, 10**6), ("0", 5, 9), (0, None, 9)):
        assert refused("wave", **dict(zip(("start", "end", "points"), wrong, strict=True)))


def test_pictures_are_posters_and_the_frames_at_the_ends_of_a_slot(room, ask, done, refused, cut_film):
    from studio.media import read_frames

    take = slot(room, 1)["take"]
    poster = cut_film.library.poster(take).read_bytes()
    assert ask("picture", what="poster", slot=1)[1] == [poster]
    assert ask("picture", what="take", slot=take)[1] == [poster]
    done("edit", op="trim", slot=1, **{"in": 4})
    frames = slot(room, 1)["frames"]
    true = read_frames(cut_film.library.proxy(take), [4, 3 + frames, 9])
    for shown, (what, more) in zip(true, (("first", {}), ("last", {}), ("first", {"frame": 9})), strict=True):
        _, (data,) = ask("picture", what=what, slot=1, **more)
        assert len(data) < 40_000
        seen = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        wanted = cv2.resize(shown, (seen.shape[1], seen.shape[0]), interpolation=cv2.INTER_AREA)
        assert np.abs(seen.astype(float) - wanted).mean() < 6
    assert ask("picture", what="poster", slot=5)[1][0].startswith(b"\xff\xd8")  # the card of an empty slot
    done("edit", op="roll", slot=4, frames=-5)
    assert "is not made yet" in refused("picture", what="poster", slot=5)
    for wrong in (
        {"what": "strip", "slot": 1}, {"what": "first", "slot": 9}, {"what": "first", "slot": take},
        {"what": "take", "slot": 1}, {"what": "take", "slot": "../x"}, {"what": "first", "slot": 1, "frame": -1},
        {"what": ["take"], "slot": 1}, {"what": "take", "slot": cut_film.log.take(take).id},
    ):  # fmt: skip
        assert refused("picture", **wrong)


def test_a_slot_whose_clip_is_gone_shows_its_strip(room, ask, refused, cut_film):
    take = slot(room, 1)["take"]
    for path in (cut_film.library.proxy(take), cut_film.library.take(take)):
        path.unlink()
    assert ask("picture", what="first", slot=1)[1][0].startswith(b"\xff\xd8")
    assert "is not there" in refused("clip", take=take)
    room.refresh()
    assert slot(room, 1)["clip"] == ""


def test_a_clip_comes_as_its_proxy(room, ask, refused, cut_film):
    assert slot(room, 1)["clip"] == f"media/proxies/{slot(room, 1)['take']}.mp4"
    assert ask("clip", take="01A-001")[1] == [cut_film.library.proxy("01A-001").read_bytes()]
    for wrong in ("../../film.toml", "", 3, None, "01A-999", cut_film.log.take("01A-001").id):
        assert refused("clip", take=wrong)


# --- the song --------------------------------------------------------------------------------------------------------


def test_the_song_is_corrected_in_the_times_of_the_cut(room, done, cut_film):
    assert done("song", op="double")["said"] == "doubled"
    assert room._state["song"]["beats"] == list(range(0, 144, 6))
    assert room._state["song"]["how"] == "corrected: doubled"
    done("song", op="undo")
    assert room._state["song"]["beats"] == list(range(0, 144, 12))
    done("song", op="nudge", ms=125)
    assert room._state["song"]["beats"][:2] == [3, 15]
    done("song", op="half_beat")
    done("song", op="halve")
    done("song", op="tap", times_s=[0.5, 1.0, 1.5, 2.0])
    assert room._state["song"]["beats"][:2] == [0, 12]
    assert room._state["song"]["bars"][0][1] == 12
    assert room._state["song"]["undo"] == "tapped"
    done("song", op="bar_at", frame=26)  # the beat nearest to it
    assert room._state["song"]["bars"][0][1] == 24
    assert (room._state["song"]["undo"], cut_film.song.undoable) == ("bar begins at 1.08 s", "bar begins at 1.08 s")
    done("song", op="undo")
    assert (room._state["song"]["bars"][0][1], room._state["song"]["undo"]) == (12, "tapped")
    assert cut_film.song.bar_at(1.0).bars[0] == 1.0
    done("song", op="marker", frame=36, name="door")
    assert room._state["song"]["markers"] == [[36, "door"]]
    assert [mark.at_s for mark in cut_film.song.markers] == [1.5]
    done("song", op="marker", frame=36, name="")
    assert room._state["song"]["markers"] == []


def test_sections_are_named_and_moved_by_their_place_on_the_page(room, done, cut_film):
    cut_film.song.section(1, "verse")
    cut_film.song.section(2, "chorus")
    room.refresh()
    assert room._state["song"]["sections"] == [["verse", 0, 48, "bar 1"], ["chorus", 48, 96, "bars 2–3"]]
    done("song", op="section_move", index=1, bar=3)
    done("song", op="section_name", index=0, name="verse 1")
    assert room._state["song"]["sections"] == [["verse 1", 0, 96, "bars 1–2"], ["chorus", 96, 48, "bar 3"]]
    done("save")
    names = {marker.name for marker in cut_film.cut().value.markers if marker.kind == "section"}
    assert names == {"verse 1", "chorus"}


def test_what_is_no_correction_is_refused_at_the_song(refused, ask, room, cut_film, tmp_path):
    for wrong in (
        {"op": "louder"}, {"op": None}, {"op": "nudge"}, {"op": "nudge", "ms": "5"}, {"op": "tap", "times_s": 3},
        {"op": "tap", "times_s": [1, 2]}, {"op": "tap", "times_s": [1, "2", 3, 4]}, {"op": "bar_at", "frame": 144},
        {"op": "marker", "frame": 144, "name": "x"}, {"op": "marker", "frame": 1, "name": 4}, {"op": "double", "by": 2},
        {"op": "section_move", "index": 40, "bar": 1}, {"op": "section_name", "index": -1, "name": "x"},
    ):  # fmt: skip
        assert refused("song", **wrong)
    assert ask("song", op="louder")[0]["about"] == "song"
    cut_film.song.attach(make_song(tmp_path / "other.wav", seconds=5, bpm=100))
    assert "plays another song" in refused("song", op="double")
    room.refresh()
    assert room._state["song"]["how"] == "as this cut was made: the film has another song by now"
    assert room._state["song"]["beats"] == list(range(0, 144, 12))


def test_what_plays_under_a_slot_comes_as_its_sound(room, ask, done, refused, cut_film):
    assert slot(room, 1)["heard"] == ""
    assert "nothing plays under slot 1 but the song" in refused("sound", slot=1)
    effect = make_song(cut_film.folder / "media" / "sounds" / "01A-fx01.wav", seconds=1)
    first, *others = room.cut.slots
    laid = replace(first, sound=effect.relative_to(cut_film.folder).as_posix())
    room._put(room._history.edited("an effect under slot 1", replace(room.cut, slots=(laid, *others))))
    assert slot(room, 1)["heard"].startswith("media/sounds/01A-fx01.wav ")
    _, (data,) = ask("sound", slot=1)
    with wave.open(io.BytesIO(data)) as sound:
        assert (sound.getframerate(), sound.getnframes()) == (48_000, first.frames * 2000)
    assert refused("sound", slot="1")
    effect.unlink()
    assert "01A-fx01.wav is not there" in refused("sound", slot=1)


# --- out and back ----------------------------------------------------------------------------------------------------


def test_a_film_is_rendered_in_a_thread_and_can_be_stopped(room, done, refused, until, cut_film):
    assert refused("stop") == "nothing is under way that could be stopped"
    done("edit", op="pin", slot=1, on=True)
    assert "edits that are not saved: save them first" in refused("render")
    done("save")
    said = done("render")["said"]
    assert room._progress["what"] == "render"
    until(room, "_progress", lambda progress: not progress["running"])
    name = said.removeprefix("rendering ")
    assert room._progress["said"] == f"rendered: {name}, 144 frames"
    assert (room._progress["error"], room._progress["done"], room._progress["total"]) == ("", 144, 144)
    assert (cut_film.folder / name).is_file()


def test_a_delivery_is_written_in_a_thread_and_read_back(room, done, refused, until, cut_film):
    assert "is no folder name" in refused("export", name="../x")
    assert refused("export", name=5)
    assert "is no preset" in refused("export", preset="paper")
    editors = {each["preset"]: each for each in room._state["editors"]}
    assert list(editors) == ["everything", "premiere", "resolve", "final-cut", "avid"]
    assert (editors["avid"]["editor"], editors["avid"]["opens"]) == ("Avid Media Composer", "film.edl")
    assert editors["avid"]["cannot"] == list(FORMATS["film.edl"].limits(room.cut))
    table = cut_film.cut().editors().set_index("preset")
    assert table.loc["resolve", "otherwise"] == "film.fcpxml, film.xml"
    assert done("export")["said"] == "writing deliveries/first cut/"
    assert "under way already" in refused("export", name="second")
    until(room, "_progress", lambda progress: not progress["running"])
    assert room._progress["said"] == "written for any editor: deliveries/first cut/"
    assert (cut_film.folder / "deliveries" / "first cut" / "film.fcpxml").is_file()
    told = done("conform", path="deliveries/first cut/film.edl")
    assert "4 of 4 slots survived" in told["said"]
    assert (room._state["cut"]["version"], room._state["against"]["version"]) == (2, 1)
    json.dumps(told["report"])


def test_a_job_that_is_stopped_or_fails_says_so(room, done, until, cut_film):
    told = []

    def work(progress):
        progress(0, 10)
        job.stop()
        progress(1, 10)
        return "never"

    go = threading.Event()
    job = Job("render", lambda progress: go.wait() and work(progress), told.append)
    go.set()
    job.wait()
    assert (told[0]["running"], told[-1]["running"]) == (True, False)
    assert told[-1]["said"].startswith("stopped: ")
    assert any(each["stopping"] for each in told)
    assert pace_said(48, 80) == "48 frames a second, 1:20 left"
    cut_film.library.take(slot(room, 1)["take"]).unlink()
    done("render")
    until(room, "_progress", lambda progress: not progress["running"])
    assert "is not there" in room._progress["error"]
    assert room._progress["said"] == room._progress["error"]


def test_only_files_inside_the_film_are_read_back(refused, cut_film, tmp_path):
    (tmp_path / "secret.edl").write_text("TITLE: X\n", "utf-8")
    (cut_film.folder / "incoming").mkdir(exist_ok=True)
    (cut_film.folder / "incoming" / "link.edl").symlink_to(tmp_path / "secret.edl")
    for path in ("../secret.edl", str(tmp_path / "secret.edl"), "incoming/link.edl", "", ".", "/etc/passwd"):
        assert "is not inside the film's folder" in refused("conform", path=path)
    assert "is not there" in refused("conform", path="incoming/none.edl")
    assert "is no path" in refused("conform", path="a\0b")
    assert "not text" in refused("conform", path=["x"])
    (cut_film.folder / "incoming" / "empty.edl").write_text("", "utf-8")
    assert refused("conform", path="incoming/empty.edl")
    assert len(cut_film.log.cuts()) == 1


def test_what_another_kernel_writes_is_followed_while_the_room_is_shown(room, cut_film, until):
    room.seen(True)
    with studio.open(cut_film.folder) as other:
        other.as_("Maya Kern").circle("03A-001")
        other.cut().pin(1)
        until(room, "_state", lambda state: len(state["versions"]) == 2, seconds=20)
    assert room._state["versions"][0][2] == "MK"
    assert room._state["coverage"]["marks"][4] == 1
    assert room._state["cut"]["version"] == 1
    room.seen(False)
