"""Servers of the /v1/videos protocol, each with the manners of its kind.

"vllm-omni" and "sglang" do as their own sources do (vLLM-Omni 0.30.0: api_server.py and video/generation/helpers.py;
SGLang 0.5.23: video_api.py, http_server.py, common_api.py), "litellm" as its proxy's health endpoints do (1.109.1), and
"openai" as the official SDK describes the service that was (openai 3.52.0).
"""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

from tests.fakes.server import Call, Fake, Job, Reply

WHOLE = re.compile(r"[1-9]\d*")
SIZE = re.compile(r"\d+x\d+")
ID_PREFIX = {"openai": "video_", "vllm-omni": "video_gen_", "sglang": "", "litellm": "video_"}
HEALTH = {"vllm-omni": "/health", "sglang": "/health", "litellm": "/health/readiness"}
UNWELL: dict[tuple[str, str], Any] = {  # what is said with status 503, by kind and by what is the matter
    ("vllm-omni", "starting"): {"status": "unhealthy", "reason": "No engine initialized"},
    ("vllm-omni", "dead"): {"status": "unhealthy"},
    ("sglang", "starting"): None,
    ("sglang", "dead"): {"status": "unhealthy", "error": "scheduler process 0 exited with code -9"},
    ("litellm", "dead"): {"status": "healthy", "db": "disconnected"},
}
MODERATED = "Your request was blocked by our moderation system."


