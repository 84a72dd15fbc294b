"""What a person may get wrong at a film: one sentence each that names the value, and nothing lost or half-written."""

from __future__ import annotations

import itertools
import os
import sqlite3
from contextlib import closing, suppress
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

import studio
from studio.errors import BadInput, NotFound, StudioError, TooShort
from studio.given import number, whole
from studio.log import rebuild
from tests.clips import make_clip, make_song

HALF = "\ud800"  # half a character: no file and no database keeps it


@pytest.fixture(autouse=True)
def nobody_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STUDIO_AUTHOR", raising=False)


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """good.mp4, good.wav, and what looks like them."""
    folder = tmp_path_factory.mktemp("things")
    make_clip(folder / "good.mp4", frames=72)
    make_song(folder / "good.wav", seconds=8)
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to(folder / "loop")
    return folder


@pytest.fixture
def film(tmp_path: Path):
    with studio.new(tmp_path / "film", size=(160, 90), authors=["ada"]) as film:
        yield film


@pytest.fixture
def cut(film, things: Path):
    film.song.attach(things / "good.wav")
    for shot in ("01A", "02A"):
        film.adopt(things / "good.mp4", shot)
        film.circle(f"{shot}-001")
    return film.arrange(bars=(1, 1))


def sentence(call, *given: object, **named: object) -> str:
    """What is told when the call is a mistake: it must be a sentence, not a traceback."""
    with pytest.raises(StudioError) as told:
        call(*given, **named)
    said = str(told.value)
    assert "\n" not in said
    assert len(said) < 500
    said.encode()
    return said


WHATS = (None, 5, [], {}, 1.5, True, b"x", "", HALF, float("nan"))


def test_anything_at_all_given_for_a_name_or_words_is_a_sentence_or_taken_as_meant(film, things):
    """No call that takes a name or words answers a mistake with a traceback."""
    film.adopt(things / "good.mp4", "01A")
    calls = (
        film.write, film.estimate, film.generate, film.circle, film.history, film.prompts, film.play,
        film.as_, film.read_screenplay, film.save_screenplay, film.song.attach, film.cut, film.desk, film.dailies,
        film.compare, studio.open, film.song.nudge, film.song.tap, film.song.downbeat,
        lambda w: film.adopt(w, "01A"), lambda w: film.adopt(things / "good.mp4", w),
        lambda w: film.circle("01A-001", reason=w), lambda w: film.ng("01A-001", note=w),
        lambda w: film.note("01A-001", w), lambda w: film.write("01A", w), lambda w: film.write("01A", camera=w),
        lambda w: film.write("01A", continuity=w), lambda w: film.diff("01A", w, 2),
        lambda w: film.estimate("01A", takes=w), lambda w: film.estimate("01A", seconds=w),
        lambda w: film.estimate("01A", provider=w), lambda w: film.estimate("01A", model=w),
        lambda w: film.generate("01A", seed=w), lambda w: film.generate("01A", first_frame_of=w),
        lambda w: film.song.use(w, 4), lambda w: film.arrange(bars=w), lambda w: film.arrange(name=w),
        lambda w: film.dry_run("01A", provider=w), lambda w: film.estimate("01A", guide=w),
        lambda w: film.estimate("01A", provider="runway", price_usd=w), lambda w: film.sound(w, "a pop"),
        lambda w: film.sound("01A", w), lambda w: film.sound("01A", "a pop", seconds=w),
        lambda w: film.sound("01A", "a pop", provider=w), lambda w: film.generate("01A", cap_usd=w),
        lambda w: film.money.lost(w, billed=False), film.money.look_again, film.money.pay_again,
        lambda w: film.money.adopt("01A-001", w), film.money.strangers, studio.models, film.provider,
        film.take_back, film.apply, film.scene_from, lambda w: film.mark(w), lambda w: film.mark("01A-001", w),
        lambda w: film.mark("01A-001", out_s=w), lambda w: film.reason("01A-001", w), lambda w: film.reason(w, "face"),
        lambda w: film.scene_from("01A-001", w), lambda w: film.scene_from("01A-001", scene_text=w),
        lambda w: film.estimate("01A", begins_as=w), lambda w: film.sheet(things / "no" / "sheet.html", w),
        lambda w: film.apply(film.takes().astype(object).assign(best_in=[w], note=[w])),
        lambda w: film.apply(film.takes().astype(object).assign(take=[w], seed=[w])),
    )  # fmt: skip
    for call, wrong in itertools.product(calls, WHATS):
        with suppress(StudioError):
            call(wrong)
    assert set(film.takes()["state"]) <= {"done", "planned", "submitting", "submitted", "running", "ready"}


