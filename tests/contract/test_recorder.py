"""The recorder keeps what was on the wire, and tells two requests apart in sentences."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.contract.recorder import HUNG_UP, Answer, Recorded, Recorder, difference

PNG = b"\x89PNG\r\n\x1a\n\x00\xff--\r\n"


def sent(method: str, path: str, **how: Any) -> Recorded:
    with Recorder([Answer({})]) as recorder, httpx.Client() as client:
        client.request(method, recorder.url + path, **how)
        return recorder.only()


def as_json(body: Any, headers: Mapping[str, str] | None = None) -> Recorded:
    return sent("POST", "/v1/videos", json=body, headers=headers)


def test_a_request_is_kept_as_it_was_sent() -> None:
    request = sent("POST", "/v1/a%2Fb?x=1&x=&y=%20", json={"seed": 7}, headers={"X-Odd": "1"})
    assert (request.method, request.path) == ("POST", "/v1/a%2Fb")
    assert request.query == (("x", "1"), ("x", ""), ("y", " "))
    assert request.headers["x-odd"] == "1"
    assert (request.kind, request.json) == ("application/json", {"seed": 7})


def test_a_form_is_taken_apart_into_fields_and_files() -> None:
    request = sent(
        "POST", "/", data={"prompt": "é\r\nzoom", "tag": ["a", "b"]}, files={"still": ("a b.png", PNG, "image/png")}
    )  # fmt: skip
    assert request.fields == {"prompt": ["é\r\nzoom"], "tag": ["a", "b"]}
    assert [(file.field, file.name, file.kind, file.content) for file in request.files] == [
        ("still", "a b.png", "image/png", PNG)
    ]
    assert request.json is None


def test_a_body_sent_in_chunks_is_the_same_body() -> None:
    text = json.dumps({"seed": 7}).encode()
    headers = {"content-type": "application/json"}
    whole = sent("POST", "/", content=text, headers=headers)
    chunked = sent("POST", "/", content=iter([text[:4], text[4:]]), headers=headers)
    assert "transfer-encoding" in chunked.headers
    assert difference(chunked, whole) == []


def test_answers_are_given_in_turn_and_then_none_is_left() -> None:
    with Recorder([Answer({"id": "a"}, 201, {"Retry-After": "3"}), Answer(b"mp4"), HUNG_UP]) as recorder:
        first, second = httpx.get(recorder.url), httpx.get(recorder.url)
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(recorder.url)
        assert httpx.get(recorder.url).status_code == 599
    assert (first.status_code, first.json(), first.headers["retry-after"]) == (201, {"id": "a"}, "3")
    assert (second.content, second.headers["content-type"]) == (b"mp4", "application/octet-stream")
    assert len(recorder.requests) == 4


def test_who_sent_it_and_how_it_travelled_is_no_difference() -> None:
    one = as_json({"duration": 5, "words": ["a"]}, {"user-agent": "ours", "x-stainless-lang": "python"})
    other = as_json({"words": ["a"], "duration": 5.0}, {"user-agent": "theirs", "accept": "application/json"})
    assert difference(one, other) == []


def test_each_difference_is_a_sentence() -> None:
    ours = sent(
        "PUT", "/v1/a?limit=2&after=x",
        json={"seconds": "5", "seed": 7, "video": {"loop": 1, "keys": [1, 2]}, "cut": None},
        headers={"authorization": "Bearer key-of-ours", "x-runway-version": "1", "x-only": "1"},
    )  # fmt: skip
    theirs = sent(
        "POST", "/v1/b?limit=3", json={"seconds": 5, "seed": 8, "video": {"loop": True, "keys": [1]}},
        headers={"authorization": "Key key-of-theirs", "x-runway-version": "2"},
    )  # fmt: skip
    assert difference(ours, theirs) == [
        "The method is PUT in ours and POST in theirs.",
        "The path is /v1/a in ours and /v1/b in theirs.",
        "The query's 'after' is only in ours.",
        "The query's 'limit' is '2' in ours and '3' in theirs.",
        "The header authorization carries the key differently: by Bearer in ours and Key in theirs.",
        "The header x-only is only in ours.",
        "The header x-runway-version is '1' in ours and '2' in theirs.",
        "body.cut is only in ours.",
        'body.seconds is "5" in ours and 5 in theirs.',
        "body.seed is 7 in ours and 8 in theirs.",
        "body.video.keys has 2 items in ours and 1 in theirs.",
        "body.video.loop is 1 in ours and true in theirs.",
    ]
    assert "x-only" not in " ".join(difference(ours, theirs, ignore_headers={"X-Only"}))


def test_a_form_is_compared_field_by_field_and_file_by_file() -> None:
    ours = sent("POST", "/", data={"prompt": "a", "seed": "7"}, files={"still": ("a.png", PNG, "image/png")})
    same = sent("POST", "/", data={"seed": "7", "prompt": "a"}, files={"still": ("a.png", PNG, "image/png")})
    other = sent("POST", "/", data={"prompt": "b"}, files={"still": ("a.png", PNG + b"!", "image/png")})
    assert difference(ours, same) == []
    prompt, seed, still = difference(ours, other)
    assert prompt == "The form's 'prompt' is 'a' in ours and 'b' in theirs."
    assert seed == "The form's 'seed' is only in ours."
    assert still.startswith("The form's file 'still' is 'a.png (image/png, sha256 ")
    assert difference(ours, as_json({}))[1:] == [
        "The content type is multipart/form-data in ours and application/json in theirs."
    ]


def test_no_sentence_has_a_key_in_it() -> None:
    keys = [{"authorization": "Bearer canary-1"}, {"authorization": "Bearer canary-2"}, {"x-goog-api-key": "canary-3"}]
    requests = [as_json({}, headers) for headers in keys]
    said = [sentence for one in requests for other in requests for sentence in difference(one, other)]
    assert len(said) == 10
    assert "canary" not in " ".join(said)
