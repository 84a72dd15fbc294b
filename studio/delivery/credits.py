"""Credits of a cut, out of the log: who did what, what made the pictures, whose song, and how many of how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from studio.delivery.provenance import ADOPTED, STAND_IN, System, systems_of
from studio.delivery.statistics import Statistics, statistics_of
from studio.errors import BadMedia, NotFound
from studio.nouns import Cut

if TYPE_CHECKING:
    from studio.log import Log

TOOLS = ("Circletake", "FFmpeg", "MoviePy", "OpenTimelineIO")
LONGEST_CARD = 500  # characters: what film.toml takes


@dataclass(frozen=True)
class Maker:
    """A model, and what the film has of it."""

    system: System
    used: int  # takes of the cut
    made: int  # takes of the film
    first_on: str  # ISO date of its first and last take
    last_on: str

    @property
    def words(self) -> str:
        """ "Runway gen4.5, 41 of 520 takes, 2026-10-02 to 2026-11-12"."""
        days = self.first_on if self.first_on == self.last_on else f"{self.first_on} to {self.last_on}"
        return f"{self.name}, {self.used} of {_count(self.made, 'take')}, {days}"

    @property
    def name(self) -> str:
        """What it is called in credits."""
        if self.system.provider == STAND_IN:
            return "stand-ins drawn by Circletake"
        return "clips from elsewhere" if self.system.provider == ADOPTED else self.system.name


@dataclass(frozen=True)
class Credits:
    """Credits as values; `text` is all of them and `end_card` a few lines, as film.toml's end_card takes them."""

    title: str
    people: tuple[tuple[str, tuple[str, ...]], ...]  # what was done, and by whom
    makers: tuple[Maker, ...]
    song: str  # "" for a silent film
    sounds: tuple[str, ...]  # "ElevenLabs eleven_text_to_sound_v2"
    tools: tuple[str, ...]
    statistics: Statistics

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Every credit as what and who."""
        rows = [(what, _joined(names)) for what, names in self.people]
        rows += [("pictures", maker.words) for maker in self.makers]
        rows += [("song", self.song)] if self.song else []
        rows += [("sounds", name) for name in self.sounds]
        return (*rows, ("tools", ", ".join(self.tools)), ("takes", self.counted))

    @property
    def counted(self) -> str:
        """ "4 of 31 takes; 6 prompt versions by ada and ben"."""
        found = self.statistics
        wrote = (found.versions_by, *(by for _, by in found.parts_by))  # one writes a version, another a part of it
        writers = dict.fromkeys(name for by in wrote for name, _ in by)
        by = f" by {_joined(writers)}" if writers else ""
        return f"{found.used} of {_count(found.made, 'take')}; {_count(found.versions, 'prompt version')}{by}"

    @property
    def text(self) -> str:
        """All credits as plain text."""
        return "\n".join([self.title, "", *(f"{what}: {who}" for what, who in self.lines)]) + "\n"

    @property
    def end_card(self) -> str:
        """The same in a few lines for the end card: people, what made the pictures, the song, how many of how many.

        At most 500 characters; names that do not fit are counted.
        """
        models = [maker.name for maker in self.makers if maker.system.is_model]
        by = dict(self.people)
        most = max((len(names) for names in (*by.values(), models)), default=1)
        for few in range(most, 0, -1):
            lines = [self.title]
            lines += [f"{what}  {_joined(names, few)}" for what, names in by.items()]
            lines += [
                f"pictures generated with AI  {_joined(models, few)}" if models else "pictures drawn by a program"
            ]
            lines += [f"song  {self.song}"] if self.song else []
            lines += [f"{self.statistics.used} of {_count(self.statistics.made, 'take')}"]
            text = "\n".join(lines)
            if len(text) <= LONGEST_CARD:
                return text
        return text[: LONGEST_CARD - 1] + "…"

    def __repr__(self) -> str:
        return self.text.rstrip()

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(what)}</th>'
            f'<td style="text-align:left">{escape(who)}</td></tr>'
            for what, who in self.lines
        )
        return f"<p><b>{escape(self.title)}</b></p><table><tbody>{rows}</tbody></table>"


def credits_of(cut: Cut, log: Log) -> Credits:
    """The credits of a cut. Whoever is named did that for a take of this cut, or for the cut itself."""
    sounds = {each.file: f"{System(each.provider, each.model).name}" for each in log.sounds() if each.file}
    return Credits(
        title=cut.film_title,
        people=_people(cut, log),
        makers=_makers(cut, log),
        song=song_of(cut, log.folder),
        sounds=tuple(dict.fromkeys(sounds[slot.sound] for slot in cut.slots if slot.sound in sounds)),
        tools=TOOLS,
        statistics=statistics_of(log, cut),
    )


def _people(cut: Cut, log: Log) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Authors of the words, the camera and the style that the takes of the cut were made from, those who circled them,
    and those who cut."""
    ids = [source.take_id for source in cut.sources if source.kind == "take"]
    prompts = [log.prompt(id) for id in log.prompts_of_takes(ids).values()]
    chosen = (each.author for each in log.opinions(ids) if each.verdict == "circle")
    edits = [each.author for each in log.cuts() if each.version < cut.version] + [cut.author]
    found = {
        "words": _by_number(prompt.scene_author for prompt in prompts),
        "camera": _by_number(prompt.camera_author for prompt in prompts),
        "style": _by_number(prompt.style_author for prompt in prompts),
        "takes chosen by": _by_number(chosen),
        "edit": _by_number(edits),
    }
    return tuple((what, names) for what, names in found.items() if names)


def _makers(cut: Cut, log: Log) -> tuple[Maker, ...]:
    used = Counter(systems_of(cut, log).values())
    frame = log.takes_frame()
    frame = frame[frame["state"] == "done"]
    made: dict[System, list[str]] = {}
    for provider, model, at in zip(frame["provider"], frame["model"], frame["done_at"], strict=True):
        made.setdefault(System(provider, model if isinstance(model, str) else ""), []).append(f"{at:%Y-%m-%d}")
    return tuple(
        Maker(system, number, len(made[system]), min(made[system]), max(made[system]))
        for system, number in used.most_common()
        if system in made
    )


def song_of(cut: Cut, folder: Path) -> str:
    """The song by its own tags ("Further In by The Loop"), else by its file's name; "" for a silent film."""
    if not cut.song.file:
        return ""
    from studio.media.probing import opened, sniff

    name = PurePosixPath(cut.song.file).stem
    path = folder / cut.song.file
    try:
        with opened(path, sniff(path)) as box:
            tags = {key.lower(): " ".join(value.split()) for key, value in box.metadata.items()}
    except (BadMedia, NotFound, OSError):  # it is named all the same; exporting says what is wrong with it
        tags = {}
    title, artist = tags.get("title") or name, tags.get("artist", "")
    return f"{title} by {artist}" if artist else title


def _by_number(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, whoever did most first; nobody is left out, and "" is nobody."""
    return tuple(name for name, _ in Counter(name for name in names if name).most_common())


def _joined(names: Iterable[str], few: int = 1000) -> str:
    listed = list(names)
    shown = listed[:few] + ([f"{len(listed) - few} more"] if len(listed) > few else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
