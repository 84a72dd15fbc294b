"""What can go wrong, as a person would hear it.

    StudioError
    ├── BadInput            something written or passed in is not what is meant
    │   ├── NotFound        a film, shot, take, file or provider that is not there
    │   ├── BadMedia        a clip or a song that cannot be read, or not as it is
    │   └── TooShort        a take that fits no slot
    ├── StoreError          the log or the folder cannot be written as it is
    │   ├── DiskFull
    │   └── StoreBusy       another process holds it
    ├── ProviderError       a provider refused or failed
    │   └── Refused         moderation said no
    ├── OverBudget          the caps of the film would be passed
    └── Damaged             a file of the film is not what was logged

Every message is one sentence that names the thing, the value, and what would be right.
"""

from __future__ import annotations


class StudioError(Exception):
    """Anything that is told to a person in one sentence, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """IPython asks for this in place of a traceback."""
        return [f"✗ {self}"]


class BadInput(StudioError, ValueError):
    """Something written or passed in is not what is meant."""


class NotFound(BadInput):
    """A film, shot, take, file or provider that is not there."""


class BadMedia(BadInput):
    """A clip or a song that cannot be read, or cannot be used as it is."""


class TooShort(BadInput):
    """A take that fits no slot."""


class StoreError(StudioError):
    """The log or the folder cannot be written as it is."""


class DiskFull(StoreError):
    """There is no room left where the film lies."""


class StoreBusy(StoreError):
    """Another process holds the log."""


class ProviderError(StudioError):
    """A provider failed."""


class Refused(ProviderError):
    """A provider's moderation said no."""


class OverBudget(StudioError):
    """The caps of the film would be passed."""


class Damaged(StudioError):
    """A file of the film is not what was logged."""
