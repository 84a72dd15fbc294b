"""One provider for two services of Luma's, each with an address and a key of its own: the model's row says which."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from fractions import Fraction
from pathlib import Path

from studio.nouns import Price, Prompt, Request, Take
from studio.providers.base import Capabilities, Job, NotMade, Status
from studio.providers.catalogue import Catalogue, catalogue
from studio.providers.changes import Asked, Explained
from studio.providers.luma.agents import Agents
from studio.providers.luma.dream_machine import DreamMachine
from studio.providers.luma.generations import Generations


class Luma:
    """The provider "luma".

    `options` are what film.toml says of it, which is about the Agents API, and "film", the film's folder, in which
    Dream Machine's list of concepts is kept. Neither service lets a generation be stopped: a delete may lose sight of
    a clip that is being made and paid for all the same.
    """

    name = "luma"

    def __init__(
        self,
        options: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
        rows: Catalogue | None = None,
    ) -> None:
        self._rows = rows or catalogue()
        of_the_film = {name: value for name, value in (options or {}).items() if name == "film"}
        self._agents = Agents(options, environ, self._rows)
        self._dreams = DreamMachine(of_the_film, environ, self._rows)
        self._by_name: dict[str, Generations] = {service.name: service for service in (self._agents, self._dreams)}

    def __repr__(self) -> str:
        return f"Luma({list(self._by_name)})"

    @property
    def capabilities(self) -> Capabilities:
        """What the engine has to know of it, for both services together."""
        return self._agents.capabilities

    def _of(self, request: Request) -> Generations:
        """The service that a request was made for."""
        return self._by_name[json.loads(request.payload_json)["service"]]

    async def prepare(self) -> None:
        """Ask for the camera concepts, where they were not asked for lately."""
        await self._dreams.prepare()

    def resolve(
        self, prompt: Prompt, *, id: str, model: str, frames: int, rate: Fraction, width: int, height: int, seed: int,
        first_frame: str = "", last_frame: str = "", guide: str = "",
    ) -> Request:  # fmt: skip
        """What would be sent to the service that has the model."""
        asked = Asked(prompt, frames, rate, width, height, seed, first_frame, last_frame, guide)
        return self.explain(asked, id, model).request

    def explain(self, asked: Asked, id: str, model: str) -> Explained:
        """The same with its pieces and changes."""
        return self._by_name[self._rows.find(self.name, model).service or self.name].explain(asked, id, model)

    def price(self, request: Request) -> Price:
        """By the row's prices. Raises BadInput where none is known."""
        return self._of(request).price(request)

    def shown(self, request: Request) -> str:
        """The exact request as text, the key hidden."""
        return self._of(request).shown(request)

    async def submit(self, request: Request, take: Take) -> Job:
        """Send it once."""
        return await self._of(request).submit(request, take)

    async def poll(self, job: Job) -> Status:
        """How the job stands."""
        return await self._of(job.request).poll(job)

    async def download(self, job: Job, to: Path) -> None:
        """Fetch the clip."""
        await self._of(job.request).download(job, to)

    async def find(self, request: Request, take: Take, known: Collection[str]) -> Job | NotMade | None:
        """Dream Machine lists its generations; the Agents API does not."""
        return await self._of(request).find(request, take, known)

    def recall(self, job_id: str, request: Request, take: Take) -> Job:
        """The generation of an id that a person found at Luma."""
        return self._of(request).recall(job_id, request, take)

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        await self._agents.aclose()
        await self._dreams.aclose()
