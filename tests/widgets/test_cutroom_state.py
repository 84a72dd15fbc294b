"""What the cutting room shows, and what it keeps, from values alone."""

import json
import wave
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from studio import cutting, song
from studio.errors import BadInput, NotFound, TooShort
from studio.nouns import Cut, Slot, SongRange
from studio.widgets import _cutroom_draft as draft
from studio.widgets._cutroom_draft import MOST_STEPS, History, Made
from studio.widgets._cutroom_material import SAMPLE_RATE, Song
from studio.widgets._cutroom_state import (
    Judged,
    against_of,
    coverage_of,
    how_of,
    markers_now,
    slot_rows,
    song_of,
    when,
)
from studio.widgets._cutroom_twin import twin
from tests.cutting.making import card, hard_cut, take

NOTHING = Judged({}, {})


def rows(cut: Cut):
    return slot_rows(cut, NOTHING, lambda source: source.file)


# --- slots -----------------------------------------------------------------------------------------------------------


def test_the_page_lets_a_slot_go_as_far_as_an_edit_would():
    cut = hard_cut()
    for row, slot in zip(rows(cut), cut.slots, strict=True):
        if row["kind"] != "take":
            assert (row["in"], row["out"], row["length"]) == (0, slot.frames, slot.frames)
            continue
        last = row["length"] - (row["out"] - row["in"])
        assert cutting.trim(cut, row["n"], last).slots[row["n"] - 1].in_frames == last
        with pytest.raises(TooShort):
            cutting.trim(cut, row["n"], last + 1)


def test_a_slot_says_what_fills_it():
    empty = Slot(card("empty-07A", 12), 240, 12, how="joins: in .86 good")
    cut = hard_cut(slots=(*hard_cut().slots, empty))
    found = slot_rows(cut, Judged({"01A-003": "circle"}, {"01A": 2, "07A": 1}), lambda source: f"x/{source.name}")
    assert [row["kind"] for row in found] == ["card", "take", "take", "take", "take", "take", "empty"]
    one = found[1]
    assert (one["take"], one["shot"], one["record"], one["in"], one["out"], one["length"], one["speed"]) == (
        "01A-003", "01A", 48, 7, 44, 121, "1",
    )  # fmt: skip
    assert (one["verdict"], one["circled"], one["clip"]) == ("circle", 2, "x/01A-003")
    assert found[3]["speed"] == "13/16"
    assert (found[6]["shot"], found[6]["circled"], found[6]["clip"], found[6]["how"]) == ("07A", 1, "", "")
    assert found[0]["shot"] == ""


def test_how_a_slot_came_about_is_told_without_the_joins_of_another_day():
    slot = hard_cut().slots[1]
    assert how_of(replace(slot, how="bars 1–2; joins: in .86 good")) == "bars 1–2"
    assert how_of(replace(slot, how="bar 3; trimmed to 4 f")) == "bar 3; trimmed to 4 f"


def test_coverage_counts_slots_and_a_card_lacks_nothing():
    found = coverage_of(hard_cut(), {"01A": 3, "02A": 1})
    assert found["said"] == "5 slots: 1 with two or more circled takes · 1 with one · 3 with none: 03A, 04A, 05A"
    assert found["marks"] == [2, 2, 1, 0, 0, 0]


def test_fifty_five_slots_stay_light(cut_film):
    one = take("01A-003", 121)
    slots = tuple(Slot(replace(one, name=f"{k:02d}A-003", shot=f"{k:02d}A"), 48 * k, 48) for k in range(55))
    cut = hard_cut(slots=slots, markers=())
    assert len(json.dumps(rows(cut))) < 20_000
    cut = replace(cut_film.cut().value, slots=tuple(
        replace(cut_film.cut().value.slots[k % 4], record_frame=48 * k, frames=48) for k in range(55)
    ))  # fmt: skip
    page = twin(cut_film, cut, [None] * 54, ["55 slots"])
    assert page.count("<img ") == 55
    assert len(page.encode()) < 200_000
    small = twin(cut_film, cut, [None] * 54, ["55 slots"], whole=60_000)
    assert len(small.encode()) < 60_000
    assert small.count("<tr>") == 56
    assert str(cut_film.folder) not in page


# --- the song --------------------------------------------------------------------------------------------------------


def test_the_song_is_counted_in_frames_from_the_start_of_the_cut(cut_film):
    cut = cut_film.arrange(bars=(2, 3), holes=True).value
    cut_film.song.section(1, "verse").marker(2.5, "door").marker(1, "before")
    master = song.current(cut_film.log)
    found = song_of(cut, master, "cache/x.m4a")
    assert (found["there"], found["audio"], found["bpm"]) == (True, "cache/x.m4a", 120.0)
    assert found["bars"] == [[2, 0], [3, 48]]
    assert found["beats"] == list(range(0, 96, 12))
    assert found["markers"] == [[12, "door"]]
    assert found["how"].startswith("found, confidence ")
    assert found["sections"] == [["verse", 0, 96, "bars 1–3"]]
    assert [each.name for each in markers_now(cut, master) if each.kind == "bar"] == ["bar 2", "bar 3"]
    assert markers_now(cut_film.arrange(bars=(2, 3), holes=True).value, master) == cut_film.cut().value.markers


