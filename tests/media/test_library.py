"""Where media is, and how a clip comes to stand there for good."""

import errno
import hashlib
import multiprocessing
import os
from pathlib import Path

import pytest

from studio.errors import BadInput, BadMedia, Damaged, DiskFull, NotFound, StoreError
from studio.media import Library, disk_errors, name_of
from tests.media.making import run


def arrived(library: Library, data: bytes, take_id: str = "0190-abc", attempt: int = 1) -> Path:
    path = library.temporary(take_id, attempt)
    path.write_bytes(data)
    return path


def test_a_clip_is_kept_under_its_label(library: Library) -> None:
    made = arrived(library, b"a clip")
    assert made == library.folder / "media" / "tmp" / "0190-abc.1.mp4"
    assert library.keep(made, "07A-003") == "media/takes/07A-003.mp4"
    assert library.locate("media/takes/07A-003.mp4").read_bytes() == b"a clip"
    assert not made.exists()


def test_every_attempt_has_a_name_of_its_own(library: Library) -> None:
    assert len({library.temporary(take, attempt) for take in ("0190-a", "0190-b") for attempt in (1, 2)}) == 4


def beside(data: bytes, digits: int = 4) -> str:
    return f"media/takes/07A-003-{hashlib.sha256(data).hexdigest()[:digits]}.mp4"


def test_a_kept_clip_is_never_replaced_and_another_one_of_that_label_lies_beside_it(library: Library) -> None:
    library.keep(arrived(library, b"first"), "07A-003")
    assert library.keep(arrived(library, b"second"), "07A-003") == beside(b"second")
    assert library.keep(arrived(library, b"second"), "07A-003") == beside(b"second")
    assert library.locate("media/takes/07A-003.mp4").read_bytes() == b"first"
    assert library.locate(beside(b"second")).read_bytes() == b"second"
    assert not list(library.tmp.iterdir())


def test_clips_whose_hashes_begin_alike_get_longer_names(library: Library) -> None:
    library.keep(arrived(library, b"first"), "07A-003")
    (library.folder / beside(b"second")).write_bytes(b"begins alike")
    assert library.keep(arrived(library, b"second"), "07A-003") == beside(b"second", 8)


def test_pictures_lie_under_the_name_of_the_clip_that_they_are_of(library: Library) -> None:
    library.prepare()
    file = beside(b"second")
    parts = tuple(library.tmp / f"0190-a.1.{k}" for k in range(3))
    for part in parts:
        part.write_bytes(part.name.encode())
    library.place(parts, file)
    assert library.poster(name_of(file, "07A-003")).read_bytes() == b"0190-a.1.0"
    assert not library.poster("07A-003").exists()
    assert [name_of(None, "07A-003"), name_of("media/x/../y.mp4", "07A-003")] == ["07A-003", "07A-003"]


def test_a_killed_run_finds_its_own_clip_and_nobody_else_s(library: Library) -> None:
    made = arrived(library, b"second", "0190-b")
    library.pledge(made)
    library.keep(arrived(library, b"first"), "07A-003")
    assert library.pledged("0190-b", "07A-003") is None
    assert library.keep(made, "07A-003") == beside(b"second")
    assert library.pledged("0190-b", "07A-003") == library.folder / beside(b"second")
    assert library.pledged("0190-a", "07A-003") is None


def test_the_media_folder_may_be_a_link_to_a_shared_disk(library: Library, tmp_path: Path) -> None:
    library.folder.mkdir()
    (library.folder / "media").symlink_to(tmp_path / "shared")
    with pytest.raises(StoreError, match=r"media leads to .*shared, which is not there: see that its disk is there"):
        library.temporary("0190-a", 1)
    (tmp_path / "shared").mkdir()
    assert library.keep(arrived(library, b"first"), "07A-003") == "media/takes/07A-003.mp4"
    assert (tmp_path / "shared/takes/07A-003.mp4").read_bytes() == b"first"


def test_a_kept_clip_cannot_be_written_into(library: Library) -> None:
    relative = library.keep(arrived(library, b"first"), "07A-003")
    assert library.locate(relative).stat().st_mode & 0o222 == 0


@pytest.mark.parametrize("step", ["before naming", "between naming and tidying", "after tidying"])
def test_a_run_killed_while_keeping_is_taken_up_again(step: str, library: Library) -> None:
    made = arrived(library, b"a clip")
    if step == "between naming and tidying":
        os.link(made, library.take("07A-003"))
    if step == "after tidying":  # the same clip came a second time
        library.keep(arrived(library, b"a clip", attempt=2), "07A-003")
    assert library.keep(made, "07A-003") == "media/takes/07A-003.mp4"
    assert not list(library.tmp.iterdir())