class FakeVideos(Fake):
    """`kind`: "openai", "vllm-omni" or "sglang". `model` is the one that it serves; "" serves any.

    `failure` is how a job with the fate "fails" ends: (HTTP status, words). `clip_at`, where set, is where SGLang says
    that it has uploaded the clip. It works on `places` jobs at a time, each for `hold_s`, and the others wait (0: on
    all of them). `took_s` is what it says that a job took, in place of the truth. `unwell` is "", "starting" or "dead".
    """

    def __init__(
        self,
        clip: bytes,
        kind: str = "openai",
        *,
        model: str = "wan2.2",
        needs_key: bool = True,
        failure: tuple[int, str] = (500, "out of memory"),
        places: int = 0,
        took_s: float | None = None,
        **more: Any,
    ) -> None:
        super().__init__(clip, **more)
        self.kind = kind
        self.model = model
        self.needs_key = needs_key
        self.failure = failure
        self.places = places
        self.took_s = took_s
        self.unwell = ""
        self.most_open = 0  # jobs that were accepted and whose clip was not fetched yet
        self.clip_at = ""
        self.words: dict[str, str] = {}  # status words that it uses in place of the protocol's
        self.more: dict[str, Any] = {}  # fields of every job beyond the protocol's
        self.odd_ids = False
        self.deleted: dict[str, Job] = {}  # whether or not it had been made

    def place(self, call: Call) -> str:
        if call.path == HEALTH.get(self.kind):
            return "health"
        way = call.path.removeprefix("/v1").strip("/").split("/", 1)
        if way == ["models"]:
            return "models"
        if way[0] != "videos":
            return "elsewhere"
        if len(way) == 1:
            return "create" if call.method == "POST" else "list"
        if call.method == "DELETE":
            return "cancel"
        return "content" if way[1].endswith("/content") else "poll"

    def answer(self, place: str, call: Call) -> Reply:
        if place == "health":  # none of them wants a key for it
            return Reply(503, UNWELL[self.kind, self.unwell]) if self.unwell else Reply(200, {"status": "healthy"})
        if self.needs_key and not self.is_let_in(call):
            return self.no("bad key")
        if not call.path.startswith("/v1/") or place == "elsewhere":
            return Reply(404, {"detail": "Not Found"})
        if place == "create":
            return self._create(call)
        if place == "list":
            return self._list(call)
        if place == "models":
            served = [{"id": self.model, "object": "model"}] if self.model else []
            return Reply(200, {"object": "list", "data": served}) if self.kind != "openai" else self._error(404, "no")
        job = self.job(call.path.removeprefix("/v1/videos/").removesuffix("/content"))
        if job is None:
            return self._error(404, "Video not found")
        return {"poll": self._poll, "content": self._content, "cancel": self._delete}[place](job, call)

    def no(self, fault: str) -> Reply:
        """In OpenAI's words; the codes of moderation are those that two guides agree on."""
        status, kind, code, message = {
            "no credit": (429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota"),
            "bad key": (401, "invalid_request_error", "invalid_api_key", f"Incorrect API key provided: {self.key}"),
            "moderated": (400, "invalid_request_error", "sentinel_block", MODERATED),
            "busy": (429, "requests", "rate_limit_exceeded", "Rate limit reached"),
            "unavailable": (503, "server_error", None, "Video generation handler not initialized."),
        }[fault]
        return Reply(status, {"error": {"message": message, "type": kind, "param": None, "code": code}})

    def _error(self, status: int, words: str) -> Reply:
        if self.kind == "sglang":
            return Reply(status, {"detail": words})
        error = {"message": words, "type": "invalid_request_error", "param": None, "code": status}
        return Reply(status, {"error": error})

    # --- create ------------------------------------------------------------------------------------------------------

    def _create(self, call: Call) -> Reply:
        if call.headers.get_content_type() == "multipart/form-data":
            fields, files = call.form()
        elif self.kind == "vllm-omni":
            return Reply(422, {"detail": [{"loc": ["body", "prompt"], "msg": "Field required", "type": "missing"}]})
        else:
            fields, files = call.json(), {}
        wrong = self._wrong(fields)
        if wrong is not None:
            return wrong
        job = self.accept({**fields, **files}, self._id())
        with self._lock:
            self.most_open = max(self.most_open, sum(not each.fetched for each in self.jobs.values()))
        return Reply(200, self.video(job))

    def accept(self, body: Any, job_id: str = "") -> Job:
        """Into the ledger, and behind those that wait."""
        with self._lock:
            ends = sorted(each.begins + self.hold_s for each in self.jobs.values() if not each.cancelled)
            job = super().accept(body, job_id)
            if self.places and len(ends) >= self.places:
                job.waits_s = max(ends[-self.places] - job.at, 0.0)
        return job

    def _wrong(self, fields: dict[str, Any]) -> Reply | None:
        if not fields.get("prompt"):
            return self._error(400, "prompt is required")
        if self.model and fields.get("model") not in (self.model, None):
            return self._error(
                400, f"Model mismatch: request specifies '{fields['model']}' but server is running '{self.model}'."
            )
        if not SIZE.fullmatch(fields.get("size", "1x1")):
            return self._invalid("size", "String should match pattern '^\\d+x\\d+$'")
        whole = ["seconds", "num_frames", "seed", *(["fps"] if self.kind == "sglang" else [])]
        for name in whole:
            if name in fields and not re.fullmatch(r"\d+", str(fields[name])):
                return self._invalid(name, "Input should be a valid integer")
        return None

    def _invalid(self, name: str, words: str) -> Reply:
        return Reply(422, {"detail": [{"loc": ["body", name], "msg": words, "type": "value_error"}]})

    def _id(self) -> str:
        return f"video_{uuid.uuid4().hex}/a b+c==" if self.odd_ids else ID_PREFIX[self.kind] + uuid.uuid4().hex

    # --- a job -------------------------------------------------------------------------------------------------------

    def video(self, job: Job) -> dict[str, Any]:
        """The video object."""
        status = self._status(job)
        over = status in ("completed", "failed")
        made: dict[str, Any] = {
            "id": job.id, "object": "video", "model": job.body.get("model") or self.model,
            "status": self.words.get(status, status), "progress": self._progress(status), "created_at": int(job.at),
            "completed_at": int(job.begins + self.hold_s) if status == "completed" else None, "expires_at": None,
            "seconds": self._seconds(job), "size": job.body.get("size", ""), "remixed_from_video_id": None,
            "error": self._failed(job) if status == "failed" else None,
        }  # fmt: skip
        if self.kind != "sglang":  # SGLang keeps no prompt
            made["prompt"] = job.body["prompt"]
        if self.kind == "sglang":
            made |= {"url": self.clip_at or None if status == "completed" else None, "file_path": "outputs/x.mp4"}
        if over and (self.kind == "vllm-omni" or (self.kind == "sglang" and status == "completed")):
            waited = job.waits_s if self.kind == "vllm-omni" else 0  # it counts from when it was accepted
            made["inference_time_s"] = self.took_s if self.took_s is not None else waited + self.hold_s
        return {**made, **self.more}

    def _status(self, job: Job) -> str:
        job.polls += 1
        if not job.ended(self.hold_s):
            return "queued" if job.polls < 2 or time.time() < job.begins else "in_progress"
        if job.fate == "has nothing":
            return "completed"
        return "failed" if job.fate else "completed"

    def _progress(self, status: str) -> int:
        return {"queued": 0, "in_progress": 37, "completed": 100}.get(status, 0)

    def _seconds(self, job: Job) -> str:
        if self.kind == "sglang":
            fps = int(job.body.get("fps", 24))
            return str(round(int(job.body.get("num_frames", fps * int(job.body.get("seconds", 4)))) / fps))
        return str(job.body.get("seconds", "4"))

    def _failed(self, job: Job) -> dict[str, Any]:
        status, words = self.failure
        if job.fate == "is refused" and self.kind == "openai":
            return {"code": "moderation_blocked", "message": MODERATED}
        if self.kind == "sglang":
            return {"message": words}  # no code at all
        return {"code": status if self.kind == "vllm-omni" else "internal_error", "message": words}

    def _poll(self, job: Job, _: Call) -> Reply:
        video = self.video(job)
        if self.kind == "vllm-omni" and video["status"] == "failed":
            return Reply(self.failure[0], video)  # the failure's own status, and the job in the body
        return Reply(200, video)

    def _content(self, job: Job, call: Call) -> Reply:
        status = self._status(job)
        if self.kind == "sglang" and self.clip_at:
            words = f"Video has been uploaded to cloud storage. Please use the cloud URL: {self.clip_at}"
            return self._error(400, words)
        if status == "failed" and self.kind == "vllm-omni":
            return self._error(422, "Video generation failed. Check job status for error details.")
        if status != "completed":
            return self._error(404, "Generation is still in-progress")
        if job.fate == "has nothing":
            return self._error(404, "Video variant None not found")
        job.fetched += 1
        return self.clip_reply(call)

    def _delete(self, job: Job, _: Call) -> Reply:
        """vLLM-Omni aborts what runs; SGLang forgets the record and goes on making the clip; all delete what ended."""
        with self._lock:
            if self.kind != "sglang" and not job.ended(self.hold_s):
                job.cancelled = True
            del self.jobs[job.id]
            self.deleted[job.id] = job
        if self.kind == "sglang":
            return Reply(200, {**self.video(job), "status": "deleted"})
        return Reply(200, {"id": job.id, "object": "video.deleted", "deleted": True})

    def _list(self, call: Call) -> Reply:
        newest = sorted(self.jobs.values(), key=lambda job: job.at, reverse=call.query.get("order", "desc") == "desc")
        after = call.query.get("after")
        if after:
            at = next((index for index, job in enumerate(newest) if job.id == after), len(newest))
            newest = newest[at + 1 :]
        limit = int(call.query.get("limit", 20))
        if not 0 <= limit <= 100:
            return self._invalid("limit", "Input should be less than or equal to 100")
        page = [self.video(job) for job in newest[:limit]]
        ids = [video["id"] for video in page]
        first, last = (ids[0], ids[-1]) if ids else (None, None)
        more = len(newest) > limit
        return Reply(200, {"object": "list", "data": page, "first_id": first, "last_id": last, "has_more": more})

    # --- what a test says --------------------------------------------------------------------------------------------

    def made_earlier(self, body: dict[str, Any], seconds_ago: float) -> Job:
        """A job that was accepted a while ago."""
        job = self.accept(body, self._id())
        job.at = time.time() - seconds_ago
        return job
