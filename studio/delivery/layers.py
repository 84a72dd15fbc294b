"""Letters over the picture as clips with transparency, kept in cache/layers for the chunks that show them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from studio.delivery.burning import draw_burn_in
from studio.delivery.plan import Layer
from studio.delivery.titles import draw_words
from studio.media import SAME_BYTES, running
from studio.media.files import in_place


def layer_in(store: Path, layer: Layer) -> Path:
    """The clip of a layer in a folder of the cache, drawn now where it is not there: as many frames as it has.

    It keeps every pixel (FFV1), in a file that may be anybody's to delete.
    """
    path = store / f"{layer.key}.nut"
    if path.is_file():
        return path
    size = f"{layer.width}x{layer.overlay.high}"
    rate = f"{layer.rate.numerator}/{layer.rate.denominator}"
    drawn = draw_burn_in(layer) if layer.overlay.kind == "burn-in" else draw_words(layer)
    with in_place(path) as partial:
        words: list[str | Path] = [
            *("-f", "rawvideo", "-pixel_format", "bgra", "-video_size", size, "-framerate", rate, "-i", "pipe:0"),
            *("-c:v", "ffv1", "-threads", "1", *SAME_BYTES, "-f", "nut", partial),
        ]
        with running(words, stdin=subprocess.PIPE) as child:
            assert child.stdin is not None
            for picture in drawn:
                child.stdin.write(picture.data)
    return path