def test_a_disk_without_hard_links_keeps_clips_too(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    assert library.keep(arrived(library, b"first"), "07A-003") == "media/takes/07A-003.mp4"
    assert library.keep(arrived(library, b"second"), "07A-003") == beside(b"second")
    assert library.locate("media/takes/07A-003.mp4").read_bytes() == b"first"


def _keep(folder: Path, number: int, told: "multiprocessing.Queue[str]") -> None:
    library = Library(folder)
    made = arrived(library, b"clip %d" % number, f"0190-{number}")
    told.put(library.keep(made, "07A-001"))


def test_of_two_processes_with_one_label_each_keeps_its_clip(library: Library) -> None:
    library.prepare()
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    both = [context.Process(target=_keep, args=(library.folder, number, told)) for number in (1, 2)]
    for process in both:
        process.start()
    answers = sorted(told.get(timeout=60) for _ in both)
    for process in both:
        process.join()
    told.close()
    assert answers[1] == "media/takes/07A-001.mp4"
    assert sorted(library.locate(answer).read_bytes() for answer in answers) == [b"clip 1", b"clip 2"]


@pytest.mark.parametrize("name", ["../../evil", "07A-003/../x", "", "07A-03", "07a-003", "07A-003\n"])
def test_a_name_never_leads_out_of_the_folder(name: str, library: Library) -> None:
    with pytest.raises(BadInput, match="is not a take"):
        library.keep(arrived(library, b"a clip"), name)
    with pytest.raises(BadInput, match="is not a take"):
        library.temporary(f"../{name}", 1)


@pytest.mark.parametrize("path", ["/etc/passwd", "../other/film.db", "media/../../x", "media\\..\\x", "C:/x", ""])
def test_only_files_of_the_film_are_given_out(path: str, library: Library) -> None:
    with pytest.raises(BadInput, match="is not a file of the film"):
        library.locate(path)


def test_a_missing_and_a_changed_file_are_told(library: Library) -> None:
    with pytest.raises(NotFound, match=r"media/takes/07A-003\.mp4 is not there"):
        library.locate("media/takes/07A-003.mp4")
    relative = library.keep(arrived(library, b"a clip"), "07A-003")
    logged = hashlib.sha256(b"a clip").hexdigest()
    assert library.verify(relative, logged) == library.folder / relative
    changed = library.folder / relative
    changed.chmod(0o644)
    changed.write_bytes(b"a clop")
    with pytest.raises(Damaged, match="is not the file that was logged"):
        library.verify(relative, logged)


def test_somebody_s_clip_is_copied_and_left_as_it_is(tmp_path: Path, plain: Path, library: Library) -> None:
    clip = tmp_path / "Täke #3.MP4"
    clip.write_bytes(plain.read_bytes())
    copy = library.copy_in(clip, "0190-abc")
    assert (copy.parent, copy.suffix) == (library.tmp, ".mp4")
    assert copy.read_bytes() == clip.read_bytes() == plain.read_bytes()


def test_a_copy_is_called_what_it_is(tmp_path: Path, plain: Path, library: Library) -> None:
    for name, suffix in (("clip.mov", ".mov"), ("clip.m4v", ".mp4"), ("clip.mkv", "refused"), ("clip.webm", ".webm")):
        clip = tmp_path / name
        codec = ("-c:v", "libvpx-vp9", "-deadline", "realtime") if suffix == ".webm" else ("-c", "copy", "-f", "mp4")
        run("-i", str(plain), *(("-c", "copy") if name in ("clip.mov", "clip.mkv") else codec), str(clip))
        if suffix == "refused":
            with pytest.raises(BadMedia, match=r"clip\.mkv is a Matroska file.*re-wrap it as MP4"):
                library.copy_in(clip, "0190-abc")
        else:
            assert library.copy_in(clip, "0190-abc").suffix == suffix
    (tmp_path / "clip.webm").rename(tmp_path / "really-webm.mp4")
    assert library.copy_in(tmp_path / "really-webm.mp4", "0190-abc").suffix == ".webm"


def test_sweeping_removes_what_no_run_needs(library: Library, plain: Path) -> None:
    kept = library.keep(arrived(library, b"kept", "0190-a"), "07A-001")
    for take, attempt in (("0190-b", 1), ("0190-c", 1), ("0190-c", 2)):
        arrived(library, b"dead", take, attempt)
    assert library.sweep(in_use={"0190-b"}) == ("0190-c.1.mp4", "0190-c.2.mp4")
    assert [path.name for path in library.tmp.iterdir()] == ["0190-b.1.mp4"]
    assert library.locate(kept)
    assert Library(library.folder / "none").sweep() == ()


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        (errno.ENOSPC, DiskFull, "there is no room for clip.mp4"),
        (errno.EDQUOT, DiskFull, "there is no room for clip.mp4"),
        (errno.EROFS, StoreError, "takes/clip.mp4 cannot be written"),
        (errno.EACCES, StoreError, "make the folder writable"),
    ],
)
def test_the_disk_s_refusals_are_told(code: int, kind: type[Exception], says: str, tmp_path: Path) -> None:
    with pytest.raises(kind, match=says), disk_errors(tmp_path / "takes" / "clip.mp4"):
        raise OSError(code, os.strerror(code))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full stands for a full disk, and is not here")
def test_a_copy_that_finds_no_room_leaves_nothing(
    library: Library, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.prepare()
    (library.tmp / "0190-abc.0.mp4").symlink_to("/dev/full")
    with pytest.raises(DiskFull, match="there is no room"):
        library.copy_in(plain, "0190-abc")
    assert not list(library.tmp.iterdir())
