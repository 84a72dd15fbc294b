"""Answers of the services, in the shapes that their SDKs declare or that their documents and users show.

Values are made up; the fields are not. Where a service has more fields than its SDK needs, those that a studio reads
are here. Each function gives what the service would send as JSON.
"""

from __future__ import annotations

from typing import Any

MADE_AT = 1_795_219_200  # 2026-11-21T00:00:00Z
MADE = "2026-11-21T00:00:00Z"


# /v1/videos (openai 3.52.0, types/video.py)


def video(id: str, status: str = "queued", **more: Any) -> dict[str, Any]:
    """A job. `status`: queued, in_progress, completed, failed."""
    return {
        "id": id, "object": "video", "model": "wan2.2", "status": status, "created_at": MADE_AT, "completed_at": None,
        "expires_at": None, "error": None, "seconds": "5", "size": "1280x720", "prompt": None,
        "progress": 100 if status == "completed" else 0, "remixed_from_video_id": None, **more,
    }  # fmt: skip


def video_list(*videos: dict[str, Any], more: bool = False) -> dict[str, Any]:
    """A page of jobs."""
    ids = [one["id"] for one in videos]
    return {
        "object": "list", "data": list(videos), "has_more": more,
        "first_id": ids[0] if ids else None, "last_id": ids[-1] if ids else None,
    }  # fmt: skip


def video_deleted(id: str) -> dict[str, Any]:
    """The answer to DELETE."""
    return {"id": id, "object": "video.deleted", "deleted": True}


# Runway (runwayml 5.24.0, types/task_retrieve_response.py, organization_retrieve_response.py)


def runway_created(id: str, credits: float = 60) -> dict[str, Any]:
    """The answer to each kind of create."""
    return {"id": id, "estimatedCost": {"credits": credits}}


def runway_task(id: str, status: str = "PENDING", credits: float = 60, **more: Any) -> dict[str, Any]:
    """A task. One that has ended carries `cost`, any other `estimatedCost`.

    `more`: `progress` 0…1 of RUNNING, `output` of SUCCEEDED, `failure` and `failureCode` of FAILED.
    """
    ended = status in ("SUCCEEDED", "FAILED", "CANCELLED")
    money = {"cost" if ended else "estimatedCost": {"credits": credits}}
    return {"id": id, "status": status, "createdAt": MADE, **money, **more}


def runway_organization(credits: int, models: dict[str, tuple[int, int, int]]) -> dict[str, Any]:
    """The balance, and for each model how many at once, how many a day, and how many today."""
    return {
        "creditBalance": credits,
        "tier": {
            "maxMonthlyCreditSpend": 10_000,
            "models": {
                model: {"maxConcurrentGenerations": at_once, "maxDailyGenerations": a_day}
                for model, (at_once, a_day, _) in models.items()
            },
        },
        "usage": {"models": {model: {"dailyGenerations": today} for model, (_, _, today) in models.items()}},
    }


# Gemini's interactions (google-genai 3.4.0, _gaos/types/interactions/)


def interaction(id: str, status: str = "in_progress", **more: Any) -> dict[str, Any]:
    """An interaction; `more` has the `steps` and `usage` of one that has ended."""
    return {
        "id": id, "object": "interaction", "model": "gemini-omni-1.1-flash", "status": status,
        "created": MADE, "updated": MADE, **more,
    }  # fmt: skip


def interaction_with_video(id: str, uri: str, tokens: int = 57_920) -> dict[str, Any]:
    """A finished one whose clip lies at `uri`."""
    content = [{"type": "video", "mime_type": "video/mp4", "uri": uri}]
    return interaction(
        id, "completed", steps=[{"type": "model_output", "content": content}],
        usage={"output_tokens_by_modality": [{"modality": "video", "tokens": tokens}]},
    )  # fmt: skip


def interaction_refused(id: str, words: str) -> dict[str, Any]:
    """A refusal, which looks like success: completed, with a sentence instead of a clip and no video tokens."""
    return interaction(
        id, "completed", steps=[{"type": "model_output", "content": [{"type": "text", "text": words}]}],
        usage={"output_tokens_by_modality": []},
    )  # fmt: skip


