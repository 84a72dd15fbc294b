"""folder: clips that a person saves, matched by their names; real files and real clips."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from studio.errors import BadInput, NotFetched
from studio.media import probe
from studio.nouns import Request, Take
from studio.providers import NOT_MADE, Cancels, Finds, Job, Shows, Status, provider
from studio.providers.folder import Folder, unmatched
from tests.clips import ffmpeg, make_clip
from tests.providers.asking import prompt, resolved, take

Save = Callable[[str], Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same clip as .mp4, .mov and .webm."""
    folder = tmp_path_factory.mktemp("made")
    clip = make_clip(folder / "clip.mp4", frames=6)
    ffmpeg("-i", clip, "-c", "copy", folder / "clip.mov")
    ffmpeg("-i", clip, "-c:v", "libvpx", "-b:v", "200k", folder / "clip.webm")
    return folder


@pytest.fixture
def film(tmp_path: Path) -> Path:
    folder = tmp_path / "film"
    folder.mkdir()
    return folder


@pytest.fixture
def maker(film: Path) -> Folder:
    return Folder({"film": str(film)})


@pytest.fixture
def save(film: Path, made: Path) -> Save:
    """Save a clip under a name, as a browser would."""

    def as_name(name: str) -> Path:
        to = film / "incoming" / name
        shutil.copyfile(made / f"clip{Path(name).suffix.lower()}", to)
        return to

    return as_name


def waiting(maker: Folder, n: int = 3, **asked: object) -> Job:
    request = resolved(maker, **asked)
    return asyncio.run(maker.submit(request, take(request, n)))


def look(maker: Folder, job: Job, times: int = 2) -> Status:
    """The last of several polls."""
    return [asyncio.run(maker.poll(job)) for _ in range(times)][-1]


def slip(film: Path, label: str = "07A-003") -> Path:
    return film / "incoming" / f"{label}.txt"


# what a person is asked to make


def test_it_keeps_the_protocols_that_it_can_keep() -> None:
    assert isinstance(provider("folder"), Folder)
    maker = Folder()
    assert isinstance(maker, Finds)
    assert isinstance(maker, Cancels)
    assert isinstance(maker, Shows)
    assert maker.capabilities.concurrency >= 200, "a take that waits for a person holds up no other"


def test_nothing_is_dropped_and_nothing_is_charged() -> None:
    request = resolved(Folder(), words=prompt(avoid="text"), first_frame="a.png", guide="g.mp4", size=(1000, 700))
    assert request.dropped == ()
    assert (request.width, request.height, request.frames) == (1000, 700, 120)
    price = Folder().price(request)
    assert (price.usd, price.source) == (0, "made elsewhere; the studio sees no bill")


def test_the_model_is_what_the_website_calls_its_own() -> None:
    assert resolved(Folder()).model == "website"
    assert resolved(Folder(), "Midjourney Video").model == "Midjourney Video"
    with pytest.raises(BadInput, match="invisible character"):
        resolved(Folder(), "a\x1b[2J")


def test_a_submit_leaves_a_slip_to_copy_from(maker: Folder, film: Path) -> None:
    words = prompt("push in", avoid="text, logos")
    still = film / "media" / "posters" / "07A-002-last.png"
    job = waiting(maker, words=words, first_frame=str(still), seed=9)
    assert job.id == job.take.id
    assert slip(film).read_text() == (
        "Save the clip here as 07A-003.mp4 (.mov and .webm do as well).\n"
        "\n"
        "PROMPT\n"
        "Push in. Two teenagers in a corridor.\n"
        "\n"
        "CAMERA (stands in the prompt already)\n"
        "push in\n"
        "\n"
        "AVOID (where there is a field for it)\n"
        "text, logos\n"
        "\n"
        "length: 5 s\n"
        "size: 1280 × 720 (16:9)\n"
        "frames per second: 24\n"
        "seed: 9\n"
        "first frame: media/posters/07A-002-last.png\n"
    )


def test_a_slip_names_no_place_of_this_machine(maker: Folder, film: Path) -> None:
    waiting(maker, guide="/home/ada/secret/guide.mp4")
    text = slip(film).read_text()
    assert "guide: guide.mp4" in text
    assert str(film) not in text
    assert "/home" not in text


