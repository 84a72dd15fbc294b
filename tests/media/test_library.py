"""Where media is, and how a clip comes to stand there for good."""

import errno
import hashlib
import multiprocessing
import os
from pathlib import Path

import pytest

from studio.errors import BadInput, BadMedia, Damaged, DiskFull, NotFound, StoreError
from studio.media import Library, disk_errors
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


def test_a_kept_clip_is_never_replaced(library: Library) -> None:
    library.keep(arrived(library, b"first"), "07A-003")
    with pytest.raises(StoreError, match=r"media/takes/07A-003\.mp4 is there already and is another clip"):
        library.keep(arrived(library, b"second"), "07A-003")
    assert library.locate("media/takes/07A-003.mp4").read_bytes() == b"first"


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
    with pytest.raises(StoreError, match="another clip"):
        library.keep(arrived(library, b"second"), "07A-003")
    assert library.locate("media/takes/07A-003.mp4").read_bytes() == b"first"


def _keep(folder: Path, number: int, told: "multiprocessing.Queue[str]") -> None:
    library = Library(folder)
    made = arrived(library, b"clip %d" % number, f"0190-{number}")
    try:
        told.put(library.keep(made, "07A-001"))
    except StoreError:
        told.put("refused")


def test_of_two_processes_with_one_label_one_is_refused(library: Library) -> None:
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
    assert answers == ["media/takes/07A-001.mp4", "refused"]


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
