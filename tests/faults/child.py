"""A process that makes the takes of a film, and may be killed at a step: `python -m tests.faults.child '{…}'`.

The JSON says: film, provider (folder), kind, kill_at (a step's name, "" for none), nth (which time that step comes),
halt_at (a step at which the process stops itself as by SIGSTOP), kill_after (so many steps, 0 for never), hurry (what
waits are multiplied by), lease_s, script, url (of the log), owner (of the leases), author (who circles each take that
is done, and says so). The provider "openai_videos" is a URL.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import sys
from pathlib import Path

from studio.generation import Engine
from studio.generation.gate import Clock
from studio.log import Log
from studio.media import Library
from studio.nouns import Take
from studio.providers import Provider
from studio.providers import provider as built_in
from tests.generation.scripted import Listing, Scripted


def maker_of(kind: str, folder: Path, script: dict[str, str]) -> Provider:
    if kind == "openai_videos":
        return built_in(kind, {"base_url": str(folder).replace(":/", "://"), "dialect": "plain"})
    return built_in("previz") if kind == "previz" else {"scripted": Scripted, "listing": Listing}[kind](folder, script)


def main(order: dict) -> None:
    folder = Path(order["film"])
    maker = maker_of(order["kind"], Path(order["provider"]), order.get("script", {}))
    left = {order.get("kill_at"): order.get("nth", 1), order.get("halt_at"): 1}
    steps, hurry = itertools.count(1), order.get("hurry", 1.0)

    def on_step(step: str, take: Take) -> None:
        if step == "done" and "author" in order:
            with log.write(order["author"]) as writer:
                said = writer.event("verdict", take.id, {"verdict": "circle", "reason": "", "note": ""})
            print(said.id, flush=True)
        if next(steps) == order.get("kill_after"):
            os.kill(os.getpid(), signal.SIGKILL)
        if step not in left:
            return
        left[step] -= 1
        if left[step] == 0 and step == order.get("kill_at"):
            os.kill(os.getpid(), signal.SIGKILL)
        if left[step] == 0:
            os.kill(os.getpid(), signal.SIGSTOP)

    with Log.open(folder, url=order.get("url", "")) as log:
        engine = Engine(
            log, Library(folder), lambda name: maker, order.get("concurrency", 1), order.get("owner"),
            lease_s=order.get("lease_s", 30), on_step=on_step,
            clock=Clock(sleep=lambda seconds: asyncio.sleep(seconds * hurry)),
        )  # fmt: skip
        handle = engine.resume()
        print("begun", flush=True)
        handle.wait(120)
        print(*handle.errors[:3], sep="\n", file=sys.stderr)
        engine.close()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
