from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from studio.errors import StoreError
from studio.log import Log, filesystem, fit_for_database

# As on a JupyterHub machine, a WSL one and a container; the fields are those of proc(5).
MOUNTS = r"""
22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /home rw,relatime shared:2 master:1 - nfs4 server:/home rw,vers=4.2
31 22 0:41 / /mnt/c rw,noatime - 9p drvfs rw
32 30 0:42 / /home/ada/local rw - xfs /dev/sdb1 rw
33 22 0:43 / /media/my\040disk rw - fuseblk /dev/sdc1 rw
34 22 0:44 / /drive rw - fuse.rclone remote: rw
35 22 0:45 / /over rw - ext4 /dev/sdd1 rw
36 22 0:46 / /over rw - cifs //server/share rw
37 22 0:47 / /layers rw - fuse.fuse-overlayfs fuse-overlayfs rw
"""


@pytest.mark.parametrize(
    ("folder", "mount", "kind", "network"),
    [
        ("/srv/film", "/", "ext4", False),
        ("/home/ada/film", "/home", "nfs4", True),
        ("/homes/ada", "/", "ext4", False),
        ("/home/ada/local/film", "/home/ada/local", "xfs", False),
        ("/mnt/c/film", "/mnt/c", "9p", True),
        ("/media/my disk/film", "/media/my disk", "fuseblk", False),
        ("/drive", "/drive", "fuse.rclone", True),
        ("/over/film", "/over", "cifs", True),
        ("/layers/film", "/layers", "fuse.fuse-overlayfs", False),
    ],
)
def test_a_network_drive_is_told_by_where_it_is_mounted(folder, mount, kind, network):
    assert filesystem.file_system(Path(folder), MOUNTS) == (mount, kind)
    assert filesystem.is_network(kind) is network


def test_a_machine_without_mountinfo_refuses_nothing(tmp_path):
    assert filesystem.file_system(tmp_path, "") == ("", "")
    assert not filesystem.is_network("")


def test_a_local_folder_is_fit(tmp_path):
    assert fit_for_database(tmp_path) == ""


def test_a_log_on_a_network_drive_is_refused_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(filesystem, "file_system", lambda folder: ("/home", "nfs4"))
    with pytest.raises(StoreError) as error:
        Log.open(tmp_path)
    said = str(error.value)
    assert "network drive (nfs4 at /home)" in said
    assert "move the film to a local disk, or write database_url" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
def test_a_log_with_a_server_may_lie_on_a_network_drive(tmp_path, monkeypatch, postgres_url):
    monkeypatch.setattr(filesystem, "file_system", lambda folder: ("/home", "nfs4"))
    with Log.open(tmp_path, url=postgres_url) as log:
        assert log.takes() == ()


def test_this_machines_own_drives_are_read(tmp_path):
    where, kind = filesystem.file_system(tmp_path)
    if not where:
        pytest.skip("this system has no /proc/self/mountinfo")
    told = subprocess.run(
        [sys.executable, "-c", "import os, sys; print(os.path.ismount(sys.argv[1]))", where],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout == "True\n"
    assert kind
