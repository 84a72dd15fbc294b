"""`studio …`, run as a person runs it."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

import studio
from studio.media import probe
from tests.clips import make_clip, make_song


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


def test_where_no_notebook_can_be_laid_out_one_sentence_says_so(place):
    (place / "odd").mkdir()
    (place / "odd" / "film.toml").write_bytes((place / "film" / "film.toml").read_bytes())
    (place / "odd" / "notebooks").write_text("a file", "utf-8")
    done = run("lab", "odd", cwd=place)
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1)
    assert "notebooks in odd cannot be used" in done.stderr


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


@pytest.mark.parametrize(
    "words", ["takes film --csv | true", "takes film | true", "doctor | head -1", "export film --help | true"]
)
def test_a_reader_that_has_seen_enough_is_no_failure(place, words):
    done = subprocess.run(
        ["bash", "-c", f'set -o pipefail; "{sys.executable}" -m studio.cli {words}'],
        cwd=place, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_output_that_finds_no_room_is_told_in_one_sentence(place):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "studio.cli", "takes", "film", "--csv"],
            cwd=place, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "studio: there is no room left where the output goes: write it elsewhere\n"


def test_a_terminal_without_the_letters_of_a_title_shows_them_spelled_out(place):
    done = run("new", "żółw", "--title", "Żółw", cwd=place, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert r"\u017b\xf3\u0142w: an empty film" in done.stdout


def test_a_mistake_in_a_delivery_is_told_before_any_bar_is_drawn(place):
    for words in (["export", "film", "--name", "../x"], ["render", "film", "--to", "film/media/takes/01A-001.mp4"]):
        done = run(*words, cwd=place)
        assert done.returncode == 2
        assert len(done.stderr.strip().splitlines()) == 1
    assert run("new", "", cwd=place).returncode == 2
    assert not (place / "film.toml").exists()


def test_ctrl_c_in_an_export_is_one_sentence_and_status_130_and_the_same_command_goes_on(tmp_path, capsys, monkeypatch):
    from studio import cli, demo

    with studio.new(tmp_path / "film", size=(160, 90), authors=["ada"]) as film:
        film.song.attach(make_song(tmp_path / "song.wav", seconds=4))
        film.adopt(make_clip(tmp_path / "clip.mp4", frames=96), shot="01A")
        film.circle("01A-001")
        film.arrange()

    @contextmanager
    def pressed(*_, **__):
        def advance(done):
            raise KeyboardInterrupt

        yield advance

    with monkeypatch.context() as patch:
        patch.setattr(demo, "bar", pressed)
        assert cli.main(["export", str(tmp_path / "film")]) == 130
    assert capsys.readouterr().err == "studio: stopped; the same command goes on from here\n"
    assert list((tmp_path / "film" / "deliveries").iterdir()) == []
    assert cli.main(["export", str(tmp_path / "film")]) == 0
    assert (tmp_path / "film" / "deliveries" / "first-cut" / "film.mp4").is_file()


def test_an_export_can_ask_for_all_that_the_call_can(tmp_path, capsys):
    from studio import cli

    with studio.new(tmp_path / "film", size=(160, 90), authors=["ada"]) as film:
        film.song.attach(make_song(tmp_path / "song.wav", seconds=2))
        for name, frames, rate in (("slow", 32, "8"), ("ng", 96, "24"), ("held", 90, "24")):
            film.adopt(make_clip(tmp_path / f"{name}.mp4", frames, rate), shot="01A")
        film.circle("01A-001")
        film.ng("01A-002")
        film.hold("01A-003")
        film.arrange()
    words = ["export", str(tmp_path / "film"), "--preset", "resolve", "--media", "conform"]
    assert cli.main([*words, "--convert", "01A-001=blend", "--handles", "6", "--rejects", "--bundle"]) == 0
    folder = tmp_path / "film" / "deliveries" / "first-cut"
    assert "neighbouring frames mixed" in capsys.readouterr().err
    assert probe(folder / "media" / "01A-001.mov").frames == 48 + 6
    assert (folder / "film.otioz").is_file()
    assert {path.stem for path in (folder / "rejects").glob("*.mp4")} == {"01A-002"}
    assert (folder / "media" / "01A-003.mov").is_file()
    assert cli.main([*words, "--no-alternates"]) == 0
    assert {path.name for path in (folder / "media").iterdir()} == {"01A-001.mov"}
    for wrong, said in (
        (["--convert", "blend", "--convert", "01A-001=hold"], "one way for all takes, or a way for each"),
        (["--convert", "melt"], "'melt' is no way to convert a frame rate"),
        (["--aaf"], "an AAF is for Avid Media Composer"),
    ):
        assert cli.main([*words, *wrong]) == 2
        assert said in capsys.readouterr().err


def test_takes_are_generated_resumed_and_accounted_for_without_a_notebook(place):
    made = run("generate", "film", "01A", "--seconds", "0.5", "--takes", "2", cwd=place)
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines()[0].startswith("$0.00 (layers, 0.5 s, read ")
    assert made.stdout.splitlines()[-1] == "made: 01A-002, 01A-003"
    assert run("resume", "film", cwd=place).stdout == "nothing was made\n"
    ledger = run("ledger", "film", cwd=place)
    assert "01A-002" in ledger.stdout
    assert "Money($0.00 spent, $0.00 reserved, $0.00 at risk)" in ledger.stdout
    rows = list(csv.DictReader(io.StringIO(run("ledger", "film", "--csv", cwd=place).stdout)))
    assert [row["take"] for row in rows] == ["01A-002", "01A-003"]


def test_a_dry_run_prints_the_request_and_hides_the_key(place):
    done = run(
        "generate", "film", "01A", "--provider", "runway", "--dry-run", cwd=place, RUNWAYML_API_SECRET="key_canary12345"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("POST https://api.dev.runwayml.com/v1/text_to_video\n")
    assert "Authorization: Bearer ••••" in done.stdout
    assert "canary" not in done.stdout + done.stderr


def test_money_is_not_spent_without_a_yes(place):
    before = run("takes", "film", cwd=place).stdout
    done = subprocess.run(
        [sys.executable, "-m", "studio.cli", "generate", "film", "01A", "--provider", "runway", "--takes", "4"],
        cwd=place, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "studio: this would cost $2.40: say --yes to spend it, or --dry-run to look first\n"
    assert run("takes", "film", cwd=place).stdout == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--provider", "videopoet"], "VideoPoet"),
        (["--provider", "elevenlabs"], "makes sounds and no clips"),
        (["--provider", "runway", "--model", "gen9"], "runway has no model 'gen9'"),
        (["--provider", "runway", "--cap", "much"], "'much' is no amount"),
        (["--provider", "replicate", "--model", "acme/x"], "no price is known for acme/x at replicate"),
        (["--guide", "01A-099"], "there is no take '01A-099'"),
        (["--provider", "runway", "--takes", "4", "--cap", "1.00", "--yes"], "this call may cost $1.00"),
    ],
)
def test_a_mistake_in_asking_for_takes_is_one_sentence_and_sends_nothing(place, words, said):
    done = run("generate", "film", "01A", *words, cwd=place)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_ctrl_c_while_takes_are_made_says_what_goes_on_and_it_does(tmp_path, capsys, monkeypatch):
    """The same command would ask for new takes."""
    from studio import cli
    from studio.generation import Handle

    with studio.new(tmp_path / "film", size=(64, 64), authors=["ada"]) as film:
        film.write("01A", "a corridor", camera="push in")

    def pressed(*_, **__):
        raise KeyboardInterrupt

    folder = str(tmp_path / "film")
    with monkeypatch.context() as patch:
        patch.setattr(Handle, "wait", pressed)
        assert cli.main(["generate", folder, "01A", "--seconds", "0.5", "--takes", "3"]) == 130
    assert capsys.readouterr().err == f"studio: stopped; studio resume {folder} goes on from here\n"
    assert cli.main(["resume", folder]) == 0
    with studio.open(tmp_path / "film") as film:
        assert film.takes()["state"].tolist() == ["done"] * 3


def test_help_lists_the_commands_in_the_order_of_the_work():
    listed = [line.split()[0] for line in run("--help", cwd=".").stdout.split("COMMAND\n")[-1].splitlines()
              if line.startswith("    ") and line[4] != " "]  # fmt: skip
    assert listed == [
        "demo", "new", "lab", "generate", "resume", "work", "takes", "ledger", "measure", "book", "export", "render",
        "conform", "share", "merge", "current", "pack", "unpack", "media", "missing", "relink", "backup", "move-log",
        "doctor",
    ]  # fmt: skip


def test_of_several_authors_a_command_is_told_which_one_gives_it(tmp_path):
    assert run("new", "film", "--author", "ada", "--author", "ben", cwd=tmp_path).returncode == 0
    with studio.open(tmp_path / "film") as film:
        film.as_("ada").write("01A", "A bubble.", camera="static")
        film.adopt(make_clip(tmp_path / "clip.mp4"), shot="01A")
        book = film.book.save(tmp_path / "book.csv")
    refused = run("generate", "film", "01A", "--seconds", "0.5", cwd=tmp_path, STUDIO_AUTHOR="")
    assert (refused.returncode, "say --as ada" in refused.stderr, "film.as_" in refused.stderr) == (2, True, False)
    done = run("generate", "film", "01A", "--seconds", "0.5", "--as", "ben", cwd=tmp_path, STUDIO_AUTHOR="")
    assert done.returncode == 0, done.stderr
    read = run("book", "film", book, "--read", "--as", "ben", cwd=tmp_path, STUDIO_AUTHOR="")
    assert read.returncode == 0, read.stderr


def test_a_film_without_takes_names_the_command_that_makes_one(tmp_path):
    assert run("new", "film", cwd=tmp_path).returncode == 0
    assert "studio generate film 01A" in run("takes", "film", cwd=tmp_path).stdout
    wrong = run("generate", "film", "01A", "--dry-run", "--cap", "much", cwd=tmp_path)
    assert (wrong.returncode, "much" in wrong.stderr) == (2, True)


def test_what_a_command_says_names_commands_and_no_calls(place, tmp_path):
    shutil.copytree(place / "film", tmp_path / "film", ignore=shutil.ignore_patterns("*.ipynb"))
    packed = run("pack", "film", "film.zip", cwd=tmp_path)
    unpacked = run("unpack", "film.zip", "there", cwd=tmp_path)
    assert (packed.returncode, unpacked.returncode) == (0, 0), packed.stderr + unpacked.stderr
    assert "studio relink finds them" in unpacked.stdout
    found = run("relink", "there", place / "film" / "media", cwd=tmp_path)
    assert "found again: 01A-001" in found.stdout
    nowhere = run("takes", "clip.txt", cwd=tmp_path)
    assert "studio new clip.txt makes one" in nowhere.stderr
    for said in (packed, unpacked, found, nowhere):
        assert "film." not in (said.stdout + said.stderr).replace("film.zip", "").replace("film.toml", "")
