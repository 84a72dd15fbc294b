"""What is shared can be read without a kernel, and tells nothing that was not meant to be told."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

import studio
from studio.delivery.key_search import FORMS, KeySearch
from studio.delivery.shared_notebooks import Paths, notebook_page, plain_html
from studio.delivery.sharing import share
from studio.errors import BadInput
from tests.clips import make_clip

KEY = "canary/4f9&Q+x<7Zp'Lw2"  # of no known form, and escaped differently everywhere
JPEG = cv2.imencode(".jpg", np.full((9, 16, 3), 90, np.uint8))[1].tobytes()
STILL = base64.b64encode(JPEG).decode()
VIDEO = (
    f'<figure><video poster="data:image/jpeg;base64,{STILL}" controls><source src="../media/takes/07A-001.mp4">'
    f'<img src="data:image/jpeg;base64,{STILL}" alt="07A-001"></video><figcaption>Take 07A-001</figcaption></figure>'
)


def code(source, *outputs, **more):
    return {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": source,
        "execution_count": 1,
        "outputs": [*outputs],
    } | more


def shown(metadata=None, **data):
    return {"output_type": "display_data", "metadata": metadata or {}, "data": data}


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def markdown(text, **more):
    return {"cell_type": "markdown", "id": "b", "metadata": {}, "source": text} | more


def book(*cells, **metadata):
    return {"cells": [*cells], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def save(film, name, made):
    path = film.folder / "notebooks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(made if isinstance(made, str) else json.dumps(made), "utf-8")
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A film with a take, made once."""
    place = tmp_path_factory.mktemp("sharing")
    with studio.new(place / "film", title="=1+1 <b>zoom</b>", size=(160, 90), authors=["ada"]) as film:
        film.write("07A", "a corridor of secrets", camera="slow push in", style="16 mm film")
        film.adopt(make_clip(place / "clip.mp4"), shot="07A")
        film.circle("07A-001", reason="joins well", note="=HYPERLINK(1)")
        film.consent("Mara", "likeness", "@written", by="Mara")
    return place / "film"


@pytest.fixture
def film(made):
    with studio.open(made) as film:
        yield film
    for path in sorted((made / "notebooks").rglob("*"), reverse=True):
        path.unlink() if path.is_symlink() or path.is_file() else path.rmdir()


def shared(film, to, **options):
    """What is in it, by name."""
    got = film.share(to, **options)
    with zipfile.ZipFile(got.path) as box:
        assert box.testzip() is None
        return got, {name: box.read(name) for name in box.namelist()}


def test_a_notebook_shows_its_takes_without_a_kernel_and_its_clips_stay_at_home(film, tmp_path):
    state = {"application/vnd.jupyter.widget-state+json": {"state": {"x": {"model_name": "secret model"}}}}
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "application/javascript": "alert(1)"}
    save(film, "02.ipynb", book(
        markdown("# Takes\n\n<script>alert(1)</script> <kbd>C</kbd>"),
        code("film.dailies()", shown(**view, **{"text/plain": "Dailies()", "text/html": VIDEO})),
        widgets=state, kernelspec={"name": "mine", "display_name": "venv of ada", "language": "python"},
    ))  # fmt: skip
    got, files = shared(film, tmp_path / "shared.zip")
    clean = json.loads(files["notebooks/02.ipynb"])
    html = clean["cells"][1]["outputs"][0]["data"]["text/html"]
    assert html.count("<img ") == 1
    assert not re.search(r"<video|<source|media/takes", html)
    everything = b"".join(files.values()).decode("utf-8", "replace")
    for gone in ("widget", "secret model", "javascript", "venv of ada"):
        assert gone not in everything.replace("widget state", "")
    page = files["notebooks/02.html"].decode()
    assert "<kbd>C</kbd>" in page
    assert "<script" not in page
    assert "default-src 'none'; img-src data: 'self'; style-src 'unsafe-inline'" in page
    assert page.count("<img ") == 1
    assert files["media/posters/07A-001.jpg"] == (film.folder / "media/posters/07A-001.jpg").read_bytes()
    assert not [name for name in files if name.endswith((".mp4", ".wav", ".db", ".toml"))]
    assert (got.notebooks, got.empty, got.posters) == (("notebooks/02.ipynb",), (), 1)


