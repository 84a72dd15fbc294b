"""ElevenLabs' sound effects, as its SDK (elevenlabs 2.78.0) and copies of its page on errors describe them.

One request is answered with the sound. A sound that was made stands in the ledger, whatever became of the answer.
"""

from __future__ import annotations

import math
from typing import Any

from tests.fakes.server import Call, Fake, Reply

CREDIT_MICRO_USD = 300  # of the dearest plan: $0.30 for 1,000
LONGEST_TEXT = 450


class FakeElevenLabs(Fake):
    """`clip` is the sound. `old` is whether its errors are those of older pages."""

    def __init__(self, clip: bytes, *, credits: int = 10_000, old: bool = False, **more: Any) -> None:
        super().__init__(clip, **more)
        self.credits = credits
        self.old = old
        self.kind = "audio/mpeg"  # the content type of a sound

    def place(self, call: Call) -> str:
        return "create" if (call.method, call.path) == ("POST", "/v1/sound-generation") else "elsewhere"

    def answer(self, place: str, call: Call) -> Reply:
        if place != "create":
            return Reply(404, {"detail": "Not Found"})
        if call.headers.get("xi-api-key") != self.key:
            return self.no("bad key")
        body = call.json()
        wrong = self._wrong(body)
        if wrong:
            return wrong
        seconds = body.get("duration_seconds")
        cost = 100 if seconds is None else math.ceil(20 * seconds)
        if cost > self.credits:
            return self.no("no credit")
        self.credits -= cost
        self.accept(body).price_micro_usd = cost * CREDIT_MICRO_USD
        return Reply(200, content=self.clip, headers={"Content-Type": self.kind})

    def no(self, fault: str) -> Reply:
        """Today's errors, or those of older pages."""
        today = {
            "no credit": (402, "payment_required", "insufficient_credits", "You have 3 credits left."),
            "bad key": (401, "authentication_error", "invalid_api_key", f"The key {self.key} is not valid."),
            "busy": (429, "rate_limit_error", "rate_limit_exceeded", "Too many requests."),
            "moderated": (400, "invalid_request", "content_policy_violation", "Such a sound is not made."),
            "unavailable": (503, "service_unavailable", "service_unavailable", "Try again later."),
            "concurrent": (429, "rate_limit_error", "concurrent_limit_exceeded", "Wait for your other requests."),
            "system": (429, "rate_limit_error", "system_busy", "The system is busy."),
            "plan": (403, "authorization_error", "subscription_required", "This needs the Pro plan."),
            "too long": (400, "validation_error", "text_too_long", "The text is too long."),
        }
        before = {
            "no credit": (401, "quota_exceeded", "This request exceeds your quota of 3 credits."),
            "bad key": (401, "invalid_api_key", "Invalid API key"),
            "busy": (429, "too_many_concurrent_requests", "Too many concurrent requests."),
            "system": (429, "system_busy", "The system is busy."),
        }
        if self.old and fault in before:
            status, code, words = before[fault]
            return Reply(status, {"detail": {"status": code, "message": words}})
        status, kind, code, words = today[fault]
        more = {"request_id": "req_1", "param": None, "status": code}
        return Reply(status, {"detail": {"type": kind, "code": code, "message": words, **more}})

    def _wrong(self, body: Any) -> Reply | None:
        seconds, influence = body.get("duration_seconds"), body.get("prompt_influence", 0.3)
        if not isinstance(body.get("text"), str):
            return _invalid("text", "Field required")
        if len(body["text"]) > LONGEST_TEXT:
            return self.no("too long")
        if seconds is not None and not 0.5 <= seconds <= 30:
            return _invalid("duration_seconds", "Input should be between 0.5 and 30")
        return None if 0 <= influence <= 1 else _invalid("prompt_influence", "Input should be between 0 and 1")


def _invalid(field: str, words: str) -> Reply:
    return Reply(422, {"detail": [{"loc": ["body", field], "msg": words, "type": "value_error"}]})
