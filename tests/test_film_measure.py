"""Did the camera do it? Through a film's public calls, on stand-in clips."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

import studio
from studio.camera.measured import METHOD
from studio.errors import BadInput, NotFound
from studio.generation import measuring
from studio.media import workers
from studio.nouns import STUDIO
from tests.clips import make_clip


@pytest.fixture(autouse=True)
def nobody_chosen(monkeypatch):
    monkeypatch.delenv("STUDIO_AUTHOR", raising=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A film of three stand-in takes: a push in, a pan, and one that asked for nothing."""
    folder = tmp_path_factory.mktemp("measure") / "film"
    with studio.new(folder, rate=12, size=(320, 180), authors=["ada", "ben"]) as film:
        film.as_("ada")
        film.write("07A", "Two teenagers meet in a school corridor.", camera="slow push in")
        film.write("07B", "She looks out of the window.", camera="pan left")
        film.write("07C", "The yard.")
        for shot in ("07A", "07B", "07C"):
            film.generate(shot, seconds=2).wait(60)
        film.adopt(make_clip(folder.parent / "old clip.mp4"), shot="07A")
    return folder


@pytest.fixture
def film(made, tmp_path):
    """A copy of that film, to do anything with."""
    import shutil

    shutil.copytree(made, tmp_path / "film")
    with studio.open(tmp_path / "film") as film:
        yield film.as_("ada")


def rows(film):
    return film.takes().set_index("take")


def kinds(film, take):
    return [event.kind for event in film.log.events(film.log.take(take).id)]


def unmeasured(film, *takes):
    """As takes of a film were that was made before cameras were measured: a log that lacks these events."""
    from sqlalchemy import delete

    from studio.log.schema import events

    ids = [film.log.take(take).id for take in takes]
    with film.log._alone_on(writes=True) as connection, connection.begin():
        gone = events.c.kind.in_(("measured", "flags", "features"))
        connection.execute(delete(events).where(events.c.subject.in_(ids), gone))
    film.log.refold()


def test_a_take_is_measured_as_it_comes_in_and_compared_with_what_its_request_asked(film):
    table = rows(film)
    push = table.loc["07A-001"]
    assert (push["asked_move"], push["obeyed"], push["obeyed_by"], push["measured_obeyed"]) == (
        "dolly_in", "yes", "studio", "yes",
    )  # fmt: skip
    assert "dolly_in" in push["measured_move"]
    assert 0 < push["confidence"] <= 1
    assert push["parallax"] in ("yes", "none", "unclear")
    assert table.loc["07B-001", "obeyed"] == "yes"
    assert "pan_left" in table.loc["07B-001", "measured_move"]
    for take in ("07A-001", "07B-001", "07C-001", "07A-002"):
        assert [kind for kind in kinds(film, take) if kind in ("media", "measured", "flags", "features")] == [
            "media", "measured", "flags", "features",
        ]  # fmt: skip
    assert film.measure(progress=False).measured == ()  # nothing is left to do


def test_a_clip_that_nobody_asked_for_is_measured_and_not_compared(film):
    for take in ("07A-002", "07C-001"):  # adopted; words without a camera
        row = rows(film).loc[take]
        assert isinstance(row["measured_move"], str)
        assert row[["obeyed", "obeyed_by", "measured_obeyed"]].isna().all()
        assert film.measured(take).compared is None
        assert "nothing asked can be measured" in repr(film.measured(take))


def test_what_is_written_afterwards_does_not_change_what_a_take_was_asked(film):
    film.write("07A", camera="pan right")
    film.measure("07A-001", again=True, progress=False)
    assert rows(film).loc["07A-001", ["asked_move", "obeyed"]].tolist() == ["dolly_in", "yes"]


