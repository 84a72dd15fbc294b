"""Songs that nobody here made: no beat of theirs is written down, so only what a listener would call plain wrong."""

import itertools

import pytest

from studio.song.listening import listen

pytestmark = pytest.mark.real


def test_played_songs_keep_one_tempo_and_their_sections_are_not_too_short_and_not_all_in_one_place(material):
    tempi = {}
    for path in sorted((material / "songs").glob("*.ogg")):
        found = listen(path)
        tempi[path.stem.split("_-_")[1]] = found.beats.bpm
        assert found.beats.confidence > 0.8, path.name
        assert found.beats.beats_per_bar == 4, path.name
        starts = [float(section.start_s) for section in found.sections]
        assert 3 <= len(starts) <= 12, path.name
        assert all(later - earlier > 3 for earlier, later in itertools.pairwise(starts)), path.name
        assert starts[-1] > 30, path.name
    assert tempi["Lets_Go_Fishin"] == pytest.approx(88.5, abs=0.5)
    assert tempi["Vibe_Ace"] == pytest.approx(130, abs=0.1)
