"""How much the design costs: variance against that of a simple random sample of as many answers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from digiskills.errors import DesignError, UsageError, nearest
from digiskills.estimates.joint import Joint
from digiskills.estimates.sample import listed

AGAINST = {
    "without": "simple random sample of as many answers without replacement, from as many people as the weights sum to",
    "with": "simple random sample of as many answers with replacement",
}


def design_effects(joint: Joint, against: str = "without") -> pd.DataFrame:
    """Design effect of each estimate, and what the weights alone cost.

    Parameters
    ----------
    joint : Joint
        Estimates of means and shares.
    against : {"without", "with"}
        Whether the simple random sample is drawn without or with replacement.

    Returns
    -------
    DataFrame
        One row per row of ``joint.frame``, with deff, n_effective (n over deff) and deff_weights (Kish's), NaN
        where a domain has fewer than 2 answers or all gave the same.

    Raises
    ------
    UsageError
        If `against` does not exist.
    DesignError
        If the weights of a domain sum to fewer people than answered: they were normalised, and a simple random
        sample without replacement cannot be imagined.

    Notes
    -----
    deff = se² / V, V = s² / n with replacement and (1 - n / N) s² / n without, N the sum of weights of the
    answers and s² = n / (n - 1) sum w (y - m)² / sum w: R's svymean(deff = "replace") and svymean(deff = TRUE).
    Kish's approximation for the weights alone is another thing: n sum w² / (sum w)² = 1 + cv²(w). L. Kish,
    Survey Sampling (1965), section 8.2; the same, Journal of Official Statistics 8 (1992) 183-200.
    """
    if against not in AGAINST:
        raise UsageError(f"against: there is no ‘{against}’; {nearest(against, AGAINST)}")
    linear, frame = joint.linear, joint.frame.copy()
    n, people = linear.n, linear.base
    _check_people(joint, against)
    several = (n > 1) & (linear.spread > 0) & ((people > n) | (against == "with"))
    simple = np.full(len(frame), np.nan)
    simple[several] = linear.spread[several] ** 2 / (n[several] - 1)
    if against == "without":
        simple = simple * (1 - np.divide(n, people, out=np.ones_like(n), where=people > 0))
    frame["deff"] = frame["se"] ** 2 / simple
    frame["n_effective"] = n / frame["deff"].where(frame["deff"] > 0)
    frame["deff_weights"] = np.divide(n * linear.squared, people**2, out=np.full(len(n), np.nan), where=people > 0)
    words = {"deff": f"variance over that of a {AGAINST[against]}", "deff_weights": "Kish: 1 + cv² of the weights"}
    frame.attrs["method"] = dict(joint.frame.attrs["method"]) | words
    return frame


def _check_people(joint: Joint, against: str) -> None:
    linear = joint.linear
    few = np.flatnonzero((linear.n > 0) & (linear.base < linear.n * (1 - 1e-9)))
    if against == "without" and len(few):
        labels = joint.frame[["estimand", *joint.by]].astype(str).agg(" ".join, axis=1).iloc[few].tolist()
        raise DesignError(
            f"design effect: the weights sum to fewer people than answered in {listed(labels, 5)}; give weights in "
            "people, or take against=‘with’"
        )
