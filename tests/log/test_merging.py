from __future__ import annotations

import gc
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import BadInput, Damaged, NotFound, StoreError
from studio.log import ELSEWHERE, Alias, merge, rebuild
from studio.nouns import Shot
from tests.log.apart import SOUND, at, begun, copied, opened, play, rows_of
from tests.log.making import a_cut, a_prompt, a_request, asked, done, judge, make_film

QUICK = "/dev/shm" if Path("/dev/shm").is_dir() else None  # nothing here is about the disk
WHAT = st.sampled_from(["words", "take", "take", "done", "judge", "scene", "sound", "cut", "current", "words"])
DOINGS = st.lists(st.tuples(st.integers(0, 1), WHAT, st.integers(0, 11)), min_size=2, max_size=14)


def play_all(folders: list[Path], doings: list[tuple[int, str, int]]) -> None:
    logs = [opened(folder) for folder in folders]
    for who, what, n in doings:
        play(logs[who], ("ada", "ben", "cy")[who if n % 4 else 0], what, n)
    for log in logs:
        log.close()


def join_journals(*folders: Path) -> Path:
    """A film of nothing but the journals of these, one after the other, as Git's union joins them."""
    joined = folders[0].parent / "joined"
    (joined / "journal").mkdir(parents=True)
    shutil.copy(folders[0] / "film.toml", joined)
    for folder in folders:
        for file in (folder / "journal").iterdir():
            with (joined / "journal" / file.name).open("ab") as to:
                to.write(file.read_bytes())
    return joined


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=QUICK) as folder:
        yield Path(folder)


@pytest.fixture
def a(place: Path) -> Path:
    return begun(place / "a")


@pytest.fixture
def b(place: Path, a: Path) -> Path:
    return copied(a, place / "b")


@settings(max_examples=5, deadline=None)
@given(DOINGS)
def test_merging_either_way_gives_the_same_film_and_so_does_rebuilding_from_both_journals(doings):
    with tempfile.TemporaryDirectory(dir=QUICK) as place:
        a = begun(Path(place, "a"))
        b = copied(a, Path(place, "b"))
        play_all([a, b], doings)
        joined = join_journals(a, b)
        other = copied(b, Path(place, "other"))
        merge(other, a)
        merge(a, b / "film.db")
        found = rows_of(a)
        assert found == rows_of(other)
        rebuild(joined)
        assert rows_of(joined) == found


@pytest.mark.postgres
def test_merging_with_a_server_either_way_is_the_same(place, a, b, postgres_url):
    doings = [(n % 2, what, n) for n, what in enumerate(("words", "take", "take", "sound", "cut", "judge", "take"))]
    play_all([a, b], [*doings, (0, "words", 4), (1, "words", 6), (0, "take", 0)])
    at(copied(b, place / "served"), postgres_url)
    (place / "served/film.db").unlink()
    rebuild(place / "served")
    assert rows_of(place / "served") == rows_of(b)
    one = copied(a, place / "one")
    assert merge(one, postgres_url).renumbered
    assert merge(place / "served", a).renumbered
    assert rows_of(one) == rows_of(place / "served")
    assert not any(merge(place / "served", one).rows.values())
    assert list((place / "served/backups").glob("*before-merge*"))


def test_three_films_are_the_same_once_each_has_merged_the_others_in_any_order(place, a, b):
    c = copied(a, place / "c")
    for folder, author in ((c, "cy"), (b, "ben"), (a, "ada")):
        with opened(folder) as log, log.write(author) as writer:
            writer.prompt(a_prompt(version=2, author=author, scene_text=author))
            for _ in range(2):
                writer.take("07A")
    pairs = list(permutations((a, b, c), 2))
    for one, other in pairs[::-1] + pairs:
        merge(one, other)
    found = rows_of(a)
    assert found == rows_of(b) == rows_of(c)
    assert len({row[1] for row in found["take"]}) == 7
    assert not any(any(merge(one, other).rows.values()) for one, other in pairs)


# --- takes -------------------------------------------------------------------------------------------------------


