"""Results that are made once for an object and kept for as long as it lives."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

About = TypeVar("About")
Made = TypeVar("Made")


def once(make: Callable[[About], Made]) -> Callable[[About], Made]:
    """Make the result for an object the first time, and give the same one again for that object.

    Parameters
    ----------
    make : callable of one object
        Its result must follow from the object alone; who gets it must not change it, nor the object.

    Returns
    -------
    callable
        The same, remembered. Objects are told apart by identity, so that frames serve as well; a copy is another one.

    Examples
    --------
    >>> class Table: ...
    >>> table, numbered = Table(), once(lambda table: object())
    >>> numbered(table) is numbered(table), numbered(table) is numbered(Table())
    (True, False)
    """
    kept: dict[int, tuple[weakref.ref[About], Made]] = {}

    @wraps(make)
    def made(about: About) -> Made:  # numpydoc ignore=GL08
        key = id(about)
        if key not in kept or kept[key][0]() is not about:
            kept[key] = (weakref.ref(about, lambda _: kept.pop(key, None)), make(about))
        return kept[key][1]

    return made
