"""The tables of a film."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio import review
from studio.nouns import check_shot_id

if TYPE_CHECKING:
    import pandas as pd

    from studio.log import Log


class Tables:
    """What a film gives as DataFrames."""

    log: Log

    def takes(self) -> pd.DataFrame:
        """One row a take; the columns and their units are listed in `studio.log.columns`."""
        return self.log.takes_frame()

    def shots(self) -> pd.DataFrame:
        """One row a shot, in story order; of one that is `in_question`, `film.current` says which words count."""
        return self.log.shots_frame()

    def prompts(self, shot: str) -> pd.DataFrame:
        """One row a version of a shot's words, oldest first."""
        return self.log.prompts_frame(check_shot_id(shot))

    def history(self, take: str) -> pd.DataFrame:
        """Everything that happened to a take, oldest first."""
        return self.log.history_frame(take)

    def sounds(self) -> pd.DataFrame:
        """One row a sound effect."""
        return self.log.sounds_frame()

    def flags(self) -> pd.DataFrame:
        """What was noticed in each clip, as numbers and words: frozen, blur, near duplicates, …; no verdicts."""
        return review.flags_of_film(self.log)

    def verdicts(self) -> pd.DataFrame:
        """Each person's own verdict on each take."""
        return self.log.verdicts_frame()

    def cuts(self) -> pd.DataFrame:
        """One row a stored version of the cut."""
        return self.log.cuts_frame()
