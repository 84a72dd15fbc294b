"""The nouns of a film (see DESIGN §2), as frozen values with their units in their names.

Money is integer micro-dollars (`…_micro_usd`), a moment is integer microseconds UTC (`…_at_us`), a rate is an exact
`Fraction` of frames per second, and a path is relative to the film's folder, with forward slashes. Tuples, never
lists: a value that has been handed out does not change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from studio.errors import BadInput
from studio.given import shown

Verdict = Literal["circle", "hold", "ng"]
State = Literal[
    "planned",
    "submitting",
    "submitted",
    "running",
    "ready",
    "downloading",
    "done",
    "refused",
    "failed",
    "cancelled",
    "unknown",
]
VERDICTS: tuple[Verdict, ...] = ("circle", "hold", "ng")
STATES: tuple[State, ...] = (
    "planned", "submitting", "submitted", "running", "ready", "downloading",
    "done", "refused", "failed", "cancelled", "unknown",
)  # fmt: skip
FINAL_STATES: frozenset[State] = frozenset({"done", "refused", "failed", "cancelled"})
STUDIO = "studio"  # the author of machine events

SHOT_ID = re.compile(r"[0-9]{2}[A-Z]{1,2}")  # not \d, which takes the digits of every script
TAKE_LABEL = re.compile(r"([0-9]{2}[A-Z]{1,2})-([0-9]{3,4})")


SOUND_LABEL = re.compile(r"([0-9]{2}[A-Z]{1,2})-fx([0-9]{2,3})")


def check_shot_id(shot: str) -> str:
    """The shot id itself, or one sentence saying what a shot id looks like."""
    if not isinstance(shot, str) or not SHOT_ID.fullmatch(shot):
        raise BadInput(f"{shown(shot)} is not a shot: write two digits for the scene and a letter or two, such as 07A")
    return shot


@dataclass(frozen=True)
class Continuity:
    """What stays the same between shots: each worded once and reused to the letter."""

    who: str = ""
    age: str = ""
    time: str = ""
    place: str = ""


@dataclass(frozen=True)
class Card:
    """A person, a place, a time or a style, worded once and reused to the letter."""

    name: str  # "her", "1986", "school corridor", "super 16"
    kind: Literal["person", "place", "time", "style"]
    words: str  # "red hair in a loose braid, denim jacket"
    said: str = ""  # how a sentence calls it: "she"
    year: int | None = None  # a person's birth, or the year that a time is
    avoid: str = ""  # a style's counter-words
    author: str = ""
    at_us: int = 0

    def __repr__(self) -> str:
        return f"Card({self.name!r}, {self.kind})"


@dataclass(frozen=True)
class Scene:
    """A numbered beat of the story."""

    number: str  # "07"
    title: str = ""
    continuity: Continuity = Continuity()


@dataclass(frozen=True)
class Shot:
    """One slot to be filled in a scene. Its id sorts in story order."""

    id: str  # "07A"
    scene: str  # "07"


@dataclass(frozen=True)
class Prompt:
    """One immutable version of a shot's words. Each part keeps its own author; an empty part has none ("")."""

    id: str  # UUIDv7
    shot: str
    version: int  # counts from 1 within the shot
    scene_text: str
    camera: str  # in words, as they were written
    camera_json: str  # the same as canonical JSON: what studio.camera.Camera reads and writes
    style: str
    avoid: str
    continuity: Continuity
    scene_author: str
    camera_author: str
    style_author: str
    avoid_author: str
    continuity_author: str
    author: str  # who made this version
    created_at_us: int
    cards: tuple[str, ...] = ()  # names of the cards that the continuity was worded by
    portal_in: str = ""  # what the camera comes out of, in an endless zoom: "the keyhole"
    portal_out: str = ""  # what it goes into: "the bubble"
    portal_author: str = ""
    grid: str = ""  # the grid of variations that these words are a cell of; "": the shot's own

    def __repr__(self) -> str:
        return f"Prompt({self.shot!r}, version {self.version}, by {self.author})"


