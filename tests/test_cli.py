"""`studio …`, run as a person runs it."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest

import studio
from tests.clips import make_clip


def run(*words, cwd, **env):
    return subprocess.run(
        [sys.executable, "-m", "studio.cli", *map(str, words)],
        cwd=cwd,
        env=os.environ | env,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a film in it that has one take."""
    place = tmp_path_factory.mktemp("place")
    made = run("new", "film", "--title", "=1+1", "--author", "ada", "--rate", "23.976", "--size", "320x180", cwd=place)
    assert made.returncode == 0, made.stderr
    with studio.open(place / "film") as film:
        film.write("01A", "@SUM(1)", camera="slow push in")
        film.adopt(make_clip(place / "clip.mp4"), shot="01A")
    return place


def test_a_new_film_has_its_settings_and_its_notebooks(place):
    with studio.open(place / "film") as film:
        assert (film.settings.title, str(film.settings.rate)) == ("=1+1", "24000/1001")
        assert (film.settings.width, film.settings.height, film.authors) == (320, 180, ("ada",))
    assert (place / "film" / "notebooks" / "00_start_here.ipynb").is_file()


def test_takes_are_listed_and_no_cell_of_the_csv_is_run_by_a_spreadsheet(place):
    listed = run("takes", "film", cwd=place)
    assert "01A-001" in listed.stdout
    rows = list(csv.DictReader(io.StringIO(run("takes", "film", "--csv", cwd=place).stdout)))
    assert [row["take"] for row in rows] == ["01A-001"]
    assert rows[0]["frames"] == "48"
    assert not any(value.startswith(("=", "+", "@")) for row in rows for value in row.values())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["takes", "nowhere"], "there is no film in nowhere"),
        (["new", "film"], "already holds a film"),
        (["new", "other", "--size", "wide"], "WIDTHxHEIGHT"),
        (["new", "other", "--rate", "fast"], "the rate 'fast'"),
        (["export", "film"], "cut"),
        (["render", "film", "--cut", "7"], "7"),
        (["lab", "nowhere"], "there is no film in nowhere"),
        (["demo", "film"], "holds another film"),
        (["doctor", "--rebuild"], "name the film's folder"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_two(place, words, said):
    done = run(*words, cwd=place)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_notebooks_of_a_film_are_never_overwritten(place):
    from studio.cli import lay_out_notebooks

    mine = place / "film" / "notebooks" / "01_write.ipynb"
    mine.write_text("mine", "utf-8")
    (place / "film" / "notebooks" / "02_takes.ipynb").unlink()
    assert lay_out_notebooks(place / "film") == ("02_takes.ipynb",)
    assert mine.read_text("utf-8") == "mine"


def test_the_doctor_names_the_keys_that_are_set_and_prints_none(place):
    done = run("doctor", "film", cwd=place, FAL_KEY="canary-1234567890")
    assert done.returncode == 0, done.stdout
    assert "FAL_KEY is set" in done.stdout
    assert "set RUNWAYML_API_SECRET" in done.stdout or os.environ.get("RUNWAYML_API_SECRET")
    assert "fit for a log" in done.stdout
    assert "canary" not in done.stdout + done.stderr


def test_the_doctor_makes_a_lost_log_again(place):
    with studio.open(place / "film") as film:
        before = film.takes()
    for lost in (place / "film").glob("film.db*"):
        lost.unlink()
    done = run("doctor", "film", "--rebuild", cwd=place)
    assert done.returncode == 0, done.stderr
    with studio.open(place / "film") as film:
        assert film.takes().equals(before)
    assert "1" in run("doctor", "film", "--refold", cwd=place).stdout


def test_the_lab_is_told_to_ask_no_news():
    from studio import _resources
    from studio.cli import OVERRIDES

    told = json.loads((_resources.path(OVERRIDES) / "labconfig" / "default_setting_overrides.json").read_text())
    assert told["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
