"""Which notebook cell asks: so that running it again gives its takes back instead of buying them again.

A kernel tells a cell's id (JupyterLab, Notebook 7, VS Code) or at least its code with each request to run it. A button
in a panel, a script and a terminal have no cell: what they ask for is asked for anew.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from typing import Any

_asked: Counter[tuple[str, str]] = Counter()  # by message of the kernel, and what it asked for


def run_key(*what: object) -> str:
    """The key of this call in the running cell, "run:…"; "" outside a cell.

    `what` is all that a person says in the call. The same call twice in one run of a cell has two keys.
    """
    parent = _running_cell()
    if parent is None:
        return ""
    said = json.dumps([str(each) for each in what], ensure_ascii=False)
    message = str(parent["header"].get("msg_id", ""))
    cell = parent.get("metadata", {}).get("cellId") or parent["content"].get("code", "")
    _asked[message, said] += 1
    whole = "\0".join((str(cell), said, str(_asked[message, said])))
    return f"run:{hashlib.sha256(whole.encode('utf-8', 'replace')).hexdigest()[:24]}"


def _running_cell() -> Any:
    """The kernel's request that is being run, where that is a cell."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module else None
    if shell is None or not hasattr(shell, "get_parent"):
        return None
    parent = shell.get_parent()
    return parent if parent and parent.get("header", {}).get("msg_type") == "execute_request" else None
