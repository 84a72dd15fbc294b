from __future__ import annotations

import json

import pandas as pd
import pytest

from studio.errors import Damaged, NotFound, StoreBusy
from studio.log import Log, rebuild
from studio.log.migrations import back_up
from studio.nouns import STUDIO
from tests.log.making import a_whole_film, asked, frames_of, judge, make_film


@pytest.fixture
def film(tmp_path):
    return make_film(tmp_path / "film", director="ben")


def opened(folder) -> Log:
    return Log.open(folder, director="ben")


def assert_same(before: dict[str, pd.DataFrame], after: dict[str, pd.DataFrame]) -> None:
    assert before.keys() == after.keys()
    for name, frame in before.items():
        pd.testing.assert_frame_equal(frame, after[name])


@pytest.fixture
def before(film):
    with opened(film) as log:
        a_whole_film(log)
        return frames_of(log)


def test_a_deleted_database_comes_back_whole_from_the_journal(film, before):
    (film / "film.db").unlink()
    with pytest.raises(
        Damaged, match=r"film\.db of film is gone or empty, but its journal is there: .*`studio doctor --rebuild`"
    ):
        opened(film)
    report = rebuild(film)
    assert report.rows == {"scene": 2, "shot": 1, "prompt": 2, "request": 1, "take": 5, "event": 21, "cut": 1}
    assert (report.skipped, report.kept_aside) == ((), "")
    with opened(film) as log:
        assert_same(before, frames_of(log))
        with log.write("ada") as writer:
            assert writer.take("07A").label == "07A-006"


def test_rebuilding_twice_changes_nothing_and_keeps_the_former_database_aside(film, before):
    first = rebuild(film)
    second = rebuild(film)
    assert second.rows == first.rows
    assert first.kept_aside != second.kept_aside
    assert all((film / report.kept_aside).is_file() for report in (first, second))
    with opened(film) as log:
        assert_same(before, frames_of(log))
    assert sorted(path.name for path in film.iterdir()) == ["backups", "film.db", "film.toml", "journal"]


@pytest.mark.parametrize("damage", ["garbage", "flipped", "empty", "cut short"])
def test_a_damaged_database_is_one_sentence_and_can_be_rebuilt(film, before, damage):
    file = film / "film.db"
    data = bytearray(file.read_bytes())
    if damage == "garbage":
        file.write_bytes(b"this is not a database\n" * 1000)
    elif damage == "flipped":
        data[4096:] = bytes(byte ^ 0xFF for byte in data[4096:])  # everything but the first page
        file.write_bytes(data)
    elif damage == "cut short":
        file.write_bytes(data[:4096])
    else:
        file.write_bytes(b"")
    with pytest.raises(Damaged) as error:
        look(film)
    assert "film.db" in str(error.value)
    assert "`studio doctor --rebuild`" in str(error.value)
    rebuild(film)
    with opened(film) as log:
        assert_same(before, frames_of(log))


def look(folder):
    with opened(folder) as log:
        log.takes_frame()
        log.takes()
        with log.write("ada") as writer:
            asked(writer, "09A")


def test_what_was_committed_but_not_yet_in_the_journal_is_rebuilt_too(film, before, monkeypatch):
    from studio.log import journal

    def crash(*_):
        raise KeyboardInterrupt

    with opened(film) as log, monkeypatch.context() as patch:
        take = log.take("07A-002")
        patch.setattr(journal, "append", crash)
        with pytest.raises(KeyboardInterrupt), log.write("ben") as writer:
            judge(writer, take, "circle", "face")
    rebuild(film)
    with opened(film) as log:
        assert log.takes_frame()["reason"][1] == "face"


def test_lines_that_are_not_of_a_journal_are_left_out_and_named(film, before):
    path = film / "journal" / "ben.jsonl"
    number = len(path.read_text("utf-8").split("\n"))
    with path.open("a") as file:
        file.write('{"row":"event","id":"01\n[1]\n{"row":"verdict"}\n\n')
        file.write(
            json.dumps({"row": "event", "id": "../x", "at_us": 1, "author": "", "kind": "", "subject": "", "data": {}})
        )
        file.write('\n{"row":"shot","id":"07A","scene":7,"author":"a","at_us":1}')
        file.write(
            '\n{"row":"event","id":"01a1fdd3-2231-793d-aaf7-d25e9209dd73","at_us":1,"author":"x","kind":"verdict",'
        )
        file.write('"subject":"t","data":{}}')
    report = rebuild(film)
    places = [line.split(" was left out")[0] for line in report.skipped]
    assert places == [f"journal/ben.jsonl line {number + at}" for at in (0, 1, 2, 4, 5, 6)]
    with opened(film) as log:
        assert_same(before, frames_of(log))


def test_lines_that_stand_twice_or_in_another_order_make_no_difference(film, before):
    path = film / "journal" / "ada.jsonl"
    lines = path.read_text("utf-8").split("\n")[:-1]
    path.write_text("\n".join([*reversed(lines), *lines]) + "\n", "utf-8")
    (film / "film.db").unlink()
    rebuild(film)
    with opened(film) as log:
        assert_same(before, frames_of(log))


def test_a_newer_journals_unknown_keys_and_kinds_of_events_are_read(film, before):
    path = film / "journal" / "ben.jsonl"
    lines = [json.loads(line) | {"mood": "blue"} for line in path.read_text("utf-8").split("\n")[:-1]]
    lines.append(lines[0] | {"id": "ffffffff-ffff-7fff-bfff-000000000000", "kind": "stars", "row": "event", "data": {}})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (film / "film.db").unlink()
    assert rebuild(film).skipped == ()
    with opened(film) as log:
        pd.testing.assert_frame_equal(before["takes"], log.takes_frame())