def test_no_absolute_path_is_left_and_the_films_own_become_relative(film, tmp_path):
    home, folder = Path.home(), film.folder
    trace = (
        f'Traceback (most recent call last):\n  File "{folder}/x.py", line 3, in <module>\n    boom()\nValueError: no'
    )
    error = {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": f"no {folder}/a.wav",
        "traceback": [trace, "\x1b[0;31m/home/ada/x.py\x1b[0m"],
    }
    save(film, "deep/01.ipynb", book(
        markdown(f"see {home}/notes.txt and file:///home/ada/song.wav, and https://host/home/page"),
        code(
            f'film = studio.open("{folder}")\n'
            r'x = open("/home/ada/songs/a.wav"), "C:\\Users\\ada\\b.wav", "/v1/videos"',
            error, stream(trace, "stderr"), stream(f"made {folder}/media/takes/07A-001.mp4 in /tmp/abc/def"),
            shown(**{"text/html": f'<a href="{folder}/a.html">x</a></media>', "text/plain": [f"Path('{folder}')"]}),
        ),
    ))  # fmt: skip
    files = shared(film, tmp_path / "shared.zip")[1]
    text = b"".join(each for name, each in files.items() if not name.endswith(".jpg")).decode()
    for gone in (str(folder), str(home) + "/", "/home/ada", "/tmp/", "Traceback", "Users", "x.py", "\x1b"):
        assert gone not in text
    clean = json.loads(files["notebooks/deep/01.ipynb"])
    source = clean["cells"][1]["source"]
    assert source == 'film = studio.open("../..")\nx = open("…/a.wav"), "…/b.wav", "/v1/videos"'
    assert clean["cells"][1]["outputs"][0]["traceback"] == ["ValueError: no ../../a.wav"]
    assert "ValueError: no" in clean["cells"][1]["outputs"][1]["text"]
    assert "https://host/home/page" in clean["cells"][0]["source"]