@pytest.fixture
def both_made_002(a: Path, b: Path) -> tuple[Path, Path]:
    """Ada and Ben both made 07A-002, Ada first; Ben cut with his."""
    for folder, author in ((a, "ada"), (b, "ben")):
        with opened(folder) as log, log.write(author) as writer:
            done(writer, writer.take("07A", parent=writer.takes()[0].id))
            judge(writer, writer.takes()[0], "circle" if author == "ada" else "ng", note=author)
    with opened(b) as log, log.write("ben") as writer:
        child = writer.take("07A", parent=writer.takes()[1].id)
        done(writer, child)
        writer.cut(a_cut(*writer.finished()))
    return a, b


def test_a_label_met_twice_stays_with_the_earlier_take_and_is_an_alias_of_the_other(both_made_002):
    a, b = both_made_002
    merged = merge(a, b)
    (moved,) = merged.renumbered
    assert str(moved) == "07A-002 by ben is 07A-004 now"  # 07A-003 is Ben's too, and stays
    with opened(a) as log:
        assert [(take.label, take.author) for take in log.takes()] == [
            ("07A-001", "ada"), ("07A-002", "ada"), ("07A-003", "ben"), ("07A-004", "ben"),
        ]  # fmt: skip
        assert log.aliases() == (Alias("07A-002", moved.id, "07A-004", "ben"),)
        assert log.take("07A-002").author == "ada"
        assert log.renumbered() == (moved,)
        frame = log.takes_frame().set_index("take")
        assert frame["parent"].tolist()[1:] == ["07A-001", "07A-004", "07A-001"]
        assert frame["file"]["07A-004"] == log.media(moved.id).file == "media/takes/07A-004.mp4"
        assert "its number was 2 and is 4" in " ".join(log.history_frame("07A-004")["what"])
        cut = log.latest_cut()
        source = cut.slots[1].source
        assert (source.name, source.file, source.reel) == ("07A-004", "media/takes/07A-004.mp4", "07A004")
        assert log.cut(1) == log.cuts()[0] == cut
        with log.write("ada") as writer:
            assert writer.take("07A").label == "07A-005"


def test_verdicts_of_both_are_kept_and_the_directors_counts(both_made_002):
    a, b = both_made_002
    merge(a, b)
    with opened(a) as log:
        said = log.verdicts_frame()
        assert set(zip(said["author"], said["verdict"], said["note"], strict=True)) == {
            ("ada", "circle", "ada"), ("ben", "ng", "ben"),
        }  # fmt: skip
        assert log.takes_frame()["verdict"][0] == "ng"  # Ben directs


def test_who_keeps_a_picture_of_all_takes_hears_of_what_is_older_than_what_it_saw(both_made_002):
    a, b = both_made_002
    with opened(b) as log:
        seen, moment = log.latest_event(), log.moment()
        assert log.touched_since(seen) == frozenset()
        merge(b, a)
        assert log.moment() != moment
        assert log.latest_event() > seen
        assert log.touched_since(seen) == {take.id for take in log.takes()}
        assert log.touched_since(log.latest_event()) == frozenset()
        with log.write("ben") as writer:
            judge(writer, writer.takes()[3], "circle")
        assert log.touched_since(seen := log.latest_event()) == frozenset()
        assert log.has_event(seen)


def test_a_sound_and_a_version_of_the_cut_met_twice_move_too(a, b):
    for folder, author in ((a, "ada"), (b, "ben")):
        with opened(folder) as log, log.write(author) as writer:
            sound = writer.sound("07A", SOUND)
            made = {"file": f"media/sounds/{sound.label}.mp3", "sha256": "ab" * 32, "micro_usd": 1}
            writer.event("sound.made", f"sound:{sound.id}", made)
            writer.cut(a_cut(*writer.finished()))
    assert len(merge(a, b).renumbered) == 2
    with opened(a) as log:
        assert [(each.label, each.author, each.file) for each in log.sounds()] == [
            ("07A-fx01", "ada", "media/sounds/07A-fx01.mp3"), ("07A-fx02", "ben", "media/sounds/07A-fx02.mp3"),
        ]  # fmt: skip
        assert [(cut.version, cut.author) for cut in log.cuts()] == [(1, "ada"), (2, "ben")]
        assert log.cut(2).author == "ben"
        with log.write("ada") as writer:
            assert writer.sound("07A", SOUND).label == "07A-fx03"
            assert writer.cut(a_cut(*writer.finished())).version == 3


