"""What was noticed in the clips of a film, as a table: a number each, a word where it stands out, and no verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from studio.media.features import Features
from studio.media.flags import Flags, blurred, near_duplicates

if TYPE_CHECKING:
    import pandas as pd

    from studio.log import Log


def flags_of_film(log: Log) -> pd.DataFrame:
    """One row a take that was looked at, in story order.

    black, letterbox, pillarbox   shares of the frames, of the height, of the width
    frozen_s, cuts                seconds without a change; places where the clip itself cuts
    flicker, sharpness            grey levels; variance of the Laplacian
    alike, bits                   an earlier take whose pictures are nearly the same, and in how many bits they differ
    flags                         the words for what stands out: also "blur", against the film's median, and "duplicate"
    """
    import pandas as pd

    noticed, features = log.latest_of("flags"), log.latest_of("features")
    takes = [take for take in log.takes() if take.id in noticed]
    found = [Flags.from_json(str(noticed[take.id].data["flags"])) for take in takes]
    soft = blurred([each.sharpness for each in found])
    alike = _alike({k: features[take.id].data for k, take in enumerate(takes) if take.id in features})
    rows = []
    for k, (take, flags) in enumerate(zip(takes, found, strict=True)):
        first, bits = alike.get(k, (None, None))
        words = [word for word in str(noticed[take.id].data["words"]).split(", ") if word]
        words += ["blur"] if soft[k] else []
        words += ["duplicate"] if first is not None else []
        rows.append(
            {
                "take": take.label, "flags": ", ".join(words), "black": flags.black, "frozen_s": flags.frozen_s,
                "flicker": flags.flicker, "cuts": len(flags.cuts_s), "sharpness": flags.sharpness,
                "letterbox": flags.letterbox, "pillarbox": flags.pillarbox,
                "alike": None if first is None else takes[first].label, "bits": bits,
            }
        )  # fmt: skip
    columns = (
        "take", "flags", "black", "frozen_s", "flicker", "cuts", "sharpness", "letterbox", "pillarbox", "alike", "bits",
    )  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.astype({"take": "str", "flags": "str", "alike": "str", "bits": "Int64", "cuts": "Int64"})


def _alike(features: dict[int, dict[str, object]]) -> dict[int, tuple[int, int]]:
    """For a take that nearly repeats earlier ones: the first of these, and the bits in which they differ."""
    places = list(features)
    hashes = np.array([Features.from_json(str(features[k]["features"])).hashes for k in places], np.uint64)
    found: dict[int, tuple[int, int]] = {}
    for one, other, bits in sorted(near_duplicates(hashes.reshape(-1, 3).tolist())):
        found.setdefault(places[other], (places[one], bits))
    return found