def gemini_file(id: str, state: str = "ACTIVE") -> dict[str, Any]:
    """A result file; `state`: PROCESSING, ACTIVE, FAILED."""
    return {"name": f"files/{id}", "mimeType": "video/mp4", "state": state, "createTime": MADE}


# fal's queue (fal-client 1.0.3, client.py)


def fal_submitted(queue: str, application: str, request_id: str) -> dict[str, Any]:
    """The answer to a submit; `queue` is the root of the queue's URLs. They have owner and app alone in their path."""
    at = f"{queue}/{'/'.join(application.split('/')[:2])}/requests/{request_id}"
    return {
        "request_id": request_id, "status": "IN_QUEUE", "queue_position": 0,
        "response_url": at, "status_url": f"{at}/status", "cancel_url": f"{at}/cancel",
    }  # fmt: skip


def fal_status(status: str = "IN_QUEUE", **more: Any) -> dict[str, Any]:
    """IN_QUEUE, IN_PROGRESS (both with HTTP 202) or COMPLETED (200), the last perhaps with `error`, `error_type`."""
    always: dict[str, dict[str, Any]] = {
        "IN_QUEUE": {"queue_position": 0},
        "IN_PROGRESS": {"logs": None},
        "COMPLETED": {"logs": None, "metrics": {"inference_time": 41.2}},
    }
    return {"status": status, **always[status], **more}


def fal_video(url: str, seed: int = 7) -> dict[str, Any]:
    """The result of a video model."""
    return {"video": {"url": url, "content_type": "video/mp4", "file_name": "clip.mp4", "file_size": 1}, "seed": seed}


def fal_moderated(field: str, text: str) -> dict[str, Any]:
    """The body of the 422 that a result fetch gives instead of a clip that moderation kept back."""
    return {
        "detail": [
            {
                "loc": ["body", field],
                "msg": "The content could not be processed because it contained material flagged by a content checker.",
                "type": "content_policy_violation",
                "url": "https://docs.fal.ai/errors#content_policy_violation",
                "input": text,
            }
        ]
    }


# Replicate (replicate 1.0.7, prediction.py)


def prediction(root: str, id: str, status: str = "starting", **more: Any) -> dict[str, Any]:
    """A prediction. `status`: starting, processing, succeeded, failed, canceled, aborted (the SDK has no aborted)."""
    at = f"{root}/v1/predictions/{id}"
    return {
        "id": id, "model": "lightricks/ltx-2.3-fast", "version": "hidden", "status": status, "input": {},
        "output": None, "logs": "", "error": None, "metrics": {}, "created_at": MADE, "started_at": None,
        "completed_at": None, "urls": {"get": at, "cancel": f"{at}/cancel"}, **more,
    }  # fmt: skip


def predictions(*results: dict[str, Any]) -> dict[str, Any]:
    """The first and only page of predictions."""
    return {"previous": None, "next": None, "results": list(results)}


# Luma's two services (luma-agents 0.5.0 and lumaai 1.21.0, types/generation.py)


def luma_generation(id: str, state: str = "queued", *urls: str, **more: Any) -> dict[str, Any]:
    """Of the Agents API. `state`: queued, processing, completed, failed (`failure_code`, `failure_reason`)."""
    return {
        "id": id, "state": state, "type": "video", "model": "ray-3.2", "created_at": MADE, "failure_code": None,
        "failure_reason": None, "output": [{"type": "video", "url": url} for url in urls], **more,
    }  # fmt: skip


def dream_generation(id: str, state: str = "queued", url: str | None = None, **more: Any) -> dict[str, Any]:
    """Of Dream Machine. `state`: queued, dreaming, completed, failed."""
    return {
        "id": id, "state": state, "generation_type": "video", "model": "ray-2", "created_at": MADE,
        "failure_reason": None, "request": None,
        "assets": {"video": url, "image": None, "progress_video": None} if url else None, **more,
    }  # fmt: skip


def dream_list(*generations: dict[str, Any]) -> dict[str, Any]:
    """A page of generations."""
    return {"generations": list(generations), "count": len(generations), "has_more": False, "limit": 10, "offset": 0}
