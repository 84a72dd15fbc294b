"""`import studio` over a bare interpreter."""

import subprocess
import sys

from tests.benchmarks.figures import Figure, best_seconds


def run() -> list[Figure]:
    """Best of seven each."""
    ours, bare = (
        best_seconds(lambda code=code: subprocess.run([sys.executable, "-c", code], check=True), 7)
        for code in ("import studio", "pass")
    )
    return [
        Figure(
            "import studio",
            f"{ours - bare:.3f} s",
            f"bare interpreter {bare:.3f} s",
            ours / bare,
            "bar: < 0.3 s over it",
        )
    ]
