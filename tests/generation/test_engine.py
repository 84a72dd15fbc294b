"""The engine brings takes to rest, whatever the provider answers; in its own thread, and prints nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from studio.errors import OverBudget, StudioError
from studio.generation import Engine
from studio.generation.budget import Caps
from studio.log import ELSEWHERE, Log
from studio.media import Library, sha256_of
from studio.nouns import STUDIO
from tests.generation.scripted import FRAMES, HEIGHT, WIDTH, Listing, Scripted, requests

Maker = Callable[..., Scripted]
Engines = Callable[..., Engine]


def states(log: Log, take_id: str) -> list[str]:
    return [str(event.data["state"]) for event in log.events(take_id, kinds=("state",))]


def test_takes_become_clips_through_every_state_in_order(
    log: Log, library: Library, scripted: Maker, engines: Engines
) -> None:
    maker = scripted(script={"07A-002": "runs a while"})
    engine = engines(maker)
    takes = engine.plan(requests(log, maker, 3), "ada")
    assert [take.label for take in takes] == ["07A-001", "07A-002", "07A-003"]
    assert engine.start(takes).wait(30) == takes
    assert states(log, takes[0].id) == ["planned", "submitting", "submitted", "ready", "downloading", "done"]
    assert states(log, takes[1].id) == [
        "planned", "submitting", "submitted", "running", "ready", "downloading", "done",
    ]  # fmt: skip
    for take in takes:
        kept = log.media(take.id)
        assert kept is not None
        assert kept.file == f"media/takes/{take.label}.mp4"
        assert (kept.frames, kept.rate, kept.width, kept.height) == (FRAMES, Fraction(24), WIDTH, HEIGHT)
        assert sha256_of(library.locate(kept.file)) == kept.sha256
        assert library.poster(take.label).exists()
    assert sorted(maker.bought()) == sorted(take.id for take in takes)
    assert list(library.tmp.iterdir()) == []


def test_what_a_person_asked_for_is_theirs_and_what_the_machine_did_is_not(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    maker = scripted()
    engine = engines(maker)
    (take,) = engine.plan(requests(log, maker, 1), "ben")
    engine.start([take]).wait(30)
    assert take.author == "ben"
    assert {event.author for event in log.events(take.id) if event.data.get("state") != "planned"} == {"ben", STUDIO}
    assert {event.author for event in log.events(take.id, kinds=("job", "media"))} == {STUDIO}


def test_the_intent_is_on_disk_before_the_provider_is_asked(
    log: Log, folder: object, scripted: Maker, engines: Engines
) -> None:
    maker = scripted()
    seen = []
    submit = maker.submit

    async def looks_first(request: object, take: object) -> object:
        with Log.open(folder) as other:  # another reader, as after a kill
            seen.append(other.state(take.id))
        return await submit(request, take)

    maker.submit = looks_first
    engine = engines(maker)
    engine.start(engine.plan(requests(log, maker, 2), "ada")).wait(30)
    assert seen == ["submitting", "submitting"]


@pytest.mark.parametrize(
    ("does", "state", "words", "cost"),
    [
        ("refuses", "refused", "the scene shows a person who is known", 0),
        ("says no", "failed", "the model little is gone since 2026-11-01", 0),
        ("bad input", "failed", "a take of 99 s is too long: little makes 10 s at most", 0),
        ("is refused later", "refused", "scripted refused it: the clip shows a person who is known", 20_000),
        ("fails later", "failed", "scripted failed at it: out of memory", 0),
        ("has nothing", "refused", "it was completed and has no video", 0),
        ("sends a page", "failed", "fetched 3 times from scripted", 100_000),
        ("sends half", "failed", "fetched 3 times from scripted", 100_000),
        ("sends a short clip", "failed", "has 5 frames where 6 were asked for", 100_000),
        ("costs less", "done", "", 70_000),
        ("sends a short clip once", "done", "", 100_000),
    ],
)
def test_every_answer_ends_in_its_state_with_its_reason_and_its_cost(
    log: Log, library: Library, scripted: Maker, engines: Engines, does: str, state: str, words: str, cost: int
) -> None:
    maker = scripted(script={"07A-001": does})
    engine = engines(maker)
    first, second = engine.plan(requests(log, maker, 2), "ada")
    handle = engine.start([first, second])
    assert second in handle.wait(30)
    assert log.state(first.id) == state
    assert (words in "; ".join(handle.errors)) if words else not handle.errors
    if words:
        last = log.events(first.id, kinds=("state",))[-1]
        assert words in str(last.data["error"])
        assert words in " ".join(log.history_frame(first.label).astype(str).to_numpy().ravel())
    assert log.events(first.id, kinds=("money.settled",))[-1].data["micro_usd"] == cost
    assert log.spent().spent_micro_usd == cost + 100_000
    assert log.spent().reserved_micro_usd == 0
    assert handle.progress.spent == Decimal(cost + 100_000) / 1_000_000
    assert library.take(first.label).exists() == (state == "done")
    assert [path.name for path in library.tmp.iterdir()] == []


def test_a_lost_answer_rests_in_unknown_with_its_money_at_risk_and_is_not_sent_again(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    maker = scripted(script={"07A-001": "loses the answer"})
    engine = engines(maker)
    takes = engine.plan(requests(log, maker, 1), "ada")
    handle = engine.start(takes)
    assert handle.wait(30) == ()
    assert log.state(takes[0].id) == "unknown"
    assert "the answer was lost (ConnectionResetError: reset by peer)" in handle.errors[0]
    assert "it is not sent again by itself" in handle.errors[0]
    assert log.spent().at_risk_micro_usd == 100_000
    assert log.spent().reserved_micro_usd == 0
    assert engine.resume().wait(30) == ()
    assert engine.start(takes).wait(30) == ()
    assert maker.bought() == [takes[0].id]
    assert repr(handle) == "Generation(1 take: 1 unknown)"


def test_a_lost_answer_is_found_where_the_provider_lists_its_jobs(log: Log, listing: Maker, engines: Engines) -> None:
    maker = listing(script={"07A-001": "loses the answer", "07A-002": "breaks before it sends"})
    engine = engines(maker)
    lost, unsent = engine.plan(requests(log, maker, 2), "ada")
    handle = engine.start([lost, unsent])
    assert handle.wait(30) == (lost,)
    assert log.state(unsent.id) == "failed"
    assert handle.errors == ("07A-002: OSError: the cable was cut",)
    assert maker.bought() == [lost.id]
    assert log.spent().spent_micro_usd == 100_000


def test_a_take_that_another_machine_makes_is_never_made_here_too_until_it_is_taken_over(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    maker = scripted()
    engine = engines(maker)
    theirs, ours = engine.plan(requests(log, maker, 2), "ada")
    with log.write("ada") as writer:
        writer.lease(theirs.id, ELSEWHERE, 1e9)
    assert log.elsewhere() == (theirs,)
    assert engine.resume().wait(30) == (ours,)
    handle = engine.start([theirs])  # as a notebook's cell does that is run again
    assert handle.wait(30) == ()
    assert handle.errors == (
        "07A-001: it is made on another machine: film.merge(…) brings what became of it, "
        'film.take_over("07A-001") makes it here',
    )
    assert maker.bought() == [ours.id]
    log.take_over(theirs.id)
    assert engine.resume().wait(30) == (theirs,)


def test_what_is_paid_for_is_never_given_up_by_an_error_nobody_foresaw(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    maker = scripted(script={"07A-001": "breaks the download", "07A-002": "cannot be polled"})
    engine = engines(maker)
    takes = engine.plan(requests(log, maker, 2), "ada")
    handle = engine.start(takes)
    assert handle.wait(30) == ()
    assert handle.errors == (
        "07A-001: ZeroDivisionError: a bug of the adapter",
        "07A-002: scripted cannot be asked about it: TimeoutError: no answer for 30 s",
    )
    assert [log.state(take.id) for take in takes] == ["downloading", "submitted"]
    assert repr(handle) == "Generation(2 takes: 2 stuck)"
    assert (handle.progress.stuck, handle.progress.left) == (2, 0)
    assert log.spent().reserved_micro_usd == 200_000
    maker.script.clear()
    assert engine.resume().wait(30) == takes
    assert len(maker.bought()) == 2


def test_what_is_free_fails_with_the_error_nobody_foresaw(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted(script={"07A-001": "breaks the download"}, usd="0")
    engine = engines(maker)
    (take,) = engine.plan(requests(log, maker, 1), "ada")
    handle = engine.start([take])
    handle.wait(30)
    assert log.state(take.id) == "failed"
    assert handle.errors == ("07A-001: ZeroDivisionError: a bug of the adapter",)


def test_a_clip_that_is_paid_for_is_not_given_up_for_a_no(log: Log, scripted: Maker, engines: Engines) -> None:
    """A wrong key, a job that is gone: what it cost, only the provider's page can say."""
    maker = scripted(script={"07A-001": "is told no"})
    engine = engines(maker)
    (take,) = engine.plan(requests(log, maker, 1), "ada")
    handle = engine.start([take])
    assert handle.wait(30) == ()
    assert handle.errors == ("07A-001: the key is not taken (status 401)",)
    assert (log.state(take.id), log.spent().reserved_micro_usd) == ("downloading", 100_000)
    assert engine.resume().wait(30) == (take,)


