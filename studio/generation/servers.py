"""The servers of one's own that a film has, and how each is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import StudioError
from studio.generation.requests import ask_in_thread, provider_for
from studio.providers import Health, Watched

if TYPE_CHECKING:
    from studio.log import Settings


@dataclass(frozen=True)
class Server:
    """One of them, as it was a moment ago."""

    name: str  # as it is written in `provider=`
    about: str  # where it is, of which kind, how much it makes at a time and what an hour costs
    health: Health

    @property
    def well(self) -> bool:
        """Whether takes can be made there now."""
        return not self.health.wrong

    def __str__(self) -> str:
        if not self.well:
            return f"not well: {self.health.wrong}"
        said = ["well", self.about]
        if self.health.models:
            said.append(f"serves {', '.join(self.health.models)}")
        if self.health.running is not None:
            said.append(f"{self.health.running} being made, {self.health.waiting} waiting")
        return "; ".join(said)


def servers(settings: Settings, folder: Path) -> tuple[Server, ...]:
    """Ask each server that film.toml gives an address; what is wrong with one is told, and raised by none.

    Nothing is made for it. A server whose model film.toml names is also asked whether it offers that.
    """
    return tuple(
        server
        for name, said in settings.providers.items()
        if (server := _asked(settings, folder, name, said)) is not None
    )


def _asked(settings: Settings, folder: Path, name: str, said: Mapping[str, str]) -> Server | None:
    try:
        maker = provider_for(settings, folder, name)
    except StudioError as wrong:  # a mistake in what film.toml says of it, or a maker of sounds
        return Server(name, "", Health(str(wrong))) if said.get("base_url") or said.get("dialect") else None
    if not isinstance(maker, Watched):
        return None
    models = (said["model"],) if said.get("model") else ()
    return Server(name, maker.about(), ask_in_thread(maker, lambda: maker.health(models)))