@dataclass(frozen=True)
class Request:
    """A prompt resolved for one provider and model: exactly what is sent, and what had to be left out."""

    id: str  # UUIDv7
    prompt_id: str
    shot: str
    provider: str
    model: str
    text: str  # the composed words as they are sent
    camera: str
    camera_json: str
    avoid: str
    width: int  # pixels
    height: int
    rate: Fraction  # frames per second
    frames: int  # asked for
    seed: int
    first_frame: str = ""  # path of a still to begin with, or ""
    last_frame: str = ""  # path of a still to end with, or ""
    guide: str = ""  # path of a take's clip whose camera the model is to follow, or ""
    payload_json: str = "{}"  # the body as sent, never a key
    dropped: tuple[str, ...] = ()  # one sentence each: what the provider could not take
    estimated_micro_usd: int = 0
    grid: str = ""  # the grid of variations it belongs to, or ""
    cell: int = 0  # and its cell there, counted from 1

    @property
    def duration_s(self) -> Fraction:
        """Seconds asked for."""
        return self.frames / self.rate


@dataclass(frozen=True)
class Take:
    """One generation. The id is its identity; the label is for people and is never given twice in a film."""

    id: str  # UUIDv7
    label: str  # "07A-003"
    shot: str
    n: int
    request_id: str  # "" for an adopted clip
    author: str  # who asked for it
    created_at_us: int
    parent: str = ""  # id of the take that it began with (its last frame, or its first in a scene made of it), or ""

    def __repr__(self) -> str:
        return f"Take({self.label!r})"

    @property
    def reel(self) -> str:
        """The label without its dash: six to eight characters, so that it survives an EDL."""
        return self.label.replace("-", "")


@dataclass(frozen=True)
class Sound:
    """A sound effect that was bought for a shot. The label is never given twice: "07A-fx01"."""

    id: str  # UUIDv7
    label: str
    shot: str
    text: str  # what is to be heard, in words
    provider: str
    model: str
    state: Literal["asked", "sent", "made", "ended", "unknown"]
    payload_json: str  # the body as sent, never a key
    price_micro_usd: int  # at most; reserved until its end is known
    author: str
    asked_at_us: int
    cost_micro_usd: int | None = None  # charged; None: not known yet
    file: str = ""  # relative to the film's folder
    sha256: str = ""
    why: str = ""  # it was not made

    def __repr__(self) -> str:
        return f"Sound({self.label!r}, {self.state})"


@dataclass(frozen=True)
class Event:
    """Something that happened, appended and never changed."""

    id: str  # UUIDv7: sorts by time
    at_us: int
    author: str
    kind: str
    subject: str  # a take's id, "song", "film", …
    data: dict[str, object] = field(default_factory=dict)  # JSON


