from __future__ import annotations

import json
import os

import pytest

from studio.errors import DiskFull, StoreError
from studio.log import Log, journal
from tests.log.making import a_whole_film, asked, judge


def lines_of(folder, author="ada"):
    return (folder / "journal" / journal.file_name(author)).read_text("utf-8").split("\n")[:-1]


def outbox_of(log):
    from sqlalchemy import select

    from studio.log.schema import outbox

    with log._reading() as connection:
        return connection.execute(select(outbox)).all()


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("ada", "ada.jsonl"),
        ("Ada_L-1", "Ada_L-1.jsonl"),
        ("..", "%2E%2E.jsonl"),
        ("../../etc/passwd", "%2E%2E%2F%2E%2E%2Fetc%2Fpasswd.jsonl"),
        (".hidden", "%2Ehidden.jsonl"),
        ("a b\\c:d*", "a%20b%5Cc%3Ad%2A.jsonl"),
        ("Jürgen", "J%C3%BCrgen.jsonl"),
        ("~root", "%7Eroot.jsonl"),
    ],
)
def test_an_authors_name_is_a_safe_file_name(author, name):
    assert journal.file_name(author) == name


def test_a_long_name_is_a_short_file_name_and_two_long_names_are_two_files():
    names = {journal.file_name("🎬" * 39 + end) for end in "ab"}
    assert len(names) == 2
    assert all(len(name) < 120 for name in names)


def test_every_row_and_event_is_a_line_in_its_authors_file(log, folder):
    a_whole_film(log)
    found = {author: [json.loads(line) for line in lines_of(folder, author)] for author in ("ada", "ben", "studio")}
    assert sorted(path.name for path in (folder / "journal").iterdir()) == ["ada.jsonl", "ben.jsonl", "studio.jsonl"]
    assert {line["row"] for line in found["ada"]} == {"scene", "shot", "prompt", "request", "take", "event", "cut"}
    assert all(line.get("author", author) == author for author, lines in found.items() for line in lines
               if line["row"] != "prompt")  # fmt: skip
    told = sorted(line["id"] for lines in found.values() for line in lines if line["row"] == "event")
    assert told == sorted(
        event.id for subject in [*(take.id for take in log.takes()), "song"] for event in log.events(subject)
    )


def test_the_outbox_is_empty_once_the_log_is_closed(log, reopen):
    a_whole_film(log)
    assert len(outbox_of(log)) <= 1  # the last write's, delivered already
    log.close()
    assert outbox_of(reopen()) == []


def test_lines_left_in_the_outbox_by_a_crash_are_delivered_once_when_the_film_is_opened(
    log, folder, reopen, monkeypatch
):
    with log.write("ada") as writer:
        take = asked(writer)[0]

    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(journal, "append", crash)
        with pytest.raises(KeyboardInterrupt), log.write("ada") as writer:
            judge(writer, take, "circle")
    before = lines_of(folder)
    reopen()
    after = lines_of(folder)
    assert len(after) == len(before) + 1
    assert json.loads(after[-1])["data"]["verdict"] == "circle"
    reopen()
    assert lines_of(folder) == after


def test_a_crash_between_the_journal_and_the_outbox_leaves_no_line_twice(log, folder, reopen):
    with log.write("ada") as writer:
        asked(writer)
    before = lines_of(folder)
    assert len(outbox_of(log)) == 1  # as a killed process leaves it
    reopen()
    assert lines_of(folder) == before


def test_a_link_in_the_journal_is_not_followed_out_of_the_film(log, folder, tmp_path):
    """A film from somebody else must not make us write into our own files."""
    mine = tmp_path / "mine"
    mine.write_text("export PATH\n")
    (folder / "journal").mkdir(exist_ok=True)
    (folder / "journal" / "eve.jsonl").symlink_to(mine)
    with pytest.raises(StoreError, match=r"eve\.jsonl in .* cannot be used"), log.write("eve") as writer:
        asked(writer)
    assert mine.read_text() == "export PATH\n"


def test_a_line_torn_by_a_crash_does_not_spoil_the_next(log, folder):
    with log.write("ada") as writer:
        take = asked(writer)[0]
    path = folder / "journal" / "ada.jsonl"
    with path.open("ab") as file:
        file.write(b'{"row":"event","id":"01')
    with log.write("ada") as writer:
        judge(writer, take, "circle")
    assert lines_of(folder)[-2] == '{"row":"event","id":"01'
    assert json.loads(lines_of(folder)[-1])["data"]["verdict"] == "circle"


def test_when_the_journal_cannot_be_added_to_no_further_write_begins_and_nothing_is_lost(log, folder, monkeypatch):
    with log.write("ada") as writer:
        take = asked(writer)[0]
    before = lines_of(folder)

    def full(handle, data):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(DiskFull, match=r"is safe in .* and goes to the journal with the next"):  # noqa: SIM117
            with log.write("ada") as writer:
                judge(writer, take, "circle")
        with pytest.raises(DiskFull, match=r"no room left"), log.write("ada") as writer:
            judge(writer, take, "ng")
    assert log.takes_frame()["verdict"][0] == "circle"
    assert lines_of(folder) == before
    with log.write("ada") as writer:
        judge(writer, take, "hold")
    assert [json.loads(line)["data"]["verdict"] for line in lines_of(folder)[len(before) :]] == ["circle", "hold"]


def test_a_write_that_fails_within_the_file_takes_back_what_it_had_added(tmp_path, monkeypatch):
    journal.append(tmp_path, "ada", '{"n":1}')
    real = os.write

    def half(handle, data):
        if len(data) < 30:
            raise OSError(28, "No space left on device")
        return real(handle, data[:10])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(OSError, match="No space left"):
            journal.append(tmp_path, "ada", '{"n":' + "2" * 40 + "}")
    assert (tmp_path / "ada.jsonl").read_text() == '{"n":1}\n'


def test_two_logs_of_one_film_write_one_journal_in_the_order_of_their_commits(log, folder, reopen):
    other = reopen()
    with log.write("ada") as writer:
        take = asked(writer)[0]
    for verdict in ("circle", "hold", "ng"):
        for each in (log, other):
            with each.write("ada") as writer:
                judge(writer, take, verdict)
    ids = [json.loads(line)["id"] for line in lines_of(folder) if '"verdict"' in line]
    assert len(ids) == 6
    assert ids == sorted(ids) == [event.id for event in log.events(take.id, {"verdict"})]


def test_a_log_can_be_closed_and_opened_in_a_folder_with_any_name(tmp_path):
    folder = tmp_path / "Film ä #1 & 100% 'x' ? *"
    folder.mkdir()
    with Log.open(folder) as log, log.write("ada") as writer:
        asked(writer)
    with Log.open(folder) as log:
        assert log.take("07A-001").n == 1
