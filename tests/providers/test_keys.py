"""Keys come from the environment or the key ring, and nothing that holds one shows it."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import pytest

from studio.providers.keys import Environ, Key, find_key

CANARY = "canary-0123456789"


def test_the_first_variable_that_is_set_counts() -> None:
    environ = Environ({"B": CANARY, "C": "other", "A": "  "})
    found = find_key(("A", "B", "C"), environ)
    assert found is not None
    assert (found.name, found.reveal()) == ("B", CANARY)
    assert find_key(("A",), environ) is None
    assert find_key((), environ) is None


def test_a_key_is_shown_nowhere_and_hidden_in_what_is_said_back() -> None:
    key, environ = Key("FAL_KEY", CANARY), Environ({"FAL_KEY": CANARY})
    for held in (key, environ):
        assert CANARY not in f"{held} {held!r} {[held]}"
        with pytest.raises(TypeError, match="not written anywhere"):
            pickle.dumps(held)
    assert key.hide(f"invalid key {CANARY}!") == "invalid key ••••!"


def test_the_key_ring_is_asked_where_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of that name on the path, which keeps its passwords in a dictionary."""
    kept = {("circletake", "FAL_KEY"): CANARY}
    ring = f"def get_password(service, name):\n    return {kept!r}.get((service, name))\n"
    (tmp_path / "keyring.py").write_text(ring, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "keyring", raising=False)
    found = find_key(("LUMA", "FAL_KEY"), Environ({}))
    assert found is not None
    assert (found.name, found.reveal()) == ("FAL_KEY", CANARY)
    assert find_key(("FAL_KEY",), Environ({"FAL_KEY": "of the environment"})).reveal() == "of the environment"
    monkeypatch.delitem(sys.modules, "keyring", raising=False)
