"""The calls of a film that say something about its takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio import review, writing

if TYPE_CHECKING:
    import pandas as pd

    from studio.log import Log
    from studio.nouns import Prompt
    from studio.review import Changes


class Judging:
    """What a film is given and what it adds: verdicts and their like, each an appended event by `author`."""

    log: Log
    _watched: review.Watching | None = None

    def _watching(self, author: str) -> review.Watching:
        """All takes as this person watches them; "": as the film has it. Read once, and then kept up to date."""
        watched = self._watched
        if watched is None or watched.author != author:
            self._watched = watched = review.Watching(self.log, author)
        else:
            watched.refresh()
        return watched

    @property
    def author(self) -> str:
        """Who decides."""
        raise NotImplementedError

    def circle(self, take: str, reason: str = "", note: str = "") -> None:
        """Keep a take. There may be several reasons, with commas."""
        review.decide(self.log, take, "circle", self.author, reason, note)

    def hold(self, take: str, reason: str = "", note: str = "") -> None:
        """Neither kept nor killed, for now."""
        review.decide(self.log, take, "hold", self.author, reason, note)

    def ng(self, take: str, reason: str = "", note: str = "") -> None:
        """No good."""
        review.decide(self.log, take, "ng", self.author, reason, note)

    def take_back(self, take: str) -> None:
        """Take your verdict on a take back: it is not judged by you any more."""
        review.take_back(self.log, take, self.author)

    def reason(self, take: str, reason: str, on: bool = True) -> None:
        """Add a reason to your verdict on a take, or take it off; several at once with commas."""
        review.give_reason(self.log, take, reason, on, self.author)

    def accident(self, take: str, on: bool = True) -> None:
        """A happy accident: a flag beside the verdict."""
        review.mark_accident(self.log, take, on, self.author)

    def note(self, take: str, text: str) -> None:
        """Words about a take."""
        review.write_note(self.log, take, text, self.author)

    def obeyed(self, take: str, obeyed: str | None, move: str = "", note: str = "") -> None:
        """Your word on a take's camera ("yes", "partly", "no", "static", "unreadable"; None takes it back), and the
        move that you saw. It counts before what was measured, and both are kept."""
        review.say_obeyed(self.log, take, obeyed, self.author, move, note)

    def mark(self, take: str, in_s: float | None = None, out_s: float | None = None) -> None:
        """The best part of a take, in seconds of its clip: arranging takes no other. None is from its start, or to its
        end; both None take your marks away."""
        review.mark_best_s(self.log, take, self.author, in_s, out_s)

    def apply(self, table: pd.DataFrame, write: bool = True) -> Changes:
        """Write what you changed in `film.takes()` in pandas, as decisions of yours, all of it or nothing; shows it.

        These columns may be changed: verdict, reason, note, accident, obeyed, best_in, best_out. The table may have
        fewer rows and columns. It shows the film's verdict (the director's, else the latest); what is written is yours,
        and where the director says otherwise, theirs still shows. What others decided since the table was read stays;
        Overtaken is raised where that is the same thing that you changed. `write=False` only shows.
        """
        return review.apply(self.log, table, self.author, write)

    def scene_from(self, take: str, shot: str = "", scene_text: str | None = None) -> Prompt:
        """Begin a new shot from a take: its words, each part by who wrote it, as those of the next free scene's first
        shot, or of `shot`. `film.generate("15A", begins_as="07A-018")` then begins with the take's first frame.

        `scene_text` stands in place of the take's; a clip that was adopted has none, and needs one.
        """
        return writing.scene_from(self.log, take, self.author, shot, scene_text)

    def undo(self) -> str:
        """Take back this author's last decision; says which it was."""
        return review.undo(self.log, self.author)
