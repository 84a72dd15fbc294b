"""What both of Luma's services have in common: a generation, by its id, and its states."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

from studio.errors import NotFetched, Paused, ProviderError, Refused, StudioError, Unanswered
from studio.nouns import Request, Take
from studio.providers.base import Job, NotMade, Status
from studio.providers.catalogue import Model
from studio.providers.changes import Asked
from studio.providers.fetching import Address
from studio.providers.fitting import Fitted
from studio.providers.remote import Remote
from studio.providers.wire import Answer, Outgoing

PROVIDER = "luma"  # under this name people ask for the models of both
MODERATED = re.compile(r"moderat|safety|content polic", re.IGNORECASE)
NO_CREDIT = re.compile(r"insufficient (credit|balance|fund)", re.IGNORECASE)
STATES = ("queued", "processing", "dreaming")


class Generations(Remote):
    """One of the two."""

    path = "/generations"  # of a create

    def model(self, name: str) -> Model:
        """The row of a model, which is the provider's whichever service has it."""
        return self.rows.find(PROVIDER, name)

    def payload(self, fitted: Fitted, asked: Asked) -> dict[str, Any]:
        """The body, and the service that it is for."""
        return {"model": fitted.name, "service": self.name, "body": {"model": fitted.name, **fitted.body}}

    def outgoing(self, payload: Mapping[str, Any], request: Request) -> Outgoing:
        """POST of JSON."""
        return Outgoing("POST", self.wire.url(self.path), {}, payload["body"])

    def refusal(self, answer: Answer) -> StudioError:
        """By the status; no credit and moderation also by their words."""
        said = self.said(answer.peek()) or answer.text
        if NO_CREDIT.search(said):
            return Paused(f"{self.service.title} wants money first: {self.wire.hide(said)}")
        if answer.status in (400, 422) and MODERATED.search(said):
            return Refused(f"{self.service.title} refused it: {self.wire.hide(said)}")
        return super().refusal(answer)

    def accepted(self, answer: Answer, request: Request, take: Take) -> Job:
        """The generation."""
        body = answer.read()
        if not isinstance(body, Mapping) or not isinstance(body.get("id"), str) or not body["id"]:
            raise Unanswered(f"{self.service.title} took the request and named no generation")
        return Job(body["id"], take, request)

    async def generation(self, job: Job) -> Mapping[str, Any] | None:
        """The generation, or None where there is none."""
        answer = await self.wire.ask("GET", self.wire.url(f"/generations/{quote(job.id, safe='')}"))
        if answer.status == 408 or answer.status >= 500:
            raise self.wire.troubled(answer)
        if answer.status == 404:
            return None
        if not answer.ok:
            raise ProviderError(
                f"{self.service.title} cannot be asked about generation {job.id} (status {answer.status})"
            )
        found = answer.read()
        if not isinstance(found, Mapping):
            raise Unanswered(f"{self.service.title} answered about generation {job.id} with something that is none")
        return found

    async def poll(self, job: Job) -> Status:
        """queued, processing and dreaming run."""
        found = await self.generation(job)
        if found is None:
            return Status("gone", f"{self.service.title} does not know the generation")
        match found.get("state"):
            case "completed":
                if self.clip(found):
                    return Status("ready", progress=1.0)
                return Status("refused", "completed without a clip")
            case "failed":
                return self.failed(found)
            case word if word in STATES:
                return Status("running", "" if word == "processing" else str(word))
        return Status("running", self.wire.hide(f"{self.service.title} says {found.get('state')}"))

    def failed(self, found: Mapping[str, Any]) -> Status:
        """What became of a generation that failed."""
        raise NotImplementedError

    def clip(self, found: Mapping[str, Any]) -> str:
        """The address of the clip; "" where there is none."""
        raise NotImplementedError

    async def address(self, job: Job) -> Address:
        """As the generation says it now; it is asked again at each download. Anybody can fetch it, without the key."""
        found = await self.generation(job)
        if found is None:
            raise NotFetched(f"{self.service.title} does not know the generation any more: look for it there")
        if url := self.clip(found):
            return Address(url)
        raise Refused(f"{self.service.title} says that it is done and has no clip")

    async def find(self, request: Request, take: Take, known: Collection[str]) -> Job | NotMade | None:
        """None: without a list it cannot be told."""
        return None
