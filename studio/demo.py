"""The demo film, through the public calls only: written, generated, circled, cut to a song and delivered.

Every step looks at what is there before it does anything, so a demo that was killed goes on, and one that is done
does nothing twice.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio import _resources
from studio.errors import BadInput, StudioError
from studio.film import Film, new
from studio.film import open as open_film
from studio.nouns import FINAL_STATES

if TYPE_CHECKING:
    from studio.film import CutHandle
    from studio.writing import Screenplay

RULE = "the take with the most detail: the largest file of the shot's takes, on a tie the first"
DELIVERY = "first-cut"
AUTHOR = "demo"
BPM = 84
LITTLE_TAKES = 3
FULL_TAKES = 700
FULL_SECONDS = 242  # 4:02


@dataclass(frozen=True)
class Size:
    """How large a demo is: which shots, how many takes in all, and how long one take lasts."""

    shots: tuple[str, ...]
    takes: int
    seconds: float
    song_seconds: int

    def takes_of(self, index: int) -> int:
        """Takes of the shot at that place in the story; the first shots get what does not divide."""
        return self.takes // len(self.shots) + (index < self.takes % len(self.shots))


def make(
    folder: Path,
    *,
    full: bool = False,
    shots: int | None = None,
    takes: int | None = None,
    size: tuple[int, int] = (640, 360),
    deliver: bool = True,
    quiet: bool = False,
) -> Film:
    """Make the demo film in a folder, or go on where it was left, and give it back open.

    `shots` and `takes` (a shot) make it smaller; `deliver=False` stops when the takes are circled.
    """
    screenplay = _screenplay()
    plan = _size(screenplay, full, shots, takes)
    film = _film(folder, screenplay.title, size)
    try:
        _attach_song(film, plan)
        _write(film, screenplay, plan)
        _generate(film, plan, quiet)
        _circle(film, plan)
        if deliver:
            _deliver(film, _arrange(film, plan, quiet), quiet)
    except BaseException:
        film.close()
        raise
    return film


def _screenplay() -> Screenplay:
    from studio.writing import load_screenplay

    return load_screenplay(_resources.path("data/demo/screenplay.toml"))


def _size(screenplay: Screenplay, full: bool, shots: int | None, takes: int | None) -> Size:
    if full and (shots is not None or takes is not None):
        raise BadInput("--full is 55 shots and 700 takes: leave --shots and --takes out with it")
    if takes is not None and not 1 <= takes <= 99:
        raise BadInput(f"a demo cannot have {takes} takes of a shot: 1 to 99 are right")
    if full:
        every = tuple(text.shot for text in screenplay.shots)
        return Size(every, FULL_TAKES, seconds=FULL_SECONDS / len(every) + 0.6, song_seconds=FULL_SECONDS)
    little = tuple(text.shot for text in screenplay.shots if "short" in text.marks)
    if shots is not None:  # spread over the story, so that a smaller film still tells it
        if not 1 <= shots <= len(little):
            raise BadInput(f"a demo cannot have {shots} shots: 1 to {len(little)} are right, or --full for all")
        little = tuple(little[round(k * (len(little) - 1) / max(1, shots - 1))] for k in range(shots))
    return Size(little, (takes or LITTLE_TAKES) * len(little), seconds=3.0, song_seconds=40)


def _film(folder: Path, title: str, size: tuple[int, int]) -> Film:
    if (folder / "film.toml").exists():
        film = open_film(folder)
        if film.settings.title != title or AUTHOR not in [a.name for a in film.settings.authors]:
            found = film.settings.title
            film.close()
            raise BadInput(f"{folder} holds another film, {found!r}: give the demo a folder of its own")
        return film
    return new(
        folder,
        title=title,
        rate=24,
        size=size,
        authors={"mara": ["words"], "jon": ["camera", "edit"], AUTHOR: ["edit"]},
        title_card=title,
        end_card="Words by mara\nCamera by jon\nPictures: stand-ins drawn by previz",
    )


def _attach_song(film: Film, plan: Size) -> None:
    """The shipped song, or for the full film one that is synthesised on the spot."""
    shipped = next(_resources.path("data/demo").glob("song.*"))
    if plan.song_seconds == 40:
        film.as_("mara").song.attach(shipped, lyrics=_resources.path("data/demo/lyrics.lrc"))
        return
    from studio.song import find, write_song

    if find(film.log) is None:
        made = film.folder / "media" / "tmp" / "full-song.wav"
        made.parent.mkdir(parents=True, exist_ok=True)
        write_song(made, plan.song_seconds, BPM)
        film.as_("mara").song.attach(made)
        made.unlink()


def _write(film: Film, screenplay: Screenplay, plan: Size) -> None:
    """First the musician's words, then the director's camera: two versions of each shot, as in life."""
    for text in screenplay.shots:
        if text.shot not in plan.shots or film.log.latest_prompt(text.shot):
            continue
        film.as_("mara").write(text.shot, scene_text=text.scene_text, continuity=text.continuity)
        film.as_("jon").write(text.shot, camera=text.camera, style=text.style, avoid=text.avoid)


def _generate(film: Film, plan: Size, quiet: bool) -> None:
    film.as_("jon")
    lost = {take.id for take in film.log.takes_in(FINAL_STATES - {"done"})}  # stopped or failed: made up for
    for index, shot in enumerate(plan.shots):
        missing = plan.takes_of(index) - sum(take.id not in lost for take in film.log.takes(shot))
        if missing > 0:
            film.generate(shot, provider="previz", takes=missing, seconds=plan.seconds)
    handle = film.resume()
    with bar("takes", plan.takes, quiet) as advance:
        advance(0)
        handle.wait(progress=lambda p: advance(plan.takes - p.total + p.done))
        if handle.errors:
            raise StudioError(f"the demo could not make every take: {handle.errors[0]}")
        advance(plan.takes)


def _circle(film: Film, plan: Size) -> None:
    """One take a shot by `RULE`, under the author name `demo`; a shot that somebody judged is left alone."""
    film.as_(AUTHOR)
    for shot in plan.shots:
        if film.log.kept(shot):
            continue
        clips = [media for take in film.log.takes(shot) if (media := film.log.media(take.id))]
        best = max(clips, key=lambda media: ((film.folder / media.file).stat().st_size, -media.take.n))
        film.circle(best.take.label, reason="most detail", note=RULE)


def _arrange(film: Film, plan: Size, quiet: bool) -> CutHandle:
    """The latest cut; a new one where there is none, or where it is the demo's own and lacks shots of this size."""
    if film.log.cuts():
        cut = film.cut()
        there = {slot.source.shot for slot in cut.value.slots}
        if cut.value.author != AUTHOR or there >= set(plan.shots):
            return cut
    with bar("cut", 1, quiet) as advance:  # its cards are drawn and encoded, which takes seconds
        advance(0)
        made = film.as_(AUTHOR).arrange(name=DELIVERY)
        advance(1)
    return made


