"""Random numbers that are the same on every computer, in named streams."""

from __future__ import annotations

import hashlib

import numpy as np
from scipy.special import ndtri

Floats = np.ndarray
_STEP = 2.0**-53


def uniforms(seed: int, stream: str, size: int) -> Floats:
    """Return uniform draws between 0 and 1, neither end included.

    Parameters
    ----------
    seed : int
        The truth's seed.
    stream : str
        What the draws are for. Streams are independent, so adding a question or a wave leaves the
        draws of all others as they were.
    size : int
        How many.

    Returns
    -------
    ndarray of float
        One draw each.

    Notes
    -----
    The raw 64-bit words of PCG64 are used, because NumPy promises to keep them from version to version
    and makes no such promise for ``Generator`` methods (NEP 19).
    """
    name = int.from_bytes(hashlib.sha256(stream.encode()).digest()[:8], "big")
    words = np.random.PCG64(np.random.SeedSequence([seed, name])).random_raw(size)
    halves: Floats = (np.asarray(words, dtype=np.uint64) >> np.uint64(11)).astype(np.float64) + 0.5
    return halves * _STEP


def normals(seed: int, stream: str, size: int) -> Floats:
    """Return standard normal draws, by inversion of `uniforms`.

    Parameters
    ----------
    seed : int
        The truth's seed.
    stream : str
        What the draws are for.
    size : int
        How many.

    Returns
    -------
    ndarray of float
        One draw each.
    """
    return np.asarray(ndtri(uniforms(seed, stream, size)))