def test_a_guide_and_a_banned_take_are_those_that_their_author_named(both_made_002):
    from dataclasses import replace

    a, b = both_made_002
    with opened(b) as log, log.write("ben") as writer:
        request = writer.request(a_request(writer.latest_prompt("07A"), guide="media/takes/07A-002.mp4"))
        writer.take("07A", request.id)
        writer.cut(replace(a_cut(*writer.finished()), banned=("07A-001", "07A-002")))
    merge(a, b)
    with opened(a) as log:
        assert log.request(request.id).guide == "media/takes/07A-005.mp4"
        assert log.takes_frame()["guide"].dropna().tolist() == ["07A-005"]
        assert log.latest_cut().banned == ("07A-001", "07A-005")


# --- words -------------------------------------------------------------------------------------------------------


def write_words(folder: Path, author: str, text: str) -> str:
    with opened(folder) as log, log.write(author) as writer:
        version = writer.newest_version("07A") + 1
        return writer.prompt(a_prompt(version=version, author=author, scene_text=text)).id


def words_of(folder: Path) -> tuple[str, list[str]]:
    """The words that count, and those that are in question beside them."""
    with opened(folder) as log:
        current = log.latest_prompt("07A")
        assert log.latest_prompts()[0] == current
        assert log.shots_frame()["version"][0] == current.version
        found = log.in_question()
        assert not found or found[0].current == current
        return current.scene_text, [each.scene_text for asked in found for each in asked.others]


def test_a_shot_written_twice_keeps_both_and_asks_which_is_current(a, b):
    write_words(a, "ada", "rain")
    write_words(b, "ben", "snow")
    write_words(b, "ben", "much snow")
    merged = merge(a, b)
    assert str(merged.in_question[0]) == (
        "07A was written twice: version 2 by ada and version 5 by ben; version 5 counts until you say which"
    )
    assert words_of(a) == ("much snow", ["rain"])
    with opened(a) as log:
        assert [prompt.scene_text for prompt in log.prompts("07A")][1:] == ["rain", "snow", "much snow"]
        with log.write("ada") as writer:
            writer.event("current", "07A", {"prompt": log.in_question()[0].others[0].id})
    assert words_of(a) == ("rain", [])
    write_words(a, "ada", "drizzle")
    assert words_of(a) == ("drizzle", [])
    merge(b, a)
    assert words_of(b) == ("drizzle", [])


def test_newer_words_that_know_both_decide(a, b):
    write_words(a, "ada", "rain")
    write_words(b, "ben", "snow")
    merge(a, b)
    write_words(a, "ada", "sleet")
    assert words_of(a) == ("sleet", [])
    merge(b, a)
    assert words_of(b) == ("sleet", [])


def test_what_was_decided_is_asked_again_when_a_third_comes_with_words_of_their_own(place, a, b):
    c = copied(a, place / "c")
    write_words(c, "cy", "fog")
    write_words(a, "ada", "rain")
    write_words(b, "ben", "snow")
    merge(a, b)
    write_words(a, "ada", "sleet")
    merge(a, c)
    assert words_of(a) == ("sleet", ["fog"])
    merge(c, a)
    assert words_of(c) == ("sleet", ["fog"])


def test_words_of_one_side_alone_are_not_in_question(a, b):
    write_words(b, "ben", "snow")
    assert merge(a, b).in_question == ()
    assert words_of(a) == ("snow", [])


# --- takes under way ---------------------------------------------------------------------------------------------


def test_a_take_that_another_machine_works_on_is_left_to_it_until_it_has_come_to_rest(a, b):
    with opened(b) as log, log.write("ben") as writer:
        take = writer.take("07A")
        writer.event("state", take.id, {"state": "submitting"})
        unknown = writer.take("07A")
        writer.event("state", unknown.id, {"state": "unknown"})
    merged = merge(a, b)
    assert merged.elsewhere == ("07A-002",)
    assert "made on another machine, and not here too: 07A-002" in str(merged)
    with opened(a) as log:
        with log.leases() as leases:
            assert leases.holder(take.id) == ELSEWHERE
        assert log.claim_next("me", 60, 9, ["planned", "submitting"]) == ()
    assert merge(b, a).elsewhere == ()  # there it is its own
    rebuild(a)
    with opened(a) as log:
        assert [each.id for each in log.elsewhere()] == [take.id]
    with opened(b) as log, log.write("ben") as writer:
        done(writer, take)
    assert merge(a, b).elsewhere == ()
    with opened(a) as log, log.leases() as leases:
        assert leases.holder(take.id) == ""


