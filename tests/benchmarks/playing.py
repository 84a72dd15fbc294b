"""How well the playing cut keeps to its song: three minutes in a real JupyterLab, by what the screen showed."""

import statistics
import tempfile
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.browser.lab import notebook_page, studio_lab
from tests.clips import make_song
from tests.films import many_takes, notebook

SECONDS = 180
OPEN = 'import studio\nfilm = studio.open("..")\nfilm.as_("Dana Roth")\n'


def run() -> list[Figure]:
    """The peer is the song's own clock. A moment without a picture counts as the frames that it lasts."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "film")
        song = make_song(Path(scratch, "song.wav"), seconds=SECONDS)
        with many_takes(folder, takes=450, shots=90, judged=450, frames=96) as film:
            film.song.attach(song)
            slots = len(film.arrange().value.slots)
        name = notebook(folder, "cut.ipynb", OPEN, "film.cut().room()")
        with studio_lab(folder) as url, notebook_page(url, name) as (page, _):
            page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
            page.get_by_role("listbox", name="Slots").wait_for(timeout=120_000)
            page.get_by_role("listbox", name="Slots").focus()
            page.keyboard.press(" ")
            page.wait_for_function(
                "(until) => document.querySelector('.ct').cutroomTrace().at(-1)?.[0] >= until",
                arg=SECONDS - 2, timeout=(SECONDS + 120) * 1000,
            )  # fmt: skip
            trace = page.evaluate("() => document.querySelector('.ct').cutroomTrace()")
    return [_figure(f"playing {slots} slots, {SECONDS} s", trace, "bar: median ≤ 1, 95 % ≤ 2")] + [
        _figure(
            f"… from {begin} s to {begin + 60} s", [row for row in trace if begin <= row[0] < begin + 60], "no drift"
        )
        for begin in range(0, SECONDS, 60)
    ]


def _figure(what: str, rows: list[list[float]], bar: str) -> Figure:
    """A row: the song's time, the frame that should be seen, the one that is (-1: none)."""
    errors = sorted(abs(wanted - shown) if shown >= 0 else 99 for _, wanted, shown in rows)
    signed = statistics.mean(shown - wanted for _, wanted, shown in rows if shown >= 0)
    middle, high = statistics.median(errors), errors[int(0.95 * (len(errors) - 1))]
    said = f"{middle:g} and {high:g} frames"
    return Figure(what, said, f"the song: {signed:+.2f} frames on average", None, bar)
