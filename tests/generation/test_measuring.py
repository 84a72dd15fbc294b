"""What is seen in a clip as events of the log."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from studio.camera import Camera, Got, Measured, Segment
from studio.generation.measuring import MeasuredTakes, look_events, methods, thinned
from studio.log.events import check
from studio.media import Look, look
from tests.clips import make_clip


def measured(count: int) -> Measured:
    """A pan to the left, its rate growing from 0 to 1; the fourth rate cannot be read."""
    rates = [(-float(k) / count, 0.0, 0.0, 0.0) for k in range(count)]
    rates[3] = (math.nan,) * 4
    times = tuple((k + 0.5) / 24 for k in range(count))
    got = Got("pan", -1, 8.0, 40.0, ("pan_left",))
    return Measured(
        count / 24, times, tuple(rates), (-40.0, 0, 0, 0), (Segment(0, count / 24, (got,)),), (got,), 0.1, "medium",
        "none", 0.01, 0.77777, True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> Look:
    return look(make_clip(tmp_path_factory.mktemp("clip") / "a.mp4", frames=12))


def test_a_look_becomes_three_events_each_with_its_method(seen):
    camera = Camera.parse("pan right").to_json()
    events = dict(look_events(Look(measured(48), seen.flags, seen.features), camera, ("size",)))
    for kind, data in events.items():
        check(kind, data)
    assert {kind: data["method"] for kind, data in events.items()} == methods()
    found = events["measured"]
    assert (found["measured_move"], found["obeyed"], found["parallax"]) == ("pan_left", "no", "none")
    assert found["confidence"] == 0.778
    assert found["sentence"].startswith("asked for a pan right; got pan left, 8.0 %")
    assert Measured.from_json(found["figures"]).segments == measured(48).segments
    assert events["flags"]["words"].split(", ")[-1] == "size"
    assert json.loads(events["features"]["features"])["head"]


@pytest.mark.parametrize("camera", ["", '{"asked_move":"dolly_in"}', Camera.parse("orbit her").to_json()])
def test_where_nothing_measurable_was_asked_nothing_is_compared(seen, camera):
    found = dict(look_events(seen, camera))["measured"]
    assert (found["obeyed"], found["sentence"]) == (None, "")
    assert found["measured_move"] == seen.camera.move


def test_long_clips_keep_as_many_rates_as_a_plot_shows():
    whole = measured(2400)
    few = thinned(whole)
    assert len(few.times) == len(few.rates) == 150
    assert math.isnan(few.rates[0][0])  # what was unreadable in part is unreadable
    assert np.allclose([rate[0] for rate in few.rates[1:]], [-(16 * k + 7.5) / 2400 for k in range(1, 150)])
    assert few.times[0] == pytest.approx(8 / 24)
    assert (few.totals, few.segments, few.moves) == (whole.totals, whole.segments, whole.moves)
    same = measured(100)
    assert thinned(same) is same
    assert len(few.to_json()) < 8000


def test_what_was_measured_in_one_call_reads_as_a_sentence():
    assert repr(MeasuredTakes((), (), 0.1)) == "nothing is left to measure"
    assert repr(MeasuredTakes(("07A-001",), (), 0.5)) == "measured 1 take in 0.5 s, 2.0 a second"
    assert repr(MeasuredTakes((), ("07A-001: it is gone",), 0.5)) == "measured 0 takes in 0.5 s\n07A-001: it is gone"
