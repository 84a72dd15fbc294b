"""folder: clips that a person makes on any website and saves into the film's folder.

For each take a slip with the words to paste is left in `incoming/`, and the folder is watched for the clip:

    incoming/07A-003.txt    the slip, there as long as the take waits
    incoming/07A-003.mp4    the clip, as a person saved it (.mov and .webm too)
    incoming/taken/         clips that have become takes

Nothing leaves the machine. A file is a take's by its name: the label's own, else the only one that begins with the
name of a shot of which only one take waits. Where several could be it, the person is asked to rename one. A link is
followed nowhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import stat
from collections.abc import Collection, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from studio.errors import BadInput, BadMedia, NotFetched
from studio.given import shown, visible
from studio.nouns import TAKE_LABEL, Price, Prompt, Request, Take
from studio.providers.base import NOT_MADE, Cancelling, Capabilities, Job, NotMade, Status
from studio.providers.changes import Asked, Explained, pieces_of
from studio.writing import compose

INCOMING, TAKEN = "incoming", "taken"
MODEL = "website"
SUFFIXES = (".mp4", ".mov", ".webm")
ARRIVING = (".part", ".crdownload", ".download", ".tmp", ".partial")  # of a download that has not ended
PRICE = Price(Decimal(0), "made elsewhere; the studio sees no bill", "2026-11-21")
_COPY = r"(?: ?\(\d{1,3}\))?"  # what a browser adds to a name that is there already
_OF_A_TAKE = re.compile(rf"({TAKE_LABEL.pattern}){_COPY}", re.IGNORECASE)


class Folder:
    """The provider "folder". Its option "film" is the film's folder; its job id is the take's id."""

    name = "folder"
    capabilities = Capabilities(models=(MODEL,), poll_every_s=2.0, concurrency=1000)  # a take that waits costs nothing

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        self._folder = Path((options or {}).get("film", ""))
        self._seen: dict[tuple[str, str], tuple[int, int]] = {}  # by take and name: size and time at the last look

    def __repr__(self) -> str:
        return "Folder()"

    # --- what a person is asked to make ------------------------------------------------------------------------------

    def resolve(
        self, prompt: Prompt, *, id: str, model: str, frames: int, rate: Fraction, width: int, height: int, seed: int,
        first_frame: str = "", last_frame: str = "", guide: str = "",
    ) -> Request:  # fmt: skip
        """The words to paste. Nothing is dropped: what a website takes, the person sees there.

        `model` is whatever the website calls its own.
        """
        asked = Asked(prompt, frames, rate, width, height, seed, first_frame, last_frame, guide)
        return self.explain(asked, id, model).request

    def explain(self, asked: Asked, id: str, model: str) -> Explained:
        """The same with its pieces."""
        named = visible(model, "the model of a website", 100).strip() or MODEL
        prompt = asked.prompt
        text = compose(prompt)
        payload = {
            "text": text, "camera": prompt.camera, "avoid": prompt.avoid, "seconds": str(asked.frames / asked.rate),
            "width": asked.width, "height": asked.height, "rate": str(asked.rate), "seed": asked.seed,
        }  # fmt: skip
        request = Request(
            id=id, prompt_id=prompt.id, shot=prompt.shot, provider=self.name, model=named, text=text,
            camera=prompt.camera, camera_json=prompt.camera_json, avoid=prompt.avoid, width=asked.width,
            height=asked.height, rate=asked.rate, frames=asked.frames, seed=asked.seed,
            first_frame=asked.first_frame, last_frame=asked.last_frame, guide=asked.guide,
            payload_json=json.dumps(payload, ensure_ascii=False, sort_keys=True),
        )  # fmt: skip
        return Explained(request, pieces_of(prompt), (), len(text), seed=asked.seed)

    def price(self, request: Request) -> Price:
        """Nothing that the studio could know."""
        return PRICE

    def shown(self, request: Request) -> str:
        """The slip, for a take that has no label yet."""
        return self._slip(request, "LABEL")

    async def submit(self, request: Request, take: Take) -> Job:
        """Leave the slip. Nothing leaves the machine."""
        await asyncio.to_thread(self._leave, request, take)
        return Job(take.id, take, request)

    async def find(self, request: Request, take: Take, known: Collection[str]) -> Job | NotMade | None:
        """Nothing was ever accepted elsewhere, so the slip may be left again."""
        return NOT_MADE

    def _leave(self, request: Request, take: Take) -> None:
        from studio.media.files import in_place

        with in_place(self._own(take, ".txt")) as slip:
            slip.write_text(self._slip(request, take.label), encoding="utf-8")

    def _slip(self, request: Request, label: str) -> str:
        """The text to copy from."""
        ratio = Fraction(request.width, request.height)
        facts = [
            ("length", f"{float(request.duration_s):g} s"),
            ("size", f"{request.width} × {request.height} ({ratio.numerator}:{ratio.denominator})"),
            ("frames per second", f"{float(request.rate):g}"),
            ("seed", str(request.seed)),
            *(
                (role.replace("_", " "), self._relative(path))
                for role in ("first_frame", "last_frame", "guide")
                if (path := getattr(request, role))
            ),
        ]
        parts = [
            f"Save the clip here as {label}.mp4 (.mov and .webm do as well).",
            f"PROMPT\n{request.text}",
            *([f"CAMERA (stands in the prompt already)\n{request.camera}"] if request.camera else []),
            *([f"AVOID (where there is a field for it)\n{request.avoid}"] if request.avoid else []),
            "\n".join(f"{what}: {value}" for what, value in facts),
        ]
        return "\n\n".join(parts) + "\n"

    def _relative(self, path: str) -> str:
        """A file of the film by its place in it, never by its place on this machine."""
        found = Path(path)
        if found.is_absolute() and self._folder.is_absolute() and found.is_relative_to(self._folder):
            return found.relative_to(self._folder).as_posix()
        return found.name if found.is_absolute() else path

    # --- where things are --------------------------------------------------------------------------------------------

    def _incoming(self) -> Path:
        """`incoming/`, made where it is not there, with `taken/` in it. Raises BadInput where one is no folder."""
        from studio.media.files import disk_errors

        if not self._folder.is_absolute():
            raise BadInput("folder has no film to watch: ask for it by film.generate(…, provider='folder')")
        incoming = self._folder / INCOMING
        for place in (incoming, incoming / TAKEN):
            if place.is_symlink() or (place.exists() and not place.is_dir()):
                raise BadInput(f"{place.relative_to(self._folder)} is a link or a file: make it a folder of the film")
            with disk_errors(place):
                place.mkdir(exist_ok=True)
        return incoming

    def _own(self, take: Take, suffix: str, *places: str) -> Path:
        if not TAKE_LABEL.fullmatch(take.label):  # a name never becomes a path unread
            raise BadInput(f"{take.label!r} is not a take: its label is such as 07A-003")
        return self._incoming().joinpath(*places, take.label + suffix)

    def _given_up(self, take: Take) -> Path:
        return self._own(take, ".txt", TAKEN)

    # --- watching ----------------------------------------------------------------------------------------------------

    async def poll(self, job: Job) -> Status:
        """Ready once the clip is there, no longer grows, and can be read."""
        return await asyncio.to_thread(self._look, job.take)

    def _look(self, take: Take) -> Status:
        clip = self._clip_of(take)
        if isinstance(clip, str):
            return Status("cancelled", "given up") if self._given_up(take).is_file() else Status("running", clip)
        what = f"{shown(clip.name)} is there"
        try:
            facts = clip.lstat()
        except FileNotFoundError:
            return Status("running", f"{shown(clip.name)} was there and is gone again")
        now, key = (facts.st_size, facts.st_mtime_ns), (take.id, clip.name)
        before, self._seen[key] = self._seen.get(key), now
        if before != now or not facts.st_size or _arrives(clip):
            return Status("running", f"{what} and is still being written")
        if problem := _unreadable(clip):
            return Status("running", f"{what} and cannot be read: {problem}")
        return Status("ready", what)

    def _clip_of(self, take: Take) -> Path | str:
        """The file that is this take's, or what a person has to know or to do."""
        own = self._own(take, SUFFIXES[0])
        files = clips_in(own.parent)
        mine = [path for path in files if _take_of(path) == take.label]
        if not mine and (taken := self._taken(take)):
            return taken
        if not mine and not self._own(take, ".txt").exists():
            return f"waits for {own.name} in {INCOMING}/; its slip {take.label}.txt is gone"
        if not mine:
            mine = [path for path in files if _is_of_shot(path, take.shot)]
            others = [label for label in _waiting(own.parent, take.shot) if label != take.label]
            if mine and others:
                could = " or ".join((take.label, *others))
                return f"{_named(mine)} could be {could}: rename it to the one it is"
        if len(mine) > 1:
            return f"{len(mine)} files could be {take.label}: {_named(mine)}: rename the right one to {own.name}"
        return mine[0] if mine else f"waits for {own.name} in {INCOMING}/"

    def _taken(self, take: Take) -> Path | None:
        """The clip of a take that was fetched before, by a run that was killed then."""
        found = [path for path in clips_in(self._incoming() / TAKEN) if _take_of(path) == take.label]
        return max(found, key=lambda path: path.lstat().st_mtime_ns, default=None)

    # --- fetching ----------------------------------------------------------------------------------------------------

    async def download(self, job: Job, to: Path) -> None:
        """Copy the clip to `to`; afterwards the slip goes, and the person's file moves to `incoming/taken/`."""
        await asyncio.to_thread(self._fetch, job.take, to)

    def _fetch(self, take: Take, to: Path) -> None:
        clip = self._clip_of(take)
        if isinstance(clip, str):
            raise NotFetched(f"the clip of {take.label} cannot be taken: it {clip}")
        _copy(clip, to)
        if clip.parent.name != TAKEN:
            place = self._own(take, clip.suffix.lower(), TAKEN)
            number = 1
            while place.exists() or place.is_symlink():
                place = place.with_name(f"{take.label} ({number}){clip.suffix.lower()}")
                number += 1
            clip.rename(place)
        self._own(take, ".txt").unlink(missing_ok=True)

    async def cancel(self, job: Job) -> Cancelling:
        """Take the slip away; a clip that is there all the same is kept."""
        return await asyncio.to_thread(self._cancel, job.take)

    def _cancel(self, take: Take) -> Cancelling:
        if isinstance(self._clip_of(take), Path):
            return "too late"
        slip, kept = self._own(take, ".txt"), self._given_up(take)
        if slip.is_file():
            slip.rename(kept)
        kept.touch()
        return "asked"


