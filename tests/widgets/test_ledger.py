"""The ledger driven as its page does: messages in, a state and answers out; the provider keeps a bill of its own."""

from __future__ import annotations

import gc
import json
import re
import threading
import weakref
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

import studio
from studio import generation
from studio.film import Film
from studio.log import now_us
from studio.widgets import Ledger
from tests.clips import make_clip
from tests.fakes.openai_videos import FakeVideos
from tests.fakes.runway import FakeRunway

HOSTILE = '<script>alert("x")</script>'
RUNWAY = {"provider": "runway", "model": "gen4.5", "seconds": 5}  # $0.60 a take


@pytest.fixture(scope="module")
def clip_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", frames=120, size="64x64").read_bytes()


@pytest.fixture
def runway(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRunway]:
    with FakeRunway(clip_bytes) as fake:
        monkeypatch.setenv("RUNWAYML_API_SECRET", fake.key)
        yield fake


@pytest.fixture
def film(tmp_path: Any, runway: FakeRunway) -> Iterator[Film]:
    options = {"runway": {"base_url": runway.url}}
    with studio.new(tmp_path / "film", authors=["ada"], cap_usd="600.00", providers=options) as film:
        film.write("07A", "two teenagers in a corridor", camera="slow push in")
        yield film


@pytest.fixture
def unknown(film: Film, runway: FakeRunway) -> str:
    """The label of a take that was bought and whose answer was lost."""
    runway.script("create", "lost")
    handle = film.generate("07A", **RUNWAY)
    handle.wait(60)
    assert film.log.state(handle.takes[0].id) == "unknown"
    return handle.takes[0].label


def rows(panel: Ledger) -> dict[str, dict[str, Any]]:
    return {row["take"]: row for row in panel._state["rows"]}


def until(panel: Ledger, wanted: Callable[[dict[str, Any]], Any]) -> None:
    """Wait for the state to become what is wanted: the page hears the same."""
    came = threading.Event()
    panel.observe(lambda change: wanted(change["new"]) and came.set(), "_state")
    assert wanted(panel._state) or came.wait(60), panel._state


def answers(panel: Ledger, **message: Any) -> dict[str, Any]:
    """What the page hears when it asks, whatever becomes of it."""
    heard: list[dict[str, Any]] = []
    panel.send = lambda answer, **_: heard.append(answer)
    panel._handle_custom_msg({"id": "1", **message}, [])
    return heard[-1]


def test_an_unknown_take_comes_first_and_says_what_happened_and_what_is_at_risk(film: Film, unknown: str) -> None:
    film.generate("07A", **RUNWAY, takes=2, seed=7).wait(60)
    state = film.money.panel()._state
    assert (state["title"], state["counts"]) == ("3 takes of 07A", "2 done · 1 asks you")
    first, *others = state["rows"]
    assert (first["take"], first["state"], first["what"]) == (unknown, "unknown", "sent, no answer came")
    assert (first["usd"], first["money"], first["model"]) == ("0.60", "unknown", "runway · gen4.5")
    assert first["sent_us"] <= now_us()
    assert (first["ask"]["sum"], first["ask"]["seconds"], first["ask"]["provider"]) == ("$0.60", "5", "Runway")
    assert "the answer was lost" in first["ask"]["why"]
    assert "look at runway" not in first["ask"]["why"]  # said once, below
    assert [(row["state"], row["step"], row["usd"], row["money"]) for row in others] == [
        ("done", 6, "0.60", "settled")
    ] * 2
    assert "5.0 s" in others[0]["what"]


def test_the_bar_is_of_the_cap_and_every_figure_is_exact(film: Film, unknown: str) -> None:
    film.generate("07A", **RUNWAY, takes=2, seed=7).wait(60)
    money = film.money.panel()._state["money"]
    assert {part["name"]: part["usd"] for part in money["parts"]} == {
        "spent": "1.20", "reserved": "0.00", "unknown": "0.60", "free": "598.20",
    }  # fmt: skip
    assert [part["percent"] for part in money["parts"]] == ["0.20", "0", "0.10", "99.70"]
    assert (money["cap"], money["others"], money["over"]) == ("600.00", [], "")
    assert re.fullmatch(r"prices read 20\d\d-\d\d-\d\d", money["read"])


def test_without_a_cap_the_bar_is_of_what_there_is(tmp_path: Any) -> None:
    with studio.new(tmp_path / "film", authors=["ada"], day_usd="20.00", call_usd="5.00") as film:
        money = film.money.panel()._state["money"]
        assert [part["name"] for part in money["parts"]] == ["spent", "reserved", "unknown"]
        assert (money["cap"], money["others"]) == ("", [["today", "0.00 of 20.00"], ["a call", "at most 5.00"]])


def test_looking_up_again_tells_what_was_learned(film: Film, unknown: str) -> None:
    panel = film.money.panel()
    assert panel.ask("look_again", take=unknown) is None
    until(panel, lambda state: "cannot be asked" in state["rows"][0]["ask"]["news"])
    assert rows(panel)[unknown]["ask"]["news"] == "runway cannot be asked about a take: look at its own page"


