"""Text on pictures."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from studio.media import draw_text, text_frame, text_width, wrap


def drawn(text: str, **how: int) -> np.ndarray:
    image = np.zeros((60, 300, 3), np.uint8)
    draw_text(image, text, (10, 40), size=30, **how)
    return image


@pytest.mark.parametrize("letter", ["ä", "ß", "é", "ñ", "Ł", "ő", "œ", "–", "×", "Ж", "λ", "日", "’"])
def test_letters_beyond_ascii_are_drawn(letter: str) -> None:
    picture = drawn(letter)
    assert picture.any()
    assert not np.array_equal(picture, drawn("?"))


def test_an_accent_is_not_lost() -> None:
    assert not np.array_equal(drawn("Take"), drawn("Täke"))


def test_text_stands_where_it_is_put() -> None:
    width = text_width("PREVIZ 07A-003", 20)
    for align, left in (("left", 200), ("centre", 200 - width // 2), ("right", 200 - width)):
        image = np.zeros((50, 400, 3), np.uint8)
        draw_text(image, "PREVIZ 07A-003", (200, 30), size=20, align=align)  # type: ignore[arg-type]
        columns = np.flatnonzero(image.any(axis=(0, 2)))
        rows = np.flatnonzero(image.any(axis=(1, 2)))
        assert abs(int(columns[0]) - left) <= 3
        assert abs(int(columns[-1]) - (left + width)) <= 3
        assert 10 <= rows[0] < rows[-1] <= 31


def test_text_that_does_not_fit_is_cut_off() -> None:
    image = np.zeros((40, 50, 3), np.uint8)
    draw_text(image, "a long line of words", (10, 15), size=12)
    assert not image[22:].any()


def test_control_characters_are_not_drawn() -> None:
    assert np.array_equal(drawn("a b"), drawn("a\nb"))


def test_threads_that_draw_at_once_draw_the_same() -> None:
    weights = [300, 700, 400] * 20
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda weight: drawn("Täke 07A-003", weight=weight), weights))
    for weight, picture in zip(weights, together, strict=True):
        assert np.array_equal(picture, drawn("Täke 07A-003", weight=weight))


@pytest.mark.parametrize(
    "text",
    ["Endless Zoom", "Endless Zoom\nwords by Ada, camera by Björn", "a word " * 60, "unbreakable" * 12, "", "x\n" * 12],
)
def test_a_card_holds_its_text_inside_the_picture(text: str) -> None:
    card = text_frame(text, 320, 180, colour=(255, 255, 255), ground=(0, 0, 0))
    assert card.shape == (180, 320, 3)
    assert card.any() == bool(text.strip())
    border = np.ones((180, 320), bool)
    border[4:-4, 4:-4] = False
    assert len(text) > 100 or not card[border].any()
    assert np.array_equal(card, text_frame(text, 320, 180, colour=(255, 255, 255), ground=(0, 0, 0)))


def test_lines_break_between_words() -> None:
    lines = wrap("the students are getting bigger and faster", 20, 150)
    assert " ".join(lines) == "the students are getting bigger and faster"
    assert len(lines) > 1
    assert all(text_width(line, 20) <= 150 for line in lines)