def test_the_slip_can_be_seen_before_anything_is_left(maker: Folder, film: Path) -> None:
    assert "Push in. Two teenagers in a corridor." in maker.shown(resolved(maker))
    assert not (film / "incoming").exists()


def test_a_killed_run_may_leave_the_slip_again(maker: Folder, film: Path) -> None:
    job = waiting(maker)
    before = slip(film).read_text()
    assert asyncio.run(maker.find(job.request, job.take, ())) is NOT_MADE
    asyncio.run(maker.submit(job.request, job.take))
    assert slip(film).read_text() == before
    assert sorted(path.name for path in (film / "incoming").iterdir()) == ["07A-003.txt", "taken"]


def test_without_a_film_nothing_is_left() -> None:
    request = resolved(Folder())
    with pytest.raises(BadInput, match="has no film to watch"):
        asyncio.run(Folder().submit(request, take(request)))


# the clip arrives


def test_a_take_waits_for_a_file_of_its_name(maker: Folder) -> None:
    assert look(maker, waiting(maker)) == Status("running", "waits for 07A-003.mp4 in incoming/")


@pytest.mark.parametrize(
    "name", ["07A-003.mp4", "07a-003.MP4", "07A-003 (1).mp4", "07A-003(2).mp4", "07A-003.mov", "07A-003.webm"]
)
def test_a_file_named_after_the_take_is_its_clip(maker: Folder, film: Path, save: Save, name: str) -> None:
    job = waiting(maker)
    saved = save(name)
    assert look(maker, job) == Status("ready", f"{saved.name!r} is there")
    to = film / "fetched"
    asyncio.run(maker.download(job, to))
    assert probe(to).frames == 6
    assert not saved.exists()
    assert not slip(film).exists()
    assert (film / "incoming" / "taken" / f"07A-003{saved.suffix.lower()}").read_bytes() == to.read_bytes()


