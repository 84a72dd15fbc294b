"""What a model will get, before anything is sent: every word has its part, every change its number."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from html import unescape
from pathlib import Path

import pytest

import studio
from studio.camera import Camera
from studio.errors import BadInput, NotFound
from studio.generation import CannotTake, Order, WillGet, WillGetAll, adopt, will_get, will_get_all, words_of
from studio.log import Log, read_settings
from studio.media import Library
from studio.nouns import Price, Prompt
from studio.providers import Provider, names, provider
from studio.providers.catalogue import ANY, Model, catalogue
from studio.providers.changes import CAMERA_DATA
from studio.providers.luma import Luma
from studio.providers.luma.concepts import Concepts
from tests.generation.scripted import Scripted

ROWS = [row for rows in catalogue().models.values() for row in rows if row.name != ANY and row.provider in names()]
TAGS = re.compile(r"<[^>]*>")
MARKED = re.compile(r"<sup>([\d, ]+)</sup>")
Ask = Callable[..., WillGet]
AskAll = Callable[..., WillGetAll]


def providers(name: str, dialect: str = "") -> Provider:
    here = {"base_url": "http://localhost:8000", "dialect": dialect}
    return provider(name, here if name == "openai_videos" else None)


@pytest.fixture
def prompt(log: Log) -> Prompt:
    """A draft: it is nowhere in the log."""
    camera = "fast push in, then pan left"
    return replace(
        words_of(log, "07A"), id="draft", scene_text="Two teenagers meet in a school corridor", camera=camera,
        camera_json=Camera.parse(camera).to_json(), style="16 mm film", avoid="slow motion, text",
        portal_out="the bubble",
    )  # fmt: skip


@pytest.fixture
def ask(log: Log, folder: Path, library: Library, prompt: Prompt) -> Ask:
    film = replace(read_settings(folder), width=1280, height=720)

    def asked(said: Prompt = prompt, makers: Callable[[str], Provider] = providers, **order: object) -> WillGet:
        return will_get(said, film, Order(**order), log, library, makers)

    return asked


@pytest.fixture
def ask_all(log: Log, folder: Path, library: Library, prompt: Prompt) -> AskAll:
    film = replace(read_settings(folder), width=1280, height=720)

    def asked(models: object, makers: Callable[[str], Provider] = providers, **order: object) -> WillGetAll:
        return will_get_all(prompt, film, models, Order(**order), log, library, makers)

    return asked


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a network was asked")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)


def plain(html: str) -> str:
    return unescape(TAGS.sub("", html))


def test_of_every_model_the_pieces_spell_what_is_sent_and_every_sentence_has_a_number(
    ask: Ask, log: Log, library: Library, clips: Path
) -> None:
    assert len(ROWS) > 50
    still = adopt(log, library, clips / "clip.mp4", "07A", "ada").label
    for row in ROWS:
        needs = row.first_frame is not None and row.first_frame.required
        found = ask(
            makers=partial(of_dialect, row), provider=row.provider, model=row.name, seconds=4.4,
            first_frame_of=still if needs else "",
        )  # fmt: skip
        assert " ".join(piece.text for piece in found.pieces if piece.sent) == found.text, row.name
        assert set(found.request.dropped) <= {change.sentence for change in found.changes}, row.name
        marks = [mark for piece in found.pieces for mark in piece.marks]
        assert len(marks) == len(set(marks)), row.name
        html, text = found._repr_html_(), str(found)
        raised = [int(mark) for listed in MARKED.findall(html) for mark in listed.split(", ")]
        for number, change in found.numbered():
            assert number in found.marks(change.part)
            assert f"\n{number:>2} {change.kind:<8} {change.sentence}" in text
            assert f"{change.kind} {change.sentence}" in plain(html)
            assert (number in raised) == (change.part != "model"), change


def of_dialect(row: Model, name: str) -> Provider:
    return providers(name, *row.dialects[:1])


def test_the_numbers_go_up_as_one_reads_and_what_is_not_established_comes_last(ask: Ask) -> None:
    found = ask(provider="gemini_omni", seconds=4.4)
    read = [mark for piece in found.pieces for mark in piece.marks if found.changes[mark - 1].kind != "doubt"]
    read += [
        mark for fact in found.facts for mark in fact.marks
        if found.changes[mark - 1].kind != "doubt" and mark not in read
    ]  # fmt: skip
    assert read == sorted(read)
    assert [change.part for change in found.changes][:3] == ["text", "camera", "avoid"]
    kinds = [change.kind for change in found.changes]
    assert "doubt" in kinds
    assert kinds == sorted(kinds, key=lambda kind: kind == "doubt")


def test_a_dropped_avoid_is_struck_and_a_snapped_length_shows_both_numbers(ask: Ask) -> None:
    found = ask(provider="runway", model="gen4.5", seconds=4.4)
    last = found.pieces[-1]
    assert (last.part, last.text, last.struck, found.avoid) == ("avoid", "slow motion, text", True, "")
    assert found.changes[last.marks[0] - 1].part == "avoid"
    (length,) = [fact for fact in found.facts if fact.what == "length"]
    assert (length.was, length.value, length.marks) == ("4.42 s", "5 s", found.marks("length"))
    assert (found.asked_s, found.made_s) == (Fraction(106, 24), 5)
    html = found._repr_html_()
    assert f"<s>slow motion, text</s><sup>{last.marks[0]}</sup>" in html
    assert f"<s>4.42 s</s> → <b>5 s</b><sup>{length.marks[0]}</sup>" in html
    assert "length      4.42 s → 5 s ³" in str(found)


def test_avoid_words_that_are_sent_are_told_and_stand_in_no_text(ask: Ask) -> None:
    found = ask(provider="fal", model="kling v1")
    assert found.avoid == "slow motion, text"
    assert "avoid" not in {piece.part for piece in found.pieces}
    assert found.marks("avoid") == ()
    assert "slow motion, text" in [fact.value for fact in found.facts]


def test_what_a_model_will_get_is_what_generate_would_send(ask: Ask, log: Log, folder: Path, library: Library) -> None:
    from studio.generation import requests_for

    found = ask(said=words_of(log, "07A"), makers=provider, provider="previz", seconds=2)
    film = replace(read_settings(folder), width=1280, height=720)
    (request,) = requests_for(log, film, "07A", Order("previz", seconds=2), library)
    assert replace(found.request, id=request.id) == request
    assert (found.name, found.seed, found.price) == ("previz/layers", request.seed, provider("previz").price(request))


def test_asking_writes_nothing_and_draws_no_seed(ask: Ask, log: Log) -> None:
    before = log.moment()
    assert ask(provider="runway").request.seed == ask(provider="runway").request.seed
    assert log.moment() == before


def test_a_list_that_a_service_was_not_asked_for_is_told_and_one_that_is_kept_is_used(ask: Ask, folder: Path) -> None:
    def luma(_: str) -> Provider:
        return Luma({"film": str(folder)}, {"LUMAAI_API_KEY": "a-key-for-tests"})

    before = ask(makers=luma, provider="luma", model="ray-2")
    assert "concepts is not known yet" in before.changes[0].sentence
    Concepts(folder).keep(("push_in", "pan_left"))
    after = ask(makers=luma, provider="luma", model="ray-2")
    (data,) = [piece for piece in after.pieces if piece.part == CAMERA_DATA]
    assert (data.sent, "push_in" in data.text) == (False, True)
    assert not any("not known yet" in change.sentence for change in after.changes)
    assert data.text in plain(after._repr_html_())


def test_a_provider_that_explains_nothing_is_read_by_its_sentences(ask: Ask, scripted: Callable[..., Scripted]) -> None:
    class Terse(Scripted):
        def resolve(self, prompt: Prompt, **wanted: object):
            return replace(super().resolve(prompt, **wanted), dropped=("it leaves out the rain",))

    found = ask(makers=lambda name: scripted(Terse), provider="scripted")
    assert [(piece.part, piece.text) for piece in found.pieces] == [("text", found.text)]
    assert [(change.kind, change.sentence) for change in found.changes] == [("said", "it leaves out the rain")]
    assert found.price == Price(Decimal("0.10"), "tests/generation/scripted.py", "2026-11-21")


def test_a_price_that_nobody_knows_has_its_sentence_and_stops_nothing(ask: Ask) -> None:
    found = ask(provider="luma", model="ray-2")
    assert found.price is None
    assert found.no_price.startswith("no price is known for ray-2 at luma")
    assert found.no_price in str(found)
    assert "$0.60 a take (read 2026-11-21)" in str(ask(provider="runway", model="gen4.5"))


def test_a_model_that_cannot_take_the_shot_is_told_as_ever(ask: Ask) -> None:
    with pytest.raises(BadInput, match="makes nothing without a first frame"):
        ask(provider="runway", model="gen4_turbo")
    with pytest.raises(NotFound, match=r"the nearest is 'gen"):
        ask(provider="runway", model="gen4.6")
    with pytest.raises(BadInput, match="the seconds of a take cannot be -1"):
        ask(seconds=-1)


def test_several_models_keep_their_places_and_each_failing_one_its_sentence(ask_all: AskAll) -> None:
    models = ["runway/gen4.5", "runway/gen4_turbo", "gen4.5", ("gemini_omni", ""), "veo", 7, "previz"]
    found = ask_all(models, seconds=4.4)
    assert [type(each) for each in found] == [
        WillGet, CannotTake, CannotTake, WillGet, CannotTake, CannotTake, WillGet
    ]  # fmt: skip
    assert (len(found), found[0].name, found[-1].name) == (7, "runway/gen4.5", "previz/layers")
    assert [each.name for each in found if isinstance(each, CannotTake)] == ["runway/gen4_turbo", "gen4.5", "veo", "7"]
    assert "makes nothing without a first frame" in found[1].sentence
    assert 'write "runway/gen4.5"' in found[2].sentence
    html = found._repr_html_()
    assert html.count("<td style='vertical-align:top") == 7
    for each in found:
        assert str(each) in str(found)
        assert each._repr_html_() in html


@pytest.mark.parametrize("models", [[], None, 7, {}, ["previz"] * 51])
def test_no_list_of_models_is_answered_with_how_one_is_written(ask_all: AskAll, models: object) -> None:
    with pytest.raises(BadInput, match=r'write a list of 1 to 50, \["runway/gen4\.5", "gemini_omni"\]'):
        ask_all(models)


def test_a_single_name_is_a_list_of_one(ask_all: AskAll) -> None:
    assert [each.name for each in ask_all("previz")] == ["previz/layers"]


def test_hostile_and_endless_words_are_shown_as_text(ask: Ask, ask_all: AskAll, prompt: Prompt) -> None:
    evil = "<script>alert(1)</script> & “</s>” → "
    said = replace(prompt, scene_text=evil * 1500, style=evil, avoid=evil * 900, camera=evil, camera_json="")
    for model in ("gen4.5", "veo3.1"):
        found = ask(said=said, provider="runway", model=model)
        html = found._repr_html_()
        assert "<script" not in html
        assert html.count("<s>") == html.count("</s>")
        assert len(html) < 4 * len(found.text) + 20_000
    folder = ask(said=said, provider="folder", model="<b>a website</b>")
    assert "<b>a website" not in folder._repr_html_()
    assert (folder.avoid, "&lt;script&gt;" in folder._repr_html_()) == (said.avoid, True)
    assert "<img" not in ask_all(["<img src=x>"])._repr_html_()


def test_words_for_a_shot_that_has_none_are_asked_for(log: Log) -> None:
    with pytest.raises(NotFound, match="shot 09A has no words yet"):
        words_of(log, "09A")
    with pytest.raises(BadInput, match="is not a shot"):
        words_of(log, "9")


def test_a_film_says_it_of_its_latest_words_and_of_a_draft(folder: Path, prompt: Prompt) -> None:
    with studio.open(folder) as film:
        latest = film.log.latest_prompt("07A")
        assert film.will_get("07A").text == film.dry_run("07A").request.text
        assert film.will_get("07A").request.prompt_id == latest.id
        assert film.will_get("07A", "runway", "gen4.5", 4.4, prompt=prompt).text.endswith("16 mm film.")
        several = film.will_get_all("07A", ["previz", "runway/gen4_turbo"], prompt=prompt)
        assert [type(each) for each in several] == [WillGet, CannotTake]
        assert (several[0].request.prompt_id, several[0].made_s) == ("draft", 5)
        with pytest.raises(NotFound, match="shot 09A has no words yet"):
            film.will_get_all("09A", ["previz"])
