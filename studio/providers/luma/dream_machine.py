"""Luma's Dream Machine, the older API, kept for its camera concepts.

Protocol: lumaai 1.21.0 (2026-11-21). It takes pictures by their address on the web and no file. Which concepts it has
is asked at run time. How its errors look is not established; of a failed generation Luma's own page says that the money
comes back. A delete is not used as a cancel: nobody says that it stops anything.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from studio.errors import BadInput, StudioError
from studio.nouns import Request, Take
from studio.providers.base import Job, NotMade, Status
from studio.providers.catalogue import Catalogue, Model, names_of
from studio.providers.changes import Asked
from studio.providers.fitting import Fitted
from studio.providers.luma.concepts import Concepts, understood
from studio.providers.luma.generations import MODERATED, PROVIDER, Generations

AGAIN_AFTER_S = 60.0  # that the list of concepts could not be had
SKEW_US = 120_000_000  # by which the clocks of here and there may differ
PAGE = 50  # generations
PAGES = 20  # of a list, at most
BESIDE = ("concepts", "keyframes", "loop")  # what a request may have that this one has not


class DreamMachine(Generations):
    """The service "luma_dream_machine"."""

    name = "luma_dream_machine"
    not_accepted = ()  # of no status it is known that nothing was taken
    path = "/generations/video"

    def __init__(self, options: Mapping[str, str], environ: Mapping[str, str] | None, rows: Catalogue) -> None:
        super().__init__(options, environ, rows)
        self._listed = Concepts(Path(options["film"]) if options.get("film") else None)
        self._again_at = 0.0  # by the monotonic clock

    # --- camera concepts ---------------------------------------------------------------------------------------------

    async def prepare(self) -> None:
        """Ask for the list, where it was not heard within a day. Without a key, or without an answer, nothing is done:
        `resolve` says then that the list is not known.
        """
        if self._listed.are_fresh() or self.key() is None or time.monotonic() < self._again_at:
            return
        self._again_at = time.monotonic() + AGAIN_AFTER_S
        try:
            answer = await self.wire.ask("GET", self.wire.url("/generations/concepts/list"))
        except StudioError:
            return
        names = understood(answer.peek()) if answer.ok else ()
        if names:
            await asyncio.to_thread(self._listed.keep, names)

    def concepts(self) -> Collection[str]:
        """As they were last heard."""
        return self._listed.names()

    # --- before anything is sent -------------------------------------------------------------------------------------

    def fitted(self, row: Model, asked: Asked) -> Fitted:
        """Raises BadInput for a still, which is a file, with the models that take one."""
        for role in ("first_frame", "last_frame"):
            if getattr(asked, role):
                rows = self.rows.models[PROVIDER]
                others = " or ".join(names_of(other for other in rows if getattr(other, role)))
                raise BadInput(
                    f"{row.name} at {PROVIDER} takes a {role.replace('_', ' ')} by its address on the web alone, and "
                    f"this one is a file: use {others or 'another provider'}, or leave it out"
                )
        return super().fitted(row, asked)

    # --- afterwards --------------------------------------------------------------------------------------------------

    def failed(self, found: Mapping[str, Any]) -> Status:
        """It has no codes: the reason's words tell."""
        reason = str(found.get("failure_reason") or "no reason given")
        return Status("refused" if MODERATED.search(reason) else "failed", self.wire.hide(reason))

    def clip(self, found: Mapping[str, Any]) -> str:
        """The asset "video"; "progress_video" is a preview."""
        assets = found.get("assets")
        url = assets.get("video") if isinstance(assets, Mapping) else None
        return url if isinstance(url, str) else ""

    async def find(self, request: Request, take: Take, known: Collection[str]) -> Job | NotMade | None:
        """The one generation in the list with this request, since the take was made.

        How fresh the list is and in which order it comes is nowhere said: what is not in it may still come, so the
        answer is never NOT_MADE, and one whose request is not shown leaves it open.
        """
        body = json.loads(request.payload_json)["body"]
        since_us = take.created_at_us - SKEW_US
        fitting: list[str] = []
        for page in range(PAGES):
            answer = await self.wire.ask("GET", self.wire.url(f"/generations?limit={PAGE}&offset={page * PAGE}"))
            if answer.status >= 500:
                raise self.wire.troubled(answer)
            found = answer.peek() if answer.ok else None
            listed = found.get("generations") if isinstance(found, Mapping) else None
            if not isinstance(found, Mapping) or not isinstance(listed, list):
                return None
            made = [_us(each.get("created_at")) if isinstance(each, Mapping) else None for each in listed]
            for each, made_us in zip(listed, made, strict=True):
                if made_us is None:
                    return None
                if made_us < since_us or str(each.get("id")) in known or each.get("id") in fitting:
                    continue
                fits = _fits(each, body)
                if fits is None:
                    return None
                if fits:
                    fitting.append(str(each["id"]))
            if not listed or not found.get("has_more") or _all_older(made, since_us):
                return Job(fitting[0], take, request, guessed=True) if len(fitting) == 1 else None
        return None


def _fits(generation: Mapping[str, Any], body: Mapping[str, Any]) -> bool | None:
    """Whether it is of this model and was asked for in this way; None where it shows no request."""
    if generation.get("model") not in (None, body["model"]):
        return False
    asked = generation.get("request")
    if not isinstance(asked, Mapping) or asked.get("prompt") is None:
        return None
    if any(asked.get(name) for name in BESIDE if name not in body):
        return False
    return all(name not in asked or asked[name] == value for name, value in body.items())


def _all_older(made: list[int | None], since_us: int) -> bool:
    """Whether the newest come first here, and the rest can only be older than that."""
    times = [each for each in made if each is not None]
    return len(times) > 1 and times[0] > times[-1] and times == sorted(times, reverse=True) and times[-1] < since_us


def _us(text: Any) -> int | None:
    """An ISO time in microseconds since 1970."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return int(moment.timestamp() * 1_000_000) if moment.tzinfo else None
