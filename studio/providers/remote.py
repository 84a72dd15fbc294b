"""What all providers that are reached over HTTP have in common. One file a provider says the rest.

A provider of this kind says how a fitted prompt becomes a body and an address, what an answer means, and where a
finished clip lies; prices, limits, keys, phases and downloads are the same for all.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Collection, Mapping
from datetime import date
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from studio.errors import BadInput, Paused, ProviderError, StudioError
from studio.nouns import Price, Prompt, Request, Take
from studio.providers.base import Capabilities, Job, Status
from studio.providers.catalogue import Catalogue, Model, Service, catalogue, names_of
from studio.providers.changes import Asked, Explained
from studio.providers.fetching import Address, fetch
from studio.providers.files import filled
from studio.providers.fitting import Fitted, explained, fit
from studio.providers.keys import Environ, Key, find_key
from studio.providers.pricing import price_of
from studio.providers.wire import Answer, Outgoing, Wire

TRUSTED = "STUDIO_TRUSTED_HOSTS"  # a variable: the hosts that a film may have a key sent to
HERE = ("127.0.0.1", "localhost", "::1")


class Remote:
    """A provider over HTTP. `options` are what film.toml says of it under [providers.NAME]."""

    name = ""
    service_name = ""  # of its row, where that is not its own name
    key_header = "Authorization"
    key_word = "Bearer "  # what stands before the key in its header
    not_accepted: tuple[int, ...] = (503,)  # statuses by which the service says that it took nothing

    def __init__(
        self,
        options: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
        rows: Catalogue | None = None,
    ) -> None:
        self.options = dict(options or {})
        self.rows = rows or catalogue()
        self.service: Service = self.rows.service(self.service_name or self.name)
        self._environ = Environ(os.environ if environ is None else environ)
        named = self._environ.get(self.service.base_url_env, "")
        if named and "://" not in named:
            named = f"https://{named}"  # a host alone, as fal's SDK takes it
        base_url = self.options.get("base_url") or named or self.service.base_url
        self._key_names = (self.options["key_env"],) if self.options.get("key_env") else self.service.keys
        self.wire = Wire(self.service.title, base_url, self.key, self._auth, self.service.key_hosts, self.not_accepted)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def key(self) -> Key | None:
        """The key as it is set at this moment; None where the film's server is not trusted with it."""
        return find_key(self._key_names, self._environ) if self._may_have_key() else None

    def _may_have_key(self) -> bool:
        """A film may come from anybody: the server that it names gets no key unless the person trusts that host."""
        if not self.options.get("base_url"):
            return True
        host = urlsplit(self.wire.base_url).hostname or ""
        own = {urlsplit(self.service.base_url).hostname, *self.service.key_hosts, *HERE}
        return host in own or host in self._environ.get(TRUSTED, "").replace(",", " ").split()

    def _auth(self, key: str) -> Mapping[str, str]:
        return {self.key_header: f"{self.key_word}{key}"}

    @property
    def capabilities(self) -> Capabilities:
        """What the engine has to know of it."""
        models = names_of(self.rows.models[self.name])
        return Capabilities(models, poll_every_s=self.service.poll_every_s, concurrency=self.service.concurrency)

    # --- before anything is sent -------------------------------------------------------------------------------------

    def model(self, name: str) -> Model:
        """The row of a model. Raises NotFound for one that is not there, with what to use instead."""
        return self.rows.find(self.name, name)

    def resolve(
        self, prompt: Prompt, *, id: str, model: str, frames: int, rate: Fraction, width: int, height: int, seed: int,
        first_frame: str = "", last_frame: str = "", guide: str = "",
    ) -> Request:  # fmt: skip
        """What would be sent, and what had to be dropped. Pure but for the day, on which a model may be retired."""
        asked = Asked(prompt, frames, rate, width, height, seed, first_frame, last_frame, guide)
        return self.explain(asked, id, model).request

    def explain(self, asked: Asked, id: str, model: str) -> Explained:
        """The same with its pieces and changes."""
        row = self.model(model)
        fitted = self.fitted(row, asked)
        payload = json.dumps(self.payload(fitted, asked), ensure_ascii=False, sort_keys=True)
        return explained(fitted, asked, id, payload, row.retired(date.today()))

    def fitted(self, row: Model, asked: Asked) -> Fitted:
        """The prompt as the model takes it, where it takes it otherwise than its row can say."""
        return fit(row, asked, self.concepts())

    def concepts(self) -> Collection[str]:
        """Camera words that the service listed, where it lists any."""
        return ()

    def payload(self, fitted: Fitted, asked: Asked) -> dict[str, Any]:
        """What the log keeps of the request: the model's name to send and the body, with placeholders for files."""
        return {"model": fitted.name, "body": dict(fitted.body)}

    def price(self, request: Request) -> Price:
        """By the row's prices. Raises BadInput where none is known."""
        return price_of(self.model(request.model), json.loads(request.payload_json)["body"], request)

    def outgoing(self, payload: Mapping[str, Any], request: Request) -> Outgoing:
        """The request as it leaves, from the payload with its files in place."""
        raise NotImplementedError

    def shown(self, request: Request) -> str:
        """The exact request as text, the key hidden; stills stand as their placeholders."""
        return self.wire.shown(self.outgoing(json.loads(request.payload_json), request))

    # --- sending -----------------------------------------------------------------------------------------------------

    async def submit(self, request: Request, take: Take) -> Job:
        """Send it once. Raises as `studio.providers.base` says."""
        self.check_ready()
        payload = await asyncio.to_thread(filled, json.loads(request.payload_json), request)
        answer = await self.wire.buy(self.outgoing(payload, request))
        if not answer.ok:
            raise self.refusal(answer)
        return self.accepted(answer, request, take)

    def check_ready(self) -> None:
        """Raise Paused where a key or an address is missing, or the key would go to a stranger's server."""
        if not self._may_have_key() and find_key(self._key_names, self._environ) is not None:
            host = urlsplit(self.wire.base_url).hostname
            raise Paused(
                f"film.toml names the server {host} for {self.service.title}, and a key is set: if it may have "
                f"it, say so outside the film, {TRUSTED}={host}; else unset the key"
            )
        if not self.wire.base_url:
            raise Paused(
                f"{self.service.title} has no address: write base_url under [providers.{self.name}] in film.toml"
            )
        if self.key() is None and not self.service.key_optional:
            raise Paused(f"{self.service.title} needs a key: set the environment variable {self._key_names[0]}")

    def refusal(self, answer: Answer) -> StudioError:
        """What a 4xx to a purchase means: nothing is being made."""
        if answer.status in (401, 403):
            return self.wire.locked(answer)
        if answer.status == 429:
            return self.wire.busy(answer)
        said = self.wire.hide(self.said(answer.peek()) or answer.text)
        if answer.status == 402:
            return Paused(f"{self.service.title} wants money first: {said}")
        return ProviderError(f"{self.service.title} does not take it (status {answer.status}): {said}")

    def said(self, body: Any) -> str:
        """The words for a person in an error's body."""
        return _said(body)

    def accepted(self, answer: Answer, request: Request, take: Take) -> Job:
        """The job in a 2xx answer. Raises Unanswered where there is none to be read."""
        raise NotImplementedError

    # --- afterwards --------------------------------------------------------------------------------------------------

    async def poll(self, job: Job) -> Status:
        """How the job stands."""
        raise NotImplementedError

    async def address(self, job: Job) -> Address:
        """Where the clip of a finished job can be fetched now. Raises Refused or ProviderError where there is none."""
        raise NotImplementedError

    async def download(self, job: Job, to: Path) -> None:
        """Fetch the clip; an address that has expired is asked for anew."""
        await fetch(partial(self.address, job), to, own=self.wire.base_url)

    def recall(self, job_id: str, request: Request, take: Take) -> Job:
        """The job of an id that a person found at the service."""
        plain = job_id.strip()
        if not plain or any(not c.isprintable() or c.isspace() for c in plain):
            raise BadInput(f"{job_id!r} is no job of {self.service.title}: copy its id from the service's own page")
        return Job(plain, take, request)

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        await self.wire.aclose()


def _said(body: Any) -> str:
    """The first text under the names that services put their messages under, wherever it stands."""
    if isinstance(body, str):
        return body
    if isinstance(body, list):
        return "; ".join(filter(None, (_said(each) for each in body[:3])))
    if isinstance(body, Mapping):
        for name in ("message", "msg", "error", "detail", "failure_reason", "failure", "title"):
            if body.get(name):
                return _said(body[name])
    return ""
