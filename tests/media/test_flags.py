"""What stands out in a clip."""

from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import BadInput
from studio.media import KINDS, Flags, Probe, blurred, differing, near_duplicates, noticed
from studio.media.flags import Grey, black, picture_hash
from studio.nouns import Request

RATE = 24
WIDTH, HEIGHT = 256, 144


def texture(seed: int = 1, width: int = 320, height: int = 200, sigma: float = 3.0) -> Grey:
    """A blotchy picture of mean 128."""
    noise = np.random.default_rng(seed).normal(size=(height, width))
    soft = cv2.GaussianBlur(noise, (0, 0), sigma)
    return np.clip(128 + 40 * soft / soft.std(), 0, 255).astype(np.uint8)


def panning(frames: int = 24, step: int = 1, seed: int = 1, sigma: float = 3.0) -> list[Grey]:
    whole = texture(seed, sigma=sigma)
    return [whole[20 : 20 + HEIGHT, k * step : k * step + WIDTH].copy() for k in range(frames)]


def seen(frames: list[Grey], cuts_s: tuple[float, ...] = (), rate: float = RATE) -> Flags:
    return noticed(frames, [k / rate for k in range(len(frames))], cuts_s)


def test_a_clip_like_any_other_raises_no_flag() -> None:
    found = seen(panning())
    assert found.raised == ()
    assert found.words == ""
    assert (found.black, found.frozen_s, found.letterbox, found.pillarbox) == (0, 0, 0, 0)


def test_black_frames_are_counted_and_a_night_with_lamps_is_none() -> None:
    frames = panning(24)
    for k in range(6, 12):
        frames[k] = np.random.default_rng(k).integers(0, 12, (HEIGHT, WIDTH), np.uint8)
    found = seen(frames)
    assert found.black == 6 / 24
    assert "black" in found.raised
    assert "frozen" not in found.raised
    night = np.full((HEIGHT, WIDTH), 6, np.uint8)
    night[40:60, 30:80] = 150
    assert not black(night)


def test_the_longest_time_without_a_change_is_told_in_seconds() -> None:
    frames = panning(40)
    frames[10:26] = [frames[10]] * 16
    frames[30:33] = [frames[30]] * 3
    found = seen(frames)
    assert found.frozen_s == pytest.approx(15 / RATE)
    assert found.raised == ("frozen",)
    assert seen(frames, rate=48).frozen_s == pytest.approx(15 / 48)


def test_a_locked_off_shot_with_grain_or_one_moving_face_is_not_frozen() -> None:
    rng = np.random.default_rng(2)
    still = texture()[:HEIGHT, :WIDTH].astype(float)
    grainy = [np.clip(still + rng.normal(0, 1.5, still.shape), 0, 255).astype(np.uint8) for _ in range(24)]
    assert seen(grainy).frozen_s == 0
    face = [texture()[:HEIGHT, :WIDTH].copy() for _ in range(24)]
    for k, frame in enumerate(face):
        cv2.circle(frame, (100 + 2 * k, 70), 9, 230, -1)
    assert seen(face).frozen_s == 0


def test_a_strobe_flickers_and_a_fade_does_not() -> None:
    frames = panning()
    strobe = [np.clip(frame * (1.15 if k % 2 else 0.85), 0, 255).astype(np.uint8) for k, frame in enumerate(frames)]
    fade = [(frame * (k / len(frames))).astype(np.uint8) for k, frame in enumerate(frames)]
    assert seen(strobe).flicker > 50
    assert "flicker" in seen(strobe).raised
    assert seen(fade).flicker < 1


