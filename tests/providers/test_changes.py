"""What becomes of a shot on the way to a model: the pieces spell the text, and each change knows what it is about."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.nouns import Continuity, Prompt
from studio.providers import Explains, names, provider
from studio.providers.catalogue import ANY, catalogue
from studio.providers.changes import CAMERA_DATA, Asked, Change, Explained, Piece, cut_after, told
from studio.providers.fitting import fit
from studio.writing import compose_parts
from tests.providers.asking import prompt

HERE = {"base_url": "http://localhost:8000"}  # of a server of one's own
ROWS = [row for rows in catalogue().models.values() for row in rows if row.provider in names()]
MODELS = [  # provider, model, and the kind of server
    (row.provider, "acme/moving" if row.name == ANY else row.name, dialect)
    for row in ROWS
    for dialect in row.dialects or ("",)
] + [("previz", "layers", ""), ("folder", "website", "")]
NEED_A_STILL = {row.name for row in ROWS if row.first_frame and row.first_frame.required}
KINDS = {"joined", "worded", "dropped", "snapped", "clamped", "added", "doubt", "said"}
PARTS = {
    "camera", "portals", "scene", "continuity", "style", "text", "avoid", "length", "picture", "rate", "seed",
    "first_frame", "last_frame", "guide", "model",
}  # fmt: skip
CAMERAS = ("", "push in", "slow push in, then pan left", "static", "fast truck left, tilt up", "a wobble, zoom in")


def words(scene: str = "Two teenagers in a corridor", camera: str = "push in, then pan left") -> Prompt:
    return replace(
        prompt(camera, scene, avoid="slow motion, text"), style="16 mm film", portal_in="the keyhole",
        portal_out="the bubble", continuity=Continuity("Nell", "17", "1986", "a corridor"),
    )  # fmt: skip


def explained(name: str, model: str, said: Prompt, dialect: str = "", **given: object) -> Explained:
    """With a first frame, where the model makes nothing without one."""
    maker = provider(name, {**HERE, "dialect": dialect} if name == "openai_videos" else None)
    assert isinstance(maker, Explains)
    grid = {"frames": 106, "rate": Fraction(24), "width": 1280, "height": 720, "seed": 7}
    still = {"first_frame": "a.png"} if model in NEED_A_STILL else {}
    return maker.explain(Asked(said, **grid | still | given), "r", model)


def spelled(found: Explained) -> str:
    return " ".join(piece.text for piece in found.pieces if piece.sent)


@pytest.mark.parametrize(("name", "model", "dialect"), MODELS)
def test_the_pieces_of_every_model_spell_its_text_and_its_changes_are_its_sentences(
    name: str, model: str, dialect: str
) -> None:
    assert len(MODELS) > 50
    for camera in CAMERAS:
        for scene in ("Two teenagers in a corridor", "Die Brücke über 𝕏 dem Fluß " * 300):
            found = explained(name, model, words(scene, camera), dialect)
            assert spelled(found) == found.request.text
            logged = [change.sentence for change in found.changes]
            assert tuple(logged[: len(found.request.dropped)]) == found.request.dropped
            assert all(change.kind == "joined" for change in found.changes[len(found.request.dropped) :])
            assert {change.kind for change in found.changes} <= KINDS
            assert {change.part for change in found.changes} <= PARTS
            assert found.most_characters is None or found.characters <= found.most_characters


@pytest.mark.parametrize(("name", "model", "dialect"), MODELS)
def test_avoid_words_are_struck_just_where_they_are_not_sent(name: str, model: str, dialect: str) -> None:
    found = explained(name, model, words(), dialect)
    struck = [piece.text for piece in found.pieces if piece.part == "avoid"]
    dropped = any((change.kind, change.part) == ("dropped", "avoid") for change in found.changes)
    assert struck == (["slow motion, text"] if dropped else [])
    if not dropped:
        assert "slow motion, text" in found.request.payload_json


@given(
    st.sampled_from(MODELS), st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=4000),
    st.sampled_from(CAMERAS), st.booleans(),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_no_words_whatever_break_the_spelling(
    which: tuple[str, str, str], scene: str, camera: str, with_style: bool
) -> None:
    said = replace(words(scene, camera), style="Wärme, 16 mm" if with_style else "")
    found = explained(which[0], which[1], said, which[2])
    assert spelled(found) == found.request.text
    for part in ("scene", "style"):
        written = dict(compose_parts(said)).get(part, "")
        told_of = "".join(piece.text for piece in found.pieces if piece.part == part)
        assert "".join(told_of.split()) == "".join(written.split())


def test_what_does_not_fit_stands_struck_part_by_part_after_what_is_sent() -> None:
    found = explained("runway", "gen4.5", words("The long corridor " * 60))
    assert [(piece.part, piece.struck) for piece in found.pieces] == [
        ("camera", False), ("portals", False), ("scene", False), ("scene", True), ("continuity", True), ("style", True),
        ("avoid", True),
    ]  # fmt: skip
    assert found.most_characters == 1000
    assert [change.part for change in found.changes if change.kind == "dropped"] == ["text", "avoid"]


@given(st.lists(st.text("ab", min_size=1, max_size=6), min_size=1, max_size=5), st.data())
def test_cutting_pieces_keeps_the_beginning_of_the_text_and_loses_no_letter(
    texts: list[str], data: st.DataObject
) -> None:
    pieces = [Piece(f"part {k}", text) for k, text in enumerate(texts)]
    text = " ".join(texts)
    kept = data.draw(st.sampled_from([k for k in range(1, len(text) + 1) if text[k - 1] != " "]))
    cut = cut_after(pieces, kept)
    assert " ".join(piece.text for piece in cut if piece.sent) == text[:kept]
    for piece in pieces:
        assert "".join(each.text for each in cut if each.part == piece.part) == piece.text


def test_words_before_everything_else_and_brackets_are_pieces_of_their_own() -> None:
    gemini = explained("gemini_omni", "", words(), first_frame="a.png", guide="b.mp4")
    assert [piece.part for piece in gemini.pieces][:4] == ["first_frame", "guide", "text", "guide"]
    assert ("added", "text") in {(change.kind, change.part) for change in gemini.changes}
    brackets = fit(replace(ROWS[0], camera="hailuo"), Asked(words(), 120, Fraction(24), 1280, 720, 7)).pieces[0]
    assert (brackets.part, brackets.text) == ("camera", "[Push in] [Pan left]")


def test_a_camera_that_goes_as_data_is_shown_beside_the_words() -> None:
    found = explained("fal", "kling v1", words(camera="pan right, tilt up"))
    (shown,) = [piece for piece in found.pieces if piece.part == CAMERA_DATA]
    assert shown.text == 'advanced_camera_control: {"movement_type": "pan", "movement_value": 5}'
    assert not shown.sent
    assert shown.text not in found.request.text
    assert ("worded", "camera") in {(change.kind, change.part) for change in found.changes}


@pytest.mark.parametrize(
    ("frames", "kind"), [(106, "snapped"), (120, ""), (24 * 30, "clamped")], ids=["4.4 s", "5 s", "30 s"]
)
def test_a_length_is_snapped_to_a_longer_clip_and_clamped_to_the_longest(frames: int, kind: str) -> None:
    found = explained("runway", "gen4.5", words(), frames=frames)
    assert [change.kind for change in found.changes if change.part == "length"] == ([kind] if kind else [])


def test_moves_in_order_are_told_to_become_one_sentence_and_nothing_is_logged_of_it() -> None:
    found = explained("runway", "gen4.5", words())
    (joined,) = [change for change in found.changes if change.kind == "joined"]
    assert joined.sentence == "2 moves in order became one sentence: gen4.5 at runway takes no timing"
    assert joined.sentence not in found.request.dropped
    for other in (words(camera="push in"), words(camera="")):
        assert not [change for change in explained("runway", "gen4.5", other).changes if change.kind == "joined"]


def test_the_seed_is_the_one_that_is_sent() -> None:
    assert explained("previz", "", words()).seed == 7
    assert explained("runway", "kling3.0_pro", words()).seed is None
    assert explained("runway", "gen4.5", words()).seed == 7


def test_each_sentence_is_told_once_where_it_was_told_first() -> None:
    one, two = Change("dropped", "avoid", "a"), Change("said", "model", "b")
    assert told(one, None, two, Change("said", "model", "a"), two) == (one, two)
