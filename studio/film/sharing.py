"""The calls of a film that hand it on: what is shared, and what people agreed to."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from studio import given

if TYPE_CHECKING:
    import pandas as pd

    from studio.delivery.sharing import Shared
    from studio.log import Log, Settings

CONSENTS = ("name", "of", "text", "by", "given_on", "author")


class Sharing:
    """Notebooks for readers without a kernel, and consents."""

    folder: Path
    log: Log
    settings: Settings

    @property
    def author(self) -> str:
        """Who writes a consent down."""
        raise NotImplementedError

    def share(self, path: str | Path, prompts: bool = False) -> Shared:
        """The notebooks with their outputs and as pages, posters and the log, as a new folder or a .zip: without keys,
        absolute paths or clips. It is refused where a key is found. Prompts are in the log's tables only when asked
        for; what was typed into a notebook is there as typed."""
        from studio.delivery.sharing import share

        return share(self.log, self.settings, self.folder, given.path(path, "notebooks.zip"), prompts)

    def consent(self, name: str, of: str, text: str | None, by: str = "", on: str | date = "") -> None:
        """Write down that somebody agreed to a "likeness", a "voice" or a "sample": whose it is, what was agreed to or
        where the paper lies, by whom and on which day it was given. None as the text takes it back."""
        from studio.delivery.consents import record_consent

        record_consent(self.log, self.author, name, of, text, by, on)

    def consents(self) -> pd.DataFrame:
        """One row a consent that stands."""
        import pandas as pd

        from studio.delivery.consents import consents_of

        rows = [[getattr(each, name) for name in CONSENTS] for each in consents_of(self.log)]
        return pd.DataFrame(rows, columns=list(CONSENTS)).astype("str")
