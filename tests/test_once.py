"""What is made once for an object: by identity, and only as long as the object lives."""

from __future__ import annotations

import gc

import pandas as pd

from digiskills.once import once


def test_by_identity_and_no_longer_than_the_object() -> None:
    made: list[int] = []

    @once
    def rows(frame: pd.DataFrame) -> int:
        made.append(len(frame))
        return len(frame)

    frame = pd.DataFrame({"a": [1, 2]})
    assert rows(frame) == rows(frame) == 2 and made == [2]
    assert rows(frame.copy()) == 2 and made == [2, 2]  # equal, but another object
    for _ in range(50):  # places in memory are used again; what was made for the one before must be gone
        assert rows(pd.DataFrame({"a": range(len(made))})) == len(made) - 1
        gc.collect()