PLACES = {
    "a cell": lambda key: book(code(f"client = Client({key!r})")),
    "lines of a cell": lambda key: book(code([f"key = '{key[:9]}", f"{key[9:]}'"])),
    "the words of a cell": lambda key: book(markdown(f"my key is {key}")),
    "a printed line": lambda key: book(code("1", stream(f"key {key}"))),
    "a coloured line": lambda key: book(code("1", stream(f"\x1b[31m{key[:9]}\x1b[0m{key[9:]}"))),
    "a plain result": lambda key: book(code("1", shown(**{"text/plain": [repr(key)]}))),
    "an html result": lambda key: book(code("1", shown(**{"text/html": f"<p title='{key}'>x</p>"}))),
    "an unknown kind of result": lambda key: book(code("1", shown(**{"application/x-mine": {"a": [{"b": key}]}}))),
    "a picture": lambda key: book(code("1", shown(**{"image/jpeg": base64.b64encode(JPEG + key.encode()).decode()}))),
    "what should be a picture": lambda key: book(code("1", shown(**{"image/png": key}))),
    "a picture in html": lambda key: book(
        code("1", shown(**{"text/html": f'<img src="data:image/png;base64,{encoded(key)}">'}))
    ),
    "an error": lambda key: book(code("1", {"output_type": "error", "ename": "E", "evalue": "", "traceback": [key]})),
    "an output's metadata": lambda key: book(code("1", shown({"x": key}))),
    "a cell's metadata": lambda key: book(code("1", metadata={"x": {"y": key}})),
    "a key of the metadata": lambda key: book(code("1", metadata={key: 1})),
    "the widget state": lambda key: book(code("1"), widgets={"state": {"m": {"value": key}}}),
    "an attachment": lambda key: book(markdown("x", attachments={"a.png": {"image/png": encoded(key)}})),
    "the name of an attachment": lambda key: book(markdown("x", attachments={key: {"image/png": ""}})),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", ["set", "known"])
def test_a_key_anywhere_in_a_notebook_stops_the_sharing_and_is_not_said(film, tmp_path, monkeypatch, place, form):
    key = KEY if form == "set" else "sk-proj-Ab12Cd34Ef56Gh78Ij90"
    if form == "set":
        monkeypatch.setenv("RUNWAYML_API_SECRET", KEY)
    save(film, "03.ipynb", PLACES[place](key))
    with pytest.raises(BadInput) as told:
        film.share(tmp_path / "shared.zip")
    said = str(told.value)
    assert said.startswith("notebooks/03.ipynb, ")
    assert "nothing is shared" in said
    assert ("the value of RUNWAYML_API_SECRET" if form == "set" else "what looks like a key of OpenAI") in said
    assert key not in said
    assert key[4:12] not in said
    assert list(tmp_path.iterdir()) == []


def test_a_key_in_a_note_a_poster_a_file_name_or_a_title_stops_it_too(film, tmp_path, monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    save(film, "01.ipynb", book(code("1")))
    poster = film.folder / "media" / "posters" / "07A-001.jpg"
    content = poster.read_bytes()
    poster.write_bytes(content + KEY.encode("utf-16-le"))
    with pytest.raises(BadInput, match=r"^media/posters/07A-001\.jpg holds the value of GEMINI_API_KEY, and"):
        film.share(tmp_path / "a.zip")
    poster.write_bytes(content)
    film.note("07A-001", f"the key is {KEY}")
    with pytest.raises(BadInput, match=r"^log/takes\.csv holds the value of GEMINI_API_KEY"):
        film.share(tmp_path / "a.zip")
    monkeypatch.delenv("GEMINI_API_KEY")
    film.note("07A-001", "fine")
    with pytest.raises(BadInput, match=r"^log/history\.jsonl holds the value of PGPASSWORD"):
        share(film.log, film.settings, film.folder, tmp_path / "a.zip", environ={"PGPASSWORD": KEY})
    save(film, "key_Ab12Cd34Ef56Gh78.ipynb", book(code("1")))
    with pytest.raises(BadInput, match="what looks like a key of Runway") as told:
        film.share(tmp_path / "a.zip")
    assert str(told.value).startswith("notebooks/, a file's name, holds")
    assert "Ab12" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "sk-proj-Ab12Cd34Ef56Gh78", "sk-ant-api03-Ab12Cd34Ef56", "sk_0123456789abcdef0123456789abcdef",
        "AIzaSyA1234567890abcdefghijklmnopqrstuv", "key_0a1b2c3d4e5f60718293", "r8_Ab12Cd34Ef56Gh78Ij90Kl",
        "Authorization: Bearer abc123def456ghi", "Authorization: Key 0a1b2c3d-4e5f", "hf_" + "Ab12" * 9,
        "luma-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9", "ghp_" + "Ab12" * 9, "AKIAABCDEFGH12345678",
        "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9:00112233445566778899aabbccddeeff",
        "https://cdn.example/a.mp4?X-Amz-Signature=0123456789abcdef", "http://host:8888/lab?token=0123456789abcdef",
        "postgresql://ada:hunter2@host/film", "-----BEGIN RSA PRIVATE KEY-----",
        'os.environ["RUNWAYML_API_SECRET"] = "0123456789ab"', "password='correct-horse-9'",
    ],
)  # fmt: skip
def test_what_looks_like_a_key_is_found(text):
    with pytest.raises(BadInput, match=r"^a\.ipynb, cell 1, holds what looks like"):
        KeySearch({}).text(f'x = "{text}" ', "a.ipynb", "cell 1")


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer ••••", "Bearer authentication is asked for", "the key_frame_of_the_take is 7",
        "task-list-of-the-whole-film-2026", "find_key(('GEMINI_API_KEY', 'GOOGLE_API_KEY'))", "https://host:8080/a@b",
        "password=None", "set OPENAI_API_KEY to your key", "?v=dQw4w9WgXcQ", "01a22850-1a6d-72e9-95c2-3306f58e1d7e",
        f"<img src='data:image/png;base64,{'AIza' * 30}'>",  # letters of a picture
    ],
)  # fmt: skip
def test_what_is_no_key_is_let_through(text):
    KeySearch({"SHORT": "abc"}).text(text, "a.ipynb")
    assert len(FORMS) > 10


