"""Writes the golden edit lists anew: `python -m tests.cutting.make_golden`. Look at the difference before committing.

They only tell that a list has changed. Whether it is right is for the readers to say, which are not ours or know
nothing of the writers.
"""

from __future__ import annotations

from pathlib import Path

from studio.cutting.formats import FORMATS
from tests.cutting.making import hard_cut

GOLDEN = Path(__file__).with_name("golden")
FOLDER = Path("/films/Käfer & Söhne #1/deliveries/first cut")  # where the lists would lie; nothing is there
PROMPTS = {"01A-003": "Two teenagers meet;\nher bubble gum fills the frame."}


def lists() -> dict[str, bytes]:
    return {name: form.write(hard_cut(), folder=FOLDER, prompts=PROMPTS) for name, form in FORMATS.items()}


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, data in lists().items():
        (GOLDEN / name).write_bytes(data)
