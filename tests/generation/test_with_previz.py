"""The engine with the embedded provider: real drawings, at a small size."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.generation import Engine, Order, estimate, generate, requests_for
from studio.log import Log, new_id, read_settings
from studio.media import Library, probe, read_frames
from studio.providers import provider
from tests.generation.scripted import FRAMES, RATE, requests

Engines = Callable[..., Engine]


@pytest.fixture
def engine(engines: Engines) -> Engine:
    return engines(provider("previz"))


def test_previz_takes_are_drawn_and_are_all_different(log: Log, library: Library, engine: Engine) -> None:
    takes = generate(engine, requests(log, provider("previz"), 3), "ada").wait(60)
    assert [take.label for take in takes] == ["07A-001", "07A-002", "07A-003"]
    pictures = []
    for take in takes:
        clip = library.locate(log.media(take.id).file)
        assert (probe(clip).frames, probe(clip).rate) == (FRAMES, RATE)
        pictures += read_frames(clip, [0])
    assert len({picture.tobytes() for picture in pictures}) == 3
    assert log.takes_frame()["cost_usd"].tolist() == [0.0, 0.0, 0.0]


def test_the_same_request_gives_the_same_pictures_after_an_interruption(
    log: Log, library: Library, engines: Engines
) -> None:
    """The engine is closed in the middle of a drawing; the next one draws it whole, as it would have been."""
    previz = provider("previz")
    asked = requests(log, previz, 1, frames=48)[0]
    engine = engines(previz)
    (whole,) = generate(engine, [asked], "ada").wait(60)

    drawing = threading.Event()
    slow = engines(previz, on_step=lambda step, take: drawing.set() if step == "downloading" else None)
    handle = generate(slow, [replace(asked, id=new_id())], "ada")
    assert drawing.wait(30)
    slow.close()
    (take,) = handle.takes
    assert handle.finished
    assert list(library.tmp.iterdir()) == []
    if log.state(take.id) != "done":  # it may have been quicker than the closing
        assert log.state(take.id) == "downloading"
        assert engine.resume().wait(60) == (take,)
    first, second = (read_frames(library.locate(log.media(each.id).file), range(48)) for each in (whole, take))
    # only the legends differ, at the foot of the picture: each names its take
    assert all(np.abs(a[:40].astype(int) - b[:40]).mean() < 3 for a, b in zip(first, second, strict=True))


def test_a_chain_begins_with_the_last_frame_of_its_parent(
    log: Log, library: Library, folder: Path, engine: Engine
) -> None:
    settings = read_settings(folder)
    ask = Order("previz", seconds=0.25, seed=5)
    (first,) = generate(engine, requests_for(log, settings, "07A", ask, library), "ada").wait(60)
    chained = requests_for(log, settings, "07B", replace(ask, first_frame_of=first.label), library)
    assert chained[0].first_frame == "media/posters/07A-001-last.png"
    (second,) = generate(engine, chained, "ada", first.id).wait(60)
    assert second.parent == first.id
    assert log.takes_frame().set_index("take").loc["07B-001", "parent"] == "07A-001"
    (last,) = read_frames(library.locate(log.media(first.id).file), [FRAMES - 1])
    (begins,) = read_frames(library.locate(log.media(second.id).file), [0])
    apart = np.abs(last.astype(int) - begins.astype(int)).mean()
    (other,) = read_frames(library.locate(log.media(first.id).file), [0])
    assert apart < 12
    assert apart < np.abs(other.astype(int) - begins.astype(int)).mean() + 12


def test_a_stand_in_costs_nothing_and_says_so(log: Log, library: Library, folder: Path) -> None:
    settings = read_settings(folder)
    asked = requests_for(log, settings, "07A", Order("previz", takes=4), library)
    assert str(estimate(asked)).splitlines()[0].startswith("$0.00 (layers, 5 s, read 20")
