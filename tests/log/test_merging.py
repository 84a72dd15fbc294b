from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.log import merge, rebuild
from tests.log.apart import begun, copied, opened, play, rows_of

QUICK = "/dev/shm" if Path("/dev/shm").is_dir() else None  # nothing here is about the disk
WHAT = st.sampled_from(["words", "take", "take", "done", "judge", "scene", "sound", "cut", "current", "words"])
DOINGS = st.lists(st.tuples(st.integers(0, 1), WHAT, st.integers(0, 11)), min_size=2, max_size=14)


def play_all(folders: list[Path], doings: list[tuple[int, str, int]]) -> None:
    logs = [opened(folder) for folder in folders]
    for who, what, n in doings:
        play(logs[who], ("ada", "ben", "cy")[who if n % 4 else 0], what, n)
    for log in logs:
        log.close()


@settings(max_examples=15, deadline=None)
@given(DOINGS)
def test_merging_either_way_gives_the_same_film_and_so_does_rebuilding_from_both_journals(doings):
    with tempfile.TemporaryDirectory(dir=QUICK) as place:
        base = Path(place)
        a = begun(base / "a")
        b = copied(a, base / "b")
        play_all([a, b], doings)
        one, other = copied(a, base / "one"), copied(b, base / "other")
        merged = merge(one, b)
        assert merged.backup or not any(merged.rows.values())
        merge(other, a / "film.db")
        found = rows_of(one)
        assert found == rows_of(other)
        again = merge(one, other)
        assert not any(again.rows.values())
        assert not again.backup
        for each in (one, other):  # from its own journal alone
            (each / "film.db").unlink()
            rebuild(each)
            assert rows_of(each) == found
        joined = base / "joined"  # as Git joins two journals, line by line
        (joined / "journal").mkdir(parents=True)
        shutil.copy(a / "film.toml", joined)
        for side in (a, b):
            for file in (side / "journal").iterdir():
                with (joined / "journal" / file.name).open("ab") as to:
                    to.write(file.read_bytes())
        rebuild(joined)
        assert rows_of(joined) == found
        git = copied(a, base / "git")
        for file in (joined / "journal").iterdir():
            shutil.copy(file, git / "journal")
        merge(git)
        assert rows_of(git) == found
