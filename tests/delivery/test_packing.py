"""A film packed for another machine: what travels, what does not, and what is refused of a zip from anywhere."""

import json
import re
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

import studio
from studio.delivery import last_seen, pack, unpack
from studio.errors import BadInput, NotFound
from studio.log import read_settings, write_settings
from studio.media.relinking import Wanted

KEY = "dev-0123456789abcdef"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A film, and a copy of its log."""
    folder = tmp_path_factory.mktemp("packing") / "my-film"
    with studio.new(folder, title="Zoom", authors=["ada"]) as film:
        film.write("07A", scene_text="We zoom through the bubble.")
        (folder / "notebooks" / "00.ipynb").write_text(notebook("1 + 1"))
        (folder / "media" / "takes").mkdir()
        (folder / "media" / "takes" / "07A-001.mp4").write_bytes(b"a clip")
        return folder, film.backup()


def notebook(source: str) -> str:
    cell = {"cell_type": "code", "source": source, "outputs": [], "metadata": {}, "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


WANTED = (
    Wanted("07A-001", "media/takes/07A-001.mp4", "ab" * 32),
    Wanted("07A-002", "media/takes/07A-002.mp4", "cd" * 32),
)


def packed(made: tuple[Path, Path], to: Path, **how: object) -> object:
    folder, copy = made
    return pack(read_settings(folder), folder, to, WANTED, copy, **{"environ": {}, **how})


def test_what_travels_is_the_film_without_its_clips(made: tuple[Path, Path], tmp_path: Path) -> None:
    said = packed(made, tmp_path / "film.zip")
    names = zipfile.ZipFile(tmp_path / "film.zip").namelist()
    assert {"film.toml", "film.db", "packed.json", "journal/ada.jsonl", "notebooks/00.ipynb", ".gitignore"} <= {*names}
    assert not [name for name in names if name.startswith(("media/takes", "cache", "backups", "drafts", "deliveries"))]
    assert repr(said).splitlines()[1] == "1 of them is not here: film.missing()"
    text = zipfile.ZipFile(tmp_path / "film.zip").read("packed.json").decode()
    assert str(made[0].parent) not in text
    assert [each["size"] for each in json.loads(text)["media"]] == [6, None]
    found = unpack(tmp_path / "film.zip", tmp_path / "away")
    assert (found.title, found.missing) == ("Zoom", 2)
    with studio.open(tmp_path / "away") as film:
        assert film.prompts("07A")["scene_text"].tolist() == ["We zoom through the bubble."]
    assert last_seen(tmp_path / "away")["ab" * 32].where.endswith(tuple("0123456789"))


def test_with_media_every_clip_that_is_here_travels_too(made: tuple[Path, Path], tmp_path: Path) -> None:
    packed(made, tmp_path / "film.zip", media=True)
    assert unpack(tmp_path / "film.zip", tmp_path / "away").missing == 1
    assert (tmp_path / "away/media/takes/07A-001.mp4").read_bytes() == b"a clip"


def test_a_film_is_packed_as_a_folder_as_well_and_never_over_something(made: tuple[Path, Path], tmp_path: Path) -> None:
    packed(made, tmp_path / "away")
    with studio.open(tmp_path / "away") as film:
        assert film.settings.title == "Zoom"
    with pytest.raises(BadInput, match="away is already there: give what is packed another name"):
        packed(made, tmp_path / "away")


def test_where_the_log_and_the_certificate_lie_on_this_machine_does_not_travel(
    made: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, copy = made
    settings = replace(
        read_settings(folder), database_url="postgresql://host/film", credentials={"certificate": "/home/ada/c.pem"}
    )
    said = pack(settings, folder, tmp_path / "film.zip", (), copy, environ={})
    toml = zipfile.ZipFile(tmp_path / "film.zip").read("film.toml").decode()
    assert "postgresql://host/film" not in toml
    assert "/home/ada" not in toml
    assert len(said.left_out) == 2


def test_links_are_not_followed_and_told(made: tuple[Path, Path], tmp_path: Path) -> None:
    link = made[0] / "notebooks" / "secret.txt"
    link.symlink_to("/etc/passwd")
    try:
        said = packed(made, tmp_path / "film.zip")
    finally:
        link.unlink()
    assert "notebooks/secret.txt is a link and is left out" in repr(said)
    assert "notebooks/secret.txt" not in zipfile.ZipFile(tmp_path / "film.zip").namelist()


@pytest.mark.parametrize("source", [f'key = "{KEY}"', 'api_key = "0123456789abcdef0123"'])
def test_a_key_in_a_notebook_stops_it(made: tuple[Path, Path], tmp_path: Path, source: str) -> None:
    book = made[0] / "notebooks" / "keys.ipynb"
    book.write_text(notebook(source))
    try:
        with pytest.raises(BadInput, match=r"notebooks/keys\.ipynb.* holds (the value of|what looks like)") as refused:
            packed(made, tmp_path / "film.zip", environ={"RUNWAYML_API_SECRET": KEY})
    finally:
        book.unlink()
    assert KEY not in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_a_key_in_the_journal_stops_it(made: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"journal/ada\.jsonl, line \d+, holds the value of RUNWAYML_API_SECRET"):
        packed(made, tmp_path / "film.zip", environ={"RUNWAYML_API_SECRET": "zoom through the bubble"})
    assert not list(tmp_path.iterdir())


def with_member(path: Path, name: str, content: bytes = b"x", mode: int = stat.S_IFREG | 0o644) -> Path:
    with zipfile.ZipFile(path, "a") as box:
        info = zipfile.ZipInfo("x")
        info.filename = name
        info.external_attr = mode << 16
        box.writestr(info, content)
    return path


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../evil", "its name leads out of the film's folder"),
        ("journal/../../evil", "its name leads out of the film's folder"),
        ("/etc/evil", "its name leads out of the film's folder"),
        ("journal\\..\\..\\evil", "its name leads out of the film's folder"),
        ("C:/evil", "its name leads out of the film's folder"),
        ("../evil/", "its name leads out of the film's folder"),
        ("./film.db", "no system is sure to take its name"),
        ("journal/a\nb", "no system is sure to take its name"),
        ("studio/__init__.py", "a packed film has no such folder"),
        ("film.db-wal", "a packed film has no such file"),
        ("notebooks/.ssh/authorized_keys", "hidden files do not travel"),
        ("FILM.TOML", "a packed film has no such file"),
        ("journal/ADA.jsonl", "that name is there twice"),
    ],
)
def test_a_zip_of_which_a_name_leads_elsewhere_is_refused_whole(
    made: tuple[Path, Path], tmp_path: Path, name: str, why: str
) -> None:
    packed(made, tmp_path / "film.zip")
    (tmp_path / "inner").mkdir()
    with pytest.raises(BadInput, match="; nothing is unpacked") as refused:
        unpack(with_member(tmp_path / "film.zip", name), tmp_path / "inner" / "away")
    assert why in str(refused.value)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["film.zip", "inner"]


def test_a_link_in_a_zip_is_refused(made: tuple[Path, Path], tmp_path: Path) -> None:
    packed(made, tmp_path / "film.zip")
    with_member(tmp_path / "film.zip", "song/link", b"/etc/passwd", stat.S_IFLNK | 0o777)
    with pytest.raises(BadInput, match="it is no plain file"):
        unpack(tmp_path / "film.zip", tmp_path / "away")


def test_what_is_no_packed_film_is_said_so(made: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="is not there: give what film"):
        unpack(tmp_path / "gone.zip", tmp_path / "away")
    (tmp_path / "text.zip").write_text("no zip")
    with pytest.raises(BadInput, match=r"text\.zip is no zip"):
        unpack(tmp_path / "text.zip", tmp_path / "away")
    with pytest.raises(BadInput, match=r"journal\.zip is no packed film"):
        unpack(with_member(tmp_path / "journal.zip", "journal/ada.jsonl"), tmp_path / "away")
    packed(made, tmp_path / "film.zip")
    with pytest.raises(BadInput, match="is already there: give the film another folder"):
        unpack(tmp_path / "film.zip", tmp_path)


def test_a_damaged_zip_leaves_nothing(made: tuple[Path, Path], tmp_path: Path) -> None:
    packed(made, tmp_path / "film.zip", media=True)
    data = (tmp_path / "film.zip").read_bytes()
    at = data.index(b"a clip")
    (tmp_path / "film.zip").write_bytes(data[:at] + b"a clop" + data[at + 6 :])
    with pytest.raises(BadInput, match=r"film\.zip is damaged at media/takes/07A-001\.mp4"):
        unpack(tmp_path / "film.zip", tmp_path / "away")
    assert [path.name for path in tmp_path.iterdir()] == ["film.zip"]


def test_packed_words_whose_coding_is_damaged_are_one_sentence(made: tuple[Path, Path], tmp_path: Path) -> None:
    packed(made, tmp_path / "film.zip")
    with zipfile.ZipFile(tmp_path / "film.zip") as box:
        info = max((each for each in box.infolist() if each.compress_type), key=lambda each: each.compress_size)
    data = bytearray((tmp_path / "film.zip").read_bytes())
    middle = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
    data[middle : middle + 64] = b"\xff" * 64
    (tmp_path / "film.zip").write_bytes(data)
    with pytest.raises(BadInput, match=rf"film\.zip is damaged at {re.escape(info.filename)}"):
        unpack(tmp_path / "film.zip", tmp_path / "away")


def test_a_film_toml_that_names_a_server_is_refused_and_one_that_sends_requests_elsewhere_is_told(
    made: tuple[Path, Path], tmp_path: Path
) -> None:
    settings = read_settings(made[0])
    for name, changed in (
        ("server", replace(settings, database_url="postgresql://elsewhere.example/x")),
        ("address", replace(settings, providers={"runway": {"base_url": "https://elsewhere.example/v1"}})),
    ):
        (tmp_path / name).mkdir()
        write_settings(tmp_path / name, changed)
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as box:
            box.write(tmp_path / name / "film.toml", "film.toml")
            box.writestr("packed.json", "{}")
    with pytest.raises(BadInput, match="names places outside the film"):
        unpack(tmp_path / "server.zip", tmp_path / "away")
    found = unpack(tmp_path / "address.zip", tmp_path / "away")
    assert "sends what is for runway to https://elsewhere.example/v1" in repr(found)


@pytest.mark.parametrize("text", ["", "[]", '{"media": 3}', '{"media": [null, {"sha256": 1}]}', "[" * 100_000])
def test_a_listing_that_is_none_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "packed.json").write_text(text)
    assert last_seen(tmp_path) == {}
