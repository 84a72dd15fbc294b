"""The provider `openai_videos`: what it would send, what that costs, and what a server's first answer means."""

from __future__ import annotations

import json
import re
import socket
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from studio.errors import BadInput, Busy, NotFound, NotSent, Paused, ProviderError, Refused, Unanswered
from studio.providers import Cancels, Closes, Finds, Provider, Recalls, Shows
from studio.providers import provider as made_provider
from studio.providers.catalogue import Catalogue, Field, Model, catalogue
from studio.providers.openai_videos import OpenAIVideos
from studio.providers.wire import Answer
from tests.providers.openai_videos.making import KEY, WORDS, Fakes, body_of, provider, resolved, run, submitted, take_of

DIALECTS = ("plain", "openai", "vllm-omni", "sglang", "litellm")
HERE = "http://127.0.0.1:8091/v1"


# --- what would be sent ----------------------------------------------------------------------------------------------


def test_it_keeps_the_protocol_of_providers() -> None:
    made = made_provider("openai_videos", {"base_url": HERE})
    for kind in (Finds, Cancels, Recalls, Shows, Closes):
        assert isinstance(made, kind)
    as_provider: Provider = made
    assert as_provider.capabilities.models == ()
    assert not as_provider.capabilities.exact_frames


OPENAIS = {"model": "wan2.2", "prompt": f"{WORDS}.", "seconds": "5", "size": "1280x720"}
MORE = {"seed": 7, "negative_prompt": "blur"}


@pytest.mark.parametrize(
    ("dialect", "body"),
    [
        ("", {**OPENAIS, **MORE}),
        ("openai", OPENAIS),
        ("litellm", OPENAIS),
        ("vllm-omni", {**OPENAIS, **MORE, "fps": 24, "num_frames": 120}),
        ("sglang", {**OPENAIS, **MORE, "fps": 24, "num_frames": 120}),
    ],
)
def test_each_kind_of_server_is_sent_what_it_takes(dialect: str, body: dict[str, Any]) -> None:
    request = resolved(provider(HERE, dialect), avoid="blur")
    assert body_of(request) == body
    assert (request.model, request.frames, request.rate) == ("wan2.2", 120, 24)


def test_a_server_that_takes_no_seed_and_no_avoid_words_is_told_of() -> None:
    assert resolved(provider(HERE, "litellm"), avoid="blur").dropped == (
        "wan2.2 at openai_videos takes no avoid words: dropped “blur”",
        "wan2.2 at openai_videos takes no seed: the same words give another clip each time",
    )
    assert resolved(provider(HERE, "vllm-omni"), avoid="blur").dropped == ()


def test_a_length_is_exact_where_frames_are_counted_and_whole_seconds_elsewhere() -> None:
    exact = resolved(provider(HERE, "vllm-omni"), frames=61)
    assert (body_of(exact)["num_frames"], body_of(exact)["seconds"], exact.frames, exact.dropped) == (61, "3", 61, ())
    whole = resolved(provider(HERE), frames=61)
    assert (body_of(whole)["seconds"], whole.frames) == ("3", 72)
    (told,) = whole.dropped
    assert told.startswith("wan2.2 at openai_videos makes 3 s where 2.54")


def test_a_rate_that_is_no_whole_number_is_kept_by_vllm_omni_and_rounded_for_sglang() -> None:
    film = Fraction(24000, 1001)
    kept = resolved(provider(HERE, "vllm-omni"), rate=film)
    assert (body_of(kept)["fps"], kept.rate, kept.dropped) == (float(film), film, ())
    rounded = resolved(provider(HERE, "sglang"), rate=film)
    assert (body_of(rounded)["fps"], body_of(rounded)["num_frames"], rounded.rate) == (24, 120, 24)
    assert rounded.dropped[0] == (
        "wan2.2 at openai_videos makes 24 frames per second: the film's 23.976 come from them in the cut"
    )


def test_a_seed_is_kept_within_32_bits() -> None:
    assert body_of(resolved(provider(HERE), seed=2**32 + 5))["seed"] == 5


def test_a_first_frame_goes_as_a_file_and_stands_in_the_log_without_its_path(still: Path) -> None:
    request = resolved(provider(HERE), first_frame=str(still))
    assert body_of(request)["input_reference"] == {"$file": "first_frame", "as": "part"}
    assert str(still) not in request.payload_json


