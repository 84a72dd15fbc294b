"""Our `/v1/videos` and the official SDK's, side by side on one recorder."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import pytest

from studio.providers import Job
from studio.providers.openai_videos import OpenAIVideos
from tests.contract import oracles, shapes
from tests.contract.recorder import Answer, Recorded, Recorder, difference
from tests.providers.openai_videos.making import KEY, body_of, provider, resolved, run, take_of

ID = "video_bGl0ZWxsbTpjdXN0b20vYWI+Yw=="  # as LiteLLM makes them: + and = have to be quoted
ONLY_IN_OURS = ["The header x-litellm-num-retries is only in ours."]  # or a LiteLLM proxy buys a lost create again

pytestmark = pytest.mark.contract


@pytest.fixture(autouse=True)
def sdk(require: Callable[[str], str]) -> None:
    require("contract")


def sent(answer: Answer, call: Callable[[str], Any]) -> Recorded:
    """The one request that a call makes of a server that answers so."""
    with Recorder([answer]) as recorder:
        call(recorder.url)
        return recorder.only()


def created(dialect: str, **asked: Any) -> tuple[Recorded, Recorded]:
    """The same take, bought by us and by the SDK; what goes beyond OpenAI's own fields is the SDK's extra_body."""

    def ours(root: str) -> None:
        of = provider(f"{root}/v1", dialect)
        request = resolved(of, **asked)
        run(of, lambda: of.submit(request, take_of(request)))

    def theirs(root: str) -> None:
        body = body_of(resolved(provider(f"{root}/v1", dialect), **asked))
        own = {name: body.pop(name) for name in ("prompt", "model", "seconds", "size")}
        still = body.pop("input_reference", None) and Path(asked["first_frame"])
        oracles.openai_create(root, KEY, **own, input_reference=still, extra=body or None)

    answer = Answer(shapes.video(ID))
    return sent(answer, ours), sent(answer, theirs)


@pytest.mark.parametrize("dialect", ["openai", "vllm-omni", "sglang"])
@pytest.mark.parametrize("with_still", [False, True])
def test_a_create_is_the_sdks_field_by_field(dialect: str, with_still: bool, tmp_path: Path) -> None:
    still = tmp_path / "first.png"
    still.write_bytes(b"\x89PNG\r\n\x1a\n still")
    asked = {"avoid": "blur", "text": "Zwei Kinder, „größer“ und schneller\n🎈"}
    ours, theirs = created(dialect, **asked, **({"first_frame": str(still)} if with_still else {}))
    assert difference(ours, theirs) == []
    assert ours.kind == "multipart/form-data"
    assert len(ours.files) == with_still


@pytest.mark.parametrize("dialect", ["", "litellm"])
def test_a_create_where_a_gateway_may_be_asks_it_to_send_once(dialect: str) -> None:
    assert difference(*created(dialect, avoid="blur")) == ONLY_IN_OURS


@pytest.mark.parametrize("rate", [24, 25, 60])
def test_numbers_stand_in_the_form_as_the_sdk_writes_them(rate: int) -> None:
    ours, theirs = created("vllm-omni", rate=Fraction(rate), seed=2**32 - 1)
    assert difference(ours, theirs) == []
    assert (ours.fields["fps"], ours.fields["seed"]) == ([str(rate)], ["4294967295"])


def job_of(of: OpenAIVideos) -> Job:
    request = resolved(of)
    return Job(ID, take_of(request), request)


def question(ours: Callable[[OpenAIVideos], Any], theirs: Callable[[str], None], *answers: Answer) -> list[str]:
    """How our last request to a server that answers so differs from the SDK's only one."""
    with Recorder(list(answers)) as recorder:
        of = provider(f"{recorder.url}/v1", "vllm-omni")
        run(of, lambda: ours(of))
        mine = recorder.requests[-1]
    return difference(mine, sent(answers[-1], theirs))


def test_a_poll_is_the_sdks() -> None:
    answer = Answer(shapes.video(ID, "in_progress", progress=12))
    assert question(lambda of: of.poll(job_of(of)), lambda root: oracles.openai_get(root, KEY, ID), answer) == []


def test_a_delete_is_the_sdks() -> None:
    answers = Answer(shapes.video(ID, "in_progress")), Answer(shapes.video_deleted(ID))
    assert question(lambda of: of.cancel(job_of(of)), lambda root: oracles.openai_delete(root, KEY, ID), *answers) == []


def test_a_download_is_the_sdks(tmp_path: Path) -> None:
    answers = Answer(shapes.video(ID, "completed")), Answer(b"clip", headers={"content-type": "video/mp4"})
    assert question(
        lambda of: of.download(job_of(of), tmp_path / "a.mp4"), lambda root: oracles.openai_content(root, KEY, ID),
        *answers,
    ) == []  # fmt: skip
    assert (tmp_path / "a.mp4").read_bytes() == b"clip"


def test_a_page_of_the_list_is_the_sdks() -> None:
    def ours(of: OpenAIVideos) -> Any:
        request = resolved(of)
        return of.find(request, take_of(request), ())

    page = Answer(shapes.video_list(shapes.video(ID, created_at=4_000_000_000), more=True))
    last = Answer(shapes.video_list())
    query = {"limit": 100, "order": "desc", "after": ID}
    assert question(ours, lambda root: oracles.openai_list(root, KEY, **query), page, last) == []


def test_what_the_sdk_declares_of_a_video_is_what_is_read_of_it() -> None:
    """Each state that the SDK's type names has its place with us, in a body that the SDK itself accepts."""
    from openai.types import Video

    words = get_args(Video.model_fields["status"].annotation)
    of = provider("http://127.0.0.1:9")
    states = {}
    for word in words:
        error = {"code": "x", "message": "y"} if word == "failed" else None
        video = Video.model_validate(shapes.video(ID, word, error=error)).model_dump(mode="json")
        states[word] = of._status(video).state
    assert states == {"queued": "running", "in_progress": "running", "completed": "ready", "failed": "failed"}
