"""What can go wrong, as a person would hear it.

    StudioError
    ├── BadInput            something written or passed in is not what is meant
    │   ├── NotFound        a film, shot, take, file or provider that is not there
    │   ├── BadMedia        a clip or a song that cannot be read, or not as it is
    │   ├── TooShort        a take that fits no slot
    │   └── Overtaken       somebody else wrote the same words in between
    ├── StoreError          the log or the folder cannot be written as it is
    │   ├── DiskFull
    │   └── StoreBusy       another process holds it
    ├── ProviderError       a provider answered no, or nothing was sent: nothing is being made there
    │   ├── Refused         moderation said no
    │   ├── Busy            not accepted now; the same may be sent again after a while
    │   ├── NotSent         the request surely never left the machine
    │   └── Paused          nothing more can be bought there for now: no credit, a wrong key, a daily limit
    ├── Unanswered          a request that got no answer: it may have been heard
    ├── NotFetched          a clip that is there and could not be fetched; it stays the film's
    ├── OverBudget          the caps of the film would be passed
    ├── AskFirst            it would be paid for twice: say so if that is meant
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


class Overtaken(BadInput):
    """Somebody else wrote the same words since they were read; `part` says which, `version` whose."""

    def __init__(self, sentence: str, part: str = "", version: int = 0) -> None:
        super().__init__(sentence)
        self.part, self.version = part, version


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


class Busy(ProviderError):
    """Not accepted now, by the provider's own word: nothing is being made, and the same may be sent again.

    `wait_s` is how many seconds to wait first, as the provider asked; None where it did not say.
    """

    def __init__(self, sentence: str, wait_s: float | None = None) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s


class NotSent(ProviderError):
    """The request surely never left the machine: no connection was made."""


class Paused(ProviderError):
    """Nothing more can be bought at this provider until somebody does something: credit, a key, a new day."""


class Unanswered(StudioError):
    """A request that left and got no answer that can be read. A question may be asked again; a purchase may not."""


class NotFetched(StudioError):
    """A clip that the provider has made and that could not be fetched: it is tried again, and stays the film's."""


class OverBudget(StudioError):
    """The caps of the film would be passed."""


class AskFirst(StudioError):
    """Something would be paid for a second time; the sentence says how to say that it is meant."""


class Damaged(StudioError):
    """A file of the film is not what was logged."""
