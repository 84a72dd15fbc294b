"""Title and end cards: as long as asked, legible, dark at both ends, the same every time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pytest

from studio.delivery.cards import make_card
from studio.delivery.rendering import render
from studio.errors import BadInput
from studio.log import Settings
from studio.media import probe, read_frames, sha256_of


def settings(rate=Fraction(24), width=320, height=180):
    return Settings(title="Endlose Fahrt", rate=rate, width=width, height=height)


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24000, 1001), Fraction(25), Fraction(30)], ids=str)
@pytest.mark.parametrize("frames", [1, 7, 80])
def test_a_card_has_exactly_the_frames_and_the_rate_of_its_slot(rate, frames, tmp_path):
    card = make_card(tmp_path, settings(rate), "title", "Größer als der Morgen", frames)
    found = probe(tmp_path / card.file)
    assert (found.frames, found.rate, found.variable_rate) == (frames, rate, False)
    assert (card.frames, card.rate, card.width, card.height) == (frames, rate, 320, 180)
    assert (card.kind, card.name, card.reel, card.take_id) == ("card", "title", "TITLE", "")
    assert card.sha256 == sha256_of(tmp_path / card.file)


def test_the_words_come_out_of_the_dark_and_go_back_into_it(tmp_path):
    card = make_card(tmp_path, settings(), "title", "Größer\nals der Morgen", 72)
    first, middle, last = (f.astype(int) for f in read_frames(tmp_path / card.file, [0, 36, 71]))
    assert first.max() < 12
    assert middle.max() > 200
    assert last.max() < 40
    lit = np.argwhere(middle.max(2) > 120)
    (top, left), (bottom, right) = lit.min(0), lit.max(0)
    assert abs((left + right) / 2 - 160) < 4  # in the middle, with room around
    assert left > 20
    assert top > 20
    assert bottom < 160


def test_each_letter_of_a_word_with_umlauts_is_drawn(tmp_path):
    """A font that lacks ö draws the same sign for each letter that it lacks."""
    pictures = []
    for text in ("o", "ö", "ő", "日"):
        card = make_card(tmp_path, settings(), "title", text, 12)
        pictures.append(read_frames(tmp_path / card.file, [6])[0].astype(int))
    for n, one in enumerate(pictures):
        assert all(np.abs(one - other).max() > 40 for other in pictures[n + 1 :])


@pytest.mark.parametrize(("width", "height"), [(320, 180), (240, 426), (256, 256), (640, 272)])
@pytest.mark.parametrize("name", ["title", "end"])
def test_long_words_are_broken_and_made_smaller_until_they_fit(name, width, height, tmp_path):
    text = "Donaudampfschifffahrtsgesellschaft\nWorte: " + "sehr lange Namen, " * 12
    card = make_card(tmp_path, settings(width=width, height=height), name, text, 24)
    picture = read_frames(tmp_path / card.file, [12])[0].max(2)
    assert picture.max() > 90
    edge = np.concatenate([picture[:, :4].ravel(), picture[:, -4:].ravel(), picture[:4].ravel(), picture[-4:].ravel()])
    assert edge.max() < 60


def test_a_card_is_made_once_and_other_words_make_another(tmp_path):
    card = make_card(tmp_path, settings(), "end", "Worte: Mara", 24)
    made = (tmp_path / card.file).stat().st_mtime_ns
    assert make_card(tmp_path, settings(), "end", "Worte: Mara", 24) == card
    assert (tmp_path / card.file).stat().st_mtime_ns == made
    other = make_card(tmp_path, settings(), "end", "Worte: Jon", 24)
    assert other.file != card.file
    assert make_card(tmp_path, settings(), "end", "Worte: Mara", 25).file != card.file
    assert sorted(p.name for p in (tmp_path / "media/cards").iterdir()) == sorted(
        c.file_name for c in (card, other, make_card(tmp_path, settings(), "end", "Worte: Mara", 25))
    )


def test_the_same_card_has_the_same_bytes_in_another_film(tmp_path):
    one = make_card(tmp_path / "one", settings(), "title", "Endlose Fahrt", 30)
    two = make_card(tmp_path / "two", settings(), "title", "Endlose Fahrt", 30)
    assert (one.file, one.sha256) == (two.file, two.sha256)


def test_two_that_make_the_same_card_at_once_get_the_same_one(tmp_path):
    with ThreadPoolExecutor(2) as pool:
        made = [pool.submit(make_card, tmp_path, settings(), "title", "Endlose Fahrt", 30) for _ in range(2)]
        one, two = (card.result() for card in made)
    assert one == two
    assert [path.name for path in (tmp_path / "media/cards").iterdir()] == [one.file_name]


def test_a_card_stands_in_the_film_like_a_take(film):
    title = make_card(film.folder, settings(width=160, height=96), "title", "Fahrt", 20)
    take = film.take(24, 40)
    report = render(film.cut([(title, 20, 0, 1), (take, 20, 3, 1)]), film.folder, film.folder / "film.mp4")
    shown = read_frames(report.path, [10])[0].astype(int)
    assert np.abs(shown - read_frames(film.folder / title.file, [10])[0].astype(int)).max() < 30
    assert report.frames == 40


def test_mistakes_with_cards_are_told(tmp_path):
    with pytest.raises(BadInput, match=r"the title card has no words: write title_card in film.toml"):
        make_card(tmp_path, settings(), "title", " \n ", 24)
    with pytest.raises(BadInput, match=r"the end card cannot last 0 frames"):
        make_card(tmp_path, settings(), "end", "Ende", 0)
    with pytest.raises(BadInput, match=r"'middle' is not a card"):
        make_card(tmp_path, settings(), "middle", "Mitte", 24)


def test_an_empty_card_is_still_and_says_what_is_missing(tmp_path):
    one = make_card(tmp_path, settings(), "empty-07A", "07A", 12)
    assert (one.name, one.reel, one.frames) == ("empty-07A", "EMPTY07A", 12)
    first, last = read_frames(tmp_path / one.file, [0, 11])
    assert np.abs(first.astype(int) - last).max() < 8
    blank = make_card(tmp_path, settings(), "empty-12", "", 12)
    (nothing,) = read_frames(tmp_path / blank.file, [6])
    assert nothing.max() < 60 < 100 < first.max()
    assert make_card(tmp_path, settings(), "empty-07AB", "07AB", 12).reel == "EMPT07AB"
    with pytest.raises(BadInput, match="is not a card"):
        make_card(tmp_path, settings(), "empty-../07A", "", 12)
