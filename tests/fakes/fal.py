"""fal's queue: fal-client 1.0.3 for the addresses and words, fal's pages on errors and users' captures for the bodies.

A moderated request is billed here, and so is one that was completed with nothing: whether fal does that is nowhere
settled, and the studio counts it.
"""

from __future__ import annotations

import uuid
from typing import Any

from tests.fakes.server import Call, Fake, Job, Reply

NAMESPACES = ("workflows", "comfy")
MODERATED = "The content could not be processed because it contained material flagged by a content checker."
LOCKED = "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing."
BILLED = ("", "is refused", "has nothing")


class FakeFal(Fake):
    """`failure`: the error type of a request whose fate is "fails". `told`: whether its status says it already.

    `elsewhere`, where set, is the root of the addresses that a create's answer names.
    """

    def __init__(
        self, clip: bytes, *, failure: str = "runner_server_error", told: bool = True, elsewhere: str = "", **more: Any
    ) -> None:
        super().__init__(clip, **more)
        self.failure = failure
        self.told = told
        self.elsewhere = elsewhere
        self.result: Reply | None = None  # in place of every result

    def place(self, call: Call) -> str:
        if call.path.startswith("/files/"):
            return "content"
        _, found, rest = call.path.partition("/requests/")
        if not found:
            return "create"
        return {"status": "poll", "cancel": "cancel"}.get(rest.partition("/")[2], "result")

    def answer(self, place: str, call: Call) -> Reply:
        if place == "content":
            known = self.job(call.path.split("/")[-1].removesuffix(".mp4"))
            return self.clip_reply(call) if known else Reply(404, {"detail": "gone"})
        if call.headers.get("Authorization") != f"Key {self.key}":
            return self.no("bad key")
        if place == "create":
            return self._create(call) if call.method == "POST" else Reply(405, {"detail": "Method Not Allowed"})
        app, _, rest = call.path.partition("/requests/")
        job = self.job(rest.partition("/")[0])
        if job is None or app != _app(job.body["model"]):
            return Reply(404, {"detail": "Request not found"})
        return {"poll": self._status, "result": self._result, "cancel": self._cancel}[place](job, call)

    def _create(self, call: Call) -> Reply:
        job = self.accept({"model": call.path, "input": call.json()}, str(uuid.uuid4()))
        at = f"{self.elsewhere or self.url}{_app(call.path)}/requests/{job.id}"
        return Reply(
            json={
                "request_id": job.id, "status": "IN_QUEUE", "queue_position": 0,
                "response_url": at, "status_url": f"{at}/status", "cancel_url": f"{at}/cancel",
            }
        )  # fmt: skip

    def _status(self, job: Job, call: Call) -> Reply:
        job.polls += 1
        if job.ended(self.hold_s):
            error = {"error": "it broke", "error_type": self.failure} if job.fate == "fails" and self.told else {}
            if job.cancelled:
                error = {"error": "cancelled", "error_type": "client_cancelled"}
            return Reply(json={"status": "COMPLETED", "logs": None, "metrics": {"inference_time": 41.2}, **error})
        if job.polls == 1:
            return Reply(202, {"status": "IN_QUEUE", "queue_position": 3})
        return Reply(202, {"status": "IN_PROGRESS", "logs": None})

    def _result(self, job: Job, call: Call) -> Reply:
        if self.result is not None:
            return self.result
        if job.cancelled:
            return _platform(499, "client_cancelled")
        if not job.ended(self.hold_s):
            return Reply(400, {"detail": "Request is still in progress"})
        match job.fate:
            case "fails":
                return _platform(500, self.failure)
            case "is refused":
                return Reply(422, {"detail": [_moderated(str(job.body["input"].get("prompt")))]})
            case "has nothing":
                return Reply(json={"video": None, "seed": 7})
        job.fetched += 1
        url = f"{self.url}/files/{job.fetched}/{job.id}.mp4"
        video = {"url": url, "content_type": "video/mp4", "file_name": "clip.mp4", "file_size": len(self.clip)}
        return Reply(json={"video": video, "seed": 7})

    def _cancel(self, job: Job, call: Call) -> Reply:
        if call.method != "PUT":
            return Reply(405, {"detail": "Method Not Allowed"})
        if job.ended(self.hold_s):
            return Reply(400, {"status": "ALREADY_COMPLETED"})
        job.cancelled = True
        return Reply(202, {"status": "CANCELLATION_REQUESTED"})

    @property
    def bill_micro_usd(self) -> int:
        with self._lock:
            ended = [job for job in self.jobs.values() if job.ended(self.hold_s) and not job.cancelled]
            return sum(job.price_micro_usd for job in ended if job.fate in BILLED)

    def no(self, fault: str) -> Reply:
        """As the queue says it; moderation speaks here in the way that a model does."""
        return {
            "no credit": Reply(403, {"detail": LOCKED}),
            "bad key": Reply(401, {"detail": f"Invalid key {self.key}"}),
            "moderated": Reply(422, {"detail": [_moderated("the words of the prompt")]}),
            "busy": Reply(429, {"detail": "Too many requests"}),
            "unavailable": Reply(503, {"detail": "No server is available"}),
        }[fault]


def _app(path: str) -> str:
    """Owner and app of a model's name, which is all that the addresses of its requests hold."""
    parts = path.strip("/").split("/")
    return "/" + "/".join(parts[: 3 if parts[0] in NAMESPACES else 2])


def _moderated(prompt: str) -> dict[str, Any]:
    return {
        "loc": ["body", "prompt"], "msg": MODERATED, "type": "content_policy_violation",
        "url": "https://docs.fal.ai/errors#content_policy_violation", "input": prompt,
    }  # fmt: skip


def _platform(status: int, kind: str) -> Reply:
    return Reply(status, {"detail": "it broke", "error_type": kind}, headers={"X-Fal-Error-Type": kind})
