"""One version of the cut, in hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio import cutting, delivery, given, writing
from studio.film.editing import Editing
from studio.media.workers import cluster

if TYPE_CHECKING:
    import pandas as pd

    from studio.delivery.credits import Credits
    from studio.delivery.disclosure import Disclosure
    from studio.delivery.origins import Found
    from studio.delivery.provenance import Provenance
    from studio.widgets import CutRoom, DeliveryForm


class CutHandle(Editing):
    """One version of the cut: a frozen value, and what can be done with it."""

    def __repr__(self) -> str:
        cut = self.value
        return (
            f"Cut({cut.name!r}, version {cut.version}: {len(cut.slots)} slots, {cut.frames} frames at {cut.rate} fps)"
        )

    def _repr_html_(self) -> str:
        from studio.widgets import CutView

        return CutView(self._film, self.value, repr(self))._html()

    def room(self) -> CutRoom:
        """The cutting room: the song, the slots to scale, the joins, alternates and versions, edited by hand.

        Edits that are not saved are kept in the film's folder, and are there again when the room is opened again.
        """
        from studio.widgets import CutRoom

        return CutRoom(self._film, self)

    def to_frame(self) -> pd.DataFrame:
        """One row a slot."""
        return cutting.to_frame(self.value)

    def sound(self, slot: int, label: str) -> CutHandle:
        """The same cut with a sound effect under a slot (counted from 1): a new stored version. "" takes it away."""
        film = self._film
        return CutHandle(film, cutting.with_sound(film.log, self.value, slot, label, film.author))

    def own_sound(self, slot: int, on: bool = True) -> CutHandle:
        """The same cut with the own sound of a slot's take, or without it: a new stored version."""
        film = self._film
        return CutHandle(film, cutting.with_own_sound(film.log, self.value, slot, on, film.author))

    def _prompts(self) -> dict[str, str]:
        return writing.words_of_takes(
            self._film.log, [s.source.name for s in self.value.slots if s.source.kind == "take"]
        )

    def export(
        self,
        name: str,
        preset: str = "everything",
        media: str = "link",
        prompts: bool = False,
        burn_in: bool = False,
        alternates: bool = True,
        convert: str | Mapping[str, str] = "hold",
        handles: int | None = None,
        rejects: bool = False,
        bundle: bool = False,
        aaf: bool = False,
        progress: Callable[[int, int], None] | None = None,
        dask: str = "",
    ) -> Path:
        """The edit lists, the media, the song and film.mp4 into deliveries/NAME/. Prompts only when asked for.

        `preset` is the editor: everything, premiere, resolve, final-cut or avid. `media` are linked, copied, or
        conformed to the film's rate, size and colour; then `convert` says which takes are blended ("blend", or by
        take), and `handles` how many film frames each file keeps after its last use (all). `burn_in` writes take, slot
        and time code into film.mp4. `alternates` are other takes for each slot, `rejects` a second list, of the NG
        takes; `bundle` adds film.otioz, the list with its media in one file, `aaf` an experimental AAF for Avid.
        Look at `conversions()` before: it names each change of frame rate. `dask` is as in `render`.
        """
        cut, film = self.value, self._film
        package = delivery.asked(
            cut, preset, media, convert=convert, handles=handles, burn_in=burn_in, bundle=bundle, aaf=aaf
        )
        words = self._prompts() if prompts else None
        with cluster(film.folder, dask) as hands:
            return delivery.hand_over(
                film.log, cut, name, film.author, film.settings, package=package, prompts=words, alternates=alternates,
                rejects=rejects, progress=progress, hands=hands,
            )  # fmt: skip

    def conversions(self) -> pd.DataFrame:
        """One row a slot whose clip has not the film's frame rate: what holding frames does there, what blending, and
        what playing at the film's rate; and which is chosen."""
        return delivery.conversions_frame(self.value)

    def render(
        self,
        path: str | Path | None = None,
        preset: str = "h264",
        titles: Mapping[int, str] | None = None,
        lyrics: str = "none",
        burn_in: bool = False,
        progress: Callable[[int, int], None] | None = None,
        dask: str = "",
    ) -> Path:
        """The film only, with the song. Without a path it goes into the film's folder under title and version.

        `preset`: h264 (the film's own size), 1080p, vertical (1080×1920), prores (.mov), preview (480 lines, quick).
        `titles` are words over slots, counted from 1: {3: "1986"}. `lyrics`: "none", "subtitles" (a track, and a .srt
        file beside the film), "burned" into the picture. `burn_in` writes take, slot and record time code over it.
        `progress` is told the frames done and in all; `studio.delivery.paced` makes the remaining time of that.
        `dask` is the address of a cluster that renders it, chunk by chunk; the film is the same to the byte.
        """
        cut, film = self.value, self._film
        named = f"{delivery.safe_name(cut.film_title)}-v{cut.version}{delivery.ending_of(preset)}"
        to = given.path(path, "film.mp4") if path else film.folder / named
        with cluster(film.folder, dask) as hands:
            delivery.render(
                cut, film.folder, to, preset=preset, titles=titles, lyrics=lyrics, burn_in=burn_in, finish=self._mark(),
                progress=progress, hands=hands,
            )  # fmt: skip
        return to

    def at(self, frame: int | str) -> Found:
        """From a frame of the film (its number from 0, or its record time code, "01:00:04:12") back to its slot, take
        and source frame, the request, the words and their authors, the camera, the verdicts, the price."""
        from studio.delivery.origins import origin_at

        return origin_at(self._film.log, self.value, frame)

    def dossier(self, path: str | Path, prompts: bool = False) -> Path:
        """One self-contained page: every slot from its frames back to whoever wrote its words, a finder of frames, what
        was selected and arranged by whom, the providers' terms, consents. The prompts' words only when asked for."""
        from studio.delivery.dossier import write_dossier

        film = self._film
        return write_dossier(film.log, self.value, film.folder, given.path(path, "dossier.html"), prompts)

    def credits(self) -> Credits:
        """Who did what, what made the pictures, whose song, how many of how many; `.end_card` is a few lines of it."""
        from studio.delivery.credits import credits_of

        return credits_of(self.value, self._film.log)

    def disclosure(self) -> Disclosure:
        """What to say of the film on its end card and on each platform, and a checklist; it is not legal advice."""
        from studio.delivery.disclosure import disclosure_of

        return disclosure_of(self.value, self._film.log, self._film.settings)

    def provenance(self, path: str | Path | None = None, trust: str | Path | None = None) -> Provenance:
        """What a delivered file says of where it came from, checked, and the marks that the takes came in with.

        Without a path the latter alone. `trust` is a PEM file of certificates whose signatures you trust.
        """
        from studio.delivery.provenance import provenance_of

        file = given.path(path, "deliveries/for-premiere/film.mp4") if path is not None else None
        anchors = given.path(trust, "root.pem") if trust is not None else None
        return provenance_of(self.value, self._film.folder, file, trust=anchors)

    def _mark(self, prompts: bool = False) -> Callable[[Path], object]:
        """What marks the finished film before it is named; a certificate that is no good is told now."""
        from studio.delivery.provenance import marker

        film = self._film
        return marker(self.value, film.log, film.settings, prompts=self._prompts() if prompts else None)

    def checks(self) -> cutting.Checks:
        """Advice for the viewer's comfort and the editor's craft: flashes, endless expansion, flash frames, takes used
        again, turned directions, handles, rates, speeds. It never stops anybody; `.to_frame()` is a table."""
        return cutting.checks_of(self._film.log, self.value, cutting.Stock(self._film.log))

    def editors(self) -> pd.DataFrame:
        """One row an editor that the cut can be handed to: its preset, the list it opens, what that cannot carry."""
        return delivery.editors_frame(self.value)

    def limits(self) -> pd.DataFrame:
        """What each format cannot carry of this cut, one row a sentence."""
        return cutting.limits_frame(self.value)

    def delivery(self, name: str = "first-cut") -> DeliveryForm:
        """A button that exports, and the film playing below."""
        from studio.widgets import DeliveryForm

        return DeliveryForm(self, name)

    def play(self) -> Any:
        """The delivered film inline, by relative path."""
        from studio.widgets import FilmView

        return FilmView(self._film, self.value)
