"""Integer programmes: the cheapest whole numbers that keep to some sums, found without a word on the terminal."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from scipy import optimize

NODES = 2000
"""Given to one programme; what is not proven safe by then counts as unsafe. Nodes, not seconds, so that a plan is
always the same."""


def solved(
    cost: np.ndarray, constraints: optimize.LinearConstraint, integrality: np.ndarray, bounds: optimize.Bounds
) -> np.ndarray | None:
    """Return the values that cost least.

    Parameters
    ----------
    cost : ndarray
        Of one of each value.
    constraints : LinearConstraint
        Sums of the values and the least and most that they may be.
    integrality : ndarray, one per value
        1 where the value is a whole number, else 0.
    bounds : Bounds
        The least and most of each value.

    Returns
    -------
    ndarray or None
        One per value; None if none were found within `NODES` branches.
    """
    with silence():
        found = optimize.milp(
            cost, constraints=constraints, integrality=integrality, bounds=bounds, options={"node_limit": NODES}
        )
    return None if found.x is None else np.asarray(found.x)


@contextmanager
def silence() -> Iterator[None]:
    """Keep what compiled code prints off the terminal.

    The solver writes a line of its own past its options and past Python; what is already written stays.
    """
    if not sys.platform.startswith(("linux", "darwin")) or not _is_open(1):
        yield
        return
    library = ctypes.CDLL(None)
    library.fflush(None)
    shown, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
        library.fflush(None)
    finally:
        os.dup2(shown, 1)
        os.close(shown)
        os.close(nowhere)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
