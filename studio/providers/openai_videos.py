"""`/v1/videos`: the protocol that OpenAI left behind, as servers of one's own and gateways speak it.

Read in the official SDK openai 3.52.0 and in what the servers themselves are made of: vLLM-Omni 0.30.0, SGLang 0.5.23,
and a LiteLLM proxy 1.108.7 that ran. A create is a form with files; ids are opaque. How the servers differ is data, the
dialects of the service; what a model takes is a row there.
"""

from __future__ import annotations

import asyncio
import fnmatch
import json
import mimetypes
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from studio.errors import BadInput, NotFetched, NotSent, Paused, ProviderError, Refused, StudioError, Unanswered
from studio.given import shown
from studio.nouns import Price, Request, Take, Took
from studio.providers.base import Cancelling, Capabilities, Health, Job, Listed, Status
from studio.providers.catalogue import Catalogue, Model, catalogue, names_of
from studio.providers.changes import Asked
from studio.providers.fetching import Address
from studio.providers.fitting import Fitted
from studio.providers.remote import Remote
from studio.providers.self_hosted import hourly, lacking, offered, took_ms
from studio.providers.wire import Answer, Outgoing, Part

PLAIN = "plain"  # the dialect of a server of which nothing is said, and what the others differ from
ITS_OWN = "api.openai.com"  # where OpenAI's SDK goes where no address is given
PAGE = 100  # jobs, the most that any of the servers lists at once
PAGES = 10
SKEW_US = 120 * 1_000_000  # by which a server's clock may be behind ours
LEGAL = 451  # a status that gateways give for moderation
WAITS = ("queued", "pending")  # of the words for a job that runs, those of one that is not begun
HEALTH_S = 10.0  # how long a server may take to say how it is


@dataclass(frozen=True)
class Dialect:
    """How one kind of server differs; `data/providers.toml` says what the names mean."""

    health: str
    queue: bool
    headers: Mapping[str, str]
    not_accepted: tuple[int, ...]
    lists: bool
    aborts: bool
    running: tuple[str, ...]
    ready: tuple[str, ...]
    failed: tuple[str, ...]
    cancelled: tuple[str, ...]
    moderation: tuple[str, ...]
    no_credit: tuple[str, ...]
    no_entry: tuple[str, ...]


