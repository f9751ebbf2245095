"""95 % intervals hold the truth of the finite population in 93 to 97 % of a thousand samples, or say that they may not.

The population is the synthetic one of the study `ontario`, drawn once; departments, invitations and answers are drawn
anew in every sample. See coverage_study.py.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from coverage_study import NOTED, coverage, page, samples

pytestmark = pytest.mark.slow
SAMPLES = int(os.environ.get("DIGISKILLS_SAMPLES", "1000"))
LOWEST, HIGHEST = 0.93, 0.97


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return samples(SAMPLES)


def test_means_shares_and_gaps_of_each_breakdown(rows: pd.DataFrame) -> None:
    found = coverage(rows[rows["breakdown"] != "role"], ["breakdown", "kind"])
    assert len(found) == 4 * 3
    assert found["coverage"].between(LOWEST, HIGHEST).all(), page(found)


def test_a_domain_outside_is_flagged(rows: pd.DataFrame) -> None:
    """Domains are kept apart, so that one cannot hide behind another."""
    found = coverage(rows, ["domain"])
    outside = found[~found["coverage"].between(LOWEST, HIGHEST)]
    assert (outside[list(NOTED)].sum(axis=1) > 0.5).all(), page(outside)


def test_rows_without_a_note_keep_their_word_in_every_domain(rows: pd.DataFrame) -> None:
    found = coverage(rows[rows["note"] == ""], ["domain"])
    found = found[found["rows"] >= SAMPLES]
    assert found["coverage"].between(LOWEST, HIGHEST).all(), page(found)


def test_central_agencies_are_flagged_as_lonely(rows: pd.DataFrame) -> None:
    """One of two middle-sized agencies was taken, and it holds a third of their weight."""
    found = coverage(rows[rows["breakdown"] == "role"], ["domain"])
    assert found["lonely"].to_dict() == {"central_agency": 1.0, "line_ministry": 0.0, "service_delivery": 0.0}


def test_standard_errors_are_those_of_the_estimates(rows: pd.DataFrame) -> None:
    found = coverage(rows[rows["breakdown"].isin(["all", "size", "level"])], ["breakdown", "domain"])
    assert found["error"].between(0.93, 1.13).all(), page(found)
