"""Where the film's folder is served, told by the file that a Jupyter server writes about itself."""

import json
import os

import pytest

from studio.widgets._serving import files_url


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server's own file: call it with what is to stand there instead."""
    runtime, root = tmp_path / "runtime", tmp_path / "root"
    runtime.mkdir()
    root.mkdir()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("JPY_PARENT_PID", "4711")

    def write(**other):
        told = {
            "base_url": "/", "root_dir": str(root), "pid": 4711, "port": 8888, "token": "secret",
            "url": "http://localhost:8888/",
        }  # fmt: skip
        (runtime / "jpserver-4711.json").write_text(json.dumps(told | other))
        return root

    return write


def test_a_film_below_the_server_s_root_has_an_address(server):
    root = server(base_url="/user/ada/")
    film = root / "films" / "Endless zoom, 50 % #2é"
    film.mkdir(parents=True)
    assert files_url(film) == "/user/ada/files/films/Endless%20zoom%2C%2050%20%25%20%232%C3%A9/"
    assert files_url(root) == "/user/ada/files/"


def test_the_token_is_in_no_address(server):
    assert "secret" not in files_url(server())


def test_a_film_that_the_server_does_not_serve_has_none(server, tmp_path):
    root = server()
    for name in (".hidden", "films/.ours/film"):
        (root / name).mkdir(parents=True)
        assert files_url(root / name) == ""
    (tmp_path / "elsewhere").mkdir()
    assert files_url(tmp_path / "elsewhere") == ""
    assert files_url(root / ".." / "elsewhere") == ""


def test_a_root_that_is_a_link_is_the_folder_it_leads_to(server, tmp_path):
    (tmp_path / "real" / "film").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    server(root_dir=str(tmp_path / "link"))
    assert files_url(tmp_path / "real" / "film") == "/files/film/"


@pytest.mark.parametrize("pid", ["", "4712", "../4711", "-1", "４７１１"])
def test_without_the_server_s_file_there_is_none(server, monkeypatch, pid):
    root = server()
    monkeypatch.setenv("JPY_PARENT_PID", pid)
    assert files_url(root) == ""
    monkeypatch.delenv("JPY_PARENT_PID")
    assert files_url(root) == ""


@pytest.mark.parametrize(
    "other",
    [{"pid": 1}, {"base_url": "//evil.example/"}, {"base_url": "javascript:/"}, {"base_url": 3}, {"root_dir": None},
     {"base_url": "/no-end"}],
)  # fmt: skip
def test_a_file_that_is_not_what_a_server_writes_is_not_believed(server, other):
    root = server(**other)
    assert files_url(root) == ""


def test_a_damaged_file_is_none(server, tmp_path):
    root = server()
    file = tmp_path / "runtime" / "jpserver-4711.json"
    for text in ("", "{", "[]", "null", '{"pid": 4711'):
        file.write_text(text)
        assert files_url(root) == ""
    file.unlink()
    os.mkfifo(tmp_path / "runtime" / "jpserver-1.json")
    assert files_url(root) == ""
