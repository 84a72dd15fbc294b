"""What is seen in a take's clip goes into the log: as the clip comes in, or later for all that are missing.

The camera is compared with the one that the take's own request asked for, however the shot was written since.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from studio.camera import Camera
from studio.camera.measured import METHOD as CAMERA_METHOD
from studio.camera.measured import Measured
from studio.camera.obedience import Obeyed, compare
from studio.errors import BadInput, StudioError
from studio.generation import measurer
from studio.generation.measurer import Seen
from studio.given import shown
from studio.nouns import STUDIO, Request

if TYPE_CHECKING:
    from studio.log import Log
    from studio.log.reads import KeptTake
    from studio.media import Look, Probe

Events = list[tuple[str, dict[str, object]]]  # kind, data
MOST_STEPS = 150  # rates that are kept of a clip: as many as a plot can show


def methods() -> dict[str, int]:
    """The present method of each part of a look, by the kind of its event."""
    from studio.media.features import METHOD as FEATURES_METHOD
    from studio.media.flags import METHOD as FLAGS_METHOD

    return {"measured": CAMERA_METHOD, "flags": FLAGS_METHOD, "features": FEATURES_METHOD}


def look_events(look: Look, camera_json: str = "", differs: Sequence[str] = ()) -> Events:
    """The events that keep what was seen in a clip. `differs`: what it has otherwise than asked ("size", "rate")."""
    found = look.camera
    obeyed, method = _compared(asked_camera(camera_json), found)
    measured: dict[str, object] = {
        "measured_move": found.move,
        "obeyed": obeyed.obeyed if obeyed else None,
        "sentence": obeyed.sentence if obeyed else "",
        "figures": thinned(found).to_json(),
        "confidence": round(float(found.confidence), 3),
        "parallax": found.parallax,
        "method": method,
    }
    flags: dict[str, object] = {
        "words": ", ".join((*look.flags.raised, *differs)),
        "flags": look.flags.to_json(),
        "method": look.flags.method,
    }
    features: dict[str, object] = {"features": look.features.to_json(), "method": look.features.method}
    return [("measured", measured), ("flags", flags), ("features", features)]


def _compared(camera: Camera, found: Measured) -> tuple[Obeyed | None, int]:
    """The two compared, and the method's version; a mistake of ours in comparing is told, and keeps no clip waiting."""
    try:
        return compare(camera, found), found.method
    except StudioError:
        raise
    except Exception as ours:
        ids = tuple(move.move for step in camera.steps for move in step.moves)
        said = f"comparing it failed ({type(ours).__name__}: {ours})"
        return Obeyed("unreadable", ids, found.move, said), 0


def asked_camera(camera_json: str) -> Camera:
    """What a request asked for; none where an older log has no more than the move's name."""
    try:
        return Camera.from_json(camera_json)
    except BadInput:
        return Camera()


def thinned(measured: Measured, most: int = MOST_STEPS) -> Measured:
    """With at most so many rates, each the mean of its neighbours; one that was unreadable in part is unreadable."""
    import numpy as np

    count = len(measured.times)
    if count <= most:
        return measured
    parts = np.array_split(np.arange(count), most)
    times, rates = np.array(measured.times), np.array(measured.rates)
    means = [rates[part].mean(0) for part in parts]
    return replace(
        measured,
        times=tuple(float(times[part].mean()) for part in parts),
        rates=tuple(cast("tuple[float, float, float, float]", tuple(map(float, mean))) for mean in means),
    )


# --- reading it ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class TakeCamera:
    """What a take's camera did, and whether that was asked for."""

    take: str  # label
    measured: Measured
    compared: Obeyed | None  # with the camera of its own request; None where that asked for nothing measurable
    obeyed: str  # the one that counts: a person's word, else as compared; "" for neither
    by: str  # whose: an author, or "studio"
    note: str = ""  # that person's
    got: str = ""  # the move that this person saw

    def __repr__(self) -> str:
        found = self.compared.sentence if self.compared else f"got {self.measured.move}; nothing asked can be measured"
        lines = [f"{self.take}: {self.compared.obeyed if self.compared else 'measured'}: {found}"]
        if self.by not in ("", STUDIO):
            got = f", got {self.got.replace('_', ' ')}" if self.got else ""
            lines.append(f"  {self.by} says: {self.obeyed}{got}{f' ({self.note})' if self.note else ''}")
        sure = f"confidence {self.measured.confidence:.2f}, parallax {self.measured.parallax}"
        return "\n".join([*lines, f"  {sure}, shake {self.measured.shake:.1f} % of the frame a second"])


def camera_of(log: Log, take: str) -> TakeCamera:
    """What was measured of a take (label or id), with a person's word on it. BadInput where it is not measured yet."""
    from studio.log import folding
    from studio.log.events import standing

    found = log.take(take)
    event = log.measured_of(found.id)
    missing = f"{found.label} is not measured yet: film.measure() measures what is missing"
    if event is None or not event.data.get("figures"):
        raise BadInput(missing)
    try:
        measured = Measured.from_json(str(event.data["figures"]))
    except BadInput:
        raise BadInput(f"{found.label} was measured by another version: film.measure() does it again") from None
    camera = asked_camera(log.request(found.request_id).camera_json if found.request_id else "")
    happened = log.events(found.id, kinds=("obeyed", "undo"))
    said = folding.counting(standing(happened), "obeyed", log.director)
    compared = compare(camera, measured)
    if said is None:
        return TakeCamera(found.label, measured, compared, compared.obeyed if compared else "", STUDIO)
    obeyed, note, got = (str(said.data[name]) for name in ("obeyed", "note", "move"))
    return TakeCamera(found.label, measured, compared, obeyed, said.author, note, got)


