"""Small rules of the formats, each in a list of a few clips."""

from __future__ import annotations

from fractions import Fraction

from studio.cutting.formats import FORMATS
from studio.cutting.reading import Event, read, topmost
from studio.cutting.reading.returned import nested
from studio.nouns import Slot
from tests.cutting.making import hard_cut, take
from tests.cutting.test_conforming import came_back

RATE = "<rate><timebase>{}</timebase><ntsc>FALSE</ntsc></rate>"


def fcp7(tmp_path, *items: str):
    path = tmp_path / "a.xml"
    path.write_text(
        f"<xmeml version='4'><sequence><name>x</name>{RATE.format(24)}<media><video><track>{''.join(items)}"
        "</track></video></media></sequence></xmeml>"
    )
    return read(path).events


def clip(start: int, end: int, first: int, last: int, rate: int = 24, more: str = "") -> str:
    return (
        f"<clipitem><name>a</name>{RATE.format(rate)}<start>{start}</start><end>{end}</end><in>{first}</in>"
        f"<out>{last}</out>{more}</clipitem>"
    )


def remap(**parameters: str) -> str:
    inside = "".join(
        f"<parameter><parameterid>{name}</parameterid><value>{value}</value></parameter>"
        for name, value in parameters.items()
    )
    return f"<filter><effect><effectid>timeremap</effectid>{inside}</effect></filter>"


def test_a_clip_backwards_in_fcp7_is_counted_from_its_end(tmp_path):
    more = "<duration>120</duration>" + remap(variablespeed="0", speed="100", reverse="TRUE")
    (found,) = fcp7(tmp_path, clip(0, 24, 10, 34, more=more))
    assert (found.in_s * 24, found.reverse, found.speed) == (86, True, 1)


def test_a_ramp_backwards_in_fcp7_is_told_by_its_curve(tmp_path):
    curve = "".join(f"<keyframe><when>{t}</when><value>{v}</value></keyframe>" for t, v in ((0, 60), (40, 20)))
    more = remap(variablespeed="1", speed="100").replace(
        "</effect>", f"<parameter><parameterid>graphdict</parameterid>{curve}</parameter></effect>"
    )
    (found,) = fcp7(tmp_path, clip(0, 20, 10, 30, more=more))
    assert (found.in_s * 24, found.speed, found.reverse, found.ramp) == (30, 1, True, False)


def test_premiere_says_in_ticks_where_in_a_transition_the_cut_is(tmp_path):
    ticks = f"<cutPointTicks>{254_016_000_000 * 2 // 24}</cutPointTicks><alignment>center</alignment>"
    transition = f"<transitionitem><start>20</start><end>30</end>{ticks}</transitionitem>"
    slow = remap(variablespeed="0", speed="50")
    before, after = fcp7(tmp_path, clip(0, -1, 0, 30), transition, clip(-1, 60, 40, 80, more=slow))
    assert (before.end_frame, after.record_frame) == (22, 22)
    assert after.in_s * 24 == 21, "two frames on at half speed"


def test_a_clip_counted_at_its_own_rate_is_told_by_its_length(tmp_path):
    own, grid = fcp7(tmp_path, clip(0, 24, 50, 75, rate=25), clip(24, 48, 48, 72, rate=25))
    assert (own.in_s, grid.in_s) == (2, 2)


def test_a_nest_that_is_slowed_slows_what_is_in_it():
    outer = Event(100, 40, in_s=Fraction(10, 24), speed=Fraction(1, 2))
    inner = (Event(0, 20, name="a", speed=Fraction(2)), Event(20, 20, name="b", in_s=Fraction(1)))
    found = [(e.name, e.record_frame, e.frames, e.in_s * 24, e.speed) for e in nested(outer, inner, Fraction(24))]
    assert found == [("a", 100, 20, 20, 1), ("b", 120, 20, 24, Fraction(1, 2))]
    assert [e.kind for e in nested(Event(0, 9, speed=Fraction(0)), inner, Fraction(24))] == ["nest"]


def test_a_clip_backwards_below_another_keeps_the_stretch_that_is_seen():
    events = (Event(0, 40, name="a", reverse=True), Event(30, 10, name="b", track=2))
    below, above = topmost(events, Fraction(24))
    assert (below.frames, below.in_s * 24, above.name) == (30, 10, "b")


def test_the_speed_of_the_clip_that_goes_out_in_a_dissolve_is_its_own(tmp_path):
    path = tmp_path / "a.edl"
    path.write_text(
        "TITLE: X\nFCM: NON-DROP FRAME\n"
        "001  01A001   V     C        00:00:00:00 00:00:00:12 01:00:00:00 01:00:01:00\n"
        "001  02A001   V     D    012 00:00:00:00 00:00:01:00 01:00:01:00 01:00:02:00\n"
        "M2   01A001       012.0                00:00:00:00\n"
    )
    assert [(e.reel, e.speed) for e in read(path).events] == [("01A001", Fraction(1, 2)), ("02A001", 1)]


def test_a_stack_in_otio_is_as_long_as_its_longest_track(tmp_path):
    def span(start: int, frames: int) -> str:
        times = [f'{{"OTIO_SCHEMA": "RationalTime.1", "rate": 24, "value": {n}}}' for n in (start, frames)]
        return f'{{"OTIO_SCHEMA": "TimeRange.1", "start_time": {times[0]}, "duration": {times[1]}}}'

    def item(schema: str, more: str) -> str:
        return f'{{"OTIO_SCHEMA": "{schema}.1", "name": "{schema}", {more}}}'

    clips = [item("Clip", f'"source_range": {span(5, n)}') for n in (30, 10)]
    tracks = ", ".join(item("Track", f'"kind": "Video", "children": [{each}]') for each in clips)
    nest = item("Stack", f'"children": [{tracks}]')
    after = item("Clip", f'"source_range": {span(0, 12)}')
    track = item("Track", f'"kind": "Video", "children": [{nest}, {after}]')
    path = tmp_path / "a.otio"
    path.write_text(item("Timeline", f'"tracks": {item("Stack", f"{chr(34)}children{chr(34)}: [{track}]")}'))
    assert [(e.record_frame, e.frames) for e in topmost(read(path).events, Fraction(24))] == [
        (0, 10),
        (10, 20),
        (30, 12),
    ]


def test_a_speed_that_an_edl_rounds_is_that_of_the_old_slot(tmp_path):
    odd = Fraction(123457, 150000)
    cut = hard_cut(slots=(Slot(take("01A-001", 120), 0, 48, 5, odd),), markers=())
    (tmp_path / "a.edl").write_bytes(FORMATS["film.edl"].write(cut, folder=tmp_path))
    came = came_back(read(tmp_path / "a.edl"), cut, takes=[take("01A-001", 120)])
    assert came.cut.slots[0].speed == odd
    assert came.counts == {}


def test_a_clip_with_a_video_of_its_own_start_counts_from_there(tmp_path):
    path = tmp_path / "a.fcpxml"
    path.write_text(
        "<fcpxml version='1.9'><resources><format id='r' frameDuration='1/24s'/>"
        "<asset id='a' name='a' start='10s' duration='9s' hasVideo='1' src='a.mp4'/></resources><project>"
        "<sequence format='r'><spine><clip name='a' offset='0s' start='3s' duration='1s'>"
        "<video ref='a' offset='2s' start='11s' duration='5s'/></clip></spine></sequence></project></fcpxml>"
    )
    (found,) = read(path).events
    assert found.in_s == 2, "3 s is one second into the video, which begins a second into its media"
