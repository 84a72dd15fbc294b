"""Gemini Omni: Google's Interactions API with a key of the developer API.

Protocol: google-genai 3.4.0, with copies of Google's own pages on Omni and on API errors (2026-11-21). Five things are
not what they look like:

- what a picture is for has no field: it is said in the prompt, by tags that count the pictures;
- a refusal may be a completed interaction with some words and no clip, and then no video tokens were spent;
- an unknown interaction is a 400, and other 400s were seen of one that went on running: those are asked again;
- a finished clip is a file that may still be processed, and only its own host is given the key;
- errors come in two envelopes, one with a word as its code and Google's older one, now and then in an array.

Google lists no interactions, so an answer that was lost cannot be looked up. Of 503 its own list of codes
(google.rpc.Code, UNAVAILABLE) says that sending again is not always safe, so it counts as no answer.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from studio.errors import NotFetched, Paused, ProviderError, Refused, StudioError, Unanswered
from studio.nouns import Request, Take
from studio.providers.base import Cancelling, Job, Status
from studio.providers.catalogue import Model
from studio.providers.changes import Asked, Change, Piece
from studio.providers.fetching import Address, fetch
from studio.providers.fitting import Fitted
from studio.providers.remote import Remote
from studio.providers.wire import Answer, Outgoing

STILLS = {"first_frame": "<FIRST_FRAME>", "last_frame": "<LAST_FRAME>"}
GUIDE = "<VIDEO_REF_0>"
NO_ENTRY = frozenset({"authentication", "permission_denied", "api_key_invalid", "unauthenticated"})
NO_CREDIT = frozenset({"payment_required", "failed_precondition"})  # the second: billing is off
NO_KEY = re.compile(r"api key (not valid|expired|not found)", re.IGNORECASE)  # a 400 in the older envelope
NOT_TODAY = re.compile(r"quota_exceeded|per_?day|prepayment|limit: 0\b", re.IGNORECASE)  # of a 429: no wait helps
UNSAFE = re.compile(r"safety|moderat|prohibited|blocked|responsible ai|violat\w+ .*polic", re.IGNORECASE)
NO_SUCH = "invalid interaction name"
CLOSED = ("completed", "failed", "incomplete", "budget_exceeded", "cancelled")


class GeminiOmni(Remote):
    """The provider "gemini_omni"."""

    name = "gemini_omni"
    key_header = "x-goog-api-key"
    key_word = ""
    not_accepted = ()

    # --- before anything is sent -------------------------------------------------------------------------------------

    def fitted(self, row: Model, asked: Asked) -> Fitted:
        """The tags of pictures and clips stand before the words."""
        made = super().fitted(row, asked)
        stills = [tag for role, tag in STILLS.items() if getattr(asked, role)]
        sources = " ".join(f"{tag}@Image{n}" for n, tag in enumerate(stills, 1))
        tags = [Piece("first_frame" if asked.first_frame else "last_frame", f"[# Sources {sources}]")] if stills else []
        changes = list(made.changes)
        if asked.guide:
            tags.append(Piece("guide", f"[# References {GUIDE}@Video1]"))
        if stills and asked.guide:
            both = "whether Gemini follows a still and a guide together is not established: try one clip first"
            changes.append(Change("doubt", "guide", both))
        made = replace(made, pieces=(*tags, *made.pieces), changes=tuple(changes))
        return replace(made, body={**made.body, "prompt": made.text})

    def payload(self, fitted: Fitted, asked: Asked) -> dict[str, Any]:
        """One turn of a person, with the words first and the pictures in the order that the tags count."""
        body: dict[str, Any] = {"model": fitted.name, "background": True, **fitted.body}
        content: list[Any] = [{"type": "text", "text": body.pop("prompt")}]
        content += [body.pop(role) for role in (*STILLS, "guide") if role in body]
        body["input"] = [{"type": "user_input", "content": content}]
        # beyond 4 MB a clip comes as the address of a file only
        body["response_format"] = [{"type": "video", "delivery": "uri", **body.get("response_format", {})}]
        if task := _task(asked):
            body["generation_config"] = {**body.get("generation_config", {}), "video_config": {"task": task}}
        return {"model": fitted.name, "body": body}

    def outgoing(self, payload: Mapping[str, Any], request: Request) -> Outgoing:
        """POST of JSON; the key is in a header and never in the address."""
        return Outgoing("POST", self.wire.url("/v1/interactions"), {}, payload["body"])

    # --- sending -----------------------------------------------------------------------------------------------------

    def refusal(self, answer: Answer) -> StudioError:
        """By the code, in either envelope; the older one says of a wrong key that the request is not valid."""
        error = _error(answer.peek())
        codes, words = _codes(error), str(error.get("message") or answer.text)
        said = self.wire.hide(words)
        if codes & NO_ENTRY or NO_KEY.search(words):
            return self.wire.locked(answer)
        if answer.status == 402 or codes & NO_CREDIT:
            return Paused(f"Gemini wants the account's billing put right first: {said}")
        if answer.status == 429:
            if NOT_TODAY.search(" ".join([*codes, words])):
                return Paused(f"Gemini makes no more on this account for now: {said}")
            return self.wire.busy(answer)
        if UNSAFE.search(" ".join([*codes, words])):
            return Refused(f"Gemini refused it: {said}")
        return super().refusal(answer)

    def accepted(self, answer: Answer, request: Request, take: Take) -> Job:
        """The interaction."""
        body = answer.read()
        if not isinstance(body, Mapping) or not isinstance(body.get("id"), str) or not body["id"]:
            raise Unanswered("Gemini took the request and named no interaction")
        return Job(body["id"], take, request)

    # --- afterwards --------------------------------------------------------------------------------------------------

    def _at(self, job: Job) -> str:
        return self.wire.url(f"/v1/interactions/{quote(job.id, safe='')}")

    async def _interaction(self, job: Job) -> Mapping[str, Any] | None:
        """The interaction, or None where there is none."""
        answer = await self.wire.ask("GET", f"{self._at(job)}?stream=false")
        if answer.status == 404 or (answer.status == 400 and NO_SUCH in answer.text.casefold()):
            return None
        if not answer.ok:
            raise self.wire.troubled(answer)
        found = answer.read()
        if not isinstance(found, Mapping):
            raise Unanswered(f"Gemini answered about interaction {job.id} with something that is none")
        return found

    async def poll(self, job: Job) -> Status:
        """A clip that is there is a success, and whether it can be had yet is asked of its file."""
        found = await self._interaction(job)
        if found is None:
            return Status("gone", "Gemini does not know the interaction")
        word, video = found.get("status"), _video(found)
        if video and word in ("completed", "incomplete"):
            return await self._file(job, found, str(video.get("uri") or ""))
        match word:
            case "completed":
                return self._nothing(job, found)
            case "failed" | "incomplete" | "budget_exceeded":
                why = list(_failures(found))
                note = self.wire.hide("; ".join(filter(None, why)) or _text(found) or f"no reason given ({word})")
                return Status("refused" if UNSAFE.search(" ".join(why)) else "failed", note)
            case "cancelled":
                return Status("cancelled", "cancelled at Gemini")
            case "queued" | "in_progress":
                return Status("running")
        return Status("running", self.wire.hide(f"Gemini says {word}"))

    def _nothing(self, job: Job, found: Mapping[str, Any]) -> Status:
        """Completed without a clip: a refusal, unless a clip was paid for."""
        said = self.wire.hide(_text(found))
        if _video_tokens(found):
            note = "it was made and paid for, and no clip can be found in the answer: look at it in AI Studio"
            return Status("failed", note, cost_micro_usd=self._estimate(job))
        return Status("refused", said or "completed without a clip, and without a word why")

    async def _file(self, job: Job, found: Mapping[str, Any], uri: str) -> Status:
        """How the file of a finished clip stands."""
        at = uri.partition("?")[0].removesuffix(":download")
        if "/files/" not in at or not self.wire.is_own(at):
            return Status("ready", progress=1.0)
        answer = await self.wire.look("GET", at)
        if answer.status in (403, 404):  # Google says 403 of a file that is not there
            return Status("gone", "Gemini has the interaction and not the file of its clip")
        self.wire.heard(answer)
        if not answer.ok:
            raise self.wire.troubled(answer)
        body = answer.peek()
        match body.get("state") if isinstance(body, Mapping) else None:
            case "PROCESSING":
                return Status("running", "its file is being processed", progress=1.0)
            case "FAILED":
                cost = self._estimate(job) if _video_tokens(found) else None
                return Status("failed", "the file of the clip could not be made", cost_micro_usd=cost)
        return Status("ready", progress=1.0)

    def _estimate(self, job: Job) -> int | None:
        return job.request.estimated_micro_usd or None

    async def _clip(self, job: Job) -> Mapping[str, Any]:
        """The clip's place in the answer."""
        found = await self._interaction(job)
        if found is None:
            raise NotFetched("Gemini does not know the interaction any more: look at it in AI Studio")
        if video := _video(found):
            return video
        end = self._nothing(job, found)
        raise (Refused if end.state == "refused" else ProviderError)(f"Gemini has no clip: {end.note}")

    async def address(self, job: Job) -> Address:
        """Its file, with the key where the file is at Gemini's own host."""
        return self._address(await self._clip(job))

    def _address(self, video: Mapping[str, Any]) -> Address:
        uri = str(video.get("uri") or "")
        if not self.wire.is_own(uri):
            return Address(uri)
        if "media" not in parse_qs(urlsplit(uri).query).get("alt", []):
            uri = f"{uri}{'&' if '?' in uri else '?'}alt=media"
        return Address(uri, self.wire.headers_for(uri))

    async def download(self, job: Job, to: Path) -> None:
        """Fetch the file; a clip that came inside the answer all the same is written from there."""
        video = await self._clip(job)
        known = [video]

        async def mint() -> Address:
            return self._address(known.pop() if known else await self._clip(job))

        if video.get("uri"):
            await fetch(mint, to, own=self.wire.base_url)
            return
        try:
            data = base64.b64decode(str(video.get("data")), validate=True)
        except binascii.Error:
            raise NotFetched("Gemini sent a clip that cannot be read: ask for it again") from None
        await asyncio.to_thread(to.write_bytes, data)

    async def cancel(self, job: Job) -> Cancelling:
        """POST; one that has ended says so, or is refused."""
        answer = await self.wire.ask("POST", f"{self._at(job)}/cancel")
        if answer.status >= 500:
            raise self.wire.troubled(answer)
        body = answer.peek()
        word = body.get("status") if isinstance(body, Mapping) else None
        if not answer.ok or word in set(CLOSED) - {"cancelled"}:
            return "too late"
        return "asked"