def test_numbers_that_no_provider_could_take_are_named(film):
    film.write("01A", "A schoolyard.")
    for takes in (0, -1, 10**6, 1.5, "3", None, True, float("nan")):
        assert "1 to 200" in sentence(film.generate, "01A", takes=takes)
    for seconds in (-1, float("nan"), float("inf"), 1e9, 10**5000, "5", None, Decimal("1e999999999")):
        assert "the seconds of a take cannot be" in sentence(film.generate, "01A", seconds=seconds)
    for seconds in (0, 0.001):
        assert "has no frame" in sentence(film.generate, "01A", seconds=seconds)
    for seed in (-1, 2**32, 10**100, 1.5, "7", float("nan"), True):
        assert "the seed cannot be" in sentence(film.generate, "01A", seed=seed)
    assert film.takes().empty
    assert film.estimate("01A", seconds=np.float64(0.5)).total == 0


def test_whole_numbers_and_numbers_are_taken_from_every_type_that_holds_them():
    assert whole(np.int64(7), "n", 0, 9) == 7
    assert number(np.float32(0.5), "n", 0, 9) == number(Decimal("0.5"), "n", 0, 9) == number(0.5, "n", 0, 9)


def test_a_shot_has_plain_digits(film):
    assert "not a shot" in sentence(film.write, "０７A", "Arabic and wide digits look the same in an edit list.")
    assert "not a shot" in sentence(film.write, "٠٧A", "x")


def test_characters_that_no_edit_list_can_hold_are_refused_wherever_words_are_written(film, things, tmp_path):
    film.adopt(things / "good.mp4", "01A")
    lyrics = tmp_path / "words.lrc"
    for wrong in ("a\ufffeb", "a\x07b", "a\u202eb", "a\ufdd0b"):
        for call in (
            lambda w: film.write("01A", w), lambda w: film.write("01A", style=w),
            lambda w: film.circle("01A-001", reason=w), lambda w: film.circle("01A-001", note=w),
            lambda w: film.note("01A-001", w), lambda w: studio.new(tmp_path / "other", title_card=w),
            lambda w: studio.new(tmp_path / "other", title=w), lambda w: studio.new(tmp_path / "other", reasons=[w]),
        ):  # fmt: skip
            assert "the invisible character U+" in sentence(call, wrong)
        lyrics.write_text(f"[00:01.00]first\n[00:02.00]{wrong}\n", "utf-8")
        assert "line 2 of words.lrc holds the invisible" in sentence(film.song.attach, things / "good.wav", lyrics)
    assert film.shots().empty or film.prompts("01A").empty
    assert film.verdicts().empty
    assert list((film.folder / "song").iterdir()) == []
    assert not (tmp_path / "other" / "film.toml").exists()


def test_emoji_and_right_to_left_scripts_are_words_like_any_other(film):
    film.write("01A", "שלום 👩\u200d👩\u200d👧 \u200f")
    assert film.prompts("01A")["scene_text"].tolist() == ["שלום 👩\u200d👩\u200d👧 \u200f"]


