"""`film.toml` pointed at another database, everything else in it as somebody wrote it, comments too."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from studio.errors import BadInput
from studio.log.failures import told_of_files
from studio.log.ids import new_id
from studio.log.journal import sync_folder
from studio.log.settings import FILE, check_url, read_settings, write_settings

_KEY = re.compile(r"""^(database_url[ \t]*=[ \t]*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*')""", re.MULTILINE)
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)


def pointed(folder: Path, url: str) -> str:
    """The text of `film.toml` with this database_url; `BadInput` where that is none, or holds a password."""
    wanted = replace(read_settings(folder), database_url=check_url(url))  # before it is in any file
    with told_of_files(folder):
        text = (folder / FILE).read_bytes().decode("utf-8-sig")
    table = _TABLE.search(text)
    head, rest = (text[: table.start()], text[table.start() :]) if table else (text, "")
    value = json.dumps(url, ensure_ascii=False)
    head, count = _KEY.subn(lambda found: found[1] + value, head, count=1)
    if not count:
        head = f"{head.rstrip()}\ndatabase_url = {value}\n\n"
    with TemporaryDirectory() as place:  # tried out before it is believed
        tried = Path(place)
        (tried / FILE).write_bytes((head + rest).encode())
        try:
            if read_settings(tried) == wanted:
                return head + rest
        except BadInput:  # told by the next line, unless it was a way of writing that is not understood here
            pass
        write_settings(tried, wanted, replace=True)
        return (tried / FILE).read_bytes().decode()


def write(folder: Path, text: str) -> None:
    """Put `film.toml` in place, whole or not at all."""
    temporary = folder / f"{FILE}.{new_id()}.tmp"
    with told_of_files(folder):
        try:
            with temporary.open("xb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(folder / FILE)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(folder)