def test_a_clip_is_taken_only_when_it_no_longer_grows(maker: Folder, save: Save) -> None:
    job = waiting(maker)
    saved = save("07A-003.mp4")
    whole = saved.read_bytes()
    saved.write_bytes(whole[: len(whole) // 2])
    written = Status("running", "'07A-003.mp4' is there and is still being written")
    assert look(maker, job, 1) == written
    saved.write_bytes(whole)
    assert look(maker, job, 1) == written
    assert look(maker, job, 1).state == "ready"


def test_a_name_that_a_browser_holds_with_an_empty_file_is_no_clip_yet(maker: Folder, film: Path, save: Save) -> None:
    job = waiting(maker)
    (film / "incoming" / "07A-003.mp4").touch()
    assert look(maker, job).note.endswith("still being written")
    save("07A-003.mp4")
    beside = film / "incoming" / "07A-003.mp4.part"
    beside.touch()
    assert look(maker, job, 3).note.endswith("still being written")
    beside.unlink()
    assert look(maker, job).state == "ready"


def test_a_file_that_is_no_clip_is_told_and_another_may_replace_it(maker: Folder, film: Path, save: Save) -> None:
    job = waiting(maker)
    (film / "incoming" / "07A-003.mp4").write_text("<html>please sign in</html>")
    status = look(maker, job)
    assert status.state == "running"
    assert status.note.startswith("'07A-003.mp4' is there and cannot be read: it holds text")
    save("07A-003.mp4")
    assert look(maker, job).state == "ready"


def test_a_play_list_is_no_clip(maker: Folder, film: Path) -> None:
    job = waiting(maker)
    (film / "incoming" / "07A-003.mp4").write_text("#EXTM3U\nhttp://169.254.169.254/\n")
    assert "play list" in look(maker, job).note


# which clip is whose


def test_the_only_file_of_the_shot_is_the_clip_of_the_only_take_that_waits(
    maker: Folder, film: Path, save: Save
) -> None:
    job = waiting(maker)
    save("07a final v2.mp4")
    assert look(maker, job) == Status("ready", "'07a final v2.mp4' is there")
    asyncio.run(maker.download(job, film / "fetched"))
    assert (film / "incoming" / "taken" / "07A-003.mp4").exists()


@pytest.mark.parametrize("name", ["07AB.mp4", "07B.mp4", "007A.mp4", "07A-099.mp4", "07A.mkv.txt", "clip.mp4"])
def test_a_file_of_another_name_is_not_this_takes(maker: Folder, film: Path, made: Path, name: str) -> None:
    job = waiting(maker)
    shutil.copyfile(made / "clip.mp4", film / "incoming" / name)
    assert look(maker, job).note == "waits for 07A-003.mp4 in incoming/"


def test_a_file_of_the_shot_is_asked_about_while_several_takes_wait(maker: Folder, save: Save) -> None:
    third, fourth = waiting(maker, 3), waiting(maker, 4)
    saved = save("07A.mp4")
    assert look(maker, third).note == "'07A.mp4' could be 07A-003 or 07A-004: rename it to the one it is"
    assert look(maker, fourth).note == "'07A.mp4' could be 07A-004 or 07A-003: rename it to the one it is"
    saved.rename(saved.with_name("07A-004.mp4"))
    assert look(maker, third).note == "waits for 07A-003.mp4 in incoming/"
    assert look(maker, fourth).state == "ready"


def test_a_take_of_another_shot_that_waits_is_in_nobodys_way(maker: Folder, save: Save) -> None:
    job = waiting(maker)
    request = replace(resolved(maker), shot="07AA")
    other = replace(take(request), label="07AA-001", shot="07AA", n=1)
    asyncio.run(maker.submit(request, other))
    save("07A.mp4")
    assert look(maker, job).state == "ready"


@pytest.mark.parametrize(
    ("one", "other"), [("07A-003.mp4", "07A-003 (1).mp4"), ("07A-003.mp4", "07a-003.mov"), ("07A.mp4", "07A b.mp4")]
)
def test_where_two_files_could_be_it_the_person_is_asked(maker: Folder, save: Save, one: str, other: str) -> None:
    job = waiting(maker)
    save(one)
    save(other)
    note = look(maker, job).note
    assert note.startswith("2 files could be 07A-003: ")
    assert one in note
    assert other in note
    assert note.endswith("rename the right one to 07A-003.mp4")
    with pytest.raises(NotFetched, match="cannot be taken"):
        asyncio.run(maker.download(job, Path("never")))


def test_a_file_of_its_own_name_is_believed_beside_one_of_the_shots(maker: Folder, save: Save) -> None:
    job = waiting(maker)
    save("07A.mp4")
    save("07A-003.mp4")
    assert look(maker, job) == Status("ready", "'07A-003.mp4' is there")


def test_without_its_slip_a_take_waits_for_its_own_name_alone(maker: Folder, film: Path, save: Save) -> None:
    job = waiting(maker)
    slip(film).unlink()
    save("07A.mp4")
    assert look(maker, job).note == "waits for 07A-003.mp4 in incoming/; its slip 07A-003.txt is gone"
    save("07A-003.mp4")
    assert look(maker, job).state == "ready"


def test_what_fits_no_take_is_listed(film: Path, maker: Folder, save: Save) -> None:
    waiting(maker)
    for name in ("07A-003.mp4", "07A new.mp4", "07A-002.mp4", "09B.mp4", "party.webm"):
        save(name)
    for name in ("notes.txt", "07B-001.txt", "old.mkv", "half.mp4.crdownload", ".hidden.mp4"):
        (film / "incoming" / name).touch()
    (film / "incoming" / "link.mp4").symlink_to(film / "incoming" / "party.webm")
    names = [path.name for path in unmatched(film, ["07A-003"])]
    assert names == ["07A-002.mp4", "09B.mp4", "old.mkv", "party.webm"]
    assert unmatched(film / "elsewhere", []) == ()


# a run that was killed


def test_a_clip_that_was_taken_by_a_killed_run_is_fetched_again(maker: Folder, film: Path, save: Save) -> None:
    job = waiting(maker)
    save("07A-003.mp4")
    asyncio.run(maker.download(job, film / "one"))
    again = Folder({"film": str(film)})
    assert look(again, job).state == "ready"
    asyncio.run(again.download(job, film / "two"))
    assert (film / "one").read_bytes() == (film / "two").read_bytes()
    assert len(list((film / "incoming" / "taken").iterdir())) == 1


def test_a_run_that_was_killed_before_the_slip_went_takes_the_clip_all_the_same(
    maker: Folder, film: Path, save: Save
) -> None:
    job = waiting(maker)
    save("07A-003.mp4").rename(film / "incoming" / "taken" / "07A-003.mp4")
    asyncio.run(maker.download(job, film / "one"))
    assert not slip(film).exists()


def test_a_better_file_is_taken_before_an_older_one_and_replaces_none(maker: Folder, film: Path, save: Save) -> None:
    job = waiting(maker)
    save("07A-003.mp4")
    asyncio.run(maker.download(job, film / "one"))
    better = save("07A-003.mp4")
    better.write_bytes(better.read_bytes() + b"\0\0\0\x08free")
    asyncio.run(maker.download(job, film / "two"))
    assert (film / "two").stat().st_size == (film / "one").stat().st_size + 8
    assert sorted(path.name for path in (film / "incoming" / "taken").iterdir()) == ["07A-003 (1).mp4", "07A-003.mp4"]


# giving a take up


def test_a_take_that_is_given_up_leaves_no_slip_and_ends(maker: Folder, film: Path) -> None:
    job = waiting(maker)
    assert asyncio.run(maker.cancel(job)) == "asked"
    assert not slip(film).exists()
    assert look(maker, job) == Status("cancelled", "given up")


def test_a_clip_that_was_made_all_the_same_is_kept(maker: Folder, save: Save) -> None:
    job = waiting(maker)
    save("07A-003.mp4")
    assert asyncio.run(maker.cancel(job)) == "too late"
    other = waiting(maker, 4)
    assert asyncio.run(maker.cancel(other)) == "asked"
    save("07A-004.mp4")
    assert look(maker, other).state == "ready"


# hostile


def test_a_link_is_followed_nowhere(maker: Folder, film: Path, tmp_path: Path, made: Path) -> None:
    job = waiting(maker)
    secret = tmp_path / "secret.mp4"
    shutil.copyfile(made / "clip.mp4", secret)
    (film / "incoming" / "07A-003.mp4").symlink_to(secret)
    assert look(maker, job).note == "waits for 07A-003.mp4 in incoming/"
    with pytest.raises(NotFetched):
        asyncio.run(maker.download(job, film / "fetched"))
    assert not (film / "fetched").exists()


def test_a_pipe_holds_nobody_up(maker: Folder, film: Path) -> None:
    job = waiting(maker)
    os.mkfifo(film / "incoming" / "07A-003.mp4")
    assert look(maker, job).state == "running"


@pytest.mark.parametrize("place", ["incoming", "incoming/taken"])
def test_a_folder_that_is_a_link_is_not_watched(maker: Folder, film: Path, tmp_path: Path, place: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (film / place).parent.mkdir(exist_ok=True)
    (film / place).symlink_to(elsewhere)
    with pytest.raises(BadInput, match=f"{place} is a link or a file"):
        waiting(maker)
    assert not list(elsewhere.iterdir())
    assert unmatched(film, []) == ()


@pytest.mark.parametrize("label", ["../../07A-003", "07A-003/../../x", "", "07A-3"])
def test_a_label_never_becomes_a_path_unread(maker: Folder, film: Path, label: str) -> None:
    request: Request = resolved(maker)
    odd: Take = replace(take(request), label=label)
    with pytest.raises(BadInput, match="is not a take"):
        asyncio.run(maker.submit(request, odd))


def test_a_name_full_of_tricks_is_shown_as_text(maker: Folder, film: Path, save: Save) -> None:
    job = waiting(maker)
    save("07A \x1b[2J.mp4")
    save("07A \n<b>.mp4")
    note = look(maker, job).note
    assert note.isprintable()


def test_a_file_that_is_swapped_for_a_link_at_the_last_moment_is_not_followed(
    maker: Folder, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = waiting(maker)
    link = film / "incoming" / "07A-003.mp4"
    (tmp_path / "secret").write_text("secret")
    link.symlink_to(tmp_path / "secret")
    monkeypatch.setattr(maker, "_clip_of", lambda take: link)
    with pytest.raises(NotFetched, match="cannot be read"):
        asyncio.run(maker.download(job, film / "fetched"))
    assert not (film / "fetched").exists()


def test_the_length_is_told_in_seconds_whatever_the_rate(maker: Folder, film: Path) -> None:
    waiting(maker, frames=101, rate=Fraction(24000, 1001))
    text = slip(film).read_text()
    assert "length: 4.21254 s" in text
    assert "frames per second: 23.976\n" in text
