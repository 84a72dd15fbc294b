"""What the cutting room plays and draws: the song of a cut, its waveform, frames at the ends of slots."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from studio.cutting.ends import STRIP_PICTURES
from studio.errors import BadInput, BadMedia, NotFound, StudioError
from studio.given import number, whole
from studio.media import Library, decode_sound, ffmpeg, name_of, read_frames, read_still, write_wav
from studio.media.files import folder_for, in_place, scratch, sweep
from studio.nouns import Cut, Slot, Source
from studio.timecode import source_index
from studio.widgets._dailies_state import picture

if TYPE_CHECKING:
    from fractions import Fraction

SAMPLE_RATE = 8000  # samples per second of the waveform: twenty a pixel where four bars fill the page
MOST_POINTS = 8192
WIDTH, QUALITY = 320, 80  # of a frame that is shown small
MOST_FRAMES = 600  # kept: 10 kB each

Picture = NDArray[np.uint8]


class Song:
    """The part of the song that a cut plays. It is encoded once for good, and decoded once for the waveform."""

    def __init__(self, folder: Path, cut: Cut) -> None:
        self._library = Library(folder)
        self.song, self.frames, self.rate = cut.song, cut.frames, cut.rate
        self._encoding, self._decoding = threading.Lock(), threading.Lock()  # two threads may want the same
        self._samples: NDArray[np.float32] | None = None

    def of(self, cut: Cut) -> bool:
        """Whether this is what a cut plays."""
        return (self.song, self.frames, self.rate) == (cut.song, cut.frames, cut.rate)

    @property
    def seconds(self) -> Fraction:
        """As long as the picture."""
        return self.frames / self.rate

    @property
    def file(self) -> Path:
        """Where it stands once it is encoded: called by the song's bytes and by its range in microseconds."""
        micro = (round(self.song.start_s * 1_000_000), round(self.seconds * 1_000_000))
        return self._library.folder / "cache" / "room" / f"{self.song.sha256[:16]}-{micro[0]}-{micro[1]}.m4a"

    @property
    def address(self) -> str:
        """Its path in the film's folder, percent-encoded; "" while it is not there."""
        there = bool(self.song.file) and self.file.is_file()
        return quote(self.file.relative_to(self._library.folder).as_posix()) if there else ""

    @property
    def ready(self) -> bool:
        """Whether neither has to be waited for."""
        return not self.song.file or (self.file.is_file() and self._samples is not None)

    def encoded(self) -> Path:
        """The song as AAC, exactly as long as the picture; silent where it has ended. Made where it is not there."""
        master = self._master()
        with self._encoding:
            if not self.file.is_file():
                store = folder_for(self.file.parent)
                sweep(store)
                with scratch(store / "song.wav") as wav, in_place(self.file) as partial:
                    write_wav(master, wav, self.song.start_s, self.seconds)
                    ffmpeg(["-f", "wav", "-i", wav, "-c:a", "aac", "-b:a", "192k", "-map_metadata", "-1",
                            "-movflags", "+faststart", "-f", "ipod", partial])  # fmt: skip
        return self.file

    def samples(self) -> NDArray[np.float32]:
        """One channel at a low rate, from the start of the cut."""
        master = self._master()
        with self._decoding:
            if self._samples is None:
                self._samples = decode_sound(master, SAMPLE_RATE, 1, self.song.start_s, self.seconds)
            return self._samples

    def prepare(self) -> None:
        """Make both, for those who ask later. What cannot be made is told to whoever asks for it."""
        try:
            self.samples()
            self.encoded()
        except StudioError:
            return

    def peaks(self, start: Any, end: Any, points: Any) -> bytes:
        """The lowest and the highest sample of each of so many even parts between two frames, float32 pairs."""
        count = whole(points, "the points of the waveform", 1, MOST_POINTS)
        first, last = (
            number(frame, f"the {which} of the waveform", 0, self.frames)
            for which, frame in (("start", start), ("end", end))
        )
        if first >= last:
            raise BadInput(f"the waveform from frame {float(first):g} to {float(last):g} is none: end after its start")
        samples = self.samples()
        edges = np.linspace(float(first / self.rate), float(last / self.rate), count + 1) * SAMPLE_RATE
        begins = np.minimum(np.floor(edges[:-1]).astype(np.int64), max(0, len(samples) - 1))
        found = np.zeros((count, 2), np.float32)
        sounds = np.floor(edges[:-1]) < len(samples)  # silent after the song's end
        if sounds.any():
            at = begins[sounds]
            heard = samples[: max(int(at[-1]) + 1, int(np.ceil(edges[:-1][sounds][-1] + edges[1] - edges[0])))]
            # `at` never falls, and a part that is narrower than a sample has the sample that it begins on
            found[sounds, 0] = np.minimum.reduceat(heard, at)
            found[sounds, 1] = np.maximum.reduceat(heard, at)
        return found.tobytes()

    def _master(self) -> Path:
        if not self.song.file:
            raise NotFound("this cut has no song: film.song.attach(…) gives the film one, film.arrange() uses it")
        return self._library.locate(self.song.file)