def test_the_light_of_two_shots_that_are_cut_together_is_no_flicker() -> None:
    dark = [frame // 3 for frame in panning(12, seed=2)]
    frames = panning(12) + dark
    assert seen(frames).flicker > seen(frames, cuts_s=(12 / RATE,)).flicker
    assert seen(frames, cuts_s=(12 / RATE,)).flicker < 1
    assert seen(frames, cuts_s=(12 / RATE,)).raised == ("cut",)


@pytest.mark.parametrize(("top", "side"), [(18, 0), (0, 32), (10, 16), (0, 0)])
def test_black_bars_are_told_as_a_share_of_either_side(top: int, side: int) -> None:
    frames = [np.maximum(frame, 30) for frame in panning()]
    for k, frame in enumerate(frames):
        inside = np.zeros_like(frame, bool)
        inside[top : HEIGHT - top, side : WIDTH - side] = True
        frame[~inside] = np.random.default_rng(k).integers(0, 4)
    found = seen(frames)
    assert found.letterbox == pytest.approx(2 * top / HEIGHT)
    assert found.pillarbox == pytest.approx(2 * side / WIDTH)
    assert ("letterbox" in found.raised, "pillarbox" in found.raised) == (top > 0, side > 0)


def test_a_picture_that_only_ends_in_the_dark_and_one_that_is_dark_all_over_have_no_bars() -> None:
    floor = [np.maximum(frame, 30) for frame in panning()]
    for frame in floor:
        frame[100:] = 2
    assert seen(floor).letterbox == 0
    assert seen([np.zeros((HEIGHT, WIDTH), np.uint8)] * 5).letterbox == 0


def test_blur_is_told_against_the_film_s_own_takes() -> None:
    sharp = [seen(panning(6, seed=k, sigma=1.0)).sharpness for k in range(6)]
    soft = seen([cv2.GaussianBlur(frame, (0, 0), 2.0) for frame in panning(6, sigma=1.0)]).sharpness
    assert blurred([*sharp, soft]).tolist() == [False] * 6 + [True]
    assert blurred([*sharp, float("nan")]).tolist() == [False] * 7
    assert blurred([1.0, 100.0]).tolist() == [False, False]
    assert blurred([]).tolist() == []


def test_another_size_or_rate_than_asked_for_is_told() -> None:
    step = Fraction(1, 24)
    asked = Request(
        "r",
        "p",
        "07A",
        "previz",
        "previz",
        "",
        "",
        "",
        "",
        width=1280,
        height=720,
        rate=Fraction(24),
        frames=48,
        seed=1,
    )
    facts = Probe(1280, 720, Fraction(24), 48, False, "h264", False, Fraction(0), step, step)
    assert differing(facts, asked) == ()
    assert differing(replace(facts, rate=Fraction(24000, 1001)), asked) == ()
    assert differing(replace(facts, width=1248), asked) == ("size",)
    assert differing(replace(facts, rate=Fraction(25)), asked) == ("rate",)
    assert differing(replace(facts, width=720, height=1280, variable_rate=True), asked) == ("size", "rate")


def test_the_same_picture_again_is_found_at_any_size_and_light_and_another_is_not() -> None:
    pictures = [texture(k, sigma=12.0) for k in range(20)]
    hashes = [picture_hash(picture) for picture in pictures]
    again = cv2.resize(pictures[3], (161, 91), interpolation=cv2.INTER_AREA)
    brighter = np.clip(again * 0.8 + 30, 0, 255).astype(np.uint8)
    assert (picture_hash(brighter) ^ hashes[3]).bit_count() <= 6
    assert min((a ^ b).bit_count() for k, a in enumerate(hashes) for b in hashes[:k]) > 6


def test_near_duplicates_are_alike_in_all_three_frames_and_the_nearest_comes_first() -> None:
    rows = [(1, 2, 3), (9 << 40, 2, 3), (1, 2, 3 | 1 << 60), (1, 2, 3), (~0 & 2**64 - 1, 2, 3)]
    assert near_duplicates(rows) == [(0, 3, 0), (0, 2, 1), (2, 3, 1), (0, 1, 3), (1, 2, 3), (1, 3, 3)]
    assert near_duplicates([]) == []
    assert near_duplicates([(1, 2, 3)]) == []


def test_near_duplicates_far_apart_in_a_shot_of_very_many_takes_are_found() -> None:
    rows = np.random.default_rng(1).integers(0, 2**63, (300, 3)).tolist()
    rows[299], rows[130] = [rows[0][0] ^ 1, *rows[0][1:]], [rows[127][0], rows[127][1] ^ 6, rows[127][2]]
    assert near_duplicates(rows) == [(0, 299, 1), (127, 130, 2)]


@given(st.lists(st.tuples(*[st.integers(0, 2**64 - 1)] * 3), max_size=12))
def test_pairs_of_near_duplicates_are_those_that_counting_bits_finds(rows: list[tuple[int, int, int]]) -> None:
    rows += [(a ^ 1, b, c ^ 6) for a, b, c in rows[:3]]
    bits = {
        (i, j): max((a ^ b).bit_count() for a, b in zip(rows[i], rows[j], strict=True))
        for j in range(len(rows))
        for i in range(j)
    }
    assert {(i, j): n for i, j, n in near_duplicates(rows)} == {pair: n for pair, n in bits.items() if n <= 6}


@given(
    st.builds(
        Flags,
        black=st.floats(0, 1),
        frozen_s=st.floats(0, 600),
        flicker=st.floats(0, 255),
        cuts_s=st.lists(st.floats(0, 600), max_size=3).map(tuple),
        sharpness=st.floats(0, 1e6),
        letterbox=st.floats(0, 1),
        pillarbox=st.floats(0, 1),
    )
)
def test_flags_come_back_from_json_as_they_were(found: Flags) -> None:
    back = Flags.from_json(found.to_json())
    assert back.to_json() == found.to_json()
    assert back.cuts_s == found.cuts_s
    assert back.black == pytest.approx(found.black, abs=1e-4)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"black":1}', "nonsense"])
def test_what_is_no_flags_is_one_sentence(text: str) -> None:
    with pytest.raises(BadInput, match="no flags as JSON"):
        Flags.from_json(text)


def test_no_frame_has_no_flags() -> None:
    with pytest.raises(BadInput, match="no frame was given"):
        noticed([], [])


@pytest.mark.parametrize("shape", [(1, 1), (1, 256), (256, 1), (2, 2), (16, 16)])
def test_pictures_of_any_shape_are_looked_at(shape: tuple[int, int]) -> None:
    frames = [np.full(shape, 100 + 5 * k, np.uint8) for k in range(3)]
    assert seen(frames).black == 0
    assert 0 <= picture_hash(frames[0]) < 2**64


def test_every_flag_has_a_unit_and_a_reason_for_its_level() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert all(kind.unit and kind.why and kind.level > 0 for kind in KINDS)