@dataclass(frozen=True)
class Price:
    """What something would cost, and where that was read."""

    usd: Decimal
    source: str
    read_on: str  # ISO date
    how: str = ""  # how it was reckoned, where the source alone does not say: "by the hour: …"

    @property
    def said(self) -> str:
        """The source, with how it was reckoned from it."""
        return f"{self.how}; {self.source}" if self.how else self.source

    @property
    def micro_usd(self) -> int:
        """The same in whole micro-dollars, rounded up."""
        return -int(-self.usd * 1_000_000 // 1)


@dataclass(frozen=True)
class Took:
    """How long a server worked on one take of a film, and how much that was."""

    milliseconds: int
    frames: int
    width: int
    height: int
    at_us: int  # when it was done

    @property
    def size(self) -> int:
        """Pixels of the whole clip."""
        return self.frames * self.width * self.height


# --- the cut -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """What fills a slot: a take or a card, with the facts of its file."""

    kind: Literal["take", "card"]
    name: str  # "07A-003", or the card's name: "title", "end"
    file: str  # relative to the film's folder: media/takes/07A-003.mp4
    sha256: str
    rate: Fraction  # of the file, from its time stamps
    frames: int  # in the file
    width: int  # pixels, as shown
    height: int
    reel: str  # at most 8 characters of A-Z 0-9 _
    shot: str = ""
    take_id: str = ""

    @property
    def file_name(self) -> str:
        """The last part of the path."""
        return self.file.rsplit("/", 1)[-1]

    @property
    def duration_s(self) -> Fraction:
        """Exact length in seconds."""
        return self.frames / self.rate


Aim = Literal["flow", "match", "contrast"]
AIMS: tuple[Aim, ...] = ("flow", "match", "contrast")
EMPTY = "empty-"  # and a shot: the name of the card that stands where a shot has no take yet


@dataclass(frozen=True)
class Transition:
    """A dissolve into a slot, centred on its first frame: half of the (even) frames lie before it.

    Of its n frames, j counted from 0, each is (n − j) parts of the slot before and j of this one: at the cut, half.
    """

    kind: Literal["dissolve"]
    frames: int


@dataclass(frozen=True)
class Slot:
    """One place in the cut. All frames are of the film's grid."""

    source: Source
    record_frame: int  # where it starts, from 0
    frames: int  # how long it lasts
    in_frames: int = 0  # where in the source it starts: source time on the film's grid, whatever the speed
    speed: Fraction = Fraction(1)  # source time per film time
    how: str = ""  # what arranging did to make it fit, in words
    transition: Transition | None = None
    sound: str = ""  # path of its own sound, or ""
    # Of these two no edit list knows, and by their repr (`cut_uuid`) lists are told apart.
    pinned: bool = field(default=False, repr=False)  # arranging leaves its take, its in-point and its speed as they are
    aim: Aim | Literal[""] = field(default="", repr=False)  # of the join into this slot; "": the cut's

    @property
    def empty(self) -> bool:
        """Whether a card stands here for a take that is not there yet."""
        return self.source.kind == "card" and self.source.name.startswith(EMPTY)

    @property
    def shot(self) -> str:
        """The shot that it shows or waits for; "" for a card."""
        return self.source.name.removeprefix(EMPTY) if self.empty else self.source.shot

    @property
    def end_frame(self) -> int:
        """The first frame after it."""
        return self.record_frame + self.frames


@dataclass(frozen=True)
class Marker:
    """A point or span on the cut's time line."""

    frame: int  # record frame, from 0
    kind: Literal["beat", "bar", "section", "lyric", "prompt", "camera"]
    name: str
    frames: int = 1  # never less than 1: Final Cut refuses an empty marker


@dataclass(frozen=True)
class SongRange:
    """The part of the song that a cut plays, in exact seconds of the master."""

    file: str  # relative to the film's folder; "" where a film has no song
    sha256: str
    start_s: Fraction
    end_s: Fraction


@dataclass(frozen=True)
class Cut:
    """One version of the edit, whole: every edit list and the renderer take this value and nothing else."""

    id: str
    film_title: str
    name: str
    version: int
    rate: Fraction
    width: int
    height: int
    fit: Literal["letterbox", "crop"]
    song: SongRange
    slots: tuple[Slot, ...]
    markers: tuple[Marker, ...] = ()
    author: str = ""
    created_at_us: int = 0
    aim: Aim = "flow"  # of the joins of every slot that has none of its own
    banned: tuple[str, ...] = ()  # labels of the takes that arranging must not use

    @property
    def frames(self) -> int:
        """Length of the picture; the slots meet without gap or overlap."""
        return self.slots[-1].end_frame if self.slots else 0

    @property
    def sources(self) -> tuple[Source, ...]:
        """Each source once, in the order of first use."""
        return tuple(dict.fromkeys(slot.source for slot in self.slots))
