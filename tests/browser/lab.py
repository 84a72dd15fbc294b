"""A real JupyterLab on a film, and a real Chromium in front of it."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib.resources import files
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
TOKEN = "test"
# The toolbar's "idle" comes before the session is ready; asking the application itself is the only sure way.
READY = """async () => {
    const app = window.jupyterapp;
    await app.restored;
    const panel = app.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
}"""


AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


Made = tuple[Any, ...]  # the film's folder, the lab's address, and whatever else a module needs


@contextmanager
def labs_of(make: Callable[[], AbstractContextManager[Made]]) -> Iterator[Callable[[pytest.FixtureRequest], Made]]:
    """What a module's tests share, made when it is first asked for, and made anew for a test that is tried again."""
    with ExitStack() as stack:
        now: list[Made] = []

        def shared(request: pytest.FixtureRequest) -> Made:
            if not now or getattr(request.node, "execution_count", 1) > 1:
                now.clear()
                stack.close()
                now[:] = [stack.enter_context(make())]
            return now[0]

        yield shared


@contextmanager
def studio_lab(film: Path) -> Iterator[str]:
    """`studio lab FILM` with settings, workspaces and runtime files of its own; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        places = {
            "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime",
            "IPYTHONDIR": "ipython", "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        }  # fmt: skip
        env = os.environ | {name: f"{home}/{place}" for name, place in places.items()}
        log = Path(home, "lab.log")
        with log.open("w") as out:
            lab = subprocess.Popen(
                [
                    sys.executable, "-m", "studio.cli", "lab", str(film), "--no-browser", f"--port={port}",
                    "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}",
                    "--LabApp.expose_app_in_browser=True",
                ],
                env=env, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            _wait_until_it_answers(lab, f"http://127.0.0.1:{port}", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            lab.terminate()
            lab.wait(timeout=30)


def _wait_until_it_answers(lab: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}/api?token={TOKEN}", timeout=1).close()
            return
        except OSError:
            assert lab.poll() is None, log.read_text()
            assert monotonic() < until, log.read_text()
            try:
                lab.wait(timeout=0.2)  # ends early only if it died
            except subprocess.TimeoutExpired:
                continue


@contextmanager
def notebook_page(url: str, notebook: str, *, dark: bool = False) -> Iterator[tuple[Page, list[str]]]:
    """The notebook in Chromium with its kernel ready, and the list of errors that the page has raised so far."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(f"{url}/lab/tree/{notebook}?reset&token={TOKEN}")
            page.locator(".jp-NotebookPanel:visible").wait_for(timeout=90_000)
            page.evaluate(READY)
            page.evaluate(  # each time: the choice outlives a page
                "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
                "JupyterLab Dark" if dark else "JupyterLab Light",
            )
            yield page, errors
        finally:
            browser.close()


def run_all(page: Page) -> None:
    """Run every cell, without waiting for the end."""
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")


REBORN = """() => {
    const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
    let died = false;
    window.reborn = new Promise((done) => kernel.statusChanged.connect((_, status) => {
        died ||= status === "autorestarting";
        if (died && status === "idle") done();
    }));
}"""


def kill_kernel(page: Page, pid: int, before: Callable[[], object] = lambda: None) -> None:
    """Kill the notebook's kernel and wait for the next one, which the server begins by itself within seconds.

    `before` is called while it is stopped and not dead yet.
    """
    page.evaluate(REBORN)
    os.kill(pid, signal.SIGSTOP)
    before()
    os.kill(pid, signal.SIGKILL)
    page.evaluate("() => window.reborn")
    page.get_by_role("dialog").get_by_role("button", name="Ok").click()  # JupyterLab says that it has died
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.info")


def screenshot(page: Page, name: str) -> None:
    """Save what the page looks like where STUDIO_SCREENSHOTS names a folder."""
    folder = os.environ.get("STUDIO_SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{re.sub(r'[^a-z0-9-]', '-', name)}.png"))


def axe(page: Page) -> list[str]:
    """What axe-core finds against the outputs, and only them: JupyterLab's own page is not ours to mend.

    One line for each element: the rule, the element, what is wrong with it.
    """
    script = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    page.evaluate(f"() => {{ if (!window.axe) {{ const define = undefined, module = undefined; {script} }} }}")
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run('.jp-OutputArea', {runOnly: rules, resultTypes: ['violations']})", AXE
    )
    assert found["passes"], "axe looked at nothing"
    return [
        f"{rule['id']}: {node['html'][:200]} ({' '.join(node['failureSummary'].split())})"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
