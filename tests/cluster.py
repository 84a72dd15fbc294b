"""A real Dask scheduler on 127.0.0.1 and workers that are processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

NO_CIRCLETAKE = "import sys; sys.modules['studio'] = None; from distributed.cli.dask_worker import main; main()"


class Cluster:
    """The scheduler lives here; whoever is killed is a worker."""

    def __init__(self, home: Path) -> None:
        from distributed import LocalCluster

        self._home = home
        self._began = LocalCluster(
            n_workers=0, processes=True, protocol="tcp://", host="127.0.0.1", dashboard_address="127.0.0.1:0"
        )
        self.address: str = self._began.scheduler_address
        self.scheduler: Any = self._began.scheduler
        self._children: list[subprocess.Popen[bytes]] = []

    def begin(self, count: int = 1, *python: str) -> int:
        """So many workers more, of one thread each; `python` runs them otherwise than as a module. The last id."""
        words = [
            sys.executable, *(python or ("-m", "distributed.cli.dask_worker")), self.address, "--no-nanny",
            "--no-dashboard", "--nthreads", "1", "--host", "127.0.0.1", "--local-directory", str(self._home),
        ]  # fmt: skip
        env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        with (self._home / "said").open("ab") as said:
            for _ in range(count):
                self._children.append(subprocess.Popen(words, env=env, stdout=said, stderr=said, cwd=self._home))
        return self._children[-1].pid

    def wait_for(self, count: int) -> list[str]:
        """Wait until there are so many workers; their addresses."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=60)
            return list(client.nthreads())

    def kill(self, pid: int, replace: bool = True) -> None:
        """Kill a worker (SIGKILL), and begin another in its place."""
        child = next(child for child in self._children if child.pid == pid)
        child.kill()
        child.wait()
        if replace:
            self.begin()

    def end(self) -> None:
        """The scheduler ends as well, before its workers."""
        self._began.close()

    def close(self) -> None:
        for child in self._children:
            child.kill()
            child.wait()
        self._began.close()