def test_as_many_takes_are_under_way_as_asked_for_and_no_more(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted()
    engine = engines(maker, concurrency=3)
    everybody = asyncio.Event()
    download = maker.download

    async def until_three_are_there(job: object, to: object) -> None:
        if maker.downloading == 2 or everybody.is_set():
            everybody.set()
        maker.gate = everybody
        await download(job, to)

    maker.download = until_three_are_there
    engine.start(engine.plan(requests(log, maker, 7), "ada")).wait(30)
    assert maker.most_downloading == 3


def test_a_budget_is_reserved_when_takes_are_planned_and_settled_when_they_end(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    maker = scripted()
    engine = engines(maker, caps=Caps(film_usd=Decimal("0.50")))
    takes = engine.plan(requests(log, maker, 4), "ada")
    assert log.spent().reserved_micro_usd == 400_000
    with pytest.raises(OverBudget, match=r"2 takes would cost \$0.20 and \$0.10 of the film's \$0.50 is left"):
        engine.plan(requests(log, maker, 2), "ada")
    with pytest.raises(OverBudget, match=r"this call may cost \$0.05"):
        engine.plan(requests(log, maker, 1), "ada", cap_usd=Decimal("0.05"))
    assert len(log.takes()) == 4  # nothing of the refused calls was written, and no label is lost
    engine.start(takes).wait(30)
    assert (log.spent().spent_micro_usd, log.spent().reserved_micro_usd) == (400_000, 0)
    assert [take.label for take in engine.plan(requests(log, maker, 1), "ada")] == ["07A-005"]


def test_two_callers_cannot_pass_the_cap_together(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted()
    engine = engines(maker, caps=Caps(film_usd=Decimal("1.00")))
    refused = []

    def ask() -> None:
        for _ in range(8):
            try:
                engine.plan(requests(log, maker, 1), "ada")
            except OverBudget:
                refused.append(1)

    callers = [threading.Thread(target=ask) for _ in range(3)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(log.takes()) == 10
    assert len(refused) == 14


def test_a_stopped_handle_cancels_what_is_planned_and_lets_paid_work_finish(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    gate = asyncio.Event()
    maker = scripted(gate=gate)
    engine = engines(maker, concurrency=1)
    takes = engine.plan(requests(log, maker, 4), "ada")
    handle = engine.start(takes)
    assert maker.begun.acquire(timeout=30)
    handle.stop()
    assert [log.state(take.id) for take in takes[1:]] == ["cancelled"] * 3
    assert log.spent().reserved_micro_usd == 100_000
    engine._loop.call_soon_threadsafe(gate.set)
    assert handle.wait(30) == takes[:1]
    assert repr(handle) == "Generation(4 takes: 1 done, 3 cancelled)"
    assert handle.errors == ()
    assert log.spent().spent_micro_usd == 100_000
    assert maker.bought() == [takes[0].id]


def test_closing_stops_at_a_safe_point_and_the_next_engine_goes_on(
    log: Log, library: Library, scripted: Maker, engines: Engines
) -> None:
    maker = scripted(gate=asyncio.Event())
    engine = engines(maker, concurrency=2)
    takes = engine.plan(requests(log, maker, 4), "ada")
    handle = engine.start(takes)
    assert maker.begun.acquire(timeout=30)
    assert maker.begun.acquire(timeout=30)
    engine.close()
    assert maker.cancelled_downloads == 2
    assert repr(handle) == "Generation(4 takes: 4 stuck)"
    with pytest.raises(StudioError, match=r"the film was closed with 4 takes to make: .*film.resume\(\) goes on"):
        handle.wait(30)
    assert [log.state(take.id) for take in takes] == ["downloading", "downloading", "planned", "planned"]
    assert [path.name for path in library.tmp.iterdir()] == []
    with pytest.raises(StudioError, match="this film is closed"):
        engine.start(takes)
    maker.gate = None
    again = engines(maker).resume()
    assert again.takes == takes
    assert again.wait(30) == takes
    assert len(maker.bought()) == 4


def test_closing_hears_out_a_request_that_has_left(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted()
    left, answer = threading.Event(), asyncio.Event()
    submit = maker.submit

    async def slowly(request: object, take: object) -> object:
        job = await submit(request, take)
        left.set()
        await answer.wait()
        return job

    maker.submit = slowly
    engine = engines(maker)
    (take,) = engine.plan(requests(log, maker, 1), "ada")
    engine.start([take])
    assert left.wait(30)
    closing = threading.Thread(target=engine.close)
    closing.start()
    engine._loop.call_soon_threadsafe(answer.set)
    closing.join(30)
    assert log.state(take.id) == "submitted"
    assert log.events(take.id, kinds=("job",))[0].data["job_id"] == f"job-{take.id}"


def test_a_take_is_watched_by_as_many_handles_as_one_likes_and_made_once(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    maker = scripted()
    engine = engines(maker)
    takes = engine.plan(requests(log, maker, 3), "ada")
    handles = [engine.start(takes), engine.start(takes[:1]), engine.resume()]
    assert [len(handle.wait(30)) for handle in handles] == [3, 1, 3]
    assert engine.start(takes).wait(30) == takes  # at rest: there is nothing to do
    assert len(maker.bought()) == 3


def test_nothing_to_do_is_done_at_once(log: Log, scripted: Maker, engines: Engines) -> None:
    handle = engines(scripted()).resume()
    assert handle.wait(0) == ()
    assert repr(handle) == "Generation(0 takes)"


def test_a_chain_remembers_its_parent(log: Log, library: Library, scripted: Maker, engines: Engines) -> None:
    from studio.generation import generate

    maker = scripted()
    engine = engines(maker)
    (first,) = generate(engine, requests(log, maker, 1), "ada").wait(30)
    still = library.poster(first.label)
    seen = []
    submit = maker.submit

    async def looks(request: object, take: object) -> object:
        seen.append(request.first_frame)
        return await submit(request, take)

    maker.submit = looks
    (asked,) = requests(log, maker, 1)
    from dataclasses import replace

    asked = replace(asked, first_frame=library.relative(still))
    (second,) = generate(engine, [asked], "ada", first.id).wait(30)
    assert second.parent == first.id
    assert log.request(second.request_id).first_frame == f"media/posters/{first.label}.jpg"  # in the log: relative
    assert seen == [str(still)]  # to the provider: where it is


def test_a_take_of_a_provider_that_is_gone_is_left_as_it_is(log: Log, scripted: Maker, engines: Engines) -> None:
    from studio.errors import NotFound

    maker = scripted()
    (take,) = engines(maker).plan(requests(log, maker, 1), "ada")

    class Gone(Scripted):
        pass

    engine = engines(maker)

    def nobody(name: str) -> Scripted:
        raise NotFound(f"there is no provider {name!r}: there is previz")

    engine._providers = nobody
    handle = engine.start([take])
    assert handle.wait(30) == ()
    assert handle.errors == ("07A-001: there is no provider 'scripted': there is previz",)
    assert log.state(take.id) == "planned"
    assert engines(maker).resume().wait(30) == (take,)


def test_the_engine_prints_nothing(
    log: Log, listing: Maker, engines: Engines, capfd: pytest.CaptureFixture[str]
) -> None:
    maker = listing(script={"07A-001": "refuses", "07A-002": "breaks the download"})
    engine = engines(maker)
    engine.start(engine.plan(requests(log, maker, 3), "ada")).wait(30)
    engine.close()
    assert capfd.readouterr() == ("", "")


def test_an_engine_that_was_never_used_closes(log: Log, scripted: Maker, engines: Engines) -> None:
    before = threading.active_count()
    engine = engines(scripted(Listing))
    engine.close()
    engine.close()
    assert threading.active_count() == before


@pytest.mark.parametrize(("suffix", "codec"), [(".mov", ("prores_ks",)), (".webm", ("libvpx-vp9", "-b:v", "200k"))])
def test_a_clip_is_named_after_what_it_is(
    log: Log, library: Library, scripted: Maker, engines: Engines, suffix: str, codec: tuple[str, ...], tmp_path: Path
) -> None:
    """ProRes comes as QuickTime, and some servers make WebM; a run that was killed finds them again."""
    from studio.media import ffmpeg

    maker = scripted()
    made = tmp_path / f"made{suffix}"
    ffmpeg(["-i", maker.folder / "clip.mp4", "-c:v", *codec, made])
    (maker.folder / "clip.mp4").unlink()
    (maker.folder / "clip.mp4").write_bytes(made.read_bytes())
    engine = engines(maker)
    (take,) = engine.plan(requests(log, maker, 1), "ada")
    assert engine.start([take]).wait(60) == (take,)
    kept = log.media(take.id)
    assert kept.file == f"media/takes/07A-001{suffix}"
    assert library.made("07A-001") == library.locate(kept.file)
