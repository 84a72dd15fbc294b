"""What a join needs to know of a take's ends."""

import json
import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.camera import Measured
from studio.errors import BadInput
from studio.media.features import END_S, Features, Picture, end, features, motion_at


def measured(times: list[float], rates: list[tuple[float, float, float, float]], seconds: float = 2.0) -> Measured:
    return Measured(
        seconds=seconds, times=tuple(times), rates=tuple(rates), totals=(0, 0, 0, 0), segments=(), moves=(), shake=0.0,
        speed="slow", parallax="unclear", parallax_cue=0.0, confidence=0.9, readable=True,
    )  # fmt: skip


STILL = measured([0.05, 1.95], [(0, 0, 0, 0)] * 2)


def picture(seed: int, shape: tuple[int, int] = (144, 256)) -> Picture:
    """Coloured blotches."""
    noise = np.random.default_rng(seed).normal(size=(*shape, 3))
    soft = cv2.GaussianBlur(noise, (0, 0), 20.0)
    return np.clip(128 + 45 * soft / soft.std(), 0, 255).astype(np.uint8)


def test_the_thumbnail_is_the_picture_in_lab() -> None:
    red = np.zeros((144, 256, 3), np.uint8)
    red[:, 128:] = (0, 0, 255)
    found = end(red, None)
    assert found.lab.shape == (9, 16, 3)
    assert found.lab[:, :7] == pytest.approx(0, abs=1)
    right = found.lab[:, 9:].reshape(-1, 3).mean(axis=0)
    assert right == pytest.approx([53.2, 80.1, 67.2], abs=1)  # CIE L*a*b* of sRGB red, D65


def test_the_histogram_is_shares_of_the_picture_and_nothing_is_lost_at_its_ends() -> None:
    green = np.zeros((90, 160, 3), np.uint8)
    green[:45] = (0, 255, 0)  # a* −86, b* 83: beyond both ends
    found = end(green, None)
    assert found.shares.shape == (3, 16)
    assert found.shares.sum(axis=1) == pytest.approx(1, abs=1e-3)
    assert found.shares[1, 0] == pytest.approx(0.5, abs=1e-4)
    assert found.shares[2, 15] == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize("shape", [(144, 256), (256, 144), (256, 256), (16, 16), (1, 256), (256, 1), (1, 1)])
def test_any_two_shapes_of_picture_compare(shape: tuple[int, int]) -> None:
    found = end(picture(1, shape), None)
    assert found.lab.shape == (9, 16, 3)
    assert found.shares.sum(axis=1) == pytest.approx(1, abs=1e-3)


def test_the_head_that_continues_a_tail_is_the_nearest_by_thumbnail_and_by_histogram() -> None:
    whole = [picture(seed, (150, 262)) for seed in range(12)]
    tails = [end(np.ascontiguousarray(each[:144, :256]), None) for each in whole]
    heads = [end(np.ascontiguousarray(each[3:147, 4:260]), None) for each in whole]
    for name in ("lab", "shares"):
        one, other = (np.array([getattr(each, name).ravel() for each in ends]) for ends in (tails, heads))
        apart = np.abs(one[:, None] - other[None]).sum(axis=2)
        assert apart.argmin(axis=1).tolist() == list(range(12)), name


def test_an_end_moves_as_the_camera_did_in_its_last_third_of_a_second() -> None:
    times = [0.1 + 0.2 * k for k in range(10)]
    rates = [(10.0 if t < END_S else 1.0 if t < 2 - END_S else -8.0, 2.0, 0.0, 0.0) for t in times]
    found = measured(times, rates)
    assert motion_at(found, last=False) == (10, 2, 0, 0)
    assert motion_at(found, last=True) == (-8, 2, 0, 0)


def test_steps_that_cannot_be_read_do_not_count_and_where_none_can_nothing_is_said() -> None:
    nan = (math.nan,) * 4
    found = measured([0.1, 0.2, 1.8, 1.9], [nan, (4, 0, 0, 0), nan, nan])
    assert motion_at(found, last=False) == (4, 0, 0, 0)
    assert motion_at(found, last=True) is None


def test_a_slow_camera_s_long_steps_have_an_end_as_well() -> None:
    assert motion_at(measured([0.5, 1.5], [(1, 0, 0, 0), (2, 0, 0, 0)]), last=True) == (2, 0, 0, 0)


def test_features_have_the_hashes_of_three_frames() -> None:
    first, middle, last = (picture(seed) for seed in (1, 2, 3))
    found = features(first, middle, last, STILL)
    assert len(set(found.hashes)) == 3
    assert features(first, first, first, STILL).hashes == (found.head.hash,) * 3


@given(
    seed=st.integers(0, 1000),
    shape=st.sampled_from([(9, 16), (30, 20), (144, 256)]),
    rates=st.one_of(st.just((math.nan,) * 4), st.tuples(*[st.floats(-500, 500)] * 4)),
)
def test_features_come_back_from_json_as_they_were(
    seed: int, shape: tuple[int, int], rates: tuple[float, float, float, float]
) -> None:
    a, b, c = (picture(seed + k, shape) for k in range(3))
    found = features(a, b, c, measured([0.1, 1.9], [rates, rates]))
    text = found.to_json()
    assert Features.from_json(text) == found
    assert len(text) < 2500
    assert Features.from_json(text).to_json() == text


@pytest.mark.parametrize("change", [{"head": {}}, {"middle_hash": "xyz"}, {"tail": None}, {"method": "x"}])
def test_what_is_no_features_is_one_sentence(change: dict[str, object]) -> None:
    good = json.loads(features(picture(1), picture(2), picture(3), STILL).to_json())
    with pytest.raises(BadInput, match="no features as JSON"):
        Features.from_json(json.dumps(good | change))
    good["head"]["thumbnail"] = "AAAA"
    with pytest.raises(BadInput, match="no features as JSON"):
        Features.from_json(json.dumps(good))