def _deliver(film: Film, cut: CutHandle, quiet: bool) -> None:
    from studio.delivery import is_delivered

    if is_delivered(cut.value, film.folder, DELIVERY):
        return
    with bar("film", cut.value.frames, quiet) as advance:
        cut.export(DELIVERY, progress=lambda done, total: advance(done))


_practice: list[tempfile.TemporaryDirectory[str]] = []  # removed when the kernel ends


def here() -> Film:
    """The film that this notebook lies in; in a checkout, a practice film of three shots in a temporary folder.

    "Lies in" means that the kernel's folder, or the one above it, has a film.toml.
    """
    for folder in (Path.cwd(), Path.cwd().parent):
        if (folder / "film.toml").is_file():
            return open_film(folder)
    _practice.append(tempfile.TemporaryDirectory(prefix="circletake-", ignore_cleanup_errors=True))
    return practice(Path(_practice[-1].name) / "practice")


def practice(folder: Path) -> Film:
    """A small film to learn on: three shots of the demo with two takes each, the first circled, nothing delivered.

    The first and not the largest file, as in the demo: what a notebook shows is to be the same on every machine.
    """
    screenplay = _screenplay()
    plan = _size(screenplay, False, shots=3, takes=2)
    film = _film(folder, screenplay.title, (480, 270))
    _attach_song(film, plan)
    _write(film, screenplay, plan)
    _generate(film, plan, quiet=True)
    film.as_(AUTHOR)
    for shot in film.log.shots():
        if not film.log.kept(shot.id):
            film.circle(f"{shot.id}-001", reason="joins well")
    return film


@contextmanager
def bar(what: str, total: int, quiet: bool) -> Iterator[Callable[[int], Any]]:
    """A progress bar; the function given sets how much is done. Not on a terminal, it is renewed every ten seconds."""
    from tqdm import tqdm

    every_s = 0.1 if sys.stderr.isatty() else 10
    unit = {"film": " frames", "cut": " cut"}.get(what, " takes")
    with ExitStack() as stack:

        @cache
        def begun() -> Any:  # at the first step: a mistake that is told before it leaves no empty bar
            return stack.enter_context(tqdm(total=total, desc=what, unit=unit, mininterval=every_s, disable=quiet))

        yield lambda done: begun().update(done - begun().n)
