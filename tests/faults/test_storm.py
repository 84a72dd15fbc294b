"""All faults at once, by chance: nothing is lost and nothing is paid twice."""

from __future__ import annotations

from pathlib import Path

from tests.faults.storm import seed_from, storm


def test_a_storm_of_sixty_takes_with_a_fifth_of_the_calls_faulty_and_twelve_kills(tmp_path: Path) -> None:
    seed = seed_from()
    print(f"STUDIO_SEED={seed}")
    said = storm(tmp_path / "film", takes=60, kills=12, seed=seed)
    print(said)
    assert "12 kills" in said
