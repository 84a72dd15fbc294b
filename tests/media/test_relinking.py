"""Media found again by their hashes: under other names, after a merge, on another machine."""

import hashlib
import os
import zipfile
from pathlib import Path
from typing import IO

import pytest

from studio.errors import BadInput, NotFound
from studio.media import Library, relinking
from studio.media.relinking import Wanted, absent, found, straighten

A, B, C = b"the clip of ada", b"the clip of ben", b"the clip of cat"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def take(n: int, data: bytes, *before: int, size: int | None = None) -> Wanted:
    label = f"07A-{n:03d}"
    return Wanted(
        label, f"media/takes/{label}.mp4", sha(data), tuple(f"media/takes/07A-{k:03d}.mp4" for k in before), size
    )


def lie(library: Library, n: int, data: bytes) -> None:
    library.prepare()
    library.take(f"07A-{n:03d}").write_bytes(data)
    for picture in (*library.pictures(f"07A-{n:03d}"), *library.stills(f"07A-{n:03d}")):
        picture.write_bytes(picture.parent.name.encode() + b" of " + data)


def lies(library: Library, n: int) -> bytes | None:
    label = f"07A-{n:03d}"
    if not library.take(label).exists():
        return None
    data = library.take(label).read_bytes()
    for picture in (*library.pictures(label), *library.stills(label)):
        if picture.exists():
            assert picture.read_bytes().endswith(data), "a picture of another clip"
    return data


def test_a_renumbered_clip_gets_its_new_name_with_its_pictures_and_the_other_one_has_room(library: Library) -> None:
    lie(library, 3, B)
    put, lost = straighten(library, [take(3, A), take(4, B, 3)])
    assert ([each.file for each in put], lost) == (["media/takes/07A-004.mp4"], ())
    assert (lies(library, 3), lies(library, 4)) == (None, B)
    assert [path.read_bytes() for path in library.pictures("07A-004")] == [
        b"posters of " + B, b"strips of " + B, b"proxies of " + B,
    ]  # fmt: skip
    assert all(path.exists() for path in library.stills("07A-004"))
    assert not any(path.exists() for path in (*library.pictures("07A-003"), *library.stills("07A-003")))
    assert straighten(library, [take(3, A), take(4, B, 3)]) == ((), ())
    assert not list(library.tmp.iterdir())


def test_clips_that_all_move_on_by_one_lose_nothing(library: Library) -> None:
    for n, data in ((1, A), (2, B), (3, C)):
        lie(library, n, data)
    moved = [take(2, A, 1), take(3, B, 2), take(4, C, 3)]
    put, _ = straighten(library, moved)
    assert len(put) == 3
    assert [lies(library, n) for n in (1, 2, 3, 4)] == [None, A, B, C]


