"""Words that are typed and not saved yet: one small file an author and shot in `drafts/`, so that a killed kernel loses
none. They are no truth: no version, no event, and in no journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.log.failures import told_of_files
from studio.log.journal import file_name

FOLDER = "drafts"


def keep(folder: Path, author: str, shot: str, draft: Mapping[str, Any]) -> None:
    """Keep what is typed, in place of what was kept before."""
    file = _file(folder, author, shot)
    with told_of_files(folder):
        file.parent.mkdir(exist_ok=True)
        new = file.with_suffix(".new")
        new.write_text(json.dumps(dict(draft), ensure_ascii=True), "utf-8")
        new.replace(file)


def kept(folder: Path, author: str, shot: str) -> dict[str, Any]:
    """What was kept; empty where nothing was, or where the file is not what `keep` writes."""
    file = _file(folder, author, shot)
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def drop(folder: Path, author: str, shot: str) -> None:
    """Forget it: the words are saved, or are not wanted."""
    with told_of_files(folder):
        _file(folder, author, shot).unlink(missing_ok=True)


def _file(folder: Path, author: str, shot: str) -> Path:
    return folder / FOLDER / f"{shot}-{Path(file_name(author)).stem}.json"