def test_what_was_measured_is_there_as_a_value_with_the_figures_that_say_why(film):
    found = film.measured("07A-001")
    assert (found.take, found.obeyed, found.by) == ("07A-001", "yes", STUDIO)
    assert found.measured.method == METHOD
    assert found.compared.sentence.startswith("asked for a slow dolly in; got ")
    assert repr(found).startswith("07A-001: yes: asked for a slow dolly in; got ")
    assert found.compared.sentence in film.history("07A-001")["what"].tolist()
    assert json.loads(film.log.features(film.log.take("07A-001").id).data["features"])["head"]


def test_a_persons_word_counts_before_what_was_measured_and_can_be_undone(film):
    film.obeyed("07A-001", "no", move="pan left", note="she hardly moves")
    row = rows(film).loc["07A-001"]
    assert (row["obeyed"], row["obeyed_by"], row["measured_obeyed"]) == ("no", "ada", "yes")
    assert "ada says: no, got pan left (she hardly moves)" in repr(film.measured("07A-001"))
    film.as_("ben").obeyed("07A-001", "partly")
    assert rows(film).loc["07A-001", "obeyed_by"] == "ben"
    assert film.evidence.obedience("move").to_frame().set_index("move").loc["dolly_in", "partly"] == 1
    film.measure("07A-001", again=True, progress=False)
    assert rows(film).loc["07A-001", ["obeyed", "measured_obeyed"]].tolist() == ["partly", "yes"]
    assert film.undo() == "07A-001: camera obeyed: partly, undone"
    film.as_("ada").undo()
    assert rows(film).loc["07A-001", ["obeyed", "obeyed_by"]].tolist() == ["yes", "studio"]


def test_only_what_is_missing_or_of_an_older_method_is_measured(film, monkeypatch):
    unmeasured(film, "07A-001", "07A-002")
    assert rows(film).loc["07A-001", ["obeyed", "measured_move", "flags"]].isna().all()
    with pytest.raises(BadInput, match=r"07A-001 is not measured yet: film.measure\(\) measures"):
        film.measured("07A-001")
    told = []
    done = film.measure(progress=lambda done, total: told.append((done, total)))
    assert (done.measured, done.errors) == (("07A-001", "07A-002"), ())
    assert told == [(1, 2), (2, 2)]
    assert repr(done).startswith("measured 2 takes in ")
    assert rows(film).loc["07A-001", "obeyed"] == "yes"
    assert repr(film.measure()) == "nothing is left to measure"
    now = measuring.methods()
    monkeypatch.setattr(measuring, "methods", lambda: now | {"flags": now["flags"] + 1})
    assert len(film.log.to_measure(measuring.methods())) == 4


def test_a_clip_that_is_broken_or_gone_is_one_sentence_and_the_rest_is_measured(film, capsys):
    unmeasured(film, "07A-001", "07B-001", "07C-001")
    clips = {take: film.folder / rows(film).loc[take, "file"] for take in ("07A-001", "07B-001")}
    clips["07A-001"].unlink()
    clips["07B-001"].write_bytes(clips["07B-001"].read_bytes()[:2000])
    done = film.measure(workers=1)
    assert done.measured == ("07C-001",)
    assert [sentence.split(":")[0] for sentence in done.errors] == ["07A-001", "07B-001"]
    assert len(repr(done).splitlines()) == 3
    assert "3/3" in capsys.readouterr().err  # the bar


