"""Screenplays on disk."""

from pathlib import Path

import pytest

from studio.errors import BadInput, NotFound
from studio.nouns import Scene
from studio.writing import Screenplay, ShotText, load_screenplay, save_screenplay

TWO = Screenplay("two", (Scene("01"),), (ShotText("01A", scene_text="=a field, ä"),))


@pytest.mark.parametrize("name", ["two.toml", "two.csv", "two.CSV"])
def test_a_saved_screenplay_loads_as_the_same_value(tmp_path: Path, name: str) -> None:
    assert load_screenplay(save_screenplay(TWO, tmp_path / name)) == TWO
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_screenplay_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text("mine")
    with pytest.raises(BadInput, match=r"two\.toml is already there"):
        save_screenplay(TWO, tmp_path / "two.toml")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("two.toml", "mine")]


def test_what_cannot_be_a_screenplay_gets_one_sentence_naming_the_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no screenplay at"):
        load_screenplay(tmp_path / "none.toml")
    with pytest.raises(BadInput, match=r"two\.docx is neither \.toml nor \.csv"):
        load_screenplay(tmp_path / "two.docx")
    (tmp_path / "latin.toml").write_bytes('title = "ä"'.encode("latin-1"))
    with pytest.raises(BadInput, match=r"latin\.toml is not UTF-8 text \(byte 9\)"):
        load_screenplay(tmp_path / "latin.toml")
    (tmp_path / "empty.toml").write_bytes(b"")
    with pytest.raises(BadInput, match=r"empty\.toml: the screenplay has no shots"):
        load_screenplay(tmp_path / "empty.toml")
    with pytest.raises(NotFound, match="missing is not there: make the folder first"):
        save_screenplay(TWO, tmp_path / "missing" / "two.toml")
