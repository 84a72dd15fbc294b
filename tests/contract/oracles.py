"""What the official SDKs send, each pointed at a server of ours.

`root` is that server's root; each function adds the path that the service's own base URL has, so a recorded path is
the one of the service. Names of arguments are the SDK's own (`prompt_text`, not `promptText`): that the SDK turns
them into what is on the wire is what is being asked. Nothing is returned, the recorder has it; retries are off.
Not one of these SDKs is a dependency of the product: they come with the extra `contract`.
"""

from __future__ import annotations

import importlib
import importlib.util
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from elevenlabs import ElevenLabs
    from fal_client import SyncClient
    from google.genai import Client as Gemini
    from luma_agents import Luma
    from lumaai import LumaAI
    from openai import OpenAI
    from replicate import Client as Replicate
    from runwayml import RunwayML

MODULES = (
    "openai", "google.genai", "runwayml", "fal_client", "lumaai", "luma_agents", "replicate", "elevenlabs"
)  # fmt: skip


def missing() -> list[str]:
    """The SDKs that are not installed here."""

    def installed(name: str) -> bool:
        try:
            return importlib.util.find_spec(name) is not None
        except ModuleNotFoundError:  # of google.genai, where there is no google
            return False

    return [name for name in MODULES if not installed(name)]


# /v1/videos, by openai


@contextmanager
def _openai(root: str, key: str) -> Iterator[OpenAI]:
    from openai import OpenAI

    with OpenAI(api_key=key, base_url=f"{root}/v1", max_retries=0) as client, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The Sora API is scheduled", DeprecationWarning)
        yield client


def openai_create(
    root: str,
    key: str,
    *,
    prompt: str,
    model: str,
    seconds: str = "",
    size: str = "",
    extra: dict[str, Any] | None = None,
    input_reference: Path | None = None,
) -> None:
    """`extra` is what a server of this protocol takes beyond OpenAI's own: seed, negative_prompt, …"""
    given: dict[str, Any] = {"seconds": seconds, "size": size, "input_reference": input_reference}
    with _openai(root, key) as client:
        client.videos.create(
            prompt=prompt, model=model, extra_body=extra, **{name: value for name, value in given.items() if value}
        )


def openai_get(root: str, key: str, id: str) -> None:
    """Poll."""
    with _openai(root, key) as client:
        client.videos.retrieve(id)


def openai_list(root: str, key: str, **query: Any) -> None:
    """`query`: after, limit, order."""
    with _openai(root, key) as client:
        client.videos.list(**query)


def openai_delete(root: str, key: str, id: str) -> None:
    """Delete, which on some servers cancels."""
    with _openai(root, key) as client:
        client.videos.delete(id)


def openai_content(root: str, key: str, id: str) -> None:
    """Download."""
    with _openai(root, key) as client:
        client.videos.download_content(id).read()


def openai_remix(root: str, key: str, id: str, prompt: str) -> None:
    """A new take out of one that is there."""
    with _openai(root, key) as client:
        client.videos.remix(id, prompt=prompt)


# Runway


@contextmanager
def _runway(root: str, key: str) -> Iterator[RunwayML]:
    from runwayml import RunwayML

    with RunwayML(api_key=key, base_url=root, max_retries=0) as client:
        yield client


def runway_text_to_video(root: str, key: str, **body: Any) -> None:
    """Words to a clip."""
    with _runway(root, key) as client:
        client.text_to_video.create(**body)


def runway_image_to_video(root: str, key: str, **body: Any) -> None:
    """A still, or a first and a last one, to a clip."""
    with _runway(root, key) as client:
        client.image_to_video.create(**body)


def runway_video_to_video(root: str, key: str, **body: Any) -> None:
    """A clip to another clip."""
    with _runway(root, key) as client:
        client.video_to_video.create(**body)


def runway_sound_effect(root: str, key: str, **body: Any) -> None:
    """Words to a sound, by the same task protocol."""
    with _runway(root, key) as client:
        client.sound_effect.create(**body)


def runway_task(root: str, key: str, id: str) -> None:
    """Poll."""
    with _runway(root, key) as client:
        client.tasks.retrieve(id)


def runway_delete(root: str, key: str, id: str) -> None:
    """Cancel, or delete what is finished."""
    with _runway(root, key) as client:
        client.tasks.delete(id)


def runway_organization(root: str, key: str) -> None:
    """Balance and limits."""
    with _runway(root, key) as client:
        client.organization.retrieve()


# Gemini's interactions


@contextmanager
def _gemini(root: str, key: str) -> Iterator[Gemini]:
    from google import genai
    from google.genai.types import HttpOptions, HttpRetryOptions

    options = HttpOptions(base_url=root, retry_options=HttpRetryOptions(attempts=1))
    with genai.Client(api_key=key, http_options=options) as client:
        yield client


def gemini_create(root: str, key: str, **body: Any) -> None:
    """In the background: the answer comes before the clip. `body`: model, input, generation_config, …"""
    with _gemini(root, key) as client:
        client.interactions.create(background=True, **body)


def gemini_get(root: str, key: str, id: str) -> None:
    """Poll."""
    with _gemini(root, key) as client:
        client.interactions.get(id)


