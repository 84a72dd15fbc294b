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
                file = library.keep(library.copy_in(path, new_id()), there.label, Path(media.file).suffix)
                if file != media.file:  # another film's clip has that name meanwhile, on a shared disk
                    facts_of = log.events(there.id, kinds=("media",))[-1].data
                    with log.write(author) as w:
                        w.event("media", there.id, facts_of | {"file": file})
            return there
    run = new_id()
    copy = library.copy_in(path, run)
    take: Take | None = None
    try:
        with log.write(author) as w:  # one transaction: a clip that turns out broken takes its label back
            w.shot(Shot(shot, shot[:2]))
            take = w.take(shot)
            made = ingest(path, take.label, library, run=copy.stem)  # the clip itself: its name is told
            if not digest == made.sha256 == sha256_of(copy):
                raise BadMedia(f"{path.name} is being written to: adopt it when it is finished")
            library.pledge(copy)
            file = library.keep(copy, take.label, copy.suffix)
            library.place((made.poster, made.strip, made.proxy), file)
            w.event("adopted", take.id, {"original_name": path.name})
            w.event("media", take.id, media_facts(file, made))
            for kind, data in look_events(made.look):  # nobody asked for a camera
                w.event(kind, take.id, data)
            w.event("state", take.id, {"state": "done"})
    except BaseException:
        # a label that was given and taken back: nothing may stand under it
        if take is not None and all(known.id != take.id for known in log.takes()):
            named = library.pledged(run, take.label)
            for left in (named, *library.pictures(named.stem)) if named else ():
                left.unlink(missing_ok=True)
        raise
    finally:
        for part in library.tmp.glob(f"{run}.*"):
            part.unlink(missing_ok=True)
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