def test_thousands_of_lyric_lines_at_one_time_all_end_where_the_next_begins(film, things, tmp_path):
    (tmp_path / "many.lrc").write_text("[00:01.00]x\n" * 4_000 + "[00:02.00]y\n", "utf-8")
    film.song.attach(things / "good.wav", tmp_path / "many.lrc")
    lines = film.song.lines
    assert len(lines) == 4_001
    assert {line.end_s for line in lines[:-1]} == {2}
    (tmp_path / "many.lrc").write_text("[00:01.00]x\n" * 100_000, "utf-8")
    assert "at most 1,000,000" in sentence(film.song.attach, things / "good.wav", tmp_path / "many.lrc")


def test_a_path_that_the_system_cannot_look_at_is_named(film, things, tmp_path):
    wrong = ("", None, 5, b"x", "a\x00b", HALF, "x" * 300, things / "loop", things / "pipe", things, "http://a/b.mp4")
    for call, path in itertools.product(
        (lambda p: film.adopt(p, "01A"), film.song.attach, film.read_screenplay, lambda p: studio.open(p)), wrong
    ):
        sentence(call, path)
    for path in ("", None, 5, "a\x00b", HALF, "x" * 300, things / "loop", things / "good.mp4"):
        sentence(studio.new, path)
    assert film.takes().empty
    assert list((film.folder / "song").iterdir()) == []


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"size": 5}, "size is 5: write width and height"),
        ({"size": (1280,)}, "size is (1280,): write width and height"),
        ({"size": "1280x720"}, "size is '1280x720': write width and height"),
        ({"size": (1280.5, 720)}, "a side of the picture cannot be 1280.5"),
        ({"size": (15, 720)}, "a side of the picture cannot be 15"),
        ({"authors": 5}, "authors is 5: write names"),
        ({"authors": [5]}, "5 is not an author's name"),
        ({"authors": {"ada": None}}, "authors.ada in film.toml is None"),
        ({"authors": {"ada": "words"}}, "authors.ada in film.toml is 'words'"),
        ({"titel": "x"}, "titel is no setting of a film"),
        ({"fitt": "crop"}, "did you mean fit?"),
        ({"end_card": None}, "the setting end_card is None"),
        ({"title_card": "x" * 501}, "cards.title in film.toml has 501 characters"),
        ({"title_card": HALF}, "cards.title in film.toml holds the invisible character U+D800"),
        ({"reasons": "face"}, "reasons is 'face': write a list"),
        ({"reasons": ["x" * 41]}, "at most 40"),
        ({"rate": "1e999999999"}, "is not a number of frames per second"),
        ({"rate": True}, "is not a number of frames per second"),
        ({"rate": "12345678901/500000001"}, "is too fine"),
        ({"cap_usd": Decimal("1e999999999")}, "write US dollars"),
        ({"slowest_speed": Decimal("1e-999999999")}, "write a fraction from 1/10 to 1"),
        ({"director": "ben"}, "director in film.toml is 'ben', and the film's authors are ada"),
        ({"database_url": "postgresql://h:port/x"}, "is not understood"),
        ({"database_url": "postgresql://h/x?PASSWORD=canary"}, "holds a password"),
        ({"database_url": "postgresql://h/x?%70assword=canary"}, "holds a password"),
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_is_named_and_no_film_is_made(tmp_path, named, said):
    got = sentence(studio.new, tmp_path / "film", **{"authors": ["ada"], **named})
    assert said in got
    assert "canary" not in got
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('director = ""', 'director = "ben"', "the film's authors are ada"),
        ('rate = "24"', "rate = 1e999999999", "is not a number of frames per second"),
        ('rate = "24"', "rate = 1" + "0" * 5000, "film.toml cannot be read"),
        ("size = [160, 90]", "size = " + "[" * 3000 + "]" * 3000, "film.toml cannot be read"),
        ('# film_usd = "600.00"', "film_usd = 1e999999999", "write US dollars"),
        ('title = "film"', "", "has no title"),
    ],
)
def test_a_film_toml_edited_into_nonsense_is_named_and_the_film_is_whole_when_it_is_mended(film, old, new, said):
    film.write("01A", "A schoolyard.")
    film.close()
    toml = film.folder / "film.toml"
    right = toml.read_text("utf-8")
    assert old in right
    toml.write_text(right.replace(old, new, 1), "utf-8")
    assert said in sentence(studio.open, film.folder)
    toml.write_text(right, "utf-8")
    with studio.open(film.folder) as again:
        assert again.prompts("01A")["scene_text"].tolist() == ["A schoolyard."]


