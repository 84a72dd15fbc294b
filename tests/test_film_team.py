"""A film that several people make on several machines: Git, merging, a shared disk, and the film on the move."""

import hashlib
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

import studio
from studio.cli import main
from studio.delivery import unpack
from studio.errors import BadInput
from studio.film.team import merge_at
from studio.generation import Order, requests_for
from studio.log import rebuild
from tests.clips import make_clip, make_song
from tests.widgets.desks import save


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    return {
        name: make_clip(folder / f"{name}.mp4", 6 + k, size="64x36") for k, name in enumerate(("ada", "ben", "cat"))
    }


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def begun(folder: Path, size: tuple[int, int] = (64, 36), **settings: object) -> Path:
    with studio.new(folder, title="Zoom", size=size, authors=["ada", "ben"], **settings) as film:
        film.as_("ada").write("07A", scene_text="We zoom through the bubble.", camera="push in")
    return folder


def rows(folder: Path) -> list[tuple[str, ...]]:
    """The takes as everybody is to see them, with the bytes that each one's file has."""
    with studio.open(folder) as film:
        frame = film.takes()
        files = [film.folder / file for file in frame["file"]]
        return [
            (take, id, str(verdict), sha(file) if file.exists() else "")
            for take, id, verdict, file in zip(frame["take"], frame["id"], frame["verdict"], files, strict=True)
        ]


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory, clips: dict[str, Path]) -> Path:
    """Two clones of one film, in each of which somebody wrote, adopted a clip as 07A-001 and judged it, and pulled."""
    tmp_path = tmp_path_factory.mktemp("apart")
    mother = tmp_path / "film.git"
    git(tmp_path, "init", "-q", "--bare", str(mother))
    ada, ben = tmp_path / "ada" / "film", tmp_path / "ben" / "film"
    ada.parent.mkdir()
    begun(ada)
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "a film"), ("push", "-q", str(mother), "HEAD:main")):
        git(ada, *words)
    git(tmp_path, "clone", "-q", str(mother), str(ben))
    merge_at(ben)
    for folder, name in ((ada, "ada"), (ben, "ben")):
        with studio.open(folder) as film:
            film.as_(name).write("07A", scene_text=f"As {name} sees it.")
            film.adopt(clips[name], "07A")
            film.circle("07A-001", note=f"{name} likes it")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", name)
    git(ada, "push", "-q", str(mother), "HEAD:main")
    git(ben, "pull", "-q", "--no-rebase", "--no-edit", str(mother), "main")
    git(ben, "push", "-q", str(mother), "HEAD:main")
    git(ada, "pull", "-q", "--no-rebase", "--no-edit", str(mother), "main")
    return tmp_path


@pytest.fixture
def apart(tmp_path: Path, pulled: Path) -> tuple[Path, Path]:
    for name in ("ada", "ben"):
        shutil.copytree(pulled / name, tmp_path / name)
    return tmp_path / "ada" / "film", tmp_path / "ben" / "film"


