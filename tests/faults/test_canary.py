"""A key is planted, used, refused and echoed back; then it is looked for everywhere."""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import studio
from studio.errors import StudioError
from studio.film import Film
from tests.clips import make_clip, make_song
from tests.fakes.openai_videos import FakeVideos

CANARY = FakeVideos.key
SETTINGS = {"size": (64, 64), "authors": ["ada"]}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Four seconds, as were asked for."""
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", frames=96, size="64x64").read_bytes()


@pytest.fixture
def service(clip: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeVideos]:
    """A server that says the key back in its refusals, as some do."""
    with FakeVideos(clip, price_micro_usd=100_000) as fake:
        monkeypatch.setenv("OPENAI_API_KEY", CANARY)
        yield fake


@pytest.fixture
def film(tmp_path: Path, service: FakeVideos) -> Iterator[Film]:
    options = {"openai_videos": {"base_url": f"{service.url}/v1"}}
    with studio.new(tmp_path / "film", **SETTINGS, providers=options) as film:
        film.write("07A", "two teenagers in a corridor", camera="slow push in")
        yield film


def everything_in(folder: Path) -> list[str]:
    """The files that hold the canary."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


def test_the_key_is_in_no_file_of_the_film_no_log_line_and_no_message(
    film: Film,
    service: FakeVideos,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    ask = {"provider": "openai_videos", "model": "wan2.2", "seconds": 4}
    said: list[object] = [film.dry_run("07A", **ask), film.estimate("07A", **ask, price_usd="0.10")]
    service.script("create", "bad key")  # says the key back
    service.script("list", "bad key", "bad key", "bad key")
    handle = film.generate("07A", **ask, price_usd="0.10", takes=2)
    handle.wait(60)
    said += [handle, handle.errors, handle.progress]
    service.script("create", "no json", "lost")
    for again in range(2):
        handle = film.generate("07A", **ask, price_usd="0.10", seed=100 + again)
        handle.wait(60)
        said += [handle.errors]
    assert film.resume().wait(60)
    said += [film, film.money, film.money.ledger().to_csv(), film.money.inbox().to_csv(), film.takes().to_csv()]
    said += [film.history(take).to_csv() for take in film.takes()["take"]]
    maker = film.provider("openai_videos")
    said += [maker, vars(maker), maker.key(), vars(maker.wire), film.settings]
    film.song.attach(make_song(tmp_path / "song.wav", seconds=4))
    for take in film.takes().query("state == 'done'")["take"]:
        film.circle(take)
    film.arrange(bars=(1, 1)).export("first-cut", prompts=True)
    assert any(CANARY in value for call in service.calls for value in call.headers.values())  # it was really used
    said = [f"{each} {each!r}" for each in said]
    film.close()
    assert everything_in(film.folder) == []
    said += [record.getMessage() for record in caplog.records]
    said += [capsys.readouterr()]
    assert [each for each in said if CANARY in str(each)] == []


def test_no_exception_and_nothing_that_hangs_on_it_holds_the_key(film: Film, service: FakeVideos) -> None:
    import asyncio

    maker = film.provider("openai_videos")
    service.script("create", "bad key")
    request = film._requests("07A", studio_order())[0]
    with pytest.raises(StudioError) as told:
        asyncio.run(submitted(maker, request))
    shown = "".join(traceback.format_exception(told.value))
    assert "does not accept the key in OPENAI_API_KEY" in shown
    assert CANARY not in shown
    link: BaseException | None = told.value
    while link is not None:
        assert CANARY not in repr(vars(link)) + repr(link.args)
        link = link.__cause__ or link.__context__
    with pytest.raises(TypeError, match="a key is not written anywhere"):
        pickle.dumps(maker.key())


async def submitted(maker: object, request: object) -> None:
    try:
        await maker.submit(request, None)
    finally:
        await maker.aclose()


def studio_order() -> object:
    from studio.generation import Order

    return Order("openai_videos", "wan2.2", 1, 4)


def test_a_saved_notebook_holds_no_key(film: Film, service: FakeVideos, tmp_path: Path) -> None:
    folder = film.folder
    film.close()
    service.script("create", "bad key")
    cells = [
        f"import studio\nfilm = studio.open({str(folder)!r})",
        'film.dry_run("07A", provider="openai_videos", model="wan2.2", seconds=4)',
        'handle = film.generate("07A", provider="openai_videos", model="wan2.2", seconds=4, price_usd="0.10")\n'
        "handle.wait(60)\nhandle.errors",
        "film.provider('openai_videos'), film.money.ledger()",
        'film.generate("07A", provider="openai_videos", model="wan2.2", seconds=4)',  # a mistake: no price is known
        "film.close()",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells])
    NotebookClient(book, timeout=120, allow_errors=True).execute()
    nbformat.write(book, tmp_path / "mine.ipynb")
    text = (tmp_path / "mine.ipynb").read_text("utf-8")
    assert "does not accept the key in OPENAI_API_KEY" in text
    assert "Authorization: Bearer ••••" in text
    assert "no price is known" in text
    assert "Traceback" not in text
    assert CANARY not in text
    assert everything_in(folder) == []


def test_the_command_line_prints_no_key(film: Film, service: FakeVideos) -> None:
    folder = film.folder
    film.close()
    service.script("create", "bad key")
    ask = ["07A", "--provider", "openai_videos", "--model", "wan2.2", "--seconds", "4", "--price", "0.10"]
    for words in (
        ["generate", folder, *ask, "--dry-run"],
        ["generate", folder, *ask, "--yes"],
        ["ledger", folder],
        ["doctor", folder],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "studio.cli", *map(str, words)], capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stderr
        assert CANARY not in done.stdout + done.stderr