def gemini_cancel(root: str, key: str, id: str) -> None:
    """Stop one that is under way."""
    with _gemini(root, key) as client:
        client.interactions.cancel(id)


def gemini_delete(root: str, key: str, id: str) -> None:
    """Forget one."""
    with _gemini(root, key) as client:
        client.interactions.delete(id)


# fal's queue. The SDK takes a host by environment variable and writes https before it, so its URL is replaced here.


@contextmanager
def _fal(root: str, key: str) -> Iterator[SyncClient]:
    import fal_client.client as module

    client = module.SyncClient(key=key)
    kept = module.QUEUE_URL_FORMAT, module.MAX_ATTEMPTS
    module.QUEUE_URL_FORMAT, module.MAX_ATTEMPTS = f"{root}/", 1
    try:
        yield client
    finally:
        module.QUEUE_URL_FORMAT, module.MAX_ATTEMPTS = kept
        client._client.close()


def fal_submit(root: str, key: str, application: str, arguments: dict[str, Any]) -> None:
    """`application` is the whole model id."""
    with _fal(root, key) as client:
        client.submit(application, arguments)


def fal_status(root: str, key: str, application: str, request_id: str) -> None:
    """Poll."""
    with _fal(root, key) as client:
        client.status(application, request_id)


def fal_result(root: str, key: str, application: str, request_id: str) -> None:
    """Polls until it is completed, then fetches the result: two requests at least."""
    with _fal(root, key) as client:
        client.result(application, request_id)


def fal_cancel(root: str, key: str, application: str, request_id: str) -> None:
    """Take it out of the queue."""
    with _fal(root, key) as client:
        client.cancel(application, request_id)


# Replicate


@contextmanager
def _replicate(root: str, key: str) -> Iterator[Replicate]:
    from replicate import Client

    client = Client(api_token=key, base_url=root)
    try:
        yield client
    finally:
        client._client.close()


def replicate_create(root: str, key: str, model: str, input: dict[str, Any]) -> None:
    """Of an official model, `owner/name`."""
    with _replicate(root, key) as client:
        client.models.predictions.create(model, input)


def replicate_get(root: str, key: str, id: str) -> None:
    """Poll. The SDK tries a GET again after 429, 503 and 504, which cannot be switched off."""
    with _replicate(root, key) as client:
        client.predictions.get(id)


def replicate_cancel(root: str, key: str, id: str) -> None:
    """Stop one that is under way."""
    with _replicate(root, key) as client:
        client.predictions.cancel(id)


def replicate_list(root: str, key: str) -> None:
    """The newest predictions of the account."""
    with _replicate(root, key) as client:
        client.predictions.list()


# Luma: the Agents API, and Dream Machine


@contextmanager
def _luma_agents(root: str, key: str) -> Iterator[Luma]:
    from luma_agents import Luma

    with Luma(auth_token=key, base_url=f"{root}/v1", max_retries=0) as client:
        yield client


def luma_agents_create(root: str, key: str, **body: Any) -> None:
    """`body`: prompt, model, type, aspect_ratio, video, …"""
    with _luma_agents(root, key) as client:
        client.generations.create(**body)


def luma_agents_get(root: str, key: str, id: str) -> None:
    """Poll."""
    with _luma_agents(root, key) as client:
        client.generations.get(id)


@contextmanager
def _luma_dream(root: str, key: str) -> Iterator[LumaAI]:
    from lumaai import LumaAI

    with LumaAI(auth_token=key, base_url=f"{root}/dream-machine/v1", max_retries=0) as client:
        yield client


def luma_dream_create(root: str, key: str, **body: Any) -> None:
    """`body`: model, prompt, aspect_ratio, duration, resolution, loop, concepts, keyframes."""
    with _luma_dream(root, key) as client:
        client.generations.video.create(**body)


def luma_dream_get(root: str, key: str, id: str) -> None:
    """Poll."""
    with _luma_dream(root, key) as client:
        client.generations.get(id)


def luma_dream_list(root: str, key: str, **query: int) -> None:
    """`query`: limit, offset."""
    with _luma_dream(root, key) as client:
        client.generations.list(**query)


def luma_dream_delete(root: str, key: str, id: str) -> None:
    """Delete one."""
    with _luma_dream(root, key) as client:
        client.generations.delete(id)


def luma_dream_concepts(root: str, key: str) -> None:
    """The camera words that it takes today."""
    with _luma_dream(root, key) as client:
        client.generations.concepts.list()


# ElevenLabs


@contextmanager
def _elevenlabs(root: str, key: str) -> Iterator[ElevenLabs]:
    import httpx
    from elevenlabs import ElevenLabs

    with httpx.Client(follow_redirects=True) as transport:
        yield ElevenLabs(api_key=key, base_url=root, httpx_client=transport)


def elevenlabs_sound(root: str, key: str, **body: Any) -> None:
    """`body`: text, duration_seconds, prompt_influence, loop, model_id; output_format, which goes into the query."""
    with _elevenlabs(root, key) as client:
        b"".join(client.text_to_sound_effects.convert(**body, request_options={"max_retries": 0}))
