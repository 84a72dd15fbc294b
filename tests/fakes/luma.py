"""Luma's two services on one socket: the Agents API (luma-agents 0.5.0) and Dream Machine (lumaai 1.21.0).

A clip lies at an address that is signed anew whenever the generation is looked at, and the older ones are then no good;
it is for anybody, and the key has no business there. The Agents API has no list and nothing to stop a generation.
"""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from tests.fakes.server import Call, Fake, Job, Reply

CONCEPTS = ["push_in", "pull_out", "pan_left", "pan_right", "orbit_left", "orbit_right", "static", "low_angle"]
DREAM = "/dream-machine/v1/"
AGENTS = "/v1/"


class FakeLuma(Fake):
    """`agents_url` and `dream_url` are the base URLs of the two."""

    def __init__(self, clip: bytes, **more: Any) -> None:
        super().__init__(clip, **more)
        self.agents_url = f"{self.url}/v1"
        self.dream_url = f"{self.url}/dream-machine/v1"
        self.failure = ("generation_failed", "The model broke.")
        self.concepts: Any = CONCEPTS
        self.echoes = True  # whether a listing shows the requests
        self.oldest_first = False
        self.words = ""  # a state that a running generation has in place of its own
        self.signed: dict[str, int] = defaultdict(int)  # by job id: which signature is good

    def place(self, call: Call) -> str:
        if call.path.startswith("/clips/"):
            return "content"
        way = call.path.removeprefix(DREAM).removeprefix(AGENTS).strip("/").split("/")
        if way[0] != "generations":
            return "elsewhere"
        if call.method == "POST":
            return "create"
        if way[1:] == ["concepts", "list"]:
            return "concepts"
        return "poll" if len(way) == 2 else "list"

    def answer(self, place: str, call: Call) -> Reply:
        if place == "content":
            return self._clip(call)
        if call.headers.get("Authorization") != f"Bearer {self.key}":
            return self.no("bad key")
        dream = call.path.startswith(DREAM)
        if place == "create":
            return self._dream(call) if dream else self._agents(call)
        if place == "poll":
            job = self.job(call.path.rsplit("/", 1)[1])
            return Reply(404, {"detail": "Generation not found"}) if job is None else Reply(200, self.generation(job))
        if dream and place == "concepts":
            return Reply(200, self.concepts)
        if dream and place == "list":
            return self._list(call)
        return Reply(404, {"detail": "Not Found"})

    def no(self, fault: str) -> Reply:
        status, words = {
            "no credit": (402, "Insufficient balance"),
            "bad key": (401, f"Not authenticated: {self.key}"),
            "moderated": (422, "Prompt was rejected by content moderation"),
            "busy": (429, "Rate limit exceeded"),
            "unavailable": (503, "Service unavailable"),
        }[fault]
        return Reply(status, {"detail": words})

    # --- create ------------------------------------------------------------------------------------------------------

    def _agents(self, call: Call) -> Reply:
        body = call.json()
        video = body.get("video") or {}
        ends = {"start_frame", "end_frame"} & set(video)
        frames = video.get("keyframes", [])
        refs = [*frames, *(video[name] for name in ends)]
        for fits, words in (
            (body.get("type") == "video", "type"),
            (video.get("duration") in ("5s", "10s"), "duration"),
            (not ends or video["duration"] == "5s", "start_frame and end_frame are for 5 s"),
            (not (ends and frames), "keyframes exclude start_frame and end_frame"),
            (len(frames) == len(video.get("keyframe_indexes", [])), "keyframe_indexes"),
            (all(index <= 240 for index in video.get("keyframe_indexes", [])), "keyframe_indexes"),
            (all(set(ref) == {"data", "media_type"} for ref in refs), "a reference has data and media_type"),
        ):
            if not fits:
                return Reply(422, {"detail": words})
        return Reply(201, self.generation(self.accept({**body, "_": "agents"}, str(uuid.uuid4()))))

    def _dream(self, call: Call) -> Reply:
        if not call.path.endswith("/generations/video"):
            return Reply(404, {"detail": "Not Found"})
        body = call.json()
        keys = [concept["key"] for concept in body.get("concepts", [])]
        if not set(keys) <= set(CONCEPTS) or body.get("duration") not in ("5s", "9s"):
            return Reply(400, {"detail": "400: concepts are not supported for this model"})
        return Reply(201, self.generation(self.accept({**body, "_": "dream"}, str(uuid.uuid4()))))

    # --- a generation ------------------------------------------------------------------------------------------------

    def generation(self, job: Job) -> dict[str, Any]:
        """As it stands, with a fresh address of its clip."""
        job.polls += 1
        dream = job.body["_"] == "dream"
        state = self._state(job, dream)
        made: dict[str, Any] = {
            "id": job.id, "state": state, "model": job.body["model"], "failure_reason": None,
            "created_at": datetime.fromtimestamp(job.at, UTC).isoformat().replace("+00:00", "Z"),
        }  # fmt: skip
        if state == "failed":
            made["failure_code"], made["failure_reason"] = self.failure
            if job.fate == "is refused":
                made["failure_code"], made["failure_reason"] = "content_moderated", "Rejected by content moderation."
        url = ""
        if state == "completed" and job.fate != "has nothing":
            self.signed[job.id] += 1
            url = f"{self.url}/clips/{job.id}?signature={self.signed[job.id]}"
        if dream:
            made.pop("failure_code", None)
            made["assets"] = {"video": url, "image": None, "progress_video": None} if url else None
            asked = {name: value for name, value in job.body.items() if name != "_"}
            made["request"] = {"generation_type": "video", "loop": False, **asked} if self.echoes else None
        else:
            made["type"] = "video"
            made["output"] = [{"type": "image", "url": "https://x"}, {"type": "video", "url": url}] if url else []
        return made

    def _state(self, job: Job, dream: bool) -> str:
        if not job.ended(self.hold_s):
            return self.words or ("queued" if job.polls < 2 else "dreaming" if dream else "processing")
        return "failed" if job.fate in ("fails", "is refused") else "completed"

    def _clip(self, call: Call) -> Reply:
        assert not self.is_let_in(call), "the key was sent to where a clip lies"
        job = self.job(call.path.removeprefix("/clips/"))
        if job is None or call.query.get("signature") != str(self.signed[job.id]):
            return Reply(403, content=b"expired")
        job.fetched += 1
        return self.clip_reply(call)

    def _list(self, call: Call) -> Reply:
        dreams = [job for job in self.jobs.values() if job.body["_"] == "dream"]
        ordered = sorted(dreams, key=lambda job: job.at, reverse=not self.oldest_first)
        limit, offset = int(call.query.get("limit", 10)), int(call.query.get("offset", 0))
        page = ordered[offset : offset + limit]
        more = offset + limit < len(ordered)
        listed = [self.generation(job) for job in page]
        return Reply(
            200, {"generations": listed, "count": len(page), "has_more": more, "limit": limit, "offset": offset}
        )

    # --- what a test says --------------------------------------------------------------------------------------------

    def made_earlier(self, body: dict[str, Any], seconds_ago: float) -> Job:
        """A generation of Dream Machine that was accepted a while ago."""
        job = self.accept({**body, "_": "dream"}, str(uuid.uuid4()))
        job.at = time.time() - seconds_ago
        return job
