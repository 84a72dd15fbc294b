"""The demo: from words to a verified film, by one command."""

import os
import random
import re
import signal
import subprocess
import sys

import av
import pytest

import studio
from studio import demo

LITTLE = ("--shots", "3", "--takes", "2")


def start(folder, *more):
    return subprocess.Popen(
        [sys.executable, "-m", "studio.cli", "demo", str(folder), *LITTLE, *more],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


def facts(folder):
    """What a finished demo consists of, by name and content."""
    with studio.open(folder) as film:
        takes = film.takes()
        cut = film.cut().value
        events = {take.label: [event.kind for event in film.log.events(take.id)] for take in film.log.takes()}
    with av.open(str(folder / "deliveries" / demo.DELIVERY / "film.mp4")) as box:
        frames = sum(packet.pts is not None for packet in box.demux(box.streams.video[0]))
    return takes, cut, events, frames


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "my-film"
    process = start(folder)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    return folder, said


def test_one_command_makes_a_film_and_says_where_everything_is(made):
    folder, said = made
    takes, cut, _, frames = facts(folder)
    assert set(takes["state"]) == {"done"}
    assert takes.groupby("shot", observed=True).size().tolist() == [2, 2, 2]
    assert (takes["verdict"] == "circle").sum() == 3
    assert frames == cut.frames == 960
    assert (cut.slots[0].source.name, cut.slots[-1].source.name) == ("title", "end")
    assert re.search(r"takes: 100%.*cut: 100%.*film: 100%", said, re.DOTALL)
    for place in ("film.mp4", "report.html", "media/takes", "notebooks", "studio lab"):
        assert place in said


def test_one_take_a_shot_is_circled_by_the_stated_rule_under_its_own_name(made):
    folder, _ = made
    with studio.open(folder) as film:
        verdicts = film.verdicts()
        assert set(verdicts["author"]) == {"demo"}
        assert set(verdicts["note"]) == {demo.RULE}
        for shot, takes in film.takes().groupby("shot", observed=True):
            size = {row.take: (folder / row.file).stat().st_size for row in takes.itertuples()}
            kept = takes.loc[takes["verdict"] == "circle", "take"].item()
            assert size[kept] == max(size.values()), shot


def test_nothing_is_ever_filled_in_from_what_was_asked(made):
    folder, _ = made
    takes = facts(folder)[0]
    assert takes["asked_move"].notna().all()
    assert takes["measured_move"].notna().all()  # seen in the clips, and not copied from what was asked
    assert (takes["measured_move"] != takes["asked_move"]).any()


def test_run_again_it_does_nothing_twice(made):
    folder, _ = made
    before = facts(folder)
    times = {path: path.stat().st_mtime_ns for path in (folder / "media").rglob("*.mp4")}
    film = folder / "deliveries" / demo.DELIVERY / "film.mp4"
    stamp = film.stat().st_mtime_ns
    process = start(folder)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    after = facts(folder)
    assert after[0].equals(before[0])
    assert after[1:] == before[1:]
    assert {path: path.stat().st_mtime_ns for path in (folder / "media").rglob("*.mp4")} == times
    assert film.stat().st_mtime_ns == stamp


def test_a_demo_killed_again_and_again_ends_as_if_it_had_not_been(made, tmp_path):
    folder, _ = made
    expected, cut, events, frames = facts(folder)
    chance = random.Random(seed := int(os.environ.get("STUDIO_SEED", "20261121")))
    killed = tmp_path / "my-film"
    kills = 0
    for _ in range(4):
        process = start(killed)
        try:
            process.wait(timeout=chance.uniform(1, 9))  # a deadline for the kill, not for the demo
            break
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            kills += 1
    process = start(killed)
    said, _ = process.communicate()
    assert process.returncode == 0, (seed, said)
    takes, cut_after, _, frames_after = facts(killed)
    assert kills >= 1, seed
    assert takes["take"].tolist() == expected["take"].tolist(), seed
    assert takes["state"].tolist() == ["done"] * len(expected), seed
    assert takes["sha256"].tolist() == expected["sha256"].tolist(), seed  # same seed, same bytes
    assert (frames_after, cut_after.slots) == (frames, retold(cut.slots, cut_after.slots)), seed
    names = sorted(path.name for path in (killed / "media" / "takes").iterdir())
    assert names == sorted(f"{label}.mp4" for label in events), seed
    assert all(re.fullmatch(r"\d{2}[A-Z]{1,2}-\d{3}\.mp4", name) for name in names)


def retold(slots, with_ids_of):
    """The same slots with the take ids of another run: an id is made anew each time."""
    from dataclasses import replace

    return tuple(
        replace(slot, source=replace(slot.source, take_id=other.source.take_id))
        for slot, other in zip(slots, with_ids_of, strict=True)
    )


def test_a_take_that_was_stopped_or_failed_is_made_up_for(tmp_path):
    with demo.make(tmp_path / "film", shots=1, takes=1, size=(160, 90), deliver=False, quiet=True) as film:
        shot = film.log.shots()[0].id
        film.generate(shot, takes=2, seconds=5).stop()
        film.close()
    with demo.make(tmp_path / "film", shots=1, takes=3, size=(160, 90), deliver=False, quiet=True) as film:
        assert (film.takes()["state"] == "done").sum() == 3


def test_a_demo_that_grows_is_cut_anew_and_a_cut_of_your_own_stays(tmp_path):
    size = {"takes": 1, "size": (160, 90), "quiet": True}
    with demo.make(tmp_path / "film", shots=1, **size) as film:
        first = film.cut().value
    with demo.make(tmp_path / "film", shots=2, **size) as film:
        second = film.cut().value
        assert (first.version, second.version) == (1, 2)
        assert len({slot.source.shot for slot in second.slots if slot.source.shot}) == 2
        mine = film.as_("jon").arrange(bars=(1, 4)).value
    with demo.make(tmp_path / "film", shots=3, **size) as film:
        assert film.cut().value == mine


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ({"shots": 0}, "1 to 12"),
        ({"shots": 13}, "1 to 12"),
        ({"takes": 0}, "1 to 99"),
        ({"full": True, "takes": 2}, "--full"),
    ],
)
def test_a_demo_of_no_size_is_refused_before_anything_is_made(tmp_path, size, said):
    with pytest.raises(studio.StudioError, match=said):
        demo.make(tmp_path / "film", **size)
    assert not (tmp_path / "film").exists()


def test_a_demo_goes_into_a_folder_of_its_own(tmp_path):
    with studio.new(tmp_path / "mine", title="Mine"):
        pass
    with pytest.raises(studio.StudioError, match="folder of its own"):
        demo.make(tmp_path / "mine")


def test_the_little_film_tells_the_whole_story_in_twelve_shots():
    screenplay = demo._screenplay()
    plan = demo._size(screenplay, full=False, shots=None, takes=None)
    assert (len(plan.shots), plan.takes) == (12, 36)
    assert plan.shots[0] == screenplay.shots[0].shot
    assert plan.shots[-1] == screenplay.shots[-1].shot
    full = demo._size(screenplay, full=True, shots=None, takes=None)
    assert (len(full.shots), sum(map(full.takes_of, range(55)))) == (55, 700)


def test_here_is_the_film_that_a_notebook_lies_in(made, monkeypatch):
    folder, _ = made
    monkeypatch.chdir(folder / "notebooks")
    with studio.here() as film:
        assert film.folder == folder
