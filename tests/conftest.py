"""What several tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Examples are the same in every run, and a busy machine fails no test.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")


@pytest.fixture(scope="session")
def received_data() -> Path:
    """Return the folder of received files that are not part of the project (surveys/, formats/)."""
    folder = os.environ.get("DIGISKILLS_TEST_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("the received files are not here: DIGISKILLS_TEST_DATA names no folder")
    return Path(folder)
