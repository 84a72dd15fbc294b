"""A sound effect is bought once, kept once, and named in a slot."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import studio
from studio.errors import AskFirst, BadInput, NotFound, OverBudget, Paused, Refused, StudioError
from studio.film import Film
from studio.media import Library, ffmpeg
from tests.clips import make_clip, make_song
from tests.fakes.elevenlabs import FakeElevenLabs


@pytest.fixture(scope="module")
def pop(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A second of sound as MP3."""
    folder = tmp_path_factory.mktemp("pop")
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=1"]
    ffmpeg([*tone, "-c:a", "libmp3lame", "-f", "mp3", folder / "pop.mp3"])
    return (folder / "pop.mp3").read_bytes()


@pytest.fixture
def service(pop: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeElevenLabs]:
    with FakeElevenLabs(pop) as fake:
        monkeypatch.setenv("ELEVENLABS_API_KEY", fake.key)
        monkeypatch.setenv("ELEVENLABS_BASE_URL", fake.url)
        yield fake


@pytest.fixture
def film(tmp_path: Path, service: FakeElevenLabs) -> Iterator[Film]:
    options = {"elevenlabs": {"base_url": service.url}}
    with studio.new(tmp_path / "film", size=(64, 64), authors=["ada"], providers=options) as film:
        film.write("07A", "her bubble gum pops", camera="push in")
        yield film


def test_a_sound_is_bought_kept_and_accounted_for(film: Film, service: FakeElevenLabs, pop: bytes) -> None:
    sound = film.sound("07A", "bubble gum pops", seconds=2)
    assert (sound.label, sound.state, sound.file) == ("07A-fx01", "made", "media/sounds/07A-fx01.mp3")
    assert (film.folder / sound.file).read_bytes() == pop
    row = film.sounds().iloc[0]
    assert (row["sound"], row["text"], row["provider"]) == ("07A-fx01", "bubble gum pops", "elevenlabs")
    # the answer names no bill: the dearest plan is reckoned with
    assert film.money.spent == Decimal("0.015") >= Decimal(service.bill_micro_usd) / 1_000_000 > 0
    ledger = film.money.ledger()
    assert list(ledger["take"]) == ["07A-fx01"]
    assert ledger["spent_usd"].sum() == film.money.spent
    assert film.takes().empty  # a sound is no take


def test_the_same_words_are_bought_once_unless_another_is_asked_for(film: Film, service: FakeElevenLabs) -> None:
    first = film.sound("07A", "bubble gum pops", seconds=2)
    assert film.sound("07A", " bubble  gum pops ", seconds=2) == first
    assert film.sound("07A", "bubble gum pops", seconds=2, again=True).label == "07A-fx02"
    assert film.sound("07A", "rain", seconds=2).label == "07A-fx03"
    assert len(service.jobs) == 3


@pytest.mark.parametrize("fault", ["lost", "reset", "bad gateway"])
def test_a_lost_answer_is_never_sent_again_by_itself(film: Film, service: FakeElevenLabs, fault: str) -> None:
    service.script("create", fault)
    with pytest.raises(StudioError, match=r"07A-fx01 was sent and the answer was lost .* not sent again by itself"):
        film.sound("07A", "bubble gum pops", seconds=2)
    assert film.money.at_risk > 0
    assert list(film.money.inbox()["take"]) == ["07A-fx01"]
    with pytest.raises(AskFirst, match=r"07A-fx01 was sent with the same words and nobody knows"):
        film.sound("07A", "bubble gum pops", seconds=2)
    assert len(service.jobs) == 1
    with pytest.raises(BadInput, match="say whether 07A-fx01 was charged for"):
        film.money.lost("07A-fx01")
    film.money.lost("07A-fx01", billed=True)
    assert (film.money.at_risk, film.money.inbox().empty) == (0, True)
    assert film.money.spent == Decimal("0.015")
    with pytest.raises(BadInput, match="07A-fx01 is ended and cannot be marked lost"):
        film.money.lost("07A-fx01", billed=False)


