"""Sound effects for slots: bought once, one request each, and written down before, so that none is paid for twice.

A sound is no take. Its events stand under "sound:ID": asked (the intent, its price reserved), sent (before the first
byte), then made, ended or unknown. There is no job to be looked up: a `sent` that nobody ended is unknown, and waits
for a person (`mark_sound_lost`).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from studio.errors import AskFirst, BadInput, Busy, NotFound, NotSent, ProviderError, StudioError
from studio.generation.budget import Caps, check_budget, dollars
from studio.generation.planning import midnight_us
from studio.nouns import STUDIO, Sound, check_shot_id
from studio.providers import SoundMaker, SoundRequest

if TYPE_CHECKING:
    from studio.log import Log
    from studio.media import Library

TRIES = 4  # to send what was surely not taken
LONGEST_WAIT_S = 60.0


@dataclass(frozen=True)
class SoundWish:
    """What one call asks for: see `film.sound`."""

    shot: str
    text: str
    seconds: float | None = None
    loop: bool = False
    model: str = ""
    again: bool = False
    cap_usd: Decimal | None = None


def make_sound(
    log: Log,
    library: Library,
    maker: SoundMaker,
    wish: SoundWish,
    author: str,
    caps: Caps,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Sound:
    """Buy a sound and keep it in the library. The same words for the same shot give the sound that is there.

    An interrupt of the caller (Ctrl-C) loses nothing: what was sent is heard out and kept. Raises OverBudget, AskFirst
    where an earlier one of the same words is unknown, and what the provider says.
    """
    check_shot_id(wish.shot)
    request = maker.resolve_sound(wish.text, seconds=wish.seconds, loop=wish.loop, model=wish.model)
    price = maker.price(request)
    with log.write(author) as writer:
        there = [
            sound for sound in writer.sounds() if (sound.shot, sound.payload_json) == (wish.shot, request.payload_json)
        ]
        made = [sound for sound in there if sound.state == "made"]
        if made and not wish.again:
            return made[-1]
        if (open_ := [sound for sound in there if sound.state in ("sent", "unknown")]) and not wish.again:
            raise AskFirst(
                f"{open_[-1].label} was sent with the same words and nobody knows whether it was made: look at "
                f'{maker.name}, then film.money.lost("{open_[-1].label}", billed=…), or again=True buys it once more'
            )
        check_budget(price.micro_usd, 1, writer.spent(), caps.with_call(wish.cap_usd), writer.spent(midnight_us()))
        sound = writer.sound(
            wish.shot,
            {
                "text": request.text, "provider": request.provider, "model": request.model,
                "payload": request.payload_json, "micro_usd": price.micro_usd, "source": price.source,
                "read_on": price.read_on,
            },
        )  # fmt: skip
    # in a thread of its own: a notebook's thread has a loop that runs, and an interrupt there must not end a purchase
    with ThreadPoolExecutor(1, thread_name_prefix="circletake sound") as thread:
        return thread.submit(asyncio.run, _bought(log, library, maker, sound, request, sleep)).result()


async def _bought(
    log: Log,
    library: Library,
    maker: SoundMaker,
    sound: Sound,
    request: SoundRequest,
    sleep: Callable[[float], Awaitable[None]],
) -> Sound:
    try:
        return await _buy(log, library, maker, sound, request, sleep)
    finally:
        await maker.aclose()


async def _buy(
    log: Log,
    library: Library,
    maker: SoundMaker,
    sound: Sound,
    request: SoundRequest,
    sleep: Callable[[float], Awaitable[None]],
) -> Sound:
    for tries in range(TRIES):
        _note(log, sound, "sound.sent", {})
        try:
            content = await maker.make(request)
        except (Busy, NotSent) as later:
            if tries == TRIES - 1:
                raise _ended(log, sound, later) from None
            wait_s = later.wait_s if isinstance(later, Busy) and later.wait_s is not None else 2.0**tries
            await sleep(min(wait_s, LONGEST_WAIT_S))
        except (ProviderError, BadInput) as no:
            raise _ended(log, sound, no) from None
        except Exception as problem:  # whatever it was, the request may have left
            _note(log, sound, "sound.unknown", {"why": str(problem)})
            raise StudioError(
                f"{sound.label} was sent and the answer was lost ({problem}): it is not sent again by itself; look at "
                f'{maker.name}, then film.money.lost("{sound.label}", billed=…)'
            ) from None
        else:
            break
    file = library.keep_sound(content, sound.label)
    sha256 = hashlib.sha256(content).hexdigest()
    _note(log, sound, "sound.made", {"file": file, "sha256": sha256, "micro_usd": sound.price_micro_usd})
    return next(made for made in log.sounds() if made.id == sound.id)


def mark_sound_lost(log: Log, label: str, billed: bool | Decimal | None, author: str) -> None:
    """End a sound whose answer never came. Raises BadInput without `billed`, as `inbox.mark_lost`."""
    sound = sound_of(log, label)
    if sound.state not in ("sent", "unknown"):
        raise BadInput(
            f"{label} is {sound.state} and cannot be marked lost: that is for a sound that was never answered"
        )
    if billed is None:
        raise BadInput(f"say whether {label} was charged for: billed=False, billed=True, or the amount in US dollars")
    cost = int(sound.price_micro_usd * billed) if isinstance(billed, bool) else int(billed * 1_000_000)
    with log.write(author) as writer:
        why = f"marked lost, {dollars(cost)} charged"
        writer.event("sound.ended", f"sound:{sound.id}", {"why": why, "micro_usd": cost})


def sound_of(log: Log, label: str) -> Sound:
    """The sound of this label; NotFound with those that there are."""
    sounds = log.sounds()
    for sound in sounds:
        if sound.label == label:
            return sound
    there = ", ".join(sound.label for sound in sounds[-5:]) or "none yet: film.sound() makes one"
    raise NotFound(f"there is no sound {label!r} in this film: there is {there}")


def _note(log: Log, sound: Sound, kind: str, data: dict[str, object]) -> None:
    with log.write(STUDIO) as writer:
        writer.event(kind, f"sound:{sound.id}", data)


def _ended(log: Log, sound: Sound, problem: StudioError) -> StudioError:
    _note(log, sound, "sound.ended", {"why": str(problem), "micro_usd": 0})
    return problem
