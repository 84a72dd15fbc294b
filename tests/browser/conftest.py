"""A JupyterLab, a kernel and a browser on busy cores are not ours alone: a test in them that fails is tried once more.

It is tried in a film and a lab of its own, and pytest names it at the end (RERUN): one that is named often is mended.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
SHARED = {"labs", "worlds"}


def pytest_collection_modifyitems(items):
    for item in items:  # of the whole session
        if item.path.is_relative_to(HERE) and SHARED & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture
def lab(labs, request):
    return labs(request)


@pytest.fixture
def world(worlds, request):
    return worlds(request)
