"""A fake as a process of its own: `python -m tests.fakes NAME --clip FILE [--hold 1 --share 0.2 --seed 3 …]`.

Its address is the first line that it prints; it serves until its stdin is closed, and so not longer than whoever began
it. `GET /_ledger` gives what it accepted, as JSON: see `ledger`.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.fakes.server import Call, Fake, Job, Reply, _send

LEDGER = "/_ledger"


def kind_of(name: str) -> type[Fake]:
    """The fake that `tests/fakes/NAME.py` holds."""
    module = import_module(f"tests.fakes.{name}")
    (found,) = (
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Fake) and each.__module__ == module.__name__
    )
    return found


def ledger(fake: Fake) -> dict[str, Any]:
    """Every job with what it costs and how often it was asked for and fetched; the bill; the calls and faults by place.

    Money is micro-dollars; a file in a body stands as its length.
    """
    with fake._lock:
        gone = getattr(fake, "deleted", {})  # a fake that forgets what is deleted keeps it here
        jobs = {**gone, **fake.jobs} if isinstance(gone, dict) else fake.jobs
        return {
            "jobs": [_line(job, fake.hold_s) for job in jobs.values()],
            "bill_micro_usd": fake.bill_micro_usd,
            "calls": Counter(fake.place(call) for call in fake.calls),
            "met": dict(fake.met),
        }


def _line(job: Job, hold_s: float) -> dict[str, Any]:
    return {
        "id": job.id,
        "at": job.at,
        "body": _plain(job.body),
        "fate": job.fate,
        "billed": job.billed_micro_usd(hold_s),
        "cancelled": job.cancelled,
        "polls": job.polls,
        "fetched": job.fetched,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return f"{len(value)} bytes" if isinstance(value, bytes) else value


def with_ledger(kind: type[Fake]) -> type[Fake]:
    """The same fake, which tells its ledger to whoever asks: no call of the protocol, and no fault happens to it."""

    class Told(kind):  # type: ignore[misc, valid-type]
        def respond(self, handler: Any, call: Call) -> None:
            if call.path == LEDGER:
                _send(handler, Reply(200, ledger(self)))
            else:
                super().respond(handler, call)

    return Told


def _named(text: str) -> tuple[str, Any]:
    """A Python literal where it is one, such as needs_key=False; else the text itself."""
    name, _, value = text.partition("=")
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return name, value


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes")
    parser.add_argument("name", help="a file of tests/fakes")
    parser.add_argument("--clip", type=Path, required=True, help="what every job becomes")
    parser.add_argument("--hold", type=float, default=0.0, help="seconds that a job takes")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--price", type=int, default=100_000, help="micro-dollars of a clip")
    parser.add_argument("--share", type=float, default=0.0, help="of the calls that meet a fault")
    parser.add_argument("--seed", type=int, default=0, help="of those faults")
    parser.add_argument(
        "--with", type=_named, action="append", default=[], dest="more", metavar="NAME=VALUE",
        help="another argument of that fake, such as kind=vllm-omni",
    )  # fmt: skip
    said = parser.parse_args()
    fake = with_ledger(kind_of(said.name))(
        said.clip.read_bytes(), hold_s=said.hold, port=said.port, price_micro_usd=said.price,
        share=said.share, seed=said.seed, **dict(said.more),
    )  # fmt: skip
    with fake:
        print(fake.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _main()
