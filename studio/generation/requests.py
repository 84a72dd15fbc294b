"""From a shot's latest words to the requests for its takes."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from studio.errors import BadInput, NotFound
from studio.given import number, shown, text, whole
from studio.nouns import Prompt, Request, check_shot_id
from studio.providers import Closes, Prepares, Provider, Shows, SoundMaker, names, provider, sound_maker
from studio.timecode import frame_at

if TYPE_CHECKING:
    from studio.log import Log, Settings
    from studio.media import Library

T = TypeVar("T")
IN_THE_FILM = ("folder", "luma")  # providers that keep something in the film's folder
MOST_TAKES = 200  # in one call: more is a slip of the finger
LONGEST_S = 600  # no model makes a longer take
LARGEST_SEED = 2**32 - 1 - MOST_TAKES  # providers take 32 bits, and each take counts one up


@dataclass(frozen=True)
class Order:
    """What a person asks for beside a shot: see `film.generate`."""

    provider: str = "previz"
    model: str = ""
    takes: int = 1
    seconds: float = 5.0
    seed: int | None = None
    first_frame_of: str = ""  # labels of takes
    leads_to: str = ""
    guide: str = ""
    begins_as: str = field(default="", repr=False)

    def __str__(self) -> str:
        """The text by which a notebook's cell knows its earlier runs (`run_key`). It must stay what it was for an order
        that could be given before: another text would buy the same takes again."""
        return repr(self) + (f" begins as {self.begins_as}" if self.begins_as else "")

    @property
    def parent(self) -> str:
        """The label of the take that the new ones begin with, by its last frame or by its first; "" for none."""
        return self.first_frame_of or self.begins_as


def requests_for(
    log: Log,
    settings: Settings,
    shot: str,
    order: Order,
    library: Library,
    providers: Callable[[str], Provider] = provider,
    prompt: Prompt | None = None,
) -> tuple[Request, ...]:
    """One request a take, alike but for the seed, as the provider would send it.

    `prompt` are other words than the shot's latest: a draft that is not in the log yet, or a cell of a grid.

    Without a seed the seeds follow from the shot and the number of the take, so that the same film made again asks
    for the same pictures. Raises NotFound for a shot without words, BadInput for what no provider could make.
    """
    from studio.log import new_id

    check_shot_id(shot)
    takes = whole(order.takes, "the number of takes in one call", 1, MOST_TAKES)
    length_s = number(order.seconds, "the seconds of a take", 0, LONGEST_S)
    maker = providers(order.provider)
    text(order.model, "the model")
    prompt = prompt or log.latest_prompt(shot)
    if prompt is None:
        raise NotFound(f'shot {shot} has no words yet: film.write("{shot}", "…", camera="…") gives it some')
    frames = frame_at(length_s, settings.rate)
    if frames < 1:
        raise BadInput(f"a take of {float(length_s):g} s has no frame at {settings.rate} frames per second")
    made = _number_of_takes(log, shot)
    seed = order.seed
    start = whole(seed, "the seed", 0, LARGEST_SEED) if seed is not None else zlib.crc32(shot.encode()) % 100_000 + made
    first_frame = _first_frame(log, library, order)
    _prepare(maker)
    return tuple(
        maker.resolve(
            prompt,
            id=new_id(),
            model=order.model,
            frames=frames,
            rate=settings.rate,
            width=settings.width,
            height=settings.height,
            seed=start + k,
            first_frame=first_frame,
            last_frame=_frame_of(log, library, order.leads_to, "lead to", last=False),
            guide=_clip_of(log, order.guide),
        )
        for k in range(takes)
    )


def _number_of_takes(log: Log, shot: str) -> int:
    try:
        return len(log.takes(shot))
    except NotFound:  # a draft's shot is not written yet
        return 0


def _prepare(maker: Provider) -> None:
    """Let a provider ask its service for what a request needs: a list of camera words."""
    if not isinstance(maker, Prepares):
        return

    ask_in_thread(maker, maker.prepare)


def ask_in_thread(maker: Provider, question: Callable[[], Awaitable[T]]) -> T:
    """Ask a provider something in a thread of its own, and close what was opened for it: a notebook's thread has a
    loop that runs."""

    async def ask() -> T:
        try:
            return await question()
        finally:
            if isinstance(maker, Closes):
                await maker.aclose()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, ask()).result()


@dataclass(frozen=True, repr=False)
class DryRun:
    """A request as it would leave; it prints itself."""

    request: Request
    text: str

    def __str__(self) -> str:
        lines = [self.text, *(f"note: {sentence}" for sentence in self.request.dropped)]
        return "\n".join(lines)

    __repr__ = __str__


def dry_run(request: Request, providers: Callable[[str], Provider]) -> DryRun:
    """What would be sent for a request, with the key hidden; nothing is."""
    maker = providers(request.provider)
    return DryRun(request, maker.shown(request) if isinstance(maker, Shows) else f"{maker.name} sends nothing anywhere")


def provider_for(settings: Settings, folder: Path, name: str) -> Provider:
    """The provider of this name as film.toml sets it up; one that works in the film's folder is told where that is."""
    options = dict(settings.providers.get(name, {})) if isinstance(name, str) else {}
    if isinstance(name, str) and name in IN_THE_FILM:
        options["film"] = str(folder)
    return provider(name, options, own_servers(settings))


def own_models(settings: Settings) -> tuple[str, ...]:
    """What the film's own servers serve, where film.toml says it, as `model_of` reads it: "office/wan2.2"."""
    said = settings.providers.items()
    return tuple(f"{name}/{of['model']}" for name, of in said if of.get("base_url") and of.get("model"))


def own_servers(settings: Settings) -> tuple[str, ...]:
    """The names that film.toml gives to servers of one's own."""
    return tuple(name for name, said in settings.providers.items() if said.get("base_url") and name not in names())


def sound_maker_for(settings: Settings, name: str) -> SoundMaker:
    """The provider of sound effects of this name, as film.toml sets it up."""
    return sound_maker(name, settings.providers.get(name, {}) if isinstance(name, str) else {})


def _clip_of(log: Log, label: str) -> str:
    """The clip of a take as a path in the film; "" for no label."""
    if not text(label, "the take to go by"):
        return ""
    take = log.take(label)
    media = log.media(take.id)
    if media is None:
        raise NotFound(f"{label} has no clip to go by: it is {log.state(take.id)}")
    return media.file


def _first_frame(log: Log, library: Library, order: Order) -> str:
    if text(order.begins_as, "the take to begin as") and order.first_frame_of:
        raise BadInput(
            f"a take begins with one picture: give first_frame_of={shown(order.first_frame_of)} (its last) or "
            f"begins_as={shown(order.begins_as)} (its first), not both"
        )
    if order.begins_as:
        return _frame_of(log, library, order.begins_as, "begin as", last=False)
    return _frame_of(log, library, order.first_frame_of, "begin with", last=True)


def _frame_of(log: Log, library: Library, label: str, to: str, *, last: bool) -> str:
    """The last or first picture of a take as a still beside its poster, made once; a relative path, "" for no label."""
    if not text(label, f"the take to {to}"):
        return ""
    from studio.media import name_of, read_frames, write_still

    take = log.take(label)
    media = log.media(take.id)
    if media is None:
        raise NotFound(f"{label} has no clip to {to}: it is {log.state(take.id)}")
    still = library.stills(name_of(media.file, take.label))[last]
    if not still.exists():
        write_still(read_frames(library.locate(media.file), [media.frames - 1 if last else 0])[0], still)
    return library.relative(still)