# --- measuring what is missing ---------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class MeasuredTakes:
    """What a call of `film.measure` did."""

    measured: tuple[str, ...]  # labels
    errors: tuple[str, ...]  # one sentence for each that could not be, its label first
    seconds: float

    def __repr__(self) -> str:
        count, failed = len(self.measured), len(self.errors)
        if not count and not failed:
            return "nothing is left to measure"
        rate = f", {count / self.seconds:.1f} a second" if self.seconds > 0 and count else ""
        lines = [f"measured {count} take{'' if count == 1 else 's'} in {self.seconds:.1f} s{rate}"]
        return "\n".join([*lines, *self.errors])


def measure_takes(
    log: Log,
    folder: Path,
    takes: str | Collection[str] | None = None,
    again: bool = False,
    workers: int | None = None,
    dask: str = "",
    progress: bool | Callable[[int, int], object] = True,
) -> MeasuredTakes:
    """Measure the clips of finished takes whose look is missing or of an older method: all, or these (labels or ids).

    Each take is in the log as soon as it is done, so whatever stops this loses nothing, and calling again goes on.
    `again` measures what is measured too. `workers` are processes on this machine, one a core where not said; `dask` is
    the address of a scheduler whose workers do it instead. `progress` True draws a bar with rate and time left, or is
    called with how many are done and of how many. A clip that is broken or gone is a sentence in `errors`.
    """
    from studio.media.workers import check, cores, hired

    began = time.monotonic()
    check(workers, dask, "measuring")
    waiting = log.to_measure({} if again else methods(), None if takes is None else labels_of(log, takes))
    measured: list[str] = []
    errors: list[str] = []
    if not waiting:
        return MeasuredTakes((), (), time.monotonic() - began)
    count = min(workers or cores(), len(waiting))
    with hired(folder, count, dask, "measuring") as hands, bar(len(waiting), progress) as draw:
        for answer in hands.run(measurer.LOOK, (str(folder / each.file) for each in waiting)):
            each = waiting[answer.place]
            if answer.error:
                errors.append(f"{each.take.label}: {not_done(answer.error, Path(each.file).name, 'measured')}")
            else:
                keep(log, each.take.id, answer.found, each.camera_json, again)
                measured.append(each.take.label)
            draw(len(measured) + len(errors))
    return MeasuredTakes(tuple(sorted(measured)), tuple(sorted(errors)), time.monotonic() - began)


def not_done(error: StudioError, name: str, done: str) -> str:
    """An error of a worker as a sentence that says which clip it is about."""
    from studio.media.workers import Lost

    return f"{name} cannot be {done} ({error})" if isinstance(error, Lost) else str(error)


def keep(log: Log, take_id: str, seen: Seen, camera_json: str, again: bool = False) -> None:
    """Write down what was seen in a take's clip, unless another kernel has done so meanwhile."""
    take = log.take(take_id)
    media = log.media(take_id)
    request = log.request(take.request_id) if take.request_id else None
    events = look_events(_look(seen), camera_json, differing(media, request))
    with log.write(STUDIO) as writer:
        if again or writer.to_measure(methods(), [take.label]):
            for kind, data in events:
                writer.event(kind, take_id, data)


def differing(facts: Probe | KeptTake | None, request: Request | None) -> tuple[str, ...]:
    """What a clip has otherwise than it was asked for: "size", "rate"."""
    from studio.media import differing as differs

    return differs(cast("Probe", facts), request) if facts and request else ()


def _look(found: Seen) -> Look:
    from studio.media import Features, Flags, Look

    return Look(
        Measured.from_json(found["camera"]), Flags.from_json(found["flags"]), Features.from_json(found["features"])
    )


def labels_of(log: Log, takes: str | Collection[str], done: str = "measured") -> list[str]:
    """The labels of takes that were named, each of which has a clip."""
    if not isinstance(takes, Collection):
        raise BadInput(f'{shown(takes)} names no takes: write a label or several, such as ["07A-001", "07A-002"]')
    named = [takes] if isinstance(takes, str) else list(takes)
    found = [log.take(name) for name in named]
    states = log.standing_of([take.id for take in found])
    for take in found:
        if states[take.id][0] != "done":
            raise BadInput(
                f"take {take.label} is {states[take.id][0]} and cannot be {done}: only a take with a clip can"
            )
    return [take.label for take in found]


@contextmanager
def bar(total: int, progress: bool | Callable[[int, int], object]) -> Iterator[Callable[[int], Any]]:
    """How far takes are, drawn or told: call it with how many are done."""
    if callable(progress):
        yield lambda done: progress(done, total)
        return
    from tqdm import tqdm

    with tqdm(total=total, unit=" takes", disable=not progress) as drawn:
        yield lambda done: drawn.update(done - drawn.n)