def test_looking_up_again_finds_the_job_where_the_provider_lists_them(
    tmp_path: Any, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeVideos(clip_bytes) as server:
        monkeypatch.setenv("OPENAI_API_KEY", server.key)
        options = {"openai_videos": {"base_url": f"{server.url}/v1"}}
        with studio.new(tmp_path / "film", authors=["ada"], size=(64, 64), providers=options) as film:
            film.write("07A", "two teenagers in a corridor")
            server.script("create", "lost")
            server.script("list", "bad key")
            film.generate("07A", provider="openai_videos", model="wan2.2", price_usd="0.10").wait(60)
            panel = film.money.panel()
            (label,) = rows(panel)
            assert rows(panel)[label]["state"] == "unknown"
            panel.seen(True)
            panel.ask("look_again", take=label)
            until(panel, lambda state: state["counts"] == "1 done")
            panel.seen(False)
            assert len(server.jobs) == 1


def test_a_job_that_a_person_found_is_adopted_and_fetched(film: Film, runway: FakeRunway, unknown: str) -> None:
    (job,) = runway.jobs
    panel = film.money.panel()
    panel.seen(True)
    assert answers(panel, do="adopt", take=unknown, job_id=f" {job} ")["ok"] is None
    until(panel, lambda state: state["counts"] == "1 done")
    panel.seen(False)
    assert film.money.inbox().empty
    assert (film.money.spent, film.money.at_risk) == (Decimal("0.60"), 0)


@pytest.mark.parametrize(
    ("billed", "spent", "word"),
    [(False, "0.00", "not charged"), (True, "0.60", "settled"), ("0.45", "0.45", "settled")],
)
def test_a_lost_take_costs_what_the_person_saw(film: Film, unknown: str, billed: Any, spent: str, word: str) -> None:
    panel = film.money.panel()
    assert answers(panel, do="lost", take=unknown, billed=billed)["ok"] is None
    row = rows(panel)[unknown]
    assert (row["state"], row["usd"], row["money"], row["ask"]) == ("failed", spent, word, None)
    assert film.money.spent == Decimal(spent)


def test_paying_again_asks_once_more_and_names_the_sum(film: Film, runway: FakeRunway, unknown: str) -> None:
    panel = film.money.panel(takes=[unknown])
    assert "a new take costs $0.60 more" in answers(panel, do="pay_again", take=unknown, yes="")["error"]
    assert "a new take costs $0.60 more" in answers(panel, do="pay_again", take=unknown, yes="yes")["error"]
    assert len(runway.jobs) == 1
    sum_ = answers(panel, do="price_again", take=unknown)["ok"]
    assert sum_ == "$0.60"
    assert answers(panel, do="pay_again", take=unknown, yes=sum_)["ok"] == "07A-002"
    panel.seen(True)
    until(panel, lambda state: state["counts"] == "1 done · 1 asks you")
    panel.seen(False)
    assert set(rows(panel)) == {unknown, "07A-002"}  # what was bought in its place belongs to it
    assert rows(panel)[unknown]["ask"]["again"] == "07A-002"
    assert len(runway.jobs) == 2


def test_mistakes_are_told_in_one_sentence_and_change_nothing(film: Film, unknown: str) -> None:
    panel = film.money.panel()
    before = film.log.moment()
    for message, said in (
        ({"do": "adopt", "take": unknown, "job_id": "  "}, "is no job's id"),
        ({"do": "lost", "take": unknown, "billed": "a lot"}, "is no amount"),
        ({"do": "lost", "take": unknown, "billed": None}, "say whether 07A-001 was charged for"),
        ({"do": "look_again", "take": "99Z-001"}, "there is no take '99Z-001'"),
        ({"do": "pay_again", "take": unknown}, "cannot be asked for like that"),
        ({"do": "buy everything"}, "nothing that"),
    ):
        answer = answers(panel, **message)
        assert said in answer["error"]
        assert "\n" not in answer["error"]
    assert film.log.moment() == before
    assert answers(panel, do="lost", take=unknown, billed=False)["ok"] is None
    assert "07A-001 is failed and cannot be looked up" in answers(panel, do="look_again", take=unknown)["error"]


def test_a_take_of_another_kernel_is_shown_and_can_be_stopped_before_it_is_sent(film: Film) -> None:
    panel = film.money.panel()
    panel.seen(True)
    with studio.open(film.folder) as elsewhere:
        requests = elsewhere._requests("07A", generation.Order("runway", "gen4.5", 3))
        elsewhere.engine.plan(requests, "ada")
        until(panel, lambda state: state["planned"] == 3)
    assert panel._state["idle"]  # nobody here works on them
    assert [row["what"] for row in panel._state["rows"]] == ["waits for a free place"] * 3
    assert answers(panel, do="stop")["ok"] == 3
    assert panel._state["counts"] == "3 cancelled"
    panel.seen(False)
    assert film.money.reserved == 0


def test_stopping_one_handles_takes_leaves_the_others(film: Film) -> None:
    first = film.engine.plan(film._requests("07A", generation.Order("runway", "gen4.5", 2, seed=1)), "ada")
    film.engine.plan(film._requests("07A", generation.Order("runway", "gen4.5", 2, seed=11)), "ada")
    panel = film.money.panel(takes=[take.label for take in first])
    assert panel._state["title"] == "2 takes of 07A"
    assert panel.ask("stop") == 2
    assert film.money.panel()._state["counts"] == "2 on the way · 2 cancelled"


def test_what_was_left_by_a_kernel_that_ended_goes_on(film: Film, runway: FakeRunway) -> None:
    film.engine.plan(film._requests("07A", generation.Order("runway", "gen4.5", 2)), "ada")
    panel = film.money.panel()
    assert panel._state["idle"]
    panel.seen(True)
    assert panel.ask("go_on") == 2
    until(panel, lambda state: state["counts"] == "2 done")
    assert not panel._state["idle"]
    panel.seen(False)


def test_the_state_stays_small_at_700_takes(film: Film) -> None:
    for run in range(4):
        film.engine.plan(film._requests("07A", generation.Order("runway", "gen4.5", 175, seed=1000 * run)), "ada")
    panel = film.money.panel()
    assert panel._state["title"] == "700 takes of 07A"
    assert len(panel._state["rows"]) <= 60
    assert panel._state["more"] == "and 640 more planned"
    assert len(json.dumps(panel._state)) < 40_000
    assert len(panel.static_html()) < 20_000
    assert panel.ask("stop") == 700
    assert panel._state["counts"] == "700 cancelled"
    assert len(panel._state["rows"]) == 6  # the last that ended


def test_the_twin_is_a_plain_table_in_which_nothing_is_markup(film: Film, runway: FakeRunway, unknown: str) -> None:
    film.money.lost(unknown, billed=False)
    runway.script("create", "busy 0")
    with film.log.write("studio") as writer:
        writer.event(
            "state", film.log.take(unknown).id, {"state": "failed", "error": f"runway failed at it: {HOSTILE}"}
        )
    twin = film.money.panel().static_html()
    assert "&lt;script&gt;" in twin
    assert "<script" not in twin
    assert "<button" not in twin
    for said in ("Ledger", "$0.00 spent", "$600.00 of $600.00 free", "failed", "runway · gen4.5", "not charged"):
        assert said in twin


def test_a_handle_shows_itself_as_the_ledger_of_its_takes_and_its_twin_never_depends_on_when(film: Film) -> None:
    handle = film.generate("07A", **RUNWAY, takes=2)
    data, _ = handle._repr_mimebundle_()
    early = data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"].startswith("Generation(2 takes")
    handle.wait(60)
    data, _ = handle._repr_mimebundle_()
    assert data["text/html"] == early
    assert early == "<p><b>2 takes of 07A</b></p><p>07A-001, 07A-002: runway · gen4.5, $0.60 a take</p>"
    assert data["text/plain"] == repr(handle) == "Generation(2 takes: 2 done)"
    film.close()
    assert handle._repr_mimebundle_()[0] == {"text/plain": repr(handle)}


def test_showing_a_handle_does_not_keep_it_alive(film: Film) -> None:
    handle = film.generate("07A", **RUNWAY)
    handle.wait(60)
    handle._repr_mimebundle_()
    gone = weakref.ref(handle)
    del handle
    gc.collect()
    assert gone() is None


def test_a_ledger_of_takes_that_there_are_not_is_refused_with_the_nearest(film: Film, unknown: str) -> None:
    with pytest.raises(studio.StudioError, match="there is no take '07A-101': the nearest is 07A-001"):
        film.money.panel(takes=["07A-101"])
    assert film.money.panel(takes=unknown)._state["title"] == "1 take of 07A"


def test_an_unknown_sound_can_only_be_marked_lost(film: Film) -> None:
    with film.log.write("ada") as writer:
        sound = writer.sound("07A", {"text": HOSTILE, "provider": "elevenlabs", "model": "eleven_sfx", "payload": "{}",
                                     "micro_usd": 120_000, "source": "x", "read_on": "2026-11-21"})  # fmt: skip
        writer.event("sound.sent", f"sound:{sound.id}", {})
    panel = film.money.panel()
    row = rows(panel)[sound.label]
    assert (row["state"], row["usd"], row["money"], row["ask"]["sound"]) == ("unknown", "0.12", "unknown", True)
    assert panel._state["title"] == "1 sound of 07A"
    assert answers(panel, do="lost", take=sound.label, billed=True)["ok"] is None
    assert rows(panel)[sound.label]["state"] == "failed"
    assert film.money.spent == Decimal("0.12")
