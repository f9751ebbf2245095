"""Counted answers whose weights came calibrated, where the study does not say so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from digiskills.answers import Answers, Calibrated
from digiskills.errors import UsageError, nearest
from digiskills.estimates.residuals import Calibration, named


def calibrated(answers: Answers, calibration: Calibration) -> Answers:
    """Return answers from which every estimate has the errors of calibrated weights.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    calibration : sequence of dimension or dimensions
        Margins to whose heads the weights were raked or post-stratified: dimensions of `answers`.

    Returns
    -------
    Answers
        The same counts; the weights before the calibration count as unknown, and the weights serve for them.

    Raises
    ------
    UsageError
        If a margin names no dimension of the answers.

    Notes
    -----
    A study that declares ``[design] calibration`` needs none of this: its answers are calibrated as counted.
    """
    margins = tuple(tuple(margin) for margin in named(calibration))
    wrong = [name for margin in margins for name in margin if name not in answers.dimensions]
    if wrong:
        hints = (f"calibration: no dimension ‘{name}’; {nearest(name, answers.dimensions)}" for name in wrong)
        raise UsageError("\n".join(hints))
    return replace(answers, calibration=Calibrated(margins, np.ones(len(answers.groups))))
