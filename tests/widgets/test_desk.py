"""The desk driven as its page does: messages in, a state and answers out. How it looks is tested in a browser."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest

import studio
from studio.errors import AskFirst, BadInput, NotFound, Overtaken
from studio.film import Film
from tests.clips import make_clip
from tests.fakes.openai_videos import FakeVideos
from tests.fakes.runway import FakeRunway
from tests.widgets.desks import HOSTILE, QUICK, hears, listen, looked, on, press, save

RUNWAY = {"model": "runway/gen4.5", "seconds": 5.0}  # $0.60 a take

# --- from words to takes ---


def test_words_and_a_move_become_a_version_and_takes(film: Film, until: Any) -> None:
    desk = film.desk("01A")
    assert (desk._state["version"], desk._state["takes_said"]) == (0, "no takes yet")
    camera = desk.ask("edit_camera", camera="", how="then", move="truck_right", speed="slow")["words"]
    typed = {"scene_text": "A schoolyard in May.", "camera": camera}
    request = looked(desk, **typed)["requests"][0]
    answer = press(desk, request["total_usd"], typed, takes=2)
    assert answer == {"version": 1, "said": "making 01A-001, 01A-002"}
    until(desk, "_state", lambda state: state["takes_said"] == "2 takes, none circled" and state["takes"][0]["clip"])
    assert desk._progress == {"running": False, "stopping": False, "total": 2, "left": 0, "said": "2 made"}
    take = film.takes().iloc[0]
    assert (take["scene_text"], take["camera"], take["asked_move"]) == (
        "A schoolyard in May.", "slow truck right", "truck_right",
    )  # fmt: skip
    assert [each["label"] for each in desk._state["takes"]] == ["01A-002", "01A-001"]
    assert desk._state["versions"][0]["said"] == "2 takes"
    assert desk.ask("poster", take="01A-001").buffers[0].startswith(b"\xff\xd8")
    assert b"ftyp" in desk.ask("clip", take="01A-001").buffers[0][:16]
    assert "01A-002" in desk.static_html()


def test_progress_is_told_by_the_engines_thread_and_never_waits_for_the_kernels(film: Film, until: Any) -> None:
    desk = film.desk("01A")
    threads = set()
    desk.observe(lambda change: change["new"].get("left") == 0 and threads.add(threading.current_thread()), "_progress")
    press(desk, typed={"scene_text": "A schoolyard."})
    assert desk._progress["running"]  # at once: nobody presses twice
    with pytest.raises(BadInput, match="takes are being made at this desk: wait for them, or stop them"):
        press(desk)
    until(desk, "_progress", lambda progress: progress["left"] == 0)
    assert threading.main_thread() not in threads
    assert threads


def test_stop_keeps_what_was_sent_and_cancels_the_rest(film: Film, until: Any) -> None:
    desk = film.desk("01A")
    desk.ask("stop")  # nothing is being made: nothing to stop
    press(desk, typed={"scene_text": "A schoolyard."}, takes=8)
    desk.ask("stop")
    assert "stopping" in desk._progress["said"]
    until(desk, "_progress", lambda progress: not progress["running"])
    states = film.takes()["state"].value_counts()
    assert states["done"] + states["cancelled"] == 8
    assert states["cancelled"] > 0
    assert f"{states['cancelled']} cancelled" in desk._progress["said"]


def test_what_was_under_way_when_the_kernel_ended_goes_on(film: Film, until: Any) -> None:
    film.write("01A", "A schoolyard.")
    film.engine.plan(film._requests("01A", studio.film.film.generation.Order("previz", "", 2, 1.0)), "ada")
    film.close()
    with studio.open(film.folder) as again:
        desk = again.desk("01A")
        assert desk._state["under_way_said"] == "2 of 01A under way"
        desk.ask("resume")
        until(desk, "_state", lambda state: not state["under_way_said"])
        assert list(again.takes()["state"]) == ["done", "done"]


# --- authors ---


def test_every_field_keeps_its_author(pair: Film) -> None:
    desk = pair.desk("07A")
    assert desk._state["parts"]["camera"]["initials"] == "MA"
    desk.ask("write_as", author="dana")
    assert (pair.author, desk._state["author"]) == ("dana", "dana")
    assert save(desk, camera="fast push in", style="16 mm film")["said"] == "written down as version 2 by dana"
    by = {part: desk._state["parts"][part]["author"] for part in ("scene_text", "camera", "style", "avoid")}
    assert by == {"scene_text": "maya", "camera": "dana", "style": "dana", "avoid": ""}
    told = {part: desk._state["parts"][part]["said"] for part in ("scene_text", "camera", "avoid")}
    assert told == {"scene_text": "wrote this · v1", "camera": "wrote this · v2", "avoid": ""}
    page = desk.static_html()
    assert "Scene (maya)" in page
    assert "Camera (dana)" in page


def test_with_several_authors_and_none_chosen_it_opens_and_writing_says_what_to_do(pair: Film) -> None:
    pair.write("07A", style="16 mm film")
    pair.close()
    with studio.open(pair.folder) as film:
        desk = film.desk("07A")
        assert (desk._state["author"], desk._state["version"]) == ("", 2)
        assert looked(desk, camera="pan left")["camera"]["said"] == "1 move"
        draft = on(desk, camera="pan left")
        answer = hears(desk, do="save", draft=draft, changed=["camera"], base=2)
        assert "film.as_(" in answer["error"]
        assert answer["about"] == "scene_text"
        assert "film.as_(" in hears(desk, do="generate", draft=draft, changed=[], base=2, **QUICK)["error"]
        assert len(film.prompts("07A")) == 2
        assert film.takes().empty
        desk.ask("write_as", author="dana")  # what was typed goes with the desk
        assert film.desk("07A")._state["draft"]["fields"]["camera"] == "pan left"
        assert "choose another author's name" in hears(desk, do="write_as", author="studio")["error"]
        assert film.author == "dana"


# --- two desks ---


def test_a_second_desk_on_the_shot_sees_what_the_first_writes(written: Film) -> None:
    first, second = written.desk("07A"), written.desk("07A")
    second.seen(True)
    later = listen(second)
    save(first, camera="pan left")
    assert later.wait(20)
    assert second._state["parts"]["camera"]["text"] == "pan left"
    second.seen(False)


def test_what_another_kernel_writes_is_seen_and_another_part_of_it_is_merged(written: Film) -> None:
    with studio.open(written.folder) as elsewhere:
        mine, theirs = written.desk("07A"), elsewhere.desk("07A")
        save(theirs, camera="pan left")
        assert mine._state["version"] == 1  # nobody looks at it
        assert save(mine, scene_text="Her bubble gum fills the frame.")["version"] == 3
        last = elsewhere.prompts("07A").iloc[-1]
        assert (last["scene_text"], last["camera"]) == ("Her bubble gum fills the frame.", "pan left")


@pytest.mark.parametrize(
    ("part", "theirs", "mine", "place"),
    [
        ("scene_text", "They meet.", "They part.", "scene_text"),
        ("camera", "pan left", "pan right", "camera"),
        ("style", "neon", "grain", "style"),
        ("avoid", "hands", "faces", "avoid"),
        ("portal_out", "the bubble", "the keyhole", "portals"),
        ("continuity", {"who": "Ada"}, {"who": "Ben"}, "continuity"),
    ],
)
def test_words_that_somebody_changed_meanwhile_are_never_overwritten_unseen(
    written: Film, part: str, theirs: Any, mine: Any, place: str
) -> None:
    first, second = written.desk("07A"), written.desk("07A")
    save(first, **{part: theirs})
    draft = on(second, **{part: mine})
    answer = hears(second, do="save", draft=draft, changed=[part], base=1)
    assert "ada changed the" in answer["error"]
    assert "nothing was written" in answer["error"]
    assert answer["about"] == place
    answer = hears(second, do="generate", draft=draft, changed=[part], base=1, **QUICK)
    assert answer["about"] == place
    assert (len(written.prompts("07A")), len(written.takes())) == (2, 0)
    assert second.ask("save", draft=draft, changed=[part], base=2)["version"] == 3  # after looking at theirs
    with pytest.raises(Overtaken):
        second.ask("save", draft=on(second, **{part: theirs}), changed=[part], base=1)


def test_two_who_write_the_same_words_are_at_one(written: Film) -> None:
    first, second = written.desk("07A"), written.desk("07A")
    save(first, camera="pan left")
    assert second.ask("save", draft=on(second, camera="pan left"), changed=["camera"], base=1)["version"] == 2


# --- money ---


@pytest.fixture(scope="module")
def clip_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", frames=120, size="64x64").read_bytes()


@pytest.fixture
def runway(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Any:
    with FakeRunway(clip_bytes) as fake:
        monkeypatch.setenv("RUNWAYML_API_SECRET", fake.key)
        yield fake


@pytest.fixture
def paid(tmp_path: Any, runway: FakeRunway) -> Any:
    options = {"runway": {"base_url": runway.url}}
    with studio.new(tmp_path / "paid", authors=["ada"], cap_usd="600.00", providers=options) as film:
        film.write("07A", "two teenagers in a corridor", camera="slow push in")
        yield film


def test_a_sum_that_nobody_saw_is_not_spent(paid: Film, runway: FakeRunway, until: Any) -> None:
    desk = paid.desk("07A")
    for seen in ("0", "0.59", "1.20"):
        with pytest.raises(AskFirst, match=r"this costs \$0\.60 now: look at it, and press again to spend it"):
            press(desk, seen, **RUNWAY)
    draft = on(desk)
    answer = hears(desk, do="generate", draft=draft, changed=[], base=1, takes=2, seen_usd="0.60", **RUNWAY)
    assert (answer["about"], "$1.20" in answer["error"]) == ("pay", True)
    for wrong in ("much", None, "NaN", "sNaN", -1, [], HOSTILE):
        hears(desk, do="generate", draft=draft, changed=[], base=1, takes=1, seen_usd=wrong, **RUNWAY)
    assert (paid.takes().empty, runway.jobs, paid.money.reserved) == (True, {}, 0)
    shown = desk.ask("look", draft=draft, models=["runway/gen4.5"], model="runway/gen4.5", takes=1, seconds=5.0)
    request = shown["requests"][0]
    assert (request["total"], Decimal(request["total_usd"])) == ("$0.60", Decimal("0.60"))
    assert request["price"]["read_on"].startswith("20")
    press(desk, request["total_usd"], **RUNWAY)
    until(desk, "_progress", lambda progress: progress["said"] == "1 made, $0.60 spent")
    assert paid.money.spent == Decimal("0.60")
    until(desk, "_state", lambda state: state["money_said"] == "spent $0.60 of $600.00")


def test_a_take_that_ends_badly_is_told_below_the_button(paid: Film, runway: FakeRunway, until: Any) -> None:
    runway.script("fate", "is refused")
    desk = paid.desk("07A")
    press(desk, "0.60", **RUNWAY)
    until(desk, "_progress", lambda progress: progress["said"].startswith("1 failed; 07A-001: "))
    until(desk, "_state", lambda state: state["takes"][0]["said"] == "refused")


def test_a_price_that_rose_since_it_was_seen_is_told_before_anything_is_sent(
    paid: Film, runway: FakeRunway, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = paid.desk("07A")
    seen = looked(desk, [RUNWAY["model"]], RUNWAY["model"], style="neon")["requests"][0]["total_usd"]
    with pytest.raises(AskFirst, match=r"\$1\.20"):
        press(desk, seen, {"style": "neon"}, **{**RUNWAY, "seconds": 10})  # as if it were twice as dear
    assert runway.jobs == {}
    assert paid.prompts("07A").iloc[-1]["style"] == "neon"  # the words are written: they cost nothing


def test_a_model_without_a_known_price_says_so_and_is_not_asked(
    tmp_path: Any, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeVideos(clip_bytes) as server:
        monkeypatch.setenv("OPENAI_API_KEY", server.key)
        options = {"openai_videos": {"base_url": f"{server.url}/v1"}}
        with studio.new(tmp_path / "film", authors=["ada"], size=(64, 64), providers=options) as film:
            film.write("07A", "two teenagers in a corridor")
            desk = film.desk("07A")
            request = looked(desk, ["openai_videos/wan2.2"], "openai_videos/wan2.2")["requests"][0]
            assert request["price"] is None
            assert "price_usd" in request["no_price"]
            with pytest.raises(BadInput, match="price"):
                press(desk, "0", model="openai_videos/wan2.2")
            assert not server.jobs


# --- versions ---


def test_versions_are_compared_and_brought_back(written: Film) -> None:
    desk = written.desk("07A")
    save(desk, scene_text="Two teenagers meet in a corridor.", style="")
    compared = desk.ask("compare", old=1, new=2)
    assert compared["said"] == "v1 → v2, 4 words out, 0 in"
    assert [part for part, _ in compared["parts"]] == ["scene", "style"]
    words = desk.ask("words_of", version=1)
    assert (words["style"], words["cards"]) == ("16 mm film", [])
    back = {part: words[part] for part in ("scene_text", "style")}
    assert save(desk, **back)["version"] == 3
    assert [each["version"] for each in desk._state["versions"]] == [1, 2, 3]
    for wrong in (0, 9, "1", None, [], 10**5000, HOSTILE):
        for act in ({"do": "words_of", "version": wrong}, {"do": "compare", "old": wrong, "new": 3}):
            answer = hears(desk, **act)
            assert "has no version" in answer["error"]
            assert len(answer["error"]) < 200


def test_the_cells_of_a_grid_are_nobodys_versions(written: Film) -> None:
    studio.film.film.writing.record(written.log, "07A", "ada", style="neon", grid="07A-g1")
    desk = written.desk("07A")
    assert (desk._state["version"], desk._state["parts"]["style"]["text"]) == (1, "16 mm film")


# --- without a kernel ---


def test_it_can_be_read_without_a_kernel_and_reads_the_same_in_every_run(written: Film, clip: Any) -> None:
    assert "has no words yet" in written.desk("09B").static_html()
    written.adopt(clip, shot="07A")
    bundle, _ = written.desk("07A")._repr_mimebundle_()
    assert bundle["text/plain"] == "Desk('07A')"
    page = bundle["text/html"]
    for said in ("07A, version 1 by ada, 1 take", "Scene (ada)", "in a school corridor.", "07A-001", "data:image/jpeg"):
        assert said in page
    assert str(written.folder) not in page
    assert str(written.folder.parent) not in page
    for row in (written.log.latest_prompt("07A"), written.log.take("07A-001")):
        assert row.id not in page
        assert str(row.created_at_us) not in page
    written.close()
    with studio.open(written.folder) as again:
        assert again.desk("07A").static_html() == page
        assert repr(again.desk("07A")) == "Desk('07A')"


def test_words_that_look_like_html_stay_words(film: Film, clip: Any) -> None:
    film.adopt(clip, shot="01A")
    film.cards.person("<b>her</b>", HOSTILE)
    film.write("01A", HOSTILE, camera=HOSTILE, style=HOSTILE, avoid=HOSTILE, portal_in=HOSTILE, portal_out=HOSTILE)
    film.write("01A", cards=["<b>her</b>"])
    page = film.desk("01A").static_html()
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "<b>her" not in page


def test_a_clip_that_is_gone_does_not_break_the_desk(written: Film, clip: Any) -> None:
    written.adopt(clip, shot="07A")
    written.library.take("07A-001").unlink()
    written.library.proxy("07A-001").unlink(missing_ok=True)
    desk = written.desk("07A")
    assert "07A-001.mp4 is not there" in desk.static_html()
    assert "07A-001.mp4 is not there" in hears(desk, do="clip", take="07A-001")["error"]
    written.library.poster("07A-001").unlink()
    assert desk.ask("poster", take="07A-001").buffers == ()
    with pytest.raises(NotFound, match="the nearest is 07A-001"):
        desk.ask("poster", take="07A-01")