def test_journals_that_were_written_apart_are_joined_and_the_later_take_gets_the_next_number(film, before):
    lines = [json.loads(line) for line in (film / "journal" / "ada.jsonl").read_text("utf-8").split("\n")[:-1]]
    take = next(line for line in lines if line["row"] == "take")
    other = take | {"id": f"ffffffff-ffff-7fff-bfff-{'f' * 12}", "author": "cy"}
    (film / "journal" / "cy.jsonl").write_text(json.dumps(other) + "\n", "utf-8")
    report = rebuild(film)
    assert [str(moved) for moved in report.renumbered] == ["07A-001 by cy is 07A-006 now"]
    assert "07A-001 by cy is 07A-006 now" in str(report)
    assert '"renumbered"' in (film / "journal" / "studio.jsonl").read_text("utf-8")
    with opened(film) as log:
        assert log.take("07A-006").author == "cy"
        assert log.takes_frame()[:5].equals(before["takes"])
    again = rebuild(film)
    assert (again.renumbered, again.rows["event"]) == ((), report.rows["event"] + 1)


def test_a_database_whose_damage_cannot_even_be_said_is_one_sentence_and_is_rebuilt(film, before):
    content = (film / "film.db").read_bytes()
    at = content.index(b"CREATE TABLE takes")
    damaged = content[:at] + b"CREATE\xe4\xff" + content[at + 8 :]
    (film / "film.db").write_bytes(damaged)
    (film / "backups").mkdir(exist_ok=True)
    (film / "backups" / "film-99999999-damaged.db").write_bytes(damaged)
    with pytest.raises(Damaged, match=r"film\.db is damaged: rebuild it from the journal"):
        opened(film)
    rebuild(film)
    with opened(film) as log:
        assert_same(before, frames_of(log))


def test_a_damaged_cut_is_left_out_and_the_other_cuts_are_read(film, before):
    lines = (film / "journal" / "ada.jsonl").read_text("utf-8").split("\n")[:-1]
    cut = next(line for line in lines if json.loads(line)["row"] == "cut")
    other = json.loads(cut)
    bent = cut.replace(other["id"], f"{other['id'][:-1]}{'1' if other['id'][-1] == '0' else '0'}")
    bent = bent.replace("sha256", "sha2K6")
    (film / "journal" / "cy.jsonl").write_text(bent + "\n", "utf-8")
    (skipped,) = rebuild(film).skipped
    assert skipped.startswith("journal/cy.jsonl line 1 was left out: this is not a cut as the log keeps it")
    with opened(film) as log:
        assert_same(before, frames_of(log))


def test_a_film_without_a_journal_cannot_be_rebuilt_and_keeps_its_database(film):
    opened(film).close()
    with pytest.raises(NotFound, match="film has no journal to rebuild from"):
        rebuild(film)
    opened(film).close()


def test_a_database_that_another_process_has_open_is_not_replaced(film, before):
    with opened(film) as log:
        log.takes()
        with pytest.raises(StoreBusy, match=r"film\.db is open in another process: close the film there, then rebuild"):
            rebuild(film)
        assert_same(before, frames_of(log))


@pytest.mark.postgres
def test_a_servers_database_gets_what_it_lacks(tmp_path, postgres_url):
    folder = make_film(tmp_path / "film", database_url=postgres_url)
    with Log.open(folder, url=postgres_url) as log:
        a_whole_film(log)
        before = frames_of(log)
        with log._alone_on(writes=True) as connection, connection.begin():
            connection.exec_driver_sql("DELETE FROM events WHERE kind = 'verdict'")
            connection.exec_driver_sql("DELETE FROM takes WHERE n = 3")
    report = rebuild(folder)
    assert (report.rows["event"], report.kept_aside) == (21, "")
    rebuild(folder)
    with Log.open(folder, url=postgres_url) as log:
        assert_same(before, frames_of(log))


def test_what_the_journal_lost_comes_from_the_last_backup_and_what_is_nowhere_is_named(tmp_path):
    film = make_film(tmp_path / "film")
    with Log.open(film) as log:
        with log.write("ada") as writer:
            sent, unsent = asked(writer, takes=2)
        with log.write(STUDIO) as writer:
            writer.event("state", sent.id, {"state": "submitting"})
            writer.event("state", sent.id, {"state": "submitted"})
        before = log.takes_frame()
    back_up(film / "film.db", film / "backups", "by-hand")
    (film / "backups" / "film-99999999-damaged.db").write_bytes(b"no database")
    with Log.open(film) as log, log.write("ben") as writer:
        judge(writer, unsent, "circle")  # after the backup: only in the journal
    (film / "journal" / "ada.jsonl").unlink()  # and with it everything that she wrote
    for lost in film.glob("film.db*"):
        lost.unlink()
    said = rebuild(film)
    assert "were in backups/film-" in said.from_backup
    assert said.missing == (
        f"{sent.label} was sent and its job is missing: film.resume() looks for it, film.money.inbox() has it else",
    )
    assert f"{sent.label} was sent" in str(said)
    with Log.open(film) as log:
        after = log.takes_frame()
        assert after.drop(columns=["verdict"]).equals(before.drop(columns=["verdict"]))
        assert after.set_index("take").loc[unsent.label, "verdict"] == "circle"
