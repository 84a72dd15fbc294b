"""The 27 faults, each by its name, against a real socket and a server that keeps its own ledger.

Those that are about the disk, the database, clips and ffmpeg stand with their rooms; the first test names them all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from studio.errors import BadInput
from studio.generation import adopt_job, mark_lost
from studio.log import Log, ids, rebuild
from studio.providers import wire
from tests.fakes.openai_videos import FakeVideos
from tests.faults.world import PRICE_MICRO_USD, World, little_clip

ROOT = Path(__file__).parents[2]

BY_NUMBER = {
    1: "test_01_a_connection_that_is_refused_costs_nothing_and_is_tried_again",
    2: "test_02_an_answer_that_never_arrives_rests_in_unknown",
    3: "test_03_04_06_a_connection_that_breaks",
    4: "test_03_04_06_a_connection_that_breaks",
    5: "test_05_an_answer_that_cannot_be_read",
    6: "test_03_04_06_a_connection_that_breaks",
    7: "test_07_too_many_requests_are_waited_out",
    8: "test_08_no_credit_in_the_middle_of_a_batch",
    9: "test_09_what_moderation_refuses",
    10: "tests/faults/test_kills.py::test_killed_at_any_step_every_take_is_made_once",
    11: "test_11_a_kernel_that_restarts_while_it_polls",
    12: "test_12_an_interrupt_while_it_is_sent",
    13: "test_13_two_kernels_that_start_the_same_batch",
    14: "test_14_a_job_that_is_not_there_yet",
    15: "test_15_a_word_nobody_knows_and_a_status_that_goes_back",
    16: "test_16_an_address_that_has_expired",
    17: "test_17_18_a_clip_with_something_wrong_on_its_way",
    18: "test_17_18_a_clip_with_something_wrong_on_its_way",
    19: "test_19_a_redirect_to_somewhere_inside",
    20: "tests/faults/test_disk.py::test_a_disk_that_fills_up_loses_nothing",
    21: "test_21_a_database_that_is_lost_while_jobs_run",
    22: "tests/media/test_library.py::test_a_missing_and_a_changed_file_are_told",
    23: "test_23_a_clock_that_jumps",
    24: "tests/media/test_ffmpeg.py::test_it_is_stopped_when_its_time_is_up",
    25: "tests/providers/runway/*.py::test_a_bill_that_cannot_be_believed_is_none",
    26: "test_26_a_cancel_that_races_a_success",
    27: "tests/faults/test_storm.py::test_a_storm_of_sixty_takes",
}


@pytest.fixture
def fake() -> Iterator[FakeVideos]:
    with FakeVideos(little_clip(), price_micro_usd=PRICE_MICRO_USD) as server:
        yield server


@pytest.fixture
def world(tmp_path: Path, fake: FakeVideos) -> Iterator[World]:
    made = World(tmp_path / "film", fake)
    yield made
    made.close()


def test_every_fault_of_the_matrix_has_a_test_of_that_name() -> None:
    assert list(BY_NUMBER) == list(range(1, 28))
    for name in BY_NUMBER.values():
        file, _, test = name.rpartition("::")
        texts = [path.read_text("utf-8") for path in ROOT.glob(file)] if file else [Path(__file__).read_text("utf-8")]
        assert any(f"def {test}" in text for text in texts), name


def test_01_a_connection_that_is_refused_costs_nothing_and_is_tried_again(world: World, fake: FakeVideos) -> None:
    (take,) = world.plan(world.engine())
    there, world.options = world.options, {**world.options, "base_url": "http://127.0.0.1:9/v1"}  # nobody listens
    nowhere = world.engine()
    handle = nowhere.start([take])
    assert handle.wait(60) == ()
    assert "(tried 8 times)" in handle.errors[0]
    assert world.states([take]) == ["planned"]
    assert fake.bill_micro_usd == 0
    world.options = there
    world.go_on()
    assert world.states([take]) == ["done"]
    world.check()


def test_02_an_answer_that_never_arrives_rests_in_unknown_or_is_found(
    world: World, fake: FakeVideos, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "PATIENCE", httpx.Timeout(0.3))
    fake.script("create", "hang")
    fake.script("list", *["bad gateway"] * 5)
    (take,) = world.make()
    assert world.states([take]) == ["unknown"]
    assert world.log.spent().at_risk_micro_usd == PRICE_MICRO_USD
    assert len(fake.jobs) == 1
    world.check()
    world.go_on()  # the list answers now
    assert world.states([take]) == ["done"]
    assert len(fake.jobs) == 1
    world.check()


@pytest.mark.parametrize(
    ("fault", "made"),
    [("reset", 1), ("lost", 1), ("bad gateway", 1), ("reset while sending", 0), ("bad gateway before", 0)],
)
def test_03_04_06_a_connection_that_breaks_is_never_answered_by_sending_again(
    world: World, fake: FakeVideos, fault: str, made: int
) -> None:
    fake.script("create", fault)
    (take,) = world.make()
    world.go_on()
    assert len(fake.jobs) == made
    assert world.states([take]) == ["done" if made else "unknown"]  # where none is listed, a person has to say so
    world.check()
    if not made:
        mark_lost(world.log, take.label, False, "ada")
        world.check()


@pytest.mark.parametrize("fault", ["half json", "no json"])
def test_05_an_answer_that_cannot_be_read_is_found_in_the_list_and_kept_in_words(
    world: World, fake: FakeVideos, fault: str
) -> None:
    fake.script("create", fault)
    fake.script("list", *["bad gateway"] * 5)
    (take,) = world.make()
    (event,) = [e for e in world.log.events(take.id, kinds=("state",)) if e.data["state"] == "unknown"]
    assert "that is no JSON: “" in str(event.data["error"])
    world.go_on()
    assert world.states([take]) == ["done"]
    world.check()


@pytest.mark.parametrize(
    ("busy", "least", "most"),
    [
        ("busy 3", 3, 3),
        ("busy date", 0, 2),
        ("busy", 0.5, 1),
        ("busy 1e9", 300, 300),
        ("busy -1", 0.5, 1),
        ("busy NaN", 0.5, 1),
    ],
)
def test_07_too_many_requests_are_waited_out_within_reason(
    world: World, fake: FakeVideos, busy: str, least: float, most: float
) -> None:
    fake.script("create", busy)
    (take,) = world.make()
    assert world.states([take]) == ["done"]
    assert least <= world.hurried.waits[0] <= most + 0.001
    assert len(fake.jobs) == 1
    world.check()


def test_08_no_credit_in_the_middle_of_a_batch_stops_it_and_keeps_the_queue(world: World, fake: FakeVideos) -> None:
    fake.script("create", "", "", "no credit")
    engine = world.engine(concurrency=1)
    takes = world.plan(engine, 6)
    handle = engine.start(takes)
    assert handle.wait(60) == takes[:2]
    assert all("wants money first" in error for error in handle.errors)
    assert len(fake.calls_to("create")) == 3  # nobody asks again by himself
    assert world.states(takes[2:]) == ["planned"] * 4
    world.check(at_rest=False)
    world.go_on()
    assert world.states(takes) == ["done"] * 6
    world.check()


@pytest.mark.parametrize("place", ["create", "fate"])
def test_09_what_moderation_refuses_is_not_sent_again_and_not_charged(
    world: World, fake: FakeVideos, place: str
) -> None:
    fake.script(place, "moderated" if place == "create" else "is refused")
    (take,) = world.make()
    world.go_on()
    assert world.states([take]) == ["refused"]
    assert len(fake.calls_to("create")) == 1
    assert world.log.spent().spent_micro_usd == 0
    world.check()


def test_a_completed_job_without_a_clip_is_a_refusal(world: World, fake: FakeVideos) -> None:
    fake.script("fate", "has nothing")
    (take,) = world.make()
    assert world.states([take]) == ["refused"]
    world.check()


def test_11_a_kernel_that_restarts_while_it_polls_goes_on_by_the_jobs_id(world: World, fake: FakeVideos) -> None:
    fake.script("fate", "never ends")
    polled = threading.Event()
    engine = world.engine()
    (take,) = world.plan(engine)
    engine.start([take]).on_change(lambda progress: polled.set() if world.log.state(take.id) == "running" else None)
    assert polled.wait(30)
    engine.close()  # a kill is the same to the log: the lease of a dead process is free at once
    (job,) = fake.jobs.values()
    job.fate = ""
    world.go_on()
    assert world.states([take]) == ["done"]
    assert len(fake.calls_to("create")) == 1
    world.check()


def test_12_an_interrupt_while_it_is_sent_makes_no_second_intent(world: World, fake: FakeVideos) -> None:
    """Ctrl-C interrupts the waiting and not the engine; the cell run again gives the same takes."""
    engine = world.engine()
    takes = world.plan(engine, 3, run="run:cell")
    handle = engine.start(takes)

    def pressed(progress: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        handle.wait(60, pressed)
    again = world.plan(engine, 3, run="run:cell")
    assert again == takes
    assert engine.start(again).wait(60) == takes
    assert len(fake.jobs) == 3
    world.check()


def test_13_two_kernels_that_start_the_same_batch_send_each_take_once(world: World, fake: FakeVideos) -> None:
    first, second = world.engine(), world.engine()
    takes = world.plan(first, 8)
    handles = [first.start(takes), second.start(takes)]
    for handle in handles:
        assert handle.wait(60) == takes
    assert len(fake.jobs) == 8
    world.check()


def test_14_a_job_that_is_not_there_yet_has_not_failed(world: World, fake: FakeVideos) -> None:
    poll, left = fake._poll, [3]

    def not_yet(job: object, call: object) -> object:
        left[0] -= 1
        return fake._error(404, "Video not found") if left[0] >= 0 else poll(job, call)

    fake._poll = not_yet
    (take,) = world.make()
    assert world.states([take]) == ["done"]
    world.check()


def test_15_a_word_nobody_knows_and_a_status_that_goes_back_are_borne(world: World, fake: FakeVideos) -> None:
    fake.words = {"completed": "ripening"}
    engine = world.engine()
    (take,) = world.plan(engine)
    seen = threading.Event()
    handle = engine.start([take])
    handle.on_change(lambda progress: seen.set() if world.log.state(take.id) == "running" else None)
    assert seen.wait(30)
    fake.words = {}
    assert handle.wait(60) == (take,)
    notes = [str(event.data.get("note")) for event in world.log.events(take.id, kinds=("state",))]
    assert any("ripening" in note for note in notes)
    world.check()


@pytest.mark.parametrize("fault", ["expired", "gone"])
def test_16_an_address_that_has_expired_is_asked_for_anew(world: World, fake: FakeVideos, fault: str) -> None:
    fake.script("content", fault, fault)
    (take,) = world.make()
    assert world.states([take]) == ["done"]
    world.check()


@pytest.mark.parametrize(
    "faults",
    [
        ("cut 5000",), ("cut 5000", "cut 4000", "cut 3000"), ("cut 5000", "no range"), ("cut 5000", "wrong range"),
        ("cut 5000", "other tag"), ("page",), ("empty",), ("play list",), ("gzip",), ("bad gateway",), ("reset",),
    ],
)  # fmt: skip
def test_17_18_a_clip_with_something_wrong_on_its_way_arrives_whole_in_the_end(
    world: World, fake: FakeVideos, faults: tuple[str, ...]
) -> None:
    fake.script("content", *faults)
    (take,) = world.make()
    for _ in range(2):  # what a page or a play list left is fetched by the next resume
        if world.states([take]) != ["done"]:
            world.check(at_rest=False)
            world.go_on()
    assert world.states([take]) == ["done"]
    assert world.library.take(take.label).read_bytes() == little_clip()
    world.check()


def test_18_an_endless_clip_is_stopped_and_stays_the_films(
    world: World, fake: FakeVideos, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.providers import fetching

    monkeypatch.setattr(fetching.fetch, "__kwdefaults__", {**fetching.fetch.__kwdefaults__, "most_bytes": 1_000_000})
    fake.script("content", "endless")
    engine = world.engine()
    (take,) = world.plan(engine)
    handle = engine.start([take])
    assert handle.wait(60) == ()
    assert list(world.library.tmp.glob("*")) == []
    assert world.states([take]) == ["downloading"]
    world.check(at_rest=False)
    world.go_on()
    assert world.states([take]) == ["done"]
    world.check()


@pytest.mark.parametrize(
    "where",
    [
        "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/clip.mp4", "http://127.0.0.1:9/clip.mp4",
        "file:///etc/passwd", "http://[::1]/clip.mp4", "https://localhost/clip.mp4", "http://0.0.0.0/clip.mp4",
    ],
)  # fmt: skip
def test_19_a_redirect_to_somewhere_inside_is_not_followed_and_the_take_is_kept(
    world: World, fake: FakeVideos, where: str
) -> None:
    fake.script("content", f"to {where}")
    engine = world.engine()
    (take,) = world.plan(engine)
    handle = engine.start([take])
    assert handle.wait(60) == ()
    assert fake.key not in handle.errors[0]
    assert world.states([take]) == ["downloading"]
    world.check(at_rest=False)
    world.go_on()
    assert world.states([take]) == ["done"]
    world.check()


def test_21_a_database_that_is_lost_while_jobs_run_is_made_again_and_goes_on(world: World, fake: FakeVideos) -> None:
    fake.script("fate", "never ends", "never ends")
    running = threading.Event()
    engine = world.engine()
    takes = world.plan(engine, 3)
    handle = engine.start(takes)
    under_way = ["done", "running", "running"]  # whichever two the server heard first
    handle.on_change(lambda progress: running.set() if sorted(world.states(takes)) == under_way else None)
    assert running.wait(30)
    engine.close()
    world.log.close()
    for lost in world.folder.glob("film.db*"):
        lost.unlink()
    rebuild(world.folder)
    world.log = Log.open(world.folder)
    for job in fake.jobs.values():
        job.fate = ""
    world.go_on()
    assert world.states(takes) == ["done"] * 3
    assert len(fake.calls_to("create")) == 3
    world.check()


@pytest.mark.parametrize("jump_s", [86_400, -86_400])
def test_23_a_clock_that_jumps_a_day_loses_no_lease_and_waits_for_nobody(
    world: World, fake: FakeVideos, monkeypatch: pytest.MonkeyPatch, jump_s: int
) -> None:
    real, jump = time.time_ns, [0]

    class Clock:
        @staticmethod
        def time_ns() -> int:
            return real() + jump[0] * 1_000_000_000

    monkeypatch.setattr(ids, "time", Clock)
    steps: list[str] = []

    def on_step(step: str, take: object) -> None:
        steps.append(step)
        if step == "submitted":
            jump[0] = jump_s

    engine = world.engine(on_step=on_step, concurrency=1)
    takes = world.plan(engine, 2)
    assert engine.start(takes).wait(60) == takes
    assert steps.count("submitting") == 2
    history = [event.id for event in world.log.events(takes[1].id)]
    assert history == sorted(history)  # the order of events is that of their commits, whatever the clock says
    world.check()


def test_26_a_cancel_that_races_a_success_keeps_the_clip(tmp_path: Path) -> None:
    with FakeVideos(little_clip(), "vllm-omni", price_micro_usd=PRICE_MICRO_USD) as fake:
        world = World(tmp_path / "film", fake, "vllm-omni")
        try:
            fake.script("fate", "never ends")
            running = threading.Event()
            engine = world.engine(concurrency=1)
            (take,) = world.plan(engine)
            handle = engine.start([take])
            handle.on_change(lambda progress: running.set() if world.states([take]) == ["running"] else None)
            assert running.wait(30)
            (job,) = fake.jobs.values()
            job.fate = ""  # it ends in the very moment
            handle.stop(running=True)
            assert handle.wait(60) == (take,)
            world.check()
        finally:
            world.close()


def test_26_a_job_that_is_stopped_is_cancelled_and_one_that_cannot_be_is_kept(tmp_path: Path) -> None:
    for kind, end in (("vllm-omni", "cancelled"), ("sglang", "done")):
        with FakeVideos(little_clip(), kind) as fake:
            world = World(tmp_path / kind, fake, kind)
            try:
                fake.script("fate", "never ends")
                running = threading.Event()
                engine = world.engine(concurrency=1)
                (take,) = world.plan(engine)
                handle = engine.start([take])
                handle.on_change(stop_when_it_runs(world, running, take))
                assert running.wait(30)
                handle.stop(running=True)
                for job in fake.jobs.values():
                    job.fate = ""
                handle.wait(60)
                assert world.states([take]) == [end]
                (asked,) = world.log.events(take.id, kinds=("cancel",))
                assert asked.data["answer"] == {"cancelled": "asked", "done": "not possible"}[end]
                assert world.log.spent().reserved_micro_usd == 0
            finally:
                world.close()


def stop_when_it_runs(world: World, running: threading.Event, take: object) -> Callable[[object], None]:
    return lambda progress: running.set() if world.states([take]) == ["running"] else None


def test_a_job_that_a_person_found_is_adopted_and_fetched(world: World, fake: FakeVideos) -> None:
    fake.script("create", "lost")
    fake.script("list", *["bad gateway"] * 5)
    (take,) = world.make()
    assert world.states([take]) == ["unknown"]
    (job,) = fake.jobs.values()
    engine = world.engine()
    with pytest.raises(BadInput, match="is no job"):
        adopt_job(engine, world.log, take.label, "two words", "ada")
    assert adopt_job(engine, world.log, take.label, job.id, "ada").wait(60) == (take,)
    world.check()