def test_a_take_of_another_machine_can_be_taken_over_by_hand(a, b):
    with opened(b) as log, log.write("ben") as writer:
        take = writer.take("07A")
    merge(a, b)
    with opened(a) as log:
        log.take_over(take.id)
        assert log.elsewhere() == ()
        assert [claim.take.id for claim in log.claim_next("me", 60, 9, ["planned"])] == [take.id]
        merge(a, b)  # nothing new is told of it
        assert log.elsewhere() == ()


def test_who_works_on_a_take_here_goes_on_with_it(a, b):
    for folder in (a, b):
        with opened(folder) as log, log.write("ada") as writer:
            take = writer.takes()[0]
            writer.event("state", take.id, {"state": "submitting"})
            assert writer.lease(take.id, "me", 600) == 1
    merge(a, b)
    with opened(a) as log, log.leases() as leases:
        assert leases.holder(take.id) == "me"


# --- sides -------------------------------------------------------------------------------------------------------


def test_the_same_row_written_apart_is_the_first_ones_on_both_sides(place, a, b):
    for folder, author in ((b, "ben"), (a, "ada")):
        with opened(folder) as log, log.write(author) as writer:
            writer.shot(Shot("09B", "09"))
    joined = join_journals(a, b)
    merge(a, b)
    merge(b, a)
    rebuild(joined)
    for folder in (a, b, joined):
        assert [row[2] for row in rows_of(folder)["shot"]] == ["ada", "ben"]
    assert rows_of(a) == rows_of(b) == rows_of(joined)


def test_what_is_new_is_in_the_journal_too_and_is_there_once(both_made_002):
    a, b = both_made_002
    merge(a, b)
    merge(a, b)
    lines = [line for file in (a / "journal").iterdir() for line in file.read_text("utf-8").split("\n")[:-1]]
    assert len(lines) == len(set(lines)) == sum(len(rows) for kind, rows in rows_of(a).items() if kind != "now")
    written = [json.loads(line) for line in lines]
    assert next(row["label"] for row in written if row["row"] == "take" and row["author"] == "ben") == "07A-002"


def test_what_git_brought_into_the_journal_is_taken_in(both_made_002):
    a, b = both_made_002
    for file in (b / "journal").iterdir():
        with (a / "journal" / file.name).open("ab") as to:
            to.write(b"<<<<<<< HEAD\n" + file.read_bytes())
    merged = merge(a)
    assert merged.rows["take"] == 2
    assert all("line" in each for each in merged.skipped)
    assert merged.skipped
    merge(b, a)
    assert rows_of(a) == rows_of(b)


def test_a_journal_that_has_no_database_yet_becomes_one_whose_open_takes_are_left_to_others(place, a):
    with opened(a) as log, log.write("ada") as writer:
        writer.take("07A")
    clone = join_journals(a)
    merged = merge(clone)
    assert merged.elsewhere == ("07A-002",)
    assert rows_of(clone) == rows_of(a)


def test_one_persons_journal_is_taken_in_alone(both_made_002):
    a, b = both_made_002
    with opened(b) as log, log.write("cy") as writer:
        for take in writer.takes()[::2]:
            judge(writer, take, "circle")
    assert merge(a, b / "journal/cy.jsonl").rows["event"] == 2
    with opened(a) as log:  # one verdict is on a take that is not here yet
        assert log.verdicts_frame()["author"].tolist() == ["ada", "cy"]
    merge(a, b / "journal")
    with opened(a) as log:
        assert log.verdicts_frame()["author"].tolist() == ["ada", "ben", "cy", "cy"]


def test_the_other_side_is_only_read(both_made_002):
    a, b = both_made_002
    before = {file: file.read_bytes() for file in b.rglob("*") if file.is_file()}
    merge(a, b)
    after = {file: file.read_bytes() for file in b.rglob("*") if file.is_file() and file.suffix in (".db", ".jsonl")}
    assert all(before[file] == content for file, content in after.items())


def test_a_merge_that_brings_nothing_makes_no_backup(a, b):
    merged = merge(a, b)
    assert (merged.backup, str(merged)) == ("", "nothing new: this film has all of it already")
    assert not (a / "backups").exists()


