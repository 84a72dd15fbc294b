"""Is a folder fit for a database?

SQLite's WAL mode shares memory between processes, which network drives do not do (https://sqlite.org/wal.html): two
kernels would damage the log without a word. So such folders are told by their file system and refused.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

NETWORK = frozenset(
    (
        "nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "coda", "9p", "lustre", "gpfs",
        "beegfs", "ceph", "glusterfs", "ocfs2", "gfs", "gfs2", "pvfs2", "orangefs", "davfs", "vboxsf", "vmhgfs",
        "prl_fs",
    )
)  # fmt: skip
LOCAL_FUSE = frozenset(("fuse.fuse-overlayfs", "fuse.bindfs", "fuse.mergerfs", "fuse.lxcfs"))


def fit_for_database(folder: Path) -> str:
    """ "" when a database may live in `folder`, else one sentence saying why not and what to do."""
    where, kind = file_system(folder)
    if is_network(kind):
        return (
            f"{folder} is on a network drive ({kind} at {where}), where SQLite loses data: move the film to a local "
            'disk, or write database_url = "postgresql://host/name" in film.toml'
        )
    if not folder.is_dir():
        return f"{folder} is not a folder: make it first"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"{folder} is read-only: give yourself the right to write there, or copy the film elsewhere"
    return ""


def is_network(kind: str) -> bool:
    """Whether a file system of this type is shared over a network; of FUSE, all but the known local ones."""
    return kind in NETWORK or (kind.startswith("fuse.") and kind not in LOCAL_FUSE)


def file_system(folder: Path, mountinfo: str | None = None) -> tuple[str, str]:
    """Where the drive of `folder` is mounted and its type, from `/proc/self/mountinfo` (proc(5)); ("", "") unknown.

    Only Linux has that file; elsewhere nothing is refused.
    """
    if mountinfo is None:
        source = Path("/proc/self/mountinfo")
        mountinfo = source.read_text("utf-8", "surrogateescape") if source.exists() else ""
    path = str(folder.resolve())
    best = ("", "")
    for line in mountinfo.split("\n"):
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if not dash or len(fields) < 5:
            continue
        mount = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
        inside = path == mount or path.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best[0]):  # of two on one place the later hides the earlier
            best = (mount, after.split(" ")[0])
    return best
