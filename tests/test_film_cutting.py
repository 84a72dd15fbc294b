"""A cut in hand: chosen for its joins, edited, solved again, compared; on stand-ins that were really made."""

from fractions import Fraction

import pytest

import studio
from studio.errors import BadInput, StudioError, TooShort
from studio.media import encode, probe, read_frames
from studio.nouns import Transition
from tests.clips import make_song

SHOTS = ("01A", "02A", "03A")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three shots of one endless zoom, two takes of each; the second of 02A is the same flown backwards."""
    folder = tmp_path_factory.mktemp("cutting")
    song = make_song(folder / "song.wav", seconds=6)
    film = studio.new(folder / "film", title="Joins", size=(320, 180), authors=["ada"])
    film.song.attach(song)
    for shot in SHOTS:
        film.write(shot, "A street with houses.", camera="fast push in")
    for handle in [film.generate(shot, takes=1 if shot == "02A" else 2, seconds=2.5) for shot in SHOTS]:
        handle.wait()
    first = film.library.take("02A-001")
    backwards = folder / "backwards.mp4"
    encode(read_frames(first, range(59, -1, -1)), backwards, rate=film.settings.rate)
    film.adopt(backwards, shot="02A")
    film.write("04A", "A beach.", camera="static")
    for take in film.takes()["take"]:
        film.circle(take)
    with film:
        yield film


@pytest.fixture(scope="module")
def cut(made):
    return made.arrange(name="solved")


def takes(cut) -> list[str]:
    return cut.to_frame()["take"].tolist()


def test_an_endless_zoom_with_a_take_flown_backwards_avoids_it(made, cut):
    assert takes(cut)[1] == "02A-001"
    swapped = cut.swap(2, "02A-002")
    assert swapped.joins()["score"].sum() < cut.joins()["score"].sum()
    assert "zoom turns round" in swapped.joins()["said"].str.cat(sep="; ")


def test_how_a_slot_came_about_says_where_it_lies_and_what_its_joins_are_worth(cut):
    first = cut.to_frame()["how"].iloc[0]
    assert first.startswith(("bar 1; joins: out .", "bars 1–2; joins: out ."))
    middle, table = cut.to_frame()["how"].iloc[1], cut.joins()
    for side, score, word in zip(("in", "out"), table["score"], table["word"], strict=True):
        assert f"{side} {score:.2f}".replace("0.", ".") + f" {word}" in middle


def test_the_same_film_gives_the_same_cut(made, cut):
    assert made.arrange(name="solved").value.slots == cut.value.slots
    assert cut.solve().value.slots == cut.value.slots


def test_each_edit_is_a_new_version_and_the_difference_is_told(made, cut):
    swapped = cut.swap(2, "02A-002").pin(2)
    assert [version.slots[1].pinned for version in made.log.cuts()[-2:]] == [False, True]
    assert takes(swapped.solve())[1] == "02A-002"
    assert swapped.difference(cut).words == "1 slot changed: 1 swapped"
    assert made.cut().difference(cut.value.version).notes == ("pinned: 02A-002",)
    assert swapped.pin(2, False).solve().difference(cut).words == "no slot changed"


def test_a_cut_is_edited_by_hand(cut):
    edited = cut.trim(1, 3).slip(1, 2).retime(2, "1/2").roll(1, 4).aim(2, "match")
    assert edited.value.slots[0].in_frames == 5
    assert (edited.value.slots[1].speed, edited.value.slots[1].aim) == (Fraction(1, 2), "match")
    assert edited.value.frames == cut.value.frames
    assert edited.joins()["aim"].tolist() == ["match", "flow"]


def test_a_dissolve_is_stored_as_an_edit_and_rendered_in_the_way_that_is_asked_for(made, cut):
    edited = cut.trim(1, 0).trim(2, 3).dissolve(2, 4)
    assert made.log.cuts()[-1].slots[1].transition == Transition("dissolve", 4)
    with pytest.raises(TooShort, match="a dissolve of 4 frames into slot 2 needs 2 on either side"):
        edited.trim(2, 1)
    path = edited.render(preset="preview", titles={1: "1986"}, burn_in=True)
    assert path == made.folder / f"Joins-v{edited.value.version}-preview.mp4"
    assert probe(path).frames == edited.value.frames
    assert edited.dissolve(2, 0).value.slots[1].transition is None


def test_alternates_cost_what_the_whole_loses(cut):
    table = cut.alternates(2)
    assert table["take"].tolist() == ["02A-001", "02A-002"]
    assert table["price"].iloc[0] == 0 < table["price"].iloc[1]
    assert table["in_cut"].tolist() == [True, False]


def test_pins_bans_aims_and_holes_are_wishes_for_arranging(made, cut):
    pinned = made.arrange(pin={"02A": "02A-002"}, aim="match")
    assert (takes(pinned)[1], pinned.value.slots[1].pinned, pinned.value.aim) == ("02A-002", True, "match")
    banned = made.arrange(ban=["02A-001"])
    assert (takes(banned)[1], banned.value.banned) == ("02A-002", ("02A-001",))
    assert takes(banned.ban("02A-001", False).solve())[1] == "02A-001"
    holes = made.arrange(holes=True)
    assert takes(holes)[-1] == "empty-04A"
    assert (made.folder / holes.value.slots[-1].source.file).is_file()
    assert holes.joins()["said"].iloc[-1] == "beside a card"


def test_a_card_is_as_long_as_its_slot_after_a_roll(made):
    holes = made.arrange(holes=True)
    rolled = holes.roll(3, -3)
    assert rolled.value.slots[-1].source.frames == rolled.value.slots[-1].frames == holes.value.slots[-1].frames + 3


def test_bad_input_is_one_sentence_and_nothing_is_stored(made, cut):
    before = len(made.log.cuts())
    wrong = (
        (lambda: made.arrange(pin={"02A": "01A-001"}), BadInput, "01A-001 is a take of 01A, and is pinned to 02A"),
        (lambda: made.arrange(pin="02A-001"), BadInput, "is no take for a shot"),
        (lambda: made.arrange(ban="02A-001"), BadInput, "is no list: write ban="),
        (lambda: made.arrange(ban=["02A-001", "02A-002"]), BadInput, "every circled take of 02A is banned"),
        (lambda: made.arrange(pin={"02A": "02A-001"}, ban=["02A-001"]), BadInput, "02A-001 is pinned and banned"),
        (lambda: made.arrange(aim="shock"), BadInput, "'shock' is no aim of a join"),
        (lambda: cut.trim(1, 70), TooShort, "trim to"),
        (lambda: cut.difference("first"), BadInput, "'first' is no cut"),
        (lambda: cut.alternates(9), BadInput, "the number of a slot in this cut cannot be 9"),
    )
    for act, kind, sentence in wrong:
        with pytest.raises(StudioError, match=sentence) as raised:
            act()
        assert type(raised.value) is kind
    assert len(made.log.cuts()) == before
