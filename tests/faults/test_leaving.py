"""A kernel that ends without closing its film leaves nothing on the screen, ends soon, and loses nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from studio.generation import Engine
from studio.log import Log
from studio.media import Library
from tests.generation.scripted import Scripted, make_film, requests

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from pathlib import Path
from studio.generation import Engine
from studio.log import Log
from studio.media import Library
from tests.generation.scripted import Scripted

film, provider, how = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
maker = Scripted(provider)
log = Log.open(film)
engine = Engine(log, Library(film), lambda name: maker)
engine.resume()
maker.begun.acquire()
if how == "by an error":
    raise SystemExit(3)
"""


@pytest.mark.parametrize(("how", "code"), [("at the end", 0), ("by an error", 3)])
def test_a_process_that_just_ends_says_nothing_and_the_next_one_goes_on(tmp_path: Path, how: str, code: int) -> None:
    film, maker = make_film(tmp_path / "film"), Scripted(tmp_path / "provider")
    with Log.open(film) as log:
        engine = Engine(log, Library(film), lambda name: maker)
        takes = engine.plan(requests(log, maker, 4), "ada")
        engine.close()
    command = [sys.executable, "-W", "error", "-c", SCRIPT, str(film), str(maker.folder), how]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "", "")
    with Log.open(film) as log:
        engine = Engine(log, Library(film), lambda name: maker)
        engine.resume().wait(60)
        assert [log.state(take.id) for take in takes] == ["done"] * 4
        engine.close()
    assert len(maker.bought()) == 4
