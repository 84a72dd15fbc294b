"""A little film for the tests of the log, and a writer that is a process of its own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from studio.log import Author, KeptTake, Log, Settings, Writer, new_id, now_us, write_settings
from studio.nouns import Continuity, Cut, Marker, Prompt, Request, Scene, Shot, Slot, SongRange, Source, Take

SETTINGS = Settings(
    title="Test", rate=Fraction(24), width=1280, height=720, authors=(Author("ada", ("words",)), Author("ben"))
)
MEDIA = {"sha256": "ab" * 32, "width": 640, "height": 360, "rate": "25/3", "frames": 50, "variable_rate": False}


def make_film(folder: Path, **settings: object) -> Path:
    folder.mkdir()
    write_settings(folder, Settings(**{**SETTINGS.__dict__, **settings}))
    return folder


def a_prompt(shot: str = "07A", version: int = 1, **words: object) -> Prompt:
    given: dict[str, object] = {
        "scene_text": "Two teenagers meet.",
        "camera": "slow push in",
        "camera_json": '{"asked_move":"dolly_in"}',
        "style": "film grain",
        "avoid": "",
        "continuity": Continuity(who="Ada", age="14"),
        "scene_author": "ada",
        "camera_author": "ben",
        "style_author": "ada",
        "avoid_author": "",
        "continuity_author": "ada",
        "author": "ada",
    }
    return Prompt(id=new_id(), shot=shot, version=version, created_at_us=now_us(), **{**given, **words})


def a_request(prompt: Prompt, **values: object) -> Request:
    given: dict[str, object] = {
        "provider": "previz",
        "model": "layers",
        "text": "Slow push in. Two teenagers meet.",
        "camera": prompt.camera,
        "camera_json": prompt.camera_json,
        "avoid": "",
        "width": 480,
        "height": 270,
        "rate": Fraction(24),
        "frames": 120,
        "seed": 7,
        "estimated_micro_usd": 250_000,
    }
    return Request(id=new_id(), prompt_id=prompt.id, shot=prompt.shot, **{**given, **values})


def asked(writer: Writer, shot: str = "07A", takes: int = 1) -> list[Take]:
    """A shot, its first words, a request, and takes that are planned."""
    writer.shot(Shot(shot, shot[:2]))
    request = writer.request(a_request(writer.prompt(a_prompt(shot))))
    return [writer.take(shot, request.id) for _ in range(takes)]


def done(writer: Writer, take: Take) -> Take:
    writer.event("media", take.id, {"file": f"media/takes/{take.label}.mp4", **MEDIA})
    writer.event("state", take.id, {"state": "done"})
    return take


def judge(writer: Writer, take: Take, verdict: str | None, reason: str = "", note: str = "") -> None:
    writer.event("verdict", take.id, {"verdict": verdict, "reason": reason, "note": note})


def a_cut(*kept: KeptTake) -> Cut:
    slots = [
        Slot(
            Source(
                "take", each.take.label, each.file, each.sha256, each.rate, each.frames, each.width, each.height,
                each.take.reel, each.take.shot, each.take.id,
            ),
            record_frame=24 * at, frames=24, in_frames=3, speed=Fraction(2, 3), how="slowed",
        )
        for at, each in enumerate(kept)
    ]  # fmt: skip
    song = SongRange("song/a b.ogg", "cd" * 32, Fraction(1, 3), Fraction(1001, 24))
    return Cut(
        "", "Test", "first", 0, Fraction(24000, 1001), 1280, 720, "letterbox", song, tuple(slots),
        (Marker(0, "bar", "1"), Marker(12, "lyric", "“Ä — \u2028 ' & <", 5)),
    )  # fmt: skip


def a_whole_film(log: Log) -> None:
    """Something of everything: scenes reworded, several authors, decisions undone, money, chains, an adopted clip."""
    with log.write("ada") as writer:
        writer.scene(Scene("07", "School", Continuity("Ada", "14", "noon", "yard")))
        first, second, third = asked(writer, "07A", 3)
        writer.prompt(a_prompt("07A", 2, scene_text="“Zwei Jugendliche\u2028treffen sich”\n=1+1", author="ben"))
        writer.scene(Scene("07", "The school", Continuity("Ada", "14", "noon", "the yard")))
    with log.write("studio") as writer:
        writer.event("money.reserved", first.id, {"micro_usd": 250_000})
        done(writer, first)
        writer.event("money.settled", first.id, {"micro_usd": 240_001})
        writer.event("money.reserved", second.id, {"micro_usd": 250_000})
        writer.event("state", second.id, {"state": "unknown", "note": "no answer"})
        writer.event("measured", first.id, {"measured_move": "dolly_in", "obeyed": "yes", "pan_pct_per_s": 0.25})
    with log.write("ben") as writer:
        judge(writer, first, "circle", "joins well", "the yard is right")
        judge(writer, third, "ng", "hand")
        writer.event("accident", third.id, {"on": True})
        fourth = writer.take("07A", first.request_id, parent=first.id)
        clip = writer.take("07A")
        writer.event("adopted", clip.id, {"original_name": "old clip.mov"})
        done(writer, clip)
        judge(writer, fourth, "hold")
    log.undo("ben")
    with log.write("ada") as writer:
        writer.cut(a_cut(*writer.kept()))
        writer.event("song.used", "song", {"start_s": "1/3", "end_s": "40"})


def frames_of(log: Log) -> dict[str, object]:
    """Every table that a person can see."""
    found = {
        "takes": log.takes_frame(),
        "shots": log.shots_frame(),
        "verdicts": log.verdicts_frame(),
        "cuts": log.cuts_frame(),
    }
    for shot in log.shots():
        found[f"prompts of {shot.id}"] = log.prompts_frame(shot.id)
    for take in log.takes():
        found[f"history of {take.label}"] = log.history_frame(take.label)
    return found