def test_nobody_signs_as_the_machine_not_even_in_a_screenplay(film, tmp_path):
    (tmp_path / "s.csv").write_text("shot,scene_text,scene_author\n01A,x,studio\n", "utf-8")
    assert "choose another author's name" in sentence(film.read_screenplay, tmp_path / "s.csv")
    (tmp_path / "s.toml").write_text("title = 1" + "0" * 5000, "utf-8")
    assert "s.toml: the screenplay is not TOML" in sentence(film.read_screenplay, tmp_path / "s.toml")
    assert film.shots().empty


def test_a_rendered_film_takes_the_place_of_nothing_that_the_film_is_made_of(film, cut, tmp_path):
    folder = cut.export("first")
    before = {path: path.read_bytes() for path in film.folder.rglob("*.mp4")}
    (film.folder / "folder.mp4").mkdir()
    (tmp_path / "linked").symlink_to(film.folder / "media" / "takes")
    for wrong in (
        "media/takes/01A-001.mp4", "media/takes/09Z-001.mp4", "song/film.mp4", "deliveries/first/film.mp4",
        "deliveries/first/media/01A-001.mp4", "folder.mp4", "no/film.mp4", "film.mov", "film.toml", "../linked/x.mp4",
    ):  # fmt: skip
        sentence(cut.render, film.folder / wrong)
    for wrong in (5, "x" * 300 + ".mp4", HALF + ".mp4", "a\x00.mp4"):
        sentence(cut.render, wrong)
    assert {path: path.read_bytes() for path in film.folder.rglob("*.mp4") if path.is_file()} == before
    assert cut.render(film.folder / "film.mp4").read_bytes() == (folder / "film.mp4").read_bytes()


def test_names_of_cuts_and_deliveries_stay_names(film, cut):
    for wrong in ("../x", "con", "", None, 5, HALF, "a\u202eb", "\ufffe", "COM¹", "x" * 61, "a\nb"):
        sentence(cut.export, wrong)
    for wrong in (5, HALF, "a\nb", "\ufffe", "x" * 201):
        sentence(film.arrange, bars=(1, 1), name=wrong)
    assert list((film.folder / "deliveries").iterdir()) == []
    assert film.cuts()["version"].tolist() == [1]
    for version in (0, -1, 2**70, "x", [1], float("nan")):
        sentence(film.cut, version)


def test_beats_and_ranges_that_are_none_are_named_and_change_nothing(film, things):
    film.song.attach(things / "good.wav")
    before = film.song.bars
    for start, end in ((float("nan"), 4), (None, 4), (0, float("inf")), ("0", "4"), (4, 4), (-1, 4), (0, 9)):
        sentence(film.song.use, start, end)
    for ms in (float("nan"), float("inf"), 1e300, "x", None):
        sentence(film.song.nudge, ms)
    for taps in ("abcd", None, 5, ["a"] * 4, [1, 2, 3, 4e300], [1, 2]):
        sentence(film.song.tap, taps)
    for beat in ("x", None, 1.5, 10**30):
        sentence(film.song.downbeat, beat)
    assert film.song.bars == before
    film.adopt(things / "good.mp4", "01A")
    film.circle("01A-001")
    for bars in ((0, 1), (2, 1), (1,), "x", 5, (1, 10**12), (1.5, 2), (float("nan"), 2), ()):
        sentence(film.arrange, bars=bars)
    with pytest.raises(TooShort):
        film.arrange()


