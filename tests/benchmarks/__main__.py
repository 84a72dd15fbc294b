"""Every figure beside its peer or floor, in one run: `python -m tests.benchmarks [NAME …]`."""

import sys
from importlib import import_module

BENCHMARKS = (
    "importing", "takes", "dailies", "previz", "measuring", "ingest", "engine", "arranging", "playing", "render",
    "song", "scale",
)  # fmt: skip

for name in sys.argv[1:] or BENCHMARKS:
    for figure in import_module(f"tests.benchmarks.{name}").run():
        print(figure, flush=True)
