"""Files that are written beside their place and put into it when they are whole."""

from __future__ import annotations

import os
from pathlib import Path


def put(path: Path, content: bytes) -> Path:
    """Return a file that was written aside and put in place: whatever stops that leaves the file as it was.

    Parameters
    ----------
    path : Path
        In a folder that is there.
    content : bytes
        All that the file is to hold.

    Returns
    -------
    Path
        The same.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        return beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