class OpenAIVideos(Remote):
    """The provider "openai_videos"; `options["name"]` is what film.toml calls a server of one's own, where it does."""

    service_name = name = "openai_videos"

    def __init__(
        self,
        options: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
        rows: Catalogue | None = None,
    ) -> None:
        rows, said = rows or catalogue(), options or {}
        self.name = said.get("name") or self.service_name
        self._dialect = said.get("dialect") or PLAIN
        self.dialect = _dialect(self.name, self._dialect, rows.service(self.service_name).dialects)
        self.not_accepted = self.dialect.not_accepted
        super().__init__(options, environ, rows)
        base = self.wire.base_url
        if base and not urlsplit(base).path:
            self.wire.base_url = f"{base}/v1"  # a host alone: all of these servers have it there
        # where its hours are paid for, a share of them is nobody's guess: one take has the machine unless it is said
        self._places = int(said.get("concurrency") or (1 if said.get("usd_per_hour") else self.service.concurrency))
        self.hourly = hourly(self.name, said, self._places)
        if self.name != self.service_name:
            self.service = replace(self.service, title=f"the server {self.name}")
            self.wire.title = self.service.title
            if not said.get("key_env"):  # a key that lies about is for somebody else
                self._key_names = ()

    @property
    def capabilities(self) -> Capabilities:
        """What the engine has to know of it: a server of one's own names its models to nobody before it is asked."""
        rows = [row for row in self.rows.models[self.service_name] if not row.dialects or self._dialect in row.dialects]
        models = names_of(rows) or ((self.options["model"],) if self.options.get("model") else ())
        return Capabilities(models, poll_every_s=self.service.poll_every_s, concurrency=self._places)

    # --- before anything is sent -------------------------------------------------------------------------------------

    def model(self, name: str) -> Model:
        """The row of a model. What OpenAI has closed is told where OpenAI would be asked, and nowhere else."""
        host = urlsplit(self.wire.base_url).hostname or ITS_OWN
        row = self.rows.find(self.service_name, name or self.options.get("model", ""), self._dialect, host)
        return replace(row, provider=self.name)

    def payload(self, fitted: Fitted, asked: Asked) -> dict[str, Any]:
        """The form's fields. A server that counts frames gets the seconds too: they stand in its list."""
        body = {"model": fitted.name, **fitted.body}
        if "num_frames" in body:
            body.setdefault("seconds", str(-int(-fitted.seconds // 1)))
        return {"model": fitted.name, "body": body}

    def price(self, request: Request) -> Price:
        """Nothing on a server of one's own, or what film.toml says an hour of it costs. What is behind any other, and
        what it costs, is known to its owner."""
        if self.hourly is not None:
            return self.price_by_time(request, ())
        try:
            return super().price(request)
        except BadInput as unknown:
            free = " or ".join(f'"{name}"' for name in self.service.dialects if self._is_free(name))
            raise BadInput(
                f"{unknown}; on a server of your own it costs nothing: say which it is, dialect = {free}, under "
                f"[providers.{self.name}] in film.toml, or what an hour of it costs, usd_per_hour = …"
            ) from None

    def price_by_time(self, request: Request, took: Sequence[Took]) -> Price:
        """What a take costs by the hour, as others took; `price` where nobody said what an hour costs."""
        if self.hourly is None:
            return self.price(request)
        return self.hourly.price(request, took, self.service.guesses)

    def _is_free(self, dialect: str) -> bool:
        return any(dialect in row.dialects and row.prices for row in self.rows.models[self.service_name])

    def outgoing(self, payload: Mapping[str, Any], request: Request) -> Outgoing:
        """POST of a form, whose files are the stills as they are."""
        form: dict[str, str] = {}
        parts: list[Part] = []
        for field, value in payload["body"].items():
            if isinstance(value, Mapping) and value.get("as") == "part":
                file = Path(getattr(request, value["$file"]))
                parts.append(Part(field, file, mimetypes.guess_type(file.name)[0] or "application/octet-stream"))
            else:
                form[field] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        url = self.wire.url("/videos")
        return Outgoing("POST", url, self.dialect.headers, fields=form, parts=tuple(parts))

    # --- how the server is -------------------------------------------------------------------------------------------

    def about(self) -> str:
        """Where it is, of which kind, how much it makes at a time and what that costs."""
        at_a_time = f"{self._places} {'take' if self._places == 1 else 'takes'} at a time"
        costs = f", ${self.hourly.usd_per_hour} an hour" if self.hourly else ""
        return f"{self.wire.base_url or 'no address'} ({self._dialect}), {at_a_time}{costs}"

    async def health(self, models: Collection[str] = (), queue: bool = True) -> Health:
        """Asked of the server, which makes nothing for it."""
        try:
            self.check_ready()
            async with asyncio.timeout(HEALTH_S):
                return await self._health(models, queue)
        except TimeoutError:
            return Health(f"{self._who} did not answer within {HEALTH_S:g} s")
        except NotSent:
            return Health(f"{self._who} cannot be reached: is it running, and is its base_url right?")
        except StudioError as problem:
            return Health(str(problem))

    @property
    def _who(self) -> str:
        return f"{self.service.title} at {self.wire.base_url}"

    async def _health(self, models: Collection[str], queue: bool) -> Health:
        if self.dialect.health:
            url = self.wire.base_url.removesuffix("/v1") + self.dialect.health
            answer = await self._look("GET", url)
            if not answer.ok:
                said = self.wire.hide(self.said(answer.peek()) or _reason(answer.peek()) or answer.text)
                more = f": {said}" if said else " and no word, as while it is starting"
                word = f"{self.dialect.health} answered with status {answer.status}{more}"
                return Health(f"{self._who} is not well: {word}")
        answer = self.wire.heard(await self._look("GET", self.wire.url("/models")))
        there = offered(answer.peek()) if answer.ok else ()
        wrong = lacking(self._who, models, there)
        counted = await self._queue() if queue and self.dialect.queue and not wrong else None
        return Health(wrong, there, *(counted or (None, None)))

    async def _queue(self) -> tuple[int, int] | None:
        """How many of the newest jobs it works on, and how many wait; None where it does not tell."""
        page = await self._listed({"limit": PAGE, "order": "desc"})
        words = [str(v.get("status")).casefold() for v in (page or {}).get("data", ()) if isinstance(v, Mapping)]
        open_ = [word for word in words if word in self.dialect.running]
        waiting = sum(word in WAITS for word in open_)
        return None if page is None else (len(open_) - waiting, waiting)

    # --- sending -----------------------------------------------------------------------------------------------------

    def accepted(self, answer: Answer, request: Request, take: Take) -> Job:
        """The job of a video object."""
        body = answer.read()
        if not isinstance(body, Mapping) or not isinstance(body.get("id"), str) or not body["id"]:
            raise Unanswered(f"{self.service.title} took the request and named no job")
        return Job(body["id"], take, request, self._told(_now_us()))

    def _told(self, accepted_at_us: int | None) -> Mapping[str, str]:
        """What the log keeps of a job beside its id: by it, a take of which the server tells no time can be charged."""
        return {"accepted_at_us": str(accepted_at_us)} if self.hourly is not None and accepted_at_us else {}

    def refusal(self, answer: Answer) -> StudioError:
        """By the codes, which are in a gateway's words where it has its own; then by the status."""
        codes = list(_codes(answer))
        said = self.wire.hide(self.said(answer.peek()) or answer.text)
        if answer.status == LEGAL or _any(codes, self.dialect.moderation):
            return Refused(f"{self.service.title} refused it: {said}")
        if _any(codes, self.dialect.no_credit):
            return Paused(f"{self.service.title} wants money first: {said}")
        if _any(codes, self.dialect.no_entry):
            return self.wire.locked(answer)
        if answer.status == 405 or (answer.status == 404 and not codes and _is_no_route(answer)):
            where = self.wire.url("/videos")
            return Paused(
                f"there is nothing at {where} (status {answer.status}): look at the base_url of {self.name}, which "
                "ends in /v1 on most servers"
            )
        return super().refusal(answer)

    def said(self, body: Any) -> str:
        """The words for a person: of the service behind a gateway, where they are inside the gateway's."""
        words = super().said(body)
        return super().said(_inside(words)) or words

    # --- afterwards --------------------------------------------------------------------------------------------------

    def _url(self, job_id: str, more: str = "") -> str:
        return self.wire.url(f"/videos/{quote(job_id, safe='')}{more}")

    async def _look(self, method: str, url: str, **more: str) -> Answer:
        return await self.wire.look(method, url, **self.dialect.headers, **more)

    async def _video(self, job: Job) -> Mapping[str, Any] | None:
        """The video object; None where the server does not know the job.

        vLLM-Omni answers for a failed job with the status of its failure, which may be any, and the object as the body;
        a gateway before it puts that into an error's text. So the body is read first.
        """
        answer = await self._look("GET", self._url(job.id))
        body = answer.peek()
        for found in (body, _inside(super().said(body))):
            if isinstance(found, Mapping) and isinstance(found.get("status"), str) and isinstance(found.get("id"), str):
                return found
        self.wire.heard(answer)
        if answer.status == 404:
            return None
        if answer.status >= 500:
            raise self.wire.troubled(answer)
        if answer.ok:
            raise Unanswered(f"{self.service.title} told nothing of job {job.id}: {self.wire.hide(answer.text)}")
        said = self.wire.hide(self.said(body) or answer.text)
        raise ProviderError(f"{self.service.title} cannot be asked about job {job.id} (status {answer.status}): {said}")

    async def poll(self, job: Job) -> Status:
        """How the job stands."""
        video = await self._video(job)
        if video is None:
            return self._unended(job, Status("gone", f"{self.service.title} does not know the job"))
        return self._charged(job, self._status(video), video)

    def _charged(self, job: Job, status: Status, video: Mapping[str, Any]) -> Status:
        """The same with its bill, where the server is paid by the hour and the job has ended."""
        if self.hourly is None or status.state == "running":
            return status
        took = took_ms(video)
        if took is None:
            return status if status.state == "ready" else self._unended(job, status)
        note = "; ".join(filter(None, (status.note, self.hourly.settled(took))))
        return replace(status, note=note, took_ms=took, cost_micro_usd=self.hourly.cost_micro_usd(took))

    def _unended(self, job: Job, status: Status) -> Status:
        """A job that ended without a clip, and nobody says when: it is charged by our clock, and as a whole at most."""
        began = job.told.get("accepted_at_us", "")
        if self.hourly is None or not began.isdigit():
            return status
        at_most = self.hourly.cost_micro_usd(max(_now_us() - int(began), 0) // 1000)
        return replace(status, cost_micro_usd=min(at_most, job.request.estimated_micro_usd))

    def _status(self, video: Mapping[str, Any]) -> Status:
        word, error, dialect = str(video["status"]).casefold(), video.get("error"), self.dialect
        if word in dialect.cancelled:
            return Status("cancelled", f"{word} at the server")
        if word in dialect.failed or (word in dialect.ready and error):
            codes = list(_codes_in(video))
            note = self.wire.hide(self.said(error) or word) + (f" ({', '.join(codes)})" if codes else "")
            return Status("refused" if _any(codes, dialect.moderation) else "failed", note)
        if word in dialect.ready:
            return Status("ready", progress=1.0, expires_at_us=_micro_seconds(video.get("expires_at")))
        note = "" if word in dialect.running else f"the server says {shown(str(video['status']))}"
        return Status("running", note, _share(video.get("progress")))

    async def address(self, job: Job) -> Address:
        """`/content`; SGLang with a cloud store has the clip there alone, and says where in the video object."""
        video = await self._video(job)
        status = self._status(video) if video is not None else Status("gone")
        if status.state in ("refused", "failed", "cancelled"):
            raise (Refused if status.state == "refused" else ProviderError)(status.note)
        if video is None or status.state != "ready":
            what = "does not know it any more" if video is None else "is not done with it"
            raise NotFetched(f"the clip of job {job.id} cannot be fetched: {self.service.title} {what}")
        url = video.get("url")
        if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https"):
            url = self._url(job.id, "/content")
        return Address(url, self.wire.headers_for(url) if self.wire.is_own(url) else {})

    async def download(self, job: Job, to: Path) -> None:
        """Fetch the clip. A job that is done and has no clip is a refusal, whatever it is called."""
        try:
            await super().download(job, to)
        except NotFetched:
            nothing = await self._nothing(job)
            if nothing is None:
                raise
            raise Refused(f"{self.service.title} says that it is done and has no clip: {nothing}") from None

    async def _nothing(self, job: Job) -> str | None:
        """The server's words for a clip that is not there; None where there may be one, or it is elsewhere."""
        try:
            address = await self.address(job)
            if address.url != self._url(job.id, "/content"):
                return None
            answer = await self._look("GET", address.url, Range="bytes=0-0")
        except StudioError:
            return None
        said = self.said(answer.peek())
        return self.wire.hide(said) if answer.status in (404, 410) and said else None

    async def cancel(self, job: Job) -> Cancelling:
        """DELETE, where that aborts. It would delete a finished clip, so that is looked at first."""
        if not self.dialect.aborts:
            return "not possible"
        if (await self.poll(job)).state != "running":
            return "too late"
        answer = self.wire.heard(await self._look("DELETE", self._url(job.id)))
        if answer.status >= 500:
            raise self.wire.troubled(answer)
        if answer.status == 404:
            return "too late"
        return "asked" if answer.ok or answer.status == 409 else "not possible"  # 409: it is being cancelled

    async def find(self, request: Request, take: Take, known: Collection[str]) -> Job | None:
        """The one job in the server's list with this prompt, model, size and length, made since.

        It never says that there is none: a server that was started again has forgotten what it made.
        """
        if not self.dialect.lists:
            return None
        body = json.loads(request.payload_json)["body"]
        videos = await self._newest(take.created_at_us - SKEW_US)
        if videos is None:  # it does not say, or has made more than can be looked through
            return None
        fitting = {str(v["id"]): v for v in videos if v.get("id") not in known and _is_of(v, request, body)}
        if len(fitting) != 1:
            return None
        ((job_id, video),) = fitting.items()
        return Job(job_id, take, request, self._told(_micro_seconds(video.get("created_at"))), guessed=True)

    async def jobs(self) -> tuple[Listed, ...]:
        """The server's list, the newest first."""
        videos = await self._newest(0) if self.dialect.lists else None
        if videos is None:
            raise ProviderError(f"{self.service.title} does not list its jobs")
        return tuple(
            Listed(
                str(video.get("id")), _micro_seconds(video.get("created_at")), str(video.get("model") or ""),
                str(video.get("prompt") or ""), str(video.get("status") or ""),
            )
            for video in videos
        )  # fmt: skip

    async def _newest(self, since_us: int) -> list[Mapping[str, Any]] | None:
        """Every video object since a moment; None where that cannot be had."""
        found: list[Mapping[str, Any]] = []
        query: dict[str, str | int] = {"limit": PAGE, "order": "desc"}
        for _ in range(PAGES):
            page = await self._listed(query)
            if page is None:
                return None
            videos = [video for video in page.get("data") or () if isinstance(video, Mapping)]
            recent = [video for video in videos if (_micro_seconds(video.get("created_at")) or 0) >= since_us]
            found += recent
            last = page.get("last_id") or (videos[-1].get("id") if videos else "")
            if len(recent) < len(videos) or not page.get("has_more") or not last or last == query.get("after"):
                return found
            query["after"] = str(last)
        return None

    async def _listed(self, query: Mapping[str, str | int]) -> Mapping[str, Any] | None:
        answer = self.wire.heard(await self._look("GET", f"{self.wire.url('/videos')}?{urlencode(query)}"))
        if answer.status >= 500:
            raise self.wire.troubled(answer)
        page = answer.read() if answer.ok else None
        return page if isinstance(page, Mapping) and isinstance(page.get("data"), list) else None


def _dialect(provider: str, name: str, dialects: Mapping[str, Mapping[str, Any]]) -> Dialect:
    if name not in dialects:
        raise BadInput(f"the dialect of {provider} is {shown(name)}: there is {', '.join(dialects)}")
    row: dict[str, Any] = {**dialects[PLAIN], **dialects[name]}
    strangers = row.keys() - {field.name for field in fields(Dialect)}
    if strangers:
        raise BadInput(f"the dialect {name} of {provider} has an unknown key {min(strangers)}")
    for key, value in row.items():
        row[key] = tuple(value) if isinstance(value, list) else value
    return Dialect(**row)


# --- what an answer says ---------------------------------------------------------------------------------------------


def _inside(words: str) -> Any:
    """The JSON within a text, as a gateway tells what the service behind it answered; None where there is none."""
    start = words.find("{")
    try:
        return json.JSONDecoder().raw_decode(words[start:])[0] if start >= 0 else None
    except (ValueError, RecursionError):
        return None


def _reason(body: Any) -> str:
    """Why vLLM-Omni is not well, or that LiteLLM has lost its database."""
    found = body if isinstance(body, Mapping) else {}
    return str(found.get("reason") or (found.get("db") and f"its database: {found['db']}") or found.get("status") or "")


def _codes(answer: Answer) -> Iterator[str]:
    """The words by which an error is told apart, in its body and in what a gateway quotes there."""
    body = answer.peek()
    yield from _codes_in(body)
    error = body.get("error") if isinstance(body, Mapping) else None
    message = error.get("message") if isinstance(error, Mapping) else None
    yield from _codes_in(_inside(message) if isinstance(message, str) else None)


def _codes_in(body: Any) -> Iterator[str]:
    for found in (body, *((body.get(name) for name in ("error", "detail")) if isinstance(body, Mapping) else ())):
        if isinstance(found, Mapping):
            values = (found.get(name) for name in ("code", "type", "failure_reason"))
            yield from (str(value) for value in values if isinstance(value, str | int) and value)


def _any(codes: Collection[str], patterns: Collection[str]) -> bool:
    return any(fnmatch.fnmatchcase(code.casefold(), pattern) for code in codes for pattern in patterns)


def _is_no_route(answer: Answer) -> bool:
    """Whether a 404 is that of a server without the route, and not one that tells of a model."""
    body = answer.peek()
    return not isinstance(body, Mapping) or not body or body.get("detail") == "Not Found"


def _is_of(video: Mapping[str, Any], request: Request, body: Mapping[str, Any]) -> bool:
    """Whether a listed job is this request; one without its prompt could be anybody's."""
    alike = all(video.get(name) in (None, "", body.get(name)) for name in ("size", "seconds"))
    names = (body.get("model"), request.model)
    return (
        isinstance(video.get("id"), str)
        and alike
        and video.get("model") in names
        and video.get("prompt") == request.text
    )


def _now_us() -> int:
    return time.time_ns() // 1000


def _share(percent: Any) -> float | None:
    if isinstance(percent, bool) or not isinstance(percent, int | float) or not 0 <= percent <= 100:
        return None
    return percent / 100


def _micro_seconds(seconds: Any) -> int | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 10**11:
        return None
    return int(seconds * 1_000_000)
