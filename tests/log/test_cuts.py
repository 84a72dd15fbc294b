from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import Damaged
from studio.log import cut_from_json, cut_to_json
from studio.nouns import AIMS, Cut, Marker, Slot, SongRange, Source, Transition

GOLDEN = Path(__file__).parent / "golden" / "schema1.jsonl"

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
count = st.integers(0, 2**40)
rates = st.fractions(Fraction(1), Fraction(240))
sources = st.builds(
    Source, st.sampled_from(["take", "card"]), text, text, text, rates, count, count, count, text, text, text
)
slots = st.builds(
    Slot, sources, count, count, count, st.fractions(Fraction(1, 9), Fraction(4)), text,
    st.none() | st.builds(Transition, st.just("dissolve"), count), text, st.booleans(),
    st.sampled_from(["", *AIMS]),
)  # fmt: skip
markers = st.builds(
    Marker, count, st.sampled_from(["beat", "bar", "section", "lyric", "prompt", "camera"]), text, count
)
songs = st.builds(SongRange, text, text, st.fractions(), st.fractions())
cuts = st.builds(
    Cut, text, text, text, count, rates, count, count, st.sampled_from(["letterbox", "crop"]), songs,
    st.lists(slots, max_size=3).map(tuple), st.lists(markers, max_size=3).map(tuple), text, count,
    st.sampled_from(AIMS), st.lists(text, max_size=2).map(tuple),
)  # fmt: skip


@given(cut=cuts)
@settings(max_examples=100, deadline=None)
def test_every_cut_comes_back_from_its_json(cut):
    written = cut_to_json(cut)
    assert cut_from_json(written) == cut
    assert cut_to_json(cut_from_json(written)) == written


def test_the_json_is_plain_to_read_by_anything_else():
    song = SongRange("song/a.ogg", "ff", Fraction(0), Fraction(40))
    cut = Cut("i", "T", "n", 1, Fraction(24000, 1001), 2, 2, "crop", song, (), (Marker(3, "beat", "ä"),))
    found = json.loads(cut_to_json(cut))
    assert found["rate"] == "24000/1001"
    assert found["song"]["end_s"] == "40/1"
    assert found["markers"] == [{"frame": 3, "frames": 1, "kind": "beat", "name": "ä"}]
    assert list(found) == sorted(found)


def test_a_cut_stored_before_pins_and_aims_keeps_its_text_to_the_byte():
    line = next(line for line in GOLDEN.read_text("utf-8").split("\n") if '"row":"cut"' in line)
    written = json.dumps(json.loads(line)["cut"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert cut_to_json(cut_from_json(written)) == written
    assert not {"pinned", "aim", "banned"} & set(written.split('"'))


@pytest.mark.parametrize("written", ["", "[]", "{}", '{"song": {}}', '{"song": null, "rate": "24"}'])
def test_something_else_is_not_a_cut(written):
    with pytest.raises(Damaged, match="this is not a cut as the log keeps it"):
        cut_from_json(written)
