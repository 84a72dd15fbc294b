"""One small picture of each slot, out of the finished film."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from studio.nouns import Cut

HIGH = 108  # pixels; a strip shows them at 72
QUALITY = 72  # JPEG


def pictures(film: Path, cut: Cut) -> tuple[bytes, ...]:
    """A JPEG for each slot, from about its middle: the last frame up to there that others lean on.

    Each slot begins with a key frame, so only half of it is decoded, and of that only the frames that are needed.
    """
    import av
    import cv2

    found = []
    with av.open(str(film), format="mp4", options={"protocol_whitelist": "file"}) as box:
        stream = box.streams.video[0]
        stream.codec_context.skip_frame = "NONREF"
        base = Fraction(stream.time_base or 1)
        for slot in cut.slots:
            first, middle = (
                round(at / cut.rate / base) for at in (slot.record_frame, slot.record_frame + slot.frames // 2)
            )
            box.seek(first, stream=stream)
            shown = None
            for frame in box.decode(stream):
                if frame.pts is None or frame.pts > middle:
                    break
                shown = frame
            if shown is None:
                raise ValueError(f"slot at frame {slot.record_frame} has no picture")
            small = shown.reformat(max(2, round(cut.width * HIGH / cut.height / 2) * 2), HIGH, "bgr24")
            _, data = cv2.imencode(".jpg", small.to_ndarray(), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
            found.append(np.asarray(data).tobytes())
    return tuple(found)
