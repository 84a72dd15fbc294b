"""`studio share`: the notebooks of a film from the command line."""

import re
import zipfile

import pytest

import studio
from studio.cli import lay_out_notebooks, main


@pytest.fixture
def film(tmp_path, monkeypatch):
    """The folder of a new film, seen from the folder it lies in."""
    monkeypatch.chdir(tmp_path)
    with studio.new("film", size=(64, 64), authors=["ada"]) as film:
        lay_out_notebooks(film.folder)
    return tmp_path / "film"


def test_a_films_notebooks_are_shared_as_a_zip_here_or_a_folder_there(film, capsys):
    assert main(["share", "film", "--notebooks"]) == 0
    assert re.match(r"film-notebooks\.zip: [0-9]+ notebooks, 0 posters and the log, ", capsys.readouterr().out)
    names = zipfile.ZipFile("film-notebooks.zip").namelist()
    assert {"README.md", "notebooks/00_start_here.ipynb", "notebooks/00_start_here.html"} <= set(names)
    assert main(["share", "film", "--notebooks", "--to", "there"]) == 0
    assert (film.parent / "there" / "notebooks" / "01_write.html").is_file()
    assert main(["share", "film", "--notebooks"]) == 2
    said = capsys.readouterr().err
    assert said == "studio: film-notebooks.zip is already there: give what is shared another name\n"


def test_a_key_stops_it_in_one_sentence_that_does_not_say_the_key(film, capsys, monkeypatch):
    key = "k3y-0f-somebody-else"
    with studio.open(film) as opened:
        opened.consent("Jo", "voice", f"see {key}")
    monkeypatch.setenv("LUMA_AGENTS_API_KEY", key)
    assert main(["share", "film", "--notebooks"]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("studio: log/consents.csv holds the value of LUMA_AGENTS_API_KEY, and nothing is shared")
    assert key not in said.out + said.err
    assert not (film.parent / "film-notebooks.zip").exists()