def test_what_a_server_does_not_take_is_bad_input(still: Path) -> None:
    with pytest.raises(BadInput, match="takes no last frame"):
        resolved(provider(HERE), last_frame=str(still))
    with pytest.raises(BadInput, match="takes no guide"):
        resolved(provider(HERE, "litellm"), guide="a.mp4")
    assert body_of(resolved(provider(HERE, "sglang"), guide="a.mp4"))["video_reference"]["$file"] == "guide"


def test_the_model_has_to_be_named() -> None:
    with pytest.raises(BadInput, match='name the model, model="…"'):
        resolved(provider(HERE), model="")


@pytest.mark.parametrize("model", ["sora-2", "Sora 2", "sora-2-pro", "gpt-video", ""])
@pytest.mark.parametrize("base_url", ["https://api.openai.com/v1", ""])
def test_what_openai_closed_is_told_with_its_day_and_what_to_use(model: str, base_url: str) -> None:
    with pytest.raises(NotFound) as told:
        resolved(provider(base_url), model=model)
    for words in ("2026-09-24", "gemini_omni", "runway", "base_url"):
        assert words in str(told.value)


@pytest.mark.parametrize("dialect", ["", *DIALECTS])
def test_a_gateway_may_serve_a_model_of_that_name(dialect: str) -> None:
    assert body_of(resolved(provider("https://gateway.example/v1", dialect), model="sora-2"))["model"] == "sora-2"


def test_the_address_may_come_from_the_variable_of_openais_own_sdk() -> None:
    of = OpenAIVideos({}, {"OPENAI_BASE_URL": "http://127.0.0.1:30000/v1/"})
    assert of.wire.url("/videos") == "http://127.0.0.1:30000/v1/videos"
    of = OpenAIVideos({"base_url": HERE}, {"OPENAI_BASE_URL": "http://127.0.0.1:30000/v1/"})
    assert of.wire.url("/videos") == f"{HERE}/videos"


def test_a_host_alone_is_asked_under_v1() -> None:
    assert provider("http://127.0.0.1:8091").wire.url("/videos") == f"{HERE}/videos"
    assert provider("http://127.0.0.1:8091/").wire.url("/videos") == f"{HERE}/videos"
    assert provider("http://127.0.0.1:8091/api").wire.url("/videos") == "http://127.0.0.1:8091/api/videos"


def test_a_dialect_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(BadInput, match="'vlm': there is plain, openai, vllm-omni, sglang, litellm"):
        provider(HERE, "vlm")


def rows_with(*more: Model, **service: Any) -> Catalogue:
    """The catalogue with other rows, as an edit of the file would make it."""
    found = catalogue()
    models = {**found.models, "openai_videos": (*more, *found.models["openai_videos"])}
    changed = replace(found.services["openai_videos"], **service)
    return replace(found, models=models, services={**found.services, "openai_videos": changed})


def test_a_model_is_added_by_a_row_alone(still: Path) -> None:
    frames = Field("num_frames", "frames", least=Fraction(5), most=Fraction(81), step=Fraction(4))
    row = Model(
        "openai_videos", "wan-fixed", "a test", "2026-11-21", dialects=("vllm-omni",), seconds=frames,
        makes_rate=Fraction(16), size=Field("size", allowed=("832x480", "480x832")), avoid=Field("negative_prompt"),
        first_frame=Field("input_references", "part"), last_frame=Field("last", "part"), always={"quality": "high"},
    )  # fmt: skip
    of = provider(HERE, "vllm-omni", rows=rows_with(row))
    request = resolved(of, model="", first_frame=str(still), last_frame=str(still), avoid="blur")
    assert body_of(request) == {
        "model": "wan-fixed", "prompt": f"{WORDS}.", "num_frames": 81, "seconds": "6", "size": "832x480",
        "negative_prompt": "blur", "quality": "high", "input_references": {"$file": "first_frame", "as": "part"},
        "last": {"$file": "last_frame", "as": "part"},
    }  # fmt: skip
    assert of.capabilities.models == ("wan-fixed",)
    assert provider(HERE, "sglang", rows=rows_with(row)).capabilities.models == ()


def test_a_dialect_with_a_key_that_nobody_reads_is_bad_input() -> None:
    rows = rows_with(dialects={"plain": {**catalogue().services["openai_videos"].dialects["plain"], "lsits": True}})
    with pytest.raises(BadInput, match="the dialect plain of openai_videos has an unknown key lsits"):
        provider(HERE, rows=rows)