def test_stopping_loses_nothing_and_the_next_call_goes_on(film):
    unmeasured(film, "07A-001", "07B-001", "07C-001")

    def interrupted(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        film.measure(workers=1, progress=interrupted)
    left = film.log.to_measure(measuring.methods())
    assert len(left) == 2
    assert film.measure(progress=False).measured == tuple(each.take.label for each in left)


def test_a_run_that_is_killed_is_gone_on_with(film):
    """A script without a guard around it, as a person writes one: its processes do not run it again."""
    unmeasured(film, "07A-001", "07B-001", "07C-001")
    script = film.folder / "measure.py"
    script.write_text(
        "import os, signal, studio\n"
        f"film = studio.open({str(film.folder)!r})\n"
        "print('opened', flush=True)\n"
        "film.measure(workers=2, progress=lambda done, total: os.kill(os.getpid(), signal.SIGKILL))\n"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ended = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=env, timeout=120)
    assert ended.stdout == "opened\n", ended.stderr
    assert ended.returncode < 0
    left = film.log.to_measure(measuring.methods())
    assert len(left) == 2
    assert film.measure(progress=False).measured == tuple(each.take.label for each in left)


def test_two_that_measure_at_once_do_each_other_no_harm(film):
    unmeasured(film, "07A-001", "07B-001", "07C-001")
    with studio.open(film.folder) as other, ThreadPoolExecutor(2) as both:
        done = [both.submit(each.measure, workers=1, progress=False) for each in (film, other)]
        assert [each.result().errors for each in done] == [(), ()]
    for take in ("07A-001", "07B-001", "07C-001"):
        assert kinds(film, take).count("measured") == 1
    assert not rows(film)["measured_move"].isna().any()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"takes": "07Z-001"}, "there is no take '07Z-001'"),
        ({"workers": 0}, "the workers of measuring cannot be 0"),
        ({"workers": "two"}, "the workers of measuring cannot be 'two'"),
        ({"dask": 8786}, "8786 is no address of a Dask scheduler"),
        ({"dask": "nowhere", "again": True}, "no Dask scheduler answers at 'nowhere'"),
    ],
)
def test_a_slip_in_measuring_is_one_sentence(film, given, said, monkeypatch):
    monkeypatch.setattr(workers, "CLUSTER_S", 0.5)
    with pytest.raises((BadInput, NotFound)) as problem:
        film.measure(progress=False, **given)
    assert said in str(problem.value)


def test_a_cluster_measures_what_is_missing(film):
    from distributed import LocalCluster

    unmeasured(film, "07A-001", "07B-001")
    (film.folder / rows(film).loc["07B-001", "file"]).unlink()
    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp://",
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    ) as cluster:
        done = film.measure(dask=cluster.scheduler_address, progress=False)
    assert done.measured == ("07A-001",)
    assert [sentence.split(":")[0] for sentence in done.errors] == ["07B-001"]
    assert rows(film).loc["07A-001", "obeyed"] == "yes"


def test_what_was_measured_is_counted_by_move_and_model_and_shown_where_words_are_chosen(film):
    told = film.evidence.obedience(by=["move", "model"]).to_frame()
    assert told[["move", "model", "yes", "measured"]].values.tolist() == [
        ["dolly_in", "previz/layers", 1, 1], ["pan_left", "previz/layers", 1, 1],
    ]  # fmt: skip
    assert (told["low"] < told["high"]).all()
    best = film.evidence.phrasing("push in")
    assert best.to_frame()[["model", "words", "obeyed", "measured"]].values.tolist() == [
        ["previz/layers", "slow push in", 1, 1]
    ]
    assert "too few to say" in repr(best)
    from studio.widgets._desk_look import counts

    assert counts(film, "previz") == {
        "counts": {"dolly_in": "obeyed 1/1", "pan_left": "obeyed 1/1"},
        "counts_said": "Moves, with how often previz obeyed them in this film",
    }


def test_lint_tells_of_a_move_that_was_measured_to_be_missed(film):
    film.generate("07B", seconds=1, takes=2).wait(60)
    for take in ("07B-001", "07B-002", "07B-003"):
        film.obeyed(take, "no", move="static")
    assert any("0 of 3 obeyed here" in str(finding) for finding in film.lint("07B"))


def test_the_command_measures_what_is_missing(film):
    unmeasured(film, "07A-001")
    folder = film.folder
    film.close()
    done = subprocess.run(
        [sys.executable, "-m", "studio.cli", "measure", str(folder), "--workers", "1"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.startswith("measured 1 take in ")
    assert done.returncode == 0