def _task(asked: Asked) -> str:
    """What is to be done; "" where a still and a guide leave it to the tags."""
    stills = asked.first_frame or asked.last_frame
    if stills and asked.guide:
        return ""
    return "image_to_video" if stills else "reference_to_video" if asked.guide else "text_to_video"


# --- what an interaction holds ----------------------------------------------------------------------------------------


def _outputs(found: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What the model put out after the last turn of a person, the last first."""
    steps = found.get("steps")
    for step in reversed(steps) if isinstance(steps, list) else ():
        if not isinstance(step, Mapping):
            continue
        if step.get("type") == "user_input":
            return
        if step.get("type") == "model_output":
            yield step


def _items(found: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for output in _outputs(found):
        content = output.get("content")
        yield from (
            (item for item in reversed(content) if isinstance(item, Mapping)) if isinstance(content, list) else ()
        )


def _video(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """The clip, with its address or its bytes; empty where there is none."""
    helper = found.get("output_video")  # of the SDK's type; the wire has it in the steps
    items = [*_items(found), *([helper] if isinstance(helper, Mapping) else [])]
    fitting = (item for item in items if item.get("type", "video") == "video" and (item.get("uri") or item.get("data")))
    return next(fitting, {})


def _text(found: Mapping[str, Any]) -> str:
    said = [str(item["text"]) for item in _items(found) if item.get("type") == "text" and item.get("text")]
    return " ".join(reversed(said))


def _video_tokens(found: Mapping[str, Any]) -> int:
    """How many were spent on pictures that move."""
    usage = found.get("usage")
    rows = usage.get("output_tokens_by_modality") if isinstance(usage, Mapping) else None
    spent = [row.get("tokens") for row in rows or () if isinstance(row, Mapping) and row.get("modality") == "video"]
    return sum(tokens for tokens in spent if isinstance(tokens, int))


def _failures(found: Mapping[str, Any]) -> Iterator[str]:
    """The words and codes of what went wrong: of the outputs, and of the whole."""
    whole = found.get("errors")
    for error in [*(output.get("error") for output in _outputs(found)), *(whole if isinstance(whole, list) else [])]:
        if isinstance(error, Mapping):
            code, words = str(error.get("code") or ""), str(error.get("message") or "")
            yield f"{words} ({code})" if code and words else words or code


def _error(body: Any) -> Mapping[str, Any]:
    body = body[0] if isinstance(body, list) and body else body
    error = body.get("error") if isinstance(body, Mapping) else None
    return error if isinstance(error, Mapping) else {}


def _codes(error: Mapping[str, Any]) -> frozenset[str]:
    """The code or status of an error, and the reasons and quotas that its details name; in small letters."""
    named = [error.get("code"), error.get("status")]
    details = error.get("details")
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, Mapping):
            named.append(detail.get("reason"))
            violations = detail.get("violations")
            named += [each.get("quotaId") for each in violations or () if isinstance(each, Mapping)]
    return frozenset(str(name).casefold() for name in named if name)
