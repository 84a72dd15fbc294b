"""Google's Interactions API as far as a clip needs it: google-genai 3.4.0, and copies of Google's pages on Omni.

An interaction is polled, its clip lies in a file that may still be processed, and the file is given to nobody without
the key. A refusal looks like success. Errors are said in either of two envelopes.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from tests.fakes.server import Call, Fake, Job, Reply

SECONDS = re.compile(r"\d+(\.\d+)?s")
TOKENS_A_SECOND = 5792  # of a clip at 720p
NEW = {  # by fault: status, code
    "no credit": (402, "payment_required"),
    "bad key": (401, "authentication"),
    "moderated": (400, "content_safety"),
    "busy": (429, "rate_limit_exceeded"),
    "unavailable": (503, "unavailable"),
}
OLD = {
    "no credit": (402, "RESOURCE_EXHAUSTED"),
    "bad key": (400, "INVALID_ARGUMENT"),
    "moderated": (400, "INVALID_ARGUMENT"),
    "busy": (429, "RESOURCE_EXHAUSTED"),
    "unavailable": (503, "UNAVAILABLE"),
}
WORDS = {
    "no credit": "Your prepayment credits are depleted.",
    "bad key": "API key not valid. Please pass a valid API key.",
    "moderated": "The prompt violates the Prohibited Use policy.",
    "busy": "Resource has been exhausted. Please retry in 46.2s.",
    "unavailable": "The model is overloaded.",
}


class FakeGemini(Fake):
    """`envelope`: "new", "old", or "array" (the old one in a list of one). `processing`: how many times a file is."""

    def __init__(self, clip: bytes, *, envelope: str = "new", processing: int = 0, **more: Any) -> None:
        super().__init__(clip, **more)
        self.envelope = envelope
        self.processing = processing
        self.state = "ACTIVE"
        self.inline = False  # the clip comes inside the answer, whatever was asked for
        self.alt = "?alt=media"
        self.host = ""  # of the clip's address, where it is another
        self.words: dict[str, str] = {}  # by job id: a status that it has in place of its own
        self.tokens = True  # whether a clip without a place was counted all the same

    def place(self, call: Call) -> str:
        way = call.path.strip("/").split("/")
        if way[:2] == ["v1", "interactions"]:
            if call.method == "POST":
                return "create" if len(way) == 2 else "cancel"
            return "poll"
        if way[:2] == ["v1beta", "files"]:
            return "content" if way[2].endswith(":download") else "file"
        return "elsewhere"

    def is_let_in(self, call: Call) -> bool:
        assert self.key not in str(call.query), "the key was in the address"
        return call.headers.get("x-goog-api-key") == self.key

    def answer(self, place: str, call: Call) -> Reply:
        if not self.is_let_in(call):
            return self.no("bad key")
        if place == "create":
            return self._create(call.json())
        job = self.job(call.path.split("/")[3].removesuffix(":download"))
        if place in ("file", "content"):
            return self._file(place, job, call)
        if job is None:
            return self._said(400, "invalid_request", "INVALID_ARGUMENT", "Invalid interaction name")
        if place == "cancel":
            if job.ended(self.hold_s):
                return self._said(400, "failed_precondition", "FAILED_PRECONDITION", "It has ended.")
            job.cancelled = True
        assert place == "cancel" or call.query == {"stream": "false"}
        return Reply(200, self.interaction(job))

    # --- create ------------------------------------------------------------------------------------------------------

    def _create(self, body: Any) -> Reply:
        for fits, words in (
            (body.get("background") is True, "background is not true"),
            (isinstance(body.get("response_format"), list), "response_format is no list"),
            (bool(body.get("input")), "input is required"),
        ):
            if not fits:
                return self._said(400, "invalid_request", "INVALID_ARGUMENT", words)
        wanted = body["response_format"][0]
        if not (isinstance(wanted.get("duration"), str) and SECONDS.fullmatch(wanted["duration"])):
            return self._said(400, "invalid_request", "INVALID_ARGUMENT", "Invalid duration")
        if not str(body.get("model", "")).startswith("gemini-omni"):
            return self._said(404, "model_not_found", "NOT_FOUND", "This model is no longer available.")
        job = self.accept(body, f"v1_{len(self.jobs)}-x")
        return Reply(200, self.interaction(job))

    # --- afterwards --------------------------------------------------------------------------------------------------

    def interaction(self, job: Job) -> dict[str, Any]:
        """As it stands."""
        job.polls += 1
        asked = job.body["input"]
        made: dict[str, Any] = {
            "id": job.id, "object": "interaction", "model": job.body["model"], "status": self._status(job),
            "steps": [*asked],
        }  # fmt: skip
        if job.cancelled or not job.ended(self.hold_s):
            return made
        output: dict[str, Any] = {"type": "model_output", "content": []}
        made["steps"].append(output)
        made["usage"] = {"output_tokens_by_modality": [{"modality": "text", "tokens": 12}]}
        seconds = float(job.body["response_format"][0]["duration"].removesuffix("s"))
        spent = {"modality": "video", "tokens": round(seconds * TOKENS_A_SECOND)}
        if job.fate == "fails":
            made["errors"] = [{"code": "internal", "message": "It could not be made."}]
        elif job.fate == "is refused":
            output["content"].append({"type": "text", "text": "I cannot make that."})
        elif job.fate == "has nothing":
            made["usage"]["output_tokens_by_modality"] += [spent] if self.tokens else []
        else:
            output["content"] += [{"type": "text", "text": "Here it is."}, self._video(job)]
            made["usage"]["output_tokens_by_modality"].append(spent)
        return made

    def _status(self, job: Job) -> str:
        if job.id in self.words:
            return self.words[job.id]
        if job.cancelled:
            return "cancelled"
        if not job.ended(self.hold_s):
            return "queued" if job.polls < 2 else "in_progress"
        return "failed" if job.fate == "fails" else "completed"

    def _video(self, job: Job) -> dict[str, Any]:
        if self.inline:
            return {"type": "video", "mime_type": "video/mp4", "data": base64.b64encode(self.clip).decode()}
        at = f"{self.host or self.url}/v1beta/files/{job.id}:download{self.alt}"
        return {"type": "video", "mime_type": "video/mp4", "uri": at}

    def _file(self, place: str, job: Job | None, call: Call) -> Reply:
        if job is None:
            return self._said(403, "permission_denied", "PERMISSION_DENIED", "You do not have permission.")
        if place == "content":
            assert call.query == {"alt": "media"}
            job.fetched += 1
            return self.clip_reply(call)
        self.processing -= 1
        return Reply(200, {"name": f"files/{job.id}", "state": "PROCESSING" if self.processing >= 0 else self.state})

    # --- errors ------------------------------------------------------------------------------------------------------

    def no(self, fault: str) -> Reply:
        status, code = NEW[fault] if self.envelope == "new" else OLD[fault]
        details: list[dict[str, Any]] = []
        if fault == "busy":
            kind = "type.googleapis.com/google.rpc."
            details = [
                {"@type": f"{kind}QuotaFailure", "violations": [{"quotaId": "RequestsPerMinutePerProject"}]},
                {"@type": f"{kind}RetryInfo", "retryDelay": "46s"},
            ]
        if fault == "bad key" and self.envelope != "new":
            details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
        return self._said(status, code, code, WORDS[fault], details)

    def _said(self, status: int, code: str, old: str, words: str, details: list[dict[str, Any]] | None = None) -> Reply:
        if self.envelope == "new":
            return Reply(status, {"error": {"code": code, "message": words}})
        body = {"error": {"code": status, "status": old, "message": words, "details": details or []}}
        return Reply(status, [body] if self.envelope == "array" else body)