@pytest.mark.parametrize("dialect", ["vllm-omni", "sglang"])
def test_a_server_of_ones_own_costs_nothing(dialect: str) -> None:
    of = provider(HERE, dialect)
    price = of.price(resolved(of))
    assert (price.usd, price.source, price.read_on) == (Decimal(0), "a server of your own", "2026-11-21")


@pytest.mark.parametrize("dialect", ["", "openai", "litellm"])
def test_what_may_be_behind_any_other_server_has_no_price_until_somebody_says_it(dialect: str) -> None:
    of = provider(HERE, dialect)
    with pytest.raises(BadInput) as told:
        of.price(resolved(of))
    assert str(told.value) == (
        "no price is known for wan2.2 at openai_videos: say what one take may cost at most, price_usd=…; on a server "
        'of your own it costs nothing: say which it is, dialect = "vllm-omni" or "sglang", under '
        "[providers.openai_videos] in film.toml, or what an hour of it costs, usd_per_hour = …"
    )


def test_the_request_can_be_shown_without_sending_it_and_without_the_key(still: Path) -> None:
    of = provider(HERE)
    assert of.shown(resolved(of, first_frame=str(still))) == (
        "POST http://127.0.0.1:8091/v1/videos\n"
        "x-litellm-num-retries: 0\n"
        "Authorization: Bearer ••••\n"
        "\n"
        "model = wan2.2\n"
        f"prompt = {WORDS}.\n"
        "seconds = 5\n"
        "seed = 7\n"
        "size = 1280x720\n"
        "input_reference = the file first frame.png (image/png)"
    )


def test_without_a_key_none_is_shown_or_sent(fakes: Fakes) -> None:
    server, _ = fakes(needs_key=False)
    of = provider(server.url, key="")
    assert "Authorization" not in of.shown(resolved(of))
    submitted(of)
    assert "Authorization" not in server.calls[0].headers


# --- sending ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_take_is_sent_once_as_a_form_and_its_job_is_named(fakes: Fakes, dialect: str, still: Path) -> None:
    server, of = fakes(dialect)
    job = submitted(of, first_frame=str(still))
    (call,) = server.calls
    fields, files = call.form()
    assert (call.method, call.path, list(server.jobs)) == ("POST", "/v1/videos", [job.id])
    assert fields["prompt"] == f"{WORDS}."
    assert files == {"input_reference": ("first frame.png", still.read_bytes())}
    assert (call.headers["x-litellm-num-retries"] == "0") == (dialect in ("plain", "litellm"))


def test_a_still_that_is_gone_is_told_before_anything_is_sent(fakes: Fakes, still: Path) -> None:
    server, of = fakes()
    request = resolved(of, first_frame=str(still))
    still.unlink()
    with pytest.raises(NotFound, match=r"first frame first frame\.png is not there"):
        run(of, lambda: of.submit(request, take_of(request)))
    assert server.calls == []


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("moderated", Refused, "blocked by our moderation system"),
        ("no credit", Paused, "wants money first: You exceeded your current quota"),
        ("bad key", Paused, "does not accept the key in OPENAI_API_KEY"),
        ("busy 7", Busy, "Rate limit reached"),
        ("unavailable", Busy, "not initialized"),
        ("lost", Unanswered, "cannot be heard"),
        ("reset", Unanswered, "cannot be heard"),
        ("reset while sending", Unanswered, "cannot be heard"),
        ("half json", Unanswered, "no JSON"),
        ("no json", Unanswered, "no JSON"),
        ("bad gateway", Unanswered, "status 502"),
        ("bad gateway before", Unanswered, "status 502"),
    ],
)
def test_what_went_wrong_with_a_purchase_is_told_apart(fakes: Fakes, fault: str, kind: type, words: str) -> None:
    server, of = fakes()
    server.script("create", fault)
    with pytest.raises(kind, match=words) as told:
        submitted(of)
    assert type(told.value) is kind
    assert KEY not in str(told.value)
    assert KEY not in repr(told.value)
    if isinstance(told.value, Busy):
        assert told.value.wait_s == (7 if fault == "busy 7" else None)


def test_a_gateways_503_leaves_open_whether_it_was_heard(fakes: Fakes) -> None:
    server, of = fakes("litellm")
    server.script("create", "unavailable")
    with pytest.raises(Unanswered, match="status 503"):
        submitted(of)


