"""fal: one queue for the models of many makers, each with fields of its own.

Protocol: the queue as fal-client 1.0.3 speaks it, with what fal's own pages on errors, queue and billing say
(2026-11-21). Four things are not what they look like:

- the addresses of a request have only the owner and the app of a model in them: the ones that fal names are used;
- COMPLETED is no success, and there is no word for failure: the verdict is the answer to fetching the result;
- moderation is a 422 there, and may cost money, which is nowhere settled: the estimate is counted as spent;
- 403 with "User is locked" is about the account's money, and no other key helps.

fal lists no requests, so an answer that was lost cannot be looked up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from studio.errors import BadInput, Busy, NotFetched, Paused, ProviderError, Refused, StudioError, Unanswered
from studio.nouns import Request, Take
from studio.providers.base import Cancelling, Job, Status
from studio.providers.fetching import Address
from studio.providers.remote import Remote
from studio.providers.wire import Answer, Outgoing

ENDS = {"status_url": "/status", "response_url": "", "cancel_url": "/cancel"}  # what fal names, and how each ends
NAMESPACES = ("workflows", "comfy")  # they stand before the owner
LOCKED = "user is locked"
REFUSALS = frozenset({"content_policy_violation", "no_media_generated"})  # the second is often a soft refusal
CANCELLED = frozenset({"client_cancelled", "client_disconnected"})
PLATFORM = {  # what went wrong around the model; none of it is billed
    "request_timeout": "it took longer than a request may",
    "startup_timeout": "its machine did not start in time",
    "runner_scheduling_failure": "no machine could be found for it",
    "runner_connection_timeout": "its machine could not be reached in time",
    "runner_disconnected": "its machine was lost",
    "runner_connection_refused": "its machine did not answer",
    "runner_connection_error": "its machine could not be reached",
    "runner_incomplete_response": "its machine broke off in the answer",
    "runner_server_error": "the model broke",
    "internal_error": "fal itself broke",
    "bad_request": "fal could not read it",
    "client_cancelled": "it was cancelled",
    "client_disconnected": "it was cancelled",
}
MAY_COST = "whether fal bills this is not established, so the estimate is counted"


class Fal(Remote):
    """The provider "fal"."""

    name = "fal"
    key_word = "Key "
    not_accepted = ()  # fal says of no status that nothing was taken

    def outgoing(self, payload: Mapping[str, Any], request: Request) -> Outgoing:
        """POST of the model's input, to the model's whole name."""
        return Outgoing("POST", self.wire.url(quote(payload["model"])), {}, payload["body"])

    def refusal(self, answer: Answer) -> StudioError:
        """A locked account stops everything; moderation may speak before the queue does."""
        said = self.said(answer.peek()) or answer.text
        if answer.status == 403 and LOCKED in said.casefold():
            return Paused(f"fal has locked the account, whichever key it is asked with: {self.wire.hide(said)}")
        if REFUSALS & _kinds(answer):
            return Refused(f"fal refused it: {self.wire.hide(said)}")
        return super().refusal(answer)

    def said(self, body: Any) -> str:
        """What each detail says and of which input; never the input itself, which fal sends back beside it."""
        words = super().said(body)
        details = body.get("detail") if isinstance(body, Mapping) else None
        if isinstance(details, list):
            words = "; ".join(filter(None, map(_detail, details[:3])))
        return words or ("no reason given" if body else "")

    def accepted(self, answer: Answer, request: Request, take: Take) -> Job:
        """The request's id and fal's own addresses of it. An address that is not fal's is not kept."""
        body = answer.read()
        job_id = body.get("request_id") if isinstance(body, Mapping) else None
        if not isinstance(job_id, str) or not job_id:
            raise Unanswered("fal took the request and gave it no id")
        named = {name: str(body.get(name) or "") for name in ENDS}
        return Job(job_id, take, request, {name: url for name, url in named.items() if self.wire.is_own(url)})

    def recall(self, job_id: str, request: Request, take: Take) -> Job:
        """The request of an id that a person found on fal's page; its addresses follow from the model's name."""
        job = super().recall(job_id, request, take)
        if "/" in job.id:
            raise BadInput(f"{job_id!r} is no request of fal: paste the id alone, without the address around it")
        return job

    def _address(self, job: Job, which: str) -> str:
        """As fal named it, else made the way its own SDK makes one from an id: owner and app, and not the rest."""
        named = job.told.get(which, "")
        if self.wire.is_own(named):
            return named
        parts = str(json.loads(job.request.payload_json)["model"]).split("/")
        app = "/".join(parts[: 3 if parts[0] in NAMESPACES else 2])
        return self.wire.url(f"{quote(app)}/requests/{quote(job.id, safe='')}{ENDS[which]}")

    async def _ask(self, method: str, url: str) -> Answer:
        answer = await self.wire.ask(method, url)
        if answer.status == 408 or answer.status >= 500:
            raise self.wire.troubled(answer)
        return answer

    async def poll(self, job: Job) -> Status:
        """IN_QUEUE and IN_PROGRESS run; of COMPLETED the result is fetched, and that is the verdict."""
        url = self._address(job, "status_url")
        answer = await self._ask("GET", f"{url}{'&' if '?' in url else '?'}logs=false")
        if answer.status == 404:
            return Status("gone", "fal does not know the request")
        if not answer.ok:
            raise ProviderError(f"fal cannot be asked about request {job.id} (status {answer.status})")
        body = answer.read()
        word = body.get("status") if isinstance(body, Mapping) else None
        if word == "COMPLETED":
            return await self._verdict(job, body)
        if word == "IN_QUEUE":
            before = body.get("queue_position")
            return Status(
                "running", f"{before} before it in fal's queue" if isinstance(before, int) else "in fal's queue"
            )
        return Status("running", "" if word == "IN_PROGRESS" else self.wire.hide(f"fal says {word}"))

    async def _verdict(self, job: Job, said: Mapping[str, Any]) -> Status:
        error, kind = str(said.get("error") or ""), str(said.get("error_type") or "")
        try:
            answer = await self._ask("GET", self._address(job, "response_url"))
        except Busy:
            if not error and not kind:
                raise  # a result that cannot be had now is no verdict
            return self._end(job, {kind}, error, 0)
        if not answer.ok:
            return self._end(job, _kinds(answer) | {kind}, self.said(answer.peek()) or error, answer.status)
        if _clip(answer.read()):
            return Status("ready", progress=1.0)
        if error or kind:
            return self._end(job, {kind}, error, answer.status)
        return Status("refused", f"completed without a clip ({MAY_COST})", cost_micro_usd=self._estimate(job))

    def _end(self, job: Job, kinds: set[str], words: str, status: int) -> Status:
        """How a request ended that brought no clip, by the types of its errors."""
        if status == 404:
            return Status("gone", "fal has no result of the request")
        known = next((kind for kind in PLATFORM if kind in kinds), "")
        note = ": ".join(filter(None, (PLATFORM.get(known, ""), words))) or f"no reason given (status {status})"
        if status == 499 or kinds & CANCELLED:
            return Status("cancelled", self.wire.hide(note))
        cost = self._estimate(job) if status == 422 else None
        told = f"{self.wire.hide(note)} ({MAY_COST})" if cost else self.wire.hide(note)
        return Status("refused" if kinds & REFUSALS else "failed", told, cost_micro_usd=cost)

    def _estimate(self, job: Job) -> int | None:
        return job.request.estimated_micro_usd or None

    async def address(self, job: Job) -> Address:
        """Out of the result, which is asked for anew at each download. The clip is at fal's media host, for anybody."""
        answer = await self._ask("GET", self._address(job, "response_url"))
        if answer.ok:
            if url := _clip(answer.read()):
                return Address(url)
            raise Refused("fal completed the request and has no clip")
        end = self._end(job, _kinds(answer), self.said(answer.peek()), answer.status)
        if end.state == "gone":
            raise NotFetched(f"{end.note}: look at the request on fal's own page")
        raise (Refused if end.state == "refused" else ProviderError)(f"fal has no clip: {end.note}")

    async def cancel(self, job: Job) -> Cancelling:
        """PUT; what runs already is only told to stop. The end shows as an error of the result."""
        answer = await self._ask("PUT", self._address(job, "cancel_url"))
        body = answer.peek()
        word = body.get("status") if isinstance(body, Mapping) else None
        if word == "ALREADY_COMPLETED" or answer.status == 400:
            return "too late"
        return "asked" if answer.ok else "not possible"


def _clip(result: Any) -> str:
    """The address of the clip in a result; "" where there is none."""
    video = result.get("video") if isinstance(result, Mapping) else None
    url = video.get("url") if isinstance(video, Mapping) else None
    return url if isinstance(url, str) else ""


def _kinds(answer: Answer) -> set[str]:
    """The types of an error: the platform's, in the body or the header, and the model's, in each detail."""
    body = answer.peek()
    return {answer.headers.get("x-fal-error-type", ""), *_types(body)} - {""}


def _types(body: Any) -> Iterator[str]:
    if isinstance(body, Mapping):
        yield str(body.get("error_type") or "")
        details = body.get("detail")
        for detail in details if isinstance(details, list) else ():
            if isinstance(detail, Mapping):
                yield str(detail.get("type") or "")
        if isinstance(details, str):  # not every endpoint follows the newer form
            yield from (kind for kind in REFUSALS if kind in details)


def _detail(detail: Any) -> str:
    if not isinstance(detail, Mapping):
        return ""
    where = detail.get("loc")
    at = ".".join(str(part) for part in where if part != "body") if isinstance(where, list) else ""
    words = str(detail.get("msg") or detail.get("type") or "")
    return f"{at}: {words}" if at else words
