"""The house: its rules are kept, its door is light, and it can be carried elsewhere."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("pandas", "cv2", "librosa", "moviepy", "av", "sqlalchemy", "ipywidgets", "anywidget", "opentimelineio")


def run(*command: object, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=os.environ | env, capture_output=True, text=True, check=False
    )


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def test_rooms_import_downwards_only():
    done = run(tool("lint-imports"), "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Contracts: 4 kept, 0 broken", done.stdout)


def test_the_import_rules_notice_a_rule_that_is_broken(tmp_path):
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", ROOT / "studio", tmp_path / "studio"], check=True)
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    with (tmp_path / "studio" / "camera" / "__init__.py").open("a") as room:
        room.write("\nfrom studio.log import Log as _Log\nfrom studio.film import Film as _Film\nimport av as _av\n")
    done = run(tool("lint-imports"), "--no-cache", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 1, (copy, done.stdout)
    assert "2 broken" in done.stdout


def test_no_room_imports_the_whole_studio():
    found = run("git", "grep", "-nE", r"^\s*import studio$", "--", "studio")
    assert found.stdout == ""


def test_importing_the_studio_brings_in_nothing_heavy():
    code = f"import studio, sys; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    assert run(sys.executable, "-c", code, cwd=Path("/")).stdout.split() == []


def test_asking_the_command_line_for_help_brings_in_nothing_heavy():
    code = (
        "import sys, studio.cli\n"
        "try: studio.cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        f"print('LOADED', *[m for m in {HEAVY!r} if m in sys.modules])"
    )
    assert run(sys.executable, "-c", code, cwd=Path("/")).stdout.splitlines()[-1] == "LOADED"


def test_every_public_name_can_be_had_from_the_studio():
    import studio

    for name in studio.__all__:
        assert getattr(studio, name) is not None
    with pytest.raises(AttributeError, match=r"it has .*Camera"):
        studio.camra  # noqa: B018


def test_the_code_is_typed_and_tidy():
    for command in (("ruff", "check", "studio", "tests"), ("ruff", "format", "--check", "studio", "tests")):
        done = run(tool(command[0]), *command[1:])
        assert done.returncode == 0, done.stdout + done.stderr
    done = run(sys.executable, "-m", "mypy")
    assert done.returncode == 0, done.stdout


def test_no_file_needs_a_table_of_contents():
    tracked = run("git", "ls-files", "*.py", "*.js").stdout.split()
    lines = {name: len((ROOT / name).read_text("utf-8").splitlines()) for name in tracked if (ROOT / name).exists()}
    assert tracked
    assert {name: n for name, n in lines.items() if n > 500} == {}


def test_nothing_committed_names_this_machine_or_a_registry():
    found = run(
        "git",
        "grep",
        "-nIE",
        rf"{ROOT}|index-url|https?://[^ \"]*/(simple|packages)/",
        "--",
        ".",
        ":!tests/test_house.py",
    )
    assert found.stdout == ""


def test_data_is_found_in_the_checkout_before_any_packaged_copy(tmp_path):
    from studio import _resources

    assert _resources.path("data/camera_moves.toml") == ROOT / "data" / "camera_moves.toml"
    with pytest.raises(FileNotFoundError, match="reinstall"):
        _resources.path("data/nothing")


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory):
    """A fresh environment outside the checkout with the wheel in it; what it depends on is lent by this one."""
    folder = tmp_path_factory.mktemp("elsewhere")
    built = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist")
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    installed = run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel)
    assert installed.returncode == 0, installed.stdout + installed.stderr
    site = next((folder / "env" / "lib").glob("python*/site-packages"))
    # a plain path in a .pth: the lending environment's own .pth files, and so its editable install, are not read
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    where = run(python, "-c", "import studio; print(studio.__file__)", cwd=folder).stdout
    assert where.startswith(str(site)), where
    return folder


def test_a_film_is_begun_from_the_installed_wheel(elsewhere):
    made = run(elsewhere / "env/bin/studio", "new", "mine", "--title", "Mine", cwd=elsewhere)
    assert made.returncode == 0, made.stderr
    assert sorted(p.name for p in (elsewhere / "mine" / "notebooks").iterdir()) == sorted(
        p.name for p in (ROOT / "notebooks").glob("*.ipynb")
    )


def test_a_demo_of_three_shots_is_made_from_the_installed_wheel(elsewhere):
    made = run(elsewhere / "env/bin/studio", "demo", "little", "--shots", "3", "--takes", "1", cwd=elsewhere)
    assert made.returncode == 0, made.stderr
    delivery = elsewhere / "little" / "deliveries" / "first-cut"
    assert {"film.mp4", "film.otio", "film.xml", "film.fcpxml", "film.edl", "film.csv", "report.html"} <= {
        p.name for p in delivery.iterdir()
    }
    assert "film.mp4" in made.stdout


def test_the_notebooks_hold_no_widget_state_and_stay_small():
    for book in (ROOT / "notebooks").glob("*.ipynb"):
        raw = book.read_text("utf-8")
        assert "widgets" not in json.loads(raw)["metadata"], book.name
        assert len(raw) < 300_000, book.name
        assert not re.search(r"data:video|Traceback|object at 0x", raw), book.name
