"""ElevenLabs: sound effects for the slots of a cut. One request, and its answer is the sound.

Read in the official SDK elevenlabs 2.78.0 and in copies of its page on errors (2026-11-21). There is no job to be
polled and no seed; nothing can be looked up afterwards. Errors come in two generations: `detail.code` today, and
`detail.status` on older pages, with other statuses.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

from studio.errors import BadInput, BadMedia, Paused, Refused, StoreError, StudioError, Unanswered
from studio.given import number, visible
from studio.nouns import Price, Prompt, Request
from studio.providers.base import SoundRequest
from studio.providers.catalogue import Model
from studio.providers.fitting import put
from studio.providers.remote import Remote
from studio.providers.wire import Answer, Outgoing

OUTPUT = "mp3_44100_128"  # the best that every plan may ask for
LONGEST_TEXT = 10_000  # characters: what it reads is less, and it says so
NO_CREDIT = ("insufficient_credits", "quota_exceeded", "payment_required")
MODERATION = ("moderat", "content_policy", "safety")  # in a code; none is known for sounds, and one may come


class ElevenLabs(Remote):
    """The provider of sounds "elevenlabs" (see `SoundMaker`)."""

    name = "elevenlabs"
    key_header = "xi-api-key"
    key_word = ""

    # --- before anything is sent -------------------------------------------------------------------------------------

    def resolve_sound(
        self, text: str, *, seconds: float | None, loop: bool = False, influence: float = 0.3, model: str = ""
    ) -> SoundRequest:
        """What would be sent for a sound of `seconds`, or of the length that the model finds right (None).

        `loop`: its end runs into its beginning. `influence`, 0 to 1: how closely it keeps to the words. A length
        beyond the model's is clamped, which is told. Raises BadInput.
        """
        row = self.model(model)
        words = " ".join(visible(text, "the words of a sound", LONGEST_TEXT, allowed="\n\t").split())
        if not words:
            raise BadInput('a sound has no words: say what is to be heard, such as "bubble gum pops"')
        body: dict[str, Any] = {"model_id": row.name, "loop": bool(loop)}
        body["prompt_influence"] = float(number(influence, "how closely a sound keeps to its words", 0, 1))
        put(body, row.prompt.field, words)
        dropped: list[str] = []
        length = None
        if seconds is not None:
            length = _clamped(number(seconds, "the seconds of a sound", 0, 600), row, dropped)
            put(body, row.seconds.field, float(length))
        payload = json.dumps({"body": body}, ensure_ascii=False, sort_keys=True)
        return SoundRequest(
            self.name, row.name, words, length, payload, _price(row, length).micro_usd, (*dropped, *row.doubts)
        )

    def price(self, request: Request | SoundRequest) -> Price:
        """What it would cost at most, reckoned for the dearest plan: the answer names no bill."""
        if not isinstance(request, SoundRequest):
            raise _no_clips()
        return _price(self.model(request.model), request.seconds)

    def shown(self, request: Request | SoundRequest) -> str:
        """The exact request as text, the key hidden."""
        if not isinstance(request, SoundRequest):
            raise _no_clips()
        return self.wire.shown(self._sound(request))

    def _sound(self, request: SoundRequest) -> Outgoing:
        url = self.wire.url(f"/v1/sound-generation?output_format={OUTPUT}")
        return Outgoing("POST", url, json=json.loads(request.payload_json)["body"])

    # --- sending -----------------------------------------------------------------------------------------------------

    async def make(self, request: SoundRequest) -> bytes:
        """Buy the sound, once: the bytes of an MP3 that was decoded from end to end.

        Raises as a submit does (`studio.providers.base`): a ProviderError where nothing was made, Unanswered where it
        may have been made and paid for, and is not here.
        """
        self.check_ready()
        answer = await self.wire.buy(self._sound(request))
        if not answer.ok:
            raise self.refusal(answer)
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().casefold()
        if not kind.startswith("audio/") and kind != "application/octet-stream":
            said = self.wire.hide(answer.text)
            raise Unanswered(f"ElevenLabs answered with {kind or 'something'} in place of a sound: {said}")
        await asyncio.to_thread(_check_sound, answer.content)
        return answer.content

    def refusal(self, answer: Answer) -> StudioError:
        """By the code, of either generation; the status where there is none."""
        detail = answer.peek()
        detail = detail.get("detail") if isinstance(detail, Mapping) else None
        names = (
            [str(detail.get(key) or "") for key in ("code", "status", "type")] if isinstance(detail, Mapping) else []
        )
        said = self.wire.hide(self.said(answer.peek()) or answer.text)
        if answer.status == 402 or any(name in NO_CREDIT for name in names):
            return Paused(f"ElevenLabs wants credit first: {said}")
        if any(mark in name for name in names for mark in MODERATION):
            return Refused(f"ElevenLabs does not make such a sound: {said}")
        if answer.status == 403:
            return Paused(f"ElevenLabs does not allow it to this key or plan: {said}")
        return super().refusal(answer)

    def resolve(
        self, prompt: Prompt, *, id: str, model: str, frames: int, rate: Fraction, width: int, height: int, seed: int,
        first_frame: str = "", last_frame: str = "", guide: str = "",
    ) -> NoReturn:  # fmt: skip
        """It makes no clips."""
        raise _no_clips()


def _no_clips() -> BadInput:
    return BadInput("ElevenLabs makes sounds and no clips: choose another provider for a take")


def _clamped(wanted: Fraction, row: Model, dropped: list[str]) -> Fraction:
    made = max(wanted, row.seconds.least or wanted)
    made = min(made, row.seconds.most or made)
    if made != wanted:
        dropped.append(f"{row.name} at {row.provider} makes {float(made):g} s where {float(wanted):g} s were asked for")
    return made


def _price(row: Model, seconds: Fraction | None) -> Price:
    """By the second where a length is named, else by the sound."""
    per, units = ("clip", Fraction(1)) if seconds is None else ("second", seconds)
    usd = max(Fraction(rate.usd) * units for rate in row.prices if rate.per == per)
    exact = (Decimal(usd.numerator) / Decimal(usd.denominator)).quantize(Decimal("0.000001"))
    return Price(exact, row.source, row.checked_on)


def _check_sound(content: bytes) -> None:
    """Raise Unanswered where the bytes are no whole sound. A full disk is no verdict on what was bought."""
    from studio.media import sound_seconds

    try:
        with suppress(OSError, StoreError), tempfile.TemporaryDirectory(prefix="circletake-") as scratch:
            path = Path(scratch, "the sound")
            path.write_bytes(content)
            sound_seconds(path)
    except BadMedia as problem:
        raise Unanswered(f"ElevenLabs answered, and what came is no whole sound ({problem})") from None