@pytest.mark.parametrize(("fault", "kind"), [("no credit", Paused), ("bad key", Paused), ("moderated", Refused)])
def test_a_no_costs_nothing_and_is_told(
    film: Film, service: FakeElevenLabs, fault: str, kind: type[StudioError]
) -> None:
    service.script("create", fault)
    with pytest.raises(kind) as told:
        film.sound("07A", "bubble gum pops", seconds=2)
    assert service.key not in str(told.value)
    assert (film.money.spent, film.money.reserved, film.money.at_risk) == (0, 0, 0)
    assert film.sounds()["state"].tolist() == ["ended"]
    assert film.sound("07A", "bubble gum pops", seconds=2).label == "07A-fx02"


def test_a_busy_service_is_asked_again(film: Film, service: FakeElevenLabs) -> None:
    service.script("create", "busy 0", "busy 0")
    assert film.sound("07A", "bubble gum pops", seconds=2).state == "made"
    assert len(service.jobs) == 1


def test_a_run_that_was_killed_after_it_sent_leaves_its_money_at_risk(film: Film, service: FakeElevenLabs) -> None:
    """As `kill -9` leaves it: the intent and the sending are written, and nothing after them."""
    from studio.generation import sounds

    keep = Library.keep_sound

    class Killed(BaseException):
        pass

    def dies(self: Library, content: bytes, label: str) -> str:
        raise Killed

    Library.keep_sound = dies
    try:
        with pytest.raises(Killed):
            film.sound("07A", "bubble gum pops", seconds=2)
    finally:
        Library.keep_sound = keep
    assert [sound.state for sound in film.log.sounds()] == ["sent"]
    assert film.money.at_risk == Decimal("0.015")
    assert sounds.sound_of(film.log, "07A-fx01").why == ""
    assert film.money.inbox()["choices"].tolist() == ['lost("07A-fx01", billed=…)']


def test_caps_hold_for_sounds_too(film: Film) -> None:
    with pytest.raises(OverBudget, match="this call may cost"):
        film.sound("07A", "bubble gum pops", seconds=20, cap_usd="0.0001")
    assert film.sounds().empty


def test_a_sound_is_named_in_a_slot_of_a_new_version_of_the_cut(film: Film, tmp_path: Path) -> None:
    film.song.attach(make_song(tmp_path / "song.wav", seconds=4))
    film.adopt(make_clip(tmp_path / "clip.mp4", frames=96), shot="07A")
    film.circle("07A-001")
    cut = film.arrange()
    sound = film.sound("07A", "bubble gum pops", seconds=2)
    loud = cut.sound(1, sound.label)
    assert loud.value.slots[0].sound == "media/sounds/07A-fx01.mp3"
    assert (cut.value.version, loud.value.version) == (1, 2)
    assert film.cut().value.slots[0].sound == sound.file
    assert loud.sound(1, "").value.slots[0].sound == ""
    with pytest.raises(NotFound, match="there is no sound '07A-fx09' in this film: there is 07A-fx01"):
        cut.sound(1, "07A-fx09")
    with pytest.raises(BadInput, match="the number of a slot in this cut cannot be 9"):
        cut.sound(9, sound.label)
    assert (loud.export("with-sound") / "film.otio").is_file()  # laying it on a track is the cutting room's


def test_the_log_with_sounds_is_made_again_from_its_journal(film: Film) -> None:
    from studio.log import Log, rebuild

    film.sound("07A", "bubble gum pops", seconds=2)
    before = film.log.sounds()
    film.close()
    for lost in film.folder.glob("film.db*"):
        lost.unlink()
    rebuild(film.folder)
    with Log.open(film.folder) as log:
        assert log.sounds() == before
        assert log.spent().spent_micro_usd == before[0].cost_micro_usd
