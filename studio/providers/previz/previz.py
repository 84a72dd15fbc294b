"""previz, the embedded provider: clips drawn on this machine, free, with the camera that was asked for.

It stands in for any model until money is spent: the move, the length, the size and the joins are true; the picture is
an illustration. It needs no key and no network, and says on every frame that it is a stand-in.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Collection, Iterator
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.camera import Camera
from studio.errors import BadInput, NotFound
from studio.given import shown
from studio.nouns import Price, Prompt, Request, Take
from studio.providers.base import NOT_MADE, Capabilities, Job, NotMade, Status
from studio.providers.changes import Asked, Change, Explained, camera_of, pieces_of, sentences, struck_avoid

MODEL = "layers"
SMALLEST, LARGEST = 64, 4096  # pixels a side
MOST_FRAMES = 100_000
PRICE = Price(Decimal(0), "drawn on this machine", "2026-11-21")


class Previz:
    """The provider "previz". Its job id is the take's id, and the drawing happens in `download`.

    `folder` is the film's folder, for a first frame given as a path relative to it.
    """

    name = "previz"
    capabilities = Capabilities(
        models=(MODEL,),
        exact_frames=True,
        poll_every_s=0.0,
    )

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder

    def resolve(
        self, prompt: Prompt, *, id: str, model: str, frames: int, rate: Fraction, width: int, height: int, seed: int,
        first_frame: str = "", last_frame: str = "", guide: str = "",
    ) -> Request:  # fmt: skip
        """What will be drawn. The payload holds all that is needed to draw it again."""
        asked = Asked(prompt, frames, rate, width, height, seed, first_frame, last_frame, guide)
        return self.explain(asked, id, model).request

    def explain(self, asked: Asked, id: str, model: str) -> Explained:
        """The same with its pieces and changes."""
        _check(asked, model)
        prompt, (width, height) = asked.prompt, (asked.width, asked.height)
        changes = []
        even = width + width % 2, height + height % 2
        if even != (width, height):
            became = f"previz draws even sizes: {width}×{height} became {even[0]}×{even[1]}"
            changes.append(Change("snapped", "picture", became))
        camera = camera_of(prompt)
        changes += _not_drawn(camera)
        if prompt.avoid:
            changes.append(Change("dropped", "avoid", f"previz draws no avoid words: dropped “{prompt.avoid}”"))
        payload = {
            "text": _words(prompt),
            "camera": json.loads(camera.to_json()),
            "width": even[0],
            "height": even[1],
            "rate": f"{asked.rate.numerator}/{asked.rate.denominator}",
            "frames": asked.frames,
            "seed": asked.seed,
            "first_frame": asked.first_frame,
        }
        pieces = pieces_of(prompt)
        text = " ".join(piece.text for piece in pieces)
        request = Request(
            id=id, prompt_id=prompt.id, shot=prompt.shot, provider=self.name, model=MODEL, text=text,
            camera=prompt.camera, camera_json=camera.to_json(), avoid=prompt.avoid, width=even[0], height=even[1],
            rate=asked.rate, frames=asked.frames, seed=asked.seed, first_frame=asked.first_frame,
            payload_json=json.dumps(payload, ensure_ascii=False, sort_keys=True), dropped=sentences(changes),
        )  # fmt: skip
        pieces = (*pieces, *struck_avoid(prompt, changes))
        return Explained(request, pieces, tuple(changes), len(text), seed=asked.seed)

    def price(self, request: Request) -> Price:
        """Nothing."""
        return PRICE

    async def submit(self, request: Request, take: Take) -> Job:
        """Nothing leaves the machine: the job is the take itself."""
        return Job(take.id, take, request)

    async def poll(self, job: Job) -> Status:
        """Always ready to be drawn."""
        return Status("ready", "drawn when it is fetched", 0.0)

    async def find(self, request: Request, take: Take, known: Collection[str] = ()) -> Job | NotMade | None:
        """Nothing was ever accepted elsewhere, so it may be drawn again."""
        return NOT_MADE

    async def download(self, job: Job, to: Path) -> None:
        """Draw the clip and encode it to `to`; cancelled, it stops between two frames and leaves no file."""
        stop = threading.Event()
        work = asyncio.create_task(asyncio.to_thread(self._write, job, to, stop))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            stop.set()
            with suppress(_Stopped):
                await work
            raise

    def _write(self, job: Job, to: Path, stop: threading.Event) -> None:
        from studio.media import encode

        encode(_until(stop, self._frames(job)), to, rate=job.request.rate, threads=1)

    def _frames(self, job: Job) -> Iterator[NDArray[np.uint8]]:
        from studio.media import read_still
        from studio.providers.previz.drawing import draw

        request = job.request
        payload = json.loads(request.payload_json)
        path = Camera.from_json(json.dumps(payload["camera"])).path(request.duration_s, request.rate)
        first = read_still(self._still(request.first_frame)) if request.first_frame else None
        return draw(payload["text"], path, payload["width"], payload["height"], payload["seed"], job.take.label, first)

    def _still(self, first_frame: str) -> Path:
        still = Path(first_frame)
        if not still.is_absolute() and self.folder is not None:
            still = self.folder / still
        if not still.is_file():
            raise NotFound(f"the first frame {first_frame} is not there: give a PNG or JPEG in the film's folder")
        return still


class _Stopped(Exception):
    """The drawing was told to stop."""


def _until(stop: threading.Event, frames: Iterator[NDArray[np.uint8]]) -> Iterator[NDArray[np.uint8]]:
    for frame in frames:
        if stop.is_set():
            raise _Stopped
        yield frame


def _check(asked: Asked, model: str) -> None:
    """Raise BadInput for what cannot be drawn."""
    for role, given in (("last frame", asked.last_frame), ("guide", asked.guide)):
        if given:
            raise BadInput(f"previz takes no {role}: it flies the camera's own path; leave the {role} out")
    if model not in ("", MODEL):
        raise BadInput(f"previz has no model {shown(model)}: its only one is {MODEL!r}")
    if not 1 <= asked.frames <= MOST_FRAMES:
        raise BadInput(f"a take of {asked.frames} frames cannot be drawn: ask for 1 to {MOST_FRAMES}")
    if asked.rate <= 0:
        raise BadInput(f"a take at {asked.rate} frames per second cannot be drawn: give a rate above 0")
    for side, pixels in (("width", asked.width), ("height", asked.height)):
        if not SMALLEST <= pixels <= LARGEST:
            raise BadInput(f"a {side} of {pixels} pixels cannot be drawn: ask for {SMALLEST} to {LARGEST}")


def _words(prompt: Prompt) -> str:
    """What there is to see, where and when first: the first word for a place or an hour counts."""
    c = prompt.continuity
    where = ", ".join(part for part in (c.place, c.time) if part)
    who = ", ".join(part for part in (c.who, c.age) if part)
    return ". ".join(
        part.strip(" .") for part in (where, prompt.scene_text, who, prompt.style, prompt.camera) if part.strip(" .")
    )


def _not_drawn(camera: Camera) -> list[Change]:
    """A change for each thing in a camera that has no picture here."""
    out = []
    for step in camera.steps:
        for asked in step.moves:
            if asked.known.kind in ("effect", "time"):
                undrawn = f"previz draws no {asked.known.label.lower()}: dropped {asked.move}"
                out.append(Change("dropped", "camera", undrawn))
    if camera.unknown:
        words = ", ".join(f"“{words}”" for words in camera.unknown)
        unknown = f"previz does not know the camera words {words}: they were not drawn"
        out.append(Change("dropped", "camera", unknown))
    return list(dict.fromkeys(out))