def unmatched(folder: Path, waiting: Collection[str]) -> tuple[Path, ...]:
    """The files in a film's `incoming/` that fit none of the takes that wait, by their labels; links are left out."""
    shots = {label.rpartition("-")[0] for label in waiting}
    incoming = folder / INCOMING
    if incoming.is_symlink():
        return ()
    return tuple(
        path
        for path in _files(incoming)
        if path.suffix.lower() not in (".txt", *ARRIVING)
        and not (
            path.suffix.lower() in SUFFIXES
            and (_take_of(path) in waiting or any(_is_of_shot(path, shot) for shot in shots))
        )
    )


def clips_in(place: Path) -> list[Path]:
    """The files of a folder that may be clips by their names, in order; neither links nor what is hidden."""
    return [path for path in _files(place) if path.suffix.lower() in SUFFIXES]


def _files(place: Path) -> list[Path]:
    found = []
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(place) as entries:
        found = [
            Path(entry.path)
            for entry in entries
            if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)
        ]
    return sorted(found)


def _take_of(path: Path) -> str:
    """The label that a file is named after, with what a browser adds to a second one; "" for none."""
    found = _OF_A_TAKE.fullmatch(path.stem.strip())
    return found[1].upper() if found else ""


def _is_of_shot(path: Path, shot: str) -> bool:
    """Whether a file begins with the name of a shot, and not with that of a take."""
    return not _take_of(path) and re.match(rf"{re.escape(shot)}(?![0-9A-Za-z])", path.stem, re.IGNORECASE) is not None


