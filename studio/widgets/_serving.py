"""Where a Jupyter server serves a film's folder, so that a browser can fetch its clips with byte ranges.

The server that started this kernel names itself in JPY_PARENT_PID and writes what it is into a file of its runtime
folder (jupyter_server's `ServerApp.info_file`). That file also holds its token, which is never kept, shown or logged.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import quote

LONGEST = 65_536  # bytes of such a file: a real one has 300


def files_url(folder: Path) -> str:
    """The address of a folder's files, percent-encoded, ending in "/": "/base/files/films/endless-zoom/".

    "" where no server is found, as in VS Code or Colab, and where it does not serve the folder: outside its root, or
    with a part that begins with a dot.
    """
    base, root = _server()
    if not base:
        return ""
    try:
        parts = folder.resolve().relative_to(Path(root).expanduser().resolve()).parts
    except (ValueError, OSError, RuntimeError):
        return ""
    if any(part.startswith(".") for part in parts):
        return ""
    return base + "files/" + "".join(f"{quote(part, safe='')}/" for part in parts)


def _server() -> tuple[str, str]:
    """The base address and the root folder of the server that started this kernel; "" and "" without one."""
    pid = os.environ.get("JPY_PARENT_PID", "")
    if not (pid.isascii() and pid.isdigit()):
        return "", ""
    from jupyter_core.paths import jupyter_runtime_dir

    try:
        with (Path(jupyter_runtime_dir()) / f"jpserver-{int(pid)}.json").open("rb") as file:
            found = json.loads(file.read(LONGEST))
    except (OSError, ValueError):  # no such server, or a file half written
        return "", ""
    if not isinstance(found, dict) or found.get("pid") != int(pid):
        return "", ""
    base, root = found.get("base_url"), found.get("root_dir")
    if not isinstance(base, str) or not isinstance(root, str) or not root:
        return "", ""
    ours = base.startswith("/") and not base.startswith("//") and base.endswith("/")  # never another host's
    return (base, root) if ours else ("", "")
