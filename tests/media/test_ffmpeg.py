"""Running ffmpeg."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from studio.errors import DiskFull, StudioError
from studio.media import ffmpeg, ffmpeg_exe, running
from tests.media.making import make_clip

ENDLESS = ["-re", "-f", "lavfi", "-i", "testsrc2=size=64x64", "-f", "mpegts"]


def ours() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if "ffmpeg" in child.name()]


def test_the_carried_program_is_used() -> None:
    assert "imageio_ffmpeg" in ffmpeg_exe()


def test_frames_are_counted_while_it_runs(tmp_path: Path, plain: Path) -> None:
    seen: list[int] = []
    ffmpeg(["-i", plain, tmp_path / "copy.mp4"], progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 24


def test_names_that_look_like_options_and_protocols_are_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("-i.mp4", "concat:a|b.mp4", "täke #3 & 'more' 100%d.mp4"):
        make_clip(tmp_path / "clip.mp4", 3).rename(name)
        ffmpeg(["-i", Path(name), "-c", "copy", Path(f"copy of {name}")])
        assert Path(f"copy of {name}").stat().st_size > 500


def test_an_input_must_be_a_path_a_pipe_or_generated() -> None:
    with pytest.raises(ValueError, match="give it as a Path"):
        ffmpeg(["-i", "http://127.0.0.1/clip.mp4", "-f", "null", "-"])
    ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=64x64:duration=0.1", "-f", "null", "-"])


def test_a_play_list_reaches_nothing_outside(tmp_path: Path) -> None:
    listing = tmp_path / "list.m3u8"
    listing.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/clip.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(StudioError):
        ffmpeg(["-f", "hls", "-i", listing, "-f", "null", "-"])


def test_what_went_wrong_is_told_without_folders(tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"nothing")
    with pytest.raises(StudioError) as told:
        ffmpeg(["-i", tmp_path / "broken.mp4", tmp_path / "out.mp4"])
    assert str(told.value).startswith("ffmpeg stopped: ")
    assert str(tmp_path) not in str(told.value)
    assert "\n" not in str(told.value)
    assert "0x" not in str(told.value)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full stands for a full disk, and is not here")
def test_a_full_disk_is_told() -> None:
    with pytest.raises(DiskFull, match="disk is full"):
        ffmpeg(["-f", "lavfi", "-i", "testsrc2=duration=1", "-f", "mpegts", Path("/dev/full")])


def test_it_is_stopped_when_its_time_is_up(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"longer than the 0\.3 s"):
        ffmpeg([*ENDLESS, tmp_path / "out.ts"], timeout=0.3)
    assert not ours()


def test_it_is_stopped_when_the_caller_gives_up(tmp_path: Path) -> None:
    def give_up(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ffmpeg([*ENDLESS, tmp_path / "out.ts"], progress=give_up)
    assert not ours()


def test_ctrl_c_in_a_terminal_does_not_reach_it(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), running([*ENDLESS, tmp_path / "out.ts"]) as child:  # noqa: PT012
        assert os.getpgid(child.pid) != os.getpgid(0)
        raise RuntimeError


def test_what_may_wait_lets_everything_else_go_first(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), running([*ENDLESS, tmp_path / "out.ts"], behind=True) as child:  # noqa: PT012
        assert os.getpriority(os.PRIO_PROCESS, child.pid) > os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getsid(child.pid) == os.getsid(0)  # else its priority would count for nothing
        raise RuntimeError


def test_a_flood_of_complaints_does_not_block_it(tmp_path: Path, grainy: Path) -> None:
    data = bytearray(grainy.read_bytes())
    start = data.index(b"mdat") + 3000
    for place in range(start, len(data), 97):
        data[place] ^= 0xFF
    (tmp_path / "broken.mp4").write_bytes(data)
    ffmpeg(["-loglevel", "debug", "-i", tmp_path / "broken.mp4", "-f", "null", "-"])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie a child's life to its parent's")
def test_a_killed_studio_takes_its_ffmpeg_with_it(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from studio.media import running\n"
        "with running(sys.argv[2:] + [Path(sys.argv[1])]) as child: print(child.pid, flush=True); child.wait()"
    )
    words = [sys.executable, "-c", program, str(tmp_path / "out.ts"), *ENDLESS]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        orphan = psutil.Process(int(parent.stdout.readline()))
        while orphan.cmdline()[:1] != [ffmpeg_exe()]:  # what ties it to its parent has to run before it is ffmpeg
            assert orphan.is_running()
            assert parent.poll() is None
        parent.send_signal(signal.SIGKILL)
    # one that lives would run for ever; init may take a moment to bury it
    psutil.wait_procs([orphan], timeout=20)
    assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE


def test_several_run_at_once(tmp_path: Path, plain: Path) -> None:
    threads = [
        threading.Thread(target=ffmpeg, args=(["-i", plain, "-c", "copy", tmp_path / f"{k}.mp4"],)) for k in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1
