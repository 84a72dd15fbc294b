"""Where `data/` and `notebooks/` are: in a checkout, an editable install, or a wheel."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent


def path(name: str) -> Path:
    """The folder or file `name` ("data/camera_moves.toml", "notebooks").

    A checkout is asked first: an editable install leaves a stale copy of the packaged files behind, which must not
    be found before the files that somebody is editing. A checkout is known by its `pyproject.toml` beside `studio/`.
    """
    checkout = HERE.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).exists():
        return checkout / name
    packaged = HERE / "_packaged" / name
    if not packaged.exists():
        raise FileNotFoundError(
            f"{name} is in neither {checkout.name}/ nor the installed package: reinstall circletake"
        )
    return packaged
