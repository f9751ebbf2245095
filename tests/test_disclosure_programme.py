"""Integer programmes that choose what to withhold."""

from __future__ import annotations

import ctypes
import os
import sys

import numpy as np
import pytest
from scipy import optimize

from digiskills.disclosure import programme

compiled = pytest.mark.skipif(sys.platform == "win32", reason="the C library of a process has no name on Windows")


def solved(least: float) -> np.ndarray | None:
    """Two whole numbers of 0 to 5 that make `least` or more together, the first at a price of 2, the second at 3."""
    constraint = optimize.LinearConstraint(np.ones((1, 2)), least, np.inf)
    return programme.solved(np.array([2.0, 3.0]), constraint, np.ones(2), optimize.Bounds(0, 5))


def test_the_cheapest_whole_numbers() -> None:
    found = solved(6.5)
    assert found is not None and found.round(6).tolist() == [5, 2]
    assert solved(11) is None, "there are none"


@compiled
def test_what_compiled_code_prints_is_kept_off_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    library = ctypes.CDLL(None)
    library.puts(b"before")
    with programme.silence():
        library.puts(b"meanwhile")
        os.write(1, b"at once")
    library.puts(b"after")
    library.fflush(None)
    assert capfd.readouterr().out == "before\nafter\n"


def test_output_comes_back_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="mine"), programme.silence():
        raise ValueError("mine")
    os.write(1, b"after")
    assert capfd.readouterr().out == "after"


def test_a_process_without_a_standard_output_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programme, "_is_open", lambda descriptor: False)
    monkeypatch.setattr(os, "dup", lambda descriptor: pytest.fail("nothing to copy"))
    assert solved(1) is not None