def test_a_cut_of_another_song_shows_what_it_was_made_on():
    found = song_of(hard_cut(), None, "")
    assert (found["there"], found["bpm"]) == (True, 40.0)
    assert found["bars"] == [[1, 0], [2, 48]]
    assert found["beats"] == [0, 12, 48, 239]
    assert found["lines"] == [[0, 60, "“Grüße” & <Küsse> = 100 %"], [60, 90, "=cmd()"]]
    assert found["sections"] == [["chorus", 200, 40, ""]]
    silent = song_of(hard_cut(song=SongRange("", "", Fraction(0), Fraction(10))), None, "")
    assert (silent["there"], silent["how"], silent["beats"]) == (False, "no song", [])


@pytest.fixture
def steps(tmp_path):
    """A cut of three seconds on a song of two: half a second at 0.5, half at −0.25, then nothing."""
    rate = 48_000
    sound = np.concatenate([np.full(rate // 2, 0.5), np.full(rate // 2, -0.25), np.zeros(rate)])
    with wave.open(str(tmp_path / "song.wav"), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    slots = (Slot(card("title", 72), 0, 72),)
    return hard_cut(slots=slots, markers=(), song=SongRange("song.wav", "5" * 64, Fraction(0), Fraction(3)))


def peaks(cut, folder, start, end, points):
    return np.frombuffer(Song(folder, cut).peaks(start, end, points), "<f4").reshape(-1, 2)


def test_the_waveform_of_a_known_sound(steps, tmp_path):
    found = peaks(steps, tmp_path, 0, 72, 12)  # a quarter of a second each
    assert found[0] == pytest.approx([0.5, 0.5], abs=0.1)
    assert found[3] == pytest.approx([-0.25, -0.25], abs=0.1)
    assert np.abs(found[5:8]).max() < 0.01
    assert (found[8:] == 0).all()  # the song has ended
    later = replace(steps, song=replace(steps.song, start_s=Fraction(1, 2)))
    assert peaks(later, tmp_path, 2, 10, 1)[0] == pytest.approx([-0.25, -0.25], abs=0.01)
    near = peaks(steps, tmp_path, 5, 6, 5000)  # finer than its samples
    assert near == pytest.approx(np.full((5000, 2), 0.5), abs=0.01)
    assert SAMPLE_RATE // 24 < 5000


def test_a_cut_without_a_song_has_no_waveform(steps, tmp_path):
    silent = Song(tmp_path, replace(steps, song=SongRange("", "", Fraction(0), Fraction(3))))
    assert (silent.ready, silent.address) == (True, "")
    with pytest.raises(NotFound, match="this cut has no song"):
        silent.peaks(0, 5, 5)
    gone = Song(tmp_path, replace(steps, song=replace(steps.song, file="../song.wav")))
    gone.prepare()  # told to whoever asks
    with pytest.raises(BadInput, match="inside its folder"):
        gone.encoded()


# --- versions and drafts ---------------------------------------------------------------------------------------------


def test_a_difference_says_what_survived_and_what_changed():
    old = hard_cut()
    new = replace(cutting.trim(old, 2, 9), version=4)
    new = cutting.pin(new, 3)
    found = against_of(old, new)
    assert found["said"] == "5 of 5 survived · 1 slipped · pinned: 02A-001"
    assert (found["version"], [row[:2] for row in found["slots"]]) == (3, [[2, "slipped"]])
    assert found["slots"][0][2].startswith("01A-003: ")


def test_a_moment_is_said_as_people_do():
    assert when(0).split(" ")[1] in ("Jan", "Dec")


def test_a_history_goes_back_and_on_and_forgets_what_is_too_long_ago():
    history = History.of(hard_cut())
    for k in range(MOST_STEPS + 5):
        history = history.edited(f"to {k}", cutting.trim(history.cut, 2, k % 2 + 1))
    assert len(history.steps) == MOST_STEPS
    for _ in range(MOST_STEPS + 3):
        history = history.undone()
    assert (history.done, history.undo, history.redo) == (0, "", "to 5")
    assert history.cut.slots[1].in_frames == 1
    assert history.redone().cut.slots[1].in_frames == 2


def test_what_is_saved_can_still_be_undone():
    base = hard_cut()
    history = History.of(base).edited("trim", cutting.trim(base, 2, 9))
    stored = replace(history.cut, version=4, name="tighter")
    saved = history.saved(stored)
    assert (saved.cut, saved.unsaved, saved.undo) == (stored, False, "trim")
    assert saved.undone().unsaved
    assert saved.undone().made == Made.of(base)
    assert History.of(base).saved(stored).cut == stored


def test_a_draft_is_read_as_it_was_kept_and_holds_each_slot_once(tmp_path):
    base = hard_cut(banned=("01A-001",))
    history = History.of(base)
    for k in range(40):
        history = history.edited(f"to {k}", cutting.trim(history.cut, 2, k % 2 + 1))
    history = history.edited("ban", cutting.ban(history.cut, "09A-001")).undone()
    mark = draft.keep(tmp_path, "ada", history)
    assert draft.mark_of(tmp_path, "ada", 3) == mark
    found = draft.kept(tmp_path, "ada", base)
    assert found is not None
    assert found[:2] == (history, mark)
    assert draft.kept(tmp_path, "ben", base) is None
    assert draft.kept(tmp_path, "ada", replace(base, id="another")) is None
    (file,) = (tmp_path / "drafts").iterdir()
    assert file.stat().st_size < 12_000
    assert draft.keep(tmp_path, "ada", History.of(base)) == ""
    assert not file.exists()
