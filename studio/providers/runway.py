"""Runway: one task protocol for its own models and a dozen others, with the exact price in credits in each answer.

Protocol: `X-Runway-Version` 2024-11-06, read in the official SDK runwayml 5.24.0 (2026-11-21). One credit is one US
cent. A size is written in pixels with a colon. More tasks than the account may run at once are accepted and wait as
THROTTLED; 429 is the daily limit, which does not clear in minutes. Runway lists no tasks and takes no reference of
ours: what became of a lost answer cannot be asked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from studio.errors import NotFetched, Paused, ProviderError, Refused, StudioError, Unanswered
from studio.nouns import Request, Take
from studio.providers.base import Cancelling, Job, Status
from studio.providers.changes import Asked
from studio.providers.fetching import Address
from studio.providers.fitting import Fitted
from studio.providers.remote import Remote
from studio.providers.wire import Answer, Outgoing

VERSION = {"X-Runway-Version": "2024-11-06"}
CREDIT_MICRO_USD = 10_000
MODERATION = ("SAFETY", "INPUT_PREPROCESSING.SAFETY")
AGAIN = ("INTERNAL", "INPUT_PREPROCESSING.INTERNAL", "THIRD_PARTY")  # by its page on failures these may work later
NO_CREDIT = "enough credits"
ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")
STILL_POSITIONS = (("first_frame", "first"), ("last_frame", "last"))
PLAIN_GUIDE = "plain"  # the form of a row's guide whose reference video is {uri}; otherwise {type, uri}


@dataclass(frozen=True)
class Account:
    """What Runway says of the account. Limits are for each model; None where there is none."""

    credit_micro_usd: int
    at_once: Mapping[str, int | None] = field(default_factory=dict)
    a_day: Mapping[str, int | None] = field(default_factory=dict)  # of the last 24 hours
    made_today: Mapping[str, int] = field(default_factory=dict)


class Runway(Remote):
    """The provider "runway"."""

    name = "runway"

    # --- sending -----------------------------------------------------------------------------------------------------

    def payload(self, fitted: Fitted, asked: Asked) -> dict[str, Any]:
        """Its image_to_video takes stills as a list with positions; a guide is one of a list of reference videos."""
        body = {"model": fitted.name, **fitted.body}
        row = fitted.model
        stills = [
            {"uri": {"$file": role, "as": "data uri"}, "position": position}
            for role, position in STILL_POSITIONS
            if getattr(asked, role) and not getattr(row, role).field
        ]
        if stills:
            body["promptImage"] = stills
        if asked.guide and row.guide:
            uri = body[row.guide.field] | {"as": "data uri"}
            body[row.guide.field] = [{"uri": uri} if row.guide.form == PLAIN_GUIDE else {"type": "video", "uri": uri}]
        kind = "image" if "promptImage" in body else "text"
        return {"model": fitted.name, "path": f"/v1/{kind}_to_video", "body": body}

    def outgoing(self, payload: Mapping[str, Any], request: Request) -> Outgoing:
        """POST of JSON."""
        return Outgoing("POST", self.wire.url(payload["path"]), VERSION, payload["body"])

    def said(self, body: Any) -> str:
        """`error`, and the first of `issues`, which names the field."""
        words = super().said(body)
        issues = body.get("issues") if isinstance(body, Mapping) else None
        issue = issues[0] if isinstance(issues, list) and issues and isinstance(issues[0], Mapping) else {}
        path = issue.get("path")
        where = ".".join(map(str, path)) if isinstance(path, list) else str(path or "")
        return " · ".join(filter(None, (words, where, str(issue.get("message") or ""))))

    def refusal(self, answer: Answer) -> StudioError:
        """No credit is told by its words alone; a 429 that does not say when to come again is the limit of a day."""
        said = self.wire.hide(self.said(answer.peek()) or answer.text)
        if NO_CREDIT in said.casefold():
            return Paused(f"Runway wants money first: {said}")
        if answer.status == 429 and ("daily" in said.casefold() or "retry-after" not in answer.headers):
            return Paused(f"Runway makes no more today: {said}")
        return super().refusal(answer)

    def accepted(self, answer: Answer, request: Request, take: Take) -> Job:
        """The task, with Runway's own estimate."""
        body = answer.read()
        if not isinstance(body, Mapping) or not isinstance(body.get("id"), str) or not body["id"]:
            raise Unanswered("Runway took the request and named no task")
        return Job(body["id"], take, request, price_micro_usd=_micro_usd(body.get("estimatedCost")))

    # --- afterwards --------------------------------------------------------------------------------------------------

    def _task_url(self, job: Job) -> str:
        return self.wire.url(f"/v1/tasks/{quote(job.id, safe='')}")

    async def _get(self, url: str, what: str) -> Any:
        """The object that is there; None where there is none."""
        answer = await self.wire.ask("GET", url, **VERSION)
        if answer.status >= 500:
            raise self.wire.troubled(answer)
        if answer.status == 404:
            return None
        if not answer.ok:
            said = self.wire.hide(self.said(answer.peek()) or answer.text)
            raise ProviderError(f"Runway cannot be asked about {what} (status {answer.status}): {said}")
        found = answer.read()
        if not isinstance(found, Mapping):
            raise Unanswered(f"Runway said nothing that can be read about {what}")
        return found

    async def _task(self, job: Job) -> Any:
        return await self._get(self._task_url(job), f"task {job.id}")

    async def poll(self, job: Job) -> Status:
        """PENDING, THROTTLED and RUNNING run; FAILED tells why by its code; the cost comes with every end."""
        task = await self._task(job)
        if task is None:
            return Status("gone", "Runway does not know the task")
        cost = _micro_usd(task.get("cost"))
        match task.get("status"):
            case "SUCCEEDED":
                return Status("ready", progress=1.0, cost_micro_usd=cost)
            case "FAILED":
                return self._failed(task, cost)
            case "CANCELLED":
                return Status("cancelled", "cancelled at Runway", cost_micro_usd=cost)
            case "THROTTLED":
                return Status("running", "waits for a free place at Runway")
            case "PENDING" | "RUNNING":
                return Status("running", progress=_share(task.get("progress")))
            case other:
                return Status("running", self.wire.hide(f"Runway calls it {other}"), _share(task.get("progress")))

    def _failed(self, task: Mapping[str, Any], cost: int | None) -> Status:
        """By the beginning of the code: what follows may name an input that was never sent."""
        code = str(task.get("failureCode") or "")
        note = self.wire.hide(f"{task.get('failure') or 'no reason given'} ({code or 'no code'})")
        if code.startswith(MODERATION):
            return Status("refused", note, cost_micro_usd=cost)
        if code.startswith("INTERNAL.BAD_OUTPUT"):
            note += "; words or graphics in a still are the usual cause"
        elif not code or code.startswith(AGAIN):
            note += "; it may work later"
        return Status("failed", note, cost_micro_usd=cost)

    async def address(self, job: Job) -> Address:
        """The first output; its address is good for a day, and each look at the task gives a fresh one."""
        task = await self._task(job)
        if task is None:
            raise ProviderError("Runway does not know the task any more")
        if task.get("status") != "SUCCEEDED":
            status = self.wire.hide(str(task.get("status")))
            raise NotFetched(f"the clip could not be fetched from Runway: its task is {status}; look at it there")
        output = task.get("output")
        if not isinstance(output, list) or not output or not isinstance(output[0], str):
            raise Refused("Runway says that it is done and has no clip")
        return Address(output[0])

    async def cancel(self, job: Job) -> Cancelling:
        """DELETE cancels what runs. It would delete a finished task with its clip, so that is looked at first."""
        task = await self._task(job)
        if task is None or task.get("status") in ENDED:
            return "too late"
        answer = await self.wire.ask("DELETE", self._task_url(job), **VERSION)
        if answer.status >= 500:
            raise self.wire.troubled(answer)
        return "asked" if answer.ok else "too late" if answer.status == 404 else "not possible"

    async def account(self) -> Account:
        """Credit and limits. Costs nothing, and so shows whether the key is good."""
        self.check_ready()
        found = await self._get(self.wire.url("/v1/organization"), "the account")
        credit = _micro_usd({"credits": found.get("creditBalance")}) if found else None
        if credit is None:
            raise Unanswered("Runway said nothing that can be read about the account")
        limits, today = _models(found.get("tier")), _models(found.get("usage"))
        return Account(
            credit,
            {name: _count(row.get("maxConcurrentGenerations")) for name, row in limits.items()},
            {name: _count(row.get("maxDailyGenerations")) for name, row in limits.items()},
            {name: _count(row.get("dailyGenerations")) or 0 for name, row in today.items()},
        )


def _models(part: Any) -> dict[str, Mapping[str, Any]]:
    models = part.get("models") if isinstance(part, Mapping) else None
    rows = models.items() if isinstance(models, Mapping) else ()
    return {str(name): row for name, row in rows if isinstance(row, Mapping)}


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _share(value: Any) -> float | None:
    """Progress from 0 to 1; None for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return min(max(float(value), 0.0), 1.0)


def _micro_usd(credits: Any) -> int | None:
    """{"credits": n} in micro-dollars; None where it says nothing that can be believed."""
    value = credits.get("credits") if isinstance(credits, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**9:
        return None
    return int(Decimal(str(value)) * CREDIT_MICRO_USD)
