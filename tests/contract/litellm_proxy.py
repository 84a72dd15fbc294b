"""A LiteLLM proxy as a process of its own, in front of a server of ours.

It lives in an environment of its own (`tests/contract/litellm.txt`), found by STUDIO_LITELLM. It keeps no database,
sends no telemetry, takes its price map from its own package, and finds nobody where it would ask for anything that is
not on this machine.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

MASTER_KEY = "sk-of-the-proxy"
UPSTREAM_KEY = "key-of-the-upstream"
READY_WITHIN_S = 120.0


@contextmanager
def proxy(program: str, upstream: str, models: Mapping[str, str]) -> Iterator[str]:
    """The proxy's root, from when it is ready; its process is gone afterwards.

    `upstream` is the root of the server behind it; `models` says for each name that is asked for what LiteLLM makes of
    it: `{"wan": "hosted_vllm/wan2.2"}`. Ask with `Authorization: Bearer MASTER_KEY`. As it starts it asks the upstream
    for `/v1/models`, once for each model.
    """
    with tempfile.TemporaryDirectory(prefix="studio-litellm-") as folder:
        config = Path(folder, "config.yaml")
        config.write_text(json.dumps(_config(upstream, models)))  # JSON is YAML
        port = _free_port()
        root = f"http://127.0.0.1:{port}"
        said = Path(folder, "said")
        with said.open("w") as out:
            process = subprocess.Popen(
                [program, "--config", str(config), "--host", "127.0.0.1", "--port", str(port)],
                cwd=folder, env=_environment(folder), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True,
            )  # fmt: skip
            try:
                _wait(process, root, said)
                yield root
            finally:
                _end(process)


def _config(upstream: str, models: Mapping[str, str]) -> dict[str, object]:
    """As short as an operator would write it: what the proxy does unasked, it does here too."""
    return {
        "model_list": [
            {
                "model_name": name,
                "litellm_params": {"model": model, "api_base": f"{upstream}/v1", "api_key": UPSTREAM_KEY},
            }
            for name, model in models.items()
        ],
        "general_settings": {"master_key": MASTER_KEY},
        "litellm_settings": {"telemetry": False},
    }


def _environment(home: str) -> dict[str, str]:
    """Nothing of ours but the PATH: a key or a proxy of the person who runs the tests is not the process's business."""
    nowhere = "http://127.0.0.1:9"
    return {
        "PATH": os.environ["PATH"],
        "HOME": home,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_TELEMETRY": "False",
        "NO_DOCS": "True",
        "HTTP_PROXY": nowhere,
        "HTTPS_PROXY": nowhere,
        "NO_PROXY": "127.0.0.1,localhost",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], root: str, said: Path) -> None:
    """Until it answers that it lives, which it does after it has read its models; nothing upstream is asked for it."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"The proxy ended with {process.returncode}:\n{said.read_text()[-4000:]}")
        try:
            if httpx.get(f"{root}/health/liveliness", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"The proxy was not ready within {READY_WITHIN_S:g} s:\n{said.read_text()[-4000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """The whole process group, its workers too."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
