"""Keys: from the environment or the system's key ring, shown to nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec

HIDDEN = "••••"
RING = "circletake"  # under this name keyring keeps them: keyring set circletake RUNWAYML_API_SECRET


class Key:
    """One key. Its value comes out by `reveal` alone, which is called where a header is made and nowhere else."""

    __slots__ = ("_value", "name")

    def __init__(self, name: str, value: str) -> None:
        self.name = name
        self._value = value

    def __repr__(self) -> str:
        return f"Key({self.name} {HIDDEN})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a key is not written anywhere")

    def reveal(self) -> str:
        """The key itself."""
        return self._value

    def hide(self, text: str) -> str:
        """The text without the key, for what a service says back."""
        return text.replace(self._value, HIDDEN) if self._value else text


class Environ:
    """The environment's variables, which may be asked for by name and are never shown."""

    __slots__ = ("_of",)

    def __init__(self, of: Mapping[str, str]) -> None:
        self._of = of

    def __repr__(self) -> str:
        return f"Environ({HIDDEN})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("an environment may hold keys and is not written anywhere")

    def get(self, name: str, default: str = "") -> str:
        """The value of a variable."""
        return self._of.get(name, default)


def find_key(names: Sequence[str], environ: Environ) -> Key | None:
    """The first of these that is set in the environment, else in the system's key ring where `keyring` is installed."""
    for name in names:
        value = environ.get(name, "").strip()
        if value:
            return Key(name, value)
    if names and find_spec("keyring") is not None:
        import keyring

        for name in names:
            if value := keyring.get_password(RING, name):
                return Key(name, value)
    return None
