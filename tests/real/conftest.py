import os

import pytest


def pytest_collection_modifyitems(config, items):
    """Without material these tests are not there: they would have nothing to look at."""
    if os.environ.get("STUDIO_MATERIAL"):
        return
    real = [item for item in items if item.get_closest_marker("real")]
    if real:
        config.hook.pytest_deselected(items=real)
        items[:] = [item for item in items if item not in real]


@pytest.fixture(scope="session")
def material():
    from pathlib import Path

    folder = Path(os.environ["STUDIO_MATERIAL"])
    assert (folder / "clips").is_dir(), "STUDIO_MATERIAL names no folder with clips/ and songs/"
    return folder