def _waiting(incoming: Path, shot: str) -> list[str]:
    """The labels of the slips of a shot that are there."""
    slips = [path.stem for path in _files(incoming) if path.suffix == ".txt" and TAKE_LABEL.fullmatch(path.stem)]
    return [label for label in slips if label.rpartition("-")[0] == shot]


def _named(paths: list[Path]) -> str:
    return ", ".join(shown(path.name) for path in paths[:4]) + (" …" if len(paths) > 4 else "")


def _arrives(clip: Path) -> bool:
    """Whether a browser is still at it: Firefox holds the name with an empty file and writes beside it."""
    return any(clip.with_name(clip.name + suffix).exists() for suffix in ARRIVING)


def _unreadable(clip: Path) -> str:
    from studio.media import probe

    try:
        probe(clip)
    except BadMedia as problem:
        return str(problem).replace(clip.name, "it")
    return ""


def _copy(clip: Path, to: Path) -> None:
    """The bytes of a file that is no link, whole: one that grows meanwhile is not taken."""
    no_link = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(clip, os.O_RDONLY | no_link)
    except OSError as problem:
        raise NotFetched(f"{shown(clip.name)} cannot be read ({problem.strerror})") from None
    try:
        with os.fdopen(handle, "rb") as source, to.open("wb") as target:
            before = os.fstat(source.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise NotFetched(f"{shown(clip.name)} is not a file but a pipe or a device")
            shutil.copyfileobj(source, target, 1 << 20)
            after = os.fstat(source.fileno())
            if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
                raise NotFetched(f"{shown(clip.name)} was written to while it was copied: it is taken when it rests")
    except BaseException:
        to.unlink(missing_ok=True)
        raise
