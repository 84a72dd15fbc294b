"""Films that were copied and then edited apart, and everything that is in one, row by row."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from studio.log import Log, read_settings, write_settings
from studio.log.schema import JOURNALLED, take_now
from studio.nouns import Continuity, Scene, Shot
from tests.log.making import a_cut, a_prompt, a_request, done, judge, make_film

SHOTS = ("07A", "09B")
SOUND = {
    "text": "rain", "provider": "elevenlabs", "model": "sfx", "payload": "{}", "source": "page",
    "read_on": "2026-11-01", "micro_usd": 10_000,
}  # fmt: skip


def opened(folder: Path) -> Log:
    settings = read_settings(folder)
    return Log.open(folder, url=settings.database_url, director=settings.director)


def begun(folder: Path, **settings: object) -> Path:
    """A film with a shot, its words and a finished take."""
    make_film(folder, director="ben", **settings)
    with opened(folder) as log, log.write("ada") as writer:
        writer.shot(Shot("07A", "07"))
        request = writer.request(a_request(writer.prompt(a_prompt("07A"))))
        done(writer, writer.take("07A", request.id))
    return folder


def copied(folder: Path, to: Path) -> Path:
    """The same film on another machine."""
    shutil.copytree(folder, to)
    return to


def at(folder: Path, url: str) -> Path:
    """The film with its log on a server."""
    write_settings(folder, replace(read_settings(folder), database_url=url), replace=True)
    return folder


def rows_of(folder: Path) -> dict[str, list[Any]]:
    """Every row of every table that the journal holds, and what each take is now."""
    with opened(folder) as log, log._reading() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]
            for name, table in {**JOURNALLED, "now": take_now}.items()
        }


def play(log: Log, author: str, what: str, n: int) -> None:
    """One thing that a person does; `n` chooses among what there is."""
    shot = SHOTS[n % 2]
    takes = log.takes()
    take = takes[n % len(takes)]
    with log.write(author) as writer:
        if what in ("words", "take", "sound") and shot not in {each.id for each in log.shots()}:
            writer.shot(Shot(shot, shot[:2]))
        match what:
            case "words":
                words = {"scene_text": f"{author} wrote {n}", "author": author, "grid": "07A-g1" if n % 5 == 4 else ""}
                writer.prompt(a_prompt(shot, writer.newest_version(shot) + 1, **words))
            case "take":
                words_ = writer.latest_prompt(shot)
                request = writer.request(a_request(words_, guide=f"media/takes/{take.label}.mp4")).id if words_ else ""
                writer.take(shot, request, parent=take.id if n % 3 == 0 else "")
            case "done":
                if writer.state(take.id) != "done":
                    done(writer, take)
            case "judge":
                judge(writer, take, ("circle", "hold", "ng", None)[n % 4], note=f"{n}")
            case "scene":
                writer.scene(Scene("07", f"School {n}", Continuity(who=author)))
            case "sound":
                writer.sound(shot, SOUND)
            case "cut":
                kept = writer.finished()
                writer.cut(a_cut(*kept[: 1 + n % 3]))
            case "current":
                for asked in writer.in_question():
                    writer.event("current", asked.shot, {"prompt": asked.others[n % len(asked.others)].id})
