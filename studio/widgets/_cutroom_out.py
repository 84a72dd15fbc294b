"""The way out of the cutting room and back in: to the editors, as a film, and what an editor has sent."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from studio import delivery
from studio.delivery.packages import PRESETS
from studio.errors import BadInput
from studio.given import text
from studio.nouns import Cut
from studio.widgets._cutroom_draft import History
from studio.widgets._cutroom_jobs import Job, Progress
from studio.widgets._cutroom_ops import inside
from studio.widgets._panel import Panel

if TYPE_CHECKING:
    from studio.film import Film


class WayOut(Panel):
    """What goes out of a cutting room and comes back. One job runs at a time, in a thread of its own."""

    film: Film
    job: Job | None
    _lock: threading.RLock
    _history: History
    _against: Cut | None
    _progress: Any

    def _open(self, cut: Cut) -> None:
        raise NotImplementedError

    def refresh(self) -> None:
        """Show how everything stands now."""
        raise NotImplementedError

    def conform(self, path: str) -> dict[str, Any]:
        """Read an editor's list back, a file inside the film's folder: a new version, which is opened, and a report."""
        file = inside(self.film.folder, path)
        with self._lock:
            base = self._history.base
            found = self.film.conform(file, base.version)
            self._open(found.cut.value)
            self._against = base
            self.refresh()
        rows = [
            [each.slot or "–", ", ".join(each.kinds) or "as it was", each.name, each.said]
            for each in found.report.changes
            if each.kinds or "; " in each.said
        ]
        return {"said": found.report.words, "report": [*rows, *(["note", note] for note in found.report.notes)]}

    def export(self, name: str = "", preset: str = "everything") -> dict[str, str]:
        """The edit lists of an editor, the media, the song and the film into deliveries/NAME/."""
        with self._lock:
            cut = self._stored()
            package = delivery.asked(cut, preset)
            named = text(name, "the name of a delivery").strip() or delivery.safe_name(cut.name or cut.film_title)
            delivery.is_delivered(cut, self.film.folder, named)  # says what is wrong with the name
            film = self.film

            def work(progress: Progress) -> str:
                made = delivery.hand_over(
                    film.log, cut, named, film.author, film.settings, package=package, progress=progress
                )
                return f"written for {PRESETS[package.preset].editor}: {made.relative_to(self.film.folder).as_posix()}/"

            self.job = Job("export", work, self._told)
        return {"said": f"writing deliveries/{named}/"}

    def render(self) -> dict[str, str]:
        """The film alone, with the song, into the film's folder, in a thread of its own."""
        from studio.delivery.provenance import marker

        with self._lock:
            cut, folder = self._stored(), self.film.folder
            finish = marker(cut, self.film.log, self.film.settings)
            to = folder / f"{delivery.safe_name(cut.film_title)}-v{cut.version}.mp4"

            def work(progress: Progress) -> str:
                made = delivery.render(cut, folder, to, finish=finish, progress=progress)
                return f"rendered: {to.name}, {made.frames} frames"

            self.job = Job("render", work, self._told)
        return {"said": f"rendering {to.name}"}

    def stop(self) -> None:
        """End what is exported or rendered; finished chunks are kept."""
        if self.job is None or not self.job.running:
            raise BadInput("nothing is under way that could be stopped")
        self.job.stop()

    def _stored(self) -> Cut:
        """The version that goes out: what is seen, if it is saved."""
        if self.job is not None and self.job.running:
            raise BadInput("something is under way already: wait for it, or stop it")
        if self._history.unsaved:
            raise BadInput(f"version {self._history.base.version} has edits that are not saved: save them first")
        return self._history.base

    def _told(self, progress: dict[str, Any]) -> None:
        """In the job's thread, in its own order: the lock is not asked for, and nobody is kept waiting."""
        self._progress = progress
