"""What the log does, the same on SQLite and on PostgreSQL (the fixture `log` is both)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from studio.errors import BadInput, NotFound, StoreError, StudioError
from studio.log import Log, Spending, Writer, new_id
from studio.nouns import Continuity, Scene, Shot
from tests.log.making import a_cut, a_prompt, a_request, a_whole_film, asked, done, frames_of, judge


def write(log: Log, author: str, *steps: Callable[[Writer], object]) -> None:
    with log.write(author) as writer:
        for step in steps:
            step(writer)


def a_shot(writer: Writer) -> None:
    writer.shot(Shot("07A", "07"))


class TestWhatIsWrittenOnce:
    def test_a_shot_brings_its_scene_and_is_written_once(self, log):
        with log.write("ada") as writer:
            writer.shot(Shot("07B", "07"))
            writer.shot(Shot("07A", "07"))
            writer.shot(Shot("07A", "07"))
            writer.shot(Shot("07AA", "07"))
        assert log.scenes() == (Scene("07"),)
        assert [shot.id for shot in log.shots()] == ["07A", "07AA", "07B"]

    def test_a_scene_is_as_it_was_last_worded(self, log):
        first = Scene("07", "School", Continuity("Ada", "14", "noon", "yard"))
        with log.write("ada") as writer:
            writer.scene(first)
            writer.scene(Scene("02", "Street"))
        with log.write("ada") as writer:
            writer.scene(replace(first, title="The school"))
            writer.scene(replace(first, title="The school"))
        assert log.scenes() == (Scene("02", "Street"), replace(first, title="The school"))

    def test_every_version_of_a_shots_words_is_kept_with_the_author_of_each_part(self, log):
        first, second = a_prompt(), a_prompt(version=2, camera="whip pan", camera_author="cy")
        with log.write("ada") as writer:
            writer.shot(Shot("07A", "07"))
            writer.prompt(first)
            writer.prompt(second)
        assert log.prompts("07A") == (first, second)
        assert log.latest_prompt("07A") == second
        assert log.prompt(first.id) == first
        assert log.latest_prompt("07B") is None

    def test_a_version_that_somebody_else_has_written_meanwhile_is_refused(self, log):
        with log.write("ada") as writer:
            asked(writer)
        with pytest.raises(BadInput, match="version 1 of the words of 07A cannot be written: the next is 2"):
            write(log, "ben", lambda writer: writer.prompt(a_prompt()))
        assert len(log.prompts("07A")) == 1

    def test_a_request_comes_back_to_the_letter(self, log):
        with log.write("ada") as writer:
            writer.shot(Shot("07A", "07"))
            prompt = writer.prompt(a_prompt())
            wanted = a_request(
                prompt, rate=Fraction(24000, 1001), seed=2**63 - 1, payload_json='{"b":1, "a":"ä"}',
                dropped=("roll: it takes one axis", "ä “”"), first_frame="media/stills/07A-001.png",
            )  # fmt: skip
            writer.request(wanted)
        assert log.request(wanted.id) == wanted

    def test_labels_count_up_within_a_shot(self, log):
        with log.write("ada") as writer:
            assert [take.label for take in asked(writer, "07A", 3)] == ["07A-001", "07A-002", "07A-003"]
            assert [take.label for take in asked(writer, "07B", 1)] == ["07B-001"]
        with log.write("ben") as writer:
            take = writer.take("07A", log.takes("07A")[0].request_id, parent=log.take("07A-002").id)
        assert (take.label, take.reel, take.n, take.author) == ("07A-004", "07A004", 4, "ben")
        assert log.take("07A-004") == log.take(take.id) == take
        assert log.state(take.id) == "planned"
        assert [take.label for take in log.takes()] == ["07A-001", "07A-002", "07A-003", "07A-004", "07B-001"]

    def test_a_label_has_four_digits_after_999_and_stays_in_story_order(self, log):
        with log.write("ada") as writer:
            takes = asked(writer, "07A", 1001)
        assert [take.label for take in takes[-3:]] == ["07A-999", "07A-1000", "07A-1001"]
        assert log.takes() == tuple(takes)
        assert list(log.takes_frame()["take"]) == [take.label for take in takes]

    def test_a_cut_gets_the_next_version_and_comes_back_whole(self, log):
        with log.write("ada") as writer:
            for take in asked(writer, takes=2):
                judge(writer, done(writer, take), "circle")
            first = writer.cut(a_cut(*writer.kept()))
        with log.write("ben") as writer:
            second = writer.cut(replace(first, version=0, name="second"))
        assert (first.version, first.author, second.version, second.author) == (1, "ada", 2, "ben")
        assert first.id != second.id
        assert log.cuts() == (first, second)
        assert (log.cut(1), log.latest_cut()) == (first, second)

    def test_a_stored_cut_is_not_stored_over(self, log):
        with pytest.raises(BadInput, match="version 3 of the cut is stored and never changes"):
            write(log, "ada", lambda writer: writer.cut(replace(a_cut(), version=3)))


class TestWhatHappens:
    def test_events_are_in_order_with_author_and_data(self, log):
        with log.write("ada") as writer:
            take = asked(writer)[0]
        with log.write("studio") as writer:
            writer.event("state", take.id, {"state": "submitting", "attempt": 1})
            writer.event("job", take.id, {"job_id": "j-1"})
        found = log.events(take.id)
        happened = [("ada", "state"), ("studio", "state"), ("studio", "job")]
        assert [(event.author, event.kind) for event in found] == happened
        assert found[1].data == {"state": "submitting", "attempt": 1}
        assert [event.data for event in log.events(take.id, {"job"})] == [{"job_id": "j-1"}]
        assert log.events("song") == ()

    def test_takes_are_found_by_their_state(self, log):
        with log.write("ada") as writer:
            first, second, third = asked(writer, takes=3)
            writer.event("state", second.id, {"state": "unknown"})
            done(writer, third)
        assert log.takes_in({"planned", "unknown"}) == (first, second)
        assert log.takes_in({"running"}) == ()

    def test_the_facts_of_a_clip_are_those_of_its_file(self, log):
        with log.write("ada") as writer:
            first, second = asked(writer, takes=2)
            done(writer, first)
        found = log.media(first.id)
        assert found is not None
        assert (found.take, found.file) == (first, "media/takes/07A-001.mp4")
        assert (found.rate, found.frames, found.width, found.height) == (Fraction(25, 3), 50, 640, 360)
        assert found.variable_rate is False
        assert log.media(second.id) is None

    def test_kept_is_circled_and_there(self, log):
        with log.write("ada") as writer:
            late = asked(writer, "09A")[0]
            first, second, third, fourth = asked(writer, "07A", 4)
            for take in (late, first, second, third):
                done(writer, take)
            for take, verdict in ((late, "circle"), (first, "hold"), (second, "circle"), (fourth, "circle")):
                judge(writer, take, verdict)
        assert [each.take for each in log.kept()] == [second, late]
        assert [each.take for each in log.kept("09A")] == [late]

    def test_money_is_exact_and_a_bill_takes_the_place_of_what_was_held(self, log):
        with log.write("studio") as writer:
            takes = asked(writer, takes=6)
            for take in takes:
                writer.event("money.reserved", take.id, {"micro_usd": 2**52 + 1})
            for take, state in zip(takes, ("running", "unknown", "failed", "done", "done", "planned"), strict=True):
                writer.event("state", take.id, {"state": state})
            writer.event("money.settled", takes[4].id, {"micro_usd": 3})
            writer.event("money.settled", takes[2].id, {"micro_usd": 1})
            inside = writer.spent()
        assert inside == log.spent() == Spending(4, 3 * (2**52 + 1), 2**52 + 1)

    def test_a_film_without_takes_has_spent_nothing(self, log):
        assert log.spent() == Spending(0, 0, 0)


class TestWriting:
    def test_nothing_is_there_if_the_block_raises(self, log, folder):
        with log.write("ada") as writer:
            asked(writer)
        before = frames_of(log), sorted((folder / "journal").iterdir())

        def fail(writer: Writer) -> None:
            take = asked(writer, "09A", 2)[0]
            judge(writer, take, "circle")
            assert writer.state(take.id) == "planned"
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            write(log, "ben", fail)
        assert [shot.id for shot in log.shots()] == ["07A"]
        assert sorted((folder / "journal").iterdir()) == before[1]
        with log.write("ben") as writer:
            assert asked(writer, "09A")[0].label == "09A-001"

    def test_what_was_written_is_seen_within_the_block_before_anybody_else_sees_it(self, log, reopen):
        other = reopen()
        with log.write("ada") as writer:
            take = asked(writer)[0]
            writer.event("state", take.id, {"state": "running"})
            assert writer.state(take.id) == "running"
            assert writer.takes_in({"running"}) == (take,)
            assert [event.kind for event in writer.events(take.id)] == ["state", "state"]
            assert other.takes() == ()
        assert other.takes() == (take,)

    def test_a_block_that_writes_nothing_leaves_nothing(self, log, folder):
        with log.write("ada") as writer:
            assert writer.shots() == ()
        assert list((folder / "journal").glob("*")) == []

    def test_a_write_within_a_write_is_a_mistake_that_is_said_at_once(self, log):
        with log.write("ada"), pytest.raises(RuntimeError, match="write through its writer"), log.write("ada"):
            pass

    @pytest.mark.parametrize("text", ["a\0b", "half \ud83d"])
    def test_text_that_cannot_be_kept_is_refused_before_anything_is_written(self, log, text):
        with pytest.raises(BadInput, match="leave it out"):
            write(log, "ada", a_shot, lambda writer: writer.prompt(a_prompt(scene_text=text)))
        assert log.shots() == ()

    def test_text_in_any_script_comes_back(self, log):
        text = "“ä” 日本語 🎬 \u2028 \x85 \\u0000 \t\r\n ' \" ; DROP TABLE takes; --"
        with log.write("Jürgen 🎬") as writer:
            writer.shot(Shot("07A", "07"))
            writer.prompt(a_prompt(scene_text=text))
        assert log.prompts("07A")[0].scene_text == text

    @pytest.mark.parametrize("author", ["", "x" * 41, "a\nb", " ada"])
    def test_an_author_has_a_name(self, log, author):
        with pytest.raises(BadInput, match="is not an author's name"), log.write(author):
            pass

    def test_a_closed_log_says_so(self, log):
        log.close()
        log.close()
        for use in (log.takes, log.takes_frame, log.refold, lambda: log.write("ada").__enter__()):
            with pytest.raises(StoreError, match="is closed: open the film again"):
                use()


class TestWhatIsNotThere:
    def test_a_take_that_is_not_there_is_told_with_the_nearest_label(self, log):
        with pytest.raises(NotFound, match="there is no take '07A-001': this film has no takes yet"):
            log.take("07A-001")
        with log.write("ada") as writer:
            asked(writer, "07A", 3)
            asked(writer, "11B", 3)
        with pytest.raises(NotFound, match=r"there is no take '11B-004': the nearest is 11B-00\d"):
            log.take("11B-004")

    def test_a_shot_that_is_not_there_is_told_with_the_nearest(self, log):
        for read in (log.prompts, log.takes):
            with pytest.raises(NotFound, match="there is no shot '07B': this film has no shots yet"):
                read("07B")
        with log.write("ada") as writer:
            writer.shot(Shot("07A", "07"))
        for use in (log.prompts, log.takes, log.prompts_frame):
            with pytest.raises(NotFound, match="there is no shot '07B': the nearest is 07A"):
                use("07B")
        assert log.prompts("07A") == log.takes("07A") == ()

    def test_whatever_else_is_not_there_is_one_sentence(self, log):
        for read, said in (
            (lambda: log.prompt("x"), "there is no prompt 'x'"),
            (lambda: log.request("x"), "there is no request 'x'"),
            (lambda: log.state("x"), "there is no take with the id 'x'"),
            (lambda: log.latest_cut(), "this film has no cut yet"),
            (lambda: log.cut(3), "there is no cut of version 3: this film has no cut yet"),
        ):
            with pytest.raises(NotFound, match=said):
                read()

    def test_what_is_written_belongs_to_something_that_is_there(self, log):
        lost = a_prompt()
        for step, said in (
            (lambda w: w.prompt(a_prompt("08A")), "there is no shot '08A': the nearest is 07A"),
            (lambda w: w.take("08A"), "there is no shot '08A'"),
            (lambda w: w.request(a_request(lost)), "from a prompt that is not in this film"),
            (lambda w: w.take("07A", new_id()), "there is no request with the id"),
            (lambda w: w.take("07A", parent="07A-001"), "there is no parent with the id '07A-001'"),
            (lambda w: w.event("note", "07A-001", {"text": "x"}), "there is no take with the id '07A-001'"),
        ):
            with pytest.raises(NotFound, match=said):
                write(log, "ada", a_shot, step)
        assert log.shots() == ()

    @pytest.mark.parametrize(
        ("shot", "said"),
        [(Shot("7A", "07"), "'7A' is not a shot"), (Shot("07A", "08"), "it is of scene '07'"),
         (Shot("../A", ".."), "is not a shot")],
    )  # fmt: skip
    def test_a_shot_looks_like_one(self, log, shot, said):
        with pytest.raises(BadInput, match=said), log.write("ada") as writer:
            writer.shot(shot)

    def test_a_scene_has_two_digits(self, log):
        with pytest.raises(BadInput, match="'7' is not a scene: write two digits, such as 07"), log.write("ada") as w:
            w.scene(Scene("7"))

    def test_a_camera_is_json_as_the_camera_writes_it(self, log):
        for camera in ("dolly in", "[1]", "3"):
            prompt = a_prompt(camera_json=camera)
            with pytest.raises(BadInput, match="is not JSON as Camera writes it"):
                write(log, "ada", a_shot, lambda writer, prompt=prompt: writer.prompt(prompt))


class TestUndo:
    def test_it_takes_back_the_authors_last_decision_and_no_one_elses(self, log):
        with log.write("ada") as writer:
            first, second = asked(writer, takes=2)
            judge(writer, first, "circle", "face")
            judge(writer, second, "ng")
        with log.write("ben") as writer:
            judge(writer, first, "hold", note="wait")
        event = log.undo("ada")
        assert (event.kind, event.author, event.subject) == ("undo", "ada", second.id)
        verdicts = log.takes_frame()["verdict"]
        assert verdicts[0] == "hold"
        assert verdicts.isna()[1]
        log.undo("ben")
        found = log.takes_frame()
        assert (found["verdict"][0], found["reason"][0]) == ("circle", "face")
        log.undo("ada")
        assert log.takes_frame()["verdict"].isna().all()
        for author in ("ada", "ben"):
            with pytest.raises(BadInput, match=f"{author} has no decision left to undo"):
                log.undo(author)

    def test_flags_and_notes_are_decisions_and_what_the_machine_did_is_not(self, log):
        with log.write("ada") as writer:
            take = asked(writer)[0]
            writer.event("accident", take.id, {"on": True})
            writer.event("note", take.id, {"text": "look"})
            done(writer, take)
        log.undo("ada")
        assert log.takes_frame().loc[0, ["accident", "state"]].tolist() == [True, "done"]
        assert log.takes_frame()["note"].isna()[0]
        log.undo("ada")
        assert log.takes_frame().loc[0, ["accident", "state"]].tolist() == [False, "done"]
        with pytest.raises(BadInput, match="no decision left"):
            log.undo("ada")


class TestDirector:
    def test_another_director_in_film_toml_changes_whose_verdicts_are_shown(self, log, reopen):
        with log.write("ada") as writer:
            take = asked(writer)[0]
            judge(writer, take, "circle", "face")
        with log.write("ben") as writer:
            judge(writer, take, "ng", "hand")
        assert log.takes_frame()["verdict"][0] == "ng"
        directed = reopen(director="ada")
        assert directed.takes_frame()["verdict"][0] == "circle"
        with log.write("ben") as writer:  # the log that was open before follows
            judge(writer, take, "hold")
        assert log.takes_frame()["verdict"][0] == "circle"
        assert reopen().takes_frame()["verdict"][0] == "hold"


class TestLeases:
    def test_a_take_is_in_one_pair_of_hands(self, log):
        with log.write("studio") as writer:
            take = asked(writer)[0]
            assert writer.lease(take.id, "one", 60) == 1
            assert writer.lease(take.id, "two", 60) is None
            assert writer.lease(take.id, "one", 60) == 1
            writer.release(take.id, "two")
            assert writer.keep(take.id, "one", 1, 60)
            writer.release(take.id, "one")
            assert not writer.keep(take.id, "one", 1, 60)
            assert writer.lease(take.id, "two", 60) == 2
            assert not writer.keep(take.id, "one", 1, 60)

    def test_who_comes_back_after_its_time_finds_another_fence(self, log):
        with log.write("studio") as writer:
            take = asked(writer)[0]
            assert writer.lease(take.id, "one", -1) == 1
            assert writer.lease(take.id, "two", -1) == 2
            assert writer.lease(take.id, "one", 60) == 3
            assert not writer.keep(take.id, "one", 1, 60)
            assert writer.keep(take.id, "one", 3, 60)

    def test_renewing_keeps_what_an_owner_holds(self, log):
        with log.write("studio") as writer:
            first, second = asked(writer, takes=2)
            writer.lease(first.id, "one", -1)
            writer.lease(second.id, "one", -1)
            writer.release(second.id, "one")
        assert log.renew("one", 60) == 1
        with log.write("studio") as writer:
            assert writer.lease(first.id, "two", 60) is None
            assert writer.lease(second.id, "two", 60) == 2


def test_a_film_is_the_same_after_it_was_closed(log, reopen):
    a_whole_film(log)
    before = frames_of(log)
    log.close()
    after = frames_of(reopen())
    assert before.keys() == after.keys()
    assert all(before[name].equals(after[name]) for name in before)


def test_folding_every_take_anew_changes_nothing(log):
    a_whole_film(log)
    before = log.takes_frame()
    assert log.refold() == len(before)
    assert log.takes_frame().equals(before)


def test_a_log_that_is_forgotten_closes_its_connections(tmp_path):
    log = Log.open(tmp_path)
    assert log.takes() == ()
    del log  # an open connection would now be a ResourceWarning, which is an error here


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://ada:secret@127.0.0.1:1/film", "the database film at 127.0.0.1 does not answer"),
        ("mysql://host/film", "a log cannot live in 'mysql'"),
        ("sqlite:///film.db", "a log cannot live in 'sqlite'"),
        ("somewhere", "the database URL is not understood: write postgresql://host/name"),
    ],
)
def test_a_database_that_cannot_be_reached_is_one_sentence_without_a_password(tmp_path, url, said):
    with pytest.raises(StudioError) as error:
        Log.open(tmp_path, url=url)
    assert said in str(error.value)
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


def test_the_database_may_lie_elsewhere_on_this_machine(tmp_path):
    (tmp_path / "film").mkdir()
    with Log.open(tmp_path / "film", url=f"sqlite:///{tmp_path}/elsewhere.db") as log, log.write("ada") as writer:
        asked(writer)
    assert (tmp_path / "elsewhere.db").exists()
    assert [path.name for path in (tmp_path / "film").iterdir()] == ["journal"]


def test_the_latest_words_of_all_shots_are_read_at_once(log: Log) -> None:
    assert log.latest_prompts() == ()
    with log.write("ada") as writer:
        for shot, version in (("07B", 1), ("07A", 1), ("07A", 2)):
            writer.shot(Shot(shot, shot[:2]))
            writer.prompt(a_prompt(shot, version))
        writer.prompt(a_prompt("07A", 3, grid="07A-g1"))  # a cell of a grid is nobody's latest version
        writer.shot(Shot("07C", "07"))
    found = log.latest_prompts()
    assert [(prompt.shot, prompt.version) for prompt in found] == [("07A", 2), ("07B", 1)]
    assert found == tuple(log.latest_prompt(shot) for shot in ("07A", "07B"))


def test_the_obedience_of_a_models_measured_takes_is_read_alone(log: Log) -> None:
    with log.write("ada") as writer:
        takes = asked(writer, takes=3)
    with log.write("studio") as writer:
        for take, obeyed in zip(takes, ("yes", "static"), strict=False):
            writer.event("measured", take.id, {"measured_move": "dolly_in", "obeyed": obeyed})
    found = log.measured("previz", "layers")
    assert [(row["asked_move"], row["obeyed"]) for row in found] == [("dolly_in", "yes"), ("dolly_in", "static")]
    assert log.measured("previz", "another") == log.measured("runway", "layers") == ()
