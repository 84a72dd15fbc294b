"""Dailies of 700 takes in a real JupyterLab: first posters, cells, scrolling, a verdict by key, the saved file."""

import json
import statistics
import tempfile
from pathlib import Path

from studio.log import Log
from tests.benchmarks.figures import Figure
from tests.browser.lab import notebook_page, studio_lab
from tests.films import many_takes, notebook

TAKES, SCROLLS, VERDICTS = 700, 3, 20
BAR_MS = 50
OPEN = 'import studio\nfilm = studio.open("..")\nfilm.as_("Dana Roth")\n'
EMPTY = (
    "from IPython.display import HTML\n"
    'HTML(\'<div style="height:620px;overflow:auto" id=plain><div style="height:27000px"></div></div>\')'
)
# The posters of all cells in sight have come, each decoded: the page is asked in every frame.
POSTERS = """() => new Promise((done) => {
  const look = () => {
    const sheet = document.querySelector('.ct-sheet');
    const box = sheet?.getBoundingClientRect();
    const seen = [...(sheet?.querySelectorAll('.ct-cell') ?? [])].filter((cell) => {
      const at = cell.getBoundingClientRect();
      return at.height && at.bottom > box.top && at.top < box.bottom;
    });
    const there = seen.filter((cell) => cell.querySelector('img')?.naturalWidth);
    const cells = sheet?.querySelectorAll('.ct-cell').length;
    if (seen.length && there.length === seen.length) done([performance.now(), seen.length, cells]);
    else requestAnimationFrame(look);
  };
  look();
})"""
SCROLL = """(which) => new Promise((done) => {
  const place = document.querySelector(which);
  const most = place.scrollHeight - place.clientHeight, began = performance.now();
  const step = () => {
    const part = Math.min(1, (performance.now() - began) / 3000);
    place.scrollTop = part * most;
    if (part < 1) requestAnimationFrame(step);
    else requestAnimationFrame(() => done(place.scrollTop));
  };
  step();
})"""
# From the key to the mark that is drawn: it is on the disk before that.
KEY = """(key) => new Promise((done) => {
  const grid = document.querySelector('.ct-sheet');
  const cell = document.getElementById(grid.getAttribute('aria-activedescendant'));
  const label = cell.getAttribute('aria-label').slice(0, 7);
  const began = performance.now(), pressed = performance.timeOrigin + began;
  const look = () => {
    const cell = grid.querySelector(`[aria-label^="${label}"]`);
    if (cell?.querySelector('.ct-take.circled')) done([performance.now() - began, label, pressed]);
    else setTimeout(look, 0);
  };
  grid.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
  look();
})"""

# The inspector shows all that is known of the take that has the focus.
LOOKED = """() => {
  const grid = document.querySelector('.ct-sheet'), side = document.querySelector('.ct-side');
  const cell = document.getElementById(grid.getAttribute('aria-activedescendant'));
  const take = cell?.getAttribute('aria-label').slice(0, 7);
  return side.getAttribute('aria-label') === `Take ${take}` && side.querySelector('.ct-sidehead .end').textContent;
}"""


def run() -> list[Figure]:
    """The peer of scrolling is the same scroll of an empty output."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "film")
        many_takes(folder, TAKES).close()
        name = notebook(folder, "dailies.ipynb", OPEN, "film.dailies()", EMPTY)
        with studio_lab(folder) as url, notebook_page(url, name) as (page, _):
            page.set_viewport_size({"width": 1400, "height": 1000})
            _run_cell(page, 0)
            page.evaluate("() => window.jupyterapp.commands.execute('notebook:move-cursor-down')")
            began = page.evaluate("() => performance.now()")
            page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-cell') }")
            at, seen, cells = page.evaluate(POSTERS)
            _run_cell(page, 2)
            page.locator("#plain").wait_for()
            ours = statistics.median(_longest_task_ms(page, ".ct-sheet") for _ in range(SCROLLS))
            plain = statistics.median(_longest_task_ms(page, "#plain") for _ in range(SCROLLS))
            most = page.locator(".ct-cell").count()
            page.locator(".ct-sheet").focus()
            page.keyboard.press("x")  # the first that nobody has seen
            page.locator(".ct-sheet[aria-activedescendant]").wait_for()
            keys = []
            for _ in range(VERDICTS):
                page.wait_for_function(LOOKED)  # a person looks before the next key, and by then all of it is there
                keys.append(page.evaluate(KEY, "c"))
            page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        size = (folder / name).stat().st_size
        with Log.open(folder, director="Dana Roth") as log:
            said = {each.take_id: each.judged_at_us for each in log.opinions() if each.author == "Dana Roth"}
            written = [said[log.take(label).id] / 1000 - pressed for _, label, pressed in keys]
    drawn = [each[0] for each in keys]
    posters, most = f"dailies, {TAKES} takes: first {seen} posters", max(cells, most)
    slow = f"drawn after {statistics.median(drawn):.0f} ms"
    return [
        Figure(posters, f"{at - began:.0f} ms", "from the cell on", None, "bar: ≤ 1 s"),
        Figure("… cells in the page", f"{most}", f"{TAKES} takes", None, "bar: ≤ 100"),
        Figure(
            "… longest task while scrolling", f"{ours:.0f} ms", f"an empty output {plain:.0f} ms", None, "bar: ≤ 50 ms"
        ),
        Figure("… a verdict by key, in the log", f"{statistics.median(written):.0f} ms", slow, None, "bar: ≤ 50 ms"),
        Figure("… the saved notebook", f"{size / 1000:.0f} kB", f"{TAKES} takes", None, "bar: ≤ 200 kB"),
    ]


def _run_cell(page, number: int) -> None:
    """Run one cell and wait for its end."""
    page.evaluate(
        """async (number) => {
            const panel = window.jupyterapp.shell.currentWidget;
            panel.content.activeCellIndex = number;
            await window.jupyterapp.commands.execute('notebook:run-cell');
        }""",
        number,
    )


def _longest_task_ms(page, which: str) -> float:
    """The longest task in which a script of a panel ran (panels are blob: modules), while the place is scrolled."""
    client = page.context.new_cdp_session(page)
    events: list[dict] = []
    ended: list[bool] = []
    client.on("Tracing.dataCollected", lambda found: events.extend(found["value"]))
    client.on("Tracing.tracingComplete", lambda _: ended.append(True))
    client.send("Tracing.start", {"categories": "toplevel,devtools.timeline", "transferMode": "ReportEvents"})
    page.evaluate(SCROLL, which)
    client.send("Tracing.end")
    while not ended:
        page.evaluate("() => new Promise(requestAnimationFrame)")  # lets the events come in
    client.detach()
    tasks = [event for event in events if event["name"].endswith("RunTask") and event.get("dur")]
    calls = [
        event for event in events
        if event["name"] in ("FunctionCall", "EvaluateScript") and "blob:" in json.dumps(event.get("args", {}))
    ]  # fmt: skip
    longest = 0.0
    for task in tasks:
        inside = (
            call for call in calls
            if call["tid"] == task["tid"] and task["ts"] <= call["ts"] <= task["ts"] + task["dur"]
        )  # fmt: skip
        if which == "#plain" or any(True for _ in inside):
            longest = max(longest, task["dur"] / 1000)
    return longest
