"""Replicate's predictions: replicate 1.0.7, and its pages on the API, rate limits and data retention."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from typing import Any

from tests.fakes.server import Call, Fake, Job, Reply

NO_CREDIT = {
    "title": "Insufficient credit",
    "detail": "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to "
    "purchase credit. Once you purchase credit, please wait a few minutes before trying again.",
    "status": 402,
}
THROTTLED = "Request was throttled. Your rate limit resets in ~{s}s."
SLOWED = (
    "Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute with a burst "
    "of 1 requests while you have less than $5.0 in credit. Your rate limit resets in ~{s}s."
)
SENSITIVE = "The input or output was flagged as sensitive. Please try again with different inputs. (E005) (uIJ6l3ruRD)"


class FakeReplicate(Fake):
    """`output` makes the output of a prediction out of its clip's address. What ended `kept_s` ago is removed."""

    def __init__(self, clip: bytes, *, kept_s: float = 3600.0, page: int = 100, **more: Any) -> None:
        super().__init__(clip, **more)
        self.kept_s = kept_s
        self.page = page
        self.output: Any = lambda url: url
        self.error = "E1001: out of memory"
        self.word = ""  # in place of the status of what ended well
        self.says_removed = True
        self.next_at = ""  # root of the address of the next page, where that is not this one
        self.inputs_in_list = True

    def place(self, call: Call) -> str:
        if call.path.startswith("/files/"):
            return "content"
        if call.method == "POST":
            return "cancel" if call.path.endswith("/cancel") else "create"
        return "list" if call.path == "/v1/predictions" else "poll"

    def answer(self, place: str, call: Call) -> Reply:
        if place == "content":
            return self.clip_reply(call)
        if call.headers.get("Authorization") != f"Bearer {self.key}":
            return self.no("bad key")
        if place == "create":
            return self._create(call)
        if place == "list":
            return self._list(call)
        job = self.job(call.path.split("/")[3])
        if job is None:
            return Reply(404, {"detail": "The requested resource could not be found.", "status": 404})
        if place == "cancel" and not job.ended(self.hold_s):
            job.cancelled = True
        return Reply(json=self._prediction(job))

    def _create(self, call: Call) -> Reply:
        body = call.json()
        parts = call.path.strip("/").split("/")
        if parts[1] == "models":
            made = {"model": "/".join(parts[2:4]), "version": "hidden"}
        else:
            made = {"model": "someone/something", "version": body.get("version")}
        if not isinstance(body.get("input"), dict):
            return Reply(422, {"title": "Input validation failed", "detail": "- input is required", "status": 422})
        job = self.accept({**made, "input": body["input"]}, uuid.uuid4().hex[:26])
        return Reply(201, {**self._prediction(job), "status": "starting", "output": None})

    def _list(self, call: Call) -> Reply:
        newest = sorted(self.jobs.values(), key=lambda job: -job.at)
        at = int(call.query.get("cursor", "0"))
        more = at + self.page < len(newest)
        following = f"{self.next_at or self.url}/v1/predictions?cursor={at + self.page}" if more else None
        found = [self._prediction(job) for job in newest[at : at + self.page]]
        if not self.inputs_in_list:
            found = [{name: value for name, value in each.items() if name != "input"} for each in found]
        return Reply(json={"previous": None, "next": following, "results": found})

    def _prediction(self, job: Job) -> dict[str, Any]:
        ended = job.ended(self.hold_s)
        ended_at = job.at + (0 if job.cancelled else self.hold_s)
        removed = ended and time.time() >= ended_at + self.kept_s
        fates = {"fails": ("failed", self.error), "is refused": ("failed", SENSITIVE)}
        status, error = fates.get(job.fate, (self.word or "succeeded", None))
        if job.cancelled:
            status, error = "canceled", None
        if not ended:
            status, error = "processing", None
        at = f"{self.url}/v1/predictions/{job.id}"
        has_clip = status == "succeeded" and job.fate != "has nothing" and not removed
        return {
            "id": job.id, "model": job.body["model"], "version": job.body["version"], "status": status,
            "input": {} if removed else job.body["input"],
            "output": self.output(f"{self.url}/files/{job.id}/clip.mp4") if has_clip else None,
            "logs": "", "error": error, "metrics": {}, "data_removed": removed and self.says_removed, "source": "api",
            "created_at": _iso(job.at), "started_at": _iso(job.at), "completed_at": _iso(ended_at) if ended else None,
            "urls": {"get": at, "cancel": f"{at}/cancel"},
        }  # fmt: skip

    @property
    def bill_micro_usd(self) -> int:
        """A run that succeeded is paid for, with a clip or without."""
        with self._lock:
            ended = [job for job in self.jobs.values() if job.ended(self.hold_s) and not job.cancelled]
            return sum(job.price_micro_usd for job in ended if job.fate in ("", "has nothing"))

    def no(self, fault: str) -> Reply:
        """As Replicate says it. It moderates what a model has taken, so a create is never moderated."""
        return {
            "no credit": Reply(402, NO_CREDIT),
            "bad key": Reply(401, {"title": "Unauthenticated", "detail": f"Bad token {self.key}", "status": 401}),
            "moderated": Reply(422, {"title": "Input validation failed", "detail": "- prompt: not so", "status": 422}),
            "busy": Reply(429, {"detail": THROTTLED.format(s=30), "status": 429}),
            "unavailable": Reply(503, {"title": "Service Unavailable", "detail": "come again", "status": 503}),
        }[fault]


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