class Frames:
    """Frames of takes as small JPEGs, those asked for lately kept."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    def at(self, cut: Cut, slot: Slot, what: str, in_frames: int | None = None) -> bytes:
        """The first or the last picture of a slot as the film shows it; from another in-point, if one is given."""
        shown = [
            source_index(
                slot.in_frames if in_frames is None else in_frames, frame, slot.speed, slot.source.rate, cut.rate,
                slot.source.frames,
            )
            for frame in (0, slot.frames - 1)
        ]  # fmt: skip
        wanted = shown[0 if what == "first" else 1]
        if (slot.source.name, wanted) not in self._kept:
            # the other end of a slot is asked for next, but for a preview
            self._read(slot.source, shown if in_frames is None else [wanted])
        self._kept.move_to_end((slot.source.name, wanted))
        return self._kept[slot.source.name, wanted]

    def card(self, source: Source) -> bytes:
        """The middle of a card."""
        if not source.file:
            raise NotFound(f"the {source.name} card is not made yet: saving the cut makes it")
        if (source.file, -1) not in self._kept:
            self._keep(source.file, -1, read_frames(self._library.locate(source.file), [source.frames // 2])[0])
        return self._kept[source.file, -1]

    def _read(self, source: Source, numbers: Sequence[int]) -> None:
        wanted = sorted(set(numbers))
        proxy = self._library.proxy(name_of(source.file, source.name))
        try:
            found = read_frames(proxy if proxy.is_file() else self._library.locate(source.file), wanted)
        except StudioError:
            strip = self._library.strip(name_of(source.file, source.name))
            if not strip.is_file():
                raise
            found = [_from_strip(read_still(strip), frame, source.frames) for frame in wanted]
        for frame, image in zip(wanted, found, strict=True):
            self._keep(source.name, frame, image)

    def _keep(self, name: str, frame: int, image: Picture) -> None:
        self._kept[name, frame] = small(image)
        while len(self._kept) > MOST_FRAMES:
            self._kept.popitem(last=False)


def _from_strip(strip: Picture, frame: int, frames: int) -> Picture:
    """The nearest of a take's eight pictures, where its clip is not at hand."""
    width = strip.shape[1] // STRIP_PICTURES
    place = min(STRIP_PICTURES - 1, frame * STRIP_PICTURES // max(1, frames))
    return strip[:, place * width : (place + 1) * width]


def small(image: Picture) -> bytes:
    """A picture as a small JPEG."""
    import cv2

    height, width = image.shape[:2]
    if width > WIDTH:
        size = WIDTH, max(1, round(height * WIDTH / width))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes())


def poster(library: Library, label: str, file: str = "") -> bytes:
    """A take's poster."""
    found, why = picture(library, name_of(file, label), "poster")
    if not found:
        raise BadMedia(f"{why}: film.play({label!r}) shows the take itself")
    return found


def address_of(library: Library, source: Source) -> str:
    """What a browser plays of a take: its proxy, else its clip, by its path in the film's folder; "" for neither."""
    proxy = library.proxy(name_of(source.file, source.name))
    try:
        return quote(library.relative(proxy if proxy.is_file() else library.locate(source.file)))
    except StudioError:
        return ""
