"""The same log on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from studio.log import Log
from tests.log.making import make_film

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest) -> str:
    """Where the database is: "" for the film's own file, or a server."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def folder(tmp_path: Path, url: str) -> Path:
    return make_film(tmp_path / "film", database_url=url)


@pytest.fixture
def reopen(folder: Path, url: str) -> Iterator[Callable[..., Log]]:
    """Open the film's log once more, as another process would; all are closed at the end."""
    with ExitStack() as stack:
        yield lambda director="": stack.enter_context(Log.open(folder, url=url, director=director))


@pytest.fixture
def log(reopen: Callable[..., Log]) -> Log:
    return reopen()
