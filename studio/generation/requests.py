"""From a shot's latest words to the requests for its takes."""

from __future__ import annotations

import operator
import zlib
from typing import TYPE_CHECKING

from studio.errors import BadInput, NotFound
from studio.nouns import Request
from studio.timecode import frame_at

if TYPE_CHECKING:
    from studio.log import Log, Settings
    from studio.media import Library

MOST_TAKES = 200  # in one call: more is a slip of the finger


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

    maker = provider(provider_name)
    prompt = log.latest_prompt(shot)
    if prompt is None:
        raise NotFound(f'shot {shot} has no words yet: film.write("{shot}", "…", camera="…") gives it some')
    takes, seed = _whole("takes", takes), None if seed is None else _whole("seed", seed)
    if not 1 <= takes <= MOST_TAKES:
        raise BadInput(f"{takes} takes cannot be asked for at once: ask for 1 to {MOST_TAKES}")
    try:
        frames = frame_at(seconds, settings.rate)
    except (TypeError, ValueError, OverflowError):
        raise BadInput(f"seconds={seconds!r} is no length: give a number, such as seconds=5") from None
    if frames < 1:
        raise BadInput(f"a take of {seconds:g} s has no frame at {settings.rate} frames per second")
    first_frame = _last_frame_of(log, library, first_frame_of) if first_frame_of and library else ""
    made = len(log.takes(shot))
    start = seed if seed is not None else zlib.crc32(shot.encode()) % 100_000 + made
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


def _whole(name: str, number: int) -> int:
    try:
        return operator.index(number)
    except TypeError:
        raise BadInput(f"{name}={number!r} is not a whole number: give one, such as {name}=3") from None


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
