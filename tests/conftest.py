"""For the tests of every room: what a test needs of the machine it runs on, and a PostgreSQL server of their own.

Where something is not there, a test that needs it skips and says why; if `STUDIO_REQUIRE` names it (a list with
commas, or "all"), the test fails instead.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


def _postgres() -> str:
    """The folder of the newest PostgreSQL server's programs; Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return str(found[-1].parent) if found else str(Path(on_path).parent) if on_path else ""


def _contract() -> str:
    """What is compared with, where every official SDK is installed."""
    from tests.contract.oracles import MODULES, missing

    return "" if missing() else " ".join(MODULES)


FINDERS: dict[str, tuple[Callable[[], str], str]] = {
    "postgres": (_postgres, "no PostgreSQL server is installed (apt install postgresql)"),
    "browser": (lambda: shutil.which("chromium") or "", "no chromium is installed (apt install chromium)"),
    "contract": (_contract, "not all of the official SDKs are installed (pip install -e '.[contract]')"),
    "litellm": (lambda: os.environ.get("STUDIO_LITELLM", ""), "STUDIO_LITELLM names no litellm program"),
    "material": (lambda: os.environ.get("STUDIO_MATERIAL", ""), "STUDIO_MATERIAL names no folder"),
}


@pytest.fixture(autouse=True, scope="session")
def no_keys_of_yours() -> Iterator[None]:
    """Whoever runs the tests may have keys and servers set: no test may spend on them or ask them anything."""
    from studio.providers.catalogue import catalogue

    with pytest.MonkeyPatch.context() as patch:
        for service in catalogue().services.values():
            for name in (*service.keys, service.base_url_env):
                if name:
                    patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def require() -> Callable[[str], str]:
    """`require("postgres")` gives where it is, or skips: one of FINDERS, or a program's name.

    The "litellm" proxy is required with "contract": its tests are contract tests too.
    """

    def find(name: str) -> str:
        finder, why = FINDERS.get(name, (lambda: shutil.which(name) or "", f"there is no program {name} on the PATH"))
        found = finder()
        if not found:
            wanted = os.environ.get("STUDIO_REQUIRE", "").split(",")
            group = "contract" if name == "litellm" else name
            if group in wanted or "all" in wanted:
                pytest.fail(f"{why}, and STUDIO_REQUIRE names {group}", pytrace=False)
            pytest.skip(why)
        return found

    return find


NUMBERS = itertools.count(1)


class Server:
    """A PostgreSQL server in a temporary folder, on a socket there, run by an unprivileged user."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self.home = Path(tempfile.mkdtemp(prefix="studio-pg-"))  # a socket's path must be short
        self._user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root

    def start(self) -> None:
        if self._user:
            os.chown(self.home, pwd.getpwnam(self._user).pw_uid, -1)
        data = str(self.home / "data")
        settings = f"-k {self.home} -c listen_addresses='' -c fsync=off -c full_page_writes=off"
        self.run("initdb", "-D", data, "-A", "trust", "-U", "studio", "-E", "UTF8", "--no-sync")
        self.run("pg_ctl", "-D", data, "-w", "-l", str(self.home / "log"), "-o", settings, "start")

    def stop(self) -> None:
        if (self.home / "data" / "postmaster.pid").exists():
            self.run("pg_ctl", "-D", str(self.home / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.home)

    def sql(self, command: str) -> None:
        import psycopg

        with psycopg.connect(host=str(self.home), user="studio", dbname="postgres", autocommit=True) as connection:
            connection.execute(command)

    def run(self, program: str, *arguments: str) -> str:
        with (self.home / "said").open("w+") as said:  # not a pipe, which the server would hold open
            done = subprocess.run(
                [self._programs / program, *arguments], user=self._user, cwd=self.home,
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False,
            )  # fmt: skip
            said.seek(0)
            answer = said.read()
        assert done.returncode == 0, answer
        return answer


@pytest.fixture(scope="session")
def postgres_server(require: Callable[[str], str]) -> Iterator[Server]:
    server = Server(Path(require("postgres")))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """The URL of an empty place for one film: a schema of its own, which is made faster than a database."""
    name = f"film{next(NUMBERS)}"
    postgres_server.sql(f"CREATE SCHEMA {name}")
    yield f"postgresql://studio@/postgres?host={postgres_server.home}&options=-csearch_path%3D{name}"
    postgres_server.sql(f"DROP SCHEMA {name} CASCADE")