@pytest.fixture
def key_ring(tmp_path, monkeypatch):
    """A module of that name on the path, which knows one key."""
    known = ("circletake", "FAL_KEY")
    ring = f"def get_password(service, name):\n    return {KEY!r} if (service, name) == {known!r} else None\n"
    (tmp_path / "keyring.py").write_text(ring, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    before = sys.modules.pop("keyring", None)
    yield
    sys.modules.pop("keyring", None)
    if before:
        sys.modules["keyring"] = before


@pytest.mark.usefixtures("key_ring")
def test_a_key_of_the_key_ring_or_of_the_films_own_variable_is_looked_for(film, tmp_path, monkeypatch):
    monkeypatch.setenv("FAL_KEY", "another-one-in-the-environment")
    monkeypatch.setenv("STUDIO_OWN", "0wn-k3y-of-ours")
    save(film, "01.ipynb", book(markdown(f"`{KEY}`")))
    with pytest.raises(
        BadInput, match=r"^notebooks/01\.ipynb, cell 1, holds the value of FAL_KEY in the key ring, and"
    ):
        film.share(tmp_path / "a.zip")
    save(film, "01.ipynb", book(markdown("0wn-k3y-of-ours")))
    settings = replace(
        film.settings,
        providers={"fal": {"key_env": "STUDIO_OWN"}},
        database_url="postgresql://ada:hunter%40two2@host/film",
    )
    with pytest.raises(BadInput, match="holds the value of STUDIO_OWN"):
        share(film.log, settings, film.folder, tmp_path / "a.zip")
    save(film, "01.ipynb", book(markdown("it is hunter@two2")))
    with pytest.raises(BadInput, match="holds the database's password") as told:
        share(film.log, settings, film.folder, tmp_path / "a.zip")
    assert "hunter" not in str(told.value)


def test_shipped_notebooks_can_be_shared(film, tmp_path):
    from studio.cli import lay_out_notebooks

    lay_out_notebooks(film.folder)
    got, files = shared(film, tmp_path / "shared.zip")
    assert len(got.notebooks) == len(list((film.folder / "notebooks").glob("*.ipynb")))
    assert b"<video" not in b"".join(files.values())


def test_links_are_not_followed(film, tmp_path):
    save(film, "01.ipynb", book(code("1")))
    other = tmp_path / "other"
    other.mkdir()
    (other / "theirs.ipynb").write_text(json.dumps(book(markdown("not the film's"))), "utf-8")
    (film.folder / "notebooks" / "02.ipynb").symlink_to(other / "theirs.ipynb")
    (film.folder / "notebooks" / "more").symlink_to(other)
    poster = film.folder / "media" / "posters" / "07A-001.jpg"
    kept = poster.rename(poster.with_suffix(".kept"))
    poster.symlink_to("/etc/hostname")
    try:
        got, files = shared(film, tmp_path / "shared.zip")
    finally:
        poster.unlink()
        kept.rename(poster)
    assert [name for name in files if name.startswith(("notebooks/", "media/"))] == [
        "notebooks/01.html",
        "notebooks/01.ipynb",
    ]
    assert "notebooks/02.ipynb is a link and is left out: what it leads to may not be the film's" in got.left_out
    assert "takes without a poster: 1" in got.left_out
    assert b"not the film's" not in b"".join(files.values())


def test_no_name_in_a_zip_leads_out_of_it(film, tmp_path):
    for name in ("a\\..\\..\\evil.ipynb", "C:evil.ipynb", "C-evil.ipynb", "a\nb.ipynb", "Über uns.ipynb", " . .ipynb"):
        save(film, name, book(markdown(f"# {name}")))
    files = shared(film, tmp_path / "shared.zip")[1]
    names = [name for name in files if name.endswith(".ipynb")]
    assert sorted(names) == sorted({
        "notebooks/a-..-..-evil.ipynb", "notebooks/C-evil.ipynb", "notebooks/C-evil-2.ipynb", "notebooks/a-b.ipynb",
        "notebooks/Über uns.ipynb", "notebooks/notebook.ipynb",
    })  # fmt: skip
    assert len({name.casefold() for name in files}) == len(files)


def test_the_same_film_gives_the_same_zip_and_a_folder_holds_the_same_files(film, tmp_path):
    save(film, "01.ipynb", book(code("1", stream("one"))))
    first, files = shared(film, tmp_path / "a.zip")
    assert film.share(tmp_path / "b.zip").path.read_bytes() == first.path.read_bytes()
    folder = film.share(tmp_path / "c").path
    assert {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    } == files


def test_nothing_is_ever_overwritten_and_nothing_half_is_left(film, tmp_path):
    save(film, "01.ipynb", book(code("1")))
    for name in ("a.zip", "folder"):
        film.share(tmp_path / name)
        with pytest.raises(BadInput, match=f"{name} is already there: give what is shared another name"):
            film.share(tmp_path / name)
    (tmp_path / "link.zip").symlink_to("nowhere")
    with pytest.raises(BadInput, match=r"link\.zip is already there"):
        film.share(tmp_path / "link.zip")
    with pytest.raises(studio.errors.StoreError, match="see that its folder is there"):
        film.share(tmp_path / "absent" / "a.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "folder", "link.zip"]


@pytest.mark.parametrize(
    ("content", "why"),
    [("{", "cannot be read as a notebook"), ('{"nbformat": 3, "worksheets": []}', "it is not of notebook format 4"),
     ('{"nbformat": 4, "cells": [7]}', "a cell of it is damaged"), ("[" * 100_000, "cannot be read as a notebook")],
)  # fmt: skip
def test_a_damaged_notebook_is_named_in_one_sentence(film, tmp_path, content, why):
    save(film, "05.ipynb", content)
    with pytest.raises(BadInput, match=r"^notebooks/05\.ipynb cannot be read as a notebook \(.*\).*JupyterLab") as told:
        film.share(tmp_path / "a.zip")
    assert why in str(told.value)


def test_a_film_without_notebooks_says_how_to_get_them(film, tmp_path):
    with pytest.raises(BadInput, match=r"there is no notebook in notebooks/ to share: studio lab lays them out"):
        film.share(tmp_path / "a.zip")


def test_the_log_is_tables_that_no_spreadsheet_runs_and_words_travel_only_when_asked(film, tmp_path):
    save(film, "01.ipynb", book(code("1")))
    files = shared(film, tmp_path / "a.zip")[1]
    tables = {
        name: list(csv.DictReader(io.StringIO(text.decode()))) for name, text in files.items() if name.endswith(".csv")
    }
    assert tables["log/takes.csv"][0]["take"] == "07A-001"
    assert tables["log/takes.csv"][0]["note"].startswith(("'=", "fine", "the key"))
    assert tables["log/consents.csv"][0]["text"] == "'@written"
    assert (tables["log/words.csv"][0]["shot"], tables["log/words.csv"][0]["scene_author"]) == ("07A", "ada")
    cells = [cell for rows in tables.values() for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))]
    history = [json.loads(line) for line in files["log/history.jsonl"].decode().splitlines()]
    assert {
        "take": "07A-001",
        "author": "ada",
        "kind": "verdict",
        "what": "circle: joins well: =HYPERLINK(1)",
    }.items() <= next(each for each in history if each["kind"] == "verdict").items()
    assert b"corridor of secrets" not in b"".join(files.values())
    assert "not run and saved yet: it shows nothing" in files["README.md"].decode()
    asked = shared(film, tmp_path / "b.zip", prompts=True)[1]
    assert b"corridor of secrets" in asked["log/words.csv"]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>", "<scr<script></script>ipt>alert(1)</script>", '<script src="x">',
        "<SCRIPT\n>x</SCRIPT >",
        "<iframe src='//evil'></iframe>", '<meta http-equiv="refresh" content="0;//evil">', "<base href='//evil'>",
        '<form action="//evil"><input></form>', '<object data="x"></object>', "<link rel=stylesheet href=//evil>",
        '<meta content=">" http-equiv="refresh">', '<script "', "<embed src=x>",
    ],
)  # fmt: skip
def test_hostile_html_is_harmless_in_the_notebook_and_on_its_page(hostile):
    left = plain_html(f"<p>before</p>{hostile}<p>after</p>")
    assert not re.search(r"(?i)<\s*/?(script|iframe|meta|base|form|object|link|embed)\b", left)
    assert "before" in left
    cell = {"cell_type": "code", "source": hostile, "outputs": [shown(**{"text/plain": hostile})]}
    page = notebook_page(hostile, {"cells": [cell, {"cell_type": "markdown", "source": hostile}]})
    body = page.partition("<body>")[2]
    assert not re.search(r"(?i)<(script|iframe|meta|base|form|object|link|embed)\b", body)


def test_a_picture_inside_a_text_is_left_alone_by_what_takes_paths_away(tmp_path):
    inline = "data:image/png;base64,/tmp/abc/home/ada/x" + "A" * 40
    assert Paths(tmp_path).out_of(f'<img src="{inline}"> in /tmp/abc/x.png') == f'<img src="{inline}"> in …/x.png'
