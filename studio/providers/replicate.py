"""Replicate: any model there by its name, `owner/name`, or one version of it, `owner/name:version`.

Protocol: replicate 1.0.7 and Replicate's own pages (2026-11-21). How long to wait stands in the words of a 429, no
credit is a 402 and under load a 429, the end `aborted` is in no SDK, and everything about a prediction is removed one
hour after its end: a late poll finds it empty, or not at all.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from studio.errors import BadInput, NotFetched, Paused, ProviderError, Refused, StudioError, Unanswered
from studio.nouns import Request, Take
from studio.providers.base import Cancelling, Job, NotMade, Status
from studio.providers.catalogue import Model
from studio.providers.fetching import Address
from studio.providers.remote import Remote
from studio.providers.wire import Answer, Outgoing

KEPT_US = 3_600_000_000
SKEW_US = 120_000_000  # by which the clocks of here and there may differ
PAGES = 20  # of a list, at most
NO_CREDIT = ("insufficient credit", "billing required")  # not "credit" alone: a slower rate is told with that word too
MODERATED = re.compile(r"\(E005\)|flagged as sensitive|nsfw", re.IGNORECASE)
NAME = re.compile(r"\w[\w.-]*/\w[\w.-]*(:\w+)?", re.ASCII)
CLIP = re.compile(r"\.(mp4|webm|mov|mkv|m4v)$", re.IGNORECASE)


class Replicate(Remote):
    """The provider "replicate"."""

    name = "replicate"
    not_accepted = ()  # Replicate says of no status but 429 that nothing was taken

    def model(self, name: str) -> Model:
        """The row of a model; the one for any, where there is no other."""
        row = super().model(name)
        if not NAME.fullmatch(row.name):
            raise BadInput(
                f"{row.name!r} is no model of Replicate: write it as its page does, owner/name, or owner/name:version"
            )
        return row

    def outgoing(self, payload: Mapping[str, Any], request: Request) -> Outgoing:
        """POST of the input, to the model or, for one version of it, to the predictions."""
        name, _, version = str(payload["model"]).partition(":")
        if version:
            return Outgoing(
                "POST", self.wire.url("/v1/predictions"), {}, {"version": version, "input": payload["body"]}
            )
        return Outgoing("POST", self.wire.url(f"/v1/models/{quote(name)}/predictions"), {}, {"input": payload["body"]})

    def refusal(self, answer: Answer) -> StudioError:
        """A 429 is about the rate, or about money: its words tell."""
        said = self.said(answer.peek()) or answer.text
        if answer.status == 429 and any(words in said.casefold() for words in NO_CREDIT):
            return Paused(f"Replicate wants money first: {self.wire.hide(said)}")
        return super().refusal(answer)

    def said(self, body: Any) -> str:
        """Its errors have a title and a detail."""
        if isinstance(body, Mapping):
            return ": ".join(str(body[name]) for name in ("title", "detail") if body.get(name))
        return super().said(body)

    def accepted(self, answer: Answer, request: Request, take: Take) -> Job:
        """The prediction."""
        body = answer.read()
        if not isinstance(body, Mapping) or not isinstance(body.get("id"), str) or not body["id"]:
            raise Unanswered("Replicate took the request and named no prediction")
        return Job(body["id"], take, request)

    async def _ask(self, method: str, url: str) -> Answer:
        answer = await self.wire.ask(method, url)
        if answer.status == 408 or answer.status >= 500:
            raise self.wire.troubled(answer)
        return answer

    async def _prediction(self, job: Job) -> tuple[Mapping[str, Any] | None, int]:
        """The prediction, or None where it is gone; and the time there, in microseconds."""
        answer = await self._ask("GET", self.wire.url(f"/v1/predictions/{quote(job.id, safe='')}"))
        if answer.status == 404:
            return None, 0
        if not answer.ok:
            raise ProviderError(f"Replicate cannot be asked about prediction {job.id} (status {answer.status})")
        body = answer.read()
        if not isinstance(body, Mapping):
            raise Unanswered("Replicate answered with something that is no prediction")
        return body, _time_there(answer)

    async def poll(self, job: Job) -> Status:
        """starting and processing run; of an old success nothing is left, and nothing is what a refusal looks like."""
        found, now_us = await self._prediction(job)
        if found is None:
            return Status("gone", "Replicate does not know the prediction")
        error = self.wire.hide(str(found.get("error") or ""))
        match found.get("status"):
            case "succeeded":
                return self._succeeded(job, found, now_us)
            case "failed":
                return Status("refused" if MODERATED.search(error) else "failed", error or "no reason given")
            case "canceled":
                return Status("cancelled", "cancelled at Replicate")
            case "aborted":
                return Status("cancelled", "Replicate ended it before it began (aborted)")
            case "starting" | "processing":
                return Status("running")
        return Status("running", self.wire.hide(f"Replicate says {found.get('status')}"))

    def _succeeded(self, job: Job, found: Mapping[str, Any], now_us: int) -> Status:
        ended_us = _us(found.get("completed_at"))
        expires_us = None if ended_us is None else ended_us + KEPT_US
        if _clip(found.get("output")):
            return Status("ready", progress=1.0, expires_at_us=expires_us)
        if found.get("data_removed") or (expires_us is not None and now_us >= expires_us - SKEW_US):
            return Status("gone", "it succeeded, and Replicate removed the clip one hour later")
        cost = job.request.estimated_micro_usd or None  # it ran, and a run is what is paid for
        return Status("refused", "it succeeded without a clip", cost_micro_usd=cost)

    async def address(self, job: Job) -> Address:
        """The first clip of the output, which anybody can fetch for an hour."""
        found, now_us = await self._prediction(job)
        if found is not None and (url := _clip(found.get("output"))):
            return Address(url)
        if found is None or self._succeeded(job, found, now_us).state == "gone":
            raise NotFetched("Replicate has removed the prediction's clip, one hour after it was made")
        raise Refused("Replicate says that it succeeded and has no clip")

    async def cancel(self, job: Job) -> Cancelling:
        """POST; the answer is the prediction as it is now."""
        answer = await self._ask("POST", self.wire.url(f"/v1/predictions/{quote(job.id, safe='')}/cancel"))
        body = answer.peek()
        if isinstance(body, Mapping) and body.get("status") in ("succeeded", "failed", "aborted"):
            return "too late"
        return "asked" if answer.ok else "not possible"

    async def find(self, request: Request, take: Take, known: Collection[str]) -> Job | NotMade | None:
        """The one prediction in the list of the newest with this model and this input, since the take was made.

        The list says nothing of how fresh it is, so what is not in it may still come: None, never NOT_MADE.
        """
        payload = json.loads(request.payload_json)
        fitting: list[str] = []
        url = self.wire.url("/v1/predictions")
        for _ in range(PAGES):
            answer = await self._ask("GET", url)
            page = answer.read() if answer.ok else None
            if not isinstance(page, Mapping) or not isinstance(page.get("results"), list):
                return None
            for each in filter(_is_mapping, page["results"]):
                made_us = _us(each.get("created_at"))
                if made_us is None or made_us < take.created_at_us - SKEW_US:
                    return self._only(fitting, request, take)  # the newest come first
                if str(each.get("id")) not in known and _fits(each, payload):
                    fitting.append(str(each["id"]))
            url = str(page.get("next") or "")
            if not url:
                return self._only(fitting, request, take)
            if not self.wire.is_own(url):
                return None
        return None

    def _only(self, fitting: list[str], request: Request, take: Take) -> Job | None:
        return Job(fitting[0], take, request, guessed=True) if len(fitting) == 1 else None


def _fits(prediction: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    """Whether it is of this model and has this input; a still comes back as an address, and is not compared."""
    name, _, version = str(payload["model"]).partition(":")
    if prediction.get("version") != version if version else prediction.get("model") != name:
        return False
    given = prediction.get("input")
    if not isinstance(given, Mapping):
        return False
    said = {field: value for field, value in payload["body"].items() if not _is_file(value)}
    return all(field in given and given[field] == value for field, value in said.items())


def _is_file(value: Any) -> bool:
    return "$file" in value if isinstance(value, Mapping) else isinstance(value, list) and any(map(_is_file, value))


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping)


def _clip(output: Any) -> str:
    """An output is an address, a list of them, or an object: the first that is a clip's by its name, else the first."""
    found = list(_addresses(output))
    return next((url for url in found if CLIP.search(url.partition("?")[0])), found[0] if found else "")


def _addresses(output: Any) -> Iterator[str]:
    if isinstance(output, str):
        if output.startswith(("https://", "http://")):
            yield output
    elif isinstance(output, Mapping):
        for value in output.values():
            yield from _addresses(value)
    elif isinstance(output, list):
        for value in output:
            yield from _addresses(value)


def _us(text: Any) -> int | None:
    """An ISO time in microseconds since 1970."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return int(moment.timestamp() * 1_000_000) if moment.tzinfo else None


def _time_there(answer: Answer) -> int:
    """By the service's own clock, where it says: the one here may have jumped."""
    try:
        return int(parsedate_to_datetime(answer.headers.get("date", "")).timestamp() * 1_000_000)
    except (TypeError, ValueError):
        return time.time_ns() // 1000