def test_two_clones_that_both_wrote_are_one_film_after_git_and_studio_merge(
    apart: tuple[Path, Path], clips: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    ada, ben = apart
    assert not git(ada, "ls-files").count("film.db")
    assert not git(ada, "ls-files", "media")
    for folder in apart:
        assert main(["merge", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "07A-001 by ben is 07A-002 now" in said
    assert "1 file of media is not here: studio missing lists them" in said
    assert [row[:3] for row in rows(ada)] == [row[:3] for row in rows(ben)]
    assert [row[3] for row in rows(ada)] == [sha(clips["ada"]), ""]
    assert [row[3] for row in rows(ben)] == ["", sha(clips["ben"])]
    with studio.open(ben) as film:
        assert film.library.poster("07A-002").exists()
        assert not film.library.poster("07A-001").exists()
        assert set(film.verdicts()["author"]) == {"ada", "ben"}
        (gone,) = film.missing().itertuples()
        assert (gone.take, gone.last_seen) == ("07A-001", "with ada, when it was made")
        assert repr(film.relink(ada / "media")).startswith("1 file found again: 07A-001\nnothing is missing")
    assert [row[3] for row in rows(ben)] == [sha(clips["ada"]), sha(clips["ben"])]
    assert main(["merge", str(ada)]) == 0
    assert "nothing new: this film has all of it already" in capsys.readouterr().out


def test_words_written_twice_ask_which_are_current_and_a_person_says(
    apart: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    ada, ben = apart
    merge_at(ada)
    with studio.open(ada) as film:
        asked = film.in_question()
        assert [tuple(row) for row in asked[["shot", "version", "current", "author"]].itertuples(index=False)] == [
            ("07A", 2, False, "ada"), ("07A", 3, True, "ben"),
        ]  # fmt: skip
        with pytest.raises(BadInput, match="version 1 of 07A is not in question: say one of 2 and 3"):
            film.as_("ada").current("07A", 1)
        assert film.shots()["in_question"].tolist() == [True]
    assert main(["current", str(ada)]) == 0
    assert "07A was written twice" in capsys.readouterr().out
    assert main(["current", str(ada), "07A", "2", "--as", "ben"]) == 0
    assert capsys.readouterr().out == "version 2 of 07A is current, by ada\n"
    merge_at(ben, ada)
    for folder in apart:
        with studio.open(folder) as film:
            assert film.in_question().empty
            assert film.shots()["in_question"].tolist() == [False]
            assert film.log.latest_prompt("07A").scene_text == "As ada sees it."
            with pytest.raises(BadInput, match="the words of 07A are not in question"):
                film.as_("ben").current("07A", 2)


def test_the_desk_says_that_a_shot_is_in_question_and_keeps_the_one_that_is_chosen(apart: tuple[Path, Path]) -> None:
    merge_at(apart[0])
    with studio.open(apart[0]) as film:
        desk = film.as_("ada").desk("07A")
        question = desk._state["question"]
        assert question["said"] == (
            "07A was written by several people at once: version 2 by ada and version 3 by ben. "
            "Version 3 counts until you choose."
        )
        assert [each["text"] for each in question["choices"]] == ["As ada sees it.", "As ben sees it."]
        assert question["said"] in desk.static_html()
        assert desk.ask("keep_version", version=2)["said"] == "version 2 of 07A is current, by ada"
        assert desk._state["question"] is None
        assert (desk._state["version"], desk._state["parts"]["scene_text"]["text"]) == (2, "As ada sees it.")
        assert save(desk, scene_text="As both see it.")["version"] == 4


def test_merging_a_folder_takes_over_its_clips_and_both_orders_give_the_same_film(
    apart: tuple[Path, Path], clips: dict[str, Path]
) -> None:
    ada, ben = apart
    merged = merge_at(ada, ben)
    assert merged.copied == ("07A-002",)
    assert merged.missing == 0
    assert merge_at(ben, ada).moved == ("07A-002",)
    assert rows(ada) == rows(ben)
    assert [row[3] for row in rows(ada)] == [sha(clips["ada"]), sha(clips["ben"])]
    again = merge_at(ben, ada)
    assert (again.moved, again.copied, again.missing) == ((), (), 0)


def test_two_logs_on_one_shared_disk_lose_no_clip_before_and_after_they_are_merged(
    tmp_path: Path, clips: dict[str, Path]
) -> None:
    shared = tmp_path / "shared"
    ada = begun(tmp_path / "ada", media=shared)
    with studio.open(ada) as film:
        film.pack(tmp_path / "ben")
    ben = tmp_path / "ben"
    with studio.open(ben) as film:
        film.library.prepare()  # empty folders, as of a clone that somebody has looked at
    for _ in range(2):
        assert main(["media", str(ben), str(shared)]) == 0
        assert (ben / "media").resolve() == shared.resolve()
    for folder, name in ((ada, "ada"), (ben, "ben")):
        with studio.open(folder) as film:
            film.as_(name).adopt(clips[name], "07A")
    assert [row[3] for row in (*rows(ada), *rows(ben))] == [sha(clips["ada"]), sha(clips["ben"])]
    beside = f"07A-001-{sha(clips['ben'])[:4]}"
    assert {path.name for path in (shared / "takes").iterdir()} == {"07A-001.mp4", f"{beside}.mp4"}
    assert {path.stem for path in (shared / "posters").iterdir()} == {"07A-001", beside}
    merge_at(ada, ben)
    assert [row[3] for row in rows(ada)] == [sha(clips["ada"]), sha(clips["ben"])]
    assert [row[3] for row in rows(ben)] == [sha(clips["ben"])]  # its log does not know yet
    merge_at(ben, ada)
    assert rows(ben) == rows(ada)


def test_a_films_clips_go_to_a_shared_disk_and_no_file_there_is_overwritten(
    tmp_path: Path, clips: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    shared, ada, ben = tmp_path / "shared", begun(tmp_path / "ada"), begun(tmp_path / "ben", media=tmp_path / "other")
    with studio.open(ada) as film:
        film.as_("ada").adopt(clips["ada"], "07A")
    was = rows(ada)
    (tmp_path / "full" / "takes").mkdir(parents=True)
    (tmp_path / "full" / "takes" / "07A-001.mp4").write_bytes(b"of another film")
    assert main(["media", str(ada), str(tmp_path / "full")]) == 2
    assert "has another file as media/takes/07A-001.mp4: give this film's clips a folder" in capsys.readouterr().err
    for folder, sentence in (
        (ben, "lie elsewhere already: remove the link media"),
        (tmp_path / "nobody", "there is no film in"),
    ):
        assert main(["media", str(folder), str(shared)]) == 2
        assert sentence in capsys.readouterr().err
    assert not shared.exists()
    assert rows(ada) == was
    (ada / "media" / "takes" / "gone.mp4").symlink_to(tmp_path / "gone")
    assert main(["media", str(ada), str(shared)]) == 2
    assert "media/takes/gone.mp4 came in meanwhile, or is no file: close the film" in capsys.readouterr().err
    (ada / "media" / "takes" / "gone.mp4").unlink()
    assert rows(ada) == was
    had = {path.relative_to(ada / "media") for path in (ada / "media").rglob("*") if path.is_file()}
    assert main(["media", str(ada), str(shared)]) == 0
    assert (ada / "media").is_symlink()
    assert rows(ada) == was
    assert {path.relative_to(shared) for path in shared.rglob("*") if path.is_file()} == had


def test_two_songs_of_one_name_are_two_files_after_the_merge(tmp_path: Path) -> None:
    ada, ben = begun(tmp_path / "ada"), tmp_path / "ben"
    with studio.open(ada) as film:
        film.pack(ben)
    songs = {}
    for folder, name, bpm in ((ada, "ada", 120), (ben, "ben", 90)):
        (tmp_path / f"of {name}").mkdir()
        song = make_song(tmp_path / f"of {name}" / "song.wav", seconds=4, bpm=bpm)
        songs[name] = sha(song)
        with studio.open(folder) as film:
            film.as_(name).song.attach(song)
    assert merge_at(ada, ben).copied == ("song",)
    with studio.open(ada) as film:
        master = film.song.master
        assert (master.sha256, master.file) == (songs["ben"], f"song/song-{songs['ben'][:4]}.wav")
        assert film.library.verify(master.file, master.sha256)
        assert sha(ada / "song" / "song.wav") == songs["ada"]


def test_a_film_whose_log_is_on_a_server_is_packed_with_a_copy_of_it_and_merged_back(
    tmp_path: Path, postgres_url: str, clips: dict[str, Path]
) -> None:
    home, away = begun(tmp_path / "home", database_url=postgres_url), tmp_path / "away"
    shutil.copytree(home, tmp_path / "bens-machine")
    with studio.open(tmp_path / "bens-machine") as film:
        film.as_("ben").write("07A", scene_text="Into his journal, which is not at home.")
    with studio.open(home) as film:
        film.pack(tmp_path / "film.zip")
    unpack(tmp_path / "film.zip", away)
    assert (away / "film.db").is_file()
    studio.open(away).close()
    (away / "film.db").unlink()
    rebuild(away)  # its journal has all of it
    with studio.open(away) as film:
        assert len(film.prompts("07A")) == 2
    with studio.open(away) as film:
        assert film.settings.database_url == ""
        film.as_("ben").adopt(clips["ben"], "07A")
    assert merge_at(home, away).copied == ("07A-001",)
    assert rows(home) == rows(away)


def test_a_packed_film_says_what_is_missing_and_where_it_was_and_finds_it_by_its_hash(
    tmp_path: Path, clips: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("platform.node", lambda: "atlas")
    home = begun(tmp_path / "my-film")
    with studio.open(home) as film:
        for name in ("ada", "ben"):
            film.as_(name).adopt(clips[name], "07A")
    assert main(["pack", str(home), str(tmp_path / "film.zip")]) == 0
    assert "film.zip: the film without its 2 files of media" in capsys.readouterr().out
    away = tmp_path / "away"
    assert main(["unpack", str(tmp_path / "film.zip"), str(away)]) == 0
    assert "2 files of media did not come along" in capsys.readouterr().out
    with studio.open(away) as film:
        gone = film.missing()
        assert list(gone["take"]) == ["07A-001", "07A-002"]
        assert list(gone["bytes"]) == [clips["ada"].stat().st_size, clips["ben"].stat().st_size]
        assert gone["last_seen"].str.match(r"on atlas, in my-film, \d{4}-\d\d-\d\d$").all()
        assert str(tmp_path) not in (away / "packed.json").read_text()
    drive = tmp_path / "drive"
    drive.mkdir()
    (drive / "from the editor.mp4").write_bytes(clips["ben"].read_bytes())
    assert main(["relink", str(away), str(drive)]) == 0
    assert "1 file found again: 07A-002\n1 still missing" in capsys.readouterr().out
    assert main(["missing", str(away)]) == 0
    assert "07A-001" in capsys.readouterr().out
    with studio.open(away) as film:
        film.as_("ada").adopt(clips["cat"], "07A")
    merged = merge_at(home, away)
    assert merged.copied == ("07A-003",)
    assert [row[3] for row in rows(home)] == [sha(clips[name]) for name in ("ada", "ben", "cat")]


def test_a_clip_that_lies_here_under_another_label_is_found_without_being_told_where(
    tmp_path: Path, clips: dict[str, Path]
) -> None:
    folder = begun(tmp_path / "film")
    with studio.open(folder) as film:
        film.as_("ada").adopt(clips["ada"], "07A")
        film.library.take("07A-001").rename(film.library.take("07A-007"))
        assert list(film.missing()["take"]) == ["07A-001"]
        assert film.relink().moved == ("07A-001",)
        assert film.missing().empty
        assert film.backup().parent == film.folder / "backups"


def test_a_clip_that_is_here_as_another_take_is_found_there(tmp_path: Path, clips: dict[str, Path]) -> None:
    """Two people took the same clip in, and only the journal came over."""
    ada, ben = begun(tmp_path / "ada"), tmp_path / "ben"
    with studio.open(ada) as film:
        film.as_("ada").write("07B", scene_text="The same once more.")
        film.pack(ben)
    for folder, name, shot in ((ada, "ada", "07A"), (ben, "ben", "07B")):
        with studio.open(folder) as film:
            film.as_(name).adopt(clips["ada"], shot)
    merge_at(ada, ben / "journal")
    with studio.open(ada) as film:
        assert film.missing()["take"].tolist() == ["07B-001"]
        assert film.relink().found == ("07B-001",)
        assert film.library.take("07A-001").exists()
        assert film.missing().empty


@pytest.mark.parametrize("at", [60, -40, -12])
def test_a_damaged_zip_of_clips_is_one_note(tmp_path: Path, clips: dict[str, Path], at: int) -> None:
    with zipfile.ZipFile(tmp_path / "clips.zip", "w", zipfile.ZIP_DEFLATED) as box:
        box.write(clips["ada"], "07A-001.mp4")
    content = bytearray((tmp_path / "clips.zip").read_bytes())
    content[at : at + 8] = b"\xff" * 8
    (tmp_path / "clips.zip").write_bytes(content)
    with studio.open(begun(tmp_path / "film")) as film:
        film.as_("ada").adopt(clips["ada"], "07A")
        film.library.take("07A-001").unlink()
        again = film.relink(tmp_path / "clips.zip")
        assert again.missing == 1
        assert [" cannot be read: " in note for note in again.notes] == [True]
        assert film.relink(clips["ada"]).missing == 0


def test_clips_are_found_in_a_film_that_has_them_on_a_shared_disk(tmp_path: Path, clips: dict[str, Path]) -> None:
    ada, ben = begun(tmp_path / "ada", media=tmp_path / "disk"), tmp_path / "ben"
    (tmp_path / "disk" / "media").symlink_to(tmp_path / "disk")
    (tmp_path / "disk" / "film.toml").touch()  # a disk that leads to itself is walked through once
    with studio.open(ada) as film:
        film.as_("ada").adopt(clips["ada"], "07A")
        film.pack(ben)
    with studio.open(ben) as film:
        assert film.relink(ada).found == ("07A-001",)


def test_a_film_whose_clips_are_to_lie_on_another_disk_is_made_with_a_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", str(tmp_path / "film"), "--media", str(tmp_path / "disk" / "clips")]) == 0
    assert (tmp_path / "film" / "media").resolve() == tmp_path / "disk" / "clips"
    assert str(tmp_path) not in (tmp_path / "film" / "film.toml").read_text()
    (tmp_path / "file").write_text("")
    assert main(["new", str(tmp_path / "other"), "--media", str(tmp_path / "file")]) == 2
    assert "is no folder: give one for the clips" in capsys.readouterr().err
    assert main(["new", str(tmp_path / "other"), "--media", str(tmp_path / "other" / "m")]) == 2
    assert "cannot hold the clips" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_a_log_that_names_a_file_outside_the_film_is_refused_and_that_file_stays(
    tmp_path: Path, clips: dict[str, Path]
) -> None:
    """Whoever sends a film may send any log with it."""
    home, bare = begun(tmp_path / "film"), tmp_path / "bare"
    shutil.copytree(home, bare)
    with studio.open(home) as film:
        film.as_("ada").adopt(clips["ada"], "07A")
        film.pack(tmp_path / "theirs")
    victim = tmp_path / "victim.mp4"
    victim.write_bytes(clips["ada"].read_bytes())
    evil = tmp_path / "theirs"
    with closing(sqlite3.connect(evil / "film.db")) as log, log:
        log.execute("UPDATE events SET data = replace(data, 'media/takes/07A-001.mp4', '../victim.mp4')")
        log.execute("UPDATE take_now SET file = '../victim.mp4'")
    with studio.open(evil) as film:
        for does in (film.missing, film.relink, lambda: film.pack(tmp_path / "again.zip", media=True)):
            with pytest.raises(BadInput, match=r"'\.\./victim\.mp4' is not a file of the film"):
                does()
    with pytest.raises(studio.errors.Damaged, match="is not a file of the film"):
        merge_at(bare, evil)
    assert victim.read_bytes() == clips["ada"].read_bytes()
    assert not (tmp_path / "again.zip").exists()


def test_another_film_is_not_merged_and_nothing_changes(tmp_path: Path) -> None:
    one, other = begun(tmp_path / "one"), begun(tmp_path / "other")
    with pytest.raises(BadInput, match="is another film"):
        merge_at(one, other)
    with studio.open(one) as film:
        assert len(film.prompts("07A")) == 1
        with pytest.raises(studio.errors.NotFound):
            film.merge(tmp_path / "nowhere")


def test_a_take_that_another_machine_works_on_is_not_made_here_until_it_is_taken_over(tmp_path: Path) -> None:
    ada, ben = begun(tmp_path / "ada"), tmp_path / "ben"
    with studio.open(ada) as film:
        film.pack(ben)
        with film.log.write("ada") as writer:
            writer.take("07A")
        with pytest.raises(BadInput, match="07A-001 is not worked on elsewhere: it is planned here"):
            film.take_over("07A-001")
    with studio.open(ben) as film:
        assert "made on another machine, and not here too: 07A-001" in str(film.merge(ada))
        assert [take.label for take in film.elsewhere()] == ["07A-001"]
        film.take_over("07A-001")
        assert film.elsewhere() == ()


def test_a_film_whose_packing_was_killed_is_rebuilt_with_its_takes_still_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = begun(tmp_path / "home")
    with studio.open(home) as film:
        with film.log.write("ada") as writer:
            writer.take("07A")
        with monkeypatch.context() as killed:
            killed.setattr("studio.delivery.pack", lambda *_: 1 / 0)
            killed.setattr(Path, "unlink", lambda *_, **__: None)
            with pytest.raises(ZeroDivisionError):
                film.pack(tmp_path / "away")
    (home / "film.db").unlink()
    rebuild(home)
    with studio.open(home) as film:
        assert film.elsewhere() == ()
        assert film.log.state(film.log.take("07A-001").id) == "planned"


def test_a_take_that_is_planned_when_a_film_is_packed_is_made_and_cancelled_on_one_machine_alone(
    tmp_path: Path,
) -> None:
    home, away = begun(tmp_path / "home", (128, 72)), tmp_path / "away"
    with studio.open(home) as film:
        order = Order("previz", "", 1, 0.5)
        film.engine.plan(requests_for(film.log, film.settings, "07A", order, film.library, film.provider, None), "ada")
        packed = film.pack(away)
        assert "under way here, and not made there unless film.take_over(…) says so: 07A-001" in repr(packed)
        assert film.elsewhere() == ()
    with studio.open(away) as film:
        film.as_("ben")
        assert [take.label for take in film.elsewhere()] == ["07A-001"]
        assert film.resume().takes == ()
        film.money.stop()
        assert film.log.state(film.log.take("07A-001").id) == "planned"
        film.take_over("07A-001")
        assert [take.label for take in film.resume().wait(60)] == ["07A-001"]
