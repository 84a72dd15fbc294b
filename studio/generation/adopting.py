"""Clips that were made elsewhere become takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import BadMedia
from studio.generation.advance import media_facts
from studio.generation.measuring import look_events
from studio.nouns import Shot, Take

if TYPE_CHECKING:
    import pandas as pd

    from studio.log import Log
    from studio.media import Library


def adopt(log: Log, library: Library, path: Path, shot: str, author: str) -> Take:
    """Copy a clip into the film as the next take of a shot: checked frame by frame, then logged.

    The clip itself is left as it is. Adopting the same clip into the same shot again gives the take that is there, and
    puts its file back where it was lost.
    Raises BadMedia for what is not a whole clip of constant rate; then no label is used up and nothing is left behind.
    """
    from studio.log import new_id
    from studio.media import ingest, probe, sha256_of

    facts = probe(path)
    if facts.variable_rate:
        raise BadMedia(
            f"{path.name} has a variable frame rate (its frames last {float(facts.shortest_step_s) * 1000:.1f} to "
            f"{float(facts.longest_step_s) * 1000:.1f} ms): save it at one constant rate, then adopt it"
        )
    digest = sha256_of(path)
    for there in log.takes(shot) if any(known.id == shot for known in log.shots()) else ():
        media = log.media(there.id)
        if media is not None and media.sha256 == digest:
            if not (library.folder / media.file).exists():  # it was lost, and here it is again
                library.keep(library.copy_in(path, new_id()), there.label, Path(media.file).suffix)
            return there
    copy = library.copy_in(path, new_id())
    take: Take | None = None
    try:
        with log.write(author) as w:  # one transaction: a clip that turns out broken takes its label back
            w.shot(Shot(shot, shot[:2]))
            take = w.take(shot)
            _set_aside(library, take, copy.suffix)
            made = ingest(path, take.label, library)  # the clip itself: what is wrong with it is told by its name
            if not digest == made.sha256 == sha256_of(copy):
                raise BadMedia(f"{path.name} is being written to: adopt it when it is finished")
            file = library.keep(copy, take.label, copy.suffix)
            w.event("adopted", take.id, {"original_name": path.name})
            w.event("media", take.id, media_facts(file, made))
            for kind, data in look_events(made.look):  # nobody asked for a camera
                w.event(kind, take.id, data)
            w.event("state", take.id, {"state": "done"})
    except BaseException:
        # a label that was given and taken back: nothing may stand under it
        if take is not None and all(known.id != take.id for known in log.takes()):
            for left in (library.take(take.label, copy.suffix), *library.pictures(take.label)):
                left.unlink(missing_ok=True)
        raise
    finally:
        copy.unlink(missing_ok=True)
    return take


def incoming(log: Log, folder: Path) -> pd.DataFrame:
    """The files in a film's incoming/ that fit no take which waits for one: the person is asked whose they are."""
    import pandas as pd

    from studio.generation.states import UNFINISHED
    from studio.providers.folder import unmatched

    waiting = log.takes_in(UNFINISHED)
    makers = log.providers_of([take.id for take in waiting])
    labels = [take.label for take in waiting if makers[take.id] == "folder"]
    files = [path.relative_to(folder).as_posix() for path in unmatched(folder, labels)]
    waits = ", ".join(labels) or "none"
    return pd.DataFrame(
        {
            "file": files,
            "waiting": waits,
            "choices": [f'film.adopt(film.folder / "{file}", shot="…")' for file in files],
        }
    )


def _set_aside(library: Library, take: Take, suffix: str) -> None:
    """A file under a label that the log is only now giving was left by a run killed while adopting: keep it in tmp."""
    left = library.take(take.label, suffix)
    if left.exists():
        left.rename(library.temporary(take.id, 0, f".left{suffix}"))
