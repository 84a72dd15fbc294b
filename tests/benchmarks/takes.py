"""`film.takes()` at 10,000 and at 100,000 takes with sixteen events each."""

import tempfile
from fractions import Fraction
from pathlib import Path

from studio.log import Log, new_id, now_us
from studio.nouns import Continuity, Prompt, Request, Scene, Shot
from tests.benchmarks.figures import Figure, best_seconds

STATES = ("submitting", "submitted", "running", "ready", "downloading")


def fill(log: Log, takes: int) -> None:
    """Takes with sixteen events each: seven states, two of money, the clip and its look, a verdict, a flag, a note."""
    for begin in range(0, takes, 1000):
        with log.write("ada") as w:
            for k in range(begin, min(begin + 1000, takes)):
                _one(w, k)


def _one(w: object, k: int) -> None:
    shot = f"{k // 200 % 99 + 1:02d}{chr(65 + k // 19_800)}"
    w.scene(Scene(shot[:2]))
    w.shot(Shot(shot, shot[:2]))
    words = ("a scene in some words " * 8, "slow push in", '{"asked_move":"dolly_in"}', "film grain", "text")
    prompt = Prompt(new_id(), shot, k % 200 + 1, *words, Continuity(), *("ada",) * 6, now_us())
    w.prompt(prompt)
    request = Request(
        new_id(), prompt.id, shot, "previz", "layers", words[0], words[1], words[2], words[4],
        640, 360, Fraction(24), 96, k,
    )  # fmt: skip
    w.request(request)
    take = w.take(shot, request.id)  # its first event: planned
    for state in STATES:
        w.event("state", take.id, {"state": state})
    w.event("money.reserved", take.id, {"micro_usd": 250_000})
    facts = {"sha256": f"{k:064x}", "width": 640, "height": 360, "rate": "24", "frames": 96, "variable_rate": False}
    w.event("media", take.id, {"file": f"media/takes/{take.label}.mp4", **facts})
    seen = {"measured_move": "zoom_in or dolly_in", "obeyed": "yes", "confidence": 0.8, "parallax": "unclear"}
    w.event("measured", take.id, seen | {"sentence": "asked for a slow dolly in", "figures": "0" * 3000, "method": 1})
    w.event("flags", take.id, {"words": "frozen", "flags": "0" * 300, "method": 1})
    w.event("features", take.id, {"features": "0" * 2000, "method": 1})
    w.event("state", take.id, {"state": "done"})
    w.event("money.settled", take.id, {"micro_usd": 250_000})
    w.event("verdict", take.id, {"verdict": ("circle", "hold", "ng")[k % 3], "reason": "face", "note": ""})
    w.event("accident", take.id, {"on": k % 7 == 0})
    w.event("note", take.id, {"text": "a word"})


def run() -> list[Figure]:
    """The floor is the same rows read by the bare driver."""
    import sqlite3

    figures = []
    seconds = {}
    for takes in (10_000, 100_000):
        with tempfile.TemporaryDirectory() as scratch, Log.open(Path(scratch)) as log:
            fill(log, takes)
            assert len(log.takes_frame()) == takes
            seconds[takes] = best_seconds(log.takes_frame)
            driver = sqlite3.connect(Path(scratch, "film.db"))
            floor = best_seconds(lambda driver=driver: driver.execute("SELECT * FROM take_now").fetchall())
            driver.close()
        figures.append(
            Figure(
                f"film.takes(), {takes:,} takes",
                f"{seconds[takes] * 1000:.0f} ms",
                f"the bare driver {floor * 1000:.0f} ms",
                seconds[takes] / floor, "bar: ≤ 100 ms" if takes == 10_000 else "",
            )
        )  # fmt: skip
    growth = seconds[100_000] / 100_000 / (seconds[10_000] / 10_000)
    figures.append(Figure("… growth per take", f"{growth:.2f}", "10,000 takes", growth, "bar: ≤ 1.2×"))
    return figures