def test_a_server_that_is_not_there_was_sent_nothing() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # a port that nobody listens on
        with pytest.raises(NotSent, match="cannot be heard"):
            submitted(provider(f"http://127.0.0.1:{nobody.getsockname()[1]}"))


def answered(of: OpenAIVideos, status: int, body: Any) -> Exception:
    """What a create that is answered so raises."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return of.refusal(Answer(status, {}, content))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error": {"code": "moderation_blocked", "message": "no"}}),
        (400, {"error": {"code": "sentinel_block", "type": "invalid_request_error", "message": "no"}}),
        (400, {"error": {"type": "content_policy_violation", "message": "no"}}),
        (403, {"error": {"code": "Content_Filter", "message": "no"}}),
        (422, {"detail": {"code": "prompt_unsafe", "message": "no"}}),
        (400, {"failure_reason": "input_moderation", "message": "no"}),
        (451, {"detail": "no"}),
        (451, b"no"),
    ],
)
def test_moderation_is_known_by_any_of_a_set_of_codes(status: int, body: Any) -> None:
    told = answered(provider(HERE), status, body)
    assert type(told) is Refused
    assert str(told) == "The /v1/videos server refused it: no"


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, {"detail": "Model mismatch: 'a' but 'b'."}, ProviderError, r"does not take it \(status 400\): Model mis"),
        (422, {"detail": [{"loc": ["body", "size"], "msg": "no such size"}]}, ProviderError, "422.*no such size"),
        (404, {"error": {"message": "no model wan", "code": "model_not_found"}}, ProviderError, "404.*no model wan"),
        (404, {"detail": "Not Found"}, Paused, r"nothing at http://127\.0\.0\.1:8091/v1/videos .*base_url"),
        (404, b"<html>nginx</html>", Paused, "base_url"),
        (405, {"detail": "Method Not Allowed"}, Paused, "base_url"),
        (402, {"error": {"message": "top up"}}, Paused, "wants money first: top up"),
        (400, {"error": {"code": "billing_hard_limit_reached", "message": "no"}}, Paused, "wants money first"),
        (429, {"error": {"type": "budget_exceeded", "message": "Budget has been exceeded"}}, Paused, "Budget has"),
        (429, {"error": {"type": "tokens", "message": "slow down"}}, Busy, "slow down"),
        (
            400,
            {"error": {"type": "no_db_connection", "message": "No connected db."}},
            Paused,
            "does not accept the key",
        ),
        (403, {"error": {"message": "not yours"}}, Paused, "does not accept the key"),
        (418, b"", ProviderError, "status 418"),
    ],
)
def test_every_body_of_an_error_has_its_meaning(status: int, body: Any, kind: type, words: str) -> None:
    told = answered(provider(HERE), status, body)
    assert type(told) is kind
    assert re.search(words, str(told)), told


def test_a_gateways_error_is_read_for_what_the_service_behind_it_said() -> None:
    inner = json.dumps({"error": {"message": "Your request was blocked.", "code": "sentinel_block"}})
    words = f"litellm.BadRequestError: OpenAIException - {inner}\n\nLiteLLM: model group 'wan' failed."
    told = answered(provider(HERE, "litellm"), 400, {"error": {"message": words, "code": "400"}})
    assert type(told) is Refused
    assert str(told) == "The /v1/videos server refused it: Your request was blocked."
    inner = json.dumps({"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}})
    told = answered(provider(HERE), 429, {"error": {"message": f"RateLimitError: {inner}", "code": "429"}})
    assert type(told) is Paused


def test_a_missing_address_stops_what_waits_for_it() -> None:
    of = provider("", "vllm-omni")
    of.rows = replace(of.rows, gone=())
    request = resolved(of)
    with pytest.raises(Paused, match=r"has no address: write base_url under \[providers\.openai_videos\]"):
        run(of, lambda: of.submit(request, take_of(request)))


@pytest.mark.parametrize("body", [{}, [], {"id": 7}, {"id": ""}, {"error": {"message": "hm"}}])
def test_a_yes_that_names_no_job_leaves_open_what_was_made(body: Any) -> None:
    of = provider(HERE)
    request = resolved(of)
    with pytest.raises(Unanswered, match="named no job"):
        of.accepted(Answer(200, {}, json.dumps(body).encode()), request, take_of(request))
