"""Long runs, before an issue is closed: `python -m tests.soak [NAME …]`. Each prints what it found and fails loudly."""

import sys
from importlib import import_module

SOAKS = ("frames", "killed", "storm", "machine", "full")

for name in sys.argv[1:] or SOAKS:
    import_module(f"tests.soak.{name}").run()
