"""What a LiteLLM proxy makes of `/v1/videos`: what an adapter may rely on behind one, and what it may not.

Pinned as found in litellm 1.108.7 (`litellm.txt`). Where a newer one does better, these tests say so by failing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.contract import shapes
from tests.contract.litellm_proxy import MASTER_KEY, UPSTREAM_KEY, proxy
from tests.contract.recorder import HUNG_UP, Answer, Recorded, Recorder

PNG = b"\x89PNG\r\n\x1a\n"
CLIP = b"clip" * 1000
ONCE = {"x-litellm-num-retries": "0"}
MODELS = {"wan": "hosted_vllm/wan2.2", "cat": "openai/cat-1"}  # as asked for -> as LiteLLM sends it on

pytestmark = pytest.mark.contract


class Upstream:
    """A `/v1/videos` server with one job; what it says can be set."""

    def __init__(self) -> None:
        self.as_new()

    def as_new(self) -> None:
        self.created = Answer(shapes.video("job-1"))
        self.polled = Answer(shapes.video("job-1", "in_progress", progress=40))
        self.content = Answer(CLIP, headers={"content-type": "video/mp4"})

    def __call__(self, request: Recorded) -> Answer:
        if request.path == "/v1/models":
            return Answer({"object": "list", "data": []})
        if request.method == "POST":
            return self.created
        return self.content if request.path.endswith("/content") else self.polled


@dataclass
class Gateway:
    """The proxy, asked over `client`, and what has arrived behind it since the last look."""

    client: httpx.Client
    recorder: Recorder
    upstream: Upstream

    def arrived(self) -> list[Recorded]:
        taken = list(self.recorder.requests)
        self.recorder.requests.clear()
        return taken

    def create(self, **how: Any) -> dict[str, Any]:
        answer = self.client.post("/v1/videos", **how)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made


@pytest.fixture(scope="module")
def started(require: Callable[[str], str]) -> Iterator[Gateway]:
    program = require("litellm")
    upstream = Upstream()
    headers = {"authorization": f"Bearer {MASTER_KEY}"}
    with (
        Recorder(upstream) as recorder,
        proxy(program, recorder.url, MODELS) as root,
        httpx.Client(base_url=root, headers=headers, timeout=60, trust_env=False) as client,
    ):
        yield Gateway(client, recorder, upstream)


@pytest.fixture
def gateway(started: Gateway) -> Gateway:
    started.upstream.as_new()
    started.arrived()
    return started


@pytest.mark.parametrize("model", MODELS)
def test_a_form_arrives_behind_the_proxy_as_the_same_form(gateway: Gateway, model: str) -> None:
    fields = {
        "prompt": "a cat", "seconds": "5", "size": "1280x720", "seed": "7", "negative_prompt": "text",
        "extra_params": '{"a":1}',
    }  # fmt: skip
    gateway.create(data={**fields, "model": model}, files={"input_reference": ("first.png", PNG, "image/png")})
    (request,) = gateway.arrived()
    assert (request.method, request.path) == ("POST", "/v1/videos")
    assert request.headers["authorization"] == f"Bearer {UPSTREAM_KEY}"
    sent_on = {name: [value] for name, value in fields.items()}
    assert request.fields == {**sent_on, "model": [MODELS[model].partition("/")[2]]}
    (still,) = request.files
    assert (still.field, still.kind, still.content) == ("input_reference", "image/png", PNG)
    assert still.name == "input_reference.png"  # the name it had is lost


@pytest.mark.parametrize("model", MODELS)
def test_json_arrives_as_a_form_with_unknown_fields_kept(gateway: Gateway, model: str) -> None:
    body = {"model": model, "prompt": "a", "seconds": 5, "seed": 7, "unheard_of": "x", "extra_body": {"inner": "y"}}
    gateway.create(json=body)
    (request,) = gateway.arrived()
    assert request.kind == "multipart/form-data"
    assert request.fields == {
        "model": [MODELS[model].partition("/")[2]], "prompt": ["a"], "seconds": ["5"], "seed": ["7"],
        "unheard_of": ["x"], "inner": ["y"],
    }  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_a_job_gets_an_id_of_the_proxys_own_and_keeps_it(gateway: Gateway, model: str) -> None:
    made = gateway.create(json={"model": model, "prompt": "a"})
    assert made["id"].startswith("video_")
    assert made["id"] != "job-1"
    assert (made["status"], made["model"], made["usage"]) == ("queued", model, {"duration_seconds": 5.0})
    assert "prompt" not in made
    gateway.arrived()
    polled = gateway.client.get(f"/v1/videos/{made['id']}").json()
    assert (polled["id"], polled["status"], polled["progress"]) == (made["id"], "in_progress", 40)
    clip = gateway.client.get(f"/v1/videos/{made['id']}/content")
    assert (clip.headers["content-type"], clip.content) == ("video/mp4", CLIP)
    assert [(request.method, request.path) for request in gateway.arrived()] == [
        ("GET", "/v1/videos/job-1"), ("GET", "/v1/videos/job-1/content")
    ]  # fmt: skip


def test_a_download_cannot_be_gone_on_with_through_the_proxy(gateway: Gateway) -> None:
    made = gateway.create(json={"model": "wan", "prompt": "a"})
    gateway.arrived()
    answer = gateway.client.get(f"/v1/videos/{made['id']}/content", headers={"range": "bytes=100-"})
    assert (answer.status_code, len(answer.content)) == (200, len(CLIP))
    assert "range" not in gateway.arrived()[0].headers


def test_a_job_cannot_be_deleted_through_the_proxy(gateway: Gateway) -> None:
    made = gateway.create(json={"model": "wan", "prompt": "a"})
    gateway.arrived()
    assert gateway.client.delete(f"/v1/videos/{made['id']}").status_code == 405
    assert gateway.arrived() == []


def test_jobs_cannot_be_listed_where_the_upstream_stands_in_the_proxys_configuration(gateway: Gateway) -> None:
    bare = gateway.client.get("/v1/videos")
    named = gateway.client.get("/v1/videos", params={"custom_llm_provider": "hosted_vllm"})
    assert (bare.status_code, named.status_code) == (400, 500)
    assert "LLM Provider NOT provided" in bare.json()["error"]["message"]
    assert "api_base not set" in named.json()["error"]["message"]
    assert gateway.arrived() == []


def test_a_failed_job_comes_through_as_one_where_the_server_answers_200(gateway: Gateway) -> None:
    made = gateway.create(json={"model": "wan", "prompt": "a"})
    error = {"code": "moderation_blocked", "message": "no"}
    gateway.upstream.polled = Answer(shapes.video("job-1", "failed", error=error))
    polled = gateway.client.get(f"/v1/videos/{made['id']}").json()
    assert (polled["id"], polled["status"], polled["error"]) == (made["id"], "failed", error)


def test_a_failed_job_that_the_server_answers_as_an_error_is_an_error_with_the_job_as_text(gateway: Gateway) -> None:
    made = gateway.create(json={"model": "wan", "prompt": "a"})
    failed = shapes.video("job-1", "failed", error={"code": 400, "message": "boom"})
    gateway.upstream.polled = Answer(failed, 400)
    answer = gateway.client.get(f"/v1/videos/{made['id']}")
    assert answer.status_code == 400
    assert "status" not in answer.json()
    assert '"status": "failed"' in answer.json()["error"]["message"]


@pytest.mark.parametrize("status", [400, 422, 429, 500, 503])
def test_a_no_keeps_its_status_and_loses_its_code_and_its_wait(gateway: Gateway, status: int) -> None:
    gateway.upstream.created = Answer({"error": {"code": "its_own", "message": "no"}}, status, {"retry-after": "7"})
    answer = gateway.client.post("/v1/videos", json={"model": "wan", "prompt": "a"}, headers=ONCE)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == str(status)
    assert '"code": "its_own"' in error["message"]  # only inside the sentence
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize("heard", [HUNG_UP, Answer(b"<html>"), Answer({}, 500)], ids=["hung up", "no JSON", "500"])
def test_one_header_keeps_the_proxy_from_buying_again(gateway: Gateway, heard: Answer) -> None:
    gateway.upstream.created = heard
    answer = gateway.client.post("/v1/videos", json={"model": "wan", "prompt": "a"}, headers=ONCE)
    assert answer.status_code == 500
    assert len(gateway.arrived()) == 1


def test_without_that_header_one_create_becomes_three(gateway: Gateway) -> None:
    gateway.upstream.created = HUNG_UP
    answer = gateway.client.post("/v1/videos", json={"model": "wan", "prompt": "a"})
    assert answer.status_code == 500
    assert len(gateway.arrived()) == 3