def test_another_film_is_refused_and_nothing_is_changed(place, a):
    other = make_film(place / "other")
    with opened(other) as log, log.write("ben") as writer:
        asked(writer, "07A")
    found = rows_of(a)
    for where in (other, other / "film.db", other / "journal"):
        with pytest.raises(BadInput, match="is another film: it has nothing in common with a"):
            merge(a, where)
    assert rows_of(a) == found
    assert not (a / "backups").exists()


def test_an_empty_film_takes_in_any(place, a):
    empty = make_film(place / "empty", director="ben")
    merge(empty, a)
    assert rows_of(empty) == rows_of(a)


def test_what_cannot_be_merged_is_one_sentence(place, a):
    with closing(sqlite3.connect(place / "other.db")) as other:
        other.execute("CREATE TABLE bills (id)")
    (place / "text.db").write_text("words\n" * 1000)
    (place / "folder").mkdir()
    for where, error, said in (
        (place / "none", NotFound, r"there is no '.*none': give a film's folder, its film\.db or its journal"),
        (place / "folder", NotFound, "holds no film and no journal"),
        (place / "other.db", StoreError, r"other\.db is no film's log"),
        (place / "text.db", Damaged, r"text\.db is damaged"),
        (a, BadInput, "is this film itself"),
        (a / "film.db", BadInput, r"film\.db is this film's own log"),
        ("mysql://x/y", BadInput, "a log cannot live in"),
    ):
        with pytest.raises(error, match=said):
            merge(a, where)


def test_a_film_of_an_older_circletake_is_taken_in_as_it_is_and_a_newer_one_is_refused(both_made_002):
    a, b = both_made_002
    same = copied(a, a.parent / "same")
    merge(same, b)
    with closing(sqlite3.connect(b / "film.db")) as other:
        for column in ("cards", "portal_in", "portal_out", "portal_author", "grid"):
            other.execute(f"ALTER TABLE prompts DROP COLUMN {column}")
        other.execute("UPDATE meta SET value = '2' WHERE name = 'schema'")
        other.commit()
    merge(a, b)
    assert rows_of(a) == rows_of(same)
    with closing(sqlite3.connect(b / "film.db")) as other:
        other.execute("UPDATE meta SET value = '999' WHERE name = 'schema'")
        other.commit()
    with pytest.raises(StoreError, match=r"film\.db was made by a newer circletake"):
        merge(a, b)


def test_an_event_that_the_other_side_holds_as_another_takes_takes_no_clip_away_from_its_take(a, b):
    found = rows_of(a)
    with opened(b) as log:
        made = next(event for event in log.events(log.takes()[0].id, ["state"]) if event.data["state"] == "done")
    path = b / "journal/ada.jsonl"
    lines = path.read_text("utf-8").split("\n")
    moved = [line.replace(made.subject, "another") if made.id in line else line for line in lines]
    path.write_text("\n".join(moved).replace(f'"at_us":{made.at_us}', '"at_us":1'))  # and it is the older one
    with pytest.raises(Damaged, match=f"holds event {made.id} as another subject's: one of the two is damaged"):
        merge(a, b / "journal")
    assert rows_of(a) == found


def test_a_wrong_letter_in_the_kind_of_an_event_takes_no_clip_away_from_its_take(a, b):
    found = rows_of(a)
    path = b / "journal/ada.jsonl"
    path.write_text(path.read_text("utf-8").replace('"kind":"state"', '"kind":"Statf"'))
    merge(a, b / "journal")
    assert rows_of(a) == found
    rebuild(joined := join_journals(b, a))
    assert rows_of(joined) == found


@pytest.mark.parametrize("data", ["{}", "{9", '{"label":"07A-fx01"}'])
@pytest.mark.parametrize("kind", ["verdict", "sound.asked"])
def test_a_damaged_row_of_the_other_side_changes_nothing_here(both_made_002, caplog, data, kind):
    a, b = both_made_002
    with opened(b) as log, log.write("ben") as writer:
        writer.sound("07A", SOUND)
    found = rows_of(a)
    with closing(sqlite3.connect(b / "film.db")) as other:
        other.execute("UPDATE events SET data = ? WHERE kind = ?", (data, kind))
        other.commit()
    with pytest.raises(Damaged, match=r"film\.db holds an event that is none"):
        merge(a, b)
    assert rows_of(a) == found
    gc.collect()
    assert caplog.records == []