@pytest.mark.parametrize("killed_at", range(1, 9))
def test_a_move_that_is_killed_anywhere_goes_on_and_no_picture_is_of_another_clip(
    killed_at: int, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    lie(library, 3, A)
    lie(library, 4, B)
    moved = [take(4, A, 3), take(5, B, 4)]
    steps = 0

    def counted(name):
        real = getattr(os, name)

        def step(*given, **named):
            nonlocal steps
            steps += 1
            if steps == killed_at:
                raise KeyboardInterrupt
            return real(*given, **named)

        monkeypatch.setattr(os, name, step)

    with monkeypatch.context():
        for name in ("link", "rename", "unlink"):
            counted(name)
        with pytest.raises(KeyboardInterrupt):
            straighten(library, moved)
    monkeypatch.undo()
    straighten(library, moved)
    assert [lies(library, n) for n in (3, 4, 5)] == [None, A, B]
    assert not [path for path in library.tmp.iterdir() if path.suffix == ".mp4" and "proxies" not in path.name]


def test_on_a_disk_that_is_shared_the_old_name_stays_for_the_logs_that_go_by_it(
    library: Library, tmp_path: Path
) -> None:
    (tmp_path / "shared").mkdir()
    library.folder.mkdir()
    (library.folder / "media").symlink_to(tmp_path / "shared")
    lie(library, 3, B)
    straighten(library, [take(4, B, 3)])
    assert (lies(library, 3), lies(library, 4)) == (B, B)
    assert all(path.exists() for path in (*library.pictures("07A-003"), *library.pictures("07A-004")))


def test_a_name_that_somebody_else_s_clip_has_is_told_and_that_clip_stays(library: Library) -> None:
    lie(library, 3, C)
    put, lost = straighten(library, [take(3, A)], doubted=["07A-003"])
    assert (put, lost) == ((), (take(3, A),))
    assert lies(library, 3) == C
    place = library.folder / "elsewhere"
    place.mkdir()
    (place / "x.mp4").write_bytes(A)
    (again,) = found(library, lost, [place])
    assert again.file == f"media/takes/07A-003-{sha(A)[:4]}.mp4"
    assert (lies(library, 3), (library.folder / again.file).read_bytes()) == (C, A)


def test_two_takes_of_the_same_bytes_each_keep_a_file(library: Library) -> None:
    lie(library, 3, A)
    put, _ = straighten(library, [take(3, A), take(5, A, 4)], doubted=["07A-003", "07A-005"])
    assert [each.file for each in put] == ["media/takes/07A-005.mp4"]
    assert (lies(library, 3), lies(library, 5)) == (A, A)
    assert all(path.exists() for path in library.pictures("07A-003"))


def test_missing_files_are_listed_and_found_by_their_hash_whatever_they_are_called(
    library: Library, tmp_path: Path
) -> None:
    lie(library, 1, A)
    wanted = [take(1, A), take(2, B), take(3, C)]
    assert absent(library, wanted) == (wanted[1], wanted[2])
    place = tmp_path / "from the old machine"
    (place / "deep" / "er").mkdir(parents=True)
    (place / "deep" / "er" / "renamed by an editor.MOV").write_bytes(B)
    (place / "07A-003.mp4").write_bytes(b"another film's")
    (place / "notes.txt").write_bytes(C)
    assert [each.wanted.name for each in found(library, absent(library, wanted), [place])] == ["07A-002"]
    assert (lies(library, 2), lies(library, 3)) == (B, None)
    assert library.take("07A-002").stat().st_mode & 0o222 == 0
    assert (place / "deep" / "er" / "renamed by an editor.MOV").read_bytes() == B
    assert found(library, absent(library, wanted), [library.folder / "media", place]) == ()
    assert not list(library.tmp.iterdir())


def test_a_linked_file_is_one_file_under_two_names(library: Library, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(A)
    found(library, [take(1, A)], [clip], copy=False)
    assert library.take("07A-001").samefile(clip)


def test_a_link_that_does_not_reach_says_what_to_do(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(A)

    def apart(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", apart)
    with pytest.raises(
        BadInput, match=r"clip\.mp4 lies on another disk, where a link does not reach: let it be copied"
    ):
        found(library, [take(1, A)], [clip], copy=False)


def test_a_zip_is_read_as_a_stream_and_its_names_lead_nowhere(library: Library, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as box:
        box.writestr("../../07A-001.mp4", A)
        box.writestr("/etc/clip.mov", B)
    put = found(library, [take(1, A), take(2, B)], [tmp_path / "all.zip"])
    assert len(put) == 2
    assert (lies(library, 1), lies(library, 2)) == (A, B)
    assert not (tmp_path.parent / "07A-001.mp4").exists()


def test_where_sizes_are_known_other_files_are_not_read(library: Library, tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (place / "a.mp4").write_bytes(A)
    (place / "long.mp4").write_bytes(b"0" * 1000)
    (place / "long.mp4").chmod(0)
    heard: list[str] = []
    found(library, [take(1, A, size=len(A)), take(2, B, size=len(B))], [place], told=heard.append)
    assert (lies(library, 1), heard) == (A, [])


def test_neither_proxies_nor_files_that_are_known_are_read(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.prepare()
    for n, data in ((1, A), (2, C), (4, B)):
        library.take(f"07A-{n:03d}").write_bytes(data)
    library.proxy("07A-003").write_bytes(b"small")
    read: list[str] = []

    def reading(file: IO[bytes]) -> str:
        read.append(Path(file.name).name)
        return sha(file.read())

    monkeypatch.setattr(relinking, "_sha256", reading)
    found(library, [take(3, B)], [library.folder / "media"], known=["media/takes/07A-001.mp4"])
    assert library.take("07A-003").read_bytes() == B
    assert read == ["07A-002.mp4", "07A-004.mp4"]


def test_a_place_that_is_not_there_is_named(library: Library, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"gone is not there: give a folder, a zip or a file"):
        found(library, [take(1, A)], [tmp_path / "gone"])


@pytest.mark.parametrize("file", ["../../evil.mp4", "/etc/passwd", "..\\evil.mp4", "film.toml", "notebooks/a.ipynb"])
def test_a_file_outside_the_media_of_a_film_is_never_wanted(file: str) -> None:
    with pytest.raises(BadInput, match="is not a file of the film: write a path inside its folder in media/ or song/"):
        Wanted("07A-001", file, sha(A))
    with pytest.raises(BadInput, match="is not a file of the film"):
        Wanted("07A-001", "media/takes/07A-001.mp4", sha(A), before=(file,))
