"""Our `/v1/videos` adapter, a real LiteLLM proxy, and behind it a fake vLLM-Omni or a fake of OpenAI's own service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from studio.errors import Busy, NotFetched, Paused, ProviderError, Refused, Unanswered
from studio.providers import Job
from studio.providers.openai_videos import OpenAIVideos
from tests.contract.litellm_proxy import MASTER_KEY, UPSTREAM_KEY, proxy
from tests.fakes.openai_videos import FakeVideos
from tests.providers.openai_videos.making import WORDS, clip_bytes, provider, resolved, run, take_of

pytestmark = pytest.mark.contract


@dataclass(frozen=True)
class Behind:
    """A server behind the proxy, and the name by which the proxy is asked for it."""

    server: FakeVideos
    model: str


@pytest.fixture(scope="module")
def gateway(require: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Any]]:
    program = require("litellm")
    clip = clip_bytes(tmp_path_factory.mktemp("clip"))
    with FakeVideos(clip, "vllm-omni", model="") as server:
        server.key = UPSTREAM_KEY
        with proxy(program, server.url, {"wan": "hosted_vllm/wan2.2", "sora-2": "openai/cat-1"}) as root:
            yield root, server


@pytest.fixture(params=[("vllm-omni", "wan"), ("openai", "sora-2")], ids=["vLLM-Omni", "OpenAI"])
def behind(gateway: tuple[str, FakeVideos], request: pytest.FixtureRequest) -> Behind:
    server = gateway[1]
    server.kind, model = request.param
    server.hold_s, server.failure = 0.0, (500, "out of memory")
    server.jobs.clear()
    server.calls.clear()
    return Behind(server, model)


@pytest.fixture
def of(gateway: tuple[str, FakeVideos]) -> OpenAIVideos:
    return provider(f"{gateway[0]}/v1", "litellm", MASTER_KEY)


def bought(of: OpenAIVideos, behind: Behind, **asked: Any) -> Job:
    request = resolved(of, model=behind.model, **asked)
    return run(of, lambda: of.submit(request, take_of(request)))


def test_a_take_goes_through_the_gateway_and_its_clip_comes_back(
    of: OpenAIVideos, behind: Behind, tmp_path: Path
) -> None:
    still = tmp_path / "first.png"
    still.write_bytes(b"\x89PNG\r\n\x1a\n still")
    behind.server.hold_s = 60
    job = bought(of, behind, first_frame=str(still))
    (call,) = behind.server.calls_to("create")
    fields, files = call.form()
    assert fields["prompt"] == f"{WORDS}."
    assert (fields["seconds"], fields["size"]) == ("5", "1280x720")
    assert files["input_reference"][1] == still.read_bytes()
    assert job.id not in behind.server.jobs  # an id of the gateway's own
    assert run(of, lambda: of.poll(job)).state == "running"
    behind.server.hold_s = 0
    assert run(of, lambda: of.poll(job)).state == "ready"
    run(of, lambda: of.download(job, tmp_path / "a.mp4"))
    assert (tmp_path / "a.mp4").read_bytes() == behind.server.clip


@pytest.mark.parametrize("fault", ["lost", "reset", "half json", "no json", "bad gateway", "unavailable"])
def test_nothing_is_bought_twice_by_the_gateway_and_what_is_open_stays_open(
    of: OpenAIVideos, behind: Behind, fault: str
) -> None:
    behind.server.script("create", fault)
    with pytest.raises(Unanswered):
        bought(of, behind)
    assert len(behind.server.calls_to("create")) == 1
    assert len(behind.server.jobs) == (fault != "unavailable")


def test_a_lost_take_cannot_be_found_through_the_gateway(of: OpenAIVideos, behind: Behind) -> None:
    behind.server.script("create", "lost")
    request = resolved(of, model=behind.model)
    take = take_of(request)
    with pytest.raises(Unanswered):
        run(of, lambda: of.submit(request, take))
    assert run(of, lambda: of.find(request, take, ())) is None
    assert behind.server.calls_to("list") == []


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("moderated", Refused, "refused it: Your request was blocked by our moderation system"),
        ("no credit", Paused, "wants money first: You exceeded your current quota"),
        ("busy", Busy, "Rate limit reached"),
        ("bad key", Paused, "does not accept"),
    ],
)
def test_a_no_of_the_service_behind_is_understood(
    of: OpenAIVideos, behind: Behind, fault: str, kind: type, words: str
) -> None:
    behind.server.script("create", fault)
    with pytest.raises(kind, match=words) as told:
        bought(of, behind)
    assert type(told.value) is kind
    assert behind.server.jobs == {}


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_a_failed_job_is_a_failed_job_whatever_the_gateway_makes_of_it(
    of: OpenAIVideos, behind: Behind, status: int
) -> None:
    behind.server.failure = (status, "the engine died")
    behind.server.script("fate", "fails")
    job = bought(of, behind)
    found = run(of, lambda: of.poll(job))
    assert (found.state, found.note.partition(" (")[0]) == ("failed", "the engine died")
    with pytest.raises(ProviderError, match="the engine died"):
        run(of, lambda: of.address(job))


def test_moderation_of_a_job_is_a_refusal(of: OpenAIVideos, behind: Behind) -> None:
    behind.server.kind = "openai"  # vLLM-Omni knows none
    behind.server.script("fate", "is refused")
    job = bought(of, behind)
    assert run(of, lambda: of.poll(job)).state == "refused"


def test_a_model_that_the_gateway_does_not_know_is_told_by_its_name(of: OpenAIVideos, behind: Behind) -> None:
    request = resolved(of, model="nobody's")
    with pytest.raises(ProviderError, match="Invalid model name passed in model=nobody's"):
        run(of, lambda: of.submit(request, take_of(request)))
    assert behind.server.calls == []


def test_a_wrong_key_stops_what_waits_for_it(gateway: tuple[str, FakeVideos], behind: Behind) -> None:
    of = provider(f"{gateway[0]}/v1", "litellm", "sk-of-somebody-else")
    with pytest.raises(Paused, match="does not accept the key in OPENAI_API_KEY"):
        bought(of, behind)


def test_a_job_that_the_service_behind_forgot_is_gone(of: OpenAIVideos, behind: Behind, tmp_path: Path) -> None:
    job = bought(of, behind)
    behind.server.jobs.clear()
    assert run(of, lambda: of.poll(job)).state == "gone"
    with pytest.raises(NotFetched, match="does not know it any more"):
        run(of, lambda: of.download(job, tmp_path / "a.mp4"))


def test_nothing_can_be_stopped_through_the_gateway(of: OpenAIVideos, behind: Behind) -> None:
    behind.server.hold_s = 60
    job = bought(of, behind)
    assert run(of, lambda: of.cancel(job)) == "not possible"
    assert behind.server.calls_to("cancel") == []


def test_the_dialect_of_a_server_of_which_nothing_is_said_works_through_the_gateway_too(
    gateway: tuple[str, FakeVideos], behind: Behind
) -> None:
    of = provider(gateway[0], "", MASTER_KEY)
    job = bought(of, behind, avoid="blur")
    assert run(of, lambda: of.poll(job)).state == "ready"
    fields, _ = behind.server.calls_to("create")[0].form()
    assert (fields["seed"], fields["negative_prompt"]) == ("7", "blur")
