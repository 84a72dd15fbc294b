"""Runway, as its SDK (runwayml 5.24.0) and the copies of its pages describe it.

It has credits, limits for each model (more tasks than may run at once wait as THROTTLED; more than a day's are a 429),
an estimate in every answer until a task ends and the bill from then on, codes of failures, and output addresses that
expire and are made anew by every look at the task.
"""

from __future__ import annotations

import time
import uuid
from typing import Any
from urllib.parse import quote

from tests.fakes.server import Call, Fake, Job, Reply

VERSION = "2024-11-06"
CREATES = ("/v1/text_to_video", "/v1/image_to_video")
CREDIT_MICRO_USD = 10_000
FAILURES = {  # fate -> (failureCode, words, credits that stay charged)
    "fails": ("INTERNAL.BAD_OUTPUT.CODE01", "An unexpected error occurred.", 0),
    "is refused": ("SAFETY.OUTPUT.VIDEO", "The output was rejected by moderation.", 0),
}


class FakeRunway(Fake):
    """`credits_per_s` is the price of each model; `at_once` and `a_day` are its limits."""

    def __init__(
        self, clip: bytes, *, credits: int = 100_000, credits_per_s: int = 12, at_once: int = 1_000,
        a_day: int | None = None, suffix: str = ".mp4", **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(clip, **more)
        self.credits = credits
        self.credits_per_s = credits_per_s
        self.at_once = at_once
        self.a_day = a_day
        self.suffix = suffix
        self.failures = dict(FAILURES)
        self.deleted: set[str] = set()
        self.words: dict[str, str] = {}  # status words that it uses in place of the protocol's
        self.good: set[str] = set()  # tickets of output addresses that have not expired

    def place(self, call: Call) -> str:
        if call.path in CREATES:
            return "create"
        if call.path.startswith("/output/"):
            return "content"
        if call.path == "/v1/organization":
            return "account"
        if call.path.startswith("/v1/tasks/"):
            return "cancel" if call.method == "DELETE" else "poll"
        return "elsewhere"

    def answer(self, place: str, call: Call) -> Reply:
        if place == "content":
            return self._content(call)
        if not self.is_let_in(call):
            return self.no("bad key")
        if call.headers.get("X-Runway-Version") != VERSION:
            return _error(400, "This API requires the X-Runway-Version header.")
        if place == "create":
            return self._create(call)
        if place == "account":
            return self._account()
        job = self.job(call.path.removeprefix("/v1/tasks/"))
        if place not in ("poll", "cancel") or job is None or job.id in self.deleted:
            return _error(404, "Not found")
        return self._delete(job) if place == "cancel" else Reply(200, self.task(job))

    def no(self, fault: str) -> Reply:
        return {
            "no credit": _error(400, "You do not have enough credits to run this task."),
            "bad key": _error(401, f"Invalid API key {self.key}."),
            "busy": _error(429, "Too many requests."),
            "unavailable": _error(503, "The service is overloaded."),
            "daily": _error(429, "Your daily task limit has been reached."),
        }[fault]

    # --- create ------------------------------------------------------------------------------------------------------

    def _create(self, call: Call) -> Reply:
        body = call.json()
        wrong = _wrong(call.path, body)
        if wrong:
            return wrong
        if self.a_day is not None and len(self.jobs) >= self.a_day:
            return self.no("daily")
        cost = self._credits(body)
        if cost > self.credits:
            return self.no("no credit")
        self.credits -= cost
        job = self.accept(body, str(uuid.uuid4()))
        job.price_micro_usd = cost * CREDIT_MICRO_USD
        return Reply(200, {"id": job.id, "estimatedCost": {"credits": cost}})

    def _credits(self, body: Any) -> int:
        return self.credits_per_s * int(body.get("duration", 5))

    # --- a task ------------------------------------------------------------------------------------------------------

    def task(self, job: Job) -> dict[str, Any]:
        status = self._status(job)
        estimate = job.price_micro_usd // CREDIT_MICRO_USD
        made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(job.at))
        task: dict[str, Any] = {"id": job.id, "status": self.words.get(status, status), "createdAt": made}
        match status:
            case "SUCCEEDED":
                task["cost"] = {"credits": job.billed_micro_usd(self.hold_s) // CREDIT_MICRO_USD}
                task["output"] = [] if job.fate == "has nothing" else [self._address(job)]
            case "FAILED":
                code, words, charged = self.failures[job.fate]
                task |= {"failure": words, "failureCode": code, "cost": {"credits": charged}}
            case "CANCELLED":
                task["cost"] = {"credits": 0}
            case _:
                task["estimatedCost"] = {"credits": estimate}
                if status == "RUNNING":
                    task["progress"] = min(0.99, (time.time() - job.at) / self.hold_s if self.hold_s else 0.5)
        return task

    def _status(self, job: Job) -> str:
        if job.cancelled:
            return "CANCELLED"
        if job.ended(self.hold_s):
            return "FAILED" if job.fate in self.failures else "SUCCEEDED"
        before = [other for other in self.jobs.values() if not other.ended(self.hold_s) and other.at < job.at]
        return "THROTTLED" if len(before) >= self.at_once else "RUNNING"

    def _delete(self, job: Job) -> Reply:
        if job.ended(self.hold_s):
            self.deleted.add(job.id)
        else:
            job.cancelled = True
            self.credits += job.price_micro_usd // CREDIT_MICRO_USD
        return Reply(204)

    def _address(self, job: Job) -> str:
        """A fresh one at every look, good until `expire`."""
        ticket = uuid.uuid4().hex
        self.good.add(ticket)
        return f"{self.url}/output/{quote(job.id)}{self.suffix}?_jwt={ticket}"

    def expire(self) -> None:
        """Every address that was given out is good no more."""
        self.good.clear()

    def _content(self, call: Call) -> Reply:
        if "Authorization" in call.headers:
            return Reply(400, content=b"only one auth mechanism allowed")
        if call.query.get("_jwt") not in self.good:
            return Reply(403, content=b"<Error><Code>AccessDenied</Code></Error>")
        return self.clip_reply(call)

    def _account(self) -> Reply:
        models = {job.body["model"] for job in self.jobs.values()} | {"gen4.5"}
        made = {model: sum(job.body["model"] == model for job in self.jobs.values()) for model in models}
        limits = {"maxConcurrentGenerations": self.at_once, "maxDailyGenerations": self.a_day}
        return Reply(
            200,
            {
                "creditBalance": self.credits,
                "tier": {"maxMonthlyCreditSpend": 10_000, "models": dict.fromkeys(models, limits)},
                "usage": {"models": {model: {"dailyGenerations": count} for model, count in made.items()}},
            },
        )


def _error(status: int, words: str, **more: Any) -> Reply:
    return Reply(status, {"error": words, **more})


def _wrong(path: str, body: Any) -> Reply | None:
    """What is wrong for any model, as it says it: the text, and where."""
    stills = body.get("promptImage")
    missing = [name for name in ("model", "promptText") if not body.get(name)]
    if path.endswith("image_to_video") and not stills:
        missing.append("promptImage")
    if path.endswith("text_to_video") and stills:
        return _invalid("promptImage", "Unrecognized key")
    if missing:
        return _invalid(missing[0], "Required")
    if len(body["promptText"].encode("utf-16-le")) > 2 * 20_000:
        return _invalid("promptText", "Too long")
    if not isinstance(body.get("duration", 5), int):
        return _invalid("duration", "Expected number")
    uris = [stills] if isinstance(stills, str) else [still["uri"] for still in stills or ()]
    uris += [video["uri"] for video in body.get("referenceVideos", ())]
    if any(not uri.startswith(("https://", "runway://", "data:")) for uri in uris):
        return _invalid("promptImage", "Only HTTPS URLs are allowed.")
    if any(uri.startswith("data:") and len(uri) > 5_242_880 for uri in uris):
        return _invalid("promptImage", "Data URI is too large.")
    return None


def _invalid(field: str, words: str) -> Reply:
    issue = {"code": "invalid", "path": [field], "message": words}
    return _error(400, "Validation of body failed", docUrl="https://docs.dev.runwayml.com/api", issues=[issue])