def test_a_take_that_is_asked_for_by_anything_names_the_nearest(film, things):
    film.adopt(things / "good.mp4", "01A")
    for wrong in ("", None, 5, "01A-01", HALF, "x" * 100_000, ["01A-001"]):
        with pytest.raises(NotFound, match="the nearest is 01A-001"):
            film.circle(wrong)
    assert len(sentence(film.circle, "x" * 100_000)) < 200


def test_a_film_that_is_closed_says_so(film):
    film.close()
    film.close()
    for call in (film.takes, film.arrange, film.resume, lambda: film.write("01A", "x"), lambda: repr(film.song)):
        assert "is closed: open the film again" in sentence(call)
    with pytest.raises(BadInput):
        film.as_("studio")


def test_a_place_where_nothing_can_be_written_is_named(film, cut, tmp_path):
    """In these two not even root may write."""
    for wrong in ("/proc/x.mp4", "/sys/x.mp4"):
        sentence(cut.render, wrong)
    assert "no words to save" in sentence(film.save_screenplay, tmp_path / "x.toml")
    film.write("01A", "A schoolyard.")
    for wrong in ("/proc/x.csv", "/sys/x.toml"):
        sentence(film.save_screenplay, wrong)
    assert list(tmp_path.glob("*.part*")) == []


def test_what_is_damaged_in_the_cache_is_made_again(film, cut):
    first = cut.export("a") / "film.mp4"
    before = first.read_bytes()
    for made in [*(film.folder / "cache").rglob("*.mp4")]:
        made.write_bytes(b"junk")
    assert (cut.export("b") / "film.mp4").read_bytes() == before


def test_what_is_damaged_in_the_film_is_named_and_nothing_is_delivered(film, cut):
    take, song = film.folder / "media" / "takes" / "01A-001.mp4", next((film.folder / "song").glob("*.wav"))
    for file in (take, song):
        whole = file.read_bytes()
        file.unlink()
        for broken in (None, b"", whole[:-1] + bytes([whole[-1] ^ 1])):
            if broken is not None:
                file.write_bytes(broken)
            assert file.name in sentence(cut.export, "x")
            assert file.name in sentence(cut.render)
        file.write_bytes(whole)
    assert list((film.folder / "deliveries").iterdir()) == []
    assert list(film.folder.glob("*.mp4")) == []


def test_a_database_of_something_else_is_never_written_nor_moved(tmp_path):
    """A film from somebody else may name any file as its database."""
    cookies, letters = tmp_path / "cookies.db", tmp_path / "letters.txt"
    with closing(sqlite3.connect(cookies)) as other:
        other.execute("CREATE TABLE cookies (name)")
        other.commit()
    letters.write_text("dear diary " * 100)
    for file in (cookies, letters):
        before = file.read_bytes()
        with studio.new(tmp_path / file.stem, authors=["ada"]) as film:
            film.write("01A", "A schoolyard.")
        toml = film.folder / "film.toml"
        toml.write_text(toml.read_text("utf-8").replace('database_url = ""', f'database_url = "sqlite:///{file}"'))
        sentence(studio.open, film.folder)
        if file is letters:
            assert "letters.txt is no film's log and stays as it is" in sentence(rebuild, film.folder)
        assert file.read_bytes() == before


def test_a_folder_where_the_database_should_be_is_named(film):
    film.write("01A", "A schoolyard.")
    film.close()
    (film.folder / "film.db").unlink()
    (film.folder / "film.db").mkdir()
    assert "film.db of film is a folder: move it away" in sentence(studio.open, film.folder)
    assert "film.db is a folder: move it away" in sentence(rebuild, film.folder)
    (film.folder / "film.db").rmdir()
    rebuild(film.folder)
    with studio.open(film.folder) as again:
        assert again.prompts("01A")["scene_text"].tolist() == ["A schoolyard."]
