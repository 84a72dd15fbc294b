"""From a shot's latest words to the requests for its takes."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from studio.errors import BadInput, NotFound
from studio.given import number, whole
from studio.nouns import Request, check_shot_id
from studio.timecode import frame_at

if TYPE_CHECKING:
    from studio.log import Log, Settings
    from studio.media import Library

MOST_TAKES = 200  # in one call: more is a slip of the finger
LONGEST_S = 600  # no model makes a longer take
LARGEST_SEED = 2**32 - 1 - MOST_TAKES  # providers take 32 bits, and each take counts one up


def requests_for(
    log: Log,
    settings: Settings,
    shot: str,
    provider_name: str,
    model: str,
    takes: int,
    seconds: float,
    *,
    seed: int | None = None,
    first_frame_of: str = "",
    library: Library | None = None,
) -> tuple[Request, ...]:
    """One request a take, alike but for the seed, as the provider would send it.

    Without `seed` the seeds follow from the shot and the number of the take, so that the same film made again asks
    for the same pictures. Raises NotFound for a shot without words, BadInput for what no provider could make.
    """
    from studio.log import new_id
    from studio.providers import provider

    check_shot_id(shot)
    takes = whole(takes, "the number of takes in one call", 1, MOST_TAKES)
    length_s = number(seconds, "the seconds of a take", 0, LONGEST_S)
    maker = provider(provider_name)
    prompt = log.latest_prompt(shot)
    if prompt is None:
        raise NotFound(f'shot {shot} has no words yet: film.write("{shot}", "…", camera="…") gives it some')
    frames = frame_at(length_s, settings.rate)
    if frames < 1:
        raise BadInput(f"a take of {float(length_s):g} s has no frame at {settings.rate} frames per second")
    first_frame = _last_frame_of(log, library, first_frame_of) if first_frame_of and library else ""
    made = len(log.takes(shot))
    start = whole(seed, "the seed", 0, LARGEST_SEED) if seed is not None else zlib.crc32(shot.encode()) % 100_000 + made
    return tuple(
        maker.resolve(
            prompt,
            id=new_id(),
            model=model,
            frames=frames,
            rate=settings.rate,
            width=settings.width,
            height=settings.height,
            seed=start + k,
            first_frame=first_frame,
        )
        for k in range(takes)
    )


def _last_frame_of(log: Log, library: Library, label: str) -> str:
    """The last picture of a take as a still beside its poster; made once, given back as a relative path."""
    from studio.media import read_frames, write_still

    take = log.take(label)
    media = log.media(take.id)
    if media is None:
        raise NotFound(f"{label} has no clip to begin with: it is {log.state(take.id)}")
    relative = f"media/posters/{take.label}-last.png"
    still = library.folder / relative
    if not still.exists():
        write_still(read_frames(library.locate(media.file), [media.frames - 1])[0], still)
    return relative
